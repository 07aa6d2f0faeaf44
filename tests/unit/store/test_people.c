/*
 * test_people.c - subjects and what is known about them: found by their names and no others, read
 * as far as a permit goes and no farther, in the place where it was put and no other.
 */
#include "home.h"

/* ---- names --------------------------------------------------------------------------------- */

static const struct {
    const char *added;
    const char *asked;
    bool found;
} name_row[] = {
    {"C-100", "C-100", true},
    {"C-100", "  C-100\n", true},
    {"C-100", "c-100", false}, /* a customer number may tell cases apart */
    {"Anna@Example.ORG", "anna@example.org", true},
    {"anna@example.org", " ANNA@EXAMPLE.ORG ", true},
    {"anna@example.org", "anna@example.com", false},
    {"J\xc3\xbcrg", "J\xc3\xbcrg", true},
    {"C-100", "", false},
    {"C-100", "C-1", false},
    {"C-100", "C-100\xff", false},
};

static bool is_same(struct subject left, struct subject right)
{
    return left.slot == right.slot && bytes_same(left.id, right.id, sizeof left.id);
}

static void names_are_found_in_their_normal_form(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof name_row / sizeof name_row[0]; row++) {
        struct home home;
        struct subject found = {0};
        home_make(&home);
        (void)home_begin(&home);
        const struct subject subject = home_add(&home, name_row[row].added);
        const enum candor_status status =
            store_find(&home.job, home.txn, str_of(name_row[row].asked), &found);
        expect(status == (name_row[row].found ? CANDOR_OK : CANDOR_NOT_FOUND), "row %zu: %s", row,
               home.job.message);
        expect(!name_row[row].found || is_same(found, subject), "row %zu: another", row);
        home_end(&home);
    }
}

static char long_name[IDENTIFIER_LEN_MAX + 2];

static void a_name_that_is_none_is_refused(void **state)
{
    (void)state;
    struct home home;
    struct subject subject[2];
    memset(long_name, 'x', IDENTIFIER_LEN_MAX + 1);
    const struct str bad[] = {
        STR(""), STR("  \t"), STR("a\xff"), {long_name, IDENTIFIER_LEN_MAX + 1}};
    home_make(&home);
    (void)home_begin(&home);
    for (size_t row = 0; row < sizeof bad / sizeof bad[0]; row++) {
        const struct str pair[] = {STR("good"), bad[row]};
        FAILS(&home, CANDOR_BAD_INPUT, store_add_subjects(&home.job, home.txn, pair, 2, subject));
    }
    const struct str longest = {long_name, IDENTIFIER_LEN_MAX};
    OK(&home, store_add_subjects(&home.job, home.txn, &longest, 1, subject));
    OK(&home, store_find(&home.job, home.txn, longest, subject));
    home_end(&home);
}

static void a_known_name_is_not_added_again(void **state)
{
    (void)state;
    struct home home;
    struct subject subject[3];
    const struct str batch[] = {STR("ben"), STR("Anna@example.org"), STR("carl")};
    const struct str twice[] = {STR("ben"), STR("b@x.org"), STR("B@X.ORG")};
    home_make(&home);
    (void)home_begin(&home);
    (void)home_add(&home, "anna@example.org");
    expect(store_add_subjects(&home.job, home.txn, batch, 3, subject) == CANDOR_EXISTS, "known");
    expect(str_contains(str_of(home.job.message), STR("1")), "%s", home.job.message);
    expect(!str_contains(str_of(home.job.message), STR("nna")), "a name: %s", home.job.message);
    job_forgive(&home.job);
    FAILS(&home, CANDOR_EXISTS, store_add_subjects(&home.job, home.txn, twice, 3, subject));
    FAILS(&home, CANDOR_NOT_FOUND, store_find(&home.job, home.txn, STR("ben"), subject));
    OK(&home, store_add_subjects(&home.job, home.txn, NULL, 0, NULL));
    home_end(&home);
}

