/*
 * tally.c - how often each reason was given.
 */
#include "tally.h"

#include <string.h>

void tally_add(struct tally *tally, const char *reason)
{
    size_t at = 0;
    while (at < tally->len && strcmp(tally->reason[at], reason) != 0) {
        at++;
    }
    if (at == TALLY_MAX) {
        return;
    }
    if (at == tally->len) {
        tally->reason[tally->len++] = reason;
    }
    tally->count[at]++;
}

void tally_write(struct json *json, const struct tally *tally)
{
    json_map_begin(json);
    for (size_t i = 0; i < tally->len; i++) {
        json_key_str(json, str_of(tally->reason[i]));
        json_u64(json, tally->count[i]);
    }
    json_map_end(json);
}
