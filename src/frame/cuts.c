/*
 * cuts.c - from numbers to bins, many at a time.
 *
 * The bin of x is the number of cuts that are <= x: NaN is never above a cut and so falls into bin 0,
 * which is the bin of what is missing. Cuts lie in blocks of 16, and the first cuts of the blocks but
 * the first are marks:
 *
 *     marks            17         33         49                  how many are <= x: the block
 *     cuts     1 .. 16 | 17 .. 32 | 33 .. 48 | 49 .. 52 NaN ...  how many of it are <= x
 *
 * Places that are not used hold NaN, which no number is above. Two times 16 comparisons without a
 * branch: four vector instructions where vectors hold 8 numbers.
 *
 * The same cuts also lie as a tree of 15, 31 .. 255 knots, the least that is enough, each level after
 * the one before (Eytzinger): from knot k one goes on to 2 k or, when its cut is <= x, to 2 k + 1.
 * This is the way without vectors, and for many numbers the one of AVX-512: a permutation of registers
 * looks up eight knots in a table of 16, and four levels of knots are one such table; the last of
 * eight levels is read from memory.
 */
#include "bins.h"

#include <math.h>

#include "numeric.h"

#if SIMD_X86
#include <immintrin.h>
#endif

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

enum { BLOCK = 16, LINE = 64, LEVELS_IN_TABLE = 4, ABREAST = 16 };

/* Room for count numbers at the beginning of a cache line, all NaN. */
static double *numbers_aligned(struct arena *arena, size_t count)
{
    double *room = NEW_ARRAY(arena, count + LINE / sizeof(double), double);
    const size_t past = (uintptr_t)room % LINE / sizeof(double);
    double *number = room + (past == 0 ? 0 : LINE / sizeof(double) - past);
    for (size_t i = 0; i < count; i++) {
        number[i] = (double)NAN;
    }
    return number;
}

/* Level by level: knots of a level are as far apart, among the cuts, as their subtrees are large. */
static void plant(double *tree, const struct model_feature *feature, size_t levels)
{
    for (size_t level = 0; level < levels; level++) {
        const size_t apart = (size_t)1 << (levels - level);
        for (size_t i = 0; i < (size_t)1 << level; i++) {
            const size_t v = i * apart + apart / 2 - 1;
            tree[((size_t)1 << level) + i] =
                v < feature->value_count ? feature->cut[v] : (double)NAN;
        }
    }
}

struct cuts cuts_of(struct arena *arena, const struct model_feature *feature)
{
    must(feature->kind == COLUMN_NUMBER);
    must(feature->value_count < BINS_MAX);
    const size_t blocks = (feature->value_count + BLOCK - 1) / BLOCK;
    double *mark = numbers_aligned(arena, BLOCK + (blocks == 0 ? 1 : blocks) * BLOCK);
    double *cut = mark + BLOCK;
    bytes_copy(cut, feature->cut, feature->value_count * sizeof *cut);
    for (size_t block = 1; block < blocks; block++) {
        mark[block - 1] = cut[block * BLOCK];
    }

    unsigned levels = LEVELS_IN_TABLE;
    while (feature->value_count >= (size_t)1 << levels) {
        levels++;
    }
    double *tree = numbers_aligned(arena, (size_t)1 << levels);
    plant(tree, feature, levels);
    return (struct cuts){mark, cut, tree, levels};
}

/* ---- one way for each level ---- */

/* Down the tree, some abreast: their searches wait for the cache at the same time. */
static inline void bins_plain(const struct cuts *cuts, const double *number, size_t count,
                              uint8_t *bin)
{
    const double *tree = cuts->tree;
    const size_t first = (size_t)1 << cuts->levels;
    for (size_t from = 0; from < count; from += ABREAST) {
        const size_t here = count - from < ABREAST ? count - from : ABREAST;
        size_t knot[ABREAST];
        for (size_t i = 0; i < here; i++) {
            knot[i] = 1;
        }
        for (unsigned level = 0; level < cuts->levels; level++) {
            for (size_t i = 0; i < here; i++) {
                knot[i] = 2 * knot[i] + (tree[knot[i]] <= number[from + i]);
            }
        }
        for (size_t i = 0; i < here; i++) {
            bin[from + i] = (uint8_t)(knot[i] - first);
        }
    }
}

