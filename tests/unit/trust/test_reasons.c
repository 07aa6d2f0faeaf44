/*
 * test_reasons.c - which contributions become a sentence, in what order, what it says, and that nothing of the score
 * is lost.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tell.h"

#include "random_model.h"
#include "testing.h"

#define FOR " Compared with a typical person, this speaks for interest."
#define AGAINST " Compared with a typical person, this speaks against interest."

/* ---- a model of single features, whose weights are given ------------------------------------ */

enum { FEATURES_MOST = 40 };

struct made {
    struct job job;
    struct model model;
    struct model_feature feature[FEATURES_MOST];
    struct term term[FEATURES_MOST];
    struct fact fact[FEATURES_MOST];
    double value[FEATURES_MOST];
    double weight[FEATURES_MOST];
    double sd[FEATURES_MOST];
    uint8_t bin[FEATURES_MOST];
    struct telling telling;
};

static void make(struct made *made, size_t count)
{
    static const double base[] = {0};
    *made = (struct made){.telling = {.is_interest = true}};
    job_begin(&made->job, host_real());
    for (size_t f = 0; f < count; f++) {
        made->feature[f] = (struct model_feature){.name = STR("x"), .bin_count = 1};
        made->term[f] = (struct term){.feature_count = 1,
                                      .feature = {f},
                                      .cell_count = 1,
                                      .value = &made->value[f],
                                      .sd = &made->sd[f],
                                      .weight = &made->value[f]};
        made->fact[f] =
            (struct fact){.label = str_format(made->job.arena, "%c", (char)('a' + f % 26)),
                          .kind = FACT_NUMBER,
                          .number = 1};
    }
    made->model = (struct model){.task = TASK_BINARY,
                                 .target = STR("bought"),
                                 .positive = STR("yes"),
                                 .class_count = 1,
                                 .class_base = base,
                                 .feature_count = count,
                                 .feature = made->feature,
                                 .term_count = count,
                                 .term = made->term,
                                 .rows_train = 1000};
    must(model_index(&made->job, &made->model) == CANDOR_OK);
    made->telling.model = &made->model;
    made->telling.bin = made->bin;
    made->telling.weight = made->weight;
    made->telling.sd = made->sd;
    made->telling.fact = made->fact;
}

static struct told_reasons tell_made(struct made *made, bool raising, size_t reasons,
                                     size_t against)
{
    const struct tell_limits limits = {reasons, against};
    struct told_reasons told;
    reasons_tell(made->job.arena, &made->telling, raising, limits, &told);
    return told;
}

/* ---- which, and in what order ---------------------------------------------------------------- */

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
        struct made made;
        char letters[TOLD_MAX + 1] = "";
        make(&made, order[i].count);
        memcpy(made.weight, order[i].contribution, sizeof order[i].contribution);
        const struct told_reasons told = tell_made(&made, order[i].raising, order[i].max, 0);
        for (size_t r = 0; r < told.reason_count; r++) {
            letters[r] = told.reason[r].sentence.ptr[0];
        }
        expect(strcmp(letters, order[i].said) == 0, "%s: said '%s'", order[i].name, letters);
        expect(told.against_count == 0, "%s", order[i].name);
        job_end(&made.job);
    }
}

static void what_points_the_other_way_stands_behind(void **state)
{
    (void)state;
    struct made made;
    make(&made, 5);
    const double weight[] = {0.1, -0.5, 0.3, -0.7, 0};
    memcpy(made.weight, weight, sizeof weight);
    const struct told_reasons told = tell_made(&made, true, 1, 1);
    assert_int_equal(told.reason_count, 1);
    assert_int_equal(told.against_count, 1);
    assert_int_equal(told.reason[0].sentence.ptr[0], 'c');
    assert_int_equal(told.reason[1].sentence.ptr[0], 'd');
    assert_int_equal(told.rest_count, 2); /* a and b; nothing weighs nothing */
    expect(fabs(told.rest - -0.4) < 1e-12, "%g", told.rest);
    expect(str_is(told.rest_text, "And 2 smaller reasons, together -0.40."), "%.*s",
           STR_ARG(told.rest_text));
    job_end(&made.job);
}

