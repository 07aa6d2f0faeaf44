/*
 * test_recourse.c - the cheapest change, against trying everything; and what a change may not be.
 */
#include <math.h>
#include <string.h>

#include "trust.h"

#include "random_model.h"
#include "testing.h"

enum { FEATURES = 8, MODELS = 400 };

/* ---- trying everything --------------------------------------------------------------------- */

struct everything {
    const struct model *model;
    const struct recourse_options *options;
    const uint8_t *bin;
    bool raises;
    const struct recourse_plan *earlier;
    size_t earlier_count;
    double cost; /* of the cheapest plan; infinite: there is none */
    double link; /* of the one that goes furthest of those that cost as little */
};

static double cost_of(const struct model *model, size_t feature, size_t from, size_t to)
{
    const struct model_feature *of = &model->feature[feature];
    const bool is_known = from >= 1 && from <= of->value_count;
    if (of->kind == COLUMN_CATEGORY || !is_known) {
        return 0.05 + 0.5;
    }
    double all = 0;
    double between = 0;
    const size_t low = from < to ? from : to;
    const size_t high = from < to ? to : from;
    for (size_t b = 1; b <= of->value_count; b++) {
        all += model->term[feature].weight[b];
        if (b > low && b < high) {
            between += model->term[feature].weight[b];
        }
    }
    between += (model->term[feature].weight[low] + model->term[feature].weight[high]) / 2;
    return 0.05 + (low == high || all == 0 ? 0 : between / all);
}

static bool may_become(const struct everything *all, size_t feature, size_t to)
{
    const struct model_feature *of = &all->model->feature[feature];
    const double *weight = all->model->term[feature].weight;
    const size_t from = all->bin[feature];
    const enum recourse_move move = all->options->move[feature];
    const bool is_known = from >= 1 && from <= of->value_count;
    if (to == 0 || to > of->value_count || !(weight[to] > 0) || move == MOVE_NONE) {
        return false;
    }
    if ((move == MOVE_UP && (!is_known || to < from)) ||
        (move == MOVE_DOWN && (!is_known || to > from))) {
        return false;
    }
    double around = 0;
    for (size_t b = 1; b <= of->value_count; b++) {
        const size_t away = b > to ? b - to : to - b;
        around += away == 0 || (away <= 2 && of->kind != COLUMN_CATEGORY) ? weight[b] : 0;
    }
    return around >= all->options->support_min;
}

static bool pairs_were_seen(const struct everything *all, const uint8_t *to)
{
    for (size_t t = all->model->feature_count; t < all->model->term_count; t++) {
        const struct term *term = &all->model->term[t];
        const size_t a = term->feature[0];
        const size_t b = term->feature[1];
        const size_t cell = term->axis[0][to[a]] * term->axis_count[1] + term->axis[1][to[b]];
        if ((to[a] != all->bin[a] || to[b] != all->bin[b]) && !(term->weight[cell] > 0)) {
            return false;
        }
    }
    return true;
}

static bool holds_an_earlier(const struct everything *all, const uint8_t *to)
{
    for (size_t p = 0; p < all->earlier_count; p++) {
        size_t held = 0;
        for (size_t c = 0; c < all->earlier[p].change_count; c++) {
            const size_t f = all->earlier[p].feature[c];
            held += to[f] != all->bin[f];
        }
        if (held == all->earlier[p].change_count) {
            return true;
        }
    }
    return false;
}

static void weigh(struct everything *all, const uint8_t *to)
{
    double cost = 0;
    size_t changes = 0;
    for (size_t f = 0; f < all->model->feature_count; f++) {
        if (to[f] != all->bin[f]) {
            cost += cost_of(all->model, f, all->bin[f], to[f]);
            changes++;
        }
    }
    const double link = model_score_bins(all->model, 0, to);
    const double score = model_mean(all->model, link);
    const bool turns =
        all->raises ? score >= all->options->threshold : score < all->options->threshold;
    if (changes == 0 || !turns || !pairs_were_seen(all, to) || holds_an_earlier(all, to)) {
        return;
    }
    if (cost < all->cost - 1e-12) {
        all->cost = cost;
        all->link = link;
    } else if (cost <= all->cost + 1e-12) {
        all->link = all->raises ? fmax(all->link, link) : fmin(all->link, link);
    }
}

