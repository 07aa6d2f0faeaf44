/*
 * bench_csv.c - how fast a CSV file is read: its rows, and its rows as columns.
 *
 *     bench_csv FILE
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "frame.h"
#include "text.h"

static double cpu_seconds(void)
{
    struct timespec time;
    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double read_rows(const char *path, double *megabytes)
{
    struct job job;
    struct csv *csv;
    struct csv_row row;
    job_begin(&job, host_real());
    const double before = cpu_seconds();
    size_t len = 0;
    must(csv_open(&job, str_of(path), NULL, &csv) == CANDOR_OK);
    while (csv_next(&job, csv, &row) == CANDOR_OK) {
        for (size_t f = 0; f < row.field_count; f++) {
            len += row.field[f].len + 1;
        }
    }
    *megabytes = (double)len / 1e6;
    const double seconds = cpu_seconds() - before;
    job_end(&job);
    return seconds;
}

static double read_columns(const char *path)
{
    struct job job;
    struct csv *csv;
    struct csv_row row;
    struct frame *frame;
    job_begin(&job, host_real());
    const double before = cpu_seconds();
    must(csv_open(&job, str_of(path), NULL, &csv) == CANDOR_OK);
    const size_t count = csv_header(csv)->field_count;
    struct text_column **column = NEW_ARRAY(job.arena, count, struct text_column *);
    for (size_t c = 0; c < count; c++) {
        const struct str name = csv_header(csv)->field[c];
        must(text_column_begin(&job, name, 0, 0, &column[c]) == CANDOR_OK);
    }
    size_t rows = 0;
    for (; csv_next(&job, csv, &row) == CANDOR_OK; rows++) {
        must(row.field_count == count);
        for (size_t c = 0; c < count; c++) {
            must(text_column_add(&job, column[c], row.field[c]) == CANDOR_OK);
        }
    }
    must(frame_begin(&job, rows, FRAME_COLUMNS_MAX, &frame) == CANDOR_OK);
    for (size_t c = 0; c < count; c++) {
        must(text_column_end(&job, column[c], frame) == CANDOR_OK);
    }
    const double seconds = cpu_seconds() - before;
    job_end(&job);
    return seconds;
}

int main(int argc, char **argv)
{
    struct rusage usage;
    double megabytes = 0;
    if (argc != 2) {
        (void)fprintf(stderr, "usage: bench_csv FILE\n");
        return 2;
    }
    const double rows = read_rows(argv[1], &megabytes);
    const double columns = read_columns(argv[1]);
    must(getrusage(RUSAGE_SELF, &usage) == 0);
    (void)printf("%.0f MB: rows %.2f s (%.0f MB/s), columns %.2f s (%.0f MB/s), peak %.0f MB\n",
                 megabytes, rows, megabytes / rows, columns, megabytes / columns,
                 (double)usage.ru_maxrss / 1024);
    return 0;
}
