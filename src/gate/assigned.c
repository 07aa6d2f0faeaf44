/*
 * assigned.c - what is assigned to a name that tells: password = "...", Bearer ..., token: ...
 *
 * No pattern tells a password from a word, so a small model weighs what can be seen: the name, the sign between,
 * the value, the line and the kind of file. It is a logistic regression over the features of
 * assigned_model.def, fitted by bench/gate_assigned.py on repositories of CredData (Samsung, 2022), whose
 * values are made up. Which letters follow which in ordinary words comes from the same files.
 */
#include "assigned.h"

#include <string.h>

#include "numeric.h"

enum {
    LINE_BEFORE = 100,
    VALUE_SMALL_MAX = 160,
    PAIR_LETTERS = 27, /* a to z, and the beginning of a word */
};

static const double weight[] = {
#define FEATURE(name, value) value,
#include "assigned_model.def"
#undef FEATURE
};

/* Ten times the binary logarithm of how often one letter follows another. */
static const int8_t pair[PAIR_LETTERS * PAIR_LETTERS] = {
#define PAIRS(...) __VA_ARGS__
#define FEATURE(name, value)
#include "assigned_pairs.def"
#undef FEATURE
#undef PAIRS
};

/* ---- what can be seen ------------------------------------------------------------------------ */

struct looking {
    const struct gate *gate;
    struct str text;
    unsigned place;
    struct str name;  /* in small letters */
    struct str spelt; /* as it is written */
    struct str value;
    const struct assigned *found;
    double link;     /* what was seen weighs so much */
    double *feature; /* NULL: only the weight is wanted */
};

/* Once for each feature. */
static void see_much(struct looking *looking, enum assigned_feature feature, double value)
{
    looking->link += weight[feature] * value;
    if (looking->feature != NULL) {
        looking->feature[feature] = value;
    }
}

static void see(struct looking *looking, enum assigned_feature feature, bool is)
{
    if (is) {
        see_much(looking, feature, 1);
    }
}

static bool has_part(struct str text, const char *small)
{
    for (size_t i = 0; i < text.len; i++) {
        if (begins_small(text, i, small)) {
            return true;
        }
    }
    return false;
}

static bool ends_with(struct str text, const char *small)
{
    const size_t len = strlen(small);
    return text.len >= len && begins_small(text, text.len - len, small);
}

static const char *const harmless_end[] = {
    "id",      "ids",       "names",      "name",       "url",         "uri",       "path",
    "file",    "field",     "fields",     "type",       "types",       "length",    "len",
    "size",    "hash",      "label",      "text",       "placeholder", "input",     "title",
    "reset",   "error",     "message",    "msg",        "policy",      "min",       "max",
    "expires", "expiry",    "expire",     "expiration", "ttl",         "page",      "form",
    "valid",   "validator", "validation", "count",      "index",       "code",      "codes",
    "link",    "manager",   "service",    "provider",   "class",       "store",     "ref",
    "refs",    "endpoint",  "host",       "domain",     "prefix",      "suffix",    "header",
    "headers", "usage",     "limit",      "version",    "alg",         "algorithm", "mode",
    "enabled", "required",  "changed",    "change",     "confirm",     "forgot",    "update",
    "status",  "info",      "data",       "map",        "pair",        "ring",      "board",
    "word",    "words",     "event",      "down",       "up",          "press",     "for",
    "to",      "from",      "not",        "is",         "in",          "scheme",    "method",
    "params",  "param",     "request",    "response",   "timestamp",   "time",      "encryption",
    "sha",     "sha1",      "sha2",       "sha256",     "sha512",      "digest",    "salt",
    "nonce"};

#define ORDINARY \
    "change changeit changeme password passwort pass passwd pwd test token secret user username " \
    "example " \
    "xx xxx your my null none true false admin root foo bar baz string undefined nil key value " \
    "required optional default abc auth bearer basic the this and or not for with is of env " \
    "config get " \
    "set new self"

static size_t last_word(struct str name)
{
    size_t from = name.len;
    while (from > 0 && name.ptr[from - 1] != '_' && name.ptr[from - 1] != '-' &&
           !(from < name.len && name.ptr[from] >= 'A' && name.ptr[from] <= 'Z' &&
             !(name.ptr[from - 1] >= 'A' && name.ptr[from - 1] <= 'Z'))) {
        from--;
    }
    return from;
}

