/*
 * test_hostile.c - groups compared in data that nobody would hand in on purpose: one group, one row, scores
 * that are no numbers, labels that are all the same, a thousand groups, weights of nothing. Whatever it is,
 * the answer is either a report or a sentence; no number in it is undefined without a reason, and what a
 * reader has to know first is named.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "candor_study.h"
#include "flow.h"
#include "numeric.h"
#include "text.h"

#include "testing.h"

enum { RUNS = 600, ROWS_MAX = 60 };

struct hostile {
    struct job job;
    char path[64];
};

static void hostile_begin(struct hostile *hostile)
{
    job_begin(&hostile->job, host_real());
    (void)snprintf(hostile->path, sizeof hostile->path, "/tmp/candor-hostile-XXXXXX");
    const int file = mkstemp(hostile->path);
    must(file >= 0);
    must(close(file) == 0);
}

static void hostile_end(struct hostile *hostile)
{
    (void)unlink(hostile->path);
    job_end(&hostile->job);
}

static void write_file(const struct hostile *hostile, struct str text)
{
    FILE *file = fopen(hostile->path, "we");
    must(file != NULL);
    must(fwrite(text.ptr, 1, text.len, file) == text.len);
    must(fclose(file) == 0);
}

static const char *one_of(struct rng *rng, const char *const *word, size_t count)
{
    return word[rng_below(rng, count)];
}

/* Each file is hostile in ways of its own: which words its columns may have is drawn first. */
static struct str random_file(struct hostile *hostile, struct rng *rng)
{
    static const char *const label[] = {"0", "1", "1", "0", "", "2", "nan"};
    static const char *const score[] = {"0.25", "0.5", "1",   "0",  "nan",
                                        "",     "NA",  "1.5", "-1", "1e308"};
    static const char *const group[] = {"a", "b", "c", "", "\"x, y\"", "\xc3\xa9", "0"};
    static const char *const weight[] = {"1", "0", "2.5", "1e50", "-1", "nan", "1e300"};
    const size_t labels = 1 + (size_t)rng_below(rng, 7);
    const size_t scores = 1 + (size_t)rng_below(rng, 10);
    const size_t groups = 1 + (size_t)rng_below(rng, 7);
    const size_t weights = 1 + (size_t)rng_below(rng, 7);
    const size_t rows = 1 + (size_t)rng_below(rng, ROWS_MAX);
    struct buf csv = buf_begin(hostile->job.arena);
    buf_lit(&csv, LIT("y,s,g,h,w\n"));
    for (size_t row = 0; row < rows; row++) {
        buf_format(&csv, "%s,%s,%s,%s,%s\n", one_of(rng, label, labels), one_of(rng, score, scores),
                   one_of(rng, group, groups), one_of(rng, group, groups),
                   one_of(rng, weight, weights));
    }
    return buf_text(&csv);
}

/* In every map of the audit: a null "value" has its reason beside it. */
static void nulls_have_reasons(const struct value *value, int run)
{
    if (value->kind != VALUE_MAP && value->kind != VALUE_LIST) {
        return;
    }
    const struct value *number = value->kind == VALUE_MAP ? value_get(value, "value") : NULL;
    expect(number == NULL || number->kind != VALUE_NULL || value_get(value, "undefined") != NULL,
           "run %d: a null without a reason", run);
    for (size_t i = 0; i < value->count; i++) {
        nulls_have_reasons(&value->item[i], run);
    }
}

static const struct value *parsed(struct hostile *hostile, const struct candor_text *text)
{
    const struct value *report = NULL;
    must(json_read(&hostile->job, bytes_of((struct str){text->ptr, text->len}), NULL, "the report",
                   &report) == CANDOR_OK);
    return report;
}

