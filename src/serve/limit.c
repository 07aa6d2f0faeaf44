/*
 * limit.c - how much is taken of one API key, and how many keys one address may try.
 *
 * A bucket of tokens is one number: the instant at which it will be full again (the virtual scheduling
 * form of ITU-T I.371, annex A). A request moves it by one token's time, and is refused when that lies
 * further ahead than a bucket of tokens lasts.
 *
 *     now            full again                    now + burst * token
 *     |--- missing ---|                                    |
 *
 * Keys are strings that anybody can make up, so a row is found by a hash that nobody outside can aim,
 * and the table has an end. A row that is needed for another key is taken from a key that never was
 * good, and among those from the one that has spent the least: who spends gains nothing by making us
 * forget. What is refused before it is known to be good is counted for the address; then only keys that
 * were good before get through from there, so nobody locks out their neighbours.
 *
 * All of it is done on a network thread, before a body is looked at and before the queue.
 */
#include "serving.h"

enum { TRIES_PER_SECOND = 10, TRIES_BURST = 100 }; /* keys that are none, of one address */

static const uint64_t second_ns = UINT64_C(1000) * 1000 * 1000;

/* ---- one bucket ---------------------------------------------------------------------------- */

struct rate {
    uint64_t token_ns; /* one token comes each */
    uint64_t burst_ns; /* that many tokens' time */
};

static struct rate rate_of(uint32_t per_second, uint32_t burst)
{
    const uint64_t token_ns = second_ns / per_second;
    return (struct rate){token_ns, token_ns * (burst == 0 ? 1 : burst)};
}

/* How long until there is a token, in nanoseconds; 0: there is one. */
static uint64_t missing(const struct limit_row *row, struct rate rate, uint64_t now)
{
    const uint64_t after = (row->full > now ? row->full - now : 0) + rate.token_ns;
    return after > rate.burst_ns ? after - rate.burst_ns : 0;
}

static void spend(struct limit_row *row, struct rate rate, uint64_t now)
{
    row->full = (row->full > now ? row->full : now) + rate.token_ns;
}

/* ---- the table ----------------------------------------------------------------------------- */

/* A seeded mix of the bytes; 0 is for rows that are free. */
static uint64_t number_of(const struct limit *limit, const void *bytes, size_t len, uint64_t what)
{
    const uint8_t *byte = bytes;
    uint64_t hash = limit->seed[0] ^ what;
    for (size_t i = 0; i < len; i++) {
        hash = (hash ^ byte[i]) * (limit->seed[1] | 1);
        hash ^= hash >> 29;
    }
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    hash ^= hash >> 32;
    return hash == 0 ? 1 : hash;
}

/* Which of two rows is missed less? */
static bool is_dearer(const struct limit_row *row, const struct limit_row *other)
{
    return row->was_good != other->was_good ? row->was_good : row->full > other->full;
}

/* The row of this number; a new one when there is none. Under the lock. */
static struct limit_row *row_of(struct limit *limit, uint64_t number)
{
    struct limit_row *way = limit->row[number % LIMIT_SETS];
    struct limit_row *cheapest = &way[0];
    for (size_t i = 0; i < LIMIT_WAYS; i++) {
        if (way[i].number == number) {
            return &way[i];
        }
        cheapest = is_dearer(cheapest, &way[i]) ? &way[i] : cheapest;
    }
    *cheapest = (struct limit_row){.number = number};
    return cheapest;
}

enum candor_status limit_begin(struct job *job, struct limit *limit,
                               const struct candor_server *rules)
{
    limit->per_second = rules->requests_per_second;
    limit->burst = rules->request_burst;
    TRY(host_random(job, limit->seed, sizeof limit->seed));
    must(pthread_mutex_init(&limit->lock, NULL) == 0);
    return CANDOR_OK;
}

void limit_set(struct limit *limit, const struct candor_server *rules)
{
    must(pthread_mutex_lock(&limit->lock) == 0);
    limit->per_second = rules->requests_per_second;
    limit->burst = rules->request_burst;
    must(pthread_mutex_unlock(&limit->lock) == 0);
}

void limit_end(struct limit *limit)
{
    must(pthread_mutex_destroy(&limit->lock) == 0);
}

/* ---- requests ------------------------------------------------------------------------------ */

static uint64_t number_of_key(const struct limit *limit, struct str key)
{
    return number_of(limit, key.ptr, key.len, 1);
}

static uint64_t number_of_address(const struct limit *limit, uint64_t address)
{
    return number_of(limit, &address, sizeof address, 2);
}

static uint32_t seconds_of(uint64_t wait_ns)
{
    return (uint32_t)((wait_ns + second_ns - 1) / second_ns);
}

uint32_t limit_take(struct limit *limit, struct str key, uint64_t address, uint64_t now,
                    bool *was_good)
{
    uint64_t wait = 0;
    must(pthread_mutex_lock(&limit->lock) == 0);
    struct limit_row *row = row_of(limit, number_of_key(limit, key));
    *was_good = row->was_good;
    if (!*was_good) {
        const struct rate tries = rate_of(TRIES_PER_SECOND, TRIES_BURST);
        const uint64_t number = number_of_address(limit, address);
        wait = missing(row_of(limit, number), tries, now);
        row = row_of(limit, number_of_key(limit, key)); /* the address may have taken its place */
    }
    if (wait == 0 && limit->per_second > 0) {
        const struct rate rate = rate_of(limit->per_second, limit->burst);
        wait = missing(row, rate, now);
        if (wait == 0) {
            spend(row, rate, now);
        }
    }
    must(pthread_mutex_unlock(&limit->lock) == 0);
    return seconds_of(wait);
}

void limit_learn(struct limit *limit, struct str key, uint64_t address, bool is_good, uint64_t now)
{
    must(pthread_mutex_lock(&limit->lock) == 0);
    row_of(limit, number_of_key(limit, key))->was_good = is_good;
    if (!is_good) {
        spend(row_of(limit, number_of_address(limit, address)),
              rate_of(TRIES_PER_SECOND, TRIES_BURST), now);
    }
    must(pthread_mutex_unlock(&limit->lock) == 0);
}
