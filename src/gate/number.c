/*
 * number.c - what a number is: groups of digits with a sign or a blank between them.
 *
 * In this order: a date, an IP address, a card, an identity number, a telephone number, a place on earth.
 * What one of them takes, the ones after it do not see.
 */
#include "inside.h"

#include <string.h>

#include "detect.h"

#define BIRTH \
    "birth birthday birthdate birthdays born dob bday geboren geburtsdatum geburtstag geb " \
    "nacimiento nac\xc3\xad naci\xc3\xb3 nascimento nascido nascida geboortedatum " \
    "nacido nacida naissance naissances n\xc3\xa9 n\xc3\xa9" \
    "e nascita nato nata"
#define PHONE \
    "phone phones telephone tel mobile mobil cell cellphone call calls called calling dial fax " \
    "handy telefon " \
    "telefonnummer rufnummer anrufen t\xc3\xa9l\xc3\xa9phone t\xc3\xa9l portable appelez " \
    "tel\xc3\xa9" \
    "fono m\xc3\xb3vil " \
    "llamar llame whatsapp sms reach ring hotline contact text message messages nachricht msisdn"
#define CARD "card cards credit cc visa mastercard amex kreditkarte karte carte tarjeta debit"

/* ---- reading ------------------------------------------------------------------------------- */

/* How many letters part two groups; 0: the number ends here. */
static size_t gap_at(struct str text, size_t at)
{
    static const char *const pair[] = {") ", ")-", ")/", ").", " (", "  ", "-("};
    static const char *const wide[] = {" - ", " / ", " ) "};
    const struct str ahead = str_slice(text, at, text.len);
    if (is_digit(letter_at(ahead, 1))) {
        return is_among(ahead.ptr[0], " -./)(") ? 1 : 0;
    }
    for (size_t i = 0; is_digit(letter_at(ahead, 2)) && i < sizeof pair / sizeof pair[0]; i++) {
        if (str_starts(ahead, str_of(pair[i]))) {
            return 2;
        }
    }
    for (size_t i = 0; is_digit(letter_at(ahead, 3)) && i < sizeof wide / sizeof wide[0]; i++) {
        if (str_starts(ahead, str_of(wide[i]))) {
            return 3;
        }
    }
    return 0;
}

/* (030) 1234 has one; (2026-11-01 only stands in brackets, as anything may. */
static void drop_open_bracket(struct number *number, size_t first)
{
    bool is_closed = false;
    for (size_t g = 1; g < number->group_count; g++) {
        is_closed = is_closed || number->between[g] == ')';
    }
    if (number->has_bracket && !is_closed) {
        number->has_bracket = false;
        number->start = number->has_plus ? number->start : first;
    }
}

static void read_groups(struct str text, size_t at, struct number *number)
{
    memset(number, 0, sizeof *number);
    number->start = at;
    if (letter_before(text, at) == '(') {
        number->has_bracket = true;
        number->start = at - 1;
    }
    if (letter_before(text, number->start) == '+') {
        number->has_plus = true;
        number->start--;
    }
    for (;;) {
        const size_t from = at;
        while (at < text.len && is_digit(text.ptr[at]) && number->count < NUMBER_DIGITS_MAX) {
            number->digit[number->count++] = text.ptr[at++];
        }
        const size_t g = number->group_count++;
        number->group_digits[g] = number->count;
        number->group_end[g] = at;
        const size_t gap = gap_at(text, at);
        if (gap == 0 || number->group_count == NUMBER_GROUPS_MAX || at == from ||
            number->count == NUMBER_DIGITS_MAX || is_digit(letter_at(text, at))) {
            return;
        }
        number->between[g + 1] = text.ptr[at + (text.ptr[at] == ' ' && gap == 3)];
        at += gap;
    }
}

static void read_number(struct str text, size_t at, struct number *number)
{
    read_groups(text, at, number);
    drop_open_bracket(number, at);
}

static size_t group_len(const struct number *number, size_t group)
{
    return number->group_digits[group] - (group == 0 ? 0 : number->group_digits[group - 1]);
}

static unsigned group_value(const struct number *number, size_t group)
{
    unsigned value = 0;
    for (size_t i = group == 0 ? 0 : number->group_digits[group - 1];
         i < number->group_digits[group]; i++) {
        value = value > 100000000 ? value : value * 10 + (unsigned)(number->digit[i] - '0');
    }
    return value;
}

