/*
 * plansettle.c - who said no while a plan was made.
 *
 *     weigh everybody          as of one instant, in steps; others come in between
 *     settle                   whoever was changed is asked again, as of now
 *     choose, compare
 *     record                   in steps; each begins with settling
 *     settle, sum up, sign     in one stay: what is signed is true of that instant, plan.made
 *
 * Being asked again can only keep somebody from being contacted. A yes that comes in the meantime, a better
 * score or another offer waits for the next plan: that is chosen among people as of one instant. It is the
 * rule of the hand-over (send.c), where everybody is asked once more.
 */
#include <stdlib.h>

#include "learn.h"
#include "model.h"
#include "plan.h"

enum candor_status planning_step(struct job *job, struct candor *candor, struct planning *planning,
                                 struct txn **txn)
{
    const struct published *published = NULL;
    TRY(home_begin(job, candor, txn));
    if (planning->published == NULL) {
        return CANDOR_OK;
    }
    TRY(model_published(job, candor, *txn, planning->campaign->model, &published));
    if (!digest_equal(published->digest, planning->published->digest)) {
        return fail(job, CANDOR_BUSY, "model '%.*s' was published anew in the meantime; plan again",
                    STR_ARG(planning->campaign->model));
    }
    return CANDOR_OK;
}

/* ---- one of them --------------------------------------------------------------------------- */

static enum candor_status weigh_again(struct job *job, struct candor *candor, struct txn *txn,
                                      struct planning *planning, size_t i)
{
    struct view_entry entry = {.arena = job->arena, .is_for_later = true};
    struct weighed *weighed = &planning->weighed[i];
    struct weighed now;
    bool is_there = false;
    TRY(subject_is_there(job, candor, txn, planning->row[i].subject, &entry, &is_there));
    if (!is_there) {
        *weighed = (struct weighed){.withhold = WITHHOLD_ERASED, .offer = NONE};
        return CANDOR_OK;
    }
    TRY(weigh(job, candor, txn, &entry, planning->campaign, planning->campaign_index, &now));
    if (!may_still_be_contacted(weighed->withhold) || may_still_be_contacted(now.withhold)) {
        return CANDOR_OK;
    }
    *weighed = now;
    weighed->facts = NULL;
    if (i >= planning->recorded) {
        return CANDOR_OK;
    }
    planning->is_to_commit = true;
    return planning_record(job, candor, txn, planning, i);
}

/* ---- all of them --------------------------------------------------------------------------- */

static int compare_slots(const void *slot, const void *row)
{
    const uint32_t first = *(const uint32_t *)slot;
    const uint32_t second = ((const struct plan_row *)row)->subject.slot;
    return (first > second) - (first < second);
}

/* NONE: somebody who came after the plan was begun. Rows are in the order of slots. */
static size_t row_of(const struct planning *planning, uint32_t slot)
{
    const struct plan_row *row = planning->row_count == 0
                                     ? NULL
                                     : bsearch(&slot, planning->row, planning->row_count,
                                               sizeof *planning->row, compare_slots);
    return row == NULL ? NONE : (size_t)(row - planning->row);
}

static enum candor_status begin_stay(struct job *job, void *self)
{
    struct planning *planning = self;
    struct txn *txn = NULL;
    return planning_step(job, planning->work.candor, planning, &txn);
}

static enum candor_status end_stay(struct job *job, void *self)
{
    struct planning *planning = self;
    struct candor *candor = planning->work.candor;
    const bool is_to_commit = planning->is_to_commit;
    planning->is_to_commit = false;
    return is_to_commit ? home_commit(job, candor, candor->txn) : CANDOR_OK;
}

static enum candor_status ask(struct job *job, void *self, uint32_t slot)
{
    struct planning *planning = self;
    struct candor *candor = planning->work.candor;
    const size_t i = row_of(planning, slot);
    if (i == NONE) {
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(weigh_again(job, candor, candor->txn, planning, i));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static void note_all(void *self)
{
    struct planning *planning = self;
    for (size_t i = 0; i < planning->row_count; i++) {
        long_note_slot(&planning->work, planning->row[i].subject.slot);
    }
}

enum candor_status planning_settle(struct job *job, struct planning *planning, struct txn **txn)
{
    const struct long_asking asking = {.self = planning,
                                       .begin = begin_stay,
                                       .end = end_stay,
                                       .ask = ask,
                                       .note_all = note_all,
                                       .people = planning->row_count};
    planning->is_to_commit = false;
    TRY(long_settle(job, &planning->work, &asking));
    return home_begin(job, planning->work.candor, txn);
}

void planning_leave_out_erased(struct planning *planning)
{
    size_t kept = 0;
    for (size_t i = 0; i < planning->row_count; i++) {
        if (planning->weighed[i].withhold != WITHHOLD_ERASED) {
            planning->row[kept] = planning->row[i];
            planning->weighed[kept] = planning->weighed[i];
            kept++;
        }
    }
    planning->row_count = kept;
}
