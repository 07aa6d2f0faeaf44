/*
 * secret.c - keys, tokens and passwords.
 *
 * A token is a long word. Its first three letters lead to the formats that may begin so. The name that it
 * is assigned to ("twitter_key = ...") leads to the formats of that name: the name stands at most twenty
 * letters before the sign. What remains is assigned to a name that tells ("api_key") and must look
 * random: a digit, at least 3.5 bits for each letter, no common word in it.
 */
#include "inside.h"

#include <string.h>

#include "numeric.h"

struct format {
    const char *rule;
    const struct shape *name; /* NULL: a token that is known by itself */
    const struct shape *shape;
    unsigned entropy; /* tenths of a bit for each letter */
};

/* Three small letters that something begins with, and the formats that begin so, one after another. */
struct beginning {
    char letters[4];
    uint16_t format;
};

enum {
    FORMATS_MAX = 320,
    BEGINNINGS_MAX = 700,
    ENTRIES = 4096,
    NAME_MAX = 90,
    NAME_AFTER_MAX = 20,
    UUID_LEN = 36,
    MAC_LEN = 17,
    BARE_MAC_LEN = 12
};

struct table {
    struct beginning item[BEGINNINGS_MAX];
    uint16_t next[BEGINNINGS_MAX]; /* one more than the next of the same entry; 0: no more */
    uint16_t entry[ENTRIES];       /* one more than the first */
    size_t count;
    uint64_t seen[ENTRIES / 64]; /* entries that have some */
};

static const char *const stop_word[] = {
#define STOP(word) word,
#include "stop_words.def"
#undef STOP
};

/* Names that tell, and names that only look so. */
static const char *const telling[] = {"access", "auth",   "api",      "credential", "creds",
                                      "key",    "passwd", "password", "secret",     "token"};
static const char *const harmless[] = {
#define HARMLESS(name) name,
#include "harmless_names.def"
#undef HARMLESS
};

struct secret_rules {
    struct format format[FORMATS_MAX];
    size_t format_count;
    struct table token;
    struct table name;
    struct landmark {
        uint16_t format;
        uint8_t at;
        char letter;
    } landmark[16]; /* tokens without a beginning have a letter at a certain place */
    size_t landmark_count;
    struct word_set *stop;     /* a secret has none of them in it */
    struct word_set *telling;  /* names that tell have one of them ... */
    struct word_set *harmless; /* ... and none of these */
};

static const struct {
    const char *rule;
    const char *beginnings;
    const char *name;
    const char *shape;
    unsigned entropy;
} row[] = {
#define TOKEN(rule, beginnings, shape, entropy) \
    {"cdr.secret." rule, beginnings, NULL, shape, entropy},
#define ASSIGNED(rule, beginnings, name, shape, entropy) \
    {"cdr.secret." rule, beginnings, name, shape, entropy},
#include "secret_rules.def"
#undef TOKEN
#undef ASSIGNED
};

/* ---- tables -------------------------------------------------------------------------------- */

static size_t entry_of(const char *letters, size_t len)
{
    uint32_t hash = 0;
    for (size_t i = 0; i < 3; i++) {
        hash = hash * 37 + (i < len ? (unsigned char)lower_of(letters[i]) : 0U);
    }
    return (hash ^ hash >> 12) % ENTRIES;
}

static void put_beginning(struct table *table, struct str letters, size_t format)
{
    must(table->count < BEGINNINGS_MAX && letters.len <= 3);
    struct beginning *item = &table->item[table->count];
    memcpy(item->letters, letters.ptr, letters.len);
    item->format = (uint16_t)format;
    /* Shorter ones may be followed by anything: they stand under every letter that may follow. */
    uint16_t *entry = &table->entry[entry_of(item->letters, letters.len)];
    table->next[table->count++] = *entry;
    *entry = (uint16_t)table->count;
    const size_t at = (size_t)(entry - table->entry);
    table->seen[at / 64] |= UINT64_C(1) << at % 64;
}

