/*
 * expire.c - deleting what is past its time, row by row.
 *
 * Times are sealed, so a subject's rows are opened to see them: 2 us each. What goes is noted first
 * and deleted after the walk, since a statement must not delete from under itself.
 */
#include "inside.h"

struct expiring {
    struct txn *txn;
    const int64_t *before; /* of each kind of event */
    int64_t contacts_before;
    uint64_t *count;
    struct buf number; /* int64_t of each row that goes; of decisions, struct kept_decision */
    bool (*is_past)(struct job *job, void *self, const struct decision_record *decision);
    void *self;
};

static enum candor_status enter(struct job *job, struct txn *txn, const struct permit *permit)
{
    must(txn->is_open);
    if (!permit_serves(permit, DUTY_STORAGE_LIMIT)) {
        return txn_refuse(job, txn, "the permit is not for deleting what is past its time");
    }
    return people_enter(job, txn, permit);
}

static void goes(struct expiring *expiring, const struct row *row, uint64_t *count)
{
    buf_bytes(&expiring->number, &row->number, sizeof row->number);
    (*count)++;
}

static enum candor_status remove_noted(struct job *job, struct expiring *expiring,
                                       enum row_kind kind, bool dry)
{
    const int64_t *number = (const void *)expiring->number.ptr; /* an arena's piece is aligned */
    const size_t count = dry ? 0 : expiring->number.len / sizeof *number;
    for (size_t i = 0; i < count; i++) {
        TRY(rows_remove(job, expiring->txn, kind, number[i]));
    }
    return CANDOR_OK;
}

/* ---- events -------------------------------------------------------------------------------- */

static enum candor_status visit_event(struct job *job, void *visitor, const struct row *row)
{
    struct expiring *expiring = visitor;
    struct bytes plain;
    struct event event;
    TRY(rows_open(job, expiring->txn, ROW_EVENT, row, &plain));
    const enum candor_status status = event_read(job, txn_inventory(expiring->txn), plain, &event);
    if (status == CANDOR_NOT_FOUND) { /* the inventory has no such kind: nor a time for it */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    if (event.time < expiring->before[event.kind]) {
        goes(expiring, row, &expiring->count[event.kind]);
    }
    return CANDOR_OK;
}

enum candor_status store_expire_events(struct job *job, struct txn *txn,
                                       const struct permit *permit, const int64_t *before, bool dry,
                                       uint64_t *count)
{
    struct expiring expiring = {
        .txn = txn, .before = before, .count = count, .number = buf_begin(job->arena)};
    TRY(enter(job, txn, permit));
    TRY(rows_each(job, txn, ROW_EVENT, visit_event, &expiring));
    return remove_noted(job, &expiring, ROW_EVENT, dry);
}

/* ---- decisions ----------------------------------------------------------------------------- */

static enum candor_status visit_decision(struct job *job, void *visitor,
                                         const struct kept_decision *kept)
{
    struct expiring *expiring = visitor;
    if (expiring->is_past(job, expiring->self, &kept->record)) {
        buf_bytes(&expiring->number, kept, sizeof *kept);
        (*expiring->count)++;
    }
    return CANDOR_OK;
}

enum candor_status store_expire_decisions(struct job *job, struct txn *txn,
                                          const struct permit *permit,
                                          bool (*is_past)(struct job *job, void *self,
                                                          const struct decision_record *decision),
                                          void *self, bool dry, uint64_t *count)
{
    struct expiring expiring = {.txn = txn,
                                .count = count,
                                .number = buf_begin(job->arena),
                                .is_past = is_past,
                                .self = self};
    TRY(enter(job, txn, permit));
    TRY(journal_each(job, txn, visit_decision, &expiring));
    const struct kept_decision *kept = (const void *)expiring.number.ptr;
    const size_t kept_count = dry ? 0 : expiring.number.len / sizeof *kept;
    for (size_t i = 0; i < kept_count; i++) {
        TRY(journal_remove(job, txn, &kept[i]));
    }
    return CANDOR_OK;
}

/* ---- contacts ------------------------------------------------------------------------------ */

static enum candor_status visit_contact(struct job *job, void *visitor, const struct row *row)
{
    struct expiring *expiring = visitor;
    struct contact contact;
    struct bytes plain;
    TRY(rows_open(job, expiring->txn, ROW_CONTACT, row, &plain));
    TRY(contact_row_read(job, txn_inventory(expiring->txn), plain, &contact));
    if (contact.time < expiring->contacts_before) {
        goes(expiring, row, expiring->count);
    }
    return CANDOR_OK;
}

enum candor_status store_expire_contacts(struct job *job, struct txn *txn,
                                         const struct permit *permit, int64_t before, bool dry,
                                         uint64_t *count)
{
    struct expiring expiring = {
        .txn = txn, .contacts_before = before, .count = count, .number = buf_begin(job->arena)};
    TRY(enter(job, txn, permit));
    TRY(rows_each(job, txn, ROW_CONTACT, visit_contact, &expiring));
    return remove_noted(job, &expiring, ROW_CONTACT, dry);
}
