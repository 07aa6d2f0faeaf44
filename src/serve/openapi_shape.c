/*
 * openapi_shape.c - the shapes of answers.def as JSON Schema.
 *
 * A shape is a constant of ours: one that is no shape is a mistake of ours, and ends the program at the first
 * look at the description; a test looks.
 */
#include "openapi.h"

struct shape {
    const char *name;
    const char *text;
};

static const struct shape components[] = {
#define SHAPE(name, shape) {name, shape},
#include "answers.def"
};

static const struct shape answers[] = {
#define ANSWER(operation, shape) {operation, shape},
#include "answers.def"
};

static void skip_blanks(const char **at)
{
    while (**at == ' ') {
        (*at)++;
    }
}

static bool takes(const char **at, char sign)
{
    skip_blanks(at);
    if (**at != sign) {
        return false;
    }
    (*at)++;
    return true;
}

static struct str read_name(const char **at)
{
    skip_blanks(at);
    const char *from = *at;
    while ((**at >= 'a' && **at <= 'z') || (**at >= 'A' && **at <= 'Z') ||
           (**at >= '0' && **at <= '9') || **at == '_' || **at == '-') {
        (*at)++;
    }
    must(*at > from);
    return (struct str){from, (size_t)(*at - from)};
}

static void put_members(struct json *json, const char **at);

static void put_type(struct json *json, const char **at)
{
    static const struct {
        char sign;
        struct lit name;
    } type[] = {{'s', WORDS("string")},
                {'n', WORDS("number")},
                {'i', WORDS("integer")},
                {'b', WORDS("boolean")}};
    const char sign = *(*at)++;
    const bool is_null_too = takes(at, '?');
    for (size_t t = 0; t < sizeof type / sizeof type[0]; t++) {
        if (type[t].sign == sign) {
            json_key(json, LIT("type"));
            if (is_null_too) {
                json_list_begin(json);
                json_lit(json, type[t].name);
                json_lit(json, LIT("null"));
                json_list_end(json);
            } else {
                json_lit(json, type[t].name);
            }
            return;
        }
    }
    must(sign == 'x');
}

/* The members of a schema for the shape at *at. */
static void put_schema(struct json *json, struct arena *arena, const char **at)
{
    skip_blanks(at);
    if (takes(at, '[')) {
        openapi_lit(json, LIT("type"), LIT("array"));
        json_key(json, LIT("items"));
        json_map_begin(json);
        put_schema(json, arena, at);
        json_map_end(json);
        must(takes(at, ']'));
    } else if (takes(at, '{')) {
        openapi_lit(json, LIT("type"), LIT("object"));
        if (!takes(at, '}')) {
            put_members(json, at);
            must(takes(at, '}'));
        }
    } else if (takes(at, '@')) {
        const struct str name = read_name(at);
        json_key(json, LIT("$ref"));
        json_text(json, str_format(arena, "#/components/schemas/%.*s", STR_ARG(name)));
    } else {
        put_type(json, at);
    }
}

/* Behind a member's colon: the end of its shape, which is not looked at closer. */
static void pass_over(const char **at)
{
    size_t depth = 0;
    while (depth > 0 || (**at != ',' && **at != '}')) {
        must(**at != '\0');
        depth += **at == '{' || **at == '[' ? 1 : 0;
        depth -= **at == '}' || **at == ']' ? 1 : 0;
        (*at)++;
    }
}

static void put_required(struct json *json, const char *at)
{
    json_key(json, LIT("required"));
    json_list_begin(json);
    do {
        const struct str name = read_name(&at);
        if (!takes(&at, '~')) {
            json_text(json, name);
        }
        must(takes(&at, ':'));
        pass_over(&at);
    } while (takes(&at, ','));
    json_list_end(json);
}

static void put_members(struct json *json, const char **at)
{
    struct arena *arena = json->buf->arena;
    if (takes(at, '*')) {
        must(takes(at, ':'));
        json_key(json, LIT("additionalProperties"));
        json_map_begin(json);
        put_schema(json, arena, at);
        json_map_end(json);
        return;
    }
    put_required(json, *at);
    json_key(json, LIT("properties"));
    json_map_begin(json);
    do {
        json_key_str(json, read_name(at));
        (void)takes(at, '~');
        must(takes(at, ':'));
        json_map_begin(json);
        put_schema(json, arena, at);
        json_map_end(json);
    } while (takes(at, ','));
    json_map_end(json);
}

static void put_whole(struct json *json, const char *text)
{
    json_map_begin(json);
    put_schema(json, json->buf->arena, &text);
    skip_blanks(&text);
    must(*text == '\0');
    json_map_end(json);
}

bool openapi_put_shape(struct json *json, struct lit operation)
{
    for (size_t a = 0; a < sizeof answers / sizeof answers[0]; a++) {
        if (str_is((struct str){operation.ptr, operation.len}, answers[a].name)) {
            json_key(json, LIT("schema"));
            put_whole(json, answers[a].text);
            return true;
        }
    }
    return false;
}

void openapi_put_components(struct json *json)
{
    for (size_t c = 0; c < sizeof components / sizeof components[0]; c++) {
        json_key_str(json, str_of(components[c].name));
        put_whole(json, components[c].text);
    }
}
