/*
 * test_bins.c - every value has one bin, and the bins keep what makes values special.
 */
#include "bins.h"

#include <math.h>

#include "numeric.h"
#include "testing.h"

enum { ROWS = 4000 };

static struct column number_column(const double *number)
{
    return (struct column){.name = STR("x"), .kind = COLUMN_NUMBER, .number = number};
}

/* A number of one of seven shapes: few values, spikes, heavy tails, missing values. */
static double number_of(size_t shape, struct rng *rng)
{
    const double normal = rng_normal(rng);
    const bool is_spike = rng_below(rng, 2) == 0;
    switch (shape) {
    case 0:
        return (double)rng_below(rng, 5);
    case 1:
        return is_spike ? 0 : floor(1000 * normal);
    case 2:
        return exp(5 * normal);
    case 3:
        return rng_below(rng, 4) == 0 ? (double)NAN : normal;
    case 4:
        return is_spike ? -0.0 : 0.0;
    case 5: /* a ladder of spikes with light values between each two */
        return (double)rng_below(rng, 200) / (is_spike ? 1 : 64);
    default:
        return ldexp(is_spike ? 1 : -1, 1000) * (1 + rng_f64(rng));
    }
}

static void fill(double *number, size_t shape, struct rng *rng)
{
    for (size_t row = 0; row < ROWS; row++) {
        number[row] = number_of(shape, rng);
    }
}

static void every_training_value_lies_in_its_bin(void **state)
{
    (void)state;
    static const size_t values_max[] = {2, 3, 8, 31, 254, 255};
    struct job job;
    job_begin(&job, host_real());
    struct rng rng = rng_of(1);
    for (size_t shape = 0; shape < 7; shape++) {
        double number[ROWS];
        fill(number, shape, &rng);
        for (size_t i = 0; i < sizeof values_max / sizeof values_max[0]; i++) {
            struct model_feature feature;
            const struct column column = number_column(number);
            must(feature_of_column(&job, &column, ROWS, values_max[i], &feature) == CANDOR_OK);
            expect(feature.value_count <= values_max[i] && feature.value_count > 0,
                   "shape %zu max %zu: %zu values", shape, values_max[i], feature.value_count);
            expect(feature.bin_count == feature.value_count + 1, "shape %zu", shape);
            for (size_t row = 0; row < ROWS; row++) {
                const size_t bin = feature_bin(&feature, (struct raw_value){.number = number[row]});
                expect(isnan(number[row]) == (bin == BIN_MISSING), "shape %zu row %zu", shape, row);
                expect(bin == BIN_MISSING || (feature.low[bin - 1] <= number[row] &&
                                              number[row] <= feature.high[bin - 1]),
                       "shape %zu max %zu row %zu bin %zu", shape, values_max[i], row, bin);
            }
        }
    }
    job_end(&job);
}

static void few_values_have_a_bin_each(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    double number[255];
    for (size_t i = 0; i < 255; i++) {
        number[i] = (double)((i * 101) % 255) * 3 - 100;
    }
    struct model_feature feature;
    const struct column column = number_column(number);
    must(feature_of_column(&job, &column, 255, 255, &feature) == CANDOR_OK);
    assert_int_equal(feature.value_count, 255);
    for (size_t v = 0; v < 255; v++) {
        expect(feature.low[v] == feature.high[v], "value %zu", v);
    }
    must(feature_of_column(&job, &column, 255, 254, &feature) == CANDOR_OK);
    assert_true(feature.value_count <= 254);
    job_end(&job);
}

static void a_heavy_value_stands_alone(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    double number[ROWS];
    struct rng rng = rng_of(2);
    fill(number, 1, &rng); /* half of the rows are 0, with values on both sides */
    struct model_feature feature;
    const struct column column = number_column(number);
    must(feature_of_column(&job, &column, ROWS, 16, &feature) == CANDOR_OK);
    const size_t bin = feature_bin(&feature, (struct raw_value){.number = 0});
    assert_true(feature.low[bin - 1] == 0 && feature.high[bin - 1] == 0);
    assert_true(bin > 1 && bin < feature.value_count);
    job_end(&job);
}

static void quantiles_hold_about_as_many_rows_each(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    double number[ROWS];
    struct rng rng = rng_of(3);
    fill(number, 2, &rng);
    struct model_feature feature;
    const struct column column = number_column(number);
    must(feature_of_column(&job, &column, ROWS, 79, &feature) == CANDOR_OK);
    assert_int_equal(feature.value_count, 40);
    size_t count[BINS_MAX] = {0};
    for (size_t row = 0; row < ROWS; row++) {
        count[feature_bin(&feature, (struct raw_value){.number = number[row]})]++;
    }
    for (size_t bin = 1; bin < feature.bin_count; bin++) {
        expect(count[bin] == ROWS / 40, "bin %zu holds %zu", bin, count[bin]);
    }
    job_end(&job);
}

