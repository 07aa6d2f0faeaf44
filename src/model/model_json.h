/*
 * model_json.h - what the writer and the reader of a model's JSON share: to_json.c, of_json.c.
 */
#ifndef CANDOR_MODEL_JSON_H
#define CANDOR_MODEL_JSON_H

#include "frame.h"
#include "text.h"

#define MODEL_JSON_FORMAT "candor model"

enum { MODEL_JSON_VERSION = 1 };

const char *column_kind_name(enum column_kind kind); /* "number" */

#endif
