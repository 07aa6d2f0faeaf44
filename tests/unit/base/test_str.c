/*
 * test_str.c - views of text, and UTF-8 against the definition: decode, and encode again.
 */
#include "base.h"

#include "support.h"

static void views_compare_by_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *left;
        const char *right;
        int order;
    } row[] = {
        {"", "", 0},   {"", "a", -1},     {"a", "", 1},    {"a", "a", 0},        {"a", "b", -1},
        {"b", "a", 1}, {"ab", "abc", -1}, {"b", "abc", 1}, {"\xC3\xA9", "z", 1},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct str left = str_of(row[i].left);
        const struct str right = str_of(row[i].right);
        expect(str_compare(left, right) == row[i].order, "row %zu", i);
        expect(str_equal(left, right) == (row[i].order == 0), "row %zu", i);
        expect(str_is(left, row[i].right) == (row[i].order == 0), "row %zu", i);
    }
    expect(str_of(NULL).len == 0, "NULL is the empty view");
    expect(str_equal(str_of(NULL), STR("")), "and equals it");
}

static void parts_are_found(void **state)
{
    (void)state;
    const struct str text = STR("campaign");
    expect(str_starts(text, STR("camp")) && str_starts(text, STR("")), "start");
    expect(!str_starts(text, STR("campaigns")) && !str_starts(text, STR("amp")), "no start");
    expect(str_ends(text, STR("aign")) && str_ends(text, STR("")), "end");
    expect(!str_ends(text, STR("xcampaign")) && !str_ends(text, STR("aig")), "no end");
    expect(str_contains(text, STR("mpa")) && str_contains(text, STR("")), "part");
    expect(!str_contains(text, STR("mpx")) && !str_contains(STR(""), STR("a")), "no part");
    expect(str_find(text, 'p') == 3 && str_find(text, 'z') == text.len, "byte");
    expect(str_find(str_of(NULL), 'a') == 0, "in nothing");
}

static void slices_are_clipped(void **state)
{
    (void)state;
    static const struct {
        size_t from;
        size_t to;
        const char *slice;
    } row[] = {{0, 3, "abc"}, {1, 2, "b"}, {1, 99, "bc"}, {3, 3, ""}, {2, 1, ""}, {9, 99, ""}};
    for (size_t i = 0; i < COUNT(row); i++) {
        expect(str_is(str_slice(STR("abc"), row[i].from, row[i].to), row[i].slice), "row %zu", i);
    }
    expect(str_is(str_trim(STR(" \t\r\n\v\f a b \n")), "a b"), "trim");
    expect(str_trim(STR(" \t ")).len == 0 && str_trim(STR("")).len == 0, "trim to nothing");
}

static void cutting_gives_every_part(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
        const char *part[4];
    } row[] = {
        {"a,b,c", 3, {"a", "b", "c"}}, {"a", 1, {"a"}},           {"", 1, {""}}, {",", 2, {"", ""}},
        {"a,", 2, {"a", ""}},          {",,a", 3, {"", "", "a"}},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct str rest = str_of(row[i].text);
        size_t count = 0;
        while (rest.ptr != NULL) {
            const struct str part = str_cut(&rest, ',');
            expect(count < row[i].count && str_is(part, row[i].part[count]), "row %zu part %zu", i,
                   count);
            count++;
        }
        expect(count == row[i].count, "row %zu", i);
    }
}

/* ---- UTF-8 --------------------------------------------------------------------------------- */

static size_t encode(uint32_t code, char target[4])
{
    if (code < 0x80) {
        target[0] = (char)code;
        return 1;
    }
    const size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        target[i] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    target[0] = (char)(lead[len] | code);
    return len;
}

static void every_character_is_utf8_and_no_surrogate(void **state)
{
    (void)state;
    for (uint32_t code = 0; code <= 0x110000; code++) {
        char text[4];
        const size_t len = encode(code, text);
        const bool fine = code != 0 && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
        expect(str_is_utf8((struct str){text, len}) == fine, "U+%04X", code);
        expect(len == 1 || !str_is_utf8((struct str){text, len - 1}), "U+%04X cut", code);
    }
}

static void what_is_not_utf8_is_refused_at_every_place(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "\x80",
        "\xC0\x80",
        "\xC1\xBF",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xFE",
        "\xC3(",
        "\xE2\x82(",
        "\xF0\x9F\x98(",
    };
    char text[40];
    for (size_t i = 0; i < COUNT(bad); i++) {
        for (size_t at = 0; at < 20; at++) {
            memset(text, 'a', sizeof text);
            memcpy(text + at, bad[i], strlen(bad[i]));
            expect(!str_is_utf8((struct str){text, sizeof text}), "row %zu at %zu", i, at);
        }
    }
    memset(text, 'a', sizeof text);
    expect(str_is_utf8((struct str){text, sizeof text}), "plain");
    for (size_t at = 0; at < sizeof text; at++) {
        text[at] = '\0';
        expect(!str_is_utf8((struct str){text, sizeof text}), "zero byte at %zu", at);
        text[at] = 'a';
    }
}

/* ---- copies -------------------------------------------------------------------------------- */

static void copies_end_with_a_zero_of_their_own(void **state)
{
    struct job *job = *state;
    const struct str part = str_slice(STR("abcdef"), 1, 3);
    expect(strcmp(str_z(job->arena, part), "bc") == 0, "str_z");
    expect(strcmp(str_z(job->arena, str_of(NULL)), "") == 0, "of nothing");
    const struct str copy = str_copy(job->arena, part);
    expect(copy.ptr != part.ptr && str_is(copy, "bc"), "str_copy");
    expect(str_is(str_lower(job->arena, STR("ABYZ[@`\xC3\x89")), "abyz[@`\xC3\x89"), "ASCII only");
    const struct bytes bytes = bytes_copy_of(job->arena, bytes_of(part));
    expect(bytes.len == 2 && bytes.ptr[1] == 'c', "bytes");
}

static void formats_of_any_length_fit(void **state)
{
    struct job *job = *state;
    for (int width = 1; width < 3000; width += 37) {
        const struct str text = str_format(job->arena, "%0*d|%.2f", width, 7, 0.5);
        expect(text.len == (size_t)width + 5 && str_ends(text, STR("7|0.50")), "width %d", width);
        expect(text.ptr[text.len] == '\0', "width %d", width);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(views_compare_by_bytes),
        cmocka_unit_test(parts_are_found),
        cmocka_unit_test(slices_are_clipped),
        cmocka_unit_test(cutting_gives_every_part),
        cmocka_unit_test(every_character_is_utf8_and_no_surrogate),
        cmocka_unit_test(what_is_not_utf8_is_refused_at_every_place),
        test_with_job(copies_end_with_a_zero_of_their_own),
        test_with_job(formats_of_any_length_fit),
    };
    return cmocka_run_group_tests_name("str", test, NULL, NULL);
}
