/*
 * test_apikey.c - a key's life: made, used, rotated while the one before still holds, over.
 */
#include "candor_visit.h"
#include "company.h"
#include "staff.h"

static const int64_t hour = INT64_C(3600) * MICROS_PER_SECOND;

/* A text member of the report; NULL: null, or not there. */
static const char *text_in(struct job *job, const struct candor_text *report, const char *key)
{
    const struct value *tree = tree_of(job, report);
    struct str text = {NULL, 0};
    const struct value *list = value_get(tree, "keys");
    const struct value *map = list == NULL ? tree : &list->item[0];
    const struct value *value = value_get(map, key);
    if (value == NULL || value_text(job, value, key, &text) != CANDOR_OK) {
        job_forgive(job);
        return NULL;
    }
    return str_z(job->arena, text);
}

static enum candor_status use(struct job *job, struct candor *candor, const char *key)
{
    const enum candor_status status = candor_key_use(job, candor, key, "decide");
    job_forgive(job);
    return status;
}

static const char *last_used(struct job *job, struct candor *candor)
{
    struct candor_text report;
    assert_int_equal(candor_key_list(job, candor, &report), CANDOR_OK);
    return text_in(job, &report, "last_used");
}

static void the_key_before_holds_as_long_as_it_was_told(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    assert_int_equal(candor_key_add(&job, candor, "web", "machine", 2, &report), CANDOR_OK);
    const char *first = text_in(&job, &report, "key");
    assert_int_equal(candor_key_rotate(&job, candor, "web", 9, 24, &report), CANDOR_OK);
    const char *second = text_in(&job, &report, "key");
    assert_non_null(text_in(&job, &report, "former_ends"));
    assert_string_not_equal(first, second);
    assert_int_equal(use(&job, candor, first), CANDOR_OK);
    assert_int_equal(use(&job, candor, second), CANDOR_OK);
    job.now += 24 * hour;
    assert_int_equal(use(&job, candor, first), CANDOR_NOT_FOUND);
    assert_int_equal(use(&job, candor, second), CANDOR_OK);

    assert_int_equal(candor_key_rotate(&job, candor, "web", 9, 0, &report), CANDOR_OK);
    const char *third = text_in(&job, &report, "key");
    assert_int_equal(use(&job, candor, first), CANDOR_NOT_FOUND); /* nor does the one before that */
    assert_int_equal(use(&job, candor, second), CANDOR_NOT_FOUND);
    assert_int_equal(use(&job, candor, third), CANDOR_OK);
    job.now += 9 * 24 * hour;
    assert_int_equal(use(&job, candor, third), CANDOR_NOT_FOUND);
    job_end(&job);
    company_end(&company);
}

static void rotation_does_not_lengthen_the_life_of_a_key(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    assert_int_equal(candor_key_add(&job, company.candor, "web", "machine", 1, &report), CANDOR_OK);
    const char *first = text_in(&job, &report, "key");
    assert_int_equal(candor_key_rotate(&job, company.candor, "web", 9, 720, &report), CANDOR_OK);
    job.now += 24 * hour;
    assert_int_equal(use(&job, company.candor, first), CANDOR_NOT_FOUND);
    assert_int_equal(candor_key_rotate(&job, company.candor, "web", 0, 24, &report),
                     CANDOR_BAD_INPUT);
    job_forgive(&job);
    assert_int_equal(candor_key_rotate(&job, company.candor, "web", 9, 721, &report),
                     CANDOR_BAD_INPUT);
    job_forgive(&job);
    assert_int_equal(candor_key_rotate(&job, company.candor, "none", 9, 24, &report),
                     CANDOR_NOT_FOUND);
    job_forgive(&job);
    job_end(&job);
    company_end(&company);
}

