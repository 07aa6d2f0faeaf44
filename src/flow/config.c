/*
 * config.c - candor.yaml's section `models`, and the example that a fresh home gets.
 *
 *   models:
 *     - name: lead
 *       title: Likely to welcome an offer
 *       training: model_training     purpose whose permit lets a subject into the training set
 *       uses: profiling              purpose under which the model may look at a subject
 *       target: {event: answer, property: responded, where: {property: campaign, equals: spring}}
 *       features: [age, purchases_90d]
 *       protect: [sex]               compared in audits, never a feature
 *       audit: fairness_audit        purpose under which they may be compared
 *       fairness: {group: sex, measure: demographic_parity_ratio, limit: 0.8}
 *       seed: 7
 *       poison: {suspects: 0.005}    when training waits for people; see poison_gate.c
 */
#include "constraint.h"
#include "flow.h"

static enum candor_status purpose_named(struct job *job, const struct inventory *inventory,
                                        const struct value *value, const char *what,
                                        size_t *purpose)
{
    struct str name;
    TRY(value_text(job, value, what, &name));
    *purpose = inventory_purpose(inventory, name);
    if (*purpose == NONE) {
        return fail(job, CANDOR_BAD_INPUT, "%s%s: there is no purpose of that name", what,
                    value_where(job->arena, value));
    }
    return CANDOR_OK;
}

static size_t property_named(const struct event_kind *kind, struct str name)
{
    for (size_t p = 0; p < kind->property_count; p++) {
        if (str_equal(kind->property[p].name, name)) {
            return p;
        }
    }
    return NONE;
}

static enum candor_status read_property(struct job *job, const struct event_kind *kind,
                                        const struct value *value, const char *what,
                                        size_t *property)
{
    struct str name;
    TRY(value_text(job, value, what, &name));
    *property = property_named(kind, name);
    if (*property == NONE) {
        return fail(job, CANDOR_BAD_INPUT, "%s%s: event '%.*s' has no property of that name", what,
                    value_where(job->arena, value), STR_ARG(kind->name));
    }
    return CANDOR_OK;
}

static enum candor_status read_where(struct job *job, const struct event_kind *kind,
                                     const struct value *where, struct model_spec *spec)
{
    static const char *const known[] = {"property", "equals"};
    spec->where_property = NONE;
    if (where == NULL) {
        return CANDOR_OK;
    }
    TRY(value_only(job, where, known, 2, "the target's 'where'"));
    TRY(read_property(job, kind, value_get(where, "property"), "the property of 'where'",
                      &spec->where_property));
    return value_text(job, value_get(where, "equals"), "the value of 'where'", &spec->where_equals);
}

static enum candor_status read_target(struct job *job, const struct inventory *inventory,
                                      const struct value *target, struct model_spec *spec)
{
    static const char *const known[] = {"event", "property", "where"};
    struct str event;
    TRY(value_is(job, target, VALUE_MAP, "the model's target"));
    TRY(value_only(job, target, known, 3, "the model's target"));
    TRY(value_text(job, value_get(target, "event"), "the target's event", &event));
    spec->target_event = inventory_event_kind(inventory, event);
    if (spec->target_event == NONE) {
        return fail(job, CANDOR_BAD_INPUT, "the target's event%s: there is no event of that name",
                    value_where(job->arena, value_get(target, "event")));
    }
    const struct event_kind *kind = &inventory->event_kind[spec->target_event];
    TRY(read_property(job, kind, value_get(target, "property"), "the target's property",
                      &spec->target_property));
    if (kind->property[spec->target_property].type != FIELD_BOOLEAN) {
        return fail(job, CANDOR_BAD_INPUT, "the target's property%s must be of type boolean",
                    value_where(job->arena, value_get(target, "property")));
    }
    if ((kind->purposes >> spec->training & 1) == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the target's event%s may not be used for the purpose '%.*s'",
                    value_where(job->arena, value_get(target, "event")),
                    STR_ARG(inventory->purpose[spec->training].name));
    }
    return read_where(job, kind, value_get(target, "where"), spec);
}

static enum candor_status must_be_new(struct job *job, const size_t *index, size_t count,
                                      size_t added, const char *what, const struct value *value)
{
    for (size_t i = 0; i < count; i++) {
        if (index[i] == added) {
            return fail(job, CANDOR_BAD_INPUT, "%s%s: '%.*s' stands twice", what,
                        value_where(job->arena, value), STR_ARG(value->text));
        }
    }
    return CANDOR_OK;
}

/* A feature must be allowed for learning and for scoring, and must not be protected. */
static enum candor_status check_feature(struct job *job, const struct inventory *inventory,
                                        const struct value *value, const struct model_spec *spec,
                                        size_t f)
{
    const char *where = value_where(job->arena, value);
    if (f == NONE) {
        return fail(job, CANDOR_BAD_INPUT, "features%s: there is no feature of that name", where);
    }
    const struct feature *feature = &inventory->feature[f];
    if (feature->is_protected) {
        return fail(job, CANDOR_BAD_INPUT,
                    "features%s: '%.*s' comes from a protected attribute and may not drive "
                    "decisions",
                    where, STR_ARG(feature->name));
    }
    const size_t purpose[2] = {spec->training, spec->uses};
    for (size_t p = 0; p < 2; p++) {
        if ((feature->purposes >> purpose[p] & 1) == 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "features%s: '%.*s' may not be used for the purpose '%.*s'", where,
                        STR_ARG(feature->name), STR_ARG(inventory->purpose[purpose[p]].name));
        }
    }
    return CANDOR_OK;
}

