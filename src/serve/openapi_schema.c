/*
 * openapi_schema.c - the schemas of OpenAPI's components, written by hand: a problem, a decision, what tracking
 * SDKs send.
 */
#include "openapi.h"

void openapi_lit(struct json *json, struct lit key, struct lit text)
{
    json_key(json, key);
    json_lit(json, text);
}

void openapi_type(struct json *json, struct lit key, struct lit type)
{
    json_key(json, key);
    json_map_begin(json);
    openapi_lit(json, LIT("type"), type);
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

void openapi_ref(struct json *json, struct lit schema)
{
    json_key(json, LIT("schema"));
    json_map_begin(json);
    openapi_lit(json, LIT("$ref"), schema);
    json_map_end(json);
}

void openapi_content_begin(struct json *json, struct lit type)
{
    json_key(json, LIT("content"));
    json_map_begin(json);
    json_key(json, type);
    json_map_begin(json);
}

void openapi_content_end(struct json *json)
{
    json_map_end(json);
    json_map_end(json);
}

void openapi_object_begin(struct json *json, struct lit key, struct lit about)
{
    json_key(json, key);
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("object"));
    if (about.len > 0) {
        openapi_lit(json, LIT("description"), about);
    }
    json_key(json, LIT("properties"));
    json_map_begin(json);
}

void openapi_object_end(struct json *json)
{
    json_map_end(json);
    json_map_end(json);
}

/* ---- the schemas --------------------------------------------------------------------------- */

static void put_receipt_schema(struct json *json)
{
    openapi_object_begin(json, LIT("receipt"), LIT(""));
    openapi_type(json, LIT("ledger_index"), LIT("integer"));
    openapi_type(json, LIT("decision"), LIT("string"));
    openapi_type(json, LIT("proof"), LIT("string"));
    openapi_object_end(json);
}

static void put_decision_schema(struct json *json)
{
    openapi_object_begin(json, LIT("Decision"), LIT(""));
    json_key(json, LIT("decision"));
    json_map_begin(json);
    json_key(json, LIT("enum"));
    json_list_begin(json);
    json_lit(json, LIT("send"));
    json_lit(json, LIT("withhold"));
    json_list_end(json);
    json_map_end(json);
    openapi_type(json, LIT("code"), LIT("string"));
    put_type_or_null(json, LIT("offer"), LIT("string"));
    put_type_or_null(json, LIT("score"), LIT("number"));
    openapi_type(json, LIT("score_withheld"), LIT("string"));
    json_key(json, LIT("reasons"));
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("array"));
    openapi_type(json, LIT("items"), LIT("string"));
    json_map_end(json);
    openapi_type(json, LIT("plausibility"), LIT("string"));
    openapi_type(json, LIT("rule"), LIT("integer"));
    put_type_or_null(json, LIT("signal"), LIT("string"));
    put_receipt_schema(json);
    openapi_object_end(json);
}

/* What SDKs add is passed over, so nothing is said to be all. */
static void put_message_schema(struct json *json)
{
    openapi_object_begin(
        json, LIT("Message"),
        LIT("As the SDKs of Segment and RudderStack send it; at most 32 KB. Other members are "
            "passed over and not kept."));
    openapi_type(json, LIT("type"), LIT("string"));
    openapi_type(json, LIT("messageId"), LIT("string"));
    openapi_type(json, LIT("userId"), LIT("string"));
    openapi_type(json, LIT("anonymousId"), LIT("string"));
    openapi_type(json, LIT("event"), LIT("string"));
    put_type_or_null(json, LIT("name"), LIT("string"));
    openapi_type(json, LIT("groupId"), LIT("string"));
    openapi_type(json, LIT("previousId"), LIT("string"));
    openapi_type(json, LIT("timestamp"), LIT("string"));
    openapi_type(json, LIT("originalTimestamp"), LIT("string"));
    openapi_type(json, LIT("sentAt"), LIT("string"));
    openapi_type(json, LIT("properties"), LIT("object"));
    openapi_type(json, LIT("traits"), LIT("object"));
    openapi_type(json, LIT("context"), LIT("object"));
    openapi_object_end(json);
}

static void put_batch_schema(struct json *json)
{
    json_key(json, LIT("Batch"));
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("object"));
    json_key(json, LIT("required"));
    json_list_begin(json);
    json_lit(json, LIT("batch"));
    json_list_end(json);
    json_key(json, LIT("properties"));
    json_map_begin(json);
    json_key(json, LIT("batch"));
    json_map_begin(json);
    openapi_lit(json, LIT("type"), LIT("array"));
    json_key(json, LIT("items"));
    json_map_begin(json);
    openapi_lit(json, LIT("$ref"), LIT("#/components/schemas/Message"));
    json_map_end(json);
    json_map_end(json);
    openapi_type(json, LIT("sentAt"), LIT("string"));
    openapi_type(json, LIT("context"), LIT("object"));
    json_map_end(json);
    json_map_end(json);
}

void openapi_put_schemas(struct json *json)
{
    json_key(json, LIT("schemas"));
    json_map_begin(json);
    put_decision_schema(json);
    put_message_schema(json);
    put_batch_schema(json);
    openapi_put_components(json);
    json_map_end(json);
}
