/*
 * test_board.c - where a review stands, and who may move it.
 *
 * The main test writes down every list of up to five steps that a small world can produce, whether the
 * steps were allowed or not, and holds the fold against a slow definition: for each beginning of the
 * list, count the last votes of those without a conflict from scratch. What must never be is stated
 * once more, by itself: approved with an author's vote, without a quorum, after a changed byte, after
 * its time.
 */
#include <string.h>

#include "board.h"
#include "testing.h"

#define DAY MICROS_PER_DAY
#define BEGAN (INT64_C(20000) * DAY)

enum { VALID_DAYS = 100, STEPS = 5 };

static const struct str ann = {"ann", 3}; /* the author */
static const struct str bob = {"bob", 3}; /* the chair */
static const struct str cem = {"cem", 3};
static const struct str dan = {"dan", 3};
static const struct str olga = {"olga", 4}; /* the data protection officer */

static const struct str member[] = {{"bob", 3}, {"cem", 3}, {"dan", 3}, {"ann", 3}};
static const struct str friends[] = {{"ann", 3}, {"dan", 3}};
static const struct str owners[] = {{"cem", 3}, {"dan", 3}};
static const struct str about[] = {{"campaign:spring", 15}};

static const struct board_conflict declared[] = {
    {{"family", 6}, friends, 2, NULL, 0},
    {{"shares", 6}, owners, 2, NULL, 0},
    {{"bank", 4}, owners, 1, about, 1},
};

static const uint8_t same[BOARD_DIGEST_LEN] = {1, 2, 3};

static struct board_rules rules_of(unsigned quorum, unsigned needed, bool with_officer)
{
    return (struct board_rules){
        .officer = with_officer ? olga : STR(""),
        .contact = STR(""),
        .member = member,
        .member_count = 3, /* the author is none of them, unless a row says so */
        .quorum = quorum,
        .approvals = {1, needed},
        .reviewed = 15,
        .valid_days = VALID_DAYS,
    };
}

static struct board_review review_of(enum board_risk risk, const struct board_step *step,
                                     size_t count)
{
    struct board_review review = {.kind = BOARD_MODEL,
                                  .name = STR("lead"),
                                  .risk = risk,
                                  .proposer = ann,
                                  .proposed = BEGAN,
                                  .step = step,
                                  .step_count = count};
    bytes_copy(review.digest, same, sizeof same);
    return review;
}

static struct board_now now_at(int64_t time)
{
    return (struct board_now){
        .digest = same, .risk = BOARD_ORDINARY, .author = {"", 0}, .now = time};
}

/* ---- the slow definition ------------------------------------------------------------------- */

static bool is_in_the_way(const struct board_rules *rules, const struct board_step *step,
                          size_t count, struct str who)
{
    bool out = str_equal(who, ann);
    for (size_t i = 0; i < count; i++) {
        out = out || (step[i].act == BOARD_RECUSE && str_equal(step[i].who, who));
    }
    for (size_t c = 0; c < rules->conflict_count; c++) {
        bool has_who = false;
        bool has_author = false;
        for (size_t p = 0; p < rules->conflict[c].person_count; p++) {
            has_who = has_who || str_equal(rules->conflict[c].person[p], who);
            has_author = has_author || str_equal(rules->conflict[c].person[p], ann);
        }
        out = out || (has_who && has_author);
    }
    return out;
}

/* The last vote of somebody in the first `len` steps; BOARD_ACTS: none. */
static enum board_act last_vote(const struct board_step *step, size_t len, struct str who)
{
    enum board_act vote = BOARD_ACTS;
    for (size_t i = 0; i < len; i++) {
        if (step[i].act <= BOARD_REJECT && str_equal(step[i].who, who)) {
            vote = step[i].act;
        }
    }
    return vote;
}

struct counted {
    unsigned clean, cast, for_it, against;
};

