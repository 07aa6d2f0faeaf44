/*
 * test_rule.c - rules over one person's cells, what is missing, and what is refused.
 */
#include <string.h>

#include "decide.h"
#include "testing.h"
#include "text.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)

static const char home[] =
    "candor: 1\n"
    "purposes: [{name: news}, {name: profiling}]\n"
    "subjects:\n"
    "  fields:\n"
    "    - {name: age, label: Age, type: number, min: 16, max: 110, purposes: [profiling]}\n"
    "    - {name: tier, type: category, allowed: [gold, silver, bronze], purposes: [profiling]}\n"
    "    - {name: member, type: boolean, required: true, purposes: [profiling]}\n"
    "    - {name: joined, type: date, purposes: [profiling]}\n"
    "    - {name: town, type: text, purposes: [profiling]}\n"
    "    - {name: sex, type: category, protected: true, purposes: [profiling]}\n"
    "    - {name: email, purposes: [news]}\n"
    "events:\n"
    "  - name: bought\n"
    "    purposes: [profiling]\n"
    "    properties: [{name: category, type: category, allowed: [home, garden]},\n"
    "                 {name: gift, type: boolean, protected: true}]\n"
    "features:\n"
    "  - {name: bought_30d, measure: count, event: bought, days: 30}\n"
    "  - {name: favourite, measure: top, event: bought, property: category}\n"
    "  - {name: since, field: joined}\n"
    "  - {name: gifts, measure: count, event: bought, equals: {property: gift, value: true}}\n";

enum { AGE, TIER, MEMBER, JOINED, TOWN, SEX, EMAIL, FIELDS };
enum { BOUGHT_30D, FAVOURITE, SINCE, GIFTS, FEATURES };

static struct job job;
static const struct inventory *inventory;

static int begin(void **state)
{
    (void)state;
    const struct value *root = NULL;
    job_begin(&job, host_real());
    expect(yaml_read(&job, bytes_of(str_of(home)), NULL, "home", &root) == CANDOR_OK, "%s",
           job.message);
    expect(inventory_read(&job, root, &inventory) == CANDOR_OK, "%s", job.message);
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

static enum candor_status read_rule(const char *text, const struct rule **rule)
{
    const struct value *value = NULL;
    TRY(yaml_read(&job, bytes_of(str_of(text)), NULL, "rule", &value));
    return rule_read(&job, inventory, value, 1, rule);
}

/* Anna, 44, silver, member, of whom we do not know the town or what she likes best. */
static const struct cell anna_field[FIELDS] = {
    [AGE] = {.kind = CELL_NUMBER, .number = 44},
    [TIER] = {.kind = CELL_TEXT, .text = {"silver", 6}},
    [MEMBER] = {.kind = CELL_NUMBER, .number = 1},
    [JOINED] = {.kind = CELL_TIME, .time = NOW},
};
static const struct cell anna_feature[FEATURES] = {
    [BOUGHT_30D] = {.kind = CELL_NUMBER, .number = 3},
    [SINCE] = {.kind = CELL_NUMBER, .number = 0},
};

static const struct {
    const char *rule;
    bool holds;
    const char *words; /* NULL: not looked at */
} row[] = {
    {"{field: age, at_least: 44}", true, "Age at least 44"},
    {"{field: age, at_least: 44.5}", false, "Age at least 44.5"},
    {"{field: age, at_most: 44}", true, "Age at most 44"},
    {"{field: age, at_most: 43}", false, NULL},
    {"{field: age, above: 44}", false, "Age above 44"},
    {"{field: age, above: 43}", true, NULL},
    {"{field: age, below: 44}", false, "Age below 44"},
    {"{field: age, below: 45}", true, NULL},
    {"{field: age, at_least: 0}", true, NULL},
    {"{field: age, equals: 44}", true, "Age is 44"},
    {"{field: age, equals: 45}", false, NULL},
    {"{field: age, one_of: [43, 44]}", true, "Age is 43 or 44"},
    {"{field: age, at_least: 18, below: 65}", true, "Age at least 18 and Age below 65"},
    {"{field: age, at_least: 18, below: 40}", false, NULL},
    {"{field: tier, equals: silver}", true, "tier is silver"},
    {"{field: tier, equals: gold}", false, NULL},
    {"{field: tier, one_of: [gold, silver, bronze]}", true, "tier is gold, silver or bronze"},
    {"{field: member, equals: true}", true, "member is true"},
    {"{field: member, equals: false}", false, NULL},
    {"{field: joined, at_least: 2026-01-01}", true, "joined at least 2026-01-01"},
    {"{field: joined, below: 2026-01-01}", false, NULL},
    {"{field: joined, below: 2999-01-01}", true, NULL},
    {"{feature: bought_30d, above: 2}", true, "bought 30d above 2"},
    {"{feature: since, at_most: 7}", true, NULL},
    {"{all: [{field: age, above: 40}, {field: tier, equals: silver}]}", true,
     "Age above 40 and tier is silver"},
    {"{all: [{field: age, above: 40}, {field: tier, equals: gold}]}", false, NULL},
    {"{any: [{field: age, above: 50}, {field: tier, equals: silver}]}", true,
     "Age above 50 or tier is silver"},
    {"{any: [{field: age, above: 50}, {field: tier, equals: gold}]}", false, NULL},
    {"{not: {field: age, above: 50}}", true, "not (Age above 50)"},
    {"{not: {field: age, above: 40}}", false, NULL},
    {"{not: {not: {field: age, above: 40}}}", true, NULL},
    {"{all: [{any: [{field: age, above: 50}, {field: age, below: 45}]}, {not: {any: [{field: tier, "
     "equals: gold}, {field: tier, equals: bronze}]}}]}",
     true, "(Age above 50 or Age below 45) and not (tier is gold or tier is bronze)"},
    /* What we do not know lets nobody in. */
    {"{field: town, equals: Ulm}", false, NULL},
    {"{not: {field: town, equals: Ulm}}", false, NULL},
    {"{not: {not: {field: town, equals: Ulm}}}", false, NULL},
    {"{feature: favourite, equals: home}", false, NULL},
    {"{not: {feature: favourite, one_of: [home, garden]}}", false, NULL},
    {"{any: [{field: town, equals: Ulm}, {field: age, equals: 44}]}", true, NULL},
    {"{any: [{field: town, equals: Ulm}, {field: age, equals: 45}]}", false, NULL},
    {"{not: {any: [{field: town, equals: Ulm}, {field: age, equals: 45}]}}", false, NULL},
    {"{not: {all: [{field: town, equals: Ulm}, {field: age, equals: 45}]}}", true, NULL},
    {"{all: [{field: town, equals: Ulm}, {field: age, equals: 44}]}", false, NULL},
    {"{field: town, is_missing: true}", true, "town is missing"},
    {"{field: town, is_missing: false}", false, "town is known"},
    {"{not: {field: town, is_missing: false}}", true, NULL},
    {"{field: age, is_missing: false}", true, NULL},
    {"{feature: favourite, is_missing: true}", true, NULL},
};

static void rules_hold_for_whom_they_should(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct rule *rule = NULL;
        expect(read_rule(row[i].rule, &rule) == CANDOR_OK, "%s: %s", row[i].rule, job.message);
        expect(rule_holds(rule, anna_field, anna_feature) == row[i].holds, "%s", row[i].rule);
        const struct str words = rule_text(job.arena, inventory, rule);
        expect(row[i].words == NULL || str_is(words, row[i].words), "%s: %.*s", row[i].rule,
               STR_ARG(words));
    }
}

