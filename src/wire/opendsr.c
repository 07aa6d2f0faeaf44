/*
 * opendsr.c - requests of OpenDSR 2.0 (once OpenGDPR), section "Request schema".
 */
#include "exchange.h"
#include "text.h"

enum { BODY_MAX = 65536, REGULATION_MAX = 16, VALUE_MAX = 256 };

static const char *const kind_word[] = {"erasure", "access", "portability"};

const char *opendsr_kind_name(enum opendsr_kind kind)
{
    must((unsigned)kind <= OPENDSR_PORTABILITY);
    return kind_word[kind];
}

/* xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx in small or capital hex digits. */
static bool is_uuid4(struct str text)
{
    if (text.len != 36 || text.ptr[14] != '4') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        const bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        const char c = text.ptr[i];
        const bool is_hex =
            (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (is_dash ? c != '-' : !is_hex) {
            return false;
        }
    }
    return true;
}

static enum candor_status read_kind(struct job *job, const struct value *root,
                                    struct opendsr_request *request)
{
    struct str word;
    TRY(value_text(job, value_get(root, "subject_request_type"), "subject_request_type", &word));
    for (unsigned i = 0; i <= OPENDSR_PORTABILITY; i++) {
        if (str_is(word, kind_word[i])) {
            request->kind = (enum opendsr_kind)i;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "subject_request_type is erasure, access or portability");
}

static enum candor_status read_identity(struct job *job, const struct value *identity,
                                        struct opendsr_request *request)
{
    struct str format;
    struct str value;
    TRY(value_is(job, identity, VALUE_MAP, "an identity"));
    TRY(value_text(job, value_get(identity, "identity_format"), "identity_format", &format));
    TRY(value_text(job, value_get(identity, "identity_value"), "identity_value", &value));
    if (!str_is(format, "raw")) {
        return fail(job, CANDOR_BAD_INPUT,
                    "identity_format must be raw: people are found by keyed "
                    "hashes of our own");
    }
    if (value.len == 0 || value.len > VALUE_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "identity_value has 1 to %d bytes", VALUE_MAX);
    }
    request->identity[request->identity_count++] = value;
    return CANDOR_OK;
}

static enum candor_status read_identities(struct job *job, const struct value *root,
                                          struct opendsr_request *request)
{
    const struct value *list = value_get(root, "subject_identities");
    const size_t most = sizeof request->identity / sizeof request->identity[0];
    TRY(value_is(job, list, VALUE_LIST, "subject_identities"));
    if (list->count == 0 || list->count > most) {
        return fail(job, CANDOR_BAD_INPUT, "subject_identities has 1 to %zu items", most);
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(read_identity(job, &list->item[i], request));
    }
    return CANDOR_OK;
}

static enum candor_status read_callbacks(struct job *job, const struct value *root,
                                         struct opendsr_request *request)
{
    const struct value *list = value_get(root, "status_callback_urls");
    const size_t most = sizeof request->callback / sizeof request->callback[0];
    if (list == NULL) {
        return CANDOR_OK;
    }
    TRY(value_is(job, list, VALUE_LIST, "status_callback_urls"));
    if (list->count > most) {
        return fail(job, CANDOR_BAD_INPUT, "status_callback_urls has at most %zu items", most);
    }
    for (size_t i = 0; i < list->count; i++) {
        TRY(value_text(job, &list->item[i], "a status_callback_url", &request->callback[i]));
    }
    request->callback_count = list->count;
    return CANDOR_OK;
}

enum candor_status opendsr_read(struct job *job, struct bytes body, struct opendsr_request *request)
{
    static const struct text_limits limits = {
        .size_max = BODY_MAX, .depth_max = 8, .count_max = 1000, .text_max = 8192};
    const struct value *root = NULL;
    struct str time;
    *request = (struct opendsr_request){0};
    TRY(json_read(job, body, &limits, "the request", &root));
    TRY(value_is(job, root, VALUE_MAP, "the request"));
    TRY(value_text(job, value_get(root, "regulation"), "regulation", &request->regulation));
    TRY(value_text(job, value_get(root, "subject_request_id"), "subject_request_id", &request->id));
    TRY(value_text(job, value_get(root, "submitted_time"), "submitted_time", &time));
    if (request->regulation.len > REGULATION_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "regulation is gdpr or ccpa");
    }
    if (!is_uuid4(request->id)) {
        return fail(job, CANDOR_BAD_INPUT, "subject_request_id is a UUID of version 4");
    }
    if (time.len <= 10 || !str_to_time(time, &request->submitted)) {
        return fail(job, CANDOR_BAD_INPUT, "submitted_time is a time as in RFC 3339");
    }
    TRY(read_kind(job, root, request));
    TRY(read_callbacks(job, root, request));
    return read_identities(job, root, request);
}