/* What a name has in it, and what that says. Whose key it is makes it one that opens something. */
static const struct {
    const char *part;
    enum assigned_feature feature;
} name_part[] = {{"pass", NAME_PASS},
                 {"pwd", NAME_PWD},
                 {"secret", NAME_SECRET},
                 {"token", NAME_TOKEN},
                 {"key", NAME_KEY},
                 {"auth", NAME_AUTH},
                 {"cred", NAME_CRED},
                 {"otp", NAME_OTP},
                 {"bearer", NAME_BEARER},
                 {"basic", NAME_BASIC},
                 {"pub", NAME_PUBLIC},
                 {"api", NAME_OWNED},
                 {"secret", NAME_OWNED},
                 {"private", NAME_OWNED},
                 {"access", NAME_OWNED},
                 {"auth", NAME_OWNED},
                 {"encrypt", NAME_OWNED},
                 {"nkey", NAME_OWNED},
                 {"signing", NAME_OWNED},
                 {"consumer", NAME_OWNED},
                 {"client", NAME_OWNED},
                 {"app", NAME_OWNED},
                 {"passport", NAME_IS_OTHER_WORD},
                 {"passive", NAME_IS_OTHER_WORD},
                 {"passenger", NAME_IS_OTHER_WORD},
                 {"bypass", NAME_IS_OTHER_WORD},
                 {"passed", NAME_IS_OTHER_WORD}};

enum { NAME_PARTS = sizeof name_part / sizeof name_part[0], TELLING_PARTS = 10 };

struct word_set *assigned_parts_begin(struct arena *arena)
{
    const char *part[NAME_PARTS];
    for (size_t i = 0; i < NAME_PARTS; i++) {
        part[i] = name_part[i].part;
    }
    return word_set_begin(arena, part, NAME_PARTS);
}

struct word_set *assigned_ends_begin(struct arena *arena)
{
    return word_set_begin(arena, harmless_end, sizeof harmless_end / sizeof harmless_end[0]);
}

/* False: it has nothing in it that tells: "basis" begins like "basic". */
static bool see_name(struct looking *looking)
{
    static const char *const end[] = {"pass",       "password",    "passwd",    "pwd", "secret",
                                      "token",      "key",         "auth",      "otp", "bearer",
                                      "credential", "credentials", "passphrase"};
    const struct str name = looking->name;
    bool seen[NAME_PARTS] = {false};
    word_set_mark(looking->gate->name_parts, name, seen);
    bool has[ASSIGNED_FEATURES] = {false};
    bool is_telling = false;
    for (size_t i = 0; i < TELLING_PARTS; i++) {
        is_telling = is_telling || seen[i];
    }
    if (!is_telling) {
        return false;
    }
    for (size_t i = 0; i < NAME_PARTS; i++) {
        has[name_part[i].feature] |= seen[i];
    }
    const bool is_bare_key = has[NAME_KEY] && !has[NAME_OWNED];
    has[NAME_IS_OTHER_WORD] = has[NAME_IS_OTHER_WORD] || has_harmless_part(looking->gate, name);
    for (size_t i = 0; i < NAME_PARTS; i++) {
        see(looking, name_part[i].feature, has[name_part[i].feature]);
        has[name_part[i].feature] = false;
    }
    bool is_whole = false;
    for (size_t i = 0; i < sizeof end / sizeof end[0]; i++) {
        is_whole = is_whole || ends_with(name, end[i]);
    }
    const size_t last = last_word(looking->spelt);
    see(looking, NAME_ENDS_WHOLE, is_whole);
    see(looking, NAME_BARE_KEY, is_bare_key);
    see(looking, NAME_ENDS_HARMLESS,
        !is_whole && word_set_is(looking->gate->name_ends, str_slice(name, last, name.len)));
    see(looking, NAME_IS_ONE_WORD, last == 0);
    see(looking, NAME_IN_PATH,
        is_among(letter_before(looking->text, looking->found->name_start), ":/@"));
    return true;
}

static void see_sign(struct looking *looking)
{
    const struct assigned *found = looking->found;
    see(looking, SIGN_ARROW + (unsigned)found->sign, true);
    see(looking, NAME_QUOTED, found->is_name_quoted);
    see(looking, VALUE_QUOTED, found->quote > 0);
    see(looking, VALUE_QUOTED_WITHIN, found->quote > 1);
    see(looking, VALUE_IN_TICKS, found->quote == 1 && looking->text.ptr[found->start - 1] == '`');
}

static void see_length(struct looking *looking)
{
    static const size_t below[] = {6, 8, 12, 17, 25, 41, 80};
    size_t i = 0;
    while (i < sizeof below / sizeof below[0] && looking->value.len >= below[i]) {
        i++;
    }
    see(looking, LENGTH_4 + (unsigned)i, true);
}

