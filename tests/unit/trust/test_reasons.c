/*
 * test_reasons.c - which contributions become a sentence, in what order, and what the sentence says.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "trust.h"

#include "random_model.h"
#include "testing.h"

#define MORE ", which makes interest more likely than average."
#define LESS ", which makes interest less likely than average."

static struct reason_part part_of(const char *label, double contribution)
{
    return (struct reason_part){
        .label = str_of(label), .value = STR("1"), .contribution = contribution};
}

/* The sentences for parts labelled a, b, c ... as their first letters in order. */
static void said(const double *contribution, size_t count, bool raising, size_t reason_max,
                 char letters[32])
{
    static const char name[][2] = {"a", "b", "c", "d", "e", "f"};
    struct arena *arena = arena_begin();
    struct reason_part part[6];
    struct str reason[32];
    must(count <= sizeof part / sizeof part[0]);
    for (size_t p = 0; p < count; p++) {
        part[p] = part_of(name[p], contribution[p]);
    }
    const size_t written = reasons_of(arena, part, count, raising, reason, reason_max);
    assert_in_range(written, 0, reason_max);
    for (size_t r = 0; r < written; r++) {
        letters[r] = reason[r].ptr[0];
    }
    letters[written] = '\0';
    arena_end(arena);
}

static const struct {
    const char *name;
    double contribution[6];
    size_t count;
    bool raising;
    size_t max;
    const char *said;
} order[] = {
    {"nothing known", {0}, 0, true, 4, ""},
    {"the strongest first", {0.1, 0.5, 0.3}, 3, true, 4, "bca"},
    {"only what raises", {0.1, -0.5, 0.3}, 3, true, 4, "ca"},
    {"only what lowers, the lowest first", {0.1, -0.5, -0.7}, 3, false, 4, "cb"},
    {"zero has no direction", {0, 0}, 2, true, 4, ""},
    {"zero has no direction down either", {0, 0}, 2, false, 4, ""},
    {"of equals the first", {0.2, 0.2, 0.2}, 3, true, 2, "ab"},
    {"no more than asked", {0.1, 0.2, 0.3}, 3, true, 1, "c"},
    {"none when none is asked", {0.1}, 1, true, 0, ""},
    {"a twentieth of the strongest is said", {1, 0.05}, 2, true, 4, "ab"},
    {"less than a twentieth is not", {1, 0.0499}, 2, true, 4, "a"},
    {"a twentieth of the strongest of this direction", {-100, 1, 0.05}, 3, true, 4, "bc"},
    {"less than a twentieth downwards", {-1, -0.0499, 3}, 3, false, 4, "a"},
    {"one weak reason alone is the strongest", {0.001, -5}, 2, true, 4, "a"},
};

static void the_strongest_of_one_direction_come_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char letters[32];
        said(order[i].contribution, order[i].count, order[i].raising, order[i].max, letters);
        expect(strcmp(letters, order[i].said) == 0, "%s: said '%s'", order[i].name, letters);
    }
}

static void there_are_never_more_than_sixteen_reasons(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct reason_part part[40];
    struct str reason[40];
    for (size_t p = 0; p < 40; p++) {
        part[p] = part_of("x", 1);
    }
    assert_int_equal(reasons_of(arena, part, 40, true, reason, 40), 16);
    arena_end(arena);
}

