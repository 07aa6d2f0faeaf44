/*
 * detect.c - what a value looks like.
 *
 * A text is taken apart at white space and at , ; < > ( ) " into words. Most kinds are one word, or the
 * whole text without its separators; names and addresses need a word beside them, so that "May" and
 * "Main" alone are nothing.
 */
#include "detect.h"

#include <string.h>

enum { WORDS_MAX = 64, PLAIN_MAX = 64 };

static const char *const kind_text[DETECTIONS] = {
    [DETECTED_NOTHING] = "nothing",
    [DETECTED_EMAIL] = "email",
    [DETECTED_PHONE] = "phone",
    [DETECTED_IBAN] = "iban",
    [DETECTED_CARD] = "card",
    [DETECTED_IP] = "ip",
    [DETECTED_NATIONAL_ID] = "national_id",
    [DETECTED_NAME] = "name",
    [DETECTED_ADDRESS] = "address",
};

const char *detected_name(enum detected detected)
{
    must((unsigned)detected < DETECTIONS);
    return kind_text[detected];
}

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

static bool is_upper(char letter)
{
    return letter >= 'A' && letter <= 'Z';
}

/* ---- words --------------------------------------------------------------------------------- */

struct words {
    struct str word[WORDS_MAX];
    size_t count;
};

static bool is_between(char letter)
{
    return letter == '\0' || strchr(" \t\r\n,;<>()\"", letter) != NULL;
}

static void split(struct str text, struct words *words)
{
    words->count = 0;
    for (size_t i = 0; i < text.len && words->count < WORDS_MAX;) {
        while (i < text.len && is_between(text.ptr[i])) {
            i++;
        }
        const size_t from = i;
        while (i < text.len && !is_between(text.ptr[i])) {
            i++;
        }
        if (i > from) {
            words->word[words->count++] = str_slice(text, from, i);
        }
    }
}

/* Letters in capitals and digits, without spaces, dots, dashes and slashes; empty: something else is
 * in it, or it is too long. */
static struct str without_separators(struct str text, char plain[PLAIN_MAX])
{
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char letter = text.ptr[i];
        const bool is_lower = letter >= 'a' && letter <= 'z';
        if (letter == ' ' || letter == '.' || letter == '-' || letter == '/') {
            continue;
        }
        if (len == PLAIN_MAX || !(is_digit(letter) || is_upper(letter) || is_lower)) {
            return STR("");
        }
        plain[len++] = is_lower ? (char)(letter - 'a' + 'A') : letter;
    }
    return (struct str){plain, len};
}

/* ---- one word ------------------------------------------------------------------------------ */

static bool reads_as(struct str text, const char *pii)
{
    const struct field field = {.type = FIELD_TEXT, .pii = str_of(pii)};
    struct cell cell;
    return cell_read(&field, text, 0, &cell) == CELL_FINE && cell.kind == CELL_TEXT;
}

static bool has_email(const struct words *words)
{
    for (size_t i = 0; i < words->count; i++) {
        struct str word = words->word[i];
        if (str_starts(word, STR("mailto:"))) {
            word = str_slice(word, 7, word.len);
        }
        if (str_find(word, '@') < word.len && reads_as(word, "email")) {
            return true;
        }
    }
    return false;
}

/* The length in each country: SWIFT's registry of ISO 13616. */
static const char iban_len[] = "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE2"
                               "2DJ27DK18DO28EE20EG29ES24FI18FK18"
                               "FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO3"
                               "0KW30KZ20LB28LC32LI21LT20LU20LV21"
                               "LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT2"
                               "5QA29RO24RS22RU33SA24SC31SD18SE24"
                               "SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30";

static size_t iban_len_of(const char country[2])
{
    for (size_t i = 0; i + 4 < sizeof iban_len; i += 4) {
        if (iban_len[i] == country[0] && iban_len[i + 1] == country[1]) {
            return (size_t)(iban_len[i + 2] - '0') * 10 + (size_t)(iban_len[i + 3] - '0');
        }
    }
    return 0;
}