static struct counted count(const struct board_rules *rules, const struct board_step *step,
                            size_t all, size_t len)
{
    struct counted counted = {0};
    for (size_t m = 0; m < rules->member_count; m++) {
        const enum board_act vote = last_vote(step, len, rules->member[m]);
        if (is_in_the_way(rules, step, all, rules->member[m])) {
            continue;
        }
        counted.clean++;
        counted.cast += vote != BOARD_ACTS;
        counted.for_it += vote == BOARD_APPROVE;
        counted.against += vote == BOARD_REJECT || vote == BOARD_REQUEST_CHANGES;
    }
    return counted;
}

static struct str chair_of(const struct board_rules *rules, const struct board_step *step,
                           size_t all)
{
    for (size_t m = 0; m < rules->member_count; m++) { /* the chair is the first of the list */
        if (!is_in_the_way(rules, step, all, rules->member[m])) {
            return rules->member[m];
        }
    }
    return STR("nobody");
}

static bool was_closed(const struct board_rules *rules, const struct board_step *step, size_t all,
                       size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (step[i].act == BOARD_CLOSE && str_equal(step[i].who, chair_of(rules, step, all)) &&
            count(rules, step, all, i).cast >= rules->quorum) {
            return true;
        }
    }
    return false;
}

static bool officer_is_content(const struct board_rules *rules, const struct board_step *step,
                               size_t all, size_t len)
{
    bool heard = false;
    bool content = false;
    if (rules->officer.len == 0) {
        return true;
    }
    const bool out = is_in_the_way(rules, step, all, rules->officer);
    for (size_t i = 0; i < len; i++) {
        if (!out && str_equal(step[i].who, rules->officer) &&
            (step[i].act == BOARD_ADVISE_FOR || step[i].act == BOARD_ADVISE_AGAINST)) {
            heard = true;
            content = step[i].act == BOARD_ADVISE_FOR;
        }
        if (step[i].act == BOARD_OVERRULE && str_equal(step[i].who, chair_of(rules, step, all))) {
            content = true;
        }
    }
    return content && (heard || out);
}

enum verdict { UNDECIDED, FOR_IT, AGAINST_IT };

static enum verdict verdict_after(const struct board_rules *rules, const struct board_step *step,
                                  size_t all, size_t len)
{
    const struct counted counted = count(rules, step, all, len);
    const unsigned left = counted.clean - counted.cast;
    const bool has_ended = left == 0 || was_closed(rules, step, all, len);
    if (counted.cast < rules->quorum || counted.clean < rules->quorum) {
        return UNDECIDED;
    }
    if (counted.for_it >= rules->approvals[BOARD_HIGH] &&
        counted.for_it > counted.against + (has_ended ? 0 : left)) {
        return officer_is_content(rules, step, all, len) ? FOR_IT : UNDECIDED;
    }
    const bool could_be = counted.for_it + left > counted.against &&
                          counted.for_it + left >= rules->approvals[BOARD_HIGH];
    return has_ended || !could_be ? AGAINST_IT : UNDECIDED;
}

static enum verdict verdict_of(const struct board_rules *rules, const struct board_step *step,
                               size_t all, int64_t *decided, struct counted *counted)
{
    for (size_t len = 0; len <= all; len++) {
        const enum verdict verdict = verdict_after(rules, step, all, len);
        if (verdict != UNDECIDED) {
            *decided = len == 0 ? BEGAN : step[len - 1].time;
            *counted = count(rules, step, all, len);
            return verdict;
        }
    }
    return UNDECIDED;
}

/* ---- every list of steps ------------------------------------------------------------------- */

/* A world's letters: what anybody may try, whether it is theirs to do or not. */
static struct board_step letter[64];
static size_t letter_count;
static size_t approved_lists;
static size_t walked;

static void spell(enum board_act act, struct str who)
{
    letter[letter_count++] =
        (struct board_step){.act = act, .who = who, .note = {"why", 3}, .conflict = {"", 0}};
}

