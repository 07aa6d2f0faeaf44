/*
 * json_places.c - values of a document taken as what they must be; a failure names the place.
 */
#include "json_places.h"

#include <math.h>

/* Where we are: "features[3]", "" at the top. */
const char *json_key_place(struct job *job, const char *place, const char *key)
{
    return str_z(job->arena,
                 str_format(job->arena, "%s%s%s", place, place[0] == '\0' ? "" : ".", key));
}

const char *json_item_place(struct job *job, const char *place, size_t index)
{
    return str_z(job->arena, str_format(job->arena, "%s[%zu]", place, index));
}

/* ---- single values ---- */

/* A number as it must be; one that may be unknown is null then. */
static enum candor_status one_number(struct job *job, const struct value *value, const char *place,
                                     double *number)
{
    return value_number(job, value, place, number);
}

static enum candor_status known_number(struct job *job, const struct value *value,
                                       const char *place, double *number)
{
    if (value != NULL && value->kind == VALUE_NULL) {
        *number = (double)NAN;
        return CANDOR_OK;
    }
    return value_number(job, value, place, number);
}

enum candor_status json_whole_number(struct job *job, const struct value *value, const char *place,
                                     uint64_t most, uint64_t *number)
{
    int64_t integer = 0;
    TRY(value_int(job, value, place, &integer));
    if (integer < 0 || (uint64_t)integer > most) {
        return fail(job, CANDOR_BAD_INPUT, "%s: a whole number of 0 to %llu is expected", place,
                    (unsigned long long)most);
    }
    *number = (uint64_t)integer;
    return CANDOR_OK;
}

enum candor_status json_key_number(struct job *job, const struct value *map, const char *place,
                                   const char *key, double *number)
{
    return one_number(job, value_get(map, key), json_key_place(job, place, key), number);
}

enum candor_status json_key_known(struct job *job, const struct value *map, const char *place,
                                  const char *key, double *number)
{
    return known_number(job, value_get(map, key), json_key_place(job, place, key), number);
}

enum candor_status json_key_count(struct job *job, const struct value *map, const char *place,
                                  const char *key, uint64_t *number)
{
    return json_whole_number(job, value_get(map, key), json_key_place(job, place, key),
                             (uint64_t)1 << 53, number);
}

enum candor_status json_key_text(struct job *job, const struct value *map, const char *place,
                                 const char *key, struct str *text)
{
    return value_text(job, value_get(map, key), json_key_place(job, place, key), text);
}

/* ---- lists ---- */

/* A list of a length that is known; most SIZE_MAX: of any. */
enum candor_status json_as_list(struct job *job, const struct value *value, const char *place,
                                size_t least, size_t most)
{
    TRY(value_is(job, value, VALUE_LIST, place));
    if (value->count < least || value->count > most) {
        return least == most
                   ? fail(job, CANDOR_BAD_INPUT, "%s: %zu items, where %zu are needed", place,
                          value->count, most)
                   : fail(job, CANDOR_BAD_INPUT, "%s: %zu items, where %zu to %zu are possible",
                          place, value->count, least, most);
    }
    return CANDOR_OK;
}

enum candor_status json_fill_numbers(struct job *job, const struct value *list, const char *place,
                                     size_t count, enum width width, double *number)
{
    TRY(json_as_list(job, list, place, count, count));
    for (size_t i = 0; i < count; i++) {
        const struct value *item = &list->item[i];
        if (item->kind == VALUE_NUMBER) {
            number[i] = width == NARROW ? (double)(float)item->number : item->number;
        } else if (width == KNOWN && item->kind == VALUE_NULL) {
            number[i] = (double)NAN;
        } else {
            return one_number(job, item, json_item_place(job, place, i), &number[i]);
        }
    }
    return CANDOR_OK;
}

enum candor_status json_fill_bytes(struct job *job, const struct value *list, const char *place,
                                   size_t count, uint8_t *byte)
{
    TRY(json_as_list(job, list, place, count, count));
    for (size_t i = 0; i < count; i++) {
        uint64_t number = 0;
        const struct value *item = &list->item[i];
        if (item->kind != VALUE_NUMBER || !item->is_integer || item->integer < 0 ||
            item->integer > UINT8_MAX) {
            TRY(json_whole_number(job, item, json_item_place(job, place, i), UINT8_MAX, &number));
        }
        byte[i] = (uint8_t)item->integer;
    }
    return CANDOR_OK;
}

enum candor_status json_fill_texts(struct job *job, const struct value *list, const char *place,
                                   struct str *text)
{
    for (size_t i = 0; i < list->count; i++) {
        TRY(value_text(job, &list->item[i], json_item_place(job, place, i), &text[i]));
    }
    return CANDOR_OK;
}
