/*
 * learn_theirs.c - XGBoost on the same rows.
 *
 * A number is a column, missing is NaN; a category is a column per level, and one for missing where
 * there are such rows. For early stopping 15 % of the rows to train, drawn from the seed and alike in
 * a binary target, are set aside; the trees up to the best one predict.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xgboost/c_api.h>

#include "bench_learn.h"

enum { PATIENCE = 30 };
static const double share_aside = 0.15;

static void works(int status)
{
    if (status != 0) {
        (void)fprintf(stderr, "xgboost: %s\n", XGBGetLastError());
        exit(4); /* NOLINT(concurrency-mt-unsafe): one thread */
    }
}

/* ---- one-hot ---- */

static size_t column_width(const struct column *column)
{
    return column->kind == COLUMN_NUMBER ? 1 : column->level_count + 1;
}

static size_t width_of(const struct frame *frame, const bool *use)
{
    size_t width = 0;
    for (size_t i = 0; i < frame->column_count; i++) {
        width += use[i] ? column_width(&frame->column[i]) : 0;
    }
    return width;
}

static void put_row(const struct frame *frame, const bool *use, size_t row, float *into)
{
    for (size_t i = 0; i < frame->column_count; i++) {
        const struct column *column = &frame->column[i];
        if (!use[i]) {
            continue;
        }
        if (column->kind == COLUMN_NUMBER) {
            *into = (float)column->number[row];
        } else {
            const uint32_t code = column->code[row];
            into[code == CODE_MISSING ? column->level_count : code] = 1;
        }
        into += column_width(column);
    }
}

/* Rows as XGBoost takes them: place[row] is where a row goes. */
struct dense {
    size_t width;
    float *cell;
    float *label;
};

static struct dense dense_of(struct job *job, const struct rows *rows, const bool *use,
                             const uint32_t *place)
{
    const size_t count = rows->frame->row_count;
    struct dense dense = {.width = width_of(rows->frame, use)};
    dense.cell = memory(job, count * dense.width, sizeof *dense.cell);
    dense.label = memory(job, count, sizeof *dense.label);
    for (size_t row = 0; row < count; row++) {
        const size_t at = place == NULL ? row : place[row];
        put_row(rows->frame, use, row, dense.cell + at * dense.width);
        dense.label[at] = (float)rows->target.value[row];
    }
    return dense;
}

static DMatrixHandle matrix_of(const struct theirs *theirs, const struct dense *dense, size_t first,
                               size_t count)
{
    DMatrixHandle matrix;
    works(XGDMatrixCreateFromMat_omp(dense->cell + first * dense->width, count, dense->width, NAN,
                                     &matrix, (int)theirs->threads));
    works(XGDMatrixSetFloatInfo(matrix, "label", dense->label + first, count));
    return matrix;
}

/* ---- who is set aside ---- */

/* The rows to learn from come first, those set aside after them. Returns how many come first. */
static size_t set_aside(const struct rows *rows, double share, uint32_t *place)
{
    const size_t count = rows->frame->row_count;
    struct rng rng = rng_of(SEED);
    size_t first = 0;
    size_t last = count;
    size_t seen[2] = {0, 0};
    size_t aside[2] = {0, 0};
    for (size_t row = 0; row < count; row++) {
        const size_t kind =
            rows->target.task == TASK_BINARY && rows->target.value[row] != 0 ? 1 : 0;
        seen[kind]++;
        /* Of the rows seen so far the wanted share is aside; the draw decides which. */
        const double due = share * (double)seen[kind] - (double)aside[kind];
        const bool is_aside = rng_f64(&rng) < due;
        aside[kind] += is_aside;
        if (is_aside) {
            last--;
            place[row] = (uint32_t)last;
        } else {
            place[row] = (uint32_t)first;
            first++;
        }
    }
    return first;
}

/* ---- trees ---- */

static void set(BoosterHandle booster, const char *name, const char *value)
{
    works(XGBoosterSetParam(booster, name, value));
}

static void set_number(BoosterHandle booster, const char *name, size_t value)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%zu", value);
    set(booster, name, text);
}

