/*
 * ranges.c - which values of a column of numbers share a bin, without sorting them all.
 *
 * The rule is that of bins.c and needs the sorted values. But where a bin ends is decided by few of
 * them, so most are only counted:
 *
 *     a sample, sorted     ->  some 1000 splitters, and 1000 to 2000 buckets between them
 *     each value           ->  its bucket, by a table (finder.c)
 *     buckets in which a bin may begin or a heavy value may hide  ->  their values are sorted
 *
 *     bucket    [  900 ][ 1020 ][ 870 ][ 7 7 8 8 9 ][  980 ] ...       rows
 *                  |       |      |          ^ a bin begins here
 *                  all in one bin
 *
 * What is shared out then is a list of single values and of whole buckets. A bucket in which no bin
 * begins goes where each of its values would go, since the middle of the bucket lies between the middles
 * of its first and of its last value. So the ranges are exactly those of the sorted values, whatever the
 * sample; a bad sample (a column that repeats in step with it) only makes larger buckets to sort.
 *
 * A column of few different values is counted in a small table, and nothing is sorted but those.
 */
#include <math.h>
#include <string.h>

#include "inside.h"
#include "numeric.h"

enum {
    SAMPLE_MAX = 16384,
    SAMPLE_STRIDE = 16,
    BUCKETS_MAX = FINDER_CUTS_MAX + 1,
    NO_BUCKET = BUCKETS_MAX, /* of a missing value, or of a row that does not count */
    FINDER_CELLS = 16384,
    SORT_FROM = 2 * SAMPLE_MAX, /* fewer values are sorted at once */
    BLOCK = 512,
    FEW_SLOTS = 1024,
};

static inline bool counts(const struct numbers *numbers, size_t row)
{
    return !isnan(numbers->number[row]) && (numbers->keep == NULL || numbers->keep[row]);
}

/* A single value, or all values of a bucket. */
struct part {
    double value;
    uint32_t rows;
    uint32_t bucket; /* NO_BUCKET: a single value */
};

struct parts {
    struct part *part;
    size_t count;
};

/* ---- room ---- */

/*
 * What is needed for one column after the other. Memory that the system gives fresh costs more than all that is
 * done with it here, so it is kept and grows.
 */
struct range_room {
    uint16_t *of;
    size_t of_room;
    double *value;
    double *spare;
    size_t value_room;
    struct part *part;
    double *rows;
    uint8_t *place;
    size_t part_room;
    struct few *few;
    struct buckets *buckets;
    struct ends *ends;
};

static enum candor_status room_for_rows(struct job *job, struct range_room *room, size_t count)
{
    if (room->of_room < count) {
        TRY_ALLOC(job, room->of, count, uint16_t);
        room->of_room = count;
    }
    return CANDOR_OK;
}

static enum candor_status room_for_values(struct job *job, struct range_room *room, size_t count)
{
    if (room->value_room < count) {
        TRY_ALLOC(job, room->value, count + count / 4, double);
        TRY_ALLOC(job, room->spare, count + count / 4, double);
        room->value_room = count + count / 4;
    }
    return CANDOR_OK;
}

static enum candor_status room_for_parts(struct job *job, struct range_room *room, size_t count)
{
    if (room->part_room < count) {
        TRY_ALLOC(job, room->part, count + count / 4, struct part);
        TRY_ALLOC(job, room->rows, count + count / 4, double);
        TRY_ALLOC(job, room->place, count + count / 4, uint8_t);
        room->part_room = count + count / 4;
    }
    return CANDOR_OK;
}

/* ---- from counted values ---- */

