/*
 * serving.h - what the files of the serve room share. Inside the room only.
 *
 * route.c, ask.c, reply.c and openapi.c are pure: they touch no home, and their tests need none.
 */
#ifndef CANDOR_SERVING_H
#define CANDOR_SERVING_H

#include <pthread.h>
#include <stdatomic.h>

#include "base.h"
#include "candor.h"
#include "candor_ledger.h"
#include "candor_surface.h"
#include "candor_visit.h"
#include "net.h"
#include "pagework.h"
#include "serve.h"
#include "text.h"

/* LIT for tables: ISO C has no compound literal in the initializer of a static object. */
#define WORDS(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }

/* ---- route.c ------------------------------------------------------------------------------- */

#define MEMBERS_MAX 16
#define ROUTES_MAX 320 /* the table may be shorter */

enum call {
    CALL_DECIDE,
    CALL_PERMIT,
    CALL_SUBJECT_SHOW,
    CALL_SUBJECT_CORRECT,
    CALL_SUBJECT_ERASE,
    CALL_SUBJECT_CONSENTS,
    CALL_SUBJECT_DECISIONS,
    CALL_SUBJECT_DECISION,
    CALL_SUBJECT_EXPORT,
    CALL_SUBJECT_PACKAGE,
    CALL_SUBJECT_SIGNALS,
    CALL_CONSENT,
    CALL_REQUEST_LIST,
    CALL_REQUEST_OPEN,
    CALL_REQUEST_SHOW,
    CALL_REQUEST_STEP,
    CALL_REQUEST_ANSWER,
    CALL_REVIEW_LIST,
    CALL_REVIEW_DECIDE,
    CALL_BOARD_LIST,
    CALL_BOARD_PROPOSE,
    CALL_BOARD_SHOW,
    CALL_BOARD_ACT,
    CALL_BOARD_STATUS,
    CALL_CONSENT_CONFIRM,
    CALL_WISHES,
    CALL_MAY_ASK,
    CALL_RECEIPT,
    CALL_HANDOFF,
    CALL_DRP_AGENT,
    CALL_DRP_AGENT_CHECK,
    CALL_DRP_EXERCISE,
    CALL_DRP_STATUS,
    CALL_DRP_REVOKE,
    CALL_OPENDSR_DISCOVERY,
    CALL_OPENDSR_REQUEST,
    CALL_OPENDSR_STATUS,
    CALL_OPENDSR_CANCEL,
    CALL_OPENDSR_CERTIFICATE,
    CALL_DELETION_DISCOVERY,
    CALL_DELETION_REQUEST,
    CALL_OPERATOR_LIST,
    CALL_OPERATOR_ADD,
    CALL_OPERATOR_ROLES,
    CALL_OPERATOR_EXPIRE,
    CALL_OPERATOR_TRAINING,
    CALL_KEY_LIST,
    CALL_KEY_REVOKE,
    CALL_ROLES,
    CALL_SECOND_LIST,
    CALL_SECOND_SIGN,
    CALL_ACCESS_LOG,
    CALL_INCIDENT_LIST,
    CALL_INCIDENT_OPEN,
    CALL_INCIDENT_SHOW,
    CALL_INCIDENT_UPDATE,
    CALL_INCIDENT_DRAFT,
    CALL_INCIDENT_CLOSE,
    CALL_SHARE_EXPORT,
    CALL_RECALL_LIST,
    CALL_RECALL_ACKNOWLEDGE,
    CALL_SHARE_TRACE,
    CALL_QUALITY_LIST,
    CALL_QUALITY_SHOW,
    CALL_QUALITY_REPAIR,
    CALL_QUALITY_DROP,
    CALL_QUALITY_REIMPORT,
    CALL_QUALITY_HISTORY,
    CALL_RETENTION_LIST,
    CALL_RETENTION_DUE,
    CALL_RETENTION_RUN,
    CALL_HOLD_LIST,
    CALL_HOLD_PLACE,
    CALL_HOLD_LIFT,
    CALL_AUDIT,
    CALL_CHECKPOINT,
    CALL_PROOF,
    CALL_ENTRY,
    CALL_TILE,
    CALL_TILE_ENTRIES,
    CALL_TRACK, /* all calls of the tracking API; the route's name says which */
    CALL_METRICS,
    CALL_HEALTH,
    CALL_READY,
    CALL_OPENAPI,
    CALL_GPC,
    CALL_UNSUBSCRIBE_LOOK,
    CALL_UNSUBSCRIBE,
    CALL_REPORT,
    CALL_SCAN,
    CALL_CONTENT_LIST,
    CALL_CONTENT_SUBMIT,
    CALL_CONTENT_SHOW,
    CALL_CONTENT_APPROVAL,
    CALL_CONTENT_DEPLOY,
    CALL_CONTENT_RETIRE,
    CALL_CHAT,
    CALL_MODELS,
    CALL_SCRIPT,
    CALL_SURFACE,
    CALL_SURFACE_CHOOSE,
    CALL_SITE, /* a page for people: the route's function writes it */
};

