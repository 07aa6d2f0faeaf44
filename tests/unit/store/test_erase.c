/*
 * test_erase.c - erased means unreadable: in the files as they are, in older copies of the data
 * with the keys as they are, and in what a crash leaves. The neighbour stays.
 */
#include "home.h"

/* ---- looking for somebody in every byte ---------------------------------------------------- */

enum { CANARIES = 10, CANARY_LEN = 24 };

/* Texts that occur nowhere else, drawn anew each time. */
struct canaries {
    char text[CANARIES][CANARY_LEN + 1];
};

static void draw_canaries(struct home *home, struct canaries *canaries)
{
    static const char letter[] = "ABCDEFGHabcdefghIJKLMNOPijklmnop"; /* both cases, 32 of them */
    for (size_t i = 0; i < CANARIES; i++) {
        uint8_t byte[CANARY_LEN];
        must(entropy_draw(&home->job, byte, sizeof byte) == CANDOR_OK);
        for (size_t c = 0; c < CANARY_LEN; c++) {
            canaries->text[i][c] = letter[byte[c] % 32];
        }
        canaries->text[i][CANARY_LEN] = '\0';
    }
}

static bool holds(struct bytes content, struct str needle)
{
    return needle.len > 0 && memmem(content.ptr, content.len, needle.ptr, needle.len) != NULL;
}

static struct str upper(struct arena *arena, struct str text)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t byte = (uint8_t)text.ptr[i];
        buf_u8(&buf, byte >= 'a' && byte <= 'z' ? byte & 0xdfU : byte);
    }
    return buf_text(&buf);
}

static struct str wide(struct arena *arena, struct str text, bool is_big)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t pair[2] = {is_big ? 0 : (uint8_t)text.ptr[i],
                                 is_big ? (uint8_t)text.ptr[i] : 0};
        buf_bytes(&buf, pair, 2);
    }
    return buf_text(&buf);
}

/* What stands in the middle of a base64 text when the canary begins at the offset, mod 3. */
static struct str base64_at(struct arena *arena, struct str text, size_t offset)
{
    const struct str shifted = str_format(arena, "%.*s%.*s", (int)offset, "xx", STR_ARG(text));
    const struct str all = base64_of(arena, bytes_of(shifted));
    return str_slice(all, offset == 0 ? 0 : 4, all.len - 4);
}

enum { FORMS = 10 };

static void forms_of(struct arena *arena, struct str text, struct str form[FORMS])
{
    const struct str hex = hex_of(arena, bytes_of(text));
    size_t count = 0;
    form[count++] = text;
    form[count++] = upper(arena, text);
    form[count++] = str_lower(arena, text);
    form[count++] = wide(arena, text, false);
    form[count++] = wide(arena, text, true);
    for (size_t offset = 0; offset < 3; offset++) {
        form[count++] = base64_at(arena, text, offset);
    }
    form[count++] = hex;
    form[count++] = upper(arena, hex);
    must(count == FORMS);
}

struct scan {
    struct job *job;
    const struct canaries *canaries;
    size_t files;
    size_t hits;
};

static void scan_folder(struct scan *scan, const char *path);

static void scan_file(struct scan *scan, const char *path)
{
    const struct bytes content = read_all(scan->job, path);
    scan->files++;
    for (size_t i = 0; i < CANARIES; i++) {
        struct str form[FORMS];
        forms_of(scan->job->arena, str_of(scan->canaries->text[i]), form);
        for (size_t f = 0; f < FORMS; f++) {
            scan->hits += holds(content, form[f]);
        }
    }
}

static void scan_folder(struct scan *scan, const char *path)
{
    DIR *dir = opendir(path);
    must(dir != NULL);
    for (struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        const char *child = str_format(scan->job->arena, "%s/%s", path, entry->d_name).ptr;
        if (entry->d_type == DT_DIR) {
            scan_folder(scan, child);
        } else {
            scan_file(scan, child);
        }
    }
    must(closedir(dir) == 0);
}

static struct scan scan_home(struct home *home, const struct canaries *canaries)
{
    struct scan scan = {.job = &home->job, .canaries = canaries};
    scan_folder(&scan, home->path);
    return scan;
}

/* ---- a person everywhere ------------------------------------------------------------------- */

