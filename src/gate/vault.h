/*
 * vault.h - the second door of the gate room: pseudonyms that can be taken back.
 *
 *   vault.c     what was found in texts gets a pseudonym each, the same for the same value
 *   restore.c   a reply that comes in pieces, with the values in their places again
 *
 * A pseudonym is "[[EMAIL_2]]": what it stands for, and a number. No number is given out that stands
 * behind a letter and "_" in a text that was announced, so what is restored is what was there:
 * restore(redact(text)) is text, for any bytes and however they are cut.
 */
#ifndef CANDOR_GATE_VAULT_H
#define CANDOR_GATE_VAULT_H

#include "gate.h"

enum {
    VAULT_VALUES_MAX = 100000,    /* different ones */
    VAULT_FINDINGS_MAX = 200000,  /* in one text */
    VAULT_NAME_MAX = 32,          /* letters of "BIRTH_DATE" */
    VAULT_NUMBER_MAX = 999999999, /* of a pseudonym */
    VAULT_HELD_MAX = 128,         /* bytes that may have to wait for the next piece */
};

/* The values of one request, in memory of its own, which is overwritten at the end. */
struct vault;
struct vault *vault_begin(const struct gate *gate, const struct gate_asked *asked);
void vault_end(struct vault *vault); /* NULL is fine */

/* Numbers from a keyed digest of name and value instead of 1, 2, 3: the same in every text. */
void vault_number_by(struct vault *vault,
                     uint64_t (*number)(void *self, struct str name, struct str value), void *self);

/*
 * In this order: announce every text that will be redacted, look for values in each, redact each. A
 * value that was found in one is replaced in all, also where nothing beside it tells what it is.
 *
 * CANDOR_TOO_LARGE  more findings or values than are kept
 * CANDOR_BAD_INPUT  the text was not announced, and holds what looks like a pseudonym given out
 */
void vault_announce(struct vault *vault, struct str text);
CANDOR_MUST_USE enum candor_status vault_look(struct job *job, struct vault *vault,
                                              struct str text);
CANDOR_MUST_USE enum candor_status vault_redact(struct job *job, struct vault *vault,
                                                struct str text, struct buf *redacted);

/* From now on no value is put into a link: whoever steers a model has it write one that carries values
 * away to a server of theirs when it is looked at. */
void vault_spare_links(struct vault *vault);

/* What it holds: "EMAIL_2" and the value, in the order in which they were found. */
struct pseudonym {
    struct str name;
    struct str value;
    uint32_t next; /* of those whose values begin alike; 0: none */
};
size_t vault_count(const struct vault *vault);
const struct pseudonym *vault_at(const struct vault *vault, size_t index);

/* One that was given out before. CANDOR_BAD_INPUT: it is no pseudonym, or is there already.
 * CANDOR_TOO_LARGE. */
CANDOR_MUST_USE enum candor_status vault_put(struct job *job, struct vault *vault, struct str name,
                                             struct str value);

/* ---- restore.c ----------------------------------------------------------------------------- */

/*
 * A reply in pieces, cut anywhere. Each byte is given out as soon as it cannot be part of a pseudonym.
 * Models damage them: small letters, one bracket or none, and "\_" are understood. What the vault did
 * not give out stays as it is.
 */
struct restorer {
    const struct vault *vault;
    bool in_json; /* the text is JSON: values are written as within quotes */
    char before;  /* the byte before what is held */
    size_t held_len;
    char held[VAULT_HELD_MAX];
    uint64_t restored; /* how many values were put back */
    uint64_t withheld; /* pseudonyms in links, which were left as they are */
    bool in_link;
    unsigned slashes;
};

struct restorer restore_begin(const struct vault *vault, bool in_json);
void restore_next(struct restorer *restorer, struct str piece, struct buf *text);
void restore_last(struct restorer *restorer, struct buf *text);

#endif
