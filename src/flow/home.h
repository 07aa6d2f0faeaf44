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
/* candor.yaml and its digest. */
CANDOR_MUST_USE enum candor_status home_read_policy(struct job *job, struct candor *candor);
/* The wordings in force, so that a consent can be shown as it was given. */
CANDOR_MUST_USE enum candor_status home_keep_wordings(struct job *job, struct candor *candor,
                                                      struct txn *txn);

#endif
