/*
 * numeric.h - the door of the numeric room: numbers that come out the same every time.
 *
 *   rng.c      seeded random numbers for learning (never for keys or privacy noise)
 *   sort.c     sorting doubles in linear time, and the order of doubles
 *   stats.c    the normal distribution, intervals for rates, measures of a prediction
 *   auc.c      how sure an area under the curve is, and whether two differ
 *   chi.c      the tail of the chi-square distribution
 *   kolmogorov.c  the same of the distance between a sample and its distribution
 *   simd.c     which vector instructions this machine has
 *   each.c     exponential, logarithm and logistic, the same bits on every machine
 *   linear.c   symmetric positive definite matrices; tiles.c, its innermost loops
 *
 * All functions are pure. The same input gives the same bits, whatever runs beside it.
 */
#ifndef NUMERIC_H
#define NUMERIC_H

#include <string.h>

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

/* The same without a job: spare has room for count values, and holds nothing of use afterwards. */
void sort_f64_with(double *value, double *spare, size_t count);

/* The same of whole numbers. */
void sort_u32_with(uint32_t *value, uint32_t *spare, size_t count);

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

/* ---- auc.c --------------------------------------------------------------------------------- */

/*
 * The placement of each row: of label 1, the share of zeros that score below it; of label 0, the share
 * of ones that score above it; ties count half. auc is NaN, and placement is not filled, when one of
 * the labels is absent. Weights are not looked at.
 */
CANDOR_MUST_USE enum candor_status auc_placements(struct job *job,
                                                  const struct predictions *predictions,
                                                  double *placement, double *auc);

/*
 * The covariance of two areas over the same rows, from their placements; of an area with itself, its
 * variance. NaN with less than two rows of either label. DeLong et al. 1988.
 */
double auc_covariance(const double *label, size_t count, const double *left, double left_auc,
                      const double *right, double right_auc);

/* ---- chi.c --------------------------------------------------------------------------------- */

/* The chance that a chi-square variable of so many degrees of freedom (above 0) exceeds x. */
double chi_square_tail(double x, double freedom);

/* ---- kolmogorov.c -------------------------------------------------------------------------- */

/*
 * The chance that n draws (a whole number, 1 or more) have an empirical distribution that lies more than x
 * from the one they were drawn from: two-sided, for that n. Absolute error below 1e-9, relative in the
 * tail. The arena is for a matrix; Simard and L'Ecuyer 2011.
 */
double kolmogorov_tail(struct arena *arena, double n, double x);

/* ---- simd.c -------------------------------------------------------------------------------- */

/* Vector instructions, each with all before it. Results never depend on them, only the time does. */
enum simd {
    SIMD_PLAIN = 0,
    SIMD_AVX2,   /* and BMI, BMI2, POPCNT */
    SIMD_AVX512, /* F, BW, DQ, VL, VBMI: Ice Lake, Zen 4 and later */
};

/* What may be used: what this machine has, or less if a limit was set. Cheap: ask it each time. */
enum simd simd_level(void);

/* Use no more than this from now on, for tests; returns what the machine has. The limit at the start
 * comes from the environment: CANDOR_SIMD=plain or avx2. */
enum simd simd_limit(enum simd most);

/* For functions of which there is one copy for each level; they are called only at that level. */
#if defined(__x86_64__)
#define SIMD_X86 1
#define SIMD_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt")))
#if defined(__clang__) /* clang does not know the preference, and would ignore the rest with it */
#define SIMD_TARGET_AVX512 \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx2,bmi,bmi2,popcnt")))
#else
#define SIMD_TARGET_AVX512 \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx2,bmi,bmi2,popcnt," \
                          "prefer-vector-width=512")))
#endif
#else
#define SIMD_X86 0
#endif

/* ---- each.c -------------------------------------------------------------------------------- */

/*
 * Functions of libm that differ from machine to machine, made of additions, products and quotients in
 * a fixed order, without fused steps and without branches: the same bits from every compiler, and a
 * loop over an array becomes vector code. Within 1 unit of the last place, subnormals as well.
 */
