/*
 * openapi_request.c - what a call of the table takes, as OpenAPI has it: the parts of its path and query, its
 * body.
 */
#include "openapi.h"

/* ---- bodies -------------------------------------------------------------------------------- */

static void put_cell_type(struct json *json)
{
    json_key(json, LIT("type"));
    json_list_begin(json);
    json_lit(json, LIT("string"));
    json_lit(json, LIT("number"));
    json_lit(json, LIT("boolean"));
    json_lit(json, LIT("null"));
    json_list_end(json);
}

static void put_member(struct json *json, const struct member *member)
{
    json_key_str(json, str_of(member->name));
    json_map_begin(json);
    switch (member->kind) {
    case MEMBER_TEXT:
        openapi_lit(json, LIT("type"), LIT("string"));
        break;
    case MEMBER_CELL:
        put_cell_type(json);
        break;
    case MEMBER_QUERY: /* stands among the parameters */
        break;
    case MEMBER_FLAG:
        openapi_lit(json, LIT("type"), LIT("boolean"));
        break;
    case MEMBER_COUNT:
        openapi_lit(json, LIT("type"), LIT("integer"));
        json_key(json, LIT("minimum"));
        json_u64(json, 0);
        break;
    case MEMBER_LIST:
        openapi_lit(json, LIT("type"), LIT("array"));
        openapi_type(json, LIT("items"), LIT("string"));
        break;
    case MEMBER_OBJECT:
        openapi_lit(json, LIT("type"), LIT("object"));
        break;
    case MEMBER_MAP:
        openapi_lit(json, LIT("type"), LIT("object"));
        json_key(json, LIT("additionalProperties"));
        json_map_begin(json);
        put_cell_type(json);
        json_map_end(json);
        break;
    }
    openapi_lit(json, LIT("description"), member->about);
    json_map_end(json);
}

static void body_begin(struct json *json, struct lit type, bool is_required)
{
    json_key(json, LIT("requestBody"));
    json_map_begin(json);
    if (is_required) {
        json_key(json, LIT("required"));
        json_bool(json, true);
    }
    openapi_content_begin(json, type);
}

static void body_end(struct json *json)
{
    openapi_content_end(json);
    json_map_end(json);
}

static void put_one_click(struct json *json)
{
    openapi_object_begin(json, LIT("schema"), LIT(""));
    json_key(json, LIT("List-Unsubscribe"));
    json_map_begin(json);
    openapi_lit(json, LIT("const"), LIT("One-Click"));
    json_map_end(json);
    json_map_end(json);
    json_key(json, LIT("required"));
    json_list_begin(json);
    json_lit(json, LIT("List-Unsubscribe"));
    json_list_end(json);
    json_map_end(json);
}

/* RFC 8058, section 3.1: a form in either of its two encodings. */
static void put_form(struct json *json)
{
    body_begin(json, LIT("application/x-www-form-urlencoded"), true);
    put_one_click(json);
    json_map_end(json);
    json_key(json, LIT("multipart/form-data"));
    json_map_begin(json);
    put_one_click(json);
    body_end(json);
}

static void put_body_schema(struct json *json, const struct member *member)
{
    openapi_object_begin(json, LIT("schema"), LIT(""));
    for (size_t i = 0; member[i].name != NULL; i++) {
        if (member[i].kind != MEMBER_QUERY) {
            put_member(json, &member[i]);
        }
    }
    json_map_end(json);
    json_key(json, LIT("required"));
    json_list_begin(json);
    for (size_t i = 0; member[i].name != NULL; i++) {
        if (member[i].is_required && member[i].kind != MEMBER_QUERY) {
            json_text(json, str_of(member[i].name));
        }
    }
    json_list_end(json);
    json_key(json, LIT("additionalProperties"));
    json_bool(json, false);
    json_map_end(json);
}

/* A message that its own protocol defines. */
static void put_raw_body(struct json *json)
{
    body_begin(json, LIT("text/plain"), false);
    openapi_type(json, LIT("schema"), LIT("string"));
    body_end(json);
}

static void put_tracking_body(struct json *json, const struct route *route)
{
    body_begin(json, LIT("application/json"), true);
    openapi_ref(json, str_is(str_from(route->name), "batch") ? LIT("#/components/schemas/Batch")
                                                             : LIT("#/components/schemas/Message"));
    body_end(json);
}

