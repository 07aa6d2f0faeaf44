/*
 * value.c - a parsed document as a tree, and accessors that say what is wrong and where.
 */
#include <string.h>

#include "inside_text.h"

enum {
    WORD_LEN_MAX = 64, /* longer words get no suggestion */
};

const char *value_kind_name(enum value_kind kind)
{
    switch (kind) {
    case VALUE_NULL:
        return "nothing";
    case VALUE_BOOL:
        return "true or false";
    case VALUE_NUMBER:
        return "a number";
    case VALUE_TEXT:
        return "a text";
    case VALUE_LIST:
        return "a list";
    case VALUE_MAP:
        return "a map";
    }
    base_broken("kind is one of enum value_kind", __FILE__, __LINE__);
}

const char *value_where(struct arena *arena, const struct value *value)
{
    return value == NULL || value->line == 0 ? ""
                                             : str_format(arena, " (line %u)", value->line).ptr;
}

const struct value *value_get(const struct value *map, const char *key)
{
    if (map == NULL || map->kind != VALUE_MAP) {
        return NULL;
    }
    for (size_t i = 0; i < map->count; i++) {
        if (str_is(map->key[i], key)) {
            return &map->item[i];
        }
    }
    return NULL;
}

struct str value_text_at(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_TEXT ? value->text : STR("");
}

/* ---- accessors ----------------------------------------------------------------------------- */

static enum candor_status fail_kind(struct job *job, const struct value *value, const char *wanted,
                                    const char *what)
{
    const char *hint = "";
    if (value->kind == VALUE_NUMBER && strcmp(wanted, "a text") == 0) {
        hint = "; put it in quotes";
    } else if (value->kind == VALUE_TEXT && strcmp(wanted, "true or false") == 0) {
        hint = "; write true or false, without quotes";
    }
    return fail(job, CANDOR_BAD_INPUT, "%s%s: expected %s, found %s%s", what,
                value_where(job->arena, value), wanted, value_kind_name(value->kind), hint);
}

enum candor_status value_is(struct job *job, const struct value *value, enum value_kind kind,
                            const char *what)
{
    if (value == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "%s is missing: %s is needed", what,
                    value_kind_name(kind));
    }
    return value->kind == kind ? CANDOR_OK : fail_kind(job, value, value_kind_name(kind), what);
}

enum candor_status value_text(struct job *job, const struct value *value, const char *what,
                              struct str *text)
{
    TRY(value_is(job, value, VALUE_TEXT, what));
    *text = value->text;
    return CANDOR_OK;
}

enum candor_status value_number(struct job *job, const struct value *value, const char *what,
                                double *number)
{
    TRY(value_is(job, value, VALUE_NUMBER, what));
    *number = value->number;
    return CANDOR_OK;
}

enum candor_status value_int(struct job *job, const struct value *value, const char *what,
                             int64_t *integer)
{
    TRY(value_is(job, value, VALUE_NUMBER, what));
    if (!value->is_integer) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%s%s: expected a whole number, found one with a fraction or too many digits",
                    what, value_where(job->arena, value));
    }
    *integer = value->integer;
    return CANDOR_OK;
}

enum candor_status value_bool(struct job *job, const struct value *value, const char *what,
                              bool *boolean)
{
    TRY(value_is(job, value, VALUE_BOOL, what));
    *boolean = value->boolean;
    return CANDOR_OK;
}

/* ---- unknown keys -------------------------------------------------------------------------- */

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

