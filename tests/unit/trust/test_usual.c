/*
 * test_usual.c - what goes together: against the definition from raw counts, the rate it states on rows that it
 * has not seen, and what it says of a row that contradicts itself.
 */
#include <math.h>
#include <string.h>

#include "attack.h"
#include "numeric.h"

#include "testing.h"

enum { FIELDS = 4, ROWS = 6000, BINS = 9 };

static double value[BINS];
static struct model_feature feature[FIELDS];

/* Three numbers that go together, and one that goes its own way. */
static void draw_row(struct rng *rng, uint8_t *bin)
{
    const uint64_t base = rng_below(rng, BINS - 1);
    for (size_t f = 0; f < FIELDS; f++) {
        const uint64_t own = f == FIELDS - 1                             ? rng_below(rng, BINS - 1)
                             : rng_below(rng, 3) == 0 && base + 2 < BINS ? base + 1
                                                                         : base;
        bin[f] = (uint8_t)(1 + own);
    }
}

static struct usual_table table_of(struct job *job, struct rng *rng, size_t rows)
{
    uint8_t *bin = NEW_ARRAY(job->arena, rows * FIELDS, uint8_t);
    static const char *const name[FIELDS] = {"age", "tenure", "orders", "shoe"};
    for (size_t v = 0; v < BINS; v++) {
        value[v] = (double)v;
    }
    for (size_t f = 0; f < FIELDS; f++) {
        feature[f] = (struct model_feature){.name = str_of(name[f]),
                                            .kind = COLUMN_NUMBER,
                                            .value_count = BINS - 1,
                                            .bin_count = BINS,
                                            .low = value,
                                            .high = value,
                                            .cut = value};
    }
    for (size_t row = 0; row < rows; row++) {
        draw_row(rng, bin + row * FIELDS);
    }
    return (struct usual_table){feature, FIELDS, NULL, bin, rows};
}

static const struct usual *usual_from(struct job *job, const struct usual_table *table)
{
    struct usual *usual = NULL;
    assert_int_equal(usual_of(job, table, &usual), CANDOR_OK);
    return usual;
}

static void a_row_that_contradicts_itself_is_odd_and_its_field_is_named(void **state)
{
    (void)state;
    struct job job;
    struct strange strange;
    job_begin(&job, host_real());
    struct rng rng = rng_of(5);
    const struct usual_table table = table_of(&job, &rng, ROWS);
    const struct usual *usual = usual_from(&job, &table);
    const uint8_t good[FIELDS] = {4, 4, 4, 2};
    const uint8_t bad[FIELDS] = {2, 2, 8, 2};
    usual_look(usual, good, &strange);
    assert_int_equal(strange.level, 0);
    assert_true(strange.rate == 1 && strange.feature == SIZE_MAX && strange.other == SIZE_MAX);
    usual_look(usual, bad, &strange);
    assert_int_equal(strange.feature, 2);
    assert_true(strange.other == 0 || strange.other == 1);
    assert_true(strange.lift < 0.1);
    assert_true(strange.level >= usual_level(usual, 0.01));
    assert_true(strange.rate <= 0.01);
    job_end(&job);
}

/* Seldom by chance, often when a field is replaced. */
static void the_rate_that_is_stated_holds_on_rows_not_seen(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(6);
    const struct usual_table table = table_of(&job, &rng, ROWS);
    const struct usual *usual = usual_from(&job, &table);
    static const double rate[] = {0.05, 0.02, 0.01};
    for (size_t r = 0; r < sizeof rate / sizeof rate[0]; r++) {
        const size_t level = usual_level(usual, rate[r]);
        size_t odd = 0;
        size_t caught = 0;
        for (size_t i = 0; i < 20000; i++) {
            uint8_t bin[FIELDS];
            struct strange strange;
            draw_row(&rng, bin);
            usual_look(usual, bin, &strange);
            odd += strange.level >= level;
            bin[1] = (uint8_t)(bin[1] > 4 ? 1 : BINS - 1);
            usual_look(usual, bin, &strange);
            caught += strange.level >= level;
        }
        expect((double)odd / 20000 <= 1.3 * rate[r] + 0.002, "%g stated, %g found", rate[r],
               (double)odd / 20000);
        expect(caught > 10000, "of 20,000 contradictions %zu", caught);
    }
    job_end(&job);
}

