/*
 * parity_score.c - how good a score is within each group, from cells or exactly from sorted rows.
 */
#include <math.h>
#include <string.h>

#include "parity.h"

#define NOT_KNOWN ((double)NAN)

enum { ECE_BINS = 10, NEWTON_STEPS = 100 };

const char *parity_score_name(enum parity_score_measure measure)
{
    static const char *const name[PARITY_SCORES] = {"mean_score",
                                                    "brier",
                                                    "calibration_in_the_large",
                                                    "ece10_equal_width",
                                                    "ece10_equal_mass",
                                                    "auc",
                                                    "average_precision",
                                                    "log_loss",
                                                    "calibration_intercept",
                                                    "calibration_slope"};
    must(measure < PARITY_SCORES);
    return name[measure];
}

const char *parity_score_formula(enum parity_score_measure measure)
{
    static const char *const formula[PARITY_SCORES] = {
        "mean(score)",
        "mean((score - label)^2)",
        "mean(label) - mean(score)",
        "sum over ten bins of equal width |sum label - sum score| / n",
        "sum over ten bins of equal count |sum label - sum score| / n",
        "P(score of a label 1 > score of a label 0), ties half",
        "sum over thresholds precision * gain in recall",
        "mean(-log of the chance given to what happened), clipped to 1e-15",
        "a of logit P(label 1) = a + b logit(score within 1e-12), maximum likelihood",
        "b of logit P(label 1) = a + b logit(score within 1e-12), maximum likelihood"};
    must(measure < PARITY_SCORES);
    return formula[measure];
}

static struct parity_score nothing_known(void)
{
    struct parity_score score = {.auc_error = NOT_KNOWN, .auc = {NOT_KNOWN, NOT_KNOWN}};
    for (size_t m = 0; m < PARITY_SCORES; m++) {
        score.value[m] = NOT_KNOWN;
    }
    return score;
}

/* Hanley and McNeil's standard error from the area and the two sizes. */
static struct interval auc_interval(double auc, double ones, double zeros)
{
    if (!(ones > 0 && zeros > 0)) {
        return (struct interval){NOT_KNOWN, NOT_KNOWN};
    }
    const double q1 = auc / (2 - auc);
    const double q2 = 2 * auc * auc / (1 + auc);
    const double variance =
        (auc * (1 - auc) + (ones - 1) * (q1 - auc * auc) + (zeros - 1) * (q2 - auc * auc)) /
        (ones * zeros);
    const double spread = 1.959963984540054 * sqrt(fmax(variance, 0));
    return (struct interval){fmax(auc - spread, 0), fmin(auc + spread, 1)};
}

/* ---- calibration's line -------------------------------------------------------------------- */

/* Points of a logistic regression on one number. */
struct points {
    const double *x; /* logit of the score */
    const double *ones;
    const double *zeros;
    size_t count;
};

struct newton {
    double gradient[2];
    double information[3]; /* aa, ab, bb */
};

static struct newton newton_sums(const struct points *points, double a, double b)
{
    struct newton sums = {{0}, {0}};
    for (size_t i = 0; i < points->count; i++) {
        const double n = points->ones[i] + points->zeros[i];
        if (n == 0) {
            continue;
        }
        const double chance = logistic_of(a + b * points->x[i]);
        const double error = points->ones[i] - n * chance;
        const double spread = n * chance * (1 - chance);
        sums.gradient[0] += error;
        sums.gradient[1] += error * points->x[i];
        sums.information[0] += spread;
        sums.information[1] += spread * points->x[i];
        sums.information[2] += spread * points->x[i] * points->x[i];
    }
    return sums;
}

