/*
 * lookup.c - the bins of many rows of one column.
 *
 * A column of levels is looked up once a level, and then a row is one read. A column of numbers goes
 * through a finder, about 1.3 ns a number on any machine; or with AVX-512 through cuts.c, which takes
 * as long for 255 cuts and half of it for few.
 */
#include <math.h>
#include <string.h>

#include "inside.h"
#include "numeric.h"

/* Below so many rows a table costs more than it saves. A table of 4096 cells takes 8 KiB. */
enum { TABLE_FROM = 2048, TABLE_CELLS = 4096, BLOCK = 512 };

/* The bins of the levels of a category column, for a feature of either kind. */
static enum candor_status bin_codes(struct job *job, const struct model_feature *feature,
                                    const struct column *column, const bool *used, uint8_t *bin)
{
    for (size_t code = 0; code < column->level_count; code++) {
        double number = (double)NAN;
        if (feature->kind != COLUMN_NUMBER) {
            bin[code] = feature_bin(feature, (struct raw_value){.text = column->level[code]});
        } else if (str_to_double(column->level[code], &number)) {
            bin[code] = feature_bin(feature, (struct raw_value){.number = number});
        } else if (used[code]) {
            return fail(job, CANDOR_BAD_INPUT,
                        "column '%.*s' has text where the model needs numbers",
                        STR_ARG(column->name));
        }
    }
    return CANDOR_OK;
}

static enum candor_status lookup_codes(struct job *job, size_t row_count, struct lookup *lookup)
{
    const struct column *column = lookup->column;
    bool *used;
    uint8_t *bin;
    TRY_ALLOC(job, used, column->level_count + 1, bool);
    TRY_ALLOC(job, bin, column->level_count + 1, uint8_t);
    for (size_t row = 0; row < row_count; row++) {
        if (column->code[row] != CODE_MISSING) {
            used[column->code[row]] = true;
        }
    }
    TRY(bin_codes(job, lookup->feature, column, used, bin));
    lookup->bin_of_code = bin;
    return CANDOR_OK;
}

enum candor_status lookup_begin(struct job *job, const struct model_feature *feature,
                                const struct column *column, size_t row_count,
                                struct lookup *lookup)
{
    *lookup = (struct lookup){.feature = feature, .column = column};
    if (column->kind != COLUMN_NUMBER) {
        return lookup_codes(job, row_count, lookup);
    }
    if (feature->kind == COLUMN_NUMBER && feature->value_count > 0) {
        struct finder *finder = NEW(job->arena, struct finder);
        lookup->cuts = cuts_of(job->arena, feature);
        const size_t cells = row_count < TABLE_FROM ? 0 : TABLE_CELLS;
        lookup->finder = finder;
        return finder_begin(job, feature->cut + 1, feature->value_count - 1, cells, finder);
    }
    if (feature->kind != COLUMN_NUMBER) {
        double *number = NEW_ARRAY(job->arena, feature->value_count + 1, double);
        for (size_t v = 0; v < feature->value_count; v++) {
            if (!str_to_double(feature->level[v], &number[v])) {
                number[v] = (double)NAN;
            }
        }
        lookup->level_number = number;
    }
    return CANDOR_OK;
}

/* A category feature in a column that was read as numbers: the level that is the same number. */
static uint8_t bin_of_numeric_level(const struct lookup *lookup, double number)
{
    if (isnan(number)) {
        return BIN_MISSING;
    }
    size_t v = 0;
    while (v < lookup->feature->value_count && lookup->level_number[v] != number) {
        v++;
    }
    /* Past the last value is the bin of what was not seen. */
    const uint8_t *rank = v < lookup->feature->value_count ? lookup->feature->rank : NULL;
    return (uint8_t)((rank == NULL ? v : rank[v]) + 1);
}

/* The cuts of a feature are those after its first, which is below everything. */
static void bins_of_numbers(const struct lookup *lookup, const double *number, size_t count,
                            uint8_t *bin)
{
    uint16_t found[BLOCK];
    for (size_t first = 0; first < count; first += BLOCK) {
        const size_t here = count - first < BLOCK ? count - first : BLOCK;
        finder_find(lookup->finder, number + first, here, found);
        for (size_t i = 0; i < here; i++) {
            const double value = number[first + i];
            bin[first + i] = value == value ? (uint8_t)(found[i] + 1) : BIN_MISSING;
        }
    }
}

void lookup_bins(const struct lookup *lookup, size_t first, size_t count, uint8_t *bin)
{
    if (lookup->column->kind != COLUMN_NUMBER) {
        const uint32_t *code = lookup->column->code + first;
        for (size_t i = 0; i < count; i++) {
            bin[i] = code[i] == CODE_MISSING ? BIN_MISSING : lookup->bin_of_code[code[i]];
        }
        return;
    }

    const double *number = lookup->column->number + first;
    if (lookup->feature->kind != COLUMN_NUMBER) {
        for (size_t i = 0; i < count; i++) {
            bin[i] = bin_of_numeric_level(lookup, number[i]);
        }
        return;
    }
    if (lookup->feature->value_count == 0) {
        memset(bin, BIN_MISSING, count);
        return;
    }
    if (simd_level() == SIMD_AVX512) {
        cuts_bins(&lookup->cuts, number, count, bin);
    } else {
        bins_of_numbers(lookup, number, count, bin);
    }
}
