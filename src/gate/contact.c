/*
 * contact.c - e-mail addresses, accounts, and identity numbers with letters.
 */
#include "inside.h"

#include <string.h>

#include "detect.h"

/* ---- e-mail -------------------------------------------------------------------------------- */

enum { LOCAL_MAX = 64, DOMAIN_MAX = 253 };

static bool is_local(char letter)
{
    return is_alnum(letter) || (unsigned char)letter >= 0x80 ||
           (letter != '\0' && strchr("._%+-'&", letter) != NULL);
}

static bool is_label(char letter)
{
    return is_alnum(letter) || letter == '-' || (unsigned char)letter >= 0x80;
}

/* A picture for fine screens, icon@2x.png, is none; nor is a package at a version. */
static bool is_file_ending(struct str ending)
{
    static const char *const name[] = {"png", "jpg", "jpeg", "gif",  "svg",  "webp",
                                       "js",  "css", "json", "html", "ts",   "tsx",
                                       "jsx", "map", "md",   "yml",  "yaml", "txt"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        if (str_is(ending, name[i])) {
            return true;
        }
    }
    return false;
}

/* Where the domain ends and its last dot is; 0: there is none. */
static size_t domain_end(struct str text, size_t at, size_t *dot)
{
    size_t end = at;
    *dot = 0;
    while (end < text.len && end - at < DOMAIN_MAX) {
        if (text.ptr[end] == '.' && end > at && is_label(letter_at(text, end + 1)) &&
            text.ptr[end - 1] != '-') {
            *dot = end;
        } else if (!is_label(text.ptr[end])) {
            break;
        }
        end++;
    }
    while (end > at && (text.ptr[end - 1] == '-' || text.ptr[end - 1] == '.')) {
        end--;
    }
    return *dot > at && *dot < end ? end : 0;
}

/* Names that are set aside for examples: RFC 2606. */
static bool is_example(struct str domain)
{
    static const char *const last[] = {"example.com", "example.org", "example.net", ".example",
                                       ".test",       ".invalid",    ".localhost"};
    for (size_t i = 0; i < sizeof last / sizeof last[0]; i++) {
        const struct str name = str_of(last[i]);
        if (str_ends(domain, name) && (domain.len == name.len || name.ptr[0] == '.' ||
                                       domain.ptr[domain.len - name.len - 1] == '.')) {
            return true;
        }
    }
    return false;
}

/* https://name:word@host: what stands before the sign is a password. */
static bool password_before(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    size_t colon = at;
    while (colon > 0 && at - colon < 128 && !is_among(text.ptr[colon - 1], " \t\r\n/\"'<>@") &&
           text.ptr[colon - 1] != ':') {
        colon--;
    }
    if (letter_before(text, colon) != ':' || at - colon < 3) {
        return false;
    }
    size_t user = colon - 1;
    while (user > 0 && colon - user < 128 && !is_among(text.ptr[user - 1], " \t\r\n/\"'<>@:")) {
        user--;
    }
    if (user < 3 || !str_equal(str_slice(text, user - 3, user), STR("://"))) {
        return false;
    }
    const struct str word = str_slice(text, colon, at);
    const bool is_placeholder =
        is_among(word.ptr[0], "$<{%[*") ||
        has_word(word, 0, word.len,
                 "password pass passwd pwd secret token x xxx xxxx your changeme");
    scan_add(scan, "cdr.secret.url-password", "a password in an address", GATE_SECRET,
             is_placeholder ? POSSIBLE : LIKELY, colon, at);
    return true;
}

void email_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    size_t start = at;
    size_t dot = 0;
    if (password_before(scan, at)) {
        return;
    }
    while (start > 0 && at - start < LOCAL_MAX && is_local(text.ptr[start - 1])) {
        start--;
    }
    while (start < at && (strchr(".-'%&", text.ptr[start]) != NULL)) {
        start++;
    }
    const size_t end = domain_end(text, at + 1, &dot);
    if (start == at || end == 0 || text.ptr[at - 1] == '.' || end - dot < 3 ||
        is_digit(text.ptr[dot + 1])) {
        return;
    }
    const struct str domain = str_slice(text, at + 1, end);
    if (is_file_ending(str_slice(text, dot + 1, end))) {
        return;
    }
    const bool is_git = str_equal(str_slice(text, start, at), STR("git"));
    scan_add(scan, "cdr.pii.email", "an e-mail address", GATE_PII,
             is_git || is_example(domain) ? POSSIBLE : VERY_LIKELY, start, end);
}

/* Whether three letters before a place are a sign in percent; may_be_local: one that a name may have, %2B. */
static bool is_packed_sign(struct str text, size_t at, bool *may_be_local)
{
    const bool is_one =
        at >= 3 && text.ptr[at - 3] == '%' && is_hex(text.ptr[at - 2]) && is_hex(text.ptr[at - 1]);
    *may_be_local =
        is_one && (begins_small(text, at - 3, "%2b") || begins_small(text, at - 3, "%2e") ||
                   begins_small(text, at - 3, "%2d") || begins_small(text, at - 3, "%5f"));
    return is_one;
}