static void a_lookup_finds_one_subject_only(void **state)
{
    (void)state;
    struct home home;
    struct subject found;
    const struct str address = STR("a@example.org");
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct subject ben = home_add(&home, "ben");
    OK(&home, store_add_lookups(&home.job, home.txn, &anna, &address, 1));
    OK(&home, store_add_lookups(&home.job, home.txn, &anna, &address, 1)); /* again is fine */
    OK(&home, store_find(&home.job, home.txn, STR("A@example.org"), &found));
    expect(found.slot == anna.slot, "%u", found.slot);

    FAILS(&home, CANDOR_EXISTS, store_add_lookups(&home.job, home.txn, &ben, &address, 1));
    const struct str name = STR("anna");
    FAILS(&home, CANDOR_EXISTS, store_add_lookups(&home.job, home.txn, &ben, &name, 1));
    FAILS(&home, CANDOR_EXISTS, store_add_subjects(&home.job, home.txn, &address, 1, &found));
    const struct subject nobody = {.slot = 99};
    const struct str other = STR("other");
    FAILS(&home, CANDOR_NOT_FOUND, store_add_lookups(&home.job, home.txn, &nobody, &other, 1));
    home_end(&home);
}

static void a_removed_lookup_finds_nobody(void **state)
{
    (void)state;
    struct home home;
    struct subject found;
    const struct str lookup[] = {STR("old@example.org"), STR("new@example.org")};
    home_make(&home);
    (void)home_begin(&home);
    const struct subject both[] = {home_add(&home, "anna"), home_add(&home, "ben")};
    const struct subject anna = both[0];
    const struct subject twice[] = {anna, anna};
    OK(&home, store_add_lookups(&home.job, home.txn, twice, lookup, 2));
    home_commit(&home);

    (void)home_begin(&home);
    FAILS(&home, CANDOR_NOT_FOUND, store_remove_lookup(&home.job, home.txn, both[1], lookup[0]));
    FAILS(&home, CANDOR_NOT_FOUND, store_remove_lookup(&home.job, home.txn, anna, STR("anna")));
    OK(&home, store_remove_lookup(&home.job, home.txn, anna, lookup[0]));
    FAILS(&home, CANDOR_NOT_FOUND, store_find(&home.job, home.txn, lookup[0], &found));
    /* Not yet for somebody else: that would overwrite what the roll-back needs. */
    FAILS(&home, CANDOR_EXISTS, store_add_lookups(&home.job, home.txn, &both[1], lookup, 1));
    home_roll_back(&home);

    (void)home_begin(&home);
    OK(&home, store_find(&home.job, home.txn, lookup[0], &found)); /* it was rolled back */
    OK(&home, store_remove_lookup(&home.job, home.txn, anna, lookup[0]));
    home_commit(&home);
    home_close(&home);
    COUNTS(number_in(home_file(&home, "keys/keys.db"), "SELECT count(*) FROM lookup"), 3);
    home_open(&home);
    (void)home_begin(&home);
    FAILS(&home, CANDOR_NOT_FOUND, store_find(&home.job, home.txn, lookup[0], &found));
    OK(&home, store_find(&home.job, home.txn, lookup[1], &found));
    OK(&home, store_find(&home.job, home.txn, STR("anna"), &found));
    OK(&home, store_add_lookups(&home.job, home.txn, &both[1], lookup, 1)); /* it is free */
    home_end(&home);
}

/* Look-ups are durable in keys.db before the transaction is; only the transaction makes them count. */
static void a_lookup_that_was_not_committed_finds_nobody(void **state)
{
    (void)state;
    struct home home;
    struct subject found;
    const struct str address = STR("a@example.org");
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct subject ben = home_add(&home, "ben");
    home_commit(&home);

    /* As after a crash: the entry is in keys.db, the alias is not in data.db. */
    copy_file(&home.job, home_file(&home, "data.db"), home_file(&home, "before.db"));
    copy_file(&home.job, home_file(&home, "data.db-wal"), home_file(&home, "before.db-wal"));
    (void)home_begin(&home);
    OK(&home, store_add_lookups(&home.job, home.txn, &anna, &address, 1));
    home_commit(&home);
    home_close(&home);
    copy_file(&home.job, home_file(&home, "before.db"), home_file(&home, "data.db"));
    copy_file(&home.job, home_file(&home, "before.db-wal"), home_file(&home, "data.db-wal"));

    home_open(&home);
    (void)home_begin(&home);
    FAILS(&home, CANDOR_NOT_FOUND, store_find(&home.job, home.txn, address, &found));
    OK(&home, store_find(&home.job, home.txn, STR("anna"), &found));
    OK(&home, store_add_lookups(&home.job, home.txn, &ben, &address, 1));
    OK(&home, store_find(&home.job, home.txn, address, &found));
    expect(found.slot == ben.slot, "%u", found.slot);
    home_end(&home);
}

