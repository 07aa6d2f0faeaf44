/*
 * plot.c - what the plots have in common: values, ranges and words.
 */
#include "chart.h"

#include "frame.h"
#include "model.h"

static const double normal_95 = 1.959963984540054;
static const struct range flat = {-0.01, 0.01}; /* of the logarithm: one part in a hundred */
static const double next_to_nothing = 0.001;
static const double share_worth_words =
    0.005; /* of the rows: rarer cells do not make the headline */

double series_value(const struct series *series, size_t cell)
{
    return series->term->value[series->class * series->term->cell_count + cell];
}

double series_sd(const struct series *series, size_t cell)
{
    return series->term->sd[series->class * series->term->cell_count + cell];
}

const struct model_feature *series_feature(const struct series *series)
{
    return &series->model->feature[series->term->feature[0]];
}

bool is_multiplied(const struct model *model)
{
    return model->task != TASK_REGRESSION;
}

/* The bands of rare values may be many times as wide as the shape is high: they are cut at the edge of
 * the picture rather than squeezing the shape flat. */
struct range series_range(const struct series *series)
{
    struct range shape = {0, 0};
    struct range band = {0, 0};
    for (size_t cell = 0; cell < series->term->cell_count; cell++) {
        const double value = series_value(series, cell);
        const double half = normal_95 * series_sd(series, cell);
        if (series->term->weight[cell] > 0) {
            shape = range_of_both(shape, (struct range){value, value});
            band = range_of_both(band, (struct range){value - half, value + half});
        }
    }
    const double room = fmax((shape.high - shape.low) * 0.6, 1e-6);
    const struct range seen = {fmax(band.low, shape.low - room),
                               fmin(band.high, shape.high + room)};
    /* What is next to nothing looks like nothing. */
    return is_multiplied(series->model) ? range_of_both(seen, flat) : seen;
}

/* ---- words ---- */

static struct str signed_text(struct arena *arena, double value)
{
    const char *sign = value < 0 ? "\xe2\x88\x92" : value > 0 ? "+" : "";
    return str_format(arena, fabs(value) >= 1000 ? "%s%.0f" : "%s%.3g", sign, fabs(value));
}

static struct str value_words(struct arena *arena, const struct model *model, double value)
{
    const struct str number = signed_text(arena, value);
    if (!is_multiplied(model)) {
        return number;
    }
    const bool is_odds = model->task == TASK_BINARY || model->task == TASK_CLASSES;
    return str_format(arena, "%.*s (%s %.*s)", STR_ARG(number), is_odds ? "odds" : "mean",
                      STR_ARG(factor_text(arena, value)));
}

struct str cell_words(struct arena *arena, const struct series *series, size_t cell)
{
    const double value = series_value(series, cell);
    const double half = normal_95 * series_sd(series, cell);
    return str_format(arena, "%.*s, 95 %% band %.*s to %.*s; %.3g %% of the rows",
                      STR_ARG(value_words(arena, series->model, value)),
                      STR_ARG(signed_text(arena, value - half)),
                      STR_ARG(signed_text(arena, value + half)), 100 * series->term->weight[cell]);
}

/* What is in one place along an axis: bins of values, and perhaps missing and other values with them. */
struct place {
    size_t bins;
    size_t heaviest;
    size_t values;
    size_t first; /* of the values */
    size_t last;
};

static struct place place_of(const struct series *series, size_t side, size_t at)
{
    const size_t index = series->term->feature[side];
    const struct model_feature *feature = &series->model->feature[index];
    const double *weight = series->model->term[index].weight;
    struct place place = {0};
    for (size_t bin = 0; bin < feature->bin_count; bin++) {
        if (series->term->axis[side][bin] != at || !(weight[bin] > 0)) {
            continue;
        }
        if (place.bins == 0 || weight[bin] > weight[place.heaviest]) {
            place.heaviest = bin;
        }
        place.bins++;
        if (bin != BIN_MISSING && bin <= feature->value_count) {
            place.first = place.values == 0 ? bin : place.first;
            place.last = bin;
            place.values++;
        }
    }
    return place;
}

struct str place_label(struct arena *arena, const struct series *series, size_t side, size_t at)
{
    const struct model_feature *feature = &series->model->feature[series->term->feature[side]];
    const struct place place = place_of(series, side, at);
    if (place.bins == 0) {
        return STR("other");
    }
    const struct str heaviest = feature_bin_label(arena, feature, place.heaviest);
    if (place.bins == 1) {
        return heaviest;
    }
    if (feature->kind == COLUMN_CATEGORY || place.values < 2) {
        return str_format(arena, "%.*s +%zu", STR_ARG(heaviest), place.bins - 1);
    }
    if (feature->kind == COLUMN_NUMBER) {
        return str_format(arena, "%.*s to %.*s",
                          STR_ARG(tick_text(arena, feature->low[place.first - 1], false)),
                          STR_ARG(tick_text(arena, feature->high[place.last - 1], false)));
    }
    return str_format(arena, "%.*s to %.*s",
                      STR_ARG(feature_bin_label(arena, feature, place.first)),
                      STR_ARG(feature_bin_label(arena, feature, place.last)));
}

