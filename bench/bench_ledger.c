/*
 * bench_ledger.c - what an account of everything costs.
 *
 *     bench_ledger [ENTRIES]      200,000 by default, in the folder TMPDIR
 *
 * Entries are appended in transactions of 1,000, each durable and signed when its commit returns,
 * then verified as a whole, then proven one by one. Beside them, in the same run, the same number
 * of rows of the same size in a plain table of the same database engine with the same durability:
 * the audit trail that others keep, which anybody with the file can rewrite.
 *
 * Each figure is time that passed and, in brackets, processor time of this process, which is the
 * one to compare on a machine that does other things or has a slow disk.
 */
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ledger.h"

enum { BATCH = 1000, PAYLOAD_LEN = 300, PROOFS = 2000 };

struct bench {
    struct job job;
    char path[64];
    struct store *store;
    struct ledger *ledger;
    struct secret *key;
    uint8_t public_key[PUBLIC_KEY_LEN];
    uint64_t entries;
};

static const struct str origin = {"candor.example/bench", 20};

static void need(struct job *job, enum candor_status status)
{
    if (status != CANDOR_OK) {
        (void)fprintf(stderr, "bench_ledger: %s\n", job->message);
        exit(1);
    }
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void folder_make(struct bench *bench)
{
    const char *folder = getenv("TMPDIR");
    (void)snprintf(bench->path, sizeof bench->path, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(bench->path) != NULL);
}

/* Microseconds. */
struct cost {
    double passed;
    double processor;
};

static struct cost cost_now(void)
{
    struct timespec used;
    must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) == 0);
    return (struct cost){
        .passed = (double)host_ticks() / 1e3,
        .processor = (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3,
    };
}

/* Of one of count, since the start. */
static struct cost cost_each(struct cost start, uint64_t count)
{
    const struct cost now = cost_now();
    return (struct cost){
        .passed = (now.passed - start.passed) / (double)count,
        .processor = (now.processor - start.processor) / (double)count,
    };
}

static void cost_say(const char *what, struct cost each, struct cost plain)
{
    (void)printf("%-14s %8.2f us (%6.2f)  %9.0f a second", what, each.passed, each.processor,
                 1e6 / each.passed);
    (void)printf("  %5.2f (%5.2f) of a plain row\n", each.passed / plain.passed,
                 each.processor / plain.processor);
}

/* ---- a plain table ------------------------------------------------------------------------- */

static struct cost plain_table(struct bench *bench)
{
    char path[96];
    sqlite3 *db = NULL;
    sqlite3_stmt *insert = NULL;
    uint8_t row[LEAF_LEN_MAX];
    memset(row, 'x', sizeof row);
    (void)snprintf(path, sizeof path, "%s/plain.db", bench->path);
    must(sqlite3_open(path, &db) == SQLITE_OK);
    must(sqlite3_exec(db,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                      "CREATE TABLE audit (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
                      NULL, NULL, NULL) == SQLITE_OK);
    must(sqlite3_prepare_v2(db, "INSERT INTO audit (bytes) VALUES (?1)", -1, &insert, NULL) ==
         SQLITE_OK);

