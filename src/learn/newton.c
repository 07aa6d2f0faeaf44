/*
 * newton.c - matrices, steps and smoothing: everything that does not see a row.
 *
 * With Z the rows in one-hot cells, W their curvature and g their gradient, one round is
 *
 *     step       A d = Z'g - sum lambda S b,   A = Z'WZ - (Z'W1)(Z'W1)' / 1'W1 + sum lambda S
 *                (the intercept has no penalty; it is eliminated, which is the middle term)
 *     length     halve the step until loss + penalty falls
 *     smoothing  lambda <- scale * (rank - lambda tr(A^-1 S)) / (b'S b)    Wood and Fasiolo 2017
 *
 * Of A^-1 only the squares around the diagonal are needed, one per block. The update of lambda creeps
 * towards its fixed point; the last two updates tell how far it has to go, and a secant goes there:
 * half of the rounds. They end when no lambda that matters moves any more; then lambda stays, and a
 * few rounds more bring the gradient to zero. For a regression the scale is the residual variance, for a
 * binary target it is 1. Everything runs in a fixed order.
 */
#include "fit.h"

#include <math.h>

#include "numeric.h"

enum { SMOOTHING_ROUNDS_MAX = 30, POLISHING_ROUNDS_MAX = 4, CHORDS_MAX = 12, HALVINGS_MAX = 12 };
enum { WIDE_ROUNDS_MAX = 12 };

static const double lambda_least = 1e-2;    /* below, a penalty holds nothing */
static const double lambda_most = 1e6;      /* above, it holds everything */
static const double freedom_settled = 1e-2; /* of all the freedom there is */
static const double freedom_of_draft = 5e-2;
/*
 * Curvatures change about as scores move, in proportion: sums of them serve while scores have moved less
 * than this on the link scale, and the walk over all pairs of blocks is saved.
 */
static const double drift_most = 2e-2;
static const double secant_most = 3; /* how much further than the update a secant may go */
static const double secant_least = 0.3;
/* Of conjugate gradients: what may be left of the right side. */
static const double tolerance_smoothing = 1e-3;
static const double tolerance_polishing = 1e-6;
static const double step_polished = 1e-7; /* on the link scale */
/*
 * What a step promises to gain, in units of log likelihood: below, no unknown is further from its place
 * than the root of it in standard deviations. Cells that hardly any row is sure of never move by less
 * than rounding lets them. A draft is only what pairs are chosen by, and is fitted again beside them.
 */
static const double gain_polished = 1e-11;
static const double gain_of_draft = 1e-4;
static const double chord_shrinks =
    0.3; /* a chord step is worth taking while the next is so short */

/* Where the logarithm of a lambda was before the last update, and where that wanted it. */
struct update {
    double at;
    double wanted;
};

struct work {
    struct newton *newton;
    const struct design *design;
    struct rows *rows;
    struct sums sums;
    struct matrix a; /* the matrix, then its factor, then the inverse of that */
    struct root root;
    struct wide wide; /* instead of a and root */
    double tolerance; /* of wide */
    double *border;   /* Z'W1 */
    double *right;
    double *step;
    double *trial;
    double *penalty_freedom; /* of each penalty, in the last round */
    double
        *prior; /* what each penalty would leave free without rows, in the matrix that is there */
    struct update *update;   /* of each penalty */
    struct rows_total total; /* at the current unknowns */
    double factor_curvature; /* of all rows, when the matrix was made */
    double drift;     /* how far scores have moved since curvatures were summed, root mean square */
    bool is_inverted; /* root and covariance are those of the factor that is there */
    double scale;
};

/* ---- the matrix ---- */

static void fill_cross_block(struct work *work, size_t lower, size_t upper)
{
    const struct block *below = &work->design->block[lower];
    const struct block *above = &work->design->block[upper];
    const int64_t *cross = work->sums.cross[lower * (lower - 1) / 2 + upper];
    const bool is_whole = below->cell_count == 1 || above->cell_count == 1;
    const double unit = work->rows->curvature_unit;
    for (size_t column = 0; column < above->cell_count; column++) {
        double *into = work->a.cell + (above->start + column) * work->a.size + below->start;
        const double share = work->border[above->start + column] / work->factor_curvature;
        for (size_t row = 0; row < below->cell_count; row++) {
            /* Beside a block of one cell, both is whatever the other one is. */
            const double both = is_whole ? fmin(work->border[below->start + row],
                                                work->border[above->start + column])
                                         : (double)cross[column * below->cell_count + row] * unit;
            into[row] = both - work->border[below->start + row] * share;
        }
    }
}

