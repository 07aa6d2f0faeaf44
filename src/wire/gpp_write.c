/*
 * gpp_write.c - GPP strings from their values, as the reference libraries write them.
 */
#include "inside.h"

static size_t run_length(const uint32_t *id, size_t count)
{
    size_t length = 1;
    while (length < count && id[length] == id[0] + length) {
        length++;
    }
    return length;
}

struct str gpp_header_encode(struct arena *arena, const uint32_t *id, size_t count)
{
    struct bit_writer writer = bit_writer_begin(arena);
    size_t item_count = 0;
    must(count <= GPP_SECTIONS_MAX);
    for (size_t i = 0; i < count; i += run_length(id + i, count - i)) {
        item_count++;
    }
    put_bits(&writer, 3, 6);
    put_bits(&writer, 1, 6);
    put_bits(&writer, item_count, 12);
    uint32_t last = 0;
    for (size_t i = 0; i < count;) {
        const size_t length = run_length(id + i, count - i);
        must(id[i] > last);
        put_bits(&writer, length > 1 ? 1 : 0, 1);
        put_fibonacci(&writer, id[i] - last);
        if (length > 1) {
            put_fibonacci(&writer, (uint32_t)length - 1);
        }
        last = id[i + length - 1];
        i += length;
    }
    return bit_writer_text(&writer);
}

static void put_item(struct bit_writer *writer, const struct gpp_item *item,
                     const struct gpp_us *us)
{
    if (item->field == GPP_VERSION) {
        put_bits(writer, us->value[GPP_VERSION], 6);
        return;
    }
    const uint8_t *source = item->field == GPP_SENSITIVE ? us->sensitive
                            : item->field == GPP_CHILD   ? us->child
                                                         : &us->value[item->field];
    for (unsigned i = 0; i < item->count; i++) {
        put_bits(writer, source[i], 2);
    }
}

static bool has_sensitive(const struct gpp_us *us)
{
    for (size_t i = 0; i < GPP_SENSITIVE_MAX; i++) {
        if (us->sensitive[i] != 0) {
            return true;
        }
    }
    return false;
}

static void put_us(struct buf *buf, const struct gpp_section *section)
{
    const struct gpp_layout *layout = section->layout;
    struct bit_writer writer = bit_writer_begin(buf->arena);
    for (size_t i = 0; i < GPP_ITEMS_MAX && layout->item[i].count > 0; i++) {
        put_item(&writer, &layout->item[i], &section->is.us);
    }
    buf_str(buf, bit_writer_text(&writer));

    writer = bit_writer_begin(buf->arena);
    if (layout->extra == GPP_EXTRA_GPC && section->is.us.has_gpc) {
        put_bits(&writer, 1, 2);
        put_bits(&writer, section->is.us.gpc ? 1 : 0, 1);
    } else if (layout->extra == GPP_EXTRA_SENSITIVE && has_sensitive(&section->is.us)) {
        put_item(&writer, &layout->extra_item, &section->is.us);
    }
    if (bit_writer_count(&writer) > 0) {
        buf_lit(buf, LIT("."));
        buf_str(buf, bit_writer_text(&writer));
    }
}

struct str gpp_encode(struct arena *arena, const struct gpp_section *section, size_t count)
{
    uint32_t id[GPP_SECTIONS_MAX] = {0};
    struct buf buf = buf_begin(arena);
    must(count <= GPP_SECTIONS_MAX);
    for (size_t i = 0; i < count; i++) {
        id[i] = section[i].id;
    }
    buf_str(&buf, gpp_header_encode(arena, id, count));
    for (size_t i = 0; i < count; i++) {
        buf_lit(&buf, LIT("~"));
        if (section[i].layout != NULL) {
            put_us(&buf, &section[i]);
        } else if (section[i].id == GPP_USP) {
            buf_str(&buf, usp_encode(arena, &section[i].is.usp));
        } else {
            buf_str(&buf, section[i].raw);
        }
    }
    return buf_text(&buf);
}

struct gpp_section gpp_section_new(uint32_t id)
{
    struct gpp_section section = {.id = id, .layout = gpp_layout_of(id, SIZE_MAX)};
    if (section.layout == NULL) {
        return section;
    }
    section.is.us.value[GPP_VERSION] = section.layout->version_max;
    for (size_t i = 0; i < GPP_ITEMS_MAX; i++) {
        const struct gpp_item *item = &section.layout->item[i];
        if (item->count > 0 && item->field == GPP_SENSITIVE) {
            section.is.us.sensitive_count = item->count;
        } else if (item->count > 0 && item->field == GPP_CHILD) {
            section.is.us.child_count = item->count;
        }
    }
    return section;
}