/* Country, two check digits, then up to thirty; what is moved to the end is 1 modulo 97. */
bool detect_iban(struct str plain)
{
    unsigned rest = 0;
    if (plain.len < IBAN_LEN_MIN || plain.len != iban_len_of(plain.ptr) ||
        plain.len > IBAN_LEN_MAX || !is_upper(plain.ptr[0]) || !is_upper(plain.ptr[1]) ||
        !is_digit(plain.ptr[2]) || !is_digit(plain.ptr[3])) {
        return false;
    }
    for (size_t i = 0; i < plain.len; i++) {
        const char letter = plain.ptr[(i + 4) % plain.len];
        const unsigned value =
            is_digit(letter) ? (unsigned)(letter - '0') : (unsigned)(letter - 'A') + 10;
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
    }
    return rest == 1;
}

static bool is_card(struct str plain)
{
    if (plain.len < 13 || plain.len > 19 || strchr("23456", plain.ptr[0]) == NULL ||
        (plain.ptr[0] == '2' && plain.len != 16)) {
        return false;
    }
    for (size_t i = 0; i < plain.len; i++) {
        if (!is_digit(plain.ptr[i])) {
            return false;
        }
    }
    return detect_luhn(plain);
}

static bool is_ip4(struct str word)
{
    struct str rest = word;
    size_t parts = 0;
    while (rest.ptr != NULL) {
        const struct str part = str_cut(&rest, '.');
        uint64_t value = 0;
        if (part.len == 0 || part.len > 3 || !str_to_uint64(part, &value) || value > 255) {
            return false;
        }
        parts++;
    }
    return parts == 4;
}

static bool is_ip6(struct str word)
{
    size_t colons = 0;
    size_t run = 0;
    const bool is_short = str_contains(word, STR("::"));
    for (size_t i = 0; i < word.len; i++) {
        const char letter = word.ptr[i];
        const bool is_hex = is_digit(letter) || (letter >= 'a' && letter <= 'f') ||
                            (letter >= 'A' && letter <= 'F');
        run = is_hex ? run + 1 : 0;
        colons += letter == ':';
        if ((!is_hex && letter != ':') || run > 4) {
            return false;
        }
    }
    return colons == 7 || (is_short && colons >= 2 && colons < 7 && word.len >= 4);
}

enum phone { NO_PHONE, PERHAPS_PHONE, SURELY_PHONE };

/* A plus, a bracket, or a zero and a group: surely. Other groups, or a zero: perhaps, since identity
 * numbers are written so too. A bare number is none. */
static enum phone phone_of(struct str text)
{
    size_t digits = 0;
    size_t groups = 0;
    int64_t time = 0;
    for (size_t i = 0; i < text.len; i++) {
        digits += is_digit(text.ptr[i]);
        groups += i > 0 && !is_digit(text.ptr[i]) && is_digit(text.ptr[i - 1]);
    }
    const char first = text.len == 0 ? '\0' : text.ptr[0];
    if (digits < 8 || str_to_time(str_slice(text, 0, 10), &time) || !reads_as(text, "phone")) {
        return NO_PHONE;
    }
    if (first == '+' || first == '(' || (first == '0' && groups > 0)) {
        return SURELY_PHONE;
    }
    return first == '0' || groups >= 2 ? PERHAPS_PHONE : NO_PHONE;
}

/* 123-45-6789, where 000, 666 and from 900 on were never given. */
static bool is_social_security(struct str word)
{
    uint64_t area = 0;
    if (word.len != 11 || word.ptr[3] != '-' || word.ptr[6] != '-') {
        return false;
    }
    for (size_t i = 0; i < word.len; i++) {
        if (i != 3 && i != 6 && !is_digit(word.ptr[i])) {
            return false;
        }
    }
    return str_to_uint64(str_slice(word, 0, 3), &area) && area != 0 && area != 666 && area < 900;
}

