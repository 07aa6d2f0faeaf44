/*
 * candor_board.h - who judges models, campaigns, policies and notices before they are used.
 * candor.h does not include it.
 *
 * candor.yaml's section `governance` says what needs a review and by whom; without it nothing does. A
 * review approves exact bytes, by people who neither made them nor share an interest with who did, and
 * for a time. What needs a review and has none is refused with CANDOR_REFUSED where it would be used:
 * publishing a model, planning, deciding and sending a campaign, importing under a policy, a yes to a
 * notice.
 */
#ifndef CANDOR_BOARD_PUBLIC_H
#define CANDOR_BOARD_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* kind: model, campaign, policy, notice or content; name: of the model, campaign, purpose or content,
 * NULL for the policy. authors: other operators who had a hand in it, comma-separated, or NULL.
 *
 * CANDOR_NOT_FOUND  there is no such thing
 * CANDOR_EXISTS     it waits in a review already
 * CANDOR_REFUSED    exactly these bytes were rejected, or changes were asked for
 */
CANDOR_CHECK enum candor_status candor_board_propose(struct job *job, struct candor *candor,
                                                     const char *kind, const char *name,
                                                     const char *authors, const char *note,
                                                     struct candor_text *report);
/* One step in a review, by the present operator. id: its 32 hex digits, or their beginning. act: approve,
 * request_changes, reject, recuse, advise_for, advise_against, overrule, close or withdraw. note: the
 * reason. conflict: of a recusal, the conflict that candor.yaml names; or NULL.
 *
 * CANDOR_FORBIDDEN  it is not theirs to do: an author, a conflict, no seat
 * CANDOR_REFUSED    not at this point: it is decided, there is no quorum, a reason is missing
 */
CANDOR_CHECK enum candor_status candor_board_act(struct job *job, struct candor *candor,
                                                 const char *id, const char *act, const char *note,
                                                 const char *conflict, struct candor_text *report);
/* All of them, the newest first; of one kind, in one state (both or NULL). */
CANDOR_CHECK enum candor_status candor_board_list(struct job *job, struct candor *candor,
                                                  const char *kind, const char *state,
                                                  struct candor_text *report);
/* One, with what its reviewers should see: the thing itself, how it differs from the version approved
 * before, fairness, the law, every step; and what the present operator may do in it, or why not. */
CANDOR_CHECK enum candor_status candor_board_show(struct job *job, struct candor *candor,
                                                  const char *id, struct candor_text *report);
/* The rules in force, and for everything that needs a review where it stands. *findings counts what may
 * not be used now. */
CANDOR_CHECK enum candor_status candor_board_status(struct job *job, struct candor *candor,
                                                    size_t *findings, struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
