/*
 * watermark.c - a mark in a model's tables that only the holder of a key can find, and prove.
 *
 * The cells of single features that few rows fall into are moved by delta, up or down by a secret sign each: few
 * decisions change, and whoever copies the model copies the signs.
 *
 * The proof asks nothing of other models but that they do not know the key. Let x be numbers that are made of the
 * suspect and of our model without its mark, one for each cell: how far the two differ there. The signs are coins
 * that nobody but us has seen, so that for anything that was not copied
 *
 *     P( sum of sign * x >= z * sqrt(sum of x^2) ) <= exp(-z^2 / 2)                    Hoeffding 1963
 *
 * whatever the x are: no model of innocent models, no assumption about data. The largest z is the root of the
 * number of cells, so there are many.
 *
 * So x may be cut off where they are large, and may be distances from their neighbours: both are looked at, and p is
 * twice that of the better one. What x are made of: of a file the suspect's own tables at the values of our cells; of answers alone the mean
 * distance, on the link scale, between what was answered and what our model without its mark says, over the rows
 * of each cell.
 */
#include <math.h>
#include <stdlib.h>

#include "attack.h"
#include "numeric.h"
#include "review.h"

static const double thin_share = 0.01;  /* of the training weight: cells with more are left alone */
static const double marked_share = 0.5; /* of the weight of a feature, at most, is marked */
static const double distance_most = 3;  /* of one answer, on the link scale */
static const double steady_rows = 5;    /* a mean over fewer is believed less */

/* ---- which cells --------------------------------------------------------------------------- */

struct light {
    double weight;
    size_t cell;
};

static int compare_lights(const void *left, const void *right)
{
    const struct light *first = left;
    const struct light *second = right;
    if (first->weight != second->weight) {
        return first->weight < second->weight ? -1 : 1;
    }
    return (first->cell > second->cell) - (first->cell < second->cell);
}

static int compare_bins(const void *left, const void *right)
{
    const struct watermark_cell *first = left;
    const struct watermark_cell *second = right;
    return (first->bin > second->bin) - (first->bin < second->bin);
}

/* Of one feature, the lightest ones, in the order of their bins; values only, and what training has seen. */
static size_t take_cells(const struct model *model, size_t f, struct watermark_cell *cell)
{
    struct light light[BINS_MAX];
    const struct term *term = &model->term[f];
    size_t count = 0;
    size_t taken = 0;
    double marked = 0;
    for (size_t b = 1; b <= model->feature[f].value_count; b++) {
        if (term->weight[b] > 0 && term->weight[b] <= thin_share) {
            light[count++] = (struct light){term->weight[b], b};
        }
    }
    qsort(light, count, sizeof light[0], compare_lights);
    while (taken < count && marked + light[taken].weight <= marked_share) {
        cell[taken] = (struct watermark_cell){f, light[taken].cell};
        marked += light[taken++].weight;
    }
    qsort(cell, taken, sizeof cell[0], compare_bins);
    return taken;
}

enum candor_status watermark_cells(struct job *job, const struct model *model,
                                   struct watermark_cell **cell, size_t *count)
{
    if (model->task == TASK_CLASSES) {
        return fail(job, CANDOR_BAD_INPUT, "a model of classes is not marked");
    }
    TRY_ALLOC(job, *cell, model->cell_count + 1, struct watermark_cell);
    *count = 0;
    for (size_t f = 0; f < model->feature_count; f++) {
        *count += take_cells(model, f, *cell + *count);
    }
    return *count >= WATERMARK_CELLS_MIN
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT,
                      "%zu cells that few rows fall into, and a mark that can be proven needs %d: "
                      "the model is too coarse",
                      *count, WATERMARK_CELLS_MIN);
}

/* ---- marking ------------------------------------------------------------------------------- */

enum candor_status watermark_put(struct job *job, const struct model *model,
                                 const struct watermark *mark, struct model **marked)
{
    struct term *term = NULL;
    struct model *made = model_to_change(job->arena, model, &term);
    double *base = NEW(job->arena, double);
    *base = model->class_base[0];
    for (size_t i = 0; i < mark->count;) {
        const size_t f = mark->cell[i].feature;
        double *value;
        TRY_ALLOC(job, value, term[f].cell_count, double);
        bytes_copy(value, term[f].value, term[f].cell_count * sizeof *value);
        for (; i < mark->count && mark->cell[i].feature == f; i++) {
            value[mark->cell[i].bin] += mark->sign[i] * mark->delta;
        }
        *base += term_centre(&model->term[f], value);
        term[f].value = value;
    }
    made->class_base = base;
    TRY(model_index(job, made));
    *marked = made;
    return CANDOR_OK;
}

