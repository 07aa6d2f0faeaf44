/*
 * token.c - text as tokens.
 *
 * A table says of each byte what it begins. Names are hashed while they are read; whether one is a keyword is
 * one look into a small table of the reader.
 */
#include "token.h"

#include <string.h>

enum begins {
    BLANK,
    LETTER,
    FIGURE,
    QUOTE,
    OTHER,
};

#define B8(x) x, x, x, x, x, x, x, x
#define B10(x) x, x, x, x, x, x, x, x, x, x
#define B26(x) B8(x), B8(x), B10(x)

static const uint8_t begins[256] = {
    /* controls and the blank */
    B8(BLANK), B8(BLANK), B8(BLANK), B8(BLANK), BLANK,
    /* ! " # $ % & ' */
    OTHER, QUOTE, OTHER, LETTER, OTHER, OTHER, QUOTE,
    /* ( ) * + , - . / */
    B8(OTHER),
    /* 0 to 9, : ; < = > ? @ */
    B10(FIGURE), OTHER, OTHER, OTHER, OTHER, OTHER, OTHER, OTHER,
    /* A to Z, [ \ ] ^ _ ` */
    B26(LETTER), OTHER, OTHER, OTHER, OTHER, LETTER, QUOTE,
    /* a to z, { | } ~ and delete */
    B26(LETTER), OTHER, OTHER, OTHER, OTHER, BLANK,
    /* beyond ASCII: letters of other scripts */
    B10(LETTER), B10(LETTER), B10(LETTER), B10(LETTER), B10(LETTER), B10(LETTER), B10(LETTER),
    B10(LETTER), B10(LETTER), B10(LETTER), B10(LETTER), B10(LETTER), B8(LETTER)};

static const char *const keyword[] = {
    "abstract",   "and",    "as",       "async",      "await",     "break",   "case",   "catch",
    "class",      "const",  "continue", "def",        "default",   "del",     "delete", "do",
    "elif",       "else",   "enum",     "except",     "export",    "extends", "false",  "final",
    "finally",    "for",    "foreach",  "from",       "function",  "global",  "goto",   "if",
    "implements", "import", "in",       "instanceof", "interface", "is",      "lambda", "let",
    "namespace",  "new",    "nonlocal", "not",        "null",      "or",      "pass",   "private",
    "protected",  "public", "raise",    "require",    "return",    "self",    "static", "struct",
    "super",      "switch", "this",     "throw",      "true",      "try",     "typeof", "undefined",
    "use",        "using",  "var",      "void",       "while",     "with",    "yield",  "None",
    "True",       "False",  "fn",       "func",       "echo",      "print",   "int",    "char"};
enum { KEYWORDS = sizeof keyword / sizeof keyword[0] };

#define HASH_FIRST 2166136261U /* FNV-1a */
#define HASH_TIMES 16777619U

uint32_t token_hash(const char *letters)
{
    uint32_t hash = HASH_FIRST;
    for (size_t i = 0; letters[i] != '\0'; i++) {
        hash = (hash ^ (unsigned char)letters[i]) * HASH_TIMES;
    }
    return hash;
}

/* ---- keywords ------------------------------------------------------------------------------- */

static void fill_keywords(uint32_t slot[])
{
    for (size_t i = 0; i < KEYWORDS; i++) {
        const uint32_t hash = token_hash(keyword[i]);
        size_t at = hash % TOKEN_SLOTS;
        while (slot[at] != 0) {
            at = (at + 1) % TOKEN_SLOTS;
        }
        slot[at] = hash;
    }
}

