/*
 * simd.c - which vector instructions this machine has.
 *
 * Whoever has several copies of a loop asks here which to take, so that a test can take each of them
 * in turn. The copies give the same bits; the level is only a matter of time.
 */
#include "numeric.h"

#include <stdatomic.h>
#include <stdlib.h>

/* One more than a level; 0: nobody has asked yet. */
static atomic_uint level_known;

static enum simd level_of_machine(void)
{
#if SIMD_X86
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") ||
        !__builtin_cpu_supports("bmi2") || !__builtin_cpu_supports("popcnt")) {
        return SIMD_PLAIN;
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512vbmi")) {
        return SIMD_AVX512;
    }
    return SIMD_AVX2;
#else
    return SIMD_PLAIN;
#endif
}

static enum simd lesser(enum simd left, enum simd right)
{
    return left < right ? left : right;
}

/* A wish from outside; a word that is none is no wish, since results do not depend on it. */
static enum simd level_wished(void)
{
    const struct str wish = str_of(secure_getenv("CANDOR_SIMD"));
    if (str_is(wish, "plain")) {
        return SIMD_PLAIN;
    }
    return str_is(wish, "avx2") ? SIMD_AVX2 : SIMD_AVX512;
}

enum simd simd_level(void)
{
    const unsigned known = atomic_load_explicit(&level_known, memory_order_relaxed);
    if (known > 0) {
        return (enum simd)(known - 1);
    }
    const enum simd level = lesser(level_of_machine(), level_wished());
    atomic_store_explicit(&level_known, (unsigned)level + 1, memory_order_relaxed);
    return level;
}

enum simd simd_limit(enum simd most)
{
    const enum simd machine = level_of_machine();
    atomic_store_explicit(&level_known, (unsigned)lesser(machine, most) + 1, memory_order_relaxed);
    return machine;
}