static const struct {
    const char *label;
    const char *value;
    const char *unit;
    const char *raises;
    const char *lowers;
    double contribution;
    const char *said;
} sentence[] = {
    {"Age", "40", "", "", "", 1, "Age: 40" MORE},
    {"Age", "40", "", "", "", -1, "Age: 40" LESS},
    {"Spent", "12.5", "EUR", "", "", 1, "Spent: 12.5 EUR" MORE},
    {"Age", "", "", "", "", 1, "Age is not known" MORE},
    {"Spent", "", "EUR", "", "", -1, "Spent is not known" LESS},
    {"Age", "40", "years", "{label} {value} {unit}!", "no", 1, "Age 40 years!"},
    {"Age", "40", "years", "no", "{unit} {unit}", -1, "years years"},
    {"Age", "40", "", "", "only lowers", 1, "Age: 40" MORE},
    {"Age", "40", "", "only raises", "", -1, "Age: 40" LESS},
    {"Age", "", "", "[{value}]", "", 1, "Age is not known" MORE},
    {"Age", "40", "", "{name} {label", "", 1, "{name} {label"},
    {"Age", "40", "", "{{label}}", "", 1, "{Age}"},
    {"Age", "40", "", "{", "", 1, "{"},
    {"{value}", "{unit}", "x", "{label} {value}", "", 1, "{value} {unit}"},
};

static void a_sentence_says_what_was_seen_and_which_way_it_weighs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentence / sizeof sentence[0]; i++) {
        struct arena *arena = arena_begin();
        const struct reason_part part = {
            .label = str_of(sentence[i].label),
            .value = str_of(sentence[i].value),
            .unit = str_of(sentence[i].unit),
            .raises = str_of(sentence[i].raises),
            .lowers = str_of(sentence[i].lowers),
            .contribution = sentence[i].contribution,
        };
        struct str reason;
        assert_int_equal(reasons_of(arena, &part, 1, part.contribution > 0, &reason, 1), 1);
        expect(str_is(reason, sentence[i].said), "row %zu: %.*s", i, STR_ARG(reason));
        arena_end(arena);
    }
}

static void a_sentence_adds_no_word_and_no_number_of_its_own(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct reason_part part = {
        .label = STR("L"), .value = STR("V"), .unit = STR("U"), .contribution = 0.123456};
    struct str reason;
    assert_int_equal(reasons_of(arena, &part, 1, true, &reason, 1), 1);
    expect(str_is(reason, "L: V U" MORE), "%.*s", STR_ARG(reason));
    for (size_t i = 0; i < reason.len; i++) {
        expect(reason.ptr[i] < '0' || reason.ptr[i] > '9', "%.*s", STR_ARG(reason));
    }
    arena_end(arena);
}

/* ---- pairs --------------------------------------------------------------------------------- */

static void all_groups_together_are_the_score(void **state)
{
    (void)state;
    size_t joined = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct job job;
        uint8_t bin[8];
        struct reason_group group[8];
        bool is_told[8] = {false};
        job_begin(&job, host_real());
        struct rng rng = rng_of(seed);
        const struct random_model asked = {.task = TASK_CLASSES,
                                           .feature_count = 2 + seed % 7,
                                           .value_max = 6,
                                           .pair_count = seed % 9,
                                           .class_count = 3};
        const struct model *model = random_model(&job, &rng, &asked);
        double *contribution = NEW_ARRAY(job.arena, model->term_count, double);
        double *sd = NEW_ARRAY(job.arena, model->term_count, double);
        random_bins(&rng, model, bin);
        const size_t class = seed % 3;
        const double link = model_contributions(model, class, bin, contribution);
        contribution_sds(model, class, bin, sd);
        const size_t groups = reason_groups(job.arena, model, contribution, sd, group);
        double sum = model->class_base[class];
        for (size_t g = 0; g < groups; g++) {
            sum += group[g].contribution;
            joined += group[g].feature_count == 2;
            expect(group[g].sd >= 0, "seed %llu", (unsigned long long)seed);
            for (size_t f = 0; f < group[g].feature_count; f++) {
                expect(!is_told[group[g].feature[f]], "seed %llu", (unsigned long long)seed);
                is_told[group[g].feature[f]] = true;
            }
        }
        expect(fabs(sum - link) < 1e-12, "seed %llu: %.17g, not %.17g", (unsigned long long)seed,
               sum, link);
        for (size_t f = 0; f < model->feature_count; f++) {
            expect(is_told[f], "seed %llu: feature %zu", (unsigned long long)seed, f);
        }
        job_end(&job);
    }
    assert_true(joined > 100);
}