static void try_everything(struct everything *all, size_t feature, size_t left, uint8_t *to)
{
    if (feature == all->model->feature_count) {
        weigh(all, to);
        return;
    }
    to[feature] = all->bin[feature];
    try_everything(all, feature + 1, left, to);
    for (size_t b = 0; b < all->model->feature[feature].bin_count && left > 0; b++) {
        if (b != all->bin[feature] && may_become(all, feature, b)) {
            to[feature] = (uint8_t)b;
            try_everything(all, feature + 1, left - 1, to);
        }
    }
    to[feature] = all->bin[feature];
}

static void compare(struct job *job, const struct model *model,
                    const struct recourse_options *options, const uint8_t *bin, size_t trial,
                    size_t *found)
{
    struct recourse recourse;
    assert_int_equal(recourse_find(job, model, options, bin, &recourse), CANDOR_OK);
    assert_true(recourse.is_proven);
    for (size_t p = 0; p < options->plans_max; p++) {
        uint8_t to[FEATURES];
        struct everything all = {model, options,          bin, recourse.raises, recourse.plan,
                                 p,     (double)INFINITY, 0};
        try_everything(&all, 0, options->changes_max, to);
        if (p >= recourse.plan_count) {
            expect(!isfinite(all.cost), "model %zu: plan %zu exists at %g", trial, p, all.cost);
            return;
        }
        const struct recourse_plan *plan = &recourse.plan[p];
        expect(fabs(plan->cost - all.cost) < 1e-12, "model %zu, plan %zu: %.17g, cheapest %.17g",
               trial, p, plan->cost, all.cost);
        expect(plan->link == all.link, "model %zu, plan %zu: link %.17g, furthest %.17g", trial, p,
               plan->link, all.link);
        (*found)++;
    }
}

static void the_plan_is_the_cheapest_of_all_that_can_be_tried(void **state)
{
    (void)state;
    size_t found = 0;
    for (size_t trial = 0; trial < MODELS; trial++) {
        struct job job;
        enum recourse_move move[FEATURES];
        uint8_t bin[FEATURES];
        job_begin(&job, host_real());
        struct rng rng = rng_of(trial);
        const struct random_model asked = {.task = trial % 5 == 0   ? TASK_COUNT
                                                   : trial % 7 == 0 ? TASK_REGRESSION
                                                                    : TASK_BINARY,
                                           .feature_count = 2 + trial % 5,
                                           .value_max = trial % 5 < 3 ? 8 : 5,
                                           .pair_count = trial % 6,
                                           .class_count = 1,
                                           .empty_share = trial % 2 == 0 ? 0.25 : 0};
        const struct model *model = random_model(&job, &rng, &asked);
        random_bins(&rng, model, bin);
        for (size_t f = 0; f < model->feature_count; f++) {
            static const enum recourse_move some[] = {MOVE_ANY,  MOVE_ANY, MOVE_ANY,
                                                      MOVE_NONE, MOVE_UP,  MOVE_DOWN};
            const bool has_order = model->feature[f].kind != COLUMN_CATEGORY;
            move[f] = some[rng_below(&rng, has_order ? 6 : 4)];
        }
        const struct recourse_options options = {
            .threshold = asked.task == TASK_BINARY ? 0.1 + 0.8 * rng_f64(&rng) : 1.5,
            .move = move,
            .changes_max = 1 + trial % 4,
            .plans_max = 3,
            .support_min = trial % 3 == 0 ? 0.08 : 1e-9};
        compare(&job, model, &options, bin, trial, &found);
        job_end(&job);
    }
    print_message("%d random models, %zu plans, each the cheapest\n", MODELS, found);
    assert_true(found > MODELS / 2);
}

/* ---- limits -------------------------------------------------------------------------------- */

