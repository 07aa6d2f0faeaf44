/*
 * constraint.h - what a model must hold between groups before it is published: shared by config.c, train.c,
 * model.c and audit.c; and the same of a campaign's live decisions.
 */
#ifndef CANDOR_FLOW_CONSTRAINT_H
#define CANDOR_FLOW_CONSTRAINT_H

#include "flow.h"

struct fairness;
struct json;
struct value;
struct weighed;

/* ---- constraint.c -------------------------------------------------------------------------- */

/* models: fairness: {group, measure, limit}, once protect is read. The group is then the first of them. */
CANDOR_MUST_USE enum candor_status constraint_read(struct job *job,
                                                   const struct inventory *inventory,
                                                   const struct value *model,
                                                   struct model_spec *spec);
/* What was measured on the rows held out, as a note that the model's signature covers. */
CANDOR_MUST_USE enum candor_status constraint_note(struct job *job, const struct candor *candor,
                                                   const struct model_spec *spec,
                                                   const struct fairness *fairness,
                                                   struct model *model);

/*
 * May this model be published? *reason is what the board's chair wrote where it does not hold; else empty.
 *
 * CANDOR_REFUSED  it does not hold, or was not measured, and no reason of the board stands in for it
 */
CANDOR_MUST_USE enum candor_status constraint_require(struct job *job, struct candor *candor,
                                                      struct txn *txn,
                                                      const struct model_spec *spec,
                                                      const struct model *model,
                                                      struct str *reason);

/* "constraint": null without one. *fails: it is known not to hold. fairness: measured now; NULL: as the
 * model's note has it. */
void constraint_json(struct job *job, struct json *json, const struct candor *candor,
                     const struct model_spec *spec, const struct model *model,
                     const struct fairness *fairness, bool *fails);

/* ---- livefair.c ---------------------------------------------------------------------------- */

/*
 * Decisions of one call, counted by the group of whom they are about, for the campaign's own fairness rule.
 * The group is read when what the campaign looks at is read anyway, at most once an hour and person, and
 * forgotten: only sums are kept. Whoever does not allow the comparison is not counted.
 */
struct livefair;
CANDOR_MUST_USE enum candor_status livefair_count(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct subject subject,
                                                  const struct campaign *campaign,
                                                  const struct weighed *weighed,
                                                  struct livefair **live);
/* Put what was counted beside what is kept, in the transaction; a rule that fails now and did not before
 * goes on the ledger and into the log. NULL: nothing was counted. */
CANDOR_MUST_USE enum candor_status livefair_keep(struct job *job, struct candor *candor,
                                                 struct txn *txn, const struct livefair *live);
/* "fairness_live": what was decided in the present thirty days and those before, by campaign. */
CANDOR_MUST_USE enum candor_status livefair_json(struct job *job, struct candor *candor,
                                                 struct txn *txn, struct json *json,
                                                 size_t *findings);

#endif
