/*
 * study_rules.c - a model as a few if-then rules, read from the rows of a CSV file.
 *
 * Where the file has the target's column the rules are judged by what happened, else by the model.
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"
#include "trust.h"

enum { RULES_DEFAULT = 10, CONDITIONS_DEFAULT = 3 };

struct asking {
    struct model *model;
    struct table table;
    struct rules_data data;
    struct rules rules;
};

/* ---- telling ------------------------------------------------------------------------------- */

static void put_levels(struct json *json, const struct condition_words *words)
{
    json_list_begin(json);
    for (size_t l = 0; l < words->level_count; l++) {
        json_text(json, words->level[l]);
    }
    json_list_end(json);
}

static void put_operand(struct json *json, const struct condition_words *words)
{
    switch (words->operator) {
    case CONDITION_AT_LEAST:
        json_f64(json, words->low);
        break;
    case CONDITION_AT_MOST:
    case CONDITION_BELOW:
        json_f64(json, words->high);
        break;
    case CONDITION_BETWEEN:
    case CONDITION_FROM_TO:
        json_list_begin(json);
        json_f64(json, words->low);
        json_f64(json, words->high);
        json_list_end(json);
        break;
    case CONDITION_IS:
    case CONDITION_IS_NOT:
        if (words->is_number) {
            json_f64(json, words->low);
        } else {
            json_text(json, words->level[0]);
        }
        break;
    case CONDITION_IN:
    case CONDITION_NOT_IN:
        put_levels(json, words);
        break;
    case CONDITION_MISSING:
    case CONDITION_KNOWN:
        json_null(json);
        break;
    }
}

static struct str percent(struct job *job, double share)
{
    return str_format(job->arena, "%.*f %%", share < 0.0995 || share > 0.9005 ? 1 : 0, 100 * share);
}

/* "then Churn = Yes" and how often that is true. */
static void put_conclusion(struct job *job, struct buf *text, const struct asking *asking,
                           const struct rule *rule)
{
    const struct model *model = asking->model;
    const struct str outcome = rule_outcome(job->arena, model, rule->outcome);
    const struct str share = percent(job, rule->support);
    if (model->task == TASK_BINARY || model->task == TASK_CLASSES) {
        const struct str right = percent(job, rule->precision);
        buf_format(text,
                   "%.*s = %.*s (true of %.*s of these rows, %.2f times as often as in all; "
                   "they are %.*s of all rows)",
                   STR_ARG(model->target), STR_ARG(outcome), STR_ARG(right), rule->lift,
                   STR_ARG(share));
        return;
    }
    buf_format(text, "%.*s is %.*s: %.6g by the model", STR_ARG(model->target), STR_ARG(outcome),
               rule->score);
    if (!isnan(rule->observed)) {
        buf_format(text, ", %.6g in fact", rule->observed);
    }
    buf_format(text, " (%.*s of all rows)", STR_ARG(share));
}

static struct str whole_rule(struct job *job, const struct asking *asking, const struct rule *rule,
                             const struct condition_words *words)
{
    struct buf text = buf_begin(job->arena);
    for (size_t c = 0; c < rule->condition_count; c++) {
        const struct str name = asking->model->feature[rule->condition[c].feature].name;
        buf_lit(&text, c == 0 ? LIT("If ") : LIT(" and "));
        buf_str(&text, condition_text(job->arena, name, &words[c]));
    }
    buf_lit(&text, rule->condition_count == 0 ? LIT("Always ") : LIT(", then "));
    put_conclusion(job, &text, asking, rule);
    return buf_text(&text);
}