enum member_kind {
    MEMBER_TEXT,
    MEMBER_CELL,   /* text, number, true, false, or null for none */
    MEMBER_MAP,    /* of cells */
    MEMBER_OBJECT, /* handed on as it is: the library reads it */
    MEMBER_FLAG,   /* true or false */
    MEMBER_COUNT,  /* a whole number from 0 */
    MEMBER_LIST,   /* of texts; a route has one at most */
    MEMBER_QUERY,  /* a text of the query, not of the body */
};

/* One member of a request's JSON object. */
struct member {
    const char *name; /* NULL: the list of members ends */
    enum member_kind kind;
    bool is_required;
    struct lit about;
};

struct site;
struct outcome;

struct route {
    enum net_method method;
    enum call call;
    const char
        *pattern;    /* "/v1/subjects/{id}": {id} is an identifier, {index} and {number} numbers,
                            {row} a number,
                            {name} a name of ours, {request} the 32 hex digits of a request or review, {token} that
                            of an unsubscribe link, {path} all the rest, as it is */
    const char *act; /* that the key's roles must allow; NULL: open to all */
    struct lit name; /* in log, metrics and OpenAPI: never a path, which may hold a person */
    struct lit summary;
    struct member member[MEMBERS_MAX + 1]; /* none: the body is not looked at */
    bool is_open_here;                     /* no key needed from this machine itself */
    bool is_plain;                         /* answers text/plain, not JSON */
    bool is_zip;                           /* answers application/zip */
    bool is_page;                          /* answers text/html */
    bool is_form;                          /* takes the form of a one-click unsubscribe */
    bool is_signed;   /* 202 or, when the call refuses and has its own answer, 400 with that */
    bool is_raw;      /* the body is handed on as the text that it is */
    bool is_bytes;    /* answers application/octet-stream */
    bool is_document; /* answers JSON, a page, a PDF or text, as asked */
    bool is_tracking; /* takes what tracking SDKs send */
    bool is_shared; /* pages of other origins may call it, with a write key as Basic credentials */
    bool is_script; /* answers text/javascript */
    bool is_large;  /* takes a member of up to 256 KiB */
    bool
        is_aside; /* needs the home for moments only: on a thread of the pages, no decision waits for it */
    bool is_chat; /* takes what clients of OpenAI's interface send; chats.c answers */

    struct outcome (*page)(struct site *site); /* of CALL_SITE */
    enum candor_who_kind who;                  /* who may see it; CANDOR_NOBODY: everybody */
    bool is_unlocked; /* asks the library by the session alone: before a second factor too */
    bool is_slow;     /* hashes a password */
    bool is_upload;   /* takes a form with a file */
};

/* All of them; the chapters stand in files of their own, each ended by a route without a pattern. */
const struct route *routes(size_t *count);
extern const struct route routes_people[];
extern const struct route routes_share[];
extern const struct route routes_data[];
extern const struct route routes_report[];
extern const struct route routes_track[];
extern const struct route routes_surface[];
extern const struct route routes_gate[];
/* Last chapters, of pages, before the table is read for the first time. The list ends with NULL. */
void routes_join(const struct route *const *last);
/* Does it take a body of members? */
bool route_has_body(const struct route *route);

/*
 * The route of a request; HEAD goes where GET does. NULL: there is none, and allowed has a bit
 * (1 << enum net_method) for each method that the path has. path is as net_request has it, still
 * encoded; parameter[i] is the segment that stands for the i-th {…}, decoded; empty without one.
 */
#define PARAMETERS_MAX 2
const struct route *route_find(struct arena *arena, enum net_method method, struct str path,
                               struct str parameter[PARAMETERS_MAX], unsigned *allowed);

/* "GET, HEAD, PUT", for the Allow header. */
struct str route_allow(struct arena *arena, unsigned allowed);

