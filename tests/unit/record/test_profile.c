/*
 * test_profile.c - a drawer's bytes: round trips, purposes, a changing inventory, damage, speed.
 */
#include <string.h>

#include "record.h"
#include "testing.h"

enum { NAME, AGE, GIFT, JOINED, TIER, ATTIC, FIELDS };
enum { DRAWER_NEWS, DRAWER_BOTH, DRAWER_NONE };

#define NEWS 1U
#define PROFILING 2U

static struct field field_row[FIELDS] = {
    [NAME] = {.name = {"name", 4}, .type = FIELD_TEXT, .purposes = NEWS, .drawer = DRAWER_NEWS},
    [AGE] = {.name = {"age", 3},
             .type = FIELD_NUMBER,
             .purposes = NEWS | PROFILING,
             .drawer = DRAWER_BOTH},
    [GIFT] = {.name = {"gift", 4},
              .type = FIELD_BOOLEAN,
              .purposes = NEWS | PROFILING,
              .drawer = DRAWER_BOTH},
    [JOINED] = {.name = {"joined", 6},
                .type = FIELD_DATE,
                .purposes = NEWS | PROFILING,
                .drawer = DRAWER_BOTH},
    [TIER] = {.name = {"tier", 4},
              .type = FIELD_CATEGORY,
              .purposes = NEWS | PROFILING,
              .drawer = DRAWER_BOTH},
    [ATTIC] = {.name = {"attic", 5}, .type = FIELD_TEXT, .drawer = DRAWER_NONE},
};

static struct drawer drawer_row[] = {
    {NEWS, {"news", 4}}, {NEWS | PROFILING, {"both", 4}}, {0, {"", 0}}};

static const struct inventory inventory = {
    .field = field_row, .field_count = FIELDS, .drawer = drawer_row, .drawer_count = 3};

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

static struct profile full_profile(void)
{
    const struct profile profile = profile_begin(job.arena, &inventory);
    profile.cell[NAME] = (struct cell){.kind = CELL_TEXT, .text = STR("Anna M\xc3\xbcller")};
    profile.cell[AGE] = (struct cell){.kind = CELL_NUMBER, .number = -0.1};
    profile.cell[GIFT] = (struct cell){.kind = CELL_NUMBER, .number = 1};
    profile.cell[JOINED] = (struct cell){.kind = CELL_TIME, .time = -12345678901};
    profile.cell[TIER] = (struct cell){.kind = CELL_TEXT, .text = STR("gold")};
    profile.cell[ATTIC] = (struct cell){.kind = CELL_TEXT, .text = STR("old")};
    return profile;
}

static struct bytes bytes_of_drawer(const struct profile *profile, size_t drawer)
{
    struct buf buf = buf_begin(job.arena);
    profile_write(profile, drawer, &buf);
    return buf_all(&buf);
}

static struct profile read_into(const struct inventory *present, struct bytes bytes,
                                uint64_t purposes)
{
    struct profile profile = profile_begin(job.arena, present);
    expect(profile_read(&job, bytes, purposes, &profile) == CANDOR_OK, "%s", job.message);
    return profile;
}

static void all_drawers_together_are_the_profile(void **state)
{
    (void)state;
    const struct profile written = full_profile();
    struct profile profile = profile_begin(job.arena, &inventory);
    for (size_t drawer = 0; drawer < 3; drawer++) {
        expect(profile_read(&job, bytes_of_drawer(&written, drawer), PURPOSES_ALL, &profile) ==
                   CANDOR_OK,
               "%s", job.message);
    }
    for (size_t i = 0; i < FIELDS; i++) {
        expect(cell_equal(&profile.cell[i], &written.cell[i]), "field %zu", i);
    }
}

static void missing_values_take_no_room(void **state)
{
    (void)state;
    const struct profile empty = profile_begin(job.arena, &inventory);
    const struct bytes bytes = bytes_of_drawer(&empty, DRAWER_BOTH);
    expect(bytes.len == 3, "version and count, not %zu bytes", bytes.len);
    const struct profile profile = read_into(&inventory, bytes, NEWS);
    expect(profile.cell[AGE].kind == CELL_MISSING, "age");
}

