/*
 * test_detect_far.c - numbers that pass (most are examples of the authorities), and the same with one digit changed.
 */
#include <string.h>

#include "detect.h"

#include "testing.h"

static const struct row {
    const char *country;
    const char *number;
} row[] = {
    {"FI", "131052308T"},    {"CZ", "7103192745"},         {"HR", "33392005961"},
    {"EE", "38607122009"},   {"TR", "10000000146"},        {"BR", "52998224725"},
    {"IN", "234123412346"},  {"CH", "7569217076985"},      {"AT", "1237010180"},
    {"ZA", "8001015009087"}, {"CN", "11010519491231002X"}, {"AU", "123456782"},
    {"UK", "9434765919"},    {"SG", "S1234567D"},          {"RO", "1800101221144"},
    {"NO", "01010101006"},   {"IE", "1234567T"},           {"IE", "1234567FA"},
    {"GR", "15058512342"},   {"MX", "GOMC850530HDFRRL01"}, {"CL", "123456785"},
    {"JP", "123456789018"},  {"IL", "000000018"},          {"DE", "65170839J003"},
};

static bool is_of(const char *country, struct str number)
{
    const struct identity *identity = NULL;
    for (size_t i = 0; (identity = identity_at(i)) != NULL; i++) {
        if (strcmp(identity->country, country) == 0 && identity->is_one(number)) {
            return true;
        }
    }
    return false;
}

static void an_example_passes_and_a_changed_digit_does_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char changed[32];
        const size_t len = strlen(row[i].number);
        expect(is_of(row[i].country, str_of(row[i].number)), "%s", row[i].country);
        for (size_t at = 0; at < len; at++) {
            if (row[i].number[at] >= '0' && row[i].number[at] <= '9') {
                memcpy(changed, row[i].number, len);
                changed[at] = (char)('0' + (row[i].number[at] - '0' + 1) % 10);
                expect(!is_of(row[i].country, (struct str){changed, len}), "%s digit %zu",
                       row[i].country, at);
            }
        }
    }
}

/* Any text, also none: no kind looks beyond its end. */
static void nothing_else_is_one(void **state)
{
    (void)state;
    uint64_t seed = 3;
    const struct identity *identity = NULL;
    for (size_t len = 0; len <= 20; len++) {
        for (size_t i = 0; (identity = identity_at(i)) != NULL; i++) {
            char *text = malloc(len + 1);
            for (size_t n = 0; n < len; n++) {
                text[n] = (char)('A' + draw(&seed) % 26);
            }
            expect(!identity->is_one((struct str){text, len}), "%s of %zu letters",
                   identity->country, len);
            free(text);
        }
    }
}

static void none_is_shorter_or_longer_than_said(void **state)
{
    (void)state;
    uint64_t seed = 5;
    const struct identity *identity = NULL;
    for (size_t run = 0; run < 20000; run++) {
        char text[24];
        const size_t len = draw(&seed) % 2 == 0 ? draw(&seed) % IDENTITY_LEN_MIN
                                                : IDENTITY_LEN_MAX + 1 + draw(&seed) % 4;
        for (size_t n = 0; n < len; n++) {
            text[n] =
                (char)(draw(&seed) % 8 == 0 ? 'A' + draw(&seed) % 26 : '0' + draw(&seed) % 10);
        }
        for (size_t i = 0; (identity = identity_at(i)) != NULL; i++) {
            expect(!identity->is_one((struct str){text, len}), "%s of %zu", identity->country, len);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_example_passes_and_a_changed_digit_does_not),
        cmocka_unit_test(nothing_else_is_one),
        cmocka_unit_test(none_is_shorter_or_longer_than_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
