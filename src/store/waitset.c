/*
 * waitset.c - a hash table in the order of its hashes.
 *
 * Knuth, The Art of Computer Programming 3, 6.4: linear probing, and algorithm R to take one out.
 */
#include <string.h>

#include "waitset.h"

enum { ROOM_LEAST = 1024 };

void waitset_end(struct waitset *set)
{
    arena_end(set->arena);
    *set = (struct waitset){0};
}

struct wait_entry wait_entry(const uint8_t *tag, int64_t day)
{
    struct wait_entry entry = {.day_next = (uint32_t)(day + 1)};
    memcpy(entry.tag, tag, sizeof entry.tag);
    return entry;
}

int64_t wait_day(const struct wait_entry *entry)
{
    return (int64_t)entry->day_next - 1;
}

static size_t home_of(const struct waitset *set, const uint8_t *tag)
{
    uint64_t first = 0;
    for (unsigned i = 0; i < 4; i++) {
        first = first << 8 | tag[i];
    }
    return (size_t)(first * set->room >> 32);
}

static size_t after(const struct waitset *set, size_t at)
{
    return (at + 1) & (set->room - 1);
}

static bool is_tag(const struct wait_entry *entry, const uint8_t *tag)
{
    return memcmp(entry->tag, tag, sizeof entry->tag) == 0;
}

/* Where the entry is, or the empty place where it would be. */
static size_t place_for(const struct waitset *set, const struct wait_entry *entry)
{
    size_t at = home_of(set, entry->tag);
    while (set->entry[at].day_next != 0 &&
           !(set->entry[at].day_next == entry->day_next && is_tag(&set->entry[at], entry->tag))) {
        at = after(set, at);
    }
    return at;
}

bool waitset_has(const struct waitset *set, const uint8_t *tag, int64_t from, int64_t to)
{
    if (set->count == 0) {
        return false;
    }
    for (size_t at = home_of(set, tag); set->entry[at].day_next != 0; at = after(set, at)) {
        const int64_t day = wait_day(&set->entry[at]);
        if (day >= from && day <= to && is_tag(&set->entry[at], tag)) {
            return true;
        }
    }
    return false;
}

/* All that are there but for those of days before, in a table with so much room. */
static void move(struct waitset *set, size_t room, int64_t day)
{
    const struct waitset old = *set;
    set->arena = arena_begin();
    set->entry = NEW_ARRAY(set->arena, room, struct wait_entry);
    set->room = room;
    set->count = 0;
    set->hand = old.room == 0 ? 0 : old.hand * (room / old.room);
    for (size_t i = 0; i < old.room; i++) {
        if (old.entry[i].day_next != 0 && wait_day(&old.entry[i]) >= day) {
            set->entry[place_for(set, &old.entry[i])] = old.entry[i];
            set->count++;
        }
    }
    arena_end(old.arena);
}

void waitset_add(struct waitset *set, struct wait_entry entry)
{
    /* Before the hand they lie twice as dense as on the whole, and behind it there are none. */
    if (set->count >= set->room / 8 * 3) {
        move(set, set->room == 0 ? ROOM_LEAST : set->room * 2, 0);
    }
    const size_t at = place_for(set, &entry);
    set->count += set->entry[at].day_next == 0;
    set->entry[at] = entry;
}

void waitset_remove(struct waitset *set, struct wait_entry entry)
{
    size_t hole = set->count == 0 ? 0 : place_for(set, &entry);
    if (set->count == 0 || set->entry[hole].day_next == 0) {
        return;
    }
    /* Who was pushed past the hole moves into it, and leaves a hole. */
    for (size_t at = after(set, hole); set->entry[at].day_next != 0; at = after(set, at)) {
        const size_t pushed = (at - home_of(set, set->entry[at].tag)) & (set->room - 1);
        if (pushed >= ((at - hole) & (set->room - 1))) {
            set->entry[hole] = set->entry[at];
            hole = at;
        }
    }
    set->entry[hole].day_next = 0;
    set->count--;
}

void waitset_forget(struct waitset *set, int64_t day)
{
    if (set->count > 0) {
        move(set, set->room, day);
    }
}

size_t waitset_slice(const struct waitset *set, size_t about, struct buf *slice)
{
    size_t end = set->room;
    if (set->count > 0 && about < set->count) {
        const size_t homes = about * (set->room / 64) / (set->count / 64 + 1) + 1;
        end = homes < set->room - set->hand ? set->hand + homes : set->room;
    }
    for (size_t i = 0; i < set->room; i++) {
        const size_t at = (set->hand + i) & (set->room - 1);
        const struct wait_entry *entry = &set->entry[at];
        if (entry->day_next == 0 && set->hand + i >= end) {
            break;
        }
        const size_t home = entry->day_next == 0 ? end : home_of(set, entry->tag);
        if (home >= set->hand && home < end) {
            buf_bytes(slice, entry, sizeof *entry);
        }
    }
    return end;
}
