/*
 * test_journal.c - however decisions are kept, each subject has theirs, in the order in which they
 * came, and what was removed is nowhere.
 *
 * The definition: a list for each subject, in plain memory. Enough decisions are made for rounds of
 * settling to begin and to end; the home is opened anew in the midst of them.
 */
#include "home.h"

enum { PEOPLE = 40, PER_COMMIT = 400, COMMITS = 130, MADE_MAX = PER_COMMIT * COMMITS };

/* What there should be. The payload of a decision is its number. */
struct made {
    size_t owner[MADE_MAX];
    bool is_gone[MADE_MAX];
    size_t count;
    struct subject subject[PEOPLE];
    bool is_erased[PEOPLE];
};

static void add_people(struct home *home, struct made *made)
{
    (void)home_begin(home);
    for (size_t i = 0; i < PEOPLE; i++) {
        made->subject[i] =
            home_add(home, str_z(home->job.arena, str_format(home->job.arena, "person-%zu", i)));
    }
    home_commit(home);
}

/* Few have many, many have few. */
static size_t someone(size_t number)
{
    const size_t mixed = number * 2654435761U >> 7;
    return mixed % 3 == 0 ? mixed % 4 : mixed % PEOPLE;
}

static void add_one(struct home *home, struct made *made)
{
    const size_t number = made->count;
    size_t owner = someone(number);
    while (made->is_erased[owner]) {
        owner = (owner + 1) % PEOPLE;
    }
    const struct decision_record decision = {
        .ledger_index = number,
        .payload = {(const uint8_t *)&number, sizeof number},
    };
    OK(home, store_add_decision(&home->job, home->txn, made->subject[owner], &decision));
    made->owner[number] = owner;
    made->is_gone[number] = false;
    made->count++;
}

static void add_many(struct home *home, struct made *made, size_t count)
{
    const struct arena_mark mark = arena_mark(home->job.arena);
    (void)home_begin(home);
    for (size_t i = 0; i < count; i++) {
        add_one(home, made);
    }
    home_commit(home);
    arena_rewind(home->job.arena, mark);
}

static void expect_person(struct home *home, const struct made *made, size_t person)
{
    const struct arena_mark mark = arena_mark(home->job.arena);
    struct decision_record *decision = NULL;
    size_t count = 0;
    size_t at = 0;
    (void)home_begin(home);
    OK(home,
       store_decisions(&home->job, home->txn, right_to(home, made->subject[person], RIGHT_ACCESS),
                       &decision, &count));
    for (size_t number = 0; number < made->count; number++) {
        if (made->owner[number] != person || made->is_gone[number]) {
            continue;
        }
        expect(at < count && decision[at].ledger_index == number &&
                   decision[at].payload.len == sizeof number &&
                   memcmp(decision[at].payload.ptr, &number, sizeof number) == 0,
               "person %zu lacks %zu as the %zu. of %zu, after %zu", person, number, at, count,
               made->count);
        at++;
    }
    COUNTS(count, at);
    home_roll_back(home);
    arena_rewind(home->job.arena, mark);
}

static void expect_everybody(struct home *home, const struct made *made)
{
    for (size_t person = 0; person < PEOPLE; person++) {
        if (!made->is_erased[person]) {
            expect_person(home, made, person);
        }
    }
}

static void reopen(struct home *home)
{
    home_close(home);
    home_open(home);
}

static struct made *begin(struct home *home)
{
    struct made *made = calloc(1, sizeof *made);
    must(made != NULL);
    home_make(home);
    add_people(home, made);
    return made;
}

static void end(struct home *home, struct made *made)
{
    home_end(home);
    free(made);
}

static uint64_t rows_of(struct home *home, const char *sql)
{
    home_close(home);
    const uint64_t count = number_in(home_file(home, "data.db"), sql);
    home_open(home);
    return count;
}

static void each_has_their_own_in_order_however_far_they_are_settled(void **state)
{
    (void)state;
    struct home home;
    struct made *made = begin(&home);
    for (size_t i = 0; i < COMMITS; i++) {
        add_many(&home, made, PER_COMMIT);
        if (i == 1 || i == 83 || i == 100) { /* nothing, some and much is settled */
            reopen(&home);
        }
        if (i % 26 == 3 || i == 84) {
            expect_everybody(&home, made);
        }
    }
    expect_everybody(&home, made);
    const uint64_t settled = rows_of(&home, "SELECT count(*) FROM decision");
    expect(settled >= 1 << 15 && settled < made->count, "%llu", (unsigned long long)settled);
    expect_everybody(&home, made);
    end(&home, made);
}

static bool is_third(struct job *job, void *self, const struct decision_record *decision)
{
    (void)job;
    (void)self;
    return decision->ledger_index % 3 == 0;
}

static void expire_thirds(struct home *home, struct made *made, size_t person)
{
    uint64_t count = 0;
    uint64_t expected = 0;
    for (size_t number = 0; number < made->count; number++) {
        if (made->owner[number] == person && number % 3 == 0 && !made->is_gone[number]) {
            made->is_gone[number] = true;
            expected++;
        }
    }
    OK(home, store_expire_decisions(
                 &home->job, home->txn,
                 permit_for_duty(&home->job, made->subject[person], DUTY_STORAGE_LIMIT), is_third,
                 NULL, false, &count));
    COUNTS(count, expected);
}

