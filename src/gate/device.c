/*
 * device.c - what devices, visitors and clicks are known by: addresses of network cards and of IPv6, identifiers
 * for advertising, IMEI, the numbers that tags give to visitors, and those of a click in an address.
 */
#include "numbered.h"

#include <string.h>

#include "detect.h"

#define VISITOR "an identifier of a visitor or a click"

/* a4:83:e7:2f:11:9c:8080: a number of three digits and more is no seventh pair. */
static bool has_port(struct str text, size_t at)
{
    enum { PORT_LEN_MIN = 3, PORT_LEN_MAX = 5 };
    size_t end = at + 1;
    while (is_digit(letter_at(text, end))) {
        end++;
    }
    return letter_at(text, at) == ':' && end - at > PORT_LEN_MIN && end - at <= PORT_LEN_MAX + 1 &&
           !is_alnum(letter_at(text, end)) && letter_at(text, end) != ':';
}

static bool is_mac(struct str text, size_t at, char sign)
{
    for (size_t i = 0; i < 17; i++) {
        const char letter = letter_at(text, at + i);
        if (i % 3 == 2 ? letter != sign : !is_hex(letter)) {
            return false;
        }
    }
    const char next = letter_at(text, at + 17);
    return !is_alnum(next) && (next != sign || has_port(text, at + 17)) &&
           !is_alnum(letter_before(text, at)) && letter_before(text, at) != sign;
}

/* In any of its forms; one digit again and again is nobody's. */
static void put_mac(struct scan *scan, size_t start, size_t end)
{
    bool is_all_same = true;
    for (size_t i = start; i < end; i++) {
        is_all_same =
            is_all_same && (!is_hex(scan->text.ptr[i]) ||
                            lower_of(scan->text.ptr[i]) == lower_of(scan->text.ptr[start]));
    }
    scan_add(scan, "cdr.pii.mac-address", "the address of a network card (MAC)", GATE_PII,
             is_all_same ? POSSIBLE : LIKELY, start, end);
}

/* 001b.4411.3ab7, as switches write it: at its first dot. It has letters and digits, and no other part. */
void dotted_mac_at(struct scan *scan, size_t dot)
{
    enum { MAC_LEN = 14 };
    const struct str text = scan->text;
    const size_t start = dot < 4 ? 0 : dot - 4;
    bool has_digit = false;
    bool has_letter = false;
    for (size_t i = start; i < start + MAC_LEN; i++) {
        const char letter = letter_at(text, i);
        if (i == dot || i == dot + 5 ? letter != '.' : !is_hex(letter)) {
            return;
        }
        has_digit = has_digit || is_digit(letter);
        has_letter = has_letter || is_letter(letter);
    }
    const char before = letter_before(text, start);
    const char next = letter_at(text, start + MAC_LEN);
    if (dot >= 4 && has_digit && has_letter && !is_alnum(before) && !is_among(before, "._-") &&
        !is_alnum(next) && !is_among(next, "_-") &&
        !(next == '.' && is_alnum(letter_at(text, start + MAC_LEN + 1)))) {
        put_mac(scan, start, start + MAC_LEN);
    }
}

/* Up to eight groups of up to four digits, with one :: for those left out. RFC 4291, section 2.2. */
static bool is_ip6(struct str word)
{
    size_t groups = 0;
    size_t gaps = 0;
    for (size_t i = 0; i < word.len;) {
        const size_t from = i;
        while (i < word.len && is_hex(word.ptr[i])) {
            i++;
        }
        groups += i > from;
        if (i - from > 4) {
            return false;
        }
        if (i == word.len) {
            break;
        }
        i++;
        if (i < word.len && word.ptr[i] == ':') {
            gaps++;
            i++;
        } else if (from == 0 && i == 1) {
            return false;
        }
    }
    return (gaps == 0 && groups == 8) || (gaps == 1 && groups >= 3 && groups < 8);
}

/* fe80::1ff:fe23:4567:890a%eth0: the zone is of one machine. RFC 4007, section 11; %25 in addresses of pages, RFC 6874. */
static size_t zone_end(struct str text, size_t end)
{
    enum { ZONE_MAX = 16 };
    size_t at = end + (begins_small(text, end, "%25") ? 3 : 1);
    if (letter_at(text, end) != '%' || !is_alnum(letter_at(text, at))) {
        return end;
    }
    while ((is_alnum(letter_at(text, at)) || is_among(letter_at(text, at), "-_.")) &&
           at - end <= ZONE_MAX) {
        at++;
    }
    return at;
}

