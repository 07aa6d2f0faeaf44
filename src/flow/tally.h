/*
 * tally.h - how often each reason was given: what an import and the tracking API say of what they left out.
 */
#ifndef CANDOR_FLOW_TALLY_H
#define CANDOR_FLOW_TALLY_H

#include "flow.h"

#define TALLY_MAX 64 /* more reasons than there are; beyond, they are not told apart */

struct tally {
    const char *reason[TALLY_MAX]; /* literals */
    uint64_t count[TALLY_MAX];
    size_t len;
};

void tally_add(struct tally *tally, const char *reason);
/* {"reason": count, ...} in the order in which they came first. */
void tally_write(struct json *json, const struct tally *tally);

#endif
