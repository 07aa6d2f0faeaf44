/*
 * marked.h - models that can be shown to be ours: marked.c (a watermark), modelout.c (signed and sealed files).
 */
#ifndef CANDOR_FLOW_MARKED_H
#define CANDOR_FLOW_MARKED_H

#include "flow.h"

struct watermark;

#define WATERMARK_DELTA 0.05 /* of the link: docs/trust.md has what it costs */

/* The mark that a key puts on a model, with or without it. CANDOR_BAD_INPUT  too coarse a model */
CANDOR_MUST_USE enum candor_status mark_of(struct job *job, const struct secret *key, double delta,
                                           const struct model *model, struct watermark *mark);
/* Put it in, with the note by which the key is known again. */
CANDOR_MUST_USE enum candor_status mark_put(struct job *job, const struct secret *key, double delta,
                                            struct model **model);
/* A model that was changed after the fit: the deciles of its links, of the rows of training, which are sorted. */
CANDOR_MUST_USE enum candor_status deciles_again(struct job *job, double *link, size_t count,
                                                 struct model *model);
/* The key of a study: a file, made when it is not there. */
CANDOR_MUST_USE enum candor_status mark_key(struct job *job, const char *path, bool may_make,
                                            struct secret **key);
CANDOR_MUST_USE enum candor_status mark_key_of_home(struct job *job, const struct candor *candor,
                                                    struct secret **key);
/* Look for the mark of a model in a suspect: asked->suspect_path, or data_path and answers_path.
 * CANDOR_BAD_INPUT  the model has no mark of this key */
CANDOR_MUST_USE enum candor_status mark_look(struct job *job, const struct secret *key,
                                             const struct model *model,
                                             const struct candor_watermark *asked, bool *is_proven,
                                             struct candor_text *report);

#endif
