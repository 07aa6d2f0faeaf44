/*
 * random.c - seeded numbers. The state of a stream is splitmix64 of the seed, the person's number
 * and the subject matter, so persons can be made in any order and alone.
 */
#include "demo.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t mixed = *state;
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static uint64_t rotate(uint64_t value, unsigned bits)
{
    return (value << bits) | (value >> (64 - bits));
}

struct random random_of(uint64_t seed, uint64_t number, enum stream stream)
{
    uint64_t state = seed;
    state = splitmix(&state) ^ number;
    state = splitmix(&state) ^ (uint64_t)stream;
    struct random random;
    for (size_t i = 0; i < COUNT_OF(random.state); i++) {
        random.state[i] = splitmix(&state);
    }
    return random;
}

uint64_t random_next(struct random *random)
{
    uint64_t *state = random->state;
    const uint64_t result = rotate(state[1] * 5, 7) * 9;
    const uint64_t shifted = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotate(state[3], 45);
    return result;
}

double random_unit(struct random *random)
{
    return (double)(random_next(random) >> 11) * 0x1p-53;
}

size_t random_below(struct random *random, size_t bound)
{
    return (size_t)(random_unit(random) * (double)bound);
}

bool random_chance(struct random *random, double chance)
{
    return random_unit(random) < chance;
}

double random_normal(struct random *random)
{
    /* Box and Muller; 1 - u is above 0. */
    const double radius = sqrt(-2.0 * log(1.0 - random_unit(random)));
    return radius * cos(6.283185307179586 * random_unit(random));
}

unsigned random_poisson(struct random *random, double mean)
{
    const double least = exp(-mean);
    double product = random_unit(random);
    unsigned count = 0;
    while (product > least) {
        product *= random_unit(random);
        count++;
    }
    return count;
}

size_t random_choice(struct random *random, const double *weight, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        total += weight[i];
    }
    double left = random_unit(random) * total;
    size_t chosen = 0;
    while (chosen + 1 < count && left >= weight[chosen]) {
        left -= weight[chosen];
        chosen++;
    }
    return chosen;
}

int64_t random_between(struct random *random, int64_t from, int64_t to)
{
    if (to <= from) {
        return from;
    }
    return from + (int64_t)(random_unit(random) * (double)(to - from));
}

double sigmoid(double logit)
{
    return 1.0 / (1.0 + exp(-logit));
}
