/*
 * surface.c - what pages of other origins may ask of the server: the script /candor.js, and CORS.
 *
 * A browser shows an answer to a page of another origin only if the answer names that origin. We name it
 * when it stands in candor.yaml, and no other ever: no star, no cookies. A choice that comes from a page
 * of an origin we do not know is refused, whatever its key, so that nobody can build the company's banner
 * into a page of theirs.
 */
#include <string.h>

#include "serving.h"
#include "webfile.h"

/* ---- files --------------------------------------------------------------------------------- */

const struct web_file *web_file(const char *name)
{
    size_t at = 0;
    while (strcmp(web_files[at].name, name) != 0) {
        at++;
        must(web_files[at].name != NULL);
    }
    return &web_files[at];
}

/* "W/" stands before a tag that a proxy weakened; a list of tags has commas. */
static bool has_tag(struct str tags, struct str tag)
{
    struct str rest = tags;
    while (rest.ptr != NULL) {
        struct str one = str_trim(str_cut(&rest, ','));
        one = str_starts(one, STR("W/")) ? str_slice(one, 2, one.len) : one;
        if (str_equal(one, tag) || str_is(one, "*")) {
            return true;
        }
    }
    return false;
}

/* Kept for an hour, then asked for again by its tag. */
struct outcome outcome_script(const struct ask *ask)
{
    const struct web_file *file = web_file("candor.js");
    const struct str tag = str_of(file->etag);
    struct outcome outcome = {
        .code = 200,
        .content_type = STR("text/javascript; charset=utf-8"),
        .body = {file->ptr, file->len},
        .cache = STR("public, max-age=3600"),
        .header = {{STR("ETag"), tag},
                   {STR("Cross-Origin-Resource-Policy"), STR("cross-origin")},
                   {STR("Access-Control-Allow-Origin"), STR("*")}}, /* for integrity="sha384-..." */
    };
    if (has_tag(net_header(ask->request, "if-none-match"), tag)) {
        outcome.code = 304;
        outcome.content_type = STR("");
        outcome.body = (struct bytes){NULL, 0};
    }
    return outcome;
}

/* ---- origins ------------------------------------------------------------------------------- */

static bool is_listed(const struct candor_surface_rules *rules, struct str origin)
{
    for (size_t i = 0; i < rules->origin_count; i++) {
        if (str_is(origin, rules->origin[i])) {
            return true;
        }
    }
    return false;
}

/* Of the server's own pages; a proxy in front may say another Host than the browser saw. */
static bool is_ours(const struct desk *desk, const struct ask *ask, struct str origin)
{
    const struct str host = net_header(ask->request, "host");
    const struct str url = str_of(desk_served(desk)->rules.public_url);
    const size_t at = str_starts(origin, STR("https://")) ? 8 : 7;
    const bool has_scheme = at == 8 || str_starts(origin, STR("http://"));
    const bool is_public = url.len > 0 && str_starts(url, origin) &&
                           (url.len == origin.len || url.ptr[origin.len] == '/');
    return is_public ||
           (has_scheme && host.len > 0 && str_equal(str_slice(origin, at, origin.len), host));
}

bool origin_is_foreign(const struct desk *desk, const struct ask *ask)
{
    const struct str origin = net_header(ask->request, "origin");
    return origin.len > 0 && !is_listed(&desk_served(desk)->surface, origin) &&
           !is_ours(desk, ask, origin);
}

size_t origin_headers(const struct desk *desk, const struct ask *ask,
                      struct net_pair header[ORIGIN_HEADERS_MAX])
{
    const struct str origin = net_header(ask->request, "origin");
    size_t count = 0;
    if (ask->route == NULL || !ask->route->is_shared) {
        return 0;
    }
    header[count++] = (struct net_pair){STR("Vary"), STR("Origin")};
    if (origin.len > 0 && is_listed(&desk_served(desk)->surface, origin)) {
        header[count++] = (struct net_pair){STR("Access-Control-Allow-Origin"), origin};
    }
    return count;
}

/* ---- the question before a call ------------------------------------------------------------ */

static bool method_read(struct str name, enum net_method *method)
{
    for (unsigned m = NET_GET; m <= NET_OPTIONS; m++) {
        if (str_is(name, net_method_name((enum net_method)m))) {
            *method = (enum net_method)m;
            return true;
        }
    }
    return false;
}

bool origin_preflight(const struct desk *desk, struct ask *ask, struct outcome *outcome)
{
    struct arena *arena = ask->request->arena;
    struct str parameter[PARAMETERS_MAX];
    enum net_method method = NET_GET;
    unsigned allowed = 0;
    const struct str wanted = net_header(ask->request, "access-control-request-method");
    if (ask->request->method != NET_OPTIONS || !method_read(wanted, &method)) {
        return false;
    }
    const struct route *route = route_find(arena, method, ask->request->path, parameter, &allowed);
    if (route == NULL || !route->is_shared) {
        return false;
    }
    ask->route = route; /* so that the answer has its headers */
    if (origin_is_foreign(desk, ask)) {
        *outcome = outcome_problem(arena, 403,
                                   STR("pages of this origin may not ask here; see surface.origins "
                                       "in candor.yaml"));
        return true;
    }
    *outcome = (struct outcome){
        .code = 204,
        .header = {{STR("Access-Control-Allow-Methods"), str_of(net_method_name(method))},
                   {STR("Access-Control-Allow-Headers"),
                    STR("Authorization, Content-Type, Content-Encoding")},
                   {STR("Access-Control-Max-Age"), STR("7200")}},
    };
    return true;
}
