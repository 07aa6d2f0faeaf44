/*
 * receiptcheck.c - a receipt checked with the verifier key alone: no home, no network.
 *
 *     1  the signature is the ledger key's over all that the file says
 *     2  the payload and the salt open the commitment in the leaf
 *     3  the leaf is in the ledger that the signed checkpoint closes
 *     4  the leaf's action is the payload's decision
 *     5  what the file shows is what the payload says
 *
 * All five are said, so that who finds one wrong sees which. docs/receipts.md is written for those who
 * check without this file.
 */
#include "consenting.h"

struct checking {
    const struct value *document;
    struct str origin;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct bytes leaf;
    struct bytes payload;
    struct ledger_leaf entry;
    struct consent_names names;
    struct consent_record record;
};

/* ---- the five checks ----------------------------------------------------------------------- */

static bool signature_is_good(struct job *job, const struct checking *checking)
{
    struct str line = value_text_at(checking->document, "signature");
    const struct str name = str_cut(&line, ' ');
    struct bytes bytes;
    uint8_t id[4];
    note_key_id(id, checking->origin, NOTE_ED25519, checking->public_key);
    return line.ptr != NULL && str_equal(name, checking->origin) &&
           base64_read(job->arena, line, &bytes) && bytes.len == sizeof id + SIGNATURE_LEN &&
           bytes_same(bytes.ptr, id, sizeof id) &&
           signature_holds(checking->public_key, receipt_signed_bytes(job, checking->document),
                           bytes.ptr + sizeof id);
}

static bool commitment_opens(const struct checking *checking, const struct value *evidence)
{
    uint8_t salt[32];
    if (!hex_read(value_text_at(evidence, "salt"), salt, sizeof salt) ||
        !checking->entry.has_commitment) {
        return false;
    }
    const struct digest commitment = commitment_of(salt, checking->payload);
    return bytes_same(commitment.byte, checking->entry.commitment, sizeof commitment.byte);
}

static bool is_included(struct job *job, const struct checking *checking,
                        const struct value *evidence)
{
    const enum candor_status status =
        proof_file_verify(job, value_text_at(evidence, "proof"), checking->leaf, checking->origin,
                          checking->public_key);
    job_forgive(job);
    return status == CANDOR_OK;
}

static bool same_time(struct job *job, struct str shown, int64_t time)
{
    return time > 0 ? str_equal(shown, str_from_time(job->arena, time)) : shown.len == 0;
}

/* The leaf's name of an action says the decision: "consent.given", "object", "restrict". */
static bool action_fits(const struct checking *checking)
{
    const struct str action = str_of(ledger_action_name(checking->entry.action));
    const struct str decision = str_of(consent_decision_name(checking->record.decision));
    switch (checking->record.decision) {
    case CONSENT_OBJECTED:
        return str_is(action, "object");
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
        return str_is(action, "restrict");
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
        return str_is(action, ledger_action_name(LEDGER_AUTOMATION));
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
        return str_is(action, ledger_action_name(LEDGER_LIMIT));
    case CONSENT_GIVEN:
    case CONSENT_REFUSED:
    case CONSENT_WITHDRAWN:
    case CONSENT_REQUESTED:
    case CONSENT_DEFERRED:
    case CONSENT_REVOKED:
    case CONSENT_INVALIDATED:
        break;
    }
    return str_starts(action, STR("consent.")) &&
           str_equal(str_slice(action, sizeof "consent." - 1, action.len), decision);
}

static bool shows_payload(struct job *job, const struct checking *checking)
{
    const struct consent_record *record = &checking->record;
    const struct value *notice = value_get(checking->document, "notice");
    const struct value *processing = value_get(checking->document, "processing");
    const struct value *event = value_get(checking->document, "event");
    const struct str purpose = checking->names.purpose.len > 0 ? checking->names.purpose : STR("*");
    return str_equal(value_text_at(processing, "purpose"), purpose) &&
           str_equal(value_text_at(processing, "channel"), checking->names.channel) &&
           str_equal(value_text_at(processing, "recipient"), checking->names.recipient) &&
           str_equal(value_text_at(processing, "collection_method"), record->surface) &&
           str_equal(value_text_at(notice, "text"), record->wording) &&
           str_equal(value_text_at(notice, "version"), record->wording_version) &&
           str_equal(value_text_at(notice, "language"), record->language) &&
           str_equal(value_text_at(notice, "ui_evidence"), record->ui_evidence) &&
           str_is(value_text_at(event, "state"), consent_decision_name(record->decision)) &&
           str_is(value_text_at(event, "entity"), consent_actor_name(record->actor)) &&
           str_equal(value_text_at(event, "proof"), record->proof) &&
           same_time(job, value_text_at(event, "time"), record->time) &&
           same_time(job, value_text_at(event, "recorded"), record->recorded) &&
           same_time(job, value_text_at(event, "valid_until"), record->until);
}