/* Nothing that would make it part of a word or of a longer number stands behind. */
static bool ends_here(struct str text, size_t end)
{
    const char next = letter_at(text, end);
    return !is_alnum(next) && next != '_' &&
           !((next == '.' || next == ',') && is_digit(letter_at(text, end + 1)));
}

/* ---- dates --------------------------------------------------------------------------------- */

static bool is_year(unsigned value, size_t len)
{
    return len == 2 || (len == 4 && value >= 1890 && value <= 2099);
}

static bool is_day_and_month(unsigned left, unsigned right)
{
    return left >= 1 && right >= 1 && left <= 31 && right <= 31 && (left <= 12 || right <= 12);
}

static bool is_date(const struct number *number)
{
    if (number->group_count < 3 || number->between[1] != number->between[2] ||
        number->between[1] == ' ' || number->has_plus || number->has_bracket) {
        return false;
    }
    const size_t len[3] = {group_len(number, 0), group_len(number, 1), group_len(number, 2)};
    const unsigned value[3] = {group_value(number, 0), group_value(number, 1),
                               group_value(number, 2)};
    if (len[0] == 4 && len[1] <= 2 && len[2] <= 2) {
        return is_year(value[0], 4) && is_day_and_month(value[2], value[1]);
    }
    const bool may_be_short = len[2] == 4 || number->group_count == 3;
    return len[0] <= 2 && len[1] <= 2 && may_be_short && is_year(value[2], len[2]) &&
           is_day_and_month(value[0], value[1]);
}

static void date_of(struct scan *scan, const struct number *number)
{
    const size_t end = number->group_end[2];
    if (has_word_near(scan->text, number->start, end, BIRTH)) {
        scan_add(scan, "cdr.pii.birth-date", "a date of birth", GATE_PII, LIKELY, number->start,
                 end);
    }
}

/* ---- IP ------------------------------------------------------------------------------------ */

static bool is_address(const struct number *number)
{
    for (size_t g = 0; g < 4; g++) {
        if (g >= number->group_count || group_len(number, g) > 3 || group_value(number, g) > 255 ||
            (g > 0 && number->between[g] != '.')) {
            return false;
        }
    }
    return number->group_count == 4 || number->between[4] != '.';
}

static bool ip_of(struct scan *scan, const struct number *number)
{
    const size_t at = number->start;
    if (number->has_plus || number->has_bracket || !is_address(number) ||
        !ends_here(scan->text, number->group_end[3])) {
        return false;
    }
    const unsigned first = group_value(number, 0);
    const bool is_version =
        has_word_before(scan->text, at, 20, "version versions v release build ver oid");
    const bool is_nobody = first == 0 || first == 127 || first >= 224;
    scan_add(scan, "cdr.pii.ip-address", "an IP address", GATE_PII,
             is_version || is_nobody ? POSSIBLE : LIKELY, at, number->group_end[3]);
    return true;
}

/* ---- cards --------------------------------------------------------------------------------- */

/* ISO/IEC 7812: who issues numbers that begin so, and how long they are. */
static const struct issuer {
    unsigned from; /* of the first six digits */
    unsigned to;
    unsigned least;
    unsigned most;
} issuer[] = {
    {400000, 499999, 16, 16}, {400000, 499999, 13, 13}, {400000, 499999, 19, 19},
    {510000, 559999, 16, 16}, {222100, 272099, 16, 16}, {340000, 349999, 15, 15},
    {370000, 379999, 15, 15}, {601100, 601199, 16, 19}, {644000, 659999, 16, 19},
    {622126, 622925, 16, 19}, {300000, 305999, 14, 19}, {309500, 309599, 14, 19},
    {360000, 369999, 14, 19}, {380000, 399999, 14, 19}, {352800, 358999, 16, 19},
    {501800, 501899, 12, 19}, {502000, 502099, 12, 19}, {503800, 503899, 12, 19},
    {589300, 589399, 12, 19}, {630400, 630499, 12, 19}, {675900, 675999, 12, 19},
    {676100, 676399, 12, 19}, {620000, 629999, 16, 19}, {220000, 220499, 16, 19},
    {180000, 180099, 15, 15}, {213100, 213199, 15, 15}, {560000, 589999, 12, 19},
    {670000, 679999, 12, 19}, {600000, 609999, 16, 16}, {350000, 359999, 16, 16},
};

