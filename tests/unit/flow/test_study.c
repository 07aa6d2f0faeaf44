/*
 * test_study.c - explain and rules through the library, on models of every task with made-up tables: what
 * is told adds up, and is what the model says.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flow.h"
#include "model.h"
#include "text.h"

#include "testing.h"
#include "unit/trust/random_model.h"

enum { ROWS = 300, CLASSES = 3 };

struct study {
    struct job job;
    struct model *model;
    char folder[64];
    char model_path[128];
    char data_path[128];
};

static void write_bytes(const char *path, struct bytes content)
{
    FILE *file = fopen(path, "we");
    must(file != NULL);
    must(fwrite(content.ptr, 1, content.len, file) == content.len);
    must(fclose(file) == 0);
}

/* A table of the model's features; some cells are empty. */
static void write_data(struct study *study, struct rng *rng)
{
    const struct model *model = study->model;
    struct buf csv = buf_begin(study->job.arena);
    for (size_t f = 0; f < model->feature_count; f++) {
        buf_format(&csv, "%s%s", f == 0 ? "" : ",", random_name[f]);
    }
    for (size_t row = 0; row < ROWS; row++) {
        buf_lit(&csv, LIT("\n"));
        for (size_t f = 0; f < model->feature_count; f++) {
            const struct model_feature *feature = &model->feature[f];
            const size_t v = (size_t)rng_below(rng, feature->value_count);
            buf_lit(&csv, f == 0 ? LIT("") : LIT(","));
            if (rng_below(rng, 10) == 0) {
                continue;
            }
            if (feature->kind == COLUMN_NUMBER) {
                buf_format(&csv, "%zu", 10 * v + (size_t)rng_below(rng, 8));
            } else {
                buf_str(&csv, str_of(random_level[v]));
            }
        }
    }
    buf_lit(&csv, LIT("\n"));
    write_bytes(study->data_path, buf_all(&csv));
}

static void study_begin(struct study *study, enum task task, uint64_t seed)
{
    struct digest digest;
    struct rng rng = rng_of(seed);
    job_begin(&study->job, host_real());
    (void)snprintf(study->folder, sizeof study->folder, "/tmp/candor-study-XXXXXX");
    must(mkdtemp(study->folder) != NULL);
    (void)snprintf(study->model_path, sizeof study->model_path, "%s/m", study->folder);
    (void)snprintf(study->data_path, sizeof study->data_path, "%s/d.csv", study->folder);
    const struct random_model asked = {.task = task,
                                       .feature_count = 5,
                                       .value_max = 8,
                                       .pair_count = 3,
                                       .class_count = task == TASK_CLASSES ? CLASSES : 1};
    study->model = random_model(&study->job, &rng, &asked);
    must(model_note(&study->job, study->model, STR("protected"), STR("sex")) == CANDOR_OK);
    must(model_note(&study->job, study->model, STR("fixed"), STR("income, sex")) == CANDOR_OK);
    write_bytes(study->model_path, modelfile_write(&study->job, study->model, NULL, &digest));
    write_data(study, &rng);
}

static void study_end(struct study *study)
{
    must(unlink(study->model_path) == 0 && unlink(study->data_path) == 0);
    must(rmdir(study->folder) == 0);
    job_end(&study->job);
}

static const struct value *read_report(struct study *study, struct candor_text report)
{
    const struct value *root = NULL;
    must(json_read(&study->job, bytes_of((struct str){report.ptr, report.len}), NULL, "the report",
                   &root) == CANDOR_OK);
    return root;
}

static double number_of(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    expect(value != NULL && value->kind == VALUE_NUMBER, "%s", key);
    return value->number;
}

static void check_adds_up(const struct study *study, const struct value *report)
{
    const enum task task = study->model->task;
    const struct value *list = value_get(report, "contributions");
    const struct value *interval = value_get(report, "score_ci");
    const double link = number_of(report, "link");
    const double score = number_of(report, "score");
    double sum = number_of(report, "base");
    assert_int_equal(list->count, study->model->term_count);
    for (size_t i = 0; i < list->count; i++) {
        sum += number_of(&list->item[i], "contribution");
        assert_true(number_of(&list->item[i], "sd") >= 0);
    }
    expect(fabs(sum - link) < 1e-9, "task %d: %g, not %g", (int)task, sum, link);
    const double mean = task == TASK_BINARY       ? 1 / (1 + exp(-link))
                        : task == TASK_REGRESSION ? link
                        : task == TASK_CLASSES    ? score
                                                  : exp(link);
    expect(fabs(score - mean) < 1e-9, "task %d: %g, not %g", (int)task, score, mean);
    assert_true(interval->item[0].number < score && score < interval->item[1].number);
    assert_true(number_of(report, "score_sd") > 0 && number_of(report, "link_sd") > 0);
}