static void put_conditions(struct json *json, const struct asking *asking, const struct rule *rule,
                           const struct condition_words *words)
{
    json_key(json, LIT("conditions"));
    json_list_begin(json);
    for (size_t c = 0; c < rule->condition_count; c++) {
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, asking->model->feature[rule->condition[c].feature].name);
        json_key(json, LIT("operator"));
        json_text(json, str_of(condition_operator_name(words[c].operator)));
        json_key(json, LIT("value"));
        put_operand(json, &words[c]);
        if (words[c].or_missing) {
            json_key(json, LIT("or_missing"));
            json_bool(json, true);
        }
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_rule(struct job *job, struct json *json, const struct asking *asking,
                     const struct rule *rule)
{
    struct condition_words words[RULE_CONDITIONS_MAX];
    for (size_t c = 0; c < rule->condition_count; c++) {
        const struct str name = asking->model->feature[rule->condition[c].feature].name;
        words[c] = condition_words(job->arena, asking->model, &asking->rules, &rule->condition[c],
                                   frame_find(asking->table.frame, name), asking->table.row_count);
    }
    json_map_begin(json);
    put_conditions(json, asking, rule, words);
    json_key(json, LIT("text"));
    json_text(json, whole_rule(job, asking, rule, words));
    json_key(json, LIT("prediction"));
    json_text(json, rule_outcome(job->arena, asking->model, rule->outcome));
    json_key(json, LIT("rows"));
    json_u64(json, rule->rows);
    json_key(json, LIT("support"));
    json_f64(json, rule->support);
    json_key(json, LIT("precision"));
    json_f64(json, rule->precision);
    json_key(json, LIT("precision_ci"));
    json_list_begin(json);
    json_f64(json, rule->precision_interval.low);
    json_f64(json, rule->precision_interval.high);
    json_list_end(json);
    json_key(json, LIT("lift"));
    json_f64(json, rule->lift);
    json_key(json, LIT("score"));
    json_f64(json, rule->score);
    json_key(json, LIT("observed"));
    json_f64(json, rule->observed);
    json_map_end(json);
}

static void put_rules(struct job *job, struct json *json, const struct asking *asking)
{
    const struct rules *rules = &asking->rules;
    json_map_begin(json);
    json_key(json, LIT("target"));
    json_text(json, asking->model->target);
    json_key(json, LIT("rows"));
    json_u64(json, asking->table.row_count);
    json_key(json, LIT("precision_by"));
    json_text(json, rules->by_label ? STR("label") : STR("model"));
    if (asking->model->task != TASK_BINARY && asking->model->task != TASK_CLASSES) {
        json_key(json, LIT("middle"));
        json_f64(json, rules->middle);
    }
    json_key(json, LIT("rules"));
    json_list_begin(json);
    for (size_t r = 0; r < rules->rule_count; r++) {
        put_rule(job, json, asking, &rules->rule[r]);
    }
    json_list_end(json);
    json_key(json, LIT("fidelity"));
    json_map_begin(json);
    json_key(json, LIT("agreement"));
    json_f64(json, rules->fidelity.agreement);
    json_key(json, LIT("always_the_same"));
    json_f64(json, rules->fidelity.always_the_same);
    json_key(json, LIT("r2"));
    json_f64(json, rules->fidelity.r2);
    json_key(json, LIT("accuracy"));
    json_f64(json, rules->fidelity.accuracy);
    json_map_end(json);
    json_map_end(json);
}

/* ---- asking -------------------------------------------------------------------------------- */

/* The bins, link values and predictions of all rows. */
static enum candor_status ask_model(struct job *job, struct asking *asking,
                                    const struct binding *binding)
{
    const struct model *model = asking->model;
    const size_t rows = asking->table.row_count;
    uint8_t *bin;
    double *link;
    double *mean;
    TRY_ALLOC(job, bin, size_mul(rows, model->feature_count), uint8_t);
    TRY_ALLOC(job, link, size_mul(rows, model->class_count), double);
    TRY_ALLOC(job, mean, size_mul(rows, model->class_count), double);
    binding_bin(binding, 0, bin);
    binding_score(binding, 0, link, mean);
    asking->data = (struct rules_data){.row_count = rows, .bin = bin, .link = link, .mean = mean};
    return study_labels(job, model, &asking->table, &asking->data.label);
}

enum candor_status candor_rules(struct job *job, const struct candor_rules *question,
                                struct candor_text *report)
{
    struct asking asking = {.model = NULL};
    struct digest digest;
    bool is_signed = false;
    struct binding *binding = NULL;
    struct answer answer;
    const struct rules_options options = {question->rules == 0 ? RULES_DEFAULT : question->rules,
                                          question->conditions == 0 ? CONDITIONS_DEFAULT
                                                                    : question->conditions};
    TRY(study_model(job, question->model_path, &asking.model, &digest, &is_signed));
    const struct table_asked asked = {{asking.model}, str_z(job->arena, asking.model->target)};
    TRY(table_read(job, question->data_path, &asked, &asking.table));
    TRY(during(job, model_bind(job, asking.model, asking.table.frame, &binding),
               "%s does not fit %s", question->data_path, question->model_path));
    TRY(ask_model(job, &asking, binding));
    TRY(rules_find(job, asking.model, &asking.data, &options, &asking.rules));
    answer_begin(job, &answer);
    put_rules(job, &answer.json, &asking);
    answer_end(&answer, report);
    return CANDOR_OK;
}
