/*
 * dataset_drop.c - who took their permission back while a model was being learnt.
 *
 * Each who was changed is asked again for what their row came from: the permit to learn, and the outcome. A
 * row is there or it is not; what else is known of them by now waits for the next training. Levels of
 * categories are numbered anew, so that no word stays that only somebody said who is gone.
 */
#include <stdlib.h>

#include "dataset.h"
#include "frame.h"
#include "learn.h"
#include "longwork.h"

struct dropping {
    struct candor *candor;
    const struct model_spec *spec;
    struct long_work *work;
    struct dataset *dataset;
    bool *keep;
    size_t dropped;
};

/* ---- one of them --------------------------------------------------------------------------- */

static int compare_slots(const void *left, const void *right)
{
    const uint32_t first = *(const uint32_t *)left;
    const uint32_t second = *(const uint32_t *)right;
    return (first > second) - (first < second);
}

/* Only the comparison of groups knows the group, against a permit of its own. */
static enum candor_status ask_group(struct job *job, struct dropping *dropping,
                                    struct subject subject, size_t row)
{
    const struct model_spec *spec = dropping->spec;
    struct consent_state state;
    if (dropping->dataset->group[row] == UINT32_MAX) {
        return CANDOR_OK;
    }
    TRY(home_consent_state(job, dropping->candor, dropping->candor->txn, subject, &state));
    const struct permit_question question = {subject, spec->audit, NONE, OURSELVES};
    if (!permit_code_allows(permit_ask(dropping->candor->inventory, &state, &question, job->now))) {
        dropping->dataset->group[row] = UINT32_MAX;
        dropping->dropped++;
    }
    return CANDOR_OK;
}

static enum candor_status ask_subject(struct job *job, struct dropping *dropping,
                                      struct subject subject, size_t row)
{
    struct given given;
    TRY(dataset_given(job, dropping->candor, dropping->candor->txn, dropping->spec, subject,
                      dropping->dataset, &given));
    if (given.target == NULL) {
        dropping->keep[row] = false;
        dropping->dropped++;
        return CANDOR_OK;
    }
    return ask_group(job, dropping, subject, row);
}

static enum candor_status ask_row(struct job *job, struct dropping *dropping, size_t row)
{
    struct subject subject;
    const enum candor_status status =
        store_subject_at(job, dropping->candor->txn, dropping->dataset->slot[row], &subject);
    if (status != CANDOR_NOT_FOUND) {
        TRY(status);
        return ask_subject(job, dropping, subject, row);
    }
    job_forgive(job); /* erased: they count nowhere */
    dropping->keep[row] = false;
    dropping->dataset->subjects--;
    dropping->dropped++;
    return CANDOR_OK;
}

static enum candor_status ask(struct job *job, void *self, uint32_t slot)
{
    struct dropping *dropping = self;
    const struct dataset *dataset = dropping->dataset;
    const uint32_t *found =
        dataset->row_count == 0
            ? NULL
            : bsearch(&slot, dataset->slot, dataset->row_count, sizeof slot, compare_slots);
    if (found == NULL || !dropping->keep[found - dataset->slot]) {
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(ask_row(job, dropping, (size_t)(found - dataset->slot)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* ---- all of them --------------------------------------------------------------------------- */

static enum candor_status begin_stay(struct job *job, void *self)
{
    struct dropping *dropping = self;
    struct txn *txn = NULL;
    return home_begin(job, dropping->candor, &txn);
}

static enum candor_status end_stay(struct job *job, void *self)
{
    (void)job;
    (void)self;
    return CANDOR_OK; /* nothing was written */
}

static void note_all(void *self)
{
    struct dropping *dropping = self;
    for (size_t row = 0; row < dropping->dataset->row_count; row++) {
        long_note_slot(dropping->work, dropping->dataset->slot[row]);
    }
}

/* ---- taking them out ----------------------------------------------------------------------- */

static enum candor_status take_category(struct job *job, const struct column *column,
                                        const bool *keep, size_t row_count, struct arena *arena,
                                        struct frame *part)
{
    struct levels levels = {0};
    uint32_t *code = NULL;
    size_t into = 0;
    TRY_ALLOC(job, code, part->row_count + 1, uint32_t);
    for (size_t row = 0; row < row_count; row++) {
        if (keep[row]) {
            const uint32_t known = column->code[row];
            code[into++] = known == CODE_MISSING
                               ? CODE_MISSING
                               : levels_code(arena, &levels, column->level[known]);
        }
    }
    return frame_add_category_column(job, part, column->name, code, levels.level, levels.count);
}

static enum candor_status take_number(struct job *job, const struct column *column,
                                      const bool *keep, size_t row_count, struct frame *part)
{
    double *number = NULL;
    size_t into = 0;
    TRY_ALLOC(job, number, part->row_count + 1, double);
    for (size_t row = 0; row < row_count; row++) {
        if (keep[row]) {
            number[into++] = column->number[row];
        }
    }
    return frame_add_number_column(job, part, column->name, number);
}

static void take_rows(struct dataset *dataset, const bool *keep)
{
    struct levels groups = {0};
    size_t into = 0;
    for (size_t row = 0; row < dataset->row_count; row++) {
        if (!keep[row]) {
            continue;
        }
        const uint32_t group = dataset->group[row];
        dataset->slot[into] = dataset->slot[row];
        dataset->label[into] = dataset->label[row];
        dataset->is_test[into] = dataset->is_test[row];
        dataset->group[into] =
            group == UINT32_MAX ? UINT32_MAX
                                : levels_code(dataset->arena, &groups, dataset->group_name[group]);
        into++;
    }
    dataset->row_count = into;
    dataset->group_name = groups.level;
    dataset->group_count = groups.count;
}

static enum candor_status drop(struct job *job, const struct dropping *dropping)
{
    struct dataset *dataset = dropping->dataset;
    const struct frame *before = dataset->frame;
    struct frame *part = NULL;
    size_t kept = 0;
    for (size_t row = 0; row < dataset->row_count; row++) {
        kept += dropping->keep[row];
    }
    TRY(frame_begin(job, kept, before->column_count, &part));
    for (size_t c = 0; c < before->column_count; c++) {
        const struct column *column = &before->column[c];
        TRY(column->kind == COLUMN_NUMBER
                ? take_number(job, column, dropping->keep, dataset->row_count, part)
                : take_category(job, column, dropping->keep, dataset->row_count, dataset->arena,
                                part));
    }
    dataset->frame = part;
    take_rows(dataset, dropping->keep);
    return CANDOR_OK;
}

enum candor_status dataset_settle(struct job *job, struct long_work *work,
                                  const struct model_spec *spec, struct dataset *dataset,
                                  size_t *dropped)
{
    struct dropping dropping = {
        .candor = work->candor, .spec = spec, .work = work, .dataset = dataset};
    const struct long_asking asking = {.self = &dropping,
                                       .begin = begin_stay,
                                       .end = end_stay,
                                       .ask = ask,
                                       .note_all = note_all,
                                       .people = dataset->row_count};
    TRY_ALLOC(job, dropping.keep, dataset->row_count + 1, bool);
    for (size_t row = 0; row < dataset->row_count; row++) {
        dropping.keep[row] = true;
    }
    TRY(long_settle(job, work, &asking));
    *dropped = dropping.dropped;
    return dropping.dropped == 0 ? CANDOR_OK : drop(job, &dropping);
}
