/*
 * deletion_send.c - an erasure told on in the Data Deletion Request Framework.
 *
 * Each recall of an erasure to a recipient that is a partner queues an rqJWT, with the pseudonym under which
 * they know the subject. When a partner asked us for the deletion, their idJWT travels on unchanged; else we
 * are the first party and sign one. The acJWT that comes back settles the recall.
 */
#include "deletion.h"

#include "share.h"
#include "text.h"

static const struct partner *partner_of(const struct deletion_config *config, struct str recipient)
{
    for (size_t i = 0; config != NULL && i < config->partner_count; i++) {
        if (config->partner[i].endpoint.len > 0 &&
            str_equal(config->partner[i].recipient, recipient)) {
            return &config->partner[i];
        }
    }
    return NULL;
}

static enum candor_status write_request(struct job *job, struct candor *candor, struct txn *txn,
                                        struct subject subject, struct deletion_claims *claims,
                                        struct str *token)
{
    TRY(token_self(job, candor, claims));
    TRY(deletion_asked(job, txn, subject, &claims->inner));
    if (claims->inner.len == 0) {
        TRY(token_sign(job, candor, deletion_write(job->arena, claims), &claims->inner));
        TRY(token_self(job, candor, claims));
    }
    return token_sign(job, candor, deletion_write(job->arena, claims), token);
}

static struct bytes body_of(struct job *job, struct str token)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("rqJWT"));
    json_text(&json, token);
    json_map_end(&json);
    json_end(&json);
    return buf_all(&buf);
}

enum candor_status deletion_pass_on(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, struct str recipient,
                                    struct bytes pseudonym, const uint8_t recall[16])
{
    const struct partner *partner = partner_of(candor->deletion, recipient);
    struct str token;
    if (partner == NULL) {
        return CANDOR_OK;
    }
    struct deletion_claims claims = {
        .value = hex_of(job->arena, pseudonym), .type = partner->type, .format = STR("hex")};
    TRY(own_keys_make(job, candor, txn));
    TRY(write_request(job, candor, txn, subject, &claims, &token));
    struct outgoing message = {.kind = OUTGOING_DELETION,
                               .to = partner->domain,
                               .url = partner->endpoint,
                               .content_type = STR("application/json"),
                               .body = body_of(job, token)};
    bytes_copy(message.object, recall, sizeof message.object);
    return outgoing_queue(job, txn, &message);
}

/* ---- what comes back ----------------------------------------------------------------------- */

static enum candor_status read_answer(struct job *job, const struct candor *candor,
                                      const struct outgoing *message, struct str answer,
                                      struct acknowledgement_claims *claims)
{
    const struct partner *partner = NULL;
    enum deletion_code code;
    struct str token;
    struct str sent;
    struct jwt jwt;
    TRY(deletion_unwrap(job, answer, "acJWT", &token));
    TRY(token_believe(job, candor->deletion, token, &jwt, &partner, &code));
    TRY(deletion_read_answer(job, &jwt, claims));
    TRY(deletion_unwrap(job, (struct str){(const char *)message->body.ptr, message->body.len},
                        "rqJWT", &sent));
    if (!str_equal(partner->domain, message->to) || !str_equal(claims->request, sent)) {
        return fail(job, CANDOR_FORBIDDEN, "the acJWT answers another request");
    }
    return CANDOR_OK;
}

enum candor_status deletion_answered(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct outgoing *message, struct str answer,
                                     bool *is_taken, bool *is_refused)
{
    struct acknowledgement_claims claims;
    *is_taken = false;
    *is_refused = false;
    if (candor->deletion == NULL) {
        return CANDOR_OK;
    }
    if (read_answer(job, candor, message, answer, &claims) != CANDOR_OK) {
        job_forgive(job); /* no proof that they have it: it is sent again */
        return CANDOR_OK;
    }
    *is_taken = claims.code == DELETION_ACCEPTED;
    *is_refused = !*is_taken;
    return *is_taken ? recall_settle(job, candor, txn, message->object, claims.token_id)
                     : CANDOR_OK;
}