static const struct {
    const char *name;
    size_t drawer;
    uint64_t purposes;
    bool opens;
} purpose_case[] = {
    {"its purpose", DRAWER_NEWS, NEWS, true},
    {"another purpose", DRAWER_NEWS, PROFILING, false},
    {"two purposes of which it has one", DRAWER_NEWS, NEWS | PROFILING, false},
    {"one of its purposes", DRAWER_BOTH, PROFILING, true},
    {"both of its purposes", DRAWER_BOTH, NEWS | PROFILING, true},
    {"no purpose", DRAWER_BOTH, 0, false},
    {"a right", DRAWER_BOTH, PURPOSES_ALL, true},
    {"a right, for what has no purpose", DRAWER_NONE, PURPOSES_ALL, true},
    {"any purpose, for what has none", DRAWER_NONE, NEWS, false},
    {"no purpose, for what has none", DRAWER_NONE, 0, false},
};

static void only_the_purposes_asked_for_are_opened(void **state)
{
    (void)state;
    const struct profile written = full_profile();
    for (size_t i = 0; i < sizeof purpose_case / sizeof purpose_case[0]; i++) {
        const size_t drawer = purpose_case[i].drawer;
        const struct profile profile =
            read_into(&inventory, bytes_of_drawer(&written, drawer), purpose_case[i].purposes);
        for (size_t f = 0; f < FIELDS; f++) {
            const bool opens = purpose_case[i].opens && field_row[f].drawer == drawer;
            expect((profile.cell[f].kind != CELL_MISSING) == opens, "%s: field %zu",
                   purpose_case[i].name, f);
        }
    }
}

/* The inventory as it may be years later: in another order, with a field gone, one new, one of
 * another type, and one with fewer purposes. */
static void a_changed_inventory_reads_what_it_still_knows(void **state)
{
    (void)state;
    static struct field later_row[] = {
        {.name = {"tier", 4}, .type = FIELD_CATEGORY, .purposes = NEWS},
        {.name = {"new", 3}, .type = FIELD_NUMBER, .purposes = PROFILING},
        {.name = {"joined", 6}, .type = FIELD_NUMBER, .purposes = PROFILING},
        {.name = {"age", 3}, .type = FIELD_NUMBER, .purposes = PROFILING},
    };
    const struct inventory later = {.field = later_row, .field_count = 4};
    const struct profile written = full_profile();
    const struct bytes bytes = bytes_of_drawer(&written, DRAWER_BOTH);
    const struct profile profile = read_into(&later, bytes, PROFILING);
    expect(profile.cell[0].kind == CELL_MISSING, "tier lost the purpose");
    expect(profile.cell[1].kind == CELL_MISSING, "new was never written");
    expect(profile.cell[2].kind == CELL_MISSING, "joined is no date any more");
    expect(profile.cell[3].number == -0.1, "age");
}

static void bytes_cut_anywhere_are_corrupt_and_change_nothing(void **state)
{
    (void)state;
    const struct profile written = full_profile();
    struct bytes bytes = bytes_of_drawer(&written, DRAWER_BOTH);
    const size_t whole = bytes.len;
    for (bytes.len = 0; bytes.len < whole; bytes.len++) {
        struct profile profile = profile_begin(job.arena, &inventory);
        expect(profile_read(&job, bytes, NEWS, &profile) == CANDOR_CORRUPT, "cut at %zu",
               bytes.len);
        job_forgive(&job);
        for (size_t f = 0; f < FIELDS; f++) {
            expect(profile.cell[f].kind == CELL_MISSING, "cut at %zu: field %zu", bytes.len, f);
        }
    }
}

