/*
 * actions.h - inside the trust room: what a person could change, shared by actions.c and recourse.c.
 */
#ifndef CANDOR_TRUST_ACTIONS_H
#define CANDOR_TRUST_ACTIONS_H

#include "trust.h"

/* One feature gets another bin. */
struct action {
    uint8_t bin;
    double cost;
    double gain; /* of the link towards the goal when nothing else changes */
};

/* A pair table between two features that may both change. */
struct tie {
    size_t term;
    size_t partner; /* place among the movers */
    bool is_left;   /* whose axis is the first */
    double most;    /* what both changes together may add beyond their own gains; not below 0 */
};

/* A feature that may change, and its actions, the cheapest first. */
struct mover {
    size_t feature;
    size_t action_count;
    struct action *action;
    double best_gain; /* of its actions */
    size_t tie_count;
    struct tie *tie; /* the one that may add most first */
};

struct movers {
    const struct model *model;
    const uint8_t *bin; /* the row as it is */
    double sign;        /* 1: the link must rise; -1: fall */
    size_t count;
    struct mover *mover;
};

/* Every realistic action on every feature that may change. */
CANDOR_MUST_USE enum candor_status movers_of(struct job *job, const struct model *model,
                                             const struct recourse_options *options,
                                             const uint8_t *bin, double sign,
                                             struct movers *movers);

/* CANDOR_BAD_INPUT as in recourse_find. */
CANDOR_MUST_USE enum candor_status recourse_check(struct job *job, const struct model *model,
                                                  const struct recourse_options *options);

/* The cell of a pair table. */
size_t tie_cell(const struct term *term, uint8_t left, uint8_t right);

/* What two changes together add beyond their own gains. */
double tie_gain(const struct movers *movers, const struct mover *mover, const struct tie *tie,
                uint8_t bin, uint8_t partner_bin);

/* Training saw somebody in every pair cell that the changed features are in. */
bool is_seen(const struct model *model, const uint8_t *bin, const bool *is_changed);

#endif