/* Of nobody we know anything: only is_missing can be true. */
static void nobody_gets_in_because_nothing_is_known(void **state)
{
    (void)state;
    const struct cell no_field[FIELDS] = {{.kind = CELL_MISSING}};
    const struct cell no_feature[FEATURES] = {{.kind = CELL_MISSING}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct rule *rule = NULL;
        expect(read_rule(row[i].rule, &rule) == CANDOR_OK, "%s", job.message);
        const bool asks_for_missing = strstr(row[i].rule, "is_missing") != NULL;
        expect(asks_for_missing || !rule_holds(rule, no_field, no_feature), "%s", row[i].rule);
    }
}

static void a_value_of_another_kind_is_as_good_as_none(void **state)
{
    (void)state;
    const struct rule *rule = NULL;
    const struct cell odd[FIELDS] = {[AGE] = {.kind = CELL_TEXT, .text = {"44", 2}}};
    expect(read_rule("{not: {field: age, above: 50}}", &rule) == CANDOR_OK, "%s", job.message);
    expect(!rule_holds(rule, odd, NULL), "text");
}

static void no_rule_means_everyone(void **state)
{
    (void)state;
    const struct rule *rule = NULL;
    expect(rule_read(&job, inventory, NULL, 1, &rule) == CANDOR_OK && rule == NULL, "NULL");
    expect(rule_holds(NULL, NULL, NULL), "holds");
    expect(str_is(rule_text(job.arena, inventory, NULL), "everyone"), "words");
    expect(rule_needs(NULL).field_count == 0 && rule_needs(NULL).feature_count == 0, "needs");
}

