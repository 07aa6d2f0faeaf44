/*
 * chats.h - chats with language models of others, on their way through the server. Inside the room only.
 *
 *     network thread      the chats' thread               the calls' thread          network thread
 *     desk_handle  ──▶  begin, admit: one commit  ──▶  head, piece, piece ...  ──▶  the client
 *                       settle: one commit        ◀──  over
 *                          └──────────────────────────── the end of the answer ──▶
 */
#ifndef CANDOR_SERVE_CHATS_H
#define CANDOR_SERVE_CHATS_H

#include "candor_guard.h"
#include "serving.h"

#define CHATS_MAX 4096                   /* on their way at once; beyond: 503 */
#define CHATS_GRACE_S (STOP_GRACE_S - 2) /* what is left is for their ends to arrive */

struct chats;

/* CANDOR_IO: the system gives no thread. They end with the job, or before by chats_end. */
CANDOR_MUST_USE enum candor_status chats_begin(struct job *job, struct desk *desk,
                                               struct chats **chats);
/* Take a request; it is answered later. False: too many are on their way. */
bool chats_take(struct chats *chats, struct ask *ask);
/* Nothing new is taken; what is under way may come to its end for CHATS_GRACE_S, and is then broken off with an
 * error that says so. */
void chats_stop(struct chats *chats);
/* Not before the server has stopped. NULL is fine. */
void chats_end(struct chats *chats);

/* How large its body may be; 0: as that of all. */
size_t chats_body_max(const struct net_request *request);

#endif
