/*
 * definition.h - the tree as RFC 9162 defines it, slow and obviously right.
 *
 * The recursions of sections 2.1.1, 2.1.3.1 and 2.1.4.1, written down as they stand there. The
 * tests hold the fast code against them.
 */
#ifndef DEFINITION_H
#define DEFINITION_H

#include <string.h>

#include "ledger.h"
#include "testing.h"

/* MTH(D[n]) of n leaf hashes, n at least 1. */
static inline struct digest defined_root(const struct digest *leaf, size_t leaf_count)
{
    const uint8_t node_mark = 0x01;
    if (leaf_count == 1) {
        return leaf[0];
    }

    size_t left_count = 1; /* the largest power of two below leaf_count */
    while (left_count * 2 < leaf_count) {
        left_count *= 2;
    }
    const struct digest left = defined_root(leaf, left_count);
    const struct digest right = defined_root(leaf + left_count, leaf_count - left_count);
    const struct bytes part[] = {{&node_mark, 1}, {left.byte, 32}, {right.byte, 32}};
    return digest_of(part, 3);
}

/* PATH(m, D[n]), added to the proof. */
static inline void defined_path(const struct digest *leaf, size_t m, size_t n, struct proof *proof)
{
    if (n == 1) {
        return;
    }
    size_t k = 1;
    while (k * 2 < n) {
        k *= 2;
    }
    if (m < k) {
        defined_path(leaf, m, k, proof);
        proof->hash[proof->count++] = defined_root(leaf + k, n - k);
    } else {
        defined_path(leaf + k, m - k, n - k, proof);
        proof->hash[proof->count++] = defined_root(leaf, k);
    }
}

/* SUBPROOF(m, D[n], b), added to the proof. */
static inline void defined_subproof(const struct digest *leaf, size_t m, size_t n, bool b,
                                    struct proof *proof)
{
    if (m == n) {
        if (!b) {
            proof->hash[proof->count++] = defined_root(leaf, n);
        }
        return;
    }
    size_t k = 1;
    while (k * 2 < n) {
        k *= 2;
    }
    if (m <= k) {
        defined_subproof(leaf, m, k, b, proof);
        proof->hash[proof->count++] = defined_root(leaf + k, n - k);
    } else {
        defined_subproof(leaf + k, m - k, n - k, false, proof);
        proof->hash[proof->count++] = defined_root(leaf, k);
    }
}

/* The leaf whose entry is the number in two bytes. */
static inline struct digest leaf_number(uint32_t number)
{
    const uint8_t entry[] = {(uint8_t)(number >> 8), (uint8_t)number};
    return merkle_leaf((struct bytes){entry, sizeof entry});
}

/* The reference leaves of RFC 6962's tests. */
static const char *const vector_entry_hex[] = {
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
};

static inline struct digest vector_leaf(size_t index)
{
    uint8_t entry[16];
    const struct str hex = str_of(vector_entry_hex[index]);
    must(hex_read(hex, entry, hex.len / 2));
    return merkle_leaf((struct bytes){entry, hex.len / 2});
}

static inline struct digest digest_from(const char *hex)
{
    struct digest digest = {.byte = {0}};
    must(hex_read(str_of(hex), digest.byte, sizeof digest.byte));
    return digest;
}

#endif
