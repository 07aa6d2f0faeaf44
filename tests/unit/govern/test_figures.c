/*
 * test_figures.c - counts over many people, against a definition that asks of every person and every
 * cell again.
 */
#include <math.h>

#include "figures.h"
#include "testing.h"

#define DAY MICROS_PER_DAY

enum { PEOPLE = 120, RECORDS_MOST = 9, PURPOSES = 3, CHANNELS = 2 };

static int64_t time_of(const char *text)
{
    int64_t time = 0;
    must(str_to_time(str_of(text), &time));
    return time;
}

static struct inventory inventory_of(struct arena *arena)
{
    struct inventory inventory = {.purpose = NEW_ARRAY(arena, PURPOSES, struct purpose),
                                  .purpose_count = PURPOSES,
                                  .channel_count = CHANNELS};
    for (size_t p = 0; p < PURPOSES; p++) {
        inventory.purpose[p].valid_days = p == 0 ? 30 : 0;
    }
    return inventory;
}

struct crowd {
    struct consent_record record[PEOPLE][RECORDS_MOST];
    size_t count[PEOPLE];
};

static void draw_crowd(struct crowd *crowd, uint64_t *seed, int64_t around)
{
    static const char *const version[] = {"", "1", "2"};
    for (size_t i = 0; i < PEOPLE; i++) {
        crowd->count[i] = draw(seed) % RECORDS_MOST;
        for (size_t r = 0; r < crowd->count[i]; r++) {
            const int64_t time = around + (int64_t)(draw(seed) % 400) * DAY - 200 * DAY;
            const size_t p = draw(seed) % (PURPOSES + 1);
            const size_t c = draw(seed) % (CHANNELS + 1);
            crowd->record[i][r] = (struct consent_record){
                .purpose = p == PURPOSES ? EVERY : p,
                .channel = c == CHANNELS ? EVERY : c,
                .decision = (enum consent_decision)(draw(seed) % (CONSENT_INVALIDATED + 1)),
                .actor = (enum consent_actor)(draw(seed) % (ACTOR_IMPORT + 1)),
                .time = draw(seed) % 12 == 0 ? 0 : time,
                .recorded = time + (int64_t)(draw(seed) % 3) * DAY,
                .wording_version = str_of(version[draw(seed) % 3]),
                .has_entry = draw(seed) % 2 == 0,
                .ledger_index = draw(seed) % 10000,
            };
        }
    }
}

/* ---- the definition ------------------------------------------------------------------------- */

static bool says(enum consent_decision decision, enum said said)
{
    switch (said) {
    case SAID_ASKED:
        return decision == CONSENT_GIVEN || decision == CONSENT_REFUSED ||
               decision == CONSENT_DEFERRED || decision == CONSENT_REQUESTED;
    case SAID_GIVEN:
        return decision == CONSENT_GIVEN;
    case SAID_REFUSED:
        return decision == CONSENT_REFUSED;
    case SAID_WITHDRAWN:
        return decision == CONSENT_WITHDRAWN;
    case SAID_OBJECTED:
        return decision == CONSENT_OBJECTED;
    case SAID_DEFERRED:
        return decision == CONSENT_DEFERRED;
    case SAID_EXPIRED:
    case SAIDS:
        break;
    }
    return false;
}

static int64_t when(const struct consent_record *record)
{
    return record->time > 0 ? record->time : record->recorded;
}

/* Of purpose 0 a yes lasts 30 days. */
static bool expired(const struct crowd *crowd, size_t i, size_t r, int64_t from, int64_t until)
{
    const struct consent_record *yes = &crowd->record[i][r];
    const int64_t end = yes->time + 30 * DAY;
    if (yes->decision != CONSENT_GIVEN || yes->purpose != 0 || yes->time <= 0 || end < from ||
        end >= until) {
        return false;
    }
    for (size_t k = 0; k < crowd->count[i]; k++) {
        const struct consent_record *other = &crowd->record[i][k];
        const bool after = when(other) > yes->time || (when(other) == yes->time && k > r);
        if (k != r && other->purpose == 0 && other->channel == yes->channel && after &&
            when(other) < end) {
            return false;
        }
    }
    return true;
}

static uint64_t slowly(const struct crowd *crowd, size_t purpose, size_t channel, enum said said,
                       int64_t from, int64_t until)
{
    uint64_t people = 0;
    for (size_t i = 0; i < PEOPLE; i++) {
        bool counts = false;
        for (size_t r = 0; r < crowd->count[i]; r++) {
            const struct consent_record *record = &crowd->record[i][r];
            const bool is_there = record->purpose == purpose && record->channel == channel;
            const bool is_then = when(record) >= from && when(record) < until;
            counts = counts || (is_there && is_then && says(record->decision, said)) ||
                     (is_there && said == SAID_EXPIRED && expired(crowd, i, r, from, until));
        }
        people += counts;
    }
    return people;
}

