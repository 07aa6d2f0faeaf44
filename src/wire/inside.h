/*
 * inside.h - what the files of the wire room share: rows of bits. Inside the room only.
 */
#ifndef CANDOR_WIRE_INSIDE_H
#define CANDOR_WIRE_INSIDE_H

#include "wire.h"

#define BITS_SLACK 8   /* zero bytes after the last, so that reading eight at once is always safe */
#define PADDING_MAX 64 /* zero bits: the longest in the reference libraries' own strings has 57 */

/* Bits of one segment, most significant first. After the first read beyond the end, bad is set and
 * every read gives zero: read a part, then look at bad once. */
struct bits {
    const uint8_t *ptr; /* BITS_SLACK bytes longer than len says */
    size_t len;         /* bits */
    size_t at;
    bool bad;
};

/* Decode a segment of web-safe base64. SIGNAL_ILLEGAL_CHARACTER. */
enum signal_fault bits_decode(struct arena *arena, struct str text, struct bits *bits);
/* The same into memory of the caller. */
#define BITS_ROOM(text_len) ((text_len) / 4 * 3 + 3 + BITS_SLACK)
enum signal_fault bits_decode_into(uint8_t *target, struct str padded, struct bits *bits);
/* Nothing but a little zero padding is left. */
bool bits_end(const struct bits *bits);
bool bits_are_zero(const struct bits *bits); /* all that are left */

/* count bits, at most 56, from any place: the caller has looked at the length. */
static inline uint64_t bits_peek(const uint8_t *ptr, size_t at, unsigned count)
{
    uint64_t word;
    __builtin_memcpy(&word, ptr + at / 8, sizeof word);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word << at % 8 >> (64 - count);
}

static inline uint64_t bits_read(struct bits *bits, unsigned count)
{
    if (count > bits->len - bits->at) {
        bits->bad = true;
        bits->at = bits->len;
        return 0;
    }
    const uint64_t value = bits_peek(bits->ptr, bits->at, count);
    bits->at += count;
    return value;
}

/* A Fibonacci code; 0: it does not end, or is larger than any id may be. */
uint32_t bits_fibonacci(struct bits *bits);
void bits_skip(struct bits *bits, size_t count);

/* Writing bits: a buffer that grows, and the bits that do not fill a byte yet. */
struct bit_writer {
    struct buf bytes;
    uint32_t pending;
    unsigned pending_count;
};

struct bit_writer bit_writer_begin(struct arena *arena);
void put_bits(struct bit_writer *writer, uint64_t value, unsigned count); /* at most 56 */
void put_fibonacci(struct bit_writer *writer, uint32_t value);            /* above 0 */
/* Padded with zero bits to bytes, then to characters, as the reference libraries do. */
struct str bit_writer_text(struct bit_writer *writer);
size_t bit_writer_count(const struct bit_writer *writer);

/* ---- idset.c ------------------------------------------------------------------------------- */

/* The parts of a set that follow each other in a string: 16 bits for the largest id, one that says
 * which form, then bits or ranges. The ranges of a restriction have no largest id: max 65,535. */
enum signal_fault idset_read(struct bits *bits, enum idset_kind ranges, struct idset *set);
enum signal_fault idset_read_ranges(struct bits *bits, enum idset_kind kind, uint32_t max,
                                    struct idset *set);
void idset_put(struct bit_writer *writer, struct arena *arena, const struct idset *set);
void idset_put_ranges(struct bit_writer *writer, struct arena *arena, const struct idset *set);

/* ---- tcf.c, shared with tcf_ca.c ----------------------------------------------------------- */

enum signal_fault restrictions_read(struct arena *arena, struct bits *bits, enum idset_kind ranges,
                                    struct tcf *tcf);
enum signal_fault tcf_letters(struct bits *bits, char text[3]);
/* Segments after the core, from their dots on. */
enum signal_fault tcf_segments(struct arena *arena, struct str rest, enum idset_kind ranges,
                               struct tcf *tcf);
/* `count` bits, the first of them number 1, as a set: bit i - 1 for number i. */
uint64_t bits_numbered(struct bits *bits, unsigned count);

/* ---- gpp_table.c --------------------------------------------------------------------------- */

struct gpp_item {
    uint8_t field; /* enum gpp_field */
    uint8_t count; /* of values; 1 for scalars */
};

enum gpp_extra { GPP_EXTRA_NONE, GPP_EXTRA_GPC, GPP_EXTRA_SENSITIVE };

#define GPP_ITEMS_MAX 20

struct gpp_layout {
    uint32_t id;
    const char *name;
    uint8_t version_max;
    enum gpp_extra extra;                /* the one sub-section that may follow */
    bool has_header;                     /* its document describes a header before the core */
    struct gpp_item item[GPP_ITEMS_MAX]; /* count 0: the list ends */
    struct gpp_item extra_item;
};

const struct gpp_layout *gpp_layout_of(uint32_t id, size_t core_len);
const char *gpp_field_name(const struct gpp_layout *layout, enum gpp_field field);

#endif
