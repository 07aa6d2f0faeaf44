/*
 * study_explain.c - why one row of a CSV file has its score.
 *
 * The contributions are the model's own tables, so they add up to the link value exactly.
 */
#include "explaining.h"

#include <math.h>

#include "frame.h"
#include "model.h"
#include "trust.h"

enum { AGAINST_MAX = 2 };

static bool has_classes(const struct explaining *explaining)
{
    return explaining->model->task == TASK_CLASSES;
}

/* ---- values -------------------------------------------------------------------------------- */

/* What stands in the table; ptr NULL: missing. */
static struct str explained_value(struct job *job, const struct explaining *explaining,
                                  size_t feature)
{
    const struct column *column =
        frame_find(explaining->table.frame, explaining->model->feature[feature].name);
    const size_t row = 0; /* the only one that was read */
    must(column != NULL); /* the model was bound to this table */
    if (column->kind != COLUMN_NUMBER) {
        const uint32_t code = column->code[row];
        return code == CODE_MISSING ? (struct str){NULL, 0} : column->level[code];
    }
    const double number = column->number[row];
    return isnan(number) ? (struct str){NULL, 0} : str_from_double(job->arena, number);
}

static bool is_protected(const struct model *model, struct str name)
{
    struct str list = model_note_of(model, STR("protected"));
    while (list.ptr != NULL) {
        if (str_equal(str_trim(str_cut(&list, ',')), name)) {
            return true;
        }
    }
    return false;
}

static struct fact fact_of(const struct explaining *explaining, size_t feature)
{
    const struct model *model = explaining->model;
    const struct str name = model->feature[feature].name;
    const struct column *column = frame_find(explaining->table.frame, name);
    struct fact fact = {.label = name, .is_exact = true, .is_unnamed = is_protected(model, name)};
    must(column != NULL); /* the model was bound to this table */
    if (column->kind != COLUMN_NUMBER && column->code[0] != CODE_MISSING) {
        fact.kind = FACT_TEXT;
        fact.text = column->level[column->code[0]];
    } else if (column->kind == COLUMN_NUMBER && !isnan(column->number[0])) {
        fact.kind = FACT_NUMBER;
        fact.number = column->number[0];
    }
    return fact;
}

/* ---- the score ----------------------------------------------------------------------------- */

/*
 * The standard deviation of a score on the scale where it is normal: the link; of a class the logit of
 * its chance, by the derivatives of the softmax, as if the classes were learnt independently.
 */
static double spread_of(const struct explaining *explaining)
{
    const size_t class = explaining->class;
    double variance = explaining->link_sd[class] * explaining->link_sd[class];
    for (size_t c = 0; has_classes(explaining) && c < explaining->model->class_count; c++) {
        if (c != class) {
            const double part = explaining->mean[c] / (1 - explaining->mean[class]);
            variance += part * part * explaining->link_sd[c] * explaining->link_sd[c];
        }
    }
    return sqrt(variance);
}

/* The score at so many standard deviations from what was found. */
static double score_at(const struct explaining *explaining, double deviations)
{
    const size_t class = explaining->class;
    const double off = deviations * spread_of(explaining);
    if (has_classes(explaining)) {
        const double chance = explaining->mean[class];
        return 1 / (1 + (1 - chance) / chance * exp(-off));
    }
    return model_mean(explaining->model, explaining->link[class] + off);
}

/* By the derivative of the score. */
static double score_sd(const struct explaining *explaining)
{
    const double score = explaining->mean[explaining->class];
    switch (explaining->model->task) {
    case TASK_BINARY:
    case TASK_CLASSES:
        return score * (1 - score) * spread_of(explaining);
    case TASK_COUNT:
    case TASK_AMOUNT:
        return score * spread_of(explaining);
    case TASK_REGRESSION:
        break;
    }
    return spread_of(explaining);
}

void put_interval(struct json *json, struct lit key, double low, double high)
{
    json_key(json, key);
    json_list_begin(json);
    json_f64(json, low);
    json_f64(json, high);
    json_list_end(json);
}

static void put_classes(struct json *json, const struct explaining *explaining)
{
    const struct model *model = explaining->model;
    json_key(json, LIT("class"));
    json_text(json, model->class_name[explaining->class]);
    json_key(json, LIT("chances"));
    json_map_begin(json);
    for (size_t c = 0; c < model->class_count; c++) {
        json_key_str(json, model->class_name[c]);
        json_f64(json, explaining->mean[c]);
    }
    json_map_end(json);
    json_key(json, LIT("links"));
    json_map_begin(json);
    for (size_t c = 0; c < model->class_count; c++) {
        json_key_str(json, model->class_name[c]);
        json_f64(json, explaining->link[c]);
    }
    json_map_end(json);
}

