/*
 * test_archive.c - a ZIP read back by its format: central directory, local headers, CRC, deflate.
 */
#include <string.h>
#include <zlib.h>

#include "text.h"

#include "testing.h"

static uint32_t number_at(const uint8_t *ptr, size_t len)
{
    uint32_t number = 0;
    for (size_t i = len; i > 0; i--) {
        number = number << 8 | ptr[i - 1];
    }
    return number;
}

/* The content of a file by its local header; what is deflated is inflated. */
static struct bytes content_of(struct job *job, struct bytes zip, size_t at, size_t packed_len,
                               size_t len, bool is_deflated)
{
    const size_t start =
        at + 30 + number_at(zip.ptr + at + 26, 2) + number_at(zip.ptr + at + 28, 2);
    must(number_at(zip.ptr + at, 4) == 0x04034b50 && start + packed_len <= zip.len);
    if (!is_deflated) {
        return (struct bytes){zip.ptr + start, len};
    }
    uint8_t *plain = arena_new(job->arena, len + 1);
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)(zip.ptr + start),
                       .avail_in = (uInt)packed_len,
                       .next_out = plain,
                       .avail_out = (uInt)len + 1};
    must(inflateInit2(&stream, -15) == Z_OK);
    must(inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.total_out == len);
    must(inflateEnd(&stream) == Z_OK);
    return (struct bytes){plain, len};
}

/* Walk the central directory; every file must be one of ours, in order, whole. */
static void check_zip(struct job *job, struct bytes zip, const struct archive_file *file,
                      size_t count)
{
    must(zip.len >= 22);
    const uint8_t *end = zip.ptr + zip.len - 22; /* no comment follows it */
    expect(number_at(end, 4) == 0x06054b50, "the end is where it should be");
    expect(number_at(end + 10, 2) == count, "%u files", number_at(end + 10, 2));
    const uint8_t *entry = zip.ptr + number_at(end + 16, 4);
    for (size_t i = 0; i < count; i++) {
        const size_t name_len = number_at(entry + 28, 2);
        const struct str name = {(const char *)entry + 46, name_len};
        const struct bytes content =
            content_of(job, zip, number_at(entry + 42, 4), number_at(entry + 20, 4),
                       number_at(entry + 24, 4), number_at(entry + 10, 2) == 8);
        expect(str_equal(name, file[i].name), "file %zu: %.*s", i, STR_ARG(name));
        expect(content.len == file[i].content.len &&
                   bytes_same(content.ptr, file[i].content.ptr, content.len),
               "file %zu", i);
        expect(crc32(0, file[i].content.ptr, (uInt)file[i].content.len) == number_at(entry + 16, 4),
               "file %zu: CRC", i);
        entry += 46 + name_len + number_at(entry + 30, 2) + number_at(entry + 32, 2);
    }
}

static void what_goes_in_comes_out(void **state)
{
    (void)state;
    struct job job;
    struct bytes zip;
    job_begin(&job, host_real());
    struct buf large = buf_begin(job.arena);
    for (unsigned i = 0; i < 20000; i++) {
        buf_format(&large, "%u line %u\n", i * i % 97, i);
    }
    const struct archive_file file[] = {
        {STR("empty.txt"), {(const uint8_t *)"", 0}},
        {STR("short.txt"), bytes_of(STR("x"))},
        {STR("folder/\xc3\xa9t\xc3\xa9.csv"), bytes_of(STR("a,b\r\n1,2\r\n"))},
        {STR("large.txt"), buf_all(&large)},
    };
    for (size_t count = 1; count <= sizeof file / sizeof file[0]; count++) {
        expect(archive_write(&job, file, count, &zip) == CANDOR_OK, "%s", job.message);
        check_zip(&job, zip, file, count);
    }
    expect(zip.len < large.len, "it is packed");
    job_end(&job);
}

static void the_same_instant_gives_the_same_bytes(void **state)
{
    (void)state;
    struct job job;
    struct bytes one;
    struct bytes two;
    job_begin(&job, host_real());
    const struct archive_file file = {STR("a.json"), bytes_of(STR("{\"a\": 1}"))};
    must(archive_write(&job, &file, 1, &one) == CANDOR_OK);
    must(archive_write(&job, &file, 1, &two) == CANDOR_OK);
    expect(one.len == two.len && bytes_same(one.ptr, two.ptr, one.len), "bytes");
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(the_same_instant_gives_the_same_bytes),
    };
    return cmocka_run_group_tests_name("archive", test, NULL, NULL);
}
