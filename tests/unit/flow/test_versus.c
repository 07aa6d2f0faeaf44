/*
 * test_versus.c - models compared and rows checked for drift, from files to answers: what is said of
 * rows is counted again from the scores of either model.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "numeric.h"

#include "testing.h"

enum { ROWS = 1500, PATH_MAX_HERE = 128 };

struct place {
    char dir[64];
    char train[PATH_MAX_HERE];
    char test[PATH_MAX_HERE];
    char moved[PATH_MAX_HERE];
    char one[PATH_MAX_HERE];
    char two[PATH_MAX_HERE];
    char page[PATH_MAX_HERE];
};

/* age and town decide; moved: everybody is older, and there is a town that nobody knew. */
static void write_rows(const char *path, uint64_t seed, bool is_moved, bool is_number)
{
    static const char *const town[] = {"arles", "bruges", "cork", "delft"};
    struct rng rng = rng_of(seed);
    FILE *file = fopen(path, "we");
    must(file != NULL);
    must(fputs("age,town,bought\n", file) >= 0);
    for (size_t row = 0; row < ROWS; row++) {
        const double age = 20 + (double)rng_below(&rng, 50);
        const size_t home = rng_below(&rng, 4);
        const double link = (age - 45) / 12 + (home == 2 ? 1.5 : -0.5);
        const bool has_bought = rng_f64(&rng) < 1 / (1 + exp(-link));
        must(fprintf(file, "%.0f,%s,", is_moved ? age + 40 : age,
                     is_moved && row % 2 == 0 ? "essen" : town[home]) > 0);
        if (is_number) {
            must(fprintf(file, "%.3f\n", link + rng_normal(&rng)) > 0);
        } else {
            must(fputs(has_bought ? "yes\n" : "no\n", file) >= 0);
        }
    }
    must(fclose(file) == 0);
}

static void fit(const char *data, const char *drop, const char *out)
{
    struct job job;
    struct candor_text report;
    job_begin(&job, host_real());
    const struct candor_fit asked = {
        .data_path = data, .target = "bought", .drop = drop, .out_path = out, .threads = 1};
    expect(candor_fit(&job, &asked, &report) == CANDOR_OK, "%s", job.message);
    job_end(&job);
}

