/*
 * monitors_make.c - the monitors of a home: begun, found again, and taught what is usual.
 *
 * The reference of a model is its training, as the model file has it: the share of the rows in each bin,
 * and the tenths of the score. Of outcomes it is what the rows that were held out had, in each tenth of the
 * score, at the mix of tenths that came first. Of rates and groups it is what came first. A monitor that
 * cannot be read or made is begun anew or left out: watching must not stop what is watched.
 */
#include "monitors.h"

#include <math.h>
#include <string.h>

#include "frame.h"
#include "model.h"

static const double rows_simulated = 2e6;
static const double rows_simulated_live = 4e5;
static const double rows_simulated_rates = 4e6; /* of one column */
static const double limit_of_nothing = 500;     /* where nothing varies */
enum { SEED = 20261128 };
enum { SEARCH_STEP = 131072 }; /* cells simulated within one commit: 2 ms, for others wait meanwhile */

static const char *const rate_name[WATCH_RATES] = {"withheld",      "no",           "complaints",
                                                   "logins failed", "acts refused", "doubted"};

const char *watched_rate_name(enum watched_rate rate)
{
    return rate_name[rate];
}

/* ---- making -------------------------------------------------------------------------------- */

static void search_end(struct watch *watch)
{
    if (watch->search_arena != NULL) {
        arena_end(watch->search_arena);
    }
    watch->search_arena = NULL;
    watch->search = NULL;
}

static void end_watches(void *thing)
{
    struct watches *watches = thing;
    for (struct watch *watch = watches->first; watch != NULL; watch = watch->next) {
        search_end(watch);
        arena_end(watch->arena);
    }
}

struct watches *watches_of(struct candor *candor)
{
    if (candor->watches == NULL) {
        candor->watches = NEW(candor->arena, struct watches);
        candor->watches->arena = candor->arena;
        arena_defer(candor->arena, end_watches, candor->watches);
    }
    return candor->watches;
}

static struct watch *find_watch(const struct watches *watches, struct str name)
{
    for (struct watch *watch = watches->first; watch != NULL; watch = watch->next) {
        if (str_equal(watch->name, name)) {
            return watch;
        }
    }
    return NULL;
}

struct watch *watch_anew(struct watches *watches, struct str name)
{
    struct watch *watch = find_watch(watches, name);
    if (watch == NULL) {
        watch = NEW(watches->arena, struct watch);
        watch->next = watches->first;
        watch->name = str_copy(watches->arena, name);
        watches->first = watch;
    } else {
        search_end(watch);
        arena_end(watch->arena);
    }
    struct watch *next = watch->next;
    const struct str kept = watch->name;
    *watch = (struct watch){.next = next, .name = kept, .arena = arena_begin()};
    return watch;
}

static void add_column(struct watch *watch, struct str name, enum monitor_kind kind, size_t cells)
{
    double *weight = NEW_ARRAY(watch->arena, cells, double);
    double *place = NEW_ARRAY(watch->arena, cells, double);
    for (size_t c = 0; c < cells; c++) {
        place[c] = (double)c;
    }
    watch->column[watch->column_count++] = (struct monitor_column){
        .name = name, .kind = kind, .cell_count = cells, .weight = weight, .place = place};
}

static double *weight_of(struct watch *watch, size_t column)
{
    /* The watch owns what its columns show as constant. */
    return (double *)(uintptr_t)watch->column[column].weight;
}

static void end_columns(struct watch *watch)
{
    watch->learnt = NEW_ARRAY(watch->arena, watch->column_count * BINS_MAX, uint32_t);
    watch->pending = NEW_ARRAY(watch->arena, watch->column_count * WATCH_PENDING, uint8_t);
}

static bool has_score(const struct model *model)
{
    if (model->task == TASK_CLASSES || isnan(model->link_decile[0])) {
        return false;
    }
    for (size_t d = 1; d < DECILES; d++) {
        if (!(model->link_decile[d] > model->link_decile[d - 1])) {
            return false; /* so few different scores that a tenth is none */
        }
    }
    return true;
}

size_t watch_tenth(const struct model *model, double link)
{
    size_t tenth = 0;
    while (tenth < DECILES && model->link_decile[tenth] <= link) {
        tenth++;
    }
    return tenth;
}