/* ---- ask.c --------------------------------------------------------------------------------- */

#define IDENTIFIER_LEN_MAX 256
#define TOKEN_LEN_MAX 512
#define NAME_LEN_MAX 64
#define CHANGES_MAX 64
#define ASK_LARGE_MAX ((size_t)1 << 20) /* the body of a route that is large */

struct change {
    const char *field;
    const char *value; /* NULL: cleared */
};

/* One request on its way. It lives in the request's arena. */
struct ask {
    struct net_request *request;
    const struct route *route; /* NULL: there is none */
    uint64_t arrived;          /* host_ticks: its head, then all of it */
    uint64_t address;          /* net_address */
    bool was_good;             /* its key was somebody's when it was seen last */
    const char *key;           /* NULL: none was given */
    const char *because;       /* the header Candor-Because: why people are looked at; or NULL */
    const char *identifier;    /* of the path, or the body's "identifier" */
    const char *token;         /* of the path */
    struct candor_signals signals;        /* the body's "signals", and the header Sec-GPC */
    uint64_t index;                       /* of the path */
    const char *request_id;               /* of the path */
    uint64_t number;                      /* of the path: {number} */
    struct str parameter[PARAMETERS_MAX]; /* of the path, as they stand there */
    const char *raw;                      /* the body of a raw route; NULL: none */
    const char *path;                     /* the rest of the path */
    const char *name;                     /* of the path: {name} */
    const char *text[MEMBERS_MAX];    /* members in the order of the route; NULL: none. A flag is
                                      "true" or NULL, a count its digits */
    struct candor_messages *messages; /* of a tracking call */
    const char **list;                /* of a member that is a list */
    size_t list_count;
    struct change *change; /* of a correction */
    size_t change_count;
};

/* A job over an arena that someone else ends. */
void job_within(struct job *job, struct arena *arena);

/* The API key of "Bearer KEY"; NULL: there is none. */
const char *ask_key(struct arena *arena, struct str authorization);
/* The same of Basic credentials whose user is the key and whose password is empty, as tracking SDKs
 * send them. */
const char *ask_write_key(struct arena *arena, struct str authorization);

/* The header Accept-Language; NULL: there is none. */
const char *ask_accepted_languages(const struct ask *ask);

/* Is the one who asks on this machine, with no proxy between that says otherwise? */
bool ask_is_local(const struct net_request *request);

/* Read parameter and body as the route wants them. CANDOR_BAD_INPUT, CANDOR_TOO_LARGE. */
CANDOR_MUST_USE enum candor_status ask_read(struct job *job, struct ask *ask,
                                            const struct str parameter[PARAMETERS_MAX],
                                            struct bytes body);

/* ---- reply.c ------------------------------------------------------------------------------- */

#define OUTCOME_HEADERS_MAX 8

struct outcome {
    unsigned code;
    struct str content_type;
    struct bytes body;
    struct net_pair header[OUTCOME_HEADERS_MAX]; /* name empty: none */
    bool is_immutable;                           /* may be kept for ever; else nothing is */
    struct str cache;                            /* but for how long this says */
    struct str name;                             /* of a problem document: its code, */
    struct str detail;                           /* and what it says */
    bool has_error;                              /* it has OpenAI's member already */
};

/* {"type","title","status","code","detail"}; name and detail may be empty. */
struct bytes problem_write(struct arena *arena, unsigned code, struct str name, struct str detail);
struct outcome outcome_problem(struct arena *arena, unsigned code, struct str detail);
/* The disk, the network or the memory failed: the message names paths of the server, for its log only. */
bool is_of_the_machine(enum candor_status status);
/* What whoever called is told of a failure: the job's message, or its sentence and where to look. */
struct str told_outside(struct arena *arena, enum candor_status status, const char *message);
/* Of a failed call: its status, and what is told outside. */
struct outcome outcome_failure(struct arena *arena, enum candor_status status, const char *message);
/* Of call_allowed: who is not known gets 401, who may not gets 403. */
struct outcome outcome_not_allowed(struct arena *arena, enum candor_status status,
                                   const char *message);
struct outcome outcome_json(struct str body);
struct outcome outcome_plain(struct str body);
struct outcome outcome_page(struct str body);
struct outcome outcome_zip(struct bytes body);
struct outcome outcome_bytes(struct str body); /* that never change */

