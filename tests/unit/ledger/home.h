/*
 * home.h - a real store in a folder of its own, with a book over it, and the means to spoil it.
 */
#ifndef HOME_H
#define HOME_H

#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "testing.h"

#define HOME_ORIGIN STR("candor.example/ledger")

/* owner holds what is open; job lives as long as the test. */
struct home {
    struct job job;
    char path[64];
    struct inventory inventory;
    struct arena *owner;
    struct store *store;
    struct ledger *ledger;
    struct signer *signer;
    struct secret *person;
    uint8_t public_key[PUBLIC_KEY_LEN];
};

static inline void home_open_store(struct home *home)
{
    struct job *job = &home->job;
    home->owner = arena_begin();
    expect(store_open(job, home->owner, str_of(home->path), &home->inventory, &home->store) ==
               CANDOR_OK,
           "%s", job->message);
}

static inline void home_open(struct home *home)
{
    home_open_store(home);
    expect(ledger_open(&home->job, home->owner, home->store, home->signer, HOME_ORIGIN,
                       &home->ledger) == CANDOR_OK,
           "%s", home->job.message);
}

static inline void home_close(struct home *home)
{
    arena_end(home->owner);
    home->owner = NULL;
}

static inline void home_begin(struct home *home)
{
    const char *folder = getenv("TMPDIR");
    *home = (struct home){0};
    job_begin(&home->job, host_real());
    must(crypto_start(&home->job) == CANDOR_OK);
    home->inventory.name = STR("test");
    (void)snprintf(home->path, sizeof home->path, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(home->path) != NULL);

    struct secret *seed = secret_begin(home->job.arena);
    home->person = secret_begin(home->job.arena);
    must(secret_random(&home->job, seed) == CANDOR_OK);
    must(secret_random(&home->job, home->person) == CANDOR_OK);
    home->signer = signer_make(home->job.arena, seed);
    signer_public(home->signer, home->public_key);

    home->owner = arena_begin();
    expect(store_create(&home->job, home->owner, str_of(home->path), &home->inventory,
                        &home->store) == CANDOR_OK,
           "%s", home->job.message);
    home_close(home);
    home_open(home);
}

static inline int home_remove_one(const char *path, const struct stat *info, int kind,
                                  struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static inline void home_end(struct home *home)
{
    home_close(home);
    must(nftw(home->path, home_remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
    job_end(&home->job);
}

/* An entry with one of everything. */
static inline struct ledger_entry home_entry(struct home *home)
{
    static const uint8_t payload[] = "payload";
    return (struct ledger_entry){
        .action = LEDGER_DECIDE,
        .outcome = OUTCOME_ALLOW,
        .subject_key = home->person,
        .has_payload = true,
        .payload = {payload, sizeof payload},
        .has_actor = true,
        .has_policy = true,
        .has_object = true,
    };
}

/* Append count entries in one transaction, and commit it or let it end with its job. */
static inline void home_append(struct home *home, size_t count, bool commit)
{
    struct job job;
    struct txn *txn;
    job_begin(&job, host_real());
    expect(store_begin(&job, home->store, &txn) == CANDOR_OK, "%s", job.message);
    for (size_t i = 0; i < count; i++) {
        struct ledger_entry entry = home_entry(home);
        uint64_t index = 0;
        expect(ledger_append(&job, home->ledger, txn, &entry, &index) == CANDOR_OK, "%s",
               job.message);
    }
    if (commit) {
        expect(ledger_commit(&job, home->ledger, txn) == CANDOR_OK, "%s", job.message);
    }
    job_end(&job);
}

static inline struct str home_checkpoint(struct home *home)
{
    struct str text;
    must(ledger_checkpoint(&home->job, home->ledger, &text) == CANDOR_OK);
    return text;
}

static inline void home_verify(struct home *home, struct str known, struct ledger_report *report)
{
    expect(ledger_verify(&home->job, home->store, HOME_ORIGIN, home->public_key, known, report) ==
               CANDOR_OK,
           "%s", home->job.message);
}

/* Change the closed store's file behind its back. */
static inline void home_sql(struct home *home, const char *sql)
{
    char path[96];
    sqlite3 *db = NULL;
    char *message = NULL;
    (void)snprintf(path, sizeof path, "%s/data.db", home->path);
    must(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    expect(sqlite3_exec(db, sql, NULL, NULL, &message) == SQLITE_OK, "%s: %s", sql, message);
    must(sqlite3_close(db) == SQLITE_OK);
}

#endif
