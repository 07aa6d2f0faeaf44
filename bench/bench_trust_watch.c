/*
 * bench_trust_watch.c - what the monitor promises: how often it is wrong, how soon it is right, how fast
 * it is. The argument is the folder of the data sets; a second one is how many references are drawn.
 *
 * The world is a whole data set. A reference of at most 20,000 rows is drawn from it (with replacement),
 * the plan and its limit are made from the reference alone, and the stream is drawn from the world again:
 * what the reference says of the world is as wrong as a sample is. Every alarm is false.
 *
 * Delays: rows are drawn with chances proportional to exp(0.2 z) of one column (tilted), or 0.2 standard
 * deviations are added to its values (added), or a level is made half as frequent again; from a monitor
 * that has just begun, until the first alarm.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bins.h"
#include "text.h"
#include "watch.h"

enum { REFERENCE_MAX = 20000, BATCH = 1024, COLUMNS = 64, DELAYS = 41, DELAY_MAX = 40000 };

static const double run_length = 100000;

struct set {
    const char *name;
    const char *path;
    struct frame *frame;
    struct binned binned;
};

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void need(struct job *job, enum candor_status status)
{
    if (status != CANDOR_OK) {
        fprintf(stderr, "bench_trust_watch: %s\n", job->message);
        exit(1);
    }
}

static void read_set(struct job *job, const char *folder, struct set *set)
{
    struct csv *csv = NULL;
    struct csv_row row;
    struct text_column *column[COLUMNS];
    size_t rows = 0;
    need(job, csv_open(job, path_join(job->arena, str_of(folder), str_of(set->path)), NULL, &csv));
    const size_t count = csv_header(csv)->field_count;
    must(count <= COLUMNS);
    for (size_t c = 0; c < count; c++) {
        need(job, text_column_begin(job, csv_header(csv)->field[c], 0, 0, &column[c]));
    }
    while (csv_next(job, csv, &row) == CANDOR_OK) {
        for (size_t c = 0; c < count; c++) {
            need(job, text_column_add(job, column[c], row.field[c]));
        }
        rows++;
    }
    csv_close(csv);
    job_forgive(job);
    need(job, frame_begin(job, rows, count * COLUMNS_OF_TEXT_MAX, &set->frame));
    for (size_t c = 0; c < count; c++) {
        need(job, text_column_end(job, column[c], set->frame));
    }
    const struct bin_options options = {.values_max = 64, .threads = 1};
    need(job, binned_of_frame(job, set->frame, &options, &set->binned));
}

/* ---- a plan from a reference --------------------------------------------------------------- */

struct reference {
    size_t rows;
    uint8_t *cell[COLUMNS * COLUMNS_OF_TEXT_MAX];
    struct monitor_column column[COLUMNS * COLUMNS_OF_TEXT_MAX];
};

static void describe(struct job *job, const struct set *set, struct reference *reference, size_t c)
{
    const struct model_feature *feature = &set->binned.feature[c];
    double *weight = NEW_ARRAY(job->arena, feature->bin_count, double);
    double *place = NEW_ARRAY(job->arena, feature->bin_count, double);
    for (size_t row = 0; row < reference->rows; row++) {
        weight[reference->cell[c][row]] += 1 / (double)reference->rows;
    }
    for (size_t b = 0; b < feature->bin_count; b++) {
        const bool is_value = b >= 1 && b <= feature->value_count;
        place[b] = !is_value || feature->kind != COLUMN_NUMBER
                       ? (double)NAN
                       : (feature->low[b - 1] + feature->high[b - 1]) / 2;
    }
    reference->column[c] = (struct monitor_column){
        .name = feature->name,
        .kind = feature->kind == COLUMN_NUMBER ? MONITOR_NUMBER : MONITOR_LEVELS,
        .cell_count = feature->bin_count,
        .weight = weight,
        .place = place};
}

