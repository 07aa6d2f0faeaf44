/*
 * candor_outgoing.h - a chapter of the public door: messages to other systems, and the caller's HTTP
 * client that carries them.
 *
 * What others must be told is queued in the transaction of the change that makes it so: status of a
 * request to the agent who sent it, deletions to recipients. A message is sent until somebody answers
 * with 2xx, later and later after each failure, and after ten tries it lies aside until an operator
 * says what to do. Sending is at least once: each message has an Idempotency-Key, the same in every
 * try. Addresses are never taken from a message alone: they stand in candor.yaml.
 */
#ifndef CANDOR_OUTGOING_PUBLIC_H
#define CANDOR_OUTGOING_PUBLIC_H

#include "candor.h"

#ifdef __cplusplus
extern "C" {
#endif

struct candor_header {
    const char *name;
    const char *value;
};

/* One POST. */
struct candor_letter {
    const char *url;
    const char *content_type;
    struct candor_text body;
    const struct candor_header *header; /* further ones */
    size_t header_count;
    bool
        only_public; /* not to an address of this machine or of a private network, whatever the name says */
    unsigned timeout_s; /* of the whole; 0: the client's own */
    size_t answer_max;  /* bytes of the answer; 0: the client's own */
};

/* How to reach others: the caller's HTTP client. It posts the letter and brings back code and answer,
 * in the job's memory, whatever the code; no answer at all is a failed status. */
struct candor_post {
    enum candor_status (*post)(struct job *job, void *self, const struct candor_letter *letter,
                               unsigned *code, struct candor_text *answer);
    bool (*is_over)(void *self); /* asked before each of several; NULL: never */
    void *self;
};

/*
 * Send what is due. No lock of the home is held while others are asked, so that nobody waits for
 * them. *failed counts messages that were not taken, *given_up those of them that now lie aside.
 */
CANDOR_CHECK enum candor_status candor_outgoing_send(struct job *job, struct candor *candor,
                                                     const struct candor_post *post, size_t *failed,
                                                     size_t *given_up, struct candor_text *report);
/*
 * Hand a signed plan over to a webhook that candor.yaml names with `contacts: true` (NULL: the only one), a
 * hundred people in a message. Fenced as candor_send is. Each permit is asked again just before its message is
 * posted, in each try; the campaign stands as sent when the last message was taken or forgotten.
 * CANDOR_NOT_FOUND: no such webhook, or it has no secret. CANDOR_REFUSED: as candor_send, or on its way.
 */
CANDOR_CHECK enum candor_status candor_send_to_webhook(struct job *job, struct candor *candor,
                                                       const char *campaign, const char *webhook,
                                                       struct candor_text *report);
/* All that wait and all that lie aside. Bodies, which may be personal, are not shown. */
CANDOR_CHECK enum candor_status candor_outgoing_list(struct job *job, struct candor *candor,
                                                     size_t *given_up, struct candor_text *report);
/* Try one that lies aside again from now on; or forget it for good. CANDOR_NOT_FOUND. */
CANDOR_CHECK enum candor_status candor_outgoing_retry(struct job *job, struct candor *candor,
                                                      const char *id, struct candor_text *report);
CANDOR_CHECK enum candor_status candor_outgoing_drop(struct job *job, struct candor *candor,
                                                     const char *id, struct candor_text *report);

#ifdef __cplusplus
}
#endif

#endif
