/*
 * tcf.c - IAB Europe TCF 2.0 to 2.3 strings.
 *
 * The core comes first, other segments follow in any order, each after a dot and with three bits
 * that say what it is. Source: Transparency and Consent Framework, consent string and vendor list
 * formats v2. Beyond it we refuse what a careful reader could take in two ways: ranges that end
 * before they start or go above the set's largest id, bits after the end, segments that stand twice,
 * and restrictions that contradict each other.
 */
#include "inside.h"

enum { SEGMENT_DISCLOSED = 1, SEGMENT_ALLOWED = 2, SEGMENT_PUBLISHER = 3 };

uint64_t bits_numbered(struct bits *bits, unsigned count)
{
    uint64_t set = 0;
    if (count == 0) {
        return 0;
    }
    const uint64_t read = bits_read(bits, count > 32 ? count - 32 : count);
    const unsigned first = count > 32 ? count - 32 : count;
    for (unsigned i = 0; i < first; i++) {
        set |= (read >> (first - 1 - i) & 1) << i;
    }
    if (count > 32) {
        const uint64_t rest = bits_read(bits, 32);
        for (unsigned i = 0; i < 32; i++) {
            set |= (rest >> (31 - i) & 1) << (first + i);
        }
    }
    return set;
}

enum signal_fault tcf_letters(struct bits *bits, char text[3])
{
    const unsigned first = (unsigned)bits_read(bits, 6);
    const unsigned second = (unsigned)bits_read(bits, 6);
    if (first > 25 || second > 25) {
        return SIGNAL_BAD_LANGUAGE;
    }
    text[0] = (char)('A' + first);
    text[1] = (char)('A' + second);
    text[2] = '\0';
    return SIGNAL_FINE;
}

/* ---- restrictions that contradict each other ----------------------------------------------- */

/* One range of a restriction. Packed so that sorting by purpose and start is sorting by key. */
struct restricted {
    uint32_t key; /* purpose << 16 | first */
    uint16_t last;
    uint8_t kind;
};

/* Sort by 11 bits at a time: work that grows with the string alone, whoever wrote it. */
static void sort_pass(const struct restricted *from, struct restricted *to, size_t count,
                      unsigned shift)
{
    uint32_t start[2048] = {0};
    uint32_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        start[from[i].key >> shift & 2047]++;
    }
    for (size_t i = 0; i < 2048; i++) {
        const uint32_t here = start[i];
        start[i] = sum;
        sum += here;
    }
    for (size_t i = 0; i < count; i++) {
        to[start[from[i].key >> shift & 2047]++] = from[i];
    }
}

/* Of ranges sorted by purpose and start: does one reach into another of a different kind? For each
 * kind the farthest end so far is enough to know. */
static bool collide(const struct restricted *row, size_t count)
{
    uint32_t end[4] = {0};
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || row[i].key >> 16 != row[i - 1].key >> 16) {
            __builtin_memset(end, 0, sizeof end);
        }
        for (unsigned kind = 0; kind < 4; kind++) {
            if (kind != row[i].kind && (row[i].key & 0xFFFF) <= end[kind]) {
                return true;
            }
        }
        end[row[i].kind] = row[i].last > end[row[i].kind] ? row[i].last : end[row[i].kind];
    }
    return false;
}

/* Most strings have no purpose with two kinds of restriction, and nothing to compare. */
static bool has_two_kinds(const struct tcf *tcf)
{
    uint8_t kinds[64] = {0};
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        const struct tcf_restriction *restriction = &tcf->restriction[i];
        kinds[restriction->purpose] |= (uint8_t)(1U << restriction->kind);
        if ((kinds[restriction->purpose] & (kinds[restriction->purpose] - 1)) != 0) {
            return true;
        }
    }
    return false;
}

static size_t range_count(const struct tcf *tcf)
{
    size_t count = 0;
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        struct idset_cursor cursor = {0};
        struct id_range range;
        while (idset_next(&tcf->restriction[i].vendors, &cursor, &range)) {
            count++;
        }
    }
    return count;
}

