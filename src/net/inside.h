/*
 * inside.h - what the files of the net room share, and nobody else sees.
 *
 * Three kinds of threads meet here. The network threads are libmicrohttpd's: all that happens to
 * one connection happens on one of them. The keeper is ours: it accepts, and cuts off who takes
 * too long. The handler's threads come in through net_answer. A connection's fields belong to its
 * network thread; the exceptions are atomic, or say which lock they are under.
 */
#ifndef NET_INSIDE_H
#define NET_INSIDE_H

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>

#include "net.h"

#define NET_FIELDS_MAX 100          /* header lines of one request; beyond: 431 */
#define NET_SEND_BYTES_PER_S 32768U /* a taker slower than this is cut off */
#define NET_TICK_MS 50              /* the keeper looks at the deadlines this often */
#define NET_END_TICK_MS 500         /* and whether somebody has left, which costs a call each */
#define NET_STOP_TICK_MS 5          /* and this often while the server stops */
#define NET_STOP_LOOKS 10
#define NET_CACHE_LINE 64
#define NET_WAIT_MS 20U   /* a network thread waits so long for answers that come soon; */
#define NET_HURRY_MS 200U /* when that was in vain it waits for none, for so long */
#define NET_THREADS_MAX 64U
#define NET_ADDRESS_SLOTS 65536U /* addresses are counted by their hash */
#define NET_LINGER_MS 3000U      /* so long, and for so many, we hear out what follows a refusal */
#define NET_LINGERERS_MAX 64U
#define NET_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

/* A refusal of the server's own; code 0 is none. */
struct refusal {
    unsigned code;
    struct lit title;
};

/* libmicrohttpd takes pointers to what it does not change without saying const. */
static inline void *without_const(const void *pointer)
{
    const union {
        const void *before;
        void *after;
    } same = {pointer};
    return same.after;
}

/* ---- check.c: what a request may look like ------------------------------------------------- */

/* code 501 for a method nobody knows, 405 for one we do not serve. */
struct refusal check_method(struct str name, enum net_method *method);

/* Split the target at '?' and judge the path, decoded in the arena. The views are of the target. */
struct refusal check_target(struct arena *arena, struct str target, struct str *path,
                            struct str *query);

/* What the header lines say about the body. */
struct framing {
    bool is_chunked;
    bool has_length;
    uint64_t length;
};

/* Judge the header lines; lines without the white space around their values. */
struct refusal check_fields(const struct net_pair *field, size_t field_count, bool is_http_1_0,
                            struct framing *framing);

/* The value of a line, whatever the case of its name; ptr NULL when there is none. */
struct str check_field_of(const struct net_pair *field, size_t field_count, struct str name);

/* May we send this line? */
bool check_reply_field(const struct net_pair *field);

enum coding {
    CODING_PATH,
    CODING_QUERY, /* '+' is a space; a tab may stand there */
    CODING_FORM,  /* new lines too */
};
/* Decode %XX; false: bad escape, a control byte that may not stand there, or not UTF-8. */
bool check_decode(struct arena *arena, struct str encoded, enum coding coding, struct str *decoded);

/* ---- connections --------------------------------------------------------------------------- */

/* Where a connection is, in the low bits of its clock; the deadline is above them. */
enum phase {
    PHASE_IDLE,      /* before a request line; past the deadline it is closed without a word */
    PHASE_RECEIVING, /* from the request line to the last byte */
    PHASE_HANDLER,   /* with the handler: no deadline */
    PHASE_SENDING,   /* the answer is on its way */
    PHASE_STREAM,    /* between two pieces of an answer: no deadline, but who leaves is noticed */
    PHASE_CUT,       /* the keeper has ended it: nothing follows */
};

/* Who touches the answer, between the network thread and the one that answers. */
enum turn {
    TURN_ASKING,   /* the handler's function has not returned yet, or the answer comes soon */
    TURN_AWAITED,  /* the network thread waits for this answer */
    TURN_PARKED,   /* it has returned, without an answer: the connection sleeps */
    TURN_ANSWERED, /* the answer is in its fields */
};

enum stage {
    STAGE_NONE,    /* no request */
    STAGE_HEAD,    /* the request line has been read */
    STAGE_BODY,    /* the head is good; the body arrives */
    STAGE_REFUSED, /* the rest of the body is read and thrown away, then we refuse */
    STAGE_ASKED,   /* the handler has been asked */
    STAGE_SENT,    /* the answer has been given to libmicrohttpd */
};

/* Where a network thread waits for answers. */
struct net_lane {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* an answer that was awaited is there */
};

