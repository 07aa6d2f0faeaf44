/*
 * govern.h - the door of the govern room: the law as pure functions.
 *
 *   consent.c  append-only consent records: what was said, and by whom
 *   record.c   the bytes of a record
 *   fold.c     the state that records fold to at an instant; fold_answer.c is a part
 *   ask.c      may the subject be asked (again)?
 *   age.c      from which age a person consents alone
 *   fence.c    may what was decided before still be handed over?
 *   permit.c   the answer to: may this be done to this subject, for this purpose, now?
 *   role.c     who in the company may do what; people.h: their training, acts for two of them
 *   retention.h  how long what may stay; legal holds
 *   rights.h   the second door of this room: rights requests and their clocks
 *   figures.h  another: what many people said and asked, counted
 *   ui_evidence.h  another: how the notice looked on which they chose
 *
 * The room opens base and record. It is pure. Missing, expired, malformed, contradictory or
 * unknown means no.
 */
#ifndef CANDOR_GOVERN_H
#define CANDOR_GOVERN_H

#include "base.h"
#include "recipient.h"
#include "record.h"

/* A subject inside: random, never shown outside. slot is its place in the key tree. */
struct subject {
    uint8_t id[16];
    uint32_t slot;
};

/* ---- consent.c ----------------------------------------------------------------------------- */

#define CONSENT_RECORDS_MAX 100000 /* of one subject */
#define EVERY SIZE_MAX             /* every purpose, or every channel, that the record could mean */

enum consent_decision {
    CONSENT_GIVEN,
    CONSENT_REFUSED,
    CONSENT_WITHDRAWN,
    CONSENT_OBJECTED,   /* GDPR Article 21; with purpose EVERY: to all direct marketing */
    CONSENT_RESTRICTED, /* GDPR Article 18; purpose EVERY */
    CONSENT_UNRESTRICTED,
    CONSENT_HUMAN_WANTED,      /* no decision by a machine alone, GDPR Article 22; purpose EVERY */
    CONSENT_MACHINE_ALLOWED,   /* lifts it */
    CONSENT_SENSITIVE_LIMITED, /* sensitive data only for what they asked for; purpose EVERY */
    CONSENT_SENSITIVE_ALLOWED, /* lifts it */
    CONSENT_REQUESTED,   /* a yes that waits for its confirmation (double opt-in): no yes yet */
    CONSENT_DEFERRED,    /* asked, and neither yes nor no */
    CONSENT_REVOKED,     /* ended by us */
    CONSENT_INVALIDATED, /* it turned out to be no valid consent */
};

/* Who said it. */
enum consent_actor { ACTOR_PERSON, ACTOR_GUARDIAN, ACTOR_AGENT, ACTOR_OPERATOR, ACTOR_IMPORT };

/* What was said, when, where, to which words. Never changed, never removed but by erasure. */
struct consent_record {
    size_t purpose;   /* or EVERY */
    size_t channel;   /* or EVERY */
    size_t recipient; /* OURSELVES: nobody else was spoken of; a no then is one to all recipients */
    enum consent_decision decision;
    enum consent_actor actor;
    int64_t time;               /* when the subject said it */
    int64_t recorded;           /* when it reached us */
    int64_t until;              /* as was said when it was given; 0: nothing was */
    struct str surface;         /* "web form /signup", "phone agent", "import" */
    struct str wording_version; /* as shown */
    struct str language;        /* of the wording */
    struct str wording;         /* exactly as shown; may be empty when the version names it */
    struct str proof;           /* whatever the surface gave: form id, call id, signal string */
    struct bytes token;         /* digest of what confirms it, 32 bytes, or none */
    struct bytes prev;          /* SHA-256 of the payload of the subject's record before, or none */
    struct str ui_evidence;     /* how the notice looked: ui_evidence.h; empty: not known */

    /* Beside the payload: where it is on the ledger. */
    struct bytes payload; /* the bytes that the entry commits to; empty: not written yet */
    bool has_entry;
    uint64_t ledger_index;
    uint8_t salt[32];
    uint64_t number; /* within the subject, from 1; filled by who reads it from the store */
};

const char *consent_decision_name(enum consent_decision decision); /* "withdrawn" */
bool consent_decision_read(struct str text, enum consent_decision *decision);
/* It takes something away from us; each raises the epoch. */
bool consent_is_no(enum consent_decision decision);
/* About all purposes at once, set and lifted as a whole: restriction, human, sensitive data. */
bool consent_is_lever(enum consent_decision decision);
const char *consent_actor_name(enum consent_actor actor); /* "guardian" */
bool consent_actor_read(struct str text, enum consent_actor *actor);

