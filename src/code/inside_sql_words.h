/*
 * inside_sql_words.h - the table of words, for the files that make it and read phrases. Inside the room only.
 */
#ifndef CANDOR_CODE_INSIDE_SQL_WORDS_H
#define CANDOR_CODE_INSIDE_SQL_WORDS_H

#include "inside_sql.h"

enum { SQL_WORDS_MAX = 512, SQL_WORDS_ROOM = 2048 };

struct sql_words {
    uint16_t count;
    uint16_t slot[SQL_WORDS_ROOM];
    struct str text[SQL_WORDS_MAX];
};

struct sql_words *sql_words_begin(struct arena *arena);
uint16_t sql_word_add(struct sql_words *words, struct str text);

/* sql_phrase.c: phrases of sql.def, by their first word. */
struct sql_phrases *sql_phrases_begin(struct arena *arena, struct sql_words *words);
void sql_look_at_phrases(struct sql_scan *scan, const struct sql_phrases *phrases, uint32_t at);

#endif