/* ---- words beside each other --------------------------------------------------------------- */

static bool is_in(struct str word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t len = strlen(list[i]);
        bool is_same = word.len == len;
        for (size_t c = 0; c < len && is_same; c++) {
            const char letter = word.ptr[c];
            is_same = (letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter) ==
                      list[i][c];
        }
        if (is_same) {
            return true;
        }
    }
    return false;
}

static bool is_capitalised(struct str word)
{
    return word.len >= 2 && (is_upper(word.ptr[0]) || (unsigned char)word.ptr[0] >= 0xc3) &&
           !is_digit(word.ptr[1]);
}

/* Given names that are common in Europe, America and beyond, in small letters. */
static const char *const given_name[] = {
    "james",   "john",     "robert",    "michael",   "david",   "william",   "richard",
    "thomas",  "mary",     "patricia",  "jennifer",  "linda",   "elizabeth", "susan",
    "jessica", "sarah",    "karen",     "anna",      "maria",   "eva",       "laura",
    "sofia",   "emma",     "olivia",    "peter",     "hans",    "klaus",     "stefan",
    "andreas", "markus",   "martin",    "christian", "sabine",  "petra",     "monika",
    "claudia", "julia",    "katharina", "jean",      "pierre",  "michel",    "philippe",
    "nicolas", "marie",    "isabelle",  "sophie",    "camille", "giuseppe",  "antonio",
    "marco",   "luca",     "giulia",    "francesca", "jose",    "juan",      "carlos",
    "manuel",  "carmen",   "lucia",     "pedro",     "joao",    "ana",       "piotr",
    "jan",     "pawel",    "agnieszka", "katarzyna", "lars",    "erik",      "ingrid",
    "astrid",  "johan",    "mohamed",   "muhammad",  "ahmed",   "ali",       "fatima",
    "aisha",   "omar",     "yusuf",     "wei",       "ming",    "li",        "hiroshi",
    "takumi",  "yuki",     "sakura",    "raj",       "priya",   "amit",      "ananya",
    "ivan",    "olga",     "dmitri",    "natalia",   "elena",   "daniel",    "alex",
    "samuel",  "benjamin", "lucas",     "noah",      "liam",    "charles",   "paul",
    "mark",    "george",   "kevin",     "brian",     "andrew",  "joshua",    "matthew",
    "nina",    "clara",    "hannah",    "lena",      "mia",     "leo",       "max",
    "felix",   "tove",     "freya",     "magnus",    "nora",    "ines",      "hugo",
    "chloe",   "manon",
};
static const char *const title[] = {"mr",   "mrs",          "ms",          "miss",   "dr",
                                    "herr", "frau",         "mr.",         "mrs.",   "ms.",
                                    "dr.",  "mme",          "monsieur",    "madame", "sig.",
                                    "sra",  "se\xc3\xb1or", "do\303\261a", "prof.",  "dear"};

static bool has_name(const struct words *words)
{
    for (size_t i = 0; i + 1 < words->count; i++) {
        const struct str word = words->word[i];
        const bool leads = is_in(word, given_name, sizeof given_name / sizeof given_name[0])
                               ? is_capitalised(word)
                               : is_in(word, title, sizeof title / sizeof title[0]);
        if (leads && is_capitalised(words->word[i + 1])) {
            return true;
        }
    }
    return false;
}

static const char *const street[] = {"street", "st",    "st.",       "road",  "rd",     "rd.",
                                     "avenue", "ave",   "ave.",      "lane",  "drive",  "rue",
                                     "via",    "calle", "plaza",     "platz", "allee",  "weg",
                                     "viale",  "place", "boulevard", "ulica", "straat", "square"};

