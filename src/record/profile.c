/*
 * profile.c - the fields of one subject, and their bytes drawer by drawer.
 *
 *     u8 version, u16 count, then count named values (stored.h)
 *
 * Reading sets the values aside until all bytes have been seen to be sound, so that damage leaves
 * the profile as it was.
 */
#include "record.h"
#include "stored.h"

struct profile profile_begin(struct arena *arena, const struct inventory *inventory)
{
    return (struct profile){
        .inventory = inventory,
        .cell = NEW_ARRAY(arena, inventory->field_count, struct cell),
    };
}

static bool is_written(const struct profile *profile, size_t field, size_t drawer)
{
    return profile->inventory->field[field].drawer == drawer &&
           profile->cell[field].kind != CELL_MISSING;
}

void profile_write(const struct profile *profile, size_t drawer, struct buf *buf)
{
    const struct inventory *inventory = profile->inventory;
    must(drawer < inventory->drawer_count);

    uint16_t count = 0;
    for (size_t i = 0; i < inventory->field_count; i++) {
        count = (uint16_t)(count + is_written(profile, i, drawer));
    }
    buf_u8(buf, STORED_VERSION);
    buf_u16le(buf, count);
    for (size_t i = 0; i < inventory->field_count; i++) {
        if (is_written(profile, i, drawer)) {
            stored_write(inventory->field[i].name, &profile->cell[i], buf);
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
};

static size_t find_open(const struct inventory *inventory, uint64_t purposes, struct reader *reader,
                        uint16_t count, struct found *found)
{
    size_t found_count = 0;
    size_t expected = 0;
    for (uint16_t i = 0; i < count && !reader->bad; i++) {
        const struct stored stored = stored_read(reader);
        const size_t at =
            stored_field(inventory->field, inventory->field_count, expected, stored.name);
        if (at == NONE) {
            continue;
        }
        if (is_open(&inventory->field[at], purposes) &&
            stored_fits(&inventory->field[at], &stored.cell)) {
            found[found_count++] = (struct found){at, stored.cell};
        }
        expected = at + 1;
    }
    return found_count;
}

enum candor_status profile_read(struct job *job, struct bytes bytes, uint64_t purposes,
                                struct profile *profile)
{
    struct found found[FIELDS_MAX];
    size_t found_count = 0;
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint16_t count = read_u16le(&reader);
    reader.bad = reader.bad || version != STORED_VERSION || count > FIELDS_MAX;
    if (!reader.bad) {
        found_count = find_open(profile->inventory, purposes, &reader, count, found);
    }
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored profile is damaged or was changed");
    }
    for (size_t i = 0; i < found_count; i++) {
        profile->cell[found[i].field] = found[i].cell;
    }
    return CANDOR_OK;
}
