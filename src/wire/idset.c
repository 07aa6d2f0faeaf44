/*
 * idset.c - sets of ids: bit fields, ranges, Fibonacci ranges.
 *
 * A set that was read stays where it stands in the string, so that decoding costs one walk over its
 * ranges and no memory. The walk checks all that a set can break; after it nothing needs a check.
 *
 *     largest id 16, form 1:  0   one bit for each id
 *                             1   count 12, then ranges: 1 bit (0 one id, 1 two), 16 bits each
 *                             1   Fibonacci: 1 bit, offset from the id before, [end - start]
 */
#include <stdlib.h>

#include "inside.h"

/* ---- reading ------------------------------------------------------------------------------- */

/* One range of whole numbers, which the string has room for or not: `bad` says. */
static struct id_range fixed_range(struct bits *bits, uint32_t *first, uint32_t *last)
{
    const bool is_range = bits_read(bits, 1) == 1;
    *first = (uint32_t)bits_read(bits, 16);
    *last = is_range ? (uint32_t)bits_read(bits, 16) : *first;
    return (struct id_range){(uint16_t)*first, (uint16_t)*last};
}

static struct id_range fibonacci_range(struct bits *bits, uint32_t before, uint32_t *first,
                                       uint32_t *last)
{
    const bool is_range = bits_read(bits, 1) == 1;
    *first = before + bits_fibonacci(bits);
    *last = is_range ? *first + bits_fibonacci(bits) : *first;
    return (struct id_range){(uint16_t)*first, (uint16_t)*last};
}

enum signal_fault idset_read_ranges(struct bits *bits, enum idset_kind kind, uint32_t max,
                                    struct idset *set)
{
    uint32_t first = 0;
    uint32_t last = 0;
    const uint32_t count = (uint32_t)bits_read(bits, 12);
    *set =
        (struct idset){.kind = kind, .max = max, .count = count, .ptr = bits->ptr, .at = bits->at};
    for (uint32_t i = 0; i < count && !bits->bad; i++) {
        if (kind == IDSET_FIBONACCI) {
            (void)fibonacci_range(bits, last, &first, &last);
        } else {
            (void)fixed_range(bits, &first, &last);
        }
        if (bits->bad) {
            break;
        }
        if (last < first) {
            return SIGNAL_RANGE_REVERSED;
        }
        if (first == 0 || last > max) {
            return SIGNAL_RANGE_ABOVE_MAX;
        }
    }
    return SIGNAL_FINE;
}

enum signal_fault idset_read(struct bits *bits, enum idset_kind ranges, struct idset *set)
{
    const uint32_t max = (uint32_t)bits_read(bits, 16);
    if (bits_read(bits, 1) == 1) {
        return idset_read_ranges(bits, ranges, max, set);
    }
    *set = (struct idset){.kind = IDSET_BITS, .max = max, .ptr = bits->ptr, .at = bits->at};
    bits_skip(bits, max);
    return SIGNAL_FINE;
}

/* ---- asking -------------------------------------------------------------------------------- */

/* The next run of ones in a bit field, word by word. */
static bool next_run(const struct idset *set, struct idset_cursor *cursor, struct id_range *range)
{
    size_t at = cursor->at;
    while (at < set->max && bits_peek(set->ptr, set->at + at, 1) == 0) {
        const size_t left = set->max - at;
        const bool is_empty = left >= 56 && bits_peek(set->ptr, set->at + at, 56) == 0;
        at += is_empty ? 56 : 1;
    }
    if (at >= set->max) {
        cursor->at = set->max;
        return false;
    }
    range->first = (uint16_t)(at + 1);
    while (at < set->max && bits_peek(set->ptr, set->at + at, 1) == 1) {
        at++;
    }
    range->last = (uint16_t)at;
    cursor->at = at;
    return true;
}

static bool next_range(const struct idset *set, struct idset_cursor *cursor, struct id_range *range)
{
    uint32_t first = 0;
    uint32_t last = 0;
    if (cursor->done == set->count) {
        return false;
    }
    /* The walk when it was read has shown that all ranges are there. */
    struct bits bits = {.ptr = set->ptr, .len = SIZE_MAX, .at = set->at + cursor->at};
    *range = set->kind == IDSET_FIBONACCI ? fibonacci_range(&bits, cursor->last, &first, &last)
                                          : fixed_range(&bits, &first, &last);
    cursor->at = bits.at - set->at;
    cursor->last = last;
    cursor->done++;
    return true;
}

