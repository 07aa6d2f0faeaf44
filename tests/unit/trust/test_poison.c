/*
 * test_poison.c - planted cells are found, chance is not; the sums are those of the definition.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "poison.h"

#include "testing.h"

enum { COLUMNS = 6, VALUES = 5, ROWS = 6000, PLANTED = 150 };

/* Rows whose chance is a sum over single columns, as a learner would say it. */
struct made {
    struct job job;
    struct binned binned;
    struct coarse coarse;
    uint8_t *label;
    double *chance;
};

static void made_begin(struct made *made, uint64_t seed, size_t rows, size_t planted)
{
    struct rng rng = rng_of(seed);
    struct frame *frame = NULL;
    double *column[COLUMNS];
    job_begin(&made->job, host_real());
    made->label = NEW_ARRAY(made->job.arena, rows, uint8_t);
    made->chance = NEW_ARRAY(made->job.arena, rows, double);
    assert_true(frame_begin(&made->job, rows, COLUMNS, &frame) == CANDOR_OK);
    for (size_t c = 0; c < COLUMNS; c++) {
        column[c] = NEW_ARRAY(made->job.arena, rows, double);
    }
    for (size_t row = 0; row < rows; row++) {
        double link = -1.5;
        for (size_t c = 0; c < COLUMNS; c++) {
            const uint64_t value = rng_below(&rng, VALUES + 1);
            column[c][row] = value == VALUES ? (double)NAN : (double)value;
            link += value == VALUES ? 0 : 0.3 * ((double)value - 2);
        }
        made->chance[row] = logistic_of(link);
        made->label[row] = rng_f64(&rng) < made->chance[row];
        if (row < planted) {
            column[1][row] = 0;
            column[3][row] = 1;
            column[4][row] = 0;
            made->chance[row] = 0.1;
            made->label[row] = 1;
        }
    }
    for (size_t c = 0; c < COLUMNS; c++) {
        char name[8];
        (void)snprintf(name, sizeof name, "c%zu", c);
        assert_true(frame_add_number_column(&made->job, frame, str_of(name), column[c]) ==
                    CANDOR_OK);
    }
    const struct bin_options options = {0};
    assert_true(binned_of_frame(&made->job, frame, &options, &made->binned) == CANDOR_OK);
    assert_true(coarse_of(&made->job, &made->binned, &made->coarse) == CANDOR_OK);
}

static struct scan scan_of(const struct made *made, size_t data_count)
{
    return (struct scan){.coarse = &made->coarse,
                         .label = made->label,
                         .chance = data_count < made->coarse.row_count ? NULL : made->chance,
                         .data_count = data_count};
}

static void find(struct made *made, const struct scan *scan, struct scanned *scanned,
                 struct findings *findings)
{
    assert_true(scan_cells(&made->job, scan, scanned) == CANDOR_OK);
    assert_true(find_cells(&made->job, scan, scanned, findings) == CANDOR_OK);
}

static void check_planted(const struct findings *findings, size_t data_count)
{
    size_t found = 0;
    assert_true(findings->count >= 1);
    const struct corner *cell = &findings->finding[0].cell;
    expect(cell->feature_count == 3 && cell->feature[0] == 1 && cell->feature[1] == 3 &&
               cell->feature[2] == 4,
           "%u columns, the first %u", cell->feature_count, (unsigned)cell->feature[0]);
    for (size_t row = 0; row < data_count; row++) {
        found += row < PLANTED && findings->of_row[row] == 0;
    }
    assert_int_equal(found, PLANTED);
    assert_true(findings->suspects < 2 * PLANTED);
}

static void a_planted_cell_is_found_blind_and_beside_a_reference(void **state)
{
    (void)state;
    const size_t data_count[] = {ROWS, ROWS / 2};
    for (size_t i = 0; i < 2; i++) {
        struct made made;
        struct scanned scanned;
        struct findings findings;
        made_begin(&made, 11, ROWS, PLANTED);
        const struct scan scan = scan_of(&made, data_count[i]);
        find(&made, &scan, &scanned, &findings);
        check_planted(&findings, data_count[i]);
        job_end(&made.job);
    }
}

static void chance_alone_raises_no_alarm(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        for (size_t data_count = ROWS / 2; data_count <= ROWS; data_count += ROWS / 2) {
            struct made made;
            struct scanned scanned;
            struct findings findings;
            made_begin(&made, seed, ROWS, 0);
            const struct scan scan = scan_of(&made, data_count);
            find(&made, &scan, &scanned, &findings);
            expect(findings.count == 0, "seed %llu: %zu", (unsigned long long)seed, findings.count);
            job_end(&made.job);
        }
    }
}

