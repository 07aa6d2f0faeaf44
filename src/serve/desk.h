/*
 * desk.h - the parts of the desk among themselves: desk.c, deskwork.c. Inside the room only.
 */
#ifndef CANDOR_SERVE_DESK_H
#define CANDOR_SERVE_DESK_H

#include "serving.h"

/* Answer, and count it. The ask is gone afterwards. */
void desk_answer(struct desk *desk, struct ask *ask, const struct outcome *outcome);
/* The same with a body that comes in pieces: net_answer_stream. */
struct net_stream *desk_answer_stream(struct desk *desk, struct ask *ask,
                                      const struct outcome *outcome, void (*room)(void *self),
                                      void *self);
/* A failure of the disk or memory makes the server unready for a while. */
void desk_note_status(struct desk *desk, enum candor_status status);
void desk_log_failure(struct job *job, const struct ask *ask, unsigned code);

/* All that was taken from the queue, in the order of arrival. */
void desk_work_off(struct desk *desk, struct ask **ask, size_t count);

#endif
