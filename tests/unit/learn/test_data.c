/*
 * test_data.c - the learner on real data, against figures that others reached on the same split.
 *
 * Data is found by CANDOR_DATA, or in ../shared/data beside the source tree; without it the test is
 * skipped. The bars: single features stay within 0.001 of an Explainable Boosting Machine without
 * interactions (InterpretML 0.7.8), and pairs do not fall behind the machine with its 3 K pairs by
 * more. Logistic regression reaches 0.9050, 0.9045 and 0.8356.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "learn.h"
#include "model.h"
#include "text.h"

#include "testing.h"

enum { COLUMNS_MAX = 64 };

struct data {
    const char *path;
    const char *split;
    const char *target;
    const char *dropped;
    double auc_single;
    double auc_pairs;
};

static const struct data data[] = {
    {"bank-marketing/bank-full.csv", "bank-marketing/split80.txt", "y", "", 0.9151, 0.9334},
    {"bank-marketing/bank-full.csv", "bank-marketing/split80.txt", "y", "duration", 0.7850, 0.8040},
    {"adult/adult.csv.gz", "adult/split80.txt", "income", "", 0.9290, 0.9300},
    {"telco-churn/telco-customer-churn.csv", "telco-churn/split80.txt", "Churn", "customerID",
     0.8440, 0.8426},
};

/* The folder of the data: this file is tests/unit/learn/test_data.c of the tree. */
static struct str data_folder(struct arena *arena)
{
    const char *given = getenv("CANDOR_DATA"); /* NOLINT(concurrency-mt-unsafe): one thread */
    if (given != NULL) {
        return str_of(given);
    }
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("tests/unit/learn/test_data.c");
    must(str_ends(here, inside));
    return path_join(arena, str_slice(here, 0, here.len - inside.len), STR("../shared/data"));
}

static void read_frame(struct job *job, struct str path, struct frame **frame)
{
    struct csv *csv;
    struct csv_row row;
    struct text_column *column[COLUMNS_MAX];
    size_t rows = 0;
    must(csv_open(job, path, NULL, &csv) == CANDOR_OK);
    const struct csv_row *header = csv_header(csv);
    must(header->field_count <= COLUMNS_MAX);
    for (size_t i = 0; i < header->field_count; i++) {
        must(text_column_begin(job, header->field[i], 0, 0, &column[i]) == CANDOR_OK);
    }
    while (csv_next(job, csv, &row) == CANDOR_OK) {
        must(row.field_count == header->field_count);
        for (size_t i = 0; i < row.field_count; i++) {
            must(text_column_add(job, column[i], row.field[i]) == CANDOR_OK);
        }
        rows++;
    }
    must(frame_begin(job, rows, header->field_count, frame) == CANDOR_OK);
    for (size_t i = 0; i < header->field_count; i++) {
        must(text_column_end(job, column[i], *frame) == CANDOR_OK);
    }
    csv_close(csv);
}

/* One 0 (train) or 1 (test) per row. */
static bool *read_split(struct job *job, struct str path, size_t row_count, bool wanted)
{
    struct bytes content;
    bool *keep = arena_try(job->arena, row_count, sizeof *keep);
    must(file_read(job, path, 4 * row_count, &content) == CANDOR_OK);
    size_t row = 0;
    for (size_t i = 0; i < content.len; i++) {
        if (content.ptr[i] == '0' || content.ptr[i] == '1') {
            must(row < row_count);
            keep[row] = (content.ptr[i] == '1') == wanted;
            row++;
        }
    }
    must(row == row_count);
    return keep;
}

struct split {
    struct frame *frame;
    struct target target;
};

static struct split split_of(struct job *job, const struct frame *frame,
                             const struct target *target, const bool *keep)
{
    struct split split;
    must(frame_take(job, frame, keep, &split.frame) == CANDOR_OK);
    must(target_take(job, target, frame->row_count, keep, &split.target) == CANDOR_OK);
    return split;
}

static double auc_on_test(struct job *job, const struct data *of, struct str folder,
                          unsigned pairs_max)
{
    struct frame *frame;
    struct target target;
    bool use[COLUMNS_MAX];
    read_frame(job, path_join(job->arena, folder, str_of(of->path)), &frame);
    must(target_of_column(job, frame, str_of(of->target), STR(""), 0, &target) == CANDOR_OK);
    for (size_t i = 0; i < frame->column_count; i++) {
        const struct str name = frame->column[i].name;
        use[i] = !str_is(name, of->target) && !str_is(name, of->dropped);
    }
    const struct str split = path_join(job->arena, folder, str_of(of->split));
    const struct split train =
        split_of(job, frame, &target, read_split(job, split, frame->row_count, false));
    const struct split test =
        split_of(job, frame, &target, read_split(job, split, frame->row_count, true));

    struct model *model;
    struct binding *binding;
    struct measures measures;
    const struct fit_options options = {.use = use, .pairs_max = pairs_max};
    double *mean = arena_try(job->arena, test.frame->row_count, sizeof *mean);
    must(fit_additive(job, train.frame, &train.target, &options, &model) == CANDOR_OK);
    must(model_bind(job, model, test.frame, &binding) == CANDOR_OK);
    binding_score(binding, 0, NULL, mean);
    must(measure(job, &test.target, mean, test.frame->row_count, &measures) == CANDOR_OK);
    return measures.auc;
}

/* Every row of the table, or a skip when the data is not there. */
static void every_row_reaches(bool with_pairs)
{
    for (size_t i = 0; i < sizeof data / sizeof data[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str folder = data_folder(job.arena);
        if (!file_exists(&job, path_join(job.arena, folder, str_of(data[i].path)))) {
            print_message("skipped: no %s; set CANDOR_DATA to the folder of the data\n",
                          data[i].path);
            job_end(&job);
            skip();
        }
        const double auc = auc_on_test(&job, &data[i], folder, with_pairs ? PAIRS_AUTO : 0);
        const double bar = with_pairs ? data[i].auc_pairs : data[i].auc_single;
        print_message("%s without '%s', %s: auc %.4f\n", data[i].path, data[i].dropped,
                      with_pairs ? "pairs" : "single features", auc);
        expect(auc >= bar, "row %zu: %.4f is below %.4f", i, auc, bar);
        job_end(&job);
    }
}

static void single_features_keep_up_with_boosting(void **state)
{
    (void)state;
    every_row_reaches(false);
}

static void pairs_keep_up_with_boosting(void **state)
{
    (void)state;
    every_row_reaches(true);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(single_features_keep_up_with_boosting),
        cmocka_unit_test(pairs_keep_up_with_boosting),
    };
    return cmocka_run_group_tests_name("data", test, NULL, NULL);
}
