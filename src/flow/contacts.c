/*
 * contacts.c - a signed plan's people who wait to be posted to a webhook.
 *
 *     plan ──send --to webhook──▶ batches in the queue, and how many there are ──each is taken──▶ sent
 *
 * The queue holds who was chosen as the plan does: by random numbers, with no name and no address. So a
 * person who is erased or says no while messages wait is in none that is posted afterwards.
 *
 *     batch     version u8 = 1 | campaign (block) | plan 32 | dropped u32le | rows u32le
 *               | rows * (subject 16, slot u32le, entry u64le, offer, title (blocks))
 *     progress  version u8 = 1 | webhook (block) | left u32le | handed over u64le | dropped u64le
 */
#include "contacts.h"

#include "hooks.h"
#include "share.h"

enum { CONTACTS_VERSION = 1 };

#define PROGRESS_KIND LIT("contacts")

/* ---- layout -------------------------------------------------------------------------------- */

struct bytes contacts_write(struct job *job, const struct contacts_batch *batch)
{
    struct buf buf = buf_begin(job->arena);
    must(batch->row_count <= CONTACTS_IN_BATCH);
    buf_u8(&buf, CONTACTS_VERSION);
    buf_block(&buf, bytes_of(batch->campaign));
    buf_bytes(&buf, batch->plan.byte, sizeof batch->plan.byte);
    buf_u32le(&buf, batch->dropped);
    buf_u32le(&buf, (uint32_t)batch->row_count);
    for (size_t i = 0; i < batch->row_count; i++) {
        const struct hand_row *row = &batch->row[i];
        buf_bytes(&buf, row->subject.id, sizeof row->subject.id);
        buf_u32le(&buf, row->subject.slot);
        buf_u64le(&buf, row->ledger_index);
        buf_block(&buf, bytes_of(row->offer));
        buf_block(&buf, bytes_of(row->offer_title));
    }
    return buf_all(&buf);
}

static void read_into(struct reader *reader, uint8_t *target, size_t len)
{
    const struct bytes bytes = read_bytes(reader, len);
    if (bytes.len == len) {
        bytes_copy(target, bytes.ptr, len);
    }
}

enum candor_status contacts_read(struct job *job, struct bytes bytes, struct contacts_batch *batch)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    *batch = (struct contacts_batch){.campaign = read_text(&reader)};
    read_into(&reader, batch->plan.byte, sizeof batch->plan.byte);
    batch->dropped = read_u32le(&reader);
    batch->row_count = read_u32le(&reader);
    const bool has_room = batch->row_count <= CONTACTS_IN_BATCH;
    for (size_t i = 0; has_room && i < batch->row_count; i++) {
        struct hand_row *row = &batch->row[i];
        read_into(&reader, row->subject.id, sizeof row->subject.id);
        row->subject.slot = read_u32le(&reader);
        row->ledger_index = read_u64le(&reader);
        row->offer = read_text(&reader);
        row->offer_title = read_text(&reader);
    }
    return version == CONTACTS_VERSION && has_room && reader_is_done(&reader)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "people who wait to be posted have another layout");
}

/* ---- how far a campaign has come ------------------------------------------------------------- */

struct progress {
    struct str hook;
    uint32_t left; /* batches */
    uint64_t handed;
    uint64_t dropped;
};

static enum candor_status put_progress(struct job *job, struct txn *txn, struct str campaign,
                                       const struct progress *progress)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, CONTACTS_VERSION);
    buf_block(&buf, bytes_of(progress->hook));
    buf_u32le(&buf, progress->left);
    buf_u64le(&buf, progress->handed);
    buf_u64le(&buf, progress->dropped);
    return store_put_document(job, txn, PROGRESS_KIND, campaign, buf_all(&buf));
}

