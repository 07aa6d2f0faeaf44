/*
 * test_quality.c - standards of quality: read from candor.yaml, rules against their definition,
 * scores and what falls short.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "quality.h"
#include "testing.h"
#include "text.h"

#define BEGINNING \
    "candor: 1\n" \
    "subjects:\n" \
    "  fields:\n" \
    "    - {name: tier, type: category}\n" \
    "    - {name: age, type: number}\n" \
    "    - {name: joined, type: date, origin: derived}\n" \
    "    - {name: seen, type: date, origin: derived}\n" \
    "    - {name: email}\n"

enum { TIER, AGE, JOINED, SEEN, EMAIL };

struct read {
    struct job job;
    const struct inventory *inventory;
    struct quality_standards standards;
    enum candor_status status;
};

static void begin(struct read *read, const char *section)
{
    const struct value *root = NULL;
    job_begin(&read->job, host_real());
    const struct str text = str_format(read->job.arena, "%s%s", BEGINNING, section);
    must(yaml_read(&read->job, bytes_of(text), NULL, "candor.yaml", &root) == CANDOR_OK);
    must(inventory_read(&read->job, root, &read->inventory) == CANDOR_OK);
    read->status = quality_read(&read->job, read->inventory, root, &read->standards);
}

static void without_a_section_nothing_is_asked(void **state)
{
    (void)state;
    struct read read;
    begin(&read, "");
    expect(read.status == CANDOR_OK, "%s", read.job.message);
    expect(!quality_asks(&read.standards), "asks");
    expect(read.standards.rule_count == 0 && read.standards.quarantine_days == QUARANTINE_DAYS,
           "defaults");
    job_end(&read.job);
}

static void everything_is_read(void **state)
{
    (void)state;
    struct read read;
    begin(&read, "quality:\n"
                 "  least: {completeness: 0.8, timeliness: 0.5}\n"
                 "  fields:\n"
                 "    - {field: email, unique: true, fresh_days: 30, least: {completeness: 1}}\n"
                 "  sources: [{source: shop, fresh_days: 7, least: {timeliness: 0.9}}]\n"
                 "  rules:\n"
                 "    - {name: adult, when: {field: tier, equals: gold},"
                 " then: {field: age, at_least: 18}, reject: false}\n"
                 "  quarantine_days: 5\n");
    expect(read.status == CANDOR_OK, "%s", read.job.message);
    const struct quality_standards *standards = &read.standards;
    expect(standards->least.of[QUALITY_COMPLETENESS] == 0.8, "least");
    expect(isnan(standards->least.of[QUALITY_VALIDITY]), "not asked");
    expect(standards->field[EMAIL].is_unique && standards->field[EMAIL].fresh_days == 30, "field");
    expect(read.inventory->field[EMAIL].keeps_time && !read.inventory->field[AGE].keeps_time,
           "time");
    expect(quality_source(standards, STR("shop"))->fresh_days == 7, "source");
    expect(quality_source(standards, STR("crm")) == NULL, "no source");
    expect(standards->rule_count == 1 && !standards->rule[0].rejects, "rule");
    expect(standards->quarantine_days == 5 && quality_asks(standards), "days");
    job_end(&read.job);
}

static const struct {
    const char *section;
    const char *message;
} bad_row[] = {
    {"quality: {leest: {}}", "did you mean 'least'?"},
    {"quality: {least: {completeness: 2}}", "between 0 and 1"},
    {"quality: {least: {complete: 1}}", "unknown key 'complete'"},
    {"quality: {fields: [{field: emial}]}", "did you mean 'email'?"},
    {"quality: {fields: [{unique: true}]}", "'field' is missing"},
    {"quality: {fields: [{field: age}, {field: age}]}", "stands there twice"},
    {"quality: {sources: [{source: a}, {source: a}]}", "stands there twice"},
    {"quality: {rules: [{name: a}]}", "'then' is missing"},
    {"quality: {rules: [{name: a, then: {field: age}}]}", "ask one thing"},
    {"quality: {rules: [{name: a, then: {field: age, at_least: 1, at_most: 2}}]}", "ask one thing"},
    {"quality: {rules: [{name: a, then: {field: tier, at_least: 1}}]}", "have an order"},
    {"quality: {rules: [{name: a, then: {field: age, at_least: x}}]}", "no value of the number"},
    {"quality: {rules: [{name: a, then: {field: age, same_as: seen}}]}", "different types"},
    {"quality: {rules: [{name: a, then: {field: age, present: true}},"
     " {name: a, then: {field: age, present: true}}]}",
     "of this name already"},
    {"quality: {quarantine_days: -1}", "between 0 and"},
};

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_row / sizeof bad_row[0]; i++) {
        struct read read;
        begin(&read, bad_row[i].section);
        expect(read.status == CANDOR_BAD_INPUT, "row %zu: %s", i, status_name(read.status));
        expect(strstr(read.job.message, bad_row[i].message) != NULL, "row %zu: %s", i,
               read.job.message);
        expect(strstr(read.job.message, "(line 9)") != NULL, "row %zu: %s", i, read.job.message);
        job_end(&read.job);
    }
}

#define MISSING \
    { \
        .kind = CELL_MISSING \
    }
#define NUMBER(value) \
    { \
        .kind = CELL_NUMBER, .number = (value) \
    }
#define TEXT(value) \
    { \
        .kind = CELL_TEXT, .text = {(value), sizeof(value) - 1 } \
    }
#define DAY(value) \
    { \
        .kind = CELL_TIME, .time = (value)*MICROS_PER_DAY \
    }

static const struct {
    const char *then;
    struct cell cell[5];
    enum quality_verdict verdict;
} rule_row[] = {
    {"field: age, present: true", {MISSING, NUMBER(1)}, RULE_HOLDS},
    {"field: age, present: true", {MISSING, MISSING}, RULE_BROKEN},
    {"field: age, present: false", {MISSING, NUMBER(1)}, RULE_BROKEN},
    {"field: age, at_least: 18", {MISSING, NUMBER(18)}, RULE_HOLDS},
    {"field: age, at_least: 18", {MISSING, NUMBER(17.5)}, RULE_BROKEN},
    {"field: age, at_least: 18", {MISSING, MISSING}, RULE_SILENT},
    {"field: age, at_most: 18", {MISSING, NUMBER(19)}, RULE_BROKEN},
    {"field: tier, equals: gold", {TEXT("gold")}, RULE_HOLDS},
    {"field: tier, equals: gold", {TEXT("none")}, RULE_BROKEN},
    {"field: tier, differs: gold", {TEXT("gold")}, RULE_BROKEN},
    {"field: joined, not_after: seen", {MISSING, MISSING, DAY(3), DAY(3)}, RULE_HOLDS},
    {"field: joined, not_after: seen", {MISSING, MISSING, DAY(4), DAY(3)}, RULE_BROKEN},
    {"field: joined, not_after: seen", {MISSING, MISSING, DAY(4), MISSING}, RULE_SILENT},
    {"field: joined, not_before: seen", {MISSING, MISSING, DAY(2), DAY(3)}, RULE_BROKEN},
    {"field: joined, same_as: seen", {MISSING, MISSING, DAY(2), DAY(2)}, RULE_HOLDS},
    {"field: age, at_least: 1}, when: {field: tier, equals: gold",
     {TEXT("none"), NUMBER(0)},
     RULE_SILENT},
    {"field: age, at_least: 1}, when: {field: tier, equals: gold",
     {TEXT("gold"), NUMBER(0)},
     RULE_BROKEN},
    {"field: age, at_least: 1}, when: {field: tier, equals: gold",
     {MISSING, NUMBER(0)},
     RULE_SILENT},
};

static void a_rule_holds_is_broken_or_silent(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule_row / sizeof rule_row[0]; i++) {
        struct read read;
        char section[256];
        (void)snprintf(section, sizeof section, "quality: {rules: [{name: a, then: {%s}}]}\n",
                       rule_row[i].then);
        begin(&read, section);
        expect(read.status == CANDOR_OK, "row %zu: %s", i, read.job.message);
        expect(quality_judge(&read.standards.rule[0], rule_row[i].cell) == rule_row[i].verdict,
               "row %zu", i);
        const bool is_rejected = quality_rejects(&read.standards, rule_row[i].cell) != NULL;
        expect(is_rejected == (rule_row[i].verdict == RULE_BROKEN), "row %zu rejects", i);
        job_end(&read.job);
    }
}

static void a_score_is_a_share_and_of_nothing_it_is_none(void **state)
{
    (void)state;
    struct quality_tally tally = {0};
    struct quality_tally sum = {0};
    const struct quality_least home = {.of = {0.5, 0.5, 0.5, 0.5, 0.5}};
    struct quality_least own = {.of = {0.9, (double)NAN, (double)NAN, (double)NAN, (double)NAN}};
    double least = 0;
    for (unsigned i = 0; i < 8; i++) {
        quality_add(&tally, QUALITY_COMPLETENESS, i < 6);
        quality_add(&tally, QUALITY_VALIDITY, i < 6);
    }
    quality_merge(&sum, &tally);
    quality_merge(&sum, &tally);
    expect(quality_score(sum.of[QUALITY_COMPLETENESS]) == 0.75, "12 of 16");
    expect(isnan(quality_score(sum.of[QUALITY_UNIQUENESS])), "of nothing");
    expect(quality_falls_short(sum.of[0], QUALITY_COMPLETENESS, &own, &home, &least) &&
               least == 0.9,
           "own goes first");
    expect(!quality_falls_short(sum.of[1], QUALITY_VALIDITY, &own, &home, &least) && least == 0.5,
           "the home's else");
    expect(!quality_falls_short(sum.of[2], QUALITY_UNIQUENESS, &own, &home, &least),
           "nothing falls short of nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_section_nothing_is_asked),
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(a_rule_holds_is_broken_or_silent),
        cmocka_unit_test(a_score_is_a_share_and_of_nothing_it_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
