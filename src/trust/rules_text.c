/*
 * rules_text.c - the conditions of rules in words.
 *
 * A condition is a set of bins. In words it is as short as can be and says exactly the same of the rows
 * that the rules were read from: a bin that no row is in may fall on either side. A range ends at the
 * largest value that training saw in its last bin, unless some row lies between that and the cut to the
 * next bin; then it ends below the cut.
 */
#include <math.h>

#include "trust.h"

struct wording {
    struct arena *arena;
    const struct model_feature *feature;
    const bool *holds;
    const bool *seen;
    const struct column *column;
    size_t row_count;
};

/* Some row's number is in from .. to, without the ends that are said to be out. */
static bool has_between(const struct wording *wording, double from, bool from_counts, double to)
{
    const struct column *column = wording->column;
    if (column == NULL || column->kind != COLUMN_NUMBER) {
        return true; /* not known: the exact cut is said */
    }
    for (size_t row = 0; row < wording->row_count; row++) {
        const double number = column->number[row];
        if ((from_counts ? number >= from : number > from) && number < to) {
            return true;
        }
    }
    return false;
}

static struct str level_of(const struct model_feature *feature, size_t bin)
{
    return recourse_value(feature, bin, (double)NAN).text;
}

/* The first and last bin of values that holds and that some row is in; or of all that hold. */
static bool find_range(const struct wording *wording, size_t *first, size_t *last)
{
    *first = 0;
    *last = 0;
    for (size_t b = 1; b <= wording->feature->value_count; b++) {
        if (wording->holds[b] && wording->seen[b]) {
            *first = *first == 0 ? b : *first;
            *last = b;
        }
    }
    return *first > 0;
}

/* Some row has a value before the first or behind the last. */
static bool is_seen_between(const struct wording *wording, size_t from, size_t to)
{
    for (size_t b = from; b <= to; b++) {
        if (wording->seen[b]) {
            return true;
        }
    }
    return false;
}

static enum condition_operator operator_of(const struct condition_words *words, bool has_low,
                                           bool has_high, bool is_cut)
{
    if (has_low && has_high) {
        return words->low == words->high ? CONDITION_IS
               : is_cut                  ? CONDITION_FROM_TO
                                         : CONDITION_BETWEEN;
    }
    if (has_low) {
        return CONDITION_AT_LEAST;
    }
    if (has_high) {
        return is_cut ? CONDITION_BELOW : CONDITION_AT_MOST;
    }
    return CONDITION_KNOWN;
}

static void word_ends(const struct wording *wording, size_t first, size_t last,
                      struct condition_words *words)
{
    const struct model_feature *feature = wording->feature;
    const bool has_low = is_seen_between(wording, 1, first - 1);
    const bool has_high = is_seen_between(wording, last + 1, feature->value_count);
    const double low = feature->low[first - 1];
    const double high = feature->high[last - 1];
    const double low_cut = feature->cut[first - 1];
    const double high_cut = has_high ? feature->cut[last] : (double)INFINITY;
    const bool is_cut = has_high && has_between(wording, high, false, high_cut);
    words->is_number = true;
    words->low = has_low && has_between(wording, low_cut, true, low) ? low_cut : low;
    words->high = is_cut ? high_cut : high;
    words->operator= operator_of(words, has_low, has_high, is_cut);
}

/* All levels that hold, or all that do not, of those that some row has. */
static void list_levels(const struct wording *wording, bool holding, struct condition_words *words)
{
    words->level_count = 0;
    for (size_t b = 1; b <= wording->feature->value_count; b++) {
        if (wording->seen[b] && wording->holds[b] == holding) {
            words->level[words->level_count++] = level_of(wording->feature, b);
        }
    }
}

static void word_levels(const struct wording *wording, struct condition_words *words)
{
    const struct model_feature *feature = wording->feature;
    const size_t other = feature->value_count + 1;
    const bool other_is_seen = wording->seen[other];
    words->level = NEW_ARRAY(wording->arena, feature->value_count + 1, struct str);
    list_levels(wording, false, words);
    const size_t out = words->level_count;
    list_levels(wording, true, words);
    const size_t in = words->level_count;
    const bool says_not = other_is_seen ? wording->holds[other] : in > out && out > 0;
    if (says_not) {
        list_levels(wording, false, words);
    }
    if (out == 0 && (says_not || (in > 0 && !other_is_seen))) {
        words->operator= CONDITION_KNOWN;
    } else if (!says_not && in == 0) {
        words->operator= CONDITION_MISSING;
    } else if (words->level_count == 1) {
        words->operator= says_not ? CONDITION_IS_NOT : CONDITION_IS;
    } else {
        words->operator= says_not ? CONDITION_NOT_IN : CONDITION_IN;
    }
}