/* Each canary somewhere else. */
static struct subject plant(struct home *home, struct canaries *canaries)
{
    char(*text)[CANARY_LEN + 1] = canaries->text;
    const struct str address = str_format(home->job.arena, "%s@example.org", text[1]);
    const struct subject subject = home_add(home, text[0]);
    home_put(home, subject, address.ptr, text[2], text[3]);
    OK(home, store_add_lookups(&home->job, home->txn, &subject, &address, 1));
    home_event(home, subject, BOUGHT, 1, text[4]);
    home_event(home, subject, VIEWED, 2, text[5]);
    home_consent(home, subject, NEWS, text[6]);
    home_contact(home, subject, text[7]);
    home_decision(home, subject, text[8]);
    OK(home, store_put_document(&home->job, home->txn, LIT("note"), str_of(text[9]),
                                bytes_of(str_of(text[9]))));
    return subject;
}

static void erase(struct home *home, struct subject subject)
{
    struct erasure_rows rows;
    struct key_erasure facts;
    (void)home_begin(home);
    OK(home, store_erase(&home->job, home->txn, right_to(home, subject, RIGHT_ERASURE), &rows));
    home_commit(home);
    OK(home, store_finish_erasures(&home->job, home->store, &facts));
    expect(facts.keys_erased == 1, "%zu", facts.keys_erased);
    expect(!bytes_same(facts.old_root, facts.new_root, sizeof facts.old_root), "the same root");
}

static void expect_gone(struct home *home, const char *name)
{
    struct subject found;
    FAILS(home, CANDOR_NOT_FOUND, store_find(&home->job, home->txn, str_of(name), &found));
}

static void expect_readable(struct home *home, const char *name, const char *city)
{
    struct subject found;
    struct profile profile;
    OK(home, store_find(&home->job, home->txn, str_of(name), &found));
    OK(home, store_profile(&home->job, home->txn, right_to(home, found, RIGHT_ACCESS), &profile));
    expect(str_is(profile.cell[CITY].text, city), "%.*s", STR_ARG(profile.cell[CITY].text));
}

/* Nothing about the subject opens, by whatever way. */
static void expect_closed(struct home *home, struct subject subject)
{
    const struct permit *right = right_to(home, subject, RIGHT_ACCESS);
    struct profile profile;
    struct event *event = NULL;
    struct consent_record *record = NULL;
    struct contact *contact = NULL;
    struct decision_record *decision = NULL;
    struct secret *key = NULL;
    struct str name;
    size_t count = 0;
    struct job *job = &home->job;
    FAILS(home, CANDOR_NOT_FOUND, store_identifier(job, home->txn, right, &name));
    FAILS(home, CANDOR_NOT_FOUND, store_profile(job, home->txn, right, &profile));
    FAILS(home, CANDOR_NOT_FOUND, store_events(job, home->txn, right, &event, &count));
    FAILS(home, CANDOR_NOT_FOUND, store_consents(job, home->txn, subject, &record, &count));
    FAILS(home, CANDOR_NOT_FOUND, store_contacts(job, home->txn, subject, &contact, &count));
    FAILS(home, CANDOR_NOT_FOUND, store_decisions(job, home->txn, right, &decision, &count));
    FAILS(home, CANDOR_NOT_FOUND, store_tag_key(job, home->txn, subject, &key));
}

/* ---- the scan ------------------------------------------------------------------------------ */

static void the_scan_finds_what_is_there(void **state)
{
    (void)state;
    struct home home;
    struct canaries canaries;
    struct str form[FORMS];
    home_make(&home);
    draw_canaries(&home, &canaries);
    forms_of(home.job.arena, str_of(canaries.text[4]), form);
    for (size_t f = 0; f < FORMS; f++) {
        struct buf content = buf_begin(home.job.arena);
        buf_lit(&content, LIT("before "));
        buf_str(&content, form[f]);
        buf_lit(&content, LIT(" after"));
        OK(&home,
           file_replace(&home.job, str_of(home_file(&home, "planted")), buf_all(&content), 0600));
        expect(scan_home(&home, &canaries).hits > 0, "form %zu", f);
    }
    home_end(&home);
}

