/*
 * test_content.c - the life of content, explored whole.
 *
 * A world of four people and two contents of one name is driven through every list of up to seven acts,
 * allowed or not: submitting either bytes, proposing, votes of each, deploying, retiring. The code under
 * test decides with the table and the board; beside it stands a slow definition that only remembers who
 * wrote and who approved which bytes. No list deploys bytes that too few others approved, and no author
 * is ever among those who did.
 */
#include <string.h>

#include "content.h"
#include "testing.h"

#define BEGAN (INT64_C(20000) * MICROS_PER_DAY)

enum { PEOPLE = 4, BYTES = 2, ACTS_MAX = 6, STEPS_MAX = 8 };

static const struct str person[PEOPLE] = {{"ann", 3}, {"bob", 3}, {"cem", 3}, {"dan", 3}};

/* What the house keeps. */
struct world {
    bool is_there;
    unsigned char bytes; /* the present ones, 0 or 1 */
    struct str author[PEOPLE];
    size_t author_count;
    bool is_deployed, is_retired;
    bool has_review;
    struct board_review review;
    struct board_step step[STEPS_MAX];
    struct str reviewed_author[PEOPLE];
    /* The slow memory. */
    unsigned wrote;           /* bit p: submitted anything under the name */
    unsigned proposed_by;     /* the present review */
    unsigned approved[BYTES]; /* bit p: said yes to these bytes in the present review, last */
    unsigned objected[BYTES];
    unsigned deployed; /* bit b */
};

static size_t deploys, lists;
static enum board_risk risk;
static bool blocked;

static struct board_rules rules_of(void)
{
    return (struct board_rules){.officer = STR(""),
                                .contact = STR(""),
                                .member = person,
                                .member_count = PEOPLE,
                                .quorum = 1,
                                .approvals = {1, 1},
                                .valid_days = 100};
}

static struct board_now now_of(const struct world *world, uint8_t digest[BOARD_DIGEST_LEN])
{
    memset(digest, 0, BOARD_DIGEST_LEN);
    digest[0] = world->bytes;
    for (size_t i = 0; i < world->author_count; i++) { /* as the exhibit has them */
        digest[1 + i] = (uint8_t)world->author[i].ptr[0];
    }
    return (struct board_now){.digest = digest,
                              .risk = risk,
                              .author = STR(""),
                              .now = BEGAN + MICROS_PER_DAY,
                              .needs_reason = blocked};
}

static struct board_review review_of(const struct world *world)
{
    struct board_review review = world->review;
    review.step = world->step;
    review.author = world->reviewed_author;
    return review;
}

static enum content_state state_of(const struct world *world)
{
    uint8_t digest[BOARD_DIGEST_LEN];
    const struct board_rules rules = rules_of();
    const struct board_now now = now_of(world, digest);
    const struct board_review review = review_of(world);
    struct content_life life = {.is_deployed = world->is_deployed, .is_retired = world->is_retired};
    life.has_review = world->has_review && memcmp(review.digest, digest, sizeof digest) == 0;
    if (life.has_review) {
        life.review = board_stand(&rules, &review, &now).state;
    }
    return content_stand(&life);
}

static void submit(struct world *world, unsigned char bytes, size_t who)
{
    bool is_known = false;
    for (size_t i = 0; i < world->author_count; i++) {
        is_known = is_known || str_equal(world->author[i], person[who]);
    }
    if (!is_known) {
        world->author[world->author_count++] = person[who];
    }
    world->bytes = bytes;
    world->is_there = true;
    world->is_deployed = false;
    world->is_retired = false;
    world->wrote |= 1U << who;
}

static void propose(struct world *world, size_t who)
{
    uint8_t digest[BOARD_DIGEST_LEN];
    enum content_state state = state_of(world);
    if (!world->is_there || !content_step(&state, CONTENT_PROPOSE)) {
        return;
    }
    (void)now_of(world, digest);
    world->has_review = true;
    world->review = (struct board_review){.kind = BOARD_CONTENT,
                                          .name = STR("spring"),
                                          .risk = risk,
                                          .proposer = person[who],
                                          .proposed = BEGAN,
                                          .author_count = world->author_count};
    memcpy(world->reviewed_author, world->author, sizeof world->author);
    memcpy(world->review.digest, digest, sizeof digest);
    world->approved[world->bytes] = 0;
    world->objected[world->bytes] = 0;
    world->proposed_by = 1U << who;
}

/* Every other time the step is put down although it may not be: whoever writes into the database does. */
static void step(struct world *world, enum board_act act, size_t who, bool by_force)
{
    uint8_t digest[BOARD_DIGEST_LEN];
    const struct board_rules rules = rules_of();
    const struct board_now now = now_of(world, digest);
    const struct board_review review = review_of(world);
    const struct board_step taken = {act, person[who], BEGAN + 1, {"why", 3}, {"", 0}};
    if (!world->has_review ||
        (!by_force && board_may(&rules, &review, &now, &taken) != BOARD_YES)) {
        return;
    }
    world->step[world->review.step_count++] = taken;
    const size_t of = review.digest[0];
    if (act == BOARD_APPROVE) {
        world->approved[of] |= 1U << who;
        world->objected[of] &= ~(1U << who);
    } else if (act == BOARD_REJECT) {
        world->objected[of] |= 1U << who;
        world->approved[of] &= ~(1U << who);
    }
}

static unsigned bits(unsigned mask)
{
    unsigned count = 0;
    for (; mask != 0; mask &= mask - 1) {
        count++;
    }
    return count;
}

