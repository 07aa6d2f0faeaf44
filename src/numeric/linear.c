/*
 * linear.c - symmetric positive definite matrices: factor, solve, invert.
 *
 * A library would do this as fast, but each adds in an order of its own, which changes with the
 * processor and the number of threads. Here every element is computed alone, by subtracting its
 * products one after the other in the order of their index:
 *
 *     c[i][j] = (((c[i][j] - a[i][0] b[j][0]) - a[i][1] b[j][1]) - ...)
 *
 * So all processors get the same bits, however many elements they compute at once (tiles.c).
 *
 * The work is done on tiles of STRIP rows and TILE columns that stay in registers. What a tile is
 * multiplied with is packed, so that it is read from front to back:
 *
 *     strip   [k][STRIP]    STRIP rows of a, one column k after the other
 *     tile    [k][TILE]     TILE rows of b
 *
 * Factor: blocked Cholesky, right-looking, PANEL columns at a time (Golub and Van Loan, Matrix
 * Computations, section 4.2.6). Inverse: the rows of L^-1 follow from those before them,
 *
 *     row r of L^-1 = (e_r - sum over k < r of L[r][k] (row k of L^-1)) / L[r][r]
 *
 * and they are kept as the columns of the root M = L^-T, of which M M' is the inverse.
 */
#include <math.h>

#include "tiles.h"

/* ---- strips -------------------------------------------------------------------------------- */

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* Room for one panel at a time. */
struct room {
    double *strip;  /* strips of the panel, [strip][k][STRIP] */
    double *tile;   /* tiles of the panel, [tile][k][TILE] */
    double *factor; /* the triangle of the panel */
};

static size_t strip_count(size_t rows)
{
    return (rows + STRIP - 1) / STRIP;
}

static size_t tile_count(size_t rows)
{
    return (rows + TILE - 1) / TILE;
}

static enum candor_status room_begin(struct job *job, size_t size, size_t depth, struct room *room)
{
    TRY_ALLOC(job, room->strip, strip_count(size) * STRIP * PANEL + 1, double);
    TRY_ALLOC(job, room->tile, size_mul(tile_count(size) * TILE, depth) + 1, double);
    TRY_ALLOC(job, room->factor, (size_t)PANEL * PANEL, double);
    return CANDOR_OK;
}

/* Apply a tile to a part of a matrix that may be smaller than it. */
static void tile_apply(const struct kernel *kernel, const double *strip, const double *tile,
                       size_t depth, struct matrix a, size_t row, size_t column)
{
    double *corner = a.cell + column * a.size + row;
    if (row + STRIP <= a.size && column + TILE <= a.size) {
        kernel->tile(strip, tile, depth, corner, a.size);
        return;
    }
    double part[STRIP * TILE] = {0};
    const size_t rows = least(STRIP, a.size - row);
    const size_t columns = least(TILE, a.size - column);
    for (size_t j = 0; j < columns; j++) {
        bytes_copy(part + j * STRIP, corner + j * a.size, rows * sizeof *part);
    }
    kernel->tile(strip, tile, depth, part, STRIP);
    for (size_t j = 0; j < columns; j++) {
        bytes_copy(corner + j * a.size, part + j * STRIP, rows * sizeof *part);
    }
}

/* ---- factor -------------------------------------------------------------------------------- */

/* The triangle on the diagonal, column by column. */
static enum candor_status factor_triangle(struct job *job, struct matrix a, size_t first,
                                          size_t width, double *factor)
{
    for (size_t column = 0; column < width; column++) {
        double *cell = a.cell + (first + column) * a.size + first;
        for (size_t k = 0; k < column; k++) {
            const double by = factor[k * PANEL + column];
            for (size_t row = column; row < width; row++) {
                cell[row] -= factor[k * PANEL + row] * by;
            }
        }
        if (!(cell[column] > 0)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "matrix is not positive definite at column %zu of %zu", first + column + 1,
                        a.size);
        }
        const double root = sqrt(cell[column]);
        for (size_t row = column; row < width; row++) {
            cell[row] = row == column ? root : cell[row] / root;
            factor[column * PANEL + row] = cell[row];
        }
    }
    return CANDOR_OK;
}

