/*
 * candor_visit.h - people at the door: who they are, how they came in, and how they leave.
 *
 *   who       a session's cookie tells whether an operator or a subject is asking
 *   login     operators: a password, then a code of their telephone
 *   invite    one-time links by which operators choose a password
 *   account   password, second factor, sessions: an operator's own
 *   link      one-time links by which a subject sees their own data
 *
 * Sessions, tokens and recovery codes are random; a digest of them is kept, sealed. Logins, failures
 * beyond a few, and every change of how somebody comes in are on the ledger.
 */
#ifndef CANDOR_VISIT_PUBLIC_H
#define CANDOR_VISIT_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- who ----------------------------------------------------------------------------------- */

enum candor_who_kind {
    CANDOR_NOBODY,
    CANDOR_HALF,     /* an operator whose password was right, and whose code is still to come */
    CANDOR_OPERATOR, /* signed in */
    CANDOR_SUBJECT,  /* one person, and their own data only */
};

struct candor_who {
    enum candor_who_kind kind;
    const char *name;       /* of an operator; else "" */
    const char *roles;      /* theirs: "marketer, approver" */
    const char *identifier; /* of a subject; else "" */
    const char *form_token; /* stands in each of their forms; "" for nobody */
    int64_t ends;           /* when the session does, whatever happens; microseconds UTC */
    bool has_code;          /* an operator with a second factor */
    bool must_enrol;        /* candor.yaml wants one of them, and they have none yet */
};

/* Whose session is this? NULL, unknown, ended, or of somebody whose roles or end changed: nobody.
 * Whoever is known is taken to have been here now. */
CANDOR_CHECK enum candor_status candor_who(struct job *job, struct candor *candor,
                                           const char *session, struct candor_who *who);
/* Is what a form sent back the token of the session? In constant time. */
CANDOR_API bool candor_who_sent(const struct candor_who *who, const char *form_token);
/*
 * Until candor_key_leave this thread's calls are those of whoever the session is of. An operator's are
 * as with candor_key_enter. A subject's reach their own data, and nothing about anybody else. act may
 * be NULL: being signed in is enough.
 *
 * CANDOR_NOT_FOUND  nobody's session
 * CANDOR_FORBIDDEN  not with these roles; a second factor is still missing
 */
CANDOR_CHECK enum candor_status candor_session_enter(struct job *job, struct candor *candor,
                                                     const char *session, const char *act,
                                                     const char *because);

/* May whoever this thread's calls are of do this ("plan", "subject.read")? For what only shows a door to
 * those who can open it: each call decides for itself once more. CANDOR_FORBIDDEN: no, with the reason;
 * CANDOR_BAD_INPUT: no act has this name. */
CANDOR_CHECK enum candor_status candor_caller_may(struct job *job, struct candor *candor,
                                                  const char *act);

/* Read keys and sessions, so that a server can ask candor_key_look and candor_session_look from any thread
 * from now on. */
CANDOR_CHECK enum candor_status candor_door_prepare(struct job *job, struct candor *candor);
/* Is it the session of an operator, or was it one not long ago? It waits for nobody who is in the home; what
 * counts is what candor_session_enter says. */
CANDOR_API bool candor_session_look(const struct candor *candor, const char *session);

/* ---- login --------------------------------------------------------------------------------- */

/* What came with an attempt. */
struct candor_visit {
    const char *session; /* the cookie; NULL: none. It ends when another begins */
    const char *device;  /* of an earlier login from there; NULL: none */
    uint64_t address;    /* a number for where it comes from, made with a key; 0: unknown */
};

struct candor_entry {
    enum candor_who_kind kind; /* CANDOR_HALF: the code is wanted next */
    const char *session;       /* the new one, to be set as a cookie */
    const char *device;        /* likewise; NULL: as it was */
    const char *path;          /* where to go now */
    uint32_t wait_s;           /* after CANDOR_BUSY */
};

/*
 * The same work is done, and the same said, for a name that nobody has. After some failures the next
 * attempt has to wait, longer each time: for that name from devices that never signed in, and for that
 * address. A device that once signed in waits only for its own failures, so nobody can lock another
 * out. Takes as long as a password's hash, during which the home is not locked: from a thread that may
 * wait.
 *
 * CANDOR_FORBIDDEN  name and password do not fit together
 * CANDOR_BUSY       too many failures: wait entry->wait_s
 */
CANDOR_CHECK enum candor_status candor_login(struct job *job, struct candor *candor,
                                             const char *name, const char *password,
                                             const struct candor_visit *visit,
                                             struct candor_entry *entry);
/* The six digits, or a recovery code, for the half session of visit. CANDOR_FORBIDDEN: not these, or
 * taken before; CANDOR_NOT_FOUND: nobody waits for one; CANDOR_BUSY. */
CANDOR_CHECK enum candor_status candor_login_code(struct job *job, struct candor *candor,
                                                  const char *code,
                                                  const struct candor_visit *visit,
                                                  struct candor_entry *entry);
CANDOR_CHECK enum candor_status candor_logout(struct job *job, struct candor *candor,
                                              const char *session);

/* ---- invite -------------------------------------------------------------------------------- */

