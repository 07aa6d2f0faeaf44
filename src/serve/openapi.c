/*
 * openapi.c - the table of routes as OpenAPI 3.1.
 *
 * What is written by hand are the schemas of openapi_schema.c; all else comes from the table, so the
 * description cannot lag behind the server.
 */
#include "openapi.h"

/* ---- answers ------------------------------------------------------------------------------- */

static void put_content(struct json *json, struct lit type)
{
    json_key(json, type);
    json_map_begin(json);
    openapi_type(json, LIT("schema"), LIT("string"));
    json_map_end(json);
}

static void put_json(struct json *json, const struct route *route)
{
    json_key(json, LIT("application/json"));
    json_map_begin(json);
    if (route->call == CALL_DECIDE) {
        openapi_ref(json, LIT("#/components/schemas/Decision"));
    } else {
        must(openapi_put_shape(json, route->name));
    }
    json_map_end(json);
}

/* A document comes in the form that was asked for. */
static void put_forms(struct json *json, const struct route *route)
{
    put_json(json, route);
    put_content(json, LIT("text/html"));
    put_content(json, LIT("application/pdf"));
    put_content(json, LIT("text/plain"));
}

static void put_good(struct json *json, const struct route *route)
{
    json_key(json, route->call == CALL_OPENDSR_REQUEST                      ? LIT("201")
                   : route->is_signed || route->call == CALL_OPENDSR_CANCEL ? LIT("202")
                                                                            : LIT("200"));
    json_map_begin(json);
    openapi_lit(json, LIT("description"), LIT("Done."));
    json_key(json, LIT("content"));
    json_map_begin(json);
    if (route->is_document) {
        put_forms(json, route);
    } else if (route->is_plain) {
        put_content(json, LIT("text/plain"));
    } else if (route->is_page) {
        put_content(json, LIT("text/html"));
    } else if (route->is_script) {
        put_content(json, LIT("text/javascript"));
    } else if (route->is_zip) {
        put_content(json, LIT("application/zip"));
    } else if (route->is_bytes) {
        put_content(json, LIT("application/octet-stream"));
    } else {
        put_json(json, route);
    }
    json_map_end(json);
    json_map_end(json);
}

/* A refusal that is an answer of the protocol. */
static void put_refusal(struct json *json)
{
    json_key(json, LIT("400"));
    json_map_begin(json);
    openapi_lit(json, LIT("description"), LIT("Refused, with a signed answer that says why."));
    openapi_content_begin(json, LIT("application/json"));
    openapi_type(json, LIT("schema"), LIT("object"));
    openapi_content_end(json);
    json_map_end(json);
}

/* A problem with a status of its own, and the header that it always comes with. */
static void put_problem(struct json *json, struct lit code, struct lit about, struct lit header)
{
    json_key(json, code);
    json_map_begin(json);
    openapi_lit(json, LIT("description"), about);
    if (header.len > 0) {
        json_key(json, LIT("headers"));
        json_map_begin(json);
        json_key(json, header);
        json_map_begin(json);
        json_key(json, LIT("required"));
        json_bool(json, true);
        openapi_type(json, LIT("schema"), LIT("string"));
        json_map_end(json);
        json_map_end(json);
    }
    openapi_content_begin(json, LIT("application/problem+json"));
    openapi_ref(json, LIT("#/components/schemas/Problem"));
    openapi_content_end(json);
    json_map_end(json);
}

/* Those of a key: the calls of the Data Rights Protocol have one too, of an agent. */
static void put_key_problems(struct json *json, const struct route *route)
{
    const bool is_agent = route->call >= CALL_DRP_AGENT && route->call <= CALL_DRP_REVOKE;
    if (route->act == NULL && !is_agent) {
        return;
    }
    put_problem(json, LIT("401"), LIT("No key, or one that is nobody's."), LIT("WWW-Authenticate"));
    put_problem(json, LIT("403"), LIT("The key may not, or the thing may not be done now."),
                LIT(""));
    if (route->act != NULL) {
        put_problem(json, LIT("429"), LIT("This key, or this address, asks too often."),
                    LIT("Retry-After"));
    }
}

static void put_problems(struct json *json, const struct route *route)
{
    const bool has_body = route_has_body(route) || route->is_raw || route->is_form ||
                          route->is_tracking || route->is_chat;
    const bool has_input =
        has_body || route->member[0].name != NULL || str_contains(str_of(route->pattern), STR("{"));
    if (has_input && !route->is_signed) {
        put_problem(json, LIT("400"), LIT("Something in it cannot be used; detail says what."),
                    LIT(""));
    }
    if (has_input) {
        put_problem(json, LIT("404"), LIT("There is no such subject, request or thing."), LIT(""));
    }
    put_key_problems(json, route);
    if (has_body) {
        put_problem(json, LIT("413"), LIT("The body is too large."), LIT(""));
    }
    if (route->is_tracking) {
        put_problem(json, LIT("415"), LIT("The body is neither as it is nor gzip."), LIT(""));
    }
    put_problem(json, LIT("503"), LIT("Too many requests wait, or the server is stopping."),
                LIT("Retry-After"));
}