    const struct cost start = cost_now();
    for (uint64_t done = 0; done < bench->entries; done += BATCH) {
        must(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
        for (size_t i = 0; i < BATCH; i++) {
            must(sqlite3_bind_blob(insert, 1, row, sizeof row, SQLITE_STATIC) == SQLITE_OK);
            must(sqlite3_step(insert) == SQLITE_DONE);
            must(sqlite3_reset(insert) == SQLITE_OK);
        }
        must(sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK);
    }
    const struct cost each = cost_each(start, bench->entries);
    must(sqlite3_finalize(insert) == SQLITE_OK);
    must(sqlite3_close(db) == SQLITE_OK);
    return each;
}

/* ---- the ledger ---------------------------------------------------------------------------- */

static void ledger_make(struct bench *bench, const struct inventory *inventory)
{
    struct job *job = &bench->job;
    bench->key = secret_begin(job->arena);
    need(job, secret_random(job, bench->key));
    const struct signer *signer = signer_make(job->arena, bench->key);
    signer_public(signer, bench->public_key);
    need(job, store_create(job, job->arena, str_of(bench->path), inventory, &bench->store));
    need(job, ledger_open(job, job->arena, bench->store, signer, origin, &bench->ledger));
}

static void append_batch(struct bench *bench)
{
    static const uint8_t payload[PAYLOAD_LEN] = {1};
    struct job job;
    struct txn *txn;
    job_begin(&job, host_real());
    need(&job, store_begin(&job, bench->store, &txn));
    for (size_t i = 0; i < BATCH; i++) {
        uint64_t index = 0;
        struct ledger_entry entry = {
            .action = LEDGER_DECIDE,
            .outcome = OUTCOME_ALLOW,
            .subject_key = bench->key,
            .has_payload = true,
            .payload = {payload, sizeof payload},
            .has_actor = true,
            .has_policy = true,
            .has_object = true,
        };
        need(&job, ledger_append(&job, bench->ledger, txn, &entry, &index));
    }
    need(&job, ledger_commit(&job, bench->ledger, txn));
    job_end(&job);
}

static struct cost append_all(struct bench *bench)
{
    const struct cost start = cost_now();
    for (uint64_t done = 0; done < bench->entries; done += BATCH) {
        append_batch(bench);
    }
    return cost_each(start, bench->entries);
}

static struct cost verify_all(struct bench *bench)
{
    struct ledger_report report;
    const struct cost start = cost_now();
    need(&bench->job,
         ledger_verify(&bench->job, bench->store, origin, bench->public_key, STR(""), &report));
    must(report.finding.len == 0 && report.entries == bench->entries);
    return cost_each(start, bench->entries);
}

/* A proof file of some entry. */
static void prove(struct bench *bench, struct job *job, uint64_t number, struct str *proof,
                  struct bytes *leaf)
{
    const uint64_t index = number * 7919 % bench->entries;
    need(job, ledger_prove(job, bench->ledger, index, proof));
    need(job, store_leaf(job, bench->store, index, leaf));
}

static struct cost prove_some(struct bench *bench)
{
    const struct cost start = cost_now();
    for (uint64_t i = 0; i < PROOFS; i++) {
        struct job job;
        struct str proof;
        struct bytes leaf;
        job_begin(&job, host_real());
        prove(bench, &job, i, &proof, &leaf);
        job_end(&job);
    }
    return cost_each(start, PROOFS);
}

static struct cost check_some(struct bench *bench)
{
    struct str proof;
    struct bytes leaf;
    prove(bench, &bench->job, 1, &proof, &leaf);
    const struct cost start = cost_now();
    for (uint64_t i = 0; i < PROOFS; i++) {
        struct job job;
        job_begin(&job, host_real());
        need(&job, proof_file_verify(&job, proof, leaf, origin, bench->public_key));
        job_end(&job);
    }
    return cost_each(start, PROOFS);
}

int main(int argc, char **argv)
{
    struct bench bench = {.entries = 200000};
    const struct inventory inventory = {.name = STR("bench")};
    if (argc > 1 && (!str_to_uint64(str_of(argv[1]), &bench.entries) || bench.entries == 0)) {
        (void)fprintf(stderr, "usage: bench_ledger [ENTRIES]\n");
        return 2;
    }
    bench.entries = (bench.entries + BATCH - 1) / BATCH * BATCH;
    job_begin(&bench.job, host_real());
    need(&bench.job, crypto_start(&bench.job));
    folder_make(&bench);
    (void)printf("%llu entries in commits of %d, each durable and signed\n",
                 (unsigned long long)bench.entries, BATCH);
    const struct cost plain = plain_table(&bench);
    cost_say("plain row", plain, plain);
    ledger_make(&bench, &inventory);
    cost_say("append", append_all(&bench), plain);
    cost_say("verify", verify_all(&bench), plain);
    cost_say("make a proof", prove_some(&bench), plain);
    cost_say("check a proof", check_some(&bench), plain);
    job_end(&bench.job);
    return nftw(bench.path, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0 ? 0 : 1;
}