static struct monitor_plan *draw_plan(struct job *job, const struct set *set, struct rng *rng,
                                      double *limit_seconds, bool is_independent)
{
    struct reference reference = {0};
    struct monitor_plan *plan = NULL;
    const size_t rows = set->binned.row_count;
    reference.rows = rows < REFERENCE_MAX ? rows : REFERENCE_MAX;
    uint32_t *pick = TRY_ARRAY(job->arena, reference.rows, uint32_t);
    for (size_t row = 0; row < reference.rows; row++) {
        pick[row] = (uint32_t)rng_below(rng, rows);
    }
    for (size_t c = 0; c < set->binned.feature_count; c++) {
        reference.cell[c] = TRY_ARRAY(job->arena, reference.rows, uint8_t);
        for (size_t row = 0; row < reference.rows; row++) {
            reference.cell[c][row] = set->binned.bin[c][pick[row]];
        }
        describe(job, set, &reference, c);
    }
    need(job,
         monitor_make(job, reference.column, set->binned.feature_count, reference.rows, &plan));
    const struct monitor_limit asked = {
        .cell = is_independent ? NULL : (const uint8_t *const *)reference.cell,
        .row_count = reference.rows,
        .block = 1,
        .run_length = run_length,
        .rows = 4e6,
        .seed = rng_u64(rng)};
    const double before = processor_seconds();
    need(job, monitor_find_limit(job, plan, &asked));
    *limit_seconds += processor_seconds() - before;
    return plan;
}

/* ---- streams ------------------------------------------------------------------------------- */

struct stream {
    const struct set *set;
    const double *upto;   /* cumulated chances of the rows; NULL: all alike */
    const uint8_t *other; /* cells of column instead of its own; NULL: its own */
    size_t column;
    uint8_t *batch;
    const uint8_t *cell[COLUMNS * COLUMNS_OF_TEXT_MAX];
};

static size_t draw_row(const struct stream *stream, struct rng *rng)
{
    const size_t rows = stream->set->binned.row_count;
    if (stream->upto == NULL) {
        return rng_below(rng, rows);
    }
    const double wanted = rng_f64(rng) * stream->upto[rows - 1];
    size_t low = 0;
    size_t high = rows - 1;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (stream->upto[middle] > wanted) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return low;
}

static void draw_batch(struct stream *stream, struct rng *rng, size_t block)
{
    const size_t rows = stream->set->binned.row_count;
    size_t pick[BATCH];
    for (size_t i = 0; i < BATCH; i++) {
        pick[i] = i % block == 0 ? draw_row(stream, rng) : (pick[i - 1] + 1) % rows;
    }
    for (size_t c = 0; c < stream->set->binned.feature_count; c++) {
        const uint8_t *from = stream->other != NULL && stream->column == c
                                  ? stream->other
                                  : stream->set->binned.bin[c];
        uint8_t *into = stream->batch + c * BATCH;
        stream->cell[c] = into;
        for (size_t i = 0; i < BATCH; i++) {
            into[i] = from[pick[i]];
        }
    }
}

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return a < b ? -1 : a > b;
}

static double median_delay(struct job *job, struct stream *stream, const struct monitor_plan *plan,
                           struct rng *rng)
{
    double delay[DELAYS];
    for (size_t d = 0; d < DELAYS; d++) {
        const struct arena_mark mark = arena_mark(job->arena);
        struct monitor *monitor = monitor_begin(job->arena, plan);
        struct monitor_alarm alarm = {.row = DELAY_MAX};
        while (monitor_rows(monitor) < DELAY_MAX) {
            draw_batch(stream, rng, 1);
            if (monitor_add(monitor, stream->cell, BATCH, &alarm, 1) > 0) {
                break;
            }
        }
        delay[d] = (double)alarm.row;
        arena_rewind(job->arena, mark);
    }
    qsort(delay, DELAYS, sizeof delay[0], by_size);
    return delay[DELAYS / 2];
}

/* ---- shifts -------------------------------------------------------------------------------- */

