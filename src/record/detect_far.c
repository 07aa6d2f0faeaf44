/*
 * detect_far.c - identity numbers of more countries, by their check digits.
 *
 * Most are a weighted sum modulo 10 or 11; the weights stand in the laws that made the numbers. A name
 * beside a function is what the number is called there.
 */
#include "detect.h"

#include <string.h>

static bool are_digits(struct str text, size_t len)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
    }
    return text.len == len;
}

static unsigned digit(struct str text, size_t at)
{
    return (unsigned)(text.ptr[at] - '0');
}

static unsigned two(struct str text, size_t at)
{
    return digit(text, at) * 10 + digit(text, at + 1);
}

/* weights: one digit each */
static unsigned weighed(struct str text, const char *weights)
{
    unsigned sum = 0;
    for (size_t i = 0; weights[i] != '\0'; i++) {
        sum += digit(text, i) * (unsigned)(weights[i] - '0');
    }
    return sum;
}

static bool is_day(unsigned month, unsigned day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

static bool is_varied(struct str text)
{
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] != text.ptr[0]) {
            return true;
        }
    }
    return false;
}

/* henkilötunnus: DDMMYY, three digits, a letter of the rest modulo 31; the sign between fell out */
static bool is_finnish(struct str text)
{
    static const char letter[] = "0123456789ABCDEFHJKLMNPRSTUVWXY";
    /* The sign for the century is a letter in new numbers: 131052A308T. */
    char plain[10];
    if (text.len == 11 && strchr("ABCDEFYXWVU", text.ptr[6]) != NULL && text.ptr[6] != '\0') {
        memcpy(plain, text.ptr, 6);
        memcpy(plain + 6, text.ptr + 7, 4);
    } else if (text.len == 10) {
        memcpy(plain, text.ptr, 10);
    } else {
        return false;
    }
    const struct str body = {plain, 9};
    if (!are_digits(body, 9) || !is_day(two(body, 2), two(body, 0))) {
        return false;
    }
    uint64_t number = 0;
    return str_to_uint64(body, &number) && letter[number % 31] == plain[9];
}

/* fødselsnummer */
static bool is_norwegian(struct str text)
{
    if (!are_digits(text, 11) || !is_day(two(text, 2) % 40, two(text, 0) % 40)) {
        return false;
    }
    const unsigned one = (11 - weighed(text, "376189452") % 11) % 11;
    const unsigned other = (11 - weighed(text, "5432765432") % 11) % 11;
    return one == digit(text, 9) && other == digit(text, 10);
}

/* rodné číslo: women's months have 50 more */
static bool is_czech(struct str text)
{
    uint64_t number = 0;
    const bool is_number = are_digits(text, 10) && str_to_uint64(text, &number);
    return is_number && is_day(two(text, 2) % 50 % 20, two(text, 4)) && number % 11 == 0;
}

/* cod numeric personal */
static bool is_romanian(struct str text)
{
    if (!are_digits(text, 13) || digit(text, 0) == 0 || !is_day(two(text, 3), two(text, 5))) {
        return false;
    }
    const unsigned rest = weighed(text, "279146358279") % 11;
    return (rest == 10 ? 1 : rest) == digit(text, 12);
}

/* osobni identifikacijski broj: ISO 7064, modulo 11 and 10 */
static bool is_croatian(struct str text)
{
    unsigned product = 10;
    if (!are_digits(text, 11)) {
        return false;
    }
    for (size_t i = 0; i < 10; i++) {
        const unsigned sum = (digit(text, i) + product) % 10;
        product = (sum == 0 ? 10 : sum) * 2 % 11;
    }
    return (11 - product) % 10 == digit(text, 10);
}

/* isikukood, asmens kodas */
static bool is_baltic(struct str text)
{
    if (!are_digits(text, 11) || digit(text, 0) == 0 || !is_day(two(text, 3), two(text, 5))) {
        return false;
    }
    unsigned rest = weighed(text, "1234567891") % 11;
    rest = rest == 10 ? weighed(text, "3456789123") % 11 : rest;
    return (rest == 10 ? 0 : rest) == digit(text, 10);
}