static bool restrictions_collide(struct arena *arena, const struct tcf *tcf)
{
    if (!has_two_kinds(tcf)) {
        return false;
    }
    const size_t count = range_count(tcf);
    struct restricted *row = NEW_ARRAY(arena, count + 1, struct restricted);
    struct restricted *other = NEW_ARRAY(arena, count + 1, struct restricted);
    size_t filled = 0;
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        const struct tcf_restriction *restriction = &tcf->restriction[i];
        struct idset_cursor cursor = {0};
        struct id_range range;
        while (idset_next(&restriction->vendors, &cursor, &range)) {
            row[filled++] =
                (struct restricted){.key = (uint32_t)restriction->purpose << 16 | range.first,
                                    .last = range.last,
                                    .kind = restriction->kind};
        }
    }
    sort_pass(row, other, count, 0);
    sort_pass(other, row, count, 11);
    return collide(row, count);
}

enum signal_fault restrictions_read(struct arena *arena, struct bits *bits, enum idset_kind ranges,
                                    struct tcf *tcf)
{
    const size_t count = (size_t)bits_read(bits, 12);
    /* Each takes 20 bits at least: what the string has no room for gets no memory. */
    if (count > (bits->len - bits->at) / 20) {
        return SIGNAL_TRUNCATED_CORE;
    }
    tcf->restriction = count == 0 ? NULL : NEW_ARRAY(arena, count, struct tcf_restriction);
    tcf->restriction_count = count;
    for (size_t i = 0; i < count && !bits->bad; i++) {
        struct tcf_restriction *restriction = &tcf->restriction[i];
        restriction->purpose = (uint8_t)bits_read(bits, 6);
        restriction->kind = (uint8_t)bits_read(bits, 2);
        const enum signal_fault fault =
            ranges == IDSET_FIBONACCI
                ? idset_read(bits, ranges, &restriction->vendors)
                : idset_read_ranges(bits, ranges, UINT16_MAX, &restriction->vendors);
        if (fault != SIGNAL_FINE) {
            return fault;
        }
    }
    if (bits->bad) {
        return SIGNAL_TRUNCATED_CORE;
    }
    return restrictions_collide(arena, tcf) ? SIGNAL_RESTRICTIONS_COLLIDE : SIGNAL_FINE;
}

/* ---- segments after the core --------------------------------------------------------------- */

static enum signal_fault vendors_segment(struct bits *bits, enum idset_kind ranges,
                                         enum signal_fault truncated, bool *has, struct idset *set)
{
    if (*has) {
        return SIGNAL_SEGMENT_TWICE;
    }
    const enum signal_fault fault = idset_read(bits, ranges, set);
    *has = true;
    return bits->bad ? truncated : fault;
}

static enum signal_fault publisher_segment(struct bits *bits, struct tcf *tcf)
{
    if (tcf->has_publisher) {
        return SIGNAL_SEGMENT_TWICE;
    }
    tcf->has_publisher = true;
    tcf->publisher.consent = (uint32_t)bits_numbered(bits, TCF_PURPOSES);
    tcf->publisher.interest = (uint32_t)bits_numbered(bits, TCF_PURPOSES);
    tcf->publisher.custom_count = (uint8_t)bits_read(bits, 6);
    tcf->publisher.custom_consent = bits_numbered(bits, tcf->publisher.custom_count);
    tcf->publisher.custom_interest = bits_numbered(bits, tcf->publisher.custom_count);
    return bits->bad ? SIGNAL_TRUNCATED_PUBLISHER : SIGNAL_FINE;
}

static enum signal_fault segment(struct bits *bits, enum idset_kind ranges, struct tcf *tcf)
{
    switch (bits_read(bits, 3)) {
    case SEGMENT_DISCLOSED:
        return vendors_segment(bits, ranges, SIGNAL_TRUNCATED_DISCLOSED, &tcf->has_disclosed,
                               &tcf->disclosed);
    case SEGMENT_ALLOWED:
        return vendors_segment(bits, ranges, SIGNAL_TRUNCATED_ALLOWED, &tcf->has_allowed,
                               &tcf->allowed);
    case SEGMENT_PUBLISHER:
        return publisher_segment(bits, tcf);
    default:
        return SIGNAL_UNKNOWN_SEGMENT;
    }
}