/* A model of one feature, a number 0, 10, 20 ..., whose link at value v is v - 2. */
static struct model *ladder(struct job *job, enum column_kind kind)
{
    enum { VALUES = 5, BINS = VALUES + 2 };
    static const double low[] = {0, 10, 20, 30, 40};
    static const double high[] = {4, 14, 24, 34, 44};
    static const double cut[] = {-(double)INFINITY, 7, 17, 27, 37};
    static const uint8_t rank[] = {0, 1, 2, 3, 4};
    static const double value[BINS] = {-3, -2, -1, 0, 1, 2, -3};
    static const double sd[BINS] = {0};
    static const double weight[BINS] = {0, 0.2, 0.2, 0.2, 0.2, 0.2, 0};
    static const double base[] = {0};
    struct str *level = NEW_ARRAY(job->arena, VALUES, struct str);
    struct model_feature *feature = NEW(job->arena, struct model_feature);
    struct term *term = NEW(job->arena, struct term);
    struct model *model = NEW(job->arena, struct model);
    for (size_t v = 0; v < VALUES; v++) {
        level[v] = str_of(random_level[v]);
    }
    *feature = (struct model_feature){.name = STR("x"), .kind = kind, .value_count = VALUES};
    feature->bin_count = kind == COLUMN_NUMBER ? VALUES + 1 : BINS;
    feature->low = low;
    feature->high = high;
    feature->cut = cut;
    feature->level = level;
    feature->rank = kind == COLUMN_ORDINAL ? rank : NULL;
    *term = (struct term){.name = STR("x"),
                          .feature_count = 1,
                          .cell_count = feature->bin_count,
                          .value = value,
                          .sd = sd,
                          .weight = weight};
    *model = (struct model){.task = TASK_BINARY,
                            .class_count = 1,
                            .class_base = base,
                            .feature_count = 1,
                            .feature = feature,
                            .term_count = 1,
                            .term = term,
                            .rows_train = 1000};
    must(model_index(job, model) == CANDOR_OK);
    return model;
}

static const struct {
    const char *name;
    enum column_kind kind;
    uint8_t bin;
    enum recourse_move move;
    double threshold;
    uint8_t to; /* 0: no plan */
    double cost;
} climb[] = {
    {"up to exactly the threshold", COLUMN_NUMBER, 1, MOVE_ANY, 0.5, 3, 0.45},
    {"from it on the answer is yes, so down", COLUMN_NUMBER, 3, MOVE_ANY, 0.5, 2, 0.25},
    {"the next step up", COLUMN_NUMBER, 2, MOVE_UP, 0.5, 3, 0.25},
    {"not down when only up is allowed", COLUMN_NUMBER, 4, MOVE_UP, 0.5, 0, 0},
    {"not up when only down is allowed", COLUMN_NUMBER, 1, MOVE_DOWN, 0.5, 0, 0},
    {"not at all when it is fixed", COLUMN_NUMBER, 1, MOVE_NONE, 0.5, 0, 0},
    {"no value is far enough", COLUMN_NUMBER, 1, MOVE_ANY, 0.9, 0, 0},
    {"from not known to any value", COLUMN_NUMBER, 0, MOVE_ANY, 0.5, 5, 0.55},
    {"not known has no direction", COLUMN_NUMBER, 0, MOVE_UP, 0.5, 0, 0},
    {"ordinals have distances", COLUMN_ORDINAL, 1, MOVE_UP, 0.5, 3, 0.45},
    {"from another value to any", COLUMN_ORDINAL, 6, MOVE_ANY, 0.5, 5, 0.55},
    {"levels are equally far: the best of them", COLUMN_CATEGORY, 1, MOVE_ANY, 0.5, 5, 0.55},
};

static void one_change_goes_as_far_as_it_must_and_may(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof climb / sizeof climb[0]; i++) {
        struct job job;
        struct recourse recourse;
        job_begin(&job, host_real());
        const struct recourse_options options = {.threshold = climb[i].threshold,
                                                 .move = &climb[i].move,
                                                 .changes_max = 3,
                                                 .plans_max = 3};
        assert_int_equal(
            recourse_find(&job, ladder(&job, climb[i].kind), &options, &climb[i].bin, &recourse),
            CANDOR_OK);
        expect(recourse.plan_count == (climb[i].to > 0), "%s: %zu plans", climb[i].name,
               recourse.plan_count);
        if (climb[i].to > 0) {
            expect(recourse.plan[0].bin[0] == climb[i].to, "%s: to %u", climb[i].name,
                   recourse.plan[0].bin[0]);
            expect(fabs(recourse.plan[0].cost - climb[i].cost) < 1e-12, "%s: costs %g",
                   climb[i].name, recourse.plan[0].cost);
        }
        job_end(&job);
    }
}