/* The feature that a sign is; the one behind the last for others. */
static unsigned feature_of(char sign)
{
    switch (sign) {
    case ' ':
        return HAS_BLANK;
    case '.':
        return HAS_DOT;
    case '/':
        return HAS_SLASH;
    case '(':
        return HAS_BRACKET;
    case '$':
        return HAS_DOLLAR;
    case '{':
        return HAS_BRACE;
    case '<':
        return HAS_LESS;
    case '%':
        return HAS_PERCENT;
    case '_':
        return HAS_LINE;
    case '-':
        return HAS_DASH;
    case ':':
        return HAS_COLON;
    case '*':
        return HAS_STAR;
    case '=':
        return HAS_EQUALS;
    case '+':
        return HAS_PLUS;
    case '@':
        return HAS_AT;
    case '&':
        return HAS_AND;
    case '\\':
        return HAS_BACKSLASH;
    case '[':
        return HAS_SQUARE;
    default:
        return HAS_SQUARE + 1;
    }
}

static void see_letters(struct looking *looking)
{
    const struct str value = looking->value;
    size_t digits = 0;
    size_t upper = 0;
    size_t lower = 0;
    uint32_t signs = 0;
    bool is_hex_only = value.len >= 16;
    for (size_t i = 0; i < value.len; i++) {
        const char letter = value.ptr[i];
        if (is_digit(letter)) {
            digits++;
        } else if (is_letter(letter)) {
            upper += (letter & 0x20) == 0;
            lower += (letter & 0x20) != 0;
        } else {
            signs |= UINT32_C(1) << (feature_of(letter) - HAS_BLANK);
        }
        is_hex_only = is_hex_only && is_hex(letter);
    }
    for (unsigned f = HAS_BLANK; f <= HAS_SQUARE; f++) {
        see(looking, f, (signs >> (f - HAS_BLANK) & 1) != 0);
    }
    const double len = (double)value.len;
    see(looking, HAS_DIGIT, digits > 0);
    see(looking, HAS_UPPER, upper > 0);
    see(looking, HAS_LOWER, lower > 0);
    see(looking, HAS_ALL_THREE, digits > 0 && upper > 0 && lower > 0);
    see(looking, IS_UPPER, upper > 0 && lower == 0);
    see(looking, IS_NUMBER, digits == value.len);
    see(looking, IS_HEX, is_hex_only);
    see(looking, IS_CONSTANT,
        upper > 0 && lower == 0 && (signs >> (HAS_LINE - HAS_BLANK) & 1) != 0);
    see(looking, HAS_FEW_LETTERS, upper + lower < 3);
    see(looking, BEGINS_WITH_SIGN, is_among(value.ptr[0], "$<{%[*(&#@!"));
    see_much(looking, DIGITS_SHARE, (double)digits / len);
    see_much(looking, SIGNS_SHARE, (double)(value.len - digits - upper - lower) / len);
}

/* How unlike words its letters follow each other: the mean over its pairs, in bits. */
static double unlike_words(struct str value)
{
    int sum = 0;
    int count = 0;
    size_t last = PAIR_LETTERS - 1;
    for (size_t i = 0; i < value.len; i++) {
        if (!is_letter(value.ptr[i])) {
            last = PAIR_LETTERS - 1;
            continue;
        }
        const size_t letter = (size_t)(lower_of(value.ptr[i]) - 'a');
        sum -= pair[last * PAIR_LETTERS + letter];
        count++;
        last = letter;
    }
    return count == 0 ? 0 : (double)sum / (double)count / 10;
}

/* name.name or nameName: something that the program calls so. */
static bool is_of_program(struct str value)
{
    size_t joints = 0;
    for (size_t i = 0; i < value.len; i++) {
        const char letter = value.ptr[i];
        const bool is_joint = letter == '.' || (i > 0 && letter >= 'A' && letter <= 'Z' &&
                                                value.ptr[i - 1] >= 'a' && value.ptr[i - 1] <= 'z');
        if (!is_letter(letter) && letter != '.' && letter != '_') {
            return false;
        }
        joints += is_joint;
    }
    return joints > 0;
}

/* Runs of the keyboard and of nothing at all. */
static const char *const run[] = {"0123", "1234", "abcd", "qwer", "xxxx", "...", "aaaa", "0000"};

struct word_set *assigned_runs_begin(struct arena *arena)
{
    return word_set_begin(arena, run, sizeof run / sizeof run[0]);
}

static size_t distinct(struct str value)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < value.len; i++) {
        count += !seen[(unsigned char)value.ptr[i]];
        seen[(unsigned char)value.ptr[i]] = true;
    }
    return count;
}

