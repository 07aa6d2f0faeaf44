/*
 * chatting.h - what chat.c and chat_stream.c share. Inside the room only.
 */
#ifndef CANDOR_GATE_CHATTING_H
#define CANDOR_GATE_CHATTING_H

#include "chat.h"

/* One text of an answer that grows: its restorer holds what may go on. */
struct chat_part {
    int64_t choice;
    int64_t tool; /* index of the call; -1: a text */
    struct str name;
    struct window window;     /* before it, what must not leave is looked for */
    struct restorer restorer; /* behind that */
    bool is_over;             /* the stream has said why its choice ended */
};

struct chat_parts {
    struct arena *arena;
    const struct vault *vault;
    struct chat_part **item;
    size_t count;
    size_t room;
    const struct chat_ear *ear; /* NULL: nobody hears */
    bool is_marked;
};

/* Write an answer, or an event of one, with what can leave of its texts. is_end: nothing more comes of any. */
CANDOR_MUST_USE enum candor_status chat_put(struct job *job, struct chat_parts *parts,
                                            const struct value *event, bool is_end,
                                            struct json *json);
/* More of a part; what may leave of it, restored. CANDOR_REFUSED: what must not leave. */
CANDOR_MUST_USE enum candor_status chat_part_take(struct job *job, const struct chat_parts *parts,
                                                  struct chat_part *part, struct str text,
                                                  bool is_end, struct buf *out);
/* The choice says why it ended. */
bool chat_choice_ends(const struct value *choice);
int64_t chat_index(const struct value *map, int64_t otherwise);

#endif
