/*
 * candor_campaign.h - campaigns as they stand: which there are, what was planned, signed, sent, and what
 * came of it. candor.h does not include it.
 *
 * Nothing here plans or sends: candor_plan, candor_approve, candor_send and candor_results do.
 */
#ifndef CANDOR_CAMPAIGN_PUBLIC_H
#define CANDOR_CAMPAIGN_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * {"campaigns": [{"name","title","purpose","channel","model","state","made","author","approver","sent",
 * "customers","allowed","chosen","holdout","handed_over","fair","results"}]}, in the order of candor.yaml.
 * state: draft (never planned), planned, approved, handing_over, sent. A null stands for what is not so
 * far; counts of people are of the day of the plan. Needs the act "plan" or "approve".
 */
CANDOR_CHECK enum candor_status candor_campaign_list(struct job *job, struct candor *candor,
                                                     struct candor_text *report);

/*
 * One of them: what candor.yaml says, and the plan as candor_plan reports it, with its results. Shows
 * three people without name or address, for whoever may see people.
 *
 * CANDOR_NOT_FOUND  there is none of that name
 */
CANDOR_CHECK enum candor_status candor_campaign_show(struct job *job, struct candor *candor,
                                                     const char *name, struct candor_text *report);

/*
 * The people of one step: {"total","from","people":[{"identifier","score","code","sentence","offer",
 * "ledger_index"}]}. code is "send", "holdout" or a reason for leaving somebody alone ("no_consent"), as in
 * the plan's staircase; people: of whom to begin with, at most CANDOR_CAMPAIGN_PEOPLE at once. Each
 * was looked at, and their own access log says so. Whoever was erased since is not there.
 *
 * CANDOR_NOT_FOUND  no such campaign, or it was never planned
 */
#define CANDOR_CAMPAIGN_PEOPLE 50
CANDOR_CHECK enum candor_status candor_campaign_people(struct job *job, struct candor *candor,
                                                       const char *name, const char *code,
                                                       uint64_t from, struct candor_text *report);

/*
 * Make a campaign, or change one that was made so: json is a campaign as candor.yaml has it. It stands in
 * campaigns.yaml beside candor.yaml, counts at once, and is a change of policy on the ledger; plans that
 * were signed under the policy before have to be made again. Needs the act "plan".
 *
 * CANDOR_BAD_INPUT  with what is wrong; nothing has changed
 * CANDOR_EXISTS     candor.yaml itself has one of that name
 * CANDOR_REFUSED    it was sent; or candor.yaml has changed since the home was opened
 */
CANDOR_CHECK enum candor_status candor_campaign_put(struct job *job, struct candor *candor,
                                                    const char *json, struct candor_text *report);
/* A campaign as it was written, as JSON. */
CANDOR_CHECK enum candor_status candor_campaign_source(struct job *job, struct candor *candor,
                                                       const char *name,
                                                       struct candor_text *report);

/* What one can be made of: {"purposes": [{"name","title","channels"}], "addresses", "protected", "features":
 * [{"name","label"}], "models"}. Needs the act "plan" or "train". */
CANDOR_CHECK enum candor_status candor_campaign_choices(struct job *job, struct candor *candor,
                                                        struct candor_text *report);

/* A reason for leaving somebody alone, or for contacting them, in a sentence for people; NULL: there is no
 * such code. It stays. */
CANDOR_API const char *candor_code_sentence(const char *code);

/* The plan as one page that stands alone and prints well. */
CANDOR_CHECK enum candor_status candor_campaign_page(struct job *job, struct candor *candor,
                                                     const char *name, struct candor_text *page);

#ifdef __cplusplus
}
#endif

#endif
