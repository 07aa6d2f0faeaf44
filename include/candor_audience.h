/*
 * candor_audience.h - a chapter of the public door: how many people a purpose may reach, and why the
 * others are left alone, before there is a campaign.
 *
 * Everybody is asked what a plan would ask them, by the same functions: their permit, their limits, then
 * the conditions. Nobody is listed. Counts are rounded to CANDOR_AUDIENCE_LEAST, and fewer than that is
 * null, whether it is one person or nobody: so no answer says something about one person, and no two
 * answers differ by one.
 *
 * candor.h includes this header.
 */
#ifndef CANDOR_AUDIENCE_H
#define CANDOR_AUDIENCE_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CANDOR_AUDIENCE_LEAST 10
#define CANDOR_CONDITIONS_MAX 8

/* field: a field of subjects or a feature. test: at_least, at_most, above, below, equals, one_of (values
 * with commas between) or is_missing ("true" or "false"). */
struct candor_condition {
    const char *field;
    const char *test;
    const char *value;
};

struct candor_audience {
    const char *purpose;
    const char *channel; /* NULL: the purpose has none */
    const char *uses; /* the purpose that opens what the conditions look at; NULL: purpose itself */
    const char *campaign; /* whose address, cap and not_interested hold; NULL: none do */
    const struct candor_condition *condition;
    size_t condition_count;
};

/*
 * What may be asked: purposes with their channels, campaigns, and every field and feature with what may
 * not be asked of it under `uses` (a purpose, or NULL: what no purpose changes) and why.
 *
 * CANDOR_FORBIDDEN; CANDOR_BAD_INPUT: no such purpose
 */
CANDOR_CHECK enum candor_status candor_audience_choices(struct job *job, struct candor *candor,
                                                        const char *uses,
                                                        struct candor_text *report);

/*
 * Count. The staircase is that of a plan as far as the conditions: customers, allowed, reachable, fitting;
 * with the reasons of those who are not on a step. One entry on the ledger says that somebody counted.
 * Other calls go between, some hundred people at a time.
 *
 * CANDOR_FORBIDDEN   'plan' is not theirs
 * CANDOR_BAD_INPUT   no such purpose, channel, campaign or field; it does not allow the purpose; it is
 *                    protected, names a person, or is free text; the value is none of the field's
 * CANDOR_TOO_LARGE   more than CANDOR_CONDITIONS_MAX conditions
 */
CANDOR_CHECK enum candor_status candor_audience(struct job *job, struct candor *candor,
                                                const struct candor_audience *question,
                                                struct candor_text *report);

/*
 * How many people each purpose may be served to now, by channel; "as_of" says when they were counted. The
 * question is candor.yaml's own, so nothing goes on the ledger. What was counted is given again while nothing
 * was written since, and of more than 20,000 people for ten minutes. Other calls go between.
 *
 * CANDOR_FORBIDDEN   'plan' is not theirs
 * CANDOR_CANCELLED
 */
CANDOR_CHECK enum candor_status candor_permitted(struct job *job, struct candor *candor,
                                                 struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