static void columns_of_model(struct watch *watch, const struct model *model)
{
    watch->kind = WATCH_MODEL;
    watch->model = model;
    watch->reference_rows = model->rows_train;
    watch->column = NEW_ARRAY(watch->arena, model->feature_count + 1, struct monitor_column);
    for (size_t f = 0; f < model->feature_count; f++) {
        const struct model_feature *feature = &model->feature[f];
        const bool is_ordered = feature->kind != COLUMN_CATEGORY;
        add_column(watch, feature->name, is_ordered ? MONITOR_NUMBER : MONITOR_LEVELS,
                   feature->bin_count);
        double *place = (double *)(uintptr_t)watch->column[f].place;
        for (size_t b = 0; b < feature->bin_count; b++) {
            weight_of(watch, f)[b] = model->term[f].weight[b];
            const bool is_value = b != BIN_MISSING && b <= feature->value_count;
            const bool is_number = is_value && feature->kind == COLUMN_NUMBER;
            place[b] = is_number ? (feature->low[b - 1] + feature->high[b - 1]) / 2
                                 : (is_value ? (double)b : (double)NAN);
        }
    }
    if (has_score(model)) {
        add_column(watch, STR("score"), MONITOR_NUMBER, DECILES + 1);
        for (size_t d = 0; d <= DECILES; d++) {
            weight_of(watch, model->feature_count)[d] = 1.0 / (DECILES + 1);
        }
    }
    end_columns(watch);
}

/* One column of cells in twos: it did not happen, it did, in each part. */
static void columns_in_twos(struct watch *watch, struct str name, enum monitor_kind kind,
                            size_t parts)
{
    watch->column = NEW_ARRAY(watch->arena, 1, struct monitor_column);
    add_column(watch, str_copy(watch->arena, name), kind, 2 * parts);
    end_columns(watch);
}

/*
 * What the rows that were held out had in each tenth: with ten rows more that came out as predicted, since of
 * a few nobody knows. Too few of them are no reference.
 */
static void take_chances(struct watch *watch, const struct measures *measures)
{
    static const double as_predicted = 10;
    uint64_t rows = 0;
    double yes_all = 0;
    if (measures->calibration_count != DECILES + 1) {
        return;
    }
    for (size_t d = 0; d <= DECILES; d++) {
        const struct calibration *one = &measures->calibration[d];
        const double yes = one->observed * (double)one->rows + one->predicted * as_predicted;
        watch->chance_rows[d] = (double)one->rows + as_predicted;
        watch->chance[d] = one->rows == 0 ? one->predicted : yes / watch->chance_rows[d];
        rows += one->rows;
        yes_all += one->observed * (double)one->rows;
    }
    for (size_t d = 0; d < DECILES; d++) { /* so that the rows of each are about as theirs were */
        watch->bound[d] =
            (measures->calibration[d].predicted + measures->calibration[d + 1].predicted) / 2;
    }
    const bool is_enough = yes_all >= WATCH_HELD_OUT && (double)rows - yes_all >= WATCH_HELD_OUT;
    watch->held_out = is_enough ? rows : 0;
}

/* How many rows the rate of each part is known from. */
static void known_from(const struct watch *watch, double part_rows[WATCH_PARTS])
{
    for (size_t p = 0; watch->kind != WATCH_MODEL && p < watch->column[0].cell_count / 2; p++) {
        const double learnt = (double)watch->learnt[2 * p] + watch->learnt[2 * p + 1] + 1;
        part_rows[p] =
            watch->reference_rows == WATCH_CHANCES_KNOWN ? watch->chance_rows[p] : learnt;
    }
}

static enum candor_status make_plan(struct job *job, struct watch *watch)
{
    struct arena *lent = job->arena;
    job->arena = watch->arena;
    const enum candor_status status = monitor_make(job, watch->column, watch->column_count,
                                                   watch->reference_rows, &watch->plan);
    job->arena = lent;
    return status;
}

static void watch_from(struct watch *watch, double limit)
{
    monitor_set_limit(watch->plan, limit);
    watch->limit = limit;
    watch->monitor = monitor_begin(watch->arena, watch->plan);
}

/* Where nothing varies it watches nothing, and says so. */
static enum candor_status search_begin(struct job *job, struct watch *watch, double rows)
{
    struct arena *lent = job->arena;
    TRY(make_plan(job, watch));
    watch->search_arena = arena_begin();
    double *part_rows = NEW_ARRAY(watch->search_arena, WATCH_PARTS, double);
    const bool is_rates = watch->kind != WATCH_MODEL;
    known_from(watch, part_rows);
    const struct monitor_limit asked = {.part_rows = is_rates ? part_rows : NULL,
                                        .block = 1,
                                        .run_length = WATCH_RUN_LENGTH,
                                        .rows = rows,
                                        .seed = SEED};
    job->arena = watch->search_arena;
    const enum candor_status status =
        monitor_search_begin(job, watch->plan, &asked, &watch->search);
    job->arena = lent;
    if (status != CANDOR_OK) {
        job_forgive(job);
        search_end(watch);
        watch_from(watch, limit_of_nothing);
    }
    return CANDOR_OK;
}