static void what_may_be_chance_is_not_told_but_counted(void **state)
{
    (void)state;
    struct made made;
    make(&made, 3);
    const double weight[] = {1, 2, 0.5};
    const double sd[] = {0, 2.5, 0.5};
    memcpy(made.weight, weight, sizeof weight);
    memcpy(made.sd, sd, sizeof sd);
    const struct told_reasons told = tell_made(&made, true, 4, 0);
    assert_int_equal(told.reason_count, 2);
    expect(told.reason[0].sentence.ptr[0] == 'a' && told.reason[1].sentence.ptr[0] == 'c', "order");
    expect(told.rest_count == 1 && told.rest == 2 && told.sum == 3.5, "%g", told.sum);
    expect(str_is(told.rest_text, "And 1 smaller reason: +2.00."), "%.*s", STR_ARG(told.rest_text));
    job_end(&made.job);
}

static const struct {
    double weight[2];
    double sd[2];
    bool is_tie;
} tie[] = {{{1, 0.9}, {0.1, 0.1}, true},
           {{1, 0.8}, {0.1, 0.1}, false},
           {{1, 1}, {0, 0}, false},
           {{1, 1}, {0.01, 0}, true}};

static void two_that_cannot_be_told_apart_are_said_to_weigh_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tie / sizeof tie[0]; i++) {
        struct made made;
        make(&made, 2);
        memcpy(made.weight, tie[i].weight, sizeof tie[i].weight);
        memcpy(made.sd, tie[i].sd, sizeof tie[i].sd);
        made.telling.tells_ties = true;
        const struct told_reasons told = tell_made(&made, true, 4, 0);
        const struct str words = tell_words(TONGUE_EN, TELL_ABOUT_EQUAL);
        assert_int_equal(told.reason_count, 2);
        expect(!told.reason[0].is_tie && told.reason[1].is_tie == tie[i].is_tie, "row %zu", i);
        expect(str_ends(told.reason[1].sentence, words) == tie[i].is_tie, "row %zu", i);
        job_end(&made.job);
    }
}

/* What must not be named is in no sentence of any language, and its weight is not lost. */
static void a_protected_column_is_never_named(void **state)
{
    (void)state;
    for (unsigned l = 0; l < TONGUES; l++) {
        struct made made;
        make(&made, 3);
        const double weight[] = {1, 5, -3};
        memcpy(made.weight, weight, sizeof weight);
        made.telling.tongue = (enum tongue)l;
        made.fact[1] = (struct fact){.label = STR("SECRET"),
                                     .kind = FACT_TEXT,
                                     .text = STR("HIDDEN"),
                                     .raises = STR("SECRET {value}"),
                                     .is_unnamed = true};
        const struct told_reasons told = tell_made(&made, true, 4, 4);
        assert_int_equal(told.reason_count, 1);
        assert_int_equal(told.against_count, 1);
        expect(told.unnamed == 5 && told.sum == 3, "%g of %g", told.unnamed, told.sum);
        expect(told.unnamed_text.len > 0 && told.rest_text.len == 0,
               "it is said that there is one");
        const struct str all = str_format(
            made.job.arena, "%.*s %.*s %.*s %.*s", STR_ARG(told.reason[0].sentence),
            STR_ARG(told.reason[1].sentence), STR_ARG(told.unnamed_text), STR_ARG(told.score));
        expect(strstr(str_z(made.job.arena, all), "SECRET") == NULL &&
                   strstr(str_z(made.job.arena, all), "HIDDEN") == NULL,
               "%.*s", STR_ARG(all));
        job_end(&made.job);
    }
}

/* ---- sentences ------------------------------------------------------------------------------- */

