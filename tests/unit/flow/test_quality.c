/*
 * test_quality.c - quality through candor.h: what a file is measured at, what blocks training, rows in
 * quarantine from their arrival to their repair, and that erasures reach them.
 */
#include "candor_inventory.h"
#include "company.h"

static const char standards[] =
    "quality:\n"
    "  least: {completeness: 0.8}\n"
    "  fields: [{field: email, unique: true}, {field: age, fresh_days: 30}]\n"
    "  sources: [{source: shop, fresh_days: 30}]\n"
    "  rules: [{name: known_age, when: {field: sex, equals: f}, then: {field: age, present: "
    "true}}]\n";

static void open_with(struct company *company, const char *section)
{
    char path[128];
    char policy[8192];
    company_found(company);
    (void)snprintf(policy, sizeof policy, "%s%s", company_policy, section);
    company_write(company, "home/candor.yaml", policy, path);
    company_open(company);
}

/* A call's report, read; it lives until `told_end`. */
struct told {
    struct job *of;
    const struct value *root;
};

static struct told told_of(struct job *of, enum candor_status status, struct candor_text text)
{
    expect(status == CANDOR_OK, "%s", candor_job_message(of));
    return (struct told){.of = of, .root = tree_of(of, &text)};
}

static struct told import(struct company *company, const char *kind, const char *source,
                          const char *csv)
{
    char path[128];
    struct candor_text text;
    struct job *of = candor_job_begin();
    company_write(company, "rows.csv", csv, path);
    const struct candor_import_order order = {.kind = kind, .path = path, .source = source};
    return told_of(of, candor_import_from(of, company->candor, &order, &text), text);
}

static struct told quarantine(struct company *company)
{
    struct candor_text text;
    struct job *of = candor_job_begin();
    return told_of(of, candor_quality_list(of, company->candor, &text), text);
}

static int64_t number(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    must(value != NULL && value->is_integer);
    return value->integer;
}

static bool text_is(const struct value *map, const char *key, const char *text)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_TEXT && str_is(value->text, text);
}

static uint64_t row_at(const struct told *list, size_t at)
{
    return (uint64_t)number(&value_get(list->root, "quarantine")->item[at], "row");
}

static const char people[] = "identifier,email,sex,age\n"
                             "C1,c1@example.org,f,30\n"
                             "C2,c2@example.org,m,\n"
                             "C3,c3@example.org,f,\n"    /* breaks the rule across fields */
                             "C4,no address,m,40\n"      /* bad e-mail */
                             "C5,c1@example.org,m,200\n" /* above the largest; e-mail of C1 */
                             "C1,c1@example.org,m,31\n"; /* stands in an earlier row */

static void bad_rows_are_kept_repaired_and_imported(void **state)
{
    (void)state;
    struct company company = {0};
    struct candor_text text;
    open_with(&company, standards);
    struct told told = import(&company, "subjects", "crm", people);
    expect(number(told.root, "imported") == 2, "imported");
    expect(number(told.root, "quarantined") == 3, "but the one that stands twice");
    candor_job_end(told.of);
    told = quarantine(&company);
    const struct value *list = value_get(told.root, "quarantine");
    expect(list->count == 3, "%zu rows", list->count);
    expect(text_is(&list->item[0], "code", "inconsistent") &&
               text_is(&list->item[0], "field", "known_age"),
           "the rule");
    expect(text_is(&list->item[1], "code", "bad_email"), "the address");
    expect(text_is(&list->item[2], "source", "crm") && number(&list->item[2], "line") == 6,
           "where it stood");
    const uint64_t inconsistent = row_at(&told, 0);
    const uint64_t address = row_at(&told, 1);
    const uint64_t age = row_at(&told, 2);
    candor_job_end(told.of);

    DONE(candor_quality_repair(job, company.candor, address, "email", "c4@example.org", &text));
    DONE(candor_quality_repair(job, company.candor, inconsistent, "age", "33", &text));
    DONE(candor_quality_drop(job, company.candor, age, &text));
    struct job *of = candor_job_begin();
    told = told_of(of, candor_quality_reimport(of, company.candor, UINT64_MAX, &text), text);
    expect(number(told.root, "imported") == 2 && number(told.root, "stay") == 0, "all");
    candor_job_end(told.of);
    told = quarantine(&company);
    expect(number(told.root, "count") == 0, "it is empty");
    candor_job_end(told.of);
    DONE(candor_subject_show(job, company.candor, "C4", &text));
    company_end(&company);
}

static void what_is_still_bad_stays(void **state)
{
    (void)state;
    struct company company = {0};
    struct candor_text text;
    open_with(&company, standards);
    struct told told = import(&company, "subjects", NULL, people);
    candor_job_end(told.of);
    told = import(&company, "events", "shop",
                  "identifier,event,time,amount\n"
                  "C1,bought,2026-01-01,5\n"
                  "C9,bought,2026-01-01,5\n"    /* nobody yet */
                  "C1,bought,2026-01-02,-5\n"); /* below the smallest */
    expect(number(told.root, "quarantined") == 2, "two");
    candor_job_end(told.of);
    told = import(&company, "subjects", NULL, "identifier\nC9\n");
    candor_job_end(told.of);
    struct job *of = candor_job_begin();
    told = told_of(of, candor_quality_reimport(of, company.candor, UINT64_MAX, &text), text);
    expect(number(told.root, "imported") == 1, "the event of whom we know now");
    expect(number(told.root, "stay") == 4, "the others");
    candor_job_end(told.of);
    struct job apart;
    job_begin(&apart, host_real());
    expect(candor_quality_repair(&apart, company.candor, 999999, "age", "1", &text) ==
               CANDOR_NOT_FOUND,
           "no such row");
    told = quarantine(&company);
    expect(candor_quality_repair(&apart, company.candor, row_at(&told, 0), "wealth", "1", &text) ==
               CANDOR_BAD_INPUT,
           "no such column");
    expect(strstr(apart.message, "has no column 'wealth'") != NULL, "%s", apart.message);
    candor_job_end(told.of);
    job_end(&apart);
    company_end(&company);
}

