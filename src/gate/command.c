/*
 * command.c - passwords and keys in the commands that call curl, and what only stands for a password.
 *
 * A command is read as a shell does: arguments of pieces with and without quotes, over a few lines.
 */
#include "inside.h"

#include <string.h>

enum { COMMAND_MAX = 1000 };

/* ---- placeholders -------------------------------------------------------------------------- */

/* $NAME, $1, ${name}, $(command). */
static bool is_variable(struct str value)
{
    const char next = letter_at(value, 1);
    return value.ptr[0] == '$' && (value.len == 1 || is_letter(next) || is_among(next, "_{(") ||
                                   (value.len == 2 && next >= '0' && next <= '9'));
}

/* $2a$..., $6$...: what crypt(3) makes of a password, its name first. */
static bool is_hashed(struct str value)
{
    size_t at = 1;
    while (at < 10 && (is_alnum(letter_at(value, at)) || letter_at(value, at) == '-')) {
        at++;
    }
    return value.ptr[0] == '$' && at > 1 && letter_at(value, at) == '$';
}

/* Brackets around a name: <name>, [name], {name}, (name), %name%. */
static bool is_bracketed(struct str value)
{
    static const char open[] = "<[{(%";
    static const char close[] = ">]})%";
    const char *bracket = strchr(open, value.ptr[0]);
    return value.ptr[0] != '\0' && bracket != NULL &&
           str_find(str_slice(value, 1, value.len), close[bracket - open]) + 1 < value.len;
}

bool is_placeholder(struct str value)
{
    if (value.len == 0) {
        return true;
    }
    bool is_same = true;
    for (size_t i = 1; i < value.len; i++) {
        is_same = is_same && value.ptr[i] == value.ptr[0];
    }
    return is_same || is_variable(value) || is_hashed(value) || is_bracketed(value) ||
           str_contains(value, STR("...")) || str_contains(value, STR("**")) ||
           str_contains(value, STR("${")) || str_contains(value, STR("$(")) ||
           str_contains(value, STR("xxxx")) || str_contains(value, STR("XXXX")) ||
           str_contains(value, STR("{{"));
}

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

/* Behind the quote that closes what begins at `at`; where no quote begins, behind the letter. */
static size_t piece_end(struct str text, size_t at, size_t end)
{
    const char quote = text.ptr[at];
    size_t to = at + 1;
    if (quote != '"' && quote != '\'') {
        return to;
    }
    while (to < end && text.ptr[to] != quote) {
        to++;
    }
    return to < end ? to + 1 : at + 1;
}

/* An argument as a shell reads it: pieces with and without quotes up to a blank; quotes around all of it are left out. */
static struct str argument_at(struct str text, size_t at, size_t end)
{
    while (at < end && is_among(text.ptr[at], " \t=")) {
        at++;
    }
    size_t to = at;
    while (to < end && !is_among(text.ptr[to], " \t\r\n")) {
        to = piece_end(text, to, end);
    }
    const bool is_quoted =
        to > at + 1 && is_among(text.ptr[at], "\"'") && piece_end(text, at, end) == to;
    return str_slice(text, at + is_quoted, to - is_quoted);
}

/* Where the argument of an option begins: -u, -su, --user; SIZE_MAX: it is another option. */
static size_t option_end(struct str text, size_t at, char letter, const char *name)
{
    if (begins_small(text, at, name)) {
        const size_t end = at + strlen(name);
        return is_alnum(letter_at(text, end)) || letter_at(text, end) == '-' ? SIZE_MAX : end;
    }
    size_t i = at + 1;
    while (i < at + 5 && is_among(letter_at(text, i), "fgikLsSv")) {
        i++;
    }
    return letter_at(text, i) == letter ? i + 1 : SIZE_MAX;
}

static void put_part(struct scan *scan, struct str part, const char *rule, const char *what)
{
    const size_t start = (size_t)(part.ptr - scan->text.ptr);
    scan_add(scan, rule, what, GATE_SECRET, LIKELY, start, start + part.len);
}

static struct str without_quotes(struct str word)
{
    while (word.len > 0 && is_among(word.ptr[0], "\"'")) {
        word = str_slice(word, 1, word.len);
    }
    while (word.len > 0 && is_among(word.ptr[word.len - 1], "\"'")) {
        word = str_slice(word, 0, word.len - 1);
    }
    return word;
}

/* name:password, ":password" or "token:". Glued to its option a password has a digit; 1000:1000 are numbers of a user
 * and a group, as docker and chroot have them. */
static void user_of(struct scan *scan, struct str argument, bool is_glued)
{
    const size_t colon = str_find(argument, ':');
    if (colon == argument.len) {
        return;
    }
    const struct str word = without_quotes(str_slice(argument, colon + 1, argument.len));
    const struct str name = without_quotes(str_slice(argument, 0, colon));
    const struct str secret = word.len == 0 ? name : word;
    if (secret.len < 3 || is_placeholder(secret) || (name.len > 1 && is_bracketed(name)) ||
        (is_glued && !has_digit_in(secret)) || !(has_letter_in(argument) || secret.len > 5) ||
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
        const size_t found = find_letters(argument, 0, argument.len, name[i]);
        at = found == SIZE_MAX ? SIZE_MAX : found + strlen(name[i]);
    }
    if (at == SIZE_MAX) {
        return;
    }
    struct str value = str_trim(str_slice(argument, at, argument.len));
    static const char *const scheme[] = {"basic", "bearer", "token", "api-token"};
    for (size_t i = 0; i < sizeof scheme / sizeof scheme[0]; i++) {
        if (begins_small(value, 0, scheme[i]) &&
            is_among(letter_at(value, strlen(scheme[i])), " \t")) {
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

void curl_at(struct scan *scan, size_t at)
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
        const size_t user = option_end(text, i, 'u', "--user");
        const size_t header = option_end(text, i, 'H', "--header");
        if (user != SIZE_MAX) {
            user_of(scan, argument_at(text, user, end), is_alnum(letter_at(text, user)));
        } else if (header != SIZE_MAX) {
            header_of(scan, argument_at(text, header, end));
        }
    }
}