static bool has_reason(const struct world *world)
{
    for (size_t i = 0; i < world->review.step_count; i++) {
        if (world->step[i].act == BOARD_OVERRULE) {
            return true;
        }
    }
    return false;
}

static void deploy(struct world *world)
{
    enum content_state state = state_of(world);
    if (!world->is_there || !content_step(&state, CONTENT_DEPLOY)) {
        return;
    }
    const unsigned clean = world->approved[world->bytes] & ~(world->wrote | world->proposed_by);
    const bool is_high = risk == BOARD_HIGH || blocked;
    deploys++;
    expect(world->has_review && world->review.digest[0] == world->bytes, "list %zu: other bytes",
           lists);
    expect(bits(clean) >= (is_high ? 2U : 1U), "list %zu: too few, %x of %x", lists,
           world->approved[world->bytes], world->wrote);
    expect(!blocked || has_reason(world), "list %zu: no reason", lists);
    world->is_deployed = true;
}

enum { ACTS = 18 };

static void act(struct world *world, size_t letter)
{
    switch (letter) {
    case 0:
        submit(world, 0, 0);
        break;
    case 1:
        submit(world, 1, 0);
        break;
    case 2:
        submit(world, 1, 1);
        break;
    case 3:
        propose(world, 0);
        break;
    case 4:
        propose(world, 2);
        break;
    case 5:
    case 6:
    case 7:
    case 8:
        step(world, BOARD_APPROVE, letter - 5, false);
        break;
    case 9:
        step(world, BOARD_APPROVE, 0, true);
        break;
    case 10:
        step(world, BOARD_APPROVE, 1, true);
        break;
    case 11:
        step(world, BOARD_REJECT, 3, false);
        break;
    case 12:
        step(world, BOARD_WITHDRAW, 0, false);
        break;
    case 13:
        step(world, BOARD_CLOSE, 1, false);
        break;
    case 14:
        step(world, BOARD_OVERRULE, 1, false);
        break;
    case 15:
        step(world, BOARD_OVERRULE, 0, true);
        break;
    case 16:
        deploy(world);
        break;
    case 17:
        world->is_retired = world->is_there;
        break;
    default:
        break;
    }
}

static void walk(const struct world *world, size_t len)
{
    lists++;
    for (size_t letter = 0; letter < ACTS && len < ACTS_MAX; letter++) {
        struct world next = *world;
        if (next.review.step_count == STEPS_MAX) {
            return;
        }
        act(&next, letter);
        /* What changed nothing leads nowhere new. */
        if (memcmp(&next, world, sizeof next) != 0 || letter == 16) {
            walk(&next, len + 1);
        }
    }
}

static void no_list_of_acts_deploys_what_others_did_not_approve(void **state)
{
    static const struct {
        enum board_risk risk;
        bool blocked;
    } row[] = {{BOARD_ORDINARY, false}, {BOARD_HIGH, false}, {BOARD_ORDINARY, true}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct world world;
        memset(&world, 0, sizeof world);
        risk = row[i].risk;
        blocked = row[i].blocked;
        lists = 0;
        deploys = 0;
        act(&world, 0); /* every list that does anything begins with a submission */
        walk(&world, 0);
        print_message("row %zu: %zu lists, %zu deployments\n", i, lists, deploys);
        expect(deploys > 0, "row %zu: nothing was deployed at all", i);
    }
}

static void only_an_approval_leads_to_a_deployment(void **state)
{
    (void)state;
    for (unsigned s = 0; s < CONTENT_STATES; s++) {
        enum content_state at = (enum content_state)s;
        const bool can = content_step(&at, CONTENT_DEPLOY);
        expect(can == (s == CONTENT_APPROVED || s == CONTENT_DEPLOYED), "%s",
               content_state_name((enum content_state)s));
        for (unsigned e = 0; e < CONTENT_EVENTS; e++) {
            at = (enum content_state)s;
            if (content_step(&at, (enum content_event)e)) {
                expect((at == CONTENT_APPROVED) == (e == CONTENT_APPROVE), "%u by %u", s, e);
                expect((at == CONTENT_DEPLOYED) == (e == CONTENT_DEPLOY), "%u by %u", s, e);
            } else {
                expect(at == (enum content_state)s, "%u by %u", s, e);
            }
        }
    }
}

static void what_is_known_folds_to_a_state(void **state)
{
    (void)state;
    for (unsigned n = 0; n < 4; n++) {
        for (unsigned r = 0; r <= BOARD_STATES; r++) {
            const struct content_life life = {.has_review = r < BOARD_STATES,
                                              .review = r < BOARD_STATES ? (enum board_state)r
                                                                         : BOARD_IN_REVIEW,
                                              .is_deployed = (n & 1) != 0,
                                              .is_retired = (n & 2) != 0};
            const enum content_state at = content_stand(&life);
            expect((at == CONTENT_RETIRED) == life.is_retired, "%u %u", n, r);
            expect((at == CONTENT_DEPLOYED) == (n == 1 && r == BOARD_APPROVED), "%u %u", n, r);
            expect((at == CONTENT_APPROVED) == (n == 0 && r == BOARD_APPROVED), "%u %u", n, r);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_list_of_acts_deploys_what_others_did_not_approve),
        cmocka_unit_test(only_an_approval_leads_to_a_deployment),
        cmocka_unit_test(what_is_known_folds_to_a_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