static struct system system_of(const struct work *work)
{
    return (struct system){work->design, work->border, work->factor_curvature,
                           work->newton->unknown};
}

static void fill_border(struct work *work)
{
    for (size_t i = 0; i < work->design->cell_count; i++) {
        work->border[i] = (double)work->sums.curvature[i] * work->rows->curvature_unit;
    }
}

static void fill_matrix(struct work *work)
{
    const struct design *design = work->design;
    const struct system system = system_of(work);
    for (size_t i = 0; i < design->block_count; i++) {
        system_fill_block(&system, i, work->a, design->block[i].start);
        for (size_t j = 0; j < i; j++) {
            fill_cross_block(work, i, j);
        }
    }
}

/* ---- penalties ---- */

/* tr(A^-1 S) */
static double penalty_trace(const struct work *work, const struct penalty *penalty)
{
    const size_t size = work->design->block[penalty->block].cell_count;
    const double *inverse = work->newton->covariance[penalty->block];
    double sum = 0;
    for (size_t e = 0; e < penalty->entry_count; e++) {
        const struct penalty_entry *entry = &penalty->entry[e];
        const double twice = entry->row == entry->column ? 1 : 2;
        sum += twice * entry->value * inverse[entry->column * size + entry->row];
    }
    return sum;
}

static double objective(const struct work *work, const struct rows_total *total,
                        const double *unknown)
{
    return total->loss + system_penalty(work->design, unknown);
}

/* The gradient of the penalised likelihood by each unknown. */
static void fill_right(struct work *work)
{
    const struct design *design = work->design;
    const double *unknown = work->newton->unknown;
    for (size_t i = 0; i < design->cell_count; i++) {
        work->right[i] = (double)work->sums.gradient[i] * work->rows->gradient_unit;
    }
    for (size_t h = 0; h < design->hold_count; h++) {
        const size_t start = design->block[design->hold[h].block].start;
        hold_gradient(&design->hold[h], unknown + start, work->right + start);
    }
    system_take_penalties(design, unknown, work->right);
}

/* ---- the step ---- */

/* Solve for the step of the unknowns and that of the intercept. */
static enum candor_status solve_step(struct job *job, struct work *work, double *intercept_step)
{
    const size_t size = work->design->cell_count;
    const double share = work->total.gradient / work->factor_curvature;
    for (size_t i = 0; i < size; i++) {
        work->step[i] = work->right[i] - work->border[i] * share;
    }
    if (work->newton->is_wide) {
        work->wide.system = system_of(work);
        work->wide.deadline = work->newton->deadline;
        TRY(wide_solve(job, &work->wide, work->tolerance, work->step));
    } else {
        cholesky_solve(work->a, work->step);
    }

    double along = 0;
    for (size_t i = 0; i < size; i++) {
        along += work->border[i] * work->step[i];
    }
    *intercept_step = (work->total.gradient - along) / work->factor_curvature;
    return CANDOR_OK;
}

/* Twice what the step would gain, were the objective a parabola. */
static double gain_of_step(const struct work *work)
{
    double gain = 0;
    for (size_t i = 0; i < work->design->cell_count; i++) {
        gain += work->right[i] * work->step[i];
    }
    return gain;
}

/* How far the step moves the scores, root mean square; nowhere that matters to a constant curvature. */
static double drift_of_step(const struct work *work)
{
    const enum task task = work->rows->task;
    const bool is_constant = task == TASK_REGRESSION || task == TASK_AMOUNT;
    return is_constant ? 0 : sqrt(fmax(gain_of_step(work), 0) / work->factor_curvature);
}

/*
 * Go along the step as far as the objective falls, and say how far the unknowns moved at most. Where
 * not even the shortest step helps, rounding has the last word and nothing moves.
 */
