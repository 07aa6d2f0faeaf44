/*
 * measure.c - how good predictions are on rows that were held out.
 *
 * Calibration takes the rows in order of their score and cuts them into tenths; rows of equal score
 * stay together, so a tenth may be larger, and there may be fewer than ten. A model is calibrated when
 * in each of them the mean prediction is what really happened.
 */
#include "model.h"

#include <math.h>

#include "numeric.h"

struct measures measures_none(void)
{
    const double unknown = (double)NAN;
    return (struct measures){
        .auc = unknown,
        .log_loss = unknown,
        .brier = unknown,
        .rmse = unknown,
        .r2 = unknown,
        .deviance = unknown,
    };
}

/* The sums of the rows order[first] .. order[last - 1], as means. */
static struct calibration calibration_of(const struct predictions *of, const uint32_t *order,
                                         size_t first, size_t last)
{
    struct calibration tenth = {.rows = last - first};
    for (size_t i = first; i < last; i++) {
        tenth.predicted += of->score[order[i]];
        tenth.observed += of->label[order[i]];
    }
    tenth.predicted /= (double)tenth.rows;
    tenth.observed /= (double)tenth.rows;
    return tenth;
}

static enum candor_status calibrate(struct job *job, const struct predictions *of,
                                    struct measures *measures)
{
    const struct arena_mark mark = arena_mark(job->arena);
    uint32_t *order;
    TRY_ALLOC(job, order, of->count, uint32_t);
    TRY(order_f64(job, of->score, of->count, order));

    size_t first = 0;
    for (size_t tenth = 1; tenth <= CALIBRATION_MAX; tenth++) {
        size_t last = of->count * tenth / CALIBRATION_MAX;
        while (last > first && last < of->count &&
               of->score[order[last]] == of->score[order[last - 1]]) {
            last++;
        }
        if (last > first) {
            measures->calibration[measures->calibration_count] =
                calibration_of(of, order, first, last);
            measures->calibration_count++;
            first = last;
        }
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status measure(struct job *job, const struct target *target, const double *mean,
                           size_t row_count, struct measures *measures)
{
    const struct predictions of = {.label = target->value, .score = mean, .count = row_count};
    *measures = measures_none();
    measures->rows = row_count;
    if (row_count == 0) {
        return CANDOR_OK;
    }

    const double rmse = rmse_of(&of);
    if (target->task == TASK_REGRESSION) {
        measures->rmse = rmse;
        measures->r2 = r2_of(&of);
        return CANDOR_OK;
    }
    measures->log_loss = log_loss_of(&of);
    measures->brier = rmse * rmse;
    TRY(auc_of(job, &of, &measures->auc));
    return calibrate(job, &of, measures);
}
