/*
 * test_c2pa.c - where a manifest store stands in a text: put in and found again, in each form and each kind
 * of file; a text that only speaks of manifests; what is cut, doubled or hidden beside one.
 */
#include "c2pa.h"

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

/* Bytes of all values: the length of the padding of A.8 follows from them. */
static struct bytes store_of(size_t len)
{
    uint8_t *byte = NEW_ARRAY(arena, len + 1, uint8_t);
    for (size_t i = 0; i < len; i++) {
        byte[i] = (uint8_t)(i * 7 + len);
    }
    return (struct bytes){byte, len};
}

static struct str put_in(const char *file, struct str text, bool is_page, size_t head,
                         struct bytes store, struct c2pa_range *range)
{
    struct c2pa_place place;
    must(c2pa_place_of(str_of(file), text, is_page, head, &place));
    *range = c2pa_range_of(&place, text, store.len);
    return c2pa_embed(arena, &place, text, store);
}

static void a_store_is_found_where_it_was_put(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *text;
        const char *hashed; /* NULL: all of it */
        enum c2pa_form form;
        bool is_page;
        size_t head;
    } row[] = {
        {"a.txt", "Spring is here.\n", NULL, C2PA_SELECTORS, false, 0},
        {"a.eml", "no line break", NULL, C2PA_SELECTORS, false, 0},
        {"a.txt",
         "\xef\xbb\xbf"
         "with a mark of byte order",
         NULL, C2PA_SELECTORS, false, 0},
        {"a.txt", "\xe2\x9d\xa4\xef\xb8\x8f", NULL, C2PA_SELECTORS, false, 0},
        {"a.js", "one();\n", NULL, C2PA_COMMENT, false, 0},
        {"a.css", "a {}", NULL, C2PA_COMMENT, false, 0},
        {"a.css", "@charset \"utf-8\";\na {}\n", "@charset \"utf-8\";\na {}", C2PA_COMMENT, false,
         0},
        {"a.py", "#!/usr/bin/python3\nprint()\n", "#!/usr/bin/python3\nprint()", C2PA_COMMENT,
         false, 0},
        {"a.py", "#!/usr/bin/python3\r\nprint()\r\n", "#!/usr/bin/python3\r\nprint()", C2PA_COMMENT,
         false, 0},
        {"a.sh", "#!/bin/sh", NULL, C2PA_COMMENT, false, 0},
        {"a.md", "---\ntitle: a\n---\n", "---\ntitle: a\n---", C2PA_COMMENT, false, 0},
        {"A.MD", "# Spring\n", NULL, C2PA_COMMENT, false, 0},
        {"a.sql", "select 1;\n", NULL, C2PA_COMMENT, false, 0},
        {"a.php", "<?php\necho 1;\n", "<?php\necho 1;", C2PA_COMMENT, false, 0},
        {"a.html", "<head><title>a</title></head>", NULL, C2PA_SCRIPT, true, 6},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        for (size_t len = 1; len < 600; len += 43) {
            struct c2pa_range range;
            struct c2pa_carried carried;
            const struct bytes store = store_of(len);
            const struct str text = str_of(row[i].text);
            const struct str marked =
                put_in(row[i].file, text, row[i].is_page, row[i].head, store, &range);
            expect(c2pa_find(arena, marked, &carried) == C2PA_ONE, "%s %zu", row[i].text, len);
            expect(carried.form == row[i].form && carried.is_alone && !carried.is_padded, "%s",
                   row[i].text);
            expect(carried.range.start == range.start && carried.range.len == range.len,
                   "%s: %zu+%zu, not %zu+%zu", row[i].text, carried.range.start, carried.range.len,
                   range.start, range.len);
            expect(carried.store.len == len && bytes_same(carried.store.ptr, store.ptr, len), "%s",
                   row[i].text);
            const struct bytes hashed = c2pa_hashed(arena, marked, carried.form, carried.range);
            expect(str_is((struct str){(const char *)hashed.ptr, hashed.len},
                          row[i].hashed != NULL ? row[i].hashed : row[i].text),
                   "%s", row[i].text);
        }
    }
}

static void some_files_have_no_place(void **state)
{
    (void)state;
    struct c2pa_place place;
    assert_false(c2pa_place_of(STR("a.json"), STR("{}"), false, 0, &place));
    assert_false(c2pa_place_of(STR("a.csv"), STR("a,b\n"), false, 0, &place));
    assert_false(c2pa_place_of(STR("a.php"), STR("<p>a</p>"), false, 0, &place));
    assert_false(c2pa_place_of(STR("a.php"), STR("<?php echo 1; ?>\n"), false, 0, &place));
}

/* The published file of the specification's annex: a store of 16 bytes takes 125 bytes. */
static void padding_makes_the_length_that_of_the_store_alone(void **state)
{
    (void)state;
    struct c2pa_range range;
    const struct str marked =
        put_in("a.txt", STR("a"), false, 0, bytes_of(STR("c2pa-manifest-01")), &range);
    assert_int_equal(range.len, 125);
    assert_int_equal(marked.len, 126);
    /* What is missing are 11 bytes: one of 3 and two of 4. */
    static const char tail[] = "\xef\xb8\x80\xf3\xa0\x84\x80\xf3\xa0\x84\x80";
    assert_true(str_ends(marked, str_of(tail)));
}

