/*
 * routes_board.c - pages of the review board, under /board/.
 */
#include "site.h"

const struct route routes_board[] = {
    {.pattern = NULL},
};
