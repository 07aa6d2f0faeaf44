/*
 * masks.c - what each byte is: 64 bytes become one bit each in nine masks.
 *
 * This is the only loop that sees every byte. It stands here three times, for any machine, for AVX2 and for
 * AVX-512, and a test finds the same bits in all. Rare literals are four letters long. Each has a bit (a few share one); for each of the
 * four places two tables say which literals a low and a high half of a byte may belong to, and what all
 * eight agree on is a place where a literal may begin (Hyperscan's Teddy, Wang et al. 2019). Letters lose
 * their case by setting bit 5, which the literals here have set too. AVX-512 looks a whole byte up at once, in
 * 128 bytes that two registers hold; those beyond ASCII are in no class, and in a literal only where any byte is.
 */
#include "inside.h"
#include "numeric.h"

#if SIMD_X86
#include <immintrin.h>
#endif

enum { LITERAL_LEN = 4, LITERALS = 22, ANY_BYTE = '?' };

/* What stands in keys, passwords and addresses that are secrets, and seldom elsewhere; a bit for those that are
 * most alike. The question mark is any byte. */
static const struct {
    char text[LITERAL_LEN + 1];
    unsigned bit;
} literal[LITERALS] = {
    {"--be", 0}, {"curl", 1}, {"auth", 1}, {"kind", 2}, {"s.sl", 3}, {"k.of", 3},
    {"t_ke", 4}, {"ibsy", 5}, {"assw", 6}, {"pass", 6}, {"basi", 6}, {"pwd?", 7},
    {"otp?", 7}, {"key?", 2}, {"secr", 5}, {"cred", 1}, {"toke", 4}, {"bear", 0},
    {"%40?", 7}, {"tras", 4}, {"ennw", 0}, {"htwo", 2},
};

struct nibbles {
    uint8_t low[LITERAL_LEN][16];
    uint8_t high[LITERAL_LEN][16];
};

enum byte_class {
    IS_DIGIT = 1,
    IS_WORD = 2,
    IS_AT = 4,
    IS_COLON = 8,
    IS_DOT = 16,
    IS_BLANK = 32,
    IS_UPPER = 64,
    IS_SIGN = 128,
};

struct mask_tables {
    struct nibbles nibbles;
    uint8_t class[256]; /* of each byte */
    uint8_t literal[LITERAL_LEN]
                   [256]; /* the literals that each byte may belong to, at each place */
};

static void put_literal(struct nibbles *nibbles, const char *text, uint8_t bit)
{
    for (size_t i = 0; i < LITERAL_LEN; i++) {
        const unsigned byte = (unsigned char)text[i] | 0x20U;
        nibbles->low[i][byte & 15] |= bit;
        nibbles->high[i][byte >> 4] |= bit;
        for (size_t half = 0; half < 16 && text[i] == ANY_BYTE; half++) {
            nibbles->low[i][half] |= bit;
            nibbles->high[i][half] |= bit;
        }
    }
}

/* Signs of programs, by both halves of a byte: a bit for each of the four high halves that have some. */
static const uint8_t sign_low[16] = {0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 14, 10, 14, 12, 4};
static const uint8_t sign_high[16] = {0, 0, 1, 2, 0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0};

bool is_program_sign(char letter)
{
    const unsigned char byte = (unsigned char)letter;
    return (sign_low[byte & 15] & sign_high[byte >> 4]) != 0;
}

static uint8_t class_of(char letter)
{
    const bool is_upper = letter >= 'A' && letter <= 'Z';
    const bool is_word = is_alnum(letter) || letter == '_' || letter == '-';
    return (uint8_t)((is_digit(letter) ? IS_DIGIT : 0) | (is_word ? IS_WORD : 0) |
                     (letter == '@' ? IS_AT : 0) | (letter == ':' ? IS_COLON : 0) |
                     (letter == '.' ? IS_DOT : 0) | (letter == ' ' ? IS_BLANK : 0) |
                     (is_upper ? IS_UPPER : 0) | (is_program_sign(letter) ? IS_SIGN : 0));
}

