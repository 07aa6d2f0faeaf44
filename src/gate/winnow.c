/*
 * winnow.c - which runs of tokens stand for a text.
 *
 *     tokens    t t t t t t t t t t ...
 *     runs      |---- 20 ----|             one hash for each run
 *                 |---- 20 ----|
 *     windows   the least hash of each 16 runs in a row is a mark
 *
 * Two texts that share 20 + 16 - 1 tokens in a row share a whole window of runs, and so a mark (Schleimer,
 * Wilkerson, Aiken: Winnowing, SIGMOD 2003). About two of seventeen runs are marks. A run that only repeats
 * a few tokens (a table, a list of imports) says nothing about where a text comes from and is no mark.
 */
#include "originated.h"

enum { BATCH = 256, PERIOD_MAX = 3, VALUE_NAME = 1 };

#define MIX UINT64_C(0x9e3779b97f4a7c15)
#define BASE UINT64_C(0x100000001b3)

static uint64_t mixed(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= UINT64_C(0xd6e8feb86659fd93);
    hash ^= hash >> 32;
    return hash;
}

static bool make_room(struct arena *arena, struct values *values, bool with_places)
{
    const size_t room = values->room * 2;
    uint32_t *value = TRY_ARRAY(arena, room, uint32_t);
    uint32_t *start = with_places ? TRY_ARRAY(arena, room, uint32_t) : NULL;
    if (value == NULL || (with_places && start == NULL)) {
        return false;
    }
    bytes_copy(value, values->value, values->count * sizeof *value);
    if (with_places) {
        bytes_copy(start, values->start, values->count * sizeof *start);
    }
    values->value = value;
    values->start = start;
    values->room = room;
    return true;
}

static void put_values(struct values *values, const struct token token[], size_t count,
                       bool is_program)
{
    for (size_t i = 0; i < count; i++) {
        values->value[values->count + i] =
            is_program && token[i].kind == TOKEN_NAME ? VALUE_NAME : token[i].hash;
    }
    for (size_t i = 0; values->start != NULL && i < count; i++) {
        values->start[values->count + i] = token[i].start;
    }
    values->count += count;
}

bool values_of(struct arena *arena, struct str text, struct str path, bool with_places,
               struct values *values)
{
    struct token token[BATCH];
    const enum tongue tongue = tongue_of(path);
    struct token_reader reader = token_reader_of(text, tongue);
    *values = (struct values){.room = text.len / 6 + BATCH};
    if (!make_room(arena, values, with_places)) {
        return false;
    }
    for (size_t count = 0; (count = token_next(&reader, token, BATCH)) > 0;) {
        if (values->count + count > values->room && !make_room(arena, values, with_places)) {
            return false;
        }
        put_values(values, token, count, tongue != TONGUE_WORDS);
    }
    return true;
}

size_t value_end(struct str text, struct str path, uint32_t start)
{
    struct token token;
    struct token_reader reader = token_reader_of(text, tongue_of(path));
    reader.at = start;
    return token_next(&reader, &token, 1) == 1 ? token.end : start;
}

/* Whether the run only repeats a few tokens. */
static bool is_uniform(const uint32_t *value)
{
    for (size_t period = 1; period <= PERIOD_MAX; period++) {
        size_t same = 0;
        while (same + period < ORIGIN_RUN && value[same] == value[same + period]) {
            same++;
        }
        if (same + period == ORIGIN_RUN) {
            return true;
        }
    }
    return false;
}

struct winnowing {
    const uint32_t *value;
    uint64_t hash[ORIGIN_WINDOW];
    uint64_t least;
    size_t least_at; /* the run whose hash it is */
    size_t marked;   /* runs before here were told; SIZE_MAX: none yet */
    mark_fn *each;
    void *context;
};

/* Of equal hashes the last is taken, so that long repetitions give few marks. */
static void find_least(struct winnowing *state, size_t run)
{
    state->least = UINT64_MAX;
    for (size_t at = run + 1 - ORIGIN_WINDOW; at <= run; at++) {
        const uint64_t hash = state->hash[at % ORIGIN_WINDOW];
        if (hash <= state->least) {
            state->least = hash;
            state->least_at = at;
        }
    }
}

static void tell(struct winnowing *state)
{
    if (state->marked == state->least_at) {
        return;
    }
    state->marked = state->least_at;
    if (!is_uniform(state->value + state->least_at)) {
        state->each(state->context, state->least, (uint32_t)state->least_at);
    }
}

static void next_run(struct winnowing *state, size_t run, uint64_t hash)
{
    state->hash[run % ORIGIN_WINDOW] = hash;
    if (run + 1 < ORIGIN_WINDOW) {
        return;
    }
    if (run + 1 == ORIGIN_WINDOW || state->least_at + ORIGIN_WINDOW <= run) {
        find_least(state, run);
    } else if (hash <= state->least) {
        state->least = hash;
        state->least_at = run;
    } else {
        return;
    }
    tell(state);
}

void winnow(const uint32_t *value, size_t count, mark_fn *each, void *context)
{
    struct winnowing state = {.value = value, .marked = SIZE_MAX, .each = each, .context = context};
    uint64_t leaving = 1; /* the weight of the first token of a run */
    uint64_t sum = 0;
    for (size_t i = 0; i + 1 < ORIGIN_RUN; i++) {
        leaving *= BASE;
    }
    for (size_t i = 0; i < count; i++) {
        sum = sum * BASE + (value[i] + 1) * MIX;
        if (i + 1 < ORIGIN_RUN) {
            continue;
        }
        const size_t run = i + 1 - ORIGIN_RUN;
        next_run(&state, run, mixed(sum));
        sum -= leaving * ((value[run] + 1) * MIX);
    }
    /* A text that is shorter than a window has one mark all the same. */
    if (count >= ORIGIN_RUN && count < ORIGIN_RUN + ORIGIN_WINDOW - 1) {
        const size_t last = count - ORIGIN_RUN;
        state.least = UINT64_MAX;
        for (size_t run = 0; run <= last; run++) {
            if (state.hash[run] <= state.least) {
                state.least = state.hash[run];
                state.least_at = run;
            }
        }
        tell(&state);
    }
}
