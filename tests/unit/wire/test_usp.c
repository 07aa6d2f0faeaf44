/*
 * test_usp.c - US Privacy strings: every one of version 1, and those that are none.
 */
#include "vectors.h"

static void check_file(const char *name)
{
    struct job job;
    job_begin(&job, host_real());
    const struct value *list = vectors(&job, name);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *vector = &list->item[i];
        const struct value *expected = value_get(vector, "expect");
        const struct value *tree = NULL;
        struct usp usp;
        const enum signal_fault fault = usp_decode(text_of(vector, "string"), &usp);
        expect((fault == SIGNAL_FINE) == is_true(expected, "ok"), "%s: %s",
               text_of(vector, "id").ptr, signal_fault_code(fault));
        if (fault != SIGNAL_FINE) {
            expect(str_is(text_of(expected, "reason"), signal_fault_code(fault)), "%s: %s",
                   text_of(vector, "id").ptr, signal_fault_code(fault));
            continue;
        }
        DESCRIBED(&job, tree, json_key(&described, LIT("ok")); json_bool(&described, true);
                  usp_json(&described, &usp));
        expect(value_same(tree, expected), "%s", text_of(vector, "id").ptr);
        assert_true(str_equal(usp_encode(job.arena, &usp), text_of(vector, "string")));
    }
    const bool is_absent = list == NULL;
    job_end(&job);
    if (is_absent) {
        skip();
    }
}

static void the_specifications_examples_are_read(void **state)
{
    (void)state;
    check_file("usp/official.json");
}

static void every_other_string_is_read_or_refused_for_its_reason(void **state)
{
    (void)state;
    check_file("usp/generated.json");
}

static void a_refused_string_reads_as_opted_out(void **state)
{
    static const char *const text[] = {"", "1", "1Y", "1YN", "1YNNN", "1YN-\n", "2YNN", "1yNN"};
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        struct usp usp;
        expect(usp_decode(str_of(text[i]), &usp) != SIGNAL_FINE, "'%s'", text[i]);
        expect(!usp_sale_allowed(&usp), "'%s'", text[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_specifications_examples_are_read),
        cmocka_unit_test(every_other_string_is_read_or_refused_for_its_reason),
        cmocka_unit_test(a_refused_string_reads_as_opted_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