struct net_connection {
    struct net_request request; /* first: the handler's pointer is ours */
    struct arena *arena;        /* the connection stands in it; its requests take turns in it */
    struct arena_mark before_request;
    struct net_server *server;
    struct MHD_Connection *mhd;
    struct net_connection *next;     /* server->lock */
    struct net_connection *previous; /* server->lock */
    int fd;                          /* valid while in the list */
    bool is_loopback;
    unsigned quiet_looks; /* keeper: at this many looks in a row ... */
    uint64_t quiet_clock; /* keeper: ... the clock was this one, and nothing was unread */
    uint64_t
        end_clock;    /* keeper: at the last look for it, the end of the input was all there was */
    uint64_t address; /* a number for the peer's address */
    uint16_t address_slot;  /* server->per_address, set and read under server->lock */
    _Atomic uint64_t clock; /* deadline in ms * 8 + enum phase */
    bool is_known;          /* its certificate was looked at, and holds */
    bool is_early;          /* answered before its body: the connection ends, and more may come */
    bool is_admitted;       /* the owner lets this request go on */
    bool is_in_flight;      /* it is counted in server->in_flight */
    enum stage stage;
    const char *target_ptr; /* where the target stands in libmicrohttpd's buffer */
    struct str target;      /* a copy in the arena */
    struct net_pair *field; /* in the arena, views of libmicrohttpd's buffer */
    size_t field_count;
    struct framing framing;
    uint8_t *body; /* in the arena */
    size_t body_len;
    size_t body_room;
    size_t body_max;       /* of this request */
    uint64_t bodies_bytes; /* our share of server->bodies_bytes */
    uint64_t thrown_away;  /* bytes of a refused body */
    struct refusal refusal;
    pthread_t asking;            /* the network thread that called the handler */
    unsigned lane;               /* of that thread */
    bool is_soon;                /* the answer is waited for */
    _Atomic int turn;            /* enum turn */
    struct MHD_Response *answer; /* whoever's turn it is */
    unsigned answer_code;
    uint64_t answer_len;
    struct net_stream *stream; /* server->lock; NULL: the answer is none, or whole */
};

/* A socket whose connection is over for us. */
struct net_lingerer {
    int fd;
    uint64_t end_ms; /* then it is closed, whoever still sends */
    uint64_t left;   /* bytes that are heard out */
};

struct net_server {
    struct net_options options; /* the limits filled in; the texts are not kept */
    void (*handle)(void *self, struct net_request *request);
    void *self;
    struct MHD_Daemon *daemon;
    int listen_fd;
    int wake_fd; /* an eventfd: makes the keeper look */
    uint16_t port;
    bool is_given; /* the socket listened before us, and does after us */
    bool is_tls;
    _Atomic(struct tls_pair *) pair; /* shown to who connects; the older ones hang on it */
    bool wants_clients;              /* with certificates of their own */
    bool is_running;                 /* the thread that starts and stops it */
    pthread_t keeper;

    pthread_mutex_t lock;         /* the list, per_address and lingerer */
    struct net_connection *first; /* lock */
    uint16_t *per_address;        /* lock; NET_ADDRESS_SLOTS of them, NULL without a limit */
    uint64_t address_seed;
    struct net_lingerer lingerer[NET_LINGERERS_MAX]; /* lock; packed */
    size_t lingerer_count;                           /* lock */

    struct net_lane lane[NET_THREADS_MAX];

    _Atomic uint64_t now_ms;   /* the keeper's clock */
    atomic_bool is_draining;   /* accept no more, end what is idle */
    atomic_bool is_grace_over; /* end what is not with the handler */
    atomic_bool is_over;       /* the keeper ends */
    atomic_bool has_drained;   /* the keeper has emptied the kernel's queue */
    _Atomic uint64_t accepted; /* handed to libmicrohttpd */
    _Atomic uint64_t connected;
    _Atomic uint64_t connections;
    _Atomic uint64_t refused;
    _Atomic uint64_t timed_out;
    _Atomic uint64_t broken;

    /* Written for every request by every thread: in cache lines of their own, so that the rest,
     * which is read for every request, stays in all caches. */
    char apart_before[NET_CACHE_LINE];
    _Atomic uint64_t in_flight;
    _Atomic uint64_t answered[6];
    _Atomic uint64_t answering; /* threads inside net_answer, network threads left out */
    _Atomic uint64_t bodies_bytes;
    char apart_after[NET_CACHE_LINE];
};

/* connection.c. A number for an address that only this server can make. */
uint64_t address_number(const struct net_server *server, struct bytes bytes);
/* Of an address as a proxy writes it; of anything else, as it stands there. */
uint64_t address_of_text(const struct net_server *server, struct arena *arena, struct str text);
/* libmicrohttpd's callback for a connection's begin and end. */
void connection_notify(void *cls, struct MHD_Connection *mhd, void **context,
                       enum MHD_ConnectionNotificationCode code);
