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
#include "frame.h"

#include <math.h>
#include <stdlib.h>

#include "numeric.h"

static const char missing_label[] = "missing";
static const char another_label[] = "another value";

double cut_between(double high, double low)
{
    /* Half of each, since their sum may be too large; the middle may round down onto high. */
    const double middle = high / 2 + low / 2;
    return middle > high && middle < low ? middle : low;
}

/* ---- numbers ---- */

/* The different values of a column, ascending, and how many rows have each. */
struct runs {
    double *value;
    double *rows;
    size_t count;
};

static enum candor_status sorted_values(struct job *job, const struct column *column,
                                        size_t row_count, double **value, size_t *count)
{
    TRY_ALLOC(job, *value, row_count + 1, double);
    *count = 0;
    for (size_t row = 0; row < row_count; row++) {
        if (!isnan(column->number[row])) {
            (*value)[*count] = column->number[row] + 0.0; /* -0 is 0 */
            (*count)++;
        }
    }
    return sort_f64(job, *value, *count);
}

static enum candor_status runs_of(struct job *job, const struct column *column, size_t row_count,
                                  struct runs *runs)
{
    size_t count = 0;
    *runs = (struct runs){.count = 0};
    TRY(sorted_values(job, column, row_count, &runs->value, &count));
    size_t different = 0;
    for (size_t i = 0; i < count; i++) {
        different += i == 0 || runs->value[i] != runs->value[i - 1];
    }

    /* The values move up in their own array: the place of a run is never behind its first row. */
    TRY_ALLOC(job, runs->rows, different + 1, double);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || runs->value[i] != runs->value[runs->count - 1]) {
            runs->value[runs->count] = runs->value[i];
            runs->count++;
        }
        runs->rows[runs->count - 1]++;
    }
    return CANDOR_OK;
}

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

/* The bins of a number, before they have a place in the arena. */
struct ranges {
    double low[BINS_MAX];
    double high[BINS_MAX];
    size_t count;
};

static void ranges_of_runs(const struct runs *runs, const uint8_t *place, struct ranges *ranges)
{
    ranges->count = 0;
    for (size_t i = 0; i < runs->count; i++) {
        if (place[i] == ranges->count) {
            ranges->low[place[i]] = runs->value[i];
            ranges->count++;
        }
        ranges->high[place[i]] = runs->value[i];
    }
}

static enum candor_status find_ranges(struct job *job, const struct column *column,
                                      size_t row_count, size_t values_max, struct ranges *ranges)
{
    struct runs runs;
    uint8_t *place;
    TRY(runs_of(job, column, row_count, &runs));
    TRY_ALLOC(job, place, runs.count + 1, uint8_t);
    if (runs.count <= values_max) {
        for (size_t i = 0; i < runs.count; i++) {
            place[i] = (uint8_t)i;
        }
    } else {
        must(share_out(runs.rows, runs.count, (values_max + 1) / 2, place) <= values_max);
    }
    ranges_of_runs(&runs, place, ranges);
    return CANDOR_OK;
}

static enum candor_status bins_of_numbers(struct job *job, const struct column *column,
                                          size_t row_count, size_t values_max,
                                          struct model_feature *feature)
{
    struct ranges ranges = {.count = 0};
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(find_ranges(job, column, row_count, values_max, &ranges));
    arena_rewind(job->arena, mark);

    double *low = NEW_ARRAY(job->arena, ranges.count + 1, double);
    double *high = NEW_ARRAY(job->arena, ranges.count + 1, double);
    double *cut = NEW_ARRAY(job->arena, ranges.count + 1, double);
    bytes_copy(low, ranges.low, ranges.count * sizeof *low);
    bytes_copy(high, ranges.high, ranges.count * sizeof *high);
    for (size_t v = 0; v < ranges.count; v++) {
        cut[v] = v == 0 ? -(double)INFINITY : cut_between(high[v - 1], low[v]);
    }
    feature->low = low;
    feature->high = high;
    feature->cut = cut;
    feature->value_count = ranges.count;
    feature->bin_count = ranges.count + 1;
    return CANDOR_OK;
}

