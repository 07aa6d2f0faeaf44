/*
 * test_feature.c - every measure by hand, and the edges of its window.
 */
#include <string.h>

#include "record.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)
#define DAY MICROS_PER_DAY

enum { AGE, TIER, JOINED, FIELDS };
enum { VIEWED, BOUGHT, KINDS };
enum { AMOUNT, CATEGORY, GIFT, PROPERTIES };

static struct field field_row[FIELDS] = {
    [AGE] = {.name = {"age", 3}, .type = FIELD_NUMBER},
    [TIER] = {.name = {"tier", 4}, .type = FIELD_CATEGORY},
    [JOINED] = {.name = {"joined", 6}, .type = FIELD_DATE},
};

static struct field property_row[PROPERTIES] = {
    [AMOUNT] = {.name = {"amount", 6}, .type = FIELD_NUMBER},
    [CATEGORY] = {.name = {"category", 8}, .type = FIELD_CATEGORY},
    [GIFT] = {.name = {"gift", 4}, .type = FIELD_BOOLEAN},
};

static struct event_kind kind_row[KINDS] = {
    [VIEWED] = {.name = {"viewed", 6}, .property = property_row, .property_count = PROPERTIES},
    [BOUGHT] = {.name = {"bought", 6}, .property = property_row, .property_count = PROPERTIES},
};

#define BUY(at, amount_text, category_text, gift_number) \
    { \
        BOUGHT, (at), (struct cell[PROPERTIES]) \
        { \
            {.kind = CELL_NUMBER, .number = (amount_text)}, \
                {.kind = CELL_TEXT, .text = {(category_text), sizeof(category_text) - 1}}, \
            { \
                .kind = CELL_NUMBER, .number = (gift_number) \
            } \
        } \
    }

/* Not in the order of time: nothing may depend on it. */
static const struct event history[] = {
    BUY(NOW - 10 * DAY + 1, 5, "shoes", 0),
    BUY(NOW, 7, "hats", 1),
    BUY(NOW - 10 * DAY, 11, "shoes", 0),
    BUY(NOW + 1, 1000, "cars", 0),
    BUY(NOW - 400 * DAY, -3, "hats", 0),
    {VIEWED, NOW - 1, (struct cell[PROPERTIES]){{.kind = CELL_MISSING}}},
    {BOUGHT, NOW - DAY, (struct cell[PROPERTIES]){{.kind = CELL_MISSING}}},
};

#define EVENT_FEATURE(what, p, window) \
    { \
        .measure = (what), .field = NONE, .event_kind = BOUGHT, .property = (p), \
        .equals_property = NONE, .days = (window) \
    }
#define EVENT_FEATURE_WHERE(what, p, window, where, value) \
    { \
        .measure = (what), .field = NONE, .event_kind = BOUGHT, .property = (p), \
        .equals_property = (where), .days = (window), .equals = { \
            (value), \
            sizeof(value) - 1 \
        } \
    }

static struct feature feature_row[] = {
    {.measure = MEASURE_FIELD, .field = AGE},
    {.measure = MEASURE_FIELD, .field = TIER},
    {.measure = MEASURE_FIELD, .field = JOINED},
    EVENT_FEATURE(MEASURE_COUNT, NONE, 0),
    EVENT_FEATURE(MEASURE_COUNT, NONE, 10),
    EVENT_FEATURE(MEASURE_COUNT, NONE, 11),
    EVENT_FEATURE(MEASURE_SUM, AMOUNT, 0),
    EVENT_FEATURE(MEASURE_SUM, AMOUNT, 10),
    EVENT_FEATURE(MEASURE_MEAN, AMOUNT, 0),
    EVENT_FEATURE(MEASURE_MAX, AMOUNT, 0),
    EVENT_FEATURE(MEASURE_DAYS_SINCE, NONE, 0),
    EVENT_FEATURE_WHERE(MEASURE_DAYS_SINCE, NONE, 0, CATEGORY, "shoes"),
    EVENT_FEATURE(MEASURE_DISTINCT, CATEGORY, 0),
    EVENT_FEATURE(MEASURE_TOP, CATEGORY, 0),
    EVENT_FEATURE(MEASURE_TOP, CATEGORY, 10),
    EVENT_FEATURE_WHERE(MEASURE_COUNT, NONE, 0, GIFT, "true"),
    EVENT_FEATURE_WHERE(MEASURE_SUM, AMOUNT, 0, AMOUNT, "7"),
    EVENT_FEATURE_WHERE(MEASURE_MEAN, AMOUNT, 0, CATEGORY, "cars"),
    EVENT_FEATURE_WHERE(MEASURE_TOP, CATEGORY, 0, CATEGORY, "cars"),
    EVENT_FEATURE_WHERE(MEASURE_SUM, AMOUNT, 0, CATEGORY, "cars"),
    EVENT_FEATURE_WHERE(MEASURE_DAYS_SINCE, NONE, 0, CATEGORY, "cars"),
    EVENT_FEATURE_WHERE(MEASURE_DISTINCT, AMOUNT, 0, CATEGORY, "cars"),
};

