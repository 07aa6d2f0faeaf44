/*
 * dictionary.c - different texts and their codes, 0, 1, 2 ... in the order they come.
 *
 *     slot    . 2 . . 0 . 1 .        the upper half of the hash, and code + 1; 0: empty
 *     text    "blue" "red" "green"
 *
 * A text that is known costs one hash, one slot and one comparison, and few texts stay in the cache.
 */
#include "inside.h"

enum { SLOTS_FIRST = 64 };

struct dictionary {
    struct arena *arena;
    struct str *text;
    size_t count;
    size_t room;
    uint64_t *slot;
    size_t slot_count; /* a power of two, at least twice the count */
};

static uint64_t slot_entry(uint64_t hash, uint32_t code)
{
    return (hash & UINT64_C(0xFFFFFFFF00000000)) | (code + 1);
}

struct dictionary *dictionary_begin(struct arena *arena)
{
    struct dictionary *made = NEW(arena, struct dictionary);
    made->arena = arena;
    made->slot_count = SLOTS_FIRST;
    made->slot = NEW_ARRAY(arena, SLOTS_FIRST, uint64_t);
    return made;
}

static size_t slot_of(const struct dictionary *dictionary, struct str text, uint64_t hash)
{
    const size_t mask = dictionary->slot_count - 1;
    size_t at = (size_t)hash & mask;
    for (;;) { /* ends: at least half of the slots are empty */
        const uint64_t entry = dictionary->slot[at];
        if (entry == 0) {
            return at;
        }
        const uint32_t code = (uint32_t)entry - 1;
        if (entry == slot_entry(hash, code) && str_equal(dictionary->text[code], text)) {
            return at;
        }
        at = (at + 1) & mask;
    }
}

uint32_t dictionary_find(const struct dictionary *dictionary, struct str text)
{
    const uint64_t entry = dictionary->slot[slot_of(dictionary, text, hash_bytes(KEY(text)))];
    return entry == 0 ? CODE_MISSING : (uint32_t)entry - 1;
}

static enum candor_status grow_texts(struct job *job, struct dictionary *dictionary)
{
    const size_t room = dictionary->room == 0 ? SLOTS_FIRST / 2 : dictionary->room * 2;
    struct str *text = TRY_ARRAY(dictionary->arena, room, struct str);
    if (text == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for %zu different texts", room);
    }
    bytes_copy(text, dictionary->text, dictionary->count * sizeof *text);
    dictionary->text = text;
    dictionary->room = room;
    return CANDOR_OK;
}

static enum candor_status grow_slots(struct job *job, struct dictionary *dictionary)
{
    const size_t count = dictionary->slot_count * 2;
    uint64_t *slot = TRY_ARRAY(dictionary->arena, count, uint64_t);
    if (slot == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for %zu different texts", count / 2);
    }
    for (uint32_t code = 0; code < dictionary->count; code++) {
        const uint64_t hash = hash_bytes(KEY(dictionary->text[code]));
        size_t at = (size_t)hash & (count - 1);
        while (slot[at] != 0) {
            at = (at + 1) & (count - 1);
        }
        slot[at] = slot_entry(hash, code);
    }
    dictionary->slot = slot;
    dictionary->slot_count = count;
    return CANDOR_OK;
}

enum candor_status dictionary_add(struct job *job, struct dictionary *dictionary, struct str text,
                                  uint32_t *code, bool *is_new)
{
    const uint64_t hash = hash_bytes(KEY(text));
    size_t at = slot_of(dictionary, text, hash);
    *is_new = dictionary->slot[at] == 0;
    if (!*is_new) {
        *code = (uint32_t)dictionary->slot[at] - 1;
        return CANDOR_OK;
    }
    if (dictionary->count == dictionary->room) {
        TRY(grow_texts(job, dictionary));
    }
    if (2 * (dictionary->count + 1) > dictionary->slot_count) {
        TRY(grow_slots(job, dictionary));
        at = slot_of(dictionary, text, hash);
    }
    *code = (uint32_t)dictionary->count;
    dictionary->text[dictionary->count] = str_copy(dictionary->arena, text);
    dictionary->count++;
    dictionary->slot[at] = slot_entry(hash, *code);
    return CANDOR_OK;
}

size_t dictionary_count(const struct dictionary *dictionary)
{
    return dictionary->count;
}

const struct str *dictionary_texts(const struct dictionary *dictionary)
{
    return dictionary->text;
}
