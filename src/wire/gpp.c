/*
 * gpp.c - IAB Global Privacy Platform strings.
 *
 *     header ~ section ~ section ...      sections in the order of their ids
 *     section = core [. GPC or sensitive data]
 *
 * The header is a type (3, which makes the first character D), a version and the sections' ids as a
 * range of Fibonacci codes; the second code of a range is its length, end - start. Headers and
 * sections are padded to characters by the specification and to bytes first by the libraries: zero
 * bits at the end are read over.
 */
#include "inside.h"

enum { HEADER_TYPE = 3, HEADER_VERSION = 1, PART_LEN_MAX = 512, GPC_TYPE = 1 };

/* ---- the header ---------------------------------------------------------------------------- */

static enum signal_fault add_ids(uint32_t first, uint32_t last, uint32_t id[GPP_SECTIONS_MAX],
                                 size_t *count)
{
    if (last - first >= GPP_SECTIONS_MAX - *count) {
        return SIGNAL_TOO_MANY_SECTIONS;
    }
    for (uint32_t at = first; at <= last; at++) {
        id[(*count)++] = at;
    }
    return SIGNAL_FINE;
}

/* Ids above 0 that ascend: a code is never 0, so no order needs to be looked at. */
static enum signal_fault read_ids(struct bits *bits, uint32_t id[GPP_SECTIONS_MAX], size_t *count)
{
    uint32_t last = 0;
    const size_t item_count = (size_t)bits_read(bits, 12);
    for (size_t i = 0; i < item_count; i++) {
        const bool is_range = bits_read(bits, 1) == 1;
        const uint32_t first = last + bits_fibonacci(bits);
        last = is_range ? first + bits_fibonacci(bits) : first;
        if (bits->bad) {
            return SIGNAL_TRUNCATED_HEADER;
        }
        const enum signal_fault fault = add_ids(first, last, id, count);
        if (fault != SIGNAL_FINE) {
            return fault;
        }
    }
    return bits->bad ? SIGNAL_TRUNCATED_HEADER : SIGNAL_FINE;
}

enum signal_fault gpp_header_decode(struct str text, uint32_t id[GPP_SECTIONS_MAX], size_t *count)
{
    uint8_t memory[BITS_ROOM(PART_LEN_MAX)];
    struct bits bits;
    *count = 0;
    if (text.len == 0) {
        return SIGNAL_EMPTY;
    }
    if (text.len > PART_LEN_MAX) {
        return SIGNAL_TOO_LONG;
    }
    const enum signal_fault illegal = bits_decode_into(memory, text, &bits);
    if (illegal != SIGNAL_FINE) {
        return illegal;
    }
    if (bits_read(&bits, 6) != HEADER_TYPE) {
        return SIGNAL_NOT_GPP;
    }
    if (bits_read(&bits, 6) != HEADER_VERSION) {
        return bits.bad ? SIGNAL_TRUNCATED_HEADER : SIGNAL_UNSUPPORTED_VERSION;
    }
    const enum signal_fault fault = read_ids(&bits, id, count);
    if (fault != SIGNAL_FINE) {
        return fault;
    }
    return bits_end(&bits) ? SIGNAL_FINE : SIGNAL_TRAILING_DATA;
}

/* ---- US sections --------------------------------------------------------------------------- */

static void read_item(struct bits *bits, const struct gpp_item *item, struct gpp_us *us)
{
    if (item->field == GPP_VERSION) {
        us->value[GPP_VERSION] = (uint8_t)bits_read(bits, 6);
        return;
    }
    /* All values of a field at once: 32 bits at most. */
    const uint64_t word = bits_read(bits, 2U * item->count);
    uint8_t *target = item->field == GPP_SENSITIVE ? us->sensitive
                      : item->field == GPP_CHILD   ? us->child
                                                   : &us->value[item->field];
    for (unsigned i = 0; i < item->count; i++) {
        target[i] = word >> 2U * (item->count - 1U - i) & 3;
    }
    if (item->field == GPP_SENSITIVE) {
        us->sensitive_count = item->count;
    } else if (item->field == GPP_CHILD) {
        us->child_count = item->count;
    }
}