/* Whoever rotates a key sees it, and could act in its holder's name. */
static void nobody_rotates_the_key_of_somebody_else(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    assert_int_equal(candor_operator_add(&job, candor, "bea", "owner", &report), CANDOR_OK);
    assert_int_equal(candor_key_add(&job, candor, "web", "owner,machine", 9, &report), CANDOR_OK);
    assert_int_equal(candor_key_add(&job, candor, "kiosk", "machine", 9, &report), CANDOR_OK);
    const char *mine = text_in(&job, &report, "key");
    const struct operator opener = candor->self;
    candor->self.name = STR("bea");
    assert_int_equal(candor_key_rotate(&job, candor, "web", 9, 24, &report), CANDOR_FORBIDDEN);
    job_forgive(&job);
    candor->self = opener;
    assert_int_equal(use(&job, candor, mine), CANDOR_OK);
    assert_int_equal(candor_key_rotate(&job, candor, "web", 9, 24, &report), CANDOR_OK);
    job_end(&job);
    company_end(&company);
}

static void when_a_key_was_used_outlives_the_program_and_other_changes(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    assert_int_equal(candor_key_add(&job, company.candor, "a", "machine", 9, &report), CANDOR_OK);
    const char *key = text_in(&job, &report, "key");
    assert_null(last_used(&job, company.candor));
    assert_int_equal(use(&job, company.candor, key), CANDOR_OK);
    const char *once = last_used(&job, company.candor);
    assert_non_null(once);
    assert_int_equal(candor_key_add(&job, company.candor, "b", "machine", 9, &report), CANDOR_OK);
    assert_string_equal(last_used(&job, company.candor), once);
    assert_int_equal(use(&job, company.candor, "cnd_0"), CANDOR_NOT_FOUND); /* reads them again */
    assert_string_equal(last_used(&job, company.candor), once);
    assert_int_equal(candor_visits_keep(&job, company.candor), CANDOR_OK);
    company_close(&company);
    company_open(&company);
    assert_string_equal(last_used(&job, company.candor), once);
    assert_int_equal(candor_key_revoke(&job, company.candor, "a", &report), CANDOR_OK);
    assert_int_equal(candor_key_add(&job, company.candor, "a", "machine", 9, &report), CANDOR_OK);
    assert_null(last_used(&job, company.candor)); /* another key, of the same name */
    job_end(&job);
    company_end(&company);
}

/* Another key was changed since, and nobody asked for any after that. */
static void a_use_is_put_down_though_keys_changed_since(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    assert_int_equal(candor_key_add(&job, company.candor, "a", "machine", 9, &report), CANDOR_OK);
    assert_int_equal(candor_key_add(&job, company.candor, "b", "machine", 9, &report), CANDOR_OK);
    assert_int_equal(candor_key_list(&job, company.candor, &report), CANDOR_OK);
    assert_int_equal(candor_key_add(&job, company.candor, "c", "machine", 9, &report), CANDOR_OK);
    assert_int_equal(use(&job, company.candor, text_in(&job, &report, "key")), CANDOR_OK);
    assert_int_equal(candor_key_revoke(&job, company.candor, "a", &report), CANDOR_OK);
    assert_int_equal(candor_key_revoke(&job, company.candor, "b", &report), CANDOR_OK);
    const char *once = last_used(&job, company.candor);
    assert_non_null(once);
    assert_int_equal(candor_visits_keep(&job, company.candor), CANDOR_OK);
    company_close(&company);
    company_open(&company);
    assert_string_equal(last_used(&job, company.candor), once);
    job_end(&job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_before_holds_as_long_as_it_was_told),
        cmocka_unit_test(rotation_does_not_lengthen_the_life_of_a_key),
        cmocka_unit_test(nobody_rotates_the_key_of_somebody_else),
        cmocka_unit_test(when_a_key_was_used_outlives_the_program_and_other_changes),
        cmocka_unit_test(a_use_is_put_down_though_keys_changed_since),
    };
    return cmocka_run_group_tests_name("apikey", tests, NULL, NULL);
}
