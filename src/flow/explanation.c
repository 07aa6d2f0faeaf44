/*
 * explanation.c - an explanation as JSON: reasons that add up to the score, the cells of each, and what would
 * have turned it.
 *
 *     base + sum of all "contribution" of reasons, against, rest and unnamed = link
 *     a reason's contribution = sum of its cells' contributions
 */
#include "explanation.h"

#include <math.h>

#include "model.h"

enum candor_status tongue_asked(struct job *job, const char *option, const char *language,
                                enum tongue *tongue)
{
    *tongue = TONGUE_EN;
    return language == NULL || tongue_find(str_of(language), tongue)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s: explanations are told in en, de, fr, es and it",
                      option);
}

/* ---- what would have turned it ------------------------------------------------------------- */

enum candor_status turning_find(struct job *job, const struct telling *telling,
                                const struct recourse_options *options, struct turning *turning)
{
    turning->options = *options;
    TRY(recourse_find(job, telling->model, options, telling->bin, &turning->recourse));
    turning_tell(job->arena, telling, options, &turning->recourse, &turning->told);
    must(turning_holds(job->arena, telling, options, &turning->recourse, &turning->told));
    return CANDOR_OK;
}

static struct str plain_text(struct arena *arena, const struct raw_value *value)
{
    return value->text.ptr != NULL ? value->text : str_from_double(arena, value->number);
}

static void put_from(struct job *job, struct json *json, const struct fact *fact)
{
    json_key(json, LIT("from"));
    switch (fact->kind) {
    case FACT_UNKNOWN:
        json_null(json);
        return;
    case FACT_TEXT:
        json_text(json, fact->text);
        return;
    case FACT_DATE:
        json_text(json, str_from_date(job->arena, fact->time));
        return;
    case FACT_NUMBER:
    case FACT_TRUTH:
        json_text(json, str_from_double(job->arena, fact->number));
        return;
    }
}

static void put_plan(struct job *job, struct json *json, const struct telling *telling,
                     const struct recourse_plan *plan, const struct told_plan *told)
{
    const struct model *model = telling->model;
    uint8_t *bin = NEW_ARRAY(job->arena, model->feature_count + 1, uint8_t);
    bytes_copy(bin, telling->bin, model->feature_count);
    json_map_begin(json);
    json_key(json, LIT("sentence"));
    json_text(json, told->sentence);
    json_key(json, LIT("changes"));
    json_list_begin(json);
    for (size_t c = 0; c < told->change_count; c++) {
        const struct told_change *change = &told->change[c];
        bin[change->feature] = plan->bin[c];
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, model->feature[change->feature].name);
        put_from(job, json, &telling->fact[change->feature]);
        json_key(json, LIT("to"));
        json_text(json, plain_text(job->arena, &change->to));
        json_map_end(json);
    }
    json_list_end(json);
    const double link = model_score_bins(model, 0, bin);
    const double off = Z_95 * model_score_sd(model, 0, bin);
    must(link == plan->link);
    json_key(json, LIT("score"));
    json_f64(json, plan->score);
    put_interval(json, LIT("score_ci"), model_mean(model, link - off),
                 model_mean(model, link + off));
    json_key(json, LIT("cost"));
    json_f64(json, plan->cost);
    json_map_end(json);
}

void put_plans(struct job *job, struct json *json, struct lit key, const struct telling *telling,
               const struct turning *turning)
{
    json_key(json, key);
    json_list_begin(json);
    for (size_t p = 0; p < turning->told.plan_count; p++) {
        put_plan(job, json, telling, &turning->recourse.plan[p], &turning->told.plan[p]);
    }
    json_list_end(json);
}

static void put_turning(struct job *job, struct json *json, const struct telling *telling,
                        const struct turning *turning)
{
    json_key(json, LIT("turning"));
    if (turning == NULL) {
        json_null(json);
        return;
    }
    json_map_begin(json);
    json_key(json, LIT("threshold"));
    json_f64(json, turning->options.threshold);
    json_key(json, LIT("proven"));
    json_bool(json, turning->recourse.is_proven);
    json_key(json, LIT("sentence"));
    json_text(json, turning->told.lead);
    put_text_or_null(json, LIT("proof"), turning->told.proof);
    put_plans(job, json, LIT("plans"), telling, turning);
    json_map_end(json);
}

/* ---- reasons ------------------------------------------------------------------------------- */