/* TC kimlik numarası */
static bool is_turkish(struct str text)
{
    if (!are_digits(text, 11) || digit(text, 0) == 0) {
        return false;
    }
    const unsigned odd = weighed(text, "101010101");
    const unsigned even = weighed(text, "01010101");
    return (odd * 7 + 1000 - even) % 10 == digit(text, 9) &&
           (odd + even + digit(text, 9)) % 10 == digit(text, 10);
}

/* cadastro de pessoas físicas */
static bool is_brazilian(struct str text)
{
    if (!are_digits(text, 11) || !is_varied(text)) {
        return false;
    }
    unsigned one = 0;
    unsigned other = 0;
    for (unsigned i = 0; i < 10; i++) {
        one += i < 9 ? digit(text, i) * (10 - i) : 0;
        other += digit(text, i) * (11 - i);
    }
    return one * 10 % 11 % 10 == digit(text, 9) && other * 10 % 11 % 10 == digit(text, 10);
}

/* Aadhaar: Verhoeff's check digit, in the dihedral group of ten */
static bool is_indian(struct str text)
{
    static const unsigned char move[8][10] = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 5, 7, 6, 2, 8, 3, 0, 9, 4},
        {5, 8, 0, 3, 7, 9, 6, 1, 4, 2}, {8, 9, 1, 6, 0, 4, 3, 5, 2, 7},
        {9, 4, 5, 3, 1, 2, 6, 8, 7, 0}, {4, 2, 8, 6, 5, 7, 3, 9, 0, 1},
        {2, 7, 9, 3, 8, 0, 6, 4, 1, 5}, {7, 0, 4, 6, 9, 1, 3, 2, 5, 8}};
    unsigned check = 0;
    if (!are_digits(text, 12) || digit(text, 0) < 2) {
        return false;
    }
    for (size_t i = 0; i < 12; i++) {
        const unsigned next = move[i % 8][digit(text, 11 - i)];
        /* Turns are 0 to 4, mirrored turns 5 to 9. */
        if (check < 5) {
            check = next < 5 ? (check + next) % 5 : 5 + (check + next) % 5;
        } else {
            check = next < 5 ? 5 + (check - next) % 5 : (check - next + 5) % 5;
        }
    }
    return check == 0;
}

/* AHV-Nummer: 756 and the check digit of EAN-13 */
static bool is_swiss(struct str text)
{
    return are_digits(text, 13) && memcmp(text.ptr, "756", 3) == 0 &&
           (weighed(text, "131313131313") + digit(text, 12)) % 10 == 0;
}

/* Sozialversicherungsnummer: three digits, the check digit, DDMMYY */
static bool is_austrian(struct str text)
{
    return are_digits(text, 10) && digit(text, 0) > 0 && is_day(two(text, 6), two(text, 4)) &&
           weighed(text, "3790584216") % 11 == digit(text, 3);
}

static bool is_south_african(struct str text)
{
    return are_digits(text, 13) && is_day(two(text, 2), two(text, 4)) && digit(text, 10) <= 2 &&
           detect_luhn(text);
}

/* ISO 7064, modulo 11 and 2 */
static bool is_chinese(struct str text)
{
    static const char check[] = "10X98765432";
    static const unsigned weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    const struct str body = {text.ptr, 17};
    unsigned sum = 0;
    if (text.len != 18 || !are_digits(body, 17) || !is_day(two(text, 10), two(text, 12)) ||
        (two(text, 6) != 19 && two(text, 6) != 20)) {
        return false;
    }
    for (size_t i = 0; i < 17; i++) {
        sum += digit(text, i) * weight[i];
    }
    return check[sum % 11] == text.ptr[17];
}

