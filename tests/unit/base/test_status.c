/*
 * test_status.c - every status has a name of its own, a sentence, and the codes that INTERFACES
 * and HTTP give it.
 */
#include "base.h"

#include "support.h"

static const struct {
    enum candor_status status;
    const char *name;
    int exit_code;
    int http_code;
} row[] = {
    {CANDOR_OK, "ok", 0, 200},
    {CANDOR_BAD_INPUT, "bad_input", 2, 400},
    {CANDOR_NOT_FOUND, "not_found", 2, 404},
    {CANDOR_EXISTS, "exists", 2, 409},
    {CANDOR_TOO_LARGE, "too_large", 2, 413},
    {CANDOR_REFUSED, "refused", 3, 403},
    {CANDOR_FORBIDDEN, "forbidden", 3, 403},
    {CANDOR_SPENT, "spent", 3, 429},
    {CANDOR_BUSY, "busy", 2, 503},
    {CANDOR_CORRUPT, "corrupt", 2, 500},
    {CANDOR_IO, "io", 2, 500},
    {CANDOR_NO_MEMORY, "no_memory", 4, 503},
    {CANDOR_CANCELLED, "cancelled", 4, 503},
};

static void every_status_has_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(row); i++) {
        expect((size_t)row[i].status == i, "row %zu", i);
        expect(strcmp(status_name(row[i].status), row[i].name) == 0, "%s", row[i].name);
        expect(status_exit_code(row[i].status) == row[i].exit_code, "%s", row[i].name);
        expect(status_http_code(row[i].status) == row[i].http_code, "%s", row[i].name);
        const struct str sentence = str_of(status_sentence(row[i].status));
        expect(sentence.len > 2 && str_ends(sentence, STR(".")), "%s", row[i].name);
    }
}

static void ask_for_no_status(void *thing)
{
    (void)status_name(*(enum candor_status *)thing);
}

static void what_is_no_status_stops(void **state)
{
    (void)state;
    enum candor_status none = (enum candor_status)(COUNT(row));
    expect(stops(ask_for_no_status, &none), "one past the last");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(every_status_has_its_row),
        cmocka_unit_test(what_is_no_status_stops),
    };
    return cmocka_run_group_tests_name("status", test, NULL, NULL);
}
