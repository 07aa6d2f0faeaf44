/*
 * test_json_read.c - JSON in: what RFC 8259 allows, within limits, and a place for all else.
 */
#include "base.h"
#include "text.h"

#include <math.h>

#include "support.h"

static enum candor_status read_text_of(struct job *job, const char *json,
                                       const struct value **value)
{
    return json_read(job, bytes_of(str_of(json)), NULL, "it", value);
}

static void every_kind_is_read(void **state)
{
    struct job *job = *state;
    const struct value *root = NULL;
    expect(
        read_text_of(job,
                     "{\"z\":null,\"y\":true,\"x\":false,\"w\":-7,\"v\":2.5,\"u\":\"a\\u00e9\\n\","
                     "\"t\":[],\"s\":{},\"r\":[1,[2]],\"q\":1e3}",
                     &root) == CANDOR_OK,
        "%s", job->message);
    expect(root->kind == VALUE_MAP && root->count == 10 && root->line == 0, "map");
    static const char key[] = "zyxwvutsrq";
    static const enum value_kind kind[] = {VALUE_NULL,   VALUE_BOOL,  VALUE_BOOL, VALUE_NUMBER,
                                           VALUE_NUMBER, VALUE_TEXT,  VALUE_LIST, VALUE_MAP,
                                           VALUE_LIST,   VALUE_NUMBER};
    for (size_t i = 0; i < root->count; i++) {
        expect(root->key[i].len == 1 && root->key[i].ptr[0] == key[i], "order, %zu", i);
        expect(root->item[i].kind == kind[i], "kind, %zu", i);
    }
    expect(root->item[1].boolean && !root->item[2].boolean, "booleans");
    expect(root->item[3].is_integer && root->item[3].integer == -7 && root->item[3].number == -7,
           "integer");
    expect(!root->item[4].is_integer && root->item[4].number == 2.5, "number");
    expect(str_is(root->item[5].text, "a\xC3\xA9\n"), "text");
    expect(root->item[6].count == 0 && root->item[7].count == 0, "empty");
    expect(root->item[8].item[1].item[0].integer == 2, "nested");
    expect(root->item[9].is_integer && root->item[9].integer == 1000, "a whole real");
}

static void any_value_may_stand_at_the_top(void **state)
{
    struct job *job = *state;
    static const char *const row[] = {"null", "true", " 1 ", "\"\"", "[]", "\xEF\xBB\xBF{}"};
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(read_text_of(job, row[i], &root) == CANDOR_OK, "%s: %s", row[i], job->message);
    }
}

static void what_is_no_json_is_refused_with_its_place(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *json;
        const char *message; /* part of it */
    } row[] = {
        {"", "it is empty"},
        {" \n", "it is empty"},
        {"{", "line 1"},
        {"[1,]", "line 1"},
        {"{\"a\":1,\n\"a\":2}", "line 2, column 3: duplicate object key"},
        {"[1] [2]", "line 1"},
        {"{a:1}", "line 1"},
        {"['a']", "line 1"},
        {"[01]", "line 1"},
        {"[+1]", "line 1"},
        {"[.5]", "line 1"},
        {"[NaN]", "line 1"},
        {"[Infinity]", "line 1"},
        {"[1e999]", "line 1"},
        {"[99999999999999999999]", "line 1"},
        {"[\"\\ud800\"]", "line 1"},
        {"[\"\\u0000\"]", "it: line 1, column 9: a text holds \\u0000"},
        {"{\"\\u0000\":1}", "line 1"},
        {"[\"a\nb\"]", "line 1"},
        {"[\"\xFF\"]", "it: line 1, column 3: this is not UTF-8"},
        {"\n\n[\"\xC3\xA9\xC3\"]", "it: line 3, column 4: this is not UTF-8"},
        {"// x\n1", "line 1"},
        {"]", "line 1"},
        {"tru", "line 1"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(read_text_of(job, row[i].json, &root) == CANDOR_BAD_INPUT, "row %zu", i);
        expect(str_contains(str_of(job->message), str_of(row[i].message)), "row %zu: %s", i,
               job->message);
    }
    const struct value *root = NULL;
    expect(json_read(job, (struct bytes){(const uint8_t *)"[\0]", 3}, NULL, "it", &root) ==
                   CANDOR_BAD_INPUT &&
               str_contains(str_of(job->message), STR("column 2: a zero byte")),
           "zero byte: %s", job->message);
}