/* ---- categories ---- */

struct frequency {
    struct str level;
    size_t count;
};

static int by_frequency(const void *left, const void *right)
{
    const struct frequency *a = left;
    const struct frequency *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    return str_compare(a->level, b->level);
}

static int by_bytes(const void *left, const void *right)
{
    return str_compare(*(const struct str *)left, *(const struct str *)right);
}

static enum candor_status bins_of_levels(struct job *job, const struct column *column,
                                         size_t row_count, size_t values_max,
                                         struct model_feature *feature)
{
    struct frequency *frequency;
    TRY_ALLOC(job, frequency, column->level_count + 1, struct frequency);
    for (size_t code = 0; code < column->level_count; code++) {
        frequency[code].level = column->level[code];
    }
    for (size_t row = 0; row < row_count; row++) {
        if (column->code[row] != CODE_MISSING) {
            frequency[column->code[row]].count++;
        }
    }
    qsort(frequency, column->level_count, sizeof *frequency, by_frequency);

    const size_t room = values_max < BINS_MAX - 2 ? values_max : BINS_MAX - 2;
    struct str *level = NEW_ARRAY(job->arena, room + 1, struct str);
    size_t count = 0;
    while (count < room && count < column->level_count && frequency[count].count > 0) {
        level[count] = str_copy(job->arena, frequency[count].level);
        count++;
    }
    qsort(level, count, sizeof *level, by_bytes);
    feature->level = level;
    feature->value_count = count;
    feature->bin_count = count + 2;
    return CANDOR_OK;
}

/*
 * The levels of an ordinal that rows have, in their order. Neighbours of few rows cannot be joined, since
 * each level has its name; more of them than there is room for are therefore refused.
 */
