/*
 * share_webhook.c - recalls by post: the address of a recipient, the secret it shares with us, and the
 * signature by which it knows that a message is ours.
 *
 * The form is that of Standard Webhooks (standardwebhooks.com): three headers, webhook-id (the recall's
 * id, the same in every try), webhook-timestamp (of this try, in seconds) and webhook-signature, "v1," and
 * HMAC-SHA-256 in base64 of
 *
 *     id . timestamp . body
 *
 * under a secret of this recipient alone, keys/webhook-NAME.key. Whoever receives refuses an old
 * timestamp and an id that was there already. The queue, its tries and what lies aside: outgoing.c.
 */
#include "hooks.h"
#include "outgoing.h"
#include "share.h"

/* ---- addresses ----------------------------------------------------------------------------- */

enum candor_status config_webhooks(struct job *job, const struct value *root,
                                   const struct inventory *inventory)
{
    const struct value *list = value_get(root, "recipients");
    for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
        const struct recipient *recipient = &inventory->recipient[r];
        if (recipient->webhook.len > 0 && !url_is_base(recipient->webhook)) {
            const struct value *item = value_get(&list->item[r - OURSELVES - 1], "webhook");
            return fail(job, CANDOR_BAD_INPUT,
                        "candor.yaml: recipient '%.*s'%s: a webhook is https://..., or http:// to "
                        "127.0.0.1 or [::1], without user, query or fragment",
                        STR_ARG(recipient->name), value_where(job->arena, item));
        }
    }
    return CANDOR_OK;
}

static const struct recipient *posted_to(const struct candor *candor, struct str name)
{
    const size_t found = inventory_recipient(candor->inventory, name);
    const struct recipient *recipient = found == NONE ? NULL : &candor->inventory->recipient[found];
    return recipient == NULL || recipient->webhook.len == 0 ? NULL : recipient;
}

/* Of a recipient, or of one of `webhooks`; empty: there is none. */
static struct str address_of(const struct candor *candor, struct str name)
{
    const struct recipient *recipient = posted_to(candor, name);
    const struct hook *hook = hook_find(candor->hooks, name);
    return recipient != NULL ? recipient->webhook : hook != NULL ? hook->url : STR("");
}

/* ---- the message --------------------------------------------------------------------------- */

enum candor_status webhook_queue(struct job *job, const struct candor *candor, struct txn *txn,
                                 struct str recipient, const uint8_t recall[16], struct bytes body)
{
    const struct recipient *to = posted_to(candor, recipient);
    if (to == NULL) {
        return CANDOR_OK;
    }
    struct outgoing message = {.kind = OUTGOING_RECALL,
                               .to = to->name,
                               .url = to->webhook,
                               .content_type = STR("application/json"),
                               .body = body};
    bytes_copy(message.object, recall, sizeof message.object);
    bytes_copy(message.key, recall, sizeof message.key);
    return outgoing_queue(job, txn, &message);
}

enum candor_status webhook_forget(struct job *job, const struct candor *candor, struct txn *txn,
                                  struct str recipient, const uint8_t recall[16])
{
    const struct recipient *to = posted_to(candor, recipient);
    if (to == NULL) {
        return CANDOR_OK;
    }
    struct outgoing message = {.kind = OUTGOING_RECALL, .url = to->webhook};
    bytes_copy(message.object, recall, sizeof message.object);
    const enum candor_status status = outgoing_remove(job, txn, outgoing_name(job, &message));
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

static struct str secret_path(struct job *job, const struct candor *candor, struct str recipient)
{
    const struct str file = str_format(job->arena, "webhook-%.*s.key", STR_ARG(recipient));
    return path_join(job->arena, path_join(job->arena, candor->dir, STR("keys")), file);
}

enum candor_status webhook_sign(struct job *job, const struct candor *candor,
                                const struct outgoing *message, struct candor_header *header)
{
    struct secret *secret = NULL;
    uint8_t mac[32];
    if (!str_equal(address_of(candor, message->to), message->url)) {
        return fail(job, CANDOR_NOT_FOUND, "the address stands in candor.yaml no more");
    }
    const enum candor_status status =
        secret_file_read(job, job->arena, secret_path(job, candor, message->to), &secret);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND,
                    "'%.*s' shares no secret with us yet: candor share secret %.*s",
                    STR_ARG(message->to), STR_ARG(message->to));
    }
    TRY(status);
    const struct str id = hex_of(job->arena, (struct bytes){message->object, 16});
    const struct str time =
        str_format(job->arena, "%lld", (long long)(job->now / MICROS_PER_SECOND));
    const struct bytes part[] = {bytes_of(id), bytes_of(STR(".")), bytes_of(time),
                                 bytes_of(STR(".")), message->body};
    hmac_of(mac, secret, part, sizeof part / sizeof part[0]);
    const struct str signature = str_format(
        job->arena, "v1,%.*s", STR_ARG(base64_of(job->arena, (struct bytes){mac, sizeof mac})));
    header[0] = (struct candor_header){"webhook-id", str_z(job->arena, id)};
    header[1] = (struct candor_header){"webhook-timestamp", str_z(job->arena, time)};
    header[2] = (struct candor_header){"webhook-signature", str_z(job->arena, signature)};
    return CANDOR_OK;
}

/* ---- the secret ---------------------------------------------------------------------------- */

static enum candor_status make_secret(struct job *job, struct candor *candor, struct str recipient,
                                      bool renew, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct secret *secret = NULL;
    struct answer answer;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    const struct str address = address_of(candor, recipient);
    if (address.len == 0) {
        return fail(job, CANDOR_NOT_FOUND,
                    "no recipient of that name with a 'webhook', and none of 'webhooks', in "
                    "candor.yaml");
    }
    const struct str path = secret_path(job, candor, recipient);
    TRY(renew ? file_remove(job, path) : CANDOR_OK);
    const enum candor_status status = secret_file_create(job, path);
    if (status == CANDOR_EXISTS) {
        job_forgive(job);
        return fail(job, CANDOR_EXISTS,
                    "'%.*s' has a secret, which was shown when it was made; --renew makes another",
                    STR_ARG(recipient));
    }
    TRY(status);
    TRY(secret_file_read(job, job->arena, path, &secret));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_KEY_ROTATE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("recipient"));
    json_text(&answer.json, recipient);
    json_key(&answer.json, LIT("webhook"));
    json_text(&answer.json, address);
    json_key(&answer.json, LIT("secret"));
    json_text(&answer.json,
              str_format(job->arena, "whsec_%.*s", STR_ARG(secret_to_share(job->arena, secret))));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_share_secret(struct job *job, struct candor *candor,
                                       const char *recipient, bool renew,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = make_secret(job, candor, str_of(recipient), renew, report);
    home_leave(candor);
    return status;
}
