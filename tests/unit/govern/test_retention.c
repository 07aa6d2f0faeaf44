/*
 * test_retention.c - limits, the strictest of two, the section of candor.yaml, and legal holds.
 */
#include <string.h>

#include "retention.h"
#include "testing.h"
#include "text.h"

static enum candor_status read(struct job *job, const char *text, struct retention_rules *rules)
{
    const struct value *root = NULL;
    must(yaml_read(job, bytes_of(str_of(text)), NULL, "candor.yaml", &root) == CANDOR_OK);
    return retention_read(job, root, rules);
}

static void the_section_is_read_and_has_defaults(void **state)
{
    (void)state;
    struct job job;
    struct retention_rules rules;
    job_begin(&job, host_real());
    expect(read(&job, "candor: 1", &rules) == CANDOR_OK, "%s", job.message);
    expect(rules.every_days == 1 && rules.decisions_days == 0 && rules.inactive_days == 0 &&
               rules.chats_days == CHATS_DAYS && rules.retrain_share == RETRAIN_SHARE,
           "defaults");
    expect(read(&job,
                "retention: {every_days: 7, contacts_days: 8, decisions_days: 9, inactive_days: 10,"
                " chats_days: 11, retrain_share: 0.5}",
                &rules) == CANDOR_OK,
           "%s", job.message);
    expect(rules.every_days == 7 && rules.contacts_days == 8 && rules.decisions_days == 9 &&
               rules.inactive_days == 10 && rules.chats_days == 11 && rules.retrain_share == 0.5,
           "all");
    expect(read(&job, "retention: {every_day: 7}", &rules) == CANDOR_BAD_INPUT &&
               strstr(job.message, "did you mean 'every_days'?") != NULL,
           "%s", job.message);
    expect(read(&job, "retention: {retrain_share: 2}", &rules) == CANDOR_BAD_INPUT &&
               strstr(job.message, "(line 1)") != NULL,
           "%s", job.message);
    job_end(&job);
}

static void no_days_are_for_ever(void **state)
{
    (void)state;
    expect(retention_limit(100 * MICROS_PER_DAY, 30) == 70 * MICROS_PER_DAY, "30 days before");
    expect(retention_limit(100 * MICROS_PER_DAY, 0) == INT64_MIN, "never");
    for (uint32_t left = 0; left < 4; left++) {
        for (uint32_t right = 0; right < 4; right++) {
            const uint64_t first = left == 0 ? UINT64_MAX : left;
            const uint64_t second = right == 0 ? UINT64_MAX : right;
            const uint64_t least = first < second ? first : second;
            expect(retention_stricter(left, right) == (least == UINT64_MAX ? 0 : (uint32_t)least),
                   "%u and %u", left, right);
        }
    }
}

static void a_feature_inherits_the_retention_of_its_source(void **state)
{
    (void)state;
    struct field field[] = {{.name = STR("age"), .retention_days = 5}};
    struct event_kind kind[] = {{.name = STR("bought"), .retention_days = 9}};
    struct feature feature[] = {{.measure = MEASURE_FIELD, .field = 0},
                                {.measure = MEASURE_COUNT, .field = NONE, .event_kind = 0}};
    const struct inventory inventory = {
        .field = field, .event_kind = kind, .feature = feature, .feature_count = 2};
    expect(retention_of_feature(&inventory, 0) == 5, "of a field");
    expect(retention_of_feature(&inventory, 1) == 9, "of events");
}

static struct hold hold_of(unsigned slot, const char *what)
{
    struct hold hold = {.is_of_all = slot == 0,
                        .what = str_of(what),
                        .matter = STR("2026-117"),
                        .reason = STR("a dispute"),
                        .placed_by = STR("ana"),
                        .placed = 7};
    hold.subject.slot = slot;
    hold.subject.id[0] = (uint8_t)slot;
    hold.id[0] = 9;
    return hold;
}

