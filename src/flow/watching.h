/*
 * watching.h - what witness.c and witnessdir.c share: a witness and the ledgers it watches.
 */
#ifndef CANDOR_FLOW_WATCHING_H
#define CANDOR_FLOW_WATCHING_H

#include "candor_ledger.h"
#include "flow.h"
#include "witness.h"

#define WATCHED_MAX 1000

struct watched {
    struct witnessed known;
    struct str key_text;
    struct str file;    /* the path of its state */
    int64_t time_s;     /* of the last cosignature; 0: none */
    unsigned forgotten; /* how often the witness began anew */
};

struct candor_witness {
    struct arena *arena;
    pthread_mutex_t lock; /* guards the list and the files */
    struct str dir;
    struct cosigner self;
    const struct signer *signer;
    struct watched *watched[WATCHED_MAX];
    size_t count;
};

/* Every call on a witness stands between these two. */
void witness_enter(struct candor_witness *witness);
void witness_leave(struct candor_witness *witness);

/* NULL: no such ledger is watched. */
struct watched *watched_find(const struct candor_witness *witness, struct str origin);
/* Keep the checkpoint that was cosigned last; empty: nothing yet. Durable when it returns. */
CANDOR_MUST_USE enum candor_status watched_write(struct job *job, const struct watched *watched,
                                                 struct str note);

#endif