/* What is below the triangle, as strips; the same again as tiles. */
static void factor_below(struct matrix a, size_t first, size_t width, const struct room *room)
{
    const struct kernel *kernel = kernel_of_processor();
    const size_t below = first + width;
    for (size_t row = below; row < a.size; row += STRIP) {
        double *strip = room->strip + (row - below) * PANEL;
        const size_t rows = least(STRIP, a.size - row);
        for (size_t k = 0; k < width; k++) {
            bytes_copy(strip + k * STRIP, a.cell + (first + k) * a.size + row,
                       rows * sizeof *strip);
        }
        kernel->solve(strip, room->factor, width);
        for (size_t k = 0; k < width; k++) {
            bytes_copy(a.cell + (first + k) * a.size + row, strip + k * STRIP,
                       rows * sizeof *strip);
        }
    }
    for (size_t row = below; row < a.size; row++) {
        double *tile = room->tile + (row - below) / TILE * TILE * PANEL + (row - below) % TILE;
        for (size_t k = 0; k < width; k++) {
            tile[k * TILE] = a.cell[(first + k) * a.size + row];
        }
    }
}

static void factor_rest(struct matrix a, size_t below, size_t width, const struct room *room)
{
    const struct kernel *kernel = kernel_of_processor();
    for (size_t row = below; row < a.size; row += STRIP) {
        const double *strip = room->strip + (row - below) * PANEL;
        const size_t last = least(row + STRIP, a.size);
        for (size_t column = below; column < last; column += TILE) {
            tile_apply(kernel, strip, room->tile + (column - below) * PANEL, width, a, row, column);
        }
    }
}

