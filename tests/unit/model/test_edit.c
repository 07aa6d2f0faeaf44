/*
 * test_edit.c - an edit changes the rows of its cells by what it says, and no other row.
 */
#include "learn.h"
#include "model.h"
#include "review.h"

#include <math.h>
#include <string.h>

#include "made.h"
#include "testing.h"

enum { ROWS = 2000, CLASSES = 3 };

static struct model *learnt(struct job *job, struct made *made, enum task task)
{
    static const struct str name[CLASSES] = {{"a", 1}, {"b", 1}, {"c", 1}};
    struct model *model;
    const struct fit_options options = {.threads = 1, .pairs_max = 1};
    *made = made_begin(job, (struct made_options){ROWS, 5, task, true});
    made->target.class_count = task == TASK_CLASSES ? CLASSES : 1;
    made->target.class_name = task == TASK_CLASSES ? name : NULL;
    must(fit_additive(job, made->frame, &made->target, &options, &model) == CANDOR_OK);
    return model;
}

static bool is_among(const struct edit_result *result, size_t cell)
{
    for (size_t c = 0; c < result->cell_count; c++) {
        if (result->cell[c].cell == cell) {
            return true;
        }
    }
    return false;
}

/* What the old model says of the row, and what the definition makes of it. */
static double expected_link(const struct model *old, const struct edit *edit,
                            const struct edit_result *result, const uint8_t *bin, double mean)
{
    const struct term *term = &old->term[result->term];
    const double link = model_score_bins(old, result->class, bin);
    const size_t cell = bin[result->term];
    if (!is_among(result, cell)) {
        return link;
    }
    const double before = term->value[result->class * term->cell_count + cell];
    return link - before +
           (edit->act == EDIT_SET   ? edit->value
            : edit->act == EDIT_ADD ? before + edit->value
                                    : mean);
}

static double mean_before(const struct model *old, const struct edit_result *result)
{
    const struct term *term = &old->term[result->term];
    double sum = 0;
    double weight = 0;
    for (size_t c = 0; c < result->cell_count; c++) {
        const size_t cell = result->cell[c].cell;
        sum += term->weight[cell] * term->value[result->class * term->cell_count + cell];
        weight += term->weight[cell];
    }
    return sum / weight;
}

static void check_rows(struct job *job, const struct made *made, const struct model *old,
                       const struct model *new, const struct edit *edit,
                       const struct edit_result *result)
{
    uint8_t *bin = NEW_ARRAY(job->arena, ROWS * old->feature_count, uint8_t);
    struct binding *binding;
    size_t changed = 0;
    const double mean = mean_before(old, result);
    must(model_bind(job, old, made->frame, &binding) == CANDOR_OK);
    binding_bin(binding, 1, bin);
    for (size_t row = 0; row < ROWS; row++) {
        const uint8_t *here = bin + row * old->feature_count;
        for (size_t class = 0; class < old->class_count; class ++) {
            const double before = model_score_bins(old, class, here);
            const double after = model_score_bins(new, class, here);
            const double expected =
                class == result->class ? expected_link(old, edit, result, here, mean) : before;
            expect(fabs(after - expected) < 1e-9, "row %zu class %zu: %g, not %g", row, class,
                   after, expected);
            changed += fabs(after - before) > 1e-9;
        }
        expect(model_score_sd(new, 0, here) >= 0, "row %zu", row);
    }
    expect(changed > 0 && changed < ROWS, "%zu rows changed", changed);
}

/* The weighted mean is 0 again, other terms are those of before, and the file can be read back. */
static void check_model(struct job *job, const struct model *old, const struct model *new,
                        const struct edit *edit, const struct edit_result *result)
{
    const struct term *term = &new->term[result->term];
    struct model *read;
    double mean = 0;
    for (size_t c = 0; c < term->cell_count; c++) {
        const size_t at = result->class * term->cell_count + c;
        const double sd = old->term[result->term].sd[at];
        mean += term->weight[c] * term->value[at];
        expect(term->sd[at] == (edit->act == EDIT_SET && is_among(result, c) ? 0 : sd), "cell %zu",
               c);
    }
    expect(fabs(mean) < 1e-9, "%g", mean);
    for (size_t t = 0; t < old->term_count; t++) {
        assert_true(t == result->term || new->term[t].value == old->term[t].value);
    }
    assert_int_equal(new->measures.rows, 0);
    assert_true(isnan(new->link_decile[0]));
    const struct bytes bytes = made_bytes(job, new);
    must(model_read(job, bytes, &read) == CANDOR_OK);
    const struct bytes again = made_bytes(job, read);
    assert_int_equal(again.len, bytes.len);
    assert_memory_equal(again.ptr, bytes.ptr, bytes.len);
}

