/*
 * test_cell.c - every fault, every missing value, and values that read back as they were.
 */
#include <string.h>

#include "record.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND) /* 2026-09-21 */

static struct str allowed_tier[] = {{"gold", 4}, {"silver", 6}};

static const struct field number = {
    .type = FIELD_NUMBER, .has_min = true, .min = -1, .has_max = true, .max = 10};
static const struct field needed = {.type = FIELD_NUMBER, .required = true};
static const struct field boolean = {.type = FIELD_BOOLEAN};
static const struct field date = {.type = FIELD_DATE, .origin = ORIGIN_OBSERVED};
static const struct field told = {.type = FIELD_DATE, .origin = ORIGIN_PROVIDED};
static const struct field guessed = {.type = FIELD_DATE, .origin = ORIGIN_INFERRED};
static const struct field tier = {
    .type = FIELD_CATEGORY, .allowed = allowed_tier, .allowed_count = 2};
static const struct field open_category = {.type = FIELD_CATEGORY};
static const struct field text = {.type = FIELD_TEXT};
static const struct field email = {.type = FIELD_TEXT, .pii = {"email", 5}};
static const struct field phone = {.type = FIELD_TEXT, .pii = {"phone", 5}};

static const struct {
    const struct field *field;
    const char *text;
    enum cell_fault fault;
    enum cell_kind kind;
    const char *written; /* what cell_text gives; NULL: not looked at */
} row[] = {
    {&number, "3", CELL_FINE, CELL_NUMBER, "3"},
    {&number, " 3.50 ", CELL_FINE, CELL_NUMBER, "3.5"},
    {&number, "-1", CELL_FINE, CELL_NUMBER, "-1"},
    {&number, "10", CELL_FINE, CELL_NUMBER, "10"},
    {&number, "-1.01", CELL_BELOW_MIN, CELL_MISSING, NULL},
    {&number, "10.01", CELL_ABOVE_MAX, CELL_MISSING, NULL},
    {&number, "three", CELL_NOT_A_NUMBER, CELL_MISSING, NULL},
    {&number, "1,5", CELL_NOT_A_NUMBER, CELL_MISSING, NULL},
    {&number, "inf", CELL_NOT_A_NUMBER, CELL_MISSING, NULL},
    {&number, "nan", CELL_NOT_A_NUMBER, CELL_MISSING, NULL},
    {&number, "0x1", CELL_NOT_A_NUMBER, CELL_MISSING, NULL},
    {&number, "", CELL_FINE, CELL_MISSING, ""},
    {&number, "   ", CELL_FINE, CELL_MISSING, ""},
    {&number, "NA", CELL_FINE, CELL_MISSING, ""},
    {&number, "NaN", CELL_FINE, CELL_MISSING, ""},
    {&number, "null", CELL_FINE, CELL_MISSING, ""},
    {&number, "?", CELL_FINE, CELL_MISSING, ""},
    {&needed, "", CELL_REQUIRED, CELL_MISSING, NULL},
    {&needed, "NA", CELL_REQUIRED, CELL_MISSING, NULL},
    {&needed, "0", CELL_FINE, CELL_NUMBER, "0"},
    {&boolean, "true", CELL_FINE, CELL_NUMBER, "true"},
    {&boolean, "Yes", CELL_FINE, CELL_NUMBER, "true"},
    {&boolean, "1", CELL_FINE, CELL_NUMBER, "true"},
    {&boolean, "FALSE", CELL_FINE, CELL_NUMBER, "false"},
    {&boolean, "no", CELL_FINE, CELL_NUMBER, "false"},
    {&boolean, "0", CELL_FINE, CELL_NUMBER, "false"},
    {&boolean, "2", CELL_NOT_A_BOOLEAN, CELL_MISSING, NULL},
    {&boolean, "tru", CELL_NOT_A_BOOLEAN, CELL_MISSING, NULL},
    {&boolean, "truth", CELL_NOT_A_BOOLEAN, CELL_MISSING, NULL},
    {&date, "2026-03-31", CELL_FINE, CELL_TIME, "2026-03-31"},
    {&date, "2026-03-31T12:00:00Z", CELL_FINE, CELL_TIME, "2026-03-31T12:00:00Z"},
    {&date, "1950-01-02", CELL_FINE, CELL_TIME, "1950-01-02"},
    {&date, "31.3.2026", CELL_NOT_A_DATE, CELL_MISSING, NULL},
    {&date, "2026-02-29", CELL_NOT_A_DATE, CELL_MISSING, NULL},
    {&date, "2026-09-22", CELL_IN_THE_FUTURE, CELL_MISSING, NULL},
    {&told, "2026-09-22", CELL_IN_THE_FUTURE, CELL_MISSING, NULL},
    {&guessed, "2026-09-22", CELL_FINE, CELL_TIME, "2026-09-22"},
    {&tier, "gold", CELL_FINE, CELL_TEXT, "gold"},
    {&tier, " silver", CELL_FINE, CELL_TEXT, "silver"},
    {&tier, "Gold", CELL_UNKNOWN_VALUE, CELL_MISSING, NULL},
    {&open_category, "anything", CELL_FINE, CELL_TEXT, "anything"},
    {&text, "Caf\xc3\xa9", CELL_FINE, CELL_TEXT, "Caf\xc3\xa9"},
    {&text, "Caf\xe9", CELL_NOT_UTF8, CELL_MISSING, NULL},
    {&number, "\xff", CELL_NOT_UTF8, CELL_MISSING, NULL},
    {&email, "anna@example.com", CELL_FINE, CELL_TEXT, "anna@example.com"},
    {&email, "a.b+c@mail.example.co.uk", CELL_FINE, CELL_TEXT, NULL},
    {&email, "j\303\274rgen@b\303\274cher.example", CELL_FINE, CELL_TEXT, NULL},
    {&email, "anna", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "@example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@example", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@@example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "an na@example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, ".anna@example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna.@example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "an..na@example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@example..com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@-example.com", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@example.com.", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "anna@example.com\r\nBcc: x@y.zz", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&email, "Anna <anna@example.com>", CELL_BAD_EMAIL, CELL_MISSING, NULL},
    {&phone, "+49 (30) 123-456", CELL_FINE, CELL_TEXT, NULL},
    {&phone, "030/123456", CELL_FINE, CELL_TEXT, NULL},
    {&phone, "12345", CELL_BAD_PHONE, CELL_MISSING, NULL},
    {&phone, "1234567890123456", CELL_BAD_PHONE, CELL_MISSING, NULL},
    {&phone, "123+456789", CELL_BAD_PHONE, CELL_MISSING, NULL},
    {&phone, "call me", CELL_BAD_PHONE, CELL_MISSING, NULL},
};

static void texts_read_as_what_they_are(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct cell cell;
        const enum cell_fault fault = cell_read(row[i].field, str_of(row[i].text), NOW, &cell);
        expect(fault == row[i].fault, "row %zu '%s': %s", i, row[i].text, cell_fault_code(fault));
        expect(cell.kind == row[i].kind, "row %zu '%s'", i, row[i].text);
        if (row[i].written != NULL) {
            const struct str written = cell_text(job.arena, row[i].field, &cell);
            expect(str_is(written, row[i].written), "row %zu: %.*s", i, STR_ARG(written));
        }
    }
    job_end(&job);
}