static const struct {
    const char *label;
    const char *value; /* NULL: not known */
    const char *unit;
    const char *raises;
    const char *lowers;
    double contribution;
    const char *said;
} sentence[] = {
    {"Age", "40", "", "", "", 1, "Age: 40." FOR},
    {"Age", "40", "", "", "", -1, "Age: 40." AGAINST},
    {"Spent", "12.5", "EUR", "", "", 1, "Spent: 12.5 EUR." FOR},
    {"Waited", "1", "days", "", "", 1, "Waited: 1 day." FOR},
    {"Age", NULL, "", "", "", 1, "Age: not known." FOR},
    {"Spent", NULL, "EUR", "", "", -1, "Spent: not known." AGAINST},
    {"Age", "40", "years", "{label} {value} {unit}!", "no", 1, "Age 40 years!"},
    {"Age", "40", "years", "no", "{unit} {unit}", -1, "years years"},
    {"Age", "40", "", "", "only lowers", 1, "Age: 40." FOR},
    {"Age", "40", "", "only raises", "", -1, "Age: 40." AGAINST},
    {"Age", NULL, "", "[{value}]", "", 1, "Age: not known." FOR},
    {"Age", "40", "", "{name} {label", "", 1, "{name} {label"},
    {"Age", "40", "", "{{label}}", "", 1, "{Age}"},
    {"Age", "40", "", "{", "", 1, "{"},
    {"{value}", "40", "x", "{label} {value}", "", 1, "{value} 40"},
};

static void a_sentence_says_what_was_seen_and_which_way_it_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentence / sizeof sentence[0]; i++) {
        struct made made;
        double number = 0;
        make(&made, 1);
        const bool is_known =
            sentence[i].value != NULL && str_to_double(str_of(sentence[i].value), &number);
        made.fact[0] = (struct fact){.label = str_of(sentence[i].label),
                                     .unit = str_of(sentence[i].unit),
                                     .raises = str_of(sentence[i].raises),
                                     .lowers = str_of(sentence[i].lowers),
                                     .kind = is_known ? FACT_NUMBER : FACT_UNKNOWN,
                                     .number = number};
        made.weight[0] = sentence[i].contribution;
        const struct told_reasons told = tell_made(&made, sentence[i].contribution > 0, 1, 0);
        assert_int_equal(told.reason_count, 1);
        expect(str_is(told.reason[0].sentence, sentence[i].said), "row %zu: %.*s", i,
               STR_ARG(told.reason[0].sentence));
        job_end(&made.job);
    }
}

static const struct {
    enum task task;
    const char *raises;
    const char *lowers;
} ending[] = {
    {TASK_BINARY,
     "speaks for \xe2\x80\x9c"
     "bought = yes\xe2\x80\x9d.",
     "speaks against \xe2\x80\x9c"
     "bought = yes\xe2\x80\x9d."},
    {TASK_CLASSES,
     "speaks for \xe2\x80\x9c"
     "bought = b\xe2\x80\x9d.",
     "speaks against \xe2\x80\x9c"
     "bought = b\xe2\x80\x9d."},
    {TASK_REGRESSION,
     "speaks for a higher \xe2\x80\x9c"
     "bought\xe2\x80\x9d.",
     "speaks for a lower \xe2\x80\x9c"
     "bought\xe2\x80\x9d."},
    {TASK_COUNT,
     "speaks for a higher \xe2\x80\x9c"
     "bought\xe2\x80\x9d.",
     "speaks for a lower \xe2\x80\x9c"
     "bought\xe2\x80\x9d."},
    {TASK_AMOUNT,
     "speaks for a higher \xe2\x80\x9c"
     "bought\xe2\x80\x9d.",
     "speaks for a lower \xe2\x80\x9c"
     "bought\xe2\x80\x9d."},
};

static void a_sentence_names_what_is_predicted(void **state)
{
    (void)state;
    const struct str name[] = {STR("a"), STR("b")};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        for (unsigned raises = 0; raises < 2; raises++) {
            struct made made;
            make(&made, 1);
            made.model.task = ending[i].task;
            made.model.class_name = name;
            made.telling.class = ending[i].task == TASK_CLASSES;
            made.telling.is_interest = false;
            made.weight[0] = raises ? 1 : -1;
            const struct told_reasons told = tell_made(&made, raises, 1, 0);
            expect(str_ends(told.reason[0].sentence,
                            str_of(raises ? ending[i].raises : ending[i].lowers)),
                   "row %zu: %.*s", i, STR_ARG(told.reason[0].sentence));
            job_end(&made.job);
        }
    }
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

