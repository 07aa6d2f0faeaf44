/*
 * match.c - the rows of names.def, found by the last part of a name.
 *
 * "a.b" fits every path that ends in it, part by part; "=a" only that path; "*.a" any member of that name. A call is a
 * part as well: "a.b()" is what a call of a.b gives.
 */
#include <pthread.h>

#include "inside.h"

static const struct {
    unsigned languages;
    enum role role;
    const char *name;
    int argument;
    unsigned number;
} table[] = {
#define SOURCE(languages, name, label) {languages, IS_SOURCE, name, 0, label},
#define SINK(languages, name, argument, rule) {languages, IS_SINK, name, argument, RULE_##rule},
#define SET(languages, name, rule) {languages, IS_SET_SINK, name, 0, RULE_##rule},
#define CLEAN(languages, name, safe) {languages, IS_CLEANER, name, 0, safe},
#define CARRY(languages, name, argument) {languages, IS_CARRIER, name, argument, 0},
#define CALL(languages, name, rule) {languages, IS_CALL, name, 0, RULE_##rule},
#include "names.def"
#include "names_js.def"
#include "names_web.def"
#undef SOURCE
#undef SINK
#undef SET
#undef CLEAN
#undef CARRY
#undef CALL
};

enum { ROWS = sizeof table / sizeof table[0], BUCKETS = 2048 };

struct matcher {
    struct named row[ROWS + 1];
    uint32_t row_count;
    uint32_t bucket[BUCKETS];
    /* That rows of the bucket have: most names have none that is asked for. */
    uint8_t roles[BUCKETS];
};

/* Of the last part, from its end on. */
static uint32_t hash_of_last(struct str path)
{
    uint32_t hash = 2166136261U;
    for (size_t i = path.len; i > 0 && path.ptr[i - 1] != '.'; i--) {
        hash = (hash ^ (unsigned char)path.ptr[i - 1]) * 16777619U;
    }
    return (hash ^ hash >> 15) & (BUCKETS - 1);
}

/* The same for every text, so it is made once. */
static struct matcher all;
static pthread_once_t made = PTHREAD_ONCE_INIT;

static void make_all(void)
{
    all.row_count = 1;
    for (size_t i = ROWS; i-- > 0;) {
        struct str name = str_of(table[i].name);
        struct named *row = &all.row[all.row_count];
        row->is_exact = str_starts(name, STR("="));
        row->needs_receiver = str_starts(name, STR("*."));
        name = str_slice(name, row->is_exact ? 1 : row->needs_receiver ? 2 : 0, name.len);
        row->name = name;
        row->languages = (uint8_t)table[i].languages;
        row->role = (uint8_t)table[i].role;
        row->argument = (int8_t)table[i].argument;
        row->number = (uint16_t)table[i].number;
        const uint32_t bucket = hash_of_last(name);
        all.roles[bucket] |= (uint8_t)(1U << row->role);
        row->next = all.bucket[bucket];
        all.bucket[bucket] = all.row_count++;
    }
}

const struct matcher *matcher_of_all(void)
{
    must(pthread_once(&made, make_all) == 0);
    return &all;
}

static bool fits(const struct named *row, struct str path)
{
    if (!str_ends(path, row->name)) {
        return false;
    }
    const size_t before = path.len - row->name.len;
    if (before == 0) {
        return !row->needs_receiver;
    }
    return !row->is_exact && path.ptr[before - 1] == '.';
}

const struct named *match_next(const struct matcher *matcher, unsigned language, struct str path,
                               enum role role, const struct named *row)
{
    uint32_t at = row != NULL ? row->next : 0;
    if (row == NULL) {
        const uint32_t bucket = hash_of_last(path);
        at = (matcher->roles[bucket] >> role & 1) != 0 ? matcher->bucket[bucket] : 0;
    }
    for (; at != 0; at = matcher->row[at].next) {
        const struct named *one = &matcher->row[at];
        if (one->role == (uint8_t)role && (one->languages & language) != 0 && fits(one, path)) {
            return one;
        }
    }
    return NULL;
}

unsigned language_bit(enum code_language language)
{
    return language == CODE_PYTHON ? IN_PYTHON : language == CODE_PHP ? IN_PHP : IN_JS;
}
