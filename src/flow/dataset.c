/*
 * dataset.c - the rows a model learns from: only of subjects whose permit allows training.
 *
 * One row per subject: the features as they were at the moment of the target event, and what
 * happened. Protected attributes are read apart, against a permit for the audit's own purpose, and
 * never become features.
 */
#include <math.h>

#include "dataset.h"
#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "longwork.h"
#include "model.h"

enum { PROGRESS_EVERY = 500 };

/* A feature's column while rows arrive. */
struct gathering {
    const struct feature *feature;
    double *number;
    uint32_t *code;
    struct levels levels;
};

uint32_t levels_code(struct arena *arena, struct levels *levels, struct str text)
{
    if (levels->of == NULL) {
        levels->of = map_begin(arena);
    }
    uint32_t *known = map_get(levels->of, KEY(text));
    if (known != NULL) {
        return *known;
    }
    if (levels->count == levels->room) {
        const size_t room = levels->room * 2 + 8;
        struct str *level = NEW_ARRAY(arena, room, struct str);
        bytes_copy(level, levels->level, levels->count * sizeof *level);
        levels->level = level;
        levels->room = room;
    }
    uint32_t *code = NEW(arena, uint32_t);
    const struct str copy = str_copy(arena, text);
    *code = (uint32_t)levels->count;
    levels->level[levels->count++] = copy;
    map_put(levels->of, KEY(copy), code);
    return *code;
}

static void gather_cell(struct arena *arena, struct gathering *column, size_t row,
                        const struct cell *cell, bool is_category)
{
    if (is_category) {
        column->code[row] = cell->kind == CELL_TEXT
                                ? levels_code(arena, &column->levels, cell->text)
                                : CODE_MISSING;
        return;
    }
    column->number[row] = cell->kind == CELL_NUMBER ? cell->number
                          : cell->kind == CELL_TIME ? (double)cell->time / (double)MICROS_PER_DAY
                                                    : NOT_KNOWN;
}

bool dataset_is_target(const struct model_spec *spec, const struct event *event)
{
    if (event->kind != spec->target_event ||
        event->cell[spec->target_property].kind == CELL_MISSING) {
        return false;
    }
    if (spec->where_property == NONE) {
        return true;
    }
    const struct cell *where = &event->cell[spec->where_property];
    return where->kind == CELL_TEXT && str_equal(where->text, spec->where_equals);
}

/* The latest event that the target is about; NULL when there is none. */
static const struct event *target_event(const struct model_spec *spec, const struct event *event,
                                        size_t event_count)
{
    const struct event *found = NULL;
    for (size_t i = 0; i < event_count; i++) {
        if (!dataset_is_target(spec, &event[i])) {
            continue;
        }
        if (found == NULL || event[i].time >= found->time) {
            found = &event[i];
        }
    }
    return found;
}

enum candor_status attribute_of(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, size_t audit, size_t field,
                                struct str *value)
{
    struct consent_state state;
    const struct permit *permit = NULL;
    enum permit_code code;
    *value = (struct str){NULL, 0};
    TRY(home_consent_state(job, candor, txn, subject, &state));
    const struct permit_question question = {subject, audit, NONE, OURSELVES};
    const enum candor_status status =
        permit_issue(job, candor->inventory, &state, &question, &code, &permit);
    if (status == CANDOR_REFUSED) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct profile profile = profile_begin(job->arena, candor->inventory);
    TRY(store_profile(job, txn, permit, &profile));
    if (profile.cell[field].kind != CELL_MISSING) {
        *value = cell_text(job->arena, &candor->inventory->field[field], &profile.cell[field]);
    }
    return CANDOR_OK;
}

/* A walk over all subjects for one model. */
struct gatherer {
    struct candor *candor;
    struct txn *txn;
    const struct model_spec *spec;
    struct dataset *dataset;
    struct gathering *column; /* one per feature */
    struct levels groups;
};

static enum candor_status gather_group(struct job *job, struct gatherer *gatherer,
                                       struct subject subject)
{
    struct str value;
    const struct model_spec *spec = gatherer->spec;
    struct dataset *dataset = gatherer->dataset;
    dataset->group[dataset->row_count] = UINT32_MAX;
    if (spec->protect_count == 0 || spec->audit == NONE) {
        return CANDOR_OK;
    }
    TRY(attribute_of(job, gatherer->candor, gatherer->txn, subject, spec->audit, spec->protect[0],
                     &value));
    if (value.len > 0) {
        dataset->group[dataset->row_count] = levels_code(dataset->arena, &gatherer->groups, value);
    }
    return CANDOR_OK;
}

