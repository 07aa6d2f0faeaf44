/*
 * score.c - link values, probabilities, contributions.
 *
 * A score is base + one table value per term, added in the order of the terms on every path: one row
 * or a million, with contributions or without, the bits are the same. What stands here for one row is
 * the definition; compiled.c is the fast path, and binding walks it over the columns of a frame.
 */
#include "model.h"

#include <assert.h>
#include <math.h>

#include "numeric.h"

enum { PIECE_ROWS = 4096, STRIP_BINS = 1 << 16 };
static_assert(STRIP_BINS >= MODEL_FEATURES_MAX, "a strip has one row at least");

double model_mean(const struct model *model, double link)
{
    switch (model->task) {
    case TASK_BINARY:
        return logistic_of(link);
    case TASK_COUNT:
    case TASK_AMOUNT:
        return exp_of(link);
    case TASK_REGRESSION:
    case TASK_CLASSES:
        break;
    }
    return link;
}

void model_means(const struct model *model, const double *link, size_t count, double *mean)
{
    if (mean != link) {
        bytes_copy(mean, link, count * sizeof *mean);
    }
    switch (model->task) {
    case TASK_BINARY:
        logistic_each(mean, count);
        break;
    case TASK_COUNT:
    case TASK_AMOUNT:
        exp_each(mean, count);
        break;
    case TASK_REGRESSION:
    case TASK_CLASSES:
        break;
    }
}

void model_chances(const struct model *model, const double *link, double *chance)
{
    double most = link[0];
    for (size_t c = 1; c < model->class_count; c++) {
        most = fmax(most, link[c]);
    }
    double sum = 0;
    for (size_t c = 0; c < model->class_count; c++) {
        chance[c] = exp_of(link[c] - most);
        sum += chance[c];
    }
    for (size_t c = 0; c < model->class_count; c++) {
        chance[c] /= sum;
    }
}

void model_bin_row(const struct model *model, const struct raw_value *value, uint8_t *bin)
{
    for (size_t i = 0; i < model->feature_count; i++) {
        bin[i] = feature_bin(&model->feature[i], value[i]);
    }
}

static size_t pair_cell(const struct term *term, uint8_t left, uint8_t right)
{
    return term->axis[0][left] * term->axis_count[1] + term->axis[1][right];
}

size_t term_cell(const struct term *term, const uint8_t *bin)
{
    const uint8_t left = bin[term->feature[0]];
    return term->feature_count == 1 ? left : pair_cell(term, left, bin[term->feature[1]]);
}

double model_score_bins(const struct model *model, size_t class, const uint8_t *bin)
{
    const double *table = model->table + class * model->cell_count;
    double link = model->class_base[class];
    for (size_t i = 0; i < model->feature_count; i++) {
        link += table[model->start[i] + bin[i]];
    }
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        link += table[model->start[t] + term_cell(&model->term[t], bin)];
    }
    return link;
}

double model_contributions(const struct model *model, size_t class, const uint8_t *bin,
                           double *contribution)
{
    const double *table = model->table + class * model->cell_count;
    double link = model->class_base[class];
    for (size_t t = 0; t < model->term_count; t++) {
        contribution[t] = table[model->start[t] + term_cell(&model->term[t], bin)];
        link += contribution[t];
    }
    return link;
}

double model_score_sd(const struct model *model, size_t class, const uint8_t *bin)
{
    double variance = model->base_sd * model->base_sd;
    double sum[FACTORS_MAX] = {0};
    double squares[FACTORS_MAX] = {0};
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const size_t cell = term_cell(term, bin);
        const double sd = term->sd[class * term->cell_count + cell];
        variance += sd * sd;
        for (size_t f = 0; f < model->factor_count; f++) {
            const double value =
                (double)model->factor[f * model->cell_count + model->start[t] + cell];
            sum[f] += value;
            squares[f] += value * value;
        }
    }
    for (size_t f = 0; f < model->factor_count; f++) {
        variance += model->factor_sign[f] * (sum[f] * sum[f] - squares[f]);
    }
    return sqrt(fmax(variance, 0));
}

struct score model_score_row(const struct model *model, const struct raw_value *value)
{
    uint8_t bin[MODEL_FEATURES_MAX];
    must(model->feature_count <= MODEL_FEATURES_MAX);
    must(model->class_count == 1);
    model_bin_row(model, value, bin);
    const double link = model_score_bins(model, 0, bin);
    return (struct score){link, model_mean(model, link)};
}

/* ---- frames ---- */

struct binding {
    const struct model *model;
    const struct scorer *scorer;
    size_t row_count;
    struct lookup *lookup; /* one per feature */
};

