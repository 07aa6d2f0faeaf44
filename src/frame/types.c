/*
 * types.c - what a person says that a column is.
 *
 *     zip: category
 *     size: ordinal [small, medium, large]
 *     grade: [A, B, C]
 *     joined: date
 *     note: drop
 */
#include "inside.h"
#include "text.h"

static enum candor_status add_level(struct job *job, const struct value *entry, struct str text,
                                    struct str *level, size_t *count)
{
    const char *where = value_where(job->arena, entry);
    if (text.len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "--types%s: a level is empty", where);
    }
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(level[i], text)) {
            return fail(job, CANDOR_BAD_INPUT, "--types%s: a level is there twice", where);
        }
    }
    if (*count == BINS_MAX - 2) {
        return fail(job, CANDOR_TOO_LARGE, "--types%s: more than %d levels in order", where,
                    BINS_MAX - 2);
    }
    level[(*count)++] = str_copy(job->arena, text);
    return CANDOR_OK;
}

static enum candor_status finish(struct job *job, const struct value *entry,
                                 const struct str *level, size_t count, struct column_type *type)
{
    if (count == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--types%s: an ordinal names its levels, the least first",
                    value_where(job->arena, entry));
    }
    *type = (struct column_type){TYPE_ORDINAL, level, count};
    return CANDOR_OK;
}

/* A YAML list; a number in it is meant as it is printed shortest. */
static enum candor_status of_list(struct job *job, const struct value *entry,
                                  struct column_type *type)
{
    struct str *level = NEW_ARRAY(job->arena, BINS_MAX, struct str);
    size_t count = 0;
    for (size_t i = 0; i < entry->count; i++) {
        const struct value *item = &entry->item[i];
        struct str text = {NULL, 0};
        if (item->kind == VALUE_NUMBER) {
            text = str_from_double(job->arena, item->number);
        } else {
            TRY(value_text(job, item, "a level of --types", &text));
        }
        TRY(add_level(job, entry, str_trim(text), level, &count));
    }
    return finish(job, entry, level, count, type);
}

/* [low, medium, high] */
static enum candor_status of_brackets(struct job *job, const struct value *entry, struct str text,
                                      struct column_type *type)
{
    struct str *level = NEW_ARRAY(job->arena, BINS_MAX, struct str);
    size_t count = 0;
    if (!str_starts(text, STR("[")) || !str_ends(text, STR("]")) || text.len < 2) {
        return fail(job, CANDOR_BAD_INPUT,
                    "--types%s: an ordinal is written ordinal [least, ..., most]",
                    value_where(job->arena, entry));
    }
    struct str rest = str_trim(str_slice(text, 1, text.len - 1));
    while (rest.len > 0 || count > 0) {
        TRY(add_level(job, entry, str_trim(str_cut(&rest, ',')), level, &count));
        if (rest.ptr == NULL) {
            break;
        }
    }
    return finish(job, entry, level, count, type);
}

static enum candor_status of_word(struct job *job, const struct value *entry, struct str word,
                                  struct column_type *type)
{
    static const struct {
        const char *word;
        enum column_type_kind kind;
    } known[] = {{"number", TYPE_NUMBER},
                 {"category", TYPE_CATEGORY},
                 {"date", TYPE_DATE},
                 {"drop", TYPE_DROP}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_is(word, known[i].word)) {
            type->kind = known[i].kind;
            return CANDOR_OK;
        }
    }
    if (str_starts(word, STR("ordinal"))) {
        return of_brackets(job, entry, str_trim(str_slice(word, 7, word.len)), type);
    }
    return fail(job, CANDOR_BAD_INPUT,
                "--types%s: a type is number, category, date, drop or ordinal [least, ..., most]",
                value_where(job->arena, entry));
}

enum candor_status column_type_of(struct job *job, const struct value *types, struct str name,
                                  struct column_type *type)
{
    *type = (struct column_type){.kind = TYPE_BY_CONTENT};
    for (size_t k = 0; types != NULL && k < types->count; k++) {
        const struct value *entry = &types->item[k];
        struct str word = {NULL, 0};
        if (!str_equal(types->key[k], name)) {
            continue;
        }
        if (entry->kind == VALUE_LIST) {
            return of_list(job, entry, type);
        }
        TRY(value_text(job, entry, "a column's type", &word));
        return of_word(job, entry, str_trim(word), type);
    }
    return CANDOR_OK;
}
