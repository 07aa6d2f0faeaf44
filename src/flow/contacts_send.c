/*
 * contacts_send.c - people who wait become a message, just before it is posted.
 *
 * Every permit is asked again at this instant, in each try: who has said no since is taken out of the batch
 * for good, and a contact is on the ledger and durable before anything leaves. The id of the message stays
 * the same, so that a receiver who has taken it once takes no second one.
 *
 * A no that is acknowledged while the message is under way came after the hand-over began, as it may with a
 * file; the next try leaves the person out.
 */
#include "contacts.h"
#include "hooks.h"
#include "share.h"
#include "signals.h"

static void put_person(struct handing *handing, const struct hand_line *line)
{
    struct json *json = &handing->json;
    json_map_begin(json);
    json_key(json, LIT("identifier"));
    json_text(json, line->identifier);
    json_key(json, LIT("address"));
    json_text(json, line->address);
    json_key(json, LIT("offer"));
    json_text(json, line->row->offer);
    json_key(json, LIT("offer_title"));
    json_text(json, line->row->offer_title);
    json_key(json, LIT("ledger_index"));
    json_u64(json, line->row->ledger_index);
    if (line->unsubscribe.len > 0) {
        json_key(json, LIT("list_unsubscribe"));
        json_text(json, line->unsubscribe);
        json_key(json, LIT("list_unsubscribe_post"));
        json_text(json, UNSUBSCRIBE_POST);
    }
    json_map_end(json);
}

/* All fences of a hand-over stand in each try: nothing leaves under rules that nobody signed. */
static enum candor_status pass_fences(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct outgoing *message,
                                      const struct contacts_batch *batch, struct handing *handing)
{
    struct plan *plan = NEW(job->arena, struct plan);
    const struct hook *hook = hook_find(candor->hooks, message->to);
    TRY(plan_load(job, candor, txn, batch->campaign, plan));
    if (!digest_equal(plan->policy, candor->policy)) {
        return fail(job, CANDOR_REFUSED,
                    "candor.yaml has changed since the plan was signed; put it back as it was, or "
                    "forget the message: candor outgoing drop");
    }
    if (hook == NULL || !hook->takes_contacts) {
        return fail(job, CANDOR_REFUSED, "webhook '%.*s' takes no contacts", STR_ARG(message->to));
    }
    TRY(webhook_is_ready(job, candor, message));
    TRY(home_campaign(job, candor, batch->campaign, &handing->campaign, &handing->campaign_index));
    TRY(plan_pass_fences(job, candor, txn, handing, plan));
    return digest_equal(plan->digest, batch->plan) && plan->state == PLAN_HANDING_OVER
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "people wait of a plan that is not being handed over");
}

/* Whoever may not be contacted any more is taken out of the batch. */
static enum candor_status hand_batch(struct job *job, struct candor *candor, struct txn *txn,
                                     struct handing *handing, struct contacts_batch *batch)
{
    size_t kept = 0;
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const uint64_t before = handing->handed;
        TRY(hand_one(job, candor, txn, handing, &batch->row[i]));
        arena_rewind(job->arena, mark);
        if (handing->handed > before) {
            batch->row[kept++] = batch->row[i];
        }
    }
    batch->row_count = kept;
    batch->dropped += (uint32_t)handing->dropped;
    return CANDOR_OK;
}

static void begin_body(struct job *job, const struct candor *candor, struct handing *handing)
{
    const struct campaign *campaign = handing->campaign;
    struct json *json = &handing->json;
    handing->lines = buf_begin(arena_beside(job)); /* the job's is rewound after each person */
    json_begin(json, &handing->lines, false);
    json_map_begin(json);
    json_key(json, LIT("type"));
    json_lit(json, LIT("candor.contacts"));
    json_key(json, LIT("timestamp"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("data"));
    json_map_begin(json);
    json_key(json, LIT("campaign"));
    json_text(json, campaign->name);
    json_key(json, LIT("purpose"));
    json_text(json, candor->inventory->purpose[campaign->purpose].name);
    json_key(json, LIT("people"));
    json_list_begin(json);
}

static void end_body(struct handing *handing, struct bytes *body)
{
    struct json *json = &handing->json;
    json_list_end(json);
    json_map_end(json);
    json_map_end(json);
    json_end(json);
    *body = buf_all(&handing->lines);
}

/* The entry commits to the very bytes that may leave. */
static enum candor_status put_down(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct outgoing *message, struct bytes body)
{
    uint64_t index = 0;
    const struct digest digest = digest_of_bytes(body);
    const struct account account = {.action = LEDGER_MESSAGE,
                                    .outcome = OUTCOME_ALLOW,
                                    .payload = {digest.byte, sizeof digest.byte},
                                    .object = message->object};
    TRY(outgoing_store(job, txn, message));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    return home_commit(job, candor, txn);
}

static enum candor_status compose(struct job *job, struct candor *candor, struct txn *txn,
                                  struct outgoing *message, struct bytes *body, bool *is_empty)
{
    struct contacts_batch *batch = NEW(job->arena, struct contacts_batch);
    struct contacts_batch *before = NEW(job->arena, struct contacts_batch);
    struct handing handing = {.put = put_person};
    TRY(contacts_read(job, message->body, batch));
    TRY(pass_fences(job, candor, txn, message, batch, &handing));
    *before = *batch;
    begin_body(job, candor, &handing);
    TRY(hand_batch(job, candor, txn, &handing, batch));
    end_body(&handing, body);
    message->body = contacts_write(job, batch);
    TRY(put_down(job, candor, txn, message, *body));
    for (size_t i = 0; i < before->row_count; i++) {
        view_drop(candor, before->row[i].subject);
    }
    *is_empty = batch->row_count == 0;
    return CANDOR_OK;
}

enum candor_status contacts_compose(struct job *job, struct candor *candor,
                                    const struct outgoing *message, struct bytes *body,
                                    bool *is_empty)
{
    struct txn *txn = NULL;
    struct outgoing now;
    TRY(home_begin(job, candor, &txn));
    TRY(outgoing_load(job, txn, message->name, &now)); /* CANDOR_NOT_FOUND: forgotten meanwhile */
    return compose(job, candor, txn, &now, body, is_empty);
}
