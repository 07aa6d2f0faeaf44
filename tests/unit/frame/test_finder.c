/*
 * test_finder.c - however the cuts lie, as many are found below a number as there are.
 */
#include <math.h>

#include "inside.h"
#include "numeric.h"
#include "testing.h"

enum { NUMBERS = 500 };

static size_t cuts_below(const double *cut, size_t count, double number)
{
    size_t below = 0;
    for (size_t i = 0; i < count; i++) {
        below += cut[i] <= number;
    }
    return below;
}

/* Cuts of one of five shapes, ascending. */
static size_t fill_cuts(size_t shape, size_t count, double *cut)
{
    for (size_t i = 0; i < count; i++) {
        const double x = (double)i;
        const double row[] = {x - 5, exp(x / 3 - 300), i < 10 ? -exp(20 - x) : x * 1e-9,
                              1 + x * 0x1p-52, ldexp(x - 500, 1014)};
        cut[i] = row[shape];
    }
    return count;
}

static void check(struct job *job, const double *cut, size_t count, size_t cells)
{
    struct finder finder;
    struct rng rng = rng_of(count + cells);
    double number[NUMBERS] = {(double)NAN, (double)INFINITY, -(double)INFINITY, -0.0, 0, 1e308,
                              -1e308};
    uint16_t found[NUMBERS];
    for (size_t i = 7; i < NUMBERS; i++) {
        const double at = count == 0 ? 0 : cut[rng_below(&rng, count)];
        const double near[] = {at, nextafter(at, (double)INFINITY),
                               nextafter(at, -(double)INFINITY), at * (1 + rng_normal(&rng)),
                               rng_normal(&rng)};
        number[i] = near[rng_below(&rng, 5)];
    }
    must(finder_begin(job, cut, count, cells, &finder) == CANDOR_OK);
    finder_find(&finder, number, NUMBERS, found);
    for (size_t i = 1; i < NUMBERS; i++) {
        expect(found[i] == cuts_below(cut, count, number[i]),
               "%zu cuts, %zu cells, kind %d, %a: %u", count, cells, (int)finder.kind, number[i],
               found[i]);
    }
    finder_find(&finder, number + 3, 5, found); /* fewer than are searched abreast */
    expect(found[0] == cuts_below(cut, count, number[3]), "five");
}

static void as_many_cuts_are_found_as_there_are(void **state)
{
    (void)state;
    static const size_t count[] = {0, 1, 2, 3, 7, 8, 127, 254, 1000};
    static const size_t cells[] = {0, 2, 64, 4096};
    struct job job;
    job_begin(&job, host_real());
    for (size_t shape = 0; shape < 5; shape++) {
        for (size_t c = 0; c < sizeof count / sizeof count[0]; c++) {
            double cut[1000];
            fill_cuts(shape, count[c], cut);
            for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++) {
                check(&job, cut, count[c], cells[k]);
            }
        }
    }
    job_end(&job);
}

static void the_table_suits_the_cuts(void **state)
{
    (void)state;
    static const enum finder_kind kind[] = {FINDER_EVEN, FINDER_BITS, FINDER_HALVES};
    struct job job;
    job_begin(&job, host_real());
    for (size_t shape = 0; shape < 3; shape++) {
        double cut[254];
        struct finder finder;
        fill_cuts(shape, 254, cut);
        must(finder_begin(&job, cut, 254, 4096, &finder) == CANDOR_OK);
        expect(finder.kind == kind[shape], "shape %zu: %d", shape, (int)finder.kind);
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(as_many_cuts_are_found_as_there_are),
        cmocka_unit_test(the_table_suits_the_cuts),
    };
    return cmocka_run_group_tests_name("finder", test, NULL, NULL);
}