static size_t packed_local_start(struct str text, size_t at)
{
    size_t start = at;
    bool may_be_local = false;
    while (start > 0 && at - start < LOCAL_MAX) {
        if (is_packed_sign(text, start, &may_be_local)) {
            if (!may_be_local) {
                break;
            }
            start -= 3;
        } else if (is_local(text.ptr[start - 1]) && !is_among(text.ptr[start - 1], "%&")) {
            start--;
        } else {
            break;
        }
    }
    while (start < at && is_among(text.ptr[start], ".-'+")) {
        start++;
    }
    return start;
}

/* ada%40shop.de, as it stands in the address of a page. */
void packed_email_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const size_t start = packed_local_start(text, at);
    size_t dot = 0;
    const size_t end = domain_end(text, at + 3, &dot);
    if (start == at || end == 0 || end - dot < 3 || !is_letter(text.ptr[dot + 1]) ||
        is_file_ending(str_slice(text, dot + 1, end))) {
        return;
    }
    scan_add(scan, "cdr.pii.email", "an e-mail address", GATE_PII,
             is_example(str_slice(text, at + 3, end)) ? POSSIBLE : VERY_LIKELY, start, end);
}

/* ---- accounts ------------------------------------------------------------------------------ */

/* Two letters stand before two digits. Groups of four are parted by blanks or dashes. */
bool iban_at(struct scan *scan, size_t digit_at)
{
    char plain[IBAN_LEN_MAX];
    size_t len = 0;
    const struct str text = scan->text;
    if (digit_at < 2 || !is_letter(text.ptr[digit_at - 1]) || !is_letter(text.ptr[digit_at - 2]) ||
        is_alnum(letter_before(text, digit_at - 2)) || !is_digit(letter_at(text, digit_at + 1))) {
        return false;
    }
    size_t found = 0;
    for (size_t i = digit_at - 2; i < text.len && len < IBAN_LEN_MAX; i++) {
        const char letter = text.ptr[i];
        if (is_alnum(letter)) {
            plain[len++] = letter >= 'a' ? (char)(letter - 32) : letter;
        } else if ((letter != ' ' && letter != '-') || !is_alnum(letter_at(text, i + 1))) {
            break;
        }
        if (!is_alnum(letter_at(text, i + 1)) && detect_iban((struct str){plain, len})) {
            found = i + 1;
        }
    }
    if (found > 0) {
        scan_add(scan, "cdr.pii.iban", "a bank account number (IBAN)", GATE_PII, VERY_LIKELY,
                 digit_at - 2, found);
    }
    return found > 0;
}

/* ---- identity numbers ---------------------------------------------------------------------- */

/* The words that stand beside the numbers of a country. */
static const struct {
    const char *country;
    const char *words;
} told[] = {
    {"DE", "steuer steueridentifikationsnummer idnr identifikationsnummer tin tax steuerid "
           "sozialversicherungsnummer rentenversicherungsnummer versicherungsnummer svnr sv"},
    {"NL", "bsn burgerservicenummer sofinummer"},
    {"ES", "dni nif nie identidad"},
    {"IT", "codice fiscale cf"},
    {"FR", "nir insee s\xc3\xa9"
           "curit\xc3\xa9 secu nss"},
    {"PL", "pesel"},
    {"BE", "rijksregister rijksregisternummer niss insz national registre"},
    {"PT", "nif contribuinte fiscal"},
    {"SE", "personnummer personnr samordningsnummer"},
    {"BG", "egn \xd0\xb5\xd0\xb3\xd0\xbd \xd0\x95\xd0\x93\xd0\x9d"},
    {"UK", "nino insurance ni nhs"},
    {"FI", "hetu henkil\xc3\xb6tunnus"},
    {"NO", "f\xc3\xb8"
           "dselsnummer personnummer fnr"},
    {"CZ", "rodn\xc3\xa9 rodne birth"},
    {"RO", "cnp"},
    {"HR", "oib"},
    {"EE", "isikukood asmens kodas"},
    {"TR", "tc kimlik tckn t.c"},
    {"BR", "cpf"},
    {"IN", "aadhaar aadhar uidai"},
    {"CH", "ahv avs ahvn sozialversicherung oasi"},
    {"AT", "svnr sozialversicherungsnummer versicherungsnummer svnummer sv"},
    {"ZA", "id identity"},
    {"CN", "\xe8\xba\xab\xe4\xbb\xbd\xe8\xaf\x81 id identity resident"},
    {"KR", "rrn resident"},
    {"CA", "sin insurance"},
    {"AU", "tfn tax medicare"},
    {"SG", "nric fin"},
    {"TH", "thai id tnin"},
    {"DK", "cpr cprnr personnummer"},
    {"IE", "pps ppsn"},
    {"GR", "amka \xce\xb1\xce\xbc\xce\xba\xce\xb1 \xce\x91\xce\x9c\xce\x9a\xce\x91"},
    {"MX", "curp"},
    {"CL", "rut"},
    {"JP", "mynumber \xe5\x80\x8b\xe4\xba\xba\xe7\x95\xaa\xe5\x8f\xb7 "
           "\xe3\x83\x9e\xe3\x82\xa4\xe3\x83\x8a\xe3\x83\xb3\xe3\x83\x90\xe3\x83\xbc"},
    {"IL", "teudat zehut israeli "
           "\xd7\xaa\xd7\xa2\xd7\x95\xd7\x93\xd7\xaa \xd7\x96\xd7\x94\xd7\x95\xd7\xaa"},
};

