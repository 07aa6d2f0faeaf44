/*
 * routes_me.c - pages of the dashboard of a subject, under /me/.
 */
#include "site.h"

const struct route routes_me[] = {
    {.pattern = NULL},
};
