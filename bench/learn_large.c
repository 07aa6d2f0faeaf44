/*
 * learn_large.c - made rows: a million beside XGBoost, and ten million that never exist as numbers.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_learn.h"

/* ---- a million rows ---- */

enum { MILLION = 1000000, MILLION_FEATURES = 16, MADE_TEST_ROWS = 200000 };

static struct rows rows_of_made(struct job *job, const struct made *made, size_t first,
                                size_t count)
{
    struct rows rows;
    double *column[MODEL_FEATURES_MAX];
    double *label = memory(job, count, sizeof *label);
    for (size_t i = 0; i < made->features; i++) {
        column[i] = memory(job, count, sizeof(double));
    }
    made_rows(made, first, count, column, label);
    must(frame_begin(job, count, made->features, &rows.frame) == CANDOR_OK);
    for (size_t i = 0; i < made->features; i++) {
        const struct str name = str_format(job->arena, "x%zu", i);
        must(frame_add_number_column(job, rows.frame, name, column[i]) == CANDOR_OK);
    }
    rows.target =
        (struct target){.task = TASK_BINARY, .name = STR("y"), .class_count = 1, .value = label};
    return rows;
}

void run_million(void)
{
    static const struct theirs hundred = {.threads = 1, .trees_max = 100, .stops_early = false};
    const struct made made = {SEED, MILLION_FEATURES};
    bool use[MILLION_FEATURES];
    struct cost few = {0, 0};
    struct cost many = {0, 0};
    struct job job;
    job_begin(&job, host_real());
    memset(use, true, sizeof use);
    (void)printf("\nmade rows, %d features, single features only, one thread, with binning\n",
                 MILLION_FEATURES);
    const struct rows test = rows_of_made(&job, &made, (size_t)4096 * 1000, MADE_TEST_ROWS);
    const struct arena_mark mark = arena_mark(job.arena);
    for (size_t turn = 0; turn < TURNS; turn++) {
        const struct rows train = rows_of_made(&job, &made, 0, MILLION / 10);
        few = cost_least(few, ours_run(&job, &train, &test, use, 0).cost);
        arena_rewind(job.arena, mark);
    }
    const struct rows train = rows_of_made(&job, &made, 0, MILLION);
    struct result ours = ours_run(&job, &train, &test, use, 0);
    many = ours.cost;
    many = cost_least(many, ours_run(&job, &train, &test, use, 0).cost);
    const struct result theirs = their_run(&job, &hundred, &train, &test, use);

    print_seconds("ours, 100,000 rows", few, (struct goal){0, 0});
    print_seconds("ours, 1,000,000 rows", many, (struct goal){4, 2.5});
    print_seconds("XGBoost, 1,000,000 rows, 100 trees", theirs.cost, (struct goal){0, 0});
    (void)printf("AUC on %d other rows: ours %.4f, XGBoost %.4f\n", MADE_TEST_ROWS,
                 ours.quality.auc, theirs.quality.auc);
    const double faster = theirs.cost.cpu_s / many.cpu_s;
    (void)printf("ours is %.1f times as fast: bar 3.0 %s\n", faster, faster >= 3 ? "ok" : "short");
    (void)printf("ten times the rows take %.1f times the CPU time\n", many.cpu_s / few.cpu_s);
    job_end(&job);
}

/* ---- ten million rows ---- */

enum { LARGE_FEATURES = 20, LARGE_THREADS = 2, CHUNK_ROWS = 48 * 4096 };

/* The values exist chunk by chunk; what stays are a byte of bin per value and the outcome. */
struct large {
    struct made made;
    size_t row_count;
    double *column[LARGE_FEATURES]; /* of one chunk */
    struct binned binned;
    uint8_t *bin[LARGE_FEATURES];
    double *label;
    struct lookup lookup[LARGE_FEATURES];
    size_t first; /* row of the chunk */
    size_t count;
};

static struct frame *chunk_frame(struct job *job, const struct large *large)
{
    struct frame *frame;
    must(frame_begin(job, large->count, LARGE_FEATURES, &frame) == CANDOR_OK);
    for (size_t i = 0; i < LARGE_FEATURES; i++) {
        const struct str name = str_format(job->arena, "x%zu", i);
        must(frame_add_number_column(job, frame, name, large->column[i]) == CANDOR_OK);
    }
    return frame;
}

static void make_chunk(struct large *large, size_t first)
{
    large->first = first;
    large->count = large->row_count - first < CHUNK_ROWS ? large->row_count - first : CHUNK_ROWS;
    made_rows(&large->made, first, large->count, large->column, large->label + first);
}

