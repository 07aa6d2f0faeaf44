/*
 * test_audience.c - counts of permitted people against a count of the people by hand, person by person;
 * what may not be asked; that small numbers look alike.
 */
#include "audience.h"
#include "company.h"

enum { PEOPLE = 180 };

/* What is so about person i, said once here and once to the home. */
static bool gave_news(size_t i)
{
    return i % 3 != 0;
}
static bool refused_news(size_t i)
{
    return i % 6 == 0;
}
static bool gave_profiling(size_t i)
{
    return i % 5 != 0;
}
static bool has_email(size_t i)
{
    return i % 7 != 0;
}
static bool complained(size_t i)
{
    return i % 11 == 0;
}
static bool has_age(size_t i)
{
    return i % 13 != 0;
}
static unsigned age(size_t i)
{
    return (unsigned)(20 + i % 60);
}

static void tell(struct company *company, const char *kind, const struct buf *csv)
{
    company_import(company, kind, buf_text(csv));
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
    buf_lit(&events, LIT("identifier,event,time\n"));
    for (size_t i = 0; i < PEOPLE; i++) {
        buf_format(&people, "P%zu,", i);
        if (has_email(i)) {
            buf_format(&people, "p%zu@example.org", i);
        }
        buf_lit(&people, LIT(",female,"));
        buf_format(&people, has_age(i) ? "%u\n" : "\n", age(i));
        if (gave_news(i) || refused_news(i)) {
            buf_format(&consents, "P%zu,news,%s,%.*s\n", i, gave_news(i) ? "given" : "refused",
                       STR_ARG(day));
        }
        if (gave_profiling(i)) {
            buf_format(&consents, "P%zu,profiling,given,%.*s\n", i, STR_ARG(day));
        }
        if (complained(i)) {
            buf_format(&events, "P%zu,complained,%.*s\n", i, STR_ARG(day));
        }
    }
    tell(company, "subjects", &people);
    tell(company, "consents", &consents);
    tell(company, "events", &events);
    candor_job_end(job);
}

static int64_t rounded(size_t count)
{
    return count < 10 ? -1 : (int64_t)((count + 5) / 10 * 10);
}

static int64_t count_at(const struct value *map)
{
    const struct value *count = value_get(map, "count");
    must(count != NULL);
    return count->kind == VALUE_NULL ? -1 : count->integer;
}

/* -1: fewer than ten, or not said; -2: not said at all. */
static int64_t step(const struct value *answer, const char *name)
{
    const struct value *stairs = value_get(answer, "stairs");
    for (size_t s = 0; s < stairs->count; s++) {
        if (str_is(value_text_at(&stairs->item[s], "name"), name)) {
            return count_at(&stairs->item[s]);
        }
    }
    return -2;
}

static int64_t reason(const struct value *answer, const char *code)
{
    const struct value *stairs = value_get(answer, "stairs");
    for (size_t s = 0; s < stairs->count; s++) {
        const struct value *left = value_get(&stairs->item[s], "left_out");
        for (size_t r = 0; r < left->count; r++) {
            if (str_is(value_text_at(&left->item[r], "code"), code)) {
                return count_at(&left->item[r]);
            }
        }
    }
    return -2;
}

static const struct value *ask(struct job *job, struct company *company,
                               const struct candor_condition *condition, size_t count,
                               const char *campaign)
{
    struct candor_text report;
    const struct candor_audience question = {.purpose = "news",
                                             .channel = "email",
                                             .uses = "profiling",
                                             .campaign = campaign,
                                             .condition = condition,
                                             .condition_count = count};
    expect(candor_audience(job, company->candor, &question, &report) == CANDOR_OK, "%s",
           candor_job_message(job));
    return tree_of(job, &report);
}

/* ---- counts ---------------------------------------------------------------------------------- */

