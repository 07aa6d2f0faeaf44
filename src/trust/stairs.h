/*
 * stairs.h - staircases of groups: shared by stairs.c, hull.c and thresholds.c.
 */
#ifndef TRUST_STAIRS_H
#define TRUST_STAIRS_H

#include "base.h"
#include "repair.h"

/*
 * What each threshold of one group does, from nobody (0) to everybody (count - 1). All arrays but from
 * never fall. A rate is NULL when it constrains nothing.
 */
struct stairs {
    size_t count;
    uint64_t positives;
    uint64_t negatives;
    uint64_t *true_positive;
    uint64_t *false_positive;
    double *from;
    double *rate[2];  /* the constrained rates; of odds [0] is FPR and [1] TPR */
    int64_t *correct; /* true positives and true negatives */
};

struct staircase {
    enum parity parity;
    size_t group_count;
    struct stairs *group;
    uint64_t rows;
    struct stairs all; /* of everybody in a group, without rates */
};

CANDOR_MUST_USE enum candor_status staircase_of(struct job *job, const struct audit_rows *rows,
                                                enum parity parity, struct staircase *staircase);

/* Keep about points_max thresholds of all groups together: the first, the last, and each so manyth. */
void staircase_thin(struct staircase *staircase, size_t points_max);

/* ---- hull.c -------------------------------------------------------------------------------- */

struct hulls;

CANDOR_MUST_USE enum candor_status hulls_of(struct job *job, const struct staircase *staircase,
                                            double limit, struct hulls **hulls);

/*
 * The most rows that are decided rightly by lot, when the smallest of the (first) constrained rates is
 * not below low and the largest not above low + limit. Concave in low, 0 .. 1.
 */
double hulls_best_from(const struct hulls *hulls, double low);

/* The largest over all low, and where it is. */
double hulls_best(const struct hulls *hulls, double *low);

#endif