static void spell_all(bool with_officer)
{
    const struct str voter[] = {ann, bob, cem, dan};
    letter_count = 0;
    for (size_t v = 0; v < 4; v++) {
        spell(BOARD_APPROVE, voter[v]);
        if (v > 0) {
            spell(BOARD_REJECT, voter[v]);
            spell(BOARD_RECUSE, voter[v]);
        }
    }
    spell(BOARD_CLOSE, bob);
    if (with_officer) {
        spell(BOARD_ADVISE_FOR, olga);
        spell(BOARD_ADVISE_AGAINST, olga);
        spell(BOARD_OVERRULE, bob);
        spell(BOARD_APPROVE, olga);
    }
}

static void check_list(const struct board_rules *rules, const struct board_step *step, size_t len)
{
    uint8_t other[BOARD_DIGEST_LEN];
    int64_t decided = 0;
    struct counted counted = {0};
    const struct board_review review = review_of(BOARD_HIGH, step, len);
    struct board_now now = now_at(BEGAN + 10 * DAY);
    const struct board_standing standing = board_stand(rules, &review, &now);
    const enum verdict verdict = verdict_of(rules, step, len, &decided, &counted);
    const bool is_approved = standing.state == BOARD_APPROVED;
    walked++;
    expect(is_approved == (verdict == FOR_IT), "list %zu, state %s", walked,
           board_state_name(standing.state));
    expect((standing.state == BOARD_REJECTED || standing.state == BOARD_CHANGES_REQUESTED) ==
               (verdict == AGAINST_IT),
           "list %zu, state %s", walked, board_state_name(standing.state));
    if (!is_approved) {
        return;
    }
    approved_lists++;
    expect(standing.decided == decided, "list %zu", walked);
    expect(counted.cast >= rules->quorum && counted.for_it >= rules->approvals[BOARD_HIGH] &&
               counted.for_it > counted.against,
           "list %zu: %u of %u", walked, counted.for_it, counted.cast);
    bytes_copy(other, same, sizeof other);
    other[31] ^= 1;
    now.digest = other;
    expect(board_stand(rules, &review, &now).state == BOARD_VOID, "list %zu: one byte", walked);
    now = now_at(decided + VALID_DAYS * DAY);
    expect(board_stand(rules, &review, &now).state == BOARD_LAPSED, "list %zu: later", walked);
    now.now--;
    expect(board_stand(rules, &review, &now).state == BOARD_APPROVED, "list %zu: before", walked);
}

static void walk(const struct board_rules *rules, struct board_step step[STEPS], size_t len)
{
    check_list(rules, step, len);
    for (size_t i = 0; i < letter_count && len < STEPS; i++) {
        step[len] = letter[i];
        step[len].time = BEGAN + (int64_t)(len + 1) * DAY;
        walk(rules, step, len + 1);
    }
}

static void no_list_of_steps_approves_what_a_clean_quorum_did_not(void **state)
{
    static const struct {
        unsigned quorum, needed;
        bool with_officer, author_is_member;
        size_t conflicts;
    } world[] = {
        {2, 2, true, false, 0},
        {2, 1, false, true, 0},
        {3, 2, false, false, 1}, /* dan shares one with the author: there is no quorum of three */
        {2, 2, false, true, 1},
    };
    (void)state;
    for (size_t w = 0; w < sizeof world / sizeof world[0]; w++) {
        struct board_step step[STEPS];
        struct board_rules rules =
            rules_of(world[w].quorum, world[w].needed, world[w].with_officer);
        rules.member_count = world[w].author_is_member ? 4 : 3;
        rules.conflict = declared;
        rules.conflict_count = world[w].conflicts;
        approved_lists = 0;
        walked = 0;
        spell_all(world[w].with_officer);
        walk(&rules, step, 0);
        expect((approved_lists > 0) == (world[w].quorum == 2), "world %zu: %zu of %zu lists", w,
               approved_lists, walked);
    }
}

