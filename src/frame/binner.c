/*
 * binner.c - a table larger than memory: pass one counts, pass two gives bins.
 *
 *     cells -> text_column that counts -> sketch or levels -> features
 *     cells -> numbers, BLOCK rows of a column at a time -> bins
 *
 * A date is one column of cells and several features; what it is split into is found from its packed
 * values, which are counted as a number is.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { BLOCK = 512, TABLE_CELLS = 4096, IDENTIFIER_ROWS = 50 };

/* One column of cells. */
struct source {
    struct str name;
    enum column_type_kind kind;
    struct text_column *text;
    struct text_counts counts;
    double *number;           /* numbers and dates: of the rows that wait for their bins */
    struct dictionary *level; /* else: the levels that have a bin */
    uint8_t level_bin[BINS_MAX];
    size_t first_output; /* its features */
    size_t output_count;
};

/* One feature. */
struct output {
    size_t source;
    enum date_part part; /* of dates */
    struct runs runs;
    struct finder finder;
    uint8_t *bin;
};

struct binner {
    struct bin_options options;
    struct source *source;
    size_t source_count;
    struct output *output;
    size_t output_count;
    struct model_feature *feature;
    size_t row_count;
    size_t row_at;  /* rows that have come in pass two */
    size_t waiting; /* of them, without bins so far */
};

static bool holds_numbers(const struct source *source)
{
    return source->kind == TYPE_NUMBER || source->kind == TYPE_DATE;
}

/* ---- pass one ---- */

enum candor_status binner_begin(struct job *job, const struct binner_column *column,
                                size_t column_count, const struct bin_options *options,
                                struct binner **binner)
{
    struct binner *made = NEW(job->arena, struct binner);
    made->options = *options;
    made->source_count = column_count;
    TRY_ALLOC(job, made->source, column_count + 1, struct source);
    for (size_t c = 0; c < column_count; c++) {
        struct source *source = &made->source[c];
        source->name = str_copy(job->arena, column[c].name);
        source->kind = column[c].type.kind;
        if (source->kind != TYPE_DROP) {
            TRY(text_count_begin(job, source->name, &column[c].type, &source->text));
        }
    }
    *binner = made;
    return CANDOR_OK;
}

enum candor_status binner_count(struct job *job, struct binner *binner, const struct str *cell,
                                bool is_counted)
{
    for (size_t c = 0; c < binner->source_count; c++) {
        if (binner->source[c].text != NULL) {
            TRY(text_count_add(job, binner->source[c].text, cell[c], is_counted));
        }
    }
    return CANDOR_OK;
}

enum candor_status binner_count_numbers(struct job *job, struct binner *binner, size_t column,
                                        const double *number, size_t count)
{
    must(column < binner->source_count);
    return text_count_numbers(job, binner->source[column].text, number, count);
}

/* ---- between the passes ---- */

static int by_value(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* The values of one part of the dates, with their rows. */
static enum candor_status runs_of_part(struct job *job, const struct runs *packed,
                                       enum date_part part, struct runs *runs)
{
    struct pair {
        double value;
        double rows;
    } * pair;
    size_t count = 0;
    TRY_ALLOC(job, pair, packed->count + 1, struct pair);
    for (size_t i = 0; i < packed->count; i++) {
        const double value = date_part_of(packed->value[i], part);
        if (!isnan(value)) {
            pair[count++] = (struct pair){value, packed->rows[i]};
        }
    }
    qsort(pair, count, sizeof *pair, by_value);
    *runs = (struct runs){.count = 0};
    TRY_ALLOC(job, runs->value, count + 1, double);
    TRY_ALLOC(job, runs->rows, count + 1, double);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || pair[i].value != pair[i - 1].value) {
            runs->value[runs->count++] = pair[i].value;
        }
        runs->rows[runs->count - 1] += pair[i].rows;
    }
    return CANDOR_OK;
}

static enum candor_status list_outputs(struct job *job, struct binner *binner)
{
    TRY_ALLOC(job, binner->output, binner->source_count * DATE_PARTS + 1, struct output);
    for (size_t c = 0; c < binner->source_count; c++) {
        struct source *source = &binner->source[c];
        struct runs packed = {.count = 0};
        if (source->text == NULL) {
            continue;
        }
        TRY(text_count_end(job, source->text, &source->counts));
        source->kind = source->counts.kind;
        source->first_output = binner->output_count;
        if (holds_numbers(source)) {
            TRY(sketch_runs(job, source->counts.sketch, &packed));
        }
        for (unsigned part = 0; part < (source->kind == TYPE_DATE ? DATE_PARTS : 1); part++) {
            struct output *output = &binner->output[binner->output_count];
            *output = (struct output){.source = c, .part = part, .runs = packed};
            if (source->kind == TYPE_DATE) {
                TRY(runs_of_part(job, &packed, part, &output->runs));
            }
            /* A part that never changes is no feature: as in binned_of_frame. */
            binner->output_count += source->kind != TYPE_DATE || output->runs.count > 1;
        }
        source->output_count = binner->output_count - source->first_output;
    }
    return CANDOR_OK;
}