static void no_file_holds_a_person_in_plain(void **state)
{
    (void)state;
    struct home home;
    struct canaries canaries;
    home_make(&home);
    draw_canaries(&home, &canaries);
    (void)home_begin(&home);
    const struct subject subject = plant(&home, &canaries);
    home_commit(&home);
    struct scan scan = scan_home(&home, &canaries); /* open, logs and all */
    expect(scan.files >= 6, "%zu files", scan.files);
    expect(scan.hits == 0, "before: %zu", scan.hits);

    erase(&home, subject);
    scan = scan_home(&home, &canaries);
    expect(scan.hits == 0, "after: %zu", scan.hits);
    home_close(&home);
    scan = scan_home(&home, &canaries);
    expect(scan.hits == 0, "closed: %zu", scan.hits);
    home_end(&home);
}

/* Every slot that is divisible by 100: what was written of them. */
enum { MANY = 2000, ERASED = MANY / 100, BLOBS_MAX = 200 };

static const char sql_values[] = "SELECT sealed FROM event WHERE (place >> 39) % 100 = 0 UNION ALL "
                                 "SELECT sealed FROM profile WHERE (place >> 39) % 100 = 0 "
                                 "UNION ALL SELECT sealed FROM subject WHERE slot % 100 = 0";
static const char sql_tags[] = "SELECT tag FROM lookup WHERE slot % 100 = 0";

struct blobs {
    struct bytes blob[BLOBS_MAX];
    size_t count;
};

/* The blobs that a statement gives, from a file that nobody has open. */
static void find_blobs(struct home *home, const char *file, const char *sql, struct blobs *blobs)
{
    sqlite3 *connection = NULL;
    sqlite3_stmt *statement = NULL;
    blobs->count = 0;
    must(sqlite3_open(home_file(home, file), &connection) == SQLITE_OK);
    must(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW && blobs->count < BLOBS_MAX) {
        const struct bytes found = {sqlite3_column_blob(statement, 0),
                                    (size_t)sqlite3_column_bytes(statement, 0)};
        blobs->blob[blobs->count++] = bytes_copy_of(home->job.arena, found);
    }
    must(sqlite3_finalize(statement) == SQLITE_OK);
    must(sqlite3_close(connection) == SQLITE_OK);
}

static size_t blobs_in(struct home *home, const char *file, const struct blobs *blobs)
{
    const struct bytes content = read_all(&home->job, home_file(home, file));
    size_t found = 0;
    for (size_t i = 0; i < blobs->count; i++) {
        const struct bytes blob = blobs->blob[i];
        found += holds(content, (struct str){(const char *)blob.ptr, blob.len});
    }
    return found;
}

static void add_many(struct home *home, struct subject subject[MANY])
{
    struct str name[MANY];
    for (size_t i = 0; i < MANY; i++) {
        name[i] = str_format(home->job.arena, "person %zu", i);
    }
    (void)home_begin(home);
    OK(home, store_add_subjects(&home->job, home->txn, name, MANY, subject));
    for (size_t i = 0; i < MANY; i++) {
        home_put(home, subject[i], name[i].ptr, name[i].ptr, name[i].ptr);
        home_event(home, subject[i * 7 % (i + 1)], BOUGHT, 1, name[i].ptr);
        home_event(home, subject[i], VIEWED, 1, name[i].ptr);
    }
    home_commit(home);
}

/* Ciphertext and keyed hashes are overwritten where they stood, in a home where tables have grown
 * and pages were split and joined. */
static void deleted_values_and_look_ups_are_overwritten(void **state)
{
    (void)state;
    struct home home;
    struct subject subject[MANY];
    struct blobs values;
    struct blobs tags;
    home_make(&home);
    add_many(&home, subject);
    home_close(&home);
    find_blobs(&home, "data.db", sql_values, &values);
    find_blobs(&home, "keys/keys.db", sql_tags, &tags);
    expect(values.count > (size_t)ERASED * 5, "%zu", values.count);
    COUNTS(tags.count, ERASED);
    COUNTS(blobs_in(&home, "data.db", &values), values.count); /* else the test shows nothing */
    COUNTS(blobs_in(&home, "keys/keys.db", &tags), tags.count);

    home_open(&home);
    for (size_t i = 0; i < MANY; i += 100) {
        erase(&home, subject[i]);
    }
    static const char *const file[] = {"data.db", "data.db-wal", "keys/keys.db",
                                       "keys/keys.db-wal"};
    for (size_t f = 0; f < sizeof file / sizeof file[0]; f++) {
        COUNTS(blobs_in(&home, file[f], &values), 0);
        COUNTS(blobs_in(&home, file[f], &tags), 0);
    }
    home_end(&home);
}