/* The last four are so wide that a word must stand beside. */
enum { ISSUERS_SURE = sizeof issuer / sizeof issuer[0] - 4 };

static bool is_issued(const char *digit, size_t count, bool *is_sure)
{
    unsigned first = 0;
    for (size_t i = 0; i < 6; i++) {
        first = first * 10 + (unsigned)(digit[i] - '0');
    }
    for (size_t i = 0; i < sizeof issuer / sizeof issuer[0]; i++) {
        if (first >= issuer[i].from && first <= issuer[i].to && count >= issuer[i].least &&
            count <= issuer[i].most) {
            *is_sure = i < ISSUERS_SURE;
            return true;
        }
    }
    return false;
}

static bool are_few(const char *digit, size_t count)
{
    unsigned seen = 0;
    for (size_t i = 0; i < count; i++) {
        seen |= 1U << (digit[i] - '0');
    }
    return __builtin_popcount(seen) < 3;
}

static bool card_of(struct scan *scan, const struct number *number)
{
    for (size_t g = number->group_count; g-- > 0;) {
        const size_t count = number->group_digits[g];
        const size_t end = number->group_end[g];
        bool is_sure = false;
        if (count < 12 || count > 19 || number->has_plus || number->has_bracket ||
            !ends_here(scan->text, end) || !is_issued(number->digit, count, &is_sure) ||
            !detect_luhn((struct str){number->digit, count})) {
            continue;
        }
        bool is_even = true; /* one sign between all groups */
        for (size_t i = 2; i <= g; i++) {
            is_even = is_even && number->between[i] == number->between[1];
        }
        if (!is_even || (g > 0 && is_among(number->between[1], "./")) ||
            are_few(number->digit, count)) {
            continue;
        }
        const bool is_named = has_word_near(scan->text, number->start, end, CARD);
        /* Twelve or thirteen digits alone are as often a time or an article. */
        const bool is_short = count < 14;
        scan_add(scan, "cdr.pii.card", "a card number", GATE_PII,
                 is_named               ? VERY_LIKELY
                 : is_sure && !is_short ? LIKELY
                                        : POSSIBLE,
                 number->start, end);
        if (is_named || (is_sure && !is_short)) {
            scan->number_done = end;
            return true;
        }
    }
    return false;
}

/* ---- identity numbers ---------------------------------------------------------------------- */

static bool social_security_of(struct scan *scan, const struct number *number)
{
    const bool is_parted = number->group_count >= 3 && group_len(number, 0) == 3 &&
                           group_len(number, 1) == 2 && group_len(number, 2) == 4 &&
                           number->between[1] == number->between[2] &&
                           (number->between[1] == '-' || number->between[1] == ' ');
    const bool is_plain = number->group_count >= 1 && group_len(number, 0) == 9;
    const size_t end = number->group_end[is_parted ? 2 : 0];
    if ((!is_parted && !is_plain) || number->has_plus || number->has_bracket ||
        !ends_here(scan->text, end)) {
        return false;
    }
    unsigned value = 0;
    for (size_t i = 0; i < 9; i++) {
        value = value * 10 + (unsigned)(number->digit[i] - '0');
    }
    const unsigned area = value / 1000000;
    if (area == 0 || area == 666 || area >= 900 || value / 10000 % 100 == 0 || value % 10000 == 0) {
        return false;
    }
    const bool is_named =
        has_word_near(scan->text, number->start, end, "ssn ssns social sozialversicherung");
    if (!is_named && (is_plain || number->between[1] == ' ')) {
        return false;
    }
    scan_add(scan, "cdr.pii.us-ssn", "a social security number (US)", GATE_PII,
             is_named ? VERY_LIKELY : LIKELY, number->start, end);
    return true;
}

