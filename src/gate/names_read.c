/*
 * names_read.c - tokens of a text, and what the model for names sees of them.
 *
 * A word is told apart from others only if it stands in one of two lists: names_words.def, words that say what is
 * beside them, and names_ordinary.def, ordinary words of four languages. Of any other word only its shape and its
 * first and last letters are seen. So no name is in the model, and it knows as much of a name that nobody bore
 * before as of a common one.
 */
#include "names.h"
#include "special.h"

#include <string.h>

enum { SLOTS = 1 << 14, BEFORE_MAX = 12, AFTER_MAX = 6, LONG_LINE = 60 };

#define HASH_FIRST 2166136261U /* FNV-1a */
#define HASH_TIMES 16777619U

/* By hash; a word has classes, or is ordinary, or both. */
struct name_words {
    uint32_t hash[SLOTS]; /* 0: empty */
    uint64_t classes[SLOTS];
};

enum { ORDINARY_BIT = 63 };

static const char *const class_words[] = {
#define CLASS(name, words) words,
#include "names_words.def"
#undef CLASS
#define SPECIAL(name, rule, words) words,
#define CLASS_OF(name, words) words,
#include "special_words.def"
#undef CLASS_OF
#undef SPECIAL
};

static const char *const ordinary[] = {
#define ORDINARY(words) words,
#include "names_common.def"
#include "names_ordinary.def"
#undef ORDINARY
};

/* ---- the lists ------------------------------------------------------------------------------- */

static void put_word(struct name_words *words, struct str word, uint64_t bits)
{
    uint32_t hash = HASH_FIRST;
    for (size_t i = 0; i < word.len; i++) {
        hash = (hash ^ (unsigned char)word.ptr[i]) * HASH_TIMES;
    }
    hash = hash == 0 ? 1 : hash;
    size_t at = hash % SLOTS;
    while (words->hash[at] != 0 && words->hash[at] != hash) {
        at = (at + 1) % SLOTS;
    }
    words->hash[at] = hash;
    words->classes[at] |= bits;
}

static size_t put_words(struct name_words *words, const char *list, uint64_t bits)
{
    struct str rest = str_of(list);
    size_t count = 0;
    while (rest.len > 0) {
        put_word(words, str_cut(&rest, ' '), bits);
        count++;
    }
    return count;
}

struct name_words *name_words_begin(struct arena *arena)
{
    struct name_words *words = NEW(arena, struct name_words);
    size_t count = 0;
    for (size_t c = 0; c < SPECIAL_END; c++) {
        count += put_words(words, class_words[c], UINT64_C(1) << c);
    }
    for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++) {
        count += put_words(words, ordinary[i], UINT64_C(1) << ORDINARY_BIT);
    }
    must(count < SLOTS * 3 / 5);
    return words;
}