enum candor_status cholesky_factor(struct job *job, struct matrix a)
{
    must(a.size <= LINEAR_SIZE_MAX);
    const struct arena_mark mark = arena_mark(job->arena);
    struct room room;
    TRY(room_begin(job, a.size, PANEL, &room));
    for (size_t first = 0; first < a.size; first += PANEL) {
        const size_t width = least(PANEL, a.size - first);
        TRY(factor_triangle(job, a, first, width, room.factor));
        factor_below(a, first, width, &room);
        factor_rest(a, first + width, width, &room);
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum { SOLVED_ABREAST = 8 };

/*
 * Unknowns first .. first + 7 of L' x = right, those behind them being known. Each waits for its own sum
 * only: eight sums at once hide that a subtraction takes four cycles. Always from the last row up, so the
 * order is that of one alone.
 */
static void solve_back_abreast(struct matrix factor, size_t first, double *right)
{
    double sum[SOLVED_ABREAST];
    const double *column[SOLVED_ABREAST];
    for (size_t j = 0; j < SOLVED_ABREAST; j++) {
        sum[j] = right[first + j];
        column[j] = factor.cell + (first + j) * factor.size;
    }
    for (size_t row = factor.size; row-- > first + SOLVED_ABREAST;) {
        for (size_t j = 0; j < SOLVED_ABREAST; j++) {
            sum[j] -= column[j][row] * right[row];
        }
    }
    for (size_t j = SOLVED_ABREAST; j-- > 0;) {
        for (size_t row = first + SOLVED_ABREAST; row-- > first + j + 1;) {
            sum[j] -= column[j][row] * right[row];
        }
        right[first + j] = sum[j] / column[j][first + j];
    }
}

void cholesky_solve(struct matrix factor, double *right)
{
    const size_t size = factor.size;
    for (size_t k = 0; k < size; k++) {
        const double *column = factor.cell + k * size;
        right[k] /= column[k];
        for (size_t row = k + 1; row < size; row++) {
            right[row] -= column[row] * right[k];
        }
    }
    size_t k = size;
    for (; k >= SOLVED_ABREAST; k -= SOLVED_ABREAST) {
        solve_back_abreast(factor, k - SOLVED_ABREAST, right);
    }
    for (; k > 0; k--) {
        const double *column = factor.cell + (k - 1) * size;
        double sum = right[k - 1];
        for (size_t row = size; row-- > k;) {
            sum -= column[row] * right[row];
        }
        right[k - 1] = sum / column[k - 1];
    }
}

double cholesky_log_determinant(struct matrix factor)
{
    double sum = 0;
    for (size_t i = 0; i < factor.size; i++) {
        sum += log(factor.cell[i * factor.size + i]);
    }
    return 2 * sum;
}

/* ---- inverse ------------------------------------------------------------------------------- */

enum candor_status root_begin(struct job *job, size_t size, struct root *root)
{
    *root = (struct root){.size = size};
    TRY_ALLOC(job, root->cell, root_before(size, strip_count(size)) + 1, double);
    return CANDOR_OK;
}

/* Rows first .. first + width - 1 of L: left of their triangle as tiles, and the triangle. */
static void take_rows(struct matrix factor, size_t first, size_t width, const struct room *room)
{
    for (size_t row = 0; row < width; row++) {
        double *tile = room->tile + row / TILE * TILE * first + row % TILE;
        for (size_t k = 0; k < first; k++) {
            tile[k * TILE] = factor.cell[k * factor.size + first + row];
        }
        for (size_t k = 0; k <= row; k++) {
            room->factor[k * PANEL + row] = factor.cell[(first + k) * factor.size + first + row];
        }
    }
}

/* One strip of the columns first .. first + width - 1 of the root. Rows are zero before column k. */
static void invert_strip(struct root root, size_t row, size_t first, size_t width,
                         const struct room *room, const struct kernel *kernel)
{
    double part[STRIP * PANEL] = {0};
    double *strip = root_strip(root, row);
    const size_t from = row > first ? row : first;
    for (size_t i = 0; i < STRIP; i++) {
        if (row + i >= first && row + i < first + width) {
            part[(row + i - first) * STRIP + i] = 1;
        }
    }
    for (size_t column = 0; column < width && row < first; column += TILE) {
        kernel->tile(strip, room->tile + column * first + row * TILE, first - row,
                     part + column * STRIP, STRIP);
    }
    kernel->solve(part, room->factor, width);
    bytes_copy(strip + (from - row) * STRIP, part + (from - first) * STRIP,
               (first + width - from) * STRIP * sizeof *part);
}

enum candor_status cholesky_invert(struct job *job, struct matrix factor, struct root root)
{
    must(root.size == factor.size);
    const struct arena_mark mark = arena_mark(job->arena);
    const struct kernel *kernel = kernel_of_processor();
    struct room room;
    TRY(room_begin(job, PANEL, root.size + 1, &room));
    for (size_t first = 0; first < root.size; first += PANEL) {
        const size_t width = least(PANEL, root.size - first);
        take_rows(factor, first, width, &room);
        for (size_t row = 0; row < first + width; row += STRIP) {
            invert_strip(root, row, first, width, &room, kernel);
        }
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* TILE rows of the root, from their first column on, as a tile. */
static void take_root_rows(struct root root, size_t row, size_t first, double *tile)
{
    for (size_t j = 0; j < TILE; j++) {
        const bool is_there = row + j < root.size;
        const size_t start = is_there ? (row + j) / STRIP * STRIP : root.size;
        const double *strip = is_there ? root_strip(root, row + j) + (row + j) % STRIP : NULL;
        for (size_t k = first; k < root.size; k++) {
            tile[(k - first) * TILE + j] = k >= start ? strip[(k - start) * STRIP] : 0;
        }
    }
}

enum candor_status cholesky_inverse_block(struct job *job, struct root root, size_t first,
                                          size_t count, double *block)
{
    must(first <= root.size && count <= root.size - first);
    const struct arena_mark mark = arena_mark(job->arena);
    const struct kernel *kernel = kernel_of_processor();
    double *tile;
    TRY_ALLOC(job, tile, size_mul(root.size + 1, TILE), double);
    for (size_t column = 0; column < count; column += TILE) {
        take_root_rows(root, first + column, first, tile);
        /* Rows above the diagonal are those of the columns before; strips begin at multiples. */
        for (size_t row = (first + column) / STRIP * STRIP; row < first + count; row += STRIP) {
            double part[STRIP * TILE] = {0};
            const size_t from = row > first ? row : first;
            kernel->tile(root_strip(root, row) + (from - row) * STRIP, tile + (from - first) * TILE,
                         root.size - from, part, STRIP);
            for (size_t j = 0; j < TILE && column + j < count; j++) {
                for (size_t i = 0; i < STRIP && row + i < first + count; i++) {
                    if (row + i >= first + column + j) {
                        block[(column + j) * count + row + i - first] = -part[j * STRIP + i];
                    }
                }
            }
        }
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

void root_times(struct root root, const double *from, double *through, double *into)
{
    const struct kernel *kernel = kernel_of_processor();
    for (size_t i = 0; i < root.size * ROOT_VECTORS; i++) {
        through[i] = 0;
    }
    for (size_t row = 0; row < root.size; row += STRIP) {
        kernel->square(root_strip(root, row), root.size - row, least(STRIP, root.size - row),
                       from + row * ROOT_VECTORS, through + row * ROOT_VECTORS);
    }
    for (size_t row = 0; row < root.size; row += STRIP) {
        kernel->square_back(root_strip(root, row), root.size - row, least(STRIP, root.size - row),
                            through + row * ROOT_VECTORS, into + row * ROOT_VECTORS);
    }
}
