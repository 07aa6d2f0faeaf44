/*
 * test_mondrian.c - classes against their definitions, written down slowly: rows are compared in pairs,
 * shares are counted value by value.
 */
#include <math.h>

#include "numeric.h"
#include "privacy.h"

#include "testing.h"

enum { ROWS_MAX = 240, RUNS = 400, QUASIS = 3 };

struct table {
    struct job job;
    struct quasi quasi[QUASIS];
    struct quasi secret;
    struct sensitive sensitive;
    struct rows rows;
    struct asked asked;
    struct classes classes;
    struct recoded recoded;
};

static struct quasi column(struct job *job, struct rng *rng, size_t row_count, enum quasi_kind kind,
                           size_t level_count)
{
    struct quasi quasi;
    uint32_t *code = NEW_ARRAY(job->arena, row_count, uint32_t);
    struct str *level = NEW_ARRAY(job->arena, level_count, struct str);
    for (size_t i = 0; i < level_count; i++) {
        level[i] = kind == QUASI_NUMBER ? str_format(job->arena, "%d", (int)(i * i) - 20)
                                        : str_format(job->arena, "w%d", (int)i);
    }
    for (size_t row = 0; row < row_count; row++) {
        const uint64_t drawn = rng_below(rng, level_count * 8 + 1);
        code[row] = drawn == level_count * 8 ? UINT32_MAX : (uint32_t)(drawn % level_count);
    }
    const struct text_codes codes = {STR("column"), code, level, level_count};
    const struct quasi_type type = {.kind = kind};
    assert_int_equal(quasi_of(job, &codes, row_count, &type, &quasi), CANDOR_OK);
    return quasi;
}

static enum candor_status make(struct table *table, uint64_t seed)
{
    struct rng rng = rng_of(seed);
    job_begin(&table->job, host_real());
    const size_t rows = rng_below(&rng, ROWS_MAX) + 1;
    table->quasi[0] = column(&table->job, &rng, rows, QUASI_NUMBER, 40);
    table->quasi[1] = column(&table->job, &rng, rows, QUASI_SET, 5);
    table->quasi[2] = column(&table->job, &rng, rows, QUASI_BY_CONTENT, 3);
    table->secret = column(&table->job, &rng, rows, seed % 2 ? QUASI_NUMBER : QUASI_SET, 5);
    assert_int_equal(sensitive_of(&table->job, &table->secret, rows, &table->sensitive), CANDOR_OK);
    table->rows = (struct rows){rows, table->quasi, QUASIS, &table->sensitive, 1};
    table->asked = (struct asked){
        .k = rng_below(&rng, 9) + 1,
        .l = seed % 3 ? (double)rng_below(&rng, 4) : 0,
        .diversity = seed % 5 ? DIVERSITY_DISTINCT : DIVERSITY_ENTROPY,
        .t = seed % 4 == 3 ? 0.1 + rng_f64(&rng) / 2 : 0,
        .is_local = seed % 7 > 3,
    };
    const enum candor_status status =
        mondrian(&table->job, &table->rows, &table->asked, &table->classes);
    if (status == CANDOR_OK) {
        assert_int_equal(
            recode(&table->job, &table->rows, table->asked.k, &table->classes, &table->recoded),
            CANDOR_OK);
    }
    return status;
}

/* ---- the definitions ------------------------------------------------------------------------- */

static const struct str *cells(const struct table *table, size_t row)
{
    return &table->recoded.cell[table->recoded.class_of[row] * QUASIS];
}

static bool look_alike(const struct table *table, size_t left, size_t right)
{
    for (size_t q = 0; q < QUASIS; q++) {
        if (!str_equal(cells(table, left)[q], cells(table, right)[q])) {
            return false;
        }
    }
    return true;
}

