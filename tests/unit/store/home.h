/*
 * home.h - for the tests of store: a home in a folder of its own, an inventory with three purposes
 * and four drawers, people in it, and the means to look at the files and to spoil them.
 */
#ifndef HOME_H
#define HOME_H

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "govern.h"
#include "store.h"
#include "testing.h"

/* ---- the inventory ------------------------------------------------------------------------- */

enum { SERVICE, NEWS, PROFILING, PURPOSE_COUNT };
enum { EMAIL, CITY, NOTE, AGE, FIELD_COUNT };
enum { BOUGHT, VIEWED, EVENT_KIND_COUNT };
enum { CHANNEL_EMAIL, CHANNEL_COUNT };

#define BIT(purpose) (UINT64_C(1) << (purpose))

/* Not constant: a test may change what may be used for what. */
struct made_inventory {
    struct purpose purpose[PURPOSE_COUNT];
    struct str channel[CHANNEL_COUNT];
    struct field field[FIELD_COUNT];
    struct field property[1];
    struct event_kind event_kind[EVENT_KIND_COUNT];
    struct drawer drawer[FIELD_COUNT];
    bool field_is_lookup[FIELD_COUNT];
    struct inventory inventory;
};

static inline const struct inventory *make_inventory(struct made_inventory *made)
{
    *made = (struct made_inventory){
        .purpose = {{.name = STR("service"), .basis = BASIS_CONTRACT},
                    {.name = STR("news"), .basis = BASIS_CONSENT, .channels = 1},
                    {.name = STR("profiling"), .basis = BASIS_CONSENT}},
        .channel = {STR("email")},
        .field =
            {{.name = STR("email"),
              .type = FIELD_TEXT,
              .purposes = BIT(SERVICE) | BIT(NEWS),
              .drawer = 0},
             {.name = STR("city"), .type = FIELD_TEXT, .purposes = BIT(PROFILING), .drawer = 1},
             {.name = STR("note"), .type = FIELD_TEXT, .purposes = BIT(SERVICE), .drawer = 2},
             {.name = STR("age"), .type = FIELD_NUMBER, .purposes = BIT(PROFILING), .drawer = 1}},
        .property = {{.name = STR("item"), .type = FIELD_TEXT}},
        .drawer = {{BIT(SERVICE) | BIT(NEWS), STR("news service")},
                   {BIT(PROFILING), STR("profiling")},
                   {BIT(SERVICE), STR("service")}},
        .field_is_lookup = {true},
    };
    made->event_kind[BOUGHT] = (struct event_kind){.name = STR("bought"),
                                                   .purposes = BIT(SERVICE) | BIT(PROFILING),
                                                   .property = made->property,
                                                   .property_count = 1};
    made->event_kind[VIEWED] = (struct event_kind){.name = STR("viewed"),
                                                   .purposes = BIT(PROFILING),
                                                   .property = made->property,
                                                   .property_count = 1};
    made->inventory = (struct inventory){
        .name = STR("test"),
        .purpose = made->purpose,
        .purpose_count = PURPOSE_COUNT,
        .channel = made->channel,
        .channel_count = CHANNEL_COUNT,
        .identifier = STR("identifier"),
        .field = made->field,
        .field_count = FIELD_COUNT,
        .event_kind = made->event_kind,
        .event_kind_count = EVENT_KIND_COUNT,
        .drawer = made->drawer,
        .drawer_count = 3,
        .field_is_lookup = made->field_is_lookup,
    };
    return &made->inventory;
}

/* ---- the home ------------------------------------------------------------------------------ */

struct home {
    struct job job;
    char path[128];
    struct made_inventory made;
    struct arena *owner;
    struct store *store;
    struct txn *txn;
};

/* Functions, so that a test that calls them often is not called complex. */
static inline void expect_ok(struct home *home, enum candor_status status, const char *call,
                             int line)
{
    expect(status == CANDOR_OK, "line %d, %s: %s", line, call, home->job.message);
}

static inline void expect_failure(struct home *home, enum candor_status expected,
                                  enum candor_status status, const char *call, int line)
{
    expect(status == expected, "line %d, %s: %s: %s", line, call, status_name(status),
           home->job.message);
    job_forgive(&home->job);
}

static inline void expect_count(uint64_t count, uint64_t expected, const char *what, int line)
{
    expect(count == expected, "line %d, %s: %llu, not %llu", line, what, (unsigned long long)count,
           (unsigned long long)expected);
}

