/*
 * parity_cells.c - one pass over rows into cells; everything else is made of the cells.
 *
 * A cell of the pass is 32 bytes: four counts and two sums of scores. Five hundred bins of fifty groups are
 * 0.8 MB, and a row costs one addition in each of three places.
 */
#include <math.h>

#include "parity.h"

#define NOT_KNOWN ((double)NAN)
#define BIT(outcome) (1U << (outcome))
#define ALL (BIT(OUTCOME_TN) | BIT(OUTCOME_FP) | BIT(OUTCOME_FN) | BIT(OUTCOME_TP))

static const struct parity_rule rule_of[PARITY_RATES] = {
    {"base_rate", "(TP + FN) / n", "rows", BIT(OUTCOME_FN) | BIT(OUTCOME_TP), ALL},
    {"selection_rate", "(TP + FP) / n", "rows", BIT(OUTCOME_FP) | BIT(OUTCOME_TP), ALL},
    {"accuracy", "(TP + TN) / n", "rows", BIT(OUTCOME_TN) | BIT(OUTCOME_TP), ALL},
    {"tpr", "TP / (TP + FN)", "rows of label 1", BIT(OUTCOME_TP),
     BIT(OUTCOME_FN) | BIT(OUTCOME_TP)},
    {"fpr", "FP / (FP + TN)", "rows of label 0", BIT(OUTCOME_FP),
     BIT(OUTCOME_TN) | BIT(OUTCOME_FP)},
    {"tnr", "TN / (FP + TN)", "rows of label 0", BIT(OUTCOME_TN),
     BIT(OUTCOME_TN) | BIT(OUTCOME_FP)},
    {"fnr", "FN / (TP + FN)", "rows of label 1", BIT(OUTCOME_FN),
     BIT(OUTCOME_FN) | BIT(OUTCOME_TP)},
    {"ppv", "TP / (TP + FP)", "rows selected", BIT(OUTCOME_TP), BIT(OUTCOME_FP) | BIT(OUTCOME_TP)},
    {"npv", "TN / (TN + FN)", "rows not selected", BIT(OUTCOME_TN),
     BIT(OUTCOME_TN) | BIT(OUTCOME_FN)},
    {"fdr", "FP / (TP + FP)", "rows selected", BIT(OUTCOME_FP), BIT(OUTCOME_FP) | BIT(OUTCOME_TP)},
    {"for", "FN / (TN + FN)", "rows not selected", BIT(OUTCOME_FN),
     BIT(OUTCOME_TN) | BIT(OUTCOME_FN)},
};

const struct parity_rule *parity_rule(enum parity_rate rate)
{
    must(rate < PARITY_RATES);
    return &rule_of[rate];
}

static double sum_of(const double value[PARITY_OUTCOMES], unsigned mask)
{
    double sum = 0;
    for (size_t o = 0; o < PARITY_OUTCOMES; o++) {
        sum += (mask >> o & 1) != 0 ? value[o] : 0;
    }
    return sum;
}

struct parity_share parity_share(const struct parity_group *group, enum parity_rate rate)
{
    const struct parity_rule *rule = parity_rule(rate);
    const double trials = sum_of(group->mass, rule->trial);
    const double squares = sum_of(group->mass_square, rule->trial);
    return (struct parity_share){sum_of(group->mass, rule->hit), trials,
                                 squares > 0 ? trials * trials / squares : 0};
}

double parity_value(struct parity_share share)
{
    return share.trials > 0 ? share.hits / share.trials : NOT_KNOWN;
}

double parity_entropy(const double mass[PARITY_OUTCOMES], double alpha)
{
    const double share_of[3] = {mass[OUTCOME_FN], mass[OUTCOME_TN] + mass[OUTCOME_TP],
                                mass[OUTCOME_FP]};
    const double n = share_of[0] + share_of[1] + share_of[2];
    const double mean = (share_of[1] + 2 * share_of[2]) / n;
    double sum = 0;
    if (!(n > 0) || !(mean > 0)) {
        return NOT_KNOWN;
    }
    for (size_t benefit = 0; benefit < 3; benefit++) {
        const double ratio = (double)benefit / mean;
        if (share_of[benefit] > 0 && (ratio > 0 || alpha != 1)) {
            sum += share_of[benefit] * (alpha == 1 ? ratio * log_of(ratio) : pow(ratio, alpha) - 1);
        }
    }
    return alpha == 1 ? sum / n : sum / (n * alpha * (alpha - 1));
}