/* Newton's method. Where the scores part the labels there is no best line, and none is given. */
static void fit_line(const struct points *points, struct parity_score *score)
{
    double a = 0;
    double b = 1;
    for (size_t step = 0; step < NEWTON_STEPS; step++) {
        const struct newton sums = newton_sums(points, a, b);
        const double *in = sums.information;
        const double determinant = in[0] * in[2] - in[1] * in[1];
        if (!(determinant > 1e-12 * in[0] * in[2]) || !(fabs(a) < 1e4 && fabs(b) < 1e4)) {
            return;
        }
        const double by_a = (in[2] * sums.gradient[0] - in[1] * sums.gradient[1]) / determinant;
        const double by_b = (in[0] * sums.gradient[1] - in[1] * sums.gradient[0]) / determinant;
        a += by_a;
        b += by_b;
        if (fabs(by_a) + fabs(by_b) < 1e-13 * (1 + fabs(a) + fabs(b))) {
            score->value[SCORE_INTERCEPT] = a;
            score->value[SCORE_SLOPE] = b;
            return;
        }
    }
}

static double logit_of(double score)
{
    const double within = fmin(fmax(score, 1e-12), 1 - 1e-12);
    return log_of(within / (1 - within));
}

/* ---- from cells ---------------------------------------------------------------------------- */

static double ece_of_cells(const struct parity_cell *cell, size_t bin_count, double weight)
{
    double sum = 0;
    for (size_t e = 0; e < ECE_BINS; e++) {
        double gap = 0;
        for (size_t b = e * bin_count / ECE_BINS; b < (e + 1) * bin_count / ECE_BINS; b++) {
            gap += cell[b].mass[1] - cell[b].score;
        }
        sum += fabs(gap);
    }
    return sum / weight;
}

static void auc_of_cells(const struct parity_cell *cell, size_t bin_count, struct parity_score *out)
{
    double zeros = 0;
    double ones = 0;
    double wins = 0;
    double tied = 0;
    for (size_t b = 0; b < bin_count; b++) {
        const double pairs = cell[b].mass[0] * cell[b].mass[1];
        wins += cell[b].mass[1] * zeros + pairs / 2;
        tied += pairs / 2;
        zeros += cell[b].mass[0];
        ones += cell[b].mass[1];
    }
    if (zeros > 0 && ones > 0) {
        out->value[SCORE_AUC] = wins / (zeros * ones);
        out->auc_error = tied / (zeros * ones);
    }
}

static void line_of_cells(const struct parity_cell *cell, size_t bin_count,
                          struct parity_score *out)
{
    double x[1000];
    double ones[1000];
    double zeros[1000];
    must(bin_count <= 1000);
    size_t count = 0;
    for (size_t b = 0; b < bin_count; b++) {
        const double mass = cell[b].mass[0] + cell[b].mass[1];
        if (mass > 0) {
            x[count] = logit_of(cell[b].score / mass);
            zeros[count] = cell[b].mass[0];
            ones[count++] = cell[b].mass[1];
        }
    }
    fit_line(&(struct points){x, ones, zeros, count}, out);
}

static double effective(double first, double second, const struct parity_group *group, size_t label)
{
    const double squares = group->mass_square[label * 2] + group->mass_square[label * 2 + 1];
    return squares > 0 ? (first + second) * (first + second) / squares : 0;
}

struct parity_score parity_score_of_cells(const struct parity_cells *cells, size_t group)
{
    const struct parity_group *sums = &cells->group[group];
    const struct parity_cell *cell = &cells->cell[group * cells->bin_count];
    struct parity_score out = nothing_known();
    const double zeros = sums->mass[OUTCOME_TN] + sums->mass[OUTCOME_FP];
    const double ones = sums->mass[OUTCOME_FN] + sums->mass[OUTCOME_TP];
    const double weight = zeros + ones;
    if (!cells->has_score || !(weight > 0)) {
        return out;
    }
    out.value[SCORE_MEAN] = (sums->score[0] + sums->score[1]) / weight;
    if (!cells->has_label) {
        return out;
    }
    out.value[SCORE_BRIER] = (sums->score_square - 2 * sums->score[1] + ones) / weight;
    out.value[SCORE_IN_THE_LARGE] = ones / weight - out.value[SCORE_MEAN];
    out.value[SCORE_ECE_WIDTH] = ece_of_cells(cell, cells->bin_count, weight);
    auc_of_cells(cell, cells->bin_count, &out);
    line_of_cells(cell, cells->bin_count, &out);
    out.auc = auc_interval(out.value[SCORE_AUC],
                           effective(sums->mass[OUTCOME_FN], sums->mass[OUTCOME_TP], sums, 1),
                           effective(sums->mass[OUTCOME_TN], sums->mass[OUTCOME_FP], sums, 0));
    return out;
}