static void put_score(struct json *json, const struct explaining *explaining)
{
    const struct model *model = explaining->model;
    const size_t class = explaining->class;
    const double off = Z_95 * explaining->link_sd[class];
    json_key(json, LIT("row"));
    json_u64(json, explaining->asked->row);
    json_key(json, LIT("task"));
    json_text(json, str_of(task_name(model->task)));
    json_key(json, LIT("target"));
    json_text(json, model->target);
    if (model->task == TASK_BINARY) {
        json_key(json, LIT("positive"));
        json_text(json, model->positive);
    }
    json_key(json, LIT("score"));
    json_f64(json, explaining->mean[class]);
    json_key(json, LIT("score_sd"));
    json_f64(json, score_sd(explaining));
    put_interval(json, LIT("score_ci"), score_at(explaining, -Z_95), score_at(explaining, Z_95));
    json_key(json, LIT("base"));
    json_f64(json, model->class_base[class]);
    json_key(json, LIT("link"));
    json_f64(json, explaining->link[class]);
    json_key(json, LIT("link_sd"));
    json_f64(json, explaining->link_sd[class]);
    put_interval(json, LIT("link_ci"), explaining->link[class] - off,
                 explaining->link[class] + off);
    if (has_classes(explaining)) {
        put_classes(json, explaining);
    }
}

/* ---- contributions and reasons ------------------------------------------------------------- */

static void put_contributions(struct job *job, struct json *json,
                              const struct explaining *explaining)
{
    const struct model *model = explaining->model;
    json_key(json, LIT("contributions"));
    json_list_begin(json);
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        struct str shown = explained_value(job, explaining, term->feature[0]);
        if (term->feature_count == 2) {
            const struct str second = explained_value(job, explaining, term->feature[1]);
            shown = str_format(job->arena, "%.*s & %.*s", STR_ARG(shown), STR_ARG(second));
        }
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, term->name);
        json_key(json, LIT("value"));
        json_text(json, shown.ptr == NULL ? STR("") : shown);
        json_key(json, LIT("contribution"));
        json_f64(json, explaining->contribution[t]);
        json_key(json, LIT("sd"));
        json_f64(json, explaining->sd[t]);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_sentences(struct json *json, struct lit key, const struct told_reason *reason,
                          size_t count)
{
    json_key(json, key);
    json_list_begin(json);
    for (size_t s = 0; s < count; s++) {
        json_text(json, reason[s].sentence);
    }
    json_list_end(json);
}

/*
 * What the reasons are taken from. Chances of classes follow from differences of links alone, so what a
 * summand says for a class is what it adds there beyond its mean over the classes. Returns whether the
 * class is more likely than on average, before and beside all others.
 */
static bool find_weights(struct job *job, const struct explaining *explaining, double *weight)
{
    const struct model *model = explaining->model;
    const size_t class = explaining->class;
    double *own = NEW_ARRAY(job->arena, model->term_count + 1, double);
    double sum = 0;
    for (size_t t = 0; t < model->term_count; t++) {
        weight[t] = explaining->contribution[t];
    }
    for (size_t c = 0; has_classes(explaining) && c < model->class_count; c++) {
        (void)model_contributions(model, c, explaining->bin, own); /* the link is known */
        for (size_t t = 0; t < model->term_count; t++) {
            weight[t] -= own[t] / (double)model->class_count;
        }
    }
    for (size_t t = 0; t < model->term_count && has_classes(explaining); t++) {
        sum += weight[t];
    }
    return has_classes(explaining) ? sum >= 0 : explaining->link[class] >= model->class_base[class];
}

static void find_telling(struct job *job, struct explaining *explaining, bool *raising)
{
    const struct model *model = explaining->model;
    double *weight = NEW_ARRAY(job->arena, model->term_count + 1, double);
    struct fact *fact = NEW_ARRAY(job->arena, model->feature_count + 1, struct fact);
    *raising = find_weights(job, explaining, weight);
    for (size_t f = 0; f < model->feature_count; f++) {
        fact[f] = fact_of(explaining, f);
    }
    explaining->telling.model = model;
    explaining->telling.class = explaining->class;
    explaining->telling.bin = explaining->bin;
    explaining->telling.weight = weight;
    explaining->telling.sd = explaining->sd;
    explaining->telling.fact = fact;
    explaining->telling.tells_ties = true;
}

