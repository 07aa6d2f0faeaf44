/*
 * binned.c - a table whose values are bins: a byte a value, all that a learner walks over.
 *
 *     columns -> features (bins.c) -> one array of bins for each feature
 *
 * A feature gets the bins it asks for. When all together ask for more cells than are wanted, those
 * that ask for much get less.
 */
#include <math.h>

#include "inside.h"

enum { VALUES_LEAST = 8, VALUES_COARSE = 4, VALUES_WIDE = 16 };
enum { CELLS_FEW = 512, CELLS_SOME = 1024, ROWS_FOR_CELL = 256 };

struct binning {
    const struct bin_options *options;
    size_t row_count;
    size_t feature_count;
    const struct column **column;
    struct model_feature *feature;
    const uint8_t **bin;
    struct lookup *lookup;
    uint8_t **into;
    unsigned threads;
    const struct feature_wish *wish; /* what is being made */
    struct ranges *ranges;
    enum candor_status *lane_status;
    struct host *host;
};

/* ---- features ---- */

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

static size_t cells_with(const struct model_feature *feature, size_t count, size_t values_max)
{
    size_t cells = 0;
    for (size_t i = 0; i < count; i++) {
        cells += least(feature[i].bin_count, values_max + 2);
    }
    return cells;
}

/*
 * Those with more than values_max values get fewer. Of a number that was shared out into quantiles, as many
 * quantiles as leave room for what its heavy values add; if that is too many after all, what the rule
 * promises.
 */
static enum candor_status make_smaller(struct job *job, const struct feature_maker *maker,
                                       size_t values_max, struct feature_wish *wish,
                                       struct model_feature *feature)
{
    const size_t safe = (values_max + 1) / 2;
    for (unsigned round = 0; round < 2; round++) {
        for (size_t i = 0; i < maker->count; i++) {
            const size_t values = feature[i].value_count;
            const size_t before = wish[i].options.quantiles;
            const size_t added = values > before ? values - before : 0;
            const bool has_room = round == 0 && added + safe < values_max;
            wish[i].wanted = values > values_max && feature[i].kind != COLUMN_ORDINAL;
            wish[i].options = (struct range_options){
                values_max, has_room ? least(values_max - added, BINS_MAX / 2) : safe};
        }
        TRY(maker->make(job, maker->context, wish, feature));
    }
    return CANDOR_OK;
}

/*
 * Half as many cells as rows, up to 1,024; more for many rows, one for every 256, since the matrix of all
 * cells costs as much as walking over them: finer bins say hardly anything more.
 */
static size_t cells_for(size_t wanted, size_t row_count)
{
    const size_t half = least(row_count / 2, CELLS_SOME);
    const size_t few = half < CELLS_FEW ? CELLS_FEW : half;
    const size_t many = row_count / ROWS_FOR_CELL;
    return least(wanted, few < many ? many : few);
}

/* Hundreds of columns share more cells, so that each has some, as far as half the rows allow. */
static size_t cells_shared(const struct bin_options *options, const struct feature_maker *maker)
{
    const size_t cells = cells_for(options->cells_wanted, maker->row_count);
    const size_t wide = maker->count * (VALUES_WIDE + 2);
    if (options->cells_wanted == 0 || wide <= options->cells_wanted) {
        return cells;
    }
    const size_t shared = least(wide, maker->row_count / 2);
    return shared > cells ? shared : cells;
}

enum candor_status features_make(struct job *job, const struct feature_maker *maker,
                                 const struct bin_options *options, struct model_feature **feature)
{
    const unsigned asked = options->values_max;
    const size_t most = asked == 0 || asked >= BINS_MAX ? BINS_MAX - 1 : asked < 2 ? 2 : asked;
    const size_t cells = cells_shared(options, maker);
    struct feature_wish *wish;
    TRY_ALLOC(job, wish, maker->count + 1, struct feature_wish);
    TRY_ALLOC(job, *feature, maker->count + 1, struct model_feature);
    for (size_t i = 0; i < maker->count; i++) {
        wish[i] = (struct feature_wish){true, {most, (most + 1) / 2}};
    }
    TRY(maker->make(job, maker->context, wish, *feature));
    size_t values_max = most;
    while (cells > 0 && values_max > VALUES_LEAST &&
           cells_with(*feature, maker->count, values_max) > cells) {
        values_max--;
    }
    /* Hundreds of columns: coarse bins rather than none. */
    while (cells > 0 && values_max > VALUES_COARSE &&
           cells_with(*feature, maker->count, values_max) > MODEL_CELLS_MAX) {
        values_max--;
    }
    return values_max < most ? make_smaller(job, maker, values_max, wish, *feature) : CANDOR_OK;
}

