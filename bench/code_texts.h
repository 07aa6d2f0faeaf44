/*
 * code_texts.h - the programs and pages that bench_code measures.
 */
#ifndef BENCH_CODE_TEXTS_H
#define BENCH_CODE_TEXTS_H

#include "code.h"

enum { TEXTS_MAX = 20000 };

/* Whole files, or the fragments of a set: data.jsonl, a record a line. */
enum form { FILES, RECORDS, FORMS };

struct code_text {
    struct str text;
    enum code_language language;
    enum form form;
};

struct texts {
    struct code_text one[TEXTS_MAX];
    size_t count;
};

/* All below the folders; what cannot be read is left out, a folder that is not there ends the program. */
struct texts *texts_below(struct job *job, char *const folder[], size_t count);

#endif