bool watch_search_step(struct watch *watch)
{
    const size_t rows = SEARCH_STEP / (watch->column_count + 1) + 1;
    if (watch->search != NULL && monitor_search_step(watch->search, rows)) {
        search_end(watch);
        watch_from(watch, monitor_limit_of(watch->plan));
    }
    return watch->search == NULL;
}

enum candor_status watch_begin(struct job *job, struct watch *watch)
{
    if (watch->limit > 0) {
        TRY(make_plan(job, watch));
        watch_from(watch, watch->limit);
        return CANDOR_OK;
    }
    TRY(search_begin(job, watch, rows_simulated));
    while (!watch_search_step(watch)) {
    }
    return CANDOR_OK;
}

/* Shares are counted anew; columns and places stay. */
void watch_learn(struct watch *watch, uint64_t rows)
{
    search_end(watch);
    watch->plan = NULL;
    watch->monitor = NULL;
    watch->limit = 0;
    watch->learn_rows = rows;
    watch->reference_rows = 0;
    memset(watch->learnt, 0, watch->column_count * BINS_MAX * sizeof *watch->learnt);
}

/*
 * Of outcomes only the mix of scores was learnt: how they come out is known from the rows that were held
 * out. So the rows that it was learnt from can be looked at, too.
 */
static void expect_as_held_out(struct watch *watch)
{
    const size_t parts = watch->column[0].cell_count / 2;
    for (size_t p = 0; p < parts; p++) {
        const double rows = (double)watch->learnt[2 * p] + watch->learnt[2 * p + 1];
        const double share = (rows + 1) / (double)(watch->reference_rows + parts);
        weight_of(watch, 0)[2 * p] = share * (1 - watch->chance[p]);
        weight_of(watch, 0)[2 * p + 1] = share * watch->chance[p];
        watch->pool[2 * p] += watch->learnt[2 * p];
        watch->pool[2 * p + 1] += watch->learnt[2 * p + 1];
    }
    watch->pool_count += watch->reference_rows;
    watch->reference_rows = WATCH_CHANCES_KNOWN;
}

/* What came, and of each part half a row more that came true and half that did not. */
static void expect_as_learnt(struct watch *watch)
{
    for (size_t p = 0; p < watch->column[0].cell_count / 2; p++) {
        const double yes = watch->learnt[2 * p + 1];
        const double rows = yes + watch->learnt[2 * p];
        const double share = rows / (double)watch->reference_rows;
        weight_of(watch, 0)[2 * p + 1] = share * (yes + 0.5) / (rows + 1);
        weight_of(watch, 0)[2 * p] = share - weight_of(watch, 0)[2 * p + 1];
    }
}

enum candor_status watch_learnt(struct job *job, struct watch *watch)
{
    if (watch->kind == WATCH_MODEL) {
        for (size_t c = 0; c < watch->column_count; c++) {
            for (size_t b = 0; b < watch->column[c].cell_count; b++) {
                weight_of(watch, c)[b] =
                    (double)watch->learnt[c * BINS_MAX + b] / (double)watch->reference_rows;
            }
        }
    } else if (watch->kind == WATCH_OUTCOMES && watch->held_out > 0 && watch->alarm_count == 0) {
        expect_as_held_out(watch);
    } else {
        expect_as_learnt(watch);
    }
    return search_begin(job, watch,
                        watch->kind == WATCH_MODEL ? rows_simulated_live : rows_simulated_rates);
}

enum candor_status watch_begin_late(struct job *job, struct watch *watch)
{
    return search_begin(job, watch, rows_simulated_live);
}

/* ---- finding them -------------------------------------------------------------------------- */

/* A state that was damaged is no reason to watch no more: the monitor begins anew, and says so. */
static enum candor_status load(struct job *job, struct candor *candor, struct txn *txn,
                               struct watch *watch, bool *was_kept)
{
    const struct watch before = *watch;
    const enum candor_status status = watch_load(job, txn, watch, was_kept);
    if (status != CANDOR_CORRUPT) {
        return status;
    }
    job_forgive(job);
    *watch = before;
    watch->is_damaged = true;
    candor->watches->is_due = true;
    *was_kept = false;
    return CANDOR_OK;
}