static bool moments(const struct column *column, size_t rows, double *mean, double *sd)
{
    double sum = 0;
    double square = 0;
    double count = 0;
    for (size_t row = 0; row < rows; row++) {
        if (!isnan(column->number[row])) {
            sum += column->number[row];
            count++;
        }
    }
    *mean = sum / count;
    for (size_t row = 0; row < rows; row++) {
        const double far = column->number[row] - *mean;
        square += isnan(far) ? 0 : far * far;
    }
    *sd = sqrt(square / count);
    return count > 1 && *sd > 0;
}

static double tilted_delay(struct job *job, struct stream *stream, const struct monitor_plan *plan,
                           struct rng *rng, const struct column *column, double size)
{
    const size_t rows = stream->set->binned.row_count;
    double *upto = TRY_ARRAY(job->arena, rows, double);
    double sum = 0;
    double mean;
    double sd;
    if (!moments(column, rows, &mean, &sd)) {
        return (double)NAN;
    }
    for (size_t row = 0; row < rows; row++) {
        const double z = (column->number[row] - mean) / sd;
        sum += exp(size * (isnan(z) ? 0 : fmin(z, 6)));
        upto[row] = sum;
    }
    stream->upto = upto;
    const double delay = median_delay(job, stream, plan, rng);
    stream->upto = NULL;
    return delay;
}

static double added_delay(struct job *job, struct stream *stream, const struct monitor_plan *plan,
                          struct rng *rng, const struct column *column, size_t feature)
{
    const size_t rows = stream->set->binned.row_count;
    uint8_t *other = TRY_ARRAY(job->arena, rows, uint8_t);
    double mean;
    double sd;
    if (!moments(column, rows, &mean, &sd)) {
        return (double)NAN;
    }
    for (size_t row = 0; row < rows; row++) {
        const struct raw_value value = {.number = column->number[row] + 0.2 * sd};
        other[row] = feature_bin(&stream->set->binned.feature[feature], value);
    }
    stream->other = other;
    stream->column = feature;
    const double delay = median_delay(job, stream, plan, rng);
    stream->other = NULL;
    return delay;
}

/* The heaviest level below 0.4, half as frequent again. */
static double level_delay(struct job *job, struct stream *stream, const struct monitor_plan *plan,
                          struct rng *rng, size_t feature)
{
    const size_t rows = stream->set->binned.row_count;
    const uint8_t *bin = stream->set->binned.bin[feature];
    double share[BINS_MAX] = {0};
    double *upto = TRY_ARRAY(job->arena, rows, double);
    double sum = 0;
    size_t level = 0;
    for (size_t row = 0; row < rows; row++) {
        share[bin[row]] += 1 / (double)rows;
    }
    for (size_t b = 0; b < BINS_MAX; b++) {
        level = share[b] < 0.4 && share[b] > share[level] ? b : share[level] >= 0.4 ? b : level;
    }
    if (share[level] < 0.1) {
        return (double)NAN;
    }
    const double rest = (1 - 1.5 * share[level]) / (1 - share[level]);
    for (size_t row = 0; row < rows; row++) {
        sum += bin[row] == level ? 1.5 : rest;
        upto[row] = sum;
    }
    stream->upto = upto;
    const double delay = median_delay(job, stream, plan, rng);
    stream->upto = NULL;
    return delay;
}

static void put_delays(struct job *job, const struct set *set, struct stream *stream,
                       const struct monitor_plan *plan, struct rng *rng)
{
    double all[3][COLUMNS * COLUMNS_OF_TEXT_MAX];
    size_t count[3] = {0};
    static const char *const what[3] = {"0.2 sd, tilted", "0.2 sd, added", "level x 1.5"};
    for (size_t c = 0; c < set->binned.feature_count; c++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const struct column *column = frame_find(set->frame, set->binned.feature[c].name);
        const bool is_number = column->kind == COLUMN_NUMBER;
        const double delay[3] = {is_number ? tilted_delay(job, stream, plan, rng, column, 0.2)
                                           : (double)NAN,
                                 is_number && set->binned.feature[c].value_count >= 10
                                     ? added_delay(job, stream, plan, rng, column, c)
                                     : (double)NAN,
                                 is_number ? (double)NAN : level_delay(job, stream, plan, rng, c)};
        for (size_t k = 0; k < 3; k++) {
            if (!isnan(delay[k])) {
                all[k][count[k]++] = delay[k];
                printf("      %-24.*s %-16s %6.0f rows\n", (int)column->name.len, column->name.ptr,
                       what[k], delay[k]);
            }
        }
        arena_rewind(job->arena, mark);
    }
    for (size_t k = 0; k < 3; k++) {
        if (count[k] > 0) {
            qsort(all[k], count[k], sizeof all[k][0], by_size);
            printf("    %-16s median of %zu columns %6.0f rows, slowest %6.0f\n", what[k], count[k],
                   all[k][count[k] / 2], all[k][count[k] - 1]);
        }
    }
}

