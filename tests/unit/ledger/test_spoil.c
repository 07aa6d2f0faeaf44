/*
 * test_spoil.c - every byte of the ledger's tables, changed one after the other: each is found with
 * the public key only, and with the byte put back the ledger is sound.
 */
#include "home.h"

struct table {
    const char *read; /* key and content */
    const char *write;
    bool is_text;
};

static const struct table table[] = {
    {"SELECT idx, bytes FROM leaf", "UPDATE leaf SET bytes = ?2 WHERE idx = ?1", false},
    {"SELECT place, hash FROM tree", "UPDATE tree SET hash = ?2 WHERE place = ?1", false},
    {"SELECT size, note FROM checkpoint", "UPDATE checkpoint SET note = ?2 WHERE size = ?1", true},
};

static sqlite3 *open_beside(const struct home *home)
{
    char path[96];
    sqlite3 *database = NULL;
    (void)snprintf(path, sizeof path, "%s/data.db", home->path);
    must(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK);
    must(sqlite3_exec(database, "PRAGMA synchronous = OFF", NULL, NULL, NULL) == SQLITE_OK);
    return database;
}

static void put(sqlite3 *database, const struct table *in, int64_t key, const uint8_t *byte,
                size_t len)
{
    sqlite3_stmt *change = NULL;
    must(sqlite3_prepare_v2(database, in->write, -1, &change, NULL) == SQLITE_OK);
    must(sqlite3_bind_int64(change, 1, key) == SQLITE_OK);
    must((in->is_text
              ? sqlite3_bind_text(change, 2, (const char *)byte, (int)len, SQLITE_TRANSIENT)
              : sqlite3_bind_blob(change, 2, byte, (int)len, SQLITE_TRANSIENT)) == SQLITE_OK);
    must(sqlite3_step(change) == SQLITE_DONE);
    must(sqlite3_finalize(change) == SQLITE_OK);
}

static bool is_sound(const struct home *home)
{
    struct job job;
    struct ledger_report report;
    job_begin(&job, host_real());
    const enum candor_status status =
        ledger_verify(&job, home->store, HOME_ORIGIN, home->public_key, STR(""), &report);
    const bool sound = status == CANDOR_OK && report.finding.len == 0;
    job_end(&job);
    return sound;
}

/* The lowest bit of each byte: text stays text, so that no reader refuses it for its characters alone. */
static size_t spoil_row(const struct home *home, sqlite3 *database, const struct table *in,
                        int64_t key, uint8_t *byte, size_t len)
{
    for (size_t at = 0; at < len; at++) {
        byte[at] ^= 1;
        put(database, in, key, byte, len);
        expect(!is_sound(home), "%s: row %lld, byte %zu is not missed", in->read, (long long)key,
               at);
        byte[at] ^= 1;
    }
    put(database, in, key, byte, len);
    return len;
}

static void a_change_of_any_byte_is_found(void **state)
{
    struct home home;
    size_t count = 0;
    (void)state;
    home_begin(&home);
    home_append(&home, 2, true);
    home_append(&home, 1, true);
    home_close(&home);
    home_open_store(&home);
    sqlite3 *database = open_beside(&home);
    expect(is_sound(&home), "before");
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        sqlite3_stmt *read = NULL;
        struct {
            int64_t key;
            size_t len;
            uint8_t byte[1024];
        } row[8];
        size_t rows = 0;
        must(sqlite3_prepare_v2(database, table[i].read, -1, &read, NULL) == SQLITE_OK);
        for (; sqlite3_step(read) == SQLITE_ROW; rows++) {
            must(rows < 8);
            row[rows].key = sqlite3_column_int64(read, 0);
            row[rows].len = (size_t)sqlite3_column_bytes(read, 1);
            must(row[rows].len > 0 && row[rows].len <= sizeof row[rows].byte);
            bytes_copy(row[rows].byte, sqlite3_column_blob(read, 1), row[rows].len);
        }
        must(sqlite3_finalize(read) == SQLITE_OK);
        expect(rows > 1, "%s: %zu rows", table[i].read, rows);
        for (size_t r = 0; r < rows; r++) {
            count += spoil_row(&home, database, &table[i], row[r].key, row[r].byte, row[r].len);
        }
    }
    expect(count > 700, "%zu bytes", count);
    expect(is_sound(&home), "put back");
    must(sqlite3_close(database) == SQLITE_OK);
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_change_of_any_byte_is_found),
    };
    return cmocka_run_group_tests_name("spoil", test, NULL, NULL);
}
