/*
 * study_recourse.c - what would turn the decision about one row of a CSV file.
 *
 * What may not change: what the model's notes and the options name. Every plan is scored once more, from
 * its values as they are printed, before it is told.
 */
#include <math.h>

#include "explaining.h"
#include "frame.h"
#include "model.h"
#include "trust.h"

enum { CHANGES_DEFAULT = 3, PLANS_DEFAULT = 3 };

static void put_value(struct json *json, struct str value)
{
    if (value.ptr == NULL) {
        json_null(json);
    } else {
        json_text(json, value);
    }
}

static size_t feature_named(const struct model *model, struct str name)
{
    size_t f = 0;
    while (f < model->feature_count && !str_equal(model->feature[f].name, name)) {
        f++;
    }
    return f;
}

static bool is_in_list(struct str list, struct str name)
{
    while (list.ptr != NULL) {
        if (str_equal(str_trim(str_cut(&list, ',')), name)) {
            return true;
        }
    }
    return false;
}

/* Mark the features of a list. A name the model has no feature for is a mistake in an option, unless
 * the column is one that the model was not shown; in a note it may have been dropped since. */
static enum candor_status mark_moves(struct job *job, const struct model *model, struct str list,
                                     const char *option, enum recourse_move move,
                                     enum recourse_move *moves)
{
    while (list.ptr != NULL) {
        const struct str name = str_trim(str_cut(&list, ','));
        const size_t feature = feature_named(model, name);
        if (feature < model->feature_count) {
            const bool both_ways = (move == MOVE_UP && moves[feature] == MOVE_DOWN) ||
                                   (move == MOVE_DOWN && moves[feature] == MOVE_UP);
            moves[feature] = moves[feature] == MOVE_NONE || both_ways ? MOVE_NONE : move;
        } else if (name.len > 0 && option != NULL &&
                   !is_in_list(model_note_of(model, STR("protected")), name) &&
                   !is_in_list(model_note_of(model, STR("dropped")), name)) {
            return fail(job, CANDOR_BAD_INPUT, "%s: the model has no feature '%.*s'", option,
                        STR_ARG(name));
        }
    }
    return CANDOR_OK;
}

static enum candor_status find_moves(struct job *job, const struct explaining *explaining,
                                     enum recourse_move **moves)
{
    const struct model *model = explaining->model;
    const struct candor_explain *asked = explaining->asked;
    const struct {
        struct str list;
        const char *option;
        enum recourse_move move;
    } source[] = {
        {model_note_of(model, STR("protected")), NULL, MOVE_NONE},
        {model_note_of(model, STR("fixed")), NULL, MOVE_NONE},
        {model_note_of(model, STR("only_up")), NULL, MOVE_UP},
        {model_note_of(model, STR("only_down")), NULL, MOVE_DOWN},
        {str_of(asked->fixed), "--fixed", MOVE_NONE},
        {str_of(asked->only_up), "--only-up", MOVE_UP},
        {str_of(asked->only_down), "--only-down", MOVE_DOWN},
    };
    *moves = NEW_ARRAY(job->arena, model->feature_count + 1, enum recourse_move);
    for (size_t s = 0; s < sizeof source / sizeof source[0]; s++) {
        TRY(mark_moves(job, model, source[s].list, source[s].option, source[s].move, *moves));
    }
    return CANDOR_OK;
}

struct told_change {
    struct str feature;
    struct str from; /* ptr NULL: not known */
    struct str to;
};

static struct told_change told(struct job *job, const struct explaining *explaining,
                               const struct recourse_plan *plan, size_t change)
{
    const size_t f = plan->feature[change];
    const struct model_feature *feature = &explaining->model->feature[f];
    const struct str from = explained_value(job, explaining, f);
    double present = NOT_KNOWN;
    if (from.ptr == NULL || !str_to_double(from, &present)) {
        present = NOT_KNOWN;
    }
    const struct raw_value value = recourse_value(feature, plan->bin[change], present);
    must(feature_bin(feature, value) == plan->bin[change]);
    return (struct told_change){
        feature->name, from,
        feature->kind == COLUMN_NUMBER ? str_from_double(job->arena, value.number) : value.text};
}

