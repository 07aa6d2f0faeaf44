/*
 * test_schema.c - candor.yaml into the inventory: one whole example, the defaults, and every way
 * to get it wrong with the line that the message must name.
 */
#include <stdio.h>
#include <string.h>

#include "record.h"
#include "testing.h"
#include "text.h"

static struct job job;

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

static enum candor_status read_yaml(const char *text, const struct inventory **inventory)
{
    const struct value *root = NULL;
    TRY(yaml_read(&job, bytes_of(str_of(text)), NULL, "candor.yaml", &root));
    return inventory_read(&job, root, inventory);
}

static const struct inventory *must_read(const char *text)
{
    const struct inventory *inventory = NULL;
    expect(read_yaml(text, &inventory) == CANDOR_OK, "%s", job.message);
    return inventory;
}

/* ---- one whole example --------------------------------------------------------------------- */

static const char example[] =
    "candor: 1\n"
    "name: Marlow & Finch\n"
    "channels: [email, sms]\n"
    "purposes:\n"
    "  - {name: news, title: News by e-mail, basis: consent, wording: May we?,\n"
    "     wording_version: \"2026-03\", channels: [email, sms], valid_days: 365}\n"
    "  - {name: profiling, direct_marketing: false}\n"
    "  - {name: audit, basis: legal_obligation}\n"
    "  - {name: 'share:acme-ads'}\n"
    "subjects:\n"
    "  identifier: customer_id\n"
    "  fields:\n"
    "    - {name: email, pii: email, lookup: true, purposes: [news]}\n"
    "    - {name: age, type: number, min: 16, max: 110, unit: years, required: true,\n"
    "       owner: crm, retention_days: 90, purposes: [profiling, news]}\n"
    "    - {name: sex, type: category, allowed: [female, male], protected: true,\n"
    "       purposes: [audit]}\n"
    "    - {name: loyalty_tier, type: category, origin: derived, sensitivity: ordinary,\n"
    "       changeable: true, purposes: [news, profiling]}\n"
    "    - {name: joined, label: Customer since, type: date, purposes: [profiling]}\n"
    "    - {name: health, type: boolean, sensitivity: special, purposes: [profiling]}\n"
    "    - {name: attic}\n"
    "events:\n"
    "  - name: bought\n"
    "    label: Bought something\n"
    "    purposes: [profiling]\n"
    "    retention_days: 700\n"
    "    properties:\n"
    "      - {name: amount, type: number, unit: EUR}\n"
    "      - {name: category, type: category}\n"
    "      - {name: gift, type: boolean, protected: true}\n"
    "  - {name: opened, purposes: [news]}\n"
    "features:\n"
    "  - {name: age, field: age}\n"
    "  - {name: tier, measure: field, field: loyalty_tier}\n"
    "  - {name: since, field: joined}\n"
    "  - {name: sex, field: sex}\n"
    "  - {name: spent, measure: sum, event: bought, property: amount, days: 30,\n"
    "     equals: {property: category, value: shoes}}\n"
    "  - {name: favourite, measure: top, event: bought, property: category, changeable: true}\n"
    "  - {name: gifts, measure: count, event: bought, equals: {property: gift, value: true}}\n"
    "  - {name: last, measure: days_since, event: bought}\n"
    "  - {name: kinds, measure: distinct, event: bought, property: amount}\n"
    "  - {name: hundreds, measure: count, event: bought, equals: {property: amount, value: 100}}\n"
    "models: anything\n";

static void the_purposes_read_as_written(void **state)
{
    (void)state;
    const struct inventory *inventory = must_read(example);
    expect(str_is(inventory->name, "Marlow & Finch"), "name");
    expect(inventory->channel_count == 2 && inventory_channel(inventory, STR("sms")) == 1, "sms");
    expect(inventory->purpose_count == 4, "purposes");
    const struct purpose *news = &inventory->purpose[0];
    expect(str_is(news->title, "News by e-mail") && str_is(news->wording, "May we?"), "words");
    expect(str_is(news->wording_version, "2026-03"), "version");
    expect(news->channels == 3 && news->valid_days == 365 && news->direct_marketing, "news");
    const struct purpose *profiling = &inventory->purpose[1];
    expect(profiling->basis == BASIS_CONSENT && profiling->channels == 0, "profiling");
    expect(!profiling->direct_marketing && str_is(profiling->title, "profiling"), "profiling");
    expect(inventory->purpose[2].basis == BASIS_LEGAL_OBLIGATION, "audit");
    expect(!inventory->purpose[2].direct_marketing, "a legal duty is no marketing");
    expect(str_is(inventory->purpose[3].recipient, "acme-ads"), "recipient");
    expect(inventory->purpose[3].direct_marketing, "consent is marketing unless stated");
    expect(inventory_purpose(inventory, STR("nothing")) == NONE, "unknown");
}

