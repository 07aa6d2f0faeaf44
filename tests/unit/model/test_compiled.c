/*
 * test_compiled.c - the fast paths against the definitions in score.c, on models made at random: numbers,
 * categories and ordinals of every size, pairs with axes of every length, several classes.
 */
#include "model.h"

#include <math.h>
#include <string.h>

#include "numeric.h"
#include "testing.h"

enum { MODELS = 24, ROWS = 1100, FEATURES_MAX = 40, TERMS_MAX = 80, LEVELS_OF_SIMD = 3 };

static size_t below(struct rng *rng, size_t bound)
{
    return (size_t)rng_below(rng, bound);
}

static double *numbers(struct arena *arena, struct rng *rng, size_t count)
{
    double *value = arena_new(arena, (count + 1) * sizeof *value);
    for (size_t i = 0; i < count; i++) {
        value[i] = rng_normal(rng);
    }
    return value;
}

static void make_number(struct arena *arena, struct rng *rng, struct model_feature *feature)
{
    const size_t count = below(rng, BINS_MAX);
    double *cut = arena_new(arena, (count + 1) * sizeof *cut);
    for (size_t v = 0; v < count; v++) {
        cut[v] = v == 0 ? -(double)INFINITY : (double)v + rng_f64(rng) / 2;
    }
    feature->kind = COLUMN_NUMBER;
    feature->cut = cut;
    feature->value_count = count;
    feature->bin_count = count + 1;
}

/* Names of many lengths, ascending by bytes. */
static struct str name_of_level(struct arena *arena, size_t v)
{
    struct buf name = buf_begin(arena);
    buf_format(&name, "%03zu", v);
    for (size_t i = 0; i < v % 23; i++) {
        buf_u8(&name, (uint8_t)('a' + i % 3));
    }
    return buf_text(&name);
}

static void make_levels(struct arena *arena, struct rng *rng, struct model_feature *feature)
{
    const size_t count = below(rng, BINS_MAX - 1);
    struct str *level = arena_new(arena, (count + 1) * sizeof *level);
    uint32_t *order = arena_new(arena, (count + 1) * sizeof *order);
    uint8_t *rank = arena_new(arena, count + 1);
    for (size_t v = 0; v < count; v++) {
        level[v] = v == 0 ? STR("") : name_of_level(arena, v);
        order[v] = (uint32_t)v;
    }
    rng_shuffle(rng, order, count);
    for (size_t v = 0; v < count; v++) {
        rank[v] = (uint8_t)order[v];
    }
    feature->kind = below(rng, 2) == 0 ? COLUMN_CATEGORY : COLUMN_ORDINAL;
    feature->rank = feature->kind == COLUMN_ORDINAL ? rank : NULL;
    feature->level = level;
    feature->value_count = count;
    feature->bin_count = count + 2;
}

static const uint8_t *axis_of(struct arena *arena, struct rng *rng, size_t bins, size_t places)
{
    uint8_t *axis = arena_new(arena, bins);
    for (size_t i = 0; i < bins; i++) {
        axis[i] = (uint8_t)below(rng, places);
    }
    return axis;
}

static void make_term(struct arena *arena, struct rng *rng, const struct model *model, size_t t,
                      struct term *term)
{
    term->feature_count = t < model->feature_count ? 1 : 2;
    term->feature[0] = t;
    term->cell_count = t < model->feature_count ? model->feature[t].bin_count : 1;
    for (size_t side = 0; side < 2 && term->feature_count == 2; side++) {
        term->feature[side] = below(rng, model->feature_count);
        term->axis_count[side] = 1 + below(rng, PAIR_AXIS_MAX);
        term->axis[side] = axis_of(arena, rng, model->feature[term->feature[side]].bin_count,
                                   term->axis_count[side]);
        term->cell_count *= term->axis_count[side];
    }
    term->value = numbers(arena, rng, term->cell_count * model->class_count);
    term->sd = numbers(arena, rng, term->cell_count * model->class_count);
}

static struct model *model_at_random(struct job *job, struct rng *rng)
{
    struct model *model = NEW(job->arena, struct model);
    struct model_feature *feature = NEW_ARRAY(job->arena, FEATURES_MAX, struct model_feature);
    struct term *term = NEW_ARRAY(job->arena, TERMS_MAX, struct term);
    model->task = below(rng, 2) == 0 ? TASK_BINARY : TASK_CLASSES;
    model->class_count = model->task == TASK_CLASSES ? 3 + below(rng, 3) : 1;
    model->class_base = numbers(job->arena, rng, model->class_count);
    model->feature_count = 1 + below(rng, FEATURES_MAX - 1);
    model->term_count = model->feature_count + below(rng, TERMS_MAX - model->feature_count);
    model->feature = feature;
    model->term = term;
    for (size_t i = 0; i < model->feature_count; i++) {
        if (below(rng, 2) == 0) {
            make_number(job->arena, rng, &feature[i]);
        } else {
            make_levels(job->arena, rng, &feature[i]);
        }
    }
    for (size_t t = 0; t < model->term_count; t++) {
        make_term(job->arena, rng, model, t, &term[t]);
    }
    must(model_index(job, model) == CANDOR_OK);

