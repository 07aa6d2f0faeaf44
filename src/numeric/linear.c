/*
 * linear.c - symmetric positive definite matrices over LAPACK.
 *
 * OpenBLAS adds in an order that depends on the number of its threads. Our threads work on pieces
 * of our own choosing, so OpenBLAS gets one, and its order is fixed. The setting belongs to the
 * process: every entry sets it again to the same 1, so it does not matter who comes first.
 */
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <openblas_config.h>

#include "numeric.h"

static lapack_int size_of(struct matrix matrix)
{
    must(matrix.size <= LINEAR_SIZE_MAX);
    return (lapack_int)matrix.size;
}

enum candor_status cholesky_factor(struct job *job, struct matrix a)
{
    const lapack_int size = size_of(a);
    if (size == 0) {
        return CANDOR_OK;
    }

    openblas_set_num_threads(1);
    const lapack_int info = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', size, a.cell, size);
    must(info >= 0);
    if (info > 0) {
        return fail(job, CANDOR_BAD_INPUT, "matrix is not positive definite at column %d of %d",
                    (int)info, (int)size);
    }
    return CANDOR_OK;
}

void cholesky_solve(struct matrix factor, double *right)
{
    const lapack_int size = size_of(factor);
    if (size == 0) {
        return;
    }

    openblas_set_num_threads(1);
    const lapack_int info =
        LAPACKE_dpotrs_work(LAPACK_COL_MAJOR, 'L', size, 1, factor.cell, size, right, size);
    must(info == 0);
}

void cholesky_invert(struct matrix factor)
{
    const lapack_int size = size_of(factor);
    if (size == 0) {
        return;
    }

    openblas_set_num_threads(1);
    const lapack_int info =
        LAPACKE_dtrtri_work(LAPACK_COL_MAJOR, 'L', 'N', size, factor.cell, size);
    must(info == 0);
}

void cholesky_inverse_block(struct matrix inverse, size_t first, size_t count, double *block)
{
    const lapack_int size = size_of(inverse);
    must(first <= inverse.size && count <= inverse.size - first);
    if (count == 0) {
        return;
    }

    /* With K = L^-1 the inverse is K'K, and the columns of K are zero above the diagonal. But the
     * cells there still hold what was in the matrix, so the square around the diagonal is cleared. */
    double *corner = inverse.cell + first * inverse.size + first;
    for (size_t column = 1; column < count; column++) {
        for (size_t row = 0; row < column; row++) {
            corner[column * inverse.size + row] = 0;
        }
    }
    openblas_set_num_threads(1);
    cblas_dsyrk(CblasColMajor, CblasLower, CblasTrans, (lapack_int)count, size - (lapack_int)first,
                1, corner, size, 0, block, (lapack_int)count);
}

double cholesky_log_determinant(struct matrix factor)
{
    double sum = 0;
    for (size_t i = 0; i < factor.size; i++) {
        sum += log(factor.cell[i * factor.size + i]);
    }
    return 2 * sum;
}