static void the_fields_read_as_written(void **state)
{
    (void)state;
    const struct inventory *inventory = must_read(example);
    expect(str_is(inventory->identifier, "customer_id"), "identifier");
    expect(inventory->field_count == 7, "count");
    const struct field *email = &inventory->field[0];
    expect(email->type == FIELD_TEXT && str_is(email->pii, "email"), "email");
    expect(inventory->field_is_lookup[0] && !inventory->field_is_lookup[1], "lookup");
    expect(email->sensitivity == SENSITIVITY_PERSONAL && email->origin == ORIGIN_PROVIDED, "email");
    const struct field *age = &inventory->field[inventory_field(inventory, STR("age"))];
    expect(age->has_min && age->has_max && age->min == 16 && age->max == 110, "range");
    expect(age->required && age->retention_days == 90 && str_is(age->unit, "years"), "age");
    expect(str_is(age->owner, "crm") && age->purposes == 3, "age");
    const struct field *sex = &inventory->field[2];
    expect(sex->is_protected && sex->allowed_count == 2, "sex");
    expect(str_is(sex->allowed[1], "male"), "allowed");
    const struct field *tier = &inventory->field[3];
    expect(str_is(tier->label, "loyalty tier") && tier->changeable, "tier");
    expect(tier->origin == ORIGIN_DERIVED && tier->sensitivity == SENSITIVITY_ORDINARY, "tier");
    expect(str_is(inventory->field[4].label, "Customer since"), "label");
    expect(inventory->field[5].is_protected, "a special category is protected unless stated");
    expect(inventory->field[6].purposes == 0, "no purpose, no use");
}

static void fields_with_the_same_purposes_share_a_drawer(void **state)
{
    (void)state;
    const struct inventory *inventory = must_read(example);
    const struct field *field = inventory->field;
    expect(field[1].drawer == field[3].drawer, "age and tier, whatever the order of purposes");
    expect(field[0].drawer != field[1].drawer && field[4].drawer == field[5].drawer, "drawers");
    expect(inventory->drawer_count == 5, "%zu drawers", inventory->drawer_count);
    expect(str_is(inventory->drawer[field[1].drawer].id, "news profiling"), "id");
    expect(str_is(inventory->drawer[field[6].drawer].id, ""), "no purposes, no name");
    for (size_t i = 0; i < inventory->field_count; i++) {
        expect(inventory->drawer[field[i].drawer].purposes == field[i].purposes, "field %zu", i);
    }
}

static void the_id_of_a_drawer_outlives_reordering(void **state)
{
    (void)state;
    const struct inventory *one = must_read("candor: 1\npurposes: [{name: a}, {name: b}]\n"
                                            "subjects: {fields: [{name: f, purposes: [b, a]}]}");
    const struct inventory *two = must_read("candor: 1\npurposes: [{name: b}, {name: a}]\n"
                                            "subjects: {fields: [{name: f, purposes: [a, b]}]}");
    expect(str_equal(one->drawer[0].id, two->drawer[0].id), "a b");
}

static void the_events_read_as_written(void **state)
{
    (void)state;
    const struct inventory *inventory = must_read(example);
    expect(inventory->event_kind_count == 2, "count");
    const struct event_kind *bought = &inventory->event_kind[0];
    expect(str_is(bought->label, "Bought something") && bought->retention_days == 700, "bought");
    expect(bought->purposes == 2 && bought->property_count == 3, "bought");
    expect(bought->property[0].type == FIELD_NUMBER, "amount");
    expect(bought->property[0].origin == ORIGIN_OBSERVED, "an event is observed");
    expect(bought->property[1].purposes == 2 && bought->property[1].retention_days == 700,
           "a property has what its event has");
    expect(inventory_event_kind(inventory, STR("opened")) == 1, "opened");
}

