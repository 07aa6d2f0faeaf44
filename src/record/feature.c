/*
 * feature.c - numbers and categories computed from fields and events.
 *
 * Each feature is one walk over the events, keeping those of its kind that lie in its window
 *
 *     as_of - days  <  time  <=  as_of
 *
 * and whose property has the value asked for. Numbers are added in the order of the events, so the
 * same events give the same bits. Values that must be told apart are sorted, which keeps a subject
 * with a hundred thousand events from costing their square.
 */
#include "record.h"

#include <math.h>
#include <stdlib.h>

static struct cell missing(void)
{
    return (struct cell){.kind = CELL_MISSING};
}

static struct cell number(double value)
{
    return isfinite(value) ? (struct cell){.kind = CELL_NUMBER, .number = value} : missing();
}

/* Whole days; a time before the other by any part of a day is a day less. */
static double days_between(int64_t time, int64_t as_of)
{
    return floor(((double)as_of - (double)time) / (double)MICROS_PER_DAY);
}

/* ---- which events count -------------------------------------------------------------------- */

/* What stays the same over the events of one walk. */
struct filter {
    const struct feature *feature;
    int64_t after; /* events at or before this do not count */
    int64_t as_of;
    bool has_equals;
    struct cell equals;
};

static struct filter filter_of(const struct inventory *inventory, const struct feature *feature,
                               int64_t as_of)
{
    struct filter filter = {.feature = feature, .after = INT64_MIN, .as_of = as_of};
    const int64_t window = (int64_t)feature->days * MICROS_PER_DAY;
    if (feature->days != 0 && as_of > INT64_MIN + window) {
        filter.after = as_of - window;
    }
    if (feature->equals.len != 0) {
        const struct event_kind *kind = &inventory->event_kind[feature->event_kind];
        filter.has_equals = true;
        /* The inventory was read with this text accepted; a date may lie ahead of any now. */
        must(cell_read(&kind->property[feature->equals_property], feature->equals, INT64_MAX,
                       &filter.equals) == CELL_FINE);
    }
    return filter;
}

static bool filter_keeps(const struct filter *filter, const struct event *event)
{
    const struct feature *feature = filter->feature;
    if (event->kind != feature->event_kind || event->time > filter->as_of ||
        (event->time <= filter->after && filter->after != INT64_MIN)) {
        return false;
    }
    return !filter->has_equals ||
           cell_equal(&event->cell[feature->equals_property], &filter->equals);
}

/* ---- sums ---------------------------------------------------------------------------------- */

struct tally {
    size_t event_count;
    size_t number_count; /* events whose property is there */
    double sum;
    double max;
    int64_t latest;
};

static struct tally tally_of(const struct filter *filter, const struct event *event,
                             size_t event_count)
{
    struct tally tally = {.max = -HUGE_VAL, .latest = INT64_MIN};
    const size_t property = filter->feature->property;
    for (size_t i = 0; i < event_count; i++) {
        if (!filter_keeps(filter, &event[i])) {
            continue;
        }
        tally.event_count++;
        tally.latest = event[i].time > tally.latest ? event[i].time : tally.latest;
        if (property == NONE || event[i].cell[property].kind != CELL_NUMBER) {
            continue;
        }
        tally.number_count++;
        tally.sum += event[i].cell[property].number;
        tally.max = fmax(tally.max, event[i].cell[property].number);
    }
    return tally;
}

/* ---- different values ---------------------------------------------------------------------- */

static int compare_cells(const void *left_thing, const void *right_thing)
{
    const struct cell *left = left_thing;
    const struct cell *right = right_thing;
    if (left->kind != right->kind) {
        return left->kind < right->kind ? -1 : 1;
    }
    if (left->kind == CELL_TEXT) {
        return str_compare(left->text, right->text);
    }
    if (left->kind == CELL_TIME) {
        return (left->time > right->time) - (left->time < right->time);
    }
    return (left->number > right->number) - (left->number < right->number);
}