static void hostile_data_gets_a_report_or_a_sentence(void **state)
{
    struct rng rng = rng_of(61);
    size_t reports = 0;
    (void)state;
    for (int run = 0; run < RUNS; run++) {
        struct hostile hostile;
        struct candor_text report = {0};
        hostile_begin(&hostile);
        write_file(&hostile, random_file(&hostile, &rng));
        const struct candor_fairness asked = {.data_path = hostile.path,
                                              .label = "y",
                                              .score = "s",
                                              .groups = run % 3 == 0 ? "g,h" : "g",
                                              .intersect = run % 3 == 0,
                                              .threshold = 0.5,
                                              .weight = run % 4 == 0 ? "w" : NULL,
                                              .compat = run % 5 == 0   ? "aif360"
                                                        : run % 7 == 0 ? "fairlearn"
                                                                       : NULL,
                                              .limit = 0.1,
                                              .ratio_limit = 0.8,
                                              .seed = 1,
                                              .top = run % 11 == 0 ? 3 : 0,
                                              .numbers = run % 6 == 5};
        const enum candor_status status = candor_fairness(&hostile.job, &asked, &report);
        if (status == CANDOR_OK) {
            const struct value *read = parsed(&hostile, &report);
            reports++;
            nulls_have_reasons(
                asked.numbers ? value_get(read, "numbers") : value_get(read, "audit"), run);
        } else {
            expect(status == CANDOR_BAD_INPUT, "run %d: status %d", run, (int)status);
            expect(hostile.job.message[0] != '\0', "run %d: no sentence", run);
        }
        hostile_end(&hostile);
    }
    expect(reports > RUNS / 20, "%zu reports", reports);
}

static bool warns(const struct value *report, const char *part)
{
    const struct value *warnings = value_get(report, "warnings");
    for (size_t w = 0; warnings != NULL && w < warnings->count; w++) {
        const struct str text = warnings->item[w].text;
        if (memmem(text.ptr, text.len, part, strlen(part)) != NULL) {
            return true;
        }
    }
    return false;
}

/* What fairness says of rows y,s,g. */
static enum candor_status fairness_of(struct hostile *hostile, const char *rows,
                                      struct candor_text *text)
{
    hostile_begin(hostile);
    struct buf csv = buf_begin(hostile->job.arena);
    buf_lit(&csv, LIT("y,s,g\n"));
    buf_str(&csv, str_of(rows));
    write_file(hostile, buf_text(&csv));
    const struct candor_fairness asked = {.data_path = hostile->path,
                                          .label = "y",
                                          .score = "s",
                                          .groups = "g",
                                          .threshold = 0.5,
                                          .limit = 0.1,
                                          .ratio_limit = 0.8,
                                          .seed = 1};
    return candor_fairness(&hostile->job, &asked, text);
}

static void asserts_warning(const char *rows, const char *warning)
{
    struct hostile hostile;
    struct candor_text text = {0};
    assert_int_equal(fairness_of(&hostile, rows, &text), CANDOR_OK);
    expect(warns(parsed(&hostile, &text), warning), "not said: %s", warning);
    hostile_end(&hostile);
}

static void what_a_reader_must_know_first_is_named(void **state)
{
    static char many[32 * 1000];
    size_t len = 0;
    (void)state;
    for (int i = 0; i < 1000; i++) {
        len += (size_t)snprintf(many + len, sizeof many - len, "%d,0.%d,g%d\n", i % 2, i % 10, i);
    }
    asserts_warning("1,0.4,a\n", "one row only");
    asserts_warning("1,0.4,a\n0,0.3,a\n", "one group only");
    asserts_warning("1,nan,a\n0,,b\n1,0.9,a\n0,0.1,b\n", "2 of 4 rows have no score");
    asserts_warning("1,0.4,a\n1,0.9,b\n", "every label is 1");
    asserts_warning("1,0.9,a\n0,0.8,b\n", "everybody is selected");
    asserts_warning(many, "1000 groups");
    asserts_warning(many, "in 500 groups tpr is undefined");
}

/* The number in a message is the row's place in the file, also after rows without a score. */
static void asserts_refused(const char *rows, const char *sentence)
{
    struct hostile hostile;
    struct candor_text text = {0};
    assert_int_equal(fairness_of(&hostile, rows, &text), CANDOR_BAD_INPUT);
    expect(strstr(hostile.job.message, sentence) != NULL, "%s", hostile.job.message);
    hostile_end(&hostile);
}

static void a_row_is_named_by_its_place_in_the_file(void **state)
{
    (void)state;
    asserts_refused("1,,a\n0,0.2,b\n2,0.3,a\n", "row 2 of column 'y' is not 0 or 1");
    asserts_refused("1,nan,a\n1,,b\n0,0.2,b\n1,1.5,a\n", "row 3 of column 's' is not a number");
    asserts_refused("1,,a\n0,0.2,b\n,0.3,a\n", "row 2 of column 'y' is missing");
    asserts_refused("yes,0.2,a\nyes,0.3,b\n", "says 'yes' in every row");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hostile_data_gets_a_report_or_a_sentence),
        cmocka_unit_test(what_a_reader_must_know_first_is_named),
        cmocka_unit_test(a_row_is_named_by_its_place_in_the_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
