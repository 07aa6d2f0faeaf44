/*
 * candor_track.h - a chapter of the public door: the tracking API that the SDKs of Segment and
 * RudderStack speak.
 *
 * A request is read first (candor_track_read: pure, on any thread) and kept then (candor_track: many
 * requests at once share one durable commit). What a message brings is kept where candor.yaml has a
 * field or a kind of event for it, and only for those purposes that the person's records and the
 * request's signals allow at that instant. docs/tracking.md has the rules.
 *
 * candor.h includes this header.
 */
#ifndef CANDOR_TRACK_PUBLIC_H
#define CANDOR_TRACK_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CANDOR_TRACK_BYTES_MAX 512000 /* of a body, unpacked */

/* A request that was read. It lives as long as the job that read it. */
struct candor_messages;

/*
 * call is "track", "identify", "page", "screen", "group", "alias" or "batch". is_gzip: the body came
 * with Content-Encoding: gzip.
 *
 * CANDOR_BAD_INPUT  no JSON object of this shape, or no gzip
 * CANDOR_TOO_LARGE  beyond CANDOR_TRACK_BYTES_MAX, or too many messages
 */
CANDOR_CHECK enum candor_status candor_track_read(struct job *job, const char *call,
                                                  const void *body, size_t body_len, bool is_gzip,
                                                  struct candor_messages **messages);
CANDOR_API size_t candor_messages_count(const struct candor_messages *messages);
/* The write key that stands in the body, where older SDKs put it; empty: there is none. */
CANDOR_API const char *candor_messages_key(const struct candor_messages *messages);

struct candor_tracked {
    const struct candor_messages *messages;
    const char *source; /* who sends; NULL: the name of the key that entered, or "api" */
    bool gpc;           /* the header Sec-GPC was 1 */
    /* Filled in. CANDOR_BAD_INPUT: a call of one message that cannot be used; the report says why. */
    enum candor_status status;
    const char *message;
    struct candor_text report; /* {"success", ...}; of a public source no more than that */
};

/*
 * Keep what may be kept, of all requests, in their order. Durable when it returns; after a failure
 * nothing of any request was kept, and each can be sent again.
 */
CANDOR_CHECK enum candor_status candor_track(struct job *job, struct candor *candor,
                                             struct candor_tracked *request, size_t count);

#ifdef __cplusplus
}
#endif

#endif
