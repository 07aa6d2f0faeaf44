/*
 * test_json_write.c - JSON out: layout, escapes, promises, and that all of it reads back.
 */
#include "base.h"
#include "text.h"

#include <math.h>

#include "support.h"

static void write_sample(struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("a"));
    json_list_begin(json);
    json_i64(json, -1);
    json_u64(json, UINT64_MAX);
    json_f64(json, 0.1);
    json_f64(json, (double)NAN);
    json_list_end(json);
    json_key_str(json, STR("b\""));
    json_map_begin(json);
    json_map_end(json);
    json_key(json, LIT("c"));
    json_list_begin(json);
    json_list_end(json);
    json_key(json, LIT("d"));
    json_bool(json, true);
    json_key(json, LIT("e"));
    json_null(json);
    json_key(json, LIT("f"));
    json_hex(json, bytes_of(STR("ab")));
    json_key(json, LIT("g"));
    json_base64(json, bytes_of(STR("ab")));
    json_key(json, LIT("h"));
    json_lit(json, LIT("x"));
    json_map_end(json);
}

static void both_layouts_are_as_they_should_be(void **state)
{
    struct job *job = *state;
    static const char *const expected[] = {
        "{\"a\":[-1,18446744073709551615,0.1,null],\"b\\\"\":{},\"c\":[],\"d\":true,\"e\":null,"
        "\"f\":\"6162\",\"g\":\"YWI=\",\"h\":\"x\"}",
        "{\n  \"a\": [\n    -1,\n    18446744073709551615,\n    0.1,\n    null\n  ],\n"
        "  \"b\\\"\": {},\n  \"c\": [],\n  \"d\": true,\n  \"e\": null,\n  \"f\": \"6162\",\n"
        "  \"g\": \"YWI=\",\n  \"h\": \"x\"\n}"};
    for (size_t pretty = 0; pretty < 2; pretty++) {
        struct json json;
        struct buf buf = buf_begin(job->arena);
        json_begin(&json, &buf, pretty == 1);
        write_sample(&json);
        json_end(&json);
        expect(str_is(buf_text(&buf), expected[pretty]), "%.*s", STR_ARG(buf_text(&buf)));
    }
}

static void texts_are_escaped(void **state)
{
    struct job *job = *state;
    static const struct {
        struct str text;
        const char *json;
    } row[] = {
        {TEXT(""), "\"\""},
        {TEXT("a/b<c>'"), "\"a/b<c>'\""},
        {TEXT("\"\\"), "\"\\\"\\\\\""},
        {TEXT("\n\r\t\b\f\x1f\x7f"), "\"\\n\\r\\t\\u0008\\u000c\\u001f\\u007f\""},
        {TEXT("a\0b"), "\"a\\u0000b\""},
        {TEXT("\xC3\xA9\xF0\x9F\x98\x80"), "\"\xC3\xA9\xF0\x9F\x98\x80\""},
        {TEXT("\xC2\x80\xC2\x9F\xC2\xA0"), "\"\\u0080\\u009f\xC2\xA0\""},
        {TEXT("\xE2\x80\xA8\xE2\x80\xA9\xE2\x80\xB0"), "\"\\u2028\\u2029\xE2\x80\xB0\""},
        {TEXT("\xEF\xBB\xBF\xEF\xBF\xBD\xEF\xBF\xBE\xEF\xBF\xBF"),
         "\"\\ufeff\xEF\xBF\xBD\\ufffe\\uffff\""},
        {TEXT("a\xFFz"), "\"a\xEF\xBF\xBDz\""},
        {TEXT("\xC3"), "\"\xEF\xBF\xBD\""},
        {TEXT("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct json json;
        struct buf buf = buf_begin(job->arena);
        json_begin(&json, &buf, false);
        json_text(&json, row[i].text);
        json_end(&json);
        expect(str_is(buf_text(&buf), row[i].json), "row %zu: %.*s", i, STR_ARG(buf_text(&buf)));
    }
}

/* ---- misuse -------------------------------------------------------------------------------- */

static void value_without_key(struct json *json)
{
    json_map_begin(json);
    json_null(json);
}

static void key_in_list(struct json *json)
{
    json_list_begin(json);
    json_key(json, LIT("a"));
}

static void key_at_the_top(struct json *json)
{
    json_key(json, LIT("a"));
}

static void key_after_key(struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("a"));
    json_key(json, LIT("b"));
}

static void key_without_value(struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("a"));
    json_map_end(json);
}

