/*
 * constraint.c - what a model must hold between groups before it is published.
 *
 *   models:
 *     - name: lead
 *       protect: [sex]
 *       fairness: {group: sex, measure: demographic_parity_ratio, limit: 0.8}
 *
 * Measured when the model is trained, on the rows held out, of whoever would be among the best fifth; noted
 * in the model, so that its signature covers the figure; held against the limit when it is published. Where
 * it does not hold only the ethics board's written reason lets the model pass, and that goes on the ledger.
 */
#include "constraint.h"

#include <math.h>

#include "model.h"
#include "reviewed.h"
#include "trust.h"

static const double ratio_limit = 0.8;
static const double difference_limit = 0.1;

static bool is_ratio(size_t measure)
{
    return measure == DEMOGRAPHIC_PARITY_RATIO || measure == EQUALIZED_ODDS_RATIO;
}

/* ---- candor.yaml --------------------------------------------------------------------------- */

static enum candor_status read_measure(struct job *job, const struct value *map,
                                       struct model_spec *spec)
{
    const char *known[FAIRNESS_MEASURES];
    struct str name;
    spec->fairness_measure = DEMOGRAPHIC_PARITY_RATIO;
    if (value_get(map, "measure") == NULL) {
        return CANDOR_OK;
    }
    TRY(value_text(job, value_get(map, "measure"), "the model's fairness measure", &name));
    for (size_t m = 0; m < FAIRNESS_MEASURES; m++) {
        known[m] = fairness_measure_name((enum fairness_measure)m);
        if (str_is(name, known[m])) {
            spec->fairness_measure = m;
            return CANDOR_OK;
        }
    }
    const char *near = nearest_word(name, known, FAIRNESS_MEASURES);
    return fail(job, CANDOR_BAD_INPUT, "measure%s: there is no fairness measure of that name%s%s",
                value_where(job->arena, value_get(map, "measure")),
                near == NULL ? "" : "; did you mean ", near == NULL ? "" : near);
}

static enum candor_status read_group(struct job *job, const struct inventory *inventory,
                                     const struct value *map, struct model_spec *spec)
{
    struct str name;
    TRY(value_text(job, value_get(map, "group"), "the model's fairness group", &name));
    for (size_t p = 0; p < spec->protect_count; p++) {
        if (str_equal(inventory->field[spec->protect[p]].name, name)) {
            const size_t first = spec->protect[0];
            spec->protect[0] = spec->protect[p];
            spec->protect[p] = first;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "fairness%s: '%.*s' is not under the model's protect",
                value_where(job->arena, map), STR_ARG(name));
}

enum candor_status constraint_read(struct job *job, const struct inventory *inventory,
                                   const struct value *model, struct model_spec *spec)
{
    static const char *const known[] = {"group", "measure", "limit"};
    const struct value *map = value_get(model, "fairness");
    if (map == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, map, VALUE_MAP, "the model's fairness"));
    TRY(value_only(job, map, known, sizeof known / sizeof known[0], "the model's fairness"));
    TRY(read_group(job, inventory, map, spec));
    TRY(read_measure(job, map, spec));
    spec->has_fairness = true;
    spec->fairness_limit = is_ratio(spec->fairness_measure) ? ratio_limit : difference_limit;
    if (value_get(map, "limit") != NULL) {
        TRY(value_number(job, value_get(map, "limit"), "the model's fairness limit",
                         &spec->fairness_limit));
    }
    if (!(spec->fairness_limit >= 0 && spec->fairness_limit <= 1)) {
        return fail(job, CANDOR_BAD_INPUT, "limit%s: it is a number from 0 to 1",
                    value_where(job->arena, value_get(map, "limit")));
    }
    return CANDOR_OK;
}

/* ---- what was measured --------------------------------------------------------------------- */

/* As the note has it; value NaN: undefined. */
struct measured_gap {
    bool is_known;
    struct str group;
    struct str measure;
    double value;
    struct interval interval;
};

static struct measured_gap gap_of(const struct candor *candor, const struct model_spec *spec,
                                  const struct fairness *fairness)
{
    const struct fairness_value *value = &fairness->value[spec->fairness_measure];
    return (struct measured_gap){
        .is_known = true,
        .group = candor->inventory->field[spec->protect[0]].name,
        .measure = str_of(fairness_measure_name((enum fairness_measure)spec->fairness_measure)),
        .value = value->value,
        .interval = value->interval,
    };
}

static void put_gap(struct json *json, const struct measured_gap *gap)
{
    json_key(json, LIT("group"));
    json_text(json, gap->group);
    json_key(json, LIT("measure"));
    json_text(json, gap->measure);
    json_key(json, LIT("value"));
    json_f64(json, gap->value);
    json_key(json, LIT("low"));
    json_f64(json, gap->interval.low);
    json_key(json, LIT("high"));
    json_f64(json, gap->interval.high);
}