static enum candor_status put_reasons(struct job *job, struct json *json,
                                      struct explaining *explaining)
{
    const struct tell_limits limits = {CANDOR_REASONS_MAX, AGAINST_MAX};
    const struct turning *turning = NULL;
    struct told_reasons told;
    bool raising = false;
    find_telling(job, explaining, &raising);
    reasons_tell(job->arena, &explaining->telling, raising, limits, &told);
    put_sentences(json, LIT("reasons"), told.reason, told.reason_count);
    put_sentences(json, LIT("reasons_against"), told.reason + told.reason_count,
                  told.against_count);
    TRY(put_recourse(job, json, explaining, &turning));
    put_explanation(job, json, &explaining->telling, STR(""), &told, turning);
    return CANDOR_OK;
}

/* ---- one row ------------------------------------------------------------------------------- */

static enum candor_status find_class(struct job *job, struct explaining *explaining)
{
    const struct model *model = explaining->model;
    const char *name = explaining->asked->class_name;
    if (!has_classes(explaining)) {
        return name == NULL ? CANDOR_OK
                            : fail(job, CANDOR_BAD_INPUT, "--class: this model has no classes");
    }
    if (name == NULL) {
        for (size_t c = 1; c < model->class_count; c++) {
            explaining->class =
                explaining->mean[c] > explaining->mean[explaining->class] ? c : explaining->class;
        }
        return CANDOR_OK;
    }
    while (explaining->class < model->class_count &&
           !str_is(model->class_name[explaining->class], name)) {
        explaining->class ++;
    }
    return explaining->class < model->class_count
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "--class: the model has no class '%s'", name);
}

static enum candor_status score_row(struct job *job, struct explaining *explaining)
{
    const struct model *model = explaining->model;
    const size_t classes = model->class_count;
    explaining->bin = NEW_ARRAY(job->arena, model->feature_count + 1, uint8_t);
    explaining->contribution = NEW_ARRAY(job->arena, model->term_count + 1, double);
    explaining->sd = NEW_ARRAY(job->arena, model->term_count + 1, double);
    explaining->link = NEW_ARRAY(job->arena, classes, double);
    explaining->mean = NEW_ARRAY(job->arena, classes, double);
    explaining->link_sd = NEW_ARRAY(job->arena, classes, double);
    binding_bin_row(explaining->binding, 0, explaining->bin);
    for (size_t c = 0; c < classes; c++) {
        explaining->link[c] = model_score_bins(model, c, explaining->bin);
        explaining->link_sd[c] = model_score_sd(model, c, explaining->bin);
    }
    if (has_classes(explaining)) {
        model_chances(model, explaining->link, explaining->mean);
    } else {
        explaining->mean[0] = model_mean(model, explaining->link[0]);
    }
    TRY(find_class(job, explaining));
    (void)model_contributions(model, explaining->class, explaining->bin, /* the link is known */
                              explaining->contribution);
    contribution_sds(model, explaining->class, explaining->bin, explaining->sd);
    return CANDOR_OK;
}

/* The one row, and none of those around it. */
static enum candor_status read_row(struct job *job, struct explaining *explaining)
{
    const struct candor_explain *asked = explaining->asked;
    const struct table_asked reading = {{explaining->model}, NULL};
    struct table_reader *reader = NULL;
    TRY(table_open(job, asked->data_path, &reading, &reader));
    const enum candor_status status = table_skip(job, reader, asked->row);
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    TRY(table_take(job, reader, 1, &explaining->table));
    if (explaining->table.row_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "row %llu of %llu; rows count from 0",
                    (unsigned long long)asked->row, (unsigned long long)table_rows(reader));
    }
    return CANDOR_OK;
}

enum candor_status candor_explain(struct job *job, const struct candor_explain *question,
                                  struct candor_text *report)
{
    struct explaining explaining = {.asked = question};
    struct digest digest;
    bool is_signed = false;
    struct answer answer;
    TRY(tongue_asked(job, "--lang", question->language, &explaining.telling.tongue));
    TRY(study_model(job, question->model_path, &explaining.model, &digest, &is_signed));
    TRY(read_row(job, &explaining));
    TRY(during(job, model_bind(job, explaining.model, explaining.table.frame, &explaining.binding),
               "%s does not fit %s", question->data_path, question->model_path));
    TRY(score_row(job, &explaining));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_score(&answer.json, &explaining);
    put_contributions(job, &answer.json, &explaining);
    TRY(put_reasons(job, &answer.json, &explaining));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
