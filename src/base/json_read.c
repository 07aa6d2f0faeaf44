/*
 * json_read.c - JSON into a tree, over jansson.
 *
 * Limits are checked before jansson sees the text, by a walk that only knows strings, brackets and
 * commas: what jansson makes is then bounded too. On text that is no JSON the walk may count
 * wrongly, which can only choose between two refusals.
 *
 * jansson's memory is wiped when it is given back, because requests hold personal values.
 */
#include <jansson.h>
#include <malloc.h>
#include <pthread.h>
#include <string.h>

#include "inside_text.h"

/* ---- jansson's memory ---------------------------------------------------------------------- */

static void free_wiped(void *ptr)
{
    if (ptr != NULL) {
        explicit_bzero(ptr, malloc_usable_size(ptr));
        free(ptr);
    }
}

/* Only how memory ends is changed, so whatever the program had from jansson before stays valid. A
 * program that brought functions of its own keeps them. */
static void wipe_what_is_freed(void)
{
    json_malloc_t take;
    json_free_t give;
    json_get_alloc_funcs(&take, &give);
    if (take == malloc && give == free) {
        json_set_alloc_funcs(malloc, free_wiped);
    }
}

/* ---- limits -------------------------------------------------------------------------------- */

struct walk {
    size_t depth;
    size_t deepest;
    size_t count;
    size_t longest; /* string, as it is written */
};

/* The index past the string that begins here. */
static size_t walk_string(struct str text, size_t at, struct walk *walk)
{
    const size_t first = ++at;
    while (at < text.len && text.ptr[at] != '"') {
        at += text.ptr[at] == '\\' ? 2 : 1;
    }
    at = at < text.len ? at : text.len;
    walk->longest = at - first > walk->longest ? at - first : walk->longest;
    return at + 1;
}

static struct walk walk_text(struct str text)
{
    struct walk walk = {.count = 1};
    for (size_t at = 0; at < text.len;) {
        const char byte = text.ptr[at];
        if (byte == '"') {
            at = walk_string(text, at, &walk);
            continue;
        }
        if (byte == '[' || byte == '{') {
            walk.depth++;
            walk.count++;
            walk.deepest = walk.depth > walk.deepest ? walk.depth : walk.deepest;
        } else if (byte == ']' || byte == '}') {
            walk.depth -= walk.depth > 0 ? 1 : 0;
        } else if (byte == ',') {
            walk.count++;
        }
        at++;
    }
    return walk;
}

static enum candor_status check_limits(struct job *job, struct str text,
                                       const struct text_limits *limits, const char *name)
{
    const struct walk walk = walk_text(text);
    if (walk.deepest > limits->depth_max) {
        return fail(job, CANDOR_TOO_LARGE, "%s: more than %zu lists and maps within each other",
                    name, limits->depth_max);
    }
    if (walk.count > limits->count_max) {
        return fail(job, CANDOR_TOO_LARGE, "%s: more than %zu values", name, limits->count_max);
    }
    if (walk.longest > limits->text_max) {
        return fail(job, CANDOR_TOO_LARGE, "%s: a text is longer than %zu bytes", name,
                    limits->text_max);
    }
    return CANDOR_OK;
}

/* ---- the tree ------------------------------------------------------------------------------ */

static bool copy_value(struct arena *arena, json_t *node, struct value *value);

static void copy_real(double number, struct value *value)
{
    static const double whole_max = 9007199254740992.0; /* 2^53: beyond, doubles skip integers */
    value->kind = VALUE_NUMBER;
    value->number = number;
    value->is_integer =
        number >= -whole_max && number <= whole_max && number == (double)(int64_t)number;
    value->integer = value->is_integer ? (int64_t)number : 0;
}

