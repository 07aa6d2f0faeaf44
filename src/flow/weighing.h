/*
 * weighing.h - a value as a model takes it: of weigh.c, for modelview.c.
 */
#ifndef CANDOR_FLOW_WEIGHING_H
#define CANDOR_FLOW_WEIGHING_H

#include "flow.h"

struct raw_value; /* frame.h */

/* Dates are days since 1970; missing is not a number. */
struct raw_value raw_of_cell(const struct cell *cell);

#endif