enum candor_status ranges_of_runs(struct job *job, const struct runs *runs,
                                  const struct range_options *options, struct ranges *ranges)
{
    const struct arena_mark mark = arena_mark(job->arena);
    uint8_t *place;
    TRY_ALLOC(job, place, runs->count + 1, uint8_t);
    if (runs->count <= options->values_max) {
        for (size_t i = 0; i < runs->count; i++) {
            place[i] = (uint8_t)i;
        }
    } else {
        must(share_out(runs->rows, runs->count, options->quantiles, place) < BINS_MAX);
    }
    ranges->count = 0;
    for (size_t i = 0; i < runs->count; i++) {
        if (place[i] == ranges->count) {
            ranges->low[place[i]] = runs->value[i];
            ranges->count++;
        }
        ranges->high[place[i]] = runs->value[i];
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* ---- few different values ---- */

struct few {
    double value[FEW_SLOTS];
    double rows[FEW_SLOTS]; /* 0: empty */
    size_t count;
};

static size_t few_slot(const struct few *few, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    size_t at = (size_t)((bits * UINT64_C(0x9E3779B97F4A7C15)) >> 54);
    while (few->rows[at] != 0 && few->value[at] != value) {
        at = (at + 1) % FEW_SLOTS;
    }
    return at;
}

/* Count the values; false when there are more than values_max. */
static bool count_few(const struct numbers *numbers, size_t values_max, struct few *few)
{
    for (size_t row = 0; row < numbers->row_count; row++) {
        if (!counts(numbers, row)) {
            continue;
        }
        const double value = numbers->number[row] + 0.0; /* -0 is 0 */
        const size_t at = few_slot(few, value);
        if (few->rows[at] == 0) {
            if (few->count == values_max) {
                return false;
            }
            few->count++;
            few->value[at] = value;
        }
        few->rows[at]++;
    }
    return true;
}

static void ranges_of_few(const struct few *few, struct ranges *ranges)
{
    double value[BINS_MAX];
    ranges->count = 0;
    for (size_t at = 0; at < FEW_SLOTS; at++) {
        if (few->rows[at] != 0) {
            value[ranges->count] = few->value[at];
            ranges->count++;
        }
    }
    sort_f64_with(value, ranges->low, ranges->count);
    bytes_copy(ranges->low, value, ranges->count * sizeof *value);
    bytes_copy(ranges->high, value, ranges->count * sizeof *value);
}

/* ---- buckets ---- */

/* How a column lies in its buckets; which row is in which, the room knows. Bucket b holds the values from splitter[b - 1] up to before
 * splitter[b]. */
struct buckets {
    const struct numbers *numbers;
    size_t value_count; /* that count */
    double splitter[FINDER_CUTS_MAX];
    size_t count;
    bool is_single[BUCKETS_MAX]; /* holds one value only, that of the splitter before */
    size_t rows[BUCKETS_MAX + 1];
    bool opened[BUCKETS_MAX + 1];
    size_t sorted_count; /* of the opened ones */
};

/* Rows far apart that count; sorted, in the room's values. */
static enum candor_status draw_sample(struct job *job, struct range_room *room,
                                      const struct numbers *numbers, size_t *count)
{
    TRY(room_for_values(job, room, SAMPLE_MAX));
    *count = 0;
    for (size_t i = 0; i < SAMPLE_MAX; i++) {
        const size_t row = i * numbers->row_count / SAMPLE_MAX;
        if (counts(numbers, row)) {
            room->value[*count] = numbers->number[row] + 0.0;
            (*count)++;
        }
    }
    sort_f64_with(room->value, room->spare, *count);
    return CANDOR_OK;
}

/* Every SAMPLE_STRIDE-th of the sample. One that is there often is a heavy value, which gets a bucket of
 * its own, so that it need not be sorted. */
static void choose_splitters(const double *sample, size_t count, struct buckets *buckets)
{
    size_t splitters = 0;
    for (size_t i = SAMPLE_STRIDE; i < count; i += SAMPLE_STRIDE) {
        const double here = sample[i];
        const double after = nextafter(here, (double)INFINITY);
        if (splitters == 0 || here > buckets->splitter[splitters - 1]) {
            buckets->splitter[splitters++] = here;
        }
        if (here == sample[i - SAMPLE_STRIDE / 2] && isfinite(after) &&
            after > buckets->splitter[splitters - 1]) {
            buckets->is_single[splitters] = true;
            buckets->splitter[splitters++] = after;
        }
    }
    must(splitters <= FINDER_CUTS_MAX);
    buckets->count = splitters + 1;
}

static enum candor_status fill_buckets(struct job *job, struct range_room *room,
                                       struct buckets *buckets)
{
    const struct numbers *numbers = buckets->numbers;
    const struct arena_mark mark = arena_mark(job->arena);
    struct finder finder;
    TRY(finder_begin(job, buckets->splitter, buckets->count - 1, FINDER_CELLS, &finder));
    for (size_t first = 0; first < numbers->row_count; first += BLOCK) {
        const size_t left = numbers->row_count - first;
        const size_t here = left < BLOCK ? left : BLOCK;
        finder_find(&finder, numbers->number + first, here, room->of + first);
        for (size_t row = first; row < first + here; row++) {
            if (!counts(numbers, row)) {
                room->of[row] = NO_BUCKET;
            }
            buckets->rows[room->of[row]]++;
        }
    }
    arena_rewind(job->arena, mark);
    buckets->value_count = numbers->row_count - buckets->rows[NO_BUCKET];
    return CANDOR_OK;
}

/* Sort the values of the opened buckets, all together. */
static enum candor_status sort_opened(struct job *job, struct range_room *room,
                                      struct buckets *buckets)
{
    size_t count = 0;
    for (size_t b = 0; b < buckets->count; b++) {
        count += buckets->opened[b] ? buckets->rows[b] : 0;
    }
    TRY(room_for_values(job, room, count + 1));
    size_t at = 0;
    for (size_t row = 0; row < buckets->numbers->row_count; row++) {
        room->value[at] = buckets->numbers->number[row]; /* stays only if the place moves on */
        at += buckets->opened[room->of[row]];
    }
    for (size_t i = 0; i < count; i++) {
        room->value[i] += 0.0; /* -0 is 0 */
    }
    buckets->sorted_count = count;
    sort_f64_with(room->value, room->spare, count);
    return CANDOR_OK;
}

/* ---- parts ---- */

static void put_sorted(const double *value, size_t count, struct parts *parts)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || value[i] != value[i - 1]) {
            parts->part[parts->count++] = (struct part){value[i], 0, NO_BUCKET};
        }
        parts->part[parts->count - 1].rows++;
    }
}

