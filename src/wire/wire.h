/*
 * wire.h - the door of the wire room: other systems' formats as pure parsers and writers.
 *
 *   fault.c         why a signal was not accepted: one list for all formats
 *   bits.c          web-safe base64 as a row of bits, Fibonacci codes
 *   idset.c         sets of vendors: bit fields, ranges, Fibonacci ranges
 *   tcf.c           IAB Europe TCF 2.0 to 2.3 strings; tcf_write.c back; tcf_rule.c what they allow
 *   tcf_ca.c        IAB Canada TCF strings
 *   gpp.c           IAB Global Privacy Platform strings; gpp_table.c the sections, gpp_write.c back
 *   usp.c           US Privacy strings
 *   describe.c      what was decoded, as JSON
 *   exchange.h        the third door of this room: rights requests that machines send
 *   web.h           the second door of this room: what comes with a request or goes out in a mail
 *   message.h       the fourth door: what tracking SDKs send
 *
 * The room opens base and record. It is pure. A string that could be read in two ways, that is too
 * short, too long, or has bits where none belong, is refused: nothing is guessed.
 */
#ifndef CANDOR_WIRE_H
#define CANDOR_WIRE_H

#include "base.h"
#include "record.h"

struct json; /* text.h */

/* ---- fault.c ------------------------------------------------------------------------------- */

#define SIGNAL_LEN_MAX \
    32768 /* characters of one consent string; those in use have a few thousand */

/* Why a signal was not accepted. SIGNAL_FINE is zero. */
enum signal_fault {
    SIGNAL_FINE,
    SIGNAL_EMPTY,
    SIGNAL_TOO_LONG,
    SIGNAL_ILLEGAL_CHARACTER,
    SIGNAL_UNSUPPORTED_VERSION,
    SIGNAL_TRUNCATED_CORE,
    SIGNAL_TRUNCATED_DISCLOSED,
    SIGNAL_TRUNCATED_ALLOWED,
    SIGNAL_TRUNCATED_PUBLISHER,
    SIGNAL_BAD_LANGUAGE,         /* a letter beyond Z */
    SIGNAL_RANGE_REVERSED,       /* its end comes before its start */
    SIGNAL_RANGE_ABOVE_MAX,      /* beyond the largest vendor the set names, or vendor 0 */
    SIGNAL_RESTRICTIONS_COLLIDE, /* one vendor and purpose, two kinds of restriction */
    SIGNAL_TRAILING_DATA,        /* bits after the end that are not zero, or far too many */
    SIGNAL_UNKNOWN_SEGMENT,
    SIGNAL_SEGMENT_TWICE,
    SIGNAL_NOT_GPP, /* a GPP header begins with D */
    SIGNAL_TRUNCATED_HEADER,
    SIGNAL_TOO_MANY_SECTIONS,
    SIGNAL_SECTION_COUNT,     /* the header names more or fewer sections than follow */
    SIGNAL_TRUNCATED_SECTION, /* of GPP */
    SIGNAL_BAD_CHARACTER,     /* of a US Privacy string: not Y, N or a hyphen */
    SIGNAL_BAD_LENGTH,        /* of a US Privacy string: not four characters */
    SIGNAL_FAULTS,
};

const char *signal_fault_code(enum signal_fault fault);     /* "truncated-core" */
const char *signal_fault_sentence(enum signal_fault fault); /* "The string ends too early." */

/* ---- idset.c ------------------------------------------------------------------------------- */

enum idset_kind { IDSET_BITS, IDSET_RANGES, IDSET_FIBONACCI, IDSET_LIST };

struct id_range {
    uint16_t first; /* from 1 */
    uint16_t last;
};

/* A set of ids 1 .. 65,535: a view of the decoded string, or of a list of ascending ranges. */
struct idset {
    enum idset_kind kind;
    uint32_t max;               /* IDSET_BITS: how many bits */
    uint32_t count;             /* of ranges */
    const uint8_t *ptr;         /* of the string's bits */
    size_t at;                  /* where in them the set begins */
    const struct id_range *row; /* IDSET_LIST: ascending, apart from each other */
};

bool idset_has(const struct idset *set, uint32_t id);
/* Walk the ranges as they stand: begin with *cursor = (struct idset_cursor){0}; false at the end. */
struct idset_cursor {
    size_t at;
    uint32_t done;
    uint32_t last;
};
bool idset_next(const struct idset *set, struct idset_cursor *cursor, struct id_range *range);
struct idset idset_of(const struct id_range *row, size_t count);
/* The same ids in ascending ranges that do not touch: "1-4,9" as text. */
const struct id_range *idset_list(struct arena *arena, const struct idset *set, size_t *count);
struct str idset_text(struct arena *arena, const struct idset *set);

/* ---- tcf.c --------------------------------------------------------------------------------- */

#define TCF_PURPOSES 24
#define TCF_PURPOSES_KNOWN 11 /* those that policy version 5 defines */

