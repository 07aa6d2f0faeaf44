/*
 * fuzz_types.c - any bytes as a document of types and as cells of columns. A column that is kept and one that
 * goes by twice agree on the bins; a date that is read has parts within their limits.
 */
#include <math.h>
#include <string.h>

#include "bins.h"
#include "frame.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CELLS_MAX = 2000 };

static size_t cut_cells(struct str text, struct str *cell)
{
    size_t count = 0;
    while (text.ptr != NULL && count < CELLS_MAX) {
        cell[count++] = str_cut(&text, '\n');
    }
    return count;
}

static enum candor_status keep(struct job *job, const struct column_type *type,
                               const struct str *cell, size_t count, struct binned *binned)
{
    const struct bin_options options = {.threads = 1};
    struct text_column *column = NULL;
    struct frame *frame = NULL;
    TRY(text_column_begin_as(job, STR("c"), type, &column));
    for (size_t i = 0; i < count; i++) {
        TRY(text_column_add(job, column, cell[i]));
    }
    TRY(frame_begin(job, count, COLUMNS_OF_TEXT_MAX, &frame));
    TRY(text_column_end(job, column, frame));
    for (size_t c = 0; c < frame->column_count; c++) {
        if (str_is(frame->column[c].name, "c (month)")) {
            for (size_t row = 0; row < count; row++) {
                const double month = frame->column[c].number[row];
                must(isnan(month) || (month >= 1 && month <= 12));
            }
        }
    }
    return binned_of_frame(job, frame, &options, binned);
}

static enum candor_status twice(struct job *job, const struct column_type *type,
                                const struct str *cell, size_t count, struct binned *binned)
{
    const struct binner_column column = {STR("c"), *type};
    const struct bin_options options = {.threads = 1};
    struct binner *binner = NULL;
    TRY(binner_begin(job, &column, 1, &options, &binner));
    for (size_t i = 0; i < count; i++) {
        TRY(binner_count(job, binner, &cell[i], true));
    }
    TRY(binner_decide(job, binner, count));
    for (size_t i = 0; i < count; i++) {
        must(binner_bin(job, binner, &cell[i]) == CANDOR_OK);
    }
    return binner_end(job, binner, binned);
}

static void check_cells(struct job *job, const struct column_type *type, const struct str *cell,
                        size_t count)
{
    struct binned kept;
    struct binned streamed;
    const enum candor_status first = keep(job, type, cell, count, &kept);
    const enum candor_status second = twice(job, type, cell, count, &streamed);
    must(first == second);
    if (first != CANDOR_OK) {
        return;
    }
    must(kept.feature_count == streamed.feature_count);
    for (size_t f = 0; f < kept.feature_count; f++) {
        must(str_equal(kept.feature[f].name, streamed.feature[f].name));
        must(bytes_same(kept.bin[f], streamed.bin[f], count));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text_limits limits = {.size_max = 1 << 16, .count_max = 1000, .text_max = 4096};
    const struct value *types = NULL;
    struct job job;
    job_begin(&job, host_real());
    struct column_type type = {.kind = TYPE_BY_CONTENT};
    struct str text = {(const char *)data, size};
    /* Before the first form feed a document of types, after it the cells. */
    const struct str document = str_cut(&text, '\f');
    if (yaml_read(&job, bytes_of(document), &limits, "--types", &types) == CANDOR_OK &&
        types->kind == VALUE_MAP && column_type_of(&job, types, STR("c"), &type) != CANDOR_OK) {
        must(job.message[0] != '\0' && str_is_utf8(str_of(job.message)));
        type = (struct column_type){.kind = TYPE_BY_CONTENT};
    }
    if (text.ptr != NULL && str_is_utf8(text)) {
        struct str *cell = NEW_ARRAY(job.arena, CELLS_MAX, struct str);
        check_cells(&job, &type, cell, cut_cells(text, cell));
    }
    job_end(&job);
    return 0;
}
