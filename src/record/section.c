/*
 * section.c - one map of candor.yaml taken apart. What it does stands in record.h.
 */
#include "record.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "text.h"

enum { TITLE_LEN_MAX = 1024 };

/* ---- what and where ------------------------------------------------------------------------ */

static bool is_name(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char letter = text.ptr[i];
        const bool is_fine = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                             letter == '_' || letter == '-' || letter == ':' || letter == '.';
        if (!is_fine) {
            return false;
        }
    }
    return text.len > 0 && text.len <= NAME_LEN_MAX;
}

enum candor_status section_open(struct job *job, const struct value *map, const char *kind,
                                const char *const *known_key, size_t known_count,
                                struct section *section)
{
    const struct value *name = value_get(map, "name");
    section->map = map;
    section->what = kind;
    if (name != NULL && name->kind == VALUE_TEXT && is_name(name->text)) {
        section->what = str_format(job->arena, "%s '%.*s'", kind, STR_ARG(name->text)).ptr;
    }
    return value_only(job, map, known_key, known_count, section->what);
}

bool section_has(const struct section *section, const char *key)
{
    return value_get(section->map, key) != NULL;
}

const char *section_what(struct job *job, const struct section *section, const char *key)
{
    return str_format(job->arena, "%s of %s", key, section->what).ptr;
}

enum candor_status section_fail(struct job *job, const struct section *section, const char *key,
                                const char *format, ...)
{
    char why[JOB_MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments); /* cut where it is too long to read */
    va_end(arguments);

    const struct value *value = value_get(section->map, key);
    return fail(job, CANDOR_BAD_INPUT, "%s%s: %s", section_what(job, section, key),
                value_where(job->arena, value == NULL ? section->map : value), why);
}

enum candor_status section_need(struct job *job, const struct section *section, const char *key)
{
    return section_has(section, key)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s%s: '%s' is missing", section->what,
                      value_where(job->arena, section->map), key);
}

/* ---- plain values -------------------------------------------------------------------------- */

enum candor_status section_name(struct job *job, const struct section *section, struct str *name)
{
    TRY(section_need(job, section, "name"));
    TRY(section_text(job, section, "name", name));
    return is_name(*name) ? CANDOR_OK
                          : section_fail(job, section, "name",
                                         "a name has 1 to %d of a-z 0-9 _ - : .", NAME_LEN_MAX);
}

static struct str with_spaces(struct arena *arena, struct str name)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < name.len; i++) {
        const bool is_space = name.ptr[i] == '_' || name.ptr[i] == '-' || name.ptr[i] == '.';
        buf_u8(&buf, is_space ? (uint8_t)' ' : (uint8_t)name.ptr[i]);
    }
    return buf_text(&buf);
}

enum candor_status section_title(struct job *job, const struct section *section, const char *key,
                                 struct str name, struct str *title)
{
    *title = with_spaces(job->arena, name);
    TRY(section_text(job, section, key, title));
    return title->len <= TITLE_LEN_MAX
               ? CANDOR_OK
               : section_fail(job, section, key, "longer than %d bytes", TITLE_LEN_MAX);
}

enum candor_status section_text(struct job *job, const struct section *section, const char *key,
                                struct str *text)
{
    const struct value *value = value_get(section->map, key);
    return value == NULL ? CANDOR_OK
                         : value_text(job, value, section_what(job, section, key), text);
}

enum candor_status section_bool(struct job *job, const struct section *section, const char *key,
                                bool *boolean)
{
    const struct value *value = value_get(section->map, key);
    return value == NULL ? CANDOR_OK
                         : value_bool(job, value, section_what(job, section, key), boolean);
}

enum candor_status section_number(struct job *job, const struct section *section, const char *key,
                                  double min, double max, double *number)
{
    const struct value *value = value_get(section->map, key);
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_number(job, value, section_what(job, section, key), number));
    return *number >= min && *number <= max
               ? CANDOR_OK
               : section_fail(job, section, key, "must lie between %g and %g", min, max);
}