static bool is_keyword(const struct token_reader *reader, uint32_t hash)
{
    for (size_t at = hash % TOKEN_SLOTS; reader->keyword[at] != 0; at = (at + 1) % TOKEN_SLOTS) {
        if (reader->keyword[at] == hash) {
            return true;
        }
    }
    return false;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

static size_t line_end(struct str text, size_t at)
{
    const char *end = memchr(text.ptr + at, '\n', text.len - at);
    return end == NULL ? text.len : (size_t)(end - text.ptr);
}

/* Behind the comment that begins here; the same place: none does. */
static size_t skip_comment(const struct token_reader *reader, size_t at)
{
    const struct str text = reader->text;
    const char first = text.ptr[at];
    const char second = letter_at(text, at + 1);
    if (reader->tongue == TONGUE_NUMBER && first == '#') {
        return line_end(text, at);
    }
    if (reader->tongue == TONGUE_SLASH && first == '/' && second == '/') {
        return line_end(text, at);
    }
    if (reader->tongue == TONGUE_SLASH && first == '/' && second == '*') {
        const char *end =
            at + 2 < text.len ? memmem(text.ptr + at + 2, text.len - at - 2, "*/", 2) : NULL;
        return end == NULL ? text.len : (size_t)(end - text.ptr) + 2;
    }
    return at;
}

/* Behind the quoted text; a plain quote ends with its line at the latest. */
static size_t skip_quoted(struct str text, size_t at)
{
    const char quote = text.ptr[at];
    const bool is_long =
        quote != '`' && letter_at(text, at + 1) == quote && letter_at(text, at + 2) == quote;
    size_t to = at + (is_long ? 3 : 1);
    while (to < text.len) {
        const char letter = text.ptr[to];
        if (letter == '\\') {
            to += 2;
            continue;
        }
        if (letter == quote &&
            (!is_long || (letter_at(text, to + 1) == quote && letter_at(text, to + 2) == quote))) {
            return to + (is_long ? 3 : 1);
        }
        if (letter == '\n' && quote != '`' && !is_long) {
            return to;
        }
        to++;
    }
    return text.len;
}

/* A slash begins a pattern where no value stands before it; it ends within its line. */
static size_t skip_pattern(const struct token_reader *reader, size_t at)
{
    const bool after_value = reader->last_kind == TOKEN_NAME || reader->last_kind == TOKEN_NUMBER ||
                             reader->last_kind == TOKEN_TEXT ||
                             (reader->last_kind == TOKEN_SIGN &&
                              (reader->last == ')' || reader->last == ']' || reader->last == '}'));
    const struct str text = reader->text;
    bool in_class = false;
    if (after_value) {
        return at;
    }
    for (size_t to = at + 1; to < text.len && text.ptr[to] != '\n'; to++) {
        const char letter = text.ptr[to];
        if (letter == '\\') {
            to++;
        } else if (letter == '[') {
            in_class = true;
        } else if (letter == ']') {
            in_class = false;
        } else if (letter == '/' && !in_class) {
            return to + 1;
        }
    }
    return at;
}

static size_t read_name(struct str text, size_t at, uint32_t *hash)
{
    uint32_t sum = HASH_FIRST;
    while (at < text.len) {
        const unsigned char letter = (unsigned char)text.ptr[at];
        if (begins[letter] != LETTER && begins[letter] != FIGURE) {
            break;
        }
        sum = (sum ^ letter) * HASH_TIMES;
        at++;
    }
    *hash = sum;
    return at;
}

static size_t read_word(struct str text, size_t at, uint32_t *hash)
{
    uint32_t sum = HASH_FIRST;
    while (at < text.len) {
        const unsigned char letter = (unsigned char)text.ptr[at];
        if (begins[letter] != LETTER && begins[letter] != FIGURE) {
            break;
        }
        sum = (sum ^ (unsigned char)lower_of((char)letter)) * HASH_TIMES;
        at++;
    }
    *hash = sum;
    return at;
}

static size_t read_number(struct str text, size_t at)
{
    while (at < text.len &&
           (begins[(unsigned char)text.ptr[at]] == FIGURE ||
            begins[(unsigned char)text.ptr[at]] == LETTER || text.ptr[at] == '.')) {
        at++;
    }
    return at;
}

/* Programs: the token that begins here; kind and hash are set. */
static size_t read_token(struct token_reader *reader, size_t at, struct token *token)
{
    const struct str text = reader->text;
    const unsigned char first = (unsigned char)text.ptr[at];
    size_t end = at + 1;
    switch ((enum begins)begins[first]) {
    case LETTER:
        end = read_name(text, at, &token->hash);
        token->kind = is_keyword(reader, token->hash) ? TOKEN_KEYWORD : TOKEN_NAME;
        return end;
    case FIGURE:
        token->kind = TOKEN_NUMBER;
        token->hash = TOKEN_NUMBER;
        return read_number(text, at);
    case QUOTE:
        token->kind = TOKEN_TEXT;
        token->hash = TOKEN_TEXT;
        end = skip_quoted(text, at);
        return end > text.len ? text.len : end;
    case OTHER:
    case BLANK:
        break;
    }
    end = first == '/' && reader->tongue == TONGUE_SLASH ? skip_pattern(reader, at) : at;
    token->kind = end > at ? TOKEN_TEXT : TOKEN_SIGN;
    token->hash = end > at ? TOKEN_TEXT : first;
    return end > at ? end : at + 1;
}

static size_t next_words(struct token_reader *reader, struct token token[], size_t count_max)
{
    const struct str text = reader->text;
    size_t count = 0;
    size_t at = reader->at;
    while (at < text.len && count < count_max) {
        const uint8_t kind = begins[(unsigned char)text.ptr[at]];
        if (kind != LETTER && kind != FIGURE) {
            at++;
            continue;
        }
        struct token *one = &token[count++];
        one->start = (uint32_t)at;
        one->kind = TOKEN_NAME;
        at = read_word(text, at, &one->hash);
        one->end = (uint32_t)at;
    }
    reader->at = at;
    return count;
}

struct token_reader token_reader_of(struct str text, enum tongue tongue)
{
    struct token_reader reader = {.text = text, .tongue = tongue, .last_kind = TOKEN_SIGN};
    must(text.len <= TOKEN_TEXT_MAX);
    fill_keywords(reader.keyword);
    return reader;
}

size_t token_next(struct token_reader *reader, struct token token[], size_t count_max)
{
    const struct str text = reader->text;
    size_t count = 0;
    if (reader->tongue == TONGUE_WORDS) {
        return next_words(reader, token, count_max);
    }
    while (reader->at < text.len && count < count_max) {
        const size_t at = reader->at;
        const unsigned char first = (unsigned char)text.ptr[at];
        if (begins[first] == BLANK) {
            reader->at++;
            continue;
        }
        const size_t behind = first == '/' || first == '#' ? skip_comment(reader, at) : at;
        if (behind > at) {
            reader->at = behind;
            continue;
        }
        struct token *one = &token[count++];
        one->start = (uint32_t)at;
        reader->at = read_token(reader, at, one);
        one->end = (uint32_t)reader->at;
        reader->last = one->hash;
        reader->last_kind = one->kind;
    }
    return count;
}

/* ---- which kind of text ---------------------------------------------------------------------- */

static bool ends_with_one(struct str path, const char *const *ending, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_ends(path, str_of(ending[i]))) {
            return true;
        }
    }
    return false;
}

enum tongue tongue_of(struct str path)
{
    static const char *const slash[] = {
        ".js",   ".mjs",  ".cjs",   ".jsx", ".ts",   ".tsx", ".c",     ".h",  ".cc",
        ".cpp",  ".hpp",  ".java",  ".kt",  ".go",   ".rs",  ".php",   ".cs", ".css",
        ".scss", ".less", ".swift", ".sql", ".dart", ".vue", ".svelte"};
    static const char *const number[] = {".py",   ".rb", ".sh",   ".bash", ".pl", ".yml",
                                         ".yaml", ".r",  ".toml", ".tf",   ".mk"};
    if (ends_with_one(path, slash, sizeof slash / sizeof slash[0])) {
        return TONGUE_SLASH;
    }
    return ends_with_one(path, number, sizeof number / sizeof number[0]) ? TONGUE_NUMBER
                                                                         : TONGUE_WORDS;
}

bool tongue_is_program(struct str path)
{
    return tongue_of(path) != TONGUE_WORDS;
}