static void the_features_read_as_written(void **state)
{
    (void)state;
    const struct inventory *inventory = must_read(example);
    const struct feature *feature = inventory->feature;
    expect(inventory->feature_count == 10, "count");
    expect(feature[0].measure == MEASURE_FIELD && feature[0].field == 1, "age");
    expect(str_is(feature[0].unit, "years") && feature[0].purposes == 3, "age");
    expect(feature[1].is_category && feature[1].changeable, "tier");
    expect(str_is(feature[2].unit, "days") && !feature[2].is_category, "a date becomes days");
    expect(feature[3].is_protected, "sex");
    expect(feature[4].measure == MEASURE_SUM && feature[4].days == 30, "spent");
    expect(feature[4].property == 0 && feature[4].equals_property == 1, "spent");
    expect(str_is(feature[4].equals, "shoes") && str_is(feature[4].unit, "EUR"), "spent");
    expect(feature[5].is_category && feature[5].changeable, "favourite");
    expect(str_is(feature[6].equals, "true") && feature[6].is_protected, "gifts");
    expect(str_is(feature[7].unit, "days") && feature[7].property == NONE, "last");
    expect(str_is(feature[8].unit, ""), "a count of kinds has no unit");
    expect(str_is(feature[9].equals, "100"), "hundreds");
    expect(inventory_feature(inventory, STR("last")) == 7, "by name");
}

static void the_smallest_inventory_allows_nothing(void **state)
{
    (void)state;
    const struct inventory *inventory = must_read("candor: 1\npurposes:\nevents:\n");
    expect(inventory->purpose_count == 0 && inventory->field_count == 0, "empty");
    expect(str_is(inventory->identifier, "identifier"), "identifier");
    expect(inventory->drawer_count == 0 && inventory->feature_count == 0, "empty");
}

/* ---- every way to get it wrong ------------------------------------------------------------- */

#define HEAD "candor: 1\npurposes: [{name: p}, {name: q, basis: contract}]\n" /* lines 1, 2 */
#define FIELD(text) HEAD "subjects:\n  fields:\n    - " text "\n"             /* line 5 */
#define EVENT(text) \
    HEAD "events:\n  - name: e\n    purposes: [p]\n    properties:\n      - " text "\n" /* line 7 */
#define FEATURE(text) \
    HEAD "subjects: {fields: [{name: f, type: number, purposes: [p]}, {name: t, purposes: [p]},\n" \
         "  {name: n}]}\n" \
         "events: [{name: e, purposes: [p], properties: [{name: x, type: number},\n" \
         "  {name: c, type: category, allowed: [a]}]}, {name: idle}]\n" \
         "features:\n  - " text "\n" /* line 8 */

