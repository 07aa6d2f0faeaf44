/*
 * test_yaml.c - YAML in: the core schema of YAML 1.2, the lines of values, and the refused traps.
 */
#include "base.h"
#include "text.h"

#include "support.h"

static enum candor_status read_yaml(struct job *job, const char *yaml, const struct value **value)
{
    return yaml_read(job, bytes_of(str_of(yaml)), NULL, "it", value);
}

/* The tree as JSON, which is easy to compare. */
static struct str as_json(struct job *job, const struct value *value)
{
    struct json json;
    struct buf buf = buf_begin(job->arena);
    json_begin(&json, &buf, false);
    json_value(&json, value);
    json_end(&json);
    return buf_text(&buf);
}

static void documents_mean_what_they_show(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *yaml;
        const char *json;
    } row[] = {
        {"a: 1\nb: [x, y]\nc:\n  - 1\n  - d: e\n",
         "{\"a\":1,\"b\":[\"x\",\"y\"],\"c\":[1,{\"d\":\"e\"}]}"},
        {"[true, True, TRUE, false, False, FALSE]", "[true,true,true,false,false,false]"},
        {"[yes, no, on, off, y, n, tRue]", "[\"yes\",\"no\",\"on\",\"off\",\"y\",\"n\",\"tRue\"]"},
        {"[null, Null, NULL, ~, nUll]", "[null,null,null,null,\"nUll\"]"},
        {"a:\nb: \"\"\nc: ''\n", "{\"a\":null,\"b\":\"\",\"c\":\"\"}"},
        {"[0, -0, 7, +7, -7, 007, 0x1F, 0o17]", "[0,0,7,7,-7,7,31,15]"},
        {"[1.5, .5, 5., -1e3, 1E-3, +1.5]", "[1.5,0.5,5,-1000,0.001,1.5]"},
        {"[.inf, -.inf, .nan, 0x, 0o8, 0b1, +-1, 1_000, 1e, e1, '1']",
         "[\".inf\",\"-.inf\",\".nan\",\"0x\",\"0o8\",\"0b1\",\"+-1\",\"1_000\",\"1e\",\"e1\","
         "\"1\"]"},
        {"[12:30, 2026-11-25, 1.2.3, \"true\", 'null']",
         "[\"12:30\",\"2026-11-25\",\"1.2.3\",\"true\",\"null\"]"},
        {"9223372036854775807", "9223372036854775807"},
        {"9223372036854775808", "9.223372036854776e+18"},
        {"a: |\n  one\n  two\nb: >\n  one\n  two\n",
         "{\"a\":\"one\\ntwo\\n\",\"b\":\"one two\\n\"}"},
        {"# comment\n%YAML 1.2\n---\na: b\n...\n", "{\"a\":\"b\"}"},
        {"%YAML 1.2\n---\na: b # c\n...\n", "{\"a\":\"b\"}"},
        {"--- text\n", "\"text\""},
        {"{1: a, true: b}", "{\"1\":\"a\",\"true\":\"b\"}"},
        {"\xEF\xBB\xBF"
         "a: \xC3\xA9\n",
         "{\"a\":\"\xC3\xA9\"}"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"a: {}\r\nb: []\r\n", "{\"a\":{},\"b\":[]}"},
        {"\"a\\tb\": \"\\u00e9\"", "{\"a\\tb\":\"\xC3\xA9\"}"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(read_yaml(job, row[i].yaml, &root) == CANDOR_OK, "row %zu: %s", i, job->message);
        const struct str json = as_json(job, root);
        expect(str_is(json, row[i].json), "row %zu: %.*s", i, STR_ARG(json));
    }
}

static void every_value_knows_its_line(void **state)
{
    struct job *job = *state;
    const struct value *root = NULL;
    expect(read_yaml(job,
                     "# comment\n"  /* 1 */
                     "a: 1\n"       /* 2 */
                     "b:\n"         /* 3 */
                     "  - x\n"      /* 4 */
                     "\n"           /* 5 */
                     "  - {y: 1,\n" /* 6 */
                     "     z: 2}\n" /* 7 */
                     "c: |\n"       /* 8 */
                     "  one\n"      /* 9 */
                     "d:\n",        /* 10 */
                     &root) == CANDOR_OK,
           "%s", job->message);
    const struct value *list = value_get(root, "b");
    expect(root->line == 2, "root");
    expect(value_get(root, "a")->line == 2, "a");
    expect(list->line == 4, "b: %u", list->line);
    expect(list->item[0].line == 4, "x");
    expect(list->item[1].line == 6, "map");
    expect(value_get(&list->item[1], "z")->line == 7, "z");
    expect(value_get(root, "c")->line == 8, "c");
    expect(value_get(root, "d")->line == 10, "d, which is nothing");
}