/* ---- columns ---- */

/* A part of a date that never changes says nothing: the hour of dates without a clock, the year of one
 * year's. */
static bool is_idle_part(const struct column *column, const bool *keep, size_t row_count)
{
    double first = (double)NAN;
    if (column->source.len == 0) {
        return false;
    }
    for (size_t row = 0; row < row_count; row++) {
        const double number = column->number[row];
        if (isnan(number) || (keep != NULL && !keep[row])) {
            continue;
        }
        if (isnan(first)) {
            first = number;
        }
        if (number != first) {
            return false;
        }
    }
    return true;
}

static enum candor_status take_columns(struct job *job, const struct frame *frame,
                                       struct binning *binning)
{
    const bool *use = binning->options->use;
    binning->column = NEW_ARRAY(job->arena, frame->column_count + 1, const struct column *);
    for (size_t i = 0; i < frame->column_count; i++) {
        if ((use == NULL || use[i]) &&
            !is_idle_part(&frame->column[i], binning->options->keep, frame->row_count)) {
            binning->column[binning->feature_count] = &frame->column[i];
            binning->feature_count++;
        }
    }
    if (binning->feature_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no column is left to learn from");
    }
    if (binning->feature_count > MODEL_FEATURES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns to learn from; at most %d fit",
                    binning->feature_count, MODEL_FEATURES_MAX);
    }
    return CANDOR_OK;
}

static enum candor_status find_lane(struct job *job, const struct binning *binning, size_t lane)
{
    struct range_room *room;
    TRY(range_room_begin(job, &room));
    for (size_t i = lane; i < binning->feature_count; i += binning->threads) {
        const struct numbers numbers = {binning->column[i]->number, binning->options->keep,
                                        binning->row_count};
        if (binning->wish[i].wanted && binning->column[i]->kind == COLUMN_NUMBER) {
            TRY(ranges_of_numbers(job, room, &numbers, &binning->wish[i].options,
                                  &binning->ranges[i]));
        }
    }
    return CANDOR_OK;
}

/* Every so many-th feature, one after the other in the same memory, which is the thread's own. What is
 * found for one feature depends on it alone, so it does not matter who finds it. */
static void find_ranges(void *context, size_t lane)
{
    const struct binning *binning = context;
    struct job job;
    job_begin(&job, binning->host);
    binning->lane_status[lane] = find_lane(&job, binning, lane);
    job_end(&job);
}

static enum candor_status make_feature(struct job *job, const struct binning *binning, size_t i,
                                       struct model_feature *feature)
{
    const struct column *column = binning->column[i];
    struct level_counts counts;
    if (column->kind == COLUMN_NUMBER) {
        feature_of_ranges(job, column->name, &binning->ranges[i], feature);
        return CANDOR_OK;
    }
    TRY(level_counts_of_column(job, column, binning->options->keep, binning->row_count, &counts));
    if (column->kind == COLUMN_ORDINAL) {
        return feature_of_order(job, column->name, &counts, feature);
    }
    feature_of_levels(job, column->name, &counts, binning->wish[i].options.values_max, feature);
    return CANDOR_OK;
}

