/*
 * learn_made.c - rows made from a seed, of any number.
 *
 * Four kinds of features in turn: normal, uniform, skew (a square of a normal) and whole numbers. Every
 * second feature moves the outcome, by a curve of its own; the rest is noise. Rows are made in groups of
 * GROUP, each from the stream of its number.
 */
#include <math.h>

#include "bench_learn.h"

enum { GROUP = 4096 };

static double value_of(struct rng *rng, size_t feature)
{
    switch (feature % 4) {
    case 0:
        return rng_normal(rng);
    case 1:
        return 100 * rng_f64(rng);
    case 2: {
        const double normal = rng_normal(rng);
        return 1000 * normal * normal;
    }
    default:
        return (double)rng_below(rng, 5 + 7 * feature);
    }
}

static double curve_of(size_t feature, double x)
{
    const size_t turn = feature / 4;
    const double bend = 1 + 0.25 * (double)turn;
    switch (feature % 4) {
    case 0:
        return 0.7 * sin(bend * x);
    case 1:
        return 0.5 * cos(x / 100 * 3 * bend);
    case 2:
        return 0.6 * (x / (x + 1000 * bend) - 0.4);
    default:
        return 0.02 * (x - 3.5 * (double)feature) / bend;
    }
}

/* A float holds what a double gets, so that both learners see the same numbers. */
static void make_row(const struct made *made, struct rng *rng, double *const *column, size_t at,
                     double *label)
{
    double link = -1.2;
    for (size_t i = 0; i < made->features; i++) {
        const double x = (double)(float)value_of(rng, i);
        column[i][at] = x;
        link += i % 2 == (i / 4) % 2 ? curve_of(i, x) : 0;
    }
    label[at] = rng_f64(rng) < 1 / (1 + exp(-link));
}

void made_rows(const struct made *made, size_t first, size_t count, double *const *column,
               double *label)
{
    must(first % GROUP == 0);
    for (size_t done = 0; done < count; done += GROUP) {
        struct rng rng = rng_of_stream(made->seed, (first + done) / GROUP);
        for (size_t i = 0; i < GROUP && done + i < count; i++) {
            make_row(made, &rng, column, done + i, label);
        }
    }
}