static bool identity_of(struct scan *scan, const struct number *number)
{
    if (number->has_plus || number->has_bracket) {
        return false;
    }
    for (size_t g = number->group_count; g-- > 0;) {
        if (number->group_digits[g] >= IDENTITY_LEN_MIN &&
            number->group_digits[g] <= IDENTITY_LEN_MAX &&
            ends_here(scan->text, number->group_end[g])) {
            const size_t before = scan->findings->count;
            identifier_at(scan, number->start, number->group_end[g]);
            if (scan->findings->count > before) {
                return true;
            }
        }
    }
    return false;
}

/* ---- telephones ---------------------------------------------------------------------------- */

static size_t extension_end(struct str text, size_t end)
{
    size_t at = end;
    while (letter_at(text, at) == ' ') {
        at++;
    }
    if (lower_of(letter_at(text, at)) == 'x') {
        at++;
    } else if (str_starts(str_slice(text, at, text.len), STR("ext"))) {
        at += letter_at(text, at + 3) == '.' ? 4 : 3;
    } else {
        return end;
    }
    while (letter_at(text, at) == ' ') {
        at++;
    }
    const size_t from = at;
    while (at < text.len && is_digit(text.ptr[at]) && at - from < 7) {
        at++;
    }
    return at > from ? at : end;
}

/* Three, three and four digits; a bracket around an area; five pairs. */
static bool looks_like_phone(const struct number *number, size_t groups)
{
    const size_t count = number->group_digits[groups - 1];
    if (count < 7 || count > 15 || groups < 2) {
        return false;
    }
    if (number->has_bracket) {
        return groups >= 2;
    }
    const size_t last = group_len(number, groups - 1);
    const size_t one = groups - 1;
    if (groups >= 3 && count >= 10 && count <= 13 && last == 4 && group_len(number, one - 1) == 3 &&
        group_len(number, one - 2) == 3 && number->between[one] == number->between[one - 1]) {
        return number->digit[count - 10] >= '2' || number->digit[0] == '0';
    }
    size_t pairs = 0;
    for (size_t g = 0; g < groups; g++) {
        pairs += group_len(number, g) == 2;
    }
    return pairs == groups && groups == 5 && number->digit[0] == '0';
}

/* Whether a word says that it is one; what stands before is looked at once. */
static bool is_told_of(const struct scan *scan, const struct number *number, size_t stop, int *told)
{
    if (*told < 0) {
        *told = has_word_before(scan->text, number->start, 40, PHONE) ||
                has_word_before(scan->text, number->start, 12, "office desk home work line");
    }
    return *told > 0 ||
           (letter_at(scan->text, stop) == '-' &&
            has_word(scan->text, stop, stop + 10, "office fax home mobile cell desk work"));
}

/* By the words beside it and by how it is written: no region is known. */
static enum likelihood phone_by_form(const struct scan *scan, const struct number *number,
                                     size_t *end)
{
    int told = -1; /* not looked at yet */
    for (size_t groups = number->group_count; groups > 0; groups--) {
        const size_t count = number->group_digits[groups - 1];
        const size_t stop = number->group_end[groups - 1];
        const bool is_extended = extension_end(scan->text, stop) > stop;
        if (count < 6 || count > 15 || (!is_extended && !ends_here(scan->text, stop))) {
            continue;
        }
        const bool is_named = (groups > 1 || count >= 7) && is_told_of(scan, number, stop, &told);
        *end = stop;
        if (is_named) {
            return looks_like_phone(number, groups) ? VERY_LIKELY : LIKELY;
        }
        if (is_extended || looks_like_phone(number, groups)) {
            return LIKELY;
        }
        if (number->digit[0] == '0' && groups >= 3 && count >= 9 && count <= 13) {
            return POSSIBLE;
        }
    }
    return 0;
}

static bool telephone_of(struct scan *scan, const struct number *number)
{
    size_t end = 0;
    enum likelihood likelihood = phone_of(scan, number, &end);
    if (likelihood < LIKELY) {
        size_t other = 0;
        const enum likelihood by_form = phone_by_form(scan, number, &other);
        end = by_form >= likelihood ? other : end;
        likelihood = by_form >= likelihood ? by_form : likelihood;
    }
    if (likelihood == 0) {
        return false;
    }
    end = extension_end(scan->text, end);
    scan_add(scan, "cdr.pii.phone", "a telephone number", GATE_PII, likelihood, number->start, end);
    scan->number_done = likelihood >= LIKELY ? end : scan->number_done;
    return likelihood >= LIKELY;
}

