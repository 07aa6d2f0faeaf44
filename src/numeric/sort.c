/*
 * sort.c - sorting doubles by their bits, and whole numbers.
 *
 * The bits of a double, read as a whole number, already sort the positive ones. Flipping the sign
 * bit of a positive and all bits of a negative makes a key that sorts them all. The key is sorted by
 * six digits of 11 bits, the least significant first; each pass keeps the order of equal digits. A
 * digit that all keys share needs no pass, which whole numbers of a narrow range enjoy.
 */
#include <math.h>
#include <string.h>

#include "numeric.h"

enum { DIGIT_BITS = 11, DIGIT_VALUES = 1 << DIGIT_BITS, DIGIT_COUNT = 6 };

/* counts[digit][value]: how many keys have it; 96 kB, so it lives in the arena. */
struct histogram {
    uint32_t count[DIGIT_COUNT][DIGIT_VALUES];
};

static uint64_t key_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint64_t negative = 0 - (bits >> 63);
    return bits ^ (negative | UINT64_C(0x8000000000000000));
}

static double value_of(uint64_t key)
{
    const uint64_t negative = (key >> 63) - 1;
    const uint64_t bits = key ^ (negative | UINT64_C(0x8000000000000000));
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static size_t digit_of(uint64_t key, unsigned digit)
{
    return (size_t)(key >> (digit * DIGIT_BITS)) & (DIGIT_VALUES - 1);
}

static void histogram_fill(struct histogram *histogram, const uint64_t *key, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (unsigned digit = 0; digit < DIGIT_COUNT; digit++) {
            histogram->count[digit][digit_of(key[i], digit)]++;
        }
    }
}

/* Turn counts into first positions; false when all keys share the digit and nothing would move. */
static bool digit_starts(uint32_t *count, size_t total)
{
    uint32_t start = 0;
    for (size_t value = 0; value < DIGIT_VALUES; value++) {
        if (count[value] == total) {
            return false;
        }
        const uint32_t here = count[value];
        count[value] = start;
        start += here;
    }
    return true;
}

static uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static double of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The keys are kept in the arrays of doubles, bit for bit. */
static void sort_keys(double *value, double *spare, size_t count, struct histogram *histogram)
{
    double *from = value;
    double *into = spare;
    for (size_t i = 0; i < count; i++) {
        must(!isnan(value[i]));
        const uint64_t key = key_of(value[i]);
        value[i] = of_bits(key);
        for (unsigned digit = 0; digit < DIGIT_COUNT; digit++) {
            histogram->count[digit][digit_of(key, digit)]++;
        }
    }
    for (unsigned digit = 0; digit < DIGIT_COUNT; digit++) {
        if (!digit_starts(histogram->count[digit], count)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            into[histogram->count[digit][digit_of(bits_of(from[i]), digit)]++] = from[i];
        }
        double *swap = from;
        from = into;
        into = swap;
    }
    for (size_t i = 0; i < count; i++) {
        value[i] = value_of(bits_of(from[i]));
    }
}

void sort_f64_with(double *value, double *spare, size_t count)
{
    must(count <= SORT_COUNT_MAX);
    struct histogram histogram;
    memset(&histogram, 0, sizeof histogram);
    sort_keys(value, spare, count, &histogram);
}

void sort_u32_with(uint32_t *value, uint32_t *spare, size_t count)
{
    enum { DIGITS = 3 };
    must(count <= SORT_COUNT_MAX);
    uint32_t digit_count[DIGITS][DIGIT_VALUES] = {{0}};
    for (size_t i = 0; i < count; i++) {
        for (unsigned digit = 0; digit < DIGITS; digit++) {
            digit_count[digit][digit_of(value[i], digit)]++;
        }
    }
    uint32_t *from = value;
    uint32_t *into = spare;
    for (unsigned digit = 0; digit < DIGITS; digit++) {
        if (!digit_starts(digit_count[digit], count)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            into[digit_count[digit][digit_of(from[i], digit)]++] = from[i];
        }
        uint32_t *swap = from;
        from = into;
        into = swap;
    }
    if (from != value) {
        bytes_copy(value, from, count * sizeof *value);
    }
}

enum candor_status sort_f64(struct job *job, double *value, size_t count)
{
    const struct arena_mark mark = arena_mark(job->arena);
    double *spare;
    TRY_ALLOC(job, spare, count, double);
    sort_f64_with(value, spare, count);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status order_f64(struct job *job, const double *value, size_t count, uint32_t *order)
{
    must(count <= SORT_COUNT_MAX);
    const struct arena_mark mark = arena_mark(job->arena);
    struct histogram *histogram = NEW(job->arena, struct histogram);
    uint64_t *key;
    uint32_t *moved;
    TRY_ALLOC(job, key, count, uint64_t);
    TRY_ALLOC(job, moved, count, uint32_t);

    for (size_t i = 0; i < count; i++) {
        must(!isnan(value[i]));
        /* -0 equals +0: adding +0 makes them one, so that ties keep their order. */
        key[i] = key_of(value[i] + 0.0);
        order[i] = (uint32_t)i;
    }
    histogram_fill(histogram, key, count);
    uint32_t *from = order;
    uint32_t *into = moved;
    for (unsigned digit = 0; digit < DIGIT_COUNT; digit++) {
        if (!digit_starts(histogram->count[digit], count)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            into[histogram->count[digit][digit_of(key[from[i]], digit)]++] = from[i];
        }
        uint32_t *swap = from;
        from = into;
        into = swap;
    }
    if (from != order) {
        bytes_copy(order, from, count * sizeof *order);
    }
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}
