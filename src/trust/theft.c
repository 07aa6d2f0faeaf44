/*
 * theft.c - how much of a model one who asks for scores has seen: a meter of fixed size.
 *
 * Per field a table of rows without that field, by hash, with the first value seen there; and which values
 * are joined, as trees of parents. A second value at the same place joins two trees: one more difference is
 * known. Two rows with one hash would join what nobody has compared: at 32 bits and a thousand places that
 * is one in four million rows.
 */
#include <string.h>

#include "attack.h"

struct star {
    uint32_t rest; /* of the hash of the other fields; 0: nothing */
    uint8_t bin;
    uint8_t joins; /* made around this row; no more are counted than make a sweep */
};

struct theft_meter {
    size_t feature_count;
    uint64_t told;
    uint64_t joined;
    uint64_t swept;       /* of those joined */
    uint64_t differences; /* that there are */
    struct star *star;    /* THEFT_STARS of each feature */
    uint8_t *parent;      /* BINS_MAX of each feature */
    bool *is_seen;        /* by training; as many */
};

uint64_t theft_unknowns(const struct model *model)
{
    uint64_t count = 0;
    for (size_t t = 0; t < model->term_count; t++) {
        const struct term *term = &model->term[t];
        count += term->feature_count == 1 ? term->cell_count - 1 : term->cell_count;
    }
    return count;
}

struct theft_meter *theft_begin(struct arena *arena, const struct model *model)
{
    struct theft_meter *meter = NEW(arena, struct theft_meter);
    meter->feature_count = model->feature_count;
    meter->star = NEW_ARRAY(arena, model->feature_count * THEFT_STARS + 1, struct star);
    meter->parent = NEW_ARRAY(arena, model->feature_count * BINS_MAX + 1, uint8_t);
    meter->is_seen = NEW_ARRAY(arena, model->feature_count * BINS_MAX + 1, bool);
    for (size_t f = 0; f < model->feature_count; f++) {
        uint64_t seen = 0;
        for (size_t bin = 0; bin < BINS_MAX; bin++) {
            meter->parent[f * BINS_MAX + bin] = (uint8_t)bin;
        }
        for (size_t bin = 0; bin < model->term[f].cell_count; bin++) {
            meter->is_seen[f * BINS_MAX + bin] = model->term[f].weight[bin] > 0;
            seen += model->term[f].weight[bin] > 0;
        }
        meter->differences += seen > 0 ? seen - 1 : 0;
    }
    return meter;
}

/* SplitMix64 (Steele et al. 2014) of a field and its value. */
static uint64_t mark_of(size_t feature, uint8_t bin)
{
    uint64_t mixed = ((uint64_t)feature << 8 | bin) * 0x9e3779b97f4a7c15U + 0x632be59bd9b4e019U;
    mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9U;
    mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111ebU;
    return mixed ^ mixed >> 31;
}

static uint8_t root_of(uint8_t *parent, uint8_t bin)
{
    while (parent[bin] != bin) {
        parent[bin] = parent[parent[bin]];
        bin = parent[bin];
    }
    return bin;
}

/* Only what training has seen counts as learnt: cells without weight say nothing anybody needs. */
static void join(struct theft_meter *meter, size_t feature, struct star *star, uint8_t right)
{
    const uint8_t left = star->bin;
    uint8_t *parent = meter->parent + feature * BINS_MAX;
    const bool *is_seen = meter->is_seen + feature * BINS_MAX;
    const uint8_t one = root_of(parent, left);
    const uint8_t other = root_of(parent, right);
    if (one != other && is_seen[left] && is_seen[right]) {
        parent[one] = other;
        meter->joined++;
        meter->swept += star->joins == THEFT_FREE;
        if (star->joins < THEFT_FREE) {
            star->joins++;
        }
    }
}

void theft_told(struct theft_meter *meter, const uint8_t *bin)
{
    const size_t features = meter->feature_count;
    uint64_t row = 0;
    for (size_t f = 0; f < features; f++) {
        row += mark_of(f, bin[f]);
    }
    for (size_t f = 0; f < features; f++) {
        const uint64_t rest = row - mark_of(f, bin[f]);
        struct star *star = &meter->star[f * THEFT_STARS + (rest >> 32) % THEFT_STARS];
        const uint32_t name = (uint32_t)rest | 1;
        if (star->rest == name) {
            join(meter, f, star, bin[f]);
        } else {
            *star = (struct star){.rest = name, .bin = bin[f]};
        }
    }
    meter->told++;
}

void theft_told_before(struct theft_meter *meter, uint64_t count)
{
    meter->told += count;
}

uint64_t theft_count(const struct theft_meter *meter)
{
    return meter->told;
}

double theft_exposed(const struct theft_meter *meter)
{
    return meter->differences == 0 ? 0 : (double)meter->joined / (double)meter->differences;
}

double theft_swept(const struct theft_meter *meter)
{
    return meter->differences == 0 ? 0 : (double)meter->swept / (double)meter->differences;
}
