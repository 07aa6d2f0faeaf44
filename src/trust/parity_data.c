/*
 * parity_data.c - before training: which columns stand in for a group?
 *
 * A table of levels by groups gives everything: chi-square, Cramer's V, mutual information, and of two
 * groups the area under the curve of a guess by level. With many levels and few rows each of them is above
 * zero by chance, so the null comes from dealing the groups anew.
 */
#include <math.h>

#include "parity.h"

#define NOT_KNOWN ((double)NAN)

/* A table of few cells is counted whole. One with more cells than that many a row is nearly empty, and is
 * counted level by level over the rows that have it. */
enum { DENSE_CELLS = 65536, DENSE_CELLS_A_ROW = 4 };

struct counts {
    double *cell;  /* level * group_count + group; NULL: counted level by level ... */
    uint32_t *row; /* ... the rows by level, those of level l from begin[l] to begin[l + 1] ... */
    size_t *begin;
    double *tally; /* ... of each group in the present level; 0 between levels */
    double *level;
    double *group;
    size_t level_count;
    size_t group_count;
    double n;
};

static double n_log_n(double n)
{
    return n > 0 ? n * log_of(n) : 0;
}

static double entropy_of(const double *count, size_t how_many, double n)
{
    double sum = 0;
    for (size_t i = 0; i < how_many; i++) {
        sum += n_log_n(count[i]);
    }
    return log_of(n) - sum / n;
}

/* Adds what each cell that is not empty says: n log n, and its part of chi-square. */
static void sum_cells(const struct counts *counts, const uint32_t *group, double *joint,
                      double *squares)
{
    for (size_t l = 0; l < counts->level_count; l++) {
        for (size_t i = counts->begin[l]; i < counts->begin[l + 1]; i++) {
            counts->tally[group[counts->row[i]]] += 1;
        }
        for (size_t i = counts->begin[l]; i < counts->begin[l + 1]; i++) {
            const uint32_t g = group[counts->row[i]];
            const double n = counts->tally[g];
            *joint += n_log_n(n);
            *squares += n * n / (counts->level[l] * counts->group[g]);
            counts->tally[g] = 0; /* the next row of this cell adds nothing */
        }
    }
}

static double information_of(const struct counts *counts, const uint32_t *group)
{
    double joint = 0;
    double levels = 0;
    double groups = 0;
    double squares = 0;
    if (counts->cell == NULL) {
        sum_cells(counts, group, &joint, &squares);
    }
    for (size_t c = 0; counts->cell != NULL && c < counts->level_count * counts->group_count; c++) {
        joint += n_log_n(counts->cell[c]);
    }
    for (size_t l = 0; l < counts->level_count; l++) {
        levels += n_log_n(counts->level[l]);
    }
    for (size_t g = 0; g < counts->group_count; g++) {
        groups += n_log_n(counts->group[g]);
    }
    return fmax((joint - levels - groups) / counts->n + log_of(counts->n), 0);
}

static size_t used(const double *count, size_t how_many)
{
    size_t sum = 0;
    for (size_t i = 0; i < how_many; i++) {
        sum += count[i] > 0;
    }
    return sum;
}

static double chi2_of(const struct counts *counts, const uint32_t *group)
{
    double sum = 0;
    double joint = 0;
    if (counts->cell == NULL) {
        sum_cells(counts, group, &joint, &sum);
        return counts->n * (sum - 1);
    }
    for (size_t l = 0; l < counts->level_count; l++) {
        for (size_t g = 0; g < counts->group_count; g++) {
            const double expected = counts->level[l] * counts->group[g] / counts->n;
            const double off = counts->cell[l * counts->group_count + g] - expected;
            sum += expected > 0 ? off * off / expected : 0;
        }
    }
    return sum;
}

static void measure_table(const struct counts *counts, const uint32_t *group,
                          struct parity_proxy *proxy)
{
    const size_t rows = used(counts->level, counts->level_count);
    const size_t columns = used(counts->group, counts->group_count);
    const double sum = chi2_of(counts, group);
    proxy->chi2 = sum;
    proxy->information = information_of(counts, group);
    if (rows < 2 || columns < 2) {
        return;
    }
    const double r = (double)rows;
    const double c = (double)columns;
    const double phi = sum / counts->n;
    const double corrected = fmax(phi - (r - 1) * (c - 1) / (counts->n - 1), 0);
    const double r_corrected = r - (r - 1) * (r - 1) / (counts->n - 1);
    const double c_corrected = c - (c - 1) * (c - 1) / (counts->n - 1);
    proxy->cramers_v = sqrt(phi / fmin(r - 1, c - 1));
    const double room = fmin(r_corrected - 1, c_corrected - 1);
    proxy->cramers_v_corrected = room > 0 ? sqrt(corrected / room) : NOT_KNOWN;
    proxy->share = proxy->information / entropy_of(counts->group, counts->group_count, counts->n);
}

