/*
 * test_gzip.c - what was packed comes back, up to the limit and not one byte more; a bomb, a cut, a
 * changed byte and what is no gzip are refused.
 */
#include <string.h>
#include <zlib.h>

#include "text.h"

#include "testing.h"

static struct bytes pack(struct arena *arena, struct bytes plain)
{
    z_stream stream = {0};
    must(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    const size_t room = deflateBound(&stream, plain.len) + 64;
    uint8_t *packed = NEW_ARRAY(arena, room, uint8_t);
    stream.next_in = (Bytef *)(uintptr_t)plain.ptr;
    stream.avail_in = (unsigned)plain.len;
    stream.next_out = packed;
    stream.avail_out = (unsigned)room;
    must(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    const size_t len = room - stream.avail_out;
    must(deflateEnd(&stream) == Z_OK);
    return (struct bytes){packed, len};
}

static struct bytes pattern(struct arena *arena, size_t len)
{
    uint8_t *ptr = NEW_ARRAY(arena, len + 1, uint8_t);
    for (size_t i = 0; i < len; i++) {
        ptr[i] = (uint8_t)(i * 31 + i / 251);
    }
    return (struct bytes){ptr, len};
}

static void what_was_packed_comes_back_up_to_the_limit(void **state)
{
    static const size_t len[] = {0, 1, 100, 16383, 16384, 16385, 100000};
    (void)state;
    for (size_t i = 0; i < sizeof len / sizeof len[0]; i++) {
        struct job job;
        struct bytes found;
        job_begin(&job, host_real());
        const struct bytes plain = pattern(job.arena, len[i]);
        const struct bytes packed = pack(job.arena, plain);
        expect(gzip_read(&job, packed, len[i], &found) == CANDOR_OK, "%zu: %s", len[i],
               job.message);
        expect(found.len == len[i] && bytes_same(found.ptr, plain.ptr, len[i]), "%zu bytes",
               len[i]);
        expect(len[i] == 0 || gzip_read(&job, packed, len[i] - 1, &found) == CANDOR_TOO_LARGE,
               "%zu: one past the limit", len[i]);
        job_end(&job);
    }
}

static void a_bomb_takes_no_more_room_than_the_limit(void **state)
{
    struct job job;
    struct bytes found;
    (void)state;
    job_begin(&job, host_real());
    const size_t len = (size_t)64 << 20;
    struct arena *arena = arena_begin();
    const struct bytes bomb =
        bytes_copy_of(job.arena, pack(arena, (struct bytes){arena_try(arena, len, 1), len}));
    arena_end(arena);
    const size_t before = arena_size(job.arena);
    assert_int_equal(gzip_read(&job, bomb, 100000, &found), CANDOR_TOO_LARGE);
    assert_true(arena_size(job.arena) - before < 1000000);
    job_end(&job);
}

static void members_that_follow_each_other_are_one(void **state)
{
    struct job job;
    struct bytes found;
    (void)state;
    job_begin(&job, host_real());
    struct buf buf = buf_begin(job.arena);
    for (size_t i = 0; i < 3; i++) {
        const struct bytes packed = pack(job.arena, bytes_of(STR("abc")));
        buf_bytes(&buf, packed.ptr, packed.len);
    }
    assert_int_equal(gzip_read(&job, buf_all(&buf), 9, &found), CANDOR_OK);
    assert_true(bytes_same(found.ptr, "abcabcabc", 9));
    assert_int_equal(gzip_read(&job, buf_all(&buf), 8, &found), CANDOR_TOO_LARGE);
    job_end(&job);
}

static void what_is_damaged_is_refused(void **state)
{
    struct job job;
    struct bytes found;
    (void)state;
    job_begin(&job, host_real());
    const struct bytes packed = pack(job.arena, pattern(job.arena, 1000));
    for (size_t len = 0; len < packed.len; len++) {
        expect(gzip_read(&job, (struct bytes){packed.ptr, len}, 2000, &found) == CANDOR_BAD_INPUT,
               "cut after %zu bytes", len);
    }
    for (size_t at = packed.len - 8; at < packed.len; at++) { /* checksum and length */
        uint8_t *changed = (uint8_t *)(uintptr_t)bytes_copy_of(job.arena, packed).ptr;
        changed[at] ^= 1;
        expect(gzip_read(&job, (struct bytes){changed, packed.len}, 2000, &found) ==
                   CANDOR_BAD_INPUT,
               "byte %zu changed", at);
    }
    assert_int_equal(gzip_read(&job, bytes_of(STR("{\"batch\":[]}")), 2000, &found),
                     CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_packed_comes_back_up_to_the_limit),
        cmocka_unit_test(a_bomb_takes_no_more_room_than_the_limit),
        cmocka_unit_test(members_that_follow_each_other_are_one),
        cmocka_unit_test(what_is_damaged_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
