/*
 * test_select.c - selection against its definition, whatever the order; the hold-out's shares.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "decide.h"
#include "testing.h"

enum { ROUNDS = 300, COUNT_MAX = 60 };

static uint64_t first_seed(void)
{
    const char *given = getenv("CANDOR_SEED");
    uint64_t seed = host_ticks();
    if (given != NULL) {
        must(str_to_uint64(str_of(given), &seed));
    }
    print_message("seed %llu (repeat with CANDOR_SEED)\n", (unsigned long long)seed);
    return seed;
}

struct crowd {
    size_t count;
    double score[COUNT_MAX];
    uint8_t tie[COUNT_MAX][16];
    bool chosen[COUNT_MAX];
};

/* Few different scores, so that ties are common; some have none. */
static void draw_crowd(uint64_t *seed, struct crowd *crowd)
{
    crowd->count = draw(seed) % (COUNT_MAX + 1);
    for (size_t i = 0; i < crowd->count; i++) {
        const uint64_t score = draw(seed) % 6;
        crowd->score[i] = score == 5 ? (double)NAN : (double)score / 4;
        for (size_t word = 0; word < 2; word++) {
            const uint64_t bits = draw(seed);
            memcpy(crowd->tie[i] + 8 * word, &bits, sizeof bits);
        }
    }
}

static struct selection draw_selection(uint64_t *seed)
{
    return (struct selection){
        .has_min_score = draw(seed) % 2 == 0,
        .has_top = draw(seed) % 2 == 0,
        .has_share = draw(seed) % 2 == 0,
        .min_score = (double)(draw(seed) % 5) / 4,
        .top = 1 + draw(seed) % COUNT_MAX,
        .share = (double)(1 + draw(seed) % 10) / 10,
    };
}

static void choose(struct job *job, const struct selection *selection, struct crowd *crowd)
{
    expect(select_top(job, crowd->score, (const uint8_t(*)[16])crowd->tie, crowd->count, selection,
                      crowd->chosen) == CANDOR_OK,
           "%s", job->message);
}

static bool comes_before(const struct crowd *crowd, size_t left, size_t right)
{
    return crowd->score[left] > crowd->score[right] ||
           (crowd->score[left] == crowd->score[right] &&
            memcmp(crowd->tie[left], crowd->tie[right], 16) < 0);
}

/* Chosen are those that pass the least score and have few enough before them. */
static bool is_chosen_by_definition(const struct crowd *crowd, const struct selection *selection,
                                    size_t who)
{
    size_t scored = 0;
    size_t before = 0;
    for (size_t i = 0; i < crowd->count; i++) {
        if (!isnan(crowd->score[i])) {
            scored++;
            before += comes_before(crowd, i, who) ? 1 : 0;
        }
    }
    /* Tenths of whole numbers, in whole numbers. */
    const size_t tenths = (size_t)lround(selection->share * 10);
    return !isnan(crowd->score[who]) &&
           (!selection->has_min_score || crowd->score[who] >= selection->min_score) &&
           (!selection->has_top || before < selection->top) &&
           (!selection->has_share || before < scored * tenths / 10);
}

static void selection_is_its_definition(void **state)
{
    (void)state;
    uint64_t seed = first_seed();
    for (size_t round = 0; round < ROUNDS; round++) {
        const uint64_t start = seed;
        struct job job;
        struct crowd crowd;
        job_begin(&job, host_real());
        draw_crowd(&seed, &crowd);
        const struct selection selection = draw_selection(&seed);
        choose(&job, &selection, &crowd);
        for (size_t i = 0; i < crowd.count; i++) {
            expect(crowd.chosen[i] == is_chosen_by_definition(&crowd, &selection, i),
                   "seed %llu candidate %zu", (unsigned long long)start, i);
        }
        job_end(&job);
    }
}

