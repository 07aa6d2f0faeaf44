/*
 * evasion_cap.c - how many refusals a few changed fields turn, and the cap that leaves them few.
 *
 * A cap holds for the table of a field alone; what pairs say of it stays. A model is cut at a score that is given,
 * or at the one that leaves a share of the rows above it, which moves with the cap.
 */
#include <math.h>

#include "attack.h"
#include "numeric.h"
#include "review.h"

enum { ROWS_BETWEEN = 1024 };
static const double step = 0.01; /* of a cap that is looked for */

static enum candor_status cut_of(struct job *job, const struct model *model,
                                 const struct evasion_rows *rows, const double *score, double *cut)
{
    double *sorted;
    *cut = rows->least;
    if (!(rows->share > 0) || rows->row_count == 0) {
        return CANDOR_OK;
    }
    TRY_ALLOC(job, sorted, rows->row_count, double);
    for (size_t row = 0; row < rows->row_count; row++) {
        sorted[row] = score[row];
    }
    (void)model;
    TRY(sort_f64(job, sorted, rows->row_count));
    *cut = sorted[(size_t)((double)rows->row_count * (1 - rows->share))];
    return CANDOR_OK;
}

enum candor_status evasion_turned(struct job *job, const struct model *model,
                                  const struct evasion_options *options,
                                  const struct evasion_rows *rows, struct evasion_turned *turned)
{
    struct evader *evader = NULL;
    double *score;
    double cut = 0;
    *turned = (struct evasion_turned){0};
    TRY(evader_of(job, model, options, &evader));
    TRY_ALLOC(job, score, rows->row_count + 1, double);
    for (size_t row = 0; row < rows->row_count; row++) {
        score[row] =
            model_mean(model, model_score_bins(model, 0, rows->bin + row * model->feature_count));
    }
    TRY(cut_of(job, model, rows, score, &cut));
    for (size_t row = 0; row < rows->row_count; row++) {
        double link[EVASION_CHANGES_MAX + 1];
        if (row % ROWS_BETWEEN == 0 && job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped; there is no result");
        }
        if (score[row] >= cut) {
            continue;
        }
        turned->refused++;
        evader_row(evader, rows->bin + row * model->feature_count, link);
        for (size_t k = 1; k <= options->changes_max; k++) {
            turned->rows[k] += model_mean(model, link[k]) >= cut;
        }
    }
    return CANDOR_OK;
}

enum candor_status evasion_cap(struct job *job, struct model *model, const bool *is_declared,
                               double cap, struct model **capped)
{
    *capped = model;
    for (size_t f = 0; f < model->feature_count; f++) {
        struct edit_result result;
        const struct edit edit = {.feature = model->feature[f].name, .act = EDIT_CAP, .value = cap};
        if (is_declared[f]) {
            TRY(model_edit(job, *capped, &edit, capped, &result));
        }
    }
    return CANDOR_OK;
}

static enum candor_status share_turned(struct job *job, struct model *model,
                                       const struct evasion_options *options,
                                       const struct evasion_rows *rows, double cap, double *share)
{
    struct model *capped;
    struct evasion_turned one;
    TRY(evasion_cap(job, model, options->may_change, cap, &capped));
    TRY(evasion_turned(job, capped, options, rows, &one));
    *share = one.refused == 0 ? 0 : (double)one.rows[1] / (double)one.refused;
    return CANDOR_OK;
}

enum candor_status evasion_cap_within(struct job *job, struct model *model,
                                      const struct evasion_options *asked,
                                      const struct evasion_rows *rows, double share_max,
                                      bool *is_found, double *cap)
{
    struct evasion_options options = *asked;
    uint64_t kept = 0;
    uint64_t broken = 1;
    double share = 0;
    options.changes_max = 1;
    must(options.may_change != NULL);
    for (size_t f = 0; f < model->feature_count; f++) {
        const struct term *term = &model->term[f];
        for (size_t c = 0; options.may_change[f] && c < term->cell_count; c++) {
            broken = (uint64_t)fmax((double)broken, ceil(fabs(term->value[c]) / step));
        }
    }
    TRY(share_turned(job, model, &options, rows, 0, &share));
    *is_found = share <= share_max; /* else what pairs say of these fields is enough */
    *cap = 0;
    if (!*is_found) {
        return CANDOR_OK;
    }
    TRY(share_turned(job, model, &options, rows, (double)broken * step, &share));
    kept = share <= share_max ? broken : 0;
    while (broken > kept && broken - kept > 1) {
        const uint64_t middle = kept + (broken - kept) / 2;
        TRY(share_turned(job, model, &options, rows, (double)middle * step, &share));
        if (share <= share_max) {
            kept = middle;
        } else {
            broken = middle;
        }
    }
    *cap = (double)kept * step;
    return CANDOR_OK;
}