static void put_plan(struct job *job, struct json *json, const struct explaining *explaining,
                     const struct recourse_plan *plan)
{
    const struct model *model = explaining->model;
    uint8_t *bin = NEW_ARRAY(job->arena, model->feature_count + 1, uint8_t);
    bytes_copy(bin, explaining->bin, model->feature_count);
    json_map_begin(json);
    json_key(json, LIT("changes"));
    json_list_begin(json);
    for (size_t c = 0; c < plan->change_count; c++) {
        const struct told_change change = told(job, explaining, plan, c);
        bin[plan->feature[c]] = plan->bin[c];
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, change.feature);
        json_key(json, LIT("from"));
        put_value(json, change.from);
        json_key(json, LIT("to"));
        json_text(json, change.to);
        json_map_end(json);
    }
    json_list_end(json);
    const double link = model_score_bins(model, 0, bin);
    const double off = Z_95 * model_score_sd(model, 0, bin);
    must(link == plan->link);
    json_key(json, LIT("score"));
    json_f64(json, model_mean(model, link));
    put_interval(json, LIT("score_ci"), model_mean(model, link - off),
                 model_mean(model, link + off));
    json_key(json, LIT("cost"));
    json_f64(json, plan->cost);
    json_map_end(json);
}

static struct str recourse_sentence(struct job *job, const struct recourse *recourse,
                                    const struct recourse_options *options)
{
    const char *way = recourse->raises ? "to" : "below";
    const struct str threshold = str_from_double(job->arena, options->threshold);
    const char *many = options->changes_max == 1 ? "feature" : "features";
    if (recourse->plan_count == 0) {
        return str_format(job->arena,
                          recourse->is_proven
                              ? "No realistic change of up to %zu %s takes the score %s %.*s."
                              : "No change of up to %zu %s was found that takes the score %s %.*s; "
                                "the search was not completed.",
                          options->changes_max, many, way, STR_ARG(threshold));
    }
    return str_format(job->arena,
                      "The smallest realistic changes of up to %zu %s that take the score %s "
                      "%.*s, by this model. What would follow in the world it cannot say.",
                      options->changes_max, many, way, STR_ARG(threshold));
}

static void put_no_recourse(struct json *json, struct str sentence)
{
    json_key(json, LIT("recourse"));
    json_list_begin(json);
    json_list_end(json);
    json_key(json, LIT("recourse_note"));
    json_text(json, sentence);
}

enum candor_status put_recourse(struct job *job, struct json *json,
                                const struct explaining *explaining)
{
    const struct candor_explain *asked = explaining->asked;
    struct recourse recourse;
    enum recourse_move *moves;
    if (explaining->model->task == TASK_CLASSES) {
        put_no_recourse(json, STR("Recourse is told for models with one score."));
        return CANDOR_OK;
    }
    if (!asked->has_threshold && explaining->model->task != TASK_BINARY) {
        put_no_recourse(json, STR("Name a threshold to be told what would take the number there."));
        return CANDOR_OK;
    }
    TRY(find_moves(job, explaining, &moves));
    const struct recourse_options options = {
        .threshold = asked->has_threshold ? asked->threshold : 0.5,
        .move = moves,
        .changes_max = asked->changes == 0 ? CHANGES_DEFAULT : asked->changes,
        .plans_max = asked->plans == 0 ? PLANS_DEFAULT : asked->plans,
    };
    if (options.plans_max > RECOURSE_PLANS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "1 to %d plans can be asked for", RECOURSE_PLANS_MAX);
    }
    TRY(recourse_find(job, explaining->model, &options, explaining->bin, &recourse));
    json_key(json, LIT("recourse"));
    json_list_begin(json);
    for (size_t p = 0; p < recourse.plan_count; p++) {
        put_plan(job, json, explaining, &recourse.plan[p]);
    }
    json_list_end(json);
    json_key(json, LIT("recourse_note"));
    json_text(json, recourse_sentence(job, &recourse, &options));
    json_key(json, LIT("threshold"));
    json_f64(json, options.threshold);
    json_key(json, LIT("recourse_proven"));
    json_bool(json, recourse.is_proven);
    return CANDOR_OK;
}
