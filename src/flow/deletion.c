/*
 * deletion.c - a recipient's side of the Data Deletion Request Framework over the register of requests.
 *
 *     body ▶ rqJWT, signed by a requester ▶ idJWT, signed by the first party ▶ a rights request
 *
 * Looked at in this order: both tokens' form and signatures, then what they claim, then their time, then
 * whether they came before. An rqJWT is taken once. An idJWT that comes again, by another way through the
 * chain, is acknowledged and opens no second request. The answer is an acJWT of ours in any case.
 *
 * The first party has made sure who asks: that is what the framework says of it. The identifier is e-mail
 * or identifier, raw: people are found by keyed hashes of our own.
 *
 *     document "deletion", by the subject's random id: the idJWT, for those whom we tell in turn
 */
#include "deletion.h"

#include "request.h"

#define ASKED_KIND LIT("deletion")

/* What a body turned out to be. */
struct asking {
    struct str token; /* the rqJWT as it came; empty: there is none */
    struct deletion_claims request;
    struct deletion_claims identity;
    enum deletion_code code;
};

static enum candor_status must_be_set_up(struct job *job, const struct candor *candor)
{
    return candor->deletion != NULL
               ? CANDOR_OK
               : fail(job, CANDOR_NOT_FOUND,
                      "candor.yaml has no 'rights: deletion'; see docs/rights.md");
}

/* ---- discovery ----------------------------------------------------------------------------- */

static void put_identifier(struct json *json, uint64_t id, struct lit type)
{
    json_map_begin(json);
    json_key(json, LIT("id"));
    json_u64(json, id);
    json_key(json, LIT("type"));
    json_lit(json, type);
    json_key(json, LIT("format"));
    json_lit(json, LIT("raw"));
    json_map_end(json);
}

