/*
 * section.h - the second door of the record room: one map of candor.yaml taken apart.
 *
 * Each function takes what stands under one key, checks it, and says what is wrong and on which
 * line: "purpose of campaign 'spring' (line 12): ...". A key that is not there leaves the target as
 * it was, which is where the default stands; a key with nothing behind it is refused, since nobody
 * can know what was meant. All failures are CANDOR_BAD_INPUT.
 */
#ifndef CANDOR_SECTION_H
#define CANDOR_SECTION_H

#include "record.h"

struct section {
    const struct value *map;
    const char *what; /* "campaign 'spring'" */
};

/* Open a map with only these keys; kind is "campaign", the name is taken from `name` if it reads. */
CANDOR_MUST_USE enum candor_status section_open(struct job *job, const struct value *map,
                                                const char *kind, const char *const *known_key,
                                                size_t known_count, struct section *section);

bool section_has(const struct section *section, const char *key);
/* "cap of campaign 'spring'", for maps and lists within. */
const char *section_what(struct job *job, const struct section *section, const char *key);
/* Fail about a key: the message begins with what and where. */
enum candor_status section_fail(struct job *job, const struct section *section, const char *key,
                                const char *format, ...) CANDOR_PRINTF(4, 5);
/* The key is required. */
CANDOR_MUST_USE enum candor_status section_need(struct job *job, const struct section *section,
                                                const char *key);

/* A name: required, a-z 0-9 _ - : . and up to NAME_LEN_MAX. */
CANDOR_MUST_USE enum candor_status section_name(struct job *job, const struct section *section,
                                                struct str *name);
/* What people read in place of a name: the text under the key, else the name with spaces. */
CANDOR_MUST_USE enum candor_status section_title(struct job *job, const struct section *section,
                                                 const char *key, struct str name,
                                                 struct str *title);
CANDOR_MUST_USE enum candor_status section_text(struct job *job, const struct section *section,
                                                const char *key, struct str *text);
CANDOR_MUST_USE enum candor_status section_bool(struct job *job, const struct section *section,
                                                const char *key, bool *boolean);
CANDOR_MUST_USE enum candor_status section_number(struct job *job, const struct section *section,
                                                  const char *key, double min, double max,
                                                  double *number);
CANDOR_MUST_USE enum candor_status section_count(struct job *job, const struct section *section,
                                                 const char *key, uint32_t min, uint32_t max,
                                                 uint32_t *count);
/* One of the words; its index. */
CANDOR_MUST_USE enum candor_status section_choice(struct job *job, const struct section *section,
                                                  const char *key, const char *const *word,
                                                  size_t word_count, unsigned *index);
/* A list of 0 .. count_max items, or NULL. */
CANDOR_MUST_USE enum candor_status section_list(struct job *job, const struct section *section,
                                                const char *key, size_t count_max,
                                                const struct value **list);
/* A map, or NULL. */
CANDOR_MUST_USE enum candor_status section_map(struct job *job, const struct section *section,
                                               const char *key, const struct value **map);

/* A text, number or boolean as the text that reads as it; of anything else, the empty text. */
struct str section_scalar(struct arena *arena, const struct value *value);

/* Things that are referred to by name: an array of structs whose first member is their name. */
struct catalogue {
    const char *kind; /* "purpose" */
    const void *first;
    size_t stride;
    size_t count;
};

struct catalogue catalogue_purposes(const struct inventory *inventory);
struct catalogue catalogue_channels(const struct inventory *inventory);
struct catalogue catalogue_fields(const struct inventory *inventory);
struct catalogue catalogue_event_kinds(const struct inventory *inventory);
struct catalogue catalogue_features(const struct inventory *inventory);
struct catalogue catalogue_properties(const struct event_kind *kind);

/* The index of the thing that a value names; what begins the message. */
CANDOR_MUST_USE enum candor_status catalogue_find(struct job *job,
                                                  const struct catalogue *catalogue,
                                                  const struct value *value, const char *what,
                                                  size_t *index);
CANDOR_MUST_USE enum candor_status section_reference(struct job *job, const struct section *section,
                                                     const char *key,
                                                     const struct catalogue *catalogue,
                                                     size_t *index);
/* A list of different names. In the job's arena. */
struct references {
    size_t *index;
    size_t count;
};
CANDOR_MUST_USE enum candor_status section_references(
    struct job *job, const struct section *section, const char *key,
    const struct catalogue *catalogue, size_t count_max, struct references *references);
/* The same as a mask. */
CANDOR_MUST_USE enum candor_status section_mask(struct job *job, const struct section *section,
                                                const char *key, const struct catalogue *catalogue,
                                                uint64_t *mask);
/* The name of the thing at `at` must not be that of one before it. */
CANDOR_MUST_USE enum candor_status section_is_new(struct job *job, const struct section *section,
                                                  const struct catalogue *catalogue, size_t at);

#endif