/* ---- exactly ------------------------------------------------------------------------------- */

/* The rows of one group, ascending by score. */
struct sorted {
    const struct audit_rows *rows;
    const double *weight;
    const uint32_t *row;
    size_t count;
    double *x; /* room for count items each */
    double *ones;
    double *zeros;
};

static double weight_at(const struct sorted *sorted, size_t i)
{
    return sorted->weight == NULL ? 1 : sorted->weight[sorted->row[i]];
}

static double score_at(const struct sorted *sorted, size_t i)
{
    return sorted->rows->score[sorted->row[i]];
}

static bool label_at(const struct sorted *sorted, size_t i)
{
    return sorted->rows->label[sorted->row[i]] != 0;
}

struct sums {
    double weight;
    double ones;
    double score;
    double square; /* of score - label */
    double loss;
    double squares[2]; /* of weights, by label */
    double label_weight[2];
};

static struct sums sums_of(const struct sorted *sorted)
{
    struct sums sums = {0};
    for (size_t i = 0; i < sorted->count; i++) {
        const double w = weight_at(sorted, i);
        const double score = score_at(sorted, i);
        const bool label = label_at(sorted, i);
        const double chance = label ? score : 1 - score;
        const double error = score - (label ? 1.0 : 0.0);
        sums.weight += w;
        sums.ones += label ? w : 0;
        sums.score += w * score;
        sums.square += w * error * error;
        sums.loss -= w * log_of(fmin(fmax(chance, 1e-15), 1 - 1e-15));
        sums.squares[label] += w * w;
        sums.label_weight[label] += w;
    }
    return sums;
}

static double ece_width(const struct sorted *sorted, double weight)
{
    double gap[ECE_BINS] = {0};
    double sum = 0;
    for (size_t i = 0; i < sorted->count; i++) {
        const size_t bin = (size_t)(score_at(sorted, i) * ECE_BINS);
        gap[bin < ECE_BINS ? bin : ECE_BINS - 1] +=
            weight_at(sorted, i) * ((label_at(sorted, i) ? 1 : 0) - score_at(sorted, i));
    }
    for (size_t e = 0; e < ECE_BINS; e++) {
        sum += fabs(gap[e]);
    }
    return sum / weight;
}

static double ece_mass(const struct sorted *sorted)
{
    double gap[ECE_BINS] = {0};
    double sum = 0;
    for (size_t i = 0; i < sorted->count; i++) {
        gap[i * ECE_BINS / sorted->count] += (label_at(sorted, i) ? 1 : 0) - score_at(sorted, i);
    }
    for (size_t e = 0; e < ECE_BINS; e++) {
        sum += fabs(gap[e]);
    }
    return sum / (double)sorted->count;
}

/* From the highest score down, ties at once: the area and the average precision. */
static void rank_measures(const struct sorted *sorted, const struct sums *sums,
                          struct parity_score *out)
{
    const double all_zeros = sums->label_weight[0]; /* not a difference: weights may be far apart */
    double ones = 0;
    double zeros = 0;
    double wins = 0;
    double precision = 0;
    for (size_t i = sorted->count; i > 0;) {
        double ones_here = 0;
        double zeros_here = 0;
        const double score = score_at(sorted, i - 1);
        while (i > 0 && score_at(sorted, i - 1) == score) {
            i--;
            *(label_at(sorted, i) ? &ones_here : &zeros_here) += weight_at(sorted, i);
        }
        wins += zeros_here * (ones + ones_here / 2);
        ones += ones_here;
        zeros += zeros_here;
        precision += ones_here > 0 ? ones_here * ones / (ones + zeros) : 0;
    }
    if (sums->label_weight[0] > 0 && sums->label_weight[1] > 0) {
        out->value[SCORE_AUC] = wins / (sums->ones * all_zeros);
        out->auc_error = 0;
        out->auc = auc_interval(out->value[SCORE_AUC], sums->ones * sums->ones / sums->squares[1],
                                all_zeros * all_zeros / sums->squares[0]);
    }
    if (sums->ones > 0) {
        out->value[SCORE_AVERAGE_PRECISION] = precision / sums->ones;
    }
}

