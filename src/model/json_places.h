/*
 * json_places.h - what json_places.c does for of_json.c. A place is "features[3].value", "" at the top;
 * all that can fail fails with CANDOR_BAD_INPUT and the place.
 */
#ifndef CANDOR_MODEL_JSON_PLACES_H
#define CANDOR_MODEL_JSON_PLACES_H

#include "text.h"

/* What a list of numbers is for. */
enum width {
    WIDE,   /* 64 bits */
    NARROW, /* 32 bits */
    KNOWN,  /* 64 bits, or null */
};

/* "features[3].value", "features[3]" */
const char *json_key_place(struct job *job, const char *place, const char *key);
const char *json_item_place(struct job *job, const char *place, size_t index);
/* One value: of 0 to most; under a key; one that may be null, which is NaN. A count is at most 2^53. */
CANDOR_MUST_USE enum candor_status json_whole_number(struct job *job, const struct value *value,
                                                     const char *place, uint64_t most,
                                                     uint64_t *number);
CANDOR_MUST_USE enum candor_status json_key_number(struct job *job, const struct value *map,
                                                   const char *place, const char *key,
                                                   double *number);
CANDOR_MUST_USE enum candor_status json_key_known(struct job *job, const struct value *map,
                                                  const char *place, const char *key,
                                                  double *number);
CANDOR_MUST_USE enum candor_status json_key_count(struct job *job, const struct value *map,
                                                  const char *place, const char *key,
                                                  uint64_t *number);
CANDOR_MUST_USE enum candor_status json_key_text(struct job *job, const struct value *map,
                                                 const char *place, const char *key,
                                                 struct str *text);
/* A list of least to most items; one of count items into an array. */
CANDOR_MUST_USE enum candor_status json_as_list(struct job *job, const struct value *value,
                                                const char *place, size_t least, size_t most);
CANDOR_MUST_USE enum candor_status json_fill_numbers(struct job *job, const struct value *list,
                                                     const char *place, size_t count,
                                                     enum width width, double *number);
CANDOR_MUST_USE enum candor_status json_fill_bytes(struct job *job, const struct value *list,
                                                   const char *place, size_t count, uint8_t *byte);
CANDOR_MUST_USE enum candor_status json_fill_texts(struct job *job, const struct value *list,
                                                   const char *place, struct str *text);

#endif
