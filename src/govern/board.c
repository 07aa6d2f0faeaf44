/*
 * board.c - where a review stands.
 *
 *     proposed ─▶ in review ─▶ approved ─────────▶ withdrawn
 *                     │            ├─ time ──────▶ lapsed
 *                     │            └─ one byte ──▶ void
 *                     ├──▶ changes requested
 *                     ├──▶ rejected
 *                     └──▶ withdrawn
 *
 * Conflicts are computed first, over the whole list; then the steps are taken one after the other until
 * the vote has ended. So a recusal that comes after a vote takes that vote back, and what only it had
 * decided is open again; and what was decided without it stays decided, however many votes follow.
 *
 * The result is approved only if, among the steps up to the one that decided it, votes of different
 * people without a conflict suffice. test_board.c holds this against a slow definition over every
 * reachable list of steps.
 */
#include "board.h"

#include <string.h>

#include "text.h"

/* The votes that count, as the steps are taken: each voter's last. */
struct tally {
    const struct board_rules *rules;
    const struct board_review *review;
    const struct board_now *now;
    struct board_standing *standing;
    struct str voter[BOARD_PEOPLE_MAX];
    enum board_act vote[BOARD_PEOPLE_MAX];
    size_t voter_count;
    bool is_closed;
    bool reason_follows; /* the chair's reason came after the officer's last opinion */
};

static bool is_vote(enum board_act act)
{
    return act == BOARD_APPROVE || act == BOARD_REQUEST_CHANGES || act == BOARD_REJECT;
}

static bool counts(const struct tally *tally, struct str who)
{
    return board_has_vote(tally->rules, tally->review->kind, tally->standing->risk, who) &&
           !board_is_conflicted(tally->rules, tally->review, tally->now->author, who);
}

static void put_vote(struct tally *tally, const struct board_step *step)
{
    size_t at = 0;
    while (at < tally->voter_count && !str_equal(tally->voter[at], step->who)) {
        at++;
    }
    if (at == BOARD_PEOPLE_MAX) {
        return; /* nobody has so many reviewers; who is too late does not count */
    }
    tally->voter[at] = step->who;
    tally->vote[at] = step->act;
    tally->voter_count += at == tally->voter_count ? 1 : 0;
    struct board_standing *standing = tally->standing;
    standing->approve = 0;
    standing->changes = 0;
    standing->reject = 0;
    for (size_t i = 0; i < tally->voter_count; i++) {
        standing->approve += tally->vote[i] == BOARD_APPROVE;
        standing->changes += tally->vote[i] == BOARD_REQUEST_CHANGES;
        standing->reject += tally->vote[i] == BOARD_REJECT;
    }
}

static bool officer_is_conflicted(const struct tally *tally)
{
    return tally->rules->officer.len > 0 &&
           board_is_conflicted(tally->rules, tally->review, tally->now->author,
                               tally->rules->officer);
}

/* Everything but votes. */
static void put_act(struct tally *tally, const struct board_step *step)
{
    struct board_standing *standing = tally->standing;
    const bool is_officer =
        tally->rules->officer.len > 0 && str_equal(step->who, tally->rules->officer);
    const bool is_chair = standing->chair.len > 0 && str_equal(step->who, standing->chair);
    const unsigned cast = standing->approve + standing->changes + standing->reject;
    if ((step->act == BOARD_ADVISE_FOR || step->act == BOARD_ADVISE_AGAINST) && is_officer &&
        !officer_is_conflicted(tally)) {
        standing->has_opinion = true;
        standing->opinion_for = step->act == BOARD_ADVISE_FOR;
        tally->reason_follows = false;
    }
    if (step->act == BOARD_OVERRULE && is_chair && step->note.len > 0) {
        standing->is_overruled = true;
        standing->overruled = step->note;
        tally->reason_follows = true;
    }
    if (step->act == BOARD_CLOSE && is_chair && cast >= standing->quorum) {
        tally->is_closed = true;
    }
}

/* ---- the result ---------------------------------------------------------------------------- */

static void decide(struct board_standing *standing, enum board_state state, int64_t time)
{
    standing->state = state;
    standing->wait = BOARD_WAITS_FOR_NOTHING;
    standing->decided = time;
}

/* One other reviewer, or as many as the company wants; any of them can stop it. */
static void settle_ordinary(const struct tally *tally, int64_t time)
{
    struct board_standing *standing = tally->standing;
    if (standing->reject > 0) {
        decide(standing, BOARD_REJECTED, time);
    } else if (standing->changes > 0) {
        decide(standing, BOARD_CHANGES_REQUESTED, time);
    } else if (standing->approve >= standing->needed) {
        decide(standing, BOARD_APPROVED, time);
    }
}

/* A majority for it. Was the officer heard, and if they are against it, does a reason say why not? */
static void settle_for(const struct tally *tally, int64_t time)
{
    struct board_standing *standing = tally->standing;
    const bool is_wanted = tally->rules->officer.len > 0;
    if (is_wanted && !officer_is_conflicted(tally) && !standing->has_opinion) {
        standing->wait = BOARD_WAITS_FOR_OFFICER;
    } else if (is_wanted && (officer_is_conflicted(tally) || !standing->opinion_for) &&
               !tally->reason_follows) {
        standing->wait = BOARD_WAITS_FOR_REASON;
    } else if (tally->now->needs_reason && !standing->is_overruled) {
        standing->wait = BOARD_WAITS_FOR_REASON;
    } else {
        decide(standing, BOARD_APPROVED, time);
    }
}

