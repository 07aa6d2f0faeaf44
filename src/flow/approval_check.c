/*
 * approval_check.c - bytes and their approval, checked with the verifier key alone: no home, no network.
 *
 *     1  the signature is the key's over the payload
 *     2  the statement is about exactly these bytes
 *     3  it says that they are approved, by whom, and none of them wrote it
 *     4  at high risk two of them sit on the board
 *     5  what blocked in the scan has a written reason
 *     6  a mark that is needed is in the bytes
 *     7  a C2PA manifest, if there is one, holds
 *     8  it is issued, and its time is not over
 *
 * The signature alone would do, if the home that signed was not broken into; the others hold also
 * against a home that signs what it should not.
 */
#include "contents.h"
#include "manifest.h"

struct approval {
    const struct value *envelope;
    const struct value *statement;
    const struct value *predicate;
    struct str payload;
    struct str origin;
    uint8_t public_key[PUBLIC_KEY_LEN];
};

/* ---- the checks ---------------------------------------------------------------------------- */

static bool base64_any(struct job *job, struct str text, struct bytes *bytes)
{
    return base64_read(job->arena, text, bytes) || base64url_read(job->arena, text, bytes);
}

static bool signature_is_good(struct job *job, const struct approval *approval)
{
    const struct value *list = value_get(approval->envelope, "signatures");
    const struct bytes said = approval_signed_bytes(
        job, value_text_at(approval->envelope, "payloadType"), approval->payload);
    for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->count; i++) {
        struct bytes bytes;
        if (base64_any(job, value_text_at(&list->item[i], "sig"), &bytes) &&
            bytes.len == SIGNATURE_LEN && signature_holds(approval->public_key, said, bytes.ptr)) {
            return true; /* the key's name is a hint that is not signed: it decides nothing */
        }
    }
    return false;
}

static bool is_about(const struct approval *approval, struct str text)
{
    const struct value *subject = value_get(approval->statement, "subject");
    const struct digest digest = digest_of_bytes(bytes_of(text));
    uint8_t named[32];
    return subject != NULL && subject->kind == VALUE_LIST && subject->count == 1 &&
           hex_read(value_text_at(value_get(&subject->item[0], "digest"), "sha256"), named,
                    sizeof named) &&
           bytes_same(named, digest.byte, sizeof named);
}

static bool stands_among(const struct value *list, struct str name)
{
    for (size_t i = 0; list != NULL && list->kind == VALUE_LIST && i < list->count; i++) {
        if (list->item[i].kind == VALUE_TEXT && str_equal(list->item[i].text, name)) {
            return true;
        }
    }
    return false;
}

/* How many different people approved it, all or members of the board only; 0 when one of them wrote it. */
static size_t count_reviewers(const struct approval *approval, bool of_board)
{
    const struct value *list = value_get(approval->predicate, "reviewers");
    const struct value *authors = value_get(approval->predicate, "authors");
    size_t count = 0;
    if (list == NULL || list->kind != VALUE_LIST || authors == NULL ||
        authors->kind != VALUE_LIST || authors->count == 0) {
        return 0;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct str name = value_text_at(&list->item[i], "name");
        const struct value *board = value_get(&list->item[i], "board");
        bool is_new = name.len > 0;
        if (stands_among(authors, name)) {
            return 0;
        }
        for (size_t k = 0; k < i; k++) {
            is_new = is_new && !str_equal(value_text_at(&list->item[k], "name"), name);
        }
        const bool sits = board != NULL && board->kind == VALUE_BOOL && board->boolean;
        count += is_new && (sits || !of_board);
    }
    return count;
}

static bool enough_for_risk(const struct approval *approval)
{
    const struct str risk = value_text_at(approval->predicate, "risk");
    return str_is(risk, board_risk_name(BOARD_ORDINARY)) ||
           (str_is(risk, board_risk_name(BOARD_HIGH)) &&
            count_reviewers(approval, true) >= BOARD_CONTENT_REVIEWERS);
}

static bool is_answered(const struct approval *approval)
{
    const struct value *scan = value_get(approval->predicate, "scan");
    const struct value *blocking = value_get(scan, "blocking");
    const bool is_clean = blocking != NULL && blocking->kind == VALUE_NUMBER &&
                          blocking->is_integer && blocking->integer == 0;
    return is_clean ||
           (value_text_at(scan, "override").len > 0 &&
            str_is(value_text_at(approval->predicate, "risk"), board_risk_name(BOARD_HIGH)));
}

