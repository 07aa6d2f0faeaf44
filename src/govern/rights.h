/*
 * rights.h - the second door of the govern room: rights requests and their clocks.
 *
 *   jurisdiction.c  what each law gives and how soon: one table, replaceable row by row
 *   rights.c        a request from its arrival to its end, as pure functions over (request, now)
 *   request_file.c  the bytes of a request
 *
 * A request is a list of steps that only grows; everything else about it is worked out from them.
 * It holds no personal data: a subject by their random number, which after an erasure belongs to
 * nobody, and words of the operator.
 */
#ifndef CANDOR_RIGHTS_H
#define CANDOR_RIGHTS_H

#include "govern.h"

/* ---- jurisdiction.c ------------------------------------------------------------------------ */

enum span_unit { SPAN_NONE, SPAN_DAYS, SPAN_BUSINESS_DAYS, SPAN_MONTHS };

#define SPAN_COUNT_MAX 3650

/* A length of time as a law says it. No unit: the law gives no such clock. 0 days: at once. */
struct span {
    uint16_t count;
    enum span_unit unit;
};

/* Days on which no business day falls, besides Saturday and Sunday. */
struct holidays {
    const int64_t *day; /* since 1970-01-01, rising */
    size_t count;
};

/*
 * The instant at which a span that begins at `from` ends. Business days count from the day after;
 * a month ends on the day of the same number, or on the last one of a shorter month. A period that
 * ends on a Sunday is not made longer, though EU Regulation 1182/71 would allow it: early is safe.
 */
int64_t span_end(int64_t from, struct span span, const struct holidays *holidays);
/* "at once", "45 days", "10 business days", "1 month", "none". */
struct str span_text(struct arena *arena, struct span span);
bool span_read(struct str text, struct span *span);

/* How sure one must be who asks. Never more than the request needs: GDPR Article 12(6), recital 64;
 * 11 CCR 7060-7062. */
enum proof_level {
    PROOF_NONE,    /* opting out asks for nothing */
    PROOF_CONTACT, /* an answer from an address or account that we have of them */
    PROOF_MATCH,   /* two facts that we hold */
    PROOF_STRONG,  /* three facts, and a signed declaration */
    PROOF_LEVELS,
};
const char *proof_level_name(enum proof_level level); /* "match" */
bool proof_level_read(struct str text, enum proof_level *level);

/* Without a word from them: is it allowed (they may opt out) or not (they must opt in)? */
enum choice_mode { MODE_OPT_IN, MODE_OPT_OUT };

/* Signals of a person's machine that count as this request. */
enum signal_kind {
    SIGNAL_GPC = 1,
    SIGNAL_GPP = 2,
    SIGNAL_TCF = 4,
    SIGNAL_USP = 8,
    SIGNAL_UNSUBSCRIBE = 16, /* RFC 8058 */
    SIGNAL_KINDS = 5,
};

#define JURISDICTION_NAME_MAX 16
#define CLAUSES_MAX 2000

/* One right in one jurisdiction. */
struct clause {
    struct str jurisdiction; /* "eu", "us-ca" */
    enum right right;
    struct span answer;
    struct span acknowledge;
    struct span extension; /* once, with reasons, told within the first period */
    struct span appeal;    /* in which an appeal against a refusal is answered */
    bool pause;            /* waiting for proof or clarity stops the clock */
    enum proof_level proof;
    enum choice_mode mode;
    unsigned signals;    /* mask of enum signal_kind */
    uint16_t reask_days; /* after a no; 0: the law names no delay */
    struct str source;
    struct str date; /* whose law the row is meant to state: "2026-11-27" */
};

struct jurisdictions {
    const struct clause *clause;
    size_t count;
};

/* The table that comes with the program. */
struct jurisdictions jurisdictions_built_in(void);
/*
 * The built-in table with the rows of `jurisdictions` in candor.yaml in place of those of the same
 * jurisdiction and right, and new ones behind. Lives in the job's arena. CANDOR_BAD_INPUT.
 */
CANDOR_MUST_USE enum candor_status jurisdictions_read(struct job *job, const struct value *root,
                                                      struct jurisdictions *jurisdictions);
/* NULL: the law of that place does not give the right. */
const struct clause *jurisdictions_find(const struct jurisdictions *jurisdictions,
                                        struct str jurisdiction, enum right right);
/* What the built-in table asks for there; of a place that it does not have, what it asks for in the EU. */
enum proof_level jurisdictions_proof(struct str jurisdiction, enum right right);
bool jurisdictions_know(const struct jurisdictions *jurisdictions, struct str jurisdiction);
/* Must this place, "US-CA" or "us-ca", take the signal for an opt-out of sale? */
bool jurisdictions_hear(const struct jurisdictions *jurisdictions, struct str place,
                        enum signal_kind signal);
const char *choice_mode_name(enum choice_mode mode); /* "opt_in" */
const char *signal_kind_name(unsigned bit);          /* bit 0: "gpc" */
bool right_read(struct str text, enum right *right);

/* ---- rights.c ------------------------------------------------------------------------------ */

#define REQUEST_STEPS_MAX 400
#define REQUEST_NOTE_MAX 1000
#define REQUEST_REFERENCE_MAX 256
#define REQUEST_PAUSE_DAYS_MAX 60 /* together: after that the clock runs on by itself */

