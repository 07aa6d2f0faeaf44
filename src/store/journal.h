/*
 * journal.h - what journal.c and journal_settle.c share, and nobody else.
 */
#ifndef CANDOR_STORE_JOURNAL_H
#define CANDOR_STORE_JOURNAL_H

#include "inside.h"

enum { GROUP_RECORDS = 64 };

/* ---- journal.c ----------------------------------------------------------------------------- */

/* The plain bytes of a group, in the job's arena. CANDOR_CORRUPT: it is missing, or does not open. */
CANDOR_MUST_USE enum candor_status group_get(struct job *job, struct store *store, uint64_t group,
                                             struct bytes *plain);

struct group_record {
    uint32_t slot;
    struct bytes sealed; /* empty: it was removed */
};

/* False: there is none, or the bytes are no group's; group_check says which. */
bool group_next(struct reader *reader, struct group_record *record);
CANDOR_MUST_USE enum candor_status group_check(struct job *job, const struct reader *reader,
                                               uint64_t group);

/* ---- journal_settle.c ---------------------------------------------------------------------- */

static inline struct waiting *waiting_of(const struct buf *buf)
{
    return (void *)buf->ptr; /* a piece of an arena is aligned for any type */
}

static inline size_t waiting_count(const struct buf *buf)
{
    return buf->len / sizeof(struct waiting);
}

int waiting_by_number(const void *left, const void *right);
/* It was removed, in this transaction or before. */
bool waiting_is_gone(const struct txn *txn, const struct waiting *entry);
/* What a process before us left waiting: once. Then journal.waiting is all, from round_at on. */
CANDOR_MUST_USE enum candor_status waiting_load(struct job *job, struct store *store);
/* Some more pointers, at the end of a transaction; txn->settled_to. */
CANDOR_MUST_USE enum candor_status waiting_settle(struct job *job, struct txn *txn);

#endif
