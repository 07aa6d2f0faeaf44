/*
 * assigned_read.c - a name, the sign of an assignment and the value behind it, as programs, settings, commands and
 * addresses write them.
 */
#include "assigned.h"

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
    const char letter = letter_at(text, at);
    if (is_quote(letter)) {
        return 1;
    }
    if (letter == '\\') {
        return is_quote(letter_at(text, at + 1)) ? 2 : 0;
    }
    if (letter == '&') {
        return begins_small(text, at, "&#39;") ? 5 : begins_small(text, at, "&quot;") ? 6 : 0;
    }
    return 0;
}

static size_t put_sign(enum assigning *sign, enum assigning is, size_t len)
{
    *sign = is;
    return len;
}

/* =>  :=  ===  ==  !=  =  :  ,  (  > */
static size_t sign_len(struct str text, size_t at, enum assigning *sign)
{
    const char next = letter_at(text, at + 1);
    switch (letter_at(text, at)) {
    case '=':
        if (next == '>') {
            return put_sign(sign, BY_ARROW, 2);
        }
        if (next == '=') {
            return put_sign(sign, BY_COMPARING, letter_at(text, at + 2) == '=' ? 3 : 2);
        }
        return put_sign(sign, BY_EQUALS, 1);
    case ':':
        return next == '=' ? put_sign(sign, BY_EQUALS, 2) : put_sign(sign, BY_COLON, 1);
    case '!':
        return next == '=' ? put_sign(sign, BY_COMPARING, 2) : 0;
    case ',':
        return put_sign(sign, BY_COMMA, 1);
    case '(':
        return put_sign(sign, BY_BRACKET, 1);
    case '>':
        return put_sign(sign, BY_TAG, 1);
    default:
        return 0;
    }
}

/* What may follow a name that something is assigned to. */
static bool may_follow(char letter)
{
    switch (letter) {
    case '"':
    case '\'':
    case '`':
    case '\\':
    case '&':
    case ']':
    case '.':
    case ' ':
    case '\t':
    case '=':
    case ':':
    case '!':
    case ',':
    case '(':
    case '>':
        return true;
    default:
        return false;
    }
}

/* From the end of the name to the beginning of the value; false: nothing is assigned. */
static bool read_sign(struct str text, struct assigned *found, size_t *at)
{
    size_t i = *at;
    if (!may_follow(letter_at(text, i))) {
        return false;
    }
    const size_t quote = quote_len(text, i);
    found->is_name_quoted = quote > 0;
    i += quote;
    i += letter_at(text, i) == ']';
    i += letter_at(text, i) == '.' && begins_small(text, i, ".new") ? 4
                                                                    : 0; /* an object made of it */
    const size_t gap = over_blanks(text, i);
    found->sign = BY_BLANK;
    const size_t len = sign_len(text, gap, &found->sign);
    if (len == 0 && gap == i) {
        return false;
    }
    i = over_blanks(text, gap + len);
    if (lower_of(letter_at(text, i)) == 'n' && begins_small(text, i, "new ")) {
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
    const char first = quote.ptr[0];
    for (size_t i = start; i < text.len && i - start <= VALUE_LONGEST; i++) {
        const char letter = text.ptr[i];
        if (letter == first &&
            (quote.len == 1 || str_starts(str_slice(text, i, text.len), quote))) {
            return i;
        }
        if (letter == '\n') {
            break;
        }
        i += quote.len == 1 && letter == '\\';
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

/* Behind its first letter only what names and their brackets have. */
static bool is_word(struct str value)
{
    for (size_t i = 1; i < value.len; i++) {
        if (!is_name(value.ptr[i]) && !is_among(value.ptr[i], ".:{}()[]<>% ")) {
            return false;
        }
    }
    return true;
}

/* What stands for a value that comes from elsewhere: $NAME, ${name}, {{ name }}, <name>, %NAME%, [name], ***. */
static bool is_stand_in(struct str value)
{
    const char first = value.ptr[0];
    const char last = value.ptr[value.len - 1];
    switch (first) {
    case '$':
        return value.ptr[1] == '{' || is_word(value);
    case '{':
        return value.ptr[1] == '{';
    case '<':
        return last == '>';
    case '%':
        return last == '%';
    case '[':
        return last == ']' && is_word(value);
    case '*':
        return value.ptr[1] == '*' && value.ptr[2] == '*';
    default:
        return false;
    }
}

static bool read_value(struct str text, struct assigned *found, size_t at)
{
    const size_t quote = quote_len(text, at);
    const size_t start = at + quote;
    found->quote = quote;
    found->start = start;
    found->end =
        quote > 0 ? quoted_end(text, start, (struct str){text.ptr + at, quote})
                  : bare_end(text, start, is_among(letter_before(text, found->name_start), "&?"));
    return found->end != SIZE_MAX && found->end >= start + VALUE_MIN &&
           found->end <= start + VALUE_LONGEST &&
           !is_stand_in((struct str){text.ptr + start, found->end - start});
}

bool assigned_read_named(struct str text, struct assigned *found)
{
    size_t next = found->name_end;
    return read_sign(text, found, &next) && read_value(text, found, next);
}

bool assigned_read(struct str text, size_t at, struct assigned *found)
{
    size_t start = at;
    size_t end = at;
    while (start > 0 && at - start < ASSIGNED_NAME_MAX && is_name(text.ptr[start - 1])) {
        start--;
    }
    while (end < text.len && end - at < ASSIGNED_NAME_MAX && is_name(text.ptr[end])) {
        end++;
    }
    *found = (struct assigned){.name_start = start, .name_end = end};
    return assigned_read_named(text, found);
}