/* ---- the whole ----------------------------------------------------------------------------- */

static enum candor_status no_receipt(struct job *job, const char *why)
{
    job_forgive(job);
    return fail(job, CANDOR_BAD_INPUT, "this is no consent receipt of version 1: %s", why);
}

static enum candor_status read_evidence(struct job *job, const struct value *evidence,
                                        struct checking *checking)
{
    if (evidence == NULL || evidence->kind != VALUE_MAP) {
        return no_receipt(job, "it has no evidence");
    }
    if (!base64_read(job->arena, value_text_at(evidence, "leaf"), &checking->leaf) ||
        leaf_read(job, checking->leaf, &checking->entry) != CANDOR_OK) {
        return no_receipt(job, "its leaf cannot be read");
    }
    if (!base64_read(job->arena, value_text_at(evidence, "payload"), &checking->payload) ||
        consent_payload_read(job, checking->payload, &checking->names, &checking->record) !=
            CANDOR_OK) {
        return no_receipt(job, "its payload cannot be read");
    }
    return CANDOR_OK;
}

static enum candor_status read_document(struct job *job, struct bytes bytes,
                                        struct checking *checking)
{
    const struct text_limits limits = {.size_max = RECEIPT_LEN_MAX, .depth_max = 16};
    TRY(json_read(job, bytes, &limits, "the receipt", &checking->document));
    if (checking->document->kind != VALUE_MAP ||
        !str_is(value_text_at(checking->document, "format"), RECEIPT_FORMAT)) {
        return no_receipt(job, "its format is another");
    }
    return read_evidence(job, value_get(checking->document, "evidence"), checking);
}

static void put_report(struct job *job, const struct checking *checking, const struct check *check,
                       size_t count, bool sound, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("sound"));
    json_bool(&answer.json, sound);
    json_key(&answer.json, LIT("origin"));
    json_text(&answer.json, checking->origin);
    json_key(&answer.json, LIT("ledger_time"));
    json_text(&answer.json, str_from_time(job->arena, checking->entry.time));
    json_key(&answer.json, LIT("decision"));
    json_text(&answer.json, str_of(consent_decision_name(checking->record.decision)));
    json_key(&answer.json, LIT("purpose"));
    json_text(&answer.json, checking->names.purpose.len > 0 ? checking->names.purpose : STR("*"));
    put_checks(&answer.json, check, count);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

enum candor_status candor_receipt_verify(struct job *job, const char *receipt, size_t receipt_len,
                                         const char *key, bool *sound, struct candor_text *report)
{
    struct checking *checking = NEW(job->arena, struct checking);
    TRY(crypto_start(job));
    TRY(during(
        job, verifier_key_read(job, str_trim(str_of(key)), &checking->origin, checking->public_key),
        "the verifier key"));
    TRY(read_document(job, (struct bytes){(const uint8_t *)receipt, receipt_len}, checking));
    const struct value *evidence = value_get(checking->document, "evidence");
    const struct check check[] = {
        {LIT("signature"), LIT("the signature is not this ledger's over what the file says"),
         signature_is_good(job, checking)},
        {LIT("commitment"), LIT("payload and salt do not open the ledger's commitment"),
         commitment_opens(checking, evidence)},
        {LIT("inclusion"), LIT("the proof does not show the entry in this ledger"),
         is_included(job, checking, evidence)},
        {LIT("action"), LIT("the ledger's entry is about another decision"), action_fits(checking)},
        {LIT("shown"), LIT("the file shows something else than was recorded"),
         shows_payload(job, checking)},
    };
    const size_t count = sizeof check / sizeof check[0];
    *sound = true;
    for (size_t i = 0; i < count; i++) {
        *sound = *sound && check[i].holds;
    }
    put_report(job, checking, check, count, *sound, report);
    return CANDOR_OK;
}