static void a_hold_is_read_as_it_was_written(void **state)
{
    (void)state;
    struct job job;
    struct hold read;
    job_begin(&job, host_real());
    for (unsigned lifted = 0; lifted < 2; lifted++) {
        struct hold hold = hold_of(3, "age");
        struct buf buf = buf_begin(job.arena);
        hold.lifted = lifted == 0 ? 0 : 8;
        hold_write(&hold, &buf);
        expect(hold_read(&job, buf_all(&buf), &read) == CANDOR_OK, "%s", job.message);
        expect(str_is(read.what, "age") && str_is(read.matter, "2026-117") &&
                   str_is(read.reason, "a dispute") && str_is(read.placed_by, "ana") &&
                   read.placed == 7 && read.lifted == hold.lifted && read.id[0] == 9,
               "lifted %u", lifted);
        expect(read.subject.slot == (lifted == 0 ? 3U : 0U),
               "a lifted one forgets whom it was about");
        for (size_t len = 0; len < buf.len; len++) {
            expect(hold_read(&job, (struct bytes){buf.ptr, len}, &read) == CANDOR_CORRUPT,
                   "cut to %zu", len);
        }
    }
    job_end(&job);
}

static void a_hold_covers_whom_and_what_it_names(void **state)
{
    (void)state;
    static const struct {
        unsigned of; /* 0: everybody */
        const char *what;
        bool lifted;
        unsigned slot;
        const char *asked;
        bool covers;
    } row[] = {
        {1, "", false, 1, "", true},       {1, "", false, 1, "age", true},
        {1, "", false, 2, "age", false},   {0, "", false, 2, "age", true},
        {1, "age", false, 1, "age", true}, {1, "age", false, 1, "sex", false},
        {1, "age", false, 1, "", true}, /* an erasure would touch it */
        {0, "age", false, 5, "", true},    {1, "", true, 1, "", false},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct hold hold = hold_of(row[i].of, row[i].what);
        struct subject subject = {.slot = row[i].slot};
        subject.id[0] = (uint8_t)row[i].slot;
        hold.lifted = row[i].lifted;
        const bool covers = hold_over(&hold, 1, subject, str_of(row[i].asked)) != NULL;
        expect(covers == row[i].covers, "row %zu", i);
    }
}

/* A server asks each minute; the hour is of the day, UTC. */
static void a_run_is_due_once_its_hour_came_and_nobody_ran_it(void **state)
{
    const int64_t day = 20000 * MICROS_PER_DAY;
    const int64_t hour = 3600 * MICROS_PER_SECOND;
    const struct {
        const char *what;
        uint32_t hour;
        uint32_t every_days;
        int64_t last;
        int64_t now;
        bool is_due;
    } row[] = {
        {"no hour", NO_HOUR, 1, 0, day, false},
        {"no schedule", 3, 0, 0, day, false},
        {"never ran: the hour of yesterday was missed", 3, 1, 0, day + 2 * hour, true},
        {"before the hour", 3, 1, day - 21 * hour, day + 3 * hour - 1, false},
        {"at the hour", 3, 1, day - 21 * hour, day + 3 * hour, true},
        {"once", 3, 1, day + 3 * hour, day + 3 * hour, false},
        {"not again that day", 3, 1, day + 3 * hour + 1, day + 27 * hour - 1, false},
        {"the next day", 3, 1, day + 3 * hour + 1, day + 27 * hour, true},
        {"by hand in the evening: the morning after all the same", 3, 1, day + 20 * hour,
         day + 27 * hour, true},
        {"down for a week", 3, 1, day - 7 * MICROS_PER_DAY, day + hour, true},
        {"each week: not yet", 3, 7, day + 3 * hour, day + 6 * MICROS_PER_DAY + 4 * hour, false},
        {"each week: now", 3, 7, day + 3 * hour, day + 7 * MICROS_PER_DAY + 4 * hour, true},
        {"at midnight", 0, 1, day - 1, day, true},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct retention_rules rules = {.hour = row[i].hour, .every_days = row[i].every_days};
        expect(retention_is_due(&rules, row[i].last, row[i].now) == row[i].is_due, "%s",
               row[i].what);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_section_is_read_and_has_defaults),
        cmocka_unit_test(no_days_are_for_ever),
        cmocka_unit_test(a_feature_inherits_the_retention_of_its_source),
        cmocka_unit_test(a_hold_is_read_as_it_was_written),
        cmocka_unit_test(a_hold_covers_whom_and_what_it_names),
        cmocka_unit_test(a_run_is_due_once_its_hour_came_and_nobody_ran_it),
    };
    return cmocka_run_group_tests_name("retention", test, NULL, NULL);
}