static const char *objective_of(enum task task)
{
    switch (task) {
    case TASK_BINARY:
        return "binary:logistic";
    case TASK_REGRESSION:
        return "reg:squarederror";
    case TASK_COUNT:
        return "count:poisson";
    case TASK_AMOUNT:
        return "reg:gamma";
    case TASK_CLASSES:
        return "multi:softprob";
    }
    return "";
}

static BoosterHandle booster_of(const struct theirs *theirs, const struct target *target,
                                DMatrixHandle *matrix, size_t matrix_count)
{
    BoosterHandle booster;
    works(XGBoosterCreate(matrix, matrix_count, &booster));
    set(booster, "objective", objective_of(target->task));
    set(booster, "tree_method", "hist");
    set(booster, "verbosity", "0");
    set_number(booster, "nthread", theirs->threads);
    set_number(booster, "seed", SEED);
    if (target->task == TASK_CLASSES) {
        set_number(booster, "num_class", target->class_count);
    }
    return booster;
}

/* The objective's own measure on the rows set aside; less is better. */
static double loss_aside(BoosterHandle booster, int tree, DMatrixHandle aside)
{
    const char *name = "aside";
    const char *said;
    works(XGBoosterEvalOneIter(booster, tree, &aside, &name, 1, &said));
    const char *colon = strrchr(said, ':');
    must(colon != NULL);
    return strtod(colon + 1, NULL);
}

/* Returns how many trees predict. */
static int grow(BoosterHandle booster, const struct theirs *theirs, DMatrixHandle learn,
                DMatrixHandle aside)
{
    double best = (double)INFINITY;
    int best_tree = 0;
    for (int tree = 0; tree < theirs->trees_max; tree++) {
        works(XGBoosterUpdateOneIter(booster, tree, learn));
        if (!theirs->stops_early) {
            best_tree = tree;
            continue;
        }
        const double loss = loss_aside(booster, tree, aside);
        if (loss < best) {
            best = loss;
            best_tree = tree;
        } else if (tree - best_tree >= PATIENCE) {
            break;
        }
    }
    return best_tree + 1;
}

static void predict(struct job *job, const struct theirs *theirs, BoosterHandle booster,
                    const struct dense *test, size_t row_count, struct their_answer *answer)
{
    const float *result;
    bst_ulong len;
    DMatrixHandle matrix = matrix_of(theirs, test, 0, row_count);
    works(XGBoosterPredict(booster, matrix, 0, (unsigned)answer->trees, 0, &len, &result));
    answer->mean = memory(job, len, sizeof *answer->mean);
    for (size_t i = 0; i < len; i++) {
        answer->mean[i] = (double)result[i];
    }
    works(XGDMatrixFree(matrix));
}

void theirs_run(struct job *job, const struct theirs *theirs, const struct rows *train,
                const struct rows *test, const bool *use, struct their_answer *answer)
{
    const size_t count = train->frame->row_count;
    uint32_t *place = memory(job, count, sizeof *place);
    const size_t learnt = set_aside(train, theirs->stops_early ? share_aside : 0, place);
    const struct dense train_dense = dense_of(job, train, use, place);
    const struct dense test_dense = dense_of(job, test, use, NULL);

    const struct stopwatch watch = watch_start();
    DMatrixHandle matrix[2] = {matrix_of(theirs, &train_dense, 0, learnt), NULL};
    if (theirs->stops_early) {
        matrix[1] = matrix_of(theirs, &train_dense, learnt, count - learnt);
    }
    BoosterHandle booster = booster_of(theirs, &train->target, matrix, theirs->stops_early ? 2 : 1);
    answer->trees = grow(booster, theirs, matrix[0], matrix[1]);
    answer->cost = watch_read(watch);

    predict(job, theirs, booster, &test_dense, test->frame->row_count, answer);
    works(XGBoosterFree(booster));
    works(XGDMatrixFree(matrix[0]));
    if (theirs->stops_early) {
        works(XGDMatrixFree(matrix[1]));
    }
}