static const struct {
    const char *name;
    enum cell_kind kind;
    double number;
    const char *text;
} expected[] = {
    {"a field", CELL_NUMBER, 44, ""},
    {"a category", CELL_TEXT, 0, "gold"},
    {"whole days since a date", CELL_NUMBER, 2, ""},
    {"all events up to now", CELL_NUMBER, 5, ""},
    {"not one exactly ten days ago", CELL_NUMBER, 3, ""},
    {"but in eleven days", CELL_NUMBER, 4, ""},
    {"sum", CELL_NUMBER, 20, ""},
    {"sum of ten days", CELL_NUMBER, 12, ""},
    {"mean of those that have the property", CELL_NUMBER, 5, ""},
    {"largest", CELL_NUMBER, 11, ""},
    {"days since the last", CELL_NUMBER, 0, ""},
    {"days since the last of shoes", CELL_NUMBER, 9, ""},
    {"different values", CELL_NUMBER, 2, ""},
    {"the most frequent, ties to the first by bytes", CELL_TEXT, 0, "hats"},
    {"ties within a window", CELL_TEXT, 0, "hats"},
    {"where a boolean is true", CELL_NUMBER, 1, ""},
    {"where a number is", CELL_NUMBER, 7, ""},
    {"the mean of nothing is missing", CELL_MISSING, 0, ""},
    {"the most frequent of nothing is missing", CELL_MISSING, 0, ""},
    {"the sum of nothing is 0", CELL_NUMBER, 0, ""},
    {"days since what never was are missing", CELL_MISSING, 0, ""},
    {"no different values are 0", CELL_NUMBER, 0, ""},
};

enum { FEATURES = sizeof feature_row / sizeof feature_row[0] };
enum { EVENTS = sizeof history / sizeof history[0] };

static const struct inventory inventory = {
    .field = field_row,
    .field_count = FIELDS,
    .event_kind = kind_row,
    .event_kind_count = KINDS,
    .feature = feature_row,
    .feature_count = FEATURES,
};

static void compute(struct arena *arena, const struct event *event, size_t count,
                    struct cell cell[FEATURES])
{
    const struct profile profile = profile_begin(arena, &inventory);
    profile.cell[AGE] = (struct cell){.kind = CELL_NUMBER, .number = 44};
    profile.cell[TIER] = (struct cell){.kind = CELL_TEXT, .text = STR("gold")};
    profile.cell[JOINED] = (struct cell){.kind = CELL_TIME, .time = NOW - 3 * DAY + 1};
    size_t asked[FEATURES];
    for (size_t i = 0; i < FEATURES; i++) {
        asked[i] = i;
    }
    features_compute(arena, &inventory, &profile, event, count, NOW, asked, FEATURES, cell);
}

static void each_measure_measures_what_it_says(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct cell cell[FEATURES];
    compute(arena, history, EVENTS, cell);
    for (size_t i = 0; i < FEATURES; i++) {
        expect(cell[i].kind == expected[i].kind, "%s: kind %d", expected[i].name, cell[i].kind);
        expect(cell[i].number == expected[i].number, "%s: %g", expected[i].name, cell[i].number);
        expect(str_is(cell[i].text, expected[i].text), "%s", expected[i].name);
    }
    arena_end(arena);
}

static void the_order_of_events_does_not_matter(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct event event[EVENTS];
    struct cell cell[FEATURES];
    struct cell turned[FEATURES];
    compute(arena, history, EVENTS, cell);
    for (size_t shift = 0; shift < EVENTS; shift++) {
        for (size_t i = 0; i < EVENTS; i++) {
            event[i] = history[(i + shift) % EVENTS];
        }
        compute(arena, event, EVENTS, turned);
        for (size_t i = 0; i < FEATURES; i++) {
            expect(cell_equal(&cell[i], &turned[i]), "%s", expected[i].name);
        }
    }
    arena_end(arena);
}

static void nothing_known_gives_zeros_and_missing_values(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct profile profile = profile_begin(arena, &inventory);
    const size_t asked[] = {0, 2, 3, 6, 8, 13};
    struct cell cell[6];
    features_compute(arena, &inventory, &profile, NULL, 0, NOW, asked, 6, cell);
    static const enum cell_kind kind[] = {CELL_MISSING, CELL_MISSING, CELL_NUMBER,
                                          CELL_NUMBER,  CELL_MISSING, CELL_MISSING};
    for (size_t i = 0; i < 6; i++) {
        expect(cell[i].kind == kind[i], "feature %zu", asked[i]);
    }
    arena_end(arena);
}

static void an_instant_at_the_end_of_time_does_not_overflow(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct profile profile = profile_begin(arena, &inventory);
    const size_t asked[] = {4};
    const int64_t instant[] = {INT64_MIN, INT64_MIN + 1, 0, INT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        struct cell cell;
        features_compute(arena, &inventory, &profile, history, EVENTS, instant[i], asked, 1, &cell);
        expect(cell.kind == CELL_NUMBER && cell.number == 0, "instant %zu", i);
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(each_measure_measures_what_it_says),
        cmocka_unit_test(the_order_of_events_does_not_matter),
        cmocka_unit_test(nothing_known_gives_zeros_and_missing_values),
        cmocka_unit_test(an_instant_at_the_end_of_time_does_not_overflow),
    };
    return cmocka_run_group_tests_name("feature", test, NULL, NULL);
}
