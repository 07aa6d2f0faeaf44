/*
 * study_recipe.c - how a model was learnt, kept in the model, so that it can be learnt again.
 *
 * The recipe is what decides about the model beside the rows: not the machine's limits (threads, memory,
 * time), and no path. Task and positive value are those that were found, so that new rows cannot change
 * what is predicted.
 */
#include "flow.h"
#include "frame.h"
#include "model.h"
#include "shapes.h"
#include "study.h"

enum { TYPES_LEN_MAX = 1 << 20 };

static const char recipe_key[] = "recipe";

/* ---- written ------------------------------------------------------------------------------- */

/* The words of the recipe, by name; the others are numbers. */
static const struct {
    const char *name;
    size_t at;
} word[] = {
    {"target", offsetof(struct candor_fit, target)},
    {"positive", offsetof(struct candor_fit, positive)},
    {"task", offsetof(struct candor_fit, task)},
    {"drop", offsetof(struct candor_fit, drop)},
    {"protect", offsetof(struct candor_fit, protect)},
    {"weight", offsetof(struct candor_fit, weight)},
    {"monotone", offsetof(struct candor_fit, monotone)},
    {"shape", offsetof(struct candor_fit, shape)},
    {"no_pair", offsetof(struct candor_fit, no_pair)},
    {"fixed", offsetof(struct candor_fit, fixed)},
    {"only_up", offsetof(struct candor_fit, only_up)},
    {"only_down", offsetof(struct candor_fit, only_down)},
};

enum { WORDS = sizeof word / sizeof word[0] };

static const char **word_of(struct candor_fit *fit, size_t index)
{
    return (const char **)(void *)((char *)fit + word[index].at);
}

static enum candor_status put_types(struct job *job, struct json *json,
                                    const struct candor_fit *fit)
{
    struct bytes text = {(const uint8_t *)fit->types, str_of(fit->types).len};
    const struct value *types = NULL;
    if (fit->types == NULL && fit->types_path == NULL) {
        return CANDOR_OK;
    }
    if (fit->types == NULL) {
        TRY(file_read(job, str_of(fit->types_path), TYPES_LEN_MAX, &text));
    }
    TRY(yaml_read(job, text, NULL, "--types", &types));
    json_key(json, LIT("types"));
    json_value(json, types);
    return CANDOR_OK;
}

enum candor_status recipe_note(struct job *job, const struct candor_fit *asked, struct model *model)
{
    struct candor_fit fit = *asked;
    struct buf buf = buf_begin(job->arena);
    struct json json;
    fit.task = task_name(model->task);
    fit.positive = model->task == TASK_BINARY ? str_z(job->arena, model->positive) : NULL;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    for (size_t i = 0; i < WORDS; i++) {
        const char *text = *word_of(&fit, i);
        if (text != NULL) {
            json_key_str(&json, str_of(word[i].name));
            json_text(&json, str_of(text));
        }
    }
    TRY(put_types(job, &json, &fit));
    json_key(&json, LIT("pairs"));
    json_u64(&json, fit.pairs);
    json_key(&json, LIT("bins"));
    json_u64(&json, fit.bins);
    json_key(&json, LIT("seed")); /* as text: not every reader of JSON keeps 64 bits */
    json_text(&json, str_format(job->arena, "%llu", (unsigned long long)fit.seed));
    json_key(&json, LIT("holdout"));
    json_f64(&json, fit.holdout);
    json_map_end(&json);
    json_end(&json);
    return model_note(job, model, str_of(recipe_key), buf_text(&buf));
}

/* ---- read ---------------------------------------------------------------------------------- */

static enum candor_status read_words(struct job *job, const struct value *recipe,
                                     struct candor_fit *fit)
{
    for (size_t i = 0; i < WORDS; i++) {
        const struct value *value = value_get(recipe, word[i].name);
        struct str text;
        *word_of(fit, i) = NULL;
        if (value == NULL) {
            continue;
        }
        TRY(value_text(job, value, word[i].name, &text));
        *word_of(fit, i) = str_z(job->arena, text);
    }
    if (fit->target == NULL || fit->task == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "there is no target, or no task");
    }
    return CANDOR_OK;
}

static enum candor_status read_unsigned(struct job *job, const struct value *recipe,
                                        const char *name, unsigned most, unsigned *number)
{
    const struct value *value = value_get(recipe, name);
    int64_t found = 0;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_int(job, value, name, &found));
    if (found < 0 || found > (int64_t)most) {
        return fail(job, CANDOR_BAD_INPUT, "%s is 0 to %u", name, most);
    }
    *number = (unsigned)found;
    return CANDOR_OK;
}

static enum candor_status read_numbers(struct job *job, const struct value *recipe,
                                       struct candor_fit *fit)
{
    const struct value *seed = value_get(recipe, "seed");
    const struct value *holdout = value_get(recipe, "holdout");
    struct str text;
    TRY(read_unsigned(job, recipe, "pairs", MODEL_PAIRS_MAX, &fit->pairs));
    TRY(read_unsigned(job, recipe, "bins", BINS_MAX - 1, &fit->bins));
    if (seed != NULL) {
        TRY(value_text(job, seed, "seed", &text));
        if (!str_to_uint64(text, &fit->seed)) {
            return fail(job, CANDOR_BAD_INPUT, "seed is no number");
        }
    }
    return holdout == NULL ? CANDOR_OK : value_number(job, holdout, "holdout", &fit->holdout);
}

