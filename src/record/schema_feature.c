/*
 * schema_feature.c - the section `features` of candor.yaml.
 *
 *     features:
 *       - {name, label, measure, field, event, property, equals: {property, value}, days, unit,
 *          changeable, raises, lowers, translations: {de: {label, unit, raises, lowers}}}
 *
 *     measure            source                          gives
 *     field (default     field, not free text            the field; of a date whole days since
 *       with a field)
 *     count days_since   event                           a number
 *     sum mean max       event and a number property     a number
 *     distinct           event and any property          a number
 *     top                event and a text property       a category
 *
 * What may be computed from what: a feature may be used for the purposes of its source only, and a
 * feature of a protected source is protected.
 */
#include "schema.h"

#include "text.h"

static const char *const measure_word[] = {"field", "count",      "sum",      "mean",
                                           "max",   "days_since", "distinct", "top"};

static enum candor_status refuse_key(struct job *job, const struct section *section,
                                     const char *key, const struct feature *feature)
{
    return section_has(section, key) ? section_fail(job, section, key, "the measure '%s' has none",
                                                    measure_word[feature->measure])
                                     : CANDOR_OK;
}

/* ---- features of a field ------------------------------------------------------------------- */

static enum candor_status read_field_source(struct job *job, const struct section *section,
                                            const struct inventory *inventory,
                                            struct feature *feature)
{
    const struct catalogue fields = catalogue_fields(inventory);
    TRY(refuse_key(job, section, "event", feature));
    TRY(refuse_key(job, section, "property", feature));
    TRY(refuse_key(job, section, "equals", feature));
    TRY(refuse_key(job, section, "days", feature));
    TRY(section_need(job, section, "field"));
    TRY(section_reference(job, section, "field", &fields, &feature->field));

    const struct field *field = &inventory->field[feature->field];
    if (field->type == FIELD_TEXT) {
        return section_fail(job, section, "field",
                            "free text cannot be learned from; make it a category");
    }
    feature->purposes = field->purposes;
    feature->is_protected = field->is_protected;
    feature->is_category = field->type == FIELD_CATEGORY;
    feature->changeable = field->changeable;
    feature->unit = field->type == FIELD_DATE ? STR("days") : field->unit;
    return CANDOR_OK;
}

/* ---- features of events -------------------------------------------------------------------- */

static bool needs_property(enum measure measure)
{
    return measure != MEASURE_COUNT && measure != MEASURE_DAYS_SINCE;
}

static bool fits_property(enum measure measure, enum field_type type)
{
    switch (measure) {
    case MEASURE_SUM:
    case MEASURE_MEAN:
    case MEASURE_MAX:
        return type == FIELD_NUMBER;
    case MEASURE_TOP:
        return type == FIELD_CATEGORY || type == FIELD_TEXT;
    case MEASURE_DISTINCT:
        return true;
    case MEASURE_FIELD:
    case MEASURE_COUNT:
    case MEASURE_DAYS_SINCE:
        break;
    }
    base_broken("this measure has a property", __FILE__, __LINE__);
}

static enum candor_status read_property_source(struct job *job, const struct section *section,
                                               const struct event_kind *kind,
                                               struct feature *feature)
{
    const struct catalogue properties = catalogue_properties(kind);
    if (!needs_property(feature->measure)) {
        return refuse_key(job, section, "property", feature);
    }
    TRY(section_need(job, section, "property"));
    TRY(section_reference(job, section, "property", &properties, &feature->property));
    const struct field *property = &kind->property[feature->property];
    if (!fits_property(feature->measure, property->type)) {
        return section_fail(job, section, "property", "a property of type %s has no '%s'",
                            field_type_name(property->type), measure_word[feature->measure]);
    }
    feature->is_protected = feature->is_protected || property->is_protected;
    feature->is_category = feature->measure == MEASURE_TOP;
    if (feature->measure != MEASURE_DISTINCT) {
        feature->unit = property->unit;
    }
    return CANDOR_OK;
}

static enum candor_status read_equals(struct job *job, const struct section *section,
                                      const struct event_kind *kind, struct feature *feature)
{
    static const char *const known[] = {"property", "value"};
    const struct catalogue properties = catalogue_properties(kind);
    const struct value *map = NULL;
    struct section equals;
    TRY(section_map(job, section, "equals", &map));
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(section_open(job, map, section_what(job, section, "equals"), known, 2, &equals));
    TRY(section_need(job, &equals, "property"));
    TRY(section_need(job, &equals, "value"));
    TRY(section_reference(job, &equals, "property", &properties, &feature->equals_property));

    const struct field *property = &kind->property[feature->equals_property];
    struct cell cell;
    feature->equals = section_scalar(job->arena, value_get(map, "value"));
    const enum cell_fault fault = cell_read(property, feature->equals, INT64_MAX, &cell);
    if (fault != CELL_FINE || cell.kind == CELL_MISSING) {
        return section_fail(job, &equals, "value", "for '%.*s' it %s", STR_ARG(property->name),
                            fault == CELL_FINE ? "means a missing value"
                                               : cell_fault_sentence(fault));
    }
    feature->is_protected = feature->is_protected || property->is_protected;
    return CANDOR_OK;
}

