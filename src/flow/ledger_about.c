/*
 * ledger_about.c - the entries about one thing: a request, an incident, a review.
 *
 * An entry names its object by its number, so those of one thing are found by looking at entries. Entries
 * stand in the order of time: the first at or after an instant is found by halving, and from there all are
 * looked at, so that a young thing costs little on an old ledger.
 */
#include <string.h>

#include "candor_ledger.h"
#include "flow.h"

enum { LOOKED_AT_MAX = 200000, FOUND_MAX = 500, OBJECT_LEN = 16 };

/* Leaves have whole milliseconds; what they are about may be a little later than its own entry. */
#define SLACK (1 * MICROS_PER_SECOND)

static const char *outcome_name(enum ledger_outcome outcome)
{
    switch (outcome) {
    case OUTCOME_ALLOW:
        return "allow";
    case OUTCOME_DENY:
        return "deny";
    case OUTCOME_DONE:
        return "done";
    case OUTCOME_FAILED:
        return "failed";
    }
    return ""; /* none */
}

static enum candor_status leaf_at(struct job *job, struct candor *candor, uint64_t index,
                                  struct ledger_leaf *leaf)
{
    struct bytes bytes;
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(store_leaf(job, candor->store, index, &bytes));
    const enum candor_status status = leaf_read(job, bytes, leaf);
    arena_rewind(job->arena, mark);
    return status;
}

static enum candor_status first_since(struct job *job, struct candor *candor, int64_t since,
                                      uint64_t count, uint64_t *first)
{
    uint64_t low = 0;
    for (uint64_t high = count; low < high;) {
        struct ledger_leaf leaf;
        const uint64_t middle = low + (high - low) / 2;
        TRY(leaf_at(job, candor, middle, &leaf));
        if (leaf.time < since) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *first = low;
    return CANDOR_OK;
}

struct found {
    uint64_t index;
    struct ledger_leaf leaf;
};

static enum candor_status find(struct job *job, struct candor *candor,
                               const uint8_t object[OBJECT_LEN], int64_t since, struct found *found,
                               size_t *found_count, bool *is_whole)
{
    uint64_t count = 0;
    uint64_t index = 0;
    *found_count = 0;
    TRY(store_leaf_count(job, candor->store, &count));
    TRY(first_since(job, candor, since - SLACK, count, &index));
    const uint64_t end = count - index > LOOKED_AT_MAX ? index + LOOKED_AT_MAX : count;
    for (; index < end && *found_count < FOUND_MAX; index++) {
        struct ledger_leaf leaf;
        TRY(leaf_at(job, candor, index, &leaf));
        if (leaf.has_object && bytes_same(leaf.object, object, OBJECT_LEN)) {
            found[(*found_count)++] = (struct found){index, leaf};
        }
    }
    *is_whole = index == count;
    return CANDOR_OK;
}

static enum candor_status about(struct job *job, struct candor *candor,
                                const uint8_t object[OBJECT_LEN], int64_t since,
                                struct candor_text *report)
{
    struct found *found = NULL;
    size_t count = 0;
    bool is_whole = false;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY_ALLOC(job, found, FOUND_MAX, struct found);
    TRY(find(job, candor, object, since, found, &count, &is_whole));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("entries"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("index"));
        json_u64(&answer.json, found[i].index);
        json_key(&answer.json, LIT("action"));
        json_text(&answer.json, str_of(ledger_action_name(found[i].leaf.action)));
        json_key(&answer.json, LIT("outcome"));
        json_text(&answer.json, str_of(outcome_name(found[i].leaf.outcome)));
        json_key(&answer.json, LIT("time"));
        json_text(&answer.json, str_from_time(job->arena, found[i].leaf.time));
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("whole"));
    json_bool(&answer.json, is_whole);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_ledger_about(struct job *job, struct candor *candor, const char *number,
                                       const char *since, struct candor_text *report)
{
    uint8_t object[OBJECT_LEN];
    int64_t from = 0;
    if (!hex_read(str_of(number), object, sizeof object)) {
        return fail(job, CANDOR_BAD_INPUT, "a number has %d hex digits", 2 * OBJECT_LEN);
    }
    if (!str_to_time(str_of(since), &from)) {
        return fail(job, CANDOR_BAD_INPUT, "since is an instant, or a day such as 2026-11-25");
    }
    home_enter(candor);
    const enum candor_status status = about(job, candor, object, from, report);
    home_leave(candor);
    return status;
}
