/*
 * masks.c - what each byte is: 64 bytes become one bit each in nine masks.
 *
 * This is the only loop that sees every byte. It stands here twice, for any machine and for AVX2, and a
 * test finds the same bits in both. Rare literals are four letters long. Each has a bit (a few share one); for each of the
 * four places two tables say which literals a low and a high half of a byte may belong to, and what all
 * eight agree on is a place where a literal may begin (Hyperscan's Teddy, Wang et al. 2019). Letters lose
 * their case by setting bit 5, which the literals here have set too.
 */
#include "inside.h"
#include "numeric.h"

#if SIMD_X86
#include <immintrin.h>
#endif

enum { LITERAL_LEN = 4, LITERALS = 18, ANY_BYTE = '?' };

/* What stands in keys, passwords and addresses that are secrets, and seldom elsewhere; a bit for those that are
 * most alike. The question mark is any byte. */
static const struct {
    char text[LITERAL_LEN + 1];
    unsigned bit;
} literal[LITERALS] = {
    {"--be", 0}, {"curl", 1}, {"auth", 1}, {"kind", 2}, {"s.sl", 3}, {"k.of", 3},
    {"t_ke", 4}, {"ibsy", 5}, {"assw", 6}, {"pass", 6}, {"basi", 6}, {"pwd?", 7},
    {"otp?", 7}, {"key?", 2}, {"secr", 5}, {"cred", 1}, {"toke", 4}, {"bear", 0},
};

struct nibbles {
    uint8_t low[LITERAL_LEN][16];
    uint8_t high[LITERAL_LEN][16];
};

static struct nibbles nibbles_of_literals(void)
{
    struct nibbles nibbles = {{{0}}, {{0}}};
    for (size_t l = 0; l < LITERALS; l++) {
        for (size_t i = 0; i < LITERAL_LEN; i++) {
            const uint8_t bit = (uint8_t)(1U << literal[l].bit);
            const unsigned byte = (unsigned char)literal[l].text[i] | 0x20U;
            nibbles.low[i][byte & 15] |= bit;
            nibbles.high[i][byte >> 4] |= bit;
            for (size_t half = 0; half < 16 && literal[l].text[i] == ANY_BYTE; half++) {
                nibbles.low[i][half] |= bit;
                nibbles.high[i][half] |= bit;
            }
        }
    }
    return nibbles;
}

/* Signs of programs, by both halves of a byte: a bit for each of the four high halves that have some. */
static const uint8_t sign_low[16] = {0, 0, 0, 1, 1, 0, 1, 0, 1, 1, 1, 14, 10, 14, 12, 4};
static const uint8_t sign_high[16] = {0, 0, 1, 2, 0, 4, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0};

bool is_program_sign(char letter)
{
    const unsigned char byte = (unsigned char)letter;
    return (sign_low[byte & 15] & sign_high[byte >> 4]) != 0;
}

static bool may_begin(const struct nibbles *nibbles, const char *text)
{
    unsigned agreed = 0xff;
    for (size_t i = 0; i < LITERAL_LEN; i++) {
        const unsigned byte = (unsigned char)text[i] | 0x20U;
        agreed &= nibbles->low[i][byte & 15] & nibbles->high[i][byte >> 4];
    }
    return agreed != 0;
}

void masks_plain(const char *text, size_t count, struct masks masks[])
{
    const struct nibbles nibbles = nibbles_of_literals();
    for (size_t b = 0; b < count; b++) {
        struct masks mask = {0};
        for (size_t i = 0; i < MASK_BITS; i++) {
            const char *at = text + b * MASK_BITS + i;
            mask.digit |= (uint64_t)is_digit(*at) << i;
            mask.word |= (uint64_t)(is_alnum(*at) || *at == '_' || *at == '-') << i;
            mask.at |= (uint64_t)(*at == '@') << i;
            mask.colon |= (uint64_t)(*at == ':') << i;
            mask.dot |= (uint64_t)(*at == '.') << i;
            mask.literal |= (uint64_t)may_begin(&nibbles, at) << i;
            mask.blank |= (uint64_t)(*at == ' ') << i;
            mask.upper |= (uint64_t)(*at >= 'A' && *at <= 'Z') << i;
            mask.sign |= (uint64_t)is_program_sign(*at) << i;
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

SIMD_TARGET_AVX2 static void masks_avx2(const char *text, size_t count, struct masks masks[])
{
    const struct nibbles nibbles = nibbles_of_literals();
    __m256i low[LITERAL_LEN];
    __m256i high[LITERAL_LEN];
    for (size_t i = 0; i < LITERAL_LEN; i++) {
        low[i] = twice(nibbles.low[i]);
        high[i] = twice(nibbles.high[i]);
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

#endif

void masks_of(const char *text, size_t count, struct masks masks[])
{
#if SIMD_X86
    if (simd_level() >= SIMD_AVX2) {
        masks_avx2(text, count, masks);
        return;
    }
#endif
    masks_plain(text, count, masks);
}
