/*
 * bench_frame.c - what it costs to give every value its bin.
 *
 *     bench_frame [rows [columns [threads]]]
 *
 * Columns of six shapes in turn: normal, heavy tailed, whole numbers to 100, whole numbers to 50,000,
 * half zeros, a quarter missing. Prints CPU seconds and nanoseconds a value.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bins.h"
#include "frame.h"
#include "numeric.h"

static double cpu_seconds(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double number_of(size_t shape, struct rng *rng)
{
    const double normal = rng_normal(rng);
    switch (shape % 6) {
    case 0:
        return normal;
    case 1:
        return exp(2 * normal);
    case 2:
        return (double)rng_below(rng, 100);
    case 3:
        return (double)rng_below(rng, 50000);
    case 4:
        return rng_below(rng, 2) == 0 ? 0 : floor(exp(6 + normal));
    default:
        return rng_below(rng, 4) == 0 ? (double)NAN : normal;
    }
}

static size_t argument(int argc, char **argv, int at, size_t fallback)
{
    return at < argc ? (size_t)strtoull(argv[at], NULL, 10) : fallback;
}

int main(int argc, char **argv)
{
    const size_t rows = argument(argc, argv, 1, 1000000);
    const size_t columns = argument(argc, argv, 2, 16);
    const unsigned threads = (unsigned)argument(argc, argv, 3, 1);
    struct job job;
    struct frame *frame;
    job_begin(&job, host_real());
    must(frame_begin(&job, rows, columns, &frame) == CANDOR_OK);
    struct rng rng = rng_of(1);
    for (size_t c = 0; c < columns; c++) {
        double *number = TRY_ARRAY(job.arena, rows, double);
        must(number != NULL);
        for (size_t row = 0; row < rows; row++) {
            number[row] = number_of(c, &rng);
        }
        const struct str name = str_format(job.arena, "x%zu", c);
        must(frame_add_number_column(&job, frame, name, number) == CANDOR_OK);
    }

    const struct bin_options options = {.threads = threads};
    struct binned binned;
    const double before = cpu_seconds();
    must(binned_of_frame(&job, frame, &options, &binned) == CANDOR_OK);
    const double all = cpu_seconds() - before;

    struct lookup lookup;
    uint8_t *bin = TRY_ARRAY(job.arena, rows, uint8_t);
    must(bin != NULL);
    const double middle = cpu_seconds();
    for (size_t c = 0; c < columns; c++) {
        must(lookup_begin(&job, &binned.feature[c], &frame->column[c], rows, &lookup) == CANDOR_OK);
        lookup_bins(&lookup, 0, rows, bin);
    }
    const double look = cpu_seconds() - middle;
    uint64_t sum = 0;
    for (size_t c = 0; c < columns; c++) {
        for (size_t row = 0; row < rows; row++) {
            sum = sum * 31 + binned.bin[c][row];
        }
    }
    const double values = (double)rows * (double)columns;
    (void)printf("%zu x %zu, %u threads: features and bins %.3f s (%.1f ns a value), bins alone "
                 "%.3f s (%.1f ns); sum of all bins %016llx\n",
                 rows, columns, threads, all, all * 1e9 / values, look, look * 1e9 / values,
                 (unsigned long long)sum);
    job_end(&job);
    return 0;
}