/* OpenAI's own document has the rest; members that are not known are handed on. */
static void put_chat_body(struct json *json)
{
    body_begin(json, LIT("application/json"), true);
    json_key(json, LIT("schema"));
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("required"));
    json_list_begin(json);
    json_lit(json, LIT("model"));
    json_lit(json, LIT("messages"));
    json_list_end(json);
    json_key(json, LIT("properties"));
    json_map_begin(json);
    openapi_type(json, LIT("model"), LIT("string"));
    openapi_type(json, LIT("messages"), LIT("array"));
    openapi_type(json, LIT("stream"), LIT("boolean"));
    json_map_end(json);
    json_map_end(json);
    body_end(json);
}

void openapi_put_body(struct json *json, const struct route *route)
{
    if (route->is_tracking) {
        put_tracking_body(json, route);
    } else if (route->is_chat) {
        put_chat_body(json);
    } else if (route->is_form) {
        put_form(json);
    } else if (route->is_raw && route->member[0].name == NULL) {
        put_raw_body(json);
    } else if (route_has_body(route)) {
        body_begin(json, LIT("application/json"), true);
        put_body_schema(json, route->member);
        body_end(json);
    }
}

/* ---- parameters ---------------------------------------------------------------------------- */

static void put_parameter(struct json *json, struct lit name, struct lit in, struct lit type,
                          struct lit about)
{
    json_map_begin(json);
    openapi_lit(json, LIT("name"), name);
    openapi_lit(json, LIT("in"), in);
    json_key(json, LIT("required"));
    json_bool(json, str_is(str_from(in), "path"));
    openapi_lit(json, LIT("description"), about);
    openapi_type(json, LIT("schema"), type);
    json_map_end(json);
}

static void put_query(struct json *json, const struct member *member)
{
    json_map_begin(json);
    json_key(json, LIT("name"));
    json_text(json, str_of(member->name));
    openapi_lit(json, LIT("in"), LIT("query"));
    json_key(json, LIT("required"));
    json_bool(json, member->is_required);
    openapi_lit(json, LIT("description"), member->about);
    openapi_type(json, LIT("schema"), LIT("string"));
    json_map_end(json);
}

static const struct {
    struct lit segment;
    struct lit name;
    struct lit type;
    struct lit about;
} segment_row[] = {
    {WORDS("{id}"), WORDS("id"), WORDS("string"),
     WORDS("How the subject, or the sender's request, is known: 1 to 256 bytes, percent-encoded, "
           "so '/' is %2F.")},
    {WORDS("{index}"), WORDS("index"), WORDS("integer"),
     WORDS("Of an entry on the ledger, from 0.")},
    {WORDS("{request}"), WORDS("request"), WORDS("string"),
     WORDS("As it was given when it was opened or listed: 32 hex digits.")},
    {WORDS("{token}"), WORDS("token"), WORDS("string"),
     WORDS("As it stands in the List-Unsubscribe header.")},
    {WORDS("{number}"), WORDS("number"), WORDS("integer"),
     WORDS("Of a record in the subject's consents, from 1.")},
    {WORDS("{row}"), WORDS("row"), WORDS("integer"), WORDS("Of a row in quarantine, as listed.")},
    {WORDS("{name}"), WORDS("name"), WORDS("string"), WORDS("1 to 64 bytes.")},
    {WORDS("{path}"), WORDS("path"), WORDS("string"),
     WORDS("The tile's number, of hashes after its level, with its slashes as they are: "
           "0/x001/067.p/8.")},
};

void openapi_put_parameters(struct json *json, const struct route *route)
{
    const struct str pattern = str_of(route->pattern);
    json_key(json, LIT("parameters"));
    json_list_begin(json);
    for (size_t i = 0; i < sizeof segment_row / sizeof segment_row[0]; i++) {
        if (str_contains(pattern, str_from(segment_row[i].segment))) {
            put_parameter(json, segment_row[i].name, LIT("path"), segment_row[i].type,
                          segment_row[i].about);
        }
    }
    for (size_t i = 0; route->member[i].name != NULL; i++) {
        if (route->member[i].kind == MEMBER_QUERY) {
            put_query(json, &route->member[i]);
        }
    }
    if (route->act != NULL) {
        put_parameter(json, LIT("Candor-Because"), LIT("header"), LIT("string"),
                      LIT("Why people are looked at; the subject reads it in the access log."));
    }
    if (route->is_chat) {
        put_parameter(json, LIT("Candor-Purpose"), LIT("header"), LIT("string"),
                      LIT("What the chat is for: a purpose of candor.yaml."));
        put_parameter(json, LIT("Candor-Subject"), LIT("header"), LIT("string"),
                      LIT("The one person it is about: the purpose must be allowed for them."));
    }
    json_list_end(json);
}