static void sums_are_those_of_the_definition(void **state)
{
    (void)state;
    struct made made;
    struct scanned scanned;
    made_begin(&made, 5, ROWS, PLANTED);
    const struct scan scan = scan_of(&made, ROWS);
    assert_true(scan_cells(&made.job, &scan, &scanned) == CANDOR_OK);
    assert_true(scanned.candidate_count > 0);
    for (size_t i = 0; i < scanned.candidate_count; i++) {
        const struct candidate *candidate = &scanned.candidate[i];
        struct cell_sums slow = {.residual = 0};
        for (size_t row = 0; row < ROWS; row++) {
            if (corner_holds(&made.coarse, &candidate->cell, row)) {
                slow.rows[made.label[row]] += 1;
                slow.residual += made.label[row] - made.chance[row];
                slow.variance += made.chance[row] * (1 - made.chance[row]);
            }
        }
        const double count = slow.rows[0] + slow.rows[1];
        assert_true(memcmp(slow.rows, candidate->sums.rows, sizeof slow.rows) == 0);
        expect(fabs(slow.residual - candidate->sums.residual) <= count / 4096, "%g %g",
               slow.residual, candidate->sums.residual);
        expect(fabs(slow.variance - candidate->sums.variance) <= count / 16384, "%g %g",
               slow.variance, candidate->sums.variance);
        assert_true(i == 0 || scanned.candidate[i - 1].strength >= candidate->strength);
    }
    job_end(&made.job);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    struct made made;
    struct scanned one;
    struct scanned four;
    made_begin(&made, 6, ROWS, PLANTED);
    struct scan scan = scan_of(&made, ROWS);
    scan.threads = 1;
    assert_true(scan_cells(&made.job, &scan, &one) == CANDOR_OK);
    scan.threads = 4;
    assert_true(scan_cells(&made.job, &scan, &four) == CANDOR_OK);
    assert_int_equal(one.candidate_count, four.candidate_count);
    for (size_t i = 0; i < one.candidate_count; i++) {
        assert_true(memcmp(&one.candidate[i].cell, &four.candidate[i].cell,
                           sizeof one.candidate[i].cell) == 0);
        assert_true(one.candidate[i].strength >= four.candidate[i].strength &&
                    one.candidate[i].strength <= four.candidate[i].strength);
    }
    job_end(&made.job);
}

static void one_row_and_one_label_are_no_alarm(void **state)
{
    (void)state;
    struct made made;
    struct scanned scanned;
    struct findings findings;
    made_begin(&made, 7, 1, 0);
    struct scan scan = scan_of(&made, 1);
    find(&made, &scan, &scanned, &findings);
    assert_int_equal(findings.count, 0);
    job_end(&made.job);

    made_begin(&made, 8, ROWS, 0);
    for (size_t row = 0; row < ROWS; row++) {
        made.label[row] = 1;
        made.chance[row] = 1;
    }
    scan = scan_of(&made, ROWS);
    find(&made, &scan, &scanned, &findings);
    assert_int_equal(findings.count, 0);
    job_end(&made.job);
}

static void a_scan_can_be_stopped(void **state)
{
    (void)state;
    struct made made;
    struct scanned scanned;
    made_begin(&made, 9, ROWS, 0);
    const struct scan scan = scan_of(&made, ROWS);
    made.job.cancelled = true;
    assert_int_equal(scan_cells(&made.job, &scan, &scanned), CANDOR_CANCELLED);
    job_end(&made.job);
}

static void too_many_columns_are_refused(void **state)
{
    (void)state;
    struct job job;
    struct coarse coarse;
    const struct binned binned = {.feature_count = POISON_COLUMNS_MAX + 1};
    job_begin(&job, host_real());
    assert_int_equal(coarse_of(&job, &binned, &coarse), CANDOR_TOO_LARGE);
    job_end(&job);
}

static void a_cell_is_told_in_words(void **state)
{
    (void)state;
    struct made made;
    made_begin(&made, 10, ROWS, 0);
    const struct corner cell = {2, {0, 2}, {0, 1}};
    const struct str text = corner_text(made.job.arena, &made.coarse, &cell);
    expect(str_is(text, "c0: missing; c2: 0"), "%.*s", STR_ARG(text));
    job_end(&made.job);
}

/* ---- flips --------------------------------------------------------------------------------- */

static void rates_are_read_from_the_ends(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct job job;
    struct flip_rates rates;
    job_begin(&job, host_real());
    double *chance = NEW_ARRAY(job.arena, COUNT, double);
    for (size_t i = 0; i < COUNT; i++) {
        const double clean = i % 10 == 0 ? 1 : i % 10 == 1 ? 0.5 : 0;
        chance[i] = 0.05 + (1 - 0.05 - 0.25) * clean;
    }
    assert_true(flip_rates_of(&job, chance, COUNT, &rates) == CANDOR_OK);
    expect(fabs(rates.zero_to_one - 0.05) < 1e-9 && fabs(rates.one_to_zero - 0.25) < 1e-9 &&
               !rates.is_guarded,
           "%g %g", rates.zero_to_one, rates.one_to_zero);
    /* Nobody is a certain 1: the upper end says nothing. */
    for (size_t i = 0; i < COUNT; i++) {
        chance[i] = 0.01 + 0.6 * pow((double)i / COUNT, 40);
    }
    assert_true(flip_rates_of(&job, chance, COUNT, &rates) == CANDOR_OK);
    assert_true(rates.is_guarded && rates.one_to_zero <= rates.zero_to_one);
    assert_true(flip_rates_of(&job, chance, 0, &rates) == CANDOR_OK);
    job_end(&job);
}