static void people_are_counted_as_the_definition_does(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct arena *arena = arena_begin();
        struct crowd *crowd = NEW(arena, struct crowd);
        struct said_figures *figures = NEW(arena, struct said_figures);
        const struct inventory inventory = inventory_of(arena);
        const int64_t until = time_of("2026-11-28T07:00:00Z");
        const int64_t from = until - (int64_t)(30 + seed * 10) * DAY;
        uint64_t drawn = seed;
        draw_crowd(crowd, &drawn, until - 100 * DAY);
        said_begin(figures, arena, &inventory, from, until);
        for (size_t i = 0; i < PEOPLE; i++) {
            said_add(figures, crowd->record[i], crowd->count[i]);
        }
        for (size_t p = 0; p <= PURPOSES; p++) {
            for (size_t c = 0; c <= CHANNELS; c++) {
                const struct said_cell *cell =
                    &figures
                         ->cell[p == PURPOSES ? PURPOSES_MAX : p][c == CHANNELS ? CHANNELS_MAX : c];
                for (unsigned s = 0; s < SAIDS; s++) {
                    const uint64_t slow =
                        slowly(crowd, p == PURPOSES ? EVERY : p, c == CHANNELS ? EVERY : c,
                               (enum said)s, from, until);
                    expect(cell->people[s] == slow, "seed %llu purpose %zu channel %zu %s: %llu",
                           (unsigned long long)seed, p, c, said_name((enum said)s),
                           (unsigned long long)slow);
                }
            }
        }
        arena_end(arena);
    }
}

/* ---- edges ---------------------------------------------------------------------------------- */

