/*
 * literal.c - what a rare literal begins: private keys, passwords in commands and settings, webhooks.
 *
 * masks.c says where a literal may begin; here it is known which, and the rest is read by hand.
 */
#include "inside.h"

#include <string.h>

enum { COMMAND_MAX = 1000, KEY_MIN = 64 };

/* Where the small letters stand next; SIZE_MAX: nowhere before `to`. */
static size_t find(struct str text, size_t from, size_t to, const char *small)
{
    to = to < text.len ? to : text.len;
    for (size_t i = from; i < to; i++) {
        if (lower_of(text.ptr[i]) == small[0] && begins_small(text, i, small)) {
            return i;
        }
    }
    return SIZE_MAX;
}

/* ---- private keys -------------------------------------------------------------------------- */

static void private_key_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    if (at < 3 || !begins_small(text, at - 3, "-----begin")) {
        return;
    }
    const size_t line = at + 120;
    const size_t kind = find(text, at, line, "private key");
    const size_t body = kind == SIZE_MAX ? SIZE_MAX : find(text, kind, kind + 40, "-----");
    if (body == SIZE_MAX) {
        return;
    }
    const size_t first = body + 5;
    size_t end = find(text, first + KEY_MIN, first + GATE_SPAN_MAX, "key-----");
    const size_t block = find(text, first + KEY_MIN, first + GATE_SPAN_MAX, "key block-----");
    end = block < end ? block + 6 : end;
    if (end == SIZE_MAX) {
        return;
    }
    scan_add(scan, "cdr.secret.private-key", "a private key", GATE_SECRET, VERY_LIKELY, at - 3,
             end + 8);
    scan->token_done = end + 8;
}

/* ---- placeholders -------------------------------------------------------------------------- */

/* What stands for a password that somebody else puts there: $NAME, {{ name }}, <name>, ***. */
static bool is_placeholder(struct str value)
{
    if (value.len == 0) {
        return true;
    }
    bool is_same = true;
    for (size_t i = 1; i < value.len; i++) {
        is_same = is_same && value.ptr[i] == value.ptr[0];
    }
    return is_same || is_among(value.ptr[0], "$<{%[*(.") || str_contains(value, STR("${")) ||
           str_contains(value, STR("$(")) || str_contains(value, STR("xxxx")) ||
           str_contains(value, STR("XXXX")) || str_contains(value, STR("{{"));
}

#define COMMON_WORDS \
    "change changeit changeme password passwort pass passwd pwd test token secret user username " \
    "example x xx xxx your my null none"

/* ---- curl ---------------------------------------------------------------------------------- */

/* To the end of the command: lines may go on behind a backslash or be further arguments. */
static size_t command_end(struct str text, size_t at)
{
    size_t end = at;
    unsigned lines = 0;
    while (end < text.len && end - at < COMMAND_MAX && lines < 6) {
        lines += text.ptr[end] == '\n';
        end++;
    }
    return end;
}

/* An argument, quoted or not, without its quotes. */
static struct str argument_at(struct str text, size_t at, size_t end)
{
    while (at < end && is_among(text.ptr[at], " \t=")) {
        at++;
    }
    const char quote = letter_at(text, at);
    if (quote == '"' || quote == '\'') {
        const size_t from = at + 1;
        size_t to = from;
        while (to < end && text.ptr[to] != quote) {
            to++;
        }
        /* "name":"word" is one argument too. */
        if (to + 2 < end && text.ptr[to + 1] == ':' && text.ptr[to + 2] == quote) {
            to += 3;
            while (to < end && text.ptr[to] != quote) {
                to++;
            }
        }
        return to < end ? str_slice(text, from, to) : STR("");
    }
    size_t to = at;
    while (to < end && !is_among(text.ptr[to], " \t\r\n")) {
        to++;
    }
    return str_slice(text, at, to);
}

static void put_part(struct scan *scan, struct str part, const char *rule, const char *what)
{
    const size_t start = (size_t)(part.ptr - scan->text.ptr);
    scan_add(scan, rule, what, GATE_SECRET, LIKELY, start, start + part.len);
}

static void user_of(struct scan *scan, struct str argument)
{
    const size_t colon = str_find(argument, ':');
    struct str word = str_slice(argument, colon + 1, argument.len);
    const struct str name = str_slice(argument, 0, colon);
    while (word.len > 0 && (word.ptr[0] == '"' || word.ptr[0] == '\'')) {
        word = str_slice(word, 1, word.len);
    }
    const bool is_name_only = word.len == 0 && name.len >= 3 && colon < argument.len;
    const struct str secret = is_name_only ? name : word;
    if (colon == argument.len || secret.len < 3 || is_placeholder(secret) ||
        (name.len > 0 && is_placeholder(name) && !is_name_only) ||
        (has_word(secret, 0, secret.len, COMMON_WORDS) && !has_digit_in(secret))) {
        return;
    }
    put_part(scan, secret, "cdr.secret.curl-user", "a password in a command");
}