/* ---- record.c ------------------------------------------------------------------------------ */

/* The payload, with purposes, channels and recipients by name: what the ledger commits to. */
void consent_write(const struct inventory *inventory, const struct consent_record *record,
                   struct buf *buf);
/* What is kept: record->payload (written if it is empty) and where it is on the ledger. */
void consent_keep(const struct inventory *inventory, const struct consent_record *record,
                  struct buf *buf);
/* What consent_keep or consent_write wrote. CANDOR_CORRUPT. A purpose, channel or recipient that the
 * inventory no longer has: CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status consent_read(struct job *job, const struct inventory *inventory,
                                                struct bytes bytes, struct consent_record *record);

/* Only the payload of what consent_keep or consent_write wrote. CANDOR_CORRUPT. */
CANDOR_MUST_USE enum candor_status consent_kept_payload(struct job *job, struct bytes bytes,
                                                        struct bytes *payload);

/* A payload without an inventory: EVERY and OURSELVES are empty names. CANDOR_CORRUPT. */
struct consent_names {
    struct str purpose;
    struct str channel;
    struct str recipient;
};
CANDOR_MUST_USE enum candor_status consent_payload_read(struct job *job, struct bytes payload,
                                                        struct consent_names *names,
                                                        struct consent_record *record);

/* ---- fold.c -------------------------------------------------------------------------------- */

/* Allowed or not, and why; PERMIT_OK_* allow, all others deny. One list for the whole house. The
 * numbers stand in stored plans: add at the end. */
enum permit_code {
    PERMIT_OK_CONSENT, /* consent given and valid */
    PERMIT_OK_BASIS,   /* another legal basis, not objected to */
    PERMIT_OK_RIGHT,   /* the subject's own right is being executed */
    PERMIT_OK_DUTY,    /* a duty of whoever holds data is being done */
    PERMIT_NO_CONSENT, /* never asked, or never answered */
    PERMIT_REFUSED,
    PERMIT_WITHDRAWN,
    PERMIT_OBJECTED,
    PERMIT_EXPIRED,
    PERMIT_RESTRICTED,
    PERMIT_UNKNOWN_PURPOSE,
    PERMIT_UNKNOWN_SUBJECT,
    PERMIT_WRONG_CHANNEL,   /* the purpose is not served on this channel */
    PERMIT_NOT_YET,         /* consent dated in the future */
    PERMIT_PENDING,         /* a yes that was not confirmed */
    PERMIT_REVOKED,         /* ended by us */
    PERMIT_INVALIDATED,     /* it was no valid consent */
    PERMIT_CHILD,           /* a child's own yes, without a guardian's */
    PERMIT_AGE_UNKNOWN,     /* it may be a child's */
    PERMIT_WRONG_RECIPIENT, /* not a disclosure of this purpose */
    PERMIT_SUPERSEDED,      /* decided before they said no */
    PERMIT_CODES,
};

const char *permit_code_name(enum permit_code code);     /* "no_consent" */
const char *permit_code_sentence(enum permit_code code); /* "They never agreed to this." */
bool permit_code_allows(enum permit_code code);

/*
 * The state of one subject's consents at an instant, for every purpose and channel. code[p][c] for
 * channel c; code[p][CHANNELS_MAX] for a purpose without a channel. allowed[c] has bit p set
 * exactly when code[p][c] allows, so that a check is one mask test. disclosed[d][c] is the same for
 * the inventory's disclosures.
 */
struct consent_state {
    int64_t as_of;
    int64_t valid_until; /* the state may differ from this instant on (expiry, a future record) */
    uint64_t allowed[CHANNELS_MAX + 1];
    uint8_t code[PURPOSES_MAX][CHANNELS_MAX + 1];
    uint8_t disclosed[DISCLOSURES_MAX][CHANNELS_MAX + 1];
    uint32_t epoch; /* how often they said no: what was decided under another is not handed over */
    bool is_restricted;
    bool wants_human; /* no decision by a machine alone */
    bool
        limits_sensitive; /* permits hide special categories, but where a contract or law needs them */
};

/* Until when a person may be a child; see age.c. All zero: there is no such question. */
struct consent_age {
    bool is_asked;  /* the home asks for ages */
    bool is_known;  /* else nobody's own yes counts */
    int64_t of_age; /* a yes of their own counts when it was said from this instant on */
};

/* Which record decided: 1 + its index in what was folded; 0: none. */
struct consent_why {
    uint32_t record[PURPOSES_MAX][CHANNELS_MAX + 1];
    uint32_t disclosed[DISCLOSURES_MAX][CHANNELS_MAX + 1];
};

