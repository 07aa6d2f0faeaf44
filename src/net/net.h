/*
 * net.h - the door of the net room: an HTTP/1.1 server, and a client, that distrust what they read.
 *
 *   server.c      from an address to a running server, and its end
 *   connection.c  who is connected, how long they may take, and the thread that cuts them off
 *   linger.c      connections that are over for us, whose clients are still sending
 *   request.c     one request as it arrives: checked, collected, handed over
 *   check.c       what a request may look like: pure functions over text
 *   tls.c         what is spoken over TLS, and certificates of clients
 *   answer.c      replies and refusals
 *   stream.c      replies whose body comes in pieces
 *   multipart.c   the parts of a form with files
 *   lane.c        where a network thread waits for answers that come soon
 *   client.c      one request to a server elsewhere
 *   calls.c       many at once, whose answers are taken as they come
 *
 * The room knows HTTP and nothing of Candor. It opens base, and alone knows libmicrohttpd and libcurl.
 *
 * What reaches the handler is one request as RFC 9112 means it, and as any careful proxy in front
 * would read it: one length, known coding, CRLF line ends, a path that is UTF-8. Whatever could
 * be read in two ways is refused, because that is how requests are smuggled; a connection ends with the
 * answer to a chunked body, whose lines the library reads leniently.
 */
#ifndef NET_H
#define NET_H

#include "base.h"

/* ---- what arrives -------------------------------------------------------------------------- */

enum net_method {
    NET_GET,
    NET_HEAD, /* answer as for NET_GET; the server leaves the body out */
    NET_POST,
    NET_PUT,
    NET_PATCH,
    NET_DELETE,
    NET_OPTIONS, /* of a path; "OPTIONS *" is answered by the server */
};

/*
 * One request. It and all its views live until net_answer is called for it, and only one thread
 * at a time may touch it.
 */
struct net_request {
    enum net_method method;
    struct str path;     /* begins with '/', still encoded, printable ASCII; see net_segment */
    struct str query;    /* after the '?', still encoded, printable ASCII; see net_query */
    struct bytes body;   /* whole, at most body_bytes_max */
    bool is_loopback;    /* the peer is this machine */
    bool is_soon;        /* set by the handler: see net_options.pause */
    struct arena *arena; /* of this request, wiped when it ends */
    void *context;       /* the handler's own, NULL at first */
};

/* A header's value without white space around it, UTF-8; name in lower case. ptr NULL: not there.
 * Host, Authorization, Origin, Sec-Fetch-Site, Content-Type and the lengths stand at most once, or the
 * server refuses. */
struct str net_header(const struct net_request *request, const char *name);

/* Whether one of the headers of this name has exactly this value. */
bool net_header_has(const struct net_request *request, const char *name, const char *value);

/*
 * The next segment of a path, decoded into the arena, and *rest without it and its slash; *rest has
 * ptr NULL after the last. A segment is cut before it is decoded, so "a%2Fb" is one: a/b. It is
 * UTF-8 without controls, and "." and ".." are in no path.
 */
struct str net_segment(struct arena *arena, struct str *rest);

/*
 * The first value of a query parameter, decoded ('+' is a space) into the request's arena.
 * False: not there, or badly encoded, or not UTF-8 without controls.
 */
bool net_query(struct net_request *request, const char *name, struct str *value);

/*
 * The next field of a form as application/x-www-form-urlencoded, decoded into the arena; *rest is what
 * follows, ptr NULL after the last. False: badly encoded, or not UTF-8 without controls but tabs and
 * new lines.
 */
struct net_pair {
    struct str name;
    struct str value;
};
bool net_form_next(struct arena *arena, struct str *rest, struct net_pair *pair);

/*
 * The parts of a form with files (multipart/form-data), one after the other; views of the body.
 * net_parts_begin is false when the request is no such form. file_name has ptr NULL for a part that is
 * no file.
 */