static enum candor_status get_progress(struct job *job, struct txn *txn, struct str campaign,
                                       struct progress *progress)
{
    struct bytes bytes;
    TRY(store_document(job, txn, PROGRESS_KIND, campaign, &bytes));
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    progress->hook = read_text(&reader);
    progress->left = read_u32le(&reader);
    progress->handed = read_u64le(&reader);
    progress->dropped = read_u64le(&reader);
    return version == CONTACTS_VERSION && progress->left > 0 && reader_is_done(&reader)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "how far a campaign has come has another layout");
}

enum candor_status contacts_must_not_wait(struct job *job, struct txn *txn, const struct plan *plan)
{
    struct progress progress;
    const enum candor_status status = get_progress(job, txn, plan->campaign, &progress);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    return fail(job, CANDOR_REFUSED,
                "the campaign is on its way to webhook '%.*s', %u messages are left: candor "
                "outgoing list",
                STR_ARG(progress.hook), progress.left);
}

/* The last batch is settled. */
static enum candor_status finish(struct job *job, struct candor *candor, struct txn *txn,
                                 struct plan *plan, const struct progress *progress)
{
    uint64_t index = 0;
    plan->state = PLAN_SENT;
    plan->handed_over = progress->handed;
    plan->dropped_at_hand_over = progress->dropped;
    const struct account account = {
        .action = LEDGER_SEND, .outcome = OUTCOME_DONE, .policy = &plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    return plan_store(job, candor, txn, plan);
}

enum candor_status contacts_settled(struct job *job, struct candor *candor, struct txn *txn,
                                    const struct outgoing *message, bool is_taken)
{
    struct contacts_batch *batch = NEW(job->arena, struct contacts_batch);
    struct progress progress;
    struct plan *plan = NEW(job->arena, struct plan);
    TRY(contacts_read(job, message->body, batch));
    TRY(get_progress(job, txn, batch->campaign, &progress));
    progress.left--;
    progress.handed += is_taken ? batch->row_count : 0;
    progress.dropped += batch->dropped + (is_taken ? 0 : batch->row_count);
    if (progress.left > 0) {
        return put_progress(job, txn, batch->campaign, &progress);
    }
    TRY(store_remove_document(job, txn, PROGRESS_KIND, batch->campaign));
    TRY(plan_load(job, candor, txn, batch->campaign, plan));
    return finish(job, candor, txn, plan, &progress);
}

/* ---- a plan goes into the queue --------------------------------------------------------------- */

/* Empty: the only one that takes contacts. */
static enum candor_status find_hook(struct job *job, const struct candor *candor, struct str name,
                                    const struct hook **found)
{
    const struct hook *named = name.len > 0 ? hook_find(candor->hooks, name) : NULL;
    size_t count = 0;
    for (size_t i = 0; i < candor->hooks->count; i++) {
        const struct hook *hook = &candor->hooks->hook[i];
        if (hook->takes_contacts && (name.len == 0 || hook == named)) {
            *found = hook;
            count++;
        }
    }
    if (count > 1) {
        return fail(job, CANDOR_BAD_INPUT,
                    "%zu webhooks take contacts; say which: --to webhook:NAME", count);
    }
    if (count == 1) {
        const struct outgoing message = {.to = (*found)->name, .url = (*found)->url};
        return webhook_is_ready(job, candor, &message);
    }
    if (named != NULL) {
        return fail(job, CANDOR_REFUSED,
                    "webhook '%.*s' takes no contacts; write contacts: true to it in candor.yaml, "
                    "then plan",
                    STR_ARG(name));
    }
    return name.len > 0
               ? fail(job, CANDOR_NOT_FOUND, "no webhook '%.*s' in candor.yaml", STR_ARG(name))
               : fail(job, CANDOR_NOT_FOUND,
                      "no webhook takes contacts; write contacts: true to one in candor.yaml, then "
                      "plan");
}

/* A file may lie there already: who is on it must not be handed over by another way as well. */
static enum candor_status must_not_be_in_a_file(struct job *job, struct candor *candor,
                                                struct txn *txn, const char *name)
{
    struct plan *plan = NEW(job->arena, struct plan);
    TRY(plan_load(job, candor, txn, str_of(name), plan));
    return plan->state != PLAN_HANDING_OVER
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED,
                      "a hand-over of the campaign to a file was begun and may lie there; finish "
                      "that: candor send %s",
                      name);
}

