/*
 * classes.c - one of several: a score for each class, chances by softmax.
 *
 * Given the scores of all other classes, whether a row is of class k is a binary question whose log odds
 * are the score of k minus a number that is known:
 *
 *     P(k) = e^s_k / (e^s_k + sum over j != k of e^s_j) = logistic(s_k - log sum over j != k of e^s_j)
 *
 * So the classes take turns, each a binary fit with that offset: block coordinate descent on the
 * penalised likelihood of all classes, with the smoothing of each term of each class chosen as for a
 * binary target. A score of its own for every class leaves the common level open; the penalties close
 * it.
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

enum { TURNS = 3, FIRST_SMOOTHINGS = 20, LATER_SMOOTHINGS = 4 };

struct classes {
    size_t count;
    size_t row_count;
    const double *class_of; /* of each row */
    struct fitting *fit;    /* one for each class */
    double **score;         /* score[class][row], pairs included */
    double **pair_score;    /* what the pairs add, or NULL: no pairs yet */
    double *offset;         /* of the class whose turn it is */
    double *is_here;        /* 1 where the row is of that class */
};

/* offset = -log of the sum of e^score over the other classes. */
static void fill_offset(const struct classes *classes, size_t here)
{
    for (size_t row = 0; row < classes->row_count; row++) {
        double most = -HUGE_VAL;
        double sum = 0;
        for (size_t k = 0; k < classes->count; k++) {
            most = k == here ? most : fmax(most, classes->score[k][row]);
        }
        for (size_t k = 0; k < classes->count; k++) {
            sum += k == here ? 0 : exp_of(classes->score[k][row] - most);
        }
        classes->offset[row] = -(most + log_of(sum));
        classes->is_here[row] = classes->class_of[row] == (double)here;
    }
}

static void keep_scores(const struct classes *classes, size_t here)
{
    struct fitting *fit = &classes->fit[here];
    const struct scorer scorer = {&fit->design, fit->newton.intercept, fit->newton.unknown};
    struct rows rows = fit->rows;
    rows.offset = NULL;
    rows_scores(&rows, &scorer, classes->score[here]);
    for (size_t row = 0; row < classes->row_count && classes->pair_score != NULL; row++) {
        classes->score[here][row] += classes->pair_score[here][row];
    }
}

static enum candor_status begin_class(struct job *job, const struct fitting *shared,
                                      const struct classes *classes, size_t here)
{
    struct fitting *fit = &classes->fit[here];
    *fit = *shared;
    TRY(design_of_features(job, fit->feature, fit->feature_count, fit->bin, fit->is_idle,
                           fit->rows.row_count, &fit->design));
    TRY(hold_shapes(job, fit));
    fit->newton.design = &fit->design;
    fit->newton.rows = &fit->rows;
    fit->newton.doing = "fitting classes";
    fit->newton.deadline = shared->deadline.ticks_ns == NULL ? NULL : &fit->deadline;
    fit->newton.is_wide = design_is_wide(&fit->design, fit->row_count);
    TRY_ALLOC(job, fit->newton.unknown, fit->design.cell_count + 1, double);

    int64_t sum[2] = {0, 0};
    for (size_t row = 0; row < classes->row_count; row++) {
        const double weight = shared->rows.weight == NULL ? 1 : shared->rows.weight[row];
        sum[classes->class_of[row] == (double)here] += llrint(weight * 0x1p20);
    }
    TRY(reduce_add(job, shared->rows.reducer, sum, 2));
    if (sum[1] == 0) {
        return fail(job, CANDOR_BAD_INPUT, "one class of the target has no row to learn from");
    }
    fit->newton.intercept = log_of((double)sum[1] / (double)(sum[0] + sum[1]));
    for (size_t row = 0; row < classes->row_count; row++) {
        classes->score[here][row] = fit->newton.intercept;
    }
    return CANDOR_OK;
}

static enum candor_status take_turn(struct job *job, const struct classes *classes, size_t here,
                                    unsigned turn)
{
    struct fitting *fit = &classes->fit[here];
    fill_offset(classes, here);
    for (size_t row = 0; row < classes->row_count && classes->pair_score != NULL; row++) {
        classes->offset[row] += classes->pair_score[here][row];
    }
    fit->rows.task = TASK_BINARY;
    fit->rows.target = classes->is_here;
    fit->rows.offset = classes->offset;
    fit->newton.smoothings_max = turn == 0 ? FIRST_SMOOTHINGS : LATER_SMOOTHINGS;
    TRY(rows_begin(job, &fit->rows));
    const uint32_t rounds = fit->newton.rounds;
    TRY(newton_fit(job, &fit->newton));
    fit->newton.rounds += rounds;
    keep_scores(classes, here);
    return CANDOR_OK;
}

