/*
 * throttle.c - who has to wait after failures.
 *
 * In memory only: a restart forgives, and costs an attacker more than it gives. Rows are found by a
 * hash that differs from process to process. When all ways of a row are taken, the one that failed
 * longest ago is forgotten: to make us forget a name, an attacker must fail from very many addresses.
 */
#include "visits.h"

enum {
    NAME_FREE = 5,     /* failures that cost nothing */
    ADDRESS_FREE = 20, /* an office may share one */
};

static const int64_t forgotten_after = INT64_C(24) * 3600 * MICROS_PER_SECOND;

static struct throttle_row *find(struct throttle_row *row, uint64_t key)
{
    const size_t first = key % (THROTTLE_SLOTS / THROTTLE_WAYS) * THROTTLE_WAYS;
    for (size_t i = first; i < first + THROTTLE_WAYS; i++) {
        if (row[i].key == key) {
            return &row[i];
        }
    }
    return NULL;
}

static struct throttle_row *oldest(struct throttle_row *row, uint64_t key)
{
    const size_t first = key % (THROTTLE_SLOTS / THROTTLE_WAYS) * THROTTLE_WAYS;
    struct throttle_row *found = &row[first];
    for (size_t i = first; i < first + THROTTLE_WAYS; i++) {
        if (row[i].key == 0) {
            return &row[i];
        }
        found = row[i].last < found->last ? &row[i] : found;
    }
    return found;
}

/* 1 s, 2 s, 4 s ... after those that are free. */
static int64_t wait_after(enum throttled kind, uint32_t failures)
{
    const uint32_t is_free = kind == THROTTLE_ADDRESS ? ADDRESS_FREE : NAME_FREE;
    if (failures < is_free) {
        return 0;
    }
    const uint32_t doubled = failures - is_free;
    const int64_t seconds = doubled >= 10 ? THROTTLE_WAIT_MAX_S : INT64_C(1) << doubled;
    return (seconds < THROTTLE_WAIT_MAX_S ? seconds : THROTTLE_WAIT_MAX_S) * MICROS_PER_SECOND;
}

uint32_t throttle_wait(struct throttle *throttle, enum throttled kind, uint64_t key, int64_t now)
{
    const struct throttle_row *row = find(throttle->row[kind], key);
    if (row == NULL || row->until <= now) {
        return 0;
    }
    return (uint32_t)((row->until - now + MICROS_PER_SECOND - 1) / MICROS_PER_SECOND);
}

void throttle_charge(struct throttle *throttle, enum throttled kind, uint64_t key, int64_t now)
{
    struct throttle_row *row = find(throttle->row[kind], key);
    if (row == NULL) {
        row = oldest(throttle->row[kind], key);
        *row = (struct throttle_row){.key = key};
    }
    if (now - row->last > forgotten_after) {
        row->failures = 0;
    }
    row->failures += row->failures < UINT32_MAX ? 1 : 0;
    row->last = now;
    row->until = now + wait_after(kind, row->failures);
}

uint32_t throttle_failures(struct throttle *throttle, enum throttled kind, uint64_t key)
{
    const struct throttle_row *row = find(throttle->row[kind], key);
    return row == NULL ? 0 : row->failures;
}

void throttle_forgive(struct throttle *throttle, enum throttled kind, uint64_t key)
{
    struct throttle_row *row = find(throttle->row[kind], key);
    if (row != NULL) {
        *row = (struct throttle_row){0};
    }
}

void throttle_give_back(struct throttle *throttle, enum throttled kind, uint64_t key)
{
    struct throttle_row *row = find(throttle->row[kind], key);
    if (row != NULL && row->failures > 0) {
        row->failures--;
        row->until = row->last + wait_after(kind, row->failures);
    }
}