static const struct {
    const char *text;
    unsigned line; /* 0: the message needs no line */
    const char *part;
} broken[] = {
    {"", 0, "candor.yaml"},
    {"[1]", 1, "candor.yaml"},
    {"name: x\n", 0, "'candor: 1'"},
    {"candor: 2\n", 1, "version 1"},
    {"candor: one\n", 1, "a number"},
    {"candor: 1\nname: \"\"\n", 2, "name"},
    {"candor: 1\nname: 7\n", 2, "quotes"},
    {"candor: 1\nname: \"a\\nb\"\n", 2, "one line"},
    {"candor: 1\nchannels: email\n", 2, "a list"},
    {"candor: 1\nchannels: [email, Email]\n", 2, "a-z"},
    {"candor: 1\nchannels: [email, email]\n", 2, "already"},
    {"candor: 1\nchannels: [a, b, c, d, e, f, g, h, i]\n", 2, "at most 8"},
    {"candor: 1\nchannels: [{name: a}]\n", 2, "a text"},
    {"candor: 1\npurposes:\n  - news\n", 3, "a map"},
    {"candor: 1\npurposes:\n  - title: News\n", 3, "'name' is missing"},
    {"candor: 1\npurposes:\n  - name: News\n", 3, "a-z"},
    {"candor: 1\npurposes:\n  - name: a\n  - name: a\n", 4, "already"},
    {"candor: 1\npurposes:\n  - name: a\n    bases: consent\n", 4, "did you mean 'basis'"},
    {"candor: 1\npurposes:\n  - name: a\n    basis: consnt\n", 4, "did you mean 'consent'"},
    {"candor: 1\npurposes:\n  - name: a\n    basis: because\n", 4, "known are consent"},
    {"candor: 1\npurposes:\n  - name: a\n    basis:\n", 4, "found nothing"},
    {"candor: 1\npurposes:\n  - name: a\n    channels: [email]\n", 4, "no channel 'email'"},
    {"candor: 1\npurposes:\n  - name: a\n    valid_days: 1.5\n", 4, "whole number"},
    {"candor: 1\npurposes:\n  - name: a\n    valid_days: -1\n", 4, "between 0 and 36500"},
    {"candor: 1\npurposes:\n  - name: a\n    valid_days: 36501\n", 4, "between 0 and 36500"},
    {"candor: 1\npurposes:\n  - name: a\n    direct_marketing: yes\n", 4, "true or false"},
    {"candor: 1\npurposes:\n  - name: a\n    wording: May we?\n", 4, "wording_version"},
    {"candor: 1\npurposes:\n  - name: 'share:'\n", 3, "recipient"},
    {"candor: 1\npurposes:\n  - name: 'share:x'\n    basis: contract\n", 4, "consent only"},
    {"candor: 1\nsubjects: []\n", 2, "a map"},
    {"candor: 1\nsubjects:\n  field: []\n", 3, "did you mean 'fields'"},
    {"candor: 1\nsubjects:\n  identifier: ' a'\n", 3, "column name"},
    {"candor: 1\nsubjects:\n  identifier: a\n  fields:\n    - name: a\n", 5, "identifier's column"},
    {FIELD("{}"), 5, "'name' is missing"},
    {FIELD("{name: f, tipe: number}"), 5, "did you mean 'type'"},
    {FIELD("{name: f, type: numer}"), 5, "did you mean 'number'"},
    {FIELD("{name: f, purposes: p}"), 5, "a list"},
    {FIELD("{name: f, purposes: [pp]}"), 5, "no purpose 'pp'"},
    {FIELD("{name: f, purposes: [p, p]}"), 5, "'p' stands there twice"},
    {FIELD("{name: f, min: 1}"), 5, "only a number"},
    {FIELD("{name: f, type: number, min: 2, max: 1}"), 5, "below min"},
    {FIELD("{name: f, type: number, max: a}"), 5, "a number"},
    {FIELD("{name: f, type: number, allowed: [a]}"), 5, "only a category"},
    {FIELD("{name: f, type: category, allowed: []}"), 5, "at least one"},
    {FIELD("{name: f, type: category, allowed: [1]}"), 5, "quotes"},
    {FIELD("{name: f, type: category, allowed: [a, a]}"), 5, "twice"},
    {FIELD("{name: f, type: category, allowed: [a, NA]}"), 5, "missing value"},
    {FIELD("{name: f, type: category, allowed: [' a']}"), 5, "spaces around"},
    {FIELD("{name: f, pii: emial}"), 5, "did you mean 'email'"},
    {FIELD("{name: f, pii: email, type: category}"), 5, "is a text"},
    {FIELD("{name: f, lookup: true, type: number}"), 5, "looked up"},
    {FIELD("{name: f, sensitivity: special, purposes: [q]}"), 5, "Article 9"},
    {FIELD("{name: f, retention_days: 99999}"), 5, "between"},
    {FIELD("{name: f}\n    - {name: f}"), 6, "already"},
    {"candor: 1\nevents: {}\n", 2, "a list"},
    {"candor: 1\nevents:\n  - name: e\n    property: []\n", 4, "unknown key 'property'"},
    {EVENT("{name: x, purposes: [p]}"), 7, "unknown key 'purposes'"},
    {EVENT("{name: x, lookup: true}"), 7, "event 'e'"},
    {EVENT("{name: x}\n      - {name: x}"), 8, "already"},
    {EVENT("{name: x, type: nothing}"), 7, "known are"},
    {"candor: 1\nevents:\n  - name: e\n  - name: e\n", 4, "already"},
    {FEATURE("{name: y}"), 8, "'measure' is missing"},
    {FEATURE("{name: y, measure: counts, event: e}"), 8, "did you mean 'count'"},
    {FEATURE("{name: y, measure: field}"), 8, "'field' is missing"},
    {FEATURE("{name: y, field: g}"), 8, "no field 'g'"},
    {FEATURE("{name: y, field: t}"), 8, "free text"},
    {FEATURE("{name: y, field: f, days: 3}"), 8, "has none"},
    {FEATURE("{name: y, field: f, event: e}"), 8, "has none"},
    {FEATURE("{name: y, measure: count}"), 8, "'event' is missing"},
    {FEATURE("{name: y, measure: count, event: e, field: f}"), 8, "has none"},
    {FEATURE("{name: y, measure: count, event: e, property: x}"), 8, "has none"},
    {FEATURE("{name: y, measure: sum, event: e}"), 8, "'property' is missing"},
    {FEATURE("{name: y, measure: sum, event: e, property: c}"), 8, "type category"},
    {FEATURE("{name: y, measure: top, event: e, property: x}"), 8, "type number"},
    {FEATURE("{name: y, measure: sum, event: e, property: z}"), 8, "no property 'z'"},
    {FEATURE("{name: y, measure: count, event: e, days: 0}"), 8, "between 1"},
    {FEATURE("{name: y, measure: count, event: e, equals: {property: c}}"), 8, "'value' is miss"},
    {FEATURE("{name: y, measure: count, event: e, equals: {value: c}}"), 8, "'property' is miss"},
    {FEATURE("{name: y, measure: count, event: e, equals: {property: c, value: b}}"), 8,
     "not one of the allowed"},
    {FEATURE("{name: y, measure: count, event: e, equals: {property: x, value: b}}"), 8,
     "not a number"},
    {FEATURE("{name: y, measure: count, event: e, equals: {property: x, value: []}}"), 8,
     "missing value"},
    {FEATURE("{name: y, measure: count, event: e, equals: {property: x, is: 3}}"), 8,
     "unknown key 'is'"},
    {FEATURE("{name: y, measure: count, event: idle}"), 8, "no purpose"},
    {FEATURE("{name: y, field: n, measure: field}"), 8, "free text"},
    {FEATURE("{name: y, field: f}\n  - {name: y, field: f}"), 9, "already"},
};

