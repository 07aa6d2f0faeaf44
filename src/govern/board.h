/*
 * board.h - another door of the govern room: who judges models, campaigns, policies and notices.
 *
 *   board.c       where a review stands: a fold over its steps, an instant and the digest of the thing
 *   board_may.c   who may do what in a review, and why not
 *
 * A review is a list of steps that only grows. Nothing in it says "approved": that is computed each
 * time, from the steps, from the rules in force, from the instant, and from the digest of the thing as
 * it is now. So one changed byte voids an approval, time lapses it, and a conflict of interest that
 * comes to light later takes its votes out of what they had decided.
 *
 * Like the rest of the room these are pure functions.
 */
#ifndef CANDOR_BOARD_H
#define CANDOR_BOARD_H

#include "govern.h"

#define BOARD_PEOPLE_MAX 64 /* team, members, authors, people of one conflict */
#define BOARD_CONFLICTS_MAX 64
#define BOARD_STEPS_MAX 1000
#define BOARD_DIGEST_LEN 32
#define BOARD_CONTENT_REVIEWERS 2 /* of content at high risk, at least, whatever candor.yaml says */

/* ---- words --------------------------------------------------------------------------------- */

enum board_kind {
    BOARD_MODEL,
    BOARD_CAMPAIGN,
    BOARD_POLICY,
    BOARD_NOTICE,
    BOARD_CONTENT, /* copy, a page or code, by its exact bytes */
    BOARD_KINDS
};
const char *board_kind_name(enum board_kind kind);   /* "model" */
const char *board_kind_plural(enum board_kind kind); /* "models", as candor.yaml has them */
bool board_kind_read(struct str text, enum board_kind *kind); /* either */

/* High: sensitive fields, children, regulated offers, or what the company itself calls so. */
enum board_risk { BOARD_ORDINARY, BOARD_HIGH, BOARD_RISKS };
const char *board_risk_name(enum board_risk risk); /* "ordinary" */

enum board_act {
    BOARD_APPROVE, /* a vote; so are the next two */
    BOARD_REQUEST_CHANGES,
    BOARD_REJECT,
    BOARD_RECUSE,         /* somebody declares a conflict of interest: their votes never count */
    BOARD_ADVISE_FOR,     /* the data protection officer's opinion */
    BOARD_ADVISE_AGAINST, /* the same */
    BOARD_OVERRULE,       /* the chair writes down why the board decides against an objection */
    BOARD_CLOSE,          /* the chair ends the vote: those cast are counted */
    BOARD_WITHDRAW, /* taken back: by whoever proposed it, the chair, or who had approved it */
    BOARD_ACTS,
};
const char *board_act_name(enum board_act act); /* "request_changes" */
bool board_act_read(struct str text, enum board_act *act);

enum board_state {
    BOARD_IN_REVIEW,
    BOARD_APPROVED,
    BOARD_CHANGES_REQUESTED,
    BOARD_REJECTED,
    BOARD_WITHDRAWN,
    BOARD_VOID,   /* the thing is not what was reviewed any more */
    BOARD_LAPSED, /* it was approved, too long ago */
    BOARD_STATES,
};
const char *board_state_name(enum board_state state); /* "in_review" */

/* ---- rules: candor.yaml's section `governance` ----------------------------------------------- */

struct board_seat {
    struct str who; /* an operator */
    struct str function;
    unsigned kinds; /* bit k: reviews things of that kind, at ordinary risk */
};

/* People who share an interest. Who is named with an author, or with whom the thing itself is about,
 * does not vote on it. */
struct board_conflict {
    struct str name;
    const struct str *person;
    size_t person_count;
    const struct str *about; /* "campaign:loan", "model:lead" */
    size_t about_count;
};

struct board_rules {
    struct str officer; /* data protection officer; empty: none */
    struct str contact;
    const struct board_seat *seat;
    size_t seat_count;        /* 0: whoever may approve reviews what has an ordinary risk */
    const struct str *member; /* of the ethics board */
    size_t member_count;
    size_t chair;
    unsigned quorum;                 /* members without a conflict who have voted */
    unsigned approvals[BOARD_RISKS]; /* how many at least */
    unsigned reviewed;               /* bit k: such things need a review */
    unsigned valid_days;             /* an approval lapses after them */
    const struct board_conflict *conflict;
    size_t conflict_count;
};

/* ---- one review ------------------------------------------------------------------------------ */

struct board_step {
    enum board_act act;
    struct str who;
    int64_t time;
    struct str note;     /* the reason */
    struct str conflict; /* of a recusal: the one that candor.yaml names; or empty */
};