/* ---- what is deleted ----------------------------------------------------------------------- */

static void an_erasure_counts_what_it_deletes(void **state)
{
    (void)state;
    struct home home;
    struct erasure_rows rows;
    uint64_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
    (void)home_person(&home, "ben", "b@example.org", "other");
    home_event(&home, anna, VIEWED, 2, "hat");
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_erase(&home.job, home.txn, right_to(&home, anna, RIGHT_ERASURE), &rows));
    expect(rows.profile_rows == 3 && rows.event_rows == 2 && rows.consent_rows == 1 &&
               rows.contact_rows == 1 && rows.decision_rows == 1,
           "%llu %llu %llu %llu %llu", (unsigned long long)rows.profile_rows,
           (unsigned long long)rows.event_rows, (unsigned long long)rows.consent_rows,
           (unsigned long long)rows.contact_rows, (unsigned long long)rows.decision_rows);
    OK(&home, store_subject_count(&home.job, home.txn, &count));
    COUNTS(count, 1);
    expect_closed(&home, anna); /* already in this transaction */
    expect_readable(&home, "ben", "other");
    FAILS(&home, CANDOR_NOT_FOUND,
          store_erase(&home.job, home.txn, right_to(&home, anna, RIGHT_ERASURE), &rows));
    home_end(&home);
}

static void no_table_has_a_row_of_the_erased(void **state)
{
    (void)state;
    static const char sql[] =
        "SELECT x'00' FROM subject WHERE slot = 0 UNION ALL "
        "SELECT x'00' FROM pending UNION ALL SELECT x'00' FROM (SELECT place FROM alias UNION ALL "
        "SELECT place FROM profile UNION ALL SELECT place FROM event UNION ALL "
        "SELECT place FROM consent UNION ALL SELECT place FROM contact UNION ALL "
        "SELECT place FROM decision) WHERE place >> 39 = 0";
    struct home home;
    struct blobs rows;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
    (void)home_person(&home, "ben", "b@example.org", "other");
    home_commit(&home);
    home_close(&home);
    COUNTS(anna.slot, 0);
    find_blobs(&home, "data.db", sql, &rows);
    COUNTS(rows.count, 8); /* the subject, an alias, three drawers, one of each other kind */
    home_open(&home);
    erase(&home, anna);
    home_close(&home);
    find_blobs(&home, "data.db", sql, &rows);
    COUNTS(rows.count, 0);
    find_blobs(&home, "keys/keys.db", "SELECT tag FROM lookup WHERE slot = 0", &rows);
    COUNTS(rows.count, 0);
    home_end(&home);
}

static void an_erasure_that_is_rolled_back_did_not_happen(void **state)
{
    (void)state;
    struct home home;
    struct erasure_rows rows;
    struct key_erasure facts;
    struct subject again;
    const struct str name = STR("anna");
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_erase(&home.job, home.txn, right_to(&home, anna, RIGHT_ERASURE), &rows));
    /* Adding the name again would overwrite a look-up that the roll-back needs. */
    FAILS(&home, CANDOR_EXISTS, store_add_subjects(&home.job, home.txn, &name, 1, &again));
    home_roll_back(&home);
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    expect(facts.keys_erased == 0, "%zu", facts.keys_erased);
    expect(bytes_same(facts.old_root, facts.new_root, sizeof facts.old_root), "another root");
    (void)home_begin(&home);
    expect_readable(&home, "anna", "secret");
    expect_readable(&home, "a@example.org", "secret");
    home_end(&home);
}

static void the_erased_may_come_again_as_somebody_new(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
    home_commit(&home);
    erase(&home, anna);
    (void)home_begin(&home);
    expect_gone(&home, "anna");
    expect_gone(&home, "a@example.org");
    expect_closed(&home, anna);
    const struct subject again = home_person(&home, "anna", "a@example.org", "new");
    expect(again.slot != anna.slot, "the slot was used again");
    home_commit(&home);
    home_close(&home);
    home_open(&home);
    (void)home_begin(&home);
    expect_readable(&home, "a@example.org", "new");
    expect_closed(&home, anna);
    home_end(&home);
}

