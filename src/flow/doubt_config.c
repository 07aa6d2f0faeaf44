/*
 * doubt_config.c - what candor.yaml says of fields that nobody verified, and of rows that look like nobody's.
 *
 *     models:
 *       - name: lead
 *         unverified: {features: [income, job], share: 0.1}        or cap: 0.5, of the link, up or down
 *         plausible: {fall_back: 0.01, review: 0.002, refuse: 0.0005,
 *                     changes: {days: 30, most: 3, distance: 2, then: review}}
 *         watermark: 0.05                                          how far its cells are moved; marked.c
 */
#include "doubt.h"
#include "flow.h"

static const double fall_back_default = 0.01;
static const double refuse_default = 0.001;
static const double share_default = 0.1;

enum { CHANGES_DEFAULT = 3, CHANGES_DAYS_DEFAULT = 30 };

static enum candor_status number_within(struct job *job, const struct value *map, const char *key,
                                        double least, double most, double *number)
{
    const struct value *value = value_get(map, key);
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_number(job, value, key, number));
    return *number >= least && *number <= most
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s%s: a number from %g to %g", key,
                      value_where(job->arena, value), least, most);
}

/* ---- unverified ---------------------------------------------------------------------------- */

static bool is_of_model(const struct model_spec *spec, size_t feature)
{
    for (size_t i = 0; i < spec->feature_count; i++) {
        if (spec->feature[i] == feature) {
            return true;
        }
    }
    return false;
}

static enum candor_status read_features(struct job *job, const struct inventory *inventory,
                                        const struct value *list, const struct model_spec *spec,
                                        struct unverified_rule *rule)
{
    TRY(value_is(job, list, VALUE_LIST, "the unverified features"));
    size_t *feature = NEW_ARRAY(job->arena, list->count + 1, size_t);
    for (size_t i = 0; i < list->count; i++) {
        struct str name;
        TRY(value_text(job, &list->item[i], "an unverified feature's name", &name));
        feature[i] = inventory_feature(inventory, name);
        if (feature[i] == NONE || !is_of_model(spec, feature[i])) {
            return fail(job, CANDOR_BAD_INPUT, "unverified%s: the model has no feature '%.*s'",
                        value_where(job->arena, &list->item[i]), STR_ARG(name));
        }
    }
    rule->feature = feature;
    rule->count = list->count;
    return CANDOR_OK;
}

static enum candor_status read_unverified(struct job *job, const struct inventory *inventory,
                                          const struct value *value, struct model_spec *spec)
{
    static const char *const known[] = {"features", "cap", "share"};
    struct unverified_rule *rule = &spec->unverified;
    *rule = (struct unverified_rule){.share_max = share_default};
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, value, VALUE_MAP, "the model's unverified"));
    TRY(value_only(job, value, known, sizeof known / sizeof known[0], "the model's unverified"));
    TRY(read_features(job, inventory, value_get(value, "features"), spec, rule));
    rule->has_cap = value_get(value, "cap") != NULL;
    if (rule->has_cap && value_get(value, "share") != NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "unverified%s: say either the cap, or the share of refusals that one field may "
                    "turn",
                    value_where(job->arena, value));
    }
    TRY(number_within(job, value, "cap", 0, 1000, &rule->cap));
    return number_within(job, value, "share", 0, 1, &rule->share_max);
}

/* ---- plausible ----------------------------------------------------------------------------- */

static enum candor_status read_verdict(struct job *job, const struct value *value,
                                       enum doubt_verdict *verdict)
{
    struct str name;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_text(job, value, "then", &name));
    for (size_t v = DOUBT_FALL_BACK; v < DOUBT_VERDICTS; v++) {
        if (str_is(name, doubt_verdict_name((enum doubt_verdict)v))) {
            *verdict = (enum doubt_verdict)v;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "then%s: fall_back, review or refuse",
                value_where(job->arena, value));
}

static enum candor_status read_changes(struct job *job, const struct value *value,
                                       const struct model_spec *spec, struct doubt_rule *rule)
{
    static const char *const known[] = {"days", "most", "distance", "then"};
    double days = CHANGES_DAYS_DEFAULT;
    double most = 0;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, value, VALUE_MAP, "plausible: changes"));
    TRY(value_only(job, value, known, sizeof known / sizeof known[0], "plausible: changes"));
    if (spec->unverified.count == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "changes%s: are counted of the fields that the model lists under unverified, "
                    "and it lists none",
                    value_where(job->arena, value));
    }
    TRY(number_within(job, value, "days", 1, DAYS_MAX, &days));
    TRY(number_within(job, value, "most", 1, 30, &most));
    TRY(number_within(job, value, "distance", 0.001, 32, &rule->distance_max));
    rule->on_changes = DOUBT_REVIEW;
    TRY(read_verdict(job, value_get(value, "then"), &rule->on_changes));
    rule->days = (uint32_t)days;
    rule->changes_max = (uint32_t)most;
    if (rule->changes_max == 0 && !(rule->distance_max > 0)) {
        rule->changes_max = CHANGES_DEFAULT;
    }
    return CANDOR_OK;
}

static enum candor_status read_plausible(struct job *job, const struct value *value,
                                         struct model_spec *spec)
{
    static const char *const known[] = {"fall_back", "review", "refuse", "changes"};
    struct doubt_rule *rule = &spec->doubt;
    *rule = (struct doubt_rule){.is_on = value != NULL};
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, value, VALUE_MAP, "the model's plausible"));
    TRY(value_only(job, value, known, sizeof known / sizeof known[0], "the model's plausible"));
    bool is_said = false;
    for (size_t v = DOUBT_FALL_BACK; v < DOUBT_VERDICTS; v++) {
        const char *key = doubt_verdict_name((enum doubt_verdict)v);
        is_said = is_said || value_get(value, key) != NULL;
        TRY(number_within(job, value, key, 0, 0.2, &rule->rate[v]));
    }
    if (!is_said) {
        rule->rate[DOUBT_FALL_BACK] = fall_back_default;
        rule->rate[DOUBT_REFUSE] = refuse_default;
    }
    return read_changes(job, value_get(value, "changes"), spec, rule);
}

enum candor_status doubt_read_rules(struct job *job, const struct inventory *inventory,
                                    const struct value *model, struct model_spec *spec)
{
    spec->watermark = 0;
    TRY(number_within(job, model, "watermark", 0, 1, &spec->watermark));
    TRY(read_unverified(job, inventory, value_get(model, "unverified"), spec));
    return read_plausible(job, value_get(model, "plausible"), spec);
}
