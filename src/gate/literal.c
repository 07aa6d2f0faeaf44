/*
 * literal.c - what a rare literal begins: private keys, passwords in settings, secrets of clusters, webhooks.
 *
 * masks.c says where a literal may begin; here it is known which, and the rest is read by hand.
 */
#include "inside.h"

#include <string.h>

enum { KEY_MIN = 64 };

/* ---- private keys -------------------------------------------------------------------------- */

static void private_key_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    if (at < 3 || !begins_small(text, at - 3, "-----begin")) {
        return;
    }
    const size_t line = at + 120;
    const size_t kind = find_letters(text, at, line, "private key");
    const size_t body = kind == SIZE_MAX ? SIZE_MAX : find_letters(text, kind, kind + 40, "-----");
    if (body == SIZE_MAX) {
        return;
    }
    const size_t first = body + 5;
    size_t end = find_letters(text, first + KEY_MIN, first + GATE_SPAN_MAX, "key-----");
    const size_t most = end == SIZE_MAX ? first + GATE_SPAN_MAX : end;
    const size_t block = find_letters(text, first + KEY_MIN, most, "key block-----");
    end = block < end ? block + 6 : end;
    if (end == SIZE_MAX) {
        return;
    }
    scan_add(scan, "cdr.secret.private-key", "a private key", GATE_SECRET, VERY_LIKELY, at - 3,
             end + 8);
    scan->token_done = end + 8;
}

/* ---- passwords in settings ------------------------------------------------------------------- */

static bool path_ends(const struct scan *scan, const char *small)
{
    const struct str path = scan->asked->path;
    const size_t len = strlen(small);
    return path.len >= len && begins_small(path, path.len - len, small);
}

static size_t blanks_end(struct str text, size_t at, const char *blanks)
{
    while (is_among(letter_at(text, at), blanks)) {
        at++;
    }
    return at;
}

/* What stands behind key="Password": blanks and value=; SIZE_MAX: something else. */
static size_t xml_value(struct str text, size_t at)
{
    const size_t i = blanks_end(text, at, " \t\r\n");
    return begins_small(text, i, "value=") ? i + 6 : SIZE_MAX;
}

/* password = "word": letters and digits, and no word of the language alone. */
static void password_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    size_t i = at;
    while (i < text.len && i - at < 30 &&
           (is_alnum(text.ptr[i]) || text.ptr[i] == '_' || text.ptr[i] == '-')) {
        i++;
    }
    const size_t xml = letter_at(text, i) == '"' ? xml_value(text, i + 1) : SIZE_MAX;
    bool has_sign = xml != SIZE_MAX;
    bool is_listed = false;
    i = has_sign ? xml : i;
    const size_t from = i;
    while (i < text.len && i - from < 24 && is_among(text.ptr[i], " =:'\"\t>|,") &&
           !(has_sign && is_among(text.ptr[i], "'\""))) {
        is_listed = is_listed || text.ptr[i] == ',';
        has_sign = has_sign || is_among(text.ptr[i], "=:|,");
        i++;
    }
    const char quote = letter_at(text, i);
    if (!has_sign || (quote != '"' && quote != '\'')) {
        return;
    }
    const size_t start = ++i;
    while (i < text.len && i - start < 65 && text.ptr[i] != quote && text.ptr[i] != '\n') {
        i++;
    }
    const struct str value = str_slice(text, start, i);
    if (letter_at(text, i) != quote || value.len < 8 || value.len > 64) {
        return;
    }
    const bool is_nuget = xml != SIZE_MAX && path_ends(scan, "nuget.config");
    const bool is_telling_file = is_nuget || path_ends(scan, ".tf") || path_ends(scan, ".hcl");
    if ((is_listed && !is_telling_file) ||
        (str_find(value, ' ') < value.len &&
         (!is_nuget || has_word(value, 0, value.len, COMMON_WORDS " here the"))) ||
        is_placeholder(value)) {
        return;
    }
    const bool is_famous = str_is(value, "33f!!lloppa") || str_is(value, "hal+9ooo_da!sY");
    const bool is_random = has_digit_in(value) && has_letter_in(value) &&
                           entropy_of(value) >= 275 &&
                           !has_word(value, 0, value.len, COMMON_WORDS " cleartext text");
    scan_add(scan, "cdr.secret.password", "a password that is assigned", GATE_SECRET,
             is_famous                      ? UNLIKELY
             : is_telling_file || is_random ? LIKELY
                                            : POSSIBLE,
             start, i);
}

