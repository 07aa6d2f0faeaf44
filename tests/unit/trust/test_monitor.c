/*
 * test_monitor.c - the monitor does what a sum that never falls below zero does, row by row; cutting a
 * stream changes nothing; parts that others saw join exactly; changes are found, and no change is not; the
 * state as bytes comes back, and no other bytes do.
 */
#include <math.h>
#include <string.h>

#include "monitor.h"

#include "testing.h"

enum { COLUMNS = 4, CELLS = 12, ROWS = 6000, REFERENCE = 20000 };

struct world {
    uint8_t *row[COLUMNS];
    const uint8_t *cell[COLUMNS];
    double weight[COLUMNS][CELLS];
    double place[CELLS];
    struct monitor_column column[COLUMNS];
};

static const size_t cells_of[COLUMNS] = {12, 5, 4, 10};

/* Column 0 is a number, 1 has levels, 2 rates of two groups, 3 outcomes of five parts of the score. */
static uint8_t draw_cell(struct rng *rng, size_t column, double shift)
{
    switch (column) {
    case 0: {
        const double z = rng_normal(rng) + shift;
        return z < -2 ? 1 : z > 2.99 ? 11 : (uint8_t)(1 + floor((z + 2) * 2.004));
    }
    case 1:
        return (uint8_t)(rng_f64(rng) < 0.5 ? 1 : 2 + rng_below(rng, 3));
    case 2:
        return (uint8_t)(2 * rng_below(rng, 2) + (rng_f64(rng) < 0.2 ? 1 : 0));
    default: {
        const uint64_t part = rng_below(rng, 5);
        return (uint8_t)(2 * part + (rng_f64(rng) < 0.1 + 0.15 * (double)part ? 1 : 0));
    }
    }
}

static void make_world(struct job *job, uint64_t seed, size_t rows, double shift,
                       struct world *world)
{
    struct rng rng = rng_of(seed);
    for (size_t c = 0; c < COLUMNS; c++) {
        world->row[c] = TRY_ARRAY(job->arena, rows, uint8_t);
        world->cell[c] = world->row[c];
        memset(world->weight[c], 0, sizeof world->weight[c]);
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t c = 0; c < COLUMNS; c++) {
            world->row[c][row] = draw_cell(&rng, c, shift);
            world->weight[c][world->row[c][row]] += 1 / (double)rows;
        }
    }
    for (size_t c = 0; c < CELLS; c++) {
        world->place[c] = c == 0 ? (double)NAN : (double)c;
    }
    static const enum monitor_kind kind[COLUMNS] = {MONITOR_NUMBER, MONITOR_LEVELS, MONITOR_RATES,
                                                    MONITOR_OUTCOME};
    for (size_t c = 0; c < COLUMNS; c++) {
        world->column[c] = (struct monitor_column){.name = STR("c"),
                                                   .kind = kind[c],
                                                   .cell_count = cells_of[c],
                                                   .weight = world->weight[c],
                                                   .place = world->place};
    }
}

static struct monitor_plan *plan_of(struct job *job, const struct world *world, double limit)
{
    struct monitor_plan *plan = NULL;
    must(monitor_make(job, world->column, COLUMNS, REFERENCE, &plan) == CANDOR_OK);
    monitor_set_limit(plan, limit);
    return plan;
}

/* Row by row and lane by lane, as Page wrote it. */
static size_t slowly(const struct monitor_plan *plan, const struct world *world, size_t rows,
                     int32_t *sum, uint64_t *first)
{
    size_t alarms = 0;
    memset(sum, 0, plan->lane_count * sizeof *sum);
    for (size_t row = 0; row < rows; row++) {
        bool is_alarm = false;
        for (size_t c = 0; c < COLUMNS; c++) {
            const struct monitor_table *table = &plan->column[c];
            for (size_t l = 0; l < table->width; l++) {
                int32_t *at = &sum[table->first_lane + l];
                *at += table->evidence[world->cell[c][row] * table->width + l];
                *at = *at < 0 ? 0 : *at;
                is_alarm |= *at >= plan->limit;
            }
        }
        if (is_alarm) {
            *first = alarms == 0 ? row + 1 : *first;
            alarms++;
            memset(sum, 0, plan->lane_count * sizeof *sum);
        }
    }
    return alarms;
}