/* A link for an operator to choose a (new) password with: {"name","link","path","expires"}. Those
 * made before for them die. hours: 1 to 168. Needs the act "administer", but for oneself. */
CANDOR_CHECK enum candor_status candor_operator_invite(struct job *job, struct candor *candor,
                                                       const char *name, uint32_t hours,
                                                       struct candor_text *report);
/* Whose it is; changes nothing. CANDOR_NOT_FOUND: not ours, used, or over. */
CANDOR_CHECK enum candor_status candor_invite_look(struct job *job, struct candor *candor,
                                                   const char *token, const char **name);
/* Use it up: the password stands, sessions of before end, and they are signed in (or half).
 * CANDOR_BAD_INPUT: not a password that can be taken; the link still holds. */
CANDOR_CHECK enum candor_status candor_invite_accept(struct job *job, struct candor *candor,
                                                     const char *token, const char *password,
                                                     const struct candor_visit *visit,
                                                     struct candor_entry *entry);

/* ---- account ------------------------------------------------------------------------------- */

/* Set an operator's password without the page: needs "administer", or to be them. */
CANDOR_CHECK enum candor_status candor_operator_password(struct job *job, struct candor *candor,
                                                         const char *name, const char *password,
                                                         struct candor_text *report);
/* Their own, from a page: the old one is asked again. Other sessions of theirs end. CANDOR_FORBIDDEN,
 * CANDOR_BUSY as candor_login. */
CANDOR_CHECK enum candor_status candor_password_change(struct job *job, struct candor *candor,
                                                       const char *old_password,
                                                       const char *new_password,
                                                       const struct candor_visit *visit,
                                                       struct candor_entry *entry);
/* A second factor begins: {"secret","uri"}; it counts once a code of it was given. CANDOR_EXISTS: there
 * is one that counts; end it first. */
CANDOR_CHECK enum candor_status candor_second_factor_begin(struct job *job, struct candor *candor,
                                                           const char *session,
                                                           struct candor_text *report);
/* {"recovery_codes": [...]}: shown once, each good once. CANDOR_FORBIDDEN: not the code. */
CANDOR_CHECK enum candor_status candor_second_factor_confirm(struct job *job, struct candor *candor,
                                                             const char *session, const char *code,
                                                             struct candor_text *report);
/* End an operator's second factor: with "administer", or by themselves with a code (from a session). */
CANDOR_CHECK enum candor_status candor_second_factor_end(struct job *job, struct candor *candor,
                                                         const char *session, const char *code);
CANDOR_CHECK enum candor_status candor_operator_reset(struct job *job, struct candor *candor,
                                                      const char *name, struct candor_text *report);
/* How each operator comes in: {"operators": [...]} as candor_operator_list has them, each with "password",
 * "second_factor", "second_factor_wanted", "came_in" (or null), "sessions" and "missing_training", the courses
 * of candor.yaml that they lack. Needs "administer". */
CANDOR_CHECK enum candor_status candor_operator_credentials(struct job *job, struct candor *candor,
                                                            struct candor_text *report);
/* {"sessions": [{"number","begun","seen","ends","current"}]} */
CANDOR_CHECK enum candor_status candor_session_list(struct job *job, struct candor *candor,
                                                    const char *session,
                                                    struct candor_text *report);
/* End one of one's own by number; NULL: all but this one. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_session_revoke(struct job *job, struct candor *candor,
                                                      const char *session, const char *number);
/* Put down when sessions and keys were last used, before the home is closed. */
CANDOR_CHECK enum candor_status candor_visits_keep(struct job *job, struct candor *candor);

/* ---- link ---------------------------------------------------------------------------------- */

/* A link for a subject to see their own data with, once: {"link","path","expires"}. It names nobody.
 * path: where they go, "/me/" or below; hours: 1 to 720. Needs the act "subject.read". */
CANDOR_CHECK enum candor_status candor_subject_link(struct job *job, struct candor *candor,
                                                    const char *identifier, const char *path,
                                                    uint32_t hours, struct candor_text *report);
/* Does it hold? Changes nothing: mail scanners follow links. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_link_look(struct job *job, struct candor *candor,
                                                 const char *token);
/* Use it up: a session of exactly that subject. CANDOR_NOT_FOUND: not of this home, changed, used, over,
 * or of somebody who was erased. */
CANDOR_CHECK enum candor_status candor_link_open(struct job *job, struct candor *candor,
                                                 const char *token,
                                                 const struct candor_visit *visit,
                                                 struct candor_entry *entry);

/* ---- what the server keeps to -------------------------------------------------------------- */

/* candor.yaml's section `server`. */
struct candor_server {
    const char *public_url; /* of `signals`: "https://shop.example"; "": not said */
    bool is_behind_proxy;   /* the last of X-Forwarded-For, from this machine, is the address */
    uint32_t connections_per_ip;  /* 0: no limit */
    uint32_t requests_per_second; /* of one API key; 0: no limit */
    uint32_t request_burst;
};
CANDOR_API void candor_server(struct candor *candor, struct candor_server *server);

#ifdef __cplusplus
}
#endif

#endif
