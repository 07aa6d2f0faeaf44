/*
 * chat.h - a door of the gate room: chats with a language model, in the JSON and the event streams that
 * OpenAI's interface has and others copy.
 *
 *   chat.c          a request without personal data and secrets; an answer in one piece, restored
 *   chat_stream.c   an answer in events, as it comes
 *   window.h        what must not leave of an answer
 *
 * Members that are not known here are handed on as they are, and none but `choices` is relied on.
 */
#ifndef CANDOR_GATE_CHAT_H
#define CANDOR_GATE_CHAT_H

#include "text.h"
#include "vault.h"
#include "window.h"

enum {
    CHAT_EVENT_MAX = 1 << 20, /* bytes of one event, and of one line */
    CHAT_PARTS_MAX = 256,     /* texts and calls of tools that one answer may hold */
};

/*
 * The request as a provider may see it. Every text in it, also keys, arguments of tools and long numbers, is
 * looked at and redacted; `user`, `metadata`, `store` and other members that tell who asks are left out;
 * one line at the beginning asks the model to keep pseudonyms, when there are some.
 *
 * CANDOR_BAD_INPUT   no object with a list of messages
 * CANDOR_TOO_LARGE
 */
CANDOR_MUST_USE enum candor_status chat_redact(struct job *job, struct vault *vault,
                                               const struct value *request, struct json *sent);

/* Whoever hears an answer as it goes by, as the model wrote it: with pseudonyms. None may be NULL. */
struct chat_ear {
    /* A piece of a text: name is "content", "reasoning...", "refusal" or "arguments"; tool -1: of no call. */
    void (*text)(void *self, int64_t choice, int64_t tool, struct str name, struct str piece);
    /* Tokens, as the provider counts them so far. */
    void (*usage)(void *self, int64_t prompt, int64_t completion);
    void (*broke)(void *self); /* an error stands in the answer, whatever its code is */
    void *self;
    const struct value
        *mark;       /* the member "candor" of the answer, or of its first event; NULL: none */
    bool holds_done; /* "[DONE]" does not come out of a stream: whoever hears says it */
    /* What must not leave; NULL: nothing waits. By the rule that is told nothing more leaves: the answer
     * fails with CANDOR_REFUSED. */
    const struct window_rules *rules;
    void (*withheld)(void *self, const char *rule);
};

/* An answer in one piece with the values in it. Log probabilities, which would show the words that the
 * model chose, are left out. CANDOR_TOO_LARGE. */
CANDOR_MUST_USE enum candor_status chat_restore(struct job *job, const struct vault *vault,
                                                const struct value *answer, struct json *restored);
CANDOR_MUST_USE enum candor_status chat_restore_heard(struct job *job, const struct vault *vault,
                                                      const struct value *answer,
                                                      const struct chat_ear *ear,
                                                      struct json *restored);

/* ---- chat_stream.c ------------------------------------------------------------------------- */

/*
 * Server-sent events (WHATWG HTML, section 9.2) in pieces, cut anywhere; lines end in LF, CRLF or CR. What
 * comes out is one event "data: ...\n\n" for each that came, and one before the end when something was held
 * back. After a failure nothing more comes out.
 *
 * CANDOR_BAD_INPUT  an event that is no JSON object, or a provider's line "error:"
 * CANDOR_TOO_LARGE  an event, or texts, beyond the limits
 * CANDOR_REFUSED    what must not leave (struct chat_ear)
 */
struct chat_stream;
struct chat_stream *chat_stream_begin(struct arena *arena, const struct vault *vault);
void chat_stream_hear(struct chat_stream *stream,
                      const struct chat_ear *ear); /* it outlives the stream */
CANDOR_MUST_USE enum candor_status chat_stream_next(struct job *job, struct chat_stream *stream,
                                                    struct str piece, struct buf *out);
/* The provider is through. *is_whole: it said so itself ("[DONE]"). */
CANDOR_MUST_USE enum candor_status chat_stream_end(struct job *job, struct chat_stream *stream,
                                                   struct buf *out, bool *is_whole);
/* An event of our own: the choices that are not over end with the reason, if there is one. It has the ear's mark. */
void chat_stream_say(struct chat_stream *stream, const char *reason, struct buf *out);

#endif