static void put_format(struct arena *arena, struct secret_rules *rules, size_t r)
{
    const size_t f = rules->format_count++;
    struct format *format = &rules->format[f];
    must(f < FORMATS_MAX);
    *format = (struct format){row[r].rule, NULL, shape_begin(arena, row[r].shape), row[r].entropy};
    must(format->shape != NULL);
    if (row[r].name != NULL) {
        format->name = shape_begin(arena, row[r].name);
        must(format->name != NULL);
    }
    struct str rest = str_of(row[r].beginnings);
    while (rest.ptr != NULL) {
        const struct str one = str_cut(&rest, ' ');
        uint64_t at = 0;
        if (one.len > 2 && one.ptr[0] == '?' &&
            str_to_uint64(str_slice(one, 1, one.len - 1), &at)) {
            must(rules->landmark_count < 16);
            rules->landmark[rules->landmark_count++] =
                (struct landmark){(uint16_t)f, (uint8_t)at, one.ptr[one.len - 1]};
        } else {
            put_beginning(format->name == NULL ? &rules->token : &rules->name, one, f);
        }
    }
}

struct secret_rules *secret_rules_begin(struct arena *arena)
{
    struct secret_rules *rules = NEW(arena, struct secret_rules);
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        put_format(arena, rules, r);
    }
    rules->stop = word_set_begin(arena, stop_word, sizeof stop_word / sizeof stop_word[0]);
    rules->telling = word_set_begin(arena, telling, sizeof telling / sizeof telling[0]);
    rules->harmless = word_set_begin(arena, harmless, sizeof harmless / sizeof harmless[0]);
    return rules;
}

static bool begins_so(const struct beginning *item, const char *letters, size_t len)
{
    for (size_t i = 0; i < 3 && item->letters[i] != '\0'; i++) {
        if (i >= len || lower_of(letters[i]) != item->letters[i]) {
            return false;
        }
    }
    return true;
}

bool token_may_be_secret(const struct scan *scan, size_t at)
{
    const struct table *table = &scan->gate->secrets->token;
    const size_t left = scan->text.len - at;
    const char *letters = scan->text.ptr + at;
    const size_t e = entry_of(letters, left);
    if ((table->seen[e / 64] >> e % 64 & 1) == 0) {
        return false;
    }
    for (uint16_t i = table->entry[e]; i != 0; i = table->next[i - 1]) {
        if (begins_so(&table->item[i - 1], letters, left)) {
            return true;
        }
    }
    return false;
}

/* ---- what a value looks like ---------------------------------------------------------------- */

/* n times the binary logarithm of n. */
static double weight_of(size_t n)
{
    static const double few[] = {
        0, 0, 2, 4.754887502163469, 8, 11.60964047443681, 15.509775004326936, 19.651484454403228};
    if (n < sizeof few / sizeof few[0]) {
        return few[n];
    }
    return (double)n * log_of((double)n) * 1.4426950408889634;
}

/* Shannon's: log n - sum of c log c / n, over how often (c) each letter comes among n. */
unsigned entropy_of(struct str text)
{
    unsigned count[256] = {0};
    double known = 0;
    if (text.len == 0) {
        return 0;
    }
    for (size_t i = 0; i < text.len; i++) {
        count[(unsigned char)text.ptr[i]]++;
    }
    for (size_t i = 0; i < text.len; i++) {
        unsigned *c = &count[(unsigned char)text.ptr[i]];
        known += weight_of(*c);
        *c = 0;
    }
    const double bits = (weight_of(text.len) - known) / (double)text.len;
    return bits <= 0 ? 0 : (unsigned)(bits * 100 + 0.5);
}

bool has_common_part(const struct gate *gate, struct str small)
{
    return word_set_in(gate->secrets->stop, small);
}