static void everybody_is_counted_as_a_person_would(void **state)
{
    struct company company;
    struct job *job = candor_job_begin();
    size_t refused = 0;
    size_t no_consent = 0;
    size_t no_profiling = 0;
    size_t allowed = 0;
    size_t unreachable = 0;
    size_t not_interested = 0;
    size_t fitting = 0;
    (void)state;
    company_begin(&company);
    fill(&company);
    for (size_t i = 0; i < PEOPLE; i++) {
        const bool may = gave_news(i) && gave_profiling(i);
        const bool is_reached = may && has_email(i) && !complained(i);
        refused += refused_news(i);
        no_consent += !gave_news(i) && !refused_news(i);
        no_profiling += gave_news(i) && !gave_profiling(i);
        allowed += may;
        unreachable += may && !has_email(i);
        not_interested += may && has_email(i) && complained(i);
        fitting += is_reached && has_age(i) && age(i) >= 30 && age(i) < 60;
    }
    const struct candor_condition between[] = {{"age", "at_least", "30"}, {"age", "below", "60"}};
    const struct value *answer = ask(job, &company, between, 2, "spring");
    assert_int_equal(step(answer, "customers"), rounded(PEOPLE));
    assert_int_equal(step(answer, "allowed"), rounded(allowed));
    assert_int_equal(step(answer, "reachable"), rounded(allowed - unreachable - not_interested));
    assert_int_equal(step(answer, "fitting"), rounded(fitting));
    assert_int_equal(reason(answer, "refused"), rounded(refused));
    assert_int_equal(reason(answer, "no_consent"), rounded(no_consent));
    assert_int_equal(reason(answer, "no_profiling"), rounded(no_profiling));
    assert_int_equal(reason(answer, "unreachable"), rounded(unreachable));
    assert_int_equal(reason(answer, "not_interested"), rounded(not_interested));
    assert_int_equal(reason(answer, "not_in_audience"),
                     rounded(allowed - unreachable - not_interested - fitting));
    candor_job_end(job);
    company_end(&company);
}

static void one_person_and_nobody_look_alike(void **state)
{
    struct company company;
    struct job *job = candor_job_begin();
    (void)state;
    company_begin(&company);
    fill(&company);
    const struct candor_condition nobody = {"age", "above", "110"};
    const struct candor_condition few = {"age", "equals", "22"};
    const struct candor_condition all = {"age", "is_missing", "false"};
    const struct value *none = ask(job, &company, &nobody, 1, NULL);
    assert_int_equal(step(none, "fitting"), -1);
    assert_int_equal(step(ask(job, &company, &few, 1, NULL), "fitting"), -1);
    /* Without limits nobody is unreachable; that all fit, or all but one, is said alike. */
    assert_int_equal(reason(none, "unreachable"), -2);
    assert_int_equal(reason(ask(job, &company, &all, 1, NULL), "not_in_audience"), -1);
    assert_int_equal(reason(ask(job, &company, NULL, 0, NULL), "not_in_audience"), -2);
    candor_job_end(job);
    company_end(&company);
}

static void a_restriction_takes_somebody_out_at_once(void **state)
{
    struct company company;
    struct candor_text report;
    struct job *before = candor_job_begin();
    (void)state;
    company_begin(&company);
    fill(&company);
    assert_int_equal(reason(ask(before, &company, NULL, 0, NULL), "restricted"), -2);
    candor_job_end(before);
    for (size_t i = 0; i < 12; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "P%zu", i * 3 + 1);
        DONE(
            candor_consent(job, company.candor, name, NULL, NULL, "restrict", NULL, NULL, &report));
    }
    struct job *after = candor_job_begin();
    assert_int_equal(reason(ask(after, &company, NULL, 0, NULL), "restricted"), 10);
    candor_job_end(after);
    company_end(&company);
}

/* ---- everybody, by purpose -------------------------------------------------------------------- */

