/*
 * confirm.c - yeses that wait for their confirmation (double opt-in).
 *
 * The first yes is recorded as requested, with the digest of a token; the token goes to the address
 * that is to be confirmed, in a link that a person must act on: a GET shows a page, a POST acts. Only
 * who reads that address can confirm. The record of the confirmation repeats the words that were
 * shown with the first yes.
 *
 *     token   16 random bytes | 4 bytes of the subject's slot, masked     (hexadecimal)
 *
 * The slot finds the subject without a table of tokens: there is nothing beside the subject's own
 * record, which ends with them. The mask is keyed by a secret of the home and the random bytes, so
 * that the token says nothing of the subject, nor whether two are of one.
 */
#include "consenting.h"

enum { NONCE_LEN = 16, SLOT_LEN = 4 };

static enum candor_status mask_slot(struct job *job, struct candor *candor,
                                    uint8_t token[TOKEN_LEN])
{
    struct secret *key = NULL;
    uint8_t mask[TAG_LEN_MIN];
    TRY(store_home_secret(job, candor->store, "confirm_", &key));
    const struct bytes nonce = {token, NONCE_LEN};
    tag_of(mask, sizeof mask, key, &nonce, 1);
    for (size_t i = 0; i < SLOT_LEN; i++) {
        token[NONCE_LEN + i] ^= mask[i];
    }
    return CANDOR_OK;
}

enum candor_status token_make(struct job *job, struct candor *candor, struct subject subject,
                              struct str *token, struct bytes *digest)
{
    uint8_t bytes[TOKEN_LEN];
    TRY(host_random(job, bytes, NONCE_LEN));
    for (unsigned i = 0; i < SLOT_LEN; i++) {
        bytes[NONCE_LEN + i] = (uint8_t)(subject.slot >> 8 * i);
    }
    TRY(mask_slot(job, candor, bytes));
    *token = hex_of(job->arena, (struct bytes){bytes, sizeof bytes});
    const struct digest hash = token_digest(bytes_of(*token));
    *digest = bytes_copy_of(job->arena, (struct bytes){hash.byte, sizeof hash.byte});
    return CANDOR_OK;
}

static enum candor_status unknown_token(struct job *job)
{
    job_forgive(job);
    return fail(job, CANDOR_NOT_FOUND, "nothing waits for this confirmation");
}

static enum candor_status token_subject(struct job *job, struct candor *candor, struct txn *txn,
                                        struct str token, struct subject *subject)
{
    uint8_t bytes[TOKEN_LEN];
    uint32_t slot = 0;
    if (!hex_read(token, bytes, sizeof bytes)) {
        return unknown_token(job);
    }
    TRY(mask_slot(job, candor, bytes));
    for (unsigned i = 0; i < SLOT_LEN; i++) {
        slot |= (uint32_t)bytes[NONCE_LEN + i] << 8 * i;
    }
    const enum candor_status status = store_subject_at(job, txn, slot, subject);
    return status == CANDOR_NOT_FOUND ? unknown_token(job) : status;
}

static bool has_token(const struct consent_record *record, struct digest digest)
{
    struct digest own;
    if (record->token.len != sizeof own.byte) {
        return false;
    }
    bytes_copy(own.byte, record->token.ptr, sizeof own.byte);
    return digest_equal_secret(own, digest);
}

/* The request, and the confirmation if it was confirmed before. */
static void find_request(const struct consent_record *record, size_t count, struct digest digest,
                         const struct consent_record **request, const struct consent_record **given)
{
    for (size_t i = 0; i < count; i++) {
        if (has_token(&record[i], digest)) {
            *(record[i].decision == CONSENT_REQUESTED ? request : given) = &record[i];
        }
    }
}

/* A no to the same, said after the request, ends the wait. */
static bool said_no_since(const struct consent_record *record, size_t count,
                          const struct consent_record *request)
{
    for (size_t i = 0; i < count; i++) {
        const struct consent_record *no = &record[i];
        if (consent_is_no(no->decision) && !consent_is_lever(no->decision) &&
            no->number > request->number &&
            (no->purpose == EVERY || no->purpose == request->purpose) &&
            (no->channel == EVERY || request->channel == EVERY ||
             no->channel == request->channel) &&
            (no->recipient == OURSELVES || no->recipient == request->recipient)) {
            return true;
        }
    }
    return false;
}

static void put_answer(struct job *job, const struct candor *candor,
                       const struct consent_record *record, bool is_new, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    consent_members(job, &answer.json, candor, record);
    json_key(&answer.json, LIT("confirmed"));
    json_bool(&answer.json, true);
    json_key(&answer.json, LIT("confirmed_before"));
    json_bool(&answer.json, !is_new);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

static enum candor_status confirm(struct job *job, struct candor *candor, struct str token,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct consent_record *record = NULL;
    size_t count = 0;
    const struct consent_record *request = NULL;
    const struct consent_record *given = NULL;
    TRY(caller_may_own(job, candor, ACT_CONSENT));
    TRY(home_begin(job, candor, &txn));
    TRY(token_subject(job, candor, txn, token, &subject));
    TRY(caller_is_about(job, candor, &subject));
    TRY(store_consents(job, txn, subject, &record, &count));
    find_request(record, count, token_digest(bytes_of(token)), &request, &given);
    if (request == NULL) {
        return unknown_token(job);
    }
    if (said_no_since(record, count, request)) {
        return fail(job, CANDOR_REFUSED, "they said no after they were asked to confirm");
    }
    if (given != NULL) {
        put_answer(job, candor, given, false, report);
        return CANDOR_OK;
    }
    if (job->now >= request->until) {
        return fail(job, CANDOR_REFUSED, "the confirmation came too late; ask once more");
    }
    struct consent_record confirmed = *request;
    confirmed.decision = CONSENT_GIVEN;
    confirmed.time = job->now;
    confirmed.recorded = job->now;
    confirmed.until = 0;
    confirmed.number = 0;
    confirmed.payload = (struct bytes){NULL, 0};
    const int64_t end = consent_end(&candor->inventory->purpose[confirmed.purpose], &confirmed);
    confirmed.until = end == INT64_MAX ? 0 : end;
    TRY(consent_commit(job, candor, txn, subject, &confirmed));
    put_answer(job, candor, &confirmed, true, report);
    return CANDOR_OK;
}

enum candor_status candor_consent_confirm(struct job *job, struct candor *candor, const char *token,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = confirm(job, candor, str_of(token), report);
    home_leave(candor);
    return status;
}