/* ---- secrets of clusters --------------------------------------------------------------------- */

static bool is_base64(char letter)
{
    return is_alnum(letter) || letter == '+' || letter == '/';
}

/* Where the value behind a colon of YAML begins: in the same line, or below a sign for a block; behind its quote. */
static size_t value_begin(struct str text, size_t at)
{
    at = blanks_end(text, at, " \t");
    if (is_among(letter_at(text, at), "|>")) {
        at += is_among(letter_at(text, at + 1), "-+") ? 2 : 1;
        at = blanks_end(text, at, " \t\r\n");
    }
    return is_among(letter_at(text, at), "\"'") ? at + 1 : at;
}

/* name: value, where the value is base64 of ten letters or more. */
static bool datum_at(struct scan *scan, size_t from, size_t to)
{
    const struct str text = scan->text;
    for (size_t i = from; i < to && i < text.len; i++) {
        if (text.ptr[i] != ':') {
            continue;
        }
        const size_t at = value_begin(text, i + 1);
        size_t end = at;
        while (is_base64(letter_at(text, end))) {
            end++;
        }
        const size_t body = end;
        while (letter_at(text, end) == '=' && end < body + 2) {
            end++;
        }
        /* Padding ends it; what has none may still be the beginning of a name or an address. */
        const char next = letter_at(text, end);
        if (body - at >= 10 && (end > body || !is_among(next, ":-_.{"))) {
            scan_add(scan, "cdr.secret.kubernetes", "a secret of a cluster", GATE_SECRET, LIKELY,
                     at, end);
            return true;
        }
    }
    return false;
}

/* "data:", not "metadata:". */
static size_t find_data(struct str text, size_t from, size_t to)
{
    size_t at = find_letters(text, from, to, "data:");
    while (at != SIZE_MAX &&
           (is_alnum(letter_before(text, at)) || letter_before(text, at) == '_')) {
        at = find_letters(text, at + 5, to, "data:");
    }
    return at;
}

static void kind_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    size_t i = at + 4;
    if (letter_at(text, i) != ':' || is_alnum(letter_before(text, at))) {
        return;
    }
    for (i++; is_among(letter_at(text, i), " \t\"'") && letter_at(text, i) != '\0'; i++) {
    }
    if (!begins_small(text, i, "secret") || is_alnum(letter_at(text, i + 6))) {
        return;
    }
    /* "data:" stands a little behind or before, in the same document. */
    const size_t behind = find_data(text, i, i + 210);
    const size_t parted = find_letters(text, i, i + 370, "\n---");
    if (behind < parted &&
        datum_at(scan, behind + 5, parted < behind + 160 ? parted : behind + 160)) {
        return;
    }
    const size_t from = at > 300 ? at - 300 : 0;
    const size_t before = find_data(text, from, at);
    if (before < at && find_letters(text, before, at, "\n---") == SIZE_MAX) {
        (void)datum_at(scan, before + 5, at);
    }
}

/* ---- webhooks -------------------------------------------------------------------------------- */

static void webhook_at(struct scan *scan, size_t start, const char *path, size_t least)
{
    const struct str text = scan->text;
    const size_t at = find_letters(text, start, start + 60, path);
    size_t end = at == SIZE_MAX ? 0 : at + strlen(path);
    const size_t from = end;
    while (end > 0 && (is_alnum(letter_at(text, end)) || is_among(letter_at(text, end), "+/-_@")) &&
           letter_at(text, end) != '\0') {
        end++;
    }
    if (end >= from + least) {
        scan_add(scan, "cdr.secret.webhook", "an address that anybody may post to", GATE_SECRET,
                 VERY_LIKELY, start, end);
    }
}

/* 'secret_key' => 'sk_...' in PHP. */
static void secret_key_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const size_t value = find_letters(text, at, at + 48, "sk_");
    size_t end = value;
    if (value == SIZE_MAX || !path_ends(scan, ".php")) {
        return;
    }
    while (end < text.len && !is_among(text.ptr[end], " \t\r\n'\"")) {
        end++;
    }
    if (end - value >= 32) {
        scan_add(scan, "cdr.secret.freemius-key", "a key of a provider", GATE_SECRET, VERY_LIKELY,
                 value, end);
    }
}