static void a_message_never_shows_a_value(void **state)
{
    struct job *job = *state;
    static const char *const row[] = {
        "{\"email\":\"anna@example.org\" \"x\"}",
        "[\"anna@example.org\\q\"]",
        "[anna@example.org]",
        "{\"anna@example.org\"}",
        "\"anna@example.org",
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(read_text_of(job, row[i], &root) == CANDOR_BAD_INPUT, "row %zu", i);
        expect(!str_contains(str_of(job->message), STR("anna")), "row %zu: %s", i, job->message);
    }
}

static void limits_hold_and_one_less_is_fine(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *fine;
        const char *much;
        struct text_limits limits;
    } row[] = {
        {"[[1]]", "[[[1]]]", {.depth_max = 2}},
        {"[{\"a\":1}]", "[{\"a\":[]}]", {.depth_max = 2}},
        {"[1,2]", "[1,2,3]", {.count_max = 3}},
        {"{\"a\":1}", "{\"a\":1,\"b\":2}", {.count_max = 2}},
        {"[\"abcd\"]", "[\"abcde\"]", {.text_max = 4}},
        {"{\"abcd\":1}", "{\"abcde\":1}", {.text_max = 4}},
        {"[1234]", "[12345]", {.size_max = 6}},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(json_read(job, bytes_of(str_of(row[i].fine)), &row[i].limits, "it", &root) ==
                   CANDOR_OK,
               "row %zu: %s", i, job->message);
        expect(json_read(job, bytes_of(str_of(row[i].much)), &row[i].limits, "it", &root) ==
                   CANDOR_TOO_LARGE,
               "row %zu", i);
    }
}

static void brackets_inside_texts_are_text(void **state)
{
    struct job *job = *state;
    const struct text_limits limits = {.depth_max = 1, .count_max = 3};
    const struct value *root = NULL;
    expect(json_read(job, bytes_of(STR("[\"[[[,,,\\\"[[\", \"\\\\\"]")), &limits, "it", &root) ==
               CANDOR_OK,
           "%s", job->message);
    expect(root->count == 2 && str_is(root->item[1].text, "\\"), "two texts");
}

static void deep_nesting_is_refused_whatever_the_limits_say(void **state)
{
    struct job *job = *state;
    enum { DEPTH = 100000 };
    char *text = NEW_ARRAY(job->arena, DEPTH, char);
    memset(text, '[', DEPTH);
    const struct text_limits limits = {.depth_max = SIZE_MAX};
    const struct value *root = NULL;
    expect(json_read(job, (struct bytes){(uint8_t *)text, DEPTH}, &limits, "it", &root) ==
               CANDOR_TOO_LARGE,
           "deep");
    memset(text, '[', TEXT_DEPTH_MAX);
    memset(text + TEXT_DEPTH_MAX, ']', TEXT_DEPTH_MAX);
    expect(json_read(job, (struct bytes){(uint8_t *)text, (size_t)2 * TEXT_DEPTH_MAX}, &limits,
                     "it", &root) == CANDOR_OK,
           "%s", job->message);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(every_kind_is_read),
        test_with_job(any_value_may_stand_at_the_top),
        test_with_job(what_is_no_json_is_refused_with_its_place),
        test_with_job(a_message_never_shows_a_value),
        test_with_job(limits_hold_and_one_less_is_fine),
        test_with_job(brackets_inside_texts_are_text),
        test_with_job(deep_nesting_is_refused_whatever_the_limits_say),
    };
    return cmocka_run_group_tests_name("json_read", test, NULL, NULL);
}
