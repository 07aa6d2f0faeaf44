/*
 * test_value.c - accessors and their messages, which are what a user with a wrong file sees.
 */
#include "base.h"
#include "text.h"

#include "support.h"

static const struct value *document(struct job *job)
{
    static const struct lit yaml = {"name: spring\n"
                                    "count: 3\n"
                                    "share: 0.5\n"
                                    "open: true\n"
                                    "list: [1, 2]\n"
                                    "nothing:\n"
                                    "code: 0123\n",
                                    77};
    const struct value *root = NULL;
    must(yaml_read(job, bytes_of(str_of(yaml.ptr)), NULL, "test", &root) == CANDOR_OK);
    return root;
}

static void values_are_taken_as_what_they_are(void **state)
{
    struct job *job = *state;
    const struct value *root = document(job);
    struct str text = {0};
    double number = 0;
    int64_t integer = 0;
    bool boolean = false;
    expect(value_text(job, value_get(root, "name"), "name", &text) == CANDOR_OK, "text");
    expect(str_is(text, "spring"), "text");
    expect(value_int(job, value_get(root, "count"), "count", &integer) == CANDOR_OK, "integer");
    expect(integer == 3, "integer");
    expect(value_number(job, value_get(root, "count"), "count", &number) == CANDOR_OK, "number");
    expect(number == 3, "an integer is a number");
    expect(value_number(job, value_get(root, "share"), "share", &number) == CANDOR_OK, "number");
    expect(number == 0.5, "number");
    expect(value_bool(job, value_get(root, "open"), "open", &boolean) == CANDOR_OK, "bool");
    expect(boolean, "bool");
    expect(value_is(job, value_get(root, "list"), VALUE_LIST, "list") == CANDOR_OK, "list");
    expect(value_get(root, "absent") == NULL, "absent");
    expect(value_get(NULL, "name") == NULL, "in nothing");
    expect(str_equal(value_text_at(root, "name"), text), "the text");
    expect(value_text_at(root, "count").len == 0, "a number is no text");
    expect(value_text_at(root, "absent").len == 0, "absent");
    expect(value_text_at(NULL, "name").len == 0, "in nothing");
    expect(value_get(value_get(root, "list"), "name") == NULL, "in a list");
}

static void a_wrong_kind_says_what_was_found_and_where(void **state)
{
    struct job *job = *state;
    static const struct {
        const char *key;
        enum value_kind wanted;
        const char *message;
    } row[] = {
        {"list", VALUE_TEXT, "it (line 5): expected a text, found a list"},
        {"code", VALUE_TEXT, "it (line 7): expected a text, found a number; put it in quotes"},
        {"name", VALUE_BOOL,
         "it (line 1): expected true or false, found a text; write true or false, without quotes"},
        {"nothing", VALUE_MAP, "it (line 6): expected a map, found nothing"},
        {"open", VALUE_NUMBER, "it (line 4): expected a number, found true or false"},
        {"absent", VALUE_LIST, "it is missing: a list is needed"},
    };
    const struct value *root = document(job);
    for (size_t i = 0; i < COUNT(row); i++) {
        expect(value_is(job, value_get(root, row[i].key), row[i].wanted, "it") == CANDOR_BAD_INPUT,
               "row %zu", i);
        expect(strcmp(job->message, row[i].message) == 0, "row %zu: %s", i, job->message);
    }
    int64_t integer = 7;
    expect(value_int(job, value_get(root, "share"), "share", &integer) == CANDOR_BAD_INPUT,
           "half is no whole number");
    expect(integer == 7, "nothing is given after a failure");
}

static void an_unknown_key_gets_a_suggestion(void **state)
{
    struct job *job = *state;
    static const char *const known[] = {"purposes", "channels", "name", "id"};
    static const struct {
        const char *yaml;
        const char *message; /* NULL: fine */
    } row[] = {
        {"name: x\nchannels: []\n", NULL},
        {"{}", NULL},
        {"name: x\n\npurposs: []\n",
         "the plan: unknown key 'purposs' (line 3); did you mean 'purposes'?"},
        {"Name: x\n", "the plan: unknown key 'Name' (line 1); did you mean 'name'?"},
        {"chanels: x\n", "the plan: unknown key 'chanels' (line 1); did you mean 'channels'?"},
        {"zebra: x\n", "the plan: unknown key 'zebra' (line 1)"},
        {"x: x\n", "the plan: unknown key 'x' (line 1)"},
        {"- x\n", "the plan (line 1): expected a map, found a list"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const struct value *root = NULL;
        must(yaml_read(job, bytes_of(str_of(row[i].yaml)), NULL, "test", &root) == CANDOR_OK);
        const enum candor_status status = value_only(job, root, known, COUNT(known), "the plan");
        expect(status == (row[i].message == NULL ? CANDOR_OK : CANDOR_BAD_INPUT), "row %zu", i);
        expect(row[i].message == NULL || strcmp(job->message, row[i].message) == 0, "row %zu: %s",
               i, job->message);
    }
}

static void the_nearest_word_is_near(void **state)
{
    (void)state;
    static const char *const word[] = {"email", "email_marketing", "phone", "post"};
    static const struct {
        const char *typed;
        const char *nearest;
    } row[] = {
        {"emial", "email"},   {"email_marketting", "email_marketing"},
        {"phon", "phone"},    {"posts", "post"},
        {"television", NULL}, {"", NULL},
        {"e", NULL},          {"email", "email"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        const char *nearest = nearest_word(str_of(row[i].typed), word, COUNT(word));
        expect((nearest == NULL) == (row[i].nearest == NULL), "'%s'", row[i].typed);
        expect(nearest == NULL || strcmp(nearest, row[i].nearest) == 0, "'%s' gave '%s'",
               row[i].typed, nearest);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(values_are_taken_as_what_they_are),
        test_with_job(a_wrong_kind_says_what_was_found_and_where),
        test_with_job(an_unknown_key_gets_a_suggestion),
        cmocka_unit_test(the_nearest_word_is_near),
    };
    return cmocka_run_group_tests_name("value", test, NULL, NULL);
}
