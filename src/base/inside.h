/*
 * inside.h - what the files of the base room share and no other room needs.
 */
#ifndef CANDOR_BASE_INSIDE_H
#define CANDOR_BASE_INSIDE_H

#include "base.h"

/*
 * Make a piece of an arena larger: in place when it is the newest piece and its block has room,
 * else by a copy. What is added is zero. NULL: no memory, and the old piece stands.
 */
void *arena_grow(struct arena *arena, void *piece, size_t old_size, size_t new_size);

/* Say that the system has no memory left and stop. */
_Noreturn void base_out_of_memory(void);

/* The index of the first byte that is not shortest-form UTF-8 or is NUL; len: there is none. */
size_t utf8_bad_at(const char *text, size_t len);

/* Write text of this many bytes at most and a zero; the length written. */
enum { NUMBER_TEXT_MAX = 32, TIME_TEXT_MAX = 40 };
size_t number_write(char target[NUMBER_TEXT_MAX], double value);

/* vsnprintf whose decimal point is '.', whatever the program's locale. */
int print_plain(char *target, size_t room, const char *format, va_list args) CANDOR_PRINTF(3, 0);

/* The length of the character that begins here; 0: none does. len is at least 1. */
size_t utf8_len(const char *text, size_t len);

/* Say that something could not be done with a path, and why, by errno. */
enum candor_status fail_file(struct job *job, int error, const char *doing, struct str path);

struct open_file {
    int fd;    /* -1: closed */
    int error; /* why it could not be opened */
};

/* Closed with the owner at the latest. Below zero, fd says that it could not be opened. */
struct open_file *open_in(struct arena *owner, const char *name, int flags, unsigned mode);
/* The same by path, for the owner alone if it is new; NULL after a failure. */
struct open_file *file_open(struct job *job, struct arena *owner, struct str path, int flags);
void close_file(void *file);

/* A zero-terminated path in the job's arena; NULL after a failure: it is empty or has a zero byte. */
CANDOR_MUST_USE const char *path_z(struct job *job, struct str path);

#endif