struct mask_tables *mask_tables_begin(struct arena *arena)
{
    struct mask_tables *tables = NEW(arena, struct mask_tables);
    for (size_t l = 0; l < LITERALS; l++) {
        put_literal(&tables->nibbles, literal[l].text, (uint8_t)(1U << literal[l].bit));
    }
    for (unsigned b = 0; b < 256; b++) {
        const unsigned small = b | 0x20U;
        tables->class[b] = class_of((char)b);
        for (size_t i = 0; i < LITERAL_LEN; i++) {
            tables->literal[i][b] =
                tables->nibbles.low[i][small & 15] & tables->nibbles.high[i][small >> 4];
        }
    }
    return tables;
}

void masks_plain(const struct mask_tables *tables, const char *text, size_t count,
                 struct masks masks[])
{
    for (size_t b = 0; b < count; b++) {
        struct masks mask = {0};
        for (size_t i = 0; i < MASK_BITS; i++) {
            const unsigned char *at = (const unsigned char *)text + b * MASK_BITS + i;
            const unsigned is = tables->class[*at];
            const unsigned agreed = tables->literal[0][at[0]] & tables->literal[1][at[1]] &
                                    tables->literal[2][at[2]] & tables->literal[3][at[3]];
            mask.digit |= (uint64_t)((is & IS_DIGIT) != 0) << i;
            mask.word |= (uint64_t)((is & IS_WORD) != 0) << i;
            mask.at |= (uint64_t)((is & IS_AT) != 0) << i;
            mask.colon |= (uint64_t)((is & IS_COLON) != 0) << i;
            mask.dot |= (uint64_t)((is & IS_DOT) != 0) << i;
            mask.literal |= (uint64_t)(agreed != 0) << i;
            mask.blank |= (uint64_t)((is & IS_BLANK) != 0) << i;
            mask.upper |= (uint64_t)((is & IS_UPPER) != 0) << i;
            mask.sign |= (uint64_t)((is & IS_SIGN) != 0) << i;
        }
        masks[b] = mask;
    }
}

#if SIMD_X86

SIMD_TARGET_AVX2 static inline uint32_t bits_of(__m256i is)
{
    return (uint32_t)_mm256_movemask_epi8(is);
}

SIMD_TARGET_AVX2 static inline __m256i below(__m256i bytes, char from, char count)
{
    const __m256i moved = _mm256_sub_epi8(bytes, _mm256_set1_epi8(from));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(moved, _mm256_set1_epi8((char)(count - 1))), moved);
}

SIMD_TARGET_AVX2 static inline __m256i load(const char *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

SIMD_TARGET_AVX2 static inline __m256i literals_of(__m256i bytes, __m256i low, __m256i high)
{
    const __m256i half = _mm256_set1_epi8(15);
    const __m256i small = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
    const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(small, 4), half);
    return _mm256_and_si256(_mm256_shuffle_epi8(low, _mm256_and_si256(small, half)),
                            _mm256_shuffle_epi8(high, upper));
}

SIMD_TARGET_AVX2 static inline __m256i twice(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)table));
}