static bool has_stop_word(const struct gate *gate, struct str value)
{
    char small[160];
    const size_t len = value.len < sizeof small ? value.len : sizeof small;
    for (size_t i = 0; i < len; i++) {
        small[i] = lower_of(value.ptr[i]);
    }
    return has_common_part(gate, (struct str){small, len});
}

/* Keys that stand in the documents of their provider and open nothing. */
static const char *const published[] = {
    "AIzaSyabcdefghijklmnopqrstuvwxyz1234567", "AIzaSyAnLA7NfeLquW1tJFpx_eQCxoX-oo6YyIs",
    "AIzaSyCkEhVjf3pduRDt6d1yKOMitrUEke8agEM", "AIzaSyDMAScliyLx7F0NPDEJi1QmyCgHIAODrlU",
    "AIzaSyD3asb-2pEZVqMkmL6M9N6nHZRR_znhrh0", "AIzayDNSXIbFmlXbIE6mCzDLQAqITYefhixbX4A",
    "AIzaSyAdOS2zB6NCsk1pCdZ4-P6GBdi_UUPwX7c", "AIzaSyASWm6HmTMdYWpgMnjRBjxcQ9CKctWmLd4",
    "AIzaSyANUvH9H9BsUccjsu2pCmEkOPjjaXeDQgY", "AIzaSyA5_iVawFQ8ABuTZNUdcwERLJv_a_p4wtM",
    "AIzaSyA4UrcGxgwQFTfaI3no3t7Lt1sjmdnP5sQ", "AIzaSyDSb51JiIcB6OJpwwMicseKRhhrOq1cS7g",
    "AIzaSyBF2RrAIm4a0mO64EShQfqfd2AFnzAvvuU", "AIzaSyBcE-OOIbhjyR83gm4r2MFCu4MJmprNXsw",
    "AIzaSyB8qGxt4ec15vitgn44duC5ucxaOi4FmqE", "AIzaSyA8vmApnrHNFE0bApF4hoZ11srVL_n0nvY",
};

static bool is_example(struct str value)
{
    for (size_t i = 0; i < sizeof published / sizeof published[0]; i++) {
        if (str_contains(value, str_of(published[i]))) {
            return true;
        }
    }
    return str_contains(value, STR("EXAMPLE")) ||
           str_contains(value, STR("abcdefghijklmnopqrstuvwxyz")) ||
           str_contains(value, STR("xxxxxx")) || str_contains(value, STR("XXXXXX"));
}

static bool fits(const struct scan *scan, const struct format *format, size_t at, size_t *end)
{
    if (!shape_fits(format->shape, scan->text, at, end)) {
        return false;
    }
    const struct str value = str_slice(scan->text, at, *end);
    return entropy_of(value) >= format->entropy * 10 && !is_example(value);
}

static void put_secret(struct scan *scan, const struct format *format, size_t start, size_t end)
{
    scan_add(scan, format->rule, "a key or token of a provider", GATE_SECRET, VERY_LIKELY, start,
             end);
    scan->token_done = end > scan->token_done ? end : scan->token_done;
}

static bool token_fits(struct scan *scan, size_t at)
{
    const struct secret_rules *rules = scan->gate->secrets;
    const struct table *table = &rules->token;
    const char *letters = scan->text.ptr + at;
    const size_t left = scan->text.len - at;
    size_t end = 0;
    for (size_t len = 3; len >= 2; len--) {
        for (uint16_t i = table->entry[entry_of(letters, len < left ? len : left)]; i != 0;
             i = table->next[i - 1]) {
            const struct beginning *item = &table->item[i - 1];
            const struct format *format = &rules->format[item->format];
            if (begins_so(item, letters, left) && fits(scan, format, at, &end)) {
                put_secret(scan, format, at, end);
                return true;
            }
        }
    }
    for (size_t i = 0; i < rules->landmark_count; i++) {
        const struct landmark *landmark = &rules->landmark[i];
        const struct format *format = &rules->format[landmark->format];
        if (letter_at(scan->text, at + landmark->at) == landmark->letter &&
            fits(scan, format, at, &end)) {
            put_secret(scan, format, at, end);
            return true;
        }
    }
    return false;
}