/* ---- pairs ---- */

/* The pairs of one class, ready to be screened or fitted: its log odds are the score so far. */
static enum candor_status ready_pairs(struct job *job, const struct classes *classes, size_t here,
                                      struct pairs_input *input)
{
    struct fitting *fit = &classes->fit[here];
    struct rows_total total;
    fill_offset(classes, here);
    for (size_t row = 0; row < classes->row_count; row++) {
        classes->offset[row] += classes->score[here][row];
    }
    TRY(rows_set_offset(job, &fit->rows, classes->offset));
    TRY(rows_evaluate(job, &fit->rows, NULL, &total));
    return pairs_input_of(job, fit, classes->offset, input);
}

/* Add the gains of one class to those of the others. */
static size_t add_gains(struct chosen_pair *all, size_t count, const struct chosen_pair *more,
                        size_t more_count)
{
    for (size_t i = 0; i < more_count; i++) {
        size_t at = 0;
        while (at < count && (all[at].feature[0] != more[i].feature[0] ||
                              all[at].feature[1] != more[i].feature[1])) {
            at++;
        }
        if (at == count) {
            all[count++] = (struct chosen_pair){{more[i].feature[0], more[i].feature[1]}, 0};
        }
        all[at].gain += more[i].gain;
    }
    return count;
}

/* The pairs that gain most over all classes together: every class gets a table for each. */
static enum candor_status choose_pairs(struct job *job, const struct classes *classes,
                                       size_t pairs_max, struct chosen_pair **chosen, size_t *count)
{
    TRY_ALLOC(job, *chosen, classes->count * pairs_max + 1, struct chosen_pair);
    *count = 0;
    for (size_t k = 0; k < classes->count; k++) {
        struct pairs_input input;
        struct chosen_pair *more = NULL;
        size_t more_count = 0;
        TRY(ready_pairs(job, classes, k, &input));
        TRY(screen_pairs(job, &input, &more, &more_count));
        *count = add_gains(*chosen, *count, more, more_count);
    }
    *count = pairs_choose(*chosen, *count, pairs_max);
    return CANDOR_OK;
}

/* Tables for the chosen pairs of every class; then the single features once more beside them. */
static enum candor_status fit_class_pairs(struct job *job, struct classes *classes,
                                          size_t pairs_max)
{
    struct chosen_pair *chosen = NULL;
    size_t count = 0;
    TRY(choose_pairs(job, classes, pairs_max, &chosen, &count));
    if (count == 0) {
        return CANDOR_OK;
    }
    double **pair_score = NEW_ARRAY(job->arena, classes->count, double *);
    for (size_t k = 0; k < classes->count; k++) {
        TRY_ALLOC(job, pair_score[k], classes->row_count + 1, double);
    }
    for (size_t k = 0; k < classes->count; k++) {
        struct pairs_input input;
        struct fitting *fit = &classes->fit[k];
        TRY(ready_pairs(job, classes, k, &input));
        TRY(pairs_fit_chosen(job, &input, chosen, count, &fit->pairs));
        pairs_scores(&fit->pairs, classes->row_count, pair_score[k]);
        for (size_t row = 0; row < classes->row_count; row++) {
            classes->score[k][row] += pair_score[k][row];
        }
    }
    classes->pair_score = pair_score;
    for (size_t k = 0; k < classes->count; k++) {
        TRY(take_turn(job, classes, k, 1));
    }
    for (size_t k = 0; k < classes->count; k++) {
        pairs_purify(&classes->fit[k].pairs);
    }
    return CANDOR_OK;
}

/* ---- the model ---- */