static enum candor_status take_step(struct job *job, struct work *work, double intercept_step,
                                    double *moved)
{
    struct newton *newton = work->newton;
    const size_t size = work->design->cell_count;
    const double before = objective(work, &work->total, newton->unknown);
    const double slack = 1e-9 * (1 + fabs(before));
    for (int halving = 0; halving < HALVINGS_MAX; halving++) {
        const double length = ldexp(1, -halving);
        const double intercept = newton->intercept + length * intercept_step;
        *moved = fabs(length * intercept_step);
        for (size_t i = 0; i < size; i++) {
            work->trial[i] = newton->unknown[i] + length * work->step[i];
            *moved = fmax(*moved, fabs(length * work->step[i]));
        }
        const struct scorer scorer = {work->design, intercept, work->trial};
        struct rows_total total;
        TRY(rows_evaluate(job, work->rows, &scorer, &total));
        if (objective(work, &total, work->trial) <= before + slack) {
            newton->intercept = intercept;
            bytes_copy(newton->unknown, work->trial, size * sizeof *work->trial);
            work->total = total;
            work->drift += length * drift_of_step(work);
            return CANDOR_OK;
        }
    }

    const struct scorer scorer = {work->design, newton->intercept, newton->unknown};
    *moved = 0;
    return rows_evaluate(job, work->rows, &scorer, &work->total);
}

/* ---- smoothing ---- */

static enum candor_status invert_blocks(struct job *job, struct work *work)
{
    if (work->newton->is_wide) {
        /* Without a matrix, shapes are those of the present unknowns. */
        TRY(prior_freedom(job, work->design, work->newton->unknown, work->prior));
        return wide_covariance(job, &work->wide, work->newton->covariance);
    }
    if (work->is_inverted) {
        return CANDOR_OK;
    }
    TRY(cholesky_invert(job, work->a, work->root));
    for (size_t i = 0; i < work->design->block_count; i++) {
        const struct block *block = &work->design->block[i];
        TRY(cholesky_inverse_block(job, work->root, block->start, block->cell_count,
                                   work->newton->covariance[i]));
    }
    work->is_inverted = true;
    return CANDOR_OK;
}

/* How many unknowns each penalty leaves free, and in all. */
static double count_freedom(struct work *work, double *change)
{
    double all = 1; /* the intercept */
    *change = 0;
    for (size_t p = 0; p < work->design->penalty_count; p++) {
        const struct penalty *penalty = &work->design->penalty[p];
        const double trace = penalty_trace(work, penalty);
        const double freedom = fmax(work->prior[p] - penalty->lambda * trace, 1e-3);
        *change += fabs(freedom - work->penalty_freedom[p]);
        work->penalty_freedom[p] = freedom;
        work->design->penalty[p].freedom = freedom;
        all += freedom;
    }
    return all;
}

/* The variance of a row around its mean, by Pearson's statistic; a chance has none to estimate. */
static enum candor_status update_scale(struct job *job, struct work *work)
{
    if (work->rows->task == TASK_BINARY || work->rows->task == TASK_CLASSES) {
        return CANDOR_OK;
    }
    double pearson;
    TRY(rows_pearson(job, work->rows, &pearson));
    const double spare = work->rows->weight_count - work->newton->freedom;
    work->scale = fmax(pearson / fmax(spare, 1), 1e-12);
    return CANDOR_OK;
}

/* One update of the logarithm of a lambda, lengthened by what the last one has taught. */
static double secant(struct update *last, double at, double wanted)
{
    const double slope =
        last->at == at ? 0 : ((wanted - at) - (last->wanted - last->at)) / (at - last->at);
    const double times = slope < 0 ? fmin(fmax(-1 / slope, secant_least), secant_most) : 1;
    const double next = at + times * (wanted - at);
    *last = (struct update){at, wanted};
    return next;
}

static void update_lambda(struct work *work, bool is_first)
{
    for (size_t p = 0; p < work->design->penalty_count; p++) {
        struct penalty *penalty = &work->design->penalty[p];
        const double form = penalty_form(work->design, penalty, work->newton->unknown);
        const double wanted = work->scale * work->penalty_freedom[p] / fmax(form, 1e-9);
        const double at = log_of(penalty->lambda);
        const double bounded = log_of(fmin(fmax(wanted, lambda_least), lambda_most));
        if (is_first) {
            work->update[p] = (struct update){at, at};
        }
        const double next = exp_of(secant(&work->update[p], at, bounded));
        penalty->lambda = fmin(fmax(next, lambda_least), lambda_most);
    }
}

