/*
 * score.c - link values, probabilities, contributions.
 *
 * A score is base + one table value per term, added in the order of the terms on every path: one row
 * or a million, with contributions or without, the bits are the same.
 */
#include "fit.h"

#include <assert.h>
#include <math.h>

enum { PIECE_ROWS = 4096, STRIP_ROWS = 256, STRIP_BINS = 1 << 16 };
static_assert(STRIP_BINS >= MODEL_FEATURES_MAX, "a strip has one row at least");

double model_mean(const struct model *model, double link)
{
    return model->task == TASK_BINARY ? 1 / (1 + exp(-link)) : link;
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

double model_score_bins(const struct model *model, const uint8_t *bin)
{
    double link = model->base;
    for (size_t i = 0; i < model->feature_count; i++) {
        link += model->table[model->start[i] + bin[i]];
    }
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        link += term->value[pair_cell(term, bin[term->feature[0]], bin[term->feature[1]])];
    }
    return link;
}

double model_contributions(const struct model *model, const uint8_t *bin, double *contribution)
{
    double link = model->base;
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const uint8_t left = bin[term->feature[0]];
        contribution[t] = term->feature_count == 1
                              ? term->value[left]
                              : term->value[pair_cell(term, left, bin[term->feature[1]])];
        link += contribution[t];
    }
    return link;
}

struct score model_score_row(const struct model *model, const struct raw_value *value)
{
    uint8_t bin[MODEL_FEATURES_MAX];
    must(model->feature_count <= MODEL_FEATURES_MAX);
    model_bin_row(model, value, bin);
    const double link = model_score_bins(model, bin);
    return (struct score){link, model_mean(model, link)};
}

/* ---- frames ---- */

struct binding {
    const struct model *model;
    size_t row_count;
    struct lookup *lookup; /* one per feature */
};

enum candor_status model_bind(struct job *job, const struct model *model, const struct frame *frame,
                              struct binding **binding)
{
    struct binding *made = NEW(job->arena, struct binding);
    *made = (struct binding){model, frame->row_count, NULL};
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
    for (size_t from = first; from < last; from += STRIP_ROWS) {
        const size_t count = last - from < STRIP_ROWS ? last - from : STRIP_ROWS;
        for (size_t i = 0; i < features; i++) {
            uint8_t bin[STRIP_ROWS];
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

/* Rows whose bins fit into the strip: fewer when there are many features. */
static size_t strip_rows(const struct model *model)
{
    const size_t fit = STRIP_BINS / (model->feature_count + (model->feature_count == 0));
    return fit < STRIP_ROWS ? fit : STRIP_ROWS;
}

/* Column by column: the table of one term stays in the cache for a whole strip. */
static void score_strip(const struct binding *binding, size_t first, size_t count, double *link)
{
    const struct model *model = binding->model;
    uint8_t bin[STRIP_BINS];
    for (size_t row = 0; row < count; row++) {
        link[row] = model->base;
    }
    for (size_t i = 0; i < model->feature_count; i++) {
        uint8_t *here = bin + i * count;
        const double *value = model->table + model->start[i];
        lookup_bins(&binding->lookup[i], first, count, here);
        for (size_t row = 0; row < count; row++) {
            link[row] += value[here[row]];
        }
    }
    for (size_t t = model->feature_count; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const uint8_t *left = bin + term->feature[0] * count;
        const uint8_t *right = bin + term->feature[1] * count;
        for (size_t row = 0; row < count; row++) {
            link[row] += term->value[pair_cell(term, left[row], right[row])];
        }
    }
}

static void score_piece(void *context, size_t piece)
{
    const struct walk *walk = context;
    const struct model *model = walk->binding->model;
    const size_t first = piece * PIECE_ROWS;
    const size_t last = piece_end(walk->binding, first);
    const size_t step = strip_rows(model);
    for (size_t from = first; from < last; from += step) {
        double link[STRIP_ROWS];
        const size_t count = last - from < step ? last - from : step;
        score_strip(walk->binding, from, count, link);
        for (size_t row = 0; row < count && walk->link != NULL; row++) {
            walk->link[from + row] = link[row];
        }
        for (size_t row = 0; row < count && walk->mean != NULL; row++) {
            walk->mean[from + row] = model_mean(model, link[row]);
        }
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