static void what_is_written_reads_as_the_same_cell(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct cell cell;
        struct cell again;
        if (cell_read(row[i].field, str_of(row[i].text), NOW, &cell) != CELL_FINE) {
            continue;
        }
        const struct str written = cell_text(job.arena, row[i].field, &cell);
        expect(cell_read(row[i].field, written, NOW, &again) == CELL_FINE, "row %zu", i);
        expect(cell_equal(&cell, &again), "row %zu", i);
    }
    job_end(&job);
}

static void a_text_may_have_the_limit_and_not_one_byte_more(void **state)
{
    (void)state;
    static char long_text[CELL_TEXT_MAX + 1];
    memset(long_text, 'a', sizeof long_text);
    struct cell cell;
    expect(cell_read(&text, (struct str){long_text, CELL_TEXT_MAX}, NOW, &cell) == CELL_FINE,
           "4096");
    expect(cell_read(&text, (struct str){long_text, CELL_TEXT_MAX + 1}, NOW, &cell) ==
               CELL_TOO_LONG,
           "4097");
    long_text[64] = '@';
    bytes_copy(long_text + 65, "b.cc", 4);
    expect(cell_read(&email, (struct str){long_text, 69}, NOW, &cell) == CELL_FINE, "64 before @");
    long_text[64] = 'a';
    bytes_copy(long_text + 65, "@b.cc", 5);
    expect(cell_read(&email, (struct str){long_text, 70}, NOW, &cell) == CELL_BAD_EMAIL, "65");
}

static void cells_are_equal_when_kind_and_value_are(void **state)
{
    (void)state;
    const struct cell cell[] = {
        {.kind = CELL_MISSING},
        {.kind = CELL_NUMBER, .number = 0},
        {.kind = CELL_NUMBER, .number = 1},
        {.kind = CELL_TIME, .time = 0},
        {.kind = CELL_TIME, .time = 1},
        {.kind = CELL_TEXT, .text = {"a", 1}},
        {.kind = CELL_TEXT, .text = {"b", 1}},
    };
    for (size_t i = 0; i < 7; i++) {
        for (size_t j = 0; j < 7; j++) {
            expect(cell_equal(&cell[i], &cell[j]) == (i == j), "%zu and %zu", i, j);
        }
    }
}

static void every_fault_is_met_and_has_words(void **state)
{
    (void)state;
    bool met[CELL_BAD_PHONE + 1] = {[CELL_TOO_LONG] = true}; /* by the test above */
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        met[row[i].fault] = true;
    }
    for (unsigned i = 0; i <= CELL_BAD_PHONE; i++) {
        expect(met[i], "%s", cell_fault_code((enum cell_fault)i));
        expect(strncmp(cell_fault_sentence((enum cell_fault)i), "is ", 3) == 0, "fault %u", i);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(texts_read_as_what_they_are),
        cmocka_unit_test(what_is_written_reads_as_the_same_cell),
        cmocka_unit_test(a_text_may_have_the_limit_and_not_one_byte_more),
        cmocka_unit_test(cells_are_equal_when_kind_and_value_are),
        cmocka_unit_test(every_fault_is_met_and_has_words),
    };
    return cmocka_run_group_tests_name("cell", test, NULL, NULL);
}
