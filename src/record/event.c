/*
 * event.c - something a subject did, as bytes.
 *
 *     u8 version, u8 kind_len, kind, u64 time, u8 count, then count named values (stored.h)
 */
#include "record.h"
#include "stored.h"

#include <assert.h>

static_assert(PROPERTIES_MAX <= UINT8_MAX, "the count of properties is one byte");

void event_write(const struct inventory *inventory, const struct event *event, struct buf *buf)
{
    must(event->kind < inventory->event_kind_count);
    const struct event_kind *kind = &inventory->event_kind[event->kind];

    uint8_t count = 0;
    for (size_t i = 0; i < kind->property_count; i++) {
        count = (uint8_t)(count + (event->cell[i].kind != CELL_MISSING));
    }
    buf_u8(buf, STORED_VERSION);
    stored_name_write(kind->name, buf);
    buf_u64le(buf, (uint64_t)event->time);
    buf_u8(buf, count);
    for (size_t i = 0; i < kind->property_count; i++) {
        if (event->cell[i].kind != CELL_MISSING) {
            stored_write(kind->property[i].name, &event->cell[i], buf);
        }
    }
}

static void properties_read(struct reader *reader, const struct event_kind *kind, uint8_t count,
                            struct cell *cell)
{
    size_t expected = 0;
    for (uint8_t i = 0; i < count && !reader->bad; i++) {
        const struct stored stored = stored_read(reader);
        const size_t at = stored_field(kind->property, kind->property_count, expected, stored.name);
        if (at == NONE) {
            continue;
        }
        if (!reader->bad && stored_fits(&kind->property[at], &stored.cell)) {
            cell[at] = stored.cell;
        }
        expected = at + 1;
    }
}

enum candor_status event_read(struct job *job, const struct inventory *inventory,
                              struct bytes bytes, struct event *event)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const struct str name = stored_name_read(&reader);
    const int64_t time = (int64_t)read_u64le(&reader);
    const uint8_t count = read_u8(&reader);
    if (reader.bad || version != STORED_VERSION || count > PROPERTIES_MAX) {
        return fail(job, CANDOR_CORRUPT, "a stored event is damaged or was changed");
    }

    /* A kind that is gone has no properties to fill; its bytes must be sound all the same. */
    const size_t at = inventory_event_kind(inventory, name);
    const struct event_kind nothing = {.name = name};
    const struct event_kind *kind = at == NONE ? &nothing : &inventory->event_kind[at];
    struct cell *cell = NEW_ARRAY(job->arena, kind->property_count, struct cell);
    properties_read(&reader, kind, count, cell);
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored event is damaged or was changed");
    }
    if (at == NONE) {
        return fail(job, CANDOR_NOT_FOUND, "the inventory has no such kind of event any more");
    }
    *event = (struct event){.kind = at, .time = time, .cell = cell};
    return CANDOR_OK;
}