/* Contributions of a, b and their pair; whether they are told together, and as what. */
static const struct {
    double contribution[3];
    size_t groups;
    double first;
    double second;
} pairing[] = {
    {{1, 2, 0}, 2, 1, 2},          {{1, 2, 0.74}, 2, 1.37, 2.37}, {{1, 2, 0.75}, 1, 3.75, 0},
    {{1, -2, -0.75}, 1, -1.75, 0}, {{0, 0, 0.1}, 1, 0.1, 0},      {{0, 0, 0}, 2, 0, 0},
};

static void a_pair_that_says_much_is_told_with_its_features(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairing / sizeof pairing[0]; i++) {
        struct job job;
        struct reason_group group[2];
        const double sd[3] = {3, 0, 4};
        job_begin(&job, host_real());
        const struct term term[3] = {{.feature_count = 1, .feature = {0}},
                                     {.feature_count = 1, .feature = {1}},
                                     {.feature_count = 2, .feature = {0, 1}}};
        const struct model model = {.feature_count = 2, .term_count = 3, .term = term};
        const size_t groups = reason_groups(job.arena, &model, pairing[i].contribution, sd, group);
        expect(groups == pairing[i].groups, "row %zu: %zu groups", i, groups);
        expect(fabs(group[0].contribution - pairing[i].first) < 1e-12, "row %zu: %g", i,
               group[0].contribution);
        expect(groups == 1 || fabs(group[1].contribution - pairing[i].second) < 1e-12,
               "row %zu: %g", i, group[1].contribution);
        job_end(&job);
    }
}

static void what_may_be_chance_is_not_told(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct reason_part part[] = {part_of("a", 1), part_of("b", 2), part_of("c", 0.5)};
    struct str reason[4];
    part[1].sd = 2.5;
    part[2].sd = 0.5;
    assert_int_equal(reasons_of(arena, part, 3, true, reason, 4), 2);
    expect(reason[0].ptr[0] == 'a' && reason[1].ptr[0] == 'c', "%.*s", STR_ARG(reason[0]));
    arena_end(arena);
}

static const struct {
    enum task task;
    const char *raises;
    const char *lowers;
} ending[] = {
    {TASK_BINARY, ", which makes bought = yes more likely than average.",
     ", which makes bought = yes less likely than average."},
    {TASK_CLASSES, ", which makes bought = b more likely than average.",
     ", which makes bought = b less likely than average."},
    {TASK_REGRESSION, ", which makes bought higher than average.",
     ", which makes bought lower than average."},
    {TASK_COUNT, ", which makes bought higher than average.",
     ", which makes bought lower than average."},
    {TASK_AMOUNT, ", which makes bought higher than average.",
     ", which makes bought lower than average."},
};

static void an_ending_names_what_is_predicted(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct str name[] = {STR("a"), STR("b")};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        const struct model model = {.task = ending[i].task,
                                    .target = STR("bought"),
                                    .positive = STR("yes"),
                                    .class_count = 2,
                                    .class_name = name};
        const struct reason_ending made = reason_ending_of(arena, &model, 1);
        expect(str_is(made.raises, ending[i].raises), "row %zu: %.*s", i, STR_ARG(made.raises));
        expect(str_is(made.lowers, ending[i].lowers), "row %zu: %.*s", i, STR_ARG(made.lowers));
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_of_one_direction_come_first),
        cmocka_unit_test(there_are_never_more_than_sixteen_reasons),
        cmocka_unit_test(a_sentence_says_what_was_seen_and_which_way_it_weighs),
        cmocka_unit_test(a_sentence_adds_no_word_and_no_number_of_its_own),
        cmocka_unit_test(all_groups_together_are_the_score),
        cmocka_unit_test(a_pair_that_says_much_is_told_with_its_features),
        cmocka_unit_test(what_may_be_chance_is_not_told),
        cmocka_unit_test(an_ending_names_what_is_predicted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
