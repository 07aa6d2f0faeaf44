/*
 * gpp_table.c - the US sections of GPP, field by field.
 *
 * Source: IAB Tech Lab, Global Privacy Platform, Sections. Where a document and the reference
 * libraries differ the libraries' layout stands here, since that is what is sent. The national
 * section has two layouts, and its version number does not say which: the length does.
 */
#include <string.h>

#include "inside.h"

#define ONE(field) \
    { \
        (field), 1 \
    }
#define MSPA_THREE ONE(GPP_MSPA_COVERED), ONE(GPP_MSPA_OPT_OUT), ONE(GPP_MSPA_SERVICE_PROVIDER)
#define NOTICES_SHARING ONE(GPP_SHARING_NOTICE), ONE(GPP_SALE_NOTICE), ONE(GPP_TARGETED_NOTICE)
#define NOTICES_PROCESSING \
    ONE(GPP_PROCESSING_NOTICE), ONE(GPP_SALE_NOTICE), ONE(GPP_TARGETED_NOTICE)
#define OPT_OUTS ONE(GPP_SALE_OPT_OUT), ONE(GPP_TARGETED_OPT_OUT)
#define NATIONAL(sensitive, child) \
    ONE(GPP_VERSION), ONE(GPP_SHARING_NOTICE), ONE(GPP_SALE_NOTICE), \
        ONE(GPP_SHARING_OPT_OUT_NOTICE), ONE(GPP_TARGETED_NOTICE), ONE(GPP_SENSITIVE_NOTICE), \
        ONE(GPP_SENSITIVE_LIMIT_NOTICE), ONE(GPP_SALE_OPT_OUT), ONE(GPP_SHARING_OPT_OUT), \
        ONE(GPP_TARGETED_OPT_OUT), {GPP_SENSITIVE, (sensitive)}, {GPP_CHILD, (child)}, \
        ONE(GPP_PERSONAL_DATA), MSPA_THREE
/* Most states: notice of processing, and consent to additional processing. */
#define STATE(sensitive, child) \
    ONE(GPP_VERSION), NOTICES_PROCESSING, OPT_OUTS, {GPP_SENSITIVE, (sensitive)}, \
        {GPP_CHILD, (child)}, ONE(GPP_ADDITIONAL), MSPA_THREE
/* The first states: notice of sharing, and no such consent. */
#define EARLY_STATE(sensitive, child) \
    ONE(GPP_VERSION), NOTICES_SHARING, OPT_OUTS, {GPP_SENSITIVE, (sensitive)}, \
        {GPP_CHILD, (child)}, MSPA_THREE
#define LATE_STATE_HEAD \
    ONE(GPP_VERSION), ONE(GPP_MSPA_COVERED), ONE(GPP_MSPA_MODE), NOTICES_PROCESSING, OPT_OUTS
#define LATE_STATE(number, word) \
    { \
        .id = (number), .name = (word), .version_max = 1, .extra = GPP_EXTRA_SENSITIVE, \
        .has_header = true, .item = {LATE_STATE_HEAD, {GPP_CHILD, 1}, ONE(GPP_ADDITIONAL)}, \
        .extra_item = {GPP_SENSITIVE, 8}, \
    }
#define WITH_GPC(number, word, ...) \
    { \
        .id = (number), .name = (word), .version_max = 1, .extra = GPP_EXTRA_GPC, \
        .item = {__VA_ARGS__}, \
    }
#define WITHOUT_GPC(number, word, ...) \
    { \
        .id = (number), .name = (word), .version_max = 1, .item = {__VA_ARGS__}, \
    }

/* From section 7 on, in the order of their ids. */
static const struct gpp_layout table[] = {
    {.id = 7, .name = "usnat", .version_max = 2, .extra = GPP_EXTRA_GPC, .item = {NATIONAL(16, 3)}},
    WITH_GPC(8, "usca", ONE(GPP_VERSION), ONE(GPP_SALE_NOTICE), ONE(GPP_SHARING_OPT_OUT_NOTICE),
             ONE(GPP_SENSITIVE_LIMIT_NOTICE), ONE(GPP_SALE_OPT_OUT), ONE(GPP_SHARING_OPT_OUT),
             {GPP_SENSITIVE, 9}, {GPP_CHILD, 2}, ONE(GPP_PERSONAL_DATA), MSPA_THREE),
    WITHOUT_GPC(9, "usva", EARLY_STATE(8, 1)),
    WITH_GPC(10, "usco", EARLY_STATE(7, 1)),
    WITHOUT_GPC(11, "usut", ONE(GPP_VERSION), NOTICES_SHARING, ONE(GPP_SENSITIVE_NOTICE), OPT_OUTS,
                {GPP_SENSITIVE, 8}, {GPP_CHILD, 1}, MSPA_THREE),
    WITH_GPC(12, "usct", EARLY_STATE(8, 3)),
    WITHOUT_GPC(13, "usfl", STATE(8, 3)),
    WITH_GPC(14, "usmt", ONE(GPP_VERSION), NOTICES_SHARING, OPT_OUTS, {GPP_SENSITIVE, 8},
             {GPP_CHILD, 3}, ONE(GPP_ADDITIONAL), MSPA_THREE),
    WITH_GPC(15, "usor", STATE(11, 3)),
    WITH_GPC(16, "ustx", STATE(8, 1)),
    WITH_GPC(17, "usde", STATE(9, 5)),
    WITH_GPC(18, "usia", ONE(GPP_VERSION), NOTICES_PROCESSING, ONE(GPP_SENSITIVE_NOTICE), OPT_OUTS,
             {GPP_SENSITIVE, 8}, {GPP_CHILD, 1}, MSPA_THREE),
    WITH_GPC(19, "usne", STATE(8, 1)),
    WITH_GPC(20, "usnh", STATE(8, 3)),
    WITH_GPC(21, "usnj", STATE(10, 5)),
    WITH_GPC(22, "ustn", STATE(8, 1)),
    WITH_GPC(23, "usmn", STATE(8, 1)),
    {.id = 24,
     .name = "usmd",
     .version_max = 1,
     .extra = GPP_EXTRA_GPC,
     .has_header = true,
     .item = {LATE_STATE_HEAD, ONE(GPP_ADDITIONAL)}},
    LATE_STATE(25, "usin"),
    LATE_STATE(26, "usky"),
    LATE_STATE(27, "usri"),
};