#define OK(home, call) expect_ok((home), (call), #call, __LINE__)
/* The status that was expected, and forgive it. */
#define FAILS(home, expected, call) expect_failure((home), (expected), (call), #call, __LINE__)
#define COUNTS(count, expected) expect_count((count), (expected), #count, __LINE__)

static inline int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static inline void remove_tree(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* what is gone is gone */
}

static inline void make_folder(char *path, size_t len)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(path, len, "%.64s/candor-store-XXXXXX", folder != NULL ? folder : "/tmp");
    must(mkdtemp(path) != NULL);
}

static inline void home_open(struct home *home)
{
    home->owner = arena_begin();
    OK(home, store_open(&home->job, home->owner, str_of(home->path), &home->made.inventory,
                        &home->store));
}

static inline void home_close(struct home *home)
{
    store_roll_back(home->txn);
    home->txn = NULL;
    arena_end(home->owner);
    home->owner = NULL;
    home->store = NULL;
}

static inline void home_job(struct home *home)
{
    job_begin(&home->job, host_real());
    must(crypto_start(&home->job) == CANDOR_OK);
}

static inline void home_make(struct home *home)
{
    *home = (struct home){0};
    home_job(home);
    make_folder(home->path, sizeof home->path);
    (void)make_inventory(&home->made);
    home->owner = arena_begin();
    OK(home, store_create(&home->job, home->owner, str_of(home->path), &home->made.inventory,
                          &home->store));
}

static inline void home_end(struct home *home)
{
    if (home->owner != NULL) {
        home_close(home);
    }
    job_end(&home->job);
    remove_tree(home->path);
}

static inline const char *home_file(struct home *home, const char *name)
{
    return str_z(home->job.arena, path_join(home->job.arena, str_of(home->path), str_of(name)));
}

/* ---- transactions -------------------------------------------------------------------------- */

static inline struct txn *home_begin(struct home *home)
{
    OK(home, store_begin(&home->job, home->store, &home->txn));
    return home->txn;
}

/* The account that every change needs. */
static inline void home_account(struct home *home)
{
    uint64_t index = 0;
    OK(home, store_leaf_count(&home->job, home->store, &index));
    OK(home, store_append_leaf(&home->job, home->txn, index, bytes_of(STR("an account"))));
}

static inline void home_commit(struct home *home)
{
    home_account(home);
    OK(home, store_commit(&home->job, home->txn));
    home->txn = NULL;
}

static inline void home_roll_back(struct home *home)
{
    store_roll_back(home->txn);
    home->txn = NULL;
}

/* ---- people -------------------------------------------------------------------------------- */

static inline struct subject home_add(struct home *home, const char *identifier)
{
    const struct str name = str_of(identifier);
    struct subject subject = {0};
    OK(home, store_add_subjects(&home->job, home->txn, &name, 1, &subject));
    return subject;
}

static inline struct cell text_cell(const char *text)
{
    return (struct cell){.kind = CELL_TEXT, .text = str_of(text)};
}

static inline struct profile home_profile(struct home *home, const char *email, const char *city,
                                          const char *note)
{
    struct profile profile = profile_begin(home->job.arena, &home->made.inventory);
    profile.cell[EMAIL] = text_cell(email);
    profile.cell[CITY] = text_cell(city);
    profile.cell[NOTE] = text_cell(note);
    profile.cell[AGE] = (struct cell){.kind = CELL_NUMBER, .number = 42};
    return profile;
}

static inline void home_put(struct home *home, struct subject subject, const char *email,
                            const char *city, const char *note)
{
    const struct profile profile = home_profile(home, email, city, note);
    OK(home, store_put_profile(&home->job, home->txn, subject, &profile));
}

static inline void home_event(struct home *home, struct subject subject, size_t kind, int64_t time,
                              const char *item)
{
    struct cell cell = text_cell(item);
    const struct event event = {kind, time, &cell};
    OK(home, store_add_event(&home->job, home->txn, subject, &event));
}

static inline void home_consent(struct home *home, struct subject subject, size_t purpose,
                                const char *proof)
{
    const struct consent_record record = {
        .purpose = purpose,
        .channel = EVERY,
        .decision = CONSENT_GIVEN,
        .time = home->job.now - 10,
        .recorded = home->job.now - 5,
        .surface = STR("test"),
        .wording_version = STR("1"),
        .proof = str_of(proof),
    };
    OK(home, store_add_consent(&home->job, home->txn, subject, &record));
}

