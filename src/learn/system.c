/*
 * system.c - the matrix of a Newton step, by blocks and as a product.
 *
 *     A = Z'WZ - (Z'W1)(Z'W1)' / 1'W1 + P,     P = sum lambda S + shapes + ridge
 *
 * What one block adds to the diagonal is the same whether A is a table (newton.c) or only known by what it
 * does to a vector (wide.c), so it stands here, once.
 */
#include "fit.h"

static void fill_counts(const struct system *system, const struct block *block, struct matrix a,
                        size_t at)
{
    const double *border = system->border + block->start;
    for (size_t column = 0; column < block->cell_count; column++) {
        double *into = a.cell + (at + column) * a.size + at;
        const double share = border[column] / system->curvature;
        for (size_t row = column; row < block->cell_count; row++) {
            into[row] = -border[row] * share;
        }
        into[column] += border[column] + NEWTON_RIDGE;
    }
}

static void add_penalty(const struct penalty *penalty, struct matrix a, size_t at)
{
    for (size_t e = 0; e < penalty->entry_count; e++) {
        const struct penalty_entry *entry = &penalty->entry[e];
        a.cell[(at + entry->column) * a.size + at + entry->row] += penalty->lambda * entry->value;
    }
}

void system_fill_block(const struct system *system, size_t index, struct matrix a, size_t at)
{
    const struct design *design = system->design;
    fill_counts(system, &design->block[index], a, at);
    for (size_t p = 0; p < design->penalty_count; p++) {
        if (design->penalty[p].block == index) {
            add_penalty(&design->penalty[p], a, at);
        }
    }
    for (size_t h = 0; h < design->hold_count; h++) {
        const struct hold *hold = &design->hold[h];
        if (hold->block == index) {
            hold_curvature(hold, system->unknown + design->block[index].start, at, a);
        }
    }
}

void system_take_penalties(const struct design *design, const double *vector, double *into)
{
    for (size_t i = 0; i < design->cell_count; i++) {
        into[i] -= NEWTON_RIDGE * vector[i];
    }
    for (size_t p = 0; p < design->penalty_count; p++) {
        const struct penalty *penalty = &design->penalty[p];
        const double *b = vector + design->block[penalty->block].start;
        double *out = into + design->block[penalty->block].start;
        for (size_t e = 0; e < penalty->entry_count; e++) {
            const struct penalty_entry *entry = &penalty->entry[e];
            out[entry->row] -= penalty->lambda * entry->value * b[entry->column];
            if (entry->row != entry->column) {
                out[entry->column] -= penalty->lambda * entry->value * b[entry->row];
            }
        }
    }
}

/* b' S b */
double penalty_form(const struct design *design, const struct penalty *penalty,
                    const double *unknown)
{
    const double *b = unknown + design->block[penalty->block].start;
    double sum = 0;
    for (size_t e = 0; e < penalty->entry_count; e++) {
        const struct penalty_entry *entry = &penalty->entry[e];
        const double twice = entry->row == entry->column ? 1 : 2;
        sum += twice * entry->value * b[entry->row] * b[entry->column];
    }
    return sum;
}

double system_penalty(const struct design *design, const double *unknown)
{
    double sum = 0;
    for (size_t p = 0; p < design->penalty_count; p++) {
        const struct penalty *penalty = &design->penalty[p];
        sum += penalty->lambda / 2 * penalty_form(design, penalty, unknown);
    }
    for (size_t h = 0; h < design->hold_count; h++) {
        const struct hold *hold = &design->hold[h];
        sum += hold_cost(hold, unknown + design->block[hold->block].start);
    }
    for (size_t i = 0; i < design->cell_count; i++) {
        sum += NEWTON_RIDGE / 2 * unknown[i] * unknown[i];
    }
    return sum;
}
