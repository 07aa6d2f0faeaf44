/*
 * quality_read.c - the section `quality` of candor.yaml.
 *
 *     quality:
 *       least: {completeness: 0.8, validity: 0.95, consistency: 0.99}    below it no model is trained
 *       fields:
 *         - {field: email, unique: true, least: {completeness: 0.9}}
 *         - {field: region, fresh_days: 730}
 *       sources:
 *         - {source: shop, fresh_days: 7, least: {timeliness: 0.9}}
 *       rules:
 *         - {name: gold_is_adult, when: {field: tier, equals: gold}, then: {field: age, at_least: 18}}
 *         - {name: order_of_dates, then: {field: joined, not_after: last_seen}, reject: false}
 *       quarantine_days: 30
 */
#include "quality.h"

#include <math.h>

#include "text.h"

enum { ASKED_ONCE = 1 };

static void ask_nothing(struct quality_least *least)
{
    for (size_t q = 0; q < QUALITIES; q++) {
        least->of[q] = (double)NAN;
    }
}

/* `least`: the scores that are enough. */
static enum candor_status read_least(struct job *job, const struct section *above,
                                     struct quality_least *least)
{
    const struct value *map = NULL;
    const char *known[QUALITIES];
    struct section section;
    ask_nothing(least);
    TRY(section_map(job, above, "least", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    for (size_t q = 0; q < QUALITIES; q++) {
        known[q] = quality_name((enum quality)q);
    }
    TRY(section_open(job, map, section_what(job, above, "least"), known, QUALITIES, &section));
    for (size_t q = 0; q < QUALITIES; q++) {
        TRY(section_number(job, &section, known[q], 0, 1, &least->of[q]));
    }
    return CANDOR_OK;
}

/* ---- fields and sources -------------------------------------------------------------------- */

static enum candor_status read_field(struct job *job, const struct inventory *inventory,
                                     const struct value *item, struct quality_standards *standards,
                                     bool *is_seen)
{
    static const char *const known[] = {"field", "unique", "fresh_days", "least"};
    const struct catalogue fields = catalogue_fields(inventory);
    struct section section;
    size_t at = NONE;
    TRY(section_open(job, item, "a field of quality", known, 4, &section));
    TRY(section_need(job, &section, "field"));
    TRY(section_reference(job, &section, "field", &fields, &at));
    if (is_seen[at]) {
        return section_fail(job, &section, "field", "stands there twice");
    }
    is_seen[at] = true;
    struct quality_field *field = &standards->field[at];
    TRY(section_bool(job, &section, "unique", &field->is_unique));
    TRY(section_count(job, &section, "fresh_days", 1, DAYS_MAX, &field->fresh_days));
    /* From now on the store keeps when its values come in; the inventory is still being made. */
    inventory->field[at].keeps_time |= field->fresh_days > 0;
    return read_least(job, &section, &field->least);
}

static enum candor_status read_fields(struct job *job, const struct inventory *inventory,
                                      const struct section *section,
                                      struct quality_standards *standards)
{
    const struct value *list = NULL;
    bool *is_seen = NULL;
    TRY_ALLOC(job, is_seen, inventory->field_count + 1, bool);
    TRY(section_list(job, section, "fields", FIELDS_MAX, &list));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        TRY(read_field(job, inventory, &list->item[i], standards, is_seen));
    }
    return CANDOR_OK;
}

static enum candor_status read_source(struct job *job, const struct value *item,
                                      struct quality_standards *standards)
{
    static const char *const known[] = {"source", "fresh_days", "least"};
    struct quality_source *source = &standards->source[standards->source_count];
    struct section section;
    TRY(section_open(job, item, "a source of quality", known, 3, &section));
    TRY(section_need(job, &section, "source"));
    TRY(section_text(job, &section, "source", &source->name));
    if (source->name.len == 0 || source->name.len > NAME_LEN_MAX) {
        return section_fail(job, &section, "source", "a name has 1 to %d bytes", NAME_LEN_MAX);
    }
    if (quality_source(standards, source->name) != NULL) {
        return section_fail(job, &section, "source", "stands there twice");
    }
    TRY(section_count(job, &section, "fresh_days", 1, DAYS_MAX, &source->fresh_days));
    TRY(read_least(job, &section, &source->least));
    standards->source_count++;
    return CANDOR_OK;
}

static enum candor_status read_sources(struct job *job, const struct section *section,
                                       struct quality_standards *standards)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "sources", QUALITY_SOURCES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, standards->source, count + 1, struct quality_source);
    for (size_t i = 0; i < count; i++) {
        TRY(read_source(job, &list->item[i], standards));
    }
    return CANDOR_OK;
}

/* ---- rules --------------------------------------------------------------------------------- */

static const char *const ask_word[] = {"present", "present", "equals",     "differs",  "at_least",
                                       "at_most", "same_as", "not_before", "not_after"};

/* The value a field is compared with must be one that the field could have. */
static enum candor_status read_value(struct job *job, const struct section *section,
                                     const struct field *field, struct quality_test *test)
{
    const char *key = ask_word[test->ask];
    const struct value *value = value_get(section->map, key);
    const struct field plain = {.type = field->type, .origin = ORIGIN_DERIVED};
    const struct str text = section_scalar(job->arena, value);
    if (cell_read(&plain, text, 0, &test->value) != CELL_FINE || test->value.kind == CELL_MISSING) {
        return section_fail(job, section, key, "no value of the %s '%.*s' is this",
                            field_type_name(field->type), STR_ARG(field->name));
    }
    return CANDOR_OK;
}

