/*
 * tcf_write.c - TC strings from their values.
 *
 * Core, disclosed vendors, publisher: the order of the reference libraries. Allowed vendors are no
 * longer part of the framework and are not written. Canada's strings are not written either.
 */
#include "inside.h"

/* Number 1 first. */
static void put_numbered(struct bit_writer *writer, uint64_t set, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        put_bits(writer, set >> i & 1, 1);
    }
}

static void put_letters(struct bit_writer *writer, const char text[3])
{
    for (unsigned i = 0; i < 2; i++) {
        must(text[i] >= 'A' && text[i] <= 'Z');
        put_bits(writer, (uint64_t)(text[i] - 'A'), 6);
    }
}

static void put_restrictions(struct bit_writer *writer, struct arena *arena, const struct tcf *tcf)
{
    put_bits(writer, tcf->restriction_count, 12);
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        put_bits(writer, tcf->restriction[i].purpose, 6);
        put_bits(writer, tcf->restriction[i].kind, 2);
        idset_put_ranges(writer, arena, &tcf->restriction[i].vendors);
    }
}

static struct str core_text(struct arena *arena, const struct tcf *tcf)
{
    struct bit_writer writer = bit_writer_begin(arena);
    must(tcf->version == 2);
    must(tcf->created >= 0 && tcf->updated >= 0);
    put_bits(&writer, tcf->version, 6);
    put_bits(&writer, (uint64_t)tcf->created, 36);
    put_bits(&writer, (uint64_t)tcf->updated, 36);
    put_bits(&writer, tcf->cmp_id, 12);
    put_bits(&writer, tcf->cmp_version, 12);
    put_bits(&writer, tcf->consent_screen, 6);
    put_letters(&writer, tcf->language);
    put_bits(&writer, tcf->vendor_list_version, 12);
    put_bits(&writer, tcf->policy_version, 6);
    put_bits(&writer, tcf->is_service_specific ? 1 : 0, 1);
    put_bits(&writer, tcf->use_non_standard_texts ? 1 : 0, 1);
    put_numbered(&writer, tcf->special_features, 12);
    put_numbered(&writer, tcf->purposes_consent, TCF_PURPOSES);
    put_numbered(&writer, tcf->purposes_interest, TCF_PURPOSES);
    put_bits(&writer, tcf->purpose_one_treatment ? 1 : 0, 1);
    put_letters(&writer, tcf->country);
    idset_put(&writer, arena, &tcf->vendor_consent);
    idset_put(&writer, arena, &tcf->vendor_interest);
    put_restrictions(&writer, arena, tcf);
    return bit_writer_text(&writer);
}

static struct str publisher_text(struct arena *arena, const struct tcf_publisher *publisher)
{
    struct bit_writer writer = bit_writer_begin(arena);
    put_bits(&writer, 3, 3);
    put_numbered(&writer, publisher->consent, TCF_PURPOSES);
    put_numbered(&writer, publisher->interest, TCF_PURPOSES);
    put_bits(&writer, publisher->custom_count, 6);
    put_numbered(&writer, publisher->custom_consent, publisher->custom_count);
    put_numbered(&writer, publisher->custom_interest, publisher->custom_count);
    return bit_writer_text(&writer);
}

struct str tcf_encode(struct arena *arena, const struct tcf *tcf)
{
    struct buf buf = buf_begin(arena);
    buf_str(&buf, core_text(arena, tcf));
    if (tcf->has_disclosed) {
        struct bit_writer writer = bit_writer_begin(arena);
        put_bits(&writer, 1, 3);
        idset_put(&writer, arena, &tcf->disclosed);
        buf_lit(&buf, LIT("."));
        buf_str(&buf, bit_writer_text(&writer));
    }
    if (tcf->has_publisher) {
        buf_lit(&buf, LIT("."));
        buf_str(&buf, publisher_text(arena, &tcf->publisher));
    }
    return buf_text(&buf);
}
