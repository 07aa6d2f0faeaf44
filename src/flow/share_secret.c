/*
 * share_secret.c - the secret that we share with whoever takes our messages, and the signature by which
 * they know that a message is ours.
 *
 * The form is that of Standard Webhooks (standardwebhooks.com): three headers, webhook-id (the same in
 * every try), webhook-timestamp (of this try, in seconds) and webhook-signature, "v1," and HMAC-SHA-256
 * in base64 of
 *
 *     id . timestamp . body
 *
 * under a secret of this receiver alone. Whoever receives refuses an old timestamp and an id that was
 * there already.
 *
 *     make ──▶ one ──renew──▶ new and old ──retire──▶ one          keys/webhook-NAME.key
 *                                │ renew: the oldest is gone       keys/webhook-NAME@old.key
 *
 * While there are two, a message bears two signatures, the new one's first: the receiver takes up the new
 * secret when it likes, and loses no message meanwhile. '@' stands in no name, so that nobody's old
 * secret is somebody else's.
 */
#include "hooks.h"
#include "outgoing.h"
#include "share.h"

enum { SECRET_FILE_MAX = 4096, SECRETS_MAX = 2 };

static struct str secret_path(struct job *job, const struct candor *candor, struct str receiver,
                              const char *which)
{
    const struct str file = str_format(job->arena, "webhook-%.*s%s.key", STR_ARG(receiver), which);
    return path_join(job->arena, path_join(job->arena, candor->dir, STR("keys")), file);
}

static struct str new_path(struct job *job, const struct candor *candor, struct str receiver)
{
    return secret_path(job, candor, receiver, "");
}

static struct str old_path(struct job *job, const struct candor *candor, struct str receiver)
{
    return secret_path(job, candor, receiver, "@old");
}

/* ---- the signature ------------------------------------------------------------------------- */

struct str webhook_signature(struct arena *arena, const struct secret *secret, struct str id,
                             struct str time, struct bytes body)
{
    uint8_t mac[32];
    const struct bytes part[] = {bytes_of(id), bytes_of(STR(".")), bytes_of(time),
                                 bytes_of(STR(".")), body};
    hmac_of(mac, secret, part, sizeof part / sizeof part[0]);
    return str_format(arena, "v1,%.*s", STR_ARG(base64_of(arena, (struct bytes){mac, sizeof mac})));
}

/* Those that are valid, the newest first. */
static enum candor_status read_secrets(struct job *job, const struct candor *candor,
                                       struct str receiver, struct secret *secret[SECRETS_MAX],
                                       size_t *count)
{
    const struct str path[SECRETS_MAX] = {new_path(job, candor, receiver),
                                          old_path(job, candor, receiver)};
    *count = 0;
    for (size_t i = 0; i < SECRETS_MAX; i++) {
        const enum candor_status status =
            secret_file_read(job, job->arena, path[i], &secret[*count]);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            continue;
        }
        TRY(status);
        ++*count;
    }
    return CANDOR_OK;
}

enum candor_status webhook_secrets(struct job *job, const struct candor *candor,
                                   struct str receiver, size_t *count)
{
    struct secret *secret[SECRETS_MAX] = {NULL};
    return read_secrets(job, candor, receiver, secret, count);
}

enum candor_status webhook_sign(struct job *job, const struct candor *candor,
                                const struct outgoing *message, struct candor_header *header)
{
    struct secret *secret[SECRETS_MAX] = {NULL};
    size_t count = 0;
    if (!str_equal(webhook_address(candor, message->to), message->url)) {
        return fail(job, CANDOR_NOT_FOUND, "the address stands in candor.yaml no more");
    }
    TRY(read_secrets(job, candor, message->to, secret, &count));
    if (count == 0) {
        return fail(job, CANDOR_NOT_FOUND,
                    "'%.*s' shares no secret with us yet: candor share secret %.*s",
                    STR_ARG(message->to), STR_ARG(message->to));
    }
    const struct str id = hex_of(job->arena, (struct bytes){message->object, 16});
    const struct str time =
        str_format(job->arena, "%lld", (long long)(job->now / MICROS_PER_SECOND));
    struct buf signatures = buf_begin(job->arena);
    for (size_t i = 0; i < count; i++) {
        const struct str one = webhook_signature(job->arena, secret[i], id, time, message->body);
        buf_format(&signatures, "%s%.*s", i == 0 ? "" : " ", STR_ARG(one));
    }
    header[0] = (struct candor_header){"webhook-id", str_z(job->arena, id)};
    header[1] = (struct candor_header){"webhook-timestamp", str_z(job->arena, time)};
    header[2] =
        (struct candor_header){"webhook-signature", str_z(job->arena, buf_text(&signatures))};
    return CANDOR_OK;
}