static enum signal_fault read_core(struct str text, const struct gpp_layout *layout,
                                   struct gpp_us *us)
{
    uint8_t memory[BITS_ROOM(PART_LEN_MAX)];
    struct bits bits;
    const enum signal_fault fault = bits_decode_into(memory, text, &bits);
    if (fault != SIGNAL_FINE) {
        return fault;
    }
    for (size_t i = 0; i < GPP_ITEMS_MAX && layout->item[i].count > 0; i++) {
        read_item(&bits, &layout->item[i], us);
    }
    if (bits.bad) {
        return SIGNAL_TRUNCATED_SECTION;
    }
    if (us->value[GPP_VERSION] == 0 || us->value[GPP_VERSION] > layout->version_max) {
        return SIGNAL_UNSUPPORTED_VERSION;
    }
    if (bits.len - bits.at > PADDING_MAX) {
        return SIGNAL_TRAILING_DATA;
    }
    /* Fields of a layout that we do not know. The reference libraries read over them; so do we, and
     * trust nothing else the section says: see gpp_read. */
    us->is_irregular = !bits_are_zero(&bits);
    return SIGNAL_FINE;
}

static enum signal_fault read_extra(struct str text, const struct gpp_layout *layout,
                                    struct gpp_us *us)
{
    uint8_t memory[BITS_ROOM(PART_LEN_MAX)];
    struct bits bits;
    enum signal_fault fault = bits_decode_into(memory, text, &bits);
    if (fault != SIGNAL_FINE) {
        return fault;
    }
    switch (layout->extra) {
    case GPP_EXTRA_NONE:
        return SIGNAL_UNKNOWN_SEGMENT;
    case GPP_EXTRA_GPC:
        fault = bits_read(&bits, 2) == GPC_TYPE ? SIGNAL_FINE : SIGNAL_UNKNOWN_SEGMENT;
        us->has_gpc = true;
        us->gpc = bits_read(&bits, 1) == 1;
        break;
    case GPP_EXTRA_SENSITIVE:
        read_item(&bits, &layout->extra_item, us);
        break;
    }
    if (bits.bad) {
        return SIGNAL_TRUNCATED_SECTION;
    }
    return fault == SIGNAL_FINE && !bits_end(&bits) ? SIGNAL_TRAILING_DATA : fault;
}

/*
 * The documents of the newest sections describe a header before the core: the section's id, a
 * version, and the sub-sections. The libraries write none. An agreement's version, which comes first
 * then, is 1 and no section's id, so the first character tells them apart.
 */
static enum signal_fault skip_header(struct str *rest, const struct gpp_layout *layout)
{
    uint8_t memory[BITS_ROOM(PART_LEN_MAX)];
    struct bits bits;
    struct str after = *rest;
    const struct str first = str_cut(&after, '.');
    const enum signal_fault fault = bits_decode_into(memory, first, &bits);
    if (!layout->has_header || fault != SIGNAL_FINE || bits_read(&bits, 6) != layout->id) {
        return fault;
    }
    uint32_t id[GPP_SECTIONS_MAX];
    size_t count = 0;
    if (bits_read(&bits, 6) != 1) {
        return bits.bad ? SIGNAL_TRUNCATED_SECTION : SIGNAL_UNSUPPORTED_VERSION;
    }
    const enum signal_fault ids = read_ids(&bits, id, &count);
    if (ids != SIGNAL_FINE || after.ptr == NULL) {
        return ids == SIGNAL_FINE ? SIGNAL_TRUNCATED_SECTION : ids;
    }
    *rest = after;
    return bits_end(&bits) ? SIGNAL_FINE : SIGNAL_TRAILING_DATA;
}

static enum signal_fault decode_us(struct gpp_section *section)
{
    struct str rest = section->raw;
    const struct gpp_layout *layout = gpp_layout_of(section->id, SIZE_MAX);
    enum signal_fault fault = layout->has_header ? skip_header(&rest, layout) : SIGNAL_FINE;
    if (fault != SIGNAL_FINE) {
        return fault;
    }
    const struct str core = str_cut(&rest, '.');
    section->layout = layout = gpp_layout_of(section->id, core.len);
    section->is.us = (struct gpp_us){0};
    fault = read_core(core, layout, &section->is.us);
    if (fault == SIGNAL_FINE && rest.ptr != NULL) {
        fault = read_extra(str_cut(&rest, '.'), layout, &section->is.us);
    }
    if (fault == SIGNAL_FINE && rest.ptr != NULL) {
        fault = SIGNAL_SEGMENT_TWICE;
    }
    /* A first version in the room of the second has twelve and two values; the others are read all
     * the same, for whoever wants the most restrictive reading. */
    if (section->id == GPP_US_NATIONAL && section->is.us.value[GPP_VERSION] == 1) {
        section->is.us.sensitive_count = 12;
        section->is.us.child_count = 2;
    }
    return fault;
}