/* ---- all of it ----------------------------------------------------------------------------- */

static double speed_of(struct job *job, struct stream *stream, const struct monitor_plan *plan,
                       struct rng *rng)
{
    struct monitor *monitor = monitor_begin(job->arena, plan);
    draw_batch(stream, rng, 1);
    const double before = processor_seconds();
    for (size_t i = 0; i < 4000; i++) {
        (void)monitor_add(monitor, stream->cell, BATCH, NULL, 0);
    }
    return 4000 * (double)BATCH / (processor_seconds() - before);
}

static void measure(struct job *job, struct set *set, size_t draws)
{
    const double rows = 100 * run_length / (double)draws;
    struct rng rng = rng_of(20261128);
    double alarms = 0;
    double seconds = 0;
    double limits = 0;
    struct stream stream = {.set = set};
    struct monitor_plan *plan = NULL;
    stream.batch = TRY_ARRAY(job->arena, set->binned.feature_count * BATCH, uint8_t);
    for (size_t d = 0; d < draws; d++) {
        plan = draw_plan(job, set, &rng, &seconds, false);
        limits += monitor_limit_of(plan) / (double)draws;
        struct monitor *monitor = monitor_begin(job->arena, plan);
        while ((double)monitor_rows(monitor) < rows) {
            draw_batch(&stream, &rng, 1);
            alarms += (double)monitor_add(monitor, stream.cell, BATCH, NULL, 0);
        }
    }
    printf("%s: %zu rows, %zu columns, %zu lanes, limit %.2f nats, found in %.2f s\n", set->name,
           set->binned.row_count, set->binned.feature_count, monitor_lanes(plan), limits,
           seconds / (double)draws);
    printf("    false alarms: %.0f in %.0f rows of %zu references: %.2f per 100,000 rows\n", alarms,
           rows * (double)draws, draws, alarms / (rows * (double)draws) * run_length);
    printf("    %.1f million rows/s\n", speed_of(job, &stream, plan, &rng) / 1e6);
    put_delays(job, set, &stream, plan, &rng);
    fflush(stdout);
}

int main(int count, char **argument)
{
    static struct set set[] = {
        {.name = "Adult", .path = "adult/adult.csv.gz"},
        {.name = "Bank", .path = "bank-marketing/bank-full.csv"},
        {.name = "Telco", .path = "telco-churn/telco-customer-churn.csv"},
        {.name = "COMPAS", .path = "compas/compas-two-years-deidentified.csv"},
        {.name = "Hillstrom", .path = "hillstrom/hillstrom.csv"},
    };
    const size_t draws = count > 2 ? (size_t)atoi(argument[2]) : 20;
    if (count < 2 || draws == 0) {
        fprintf(stderr, "usage: bench_trust_watch DATA [REFERENCES]\n");
        return 2;
    }
    for (size_t s = 0; s < sizeof set / sizeof set[0]; s++) {
        struct job job;
        if (count > 3 && strcmp(argument[3], set[s].name) != 0) {
            continue;
        }
        job_begin(&job, host_real());
        read_set(&job, argument[1], &set[s]);
        measure(&job, &set[s], draws);
        job_end(&job);
    }
    return 0;
}