static const struct {
    const char *name;
    const char *bytes;
    size_t len;
} damaged[] = {
    {"nothing", "", 0},
    {"another version", "\x02\x00\x00", 3},
    {"more values than there can be fields", "\x01\x01\x02", 3},
    {"one byte more", "\x01\x00\x00\x00", 4},
    {"fewer than promised", "\x01\x01\x00", 3},
    {"a name of no letters", "\x01\x01\x00\x00\x01\0\0\0\0\0\0\0\0", 13},
    {"a kind that is none",
     "\x01\x01\x00\x03"
     "age\x07\0\0\0\0\0\0\0\0",
     16},
    {"a missing value that was written",
     "\x01\x01\x00\x03"
     "age\x00",
     8},
    {"a number that is none",
     "\x01\x01\x00\x03"
     "age\x01\0\0\0\0\0\0\xf8\x7f",
     16},
    {"an infinite number",
     "\x01\x01\x00\x03"
     "age\x01\0\0\0\0\0\0\xf0\x7f",
     16},
    {"a text that is not UTF-8",
     "\x01\x01\x00\x04"
     "tier\x02\x01\x00\xff",
     12},
    {"a text with a zero",
     "\x01\x01\x00\x04"
     "tier\x02\x01\x00\x00",
     12},
};

static void damage_is_corrupt(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof damaged / sizeof damaged[0]; i++) {
        const struct bytes bytes = {(const uint8_t *)damaged[i].bytes, damaged[i].len};
        struct profile profile = profile_begin(job.arena, &inventory);
        expect(profile_read(&job, bytes, NEWS, &profile) == CANDOR_CORRUPT, "%s", damaged[i].name);
        job_forgive(&job);
    }
}

static void twelve_fields_take_a_microsecond(void **state)
{
    (void)state;
    enum { TWELVE = 12, ROUNDS = 20000, LIMIT_NS = 60000 }; /* sanitizers are slow */
    static const char letters[] = "abcdefghijkl";
    static struct field row[TWELVE];
    for (size_t i = 0; i < TWELVE; i++) {
        row[i] = (struct field){.name = {letters, i + 1},
                                .type = i % 2 == 0 ? FIELD_NUMBER : FIELD_CATEGORY,
                                .purposes = NEWS};
    }
    static struct drawer one = {NEWS, {"news", 4}};
    const struct inventory twelve = {
        .field = row, .field_count = TWELVE, .drawer = &one, .drawer_count = 1};
    struct profile profile = profile_begin(job.arena, &twelve);
    for (size_t i = 0; i < TWELVE; i++) {
        profile.cell[i] = i % 2 == 0
                              ? (struct cell){.kind = CELL_NUMBER, .number = (double)i}
                              : (struct cell){.kind = CELL_TEXT, .text = STR("home and garden")};
    }

    struct buf buf = buf_begin(job.arena);
    uint64_t begun = host_ticks();
    for (size_t i = 0; i < ROUNDS; i++) {
        buf.len = 0;
        profile_write(&profile, 0, &buf);
    }
    const double write_ns = (double)(host_ticks() - begun) / ROUNDS;
    begun = host_ticks();
    for (size_t i = 0; i < ROUNDS; i++) {
        expect(profile_read(&job, buf_all(&buf), NEWS, &profile) == CANDOR_OK, "%s", job.message);
    }
    const double read_ns = (double)(host_ticks() - begun) / ROUNDS;
    print_message("12 fields: write %.0f ns, read %.0f ns\n", write_ns, read_ns);
    expect(write_ns < LIMIT_NS && read_ns < LIMIT_NS, "write %.0f read %.0f", write_ns, read_ns);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        TEST(all_drawers_together_are_the_profile),
        TEST(missing_values_take_no_room),
        TEST(only_the_purposes_asked_for_are_opened),
        TEST(a_changed_inventory_reads_what_it_still_knows),
        TEST(bytes_cut_anywhere_are_corrupt_and_change_nothing),
        TEST(damage_is_corrupt),
        TEST(twelve_fields_take_a_microsecond),
    };
    return cmocka_run_group_tests_name("profile", test, NULL, NULL);
}