static void the_order_of_candidates_does_not_matter(void **state)
{
    (void)state;
    uint64_t seed = first_seed();
    struct job job;
    struct crowd crowd;
    struct crowd turned;
    job_begin(&job, host_real());
    for (size_t round = 0; round < ROUNDS; round++) {
        draw_crowd(&seed, &crowd);
        const struct selection selection = draw_selection(&seed);
        turned.count = crowd.count;
        for (size_t i = 0; i < crowd.count; i++) {
            turned.score[i] = crowd.score[crowd.count - 1 - i];
            memcpy(turned.tie[i], crowd.tie[crowd.count - 1 - i], 16);
        }
        choose(&job, &selection, &crowd);
        choose(&job, &selection, &turned);
        for (size_t i = 0; i < crowd.count; i++) {
            expect(crowd.chosen[i] == turned.chosen[crowd.count - 1 - i], "round %zu", round);
        }
    }
    job_end(&job);
}

static const struct {
    double share;
    size_t count;
    size_t chosen;
} share_row[] = {
    {1, 7, 7}, {0.5, 7, 3}, {0.29, 100, 29}, {0.07, 100, 7}, {0.01, 50, 0}, {1.0 / 3, 9, 3},
};

static void a_share_is_rounded_down(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (size_t row = 0; row < sizeof share_row / sizeof share_row[0]; row++) {
        const struct selection selection = {.has_share = true, .share = share_row[row].share};
        double score[100] = {0};
        uint8_t tie[100][16] = {{0}};
        bool chosen[100];
        size_t count = 0;
        for (size_t i = 0; i < share_row[row].count; i++) {
            tie[i][0] = (uint8_t)i;
        }
        expect(select_top(&job, score, (const uint8_t(*)[16])tie, share_row[row].count, &selection,
                          chosen) == CANDOR_OK,
               "row %zu", row);
        for (size_t i = 0; i < share_row[row].count; i++) {
            count += chosen[i] ? 1 : 0;
        }
        expect(count == share_row[row].chosen, "row %zu: %zu", row, count);
    }
    job_end(&job);
}

static void the_holdout_is_a_share_of_all_and_grows_with_it(void **state)
{
    (void)state;
    enum { TAGS = 100000 };
    uint64_t seed = first_seed();
    size_t small = 0;
    size_t large = 0;
    for (size_t i = 0; i < TAGS; i++) {
        const uint64_t tag = draw(&seed);
        const bool in_small = holdout_takes(tag, 0.1);
        const bool in_large = holdout_takes(tag, 0.15);
        expect(in_large || !in_small, "tag %zu left the hold-out", i);
        small += in_small ? 1 : 0;
        large += in_large ? 1 : 0;
    }
    /* Six standard deviations of a binomial count: one run in 500 million fails by chance. */
    expect(fabs((double)small - 10000) < 6 * 95, "%zu of a tenth", small);
    expect(fabs((double)large - 15000) < 6 * 113, "%zu of 15 %%", large);
}

static void no_share_holds_nobody_out(void **state)
{
    (void)state;
    expect(!holdout_takes(0, 0), "the smallest tag");
    expect(holdout_takes(0, 1e-9), "the smallest tag of a small share");
    expect(!holdout_takes(UINT64_MAX, HOLDOUT_SHARE_MAX), "the largest tag");
    expect(holdout_takes(UINT64_MAX / 2 - 2048, HOLDOUT_SHARE_MAX), "just below a half");
    expect(!holdout_takes(UINT64_MAX / 2 + 1, HOLDOUT_SHARE_MAX), "a half");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(selection_is_its_definition),
        cmocka_unit_test(the_order_of_candidates_does_not_matter),
        cmocka_unit_test(a_share_is_rounded_down),
        cmocka_unit_test(the_holdout_is_a_share_of_all_and_grows_with_it),
        cmocka_unit_test(no_share_holds_nobody_out),
    };
    return cmocka_run_group_tests_name("select", test, NULL, NULL);
}