enum signal_fault tcf_segments(struct arena *arena, struct str rest, enum idset_kind ranges,
                               struct tcf *tcf)
{
    while (rest.ptr != NULL) {
        struct bits bits;
        enum signal_fault fault = bits_decode(arena, str_cut(&rest, '.'), &bits);
        if (fault == SIGNAL_FINE) {
            fault = segment(&bits, ranges, tcf);
        }
        if (fault != SIGNAL_FINE) {
            return fault;
        }
        if (!bits_end(&bits)) {
            return SIGNAL_TRAILING_DATA;
        }
    }
    return SIGNAL_FINE;
}

/* ---- the core ------------------------------------------------------------------------------ */

static enum signal_fault core_numbers(struct bits *bits, struct tcf *tcf)
{
    tcf->version = (uint8_t)bits_read(bits, 6);
    if (tcf->version != 2) {
        return bits->bad ? SIGNAL_TRUNCATED_CORE : SIGNAL_UNSUPPORTED_VERSION;
    }
    tcf->created = (int64_t)bits_read(bits, 36);
    tcf->updated = (int64_t)bits_read(bits, 36);
    tcf->cmp_id = (uint16_t)bits_read(bits, 12);
    tcf->cmp_version = (uint16_t)bits_read(bits, 12);
    tcf->consent_screen = (uint8_t)bits_read(bits, 6);
    enum signal_fault fault = tcf_letters(bits, tcf->language);
    tcf->vendor_list_version = (uint16_t)bits_read(bits, 12);
    tcf->policy_version = (uint8_t)bits_read(bits, 6);
    tcf->is_service_specific = bits_read(bits, 1) == 1;
    tcf->use_non_standard_texts = bits_read(bits, 1) == 1;
    tcf->special_features = (uint32_t)bits_numbered(bits, 12);
    tcf->purposes_consent = (uint32_t)bits_numbered(bits, TCF_PURPOSES);
    tcf->purposes_interest = (uint32_t)bits_numbered(bits, TCF_PURPOSES);
    tcf->purpose_one_treatment = bits_read(bits, 1) == 1;
    const enum signal_fault country = tcf_letters(bits, tcf->country);
    fault = fault == SIGNAL_FINE ? country : fault;
    return bits->bad ? SIGNAL_TRUNCATED_CORE : fault;
}

static enum signal_fault core_sets(struct arena *arena, struct bits *bits, struct tcf *tcf)
{
    enum signal_fault fault = idset_read(bits, IDSET_RANGES, &tcf->vendor_consent);
    if (fault == SIGNAL_FINE && !bits->bad) {
        fault = idset_read(bits, IDSET_RANGES, &tcf->vendor_interest);
    }
    if (fault == SIGNAL_FINE && !bits->bad) {
        fault = restrictions_read(arena, bits, IDSET_RANGES, tcf);
    }
    if (fault == SIGNAL_FINE && !bits->bad && !bits_end(bits)) {
        fault = SIGNAL_TRAILING_DATA;
    }
    return bits->bad ? SIGNAL_TRUNCATED_CORE : fault;
}

enum signal_fault tcf_decode(struct arena *arena, struct str text, struct tcf *tcf)
{
    struct bits bits;
    struct str rest = text;
    *tcf = (struct tcf){0};
    if (text.len == 0) {
        return SIGNAL_EMPTY;
    }
    if (text.len > SIGNAL_LEN_MAX) {
        return SIGNAL_TOO_LONG;
    }
    enum signal_fault fault = bits_decode(arena, str_cut(&rest, '.'), &bits);
    if (fault == SIGNAL_FINE) {
        fault = core_numbers(&bits, tcf);
    }
    if (fault == SIGNAL_FINE) {
        fault = core_sets(arena, &bits, tcf);
    }
    return fault == SIGNAL_FINE ? tcf_segments(arena, rest, IDSET_RANGES, tcf) : fault;
}

bool tcf_is_usable(const struct tcf *tcf)
{
    return tcf->is_service_specific && tcf->policy_version >= 4;
}
