/*
 * routes_console.c - pages of the marketer's console: today, campaigns, plans, import.
 */
#include "site.h"

const struct route routes_console[] = {
    {.pattern = NULL},
};