enum { TABLE_LEN = sizeof table / sizeof table[0], FIRST_ID = GPP_US_NATIONAL };

static const struct gpp_layout national_old = {
    .id = 7, .name = "usnat", .version_max = 2, .extra = GPP_EXTRA_GPC, .item = {NATIONAL(12, 2)}};

/* The older national core has 60 bits: 10 characters, or 11 where it was padded to bytes first. The
 * newer one has 72. */
enum { NATIONAL_OLD_LEN_MAX = 11 };

const struct gpp_layout *gpp_layout_of(uint32_t id, size_t core_len)
{
    if (id < FIRST_ID || id >= FIRST_ID + TABLE_LEN) {
        return NULL;
    }
    if (id == GPP_US_NATIONAL && core_len <= NATIONAL_OLD_LEN_MAX) {
        return &national_old;
    }
    return &table[id - FIRST_ID];
}

const char *gpp_section_name(uint32_t id)
{
    switch (id) {
    case GPP_TCF_EU:
        return "tcfeuv2";
    case GPP_TCF_CA:
        return "tcfcav1";
    case GPP_USP:
        return "uspv1";
    default:
        break;
    }
    const struct gpp_layout *layout = gpp_layout_of(id, SIZE_MAX);
    return layout == NULL ? NULL : layout->name;
}

uint32_t gpp_section_of(struct str name)
{
    for (uint32_t id = GPP_TCF_EU; id < GPP_US_STATES_END; id++) {
        const char *word = gpp_section_name(id);
        if (word != NULL && str_is(name, word)) {
            return id;
        }
    }
    return 0;
}

static const char *const field_name[] = {
    [GPP_VERSION] = "Version",
    [GPP_SHARING_NOTICE] = "SharingNotice",
    [GPP_PROCESSING_NOTICE] = "ProcessingNotice",
    [GPP_SALE_NOTICE] = "SaleOptOutNotice",
    [GPP_SHARING_OPT_OUT_NOTICE] = "SharingOptOutNotice",
    [GPP_TARGETED_NOTICE] = "TargetedAdvertisingOptOutNotice",
    [GPP_SENSITIVE_NOTICE] = "SensitiveDataProcessingOptOutNotice",
    [GPP_SENSITIVE_LIMIT_NOTICE] = "SensitiveDataLimitUseNotice",
    [GPP_SALE_OPT_OUT] = "SaleOptOut",
    [GPP_SHARING_OPT_OUT] = "SharingOptOut",
    [GPP_TARGETED_OPT_OUT] = "TargetedAdvertisingOptOut",
    [GPP_PERSONAL_DATA] = "PersonalDataConsents",
    [GPP_ADDITIONAL] = "AdditionalDataProcessingConsent",
    [GPP_MSPA_COVERED] = "MspaCoveredTransaction",
    [GPP_MSPA_OPT_OUT] = "MspaOptOutOptionMode",
    [GPP_MSPA_SERVICE_PROVIDER] = "MspaServiceProviderMode",
    [GPP_MSPA_MODE] = "MspaMode",
    [GPP_SENSITIVE] = "SensitiveDataProcessing",
    [GPP_CHILD] = "KnownChildSensitiveDataConsents",
};

/* Two fields go by another name in some sections. */
const char *gpp_field_name(const struct gpp_layout *layout, enum gpp_field field)
{
    must((unsigned)field < sizeof field_name / sizeof field_name[0]);
    if (field == GPP_VERSION && layout->has_header) {
        return "MspaVersion";
    }
    if (field == GPP_SENSITIVE_NOTICE && strcmp(layout->name, "usia") == 0) {
        return "SensitiveDataOptOutNotice";
    }
    return field_name[field];
}
