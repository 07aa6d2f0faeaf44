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

enum { TURNS = 4, FIRST_SMOOTHINGS = 20, LATER_SMOOTHINGS = 4, CLASS_PLACES = 8 };

struct classes {
    size_t count;
    size_t row_count;
    const double *class_of; /* of each row */
    struct fitting *fit;    /* one for each class */
    double **score;         /* score[class][row] */
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
    TRY_ALLOC(job, fit->newton.unknown, fit->design.cell_count, double);

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

/* A plane of each term for every class. */
static enum candor_status make_planes(struct job *job, const struct classes *classes,
                                      const struct target *target, struct model *model)
{
    const size_t count = classes->count;
    struct term *plane = NEW_ARRAY(job->arena, model->term_count, struct term);
    struct term *term = NEW_ARRAY(job->arena, model->term_count, struct term);
    double *base = NEW_ARRAY(job->arena, count, double);
    for (size_t k = 0; k < count; k++) {
        make_terms(job, &classes->fit[k], plane, &base[k]);
        for (size_t t = 0; t < model->term_count; t++) {
            const size_t cells = plane[t].cell_count;
            if (k == 0) {
                term[t] = plane[t];
                term[t].value = NEW_ARRAY(job->arena, count * cells, double);
                term[t].sd = NEW_ARRAY(job->arena, count * cells, double);
            }
            /* The tables were made above; only the door's view of them is constant. */
            double *value = (double *)(uintptr_t)term[t].value;
            double *sd = (double *)(uintptr_t)term[t].sd;
            bytes_copy(value + k * cells, plane[t].value, cells * sizeof *value);
            bytes_copy(sd + k * cells, plane[t].sd, cells * sizeof *sd);
        }
        model->freedom += classes->fit[k].newton.freedom;
        model->rounds += classes->fit[k].newton.rounds;
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
        .term_count = shared->feature_count,
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
        for (size_t k = 0; k < classes.count; k++) {
            TRY(take_turn(job, &classes, k, turn));
        }
    }
    *model = NEW(job->arena, struct model);
    return make_classes(job, shared, &classes, target, *model);
}
