/*
 * gpc.c - Global Privacy Control: one header and one file. Where it binds is the law's: govern/clauses.c.
 */
#include "text.h"
#include "web.h"

bool gpc_is_set(struct str value)
{
    return str_is(value, "1");
}

struct str gpc_statement(struct arena *arena, int64_t updated)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("gpc"));
    json_bool(&json, true);
    json_key(&json, LIT("lastUpdate"));
    json_text(&json, str_from_date(arena, updated));
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}
