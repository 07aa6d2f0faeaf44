/*
 * strips.c - link values of many rows, column by column.
 *
 * The cell of a feature is its bin; that of a pair is one byte as well, unless its table is unusually
 * large. So every term is one look-up by a byte, and the sum runs over eight rows abreast, term by
 * term, always in the order of the terms: the bits are those of model_score_bins.
 *
 *     cells of term t, eight rows     07 03 00 11 05 05 02 19    one load
 *     sums of the eight rows          += value[07] += value[03] ...
 *
 * The tables of sixteen terms fit into the nearest cache; so many are taken at once. AVX-512 takes a
 * term of up to 64 cells by itself, with its table in registers.
 */
#include "inside.h"

#include <string.h>

#include "numeric.h"

#if SIMD_X86
#include <immintrin.h>
#endif

#define ALWAYS_INLINE __attribute__((always_inline)) static inline

enum { ABREAST = 8, TERMS_MAX = 16, TABLES_MAX = 4, SMALL_MAX = 64 };

/* A term over the rows of a strip: the cell of each row, and the values of the cells. */
struct strip_term {
    const uint8_t *cell;
    const double *value;
    size_t cell_count;
};

static void add_row(const struct strip_term *term, size_t term_count, size_t row, double *link)
{
    for (size_t t = 0; t < term_count; t++) {
        link[row] += term[t].value[term[t].cell[row]];
    }
}

static void add_plain(const struct strip_term *term, size_t term_count, size_t count, double *link)
{
    size_t row = 0;
    for (; row + ABREAST <= count; row += ABREAST) {
        double sum[ABREAST];
#pragma GCC unroll 8
        for (size_t i = 0; i < ABREAST; i++) {
            sum[i] = link[row + i];
        }
        for (size_t t = 0; t < term_count; t++) {
            const double *value = term[t].value;
            uint64_t cells;
            memcpy(&cells, term[t].cell + row, sizeof cells);
#pragma GCC unroll 8
            for (size_t i = 0; i < ABREAST; i++) {
                sum[i] += value[cells >> (8 * i) & 255];
            }
        }
#pragma GCC unroll 8
        for (size_t i = 0; i < ABREAST; i++) {
            link[row + i] = sum[i];
        }
    }
    for (; row < count; row++) {
        add_row(term, term_count, row, link);
    }
}

#if SIMD_X86

/* The values of a small term stay in registers: a permutation is eight look-ups in 16 of them. */
SIMD_TARGET_AVX512 ALWAYS_INLINE void add_small(const struct strip_term *term, size_t tables,
                                                size_t count, double *link)
{
    __m512d table[2 * TABLES_MAX];
    for (size_t i = 0; i < 2 * tables; i++) {
        const size_t left = term->cell_count > 8 * i ? term->cell_count - 8 * i : 0;
        const __mmask8 here = (__mmask8)_bzhi_u32(255, left < 8 ? (unsigned)left : 8);
        table[i] = _mm512_maskz_loadu_pd(here, term->value + (left == 0 ? 0 : 8 * i));
    }
    size_t row = 0;
    for (; row + ABREAST <= count; row += ABREAST) {
        const __m512i cell = _mm512_cvtepu8_epi64(
            _mm_loadl_epi64((const __m128i *)(const void *)(term->cell + row)));
        __m512d value = _mm512_permutex2var_pd(table[0], cell, table[1]);
#pragma GCC unroll 4
        for (size_t t = 1; t < tables; t++) {
            const __mmask8 is_here =
                _mm512_cmpge_epi64_mask(cell, _mm512_set1_epi64((long long)(16 * t)));
            value = _mm512_mask_blend_pd(
                is_here, value, _mm512_permutex2var_pd(table[2 * t], cell, table[2 * t + 1]));
        }
        _mm512_storeu_pd(link + row, _mm512_add_pd(_mm512_loadu_pd(link + row), value));
    }
    for (; row < count; row++) {
        add_row(term, 1, row, link);
    }
}

SIMD_TARGET_AVX512 static void add_avx512(const struct strip_term *term, size_t term_count,
                                          size_t count, double *link)
{
    size_t t = 0;
    while (t < term_count) {
        size_t large = 0;
        while (t + large < term_count && term[t + large].cell_count > SMALL_MAX) {
            large++;
        }
        if (large > 0) {
            add_plain(term + t, large, count, link);
            t += large;
        } else if (term[t].cell_count <= 16) {
            add_small(&term[t++], 1, count, link);
        } else if (term[t].cell_count <= 32) {
            add_small(&term[t++], 2, count, link);
        } else {
            add_small(&term[t++], TABLES_MAX, count, link);
        }
    }
}

#endif

static void add_terms(const struct strip_term *term, size_t term_count, size_t count, double *link)
{
#if SIMD_X86
    if (simd_level() == SIMD_AVX512) {
        add_avx512(term, term_count, count, link);
        return;
    }
#endif
    add_plain(term, term_count, count, link);
}