static void check_classes(const struct study *study, const struct value *report, size_t class)
{
    const struct value *chances = value_get(report, "chances");
    const struct value *links = value_get(report, "links");
    double all = 0;
    assert_int_equal(chances->count, CLASSES);
    for (size_t c = 0; c < CLASSES; c++) {
        all += exp(links->item[c].number - number_of(report, "link"));
    }
    expect(fabs(number_of(report, "score") - 1 / all) < 1e-9, "%g", 1 / all);
    expect(str_equal(value_get(report, "class")->text, study->model->class_name[class]), "%zu",
           class);
    for (size_t c = 0; c < CLASSES; c++) {
        expect(str_equal(chances->key[c], study->model->class_name[c]), "%zu", c);
    }
}

static const enum task all_tasks[] = {TASK_BINARY, TASK_REGRESSION, TASK_COUNT, TASK_AMOUNT,
                                      TASK_CLASSES};
enum { TASKS = sizeof all_tasks / sizeof all_tasks[0] };

static void what_is_explained_adds_up_for_every_task(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct study study;
        study_begin(&study, all_tasks[t], 40 + t);
        for (uint64_t row = 0; row < 30; row++) {
            struct candor_text text;
            struct candor_explain question = {
                .model_path = study.model_path, .data_path = study.data_path, .row = row};
            if (all_tasks[t] == TASK_CLASSES) {
                question.class_name = random_level[row % CLASSES];
            }
            expect(candor_explain(&study.job, &question, &text) == CANDOR_OK, "%s",
                   study.job.message);
            const struct value *report = read_report(&study, text);
            check_adds_up(&study, report);
            if (all_tasks[t] == TASK_CLASSES) {
                check_classes(&study, report, row % CLASSES);
            }
        }
        study_end(&study);
    }
}

/* income is fixed by a note, town by an option; numbers need a threshold; classes have no recourse. */
static void recourse_keeps_to_notes_and_options(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct study study;
        size_t plans = 0;
        study_begin(&study, all_tasks[t], 60 + t);
        for (uint64_t row = 0; row < 20; row++) {
            struct candor_text text;
            const struct candor_explain question = {.model_path = study.model_path,
                                                    .data_path = study.data_path,
                                                    .row = row,
                                                    .has_threshold = all_tasks[t] != TASK_BINARY,
                                                    .threshold = 0.7,
                                                    .fixed = "town,sex"};
            expect(candor_explain(&study.job, &question, &text) == CANDOR_OK, "%s",
                   study.job.message);
            const struct value *report = read_report(&study, text);
            const struct value *recourse = value_get(report, "recourse");
            const double score = number_of(report, "score");
            const double threshold = all_tasks[t] == TASK_BINARY ? 0.5 : 0.7;
            assert_true(value_get(report, "recourse_note")->text.len > 0);
            for (size_t p = 0; p < recourse->count; p++) {
                const struct value *changes = value_get(&recourse->item[p], "changes");
                const double after = number_of(&recourse->item[p], "score");
                assert_true((score >= threshold) != (after >= threshold));
                assert_in_range(changes->count, 1, 3);
                for (size_t c = 0; c < changes->count; c++) {
                    const struct str name = value_get(&changes->item[c], "feature")->text;
                    expect(!str_is(name, "income") && !str_is(name, "town"), "%.*s", STR_ARG(name));
                }
                plans++;
            }
        }
        expect((plans > 0) == (all_tasks[t] != TASK_CLASSES), "task %d: %zu plans",
               (int)all_tasks[t], plans);
        study_end(&study);
    }
}

static void rules_are_told_for_every_task(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct study study;
        struct candor_text text;
        double support = 0;
        study_begin(&study, all_tasks[t], 80 + t);
        const struct candor_rules question = {
            .model_path = study.model_path, .data_path = study.data_path, .rules = 8};
        expect(candor_rules(&study.job, &question, &text) == CANDOR_OK, "%s", study.job.message);
        const struct value *report = read_report(&study, text);
        const struct value *rules = value_get(report, "rules");
        assert_in_range(rules->count, 2, 8);
        for (size_t r = 0; r < rules->count; r++) {
            support += number_of(&rules->item[r], "support");
            assert_true(value_get(&rules->item[r], "text")->text.len > 0);
            assert_in_range(value_get(&rules->item[r], "conditions")->count, 1, 3);
        }
        assert_true(fabs(support - 1) < 1e-9);
        const struct value *fidelity = value_get(report, "fidelity");
        assert_true(number_of(fidelity, "agreement") >= number_of(fidelity, "always_the_same"));
        assert_true(number_of(fidelity, "r2") > 0);
        study_end(&study);
    }
}

