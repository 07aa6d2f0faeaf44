/*
 * asked.h - what a decision is asked about, when that is no campaign as candor.yaml has it. Inside the flow
 * room only.
 */
#ifndef CANDOR_FLOW_ASKED_H
#define CANDOR_FLOW_ASKED_H

#include "flow.h"

/* A campaign of its own for a purpose and channel (NULL: none): everybody who may be reached, nothing but the
 * permit is looked at, and the address, cap and not_interested of the campaign for the same purpose and channel
 * with the strictest cap hold. Its name is "purpose:" and the purpose's.
 *
 * CANDOR_BAD_INPUT  no such purpose or channel, or not together
 * CANDOR_REFUSED    campaigns are reviewed here, so one has to be named */
CANDOR_MUST_USE enum candor_status asked_purpose(struct job *job, const struct candor *candor,
                                                 const char *purpose, const char *channel,
                                                 struct campaign **campaign);
/* ... of a decision that was made about such a one. */
bool asked_is_purpose(struct str campaign_name);
/* The same campaign with those of its offers that are named, in that order; a purpose's has none of its own, and
 * takes them as they come. CANDOR_BAD_INPUT: it has no such offer, or a name is none. */
CANDOR_MUST_USE enum candor_status asked_offers(struct job *job, const char *const *offer,
                                                size_t count, struct campaign *campaign);
/* The channel that was said of a campaign is its own. CANDOR_BAD_INPUT */
CANDOR_MUST_USE enum candor_status asked_channel(struct job *job, const struct candor *candor,
                                                 const struct campaign *campaign,
                                                 const char *channel);
/* An entry whose facts are its own and end with the job. */
struct view_entry asked_entry(struct job *job, const struct candor *candor,
                              const struct view_entry *entry);

#endif
