/*
 * test_identify.c - what names a person, and what only looks like it.
 */
#include "detect.h"

#include "testing.h"

static void what_names_a_person_is_found(void **state)
{
    static const struct {
        const char *text;
        enum identifies kind;
    } row[] = {
        {"ann@example.org", IDENTIFIES_EMAIL},
        {"write to ann.b+x_@mail.example.co.uk today", IDENTIFIES_EMAIL},
        {"(ann@example.org)", IDENTIFIES_EMAIL},
        {"@home", IDENTIFIES_NOBODY},
        {"3 @ 4.50", IDENTIFIES_NOBODY},
        {"a@b", IDENTIFIES_NOBODY},
        {"a@b.c", IDENTIFIES_NOBODY},
        {"+49 151 23456789", IDENTIFIES_PHONE},
        {"call +442079460958 now", IDENTIFIES_PHONE},
        {"(0151) 234 567 89", IDENTIFIES_PHONE},
        {"030-1234-5678", IDENTIFIES_PHONE},
        {"+12", IDENTIFIES_NOBODY},
        {"0123456789", IDENTIFIES_NOBODY}, /* a bare run may be any number */
        {"2026-11-28", IDENTIFIES_NOBODY},
        {"2026-11-28T10:00:00Z", IDENTIFIES_NOBODY},
        {"28.11.2026 10:15", IDENTIFIES_NOBODY},
        {"192.168.100.201", IDENTIFIES_NOBODY},
        {"1,234,567.89", IDENTIFIES_NOBODY},
        {"DE89 3704 0044 0532 0130 00", IDENTIFIES_IBAN},
        {"GB82WEST12345698765432", IDENTIFIES_IBAN},
        {"pay to gb82 west 1234 5698 7654 32 please", IDENTIFIES_IBAN},
        {"DE88370400440532013000", IDENTIFIES_NOBODY}, /* wrong check digits */
        {"4111 1111 1111 1111", IDENTIFIES_CARD},
        {"5500005555555559", IDENTIFIES_CARD},
        {"4111 1111 1111 1112", IDENTIFIES_NOBODY},
        {"0000000000000000", IDENTIFIES_NOBODY},
        {"gold", IDENTIFIES_NOBODY},
        {"", IDENTIFIES_NOBODY},
        {"@", IDENTIFIES_NOBODY},
        {"+", IDENTIFIES_NOBODY},
        {"AB12", IDENTIFIES_NOBODY},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const enum identifies found = text_identifies(str_of(row[i].text));
        expect(found == row[i].kind, "'%s' is %s", row[i].text, identifies_name(found));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_names_a_person_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