/* ---- the pass ------------------------------------------------------------------------------ */

struct small_cell {
    uint32_t count[PARITY_OUTCOMES];
    double score[2];
};

struct passing {
    const struct audit_rows *rows;
    const double *weight;
    size_t groups; /* with one for the rows in no group */
    size_t bins;
    struct small_cell *small; /* groups * bins */
    double *square;           /* groups */
    uint64_t unscored;
    size_t wrong; /* SIZE_MAX, or the first row that cannot be */
};

static size_t bins_for(const struct audit_rows *rows)
{
    if (rows->score == NULL) {
        return 1;
    }
    return rows->group_count <= 256 ? 500 : rows->group_count <= 4096 ? 100 : 10;
}

static inline size_t bin_of(double score, size_t bins)
{
    const size_t bin = (size_t)(int32_t)(score * (double)bins); /* one instruction when signed */
    return bin < bins ? bin : bins - 1;
}

static inline size_t group_at(const struct audit_rows *rows, size_t row)
{
    const uint32_t group = rows->group[row];
    return group < rows->group_count ? group : rows->group_count;
}

static inline size_t outcome_at(const struct audit_rows *rows, size_t row)
{
    const size_t label = rows->label == NULL ? 0 : rows->label[row] != 0;
    return label * 2 + (rows->decision[row] != 0);
}

static void pass_scored(struct passing *passing)
{
    const struct audit_rows rows = *passing->rows; /* copies, so that no store can change them */
    const size_t bins = passing->bins;
    struct small_cell *const small = passing->small;
    double *const square = passing->square;
    for (size_t row = 0; row < rows.row_count; row++) {
        const double score = rows.score[row];
        if (!(score >= 0 && score <= 1)) {
            passing->unscored += score != score;
            passing->wrong = score == score && passing->wrong == SIZE_MAX ? row : passing->wrong;
            continue;
        }
        const size_t group = group_at(&rows, row);
        const size_t outcome = outcome_at(&rows, row);
        struct small_cell *cell = &small[group * bins + bin_of(score, bins)];
        cell->count[outcome]++;
        cell->score[outcome >> 1] += score;
        square[group] += score * score;
    }
}

static void pass_decided(struct passing *passing)
{
    const struct audit_rows *rows = passing->rows;
    for (size_t row = 0; row < rows->row_count; row++) {
        passing->small[group_at(rows, row)].count[outcome_at(rows, row)]++;
    }
}

/* What one cell of the pass adds to its group and to its bin. */
static void add_small(const struct small_cell *small, struct parity_group *group,
                      struct parity_cell *cell)
{
    for (size_t o = 0; o < PARITY_OUTCOMES; o++) {
        const double count = (double)small->count[o];
        group->count += small->count[o];
        group->mass[o] += count;
        group->mass_square[o] += count;
        cell->mass[o >> 1] += count;
    }
    group->score[0] += small->score[0];
    group->score[1] += small->score[1];
    cell->score += small->score[0] + small->score[1];
}

/* With weights there is a sum where there was a count. */
static void pass_weighted(struct passing *passing, struct parity_cells *cells)
{
    const struct audit_rows *rows = passing->rows;
    for (size_t row = 0; row < rows->row_count; row++) {
        const double w = passing->weight[row];
        const double score = rows->score == NULL ? 0 : rows->score[row];
        if (!(w >= 0 && w < (double)INFINITY && score >= 0 && score <= 1)) {
            const bool is_missing = score != score && w >= 0;
            passing->unscored += is_missing;
            passing->wrong = !is_missing && passing->wrong == SIZE_MAX ? row : passing->wrong;
            continue;
        }
        const size_t g = group_at(rows, row);
        const size_t outcome = outcome_at(rows, row);
        struct parity_group *group = &cells->group[g];
        struct parity_cell *cell = &cells->cell[g * passing->bins + bin_of(score, passing->bins)];
        group->count++;
        group->mass[outcome] += w;
        group->mass_square[outcome] += w * w;
        group->score[outcome >> 1] += w * score;
        group->score_square += w * score * score;
        cell->mass[outcome >> 1] += w;
        cell->score += w * score;
    }
}