static enum candor_status read_event_source(struct job *job, const struct section *section,
                                            const struct inventory *inventory,
                                            struct feature *feature)
{
    const struct catalogue kinds = catalogue_event_kinds(inventory);
    TRY(refuse_key(job, section, "field", feature));
    TRY(section_need(job, section, "event"));
    TRY(section_reference(job, section, "event", &kinds, &feature->event_kind));

    const struct event_kind *kind = &inventory->event_kind[feature->event_kind];
    feature->purposes = kind->purposes;
    if (feature->measure == MEASURE_DAYS_SINCE) {
        feature->unit = STR("days");
    }
    TRY(read_property_source(job, section, kind, feature));
    TRY(read_equals(job, section, kind, feature));
    return section_count(job, section, "days", 1, DAYS_MAX, &feature->days);
}

/* ---- other languages ----------------------------------------------------------------------- */

static enum candor_status read_words(struct job *job, const struct value *map, struct str language,
                                     struct feature_words *words)
{
    static const char *const known[] = {"label", "unit", "raises", "lowers"};
    struct section section;
    *words = (struct feature_words){.language = language};
    TRY(section_open(job, map, "translation", known, sizeof known / sizeof known[0], &section));
    TRY(section_text(job, &section, "label", &words->label));
    TRY(section_text(job, &section, "unit", &words->unit));
    TRY(section_text(job, &section, "raises", &words->raises));
    return section_text(job, &section, "lowers", &words->lowers);
}

static enum candor_status read_translations(struct job *job, const struct section *section,
                                            struct feature *feature)
{
    const struct value *map = NULL;
    TRY(section_map(job, section, "translations", &map));
    const size_t count = map == NULL ? 0 : map->count;
    TRY_ALLOC(job, feature->words, count + 1, struct feature_words);
    for (size_t i = 0; i < count; i++) {
        if (!schema_is_language(map->key[i])) {
            return section_fail(job, section, "translations",
                                "each stands under a language: de, pt-BR");
        }
        TRY(during(job, read_words(job, &map->item[i], map->key[i], &feature->words[i]), "%s",
                   section->what));
        feature->words_count++;
    }
    return CANDOR_OK;
}

/* ---- one feature --------------------------------------------------------------------------- */

static enum candor_status read_measure(struct job *job, const struct section *section,
                                       struct feature *feature)
{
    unsigned measure = MEASURE_FIELD;
    if (!section_has(section, "field")) {
        TRY(section_need(job, section, "measure"));
    }
    TRY(section_choice(job, section, "measure", measure_word,
                       sizeof measure_word / sizeof measure_word[0], &measure));
    feature->measure = (enum measure)measure;
    return CANDOR_OK;
}

static enum candor_status read_feature(struct job *job, const struct value *item,
                                       struct inventory *inventory)
{
    static const char *const known[] = {"name",     "label",  "measure",     "field", "event",
                                        "property", "equals", "days",        "unit",  "changeable",
                                        "raises",   "lowers", "translations"};
    struct feature *feature = &inventory->feature[inventory->feature_count];
    struct section section;
    *feature = (struct feature){
        .field = NONE, .event_kind = NONE, .property = NONE, .equals_property = NONE};
    TRY(section_open(job, item, "feature", known, sizeof known / sizeof known[0], &section));
    TRY(section_name(job, &section, &feature->name));
    TRY(section_title(job, &section, "label", feature->name, &feature->label));
    TRY(read_measure(job, &section, feature));
    TRY(feature->measure == MEASURE_FIELD ? read_field_source(job, &section, inventory, feature)
                                          : read_event_source(job, &section, inventory, feature));
    TRY(section_text(job, &section, "unit", &feature->unit));
    TRY(section_text(job, &section, "raises", &feature->raises));
    TRY(section_text(job, &section, "lowers", &feature->lowers));
    TRY(read_translations(job, &section, feature));
    TRY(section_bool(job, &section, "changeable", &feature->changeable));
    if (feature->purposes == 0) {
        return section_fail(job, &section, feature->field == NONE ? "event" : "field",
                            "it has no purpose, so nothing may be computed from it");
    }
    inventory->feature_count++;
    const struct catalogue features = catalogue_features(inventory);
    return section_is_new(job, &section, &features, inventory->feature_count - 1);
}

enum candor_status schema_features(struct job *job, const struct value *root,
                                   struct inventory *inventory)
{
    const struct value *list = NULL;
    TRY(schema_list(job, root, "features", FEATURES_MAX, &list));
    const size_t count = list == NULL ? 0 : list->count;
    TRY_ALLOC(job, inventory->feature, count + 1, struct feature);
    for (size_t i = 0; i < count; i++) {
        TRY(read_feature(job, &list->item[i], inventory));
    }
    return CANDOR_OK;
}
