/*
 * gap.c - which column makes how much of the gap between two groups.
 *
 * The link value of a row is base + f1 + f2 + ..., so that the difference of its means between two sides
 * is the sum of the differences of the means of f1, f2, ...; and the mean of a table over a side is the sum
 * of its values by the share of the side that each cell has. The decision is not additive: what it would
 * be without a column is counted, row by row, for all columns in one walk.
 */
#include <math.h>
#include <string.h>

#include "model.h"
#include "repair.h"

/* A sum with its lost digits. Neumaier 1974. */
struct exact_sum {
    double sum;
    double lost;
};

static void add(struct exact_sum *to, double value)
{
    const double sum = to->sum + value;
    to->lost += fabs(to->sum) >= fabs(value) ? to->sum - sum + value : value - sum + to->sum;
    to->sum = sum;
}

static double sum_of(const struct exact_sum *sum)
{
    return sum->sum + sum->lost;
}

struct work {
    const struct model *model;
    const uint8_t *bin;
    size_t row_count;
    const uint32_t *side;
    double from;
    uint64_t *count[2];    /* rows of each side in each cell of all terms */
    double *mean;          /* contribution of each column and its pairs over both sides */
    uint64_t *selected[2]; /* without each column */
};

/* ---- the gap of the means ------------------------------------------------------------------ */

static void count_cells(const struct work *work, struct gap *gap)
{
    const struct model *model = work->model;
    struct exact_sum link[2] = {{0, 0}, {0, 0}};
    for (size_t row = 0; row < work->row_count; row++) {
        const uint8_t *bin = work->bin + row * model->feature_count;
        const uint32_t side = work->side[row];
        if (side > 1) {
            continue;
        }
        for (size_t t = 0; t < model->term_count; t++) {
            work->count[side][model->start[t] + term_cell(&model->term[t], bin)]++;
        }
        const double value = model_score_bins(model, 0, bin);
        add(&link[side], value);
        gap->selection[side] += value >= work->from;
        gap->rows[side]++;
    }
    for (size_t side = 0; side < 2; side++) {
        gap->mean_link[side] = sum_of(&link[side]) / (double)gap->rows[side];
        gap->selection[side] /= (double)gap->rows[side];
    }
    gap->gap = gap->mean_link[0] - gap->mean_link[1];
    gap->decision_gap = gap->selection[0] - gap->selection[1];
}

static enum candor_status take_terms(struct job *job, const struct work *work, struct gap *gap)
{
    const struct model *model = work->model;
    struct gap_term *term = NEW_ARRAY(job->arena, model->term_count + 1, struct gap_term);
    struct gap_cell *cell = NULL;
    struct exact_sum all = {0, 0};
    TRY_ALLOC(job, cell, model->cell_count + 1, struct gap_cell);
    for (size_t t = 0; t < model->term_count; t++) {
        struct exact_sum sum = {0, 0};
        term[t].cell = cell + model->start[t];
        for (size_t c = 0; c < model->term[t].cell_count; c++) {
            struct gap_cell *it = &cell[model->start[t] + c];
            for (size_t side = 0; side < 2; side++) {
                it->share[side] =
                    (double)work->count[side][model->start[t] + c] / (double)gap->rows[side];
            }
            it->adds = (it->share[0] - it->share[1]) * model->term[t].value[c];
            add(&sum, it->adds);
        }
        term[t].adds = sum_of(&sum);
        add(&all, term[t].adds);
    }
    gap->term = term;
    gap->sum = sum_of(&all);
    return CANDOR_OK;
}

/* ---- columns ------------------------------------------------------------------------------- */

static void take_means(const struct work *work, const struct gap *gap, struct gap_column *column)
{
    const struct model *model = work->model;
    const double rows = (double)(gap->rows[0] + gap->rows[1]);
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        double mean = 0;
        for (size_t c = 0; c < term->cell_count; c++) {
            const size_t at = model->start[t] + c;
            mean += (double)(work->count[0][at] + work->count[1][at]) / rows * term->value[c];
        }
        for (size_t f = 0; f < term->feature_count; f++) {
            work->mean[term->feature[f]] += mean;
            column[term->feature[f]].adds += gap->term[t].adds / (double)term->feature_count;
        }
    }
}

static void count_decisions(const struct work *work, double *contribution, double *without)
{
    const struct model *model = work->model;
    for (size_t row = 0; row < work->row_count; row++) {
        if (work->side[row] > 1) {
            continue;
        }
        const double link =
            model_contributions(model, 0, work->bin + row * model->feature_count, contribution);
        for (size_t f = 0; f < model->feature_count; f++) {
            without[f] = work->mean[f];
        }
        for (size_t t = 0; t < model->term_count; t++) {
            for (size_t f = 0; f < model->term[t].feature_count; f++) {
                without[model->term[t].feature[f]] -= contribution[t];
            }
        }
        for (size_t f = 0; f < model->feature_count; f++) {
            work->selected[work->side[row]][f] += link + without[f] >= work->from;
        }
    }
}

static void take_columns(struct job *job, const struct work *work, struct gap *gap)
{
    const struct model *model = work->model;
    const size_t features = model->feature_count;
    struct gap_column *column = NEW_ARRAY(job->arena, features + 1, struct gap_column);
    take_means(work, gap, column);
    count_decisions(work, NEW_ARRAY(job->arena, model->term_count + 1, double),
                    NEW_ARRAY(job->arena, features + 1, double));
    for (size_t f = 0; f < features; f++) {
        for (size_t side = 0; side < 2; side++) {
            column[f].selection[side] = (double)work->selected[side][f] / (double)gap->rows[side];
        }
        column[f].decision_gap = column[f].selection[0] - column[f].selection[1];
    }
    gap->column = column;
}

enum candor_status gap_explain(struct job *job, const struct model *model, const uint8_t *bin,
                               size_t row_count, const uint32_t *side, double from, struct gap *gap)
{
    struct work work = {.model = model,
                        .bin = bin,
                        .row_count = row_count,
                        .side = side,
                        .from = from,
                        .mean = NEW_ARRAY(job->arena, model->feature_count + 1, double)};
    *gap = (struct gap){0};
    if (model->task == TASK_CLASSES) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a model of classes has a gap for each of them; explain one that says yes or "
                    "no, or a number");
    }
    for (size_t s = 0; s < 2; s++) {
        TRY_ALLOC(job, work.count[s], model->cell_count + 1, uint64_t);
        work.selected[s] = NEW_ARRAY(job->arena, model->feature_count + 1, uint64_t);
    }
    count_cells(&work, gap);
    if (gap->rows[0] == 0 || gap->rows[1] == 0) {
        return fail(job, CANDOR_BAD_INPUT, "a gap is between two groups that both have rows");
    }
    TRY(take_terms(job, &work, gap));
    take_columns(job, &work, gap);
    return CANDOR_OK;
}