static void row_plain(const struct cuts *cuts, const double *number, size_t count, uint8_t *bin)
{
    for (size_t i = 0; i < count; i++) {
        bins_plain(&cuts[i], &number[i], 1, &bin[i]);
    }
}

#if SIMD_X86

/* The masks of 16 comparisons become 32 bytes, two for each; their order does not matter. */
SIMD_TARGET_AVX2 static inline size_t count_avx2(__m256d a, __m256d b, __m256d c, __m256d d,
                                                 __m256d number)
{
    const __m256i first =
        _mm256_packs_epi32(_mm256_castpd_si256(_mm256_cmp_pd(a, number, _CMP_LE_OQ)),
                           _mm256_castpd_si256(_mm256_cmp_pd(b, number, _CMP_LE_OQ)));
    const __m256i second =
        _mm256_packs_epi32(_mm256_castpd_si256(_mm256_cmp_pd(c, number, _CMP_LE_OQ)),
                           _mm256_castpd_si256(_mm256_cmp_pd(d, number, _CMP_LE_OQ)));
    const int mask = _mm256_movemask_epi8(_mm256_packs_epi16(first, second));
    return (size_t)__builtin_popcount((unsigned)mask) / 2;
}

SIMD_TARGET_AVX2 static inline void bins_avx2(const struct cuts *cuts, const double *number,
                                              size_t count, uint8_t *bin)
{
    const __m256d a = _mm256_load_pd(cuts->mark);
    const __m256d b = _mm256_load_pd(cuts->mark + 4);
    const __m256d c = _mm256_load_pd(cuts->mark + 8);
    const __m256d d = _mm256_load_pd(cuts->mark + 12);
    for (size_t i = 0; i < count; i++) {
        const __m256d here = _mm256_set1_pd(number[i]);
        const size_t block = count_avx2(a, b, c, d, here);
        const double *cut = cuts->cut + block * BLOCK;
        bin[i] = (uint8_t)(block * BLOCK + count_avx2(_mm256_load_pd(cut), _mm256_load_pd(cut + 4),
                                                      _mm256_load_pd(cut + 8),
                                                      _mm256_load_pd(cut + 12), here));
    }
}

SIMD_TARGET_AVX2 static void row_avx2(const struct cuts *cuts, const double *number, size_t count,
                                      uint8_t *bin)
{
    for (size_t i = 0; i < count; i++) {
        bins_avx2(&cuts[i], &number[i], 1, &bin[i]);
    }
}

SIMD_TARGET_AVX512 static inline size_t count_avx512(__m512d low, __m512d high, __m512d number)
{
    const unsigned first = _mm512_cmp_pd_mask(low, number, _CMP_LE_OQ);
    const unsigned second = _mm512_cmp_pd_mask(high, number, _CMP_LE_OQ);
    return (size_t)__builtin_popcount(first | second << 8);
}

SIMD_TARGET_AVX512 static inline void blocks_avx512(const struct cuts *cuts, const double *number,
                                                    size_t count, uint8_t *bin)
{
    const __m512d low = _mm512_load_pd(cuts->mark);
    const __m512d high = _mm512_load_pd(cuts->mark + 8);
    for (size_t i = 0; i < count; i++) {
        const __m512d here = _mm512_set1_pd(number[i]);
        const size_t block = count_avx512(low, high, here);
        const double *cut = cuts->cut + block * BLOCK;
        bin[i] = (uint8_t)(block * BLOCK +
                           count_avx512(_mm512_load_pd(cut), _mm512_load_pd(cut + 8), here));
    }
}

SIMD_TARGET_AVX512 static void row_avx512(const struct cuts *cuts, const double *number,
                                          size_t count, uint8_t *bin)
{
    for (size_t i = 0; i < count; i++) {
        blocks_avx512(&cuts[i], &number[i], 1, &bin[i]);
    }
}

/* The cuts of eight knots of one level of the tree, which has 16 * tables of them. */
SIMD_TARGET_AVX512 ALWAYS_INLINE __m512d knots(const double *level, size_t tables, __m512i knot)
{
    __m512d cut = _mm512_permutex2var_pd(_mm512_load_pd(level), knot, _mm512_load_pd(level + 8));
    for (size_t t = 1; t < tables; t++) {
        const __m512d more = _mm512_permutex2var_pd(_mm512_load_pd(level + t * BLOCK), knot,
                                                    _mm512_load_pd(level + t * BLOCK + 8));
        /* Their numbers begin with 1, so that they are compared whole. */
        const __mmask8 is_here =
            _mm512_cmpge_epi64_mask(knot, _mm512_set1_epi64((long long)((tables + t) * BLOCK)));
        cut = _mm512_mask_blend_pd(is_here, cut, more);
    }
    return cut;
}

