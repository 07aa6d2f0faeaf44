/*
 * tiles.c - the innermost loops of linear.c, one copy for each level of vector instructions.
 *
 * A vector unit computes 2, 4 or 8 elements at once, never parts of one element, and a product is
 * rounded before it is subtracted (-ffp-contract=off). So all processors get the same bits, and a
 * test compares their paths.
 */
#include "tiles.h"

/* The columns of a tile have registers of their own only when the loops over them are unrolled. */
#define UNROLLED _Pragma("GCC unroll 6")

/*
 * c[column * stride + row] -= sum over k of strip[k][row] * tile[k][column], for STRIP rows and TILE
 * columns. LANES doubles fill a register of the processor; two of them times TILE columns are kept
 * while k runs: 12 registers, and 3 for what is multiplied.
 */
#define DEFINE_TILE(NAME, TARGET, LANES) \
    typedef double NAME##_lanes __attribute__((vector_size((LANES) * sizeof(double)))); \
    TARGET static void NAME(const double *strip, const double *tile, size_t depth, double *c, \
                            size_t stride) \
    { \
        for (size_t row = 0; row < STRIP; row += (size_t)2 * (LANES)) { \
            NAME##_lanes upper[TILE]; \
            NAME##_lanes lower[TILE]; \
            UNROLLED for (size_t j = 0; j < TILE; j++) \
            { \
                __builtin_memcpy(&upper[j], c + j * stride + row, sizeof upper[j]); \
                __builtin_memcpy(&lower[j], c + j * stride + row + (LANES), sizeof lower[j]); \
            } \
            for (size_t k = 0; k < depth; k++) { \
                NAME##_lanes a; \
                NAME##_lanes b; \
                __builtin_memcpy(&a, strip + k * STRIP + row, sizeof a); \
                __builtin_memcpy(&b, strip + k * STRIP + row + (LANES), sizeof b); \
                UNROLLED for (size_t j = 0; j < TILE; j++) \
                { \
                    upper[j] -= a * tile[k * TILE + j]; \
                    lower[j] -= b * tile[k * TILE + j]; \
                } \
            } \
            UNROLLED for (size_t j = 0; j < TILE; j++) \
            { \
                __builtin_memcpy(c + j * stride + row, &upper[j], sizeof upper[j]); \
                __builtin_memcpy(c + j * stride + row + (LANES), &lower[j], sizeof lower[j]); \
            } \
        } \
    }

/*
 * Finish a strip of a panel: from column to column, take out what the columns before it put in, and
 * divide. factor holds the triangle of the panel, factor[column * PANEL + row]. TILE columns go abreast,
 * each in its own order.
 */
#define DEFINE_SOLVE(NAME, TARGET, LANES) \
    typedef double NAME##_lanes __attribute__((vector_size((LANES) * sizeof(double)))); \
    TARGET static void NAME##_abreast(double *strip, const double *factor, size_t first) \
    { \
        for (size_t row = 0; row < STRIP; row += (size_t)2 * (LANES)) { \
            NAME##_lanes upper[TILE]; \
            NAME##_lanes lower[TILE]; \
            double *at = strip + row; \
            UNROLLED for (size_t j = 0; j < TILE; j++) \
            { \
                __builtin_memcpy(&upper[j], at + (first + j) * STRIP, sizeof upper[j]); \
                __builtin_memcpy(&lower[j], at + (first + j) * STRIP + (LANES), sizeof lower[j]); \
            } \
            for (size_t k = 0; k < first; k++) { \
                NAME##_lanes a; \
                NAME##_lanes b; \
                __builtin_memcpy(&a, at + k * STRIP, sizeof a); \
                __builtin_memcpy(&b, at + k * STRIP + (LANES), sizeof b); \
                UNROLLED for (size_t j = 0; j < TILE; j++) \
                { \
                    upper[j] -= a * factor[k * PANEL + first + j]; \
                    lower[j] -= b * factor[k * PANEL + first + j]; \
                } \
            } \
            UNROLLED for (size_t k = 0; k < TILE; k++) \
            { \
                const double *by = factor + (first + k) * PANEL + first; \
                upper[k] /= by[k]; \
                lower[k] /= by[k]; \
                __builtin_memcpy(at + (first + k) * STRIP, &upper[k], sizeof upper[k]); \
                __builtin_memcpy(at + (first + k) * STRIP + (LANES), &lower[k], sizeof lower[k]); \
                UNROLLED for (size_t j = k + 1; j < TILE; j++) \
                { \
                    upper[j] -= upper[k] * by[j]; \
                    lower[j] -= lower[k] * by[j]; \
                } \
            } \
        } \
    } \
    TARGET static void NAME(double *strip, const double *factor, size_t width) \
    { \
        const size_t whole = width - width % TILE; \
        for (size_t first = 0; first < whole; first += TILE) { \
            NAME##_abreast(strip, factor, first); \
        } \
        for (size_t column = whole; column < width; column++) { \
            double *into = strip + column * STRIP; \
            double part[STRIP]; \
            __builtin_memcpy(part, into, sizeof part); \
            for (size_t k = 0; k < column; k++) { \
                const double by = factor[k * PANEL + column]; \
                for (size_t row = 0; row < STRIP; row++) { \
                    part[row] -= strip[k * STRIP + row] * by; \
                } \
            } \
            for (size_t row = 0; row < STRIP; row++) { \
                into[row] = part[row] / factor[column * PANEL + column]; \
            } \
        } \
    }

