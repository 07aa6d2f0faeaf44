/*
 * test_event.c - an event's bytes: round trips, a changing inventory, damage.
 */
#include <string.h>

#include "record.h"
#include "testing.h"

enum { AMOUNT, CATEGORY, WHEN, PROPERTIES };

static struct field property_row[PROPERTIES] = {
    [AMOUNT] = {.name = {"amount", 6}, .type = FIELD_NUMBER},
    [CATEGORY] = {.name = {"category", 8}, .type = FIELD_CATEGORY},
    [WHEN] = {.name = {"when", 4}, .type = FIELD_DATE},
};

static struct event_kind kind_row[] = {
    {.name = {"viewed", 6}},
    {.name = {"bought", 6}, .property = property_row, .property_count = PROPERTIES},
};

static const struct inventory inventory = {.event_kind = kind_row, .event_kind_count = 2};

static struct job job;

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

static struct bytes full_bytes(void)
{
    struct cell cell[PROPERTIES] = {
        [AMOUNT] = {.kind = CELL_NUMBER, .number = 12.5},
        [CATEGORY] = {.kind = CELL_TEXT, .text = STR("shoes")},
        [WHEN] = {.kind = CELL_TIME, .time = 77},
    };
    const struct event event = {.kind = 1, .time = -5, .cell = cell};
    struct buf buf = buf_begin(job.arena);
    event_write(&inventory, &event, &buf);
    return buf_all(&buf);
}

static void an_event_reads_back_as_it_was(void **state)
{
    (void)state;
    struct event event;
    expect(event_read(&job, &inventory, full_bytes(), &event) == CANDOR_OK, "%s", job.message);
    expect(event.kind == 1 && event.time == -5, "kind and time");
    expect(event.cell[AMOUNT].number == 12.5, "amount");
    expect(str_is(event.cell[CATEGORY].text, "shoes"), "category");
    expect(event.cell[WHEN].time == 77, "when");
}

static void an_event_without_properties_reads_back(void **state)
{
    (void)state;
    struct cell missing[PROPERTIES] = {{.kind = CELL_MISSING}};
    for (size_t kind = 0; kind < 2; kind++) {
        const struct event written = {.kind = kind, .time = 9, .cell = missing};
        struct event event;
        struct buf buf = buf_begin(job.arena);
        event_write(&inventory, &written, &buf);
        expect(event_read(&job, &inventory, buf_all(&buf), &event) == CANDOR_OK, "%s", job.message);
        expect(event.kind == kind && event.time == 9, "kind %zu", kind);
    }
}

static void a_changed_inventory_reads_what_it_still_knows(void **state)
{
    (void)state;
    static struct field later_property[] = {
        {.name = {"when", 4}, .type = FIELD_DATE},
        {.name = {"amount", 6}, .type = FIELD_CATEGORY},
    };
    static struct event_kind later_kind[] = {
        {.name = {"bought", 6}, .property = later_property, .property_count = 2}};
    const struct inventory later = {.event_kind = later_kind, .event_kind_count = 1};
    struct event event;
    expect(event_read(&job, &later, full_bytes(), &event) == CANDOR_OK, "%s", job.message);
    expect(event.kind == 0 && event.cell[0].time == 77, "when");
    expect(event.cell[1].kind == CELL_MISSING, "amount is no number any more");
}

static void a_kind_that_is_gone_is_not_found(void **state)
{
    (void)state;
    const struct inventory later = {.event_kind = kind_row, .event_kind_count = 1};
    struct event event;
    expect(event_read(&job, &later, full_bytes(), &event) == CANDOR_NOT_FOUND, "gone");
}

static void bytes_cut_anywhere_are_corrupt(void **state)
{
    (void)state;
    struct bytes bytes = full_bytes();
    const size_t whole = bytes.len;
    const struct inventory empty = {0};
    struct event event;
    for (bytes.len = 0; bytes.len < whole; bytes.len++) {
        expect(event_read(&job, &inventory, bytes, &event) == CANDOR_CORRUPT, "at %zu", bytes.len);
        job_forgive(&job);
        expect(event_read(&job, &empty, bytes, &event) == CANDOR_CORRUPT, "of a kind that is gone");
        job_forgive(&job);
    }
}

static void damage_is_corrupt(void **state)
{
    (void)state;
    struct event event;
    struct buf buf = buf_begin(job.arena);
    const struct bytes whole = full_bytes();
    buf_bytes(&buf, whole.ptr, whole.len);
    buf_u8(&buf, 0);
    expect(event_read(&job, &inventory, buf_all(&buf), &event) == CANDOR_CORRUPT, "one byte more");
    job_forgive(&job);
    buf.len--;
    buf.ptr[0] = 2;
    expect(event_read(&job, &inventory, buf_all(&buf), &event) == CANDOR_CORRUPT, "version");
    job_forgive(&job);
    buf.ptr[0] = 1;
    buf.ptr[1] = 0;
    expect(event_read(&job, &inventory, buf_all(&buf), &event) == CANDOR_CORRUPT, "no name");
    job_forgive(&job);
    buf.ptr[1] = 6;
    buf.ptr[16] = PROPERTIES_MAX + 1;
    expect(event_read(&job, &inventory, buf_all(&buf), &event) == CANDOR_CORRUPT, "count");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        TEST(an_event_reads_back_as_it_was),
        TEST(an_event_without_properties_reads_back),
        TEST(a_changed_inventory_reads_what_it_still_knows),
        TEST(a_kind_that_is_gone_is_not_found),
        TEST(bytes_cut_anywhere_are_corrupt),
        TEST(damage_is_corrupt),
    };
    return cmocka_run_group_tests_name("event", test, NULL, NULL);
}
