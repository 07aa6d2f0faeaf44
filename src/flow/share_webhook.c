/*
 * share_webhook.c - recalls by post: the address of a recipient, and the message. How it is signed:
 * share_secret.c. The queue, its tries and what lies aside: outgoing.c.
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

struct str webhook_address(const struct candor *candor, struct str name)
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
