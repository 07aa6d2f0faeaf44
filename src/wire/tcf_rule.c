/*
 * tcf_rule.c - may this vendor use this purpose?
 *
 * The questions in their order; the first no is the answer:
 *
 *     declared -> publisher's restriction -> disclosed -> purpose bit -> vendor bit
 *
 * A restriction of kind 1 or 2 turns a purpose that the vendor declared flexible to the basis it
 * names; against a fixed declaration of the other basis it forbids. One that is not defined forbids.
 */
#include "wire.h"

/* Purposes that may never rest on legitimate interest: 1, 3, 4, 5 and 6. */
#define NEVER_INTEREST UINT32_C(0x3D)

#define DECISECONDS_PER_DAY INT64_C(864000)
/* 2026-03-01T00:00:00Z: strings made from here on need a disclosed-vendors segment. */
#define DISCLOSURE_NEEDED_FROM (INT64_C(1772323200) * 10)

static const struct {
    const char *code;
    bool allows;
} answer_row[TCF_ANSWERS] = {
    [TCF_OK_CONSENT] = {"consent", true},
    [TCF_OK_INTEREST] = {"legitimate-interest", true},
    [TCF_OK_SPECIAL] = {"special", true},
    [TCF_NOT_DECLARED] = {"purpose-not-declared", false},
    [TCF_RESTRICTED] = {"publisher-restriction-not-allowed", false},
    [TCF_BASIS_CONFLICT] = {"publisher-restriction-conflicts-with-fixed-basis", false},
    [TCF_NOT_DISCLOSED] = {"vendor-not-disclosed", false},
    [TCF_NO_PURPOSE_CONSENT] = {"no-purpose-consent", false},
    [TCF_NO_VENDOR_CONSENT] = {"no-vendor-consent", false},
    [TCF_NO_PURPOSE_INTEREST] = {"no-purpose-li", false},
    [TCF_NO_VENDOR_INTEREST] = {"no-vendor-li", false},
    [TCF_NO_OPT_IN] = {"no-special-feature-opt-in", false},
    [TCF_TOO_OLD] = {"too-old", false},
    [TCF_NOT_IN_FORCE] = {"not-in-force", false},
    [TCF_DISCLOSURE_MISSING] = {"disclosed-vendors-missing", false},
};

const char *tcf_answer_code(enum tcf_answer answer)
{
    must((unsigned)answer < TCF_ANSWERS);
    return answer_row[answer].code;
}

bool tcf_answer_allows(enum tcf_answer answer)
{
    must((unsigned)answer < TCF_ANSWERS);
    return answer_row[answer].allows;
}

/* The kind of restriction on this purpose and vendor; the strictest when there are several of one
 * kind or, which a decoded string cannot have, of several kinds. */
static bool restriction_of(const struct tcf *tcf, uint32_t vendor, uint32_t purpose,
                           enum tcf_restriction_kind *kind)
{
    bool found = false;
    for (size_t i = 0; i < tcf->restriction_count; i++) {
        const struct tcf_restriction *restriction = &tcf->restriction[i];
        if (restriction->purpose == purpose && idset_has(&restriction->vendors, vendor)) {
            *kind = found ? TCF_NOT_ALLOWED : (enum tcf_restriction_kind)restriction->kind;
            found = true;
        }
    }
    return found;
}

static bool has(uint32_t set, uint32_t number)
{
    return number >= 1 && number <= TCF_PURPOSES && (set >> (number - 1) & 1) == 1;
}

static enum tcf_answer by_consent(const struct tcf *tcf, uint32_t vendor, uint32_t purpose)
{
    if (!has(tcf->purposes_consent, purpose)) {
        return TCF_NO_PURPOSE_CONSENT;
    }
    return idset_has(&tcf->vendor_consent, vendor) ? TCF_OK_CONSENT : TCF_NO_VENDOR_CONSENT;
}

static enum tcf_answer by_interest(const struct tcf *tcf, uint32_t vendor, uint32_t purpose)
{
    if (has(NEVER_INTEREST, purpose) || !has(tcf->purposes_interest, purpose)) {
        return TCF_NO_PURPOSE_INTEREST;
    }
    return idset_has(&tcf->vendor_interest, vendor) ? TCF_OK_INTEREST : TCF_NO_VENDOR_INTEREST;
}

enum tcf_answer tcf_may(const struct tcf *tcf, const struct tcf_declaration *declared,
                        uint32_t vendor, uint32_t purpose)
{
    const bool is_interest = has(declared->interest, purpose);
    bool use_interest = is_interest && !has(declared->consent, purpose);
    enum tcf_restriction_kind kind = TCF_UNDEFINED;
    if (!is_interest && !has(declared->consent, purpose)) {
        return TCF_NOT_DECLARED;
    }
    if (restriction_of(tcf, vendor, purpose, &kind)) {
        if (kind == TCF_NOT_ALLOWED || kind == TCF_UNDEFINED) {
            return TCF_RESTRICTED;
        }
        const bool wants_interest = kind == TCF_REQUIRE_INTEREST;
        if (wants_interest != use_interest && !has(declared->flexible, purpose)) {
            return TCF_BASIS_CONFLICT;
        }
        use_interest = wants_interest;
    }
    if (tcf->has_disclosed && !idset_has(&tcf->disclosed, vendor)) {
        return TCF_NOT_DISCLOSED;
    }
    return use_interest ? by_interest(tcf, vendor, purpose) : by_consent(tcf, vendor, purpose);
}

enum tcf_answer tcf_may_special_purpose(const struct tcf *tcf,
                                        const struct tcf_declaration *declared, uint32_t vendor,
                                        uint32_t purpose)
{
    if (!has(declared->special_purposes, purpose)) {
        return TCF_NOT_DECLARED;
    }
    return tcf->has_disclosed && !idset_has(&tcf->disclosed, vendor) ? TCF_NOT_DISCLOSED
                                                                     : TCF_OK_SPECIAL;
}

enum tcf_answer tcf_may_special_feature(const struct tcf *tcf,
                                        const struct tcf_declaration *declared, uint32_t vendor,
                                        uint32_t feature)
{
    if (!has(declared->special_features, feature)) {
        return TCF_NOT_DECLARED;
    }
    if (tcf->has_disclosed && !idset_has(&tcf->disclosed, vendor)) {
        return TCF_NOT_DISCLOSED;
    }
    return has(tcf->special_features, feature) ? TCF_OK_SPECIAL : TCF_NO_OPT_IN;
}

enum tcf_answer tcf_in_force(const struct tcf *tcf, int64_t now)
{
    const int64_t present = now / (MICROS_PER_SECOND / 10);
    const int64_t age = present - tcf->updated;
    /* A day ahead is a clock that is set wrong, or a string rounded to the day; more is none. */
    if (age > TCF_VALID_DAYS * DECISECONDS_PER_DAY || age < -DECISECONDS_PER_DAY ||
        tcf->created > tcf->updated + DECISECONDS_PER_DAY) {
        return TCF_TOO_OLD;
    }
    if (!tcf_is_usable(tcf)) {
        return TCF_NOT_IN_FORCE;
    }
    if (tcf->created >= DISCLOSURE_NEEDED_FROM && !tcf->has_disclosed) {
        return TCF_DISCLOSURE_MISSING;
    }
    return TCF_OK_CONSENT;
}
