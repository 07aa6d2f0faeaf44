/*
 * assigned_read.c - a name, the sign of an assignment and the value behind it, as programs, settings, commands and
 * addresses write them.
 */
#include "assigned.h"

#include <string.h>

enum { GAP_MAX = 8, VALUE_MIN = 4, VALUE_LONGEST = 200 };

/* ---- reading ------------------------------------------------------------------------------- */

static bool is_name(char letter)
{
    return is_alnum(letter) || letter == '_' || letter == '-';
}

static size_t over_blanks(struct str text, size_t at)
{
    size_t end = at;
    while (end - at < GAP_MAX && (letter_at(text, end) == ' ' || letter_at(text, end) == '\t')) {
        end++;
    }
    return end;
}

static bool is_quote(char letter)
{
    return letter == '"' || letter == '\'' || letter == '`';
}

/* A quote, with a backslash or as HTML writes it. */
static size_t quote_len(struct str text, size_t at)
{
    if (is_quote(letter_at(text, at))) {
        return 1;
    }
    if (letter_at(text, at) == '\\' && is_quote(letter_at(text, at + 1))) {
        return 2;
    }
    return begins_small(text, at, "&#39;") ? 5 : begins_small(text, at, "&quot;") ? 6 : 0;
}

static size_t sign_len(struct str text, size_t at, enum assigning *sign)
{
    static const struct {
        const char *text;
        enum assigning sign;
    } row[] = {{"=>", BY_ARROW},     {":=", BY_EQUALS}, {"===", BY_COMPARING}, {"==", BY_COMPARING},
               {"!=", BY_COMPARING}, {"=", BY_EQUALS},  {":", BY_COLON},       {",", BY_COMMA},
               {"(", BY_BRACKET},    {">", BY_TAG}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (begins_small(text, at, row[i].text)) {
            *sign = row[i].sign;
            return strlen(row[i].text);
        }
    }
    return 0;
}

/* From the end of the name to the beginning of the value; false: nothing is assigned. */
static bool read_sign(struct str text, struct assigned *found, size_t *at)
{
    size_t i = *at;
    const size_t quote = quote_len(text, i);
    found->is_name_quoted = quote > 0;
    i += quote;
    i += letter_at(text, i) == ']';
    i += begins_small(text, i, ".new") ? 4 : 0; /* an object made of it */
    const size_t gap = over_blanks(text, i);
    const size_t len = sign_len(text, gap, &found->sign);
    if (len == 0 && gap == i) {
        return false;
    }
    found->sign = len == 0 ? BY_BLANK : found->sign;
    i = over_blanks(text, gap + len);
    if (begins_small(text, i, "new ")) {
        i += 4;
    } else if (is_among(letter_at(text, i), "brufBRUF@") && is_quote(letter_at(text, i + 1))) {
        i++;
    } else if (letter_at(text, i) == '(' || letter_at(text, i) == '[') {
        i++;
    }
    *at = i;
    return true;
}

static bool ends_bare(char letter)
{
    switch (letter) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '"':
    case '\'':
    case '`':
    case ',':
    case ';':
    case ')':
    case '}':
    case ']':
    case '<':
    case '>':
        return true;
    default:
        return false;
    }
}

/* To the quote that ends it, over those behind a backslash; SIZE_MAX: it does not end on this line. */
static size_t quoted_end(struct str text, size_t start, struct str quote)
{
    for (size_t i = start; i < text.len && i - start <= VALUE_LONGEST; i++) {
        if (text.ptr[i] == quote.ptr[0] && str_starts(str_slice(text, i, text.len), quote)) {
            return i;
        }
        if (text.ptr[i] == '\n') {
            break;
        }
        i += quote.len == 1 && text.ptr[i] == '\\';
    }
    return SIZE_MAX;
}

/* In the query of an address the next name begins behind &. */
static size_t bare_end(struct str text, size_t start, bool is_query)
{
    size_t end = start;
    while (end < text.len && end - start <= VALUE_LONGEST && !ends_bare(text.ptr[end]) &&
           !(is_query && text.ptr[end] == '&')) {
        end++;
    }
    return end;
}

/* What stands for a value that comes from elsewhere: $NAME, ${name}, {{ name }}, <name>, %NAME%, [name], ***. */
static bool is_stand_in(struct str value)
{
    const char first = value.ptr[0];
    bool is_word = true;
    for (size_t i = 1; i < value.len; i++) {
        is_word = is_word && (is_name(value.ptr[i]) || is_among(value.ptr[i], ".:{}()[]<>% "));
    }
    const char last = value.ptr[value.len - 1];
    return (first == '$' && is_word) || (first == '$' && value.ptr[1] == '{') ||
           (first == '{' && value.ptr[1] == '{') || (first == '<' && last == '>') ||
           (first == '%' && last == '%') || (first == '[' && last == ']' && is_word) ||
           str_starts(value, STR("***"));
}

static bool read_value(struct str text, struct assigned *found, size_t at)
{
    const size_t quote = quote_len(text, at);
    const size_t start = at + quote;
    found->quote = quote;
    found->start = start;
    found->end =
        quote > 0 ? quoted_end(text, start, str_slice(text, at, start))
                  : bare_end(text, start, is_among(letter_before(text, found->name_start), "&?"));
    return found->end != SIZE_MAX && found->end >= start + VALUE_MIN &&
           found->end <= start + VALUE_LONGEST && !is_stand_in(str_slice(text, start, found->end));
}

bool assigned_read(struct str text, size_t at, struct assigned *found)
{
    size_t start = at;
    size_t end = at;
    memset(found, 0, sizeof *found);
    while (start > 0 && at - start < ASSIGNED_NAME_MAX && is_name(text.ptr[start - 1])) {
        start--;
    }
    while (end < text.len && end - at < ASSIGNED_NAME_MAX && is_name(text.ptr[end])) {
        end++;
    }
    found->name_start = start;
    found->name_end = end;
    size_t next = end;
    return read_sign(text, found, &next) && read_value(text, found, next);
}