static void values_between_and_beyond_go_to_a_neighbour(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double number[] = {1, 2, 4};
    struct model_feature feature;
    const struct column column = number_column(number);
    must(feature_of_column(&job, &column, 3, 255, &feature) == CANDOR_OK);
    static const struct {
        double number;
        uint8_t bin;
    } row[] = {
        {-1e300, 1},
        {0, 1},
        {1.49, 1},
        {1.5, 2},
        {2.99, 2},
        {3, 3},
        {1e300, 3},
        {(double)NAN, BIN_MISSING},
        {(double)INFINITY, 3},
        {-(double)INFINITY, 1},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const uint8_t bin = feature_bin(&feature, (struct raw_value){.number = row[i].number});
        expect(bin == row[i].bin, "row %zu: bin %u", i, bin);
    }
    job_end(&job);
}

static void a_cut_separates_its_neighbours(void **state)
{
    (void)state;
    static const struct {
        double high;
        double low;
    } row[] = {
        {1, 2}, {-1e308, 1e308}, {1e308, 1.1e308}, {0, 5e-324}, {-5e-324, 0}, {-3, -2},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const double cut = cut_between(row[i].high, row[i].low);
        expect(row[i].high < cut && cut <= row[i].low, "row %zu", i);
    }
    for (int i = 0; i < 100; i++) {
        const double high = 1 + 0.013 * i;
        const double low = nextafter(high, 3);
        expect(cut_between(high, low) == low, "%f", high);
    }
}

static void categories_are_sorted_and_rare_ones_share_a_bin(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct str level[] = {STR("rare"), STR("blue"), STR("absent"), STR("azure")};
    const uint32_t code[] = {1, 1, 3, 3, 3, 0, CODE_MISSING};
    const struct column column = {
        .name = STR("c"), .kind = COLUMN_CATEGORY, .code = code, .level = level, .level_count = 4};
    struct model_feature feature;
    must(feature_of_column(&job, &column, 7, 2, &feature) == CANDOR_OK);
    assert_int_equal(feature.value_count, 2);
    assert_int_equal(feature.bin_count, 4);
    assert_true(str_is(feature.level[0], "azure") && str_is(feature.level[1], "blue"));
    static const struct {
        const char *text;
        uint8_t bin;
    } row[] = {{"azure", 1}, {"blue", 2}, {"rare", 3}, {"never seen", 3}, {"", 3}, {NULL, 0}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct raw_value value = {.text = str_of(row[i].text)};
        const uint8_t bin = row[i].text == NULL ? feature_bin(&feature, (struct raw_value){0})
                                                : feature_bin(&feature, value);
        expect(bin == row[i].bin, "row %zu: bin %u", i, bin);
    }

    must(feature_of_column(&job, &column, 7, 255, &feature) == CANDOR_OK);
    assert_int_equal(feature.value_count, 3); /* a level without rows has no bin */
    job_end(&job);
}

static void a_column_that_is_all_missing_has_one_bin(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double number[] = {(double)NAN, (double)NAN};
    struct model_feature feature;
    const struct column column = number_column(number);
    must(feature_of_column(&job, &column, 2, 255, &feature) == CANDOR_OK);
    assert_int_equal(feature.bin_count, 1);
    assert_int_equal(feature_bin(&feature, (struct raw_value){.number = 5}), BIN_MISSING);
    job_end(&job);
}

static void bins_have_labels_for_people(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    double number[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        number[row] = floor((double)row / 2);
    }
    struct model_feature feature;
    struct column column = number_column(number);
    must(feature_of_column(&job, &column, ROWS, 3, &feature) == CANDOR_OK);
    assert_true(str_is(feature_bin_label(job.arena, &feature, 0), "missing"));
    assert_true(str_is(feature_bin_label(job.arena, &feature, 1), "0 to 999"));
    must(feature_of_column(&job, &column, 4, 3, &feature) == CANDOR_OK);
    assert_true(str_is(feature_bin_label(job.arena, &feature, 2), "1"));

    const struct str level[] = {STR("single")};
    const uint32_t code[] = {0};
    column = (struct column){
        .name = STR("c"), .kind = COLUMN_CATEGORY, .code = code, .level = level, .level_count = 1};
    must(feature_of_column(&job, &column, 1, 255, &feature) == CANDOR_OK);
    assert_true(str_is(feature_bin_label(job.arena, &feature, 1), "single"));
    assert_true(str_is(feature_bin_label(job.arena, &feature, 2), "another value"));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_training_value_lies_in_its_bin),
        cmocka_unit_test(few_values_have_a_bin_each),
        cmocka_unit_test(a_heavy_value_stands_alone),
        cmocka_unit_test(quantiles_hold_about_as_many_rows_each),
        cmocka_unit_test(values_between_and_beyond_go_to_a_neighbour),
        cmocka_unit_test(a_cut_separates_its_neighbours),
        cmocka_unit_test(categories_are_sorted_and_rare_ones_share_a_bin),
        cmocka_unit_test(a_column_that_is_all_missing_has_one_bin),
        cmocka_unit_test(bins_have_labels_for_people),
    };
    return cmocka_run_group_tests_name("bins", test, NULL, NULL);
}