static void header_of(struct scan *scan, struct str argument)
{
    static const char *const name[] = {"authorization:", "api-key:", "apikey:",    "x-api-key:",
                                       "token:",         "key:",     "api-token:", "apitoken:"};
    size_t at = SIZE_MAX;
    for (size_t i = 0; at == SIZE_MAX && i < sizeof name / sizeof name[0]; i++) {
        const size_t found = find(argument, 0, argument.len, name[i]);
        at = found == SIZE_MAX ? SIZE_MAX : found + strlen(name[i]);
    }
    if (at == SIZE_MAX) {
        return;
    }
    struct str value = str_trim(str_slice(argument, at, argument.len));
    static const char *const scheme[] = {"basic ", "bearer ", "token ", "api-token "};
    for (size_t i = 0; i < sizeof scheme / sizeof scheme[0]; i++) {
        if (begins_small(value, 0, scheme[i])) {
            value = str_trim(str_slice(value, strlen(scheme[i]), value.len));
            break;
        }
    }
    bool is_plain = value.len >= 8;
    for (size_t i = 0; i < value.len; i++) {
        is_plain = is_plain && (is_alnum(value.ptr[i]) || strchr("=~@._+/-", value.ptr[i]) != NULL);
    }
    if (is_plain && !is_placeholder(value) && entropy_of(value) >= 275) {
        put_part(scan, value, "cdr.secret.curl-header", "a key or token in a command");
    }
}

static void curl_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const size_t end = command_end(text, at);
    if (is_alnum(letter_before(text, at)) || is_alnum(letter_at(text, at + 4))) {
        return;
    }
    for (size_t i = at + 4; i + 2 < end; i++) {
        if (text.ptr[i] != '-' || !is_among(text.ptr[i - 1], " \t\r\n")) {
            continue;
        }
        if (begins_small(text, i, "--user") && is_among(letter_at(text, i + 6), " =")) {
            user_of(scan, argument_at(text, i + 6, end));
        } else if (text.ptr[i + 1] == 'u' && !is_alnum(letter_at(text, i + 2))) {
            user_of(scan, argument_at(text, i + 2, end));
        } else if (begins_small(text, i, "--header")) {
            header_of(scan, argument_at(text, i + 8, end));
        } else if (text.ptr[i + 1] == 'H' && !is_alnum(letter_at(text, i + 2))) {
            header_of(scan, argument_at(text, i + 2, end));
        }
    }
}

/* ---- passwords in settings ------------------------------------------------------------------- */

static bool path_ends(const struct scan *scan, const char *small)
{
    const struct str path = scan->asked->path;
    const size_t len = strlen(small);
    return path.len >= len && begins_small(path, path.len - len, small);
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
    const bool is_xml = letter_at(text, i) == '"' && begins_small(text, i + 1, " value=");
    i += is_xml ? 7 : 0;
    bool has_sign = is_xml;
    const size_t from = i;
    while (i < text.len && i - from < 24 && is_among(text.ptr[i], "'\" \t=:>") &&
           !(has_sign && is_among(text.ptr[i], "'\""))) {
        has_sign = has_sign || is_among(text.ptr[i], "=:");
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
    if (letter_at(text, i) != quote || value.len < 8 || value.len > 64 ||
        str_find(value, ' ') < value.len || is_placeholder(value)) {
        return;
    }
    const bool is_telling_file = (is_xml && path_ends(scan, "nuget.config")) ||
                                 path_ends(scan, ".tf") || path_ends(scan, ".hcl");
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
    return is_alnum(letter) || letter == '+' || letter == '/' || letter == '=';
}

/* name: value, where the value is base64 of ten letters or more. */
static bool datum_at(struct scan *scan, size_t from, size_t to)
{
    const struct str text = scan->text;
    for (size_t i = from; i < to && i < text.len; i++) {
        size_t at = i + 1;
        if (text.ptr[i] != ':') {
            continue;
        }
        while (at < to && is_among(letter_at(text, at), " \t|>-+\r\n\"'") &&
               letter_at(text, at) != '\0') {
            at++;
        }
        size_t end = at;
        while (is_base64(letter_at(text, end))) {
            end++;
        }
        if (end - at >= 10 && !is_alnum(letter_at(text, end)) && letter_at(text, end) != ':' &&
            !is_among(letter_at(text, end), "-_.{")) {
            scan_add(scan, "cdr.secret.kubernetes", "a secret of a cluster", GATE_SECRET, LIKELY,
                     at, end);
            return true;
        }
    }
    return false;
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
    const size_t behind = find(text, i, i + 210, "data:");
    const size_t parted = find(text, i, i + 210, "\n---");
    if (behind < parted && !is_alnum(letter_before(text, behind))) {
        if (datum_at(scan, behind + 5, behind + 160)) {
            return;
        }
    }
    const size_t from = at > 300 ? at - 300 : 0;
    const size_t before = find(text, from, at, "data:");
    if (before < at && find(text, before, at, "\n---") == SIZE_MAX &&
        !is_alnum(letter_before(text, before)) && letter_before(text, before) != '_') {
        (void)datum_at(scan, before + 5, at);
    }
}

/* ---- webhooks -------------------------------------------------------------------------------- */

static void webhook_at(struct scan *scan, size_t start, const char *path, size_t least)
{
    const struct str text = scan->text;
    const size_t at = find(text, start, start + 60, path);
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
    const size_t value = find(text, at, at + 24, "sk_");
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
             is_among(text.ptr[i - 1], "'\" =:`"))) {
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
