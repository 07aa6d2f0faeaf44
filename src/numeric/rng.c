/*
 * rng.c - seeded random numbers for learning.
 *
 * The generator is xoshiro256**: 256 bits of state, period 2^256 - 1. A seed of 64 bits is spread
 * over the state by splitmix64, which never gives four zeros in a row. The seed is recorded in the
 * model card, so a run can be repeated; for the same reason nothing secret may come from here.
 */
#include "numeric.h"

__extension__ typedef unsigned __int128 wide; /* ISO C has no name for it */

static uint64_t splitmix64(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

struct rng rng_of(uint64_t seed)
{
    struct rng rng;
    for (size_t i = 0; i < 4; i++) {
        rng.state[i] = splitmix64(&seed);
    }
    return rng;
}

struct rng rng_of_stream(uint64_t seed, uint64_t stream)
{
    /* Two rounds of mixing, so that neighbouring streams of neighbouring seeds do not meet. */
    uint64_t state = seed;
    state = splitmix64(&state) ^ stream;
    return rng_of(splitmix64(&state));
}

static uint64_t rotate_left(uint64_t bits, unsigned by)
{
    return (bits << by) | (bits >> (64 - by));
}

uint64_t rng_u64(struct rng *rng)
{
    uint64_t *s = rng->state;
    const uint64_t drawn = rotate_left(s[1] * 5, 7) * 9;
    const uint64_t shifted = s[1] << 17;

    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotate_left(s[3], 45);
    return drawn;
}

uint64_t rng_below(struct rng *rng, uint64_t bound)
{
    must(bound > 0);
    wide product = (wide)rng_u64(rng) * bound;

    /* The low half says where in its slice of 2^64 / bound the draw fell; the first 2^64 mod bound
     * places of each slice are one too many. */
    if ((uint64_t)product < bound) {
        const uint64_t surplus = (0 - bound) % bound;
        while ((uint64_t)product < surplus) {
            product = (wide)rng_u64(rng) * bound;
        }
    }
    return (uint64_t)(product >> 64);
}

double rng_f64(struct rng *rng)
{
    return (double)(rng_u64(rng) >> 11) * 0x1p-53;
}

double rng_normal(struct rng *rng)
{
    /* Half a step off the grid: never 0 and never 1. With 52 bits the half step is exact. */
    return normal_quantile(((double)(rng_u64(rng) >> 12) + 0.5) * 0x1p-52);
}

void rng_shuffle(struct rng *rng, uint32_t *item, size_t item_count)
{
    for (size_t left = item_count; left > 1; left--) {
        const size_t drawn = (size_t)rng_below(rng, left);
        const uint32_t last = item[left - 1];
        item[left - 1] = item[drawn];
        item[drawn] = last;
    }
}