static void each_mistake_is_refused_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const struct inventory *inventory = NULL;
        expect(read_yaml(broken[i].text, &inventory) == CANDOR_BAD_INPUT, "row %zu: %s", i,
               broken[i].part);
        expect(strstr(job.message, broken[i].part) != NULL, "row %zu says: %s", i, job.message);
        char line[32];
        (void)snprintf(line, sizeof line, "(line %u)", broken[i].line);
        expect(broken[i].line == 0 || strstr(job.message, line) != NULL, "row %zu, line %u: %s", i,
               broken[i].line, job.message);
        job_forgive(&job);
    }
}

static void the_limits_hold_and_one_past_them_does_not(void **state)
{
    (void)state;
    for (unsigned more = 0; more <= 1; more++) {
        struct buf buf = buf_begin(job.arena);
        buf_lit(&buf, LIT("candor: 1\npurposes:\n"));
        for (unsigned i = 0; i < PURPOSES_MAX + more; i++) {
            buf_format(&buf, "  - {name: p%u}\n", i);
        }
        buf_lit(&buf, LIT("subjects:\n  fields:\n"));
        for (unsigned i = 0; i < FIELDS_MAX; i++) {
            buf_format(&buf, "    - {name: f%u, purposes: [p%u]}\n", i, i % PURPOSES_MAX);
        }
        const struct inventory *inventory = NULL;
        const enum candor_status status = read_yaml(str_z(job.arena, buf_text(&buf)), &inventory);
        expect(status == (more == 0 ? CANDOR_OK : CANDOR_BAD_INPUT), "%s", job.message);
        expect(more == 1 || inventory->drawer_count == PURPOSES_MAX, "a drawer each");
        job_forgive(&job);
    }
}

static const struct field *field_with(const char *key, const char *word)
{
    const struct str text =
        str_format(job.arena, "candor: 1\nsubjects: {fields: [{name: p, %s: %s}]}", key, word);
    return must_read(str_z(job.arena, text))->field;
}

static void every_kind_has_the_name_it_is_read_by(void **state)
{
    (void)state;
    expect(strcmp(basis_name(BASIS_LEGITIMATE_INTEREST), "legitimate_interest") == 0, "basis");
    for (unsigned i = 0; i <= BASIS_LEGITIMATE_INTEREST; i++) {
        const struct str text = str_format(job.arena, "candor: 1\npurposes: [{name: p, basis: %s}]",
                                           basis_name((enum basis)i));
        expect(must_read(str_z(job.arena, text))->purpose[0].basis == (enum basis)i, "basis %u", i);
    }
    for (unsigned i = 0; i <= FIELD_TEXT; i++) {
        const char *word = field_type_name((enum field_type)i);
        expect(field_with("type", word)->type == (enum field_type)i, "%s", word);
    }
    for (unsigned i = 0; i <= ORIGIN_INFERRED; i++) {
        const char *word = origin_name((enum origin)i);
        expect(field_with("origin", word)->origin == (enum origin)i, "%s", word);
    }
    for (unsigned i = 0; i <= SENSITIVITY_SPECIAL; i++) {
        const char *word = sensitivity_name((enum sensitivity)i);
        expect(field_with("sensitivity", word)->sensitivity == (enum sensitivity)i, "%s", word);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        TEST(the_purposes_read_as_written),
        TEST(the_fields_read_as_written),
        TEST(fields_with_the_same_purposes_share_a_drawer),
        TEST(the_id_of_a_drawer_outlives_reordering),
        TEST(the_events_read_as_written),
        TEST(the_features_read_as_written),
        TEST(the_smallest_inventory_allows_nothing),
        TEST(each_mistake_is_refused_with_its_line),
        TEST(the_limits_hold_and_one_past_them_does_not),
        TEST(every_kind_has_the_name_it_is_read_by),
    };
    return cmocka_run_group_tests_name("schema", test, NULL, NULL);
}