static enum candor_status read_features(struct job *job, const struct inventory *inventory,
                                        const struct value *list, struct model_spec *spec)
{
    TRY(value_is(job, list, VALUE_LIST, "the model's features"));
    if (list->count == 0 || list->count > FEATURES_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "the model's features%s: name 1 to %d",
                    value_where(job->arena, list), FEATURES_MAX);
    }
    spec->feature = NEW_ARRAY(job->arena, list->count, size_t);
    for (size_t i = 0; i < list->count; i++) {
        struct str name;
        TRY(value_text(job, &list->item[i], "a feature's name", &name));
        const size_t f = inventory_feature(inventory, name);
        TRY(check_feature(job, inventory, &list->item[i], spec, f));
        TRY(must_be_new(job, spec->feature, spec->feature_count, f, "features", &list->item[i]));
        spec->feature[spec->feature_count++] = f;
    }
    return CANDOR_OK;
}

static enum candor_status read_protected(struct job *job, const struct inventory *inventory,
                                         const struct value *model, struct model_spec *spec)
{
    const struct value *list = value_get(model, "protect");
    spec->audit = NONE;
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "the model's protected fields"));
    TRY(purpose_named(job, inventory, value_get(model, "audit"), "the model's audit",
                      &spec->audit));
    spec->protect = NEW_ARRAY(job->arena, list->count, size_t);
    for (size_t i = 0; i < list->count; i++) {
        struct str name;
        TRY(value_text(job, &list->item[i], "a protected field's name", &name));
        const size_t f = inventory_field(inventory, name);
        if (f == NONE || !inventory->field[f].is_protected) {
            return fail(job, CANDOR_BAD_INPUT,
                        "protect%s: there is no field of that name with 'protected: true'",
                        value_where(job->arena, &list->item[i]));
        }
        if ((inventory->field[f].purposes >> spec->audit & 1) == 0) {
            return fail(job, CANDOR_BAD_INPUT,
                        "protect%s: the field may not be used for the model's audit purpose",
                        value_where(job->arena, &list->item[i]));
        }
        TRY(must_be_new(job, spec->protect, spec->protect_count, f, "protect", &list->item[i]));
        spec->protect[spec->protect_count++] = f;
    }
    return CANDOR_OK;
}

static enum candor_status read_spec(struct job *job, const struct inventory *inventory,
                                    const struct value *model, struct model_spec *spec)
{
    static const char *const known[] = {"name",     "title",      "training",  "uses",     "target",
                                        "features", "protect",    "audit",     "fairness", "seed",
                                        "poison",   "unverified", "plausible", "watermark"};
    int64_t seed = 1;
    TRY(value_is(job, model, VALUE_MAP, "a model"));
    TRY(value_only(job, model, known, sizeof known / sizeof known[0], "a model"));
    TRY(value_text(job, value_get(model, "name"), "the model's name", &spec->name));
    spec->title = spec->name;
    if (value_get(model, "title") != NULL) {
        TRY(value_text(job, value_get(model, "title"), "the model's title", &spec->title));
    }
    TRY(purpose_named(job, inventory, value_get(model, "training"), "the model's training",
                      &spec->training));
    TRY(purpose_named(job, inventory, value_get(model, "uses"), "the model's uses", &spec->uses));
    TRY(read_target(job, inventory, value_get(model, "target"), spec));
    TRY(read_features(job, inventory, value_get(model, "features"), spec));
    TRY(read_protected(job, inventory, model, spec));
    TRY(constraint_read(job, inventory, model, spec));
    TRY(config_poison(job, model, &spec->poison));
    TRY(doubt_read_rules(job, inventory, model, spec));
    if (value_get(model, "seed") != NULL) {
        TRY(value_int(job, value_get(model, "seed"), "the model's seed", &seed));
    }
    if (seed < 0) {
        return fail(job, CANDOR_BAD_INPUT, "the model's seed%s must not be negative",
                    value_where(job->arena, value_get(model, "seed")));
    }
    spec->seed = (uint64_t)seed;
    return CANDOR_OK;
}

enum candor_status config_model_specs(struct job *job, const struct inventory *inventory,
                                      const struct value *root, struct model_spec **spec,
                                      size_t *count)
{
    const struct value *models = value_get(root, "models");
    *count = 0;
    *spec = NULL;
    if (models == NULL || models->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, models, VALUE_LIST, "models"));
    if (models->count > MODEL_SPECS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu models, at most %d", models->count,
                    MODEL_SPECS_MAX);
    }
    *spec = NEW_ARRAY(job->arena, models->count, struct model_spec);
    for (size_t i = 0; i < models->count; i++) {
        TRY(read_spec(job, inventory, &models->item[i], &(*spec)[i]));
        for (size_t other = 0; other < i; other++) {
            if (str_equal((*spec)[other].name, (*spec)[i].name)) {
                return fail(job, CANDOR_BAD_INPUT, "models%s: the name stands twice",
                            value_where(job->arena, &models->item[i]));
            }
        }
    }
    *count = models->count;
    return CANDOR_OK;
}

enum candor_status config_known_sections(struct job *job, const struct value *root)
{
    static const char *const known[] = {
        "candor",     "name",       "channels",   "purposes", "subjects",      "events",
        "features",   "models",     "campaigns",  "rights",   "jurisdictions", "signals",
        "recipients", "children",   "controller", "ledger",   "people",        "quality",
        "retention",  "governance", "tracking",   "server",   "surface",       "webhooks",
        "scan",       "guard",      "c2pa"};
    TRY(value_is(job, root, VALUE_MAP, "candor.yaml"));
    return value_only(job, root, known, sizeof known / sizeof known[0], "candor.yaml");
}