/* 주민등록번호 */
static bool is_korean(struct str text)
{
    return are_digits(text, 13) && is_day(two(text, 2), two(text, 4)) && digit(text, 6) >= 1 &&
           digit(text, 6) <= 8 && (11 - weighed(text, "234567892345") % 11) % 10 == digit(text, 12);
}

static bool is_canadian(struct str text)
{
    return are_digits(text, 9) && digit(text, 0) != 0 && digit(text, 0) != 8 && detect_luhn(text);
}

/* tax file number */
static bool is_australian(struct str text)
{
    static const unsigned weight[] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
    unsigned sum = 0;
    for (size_t i = 0; are_digits(text, 9) && i < 9; i++) {
        sum += digit(text, i) * weight[i];
    }
    return sum > 0 && sum % 11 == 0;
}

/* NHS number */
static bool is_british_patient(struct str text)
{
    unsigned sum = 0;
    if (!are_digits(text, 10) || !is_varied(text)) {
        return false;
    }
    for (unsigned i = 0; i < 9; i++) {
        sum += digit(text, i) * (10 - i);
    }
    return (11 - sum % 11) % 11 == digit(text, 9);
}

/* NRIC and FIN */
static bool is_singaporean(struct str text)
{
    static const char born[] = "JZIHGFEDCBA";
    static const char stays[] = "XWUTRQPNMLK";
    const struct str body = {text.ptr + 1, 7};
    if (text.len != 9 || !are_digits(body, 7) || memchr("STFG", text.ptr[0], 4) == NULL) {
        return false;
    }
    const bool is_late = text.ptr[0] == 'T' || text.ptr[0] == 'G';
    const unsigned rest = (weighed(body, "2765432") + (is_late ? 4U : 0U)) % 11;
    return text.ptr[8] == (text.ptr[0] == 'S' || text.ptr[0] == 'T' ? born : stays)[rest];
}

static bool is_thai(struct str text)
{
    unsigned sum = 0;
    if (!are_digits(text, 13) || digit(text, 0) == 0) {
        return false;
    }
    for (unsigned i = 0; i < 12; i++) {
        sum += digit(text, i) * (13 - i);
    }
    return (11 - sum % 11) % 10 == digit(text, 12);
}

/* CPR: a date and four digits; the check digit ended in 2007 */
static bool is_danish(struct str text)
{
    return are_digits(text, 10) && is_day(two(text, 2), two(text, 0));
}

/* PPS: seven digits, a letter, and a second one since 2013 */
static bool is_irish(struct str text)
{
    static const char letter[] = "WABCDEFGHIJKLMNOPQRSTUV";
    const struct str body = str_slice(text, 0, 7);
    if (text.len < 8 || text.len > 9 || !are_digits(body, 7)) {
        return false;
    }
    const char *second = text.len == 9 ? strchr(letter, text.ptr[8]) : letter;
    if (second == NULL || *second == '\0') {
        return false;
    }
    return letter[(weighed(body, "8765432") + 9 * (unsigned)(second - letter)) % 23] == text.ptr[7];
}

/* AMKA: a date, and Luhn's check digit */
static bool is_greek(struct str text)
{
    return are_digits(text, 11) && is_day(two(text, 2), two(text, 0)) && detect_luhn(text);
}

/* CURP: four letters, a date, five or six letters; N and O have an Ñ between them */
static bool is_mexican(struct str text)
{
    static const char form[] = "LLLLDDDDDDLLLLLLXD";
    unsigned sum = 0;
    if (text.len != 18 || strchr("HMX", text.ptr[10]) == NULL) {
        return false;
    }
    for (unsigned i = 0; i < 18; i++) {
        const char sign = text.ptr[i];
        const bool is_letter = sign >= 'A' && sign <= 'Z';
        if ((form[i] == 'L' && !is_letter) || (form[i] == 'D' && is_letter)) {
            return false;
        }
        const unsigned value =
            !is_letter ? digit(text, i) : (unsigned)(sign - 'A') + (sign > 'N' ? 11U : 10U);
        sum += value * (18 - i) * (i < 17);
    }
    return is_day(two(text, 6), two(text, 8)) && (10 - sum % 10) % 10 == digit(text, 17);
}