static enum candor_status make_wanted(struct job *job, void *context,
                                      const struct feature_wish *wish,
                                      struct model_feature *feature)
{
    struct binning *binning = context;
    binning->wish = wish;
    binning->lane_status = NEW_ARRAY(job->arena, binning->threads, enum candor_status);
    pool_each(binning->threads, binning->threads, find_ranges, binning);
    for (unsigned lane = 0; lane < binning->threads; lane++) {
        if (binning->lane_status[lane] != CANDOR_OK) {
            return fail(job, binning->lane_status[lane], "no memory for the bins of %zu rows",
                        binning->row_count);
        }
    }
    for (size_t i = 0; i < binning->feature_count; i++) {
        if (wish[i].wanted) {
            TRY(make_feature(job, binning, i, &feature[i]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status make_features(struct job *job, struct binning *binning)
{
    const struct feature_maker maker = {binning->feature_count, binning->row_count, make_wanted,
                                        binning};
    TRY_ALLOC(job, binning->ranges, binning->feature_count, struct ranges);
    return features_make(job, &maker, binning->options, &binning->feature);
}

static void bin_feature(void *context, size_t piece)
{
    const struct binning *binning = context;
    lookup_bins(&binning->lookup[piece], 0, binning->row_count, binning->into[piece]);
}

static enum candor_status make_bins(struct job *job, struct binning *binning)
{
    const size_t features = binning->feature_count;
    binning->lookup = NEW_ARRAY(job->arena, features, struct lookup);
    binning->into = NEW_ARRAY(job->arena, features, uint8_t *);
    binning->bin = NEW_ARRAY(job->arena, features, const uint8_t *);
    for (size_t i = 0; i < features; i++) {
        TRY(lookup_begin(job, &binning->feature[i], binning->column[i], binning->row_count,
                         &binning->lookup[i]));
        TRY_ALLOC(job, binning->into[i], binning->row_count + 1, uint8_t);
        binning->bin[i] = binning->into[i];
    }
    pool_each(binning->threads, features, bin_feature, binning);
    return CANDOR_OK;
}

enum candor_status binned_of_frame(struct job *job, const struct frame *frame,
                                   const struct bin_options *options, struct binned *binned)
{
    struct binning binning = {.options = options, .row_count = frame->row_count};
    binning.threads = options->threads == 0 ? pool_default_threads() : options->threads;
    binning.host = job->host;
    TRY(take_columns(job, frame, &binning));
    TRY(make_features(job, &binning));
    TRY(make_bins(job, &binning));
    *binned =
        (struct binned){frame->row_count, binning.feature_count, binning.feature, binning.bin};
    return CANDOR_OK;
}

/* The arrays were made in this room and are constant to others only. */
static uint8_t *changeable(const uint8_t *bin)
{
    return (uint8_t *)(uintptr_t)bin; /* NOLINT(performance-no-int-to-ptr): const is taken off */
}

enum candor_status binned_divide(struct job *job, struct binned *binned, const bool *is_test,
                                 struct binned *test)
{
    size_t test_rows = 0;
    for (size_t row = 0; row < binned->row_count; row++) {
        test_rows += is_test[row];
    }
    const uint8_t **bin = NEW_ARRAY(job->arena, binned->feature_count + 1, const uint8_t *);
    for (size_t i = 0; i < binned->feature_count; i++) {
        uint8_t *stays = changeable(binned->bin[i]);
        uint8_t *goes;
        TRY_ALLOC(job, goes, test_rows + 1, uint8_t);
        size_t stay = 0;
        size_t go = 0;
        for (size_t row = 0; row < binned->row_count; row++) {
            const uint8_t here = stays[row];
            goes[go] = here; /* stays only if the place moves on */
            stays[stay] = here;
            go += is_test[row];
            stay += !is_test[row];
        }
        bin[i] = goes;
    }
    *test = (struct binned){test_rows, binned->feature_count, binned->feature, bin};
    binned->row_count -= test_rows;
    return CANDOR_OK;
}

enum candor_status binned_leave(struct job *job, struct binned *binned, const bool *keep)
{
    struct model_feature *feature =
        NEW_ARRAY(job->arena, binned->feature_count + 1, struct model_feature);
    const uint8_t **bin = NEW_ARRAY(job->arena, binned->feature_count + 1, const uint8_t *);
    size_t count = 0;
    for (size_t i = 0; i < binned->feature_count; i++) {
        if (keep[i]) {
            feature[count] = binned->feature[i];
            bin[count++] = binned->bin[i];
        }
    }
    if (count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no column is left to learn from");
    }
    binned->feature = feature;
    binned->bin = bin;
    binned->feature_count = count;
    return CANDOR_OK;
}
