/*
 * learn_sets.c - the data sets: files, splits, folds, and two made from purchase histories.
 *
 * The files are read where they lie. Tab-separated files are cut at their tabs, since some hold stray
 * quotes; their quotes mean nothing.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench_learn.h"
#include "text.h"

enum { COLUMNS_MAX = 64, CELLS_READ_MAX = 64 };

struct str data_folder(struct arena *arena)
{
    const char *given = getenv("CANDOR_DATA"); /* NOLINT(concurrency-mt-unsafe): one thread */
    return str_copy(arena, str_of(given != NULL ? given : "../shared/data"));
}

void *memory(struct job *job, size_t count, size_t size)
{
    void *made = arena_try(job->arena, count, size);
    must(made != NULL);
    return made;
}

/* ---- reading ---- */

/* Whether a name is in a list between commas. */
static bool is_listed(const char *list, struct str name)
{
    struct str rest = str_of(list);
    while (rest.ptr != NULL) {
        if (str_equal(str_cut(&rest, ','), name)) {
            return true;
        }
    }
    return false;
}

/* A table that is being read; columns that are dropped are not. */
struct reading {
    struct text_column *column[COLUMNS_MAX]; /* NULL: dropped */
    size_t column_count;
    size_t row_count;
};

static void reading_begin(struct job *job, struct reading *reading, const struct str *name,
                          size_t count, const char *dropped)
{
    must(count <= COLUMNS_MAX);
    *reading = (struct reading){.column_count = count};
    for (size_t i = 0; i < count; i++) {
        if (!is_listed(dropped, name[i])) {
            must(text_column_begin(job, name[i], 0, 0, &reading->column[i]) == CANDOR_OK);
        }
    }
}

static void reading_add(struct job *job, struct reading *reading, const struct str *cell,
                        size_t count)
{
    must(count == reading->column_count);
    for (size_t i = 0; i < count; i++) {
        if (reading->column[i] != NULL) {
            must(text_column_add(job, reading->column[i], cell[i]) == CANDOR_OK);
        }
    }
    reading->row_count++;
}

static struct frame *reading_end(struct job *job, const struct reading *reading)
{
    struct frame *frame;
    must(frame_begin(job, reading->row_count, reading->column_count, &frame) == CANDOR_OK);
    for (size_t i = 0; i < reading->column_count; i++) {
        if (reading->column[i] != NULL) {
            must(text_column_end(job, reading->column[i], frame) == CANDOR_OK);
        }
    }
    return frame;
}

static struct frame *read_csv(struct job *job, struct str path, const char *dropped)
{
    struct csv *csv;
    struct csv_row row;
    struct reading reading;
    must(csv_open(job, path, NULL, &csv) == CANDOR_OK);
    const struct csv_row *header = csv_header(csv);
    reading_begin(job, &reading, header->field, header->field_count, dropped);
    while (csv_next(job, csv, &row) == CANDOR_OK) {
        reading_add(job, &reading, row.field, row.field_count);
    }
    csv_close(csv);
    return reading_end(job, &reading);
}

static size_t cut_cells(struct str line, struct str *cell)
{
    size_t count = 0;
    while (line.ptr != NULL) {
        must(count < CELLS_READ_MAX);
        cell[count] = str_cut(&line, '\t');
        count++;
    }
    return count;
}

/* Call each with the cells of every line, the header's first. */
struct each_line {
    void (*call)(struct job *job, void *context, size_t line, const struct str *cell, size_t count);
    void *context;
};

static void read_lines(struct job *job, struct str path, struct each_line each)
{
    struct lines *lines;
    struct str line;
    struct str cell[CELLS_READ_MAX];
    uint64_t number;
    size_t read = 0;
    must(lines_open(job, path, NULL, &lines) == CANDOR_OK);
    while (lines_next(job, lines, &line, &number) == CANDOR_OK) {
        each.call(job, each.context, read, cell, cut_cells(line, cell));
        read++;
    }
    lines_close(lines);
}

struct reading_tabs {
    struct reading reading;
    const char *dropped;
};

static void take_tabs(struct job *job, void *context, size_t line, const struct str *cell,
                      size_t count)
{
    struct reading_tabs *tabs = context;
    if (line == 0) {
        reading_begin(job, &tabs->reading, cell, count, tabs->dropped);
    } else {
        reading_add(job, &tabs->reading, cell, count);
    }
}

static struct frame *read_tabs(struct job *job, struct str path, const char *dropped)
{
    struct reading_tabs tabs = {.dropped = dropped};
    read_lines(job, path, (struct each_line){take_tabs, &tabs});
    return reading_end(job, &tabs.reading);
}

/* ---- splits ---- */

static void split_by_file(struct job *job, struct str path, struct table *table)
{
    struct bytes content;
    const size_t rows = table->all.frame->row_count;
    must(file_read(job, path, 4 * rows, &content) == CANDOR_OK);
    size_t row = 0;
    for (size_t i = 0; i < content.len; i++) {
        if (content.ptr[i] == '0' || content.ptr[i] == '1') {
            must(row < rows);
            table->is_test[row] = content.ptr[i] == '1';
            row++;
        }
    }
    must(row == rows);
}