static inline double f64_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t bits_of_f64(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* yes or no, without a branch that would keep a loop from becoming vector code. */
static inline double f64_choose(bool is_yes, double yes, double no)
{
    const uint64_t mask = -(uint64_t)is_yes;
    return f64_of_bits((bits_of_f64(yes) & mask) | (bits_of_f64(no) & ~mask));
}

/* Added to a double below 2^51, it leaves a whole number in the low bits. */
#define F64_WHOLE 6755399441055744.0 /* 3 * 2^51 */

/* exp(x) = 2^k exp(r), k whole, |r| <= ln(2) / 2: the first terms of the series. inf and 0 where e^x
 * is out of reach; NaN stays NaN. */
static inline double exp_of(double x)
{
    x = f64_choose(x > 710.0, 710.0, x);
    x = f64_choose(x < -746.0, -746.0, x);
    const double whole = x * 0x1.71547652b82fep+0 + F64_WHOLE;
    const double k = whole - F64_WHOLE;
    const double r = x - k * 0x1.62e42fee00000p-1 - k * 0x1.a39ef35793c76p-33;

    /* exp(r) = 1 + r + r^2 (1/2! + r/3! + ... + r^11/13!), added up as a tree. */
    const double r2 = r * r;
    const double r4 = r2 * r2;
    const double low = (1.0 / 2 + r * (1.0 / 6)) + r2 * (1.0 / 24 + r * (1.0 / 120));
    const double middle = (1.0 / 720 + r * (1.0 / 5040)) + r2 * (1.0 / 40320 + r * (1.0 / 362880));
    const double high =
        (1.0 / 3628800 + r * (1.0 / 39916800)) + r2 * (1.0 / 479001600 + r * (1.0 / 6227020800));
    const double power = 1 + (r + r2 * (low + r4 * (middle + r4 * high)));

    /* 2^k in two steps, since k may be below the least exponent or above the largest. */
    const uint64_t shifted = bits_of_f64(whole) - bits_of_f64(F64_WHOLE) + 2048;
    const uint64_t half = shifted >> 1;
    const uint64_t rest = shifted - half;
    return power * f64_of_bits((half - 1) << 52) * f64_of_bits((rest - 1) << 52);
}

/* The natural logarithm: log(2^k m) = k ln(2) + log(m), sqrt(1/2) <= m < sqrt(2), by the polynomial of
 * fdlibm in s = (m - 1) / (m + 1). -inf of 0, NaN of what is negative. */
static inline double log_of(double x)
{
    const bool is_small = x < 0x1p-1022;
    const uint64_t bits = bits_of_f64(f64_choose(is_small, x * 0x1p54, x)) + 0x00095f6200000000U;
    const double k = f64_of_bits((bits >> 52) + bits_of_f64(F64_WHOLE)) - F64_WHOLE -
                     f64_choose(is_small, 1023.0 + 54.0, 1023.0);
    const double f = f64_of_bits((bits & 0x000fffffffffffffU) + 0x3fe6a09e00000000U) - 1;

    const double s = f / (2 + f);
    const double z = s * s;
    const double w = z * z;
    const double even =
        w * (0x1.999999997fa04p-2 + w * (0x1.c71c51d8e78afp-3 + w * 0x1.39a09d078c69fp-3));
    const double odd =
        z * (0x1.5555555555593p-1 +
             w * (0x1.2492494229359p-2 + w * (0x1.7466496cb03dep-3 + w * 0x1.2f112df3e5244p-3)));
    const double square = 0.5 * f * f;
    const double sum = k * 0x1.62e42fee00000p-1 -
                       ((square - (s * (square + (even + odd)) + k * 0x1.a39ef35793c76p-33)) - f);

    const double infinity = (double)__builtin_inf();
    const double unusual = f64_choose(x == 0, -infinity, (double)__builtin_nan(""));
    return f64_choose(x > 0, f64_choose(x < infinity, sum, x), unusual);
}

/* 1 / (1 + e^-x) */
static inline double logistic_of(double x)
{
    return 1 / (1 + exp_of(-x));
}

/* The same of each value, in place, as fast as the machine can. */
void exp_each(double *value, size_t count);
void log_each(double *value, size_t count);
void logistic_each(double *value, size_t count);

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
 * M = L^-T, an upper triangle: M M' is the inverse of L L'. Kept in strips of ROOT_STRIP rows, each from
 * the column of its first row on.
 */
struct root {
    double *cell;
    size_t size;
};

/* Numbers in the strips before this one. */
static inline size_t root_before(size_t size, size_t strip)
{
    const size_t left_out = strip == 0 ? 0 : strip * (strip - 1) / 2 * ROOT_STRIP;
    return (strip * size - left_out) * ROOT_STRIP;
}

/* The strip of a row: row i, column k, is at[(k - first) * ROOT_STRIP + i - first], where first is the
 * first row of the strip. */
static inline double *root_strip(struct root root, size_t row)
{
    return root.cell + root_before(root.size, row / ROOT_STRIP);
}

/* Room for the root of a matrix of this size, in the job's arena. */
CANDOR_MUST_USE enum candor_status root_begin(struct job *job, size_t size, struct root *root);

/* Fill the root from the factor. */
CANDOR_MUST_USE enum candor_status cholesky_invert(struct job *job, struct matrix factor,
                                                   struct root root);

#define ROOT_VECTORS 8

/*
 * The inverse M M' times ROOT_VECTORS vectors: from, through = M' from and into have
 * size * ROOT_VECTORS numbers each, place i of vector f at [i * ROOT_VECTORS + f].
 */
void root_times(struct root root, const double *from, double *through, double *into);

/*
 * A square of the inverse around its diagonal: rows and columns first .. first + count - 1.
 *
 * block    count * count, by columns; the lower triangle is filled
 */
CANDOR_MUST_USE enum candor_status cholesky_inverse_block(struct job *job, struct root root,
                                                          size_t first, size_t count,
                                                          double *block);

#endif