/* The bins are those that the first chunk asks for. */
static void large_features(struct job *job, struct large *large)
{
    const struct bin_options options = {.cells_wanted = FIT_CELLS_WANTED, .threads = LARGE_THREADS};
    struct binned sample;
    must(binned_of_frame(job, chunk_frame(job, large), &options, &sample) == CANDOR_OK);
    large->binned = (struct binned){
        .row_count = large->row_count,
        .feature_count = LARGE_FEATURES,
        .feature = sample.feature,
        .bin = (const uint8_t *const *)large->bin,
    };
}

static void bin_chunk_feature(void *context, size_t piece)
{
    const struct large *large = context;
    lookup_bins(&large->lookup[piece], 0, large->count, large->bin[piece] + large->first);
}

static void bin_chunk(struct job *job, struct large *large)
{
    const struct arena_mark mark = arena_mark(job->arena);
    const struct frame *frame = chunk_frame(job, large);
    for (size_t i = 0; i < LARGE_FEATURES; i++) {
        must(lookup_begin(job, &large->binned.feature[i], &frame->column[i], large->count,
                          &large->lookup[i]) == CANDOR_OK);
    }
    pool_each(LARGE_THREADS, LARGE_FEATURES, bin_chunk_feature, large);
    arena_rewind(job->arena, mark);
}

static struct cost bin_all(struct job *job, struct large *large)
{
    struct cost cost = {0, 0};
    for (size_t i = 0; i < LARGE_FEATURES; i++) {
        large->bin[i] = memory(job, large->row_count, 1);
        large->column[i] = malloc(CHUNK_ROWS * sizeof(double));
        must(large->column[i] != NULL);
    }
    large->label = memory(job, large->row_count, sizeof *large->label);
    for (size_t first = 0; first < large->row_count; first += CHUNK_ROWS) {
        make_chunk(large, first);
        const struct stopwatch watch = watch_start();
        if (first == 0) {
            large_features(job, large);
        }
        bin_chunk(job, large);
        cost = cost_sum(cost, watch_read(watch));
    }
    for (size_t i = 0; i < LARGE_FEATURES; i++) {
        free(large->column[i]);
    }
    return cost;
}

/* The most memory that the process has had, in MB; 0 when the system does not say. */
static double peak_mb(void)
{
    char line[256];
    double kb = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmHWM:", 6) == 0) {
            kb = strtod(line + 6, NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kb / 1024;
}

static struct cost large_run(size_t row_count)
{
    struct job job;
    struct model *model;
    struct large large = {.made = {SEED, LARGE_FEATURES}, .row_count = row_count};
    job_begin(&job, host_real());
    const struct cost binning = bin_all(&job, &large);
    const double before_mb = peak_mb();
    const struct target target = {
        .task = TASK_BINARY, .name = STR("y"), .class_count = 1, .value = large.label};
    const struct fit_options options = {.threads = LARGE_THREADS};
    const struct stopwatch watch = watch_start();
    must(fit_binned(&job, &large.binned, &target, &options, &model) == CANDOR_OK);
    const struct cost fitting = watch_read(watch);
    const struct cost all = cost_sum(binning, fitting);
    (void)printf("%10zu rows: binning %7.2f CPU s %7.2f wall s, fit %7.2f CPU s %7.2f wall s, "
                 "together %7.2f CPU s %7.2f wall s, %2u rounds, peak %.0f MB (before the fit "
                 "%.0f)\n",
                 row_count, binning.cpu_s, binning.wall_s, fitting.cpu_s, fitting.wall_s, all.cpu_s,
                 all.wall_s, (unsigned)model->rounds, peak_mb(), before_mb);
    (void)fflush(stdout);
    job_end(&job);
    return all;
}

void run_large(void)
{
    (void)printf("\nmade rows, %d features, single features only, %d threads; the values exist in "
                 "chunks only\n",
                 LARGE_FEATURES, LARGE_THREADS);
    const struct cost most = large_run((size_t)MILLION * 10); /* first: its peak is its own */
    const double peak = peak_mb();
    const struct cost many = large_run(MILLION);
    const struct cost few = large_run(MILLION / 10);
    (void)printf("10,000,000 rows: bar 45 s %s, aim 15 s %s; bar 1000 MB %s, aim 400 MB %s\n",
                 most.wall_s <= 45 ? "ok" : "short", most.wall_s <= 15 ? "ok" : "short",
                 peak <= 1000 ? "ok" : "short", peak <= 400 ? "ok" : "short");
    (void)printf("CPU time per row against 100,000 rows: %.2f at 1,000,000 and %.2f at 10,000,000 "
                 "rows; linear within 20 %%: %s\n",
                 many.cpu_s / few.cpu_s / 10, most.cpu_s / few.cpu_s / 100,
                 fabs(most.cpu_s / many.cpu_s / 10 - 1) <= 0.2 &&
                         most.cpu_s / few.cpu_s / 100 <= 1.2
                     ? "ok"
                     : "short");
}
