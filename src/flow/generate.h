/*
 * generate.h - campaign copy from a brief, inside the flow room only.
 *
 *   generate.c        a brief, a campaign and permitted fields become variants, each scanned and submitted
 *   generate_field.c  which personal fields may have a place in copy
 *   generate_model.c  variants by a language model of others, through the guard
 */
#ifndef CANDOR_FLOW_GENERATE_H
#define CANDOR_FLOW_GENERATE_H

#include "candor_generate.h"
#include "draft.h"
#include "flow.h"

struct generation {
    const struct candor_generation *asked;
    struct str campaign;
    struct str purpose;
    size_t wanted;
    struct brief brief;
    struct digest brief_digest;
    struct digest written; /* of all that was written */

    struct str prompt; /* empty: no model is asked */
    uint64_t chat_asked;
    uint64_t chat_answered;

    struct draft draft[DRAFTS_MAX];
    const char *why[DRAFTS_MAX]; /* it is not taken; NULL: it is */
    size_t count;
};

/* Each field of the brief may stand in copy of this campaign. CANDOR_REFUSED names it and says why not. */
CANDOR_MUST_USE enum candor_status generate_fields(struct job *job, const struct candor *candor,
                                                   const struct campaign *campaign,
                                                   const struct brief *brief);
/* Ask the model. The home is not entered. */
CANDOR_MUST_USE enum candor_status generate_by_model(struct job *job, struct candor *candor,
                                                     const struct candor_post *post,
                                                     struct generation *generation);
/* The drafts of an answer. CANDOR_IO: it is not the JSON that was asked for. */
CANDOR_MUST_USE enum candor_status generate_read(struct job *job, struct str said,
                                                 struct generation *generation);
/* What the model is asked: the request's body. The prompt is put down. */
struct str generate_ask(struct job *job, struct generation *generation);

#endif
