/*
 * origin.h - the gate's door for where a text comes from: an index of other texts, and of licences.
 *
 *   winnow.c        which runs of tokens stand for a text (Schleimer, Wilkerson and Aiken 2003)
 *   origin_index.c  an index made, written and read
 *   copied.c        runs of a text that stand in the index as well
 *   licence.c       under which licence a text stands: headers, fields, sentences (licence_notices.def)
 *   licence_expression.c  SPDX expressions, and whether the company allows one
 *   licence_text.c  whole texts of licences
 *
 * An index holds hashes of tokens and the names of its texts, never the texts. Names and numbers of programs
 * count as such and not as what they are, so that renaming hides nothing.
 */
#ifndef CANDOR_GATE_ORIGIN_H
#define CANDOR_GATE_ORIGIN_H

#include "gate.h"

enum {
    ORIGIN_RUN = 20,    /* tokens that are hashed together */
    ORIGIN_WINDOW = 16, /* of as many such runs one is kept */
    ORIGIN_SHARED = 35, /* so a shared run of this many is always found */
    ORIGIN_NAME_MAX = 1024,
    ORIGIN_TEXTS_MAX = 1 << 22,
};
#define ORIGIN_TEXT_MAX ((size_t)64 << 20) /* bytes of one text that is indexed */
#define ORIGIN_FILE_MAX ((size_t)2 << 30)  /* bytes of an index */

struct origin_index;
struct origin_index *origin_begin(struct arena *arena);

/* A text under the name that findings tell. CANDOR_TOO_LARGE: the index is full, or the text too long. */
CANDOR_MUST_USE enum candor_status origin_add(struct job *job, struct origin_index *origin,
                                              struct str name, struct str text);
/* The text of a licence under its SPDX identifier; of equal texts the identifiers are kept together. */
CANDOR_MUST_USE enum candor_status origin_add_licence(struct job *job, struct origin_index *origin,
                                                      struct str id, struct str text);
/* Put it in order; nothing may be added afterwards. CANDOR_NO_MEMORY. */
CANDOR_MUST_USE enum candor_status origin_end(struct job *job, struct origin_index *origin);

struct origin_counts {
    uint64_t texts;
    uint64_t tokens;
    uint64_t marks;
    uint64_t licences;
    uint64_t licence_texts; /* that differ */
};
struct origin_counts origin_counts(const struct origin_index *origin);

/* What origin_end left, as bytes, and back. CANDOR_BAD_INPUT: these are none, with what is wrong. Digest and
 * file are the caller's. */
void origin_write(const struct origin_index *origin, struct buf *buf);
CANDOR_MUST_USE enum candor_status origin_read(struct job *job, struct bytes bytes,
                                               struct origin_index **origin);

/* ---- licence_expression.c ----------------------------------------------------------------------- */

/* Whether an SPDX expression is one: identifiers, +, WITH, AND, OR, brackets. */
bool licence_is_expression(struct str text);
/* Whether the company may use what is offered under the expression: of OR one, of AND both. An exception after
 * WITH only adds rights. A list names identifiers, or pairs "A WITH B". */
bool licence_is_allowed(struct str expression, const struct str *allowed, size_t allowed_count);

#endif