static void all_subjects_are_walked_once_in_order(void **state)
{
    (void)state;
    enum { COUNT = 300 };
    struct home home;
    struct str name[COUNT];
    struct subject added[COUNT];
    struct subject subject;
    uint64_t cursor = 0;
    uint64_t count = 0;
    size_t walked = 0;
    home_make(&home);
    (void)home_begin(&home);
    for (size_t i = 0; i < COUNT; i++) {
        name[i] = str_format(home.job.arena, "person %zu", i);
    }
    OK(&home, store_add_subjects(&home.job, home.txn, name, COUNT, added));
    while (store_next_subject(&home.job, home.txn, &cursor, &subject) == CANDOR_OK) {
        expect(walked < COUNT && subject.slot == added[walked].slot &&
                   bytes_same(subject.id, added[walked].id, sizeof subject.id),
               "at %zu", walked);
        walked++;
    }
    COUNTS(walked, COUNT);
    OK(&home, store_subject_count(&home.job, home.txn, &count));
    COUNTS(count, COUNT);
    home_end(&home);
}

static void the_identifier_comes_back_as_it_was(void **state)
{
    (void)state;
    struct home home;
    struct str identifier;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, " Anna@Example.org ");
    OK(&home, store_identifier(&home.job, home.txn, permit_to(&home, anna, NEWS), &identifier));
    expect(str_is(identifier, "Anna@Example.org"), "%.*s", STR_ARG(identifier));
    home_end(&home);
}

/* ---- profiles ------------------------------------------------------------------------------ */

enum { RIGHT = PURPOSE_COUNT };

/* Which fields a permit for a purpose, or for a right, opens. */
static const struct {
    size_t purpose;
    bool open[FIELD_COUNT];
} open_row[] = {
    {SERVICE, {[EMAIL] = true, [NOTE] = true}},
    {NEWS, {[EMAIL] = true}},
    {PROFILING, {[CITY] = true, [AGE] = true}},
    {RIGHT, {[EMAIL] = true, [CITY] = true, [NOTE] = true, [AGE] = true}},
};

static void a_permit_opens_its_drawers_and_no_others(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    home_put(&home, anna, "a@example.org", "Bern", "allergic");
    for (size_t row = 0; row < sizeof open_row / sizeof open_row[0]; row++) {
        struct profile profile;
        const struct permit *permit = open_row[row].purpose == RIGHT
                                          ? right_to(&home, anna, RIGHT_ACCESS)
                                          : permit_to(&home, anna, open_row[row].purpose);
        OK(&home, store_profile(&home.job, home.txn, permit, &profile));
        for (size_t field = 0; field < FIELD_COUNT; field++) {
            expect((profile.cell[field].kind != CELL_MISSING) == open_row[row].open[field],
                   "row %zu, field %zu", row, field);
        }
    }
    home_end(&home);
}

static void a_profile_is_replaced_whole(void **state)
{
    (void)state;
    struct home home;
    struct profile profile;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct permit *right = right_to(&home, anna, RIGHT_ACCESS);
    OK(&home, store_profile(&home.job, home.txn, right, &profile));
    expect(profile.cell[EMAIL].kind == CELL_MISSING, "something in an empty profile");

    home_put(&home, anna, "a@example.org", "Bern", "allergic");
    struct profile second = profile_begin(home.job.arena, &home.made.inventory);
    second.cell[CITY] = text_cell("Thun");
    OK(&home, store_put_profile(&home.job, home.txn, anna, &second));
    OK(&home, store_profile(&home.job, home.txn, right, &profile));
    expect(profile.cell[EMAIL].kind == CELL_MISSING && profile.cell[NOTE].kind == CELL_MISSING,
           "left over");
    expect(str_is(profile.cell[CITY].text, "Thun"), "%.*s", STR_ARG(profile.cell[CITY].text));
    const struct subject nobody = {.slot = 99};
    FAILS(&home, CANDOR_NOT_FOUND, store_put_profile(&home.job, home.txn, nobody, &second));
    home_end(&home);
}