enum candor_status section_count(struct job *job, const struct section *section, const char *key,
                                 uint32_t min, uint32_t max, uint32_t *count)
{
    const struct value *value = value_get(section->map, key);
    int64_t integer = 0;
    if (value == NULL) {
        return CANDOR_OK;
    }
    TRY(value_int(job, value, section_what(job, section, key), &integer));
    if (integer < min || integer > max) {
        return section_fail(job, section, key, "must lie between %u and %u", min, max);
    }
    *count = (uint32_t)integer;
    return CANDOR_OK;
}

static const char *list_words(struct arena *arena, const char *const *word, size_t word_count)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < word_count; i++) {
        buf_format(&buf, "%s%s", i == 0 ? "" : ", ", word[i]);
    }
    buf_u8(&buf, 0);
    return buf_text(&buf).ptr;
}

enum candor_status section_choice(struct job *job, const struct section *section, const char *key,
                                  const char *const *word, size_t word_count, unsigned *index)
{
    struct str text = STR("");
    if (!section_has(section, key)) {
        return CANDOR_OK;
    }
    TRY(section_text(job, section, key, &text));
    for (size_t i = 0; i < word_count; i++) {
        if (str_is(text, word[i])) {
            *index = (unsigned)i;
            return CANDOR_OK;
        }
    }
    const char *nearest = nearest_word(text, word, word_count);
    return nearest != NULL
               ? section_fail(job, section, key, "unknown word; did you mean '%s'?", nearest)
               : section_fail(job, section, key, "unknown word; known are %s",
                              list_words(job->arena, word, word_count));
}

enum candor_status section_list(struct job *job, const struct section *section, const char *key,
                                size_t count_max, const struct value **list)
{
    *list = value_get(section->map, key);
    if (*list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, *list, VALUE_LIST, section_what(job, section, key)));
    return (*list)->count <= count_max
               ? CANDOR_OK
               : section_fail(job, section, key, "%zu items, at most %zu are allowed",
                              (*list)->count, count_max);
}

enum candor_status section_map(struct job *job, const struct section *section, const char *key,
                               const struct value **map)
{
    *map = value_get(section->map, key);
    return *map == NULL ? CANDOR_OK
                        : value_is(job, *map, VALUE_MAP, section_what(job, section, key));
}

struct str section_scalar(struct arena *arena, const struct value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        return value->text;
    case VALUE_NUMBER:
        return str_from_double(arena, value->number);
    case VALUE_BOOL:
        return value->boolean ? STR("true") : STR("false");
    case VALUE_NULL:
    case VALUE_LIST:
    case VALUE_MAP:
        break;
    }
    return STR("");
}

/* ---- references ---------------------------------------------------------------------------- */

static_assert(offsetof(struct purpose, name) == 0, "catalogues look for the name at the front");
static_assert(offsetof(struct field, name) == 0, "catalogues look for the name at the front");
static_assert(offsetof(struct event_kind, name) == 0, "catalogues look for the name at the front");
static_assert(offsetof(struct feature, name) == 0, "catalogues look for the name at the front");

struct catalogue catalogue_purposes(const struct inventory *inventory)
{
    return (struct catalogue){"purpose", inventory->purpose, sizeof *inventory->purpose,
                              inventory->purpose_count};
}

struct catalogue catalogue_channels(const struct inventory *inventory)
{
    return (struct catalogue){"channel", inventory->channel, sizeof *inventory->channel,
                              inventory->channel_count};
}

struct catalogue catalogue_fields(const struct inventory *inventory)
{
    return (struct catalogue){"field", inventory->field, sizeof *inventory->field,
                              inventory->field_count};
}

struct catalogue catalogue_event_kinds(const struct inventory *inventory)
{
    return (struct catalogue){"event", inventory->event_kind, sizeof *inventory->event_kind,
                              inventory->event_kind_count};
}

struct catalogue catalogue_features(const struct inventory *inventory)
{
    return (struct catalogue){"feature", inventory->feature, sizeof *inventory->feature,
                              inventory->feature_count};
}

struct catalogue catalogue_properties(const struct event_kind *kind)
{
    return (struct catalogue){"property", kind->property, sizeof *kind->property,
                              kind->property_count};
}