struct condition_words condition_words(struct arena *arena, const struct model *model,
                                       const struct rules *rules,
                                       const struct rule_condition *condition,
                                       const struct column *column, size_t row_count)
{
    size_t first = 0;
    size_t last = 0;
    const struct wording wording = {arena,
                                    &model->feature[condition->feature],
                                    condition->holds,
                                    rules->seen[condition->feature],
                                    column,
                                    row_count};
    struct condition_words words = {.operator= CONDITION_MISSING };
    if (wording.feature->kind != COLUMN_NUMBER) {
        word_levels(&wording, &words);
    } else if (find_range(&wording, &first, &last)) {
        word_ends(&wording, first, last, &words);
    }
    words.or_missing = condition->holds[BIN_MISSING] && wording.seen[BIN_MISSING] &&
                       words.operator!= CONDITION_MISSING;
    return words;
}

const char *condition_operator_name(enum condition_operator operator)
{
    switch (operator) {
    case CONDITION_AT_LEAST:
        return ">=";
    case CONDITION_AT_MOST:
        return "<=";
    case CONDITION_BELOW:
        return "<";
    case CONDITION_BETWEEN:
        return "between";
    case CONDITION_FROM_TO:
        return "from-to";
    case CONDITION_IS:
        return "=";
    case CONDITION_IS_NOT:
        return "!=";
    case CONDITION_IN:
        return "in";
    case CONDITION_NOT_IN:
        return "not in";
    case CONDITION_MISSING:
        return "is missing";
    case CONDITION_KNOWN:
        return "is known";
    }
    return "";
}

static void put_levels(struct buf *buf, const struct condition_words *words)
{
    for (size_t l = 0; l < words->level_count; l++) {
        buf_lit(buf, l == 0 ? LIT("") : l + 1 == words->level_count ? LIT(" or ") : LIT(", "));
        buf_str(buf, words->level[l]);
    }
}

struct str condition_text(struct arena *arena, struct str feature,
                          const struct condition_words *words)
{
    struct buf buf = buf_begin(arena);
    const struct str low = words->is_number ? str_from_double(arena, words->low) : STR("");
    const struct str high = words->is_number ? str_from_double(arena, words->high) : STR("");
    buf_str(&buf, feature);
    switch (words->operator) {
    case CONDITION_AT_LEAST:
        buf_format(&buf, " >= %.*s", STR_ARG(low));
        break;
    case CONDITION_AT_MOST:
        buf_format(&buf, " <= %.*s", STR_ARG(high));
        break;
    case CONDITION_BELOW:
        buf_format(&buf, " < %.*s", STR_ARG(high));
        break;
    case CONDITION_BETWEEN:
        buf_format(&buf, " is %.*s to %.*s", STR_ARG(low), STR_ARG(high));
        break;
    case CONDITION_FROM_TO:
        buf_format(&buf, " is from %.*s to below %.*s", STR_ARG(low), STR_ARG(high));
        break;
    case CONDITION_IS:
    case CONDITION_IN:
        buf_lit(&buf, LIT(" is "));
        buf_str(&buf, low);
        put_levels(&buf, words);
        break;
    case CONDITION_IS_NOT:
    case CONDITION_NOT_IN:
        buf_lit(&buf, LIT(" is not "));
        put_levels(&buf, words);
        break;
    case CONDITION_MISSING:
        buf_lit(&buf, LIT(" is missing"));
        break;
    case CONDITION_KNOWN:
        buf_lit(&buf, words->or_missing ? LIT(" is anything") : LIT(" is known"));
        break;
    }
    if (words->or_missing) {
        buf_lit(&buf, LIT(" (or missing)"));
    }
    return buf_text(&buf);
}

struct str rule_outcome(struct arena *arena, const struct model *model, uint32_t outcome)
{
    switch (model->task) {
    case TASK_BINARY:
        if (outcome == 1) {
            return model->positive;
        }
        return model->negative.len > 0 ? model->negative
                                       : str_format(arena, "not %.*s", STR_ARG(model->positive));
    case TASK_CLASSES:
        return model->class_name[outcome];
    case TASK_REGRESSION:
    case TASK_COUNT:
    case TASK_AMOUNT:
        break;
    }
    return outcome == 1 ? STR("high") : STR("low");
}
