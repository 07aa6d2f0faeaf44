/*
 * test_buf.c - what a buffer lays out, byte by byte, and that a reader believes no length.
 */
#include "base.h"

#include <math.h>

#include "support.h"

static void numbers_have_one_layout(void **state)
{
    struct job *job = *state;
    struct buf buf = buf_begin(job->arena);
    expect(buf_all(&buf).len == 0, "empty");
    buf_u8(&buf, 1);
    buf_u16le(&buf, 0x0203);
    buf_u32le(&buf, 0x04050607);
    buf_u64le(&buf, UINT64_C(0x08090A0B0C0D0E0F));
    buf_f64le(&buf, 1.5);
    buf_u16be(&buf, 0x1011);
    buf_u64be(&buf, UINT64_C(0x1213141516171819));
    buf_block(&buf, bytes_of(STR("ab")));
    expect(str_is(hex_of(job->arena, buf_all(&buf)), "01"
                                                     "0302"
                                                     "07060504"
                                                     "0f0e0d0c0b0a0908"
                                                     "000000000000f83f"
                                                     "1011"
                                                     "1213141516171819"
                                                     "020000006162"),
           "layout");

    struct reader reader = reader_of(buf_all(&buf));
    expect(read_u8(&reader) == 1, "u8");
    expect(read_u16le(&reader) == 0x0203, "u16le");
    expect(read_u32le(&reader) == 0x04050607, "u32le");
    expect(read_u64le(&reader) == UINT64_C(0x08090A0B0C0D0E0F), "u64le");
    expect(read_f64le(&reader) == 1.5, "f64le");
    expect(read_u16be(&reader) == 0x1011, "u16be");
    expect(read_u64be(&reader) == UINT64_C(0x1213141516171819), "u64be");
    expect(!reader_is_done(&reader), "the block is left");
    expect(str_is(read_text(&reader), "ab"), "block");
    expect(reader_is_done(&reader), "done");
}

static void every_cut_is_noticed(void **state)
{
    struct job *job = *state;
    struct buf buf = buf_begin(job->arena);
    buf_u32le(&buf, 7);
    buf_block(&buf, bytes_of(STR("text")));
    buf_u64le(&buf, 9);
    const struct bytes all = buf_all(&buf);
    for (size_t len = 0; len <= all.len; len++) {
        uint8_t *part = arena_new(job->arena, len); /* its end is watched by the sanitizer */
        bytes_copy(part, all.ptr, len);
        struct reader reader = reader_of((struct bytes){part, len});
        const uint32_t number = read_u32le(&reader);
        const struct str text = read_text(&reader);
        const uint64_t last = read_u64le(&reader);
        expect(reader.bad == (len < all.len), "%zu bytes", len);
        expect(reader_is_done(&reader) == (len == all.len), "%zu bytes", len);
        expect(len >= 4 || number == 0, "%zu bytes", len);
        expect(len >= 12 || text.len == 0, "%zu bytes", len);
        expect(len == all.len ? last == 9 : last == 0, "%zu bytes", len);
    }
}

static void a_length_that_lies_is_not_followed(void **state)
{
    (void)state;
    static const uint8_t lie[] = {0xFF, 0xFF, 0xFF, 0xFF, 'a'};
    struct reader reader = reader_of((struct bytes){lie, sizeof lie});
    const struct bytes block = read_block(&reader);
    expect(block.len == 0 && reader.bad, "block");
    expect(read_u8(&reader) == 0 && read_bytes(&reader, 0).len == 0 && reader.bad, "stays bad");
}

static void a_text_that_is_none_is_bad(void **state)
{
    struct job *job = *state;
    static const char *const bad[] = {"\xFF", "a\xC3"};
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buf buf = buf_begin(job->arena);
        buf_block(&buf, bytes_of(str_of(bad[i])));
        struct reader reader = reader_of(buf_all(&buf));
        expect(read_text(&reader).len == 0 && reader.bad, "row %zu", i);
    }
}

static void buffers_of_any_length_hold_what_went_in(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    char *model = calloc(1, 400000);
    size_t len = 0;
    struct buf buf = buf_begin(job->arena);
    struct buf other = buf_begin(job->arena); /* grows in between, so neither is the newest */
    while (len < 300000) {
        const int width = 1 + (int)draw_below(&seed, 700);
        len += (size_t)snprintf(model + len, 400000 - len, "%0*d", width, (int)(len % 10));
        buf_format(&buf, "%0*d", width, (int)((buf.len) % 10));
        if (draw_below(&seed, 3) == 0) {
            buf_lit(&other, LIT("other"));
        }
    }
    expect(str_equal(buf_text(&buf), (struct str){model, len}), "%zu bytes", len);
    buf_str(&buf, STR(""));
    buf_bytes(&buf, NULL, 0);
    expect(buf.len == len, "nothing adds nothing");
    free(model);
}

static void not_a_number_survives(void **state)
{
    struct job *job = *state;
    struct buf buf = buf_begin(job->arena);
    buf_f64le(&buf, (double)NAN);
    struct reader reader = reader_of(buf_all(&buf));
    expect(isnan(read_f64le(&reader)), "NaN");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(numbers_have_one_layout),
        test_with_job(every_cut_is_noticed),
        cmocka_unit_test(a_length_that_lies_is_not_followed),
        test_with_job(a_text_that_is_none_is_bad),
        test_with_job(buffers_of_any_length_hold_what_went_in),
        test_with_job(not_a_number_survives),
    };
    return cmocka_run_group_tests_name("buf", test, NULL, NULL);
}
