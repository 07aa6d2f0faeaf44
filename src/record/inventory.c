/*
 * inventory.c - looking things up in the inventory, and the names of its kinds.
 *
 * Reading it from candor.yaml is schema.c. The lists are short and looked up by name once per file
 * or request, so a walk is enough; comparing lengths first makes it quick.
 */
#include "record.h"

size_t inventory_purpose(const struct inventory *inventory, struct str name)
{
    for (size_t i = 0; i < inventory->purpose_count; i++) {
        if (str_equal(inventory->purpose[i].name, name)) {
            return i;
        }
    }
    return NONE;
}

size_t inventory_channel(const struct inventory *inventory, struct str name)
{
    for (size_t i = 0; i < inventory->channel_count; i++) {
        if (str_equal(inventory->channel[i], name)) {
            return i;
        }
    }
    return NONE;
}

size_t inventory_field(const struct inventory *inventory, struct str name)
{
    for (size_t i = 0; i < inventory->field_count; i++) {
        if (str_equal(inventory->field[i].name, name)) {
            return i;
        }
    }
    return NONE;
}

size_t inventory_event_kind(const struct inventory *inventory, struct str name)
{
    for (size_t i = 0; i < inventory->event_kind_count; i++) {
        if (str_equal(inventory->event_kind[i].name, name)) {
            return i;
        }
    }
    return NONE;
}

size_t inventory_feature(const struct inventory *inventory, struct str name)
{
    for (size_t i = 0; i < inventory->feature_count; i++) {
        if (str_equal(inventory->feature[i].name, name)) {
            return i;
        }
    }
    return NONE;
}

const char *basis_name(enum basis basis)
{
    switch (basis) {
    case BASIS_CONSENT:
        return "consent";
    case BASIS_CONTRACT:
        return "contract";
    case BASIS_LEGAL_OBLIGATION:
        return "legal_obligation";
    case BASIS_VITAL_INTEREST:
        return "vital_interest";
    case BASIS_PUBLIC_TASK:
        return "public_task";
    case BASIS_LEGITIMATE_INTEREST:
        return "legitimate_interest";
    }
    base_broken("a basis is one of the six", __FILE__, __LINE__);
}

const char *origin_name(enum origin origin)
{
    switch (origin) {
    case ORIGIN_PROVIDED:
        return "provided";
    case ORIGIN_OBSERVED:
        return "observed";
    case ORIGIN_DERIVED:
        return "derived";
    case ORIGIN_INFERRED:
        return "inferred";
    }
    base_broken("an origin is one of the four", __FILE__, __LINE__);
}

const char *sensitivity_name(enum sensitivity sensitivity)
{
    switch (sensitivity) {
    case SENSITIVITY_ORDINARY:
        return "ordinary";
    case SENSITIVITY_PERSONAL:
        return "personal";
    case SENSITIVITY_SPECIAL:
        return "special";
    }
    base_broken("a sensitivity is one of the three", __FILE__, __LINE__);
}

const char *field_type_name(enum field_type type)
{
    switch (type) {
    case FIELD_NUMBER:
        return "number";
    case FIELD_CATEGORY:
        return "category";
    case FIELD_BOOLEAN:
        return "boolean";
    case FIELD_DATE:
        return "date";
    case FIELD_TEXT:
        return "text";
    }
    base_broken("a type is one of the five", __FILE__, __LINE__);
}