/* When the inventory gives a field one more purpose, what is stored is not opened for it. */
static void a_new_purpose_does_not_open_what_is_stored(void **state)
{
    (void)state;
    struct home home;
    struct profile profile;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    home_put(&home, anna, "a@example.org", "Bern", "allergic");
    home_commit(&home);

    struct made_inventory wider;
    (void)make_inventory(&wider);
    wider.field[NOTE].purposes = BIT(SERVICE) | BIT(PROFILING);
    wider.drawer[2] = (struct drawer){BIT(SERVICE) | BIT(PROFILING), STR("profiling service")};
    store_use_inventory(home.store, &wider.inventory);
    (void)home_begin(&home);
    OK(&home, store_profile(&home.job, home.txn, permit_to(&home, anna, PROFILING), &profile));
    expect(profile.cell[NOTE].kind == CELL_MISSING,
           "opened for a purpose they were not asked about");
    OK(&home, store_profile(&home.job, home.txn, permit_to(&home, anna, SERVICE), &profile));
    expect(profile.cell[NOTE].kind == CELL_TEXT, "closed for the purpose it had");

    struct profile again = profile_begin(home.job.arena, &wider.inventory);
    again.cell[NOTE] = text_cell("asked again");
    OK(&home, store_put_profile(&home.job, home.txn, anna, &again));
    OK(&home, store_profile(&home.job, home.txn, permit_to(&home, anna, PROFILING), &profile));
    expect(profile.cell[NOTE].kind == CELL_TEXT, "stored under the wider purposes");
    home_end(&home);
}

static void a_narrower_purpose_closes_what_is_stored(void **state)
{
    (void)state;
    struct home home;
    struct profile profile;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    home_put(&home, anna, "a@example.org", "Bern", "allergic");
    home_commit(&home);

    struct made_inventory narrow;
    (void)make_inventory(&narrow);
    narrow.field[EMAIL].purposes = BIT(SERVICE);
    narrow.field[EMAIL].drawer = 2;
    store_use_inventory(home.store, &narrow.inventory);
    (void)home_begin(&home);
    OK(&home, store_profile(&home.job, home.txn, permit_to(&home, anna, NEWS), &profile));
    expect(profile.cell[EMAIL].kind == CELL_MISSING, "still open");
    OK(&home, store_profile(&home.job, home.txn, permit_to(&home, anna, SERVICE), &profile));
    expect(profile.cell[EMAIL].kind == CELL_TEXT, "closed for service");
    home_end(&home);
}

/* ---- events -------------------------------------------------------------------------------- */

static void events_come_oldest_first(void **state)
{
    (void)state;
    static const int64_t time[] = {500, 100, 300, 300, 200, 400};
    static const char *const expected[] = {"1", "4", "2", "3", "5", "0"};
    struct home home;
    struct event *event = NULL;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    const struct permit *permit = permit_to(&home, anna, PROFILING);
    OK(&home, store_events(&home.job, home.txn, permit, &event, &count));
    COUNTS(count, 0);
    for (size_t i = 0; i < 6; i++) {
        home_event(&home, anna, i % 2 == 0 ? VIEWED : BOUGHT, time[i],
                   str_format(home.job.arena, "%zu", i).ptr);
    }
    OK(&home, store_events(&home.job, home.txn, permit, &event, &count));
    COUNTS(count, 6);
    for (size_t i = 0; i < count; i++) {
        expect(str_is(event[i].cell[0].text, expected[i]), "at %zu: %.*s", i,
               STR_ARG(event[i].cell[0].text));
    }
    home_end(&home);
}

static const struct {
    size_t purpose;
    size_t count;
} event_row[] = {{SERVICE, 1}, {NEWS, 0}, {PROFILING, 2}, {RIGHT, 2}};