/* ---- places -------------------------------------------------------------------------------- */

/* 52.5200, 13.4050: degrees with at least four places behind the point. */
static bool degrees_at(struct str text, size_t at, unsigned most, size_t *end)
{
    unsigned whole = 0;
    size_t i = at + (letter_at(text, at) == '-');
    const size_t from = i;
    for (; is_digit(letter_at(text, i)) && i - from < 3; i++) {
        whole = whole * 10 + (unsigned)(text.ptr[i] - '0');
    }
    if (i == from || letter_at(text, i) != '.' || whole > most) {
        return false;
    }
    const size_t point = i++;
    while (is_digit(letter_at(text, i)) && i - point < 16) {
        i++;
    }
    *end = i;
    return i - point > 4 && !is_alnum(letter_at(text, i));
}

static bool place_of(struct scan *scan, const struct number *number)
{
    const struct str text = scan->text;
    const size_t start = number->start - (letter_before(text, number->start) == '-');
    size_t end = 0;
    if (number->has_plus || number->has_bracket || !degrees_at(text, start, 90, &end)) {
        return false;
    }
    size_t next = end;
    while (is_among(letter_at(text, next), " ,;") && next < end + 3 && next < text.len) {
        next++;
    }
    size_t last = 0;
    if (next > end && degrees_at(text, next, 180, &last)) {
        const bool is_named =
            has_word_before(text, start, 40,
                            "lat lng lon latitude longitude gps location coordinates geo position "
                            "coords koordinaten standort");
        scan_add(scan, "cdr.pii.coordinates", "a place on earth (coordinates)", GATE_PII,
                 is_named ? VERY_LIKELY : LIKELY, start, last);
        scan->number_done = last;
        return true;
    }
    return false;
}

/* ---- the door ------------------------------------------------------------------------------ */

static bool is_decimal(const struct number *number)
{
    return number->group_count == 2 && number->between[1] == '.' && !number->has_plus &&
           !number->has_bracket;
}

/* Digits behind letters: an account, or a number with letters in it. Whatever else begins so is a word:
 * token_at looks at it. */
static void look_behind_letters(struct scan *scan, size_t at)
{
    (void)iban_at(scan, at);
    size_t start = at;
    while (start > 0 && is_alnum(scan->text.ptr[start - 1]) && at - start < 18) {
        start--;
    }
    size_t end = at;
    while (is_alnum(letter_at(scan->text, end)) && end - start < 20) {
        end++;
    }
    if (end - start <= 18) {
        identifier_at(scan, start, end);
    }
    scan->number_done = end;
}

void digits_at(struct scan *scan, size_t at)
{
    struct number number;
    const char before = letter_before(scan->text, at);
    if (is_alnum(before)) {
        look_behind_letters(scan, at);
        return;
    }
    if (before == '_' ||
        ((before == '.' || before == ',') && at > 1 && is_digit(scan->text.ptr[at - 2]))) {
        return;
    }
    read_number(scan->text, at, &number);
    if (is_date(&number)) {
        date_of(scan, &number);
        scan->number_done = number.group_end[2];
        return;
    }
    if (ip_of(scan, &number)) {
        scan->number_done = number.group_end[3];
        return;
    }
    if (place_of(scan, &number) || is_decimal(&number)) {
        return;
    }
    if (card_of(scan, &number)) {
        return;
    }
    size_t end = 0;
    if (lettered_at(scan, &number, &end)) {
        scan->number_done = end;
        return;
    }
    if (social_security_of(scan, &number) || identity_of(scan, &number)) {
        scan->number_done = number.group_end[0];
        return;
    }
    if (!telephone_of(scan, &number) && letter_at(scan->text, number.group_end[0]) != ' ') {
        scan->number_done = number.group_end[0];
    }
}

/* Four numbers between dots with few digits: 8.8.8.8. */
void dots_at(struct scan *scan, size_t at)
{
    struct number number;
    const char before = letter_before(scan->text, at);
    if (is_alnum(before) || before == '_' || before == '.') {
        return;
    }
    read_number(scan->text, at, &number);
    if (ip_of(scan, &number)) {
        scan->number_done = number.group_end[3];
    }
}
