/*
 * test_detect.c - what a value looks like: published examples of each kind, one digit off, and what is
 * none of them.
 */
#include "detect.h"
#include "testing.h"

static const struct {
    const char *text;
    enum detected detected;
} text_row[] = {
    {"ann@example.org", DETECTED_EMAIL},
    {"write to <Ann.Lee@example.co.uk>, please", DETECTED_EMAIL},
    {"ann@", DETECTED_NOTHING},
    {"+49 30 901820", DETECTED_PHONE},
    {"030 901820", DETECTED_PHONE},
    {"(212) 555-0134", DETECTED_PHONE},
    {"12345678", DETECTED_NOTHING},
    {"2026-11-28", DETECTED_NOTHING},
    {"2026-11-28T10:00:00Z", DETECTED_NOTHING},
    /* the examples of the IBAN registry */
    {"GB82 WEST 1234 5698 7654 32", DETECTED_IBAN},
    {"DE89370400440532013000", DETECTED_IBAN},
    {"fr14 2004 1010 0505 0001 3m02 606", DETECTED_IBAN},
    {"GB83 WEST 1234 5698 7654 32", DETECTED_NOTHING},
    /* test numbers of the card schemes */
    {"4111 1111 1111 1111", DETECTED_CARD},
    {"5555-5555-5555-4444", DETECTED_CARD},
    {"378282246310005", DETECTED_CARD},
    {"4111 1111 1111 1112", DETECTED_NOTHING},
    {"192.0.2.33", DETECTED_IP},
    {"1.2.3.999", DETECTED_NOTHING},
    {"1.2.3", DETECTED_NOTHING},
    {"2001:db8::8a2e:370:7334", DETECTED_IP},
    {"12:30", DETECTED_NOTHING},
    {"111222333", DETECTED_NATIONAL_ID}, /* NL */
    {"12345678Z", DETECTED_NATIONAL_ID}, /* ES */
    {"X1234567L", DETECTED_NATIONAL_ID}, /* ES, a foreigner's */
    {"12345678A", DETECTED_NOTHING},
    {"RSSMRA85T10A562S", DETECTED_NATIONAL_ID}, /* IT */
    {"RSSMRA85T10A562T", DETECTED_NOTHING},
    {"255081416802538", DETECTED_NATIONAL_ID}, /* FR */
    {"44051401359", DETECTED_NATIONAL_ID},     /* PL */
    {"93.05.18-223.61", DETECTED_NATIONAL_ID}, /* BE */
    {"86095742719", DETECTED_NATIONAL_ID},     /* DE */
    {"811218-9876", DETECTED_NATIONAL_ID},     /* SE */
    {"7523169263", DETECTED_NATIONAL_ID},      /* BG */
    {"AB123456C", DETECTED_NATIONAL_ID},       /* UK */
    {"123-45-6789", DETECTED_NATIONAL_ID},     /* US */
    {"666-45-6789", DETECTED_PHONE}, /* never given as a number; written like a telephone */
    {"Anna Kowalska", DETECTED_NAME},
    {"Dear Mr. Quixotte", DETECTED_NAME},
    {"Spoke to Julia Brandt about it", DETECTED_NAME},
    {"may come", DETECTED_NOTHING},
    {"Spring Collection", DETECTED_NOTHING},
    {"10 Downing Street", DETECTED_ADDRESS},
    {"Hauptstrasse 12", DETECTED_ADDRESS},
    {"12 rue de Rivoli", DETECTED_ADDRESS},
    {"home and garden", DETECTED_NOTHING},
    {"gold", DETECTED_NOTHING},
    {"", DETECTED_NOTHING},
    {"   ", DETECTED_NOTHING},
};

static void a_text_is_taken_for_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof text_row / sizeof text_row[0]; i++) {
        const enum detected found = detect_text(str_of(text_row[i].text));
        expect(found == text_row[i].detected, "'%s' is %s", text_row[i].text, detected_name(found));
    }
}

/* Every wrong check digit of a German number is found: ISO 7064 MOD 11,10 finds all single errors. */
static void a_wrong_digit_is_found(void **state)
{
    (void)state;
    char number[] = "86095742719";
    for (size_t at = 0; at < 11; at++) {
        const char right = number[at];
        for (char wrong = '0'; wrong <= '9'; wrong++) {
            number[at] = wrong;
            const char *country = detect_national_id(str_of(number));
            const bool is_german = country != NULL && str_is(str_of(country), "DE");
            expect(is_german == (wrong == right), "digit %zu as %c", at, wrong);
        }
        number[at] = right;
    }
}

static void any_bytes_have_an_answer(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (unsigned round = 0; round < 20000; round++) {
        char text[80];
        size_t len = 0;
        static const char letter[] = "0123456789ABCXYZabc .:-@+/(),\xc3\xa4";
        seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
        len = (size_t)(seed >> 33) % sizeof text;
        for (size_t i = 0; i < len; i++) {
            seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407U;
            text[i] = letter[(seed >> 33) % (sizeof letter - 1)];
        }
        expect((unsigned)detect_text((struct str){text, len}) < DETECTIONS, "round %u", round);
    }
}

static void a_name_of_a_field_tells(void **state)
{
    (void)state;
    expect(detect_field_name(STR("phone_2")) == DETECTED_PHONE, "phone");
    expect(detect_field_name(STR("home.address")) == DETECTED_ADDRESS, "address");
    expect(detect_field_name(STR("region")) == DETECTED_NOTHING, "region");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_taken_for_what_it_is),
        cmocka_unit_test(a_wrong_digit_is_found),
        cmocka_unit_test(any_bytes_have_an_answer),
        cmocka_unit_test(a_name_of_a_field_tells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