static enum candor_status put_key(struct job *job, const struct candor *candor, struct str id,
                                  struct json *json)
{
    struct webkey_signer *signer = NULL;
    uint8_t x[WEBKEY_COORDINATE_LEN];
    uint8_t y[WEBKEY_COORDINATE_LEN];
    TRY(own_key(job, candor, id, &signer));
    webkey_public(signer, x, y);
    json_map_begin(json);
    json_key(json, LIT("kty"));
    json_lit(json, LIT("EC"));
    json_key(json, LIT("crv"));
    json_lit(json, LIT("P-256"));
    json_key(json, LIT("alg"));
    json_lit(json, LIT("ES256"));
    json_key(json, LIT("use"));
    json_lit(json, LIT("sig"));
    json_key(json, LIT("kid"));
    json_text(json, id);
    json_key(json, LIT("x"));
    json_text(json, base64url_of(job->arena, (struct bytes){x, sizeof x}));
    json_key(json, LIT("y"));
    json_text(json, base64url_of(job->arena, (struct bytes){y, sizeof y}));
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status discover(struct job *job, struct candor *candor,
                                   struct candor_text *report)
{
    struct answer answer;
    struct json *json = &answer.json;
    TRY(must_be_set_up(job, candor));
    TRY(own_keys_make(job, candor, NULL));
    answer_begin(job, &answer);
    json_map_begin(json);
    json_key(json, LIT("endpoint"));
    json_text(json, candor->deletion->endpoint);
    json_key(json, LIT("identifiers"));
    json_list_begin(json);
    put_identifier(json, 1, LIT("email"));
    put_identifier(json, 2, LIT("identifier"));
    json_list_end(json);
    json_key(json, LIT("publicKey"));
    json_list_begin(json);
    for (size_t i = 0; i < candor->deletion->key_count; i++) {
        TRY(put_key(job, candor, candor->deletion->key_id[i], json));
    }
    json_list_end(json);
    json_key(json, LIT("vendorScriptRequirement"));
    json_bool(json, false);
    json_map_end(json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_deletion_discovery(struct job *job, struct candor *candor,
                                             struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = discover(job, candor, report);
    home_leave(candor);
    return status;
}

/* ---- believing ----------------------------------------------------------------------------- */

static enum candor_status read_tokens(struct job *job, const struct candor *candor,
                                      struct asking *asking)
{
    const struct deletion_config *config = candor->deletion;
    const struct partner *requester = NULL;
    const struct partner *first_party = NULL;
    struct jwt outer;
    struct jwt inner;
    TRY(token_believe(job, config, asking->token, &outer, &requester, &asking->code));
    asking->code = DELETION_MALFORMED;
    TRY(deletion_read(job, &outer, true, &asking->request));
    TRY(during(
        job, token_believe(job, config, asking->request.inner, &inner, &first_party, &asking->code),
        "idJWT"));
    asking->code = DELETION_MALFORMED;
    TRY(during(job, deletion_read(job, &inner, false, &asking->identity), "idJWT"));
    TRY(deletion_check(job, &outer, &asking->request, config->domain, DELETION_REQUEST_AGE_MAX,
                       job->now, &asking->code));
    return during(job,
                  deletion_check(job, &inner, &asking->identity, config->domain,
                                 DELETION_IDENTITY_AGE_MAX, job->now, &asking->code),
                  "idJWT");
}

static enum candor_status check_identifier(struct job *job, struct asking *asking)
{
    const struct deletion_claims *request = &asking->request;
    asking->code = DELETION_UNKNOWN_TYPE;
    if (!str_is(request->type, "email") && !str_is(request->type, "identifier")) {
        return fail(job, CANDOR_BAD_INPUT, "identifierType is email or identifier");
    }
    asking->code = DELETION_BAD_FORMAT;
    if (!str_is(request->format, "raw")) {
        return fail(job, CANDOR_BAD_INPUT,
                    "identifierFormat is raw: people are found by keyed hashes of our own");
    }
    return CANDOR_OK;
}

/* A name of a token in the store: jti is its issuer's choice. */
static struct str seen_name(struct job *job, const char *kind, const struct deletion_claims *claims)
{
    const struct bytes part[] = {bytes_of(str_of(kind)), bytes_of(STR("\n")),
                                 bytes_of(claims->issuer), bytes_of(STR("\n")),
                                 bytes_of(claims->token_id)};
    const struct digest digest = digest_of(part, 5);
    return hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
}

static enum candor_status take_once(struct job *job, struct txn *txn, struct asking *asking,
                                    bool *is_known)
{
    const struct lit kind = LIT("deletion_seen");
    asking->code = DELETION_BAD_TOKEN;
    TRY(seen_once(job, txn, kind, seen_name(job, "rq", &asking->request),
                  asking->request.issued + DELETION_REQUEST_AGE_MAX + DELETION_CLOCK_SKEW));
    const enum candor_status status =
        seen_once(job, txn, kind, seen_name(job, "id", &asking->identity),
                  asking->identity.issued + DELETION_IDENTITY_AGE_MAX + DELETION_CLOCK_SKEW);
    *is_known = status == CANDOR_REFUSED;
    if (*is_known) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

/* ---- the request --------------------------------------------------------------------------- */

static enum candor_status open_request(struct job *job, struct candor *candor, struct txn *txn,
                                       const struct asking *asking)
{
    struct request request = {0};
    const struct candor_request_ask ask = {
        .source = "ddrf",
        .right = right_name(RIGHT_ERASURE),
        .identifier = str_z(job->arena, asking->request.value),
        /* Whose token it was can be found by its digest, which has a length that always fits. */
        .reference = str_z(job->arena, seen_name(job, "id", &asking->identity)),
    };
    TRY(request_open_within(job, candor, txn, &ask, PROOF_STRONG, &request));
    return request.has_subject
               ? store_put_document(job, txn, ASKED_KIND,
                                    hex_of(job->arena, (struct bytes){request.subject.id,
                                                                      sizeof request.subject.id}),
                                    bytes_of(asking->request.inner))
               : CANDOR_OK;
}

static enum candor_status receive(struct job *job, struct candor *candor, const char *body,
                                  struct asking *asking)
{
    struct txn *txn = NULL;
    bool is_known = false;
    uint64_t index = 0;
    asking->code = DELETION_MALFORMED;
    TRY(deletion_unwrap(job, str_of(body), "rqJWT", &asking->token));
    TRY(read_tokens(job, candor, asking));
    TRY(check_identifier(job, asking));
    TRY(home_begin(job, candor, &txn));
    TRY(take_once(job, txn, asking, &is_known));
    asking->code = DELETION_MALFORMED;
    if (is_known) { /* that it came by another way is on the ledger too */
        const struct account account = {.action = LEDGER_REQUEST, .outcome = OUTCOME_ALLOW};
        TRY(home_account(job, candor, txn, &account, &index, NULL));
    } else {
        TRY(open_request(job, candor, txn, asking));
    }
    TRY(home_commit(job, candor, txn));
    asking->code = DELETION_ACCEPTED;
    return CANDOR_OK;
}

/* The acJWT, whatever came of it. What was no token is not sent back. */
static enum candor_status acknowledge(struct job *job, const struct candor *candor,
                                      const struct asking *asking, struct str why,
                                      struct candor_text *report)
{
    struct deletion_claims self = {0};
    struct answer answer;
    struct jwt jwt;
    struct str token;
    struct str echo = asking->token;
    if (jwt_read(job, echo, &jwt) != CANDOR_OK) {
        job_forgive(job);
        echo = STR("");
    }
    TRY(token_self(job, candor, &self));
    TRY(token_sign(job, candor, deletion_write_answer(job->arena, &self, echo, asking->code, why),
                   &token));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("acJWT"));
    json_text(&answer.json, token);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status answer_to(struct job *job, struct candor *candor, const char *body,
                                    struct candor_text *report)
{
    struct asking asking = {0};
    TRY(must_be_set_up(job, candor));
    TRY(own_keys_make(job, candor, NULL));
    const enum candor_status status = receive(job, candor, body, &asking);
    if (status == CANDOR_OK) {
        return acknowledge(job, candor, &asking, STR("received"), report);
    }
    if (status == CANDOR_IO || status == CANDOR_CORRUPT || status == CANDOR_NO_MEMORY ||
        status == CANDOR_BUSY) {
        return status; /* it is not the token's fault: they come again */
    }
    const struct str why = str_copy(job->arena, str_of(candor_job_message(job)));
    job_forgive(job);
    TRY(acknowledge(job, candor, &asking, why, report));
    return fail(job, status, "%.*s", STR_ARG(why));
}

enum candor_status candor_deletion_request(struct job *job, struct candor *candor, const char *body,
                                           struct candor_text *report)
{
    *report = (struct candor_text){NULL, 0};
    home_enter(candor);
    const enum candor_status status = answer_to(job, candor, body, report);
    home_leave(candor);
    return status;
}

/* ---- telling on ---------------------------------------------------------------------------- */

enum candor_status deletion_asked(struct job *job, struct txn *txn, struct subject subject,
                                  struct str *id_token)
{
    struct bytes bytes;
    struct jwt jwt;
    struct deletion_claims claims;
    *id_token = STR("");
    const enum candor_status status =
        store_document(job, txn, ASKED_KIND,
                       hex_of(job->arena, (struct bytes){subject.id, sizeof subject.id}), &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    const struct str token = {(const char *)bytes.ptr, bytes.len};
    TRY(jwt_read(job, token, &jwt));
    TRY(deletion_read(job, &jwt, false, &claims));
    if (claims.issued >= job->now - DELETION_IDENTITY_AGE_MAX) {
        *id_token = token;
    }
    return CANDOR_OK;
}

enum candor_status deletion_forget(struct job *job, struct txn *txn, struct subject subject)
{
    const enum candor_status status = store_remove_document(
        job, txn, ASKED_KIND, hex_of(job->arena, (struct bytes){subject.id, sizeof subject.id}));
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}
