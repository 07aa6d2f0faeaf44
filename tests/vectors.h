/*
 * vectors.h - the published consent strings with what they mean, for the tests of the wire room.
 *
 * Data is found by CANDOR_DATA, or in ../shared/data beside the source tree; without it the test is
 * skipped.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <math.h>
#include <string.h>

#include "text.h"
#include "wire.h"

#include "testing.h"

static inline struct str vectors_folder(struct arena *arena)
{
    const char *given = getenv("CANDOR_DATA");
    if (given != NULL) {
        return path_join(arena, str_of(given), STR("consent-strings"));
    }
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("tests/vectors.h");
    must(str_ends(here, inside));
    return path_join(arena, str_slice(here, 0, here.len - inside.len),
                     STR("../shared/data/consent-strings"));
}

/* The list of vectors, or NULL after saying that the test is skipped. */
static inline const struct value *vectors(struct job *job, const char *name)
{
    const struct text_limits limits = {.size_max = (size_t)16 << 20};
    const struct value *root = NULL;
    struct bytes content;
    const struct str path = path_join(job->arena, vectors_folder(job->arena), str_of(name));
    if (!file_exists(job, path)) {
        print_message("skipped: no %.*s; set CANDOR_DATA to the folder of the data\n",
                      STR_ARG(path));
        return NULL;
    }
    must(file_read(job, path, (size_t)16 << 20, &content) == CANDOR_OK);
    must(json_read(job, content, &limits, "the vectors", &root) == CANDOR_OK);
    const struct value *list = value_get(root, "vectors");
    must(list != NULL && list->kind == VALUE_LIST && list->count > 0);
    return list;
}

static inline struct str text_of(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    must(value != NULL && value->kind == VALUE_TEXT);
    return value->text;
}

static inline bool is_true(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    must(value != NULL && value->kind == VALUE_BOOL);
    return value->boolean;
}

/* Values are equal; of a map, what is expected must be there, and more may be. */
static inline bool value_same(const struct value *got, const struct value *expected)
{
    if (got == NULL || got->kind != expected->kind) {
        return false;
    }
    switch (expected->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_BOOL:
        return got->boolean == expected->boolean;
    case VALUE_NUMBER:
        return got->number == expected->number;
    case VALUE_TEXT:
        return str_equal(got->text, expected->text);
    case VALUE_LIST:
        for (size_t i = 0; i < expected->count && got->count == expected->count; i++) {
            if (!value_same(&got->item[i], &expected->item[i])) {
                return false;
            }
        }
        return got->count == expected->count;
    case VALUE_MAP:
        for (size_t i = 0; i < expected->count; i++) {
            if (!value_same(value_get(got, expected->key[i].ptr), &expected->item[i])) {
                print_error("differs: %s\n", expected->key[i].ptr);
                return false;
            }
        }
        return true;
    }
    return false;
}

/* What describe.c writes of a thing, read again. */
#define DESCRIBED(job, tree, ...) \
    do { \
        struct buf described_buf = buf_begin((job)->arena); \
        struct json described; \
        json_begin(&described, &described_buf, false); \
        json_map_begin(&described); \
        __VA_ARGS__; \
        json_map_end(&described); \
        json_end(&described); \
        must(json_read((job), buf_all(&described_buf), NULL, "what was written", &(tree)) == \
             CANDOR_OK); \
    } while (0)

#endif
