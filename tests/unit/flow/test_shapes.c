/*
 * test_shapes.c - the pages about models: sound for every task, escaped, of nobody's network; the one
 * of shapes is in tests/golden/shapes.html, to be read and reviewed.
 *
 *     tests/test_flow_shapes --update    write the golden page anew (in the build folder)
 */
#include "chart.h"
#include "made_model.h"
#include "markup.h"
#include "review.h"
#include "shapes.h"

#include <stdio.h>
#include <string.h>

enum { PAGES = 3 };

static const char evil[] = "<script>\"'&x</style></title></svg><!--";
static const char evil_escaped[] = "&lt;script&gt;&quot;";

static const enum task every_task[] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT,
                                       TASK_CLASSES};
enum { TASKS = sizeof every_task / sizeof every_task[0] };

static struct model *model_of(struct job *job, enum task task, const char *mark)
{
    struct model *model = NEW(job->arena, struct model);
    make_model(job, &(struct model_maker){job->arena, mark, task}, model);
    return model;
}

/* 0: shapes, 1: card, 2: compared with a model of another seed that lacks a pair. */
static struct str page_of(struct job *job, const struct model *model, size_t kind)
{
    struct card card;
    struct digest digest = {{0}};
    must(model_card(job, model, &card) == CANDOR_OK);
    if (kind == 0) {
        return shapes_page(job, &card);
    }
    if (kind == 1) {
        return card_page(job, &card, &digest);
    }
    struct model *other = NEW(job->arena, struct model);
    struct term *term = NEW_ARRAY(job->arena, model->term_count, struct term);
    *other = *model;
    bytes_copy(term, model->term, model->term_count * sizeof *term);
    for (size_t t = 0; t < model->term_count; t++) {
        const size_t cells = term[t].cell_count * model->class_count;
        double *value = NEW_ARRAY(job->arena, cells, double);
        for (size_t i = 0; i < cells; i++) {
            value[i] = model->term[t].value[i] * 1.5 + 0.1;
        }
        term[t].value = value;
    }
    other->term = term;
    other->term_count--;
    struct versus versus = {.model = {model, other},
                            .name = {model->target, model->target},
                            .row_count = 100,
                            .auc = {0.7, 0.8},
                            .auc_low = 0.05,
                            .auc_high = 0.15,
                            .loss = {0.5, 0.4},
                            .loss_low = -0.2,
                            .loss_high = -0.05,
                            .changed = 0.1,
                            .changed_low = 0.05,
                            .changed_high = 0.2};
    struct term_difference *difference;
    must(model_differences(job, model, other, &difference, &versus.difference_count) == CANDOR_OK);
    versus.difference = difference;
    return versus_page(job, &versus);
}

static void every_page_of_every_task_is_sound(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        for (size_t kind = 0; kind < PAGES; kind++) {
            struct job job;
            job_begin(&job, host_real());
            char name[32];
            (void)snprintf(name, sizeof name, "task %zu, page %zu", t, kind);
            const struct str page = page_of(&job, model_of(&job, every_task[t], ""), kind);
            must_be_balanced(page, name);
            expect(str_is_utf8(page), "%s", name);
            expect(times(page, "nan") == 0, "%s", name);
            expect(times(page, "=\"inf") + times(page, "=\"-inf") == 0, "%s", name);
            expect(times(page, "<h1>") == 1, "%s", name);
            job_end(&job);
        }
    }
}

static void nothing_in_a_model_becomes_markup(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        for (size_t kind = 0; kind < PAGES; kind++) {
            struct job job;
            job_begin(&job, host_real());
            char name[32];
            (void)snprintf(name, sizeof name, "task %zu, page %zu", t, kind);
            const struct str page = page_of(&job, model_of(&job, every_task[t], evil), kind);
            must_be_balanced(page, name);
            expect(times(page, "<script") == 0 && times(page, "<!--") == 0, "%s", name);
            expect(times(page, "</style>") == 1, "%s", name);
            expect(times(page, evil_escaped) > 5, "%s", name);
            job_end(&job);
        }
    }
}

static void a_page_asks_nothing_of_the_network_and_runs_nothing(void **state)
{
    (void)state;
    static const char *const foreign[] = {"http:",  "https:",  "//",    "src=",    "href=\"h",
                                          "url(",   "@import", "<link", "<script", "<img",
                                          "onload", "<iframe", "<form", "xlink"};
    for (size_t kind = 0; kind < PAGES; kind++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str page = page_of(&job, model_of(&job, TASK_BINARY, ""), kind);
        for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
            expect(times(page, foreign[i]) == 0, "page %zu: %s", kind, foreign[i]);
        }
        expect(times(page, "default-src 'none'") == 1, "page %zu: its policy", kind);
        job_end(&job);
    }
}

static void every_term_has_its_picture_and_its_place(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct model *model = model_of(&job, TASK_BINARY, "");
    const struct str page = page_of(&job, model, 0);
    assert_int_equal(times(page, "<svg class=\"chart\""), model->term_count);
    assert_int_equal(times(page, "<article id=\"t"), model->term_count);
    assert_int_equal(times(page, "<a href=\"#t"), model->term_count);
    assert_int_equal(times(page, ">missing</text>"), 1); /* beside the steps of income */
    assert_int_equal(times(page, "<details>"), 1);       /* of the town with its 20 levels */
    const struct str classes = page_of(&job, model_of(&job, TASK_CLASSES, ""), 0);
    assert_int_equal(times(classes, "<svg class=\"chart\""), model->term_count * MODEL_CLASSES);
    job_end(&job);
}

