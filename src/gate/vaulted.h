/*
 * vaulted.h - what vault.c and restore.c share. Inside the room only.
 */
#ifndef CANDOR_GATE_VAULTED_H
#define CANDOR_GATE_VAULTED_H

#include "vault.h"

struct vault {
    struct arena *arena;
    bool spares_links; /* no value is put into one */
    const struct gate *gate;
    struct gate_asked asked;
    uint64_t (*number)(void *self, struct str name, struct str value);
    void *self;
    struct pseudonym **item;
    size_t count;
    size_t room;
    uint32_t *bucket;         /* by how a value begins: index + 1; 0: none; NULL: no values yet */
    size_t bucket_count;      /* a power of 2, at least as many as values */
    struct map *by_value;     /* "EMAIL", a zero byte, the value */
    struct map *by_name;      /* each beginning of each "EMAIL_2": the pseudonym, or vault_part */
    struct map *number_taken; /* vault_part: stands in a text; or the pseudonym */
    struct map *number_last;  /* of each name: where to go on */
    bool begins[256];         /* bytes that a pseudonym may begin with, also damaged */
};

/* In by_name: a beginning that is no pseudonym yet. */
extern struct pseudonym vault_part;

#endif
