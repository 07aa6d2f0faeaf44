/*
 * openapi.c - the table of routes as OpenAPI 3.1.
 *
 * What is written by hand here are the schemas of a problem and of a decision; all else comes from
 * the table, so the description cannot lag behind the server.
 */
#include "serving.h"

static void put_lit(struct json *json, struct lit key, struct lit text)
{
    json_key(json, key);
    json_lit(json, text);
}

/* {"type": type} under a key. */
static void put_type(struct json *json, struct lit key, struct lit type)
{
    json_key(json, key);
    json_map_begin(json);
    put_lit(json, LIT("type"), type);
    json_map_end(json);
}

/* Two types, the second for "none". */
static void put_type_or_null(struct json *json, struct lit key, struct lit type)
{
    json_key(json, key);
    json_map_begin(json);
    json_key(json, LIT("type"));
    json_list_begin(json);
    json_lit(json, type);
    json_lit(json, LIT("null"));
    json_list_end(json);
    json_map_end(json);
}

static void put_ref(struct json *json, struct lit schema)
{
    json_key(json, LIT("schema"));
    json_map_begin(json);
    put_lit(json, LIT("$ref"), schema);
    json_map_end(json);
}

/* ---- requests ------------------------------------------------------------------------------ */

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
        put_lit(json, LIT("type"), LIT("string"));
        break;
    case MEMBER_CELL:
        put_cell_type(json);
        break;
    case MEMBER_QUERY: /* stands among the parameters */
        break;
    case MEMBER_FLAG:
        put_lit(json, LIT("type"), LIT("boolean"));
        break;
    case MEMBER_COUNT:
        put_lit(json, LIT("type"), LIT("integer"));
        json_key(json, LIT("minimum"));
        json_u64(json, 0);
        break;
    case MEMBER_OBJECT:
        put_lit(json, LIT("type"), LIT("object"));
        break;
    case MEMBER_MAP:
        put_lit(json, LIT("type"), LIT("object"));
        json_key(json, LIT("additionalProperties"));
        json_map_begin(json);
        put_cell_type(json);
        json_map_end(json);
        break;
    }
    put_lit(json, LIT("description"), member->about);
    json_map_end(json);
}

