/*
 * poison_coarse.c - columns as a few places each, so that all cells of three columns fit into a cache.
 *
 *     bin (up to 256) -> place (up to 16): 0 missing | 1 .. 15
 *
 * Neighbouring numbers share a place, a heavy one stands alone. Of levels the 14 most frequent stand
 * alone, the rest share the last place. Whoever plants enough rows to matter makes their value frequent.
 */
#include "poison.h"

enum { QUANTILES = 8, LEVELS_ALONE = POISON_PLACES - 2 };

static void place_numbers(const double *weight, size_t bin_count, uint8_t *of_bin)
{
    uint8_t place[BINS_MAX];
    if (bin_count < 2) {
        return;
    }
    const size_t places = share_out(weight + 1, bin_count - 1, QUANTILES, place);
    must(places < POISON_PLACES);
    for (size_t bin = 1; bin < bin_count; bin++) {
        of_bin[bin] = (uint8_t)(place[bin - 1] + 1);
    }
}

/* Of equally frequent levels the first one stands alone. */
static void place_levels(const double *weight, size_t bin_count, uint8_t *of_bin)
{
    for (size_t bin = 1; bin < bin_count; bin++) {
        size_t before = 0;
        for (size_t other = 1; other < bin_count; other++) {
            before += weight[other] > weight[bin] || (weight[other] >= weight[bin] && other < bin);
        }
        of_bin[bin] = (uint8_t)(before < LEVELS_ALONE ? before + 1 : POISON_PLACES - 1);
    }
}

enum candor_status coarse_of(struct job *job, const struct binned *binned, struct coarse *coarse)
{
    const size_t columns = binned->feature_count;
    if (columns > POISON_COLUMNS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu columns, at most %d are looked at", columns,
                    POISON_COLUMNS_MAX);
    }
    *coarse = (struct coarse){
        .row_count = binned->row_count, .column_count = columns, .feature = binned->feature};
    TRY_ALLOC(job, coarse->place, columns + 1, uint8_t *);
    coarse->of_bin = arena_try(job->arena, columns + 1, sizeof *coarse->of_bin);
    if (coarse->of_bin == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for the places of %zu columns", columns);
    }
    for (size_t c = 0; c < columns; c++) {
        const struct model_feature *feature = &binned->feature[c];
        double weight[BINS_MAX] = {0};
        TRY_ALLOC(job, coarse->place[c], binned->row_count + 1, uint8_t);
        for (size_t row = 0; row < binned->row_count; row++) {
            weight[binned->bin[c][row]] += 1;
        }
        if (feature->kind == COLUMN_CATEGORY) {
            place_levels(weight, feature->bin_count, coarse->of_bin[c]);
        } else {
            place_numbers(weight, feature->bin_count, coarse->of_bin[c]);
        }
        for (size_t row = 0; row < binned->row_count; row++) {
            coarse->place[c][row] = coarse->of_bin[c][binned->bin[c][row]];
        }
    }
    return CANDOR_OK;
}

bool corner_holds(const struct coarse *coarse, const struct corner *cell, size_t row)
{
    for (unsigned i = 0; i < cell->feature_count; i++) {
        if (coarse->place[cell->feature[i]][row] != cell->place[i]) {
            return false;
        }
    }
    return true;
}

/* What a place holds: one bin by its name, several numbers as a range, several levels as the others. */
static struct str place_text(struct arena *arena, const struct coarse *coarse, size_t column,
                             uint8_t place)
{
    const struct model_feature *feature = &coarse->feature[column];
    size_t first = BINS_MAX;
    size_t last = 0;
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        if (coarse->of_bin[column][bin] == place) {
            first = first == BINS_MAX ? bin : first;
            last = bin;
        }
    }
    if (first == BINS_MAX) {
        return STR("no value");
    }
    if (first == last) {
        return feature_bin_label(arena, feature, first);
    }
    if (feature->kind == COLUMN_CATEGORY) {
        return STR("one of the rarer values");
    }
    if (feature->kind == COLUMN_NUMBER) {
        return str_format(arena, "%.6g to %.6g", feature->low[first - 1], feature->high[last - 1]);
    }
    const struct str low = feature_bin_label(arena, feature, first);
    const struct str high = feature_bin_label(arena, feature, last);
    return str_format(arena, "%.*s to %.*s", STR_ARG(low), STR_ARG(high));
}

struct str corner_text(struct arena *arena, const struct coarse *coarse, const struct corner *cell)
{
    struct str text = STR("");
    for (unsigned i = 0; i < cell->feature_count; i++) {
        const struct str place = place_text(arena, coarse, cell->feature[i], cell->place[i]);
        const struct str name = coarse->feature[cell->feature[i]].name;
        text = str_format(arena, "%.*s%s%.*s: %.*s", STR_ARG(text), i > 0 ? "; " : "",
                          STR_ARG(name), STR_ARG(place));
    }
    return text;
}
