/*
 * send.c - the hand-over of a plan that was signed.
 *
 *     approved --send--> handing over --file is durable--> sent
 *
 * The plan's bytes, both signatures and the policy are checked again; every permit is asked again at this
 * instant; contacts are on the ledger and durable before the file exists.
 *
 * A crash while handing over leaves the state `handing over`: the next send asks every permit again,
 * leaves out whoever has said no since, and writes the file anew. Nobody is recorded twice. The home
 * is locked all the while, so no withdrawal can be acknowledged between the last question and the
 * file. A caller that wants the bytes themselves, as a page does, gets them when the campaign stands as
 * sent: whether they arrive is not known here.
 */
#include "contacts.h"
#include "handing.h"
#include "plan.h"
#include "reviewed.h"
#include "signals.h"

struct hand_row plan_hand_row(const struct plan *plan, const struct plan_row *row)
{
    return (struct hand_row){.subject = row->subject,
                             .offer = plan->offer_name[row->offer],
                             .offer_title = plan->offer_title[row->offer],
                             .ledger_index = row->ledger_index};
}

/* With the headers of RFC 8058 for this message, when people can reach us. */
static void put_csv(struct handing *handing, const struct hand_line *line)
{
    struct buf *lines = &handing->lines;
    csv_put_text(lines, line->identifier);
    buf_u8(lines, ',');
    csv_put_text(lines, line->address);
    buf_u8(lines, ',');
    csv_put_text(lines, line->row->offer);
    buf_u8(lines, ',');
    csv_put_text(lines, line->row->offer_title);
    buf_format(lines, ",%llu", (unsigned long long)line->row->ledger_index);
    if (line->unsubscribe.len > 0) {
        buf_u8(lines, ',');
        csv_put_text(lines, line->unsubscribe);
        buf_u8(lines, ',');
        csv_put_text(lines, UNSUBSCRIBE_POST);
    }
    buf_u8(lines, '\n');
}

static enum candor_status hand_everybody(struct job *job, struct candor *candor, struct txn *txn,
                                         const struct plan *plan, struct handing *handing)
{
    buf_lit(&handing->lines, LIT("identifier,address,offer,offer_title,ledger_index"));
    buf_lit(&handing->lines, candor->signals->public_url.len > 0
                                 ? LIT(",list_unsubscribe,list_unsubscribe_post\n")
                                 : LIT("\n"));
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].fate != FATE_SEND) {
            continue;
        }
        const struct arena_mark mark = arena_mark(job->arena);
        const struct hand_row row = plan_hand_row(plan, &plan->row[i]);
        TRY(hand_one(job, candor, txn, handing, &row));
        arena_rewind(job->arena, mark);
        if (handing->handed % 500 == 0) {
            job_say_progress(job, "asking every permit again", i, plan->row_count);
        }
    }
    job_say_progress(job, "asking every permit again", plan->row_count, plan->row_count);
    return CANDOR_OK;
}

/* The second half: the file is written, if it is to be one, and only then is the campaign called sent. */
static enum candor_status finish(struct job *job, struct candor *candor, struct plan *plan,
                                 struct bytes lines, const char *path, uint64_t *index)
{
    struct txn *txn = NULL;
    const struct digest file = digest_of_bytes(lines);
    if (path != NULL) {
        TRY(file_replace(job, str_of(path), lines, 0600));
    }
    plan->state = PLAN_SENT;
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_SEND,
                                    .outcome = OUTCOME_DONE,
                                    .payload = {file.byte, sizeof file.byte},
                                    .policy = &plan->digest};
    TRY(home_account(job, candor, txn, &account, index, NULL));
    TRY(plan_store(job, candor, txn, plan));
    return home_commit(job, candor, txn);
}

enum candor_status plan_pass_fences(struct job *job, struct candor *candor, struct txn *txn,
                                    struct handing *handing, struct plan *plan)
{
    TRY(plan_load(job, candor, txn, handing->campaign->name, plan));
    TRY(plan_may_be_sent(job, candor, txn, plan));
    handing->plan = &plan->digest;
    return board_require_campaign(job, candor, txn, handing->campaign, handing->campaign_index,
                                  plan->author);
}

enum candor_status plan_begin_sending(struct job *job, struct candor *candor, struct txn *txn,
                                      const char *name, struct handing *handing, struct plan *plan)
{
    uint64_t index = 0;
    TRY(home_campaign(job, candor, str_of(name), &handing->campaign, &handing->campaign_index));
    TRY(plan_pass_fences(job, candor, txn, handing, plan));
    TRY(contacts_must_not_wait(job, txn, plan));
    plan->state = PLAN_HANDING_OVER;
    plan->sent = job->now;
    const struct account account = {
        .action = LEDGER_SEND, .outcome = OUTCOME_ALLOW, .policy = &plan->digest};
    return home_account(job, candor, txn, &account, &index, NULL);
}

/* The first half: whoever may still be contacted is on the ledger, with their line in handing->lines. */
static enum candor_status begin(struct job *job, struct candor *candor, const char *name,
                                struct handing *handing, struct plan *plan)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    TRY(plan_begin_sending(job, candor, txn, name, handing, plan));
    TRY(hand_everybody(job, candor, txn, plan, handing));
    plan->handed_over = handing->handed;
    plan->dropped_at_hand_over = handing->dropped;
    TRY(plan_store(job, candor, txn, plan));
    TRY(home_commit(job, candor, txn));
    view_drop_all(candor);
    return CANDOR_OK;
}

static void put_report(struct job *job, const struct plan *plan, const char *path, uint64_t index,
                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, plan->campaign);
    if (path != NULL) {
        json_key(&answer.json, LIT("file"));
        json_text(&answer.json, str_of(path));
    }
    json_key(&answer.json, LIT("handed_over"));
    json_u64(&answer.json, plan->handed_over);
    json_key(&answer.json, LIT("dropped_at_hand_over"));
    json_u64(&answer.json, plan->dropped_at_hand_over);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

/* To the file at path, or to the caller: file. One of them is NULL. */
static enum candor_status hand_over(struct job *job, struct candor *candor, const char *name,
                                    const char *path, struct candor_text *file,
                                    struct candor_text *report)
{
    struct handing handing = {.put = put_csv};
    struct plan *plan = NEW(job->arena, struct plan);
    uint64_t index = 0;
    handing.lines = buf_begin(arena_beside(job)); /* the job's is rewound after each line */
    TRY(caller_may(job, candor, ACT_SEND));
    TRY(path == NULL ? CANDOR_OK : path_may_be_written(job, path));
    TRY(begin(job, candor, name, &handing, plan));
    TRY(during(job, finish(job, candor, plan, buf_all(&handing.lines), path, &index),
               "handing over (do the same again to finish)"));
    if (file != NULL) {
        const struct str lines = buf_text(&handing.lines);
        *file = (struct candor_text){lines.ptr, lines.len};
    }
    put_report(job, plan, path, index, report);
    return CANDOR_OK;
}

enum candor_status candor_send(struct job *job, struct candor *candor, const char *campaign,
                               const char *path, struct candor_text *report)
{
    must(path != NULL);
    home_enter(candor);
    const enum candor_status status = hand_over(job, candor, campaign, path, NULL, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_send_here(struct job *job, struct candor *candor, const char *campaign,
                                    struct candor_text *file, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = hand_over(job, candor, campaign, NULL, file, report);
    home_leave(candor);
    return status;
}