/*
 * Fold records, in any order of arrival, into the state at `now`. Ordered by the subject's own
 * time; at the same instant the more restrictive record wins (withdrawn, objected, refused,
 * given). A record for one channel and a record for every channel both apply to that channel.
 * A given record without a valid time, with a time after now, or past its purpose's valid_days
 * or its own until does not allow; a withdrawal dated after now counts at once. A time of 0 or less
 * is none: a restrictive record without one counts from the instant it was recorded, and without
 * that too nothing can come after it.
 *
 * What a record can mean: consent is specific, so a given record for EVERY purpose allows nothing,
 * and one that names no recipient allows none but a processor. A no that names no recipient is one
 * to all of them. Records leave alone what rests on contract, legal obligation or vital interest,
 * unless it is direct marketing. A restriction denies everything, whichever purpose it names; only
 * a lifting for EVERY purpose and channel ends it. The wishes for a human and for limited use of
 * sensitive data are switches of the same kind. A yes that waits for its confirmation is none.
 */
void consent_fold(const struct inventory *inventory, const struct consent_record *record,
                  size_t record_count, int64_t now, struct consent_state *state);
/* The same for somebody who may be a child: then only a guardian's yes counts. why may be NULL. */
void consent_fold_of(const struct inventory *inventory, const struct consent_age *age,
                     const struct consent_record *record, size_t record_count, int64_t now,
                     struct consent_state *state, struct consent_why *why);
/* Can the subject end what rests on this purpose's basis by saying no? Not a contract, a legal duty or a
 * life at stake, unless it is direct marketing. */
bool consent_has_a_say(const struct purpose *purpose);
/* The instant at which a yes of this time ends; INT64_MAX: it does not. */
int64_t consent_end(const struct purpose *purpose, const struct consent_record *record);

/* ---- permit.c ------------------------------------------------------------------------------ */

/* What is to be done. purpose NONE is an unknown purpose; channel NONE: no channel; recipient
 * OURSELVES: it goes to nobody else, NONE is an unknown recipient. */
struct permit_question {
    struct subject subject;
    size_t purpose;
    size_t channel;
    size_t recipient;
};

/* Only permit.c makes one. It names its subject, what it opens and the instant it was given. */
struct permit;

/* The answer, with no permit made: for staircases and previews. A state is only good from its as_of
 * until its valid_until: outside the answer is PERMIT_EXPIRED, so fold again first. The subject id
 * of zeros is nobody. */
enum permit_code permit_ask(const struct inventory *inventory, const struct consent_state *state,
                            const struct permit_question *question, int64_t now);

/*
 * Make a permit. CANDOR_REFUSED: the message has the code's sentence; *code says why either way.
 */
CANDOR_MUST_USE enum candor_status permit_issue(struct job *job, const struct inventory *inventory,
                                                const struct consent_state *state,
                                                const struct permit_question *question,
                                                enum permit_code *code,
                                                const struct permit **permit);

enum right {
    RIGHT_ACCESS,
    RIGHT_RECTIFICATION,
    RIGHT_ERASURE,
    RIGHT_RESTRICTION,
    RIGHT_PORTABILITY,
    RIGHT_OBJECTION, /* on grounds of their own: GDPR Article 21(1) */
    RIGHT_EXPLANATION,
    RIGHT_MARKETING_OBJECTION, /* to direct marketing and targeted advertising: absolute */
    RIGHT_NO_AUTOMATION,       /* no decision by a machine alone: GDPR Article 22 */
    RIGHT_HUMAN_REVIEW,        /* of a decision that was made */
    RIGHT_OPT_OUT_SALE,        /* of sale and sharing */
    RIGHT_LIMIT_SENSITIVE,     /* use sensitive data only for what was asked for */
    RIGHTS,
};

const char *right_name(enum right right);

/* A permit to execute a subject's own right: it opens everything held about that one subject. */
const struct permit *permit_for_right(struct job *job, struct subject subject, enum right right);

/* What the law asks of whoever holds data, unasked by the subject. */
enum duty {
    DUTY_ACCURACY,      /* GDPR Article 5(1)(d): measure and repair */
    DUTY_STORAGE_LIMIT, /* Article 5(1)(e): delete what is past its time */
    DUTY_MINIMISATION,  /* Article 5(1)(c), 30: find what should not be here */
    DUTIES,
};

/* A permit to do a duty: it opens everything held about that one subject, and nothing of it may
 * leave but in sums over many. Who restricted the use of their data is left alone: ask first. */
const struct permit *permit_for_duty(struct job *job, struct subject subject, enum duty duty);
bool permit_serves(const struct permit *permit, enum duty duty); /* made for that duty */