static void many_erasures_cost_one_root_change(void **state)
{
    (void)state;
    enum { COUNT = 12 };
    struct home home;
    struct subject subject[COUNT];
    struct key_erasure facts;
    home_make(&home);
    (void)home_begin(&home);
    for (size_t i = 0; i < COUNT; i++) {
        const char *name = str_format(home.job.arena, "person %zu", i).ptr;
        subject[i] = home_person(&home, name, str_format(home.job.arena, "p%zu@x.org", i).ptr, "x");
    }
    home_commit(&home);
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    const uint64_t generation = facts.generation;
    for (size_t i = 1; i < COUNT; i++) {
        struct erasure_rows rows;
        (void)home_begin(&home);
        OK(&home,
           store_erase(&home.job, home.txn, right_to(&home, subject[i], RIGHT_ERASURE), &rows));
        home_commit(&home);
    }
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    expect(facts.keys_erased == COUNT - 1, "%zu", facts.keys_erased);
    expect(facts.generation == generation + 1, "%llu", (unsigned long long)facts.generation);
    expect(facts.old_blocks_destroyed, "old blocks stayed");
    (void)home_begin(&home);
    expect_readable(&home, "person 0", "x");
    expect_gone(&home, "person 7");
    home_end(&home);
}

/* ---- older copies -------------------------------------------------------------------------- */

static void keep_copies(struct home *home)
{
    copy_file(&home->job, home_file(home, "data.db"), home_file(home, "old-data.db"));
    copy_file(&home->job, home_file(home, "keys/keys.db"), home_file(home, "old-keys.db"));
    copy_file(&home->job, home_file(home, "keys/root.key"), home_file(home, "old-root.key"));
}

/* anna and ben, closed and copied; then anna is erased, and it is closed again. */
static struct subject erase_one_of_two(struct home *home)
{
    home_make(home);
    (void)home_begin(home);
    const struct subject anna = home_person(home, "anna", "a@example.org", "secret");
    (void)home_person(home, "ben", "b@example.org", "other");
    home_commit(home);
    home_close(home);
    keep_copies(home);
    home_open(home);
    erase(home, anna);
    home_close(home);
    return anna;
}

static void old_data_with_the_current_keys_opens_for_the_neighbour_only(void **state)
{
    (void)state;
    struct home home;
    uint64_t cursor = 0;
    struct subject first;
    const struct subject anna = erase_one_of_two(&home);
    copy_file(&home.job, home_file(&home, "old-data.db"), home_file(&home, "data.db"));
    /* Without the list, so that it is the missing key alone that keeps anna closed. */
    spoil(home_file(&home, "keys/keys.db"), "DELETE FROM erased");
    home_open(&home);
    (void)home_begin(&home);
    OK(&home, store_next_subject(&home.job, home.txn, &cursor, &first));
    expect(first.slot == anna.slot, "the old row is not there: the test shows nothing");
    expect_gone(&home, "anna");
    expect_gone(&home, "a@example.org");
    expect_closed(&home, anna);
    expect_readable(&home, "ben", "other");
    expect_readable(&home, "b@example.org", "other");
    home_end(&home);
}

static void old_data_put_back_forgets_the_erased_at_opening(void **state)
{
    (void)state;
    struct home home;
    uint64_t cursor = 0;
    uint64_t count = 0;
    struct subject first;
    const struct subject anna = erase_one_of_two(&home);
    copy_file(&home.job, home_file(&home, "old-data.db"), home_file(&home, "data.db"));
    home_open(&home);
    (void)home_begin(&home);
    OK(&home, store_subject_count(&home.job, home.txn, &count));
    COUNTS(count, 1);
    OK(&home, store_next_subject(&home.job, home.txn, &cursor, &first));
    expect(first.slot != anna.slot, "anna's row is back");
    expect_readable(&home, "ben", "other");
    home_end(&home);
}

