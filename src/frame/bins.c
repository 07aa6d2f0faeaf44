/*
 * bins.c - every value of a feature has a bin.
 *
 * Where a feature has few different values, each is a bin of its own, so that spikes (0, -1, 999)
 * stay what they are. Otherwise the sorted values are cut into quantiles. A value that alone weighs
 * as much as a quantile stands alone, and the light values between two heavy ones are shared out:
 *
 *     values   1 2 2 3 | 4 4 4 4 4 4 4 | 5 6 7 8 9 9
 *     bins     1 1 1 2         3         4 4 5 5 6 6
 *
 * With quantiles of 1 / Q of the rows there are h <= Q heavy values and at most h + 1 runs of light
 * ones, which share Q - h quantiles and need one bin at least: together 2 Q - 1 bins at most. So
 * Q = (values_max + 1) / 2 keeps to the limit.
 */
#include <math.h>
#include <stdlib.h>

#include "inside.h"

static const char missing_label[] = "missing";
static const char another_label[] = "another value";

double cut_between(double high, double low)
{
    /* Half of each, since their sum may be too large; the middle may round down onto high. */
    const double middle = high / 2 + low / 2;
    return middle > high && middle < low ? middle : low;
}

/* ---- numbers ---- */

/* Light items share places of about `quantile` each. An item goes where its middle falls. */
static size_t share_light(const double *weight, size_t count, double quantile, size_t first,
                          uint8_t *place)
{
    double all = 0;
    for (size_t i = 0; i < count; i++) {
        all += weight[i];
    }
    const double parts = fmax(1, floor(all / quantile + 0.5));

    double before = 0;
    double part = -1;
    size_t next = first;
    for (size_t i = 0; i < count; i++) {
        const double here = all > 0 ? floor((before + weight[i] / 2) * parts / all) : 0;
        if (here > part) {
            part = here;
            next++;
        }
        place[i] = (uint8_t)(next - 1);
        before += weight[i];
    }
    return next;
}

size_t share_out(const double *weight, size_t count, size_t quantiles, uint8_t *place)
{
    must(quantiles >= 1 && quantiles <= BINS_MAX / 2);
    double all = 0;
    for (size_t i = 0; i < count; i++) {
        all += weight[i];
    }

    const double quantile = all / (double)quantiles;
    size_t places = 0;
    size_t first = 0;
    for (size_t i = 0; i <= count; i++) {
        const bool is_heavy = i < count && weight[i] >= quantile;
        if (i < count && !is_heavy) {
            continue;
        }
        if (i > first) {
            places = share_light(weight + first, i - first, quantile, places, place + first);
        }
        if (is_heavy) {
            place[i] = (uint8_t)places;
            places++;
        }
        first = i + 1;
    }
    return places;
}

static const double *copy_of(struct job *job, const double *number, size_t count)
{
    double *copy = NEW_ARRAY(job->arena, count + 1, double);
    bytes_copy(copy, number, count * sizeof *copy);
    return copy;
}

void feature_of_ranges(struct job *job, struct str name, const struct ranges *ranges,
                       struct model_feature *feature)
{
    double *cut = NEW_ARRAY(job->arena, ranges->count + 1, double);
    for (size_t v = 0; v < ranges->count; v++) {
        cut[v] = v == 0 ? -(double)INFINITY : cut_between(ranges->high[v - 1], ranges->low[v]);
    }
    *feature = (struct model_feature){
        .name = str_copy(job->arena, name),
        .kind = COLUMN_NUMBER,
        .value_count = ranges->count,
        .bin_count = ranges->count + 1,
        .low = copy_of(job, ranges->low, ranges->count),
        .high = copy_of(job, ranges->high, ranges->count),
        .cut = cut,
    };
}

/* ---- categories ---- */

struct frequency {
    struct str level;
    uint64_t count;
};

/* Whether the left one comes before: it is more frequent, or as frequent and earlier by bytes. */
static bool is_before(const struct frequency *left, const struct frequency *right)
{
    if (left->count != right->count) {
        return left->count > right->count;
    }
    return str_compare(left->level, right->level) < 0;
}