struct net_parts {
    struct arena *arena;
    struct bytes line; /* CRLF, "--", the boundary */
    struct bytes rest;
};
struct net_part {
    struct str name;
    struct str file_name;
    struct bytes content;
};
enum net_part_found { NET_PART_FOUND, NET_PART_END, NET_PART_BAD };
bool net_parts_begin(const struct net_request *request, struct net_parts *parts);
bool net_parts_of(struct arena *arena, struct str boundary, struct bytes body,
                  struct net_parts *parts);
enum net_part_found net_part_next(struct net_parts *parts, struct net_part *part);

/* A number for where the request comes from, other in each run. is_behind_proxy: what a proxy on this
 * machine says last in X-Forwarded-For. */
uint64_t net_address(const struct net_request *request, bool is_behind_proxy);

const char *net_method_name(enum net_method method); /* "GET" */

/* ---- what leaves --------------------------------------------------------------------------- */

#define NET_REPLY_HEADERS_MAX 32

struct net_reply {
    unsigned code;                 /* 200 .. 599 */
    struct str content_type;       /* empty: no such header */
    struct bytes body;             /* copied; must be empty for 204 and 304 */
    const struct net_pair *header; /* copied; further headers, not those the server writes itself
                                      (Content-Length, Connection, Date) */
    size_t header_count;
};

/*
 * Answer, from any thread, once. After the call the request and its arena are gone. A header
 * whose name is no token or whose value holds a control byte (a new line smuggled in) turns the
 * whole answer into a plain 500, and counts as net_counts.broken.
 */
void net_answer(struct net_request *request, const struct net_reply *reply);

/* ---- stream.c ------------------------------------------------------------------------------ */

enum { NET_STREAM_BYTES = 16 * 1024 }; /* that wait for a client before its stream is full */

/* How it went with a piece. */
enum net_taken {
    NET_TAKEN,
    NET_FULL, /* taken, and no more should follow before `room` is called */
    NET_GONE, /* the client has left, or was too slow, or the server ends: end the stream */
};

struct net_stream;

/*
 * Answer, from any thread, with a body that comes in pieces: instead of net_answer, once. reply->body is
 * the first of them. After the call the request and its arena are gone; the stream is the caller's until
 * net_stream_end, of which there must be one. A client that takes nothing for request_timeout_s is cut
 * off; between two pieces there is no deadline, but who leaves is noticed.
 *
 * room   called on a thread of the server's when a stream that was full has room again, and when the
 *        client has left; with a lock of the stream's held, so it must not call into the stream, nor wait
 */
struct net_stream *net_answer_stream(struct net_request *request, const struct net_reply *reply,
                                     void (*room)(void *self), void *self);

/* A piece, copied. From one thread at a time. */
enum net_taken net_stream_put(struct net_stream *stream, struct bytes piece);

/* No more comes. Not whole: the connection is cut, so that the client can tell. `room` is called no more. */
void net_stream_end(struct net_stream *stream, bool is_whole);

/* ---- the server ---------------------------------------------------------------------------- */

/* 0 anywhere means the default. */
struct net_limits {
    unsigned threads;           /* 2; at most 64 */
    unsigned connections_max;   /* 4096; those beyond wait in the kernel's queue */
    unsigned per_ip_max;        /* no limit of its own; those beyond are closed at once */
    unsigned in_flight_max;     /* 8192 requests with the handler; beyond: 503, Retry-After 1 */
    unsigned patient_from;      /* 48 requests with the handler: see net_options.pause */
    size_t header_bytes_max;    /* 16 KiB, request line included; beyond: 431 or 414 */
    size_t body_bytes_max;      /* 1 MiB; beyond: 413, before it is read if a length was stated */
    size_t bodies_bytes_max;    /* 256 MiB: all bodies being held together; beyond: 503 */
    unsigned request_timeout_s; /* 20: from request line to last byte, then again for the answer
                                   to be taken; the time with the handler is not counted */
    unsigned idle_timeout_s;    /* 60: from connection or last answer to the next request line */
};