/* What is allowed, step by step, never needs the fold to ignore it. */
static void what_may_be_done_counts(void **state)
{
    struct board_rules rules = rules_of(2, 2, true);
    struct board_step step[6];
    size_t len = 0;
    const struct board_step wanted[] = {
        {BOARD_APPROVE, bob, BEGAN + 1, {"fine", 4}, {"", 0}},
        {BOARD_ADVISE_AGAINST, olga, BEGAN + 2, {"too much", 8}, {"", 0}},
        {BOARD_APPROVE, cem, BEGAN + 3, {"fine", 4}, {"", 0}},
        {BOARD_OVERRULE, bob, BEGAN + 4, {"limited to two weeks", 20}, {"", 0}},
    };
    static const enum board_wait wait[] = {BOARD_WAITS_FOR_QUORUM, BOARD_WAITS_FOR_QUORUM,
                                           BOARD_WAITS_FOR_REASON, BOARD_WAITS_FOR_NOTHING};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct board_review review = review_of(BOARD_HIGH, step, len);
        const struct board_now now = now_at(wanted[i].time);
        expect(board_may(&rules, &review, &now, &wanted[i]) == BOARD_YES, "step %zu", i);
        step[len++] = wanted[i];
        review.step_count = len;
        const struct board_standing standing = board_stand(&rules, &review, &now);
        expect(standing.wait == wait[i], "step %zu: %s", i, board_wait_sentence(standing.wait));
    }
    const struct board_review review = review_of(BOARD_HIGH, step, len);
    const struct board_now now = now_at(BEGAN + 5);
    const struct board_standing standing = board_stand(&rules, &review, &now);
    expect(standing.state == BOARD_APPROVED && standing.decided == BEGAN + 4, "%s",
           board_state_name(standing.state));
    expect(str_is(standing.overruled, "limited to two weeks"), "the reason is kept");
}

static void what_may_not_be_done_says_why(void **state)
{
    struct board_rules rules = rules_of(2, 2, true);
    const struct board_seat seat = {dan, STR("Head"), 1U << BOARD_MODEL};
    const struct board_step voted[] = {{BOARD_APPROVE, bob, BEGAN + 1, {"fine", 4}, {"", 0}}};
    const struct board_step ended[] = {{BOARD_REJECT, dan, BEGAN + 1, {"", 0}, {"", 0}}};
    const struct {
        enum board_risk risk;
        const struct board_step *step;
        size_t count;
        struct board_step next;
        enum board_no no;
    } row[] = {
        {BOARD_HIGH, NULL, 0, {BOARD_APPROVE, ann, 0, {"x", 1}, {"", 0}}, BOARD_NO_AUTHOR},
        {BOARD_HIGH, NULL, 0, {BOARD_APPROVE, olga, 0, {"x", 1}, {"", 0}}, BOARD_NO_VOTE},
        {BOARD_HIGH, NULL, 0, {BOARD_APPROVE, {"eva", 3}, 0, {"x", 1}, {"", 0}}, BOARD_NO_SEAT},
        {BOARD_HIGH, NULL, 0, {BOARD_APPROVE, dan, 0, {"x", 1}, {"", 0}}, BOARD_NO_CONFLICT},
        {BOARD_HIGH, NULL, 0, {BOARD_APPROVE, cem, 0, {"", 0}, {"", 0}}, BOARD_NO_NOTE},
        {BOARD_HIGH, NULL, 0, {BOARD_ADVISE_FOR, cem, 0, {"x", 1}, {"", 0}}, BOARD_NO_OFFICER},
        {BOARD_HIGH, NULL, 0, {BOARD_ADVISE_FOR, olga, 0, {"", 0}, {"", 0}}, BOARD_NO_NOTE},
        {BOARD_HIGH, NULL, 0, {BOARD_CLOSE, cem, 0, {"x", 1}, {"", 0}}, BOARD_NO_CHAIR},
        {BOARD_HIGH, voted, 1, {BOARD_CLOSE, bob, 0, {"x", 1}, {"", 0}}, BOARD_NO_QUORUM},
        {BOARD_HIGH, voted, 1, {BOARD_OVERRULE, bob, 0, {"", 0}, {"", 0}}, BOARD_NO_NOTE},
        {BOARD_HIGH, voted, 1, {BOARD_WITHDRAW, cem, 0, {"x", 1}, {"", 0}}, BOARD_NO_STAKE},
        {BOARD_HIGH, voted, 1, {BOARD_WITHDRAW, ann, 0, {"x", 1}, {"", 0}}, BOARD_YES},
        {BOARD_HIGH, voted, 1, {BOARD_RECUSE, bob, 0, {"", 0}, {"", 0}}, BOARD_NO_NOTE},
        {BOARD_HIGH, voted, 1, {BOARD_RECUSE, {"eva", 3}, 0, {"x", 1}, {"", 0}}, BOARD_NO_SEAT},
        {BOARD_ORDINARY, NULL, 0, {BOARD_ADVISE_FOR, olga, 0, {"x", 1}, {"", 0}}, BOARD_NO_NEED},
        {BOARD_ORDINARY, NULL, 0, {BOARD_CLOSE, bob, 0, {"", 0}, {"", 0}}, BOARD_NO_NEED},
        {BOARD_ORDINARY, NULL, 0, {BOARD_APPROVE, cem, 0, {"", 0}, {"", 0}}, BOARD_YES},
        {BOARD_ORDINARY, NULL, 0, {BOARD_APPROVE, {"eva", 3}, 0, {"", 0}, {"", 0}}, BOARD_NO_SEAT},
        {BOARD_ORDINARY, ended, 1, {BOARD_APPROVE, cem, 0, {"", 0}, {"", 0}}, BOARD_YES},
    };
    (void)state;
    rules.seat = &seat;
    rules.seat_count = 1;
    rules.conflict = declared;
    rules.conflict_count = 1;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct board_review review = review_of(row[i].risk, row[i].step, row[i].count);
        const struct board_now now = now_at(BEGAN + 2);
        const enum board_no no = board_may(&rules, &review, &now, &row[i].next);
        expect(no == row[i].no, "row %zu: %s", i, board_no_sentence(no));
    }
}