static void put_cells(struct job *job, struct json *json, const struct telling *telling,
                      const struct told_reason *reason)
{
    json_key(json, LIT("cells"));
    json_list_begin(json);
    for (size_t c = 0; c < reason->cell_count; c++) {
        const struct told_cell *cell = &reason->cell[c];
        const struct term *term = &telling->model->term[cell->term];
        json_map_begin(json);
        json_key(json, LIT("table"));
        json_text(json, term->name);
        json_key(json, LIT("cell"));
        json_u64(json, cell->cell);
        json_key(json, LIT("holds"));
        json_text(json, cell_label(job->arena, telling->model, term, cell->cell));
        json_key(json, LIT("part"));
        json_f64(json, cell->part);
        json_key(json, LIT("contribution"));
        json_f64(json, cell->contribution);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_reason(struct job *job, struct json *json, const struct telling *telling,
                       const struct told_reason *reason)
{
    json_map_begin(json);
    json_key(json, LIT("sentence"));
    json_text(json, reason->sentence);
    json_key(json, LIT("columns"));
    json_list_begin(json);
    for (size_t f = 0; f < reason->feature_count; f++) {
        json_text(json, telling->model->feature[reason->feature[f]].name);
    }
    json_list_end(json);
    json_key(json, LIT("contribution"));
    json_f64(json, reason->contribution);
    json_key(json, LIT("shown"));
    json_text(json, tell_signed(job->arena, telling->tongue, reason->contribution));
    json_key(json, LIT("sd"));
    json_f64(json, reason->sd);
    json_key(json, LIT("about_equal"));
    json_bool(json, reason->is_tie);
    put_cells(job, json, telling, reason);
    json_map_end(json);
}

static void put_remainder(struct json *json, struct lit key, struct str sentence, size_t count,
                          double contribution)
{
    json_key(json, key);
    if (sentence.len == 0) {
        json_null(json);
        return;
    }
    json_map_begin(json);
    json_key(json, LIT("sentence"));
    json_text(json, sentence);
    json_key(json, LIT("count"));
    json_u64(json, count);
    json_key(json, LIT("contribution"));
    json_f64(json, contribution);
    json_map_end(json);
}

static void put_reasons(struct job *job, struct json *json, struct lit key,
                        const struct telling *telling, const struct told_reason *reason,
                        size_t count)
{
    json_key(json, key);
    json_list_begin(json);
    for (size_t r = 0; r < count; r++) {
        put_reason(job, json, telling, &reason[r]);
    }
    json_list_end(json);
}

static void put_head(struct json *json, enum tongue tongue, struct str decision)
{
    json_key(json, LIT("explanation"));
    json_map_begin(json);
    json_key(json, LIT("language"));
    json_text(json, str_of(tongue_name(tongue)));
    put_text_or_null(json, LIT("decision"), decision);
}

static void put_heading(struct json *json, struct lit key, enum tongue tongue, enum tell words)
{
    json_key(json, key);
    json_text(json, tell_words(tongue, words));
}

static void put_headings(struct json *json, enum tongue tongue)
{
    json_key(json, LIT("headings"));
    json_map_begin(json);
    put_heading(json, LIT("reasons"), tongue, TELL_HEAD_REASONS);
    put_heading(json, LIT("against"), tongue, TELL_HEAD_AGAINST);
    put_heading(json, LIT("turning"), tongue, TELL_HEAD_TURNING);
    json_map_end(json);
}

void put_explanation_of_code(struct json *json, enum tongue tongue, struct str decision)
{
    put_head(json, tongue, decision);
    json_map_end(json);
}

void put_explanation(struct job *job, struct json *json, const struct telling *telling,
                     struct str decision, const struct told_reasons *told,
                     const struct turning *turning)
{
    put_head(json, telling->tongue, decision);
    put_headings(json, telling->tongue);
    put_reasons(job, json, LIT("reasons"), telling, told->reason, told->reason_count);
    put_reasons(job, json, LIT("against"), telling, told->reason + told->reason_count,
                told->against_count);
    put_remainder(json, LIT("rest"), told->rest_text, told->rest_count, told->rest);
    put_remainder(json, LIT("unnamed"), told->unnamed_text, 1, told->unnamed);
    json_key(json, LIT("sum"));
    json_f64(json, told->sum);
    json_key(json, LIT("baseline"));
    json_text(json, told->typical);
    put_text_or_null(json, LIT("score"), told->score);
    json_key(json, LIT("limits"));
    json_text(json, told->limits);
    put_turning(job, json, telling, turning);
    json_map_end(json);
}
