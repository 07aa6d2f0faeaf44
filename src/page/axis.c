/*
 * axis.c - where a value stands on an axis, and which values get a mark.
 *
 * Incomes, balances and durations crowd near zero and have a few values far out. On a linear axis all
 * that matters would be in the first few units, so such an axis is drawn by asinh(value / scale):
 * linear around zero, logarithmic far from it, and good for negative values and zero too.
 */
#include "page.h"

#include <math.h>

enum { CANDIDATES_MAX = 512 };

static const double crowded = 0.3; /* of the axis: nine tenths of the rows are within so little */

struct range range_of_both(struct range one, struct range other)
{
    return (struct range){fmin(one.low, other.low), fmax(one.high, other.high)};
}

struct axis axis_linear(struct range value, double from, double to)
{
    if (!(value.high > value.low)) {
        const double room = fmax(fabs(value.low) / 10, 1e-9);
        value = (struct range){value.low - room, value.low + room};
    }
    return (struct axis){.kind = AXIS_LINEAR, .value = value, .from = from, .to = to};
}

/* ---- which kind ---- */

/* The value below which the share of the weight is; skip_zero: among those that are not 0. */
static double value_at_share(const double *value, const double *weight, size_t count, double share)
{
    double all = 0;
    for (size_t i = 0; i < count; i++) {
        all += weight[i];
    }
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += weight[i];
        if (sum >= share * all) {
            return value[i];
        }
    }
    return value[count - 1];
}

/* Nine tenths of the values that are not 0 are farther from it. */
static double scale_of(const double *value, const double *weight, size_t count)
{
    double all = 0;
    double scale = HUGE_VAL;
    for (size_t i = 0; i < count; i++) {
        all += value[i] != 0 ? weight[i] : 0;
    }
    for (size_t i = 0; i < count; i++) {
        double nearer = 0;
        for (size_t k = 0; k < count; k++) {
            nearer += value[k] != 0 && fabs(value[k]) <= fabs(value[i]) ? weight[k] : 0;
        }
        if (value[i] != 0 && nearer >= all / 10) {
            scale = fmin(scale, fabs(value[i]));
        }
    }
    return scale;
}

static bool are_whole(const double *value, size_t count)
{
    bool all = true;
    for (size_t i = 0; i < count; i++) {
        all = all && value[i] == floor(value[i]);
    }
    return all;
}

struct axis axis_of_values(const double *value, const double *weight, size_t count,
                           struct range range, double from, double to)
{
    struct axis axis = axis_linear(range, from, to);
    if (count == 0) {
        return axis;
    }
    axis.is_whole = are_whole(value, count);
    const double middle =
        value_at_share(value, weight, count, 0.95) - value_at_share(value, weight, count, 0.05);
    const double scale = scale_of(value, weight, count);
    if (middle < crowded * (axis.value.high - axis.value.low) && isfinite(scale)) {
        axis.kind = AXIS_LOG;
        axis.scale = scale;
    }
    return axis;
}

/* ---- places ---- */

static double bent(const struct axis *axis, double value)
{
    return axis->kind == AXIS_LINEAR ? value : asinh(value / axis->scale);
}

double axis_at(const struct axis *axis, double value)
{
    const double low = bent(axis, axis->value.low);
    const double high = bent(axis, axis->value.high);
    return axis->from + (bent(axis, value) - low) / (high - low) * (axis->to - axis->from);
}

/* ---- marks ---- */

/* 1, 2 or 5 times a power of ten, not below least. */
static double round_step(double least)
{
    const double power = pow(10, floor(log10(least)));
    static const double round[] = {1, 2, 5, 10};
    for (size_t i = 0; i < 4; i++) {
        if (round[i] * power >= least * (1 - 1e-9)) {
            return round[i] * power;
        }
    }
    return 10 * power;
}

static size_t linear_ticks(const struct axis *axis, double gap, double tick[TICKS_MAX])
{
    const double length = axis->value.high - axis->value.low;
    const double places = fabs(axis->to - axis->from);
    const double parts = fmin(fmax(floor(places / gap), 1), TICKS_MAX - 2);
    double step = round_step(length / parts);
    step = axis->is_whole ? fmax(step, 1) : step;
    const double first = ceil(axis->value.low / step - 1e-9);
    size_t count = 0;
    while (count < TICKS_MAX && (first + (double)count) * step <= axis->value.high + step * 1e-9) {
        tick[count] = (first + (double)count) * step;
        count++;
    }
    return count;
}

