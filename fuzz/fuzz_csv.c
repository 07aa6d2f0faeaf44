/*
 * fuzz_csv.c - any bytes as a CSV file and as a file of lines. Rows that were read, written and
 * read again, are the same rows.
 */
#include "base.h"
#include "text.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct csv_limits csv_limits = {.row_max = 2000, .column_max = 50};
static const struct text_limits line_limits = {.text_max = 2000};

/* A file in memory that has a path. */
static struct str memory_file(struct job *job, struct bytes content, int *fd)
{
    *fd = memfd_create("csv", MFD_CLOEXEC);
    must(*fd >= 0);
    must(write(*fd, content.ptr, content.len) == (ssize_t)content.len);
    return str_format(job->arena, "/proc/self/fd/%d", *fd);
}

static void put_row(struct buf *buf, const struct csv_row *row)
{
    for (size_t i = 0; i < row->field_count; i++) {
        csv_put_text(buf, row->field[i]);
        if (row->field_count == 1 && row->field[i].len == 0) {
            buf_lit(buf, LIT("\"\"")); /* else the line would be blank */
        }
        buf_u8(buf, i + 1 < row->field_count ? ',' : '\n');
    }
}

/* All rows in canonical form; how it ended. */
static enum candor_status canonical(struct job *job, struct bytes content, struct buf *buf)
{
    int fd = -1;
    struct csv *csv = NULL;
    struct csv_row row;
    const struct str path = memory_file(job, content, &fd);
    enum candor_status status = csv_open(job, path, &csv_limits, &csv);
    if (status == CANDOR_OK) {
        const size_t size_before = arena_size(job->arena);
        uint64_t line = csv_header(csv)->line;
        put_row(buf, csv_header(csv));
        while ((status = csv_next(job, csv, &row)) == CANDOR_OK) {
            must(row.field_count > 0 && row.field_count <= csv_limits.column_max);
            must(row.line > line);
            line = row.line;
            put_row(buf, &row);
        }
        must(arena_size(job->arena) >= size_before);
        csv_close(csv);
    }
    must(close(fd) == 0);
    return status;
}

static void read_lines(struct job *job, struct bytes content)
{
    int fd = -1;
    struct lines *lines = NULL;
    struct str line = {0};
    uint64_t number = 0;
    uint64_t last = 0;
    const struct str path = memory_file(job, content, &fd);
    if (lines_open(job, path, &line_limits, &lines) == CANDOR_OK) {
        while (lines_next(job, lines, &line, &number) == CANDOR_OK) {
            must(number > last);
            must(line.len > 0 && line.len <= line_limits.text_max);
            must(str_find(line, '\n') == line.len && str_is_utf8(line));
            last = number;
        }
        lines_close(lines);
    }
    must(close(fd) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    job_begin(&job, host_real());
    struct buf first = buf_begin(job.arena);
    struct buf second = buf_begin(job.arena);
    const enum candor_status status = canonical(&job, (struct bytes){data, size}, &first);
    must(status != CANDOR_OK && job.message[0] != '\0');
    if (status == CANDOR_NOT_FOUND) {
        must(canonical(&job, buf_all(&first), &second) == CANDOR_NOT_FOUND);
        must(str_equal(buf_text(&first), buf_text(&second)));
    }
    read_lines(&job, (struct bytes){data, size});
    job_end(&job);
    return 0;
}
