/*
 * candor_insight.h - a chapter of the public door: what drives a home's models, whether people still
 * look like those it learnt from, and what the home holds at all. For people who look; nothing here is
 * about one subject.
 *
 * Include it beside candor.h.
 */
#ifndef CANDOR_INSIGHT_H
#define CANDOR_INSIGHT_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The latest trained model's terms, the most important first, each with its label; the first of them as a
 * picture (SVG whose classes the style sheet of reports knows) and in words.
 *
 * CANDOR_NOT_FOUND  it was not trained
 */
CANDOR_CHECK enum candor_status candor_model_shapes(struct job *job, struct candor *candor,
                                                    const char *model, struct candor_text *report);

/*
 * Everybody who allows the model's purpose, as they are now, against the rows of its training: the
 * report of candor_drift. The model must be published. One entry on the ledger says that somebody
 * looked. Other calls go between. drifted: how many features, and the score, look otherwise now.
 *
 * CANDOR_NOT_FOUND  no such model, or it is not published, or nobody allows it to look
 * CANDOR_FORBIDDEN  'audit' is not theirs
 * CANDOR_BUSY       a model was published meanwhile: ask again
 */
CANDOR_CHECK enum candor_status candor_model_drift(struct job *job, struct candor *candor,
                                                   const char *model, size_t *drifted,
                                                   struct candor_text *report);

/*
 * Every field of subjects and property of events as candor.yaml has it, with the scores that are the
 * least for it, and the days after which what goes. candor_audit("inventory") looks at values too.
 */
CANDOR_CHECK enum candor_status candor_inventory(struct job *job, struct candor *candor,
                                                 struct candor_text *report);

/*
 * What the home watches while it decides: of each published model its inputs and its score, and how its
 * scores came out; whom each campaign with a fairness rule chooses, by group; and how often decisions are
 * withheld, consent is refused, people complain, logins fail, acts are refused and rows doubted. Each has its rows, how near an alarm is (level, 1 is one), and the alarms raised; alarms: how many of them.
 */
CANDOR_CHECK enum candor_status candor_monitors(struct job *job, struct candor *candor,
                                                size_t *alarms, struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