static enum c2pa_found found_in(struct str text)
{
    struct c2pa_carried carried;
    return c2pa_find(arena, text, &carried);
}

static struct str joined(struct str first, struct str second)
{
    return str_format(arena, "%.*s%.*s", STR_ARG(first), STR_ARG(second));
}

static void what_is_doubled_cut_or_elsewhere_is_told_apart(void **state)
{
    (void)state;
    struct c2pa_range range;
    const struct bytes store = store_of(100);
    const struct str text = put_in("a.txt", STR("a\n"), false, 0, store, &range);
    const struct str program = put_in("a.js", STR("one();\n"), false, 0, store, &range);
    const struct str page = put_in("a.html", STR("<p>"), true, 0, store, &range);
    assert_int_equal(found_in(joined(text, text)), C2PA_MANY);
    assert_int_equal(found_in(joined(program, program)), C2PA_MANY);
    assert_int_equal(found_in(joined(page, page)), C2PA_MANY);
    assert_int_equal(found_in(joined(page, program)), C2PA_MANY);
    assert_int_equal(found_in(str_slice(text, 0, 300)), C2PA_CUT);
    assert_int_equal(found_in(str_slice(program, 0, 120)), C2PA_CUT);
    assert_int_equal(found_in(str_slice(page, 0, 120)), C2PA_CUT);
    assert_int_equal(found_in(STR("// -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,A "
                                  "-----END C2PA MANIFEST-----\n")),
                     C2PA_CUT);
    assert_int_equal(found_in(STR("# -----BEGIN C2PA MANIFEST----- https://a.example/m.c2pa "
                                  "-----END C2PA MANIFEST-----\n")),
                     C2PA_ELSEWHERE);
    static const char *const plain[] = {
        "",
        "from -----BEGIN C2PA MANIFEST----- to -----END C2PA MANIFEST-----",
        "-----BEGIN C2PA MANIFEST-----",
        "-----END C2PA MANIFEST-----",
        "the type is application/c2pa",
        "<p type=\"application/c2pa\">AAAA</p>",
        "<script type=\"application/c2pa-other\">AAAA</script>",
        "data:application/c2pa;base64,AAAA",
        "\xef\xbb\xbf\xef\xb8\x8f\xef\xb8\x8f",
        "\xef\xbb\xbf",
        "C2PATXT"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        expect(found_in(str_of(plain[i])) == C2PA_NONE, "%s", plain[i]);
    }
}

/* What would be left out of the hash with it. */
static void nothing_stands_beside_one_unseen(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_alone;
    } row[] = {
        {"// -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,AAAA "
         "-----END C2PA MANIFEST-----",
         true},
        {"<!-- -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,AAAA "
         "-----END C2PA MANIFEST----- -->",
         true},
        {"-----BEGIN C2PA MANIFEST-----\ndata:application/c2pa;base64,AAAA\n"
         "-----END C2PA MANIFEST-----\n",
         true},
        {"evil(); // -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,AAAA "
         "-----END C2PA MANIFEST-----",
         false},
        {"/* -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,AAAA "
         "-----END C2PA MANIFEST----- */ evil();",
         false},
        {"<script type=\"application/c2pa\">AAAA</script>", true},
        {"<SCRIPT type=\"application/c2pa\">\nAAAA\n</SCRIPT>", true},
        {"<script src=\"//e.example\" type=\"application/c2pa\">AAAA</script>", false},
        {"<script data-a=\"application/c2pa\" src=\"//e.example\">AAAA</script>", false},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct c2pa_carried carried;
        expect(c2pa_find(arena, str_of(row[i].text), &carried) == C2PA_ONE, "%s", row[i].text);
        expect(carried.is_alone == row[i].is_alone, "%s", row[i].text);
    }
}

static void letters_are_composed(void **state)
{
    (void)state;
    const struct str taken_apart = STR("cafe\xcc\x81");
    const struct str whole = STR("caf\xc3\xa9");
    struct c2pa_range range;
    assert_true(str_equal(c2pa_composed(arena, taken_apart), whole));
    assert_ptr_equal(c2pa_composed(arena, whole).ptr, whole.ptr);
    assert_null(c2pa_composed(arena, STR("\xff")).ptr);
    /* What a clipboard took apart has the hash that it had. */
    const struct str marked = put_in("a.txt", taken_apart, false, 0, store_of(40), &range);
    const struct bytes hashed = c2pa_hashed(arena, marked, C2PA_SELECTORS, range);
    assert_true(str_equal((struct str){(const char *)hashed.ptr, hashed.len}, whole));
    const struct bytes as_it_is = c2pa_hashed(arena, marked, C2PA_COMMENT, range);
    assert_int_equal(as_it_is.len, taken_apart.len);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_store_is_found_where_it_was_put),
        cmocka_unit_test(some_files_have_no_place),
        cmocka_unit_test(padding_makes_the_length_that_of_the_store_alone),
        cmocka_unit_test(what_is_doubled_cut_or_elsewhere_is_told_apart),
        cmocka_unit_test(nothing_stands_beside_one_unseen),
        cmocka_unit_test(letters_are_composed),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