/* openai.c: is it a path of OpenAI's interface, of those that we have or not? */
bool openai_speaks(struct str path);
/* A problem document with a member more, as clients of that interface look for it: {"error": {...}} is given. */
struct bytes openai_join(struct arena *arena, struct bytes problem, struct str error);
/* The same with an error that says no more than the problem does; name and message may be empty. */
struct bytes openai_problem(struct arena *arena, struct bytes problem, unsigned code,
                            struct str name, struct str message);

/* What POST /v1/decide answers. */
struct str decision_write(struct arena *arena, const struct candor_answer *answer);

/* ---- openapi.c ----------------------------------------------------------------------------- */

struct str openapi_write(struct arena *arena);

/* ---- meter.c ------------------------------------------------------------------------------- */

#define BUCKETS 14
#define CODE_CLASSES 6

/* Counters only grow, each by itself: a reading is not one instant, and need not be. */
struct meter {
    _Atomic uint64_t answered[ROUTES_MAX + 1][CODE_CLASSES]; /* the last: no route */
    _Atomic uint64_t took[ROUTES_MAX][BUCKETS + 1];          /* the last: slower than all */
    _Atomic uint64_t took_sum_us[ROUTES_MAX];
    _Atomic uint64_t group_count; /* of decisions that shared one commit */
    _Atomic uint64_t turned_away; /* the queue was full */
    _Atomic uint64_t limited;     /* a key or an address asked too often */
};

void meter_add(struct meter *meter, const struct route *route, unsigned code, uint64_t took_ns);

/* Other numbers of this instant, for the text. */
struct readings {
    struct candor_figures figures;
    struct net_counts counts;
    uint64_t queued;
};
struct str meter_write(struct arena *arena, struct meter *meter, const struct readings *readings);

/* ---- limit.c ------------------------------------------------------------------------------- */

#define LIMIT_SETS 4096
#define LIMIT_WAYS 4

struct limit {
    uint32_t per_second; /* of one key; 0: no limit */
    uint32_t burst;
    uint64_t seed[2];
    pthread_mutex_t lock; /* of what follows */
    struct limit_row {
        uint64_t number; /* of a key or an address; 0: free */
        uint64_t full;   /* host_ticks when all its tokens are there */
        bool was_good;   /* the key was somebody's */
    } row[LIMIT_SETS][LIMIT_WAYS];
};

/* CANDOR_IO: the host has no entropy. */
CANDOR_MUST_USE enum candor_status limit_begin(struct job *job, struct limit *limit,
                                               const struct candor_server *rules);
/* Other rules from now on; what was used up stays so. */
void limit_set(struct limit *limit, const struct candor_server *rules);
void limit_end(struct limit *limit);
/*
 * One request with this key, before anything else is done with it. 0: it may go on; else it must not,
 * for so many seconds. *was_good: the key was somebody's when limit_learn was told last.
 */
uint32_t limit_take(struct limit *limit, struct str key, uint64_t address, uint64_t now,
                    bool *was_good);
/* The home was asked for the key. */
void limit_learn(struct limit *limit, struct str key, uint64_t address, bool is_good, uint64_t now);

/* ---- desk.c -------------------------------------------------------------------------------- */

#define QUEUE_MAX 8192  /* requests that wait; beyond: 503 */
#define STOP_GRACE_S 10 /* for what is under way when the server stops */

/* The pages for people; a desk without them answers machines only. */
struct site_pages {
    /* What a network thread finds out from the head alone; false: *outcome is the answer. */
    bool (*admit)(struct ask *ask, struct outcome *outcome);
    /* Do it; on a queue's thread. */
    struct outcome (*run)(struct job *job, struct desk *desk, const struct ask *ask);
    /* Nothing answers this path: does a person ask, who reads pages? Then *outcome is one. */
    bool (*has_none)(const struct net_request *request, struct outcome *outcome);
    /* How large its body may be; 0: as that of all. */
    size_t (*body_max)(const struct desk *desk, const struct net_request *request);
};

/* What the desk knows of candor.yaml. It is replaced whole when that is read again; what was replaced stays,
 * since a request may look at it. */
struct served {
    struct candor_server rules;
    struct candor_surface_rules surface;
    bool is_secure; /* people reach us over TLS: ours, or a proxy's */
};

