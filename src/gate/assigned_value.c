/*
 * assigned_value.c - what can be seen of the letters of a value, in one pass over them.
 *
 * Each byte has one entry of a table: what it is, and its letter; nothing is asked of it, so that no branch
 * depends on letters that are random.
 */
#include "assigned.h"

#include <string.h>

enum {
    PAIR_LETTERS = 27, /* a to z, and the beginning of a word */
    PAIR_ROW = 32,
    OTHER = PAIR_LETTERS - 1,
    COUNT_BITS = 10, /* a value has at most so many letters: assigned_read.c */
    COUNT_MASK = (1 << COUNT_BITS) - 1,
};

#define NOT_HEX (UINT32_C(1) << 31)

/* Ten times the binary logarithm of how often one letter follows another. */
static const int8_t pair[PAIR_LETTERS * PAIR_LETTERS] = {
#define PAIRS(...) __VA_ARGS__
#define FEATURE(name, value)
#include "assigned_pairs.def"
#undef FEATURE
#undef PAIRS
};

struct value_table {
    struct {
        uint32_t signs;  /* its feature, the first of them bit 0; NOT_HEX */
        uint32_t counts; /* digits, capitals, small letters: COUNT_BITS each */
        uint32_t letter; /* of `pair` */
        uint32_t is_letter;
    } byte[256];
    int32_t pair[PAIR_LETTERS * PAIR_ROW];
};

struct value_table *value_table_begin(struct arena *arena)
{
    static const char sign[HAS_SQUARE - HAS_BLANK + 1] = {
        [HAS_BLANK - HAS_BLANK] = ' ',      [HAS_DOT - HAS_BLANK] = '.',
        [HAS_SLASH - HAS_BLANK] = '/',      [HAS_BRACKET - HAS_BLANK] = '(',
        [HAS_DOLLAR - HAS_BLANK] = '$',     [HAS_BRACE - HAS_BLANK] = '{',
        [HAS_LESS - HAS_BLANK] = '<',       [HAS_PERCENT - HAS_BLANK] = '%',
        [HAS_LINE - HAS_BLANK] = '_',       [HAS_DASH - HAS_BLANK] = '-',
        [HAS_COLON - HAS_BLANK] = ':',      [HAS_STAR - HAS_BLANK] = '*',
        [HAS_EQUALS - HAS_BLANK] = '=',     [HAS_PLUS - HAS_BLANK] = '+',
        [HAS_AT - HAS_BLANK] = '@',         [HAS_AND - HAS_BLANK] = '&',
        [HAS_BACKSLASH - HAS_BLANK] = '\\', [HAS_SQUARE - HAS_BLANK] = '[',
    };
    struct value_table *table = NEW(arena, struct value_table);
    for (unsigned b = 0; b < 256; b++) {
        const char byte = (char)b;
        const bool is_small = is_letter(byte) && (b & 0x20) != 0;
        table->byte[b].signs = is_hex(byte) ? 0 : NOT_HEX;
        table->byte[b].counts = is_digit(byte)     ? 1U
                                : !is_letter(byte) ? 0U
                                : is_small         ? 1U << 2 * COUNT_BITS
                                                   : 1U << COUNT_BITS;
        table->byte[b].letter = is_letter(byte) ? (unsigned)(lower_of(byte) - 'a') : OTHER;
        table->byte[b].is_letter = is_letter(byte);
    }
    for (size_t s = 0; s < sizeof sign; s++) {
        table->byte[(unsigned char)sign[s]].signs |= UINT32_C(1) << s;
    }
    for (size_t from = 0; from < PAIR_LETTERS; from++) {
        for (size_t to = 0; to < OTHER; to++) { /* what is no letter counts nothing */
            table->pair[from * PAIR_ROW + to] = pair[from * PAIR_LETTERS + to];
        }
    }
    return table;
}

struct value_letters value_letters_of(const struct value_table *table, struct str value)
{
    uint32_t signs = 0;
    uint32_t counts = 0;
    uint32_t letters = 0;
    uint32_t last = OTHER;
    int32_t sum = 0;
    must(value.len <= COUNT_MASK);
    for (size_t i = 0; i < value.len; i++) {
        const unsigned byte = (unsigned char)value.ptr[i];
        signs |= table->byte[byte].signs;
        counts += table->byte[byte].counts;
        letters += table->byte[byte].is_letter;
        sum -= table->pair[last * PAIR_ROW + table->byte[byte].letter];
        last = table->byte[byte].letter;
    }
    return (struct value_letters){
        .signs = signs & ~NOT_HEX,
        .is_hex = (signs & NOT_HEX) == 0,
        .digits = counts & COUNT_MASK,
        .upper = counts >> COUNT_BITS & COUNT_MASK,
        .lower = counts >> 2 * COUNT_BITS,
        /* The mean over its pairs, in bits. */
        .unlike = letters == 0 ? 0 : (double)sum / (double)letters / 10,
    };
}

/* name.name or nameName: something that the program calls so. */
bool value_is_of_program(struct str value)
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

size_t value_distinct(struct str value)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < value.len; i++) {
        count += !seen[(unsigned char)value.ptr[i]];
        seen[(unsigned char)value.ptr[i]] = true;
    }
    return count;
}

/* A digest of a password, as crypt(3) and its like write it: it opens nothing. */
bool value_is_digest(struct str value)
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