/* ---- made, renewed, retired ------------------------------------------------------------------ */

/* The present one is copied before it goes, so that no crash leaves the receiver without any. */
static enum candor_status put_aside(struct job *job, const struct candor *candor,
                                    struct str receiver)
{
    struct bytes content;
    const struct str path = new_path(job, candor, receiver);
    const enum candor_status status = file_read(job, path, SECRET_FILE_MAX, &content);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(file_replace(job, old_path(job, candor, receiver), content, 0600));
    return file_remove(job, path);
}

static enum candor_status create(struct job *job, const struct candor *candor, struct str receiver,
                                 bool renew)
{
    TRY(renew ? put_aside(job, candor, receiver) : CANDOR_OK);
    const enum candor_status status = secret_file_create(job, new_path(job, candor, receiver));
    if (status == CANDOR_EXISTS) {
        job_forgive(job);
        return fail(job, CANDOR_EXISTS,
                    "'%.*s' has a secret, which was shown when it was made; --renew makes another",
                    STR_ARG(receiver));
    }
    return status;
}

static enum candor_status retire(struct job *job, const struct candor *candor, struct str receiver)
{
    size_t count = 0;
    TRY(webhook_secrets(job, candor, receiver, &count));
    if (count < SECRETS_MAX) {
        return fail(job, CANDOR_NOT_FOUND,
                    "'%.*s' has no old secret; --renew makes a new one and keeps the old one "
                    "valid beside it",
                    STR_ARG(receiver));
    }
    return file_remove(job, old_path(job, candor, receiver));
}

static enum candor_status put_report(struct job *job, const struct candor *candor,
                                     struct str receiver, bool is_shown, uint64_t index,
                                     struct candor_text *report)
{
    struct secret *secret[SECRETS_MAX] = {NULL};
    size_t count = 0;
    struct answer answer;
    TRY(read_secrets(job, candor, receiver, secret, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("recipient"));
    json_text(&answer.json, receiver);
    json_key(&answer.json, LIT("webhook"));
    json_text(&answer.json, webhook_address(candor, receiver));
    if (is_shown) {
        const struct str text = secret_to_share(job->arena, secret[0]);
        json_key(&answer.json, LIT("secret"));
        json_text(&answer.json, str_format(job->arena, "whsec_%.*s", STR_ARG(text)));
    }
    json_key(&answer.json, LIT("valid_secrets"));
    json_u64(&answer.json, count);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status settle(struct job *job, struct candor *candor, struct str receiver,
                                 enum candor_secret_act act, struct candor_text *report)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    const bool is_retired = act == CANDOR_SECRET_RETIRE;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    if (webhook_address(candor, receiver).len == 0) {
        return fail(job, CANDOR_NOT_FOUND,
                    "no recipient of that name with a 'webhook', and none of 'webhooks', in "
                    "candor.yaml");
    }
    TRY(is_retired ? retire(job, candor, receiver)
                   : create(job, candor, receiver, act == CANDOR_SECRET_RENEW));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_KEY_ROTATE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    return put_report(job, candor, receiver, !is_retired, index, report);
}

enum candor_status candor_share_secret(struct job *job, struct candor *candor,
                                       const char *recipient, enum candor_secret_act act,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = settle(job, candor, str_of(recipient), act, report);
    home_leave(candor);
    return status;
}
