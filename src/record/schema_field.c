/*
 * schema_field.c - the sections `subjects` and `events` of candor.yaml.
 *
 *     subjects:
 *       identifier: customer_id
 *       fields:
 *         - {name, label, type, pii, origin, sensitivity, purposes, retention_days, protected,
 *            changeable, required, min, max, allowed, unit, owner, lookup}
 *     events:
 *       - name: bought
 *         purposes: [profiling]
 *         properties:
 *           - {name, label, type, pii, origin, sensitivity, protected, changeable, required, min,
 *              max, allowed, unit, owner}
 *
 * A property has the purposes and the retention of its event: an event is stored and opened whole.
 */
#include "schema.h"

#include <math.h>

#include "text.h"

enum { IDENTIFIER_NAME_MAX = 64 };

/* ---- the quality rules of a field ---------------------------------------------------------- */

static enum candor_status read_range(struct job *job, const struct section *section,
                                     struct field *field)
{
    field->has_min = section_has(section, "min");
    field->has_max = section_has(section, "max");
    if ((field->has_min || field->has_max) && field->type != FIELD_NUMBER) {
        return section_fail(job, section, field->has_min ? "min" : "max",
                            "only a number has a smallest and a largest value");
    }
    TRY(section_number(job, section, "min", -HUGE_VAL, HUGE_VAL, &field->min));
    TRY(section_number(job, section, "max", -HUGE_VAL, HUGE_VAL, &field->max));
    return field->has_min && field->has_max && field->min > field->max
               ? section_fail(job, section, "max", "is below min")
               : CANDOR_OK;
}

/* A value that a cell could never have would be an error nobody sees. */
static enum candor_status check_allowed(struct job *job, const struct section *section,
                                        const struct value *item, const struct field *field)
{
    const struct field plain = {.type = FIELD_CATEGORY};
    struct cell cell;
    if (cell_read(&plain, item->text, 0, &cell) != CELL_FINE || cell.kind != CELL_TEXT ||
        !str_equal(cell.text, item->text)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s%s: no value can be this text: it means a missing value, has spaces "
                    "around it, or is too long",
                    section_what(job, section, "allowed"), value_where(job->arena, item));
    }
    for (size_t i = 0; i < field->allowed_count; i++) {
        if (str_equal(field->allowed[i], item->text)) {
            return fail(job, CANDOR_BAD_INPUT, "%s%s: this value stands there twice",
                        section_what(job, section, "allowed"), value_where(job->arena, item));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_allowed(struct job *job, const struct section *section,
                                       struct field *field)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "allowed", ALLOWED_MAX, &list));
    if (list == NULL) {
        return CANDOR_OK;
    }
    if (field->type != FIELD_CATEGORY || list->count == 0) {
        return section_fail(job, section, "allowed",
                            field->type != FIELD_CATEGORY ? "only a category has allowed values"
                                                          : "at least one value is needed");
    }
    TRY_ALLOC(job, field->allowed, list->count, struct str);
    for (size_t i = 0; i < list->count; i++) {
        struct str text;
        TRY(value_text(job, &list->item[i], section_what(job, section, "allowed"), &text));
        TRY(check_allowed(job, section, &list->item[i], field));
        field->allowed[field->allowed_count++] = text;
    }
    return CANDOR_OK;
}

/* The kinds of PII are free, but e-mail and phone are checked by this word, so a slip in one of
 * these two must not pass for a kind of its own. */
static enum candor_status read_pii(struct job *job, const struct section *section,
                                   struct field *field)
{
    static const char *const checked[] = {"email", "phone"};
    TRY(section_text(job, section, "pii", &field->pii));
    if (field->pii.len == 0) {
        return CANDOR_OK;
    }
    const bool is_checked = str_is(field->pii, "email") || str_is(field->pii, "phone");
    const char *nearest = is_checked ? NULL : nearest_word(field->pii, checked, 2);
    if (nearest != NULL) {
        return section_fail(job, section, "pii", "did you mean '%s'?", nearest);
    }
    return is_checked && field->type != FIELD_TEXT
               ? section_fail(job, section, "pii", "an e-mail address or phone number is a text")
               : CANDOR_OK;
}

/* ---- what fields and properties share ------------------------------------------------------ */

static const char *const type_word[] = {"number", "category", "boolean", "date", "text"};
static const char *const origin_word[] = {"provided", "observed", "derived", "inferred"};
static const char *const sensitivity_word[] = {"ordinary", "personal", "special"};

