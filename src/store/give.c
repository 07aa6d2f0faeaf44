/*
 * give.c - events of one subject given to another: of a visitor who turned out to be somebody known.
 *
 * An event keeps no purpose that it did not have: it lies in the drawer of those that it had and that
 * the other subject allows. The vault holds the keys of one subject at a time, so all are opened
 * first, and then sealed again.
 */
#include "inside.h"

/* One that goes to somebody else: its bytes, and for what they are open. */
struct given_event {
    struct bytes plain;
    uint64_t purposes;
};

struct giving {
    struct txn *txn;
    uint64_t purposes;
    size_t count_max;
    struct buf given;
};

static enum candor_status visit_given(struct job *job, void *visitor, const struct row *row)
{
    struct giving *giving = visitor;
    struct given_event given = {.purposes = row->drawer->purposes & giving->purposes};
    if (given.purposes == 0 || giving->given.len / sizeof given >= giving->count_max) {
        return CANDOR_OK;
    }
    TRY(rows_open(job, giving->txn, ROW_EVENT, row, &given.plain));
    buf_bytes(&giving->given, &given, sizeof given);
    return CANDOR_OK;
}

enum candor_status store_give_events(struct job *job, struct txn *txn, const struct permit *permit,
                                     struct subject target, uint64_t purposes, size_t count_max,
                                     size_t *count)
{
    struct giving giving = {txn, purposes, count_max, buf_begin(job->arena)};
    must(txn->is_open);
    if (permit_purposes(permit) != PURPOSES_ALL) {
        return txn_refuse(job, txn, "only a permit for a right opens what is given to another");
    }
    TRY(people_enter(job, txn, permit));
    TRY(rows_each(job, txn, ROW_EVENT, visit_given, &giving));
    const struct given_event *given = (const void *)giving.given.ptr;
    *count = giving.given.len / sizeof *given;
    TRY(vault_open(job, txn, target));
    for (size_t i = 0; i < *count; i++) {
        const struct drawer_mark *drawer = NULL;
        TRY(drawers_of(job, txn, given[i].purposes, &drawer));
        TRY(rows_add(job, txn, ROW_EVENT, drawer, given[i].plain));
    }
    return CANDOR_OK;
}
