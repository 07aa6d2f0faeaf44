/*
 * test_binner.c - a table that goes by twice gets the bins of one that is kept.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"
#include "numeric.h"
#include "testing.h"

enum { ROWS = 20000, COLUMNS = 9 };

static struct str cell_of(struct arena *arena, size_t column, size_t row, struct rng *rng)
{
    static const char *const size[] = {"small", "medium", "large", "?"};
    const uint64_t draw = rng_below(rng, 1000);
    switch (column) {
    case 0:
        return str_format(arena, "%.4f", rng_normal(rng));
    case 1:
        return draw < 100 ? STR("NA") : str_format(arena, "%u", (unsigned)rng_below(rng, 300));
    case 2:
        return str_format(arena, " level %u ", (unsigned)(draw * draw / 1500));
    case 3:
        return str_of(size[draw % 4]);
    case 4:
        return str_format(arena, "20%02u-0%u-1%u %02u:30", (unsigned)draw % 20,
                          1 + (unsigned)draw % 9, (unsigned)draw % 10,
                          (unsigned)rng_below(rng, 24));
    case 5: /* numbers that turn out to be categories, late */
        return row == ROWS - 10 ? STR("C1")
                                : str_format(arena, "%u", (unsigned)rng_below(rng, 6000));
    case 6:
        return STR("");
    case 7: /* a date without a clock: its hour is no feature */
        return str_format(arena, "2020-01-%02u", 1 + (unsigned)draw % 28);
    default:
        return STR("left out");
    }
}

static const struct str *cells_of(struct job *job)
{
    struct rng rng = rng_of(5);
    struct str *cell = TRY_ARRAY(job->arena, (size_t)ROWS * COLUMNS, struct str);
    must(cell != NULL);
    for (size_t i = 0; i < (size_t)ROWS * COLUMNS; i++) {
        cell[i] = cell_of(job->arena, i % COLUMNS, i / COLUMNS, &rng);
    }
    return cell;
}

static const struct str order[] = {{"small", 5}, {"medium", 6}, {"large", 5}};

static struct column_type type_of(size_t column)
{
    return column == 3   ? (struct column_type){TYPE_ORDINAL, order, 3}
           : column == 8 ? (struct column_type){.kind = TYPE_DROP}
                         : (struct column_type){.kind = TYPE_BY_CONTENT};
}

static void bin_kept(struct job *job, const struct str *cell, const struct bin_options *options,
                     struct binned *binned)
{
    struct frame *frame;
    must(frame_begin(job, ROWS, (size_t)COLUMNS * COLUMNS_OF_TEXT_MAX, &frame) == CANDOR_OK);
    for (size_t c = 0; c < COLUMNS; c++) {
        struct text_column *column;
        const struct column_type type = type_of(c);
        const struct str name = str_format(job->arena, "column %zu", c);
        must(text_column_begin_as(job, name, &type, &column) == CANDOR_OK);
        for (size_t row = 0; row < ROWS; row++) {
            must(text_column_add(job, column, cell[row * COLUMNS + c]) == CANDOR_OK);
        }
        must(text_column_end(job, column, frame) == CANDOR_OK);
    }
    must(binned_of_frame(job, frame, options, binned) == CANDOR_OK);
}

static void begin(struct job *job, const struct bin_options *options, struct binner **binner)
{
    struct binner_column column[COLUMNS];
    for (size_t c = 0; c < COLUMNS; c++) {
        column[c] = (struct binner_column){str_format(job->arena, "column %zu", c), type_of(c)};
    }
    must(binner_begin(job, column, COLUMNS, options, binner) == CANDOR_OK);
}

static void bin_twice(struct job *job, const struct str *cell, const struct bin_options *options,
                      struct binned *binned)
{
    struct binner *binner;
    begin(job, options, &binner);
    for (size_t row = 0; row < ROWS; row++) {
        const bool is_counted = options->keep == NULL || options->keep[row];
        must(binner_count(job, binner, cell + row * COLUMNS, is_counted) == CANDOR_OK);
    }
    must(binner_decide(job, binner, ROWS) == CANDOR_OK);
    for (size_t row = 0; row < ROWS; row++) {
        must(binner_bin(job, binner, cell + row * COLUMNS) == CANDOR_OK);
    }
    assert_int_equal(binner_bin(job, binner, cell), CANDOR_BUSY); /* a row too many */
    must(binner_end(job, binner, binned) == CANDOR_OK);
}

static void check_same(const struct binned *left, const struct binned *right)
{
    assert_int_equal(left->feature_count, right->feature_count);
    for (size_t f = 0; f < left->feature_count; f++) {
        const struct model_feature *a = &left->feature[f];
        const struct model_feature *b = &right->feature[f];
        expect(str_equal(a->name, b->name) && a->kind == b->kind, "feature %zu", f);
        expect(a->value_count == b->value_count && a->bin_count == b->bin_count, "%.*s: %zu, %zu",
               STR_ARG(a->name), a->value_count, b->value_count);
        for (size_t v = 0; v < a->value_count; v++) {
            if (a->kind == COLUMN_NUMBER) {
                expect(a->low[v] == b->low[v] && a->high[v] == b->high[v] && a->cut[v] == b->cut[v],
                       "%.*s, value %zu", STR_ARG(a->name), v);
            } else {
                expect(str_equal(a->level[v], b->level[v]), "%.*s, level %zu", STR_ARG(a->name), v);
            }
        }
        expect(memcmp(left->bin[f], right->bin[f], ROWS) == 0, "%.*s: bins", STR_ARG(a->name));
    }
}