    model->factor_count = model->task == TASK_CLASSES ? 0 : below(rng, FACTORS_MAX + 1);
    model->factor_sign = numbers(job->arena, rng, model->factor_count);
    float *factor =
        arena_new(job->arena, (model->factor_count * model->cell_count + 1) * sizeof *factor);
    for (size_t i = 0; i < model->factor_count * model->cell_count; i++) {
        factor[i] = (float)rng_normal(rng);
    }
    model->factor = factor;
    model->base_sd = 0.5;
    return model;
}

static struct raw_value value_at_random(struct job *job, struct rng *rng,
                                        const struct model_feature *feature)
{
    struct raw_value value = {.number = (double)NAN};
    if (below(rng, 10) == 0) {
        return value;
    }
    if (feature->kind == COLUMN_NUMBER) {
        value.number = rng_f64(rng) * 300 - 20;
    } else if (below(rng, 4) == 0 || feature->value_count == 0) {
        value.text = str_format(job->arena, "%03zu%s", below(rng, 300), "never");
    } else {
        value.text = feature->level[below(rng, feature->value_count)];
    }
    return value;
}

static void check_row(const struct model *model, const struct scorer *scorer, const uint8_t *bin)
{
    uint32_t cell[TERMS_MAX];
    double fast[TERMS_MAX];
    double slow[TERMS_MAX];
    scorer_cells(scorer, bin, cell);
    for (size_t class = 0; class < model->class_count; class ++) {
        const double link = model_score_bins(model, class, bin);
        assert_true(scorer_contributions(scorer, class, cell, fast) == link);
        assert_true(model_contributions(model, class, bin, slow) == link);
        assert_memory_equal(fast, slow, model->term_count * sizeof *slow);
        assert_true(scorer_sd(scorer, class, cell) == model_score_sd(model, class, bin));
    }
}

static void check_many(const struct model *model, const struct scorer *scorer,
                       const uint8_t *const *column, size_t row_count)
{
    static double link[ROWS + 1];
    uint8_t bin[FEATURES_MAX];
    for (size_t class = 0; class < model->class_count; class ++) {
        link[row_count] = 77;
        scorer_links(scorer, class, column, row_count, link);
        assert_true(link[row_count] == 77);
        for (size_t row = 0; row < row_count; row++) {
            for (size_t i = 0; i < model->feature_count; i++) {
                bin[i] = column[i][row];
            }
            expect(link[row] == model_score_bins(model, class, bin), "class %zu: row %zu of %zu",
                   class, row, row_count);
        }
    }
}

static void check_model(struct job *job, struct rng *rng, const struct model *model)
{
    const struct scorer *scorer;
    uint8_t *column[FEATURES_MAX];
    struct raw_value value[FEATURES_MAX];
    uint8_t bin[FEATURES_MAX];
    uint8_t fast[FEATURES_MAX];
    must(scorer_of(job, model, &scorer) == CANDOR_OK);
    for (size_t i = 0; i < model->feature_count; i++) {
        column[i] = arena_new(job->arena, ROWS);
    }
    for (size_t row = 0; row < ROWS; row++) {
        for (size_t i = 0; i < model->feature_count; i++) {
            value[i] = value_at_random(job, rng, &model->feature[i]);
        }
        model_bin_row(model, value, bin);
        scorer_bin_row(scorer, value, fast);
        assert_memory_equal(fast, bin, model->feature_count);
        check_row(model, scorer, bin);
        for (size_t i = 0; i < model->feature_count; i++) {
            column[i][row] = bin[i];
        }
    }
    static const size_t count[] = {0, 1, 7, 8, 63, 64, 65, 255, 1023, 1024, 1025, ROWS};
    for (size_t i = 0; i < sizeof count / sizeof count[0]; i++) {
        check_many(model, scorer, (const uint8_t *const *)column, count[i]);
    }
}

static void every_level_gives_the_bits_of_the_definition(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= MODELS; seed++) {
        print_message("seed %d\n", (int)seed);
        for (unsigned level = 0; level < LEVELS_OF_SIMD; level++) {
            struct job job;
            job_begin(&job, host_real());
            struct rng rng = rng_of(seed);
            (void)simd_limit((enum simd)level);
            check_model(&job, &rng, model_at_random(&job, &rng));
            job_end(&job);
        }
    }
    (void)simd_limit(SIMD_AVX512);
}

/* What one row gets is what it gets among many: chances, means of counts, and numbers. */
static void means_of_many_are_those_of_one(void **state)
{
    (void)state;
    static const enum task task[] = {TASK_BINARY, TASK_COUNT, TASK_AMOUNT, TASK_REGRESSION};
    enum { COUNT = 333 };
    struct rng rng = rng_of(8);
    double link[COUNT];
    double mean[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        link[i] = rng_normal(&rng) * (i % 2 == 0 ? 2 : 400);
    }
    for (size_t t = 0; t < sizeof task / sizeof task[0]; t++) {
        const struct model model = {.task = task[t], .class_count = 1};
        for (unsigned level = 0; level < LEVELS_OF_SIMD; level++) {
            (void)simd_limit((enum simd)level);
            model_means(&model, link, COUNT, mean);
            for (size_t i = 0; i < COUNT; i++) {
                expect(mean[i] == model_mean(&model, link[i]), "task %zu level %u: %a", t, level,
                       link[i]);
            }
        }
    }
    (void)simd_limit(SIMD_AVX512);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_level_gives_the_bits_of_the_definition),
        cmocka_unit_test(means_of_many_are_those_of_one),
    };
    return cmocka_run_group_tests_name("compiled", test, NULL, NULL);
}
