/*
 * bench_trust_outcomes.c - what a home's monitors of outcomes and of groups promise: how often they are wrong,
 * and how soon they are right. Worlds are made; no data set is needed.
 *
 * Outcomes: a score in ten tenths with chances from a world. The reference is what a model knows: the rows that
 * were held out, drawn from the world, and the mix of the first 256 scores that come. Live scores may be of
 * everybody or mostly of the best, as campaigns choose. Groups: rates as they were in the first 4,096 rows, of which
 * a home learns anew after each alarm. An argument is how the names of the worlds begin that are measured.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numeric.h"
#include "watch.h"

enum { TENTHS = 10, CELLS_MOST = 32, BATCH = 256, HOMES = 40, DELAYS = 41, DELAY_MAX = 100000 };
enum { LEARN = 4096 };

static const double run_length = 100000;
static const double rows_simulated = 4e6; /* as the home has it */
static const double rows_streamed = 1e5;  /* of each home */

struct world {
    const char *name;
    double mix[CELLS_MOST / 2];
    double chance[CELLS_MOST / 2];
    size_t parts;
    uint64_t held_out; /* 0: groups */
};

static void need(const struct job *job, enum candor_status status)
{
    if (status != CANDOR_OK) {
        fprintf(stderr, "bench_trust_outcomes: %s\n", job->message);
        exit(1);
    }
}

static size_t draw_part(struct rng *rng, const double *mix, size_t parts)
{
    double at = rng_f64(rng);
    size_t part = 0;
    while (part + 1 < parts && at >= mix[part]) {
        at -= mix[part++];
    }
    return part;
}

static uint8_t draw_cell(struct rng *rng, const struct world *world)
{
    const size_t part = draw_part(rng, world->mix, world->parts);
    return (uint8_t)(2 * part + (rng_f64(rng) < world->chance[part] ? 1 : 0));
}

/* What is known of the world, and the limit that follows: as flow/monitors_make.c has it. */
static struct monitor_plan *draw_plan(struct job *job, const struct world *world, bool is_learnt,
                                      struct rng *rng)
{
    double weight[CELLS_MOST] = {0};
    double part_rows[CELLS_MOST / 2] = {0};
    uint32_t seen[CELLS_MOST] = {0};
    struct monitor_plan *plan = NULL;
    const bool is_groups = world->held_out == 0;
    const bool is_counted = is_groups || is_learnt;
    const size_t parts = is_groups ? CELLS_MOST / 2 : TENTHS;
    const double first = is_counted ? LEARN : 256;
    for (double i = 0; i < first; i++) {
        seen[draw_cell(rng, world)]++;
    }
    for (size_t p = 0; p < parts; p++) {
        const double here = (double)seen[2 * p] + seen[2 * p + 1];
        double yes = is_counted ? seen[2 * p + 1] + 0.5 : 10 * world->chance[p]; /* as predicted */
        part_rows[p] = is_counted ? here + 1 : (double)world->held_out / TENTHS + 10;
        for (double i = 0; !is_counted && i < (double)world->held_out / TENTHS; i++) {
            yes += rng_f64(rng) < world->chance[p] ? 1 : 0;
        }
        const double share = is_counted ? here / first : (here + 1) / (first + TENTHS);
        weight[2 * p + 1] = share * yes / part_rows[p];
        weight[2 * p] = share - weight[2 * p + 1];
    }
    const struct monitor_column column = {.name = STR("outcome"),
                                          .kind = is_groups ? MONITOR_RATES : MONITOR_OUTCOME,
                                          .cell_count = 2 * parts,
                                          .weight = weight};
    const struct monitor_limit asked = {.part_rows = part_rows,
                                        .block = 1,
                                        .run_length = run_length,
                                        .rows = rows_simulated,
                                        .seed = 20261128};
    need(job, monitor_make(job, &column, 1, is_counted ? (uint64_t)first : 1000000, &plan));
    need(job, monitor_find_limit(job, plan, &asked));
    return plan;
}

static void draw_batch(struct rng *rng, const struct world *world, uint8_t *batch)
{
    for (size_t i = 0; i < BATCH; i++) {
        batch[i] = draw_cell(rng, world);
    }
}

/* Rows until an alarm, DELAY_MAX if there is none. */
static double rows_until(struct job *job, const struct monitor_plan *plan,
                         const struct world *world, struct rng *rng, double most)
{
    uint8_t batch[BATCH];
    const uint8_t *cell = batch;
    struct monitor_alarm alarm;
    struct monitor *monitor = monitor_begin(job->arena, plan);
    while ((double)monitor_rows(monitor) < most) {
        draw_batch(rng, world, batch);
        if (monitor_add(monitor, &cell, BATCH, &alarm, 1) > 0) {
            return (double)alarm.row;
        }
    }
    return most;
}

