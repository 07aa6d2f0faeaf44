/*
 * test_auc.c - placements by comparing every pair of rows; variances against the published definition
 * and against what repeated draws do.
 */
#include "numeric.h"

#include <math.h>

#include "testing.h"

enum { ROWS = 60 };

struct drawn {
    double label[ROWS];
    double left[ROWS];
    double right[ROWS];
};

/* Scores of few different values, so that there are ties. */
static void draw_sample(struct rng *rng, struct drawn *drawn)
{
    for (size_t i = 0; i < ROWS; i++) {
        drawn->label[i] = i % 3 == 0 ? 1 : 0;
        const double shared = drawn->label[i] + rng_normal(rng);
        drawn->left[i] = round(4 * shared);
        drawn->right[i] = round(4 * (shared + rng_normal(rng)));
    }
}

static double psi(double one, double zero)
{
    return one > zero ? 1 : one == zero ? 0.5 : 0;
}

/* The definition: the mean over all rows of the other label. */
static double placement_slow(const struct drawn *drawn, const double *score, size_t row)
{
    double sum = 0;
    double count = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (drawn->label[i] != drawn->label[row]) {
            sum += drawn->label[row] > 0.5 ? psi(score[row], score[i]) : psi(score[i], score[row]);
            count++;
        }
    }
    return sum / count;
}

/* DeLong's S10 / m + S01 / n, each a covariance over the rows of one label. */
static double covariance_slow(const struct drawn *drawn)
{
    double total = 0;
    for (int label = 0; label < 2; label++) {
        double a[ROWS];
        double b[ROWS];
        double mean_a = 0;
        double mean_b = 0;
        size_t count = 0;
        for (size_t i = 0; i < ROWS; i++) {
            if (drawn->label[i] == label) {
                a[count] = placement_slow(drawn, drawn->left, i);
                b[count] = placement_slow(drawn, drawn->right, i);
                mean_a += a[count];
                mean_b += b[count];
                count++;
            }
        }
        const double n = (double)count;
        double sum = 0;
        for (size_t i = 0; i < count; i++) {
            sum += (a[i] - mean_a / n) * (b[i] - mean_b / n);
        }
        total += sum / (n - 1) / n;
    }
    return total;
}

static void placements_are_shares_of_the_other_label(void **state)
{
    (void)state;
    struct job job;
    struct drawn drawn;
    struct rng rng = rng_of(5);
    job_begin(&job, host_real());
    for (size_t round = 0; round < 20; round++) {
        double left[ROWS];
        double right[ROWS];
        double auc[2];
        double plain;
        draw_sample(&rng, &drawn);
        const struct predictions of[2] = {
            {.label = drawn.label, .score = drawn.left, .count = ROWS},
            {.label = drawn.label, .score = drawn.right, .count = ROWS}};
        must(auc_placements(&job, &of[0], left, &auc[0]) == CANDOR_OK);
        must(auc_placements(&job, &of[1], right, &auc[1]) == CANDOR_OK);
        must(auc_of(&job, &of[0], &plain) == CANDOR_OK);
        expect(fabs(auc[0] - plain) < 1e-12, "round %zu", round);
        for (size_t i = 0; i < ROWS; i++) {
            expect(fabs(left[i] - placement_slow(&drawn, drawn.left, i)) < 1e-12,
                   "round %zu row %zu", round, i);
        }
        const double covariance = auc_covariance(drawn.label, ROWS, left, auc[0], right, auc[1]);
        expect(fabs(covariance - covariance_slow(&drawn)) < 1e-14, "round %zu", round);
    }
    job_end(&job);
}

static void an_interval_of_95_percent_covers_about_as_often(void **state)
{
    (void)state;
    enum { ROUNDS = 2000, MANY = 240 };
    struct job job;
    struct rng rng = rng_of(11);
    double hits = 0;
    job_begin(&job, host_real());
    for (size_t round = 0; round < ROUNDS; round++) {
        double label[MANY];
        double score[MANY];
        double placement[MANY];
        double auc;
        for (size_t i = 0; i < MANY; i++) {
            label[i] = i % 2 == 0 ? 1 : 0;
            score[i] = label[i] + rng_normal(&rng);
        }
        const struct predictions of = {.label = label, .score = score, .count = MANY};
        must(auc_placements(&job, &of, placement, &auc) == CANDOR_OK);
        const double sd = sqrt(auc_covariance(label, MANY, placement, auc, placement, auc));
        /* The truth: a difference of two normals is above 0. */
        hits += fabs(auc - normal_cdf(1 / sqrt(2))) < 1.959964 * sd ? 1 : 0;
    }
    expect(hits > 0.93 * ROUNDS && hits < 0.97 * ROUNDS, "%g of %d, seed 11", hits, ROUNDS);
    job_end(&job);
}

static void one_label_alone_has_no_area(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const double label[] = {1, 1, 0};
    const double score[] = {0.1, 0.2, 0.3};
    double placement[3];
    double auc;
    struct predictions of = {.label = label, .score = score, .count = 2};
    must(auc_placements(&job, &of, placement, &auc) == CANDOR_OK);
    assert_true(isnan(auc));
    of.count = 3;
    must(auc_placements(&job, &of, placement, &auc) == CANDOR_OK);
    assert_true(auc == 0);
    assert_true(isnan(auc_covariance(label, 3, placement, auc, placement, auc)));
    of.count = 0;
    must(auc_placements(&job, &of, placement, &auc) == CANDOR_OK);
    assert_true(isnan(auc));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(placements_are_shares_of_the_other_label),
        cmocka_unit_test(an_interval_of_95_percent_covers_about_as_often),
        cmocka_unit_test(one_label_alone_has_no_area),
    };
    return cmocka_run_group_tests_name("auc", test, NULL, NULL);
}