static enum candor_status read_recipe(struct job *job, struct str note, struct candor_fit *fit)
{
    static const char *const known[] = {"target",  "positive", "task",  "drop",    "protect",
                                        "weight",  "monotone", "shape", "no_pair", "types",
                                        "pairs",   "bins",     "seed",  "holdout", "fixed",
                                        "only_up", "only_down"};
    const struct value *recipe = NULL;
    TRY(json_read(job, bytes_of(note), NULL, "it", &recipe));
    TRY(value_is(job, recipe, VALUE_MAP, "it"));
    TRY(value_only(job, recipe, known, sizeof known / sizeof known[0], "it"));
    TRY(read_words(job, recipe, fit));
    TRY(read_numbers(job, recipe, fit));
    const struct value *types = value_get(recipe, "types");
    if (types != NULL) {
        struct buf buf = buf_begin(job->arena);
        struct json json;
        json_begin(&json, &buf, false);
        json_value(&json, types);
        json_end(&json);
        fit->types = str_z(job->arena, buf_text(&buf));
    }
    return CANDOR_OK;
}

enum candor_status recipe_read(struct job *job, const struct model *model, struct candor_fit *fit)
{
    const struct str note = model_note_of(model, str_of(recipe_key));
    if (note.ptr == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the model holds no recipe; those that candor fit has learnt do");
    }
    return during(job, read_recipe(job, note, fit), "the model's recipe");
}

/* ---- the command --------------------------------------------------------------------------- */

static bool has_feature(const struct model *model, struct str name)
{
    for (size_t f = 0; f < model->feature_count; f++) {
        if (str_equal(model->feature[f].name, name)) {
            return true;
        }
    }
    return false;
}

/* No feature comes or goes in silence. */
static void put_missing(struct job *job, struct json *json, const struct model *one,
                        const struct model *other, const char *words)
{
    for (size_t f = 0; f < one->feature_count; f++) {
        const struct str name = one->feature[f].name;
        if (!has_feature(other, name)) {
            json_text(json, str_format(job->arena, "'%.*s' %s.", STR_ARG(name), words));
        }
    }
}

static void put_warnings(struct job *job, struct json *json, const struct model *before,
                         const struct model *after)
{
    size_t edits = 0;
    for (size_t n = 0; n < before->note_count; n++) {
        edits += str_starts(before->note[n].key, STR("edit."));
    }
    json_key(json, LIT("warnings"));
    json_list_begin(json);
    json_text(json, STR("The comparison is fair only if the model before has not learnt from the "
                        "rows that are held out now."));
    if (edits > 0) {
        json_text(json,
                  str_format(job->arena,
                             "The model before was edited by a person (%zu %s); edits are not "
                             "learnt again: see its notes.",
                             edits, edits == 1 ? "edit" : "edits"));
    }
    put_missing(job, json, before, after, "was a feature before, and the new rows do not have it");
    put_missing(job, json, after, before, "is a new feature, which the model before did not know");
    json_list_end(json);
}

static enum candor_status compare_after(struct job *job, const struct candor_retrain *asked,
                                        const struct candor_fit *fit, struct json *json)
{
    const bool has_rows = fit->split_path != NULL || fit->holdout > 0;
    const struct candor_compare question = {
        .first_path = asked->model_path,
        .second_path = asked->out_path,
        .data_path = has_rows ? asked->data_path : NULL,
        .target = has_rows ? fit->target : NULL,
    };
    return during(job, compare_report(job, &question, has_rows ? fit : NULL, json),
                  "'%s' is learnt and written, but cannot be compared", asked->out_path);
}

enum candor_status candor_retrain(struct job *job, const struct candor_retrain *asked,
                                  struct candor_text *report)
{
    struct candor_fit fit = {
        .data_path = asked->data_path,
        .split_path = asked->split_path,
        .out_path = asked->out_path,
        .threads = asked->threads,
    };
    struct model *before = NULL;
    struct model *after = NULL;
    struct digest digest;
    bool is_signed = false;
    struct answer answer;
    TRY(paths_differ(job, asked->out_path, asked->model_path));
    TRY(study_model(job, asked->model_path, &before, &digest, &is_signed));
    TRY(during(job, recipe_read(job, before, &fit), "%s", asked->model_path));
    if (fit.split_path != NULL) {
        fit.holdout = 0;
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("fit"));
    TRY(fit_report(job, &fit, &answer.json));
    json_key(&answer.json, LIT("compare"));
    TRY(compare_after(job, asked, &fit, &answer.json));
    TRY(study_model(job, asked->out_path, &after, &digest, &is_signed));
    put_warnings(job, &answer.json, before, after);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