/* ---- what it is assigned to ------------------------------------------------------------------ */

struct name {
    char small[NAME_MAX];
    size_t len;
    size_t start; /* in the text */
};

static bool is_name(char letter)
{
    switch (letter) {
    case '_':
    case '.':
    case '-':
    case ' ':
    case '\t':
        return true;
    default:
        return is_alnum(letter);
    }
}

/* What assigns a value to a name. */
static bool is_assigning(char letter)
{
    switch (letter) {
    case '=':
    case '>':
    case ':':
    case ',':
    case '|':
        return true;
    default:
        return false;
    }
}

/* What may stand between a name and its value. */
static bool is_between(char letter)
{
    switch (letter) {
    case '`':
    case '\'':
    case '"':
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case '?':
    case '\\':
    case '(':
        return true;
    default:
        return is_assigning(letter);
    }
}

/* Back over quotes, blanks and a sign of assignment, then over the name. */
static bool name_before(struct str text, size_t at, struct name *name)
{
    bool has_sign = false;
    size_t i = at;
    while (i > 0 && at - i < 14 && is_between(text.ptr[i - 1])) {
        has_sign = has_sign || is_assigning(text.ptr[i - 1]);
        i--;
    }
    if (!has_sign) {
        return false;
    }
    const size_t end = i;
    while (i > 0 && end - i < NAME_MAX && is_name(text.ptr[i - 1])) {
        i--;
    }
    name->start = i;
    name->len = end - i;
    for (size_t n = 0; n < name->len; n++) {
        name->small[n] = lower_of(text.ptr[i + n]);
    }
    return name->len > 1;
}

/* okta, Okta or OKTA, but not the end of "rook" and the beginning of "Table". */
static bool is_one_case(struct str text, size_t from, size_t to)
{
    size_t upper = 0;
    size_t letters = 0;
    for (size_t i = from; i < to; i++) {
        letters += is_letter(text.ptr[i]);
        upper += text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' && i > from;
    }
    return upper == 0 || upper + 1 >= letters || to - from > 8;
}

static bool assigned_fits(struct scan *scan, const struct name *name, size_t at)
{
    const struct secret_rules *rules = scan->gate->secrets;
    const struct str small = {name->small, name->len};
    for (size_t n = 0; n + 3 <= name->len; n++) {
        for (uint16_t i = rules->name.entry[entry_of(small.ptr + n, 3)]; i != 0;
             i = rules->name.next[i - 1]) {
            const struct beginning *item = &rules->name.item[i - 1];
            const struct format *format = &rules->format[item->format];
            size_t name_end = 0;
            size_t end = 0;
            if (begins_so(item, small.ptr + n, small.len - n) &&
                shape_fits(format->name, small, n, &name_end) &&
                name->len - name_end <= NAME_AFTER_MAX &&
                is_one_case(scan->text, name->start + n, name->start + name_end) &&
                fits(scan, format, at, &end)) {
                put_secret(scan, format, at, end);
                return true;
            }
        }
    }
    return false;
}

/* ---- what is not of a provider --------------------------------------------------------------- */

bool has_harmless_part(const struct gate *gate, struct str small)
{
    return word_set_in(gate->secrets->harmless, small);
}

static bool tells(const struct secret_rules *rules, const struct name *name)
{
    const struct str small = {name->small, name->len};
    const size_t window = 26;
    const struct str end = str_slice(small, small.len > window ? small.len - window : 0, small.len);
    return word_set_in(rules->telling, end) && !word_set_in(rules->harmless, small);
}

