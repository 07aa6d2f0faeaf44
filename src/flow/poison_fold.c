/*
 * poison_fold.c - the chance of each row by a model that has not seen it.
 */
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "poisoned.h"

/* Rows with a role: learnt from, scored, or neither. */
enum { LEARN = 1, SCORE = 2 };

/* The rows of a role, as a table of their own. Features of sources are left out. */
static enum candor_status part_of(struct job *job, const struct poison_fold *fold, uint8_t role,
                                  struct binned *part)
{
    const struct binned *all = fold->all;
    struct model_feature *feature = NULL;
    const uint8_t **bin = NULL;
    TRY_ALLOC(job, feature, all->feature_count + 1, struct model_feature);
    TRY_ALLOC(job, bin, all->feature_count + 1, const uint8_t *);
    *part = (struct binned){.feature = feature, .bin = bin};
    for (size_t row = 0; row < all->row_count; row++) {
        part->row_count += fold->role[row] == role;
    }
    for (size_t f = 0; f < all->feature_count; f++) {
        uint8_t *taken = NULL;
        size_t at = 0;
        if (fold->look->is_source != NULL && fold->look->is_source[f]) {
            continue;
        }
        TRY_ALLOC(job, taken, part->row_count + 1, uint8_t);
        for (size_t row = 0; row < all->row_count; row++) {
            if (fold->role[row] == role) {
                taken[at++] = all->bin[f][row];
            }
        }
        feature[part->feature_count] = all->feature[f];
        bin[part->feature_count++] = taken;
    }
    return CANDOR_OK;
}

static enum candor_status target_of(struct job *job, const struct poison_fold *fold, size_t count,
                                    struct target *target)
{
    double *value = NULL;
    size_t at = 0;
    TRY_ALLOC(job, value, count + 1, double);
    for (size_t row = 0; row < fold->all->row_count; row++) {
        if (fold->role[row] == LEARN) {
            value[at++] = fold->label[row];
        }
    }
    *target = (struct target){.task = TASK_BINARY,
                              .name = STR("label"),
                              .positive = STR("1"),
                              .negative = STR("0"),
                              .class_count = 1,
                              .value = value};
    return CANDOR_OK;
}

/*
 * Each row twice, once with its label and once with the other one, by the chances of either: what is learnt is
 * the label that was true. One step of expectation and maximisation.
 */
static enum candor_status double_rows(struct job *job, const struct poison_fold *fold,
                                      struct binned *learnt, struct target *target, double **weight)
{
    const size_t count = learnt->row_count;
    double *value = NULL;
    const uint8_t **bin = NULL;
    size_t at = 0;
    TRY_ALLOC(job, *weight, 2 * count + 1, double);
    TRY_ALLOC(job, value, 2 * count + 1, double);
    TRY_ALLOC(job, bin, learnt->feature_count + 1, const uint8_t *);
    for (size_t f = 0; f < learnt->feature_count; f++) {
        uint8_t *twice = NULL;
        TRY_ALLOC(job, twice, 2 * count + 1, uint8_t);
        bytes_copy(twice, learnt->bin[f], count);
        bytes_copy(twice + count, learnt->bin[f], count);
        bin[f] = twice;
    }
    for (size_t row = 0; row < fold->all->row_count; row++) {
        if (fold->role[row] == LEARN) {
            value[at] = fold->label[row];
            value[at + count] = 1 - fold->label[row];
            (*weight)[at] = 1 - fold->turned[row];
            (*weight)[at + count] = fold->turned[row];
            at++;
        }
    }
    learnt->bin = bin;
    learnt->row_count = 2 * count;
    target->value = value;
    return CANDOR_OK;
}

/* Learn from some rows and fill the chance of the others. */
static enum candor_status learn_and_score(struct job *job, const struct poison_fold *fold,
                                          double *chance)
{
    struct binned learnt;
    struct binned scored;
    struct target target;
    struct model *model = NULL;
    const struct scorer *scorer = NULL;
    double *link = NULL;
    size_t at = 0;
    TRY(part_of(job, fold, LEARN, &learnt));
    TRY(part_of(job, fold, SCORE, &scored));
    TRY(target_of(job, fold, learnt.row_count, &target));
    double *weight = NULL;
    if (fold->turned != NULL) {
        TRY(double_rows(job, fold, &learnt, &target, &weight));
    }
    const struct fit_options options = {
        .seed = 1, .threads = fold->look->threads, .pairs_max = fold->pairs, .weight = weight};
    TRY(fit_binned(job, &learnt, &target, &options, &model));
    TRY(scorer_of(job, model, &scorer));
    TRY_ALLOC(job, link, scored.row_count + 1, double);
    scorer_links(scorer, 0, scored.bin, scored.row_count, link);
    model_means(model, link, scored.row_count, link);
    for (size_t row = 0; row < fold->all->row_count; row++) {
        if (fold->role[row] == SCORE) {
            chance[row] = link[at++];
        }
    }
    return CANDOR_OK;
}

/* Each row is in one of the folds; each fold has as many rows of each label, give or take one. */
enum candor_status fold_out(struct job *job, struct poison_fold *fold, size_t folds, double *chance)
{
    const size_t rows = fold->look->data.binned->row_count;
    for (size_t f = 0; f < folds; f++) {
        const struct arena_mark mark = arena_mark(job->arena);
        size_t seen[2] = {0, 0};
        for (size_t row = 0; row < fold->all->row_count; row++) {
            size_t *count = &seen[fold->label[row] > 0];
            fold->role[row] = row >= rows ? 0 : *count % POISON_FOLDS == f ? SCORE : LEARN;
            (*count)++;
        }
        job_say_progress(job, "learning without a fifth of the rows", f + 1, folds);
        TRY(learn_and_score(job, fold, chance));
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

enum candor_status fold_by_reference(struct job *job, struct poison_fold *fold, double *chance)
{
    const size_t rows = fold->look->data.binned->row_count;
    const struct arena_mark mark = arena_mark(job->arena);
    for (size_t row = 0; row < fold->all->row_count; row++) {
        fold->role[row] = row < rows ? SCORE : LEARN;
    }
    TRY(learn_and_score(job, fold, chance));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
