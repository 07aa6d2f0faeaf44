/*
 * govern.h - the door of the govern room: the law as pure functions.
 *
 *   consent.c  append-only consent records, folded to a state at an instant
 *   permit.c   the answer to: may this be done to this subject, for this purpose, now?
 *   role.c     who in the company may do what
 *   rights.h   the second door of this room: rights requests and their clocks
 *
 * The room opens base and record. It is pure. Missing, expired, malformed, contradictory or
 * unknown means no.
 */
#ifndef CANDOR_GOVERN_H
#define CANDOR_GOVERN_H

#include "base.h"
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
};

/* What was said, when, where, to which words. Never changed, never removed but by erasure. */
struct consent_record {
    size_t purpose; /* or EVERY */
    size_t channel; /* or EVERY */
    enum consent_decision decision;
    int64_t time;               /* when the subject said it */
    int64_t recorded;           /* when it reached us */
    struct str surface;         /* "web form /signup", "phone agent", "import" */
    struct str wording_version; /* as shown */
    struct str wording;         /* exactly as shown; may be empty when the version names it */
    struct str proof;           /* whatever the surface gave: form id, call id, signal string */
};

void consent_write(const struct inventory *inventory, const struct consent_record *record,
                   struct buf *buf); /* purposes and channels by name */
/* CANDOR_CORRUPT. A purpose or channel that the inventory no longer has: CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status consent_read(struct job *job, const struct inventory *inventory,
                                                struct bytes bytes, struct consent_record *record);
const char *consent_decision_name(enum consent_decision decision); /* "withdrawn" */
bool consent_decision_read(struct str text, enum consent_decision *decision);

/* Allowed or not, and why; PERMIT_OK_* allow, all others deny. One list for the whole house. */
enum permit_code {
    PERMIT_OK_CONSENT, /* consent given and valid */
    PERMIT_OK_BASIS,   /* another legal basis, not objected to */
    PERMIT_OK_RIGHT,   /* the subject's own right is being executed */
    PERMIT_NO_CONSENT, /* never asked, or never answered */
    PERMIT_REFUSED,
    PERMIT_WITHDRAWN,
    PERMIT_OBJECTED,
    PERMIT_EXPIRED,
    PERMIT_RESTRICTED,
    PERMIT_UNKNOWN_PURPOSE,
    PERMIT_UNKNOWN_SUBJECT,
    PERMIT_WRONG_CHANNEL, /* the purpose is not served on this channel */
    PERMIT_NOT_YET,       /* consent dated in the future */
    PERMIT_CODES,
};

const char *permit_code_name(enum permit_code code);     /* "no_consent" */
const char *permit_code_sentence(enum permit_code code); /* "They never agreed to this." */
bool permit_code_allows(enum permit_code code);

/*
 * The state of one subject's consents at an instant, for every purpose and channel. code[p][c] for
 * channel c; code[p][CHANNELS_MAX] for a purpose without a channel. allowed[c] has bit p set
 * exactly when code[p][c] allows, so that a check is one mask test.
 */
struct consent_state {
    int64_t as_of;
    int64_t valid_until; /* the state may differ from this instant on (expiry, a future record) */
    uint64_t allowed[CHANNELS_MAX + 1];
    uint8_t code[PURPOSES_MAX][CHANNELS_MAX + 1];
    bool is_restricted;
    bool wants_human; /* no decision by a machine alone */
    bool
        limits_sensitive; /* permits hide special categories, but where a contract or law needs them */
};

/*
 * Fold records, in any order of arrival, into the state at `now`. Ordered by the subject's own
 * time; at the same instant the more restrictive record wins (withdrawn, objected, refused,
 * given). A record for one channel and a record for every channel both apply to that channel.
 * A given record without a valid time, with a time after now, or past its purpose's valid_days
 * does not allow; a withdrawal dated after now counts at once. A time of 0 or less is none: a
 * restrictive record without one counts from the instant it was recorded, and without that too
 * nothing can come after it.
 *
 * What a record can mean: consent is specific, so a given record for EVERY purpose allows nothing.
 * Records leave alone what rests on contract, legal obligation or vital interest, unless it is
 * direct marketing. A restriction denies everything, whichever purpose it names; only a lifting
 * for EVERY purpose and channel ends it. The wishes for a human and for limited use of sensitive data
 * are switches of the same kind.
 */
void consent_fold(const struct inventory *inventory, const struct consent_record *record,
                  size_t record_count, int64_t now, struct consent_state *state);

/* ---- permit.c ------------------------------------------------------------------------------ */

/* What is to be done. purpose NONE is an unknown purpose; channel NONE: no channel. */
struct permit_question {
    struct subject subject;
    size_t purpose;
    size_t channel;
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

bool permit_names(const struct permit *permit, struct subject subject);
bool permit_executes(const struct permit *permit, enum right right); /* made for that right */
uint64_t permit_purposes(const struct permit *permit);    /* a mask; of a right PURPOSES_ALL */
bool permit_hides_sensitive(const struct permit *permit); /* special categories stay closed */
enum permit_code permit_code_of(const struct permit *permit);
struct subject permit_subject(const struct permit *permit);

/* ---- role.c -------------------------------------------------------------------------------- */

enum role {
    ROLE_OWNER = 1,    /* everything, and operators */
    ROLE_MARKETER = 2, /* plans, sends, reads results */
    ROLE_APPROVER = 4, /* signs plans and models */
    ROLE_ANALYST = 8,  /* trains, audits */
    ROLE_PRIVACY = 16, /* subjects' rights, consents, ledger */
    ROLE_MACHINE = 32, /* decides, tracks, writes consents through the API */
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
    ACT_ADMINISTER,
};

/* CANDOR_FORBIDDEN: none of the roles (a mask of enum role) may do it; the message says which may. */
CANDOR_MUST_USE enum candor_status role_require(struct job *job, unsigned roles, enum act act);
const char *role_name(enum role role);
bool role_read(struct str text, enum role *role);
const char *act_name(enum act act);

#endif
