/*
 * tiles.h - the innermost loops of linear.c. Inside the room only; outside there is numeric.h.
 */
#ifndef NUMERIC_TILES_H
#define NUMERIC_TILES_H

#include "numeric.h"

enum { STRIP = ROOT_STRIP, TILE = 6, PANEL = 48 };

/* What differs between processors. */
struct kernel {
    void (*tile)(const double *strip, const double *tile, size_t depth, double *c, size_t stride);
    void (*solve)(double *strip, const double *factor, size_t width);
    void (*square)(const double *strip, size_t columns, size_t rows, const double *from,
                   double *through);
    void (*square_back)(const double *strip, size_t columns, size_t rows, const double *through,
                        double *into);
};

/* The loops for what this machine may use. */
const struct kernel *kernel_of_processor(void);

#endif
