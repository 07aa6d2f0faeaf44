/*
 * weighing.h - what weigh.c does for walks that are no plan: audience.c, modelview.c.
 */
#ifndef CANDOR_FLOW_WEIGHING_H
#define CANDOR_FLOW_WEIGHING_H

#include "flow.h"

struct raw_value; /* frame.h */

/* Dates are days since 1970; missing is not a number. */
struct raw_value raw_of_cell(const struct cell *cell);

/* weigh() of a campaign that candor.yaml does not have. Facts are in the job's arena. */
CANDOR_MUST_USE enum candor_status weigh_asked(struct job *job, struct candor *candor,
                                               struct txn *txn, struct subject subject,
                                               const struct campaign *campaign,
                                               struct weighed *weighed);

#endif