static enum candor_status read_kinds(struct job *job, const struct section *section,
                                     struct field *field)
{
    unsigned type = FIELD_TEXT;
    unsigned origin = field->origin;
    unsigned sensitivity = SENSITIVITY_PERSONAL;
    TRY(section_choice(job, section, "type", type_word, 5, &type));
    TRY(section_choice(job, section, "origin", origin_word, 4, &origin));
    TRY(section_choice(job, section, "sensitivity", sensitivity_word, 3, &sensitivity));
    field->type = (enum field_type)type;
    field->origin = (enum origin)origin;
    field->sensitivity = (enum sensitivity)sensitivity;
    return CANDOR_OK;
}

/* GDPR Article 9(2): neither contract nor interest opens a special category. */
static enum candor_status check_special(struct job *job, const struct section *section,
                                        const struct inventory *inventory,
                                        const struct field *field)
{
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        const bool is_weak =
            purpose->basis == BASIS_CONTRACT || purpose->basis == BASIS_LEGITIMATE_INTEREST;
        if (field->sensitivity == SENSITIVITY_SPECIAL && (field->purposes >> p & 1) != 0 &&
            is_weak) {
            return section_fail(job, section, "sensitivity",
                                "a special category (GDPR Article 9) cannot be used for '%.*s', "
                                "which rests on %s",
                                STR_ARG(purpose->name), basis_name(purpose->basis));
        }
    }
    return CANDOR_OK;
}

/* The field has its defaults, purposes and retention already. */
static enum candor_status read_field(struct job *job, const struct section *section,
                                     const struct inventory *inventory, struct field *field)
{
    TRY(section_name(job, section, &field->name));
    TRY(section_title(job, section, "label", field->name, &field->label));
    TRY(read_kinds(job, section, field));
    TRY(check_special(job, section, inventory, field));
    TRY(section_text(job, section, "owner", &field->owner));
    TRY(section_text(job, section, "unit", &field->unit));
    field->is_protected = field->sensitivity == SENSITIVITY_SPECIAL;
    TRY(section_bool(job, section, "protected", &field->is_protected));
    TRY(section_bool(job, section, "changeable", &field->changeable));
    TRY(section_bool(job, section, "required", &field->required));
    TRY(read_pii(job, section, field));
    TRY(read_range(job, section, field));
    return read_allowed(job, section, field);
}

/* ---- subjects ------------------------------------------------------------------------------ */

static enum candor_status read_lookup(struct job *job, const struct section *section,
                                      const struct field *field, bool *is_lookup)
{
    TRY(section_bool(job, section, "lookup", is_lookup));
    return *is_lookup && field->type != FIELD_TEXT
               ? section_fail(job, section, "lookup", "only a text can be looked up")
               : CANDOR_OK;
}

static enum candor_status read_subject_field(struct job *job, const struct value *item,
                                             struct inventory *inventory)
{
    static const char *const known[] = {
        "name",     "label",          "type",      "pii",        "origin",   "sensitivity",
        "purposes", "retention_days", "protected", "changeable", "required", "min",
        "max",      "allowed",        "unit",      "owner",      "lookup"};
    const struct catalogue purposes = catalogue_purposes(inventory);
    const size_t at = inventory->field_count;
    struct field *field = &inventory->field[at];
    struct section section;
    field->origin = ORIGIN_PROVIDED;
    TRY(section_open(job, item, "field", known, sizeof known / sizeof known[0], &section));
    TRY(section_mask(job, &section, "purposes", &purposes, &field->purposes));
    TRY(section_count(job, &section, "retention_days", 0, DAYS_MAX, &field->retention_days));
    field->keeps_time = field->retention_days > 0;
    TRY(read_field(job, &section, inventory, field));
    TRY(read_lookup(job, &section, field, &inventory->field_is_lookup[at]));
    if (str_equal(field->name, inventory->identifier)) {
        return section_fail(job, &section, "name", "this is the identifier's column");
    }

    inventory->field_count++;
    const struct catalogue fields = catalogue_fields(inventory);
    return section_is_new(job, &section, &fields, at);
}

static enum candor_status read_identifier(struct job *job, const struct section *section,
                                          struct inventory *inventory)
{
    inventory->identifier = STR("identifier");
    TRY(section_text(job, section, "identifier", &inventory->identifier));
    const struct str name = inventory->identifier;
    return name.len > 0 && name.len <= IDENTIFIER_NAME_MAX && str_equal(str_trim(name), name)
               ? CANDOR_OK
               : section_fail(job, section, "identifier",
                              "a column name of 1 to %d bytes without spaces around it is needed",
                              IDENTIFIER_NAME_MAX);
}