static void a_rule_knows_what_it_needs(void **state)
{
    (void)state;
    const struct rule *rule = NULL;
    expect(read_rule("{any: [{field: tier, equals: gold}, {not: {field: age, above: 3}}, {feature: "
                     "since, below: 5}, {field: tier, equals: silver}]}",
                     &rule) == CANDOR_OK,
           "%s", job.message);
    const struct rule_needs needs = rule_needs(rule);
    expect(needs.field_count == 2 && needs.field[0] == AGE && needs.field[1] == TIER, "fields");
    expect(needs.feature_count == 1 && needs.feature[0] == SINCE, "features");
}

static const struct {
    const char *rule;
    const char *part;
} refused[] = {
    {"~", "a map"},
    {"[]", "a map"},
    {"{}", "one of all, any, not"},
    {"{field: age}", "tests nothing"},
    {"{at_least: 3}", "one of all, any, not"},
    {"{field: age, feature: since, above: 3}", "one of all, any, not"},
    {"{field: aged, above: 3}", "did you mean 'age'"},
    {"{feature: age, above: 3}", "no feature 'age'"},
    {"{field: age, over: 3}", "unknown key 'over'"},
    {"{field: age, at_lest: 3}", "did you mean 'at_least'"},
    {"{field: age, above: old}", "not a number"},
    {"{field: age, above: }", "one value"},
    {"{field: age, above: [1]}", "one value"},
    {"{field: age, equals: 5}", "below the smallest"},
    {"{field: age, one_of: []}", "at least one"},
    {"{field: age, one_of: 44}", "a list"},
    {"{field: tier, equals: platinum}", "not one of the allowed"},
    {"{field: tier, above: gold}", "has no order"},
    {"{field: member, at_least: 1}", "has no order"},
    {"{field: member, equals: maybe}", "not true, false"},
    {"{field: member, equals: NA}", "one value"},
    {"{field: joined, above: soon}", "not a date"},
    {"{field: age, is_missing: 1}", "true or false"},
    {"{feature: favourite, equals: cars}", "not one of the allowed"},
    {"{field: sex, equals: f}", "protected"},
    {"{feature: gifts, above: 1}", "protected"},
    {"{not: {field: sex, is_missing: false}}", "protected"},
    {"{field: email, is_missing: false}", "purpose 'profiling'"},
    {"{all: []}", "at least one rule"},
    {"{all: {field: age, above: 3}}", "a list"},
    {"{not: [{field: age, above: 3}]}", "a map"},
    {"{all: [{field: age, above: 20}], any: [{field: age, above: 20}]}", "only key"},
    {"{all: [{field: age, above: 20}], field: age}", "only key"},
};

static void each_mistake_is_refused_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        const struct rule *rule = NULL;
        expect(read_rule(refused[i].rule, &rule) == CANDOR_BAD_INPUT, "%s", refused[i].rule);
        expect(strstr(job.message, refused[i].part) != NULL, "%s: %s", refused[i].rule,
               job.message);
        expect(strstr(job.message, "(line 1)") != NULL, "%s: %s", refused[i].rule, job.message);
        expect(rule == NULL, "%s", refused[i].rule);
        job_forgive(&job);
    }
}

static const char *nested(size_t depth)
{
    struct buf buf = buf_begin(job.arena);
    for (size_t i = 1; i < depth; i++) {
        buf_lit(&buf, LIT("{not: "));
    }
    buf_lit(&buf, LIT("{field: age, above: 3}"));
    for (size_t i = 1; i < depth; i++) {
        buf_lit(&buf, LIT("}"));
    }
    return str_z(job.arena, buf_text(&buf));
}

static void depth_and_size_have_limits(void **state)
{
    (void)state;
    const struct rule *rule = NULL;
    expect(read_rule(nested(RULE_DEPTH_MAX), &rule) == CANDOR_OK, "%s", job.message);
    expect(read_rule(nested(RULE_DEPTH_MAX + 1), &rule) == CANDOR_BAD_INPUT, "too deep");
    job_forgive(&job);

    for (size_t more = 0; more <= 1; more++) {
        struct buf buf = buf_begin(job.arena);
        buf_lit(&buf, LIT("any:\n"));
        for (size_t i = 1; i < RULE_PARTS_MAX + more; i++) {
            buf_lit(&buf, LIT("  - {field: age, above: 3}\n"));
        }
        const enum candor_status status = read_rule(str_z(job.arena, buf_text(&buf)), &rule);
        expect(status == (more == 0 ? CANDOR_OK : CANDOR_BAD_INPUT), "%s", job.message);
        job_forgive(&job);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        TEST(rules_hold_for_whom_they_should),
        TEST(nobody_gets_in_because_nothing_is_known),
        TEST(a_value_of_another_kind_is_as_good_as_none),
        TEST(no_rule_means_everyone),
        TEST(a_rule_knows_what_it_needs),
        TEST(each_mistake_is_refused_with_its_line),
        TEST(depth_and_size_have_limits),
    };
    return cmocka_run_group_tests_name("rule", test, NULL, NULL);
}
