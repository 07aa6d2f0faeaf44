/*
 * drp.c - a server of the Data Rights Protocol 1.0 over the register of requests.
 *
 *     agent ── signed set-up ──▶ token       (document "drp_token": digest of the token ▶ agent)
 *     agent ── token + signed request ──▶ request   (document "drp_seen": messages until they expire)
 *
 * A message is looked at in the order of the specification's section 3.07: signature, agent,
 * business, issued, expires. One that was taken is not taken again. Verified claims of the agent are
 * proof of who asks: an address is contact, two are a match. What the right needs beyond that, people
 * ask for; the status says so.
 */
#include "callback.h"
#include "deletion.h"
#include "exchange.h"
#include "request.h"

enum { TOKEN_BYTES = 24 };

/* ---- agents -------------------------------------------------------------------------------- */

const struct drp_agent *drp_agent_find(const struct candor *candor, struct str id)
{
    for (size_t i = 0; i < candor->agent_count; i++) {
        if (str_equal(candor->agent[i].id, id)) {
            return &candor->agent[i];
        }
    }
    return NULL;
}

/* One sentence for all that is wrong: who has no key learns nothing. */
static enum candor_status forbid(struct job *job)
{
    return fail(job, CANDOR_FORBIDDEN,
                "the token or signature is not that of an agent in candor.yaml (rights: agents)");
}

static struct str token_name(struct job *job, const char *token)
{
    const struct digest digest = token_digest(bytes_of(str_of(token)));
    return hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
}

/* The agent whose token it is. */
static enum candor_status agent_of_token(struct job *job, const struct candor *candor,
                                         struct txn *txn, const char *token,
                                         const struct drp_agent **agent)
{
    struct bytes id;
    if (token == NULL || token[0] == '\0') {
        return forbid(job);
    }
    const enum candor_status status =
        store_document(job, txn, LIT("drp_token"), token_name(job, token), &id);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return forbid(job);
    }
    TRY(status);
    *agent = drp_agent_find(candor, (struct str){(const char *)id.ptr, id.len});
    return *agent == NULL ? forbid(job) : CANDOR_OK;
}

/* Open a body that this agent signed. */
static enum candor_status open_signed(struct job *job, const struct drp_agent *agent,
                                      const char *body, struct drp_message *message)
{
    if (!drp_open(job->arena, str_of(body), message)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "the body is base64 of an Ed25519 signature and the JSON that it signs");
    }
    return signature_holds(agent->public_key, message->content, message->signature) ? CANDOR_OK
                                                                                    : forbid(job);
}

/* ---- messages are taken once --------------------------------------------------------------- */

static enum candor_status take_once(struct job *job, struct txn *txn,
                                    const struct drp_message *message, int64_t expires)
{
    const struct digest digest = digest_of_bytes(message->content);
    const struct str name = hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
    return seen_once(job, txn, LIT("drp_seen"), name, expires);
}

static enum candor_status read_signed(struct job *job, const struct candor *candor, struct txn *txn,
                                      const struct drp_agent *agent, const char *body,
                                      struct drp_request *request)
{
    struct drp_message message;
    TRY(open_signed(job, agent, body, &message));
    TRY(drp_read(job, message.content, request->has_exercise, request));
    TRY(drp_check(job, request, agent->id, candor->business_id, job->now));
    return take_once(job, txn, &message, request->expires_at);
}

/* ---- the set-up of a token ----------------------------------------------------------------- */

static enum candor_status set_up(struct job *job, struct candor *candor, const char *agent_id,
                                 const char *body, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct drp_request request = {.has_exercise = false};
    uint8_t random[TOKEN_BYTES];
    uint64_t index = 0;
    const struct drp_agent *agent = drp_agent_find(candor, str_of(agent_id));
    if (agent == NULL) {
        return forbid(job);
    }
    TRY(home_begin(job, candor, &txn));
    TRY(read_signed(job, candor, txn, agent, body, &request));
    TRY(host_random(job, random, sizeof random));
    const struct str token = hex_of(job->arena, (struct bytes){random, sizeof random});
    TRY(store_put_document(job, txn, LIT("drp_token"), token_name(job, str_z(job->arena, token)),
                           bytes_of(agent->id)));
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("agent-id"));
    json_text(&answer.json, agent->id);
    json_key(&answer.json, LIT("token"));
    json_text(&answer.json, token);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_drp_agent(struct job *job, struct candor *candor, const char *agent,
                                    const char *body, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = set_up(job, candor, agent, body, report);
    home_leave(candor);
    return status;
}

static enum candor_status check_agent(struct job *job, struct candor *candor, const char *agent_id,
                                      const char *token)
{
    struct txn *txn = NULL;
    const struct drp_agent *agent = NULL;
    TRY(home_begin(job, candor, &txn));
    TRY(agent_of_token(job, candor, txn, token, &agent));
    return str_is(agent->id, agent_id) ? CANDOR_OK : forbid(job);
}

enum candor_status candor_drp_agent_check(struct job *job, struct candor *candor, const char *agent,
                                          const char *token, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = check_agent(job, candor, agent, token);
    home_leave(candor);
    *report = (struct candor_text){"{}", 2};
    return status;
}

/* ---- exercise ------------------------------------------------------------------------------ */

static const char *right_of(enum drp_exercise exercise)
{
    switch (exercise) {
    case DRP_ACCESS:
        return right_name(RIGHT_ACCESS);
    case DRP_DELETION:
        return right_name(RIGHT_ERASURE);
    case DRP_SALE_OPT_OUT:
        return right_name(RIGHT_OPT_OUT_SALE);
    case DRP_SALE_OPT_IN:
        break;
    }
    return NULL;
}