static void wrong_end(struct json *json)
{
    json_map_begin(json);
    json_list_end(json);
}

static void end_of_nothing(struct json *json)
{
    json_list_end(json);
}

static void two_values(struct json *json)
{
    json_null(json);
    json_null(json);
}

static void not_closed(struct json *json)
{
    json_list_begin(json);
    json_end(json);
}

static void no_value(struct json *json)
{
    json_end(json);
}

static void too_deep(struct json *json)
{
    for (size_t i = 0; i <= TEXT_DEPTH_MAX; i++) {
        json_list_begin(json);
    }
}

static void (*const misuse[])(struct json *json) = {
    value_without_key, key_in_list, key_at_the_top, key_after_key, key_without_value, wrong_end,
    end_of_nothing,    two_values,  not_closed,     no_value,      too_deep};

static void do_misuse(void *thing)
{
    const size_t *number = thing;
    struct arena *arena = arena_begin();
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    misuse[*number](&json);
}

static void misuse_stops(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(misuse); i++) {
        expect(stops(do_misuse, &i), "misuse %zu", i);
    }
}

/* ---- all that is written can be read ------------------------------------------------------- */

static struct str draw_text(struct arena *arena, uint64_t *seed)
{
    const size_t len = draw_below(seed, 12);
    char *text = arena_new(arena, len + 1);
    for (size_t i = 0; i < len; i++) {
        text[i] = (char)(1 + draw_below(seed, 255)); /* rarely UTF-8 */
    }
    return (struct str){text, len};
}

static void draw_value(struct json *json, struct arena *arena, uint64_t *seed, size_t depth)
{
    const size_t choice = draw_below(seed, depth > 4 ? 4 : 6);
    const size_t count = draw_below(seed, 5);
    switch (choice) {
    case 0:
        json_i64(json, (int64_t)draw(seed));
        break;
    case 1:
        json_f64(json, (double)(int64_t)draw(seed) / 1e6);
        break;
    case 2:
        json_bool(json, count > 2);
        break;
    case 3:
        json_text(json, draw_text(arena, seed));
        break;
    case 4:
        json_list_begin(json);
        for (size_t i = 0; i < count; i++) {
            draw_value(json, arena, seed, depth + 1);
        }
        json_list_end(json);
        break;
    default:
        json_map_begin(json);
        for (size_t i = 0; i < count; i++) {
            json_key_str(json, str_format(arena, "%zu %llu", i, (unsigned long long)draw(seed)));
            draw_value(json, arena, seed, depth + 1);
        }
        json_map_end(json);
        break;
    }
}

static void what_is_written_reads_back_and_writes_the_same(void **state)
{
    struct job *job = *state;
    uint64_t seed = printed_seed();
    for (int i = 0; i < 3000; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        struct json json;
        struct buf first = buf_begin(job->arena);
        struct buf second = buf_begin(job->arena);
        const struct value *value = NULL;
        json_begin(&json, &first, i % 2 == 0);
        draw_value(&json, job->arena, &seed, 0);
        json_end(&json);
        expect(json_read(job, buf_all(&first), NULL, "it", &value) == CANDOR_OK, "%s",
               job->message);
        json_begin(&json, &second, i % 2 == 0);
        json_value(&json, value);
        json_end(&json);
        expect(str_equal(buf_text(&first), buf_text(&second)), "%.*s", STR_ARG(buf_text(&first)));
        arena_rewind(job->arena, mark);
    }
}

/* Readers take "-0" for a whole number, which has no sign. */
static void minus_zero_keeps_its_sign_on_the_way(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct buf buf = buf_begin(job.arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_f64(&json, -0.0);
    json_end(&json);
    const struct value *value;
    must(json_read(&job, buf_all(&buf), NULL, "it", &value) == CANDOR_OK);
    assert_true(value->number == 0 && signbit(value->number) != 0);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(both_layouts_are_as_they_should_be),
        test_with_job(texts_are_escaped),
        cmocka_unit_test(misuse_stops),
        test_with_job(what_is_written_reads_back_and_writes_the_same),
        cmocka_unit_test(minus_zero_keeps_its_sign_on_the_way),
    };
    return cmocka_run_group_tests_name("json_write", test, NULL, NULL);
}