SIMD_TARGET_AVX2 static void masks_avx2(const struct mask_tables *tables, const char *text,
                                        size_t count, struct masks masks[])
{
    __m256i low[LITERAL_LEN];
    __m256i high[LITERAL_LEN];
    for (size_t i = 0; i < LITERAL_LEN; i++) {
        low[i] = twice(tables->nibbles.low[i]);
        high[i] = twice(tables->nibbles.high[i]);
    }
    for (size_t b = 0; b < count; b++) {
        struct masks mask = {0};
        for (unsigned half = 0; half < 2; half++) {
            const char *from = text + b * MASK_BITS + half * 32UL;
            const unsigned shift = half * 32;
            const __m256i bytes = load(from);
            const __m256i digit = below(bytes, '0', 10);
            const __m256i small = _mm256_or_si256(bytes, _mm256_set1_epi8(0x20));
            const __m256i sign = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('_')),
                                                 _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('-')));
            const __m256i word =
                _mm256_or_si256(_mm256_or_si256(digit, sign), below(small, 'a', 26));
            __m256i agreed = literals_of(bytes, low[0], high[0]);
            for (size_t i = 1; i < LITERAL_LEN; i++) {
                agreed = _mm256_and_si256(agreed, literals_of(load(from + i), low[i], high[i]));
            }
            mask.digit |= (uint64_t)bits_of(digit) << shift;
            mask.word |= (uint64_t)bits_of(word) << shift;
            mask.at |= (uint64_t)bits_of(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('@'))) << shift;
            mask.colon |= (uint64_t)bits_of(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(':')))
                          << shift;
            mask.dot |= (uint64_t)bits_of(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('.'))) << shift;
            const __m256i half_byte = _mm256_set1_epi8(15);
            const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), half_byte);
            const __m256i signs = _mm256_and_si256(
                _mm256_shuffle_epi8(twice(sign_low), _mm256_and_si256(bytes, half_byte)),
                _mm256_shuffle_epi8(twice(sign_high), upper));
            mask.blank |= (uint64_t)bits_of(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(' ')))
                          << shift;
            mask.upper |= (uint64_t)bits_of(below(bytes, 'A', 26)) << shift;
            mask.sign |= (uint64_t)~bits_of(_mm256_cmpeq_epi8(signs, _mm256_setzero_si256()))
                         << shift;
            mask.literal |= (uint64_t)~bits_of(_mm256_cmpeq_epi8(agreed, _mm256_setzero_si256()))
                            << shift;
        }
        masks[b] = mask;
    }
}

SIMD_TARGET_AVX512 static inline __m512i wide_load(const void *from)
{
    return _mm512_loadu_si512(from);
}

/* What the table of 256 says of each byte; of those beyond ASCII all that is the same. */
SIMD_TARGET_AVX512 static inline __m512i look_up(const uint8_t table[256], __m512i bytes)
{
    const __m512i ascii = _mm512_permutex2var_epi8(wide_load(table), bytes, wide_load(table + 64));
    return _mm512_mask_mov_epi8(ascii, _mm512_movepi8_mask(bytes),
                                _mm512_set1_epi8((char)table[255]));
}

SIMD_TARGET_AVX512 static inline uint64_t bits_in(__m512i classes, enum byte_class class)
{
    return _mm512_test_epi8_mask(classes, _mm512_set1_epi8((char)class));
}

SIMD_TARGET_AVX512 static void masks_avx512(const struct mask_tables *tables, const char *text,
                                            size_t count, struct masks masks[])
{
    for (size_t b = 0; b < count; b++) {
        const char *from = text + b * MASK_BITS;
        const __m512i bytes = wide_load(from);
        const __m512i classes = look_up(tables->class, bytes);
        const __m512i first = _mm512_and_si512(look_up(tables->literal[0], bytes),
                                               look_up(tables->literal[1], wide_load(from + 1)));
        const __m512i last = _mm512_and_si512(look_up(tables->literal[2], wide_load(from + 2)),
                                              look_up(tables->literal[3], wide_load(from + 3)));
        masks[b] = (struct masks){
            .digit = bits_in(classes, IS_DIGIT),
            .word = bits_in(classes, IS_WORD),
            .at = bits_in(classes, IS_AT),
            .colon = bits_in(classes, IS_COLON),
            .dot = bits_in(classes, IS_DOT),
            .literal = _mm512_test_epi8_mask(first, last),
            .blank = bits_in(classes, IS_BLANK),
            .upper = bits_in(classes, IS_UPPER),
            .sign = bits_in(classes, IS_SIGN),
        };
    }
}

#endif

void masks_of(const struct mask_tables *tables, const char *text, size_t count,
              struct masks masks[])
{
#if SIMD_X86
    if (simd_level() >= SIMD_AVX512) {
        masks_avx512(tables, text, count, masks);
        return;
    }
    if (simd_level() >= SIMD_AVX2) {
        masks_avx2(tables, text, count, masks);
        return;
    }
#endif
    masks_plain(tables, text, count, masks);
}
