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
};

static const double weight[] = {
#define FEATURE(name, value) value,
#include "assigned_model.def"
#undef FEATURE
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
    struct value_letters letters; /* of the value */
    double link;                  /* what was seen weighs so much */
    double *feature;              /* NULL: only the weight is wanted */
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

/* Names that end so are not those of something beside a secret. */
static bool ends_whole(struct str small)
{
    static const char *const end[] = {"pass",       "password",    "passwd",    "pwd", "secret",
                                      "token",      "key",         "auth",      "otp", "bearer",
                                      "credential", "credentials", "passphrase"};
    const char last = small.ptr[small.len - 1];
    for (size_t i = 0; is_among(last, "sdtnyhprle") && i < sizeof end / sizeof end[0]; i++) {
        if (ends_with(small, end[i])) {
            return true;
        }
    }
    return false;
}

/* False: it has nothing in it that tells: "basis" begins like "basic". */
static bool see_name(struct looking *looking, bool is_hasty)
{
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
    has[NAME_IS_OTHER_WORD] =
        has[NAME_IS_OTHER_WORD] || (!is_hasty && has_harmless_part(looking->gate, name));
    for (size_t i = 0; i < NAME_PARTS; i++) {
        see(looking, name_part[i].feature, has[name_part[i].feature]);
        has[name_part[i].feature] = false;
    }
    const bool is_whole = ends_whole(name);
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

static void see_letters(struct looking *looking)
{
    const struct value_letters *of = &looking->letters;
    for (uint32_t left = of->signs; left != 0; left &= left - 1) {
        see(looking, HAS_BLANK + lowest(left), true);
    }
    const double len = (double)looking->value.len;
    const bool has_digit = of->digits > 0;
    const bool has_upper = of->upper > 0;
    const bool has_lower = of->lower > 0;
    see(looking, HAS_DIGIT, has_digit);
    see(looking, HAS_UPPER, has_upper);
    see(looking, HAS_LOWER, has_lower);
    see(looking, HAS_ALL_THREE, has_digit && has_upper && has_lower);
    see(looking, IS_UPPER, has_upper && !has_lower);
    see(looking, IS_NUMBER, of->digits == looking->value.len);
    see(looking, IS_HEX, of->is_hex && looking->value.len >= 16);
    see(looking, IS_CONSTANT,
        has_upper && !has_lower && (of->signs >> (HAS_LINE - HAS_BLANK) & 1) != 0);
    see(looking, HAS_FEW_LETTERS, of->upper + of->lower < 3);
    see(looking, BEGINS_WITH_SIGN, is_among(looking->value.ptr[0], "$<{%[*(&#@!"));
    see_much(looking, DIGITS_SHARE, (double)of->digits / len);
    see_much(looking, SIGNS_SHARE,
             (double)(looking->value.len - of->digits - of->upper - of->lower) / len);
}

/* Runs of the keyboard and of nothing at all. */
static const char *const run[] = {"0123", "1234", "abcd", "qwer", "xxxx", "...", "aaaa", "0000"};

struct word_set *assigned_runs_begin(struct arena *arena)
{
    return word_set_begin(arena, run, sizeof run / sizeof run[0]);
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

static void see_words(struct looking *looking)
{
    const double unlike = looking->letters.unlike;
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

static void see_closer(struct looking *looking, bool is_hasty)
{
    const struct str value = looking->value;
    see(looking, HAS_ORDINARY_WORD, !is_hasty && has_word(value, 0, value.len, ORDINARY));
    see(looking, IS_ITS_NAME,
        is_same_in_small(value, looking->name) || is_same_in_small(looking->name, value));
    see(looking, IS_MONOTONOUS, value_distinct(value) <= 3);
    see(looking, IS_OF_PROGRAM, value_is_of_program(value));
    see(looking, IS_DIGEST, value_is_digest(value));
    see(looking, IS_ADDRESS,
        begins_small(value, 0, "http") || begins_small(value, 0, "urn:") || has_part(value, "://"));
}

/* ---- where it stands ------------------------------------------------------------------------- */

static const char *const code_ending[] = {
    ".py",  ".js", ".ts",    ".go",    ".rb",  ".java", ".cs",  ".php", ".c",      ".h",   ".cpp",
    ".rs",  ".kt", ".swift", ".tsx",   ".jsx", ".ex",   ".exs", ".lua", ".groovy", ".m",   ".cc",
    ".hpp", ".pl", ".vue",   ".scala", ".mjs", ".cjs",  ".mts", ".cts", ".svelte", ".dart"};
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

enum { PLACE_CODE = 1, PLACE_TEXT = 2, PLACE_SETTINGS = 4, PLACE_MADE = 8 };

unsigned assigned_place(struct str path)
{
    if (path.len == 0) {
        return 0;
    }
    return (ends_among(path, code_ending, COUNT_OF(code_ending)) ? PLACE_CODE : 0U) |
           (ends_among(path, text_ending, COUNT_OF(text_ending)) ? PLACE_TEXT : 0U) |
           (ends_among(path, settings_ending, COUNT_OF(settings_ending)) ? PLACE_SETTINGS : 0U) |
           (ends_with(path, ".map") ? PLACE_MADE : 0U);
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

static void see_line(struct looking *looking, bool is_hasty)
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
    if (is_hasty) {
        return;
    }
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

/* Those that take the longest to see come last, and most values are known not to be secrets before: what is
 * left could not make one of them. Sums are compared with a little room, since they are added in another order. */
#define ROOM 1e-6

static double fabs_of(double value)
{
    return value < 0 ? -value : value;
}

/* The most that a feature can add. */
static double most_of(enum assigned_feature feature)
{
    return weight[feature] > 0 ? weight[feature] : 0;
}

/* Of the features of a name; nearly all names have no bearer, no basic and no otp in them. */
static double most_of_name(struct str small)
{
    bool may_be_rare = false;
    for (size_t i = 0; i < small.len; i++) {
        may_be_rare = may_be_rare || small.ptr[i] == 'b' ||
                      (small.ptr[i] == 'p' && i > 0 && small.ptr[i - 1] == 't');
    }
    const double rare = most_of(NAME_BEARER) + most_of(NAME_BASIC) + most_of(NAME_OTP);
    return most_of(NAME_PASS) + most_of(NAME_PWD) + most_of(NAME_SECRET) + most_of(NAME_TOKEN) +
           most_of(NAME_KEY) + most_of(NAME_AUTH) + most_of(NAME_CRED) + most_of(NAME_PUBLIC) +
           most_of(NAME_OWNED) + most_of(NAME_IS_OTHER_WORD) + most_of(NAME_ENDS_WHOLE) +
           most_of(NAME_BARE_KEY) + most_of(NAME_ENDS_HARMLESS) + most_of(NAME_IS_ONE_WORD) +
           most_of(NAME_IN_PATH) + (may_be_rare ? rare : 0);
}

/* Of the late ones but for the entropy. */
static double most_of_words(void)
{
    return most_of(HAS_STOP_WORD) + most_of(HAS_RUN) + most_of(HAS_ORDINARY_WORD) +
           most_of(IS_ITS_NAME) + most_of(IS_MONOTONOUS) + most_of(IS_OF_PROGRAM) +
           most_of(IS_DIGEST) + most_of(IS_ADDRESS) + most_of(IN_COMMENT) +
           most_of(BEHIND_KEYWORD) + most_of(BEHIND_READING);
}

/* Of all late ones: a value has at most the binary logarithm of its length in bits for each letter. */
static double most_of_late(struct str value)
{
    const unsigned bits = MASK_BITS - (unsigned)__builtin_clzll(value.len);
    return most_of(ENTROPY) * (bits / 5.0 + 0.01) + most_of_words();
}

static void see_value(struct looking *looking)
{
    see_sign(looking);
    see_length(looking);
    see_letters(looking);
    see_words(looking);
    see_place(looking);
}

/* What the value can reach with whatever name, and then with this one. */
static bool may_reach(const struct looking *looking, double least)
{
    struct looking hasty = *looking;
    const double late = most_of_late(looking->value) + ROOM;
    see_value(&hasty);
    return hasty.link + most_of_name(looking->name) + late >= least && see_name(&hasty, true) &&
           hasty.link + most_of(NAME_IS_OTHER_WORD) + late >= least;
}

/* Words are looked up last, and weigh little: whether they could change what is known without them. */
static bool do_words_matter(struct looking *hasty, double least)
{
    const double some = fabs_of(weight[HAS_ORDINARY_WORD]) + fabs_of(weight[BEHIND_KEYWORD]) +
                        fabs_of(weight[BEHIND_READING]) + ROOM;
    see_closer(hasty, true);
    see_line(hasty, true);
    return hasty->link + some >= least && hasty->link - some < ASSIGNED_LIKELY;
}

/* All that is late; told in parts, since most end before the last. */
static void see_late(struct looking *looking, double least)
{
    const double most = most_of_late(looking->value);
    if (looking->link + most < least - ROOM) {
        return;
    }
    see_example(looking);
    if (looking->link + most < least - ROOM) {
        return;
    }
    see_much(looking, ENTROPY, (double)entropy_of(looking->value) / 500);
    if (looking->link + most_of_words() < least - ROOM) {
        return;
    }
    struct looking hasty = *looking;
    if (looking->feature == NULL && !do_words_matter(&hasty, least)) {
        looking->link = hasty.link;
        return;
    }
    see_closer(looking, false);
    see_line(looking, false);
}

double assigned_weigh(const struct gate *gate, struct str text, unsigned place,
                      const struct assigned *found, double least, double *feature)
{
    char small[2 * ASSIGNED_NAME_MAX];
    struct looking looking = {
        .gate = gate,
        .text = text,
        .place = place,
        .spelt = {text.ptr + found->name_start, found->name_end - found->name_start},
        .value = {text.ptr + found->start, found->end - found->start},
        .found = found,
        .feature = feature,
    };
    for (size_t i = 0; i < looking.spelt.len; i++) {
        small[i] = lower_of(looking.spelt.ptr[i]);
    }
    looking.name = (struct str){small, looking.spelt.len};
    looking.letters = value_letters_of(gate->values, looking.value);
    for (size_t i = 0; feature != NULL && i < ASSIGNED_FEATURES; i++) {
        feature[i] = 0;
    }
    see(&looking, ALWAYS, true);
    if ((feature == NULL && !may_reach(&looking, least)) || !see_name(&looking, false)) {
        return -ASSIGNED_SURE;
    }
    see_value(&looking);
    see_late(&looking, least);
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

/* The two ends of the name about a place: words in the masks are names. */
static struct assigned name_about(const struct block *window, unsigned bit)
{
    const uint64_t before = window->before == NULL ? 0 : window->before->word;
    const uint64_t other_before = ~before_bit(window->here->word, before, bit);
    const uint64_t other_behind = ~from_bit(window->here->word, window->next->word, bit);
    const unsigned back = other_before == 0 ? MASK_BITS : (unsigned)__builtin_clzll(other_before);
    const unsigned on = other_behind == 0 ? MASK_BITS : lowest(other_behind);
    const size_t at = window->start + bit;
    return (struct assigned){
        .name_start = at - (back < ASSIGNED_NAME_MAX ? back : ASSIGNED_NAME_MAX),
        .name_end = at + (on < ASSIGNED_NAME_MAX ? on : ASSIGNED_NAME_MAX),
    };
}

/* Of the parts of telling names it has but the beginning of "author". */
static bool names_author(struct str name)
{
    size_t authors = 0;
    size_t others = 0;
    for (size_t at = 0; at < name.len; at++) {
        if (begins_small(name, at, "author") && !begins_small(name, at, "authori")) {
            authors++;
        } else {
            others += assigned_begins(name, at);
        }
    }
    return authors > 0 && others == 0;
}

void assigned_at(struct scan *scan, const struct block *window, unsigned bit)
{
    /* A map of places in a program is made of letters that mean nothing, and of the program itself. */
    if (window->start + bit < scan->name_done || (scan->place & PLACE_MADE) != 0) {
        return;
    }
    struct assigned found = name_about(window, bit);
    const bool is = assigned_read_named(scan->text, &found);
    scan->name_done = found.name_end;
    if (!is || found.end <= scan->token_done) {
        return;
    }
    const bool wants_possible = scan->asked->least != 0 && scan->asked->least <= POSSIBLE;
    const double link = assigned_weigh(scan->gate, scan->text, scan->place, &found,
                                       wants_possible ? ASSIGNED_POSSIBLE : ASSIGNED_LIKELY, NULL);
    if (link >= ASSIGNED_POSSIBLE &&
        !names_author(str_slice(scan->text, found.name_start, found.name_end))) {
        scan_add(scan, ASSIGNED_RULE, "a password or key that is assigned to its name", GATE_SECRET,
                 link >= ASSIGNED_LIKELY ? LIKELY : POSSIBLE, found.start, found.end);
    }
}
