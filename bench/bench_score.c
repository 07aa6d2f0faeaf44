/*
 * bench_score.c - training and scoring beside XGBoost, on the same rows and features, one thread.
 *
 *     bench_score [ROWS]      needs libxgboost
 *
 * Rows are made from a seed: 16 features, half of them with few different values, and an outcome
 * that depends on ten of them and on one pair. Half of the rows train, half are scored. Both learners
 * run in turn in this process, five times each; the least CPU time counts. XGBoost runs with its
 * defaults (100 trees of depth 6), and with the settings that suit such data (300 trees of depth 4,
 * rate 0.05). Our model has single features and 12 pairs.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <xgboost/c_api.h>

#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"

enum { FEATURES = 16, TURNS = 5, SINGLE_ROWS = 2000, SEED = 20250801 };

struct rows {
    size_t count;
    double *column[FEATURES]; /* ours */
    float *row;               /* theirs: row by row */
    double *label;
    float *label_float;
    double *score;
};

static double cpu_ns(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* ---- rows ---- */

static double link_of(const double *x)
{
    double link = -1.5;
    for (size_t i = 0; i < 5; i++) {
        link += 0.6 * sin(x[i] * (double)(i + 1)) + 0.4 * (x[i + 8] > 3 ? 1.0 : -0.5);
    }
    return link + ((x[0] > 0) == (x[8] > 2) ? 0.5 : -0.5);
}

static void *memory(struct job *job, size_t count, size_t size)
{
    void *made = arena_try(job->arena, count, size);
    must(made != NULL);
    return made;
}

static struct rows rows_make(struct job *job, size_t count, struct rng *rng)
{
    struct rows rows = {.count = count};
    rows.row = memory(job, count * FEATURES, sizeof *rows.row);
    rows.label = memory(job, count, sizeof *rows.label);
    rows.label_float = memory(job, count, sizeof *rows.label_float);
    rows.score = memory(job, count, sizeof *rows.score);
    for (size_t i = 0; i < FEATURES; i++) {
        rows.column[i] = memory(job, count, sizeof(double));
    }
    for (size_t row = 0; row < count; row++) {
        double x[FEATURES];
        for (size_t i = 0; i < FEATURES; i++) {
            /* What a float can hold, so that both see the same numbers. */
            x[i] = i < 8 ? (double)(float)rng_normal(rng) : (double)rng_below(rng, 3 + i);
            rows.column[i][row] = x[i];
            rows.row[row * FEATURES + i] = (float)x[i];
        }
        rows.label[row] = rng_f64(rng) < 1 / (1 + exp(-link_of(x)));
        rows.label_float[row] = (float)rows.label[row];
    }
    return rows;
}

static double auc_of_rows(struct job *job, const struct rows *rows)
{
    double auc;
    const struct predictions of = {
        .label = rows->label, .score = rows->score, .count = rows->count};
    must(auc_of(job, &of, &auc) == CANDOR_OK);
    return auc;
}

/* What a learner costs; every figure is the least of its turns. */
struct cost {
    double train_s;
    double batch_ns;
    double binned_ns; /* 0: does not apply */
    double single_ns;
    double explain_ns;
    double auc;
};

static double least(double old, double new)
{
    return old == 0 ? new : fmin(old, new);
}

/* ---- ours ---- */

static struct frame *frame_of(struct job *job, const struct rows *rows)
{
    struct frame *frame;
    must(frame_begin(job, rows->count, FEATURES, &frame) == CANDOR_OK);
    for (size_t i = 0; i < FEATURES; i++) {
        must(frame_add_number_column(job, frame, str_format(job->arena, "x%zu", i),
                                     rows->column[i]) == CANDOR_OK);
    }
    return frame;
}

static double single_rows_ns(const struct model *model, const struct rows *rows, double *sum)
{
    const double begin = cpu_ns();
    for (size_t row = 0; row < SINGLE_ROWS; row++) {
        struct raw_value value[FEATURES];
        for (size_t i = 0; i < FEATURES; i++) {
            value[i] = (struct raw_value){.number = rows->column[i][row % rows->count]};
        }
        *sum += model_score_row(model, value).mean;
    }
    return (cpu_ns() - begin) / SINGLE_ROWS;
}

static void our_turn(struct job *job, const struct rows *train, const struct rows *test,
                     struct cost *cost)
{
    const struct target target = {.task = TASK_BINARY, .name = STR("y"), .value = train->label};
    const struct fit_options options = {.threads = 1, .pairs_max = PAIRS_AUTO};
    struct model *model;
    struct binding *binding;
    double begin = cpu_ns();
    must(fit_additive(job, frame_of(job, train), &target, &options, &model) == CANDOR_OK);
    cost->train_s = least(cost->train_s, (cpu_ns() - begin) / 1e9);

    must(model_bind(job, model, frame_of(job, test), &binding) == CANDOR_OK);
    begin = cpu_ns();
    binding_score(binding, 1, NULL, test->score);
    cost->batch_ns = least(cost->batch_ns, (cpu_ns() - begin) / (double)test->count);
    cost->auc = auc_of_rows(job, test);

    double sum = 0;
    uint8_t *bin = memory(job, test->count, FEATURES);
    binding_bin(binding, 1, bin);
    begin = cpu_ns();
    for (size_t row = 0; row < test->count; row++) {
        sum += model_score_bins(model, 0, bin + row * FEATURES);
    }
    cost->binned_ns = least(cost->binned_ns, (cpu_ns() - begin) / (double)test->count);

    double *contribution = memory(job, model->term_count, sizeof *contribution);
    begin = cpu_ns();
    for (size_t row = 0; row < test->count; row++) {
        uint8_t explained[FEATURES];
        binding_bin_row(binding, row, explained);
        sum += model_contributions(model, 0, explained, contribution);
    }
    cost->explain_ns = least(cost->explain_ns, (cpu_ns() - begin) / (double)test->count);
    cost->single_ns = least(cost->single_ns, single_rows_ns(model, test, &sum));
    must(isfinite(sum));
}

/* ---- theirs ---- */

static void works(int status)
{
    if (status != 0) {
        (void)fprintf(stderr, "xgboost: %s\n", XGBGetLastError());
        exit(4);
    }
}

struct setting {
    const char *name;
    const char *value;
};

static BoosterHandle train_theirs(DMatrixHandle matrix, const struct setting *setting,
                                  size_t setting_count, int trees)
{
    BoosterHandle booster;
    works(XGBoosterCreate(&matrix, 1, &booster));
    works(XGBoosterSetParam(booster, "objective", "binary:logistic"));
    works(XGBoosterSetParam(booster, "tree_method", "hist"));
    works(XGBoosterSetParam(booster, "nthread", "1"));
    works(XGBoosterSetParam(booster, "verbosity", "0"));
    for (size_t i = 0; i < setting_count; i++) {
        works(XGBoosterSetParam(booster, setting[i].name, setting[i].value));
    }
    for (int tree = 0; tree < trees; tree++) {
        works(XGBoosterUpdateOneIter(booster, tree, matrix));
    }
    return booster;
}

static DMatrixHandle matrix_of(const struct rows *rows, size_t count)
{
    DMatrixHandle matrix;
    works(XGDMatrixCreateFromMat(rows->row, count, FEATURES, NAN, &matrix));
    works(XGDMatrixSetFloatInfo(matrix, "label", rows->label_float, count));
    return matrix;
}

static double predict_theirs(BoosterHandle booster, DMatrixHandle matrix, int kind,
                             const float **result)
{
    bst_ulong len;
    const double begin = cpu_ns();
    works(XGBoosterPredict(booster, matrix, kind, 0, 0, &len, result));
    return cpu_ns() - begin;
}

/* One row per call, as a server would: the row is handed over as it lies in memory. */
static double predict_single_theirs(BoosterHandle booster, const struct rows *rows)
{
    static const char config[] =
        "{\"type\":0,\"training\":false,\"iteration_begin\":0,"
        "\"iteration_end\":0,\"strict_shape\":false,\"cache_id\":0,\"missing\":NaN}";
    const double begin = cpu_ns();
    for (size_t row = 0; row < SINGLE_ROWS; row++) {
        const bst_ulong *shape;
        bst_ulong dimensions;
        const float *result;
        char array[160];
        const float *first = rows->row + (row % rows->count) * FEATURES;
        (void)snprintf(array, sizeof array,
                       "{\"data\":[%zu,true],\"shape\":[1,%d],\"typestr\":\"<f4\",\"version\":3}",
                       (size_t)(uintptr_t)first, FEATURES);
        works(
            XGBoosterPredictFromDense(booster, array, config, NULL, &shape, &dimensions, &result));
    }
    return (cpu_ns() - begin) / SINGLE_ROWS;
}

static void their_turn(struct job *job, const struct rows *train, const struct rows *test,
                       bool with_defaults, struct cost *cost)
{
    static const struct setting suited[] = {
        {"eta", "0.05"}, {"max_depth", "4"}, {"subsample", "0.8"}, {"colsample_bytree", "0.8"}};
    const float *result;
    DMatrixHandle train_matrix = matrix_of(train, train->count);
    double begin = cpu_ns();
    BoosterHandle booster =
        train_theirs(train_matrix, suited, with_defaults ? 0 : sizeof suited / sizeof suited[0],
                     with_defaults ? 100 : 300);
    cost->train_s = least(cost->train_s, (cpu_ns() - begin) / 1e9);

    /* A new matrix each time: XGBoost remembers the predictions of one it has seen. */
    DMatrixHandle test_matrix = matrix_of(test, test->count);
    const double batch = predict_theirs(booster, test_matrix, 0, &result);
    cost->batch_ns = least(cost->batch_ns, batch / (double)test->count);
    for (size_t row = 0; row < test->count; row++) {
        test->score[row] = (double)result[row];
    }
    cost->auc = auc_of_rows(job, test);
    cost->single_ns = least(cost->single_ns, predict_single_theirs(booster, test));

    DMatrixHandle few = matrix_of(test, test->count < 500 ? test->count : 500);
    begin = predict_theirs(booster, few, 4, &result);
    cost->explain_ns =
        least(cost->explain_ns, begin / (double)(test->count < 500 ? test->count : 500));
    works(XGDMatrixFree(few));
    works(XGDMatrixFree(test_matrix));
    works(XGDMatrixFree(train_matrix));
    works(XGBoosterFree(booster));
}

/* ---- */

static void print_cost(const char *name, const struct cost *cost, const struct cost *ours)
{
    (void)printf("%-16s %7.4f %9.3f %10.1f %10.1f %10.0f %12.0f %9.1fx\n", name, cost->auc,
                 cost->train_s, cost->binned_ns, cost->batch_ns, cost->single_ns, cost->explain_ns,
                 cost->batch_ns / ours->batch_ns);
}

int main(int argc, char **argv)
{
    uint64_t count = 80000;
    if (argc > 1 && (!str_to_uint64(str_of(argv[1]), &count) || count < 1000)) {
        (void)fprintf(stderr, "bench_score [ROWS], at least 1000\n");
        return 2;
    }

    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(SEED);
    const struct rows train = rows_make(&job, count / 2, &rng);
    const struct rows test = rows_make(&job, count / 2, &rng);
    struct cost ours = {0};
    struct cost defaults = {0};
    struct cost suited = {0};
    for (size_t turn = 0; turn < TURNS; turn++) {
        const struct arena_mark mark = arena_mark(job.arena);
        our_turn(&job, &train, &test, &ours);
        their_turn(&job, &train, &test, true, &defaults);
        their_turn(&job, &train, &test, false, &suited);
        arena_rewind(job.arena, mark);
    }

    (void)printf("seed %d, %zu rows to train, %zu to score, %d features, one thread\n", SEED,
                 train.count, test.count, FEATURES);
    (void)printf("%-16s %7s %9s %10s %10s %10s %12s %10s\n", "", "auc", "train s", "binned ns",
                 "batch ns", "single ns", "explain ns", "batch");
    print_cost("candor", &ours, &ours);
    print_cost("xgboost", &defaults, &ours);
    print_cost("xgboost suited", &suited, &ours);
    job_end(&job);
    return 0;
}
