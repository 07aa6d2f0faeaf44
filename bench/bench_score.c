/*
 * bench_score.c - scoring beside XGBoost, on the same rows and features, one thread.
 *
 *     bench_score [ROWS]      needs libxgboost
 *
 * Rows are made from a seed: 16 features, half of them with few different values, and an outcome
 * that depends on ten of them and on one pair. Half of the rows train, half are scored. XGBoost runs
 * with its defaults (100 trees of depth 6), and with the settings that suit such data (300 trees of
 * depth 4, rate 0.05); Candor with its 16 single features, and with 12 pairs as well. All are trained
 * once and then score in turn in this process; a figure is the median CPU time of its turns.
 *
 *   binned    link values of rows that are binned already, column by column
 *   batch     probabilities from columns of numbers; XGBoost's matrix is made beforehand
 *   row       one row by the public door: values in, probability, link and all contributions out
 *   row +sd   and the standard deviation of the link
 *
 * XGBoost has no call that gives a row's score and contributions at once: row is the in-place
 * prediction of one row without contributions, explain is pred_contribs of many rows, per row.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include <xgboost/c_api.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "numeric.h"

enum { FEATURES = 16, TURNS = 9, SINGLE_ROWS = 1000, FEW_ROWS = 200, SEED = 20250801 };

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

/* ---- figures ---- */

enum figure { BINNED, BATCH, ROW, ROW_SD, EXPLAIN, FIGURES };

/* ns per row; NaN: does not apply. */
struct cost {
    double train_s;
    double auc;
    double turn[FIGURES][TURNS];
};

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(const struct cost *cost, enum figure figure)
{
    double sorted[TURNS];
    bytes_copy(sorted, cost->turn[figure], sizeof sorted);
    qsort(sorted, TURNS, sizeof *sorted, by_size);
    return sorted[TURNS / 2];
}

/* ---- ours ---- */

struct ours {
    struct model *model;
    struct binding *binding;
    const struct scorer *scorer;
    const uint8_t *bin[FEATURES];
    struct candor_model *open;
    double *link;
    struct cost cost;
};

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

/* The model by way of a file, as a user of the library gets it. */
static struct candor_model *open_model(struct job *job, const struct model *model)
{
    char path[] = "/tmp/bench_score_XXXXXX";
    struct digest digest;
    struct candor_model *open;
    const int file = mkstemp(path);
    must(file >= 0);
    must(close(file) == 0);
    must(file_replace(job, str_of(path), modelfile_write(job, model, NULL, &digest), 0600) ==
         CANDOR_OK);
    must(candor_model_open(job, path, &open) == CANDOR_OK);
    must(unlink(path) == 0);
    return open;
}

static void train_ours(struct job *job, const struct rows *train, const struct rows *test,
                       unsigned pairs, struct ours *ours)
{
    const struct target target = {
        .task = TASK_BINARY, .name = STR("y"), .class_count = 1, .value = train->label};
    const struct fit_options options = {.threads = 1, .pairs_max = pairs};
    const double begin = cpu_ns();
    must(fit_additive(job, frame_of(job, train), &target, &options, &ours->model) == CANDOR_OK);
    ours->cost.train_s = (cpu_ns() - begin) / 1e9;
    must(model_bind(job, ours->model, frame_of(job, test), &ours->binding) == CANDOR_OK);
    must(scorer_of(job, ours->model, &ours->scorer) == CANDOR_OK);
    ours->open = open_model(job, ours->model);
    ours->link = memory(job, test->count, sizeof *ours->link);

    uint8_t *by_row = memory(job, test->count, FEATURES);
    binding_bin(ours->binding, 1, by_row);
    for (size_t i = 0; i < FEATURES; i++) {
        uint8_t *bin = memory(job, test->count, 1);
        for (size_t row = 0; row < test->count; row++) {
            bin[row] = by_row[row * FEATURES + i];
        }
        ours->bin[i] = bin;
    }
}

static double row_ns(const struct ours *ours, const struct rows *rows, bool with_sd)
{
    const struct candor_model_facts *facts = candor_model_facts(ours->open);
    double contribution[MODEL_TERMS_MAX];
    double score;
    double link;
    double sd;
    double sum = 0;
    const struct candor_row_score answer = {&score, &link, with_sd ? &sd : NULL, contribution};
    const size_t count = rows->count < 20000 ? rows->count : 20000;
    const double begin = cpu_ns();
    for (size_t row = 0; row < count; row++) {
        struct candor_value value[FEATURES];
        for (size_t i = 0; i < FEATURES; i++) {
            value[i] = (struct candor_value){.number = rows->column[i][row]};
        }
        candor_model_score_row(ours->open, value, &answer);
        sum += score + contribution[facts->term_count - 1];
    }
    const double taken = cpu_ns() - begin;
    must(isfinite(sum));
    return taken / (double)count;
}