static int64_t permitted(struct job *job, struct company *company, const char *purpose)
{
    struct candor_text report;
    must(candor_permitted(job, company->candor, &report) == CANDOR_OK);
    const struct value *list = value_get(tree_of(job, &report), "purposes");
    for (size_t i = 0; i < list->count; i++) {
        if (str_is(value_text_at(&list->item[i], "purpose"), purpose)) {
            return count_at(&list->item[i]);
        }
    }
    return -2;
}

static void each_purpose_is_counted_and_a_no_is_seen_at_once(void **state)
{
    struct company company;
    struct candor_text report;
    struct job *job = candor_job_begin();
    size_t news = 0;
    size_t profiling = 0;
    (void)state;
    company_begin(&company);
    fill(&company);
    for (size_t i = 0; i < PEOPLE; i++) {
        news += gave_news(i);
        profiling += gave_profiling(i);
    }
    assert_int_equal(permitted(job, &company, "news"), rounded(news));
    assert_int_equal(permitted(job, &company, "profiling"), rounded(profiling));
    assert_int_equal(permitted(job, &company, "research"), rounded(PEOPLE)); /* until they object */
    for (size_t i = 0; i < 20; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "P%zu", i * 3 + 1);
        must(candor_consent(job, company.candor, name, "news", "email", "withdraw", NULL, NULL,
                            &report) == CANDOR_OK);
    }
    assert_int_equal(permitted(job, &company, "news"), rounded(news - 20));
    assert_int_equal(permitted(job, &company, "profiling"), rounded(profiling));
    candor_job_end(job);
    company_end(&company);
}

/* ---- what is refused ------------------------------------------------------------------------- */

static void what_singles_out_or_is_protected_is_no_condition(void **state)
{
    static const struct {
        const char *what;
        const char *purpose;
        const char *channel;
        const char *uses;
        const char *campaign;
        struct candor_condition condition;
    } row[] = {
        {"protected", "news", "email", "audit", NULL, {"sex", "equals", "x"}},
        {"a name", "news", "email", NULL, NULL, {"email", "equals", "a@b.c"}},
        {"not for it", "news", "email", NULL, NULL, {"age", "at_least", "3"}},
        {"unknown", "news", "email", NULL, NULL, {"shoe", "equals", "3"}},
        {"no test", "news", "email", "profiling", NULL, {"age", "like", "3"}},
        {"no value", "news", "email", "profiling", NULL, {"age", "at_least", ""}},
        {"no number", "news", "email", "profiling", NULL, {"age", "at_least", "x"}},
        {"neither", "news", "email", "profiling", NULL, {"age", "is_missing", "x"}},
        {"purpose", "olds", "email", NULL, NULL, {NULL, NULL, NULL}},
        {"no purpose", NULL, "email", NULL, NULL, {NULL, NULL, NULL}},
        {"no channel", "news", NULL, NULL, NULL, {NULL, NULL, NULL}},
        {"channel", "letters", "email", NULL, NULL, {NULL, NULL, NULL}},
        {"to reach", "news", "email", "letters", NULL, {NULL, NULL, NULL}},
        {"limits", "news", "sms", NULL, "spring", {NULL, NULL, NULL}},
        {"campaign", "news", "email", NULL, "never", {NULL, NULL, NULL}},
    };
    struct company company;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        const struct candor_audience question = {.purpose = row[i].purpose,
                                                 .channel = row[i].channel,
                                                 .uses = row[i].uses,
                                                 .campaign = row[i].campaign,
                                                 .condition = &row[i].condition,
                                                 .condition_count =
                                                     row[i].condition.field == NULL ? 0 : 1};
        const enum candor_status status = candor_audience(job, company.candor, &question, &report);
        expect(status == CANDOR_BAD_INPUT || status == CANDOR_NOT_FOUND, "%s: %s", row[i].what,
               candor_job_message(job));
        expect(strstr(candor_job_message(job), "a@b.c") == NULL, "no value in a message");
        candor_job_end(job);
    }
    company_end(&company);
}