/* RFC 8058, section 3.1. */
static void put_form(struct json *json)
{
    json_key(json, LIT("requestBody"));
    json_map_begin(json);
    json_key(json, LIT("required"));
    json_bool(json, true);
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, LIT("application/x-www-form-urlencoded"));
    json_map_begin(json);
    json_key(json, LIT("schema"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("properties"));
    json_map_begin(json);
    json_key(json, LIT("List-Unsubscribe"));
    json_map_begin(json);
    put_lit(json, LIT("const"), LIT("One-Click"));
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_body_schema(struct json *json, const struct member *member)
{
    json_key(json, LIT("schema"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("properties"));
    json_map_begin(json);
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
    json_key(json, LIT("requestBody"));
    json_map_begin(json);
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, LIT("text/plain"));
    json_map_begin(json);
    put_type(json, LIT("schema"), LIT("string"));
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_text_type(struct json *json, struct lit name)
{
    put_type(json, name, LIT("string"));
}

/* What SDKs add is passed over, so nothing is said to be all. */
static void put_message_schema(struct json *json)
{
    json_key(json, LIT("Message"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    put_lit(json, LIT("description"),
            LIT("As the SDKs of Segment and RudderStack send it; at most 32 KB. Other members are "
                "passed over and not kept."));
    json_key(json, LIT("properties"));
    json_map_begin(json);
    put_text_type(json, LIT("type"));
    put_text_type(json, LIT("messageId"));
    put_text_type(json, LIT("userId"));
    put_text_type(json, LIT("anonymousId"));
    put_text_type(json, LIT("event"));
    put_type_or_null(json, LIT("name"), LIT("string"));
    put_text_type(json, LIT("groupId"));
    put_text_type(json, LIT("previousId"));
    put_text_type(json, LIT("timestamp"));
    put_text_type(json, LIT("originalTimestamp"));
    put_text_type(json, LIT("sentAt"));
    put_type(json, LIT("properties"), LIT("object"));
    put_type(json, LIT("traits"), LIT("object"));
    put_type(json, LIT("context"), LIT("object"));
    json_map_end(json);
    json_map_end(json);
}

static void put_batch_schema(struct json *json)
{
    json_key(json, LIT("Batch"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("required"));
    json_list_begin(json);
    json_lit(json, LIT("batch"));
    json_list_end(json);
    json_key(json, LIT("properties"));
    json_map_begin(json);
    json_key(json, LIT("batch"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("array"));
    json_key(json, LIT("items"));
    json_map_begin(json);
    put_lit(json, LIT("$ref"), LIT("#/components/schemas/Message"));
    json_map_end(json);
    json_map_end(json);
    put_text_type(json, LIT("sentAt"));
    put_type(json, LIT("context"), LIT("object"));
    json_map_end(json);
    json_map_end(json);
}

static void put_tracking_body(struct json *json, const struct route *route)
{
    json_key(json, LIT("requestBody"));
    json_map_begin(json);
    json_key(json, LIT("required"));
    json_bool(json, true);
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, LIT("application/json"));
    json_map_begin(json);
    put_ref(json, str_is(str_from(route->name), "batch") ? LIT("#/components/schemas/Batch")
                                                         : LIT("#/components/schemas/Message"));
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_body(struct json *json, const struct route *route)
{
    if (route->is_tracking) {
        put_tracking_body(json, route);
        return;
    }
    if (route->is_form) {
        put_form(json);
        return;
    }
    if (route->is_raw && route->member[0].name == NULL) {
        put_raw_body(json);
        return;
    }
    if (!route_has_body(route)) {
        return;
    }
    json_key(json, LIT("requestBody"));
    json_map_begin(json);
    json_key(json, LIT("required"));
    json_bool(json, true);
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, LIT("application/json"));
    json_map_begin(json);
    put_body_schema(json, route->member);
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_parameter(struct json *json, struct lit name, struct lit in, struct lit type,
                          struct lit about)
{
    json_map_begin(json);
    put_lit(json, LIT("name"), name);
    put_lit(json, LIT("in"), in);
    json_key(json, LIT("required"));
    json_bool(json, str_is(str_from(in), "path"));
    put_lit(json, LIT("description"), about);
    put_type(json, LIT("schema"), type);
    json_map_end(json);
}

static void put_query(struct json *json, const struct member *member)
{
    json_map_begin(json);
    json_key(json, LIT("name"));
    json_text(json, str_of(member->name));
    put_lit(json, LIT("in"), LIT("query"));
    json_key(json, LIT("required"));
    json_bool(json, member->is_required);
    put_lit(json, LIT("description"), member->about);
    put_type(json, LIT("schema"), LIT("string"));
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

static void put_parameters(struct json *json, const struct route *route)
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
    json_list_end(json);
}

/* ---- answers ------------------------------------------------------------------------------- */

static void put_content(struct json *json, struct lit type, struct lit schema)
{
    json_key(json, type);
    json_map_begin(json);
    put_type(json, LIT("schema"), schema);
    json_map_end(json);
}

/* A document comes in the form that was asked for. */
static void put_forms(struct json *json)
{
    put_content(json, LIT("application/json"), LIT("object"));
    put_content(json, LIT("text/html"), LIT("string"));
    put_content(json, LIT("application/pdf"), LIT("string"));
    put_content(json, LIT("text/plain"), LIT("string"));
}

static void put_good(struct json *json, const struct route *route)
{
    json_key(json, route->call == CALL_OPENDSR_REQUEST                      ? LIT("201")
                   : route->is_signed || route->call == CALL_OPENDSR_CANCEL ? LIT("202")
                                                                            : LIT("200"));
    json_map_begin(json);
    put_lit(json, LIT("description"), LIT("Done."));
    json_key(json, LIT("content"));
    json_map_begin(json);
    if (route->is_document) {
        put_forms(json);
    } else if (route->call == CALL_DECIDE) {
        json_key(json, LIT("application/json"));
        json_map_begin(json);
        put_ref(json, LIT("#/components/schemas/Decision"));
        json_map_end(json);
    } else {
        const bool is_text = route->is_plain || route->is_page || route->is_zip ||
                             route->is_bytes || route->is_script;
        put_content(json,
                    route->is_plain    ? LIT("text/plain")
                    : route->is_page   ? LIT("text/html")
                    : route->is_script ? LIT("text/javascript")
                    : route->is_zip    ? LIT("application/zip")
                    : route->is_bytes  ? LIT("application/octet-stream")
                                       : LIT("application/json"),
                    is_text ? LIT("string") : LIT("object"));
    }
    json_map_end(json);
    json_map_end(json);
}

/* A refusal that is an answer of the protocol. */
static void put_refusal(struct json *json)
{
    json_key(json, LIT("400"));
    json_map_begin(json);
    put_lit(json, LIT("description"), LIT("Refused, with a signed answer that says why."));
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, LIT("application/json"));
    json_map_begin(json);
    put_type(json, LIT("schema"), LIT("object"));
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_answers(struct json *json, const struct route *route)
{
    json_key(json, LIT("responses"));
    json_map_begin(json);
    put_good(json, route);
    if (route->is_signed) {
        put_refusal(json);
    }
    json_key(json, LIT("default"));
    json_map_begin(json);
    put_lit(json, LIT("description"), LIT("A problem document, RFC 9457."));
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, LIT("application/problem+json"));
    json_map_begin(json);
    put_ref(json, LIT("#/components/schemas/Problem"));
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
    json_map_end(json);
}

/* ---- paths --------------------------------------------------------------------------------- */

static void put_security(struct json *json, const struct route *route)
{
    json_key(json, LIT("security"));
    json_list_begin(json);
    if (route->act != NULL) {
        json_map_begin(json);
        json_key(json, LIT("apiKey"));
        json_list_begin(json);
        json_list_end(json);
        json_map_end(json);
    }
    if (route->is_shared && route->act != NULL) {
        json_map_begin(json);
        json_key(json, LIT("writeKey"));
        json_list_begin(json);
        json_list_end(json);
        json_map_end(json);
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
    put_lit(json, LIT("operationId"), route->name);
    put_lit(json, LIT("summary"), route->summary);
    if (route->act != NULL) {
        json_key(json, LIT("description"));
        json_text(json, str_format(arena, "The key's roles must allow '%s'.", route->act));
    }
    put_security(json, route);
    put_parameters(json, route);
    put_body(json, route);
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

/* ---- components ---------------------------------------------------------------------------- */

static void put_problem_schema(struct json *json)
{
    json_key(json, LIT("Problem"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("properties"));
    json_map_begin(json);
    put_type(json, LIT("type"), LIT("string"));
    put_type(json, LIT("title"), LIT("string"));
    put_type(json, LIT("status"), LIT("integer"));
    put_type(json, LIT("code"), LIT("string"));
    put_type(json, LIT("detail"), LIT("string"));
    json_map_end(json);
    json_map_end(json);
}

static void put_receipt_schema(struct json *json)
{
    json_key(json, LIT("receipt"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("properties"));
    json_map_begin(json);
    put_type(json, LIT("ledger_index"), LIT("integer"));
    put_type(json, LIT("decision"), LIT("string"));
    put_type(json, LIT("proof"), LIT("string"));
    json_map_end(json);
    json_map_end(json);
}

static void put_decision_schema(struct json *json)
{
    json_key(json, LIT("Decision"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("properties"));
    json_map_begin(json);
    json_key(json, LIT("decision"));
    json_map_begin(json);
    json_key(json, LIT("enum"));
    json_list_begin(json);
    json_lit(json, LIT("send"));
    json_lit(json, LIT("withhold"));
    json_list_end(json);
    json_map_end(json);
    put_type(json, LIT("code"), LIT("string"));
    put_type_or_null(json, LIT("offer"), LIT("string"));
    put_type_or_null(json, LIT("score"), LIT("number"));
    json_key(json, LIT("reasons"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("array"));
    put_type(json, LIT("items"), LIT("string"));
    json_map_end(json);
    put_type(json, LIT("rule"), LIT("integer"));
    put_type_or_null(json, LIT("signal"), LIT("string"));
    put_receipt_schema(json);
    json_map_end(json);
    json_map_end(json);
}

static void put_components(struct json *json)
{
    json_key(json, LIT("components"));
    json_map_begin(json);
    json_key(json, LIT("securitySchemes"));
    json_map_begin(json);
    json_key(json, LIT("apiKey"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("http"));
    put_lit(json, LIT("scheme"), LIT("bearer"));
    put_lit(json, LIT("description"), LIT("Made by 'candor key add NAME --roles ROLES'."));
    json_map_end(json);
    json_key(json, LIT("writeKey"));
    json_map_begin(json);
    put_lit(json, LIT("type"), LIT("http"));
    put_lit(json, LIT("scheme"), LIT("basic"));
    put_lit(
        json, LIT("description"),
        LIT("The key as the user's name, and an empty password, as tracking SDKs send it; older "
            "ones have it as writeKey in the body."));
    json_map_end(json);
    json_map_end(json);
    json_key(json, LIT("schemas"));
    json_map_begin(json);
    put_problem_schema(json);
    put_decision_schema(json);
    put_message_schema(json);
    put_batch_schema(json);
    json_map_end(json);
    json_map_end(json);
}

struct str openapi_write(struct arena *arena)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, true);
    json_map_begin(&json);
    put_lit(&json, LIT("openapi"), LIT("3.1.0"));
    json_key(&json, LIT("info"));
    json_map_begin(&json);
    put_lit(&json, LIT("title"), LIT("Candor"));
    put_lit(&json, LIT("version"), LIT(CANDOR_VERSION));
    put_lit(&json, LIT("summary"),
            LIT("No marketing decision without consent, a reason and a record."));
    json_map_end(&json);
    put_paths(&json, arena);
    put_components(&json);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}