static void strips_and_cuts_change_nothing(void **state)
{
    (void)state;
    static const size_t cuts[] = {1, 7, 63, 64, 65, 1000, ROWS};
    struct job job;
    struct world reference;
    struct world stream;
    job_begin(&job, host_real());
    make_world(&job, 1, REFERENCE, 0, &reference);
    make_world(&job, 2, ROWS, 0.2, &stream);
    const struct monitor_plan *plan = plan_of(&job, &reference, 5);
    int32_t *sum = NEW_ARRAY(job.arena, plan->lane_count, int32_t);
    uint64_t first = 0;
    const size_t wanted = slowly(plan, &stream, ROWS, sum, &first);
    assert_true(wanted > 3);
    for (enum simd level = SIMD_PLAIN; level <= SIMD_AVX512; level++) {
        (void)simd_limit(level);
        for (size_t k = 0; k < sizeof cuts / sizeof cuts[0]; k++) {
            struct monitor *monitor = monitor_begin(job.arena, plan);
            struct monitor_alarm alarm = {0};
            size_t found = 0;
            for (size_t at = 0; at < ROWS; at += cuts[k]) {
                const uint8_t *cell[COLUMNS];
                for (size_t c = 0; c < COLUMNS; c++) {
                    cell[c] = stream.cell[c] + at;
                }
                const size_t rows = ROWS - at < cuts[k] ? ROWS - at : cuts[k];
                found += monitor_add(monitor, cell, rows, &alarm, found == 0 ? 1 : 0);
            }
            expect(found == wanted, "cut by %zu: %zu alarms, not %zu", cuts[k], found, wanted);
            assert_int_equal(alarm.row, first);
            assert_true(alarm.evidence >= 5 && alarm.way != NULL);
            assert_memory_equal(monitor->sum, sum, plan->lane_count * sizeof *sum);
            assert_int_equal(monitor_rows(monitor), ROWS);
        }
    }
    (void)simd_limit(SIMD_AVX512);
    job_end(&job);
}

static void parts_join_to_the_whole(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct job job;
        struct world reference;
        struct world stream;
        job_begin(&job, host_real());
        make_world(&job, 1, REFERENCE, 0, &reference);
        make_world(&job, seed, 900, 0, &stream);
        const struct monitor_plan *plan = plan_of(&job, &reference, seed < 10 ? 4 : 30);
        struct monitor *whole = monitor_begin(job.arena, plan);
        struct monitor *joined = monitor_begin(job.arena, plan);
        struct monitor_alarm alarm;
        const size_t wanted = monitor_add(whole, stream.cell, 900, &alarm, 1);
        struct monitor_part *part = monitor_part_begin(job.arena, plan);
        for (size_t at = 0; at < 900; at += 150) {
            struct monitor_part *next = monitor_part_begin(job.arena, plan);
            const uint8_t *cell[COLUMNS];
            for (size_t c = 0; c < COLUMNS; c++) {
                cell[c] = stream.cell[c] + at;
            }
            monitor_part_add(next, cell, 150);
            monitor_part_join(part, next);
        }
        const size_t found = monitor_join(joined, part, &alarm);
        expect((wanted > 0) == (found > 0), "seed %d: %zu and %zu", (int)seed, wanted, found);
        if (wanted == 0) {
            assert_memory_equal(whole->sum, joined->sum, plan->lane_count * sizeof *whole->sum);
            assert_memory_equal(whole->recent, joined->recent,
                                plan->cell_count * sizeof *whole->recent);
        }
        assert_int_equal(monitor_rows(joined), 900);
        job_end(&job);
    }
}

static void the_limit_is_found_and_a_change_as_well(void **state)
{
    (void)state;
    struct job job;
    struct world reference;
    struct world same;
    struct world other;
    job_begin(&job, host_real());
    make_world(&job, 1, REFERENCE, 0, &reference);
    make_world(&job, 2, 200000, 0, &same);
    make_world(&job, 3, 20000, 0.3, &other);
    struct monitor_plan *plan = plan_of(&job, &reference, 1);
    const struct monitor_limit asked = {.cell = (const uint8_t *const *)reference.cell,
                                        .row_count = REFERENCE,
                                        .block = 1,
                                        .run_length = 10000,
                                        .rows = 400000,
                                        .seed = 5};
    must(monitor_find_limit(&job, plan, &asked) == CANDOR_OK);
    const double limit = monitor_limit_of(plan);
    expect(limit > 5 && limit < 16, "limit %g", limit);
    must(monitor_find_limit(&job, plan, &asked) == CANDOR_OK);
    assert_true(monitor_limit_of(plan) == limit);
    struct monitor *monitor = monitor_begin(job.arena, plan);
    const size_t falsely = monitor_add(monitor, same.cell, 200000, NULL, 0);
    expect(falsely >= 4 && falsely <= 60, "%zu false alarms where 20 are due", falsely);
    struct monitor_alarm alarm;
    monitor = monitor_begin(job.arena, plan);
    assert_true(monitor_add(monitor, other.cell, 20000, &alarm, 1) > 0);
    assert_true(alarm.row < 1500 && alarm.column == 0);
    expect(strcmp(alarm.way, "mean up") == 0, "%s", alarm.way);
    const struct monitor_limit alone = {.block = 1, .run_length = 10000, .rows = 400000, .seed = 5};
    must(monitor_find_limit(&job, plan, &alone) == CANDOR_OK);
    expect(fabs(monitor_limit_of(plan) - limit) < 1, "columns each for itself: %g, not %g",
           monitor_limit_of(plan), limit);
    job_end(&job);
}

