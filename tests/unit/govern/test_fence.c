/*
 * test_fence.c - no send after no: every order in which a gate, a queue and a fence can come together.
 *
 * A small world: two workers that decide and hand over, a queue of three decisions, one subject who
 * says no (and may say yes again), and a crash after any step. The gate and the fence are the house's
 * own functions over the house's own records; the world around them is a model.
 *
 *     decide      ask the permit; if allowed, put a decision with its epoch into the queue
 *     take        a worker takes a decision out of the queue
 *     hand over   ask the fence at this instant; if allowed the message is out
 *     no          the record is durable, and then acknowledged: two steps, so that a crash fits between
 *     yes         the same for a new yes
 *     crash       what was not durable is gone: the workers' hands; the queue is durable
 *
 * All reachable states are walked, each once. What must never be: a message of a decision made before
 * a no, out after that no was acknowledged. To know that the walk could find it, it is done again with
 * worlds in which the fence is broken, and must find it there.
 */
#include <stdlib.h>
#include <string.h>

#include "govern.h"
#include "testing.h"

#define NOW (INT64_C(1790000000) * MICROS_PER_SECOND)

enum { WORKERS = 2, QUEUE = 3, RECORDS_MAX = 4, STATES_MAX = 1 << 20, EMPTY = 0xFF };

/* ---- the world ----------------------------------------------------------------------------- */

/* All of it is bytes, so that two worlds are the same when their bytes are. A decision is the epoch it
 * was made in, or EMPTY. */
struct world {
    uint8_t
        said[RECORDS_MAX]; /* enum consent_decision of the durable records; the first is a yes */
    uint8_t said_count;
    uint8_t acknowledged;   /* how many records were answered */
    uint8_t queue[QUEUE];   /* durable */
    uint8_t hand[WORKERS];  /* taken, not handed over: gone with a crash */
    uint8_t asked[WORKERS]; /* of a broken fence: the answer was fetched before the hand-over */
    uint8_t crashes;        /* left */
    uint8_t violated;       /* a message went out that must not */
    uint8_t sent;           /* a message went out at all */
};

/* How the world hands over. */
enum fence_kind { FENCE_WHOLE, FENCE_NONE, FENCE_PERMIT_ONLY, FENCE_ASKED_EARLY, FENCES };

static struct purpose news = {
    .name = {"news", 4}, .basis = BASIS_CONSENT, .valid_days = 365, .direct_marketing = true};
static const struct inventory inventory = {.purpose = &news, .purpose_count = 1};

static struct consent_state fold(const struct world *world)
{
    struct consent_record record[RECORDS_MAX];
    struct consent_state state;
    memset(record, 0, sizeof record);
    for (size_t i = 0; i < world->said_count; i++) {
        record[i].decision = (enum consent_decision)world->said[i];
        record[i].channel = EVERY;
        record[i].time = NOW - RECORDS_MAX + (int64_t)i;
        record[i].recorded = record[i].time;
    }
    consent_fold(&inventory, record, world->said_count, NOW, &state);
    return state;
}

static const struct permit_question question = {
    .subject = {.id = {1}, .slot = 1}, .purpose = 0, .channel = NONE};

static bool gate_allows(const struct world *world)
{
    const struct consent_state state = fold(world);
    return permit_code_allows(permit_ask(&inventory, &state, &question, NOW));
}

static bool fence_allows(const struct world *world, uint8_t epoch)
{
    const struct consent_state state = fold(world);
    const struct fence_ticket ticket = {.question = question, .epoch = epoch, .decided = NOW - 1};
    return permit_code_allows(fence_ask(&inventory, &state, &ticket, NOW));
}

/* ---- what must never be -------------------------------------------------------------------- */

/* Is there an acknowledged no that came after the decision? A decision's epoch counts the noes that
 * were durable when it was made. */
static bool is_forbidden(const struct world *world, uint8_t epoch)
{
    uint8_t noes = 0;
    for (size_t i = 0; i < world->acknowledged; i++) {
        noes = (uint8_t)(noes + consent_is_no((enum consent_decision)world->said[i]));
    }
    return noes > epoch;
}

/* ---- steps --------------------------------------------------------------------------------- */