static uint64_t classes_of(const struct name_words *words, uint32_t hash)
{
    size_t at = hash % SLOTS;
    while (words->hash[at] != 0) {
        if (words->hash[at] == hash) {
            return words->classes[at];
        }
        at = (at + 1) % SLOTS;
    }
    return 0;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

/* Signs beyond ASCII: quotes, dashes, blanks. */
static size_t wide_sign(struct str text, size_t at)
{
    const unsigned char first = (unsigned char)text.ptr[at];
    const unsigned char second = (unsigned char)letter_at(text, at + 1);
    if (first == 0xe2 && (second == 0x80 || second == 0x81 || second == 0x82)) {
        return text.len - at < 3 ? text.len - at : 3;
    }
    if (first == 0xc2 && second != 0xaa && second != 0xba) {
        return text.len - at < 2 ? text.len - at : 2;
    }
    return 0;
}

/* A capital of two bytes: Latin with accents, Greek, Cyrillic. */
static bool is_wide_capital(unsigned char first, unsigned char second)
{
    const unsigned point = (first & 0x1fU) << 6 | (second & 0x3fU);
    if (point >= 0x100 && point < 0x180) {
        const bool is_odd = (point >= 0x139 && point <= 0x148) || point >= 0x179;
        return ((point & 1) != 0) == is_odd;
    }
    return (point >= 0xc0 && point <= 0xde) || (point >= 0x391 && point <= 0x3a9) ||
           (point >= 0x400 && point <= 0x42f);
}

static unsigned wide_small(unsigned char first, unsigned char second)
{
    const unsigned point = (first & 0x1fU) << 6 | (second & 0x3fU);
    if (!is_wide_capital(first, second)) {
        return point;
    }
    return point >= 0x100 && point < 0x180   ? point + 1
           : point >= 0x400 && point < 0x410 ? point + 80
                                             : point + 32;
}

struct spelling {
    size_t letters;
    size_t digits;
    size_t capitals;
    bool first_is_capital;
    uint32_t hash;
    uint32_t last[3]; /* letters, small */
    uint32_t first[2];
};

static void see_letter(struct spelling *spelling, unsigned point, bool is_capital)
{
    const size_t place = spelling->letters + spelling->digits;
    if (place < 2) {
        spelling->first[place] = point;
    }
    spelling->first_is_capital = spelling->first_is_capital || (is_capital && place == 0);
    spelling->capitals += is_capital;
    spelling->letters++;
    spelling->last[0] = spelling->last[1];
    spelling->last[1] = spelling->last[2];
    spelling->last[2] = point;
}

static void hash_byte(struct spelling *spelling, unsigned byte)
{
    spelling->hash = (spelling->hash ^ byte) * HASH_TIMES;
}

/* One letter or digit of a word; 0: the word ends here. */
static size_t read_letter(struct str text, size_t at, size_t to, struct spelling *spelling)
{
    const char letter = text.ptr[at];
    if (is_letter(letter)) {
        hash_byte(spelling, (unsigned char)lower_of(letter));
        see_letter(spelling, (unsigned char)lower_of(letter), (letter & 0x20) == 0);
        return 1;
    }
    if (is_digit(letter)) {
        hash_byte(spelling, (unsigned char)letter);
        spelling->digits++;
        return 1;
    }
    const unsigned char first = (unsigned char)letter;
    if (first < 0x80 || wide_sign(text, at) > 0) {
        return 0;
    }
    if (first >= 0xc3 && first < 0xe0 && at + 1 < to) {
        const unsigned char second = (unsigned char)text.ptr[at + 1];
        const unsigned small = wide_small(first, second);
        hash_byte(spelling, 0xc0 | small >> 6);
        hash_byte(spelling, 0x80 | (small & 0x3f));
        see_letter(spelling, small, is_wide_capital(first, second));
        return 2;
    }
    hash_byte(spelling, first);
    see_letter(spelling, first, false);
    return 1;
}

bool name_is_capital(struct str text, size_t at)
{
    const char first = letter_at(text, at);
    return (first >= 'A' && first <= 'Z') ||
           ((unsigned char)first >= 0xc3 && (unsigned char)first < 0xe0 &&
            is_wide_capital((unsigned char)first, (unsigned char)letter_at(text, at + 1)));
}

bool name_is_known(const struct name_words *words, struct str text, size_t at)
{
    struct spelling spelling = {.hash = HASH_FIRST};
    for (size_t len = 1; at < text.len && len > 0; at += len) {
        len = read_letter(text, at, text.len, &spelling);
    }
    return classes_of(words, spelling.hash == 0 ? 1 : spelling.hash) != 0;
}

static uint8_t shape_of_word(const struct spelling *spelling)
{
    if (spelling->letters == 0) {
        return (uint8_t)(SHAPE_NUMBER + (spelling->digits > 6 ? 6 : spelling->digits - 1));
    }
    if (spelling->digits > 0) {
        return SHAPE_PART;
    }
    if (spelling->capitals == 0) {
        return SHAPE_LOWER;
    }
    if (spelling->letters == 1) {
        return SHAPE_INITIAL;
    }
    if (spelling->capitals == spelling->letters) {
        return SHAPE_UPPER;
    }
    return spelling->first_is_capital && spelling->capitals == 1 ? SHAPE_CAPITAL : SHAPE_MIXED;
}

static uint32_t mixed(uint32_t one, uint32_t other)
{
    const uint32_t sum = (one ^ other * 0x9e3779b1U) * 0x85ebca6bU;
    return sum ^ sum >> 15;
}

static void put_spelling(const struct name_words *words, const struct spelling *spelling,
                         struct name_token *token)
{
    const uint32_t *last = spelling->last;
    token->word = spelling->hash == 0 ? 1 : spelling->hash;
    token->shape = shape_of_word(spelling);
    token->suffix3 = mixed(mixed(last[0], last[1]), last[2]);
    token->suffix2 = mixed(last[1], last[2]);
    token->prefix2 = mixed(spelling->first[0], spelling->first[1]);
    const uint64_t classes = spelling->letters == 0 ? 0 : classes_of(words, token->word);
    token->is_known = classes != 0;
    token->classes = classes & ~(UINT64_C(1) << ORDINARY_BIT);
    const uint64_t of_names = classes & ((UINT64_C(1) << NAME_CLASSES) - 1);
    token->class = of_names == 0 ? NAME_CLASSES : (uint8_t)__builtin_ctzll(of_names);
    token->may_be =
        token->shape != SHAPE_LOWER || !token->is_known || of_names != 0; /* no sign is */
}

static void put_casing(struct name_token token[], size_t from, size_t to)
{
    size_t small = 0;
    size_t capital = 0;
    size_t upper = 0;
    for (size_t i = from; i < to; i++) {
        small += token[i].shape == SHAPE_LOWER;
        capital += token[i].shape == SHAPE_CAPITAL;
        upper += token[i].shape == SHAPE_UPPER;
    }
    const size_t all = small + capital + upper;
    const enum name_casing casing = upper * 2 > all        ? CASING_UPPER
                                    : capital + upper == 0 ? CASING_SMALL
                                    : small * 2 < capital  ? CASING_TITLE
                                                           : CASING_USUAL;
    for (size_t i = from; i < to; i++) {
        token[i].casing = (uint8_t)casing;
    }
}

static size_t read_token(const struct name_words *words, struct str text, size_t at, size_t to,
                         struct name_token *token)
{
    struct spelling spelling = {.hash = HASH_FIRST};
    size_t end = at;
    memset(token, 0, sizeof *token);
    token->start = at;
    token->class = NAME_CLASSES;
    for (size_t len = 1; end < to && len > 0; end += len) {
        len = read_letter(text, end, to, &spelling);
    }
    if (end > at) {
        put_spelling(words, &spelling, token);
        return end;
    }
    if (text.ptr[at] == '\n') {
        token->shape = SHAPE_LINE;
        while (end < to && is_among(text.ptr[end], " \t\r\n")) {
            token->word += text.ptr[end] == '\n' && token->word < 2;
            end++;
        }
        return end;
    }
    const size_t wide = wide_sign(text, at);
    token->shape = SHAPE_SIGN;
    token->word = wide > 0 ? 0x100 : (unsigned char)text.ptr[at];
    return wide > 0 ? (at + wide < to ? at + wide : to) : at + 1;
}

size_t name_tokens(const struct name_words *words, struct str text, size_t from, size_t to,
                   struct name_token token[NAME_TOKENS_MAX], size_t *count)
{
    size_t at = from;
    size_t line = 0;
    *count = 0;
    while (at < to && *count < NAME_TOKENS_MAX) {
        if (is_among(text.ptr[at], " \t\r")) {
            at++;
            continue;
        }
        struct name_token *one = &token[*count];
        at = read_token(words, text, at, to, one);
        one->end = at;
        one->begins_line = *count == line;
        (*count)++;
        if (one->shape == SHAPE_LINE) {
            put_casing(token, line, *count);
            line = *count;
        }
    }
    put_casing(token, line, *count);
    return at;
}

/* ---- what is seen of them -------------------------------------------------------------------- */

static const struct name_token beyond = {.shape = SHAPE_LINE, .class = NAME_CLASSES, .word = 3};

static const struct name_token *beside(const struct name_token token[], size_t count, size_t at,
                                       int offset)
{
    const size_t place = at + (size_t)offset;
    return place < count ? &token[place] : &beyond; /* before the first it is very large */
}

/* What may be told of it: itself, if it is in a list; otherwise only its shape. */
static uint32_t told(const struct name_token *token)
{
    const bool is_itself = token->is_known || token->shape >= SHAPE_SIGN;
    return is_itself ? mixed(token->word, 7) : mixed(token->shape, 11);
}

/* The last word before that says what an address or a name is; and the first behind. */
static unsigned class_before(const struct name_token token[], size_t at)
{
    static const uint64_t telling = UINT64_C(1) << CLASS_NAMED | UINT64_C(1) << CLASS_ADDRESSED |
                                    UINT64_C(1) << CLASS_STREET | UINT64_C(1) << CLASS_WORKS |
                                    UINT64_C(1) << CLASS_UNIT;
    for (size_t i = 1; i <= BEFORE_MAX && i <= at; i++) {
        if ((token[at - i].classes & telling) != 0) {
            return token[at - i].class;
        }
    }
    return NAME_CLASSES;
}

static unsigned class_behind(const struct name_token token[], size_t count, size_t at)
{
    static const uint64_t telling = UINT64_C(1) << CLASS_STREET | UINT64_C(1) << CLASS_COUNTRY |
                                    UINT64_C(1) << CLASS_STATE | UINT64_C(1) << CLASS_UNIT |
                                    UINT64_C(1) << CLASS_COMPANY;
    for (size_t i = 1; i <= AFTER_MAX && at + i < count; i++) {
        if ((token[at + i].classes & telling) != 0) {
            return token[at + i].class;
        }
    }
    return NAME_CLASSES;
}

/* The nearest word before that is small and ordinary. */
static uint32_t word_before(const struct name_token token[], size_t at)
{
    for (size_t i = 1; i <= AFTER_MAX && i <= at; i++) {
        if (token[at - i].is_known && token[at - i].shape == SHAPE_LOWER) {
            return token[at - i].word;
        }
    }
    return 0;
}

void name_features(const struct name_token token[], size_t count, size_t at,
                   uint16_t feature[NAME_FEATURES])
{
    const struct name_token *here = &token[at];
    const struct name_token *b1 = beside(token, count, at, -1);
    const struct name_token *b2 = beside(token, count, at, -2);
    const struct name_token *n1 = beside(token, count, at, 1);
    const struct name_token *n2 = beside(token, count, at, 2);
    const uint32_t shape = here->shape + (here->is_known ? 32U : 0U);
    const uint32_t known = here->is_known ? 1 : 0;
    const uint32_t before = told(b1);
    const uint32_t next = told(n1);
    const uint32_t shapes = mixed(b1->shape, mixed(shape, n1->shape));
    const uint32_t seen[NAME_FEATURES] = {
        told(here),
        before,
        next,
        told(b2),
        told(n2),
        mixed(before, next),
        mixed(told(b2), before),
        mixed(next, told(n2)),
        shape,
        mixed(b1->shape, shape),
        mixed(shape, n1->shape),
        shapes,
        here->class,
        mixed(b1->class, shape),
        mixed(n1->class, shape),
        mixed(b1->class, mixed(here->class, n1->class)),
        known ? 1 : here->suffix3,
        known ? 1 : here->suffix2,
        known ? 1 : here->prefix2,
        mixed(before, shape),
        mixed(next, shape),
        mixed(here->casing, shape),
        mixed(here->begins_line, shape),
        0,
        told(beside(token, count, at, -3)),
        told(beside(token, count, at, 3)),
        mixed(word_before(token, at), shape),
        mixed(class_before(token, at), shape),
        mixed(class_behind(token, count, at), shape),
        mixed(mixed(b2->shape, shapes), n2->shape),
    };
    for (uint32_t f = 0; f < NAME_FEATURES; f++) {
        feature[f] = (uint16_t)(mixed(seen[f], f + 101) % NAME_BUCKETS);
    }
}
