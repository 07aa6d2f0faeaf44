/*
 * outgoing.h - messages to other systems, inside the flow room only: whoever has something to tell
 * queues it here, in the transaction of the change.
 *
 *   outgoing.c       the queue: what is kept of a message, and when its next try is
 *   outgoing_send.c  trying; the commands
 */
#ifndef CANDOR_FLOW_OUTGOING_H
#define CANDOR_FLOW_OUTGOING_H

#include "candor_outgoing.h"
#include "flow.h"

#define OUTGOING_HEADERS_MAX 4
#define OUTGOING_TRIES_MAX 10

enum outgoing_kind {
    OUTGOING_DRP_STATUS,     /* to an agent of the Data Rights Protocol */
    OUTGOING_OPENDSR_STATUS, /* to a controller */
    OUTGOING_DELETION,       /* to a partner of the Data Deletion Request Framework */
    OUTGOING_RECALL,         /* to a recipient */
    OUTGOING_EVENTS,         /* to a webhook: what came to stand on the ledger */
    OUTGOING_CONTACTS,       /* to a webhook: people of a signed plan; body is contacts.h's */
    OUTGOING_KINDS,
};

struct outgoing_header {
    struct str name;
    struct str value;
};

struct outgoing {
    enum outgoing_kind kind;
    struct str to; /* as candor.yaml calls them */
    struct str url;
    struct str content_type;
    struct bytes body;
    struct outgoing_header header[OUTGOING_HEADERS_MAX];
    size_t header_count;
    uint8_t object[16]; /* the request, recall ... that it is about */

    /* Kept by the queue. */
    uint8_t key[16]; /* the Idempotency-Key; all zero when queued: one is drawn */
    int64_t queued;
    int64_t due;
    uint32_t tries;
    uint32_t code;   /* that came back last; 0: nobody answered */
    bool is_aside;   /* nobody takes it: it waits for an operator */
    struct str name; /* of its document: 32 hex digits */
};

const char *outgoing_kind_name(enum outgoing_kind kind); /* "drp_status" */

/*
 * Queue a message, due at once. One that waits with the same kind, object and address is replaced: who
 * gets the news needs no older ones. The transaction must have an entry on the ledger of its own.
 */
CANDOR_MUST_USE enum candor_status outgoing_queue(struct job *job, struct txn *txn,
                                                  struct outgoing *message);
/* Of the document of a message of this kind, object and address. */
struct str outgoing_name(struct job *job, const struct outgoing *message);
/* CANDOR_NOT_FOUND. */
CANDOR_MUST_USE enum candor_status outgoing_load(struct job *job, struct txn *txn, struct str name,
                                                 struct outgoing *message);
CANDOR_MUST_USE enum candor_status outgoing_store(struct job *job, struct txn *txn,
                                                  const struct outgoing *message);
CANDOR_MUST_USE enum candor_status outgoing_remove(struct job *job, struct txn *txn,
                                                   struct str name);
/* All, in the order of their names. */
CANDOR_MUST_USE enum candor_status outgoing_all(struct job *job, struct txn *txn,
                                                struct outgoing **message, size_t *count);
/* After a try that failed: when to try again, or that it lies aside. */
void outgoing_put_off(struct outgoing *message, unsigned code, int64_t now);

/*
 * Addresses. A base is "https://host[:port][/path]", or http:// to this machine itself, without user,
 * query or fragment. An address is at a base when scheme, host, port and path begin as the base's do and
 * the path goes on at a '/', so that what somebody sends cannot point elsewhere.
 */
bool url_is_base(struct str base);
bool url_is_at(struct str url, struct str base);

#endif