enum candor_status constraint_note(struct job *job, const struct candor *candor,
                                   const struct model_spec *spec, const struct fairness *fairness,
                                   struct model *model)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    if (!spec->has_fairness) {
        return CANDOR_OK;
    }
    const struct measured_gap gap = gap_of(candor, spec, fairness);
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    put_gap(&json, &gap);
    json_map_end(&json);
    json_end(&json);
    return model_note(job, model, STR("fairness_check"), buf_text(&buf));
}

static double number_in(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER ? value->number : (double)NAN;
}

static struct measured_gap noted_gap(struct job *job, const struct model *model)
{
    const struct str text = model_note_of(model, STR("fairness_check"));
    const struct value *root = NULL;
    if (text.ptr == NULL) {
        return (struct measured_gap){.is_known = false};
    }
    if (json_read(job, bytes_of(text), NULL, "the model's fairness_check", &root) != CANDOR_OK) {
        job_forgive(job); /* a note of something else counts as none */
        return (struct measured_gap){.is_known = false};
    }
    return (struct measured_gap){
        .is_known = true,
        .group = value_text_at(root, "group"),
        .measure = value_text_at(root, "measure"),
        .value = number_in(root, "value"),
        .interval = {number_in(root, "low"), number_in(root, "high")},
    };
}

/* ---- held against the limit ---------------------------------------------------------------- */

static bool is_asked_for(const struct candor *candor, const struct model_spec *spec,
                         const struct measured_gap *gap)
{
    return gap->is_known &&
           str_equal(gap->group, candor->inventory->field[spec->protect[0]].name) &&
           str_is(gap->measure,
                  fairness_measure_name((enum fairness_measure)spec->fairness_measure));
}

static bool holds(const struct model_spec *spec, double value)
{
    return is_ratio(spec->fairness_measure) ? value >= spec->fairness_limit
                                            : value <= spec->fairness_limit;
}

static bool is_enough(const struct model_spec *spec, const struct measured_gap *gap)
{
    return !isnan(gap->interval.low) &&
           holds(spec, gap->interval.low) == holds(spec, gap->interval.high);
}

static enum candor_status refuse(struct job *job, const struct model_spec *spec,
                                 const struct measured_gap *gap)
{
    if (isnan(gap->value)) {
        return fail(job, CANDOR_REFUSED,
                    "model '%.*s' must hold %.*s by '%.*s', and that is undefined on the people "
                    "held out: too few of them allow the comparison",
                    STR_ARG(spec->name), STR_ARG(gap->measure), STR_ARG(gap->group));
    }
    return fail(job, CANDOR_REFUSED,
                "model '%.*s' does not hold its fairness rule: %.*s by '%.*s' is %.4g (95 %% %.4g "
                "to %.4g)%s, the limit is %.4g; repair it (candor train %.*s --repair reweigh), or "
                "list model:%.*s under governance: high_risk, and the ethics board's chair "
                "writes down why it may be used (candor board overrule)",
                STR_ARG(spec->name), STR_ARG(gap->measure), STR_ARG(gap->group), gap->value,
                gap->interval.low, gap->interval.high,
                is_enough(spec, gap) ? "" : ", too few people to be sure", spec->fairness_limit,
                STR_ARG(spec->name), STR_ARG(spec->name));
}

enum candor_status constraint_require(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct model_spec *spec, const struct model *model,
                                      struct str *reason)
{
    *reason = STR("");
    if (!spec->has_fairness) {
        return CANDOR_OK;
    }
    const struct measured_gap gap = noted_gap(job, model);
    if (!is_asked_for(candor, spec, &gap)) {
        return fail(job, CANDOR_REFUSED,
                    "model '%.*s' was trained before candor.yaml asked for its present fairness "
                    "rule: candor train %.*s measures it",
                    STR_ARG(spec->name), STR_ARG(spec->name));
    }
    if (holds(spec, gap.value)) {
        return CANDOR_OK;
    }
    TRY(board_override(job, candor, txn, BOARD_MODEL, spec->name, reason));
    return reason->len > 0 ? CANDOR_OK : refuse(job, spec, &gap);
}

void constraint_json(struct job *job, struct json *json, const struct candor *candor,
                     const struct model_spec *spec, const struct model *model,
                     const struct fairness *fairness, bool *fails)
{
    *fails = false;
    json_key(json, LIT("constraint"));
    if (!spec->has_fairness) {
        json_null(json);
        return;
    }
    struct measured_gap gap =
        fairness != NULL ? gap_of(candor, spec, fairness) : noted_gap(job, model);
    if (!is_asked_for(candor, spec, &gap)) {
        gap = (struct measured_gap){
            .group = candor->inventory->field[spec->protect[0]].name,
            .measure = str_of(fairness_measure_name((enum fairness_measure)spec->fairness_measure)),
            .value = (double)NAN,
            .interval = {(double)NAN, (double)NAN}};
    }
    *fails = !isnan(gap.value) && !holds(spec, gap.value);
    json_map_begin(json);
    put_gap(json, &gap);
    json_key(json, LIT("limit"));
    json_f64(json, spec->fairness_limit);
    json_key(json, LIT("passed"));
    json_bool(json, holds(spec, gap.value));
    json_key(json, LIT("enough_evidence"));
    json_bool(json, is_enough(spec, &gap));
    json_map_end(json);
}
