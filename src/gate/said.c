/*
 * said.c - passwords that a sentence tells: "my password is ...", "Das Passwort für das WLAN lautet ...".
 *
 *     a word for it ─at most four others─▶ is, ist, lautet, est, es, è, or a colon ─▶ the value
 *
 * What programs assign is assigned.c's. A value here has letters and digits and is no word about how passwords are
 * kept. Only prose is looked at: in a program "password is" is a comment about one.
 */
#include "prose.h"

#include <string.h>

enum {
    WORD_LEN_MAX = 24,
    OTHERS_MAX = 4,
    OTHERS_LEN_MAX = 48,
    VALUE_LEN_MIN = 6,
    VALUE_LEN_MAX = 64
};

#define VERBS "is was are ist war lautet lautete est sera es era sar\xc3\xa0 \xc3\xa8"
/* How passwords are kept, and what they must have. */
#define ABOUT \
    "sha base md utf bcrypt argon scrypt pbkdf aes rsa hash hashed encoded encrypted ssl tls " \
    "oauth http " \
    "https char chars character characters zeichen caract\xc3\xa8res caracteres caratteri " \
    "example beispiel " \
    "version rfc iso step"

static bool is_word_byte(char letter)
{
    return is_letter(letter) || (unsigned char)letter >= 0x80;
}

static size_t word_end(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && is_word_byte(text.ptr[end]) && end - at < WORD_LEN_MAX) {
        end++;
    }
    return end;
}

static bool is_word_for_it(struct str word)
{
    static const char *const one[] = {"password",   "passwort",   "kennwort",
                                      "passwd",     "passcode",   "passphrase",
                                      "contrasena", "wachtwoord", "contrase\303\261a"};
    for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
        if (word.len == strlen(one[i]) && begins_small(word, 0, one[i])) {
            return true;
        }
    }
    return false;
}

/* Behind the word for it that the place is in; 0: it is none. */
static size_t end_of_word_for_it(struct str text, size_t at)
{
    size_t start = at;
    while (start > 0 && is_word_byte(text.ptr[start - 1]) && at - start < WORD_LEN_MAX) {
        start--;
    }
    const size_t end = word_end(text, start);
    const bool is_french = end - start == 5 && begins_small(text, start, "passe") && start >= 7 &&
                           begins_small(text, start - 7, "mot de ");
    return is_french || is_word_for_it(str_slice(text, start, end)) ? end : 0;
}

static size_t skip_blanks(struct str text, size_t at)
{
    const size_t from = at;
    while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t') && at - from < 4) {
        at++;
    }
    return at;
}

/* Behind "is" or a colon, with a few words before it at most; 0: nothing is told. */
static size_t value_start(struct str text, size_t at)
{
    const size_t from = at;
    for (unsigned others = 0; others <= OTHERS_MAX && at - from < OTHERS_LEN_MAX; others++) {
        at = skip_blanks(text, at);
        if (letter_at(text, at) == ':') {
            return skip_blanks(text, at + 1);
        }
        const size_t end = word_end(text, at);
        if (end == at) {
            return 0;
        }
        if (has_word(text, at, end, VERBS)) {
            const bool goes_on = is_among(letter_at(text, end), " :\t");
            return goes_on ? skip_blanks(text, end + 1) : 0;
        }
        at = end;
    }
    return 0;
}

static size_t behind_quote(struct str text, size_t at)
{
    static const char *const quote[] = {"\"",
                                        "'",
                                        "`",
                                        "\xe2\x80\x9c",
                                        "\xe2\x80\x9e",
                                        "\xe2\x80\x98",
                                        "\xe2\x80\x9a",
                                        "\xc2\xab\xc2\xa0",
                                        "\xc2\xab"};
    for (size_t i = 0; i < sizeof quote / sizeof quote[0]; i++) {
        const struct str one = str_of(quote[i]);
        if (str_starts(str_slice(text, at, text.len), one)) {
            return at + one.len;
        }
    }
    return at;
}

/* Behind the last letter that may be of it: a sentence's own signs are not. */
static size_t value_end(struct str text, size_t at)
{
    size_t end = at;
    while (end < text.len && end - at <= VALUE_LEN_MAX && text.ptr[end] > ' ' &&
           text.ptr[end] < 0x7f && !is_among(text.ptr[end], "\"'`<>")) {
        end++;
    }
    while (end > at && is_among(text.ptr[end - 1], ".,;:)")) {
        end--;
    }
    return end;
}

static bool is_password(struct str value)
{
    size_t digits = 0;
    size_t letters = 0;
    for (size_t i = 0; i < value.len; i++) {
        digits += is_digit(value.ptr[i]);
        letters += is_letter(value.ptr[i]);
        if (is_among(value.ptr[i], "{}<>[]()@/\\%")) {
            return false; /* a place for one, an address, a path */
        }
    }
    return value.len >= VALUE_LEN_MIN && value.len <= VALUE_LEN_MAX && digits > 0 && letters > 0 &&
           entropy_of(value) >= 225 && !has_word(value, 0, value.len, ABOUT) &&
           !str_contains(value, STR("xxx")) && !str_contains(value, STR("XXX"));
}

void password_said_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const size_t word = end_of_word_for_it(text, at);
    const size_t told = word == 0 ? 0 : value_start(text, word);
    if (told == 0) {
        return;
    }
    const size_t start = behind_quote(text, told);
    const size_t end = value_end(text, start);
    if (is_password(str_slice(text, start, end)) &&
        (scan->depth > 0 || form_of(scan->asked->path) == FORM_TEXT)) {
        scan_add(scan, "cdr.secret.password", "a password that is told", GATE_SECRET, LIKELY, start,
                 end);
    }
}