static bool is_value(char letter)
{
    switch (letter) {
    case '_':
    case '.':
    case '=':
    case '+':
    case '/':
    case '-':
        return true;
    default:
        return is_alnum(letter);
    }
}

bool has_letter_in(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_letter(text.ptr[i])) {
            return true;
        }
    }
    return false;
}

bool has_digit_in(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_digit(text.ptr[i])) {
            return true;
        }
    }
    return false;
}

static void generic_at(struct scan *scan, const struct name *name, size_t at)
{
    size_t end = at;
    while (end - at < 151 && is_value(letter_at(scan->text, end))) {
        end++;
    }
    const struct str value = str_slice(scan->text, at, end);
    const char next = letter_at(scan->text, end);
    const bool is_whole = end == scan->text.len || strchr("`'\" \t\r\n;", next) != NULL ||
                          (next == '\\' && is_among(letter_at(scan->text, end + 1), "nr"));
    if (value.len < 10 || value.len > 150 || !is_whole || !has_digit_in(value) ||
        !tells(scan->gate->secrets, name) || entropy_of(value) < 350 || is_example(value) ||
        str_contains(value, STR("123456789")) || has_stop_word(scan->gate, value)) {
        return;
    }
    scan_add(scan, "cdr.secret.generic-key", "something random that is assigned to a telling name",
             GATE_SECRET, LIKELY, at, end);
    scan->token_done = end;
}

/* ---- the doors ------------------------------------------------------------------------------- */

/* Where the value begins that the word is in: signs that a value may have in it stand before. */
static size_t value_start(struct str text, size_t at)
{
    size_t start = at;
    while (start > 0 && at - start < 200 &&
           (is_value(text.ptr[start - 1]) || text.ptr[start - 1] == '~' ||
            text.ptr[start - 1] == '%')) {
        start--;
    }
    while (start < at && text.ptr[start] == '=') {
        start++;
    }
    return start;
}

/* 123456:abc: a number of the account may stand before the word. */
static bool account_fits(struct scan *scan, size_t first)
{
    struct name name;
    size_t account = first;
    if (letter_before(scan->text, first) != ':') {
        return false;
    }
    for (account--; account > 0 && is_digit(scan->text.ptr[account - 1]) && first - account < 20;) {
        account--;
    }
    return account + 1 < first && name_before(scan->text, account, &name) &&
           assigned_fits(scan, &name, account);
}

static bool value_fits(struct scan *scan, const struct name *name, size_t at)
{
    if (assigned_fits(scan, name, at)) {
        return true;
    }
    const size_t done = scan->token_done;
    generic_at(scan, name, at);
    return scan->token_done > done;
}

void token_at(struct scan *scan, size_t start, size_t end)
{
    struct name name;
    if ((scan->asked->kinds & GATE_PII) != 0) {
        if (end - start == UUID_LEN || end - start == MAC_LEN) {
            identifier_at(scan, start, end);
        } else if (end - start == BARE_MAC_LEN) {
            bare_mac_at(scan, start);
        }
    }
    if ((scan->asked->kinds & GATE_PII) != 0 && letter_before(scan->text, start) == '=') {
        click_at(scan, start, end);
    }
    if ((scan->asked->kinds & GATE_SECRET) == 0) {
        return;
    }
    const size_t first = value_start(scan->text, start);
    if (token_fits(scan, start) || (first < start && token_fits(scan, first)) ||
        account_fits(scan, first)) {
        return;
    }
    if (name_before(scan->text, first, &name) && value_fits(scan, &name, first)) {
        return;
    }
    /* a.b=c: what follows a sign of assignment within. */
    for (size_t i = start; i > first; i--) {
        if (scan->text.ptr[i - 1] == '=' &&
            ((i < start && token_fits(scan, i)) ||
             (name_before(scan->text, i, &name) && value_fits(scan, &name, i)))) {
            return;
        }
    }
    if (scan->token_done <= start) {
        packed_at(scan, first, end);
    }
}