static void split_by_column(const struct set *set, struct table *table)
{
    double wanted;
    const struct column *column = frame_find(table->all.frame, str_of(set->split_column));
    must(column != NULL && column->kind == COLUMN_NUMBER);
    must(str_to_double(str_of(set->split_value), &wanted));
    for (size_t row = 0; row < table->all.frame->row_count; row++) {
        table->is_test[row] = column->number[row] == wanted;
    }
    table->use[column - table->all.frame->column] = false;
}

void table_fold(struct job *job, struct table *table, size_t fold, size_t fold_count)
{
    const size_t rows = table->all.frame->row_count;
    const enum task task = table->all.target.task;
    const bool has_classes = task == TASK_BINARY || task == TASK_CLASSES;
    uint32_t *order = memory(job, rows, sizeof *order);
    size_t seen[CLASSES_MAX] = {0};
    struct rng rng = rng_of(SEED);
    for (uint32_t row = 0; row < rows; row++) {
        order[row] = row;
    }
    rng_shuffle(&rng, order, rows);
    for (size_t i = 0; i < rows; i++) {
        const size_t class = has_classes ? (size_t)table->all.target.value[order[i]] : 0;
        table->is_test[order[i]] = seen[class] % fold_count == fold;
        seen[class]++;
    }
}

/* A row without an outcome has nothing to teach and nothing to test. */
static struct frame *with_outcome(struct job *job, struct frame *frame, const char *target)
{
    const struct column *column = frame_find(frame, str_of(target));
    bool *keep = memory(job, frame->row_count, sizeof *keep);
    must(column != NULL);
    for (size_t row = 0; row < frame->row_count; row++) {
        keep[row] = column->kind == COLUMN_NUMBER ? !isnan(column->number[row])
                                                  : column->code[row] != CODE_MISSING;
    }
    must(frame_take(job, frame, keep, &frame) == CANDOR_OK);
    return frame;
}

static struct frame *read_frame(struct job *job, struct str folder, const struct set *set)
{
    const struct str path = path_join(job->arena, folder, str_of(set->path));
    if (set->make != NULL) {
        return set->make(job, folder);
    }
    if (str_contains(path, STR(".tsv"))) {
        return read_tabs(job, path, set->dropped);
    }
    return read_csv(job, path, set->dropped);
}

bool set_read(struct job *job, struct str folder, const struct set *set, struct table *table)
{
    const struct str path = path_join(job->arena, folder, str_of(set->path));
    if (!file_exists(job, path)) {
        (void)printf("%-28s skipped: no %s in the folder of the data\n", set->name, set->path);
        return false;
    }
    table->all.frame = read_frame(job, folder, set);
    if (set->split == NULL) { /* a split counts the rows of the file */
        table->all.frame = with_outcome(job, table->all.frame, set->target);
    }

    const struct frame *frame = table->all.frame;
    if (target_of_column(job, frame, str_of(set->target), STR(""), set->task, &table->all.target) !=
        CANDOR_OK) {
        (void)printf("%-28s not supported yet: %s\n", set->name, job->message);
        job_forgive(job);
        return false;
    }
    table->is_test = memory(job, frame->row_count, sizeof *table->is_test);
    table->use = memory(job, frame->column_count, sizeof *table->use);
    for (size_t i = 0; i < frame->column_count; i++) {
        table->use[i] = !str_is(frame->column[i].name, set->target);
    }
    if (set->split != NULL) {
        split_by_file(job, path_join(job->arena, folder, str_of(set->split)), table);
    } else if (set->split_column != NULL) {
        split_by_column(set, table);
    } else {
        table_fold(job, table, 0, 5);
    }
    return true;
}

struct rows table_take(struct job *job, const struct table *table, bool is_test)
{
    struct rows rows;
    const size_t count = table->all.frame->row_count;
    bool *keep = memory(job, count, sizeof *keep);
    for (size_t row = 0; row < count; row++) {
        keep[row] = table->is_test[row] == is_test;
    }
    must(frame_take(job, table->all.frame, keep, &rows.frame) == CANDOR_OK);
    must(target_take(job, &table->all.target, count, keep, &rows.target) == CANDOR_OK);
    return rows;
}

/* ---- purchases of customers ---- */

enum { CUSTOMERS_MAX = 30000, BOUNDARY = 19970930 };

enum purchase_column {
    PURCHASES_BEFORE,
    FIRST_DATE,
    LAST_DATE,
    ITEMS,
    DOLLARS,
    DOLLARS_EACH,
    PURCHASES_AFTER,
    PURCHASE_COLUMNS
};

/* Days since 1996-12-31, every month having 31: order and near distances are what counts. */
static double day_of(double date)
{
    const double year = floor(date / 10000);
    const double month = floor(fmod(date, 10000) / 100);
    return (year - 1997) * 372 + (month - 1) * 31 + fmod(date, 100);
}

static double cell_number(struct str cell)
{
    double number;
    must(str_to_double(str_trim(cell), &number));
    return number;
}