static bool is_free(const struct axis *axis, double gap, const double *tick, size_t count,
                    double value)
{
    for (size_t i = 0; i < count; i++) {
        if (fabs(axis_at(axis, tick[i]) - axis_at(axis, value)) < gap) {
            return false;
        }
    }
    return true;
}

/* Zero first, then powers of ten from the largest down, then five and two times them. */
static size_t log_candidates(const struct axis *axis, double candidate[CANDIDATES_MAX])
{
    static const double round[] = {1, 5, 2};
    const double most = fmax(fabs(axis->value.low), fabs(axis->value.high));
    const int top = (int)floor(log10(most));
    const int bottom = (int)floor(log10(axis->scale));
    size_t count = 0;
    candidate[count++] = 0;
    for (size_t r = 0; r < 3; r++) {
        for (int power = top; power >= bottom && count + 2 < CANDIDATES_MAX; power--) {
            candidate[count++] = round[r] * pow(10, power);
            candidate[count++] = -round[r] * pow(10, power);
        }
    }
    return count;
}

static void put_in_order(double *tick, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        const double value = tick[i];
        size_t at = i;
        for (; at > 0 && tick[at - 1] > value; at--) {
            tick[at] = tick[at - 1];
        }
        tick[at] = value;
    }
}

size_t axis_ticks(const struct axis *axis, double gap, double tick[TICKS_MAX])
{
    if (axis->kind == AXIS_LINEAR) {
        return linear_ticks(axis, gap, tick);
    }
    double candidate[CANDIDATES_MAX];
    const size_t candidates = log_candidates(axis, candidate);
    size_t count = 0;
    for (size_t i = 0; i < candidates && count < TICKS_MAX; i++) {
        const double value = candidate[i];
        const bool is_within = value >= axis->value.low && value <= axis->value.high;
        if (is_within && is_free(axis, gap, tick, count, value)) {
            tick[count++] = value;
        }
    }
    put_in_order(tick, count);
    return count;
}

/* ---- words ---- */

/* 12500 is "12.5k": what an axis has room for. */
static struct str short_number(struct arena *arena, double size)
{
    static const struct {
        double from;
        const char *letter;
    } unit[] = {{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}};
    if (size >= 1e15 || (size > 0 && size < 1e-4)) {
        return str_format(arena, "%.3g", size);
    }
    for (size_t i = 0; i < 4; i++) {
        if (size >= unit[i].from) {
            const double divisor = i == 3 ? 1e3 : unit[i].from;
            return str_format(arena, "%.4g%s", size / divisor, unit[i].letter);
        }
    }
    return str_format(arena, "%.4g", size);
}

struct str tick_text(struct arena *arena, double value, bool is_signed)
{
    const char *sign = value < 0 ? "\xe2\x88\x92" : is_signed && value > 0 ? "+" : "";
    return str_format(arena, "%s%.*s", sign, STR_ARG(short_number(arena, fabs(value))));
}

/* What multiplies by less than a tenth divides: "÷220" is read, "×0.0045" is counted. */
struct str factor_text(struct arena *arena, double value)
{
    const bool divides = value < log(0.1);
    const double factor = divides ? exp(-value) : exp(value);
    const char *sign = divides ? "\xc3\xb7" : "\xc3\x97";
    if (factor >= 1000) {
        const double power = pow(10, floor(log10(factor)) - 1);
        return str_format(arena, "%s%.*s", sign,
                          STR_ARG(short_number(arena, round(factor / power) * power)));
    }
    if (factor >= 100) {
        return str_format(arena, "%s%.0f", sign, factor);
    }
    const bool is_near_one = fabs(value) < 0.1 && value != 0;
    return str_format(arena, is_near_one ? "%s%.3g" : "%s%.2g", sign, factor);
}

struct str text_fit(struct arena *arena, struct str text, size_t characters)
{
    size_t seen = 0;
    size_t cut = 0;
    for (size_t i = 0; i < text.len; i++) {
        const bool begins = ((unsigned char)text.ptr[i] & 0xC0U) != 0x80U;
        if (begins && seen + 1 == characters) {
            cut = i;
        }
        seen += begins ? 1 : 0;
    }
    if (seen <= characters) {
        return text;
    }
    return str_format(arena, "%.*s\xe2\x80\xa6", STR_ARG(str_trim(str_slice(text, 0, cut))));
}