static const struct edit example[] = {
    {.feature = {"age", 3}, .from = {"60", 2}, .act = EDIT_SET, .value = 0.25},
    {.feature = {"age", 3}, .from = {"30", 2}, .to = {"39", 2}, .act = EDIT_FLATTEN},
    {.feature = {"age", 3}, .bin = {"37", 2}, .act = EDIT_ADD, .value = -0.5},
    {.feature = {"income", 6}, .to = {"40", 2}, .act = EDIT_ADD, .value = 1},
    {.feature = {"income", 6}, .bin = {"missing", 7}, .act = EDIT_SET, .value = -2},
    {.feature = {"town", 4}, .bin = {"cork", 4}, .act = EDIT_SET, .value = 3},
};

static void rows_change_by_what_the_edit_says(void **state)
{
    (void)state;
    static const enum task task[] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT,
                                     TASK_CLASSES};
    for (size_t t = 0; t < sizeof task / sizeof task[0]; t++) {
        struct job job;
        struct made made;
        job_begin(&job, host_real());
        struct model *old = learnt(&job, &made, task[t]);
        const struct bytes before = made_bytes(&job, old);
        old->measures.rows = 10;
        for (size_t e = 0; e < sizeof example / sizeof example[0]; e++) {
            struct edit edit = example[e];
            struct model *new;
            struct edit_result result;
            edit.class_name = task[t] == TASK_CLASSES ? STR("b") : (struct str){NULL, 0};
            const enum candor_status status = model_edit(&job, old, &edit, &new, &result);
            expect(status == CANDOR_OK, "task %zu, edit %zu: %s", t, e, job.message);
            assert_int_equal(result.class, task[t] == TASK_CLASSES ? 1 : 0);
            check_rows(&job, &made, old, new, &edit, &result);
            check_model(&job, old, new, &edit, &result);
        }
        old->measures.rows = 0;
        assert_memory_equal(made_bytes(&job, old).ptr, before.ptr, before.len);
        job_end(&job);
    }
}

/* Only cells that lie wholly in the range. */
static void a_range_takes_no_cell_that_reaches_out_of_it(void **state)
{
    (void)state;
    struct job job;
    struct made made;
    struct model *new;
    struct edit_result result;
    job_begin(&job, host_real());
    const struct model *old = learnt(&job, &made, TASK_BINARY);
    const struct model_feature *income = &old->feature[1];
    const struct edit edit = {
        .feature = STR("income"), .from = STR("30"), .to = STR("60"), .act = EDIT_ADD, .value = 1};
    must(model_edit(&job, old, &edit, &new, &result) == CANDOR_OK);
    assert_true(result.cell_count > 10);
    for (size_t bin = 0; bin < income->bin_count; bin++) {
        const bool is_within = bin > 0 && income->low[bin - 1] >= 30 && income->high[bin - 1] <= 60;
        expect(is_among(&result, bin) == is_within, "bin %zu", bin);
    }
    job_end(&job);
}