static void add_group(struct parity_cells *to, size_t into, const struct parity_cells *from,
                      size_t group)
{
    const struct parity_group *source = &from->group[group];
    struct parity_group *target = &to->group[into];
    target->count += source->count;
    for (size_t o = 0; o < PARITY_OUTCOMES; o++) {
        target->mass[o] += source->mass[o];
        target->mass_square[o] += source->mass_square[o];
    }
    target->score[0] += source->score[0];
    target->score[1] += source->score[1];
    target->score_square += source->score_square;
    for (size_t b = 0; b < from->bin_count; b++) {
        const struct parity_cell *cell = &from->cell[group * from->bin_count + b];
        struct parity_cell *sum = &to->cell[into * to->bin_count + b];
        sum->mass[0] += cell->mass[0];
        sum->mass[1] += cell->mass[1];
        sum->score += cell->score;
    }
}

enum candor_status parity_count(struct job *job, const struct audit_rows *rows,
                                const double *weight, struct parity_cells *cells)
{
    struct passing passing = {.rows = rows,
                              .weight = weight,
                              .groups = rows->group_count + 1,
                              .bins = bins_for(rows),
                              .wrong = SIZE_MAX};
    if (rows->row_count > UINT32_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu rows; at most 2^32 - 1 are compared at once",
                    rows->row_count);
    }
    *cells = (struct parity_cells){.group_count = rows->group_count,
                                   .bin_count = passing.bins,
                                   .has_label = rows->label != NULL,
                                   .has_score = rows->score != NULL,
                                   .is_weighted = weight != NULL};
    TRY_ALLOC(job, cells->group, passing.groups, struct parity_group);
    TRY_ALLOC(job, cells->cell, passing.groups * passing.bins, struct parity_cell);
    if (weight != NULL) {
        pass_weighted(&passing, cells);
    } else {
        TRY_ALLOC(job, passing.small, passing.groups * passing.bins, struct small_cell);
        TRY_ALLOC(job, passing.square, passing.groups, double);
        if (rows->score != NULL) {
            pass_scored(&passing);
        } else {
            pass_decided(&passing);
        }
        for (size_t c = 0; c < passing.groups * passing.bins; c++) {
            add_small(&passing.small[c], &cells->group[c / passing.bins], &cells->cell[c]);
        }
        for (size_t g = 0; g < passing.groups; g++) {
            cells->group[g].score_square = passing.square[g];
        }
    }
    if (passing.wrong != SIZE_MAX) {
        return fail(job, CANDOR_BAD_INPUT,
                    "row %zu: a score must be from 0 to 1 and a weight 0 or more", passing.wrong);
    }
    cells->unscored = passing.unscored;
    for (size_t g = 0; g < rows->group_count; g++) { /* the last had those in no group until now */
        add_group(cells, rows->group_count, cells, g);
    }
    return CANDOR_OK;
}

enum candor_status parity_fold(struct job *job, const struct parity_cells *cells,
                               const uint32_t *into, size_t group_count,
                               struct parity_cells *folded)
{
    *folded = *cells;
    folded->group_count = group_count;
    TRY_ALLOC(job, folded->group, group_count + 1, struct parity_group);
    TRY_ALLOC(job, folded->cell, (group_count + 1) * cells->bin_count, struct parity_cell);
    for (size_t g = 0; g < cells->group_count; g++) {
        if (into[g] != UINT32_MAX) {
            must(into[g] < group_count);
            add_group(folded, into[g], cells, g);
        }
    }
    add_group(folded, group_count, cells, cells->group_count);
    return CANDOR_OK;
}
