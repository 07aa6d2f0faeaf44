/*
 * sketch.c - how numbers are spread, from one pass and in bounded memory.
 *
 * As long as there are few different values, all is exact:
 *
 *     FEW       a small table counts up to 512 values
 *     COUNTED   sorted values with counts, up to SKETCH_EXACT_MAX of them; what comes is sorted in a buffer
 *               and merged in
 *     LEVELS    buffers of BUFFER_LEN values each; those at level h stand for 2^h rows each
 *
 * A buffer that is full is sorted, and every other of its values goes up one level, alternately the first
 * and the second of each two (Munro and Paterson 1980; Manku, Rajagopalan and Lindsay 1998). That moves the
 * rank of any number by at most 2^h rows, so the sum of that over all such steps bounds the error of every
 * rank; the sketch keeps it. For n rows it is below n / BUFFER_LEN * log2(n / BUFFER_LEN): 0.14 % of ten
 * million. Nothing is drawn by chance. Sketches of parts can be merged, and the bounds add up (Agarwal et
 * al. 2013, "Mergeable summaries").
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"
#include "numeric.h"

enum {
    FEW_MAX = 512,
    FEW_SLOTS = 2048,
    BUFFER_LEN = 8192,
    LEVELS_COUNT = 48, /* rows are fewer than 2^48 */
    COUNTED_FIRST = 2048,
};

enum stage { STAGE_FEW = 0, STAGE_COUNTED, STAGE_LEVELS };

struct level_buffer {
    double *value; /* BUFFER_LEN; NULL: not needed so far */
    size_t count;
    bool takes_second; /* of each two, when it is full next */
};

struct sketch {
    enum stage stage;
    uint64_t rows;
    uint64_t error; /* the most that a rank can be wrong by, in rows */
    double least;
    double most;
    double few_value[FEW_SLOTS];
    uint64_t few_rows[FEW_SLOTS]; /* 0: empty */
    size_t few_count;
    double *value; /* counted: ascending */
    uint64_t *value_rows;
    size_t value_count;
    size_t value_room;
    struct level_buffer level[LEVELS_COUNT]; /* level 0 is where values come in */
    double *spare;
};

/* What was counted may be about people: it is wiped before it is given back. */
static void wipe_and_free(void *ptr, size_t len)
{
    if (ptr != NULL) {
        explicit_bzero(ptr, len);
        free(ptr);
    }
}

static void forget_counted(struct sketch *sketch)
{
    wipe_and_free(sketch->value, sketch->value_room * sizeof *sketch->value);
    wipe_and_free(sketch->value_rows, sketch->value_room * sizeof *sketch->value_rows);
    sketch->value = NULL;
    sketch->value_rows = NULL;
    sketch->value_count = 0;
    sketch->value_room = 0;
}

static void sketch_free(void *thing)
{
    struct sketch *sketch = thing;
    forget_counted(sketch);
    wipe_and_free(sketch->spare, BUFFER_LEN * sizeof(double));
    for (size_t h = 0; h < LEVELS_COUNT; h++) {
        wipe_and_free(sketch->level[h].value, BUFFER_LEN * sizeof(double));
    }
    wipe_and_free(sketch, sizeof *sketch);
}

enum candor_status sketch_begin(struct job *job, struct sketch **sketch)
{
    *sketch = calloc(1, sizeof **sketch);
    if (*sketch == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory to count values");
    }
    (*sketch)->least = (double)INFINITY;
    (*sketch)->most = -(double)INFINITY;
    arena_defer(job->arena, sketch_free, *sketch);
    return CANDOR_OK;
}

static enum candor_status no_memory(struct job *job)
{
    return fail(job, CANDOR_NO_MEMORY, "no memory to count values");
}

/* ---- few ---- */

static size_t few_slot(const struct sketch *sketch, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    size_t at = (size_t)((bits * UINT64_C(0x9E3779B97F4A7C15)) >> 53);
    while (sketch->few_rows[at] != 0 && sketch->few_value[at] != value) {
        at = (at + 1) % FEW_SLOTS;
    }
    return at;
}

/* ---- counted ---- */