/* How many letters must be put in, left out or changed (Levenshtein), one row at a time. */
static size_t distance(struct str left, struct str right)
{
    size_t row[WORD_LEN_MAX + 1];
    for (size_t j = 0; j <= right.len; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= left.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= right.len; j++) {
            const size_t change = diagonal + (left.ptr[i - 1] == right.ptr[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = least(change, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[right.len];
}

const char *nearest_word(struct str typed, const char *const *word, size_t word_count)
{
    const char *nearest = NULL;
    size_t nearest_distance = 2 + typed.len / 5; /* farther is no slip of the fingers */
    if (typed.len == 0 || typed.len > WORD_LEN_MAX) {
        return NULL;
    }
    for (size_t i = 0; i < word_count; i++) {
        const struct str known = str_of(word[i]);
        if (known.len > WORD_LEN_MAX) {
            continue;
        }
        const size_t far = distance(typed, known);
        if (far <= nearest_distance && far < known.len && far < typed.len) {
            nearest = word[i];
            nearest_distance = far == 0 ? 0 : far - 1; /* the next must be nearer */
        }
    }
    return nearest;
}

static bool is_known(struct str key, const char *const *known_key, size_t known_count)
{
    for (size_t i = 0; i < known_count; i++) {
        if (str_is(key, known_key[i])) {
            return true;
        }
    }
    return false;
}

enum candor_status value_only(struct job *job, const struct value *map,
                              const char *const *known_key, size_t known_count, const char *what)
{
    TRY(value_is(job, map, VALUE_MAP, what));
    for (size_t i = 0; i < map->count; i++) {
        const struct str key = map->key[i];
        if (is_known(key, known_key, known_count)) {
            continue;
        }
        const char *where = value_where(job->arena, &map->item[i]);
        const char *nearest = nearest_word(key, known_key, known_count);
        const struct str shown = str_slice(key, 0, WORD_LEN_MAX);
        return nearest == NULL
                   ? fail(job, CANDOR_BAD_INPUT, "%s: unknown key '%.*s'%s", what, STR_ARG(shown),
                          where)
                   : fail(job, CANDOR_BAD_INPUT, "%s: unknown key '%.*s'%s; did you mean '%s'?",
                          what, STR_ARG(shown), where, nearest);
    }
    return CANDOR_OK;
}

/* ---- what the readers share ---------------------------------------------------------------- */

static size_t or_default(size_t given, size_t otherwise)
{
    return given == 0 ? otherwise : given;
}

struct text_limits text_limits_of(const struct text_limits *limits)
{
    struct text_limits given = {0};
    if (limits != NULL) {
        given = *limits;
    }
    return (struct text_limits){
        .size_max = or_default(given.size_max, (size_t)16 << 20),
        .depth_max = least(or_default(given.depth_max, 64), TEXT_DEPTH_MAX),
        .count_max = or_default(given.count_max, 1000000),
        .text_max = or_default(given.text_max, (size_t)1 << 20),
    };
}

struct place place_of(struct place from, const char *text, size_t at)
{
    struct place place = from;
    for (size_t i = 0; i < at; i++) {
        if (text[i] == '\n') {
            place.line++;
            place.column = 1;
        } else if (((unsigned char)text[i] & 0xC0) != 0x80) {
            place.column++;
        }
    }
    return place;
}

enum candor_status document_of(struct job *job, struct bytes bytes,
                               const struct text_limits *limits, const char *name, struct str *text)
{
    if (bytes.len > limits->size_max) {
        return fail(job, CANDOR_TOO_LARGE, "%s: %zu bytes are more than the limit of %zu", name,
                    bytes.len, limits->size_max);
    }
    struct str all = {(const char *)bytes.ptr, bytes.len};
    while (str_starts(all, STR("\xEF\xBB\xBF"))) {
        all = str_slice(all, 3, all.len);
    }
    const size_t bad = utf8_bad_at(all.ptr, all.len);
    if (bad < all.len) {
        const struct place place = place_of((struct place){1, 1}, all.ptr, bad);
        return fail(job, CANDOR_BAD_INPUT, "%s: line %llu, column %llu: %s", name,
                    (unsigned long long)place.line, (unsigned long long)place.column,
                    all.ptr[bad] == '\0' ? "a zero byte, so this is no text"
                                         : "this is not UTF-8; save it as UTF-8");
    }
    if (str_trim(all).len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "%s is empty", name);
    }
    *text = all;
    return CANDOR_OK;
}