static void place_begin(struct place *place, bool is_number)
{
    /* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *folder = getenv("TMPDIR");
    (void)snprintf(place->dir, sizeof place->dir, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(place->dir) != NULL);
    const struct {
        char *path;
        const char *name;
    } file[] = {{place->train, "train.csv"}, {place->test, "test.csv"}, {place->moved, "moved.csv"},
                {place->one, "one.model"},   {place->two, "two.model"}, {place->page, "page.html"}};
    for (size_t i = 0; i < sizeof file / sizeof file[0]; i++) {
        (void)snprintf(file[i].path, PATH_MAX_HERE, "%s/%s", place->dir, file[i].name);
    }
    write_rows(place->train, 1, false, is_number);
    write_rows(place->test, 2, false, is_number);
    write_rows(place->moved, 3, true, is_number);
    fit(place->train, NULL, place->one);
    fit(place->train, "town", place->two);
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *at)
{
    (void)about;
    (void)kind;
    (void)at;
    return remove(path);
}

static void place_end(const struct place *place)
{
    /* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    must(nftw(place->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

/* ---- answers ------------------------------------------------------------------------------- */

static const struct value *read_answer(struct job *job, const struct candor_text *report)
{
    const struct value *root = NULL;
    const struct bytes bytes = {(const uint8_t *)report->ptr, report->len};
    expect(json_read(job, bytes, NULL, "the answer", &root) == CANDOR_OK, "%s", job->message);
    return root;
}

static double number_in(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    must(value != NULL && value->kind == VALUE_NUMBER);
    return value->number;
}

static double number_of(const struct value *map, const char *key, size_t index)
{
    const struct value *list = value_get(map, key);
    must(list != NULL && list->kind == VALUE_LIST && index < list->count);
    must(list->item[index].kind == VALUE_NUMBER);
    return list->item[index].number;
}

static const struct value *compare(struct job *job, const struct candor_compare *asked)
{
    struct candor_text report;
    expect(candor_compare(job, asked, &report) == CANDOR_OK, "%s", job->message);
    return read_answer(job, &report);
}

static void scores_of(struct job *job, const char *model, const char *data, double *score)
{
    struct candor_text report;
    expect(candor_score(job, model, data, NULL, &report) == CANDOR_OK, "%s", job->message);
    struct str rest = {report.ptr, report.len};
    (void)str_cut(&rest, '\n');
    for (size_t row = 0; row < ROWS; row++) {
        struct str line = str_cut(&rest, '\n');
        (void)str_cut(&line, ',');
        must(str_to_double(line, &score[row]));
    }
}

static void labels_of(struct job *job, const char *data, double *label)
{
    struct bytes content;
    must(file_read(job, str_of(data), 1 << 20, &content) == CANDOR_OK);
    struct str rest = {(const char *)content.ptr, content.len};
    (void)str_cut(&rest, '\n');
    for (size_t row = 0; row < ROWS; row++) {
        const struct str line = str_cut(&rest, '\n');
        label[row] = str_ends(line, STR("yes"));
    }
}

/* ---- compare ------------------------------------------------------------------------------- */

static void a_model_is_no_better_than_itself(void **state)
{
    (void)state;
    struct place place;
    struct job job;
    place_begin(&place, false);
    job_begin(&job, host_real());
    const struct value *answer =
        compare(&job, &(struct candor_compare){place.one, place.one, place.test, "bought",
                                               place.page, NULL});
    const struct value *data = value_get(answer, "data");
    assert_true(number_in(data, "auc_difference") == 0);
    assert_true(fabs(number_of(data, "auc_difference_interval", 1)) < 1e-6);
    assert_true(number_in(data, "loss_difference") == 0);
    assert_true(number_in(data, "decisions_changed") == 0);
    const struct value *terms = value_get(answer, "terms");
    for (size_t t = 0; t < terms->count; t++) {
        expect(number_in(&terms->item[t], "difference") == 0, "term %zu", t);
    }
    assert_true(file_exists(&job, str_of(place.page)));
    job_end(&job);
    place_end(&place);
}

static void what_is_said_of_rows_is_what_the_scores_say(void **state)
{
    (void)state;
    struct place place;
    struct job job;
    double score[2][ROWS];
    double label[ROWS];
    double loss[ROWS];
    double changed = 0;
    double sum = 0;
    double squares = 0;
    place_begin(&place, false);
    job_begin(&job, host_real());
    scores_of(&job, place.one, place.test, score[0]);
    scores_of(&job, place.two, place.test, score[1]);
    labels_of(&job, place.test, label);
    for (size_t row = 0; row < ROWS; row++) {
        const double one = label[row] > 0.5 ? score[0][row] : 1 - score[0][row];
        const double two = label[row] > 0.5 ? score[1][row] : 1 - score[1][row];
        loss[row] = log(one) - log(two);
        sum += loss[row] / ROWS;
        changed += (score[0][row] >= 0.5) != (score[1][row] >= 0.5) ? 1.0 / ROWS : 0;
    }
    for (size_t row = 0; row < ROWS; row++) {
        squares += (loss[row] - sum) * (loss[row] - sum);
    }
    const double half = 1.959963984540054 * sqrt(squares / (ROWS - 1) / ROWS);
    const struct value *answer = compare(
        &job, &(struct candor_compare){place.one, place.two, place.test, "bought", NULL, NULL});
    const struct value *data = value_get(answer, "data");
    assert_true(fabs(number_in(data, "loss_difference") - sum) < 1e-9);
    assert_true(fabs(number_of(data, "loss_difference_interval", 0) - (sum - half)) < 1e-9);
    assert_true(fabs(number_of(data, "loss_difference_interval", 1) - (sum + half)) < 1e-9);
    assert_true(fabs(number_in(data, "decisions_changed") - changed) < 1e-12);
    for (size_t m = 0; m < 2; m++) {
        double auc;
        const struct predictions of = {.label = label, .score = score[m], .count = ROWS};
        must(auc_of(&job, &of, &auc) == CANDOR_OK);
        assert_true(fabs(number_of(data, "auc", m) - auc) < 1e-12);
    }
    /* Without the town it is worse, and not by chance. */
    assert_true(number_of(data, "loss_difference_interval", 0) > 0);
    assert_true(number_of(data, "auc_difference_interval", 1) < 0);
    job_end(&job);
    place_end(&place);
}

static void numbers_are_compared_by_squared_error_and_decide_nothing(void **state)
{
    (void)state;
    struct place place;
    struct job job;
    place_begin(&place, true);
    job_begin(&job, host_real());
    const struct value *answer =
        compare(&job, &(struct candor_compare){place.one, place.two, place.test, "bought",
                                               place.page, NULL});
    const struct value *data = value_get(answer, "data");
    assert_true(number_of(data, "squared_error", 0) < number_of(data, "squared_error", 1));
    assert_true(value_get(data, "decisions_changed")->kind == VALUE_NULL);
    assert_true(value_get(data, "auc")->item[0].kind == VALUE_NULL);
    job_end(&job);
    place_end(&place);
}

static void questions_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct place place;
    struct place other;
    struct job job;
    struct candor_text report;
    place_begin(&place, false);
    place_begin(&other, true);
    job_begin(&job, host_real());
    struct candor_compare asked = {place.one, place.two, place.test, NULL, NULL, NULL};
    assert_int_equal(candor_compare(&job, &asked, &report), CANDOR_BAD_INPUT);
    asked = (struct candor_compare){place.one, other.one, NULL, NULL, NULL, NULL};
    assert_int_equal(candor_compare(&job, &asked, &report), CANDOR_BAD_INPUT);
    asked = (struct candor_compare){place.one, place.two, NULL, NULL, place.one, NULL};
    assert_int_equal(candor_compare(&job, &asked, &report), CANDOR_BAD_INPUT);
    asked = (struct candor_compare){place.one, place.two, NULL, NULL, NULL, place.test};
    assert_int_equal(candor_compare(&job, &asked, &report), CANDOR_BAD_INPUT);
    asked = (struct candor_compare){place.one, place.two, place.test, "nothing", NULL, NULL};
    assert_int_equal(candor_compare(&job, &asked, &report), CANDOR_BAD_INPUT);
    job_end(&job);
    place_end(&place);
    place_end(&other);
}

