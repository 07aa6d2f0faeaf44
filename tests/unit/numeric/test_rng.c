/*
 * test_rng.c - the generators against published sequences, and the draws against their counts.
 *
 * splitmix64 of seed 1234567: Vigna's reference code, as listed on rosettacode.org. xoshiro256**
 * from state 1 2 3 4: the reference code, as in the tests of rand_xoshiro.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

static void a_seed_is_spread_by_splitmix64(void **state)
{
    (void)state;
    static const uint64_t expected[4] = {
        UINT64_C(6457827717110365317), UINT64_C(3203168211198807973), UINT64_C(9817491932198370423),
        UINT64_C(4593380528125082431)};
    const struct rng rng = rng_of(1234567);
    for (size_t i = 0; i < 4; i++) {
        expect(rng.state[i] == expected[i], "word %zu", i);
    }
}

static void draws_match_the_reference_sequence(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        UINT64_C(11520),
        UINT64_C(0),
        UINT64_C(1509978240),
        UINT64_C(1215971899390074240),
        UINT64_C(1216172134540287360),
        UINT64_C(607988272756665600),
        UINT64_C(16172922978634559625),
        UINT64_C(8476171486693032832),
        UINT64_C(10595114339597558777),
        UINT64_C(2904607092377533576),
    };
    struct rng rng = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        expect(rng_u64(&rng) == expected[i], "draw %zu", i);
    }
}

static void streams_of_one_seed_differ(void **state)
{
    (void)state;
    struct rng first = rng_of_stream(7, 0);
    struct rng second = rng_of_stream(7, 1);
    struct rng again = rng_of_stream(7, 0);
    const uint64_t drawn = rng_u64(&first);
    expect(drawn != rng_u64(&second), "streams 0 and 1");
    expect(drawn == rng_u64(&again), "stream 0 twice");
}

static void numbers_below_a_bound_are_equally_likely(void **state)
{
    (void)state;
    static const uint64_t bound[] = {1, 2, 3, 7, 10};
    struct rng rng = rng_of(20250801);
    for (size_t row = 0; row < sizeof bound / sizeof bound[0]; row++) {
        uint32_t count[10] = {0};
        for (size_t i = 0; i < 100000; i++) {
            const uint64_t drawn = rng_below(&rng, bound[row]);
            must(drawn < bound[row]);
            count[drawn]++;
        }
        const double mean = 100000.0 / (double)bound[row];
        for (size_t value = 0; value < bound[row]; value++) {
            expect(fabs(count[value] - mean) <= 5 * sqrt(mean), "bound %zu value %zu", row, value);
        }
    }
}

static void a_bound_near_the_top_has_no_surplus(void **state)
{
    (void)state;
    /* 3 * 2^62 fits once into 2^64: without rejection the first third would come up twice as often. */
    const uint64_t bound = UINT64_C(3) << 62;
    struct rng rng = rng_of(1);
    size_t low = 0;
    for (size_t i = 0; i < 30000; i++) {
        low += rng_below(&rng, bound) < bound / 3;
    }
    expect(fabs((double)low - 10000) < 500, "%zu of 30000 in the first third", low);
}

static void fractions_and_normals_have_their_moments(void **state)
{
    (void)state;
    enum { DRAWS = 200000 };
    struct rng rng = rng_of(3);
    double uniform = 0;
    double sum = 0;
    double squares = 0;
    for (size_t i = 0; i < DRAWS; i++) {
        const double fraction = rng_f64(&rng);
        must(fraction >= 0 && fraction < 1);
        uniform += fraction;
        const double normal = rng_normal(&rng);
        sum += normal;
        squares += normal * normal;
    }
    expect(fabs(uniform / DRAWS - 0.5) < 0.003, "mean of fractions %f", uniform / DRAWS);
    expect(fabs(sum / DRAWS) < 0.01, "mean of normals %f", sum / DRAWS);
    expect(fabs(squares / DRAWS - 1) < 0.02, "variance of normals %f", squares / DRAWS);
}

static void a_shuffle_reaches_every_order_alike(void **state)
{
    (void)state;
    struct rng rng = rng_of(11);
    uint32_t count[27] = {0};
    for (size_t i = 0; i < 60000; i++) {
        uint32_t item[3] = {0, 1, 2};
        rng_shuffle(&rng, item, 3);
        count[item[0] * 9 + item[1] * 3 + item[2]]++;
    }
    static const size_t order[6] = {5, 7, 11, 15, 19, 21};
    for (size_t i = 0; i < 6; i++) {
        expect(fabs(count[order[i]] - 10000.0) < 500, "order %zu came %u times", i,
               count[order[i]]);
    }
}

static void shuffling_nothing_is_fine(void **state)
{
    (void)state;
    struct rng rng = rng_of(1);
    rng_shuffle(&rng, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_seed_is_spread_by_splitmix64),
        cmocka_unit_test(draws_match_the_reference_sequence),
        cmocka_unit_test(streams_of_one_seed_differ),
        cmocka_unit_test(numbers_below_a_bound_are_equally_likely),
        cmocka_unit_test(a_bound_near_the_top_has_no_surplus),
        cmocka_unit_test(fractions_and_normals_have_their_moments),
        cmocka_unit_test(a_shuffle_reaches_every_order_alike),
        cmocka_unit_test(shuffling_nothing_is_fine),
    };
    return cmocka_run_group_tests_name("rng", test, NULL, NULL);
}
