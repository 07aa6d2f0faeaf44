#include <string.h>

#include "serving.h"
#include "testing.h"

/* A route by name, with the body read for it; the job's message says why not. */
static enum candor_status read_ask(struct job *job, const char *name, const char *parameter,
                                   const char *body, struct ask *ask)
{
    size_t count = 0;
    const struct route *table = routes(&count);
    *ask = (struct ask){0};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name.ptr, name) == 0) {
            ask->route = &table[i];
        }
    }
    must(ask->route != NULL);
    const struct str given[PARAMETERS_MAX] = {str_of(parameter), STR("1")};
    return ask_read(job, ask, given, bytes_of(str_of(body)));
}

static const struct {
    const char *route;
    const char *parameter;
    const char *body;
    const char *message; /* part of it; NULL: it is good */
} row[] = {
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\"}", NULL},
    {"decide", "", " { \"campaign\" : \"c\", \"identifier\" : \"\\u00e9\" } ", NULL},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"signals\":{\"gpc\":1}}", NULL},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"signals\":null}", NULL},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"signals\":[]}", "'signals'"},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"signals\":\"gpc\"}", "'signals'"},
    {"unsubscribe", "abc", "not looked at", NULL},
    {"unsubscribe", "", "", "not whole"},
    {"decide", "", "", "body"},
    {"decide", "", "{", "the request"},
    {"decide", "", "[]", "the request"},
    {"decide", "", "{}", "identifier"},
    {"decide", "", "{\"identifier\":\"a\",\"offers\":[\"x\",\"y\"],\"purpose\":\"p\"}", NULL},
    {"decide", "", "{\"campaign\":\"c\"}", "identifier"},
    {"decide", "", "{\"identifier\":null,\"campaign\":\"c\"}", "identifier"},
    {"decide", "", "{\"identifier\":1,\"campaign\":\"c\"}", "identifier"},
    {"decide", "", "{\"identifier\":\"\",\"campaign\":\"c\"}", "1 to 256"},
    {"decide", "", "{\"identifier\":\"a\\u0000b\",\"campaign\":\"c\"}", "the request"},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"offers\":\"x\"}", "offers"},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"offers\":[1]}", "each of a list"},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":\"c\",\"model\":\"m\"}", "model"},
    {"decide", "", "{\"identifier\":\"a\",\"identifier\":\"b\",\"campaign\":\"c\"}", "the request"},
    {"decide", "", "{\"identifier\":\"a\",\"campaign\":[[[[[[[[[[1]]]]]]]]]]}", "the request"},
    {"permit", "", "{\"identifier\":\"a\",\"purpose\":\"p\"}", NULL},
    {"permit", "", "{\"identifier\":\"a\",\"purpose\":\"p\",\"channel\":null}", NULL},
    {"permit", "", "{\"identifier\":\"a\",\"purpose\":\"p\",\"channel\":2}", "channel"},
    {"subject_show", "anna", "", NULL},
    {"subject_show", "anna", "not looked at", NULL},
    {"subject_show", "", "", "1 to 256"},
    {"consent_put", "a", "{\"decision\":\"restrict\"}", NULL},
    {"consent_put", "a", "{\"purpose\":\"p\"}", "decision"},
    {"subject_correct", "a", "{\"field\":\"f\",\"value\":null}", NULL},
    {"subject_correct", "a", "{\"field\":\"f\"}", "'field' and 'value'"},
    {"subject_correct", "a", "{\"field\":null,\"value\":1}", "'field' and 'value'"},
    {"subject_correct", "a", "{\"field\":\"f\",\"value\":1,\"fields\":{}}", "'field' and 'value'"},
    {"subject_correct", "a", "{\"field\":\"f\",\"value\":{}}", "must be"},
    {"subject_correct", "a", "{\"fields\":{}}", "1 to 64"},
    {"subject_correct", "a", "{\"fields\":[1]}", "fields"},
    {"subject_correct", "a", "{\"fields\":{\"f\":[]}}", "must be"},
    {"ledger_proof", "0", "", NULL},
    {"ledger_proof", "18446744073709551615", "", NULL},
    {"ledger_proof", "18446744073709551616", "", "whole number"},
    {"ledger_proof", "-1", "", "whole number"},
    {"ledger_proof", "1x", "", "whole number"},
    {"ledger_proof", "", "", "whole number"},
};

static bool is_as_told(enum candor_status status, const char *message, const char *wanted)
{
    if (wanted == NULL) {
        return status == CANDOR_OK;
    }
    return (status == CANDOR_BAD_INPUT || status == CANDOR_TOO_LARGE) &&
           strstr(message, wanted) != NULL;
}

static void a_request_is_read_or_refused_as_its_row_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct ask ask;
        job_begin(&job, host_real());
        const enum candor_status status =
            read_ask(&job, row[i].route, row[i].parameter, row[i].body, &ask);
        expect(is_as_told(status, job.message, row[i].message), "row %zu: %s", i, job.message);
        job_end(&job);
    }
}