bool idset_next(const struct idset *set, struct idset_cursor *cursor, struct id_range *range)
{
    switch (set->kind) {
    case IDSET_BITS:
        return next_run(set, cursor, range);
    case IDSET_RANGES:
    case IDSET_FIBONACCI:
        return next_range(set, cursor, range);
    case IDSET_LIST:
        if (cursor->done == set->count) {
            return false;
        }
        *range = set->row[cursor->done++];
        return true;
    }
    base_broken("a set has one of the four kinds", __FILE__, __LINE__);
}

bool idset_has(const struct idset *set, uint32_t id)
{
    if (set->kind == IDSET_BITS) {
        return id > 0 && id <= set->max && bits_peek(set->ptr, set->at + id - 1, 1) == 1;
    }
    struct idset_cursor cursor = {0};
    struct id_range range;
    while (idset_next(set, &cursor, &range)) {
        if (range.first <= id && id <= range.last) {
            return true;
        }
    }
    return false;
}

/* ---- lists --------------------------------------------------------------------------------- */

struct idset idset_of(const struct id_range *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        must(row[i].first > 0 && row[i].first <= row[i].last);
        must(i == 0 || row[i].first > row[i - 1].last);
    }
    return (struct idset){.kind = IDSET_LIST,
                          .max = count == 0 ? 0 : row[count - 1].last,
                          .count = (uint32_t)count,
                          .row = row};
}

static int by_first(const void *left, const void *right)
{
    const struct id_range *a = (const struct id_range *)left;
    const struct id_range *b = (const struct id_range *)right;
    return a->first < b->first ? -1 : a->first > b->first;
}

static size_t count_ranges(const struct idset *set)
{
    struct idset_cursor cursor = {0};
    struct id_range range;
    size_t count = 0;
    while (idset_next(set, &cursor, &range)) {
        count++;
    }
    return count;
}

const struct id_range *idset_list(struct arena *arena, const struct idset *set, size_t *count)
{
    struct id_range *row = NEW_ARRAY(arena, count_ranges(set) + 1, struct id_range);
    struct idset_cursor cursor = {0};
    size_t found = 0;
    size_t kept = 0;
    while (idset_next(set, &cursor, &row[found])) {
        found++;
    }
    if (set->kind == IDSET_RANGES) {
        qsort(row, found, sizeof row[0], by_first);
    }
    for (size_t i = 0; i < found; i++) {
        if (kept > 0 && row[i].first <= row[kept - 1].last + 1U) {
            row[kept - 1].last =
                row[i].last > row[kept - 1].last ? row[i].last : row[kept - 1].last;
        } else {
            row[kept++] = row[i];
        }
    }
    *count = kept;
    return row;
}

struct str idset_text(struct arena *arena, const struct idset *set)
{
    size_t count = 0;
    const struct id_range *row = idset_list(arena, set, &count);
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "%s%u", i == 0 ? "" : ",", row[i].first);
        if (row[i].last > row[i].first) {
            buf_format(&buf, "-%u", row[i].last);
        }
    }
    return buf_text(&buf);
}

/* ---- writing ------------------------------------------------------------------------------- */

enum { RANGES_MAX = 4095 }; /* that a count of 12 bits can say */

static void put_row(struct bit_writer *writer, const struct id_range *row, size_t count)
{
    must(count <= RANGES_MAX);
    put_bits(writer, count, 12);
    for (size_t i = 0; i < count; i++) {
        const bool is_range = row[i].last > row[i].first;
        put_bits(writer, is_range ? 1 : 0, 1);
        put_bits(writer, row[i].first, 16);
        if (is_range) {
            put_bits(writer, row[i].last, 16);
        }
    }
}

void idset_put_ranges(struct bit_writer *writer, struct arena *arena, const struct idset *set)
{
    size_t count = 0;
    const struct id_range *row = idset_list(arena, set, &count);
    put_row(writer, row, count);
}

static void put_field(struct bit_writer *writer, const struct id_range *row, size_t count)
{
    uint32_t id = 1;
    for (size_t i = 0; i < count; i++) {
        for (; id < row[i].first; id++) {
            put_bits(writer, 0, 1);
        }
        for (; id <= row[i].last; id++) {
            put_bits(writer, 1, 1);
        }
    }
}

void idset_put(struct bit_writer *writer, struct arena *arena, const struct idset *set)
{
    size_t count = 0;
    const struct id_range *row = idset_list(arena, set, &count);
    const uint32_t max = count == 0 ? 0 : row[count - 1].last;
    size_t range_bits = 12;
    for (size_t i = 0; i < count; i++) {
        range_bits += row[i].last > row[i].first ? 33 : 17;
    }
    const bool as_ranges = count <= RANGES_MAX && range_bits < max;
    put_bits(writer, max, 16);
    put_bits(writer, as_ranges ? 1 : 0, 1);
    if (as_ranges) {
        put_row(writer, row, count);
    } else {
        put_field(writer, row, count);
    }
}