/* Whole numbers as they are, others with four digits: a sentence has room, and no "k". */
static struct str number_words(struct arena *arena, double value)
{
    const bool is_large = fabs(value) >= 1e4;
    return value == floor(value) || is_large
               ? str_from_double(arena, is_large ? rint(value) : value)
               : tick_text(arena, value, false);
}

struct str bin_words(struct arena *arena, const struct model_feature *feature, size_t bin)
{
    if (feature->kind != COLUMN_NUMBER || bin == BIN_MISSING || bin > feature->value_count) {
        return feature_bin_label(arena, feature, bin);
    }
    const struct str low = number_words(arena, feature->low[bin - 1]);
    const struct str high = number_words(arena, feature->high[bin - 1]);
    return str_equal(low, high) ? low
                                : str_format(arena, "%.*s to %.*s", STR_ARG(low), STR_ARG(high));
}

static struct str cell_label(struct arena *arena, const struct series *series, size_t cell)
{
    if (series->term->feature_count == 1) {
        return bin_words(arena, series_feature(series), cell);
    }
    const size_t width = series->term->axis_count[1];
    return str_format(arena, "%.*s and %.*s", STR_ARG(place_label(arena, series, 0, cell / width)),
                      STR_ARG(place_label(arena, series, 1, cell % width)));
}

/* Cells that enough rows are in; if there are none such, all that have rows. */
static double least_weight(const struct term *term)
{
    for (size_t cell = 0; cell < term->cell_count; cell++) {
        if (term->weight[cell] >= share_worth_words) {
            return share_worth_words;
        }
    }
    return 1e-300;
}

struct str shape_words(struct arena *arena, const struct series *series)
{
    const double least = least_weight(series->term);
    size_t high = SIZE_MAX;
    size_t low = SIZE_MAX;
    for (size_t cell = 0; cell < series->term->cell_count; cell++) {
        if (!(series->term->weight[cell] >= least)) {
            continue;
        }
        const double value = series_value(series, cell);
        high = high == SIZE_MAX || value > series_value(series, high) ? cell : high;
        low = low == SIZE_MAX || value < series_value(series, low) ? cell : low;
    }
    if (high == SIZE_MAX || series_value(series, high) == series_value(series, low)) {
        return STR("The same for all rows: it says nothing.");
    }
    if (is_multiplied(series->model) &&
        series_value(series, high) - series_value(series, low) < next_to_nothing) {
        return STR("Next to nothing: its values make no difference.");
    }
    return str_format(arena, "Highest at %.*s: %.*s. Lowest at %.*s: %.*s.",
                      STR_ARG(cell_label(arena, series, high)),
                      STR_ARG(value_words(arena, series->model, series_value(series, high))),
                      STR_ARG(cell_label(arena, series, low)),
                      STR_ARG(value_words(arena, series->model, series_value(series, low))));
}

/* ---- which plot ---- */

enum { VALUES_FEW = 6 };

enum plot_kind { PLOT_STEPS, PLOT_ROWS, PLOT_HEAT };

static enum plot_kind kind_of(const struct plot *plot)
{
    bool are_numbers = true;
    bool are_few = true;
    if (plot->series[0].term->feature_count == 2) {
        return PLOT_HEAT;
    }
    for (size_t s = 0; s < plot->series_count; s++) {
        const struct model_feature *feature = series_feature(&plot->series[s]);
        are_numbers = are_numbers && feature->kind == COLUMN_NUMBER;
        are_few = are_few && feature->value_count <= VALUES_FEW;
    }
    return are_numbers && !are_few ? PLOT_STEPS : PLOT_ROWS;
}

void plot_term(struct buf *buf, const struct plot *plot, struct str title)
{
    switch (kind_of(plot)) {
    case PLOT_STEPS:
        plot_steps(buf, plot, title);
        break;
    case PLOT_ROWS:
        plot_rows(buf, plot, title);
        break;
    case PLOT_HEAT:
        plot_heat(buf, plot, title);
        break;
    }
}

double plot_height(const struct plot *plot)
{
    switch (kind_of(plot)) {
    case PLOT_STEPS:
        break;
    case PLOT_ROWS:
        return plot_rows_height(plot);
    case PLOT_HEAT:
        return plot_heat_height(plot);
    }
    return PLOT_STEPS_HEIGHT;
}
