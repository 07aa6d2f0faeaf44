/*
 * derive.c - what one row says: loss, gradient and curvature by its score, in whole numbers.
 *
 *     task         mean          loss                    gradient      curvature
 *     binary       1/(1+e^-s)    log(1+e^s) - y s        y - mean      mean (1 - mean)
 *     regression   s             (y - s)^2 / 2           y - s         1
 *     count        e^s           e^s - y s               y - mean      mean
 *     amount       e^s           s + y / mean            y / mean - 1  1, its expectation
 *
 * Each is multiplied by the row's weight, divided by a unit that is a power of two, and rounded to a
 * whole number: whole numbers add up the same way in any order. There is a copy of each loop for each
 * level of vector instructions, all with the same bits.
 */
#include "fit.h"

#include "numeric.h"

/* Curvature never falls below this, so that a row that is certain still holds its cells. */
static const double curvature_least = 1e-5;

/* Scores of counts and amounts beyond e^+-40 are cut: no sum of tables should lead there. */
static const double score_most = 40;

struct derivatives {
    double loss;
    double gradient;
    double curvature;
};

static inline __attribute__((always_inline)) double larger(double left, double right)
{
    return left > right ? left : right;
}

static inline __attribute__((always_inline)) double smaller(double left, double right)
{
    return left < right ? left : right;
}

static inline __attribute__((always_inline)) void binary(double score, double y,
                                                         struct derivatives *at)
{
    /* With e = exp(-|score|) nothing overflows. */
    const double e = exp_of(-larger(score, -score));
    const double chance = (score >= 0 ? 1 : e) / (1 + e);
    at->loss = log_of(1 + e) + larger(score, 0) - y * score;
    at->gradient = y - chance;
    at->curvature = larger(e / ((1 + e) * (1 + e)), curvature_least);
}

static inline __attribute__((always_inline)) void regression(double score, double y,
                                                             struct derivatives *at)
{
    at->loss = (y - score) * (y - score) / 2;
    at->gradient = y - score;
    at->curvature = 1;
}

static inline __attribute__((always_inline)) void count(double score, double y,
                                                        struct derivatives *at)
{
    const double cut = smaller(larger(score, -score_most), score_most);
    const double mean = exp_of(cut);
    at->loss = mean - y * cut;
    at->gradient = y - mean;
    at->curvature = larger(mean, curvature_least);
}

static inline __attribute__((always_inline)) void amount(double score, double y,
                                                         struct derivatives *at)
{
    const double cut = smaller(larger(score, -score_most), score_most);
    const double ratio = y * exp_of(-cut);
    at->loss = cut + ratio;
    at->gradient = ratio - 1;
    at->curvature = 1;
}

/* The nearest whole number; what is beyond the reach of a derivative is cut off, always alike. */
static inline __attribute__((always_inline)) int64_t whole(double value, double most)
{
    const double cut = smaller(larger(value, -most), most);
    return (int64_t)(bits_of_f64(cut + F64_WHOLE) - bits_of_f64(F64_WHOLE));
}

static const double derivative_most = 0x1p30;
static const double loss_most = 0x1p50;

#define DEFINE_LOOP(NAME, TARGET, OF) \
    TARGET static void NAME(const struct strip *strip, struct rows_whole *sum) \
    { \
        int64_t losses = 0; \
        int64_t gradients = 0; \
        int64_t curvatures = 0; \
        for (size_t i = 0; i < strip->count; i++) { \
            struct derivatives at; \
            OF(strip->score[i], strip->target[i], &at); \
            const double weight = strip->weight[i]; \
            const int64_t gradient = \
                whole(weight * at.gradient * strip->gradient_scale, derivative_most); \
            const int64_t curvature = \
                whole(weight * at.curvature * strip->curvature_scale, derivative_most); \
            strip->gradient[i] = (int32_t)gradient; \
            strip->curvature[i] = (int32_t)curvature; \
            losses += whole(weight * at.loss * strip->loss_scale, loss_most); \
            gradients += gradient; \
            curvatures += curvature; \
        } \
        sum->loss += losses; \
        sum->gradient += gradients; \
        sum->curvature += curvatures; \
    }

#define DEFINE_LOOPS(LEVEL, TARGET) \
    DEFINE_LOOP(binary_##LEVEL, TARGET, binary) \
    DEFINE_LOOP(regression_##LEVEL, TARGET, regression) \
    DEFINE_LOOP(count_##LEVEL, TARGET, count) \
    DEFINE_LOOP(amount_##LEVEL, TARGET, amount)

DEFINE_LOOPS(plain, )
#if SIMD_X86
DEFINE_LOOPS(avx2, SIMD_TARGET_AVX2)
DEFINE_LOOPS(avx512, SIMD_TARGET_AVX512)
#define LOOPS(NAME) \
    { \
        NAME##_plain, NAME##_avx2, NAME##_avx512 \
    }
#else
#define LOOPS(NAME) \
    { \
        NAME##_plain, NAME##_plain, NAME##_plain \
    }
#endif

void strip_derive(enum task task, const struct strip *strip, struct rows_whole *sum)
{
    typedef void loop(const struct strip *strip, struct rows_whole *sum);
    static loop *const of_binary[] = LOOPS(binary);
    static loop *const of_regression[] = LOOPS(regression);
    static loop *const of_count[] = LOOPS(count);
    static loop *const of_amount[] = LOOPS(amount);
    const enum simd level = simd_level();
    switch (task) {
    case TASK_BINARY:
    case TASK_CLASSES: /* one class against the others, their scores being the offset */
        of_binary[level](strip, sum);
        return;
    case TASK_REGRESSION:
        of_regression[level](strip, sum);
        return;
    case TASK_COUNT:
        of_count[level](strip, sum);
        return;
    case TASK_AMOUNT:
        of_amount[level](strip, sum);
        return;
    }
}