static inline void home_contact(struct home *home, struct subject subject, const char *campaign)
{
    const struct contact contact = {home->job.now, CHANNEL_EMAIL, str_of(campaign), STR("offer"),
                                    7};
    OK(home, store_add_contact(&home->job, home->txn, subject, &contact));
}

static inline void home_decision(struct home *home, struct subject subject, const char *payload)
{
    const struct decision_record decision = {
        .id = {1, 2, 3}, .ledger_index = 9, .payload = bytes_of(str_of(payload))};
    OK(home, store_add_decision(&home->job, home->txn, subject, &decision));
}

/* One row of everything. */
static inline struct subject home_person(struct home *home, const char *identifier,
                                         const char *email, const char *secret)
{
    const struct subject subject = home_add(home, identifier);
    const struct str lookup = str_of(email);
    home_put(home, subject, email, secret, secret);
    OK(home, store_add_lookups(&home->job, home->txn, &subject, &lookup, 1));
    home_event(home, subject, BOUGHT, 1000, secret);
    home_consent(home, subject, NEWS, secret);
    home_contact(home, subject, secret);
    home_decision(home, subject, secret);
    return subject;
}

/* ---- permits ------------------------------------------------------------------------------- */

/* As somebody who agreed to the one purpose would give it. */
static inline const struct permit *permit_to(struct home *home, struct subject subject,
                                             size_t purpose)
{
    const struct consent_record record = {
        .purpose = purpose,
        .channel = EVERY,
        .decision = CONSENT_GIVEN,
        .time = home->job.now - 10,
        .recorded = home->job.now - 5,
    };
    const struct permit_question question = {
        subject, purpose, purpose == NEWS ? (size_t)CHANNEL_EMAIL : NONE, OURSELVES};
    struct consent_state state;
    enum permit_code code;
    const struct permit *permit = NULL;
    consent_fold(&home->made.inventory, &record, 1, home->job.now, &state);
    OK(home, permit_issue(&home->job, &home->made.inventory, &state, &question, &code, &permit));
    return permit;
}

static inline const struct permit *right_to(struct home *home, struct subject subject,
                                            enum right right)
{
    return permit_for_right(&home->job, subject, right);
}

/* ---- looking at files ---------------------------------------------------------------------- */

static inline struct bytes read_all(struct job *job, const char *path)
{
    struct bytes content;
    expect(file_read(job, str_of(path), (size_t)1 << 30, &content) == CANDOR_OK, "%s",
           job->message);
    return content;
}

static inline void copy_file(struct job *job, const char *source, const char *target)
{
    expect(file_replace(job, str_of(target), read_all(job, source), 0600) == CANDOR_OK, "%s",
           job->message);
}

/* The one number that a statement gives, from a file that nobody has open. */
static inline uint64_t number_in(const char *path, const char *sql)
{
    sqlite3 *connection = NULL;
    sqlite3_stmt *statement = NULL;
    must(sqlite3_open(path, &connection) == SQLITE_OK);
    must(sqlite3_prepare_v2(connection, sql, -1, &statement, NULL) == SQLITE_OK);
    must(sqlite3_step(statement) == SQLITE_ROW);
    const sqlite3_int64 number = sqlite3_column_int64(statement, 0);
    must(sqlite3_finalize(statement) == SQLITE_OK);
    must(sqlite3_close(connection) == SQLITE_OK);
    return (uint64_t)number;
}

/* Run SQL on a file that nobody has open. */
static inline void spoil(const char *path, const char *sql)
{
    sqlite3 *connection = NULL;
    char *message = NULL;
    must(sqlite3_open(path, &connection) == SQLITE_OK);
    expect(sqlite3_exec(connection, sql, NULL, NULL, &message) == SQLITE_OK, "%s: %s", sql,
           message == NULL ? "?" : message);
    must(sqlite3_close(connection) == SQLITE_OK);
}

/* The ledger's tree as homes before schema 5 have it. */
#define OLDER_TREE \
    "CREATE TABLE node (level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL," \
    " PRIMARY KEY (level, idx)) STRICT, WITHOUT ROWID;" \
    "INSERT INTO node SELECT place % 64, ((place / 64 + 1) >> (place % 64)) - 1, hash FROM tree;" \
    "DROP TABLE tree;"

#endif