enum candor_status model_bind(struct job *job, const struct model *model, const struct frame *frame,
                              struct binding **binding)
{
    struct binding *made = NEW(job->arena, struct binding);
    *made = (struct binding){.model = model, .row_count = frame->row_count};
    TRY(scorer_of(job, model, &made->scorer));
    made->lookup = NEW_ARRAY(job->arena, model->feature_count + 1, struct lookup);
    for (size_t i = 0; i < model->feature_count; i++) {
        const struct model_feature *feature = &model->feature[i];
        const struct column *column = frame_find(frame, feature->name);
        if (column == NULL) {
            return fail(job, CANDOR_BAD_INPUT,
                        "column '%.*s' is not in the table, and the model needs it",
                        STR_ARG(feature->name));
        }
        TRY(lookup_begin(job, feature, column, frame->row_count, &made->lookup[i]));
    }
    *binding = made;
    return CANDOR_OK;
}

void binding_bin_row(const struct binding *binding, size_t row, uint8_t *bin)
{
    must(row < binding->row_count);
    for (size_t i = 0; i < binding->model->feature_count; i++) {
        lookup_bins(&binding->lookup[i], row, 1, &bin[i]);
    }
}

/* A walk over all rows: what is wanted of each is not NULL. */
struct walk {
    const struct binding *binding;
    uint8_t *bin;
    double *link;
    double *mean;
};

static size_t piece_end(const struct binding *binding, size_t first)
{
    const size_t left = binding->row_count - first;
    return first + (left < PIECE_ROWS ? left : PIECE_ROWS);
}

static size_t piece_count(const struct binding *binding)
{
    return (binding->row_count + PIECE_ROWS - 1) / PIECE_ROWS;
}

static void bin_piece(void *context, size_t piece)
{
    const struct walk *walk = context;
    const size_t features = walk->binding->model->feature_count;
    const size_t first = piece * PIECE_ROWS;
    const size_t last = piece_end(walk->binding, first);
    for (size_t from = first; from < last; from += SCORER_STRIP) {
        const size_t count = last - from < SCORER_STRIP ? last - from : SCORER_STRIP;
        for (size_t i = 0; i < features; i++) {
            uint8_t bin[SCORER_STRIP];
            lookup_bins(&walk->binding->lookup[i], from, count, bin);
            for (size_t row = 0; row < count; row++) {
                walk->bin[(from + row) * features + i] = bin[row];
            }
        }
    }
}

void binding_bin(const struct binding *binding, unsigned threads, uint8_t *bin)
{
    struct walk walk = {.binding = binding};
    walk.bin = bin;
    pool_each(threads == 0 ? pool_default_threads() : threads, piece_count(binding), bin_piece,
              &walk);
}

/* Rows whose bins fit into a strip: fewer when there are many features. */
static size_t strip_rows(const struct model *model)
{
    const size_t fit = STRIP_BINS / (model->feature_count + (model->feature_count == 0));
    return fit < SCORER_STRIP ? fit : SCORER_STRIP;
}

/* One class of a strip into the places of the rows. */
static void take_links(const struct walk *walk, size_t class, size_t from, size_t count,
                       const double *link)
{
    const size_t classes = walk->binding->model->class_count;
    for (size_t row = 0; row < count && walk->link != NULL; row++) {
        walk->link[(from + row) * classes + class] = link[row];
    }
    for (size_t row = 0; row < count && walk->mean != NULL; row++) {
        walk->mean[(from + row) * classes + class] = link[row];
    }
}

/* From the link values of a strip, which stand in the places of the means. */
static void make_means(const struct walk *walk, size_t from, size_t count)
{
    const struct model *model = walk->binding->model;
    if (model->task != TASK_CLASSES) {
        model_means(model, walk->mean + from, count, walk->mean + from);
        return;
    }
    for (size_t row = from; row < from + count; row++) {
        double *chance = walk->mean + row * model->class_count;
        model_chances(model, chance, chance);
    }
}

static void score_strip(const struct walk *walk, size_t from, size_t count)
{
    const struct model *model = walk->binding->model;
    uint8_t room[STRIP_BINS];
    const uint8_t *bin[MODEL_FEATURES_MAX];
    double link[SCORER_STRIP];
    for (size_t i = 0; i < model->feature_count; i++) {
        lookup_bins(&walk->binding->lookup[i], from, count, room + i * count);
        bin[i] = room + i * count;
    }
    for (size_t class = 0; class < model->class_count; class ++) {
        scorer_links(walk->binding->scorer, class, bin, count, link);
        take_links(walk, class, from, count, link);
    }
    if (walk->mean != NULL) {
        make_means(walk, from, count);
    }
}

static void score_piece(void *context, size_t piece)
{
    const struct walk *walk = context;
    const size_t first = piece * PIECE_ROWS;
    const size_t last = piece_end(walk->binding, first);
    const size_t step = strip_rows(walk->binding->model);
    for (size_t from = first; from < last; from += step) {
        score_strip(walk, from, last - from < step ? last - from : step);
    }
}

void binding_score(const struct binding *binding, unsigned threads, double *link, double *mean)
{
    struct walk walk = {.binding = binding};
    walk.link = link;
    walk.mean = mean;
    pool_each(threads == 0 ? pool_default_threads() : threads, piece_count(binding), score_piece,
              &walk);
}