/* ---- looking for it ------------------------------------------------------------------------ */

/* The value of a bin, as somebody would ask for it. */
static struct raw_value value_of_bin(const struct model_feature *feature, size_t bin)
{
    struct raw_value raw = {.number = (double)NAN};
    if (feature->kind == COLUMN_NUMBER) {
        raw.number = feature->low[bin - 1] + (feature->high[bin - 1] - feature->low[bin - 1]) / 2;
        return raw;
    }
    for (size_t v = 0; v < feature->value_count; v++) {
        const size_t own = feature->kind == COLUMN_ORDINAL ? (size_t)feature->rank[v] + 1 : v + 1;
        raw.text = own == bin ? feature->level[v] : raw.text;
    }
    return raw;
}

static size_t feature_named(const struct model *model, struct str name)
{
    size_t f = 0;
    while (f < model->feature_count && !str_equal(model->feature[f].name, name)) {
        f++;
    }
    return f;
}

/* The suspect's table less ours, of each bin of a feature of ours. */
static void differ(const struct model *model, const struct watermark *mark,
                   const struct model *suspect, size_t f, size_t other, double *distance)
{
    const struct model_feature *feature = &model->feature[f];
    double mean = 0;
    double weight = 0;
    for (size_t b = 1; b <= feature->value_count; b++) {
        const uint8_t there = feature_bin(&suspect->feature[other], value_of_bin(feature, b));
        distance[b] = suspect->term[other].value[there] - model->term[f].value[b];
    }
    for (size_t i = 0; i < mark->count; i++) {
        if (mark->cell[i].feature == f) { /* ours without the mark */
            distance[mark->cell[i].bin] += mark->sign[i] * mark->delta;
        }
    }
    for (size_t b = 1; b <= feature->value_count; b++) {
        mean += model->term[f].weight[b] * distance[b];
        weight += model->term[f].weight[b];
    }
    for (size_t b = 1; b <= feature->value_count; b++) {
        distance[b] -= weight > 0 ? mean / weight : 0;
    }
}

void watermark_in_model(const struct model *model, const struct watermark *mark,
                        const struct model *suspect, double *x)
{
    double distance[BINS_MAX];
    for (size_t i = 0; i < mark->count;) {
        const size_t f = mark->cell[i].feature;
        const size_t other = feature_named(suspect, model->feature[f].name);
        const bool is_there =
            other < suspect->feature_count && (suspect->feature[other].kind == COLUMN_NUMBER) ==
                                                  (model->feature[f].kind == COLUMN_NUMBER);
        if (is_there) {
            differ(model, mark, suspect, f, other, distance);
        }
        for (; i < mark->count && mark->cell[i].feature == f; i++) {
            x[i] = is_there ? distance[mark->cell[i].bin] : 0;
        }
    }
}

/* What our model says of a row without its mark. */
static double link_without(const struct model *model, const struct watermark *mark,
                           const int8_t *sign_of, const uint32_t *start, const uint8_t *bin)
{
    double link = model_score_bins(model, 0, bin);
    for (size_t f = 0; f < model->feature_count; f++) {
        link -= sign_of[start[f] + bin[f]] * mark->delta;
    }
    return link;
}

