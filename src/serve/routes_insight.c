/*
 * routes_insight.c - pages of the console's pages about people, models and data: /audience, /models, /data.
 */
#include "site.h"

const struct route routes_insight[] = {
    {.pattern = NULL},
};
