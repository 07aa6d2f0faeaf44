/*
 * inside.h - a scorer, for the files of this room.
 */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include <assert.h>

#include "model.h"

enum { BYTE_VALUES = 256 };

static_assert(PAIR_AXIS_MAX * PAIR_AXIS_MAX <= UINT16_MAX, "the cell of a pair is two bytes");

/* A level among the texts of a feature; bin 0: an empty slot. */
struct slot {
    struct str level;
    uint32_t hash;
    uint8_t bin;
};

struct texts {
    size_t feature;
    const struct slot *slot;
    uint32_t mask; /* slots - 1: a power of two, at least twice the levels */
    uint8_t unseen;
};

/* The cell of bins a, b is left_cell[a] + right_cell[b]; where cells are bytes, left_byte will do. */
struct pair {
    size_t feature[2];
    size_t cell_count;
    uint16_t left_cell[BYTE_VALUES];
    uint8_t left_byte[BYTE_VALUES];
    uint8_t right_cell[BYTE_VALUES];
};

struct scorer {
    const struct model *model;
    size_t number_count;
    const uint16_t *number_feature;
    const struct cuts *cuts; /* of each of them */
    size_t text_count;
    const struct texts *texts;
    size_t pair_count;
    const struct pair *pair;
    const float *factor; /* factor[cell * factor_count + f]: those of a cell side by side */
};

#endif
