/*
 * visits.h - people at the door, as the files of the corridor share them.
 *
 *   config_server.c   candor.yaml's section `server`
 *   throttle.c        who has to wait after failures
 *   session.c         sessions: begun, found, ended, kept
 *   who.c             whose session it is, and calls in their name
 *   credential.c      an operator's password, second factor, recovery codes: the record
 *   login.c           password, code, logout
 *   factor.c          the second factor: begun, confirmed, ended; an operator's own list of sessions
 *   comingin.c        how each operator comes in, for owners
 *   ticket.c          one-time links, and what stands in them
 *   invite.c          links of operators; subjectlink.c links of subjects
 *
 *      ticket ──▶ password ──▶ half ──code──▶ operator        ticket ──▶ subject
 *                          └── no second factor ──▶
 *
 * Documents of the store: "credential" under the operator's name, "session" under the digest of its
 * token, "ticket" under the ticket's number.
 */
#ifndef CANDOR_FLOW_VISITS_H
#define CANDOR_FLOW_VISITS_H

#include <stdatomic.h>

#include "candor_visit.h"
#include "staff.h"

/* ---- config_server.c ----------------------------------------------------------------------- */

struct server_config {
    struct password_cost cost;
    int64_t idle; /* microseconds */
    int64_t absolute;
    int64_t subject_idle;
    int64_t subject_absolute;
    unsigned second_factor; /* roles that need one */
    bool is_behind_proxy;
    uint32_t connections_per_ip;
    uint32_t requests_per_second;
    uint32_t request_burst;
};

CANDOR_MUST_USE enum candor_status config_server(struct job *job, const struct value *root,
                                                 struct candor *candor);

/* ---- throttle.c ---------------------------------------------------------------------------- */

#define THROTTLE_SLOTS 4096
#define THROTTLE_WAYS 4
#define THROTTLE_WAIT_MAX_S 900

enum throttled { THROTTLE_NAME, THROTTLE_ADDRESS, THROTTLE_DEVICE, THROTTLES };

/* Failures are counted by a hash of whom or where; what is forgotten first is what is oldest. */
struct throttle {
    struct throttle_row {
        uint64_t key; /* 0: free */
        uint32_t failures;
        int64_t until; /* wait until then */
        int64_t last;
    } row[THROTTLES][THROTTLE_SLOTS];
};

/* How long to wait before the next attempt, in seconds; 0: go on. */
uint32_t throttle_wait(struct throttle *throttle, enum throttled kind, uint64_t key, int64_t now);
/* One more failure. Charged before an attempt, so that many at once are
 * not one; forgiven after a success. */
void throttle_charge(struct throttle *throttle, enum throttled kind, uint64_t key, int64_t now);
uint32_t throttle_failures(struct throttle *throttle, enum throttled kind, uint64_t key);
void throttle_forgive(struct throttle *throttle, enum throttled kind, uint64_t key);
/* The last one was none: one failure less. */
void throttle_give_back(struct throttle *throttle, enum throttled kind, uint64_t key);

/* ---- session.c ----------------------------------------------------------------------------- */

#define SESSIONS_MAX 16384
#define SESSION_TOKEN_LEN 32
#define SESSION_NAME_MAX 40

/* All are in memory, of fixed size; the store has them too, as of the last change. */
struct session {
    struct digest digest; /* of the token */
    enum candor_who_kind kind;
    char name[SESSION_NAME_MAX + 1]; /* of an operator */
    unsigned roles;                  /* theirs then */
    struct subject subject;
    int64_t begun;
    int64_t seen;
    int64_t ends;
    uint8_t form_token[SESSION_TOKEN_LEN];
    uint32_t codes_tried; /* of a half one */
    bool is_stored;       /* the store has a record of it */
    bool is_changed;      /* since that was written */
};

struct visits {
    struct throttle *throttle; /* NULL: nothing was read yet */
    struct session *session;   /* SESSIONS_MAX */
    _Atomic uint64_t
        *shown;           /* of each the beginning of its digest, if it is or was an operator's */
    size_t session_count; /* those beyond were never used */
    int64_t tickets_seen; /* when those that are over were dropped last; 0: not yet */
};

/* Read them from the store, once. Everything here stands after it. */
CANDOR_MUST_USE enum candor_status visits_open(struct job *job, struct candor *candor);
/* Commit, with all that changed about sessions. */
CANDOR_MUST_USE enum candor_status visits_commit(struct job *job, struct candor *candor,
                                                 struct txn *txn);
/* Begin one; *token is for the cookie. The one of old_token ends. CANDOR_BUSY: there are too many. */
CANDOR_MUST_USE enum candor_status session_begin(struct job *job, struct candor *candor,
                                                 const struct session *wanted,
                                                 const char *old_token, struct session **session,
                                                 const char **token);
/* NULL: nobody's. */
struct session *session_find(const struct job *job, const struct candor *candor, const char *token);
void session_seen(const struct job *job, struct session *session);
void session_end(struct session *session);
/* All of an operator's but one (or NULL). */
void sessions_end_of(struct candor *candor, struct str name, const struct session *but);

/* ---- credential.c -------------------------------------------------------------------------- */

#define RECOVERY_CODES 10
#define PASSWORD_LEN_MIN 12

enum factor { FACTOR_NONE, FACTOR_BEGUN, FACTOR_COUNTS };

