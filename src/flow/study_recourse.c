/*
 * study_recourse.c - what would turn the decision about one row of a CSV file.
 *
 * What may not change: what the model's notes and the options name. Every plan is scored once more, from
 * its values as they are printed, before it is told.
 */
#include "explaining.h"
#include "frame.h"
#include "model.h"
#include "trust.h"

enum { CHANGES_DEFAULT = 3, PLANS_DEFAULT = 3 };

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

static void put_no_recourse(struct json *json, struct str sentence)
{
    json_key(json, LIT("recourse"));
    json_list_begin(json);
    json_list_end(json);
    json_key(json, LIT("recourse_note"));
    json_text(json, sentence);
}

enum candor_status put_recourse(struct job *job, struct json *json,
                                const struct explaining *explaining, const struct turning **turning)
{
    const struct candor_explain *asked = explaining->asked;
    enum recourse_move *moves;
    const enum tongue tongue = explaining->telling.tongue;
    if (explaining->model->task == TASK_CLASSES) {
        put_no_recourse(json, tell_words(tongue, TELL_NO_TURN_CLASSES));
        return CANDOR_OK;
    }
    if (!asked->has_threshold && explaining->model->task != TASK_BINARY) {
        put_no_recourse(json, tell_words(tongue, TELL_NO_TURN_THRESHOLD));
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
    struct turning *found = NEW(job->arena, struct turning);
    TRY(turning_find(job, &explaining->telling, &options, found));
    *turning = found;
    put_plans(job, json, LIT("recourse"), &explaining->telling, found);
    json_key(json, LIT("recourse_note"));
    json_text(json, found->told.proof.len == 0
                        ? found->told.lead
                        : str_format(job->arena, "%.*s %.*s", STR_ARG(found->told.lead),
                                     STR_ARG(found->told.proof)));
    json_key(json, LIT("threshold"));
    json_f64(json, options.threshold);
    json_key(json, LIT("recourse_proven"));
    json_bool(json, found->recourse.is_proven);
    return CANDOR_OK;
}