static int by_bytes(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

/* The first of the kept ones, by is_before: a heap whose top is the last of them, so that a million
 * levels need one comparison each. */
static void keep_frequent(struct frequency *kept, size_t *count, size_t room, struct frequency here)
{
    size_t at = 0;
    if (*count < room) {
        at = (*count)++;
        while (at > 0 && is_before(&kept[(at - 1) / 2], &here)) {
            kept[at] = kept[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        kept[at] = here;
        return;
    }
    if (!is_before(&here, &kept[0])) {
        return;
    }
    for (size_t child = 1; child < room; child = 2 * at + 1) {
        child += child + 1 < room && is_before(&kept[child], &kept[child + 1]) ? 1 : 0;
        if (!is_before(&here, &kept[child])) {
            break;
        }
        kept[at] = kept[child];
        at = child;
    }
    kept[at] = here;
}

void feature_of_levels(struct job *job, struct str name, const struct level_counts *counts,
                       size_t values_max, struct model_feature *feature)
{
    const size_t room = values_max < BINS_MAX - 2 ? values_max : BINS_MAX - 2;
    struct frequency kept[BINS_MAX];
    struct str *level = NEW_ARRAY(job->arena, room + 1, struct str);
    size_t count = 0;
    for (size_t code = 0; code < counts->level_count; code++) {
        if (counts->rows[code] > 0) {
            keep_frequent(kept, &count, room,
                          (struct frequency){counts->level[code], counts->rows[code]});
        }
    }
    for (size_t v = 0; v < count; v++) {
        level[v] = str_copy(job->arena, kept[v].level);
    }
    qsort(level, count, sizeof *level, by_bytes);
    *feature = (struct model_feature){
        .name = str_copy(job->arena, name),
        .kind = COLUMN_CATEGORY,
        .level = level,
        .value_count = count,
        .bin_count = count + 2,
    };
}

/*
 * The levels of an ordinal that rows have, in their order. Neighbours of few rows cannot be joined, since
 * each level has its name; more of them than there is room for are therefore refused.
 */
enum candor_status feature_of_order(struct job *job, struct str name,
                                    const struct level_counts *counts,
                                    struct model_feature *feature)
{
    struct str *ordered = NEW_ARRAY(job->arena, BINS_MAX, struct str);
    size_t count = 0;
    for (size_t code = 0; code < counts->level_count; code++) {
        if (counts->rows[code] > 0 && count == BINS_MAX - 2) {
            return fail(job, CANDOR_TOO_LARGE, "column '%.*s': more than %d levels in order",
                        STR_ARG(name), BINS_MAX - 2);
        }
        if (counts->rows[code] > 0) {
            ordered[count++] = str_copy(job->arena, counts->level[code]);
        }
    }

    struct str *level = NEW_ARRAY(job->arena, count + 1, struct str);
    uint8_t *rank = NEW_ARRAY(job->arena, count + 1, uint8_t);
    bytes_copy(level, ordered, count * sizeof *level);
    qsort(level, count, sizeof *level, by_bytes);
    for (size_t v = 0; v < count; v++) {
        while (!str_equal(ordered[rank[v]], level[v])) {
            rank[v]++;
        }
    }
    *feature = (struct model_feature){
        .name = str_copy(job->arena, name),
        .kind = COLUMN_ORDINAL,
        .level = level,
        .rank = rank,
        .value_count = count,
        .bin_count = count + 2,
    };
    return CANDOR_OK;
}

/* ---- a column ---- */

enum candor_status level_counts_of_column(struct job *job, const struct column *column,
                                          const bool *keep, size_t row_count,
                                          struct level_counts *counts)
{
    uint64_t *rows;
    TRY_ALLOC(job, rows, column->level_count + 1, uint64_t);
    for (size_t row = 0; row < row_count; row++) {
        if (column->code[row] != CODE_MISSING && (keep == NULL || keep[row])) {
            rows[column->code[row]]++;
        }
    }
    *counts = (struct level_counts){column->level, rows, column->level_count};
    return CANDOR_OK;
}

enum candor_status feature_of_column(struct job *job, const struct column *column, size_t row_count,
                                     size_t values_max, struct model_feature *feature)
{
    must(values_max >= 2 && values_max < BINS_MAX);
    if (column->kind == COLUMN_NUMBER) {
        struct ranges ranges = {.count = 0};
        const struct range_options options = {values_max, (values_max + 1) / 2};
        const struct numbers numbers = {column->number, NULL, row_count};
        const struct arena_mark mark = arena_mark(job->arena);
        struct range_room *room;
        TRY(range_room_begin(job, &room));
        TRY(ranges_of_numbers(job, room, &numbers, &options, &ranges));
        arena_rewind(job->arena, mark);
        feature_of_ranges(job, column->name, &ranges, feature);
        return CANDOR_OK;
    }
    struct level_counts counts;
    TRY(level_counts_of_column(job, column, NULL, row_count, &counts));
    if (column->kind == COLUMN_ORDINAL) {
        return feature_of_order(job, column->name, &counts, feature);
    }
    feature_of_levels(job, column->name, &counts, values_max, feature);
    return CANDOR_OK;
}

/* ---- from values to bins ---- */

/* The last v with cut[v] <= number. Eight halvings without a branch to guess wrong. */
static uint8_t bin_of_number(const struct model_feature *feature, double number)
{
    if (isnan(number) || feature->value_count == 0) {
        return BIN_MISSING;
    }

    const double *cut = feature->cut;
    size_t left = feature->value_count;
    size_t at = 0;
    while (left > 1) {
        const size_t half = left / 2;
        at += cut[at + half] <= number ? half : 0;
        left -= half;
    }
    return (uint8_t)(at + 1);
}

static uint8_t bin_of_level(const struct model_feature *feature, struct str text)
{
    size_t from = 0;
    size_t to = feature->value_count;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        const int order = str_compare(feature->level[middle], text);
        if (order == 0) {
            return (uint8_t)((feature->rank == NULL ? middle : feature->rank[middle]) + 1);
        }
        if (order < 0) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    return (uint8_t)(feature->bin_count - 1);
}

uint8_t feature_bin(const struct model_feature *feature, struct raw_value value)
{
    if (feature->kind == COLUMN_NUMBER) {
        return bin_of_number(feature, value.number);
    }
    return value.text.ptr == NULL ? BIN_MISSING : bin_of_level(feature, value.text);
}

struct str feature_bin_label(struct arena *arena, const struct model_feature *feature, size_t bin)
{
    must(bin < feature->bin_count);
    if (bin == BIN_MISSING) {
        return str_of(missing_label);
    }
    const size_t v = bin - 1;
    if (v == feature->value_count) {
        return str_of(another_label);
    }
    if (feature->kind == COLUMN_CATEGORY) {
        return feature->level[v];
    }
    if (feature->kind == COLUMN_ORDINAL) {
        size_t place = 0;
        while (feature->rank[place] != v) {
            place++;
        }
        return feature->level[place];
    }

    const struct str low = str_from_double(arena, feature->low[v]);
    if (feature->low[v] == feature->high[v]) {
        return low;
    }
    const struct str high = str_from_double(arena, feature->high[v]);
    return str_format(arena, "%.*s to %.*s", STR_ARG(low), STR_ARG(high));
}
