/*
 * c_text.h - what c_text.c does for to_c.c.
 */
#ifndef CANDOR_MODEL_C_TEXT_H
#define CANDOR_MODEL_C_TEXT_H

#include "base.h"

enum { C_NAME_MAX = 60 }; /* of a name, in code or in a comment */

struct model;

/* "MonthlyCharges" is monthly_charges, "marital-status" marital_status, "" model. */
struct str c_name(struct arena *arena, struct str name);
const char *c_upper(struct arena *arena, struct str name);
/* A name of its own for each feature; none is a word of C or C++. */
const char *const *c_fields(struct arena *arena, const struct model *model);
/* For a comment. */
const char *c_comment(struct arena *arena, struct str text);

/* "text", between its quotes; lists of numbers without their braces. Doubles read back as the same
 * bits. */
void c_literal(struct buf *out, struct str text);
void c_doubles(struct buf *out, const double *value, size_t count);
void c_bytes(struct buf *out, const uint8_t *value, size_t count);

#endif