/* ---- the rounds ---- */

bool deadline_is_past(const struct deadline *deadline)
{
    const bool is_past =
        deadline != NULL && deadline->ticks_ns(deadline->context) > deadline->at_ns;
    if (is_past) {
        *deadline->was_met = true;
    }
    return is_past;
}

/* A new matrix and its factor, and the step that follows from them. */
static enum candor_status factor_round(struct job *job, struct work *work, double *intercept_step)
{
    if (job->cancelled) {
        return fail(job, CANDOR_CANCELLED, "training was stopped after %u rounds",
                    work->newton->rounds);
    }
    /* Without a matrix there is no walk over pairs of blocks to save. */
    const bool is_wide = work->newton->is_wide;
    const bool is_stale = is_wide || work->newton->rounds == 0 || work->drift > drift_most;
    TRY(rows_sum(job, work->rows, &work->sums, is_stale));
    if (is_stale) {
        work->factor_curvature = work->total.curvature;
        work->drift = 0;
    }
    fill_border(work);
    fill_right(work);
    TRY(prior_freedom(job, work->design, work->newton->unknown, work->prior));
    if (!is_wide) {
        fill_matrix(work);
        work->is_inverted = false;
        TRY(cholesky_factor(job, work->a));
    }
    work->newton->rounds++;
    return solve_step(job, work, intercept_step);
}

/* A step by the factor that is there: only the gradient is new. */
static enum candor_status chord_round(struct job *job, struct work *work, double *intercept_step)
{
    TRY(rows_sum(job, work->rows, &work->sums, false));
    fill_right(work);
    return solve_step(job, work, intercept_step);
}

/*
 * Newton rounds, each with an update of the smoothing. The last one keeps its smoothing, so that its
 * factor is good for what follows.
 */
static enum candor_status smooth(struct job *job, struct work *work)
{
    const double settled = work->newton->is_draft ? freedom_of_draft : freedom_settled;
    for (unsigned round = 0;; round++) {
        double intercept_step = 0;
        double change;
        double moved;
        TRY(factor_round(job, work, &intercept_step));
        TRY(take_step(job, work, intercept_step, &moved));
        TRY(invert_blocks(job, work));
        work->newton->freedom = count_freedom(work, &change);
        TRY(update_scale(job, work));
        job_say_progress(job, work->newton->doing, round + 1, 0);
        if (change < settled * work->newton->freedom || round + 1 == work->newton->smoothings_max) {
            return CANDOR_OK;
        }
        if (deadline_is_past(work->newton->deadline)) {
            return CANDOR_OK;
        }
        update_lambda(work, round == 0);
    }
}

/* Steps until they no longer matter: by the old factor while it serves, else by a new one. */
static enum candor_status polish(struct job *job, struct work *work)
{
    const double settled = work->newton->is_draft ? gain_of_draft : gain_polished;
    const bool has_shapes = work->design->hold_count > 0;
    const unsigned rounds = has_shapes ? WIDE_ROUNDS_MAX : POLISHING_ROUNDS_MAX;
    for (unsigned round = 0; round < rounds; round++) {
        double last = HUGE_VAL;
        for (unsigned chord = 0; chord < CHORDS_MAX; chord++) {
            double intercept_step = 0;
            double moved;
            TRY(chord_round(job, work, &intercept_step));
            TRY(take_step(job, work, intercept_step, &moved));
            /* Steps of a shape that have become wrong since are not in the factor: it leads nowhere. */
            if (has_shapes && moved == 0) {
                break;
            }
            if (moved < step_polished || gain_of_step(work) < settled * work->scale) {
                return CANDOR_OK;
            }
            if (moved > chord_shrinks * last) {
                break;
            }
            last = moved;
        }
        double intercept_step = 0;
        double moved;
        TRY(factor_round(job, work, &intercept_step));
        TRY(take_step(job, work, intercept_step, &moved));
    }
    return CANDOR_OK;
}