enum candor_status dataset_given(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct model_spec *spec, struct subject subject,
                                 struct dataset *dataset, struct given *given)
{
    struct consent_state state;
    enum permit_code code;
    *given = (struct given){0};
    TRY(home_consent_state(job, candor, txn, subject, &state));
    const struct permit_question question = {subject, spec->training, NONE, OURSELVES};
    const enum candor_status status =
        permit_issue(job, candor->inventory, &state, &question, &code, &given->permit);
    if (status == CANDOR_REFUSED) {
        job_forgive(job);
        dataset->refused[code]++;
        return CANDOR_OK;
    }
    TRY(status);
    TRY(store_events(job, txn, given->permit, &given->event, &given->event_count));
    given->target = target_event(spec, given->event, given->event_count);
    dataset->without_outcome += given->target == NULL;
    return CANDOR_OK;
}

/* One subject: counted as left out, or a row. */
static enum candor_status gather_subject(struct job *job, struct gatherer *gatherer,
                                         struct subject subject)
{
    struct candor *candor = gatherer->candor;
    struct txn *txn = gatherer->txn;
    const struct model_spec *spec = gatherer->spec;
    struct dataset *dataset = gatherer->dataset;
    struct given given;
    TRY(dataset_given(job, candor, txn, spec, subject, dataset, &given));
    const struct event *target = given.target;
    if (target == NULL) {
        return CANDOR_OK;
    }
    struct profile profile = profile_begin(job->arena, candor->inventory);
    struct cell *cell = NEW_ARRAY(job->arena, spec->feature_count, struct cell);
    TRY(store_profile(job, txn, given.permit, &profile));
    /* The target event itself must not be seen: features end just before it. */
    features_compute(job->arena, candor->inventory, &profile, given.event, given.event_count,
                     target->time - 1, spec->feature, spec->feature_count, cell);
    const size_t row = dataset->row_count;
    for (size_t f = 0; f < spec->feature_count; f++) {
        gather_cell(dataset->arena, &gatherer->column[f], row, &cell[f],
                    candor->inventory->feature[spec->feature[f]].is_category);
    }
    TRY(gather_group(job, gatherer, subject));
    dataset->slot[row] = subject.slot;
    if (row == 0 || target->time < dataset->oldest_target) {
        dataset->oldest_target = target->time;
    }
    dataset->label[row] = target->cell[spec->target_property].number != 0;
    dataset->is_test[row] =
        subject.id[0] % 5 == 0; /* ids are random: a fifth, the same each time */
    dataset->row_count++;
    return CANDOR_OK;
}

static enum candor_status begin_columns(struct job *job, struct arena *arena,
                                        const struct model_spec *spec,
                                        const struct inventory *inventory, size_t rows,
                                        struct gathering **column)
{
    *column = NEW_ARRAY(job->arena, spec->feature_count, struct gathering);
    for (size_t f = 0; f < spec->feature_count; f++) {
        struct gathering *gathering = &(*column)[f];
        gathering->levels.of = map_begin(arena); /* it grows while the job's arena is rewound */
        if (inventory->feature[spec->feature[f]].is_category) {
            TRY_ALLOC(job, gathering->code, rows + 1, uint32_t);
        } else {
            TRY_ALLOC(job, gathering->number, rows + 1, double);
        }
    }
    return CANDOR_OK;
}

static enum candor_status end_columns(struct job *job, const struct model_spec *spec,
                                      const struct inventory *inventory,
                                      const struct gathering *column, struct dataset *dataset)
{
    TRY(frame_begin(job, dataset->row_count, spec->feature_count, &dataset->frame));
    for (size_t f = 0; f < spec->feature_count; f++) {
        const struct str name = inventory->feature[spec->feature[f]].name;
        if (column[f].code != NULL) {
            TRY(frame_add_category_column(job, dataset->frame, name, column[f].code,
                                          column[f].levels.level, column[f].levels.count));
        } else {
            TRY(frame_add_number_column(job, dataset->frame, name, column[f].number));
        }
    }
    return CANDOR_OK;
}