/* The name of a source of packages, then two times eight digits: name:password. */
static void source_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    size_t i = at;
    while (i < text.len && i - at < 60 &&
           !(is_hex(text.ptr[i]) && letter_at(text, i + 8) == ':' &&
             is_among(text.ptr[i - 1], "'\" =:`|\t\n"))) {
        i++;
    }
    for (size_t n = 0; n < 17; n++) {
        const char letter = letter_at(text, i + n);
        if (n == 8 ? letter != ':' : !is_hex(letter)) {
            return;
        }
    }
    if (!is_alnum(letter_at(text, i + 17))) {
        scan_add(scan, "cdr.secret.sidekiq", "a password of a source of packages", GATE_SECRET,
                 LIKELY, i, i + 17);
    }
}

/* Four letters as one number, in small if they are letters. */
static uint32_t four_at(const char *text)
{
    const unsigned char *of = (const unsigned char *)text;
    const uint32_t bytes =
        (uint32_t)of[0] | (uint32_t)of[1] << 8 | (uint32_t)of[2] << 16 | (uint32_t)of[3] << 24;
    return bytes | UINT32_C(0x20202020);
}

#define FOUR(a, b, c, d) \
    ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16 | (uint32_t)(d) << 24)
#define THREE(a, b, c) FOUR(a, b, c, 0)

/* What begins like the name of a password or a key. */
static void name_at(struct scan *scan, const struct block *window, unsigned bit, uint32_t four)
{
    const size_t at = window->start + bit;
    const uint32_t three = four & UINT32_C(0xffffff);
    if (three == THREE('p', 'w', 'd')) {
        if (letter_at(scan->text, at + 3) == '=') {
            password_at(scan, at);
        }
        assigned_at(scan, window, bit);
    } else if (three == THREE('k', 'e', 'y') || three == THREE('o', 't', 'p')) {
        assigned_at(scan, window, bit);
    }
}

void literal_at(struct scan *scan, const struct block *window, unsigned bit)
{
    const struct str text = scan->text;
    const size_t at = window->start + bit;
    if (text.len - at < 4) {
        return;
    }
    const uint32_t four = four_at(text.ptr + at);
    if ((four & UINT32_C(0xffffff)) == THREE('%', '4', '0')) {
        packed_email_at(scan, at);
        return;
    }
    if ((scan->asked->kinds & GATE_SECRET) == 0) {
        return;
    }
    switch (four) {
    case FOUR('t', 'r', 'a', 's'):
    case FOUR('e', 'n', 'n', 'w'):
    case FOUR('h', 't', 'w', 'o'):
        password_said_at(scan, at);
        break;
    case FOUR('p', 'a', 's', 's'):
        password_said_at(scan, at);
        assigned_at(scan, window, bit);
        break;
    case FOUR('s', 'e', 'c', 'r'):
    case FOUR('t', 'o', 'k', 'e'):
    case FOUR('a', 'u', 't', 'h'):
    case FOUR('c', 'r', 'e', 'd'):
    case FOUR('b', 'e', 'a', 'r'):
    case FOUR('b', 'a', 's', 'i'):
        assigned_at(scan, window, bit);
        break;
    case FOUR('a', 's', 's', 'w'):
        password_at(scan, at);
        assigned_at(scan, window, bit);
        break;
    case FOUR('-', '-', 'b', 'e'):
        private_key_at(scan, at);
        break;
    case FOUR('c', 'u', 'r', 'l'):
        curl_at(scan, at);
        break;
    case FOUR('k', 'i', 'n', 'd'):
        kind_at(scan, at);
        break;
    case FOUR('s', '.', 's', 'l'):
        if (begins_small(text, at, "s.slack.com/") && at >= 4) {
            webhook_at(scan, at - 4, "s/", 40);
        }
        break;
    case FOUR('k', '.', 'o', 'f'):
        if (begins_small(text, at, "k.office.com/") && at >= 6) {
            webhook_at(scan, at - 6, "webhookb2/", 70);
        }
        break;
    case FOUR('t', '_' | 0x20, 'k', 'e'):
        if (begins_small(text, at, "t_key")) {
            secret_key_at(scan, at);
            assigned_at(scan, window, bit);
        }
        break;
    case FOUR('i', 'b', 's', 'y'):
        if (begins_small(text, at, "ibsys_") && at > 0) {
            source_at(scan, at);
        }
        break;
    default:
        name_at(scan, window, bit, four);
    }
}