/* RUT: seven or eight digits, and the rest modulo 11, K for 10 */
static bool is_chilean(struct str text)
{
    const struct str body = str_slice(text, 0, text.len - 1);
    unsigned sum = 0;
    if (text.len < 8 || text.len > 9 || !are_digits(body, text.len - 1)) {
        return false;
    }
    for (unsigned i = 0; i < body.len; i++) {
        sum += digit(body, body.len - 1 - i) * (2 + i % 6);
    }
    return "0123456789K0"[11 - sum % 11] == text.ptr[body.len];
}

/* My Number */
static bool is_japanese(struct str text)
{
    if (!are_digits(text, 12)) {
        return false;
    }
    const unsigned rest = weighed(text, "65432765432") % 11;
    return digit(text, 11) == (rest < 2 ? 0 : 11 - rest);
}

/* teudat zehut */
static bool is_israeli(struct str text)
{
    return are_digits(text, 9) && is_varied(text) && detect_luhn(text);
}

/* Versicherungsnummer: an area, a date, the first letter of a name, two digits, a check digit */
static bool is_german_insured(struct str text)
{
    static const unsigned weight[] = {2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1};
    if (text.len != 12 || !are_digits(str_slice(text, 0, 8), 8) || text.ptr[8] < 'A' ||
        text.ptr[8] > 'Z' || !are_digits(str_slice(text, 9, 12), 3) ||
        !is_day(two(text, 4), two(text, 2))) {
        return false;
    }
    const unsigned letter = (unsigned)(text.ptr[8] - 'A') + 1;
    unsigned sum = 0;
    for (size_t i = 0; i < 12; i++) {
        const unsigned value = i < 8    ? digit(text, i)
                               : i == 8 ? letter / 10
                               : i == 9 ? letter % 10
                                        : digit(text, i - 1);
        sum += value * weight[i] / 10 + value * weight[i] % 10;
    }
    return sum % 10 == digit(text, 11);
}

const struct identity *identity_far_at(size_t index)
{
    static const struct identity row[] = {
        {"FI", "an identity number (FI)", false, is_finnish},
        {"NO", "an identity number (NO)", true, is_norwegian},
        {"CZ", "a birth number (CZ, SK)", false, is_czech},
        {"RO", "an identity number (RO)", false, is_romanian},
        {"HR", "an identity number (HR)", false, is_croatian},
        {"EE", "an identity number (EE, LT)", false, is_baltic},
        {"TR", "an identity number (TR)", false, is_turkish},
        {"BR", "a tax number (BR)", false, is_brazilian},
        {"IN", "an Aadhaar number (IN)", false, is_indian},
        {"CH", "a social security number (CH)", true, is_swiss},
        {"AT", "a social security number (AT)", false, is_austrian},
        {"ZA", "an identity number (ZA)", false, is_south_african},
        {"CN", "an identity number (CN)", true, is_chinese},
        {"KR", "a registration number (KR)", false, is_korean},
        {"CA", "a social insurance number (CA)", false, is_canadian},
        {"AU", "a tax file number (AU)", false, is_australian},
        {"UK", "an NHS number (UK)", false, is_british_patient},
        {"SG", "an identity number (SG)", false, is_singaporean},
        {"TH", "an identity number (TH)", false, is_thai},
        {"DK", "a personal number (DK)", false, is_danish},
        {"IE", "a public service number (IE)", false, is_irish},
        {"GR", "a social security number (GR)", false, is_greek},
        {"MX", "a population code (MX)", true, is_mexican},
        {"CL", "a tax number (CL)", false, is_chilean},
        {"JP", "an individual number (JP)", false, is_japanese},
        {"IL", "an identity number (IL)", false, is_israeli},
        {"DE", "a social insurance number (DE)", false, is_german_insured},
    };
    return index < sizeof row / sizeof row[0] ? &row[index] : NULL;
}
