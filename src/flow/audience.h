/*
 * audience.h - counting permitted people: shared by audience.c and audience_ask.c, inside the flow room.
 */
#ifndef CANDOR_FLOW_AUDIENCE_H
#define CANDOR_FLOW_AUDIENCE_H

#include "candor_audience.h"
#include "flow.h"

/* Why a field may not be a condition. BAR_NONE is zero. */
enum audience_bar {
    BAR_NONE,
    BAR_PROTECTED,   /* it must not decide who is contacted */
    BAR_NAMES,       /* it names one person: e-mail address, telephone number ... */
    BAR_FREE_TEXT,   /* what somebody wrote can single them out */
    BAR_SPECIAL,     /* Article 9, and the purpose does not rest on consent */
    BAR_PURPOSE,     /* it does not allow the purpose */
    BAR_NO_FEATURES, /* a feature, and the conditions look at nothing but the purpose's own fields */
};

/* uses NONE: only what no purpose changes. */
enum audience_bar audience_bars_field(const struct inventory *inventory, size_t field, size_t uses);
enum audience_bar audience_bars_feature(const struct inventory *inventory, size_t feature,
                                        size_t uses);
const char *audience_bar_name(enum audience_bar bar);     /* "protected" */
const char *audience_bar_sentence(enum audience_bar bar); /* for people, with a full stop */

/* A count of people, to tens; fewer than ten, and none at all, are alike: null. */
void audience_put_count(struct json *json, struct lit key, uint64_t count);

/* The question as a campaign that chooses everybody who fits, which weigh() can be asked about. */
CANDOR_MUST_USE enum candor_status audience_campaign(struct job *job, const struct candor *candor,
                                                     const struct candor_audience *question,
                                                     struct campaign *campaign);

#endif