static bool step_decide(struct world *world)
{
    for (size_t q = 0; q < QUEUE; q++) {
        if (world->queue[q] == EMPTY) {
            if (!gate_allows(world)) {
                return false;
            }
            world->queue[q] = (uint8_t)fold(world).epoch;
            return true;
        }
    }
    return false;
}

static bool step_take(struct world *world, size_t worker, size_t q)
{
    if (world->hand[worker] != EMPTY || world->queue[q] == EMPTY) {
        return false;
    }
    world->hand[worker] = world->queue[q];
    world->queue[q] = EMPTY;
    world->asked[worker] = EMPTY;
    return true;
}

/* A broken house asks, and hands over some time later. */
static bool step_ask_early(struct world *world, size_t worker)
{
    if (world->hand[worker] == EMPTY || world->asked[worker] != EMPTY) {
        return false;
    }
    world->asked[worker] = fence_allows(world, world->hand[worker]);
    return true;
}

static bool may_hand_over(const struct world *world, size_t worker, enum fence_kind kind)
{
    switch (kind) {
    case FENCE_WHOLE:
        return fence_allows(world, world->hand[worker]);
    case FENCE_PERMIT_ONLY:
        return gate_allows(world);
    case FENCE_ASKED_EARLY:
        return world->asked[worker] == 1;
    case FENCE_NONE:
    case FENCES:
        break;
    }
    return true;
}

static bool step_hand_over(struct world *world, size_t worker, enum fence_kind kind)
{
    if (world->hand[worker] == EMPTY ||
        (kind == FENCE_ASKED_EARLY && world->asked[worker] == EMPTY)) {
        return false;
    }
    if (may_hand_over(world, worker, kind)) {
        world->sent = 1;
        world->violated |= is_forbidden(world, world->hand[worker]);
    }
    world->hand[worker] = EMPTY;
    world->asked[worker] = EMPTY;
    return true;
}

static bool step_say(struct world *world, enum consent_decision decision)
{
    if (world->said_count == RECORDS_MAX || world->acknowledged != world->said_count) {
        return false; /* one change at a time is under way */
    }
    world->said[world->said_count++] = (uint8_t)decision;
    return true;
}

static bool step_acknowledge(struct world *world)
{
    if (world->acknowledged == world->said_count) {
        return false;
    }
    world->acknowledged = world->said_count;
    return true;
}

/* The answer on its way is lost too: the record is durable, and the subject asks again. */
static bool step_crash(struct world *world)
{
    if (world->crashes == 0) {
        return false;
    }
    world->crashes--;
    memset(world->hand, EMPTY, sizeof world->hand);
    memset(world->asked, EMPTY, sizeof world->asked);
    return true;
}

enum { STEPS = 5 + WORKERS * (QUEUE + 2) };

static bool take_step(struct world *world, size_t step, enum fence_kind kind)
{
    switch (step) {
    case 0:
        return step_decide(world);
    case 1:
        return step_say(world, CONSENT_WITHDRAWN);
    case 2:
        return step_say(world, CONSENT_GIVEN);
    case 3:
        return step_acknowledge(world);
    case 4:
        return step_crash(world);
    default:
        break;
    }
    const size_t worker = (step - 5) / (QUEUE + 2);
    const size_t act = (step - 5) % (QUEUE + 2);
    if (act < QUEUE) {
        return step_take(world, worker, act);
    }
    return act == QUEUE ? step_hand_over(world, worker, kind)
                        : kind == FENCE_ASKED_EARLY && step_ask_early(world, worker);
}

/* ---- the walk ------------------------------------------------------------------------------ */

struct walk {
    struct arena *arena;
    struct map *seen;
    struct world *open;
    size_t open_count;
    size_t states;
    size_t steps;
    size_t violations;
    size_t sends;
};

static void visit(struct walk *walk, const struct world *world)
{
    const struct bytes key = {(const uint8_t *)world, sizeof *world};
    if (map_get(walk->seen, key) != NULL) {
        return;
    }
    must(walk->open_count < STATES_MAX);
    map_put(walk->seen, key, walk);
    walk->states++;
    walk->violations += world->violated;
    walk->sends += world->sent;
    if (!world->violated) { /* one is enough: what follows it says nothing new */
        walk->open[walk->open_count++] = *world;
    }
}