static bool is_same_in_small(struct str left, struct str right)
{
    for (size_t i = 0; i < left.len && left.len <= right.len; i++) {
        if (lower_of(left.ptr[i]) != lower_of(right.ptr[i])) {
            return false;
        }
    }
    return left.len <= right.len;
}

/* A digest of a password, as crypt(3) and its like write it: it opens nothing. */
static bool is_digest(struct str value)
{
    static const char *const beginning[] = {"$2a$",   "$2b$",   "$2y$",   "$argon2", "$1$",
                                            "$5$",    "$6$",    "{sha",   "{ssha",   "sha1$",
                                            "sha256", "sha512", "pbkdf2", "scram-"};
    for (size_t i = 0; i < sizeof beginning / sizeof beginning[0]; i++) {
        if (begins_small(value, 0, beginning[i])) {
            return true;
        }
    }
    return false;
}

static void see_words(struct looking *looking)
{
    const double unlike = unlike_words(looking->value);
    see_much(looking, UNLIKE_WORDS, unlike / 5);
    see_much(looking, UNLIKE_WORDS_MORE, unlike > 5 ? unlike - 5 : 0);
    see_much(looking, UNLIKE_WORDS_MUCH, unlike > 6 ? unlike - 6 : 0);
}

/* What examples and placeholders have in them. */
static void see_example(struct looking *looking)
{
    char small[VALUE_SMALL_MAX];
    const size_t len = looking->value.len < VALUE_SMALL_MAX ? looking->value.len : VALUE_SMALL_MAX;
    for (size_t i = 0; i < len; i++) {
        small[i] = lower_of(looking->value.ptr[i]);
    }
    const struct str value = {small, len};
    see(looking, HAS_STOP_WORD, has_common_part(looking->gate, value));
    see(looking, HAS_RUN, word_set_in(looking->gate->value_runs, value));
}

static void see_closer(struct looking *looking)
{
    const struct str value = looking->value;
    see_much(looking, ENTROPY, (double)entropy_of(value) / 500);
    see(looking, HAS_ORDINARY_WORD, has_word(value, 0, value.len, ORDINARY));
    see(looking, IS_ITS_NAME,
        is_same_in_small(value, looking->name) || is_same_in_small(looking->name, value));
    see(looking, IS_MONOTONOUS, distinct(value) <= 3);
    see(looking, IS_OF_PROGRAM, is_of_program(value));
    see(looking, IS_DIGEST, is_digest(value));
    see(looking, IS_ADDRESS,
        begins_small(value, 0, "http") || begins_small(value, 0, "urn:") || has_part(value, "://"));
}

/* ---- where it stands ------------------------------------------------------------------------- */

static const char *const code_ending[] = {
    ".py",  ".js",     ".ts", ".go", ".rb",    ".java", ".cs",  ".php",   ".c",
    ".h",   ".cpp",    ".rs", ".kt", ".swift", ".tsx",  ".jsx", ".ex",    ".exs",
    ".lua", ".groovy", ".m",  ".cc", ".hpp",   ".pl",   ".vue", ".scala", ".mjs"};
static const char *const text_ending[] = {".md", ".rst", ".txt", ".adoc", ".html"};
static const char *const settings_ending[] = {".yml",        ".yaml",   ".json", ".env", ".conf",
                                              ".properties", ".ini",    ".toml", ".cfg", ".example",
                                              ".xml",        ".config", ".tf",   ".sh"};

static bool ends_among(struct str path, const char *const ending[], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ends_with(path, ending[i])) {
            return true;
        }
    }
    return false;
}

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])

enum { PLACE_CODE = 1, PLACE_TEXT = 2, PLACE_SETTINGS = 4 };

unsigned assigned_place(struct str path)
{
    if (path.len == 0) {
        return 0;
    }
    return (ends_among(path, code_ending, COUNT_OF(code_ending)) ? PLACE_CODE : 0U) |
           (ends_among(path, text_ending, COUNT_OF(text_ending)) ? PLACE_TEXT : 0U) |
           (ends_among(path, settings_ending, COUNT_OF(settings_ending)) ? PLACE_SETTINGS : 0U);
}

static void see_place(struct looking *looking)
{
    const struct assigned *found = looking->found;
    const bool is_code = (looking->place & PLACE_CODE) != 0;
    see(looking, IN_CODE, is_code);
    see(looking, IN_TEXT, (looking->place & PLACE_TEXT) != 0);
    see(looking, IN_SETTINGS, (looking->place & PLACE_SETTINGS) != 0);
    see(looking, BARE_IN_CODE, is_code && found->quote == 0);
    see(looking, IS_CALLED,
        found->quote == 0 && is_among(letter_at(looking->text, found->end), "(["));
}

