/*
 * numeric.h - the door of the numeric room: numbers that come out the same every time.
 *
 *   rng.c      seeded random numbers for learning (never for keys or privacy noise)
 *   sort.c     sorting doubles in linear time, and the order of doubles
 *   stats.c    the normal distribution, intervals for rates, measures of a prediction
 *   vector.c   which vector unit is used
 *   linear.c   symmetric positive definite matrices
 *
 * All functions are pure. The same input gives the same bits, whatever runs beside it.
 */
#ifndef NUMERIC_H
#define NUMERIC_H

#include "base.h"

/* ---- rng.c --------------------------------------------------------------------------------- */

/* xoshiro256** by Blackman and Vigna (2018), seeded by splitmix64. A plain value: copy it freely. */
struct rng {
    uint64_t state[4]; /* not all zero */
};

struct rng rng_of(uint64_t seed);

/* The stream of one part of a run: streams of one seed do not depend on how often others draw. */
struct rng rng_of_stream(uint64_t seed, uint64_t stream);

uint64_t rng_u64(struct rng *rng);

/* A whole number in 0 .. bound - 1, each equally likely. bound is above 0. Lemire 2019. */
uint64_t rng_below(struct rng *rng, uint64_t bound);

/* A multiple of 2^-53 in [0, 1). */
double rng_f64(struct rng *rng);

/* Normal with mean 0 and standard deviation 1: the quantile of one uniform draw. */
double rng_normal(struct rng *rng);

/* Every order of the items is equally likely. Fisher and Yates. */
void rng_shuffle(struct rng *rng, uint32_t *item, size_t item_count);

/* ---- sort.c -------------------------------------------------------------------------------- */

#define SORT_COUNT_MAX ((size_t)UINT32_MAX)

/*
 * Sort value ascending, in place; -0 comes before +0. No value is NaN. Linear time: radix by 11 bits.
 *
 * CANDOR_NO_MEMORY  value is as it was
 */
CANDOR_MUST_USE enum candor_status sort_f64(struct job *job, double *value, size_t count);

/*
 * The positions of value in ascending order; equal values keep their order. No value is NaN.
 *
 * order    count positions, filled
 */
CANDOR_MUST_USE enum candor_status order_f64(struct job *job, const double *value, size_t count,
                                             uint32_t *order);

/* ---- stats.c ------------------------------------------------------------------------------- */

double normal_cdf(double x);

/* The inverse of normal_cdf for probability in (0, 1), to 1e-15 relative. Wichura 1988, AS 241. */
double normal_quantile(double probability);

struct interval {
    double low;
    double high;
};

/* How often something happened: hits of trials. */
struct rate {
    uint64_t hits; /* 0 .. trials */
    uint64_t trials;
};

/*
 * The score interval of a rate. Wilson 1927; Newcombe 1998a, method 3. confidence is in (0, 1), such
 * as 0.95. Without trials nothing is known: 0 .. 1.
 */
struct interval wilson_interval(struct rate rate, double confidence);

/*
 * The interval of first - second for independent rates, from their Wilson intervals. Newcombe 1998b,
 * method 10. Without trials on either side: -1 .. 1.
 */
struct interval newcombe_interval(struct rate first, struct rate second, double confidence);

/*
 * The sum of value[i] * weight[i] (weight NULL: 1) without regard to order: each product is rounded to
 * a multiple of 2^-60 of the largest power of two among them, and those add up exactly. All finite.
 */
double sum_any_order(const double *value, const double *weight, size_t count);

/* Weighted mean and variance around it (divided by the sum of weights); NaN without weight. */
double mean_of(const double *value, const double *weight, size_t count);
double variance_of(const double *value, const double *weight, size_t count);

/* What a prediction is measured against. weight may be NULL: every row counts 1. */
struct predictions {
    const double *label; /* 0 or 1; for rmse_of and r2_of any number */
    const double *score; /* probability of 1, or the number predicted; none is NaN */
    const double *weight;
    size_t count;
};

/*
 * The chance that a random row of label 1 scores above one of label 0; ties count half. NaN when one
 * of the labels is absent.
 */
CANDOR_MUST_USE enum candor_status auc_of(struct job *job, const struct predictions *predictions,
                                          double *auc);

/* Mean negative log likelihood, with probabilities clipped to 1e-15 .. 1 - 1e-15. NaN of no rows. */
double log_loss_of(const struct predictions *predictions);

double rmse_of(const struct predictions *predictions);

/* 1 - squared error / variance of the labels; NaN when all labels are equal. */
double r2_of(const struct predictions *predictions);

/* ---- vector.c ------------------------------------------------------------------------------ */

/* What a loop may use. All levels compute the same bits; a test compares them. */
enum vector_level {
    VECTOR_PLAIN, /* what every processor of this kind has */
    VECTOR_256,   /* AVX2 */
    VECTOR_512,   /* AVX-512 F, BW, DQ, VL */
};

/* What this processor has, but at most what vector_limit allows. */
enum vector_level vector_level(void);

/* Use no more than this from now on, in the whole process: for tests. */
void vector_limit(enum vector_level most);

/* ---- linear.c ------------------------------------------------------------------------------ */

#define LINEAR_SIZE_MAX 16384

/*
 * A symmetric matrix of doubles, by columns; only the lower triangle (row >= column) counts. What is
 * above it may change. size is at most LINEAR_SIZE_MAX.
 */
struct matrix {
    double *cell; /* cell[column * size + row] */
    size_t size;
};

/*
 * Replace a by its Cholesky factor L, a = L L'.
 *
 * CANDOR_BAD_INPUT  a is not positive definite; it is destroyed
 */
CANDOR_MUST_USE enum candor_status cholesky_factor(struct job *job, struct matrix a);

/* Solve L L' x = right in place. */
void cholesky_solve(struct matrix factor, double *right);

/* The logarithm of the determinant of L L'. */
double cholesky_log_determinant(struct matrix factor);

#define ROOT_STRIP 16

/*
 * M = L^-T, an upper triangle: M M' is the inverse of L L'. Row i, column k is
 * cell[(i / ROOT_STRIP * size + k) * ROOT_STRIP + i % ROOT_STRIP].
 */
struct root {
    double *cell;
    size_t size;
};

/* Room for the root of a matrix of this size, in the job's arena. */
CANDOR_MUST_USE enum candor_status root_begin(struct job *job, size_t size, struct root *root);

/* Fill the root from the factor. */
CANDOR_MUST_USE enum candor_status cholesky_invert(struct job *job, struct matrix factor,
                                                   struct root root);

/*
 * A square of the inverse around its diagonal: rows and columns first .. first + count - 1.
 *
 * block    count * count, by columns; the lower triangle is filled
 */
CANDOR_MUST_USE enum candor_status cholesky_inverse_block(struct job *job, struct root root,
                                                          size_t first, size_t count,
                                                          double *block);

#endif