/* An agent's word counts for what it has verified. */
static enum proof_level proof_of(const struct drp_request *request)
{
    const unsigned verified = (request->email_verified ? 1U : 0U) +
                              (request->phone_verified ? 1U : 0U) +
                              (request->address_verified ? 1U : 0U);
    return verified >= 3   ? PROOF_STRONG
           : verified == 2 ? PROOF_MATCH
           : verified == 1 ? PROOF_CONTACT
                           : PROOF_NONE;
}

/* The address that finds somebody; of two, the first that does. */
static enum candor_status find_name(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct drp_request *request, const char **name)
{
    struct subject subject;
    *name = str_z(job->arena, request->email.len > 0 ? request->email : request->phone);
    if (request->email.len == 0 || request->phone.len == 0) {
        return CANDOR_OK;
    }
    const enum candor_status status = home_subject(job, candor, txn, *name, &subject);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        *name = str_z(job->arena, request->phone);
        return CANDOR_OK;
    }
    return status;
}

/* An agent whose address candor.yaml does not have asks for its status, whatever it sends. */
static enum candor_status callback_of(struct job *job, const struct drp_agent *agent,
                                      const struct drp_request *asked, struct callback *callback)
{
    *callback = (struct callback){.kind = OUTGOING_DRP_STATUS, .to = agent->id};
    if (asked->status_callback.len == 0 || agent->callback.len == 0) {
        return CANDOR_OK;
    }
    if (!url_is_at(asked->status_callback, agent->callback)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "status_callback lies elsewhere than this agent's address in candor.yaml");
    }
    callback->url[0] = asked->status_callback;
    callback->count = 1;
    return CANDOR_OK;
}

static enum candor_status exercise(struct job *job, struct candor *candor, const char *token,
                                   const char *body, struct candor_text *report)
{
    struct txn *txn = NULL;
    const struct drp_agent *agent = NULL;
    struct drp_request asked = {.has_exercise = true};
    struct request request = {0};
    struct candor_request_ask ask = {.source = "drp"};
    struct callback callback;
    TRY(home_begin(job, candor, &txn));
    TRY(agent_of_token(job, candor, txn, token, &agent));
    TRY(read_signed(job, candor, txn, agent, body, &asked));
    ask.right = right_of(asked.exercise);
    if (ask.right == NULL) {
        return fail(job, CANDOR_BAD_INPUT,
                    "consent is given to the words that we show, not through an agent");
    }
    /* The protocol knows the CCPA; without a regime the home's own law is the voluntary basis. */
    ask.jurisdiction = str_is(asked.regime, "ccpa") ? "us-ca" : NULL;
    ask.reference = str_z(job->arena, str_format(job->arena, "%.*s %.*s", STR_ARG(agent->id),
                                                 STR_ARG(asked.agent_request_id)));
    TRY(find_name(job, candor, txn, &asked, &ask.identifier));
    TRY(callback_of(job, agent, &asked, &callback));
    TRY(request_open_within(job, candor, txn, &ask, proof_of(&asked), &request));
    TRY(callback_keep(job, txn, &request, &callback));
    TRY(home_commit(job, candor, txn));
    if (request.has_subject) {
        view_drop(candor, request.subject);
    }
    drp_status_json(job, candor, &request, report);
    return CANDOR_OK;
}

enum candor_status candor_drp_exercise(struct job *job, struct candor *candor, const char *token,
                                       const char *body, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = exercise(job, candor, token, body, report);
    home_leave(candor);
    return status;
}

/* ---- asking after it, taking it back ------------------------------------------------------- */

/* Only the agent who sent it. */
static enum candor_status load_own(struct job *job, struct candor *candor, struct txn *txn,
                                   const char *token, const char *id,
                                   const struct drp_agent **agent, struct request *request)
{
    TRY(agent_of_token(job, candor, txn, token, agent));
    TRY(request_load(job, txn, id, request));
    struct str reference = request->reference;
    const struct str owner = str_cut(&reference, ' ');
    return str_is(request->source, "drp") && str_equal(owner, (*agent)->id) ? CANDOR_OK
                                                                            : forbid(job);
}

static enum candor_status status_of(struct job *job, struct candor *candor, const char *token,
                                    const char *id, struct candor_text *report)
{
    struct txn *txn = NULL;
    const struct drp_agent *agent = NULL;
    struct request request;
    TRY(home_begin(job, candor, &txn));
    TRY(load_own(job, candor, txn, token, id, &agent, &request));
    drp_status_json(job, candor, &request, report);
    return CANDOR_OK;
}

enum candor_status candor_drp_status(struct job *job, struct candor *candor, const char *token,
                                     const char *id, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = status_of(job, candor, token, id, report);
    home_leave(candor);
    return status;
}

static enum candor_status revoke(struct job *job, struct candor *candor, const char *token,
                                 const char *id, const char *body, struct candor_text *report)
{
    struct txn *txn = NULL;
    const struct drp_agent *agent = NULL;
    struct request request;
    struct drp_message message;
    const struct request_move cancel = {.event = EVENT_CANCELLED};
    TRY(home_begin(job, candor, &txn));
    TRY(load_own(job, candor, txn, token, id, &agent, &request));
    if (body == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "a revocation is a signed message");
    }
    TRY(open_signed(job, agent, body, &message)); /* its reason is not kept: it may be personal */
    TRY(request_move_on(job, candor, txn, &request, &cancel));
    TRY(home_commit(job, candor, txn));
    drp_status_json(job, candor, &request, report);
    return CANDOR_OK;
}

enum candor_status candor_drp_revoke(struct job *job, struct candor *candor, const char *token,
                                     const char *id, const char *body, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = revoke(job, candor, token, id, body, report);
    home_leave(candor);
    return status;
}