static void a_permit_opens_its_events_and_no_others(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    home_event(&home, anna, BOUGHT, 1, "hat");
    home_event(&home, anna, VIEWED, 2, "coat");
    for (size_t row = 0; row < sizeof event_row / sizeof event_row[0]; row++) {
        struct event *event = NULL;
        size_t count = 0;
        const struct permit *permit = event_row[row].purpose == RIGHT
                                          ? right_to(&home, anna, RIGHT_ACCESS)
                                          : permit_to(&home, anna, event_row[row].purpose);
        OK(&home, store_events(&home.job, home.txn, permit, &event, &count));
        expect(count == event_row[row].count, "row %zu: %zu", row, count);
    }
    home_end(&home);
}

static void what_the_inventory_no_longer_has_is_passed_over(void **state)
{
    (void)state;
    struct home home;
    struct event *event = NULL;
    struct consent_record *record = NULL;
    struct contact *contact = NULL;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
    home_event(&home, anna, VIEWED, 2, "coat");
    home_commit(&home);

    struct made_inventory fewer;
    (void)make_inventory(&fewer);
    fewer.event_kind[VIEWED].name = STR("renamed");
    fewer.purpose[NEWS].name = STR("other_news");
    fewer.channel[0] = STR("post");
    store_use_inventory(home.store, &fewer.inventory);
    (void)home_begin(&home);
    OK(&home,
       store_events(&home.job, home.txn, right_to(&home, anna, RIGHT_ACCESS), &event, &count));
    expect(count == 1 && event[0].kind == BOUGHT, "%zu events", count);
    OK(&home, store_consents(&home.job, home.txn, anna, &record, &count));
    expect(count == 0, "%zu consents", count);
    OK(&home, store_contacts(&home.job, home.txn, anna, &contact, &count));
    expect(count == 1 && contact[0].channel == NONE, "%zu contacts", count);
    home_end(&home);
}

/* ---- consents, contacts, decisions --------------------------------------------------------- */

/* The i-th record of each kind, as it was put in. */
static void put_records(struct home *home, struct subject subject, size_t i)
{
    const char *text = str_format(home->job.arena, "number %zu", i).ptr;
    home_consent(home, subject, i % PURPOSE_COUNT, text);
    home_contact(home, subject, text);
    home_decision(home, subject, text);
}

static void expect_records(struct home *home, const struct consent_record *record,
                           const struct contact *contact, const struct decision_record *decision,
                           size_t i)
{
    const char *text = str_format(home->job.arena, "number %zu", i).ptr;
    expect(record->purpose == i % PURPOSE_COUNT && str_is(record->proof, text), "consent %zu", i);
    expect(contact->ledger_index == 7 && contact->channel == CHANNEL_EMAIL &&
               str_is(contact->campaign, text) && str_is(contact->offer, "offer"),
           "contact %zu", i);
    expect(decision->ledger_index == 9 && decision->id[2] == 3 &&
               bytes_same(decision->payload.ptr, text, decision->payload.len),
           "decision %zu", i);
}

static void records_come_back_in_order_as_they_were(void **state)
{
    (void)state;
    enum { COUNT = 20 };
    struct home home;
    struct consent_record *record = NULL;
    struct contact *contact = NULL;
    struct decision_record *decision = NULL;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_add(&home, "anna");
    for (size_t i = 0; i < COUNT; i++) {
        put_records(&home, anna, i);
    }
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_consents(&home.job, home.txn, anna, &record, &count));
    COUNTS(count, COUNT);
    OK(&home, store_contacts(&home.job, home.txn, anna, &contact, &count));
    COUNTS(count, COUNT);
    const struct permit *right = right_to(&home, anna, RIGHT_EXPLANATION);
    OK(&home, store_decisions(&home.job, home.txn, right, &decision, &count));
    COUNTS(count, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        expect_records(&home, &record[i], &contact[i], &decision[i], i);
    }
    home_end(&home);
}

/* ---- places -------------------------------------------------------------------------------- */

/* Moves a sealed value somewhere else in data.db. anna has slot 0, ben slot 1; 549755813888 is the
 * distance between the places of two subjects. */