static enum candor_status counted_room(struct job *job, struct sketch *sketch, size_t wanted)
{
    size_t room = sketch->value_room == 0 ? COUNTED_FIRST : sketch->value_room;
    while (room < wanted) {
        room *= 2;
    }
    if (room == sketch->value_room) {
        return CANDOR_OK;
    }
    double *value = malloc(room * sizeof *value);
    uint64_t *rows = malloc(room * sizeof *rows);
    if (value == NULL || rows == NULL) {
        free(value);
        free(rows);
        return no_memory(job);
    }
    const size_t count = sketch->value_count;
    bytes_copy(value, sketch->value, count * sizeof *value);
    bytes_copy(rows, sketch->value_rows, count * sizeof *rows);
    forget_counted(sketch);
    sketch->value = value;
    sketch->value_rows = rows;
    sketch->value_count = count;
    sketch->value_room = room;
    return CANDOR_OK;
}

/* How many of the ascending values are not counted yet. */
static size_t count_new(const struct sketch *sketch, const double *value, size_t count)
{
    size_t added = 0;
    size_t old = 0;
    for (size_t i = 0; i < count; i++) {
        while (old < sketch->value_count && sketch->value[old] < value[i]) {
            old++;
        }
        const bool is_known = old < sketch->value_count && sketch->value[old] == value[i];
        added += !is_known && (i == 0 || value[i] != value[i - 1]);
    }
    return added;
}

/* Merge ascending values with counts in; rows NULL: 1 each, and a value may stand several times. */
static enum candor_status merge_counted(struct job *job, struct sketch *sketch, const double *value,
                                        const uint64_t *rows, size_t count)
{
    TRY(counted_room(job, sketch, sketch->value_count + count));
    /* From the end, so that nothing is overwritten before it has moved. */
    size_t at = sketch->value_count + count_new(sketch, value, count);
    size_t from = sketch->value_count;
    sketch->value_count = at;
    for (size_t i = count; i > 0;) {
        const double here = value[i - 1];
        uint64_t sum = 0;
        while (from > 0 && sketch->value[from - 1] > here) {
            at--;
            from--;
            sketch->value[at] = sketch->value[from];
            sketch->value_rows[at] = sketch->value_rows[from];
        }
        for (; i > 0 && value[i - 1] == here; i--) {
            sum += rows == NULL ? 1 : rows[i - 1];
        }
        if (from > 0 && sketch->value[from - 1] == here) {
            from--;
            sum += sketch->value_rows[from];
        }
        at--;
        sketch->value[at] = here;
        sketch->value_rows[at] = sum;
    }
    must(at == from);
    return CANDOR_OK;
}

/* ---- levels ---- */

static enum candor_status level_push(struct job *job, struct sketch *sketch, size_t h,
                                     double value);