void colons_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    size_t start = at;
    size_t end = at;
    while (start > 0 && at - start < 40 &&
           (is_hex(text.ptr[start - 1]) || text.ptr[start - 1] == ':')) {
        start--;
    }
    while (end < text.len && end - start < 42 && (is_hex(text.ptr[end]) || text.ptr[end] == ':')) {
        end++;
    }
    if (end - start >= 17 && is_mac(text, start, ':')) {
        put_mac(scan, start, start + 17);
        return;
    }
    bool has_digit = false;
    for (size_t i = start; i < end; i++) {
        has_digit = has_digit || is_digit(text.ptr[i]);
    }
    if (has_digit && !is_alnum(letter_before(text, start)) && !is_alnum(letter_at(text, end)) &&
        is_ip6(str_slice(text, start, end))) {
        scan_add(scan, "cdr.pii.ip-address", "an IP address", GATE_PII, LIKELY, start,
                 zone_end(text, end));
    }
}

/* fe80::1, 2001::5: one group of four digits, the gap, and one more. At its first colon. */
void short_ip6_at(struct scan *scan, size_t colon)
{
    const struct str text = scan->text;
    size_t end = colon + 2;
    if (colon < 4) {
        return;
    }
    const size_t start = colon - 4;
    for (size_t i = start; i < colon; i++) {
        if (!is_hex(text.ptr[i])) {
            return;
        }
    }
    while (is_hex(letter_at(text, end)) && end - colon < 7) {
        end++;
    }
    const bool is_local = begins_small(text, start, "fe80");
    const bool is_global = is_among(text.ptr[start], "23") || begins_small(text, start, "fd");
    if ((is_local || is_global) && end > colon + 2 && end - colon < 7 &&
        !is_alnum(letter_before(text, start)) && !is_among(letter_before(text, start), ":_.") &&
        !is_alnum(letter_at(text, end)) && !is_among(letter_at(text, end), ":_(")) {
        scan_add(scan, "cdr.pii.ip-address", "an IP address", GATE_PII, LIKELY, start,
                 zone_end(text, end));
    }
}

/* 8-4-4-4-12 digits, as phones and browsers call themselves. */
static bool is_uuid(struct str word)
{
    if (word.len != 36) {
        return false;
    }
    for (size_t i = 0; i < 36; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_dash ? word.ptr[i] != '-' : !is_hex(word.ptr[i])) {
            return false;
        }
    }
    return true;
}

static bool is_nobody(struct str word)
{
    for (size_t i = 0; i < word.len; i++) {
        if (word.ptr[i] != '0' && word.ptr[i] != '-') {
            return false;
        }
    }
    return true;
}

/* a483e72f119c, beside its name: twelve digits of sixteen alone are as often of a commit. */
void bare_mac_at(struct scan *scan, size_t start)
{
    enum { BARE_LEN = 12 };
    for (size_t i = start; i < start + BARE_LEN; i++) {
        if (!is_hex(scan->text.ptr[i])) {
            return;
        }
    }
    if (has_word_before(scan->text, start, 16, "mac macaddress macaddr bssid hwaddr ether")) {
        put_mac(scan, start, start + BARE_LEN);
    }
}

void device_at(struct scan *scan, size_t start, size_t end)
{
    const struct str word = str_slice(scan->text, start, end);
    if (is_uuid(word) && !is_nobody(word) &&
        has_word_before(scan->text, start, 40,
                        "idfa idfv ifa oaid gaid aaid adid advertising advertiser device "
                        "gclid fbp visitor client uid")) {
        scan_add(scan, "cdr.pii.device-id", "an identifier of a device", GATE_PII, LIKELY, start,
                 end);
    }
    if (word.len == 17 && is_mac(scan->text, start, '-')) {
        put_mac(scan, start, start + 17);
    }
}

/* ---- numbers ------------------------------------------------------------------------------- */

/* 3GPP TS 23.003, section 6.2: fourteen digits and a check digit, 35-209900-176148-1. */
bool number_imei(struct scan *scan, const struct number *number)
{
    enum { IMEI_LEN = 15 };
    for (size_t g = 0; g < number->group_count; g++) {
        if (number->group_digits[g] == IMEI_LEN && !number->has_plus &&
            ends_here(scan->text, number->group_end[g]) &&
            detect_luhn((struct str){number->digit, IMEI_LEN}) &&
            has_word_before(scan->text, number->start, 24, "imei imeis")) {
            scan_add(scan, "cdr.pii.device-id", "the number of a telephone (IMEI)", GATE_PII,
                     VERY_LIKELY, number->start, number->group_end[g]);
            scan->number_done = number->group_end[g];
            return true;
        }
    }
    return false;
}

