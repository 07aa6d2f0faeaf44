/*
 * test_document.c - the home's own documents: by kind and name, sealed, never mixed up.
 */
#include "home.h"

static void put(struct home *home, struct lit kind, const char *name, const char *content)
{
    OK(home,
       store_put_document(&home->job, home->txn, kind, str_of(name), bytes_of(str_of(content))));
}

static void expect_content(struct home *home, struct lit kind, const char *name,
                           const char *expected)
{
    struct bytes content;
    OK(home, store_document(&home->job, home->txn, kind, str_of(name), &content));
    expect(content.len == strlen(expected) && bytes_same(content.ptr, expected, content.len),
           "%s: %zu bytes", name, content.len);
}

static void documents_are_kept_by_kind_and_name(void **state)
{
    (void)state;
    struct home home;
    struct bytes content;
    home_make(&home);
    (void)home_begin(&home);
    put(&home, LIT("model"), "churn", "one");
    put(&home, LIT("plan"), "churn", "two");
    put(&home, LIT("modelchurn"), "x", "three"); /* where a kind ends is part of the tag */
    put(&home, LIT("plan"), "empty", "");
    put(&home, LIT("model"), "churn", "four");
    home_commit(&home);
    home_close(&home);
    home_open(&home);
    (void)home_begin(&home);
    expect_content(&home, LIT("model"), "churn", "four");
    expect_content(&home, LIT("plan"), "churn", "two");
    expect_content(&home, LIT("modelchurn"), "x", "three");
    expect_content(&home, LIT("plan"), "empty", "");
    FAILS(&home, CANDOR_NOT_FOUND,
          store_document(&home.job, home.txn, LIT("model"), STR("Churn"), &content));
    FAILS(&home, CANDOR_NOT_FOUND,
          store_document(&home.job, home.txn, LIT("operator"), STR("churn"), &content));
    home_end(&home);
}

static void names_are_listed_sorted(void **state)
{
    (void)state;
    static const char *const name[] = {"zebra", "apple", "Zoo", "apple pie", "\xc3\xbc"};
    static const char *const sorted[] = {"Zoo", "apple", "apple pie", "zebra", "\xc3\xbc"};
    struct home home;
    struct str *listed = NULL;
    size_t count = 0;
    home_make(&home);
    (void)home_begin(&home);
    OK(&home, store_documents(&home.job, home.txn, LIT("plan"), &listed, &count));
    COUNTS(count, 0);
    for (size_t i = 0; i < 5; i++) {
        put(&home, LIT("plan"), name[i], "content");
    }
    put(&home, LIT("model"), "other", "content");
    OK(&home, store_documents(&home.job, home.txn, LIT("plan"), &listed, &count));
    COUNTS(count, 5);
    for (size_t i = 0; i < count; i++) {
        expect(str_is(listed[i], sorted[i]), "%zu: %.*s", i, STR_ARG(listed[i]));
    }
    home_end(&home);
}

static void some_are_others_each_time(void **state)
{
    enum { ALL = 40, MOST = 10, TURNS = 200 };
    (void)state;
    struct home home;
    struct str *listed = NULL;
    size_t count = 0;
    bool is_seen[ALL] = {false};
    home_make(&home);
    (void)home_begin(&home);
    OK(&home, store_some_documents(&home.job, home.txn, LIT("plan"), MOST, &listed, &count));
    COUNTS(count, 0);
    for (unsigned i = 0; i < ALL; i++) {
        char name[8];
        (void)snprintf(name, sizeof name, "%u", i);
        put(&home, LIT("plan"), name, "content");
    }
    put(&home, LIT("model"), "other", "content");
    for (unsigned turn = 0; turn < TURNS; turn++) { /* each is left out of all with .75^200 */
        bool is_here[ALL] = {false};
        OK(&home, store_some_documents(&home.job, home.txn, LIT("plan"), MOST, &listed, &count));
        COUNTS(count, MOST);
        for (size_t i = 0; i < count; i++) {
            const unsigned long at = strtoul(str_z(home.job.arena, listed[i]), NULL, 10);
            expect(at < ALL && !is_here[at], "twice in one turn: %lu", at);
            is_here[at] = is_seen[at] = true;
        }
    }
    for (unsigned i = 0; i < ALL; i++) {
        expect(is_seen[i], "%u never came", i);
    }
    OK(&home, store_some_documents(&home.job, home.txn, LIT("plan"), ALL + 1, &listed, &count));
    COUNTS(count, ALL);
    home_end(&home);
}

static void a_removed_document_is_gone(void **state)
{
    (void)state;
    struct home home;
    struct bytes content;
    struct str *listed = NULL;
    size_t count = 1;
    home_make(&home);
    (void)home_begin(&home);
    put(&home, LIT("plan"), "spring", "content");
    OK(&home, store_remove_document(&home.job, home.txn, LIT("plan"), STR("spring")));
    FAILS(&home, CANDOR_NOT_FOUND,
          store_document(&home.job, home.txn, LIT("plan"), STR("spring"), &content));
    FAILS(&home, CANDOR_NOT_FOUND,
          store_remove_document(&home.job, home.txn, LIT("plan"), STR("spring")));
    OK(&home, store_documents(&home.job, home.txn, LIT("plan"), &listed, &count));
    COUNTS(count, 0);
    home_end(&home);
}