struct desk {
    struct candor *candor;
    struct log *log;
    struct meter meter;
    struct str openapi;
    _Atomic(struct net_server *) server; /* NULL until it has begun */
    atomic_bool is_stopping;
    _Atomic uint64_t failed_at; /* host_ticks when the disk or memory failed last; 0: never */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct ask *queue[QUEUE_MAX]; /* a ring */
    size_t first;
    size_t count;
    bool is_closed;

    struct chats *chats;                   /* chats.h */
    const struct site_pages *site;         /* NULL: none */
    _Atomic(const struct served *) served; /* NULL: as of an empty candor.yaml */
    struct limit limit;
    struct site_queue pages;
    struct page_works works;
    struct site_queue passwords; /* each of its requests takes as long as a hash */

    pthread_t worker;
    struct ask *batch[CANDOR_DECISIONS_MAX]; /* the worker's own */
    struct ask *asking[CANDOR_DECISIONS_MAX];
    struct candor_question question[CANDOR_DECISIONS_MAX];
    struct candor_answer answer[CANDOR_DECISIONS_MAX];
};

const struct served *desk_served(const struct desk *desk);
/* From now on this. It lives as long as the desk. */
void desk_serve(struct desk *desk, const struct served *served);
/* Begin the worker. The desk must outlive desk_end. CANDOR_IO: the system gives no thread. */
CANDOR_MUST_USE enum candor_status desk_begin(struct job *job, struct desk *desk);
/* For net_options.admit; self is the desk. What is found out from the head goes to request->context. */
bool desk_admit(void *self, struct net_request *request);
/* The handler for net_start, of what desk_admit let in; self is the desk. */
void desk_handle(void *self, struct net_request *request);
/* For net_options.pause; self is the desk. */
void desk_pause(void *self);
/* The server is about to stop: what takes minutes (a plan, a training) is told to end with nothing done. */
void desk_stop(struct desk *desk);
/* Answer what waits and end the worker. Not before the server has stopped. */
void desk_end(struct desk *desk);

/* ---- call.c -------------------------------------------------------------------------------- */

/* Do what a route does, but for decisions, which desk.c gathers. */
struct outcome call_run(struct job *job, struct desk *desk, const struct ask *ask);

/* call_track.c: read a tracking call, on a network thread; 415, 413 or 400: *outcome. */
CANDOR_MUST_USE bool ask_read_tracking(struct ask *ask, struct outcome *outcome);
/* Keep what they bring, of one key's calls, in one commit: outcome[i] answers ask[i]. */
CANDOR_MUST_USE enum candor_status call_track(struct job *job, struct candor *candor,
                                              struct ask *const *ask, size_t count,
                                              struct outcome *outcome);
#define TRACK_GROUP_MAX 64      /* calls in one commit */
#define TRACK_MESSAGES_MAX 2000 /* messages after which no more calls join a commit */

/* call_exchange.c: the Data Rights Protocol and OpenDSR. */
CANDOR_MUST_USE enum candor_status call_exchange(struct job *job, struct candor *candor,
                                                 const struct ask *ask, struct candor_text *report);
/* call_people.c: operators, second signatures, looks, incidents. */
CANDOR_MUST_USE enum candor_status call_people(struct job *job, struct candor *candor,
                                               const struct ask *ask, struct candor_text *report);
/* call_share.c: recipients. */
CANDOR_MUST_USE enum candor_status call_share(struct job *job, struct candor *candor,
                                              const struct ask *ask, struct candor_text *report);
/* call_data.c: quality, retention, legal holds, audits. */
CANDOR_MUST_USE enum candor_status call_data(struct job *job, struct candor *candor,
                                             const struct ask *ask, struct candor_text *report);
/* call_request.c: rights requests and reviews. */
CANDOR_MUST_USE enum candor_status call_request(struct job *job, struct candor *candor,
                                                const struct ask *ask, struct candor_text *report);

/* call_board.c: reviews of models, campaigns, policies, notices and content. */
CANDOR_MUST_USE enum candor_status call_board(struct job *job, struct candor *candor,
                                              const struct ask *ask, struct candor_text *report);

/* surface.c: the script /candor.js, or that it has not changed. */
struct outcome outcome_script(const struct ask *ask);
/* Does a page ask that is neither ours nor of an origin in candor.yaml? */
bool origin_is_foreign(const struct desk *desk, const struct ask *ask);
#define ORIGIN_HEADERS_MAX 2
/* What an answer to a page of another origin needs. Returns their number. */
size_t origin_headers(const struct desk *desk, const struct ask *ask,
                      struct net_pair header[ORIGIN_HEADERS_MAX]);