/* Every other value of the full buffer goes up; the rest is forgotten. */
static enum candor_status level_compact(struct job *job, struct sketch *sketch, size_t h)
{
    struct level_buffer *level = &sketch->level[h];
    must(h + 1 < LEVELS_COUNT);
    sort_f64_with(level->value, sketch->spare, BUFFER_LEN);
    for (size_t i = level->takes_second ? 1 : 0; i < BUFFER_LEN; i += 2) {
        TRY(level_push(job, sketch, h + 1, level->value[i]));
    }
    level->takes_second = !level->takes_second;
    level->count = 0;
    sketch->error += UINT64_C(1) << h;
    return CANDOR_OK;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as there are levels */
static enum candor_status level_push(struct job *job, struct sketch *sketch, size_t h, double value)
{
    struct level_buffer *level = &sketch->level[h];
    if (level->value == NULL) {
        level->value = malloc(BUFFER_LEN * sizeof(double));
        if (level->value == NULL) {
            return no_memory(job);
        }
    }
    /* A full buffer has its values sorted up before one more comes, so that it is whole on the way. */
    if (level->count == BUFFER_LEN) {
        TRY(level_compact(job, sketch, h));
    }
    level->value[level->count++] = value;
    return CANDOR_OK;
}

/* rows in powers of two: each is one value at its level, so no rank is wrong for that. */
static enum candor_status push_rows(struct job *job, struct sketch *sketch, double value,
                                    uint64_t rows)
{
    for (size_t h = 0; rows >> h > 0; h++) {
        if ((rows >> h & 1) != 0) {
            TRY(level_push(job, sketch, h, value));
        }
    }
    return CANDOR_OK;
}

/* ---- from stage to stage ---- */

static enum candor_status leave_few(struct job *job, struct sketch *sketch)
{
    double value[FEW_MAX];
    uint64_t rows[FEW_MAX];
    double spare[FEW_MAX];
    size_t count = 0;
    for (size_t at = 0; at < FEW_SLOTS; at++) {
        if (sketch->few_rows[at] != 0) {
            value[count++] = sketch->few_value[at];
        }
    }
    sort_f64_with(value, spare, count);
    for (size_t i = 0; i < count; i++) {
        rows[i] = sketch->few_rows[few_slot(sketch, value[i])];
    }
    if (sketch->spare == NULL) {
        sketch->spare = malloc(BUFFER_LEN * sizeof(double));
        if (sketch->spare == NULL) {
            return no_memory(job);
        }
    }
    TRY(merge_counted(job, sketch, value, rows, count));
    sketch->stage = STAGE_COUNTED;
    return CANDOR_OK;
}

static enum candor_status leave_counted(struct job *job, struct sketch *sketch)
{
    sketch->stage = STAGE_LEVELS;
    for (size_t i = 0; i < sketch->value_count; i++) {
        TRY(push_rows(job, sketch, sketch->value[i], sketch->value_rows[i]));
    }
    forget_counted(sketch);
    return CANDOR_OK;
}

/* Merge what waits in the buffer of level 0. */
static enum candor_status settle(struct job *job, struct sketch *sketch)
{
    struct level_buffer *waiting = &sketch->level[0];
    const size_t count = waiting->count;
    if (sketch->stage != STAGE_COUNTED || count == 0) {
        return CANDOR_OK;
    }
    sort_f64_with(waiting->value, sketch->spare, count);
    TRY(merge_counted(job, sketch, waiting->value, NULL, count));
    waiting->count = 0;
    return sketch->value_count > SKETCH_EXACT_MAX ? leave_counted(job, sketch) : CANDOR_OK;
}

static enum candor_status add_rows(struct job *job, struct sketch *sketch, double value,
                                   uint64_t rows)
{
    if (sketch->stage == STAGE_FEW) {
        const size_t at = few_slot(sketch, value);
        if (sketch->few_rows[at] != 0 || sketch->few_count < FEW_MAX) {
            sketch->few_count += sketch->few_rows[at] == 0;
            sketch->few_value[at] = value;
            sketch->few_rows[at] += rows;
            return CANDOR_OK;
        }
        TRY(leave_few(job, sketch));
    }
    if (sketch->stage == STAGE_COUNTED && rows > 1) {
        TRY(settle(job, sketch));
        if (sketch->stage == STAGE_COUNTED) {
            TRY(merge_counted(job, sketch, &value, &rows, 1));
            return sketch->value_count > SKETCH_EXACT_MAX ? leave_counted(job, sketch) : CANDOR_OK;
        }
    }
    if (sketch->stage == STAGE_COUNTED && sketch->level[0].count == BUFFER_LEN) {
        TRY(settle(job, sketch));
    }
    return push_rows(job, sketch, value, rows);
}

enum candor_status sketch_add_rows(struct job *job, struct sketch *sketch, double value,
                                   uint64_t rows)
{
    if (isnan(value) || rows == 0) {
        return CANDOR_OK;
    }
    const double plain = value + 0.0; /* -0 is 0 */
    sketch->rows += rows;
    sketch->least = plain < sketch->least ? plain : sketch->least;
    sketch->most = plain > sketch->most ? plain : sketch->most;
    return add_rows(job, sketch, plain, rows);
}

enum candor_status sketch_add(struct job *job, struct sketch *sketch, const double *value,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        TRY(sketch_add_rows(job, sketch, value[i], 1));
    }
    return CANDOR_OK;
}

/* ---- what it says ---- */

bool sketch_is_exact(const struct sketch *sketch)
{
    return sketch->stage != STAGE_LEVELS;
}

uint64_t sketch_rows(const struct sketch *sketch)
{
    return sketch->rows;
}

uint64_t sketch_error(const struct sketch *sketch)
{
    return sketch->error;
}

