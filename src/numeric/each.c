/*
 * each.c - exponential, logarithm and logistic of arrays.
 *
 * The functions stand in the door, so that a loop anywhere can take them in. Here each has one loop
 * for each level of instructions; the compiler makes vectors of it.
 */
#include "numeric.h"

#define EACH(name, of, target) \
    target static void name(double *value, size_t count) \
    { \
        for (size_t i = 0; i < count; i++) { \
            value[i] = of(value[i]); \
        } \
    }

EACH(exp_plain, exp_of, )
EACH(log_plain, log_of, )
EACH(logistic_plain, logistic_of, )

#if SIMD_X86
EACH(exp_avx2, exp_of, SIMD_TARGET_AVX2)
EACH(log_avx2, log_of, SIMD_TARGET_AVX2)
EACH(logistic_avx2, logistic_of, SIMD_TARGET_AVX2)
EACH(exp_avx512, exp_of, SIMD_TARGET_AVX512)
EACH(log_avx512, log_of, SIMD_TARGET_AVX512)
EACH(logistic_avx512, logistic_of, SIMD_TARGET_AVX512)
#else
#define exp_avx2 exp_plain
#define log_avx2 log_plain
#define logistic_avx2 logistic_plain
#define exp_avx512 exp_plain
#define log_avx512 log_plain
#define logistic_avx512 logistic_plain
#endif

typedef void each(double *value, size_t count);

void exp_each(double *value, size_t count)
{
    static each *const loop[] = {exp_plain, exp_avx2, exp_avx512};
    loop[simd_level()](value, count);
}

void log_each(double *value, size_t count)
{
    static each *const loop[] = {log_plain, log_avx2, log_avx512};
    loop[simd_level()](value, count);
}

void logistic_each(double *value, size_t count)
{
    static each *const loop[] = {logistic_plain, logistic_avx2, logistic_avx512};
    loop[simd_level()](value, count);
}
