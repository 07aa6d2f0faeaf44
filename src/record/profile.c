/*
 * profile.c - the fields of one subject, and their bytes drawer by drawer.
 *
 *     u8 version, u16 count, then count named values (stored.h)
 *
 * After a value whose field keeps time comes the time when it came in, as a value named "@",
 * which is no field's name: a program that does not know it skips it.
 *
 * Reading sets the values aside until all bytes have been seen to be sound, so that damage leaves
 * the profile as it was.
 */
#include "record.h"
#include "stored.h"

#define TIME_MARK "@"
#define STORED_MAX (2 * FIELDS_MAX) /* values and their times */

struct profile profile_begin(struct arena *arena, const struct inventory *inventory)
{
    return (struct profile){
        .inventory = inventory,
        .cell = NEW_ARRAY(arena, inventory->field_count, struct cell),
        .since = NEW_ARRAY(arena, inventory->field_count, int64_t),
    };
}

static bool is_written(const struct profile *profile, size_t field, size_t drawer)
{
    return profile->inventory->field[field].drawer == drawer &&
           profile->cell[field].kind != CELL_MISSING;
}

static bool has_time(const struct profile *profile, size_t field)
{
    return profile->since[field] > 0 && profile->inventory->field[field].keeps_time;
}

static void write_time(const struct profile *profile, size_t field, struct buf *buf)
{
    if (has_time(profile, field)) {
        const struct cell since = {.kind = CELL_TIME, .time = profile->since[field]};
        stored_write(STR(TIME_MARK), &since, buf);
    }
}

void profile_write(const struct profile *profile, size_t drawer, struct buf *buf)
{
    const struct inventory *inventory = profile->inventory;
    must(drawer < inventory->drawer_count);

    uint16_t count = 0;
    for (size_t i = 0; i < inventory->field_count; i++) {
        const bool is_here = is_written(profile, i, drawer);
        count = (uint16_t)(count + is_here + (is_here && has_time(profile, i)));
    }
    buf_u8(buf, STORED_VERSION);
    buf_u16le(buf, count);
    for (size_t i = 0; i < inventory->field_count; i++) {
        if (is_written(profile, i, drawer)) {
            stored_write(inventory->field[i].name, &profile->cell[i], buf);
            write_time(profile, i, buf);
        }
    }
}

static bool is_open(const struct field *field, uint64_t purposes)
{
    /* No purpose opens nothing: every field would pass the mask test of an empty set. */
    return purposes == PURPOSES_ALL || (purposes != 0 && (field->purposes & purposes) == purposes);
}

/* A value that was read, and the field it goes to. */
struct found {
    size_t field;
    struct cell cell;
    int64_t since;
};

static size_t find_open(const struct inventory *inventory, uint64_t purposes, struct reader *reader,
                        uint16_t count, struct found *found)
{
    size_t found_count = 0;
    size_t expected = 0;
    bool is_taken = false;
    for (uint16_t i = 0; i < count && !reader->bad; i++) {
        const struct stored stored = stored_read(reader);
        if (str_is(stored.name, TIME_MARK)) { /* of the value before it, if that was taken */
            if (is_taken && stored.cell.kind == CELL_TIME) {
                found[found_count - 1].since = stored.cell.time;
            }
            is_taken = false;
            continue;
        }
        is_taken = false;
        const size_t at =
            stored_field(inventory->field, inventory->field_count, expected, stored.name);
        if (at == NONE) {
            continue;
        }
        if (is_open(&inventory->field[at], purposes) &&
            stored_fits(&inventory->field[at], &stored.cell)) {
            found[found_count++] = (struct found){at, stored.cell, 0};
            is_taken = true;
        }
        expected = at + 1;
    }
    return found_count;
}

enum candor_status profile_read(struct job *job, struct bytes bytes, uint64_t purposes,
                                struct profile *profile)
{
    struct found found[STORED_MAX];
    size_t found_count = 0;
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint16_t count = read_u16le(&reader);
    reader.bad = reader.bad || version != STORED_VERSION || count > STORED_MAX;
    if (!reader.bad) {
        found_count = find_open(profile->inventory, purposes, &reader, count, found);
    }
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored profile is damaged or was changed");
    }
    for (size_t i = 0; i < found_count; i++) {
        profile->cell[found[i].field] = found[i].cell;
        profile->since[found[i].field] = found[i].since;
    }
    return CANDOR_OK;
}
