/*
 * vector.c - which vector unit the processor has, and which we use.
 */
#include <stdatomic.h>

#include "numeric.h"

static atomic_int limit = VECTOR_512;

void vector_limit(enum vector_level most)
{
    atomic_store_explicit(&limit, (int)most, memory_order_relaxed);
}

static enum vector_level processor_level(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
        return VECTOR_512;
    }
    if (__builtin_cpu_supports("avx2")) {
        return VECTOR_256;
    }
#endif
    return VECTOR_PLAIN;
}

enum vector_level vector_level(void)
{
    const enum vector_level has = processor_level();
    const enum vector_level most =
        (enum vector_level)atomic_load_explicit(&limit, memory_order_relaxed);
    return has < most ? has : most;
}