static bool copy_list(struct arena *arena, const json_t *node, struct value *value)
{
    const size_t count = json_array_size(node);
    struct value *item = TRY_ARRAY(arena, count, struct value);
    if (item == NULL) {
        return false;
    }
    *value = (struct value){.kind = VALUE_LIST, .count = count, .item = item};
    for (size_t i = 0; i < count; i++) {
        if (!copy_value(arena, json_array_get(node, i), &item[i])) {
            return false;
        }
    }
    return true;
}

static bool copy_map(struct arena *arena, json_t *node, struct value *value)
{
    const size_t count = json_object_size(node);
    struct value *item = TRY_ARRAY(arena, count, struct value);
    struct str *key = TRY_ARRAY(arena, count, struct str);
    if (item == NULL || key == NULL) {
        return false;
    }
    *value = (struct value){.kind = VALUE_MAP, .count = count, .item = item, .key = key};
    size_t i = 0;
    for (void *at = json_object_iter(node); at != NULL; at = json_object_iter_next(node, at)) {
        key[i] = str_copy(arena, str_of(json_object_iter_key(at))); /* no key holds a zero byte */
        if (!copy_value(arena, json_object_iter_value(at), &item[i])) {
            return false;
        }
        i++;
    }
    must(i == count);
    return true;
}

/* False: no memory. The depth was checked before. */
static bool copy_value(struct arena *arena, json_t *node, struct value *value)
{
    switch (json_typeof(node)) {
    case JSON_OBJECT:
        return copy_map(arena, node, value);
    case JSON_ARRAY:
        return copy_list(arena, node, value);
    case JSON_STRING:
        value->kind = VALUE_TEXT;
        value->text =
            str_copy(arena, (struct str){json_string_value(node), json_string_length(node)});
        return true;
    case JSON_INTEGER:
        value->kind = VALUE_NUMBER;
        value->is_integer = true;
        value->integer = json_integer_value(node);
        value->number = (double)value->integer;
        return true;
    case JSON_REAL:
        copy_real(json_real_value(node), value);
        return true;
    case JSON_TRUE:
    case JSON_FALSE:
        value->kind = VALUE_BOOL;
        value->boolean = json_is_true(node);
        return true;
    case JSON_NULL:
        value->kind = VALUE_NULL;
        return true;
    }
    base_broken("a JSON value is of a known type", __FILE__, __LINE__);
}

/* jansson ends its messages with a piece of the text, which may be a person's. */
static enum candor_status fail_parse(struct job *job, const json_error_t *error, const char *name)
{
    if (json_error_code(error) == json_error_out_of_memory) {
        return fail(job, CANDOR_NO_MEMORY, "%s: no memory to read it", name);
    }
    if (json_error_code(error) == json_error_null_character) { /* jansson names a flag of its own */
        return fail(job, CANDOR_BAD_INPUT, "%s: line %d, column %d: a text holds \\u0000", name,
                    error->line, error->column);
    }
    const struct str said = str_of(error->text);
    size_t len = 0;
    while (len < said.len && !str_starts(str_slice(said, len, said.len), STR(" near '"))) {
        len++;
    }
    return fail(job, CANDOR_BAD_INPUT, "%s: line %d, column %d: %.*s", name, error->line,
                error->column, (int)len, said.ptr);
}

enum candor_status json_read(struct job *job, struct bytes bytes, const struct text_limits *limits,
                             const char *name, const struct value **value)
{
    static pthread_once_t wiping_once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&wiping_once, wipe_what_is_freed);

    const struct text_limits full = text_limits_of(limits);
    struct str text = {0};
    TRY(document_of(job, bytes, &full, name, &text));
    TRY(check_limits(job, text, &full, name));

    json_error_t error;
    json_t *root = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (root == NULL) {
        return fail_parse(job, &error, name);
    }
    struct value *tree = NEW(job->arena, struct value);
    const bool copied = copy_value(job->arena, root, tree);
    json_decref(root);
    if (!copied) {
        return fail(job, CANDOR_NO_MEMORY, "%s: no memory to read it", name);
    }
    *value = tree;
    return CANDOR_OK;
}