static void at_ordinary_risk_one_other_reviewer_suffices_and_each_can_stop_it(void **state)
{
    static const struct {
        enum board_act first, second;
        unsigned needed;
        enum board_state state;
    } row[] = {
        {BOARD_APPROVE, BOARD_ACTS, 1, BOARD_APPROVED},
        {BOARD_APPROVE, BOARD_ACTS, 2, BOARD_IN_REVIEW},
        {BOARD_APPROVE, BOARD_APPROVE, 2, BOARD_APPROVED},
        {BOARD_APPROVE, BOARD_REJECT, 2, BOARD_REJECTED},
        {BOARD_APPROVE, BOARD_REJECT, 1, BOARD_APPROVED}, /* it was decided before */
        {BOARD_REQUEST_CHANGES, BOARD_APPROVE, 1, BOARD_CHANGES_REQUESTED},
        {BOARD_REJECT, BOARD_APPROVE, 1, BOARD_REJECTED},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct board_rules rules = rules_of(2, 2, false);
        const struct board_step step[] = {{row[i].first, bob, BEGAN + 1, {"", 0}, {"", 0}},
                                          {row[i].second, cem, BEGAN + 2, {"", 0}, {"", 0}}};
        const struct board_now now = now_at(BEGAN + 3);
        rules.approvals[BOARD_ORDINARY] = row[i].needed;
        const struct board_review review =
            review_of(BOARD_ORDINARY, step, row[i].second == BOARD_ACTS ? 1 : 2);
        const struct board_standing standing = board_stand(&rules, &review, &now);
        expect(standing.state == row[i].state, "row %zu: %s", i, board_state_name(standing.state));
    }
}