struct credential {
    bool has_password;
    uint8_t salt[PASSWORD_SALT_LEN];
    struct password_cost cost;
    uint8_t hash[PASSWORD_HASH_LEN];
    enum factor factor;
    uint8_t key[OTP_KEY_LEN];
    uint64_t last_step; /* of the last code taken */
    size_t recovery_count;
    struct digest recovery[RECOVERY_CODES];
    int64_t came_in; /* when they signed in last; 0: never, as far as is known */
};

/* Nobody's: empty. */
CANDOR_MUST_USE enum candor_status credential_read(struct job *job, struct txn *txn,
                                                   struct str name, struct credential *credential);
CANDOR_MUST_USE enum candor_status credential_write(struct job *job, struct txn *txn,
                                                    struct str name,
                                                    const struct credential *credential);
/* Is this a password that may be set? CANDOR_BAD_INPUT, with a sentence for people. */
CANDOR_MUST_USE enum candor_status password_check(struct job *job, struct str name,
                                                  struct str password);
/* A code of the telephone, or a recovery code, which is used up; the record is changed, not written. */
CANDOR_MUST_USE enum candor_status credential_takes(struct job *job, const struct candor *candor,
                                                    struct credential *credential, struct str code,
                                                    bool *takes);
/* What is kept of a recovery code, however it is spaced. */
CANDOR_MUST_USE enum candor_status recovery_digest(struct job *job, const struct candor *candor,
                                                   struct str code, struct digest *digest);
/* Hash a password for this credential under a fresh salt and the cost of candor.yaml. Not under the
 * home's lock. */
CANDOR_MUST_USE enum candor_status password_set(struct job *job, const struct candor *candor,
                                                struct str password, struct credential *credential);

/* ---- who.c --------------------------------------------------------------------------------- */

/* Somebody with a session, as they are now. */
struct person {
    struct operator operator;
    struct credential credential;
    struct str identifier; /* of a subject */
};

/* Does candor.yaml want a second factor of somebody with these roles? */
bool factor_is_wanted(const struct candor *candor, unsigned roles);
/* session NULL: nobody's, or of somebody who is not the same any more, so that it ended. */
CANDOR_MUST_USE enum candor_status session_person(struct job *job, struct candor *candor,
                                                  const char *token, struct session **session,
                                                  struct person *person);
/* CANDOR_NOT_FOUND: not the session of an operator who is signed in. */
CANDOR_MUST_USE enum candor_status session_operator(struct job *job, struct candor *candor,
                                                    const char *token, struct session **session,
                                                    struct person *person);

/* ---- login.c ------------------------------------------------------------------------------- */

/* What follows, until home_leave, is this operator's. */
void act_as(struct candor *candor, const struct operator* operator);
CANDOR_MUST_USE enum candor_status visit_account(struct job *job, struct candor *candor,
                                                 struct txn *txn, enum ledger_action action,
                                                 const struct subject *subject);
/* An attempt for a name, before it is made: CANDOR_BUSY, entry->wait_s, or one failure more. */
CANDOR_MUST_USE enum candor_status attempt_charge(struct job *job, struct candor *candor,
                                                  struct str name, const struct candor_visit *visit,
                                                  struct candor_entry *entry);
/* It was in vain: beyond a few this is put on the ledger. */
CANDOR_MUST_USE enum candor_status attempt_failed(struct job *job, struct candor *candor,
                                                  struct str name,
                                                  const struct candor_visit *visit);
/* Whoever knows an operator's password: the same work for names that nobody has. right: it is. tried:
 * the record that it was compared with, which may have changed since. Locks the home, and is not to be
 * called within. */
CANDOR_MUST_USE enum candor_status password_try(struct job *job, struct candor *candor,
                                                struct str name, struct str password,
                                                const struct candor_visit *visit,
                                                struct candor_entry *entry,
                                                struct credential *tried, bool *right);
/* Begin the session that this operator may have now, and commit. */
CANDOR_MUST_USE enum candor_status operator_comes_in(
    struct job *job, struct candor *candor, struct txn *txn, const struct operator* operator,
    const struct credential * credential, bool with_code, const struct candor_visit *visit,
    struct candor_entry *entry);

/* ---- ticket.c ------------------------------------------------------------------------------ */

enum ticket_kind { TICKET_INVITE = 1, TICKET_SUBJECT = 2 };

struct ticket {
    enum ticket_kind kind;
    uint8_t number[16];
    int64_t expires;
    struct str name; /* of the operator; or the path where the subject goes */
    struct subject subject;
};

/* Write it down in the transaction, and its token. Now and then those that are over are dropped. */
CANDOR_MUST_USE enum candor_status ticket_make(struct job *job, struct candor *candor,
                                               struct txn *txn, struct ticket *ticket,
                                               struct str *token);
/* CANDOR_NOT_FOUND: sealed elsewhere or for another use, used, or over. */
CANDOR_MUST_USE enum candor_status ticket_read(struct job *job, struct candor *candor,
                                               struct txn *txn, enum ticket_kind kind,
                                               const char *token, struct ticket *ticket);
CANDOR_MUST_USE enum candor_status ticket_use_up(struct job *job, struct txn *txn,
                                                 const struct ticket *ticket);
/* Of an operator, all. */
CANDOR_MUST_USE enum candor_status tickets_drop(struct job *job, struct txn *txn, struct str name);
/* "link", "path", "expires". */
void ticket_members(struct job *job, struct json *json, const struct candor *candor,
                    const struct ticket *ticket, struct str path, struct str token);

#endif
