/*
 * made.h - rows made for the tests of learn, from a truth that is known.
 *
 *     link = -1 + wave(age) + step of income + level of town      (+ age by town, when asked)
 *
 * age is whole, income has many different values and some are missing, town is a category.
 */
#ifndef MADE_H
#define MADE_H

#include <math.h>

#include "learn.h"
#include "numeric.h"

enum { MADE_TOWNS = 4 };

static const char *const made_town[MADE_TOWNS] = {"arles", "bruges", "cork", "delft"};
static const double made_town_lift[MADE_TOWNS] = {-0.8, 0.0, 0.3, 0.9};

struct made {
    struct frame *frame;
    struct target target;
    double *link; /* the truth */
};

struct made_options {
    size_t row_count;
    uint64_t seed;
    enum task task;
    bool with_pair; /* the towns disagree about age */
};

static inline double made_age_lift(double age)
{
    return sin((age - 20) / 10);
}

static inline double made_income_lift(double income)
{
    if (isnan(income)) {
        return 0.7;
    }
    return income > 50 ? 0.6 : -0.2;
}

static inline void made_row(struct rng *rng, double *age, double *income, uint32_t *town)
{
    *age = 20 + (double)rng_below(rng, 60);
    *income = rng_below(rng, 10) == 0 ? (double)NAN : 50 + 20 * rng_normal(rng);
    *town = (uint32_t)rng_below(rng, MADE_TOWNS);
}

/* Knuth 1997, section 3.4.1 */
static inline double made_count(struct rng *rng, double mean)
{
    double count = -1;
    double left = 1;
    while (left > exp(-mean)) {
        count++;
        left *= rng_f64(rng);
    }
    return count;
}

static inline double made_value(struct rng *rng, enum task task, double link)
{
    switch (task) {
    case TASK_BINARY:
        return rng_f64(rng) < 1 / (1 + exp(-link));
    case TASK_REGRESSION:
        return 100 + 10 * (link + 0.5 * rng_normal(rng));
    case TASK_COUNT:
        return made_count(rng, exp(link));
    case TASK_AMOUNT: /* shape 2: a variance of half the squared mean */
        return -exp(link) / 2 * (log(1 - rng_f64(rng)) + log(1 - rng_f64(rng)));
    case TASK_CLASSES: /* the third class is as frequent whatever the link */
        return rng_f64(rng) < 0.2 ? 2 : rng_f64(rng) < 1 / (1 + exp(-link));
    }
    return 0;
}

static inline struct made made_begin(struct job *job, struct made_options options)
{
    struct str *town = NEW_ARRAY(job->arena, MADE_TOWNS, struct str);
    for (size_t i = 0; i < MADE_TOWNS; i++) {
        town[i] = str_of(made_town[i]);
    }
    const size_t rows = options.row_count;
    struct made made = {.target = {.task = options.task, .name = STR("bought")}};
    double *age = arena_try(job->arena, rows + 1, sizeof(double));
    double *income = arena_try(job->arena, rows + 1, sizeof(double));
    uint32_t *code = arena_try(job->arena, rows + 1, sizeof(uint32_t));
    double *value = arena_try(job->arena, rows + 1, sizeof(double));
    made.link = arena_try(job->arena, rows + 1, sizeof(double));
    struct rng rng = rng_of(options.seed);
    for (size_t row = 0; row < rows; row++) {
        made_row(&rng, &age[row], &income[row], &code[row]);
        made.link[row] = -1 + made_age_lift(age[row]) + made_income_lift(income[row]) +
                         made_town_lift[code[row]];
        if (options.with_pair) {
            made.link[row] += (age[row] > 50) == (code[row] % 2 == 0) ? 0.8 : -0.8;
        }
        value[row] = made_value(&rng, options.task, made.link[row]);
    }
    made.target.value = value;
    must(frame_begin(job, rows, 3, &made.frame) == CANDOR_OK);
    must(frame_add_number_column(job, made.frame, STR("age"), age) == CANDOR_OK);
    must(frame_add_number_column(job, made.frame, STR("income"), income) == CANDOR_OK);
    must(frame_add_category_column(job, made.frame, STR("town"), code, town, MADE_TOWNS) ==
         CANDOR_OK);
    return made;
}

static inline struct bytes made_bytes(struct job *job, const struct model *model)
{
    struct buf buf = buf_begin(job->arena);
    model_write(model, &buf);
    return buf_all(&buf);
}

#endif