/* Of two groups, each level guesses by its own share of the second. */
static enum candor_status measure_auc(struct job *job, const struct counts *counts,
                                      struct parity_proxy *proxy)
{
    double *share = NULL;
    uint32_t *order = NULL;
    double first = 0;
    double wins = 0;
    if (counts->group_count != 2 || counts->group[0] == 0 || counts->group[1] == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, share, counts->level_count + 1, double);
    TRY_ALLOC(job, order, counts->level_count + 1, uint32_t);
    for (size_t l = 0; l < counts->level_count; l++) {
        share[l] = counts->level[l] > 0 ? counts->cell[l * 2 + 1] / counts->level[l] : 0;
    }
    TRY(order_f64(job, share, counts->level_count, order));
    for (size_t i = 0; i < counts->level_count;) {
        double here[2] = {0, 0};
        const double at = share[order[i]];
        for (; i < counts->level_count && share[order[i]] == at; i++) {
            here[0] += counts->cell[order[i] * 2];
            here[1] += counts->cell[order[i] * 2 + 1];
        }
        wins += here[1] * (first + here[0] / 2);
        first += here[0];
    }
    proxy->auc = wins / (counts->group[0] * counts->group[1]);
    return CANDOR_OK;
}

static void count_rows(const uint32_t *code, const uint32_t *group, size_t row_count,
                       struct counts *counts)
{
    for (size_t row = 0; row < row_count; row++) {
        counts->cell[code[row] * counts->group_count + group[row]] += 1;
    }
}

static enum candor_status take_null(struct job *job, const uint32_t *code, uint32_t *group,
                                    uint64_t seed, size_t permutations, struct counts *counts,
                                    struct parity_proxy *proxy)
{
    struct rng rng = rng_of(seed);
    const size_t row_count = (size_t)counts->n;
    const double entropy = entropy_of(counts->group, counts->group_count, counts->n);
    size_t beyond = 0;
    double sum = 0;
    for (size_t d = 0; d < permutations; d++) {
        rng_shuffle(&rng, group, row_count);
        for (size_t c = 0; counts->cell != NULL && c < counts->level_count * counts->group_count;
             c++) {
            counts->cell[c] = 0;
        }
        if (counts->cell != NULL) {
            count_rows(code, group, row_count, counts);
        }
        const double information = information_of(counts, group);
        beyond += information >= proxy->information - 1e-12;
        sum += information;
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped while looking for proxies");
        }
    }
    proxy->p = (double)(beyond + 1) / (double)(permutations + 1);
    proxy->null_mean = entropy > 0 ? sum / (double)permutations / entropy : NOT_KNOWN;
    return CANDOR_OK;
}

/* The rows by level. */
static enum candor_status sort_rows(struct job *job, const uint32_t *code, size_t row_count,
                                    struct counts *counts)
{
    size_t *next = NULL;
    TRY_ALLOC(job, counts->row, row_count + 1, uint32_t);
    TRY_ALLOC(job, counts->begin, counts->level_count + 1, size_t);
    TRY_ALLOC(job, next, counts->level_count + 1, size_t);
    TRY_ALLOC(job, counts->tally, counts->group_count + 1, double);
    counts->begin[0] = 0;
    for (size_t l = 0; l < counts->level_count; l++) {
        next[l] = counts->begin[l];
        counts->begin[l + 1] = counts->begin[l] + (size_t)counts->level[l];
    }
    for (size_t row = 0; row < row_count; row++) {
        counts->row[next[code[row]]++] = (uint32_t)row;
    }
    return CANDOR_OK;
}

static enum candor_status count_table(struct job *job, const uint32_t *code, const uint32_t *group,
                                      size_t row_count, struct counts *counts)
{
    const size_t cells = counts->level_count * counts->group_count;
    if (counts->group_count > 2 && cells > DENSE_CELLS + DENSE_CELLS_A_ROW * row_count) {
        return sort_rows(job, code, row_count, counts);
    }
    TRY_ALLOC(job, counts->cell, cells + 1, double);
    count_rows(code, group, row_count, counts);
    return CANDOR_OK;
}

enum candor_status parity_proxy(struct job *job, const struct parity_codes *codes,
                                const uint32_t *group, size_t group_count, size_t row_count,
                                uint64_t seed, size_t permutations, struct parity_proxy *proxy)
{
    struct counts counts = {.level_count = codes->level_count, .group_count = group_count};
    uint32_t *code = NULL;
    uint32_t *kept = NULL;
    size_t count = 0;
    *proxy = (struct parity_proxy){NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN,
                                   NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN};
    TRY_ALLOC(job, counts.level, codes->level_count + 1, double);
    TRY_ALLOC(job, counts.group, group_count + 1, double);
    TRY_ALLOC(job, code, row_count + 1, uint32_t);
    TRY_ALLOC(job, kept, row_count + 1, uint32_t);
    for (size_t row = 0; row < row_count; row++) {
        if (group[row] != UINT32_MAX) {
            must(codes->code[row] < codes->level_count && group[row] < group_count);
            code[count] = codes->code[row];
            kept[count++] = group[row];
            counts.level[codes->code[row]] += 1;
            counts.group[group[row]] += 1;
        }
    }
    counts.n = (double)count;
    if (count == 0) {
        return CANDOR_OK;
    }
    TRY(count_table(job, code, kept, count, &counts));
    measure_table(&counts, kept, proxy);
    TRY(measure_auc(job, &counts, proxy));
    if (permutations > 0 && !isnan(proxy->share)) {
        TRY(take_null(job, code, kept, seed, permutations, &counts, proxy));
    }
    return CANDOR_OK;
}
