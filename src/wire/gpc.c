/*
 * gpc.c - Global Privacy Control: one header, one file, and where the law says it must be honoured.
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

/* States whose laws name universal opt-out signals, as of November 2026. */
static const char *const bound[] = {"US-CA", "US-CO", "US-CT", "US-DE", "US-MD", "US-MN",
                                    "US-MT", "US-NE", "US-NH", "US-NJ", "US-OR", "US-TX"};

bool gpc_binds(struct str jurisdiction)
{
    char upper[8];
    if (jurisdiction.len >= sizeof upper) {
        return false;
    }
    for (size_t i = 0; i < jurisdiction.len; i++) {
        const char letter = jurisdiction.ptr[i];
        upper[i] = (char)(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
    }
    for (size_t i = 0; i < sizeof bound / sizeof bound[0]; i++) {
        if (str_is((struct str){upper, jurisdiction.len}, bound[i])) {
            return true;
        }
    }
    return false;
}
