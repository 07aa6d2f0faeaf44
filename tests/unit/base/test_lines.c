/*
 * test_lines.c - text files line by line.
 */
#include "base.h"
#include "text.h"

#include <zlib.h>

#include "support.h"

static void lines_come_without_their_ends_and_with_their_numbers(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *file;
        const char *lines;
    } row[] = {
        {"", ""},
        {"\n\n", ""},
        {"a", "1[a]"},
        {"a\n", "1[a]"},
        {"a\r\nb\r\n", "1[a]2[b]"},
        {"a\n\n  \nb", "1[a]4[b]"},
        {"\xEF\xBB\xBF{}\n", "1[{}]"},
        {"a\rb\n", "1[a\rb]"},
        {" a \n", "1[ a ]"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct lines *lines = NULL;
        struct buf buf = buf_begin(job->arena);
        struct str line = {0};
        uint64_t number = 0;
        enum candor_status status =
            lines_open(job, file_with(job, bytes_of(str_of(row[i].file))), NULL, &lines);
        expect(status == CANDOR_OK, "row %zu: %s", i, job->message);
        while ((status = lines_next(job, lines, &line, &number)) == CANDOR_OK) {
            buf_format(&buf, "%llu[%.*s]", (unsigned long long)number, STR_ARG(line));
        }
        expect(status == CANDOR_NOT_FOUND, "row %zu: %s", i, job->message);
        expect(str_is(buf_text(&buf), row[i].lines), "row %zu: %.*s", i, STR_ARG(buf_text(&buf)));
    }
}

static void long_files_are_read_plain_and_gzipped(void **state)
{
    struct job *job = *state;
    struct buf buf = buf_begin(job->arena);
    for (unsigned i = 1; i <= 20000; i++) {
        buf_format(&buf, "{\"n\":%u,\"text\":\"%0*u\"}\n", i, (int)(i % 50), i);
    }
    for (int gzip = 0; gzip < 2; gzip++) {
        const struct str path = file_with(job, buf_all(&buf));
        if (gzip == 1) {
            gzFile file = gzopen(path.ptr, "wb");
            must(gzwrite(file, buf.ptr, (unsigned)buf.len) == (int)buf.len);
            must(gzclose(file) == Z_OK);
        }
        struct lines *lines = NULL;
        expect(lines_open(job, path, NULL, &lines) == CANDOR_OK, "%s", job->message);
        for (int64_t i = 1; i <= 20000; i++) {
            const struct arena_mark mark = arena_mark(job->arena);
            struct str line = {0};
            uint64_t number = 0;
            int64_t n = 0;
            const struct value *value = NULL;
            expect(lines_next(job, lines, &line, &number) == CANDOR_OK, "%s", job->message);
            expect(json_read(job, bytes_of(line), NULL, "line", &value) == CANDOR_OK, "%s",
                   job->message);
            expect(value_int(job, value_get(value, "n"), "n", &n) == CANDOR_OK && n == i, "%lld",
                   (long long)i);
            expect(number == (uint64_t)i, "%lld", (long long)i);
            arena_rewind(job->arena, mark);
        }
        lines_close(lines);
        lines_close(lines);
    }
}

static void long_lines_and_bad_text_are_refused_with_their_line(void **state)
{
    struct job *job = *state;
    const struct text_limits limits = {.text_max = 5};
    static const struct {
        struct str file;
        enum candor_status status;
        const char *message;
    } row[] = {
        {TEXT("a\n12345\r\n"), CANDOR_NOT_FOUND, "no more lines"},
        {TEXT("a\n123456\n"), CANDOR_TOO_LARGE, "line 2 is longer than 5 bytes"},
        {TEXT("a\n123456"), CANDOR_TOO_LARGE, "line 2 is longer than 5 bytes"},
        {TEXT("a\nb\xFF\n"), CANDOR_BAD_INPUT, "line 2, column 2: not UTF-8"},
        {TEXT("a\nb\0\n"), CANDOR_BAD_INPUT, "line 2, column 2: a zero byte"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct lines *lines = NULL;
        struct str line = {0};
        uint64_t number = 0;
        enum candor_status status =
            lines_open(job, file_with(job, bytes_of(row[i].file)), &limits, &lines);
        while (status == CANDOR_OK) {
            status = lines_next(job, lines, &line, &number);
        }
        expect(status == row[i].status, "row %zu: %s", i, job->message);
        expect(str_contains(str_of(job->message), str_of(row[i].message)), "row %zu: %s", i,
               job->message);
        expect(lines_next(job, lines, &line, &number) == status || status == CANDOR_TOO_LARGE,
               "row %zu: a failure stays", i);
    }
    struct lines *lines = NULL;
    expect(lines_open(job, STR("/no/such/file"), NULL, &lines) == CANDOR_NOT_FOUND, "missing");
}

static void an_endless_line_takes_no_memory(void **state)
{
    struct job *job = *state;
    struct lines *lines = NULL;
    struct str line = {0};
    uint64_t number = 0;
    enum { LEN = 5 << 20 };
    uint8_t *text = malloc(LEN);
    must(text != NULL);
    memset(text, 'x', LEN);
    const struct str path = file_with(job, (struct bytes){text, LEN});
    free(text);
    expect(lines_open(job, path, NULL, &lines) == CANDOR_OK, "%s", job->message);
    expect(lines_next(job, lines, &line, &number) == CANDOR_TOO_LARGE, "%s", job->message);
    expect(lines_next(job, lines, &line, &number) == CANDOR_TOO_LARGE, "again: %s", job->message);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(lines_come_without_their_ends_and_with_their_numbers),
        test_with_job(long_files_are_read_plain_and_gzipped),
        test_with_job(long_lines_and_bad_text_are_refused_with_their_line),
        test_with_job(an_endless_line_takes_no_memory),
    };
    return cmocka_run_group_tests_name("lines", test, NULL, NULL);
}
