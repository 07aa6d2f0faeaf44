/*
 * test_seen.c - a message that came before is known again for as long as it was said; an event is open
 * for what it was kept for and nothing else; one that passes to another gains no purpose.
 */
#include "home.h"
#include "inside.h"

static bool note(struct home *home, const char *id, uint32_t days)
{
    bool is_new = false;
    OK(home, store_note_message(&home->job, home->txn, bytes_of(str_of(id)), days, &is_new));
    return is_new;
}

static void a_message_is_new_once_within_its_days(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    const int64_t begun = home.job.now;
    home_begin(&home);
    expect(note(&home, "one", 2), "the first is new");
    expect(!note(&home, "one", 2), "the second is not, in the same transaction");
    home_commit(&home);
    static const struct {
        int days;
        bool is_new;
    } row[] = {{0, false}, {1, false}, {2, false}, {3, true}, {-1, true}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        home_begin(&home);
        home.job.now = begun + row[i].days * MICROS_PER_DAY;
        expect(note(&home, "one", 2) == row[i].is_new, "after %d days", row[i].days);
        expect(note(&home, "two", 2), "another id is new");
        home_roll_back(&home);
    }
    home_end(&home);
}

static void the_file_holds_no_id(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    home_begin(&home);
    expect(note(&home, "message-of-anna", 1), "it is new");
    home_commit(&home);
    home_close(&home);
    const struct bytes file = read_all(&home.job, home_file(&home, "data.db"));
    expect(!str_contains((struct str){(const char *)file.ptr, file.len}, STR("message-of-anna")),
           "an id in plain");
    COUNTS(number_in(home_file(&home, "data.db"), "SELECT length(tags) FROM seen_log"), 16);
    home_end(&home);
}

static size_t rows_in(struct home *home, const char *sql)
{
    home_close(home);
    const size_t count = (size_t)number_in(home_file(home, "data.db"), sql);
    home_open(home);
    return count;
}

static void note_some(struct home *home, const char *what, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct str name = str_format(home->job.arena, "%s %zu", what, i);
        expect(note(home, str_z(home->job.arena, name), 2), "%s %zu is new", what, i);
    }
}

static void what_is_past_its_days_is_forgotten_a_few_at_a_time(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    const int64_t begun = home.job.now;
    home_begin(&home);
    note_some(&home, "waiting", 5);
    home_commit(&home);
    home_begin(&home);
    home.store->seen.settle_from = 0;
    note_some(&home, "settled", 5); /* and with them as many again */
    home_commit(&home);
    COUNTS(rows_in(&home, "SELECT count(*) FROM seen"), 10);
    home_begin(&home);
    home.job.now = begun + 2 * MICROS_PER_DAY;
    OK(&home, store_forget_messages(&home.job, home.txn, 2, 100));
    expect(!note(&home, "settled 4", 2), "still known on the last of its days");
    expect(note(&home, "of another day", 2), "not known yet");
    home_commit(&home);
    home_begin(&home);
    home.job.now = begun + 3 * MICROS_PER_DAY;
    OK(&home, store_forget_messages(&home.job, home.txn, 2, 7));
    home_commit(&home);
    COUNTS(rows_in(&home, "SELECT count(*) FROM seen"), 3);
    COUNTS(rows_in(&home, "SELECT sum(length(tags)) FROM seen_log"), 16);
    home_begin(&home);
    home.job.now = begun + 3 * MICROS_PER_DAY;
    OK(&home, store_forget_messages(&home.job, home.txn, 2, 7));
    expect(!note(&home, "of another day", 2), "it waits");
    home_commit(&home);
    COUNTS(rows_in(&home, "SELECT count(*) FROM seen"), 0);
    home_end(&home);
}

/* ---- before their table ---------------------------------------------------------------------- */

enum { IDS = 3000, STEPS = 400, NOTES = 40, DAYS = 3 };

/* The definition: of each id the last day on which it was kept. */
static void they_are_known_wherever_they_wait(void **state)
{
    (void)state;
    struct home home;
    int64_t kept[IDS];
    int64_t before[IDS];
    uint32_t draw = 1;
    home_make(&home);
    const int64_t begun = home.job.now;
    for (size_t i = 0; i < IDS; i++) {
        kept[i] = -100;
    }
    for (int64_t step = 0; step < STEPS; step++) {
        const int64_t day = step / 100;
        const bool is_kept = step % 7 != 3;
        memcpy(before, kept, sizeof before);
        if (step % 90 == 89) {
            home_close(&home);
            home_open(&home);
        }
        home_begin(&home);
        home.job.now = begun + day * MICROS_PER_DAY;
        home.store->seen.settle_from = 500; /* so that the hand goes round several times */
        home.store->seen.settle_from_rows = 40;
        for (size_t i = 0; i < NOTES; i++) {
            draw = draw * 1664525 + 1013904223;
            const size_t id = (draw >> 8) % IDS;
            const struct str name = str_format(home.job.arena, "id %zu", id);
            const bool is_new = note(&home, str_z(home.job.arena, name), DAYS - 1);
            expect(is_new == (kept[id] <= day - DAYS), "id %zu in step %lld", id, (long long)step);
            kept[id] = is_new ? day : kept[id];
        }
        OK(&home, store_forget_messages(&home.job, home.txn, DAYS - 1, 20));
        if (is_kept) {
            home_commit(&home);
        } else {
            home_roll_back(&home);
            memcpy(kept, before, sizeof kept);
        }
    }
    expect(rows_in(&home, "SELECT count(*) FROM seen") > 1000, "the hand moved");
    const size_t rows = rows_in(&home, "SELECT count(*) FROM seen_log");
    expect(rows < 100, "rows of the log go: %zu are left", rows);
    home_end(&home);
}

