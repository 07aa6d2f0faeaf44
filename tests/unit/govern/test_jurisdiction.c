/*
 * test_jurisdiction.c - the table of clocks against what the laws say, and rows from outside.
 */
#include <stdio.h>
#include <string.h>

#include "rights.h"
#include "testing.h"
#include "text.h"

static int64_t time_of(const char *text)
{
    int64_t time = 0;
    must(str_to_time(str_of(text), &time));
    return time;
}

/* ---- the table ----------------------------------------------------------------------------- */

static void every_row_is_whole_and_stands_once(void **state)
{
    (void)state;
    const struct jurisdictions table = jurisdictions_built_in();
    for (size_t i = 0; i < table.count; i++) {
        const struct clause *clause = &table.clause[i];
        int64_t time = 0;
        expect(jurisdictions_find(&table, clause->jurisdiction, clause->right) == clause,
               "row %zu stands twice", i);
        expect(clause->answer.unit != SPAN_NONE, "row %zu has no clock", i);
        expect(clause->source.len > 5 && clause->source.len <= 200, "row %zu has no source", i);
        expect(clause->date.len == 10 && str_to_time(clause->date, &time), "row %zu: date", i);
        expect(clause->proof <= PROOF_STRONG && clause->signals < 1U << SIGNAL_KINDS, "row %zu", i);
        expect(clause->jurisdiction.len <= JURISDICTION_NAME_MAX, "row %zu", i);
    }
}

/* From reference tables 3.10 and 3.11, once more by hand. */
static void the_laws_clocks_are_in_the_table(void **state)
{
    static const struct {
        const char *place;
        enum right right;
        const char *answer;
        const char *acknowledge;
        const char *extension;
        const char *appeal;
        enum proof_level proof;
    } row[] = {
        {"eu", RIGHT_ACCESS, "1 month", "none", "2 months", "none", PROOF_MATCH},
        {"eu", RIGHT_RESTRICTION, "at once", "none", "none", "none", PROOF_NONE},
        {"eu", RIGHT_MARKETING_OBJECTION, "at once", "none", "none", "none", PROOF_NONE},
        {"uk", RIGHT_ERASURE, "1 month", "none", "2 months", "none", PROOF_MATCH},
        {"us-ca", RIGHT_ACCESS, "45 days", "10 business days", "45 days", "none", PROOF_STRONG},
        {"us-ca", RIGHT_OPT_OUT_SALE, "15 business days", "none", "none", "none", PROOF_NONE},
        {"us-ca", RIGHT_LIMIT_SENSITIVE, "15 business days", "none", "none", "none", PROOF_NONE},
        {"us-co", RIGHT_EXPLANATION, "30 days", "none", "none", "none", PROOF_CONTACT},
        {"us-va", RIGHT_ACCESS, "45 days", "none", "45 days", "60 days", PROOF_MATCH},
        {"us-or", RIGHT_ERASURE, "45 days", "none", "45 days", "45 days", PROOF_MATCH},
        {"us-ia", RIGHT_ACCESS, "90 days", "none", "45 days", "60 days", PROOF_MATCH},
        {"us-fl", RIGHT_ACCESS, "45 days", "none", "15 days", "60 days", PROOF_MATCH},
        {"us-ut", RIGHT_ACCESS, "45 days", "none", "45 days", "none", PROOF_MATCH},
        {"br", RIGHT_ACCESS, "15 days", "none", "none", "none", PROOF_MATCH},
    };
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct jurisdictions table = jurisdictions_built_in();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct clause *clause =
            jurisdictions_find(&table, str_of(row[i].place), row[i].right);
        expect(clause != NULL, "row %zu", i);
        expect(str_is(span_text(job.arena, clause->answer), row[i].answer) &&
                   str_is(span_text(job.arena, clause->acknowledge), row[i].acknowledge) &&
                   str_is(span_text(job.arena, clause->extension), row[i].extension) &&
                   str_is(span_text(job.arena, clause->appeal), row[i].appeal) &&
                   clause->proof == row[i].proof,
               "%s %s", row[i].place, right_name(row[i].right));
    }
    expect(jurisdictions_find(&table, STR("us-ia"), RIGHT_RECTIFICATION) == NULL,
           "Iowa has no correction");
    expect(jurisdictions_find(&table, STR("us-ca"), RIGHT_OPT_OUT_SALE)->reask_days == 365,
           "California waits twelve months");
    expect((jurisdictions_find(&table, STR("us-ca"), RIGHT_OPT_OUT_SALE)->signals & SIGNAL_GPC) !=
               0,
           "California hears GPC");
    expect(!jurisdictions_know(&table, STR("us-xx")) && jurisdictions_know(&table, STR("us-md")),
           "known places");
    job_end(&job);
}

static void opting_out_asks_for_no_proof(void **state)
{
    (void)state;
    const struct jurisdictions table = jurisdictions_built_in();
    for (size_t i = 0; i < table.count; i++) {
        const enum right right = table.clause[i].right;
        if (right == RIGHT_OPT_OUT_SALE || right == RIGHT_LIMIT_SENSITIVE ||
            right == RIGHT_MARKETING_OBJECTION) {
            expect(table.clause[i].proof == PROOF_NONE, "row %zu", i);
        }
    }
}

