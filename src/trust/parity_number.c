/*
 * parity_number.c - rankings and predicted numbers: no decision, but who is where, and who is off by what.
 */
#include <math.h>

#include "parity.h"

#define NOT_KNOWN ((double)NAN)

static const double z95 = 1.959963984540054;

static double log2_of(double x)
{
    return log_of(x) * 1.44269504088896340736;
}

/* ---- rankings ------------------------------------------------------------------------------ */

/* Positions of the rows that are in a group, best score first. */
static enum candor_status rank_rows(struct job *job, const struct audit_rows *rows,
                                    uint32_t **ranked, size_t *count)
{
    double *turned = NULL;
    uint32_t *order = NULL;
    TRY_ALLOC(job, turned, rows->row_count + 1, double);
    TRY_ALLOC(job, order, rows->row_count + 1, uint32_t);
    TRY_ALLOC(job, *ranked, rows->row_count + 1, uint32_t);
    for (size_t row = 0; row < rows->row_count; row++) {
        turned[row] = 0 - rows->score[row]; /* ties stay in the order of rows; no -0 */
    }
    TRY(order_f64(job, turned, rows->row_count, order));
    *count = 0;
    for (size_t i = 0; i < rows->row_count; i++) {
        if (rows->group[order[i]] != UINT32_MAX) {
            (*ranked)[(*count)++] = order[i];
        }
    }
    return CANDOR_OK;
}

/* The divergence of the first k from all, n_g ln n_g kept as a sum so that a row costs one step. */
static double ndkl_of(const struct audit_rows *rows, const uint32_t *ranked, size_t count,
                      const double *share, double *seen)
{
    double sum = 0;
    double discounts = 0;
    double entropy = 0; /* sum n_g (ln n_g - ln share_g) */
    for (size_t k = 0; k < count; k++) {
        const uint32_t group = rows->group[ranked[k]];
        const double before = seen[group];
        const double after = before + 1;
        const double n = (double)k + 1;
        const double logged = log_of(share[group]);
        entropy += after * (log_of(after) - logged);
        entropy -= before > 0 ? before * (log_of(before) - logged) : 0;
        seen[group] = after;
        const double discount = 1 / log2_of(n + 1);
        sum += discount * (entropy / n - log_of(n));
        discounts += discount;
    }
    return count == 0 ? NOT_KNOWN : fmax(sum / discounts, 0);
}

static void finish_ranking(const double *size, size_t group_count, struct parity_ranking *ranking)
{
    double least = (double)INFINITY;
    double most = -(double)INFINITY;
    ranking->skew = (double)INFINITY;
    for (size_t g = 0; g < group_count; g++) {
        if (size[g] == 0) {
            ranking->exposure[g] = NOT_KNOWN;
            continue;
        }
        ranking->exposure[g] /= size[g];
        least = fmin(least, ranking->exposure[g]);
        most = fmax(most, ranking->exposure[g]);
        ranking->skew = fmin(ranking->skew, log_of(ranking->share_top[g] / ranking->share_all[g]));
    }
    ranking->exposure_ratio = most > 0 ? least / most : NOT_KNOWN;
    ranking->skew = most > 0 ? ranking->skew : NOT_KNOWN;
}

enum candor_status parity_rank(struct job *job, const struct audit_rows *rows, size_t top,
                               struct parity_ranking *ranking)
{
    uint32_t *ranked = NULL;
    double *size = NULL;
    double *seen = NULL;
    size_t count = 0;
    *ranking = (struct parity_ranking){0};
    TRY_ALLOC(job, ranking->exposure, rows->group_count + 1, double);
    TRY_ALLOC(job, ranking->share_all, rows->group_count + 1, double);
    TRY_ALLOC(job, ranking->share_top, rows->group_count + 1, double);
    TRY_ALLOC(job, size, rows->group_count + 1, double);
    TRY_ALLOC(job, seen, rows->group_count + 1, double);
    TRY(rank_rows(job, rows, &ranked, &count));
    ranking->top = top < count ? top : count;
    for (size_t k = 0; k < count; k++) {
        const uint32_t group = rows->group[ranked[k]];
        size[group] += 1;
        ranking->exposure[group] += 1 / log2_of((double)k + 2);
        ranking->share_all[group] += 1 / (double)count;
        ranking->share_top[group] += k < ranking->top ? 1 / (double)ranking->top : 0;
    }
    for (size_t g = 0; g < rows->group_count; g++) {
        ranking->share_all[g] = count == 0 ? 0 : size[g] / (double)count;
    }
    ranking->ndkl = ndkl_of(rows, ranked, count, ranking->share_all, seen);
    finish_ranking(size, rows->group_count, ranking);
    return CANDOR_OK;
}

/* ---- numbers ------------------------------------------------------------------------------- */

struct number_sums {
    double residual;
    double square;
    double label;
    double score;
    double weight_square;
};

static void add_number(struct parity_number_group *group, struct number_sums *sums, double w,
                       double label, double score)
{
    const double residual = score - label;
    group->count++;
    group->weight += w;
    sums->label += w * label;
    sums->score += w * score;
    sums->residual += w * residual;
    sums->square += w * residual * residual;
    sums->weight_square += w * w;
}

