/*
 * openapi.h - writers of the description of the server. Inside the room only.
 *
 *   openapi.c          paths, their answers, the whole
 *   openapi_request.c  what a call takes
 *   openapi_schema.c   pieces of schemas, and those that are written by hand
 *   openapi_shape.c    the shapes of answers.def
 */
#ifndef CANDOR_OPENAPI_H
#define CANDOR_OPENAPI_H

#include "serving.h"

/* ---- openapi_schema.c ---------------------------------------------------------------------- */

void openapi_lit(struct json *json, struct lit key, struct lit text);
/* {"type": type} under a key. */
void openapi_type(struct json *json, struct lit key, struct lit type);
/* "schema": {"$ref": schema} */
void openapi_ref(struct json *json, struct lit schema);
/* "content": {type: { ... }} */
void openapi_content_begin(struct json *json, struct lit type);
void openapi_content_end(struct json *json);
/* key: {"type": "object", "properties": { ... }}; about may be empty. */
void openapi_object_begin(struct json *json, struct lit key, struct lit about);
void openapi_object_end(struct json *json);
void openapi_put_schemas(struct json *json);

/* ---- openapi_shape.c, answers.def ---------------------------------------------------------- */

/* "schema": what the operation answers. False: answers.def does not have it, and nothing is written. */
bool openapi_put_shape(struct json *json, struct lit operation);
void openapi_put_components(struct json *json);

/* ---- openapi_request.c --------------------------------------------------------------------- */

void openapi_put_body(struct json *json, const struct route *route);
void openapi_put_parameters(struct json *json, const struct route *route);

#endif
