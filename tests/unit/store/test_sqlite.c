/*
 * test_sqlite.c - the backend's verbs: transactions that are whole or not at all, also when the
 * caller goes on after a failure, and values that come back as they were bound.
 */
#include "home.h"
#include "inside.h"

static struct database *data_of(struct home *home)
{
    return home->store->data;
}

static enum candor_status add_alias(struct home *home, int64_t place)
{
    struct query *query = db_query(data_of(home), SQL_ALIAS_ADD);
    query_number(query, 1, place);
    return query_run(&home->job, query);
}

static bool has_alias(struct home *home, int64_t place)
{
    struct query *query = db_query(data_of(home), SQL_ALIAS_IS);
    bool found = false;
    query_number(query, 1, place);
    OK(home, query_row(&home->job, query, &found));
    query_end(query);
    return found;
}

static void a_transaction_with_a_failure_is_lost(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    OK(&home, db_begin(&home.job, data_of(&home)));
    OK(&home, add_alias(&home, 5));
    FAILS(&home, CANDOR_EXISTS, add_alias(&home, 5));
    FAILS(&home, CANDOR_IO, add_alias(&home, 6)); /* SQLite itself would take it */
    FAILS(&home, CANDOR_IO, db_commit(&home.job, data_of(&home)));
    expect(!has_alias(&home, 5) && !has_alias(&home, 6), "something was kept");

    OK(&home, db_begin(&home.job, data_of(&home)));
    OK(&home, add_alias(&home, 6));
    OK(&home, db_commit(&home.job, data_of(&home)));
    expect(has_alias(&home, 6), "the next transaction is not lost");
    home_end(&home);
}

static void unsynced_commits_are_kept_and_the_next_are_synced(void **state)
{
    (void)state;
    struct home home;
    home_make(&home);
    OK(&home, db_begin_unsynced(&home.job, data_of(&home)));
    OK(&home, add_alias(&home, 7));
    OK(&home, db_commit(&home.job, data_of(&home)));
    OK(&home, db_begin_unsynced(&home.job, data_of(&home)));
    OK(&home, add_alias(&home, 8));
    db_rollback(data_of(&home));
    db_rollback(data_of(&home)); /* nothing begun is fine */
    OK(&home, db_begin(&home.job, data_of(&home)));
    OK(&home, db_commit(&home.job, data_of(&home)));
    expect(has_alias(&home, 7) && !has_alias(&home, 8), "7 only");
    home_end(&home);
}

static enum candor_status put_and_get(struct home *home, struct bytes value, struct bytes *again)
{
    struct query *query = db_query(data_of(home), SQL_META_PUT);
    bool found = false;
    query_text(query, 1, STR("test"));
    query_bytes(query, 2, value);
    TRY(query_run(&home->job, query));
    query = db_query(data_of(home), SQL_META_GET);
    query_text(query, 1, STR("test"));
    TRY(query_row(&home->job, query, &found));
    must(found);
    *again = bytes_copy_of(home->job.arena, query_get_bytes(query, 0));
    expect(!query_is_null(query, 0), "no bytes are not NULL");
    query_end(query);
    return CANDOR_OK;
}

static void bytes_come_back_as_they_were(void **state)
{
    (void)state;
    static const struct bytes value[] = {
        {NULL, 0}, {(const uint8_t *)"", 1}, {(const uint8_t *)"a\0b\xff", 4}};
    struct home home;
    home_make(&home);
    for (size_t row = 0; row < sizeof value / sizeof value[0]; row++) {
        struct bytes again = {0};
        OK(&home, put_and_get(&home, value[row], &again));
        expect(again.len == value[row].len && bytes_same(again.ptr, value[row].ptr, again.len),
               "row %zu: %zu bytes", row, again.len);
    }
    home_end(&home);
}

static void a_value_beyond_the_limit_is_refused(void **state)
{
    (void)state;
    struct home home;
    struct bytes again;
    const uint8_t byte = 0;
    const struct bytes huge = {&byte, 1000000001}; /* its length alone is looked at */
    home_make(&home);
    FAILS(&home, CANDOR_TOO_LARGE, put_and_get(&home, huge, &again));
    OK(&home, put_and_get(&home, (struct bytes){&byte, 1}, &again)); /* forgotten since */
    home_end(&home);
}

static void an_empty_log_is_empty(void **state)
{
    (void)state;
    struct home home;
    struct stat about;
    home_make(&home);
    OK(&home, add_alias(&home, 9));
    must(stat(home_file(&home, "data.db-wal"), &about) == 0);
    expect(about.st_size > 0, "nothing in the log");
    OK(&home, db_empty_log(&home.job, data_of(&home)));
    must(stat(home_file(&home, "data.db-wal"), &about) == 0);
    COUNTS((uint64_t)about.st_size, 0);
    home_end(&home);
}

static void every_statement_fits_its_tables(void **state)
{
    (void)state;
    struct home home;
    home_make(&home); /* prepares all, or fails */
    for (unsigned i = 0; i < SQL_COUNT; i++) {
        const struct sql_text *sql = schema_sql((enum sql)i);
        expect(sql->parts != 0 && sql->text.len > 0, "statement %u is missing", i);
    }
    home_end(&home);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_transaction_with_a_failure_is_lost),
        cmocka_unit_test(unsynced_commits_are_kept_and_the_next_are_synced),
        cmocka_unit_test(bytes_come_back_as_they_were),
        cmocka_unit_test(a_value_beyond_the_limit_is_refused),
        cmocka_unit_test(an_empty_log_is_empty),
        cmocka_unit_test(every_statement_fits_its_tables),
    };
    return cmocka_run_group_tests_name("sqlite", test, NULL, NULL);
}