static bool has_order(const struct field *field)
{
    return field->type == FIELD_NUMBER || field->type == FIELD_DATE;
}

static enum candor_status read_operand(struct job *job, const struct inventory *inventory,
                                       const struct section *section, struct quality_test *test)
{
    const struct catalogue fields = catalogue_fields(inventory);
    const struct field *field = &inventory->field[test->field];
    const char *key = ask_word[test->ask];
    if (test->ask == ASK_PRESENT) {
        bool is_present = true;
        TRY(section_bool(job, section, key, &is_present));
        test->ask = is_present ? ASK_PRESENT : ASK_MISSING;
        return CANDOR_OK;
    }
    if (test->ask != ASK_EQUALS && test->ask != ASK_DIFFERS && test->ask != ASK_SAME_AS &&
        !has_order(field)) {
        return section_fail(job, section, key, "only numbers and dates have an order");
    }
    if (test->ask < ASK_SAME_AS) {
        return read_value(job, section, field, test);
    }
    TRY(section_reference(job, section, key, &fields, &test->other));
    return inventory->field[test->other].type == field->type
               ? CANDOR_OK
               : section_fail(job, section, key, "the two fields are of different types");
}

static enum candor_status read_test(struct job *job, const struct inventory *inventory,
                                    const struct section *rule, const char *key,
                                    struct quality_test *test)
{
    static const char *const known[] = {"field",   "present", "equals",     "differs",  "at_least",
                                        "at_most", "same_as", "not_before", "not_after"};
    const struct catalogue fields = catalogue_fields(inventory);
    const struct value *map = NULL;
    struct section section;
    size_t asked = 0;
    *test = (struct quality_test){.other = NONE};
    TRY(section_map(job, rule, key, &map));
    TRY(section_open(job, map, section_what(job, rule, key), known, sizeof known / sizeof known[0],
                     &section));
    TRY(section_need(job, &section, "field"));
    TRY(section_reference(job, &section, "field", &fields, &test->field));
    for (unsigned ask = ASK_EQUALS; ask <= ASK_NOT_AFTER; ask++) {
        if (section_has(&section, ask_word[ask])) {
            test->ask = (enum quality_ask)ask;
            asked++;
        }
    }
    if (section_has(&section, ask_word[ASK_PRESENT])) {
        test->ask = ASK_PRESENT;
        asked++;
    }
    if (asked != ASKED_ONCE) {
        return section_fail(job, rule, key,
                            "ask one thing of the field: present, equals, differs, at_least, "
                            "at_most, same_as, not_before or not_after");
    }
    return read_operand(job, inventory, &section, test);
}

static enum candor_status read_rule(struct job *job, const struct inventory *inventory,
                                    const struct value *item, struct quality_standards *standards)
{
    static const char *const known[] = {"name", "when", "then", "reject"};
    struct quality_rule *rule = &standards->rule[standards->rule_count];
    struct section section;
    TRY(section_open(job, item, "rule", known, 4, &section));
    TRY(section_name(job, &section, &rule->name));
    for (size_t r = 0; r < standards->rule_count; r++) {
        if (str_equal(standards->rule[r].name, rule->name)) {
            return section_fail(job, &section, "name", "there is a rule of this name already");
        }
    }
    rule->has_when = section_has(&section, "when");
    if (rule->has_when) {
        TRY(read_test(job, inventory, &section, "when", &rule->when));
    }
    TRY(section_need(job, &section, "then"));
    TRY(read_test(job, inventory, &section, "then", &rule->then));
    rule->rejects = true;
    TRY(section_bool(job, &section, "reject", &rule->rejects));
    standards->rule_count++;
    return CANDOR_OK;
}

static enum candor_status read_rules(struct job *job, const struct inventory *inventory,
                                     const struct section *section,
                                     struct quality_standards *standards)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "rules", QUALITY_RULES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, standards->rule, count + 1, struct quality_rule);
    for (size_t i = 0; i < count; i++) {
        TRY(read_rule(job, inventory, &list->item[i], standards));
    }
    return CANDOR_OK;
}

/* ---- the door ------------------------------------------------------------------------------ */

enum candor_status quality_read(struct job *job, const struct inventory *inventory,
                                const struct value *root, struct quality_standards *standards)
{
    static const char *const known[] = {"least", "fields", "sources", "rules", "quarantine_days"};
    const struct value *map = value_get(root, "quality");
    struct section section;
    *standards = (struct quality_standards){.field_count = inventory->field_count,
                                            .quarantine_days = QUARANTINE_DAYS};
    ask_nothing(&standards->least);
    TRY_ALLOC(job, standards->field, inventory->field_count + 1, struct quality_field);
    for (size_t f = 0; f < inventory->field_count; f++) {
        ask_nothing(&standards->field[f].least);
    }
    if (map == NULL || map->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, "quality", known, sizeof known / sizeof known[0], &section));
    TRY(read_least(job, &section, &standards->least));
    TRY(read_fields(job, inventory, &section, standards));
    TRY(read_sources(job, &section, standards));
    TRY(read_rules(job, inventory, &section, standards));
    return section_count(job, &section, "quarantine_days", 0, DAYS_MAX,
                         &standards->quarantine_days);
}