/* Without a factor that could be kept every step is a round; the last ones are solved closely. */
static enum candor_status polish_wide(struct job *job, struct work *work)
{
    work->tolerance = tolerance_polishing;
    for (unsigned round = 0; round < WIDE_ROUNDS_MAX; round++) {
        double intercept_step = 0;
        double moved;
        TRY(factor_round(job, work, &intercept_step));
        TRY(take_step(job, work, intercept_step, &moved));
        if (moved < step_polished || deadline_is_past(work->newton->deadline)) {
            break;
        }
    }
    return CANDOR_OK;
}

static enum candor_status work_begin(struct job *job, struct newton *newton, struct work *work)
{
    const size_t size = newton->design->cell_count;
    *work = (struct work){
        .newton = newton,
        .design = newton->design,
        .rows = newton->rows,
        .a = {NULL, size},
        .scale = 1,
        .tolerance = tolerance_smoothing,
    };
    if (newton->is_wide) {
        TRY(wide_begin(job, newton->design, newton->rows, &work->wide));
    } else {
        TRY_ALLOC(job, work->a.cell, size_mul(size, size) + 1, double);
        TRY(root_begin(job, size, &work->root));
    }
    TRY_ALLOC(job, work->border, size + 1, double);
    TRY_ALLOC(job, work->right, size + 1, double);
    TRY_ALLOC(job, work->step, size + 1, double);
    TRY_ALLOC(job, work->trial, size + 1, double);
    TRY_ALLOC(job, work->penalty_freedom, work->design->penalty_count + 1, double);
    TRY_ALLOC(job, work->prior, work->design->penalty_count + 1, double);
    TRY_ALLOC(job, work->update, work->design->penalty_count + 1, struct update);
    for (size_t p = 0; p < work->design->penalty_count; p++) {
        work->penalty_freedom[p] = work->design->penalty[p].freedom;
    }
    return sums_begin(job, newton->design, !newton->is_wide, &work->sums);
}

static enum candor_status covariance_begin(struct job *job, struct newton *newton)
{
    if (newton->covariance != NULL) {
        return CANDOR_OK; /* of a fit of the same design before this one */
    }
    TRY_ALLOC(job, newton->covariance, newton->design->block_count + 1, double *);
    for (size_t i = 0; i < newton->design->block_count; i++) {
        const size_t size = newton->design->block[i].cell_count;
        TRY_ALLOC(job, newton->covariance[i], size * size + 1, double);
    }
    TRY_ALLOC(job, newton->factors.factor, newton->design->cell_count * FACTORS_EACH + 1, double);
    return CANDOR_OK;
}

static void covariance_scale(struct newton *newton, double scale)
{
    for (size_t i = 0; i < newton->design->block_count; i++) {
        const size_t size = newton->design->block[i].cell_count;
        for (size_t at = 0; at < size * size; at++) {
            newton->covariance[i][at] *= scale;
        }
    }
}

/* What is uncertain, and how much is free. */
static enum candor_status finish(struct job *job, struct work *work)
{
    struct newton *newton = work->newton;
    double change;
    TRY(invert_blocks(job, work));
    newton->freedom = count_freedom(work, &change);
    TRY(update_scale(job, work));
    newton->intercept_variance = work->scale / work->factor_curvature;
    if (!newton->is_wide) {
        TRY(factors_find(job, newton->design, work->root, newton->covariance, work->scale,
                         &newton->factors));
    }
    covariance_scale(newton, work->scale);
    return CANDOR_OK;
}

enum candor_status newton_fit(struct job *job, struct newton *newton)
{
    TRY(covariance_begin(job, newton));
    const struct arena_mark mark = arena_mark(job->arena);
    struct work work;
    TRY(work_begin(job, newton, &work));
    const struct scorer scorer = {newton->design, newton->intercept, newton->unknown};
    TRY(rows_evaluate(job, newton->rows, &scorer, &work.total));

    newton->rounds = 0;
    TRY(smooth(job, &work));
    TRY(newton->is_wide ? polish_wide(job, &work) : polish(job, &work));
    if (!newton->is_draft) {
        TRY(finish(job, &work));
    }
    newton->scale = work.scale;
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