static int by_size(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The odds of all parts, or of one, times e^step, and flattened over the score. */
static double delay(struct job *job, const struct monitor_plan *plan, const struct world *world,
                    struct rng *rng, double step, double slope, size_t only)
{
    double rows[DELAYS];
    double middle = 0;
    struct world other = *world;
    for (size_t p = 0; p < world->parts; p++) {
        middle += world->mix[p] * log_of(world->chance[p] / (1 - world->chance[p]));
    }
    for (size_t p = 0; p < world->parts; p++) {
        const double logit = log_of(world->chance[p] / (1 - world->chance[p]));
        if (only == world->parts || only == p) {
            other.chance[p] = logistic_of(middle + slope * (logit - middle) + step);
        }
    }
    for (size_t d = 0; d < DELAYS; d++) {
        rows[d] = rows_until(job, plan, &other, rng, DELAY_MAX);
    }
    qsort(rows, DELAYS, sizeof rows[0], by_size);
    return rows[DELAYS / 2];
}

static void measure(const struct world *world)
{
    struct job job;
    struct rng rng = rng_of(7);
    double alarms = 0;
    double rows = 0;
    job_begin(&job, host_real());
    struct monitor_plan *first = draw_plan(&job, world, false, &rng);
    for (int home = 0; home < HOMES; home++) { /* an alarm, and what comes then is learnt */
        struct monitor_plan *plan = home == 0 ? first : draw_plan(&job, world, false, &rng);
        double left = rows_streamed;
        while (left > 0) {
            const double went = rows_until(&job, plan, world, &rng, left);
            alarms += went < left ? 1 : 0;
            rows += went < left ? went + LEARN : went;
            left -= went;
            plan = left > 0 ? draw_plan(&job, world, true, &rng) : plan;
        }
    }
    struct monitor_plan *plan = first;
    printf("%s: %.2f false alarms in 100,000 rows (%.0f in %.0f), limit %.1f\n", world->name,
           alarms / rows * run_length, alarms, rows, monitor_limit_of(first));
    const size_t only = world->held_out > 0 ? world->parts : 1;
    printf("    rows until an alarm, median: odds x 1.35 %.0f, / 1.35 %.0f, x 2 %.0f",
           delay(&job, plan, world, &rng, 0.3, 1, only),
           delay(&job, plan, world, &rng, -0.3, 1, only),
           delay(&job, plan, world, &rng, log_of(2), 1, only));
    if (world->held_out > 0) {
        printf("; ranks with .7 of the slope %.0f, not at all %.0f",
               delay(&job, plan, world, &rng, 0, 0.7, only),
               delay(&job, plan, world, &rng, 0, 0, only));
    }
    printf("\n");
    fflush(stdout);
    job_end(&job);
}

/* Chances that rise over the tenths, about a middle; of everybody, or mostly of the best. */
static struct world scores(const char *name, double middle, double rise, bool is_chosen,
                           uint64_t held_out)
{
    struct world world = {.name = name, .parts = TENTHS, .held_out = held_out};
    for (size_t t = 0; t < TENTHS; t++) {
        const double at = ((double)t - 4.5) / 4.5;
        world.chance[t] = logistic_of(log_of(middle / (1 - middle)) + rise * at);
        world.mix[t] = !is_chosen ? 0.1 : t >= 8 ? 0.45 : 0.1 / 8;
    }
    return world;
}

int main(int count, char **argument)
{
    const struct world world[] = {
        scores("outcomes, a tenth says yes, 2,000 held out", 0.1, 1.5, false, 2000),
        scores("outcomes, a tenth says yes, 20,000 held out", 0.1, 1.5, false, 20000),
        scores("outcomes, a tenth says yes, 2,000 held out, the best are asked", 0.1, 1.5, true,
               2000),
        scores("outcomes, half say yes, 500 held out", 0.5, 2, false, 500),
        scores("outcomes, one in fifty, 5,000 held out, the best are asked", 0.02, 1.5, true, 5000),
        {"groups, two", {0.5, 0.5}, {0.3, 0.3}, 2, 0},
        {"groups, two, one is a tenth", {0.9, 0.1}, {0.2, 0.15}, 2, 0},
        {"groups, five", {0.4, 0.3, 0.15, 0.1, 0.05}, {0.1, 0.2, 0.15, 0.3, 0.1}, 5, 0},
    };
    for (size_t w = 0; w < sizeof world / sizeof world[0]; w++) {
        if (count < 2 || strncmp(world[w].name, argument[1], strlen(argument[1])) == 0) {
            measure(&world[w]);
        }
    }
    return 0;
}