/* ---- drift, shapes, card ------------------------------------------------------------------- */

static void rows_that_moved_have_drifted_and_others_have_not(void **state)
{
    (void)state;
    struct place place;
    struct job job;
    struct candor_text report;
    size_t drifted = 99;
    place_begin(&place, false);
    job_begin(&job, host_real());
    expect(candor_drift(&job, place.one, place.test, &drifted, &report) == CANDOR_OK, "%s",
           job.message);
    assert_int_equal(drifted, 0);
    expect(candor_drift(&job, place.one, place.moved, &drifted, &report) == CANDOR_OK, "%s",
           job.message);
    assert_true(drifted >= 2);
    const struct value *feature = value_get(read_answer(&job, &report), "features");
    assert_int_equal(feature->count, 2);
    assert_true(number_in(&feature->item[0], "outside") > 0.5);
    assert_true(fabs(number_of(&feature->item[1], "unseen", 1) - 0.5) < 1e-9);
    for (size_t f = 0; f < 2; f++) {
        expect(str_is(value_get(&feature->item[f], "verdict")->text, "drifted"), "feature %zu", f);
    }
    job_end(&job);
    place_end(&place);
}

static void all_cells_of_a_model_are_told(void **state)
{
    (void)state;
    struct place place;
    struct job job;
    struct candor_text report;
    place_begin(&place, false);
    job_begin(&job, host_real());
    expect(candor_shapes(&job, place.one, place.page, place.dir, &report) == CANDOR_OK, "%s",
           job.message);
    const struct value *answer = read_answer(&job, &report);
    const struct value *term = value_get(answer, "terms");
    assert_true(term->count >= 2);
    assert_true(number_in(answer, "files") == (double)term->count);
    for (size_t t = 0; t < term->count; t++) {
        const struct value *cell = value_get(&term->item[t], "cells");
        double weight = 0;
        double importance = 0;
        for (size_t c = 0; c < cell->count; c++) {
            const struct value *one = &cell->item[c];
            weight += number_in(one, "weight");
            importance += number_in(one, "weight") * fabs(number_in(one, "value"));
            expect(number_in(one, "low") <= number_in(one, "value") &&
                       number_in(one, "value") <= number_in(one, "high"),
                   "term %zu cell %zu", t, c);
        }
        expect(fabs(weight - 1) < 1e-9, "term %zu", t);
        expect(fabs(importance - number_in(&term->item[t], "importance")) < 1e-9, "term %zu", t);
    }
    assert_true(file_exists(&job, str_of(place.page)));
    assert_true(file_exists(&job, path_join(job.arena, str_of(place.dir), STR("001-age.svg"))));
    expect(candor_card(&job, place.one, place.page, &report) == CANDOR_OK, "%s", job.message);
    job_end(&job);
    place_end(&place);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_model_is_no_better_than_itself),
        cmocka_unit_test(what_is_said_of_rows_is_what_the_scores_say),
        cmocka_unit_test(numbers_are_compared_by_squared_error_and_decide_nothing),
        cmocka_unit_test(questions_that_make_no_sense_are_refused),
        cmocka_unit_test(rows_that_moved_have_drifted_and_others_have_not),
        cmocka_unit_test(all_cells_of_a_model_are_told),
    };
    return cmocka_run_group_tests_name("versus", test, NULL, NULL);
}