/* The cells of a line of scores against what explain says of the row. */
static void check_line(struct study *study, uint64_t row, struct str line)
{
    const struct candor_explain question = {
        .model_path = study->model_path, .data_path = study->data_path, .row = row};
    struct candor_text text;
    double score = 0;
    uint64_t number = 0;
    must(str_to_uint64(str_cut(&line, ','), &number));
    assert_int_equal(number, row);
    expect(candor_explain(&study->job, &question, &text) == CANDOR_OK, "%s", study->job.message);
    const struct value *report = read_report(study, text);
    must(str_to_double(str_cut(&line, ','), &score));
    assert_true(score == number_of(report, "score"));
    if (study->model->task == TASK_CLASSES) {
        const struct value *chances = value_get(report, "chances");
        assert_true(str_equal(str_cut(&line, ','), value_get(report, "class")->text));
        for (size_t c = 0; c < CLASSES; c++) {
            must(str_to_double(str_cut(&line, ','), &score));
            assert_true(score == chances->item[c].number);
        }
    }
    assert_null(line.ptr);
}

static void scores_are_those_that_are_explained(void **state)
{
    (void)state;
    for (size_t t = 0; t < TASKS; t++) {
        struct study study;
        struct candor_text scores;
        study_begin(&study, all_tasks[t], 120 + t);
        expect(candor_score(&study.job, study.model_path, study.data_path, NULL, &scores) ==
                   CANDOR_OK,
               "%s", study.job.message);
        struct str rest = {scores.ptr, scores.len};
        assert_true(str_starts(str_cut(&rest, '\n'), STR("row,score")));
        for (uint64_t row = 0; row < ROWS; row++) {
            const struct str line = str_cut(&rest, '\n');
            if (row % 37 == 0) {
                check_line(&study, row, line);
            }
        }
        assert_int_equal(rest.len, 0);
        study_end(&study);
    }
}

/* The rows of a study so many times; and what its scores are then. */
static void lengthen(struct study *study, size_t times)
{
    struct bytes content = {0};
    struct buf many = buf_begin(study->job.arena);
    must(file_read(&study->job, str_of(study->data_path), 1 << 20, &content) == CANDOR_OK);
    struct str rows = {(const char *)content.ptr, content.len};
    buf_str(&many, str_cut(&rows, '\n'));
    buf_lit(&many, LIT("\n"));
    for (size_t i = 0; i < times; i++) {
        buf_str(&many, rows);
    }
    write_bytes(study->data_path, buf_all(&many));
}

static void check_same_scores(struct str all, struct str few, size_t times)
{
    (void)str_cut(&all, '\n');
    (void)str_cut(&few, '\n');
    for (size_t i = 0; i < times; i++) {
        struct str once = few;
        for (size_t row = 0; row < ROWS; row++) {
            struct str expected = str_cut(&once, '\n');
            struct str line = str_cut(&all, '\n');
            uint64_t number = 0;
            must(str_to_uint64(str_cut(&line, ','), &number));
            (void)str_cut(&expected, ',');
            assert_int_equal(number, i * ROWS + row);
            assert_true(str_equal(line, expected));
        }
    }
    assert_int_equal(all.len, 0);
}

/* Rows are read in blocks; where one ends is not to be seen. */
static void a_long_file_scores_as_its_parts(void **state)
{
    enum { TIMES = 300 };
    (void)state;
    struct study study;
    struct bytes content = {0};
    struct candor_text text;
    char out_path[160];
    study_begin(&study, TASK_BINARY, 7);
    expect(candor_score(&study.job, study.model_path, study.data_path, NULL, &text) == CANDOR_OK,
           "%s", study.job.message);
    const struct str few = {text.ptr, text.len};
    lengthen(&study, TIMES);
    (void)snprintf(out_path, sizeof out_path, "%s/scores.csv", study.folder);
    expect(candor_score(&study.job, study.model_path, study.data_path, out_path, &text) ==
               CANDOR_OK,
           "%s", study.job.message);
    must(file_read(&study.job, str_of(out_path), 1 << 26, &content) == CANDOR_OK);
    check_same_scores((struct str){(const char *)content.ptr, content.len}, few, TIMES);
    must(unlink(out_path) == 0);
    study_end(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_explained_adds_up_for_every_task),
        cmocka_unit_test(recourse_keeps_to_notes_and_options),
        cmocka_unit_test(rules_are_told_for_every_task),
        cmocka_unit_test(scores_are_those_that_are_explained),
        cmocka_unit_test(a_long_file_scores_as_its_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
