/*
 * decided.h - a decision in words, in the language of whoever reads it. Inside the room only.
 */
#ifndef CANDOR_FLOW_DECIDED_H
#define CANDOR_FLOW_DECIDED_H

#include "candor_rights.h"
#include "flow.h"
#include "tell.h"

struct json;

/* The company's own: that of its first wording which is spoken here, or English. */
enum tongue home_tongue(const struct candor *candor);

/* What was asked for, else the subject's own setting, else what their browser accepts, else the home's;
 * languages NULL: the home's. CANDOR_BAD_INPUT: asked for one that is not spoken. */
CANDOR_MUST_USE enum candor_status decided_tongue(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct subject subject,
                                                  const struct candor_languages *languages,
                                                  enum tongue *tongue);

/* The features of a model as facts about a person, in the model's order. */
const struct fact *decided_facts(struct job *job, const struct candor *candor,
                                 const struct model *model, enum tongue tongue,
                                 const struct cell *cell);

/* A model's decision, computed again: what decided.c tells of it. */
struct decided {
    const struct decision *decision;
    const struct model *model; /* NULL: none decided, or it is not kept any more */
    const uint8_t *bin;
    const double *contribution;
};

/* "explanation", as explanation.h has it, with the sentence of the decision's code in front; without a
 * model only that. */
CANDOR_MUST_USE enum candor_status decided_json(struct job *job, const struct candor *candor,
                                                enum tongue tongue, const struct decided *decided,
                                                struct json *json);

/* doubt.c */
/* For people, about the features by their labels; "" when nothing is doubted. */
struct str doubt_sentence(struct arena *arena, enum tongue tongue,
                          const struct inventory *inventory, const struct doubt *doubt);

#endif