static char long_name[258];

static void limits_are_told(void **state)
{
    (void)state;
    struct home home;
    memset(long_name, 'x', 257);
    const struct bytes none = {NULL, 0};
    const struct bytes huge = {(const uint8_t *)long_name,
                               DOCUMENT_LEN_MAX + 1}; /* not looked at */
    home_make(&home);
    (void)home_begin(&home);
    struct job *job = &home.job;
    FAILS(&home, CANDOR_BAD_INPUT, store_put_document(job, home.txn, LIT("plan"), STR(""), none));
    FAILS(&home, CANDOR_BAD_INPUT,
          store_put_document(job, home.txn, LIT("plan"), STR("a\xff"), none));
    FAILS(&home, CANDOR_BAD_INPUT,
          store_put_document(job, home.txn, LIT("plan"), (struct str){long_name, 257}, none));
    FAILS(&home, CANDOR_TOO_LARGE,
          store_put_document(job, home.txn, LIT("plan"), STR("huge"), huge));
    OK(&home, store_put_document(job, home.txn, LIT("plan"), (struct str){long_name, 256}, none));
    home_end(&home);
}

static void a_large_document_comes_back_whole(void **state)
{
    (void)state;
    enum { LARGE = 5 << 20 };
    struct home home;
    struct bytes content;
    home_make(&home);
    (void)home_begin(&home);
    uint8_t *large = arena_new(home.job.arena, LARGE);
    for (size_t i = 0; i < LARGE; i++) {
        large[i] = (uint8_t)(i * 2654435761U >> 16);
    }
    OK(&home, store_put_document(&home.job, home.txn, LIT("model"), STR("large"),
                                 (struct bytes){large, LARGE}));
    home_commit(&home);
    (void)home_begin(&home);
    OK(&home, store_document(&home.job, home.txn, LIT("model"), STR("large"), &content));
    expect(content.len == LARGE && bytes_same(content.ptr, large, LARGE), "%zu", content.len);
    home_end(&home);
}

/* Changes to data.db, and whether the list or the document notices. */
static const struct {
    const char *sql;
    enum candor_status document;
    enum candor_status list;
} spoil_row[] = {
    {"UPDATE document SET sealed = (SELECT sealed FROM document WHERE kind = 'model')"
     " WHERE kind = 'plan'",
     CANDOR_CORRUPT, CANDOR_OK},
    {"UPDATE document SET name = (SELECT name FROM document WHERE kind = 'model')"
     " WHERE kind = 'plan'",
     CANDOR_OK, CANDOR_CORRUPT},
    {"CREATE TEMP TABLE was AS SELECT rowid AS row, sealed, name FROM document WHERE kind = 'plan';"
     "UPDATE document SET (sealed, name) = (SELECT sealed, name FROM was"
     " WHERE was.row <> document.rowid) WHERE kind = 'plan'",
     CANDOR_CORRUPT, CANDOR_CORRUPT}, /* two of a kind exchanged */
    {"UPDATE document SET sealed = name, name = sealed", CANDOR_CORRUPT, CANDOR_CORRUPT},
    {"DELETE FROM document WHERE kind = 'plan'; UPDATE document SET kind = 'plan'",
     CANDOR_NOT_FOUND, CANDOR_CORRUPT}, /* the kind is part of the tag */
    {"UPDATE document SET tag = CAST(x'00' || tag AS BLOB) WHERE kind = 'plan'", CANDOR_NOT_FOUND,
     CANDOR_CORRUPT},
};

static void a_document_that_was_moved_or_changed_does_not_open(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof spoil_row / sizeof spoil_row[0]; row++) {
        struct home home;
        struct bytes content;
        struct str *listed = NULL;
        size_t count = 0;
        home_make(&home);
        (void)home_begin(&home);
        put(&home, LIT("plan"), "spring", "a plan");
        put(&home, LIT("model"), "spring", "a model");
        put(&home, LIT("plan"), "autumn", "another plan");
        home_commit(&home);
        home_close(&home);
        spoil(home_file(&home, "data.db"), spoil_row[row].sql);
        home_open(&home);
        (void)home_begin(&home);
        const enum candor_status document =
            store_document(&home.job, home.txn, LIT("plan"), STR("spring"), &content);
        expect(document == spoil_row[row].document, "row %zu: %s", row, status_name(document));
        const enum candor_status list =
            store_documents(&home.job, home.txn, LIT("plan"), &listed, &count);
        expect(list == spoil_row[row].list, "row %zu: %s", row, status_name(list));
        home_end(&home);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(documents_are_kept_by_kind_and_name),
        cmocka_unit_test(names_are_listed_sorted),
        cmocka_unit_test(some_are_others_each_time),
        cmocka_unit_test(a_removed_document_is_gone),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(a_large_document_comes_back_whole),
        cmocka_unit_test(a_document_that_was_moved_or_changed_does_not_open),
    };
    return cmocka_run_group_tests_name("document", test, NULL, NULL);
}