/* A number by chance and the second of the first visit: the client of Google Analytics. */
bool number_visitor(struct scan *scan, const struct number *number)
{
    enum { CHANCE_LEN_MIN = 6, CHANCE_LEN_MAX = 10, SECONDS_LEN = 10 };
    const bool may_be =
        number->group_count == 2 && number->between[1] == '.' && !number->has_plus &&
        !number->has_bracket && group_len(number, 0) >= CHANCE_LEN_MIN &&
        group_len(number, 0) <= CHANCE_LEN_MAX && group_len(number, 1) == SECONDS_LEN &&
        number->digit[number->group_digits[0]] == '1';
    if (!may_be || !ends_here(scan->text, number->group_end[1]) ||
        !has_word_before(scan->text, number->start, 24, "ga gid cid client clientid visitor")) {
        return false;
    }
    scan_add(scan, "cdr.pii.device-id", VISITOR, GATE_PII, LIKELY, number->start,
             number->group_end[1]);
    scan->number_done = number->group_end[1];
    return true;
}

/* Behind so many digits, from least to most; SIZE_MAX: they do not stand there. */
static size_t digits_end(struct str text, size_t at, size_t least, size_t most)
{
    size_t end = at;
    while (at != SIZE_MAX && is_digit(letter_at(text, end)) && end - at < most) {
        end++;
    }
    return at != SIZE_MAX && end - at >= least && !is_digit(letter_at(text, end)) ? end : SIZE_MAX;
}

static size_t behind_dot(struct str text, size_t at)
{
    return at != SIZE_MAX && letter_at(text, at) == '.' ? at + 1 : SIZE_MAX;
}

/* 1.2.1234567890.1687654321 */
static size_t google_end(struct str text, size_t at)
{
    size_t end = behind_dot(text, digits_end(text, at, 1, 1));
    end = behind_dot(text, digits_end(text, end, 1, 2));
    end = behind_dot(text, digits_end(text, end, 6, 10));
    return digits_end(text, end, 10, 10);
}

/* 1.1687654321123.1234567890, or letters at the end */
static size_t facebook_end(struct str text, size_t at)
{
    enum { LAST_LEN_MIN = 6 };
    const size_t from =
        behind_dot(text, digits_end(text, behind_dot(text, digits_end(text, at, 1, 1)), 13, 13));
    size_t end = from;
    while (from != SIZE_MAX && end < text.len &&
           (is_alnum(text.ptr[end]) || is_among(text.ptr[end], "_-"))) {
        end++;
    }
    return from != SIZE_MAX && end - from >= LAST_LEN_MIN ? end : SIZE_MAX;
}

bool number_visitor_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const bool is_google = at >= 2 && text.ptr[at - 1] == 'A' && text.ptr[at - 2] == 'G' &&
                           !is_alnum(letter_before(text, at - 2));
    const bool is_facebook = !is_google && at >= 3 && text.ptr[at - 1] == '.' &&
                             text.ptr[at - 2] == 'b' && text.ptr[at - 3] == 'f' &&
                             !is_alnum(letter_before(text, at - 3));
    if (!is_google && !is_facebook) {
        return false;
    }
    const size_t end = is_google ? google_end(text, at) : facebook_end(text, at);
    if (end == SIZE_MAX) {
        return false;
    }
    scan_add(scan, "cdr.pii.device-id", VISITOR, GATE_PII, VERY_LIKELY, at - (is_google ? 2 : 3),
             end);
    scan->number_done = end;
    return true;
}

/* ---- clicks -------------------------------------------------------------------------------- */

/* gclid=EAIaIQobChMI...: what advertisers put into an address, to know again who clicked. */
void click_at(struct scan *scan, size_t start, size_t end)
{
    enum { CLICK_LEN_MIN = 16 };
    if (end - start >= CLICK_LEN_MIN &&
        has_word_before(scan->text, start, 12,
                        "gclid gbraid wbraid dclid fbclid msclkid ttclid twclid yclid")) {
        scan_add(scan, "cdr.pii.device-id", VISITOR, GATE_PII, LIKELY, start, end);
    }
}