enum tcf_restriction_kind {
    TCF_NOT_ALLOWED,
    TCF_REQUIRE_CONSENT,
    TCF_REQUIRE_INTEREST,
    TCF_UNDEFINED, /* read as not allowed */
};

struct tcf_restriction {
    uint8_t purpose;
    uint8_t kind; /* enum tcf_restriction_kind */
    struct idset vendors;
};

/* The publisher's own purposes. Bit i - 1 of a set is number i. */
struct tcf_publisher {
    uint32_t consent;
    uint32_t interest;
    uint8_t custom_count;
    uint64_t custom_consent;
    uint64_t custom_interest;
};

/* A string as it was read. Its sets are views of the arena it was decoded into. In a Canadian one
 * consent is express and interest is implied consent. */
struct tcf {
    uint8_t version; /* 2; Canada 1 */
    uint8_t policy_version;
    uint8_t consent_screen;
    bool is_service_specific;
    bool use_non_standard_texts; /* Canada: stacks */
    bool purpose_one_treatment;
    bool has_disclosed;
    bool has_allowed;
    bool has_publisher;
    uint16_t cmp_id; /* 0 decodes and is no real CMP */
    uint16_t cmp_version;
    uint16_t vendor_list_version;
    char language[3];
    char country[3];
    int64_t created; /* tenths of a second since 1970 */
    int64_t updated;
    uint32_t special_features; /* bit i - 1: feature i */
    uint32_t purposes_consent;
    uint32_t purposes_interest;
    struct idset vendor_consent;
    struct idset vendor_interest;
    struct idset disclosed;
    struct idset allowed;
    struct tcf_restriction *restriction;
    size_t restriction_count;
    struct tcf_publisher publisher;
};

/* Decode a TC string. Specification: TCFv2, consent string and vendor list formats. */
enum signal_fault tcf_decode(struct arena *arena, struct str text, struct tcf *tcf);
/* The Canadian section of GPP, with ranges of whole numbers or of Fibonacci codes. */
enum signal_fault tcf_ca_decode(struct arena *arena, struct str text, struct tcf *tcf);
/* The string of these values, padded as the reference libraries do; sets in their shorter form. */
struct str tcf_encode(struct arena *arena, const struct tcf *tcf);

/* Is it in force under TCF 2.2: for one service only, policy 4 or later? */
bool tcf_is_usable(const struct tcf *tcf);

/* ---- tcf_rule.c ---------------------------------------------------------------------------- */

#define TCF_VALID_DAYS 396 /* 13 months: older strings are as if absent */

enum tcf_answer {
    TCF_OK_CONSENT,
    TCF_OK_INTEREST,
    TCF_OK_SPECIAL, /* a special purpose, or a special feature that was opted in to */
    TCF_NOT_DECLARED,
    TCF_RESTRICTED,
    TCF_BASIS_CONFLICT, /* the publisher asks for a basis that the vendor did not declare */
    TCF_NOT_DISCLOSED,
    TCF_NO_PURPOSE_CONSENT,
    TCF_NO_VENDOR_CONSENT,
    TCF_NO_PURPOSE_INTEREST,
    TCF_NO_VENDOR_INTEREST,
    TCF_NO_OPT_IN,
    TCF_TOO_OLD,            /* more than 13 months, or dated ahead */
    TCF_NOT_IN_FORCE,       /* not for one service, or of a policy before 4 */
    TCF_DISCLOSURE_MISSING, /* made after 28 February 2026 without a disclosed-vendors segment */
    TCF_ANSWERS,
};

const char *tcf_answer_code(enum tcf_answer answer); /* "no-vendor-consent" */
bool tcf_answer_allows(enum tcf_answer answer);

/* What a vendor registered in the vendor list: bit i - 1 is purpose i. */
struct tcf_declaration {
    uint32_t consent;
    uint32_t interest;
    uint32_t flexible;
    uint32_t special_purposes;
    uint32_t special_features;
};

/* May the vendor use this purpose? The order of the questions: declared, publisher's restriction,
 * disclosed (when the segment is there), then the bits of the basis that is left. */
enum tcf_answer tcf_may(const struct tcf *tcf, const struct tcf_declaration *declared,
                        uint32_t vendor, uint32_t purpose);
enum tcf_answer tcf_may_special_purpose(const struct tcf *tcf,
                                        const struct tcf_declaration *declared, uint32_t vendor,
                                        uint32_t purpose);
enum tcf_answer tcf_may_special_feature(const struct tcf *tcf,
                                        const struct tcf_declaration *declared, uint32_t vendor,
                                        uint32_t feature);
/* Can the string be relied on at this instant (microseconds)? TCF_OK_CONSENT: it can. */
enum tcf_answer tcf_in_force(const struct tcf *tcf, int64_t now);

/* ---- usp.c --------------------------------------------------------------------------------- */