static struct str catalogue_name(const struct catalogue *catalogue, size_t at)
{
    must(at < catalogue->count);
    const void *thing = (const uint8_t *)catalogue->first + at * catalogue->stride;
    return *(const struct str *)thing;
}

static enum candor_status fail_unknown(struct job *job, const struct catalogue *catalogue,
                                       const struct value *value, const char *what)
{
    const char **word = NEW_ARRAY(job->arena, catalogue->count + 1, const char *);
    for (size_t i = 0; i < catalogue->count; i++) {
        word[i] = str_z(job->arena, catalogue_name(catalogue, i));
    }
    const char *nearest = nearest_word(value->text, word, catalogue->count);
    const struct str shown = str_slice(value->text, 0, NAME_LEN_MAX);
    return nearest != NULL
               ? fail(job, CANDOR_BAD_INPUT, "%s%s: there is no %s '%.*s'; did you mean '%s'?",
                      what, value_where(job->arena, value), catalogue->kind, STR_ARG(shown),
                      nearest)
               : fail(job, CANDOR_BAD_INPUT, "%s%s: there is no %s '%.*s'", what,
                      value_where(job->arena, value), catalogue->kind, STR_ARG(shown));
}

enum candor_status catalogue_find(struct job *job, const struct catalogue *catalogue,
                                  const struct value *value, const char *what, size_t *index)
{
    struct str name;
    TRY(value_text(job, value, what, &name));
    for (size_t i = 0; i < catalogue->count; i++) {
        if (str_equal(catalogue_name(catalogue, i), name)) {
            *index = i;
            return CANDOR_OK;
        }
    }
    return fail_unknown(job, catalogue, value, what);
}

enum candor_status section_reference(struct job *job, const struct section *section,
                                     const char *key, const struct catalogue *catalogue,
                                     size_t *index)
{
    const struct value *value = value_get(section->map, key);
    return value == NULL
               ? CANDOR_OK
               : catalogue_find(job, catalogue, value, section_what(job, section, key), index);
}

static enum candor_status check_not_twice(struct job *job, const struct section *section,
                                          const char *key, const struct catalogue *catalogue,
                                          const struct references *references)
{
    const size_t last = references->count - 1;
    for (size_t before = 0; before < last; before++) {
        if (references->index[before] == references->index[last]) {
            const struct str name = catalogue_name(catalogue, references->index[last]);
            return section_fail(job, section, key, "'%.*s' stands there twice", STR_ARG(name));
        }
    }
    return CANDOR_OK;
}

enum candor_status section_references(struct job *job, const struct section *section,
                                      const char *key, const struct catalogue *catalogue,
                                      size_t count_max, struct references *references)
{
    const struct value *list = NULL;
    TRY(section_list(job, section, key, count_max, &list));
    const size_t count = list == NULL ? 0 : list->count;
    references->count = 0;
    TRY_ALLOC(job, references->index, count + 1, size_t);
    for (size_t i = 0; i < count; i++) {
        TRY(catalogue_find(job, catalogue, &list->item[i], section_what(job, section, key),
                           &references->index[i]));
        references->count++;
        TRY(check_not_twice(job, section, key, catalogue, references));
    }
    return CANDOR_OK;
}

enum candor_status section_mask(struct job *job, const struct section *section, const char *key,
                                const struct catalogue *catalogue, uint64_t *mask)
{
    struct references references;
    must(catalogue->count <= 64);
    TRY(section_references(job, section, key, catalogue, 64, &references));
    if (section_has(section, key)) {
        *mask = 0;
    }
    for (size_t i = 0; i < references.count; i++) {
        *mask |= UINT64_C(1) << references.index[i];
    }
    return CANDOR_OK;
}

enum candor_status section_is_new(struct job *job, const struct section *section,
                                  const struct catalogue *catalogue, size_t at)
{
    const struct str name = catalogue_name(catalogue, at);
    for (size_t i = 0; i < at; i++) {
        if (str_equal(catalogue_name(catalogue, i), name)) {
            return section_fail(job, section, "name", "there is a %s of this name already",
                                catalogue->kind);
        }
    }
    return CANDOR_OK;
}