static const struct {
    const char *name;
    enum task task;
    double threshold;
    size_t changes_max;
    enum column_kind kind;
    enum recourse_move move;
    const char *message;
} refused[] = {
    {"classes", TASK_CLASSES, 0.5, 3, COLUMN_NUMBER, MOVE_ANY, "one score"},
    {"a chance of 0", TASK_BINARY, 0, 3, COLUMN_NUMBER, MOVE_ANY, "above 0 and below 1"},
    {"a chance of 1", TASK_BINARY, 1, 3, COLUMN_NUMBER, MOVE_ANY, "above 0 and below 1"},
    {"a count of 0", TASK_COUNT, 0, 3, COLUMN_NUMBER, MOVE_ANY, "above 0"},
    {"an amount below 0", TASK_AMOUNT, -1, 3, COLUMN_NUMBER, MOVE_ANY, "above 0"},
    {"no number", TASK_REGRESSION, (double)NAN, 3, COLUMN_NUMBER, MOVE_ANY, "a number"},
    {"no change", TASK_BINARY, 0.5, 0, COLUMN_NUMBER, MOVE_ANY, "1 to 6 features"},
    {"too many changes", TASK_BINARY, 0.5, 7, COLUMN_NUMBER, MOVE_ANY, "1 to 6 features"},
    {"up without order", TASK_BINARY, 0.5, 3, COLUMN_CATEGORY, MOVE_UP, "'x' has no order"},
    {"down without order", TASK_BINARY, 0.5, 3, COLUMN_CATEGORY, MOVE_DOWN, "'x' has no order"},
};

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct job job;
        struct recourse recourse;
        job_begin(&job, host_real());
        struct model *model = ladder(&job, refused[i].kind);
        model->task = refused[i].task;
        const uint8_t bin = 1;
        const struct recourse_options options = {.threshold = refused[i].threshold,
                                                 .move = &refused[i].move,
                                                 .changes_max = refused[i].changes_max,
                                                 .plans_max = 3};
        expect(recourse_find(&job, model, &options, &bin, &recourse) == CANDOR_BAD_INPUT, "%s",
               refused[i].name);
        expect(strstr(job.message, refused[i].message) != NULL, "%s: %s", refused[i].name,
               job.message);
        job_end(&job);
    }
}

static void a_search_that_is_stopped_says_so(void **state)
{
    (void)state;
    struct job job;
    struct recourse recourse;
    job_begin(&job, host_real());
    const uint8_t bin = 1;
    const struct recourse_options options = {.threshold = 0.5, .changes_max = 3, .plans_max = 3};
    job.cancelled = true;
    assert_int_equal(recourse_find(&job, ladder(&job, COLUMN_NUMBER), &options, &bin, &recourse),
                     CANDOR_CANCELLED);
    job_end(&job);
}

static void a_value_falls_into_its_bin_and_is_the_nearest(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        struct job job;
        struct model_feature feature;
        job_begin(&job, host_real());
        struct rng rng = rng_of(seed);
        random_feature(&job, &rng, 0, 12, &feature);
        for (size_t bin = 1; bin <= feature.value_count; bin++) {
            const double present = seed % 3 == 0 ? (double)NAN : 120 * rng_f64(&rng);
            const struct raw_value value = recourse_value(&feature, bin, present);
            expect(feature_bin(&feature, value) == bin, "seed %llu, bin %zu",
                   (unsigned long long)seed, bin);
            if (feature.high != NULL && present > feature.high[bin - 1]) {
                expect(value.number == feature.high[bin - 1], "bin %zu", bin);
            }
            if (feature.low != NULL && present < feature.low[bin - 1]) {
                expect(value.number == feature.low[bin - 1], "bin %zu", bin);
            }
        }
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plan_is_the_cheapest_of_all_that_can_be_tried),
        cmocka_unit_test(one_change_goes_as_far_as_it_must_and_may),
        cmocka_unit_test(what_makes_no_sense_is_refused),
        cmocka_unit_test(a_search_that_is_stopped_says_so),
        cmocka_unit_test(a_value_falls_into_its_bin_and_is_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
