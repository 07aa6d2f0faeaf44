/*
 * fold.h - what fold.c and fold_answer.c share. Inside the room only.
 */
#ifndef CANDOR_FOLD_H
#define CANDOR_FOLD_H

#include "govern.h"

/* ---- fold.c -------------------------------------------------------------------------------- */

/* The record that counts in one slot. Larger rank is more restrictive; RANK_NONE: no record yet. */
enum rank {
    RANK_NONE,
    RANK_GIVEN,
    RANK_REFUSED,
    RANK_OBJECTED,
    RANK_INVALIDATED,
    RANK_REVOKED,
    RANK_WITHDRAWN,
};

struct slot {
    int64_t time;
    int64_t end;      /* of a yes */
    int64_t pending;  /* the latest yes that waits for its confirmation; 0: none */
    uint32_t record;  /* which one counts: 1 + its index */
    uint32_t waiting; /* of pending: 1 + its index */
    uint8_t rank;
    bool has_undated; /* a yes without a date, which is no yes */
    bool has_future;  /* a yes dated ahead, not a yes yet */
    bool has_child;   /* a yes of somebody who is or may be a child, which is none */
};

/* What is set as a whole and lifted as a whole. */
enum { LEVER_RESTRICTION, LEVER_HUMAN, LEVER_SENSITIVE, LEVERS };

struct lever {
    int64_t set;    /* the latest time; INT64_MIN: never */
    int64_t lifted; /* the latest lifting that counts */
};

struct fold {
    const struct inventory *inventory;
    struct consent_state *state;
    const struct consent_age *age;
    int64_t now;
    struct slot slot[PURPOSES_MAX][CHANNELS_MAX + 1];
    struct slot disclosed[DISCLOSURES_MAX][CHANNELS_MAX + 1];
    struct lever lever[LEVERS];
};

/* ---- fold_answer.c ------------------------------------------------------------------------- */

/* Into the state, and into why if that is asked for. The levers are read by then. */
void fold_answer_purpose(const struct fold *fold, size_t at, struct consent_why *why);
/* After the purposes: a processor follows its purpose. */
void fold_answer_disclosure(const struct fold *fold, size_t d, struct consent_why *why);

#endif