static void a_range_of_an_ordinal_goes_by_its_order(void **state)
{
    (void)state;
    static const double bins[5] = {0.0, 0.2, 0.3, 0.4, 0.1};
    static const double sd[5] = {0};
    static const double value[5] = {0, -1, 0, 0.5, 0};
    static const struct str level[3] = {{"large", 5}, {"medium", 6}, {"small", 5}};
    static const uint8_t rank[3] = {2, 1, 0};
    static const struct model_feature feature = {.name = {"size", 4},
                                                 .kind = COLUMN_ORDINAL,
                                                 .value_count = 3,
                                                 .bin_count = 5,
                                                 .level = level,
                                                 .rank = rank};
    static const struct term term = {.name = {"size", 4},
                                     .feature_count = 1,
                                     .cell_count = 5,
                                     .axis_count = {5, 1},
                                     .value = value,
                                     .sd = sd,
                                     .weight = bins};
    static const double base = 0.5;
    struct job job;
    struct model *new;
    struct edit_result result;
    job_begin(&job, host_real());
    struct model old = {.task = TASK_BINARY,
                        .class_count = 1,
                        .class_base = &base,
                        .feature_count = 1,
                        .feature = &feature,
                        .term_count = 1,
                        .term = &term};
    must(model_index(&job, &old) == CANDOR_OK);
    const struct edit edit = {.feature = STR("size"),
                              .from = STR("medium"),
                              .to = STR("large"),
                              .act = EDIT_SET,
                              .value = 1};
    must(model_edit(&job, &old, &edit, &new, &result) == CANDOR_OK);
    assert_int_equal(result.cell_count, 2);
    assert_int_equal(result.cell[0].cell, 2);
    assert_int_equal(result.cell[1].cell, 3);
    /* -0.2 + 0.3 + 0.4 = 0.5 goes to the base; also cells that no row is in keep their link. */
    assert_true(fabs(new->base - 1.0) < 1e-9);
    assert_true(fabs(new->term[0].value[0] + 0.5) < 1e-9);
    assert_true(fabs(new->term[0].value[1] + 1.5) < 1e-9);
    assert_true(fabs(new->term[0].value[3] - 0.5) < 1e-9);
    job_end(&job);
}

static void what_makes_no_sense_is_refused(void **state)
{
    (void)state;
    static const struct {
        struct edit edit;
        const char *says;
    } bad[] = {
        {{.feature = {"aeg", 3}, .bin = {"37", 2}, .act = EDIT_FLATTEN}, "no feature 'aeg'"},
        {{.feature = {"age", 3}, .act = EDIT_FLATTEN}, "one cell, or a range"},
        {{.feature = {"age", 3}, .bin = {"37", 2}, .to = {"40", 2}, .act = EDIT_FLATTEN},
         "one cell, or a range"},
        {{.feature = {"age", 3}, .bin = {"137", 3}, .act = EDIT_FLATTEN}, "no cell '137'"},
        {{.feature = {"age", 3}, .from = {"200", 3}, .act = EDIT_FLATTEN}, "wholly in this range"},
        {{.feature = {"age", 3}, .from = {"50", 2}, .to = {"40", 2}, .act = EDIT_FLATTEN},
         "wholly in this range"},
        {{.feature = {"age", 3}, .from = {"old", 3}, .act = EDIT_FLATTEN}, "is a number"},
        {{.feature = {"town", 4}, .from = {"cork", 4}, .act = EDIT_FLATTEN}, "have no order"},
        {{.feature = {"town", 4}, .bin = {"paris", 5}, .act = EDIT_FLATTEN}, "no cell 'paris'"},
        {{.feature = {"age", 3}, .bin = {"37", 2}, .act = EDIT_SET, .value = (double)NAN},
         "at most"},
        {{.feature = {"age", 3}, .bin = {"37", 2}, .act = EDIT_ADD, .value = 1e10}, "at most"},
        {{.feature = {"age", 3}, .bin = {"37", 2}, .class_name = {"a", 1}, .act = EDIT_FLATTEN},
         "predicts none"},
    };
    struct job job;
    struct made made;
    struct model *new;
    struct edit_result result;
    job_begin(&job, host_real());
    const struct model *old = learnt(&job, &made, TASK_BINARY);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const enum candor_status status = model_edit(&job, old, &bad[i].edit, &new, &result);
        expect(status == CANDOR_BAD_INPUT, "%zu", i);
        expect(strstr(job.message, bad[i].says) != NULL, "%zu: %s", i, job.message);
        job_forgive(&job);
    }
    const struct model *classes = learnt(&job, &made, TASK_CLASSES);
    struct edit edit = {.feature = STR("age"), .bin = STR("37"), .act = EDIT_FLATTEN};
    assert_int_equal(model_edit(&job, classes, &edit, &new, &result), CANDOR_BAD_INPUT);
    edit.class_name = STR("d");
    assert_int_equal(model_edit(&job, classes, &edit, &new, &result), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_change_by_what_the_edit_says),
        cmocka_unit_test(a_range_takes_no_cell_that_reaches_out_of_it),
        cmocka_unit_test(a_range_of_an_ordinal_goes_by_its_order),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