static void a_picture_alone_is_a_file(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct model *model = model_of(&job, TASK_BINARY, evil);
    for (size_t t = 0; t < model->term_count; t++) {
        struct buf svg = buf_begin(job.arena);
        struct plot plot = {.arena = job.arena,
                            .series = {{model, &model->term[t], 0}},
                            .series_count = 1,
                            .is_alone = true};
        plot.range = series_range(&plot.series[0]);
        plot_term(&svg, &plot, model->term[t].name);
        const struct str text = buf_text(&svg);
        must_be_balanced(text, "alone");
        expect(str_starts(text, STR("<svg ")) && str_ends(text, STR("</svg>")), "term %zu", t);
        expect(times(text, "xmlns=\"http://www.w3.org/2000/svg\"") == 1, "term %zu", t);
        expect(times(text, "<style>") == 1 && times(text, "</svg>") == 1, "term %zu", t);
        expect(plot_height(&plot) > 50 && plot_height(&plot) < 1000, "term %zu", t);
    }
    job_end(&job);
}

/* A model that says nothing: one row, all weights in one cell, no height. */
static void a_model_that_says_nothing_has_a_page(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct model *model = model_of(&job, TASK_BINARY, "");
    struct term *term = NEW_ARRAY(job.arena, model->term_count, struct term);
    struct model_feature *feature =
        NEW_ARRAY(job.arena, model->feature_count, struct model_feature);
    bytes_copy(term, model->term, model->term_count * sizeof *term);
    bytes_copy(feature, model->feature, model->feature_count * sizeof *feature);
    feature[0].value_count = 0;
    feature[0].bin_count = 1;
    term[0].cell_count = 1;
    for (size_t t = 0; t < model->term_count; t++) {
        double *weight = NEW_ARRAY(job.arena, term[t].cell_count, double);
        weight[0] = 1;
        term[t].value = NEW_ARRAY(job.arena, term[t].cell_count, double);
        term[t].sd = NEW_ARRAY(job.arena, term[t].cell_count, double);
        term[t].weight = weight;
    }
    model->term = term;
    model->feature = feature;
    for (size_t kind = 0; kind < 2; kind++) {
        const struct str page = page_of(&job, model, kind);
        must_be_balanced(page, "nothing");
        expect(times(page, "nan") == 0, "page %zu", kind);
    }
    assert_true(str_contains(page_of(&job, model, 0), STR("it says nothing")));
    job_end(&job);
}

static const struct {
    size_t kind;
    enum task task;
    const char *says;
} words[] = {
    {0, TASK_BINARY, "+0.7 doubles the odds"},
    {0, TASK_REGRESSION, "in its own unit"},
    {0, TASK_COUNT, "+0.7 doubles it"},
    {0, TASK_CLASSES, "There is one picture per class"},
    {0, TASK_BINARY, "12,345"},
    {1, TASK_BINARY, "0.7929 to 0.8321"},
    {1, TASK_BINARY, "expected calibration error"},
    {1, TASK_CLASSES, "mean of each class against the rest"},
    {1, TASK_COUNT, "Mean deviance"},
    {1, TASK_REGRESSION, "1.304 to 1.696"},
    {1, TASK_BINARY, "Approved bea"},
    {1, TASK_BINARY, "Constraint income"},
    {2, TASK_BINARY, "B is better on these rows"},
    {2, TASK_BINARY, "Only A has it."},
    {2, TASK_BINARY, "10.00 % of them are decided otherwise"},
};

static void pages_say_what_is_so(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str page = page_of(&job, model_of(&job, words[i].task, ""), words[i].kind);
        expect(str_contains(page, str_of(words[i].says)), "row %zu does not say '%s'", i,
               words[i].says);
        job_end(&job);
    }
}

static void large_measures_are_written_without_powers_of_ten(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct model *model = model_of(&job, TASK_REGRESSION, "");
    model->measures.rmse = 12500;
    model->measures.sd.rmse = 1000;
    const struct str page = page_of(&job, model, 1);
    expect(str_contains(page, STR("<td>12.5k</td><td>10.54k to 14.46k</td>")), "no thousands");
    job_end(&job);
}

static void the_page_is_the_golden_one(void **state)
{
    const bool *update = *state;
    struct job job;
    job_begin(&job, host_real());
    must_be_golden(&job, page_of(&job, model_of(&job, TASK_BINARY, ""), 0), "shapes.html", *update);
    job_end(&job);
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_page_of_every_task_is_sound),
        cmocka_unit_test(nothing_in_a_model_becomes_markup),
        cmocka_unit_test(a_page_asks_nothing_of_the_network_and_runs_nothing),
        cmocka_unit_test(every_term_has_its_picture_and_its_place),
        cmocka_unit_test(a_picture_alone_is_a_file),
        cmocka_unit_test(a_model_that_says_nothing_has_a_page),
        cmocka_unit_test(pages_say_what_is_so),
        cmocka_unit_test(large_measures_are_written_without_powers_of_ten),
        cmocka_unit_test_prestate(the_page_is_the_golden_one, &update),
    };
    return cmocka_run_group_tests_name("shapes", test, NULL, NULL);
}
