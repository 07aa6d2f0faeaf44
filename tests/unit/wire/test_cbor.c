/*
 * test_cbor.c - CBOR: the examples of RFC 8949, appendix A, both ways; and what is not read.
 */
#include "cbor.h"

#include <string.h>

#include "testing.h"

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_begin();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_end(arena);
    return 0;
}

static struct bytes from_hex(const char *hex)
{
    const size_t len = strlen(hex) / 2;
    uint8_t *bytes = NEW_ARRAY(arena, len + 1, uint8_t);
    must(hex_read(str_of(hex), bytes, len));
    return (struct bytes){bytes, len};
}

static void whole_numbers_are_written_and_read(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *hex;
    } row[] = {{0, "00"},
               {10, "0a"},
               {23, "17"},
               {24, "1818"},
               {100, "1864"},
               {1000, "1903e8"},
               {65535, "19ffff"},
               {65536, "1a00010000"},
               {1000000, "1a000f4240"},
               {1000000000000, "1b000000e8d4a51000"},
               {INT64_MAX, "1b7fffffffffffffff"},
               {-1, "20"},
               {-10, "29"},
               {-24, "37"},
               {-25, "3818"},
               {-1000, "3903e7"},
               {INT64_MIN, "3b7fffffffffffffff"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct buf buf = buf_begin(arena);
        struct cbor value;
        cbor_put_int(&buf, row[i].number);
        expect(str_is(hex_of(arena, buf_all(&buf)), row[i].hex), "%s", row[i].hex);
        expect(cbor_read(arena, buf_all(&buf), &value) && value.kind == CBOR_INT &&
                   value.integer == row[i].number,
               "%s", row[i].hex);
    }
}

static void lists_maps_and_tags_are_read(void **state)
{
    (void)state;
    struct cbor value;
    assert_true(cbor_read(arena, from_hex("a26161016162820203"), &value));
    assert_int_equal(value.kind, CBOR_MAP);
    assert_int_equal(value.count, 2);
    assert_int_equal(cbor_get(&value, "a")->integer, 1);
    assert_int_equal(cbor_get(&value, "b")->item[1].integer, 3);
    assert_null(cbor_get(&value, "c"));
    assert_null(cbor_get(NULL, "a"));
    assert_null(cbor_text_at(&value, "a").ptr);
    assert_true(cbor_read(arena, from_hex("a201021821420102"), &value));
    assert_int_equal(cbor_get_int(&value, 33)->bytes.len, 2);
    assert_true(cbor_read(arena, from_hex("c074323031332d30332d32315432303a30343a30305a"), &value));
    assert_true(value.kind == CBOR_TAG && value.integer == 0);
    assert_true(str_is(value.item[0].text, "2013-03-21T20:04:00Z"));
    assert_true(cbor_read(arena, from_hex("84f4f5f6fb3ff199999999999a"), &value));
    assert_true(value.item[0].kind == CBOR_BOOL && value.item[0].integer == 0);
    assert_true(value.item[1].kind == CBOR_BOOL && value.item[1].integer == 1);
    assert_true(value.item[2].kind == CBOR_NULL && value.item[3].kind == CBOR_OTHER);
    assert_true(cbor_read(arena, from_hex("1800"), &value)); /* a longer head than is needed */
}

static void what_can_be_read_in_two_ways_is_not_read(void **state)
{
    (void)state;
    static const struct {
        const char *label;
        const char *hex;
    } row[] = {{"nothing", ""},
               {"a key twice", "a2616101616102"},
               {"a number as key twice", "a201020103"},
               {"an indefinite list", "9f01ff"},
               {"an indefinite text", "7f616161ff"},
               {"a break alone", "ff"},
               {"a reserved head", "1c"},
               {"two values", "0102"},
               {"a list that is cut", "820102"
                                      "01"},
               {"a map that is cut", "a16161"},
               {"a text that is cut", "6261"},
               {"a head that is cut", "19ff"},
               {"text that is no UTF-8", "61ff"},
               {"a text of any length", "7bffffffffffffffff"},
               {"a list of any length", "9bffffffffffffffff"},
               {"a list of 4097", "991001"},
               {"undefined", "f7"}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct cbor value;
        expect(!cbor_read(arena, from_hex(row[i].hex), &value), "%s", row[i].label);
    }
}

static void depth_and_count_have_limits(void **state)
{
    (void)state;
    struct cbor value;
    struct buf deep = buf_begin(arena);
    struct buf many = buf_begin(arena);
    for (unsigned i = 0; i < CBOR_DEPTH_MAX; i++) {
        cbor_put_list(&deep, 1);
    }
    cbor_put_int(&deep, 1);
    assert_true(cbor_read(arena, buf_all(&deep), &value));
    struct buf deeper = buf_begin(arena);
    cbor_put_list(&deeper, 1);
    buf_bytes(&deeper, deep.ptr, deep.len);
    assert_false(cbor_read(arena, buf_all(&deeper), &value));
    cbor_put_list(&many, CBOR_COUNT_MAX - 1); /* with the list itself as many as there may be */
    for (unsigned i = 0; i < CBOR_COUNT_MAX - 1; i++) {
        cbor_put_int(&many, 1);
    }
    assert_true(cbor_read(arena, buf_all(&many), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_numbers_are_written_and_read),
        cmocka_unit_test(lists_maps_and_tags_are_read),
        cmocka_unit_test(what_can_be_read_in_two_ways_is_not_read),
        cmocka_unit_test(depth_and_count_have_limits),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
