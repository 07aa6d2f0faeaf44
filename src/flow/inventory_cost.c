/*
 * inventory_cost.c - what would it cost to do without? Each model is learnt again without the features
 * of one source, a field or a kind of event, and both score the same held-out rows.
 *
 * The two areas under the curve are of the same rows, so their difference is surer than either: its
 * variance takes their covariance off (DeLong et al. 1988). Where the whole 95 % interval stays under
 * COST_LITTLE, the source can go.
 */
#include <math.h>

#include "inventoried.h"
#include "learn.h"
#include "model.h"

enum { ROWS_LEAST = 50, OF_EACH_LEAST = 5 };
static const double cost_little = 0.005;
static const double within_95 = 1.959963984540054;

/* ---- learning without ---------------------------------------------------------------------- */

/* Rows of one side of the split, as a frame and a target. */
static enum candor_status side(struct job *job, const struct lesson *lesson, bool test,
                               struct frame **part, struct target *target)
{
    const struct dataset *data = lesson->data;
    const struct target all = {.task = TASK_BINARY,
                               .name = STR("target"),
                               .positive = STR("yes"),
                               .negative = STR("no"),
                               .class_count = 1,
                               .value = lesson->label};
    bool *keep = NULL;
    TRY_ALLOC(job, keep, data->row_count + 1, bool);
    for (size_t i = 0; i < data->row_count; i++) {
        keep[i] = data->is_test[i] == test && (lesson->is_known == NULL || lesson->is_known[i]);
    }
    TRY(frame_take(job, data->frame, keep, part));
    return target_take(job, &all, data->row_count, keep, target);
}

static bool is_enough(const struct target *target, size_t rows, size_t least)
{
    size_t ones = 0;
    for (size_t i = 0; i < rows; i++) {
        ones += target->value[i] != 0;
    }
    return rows >= least && ones >= OF_EACH_LEAST && rows - ones >= OF_EACH_LEAST;
}

static enum candor_status learn(struct job *job, const struct lesson *lesson, const bool *use,
                                struct scored *scored)
{
    struct frame *train = NULL;
    struct frame *test = NULL;
    struct target train_target;
    struct target test_target;
    struct model *model = NULL;
    struct binding *binding = NULL;
    TRY(side(job, lesson, false, &train, &train_target));
    TRY(side(job, lesson, true, &test, &test_target));
    if (!is_enough(&train_target, train->row_count, ROWS_LEAST) ||
        !is_enough(&test_target, test->row_count, 2 * OF_EACH_LEAST)) {
        return fail(job, CANDOR_NOT_FOUND, "too few rows to learn from");
    }
    const struct fit_options options = {.seed = lesson->seed, .pairs_max = PAIRS_AUTO, .use = use};
    TRY(fit_additive(job, train, &train_target, &options, &model));
    TRY(model_bind(job, model, test, &binding));
    binding_score(binding, 0, NULL, scored->score);
    bytes_copy(scored->label, test_target.value, test->row_count * sizeof *scored->label);
    scored->count = test->row_count;
    return CANDOR_OK;
}

enum candor_status lesson_learn(struct job *job, const struct lesson *lesson, const bool *use,
                                struct scored *scored)
{
    TRY_ALLOC(job, scored->label, lesson->data->row_count + 1, double);
    TRY_ALLOC(job, scored->score, lesson->data->row_count + 1, double);
    const struct arena_mark mark = arena_mark(job->arena); /* a fit is large, its scores are not */
    const enum candor_status status = learn(job, lesson, use, scored);
    arena_rewind(job->arena, mark);
    return status;
}

/* ---- one source ---------------------------------------------------------------------------- */

void interval_json(struct json *json, double value, double deviation, double least, double most)
{
    json_key(json, LIT("ci"));
    json_list_begin(json);
    json_f64(json, fmax(least, value - within_95 * deviation));
    json_f64(json, fmin(most, value + within_95 * deviation));
    json_list_end(json);
}

struct measured_area {
    double *placement;
    double area;
};

static enum candor_status area_of(struct job *job, const struct scored *scored,
                                  struct measured_area *measured)
{
    const struct predictions predictions = {scored->label, scored->score, NULL, scored->count};
    TRY_ALLOC(job, measured->placement, scored->count + 1, double);
    return auc_placements(job, &predictions, measured->placement, &measured->area);
}

/* A source: a field or a kind of event. */
struct source_thing {
    bool is_event;
    size_t index;
};