static void an_old_key_store_does_not_open_under_the_current_root(void **state)
{
    (void)state;
    struct home home;
    (void)erase_one_of_two(&home);
    copy_file(&home.job, home_file(&home, "old-data.db"), home_file(&home, "data.db"));
    copy_file(&home.job, home_file(&home, "old-keys.db"), home_file(&home, "keys/keys.db"));
    home.owner = arena_begin();
    FAILS(&home, CANDOR_CORRUPT,
          store_open(&home.job, home.owner, str_of(home.path), &home.made.inventory, &home.store));
    home_end(&home);
}

/* The control: with the old root too, all opens. That is why a root has no copies. */
static void with_an_old_root_the_old_copies_would_open(void **state)
{
    (void)state;
    struct home home;
    (void)erase_one_of_two(&home);
    copy_file(&home.job, home_file(&home, "old-data.db"), home_file(&home, "data.db"));
    copy_file(&home.job, home_file(&home, "old-keys.db"), home_file(&home, "keys/keys.db"));
    copy_file(&home.job, home_file(&home, "old-root.key"), home_file(&home, "keys/root.key"));
    home_open(&home);
    (void)home_begin(&home);
    expect_readable(&home, "anna", "secret");
    home_end(&home);
}

/* ---- interrupted --------------------------------------------------------------------------- */

static void opening_finishes_what_a_crash_left(void **state)
{
    (void)state;
    struct home home;
    struct erasure_rows rows;
    struct key_erasure facts;
    home_make(&home);
    (void)home_begin(&home);
    const struct subject anna = home_person(&home, "anna", "a@example.org", "secret");
    (void)home_person(&home, "ben", "b@example.org", "other");
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_erase(&home.job, home.txn, right_to(&home, anna, RIGHT_ERASURE), &rows));
    home_commit(&home);
    home_close(&home); /* never finished */

    home_open(&home);
    OK(&home, store_finish_erasures(&home.job, home.store, &facts));
    expect(facts.keys_erased == 0, "there was still something to finish");
    (void)home_begin(&home);
    expect_gone(&home, "anna");
    expect_closed(&home, anna);
    expect_readable(&home, "ben", "other");
    home_end(&home);
}

/* A crash after the key was destroyed and before the mark was cleared. */
static void finishing_twice_does_no_harm(void **state)
{
    (void)state;
    struct home home;
    const struct subject anna = erase_one_of_two(&home);
    spoil(home_file(&home, "data.db"),
          str_format(home.job.arena, "INSERT INTO pending VALUES (%u)", anna.slot).ptr);
    home_open(&home);
    (void)home_begin(&home);
    expect_gone(&home, "anna");
    expect_readable(&home, "ben", "other");
    home_end(&home);
}

static void rotating_keeps_what_is_kept_and_erased_what_is_erased(void **state)
{
    (void)state;
    struct home home;
    struct key_erasure facts;
    const struct subject anna = erase_one_of_two(&home);
    home_open(&home);
    OK(&home, store_rotate_keys(&home.job, home.store, &facts));
    expect(facts.keys_erased == 0 && facts.blocks_rewritten > 0, "%zu", facts.blocks_rewritten);
    home_close(&home);
    home_open(&home);
    (void)home_begin(&home);
    expect_closed(&home, anna);
    expect_readable(&home, "ben", "other");
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(the_scan_finds_what_is_there),
        cmocka_unit_test(no_file_holds_a_person_in_plain),
        cmocka_unit_test(deleted_values_and_look_ups_are_overwritten),
        cmocka_unit_test(an_erasure_counts_what_it_deletes),
        cmocka_unit_test(no_table_has_a_row_of_the_erased),
        cmocka_unit_test(an_erasure_that_is_rolled_back_did_not_happen),
        cmocka_unit_test(the_erased_may_come_again_as_somebody_new),
        cmocka_unit_test(many_erasures_cost_one_root_change),
        cmocka_unit_test(old_data_with_the_current_keys_opens_for_the_neighbour_only),
        cmocka_unit_test(old_data_put_back_forgets_the_erased_at_opening),
        cmocka_unit_test(an_old_key_store_does_not_open_under_the_current_root),
        cmocka_unit_test(with_an_old_root_the_old_copies_would_open),
        cmocka_unit_test(opening_finishes_what_a_crash_left),
        cmocka_unit_test(finishing_twice_does_no_harm),
        cmocka_unit_test(rotating_keeps_what_is_kept_and_erased_what_is_erased),
    };
    return cmocka_run_group_tests_name("erase", test, NULL, NULL);
}
