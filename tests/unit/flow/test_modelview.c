/*
 * test_modelview.c - a model of the home before the eyes: pictures of what was learnt, and drift of the
 * people as they are, counted by hand; the inventory as it is written.
 */
#include "candor_insight.h"
#include "company.h"

enum { PEOPLE = 240 };

static bool may_look(size_t i)
{
    return i % 4 != 0;
}

static unsigned age(size_t i)
{
    return (unsigned)(20 + i * 7 % 60);
}

static void fill(struct company *company)
{
    struct job *job = candor_job_begin();
    struct buf people = buf_begin(job->arena);
    struct buf consents = buf_begin(job->arena);
    struct buf events = buf_begin(job->arena);
    const struct str day = str_from_date(job->arena, job->now - 2 * MICROS_PER_DAY);
    buf_lit(&people, LIT("identifier,email,sex,age\n"));
    buf_lit(&consents, LIT("identifier,purpose,decision,time\n"));
    buf_lit(&events, LIT("identifier,event,time,amount,yes\n"));
    for (size_t i = 0; i < PEOPLE; i++) {
        buf_format(&people, "P%zu,p%zu@example.org,female,%u\n", i, i, age(i));
        buf_format(&consents, "P%zu,training,given,%.*s\n", i, STR_ARG(day));
        if (may_look(i)) {
            buf_format(&consents, "P%zu,profiling,given,%.*s\n", i, STR_ARG(day));
        }
        buf_format(&events, "P%zu,answer,%.*s,,%s\n", i, STR_ARG(day),
                   age(i) + i % 17 > 55 ? "true" : "false");
    }
    company_import(company, "subjects", buf_text(&people));
    company_import(company, "consents", buf_text(&consents));
    company_import(company, "events", buf_text(&events));
    candor_job_end(job);
}

static const struct value *row_of(const struct value *tree, const char *list, const char *key,
                                  const char *name)
{
    const struct value *rows = value_get(tree, list);
    for (size_t i = 0; rows != NULL && i < rows->count; i++) {
        if (str_is(value_text_at(&rows->item[i], key), name)) {
            return &rows->item[i];
        }
    }
    return NULL;
}

/* ---- pictures -------------------------------------------------------------------------------- */

static void a_model_is_shown_as_it_was_learnt(void **state)
{
    struct company company;
    struct candor_text report;
    struct job *job = candor_job_begin();
    (void)state;
    company_begin(&company);
    fill(&company);
    assert_int_equal(candor_model_shapes(job, company.candor, "lead", &report), CANDOR_NOT_FOUND);
    job_forgive(job);
    must(candor_train(job, company.candor, "lead", NULL, &report) == CANDOR_OK);
    must(candor_model_shapes(job, company.candor, "lead", &report) == CANDOR_OK);
    const struct value *tree = tree_of(job, &report);
    const struct value *terms = value_get(tree, "terms");
    double all = 0;
    for (size_t t = 0; t < terms->count; t++) {
        all += value_get(&terms->item[t], "share")->number;
        const double next =
            t + 1 < terms->count ? value_get(&terms->item[t + 1], "share")->number : 0;
        expect(value_get(&terms->item[t], "share")->number >= next, "the most important first");
    }
    expect(fabs(all - 1) < 1e-9, "shares are of the whole: %g", all);
    expect(str_is(value_text_at(&terms->item[0], "term"), "age"), "age tells most");
    const struct str svg = value_text_at(&terms->item[0], "svg");
    expect(str_starts(svg, STR("<svg class=\"chart\" role=\"img\"")), "a picture");
    candor_job_end(job);
    company_end(&company);
}

/* ---- drift ----------------------------------------------------------------------------------- */

static void drift_looks_at_those_who_allow_it_only(void **state)
{
    struct company company;
    struct candor_text report;
    struct job *job = candor_job_begin();
    size_t drifted = 99;
    int64_t allowed = 0;
    (void)state;
    company_begin(&company);
    fill(&company);
    must(candor_train(job, company.candor, "lead", NULL, &report) == CANDOR_OK);
    assert_int_equal(candor_model_drift(job, company.candor, "other", &drifted, &report),
                     CANDOR_NOT_FOUND);
    job_forgive(job);
    assert_int_equal(candor_model_drift(job, company.candor, "lead", &drifted, &report),
                     CANDOR_NOT_FOUND);
    job_forgive(job);
    must(candor_model_publish(job, company.candor, "lead", &report) == CANDOR_OK);
    must(candor_model_drift(job, company.candor, "lead", &drifted, &report) == CANDOR_OK);
    for (size_t i = 0; i < PEOPLE; i++) {
        allowed += may_look(i);
    }
    assert_int_equal(value_get(tree_of(job, &report), "rows")->integer, allowed);
    assert_int_equal(drifted, 0);
    candor_job_end(job);
    company_end(&company);
}