static void a_place_that_is_not_known_has_the_proof_of_the_eu(void **state)
{
    (void)state;
    const struct jurisdictions table = jurisdictions_built_in();
    for (size_t i = 0; i < table.count; i++) {
        expect(jurisdictions_proof(table.clause[i].jurisdiction, table.clause[i].right) ==
                   table.clause[i].proof,
               "row %zu", i);
    }
    for (unsigned i = 0; i < RIGHTS; i++) {
        const enum right right = (enum right)i;
        expect(jurisdictions_proof(STR("mars"), right) == jurisdictions_proof(STR("eu"), right),
               "%s", right_name(right));
    }
    expect(jurisdictions_proof(STR("mars"), RIGHT_ACCESS) == PROOF_MATCH, "some at least");
}

/* ---- spans --------------------------------------------------------------------------------- */

static void spans_end_where_the_calendar_says(void **state)
{
    static const struct {
        const char *from;
        const char *span;
        const char *until;
    } row[] = {
        {"2026-11-27", "at once", "2026-11-27"},
        {"2026-11-27", "45 days", "2027-01-11"},
        {"2026-11-27", "1 month", "2026-12-27"},
        {"2026-01-31", "1 month", "2026-02-28"},
        {"2026-11-27", "1 business day", "2026-11-30"}, /* Friday to Monday */
        {"2026-11-28", "1 business day", "2026-11-30"}, /* from a Saturday */
        {"2026-11-27", "10 business days", "2026-12-11"},
        {"2026-12-21", "5 business days", "2026-12-29"}, /* over Christmas */
        {"1969-12-30", "2 business days", "1970-01-01"},
    };
    (void)state;
    const int64_t christmas = time_of("2026-12-25") / MICROS_PER_DAY;
    const struct holidays holidays = {&christmas, 1};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct span span;
        must(span_read(str_of(row[i].span), &span));
        const int64_t noon = MICROS_PER_DAY / 2;
        expect(span_end(time_of(row[i].from) + noon, span, &holidays) ==
                   time_of(row[i].until) + noon,
               "%s + %s", row[i].from, row[i].span);
    }
}

/* Slow and obvious: walk day by day, and count those that are worked. */
static void business_days_are_those_that_a_walk_counts(void **state)
{
    (void)state;
    for (int64_t first = 20000; first < 20030; first++) {
        for (uint16_t count = 1; count < 40; count++) {
            int64_t day = first;
            unsigned worked = 0;
            while (worked < count) {
                day++;
                const int64_t weekday = (day + 4) % 7; /* 0: Sunday */
                worked += weekday != 0 && weekday != 6;
            }
            const struct span span = {count, SPAN_BUSINESS_DAYS};
            expect(span_end(first * MICROS_PER_DAY, span, NULL) == day * MICROS_PER_DAY,
                   "%lld + %u", (long long)first, count);
        }
    }
}

static void spans_read_back_and_nothing_else_is_read(void **state)
{
    static const char *const good[] = {"none",    "at once",  "1 day",           "45 days",
                                       "1 month", "2 months", "10 business days"};
    static const char *const bad[] = {
        "",       "45",        "days",      "0 days",  "-1 days",  "1 week",       "1  day",
        "1 day ", "3651 days", "1 monthss", "At once", "1.5 days", "1 months and", "1 businessday"};
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct span span;
        expect(span_read(str_of(good[i]), &span) && str_is(span_text(job.arena, span), good[i]),
               "%s", good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct span span;
        expect(!span_read(str_of(bad[i]), &span), "'%s'", bad[i]);
    }
    job_end(&job);
}

/* ---- rows from outside --------------------------------------------------------------------- */

#define ROW(change) \
    "jurisdictions:\n" \
    "  - {jurisdiction: eu, right: access, answer: 20 days, acknowledge: 5 business days,\n" \
    "     extension: none, appeal: none, pause: false, proof: contact, mode: opt_in,\n" \
    "     signals: [gpc, tcf], reask_days: 90, source: our lawyers, date: '2026-12-01'" change \
    "}\n"

static enum candor_status read_yaml(struct job *job, const char *yaml, struct jurisdictions *table)
{
    const struct value *root = NULL;
    const struct str text = str_of(yaml);
    TRY(yaml_read(job, bytes_of(text), NULL, "candor.yaml", &root));
    return jurisdictions_read(job, root, table);
}

static void a_row_takes_the_place_of_the_built_in_one(void **state)
{
    (void)state;
    struct job job;
    struct jurisdictions table;
    job_begin(&job, host_real());
    const size_t before = jurisdictions_built_in().count;
    expect(read_yaml(&job, ROW(""), &table) == CANDOR_OK, "%s", job.message);
    const struct clause *clause = jurisdictions_find(&table, STR("eu"), RIGHT_ACCESS);
    expect(table.count == before && clause->answer.count == 20, "it is replaced");
    expect(clause->signals == (SIGNAL_GPC | SIGNAL_TCF) && clause->reask_days == 90, "as it says");
    expect(jurisdictions_find(&table, STR("eu"), RIGHT_ERASURE)->answer.unit == SPAN_MONTHS,
           "the others stay");
    expect(read_yaml(&job, "name: x\n", &table) == CANDOR_OK && table.count == before,
           "no section, no change");
    job_end(&job);
}