static enum candor_status bins_of_order(struct job *job, const struct column *column,
                                        size_t row_count, struct model_feature *feature)
{
    bool *used;
    TRY_ALLOC(job, used, column->level_count + 1, bool);
    for (size_t row = 0; row < row_count; row++) {
        if (column->code[row] != CODE_MISSING) {
            used[column->code[row]] = true;
        }
    }
    struct str *ordered = NEW_ARRAY(job->arena, BINS_MAX, struct str);
    size_t count = 0;
    for (size_t code = 0; code < column->level_count; code++) {
        if (used[code] && count == BINS_MAX - 2) {
            return fail(job, CANDOR_TOO_LARGE, "column '%.*s': more than %d levels in order",
                        STR_ARG(column->name), BINS_MAX - 2);
        }
        if (used[code]) {
            ordered[count++] = str_copy(job->arena, column->level[code]);
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
    feature->level = level;
    feature->rank = rank;
    feature->value_count = count;
    feature->bin_count = count + 2;
    return CANDOR_OK;
}

enum candor_status feature_of_column(struct job *job, const struct column *column, size_t row_count,
                                     size_t values_max, struct model_feature *feature)
{
    must(values_max >= 2 && values_max < BINS_MAX);
    *feature =
        (struct model_feature){.name = str_copy(job->arena, column->name), .kind = column->kind};
    if (column->kind == COLUMN_NUMBER) {
        return bins_of_numbers(job, column, row_count, values_max, feature);
    }
    if (column->kind == COLUMN_ORDINAL) {
        return bins_of_order(job, column, row_count, feature);
    }
    return bins_of_levels(job, column, row_count, values_max, feature);
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

/* The bins of the levels of a category column, for a feature of either kind. */
static enum candor_status bin_codes(struct job *job, const struct model_feature *feature,
                                    const struct column *column, const bool *used, uint8_t *bin)
{
    for (size_t code = 0; code < column->level_count; code++) {
        double number = (double)NAN;
        if (feature->kind != COLUMN_NUMBER) {
            bin[code] = bin_of_level(feature, column->level[code]);
        } else if (str_to_double(column->level[code], &number)) {
            bin[code] = bin_of_number(feature, number);
        } else if (used[code]) {
            return fail(job, CANDOR_BAD_INPUT,
                        "column '%.*s' has text where the model needs numbers",
                        STR_ARG(column->name));
        }
    }
    return CANDOR_OK;
}

static enum candor_status lookup_codes(struct job *job, size_t row_count, struct lookup *lookup)
{
    const struct column *column = lookup->column;
    bool *used;
    uint8_t *bin;
    TRY_ALLOC(job, used, column->level_count + 1, bool);
    TRY_ALLOC(job, bin, column->level_count + 1, uint8_t);
    for (size_t row = 0; row < row_count; row++) {
        if (column->code[row] != CODE_MISSING) {
            used[column->code[row]] = true;
        }
    }
    TRY(bin_codes(job, lookup->feature, column, used, bin));
    lookup->bin_of_code = bin;
    return CANDOR_OK;
}

enum candor_status lookup_begin(struct job *job, const struct model_feature *feature,
                                const struct column *column, size_t row_count,
                                struct lookup *lookup)
{
    *lookup = (struct lookup){.feature = feature, .column = column};
    if (column->kind != COLUMN_NUMBER) {
        return lookup_codes(job, row_count, lookup);
    }
    if (feature->kind != COLUMN_NUMBER) {
        double *number = NEW_ARRAY(job->arena, feature->value_count + 1, double);
        for (size_t v = 0; v < feature->value_count; v++) {
            if (!str_to_double(feature->level[v], &number[v])) {
                number[v] = (double)NAN;
            }
        }
        lookup->level_number = number;
    }
    return CANDOR_OK;
}

/* A category feature in a column that was read as numbers: the level that is the same number. */
static uint8_t bin_of_numeric_level(const struct lookup *lookup, double number)
{
    if (isnan(number)) {
        return BIN_MISSING;
    }
    size_t v = 0;
    while (v < lookup->feature->value_count && lookup->level_number[v] != number) {
        v++;
    }
    /* Past the last value is the bin of what was not seen. */
    const uint8_t *rank = v < lookup->feature->value_count ? lookup->feature->rank : NULL;
    return (uint8_t)((rank == NULL ? v : rank[v]) + 1);
}

enum { ABREAST = 8 };

/* bin_of_number of several values abreast: their searches wait for the cache at the same time. */
static void bins_abreast(const struct model_feature *feature, const double *number, uint8_t *bin)
{
    size_t at[ABREAST] = {0};
    size_t left = feature->value_count;
    while (left > 1) {
        const size_t half = left / 2;
        for (size_t i = 0; i < ABREAST; i++) {
            at[i] += feature->cut[at[i] + half] <= number[i] ? half : 0;
        }
        left -= half;
    }
    for (size_t i = 0; i < ABREAST; i++) {
        bin[i] = isnan(number[i]) || left == 0 ? BIN_MISSING : (uint8_t)(at[i] + 1);
    }
}

void lookup_bins(const struct lookup *lookup, size_t first, size_t count, uint8_t *bin)
{
    if (lookup->column->kind != COLUMN_NUMBER) {
        const uint32_t *code = lookup->column->code + first;
        for (size_t i = 0; i < count; i++) {
            bin[i] = code[i] == CODE_MISSING ? BIN_MISSING : lookup->bin_of_code[code[i]];
        }
        return;
    }

    const double *number = lookup->column->number + first;
    if (lookup->feature->kind != COLUMN_NUMBER) {
        for (size_t i = 0; i < count; i++) {
            bin[i] = bin_of_numeric_level(lookup, number[i]);
        }
        return;
    }
    size_t i = 0;
    for (; i + ABREAST <= count; i += ABREAST) {
        bins_abreast(lookup->feature, number + i, bin + i);
    }
    for (; i < count; i++) {
        bin[i] = bin_of_number(lookup->feature, number[i]);
    }
}
