/*
 * board_may.c - who may do what in a review.
 *
 * A conflict of interest is looked for in three places: the authors, the conflicts that candor.yaml
 * declares, and the recusals in the review itself. It spreads once: whoever shares a declared conflict
 * with an author or with a recusal is out too, but they put out nobody else.
 */
#include "board.h"

/* ---- words --------------------------------------------------------------------------------- */

static const char *const kind_text[BOARD_KINDS] = {"model", "campaign", "policy", "notice",
                                                   "content"};
static const char *const plural_text[BOARD_KINDS] = {"models", "campaigns", "policies", "notices",
                                                     "contents"};
static const char *const risk_text[BOARD_RISKS] = {"ordinary", "high"};
static const char *const act_text[BOARD_ACTS] = {"approve",  "request_changes", "reject",
                                                 "recuse",   "advise_for",      "advise_against",
                                                 "overrule", "close",           "withdraw"};
static const char *const state_text[BOARD_STATES] = {
    "in_review", "approved", "changes_requested", "rejected", "withdrawn", "void", "lapsed"};

const char *board_kind_name(enum board_kind kind)
{
    must((unsigned)kind < BOARD_KINDS);
    return kind_text[kind];
}

const char *board_kind_plural(enum board_kind kind)
{
    must((unsigned)kind < BOARD_KINDS);
    return plural_text[kind];
}

bool board_kind_read(struct str text, enum board_kind *kind)
{
    for (unsigned k = 0; k < BOARD_KINDS; k++) {
        if (str_is(text, kind_text[k]) || str_is(text, plural_text[k])) {
            *kind = (enum board_kind)k;
            return true;
        }
    }
    return false;
}

const char *board_risk_name(enum board_risk risk)
{
    must((unsigned)risk < BOARD_RISKS);
    return risk_text[risk];
}

const char *board_act_name(enum board_act act)
{
    must((unsigned)act < BOARD_ACTS);
    return act_text[act];
}

bool board_act_read(struct str text, enum board_act *act)
{
    for (unsigned a = 0; a < BOARD_ACTS; a++) {
        if (str_is(text, act_text[a])) {
            *act = (enum board_act)a;
            return true;
        }
    }
    return false;
}

const char *board_state_name(enum board_state state)
{
    must((unsigned)state < BOARD_STATES);
    return state_text[state];
}

const char *board_wait_sentence(enum board_wait wait)
{
    switch (wait) {
    case BOARD_WAITS_FOR_NOTHING:
        break;
    case BOARD_WAITS_FOR_VOTES:
        return "It waits for votes.";
    case BOARD_WAITS_FOR_QUORUM:
        return "It waits for a quorum of the ethics board.";
    case BOARD_WAITS_FOR_OFFICER:
        return "It waits for the data protection officer's opinion.";
    case BOARD_WAITS_FOR_REASON:
        return "It waits for the chair's written reason against an objection or a finding.";
    case BOARD_WAITS_FOR_MEMBERS:
        return "Too few members of the ethics board have no conflict: there can be no quorum.";
    }
    return "";
}

const char *board_no_sentence(enum board_no no)
{
    static const char *const sentence[BOARD_NOS] = {
        [BOARD_YES] = "",
        [BOARD_NO_AUTHOR] = "whoever proposed, trained, edited or planned it does not review it",
        [BOARD_NO_CONFLICT] = "you have a conflict of interest in it",
        [BOARD_NO_SEAT] = "candor.yaml gives you no vote on it",
        [BOARD_NO_OFFICER] = "only the data protection officer, without a conflict, advises",
        [BOARD_NO_VOTE] = "the data protection officer advises and does not vote",
        [BOARD_NO_CHAIR] = "only the chair does this",
        [BOARD_NO_STAKE] = "only who proposed or approved it, or the chair, takes it back",
        [BOARD_NO_QUORUM] = "too few have voted to end the vote: the quorum is not there",
        [BOARD_NO_NOTE] = "this needs a reason: --note TEXT",
        [BOARD_NO_END] = "it is decided, or over",
        [BOARD_NO_NEED] = "at ordinary risk there is nothing to advise on, to close or to overrule",
    };
    must((unsigned)no < BOARD_NOS);
    return sentence[no];
}