/* The share of the rows of training, each left out, that come to a level: counted row by row from raw counts. */
static double slow_surprise(const struct usual_table *table, size_t left_out, size_t j)
{
    const uint8_t *own = table->bin + left_out * FIELDS;
    double sum[BINS] = {0};
    for (size_t c = 1; c < BINS; c++) {
        const double minus = own[j] == c ? 1 : 0;
        double count = -minus;
        for (size_t row = 0; row < table->row_count; row++) {
            count += table->bin[row * FIELDS + j] == c;
        }
        sum[c] = log((count + 0.5) / ((double)table->row_count + 1));
        for (size_t k = 0; k < FIELDS; k++) {
            double both = -minus;
            double other = 0;
            for (size_t row = 0; row < table->row_count && k != j; row++) {
                const uint8_t *bin = table->bin + row * FIELDS;
                both += bin[j] == c && bin[k] == own[k];
                other += bin[k] == own[k];
            }
            both = both < USUAL_LEAST ? 0 : both;
            sum[c] += k == j ? 0 : log((both + 1) / (count * other / (double)table->row_count + 1));
        }
    }
    double most = sum[own[j]];
    for (size_t c = 1; c < BINS; c++) {
        most = fmax(most, sum[c]);
    }
    return most - sum[own[j]];
}

static void the_levels_are_those_of_the_definition(void **state)
{
    (void)state;
    struct job job;
    enum { FEW = 600 };
    static double surprise[FIELDS][FEW];
    static double sorted[FEW];
    job_begin(&job, host_real());
    struct rng rng = rng_of(7);
    const struct usual_table table = table_of(&job, &rng, FEW);
    const struct usual *usual = usual_from(&job, &table);
    size_t reached = 0;
    for (size_t j = 0; j < FIELDS; j++) {
        for (size_t row = 0; row < FEW; row++) {
            surprise[j][row] = slow_surprise(&table, row, j);
        }
    }
    for (size_t row = 0; row < FEW; row++) {
        bool is_odd = false;
        for (size_t j = 0; j < FIELDS; j++) {
            memcpy(sorted, surprise[j], sizeof sorted);
            assert_int_equal(sort_f64(&job, sorted, FEW), CANDOR_OK);
            is_odd = is_odd || surprise[j][row] > sorted[FEW - 1 - (size_t)(0.03 * FEW)] + 0.05;
        }
        reached += is_odd;
    }
    /* Groups are bins here; what is whole numbers differs by rounding. */
    expect(fabs((double)(reached + 1) / (FEW + 1) - usual_share(usual, 1)) < 0.02, "%g and %g",
           (double)(reached + 1) / (FEW + 1), usual_share(usual, 1));
    job_end(&job);
}

static void bytes_come_back_and_damage_is_found(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(8);
    const struct usual_table table = table_of(&job, &rng, ROWS);
    const struct usual *usual = usual_from(&job, &table);
    struct usual *again = NULL;
    struct buf buf = buf_begin(job.arena);
    struct buf second = buf_begin(job.arena);
    usual_write(usual, &buf);
    const struct bytes bytes = buf_all(&buf);
    assert_int_equal(usual_read(&job, bytes, feature, FIELDS, &again), CANDOR_OK);
    usual_write(again, &second);
    assert_int_equal(bytes.len, second.len);
    assert_memory_equal(bytes.ptr, second.ptr, bytes.len);
    for (size_t i = 0; i < 1000; i++) {
        uint8_t bin[FIELDS];
        struct strange left = {0};
        struct strange right = {0};
        for (size_t f = 0; f < FIELDS; f++) {
            bin[f] = (uint8_t)rng_below(&rng, BINS);
        }
        usual_look(usual, bin, &left);
        usual_look(again, bin, &right);
        assert_int_equal(left.level, right.level);
        assert_int_equal(left.feature, right.feature);
        assert_int_equal(left.other, right.other);
    }
    for (size_t len = 0; len < bytes.len; len += 1 + len / 50) {
        const struct bytes cut = {bytes.ptr, len};
        assert_int_equal(usual_read(&job, cut, feature, FIELDS, &again), CANDOR_CORRUPT);
        job_forgive(&job);
    }
    feature[2].bin_count--;
    assert_int_equal(usual_read(&job, bytes, feature, FIELDS, &again), CANDOR_CORRUPT);
    job_forgive(&job);
    job_end(&job);
}

static void few_rows_say_nothing(void **state)
{
    (void)state;
    struct job job;
    struct usual *usual = NULL;
    job_begin(&job, host_real());
    struct rng rng = rng_of(9);
    const struct usual_table table = table_of(&job, &rng, USUAL_ROWS_MIN - 1);
    assert_int_equal(usual_of(&job, &table, &usual), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_row_that_contradicts_itself_is_odd_and_its_field_is_named),
        cmocka_unit_test(the_rate_that_is_stated_holds_on_rows_not_seen),
        cmocka_unit_test(the_levels_are_those_of_the_definition),
        cmocka_unit_test(bytes_come_back_and_damage_is_found),
        cmocka_unit_test(few_rows_say_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