/* ---- what adds up ---------------------------------------------------------------------------- */

/* Of random models with pairs: base, all that is told, the rest and what is not named are the link; a reason is the sum
 * of its cells, and each cell stands in the model's table. */
static void nothing_of_a_score_is_lost(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 200; seed++) {
        struct job job;
        uint8_t bin[8];
        struct fact fact[8] = {{.kind = FACT_UNKNOWN}};
        job_begin(&job, host_real());
        struct rng rng = rng_of(seed);
        const struct random_model asked = {.task = TASK_BINARY,
                                           .feature_count = 2 + seed % 7,
                                           .value_max = 6,
                                           .pair_count = seed % 9,
                                           .class_count = 1};
        const struct model *model = random_model(&job, &rng, &asked);
        double *weight = NEW_ARRAY(job.arena, model->term_count, double);
        random_bins(&rng, model, bin);
        fact[0].is_unnamed = seed % 3 == 0;
        for (size_t f = 0; f < model->feature_count; f++) {
            fact[f].label = model->feature[f].name;
        }
        const double link = model_contributions(model, 0, bin, weight);
        const struct telling telling = {.model = model, .bin = bin, .weight = weight, .fact = fact};
        const struct tell_limits limits = {4, 2};
        struct told_reasons told;
        reasons_tell(job.arena, &telling, seed % 2 == 0, limits, &told);
        double sum = model->base + told.rest + told.unnamed;
        for (size_t r = 0; r < told.reason_count + told.against_count; r++) {
            const struct told_reason *reason = &told.reason[r];
            double cells = 0;
            for (size_t c = 0; c < reason->cell_count; c++) {
                const struct told_cell *cell = &reason->cell[c];
                cells += cell->contribution;
                expect(cell->contribution == cell->part * model->term[cell->term].value[cell->cell],
                       "seed %llu", (unsigned long long)seed);
                expect(cell_label(job.arena, model, &model->term[cell->term], cell->cell).len > 0,
                       "a cell has a name");
            }
            expect(fabs(cells - reason->contribution) < 1e-12, "seed %llu: %g of %g",
                   (unsigned long long)seed, cells, reason->contribution);
            sum += reason->contribution;
        }
        expect(fabs(sum - link) < 1e-12, "seed %llu: %.17g, not %.17g", (unsigned long long)seed,
               sum, link);
        expect(fabs(model->base + told.sum - link) < 1e-12, "seed %llu", (unsigned long long)seed);
        job_end(&job);
    }
}

static void a_typical_person_and_the_score_are_said(void **state)
{
    (void)state;
    struct made made;
    make(&made, 1);
    const struct told_reasons told = tell_made(&made, true, 1, 0);
    expect(str_is(told.typical,
                  "Typical is the average of the 1000 people whom the model learned from."),
           "%.*s", STR_ARG(told.typical));
    expect(str_is(told.score, "A typical person has 50%. With all reasons together it is 50%."),
           "%.*s", STR_ARG(told.score));
    job_end(&made.job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_of_one_direction_come_first),
        cmocka_unit_test(what_points_the_other_way_stands_behind),
        cmocka_unit_test(what_may_be_chance_is_not_told_but_counted),
        cmocka_unit_test(two_that_cannot_be_told_apart_are_said_to_weigh_the_same),
        cmocka_unit_test(a_protected_column_is_never_named),
        cmocka_unit_test(a_sentence_says_what_was_seen_and_which_way_it_points),
        cmocka_unit_test(a_sentence_names_what_is_predicted),
        cmocka_unit_test(all_groups_together_are_the_score),
        cmocka_unit_test(a_pair_that_says_much_is_told_with_its_features),
        cmocka_unit_test(nothing_of_a_score_is_lost),
        cmocka_unit_test(a_typical_person_and_the_score_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
