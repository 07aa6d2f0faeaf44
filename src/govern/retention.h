/*
 * retention.h - a door of the govern room: how long what may stay, and what stops its deletion.
 *
 *   retention.c  the section `retention` of candor.yaml; limits; legal holds and their bytes
 *
 * A field of the inventory and a kind of event have a retention of their own. What is computed from
 * them inherits the strictest of its sources, counted from when it was computed. A legal hold (GDPR
 * Article 17(3)(e)) stops deletion and erasure of what it covers until it is lifted.
 *
 * Pure, as all of the room.
 */
#ifndef CANDOR_RETENTION_H
#define CANDOR_RETENTION_H

#include "govern.h"

#define HOLD_TEXT_MAX 512
#define CHATS_DAYS 183     /* AI Act, Article 26(6): logs are kept for six months */
#define RETRAIN_SHARE 0.05 /* of a model's training subjects, where candor.yaml says nothing */

/* `retention` in candor.yaml. Days of 0: as long as the subject is known. */
#define NO_HOUR 24

struct retention_rules {
    uint32_t every_days; /* a run is due so long after the last; 0: no schedule */
    uint32_t hour;       /* of the day, UTC, at which a server runs it; NO_HOUR: by hand */
    uint32_t contacts_days;
    uint32_t decisions_days; /* records of decisions, whatever went into them */
    uint32_t chats_days;     /* chats with language models on record; six months without it */
    uint32_t inactive_days;  /* a subject with nothing new for so long is erased */
    double retrain_share;    /* a model is to be learnt again when more of its subjects are gone */
};

/* CANDOR_BAD_INPUT with the line. */
CANDOR_MUST_USE enum candor_status retention_read(struct job *job, const struct value *root,
                                                  struct retention_rules *rules);

/*
 * Is a run due at this instant? The hour came (today, or on the day when nobody served), and the last
 * run, 0: none, was before it and every_days - 1 days more.
 */
bool retention_is_due(const struct retention_rules *rules, int64_t last, int64_t now);
/* What lies before this instant is past its time; INT64_MIN when days are 0: nothing is. */
int64_t retention_limit(int64_t now, uint32_t days);
/* The strictest retention of a feature's sources; 0: none has one. */
uint32_t retention_of_feature(const struct inventory *inventory, size_t feature);
/* Of both, where 0 is the longest. */
uint32_t retention_stricter(uint32_t left, uint32_t right);

/* ---- legal holds --------------------------------------------------------------------------- */

struct hold {
    uint8_t id[16];
    bool is_of_all; /* everybody; else one subject */
    struct subject subject;
    struct str what;   /* a field or kind of event; empty: everything */
    struct str matter; /* the case, by its number: no personal data */
    struct str reason;
    struct str placed_by; /* an operator */
    int64_t placed;
    int64_t lifted; /* 0: it is in force */
    struct str lifted_because;
};

void hold_write(const struct hold *hold, struct buf *buf);
/* CANDOR_CORRUPT. Texts refer to the bytes. */
CANDOR_MUST_USE enum candor_status hold_read(struct job *job, struct bytes bytes,
                                             struct hold *hold);

/* The first hold in force over this subject and this field or kind of event (empty: any of what the
 * hold is about, as an erasure would touch it); NULL: none. */
const struct hold *hold_over(const struct hold *hold, size_t count, struct subject subject,
                             struct str what);

#endif
