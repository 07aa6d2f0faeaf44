/*
 * window.h - a text of an answer that grows: nothing of what must not leave does, however it is cut.
 *
 *     pieces ──▶ [ context, has left | judged ──▶ leaves | waits ]
 *
 * What waits is what may still become a finding: the word that is not over, and, by what is asked for, the
 * beginning of a canary, an open link or key, a line, a fence. The rest was looked at and leaves at once.
 * Arguments of a tool are of no use in part: they wait for their end and are looked at as what they mean too.
 */
#ifndef CANDOR_GATE_WINDOW_H
#define CANDOR_GATE_WINDOW_H

#include "gate.h"
#include "text.h"

enum heard_kind {
    HEARD_SECRET,
    HEARD_CANARY,
    HEARD_LINK, /* that carries data out as soon as it is shown */
    HEARD_PERSONAL,
    HEARD_INJECTION,
    HEARD_CODE,
    HEARD_KINDS
};

struct window_rules {
    const struct gate *gate;
    char region[3];
    bool blocks[HEARD_KINDS];
    const struct str *canary; /* in small letters */
    size_t canary_count;
    /* The rule of what is insecure in a program, NULL: nothing. Needed where HEARD_CODE blocks. */
    const char *(*code)(struct str language, struct str text);
};

/* Which of them a finding is of. */
enum heard_kind heard_kind_of(const struct gate_finding *finding);

struct window {
    const struct window_rules *rules;
    struct buf text; /* what has left, as far as it tells something of the rest, and what waits */
    size_t left;     /* bytes of the former */
    bool is_json;
};

struct window window_begin(struct arena *arena, const struct window_rules *rules, bool is_json);
bool window_waits(const struct window *window);
/* What may leave, which lives until the next call. Not NULL: the rule that keeps the rest here for good. */
const char *window_next(struct job *job, struct window *window, struct str piece,
                        struct str *ready);
const char *window_last(struct job *job, struct window *window, struct str *ready);

/* The next program between fences of Markdown, which rest then stands behind. *start: of its fence. False: no more. */
struct fence {
    size_t start; /* in the text that was given first: whoever calls adds what was cut */
    struct str language;
    struct str body;
    bool is_closed;
};
bool fence_find(struct str text, size_t from, struct fence *fence, size_t *after);

#endif
