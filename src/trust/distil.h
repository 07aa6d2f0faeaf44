/*
 * distil.h - inside the trust room: a small tree that says nearly what a model says, shared by
 * distil.c and rules.c.
 */
#ifndef CANDOR_TRUST_DISTIL_H
#define CANDOR_TRUST_DISTIL_H

#include "trust.h"

struct distil_data {
    const struct model *model;
    size_t row_count;
    const uint8_t *bin;       /* bin[row * feature_count + feature] */
    size_t output_count;      /* numbers that a leaf should say of a row: 1, or one per class */
    const double *output;     /* output[row * output_count + o] */
    const uint32_t *decision; /* of each row: 0 .. decision_count - 1 */
    size_t decision_count;
};

struct distil_node {
    size_t first; /* its rows are order[first] .. order[first + row_count - 1] */
    size_t row_count;
    size_t left; /* nodes; 0: a leaf */
    size_t right;
    size_t parent;
    size_t feature;
    bool goes_left[BINS_MAX];
    size_t used[RULE_CONDITIONS_MAX]; /* features on the path to here */
    size_t used_count;
    double loss; /* what is lost when this node is a leaf */
    double gain; /* of its best split, which feature and goes_left describe; 0: none */
};

struct distilled {
    size_t node_count;
    struct distil_node *node; /* node 0 is the root */
    uint32_t *order;          /* the rows, leaf by leaf */
};

struct distil_limits {
    size_t leaf_max;
    size_t rows_least;  /* that a leaf needs */
    size_t feature_max; /* different ones on a path: a rule has at most so many conditions */
};

/* Grow and prune a tree. The same rows give the same tree. CANDOR_CANCELLED. */
CANDOR_MUST_USE enum candor_status distil(struct job *job, const struct distil_data *data,
                                          const struct distil_limits *limits,
                                          struct distilled *tree);

#endif