static void add_purchase(double *const *column, const struct str *cell)
{
    const size_t customer = (size_t)cell_number(cell[0]);
    const double date = cell_number(cell[1]);
    must(customer < CUSTOMERS_MAX);
    if (date > BOUNDARY) {
        column[PURCHASES_AFTER][customer]++;
        return;
    }
    const double day = day_of(date);
    const bool is_first = column[PURCHASES_BEFORE][customer] == 0;
    column[FIRST_DATE][customer] = is_first ? day : fmin(column[FIRST_DATE][customer], day);
    column[LAST_DATE][customer] = fmax(column[LAST_DATE][customer], day);
    column[PURCHASES_BEFORE][customer]++;
    column[ITEMS][customer] += cell_number(cell[2]);
    column[DOLLARS][customer] += cell_number(cell[3]);
    column[DOLLARS_EACH][customer] = column[DOLLARS][customer] / column[PURCHASES_BEFORE][customer];
}

struct frame *make_purchases(struct job *job, struct str folder)
{
    struct frame *frame;
    static const char *const name[PURCHASE_COLUMNS] = {
        "purchases", "first_date", "last_date", "items", "dollars", "dollars_each", "later"};
    double *column[PURCHASE_COLUMNS];
    struct csv *csv;
    struct csv_row row;
    for (size_t i = 0; i < PURCHASE_COLUMNS; i++) {
        column[i] = memory(job, CUSTOMERS_MAX, sizeof(double));
    }
    must(csv_open(job, path_join(job->arena, folder, STR("cdnow/cdnow.csv")), NULL, &csv) ==
         CANDOR_OK);
    while (csv_next(job, csv, &row) == CANDOR_OK) {
        add_purchase(column, row.field);
    }
    csv_close(csv);

    size_t count = 0;
    for (size_t customer = 0; customer < CUSTOMERS_MAX; customer++) {
        const bool is_there = column[PURCHASES_BEFORE][customer] > 0;
        for (size_t i = 0; i < PURCHASE_COLUMNS; i++) {
            column[i][count] = column[i][customer];
        }
        count += is_there;
    }
    must(frame_begin(job, count, PURCHASE_COLUMNS, &frame) == CANDOR_OK);
    for (size_t i = 0; i < PURCHASE_COLUMNS; i++) {
        must(frame_add_number_column(job, frame, str_of(name[i]), column[i]) == CANDOR_OK);
    }
    return frame;
}

/* ---- lines of baskets ---- */

/* What is known of a product: columns 2, 3 and 4 of its file. */
enum { PRODUCT_CELLS = 3 };
struct product {
    struct str cell[PRODUCT_CELLS];
};

static void take_product(struct job *job, void *context, size_t line, const struct str *cell,
                         size_t count)
{
    struct map *products = context;
    must(count >= 2 + PRODUCT_CELLS);
    struct product *product = NEW(job->arena, struct product);
    for (size_t i = 0; i < PRODUCT_CELLS; i++) {
        product->cell[i] = str_copy(job->arena, cell[2 + i]);
    }
    if (line > 0) {
        map_put(products, KEY(cell[0]), product);
    }
}

struct baskets {
    const struct map *products;
    struct reading reading;
};

/* household, store, basket, product, quantity, sales, three discounts, week, time of day */
static void take_basket(struct job *job, void *context, size_t line, const struct str *cell,
                        size_t count)
{
    static const char *const name[] = {
        "store", "quantity",   "retail_disc", "coupon_disc",      "week",
        "hour",  "department", "brand",       "product_category", "sales_value"};
    enum { COUNT = sizeof name / sizeof name[0] };
    struct baskets *baskets = context;
    struct str field[COUNT];
    must(count == 11);
    if (line == 0) {
        for (size_t i = 0; i < COUNT; i++) {
            field[i] = str_of(name[i]);
        }
        reading_begin(job, &baskets->reading, field, COUNT, "");
        return;
    }
    const struct product *product = map_get(baskets->products, KEY(cell[3]));
    if (product == NULL || cell_number(cell[5]) <= 0) {
        return;
    }
    const size_t from[] = {1, 4, 6, 7, 9};
    for (size_t i = 0; i < 5; i++) {
        field[i] = cell[from[i]];
    }
    field[5] = str_slice(cell[10], 11, 13);
    for (size_t i = 0; i < PRODUCT_CELLS; i++) {
        field[6 + i] = product->cell[i];
    }
    field[9] = cell[5];
    reading_add(job, &baskets->reading, field, COUNT);
}

struct frame *make_baskets(struct job *job, struct str folder)
{
    struct map *products = map_begin(job->arena);
    struct baskets baskets = {.products = products};
    read_lines(job, path_join(job->arena, folder, STR("retail-complete-journey/products.tsv.gz")),
               (struct each_line){take_product, products});
    read_lines(
        job,
        path_join(job->arena, folder, STR("retail-complete-journey/transactions_sample.tsv.gz")),
        (struct each_line){take_basket, &baskets});
    return reading_end(job, &baskets.reading);
}