static void our_turn(const struct rows *test, size_t turn, struct ours *ours)
{
    double begin = cpu_ns();
    scorer_links(ours->scorer, 0, ours->bin, test->count, ours->link);
    ours->cost.turn[BINNED][turn] = (cpu_ns() - begin) / (double)test->count;

    begin = cpu_ns();
    binding_score(ours->binding, 1, NULL, test->score);
    ours->cost.turn[BATCH][turn] = (cpu_ns() - begin) / (double)test->count;
    for (size_t row = 0; row < test->count; row++) {
        must(model_mean(ours->model, ours->link[row]) == test->score[row]);
    }

    ours->cost.turn[ROW][turn] = row_ns(ours, test, false);
    ours->cost.turn[ROW_SD][turn] = row_ns(ours, test, true);
    ours->cost.turn[EXPLAIN][turn] = (double)NAN;
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

struct theirs {
    BoosterHandle booster;
    struct cost cost;
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
    must(rows->count > 0);
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

static void begin_theirs(const struct rows *train, bool with_defaults, struct theirs *theirs)
{
    static const struct setting suited[] = {
        {"eta", "0.05"}, {"max_depth", "4"}, {"subsample", "0.8"}, {"colsample_bytree", "0.8"}};
    DMatrixHandle matrix = matrix_of(train, train->count);
    const double begin = cpu_ns();
    theirs->booster =
        train_theirs(matrix, suited, with_defaults ? 0 : sizeof suited / sizeof suited[0],
                     with_defaults ? 100 : 300);
    theirs->cost.train_s = (cpu_ns() - begin) / 1e9;
    works(XGDMatrixFree(matrix));
}

static void their_turn(const struct rows *test, size_t turn, struct theirs *theirs)
{
    const float *result;
    /* A new matrix each time: XGBoost remembers the predictions of one it has seen. */
    DMatrixHandle matrix = matrix_of(test, test->count);
    theirs->cost.turn[BATCH][turn] =
        predict_theirs(theirs->booster, matrix, 0, &result) / (double)test->count;
    for (size_t row = 0; row < test->count; row++) {
        test->score[row] = (double)result[row];
    }
    theirs->cost.turn[ROW][turn] = predict_single_theirs(theirs->booster, test);

    const size_t count = test->count < FEW_ROWS ? test->count : FEW_ROWS;
    DMatrixHandle few = matrix_of(test, count);
    theirs->cost.turn[EXPLAIN][turn] =
        predict_theirs(theirs->booster, few, 4, &result) / (double)count;
    theirs->cost.turn[BINNED][turn] = (double)NAN;
    theirs->cost.turn[ROW_SD][turn] = (double)NAN;
    works(XGDMatrixFree(few));
    works(XGDMatrixFree(matrix));
}

/* ---- */

static void print_cost(const char *name, const struct cost *cost)
{
    (void)printf("%-16s %7.4f %8.3f", name, cost->auc, cost->train_s);
    for (enum figure figure = BINNED; figure < FIGURES; figure++) {
        const double ns = median(cost, figure);
        if (isnan(ns)) {
            (void)printf(" %10s", "");
        } else {
            (void)printf(" %10.1f", ns);
        }
    }
    (void)printf("\n");
}

static void print_ratios(const char *name, const struct cost *ours, const struct cost *theirs)
{
    (void)printf("%-32s batch %8.1fx   row %8.1fx   explained %8.1fx\n", name,
                 median(theirs, BATCH) / median(ours, BATCH),
                 median(theirs, ROW) / median(ours, ROW),
                 median(theirs, EXPLAIN) / median(ours, ROW));
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
    static struct ours single;
    static struct ours paired;
    static struct theirs defaults;
    static struct theirs suited;
    train_ours(&job, &train, &test, 0, &single);
    train_ours(&job, &train, &test, PAIRS_AUTO, &paired);
    begin_theirs(&train, true, &defaults);
    begin_theirs(&train, false, &suited);
    for (size_t turn = 0; turn < TURNS; turn++) {
        our_turn(&test, turn, &single);
        single.cost.auc = auc_of_rows(&job, &test);
        our_turn(&test, turn, &paired);
        paired.cost.auc = auc_of_rows(&job, &test);
        their_turn(&test, turn, &defaults);
        defaults.cost.auc = auc_of_rows(&job, &test);
        their_turn(&test, turn, &suited);
        suited.cost.auc = auc_of_rows(&job, &test);
    }

    (void)printf("seed %d, %zu rows to train, %zu to score, %d features, one thread; ns per row\n",
                 SEED, train.count, test.count, FEATURES);
    (void)printf("%-16s %7s %8s %10s %10s %10s %10s %10s\n", "", "auc", "train s", "binned",
                 "batch", "row", "row +sd", "explain");
    print_cost("candor 16 terms", &single.cost);
    print_cost("candor + pairs", &paired.cost);
    print_cost("xgboost", &defaults.cost);
    print_cost("xgboost suited", &suited.cost);
    print_ratios("candor 16 terms : xgboost", &single.cost, &defaults.cost);
    print_ratios("candor + pairs : xgboost", &paired.cost, &defaults.cost);
    print_ratios("candor + pairs : xgboost suited", &paired.cost, &suited.cost);

    works(XGBoosterFree(defaults.booster));
    works(XGBoosterFree(suited.booster));
    candor_model_close(single.open);
    candor_model_close(paired.open);
    job_end(&job);
    return 0;
}
