/*
 * home.h - a home before it can be used: shared by open.c and make.c.
 */
#ifndef CANDOR_FLOW_HOME_H
#define CANDOR_FLOW_HOME_H

#include "flow.h"

/* A home with an arena and a lock, and nothing read yet. Ends with its arena. */
struct candor *home_new(const char *dir);

/* HOME/keys/FILE */
struct str home_key_path(struct arena *arena, struct str dir, const char *file);

CANDOR_MUST_USE enum candor_status home_read_signer(struct job *job, struct candor *candor);
/* policy.c: candor.yaml and campaigns.yaml as one tree, in the home's arena, which is lent to the job; and
 * their digest. */
CANDOR_MUST_USE enum candor_status policy_read(struct job *job, struct candor *candor,
                                               const struct value **root);
/* A changed policy goes on record before it is used. */
CANDOR_MUST_USE enum candor_status home_account_for_policy(struct job *job, struct candor *candor);
/* reload.c: a policy that was just read is in force: a changed one goes on record, and what hangs on it is
 * settled. Opening a home and reloading it both end with this. */
CANDOR_MUST_USE enum candor_status home_policy_begins(struct job *job, struct candor *candor);
/* All of it, read. */
CANDOR_MUST_USE enum candor_status home_read_policy(struct job *job, struct candor *candor);
/* The wordings in force, so that a consent can be shown as it was given. */
CANDOR_MUST_USE enum candor_status home_keep_wordings(struct job *job, struct candor *candor,
                                                      struct txn *txn);

#endif