static void the_state_comes_back_and_nothing_else_does(void **state)
{
    (void)state;
    struct job job;
    struct world reference;
    struct monitor *read = NULL;
    job_begin(&job, host_real());
    make_world(&job, 1, REFERENCE, 0, &reference);
    struct monitor_plan *plan = plan_of(&job, &reference, 9);
    struct monitor *monitor = monitor_begin(job.arena, plan);
    (void)monitor_add(monitor, reference.cell, 777, NULL, 0);
    struct buf buf = buf_begin(job.arena);
    monitor_write(monitor, &buf);
    must(monitor_read(&job, plan, buf_all(&buf), &read) == CANDOR_OK);
    (void)monitor_add(monitor, reference.cell, REFERENCE, NULL, 0);
    (void)monitor_add(read, reference.cell, REFERENCE, NULL, 0);
    assert_memory_equal(monitor->sum, read->sum, plan->lane_count * sizeof *read->sum);
    assert_memory_equal(monitor->recent, read->recent, plan->cell_count * sizeof *read->recent);
    for (size_t len = 0; len < buf.len; len += 5) {
        const struct bytes cut = {buf.ptr, len};
        assert_int_equal(monitor_read(&job, plan, cut, &read), CANDOR_CORRUPT);
        job_forgive(&job);
    }
    struct monitor_plan *other = plan_of(&job, &reference, 8);
    assert_int_equal(monitor_read(&job, other, buf_all(&buf), &read), CANDOR_CORRUPT);
    job_forgive(&job);
    job_end(&job);
}

static void a_column_that_never_varies_is_left_in_peace(void **state)
{
    (void)state;
    struct job job;
    struct monitor_plan *plan = NULL;
    const double weight[2] = {0, 1};
    const double place[2] = {(double)NAN, 3};
    const struct monitor_column column[2] = {
        {.name = STR("same"),
         .kind = MONITOR_NUMBER,
         .cell_count = 2,
         .weight = weight,
         .place = place},
        {.name = STR("one"), .kind = MONITOR_LEVELS, .cell_count = 1, .weight = weight + 1}};
    uint8_t rows[4096];
    const uint8_t *cell[2] = {rows, rows};
    job_begin(&job, host_real());
    must(monitor_make(&job, column, 2, 1000, &plan) == CANDOR_OK);
    monitor_set_limit(plan, 10);
    memset(rows, 0, sizeof rows);
    struct monitor *monitor = monitor_begin(job.arena, plan);
    assert_true(monitor_add(monitor, cell, sizeof rows, NULL, 0) >
                0); /* all missing: that is news */
    struct monitor_plan *none = NULL;
    must(monitor_make(&job, column + 1, 1, 1000, &none) == CANDOR_OK);
    assert_int_equal(monitor_lanes(none), 0);
    const struct monitor_limit asked = {.block = 1, .run_length = 1000, .rows = 10000, .seed = 1};
    assert_int_equal(monitor_find_limit(&job, none, &asked), CANDOR_BAD_INPUT);
    job_end(&job);
}

/* Each row counts as both, with the weights of its chance: slowly, pair by pair. */
static void what_is_expected_is_what_rows_of_both_kinds_have(void **state)
{
    (void)state;
    static const double chance[4] = {0.05, 0.2, 0.2, 0.9};
    static const uint32_t count[4] = {10, 0, 7, 5};
    double wins = 0;
    double pairs = 0;
    for (size_t i = 0; i < 4; i++) {
        for (size_t j = 0; j < 4; j++) {
            const double weight = count[i] * chance[i] * count[j] * (1 - chance[j]);
            pairs += weight;
            wins += i > j ? weight : i == j ? weight / 2 : 0;
        }
    }
    const struct expected got = expected_of(chance, count, 4);
    assert_int_equal(got.rows, 22);
    assert_true(fabs(got.auc - wins / pairs) < 1e-14);
    assert_true(fabs(got.rate - (0.5 + 1.4 + 4.5) / 22) < 1e-14);
    assert_true(fabs(got.accuracy - (9.5 + 5.6 + 4.5) / 22) < 1e-14);
    static const uint32_t none[4];
    assert_true(isnan(expected_of(chance, none, 4).auc));
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(strips_and_cuts_change_nothing),
        cmocka_unit_test(parts_join_to_the_whole),
        cmocka_unit_test(the_limit_is_found_and_a_change_as_well),
        cmocka_unit_test(the_state_comes_back_and_nothing_else_does),
        cmocka_unit_test(what_is_expected_is_what_rows_of_both_kinds_have),
        cmocka_unit_test(a_column_that_never_varies_is_left_in_peace),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