enum candor_status watch_of_model(struct job *job, struct candor *candor, struct txn *txn,
                                  struct str name, struct watch **found)
{
    const struct published *published = NULL;
    bool was_kept = false;
    TRY(model_published(job, candor, txn, name, &published));
    if (candor->watches != NULL && candor->watches->last_published == published) {
        *found = candor->watches->last;
        return CANDOR_OK;
    }
    const struct str full = str_format(job->arena, "model %.*s", STR_ARG(name));
    struct watch *watch = find_watch(watches_of(candor), full);
    if (watch == NULL || !digest_equal(watch->digest, published->digest)) {
        watch = watch_anew(watches_of(candor), full);
        watch->digest = published->digest;
        columns_of_model(watch, published->model);
        TRY(load(job, candor, txn, watch, &was_kept));
        if (!was_kept && watch->reference_rows == 0) {
            watch_learn(watch, WATCH_LEARN); /* the model does not say how many rows it is from */
        }
    }
    candor->watches->last_published = published;
    candor->watches->last = watch;
    *found = watch;
    return CANDOR_OK;
}

enum candor_status watch_of_outcomes(struct job *job, struct candor *candor, struct txn *txn,
                                     struct str name, struct watch **found)
{
    const struct published *published = NULL;
    bool was_kept = false;
    *found = NULL;
    TRY(model_published(job, candor, txn, name, &published));
    if (published->model->task != TASK_BINARY || !has_score(published->model)) {
        return CANDOR_OK;
    }
    const struct str full = str_format(job->arena, "outcomes of %.*s", STR_ARG(name));
    struct watch *watch = find_watch(watches_of(candor), full);
    if (watch == NULL || !digest_equal(watch->digest, published->digest)) {
        watch = watch_anew(watches_of(candor), full);
        watch->kind = WATCH_OUTCOMES;
        watch->digest = published->digest;
        columns_in_twos(watch, STR("outcome"), MONITOR_OUTCOME, DECILES + 1);
        for (size_t d = 0; d < DECILES; d++) {
            watch->bound[d] = model_mean(published->model, published->model->link_decile[d]);
        }
        take_chances(watch, &published->model->measures);
        TRY(load(job, candor, txn, watch, &was_kept));
        if (!was_kept) {
            watch_learn(watch, watch->held_out > 0 ? WATCH_LEARN_OUTCOMES : WATCH_LEARN);
        }
    }
    *found = watch;
    return CANDOR_OK;
}

enum candor_status watch_of_groups(struct job *job, struct candor *candor, struct txn *txn,
                                   struct str campaign, struct str field, struct watch **found)
{
    bool was_kept = false;
    const struct str full =
        str_format(job->arena, "groups of %.*s by %.*s", STR_ARG(campaign), STR_ARG(field));
    struct watch *watch = find_watch(watches_of(candor), full);
    if (watch == NULL) {
        watch = watch_anew(watches_of(candor), full);
        watch->kind = WATCH_GROUPS;
        columns_in_twos(watch, field, MONITOR_RATES, WATCH_PARTS);
        TRY(load(job, candor, txn, watch, &was_kept));
        if (!was_kept) {
            watch_learn(watch, WATCH_LEARN);
        }
    }
    *found = watch;
    return CANDOR_OK;
}

enum candor_status watch_of_rate(struct job *job, struct candor *candor, enum watched_rate rate,
                                 struct watch **found)
{
    struct watches *watches = watches_of(candor);
    bool was_kept = false;
    if (watches->rate[rate] == NULL) {
        struct watch *watch = watch_anew(watches, str_of(rate_name[rate]));
        watch->kind = WATCH_RATE;
        columns_in_twos(watch, watch->name, MONITOR_RATES, 1);
        if (candor->txn != NULL) {
            TRY(load(job, candor, candor->txn, watch, &was_kept));
        }
        if (!was_kept) {
            watch_learn(watch, rate == WATCH_LOGINS ? WATCH_LEARN_LOGINS : WATCH_LEARN_RATES);
        }
        watches->rate[rate] = watch;
    }
    *found = watches->rate[rate];
    return CANDOR_OK;
}

enum candor_status watch_prepare(struct job *job, struct candor *candor, struct txn *txn,
                                 struct str name, const struct model *model, struct digest digest)
{
    const struct str full = str_format(job->arena, "model %.*s", STR_ARG(name));
    struct watch *watch = watch_anew(watches_of(candor), full);
    watch->digest = digest;
    columns_of_model(watch, model);
    if (watch->reference_rows > 0) {
        TRY(watch_begin(job, watch));
        TRY(watch_keep(job, txn, watch));
    }
    /* The model is the job's: nothing may use it later. What was kept is read when it is needed. */
    (void)watch_anew(watches_of(candor), full);
    candor->watches->last_published = NULL;
    return CANDOR_OK;
}