static enum candor_status list_parts(struct job *job, struct range_room *room,
                                     const struct buckets *buckets, struct parts *parts)
{
    size_t sorted = 0;
    TRY(room_for_parts(job, room, buckets->count + buckets->sorted_count));
    *parts = (struct parts){.part = room->part};
    for (size_t b = 0; b < buckets->count; b++) {
        const size_t rows = buckets->rows[b];
        if (rows == 0) {
            continue;
        }
        if (buckets->opened[b]) {
            put_sorted(room->value + sorted, rows, parts);
            sorted += rows;
        } else if (buckets->is_single[b]) {
            parts->part[parts->count++] =
                (struct part){buckets->splitter[b - 1], (uint32_t)rows, NO_BUCKET};
        } else {
            parts->part[parts->count++] = (struct part){(double)NAN, (uint32_t)rows, (uint32_t)b};
        }
    }
    must(sorted == buckets->sorted_count);
    return CANDOR_OK;
}

/* Open the buckets of a run of light parts in which a bin may begin: share_out lets bin k begin at rank
 * k * all / bins, give or take its rounding. */
static bool open_run(struct buckets *buckets, const struct part *part, size_t count,
                     double quantile)
{
    double all = 0;
    bool has_opened = false;
    for (size_t i = 0; i < count; i++) {
        all += part[i].rows;
    }
    const double bins = fmax(1, floor(all / quantile + 0.5));
    double before = 0;
    for (size_t i = 0; i < count; i++) {
        const double first = ceil((before - 1) * bins / all);
        const double last = floor((before + part[i].rows + 1) * bins / all);
        before += part[i].rows;
        if (part[i].bucket != NO_BUCKET && fmax(first, 1) <= fmin(last, bins - 1)) {
            buckets->opened[part[i].bucket] = true;
            has_opened = true;
        }
    }
    return has_opened;
}

/* Between each two heavy values is a run of light parts. */
static bool open_borders(struct buckets *buckets, const struct parts *parts, double quantile)
{
    bool has_opened = false;
    size_t first = 0;
    for (size_t i = 0; i <= parts->count; i++) {
        if (i < parts->count && parts->part[i].rows < quantile) {
            continue;
        }
        if (i > first) {
            has_opened = open_run(buckets, parts->part + first, i - first, quantile) || has_opened;
        }
        first = i + 1;
    }
    return has_opened;
}

/* Open what may hide a heavy value. */
static bool open_heavy(struct buckets *buckets, double quantile)
{
    bool has_opened = false;
    for (size_t b = 0; b < buckets->count; b++) {
        if (!buckets->is_single[b] && (double)buckets->rows[b] >= quantile) {
            buckets->opened[b] = true;
            has_opened = true;
        }
    }
    return has_opened;
}

/* The least and the largest value of each bucket that begins or ends a range. */
struct ends {
    bool wanted[BUCKETS_MAX + 1];
    double low[BUCKETS_MAX];
    double high[BUCKETS_MAX];
};

static void find_ends(const struct buckets *buckets, const uint16_t *of, struct ends *ends)
{
    for (size_t b = 0; b < buckets->count; b++) {
        ends->low[b] = (double)INFINITY;
        ends->high[b] = -(double)INFINITY;
    }
    for (size_t row = 0; row < buckets->numbers->row_count; row++) {
        const size_t b = of[row];
        if (ends->wanted[b]) {
            const double value = buckets->numbers->number[row] + 0.0;
            ends->low[b] = value < ends->low[b] ? value : ends->low[b];
            ends->high[b] = value > ends->high[b] ? value : ends->high[b];
        }
    }
}

static bool begins_range(const uint8_t *place, size_t i)
{
    return i == 0 || place[i] != place[i - 1];
}