bool permit_names(const struct permit *permit, struct subject subject);
bool permit_executes(const struct permit *permit, enum right right); /* made for that right */
uint64_t permit_purposes(const struct permit *permit);    /* a mask; of a right PURPOSES_ALL */
bool permit_hides_sensitive(const struct permit *permit); /* special categories stay closed */
enum permit_code permit_code_of(const struct permit *permit);
struct subject permit_subject(const struct permit *permit);

/* ---- ask.c --------------------------------------------------------------------------------- */

enum ask_reason {
    ASK_NEVER_ASKED,
    ASK_EXPIRED,
    ASK_ENDS_SOON, /* renewal: 30 days before the end */
    ASK_LONG_AGO,  /* the no is older than ask_again_days */
    ASK_NO_BASIS,  /* does not rest on consent: nothing is to be asked */
    ASK_WRONG,     /* not served so */
    ASK_GIVEN,     /* they agreed already */
    ASK_PENDING,   /* they agreed and are to confirm */
    ASK_DEFERRED,  /* asked of late */
    ASK_SAID_NO,   /* of late */
    ASK_OBJECTED,  /* Article 21(3): nobody asks, they come by themselves */
    ASK_RESTRICTED,
    ASK_CHILD,  /* only a guardian may be asked */
    ASK_SIGNAL, /* their browser says no: they come by themselves */
    ASK_REASONS,
};

struct ask_answer {
    bool may;
    enum ask_reason reason;
    int64_t from; /* when not: from this instant on; INT64_MAX: never */
};

/* May the subject be asked for a yes to this? code and record are of the fold: record NULL when none
 * decided. deferred is when they were asked last and put it off; 0: never. */
struct ask_answer ask_may(const struct purpose *purpose, enum permit_code code,
                          const struct consent_record *record, int64_t deferred, int64_t now);
int64_t ask_deferred(const struct consent_record *record, size_t record_count,
                     const struct permit_question *question);
const char *ask_reason_name(enum ask_reason reason);     /* "said_no" */
const char *ask_reason_sentence(enum ask_reason reason); /* "They said no of late." */

/* ---- age.c --------------------------------------------------------------------------------- */

/* Years from which a person consents alone to services on line, GDPR Article 8 and national law.
 * false: not in the table, where 16 is safe. */
bool age_of_consent(struct str country, unsigned *years);
/* The instant of a birthday: midnight UTC; born on 29 February: 1 March in other years. */
int64_t age_reached(int64_t born, unsigned years);

/* ---- fence.c ------------------------------------------------------------------------------- */

#define FENCE_HOURS 24 /* a decision is good for so long */

/* What was decided, and under which state. */
struct fence_ticket {
    struct permit_question question;
    uint32_t epoch;
    int64_t decided;
};

/* May it be handed over now? As permit_ask; PERMIT_SUPERSEDED: they said no in between, even if they
 * said yes since; PERMIT_EXPIRED: it is too old. */
enum permit_code fence_ask(const struct inventory *inventory, const struct consent_state *state,
                           const struct fence_ticket *ticket, int64_t now);

/* ---- role.c -------------------------------------------------------------------------------- */

enum role {
    ROLE_OWNER = 1,    /* everything, and operators */
    ROLE_MARKETER = 2, /* plans, sends, reads results */
    ROLE_APPROVER = 4, /* signs plans and models */
    ROLE_ANALYST = 8,  /* trains, audits */
    ROLE_PRIVACY = 16, /* subjects' rights, consents, ledger */
    ROLE_MACHINE = 32, /* decides, tracks, writes consents through the API */
    ROLE_TRACKER = 64, /* a write key: sends messages of the tracking API, reads nothing */
};

enum act {
    ACT_IMPORT,
    ACT_TRAIN,
    ACT_PUBLISH,
    ACT_PLAN,
    ACT_APPROVE,
    ACT_SEND,
    ACT_RESULTS,
    ACT_DECIDE,
    ACT_SUBJECT_READ,
    ACT_SUBJECT_CHANGE,
    ACT_SUBJECT_ERASE,
    ACT_CONSENT,
    ACT_AUDIT,
    ACT_LEDGER_READ,
    ACT_SHARE,
    ACT_TRACK,
    ACT_CHAT,
    ACT_ADMINISTER,
};

/* CANDOR_FORBIDDEN: none of the roles (a mask of enum role) may do it; the message says which may. */
CANDOR_MUST_USE enum candor_status role_require(struct job *job, unsigned roles, enum act act);
const char *role_name(enum role role);
bool role_read(struct str text, enum role *role);
const char *act_name(enum act act);

#endif
