/*
 * profile.c - the fields of one subject, and their bytes drawer by drawer.
 *
 *     u8 version, u16 count, then count named values (stored.h)
 *
 * Reading goes over the bytes twice: first to see that all of them are sound, then to fill the
 * profile, so that damage leaves the profile as it was.
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

static bool is_sound(struct bytes bytes)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint16_t count = read_u16le(&reader);
    for (uint16_t i = 0; i < count && !reader.bad; i++) {
        (void)stored_read(&reader); /* sets bad */
    }
    return version == STORED_VERSION && count <= FIELDS_MAX && reader_is_done(&reader);
}

static bool is_open(const struct field *field, uint64_t purposes)
{
    /* No purpose opens nothing: every field would pass the mask test of an empty set. */
    return purposes == PURPOSES_ALL || (purposes != 0 && (field->purposes & purposes) == purposes);
}

enum candor_status profile_read(struct job *job, struct bytes bytes, uint64_t purposes,
                                struct profile *profile)
{
    const struct inventory *inventory = profile->inventory;
    if (!is_sound(bytes)) {
        return fail(job, CANDOR_CORRUPT, "a stored profile is damaged or was changed");
    }

    struct reader reader = reader_of(bytes);
    (void)read_u8(&reader); /* the version, seen above */
    const uint16_t count = read_u16le(&reader);
    size_t expected = 0;
    for (uint16_t i = 0; i < count; i++) {
        const struct stored stored = stored_read(&reader);
        const size_t at =
            stored_field(inventory->field, inventory->field_count, expected, stored.name);
        if (at == NONE) {
            continue;
        }
        if (is_open(&inventory->field[at], purposes) &&
            stored_fits(&inventory->field[at], &stored.cell)) {
            profile->cell[at] = stored.cell;
        }
        expected = at + 1;
    }
    return CANDOR_OK;
}
