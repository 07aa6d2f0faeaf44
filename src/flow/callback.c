/*
 * callback.c - the status of a request, told to the machine that sent it.
 *
 * A document ("callback", by the request's name) has the addresses; each step queues the status anew, and
 * newer takes the place of older. An address is held against candor.yaml when it comes and again when
 * it is used, since an agent may have been taken out of it.
 *
 *     version u8 = 1 | kind u8 | to (block) | addresses u8 | addresses * block
 *
 * The Data Rights Protocol names no signature for callbacks. Ours have one: X-Candor-Signature is base64
 * of the home's Ed25519 signature (the key of ledger.pub) over
 *
 *     candor-callback-v1 \n <address> \n <Idempotency-Key> \n <body>
 *
 * so that an agent can tell our word from that of someone who knows its address.
 */
#include "controllers.h"

enum { CALLBACK_VERSION = 1 };

#define CALLBACK_KIND LIT("callback")

enum candor_status callback_keep(struct job *job, struct txn *txn, const struct request *request,
                                 const struct callback *callback)
{
    struct buf buf = buf_begin(job->arena);
    must(callback->count <= CALLBACKS_MAX);
    if (callback->count == 0) {
        return CANDOR_OK;
    }
    buf_u8(&buf, CALLBACK_VERSION);
    buf_u8(&buf, (uint8_t)callback->kind);
    buf_block(&buf, bytes_of(callback->to));
    buf_u8(&buf, (uint8_t)callback->count);
    for (size_t i = 0; i < callback->count; i++) {
        buf_block(&buf, bytes_of(callback->url[i]));
    }
    return store_put_document(job, txn, CALLBACK_KIND, request_name(job, request), buf_all(&buf));
}

static enum candor_status load(struct job *job, struct txn *txn, const struct request *request,
                               struct callback *callback)
{
    struct bytes bytes;
    *callback = (struct callback){0};
    const enum candor_status status =
        store_document(job, txn, CALLBACK_KIND, request_name(job, request), &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t kind = read_u8(&reader);
    callback->kind = (enum outgoing_kind)kind;
    callback->to = read_text(&reader);
    const size_t count = read_u8(&reader);
    for (size_t i = 0; i < count && i < CALLBACKS_MAX; i++) {
        callback->url[callback->count++] = read_text(&reader);
    }
    if (version != CALLBACK_VERSION || kind > OUTGOING_OPENDSR_STATUS || !reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored callback has another layout");
    }
    return CANDOR_OK;
}

/* ---- telling ------------------------------------------------------------------------------- */

static struct str signature_of(struct job *job, const struct candor *candor, struct str url,
                               const uint8_t key[16], struct bytes body)
{
    uint8_t signature[SIGNATURE_LEN];
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("candor-callback-v1\n"));
    buf_str(&buf, url);
    buf_u8(&buf, '\n');
    buf_str(&buf, hex_of(job->arena, (struct bytes){key, 16}));
    buf_u8(&buf, '\n');
    buf_bytes(&buf, body.ptr, body.len);
    signer_sign(candor->signer, buf_all(&buf), signature);
    return base64_of(job->arena, (struct bytes){signature, sizeof signature});
}

static enum candor_status tell_agent(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct request *request, const struct callback *callback)
{
    const struct drp_agent *agent = drp_agent_find(candor, callback->to);
    struct candor_text body;
    if (agent == NULL || callback->count == 0 || !url_is_at(callback->url[0], agent->callback)) {
        return CANDOR_OK;
    }
    drp_status_json(job, candor, request, &body);
    struct outgoing message = {.kind = OUTGOING_DRP_STATUS,
                               .to = agent->id,
                               .url = callback->url[0],
                               .content_type = STR("application/json"),
                               .body = {(const uint8_t *)body.ptr, body.len},
                               .header_count = 1};
    bytes_copy(message.object, request->id, sizeof message.object);
    TRY(host_random(job, message.key, sizeof message.key));
    message.header[0] =
        (struct outgoing_header){STR("X-Candor-Signature"),
                                 signature_of(job, candor, message.url, message.key, message.body)};
    return outgoing_queue(job, txn, &message);
}

static bool may_still_be_told(const struct candor *candor, const struct callback *callback,
                              struct str url)
{
    for (size_t i = 0; candor->opendsr != NULL && i < candor->opendsr->controller_count; i++) {
        const struct dsr_controller *controller = &candor->opendsr->controller[i];
        if (str_equal(controller->id, callback->to) && url_is_at(url, controller->callback)) {
            return true;
        }
    }
    return false;
}

static enum candor_status tell_controller(struct job *job, struct candor *candor, struct txn *txn,
                                          const struct request *request,
                                          const struct callback *callback)
{
    for (size_t i = 0; i < callback->count; i++) {
        struct candor_text body;
        struct str signature;
        if (!may_still_be_told(candor, callback, callback->url[i])) {
            continue;
        }
        opendsr_status_json(job, candor, request, callback->to, callback->url[i], &body);
        struct outgoing message = {.kind = OUTGOING_OPENDSR_STATUS,
                                   .to = callback->to,
                                   .url = callback->url[i],
                                   .content_type = STR("application/json"),
                                   .body = {(const uint8_t *)body.ptr, body.len},
                                   .header_count = 2};
        TRY(opendsr_sign(job, candor, message.body, &signature));
        bytes_copy(message.object, request->id, sizeof message.object);
        message.header[0] =
            (struct outgoing_header){STR("X-OpenDSR-Processor-Domain"), candor->opendsr->domain};
        message.header[1] = (struct outgoing_header){STR("X-OpenDSR-Signature"), signature};
        TRY(outgoing_queue(job, txn, &message));
    }
    return CANDOR_OK;
}

enum candor_status callback_tell(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct request *request)
{
    struct callback callback;
    TRY(load(job, txn, request, &callback));
    return callback.kind == OUTGOING_DRP_STATUS
               ? tell_agent(job, candor, txn, request, &callback)
               : tell_controller(job, candor, txn, request, &callback);
}

enum candor_status callback_forget(struct job *job, struct txn *txn, struct str request_name)
{
    const enum candor_status status = store_remove_document(job, txn, CALLBACK_KIND, request_name);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}