/* No report shows what stands in a row, but the one that says so. */
static void values_are_shown_only_when_asked_for(void **state)
{
    (void)state;
    struct company company = {0};
    struct candor_text text;
    open_with(&company, standards);
    struct told told = import(&company, "subjects", NULL, people);
    candor_job_end(told.of);
    told = quarantine(&company);
    const uint64_t row = row_at(&told, 1);
    candor_job_end(told.of);
    struct job *of = candor_job_begin();
    must(candor_quality_list(of, company.candor, &text) == CANDOR_OK);
    expect(strstr(text.ptr, "no address") == NULL, "list");
    must(candor_quality_show(of, company.candor, row, false, &text) == CANDOR_OK);
    expect(strstr(text.ptr, "no address") == NULL && strstr(text.ptr, "\"email\"") != NULL, "show");
    must(candor_quality_show(of, company.candor, row, true, &text) == CANDOR_OK);
    expect(strstr(text.ptr, "no address") != NULL, "show --values");
    candor_job_end(of);
    company_end(&company);
}

static void erasing_a_subject_takes_their_bad_rows(void **state)
{
    (void)state;
    struct company company = {0};
    struct candor_text text;
    open_with(&company, standards);
    struct told told = import(&company, "subjects", NULL, people);
    candor_job_end(told.of);
    told =
        import(&company, "events", NULL,
               "identifier,event,time,amount\nC1,bought,2026-01-02,-5\nC1,bought,2026-01-02,5\n");
    candor_job_end(told.of);
    told = quarantine(&company);
    expect(number(told.root, "count") == 4, "three people's and an event");
    candor_job_end(told.of);
    struct job *of = candor_job_begin();
    told = told_of(of, candor_subject_export(of, company.candor, "C1", &text), text);
    expect(value_get(told.root, "quarantine")->count == 1, "they see the row that is about them");
    candor_job_end(told.of);
    DONE(candor_subject_erase(job, company.candor, "C1", &text));
    told = quarantine(&company);
    expect(number(told.root, "count") == 3, "C1's event is gone");
    candor_job_end(told.of);
    company_end(&company);
}

static double score_of(const struct value *source, const char *field, const char *standard)
{
    const struct value *fields = value_get(source, "fields");
    for (size_t f = 0; f < fields->count; f++) {
        if (text_is(&fields->item[f], "field", field)) {
            const struct value *score = value_get(value_get(&fields->item[f], "scores"), standard);
            return score == NULL ? -1 : value_get(score, "score")->number;
        }
    }
    return -1;
}

static void scores_are_shares_of_what_came_in_and_is_held(void **state)
{
    (void)state;
    struct company company = {0};
    struct candor_text text;
    size_t findings = 0;
    open_with(&company, standards);
    struct told told = import(&company, "subjects", "crm", people);
    candor_job_end(told.of);
    struct job *of = candor_job_begin();
    told = told_of(of, candor_audit(of, company.candor, "quality", &findings, &text), text);
    const struct value *sources = value_get(value_get(told.root, "quality"), "sources");
    const struct value *held = &sources->item[0];
    const struct value *crm = &sources->item[1];
    expect(text_is(held, "source", "held") && text_is(crm, "source", "crm"), "order");
    expect(score_of(crm, "age", "completeness") == 4.0 / 6, "age is there in 4 of 6");
    expect(score_of(crm, "age", "validity") == 3.0 / 4, "and right in 3 of those");
    expect(score_of(crm, "email", "validity") == 5.0 / 6, "e-mail");
    expect(score_of(crm, "email", "uniqueness") == 4.0 / 6, "two are C1's");
    expect(score_of(held, "age", "completeness") == 0.5, "held");
    expect(score_of(held, "age", "timeliness") == 1, "it came just now");
    expect(findings == 1, "%zu: age of what is held", findings);
    candor_job_end(told.of);
    of = candor_job_begin();
    told = told_of(of, candor_quality_history(of, company.candor, NULL, &text), text);
    expect(value_get(told.root, "history")->count == 2, "an import and an audit");
    candor_job_end(told.of);
    company_end(&company);
}

static void training_is_refused_below_a_threshold(void **state)
{
    (void)state;
    struct company company = {0};
    struct candor_text text;
    open_with(&company, standards);
    struct told told = import(&company, "subjects", NULL, people);
    candor_job_end(told.of);
    struct job apart;
    job_begin(&apart, host_real());
    const enum candor_status status = candor_train(&apart, company.candor, "lead", NULL, &text);
    expect(status == CANDOR_REFUSED, "%s", status_name(status));
    expect(candor_status_exit_code(status) == 3, "exit");
    expect(strstr(apart.message, "completeness of field 'age'") != NULL &&
               strstr(apart.message, "0.500") != NULL && strstr(apart.message, "0.800") != NULL,
           "%s", apart.message);
    job_end(&apart);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_rows_are_kept_repaired_and_imported),
        cmocka_unit_test(what_is_still_bad_stays),
        cmocka_unit_test(values_are_shown_only_when_asked_for),
        cmocka_unit_test(erasing_a_subject_takes_their_bad_rows),
        cmocka_unit_test(scores_are_shares_of_what_came_in_and_is_held),
        cmocka_unit_test(training_is_refused_below_a_threshold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