/* The property's values in the window, sorted, without the missing ones. */
static size_t sorted_values(const struct filter *filter, const struct event *event,
                            size_t event_count, struct cell *value)
{
    size_t count = 0;
    for (size_t i = 0; i < event_count; i++) {
        if (filter_keeps(filter, &event[i])) {
            value[count] = event[i].cell[filter->feature->property];
            count += value[count].kind != CELL_MISSING ? 1 : 0;
        }
    }
    if (count > 1) {
        qsort(value, count, sizeof *value, compare_cells);
    }
    return count;
}

struct runs {
    size_t run_count;
    struct cell longest; /* missing: there was no value */
};

/* Equal values stand together. A later run must be longer to win, so ties go to the first. */
static struct runs runs_of(const struct cell *value, size_t count)
{
    struct runs runs = {.longest = missing()};
    size_t longest_len = 0;
    for (size_t first = 0; first < count;) {
        size_t end = first + 1;
        while (end < count && cell_equal(&value[end], &value[first])) {
            end++;
        }
        if (end - first > longest_len) {
            longest_len = end - first;
            runs.longest = value[first];
        }
        runs.run_count++;
        first = end;
    }
    return runs;
}

static struct runs values_of(struct arena *arena, const struct filter *filter,
                             const struct event *event, size_t event_count)
{
    /* As many as there are events, which are in memory already. */
    const struct arena_mark mark = arena_mark(arena);
    struct cell *value = NEW_ARRAY(arena, size_add(event_count, 1), struct cell);
    const struct runs runs = runs_of(value, sorted_values(filter, event, event_count, value));
    arena_rewind(arena, mark);
    return runs;
}

/* ---- one feature --------------------------------------------------------------------------- */

static struct cell field_value(const struct inventory *inventory, const struct profile *profile,
                               const struct feature *feature, int64_t as_of)
{
    must(feature->field < inventory->field_count);
    const struct cell *cell = &profile->cell[feature->field];
    if (cell->kind == CELL_TIME) {
        return number(days_between(cell->time, as_of));
    }
    return *cell;
}

static struct cell event_value(struct arena *arena, const struct filter *filter,
                               const struct event *event, size_t event_count)
{
    const struct tally tally = tally_of(filter, event, event_count);
    switch (filter->feature->measure) {
    case MEASURE_FIELD:
        break;
    case MEASURE_COUNT:
        return number((double)tally.event_count);
    case MEASURE_SUM:
        return number(tally.sum);
    case MEASURE_MEAN:
        return tally.number_count == 0 ? missing() : number(tally.sum / (double)tally.number_count);
    case MEASURE_MAX:
        return tally.number_count == 0 ? missing() : number(tally.max);
    case MEASURE_DAYS_SINCE:
        return tally.event_count == 0 ? missing()
                                      : number(days_between(tally.latest, filter->as_of));
    case MEASURE_DISTINCT:
        return number((double)values_of(arena, filter, event, event_count).run_count);
    case MEASURE_TOP:
        return values_of(arena, filter, event, event_count).longest;
    }
    base_broken("a feature over events measures events", __FILE__, __LINE__);
}

/* The door's nine parameters. NOLINTNEXTLINE(readability-function-size) */
void features_compute(struct arena *arena, const struct inventory *inventory,
                      const struct profile *profile, const struct event *event, size_t event_count,
                      int64_t as_of, const size_t *feature, size_t feature_count, struct cell *cell)
{
    for (size_t i = 0; i < feature_count; i++) {
        must(feature[i] < inventory->feature_count);
        const struct feature *asked = &inventory->feature[feature[i]];
        if (asked->measure == MEASURE_FIELD) {
            cell[i] = field_value(inventory, profile, asked, as_of);
            continue;
        }
        const struct filter filter = filter_of(inventory, asked, as_of);
        cell[i] = event_value(arena, &filter, event, event_count);
    }
}
