/*
 * message.h - the fourth door of the wire room: what the tracking SDKs of Segment and RudderStack send.
 *
 *   message.c       calls and batches taken apart into messages, within limits
 *
 * A message says that somebody did or is something. What is read of it is what can be kept: ids, the
 * name, the time, the consent, and the members of its properties or traits as text. All else
 * (context, integrations, whatever an SDK adds) is passed over.
 */
#ifndef CANDOR_MESSAGE_H
#define CANDOR_MESSAGE_H

#include "base.h"
#include "web.h"

struct value; /* text.h */

#define MESSAGES_BYTES_MAX ((size_t)500 * 1024) /* of a request, unpacked; Segment's own limits */
#define MESSAGE_BYTES_MAX ((size_t)32 * 1024)   /* of one message, written without spaces */
#define MESSAGES_MAX 4096                       /* of a batch */
#define MESSAGE_MEMBERS_MAX 256                 /* of its properties or traits */
#define MESSAGE_ID_LEN_MAX 256                  /* of an id, a name, the id of the message */

enum message_kind {
    MESSAGE_TRACK,
    MESSAGE_IDENTIFY,
    MESSAGE_PAGE,
    MESSAGE_SCREEN,
    MESSAGE_GROUP,
    MESSAGE_ALIAS,
    MESSAGE_KINDS,
};

/* Why a message is not used. MESSAGE_FINE is zero. */
enum message_fault {
    MESSAGE_FINE,
    MESSAGE_NOT_AN_OBJECT,
    MESSAGE_TOO_LARGE,
    MESSAGE_UNKNOWN_TYPE,
    MESSAGE_NO_PERSON, /* neither userId nor anonymousId */
    MESSAGE_BAD_ID,    /* no text of 1 .. MESSAGE_ID_LEN_MAX bytes */
    MESSAGE_NO_NAME,   /* a track call without event, a group call without groupId ... */
    MESSAGE_BAD_TIME,
    MESSAGE_BAD_CONSENT,
    MESSAGE_BAD_MEMBERS, /* properties or traits are no object, or have too many members */
    MESSAGE_FAULTS,
};

const char *message_kind_name(enum message_kind kind); /* "track" */
bool message_kind_read(struct str name, enum message_kind *kind);
const char *message_fault_code(enum message_fault fault);     /* "too_large" */
const char *message_fault_sentence(enum message_fault fault); /* "is larger than 32 KB" */

/* A member of properties or traits. */
struct message_member {
    struct str name;
    struct str text; /* of a text, number or boolean; ptr NULL: null, or a list or an object */
    bool is_nested;  /* a list or an object: there is no field for it */
};

/* Texts are those of the tree that it was read from. */
struct message {
    enum message_fault fault; /* with one, nothing else counts */
    enum message_kind kind;
    struct str id;        /* messageId; empty: none, and it cannot be known again */
    struct str user;      /* userId; empty: none */
    struct str anonymous; /* anonymousId; empty: none */
    struct str name;      /* event, name of a page or screen (may be empty), groupId, previousId */
    int64_t time;         /* when it happened, by our clock, microseconds UTC */
    const struct track_consent *consent; /* NULL: it says nothing about consent */
    const struct message_member *member;
    size_t member_count;
};

struct messages {
    struct message *message;
    size_t count;
    bool is_batch;
    struct str write_key; /* older SDKs send it in the body; empty: they do not */
};

/*
 * Read the body of POST /v1/KIND, or of POST /v1/batch.
 *
 * kind      MESSAGE_KINDS: a batch, whose messages say themselves what they are
 * received  when the request came, microseconds UTC: a sender's clock that is off by sentAt -
 *           received is put right by as much, and nothing happened later than it was received
 *
 * CANDOR_BAD_INPUT  no object, or a batch without a list of messages, or with an unreadable sentAt
 * CANDOR_TOO_LARGE  more than MESSAGES_MAX
 * A message that cannot be used has a fault and does not harm the others.
 */
CANDOR_MUST_USE enum candor_status messages_read(struct job *job, const struct value *body,
                                                 enum message_kind kind, int64_t received,
                                                 struct messages *messages);

#endif