static void cells_plain(const struct pair *pair, const uint8_t *const bin[2], size_t count,
                        uint8_t *cell)
{
    for (size_t row = 0; row < count; row++) {
        cell[row] = (uint8_t)(pair->left_byte[bin[0][row]] + pair->right_cell[bin[1][row]]);
    }
}

#if SIMD_X86

/* 64 look-ups in a table of 256 bytes. */
SIMD_TARGET_AVX512 static inline __m512i look_up(const __m512i *table, __m512i index)
{
    const __m512i low = _mm512_permutex2var_epi8(table[0], index, table[1]);
    const __m512i high = _mm512_permutex2var_epi8(table[2], index, table[3]);
    return _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high);
}

SIMD_TARGET_AVX512 static void cells_avx512(const struct pair *pair, const uint8_t *const bin[2],
                                            size_t count, uint8_t *cell)
{
    __m512i left[4];
    __m512i right[4];
    for (size_t i = 0; i < 4; i++) {
        left[i] = _mm512_loadu_si512(pair->left_byte + 64 * i);
        right[i] = _mm512_loadu_si512(pair->right_cell + 64 * i);
    }
    for (size_t row = 0; row < count; row += 64) {
        const __mmask64 here =
            count - row >= 64 ? ~UINT64_C(0) : _bzhi_u64(~UINT64_C(0), (unsigned)(count - row));
        const __m512i a = look_up(left, _mm512_maskz_loadu_epi8(here, bin[0] + row));
        const __m512i b = look_up(right, _mm512_maskz_loadu_epi8(here, bin[1] + row));
        _mm512_mask_storeu_epi8(cell + row, here, _mm512_add_epi8(a, b));
    }
}

#endif

static void pair_cells(const struct pair *pair, const uint8_t *const bin[2], size_t count,
                       uint8_t *cell)
{
#if SIMD_X86
    if (simd_level() == SIMD_AVX512) {
        cells_avx512(pair, bin, count, cell);
        return;
    }
#endif
    cells_plain(pair, bin, count, cell);
}

/* Rows first .. first + count - 1 of columns of bins. */
struct bin_strip {
    const uint8_t *const *bin;
    size_t first;
    size_t count;
};

static void score_features(const struct scorer *scorer, const double *table,
                           const struct bin_strip *strip, double *link)
{
    const struct model *model = scorer->model;
    struct strip_term term[TERMS_MAX];
    for (size_t from = 0; from < model->feature_count; from += TERMS_MAX) {
        size_t terms = 0;
        for (size_t i = from; i < model->feature_count && terms < TERMS_MAX; i++) {
            term[terms++] = (struct strip_term){strip->bin[i] + strip->first,
                                                table + model->start[i], model->term[i].cell_count};
        }
        add_terms(term, terms, strip->count, link);
    }
}

static void add_wide(const struct pair *pair, const double *value, const uint8_t *const bin[2],
                     size_t count, double *link)
{
    for (size_t row = 0; row < count; row++) {
        link[row] += value[pair->left_cell[bin[0][row]] + pair->right_cell[bin[1][row]]];
    }
}

static void score_pairs(const struct scorer *scorer, const double *table,
                        const struct bin_strip *strip, double *link)
{
    const uint32_t *start = scorer->model->start + scorer->model->feature_count;
    struct strip_term term[TERMS_MAX];
    uint8_t cell[TERMS_MAX][SCORER_STRIP];
    size_t terms = 0;
    for (size_t p = 0; p < scorer->pair_count; p++) {
        const struct pair *pair = &scorer->pair[p];
        const uint8_t *const bin[2] = {strip->bin[pair->feature[0]] + strip->first,
                                       strip->bin[pair->feature[1]] + strip->first};
        const bool is_wide = pair->cell_count > BYTE_VALUES;
        if (is_wide || terms == TERMS_MAX) {
            add_terms(term, terms, strip->count, link);
            terms = 0;
        }
        if (is_wide) {
            add_wide(pair, table + start[p], bin, strip->count, link);
        } else {
            pair_cells(pair, bin, strip->count, cell[terms]);
            term[terms] = (struct strip_term){cell[terms], table + start[p], pair->cell_count};
            terms++;
        }
    }
    add_terms(term, terms, strip->count, link);
}

void scorer_links(const struct scorer *scorer, size_t class, const uint8_t *const *bin,
                  size_t row_count, double *link)
{
    const struct model *model = scorer->model;
    const double *table = model->table + class * model->cell_count;
    for (size_t first = 0; first < row_count; first += SCORER_STRIP) {
        const size_t left = row_count - first;
        const struct bin_strip strip = {bin, first, left < SCORER_STRIP ? left : SCORER_STRIP};
        for (size_t row = 0; row < strip.count; row++) {
            link[first + row] = model->class_base[class];
        }
        score_features(scorer, table, &strip, link + first);
        score_pairs(scorer, table, &strip, link + first);
    }
}