static void the_posterior_is_bayes_and_falls_with_the_chance(void **state)
{
    (void)state;
    const struct flip_rates rates = {0.1, 0.3, false};
    const double clean = 0.4;
    const double chance = 0.1 + 0.6 * clean;
    const double one = 0.6 * 0.1 / (0.6 * 0.1 + 0.4 * 0.7);
    const double zero = 0.4 * 0.3 / (0.4 * 0.3 + 0.6 * 0.9);
    assert_true(fabs(flip_posterior(&rates, chance, true) - one) < 1e-12);
    assert_true(fabs(flip_posterior(&rates, chance, false) - zero) < 1e-12);
    double before = 1;
    for (double p = 0; p <= 1; p += 0.01) {
        const double now = flip_posterior(&rates, p, true);
        expect(now < before && now > 0, "%g: %g", p, now);
        before = now;
    }
}

/* ---- floods -------------------------------------------------------------------------------- */

static void a_flood_is_found_whole_or_but_for_a_column(void **state)
{
    (void)state;
    enum { FLOODED = 80 };
    for (int is_near = 0; is_near < 2; is_near++) {
        struct made made;
        struct floods floods;
        made_begin(&made, 12, ROWS, 0);
        assert_true(find_floods(&made.job, &made.binned, made.label, &floods) == CANDOR_OK);
        assert_int_equal(floods.count, 0);
        for (size_t c = 0; c < COLUMNS; c++) {
            uint8_t *bin = NEW_ARRAY(made.job.arena, ROWS, uint8_t);
            memcpy(bin, made.binned.bin[c], ROWS);
            for (size_t row = 0; row < FLOODED; row++) {
                bin[row] = is_near != 0 && c == 2 ? (uint8_t)(1 + row % VALUES) : 1;
                made.label[row] = 1;
            }
            ((const uint8_t **)(uintptr_t)made.binned.bin)[c] = bin;
        }
        assert_true(find_floods(&made.job, &made.binned, made.label, &floods) == CANDOR_OK);
        expect(floods.count == 1 && floods.flood[0].rows >= FLOODED, "%zu floods", floods.count);
        assert_true(floods.flood[0].free_column == (is_near != 0 ? 2 : SIZE_MAX));
        job_end(&made.job);
    }
}

static void an_odd_pair_is_counted(void **state)
{
    (void)state;
    struct made made;
    made_begin(&made, 13, ROWS, 0);
    uint16_t *odd = NEW_ARRAY(made.job.arena, ROWS, uint16_t);
    for (size_t row = 0; row < ROWS; row++) {
        if (made.coarse.place[0][row] == 1 && made.coarse.place[1][row] == 1) {
            made.coarse.place[0][row] = 2;
        }
    }
    made.coarse.place[0][17] = 1;
    made.coarse.place[1][17] = 1;
    assert_true(count_odd_pairs(&made.job, &made.coarse, ROWS, odd) == CANDOR_OK);
    for (size_t row = 0; row < ROWS; row++) {
        assert_int_equal(odd[row], row == 17);
    }
    job_end(&made.job);
}

static void no_anchor_no_rate_of_its_own(void **state)
{
    enum { CHANCES = 1000 };
    static double chance[CHANCES];
    struct flip_rates rates;
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    for (size_t row = 0; row < CHANCES;
         row++) { /* a third of the rows at the very top, which is .5 */
        chance[row] = row < CHANCES / 3 ? 0.5 : 0.1;
    }
    assert_int_equal(flip_rates_of(&job, chance, CHANCES, &rates), CANDOR_OK);
    assert_true(rates.is_guarded && rates.one_to_zero == rates.zero_to_one);
    for (size_t row = 0; row < CHANCES / 3; row++) {
        chance[row] = 0.8;
    }
    assert_int_equal(flip_rates_of(&job, chance, CHANCES, &rates), CANDOR_OK);
    assert_false(rates.is_guarded);
    assert_true(fabs(rates.one_to_zero - 0.2) < 1e-12);
    assert_true(fabs(flip_chance(&rates, 0) - 0.1) < 1e-12 &&
                fabs(flip_chance(&rates, 1) - 0.8) < 1e-12);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_anchor_no_rate_of_its_own),
        cmocka_unit_test(a_planted_cell_is_found_blind_and_beside_a_reference),
        cmocka_unit_test(chance_alone_raises_no_alarm),
        cmocka_unit_test(sums_are_those_of_the_definition),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(one_row_and_one_label_are_no_alarm),
        cmocka_unit_test(a_scan_can_be_stopped),
        cmocka_unit_test(too_many_columns_are_refused),
        cmocka_unit_test(a_cell_is_told_in_words),
        cmocka_unit_test(rates_are_read_from_the_ends),
        cmocka_unit_test(the_posterior_is_bayes_and_falls_with_the_chance),
        cmocka_unit_test(a_flood_is_found_whole_or_but_for_a_column),
        cmocka_unit_test(an_odd_pair_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
