/*
 * explanation.h - an explanation as a report has it, the same for a row of a file and for a decision. Inside the
 * room only.
 */
#ifndef CANDOR_FLOW_EXPLANATION_H
#define CANDOR_FLOW_EXPLANATION_H

#include "flow.h"
#include "tell.h"

struct json;

/* "en" of NULL; CANDOR_BAD_INPUT names the languages. */
CANDOR_MUST_USE enum candor_status tongue_asked(struct job *job, const char *option,
                                                const char *language, enum tongue *tongue);

/* What would have turned it. */
struct turning {
    struct recourse_options options;
    struct recourse recourse;
    struct told_turning told;
};
/* Find it, put it in words, and score each plan once more from its values as they are told. */
CANDOR_MUST_USE enum candor_status turning_find(struct job *job, const struct telling *telling,
                                                const struct recourse_options *options,
                                                struct turning *turning);

/* A list of {sentence, changes: [{feature, from, to}], score, score_ci, cost}. */
void put_plans(struct job *job, struct json *json, struct lit key, const struct telling *telling,
               const struct turning *turning);

/* "explanation": every sentence with the table cells that it was made of. decision: the sentence of a decision's
 * code, or empty. turning: NULL: nothing to turn. */
void put_explanation(struct job *job, struct json *json, const struct telling *telling,
                     struct str decision, const struct told_reasons *told,
                     const struct turning *turning);
/* The same of what no model decided. */
void put_explanation_of_code(struct json *json, enum tongue tongue, struct str decision);

void put_interval(struct json *json, struct lit key, double low, double high);

#define Z_95 1.959963984540054 /* standard deviations on either side that hold 95 % */

#endif
