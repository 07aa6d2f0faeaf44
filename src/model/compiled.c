/*
 * compiled.c - a model laid out for scoring, and one row of it.
 *
 * Numbers find their bins by cuts.c of the frame room, texts by a small hash table for each feature:
 * open addressing, at most half full. What a row needs is gathered once: the cell of each term,
 * counted through all terms. After that every answer is one walk over the terms.
 */
#include "inside.h"

#include <math.h>
#include <string.h>

/* ---- texts ---- */

/* At most eight bytes as a number; texts of one length differ as numbers do. */
static uint64_t bytes_as_number(const char *text, size_t len)
{
    uint64_t number = 0;
    if (len >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, text, 4);
        memcpy(&last, text + len - 4, 4);
        return (uint64_t)first << 32 | last;
    }
    for (size_t i = 0; i < len; i++) {
        number = number << 8 | (uint8_t)text[i];
    }
    return number;
}

static uint64_t mix(uint64_t hash, uint64_t number)
{
    hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint32_t hash_of(struct str text)
{
    uint64_t hash = text.len * UINT64_C(0xbf58476d1ce4e5b9);
    size_t at = 0;
    for (; at + 8 < text.len; at += 8) {
        hash = mix(hash, bytes_as_number(text.ptr + at, 8));
    }
    hash = mix(hash, bytes_as_number(text.ptr + at, text.len - at));
    return (uint32_t)(hash >> 32);
}

static uint8_t bin_of_text(const struct texts *texts, struct str text)
{
    if (text.ptr == NULL) {
        return BIN_MISSING;
    }
    const uint32_t hash = hash_of(text);
    uint32_t at = hash & texts->mask;
    while (texts->slot[at].bin != BIN_MISSING) {
        if (texts->slot[at].hash == hash && str_equal(texts->slot[at].level, text)) {
            return texts->slot[at].bin;
        }
        at = (at + 1) & texts->mask;
    }
    return texts->unseen;
}

static enum candor_status texts_of(struct job *job, const struct model *model, size_t index,
                                   struct texts *texts)
{
    const struct model_feature *feature = &model->feature[index];
    size_t slots = 4;
    while (slots < 2 * feature->value_count) {
        slots *= 2;
    }
    struct slot *slot;
    TRY_ALLOC(job, slot, slots, struct slot);
    *texts = (struct texts){index, slot, (uint32_t)(slots - 1), (uint8_t)(feature->bin_count - 1)};
    for (size_t v = 0; v < feature->value_count; v++) {
        const size_t place = feature->rank == NULL ? v : feature->rank[v];
        const uint32_t hash = hash_of(feature->level[v]);
        uint32_t at = hash & texts->mask;
        while (slot[at].bin != BIN_MISSING) {
            at = (at + 1) & texts->mask;
        }
        slot[at] = (struct slot){feature->level[v], hash, (uint8_t)(place + 1)};
    }
    return CANDOR_OK;
}

/* ---- making one ---- */

static enum candor_status compile_features(struct job *job, const struct model *model,
                                           struct scorer *scorer)
{
    uint16_t *number_feature;
    struct cuts *cuts;
    struct texts *texts;
    TRY_ALLOC(job, number_feature, model->feature_count + 1, uint16_t);
    TRY_ALLOC(job, cuts, model->feature_count + 1, struct cuts);
    TRY_ALLOC(job, texts, model->feature_count + 1, struct texts);
    for (size_t i = 0; i < model->feature_count; i++) {
        if (model->feature[i].kind == COLUMN_NUMBER) {
            number_feature[scorer->number_count] = (uint16_t)i;
            cuts[scorer->number_count] = cuts_of(job->arena, &model->feature[i]);
            scorer->number_count++;
        } else {
            TRY(texts_of(job, model, i, &texts[scorer->text_count]));
            scorer->text_count++;
        }
    }
    scorer->number_feature = number_feature;
    scorer->cuts = cuts;
    scorer->texts = texts;
    return CANDOR_OK;
}

static enum candor_status compile_pairs(struct job *job, const struct model *model,
                                        struct scorer *scorer)
{
    struct pair *pair;
    scorer->pair_count = model->term_count - model->feature_count;
    TRY_ALLOC(job, pair, scorer->pair_count + 1, struct pair);
    for (size_t p = 0; p < scorer->pair_count; p++) {
        const struct term *term = &model->term[model->feature_count + p];
        must(term->axis_count[0] <= PAIR_AXIS_MAX);
        must(term->axis_count[1] <= PAIR_AXIS_MAX);
        pair[p].cell_count = term->cell_count;
        bytes_copy(pair[p].feature, term->feature, sizeof term->feature);
        for (size_t bin = 0; bin < model->feature[term->feature[0]].bin_count; bin++) {
            const size_t cell = term->axis[0][bin] * term->axis_count[1];
            pair[p].left_cell[bin] = (uint16_t)cell;
            pair[p].left_byte[bin] = (uint8_t)cell;
        }
        bytes_copy(pair[p].right_cell, term->axis[1], model->feature[term->feature[1]].bin_count);
    }
    scorer->pair = pair;
    return CANDOR_OK;
}

static enum candor_status compile_factors(struct job *job, const struct model *model,
                                          struct scorer *scorer)
{
    float *factor;
    TRY_ALLOC(job, factor, size_mul(model->cell_count, model->factor_count) + 1, float);
    for (size_t f = 0; f < model->factor_count; f++) {
        for (size_t cell = 0; cell < model->cell_count; cell++) {
            factor[cell * model->factor_count + f] = model->factor[f * model->cell_count + cell];
        }
    }
    scorer->factor = factor;
    return CANDOR_OK;
}

enum candor_status scorer_of(struct job *job, const struct model *model,
                             const struct scorer **scorer)
{
    must(model->feature_count <= MODEL_FEATURES_MAX);
    struct scorer *made = NEW(job->arena, struct scorer);
    made->model = model;
    TRY(compile_features(job, model, made));
    TRY(compile_pairs(job, model, made));
    TRY(compile_factors(job, model, made));
    *scorer = made;
    return CANDOR_OK;
}

/* ---- one row ---- */

void scorer_bin_row(const struct scorer *scorer, const struct raw_value *value, uint8_t *bin)
{
    double number[MODEL_FEATURES_MAX];
    uint8_t found[MODEL_FEATURES_MAX];
    for (size_t i = 0; i < scorer->number_count; i++) {
        number[i] = value[scorer->number_feature[i]].number;
    }
    cuts_bins_of_row(scorer->cuts, number, scorer->number_count, found);
    for (size_t i = 0; i < scorer->number_count; i++) {
        bin[scorer->number_feature[i]] = found[i];
    }
    for (size_t i = 0; i < scorer->text_count; i++) {
        const struct texts *texts = &scorer->texts[i];
        bin[texts->feature] = bin_of_text(texts, value[texts->feature].text);
    }
}

static size_t pair_cell(const struct pair *pair, const uint8_t *bin)
{
    return (size_t)pair->left_cell[bin[pair->feature[0]]] + pair->right_cell[bin[pair->feature[1]]];
}

void scorer_cells(const struct scorer *scorer, const uint8_t *bin, uint32_t *cell)
{
    const struct model *model = scorer->model;
    const uint32_t *start = model->start;
    for (size_t i = 0; i < model->feature_count; i++) {
        cell[i] = start[i] + bin[i];
    }
    for (size_t p = 0; p < scorer->pair_count; p++) {
        const size_t t = model->feature_count + p;
        cell[t] = start[t] + (uint32_t)pair_cell(&scorer->pair[p], bin);
    }
}

double scorer_contributions(const struct scorer *scorer, size_t class, const uint32_t *cell,
                            double *contribution)
{
    const struct model *model = scorer->model;
    const double *table = model->table + class * model->cell_count;
    double link = model->class_base[class];
    for (size_t t = 0; t < model->term_count; t++) {
        contribution[t] = table[cell[t]];
        link += contribution[t];
    }
    return link;
}

double scorer_sd(const struct scorer *scorer, size_t class, const uint32_t *cell)
{
    const struct model *model = scorer->model;
    const size_t factors = model->factor_count;
    double variance = model->base_sd * model->base_sd;
    double sum[FACTORS_MAX] = {0};
    double squares[FACTORS_MAX] = {0};
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        const double sd = term->sd[class * term->cell_count + cell[t] - model->start[t]];
        const float *factor = scorer->factor + cell[t] * factors;
        variance += sd * sd;
        for (size_t f = 0; f < factors; f++) {
            const double value = (double)factor[f];
            sum[f] += value;
            squares[f] += value * value;
        }
    }
    for (size_t f = 0; f < factors; f++) {
        variance += model->factor_sign[f] * (sum[f] * sum[f] - squares[f]);
    }
    return sqrt(fmax(variance, 0));
}