struct weighted {
    double value;
    uint64_t rows;
};

static int by_value(const void *left, const void *right)
{
    const double a = ((const struct weighted *)left)->value;
    const double b = ((const struct weighted *)right)->value;
    return (a > b) - (a < b);
}

static enum candor_status runs_of_levels(struct job *job, const struct sketch *sketch,
                                         struct runs *runs)
{
    size_t count = 0;
    size_t at = 0;
    struct weighted *all;
    for (size_t h = 0; h < LEVELS_COUNT; h++) {
        count += sketch->level[h].count;
    }
    TRY_ALLOC(job, all, count + 2, struct weighted);
    TRY_ALLOC(job, runs->value, count + 2, double);
    TRY_ALLOC(job, runs->rows, count + 2, double);
    for (size_t h = 0; h < LEVELS_COUNT; h++) {
        for (size_t i = 0; i < sketch->level[h].count; i++) {
            all[at++] = (struct weighted){sketch->level[h].value[i], UINT64_C(1) << h};
        }
    }
    /* The ends are known exactly; they weigh nothing beyond what is counted. */
    all[at++] = (struct weighted){sketch->least, 0};
    all[at++] = (struct weighted){sketch->most, 0};
    qsort(all, at, sizeof *all, by_value);
    for (size_t i = 0; i < at; i++) {
        if (i == 0 || all[i].value != all[i - 1].value) {
            runs->value[runs->count++] = all[i].value;
        }
        runs->rows[runs->count - 1] += (double)all[i].rows;
    }
    return CANDOR_OK;
}

enum candor_status sketch_runs(struct job *job, struct sketch *sketch, struct runs *runs)
{
    *runs = (struct runs){.count = 0};
    if (sketch->stage == STAGE_FEW && sketch->few_count > 0) {
        TRY(leave_few(job, sketch));
    }
    TRY(settle(job, sketch));
    if (sketch->stage == STAGE_LEVELS) {
        return runs_of_levels(job, sketch, runs);
    }
    TRY_ALLOC(job, runs->value, sketch->value_count + 1, double);
    TRY_ALLOC(job, runs->rows, sketch->value_count + 1, double);
    for (size_t i = 0; i < sketch->value_count; i++) {
        runs->value[i] = sketch->value[i];
        runs->rows[i] = (double)sketch->value_rows[i];
    }
    runs->count = sketch->value_count;
    return CANDOR_OK;
}

/* ---- merging ---- */

static enum candor_status merge_levels(struct job *job, struct sketch *into,
                                       const struct sketch *from)
{
    for (size_t h = 0; h < LEVELS_COUNT; h++) {
        for (size_t i = 0; i < from->level[h].count; i++) {
            TRY(level_push(job, into, h, from->level[h].value[i]));
        }
    }
    into->error += from->error;
    return CANDOR_OK;
}

enum candor_status sketch_merge(struct job *job, struct sketch *into, struct sketch *from)
{
    must(into != from);
    if (from->rows == 0) {
        return CANDOR_OK;
    }
    if (from->stage == STAGE_FEW) {
        for (size_t at = 0; at < FEW_SLOTS; at++) {
            TRY(sketch_add_rows(job, into, from->few_value[at], from->few_rows[at]));
        }
        return CANDOR_OK;
    }
    if (into->stage == STAGE_FEW) {
        TRY(leave_few(job, into));
    }
    TRY(settle(job, from));
    TRY(settle(job, into));
    into->rows += from->rows;
    into->least = from->least < into->least ? from->least : into->least;
    into->most = from->most > into->most ? from->most : into->most;
    if (from->stage == STAGE_COUNTED && into->stage == STAGE_COUNTED) {
        TRY(merge_counted(job, into, from->value, from->value_rows, from->value_count));
        return into->value_count > SKETCH_EXACT_MAX ? leave_counted(job, into) : CANDOR_OK;
    }
    if (into->stage == STAGE_COUNTED) {
        TRY(leave_counted(job, into));
    }
    for (size_t i = 0; i < from->value_count; i++) {
        TRY(push_rows(job, into, from->value[i], from->value_rows[i]));
    }
    return merge_levels(job, into, from);
}
