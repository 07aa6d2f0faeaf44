/*
 * test_cuts.c - every way of searching against the definition: the number of cuts that are <= x.
 */
#include "bins.h"

#include <float.h>
#include <math.h>

#include "numeric.h"
#include "testing.h"

enum { NUMBERS = 1200, LEVELS = 3 };

/* A feature with this many cuts, the first -infinity, as bins.c makes them. */
static struct model_feature feature_with(struct arena *arena, size_t count, struct rng *rng)
{
    double *cut = arena_new(arena, (count + 1) * sizeof *cut);
    double at = -50;
    for (size_t v = 0; v < count; v++) {
        at += rng_below(rng, 3) == 0 ? 1 : rng_f64(rng);
        cut[v] = v == 0 ? -(double)INFINITY : at;
    }
    return (struct model_feature){
        .kind = COLUMN_NUMBER, .value_count = count, .bin_count = count + 1, .cut = cut};
}

static uint8_t by_definition(const struct model_feature *feature, double x)
{
    size_t count = 0;
    for (size_t v = 0; v < feature->value_count; v++) {
        count += feature->cut[v] <= x;
    }
    return (uint8_t)count;
}

/* Cuts, their neighbours, what is special, and numbers anywhere. */
static void numbers_around(const struct model_feature *feature, struct rng *rng, double *number)
{
    const double odd[] = {(double)NAN, -(double)NAN, (double)INFINITY, -(double)INFINITY, 0, -0.0,
                          DBL_MAX,     -DBL_MAX,     DBL_TRUE_MIN,     -DBL_TRUE_MIN};
    for (size_t i = 0; i < NUMBERS; i++) {
        number[i] = rng_f64(rng) * 400 - 100;
        if (i < sizeof odd / sizeof odd[0]) {
            number[i] = odd[i];
        } else if (i % 4 > 0 && feature->value_count > 0) {
            const double cut = feature->cut[rng_below(rng, feature->value_count)];
            number[i] = i % 4 == 1   ? cut
                        : i % 4 == 2 ? nextafter(cut, -DBL_MAX)
                                     : nextafter(cut, DBL_MAX);
        }
    }
}

static void every_level_counts_the_cuts_below(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(5);
    static double number[NUMBERS];
    static uint8_t bin[NUMBERS];
    for (size_t cuts_wanted = 0; cuts_wanted < BINS_MAX; cuts_wanted++) {
        const struct arena_mark mark = arena_mark(job.arena);
        const struct model_feature feature = feature_with(job.arena, cuts_wanted, &rng);
        const struct cuts cuts = cuts_of(job.arena, &feature);
        numbers_around(&feature, &rng, number);
        for (unsigned level = 0; level < LEVELS; level++) {
            (void)simd_limit((enum simd)level);
            cuts_bins(&cuts, number, NUMBERS, bin);
            for (size_t i = 0; i < NUMBERS; i++) {
                const uint8_t expected = by_definition(&feature, number[i]);
                expect(bin[i] == expected, "%zu cuts, level %u: %a in %u, not %u", cuts_wanted,
                       level, number[i], bin[i], expected);
                expect(feature_bin(&feature, (struct raw_value){.number = number[i]}) == expected,
                       "%zu cuts: %a by feature_bin", cuts_wanted, number[i]);
            }
        }
        arena_rewind(job.arena, mark);
    }
    (void)simd_limit(SIMD_AVX512);
    job_end(&job);
}

/* Also none, and numbers that are not a multiple of what goes abreast; beyond them nothing is written. */
static void any_count_of_numbers_will_do(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(6);
    const struct model_feature feature = feature_with(job.arena, 200, &rng);
    const struct cuts cuts = cuts_of(job.arena, &feature);
    static double number[NUMBERS];
    numbers_around(&feature, &rng, number);
    for (unsigned level = 0; level < LEVELS; level++) {
        (void)simd_limit((enum simd)level);
        for (size_t count = 0; count < 100; count++) {
            uint8_t bin[101];
            bin[count] = 77;
            cuts_bins(&cuts, number + count, count, bin);
            for (size_t i = 0; i < count; i++) {
                expect(bin[i] == by_definition(&feature, number[count + i]), "level %u: %zu of %zu",
                       level, i, count);
            }
            expect(bin[count] == 77, "level %u: %zu", level, count);
        }
    }
    (void)simd_limit(SIMD_AVX512);
    job_end(&job);
}

static void a_row_has_a_number_of_each_feature(void **state)
{
    (void)state;
    enum { FEATURES = 60 };
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(7);
    struct model_feature feature[FEATURES];
    struct cuts cuts[FEATURES];
    for (size_t i = 0; i < FEATURES; i++) {
        feature[i] = feature_with(job.arena, i * 4, &rng);
        cuts[i] = cuts_of(job.arena, &feature[i]);
    }
    for (unsigned level = 0; level < LEVELS; level++) {
        (void)simd_limit((enum simd)level);
        for (size_t turn = 0; turn < 50; turn++) {
            double number[FEATURES];
            uint8_t bin[FEATURES];
            for (size_t i = 0; i < FEATURES; i++) {
                number[i] = (turn + i) % 9 == 0 ? (double)NAN : rng_f64(&rng) * 200 - 60;
            }
            cuts_bins_of_row(cuts, number, FEATURES, bin);
            for (size_t i = 0; i < FEATURES; i++) {
                expect(bin[i] == by_definition(&feature[i], number[i]), "level %u, feature %zu",
                       level, i);
            }
        }
    }
    (void)simd_limit(SIMD_AVX512);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_level_counts_the_cuts_below),
        cmocka_unit_test(any_count_of_numbers_will_do),
        cmocka_unit_test(a_row_has_a_number_of_each_feature),
    };
    return cmocka_run_group_tests_name("cuts", test, NULL, NULL);
}