static bool comes_from(const struct feature *feature, struct source_thing source)
{
    const bool is_field = feature->measure == MEASURE_FIELD;
    return is_field ? !source.is_event && feature->field == source.index
                    : source.is_event && feature->event_kind == source.index;
}

struct costing {
    const struct candor *candor;
    const struct model_spec *spec;
    const struct lesson *lesson;
    const struct scored *whole;
    const struct measured_area *area;
    struct json *json;
};

static void put_cost(const struct costing *costing, struct source_thing source,
                     const struct measured_area *without)
{
    const struct inventory *inventory = costing->candor->inventory;
    const struct scored *whole = costing->whole;
    const struct measured_area *with = costing->area;
    struct json *json = costing->json;
    const double variance = auc_covariance(whole->label, whole->count, with->placement, with->area,
                                           with->placement, with->area) +
                            auc_covariance(whole->label, whole->count, without->placement,
                                           without->area, without->placement, without->area) -
                            2 * auc_covariance(whole->label, whole->count, with->placement,
                                               with->area, without->placement, without->area);
    const double cost = with->area - without->area;
    const double deviation = sqrt(fmax(variance, 0));
    json_map_begin(json);
    json_key(json, LIT("model"));
    json_text(json, costing->spec->name);
    json_key(json, LIT("source"));
    json_text(json, source.is_event ? inventory->event_kind[source.index].name
                                    : inventory->field[source.index].name);
    json_key(json, LIT("features"));
    json_list_begin(json);
    for (size_t i = 0; i < costing->spec->feature_count; i++) {
        const struct feature *feature = &inventory->feature[costing->spec->feature[i]];
        if (comes_from(feature, source)) {
            json_text(json, feature->name);
        }
    }
    json_list_end(json);
    json_key(json, LIT("auc"));
    json_f64(json, with->area);
    json_key(json, LIT("auc_without"));
    json_f64(json, without->area);
    json_key(json, LIT("cost"));
    json_f64(json, cost);
    interval_json(json, cost, deviation, -1, 1);
    json_key(json, LIT("can_be_dropped"));
    json_bool(json, cost + within_95 * deviation < cost_little);
    json_map_end(json);
}

static enum candor_status cost_of(struct job *job, const struct costing *costing,
                                  struct source_thing source)
{
    const struct model_spec *spec = costing->spec;
    struct scored scored;
    struct measured_area without;
    bool *use = NEW_ARRAY(job->arena, spec->feature_count + 1, bool);
    size_t left = 0;
    for (size_t i = 0; i < spec->feature_count; i++) {
        use[i] = !comes_from(&costing->candor->inventory->feature[spec->feature[i]], source);
        left += use[i];
    }
    if (left == 0 || left == spec->feature_count) {
        return CANDOR_OK; /* all of the model, or none of it */
    }
    TRY(lesson_learn(job, costing->lesson, use, &scored));
    TRY(area_of(job, &scored, &without));
    put_cost(costing, source, &without);
    return CANDOR_OK;
}

/* ---- a model ------------------------------------------------------------------------------- */

static enum candor_status cost_of_sources(struct job *job, const struct costing *costing)
{
    const struct inventory *inventory = costing->candor->inventory;
    for (size_t f = 0; f < inventory->field_count; f++) {
        TRY(cost_of(job, costing, (struct source_thing){false, f}));
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        TRY(cost_of(job, costing, (struct source_thing){true, k}));
    }
    return CANDOR_OK;
}

static enum candor_status cost_of_model(struct job *job, struct candor *candor, struct txn *txn,
                                        const struct model_spec *spec, struct json *json)
{
    struct dataset data;
    struct scored whole;
    struct measured_area area;
    double *label = NULL;
    TRY(dataset_gather(job, candor, txn, spec, &data));
    TRY_ALLOC(job, label, data.row_count + 1, double);
    for (size_t i = 0; i < data.row_count; i++) {
        label[i] = data.label[i];
    }
    const struct lesson lesson = {.data = &data, .label = label, .seed = spec->seed};
    const enum candor_status status = lesson_learn(job, &lesson, NULL, &whole);
    if (status == CANDOR_NOT_FOUND) { /* nothing can be said yet */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(area_of(job, &whole, &area));
    const struct costing costing = {candor, spec, &lesson, &whole, &area, json};
    return cost_of_sources(job, &costing);
}

enum candor_status cost_json(struct job *job, struct candor *candor, struct txn *txn,
                             struct json *json)
{
    json_key(json, LIT("cost"));
    json_list_begin(json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        TRY(cost_of_model(job, candor, txn, &candor->model_spec[m], json));
    }
    json_list_end(json);
    return CANDOR_OK;
}