/* How many rows look like a row, and how many of those have each sensitive value. */
static size_t count_class(const struct table *table, size_t row, size_t *have)
{
    size_t count = 0;
    for (size_t v = 0; v <= table->secret.value_count; v++) {
        have[v] = 0;
    }
    for (size_t i = 0; i < table->rows.row_count; i++) {
        if (look_alike(table, row, i)) {
            count++;
            have[table->secret.rank[i]]++;
        }
    }
    return count;
}

static struct variety slow_variety(const struct table *table, size_t row)
{
    size_t have[64];
    struct variety variety = {0};
    const size_t count = count_class(table, row, have);
    const size_t values =
        table->secret.value_count + (table->sensitive.count[table->secret.value_count] > 0);
    double entropy = 0;
    double sum_p = 0;
    double sum_q = 0;
    double ordered = 0;
    double equal = 0;
    for (size_t v = 0; v < values; v++) {
        size_t all = 0;
        for (size_t i = 0; i < table->rows.row_count; i++) {
            all += table->secret.rank[i] == v;
        }
        const double p = (double)have[v] / (double)count;
        const double q = (double)all / (double)table->rows.row_count;
        variety.distinct += have[v] > 0;
        entropy -= p > 0 ? p * log(p) : 0;
        sum_p += p;
        sum_q += q;
        ordered += fabs(sum_p - sum_q);
        equal += fabs(p - q) / 2;
    }
    variety.entropy_l = exp(entropy);
    variety.distance =
        table->sensitive.is_ordered ? (values > 1 ? ordered / (double)(values - 1) : 0) : equal;
    return variety;
}

/* ---- what is promised ------------------------------------------------------------------------ */

static void every_class_has_k_rows_and_is_varied_enough(void **state)
{
    size_t made = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct table table;
        size_t have[64];
        if (make(&table, seed) == CANDOR_OK) {
            struct variety least;
            struct variety slow = {SIZE_MAX, 1e9, 0};
            made++;
            for (size_t row = 0; row < table.rows.row_count; row++) {
                const size_t count = count_class(&table, row, have);
                const struct variety own = slow_variety(&table, row);
                expect(count >= table.asked.k, "seed %d row %zu", (int)seed, row);
                expect(count == table.recoded.size[table.recoded.class_of[row]], "seed %d",
                       (int)seed);
                expect(variety_is_enough(&own, &table.asked), "seed %d row %zu", (int)seed, row);
                slow.distinct = own.distinct < slow.distinct ? own.distinct : slow.distinct;
                slow.entropy_l = own.entropy_l < slow.entropy_l ? own.entropy_l : slow.entropy_l;
                slow.distance = own.distance > slow.distance ? own.distance : slow.distance;
            }
            assert_int_equal(variety_least(&table.job, &table.recoded, table.rows.row_count,
                                           &table.sensitive, &least),
                             CANDOR_OK);
            expect(least.distinct == slow.distinct, "seed %d", (int)seed);
            expect(fabs(least.entropy_l - slow.entropy_l) < 1e-9, "seed %d", (int)seed);
            expect(fabs(least.distance - slow.distance) < 1e-9, "seed %d: %g %g", (int)seed,
                   least.distance, slow.distance);
        }
        job_end(&table.job);
    }
    assert_true(made > RUNS / 2);
}