/* Four times eight numbers go down together: each step waits for the one before. */
struct walkers {
    __m512d number[4];
    __m512i knot[4];
};

SIMD_TARGET_AVX512 ALWAYS_INLINE __m512i step(__m512i knot, __m512d cut, __m512d number)
{
    const __mmask8 right = _mm512_cmp_pd_mask(cut, number, _CMP_LE_OQ);
    const __m512i next = _mm512_add_epi64(knot, knot);
    return _mm512_mask_sub_epi64(next, right, next, _mm512_set1_epi64(-1));
}

SIMD_TARGET_AVX512 ALWAYS_INLINE void descend(struct walkers *walkers, const double *level,
                                              size_t tables)
{
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        walkers->knot[i] =
            step(walkers->knot[i], knots(level, tables, walkers->knot[i]), walkers->number[i]);
    }
}

SIMD_TARGET_AVX512 ALWAYS_INLINE void descend_far(struct walkers *walkers, const double *tree)
{
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        walkers->knot[i] = step(walkers->knot[i], _mm512_i64gather_pd(walkers->knot[i], tree, 8),
                                walkers->number[i]);
    }
}

/* levels is known where this is called, so that each depth has a loop of its own. */
SIMD_TARGET_AVX512 ALWAYS_INLINE void search_tree(const struct cuts *cuts, unsigned levels,
                                                  const double *number, size_t count, uint8_t *bin)
{
    const double *tree = cuts->tree;
    const __m512i first = _mm512_set1_epi64(1LL << levels);
    size_t at = 0;
    for (; at + 32 <= count; at += 32) {
        struct walkers walkers;
#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++) {
            walkers.number[i] = _mm512_loadu_pd(number + at + 8 * i);
            walkers.knot[i] =
                step(_mm512_set1_epi64(1), _mm512_set1_pd(tree[1]), walkers.number[i]);
        }
        descend(&walkers, tree, 1);
        descend(&walkers, tree, 1);
        descend(&walkers, tree, 1);
        if (levels > 4) {
            descend(&walkers, tree + 16, 1);
        }
        if (levels > 5) {
            descend(&walkers, tree + 32, 2);
        }
        if (levels > 6) {
            descend(&walkers, tree + 64, 4);
        }
        if (levels > 7) {
            descend_far(&walkers, tree);
        }
#pragma GCC unroll 4
        for (size_t i = 0; i < 4; i++) {
            _mm_storel_epi64((__m128i *)(void *)(bin + at + 8 * i),
                             _mm512_cvtepi64_epi8(_mm512_sub_epi64(walkers.knot[i], first)));
        }
    }
    blocks_avx512(cuts, number + at, count - at, bin + at);
}

SIMD_TARGET_AVX512 static void bins_avx512(const struct cuts *cuts, const double *number,
                                           size_t count, uint8_t *bin)
{
    switch (cuts->levels) {
    case 4:
        search_tree(cuts, 4, number, count, bin);
        break;
    case 5:
        search_tree(cuts, 5, number, count, bin);
        break;
    case 6:
        search_tree(cuts, 6, number, count, bin);
        break;
    case 7:
        search_tree(cuts, 7, number, count, bin);
        break;
    default:
        search_tree(cuts, 8, number, count, bin);
    }
}

#else
#define bins_avx2 bins_plain
#define row_avx2 row_plain
#define bins_avx512 bins_plain
#define row_avx512 row_plain
#endif

typedef void search(const struct cuts *cuts, const double *number, size_t count, uint8_t *bin);

void cuts_bins(const struct cuts *cuts, const double *number, size_t count, uint8_t *bin)
{
    static search *const way[] = {bins_plain, bins_avx2, bins_avx512};
    way[simd_level()](cuts, number, count, bin);
}

void cuts_bins_of_row(const struct cuts *cuts, const double *number, size_t count, uint8_t *bin)
{
    static search *const way[] = {row_plain, row_avx2, row_avx512};
    way[simd_level()](cuts, number, count, bin);
}