struct net_options {
    struct str listen; /* "127.0.0.1:8080", "[::1]:0"; port 0: the system chooses */
    int listen_fd; /* above 0: a socket that listens already, and that others have too: `listen` is
                            not looked at, and what waits in it at the end is left to them */
    struct str tls_cert; /* PEM, the chain; both empty: no TLS */
    struct str tls_key;  /* PEM */
    struct str
        tls_clients; /* PEM: authorities, one of which must have signed a client's certificate,
                               or its requests get 403; empty: clients need none */
    struct net_limits limits;
    /*
     * How large the body of this request may be, when its head is good; 0: limits.body_bytes_max. Called
     * on a network thread with the handler's self. NULL: all are as the limits say. Beyond a limit that is larger
     * than those, a body of up to four times as much is heard out before it is refused.
     */
    size_t (*body_max)(void *self, const struct net_request *request);
    /*
     * May this request go on? Asked once, on a network thread with the handler's self, when its head is good
     * and nothing of its body has been looked at; the handler is asked when the body is there. False: it was
     * answered here, by net_answer. Where a body was to come that answer ends the connection, and whoever
     * waits for "100 Continue" is not told to go on. What was found out may be left in request->context.
     * It must not block. NULL: all go on.
     */
    bool (*admit)(void *self, struct net_request *request);
    /*
     * The body, as application/problem+json, of what the server refuses by itself. Made in the
     * arena, on a network thread or the server's own; path has ptr NULL where it was not
     * read. NULL: {"title", "status"} of RFC 9457.
     * Requests so malformed that libmicrohttpd refuses them alone get its own short page.
     */
    struct bytes (*problem)(void *self, struct arena *arena, struct str path, unsigned code,
                            struct lit title);
    /*
     * For requests that are answered together, within milliseconds, on another thread. Letting each
     * connection sleep and waking it again costs as much as the rest of HTTP. So when the handler
     * has set is_soon and keeps the request, and limits.patient_from are in hand, the network thread goes
     * on with what else has arrived, then calls pause once, so that the work on all of it begins, and waits
     * for the answers; for NET_WAIT_MS at most, after which connections sleep as usual. With fewer in hand
     * pause is called at once, and the connection sleeps. Called on network threads. NULL: is_soon is not
     * looked at.
     */
    void (*pause)(void *self);
};

struct net_server;

/*
 * Listen and serve. The server lives in owner and is stopped, with no grace, when owner ends if
 * net_stop was not called before. The threads it makes have all signals blocked.
 *
 * handle   called on a network thread. It answers at once, or keeps the pointer, returns and
 *          answers later: every request must be answered in the end. It must not block. A client
 *          that closes its own side before a later answer is taken to have left.
 *
 * CANDOR_BAD_INPUT  the address cannot be read, or certificate and key cannot be used
 * CANDOR_BUSY       the port is taken
 * CANDOR_FORBIDDEN  the port needs privileges
 * CANDOR_IO         anything else the system says no to
 */
CANDOR_MUST_USE enum candor_status net_start(struct job *job, struct arena *owner,
                                             const struct net_options *options,
                                             void (*handle)(void *self,
                                                            struct net_request *request),
                                             void *self, struct net_server **server);

/*
 * Connections that begin from now on are shown this certificate; those that are there keep theirs. Only for
 * a server that began with one, and from one thread at a time.
 *
 * CANDOR_BAD_INPUT  they cannot be used; the old ones stay
 */
CANDOR_MUST_USE enum candor_status net_tls_renew(struct job *job, struct net_server *server,
                                                 struct str cert, struct str key);

uint16_t net_port(const struct net_server *server);

/*
 * Accept no more, answer what has arrived, end. Connections still slow after grace_s seconds are
 * cut off; requests that the handler holds are waited for in any case, since it has the pointers.
 * A second call does nothing. Not from a network thread.
 */
void net_stop(struct net_server *server, unsigned grace_s);

/* ---- counters ------------------------------------------------------------------------------ */