static void erase_person(struct home *home, struct made *made, size_t person)
{
    struct erasure_rows rows;
    uint64_t expected = 0;
    for (size_t number = 0; number < made->count; number++) {
        expected += made->owner[number] == person && !made->is_gone[number] ? 1 : 0;
        made->is_gone[number] = made->is_gone[number] || made->owner[number] == person;
    }
    OK(home, store_erase(&home->job, home->txn,
                         right_to(home, made->subject[person], RIGHT_ERASURE), &rows));
    COUNTS(rows.decision_rows, expected);
    made->is_erased[person] = true;
}

static void what_is_removed_is_gone_while_it_waits_and_after(void **state)
{
    (void)state;
    struct home home;
    struct key_erasure facts;
    struct made *made = begin(&home);
    for (size_t i = 0; i < 100; i++) {
        add_many(&home, made, PER_COMMIT);
        if (i % 33 == 20) { /* before, in and after a round; with decisions of the same moment */
            (void)home_begin(&home);
            add_one(&home, made);
            expire_thirds(&home, made, i % PEOPLE);
            expire_thirds(&home, made, 0);
            erase_person(&home, made, 20 + i / 33);
            add_one(&home, made);
            home_commit(&home);
            OK(&home, store_finish_erasures(&home.job, home.store, &facts));
            expect_everybody(&home, made);
            reopen(&home);
            expect_everybody(&home, made);
        }
    }
    expect_everybody(&home, made);
    end(&home, made);
}

static void of_all_that_is_removed_nothing_is_left(void **state)
{
    (void)state;
    struct home home;
    struct made *made = begin(&home);
    add_many(&home, made, PER_COMMIT);
    expect(rows_of(&home, "SELECT count(*) FROM journal") > 0, "no groups");
    (void)home_begin(&home);
    for (size_t person = 0; person < PEOPLE; person++) {
        erase_person(&home, made, person);
    }
    home_commit(&home);
    COUNTS(rows_of(&home, "SELECT count(*) FROM journal"), 0);
    COUNTS(rows_of(&home, "SELECT count(*) FROM decision"), 0);
    end(&home, made);
}

static void what_was_rolled_back_was_not_decided(void **state)
{
    (void)state;
    struct home home;
    struct made *made = begin(&home);
    add_many(&home, made, 10);
    const size_t before = made->count;
    for (size_t count = 1; count < 200; count += 66) {
        (void)home_begin(&home);
        for (size_t i = 0; i < count; i++) {
            add_one(&home, made);
        }
        home_roll_back(&home);
        made->count = before;
        expect_everybody(&home, made);
    }
    add_many(&home, made, 10);
    expect_everybody(&home, made);
    reopen(&home);
    expect_everybody(&home, made);
    end(&home, made);
}

static void a_removal_that_was_rolled_back_did_not_happen(void **state)
{
    (void)state;
    struct home home;
    struct made *made = begin(&home);
    add_many(&home, made, PER_COMMIT);
    struct made *before = calloc(1, sizeof *before);
    must(before != NULL);
    *before = *made;
    (void)home_begin(&home);
    expire_thirds(&home, made, 1);
    erase_person(&home, made, 2);
    home_roll_back(&home);
    expect_everybody(&home, before);
    add_many(&home, before, 1);
    expect_everybody(&home, before);
    free(before);
    end(&home, made);
}

static void they_are_read_in_the_transaction_that_makes_them(void **state)
{
    (void)state;
    struct home home;
    struct decision_record *decision = NULL;
    size_t count = 0;
    struct made *made = begin(&home);
    (void)home_begin(&home);
    for (size_t i = 0; i < 100; i++) {
        add_one(&home, made);
    }
    OK(&home, store_decisions(&home.job, home.txn, right_to(&home, made->subject[1], RIGHT_ACCESS),
                              &decision, &count));
    expect(count > 0, "none");
    add_one(&home, made);
    home_commit(&home);
    expect_everybody(&home, made);
    end(&home, made);
}

/* What waits cannot be read: who asks is told, and decisions are made all the same. */
static void a_damaged_group_stops_nobody_else(void **state)
{
    (void)state;
    struct home home;
    struct decision_record *decision = NULL;
    size_t count = 0;
    struct made *made = begin(&home);
    add_many(&home, made, 10);
    home_close(&home);
    spoil(home_file(&home, "data.db"),
          "UPDATE journal SET sealed = CAST(substr(sealed, 1, 60) || x'00000000' ||"
          " substr(sealed, 65) AS BLOB)");
    home_open(&home);
    for (size_t i = 0; i < 6; i++) {
        add_many(&home, made, PER_COMMIT);
    }
    (void)home_begin(&home);
    FAILS(&home, CANDOR_CORRUPT,
          store_decisions(&home.job, home.txn, right_to(&home, made->subject[1], RIGHT_ACCESS),
                          &decision, &count));
    end(&home, made);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(each_has_their_own_in_order_however_far_they_are_settled),
        cmocka_unit_test(what_is_removed_is_gone_while_it_waits_and_after),
        cmocka_unit_test(of_all_that_is_removed_nothing_is_left),
        cmocka_unit_test(what_was_rolled_back_was_not_decided),
        cmocka_unit_test(a_removal_that_was_rolled_back_did_not_happen),
        cmocka_unit_test(they_are_read_in_the_transaction_that_makes_them),
        cmocka_unit_test(a_damaged_group_stops_nobody_else),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