/* Is it a browser's question whether a page may make a call? *outcome: the answer. */
CANDOR_MUST_USE bool origin_preflight(const struct desk *desk, struct ask *ask,
                                      struct outcome *outcome);
/* call_surface.c: what visitors are asked, and what they said. */
CANDOR_MUST_USE enum candor_status call_surface(struct job *job, struct candor *candor,
                                                const struct ask *ask, struct candor_text *report);

/* call_report.c: a report, and its answer in the form that was asked for. */
CANDOR_MUST_USE enum candor_status call_report(struct job *job, struct candor *candor,
                                               const struct ask *ask, struct candor_text *report);
struct outcome outcome_document(const struct ask *ask, struct str body);

/* call_gate.c: what must not leave unseen. */
CANDOR_MUST_USE enum candor_status call_gate(struct job *job, struct candor *candor,
                                             const struct ask *ask, struct candor_text *report);

/* call_content.c: copy, pages and code on their way out. */
CANDOR_MUST_USE enum candor_status call_content(struct job *job, struct candor *candor,
                                                const struct ask *ask, struct candor_text *report);

/* call_signals.c: what came with the request; NULL: nothing did. */
const struct candor_signals *ask_signals(const struct ask *ask);
CANDOR_MUST_USE enum candor_status call_signals(struct job *job, struct candor *candor,
                                                const struct ask *ask, struct candor_text *report);

/* May the one who asks do this? If so, what follows is done in their name, until call_leave.
 * CANDOR_NOT_FOUND: the key is nobody's. CANDOR_FORBIDDEN. */
CANDOR_MUST_USE enum candor_status call_enter(struct job *job, struct desk *desk,
                                              const struct ask *ask);
void call_leave(struct desk *desk, const struct ask *ask);
/* What was found out about the key, for limit.c. */
void call_learn(struct desk *desk, const struct ask *ask, enum candor_status status);

/* ---- serve.c ------------------------------------------------------------------------------- */

/* What is served. begin, begun, ending, end may be NULL; begin and end make a pair. */
struct house {
    unsigned connections_per_address; /* 0: no limit */
    void (*handle)(void *self, struct net_request *request);
    bool (*admit)(void *self, struct net_request *request);            /* as net.h; or NULL */
    size_t (*body_max)(void *self, const struct net_request *request); /* as net.h; or NULL */
    void (*pause)(void *self); /* of net_options; may be NULL */
    void *self;
    struct log **log; /* where to put the log before begin */
    enum candor_status (*begin)(struct job *job, void *self);
    void (*begun)(void *self, struct net_server *server);
    void (*ending)(void *self); /* no more is accepted from now on */
    void (*end)(void *self);    /* all is answered */
    /* SIGHUP: read again what can be, or leave all as it was; NULL: nothing can. CANDOR_BUSY: ask again in
     * a second. */
    enum candor_status (*reload)(struct job *job, void *self);
};

/* Serve until a signal says to stop; as serve_run. */
CANDOR_MUST_USE enum candor_status serve_house(struct job *job, const struct house *house,
                                               const struct serve_options *options,
                                               void (*ready)(void *self, const char *address),
                                               void *self);

/* ---- watch.c ------------------------------------------------------------------------------- */

struct watch {
    struct candor *candor;
    struct log *log;
    void (*round)(struct job *job, struct watch *watch);
    unsigned every_s;
    bool is_begun;
    pthread_t thread;
    pthread_mutex_t lock; /* of is_ending */
    pthread_cond_t changed;
    bool is_ending;
};

/* Ask the home's witnesses now and then, if it has any; send the messages that are due. CANDOR_IO:
 * the system gives no thread. */
CANDOR_MUST_USE enum candor_status watch_witnesses(struct job *job, struct watch *watch);
CANDOR_MUST_USE enum candor_status watch_outgoing(struct job *job, struct watch *watch);
/* Look every minute whether it is the hour of retention, if candor.yaml names one. */
CANDOR_MUST_USE enum candor_status watch_retention(struct job *job, struct watch *watch);
/* As candor.yaml now has it: a thread that is not wanted any more ends, one that is begins. */
CANDOR_MUST_USE enum candor_status watch_again(struct job *job, struct watch *watch,
                                               enum candor_status (*of)(struct job *job,
                                                                        struct watch *watch));
void watch_end(struct watch *watch);

#endif