enum signal_fault gpp_section_decode(uint32_t id, struct str raw, struct gpp_section *section)
{
    *section = (struct gpp_section){.id = id, .raw = raw};
    if (raw.len == 0) {
        return SIGNAL_EMPTY;
    }
    if (id == GPP_USP) {
        return usp_decode(raw, &section->is.usp);
    }
    if (gpp_layout_of(id, SIZE_MAX) == NULL) {
        return SIGNAL_FINE;
    }
    return raw.len > PART_LEN_MAX ? SIGNAL_TOO_LONG : decode_us(section);
}

/* ---- the string ---------------------------------------------------------------------------- */

enum signal_fault gpp_decode(struct arena *arena, struct str text, struct gpp *gpp)
{
    uint32_t id[GPP_SECTIONS_MAX];
    size_t count = 0;
    struct str rest = text;
    *gpp = (struct gpp){0};
    if (text.len == 0) {
        return SIGNAL_EMPTY;
    }
    if (text.len > SIGNAL_LEN_MAX) {
        return SIGNAL_TOO_LONG;
    }
    enum signal_fault fault = gpp_header_decode(str_cut(&rest, '~'), id, &count);
    if (fault != SIGNAL_FINE) {
        return fault;
    }
    gpp->section = NEW_ARRAY(arena, count + 1, struct gpp_section);
    for (size_t i = 0; i < count && fault == SIGNAL_FINE; i++) {
        if (rest.ptr == NULL) {
            return SIGNAL_SECTION_COUNT;
        }
        fault = gpp_section_decode(id[i], str_cut(&rest, '~'), &gpp->section[i]);
        gpp->count = i + 1;
    }
    return fault == SIGNAL_FINE && rest.ptr != NULL ? SIGNAL_SECTION_COUNT : fault;
}

const struct gpp_section *gpp_find(const struct gpp *gpp, uint32_t id)
{
    for (size_t i = 0; i < gpp->count; i++) {
        if (gpp->section[i].id == id) {
            return &gpp->section[i];
        }
    }
    return NULL;
}

/* ---- what it says -------------------------------------------------------------------------- */

unsigned gpp_value(const struct gpp_section *section, enum gpp_field field)
{
    must(field < GPP_SCALARS);
    return section->layout == NULL ? 0 : section->is.us.value[field];
}

/* 1, or the undefined 3: a value that means nothing is no permission. */
static bool is_one(unsigned value)
{
    return value % 2 == 1;
}

/* Opted out, or never told of the choice and so never asked. */
static bool is_out(const struct gpp_section *section, enum gpp_field choice, enum gpp_field notice)
{
    const unsigned value = gpp_value(section, choice);
    return is_one(value) || (value == 0 && gpp_value(section, notice) >= 2);
}

struct gpp_reading gpp_read(const struct gpp_section *section)
{
    struct gpp_reading reading = {0};
    if (section->id == GPP_USP) {
        reading.no_sale = reading.no_sharing = !usp_sale_allowed(&section->is.usp);
        return reading;
    }
    if (section->layout == NULL) {
        return reading;
    }
    const struct gpp_us *us = &section->is.us;
    const bool is_out_of_any = us->gpc || us->is_irregular ||
                               is_out(section, GPP_SALE_OPT_OUT, GPP_SALE_NOTICE) ||
                               is_out(section, GPP_SHARING_OPT_OUT, GPP_SHARING_OPT_OUT_NOTICE) ||
                               is_out(section, GPP_TARGETED_OPT_OUT, GPP_TARGETED_NOTICE);
    reading.no_sale = reading.no_sharing = reading.no_targeting = is_out_of_any;
    for (size_t i = 0; i < GPP_CHILD_MAX; i++) {
        reading.no_profile = reading.no_profile || is_one(us->child[i]);
    }
    for (size_t i = 0; i < GPP_SENSITIVE_MAX; i++) {
        reading.sensitive |= is_one(us->sensitive[i]) ? UINT32_C(1) << i : 0;
    }
    reading.only_processor =
        is_one(us->value[GPP_MSPA_SERVICE_PROVIDER]) || us->value[GPP_MSPA_MODE] >= 2;
    return reading;
}
