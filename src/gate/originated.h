/*
 * originated.h - the index as the files behind origin.h share it. Inside the gate room only.
 */
#ifndef CANDOR_GATE_ORIGINATED_H
#define CANDOR_GATE_ORIGINATED_H

#include "origin.h"
#include "prose.h"
#include "token.h"

/* ---- winnow.c ------------------------------------------------------------------------------- */

/* The tokens of a text as they are compared. */
struct values {
    uint32_t *value;
    uint32_t *start; /* of the token in the text; NULL: not asked */
    size_t count;
    size_t room;
};

/* Where the token ends that begins there. */
size_t value_end(struct str text, struct str path, uint32_t start);
/* false: there is no memory for them */
bool values_of(struct arena *arena, struct str text, struct str path, bool with_places,
               struct values *values);

/* A run of tokens that stands for its surroundings. */
struct mark {
    uint64_t hash;
    uint32_t text;  /* of the index */
    uint32_t place; /* its first token */
};

/* Each mark in turn, by place. */
typedef void mark_fn(void *context, uint64_t hash, uint32_t place);
void winnow(const uint32_t *value, size_t count, mark_fn *each, void *context);

/* ---- the index ------------------------------------------------------------------------------ */

struct indexed {
    struct str name;
    uint32_t first; /* of its values */
    uint32_t count;
};

/* Texts that are the same word for word. */
struct licence {
    struct str *id; /* the first is told */
    size_t id_count;
    uint32_t *word;
    size_t count;
    uint32_t shingles; /* that stand in the index */
};

/* A few words in a row of a licence. */
struct shingle {
    uint32_t hash;
    uint32_t licence;
    uint32_t place;
};

enum { SHINGLE_WORDS = 4, SHINGLE_SOME = 4, SHORT_LICENCE = 200, BUCKETS = 1 << 16 };

struct origin_index {
    struct arena *arena;
    struct indexed *text;
    size_t text_count;
    size_t text_room;
    uint16_t *value; /* of all texts, folded */
    size_t value_count;
    size_t value_room;
    struct mark *mark;
    size_t mark_count;
    size_t mark_room;
    uint32_t *mark_bucket; /* by the upper 16 bits: where they begin */
    uint64_t *filter;      /* a bit for each hash that may be there */
    unsigned filter_bits;
    struct licence *licence;
    size_t licence_count;
    size_t licence_room;
    uint64_t id_count;
    struct shingle *shingle;
    size_t shingle_count;
    uint32_t *shingle_bucket;
};

static inline uint16_t fold_value(uint32_t value)
{
    return (uint16_t)(value ^ value >> 16);
}

/* The hash of a few words. */
uint32_t shingle_hash(const uint32_t *word);
/* Make what is looked up from what is listed. */
void origin_prepare(struct origin_index *origin);

/* ---- copied.c, licence.c, licence_text.c ----------------------------------------------------- */

void copied_scan(struct scan *scan, const struct origin_index *corpus);
void licence_scan(struct scan *scan);

/* Words of a licence: small, without copyright lines, tags and places to fill in. */
struct words {
    uint32_t *hash;
    uint32_t *start; /* NULL: not asked */
    uint32_t *end;
    size_t count;
};
bool licence_words(struct arena *arena, struct str text, bool with_places, struct words *words);

struct licence_match {
    const struct licence *licence;
    size_t start; /* in the text */
    size_t end;
    unsigned alike; /* thousandths: 1000 is word for word */
};
/* Whole texts of licences within a text, best first, at most match_max of them. */
size_t licence_texts_in(struct arena *arena, const struct origin_index *index, struct str text,
                        struct licence_match match[], size_t match_max);

#endif