/* A plane of each term for every class. */
static enum candor_status make_planes(struct job *job, const struct classes *classes,
                                      const struct target *target, struct model *model)
{
    const size_t count = classes->count;
    struct term *plane = NEW_ARRAY(job->arena, model->term_count, struct term);
    struct term *term = NEW_ARRAY(job->arena, model->term_count, struct term);
    double *base = NEW_ARRAY(job->arena, count, double);
    double **value = NEW_ARRAY(job->arena, model->term_count, double *);
    double **sd = NEW_ARRAY(job->arena, model->term_count, double *);
    for (size_t k = 0; k < count; k++) {
        make_terms(job, &classes->fit[k], plane, &base[k]);
        for (size_t t = 0; t < model->term_count; t++) {
            const size_t cells = plane[t].cell_count;
            if (k == 0) {
                value[t] = NEW_ARRAY(job->arena, count * cells, double);
                sd[t] = NEW_ARRAY(job->arena, count * cells, double);
                term[t] = plane[t];
                term[t].value = value[t];
                term[t].sd = sd[t];
            }
            bytes_copy(value[t] + k * cells, plane[t].value, cells * sizeof **value);
            bytes_copy(sd[t] + k * cells, plane[t].sd, cells * sizeof **sd);
        }
        model->freedom += classes->fit[k].newton.freedom + classes->fit[k].pairs.freedom;
        model->rounds += classes->fit[k].newton.rounds + classes->fit[k].pairs.rounds;
    }
    struct str *name = NEW_ARRAY(job->arena, count, struct str);
    for (size_t k = 0; k < count; k++) {
        name[k] = str_copy(job->arena, target->class_name[k]);
    }
    model->class_name = name;
    model->class_base = base;
    model->term = term;
    return model_index(job, model);
}

static enum candor_status make_classes(struct job *job, const struct fitting *shared,
                                       const struct classes *classes, const struct target *target,
                                       struct model *model)
{
    double variance = 0;
    for (size_t k = 0; k < classes->count; k++) {
        variance = fmax(variance, classes->fit[k].newton.intercept_variance);
    }
    *model = (struct model){
        .task = TASK_CLASSES,
        .target = str_copy(job->arena, target->name),
        .class_count = classes->count,
        .base_sd = round(sqrt(variance) * 0x1p31) / 0x1p31,
        .dispersion = 1,
        .feature_count = shared->feature_count,
        .feature = shared->feature,
        .term_count = shared->feature_count + classes->fit[0].pairs.count,
        .rows_train = shared->row_count,
        .seed = shared->options->seed,
        .measures = measures_none(),
    };
    for (size_t i = 0; i < DECILES; i++) {
        model->link_decile[i] = (double)NAN;
    }
    return make_planes(job, classes, target, model);
}

static enum candor_status check_classes(struct job *job, const struct target *target,
                                        size_t row_count)
{
    for (size_t row = 0; row < row_count; row++) {
        const double value = target->value[row];
        if (!(value >= 0 && value < (double)target->class_count) || value != floor(value)) {
            return fail(job, CANDOR_BAD_INPUT, "target '%.*s', row %zu: not a class",
                        STR_ARG(target->name), row);
        }
    }
    return CANDOR_OK;
}

enum candor_status fit_classes(struct job *job, const struct fitting *shared,
                               const struct target *target, struct model **model)
{
    struct classes classes = {
        .count = target->class_count,
        .row_count = shared->rows.row_count,
        .class_of = target->value,
    };
    TRY(check_classes(job, target, classes.row_count));
    classes.fit = NEW_ARRAY(job->arena, classes.count, struct fitting);
    classes.score = NEW_ARRAY(job->arena, classes.count, double *);
    TRY_ALLOC(job, classes.offset, classes.row_count + 1, double);
    TRY_ALLOC(job, classes.is_here, classes.row_count + 1, double);
    for (size_t k = 0; k < classes.count; k++) {
        TRY_ALLOC(job, classes.score[k], classes.row_count + 1, double);
        TRY(begin_class(job, shared, &classes, k));
    }
    for (unsigned turn = 0; turn < TURNS; turn++) {
        if (turn > 0 && deadline_is_past(classes.fit[0].newton.deadline)) {
            break;
        }
        for (size_t k = 0; k < classes.count; k++) {
            TRY(take_turn(job, &classes, k, turn));
        }
    }
    const size_t asked = shared->options->pairs_max;
    if (asked > 0 && shared->feature_count > 1 &&
        !deadline_is_past(classes.fit[0].newton.deadline)) {
        TRY(fit_class_pairs(job, &classes, asked < MODEL_PAIRS_MAX ? asked : MODEL_PAIRS_MAX));
    }
    *model = NEW(job->arena, struct model);
    TRY(make_classes(job, shared, &classes, target, *model));
    return note_left_out(job, shared, *model);
}