static void a_log_that_was_changed_is_told(void **state)
{
    (void)state;
    struct home home;
    bool is_new = false;
    home_make(&home);
    home_begin(&home);
    (void)note(&home, "one", 2);
    home_commit(&home);
    home_close(&home);
    spoil(home_file(&home, "data.db"), "UPDATE seen_log SET tags = x'0102'");
    home_open(&home);
    home_begin(&home);
    expect(store_note_message(&home.job, home.txn, bytes_of(STR("one")), 2, &is_new) ==
               CANDOR_CORRUPT,
           "another layout");
    job_forgive(&home.job);
    home_end(&home);
}

/* ---- for what an event is open --------------------------------------------------------------- */

static void keep_for(struct home *home, struct subject subject, size_t kind, uint64_t purposes)
{
    struct cell cell = text_cell("thing");
    const struct event event = {kind, 1000, &cell};
    OK(home, store_add_event_for(&home->job, home->txn, subject, &event, purposes));
}

static size_t seen_for(struct home *home, struct subject subject, size_t purpose)
{
    struct event *event = NULL;
    size_t count = 0;
    OK(home,
       store_events(&home->job, home->txn, permit_to(home, subject, purpose), &event, &count));
    return count;
}

static void an_event_is_open_for_what_it_was_kept_for(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    home_begin(&home);
    const struct subject ann = home_add(&home, "ann");
    keep_for(&home, ann, BOUGHT, BIT(SERVICE));
    COUNTS(seen_for(&home, ann, SERVICE), 1);
    COUNTS(seen_for(&home, ann, PROFILING), 0);
    keep_for(&home, ann, BOUGHT, BIT(SERVICE) | BIT(PROFILING) | BIT(NEWS)); /* news is not its */
    COUNTS(seen_for(&home, ann, SERVICE), 2);
    COUNTS(seen_for(&home, ann, PROFILING), 1);
    COUNTS(seen_for(&home, ann, NEWS), 0);
    home_commit(&home);
    home_close(&home);
    home_open(&home); /* the sets of purposes are read again */
    home_begin(&home);
    COUNTS(seen_for(&home, ann, SERVICE), 2);
    COUNTS(seen_for(&home, ann, PROFILING), 1);
    home_end(&home);
}

static void a_set_that_was_rolled_back_is_made_again(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    home_begin(&home);
    const struct subject ann = home_add(&home, "ann");
    home_commit(&home);
    home_begin(&home);
    keep_for(&home, ann, BOUGHT, BIT(SERVICE));
    home_roll_back(&home);
    home_begin(&home);
    keep_for(&home, ann, BOUGHT, BIT(SERVICE));
    home_commit(&home);
    home_close(&home);
    home_open(&home);
    home_begin(&home);
    COUNTS(seen_for(&home, ann, SERVICE), 1);
    home_end(&home);
}

/* ---- to another ------------------------------------------------------------------------------ */

static void what_passes_to_another_gains_no_purpose(void **state)
{
    (void)state;
    struct home home;
    size_t count = 0;
    home_make(&home);
    home_begin(&home);
    const struct subject visitor = home_add(&home, "visitor");
    const struct subject ann = home_add(&home, "ann");
    keep_for(&home, visitor, BOUGHT, BIT(SERVICE));
    keep_for(&home, visitor, BOUGHT, BIT(SERVICE) | BIT(PROFILING));
    keep_for(&home, visitor, VIEWED, BIT(PROFILING));
    FAILS(&home, CANDOR_REFUSED,
          store_give_events(&home.job, home.txn, permit_to(&home, visitor, SERVICE), ann,
                            BIT(SERVICE), 10, &count));
    OK(&home, store_give_events(&home.job, home.txn, right_to(&home, visitor, RIGHT_RECTIFICATION),
                                ann, BIT(SERVICE), 10, &count));
    COUNTS(count, 2);
    COUNTS(seen_for(&home, ann, SERVICE), 2);
    COUNTS(seen_for(&home, ann, PROFILING), 0);
    OK(&home, store_give_events(&home.job, home.txn, right_to(&home, visitor, RIGHT_RECTIFICATION),
                                ann, BIT(PROFILING), 1, &count));
    COUNTS(count, 1);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_is_new_once_within_its_days),
        cmocka_unit_test(the_file_holds_no_id),
        cmocka_unit_test(what_is_past_its_days_is_forgotten_a_few_at_a_time),
        cmocka_unit_test(they_are_known_wherever_they_wait),
        cmocka_unit_test(a_log_that_was_changed_is_told),
        cmocka_unit_test(an_event_is_open_for_what_it_was_kept_for),
        cmocka_unit_test(a_set_that_was_rolled_back_is_made_again),
        cmocka_unit_test(what_passes_to_another_gains_no_purpose),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
