/*
 * map.c - a hash table from bytes to pointers that remembers the order of insertion.
 *
 * Entries stand in one array in the order they came; a table of slots, at most half full, says
 * where each is:
 *
 *     slot    . 2 . . 0 . 1 .        entry + 1, 0: empty; a clash takes the next free slot
 *     entry   [key value hash] [key value hash] ...
 *
 * A removed entry stays as a gap (value NULL), which its slot still names, so that later slots of
 * the same clash stay reachable; the next growth leaves the gaps out.
 *
 * Keys come from outside, so their hash is SipHash-1-3 (Aumasson and Bernstein 2012) under a key
 * that the process draws once; the map's address makes each map different.
 */
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#include "inside.h"

enum { ENTRIES_FIRST = 8 };

struct entry {
    struct bytes key;
    void *value; /* NULL: removed */
    uint64_t hash;
};

struct map {
    struct arena *arena;
    struct entry *entry;
    uint32_t *slot;     /* 2 * entry_room of them, a power of two */
    size_t entry_count; /* with gaps */
    size_t entry_room;
    size_t count; /* without gaps */
};

/* ---- the hash ------------------------------------------------------------------------------ */

static uint64_t hash_key[2]; /* written once, before the first map exists */
static pthread_once_t hash_key_once = PTHREAD_ONCE_INIT;

static void hash_key_draw(void)
{
    if (getrandom(hash_key, sizeof hash_key, 0) != (ssize_t)sizeof hash_key) {
        /* A machine without entropy cannot make keys either and will say so; maps still work. */
        hash_key[0] = host_ticks();
    }
}

static uint64_t turn(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = turn(v[1], 13) ^ v[0];
    v[0] = turn(v[0], 32);
    v[2] += v[3];
    v[3] = turn(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = turn(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = turn(v[1], 17) ^ v[2];
    v[2] = turn(v[2], 32);
}

/* One to seven bytes as a number, without a loop that would be guessed wrong. */
static uint64_t few_bytes(const uint8_t *ptr, size_t len)
{
    if (len >= 4) {
        uint32_t first;
        uint32_t last;
        memcpy(&first, ptr, sizeof first);
        memcpy(&last, ptr + len - 4, sizeof last);
        return first | (uint64_t)last << (8 * (len - 4));
    }
    return ptr[0] | (uint64_t)ptr[len / 2] << (8 * (len / 2)) |
           (uint64_t)ptr[len - 1] << (8 * (len - 1));
}

static uint64_t hash_with(uint64_t low, uint64_t high, struct bytes key)
{
    uint64_t v[4] = {low ^ UINT64_C(0x736f6d6570736575), high ^ UINT64_C(0x646f72616e646f6d),
                     low ^ UINT64_C(0x6c7967656e657261), high ^ UINT64_C(0x7465646279746573)};
    for (size_t at = 0; at <= key.len; at += 8) {
        const size_t left = key.len - at;
        uint64_t word = 0;
        if (left >= 8) {
            memcpy(&word, key.ptr + at, sizeof word);
        } else {
            word = (uint64_t)key.len << 56 | (left > 0 ? few_bytes(key.ptr + at, left) : 0);
        }
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
    }
    v[2] ^= 0xFF;
    sip_round(v);
    sip_round(v);
    sip_round(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static uint64_t hash_of(const struct map *map, struct bytes key)
{
    return hash_with(hash_key[0] ^ (uint64_t)(uintptr_t)map, hash_key[1], key);
}

uint64_t hash_bytes(struct bytes key)
{
    (void)pthread_once(&hash_key_once, hash_key_draw);
    return hash_with(hash_key[0], hash_key[1], key);
}

/* ---- the table ----------------------------------------------------------------------------- */

static void make_room(struct map *map, size_t entry_room)
{
    must(entry_room <= UINT32_MAX / 2);
    struct entry *old = map->entry;
    const size_t old_count = map->entry_count;
    map->entry = NEW_ARRAY(map->arena, entry_room, struct entry);
    map->slot = NEW_ARRAY(map->arena, 2 * entry_room, uint32_t);
    map->entry_room = entry_room;
    map->entry_count = 0;

    const size_t mask = 2 * entry_room - 1;
    for (size_t i = 0; i < old_count; i++) {
        if (old[i].value == NULL) {
            continue;
        }
        size_t at = old[i].hash & mask;
        while (map->slot[at] != 0) {
            at = (at + 1) & mask;
        }
        map->entry[map->entry_count++] = old[i];
        map->slot[at] = (uint32_t)map->entry_count;
    }
}

struct map *map_begin(struct arena *arena)
{
    (void)pthread_once(&hash_key_once, hash_key_draw);
    struct map *map = NEW(arena, struct map);
    map->arena = arena;
    make_room(map, ENTRIES_FIRST);
    return map;
}

/* The slot of the key, or the empty slot where it would go. */
static size_t slot_of(const struct map *map, struct bytes key, uint64_t hash)
{
    const size_t mask = 2 * map->entry_room - 1;
    size_t at = hash & mask;
    while (map->slot[at] != 0) {
        const struct entry *entry = &map->entry[map->slot[at] - 1];
        if (entry->value != NULL && entry->hash == hash && entry->key.len == key.len &&
            bytes_same(entry->key.ptr, key.ptr, key.len)) {
            break;
        }
        at = (at + 1) & mask; /* ends: at least half of the slots are empty */
    }
    return at;
}

static struct entry *entry_of(const struct map *map, struct bytes key)
{
    const uint32_t found = map->slot[slot_of(map, key, hash_of(map, key))];
    return found == 0 ? NULL : &map->entry[found - 1];
}

void map_put(struct map *map, struct bytes key, void *value)
{
    must(value != NULL);
    const uint64_t hash = hash_of(map, key);
    size_t at = slot_of(map, key, hash);
    if (map->slot[at] != 0) {
        map->entry[map->slot[at] - 1].value = value;
        return;
    }
    if (map->entry_count == map->entry_room) {
        /* Many gaps: the same room is enough again. */
        make_room(map, map->count > map->entry_room / 2 ? map->entry_room * 2 : map->entry_room);
        at = slot_of(map, key, hash);
    }
    map->entry[map->entry_count++] = (struct entry){bytes_copy_of(map->arena, key), value, hash};
    map->slot[at] = (uint32_t)map->entry_count;
    map->count++;
}

void *map_get(const struct map *map, struct bytes key)
{
    const struct entry *entry = entry_of(map, key);
    return entry == NULL ? NULL : entry->value;
}

void *map_take(struct map *map, struct bytes key)
{
    struct entry *entry = entry_of(map, key);
    if (entry == NULL) {
        return NULL;
    }
    void *value = entry->value;
    entry->value = NULL;
    map->count--;
    return value;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

bool map_next(const struct map *map, size_t *at, struct bytes *key, void **value)
{
    while (*at < map->entry_count && map->entry[*at].value == NULL) {
        (*at)++;
    }
    if (*at >= map->entry_count) {
        return false;
    }
    *key = map->entry[*at].key;
    *value = map->entry[*at].value;
    (*at)++;
    return true;
}