/* Each 'Y', 'N' or '-'. */
struct usp {
    char notice;
    char opt_out;
    char lspa;
};

enum signal_fault usp_decode(struct str text, struct usp *usp);
bool usp_applies(const struct usp *usp);      /* not "1---" */
bool usp_sale_allowed(const struct usp *usp); /* a hyphen while the law applies: no */
bool usp_is_irregular(const struct usp *usp); /* such a hyphen, outside the specification */
struct str usp_encode(struct arena *arena, const struct usp *usp);

/* ---- gpp.c --------------------------------------------------------------------------------- */

#define GPP_SECTIONS_MAX 64
#define GPP_SENSITIVE_MAX 16
#define GPP_CHILD_MAX 5

enum gpp_section_id {
    GPP_TCF_EU = 2,
    GPP_TCF_CA = 5,
    GPP_USP = 6,
    GPP_US_NATIONAL = 7,
    GPP_US_STATES_END = 28,
};

/* Fields of the US sections, each of two bits but the version. */
enum gpp_field {
    GPP_VERSION, /* six bits; of the sections that carry the agreement's version, that one */
    GPP_SHARING_NOTICE,
    GPP_PROCESSING_NOTICE,
    GPP_SALE_NOTICE,
    GPP_SHARING_OPT_OUT_NOTICE,
    GPP_TARGETED_NOTICE,
    GPP_SENSITIVE_NOTICE,
    GPP_SENSITIVE_LIMIT_NOTICE,
    GPP_SALE_OPT_OUT,
    GPP_SHARING_OPT_OUT,
    GPP_TARGETED_OPT_OUT,
    GPP_PERSONAL_DATA,
    GPP_ADDITIONAL,
    GPP_MSPA_COVERED,
    GPP_MSPA_OPT_OUT,
    GPP_MSPA_SERVICE_PROVIDER,
    GPP_MSPA_MODE,
    GPP_SCALARS, /* fields before this one have one value, those after several */
    GPP_SENSITIVE = GPP_SCALARS,
    GPP_CHILD,
};

struct gpp_us {
    uint8_t value[GPP_SCALARS];
    uint8_t sensitive[GPP_SENSITIVE_MAX]; /* all that were read */
    uint8_t child[GPP_CHILD_MAX];
    uint8_t sensitive_count; /* of the section's version: fewer than were read, maybe */
    uint8_t child_count;
    bool has_gpc;
    bool gpc;
    bool is_irregular; /* there is more than its layout has: it reads as opted out of everything */
};

struct gpp_layout; /* gpp_table.c */

struct gpp_section {
    uint32_t id;
    struct str raw;
    const struct gpp_layout *layout; /* NULL: not a US section */
    union {
        struct gpp_us us;
        struct usp usp;
    } is;
};

struct gpp {
    struct gpp_section *section;
    size_t count;
};

/* A header alone: its ids, ascending. */
enum signal_fault gpp_header_decode(struct str text, uint32_t id[GPP_SECTIONS_MAX], size_t *count);
/* A whole string. TCF sections stay raw until tcf_decode or tcf_ca_decode; so do unknown ones. */
enum signal_fault gpp_decode(struct arena *arena, struct str text, struct gpp *gpp);
/* One section by itself. */
enum signal_fault gpp_section_decode(uint32_t id, struct str raw, struct gpp_section *section);
const struct gpp_section *gpp_find(const struct gpp *gpp, uint32_t id); /* NULL: not there */

/* The names that the specification gives. id 0: there is no such section. */
const char *gpp_section_name(uint32_t id);
uint32_t gpp_section_of(struct str name);
/* A value by its field; 0, not applicable, when the section does not have it. */
unsigned gpp_value(const struct gpp_section *section, enum gpp_field field);

struct str gpp_header_encode(struct arena *arena, const uint32_t *id, size_t count);
/* Ids ascend. US sections are written from their values, others as their raw text stands. */
struct str gpp_encode(struct arena *arena, const struct gpp_section *section, size_t count);
struct gpp_section gpp_section_new(uint32_t id); /* of the newest version, nothing applicable */

/* What a US section says to a marketer; the most restrictive reading. */
struct gpp_reading {
    bool no_sale;
    bool no_sharing;
    bool no_targeting;   /* no cross-context advertising */
    bool no_profile;     /* a known child: no targeting at all */
    bool only_processor; /* service-provider mode */
    uint32_t sensitive;  /* bit i - 1: category i is not to be used */
};
struct gpp_reading gpp_read(const struct gpp_section *section);

/* ---- describe.c ---------------------------------------------------------------------------- */

/* Each as members of the open map. */
void tcf_json(struct json *json, struct arena *arena, const struct tcf *tcf);
void gpp_json(struct json *json, struct arena *arena, const struct gpp *gpp);
void usp_json(struct json *json, const struct usp *usp);

#endif