static void loss_is_the_mean_penalty_and_the_sum_of_squares(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed += 7) {
        struct table table;
        if (make(&table, seed) == CANDOR_OK) {
            uint64_t pairs = 0;
            double penalty = 0;
            for (size_t row = 0; row < table.rows.row_count; row++) {
                uint32_t low[QUASIS] = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
                uint32_t high[QUASIS] = {0};
                bool has[QUASIS][64] = {{false}};
                for (size_t i = 0; i < table.rows.row_count; i++) {
                    pairs += look_alike(&table, row, i);
                }
                /* The part a row was put into, before parts of one name were joined. */
                size_t c = 0;
                for (size_t i = 0; i < table.rows.row_count; i++) {
                    if (table.classes.row[i] == row) {
                        while (table.classes.start[c + 1] <= i) {
                            c++;
                        }
                    }
                }
                for (size_t i = table.classes.start[c]; i < table.classes.start[c + 1]; i++) {
                    for (size_t q = 0; q < QUASIS; q++) {
                        const uint32_t rank = table.quasi[q].rank[table.classes.row[i]];
                        low[q] = rank < low[q] ? rank : low[q];
                        high[q] = rank > high[q] ? rank : high[q];
                        has[q][rank] = true;
                    }
                }
                for (size_t q = 0; q < QUASIS; q++) {
                    size_t distinct = 0;
                    for (size_t r = 0; r < 64; r++) {
                        distinct += has[q][r];
                    }
                    penalty += quasi_penalty(&table.quasi[q], low[q], high[q], distinct) / QUASIS;
                }
            }
            expect(pairs == table.recoded.loss.discernibility, "seed %d", (int)seed);
            expect(fabs(penalty / (double)table.rows.row_count - table.recoded.loss.penalty) < 1e-9,
                   "seed %d", (int)seed);
        }
        job_end(&table.job);
    }
}

static void strictly_those_who_are_alike_are_called_alike(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= RUNS; seed++) {
        struct table table;
        if (make(&table, seed) == CANDOR_OK && !table.asked.is_local) {
            for (size_t left = 0; left < table.rows.row_count; left++) {
                for (size_t right = 0; right < left; right++) {
                    bool same = true;
                    for (size_t q = 0; q < QUASIS; q++) {
                        same = same && table.quasi[q].rank[left] == table.quasi[q].rank[right];
                    }
                    expect(!same || look_alike(&table, left, right), "seed %d", (int)seed);
                }
            }
        }
        job_end(&table.job);
    }
}

static void what_cannot_be_done_is_refused(void **state)
{
    struct table table;
    (void)state;
    make(&table, 2);
    table.asked = (struct asked){.k = table.rows.row_count + 1};
    assert_int_equal(mondrian(&table.job, &table.rows, &table.asked, &table.classes),
                     CANDOR_REFUSED);
    table.asked = (struct asked){.k = 1, .l = 7};
    assert_int_equal(mondrian(&table.job, &table.rows, &table.asked, &table.classes),
                     CANDOR_REFUSED);
    table.asked = (struct asked){.k = table.rows.row_count};
    assert_int_equal(mondrian(&table.job, &table.rows, &table.asked, &table.classes), CANDOR_OK);
    assert_int_equal(table.classes.count, 1);
    table.job.cancelled = true;
    assert_int_equal(mondrian(&table.job, &table.rows, &table.asked, &table.classes),
                     CANDOR_CANCELLED);
    job_end(&table.job);
}

static void a_number_that_is_none_is_named_by_its_row(void **state)
{
    struct job job;
    struct quasi quasi;
    const uint32_t code[] = {0, 1, UINT32_MAX, 2};
    const struct str level[] = {STR("1"), STR("1.0"), STR("Ann")};
    const struct text_codes good = {STR("age"), code, level, 2};
    const struct text_codes wrong = {STR("age"), code, level, 3};
    const struct quasi_type type = {.kind = QUASI_NUMBER};
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(quasi_of(&job, &good, 3, &type, &quasi), CANDOR_OK);
    assert_int_equal(quasi.value_count, 1); /* 1 and 1.0 are one value */
    assert_int_equal(quasi.rank[2], 1);
    assert_int_equal(quasi_of(&job, &wrong, 4, &type, &quasi), CANDOR_BAD_INPUT);
    assert_non_null(strstr(job.message, "row 4"));
    assert_null(strstr(job.message, "Ann"));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_class_has_k_rows_and_is_varied_enough),
        cmocka_unit_test(loss_is_the_mean_penalty_and_the_sum_of_squares),
        cmocka_unit_test(strictly_those_who_are_alike_are_called_alike),
        cmocka_unit_test(what_cannot_be_done_is_refused),
        cmocka_unit_test(a_number_that_is_none_is_named_by_its_row),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