static const char *words_of(const char *country)
{
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        if (strcmp(told[i].country, country) == 0) {
            return told[i].words;
        }
    }
    return "";
}

/* Letters in capitals and digits, without what parts them. */
static struct str plain_of(struct str text, char plain[24])
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (is_alnum(text.ptr[i])) {
            if (len == 20) {
                return STR("");
            }
            plain[len++] =
                is_letter(text.ptr[i]) ? (char)(lower_of(text.ptr[i]) - 32) : text.ptr[i];
        }
    }
    return (struct str){plain, len};
}

/* may_be_bare: where a word beside is not needed, its form is enough. */
static bool put_identity(struct scan *scan, size_t start, size_t end, bool may_be_bare)
{
    char room[24];
    const struct str plain = plain_of(str_slice(scan->text, start, end), room);
    const struct identity *identity = NULL;
    const bool may_be = plain.len >= IDENTITY_LEN_MIN && plain.len <= IDENTITY_LEN_MAX;
    for (size_t i = 0; may_be && (identity = identity_at(i)) != NULL; i++) {
        if (!identity->is_one(plain)) {
            continue;
        }
        const bool is_named = has_word_before(scan->text, start, 48, words_of(identity->country));
        if (is_named || (identity->is_sure && may_be_bare)) {
            scan_add(scan, "cdr.pii.national-id", identity->name, GATE_PII,
                     is_named ? VERY_LIKELY : LIKELY, start, end);
            return true;
        }
    }
    return false;
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

/* Where what follows the digits ends: Z, -Z, " Z", A308T, " J 003"; 0: it is no part of a number. */
static size_t letters_end(struct str text, size_t at)
{
    enum { TAIL_MAX = 5 };
    const char sign = letter_at(text, at);
    const size_t from = at + (sign == '-' || sign == ' ');
    size_t to = from;
    while (is_alnum(letter_at(text, to)) && to - from <= TAIL_MAX) {
        to++;
    }
    if (!is_letter(letter_at(text, from)) || to - from > TAIL_MAX || letter_at(text, to) == '_' ||
        (unsigned char)letter_at(text, to) >= 0x80 || (sign == ' ' && to > from + 1)) {
        return 0;
    }
    const bool has_more = sign == ' ' && letter_at(text, to) == ' ' &&
                          is_digit(letter_at(text, to + 1)) && is_digit(letter_at(text, to + 2)) &&
                          is_digit(letter_at(text, to + 3)) && !is_alnum(letter_at(text, to + 4));
    return has_more ? to + 4 : to;
}

/* 12345678Z, 12.345.678-Z, 131052-308T, AB 12 34 56 C: digits first, letters last. A small letter, or a blank before it,
 * is as often the next word: there, the number's name must stand beside. */
bool lettered_at(struct scan *scan, const struct number *number, size_t *end)
{
    enum { DIGITS_LEAST = 6, DIGITS_OF_NINO = 6 };
    const struct str text = scan->text;
    for (size_t g = number->group_count; g-- > 0;) {
        const size_t count = number->group_digits[g];
        const size_t at = number->group_end[g];
        *end = count < DIGITS_LEAST || number->has_plus ? 0 : letters_end(text, at);
        if (*end == 0) {
            continue;
        }
        const bool is_one_piece = g == 0 || (g == 2 && number->between[1] == '.' && count == 8);
        const bool may_be_bare =
            is_one_piece && letter_at(text, at) != ' ' && is_upper(text.ptr[*end - 1]);
        if (put_identity(scan, number->start, *end, may_be_bare)) {
            return true;
        }
        const size_t first = number->start < 3 ? number->start : number->start - 3;
        if (count == DIGITS_OF_NINO && first < number->start && text.ptr[first + 2] == ' ' &&
            is_upper(text.ptr[first]) && is_upper(text.ptr[first + 1]) &&
            !is_alnum(letter_before(text, first)) && put_identity(scan, first, *end, g == 2)) {
            return true;
        }
    }
    return false;
}

void identifier_at(struct scan *scan, size_t start, size_t end)
{
    if (!put_identity(scan, start, end, true)) {
        device_at(scan, start, end);
    }
}
