/*
 * tcf_ca.c - IAB Canada TCF strings, section 5 of GPP.
 *
 * Like Europe's, with express consent for consent and implied consent for legitimate interest, and
 * without the publisher's country. Ranges were whole numbers first and became Fibonacci codes later,
 * and nothing in the string says which: it is read both ways, and the first that fits to its last
 * bit counts.
 */
#include "inside.h"

static enum signal_fault core_numbers(struct bits *bits, struct tcf *tcf)
{
    tcf->version = (uint8_t)bits_read(bits, 6);
    if (tcf->version != 1) {
        return bits->bad ? SIGNAL_TRUNCATED_CORE : SIGNAL_UNSUPPORTED_VERSION;
    }
    tcf->created = (int64_t)bits_read(bits, 36);
    tcf->updated = (int64_t)bits_read(bits, 36);
    tcf->cmp_id = (uint16_t)bits_read(bits, 12);
    tcf->cmp_version = (uint16_t)bits_read(bits, 12);
    tcf->consent_screen = (uint8_t)bits_read(bits, 6);
    const enum signal_fault fault = tcf_letters(bits, tcf->language);
    tcf->vendor_list_version = (uint16_t)bits_read(bits, 12);
    tcf->policy_version = (uint8_t)bits_read(bits, 6);
    tcf->use_non_standard_texts = bits_read(bits, 1) == 1;
    tcf->special_features = (uint32_t)bits_numbered(bits, 12);
    tcf->purposes_consent = (uint32_t)bits_numbered(bits, TCF_PURPOSES);
    tcf->purposes_interest = (uint32_t)bits_numbered(bits, TCF_PURPOSES);
    return bits->bad ? SIGNAL_TRUNCATED_CORE : fault;
}

static enum signal_fault core_sets(struct arena *arena, struct bits *bits, enum idset_kind ranges,
                                   struct tcf *tcf)
{
    enum signal_fault fault = idset_read(bits, ranges, &tcf->vendor_consent);
    if (fault == SIGNAL_FINE && !bits->bad) {
        fault = idset_read(bits, ranges, &tcf->vendor_interest);
    }
    /* The first edition of the section had no restrictions: what is left may be none at all. */
    if (fault == SIGNAL_FINE && !bits->bad && bits->len - bits->at >= 12) {
        fault = restrictions_read(arena, bits, ranges, tcf);
    }
    if (fault == SIGNAL_FINE && !bits->bad && !bits_end(bits)) {
        fault = SIGNAL_TRAILING_DATA;
    }
    return bits->bad ? SIGNAL_TRUNCATED_CORE : fault;
}

static enum signal_fault decode_as(struct arena *arena, struct str text, enum idset_kind ranges,
                                   struct tcf *tcf)
{
    struct bits bits;
    struct str rest = text;
    *tcf = (struct tcf){0};
    enum signal_fault fault = bits_decode(arena, str_cut(&rest, '.'), &bits);
    if (fault == SIGNAL_FINE) {
        fault = core_numbers(&bits, tcf);
    }
    if (fault == SIGNAL_FINE) {
        fault = core_sets(arena, &bits, ranges, tcf);
    }
    return fault == SIGNAL_FINE ? tcf_segments(arena, rest, ranges, tcf) : fault;
}

enum signal_fault tcf_ca_decode(struct arena *arena, struct str text, struct tcf *tcf)
{
    if (text.len == 0) {
        return SIGNAL_EMPTY;
    }
    if (text.len > SIGNAL_LEN_MAX) {
        return SIGNAL_TOO_LONG;
    }
    const enum signal_fault fault = decode_as(arena, text, IDSET_RANGES, tcf);
    if (fault == SIGNAL_FINE) {
        return fault;
    }
    struct tcf other;
    if (decode_as(arena, text, IDSET_FIBONACCI, &other) != SIGNAL_FINE) {
        return fault;
    }
    *tcf = other;
    return SIGNAL_FINE;
}