static void put_answers(struct json *json, const struct route *route)
{
    json_key(json, LIT("responses"));
    json_map_begin(json);
    put_good(json, route);
    if (route->is_signed) {
        put_refusal(json);
    }
    if (route->is_script) {
        json_key(json, LIT("304"));
        json_map_begin(json);
        openapi_lit(json, LIT("description"), LIT("It is the one that If-None-Match names."));
        json_map_end(json);
    }
    put_problems(json, route);
    json_key(json, LIT("default"));
    json_map_begin(json);
    openapi_lit(json, LIT("description"), LIT("A problem document, RFC 9457."));
    openapi_content_begin(json, LIT("application/problem+json"));
    openapi_ref(json, LIT("#/components/schemas/Problem"));
    openapi_content_end(json);
    json_map_end(json);
    json_map_end(json);
}

/* ---- paths --------------------------------------------------------------------------------- */

static void put_scheme(struct json *json, struct lit name)
{
    json_map_begin(json);
    json_key(json, name);
    json_list_begin(json);
    json_list_end(json);
    json_map_end(json);
}

static void put_security(struct json *json, const struct route *route)
{
    json_key(json, LIT("security"));
    json_list_begin(json);
    if (route->act != NULL) {
        put_scheme(json, LIT("apiKey"));
    }
    if (route->is_shared && route->act != NULL) {
        put_scheme(json, LIT("writeKey"));
    }
    if (route->act == NULL || route->is_open_here) {
        json_map_begin(json);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_operation(struct json *json, struct arena *arena, const struct route *route)
{
    json_key_str(json, str_lower(arena, str_of(net_method_name(route->method))));
    json_map_begin(json);
    openapi_lit(json, LIT("operationId"), route->name);
    openapi_lit(json, LIT("summary"), route->summary);
    if (route->act != NULL) {
        json_key(json, LIT("description"));
        json_text(json, str_format(arena, "The key's roles must allow '%s'.", route->act));
    }
    put_security(json, route);
    openapi_put_parameters(json, route);
    openapi_put_body(json, route);
    put_answers(json, route);
    json_map_end(json);
}

/* Rows of one pattern stand together in the table. */
static void put_paths(struct json *json, struct arena *arena)
{
    size_t count = 0;
    const struct route *table = routes(&count);
    while (count > 0 && table[count - 1].page != NULL) {
        count--; /* the last chapter is for people */
    }
    json_key(json, LIT("paths"));
    json_map_begin(json);
    for (size_t i = 0; i < count; i++) {
        const struct str pattern = str_of(table[i].pattern);
        if (i == 0 || !str_is(pattern, table[i - 1].pattern)) {
            json_key_str(json, pattern);
            json_map_begin(json);
        }
        put_operation(json, arena, &table[i]);
        if (i + 1 == count || !str_is(pattern, table[i + 1].pattern)) {
            json_map_end(json);
        }
    }
    json_map_end(json);
}

/* ---- the document -------------------------------------------------------------------------- */

static void put_components(struct json *json)
{
    json_key(json, LIT("components"));
    json_map_begin(json);
    json_key(json, LIT("securitySchemes"));
    json_map_begin(json);
    json_key(json, LIT("apiKey"));
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("http"));
    openapi_lit(json, LIT("scheme"), LIT("bearer"));
    openapi_lit(json, LIT("description"), LIT("Made by 'candor key add NAME --roles ROLES'."));
    json_map_end(json);
    json_key(json, LIT("writeKey"));
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("http"));
    openapi_lit(json, LIT("scheme"), LIT("basic"));
    openapi_lit(
        json, LIT("description"),
        LIT("The key as the user's name, and an empty password, as tracking SDKs send it; older "
            "ones have it as writeKey in the body."));
    json_map_end(json);
    json_map_end(json);
    openapi_put_schemas(json);
    json_map_end(json);
}

struct str openapi_write(struct arena *arena)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, true);
    json_map_begin(&json);
    openapi_lit(&json, LIT("openapi"), LIT("3.1.0"));
    json_key(&json, LIT("info"));
    json_map_begin(&json);
    openapi_lit(&json, LIT("title"), LIT("Candor"));
    openapi_lit(&json, LIT("version"), LIT(CANDOR_VERSION));
    openapi_lit(&json, LIT("summary"),
                LIT("No marketing decision without consent, a reason and a record."));
    json_map_end(&json);
    put_paths(&json, arena);
    put_components(&json);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}
