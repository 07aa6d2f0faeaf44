/*
 * bench_poison.c - how long all cells of one to three columns take: 1,000,000 rows, 20 columns; no arguments needed.
 *
 * Columns are of 4 to 16 values, one heavy as in real tables, seed 1. Blind and beside a reference of half the rows.
 */
#include <stdio.h>
#include <time.h>

#include "poison.h"

enum { ROWS = 1000000, COLUMNS = 20, RUNS = 3 };

static double seconds(clockid_t clock)
{
    struct timespec time;
    must(clock_gettime(clock, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void fill(struct job *job, struct coarse *coarse, uint8_t *label, double *chance)
{
    struct rng rng = rng_of(1);
    coarse->place = NEW_ARRAY(job->arena, COLUMNS, uint8_t *);
    for (size_t c = 0; c < COLUMNS; c++) {
        const uint64_t values = 4 + c * 12 / (COLUMNS - 1);
        coarse->place[c] = TRY_ARRAY(job->arena, ROWS, uint8_t);
        must(coarse->place[c] != NULL);
        for (size_t row = 0; row < ROWS; row++) {
            const bool is_heavy = c % 3 == 0 && rng_f64(&rng) < 0.8;
            coarse->place[c][row] = (uint8_t)(is_heavy ? 1 : rng_below(&rng, values));
        }
    }
    for (size_t row = 0; row < ROWS; row++) {
        chance[row] = 0.05 + 0.3 * rng_f64(&rng);
        label[row] = rng_f64(&rng) < chance[row];
    }
}

static void measure_scan(struct job *job, const struct scan *scan, const char *name)
{
    for (int run = 0; run < RUNS; run++) {
        struct scanned scanned;
        const double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        const double wall = seconds(CLOCK_MONOTONIC);
        must(scan_cells(job, scan, &scanned) == CANDOR_OK);
        printf("  %-10s %.2f s of CPU, %.2f s of clock on %u threads, %llu cells, %zu candidates\n",
               name, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, seconds(CLOCK_MONOTONIC) - wall,
               scan->threads, (unsigned long long)scanned.cells, scanned.candidate_count);
    }
}

int main(void)
{
    struct job job;
    struct coarse coarse = {.row_count = ROWS, .column_count = COLUMNS};
    job_begin(&job, host_real());
    uint8_t *label = TRY_ARRAY(job.arena, ROWS, uint8_t);
    double *chance = TRY_ARRAY(job.arena, ROWS, double);
    must(label != NULL && chance != NULL);
    fill(&job, &coarse, label, chance);
    printf("all cells of one to three columns, %d rows x %d columns, 1,140 threes\n", ROWS,
           COLUMNS);
    struct scan scan = {
        .coarse = &coarse, .label = label, .chance = chance, .data_count = ROWS, .threads = 1};
    measure_scan(&job, &scan, "blind");
    scan.chance = NULL;
    scan.data_count = ROWS / 2;
    measure_scan(&job, &scan, "reference");
    job_end(&job);
    return 0;
}
