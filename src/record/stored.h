/*
 * stored.h - inside the record room only: how a named value lies in the bytes of a profile or an
 * event.
 *
 *     u8 name_len, name, u8 kind, then    number  f64
 *                                         text    u16 len, bytes
 *                                         time    u64, two's complement
 *
 * Missing values are not written. Names, not indexes: the inventory may be reordered and grow.
 */
#ifndef CANDOR_RECORD_STORED_H
#define CANDOR_RECORD_STORED_H

#include "record.h"

#define STORED_VERSION 1

struct stored {
    struct str name;
    struct cell cell;
};

void stored_write(struct str name, const struct cell *cell, struct buf *buf);

/* Views of the bytes. A name or value that stored_write would not have written sets reader->bad. */
struct stored stored_read(struct reader *reader);

/* A name alone, as it stands before a value and at the head of an event. */
void stored_name_write(struct str name, struct buf *buf);
struct str stored_name_read(struct reader *reader);

/* Is this the kind that cells of the field have? A field may have changed its type since. */
bool stored_fits(const struct field *field, const struct cell *cell);

/*
 * The field of this name, looked for from index `expected` on and round; NONE. Values are written in
 * the order of the inventory, so the search nearly always ends where it begins.
 */
size_t stored_field(const struct field *field, size_t field_count, size_t expected,
                    struct str name);

#endif