static void there_is_a_limit_to_conditions(void **state)
{
    struct company company;
    struct job *job = candor_job_begin();
    struct candor_condition many[CANDOR_CONDITIONS_MAX + 1];
    struct candor_text report;
    (void)state;
    company_begin(&company);
    for (size_t i = 0; i <= CANDOR_CONDITIONS_MAX; i++) {
        many[i] = (struct candor_condition){"age", "at_least", "1"};
    }
    struct candor_audience question = {"news", "email", "profiling",
                                       NULL,   many,    CANDOR_CONDITIONS_MAX};
    assert_int_equal(candor_audience(job, company.candor, &question, &report), CANDOR_OK);
    question.condition_count++;
    assert_int_equal(candor_audience(job, company.candor, &question, &report), CANDOR_TOO_LARGE);
    candor_job_end(job);
    company_end(&company);
}

static const struct value *field_of(const struct value *tree, const char *list, const char *name)
{
    const struct value *items = value_get(tree, list);
    for (size_t i = 0; i < items->count; i++) {
        if (str_is(value_text_at(&items->item[i], "name"), name)) {
            return &items->item[i];
        }
    }
    return NULL;
}

static void the_choices_say_why_not(void **state)
{
    static const struct {
        const char *uses;
        const char *list;
        const char *name;
        const char *barred;
    } row[] = {
        {"profiling", "fields", "age", ""},
        {"profiling", "fields", "sex", "protected"},
        {"profiling", "fields", "email", "names_a_person"},
        {"news", "fields", "age", "not_for_this_purpose"},
        {"news", "features", "bought_days", "needs_a_purpose_to_choose"},
        {"profiling", "features", "bought_days", ""},
        {"research", "features", "bought_days", "not_for_this_purpose"},
        {"audit", "fields", "sex", "protected"},
    };
    struct company company;
    (void)state;
    company_begin(&company);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text report;
        must(candor_audience_choices(job, company.candor, row[i].uses, &report) == CANDOR_OK);
        const struct value *field = field_of(tree_of(job, &report), row[i].list, row[i].name);
        expect(field != NULL && str_is(value_text_at(field, "barred"), row[i].barred), "%s, %s",
               row[i].uses, row[i].name);
        candor_job_end(job);
    }
    company_end(&company);
}

/* ---- who may --------------------------------------------------------------------------------- */

static void whoever_may_not_plan_may_not_count(void **state)
{
    struct company company;
    struct job *job = candor_job_begin();
    struct candor_text report;
    const struct candor_audience question = {.purpose = "news", .channel = "email"};
    (void)state;
    company_begin(&company);
    must(candor_key_add(job, company.candor, "desk", "privacy", 1, &report) == CANDOR_OK);
    const char *key = str_z(job->arena, value_text_at(tree_of(job, &report), "key"));
    must(candor_key_enter(job, company.candor, key, "subject.read", "a test") == CANDOR_OK);
    assert_int_equal(candor_audience(job, company.candor, &question, &report), CANDOR_FORBIDDEN);
    assert_int_equal(candor_audience_choices(job, company.candor, NULL, &report), CANDOR_FORBIDDEN);
    candor_key_leave(company.candor);
    assert_int_equal(candor_audience(job, company.candor, &question, &report), CANDOR_OK);
    candor_job_end(job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everybody_is_counted_as_a_person_would),
        cmocka_unit_test(one_person_and_nobody_look_alike),
        cmocka_unit_test(each_purpose_is_counted_and_a_no_is_seen_at_once),
        cmocka_unit_test(a_restriction_takes_somebody_out_at_once),
        cmocka_unit_test(what_singles_out_or_is_protected_is_no_condition),
        cmocka_unit_test(there_is_a_limit_to_conditions),
        cmocka_unit_test(the_choices_say_why_not),
        cmocka_unit_test(whoever_may_not_plan_may_not_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