/*
 * through = M' from, then into = M through, for ROOT_VECTORS vectors side by side: one strip of M after
 * the other. Rows of M are zero before their diagonal, and stored so within their strip.
 */
#define DEFINE_SQUARE(NAME, TARGET) \
    typedef double NAME##_lanes __attribute__((vector_size(ROOT_VECTORS * sizeof(double)))); \
    TARGET static void NAME(const double *strip, size_t columns, size_t rows, const double *from, \
                            double *through) \
    { \
        for (size_t k = 0; k < columns; k++) { \
            NAME##_lanes sum; \
            __builtin_memcpy(&sum, through + k * ROOT_VECTORS, sizeof sum); \
            for (size_t i = 0; i < rows; i++) { \
                NAME##_lanes at; \
                __builtin_memcpy(&at, from + i * ROOT_VECTORS, sizeof at); \
                sum += at * strip[k * STRIP + i]; \
            } \
            __builtin_memcpy(through + k * ROOT_VECTORS, &sum, sizeof sum); \
        } \
    } \
    TARGET static void NAME##_back(const double *strip, size_t columns, size_t rows, \
                                   const double *through, double *into) \
    { \
        for (size_t i = 0; i < rows; i++) { \
            NAME##_lanes sum = {0}; \
            for (size_t k = 0; k < columns; k++) { \
                NAME##_lanes at; \
                __builtin_memcpy(&at, through + k * ROOT_VECTORS, sizeof at); \
                sum += at * strip[k * STRIP + i]; \
            } \
            __builtin_memcpy(into + i * ROOT_VECTORS, &sum, sizeof sum); \
        } \
    }

DEFINE_TILE(tile_plain, , 2)
DEFINE_SOLVE(solve_plain, , 2)
DEFINE_SQUARE(square_plain, )
static const struct kernel kernel_plain = {tile_plain, solve_plain, square_plain,
                                           square_plain_back};

#if SIMD_X86
DEFINE_TILE(tile_256, SIMD_TARGET_AVX2, 4)
DEFINE_SOLVE(solve_256, SIMD_TARGET_AVX2, 4)
DEFINE_SQUARE(square_256, SIMD_TARGET_AVX2)
DEFINE_TILE(tile_512, SIMD_TARGET_AVX512, 8)
DEFINE_SOLVE(solve_512, SIMD_TARGET_AVX512, 8)
DEFINE_SQUARE(square_512, SIMD_TARGET_AVX512)
static const struct kernel kernel_256 = {tile_256, solve_256, square_256, square_256_back};
static const struct kernel kernel_512 = {tile_512, solve_512, square_512, square_512_back};
#else
#define kernel_256 kernel_plain
#define kernel_512 kernel_plain
#endif

const struct kernel *kernel_of_processor(void)
{
    switch (simd_level()) {
    case SIMD_AVX512:
        return &kernel_512;
    case SIMD_AVX2:
        return &kernel_256;
    case SIMD_PLAIN:
        break;
    }
    return &kernel_plain;
}