static enum candor_status make_feature(struct job *job, const struct binner *binner, size_t i,
                                       const struct range_options *options,
                                       struct model_feature *feature)
{
    const struct output *output = &binner->output[i];
    const struct source *source = &binner->source[output->source];
    struct ranges ranges;
    struct str name = source->name;
    if (source->kind == TYPE_ORDINAL) {
        return feature_of_order(job, name, &source->counts.levels, feature);
    }
    if (!holds_numbers(source)) {
        feature_of_levels(job, name, &source->counts.levels, options->values_max, feature);
        return CANDOR_OK;
    }
    if (source->kind == TYPE_DATE) {
        name = date_part_name(job->arena, name, output->part);
    }
    TRY(ranges_of_runs(job, &output->runs, options, &ranges));
    feature_of_ranges(job, name, &ranges, feature);
    return CANDOR_OK;
}

static enum candor_status make_wanted(struct job *job, void *context,
                                      const struct feature_wish *wish,
                                      struct model_feature *feature)
{
    const struct binner *binner = context;
    for (size_t i = 0; i < binner->output_count; i++) {
        if (wish[i].wanted) {
            TRY(make_feature(job, binner, i, &wish[i].options, &feature[i]));
        }
    }
    return CANDOR_OK;
}

static enum candor_status prepare_source(struct job *job, struct binner *binner,
                                         struct source *source)
{
    if (source->text == NULL) {
        return CANDOR_OK;
    }
    if (holds_numbers(source)) {
        TRY_ALLOC(job, source->number, BLOCK, double);
        for (size_t i = 0; i < source->output_count; i++) {
            const size_t at = source->first_output + i;
            const struct model_feature *feature = &binner->feature[at];
            const size_t cuts = feature->value_count > 0 ? feature->value_count - 1 : 0;
            TRY(finder_begin(job, feature->cut + 1, cuts, TABLE_CELLS, &binner->output[at].finder));
        }
        return CANDOR_OK;
    }
    const struct model_feature *feature = &binner->feature[source->first_output];
    source->level = dictionary_begin(job->arena);
    for (size_t v = 0; v < feature->value_count; v++) {
        uint32_t code = 0;
        bool is_new = false;
        TRY(dictionary_add(job, source->level, feature->level[v], &code, &is_new));
        source->level_bin[code] =
            feature_bin(feature, (struct raw_value){.text = feature->level[v]});
    }
    return CANDOR_OK;
}

static enum candor_status check_outputs(struct job *job, const struct binner *binner)
{
    if (binner->output_count == 0) {
        return fail(job, CANDOR_BAD_INPUT, "no column is left to learn from");
    }
    if (binner->output_count > MODEL_FEATURES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns to learn from; at most %d fit",
                    binner->output_count, MODEL_FEATURES_MAX);
    }
    return CANDOR_OK;
}

enum candor_status binner_decide(struct job *job, struct binner *binner, size_t row_count)
{
    TRY(list_outputs(job, binner));
    TRY(check_outputs(job, binner));
    const struct feature_maker maker = {binner->output_count, row_count, make_wanted, binner};
    TRY(features_make(job, &maker, &binner->options, &binner->feature));
    for (size_t c = 0; c < binner->source_count; c++) {
        TRY(prepare_source(job, binner, &binner->source[c]));
    }
    for (size_t i = 0; i < binner->output_count; i++) {
        TRY_ALLOC(job, binner->output[i].bin, row_count + 1, uint8_t);
    }
    binner->row_count = row_count;
    return CANDOR_OK;
}

/* ---- pass two ---- */

static void find_bins(const struct finder *finder, const struct model_feature *feature,
                      const double *number, size_t count, uint8_t *bin)
{
    uint16_t found[BLOCK];
    finder_find(finder, number, count, found);
    for (size_t i = 0; i < count; i++) {
        const bool is_missing = isnan(number[i]) || feature->value_count == 0;
        bin[i] = is_missing ? BIN_MISSING : (uint8_t)(found[i] + 1);
    }
}

static void flush_source(struct binner *binner, const struct source *source)
{
    const size_t first = binner->row_at - binner->waiting;
    for (size_t i = 0; i < source->output_count; i++) {
        const size_t at = source->first_output + i;
        const struct output *output = &binner->output[at];
        double part[BLOCK];
        const double *number = source->number;
        if (source->kind == TYPE_DATE) {
            for (size_t row = 0; row < binner->waiting; row++) {
                part[row] = date_part_of(source->number[row], output->part);
            }
            number = part;
        }
        find_bins(&output->finder, &binner->feature[at], number, binner->waiting,
                  output->bin + first);
    }
}