enum candor_status watermark_in_answers(struct job *job, const struct model *model,
                                        const struct watermark *mark, const uint8_t *bin,
                                        const double *link, size_t row_count, double *x)
{
    int8_t *sign_of;
    double *distance;
    double *weight;
    double *sum;
    double *rows;
    double mean = 0;
    double all = 0;
    TRY_ALLOC(job, sign_of, model->cell_count + 1, int8_t);
    TRY_ALLOC(job, distance, row_count + 1, double);
    TRY_ALLOC(job, weight, row_count + 1, double);
    TRY_ALLOC(job, sum, model->cell_count + 1, double);
    TRY_ALLOC(job, rows, model->cell_count + 1, double);
    for (size_t c = 0; c < model->cell_count; c++) {
        sign_of[c] = 0;
        sum[c] = 0;
        rows[c] = 0;
    }
    for (size_t i = 0; i < mark->count; i++) {
        sign_of[model->start[mark->cell[i].feature] + mark->cell[i].bin] = mark->sign[i];
    }
    for (size_t row = 0; row < row_count; row++) {
        const uint8_t *own = bin + row * model->feature_count;
        const double ours = link_without(model, mark, sign_of, model->start, own);
        const double chance = model->task == TASK_BINARY ? logistic_of(ours) : 0.5;
        weight[row] = isnan(link[row]) ? 0 : 4 * chance * (1 - chance);
        distance[row] =
            isnan(link[row]) ? 0 : fmax(-distance_most, fmin(distance_most, link[row] - ours));
        mean += weight[row] * distance[row];
        all += weight[row];
    }
    mean = all > 0 ? mean / all : 0;
    for (size_t row = 0; row < row_count; row++) {
        for (size_t f = 0; f < model->feature_count; f++) {
            const size_t c = model->start[f] + bin[row * model->feature_count + f];
            sum[c] += weight[row] * (distance[row] - mean);
            rows[c] += weight[row];
        }
    }
    for (size_t i = 0; i < mark->count; i++) {
        const size_t c = model->start[mark->cell[i].feature] + mark->cell[i].bin;
        x[i] = sum[c] / (rows[c] + steady_rows);
    }
    return CANDOR_OK;
}

/* A few cells that differ by much (a table cut off, a tail that was never learnt) must not outweigh the rest: none
 * counts for more than the middle one. */
static enum candor_status clip(struct job *job, const double *x, size_t count, double *clipped)
{
    double *size;
    size_t said = 0;
    TRY_ALLOC(job, size, count + 1, double);
    for (size_t i = 0; i < count; i++) {
        if (x[i] != 0) {
            size[said++] = fabs(x[i]);
        }
    }
    TRY(sort_f64(job, size, said));
    const double most = said == 0 ? 0 : size[said / 2];
    for (size_t i = 0; i < count; i++) {
        clipped[i] = fmax(-most, fmin(most, x[i]));
    }
    return CANDOR_OK;
}

/* How far each cell stands out from its neighbours: what a copy got wrong in one piece is gone. */
static void roughen(const struct watermark *mark, const double *x, double *rough)
{
    for (size_t i = 0; i < mark->count; i++) {
        const size_t f = mark->cell[i].feature;
        const bool has_left = i > 0 && mark->cell[i - 1].feature == f;
        const bool has_right = i + 1 < mark->count && mark->cell[i + 1].feature == f;
        double near = 0;
        near += has_left ? x[i - 1] : 0;
        near += has_right ? x[i + 1] : 0;
        rough[i] = x[i] - (has_left && has_right ? near / 2 : near);
    }
}

static struct watermark_proof proof_of(const struct watermark *mark, const double *x)
{
    struct watermark_proof proof = {.log10_p = 0};
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < mark->count; i++) {
        sum += mark->sign[i] * x[i];
        squares += x[i] * x[i];
        proof.cells += x[i] != 0;
        proof.agree += mark->sign[i] * x[i] > 0;
    }
    if (squares > 0) {
        proof.z = sum / sqrt(squares);
        /* Two were looked at, and the better one counts. */
        proof.log10_p =
            proof.z > 0 ? fmin(0, log_of(2) / log_of(10) - proof.z * proof.z / 2 / log_of(10)) : 0;
    }
    return proof;
}

enum candor_status watermark_prove(struct job *job, const struct watermark *mark, const double *x,
                                   struct watermark_proof *proof)
{
    double *rough;
    double *clipped;
    TRY_ALLOC(job, rough, mark->count + 1, double);
    TRY_ALLOC(job, clipped, mark->count + 1, double);
    TRY(clip(job, x, mark->count, clipped));
    *proof = proof_of(mark, clipped);
    roughen(mark, x, rough);
    TRY(clip(job, rough, mark->count, clipped));
    const struct watermark_proof other = proof_of(mark, clipped);
    *proof = other.z > proof->z ? other : *proof;
    return CANDOR_OK;
}