static void a_new_place_is_added(void **state)
{
    (void)state;
    struct job job;
    struct jurisdictions table;
    job_begin(&job, host_real());
    expect(read_yaml(&job,
                     "jurisdictions:\n"
                     "  - jurisdiction: us-xx\n"
                     "    right: erasure\n"
                     "    answer: 3 business days\n"
                     "    acknowledge: none\n"
                     "    extension: 1 month\n"
                     "    appeal: 60 days\n"
                     "    proof: strong\n"
                     "    mode: opt_out\n"
                     "    source: A law of 2028\n"
                     "    date: \"2028-01-01\"\n",
                     &table) == CANDOR_OK,
           "%s", job.message);
    expect(table.count == jurisdictions_built_in().count + 1, "one more");
    expect(jurisdictions_know(&table, STR("us-xx")), "known");
    job_end(&job);
}

static void bad_rows_are_refused_with_their_line(void **state)
{
    static const struct {
        const char *yaml;
        const char *says;
    } row[] = {
        {"jurisdictions: eu\n", "jurisdictions"},
        {"jurisdictions: [eu]\n", "row of jurisdictions"},
        {"jurisdictions:\n  - {jurisdiction: eu}\n", "'right' is missing"},
        {ROW(", colour: red"), "colour"},
        {"jurisdictions:\n  - {jurisdiction: EU, right: access}\n", "a name has"},
        {"jurisdictions:\n  - {jurisdiction: eu, right: acess}\n", "did you mean 'access'"},
        {"jurisdictions:\n  - {jurisdiction: eu, right: access, answer: none, acknowledge: none, "
         "extension: none, appeal: none}\n",
         "a right has a clock"},
        {"jurisdictions:\n  - {jurisdiction: eu, right: access, answer: 2 weeks}\n", "business"},
        {"jurisdictions:\n  - {jurisdiction: eu, right: access, answer: 1 day}\n",
         "'acknowledge' is missing"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct jurisdictions table;
        job_begin(&job, host_real());
        expect(read_yaml(&job, row[i].yaml, &table) == CANDOR_BAD_INPUT, "row %zu", i);
        expect(strstr(job.message, row[i].says) != NULL, "row %zu: %s", i, job.message);
        expect(strstr(job.message, "line ") != NULL, "row %zu has no line: %s", i, job.message);
        job_end(&job);
    }
}

static void a_row_that_stands_twice_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct jurisdictions table;
    char yaml[2000];
    const char *row = strchr(ROW(""), '\n') + 1;
    job_begin(&job, host_real());
    (void)snprintf(yaml, sizeof yaml, "%s%s", ROW(""), row);
    expect(read_yaml(&job, yaml, &table) == CANDOR_BAD_INPUT, "status");
    expect(strstr(job.message, "twice") != NULL, "%s", job.message);
    job_end(&job);
}

static void twelve_states_bind_in_upper_and_lower_case(void **state)
{
    static const char *const yes[] = {"US-CA", "us-co", "Us-Ct", "US-DE", "US-MD", "US-MN",
                                      "US-MT", "US-NE", "US-NH", "US-NJ", "US-OR", "us-tx"};
    static const char *const no[] = {
        "", "US", "US-NV", "DE", "US-CAL", "US-CALIFORNIA", "CA", "US-CA-AND-MORE-OF-IT"};
    const struct jurisdictions table = jurisdictions_built_in();
    (void)state;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        expect(jurisdictions_hear(&table, str_of(yes[i]), SIGNAL_GPC), "%s", yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        expect(!jurisdictions_hear(&table, str_of(no[i]), SIGNAL_GPC), "%s", no[i]);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_row_is_whole_and_stands_once),
        cmocka_unit_test(the_laws_clocks_are_in_the_table),
        cmocka_unit_test(opting_out_asks_for_no_proof),
        cmocka_unit_test(a_place_that_is_not_known_has_the_proof_of_the_eu),
        cmocka_unit_test(spans_end_where_the_calendar_says),
        cmocka_unit_test(business_days_are_those_that_a_walk_counts),
        cmocka_unit_test(spans_read_back_and_nothing_else_is_read),
        cmocka_unit_test(a_row_takes_the_place_of_the_built_in_one),
        cmocka_unit_test(a_new_place_is_added),
        cmocka_unit_test(bad_rows_are_refused_with_their_line),
        cmocka_unit_test(a_row_that_stands_twice_is_refused),
        cmocka_unit_test(twelve_states_bind_in_upper_and_lower_case),
    };
    return cmocka_run_group_tests_name("jurisdiction", test, NULL, NULL);
}