/* ---- conflicts ----------------------------------------------------------------------------- */

static bool is_among(struct str who, const struct str *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(list[i], who)) {
            return true;
        }
    }
    return false;
}

bool board_is_author(const struct board_review *review, struct str who)
{
    return str_equal(review->proposer, who) || is_among(who, review->author, review->author_count);
}

/* "campaign:loan" */
static bool is_about(const struct board_conflict *conflict, const struct board_review *review)
{
    for (size_t i = 0; i < conflict->about_count; i++) {
        struct str rest = conflict->about[i];
        const struct str kind = str_cut(&rest, ':');
        if (str_is(kind, board_kind_name(review->kind)) && str_equal(rest, review->name)) {
            return true;
        }
    }
    return false;
}

/* Does it touch this review: an author is in it, it is about the thing, or a recusal named it? */
static bool is_touched(const struct board_conflict *conflict, const struct board_review *review,
                       struct str extra_author)
{
    if (is_about(conflict, review)) {
        return true;
    }
    for (size_t i = 0; i < conflict->person_count; i++) {
        const struct str person = conflict->person[i];
        if (board_is_author(review, person) ||
            (extra_author.len > 0 && str_equal(extra_author, person))) {
            return true;
        }
    }
    for (size_t i = 0; i < review->step_count; i++) {
        if (review->step[i].act == BOARD_RECUSE &&
            str_equal(review->step[i].conflict, conflict->name)) {
            return true;
        }
    }
    return false;
}

bool board_is_conflicted(const struct board_rules *rules, const struct board_review *review,
                         struct str extra_author, struct str who)
{
    if (board_is_author(review, who) || (extra_author.len > 0 && str_equal(extra_author, who))) {
        return true;
    }
    for (size_t i = 0; i < review->step_count; i++) {
        if (review->step[i].act == BOARD_RECUSE && str_equal(review->step[i].who, who)) {
            return true;
        }
    }
    for (size_t i = 0; i < rules->conflict_count; i++) {
        const struct board_conflict *conflict = &rules->conflict[i];
        if (is_among(who, conflict->person, conflict->person_count) &&
            is_touched(conflict, review, extra_author)) {
            return true;
        }
    }
    return false;
}

/* ---- votes --------------------------------------------------------------------------------- */

bool board_is_member(const struct board_rules *rules, struct str who)
{
    return is_among(who, rules->member, rules->member_count);
}

bool board_has_vote(const struct board_rules *rules, enum board_kind kind, enum board_risk risk,
                    struct str who)
{
    if (rules->officer.len > 0 && str_equal(who, rules->officer)) {
        return false;
    }
    if (risk == BOARD_HIGH || board_is_member(rules, who)) {
        return board_is_member(rules, who);
    }
    for (size_t i = 0; i < rules->seat_count; i++) {
        if (str_equal(rules->seat[i].who, who) && (rules->seat[i].kinds >> kind & 1) != 0) {
            return true;
        }
    }
    return rules->seat_count == 0;
}

static bool has_approved(const struct board_review *review, struct str who)
{
    bool approved = false;
    for (size_t i = 0; i < review->step_count; i++) {
        if (review->step[i].act <= BOARD_REJECT && str_equal(review->step[i].who, who)) {
            approved = review->step[i].act == BOARD_APPROVE;
        }
    }
    return approved;
}

static enum board_no may_vote(const struct board_rules *rules, const struct board_review *review,
                              const struct board_now *now, const struct board_standing *standing,
                              const struct board_step *step)
{
    if (standing->state != BOARD_IN_REVIEW) {
        return BOARD_NO_END;
    }
    if (board_is_author(review, step->who)) {
        return BOARD_NO_AUTHOR;
    }
    if (rules->officer.len > 0 && str_equal(step->who, rules->officer)) {
        return BOARD_NO_VOTE;
    }
    if (!board_has_vote(rules, review->kind, standing->risk, step->who)) {
        return BOARD_NO_SEAT;
    }
    if (board_is_conflicted(rules, review, now->author, step->who)) {
        return BOARD_NO_CONFLICT;
    }
    /* At high risk a vote without its reason would tell nobody anything. */
    return standing->risk == BOARD_HIGH && step->note.len == 0 ? BOARD_NO_NOTE : BOARD_YES;
}