static bool is_street(struct str word)
{
    char lower[PLAIN_MAX];
    const size_t len = word.len < PLAIN_MAX ? word.len : PLAIN_MAX;
    for (size_t i = 0; i < len; i++) {
        lower[i] = word.ptr[i] >= 'A' && word.ptr[i] <= 'Z' ? (char)(word.ptr[i] - 'A' + 'a')
                                                            : word.ptr[i];
    }
    const struct str small = {lower, len};
    return is_in(word, street, sizeof street / sizeof street[0]) ||
           str_ends(small, STR("strasse")) ||
           str_ends(small, STR("stra\xc3\x9f"
                               "e")) ||
           str_ends(small, STR("str.")) || (len > 5 && str_ends(small, STR("gasse"))) ||
           (len > 5 && str_ends(small, STR("straat")));
}

/* A street and a number beside it. */
static bool has_address(const struct words *words)
{
    bool has_street = false;
    bool has_number = false;
    for (size_t i = 0; i < words->count; i++) {
        const struct str word = words->word[i];
        has_street = has_street || is_street(word);
        has_number = has_number || (word.len <= 5 && is_digit(word.ptr[0]));
    }
    return has_street && has_number && words->count >= 2;
}

/* ---- the door ------------------------------------------------------------------------------ */

static enum detected detect_word(struct str word)
{
    char room[PLAIN_MAX];
    const struct str plain = without_separators(word, room);
    if (is_ip4(word) || is_ip6(word)) {
        return DETECTED_IP;
    }
    if (detect_iban(plain)) {
        return DETECTED_IBAN;
    }
    if (is_card(plain)) {
        return DETECTED_CARD;
    }
    const enum phone phone = phone_of(word);
    if (phone == SURELY_PHONE) {
        return DETECTED_PHONE;
    }
    if (is_social_security(word) || detect_national_id(plain) != NULL) {
        return DETECTED_NATIONAL_ID;
    }
    return phone == PERHAPS_PHONE ? DETECTED_PHONE : DETECTED_NOTHING;
}

enum detected detect_text(struct str text)
{
    struct words words;
    const struct str trimmed = str_trim(text);
    split(trimmed, &words);
    if (has_email(&words)) {
        return DETECTED_EMAIL;
    }
    enum detected found = detect_word(trimmed); /* numbers written in groups are several words */
    for (size_t i = 0; i < words.count && found == DETECTED_NOTHING && words.count > 1; i++) {
        found = detect_word(words.word[i]);
    }
    if (found != DETECTED_NOTHING) {
        return found;
    }
    return has_address(&words) ? DETECTED_ADDRESS
           : has_name(&words)  ? DETECTED_NAME
                               : DETECTED_NOTHING;
}

enum detected detect_field_name(struct str name)
{
    static const struct {
        const char *part;
        enum detected detected;
    } row[] = {
        {"email", DETECTED_EMAIL},          {"e_mail", DETECTED_EMAIL},
        {"phone", DETECTED_PHONE},          {"mobile", DETECTED_PHONE},
        {"telefon", DETECTED_PHONE},        {"iban", DETECTED_IBAN},
        {"card_number", DETECTED_CARD},     {"credit_card", DETECTED_CARD},
        {"ip_address", DETECTED_IP},        {"ssn", DETECTED_NATIONAL_ID},
        {"passport", DETECTED_NATIONAL_ID}, {"national_id", DETECTED_NATIONAL_ID},
        {"tax_id", DETECTED_NATIONAL_ID},   {"first_name", DETECTED_NAME},
        {"last_name", DETECTED_NAME},       {"full_name", DETECTED_NAME},
        {"surname", DETECTED_NAME},         {"vorname", DETECTED_NAME},
        {"nachname", DETECTED_NAME},        {"street", DETECTED_ADDRESS},
        {"address", DETECTED_ADDRESS},      {"strasse", DETECTED_ADDRESS},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_contains(name, str_of(row[i].part))) {
            return row[i].detected;
        }
    }
    return DETECTED_NOTHING;
}
