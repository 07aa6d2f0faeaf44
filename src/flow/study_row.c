/*
 * study_row.c - a model held open, and one row at a time.
 *
 * The model owns an arena; after it is open nothing is written, so threads share it freely.
 */
#include <assert.h>

#include "flow.h"
#include "frame.h"
#include "model.h"
#include "study.h"

struct candor_model {
    struct arena *arena;
    const struct model *model;
    const struct scorer *scorer;
    struct candor_model_facts facts;
};

static_assert((int)CANDOR_BINARY == (int)TASK_BINARY, "the same numbers inside and outside");
static_assert((int)CANDOR_REGRESSION == (int)TASK_REGRESSION, "the same");
static_assert((int)CANDOR_COUNT == (int)TASK_COUNT, "the same");
static_assert((int)CANDOR_AMOUNT == (int)TASK_AMOUNT, "the same");
static_assert((int)CANDOR_CLASSES == (int)TASK_CLASSES, "the same");
static_assert((int)CANDOR_NUMBER == (int)COLUMN_NUMBER, "the same");
static_assert((int)CANDOR_CATEGORY == (int)COLUMN_CATEGORY, "the same");
static_assert((int)CANDOR_ORDINAL == (int)COLUMN_ORDINAL, "the same");

static const struct candor_feature *features_of(struct arena *arena, const struct model *model)
{
    struct candor_feature *feature =
        NEW_ARRAY(arena, model->feature_count + 1, struct candor_feature);
    for (size_t i = 0; i < model->feature_count; i++) {
        feature[i].name = str_z(arena, model->feature[i].name);
        feature[i].kind = (enum candor_feature_kind)model->feature[i].kind;
    }
    return feature;
}

static const struct candor_term *terms_of(struct arena *arena, const struct model *model)
{
    struct candor_term *term = NEW_ARRAY(arena, model->term_count + 1, struct candor_term);
    for (size_t t = 0; t < model->term_count; t++) {
        term[t].name = str_z(arena, model->term[t].name);
        term[t].feature_count = model->term[t].feature_count;
        bytes_copy(term[t].feature, model->term[t].feature, sizeof term[t].feature);
    }
    return term;
}

static const char *const *classes_of(struct arena *arena, const struct model *model)
{
    if (model->task != TASK_CLASSES) {
        return NULL;
    }
    const char **name = NEW_ARRAY(arena, model->class_count, const char *);
    for (size_t c = 0; c < model->class_count; c++) {
        name[c] = str_z(arena, model->class_name[c]);
    }
    return name;
}

static struct candor_model_facts facts_of(struct arena *arena, const struct model *model)
{
    return (struct candor_model_facts){
        .task = (enum candor_task)model->task,
        .target = str_z(arena, model->target),
        .positive = str_z(arena, model->positive),
        .feature_count = model->feature_count,
        .feature = features_of(arena, model),
        .term_count = model->term_count,
        .term = terms_of(arena, model),
        .class_count = model->class_count,
        .class_name = classes_of(arena, model),
        .base = model->class_base,
    };
}

static enum candor_status open_into(struct job *job, const char *path, struct candor_model *made)
{
    struct model *model = NULL;
    struct digest digest;
    bool is_signed = false;
    TRY(study_model(job, path, &model, &digest, &is_signed));
    TRY(scorer_of(job, model, &made->scorer));
    made->model = model;
    made->facts = facts_of(job->arena, model);
    return CANDOR_OK;
}

enum candor_status candor_model_open(struct job *job, const char *path, struct candor_model **model)
{
    /* The job, but with memory that outlives it. */
    struct arena *arena = arena_begin();
    struct arena *memory_of_job = job->arena;
    struct candor_model *made = NEW(arena, struct candor_model);
    made->arena = arena;
    job->arena = arena;
    const enum candor_status status = open_into(job, path, made);
    job->arena = memory_of_job;
    if (status != CANDOR_OK) {
        arena_end(arena);
        return status;
    }
    *model = made;
    return CANDOR_OK;
}

void candor_model_close(struct candor_model *model)
{
    if (model != NULL) {
        arena_end(model->arena);
    }
}

const struct candor_model_facts *candor_model_facts(const struct candor_model *model)
{
    return &model->facts;
}

/* ---- scoring ---- */

static void find_cells(const struct candor_model *open, const struct candor_value *value,
                       uint32_t *cell)
{
    struct raw_value raw[MODEL_FEATURES_MAX];
    uint8_t bin[MODEL_FEATURES_MAX];
    for (size_t i = 0; i < open->model->feature_count; i++) {
        raw[i] = (struct raw_value){value[i].number, {value[i].text, value[i].text_len}};
    }
    scorer_bin_row(open->scorer, raw, bin);
    scorer_cells(open->scorer, bin, cell);
}

void candor_model_score_row(const struct candor_model *open, const struct candor_value *value,
                            const struct candor_row_score *row)
{
    const struct model *model = open->model;
    uint32_t cell[MODEL_TERMS_MAX];
    double not_wanted[MODEL_TERMS_MAX];
    double link[CLASSES_MAX];
    must(model->class_count > 0);
    find_cells(open, value, cell);
    for (size_t c = 0; c < model->class_count; c++) {
        double *contribution =
            row->contribution == NULL ? not_wanted : row->contribution + c * model->term_count;
        link[c] = scorer_contributions(open->scorer, c, cell, contribution);
        if (row->link_sd != NULL) {
            row->link_sd[c] = scorer_sd(open->scorer, c, cell);
        }
    }
    if (row->link != NULL) {
        bytes_copy(row->link, link, model->class_count * sizeof *link);
    }
    if (row->score != NULL && model->task == TASK_CLASSES) {
        model_chances(model, link, row->score);
    } else if (row->score != NULL) {
        row->score[0] = model_mean(model, link[0]);
    }
}