/* Move to a phase; from now on timeout_ms are left, 0: any time. False: the keeper was first. */
bool connection_move(struct net_connection *connection, enum phase phase, uint64_t timeout_ms);
void *connection_keep(void *cls); /* the keeper's thread; cls is the server */

/* linger.c. Keep the socket of a connection that libmicrohttpd is about to close. */
void linger_begin(struct net_connection *connection);
/* The keeper: hear out who still sends, close who has ended; all of them, if is_end. */
void linger_look(struct net_server *server, uint64_t now_ms, bool is_end);

/* request.c. libmicrohttpd's callbacks for a request line, for all that follows, for the end. */
void *request_line(void *cls, const char *target, struct MHD_Connection *mhd);
enum MHD_Result request_more(void *cls, struct MHD_Connection *mhd, const char *url,
                             const char *method, const char *version, const char *data,
                             size_t *data_len, void **context);
/* What was asked is no longer needed: its memory goes back before the answer is over. */
void request_forget(struct net_connection *connection);
void request_done(void *cls, struct MHD_Connection *mhd, void **context,
                  enum MHD_RequestTerminationCode code);

/* lane.c. Waiting for answers that come soon. */
void lanes_init(struct net_server *server);
void lanes_end(struct net_server *server);
unsigned lane_here(void); /* of this network thread */
/* Whether this thread waits at all; not with few requests in hand, nor for a while after it waited in vain. */
bool lane_is_patient(const struct net_server *server);
/* Wait for a connection's answer, at most NET_WAIT_MS. False: it is not there, and the turn is
 * TURN_AWAITED still, or soon will not be. */
bool lane_wait(struct net_connection *connection);
/* Wait as long as it takes: the connection is broken, and the handler has it. */
void lane_wait_long(struct net_connection *connection);
/* Tell the thread that waits. */
void lane_tell(struct net_server *server, unsigned lane);

/* answer.c. The body of a refusal, as the owner shapes it. */
struct bytes answer_problem(const struct net_server *server, struct arena *arena, struct str path,
                            struct refusal refusal);
/* Refuse on the network thread, now; MHD_NO: it could not be, and the connection is over. */
enum MHD_Result answer_refusal(struct net_connection *connection, struct refusal refusal);
/* Give a finished answer to libmicrohttpd, on the network thread. */
enum MHD_Result answer_send(struct net_connection *connection);
/* The headers of a reply; false: one must not be sent, or there is no memory. */
bool answer_headers(struct arena *arena, struct MHD_Response *response,
                    const struct net_reply *reply);
/* Answer a request that the handler has with this, NULL: it could not be made. */
void answer_with(struct net_request *request, struct MHD_Response *response, unsigned code,
                 uint64_t len);

/* stream.c. The request is over: its connection may be gone from now on. */
void stream_part(struct net_connection *connection);
/* The keeper has cut the connection: wake it, so that libmicrohttpd finds out. server->lock is held. */
void stream_cut(struct net_connection *connection);

/* client.c. What calls.c needs of it: one handle with its headers, ready but for what takes the answer. */
bool client_begin(void); /* false: libcurl cannot be used */
struct client_handle {
    void *curl;
    bool is_private; /* the address led to where only_public does not allow */
};
CANDOR_MUST_USE enum candor_status client_open(struct job *job, const struct net_call *call,
                                               struct client_handle **handle);
/* What is said of a call that curl gave up: CANDOR_IO. */
CANDOR_MUST_USE enum candor_status client_failed(struct job *job,
                                                 const struct client_handle *handle, struct str url,
                                                 int curl_code);

/* ---- tls.c --------------------------------------------------------------------------------- */

#define NET_TLS_OPTIONS 6

/* Options for libmicrohttpd, ended by MHD_OPTION_END; how many before that. */
size_t tls_options(struct job *job, const struct net_options *options,
                   struct MHD_OptionItem item[NET_TLS_OPTIONS]);
/* Read certificate and key, which must belong together, and show them from now on. CANDOR_BAD_INPUT. */
CANDOR_MUST_USE enum candor_status tls_show(struct job *job, struct net_server *server,
                                            struct str cert, struct str key);
void tls_release(struct net_server *server);
/* Whose connection this is, before its handshake. */
void tls_connected(struct net_server *server, struct MHD_Connection *mhd);
/* CANDOR_BAD_INPUT: authorities of clients without TLS, or that cannot be read. */
CANDOR_MUST_USE enum candor_status tls_check(struct job *job, const struct net_options *options);
/* Has the client shown a certificate that holds, if one is wanted? */
bool tls_client_is_known(struct net_connection *connection);

#endif