static bool is_marked(const struct approval *approval, struct str text)
{
    enum mark_media media = MARK_TEXT;
    enum mark_source source = MARK_HUMAN;
    return mark_media_read(value_text_at(approval->predicate, "media"), &media) &&
           mark_source_read(value_text_at(value_get(approval->predicate, "origin"), "source"),
                            &source) &&
           mark_holds(text, media, source);
}

static bool is_in_time(struct job *job, const struct approval *approval)
{
    int64_t issued = 0;
    int64_t until = 0;
    return str_to_time(value_text_at(approval->predicate, "issued"), &issued) &&
           str_to_time(value_text_at(approval->predicate, "validUntil"), &until) &&
           job->now >= issued && job->now < until;
}

static bool is_approved(const struct approval *approval)
{
    return str_is(value_text_at(approval->statement, "_type"), APPROVAL_STATEMENT) &&
           str_is(value_text_at(approval->statement, "predicateType"), APPROVAL_PREDICATE) &&
           str_is(value_text_at(approval->predicate, "decision"), "approved") &&
           str_equal(value_text_at(approval->predicate, "home"), approval->origin) &&
           count_reviewers(approval, false) > 0;
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum candor_status no_approval(struct job *job, const char *why)
{
    job_forgive(job);
    return fail(job, CANDOR_BAD_INPUT, "this is no approval: %s", why);
}

static enum candor_status read_envelope(struct job *job, struct bytes bytes,
                                        struct approval *approval)
{
    const struct text_limits limits = {.size_max = APPROVAL_LEN_MAX, .depth_max = 16};
    struct bytes payload;
    TRY(json_read(job, bytes, &limits, "the approval", &approval->envelope));
    if (approval->envelope->kind != VALUE_MAP ||
        !str_is(value_text_at(approval->envelope, "payloadType"), APPROVAL_PAYLOAD)) {
        return no_approval(job, "it is no DSSE envelope of an in-toto statement");
    }
    if (!base64_any(job, value_text_at(approval->envelope, "payload"), &payload)) {
        return no_approval(job, "its payload is not base64");
    }
    approval->payload = (struct str){(const char *)payload.ptr, payload.len};
    TRY(json_read(job, payload, &limits, "the statement", &approval->statement));
    approval->predicate = value_get(approval->statement, "predicate");
    return approval->predicate != NULL && approval->predicate->kind == VALUE_MAP
               ? CANDOR_OK
               : no_approval(job, "its statement has no predicate");
}

static void put_report(struct job *job, const struct approval *approval, const struct check *check,
                       size_t count, bool sound, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("sound"));
    json_bool(&answer.json, sound);
    put_text(&answer.json, LIT("home"), approval->origin);
    /* What a payload says that nobody signed is not repeated. */
    put_text_or_null(&answer.json, LIT("content"),
                     sound ? value_text_at(approval->predicate, "content") : STR(""));
    put_text_or_null(&answer.json, LIT("valid_until"),
                     sound ? value_text_at(approval->predicate, "validUntil") : STR(""));
    put_checks(&answer.json, check, count);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

enum candor_status candor_approval_verify(struct job *job, const char *bytes, size_t len,
                                          const char *envelope, size_t envelope_len,
                                          const char *key, bool *sound, struct candor_text *report)
{
    struct approval *approval = NEW(job->arena, struct approval);
    const struct str text = {bytes, len};
    TRY(crypto_start(job));
    TRY(during(
        job, verifier_key_read(job, str_trim(str_of(key)), &approval->origin, approval->public_key),
        "the verifier key"));
    TRY(read_envelope(job, (struct bytes){(const uint8_t *)envelope, envelope_len}, approval));
    const struct check check[] = {
        {LIT("signature"), LIT("no signature of the key holds over the statement"),
         signature_is_good(job, approval)},
        {LIT("bytes"), LIT("the approval is about other bytes"), is_about(approval, text)},
        {LIT("approved"), LIT("it does not say that others than its authors approved it"),
         is_approved(approval)},
        {LIT("reviewers"), LIT("at high risk two members of the board have to approve"),
         enough_for_risk(approval)},
        {LIT("findings"), LIT("what blocked in the scan has no written reason"),
         is_answered(approval)},
        {LIT("mark"), LIT("the mark that a machine wrote it is missing"),
         is_marked(approval, text)},
        {LIT("manifest"),
         LIT("its C2PA manifest does not hold: candor verify without --key says why"),
         manifest_is_fine(job, text)},
        {LIT("time"), LIT("its time is over, or has not come"), is_in_time(job, approval)},
    };
    const size_t count = sizeof check / sizeof check[0];
    *sound = true;
    for (size_t i = 0; i < count; i++) {
        *sound = *sound && check[i].holds;
    }
    put_report(job, approval, check, count, *sound, report);
    return CANDOR_OK;
}