static bool ends_range(const uint8_t *place, size_t i, size_t count)
{
    return i + 1 == count || place[i] != place[i + 1];
}

/* The buckets that begin or end a range: their ends must be found. false: none does. */
static bool want_ends(const struct parts *parts, const uint8_t *place, struct ends *ends)
{
    bool any = false;
    for (size_t i = 0; i < parts->count; i++) {
        const size_t bucket = parts->part[i].bucket;
        if (bucket != NO_BUCKET && (begins_range(place, i) || ends_range(place, i, parts->count))) {
            ends->wanted[bucket] = true;
            any = true;
        }
    }
    return any;
}

static void ranges_of_parts(const struct range_room *room, const struct parts *parts,
                            const struct range_options *options, struct ranges *ranges)
{
    struct ends *ends = room->ends;
    const uint8_t *place = room->place;
    for (size_t i = 0; i < parts->count; i++) {
        room->rows[i] = parts->part[i].rows;
    }
    ranges->count = share_out(room->rows, parts->count, options->quantiles, room->place);
    must(ranges->count < BINS_MAX);
    if (want_ends(parts, place, ends)) {
        find_ends(room->buckets, room->of, ends);
    }
    for (size_t i = 0; i < parts->count; i++) {
        const struct part *part = &parts->part[i];
        const bool is_value = part->bucket == NO_BUCKET;
        if (begins_range(place, i)) {
            ranges->low[place[i]] = is_value ? part->value : ends->low[part->bucket];
        }
        if (ends_range(place, i, parts->count)) {
            ranges->high[place[i]] = is_value ? part->value : ends->high[part->bucket];
        }
    }
}

static enum candor_status ranges_of_many(struct job *job, struct range_room *room,
                                         const struct numbers *numbers,
                                         const struct range_options *options, struct ranges *ranges)
{
    struct buckets *buckets = room->buckets;
    struct parts parts;
    size_t sample = 0;
    memset(buckets, 0, sizeof *buckets);
    memset(room->ends->wanted, 0, sizeof room->ends->wanted);
    buckets->numbers = numbers;
    TRY(room_for_rows(job, room, numbers->row_count));
    TRY(draw_sample(job, room, numbers, &sample));
    choose_splitters(room->value, sample, buckets);
    TRY(fill_buckets(job, room, buckets));
    const double quantile = (double)buckets->value_count / (double)options->quantiles;
    if (open_heavy(buckets, quantile)) {
        TRY(sort_opened(job, room, buckets));
    }
    TRY(list_parts(job, room, buckets, &parts));
    if (open_borders(buckets, &parts, quantile)) {
        TRY(sort_opened(job, room, buckets));
        TRY(list_parts(job, room, buckets, &parts));
    }
    ranges_of_parts(room, &parts, options, ranges);
    return CANDOR_OK;
}

/* ---- a column ---- */

static enum candor_status ranges_of_sorted(struct job *job, struct range_room *room,
                                           const struct numbers *numbers,
                                           const struct range_options *options,
                                           struct ranges *ranges)
{
    size_t count = 0;
    TRY(room_for_values(job, room, numbers->row_count + 1));
    TRY(room_for_parts(job, room, numbers->row_count + 1));
    for (size_t row = 0; row < numbers->row_count; row++) {
        if (counts(numbers, row)) {
            room->value[count++] = numbers->number[row] + 0.0; /* -0 is 0 */
        }
    }
    sort_f64_with(room->value, room->spare, count);
    struct parts parts = {.part = room->part};
    put_sorted(room->value, count, &parts);
    ranges_of_parts(room, &parts, options, ranges);
    return CANDOR_OK;
}

enum candor_status range_room_begin(struct job *job, struct range_room **room)
{
    TRY_ALLOC(job, *room, 1, struct range_room);
    TRY_ALLOC(job, (*room)->few, 1, struct few);
    TRY_ALLOC(job, (*room)->buckets, 1, struct buckets);
    TRY_ALLOC(job, (*room)->ends, 1, struct ends);
    return CANDOR_OK;
}

enum candor_status ranges_of_numbers(struct job *job, struct range_room *room,
                                     const struct numbers *numbers,
                                     const struct range_options *options, struct ranges *ranges)
{
    must(options->quantiles <= BINS_MAX / 2);
    memset(room->few, 0, sizeof *room->few);
    if (count_few(numbers, options->values_max, room->few)) {
        ranges_of_few(room->few, ranges);
        return CANDOR_OK;
    }
    return numbers->row_count < SORT_FROM ? ranges_of_sorted(job, room, numbers, options, ranges)
                                          : ranges_of_many(job, room, numbers, options, ranges);
}