static void flush(struct binner *binner)
{
    for (size_t c = 0; c < binner->source_count; c++) {
        if (binner->source[c].number != NULL) {
            flush_source(binner, &binner->source[c]);
        }
    }
    binner->waiting = 0;
}

static uint8_t bin_of_text(const struct binner *binner, const struct source *source,
                           struct str cell)
{
    const struct str text = text_of_cell(cell);
    if (text.ptr == NULL) {
        return BIN_MISSING;
    }
    const uint32_t code = dictionary_find(source->level, text);
    return code == CODE_MISSING ? (uint8_t)(binner->feature[source->first_output].bin_count - 1)
                                : source->level_bin[code];
}

static enum candor_status has_changed(struct job *job)
{
    return fail(job, CANDOR_BUSY, "the table has changed while it was read; try again");
}

enum candor_status binner_bin(struct job *job, struct binner *binner, const struct str *cell)
{
    if (binner->row_at == binner->row_count) {
        return has_changed(job);
    }
    for (size_t c = 0; c < binner->source_count; c++) {
        const struct source *source = &binner->source[c];
        if (source->text == NULL) {
            continue;
        }
        if (source->number == NULL) {
            binner->output[source->first_output].bin[binner->row_at] =
                bin_of_text(binner, source, cell[c]);
        } else if (!number_of_cell(source->kind, cell[c], &source->number[binner->waiting])) {
            return has_changed(job);
        }
    }
    binner->row_at++;
    binner->waiting++;
    if (binner->waiting == BLOCK) {
        flush(binner);
    }
    return CANDOR_OK;
}

void binner_bin_numbers(struct binner *binner, size_t column, size_t first_row,
                        const double *number, size_t count)
{
    const struct source *source = &binner->source[column];
    must(source->kind == TYPE_NUMBER);
    must(first_row <= binner->row_count && count <= binner->row_count - first_row);
    const struct output *output = &binner->output[source->first_output];
    for (size_t at = 0; at < count; at += BLOCK) {
        find_bins(&output->finder, &binner->feature[source->first_output], number + at,
                  count - at < BLOCK ? count - at : BLOCK, output->bin + first_row + at);
    }
}

enum candor_status binner_end(struct job *job, struct binner *binner, struct binned *binned)
{
    const uint8_t **bin;
    if (binner->row_at != 0 && binner->row_at != binner->row_count) {
        return has_changed(job);
    }
    flush(binner);
    TRY_ALLOC(job, bin, binner->output_count, const uint8_t *);
    for (size_t i = 0; i < binner->output_count; i++) {
        bin[i] = binner->output[i].bin;
    }
    *binned = (struct binned){binner->row_count, binner->output_count, binner->feature, bin};
    return CANDOR_OK;
}

/* ---- remarks ---- */

static bool is_identifier(uint64_t different, uint64_t rows)
{
    return rows >= IDENTIFIER_ROWS && different > rows - rows / 10;
}

enum candor_status binner_remarks(struct job *job, const struct binner *binner,
                                  struct column_remark **remark, size_t *count)
{
    *count = 0;
    TRY_ALLOC(job, *remark, 2 * binner->source_count + 1, struct column_remark);
    for (size_t c = 0; c < binner->source_count; c++) {
        const struct source *source = &binner->source[c];
        const struct text_counts *counts = &source->counts;
        uint64_t error = counts->level_error;
        if (source->text == NULL) {
            continue;
        }
        if (source->kind == TYPE_CATEGORY && is_identifier(counts->different, counts->rows)) {
            (*remark)[(*count)++] =
                (struct column_remark){.column = source->name, .what = REMARK_IDENTIFIER};
        }
        if (holds_numbers(source)) {
            error = sketch_error(counts->sketch);
        }
        if (error > 0) {
            (*remark)[(*count)++] =
                (struct column_remark){.column = source->name,
                                       .what = REMARK_APPROXIMATE,
                                       .error = (double)error / (double)counts->rows};
        }
    }
    return CANDOR_OK;
}

enum candor_status frame_remarks(struct job *job, const struct frame *frame, const bool *use,
                                 struct column_remark **remark, size_t *count)
{
    *count = 0;
    TRY_ALLOC(job, *remark, frame->column_count + 1, struct column_remark);
    for (size_t c = 0; c < frame->column_count; c++) {
        const struct column *column = &frame->column[c];
        uint64_t rows = 0;
        if ((use != NULL && !use[c]) || column->kind != COLUMN_CATEGORY) {
            continue;
        }
        for (size_t row = 0; row < frame->row_count; row++) {
            rows += column->code[row] != CODE_MISSING;
        }
        if (is_identifier(column->level_count, rows)) {
            (*remark)[(*count)++] =
                (struct column_remark){.column = column->name, .what = REMARK_IDENTIFIER};
        }
    }
    return CANDOR_OK;
}
