/*
 * inside_text.h - what the readers and writers behind text.h share.
 */
#ifndef CANDOR_BASE_INSIDE_TEXT_H
#define CANDOR_BASE_INSIDE_TEXT_H

#include "inside.h"
#include "text.h"

/* U+FFFD: stands for what cannot be shown. */
#define REPLACEMENT STR("\xEF\xBF\xBD")

/* The limits with their defaults filled in. */
struct text_limits text_limits_of(const struct text_limits *limits);

/* A place in a text, counted in lines and characters from 1. */
struct place {
    uint64_t line;
    uint64_t column;
};

/* The place of the byte at this index, when the text begins at `from`. */
struct place place_of(struct place from, const char *text, size_t at);

/* Check size and UTF-8 of a whole document and drop its byte order mark. */
CANDOR_MUST_USE enum candor_status document_of(struct job *job, struct bytes bytes,
                                               const struct text_limits *limits, const char *name,
                                               struct str *text);

/* ---- stream.c ------------------------------------------------------------------------------ */

/*
 * A text file, plain or gzip, in chunks of whole UTF-8 characters without zero bytes or a byte
 * order mark. Closed with the owner at the latest.
 */
struct stream;

enum { STREAM_CHUNK = 64 * 1024 };

CANDOR_MUST_USE enum candor_status stream_open(struct job *job, struct arena *owner,
                                               struct str path, struct stream **stream);
/* Read at most STREAM_CHUNK bytes; none: the end. */
CANDOR_MUST_USE enum candor_status stream_fill(struct job *job, struct stream *stream, char *target,
                                               size_t *len);
struct str stream_path(const struct stream *stream);

#endif