static struct walk walk_all(enum fence_kind kind)
{
    struct walk walk = {.arena = arena_begin()};
    struct world first = {
        .said = {CONSENT_GIVEN}, .said_count = 1, .acknowledged = 1, .crashes = 2};
    memset(first.queue, EMPTY, sizeof first.queue);
    memset(first.hand, EMPTY, sizeof first.hand);
    memset(first.asked, EMPTY, sizeof first.asked);
    walk.seen = map_begin(walk.arena);
    walk.open = calloc(STATES_MAX, sizeof *walk.open);
    must(walk.open != NULL);
    visit(&walk, &first);
    while (walk.open_count > 0) {
        const struct world from = walk.open[--walk.open_count];
        for (size_t step = 0; step < STEPS; step++) {
            struct world to = from;
            if (take_step(&to, step, kind)) {
                walk.steps++;
                visit(&walk, &to);
            }
        }
    }
    free(walk.open);
    arena_end(walk.arena);
    return walk;
}

static void nothing_goes_out_after_an_acknowledged_no(void **state)
{
    (void)state;
    const struct walk walk = walk_all(FENCE_WHOLE);
    print_message("%zu states, %zu steps\n", walk.states, walk.steps);
    expect(walk.violations == 0, "%zu states in which a message went out", walk.violations);
    expect(walk.sends > 0, "nothing ever goes out: the walk shows nothing");
    expect(walk.states > 10000, "only %zu states", walk.states);
}

/* The same walk finds the fault when there is no fence, when only the permit is asked again (a yes
 * after the no would revive what was decided before it), and when the answer is older than the act. */
static void the_walk_finds_each_broken_fence(void **state)
{
    (void)state;
    for (size_t kind = FENCE_NONE; kind < FENCES; kind++) {
        const struct walk walk = walk_all((enum fence_kind)kind);
        expect(walk.violations > 0, "fence %zu", kind);
    }
}

/* ---- the fence by itself ------------------------------------------------------------------- */

static enum permit_code ask(const struct consent_record *record, size_t count, uint32_t epoch,
                            int64_t decided)
{
    struct consent_state state;
    const struct fence_ticket ticket = {.question = question, .epoch = epoch, .decided = decided};
    consent_fold(&inventory, record, count, NOW, &state);
    return fence_ask(&inventory, &state, &ticket, NOW);
}

static void a_decision_is_good_under_its_epoch_and_for_a_day(void **state)
{
    static const int64_t hour = INT64_C(3600) * MICROS_PER_SECOND;
    const struct consent_record record[] = {
        {.channel = EVERY, .decision = CONSENT_GIVEN, .time = NOW - 30 * hour},
        {.channel = EVERY, .decision = CONSENT_WITHDRAWN, .time = NOW - 3},
        {.channel = EVERY, .decision = CONSENT_GIVEN, .time = NOW - 2},
    };
    (void)state;
    expect(ask(record, 1, 0, NOW) == PERMIT_OK_CONSENT, "at once");
    expect(ask(record, 1, 0, NOW - 24 * hour + 1) == PERMIT_OK_CONSENT, "just in time");
    expect(ask(record, 1, 0, NOW - 24 * hour) == PERMIT_EXPIRED, "a day later");
    expect(ask(record, 1, 0, NOW + 1) == PERMIT_EXPIRED, "decided ahead");
    expect(ask(record, 1, 0, 0) == PERMIT_EXPIRED, "without a time");
    expect(ask(record, 1, 0, INT64_MIN) == PERMIT_EXPIRED, "the least time");
    expect(ask(record, 2, 0, NOW - 5) == PERMIT_WITHDRAWN, "after the no");
    expect(ask(record, 3, 0, NOW - 5) == PERMIT_SUPERSEDED, "after the no and a new yes");
    expect(ask(record, 3, 1, NOW - 1) == PERMIT_OK_CONSENT, "decided after the new yes");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(nothing_goes_out_after_an_acknowledged_no),
        cmocka_unit_test(the_walk_finds_each_broken_fence),
        cmocka_unit_test(a_decision_is_good_under_its_epoch_and_for_a_day),
    };
    return cmocka_run_group_tests_name("fence", test, NULL, NULL);
}
