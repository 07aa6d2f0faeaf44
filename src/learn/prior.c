/*
 * prior.c - how many unknowns each penalty leaves to the rows, before any row is seen.
 *
 * It is lambda tr(P^- S), P being all that holds the unknowns of S: the penalty itself, the other one of a
 * pair, and a shape that a person asked for. Steps that a shape holds are not free to begin with. Were
 * they counted, the rows would seem to have found as many unknowns as the shape took away, and the
 * smoothing would grow until it had flattened what is left of the curve.
 */
#include "fit.h"
#include "numeric.h"

static double prior_beside_partner(const struct penalty *penalty)
{
    double sum = 0;
    for (size_t i = 0; i < penalty->rank; i++) {
        const double here = penalty->lambda * penalty->eigenvalue[i];
        sum += here / (here + penalty->partner->lambda * penalty->partner->eigenvalue[i]);
    }
    return sum;
}

static const struct hold *hold_of(const struct design *design, size_t block)
{
    for (size_t h = 0; h < design->hold_count; h++) {
        if (design->hold[h].block == block) {
            return &design->hold[h];
        }
    }
    return NULL;
}

static void add_penalties(const struct design *design, size_t block, struct matrix a)
{
    for (size_t i = 0; i < a.size; i++) {
        a.cell[i * a.size + i] += NEWTON_RIDGE;
    }
    for (size_t p = 0; p < design->penalty_count; p++) {
        const struct penalty *penalty = &design->penalty[p];
        for (size_t e = 0; penalty->block == block && e < penalty->entry_count; e++) {
            const struct penalty_entry *entry = &penalty->entry[e];
            a.cell[entry->column * a.size + entry->row] += penalty->lambda * entry->value;
        }
    }
}

/* tr(P^-1 S), column by column of the inverse. */
static double trace_of(const struct penalty *penalty, struct matrix factor, double *column)
{
    double sum = 0;
    for (size_t i = 0; i < factor.size; i++) {
        for (size_t k = 0; k < factor.size; k++) {
            column[k] = k == i ? 1 : 0;
        }
        cholesky_solve(factor, column);
        for (size_t e = 0; e < penalty->entry_count; e++) {
            const struct penalty_entry *entry = &penalty->entry[e];
            const double twice = entry->row == entry->column ? 1 : 2;
            sum += entry->column == i ? twice * entry->value * column[entry->row] : 0;
        }
    }
    return sum;
}

static enum candor_status prior_beside_hold(struct job *job, const struct design *design,
                                            const struct penalty *penalty, const struct hold *hold,
                                            const double *unknown, double *freedom)
{
    const struct arena_mark mark = arena_mark(job->arena);
    const struct block *block = &design->block[penalty->block];
    struct matrix all = {NULL, block->cell_count};
    double *column;
    TRY_ALLOC(job, all.cell, all.size * all.size + 1, double);
    TRY_ALLOC(job, column, all.size + 1, double);
    add_penalties(design, penalty->block, all);
    hold_prior(hold, unknown + block->start, all);
    TRY(cholesky_factor(job, all));
    *freedom = penalty->lambda * trace_of(penalty, all, column);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status prior_freedom(struct job *job, const struct design *design,
                                 const double *unknown, double *freedom)
{
    for (size_t p = 0; p < design->penalty_count; p++) {
        const struct penalty *penalty = &design->penalty[p];
        const struct hold *hold = hold_of(design, penalty->block);
        if (hold != NULL) {
            TRY(prior_beside_hold(job, design, penalty, hold, unknown, &freedom[p]));
        } else {
            freedom[p] =
                penalty->partner == NULL ? (double)penalty->rank : prior_beside_partner(penalty);
        }
    }
    return CANDOR_OK;
}