static void what_was_read_stands_where_calls_look_for_it(void **state)
{
    (void)state;
    struct job job;
    struct ask ask;
    job_begin(&job, host_real());

    assert_int_equal(
        read_ask(&job, "decide", "", "{\"campaign\":\"c\",\"identifier\":\"a\"}", &ask), CANDOR_OK);
    assert_string_equal(ask.identifier, "a");
    assert_string_equal(ask.text[1], "c");

    assert_int_equal(read_ask(&job, "consent_post", "a b",
                              "{\"purpose\":\"p\",\"decision\":\"give\",\"proof\":\"form\"}", &ask),
                     CANDOR_OK);
    assert_string_equal(ask.identifier, "a b");
    assert_string_equal(ask.text[0], "give");
    assert_string_equal(ask.text[1], "p");
    assert_null(ask.text[2]);
    assert_string_equal(ask.text[3], "form");

    assert_int_equal(read_ask(&job, "ledger_entry", "7", "", &ask), CANDOR_OK);
    assert_int_equal(ask.index, 7);
    job_end(&job);
}

static void a_correction_takes_cells_of_every_kind_as_text(void **state)
{
    (void)state;
    static const char *const wanted[][2] = {
        {"a", "text"}, {"b", "-3"}, {"c", "0.5"}, {"d", "true"}, {"e", "false"}, {"f", NULL},
    };
    struct job job;
    struct ask ask;
    job_begin(&job, host_real());
    assert_int_equal(read_ask(&job, "subject_correct", "anna",
                              "{\"fields\":{\"a\":\"text\",\"b\":-3,\"c\":0.5,\"d\":true,"
                              "\"e\":false,\"f\":null}}",
                              &ask),
                     CANDOR_OK);
    assert_int_equal(ask.change_count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(ask.change[i].field, wanted[i][0]);
        if (wanted[i][1] == NULL) {
            assert_null(ask.change[i].value);
        } else {
            assert_string_equal(ask.change[i].value, wanted[i][1]);
        }
    }
    job_end(&job);
}

static void an_identifier_has_at_most_256_bytes(void **state)
{
    (void)state;
    char text[IDENTIFIER_LEN_MAX + 2] = {0};
    struct job job;
    struct ask ask;
    job_begin(&job, host_real());
    memset(text, 'a', IDENTIFIER_LEN_MAX);
    assert_int_equal(read_ask(&job, "subject_show", text, "", &ask), CANDOR_OK);
    text[IDENTIFIER_LEN_MAX] = 'a';
    assert_int_equal(read_ask(&job, "subject_show", text, "", &ask), CANDOR_BAD_INPUT);
    assert_null(strstr(job.message, "aaa"));
    job_end(&job);
}

static void a_key_is_what_follows_bearer(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *key;
    } key_row[] = {
        {"Bearer cnd_1", "cnd_1"},
        {"bearer  cnd_1 ", "cnd_1"},
        {"BEARER x", "x"},
        {NULL, NULL},
        {"", NULL},
        {"Bearer", NULL},
        {"Bearer ", NULL},
        {"Basic cnd_1", NULL},
        {"cnd_1", NULL},
        {"Bearercnd_1", NULL},
    };
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof key_row / sizeof key_row[0]; i++) {
        const struct str key = str_of(ask_key(arena, str_of(key_row[i].header)));
        expect(str_equal(key, str_of(key_row[i].key)), "row %zu: %.*s", i, STR_ARG(key));
    }
    arena_end(arena);
}

static void a_write_key_is_the_user_of_basic_credentials_without_a_password(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        const char *key;
    } key_row[] = {
        {"Basic Y25kXzE6", "cnd_1"},
        {"basic  Y25kXzE6 ", "cnd_1"},
        {"Basic Y25kXzE6cGFzcw==", NULL}, /* a password */
        {"Basic Y25kXzE=", NULL},         /* no colon */
        {"Basic Og==", NULL},             /* no user */
        {"Basic Y25k*", NULL},
        {"Basic", NULL},
        {"Bearer Y25kXzE6", NULL},
        {NULL, NULL},
    };
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof key_row / sizeof key_row[0]; i++) {
        const struct str key = str_of(ask_write_key(arena, str_of(key_row[i].header)));
        expect(str_equal(key, str_of(key_row[i].key)), "row %zu: %.*s", i, STR_ARG(key));
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_request_is_read_or_refused_as_its_row_says),
        cmocka_unit_test(what_was_read_stands_where_calls_look_for_it),
        cmocka_unit_test(a_correction_takes_cells_of_every_kind_as_text),
        cmocka_unit_test(an_identifier_has_at_most_256_bytes),
        cmocka_unit_test(a_key_is_what_follows_bearer),
        cmocka_unit_test(a_write_key_is_the_user_of_basic_credentials_without_a_password),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
