/*
 * candor_guard.h - a chapter of the public door: chats with language models of others, guarded.
 *
 * A caller brings a request as OpenAI's interface has it, and the HTTP client that carries it:
 *
 *     candor_chat_begin ─▶ candor_chats_admit ─▶ candor_chat_letter ... piece ... over
 *                              on record            sent    ─▶ candor_chats_settle ─▶ candor_chat_last
 *                                                               on record               answered
 *
 * Nothing is sent before the commit of candor_chats_admit, and no answer is whole before that of
 * candor_chats_settle. Each chat has one vault, which nobody shares. A chat belongs to one thread at a
 * time. Whatever goes wrong ends in an answer that holds no value of the request.
 */
#ifndef CANDOR_GUARD_H
#define CANDOR_GUARD_H

#include "candor.h"
#include "candor_outgoing.h"

#ifdef __cplusplus
extern "C" {
#endif

struct candor_chat;

#define CANDOR_CHAT_BODY_MAX ((size_t)4 << 20)
#define CANDOR_CHATS_MAX 256 /* in one commit */

struct candor_chat_asked {
    const char *key;     /* the API key that it came with */
    const char *because; /* or NULL */
    const char *purpose; /* what it is for; NULL: not said */
    const char *subject; /* the identifier of the one person it is about; NULL: nobody */
    const char *body;
    size_t len;
};

/* A chat, whatever is wrong with it: then it is refused. NULL: there is no memory. */
struct candor_chat *candor_chat_begin(struct candor *candor, const struct candor_chat_asked *asked);
void candor_chat_end(struct candor_chat *chat); /* NULL is fine */

/*
 * Whether each may be sent: key, provider, permit, budget; on record, in one commit. After a failure all
 * are refused.
 */
CANDOR_CHECK enum candor_status candor_chats_admit(struct job *job, struct candor *candor,
                                                   struct candor_chat *const *chat, size_t count);
/* From now on it is refused with this: the sender cannot. */
void candor_chat_refuse(struct candor_chat *chat, unsigned code, const char *message);
/* 1: it is refused, and candor_chat_last is its answer. */
int candor_chat_is_refused(const struct candor_chat *chat);
/* 1: the key that it came with is nobody's. */
int candor_chat_is_unknown(const struct candor_chat *chat);
/* 1: the caller wants it in pieces. */
int candor_chat_streams(const struct candor_chat *chat);

/* What is sent, and how long to wait. The views live as long as the chat. */
struct candor_chat_letter {
    struct candor_letter letter;
    unsigned first_byte_timeout_s;
    unsigned quiet_timeout_s;
};
void candor_chat_letter(const struct candor_chat *chat, struct candor_chat_letter *letter);

/* The head of the answer. 1: pieces come out from now on; 0: the answer is whole, from candor_chat_last. */
struct candor_chat_came {
    unsigned code;
    const char *content_type; /* "": none was said */
    uint32_t retry_after_s;   /* 0: none was said */
};
int candor_chat_head(struct candor_chat *chat, const struct candor_chat_came *came);
/* A piece of it; what may leave of it, which lives until the next call. Not CANDOR_OK: read no more. */
CANDOR_CHECK enum candor_status candor_chat_piece(struct candor_chat *chat, const char *piece,
                                                  size_t len, struct candor_text *out);
/* No more comes; not CANDOR_OK: it broke off. CANDOR_BUSY: we stop, and wait for it no longer; CANDOR_CANCELLED:
 * nobody takes it any more. */
void candor_chat_over(struct candor_chat *chat, enum candor_status status);

/* Put on record what came, in one commit. After a failure the answers say that they are not. */
CANDOR_CHECK enum candor_status candor_chats_settle(struct job *job, struct candor *candor,
                                                    struct candor_chat *const *chat, size_t count);

/* The end of the answer: its last bytes, and, if nothing of it left in pieces, its code. */
struct candor_chat_last {
    unsigned code;
    struct candor_text body;
};
void candor_chat_last(struct candor_chat *chat, struct candor_chat_last *last);

/* Headers of the answer: who made it, where it stands on record, and when to ask again. At most CANDOR_CHAT_HEADERS. */
#define CANDOR_CHAT_HEADERS 4
size_t candor_chat_headers(const struct candor_chat *chat,
                           struct candor_header header[CANDOR_CHAT_HEADERS]);

/* An answer of the four members that OpenAI's errors have, in the job's memory. */
struct candor_text candor_chat_error(struct job *job, const char *type, const char *code,
                                     const char *message);

/* The models of candor.yaml, as GET /v1/models answers. */
CANDOR_CHECK enum candor_status candor_chat_models(struct job *job, struct candor *candor,
                                                   struct candor_text *report);

/* The key of a provider, sealed with the home's key. CANDOR_NOT_FOUND: candor.yaml has no such one. */
CANDOR_CHECK enum candor_status candor_guard_key(struct job *job, struct candor *candor,
                                                 const char *provider, const char *key,
                                                 struct candor_text *report);
/* Chats on record, newest first, at most so many; what one of them said; what keys have spent. */
CANDOR_CHECK enum candor_status candor_guard_list(struct job *job, struct candor *candor,
                                                  uint32_t most, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_guard_show(struct job *job, struct candor *candor,
                                                  const char *index, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_guard_spent(struct job *job, struct candor *candor,
                                                   struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
