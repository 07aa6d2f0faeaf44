/*
 * bench_trust_fair.c - ten million rows in fifty groups, from memory: rates with intervals, calibration and
 * AUC from one pass of cells, beside a pass for each number.
 *
 * Fairlearn 0.13 takes about 170 s of CPU for four metrics of so many rows (17.0 s for a tenth of them).
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "parity.h"

enum { ROWS = 10000000, GROUPS = 50, REPEATS = 7 };

static double cpu_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Each rate of each group by a pass of its own over all rows: how a metric at a time does it. */
static double naive_ms(const struct audit_rows *rows, double *sum)
{
    const double begin = cpu_ms();
    for (size_t r = 0; r < PARITY_RATES; r++) {
        const struct parity_rule *rule = parity_rule((enum parity_rate)r);
        double hits[GROUPS] = {0};
        double trials[GROUPS] = {0};
        for (size_t row = 0; row < rows->row_count; row++) {
            const unsigned outcome = rows->label[row] * 2U + rows->decision[row];
            hits[rows->group[row]] += (rule->hit >> outcome) & 1;
            trials[rows->group[row]] += (rule->trial >> outcome) & 1;
        }
        *sum += hits[0] / trials[0];
    }
    return cpu_ms() - begin;
}

static double cells_ms(const struct audit_rows *rows, double *sum)
{
    struct job job;
    struct parity_cells cells;
    job_begin(&job, host_real());
    const double begin = cpu_ms();
    if (parity_count(&job, rows, NULL, &cells) != CANDOR_OK) {
        abort();
    }
    for (size_t g = 0; g <= rows->group_count; g++) {
        const struct parity_score score = parity_score_of_cells(&cells, g);
        for (size_t r = 0; r < PARITY_RATES; r++) {
            const struct parity_share share = parity_share(&cells.group[g], (enum parity_rate)r);
            *sum += parity_wilson(share, 1.96).low + parity_value(share);
            *sum += parity_newcombe(share, parity_share(&cells.group[0], (enum parity_rate)r), 1.96)
                        .low;
        }
        *sum += score.value[SCORE_AUC] + score.value[SCORE_SLOPE] + score.auc.low;
    }
    const double took = cpu_ms() - begin;
    job_end(&job);
    return took;
}

static double gap_ms(const struct audit_rows *rows, double *sum)
{
    struct job job;
    struct parity_cells cells;
    struct parity_share share[GROUPS];
    struct parity_gap gap;
    job_begin(&job, host_real());
    if (parity_count(&job, rows, NULL, &cells) != CANDOR_OK) {
        abort();
    }
    for (size_t g = 0; g < GROUPS; g++) {
        share[g] = parity_share(&cells.group[g], PARITY_SELECTION_RATE);
    }
    const struct parity_asked asked = {share, GROUPS, false, 0.1, 0.95, 1, 999};
    const double begin = cpu_ms();
    if (parity_gap(&job, &asked, &gap) != CANDOR_OK) {
        abort();
    }
    *sum += gap.value;
    const double took = cpu_ms() - begin;
    job_end(&job);
    return took;
}

static double least_of(double (*run)(const struct audit_rows *rows, double *sum),
                       const struct audit_rows *rows, double *sum)
{
    double least = 1e300;
    for (size_t i = 0; i < REPEATS; i++) {
        const double took = run(rows, sum);
        least = took < least ? took : least;
    }
    return least;
}

int main(void)
{
    uint8_t *label = malloc(ROWS);
    uint8_t *decision = malloc(ROWS);
    double *score = malloc(ROWS * sizeof *score);
    uint32_t *group = malloc(ROWS * sizeof *group);
    struct rng rng = rng_of(1);
    double sum = 0;
    if (label == NULL || decision == NULL || score == NULL || group == NULL) {
        return 1;
    }
    for (size_t i = 0; i < ROWS; i++) {
        score[i] = rng_f64(&rng) * rng_f64(&rng);
        label[i] = rng_f64(&rng) < score[i];
        decision[i] = score[i] >= 0.3;
        group[i] = (uint32_t)rng_below(&rng, GROUPS);
    }
    const struct audit_rows rows = {ROWS, label, decision, score, group, GROUPS};
    printf("seed 1, %d rows, %d groups, least CPU of %d\n", ROWS, GROUPS, REPEATS);
    printf("cells: rates, intervals, calibration, AUC  %8.1f ms\n",
           least_of(cells_ms, &rows, &sum));
    printf("the largest gap: null and simultaneous     %8.1f ms\n", least_of(gap_ms, &rows, &sum));
    printf("a pass for each of eleven rates, no more   %8.1f ms\n",
           least_of(naive_ms, &rows, &sum));
    printf("(%g)\n", sum);
    free(label);
    free(decision);
    free(score);
    free(group);
    return 0;
}