static struct parity_score measure_sorted(const struct sorted *sorted)
{
    struct parity_score out = nothing_known();
    const struct sums sums = sums_of(sorted);
    if (!(sums.weight > 0)) {
        return out;
    }
    out.value[SCORE_MEAN] = sums.score / sums.weight;
    out.value[SCORE_BRIER] = sums.square / sums.weight;
    out.value[SCORE_IN_THE_LARGE] = sums.ones / sums.weight - out.value[SCORE_MEAN];
    out.value[SCORE_ECE_WIDTH] = ece_width(sorted, sums.weight);
    out.value[SCORE_ECE_MASS] = sorted->weight == NULL ? ece_mass(sorted) : NOT_KNOWN;
    out.value[SCORE_LOG_LOSS] = sums.loss / sums.weight;
    rank_measures(sorted, &sums, &out);
    for (size_t i = 0; i < sorted->count; i++) {
        sorted->x[i] = logit_of(score_at(sorted, i));
        sorted->ones[i] = label_at(sorted, i) ? weight_at(sorted, i) : 0;
        sorted->zeros[i] = label_at(sorted, i) ? 0 : weight_at(sorted, i);
    }
    fit_line(&(struct points){sorted->x, sorted->ones, sorted->zeros, sorted->count}, &out);
    return out;
}

/* Rows of each group together, ascending by score; start has group_count + 2 items. */
static void deal_rows(const struct audit_rows *rows, const uint32_t *order, size_t *start,
                      uint32_t *dealt)
{
    const size_t none = rows->group_count;
    for (size_t row = 0; row < rows->row_count; row++) {
        start[(rows->group[row] == UINT32_MAX ? none : rows->group[row]) + 1]++;
    }
    for (size_t g = 1; g <= none; g++) {
        start[g] += start[g - 1];
    }
    for (size_t i = 0; i < rows->row_count; i++) {
        const uint32_t group = rows->group[order[i]];
        dealt[start[group == UINT32_MAX ? none : group]++] = order[i];
    }
}

enum candor_status parity_score_exact(struct job *job, const struct audit_rows *rows,
                                      const double *weight, struct parity_score *score)
{
    uint32_t *order = NULL;
    uint32_t *dealt = NULL;
    size_t *start = NULL;
    struct sorted sorted = {.rows = rows, .weight = weight};
    must(rows->score != NULL && rows->label != NULL);
    TRY_ALLOC(job, order, rows->row_count + 1, uint32_t);
    TRY_ALLOC(job, dealt, rows->row_count + 1, uint32_t);
    TRY_ALLOC(job, start, rows->group_count + 2, size_t);
    TRY_ALLOC(job, sorted.x, rows->row_count + 1, double);
    TRY_ALLOC(job, sorted.ones, rows->row_count + 1, double);
    TRY_ALLOC(job, sorted.zeros, rows->row_count + 1, double);
    TRY(order_f64(job, rows->score, rows->row_count, order));
    deal_rows(rows, order, start, dealt);
    for (size_t g = 0, from = 0; g < rows->group_count; from = start[g++]) {
        sorted.row = dealt + from;
        sorted.count = start[g] - from;
        score[g] = measure_sorted(&sorted);
    }
    sorted.row = order;
    sorted.count = rows->row_count;
    score[rows->group_count] = measure_sorted(&sorted);
    return CANDOR_OK;
}