static enum candor_status queue_batch(struct job *job, struct txn *txn, const struct hook *hook,
                                      const struct contacts_batch *batch, uint32_t number)
{
    uint8_t which[4];
    for (size_t i = 0; i < sizeof which; i++) {
        which[i] = (uint8_t)(number >> (8 * i));
    }
    const struct bytes part[] = {bytes_of(STR("candor-contacts-v1\n")),
                                 {batch->plan.byte, sizeof batch->plan.byte},
                                 {which, sizeof which}};
    const struct digest digest = digest_of(part, 3);
    struct outgoing message = {.kind = OUTGOING_CONTACTS,
                               .to = hook->name,
                               .url = hook->url,
                               .content_type = STR("application/json"),
                               .body = contacts_write(job, batch)};
    bytes_copy(message.object, digest.byte, sizeof message.object);
    bytes_copy(message.key, digest.byte, sizeof message.key);
    return outgoing_queue(job, txn, &message);
}

static enum candor_status queue_everybody(struct job *job, struct txn *txn, const struct plan *plan,
                                          const struct hook *hook, struct progress *progress)
{
    struct contacts_batch *batch = NEW(job->arena, struct contacts_batch);
    *batch = (struct contacts_batch){.campaign = plan->campaign, .plan = plan->digest};
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].fate == FATE_SEND) {
            batch->row[batch->row_count++] = plan_hand_row(plan, &plan->row[i]);
        }
        const bool is_last = i + 1 == plan->row_count;
        if (batch->row_count == CONTACTS_IN_BATCH || (is_last && batch->row_count > 0)) {
            const struct arena_mark mark = arena_mark(job->arena);
            TRY(queue_batch(job, txn, hook, batch, progress->left++));
            arena_rewind(job->arena, mark);
            batch->row_count = 0;
        }
    }
    return progress->left > 0 ? put_progress(job, txn, plan->campaign, progress) : CANDOR_OK;
}

static void put_report(struct job *job, const struct plan *plan, const struct progress *progress,
                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, plan->campaign);
    json_key(&answer.json, LIT("webhook"));
    json_text(&answer.json, progress->hook);
    json_key(&answer.json, LIT("messages"));
    json_u64(&answer.json, progress->left);
    json_key(&answer.json, LIT("state"));
    json_text(&answer.json, plan_state_name(plan->state));
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

static enum candor_status send_to(struct job *job, struct candor *candor, const char *name,
                                  struct str hook_name, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct handing handing = {.handed = 0};
    struct plan *plan = NEW(job->arena, struct plan);
    const struct hook *hook = NULL;
    TRY(caller_may(job, candor, ACT_SEND));
    TRY(find_hook(job, candor, hook_name, &hook));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_begin_sending(job, candor, txn, name, &handing, plan));
    TRY(must_not_be_in_a_file(job, candor, txn, name));
    struct progress progress = {.hook = hook->name};
    TRY(queue_everybody(job, txn, plan, hook, &progress));
    TRY(progress.left > 0 ? plan_store(job, candor, txn, plan)
                          : finish(job, candor, txn, plan, &progress));
    TRY(home_commit(job, candor, txn));
    put_report(job, plan, &progress, report);
    return CANDOR_OK;
}

enum candor_status candor_send_to_webhook(struct job *job, struct candor *candor,
                                          const char *campaign, const char *webhook,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        send_to(job, candor, campaign, webhook == NULL ? STR("") : str_of(webhook), report);
    home_leave(candor);
    return status;
}
