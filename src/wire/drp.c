/*
 * drp.c - messages of the Data Rights Protocol 1.0, which is 0.9.4 by another number: sections 2.01,
 * 2.05 and 3.04.
 */
#include "exchange.h"
#include "text.h"

enum { ID_LEN_MAX = 128, CLAIM_LEN_MAX = 256, URL_LEN_MAX = 1024 };

bool drp_open(struct arena *arena, struct str body, struct drp_message *message)
{
    struct bytes bytes;
    const struct str text = str_trim(body);
    if (text.len == 0 || text.len > DRP_BODY_MAX || !base64_read(arena, text, &bytes) ||
        bytes.len <= DRP_SIGNATURE_LEN) {
        return false;
    }
    bytes_copy(message->signature, bytes.ptr, DRP_SIGNATURE_LEN);
    message->content = (struct bytes){bytes.ptr + DRP_SIGNATURE_LEN, bytes.len - DRP_SIGNATURE_LEN};
    return true;
}

/* ---- members ------------------------------------------------------------------------------- */

static enum candor_status read_id(struct job *job, const struct value *root, const char *key,
                                  bool is_required, struct str *id)
{
    const struct value *value = value_get(root, key);
    *id = STR("");
    if (value == NULL && !is_required) {
        return CANDOR_OK;
    }
    TRY(value_text(job, value, key, id));
    return id->len > 0 && id->len <= ID_LEN_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s has 1 to %d bytes", key, ID_LEN_MAX);
}

static enum candor_status read_time(struct job *job, const struct value *root, const char *key,
                                    int64_t *time)
{
    struct str text;
    TRY(value_text(job, value_get(root, key), key, &text));
    /* A day alone would be midnight, which nobody can have meant here. */
    return text.len > 10 && str_to_time(text, time)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s is a time as in RFC 3339", key);
}

static enum candor_status read_claim(struct job *job, const struct value *root, const char *key,
                                     size_t len_max, struct str *claim)
{
    const struct value *value = value_get(root, key);
    *claim = STR("");
    if (value == NULL || value->kind == VALUE_NULL) {
        return CANDOR_OK;
    }
    TRY(value_text(job, value, key, claim));
    return claim->len <= len_max
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "%s has at most %zu bytes", key, len_max);
}

/* A claim that is no boolean true is not verified: "true" as a text proves nothing. */
static bool is_true(const struct value *root, const char *key)
{
    const struct value *value = value_get(root, key);
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}

static enum candor_status read_exercise(struct job *job, const struct value *root,
                                        struct drp_request *request)
{
    /* The specification writes sale:opt_out in its table and sale:opt-out in its examples. */
    static const struct {
        const char *word;
        enum drp_exercise exercise;
    } row[] = {
        {"access", DRP_ACCESS},
        {"access:categories", DRP_ACCESS},
        {"access:specific", DRP_ACCESS},
        {"deletion", DRP_DELETION},
        {"sale:opt_out", DRP_SALE_OPT_OUT},
        {"sale:opt-out", DRP_SALE_OPT_OUT},
        {"sale:opt_in", DRP_SALE_OPT_IN},
        {"sale:opt-in", DRP_SALE_OPT_IN},
    };
    struct str word;
    TRY(value_text(job, value_get(root, "exercise"), "exercise", &word));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(word, row[i].word)) {
            request->exercise = row[i].exercise;
            request->has_exercise = true;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "exercise is one of access, access:categories, access:specific, deletion, "
                "sale:opt_out, sale:opt_in");
}

static enum candor_status read_person(struct job *job, const struct value *root,
                                      struct drp_request *request)
{
    TRY(read_claim(job, root, "email", CLAIM_LEN_MAX, &request->email));
    TRY(read_claim(job, root, "phone_number", CLAIM_LEN_MAX, &request->phone));
    request->email_verified = request->email.len > 0 && is_true(root, "email_verified");
    request->phone_verified = request->phone.len > 0 && is_true(root, "phone_number_verified");
    request->address_verified =
        value_get(root, "address") != NULL && is_true(root, "address_verified");
    return request->email.len > 0 || request->phone.len > 0
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "a request names a person by email or phone_number");
}

enum candor_status drp_read(struct job *job, struct bytes content, bool with_exercise,
                            struct drp_request *request)
{
    static const struct text_limits limits = {
        .size_max = DRP_BODY_MAX, .depth_max = 8, .count_max = 1000, .text_max = 8192};
    const struct value *root = NULL;
    *request = (struct drp_request){0};
    TRY(json_read(job, content, &limits, "the message", &root));
    TRY(value_is(job, root, VALUE_MAP, "the message"));
    TRY(read_id(job, root, "agent-id", true, &request->agent_id));
    TRY(read_id(job, root, "business-id", true, &request->business_id));
    TRY(read_id(job, root, "agent-request-id", false, &request->agent_request_id));
    TRY(read_id(job, root, "drp.version", true, &request->version));
    TRY(read_time(job, root, "issued-at", &request->issued_at));
    TRY(read_time(job, root, "expires-at", &request->expires_at));
    if (!with_exercise) {
        return CANDOR_OK;
    }
    TRY(read_claim(job, root, "regime", CLAIM_LEN_MAX, &request->regime));
    TRY(read_claim(job, root, "status_callback", URL_LEN_MAX, &request->status_callback));
    TRY(read_exercise(job, root, request));
    return read_person(job, root, request);
}

enum candor_status drp_check(struct job *job, const struct drp_request *request,
                             struct str agent_id, struct str business_id, int64_t now)
{
    if (!str_equal(request->agent_id, agent_id)) {
        return fail(job, CANDOR_FORBIDDEN, "the message is another agent's");
    }
    if (!str_equal(request->business_id, business_id)) {
        return fail(job, CANDOR_FORBIDDEN, "the message is for another business");
    }
    if (request->issued_at > now) {
        return fail(job, CANDOR_REFUSED, "issued-at lies in the future: set the sender's clock");
    }
    if (request->expires_at <= now) {
        return fail(job, CANDOR_REFUSED, "the message has expired; sign it anew");
    }
    if (request->expires_at - request->issued_at > DRP_WINDOW_MAX) {
        return fail(job, CANDOR_REFUSED, "a message is valid for at most ten minutes");
    }
    return CANDOR_OK;
}