struct net_counts {
    uint64_t answered[6]; /* [2] .. [5]: answers by class of code, refusals included */
    uint64_t refused;     /* requests, and connections beyond per_ip_max, refused by the server */
    uint64_t timed_out;   /* connections cut off at a deadline, idle ones not counted */
    uint64_t broken;      /* answers that held a bad header */
    uint64_t in_flight;   /* now with the handler */
    uint64_t connections; /* now open */
    uint64_t connected;   /* ever */
};

struct net_counts net_counts(const struct net_server *server);

/* ---- client.c ------------------------------------------------------------------------------ */

/* 0 anywhere means the default. */
struct net_call {
    struct str url; /* http:// or https:// */
    struct str content_type;
    struct bytes body;
    const struct net_pair *header; /* further ones; a control byte in one is CANDOR_BAD_INPUT */
    size_t header_count;
    size_t answer_bytes_max; /* 1 MiB */
    unsigned timeout_s;      /* 30, from the look-up of the name to the last byte */
    /* Refuse to connect to an address of this machine, of a private network or of none (RFC 6890). The
     * very address is judged that the connection goes to, so a name cannot change between. */
    bool only_public;
};

/* Is it an address of the open Internet? ip has 4 or 16 bytes. */
bool net_is_public(struct bytes ip);

/*
 * POST, and what came back, whatever its code. Redirects are answers. Blocks; safe from any thread.
 *
 * CANDOR_BAD_INPUT  the address cannot be read
 * CANDOR_TOO_LARGE  more than answer_bytes_max came back
 * CANDOR_IO         nobody answered, or not in time, or the certificate does not hold
 */
CANDOR_MUST_USE enum candor_status net_post(struct job *job, const struct net_call *call,
                                            unsigned *code, struct bytes *answer);

/* ---- calls.c ------------------------------------------------------------------------------- */

/* The head of an answer. */
struct net_head {
    unsigned code;
    struct str content_type; /* empty: none was said */
    uint32_t retry_after_s;  /* of Retry-After; 0: none */
};

/*
 * A POST whose answer is taken as it comes. All functions are called on the one thread of the calls and
 * must not block; no deadline covers the whole, since an answer may be long.
 */
struct net_flow {
    struct net_call
        call; /* copied, but the body, which lives until done; timeout_s is for connecting; answer_bytes_max: 64 MiB */
    unsigned first_byte_timeout_s; /* 60, from the beginning */
    unsigned quiet_timeout_s;      /* 60, between two pieces that are asked for */
    /* The head has come. */
    void (*head)(void *self, const struct net_head *head);
    /*
     * A piece of the body; empty: net_calls_poke was called. NET_FULL: taken, and nothing more is read
     * from the server there until a poke is answered by NET_TAKEN. NET_GONE: give up; done is called.
     */
    enum net_taken (*piece)(void *self, struct bytes piece);
    /* It is over; the last call. CANDOR_OK: the whole answer came. The message names the address. */
    void (*done)(void *self, enum candor_status status, const char *message);
    void *self;
};

struct net_calls;

/*
 * A thread for calls; it ends with the owner, and what is under way then is done with CANDOR_CANCELLED.
 *
 * CANDOR_IO   the system gives no thread or descriptor
 */
CANDOR_MUST_USE enum candor_status net_calls_begin(struct job *job, struct arena *owner,
                                                   size_t flows_max, struct net_calls **calls);
void net_calls_end(struct net_calls *calls); /* a second time does nothing */

/*
 * Begin one, from any thread. *ticket names it for net_calls_poke.
 *
 * CANDOR_BAD_INPUT   as net_post
 * CANDOR_BUSY        flows_max are under way
 * CANDOR_CANCELLED   the calls have ended
 */
CANDOR_MUST_USE enum candor_status net_calls_start(struct job *job, struct net_calls *calls,
                                                   const struct net_flow *flow, uint64_t *ticket);

/* Have its piece function asked again, from any thread; one that is over is passed over. */
void net_calls_poke(struct net_calls *calls, uint64_t ticket);

#endif