static void traps_are_refused_with_their_line(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *yaml;
        const char *message; /* part of it */
    } row[] = {
        {"", "it is empty"},
        {"\n  \n", "it is empty"},
        {"# only\n", "nothing but comments"},
        {"a: 1\na: 2\n", "line 2: the key 'a' stands twice"},
        {"a: {b: 1,\n \"b\": 2}", "line 2: the key 'b' stands twice"},
        {"a: &x 1\n", "line 1: anchors"},
        {"a: &x [1]\n", "line 1: anchors"},
        {"a: &x {b: 1}\n", "line 1: anchors"},
        {"b: 1\na: *x\n", "line 2: aliases"},
        {"*x : 1\n", "aliases"},
        {"&x a: 1\n", "anchors"},
        {"a: !!str 1\n", "line 1: anchors (&) and tags (!)"},
        {"a: !x [1]\n", "tags"},
        {"a: ! 1\n", "tags"},
        {"%TAG !e! tag:x,2000:\n---\na: 1\n", "tags"},
        {"a: 1\n---\nb: 2\n", "a second document"},
        {"[a]: 1\n", "a key must be a text"},
        {"? {a: b}\n: 1\n", "a key must be a text"},
        {": 1\n", "line 1"},
        {"'': 1\n", "a key must not be empty"},
        {"?\n: 1\n", "a key must not be empty"},
        {"a: 1\n\tb: 2\n", "line 2: a tab begins the line"},
        {"a: [1\nb: 2\n", "line 2"},
        {"a: 'b\n", "line 2"},
        {"a: 1\n b: 2\n", "line 2, column 3: mapping values are not allowed"},
        {"a: \"\\0\"\n", "line 1: a text holds a zero byte"},
        {"a: \"\\ud800\"\n", "line 1"},
        {"a: \x01\n", "line"},
        {"a: \xFF\n", "it: line 1, column 4: this is not UTF-8"},
        {"a: b\n}\n", "line 2"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(read_yaml(job, row[i].yaml, &root) == CANDOR_BAD_INPUT, "row %zu", i);
        expect(str_contains(str_of(job->message), str_of(row[i].message)), "row %zu: %s", i,
               job->message);
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
        {"[[1]]", "[[[1]]]", {.depth_max = 2}},    {"[{a: 1}]", "[{a: []}]", {.depth_max = 2}},
        {"[1, 2]", "[1, 2, 3]", {.count_max = 3}}, {"{a: 1}", "{a: 1, b: 2}", {.count_max = 2}},
        {"[abcd]", "[abcde]", {.text_max = 4}},    {"{abcd: 1}", "{abcde: 1}", {.text_max = 4}},
        {"[1234]", "[12345]", {.size_max = 6}},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        expect(yaml_read(job, bytes_of(str_of(row[i].fine)), &row[i].limits, "it", &root) ==
                   CANDOR_OK,
               "row %zu: %s", i, job->message);
        expect(yaml_read(job, bytes_of(str_of(row[i].much)), &row[i].limits, "it", &root) ==
                   CANDOR_TOO_LARGE,
               "row %zu", i);
    }
}

static void many_keys_and_items_keep_their_order(void **state)
{
    struct job *job = *state;
    struct buf buf = buf_begin(job->arena);
    for (size_t i = 0; i < 1000; i++) {
        buf_format(&buf, "key%zu: [%zu, x%zu]\n", i, i, i);
    }
    const struct value *root = NULL;
    expect(yaml_read(job, buf_all(&buf), NULL, "it", &root) == CANDOR_OK, "%s", job->message);
    expect(root->count == 1000, "%zu", root->count);
    for (size_t i = 0; i < 1000; i++) {
        expect(str_equal(root->key[i], str_format(job->arena, "key%zu", i)), "key %zu", i);
        expect(root->item[i].count == 2 && root->item[i].item[0].integer == (int64_t)i, "item %zu",
               i);
        expect(root->item[i].line == i + 1, "line %zu", i);
    }
}

static void what_is_written_as_json_is_yaml(void **state)
{
    struct job *job = *state;
    for (unsigned code = 1; code < 0x10000; code++) {
        char text[4] = {(char)(0xE0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3F)),
                        (char)(0x80 | (code & 0x3F)), '\0'};
        struct str character = {text, 3};
        if (code < 0x80) {
            text[0] = (char)code;
            character.len = 1;
        } else if (code < 0x800) {
            text[0] = (char)(0xC0 | code >> 6);
            text[1] = (char)(0x80 | (code & 0x3F));
            character.len = 2;
        }
        if (!str_is_utf8(character)) {
            continue; /* a surrogate */
        }
        const struct arena_mark mark = arena_mark(job->arena);
        struct json json;
        struct buf buf = buf_begin(job->arena);
        const struct value *root = NULL;
        json_begin(&json, &buf, false);
        json_text(&json, character);
        json_end(&json);
        expect(yaml_read(job, buf_all(&buf), NULL, "it", &root) == CANDOR_OK, "U+%04X: %s", code,
               job->message);
        expect(str_equal(root->text, character), "U+%04X", code);
        arena_rewind(job->arena, mark);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(documents_mean_what_they_show),
        test_with_job(every_value_knows_its_line),
        test_with_job(traps_are_refused_with_their_line),
        test_with_job(limits_hold_and_one_less_is_fine),
        test_with_job(many_keys_and_items_keep_their_order),
        test_with_job(what_is_written_as_json_is_yaml),
    };
    return cmocka_run_group_tests_name("yaml", test, NULL, NULL);
}