static void everybody_grown_old_is_drift(void **state)
{
    struct company company;
    struct candor_text report;
    size_t drifted = 0;
    (void)state;
    company_begin(&company);
    fill(&company);
    DONE(candor_train(job, company.candor, "lead", NULL, &report));
    DONE(candor_model_publish(job, company.candor, "lead", &report));
    struct job *writing = candor_job_begin();
    struct buf people = buf_begin(writing->arena);
    buf_lit(&people, LIT("identifier,age\n"));
    for (size_t i = 0; i < PEOPLE; i++) {
        buf_format(&people, "P%zu,79\n", i);
    }
    company_import(&company, "subjects", buf_text(&people));
    candor_job_end(writing);
    struct job *looking = candor_job_begin();
    must(candor_model_drift(looking, company.candor, "lead", &drifted, &report) == CANDOR_OK);
    const struct value *features = tree_of(looking, &report);
    const struct value *row = row_of(features, "features", "feature", "age");
    expect(str_is(value_text_at(row, "verdict"), "drifted"), "age");
    expect(str_is(value_text_at(row_of(features, "features", "feature", "bought_days"), "verdict"),
                  "stable"),
           "nobody bought then or now");
    expect(drifted == 2, "age and the score, not %zu", drifted);
    candor_job_end(looking);
    company_end(&company);
}

struct publisher {
    struct company *company;
    bool is_done;
};

/* Between two steps of the walk somebody publishes another model of the name. */
static void publish_another(void *context, const char *what, uint64_t done, uint64_t total)
{
    struct publisher *publisher = context;
    struct candor_text report;
    (void)what;
    (void)done;
    (void)total;
    if (!publisher->is_done) {
        publisher->is_done = true;
        DONE(candor_train(job, publisher->company->candor, "lead", NULL, &report));
        DONE(candor_model_publish(job, publisher->company->candor, "lead", &report));
    }
}

static void drift_is_of_one_model(void **state)
{
    struct company company;
    struct candor_text report;
    size_t drifted = 0;
    struct job *looking = candor_job_begin();
    struct publisher publisher = {.company = &company};
    (void)state;
    company_begin(&company);
    fill(&company);
    DONE(candor_train(job, company.candor, "lead", NULL, &report));
    DONE(candor_model_publish(job, company.candor, "lead", &report));
    candor_job_listen(looking, publish_another, &publisher);
    assert_int_equal(candor_model_drift(looking, company.candor, "lead", &drifted, &report),
                     CANDOR_BUSY);
    job_forgive(looking);
    must(candor_model_drift(looking, company.candor, "lead", &drifted, &report) == CANDOR_OK);
    candor_job_end(looking);
    company_end(&company);
}

/* ---- the inventory --------------------------------------------------------------------------- */

static void the_inventory_is_what_is_written(void **state)
{
    struct company company;
    struct candor_text report;
    struct job *job = candor_job_begin();
    (void)state;
    company_begin(&company);
    must(candor_inventory(job, company.candor, &report) == CANDOR_OK);
    const struct value *tree = tree_of(job, &report);
    assert_int_equal(value_get(tree, "fields")->count, 3 + 2);
    assert_int_equal(value_get(tree, "purposes")->count, 7);
    const struct value *sex = row_of(tree, "fields", "name", "sex");
    expect(value_get(sex, "protected")->boolean, "sex is protected");
    expect(str_is(value_get(sex, "purposes")->item[0].text, "audit"), "and for the audit");
    const struct value *amount = row_of(tree, "fields", "name", "amount");
    expect(str_is(value_text_at(amount, "event"), "bought"), "a property says whose it is");
    candor_job_end(job);
    company_end(&company);
}

static void a_machine_sees_neither(void **state)
{
    struct company company;
    struct candor_text report;
    struct job *job = candor_job_begin();
    size_t drifted = 0;
    (void)state;
    company_begin(&company);
    must(candor_key_add(job, company.candor, "desk", "machine", 1, &report) == CANDOR_OK);
    const char *key = str_z(job->arena, value_text_at(tree_of(job, &report), "key"));
    must(candor_key_enter(job, company.candor, key, "decide", NULL) == CANDOR_OK);
    assert_int_equal(candor_inventory(job, company.candor, &report), CANDOR_FORBIDDEN);
    assert_int_equal(candor_model_drift(job, company.candor, "lead", &drifted, &report),
                     CANDOR_FORBIDDEN);
    candor_key_leave(company.candor);
    candor_job_end(job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_model_is_shown_as_it_was_learnt),
        cmocka_unit_test(drift_looks_at_those_who_allow_it_only),
        cmocka_unit_test(everybody_grown_old_is_drift),
        cmocka_unit_test(drift_is_of_one_model),
        cmocka_unit_test(the_inventory_is_what_is_written),
        cmocka_unit_test(a_machine_sees_neither),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