static const struct {
    const char *what;
    const char *sql;
} move_row[] = {
    {"another subject's fields", "DELETE FROM profile WHERE place < 549755813888;"
                                 "UPDATE profile SET place = place - 549755813888"},
    {"another drawer", "UPDATE profile SET place = 999 WHERE place = 1;"
                       "UPDATE profile SET place = 1 WHERE place = 2;"
                       "UPDATE profile SET place = 2 WHERE place = 999"},
    {"another subject's events", "DELETE FROM event WHERE place < 549755813888;"
                                 "UPDATE event SET place = place - 549755813888"},
    {"another drawer of events", "UPDATE event SET drawer = 2"},
    {"another place in the list", "UPDATE event SET place = place + 1"},
    {"an event as a consent", "UPDATE consent SET sealed = (SELECT sealed FROM event LIMIT 1)"},
    {"a consent twice", "INSERT INTO consent SELECT place + 1, sealed FROM consent"},
    {"a contact as a group of decisions",
     "UPDATE journal SET sealed = (SELECT sealed FROM contact LIMIT 1)"},
    {"another place of a group", "UPDATE journal SET idx = idx + 1"},
    {"a contact as a decision",
     "INSERT INTO decision SELECT place, sealed FROM contact WHERE place < 549755813888"},
    {"another subject's name",
     "UPDATE subject SET sealed = (SELECT sealed FROM subject WHERE slot = 1)"},
    {"changed bytes", "UPDATE profile SET sealed = CAST(substr(sealed, 1, 60) || x'00000000' ||"
                      " substr(sealed, 65) AS BLOB)"},
    {"a cut value", "UPDATE consent SET sealed = substr(sealed, 1, 40)"},
    {"no value", "UPDATE contact SET sealed = x''"},
    {"a drawer that is not", "UPDATE event SET drawer = 77"},
};

/* The first status that is not OK when everything about a subject is read. */
static enum candor_status read_everything(struct home *home, struct subject subject)
{
    const struct permit *permit = right_to(home, subject, RIGHT_ACCESS);
    struct profile profile;
    struct event *event = NULL;
    struct consent_record *record = NULL;
    struct contact *contact = NULL;
    struct decision_record *decision = NULL;
    struct str identifier;
    size_t count = 0;
    TRY(store_identifier(&home->job, home->txn, permit, &identifier));
    TRY(store_profile(&home->job, home->txn, permit, &profile));
    TRY(store_events(&home->job, home->txn, permit, &event, &count));
    TRY(store_consents(&home->job, home->txn, subject, &record, &count));
    TRY(store_contacts(&home->job, home->txn, subject, &contact, &count));
    return store_decisions(&home->job, home->txn, permit, &decision, &count);
}

static void a_value_that_was_moved_or_changed_does_not_open(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof move_row / sizeof move_row[0]; row++) {
        struct home home;
        home_make(&home);
        (void)home_begin(&home);
        const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
        (void)home_person(&home, "ben", "b@example.org", "other");
        COUNTS(anna.slot, 0);
        OK(&home, read_everything(&home, anna));
        home_commit(&home);
        home_close(&home);

        spoil(home_file(&home, "data.db"), move_row[row].sql);
        home_open(&home);
        (void)home_begin(&home);
        expect(read_everything(&home, anna) == CANDOR_CORRUPT, "%s", move_row[row].what);
        home_end(&home);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(names_are_found_in_their_normal_form),
        cmocka_unit_test(a_name_that_is_none_is_refused),
        cmocka_unit_test(a_known_name_is_not_added_again),
        cmocka_unit_test(a_lookup_finds_one_subject_only),
        cmocka_unit_test(a_removed_lookup_finds_nobody),
        cmocka_unit_test(a_lookup_that_was_not_committed_finds_nobody),
        cmocka_unit_test(all_subjects_are_walked_once_in_order),
        cmocka_unit_test(the_identifier_comes_back_as_it_was),
        cmocka_unit_test(a_permit_opens_its_drawers_and_no_others),
        cmocka_unit_test(a_profile_is_replaced_whole),
        cmocka_unit_test(a_new_purpose_does_not_open_what_is_stored),
        cmocka_unit_test(a_narrower_purpose_closes_what_is_stored),
        cmocka_unit_test(events_come_oldest_first),
        cmocka_unit_test(a_permit_opens_its_events_and_no_others),
        cmocka_unit_test(what_the_inventory_no_longer_has_is_passed_over),
        cmocka_unit_test(records_come_back_in_order_as_they_were),
        cmocka_unit_test(a_value_that_was_moved_or_changed_does_not_open),
    };
    return cmocka_run_group_tests_name("people", test, NULL, NULL);
}