struct board_review {
    enum board_kind kind;
    struct str name; /* of the model, campaign, purpose; "candor.yaml" */
    enum board_risk risk;
    uint8_t digest[BOARD_DIGEST_LEN];
    struct str proposer;
    int64_t proposed;
    const struct str *author; /* who trained, edited or planned it, besides the proposer */
    size_t author_count;
    const struct board_step *step;
    size_t step_count;
};

/* What a review is held against. */
struct board_now {
    const uint8_t *digest; /* of the thing as it is; NULL: it is gone */
    enum board_risk risk;  /* as it is; the higher of this and the review's counts */
    struct str author; /* one more: who uses it as their own work, such as a planner; or empty */
    bool needs_reason; /* a check found what blocks: at high risk only with the chair's reason */
    int64_t now;
};

enum board_wait {
    BOARD_WAITS_FOR_NOTHING,
    BOARD_WAITS_FOR_VOTES,
    BOARD_WAITS_FOR_QUORUM,  /* more members have to vote before anything is decided */
    BOARD_WAITS_FOR_OFFICER, /* the data protection officer's opinion */
    BOARD_WAITS_FOR_REASON,  /* the chair's, for deciding against the officer */
    BOARD_WAITS_FOR_MEMBERS, /* too few have no conflict: there can be no quorum */
};
const char *board_wait_sentence(enum board_wait wait);

struct board_standing {
    enum board_state state;
    enum board_wait wait;
    enum board_risk risk;
    int64_t decided;                   /* when the last needed step was taken; 0: it was not */
    int64_t valid_until;               /* of an approval; 0 */
    unsigned approve, changes, reject; /* votes that count */
    unsigned eligible;                 /* members who may vote at high risk; 0 at ordinary */
    unsigned quorum;
    unsigned needed;  /* approvals */
    struct str chair; /* who acts as such: the first member without a conflict when it has one */
    bool has_opinion; /* of an officer without a conflict */
    bool opinion_for;
    bool is_overruled;    /* a written reason is there */
    struct str overruled; /* it */
};

/*
 * Where the review stands.
 *
 * Ordinary risk: the first to reject or to ask for changes ends it; `approvals` of different reviewers
 * approve it. High risk: the ethics board votes, and each member's last vote counts. The vote ends when
 * all have voted, when the rest could not turn it, or when the chair closes it, and never below the
 * quorum. More for than against, and at least `approvals`, approve; a tie rejects. Nothing is approved
 * before the data protection officer was heard (GDPR Article 35(2), 39(1)(c)), and not against their
 * opinion without the chair's written reason, nor what a check blocks. Of content at high risk two
 * reviewers are the least that approve.
 *
 * Authors, whoever recused themselves, and whoever shares a declared conflict with either never count,
 * whatever steps are there.
 */
struct board_standing board_stand(const struct board_rules *rules,
                                  const struct board_review *review, const struct board_now *now);

/* ---- board_may.c ----------------------------------------------------------------------------- */

enum board_no {
    BOARD_YES,
    BOARD_NO_AUTHOR,   /* proposed, trained, edited or planned it */
    BOARD_NO_CONFLICT, /* recused, or shares a declared conflict */
    BOARD_NO_SEAT,     /* neither on the team for such things nor on the board */
    BOARD_NO_OFFICER,  /* only the data protection officer advises */
    BOARD_NO_VOTE,     /* the data protection officer advises and does not vote */
    BOARD_NO_CHAIR,    /* only the chair closes and overrules */
    BOARD_NO_STAKE,    /* withdrawing: neither proposed nor approved it, nor the chair */
    BOARD_NO_QUORUM,   /* closing a vote in which too few have voted */
    BOARD_NO_NOTE,     /* a reason is needed */
    BOARD_NO_END,      /* it is decided, or over */
    BOARD_NO_NEED,     /* there is nothing to overrule or to advise on */
    BOARD_NOS,
};
const char *board_no_sentence(enum board_no no);

bool board_is_author(const struct board_review *review, struct str who);
/* In conflict over this review: authors are, and so is everybody who shares a conflict with one. */
bool board_is_conflicted(const struct board_rules *rules, const struct board_review *review,
                         struct str extra_author, struct str who);
bool board_is_member(const struct board_rules *rules, struct str who);
/* Does candor.yaml give them a vote on such a thing, leaving conflicts aside? */
bool board_has_vote(const struct board_rules *rules, enum board_kind kind, enum board_risk risk,
                    struct str who);
/* May this step be taken? Its time is the instant. */
enum board_no board_may(const struct board_rules *rules, const struct board_review *review,
                        const struct board_now *now, const struct board_step *step);

#endif