static void a_conflict_that_comes_to_light_takes_its_votes_back(void **state)
{
    struct board_rules rules = rules_of(2, 2, false);
    struct board_step step[] = {{BOARD_APPROVE, bob, BEGAN + 1, {"x", 1}, {"", 0}},
                                {BOARD_APPROVE, cem, BEGAN + 2, {"x", 1}, {"", 0}},
                                {BOARD_RECUSE, bob, BEGAN + 3, {"x", 1}, {"shares", 6}}};
    struct board_review review = review_of(BOARD_HIGH, step, 2);
    struct board_now now = now_at(BEGAN + 4);
    (void)state;
    rules.conflict = declared;
    rules.conflict_count = 3;
    expect(board_stand(&rules, &review, &now).state == BOARD_APPROVED, "before");
    now.author = cem; /* who plans it cannot have approved it */
    expect(board_stand(&rules, &review, &now).state != BOARD_APPROVED, "the planner's own vote");
    now.author = STR("");
    review.step_count = 3; /* a recusal that names a declared conflict puts out who shares it */
    const struct board_standing standing = board_stand(&rules, &review, &now);
    expect(standing.wait == BOARD_WAITS_FOR_MEMBERS && standing.eligible == 0, "%u eligible",
           standing.eligible);
    review = review_of(BOARD_HIGH, step, 2);
    review.kind = BOARD_CAMPAIGN;
    review.name = STR("spring"); /* cem's shares are about this campaign */
    expect(board_is_conflicted(&rules, &review, STR(""), cem), "about the thing itself");
    expect(!board_is_conflicted(&rules, &review, STR(""), bob), "and nobody else");
}

static void a_tie_rejects_and_risk_only_rises(void **state)
{
    const struct board_rules rules = rules_of(2, 1, false);
    const struct board_step tie[] = {{BOARD_APPROVE, bob, BEGAN + 1, {"x", 1}, {"", 0}},
                                     {BOARD_REQUEST_CHANGES, cem, BEGAN + 2, {"x", 1}, {"", 0}},
                                     {BOARD_CLOSE, bob, BEGAN + 3, {"", 0}, {"", 0}}};
    const struct board_step alone[] = {{BOARD_APPROVE, bob, BEGAN + 1, {"x", 1}, {"", 0}}};
    struct board_now now = now_at(BEGAN + 4);
    const struct board_review tied = review_of(BOARD_HIGH, tie, 3);
    const struct board_review one = review_of(BOARD_ORDINARY, alone, 1);
    (void)state;
    expect(board_stand(&rules, &tied, &now).state == BOARD_REJECTED, "a tie");
    expect(board_stand(&rules, &one, &now).state == BOARD_APPROVED, "ordinary");
    now.risk = BOARD_HIGH; /* the thing's use has become risky since */
    expect(board_stand(&rules, &one, &now).state == BOARD_IN_REVIEW, "high now");
    now = now_at(BEGAN);
    expect(board_stand(&rules, &one, &now).state == BOARD_LAPSED, "a clock that went back");
    now = now_at(BEGAN + 4);
    now.digest = NULL;
    expect(board_stand(&rules, &one, &now).state == BOARD_VOID, "the thing is gone");
}

static void every_word_reads_back(void **state)
{
    enum board_kind kind = BOARD_KINDS;
    enum board_act act = BOARD_ACTS;
    (void)state;
    for (unsigned k = 0; k < BOARD_KINDS; k++) {
        expect(board_kind_read(str_of(board_kind_name((enum board_kind)k)), &kind) && kind == k,
               "kind %u", k);
        expect(board_kind_read(str_of(board_kind_plural((enum board_kind)k)), &kind) && kind == k,
               "kind %u", k);
    }
    for (unsigned a = 0; a < BOARD_ACTS; a++) {
        expect(board_act_read(str_of(board_act_name((enum board_act)a)), &act) && act == a,
               "act %u", a);
    }
    expect(!board_kind_read(STR("offer"), &kind) && !board_act_read(STR("vote"), &act), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_list_of_steps_approves_what_a_clean_quorum_did_not),
        cmocka_unit_test(what_may_be_done_counts),
        cmocka_unit_test(what_may_not_be_done_says_why),
        cmocka_unit_test(at_ordinary_risk_one_other_reviewer_suffices_and_each_can_stop_it),
        cmocka_unit_test(a_conflict_that_comes_to_light_takes_its_votes_back),
        cmocka_unit_test(a_tie_rejects_and_risk_only_rises),
        cmocka_unit_test(every_word_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