static void finish_number(struct parity_number_group *group, const struct number_sums *sums)
{
    const double w = group->weight;
    const double size = sums->weight_square > 0 ? w * w / sums->weight_square : 0;
    group->residual_interval = (struct interval){NOT_KNOWN, NOT_KNOWN};
    if (!(w > 0)) {
        group->mean_label = group->mean_score = group->residual = group->rmse = NOT_KNOWN;
        return;
    }
    group->mean_label = sums->label / w;
    group->mean_score = sums->score / w;
    group->residual = sums->residual / w;
    group->rmse = sqrt(sums->square / w);
    if (size > 1) {
        const double variance =
            fmax(sums->square / w - group->residual * group->residual, 0) * size / (size - 1);
        const double spread = z95 * sqrt(variance / size);
        group->residual_interval =
            (struct interval){group->residual - spread, group->residual + spread};
    }
}

/* The largest distance of two distribution functions; both ascending. */
static double ks_of(const double *one, size_t one_count, const double *other, size_t other_count)
{
    double widest = 0;
    size_t i = 0;
    size_t j = 0;
    while (i < one_count && j < other_count) {
        const double at = fmin(one[i], other[j]);
        while (i < one_count && one[i] <= at) {
            i++;
        }
        while (j < other_count && other[j] <= at) {
            j++;
        }
        widest =
            fmax(widest, fabs((double)i / (double)one_count - (double)j / (double)other_count));
    }
    return widest;
}

/* Kolmogorov's tail with Stephens' correction. */
static double ks_tail(double distance, double one, double other)
{
    const double root = sqrt(one * other / (one + other));
    const double x = (root + 0.12 + 0.11 / root) * distance;
    double sum = 0;
    for (int k = 1; k <= 100; k++) {
        const double term = exp_of(-2.0 * k * k * x * x);
        sum += (k % 2 == 1 ? 2 : -2) * term;
    }
    return x < 0.2 ? 1 : fmin(fmax(sum, 0), 1);
}

static enum candor_status compare_scores(struct job *job, const struct audit_rows *rows,
                                         struct parity_numbers *numbers)
{
    double *value = NULL;
    size_t *start = NULL;
    double pairs = 0;
    TRY_ALLOC(job, value, rows->row_count + 1, double);
    TRY_ALLOC(job, start, rows->group_count + 2, size_t);
    for (size_t g = 0; g < rows->group_count; g++) {
        start[g + 1] = start[g] + numbers->group[g].count;
    }
    for (size_t row = 0; row < rows->row_count; row++) {
        if (rows->group[row] != UINT32_MAX) {
            value[start[rows->group[row]]++] = rows->score[row];
        }
    }
    for (size_t g = 0; g < rows->group_count; g++) {
        start[g] -= numbers->group[g].count;
        TRY(sort_f64(job, value + start[g], numbers->group[g].count));
    }
    for (size_t i = 1; i < rows->group_count; i++) {
        for (size_t j = 0; j < i; j++) {
            const size_t one = numbers->group[i].count;
            const size_t other = numbers->group[j].count;
            const double ks = one == 0 || other == 0
                                  ? NOT_KNOWN
                                  : ks_of(value + start[i], one, value + start[j], other);
            pairs += !isnan(ks);
            if (ks > numbers->ks || (!isnan(ks) && numbers->ks_one == SIZE_MAX)) {
                numbers->ks = ks;
                numbers->ks_one = i;
                numbers->ks_other = j;
            }
        }
    }
    if (numbers->ks_one != SIZE_MAX) {
        const double one = (double)numbers->group[numbers->ks_one].count;
        const double other = (double)numbers->group[numbers->ks_other].count;
        numbers->ks_p = fmin(ks_tail(numbers->ks, one, other) * pairs, 1);
    }
    return CANDOR_OK;
}

enum candor_status parity_numbers(struct job *job, const struct audit_rows *rows,
                                  const double *label, const double *weight,
                                  struct parity_numbers *numbers)
{
    struct number_sums *sums = NULL;
    *numbers = (struct parity_numbers){
        .ks = NOT_KNOWN, .ks_one = SIZE_MAX, .ks_other = SIZE_MAX, .ks_p = NOT_KNOWN};
    TRY_ALLOC(job, numbers->group, rows->group_count + 1, struct parity_number_group);
    TRY_ALLOC(job, sums, rows->group_count + 1, struct number_sums);
    for (size_t row = 0; row < rows->row_count; row++) {
        const double w = weight == NULL ? 1 : weight[row];
        const uint32_t group = rows->group[row];
        add_number(&numbers->group[rows->group_count], &sums[rows->group_count], w, label[row],
                   rows->score[row]);
        if (group != UINT32_MAX) {
            add_number(&numbers->group[group], &sums[group], w, label[row], rows->score[row]);
        }
    }
    for (size_t g = 0; g <= rows->group_count; g++) {
        finish_number(&numbers->group[g], &sums[g]);
    }
    return compare_scores(job, rows, numbers);
}
