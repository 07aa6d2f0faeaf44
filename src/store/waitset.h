/*
 * waitset.h - the keyed hashes of messages that are not in their table yet; for seen.c only.
 *
 * A hash table in the order of the hashes: the home of a tag is its first bits, and whoever is pushed out of
 * theirs lies a little further on (linear probing). So those between two homes lie beside each other and can be
 * taken out a slice at a time, in order, without sorting all of them.
 *
 * Tags are keyed hashes: nobody without the key can make many with one home.
 */
#ifndef CANDOR_STORE_WAITSET_H
#define CANDOR_STORE_WAITSET_H

#include "base.h"

enum { SEEN_TAG_LEN = 16 };

struct wait_entry {
    uint8_t tag[SEEN_TAG_LEN];
    uint32_t day_next; /* the day after the one on which it came, since 1970; 0: nothing is here */
};

struct waitset {
    struct arena *arena; /* of the table; NULL: none yet */
    struct wait_entry *entry;
    size_t room; /* a power of two, or 0 */
    size_t count;
    size_t hand; /* a home: where the next slice begins */
};

void waitset_end(struct waitset *set);

struct wait_entry wait_entry(const uint8_t *tag, int64_t day);
int64_t wait_day(const struct wait_entry *entry);

/* Whether a tag came between two days, both of them counted. */
bool waitset_has(const struct waitset *set, const uint8_t *tag, int64_t from, int64_t to);
/* What is there already is not added again. The hand moves with its home. */
void waitset_add(struct waitset *set, struct wait_entry entry);
void waitset_remove(struct waitset *set, struct wait_entry entry);
/* Those of days before this one. */
void waitset_forget(struct waitset *set, int64_t day);

/* Copy about so many to the buffer, from the hand on, in no order; the home after theirs, room at the end. */
size_t waitset_slice(const struct waitset *set, size_t about, struct buf *slice);

#endif
