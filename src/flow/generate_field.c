/*
 * generate_field.c - which personal fields may have a place in copy.
 *
 * A place such as {{first_name|there}} uses the field for the campaign's purpose, so the inventory must allow
 * that. What must not drive a decision, or says what is nobody's business, is not said to a person either; a guess
 * is not told as a fact; what people type in freely would let anybody speak in the company's name.
 */
#include "generate.h"

/* "name", "first_name": what people are called. */
static bool is_name_kind(struct str pii)
{
    return str_contains(pii, STR("name")) && !str_contains(pii, STR("user"));
}

static bool is_free_text(const struct field *field)
{
    return (field->type == FIELD_TEXT ||
            (field->type == FIELD_CATEGORY && field->allowed_count == 0)) &&
           !is_name_kind(field->pii);
}

static const char *why_not_field(const struct field *field)
{
    if (field->sensitivity == SENSITIVITY_SPECIAL) {
        return "it is of a special category (GDPR, Article 9)";
    }
    if (field->is_protected) {
        return "it is a protected attribute";
    }
    if (field->origin == ORIGIN_INFERRED) {
        return "it was inferred, and a guess is not told to somebody as a fact";
    }
    if (field->pii.len > 0 && !is_name_kind(field->pii)) {
        return "it reaches or identifies a person, and copy needs no such thing";
    }
    return is_free_text(field)
               ? "it is free text, which would speak in the company's name: give it "
                 "'type: category' with the values that are allowed"
               : NULL;
}

static const char *why_not_feature(const struct inventory *inventory, const struct feature *feature)
{
    if (feature->measure == MEASURE_FIELD) {
        return why_not_field(&inventory->field[feature->field]);
    }
    if (feature->is_protected) {
        return "it is computed from a protected attribute";
    }
    const struct event_kind *kind = &inventory->event_kind[feature->event_kind];
    const size_t from[] = {feature->property, feature->equals_property};
    for (size_t i = 0; i < 2; i++) {
        const bool is_used = i == 0 ? from[i] != NONE : feature->equals.len > 0;
        if (is_used && kind->property[from[i]].sensitivity == SENSITIVITY_SPECIAL) {
            return "it is computed from a special category (GDPR, Article 9)";
        }
    }
    return feature->measure == MEASURE_TOP ? why_not_field(&kind->property[feature->property])
                                           : NULL;
}

/* People say it of themselves, and a model of this home holds it for unverified. */
static bool is_unverified(const struct candor *candor, struct str name)
{
    const struct inventory *inventory = candor->inventory;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct unverified_rule *rule = &candor->model_spec[m].unverified;
        for (size_t i = 0; i < rule->count; i++) {
            const struct feature *feature = &inventory->feature[rule->feature[i]];
            if (str_equal(feature->name, name) ||
                (feature->measure == MEASURE_FIELD &&
                 str_equal(inventory->field[feature->field].name, name))) {
                return true;
            }
        }
    }
    return false;
}

static enum candor_status check(struct job *job, const struct candor *candor,
                                const struct campaign *campaign, const struct brief_field *asked)
{
    const struct inventory *inventory = candor->inventory;
    const size_t field = inventory_field(inventory, asked->name);
    const size_t feature = field == NONE ? inventory_feature(inventory, asked->name) : NONE;
    if (field == NONE && feature == NONE) {
        return fail(job, CANDOR_NOT_FOUND,
                    "line %u: candor.yaml has no field and no feature '%.*s'", asked->line,
                    STR_ARG(asked->name));
    }
    const char *why = field != NONE ? why_not_field(&inventory->field[field])
                                    : why_not_feature(inventory, &inventory->feature[feature]);
    const uint64_t purposes =
        field != NONE ? inventory->field[field].purposes : inventory->feature[feature].purposes;
    if (why == NULL && (purposes >> campaign->purpose & 1) == 0) {
        const struct str purpose = inventory->purpose[campaign->purpose].name;
        return fail(job, CANDOR_REFUSED,
                    "line %u: '%.*s' has no place in this copy: candor.yaml does not allow it for "
                    "the purpose '%.*s'",
                    asked->line, STR_ARG(asked->name), STR_ARG(purpose));
    }
    if (why == NULL && is_unverified(candor, asked->name)) {
        why = "people say it of themselves, and a model holds it for unverified";
    }
    return why == NULL ? CANDOR_OK
                       : fail(job, CANDOR_REFUSED, "line %u: '%.*s' has no place in copy: %s",
                              asked->line, STR_ARG(asked->name), why);
}

enum candor_status generate_fields(struct job *job, const struct candor *candor,
                                   const struct campaign *campaign, const struct brief *brief)
{
    for (size_t i = 0; i < brief->field_count; i++) {
        TRY(check(job, candor, campaign, &brief->field[i]));
    }
    return CANDOR_OK;
}