static void a_period_begins_with_its_first_instant_and_ends_before_its_last(void **state)
{
    struct arena *arena = arena_begin();
    const struct inventory inventory = inventory_of(arena);
    const int64_t from = time_of("2026-01-01");
    const int64_t until = time_of("2026-02-01");
    static const struct {
        int64_t after_from;
        uint64_t given;
    } row[] = {{-1, 0}, {0, 1}, {31 * DAY - 1, 1}, {31 * DAY, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct said_figures *figures = NEW(arena, struct said_figures);
        const struct consent_record record = {.purpose = 1,
                                              .channel = 0,
                                              .decision = CONSENT_GIVEN,
                                              .time = from + row[i].after_from};
        said_begin(figures, arena, &inventory, from, until);
        said_add(figures, &record, 1);
        expect(figures->cell[1][0].people[SAID_GIVEN] == row[i].given, "row %zu", i);
        expect(figures->all.people[SAID_GIVEN] == row[i].given, "row %zu", i);
    }
    arena_end(arena);
}

static void months_are_those_of_the_calendar(void **state)
{
    struct arena *arena = arena_begin();
    const struct inventory inventory = inventory_of(arena);
    struct said_figures *figures = NEW(arena, struct said_figures);
    (void)state;
    said_begin(figures, arena, &inventory, time_of("2025-12-15"), time_of("2026-03-01"));
    assert_int_equal(figures->month_count, 3);
    assert_true(figures->month[0].begins == time_of("2025-12-01"));
    assert_true(figures->month[2].begins == time_of("2026-02-01"));
    const struct consent_record record[] = {
        {.purpose = 1, .decision = CONSENT_GIVEN, .time = time_of("2025-12-31T23:59:59Z")},
        {.purpose = 1, .decision = CONSENT_GIVEN, .time = time_of("2025-12-20")},
        {.purpose = 1, .decision = CONSENT_WITHDRAWN, .time = time_of("2026-02-28")},
    };
    said_add(figures, record, 3);
    assert_int_equal(figures->month[0].given, 1); /* one person, who said it twice */
    assert_int_equal(figures->month[1].given, 0);
    assert_int_equal(figures->month[2].no, 1);
    said_begin(figures, arena, &inventory, time_of("1990-01-01"), time_of("2026-03-01"));
    assert_int_equal(figures->month_count, SAID_MONTHS_MAX);
    assert_true(figures->month[SAID_MONTHS_MAX - 1].begins == time_of("2026-02-01"));
    arena_end(arena);
}

static void the_delay_of_a_no_is_from_saying_to_recording(void **state)
{
    struct arena *arena = arena_begin();
    const struct inventory inventory = inventory_of(arena);
    struct said_figures *figures = NEW(arena, struct said_figures);
    const int64_t time = time_of("2026-01-10");
    const struct consent_record record[] = {
        {.decision = CONSENT_WITHDRAWN, .time = time, .recorded = time + 5},
        {.decision = CONSENT_OBJECTED, .time = time, .recorded = time + 9},
        {.decision = CONSENT_WITHDRAWN, .time = time, .recorded = time + 7, .actor = ACTOR_IMPORT},
        {.decision = CONSENT_GIVEN, .time = time, .recorded = time + 11},
        {.decision = CONSENT_WITHDRAWN, .time = time, .recorded = time - 1},
    };
    (void)state;
    said_begin(figures, arena, &inventory, time_of("2026-01-01"), time_of("2026-02-01"));
    said_add(figures, record, sizeof record / sizeof record[0]);
    assert_int_equal(figures->delay_count, 2);
    assert_true(median_of(figures->delay, figures->delay_count) == 7.0);
    arena_end(arena);
}

static void the_median_is_the_middle(void **state)
{
    int64_t three[] = {9, 1, 5};
    int64_t four[] = {9, 1, 5, 7};
    (void)state;
    assert_true(isnan(median_of(three, 0)));
    assert_true(median_of(three, 3) == 5.0);
    assert_true(median_of(four, 4) == 6.0);
}

/* ---- requests ------------------------------------------------------------------------------- */

static const uint8_t actor[16] = {7};

static struct request request_of(struct job *job, const char *law, enum right right, int64_t now)
{
    const struct jurisdictions table = jurisdictions_built_in();
    struct request request = {.clause = *jurisdictions_find(&table, str_of(law), right)};
    const struct request_move move = {.event = EVENT_RECEIVED, .now = now, .actor = actor};
    must(request_take(job, &request, NULL, &move) == CANDOR_OK);
    return request;
}

static void take(struct job *job, struct request *request, enum request_event event, unsigned code,
                 int64_t now)
{
    const struct request_move move = {
        .event = event, .now = now, .code = (uint8_t)code, .actor = actor, .note = STR("because")};
    must(request_take(job, request, NULL, &move) == CANDOR_OK);
}

static void requests_are_counted_by_when_they_came(void **state)
{
    struct job job;
    struct request_figures figures;
    const int64_t day = time_of("2026-03-02");
    (void)state;
    job_begin(&job, host_real());
    struct request request[] = {
        request_of(&job, "eu", RIGHT_ACCESS, day),
        request_of(&job, "eu", RIGHT_ACCESS, day + DAY),
        request_of(&job, "eu", RIGHT_ERASURE, day),
        request_of(&job, "us-ca", RIGHT_ACCESS, day),
        request_of(&job, "eu", RIGHT_ACCESS, day - 100 * DAY),
    };
    take(&job, &request[0], EVENT_REFUSED, REFUSAL_NO_MATCH, day + 4 * DAY);
    take(&job, &request[2], EVENT_REFUSED, REFUSAL_NOT_COVERED, day + 60 * DAY); /* late */
    const size_t count = sizeof request / sizeof request[0];
    struct request_filter filter = {
        .right = RIGHTS, .jurisdiction = STR(""), .from = day, .until = day + 10 * DAY};
    request_figures_of(job.arena, request, count, NULL, day + 90 * DAY, &filter, &figures);
    assert_int_equal(figures.received, 4);
    assert_int_equal(figures.open, 2);
    assert_int_equal(figures.overdue, 2);
    assert_int_equal(figures.refused, 2);
    assert_int_equal(figures.in_time, 1);
    assert_int_equal(figures.late, 1);
    assert_int_equal(figures.refusal[REFUSAL_NO_MATCH], 1);
    assert_int_equal(figures.escalated[2], 1); /* what is on record: at the late answer */
    assert_true(figures.median_days == 32.0 && figures.mean_days == 32.0);
    assert_true(figures.most_days == 60.0);
    filter.right = RIGHT_ACCESS;
    filter.jurisdiction = STR("eu");
    request_figures_of(job.arena, request, count, NULL, day + 5 * DAY, &filter, &figures);
    assert_int_equal(figures.received, 2);
    assert_int_equal(figures.open, 1);
    filter.jurisdiction = STR("us-va");
    request_figures_of(job.arena, request, count, NULL, day, &filter, &figures);
    assert_int_equal(figures.received, 0);
    assert_true(isnan(figures.median_days) && isnan(figures.most_days));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_counted_as_the_definition_does),
        cmocka_unit_test(a_period_begins_with_its_first_instant_and_ends_before_its_last),
        cmocka_unit_test(months_are_those_of_the_calendar),
        cmocka_unit_test(the_delay_of_a_no_is_from_saying_to_recording),
        cmocka_unit_test(the_median_is_the_middle),
        cmocka_unit_test(requests_are_counted_by_when_they_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