static enum board_no may_recuse(const struct board_rules *rules, const struct board_review *review,
                                const struct board_standing *standing,
                                const struct board_step *step)
{
    const bool is_officer = rules->officer.len > 0 && str_equal(step->who, rules->officer);
    if (standing->state != BOARD_IN_REVIEW && standing->state != BOARD_APPROVED) {
        return BOARD_NO_END;
    }
    if (!is_officer && !board_has_vote(rules, review->kind, standing->risk, step->who)) {
        return BOARD_NO_SEAT;
    }
    return step->note.len == 0 ? BOARD_NO_NOTE : BOARD_YES;
}

static enum board_no may_advise(const struct board_rules *rules, const struct board_review *review,
                                const struct board_now *now, const struct board_standing *standing,
                                const struct board_step *step)
{
    if (standing->risk != BOARD_HIGH) {
        return BOARD_NO_NEED;
    }
    if (standing->state != BOARD_IN_REVIEW) {
        return BOARD_NO_END;
    }
    if (rules->officer.len == 0 || !str_equal(step->who, rules->officer) ||
        board_is_conflicted(rules, review, now->author, step->who)) {
        return BOARD_NO_OFFICER;
    }
    return step->note.len == 0 ? BOARD_NO_NOTE : BOARD_YES;
}

/* The chair's acts: closing the vote, and the reason for deciding against an objection. */
static enum board_no may_chair(const struct board_standing *standing, const struct board_step *step)
{
    if (standing->risk != BOARD_HIGH) {
        return BOARD_NO_NEED;
    }
    if (standing->state != BOARD_IN_REVIEW &&
        !(step->act == BOARD_OVERRULE && standing->state == BOARD_APPROVED)) {
        return BOARD_NO_END;
    }
    if (standing->chair.len == 0 || !str_equal(step->who, standing->chair)) {
        return BOARD_NO_CHAIR;
    }
    if (step->act == BOARD_CLOSE) {
        return standing->approve + standing->changes + standing->reject < standing->quorum
                   ? BOARD_NO_QUORUM
                   : BOARD_YES;
    }
    return step->note.len == 0 ? BOARD_NO_NOTE : BOARD_YES;
}

static enum board_no may_withdraw(const struct board_review *review,
                                  const struct board_standing *standing,
                                  const struct board_step *step)
{
    if (standing->state != BOARD_IN_REVIEW && standing->state != BOARD_APPROVED) {
        return BOARD_NO_END;
    }
    if (!str_equal(step->who, review->proposer) && !has_approved(review, step->who) &&
        (standing->chair.len == 0 || !str_equal(step->who, standing->chair))) {
        return BOARD_NO_STAKE;
    }
    return step->note.len == 0 ? BOARD_NO_NOTE : BOARD_YES;
}

enum board_no board_may(const struct board_rules *rules, const struct board_review *review,
                        const struct board_now *now, const struct board_step *step)
{
    const struct board_standing standing = board_stand(rules, review, now);
    switch (step->act) {
    case BOARD_APPROVE:
    case BOARD_REQUEST_CHANGES:
    case BOARD_REJECT:
        return may_vote(rules, review, now, &standing, step);
    case BOARD_RECUSE:
        return may_recuse(rules, review, &standing, step);
    case BOARD_ADVISE_FOR:
    case BOARD_ADVISE_AGAINST:
        return may_advise(rules, review, now, &standing, step);
    case BOARD_OVERRULE:
    case BOARD_CLOSE:
        return may_chair(&standing, step);
    case BOARD_WITHDRAW:
        return may_withdraw(review, &standing, step);
    case BOARD_ACTS:
        break;
    }
    return BOARD_NO_END;
}