static void settle_against(const struct tally *tally, int64_t time)
{
    struct board_standing *standing = tally->standing;
    const bool is_tie = standing->approve == standing->changes + standing->reject;
    decide(standing,
           !is_tie && standing->changes > standing->reject ? BOARD_CHANGES_REQUESTED
                                                           : BOARD_REJECTED,
           time);
}

static void settle_high(const struct tally *tally, int64_t time)
{
    struct board_standing *standing = tally->standing;
    const unsigned against = standing->changes + standing->reject;
    const unsigned cast = standing->approve + against;
    const unsigned left = standing->eligible - cast;
    if (standing->eligible < standing->quorum) {
        standing->wait = BOARD_WAITS_FOR_MEMBERS;
        return;
    }
    if (cast < standing->quorum) {
        standing->wait = BOARD_WAITS_FOR_QUORUM;
        return;
    }
    standing->wait = BOARD_WAITS_FOR_VOTES;
    const bool has_ended = left == 0 || tally->is_closed;
    const bool is_enough = standing->approve >= standing->needed;
    if (is_enough && standing->approve > against + (has_ended ? 0 : left)) {
        settle_for(tally, time);
    } else if (has_ended || standing->approve + left <= against ||
               standing->approve + left < standing->needed) {
        settle_against(tally, time);
    }
}

static void settle(const struct tally *tally, int64_t time)
{
    if (tally->standing->risk == BOARD_HIGH) {
        settle_high(tally, time);
    } else {
        settle_ordinary(tally, time);
    }
}

/* ---- the whole of it ----------------------------------------------------------------------- */

static unsigned count_eligible(const struct board_rules *rules, const struct board_review *review,
                               const struct board_now *now)
{
    unsigned count = 0;
    for (size_t i = 0; i < rules->member_count; i++) {
        count += board_has_vote(rules, review->kind, BOARD_HIGH, rules->member[i]) &&
                 !board_is_conflicted(rules, review, now->author, rules->member[i]);
    }
    return count;
}

/* The chair; when it has a conflict, the first member that has none. */
static struct str acting_chair(const struct board_rules *rules, const struct board_review *review,
                               const struct board_now *now)
{
    if (rules->member_count == 0) {
        return STR("");
    }
    if (!board_is_conflicted(rules, review, now->author, rules->member[rules->chair])) {
        return rules->member[rules->chair];
    }
    for (size_t i = 0; i < rules->member_count; i++) {
        if (!board_is_conflicted(rules, review, now->author, rules->member[i])) {
            return rules->member[i];
        }
    }
    return STR("");
}

static struct board_standing begin(const struct board_rules *rules,
                                   const struct board_review *review, const struct board_now *now)
{
    struct board_standing standing = {.state = BOARD_IN_REVIEW,
                                      .wait = BOARD_WAITS_FOR_VOTES,
                                      .chair = STR(""),
                                      .overruled = STR("")};
    standing.risk = review->risk == BOARD_HIGH || now->risk == BOARD_HIGH || now->needs_reason
                        ? BOARD_HIGH
                        : BOARD_ORDINARY;
    standing.needed = rules->approvals[standing.risk] > 0 ? rules->approvals[standing.risk] : 1;
    if (standing.risk == BOARD_HIGH) {
        const unsigned least = review->kind == BOARD_CONTENT ? BOARD_CONTENT_REVIEWERS : 1;
        standing.quorum = rules->quorum > least ? rules->quorum : least;
        standing.needed = standing.needed > least ? standing.needed : least;
        standing.eligible = count_eligible(rules, review, now);
        standing.chair = acting_chair(rules, review, now);
    }
    return standing;
}

/* What time, a changed byte and a change of mind do to it. */
static void age(const struct board_rules *rules, const struct board_review *review,
                const struct board_now *now, struct board_standing *standing)
{
    const bool is_open = standing->state == BOARD_IN_REVIEW || standing->state == BOARD_APPROVED;
    for (size_t i = 0; is_open && i < review->step_count; i++) {
        if (review->step[i].act == BOARD_WITHDRAW) {
            decide(standing, BOARD_WITHDRAWN, review->step[i].time);
            return;
        }
    }
    if (standing->state == BOARD_APPROVED) {
        standing->valid_until = standing->decided + (int64_t)rules->valid_days * MICROS_PER_DAY;
    }
    if (is_open &&
        (now->digest == NULL || memcmp(now->digest, review->digest, sizeof review->digest) != 0)) {
        standing->state = BOARD_VOID;
        standing->wait = BOARD_WAITS_FOR_NOTHING;
    } else if (standing->state == BOARD_APPROVED &&
               (now->now >= standing->valid_until || now->now < standing->decided)) {
        standing->state = BOARD_LAPSED; /* also before it was given: a clock that went back */
    }
}

struct board_standing board_stand(const struct board_rules *rules,
                                  const struct board_review *review, const struct board_now *now)
{
    struct board_standing standing = begin(rules, review, now);
    struct tally tally = {.rules = rules, .review = review, .now = now, .standing = &standing};
    settle(&tally, review->proposed); /* says what it waits for; without votes nothing is decided */
    for (size_t i = 0; i < review->step_count && i < BOARD_STEPS_MAX; i++) {
        const struct board_step *step = &review->step[i];
        if (standing.state == BOARD_IN_REVIEW) {
            if (is_vote(step->act) && counts(&tally, step->who)) {
                put_vote(&tally, step);
            } else {
                put_act(&tally, step);
            }
            settle(&tally, step->time);
        } else if (step->act == BOARD_OVERRULE) {
            put_act(&tally, step); /* a reason may be written down later */
        }
    }
    age(rules, review, now, &standing);
    return standing;
}