static void a_table_that_goes_by_twice_gets_the_same_bins(void **state)
{
    (void)state;
    static bool keep[ROWS];
    for (size_t row = 0; row < ROWS; row++) {
        keep[row] = row % 5 != 2;
    }
    const struct bin_options options[] = {
        {.threads = 1}, {.values_max = 16, .threads = 2}, {.cells_wanted = 500}, {.keep = keep}};
    struct job job;
    job_begin(&job, host_real());
    const struct str *cell = cells_of(&job);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        struct binned kept;
        struct binned twice;
        bin_kept(&job, cell, &options[i], &kept);
        bin_twice(&job, cell, &options[i], &twice);
        check_same(&kept, &twice);
        /* number, number, levels, ordinal, six parts, levels, missing, weekday + day + days */
        assert_int_equal(kept.feature_count, 15);
    }
    job_end(&job);
}

static void numbers_may_come_as_numbers(void **state)
{
    (void)state;
    struct job job;
    struct binner *binner;
    struct binned binned;
    job_begin(&job, host_real());
    const struct binner_column column = {STR("x"), {.kind = TYPE_NUMBER}};
    const struct bin_options options = {0};
    double number[3000];
    struct rng rng = rng_of(1);
    for (size_t i = 0; i < 3000; i++) {
        number[i] = i % 7 == 0 ? (double)NAN : rng_normal(&rng);
    }
    must(binner_begin(&job, &column, 1, &options, &binner) == CANDOR_OK);
    must(binner_count_numbers(&job, binner, 0, number, 1000) == CANDOR_OK);
    must(binner_count_numbers(&job, binner, 0, number + 1000, 2000) == CANDOR_OK);
    must(binner_decide(&job, binner, 3000) == CANDOR_OK);
    binner_bin_numbers(binner, 0, 0, number, 1700);
    binner_bin_numbers(binner, 0, 1700, number + 1700, 1300);
    must(binner_end(&job, binner, &binned) == CANDOR_OK);
    for (size_t i = 0; i < 3000; i++) {
        const struct raw_value value = {.number = number[i]};
        expect(binned.bin[0][i] == feature_bin(&binned.feature[0], value), "row %zu", i);
    }
    job_end(&job);
}

/* More different texts than are counted: those that are frequent stay, with their bins. */
static void frequent_levels_are_found_among_many(void **state)
{
    (void)state;
    enum { MANY = 300000 };
    struct job job;
    struct binner *binner;
    struct binned binned;
    struct column_remark *remark;
    size_t remarks = 0;
    job_begin(&job, host_real());
    const struct binner_column column = {STR("id"), {.kind = TYPE_BY_CONTENT}};
    const struct bin_options options = {0};
    must(binner_begin(&job, &column, 1, &options, &binner) == CANDOR_OK);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t row = 0; row < MANY; row++) {
            char text[32];
            const int len = row % 50 == 0 ? snprintf(text, sizeof text, "often %zu", row / 50 % 20)
                                          : snprintf(text, sizeof text, "once %zu", row);
            const struct str cell = {text, (size_t)len};
            must((pass == 0 ? binner_count(&job, binner, &cell, true)
                            : binner_bin(&job, binner, &cell)) == CANDOR_OK);
        }
        if (pass == 0) {
            must(binner_decide(&job, binner, MANY) == CANDOR_OK);
        }
    }
    must(binner_end(&job, binner, &binned) == CANDOR_OK);
    size_t often = 0;
    for (size_t v = 0; v < binned.feature[0].value_count; v++) {
        often += str_starts(binned.feature[0].level[v], STR("often"));
    }
    assert_int_equal(often, 20);
    must(binner_remarks(&job, binner, &remark, &remarks) == CANDOR_OK);
    assert_int_equal(remarks, 2);
    assert_int_equal(remark[0].what, REMARK_IDENTIFIER);
    assert_true(remark[1].what == REMARK_APPROXIMATE && remark[1].error <= 2.0 / 131072);
    job_end(&job);
}

static void a_table_that_changed_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct binner *binner;
    struct binned binned;
    job_begin(&job, host_real());
    const struct binner_column column = {STR("x"), {.kind = TYPE_BY_CONTENT}};
    const struct bin_options options = {0};
    const struct str one = STR("1");
    const struct str text = STR("text");
    must(binner_begin(&job, &column, 1, &options, &binner) == CANDOR_OK);
    must(binner_count(&job, binner, &one, true) == CANDOR_OK);
    must(binner_count(&job, binner, &one, true) == CANDOR_OK);
    must(binner_decide(&job, binner, 2) == CANDOR_OK);
    assert_int_equal(binner_bin(&job, binner, &text), CANDOR_BUSY);
    must(binner_bin(&job, binner, &one) == CANDOR_OK);
    assert_int_equal(binner_end(&job, binner, &binned), CANDOR_BUSY); /* a row too few */

    const struct binner_column dropped = {STR("x"), {.kind = TYPE_DROP}};
    must(binner_begin(&job, &dropped, 1, &options, &binner) == CANDOR_OK);
    assert_int_equal(binner_decide(&job, binner, 2), CANDOR_BAD_INPUT);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_table_that_goes_by_twice_gets_the_same_bins),
        cmocka_unit_test(numbers_may_come_as_numbers),
        cmocka_unit_test(frequent_levels_are_found_among_many),
        cmocka_unit_test(a_table_that_changed_is_refused),
    };
    return cmocka_run_group_tests_name("binner", test, NULL, NULL);
}