/* The field that says in which language a subject is told things: their own setting. */
static enum candor_status read_language_field(struct job *job, const struct section *section,
                                              struct inventory *inventory)
{
    const struct catalogue fields = catalogue_fields(inventory);
    inventory->language_field = NONE;
    if (!section_has(section, "language")) {
        return CANDOR_OK;
    }
    TRY(section_reference(job, section, "language", &fields, &inventory->language_field));
    const enum field_type type = inventory->field[inventory->language_field].type;
    return type == FIELD_CATEGORY || type == FIELD_TEXT
               ? CANDOR_OK
               : section_fail(job, section, "language", "its values are tags such as de or pt-BR");
}

enum candor_status schema_subjects(struct job *job, const struct value *root,
                                   struct inventory *inventory)
{
    static const char *const known[] = {"identifier", "fields", "language"};
    const struct value *subjects = schema_section(root, "subjects");
    const struct value nothing = {.kind = VALUE_MAP};
    const struct value *list = NULL;
    struct section section;
    TRY(section_open(job, subjects == NULL ? &nothing : subjects, "subjects", known, 3, &section));
    TRY(read_identifier(job, &section, inventory));
    TRY(section_list(job, &section, "fields", FIELDS_MAX, &list));

    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, inventory->field, count + 1, struct field);
    TRY_ALLOC(job, inventory->field_is_lookup, count + 1, bool);
    for (size_t i = 0; i < count; i++) {
        TRY(read_subject_field(job, &list->item[i], inventory));
    }
    return read_language_field(job, &section, inventory);
}

/* ---- events -------------------------------------------------------------------------------- */

static enum candor_status read_property(struct job *job, const struct value *item,
                                        const struct inventory *inventory, struct event_kind *kind)
{
    static const char *const known[] = {
        "name",       "label",    "type", "pii", "origin",  "sensitivity", "protected",
        "changeable", "required", "min",  "max", "allowed", "unit",        "owner"};
    struct field *property = &kind->property[kind->property_count];
    struct section section;
    property->origin = ORIGIN_OBSERVED;
    property->purposes = kind->purposes;
    property->retention_days = kind->retention_days;
    TRY(section_open(job, item, "property", known, sizeof known / sizeof known[0], &section));
    TRY(read_field(job, &section, inventory, property));
    kind->property_count++;
    const struct catalogue properties = catalogue_properties(kind);
    return section_is_new(job, &section, &properties, kind->property_count - 1);
}

static enum candor_status read_properties(struct job *job, const struct section *section,
                                          const struct inventory *inventory,
                                          struct event_kind *kind)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, "properties", PROPERTIES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, kind->property, count + 1, struct field);
    for (size_t i = 0; i < count; i++) {
        TRY(during(job, read_property(job, &list->item[i], inventory, kind), "%s", section->what));
    }
    return CANDOR_OK;
}

static enum candor_status read_event(struct job *job, const struct value *item,
                                     struct inventory *inventory)
{
    static const char *const known[] = {"name", "label", "purposes", "retention_days",
                                        "properties"};
    const struct catalogue purposes = catalogue_purposes(inventory);
    struct event_kind *kind = &inventory->event_kind[inventory->event_kind_count];
    struct section section;
    TRY(section_open(job, item, "event", known, sizeof known / sizeof known[0], &section));
    TRY(section_name(job, &section, &kind->name));
    TRY(section_title(job, &section, "label", kind->name, &kind->label));
    TRY(section_mask(job, &section, "purposes", &purposes, &kind->purposes));
    TRY(section_count(job, &section, "retention_days", 0, DAYS_MAX, &kind->retention_days));
    TRY(read_properties(job, &section, inventory, kind));
    inventory->event_kind_count++;
    const struct catalogue kinds = catalogue_event_kinds(inventory);
    return section_is_new(job, &section, &kinds, inventory->event_kind_count - 1);
}

enum candor_status schema_events(struct job *job, const struct value *root,
                                 struct inventory *inventory)
{
    const struct value *list = NULL;
    TRY(schema_list(job, root, "events", EVENT_KINDS_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, inventory->event_kind, count + 1, struct event_kind);
    for (size_t i = 0; i < count; i++) {
        TRY(read_event(job, &list->item[i], inventory));
    }
    return CANDOR_OK;
}