static void see_line(struct looking *looking)
{
    const struct str text = looking->text;
    const size_t end = looking->found->name_start;
    size_t from = end;
    while (from > 0 && end - from < LINE_BEFORE && text.ptr[from - 1] != '\n') {
        from--;
    }
    const struct str before = str_slice(text, from, end);
    const struct str trimmed = str_trim(before);
    see(looking, IN_COMMENT,
        str_starts(trimmed, STR("#")) || str_starts(trimmed, STR("//")) ||
            str_starts(trimmed, STR("*")));
    see(looking, BEHIND_KEYWORD,
        has_word(before, 0, before.len,
                 "def func function class public private interface type import return if"));
    see(looking, BEHIND_READING,
        has_word(
            before, 0, before.len,
            "get fetch find lookup env getenv prompt param arg flag option argument label title "
            "message error log print raise throw expect assert describe it"));
}

/* ---- what it weighs -------------------------------------------------------------------------- */

/* Those that take the longest to see come last, and most values are known not to be secrets before. What
 * examples have in them only lowers the weight. */
static const enum assigned_feature late[] = {
    ENTROPY,   HAS_ORDINARY_WORD, IS_ITS_NAME, IS_MONOTONOUS,  IS_OF_PROGRAM,
    IS_DIGEST, IS_ADDRESS,        IN_COMMENT,  BEHIND_KEYWORD, BEHIND_READING};

enum { ENTROPY_MOST = 2 }; /* eight bits, in fives; the others are 1 at most */

/* The most that the late ones can add. */
static double most_of_late(void)
{
    double most = 0;
    for (size_t i = 0; i < COUNT_OF(late); i++) {
        const double value = weight[late[i]] * (late[i] == ENTROPY ? ENTROPY_MOST : 1);
        most += value > 0 ? value : 0;
    }
    return most;
}

double assigned_weigh(const struct gate *gate, struct str text, unsigned place,
                      const struct assigned *found, double least, double *feature)
{
    char small[2 * ASSIGNED_NAME_MAX];
    struct looking looking = {
        .gate = gate,
        .text = text,
        .place = place,
        .spelt = str_slice(text, found->name_start, found->name_end),
        .value = str_slice(text, found->start, found->end),
        .found = found,
        .feature = feature,
    };
    for (size_t i = 0; i < looking.spelt.len; i++) {
        small[i] = lower_of(looking.spelt.ptr[i]);
    }
    looking.name = (struct str){small, looking.spelt.len};
    for (size_t i = 0; feature != NULL && i < ASSIGNED_FEATURES; i++) {
        feature[i] = 0;
    }
    see(&looking, ALWAYS, true);
    if (!see_name(&looking)) {
        return -ASSIGNED_SURE;
    }
    see_sign(&looking);
    see_length(&looking);
    see_letters(&looking);
    see_words(&looking);
    see_place(&looking);
    const double most = most_of_late();
    if (looking.link + most >= least) {
        see_example(&looking);
    }
    if (looking.link + most < least) {
        return looking.link;
    }
    see_closer(&looking);
    see_line(&looking);
    return looking.link;
}

/* ---- the door ------------------------------------------------------------------------------ */

/* What telling names have in them; masks.c looks for the same. */
bool assigned_begins(struct str text, size_t at)
{
    static const char *const part[] = {"pass", "pwd",  "secr", "toke", "key",
                                       "auth", "cred", "otp",  "bear", "basi"};
    for (size_t i = 0; i < sizeof part / sizeof part[0]; i++) {
        if (begins_small(text, at, part[i])) {
            return true;
        }
    }
    return false;
}

void assigned_at(struct scan *scan, size_t at)
{
    struct assigned found;
    if (at < scan->name_done) {
        return;
    }
    const bool is = assigned_read(scan->text, at, &found);
    scan->name_done = found.name_end;
    if (!is || found.end <= scan->token_done) {
        return;
    }
    const bool wants_possible = scan->asked->least != 0 && scan->asked->least <= POSSIBLE;
    const double link = assigned_weigh(scan->gate, scan->text, scan->place, &found,
                                       wants_possible ? ASSIGNED_POSSIBLE : ASSIGNED_LIKELY, NULL);
    if (link >= ASSIGNED_POSSIBLE) {
        scan_add(scan, ASSIGNED_RULE, "a password or key that is assigned to its name", GATE_SECRET,
                 link >= ASSIGNED_LIKELY ? LIKELY : POSSIBLE, found.start, found.end);
    }
}
