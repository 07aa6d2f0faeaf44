/*
 * test_mark.c - marks that a machine wrote something: where they count and where they do not.
 */
#include <string.h>

#include "mark.h"
#include "testing.h"
#include "text.h"

static struct str marked(struct arena *arena, const char *text, enum mark_media media)
{
    return mark_add(arena, str_of(text), media, MARK_AI, STR("de"));
}

static void what_is_marked_holds_and_is_marked_once(void **state)
{
    static const struct {
        enum mark_media media;
        const char *text;
    } row[] = {
        {MARK_TEXT, "Hello"},
        {MARK_TEXT, "Hello\n"},
        {MARK_TEXT, ""},
        {MARK_HTML, "<p>Hi</p>"},
        {MARK_HTML, "<!doctype html><html><head lang=\"a>b\"><title><head></title></head></html>"},
        {MARK_HTML, "<!doctype html>\n<p>Hi"},
        {MARK_HTML, "<!-- <head> --><HEAD><title>x</title></HEAD>"},
        {MARK_HTML, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        for (unsigned s = MARK_AI; s < MARK_SOURCES; s++) {
            struct arena *arena = arena_begin();
            const enum mark_source source = (enum mark_source)s;
            const struct str text = str_of(row[i].text);
            const struct str once = mark_add(arena, text, row[i].media, source, STR("de"));
            const struct str twice = mark_add(arena, once, row[i].media, source, STR("en"));
            expect(!mark_holds(text, row[i].media, source), "row %zu", i);
            expect(mark_holds(once, row[i].media, source), "row %zu", i);
            expect(str_equal(once, twice), "row %zu", i);
            expect(!mark_holds(once, row[i].media, s == MARK_AI ? MARK_MIXED : MARK_AI), "row %zu",
                   i);
            arena_end(arena);
        }
    }
}

static void one_changed_byte_of_the_mark_is_no_mark(void **state)
{
    (void)state;
    for (unsigned m = MARK_TEXT; m <= MARK_HTML; m++) {
        struct arena *arena = arena_begin();
        const struct str text = marked(arena, "", (enum mark_media)m);
        const size_t from = m == MARK_HTML ? 0 : text.len - strlen(mark_source_iri(MARK_AI)) - 1;
        for (size_t i = from; i + 1 < text.len; i++) {
            char *other = NEW_ARRAY(arena, text.len, char);
            memcpy(other, text.ptr, text.len);
            other[i] ^= 1;
            expect(!mark_holds((struct str){other, text.len}, (enum mark_media)m, MARK_AI),
                   "byte %zu", i);
        }
        arena_end(arena);
    }
}

static void a_mark_that_no_reader_finds_is_none(void **state)
{
    static const char *const around[][2] = {
        {"<!--", "-->"},          {"<script>", "</script>"}, {"<TEXTAREA>", "</TEXTAREA>"},
        {"<title>", "</title>"},  {"<style>", "</style>"},   {"<template>", "</template>"},
        {"<p title='", "'></p>"}, {"<plaintext>", ""},       {"<noscript>", "</noscript>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++) {
        struct arena *arena = arena_begin();
        const struct str mark = marked(arena, "", MARK_HTML);
        const struct str text =
            str_format(arena, "%s%.*s%s", around[i][0], STR_ARG(mark), around[i][1]);
        expect(!mark_holds(text, MARK_HTML, MARK_AI), "row %zu", i);
        arena_end(arena);
    }
}

static void people_and_code_need_none(void **state)
{
    (void)state;
    for (unsigned m = 0; m < MARK_MEDIA; m++) {
        for (unsigned s = 0; s < MARK_SOURCES; s++) {
            const bool needed = mark_is_needed((enum mark_media)m, (enum mark_source)s);
            expect(needed == (m != MARK_CODE && s != MARK_HUMAN), "%u %u", m, s);
            expect(mark_holds(STR("x"), (enum mark_media)m, (enum mark_source)s) == !needed,
                   "%u %u", m, s);
        }
    }
    expect(mark_media_of(STR("a/B.HTML")) == MARK_HTML, "html");
    expect(mark_media_of(STR("tag.js")) == MARK_CODE, "js");
    expect(mark_media_of(STR("html")) == MARK_TEXT, "text");
}

static void every_word_reads_back(void **state)
{
    enum mark_media media;
    enum mark_source source;
    (void)state;
    for (unsigned m = 0; m < MARK_MEDIA; m++) {
        expect(mark_media_read(str_of(mark_media_name((enum mark_media)m)), &media) && media == m,
               "%u", m);
    }
    for (unsigned s = 0; s < MARK_SOURCES; s++) {
        expect(mark_source_read(str_of(mark_source_name((enum mark_source)s)), &source) &&
                   source == s,
               "%u", s);
    }
    expect(!mark_media_read(STR("pdf"), &media) && !mark_source_read(STR("robot"), &source),
           "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_marked_holds_and_is_marked_once),
        cmocka_unit_test(one_changed_byte_of_the_mark_is_no_mark),
        cmocka_unit_test(a_mark_that_no_reader_finds_is_none),
        cmocka_unit_test(people_and_code_need_none),
        cmocka_unit_test(every_word_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
