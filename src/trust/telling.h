/*
 * telling.h - inside the trust room: what tell.c, reasons.c and turning.c share.
 */
#ifndef CANDOR_TRUST_TELLING_H
#define CANDOR_TRUST_TELLING_H

#include "tell.h"

/* {name} of a text replaced; what has no place stays as it is. */
struct str tell_fill(struct arena *arena, struct str text, const struct tell_place *place,
                     size_t place_count);
/* The value without its unit; empty: not known. */
struct str fact_bare(struct arena *arena, enum tongue tongue, const struct fact *fact);
/* A score as people read it: a chance in per cent, else the number. */
struct str score_text(struct arena *arena, enum tongue tongue, const struct model *model,
                      double score);

#endif