static enum candor_status gather_next(struct job *job, struct gatherer *gatherer, uint64_t *cursor)
{
    struct subject subject;
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(store_next_subject(job, gatherer->txn, cursor, &subject));
    TRY(gather_subject(job, gatherer, subject));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* After each step others may come in; without a work nobody does. */
static enum candor_status give_way(struct job *job, struct gatherer *gatherer,
                                   struct long_work *work, uint64_t done, uint64_t count)
{
    if (work != NULL && done % LONG_STEP == 0) {
        TRY(long_yield(job, work, done, count));
        return home_begin(job, gatherer->candor, &gatherer->txn);
    }
    if (work == NULL && done % PROGRESS_EVERY == 0) {
        job_say_progress(job, "gathering rows", done, count);
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped; no model was made") : CANDOR_OK;
}

/* Whoever comes after the count was taken is not of these rows; somebody may be erased before we come. */
static enum candor_status gather_everybody(struct job *job, struct gatherer *gatherer,
                                           struct long_work *work, uint64_t count)
{
    uint64_t cursor = 0;
    for (uint64_t i = 0; i < count; i++) {
        const enum candor_status status = gather_next(job, gatherer, &cursor);
        if (status == CANDOR_NOT_FOUND && work != NULL) {
            job_forgive(job);
            gatherer->dataset->subjects = i;
            break;
        }
        TRY(status);
        TRY(give_way(job, gatherer, work, i + 1, count));
    }
    return CANDOR_OK;
}

static enum candor_status gather(struct job *job, struct gatherer *gatherer, struct long_work *work)
{
    uint64_t count = 0;
    const struct model_spec *spec = gatherer->spec;
    struct dataset *dataset = gatherer->dataset;
    TRY(store_subject_count(job, gatherer->txn, &count));
    *dataset = (struct dataset){.arena = arena_beside(job), .subjects = count};
    gatherer->groups.of = map_begin(dataset->arena);
    TRY_ALLOC(job, dataset->slot, (size_t)count + 1, uint32_t);
    TRY_ALLOC(job, dataset->label, (size_t)count + 1, uint8_t);
    TRY_ALLOC(job, dataset->is_test, (size_t)count + 1, bool);
    TRY_ALLOC(job, dataset->group, (size_t)count + 1, uint32_t);
    TRY(begin_columns(job, dataset->arena, spec, gatherer->candor->inventory, (size_t)count,
                      &gatherer->column));
    TRY(gather_everybody(job, gatherer, work, count));
    dataset->group_name = gatherer->groups.level;
    dataset->group_count = gatherer->groups.count;
    return end_columns(job, spec, gatherer->candor->inventory, gatherer->column, dataset);
}

enum candor_status dataset_gather(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct model_spec *spec, struct dataset *dataset)
{
    struct gatherer gatherer = {.candor = candor, .txn = txn, .spec = spec, .dataset = dataset};
    return gather(job, &gatherer, NULL);
}

enum candor_status dataset_gather_long(struct job *job, struct long_work *work,
                                       const struct model_spec *spec, struct dataset *dataset)
{
    struct gatherer gatherer = {.candor = work->candor, .spec = spec, .dataset = dataset};
    TRY(home_begin(job, work->candor, &gatherer.txn));
    return gather(job, &gatherer, work);
}

struct digest dataset_digest(struct job *job, const struct dataset *data)
{
    struct digest_stream stream = digest_begin();
    const struct frame *frame = data->frame;
    for (size_t c = 0; c < frame->column_count; c++) {
        const struct column *column = &frame->column[c];
        struct buf buf = buf_begin(job->arena);
        buf_block(&buf, bytes_of(column->name));
        for (size_t row = 0; row < data->row_count; row++) {
            if (column->kind == COLUMN_NUMBER) {
                buf_f64le(&buf, column->number[row]);
            } else {
                const uint32_t code = column->code[row];
                buf_block(&buf, code == CODE_MISSING ? (struct bytes){NULL, 0}
                                                     : bytes_of(column->level[code]));
            }
        }
        digest_add(&stream, buf_all(&buf));
    }
    digest_add(&stream, (struct bytes){data->label, data->row_count});
    return digest_end(&stream);
}