enum request_event {
    EVENT_RECEIVED = 1,
    EVENT_ACKNOWLEDGED,
    EVENT_PROOF_ASKED,
    EVENT_PROVEN,
    EVENT_STARTED,
    EVENT_PAUSED,
    EVENT_RESUMED,
    EVENT_EXTENDED,
    EVENT_FULFILLED,
    EVENT_REFUSED,
    EVENT_CANCELLED,
    EVENT_APPEALED,
    EVENT_ESCALATED_50,
    EVENT_ESCALATED_80,
    EVENT_ESCALATED_100,
    EVENT_ESCALATED_RECEIPT, /* the acknowledgement is late */
    EVENT_END,
};

enum request_state {
    REQUEST_RECEIVED,
    REQUEST_ACKNOWLEDGED,
    REQUEST_VERIFYING,
    REQUEST_IN_PROGRESS,
    REQUEST_PAUSED,
    REQUEST_EXTENDED,
    REQUEST_FULFILLED,
    REQUEST_REFUSED,
    REQUEST_CANCELLED,
    REQUEST_STATES,
};

/* A refusal always has one of these names, which the person is told. */
enum refusal {
    REFUSAL_NONE,
    REFUSAL_SUSPECTED_FRAUD,
    REFUSAL_NOT_VERIFIED,
    REFUSAL_NO_MATCH,
    REFUSAL_NOT_COVERED,
    REFUSAL_OUTSIDE_JURISDICTION,
    REFUSAL_TOO_MANY_REQUESTS,  /* manifestly unfounded or excessive: GDPR Article 12(5) */
    REFUSAL_LEGAL_OBLIGATION,   /* GDPR Article 17(3)(b) */
    REFUSAL_LEGAL_CLAIMS,       /* GDPR Articles 17(3)(e), 21(1) */
    REFUSAL_FREE_EXPRESSION,    /* GDPR Article 17(3)(a) */
    REFUSAL_RIGHTS_OF_OTHERS,   /* GDPR Articles 15(4), 20(4) */
    REFUSAL_COMPELLING_GROUNDS, /* GDPR Article 21(1) */
    REFUSAL_DATA_CORRECT,       /* GDPR Article 16 */
    REFUSAL_OTHER,
    REFUSALS,
};

struct request_step {
    int64_t time;
    enum request_event event;
    uint8_t code; /* of EVENT_PROVEN the level, of EVENT_REFUSED the refusal */
    uint8_t actor[16];
    struct str note; /* reasons: no personal data */
};

struct request {
    uint8_t id[16];
    bool has_subject;
    struct subject subject;
    struct clause clause; /* as it was when the request came: a new table moves no open clock */
    struct str source;    /* "operator", "drp", "opendsr", "ddrf", "web" */
    struct str reference; /* theirs for it */
    struct str argument;  /* a field, a purpose, an index on the ledger */
    bool wants_suppression;
    struct request_step *step;
    size_t step_count;
};

/* Everything about a request at an instant. */
struct request_status {
    enum request_state state;
    int64_t received;       /* of the appeal, when there is one */
    int64_t acknowledge_by; /* 0: no clock, or it was acknowledged */
    int64_t deadline;
    int64_t closed;         /* 0: it is open */
    int64_t paused;         /* so long the clock stood still */
    unsigned used_permille; /* of the time; above 1000: late */
    unsigned
        escalations_due; /* mask of 1 << (event - EVENT_ESCALATED_50): reached, not on record */
    unsigned level;      /* the highest reached: 0, 50, 80, 100 */
    bool is_open;
    bool is_overdue;
    bool is_extended;
    bool is_appeal;
    bool was_late; /* it was closed after its deadline */
    enum proof_level proven;
    enum refusal refusal;
};

void request_status_at(const struct request *request, const struct holidays *holidays, int64_t now,
                       struct request_status *status);

struct request_move {
    enum request_event event;
    int64_t now;
    uint8_t code;
    const uint8_t *actor; /* 16 bytes */
    struct str note;
};

/*
 * Take a step. Escalations that are due are put on record before it, so that nothing that happens
 * to a late request hides that it was late.
 *
 * CANDOR_REFUSED    the request is not where this can happen: closed, extended before, past its
 *                   first period, not proven enough; the message says what to do
 * CANDOR_BAD_INPUT  a reason is missing or too long, or a number is none of the known
 * CANDOR_TOO_LARGE  REQUEST_STEPS_MAX
 */
CANDOR_MUST_USE enum candor_status request_take(struct job *job, struct request *request,
                                                const struct holidays *holidays,
                                                const struct request_move *move);
/* Put on record what is due; *added counts. */
CANDOR_MUST_USE enum candor_status request_escalate(struct job *job, struct request *request,
                                                    const struct holidays *holidays, int64_t now,
                                                    const uint8_t actor[16], size_t *added);

const char *request_state_name(enum request_state state);
const char *request_event_name(enum request_event event);
const char *refusal_name(enum refusal refusal);
const char *refusal_sentence(enum refusal refusal); /* for the person */
bool refusal_read(struct str text, enum refusal *refusal);

/* ---- request_file.c ------------------------------------------------------------------------ */

void request_write(const struct request *request, struct buf *buf);
/* Texts refer to the bytes. CANDOR_CORRUPT: not of that form, or steps that could not have been. */
CANDOR_MUST_USE enum candor_status request_read(struct job *job, struct bytes bytes,
                                                struct request *request);

#endif
