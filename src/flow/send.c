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
#include "plan.h"
#include "reviewed.h"
#include "signals.h"

/* ---- send ---------------------------------------------------------------------------------- */

/* A hand-over in progress: the lines of the file and who was dropped on the way. */
struct handing {
    const struct campaign *campaign;
    size_t campaign_index;
    struct plan *plan;
    struct buf lines;
    uint64_t handed;
    uint64_t dropped;
};

/* Take this campaign's own contacts out of what the cap counts: they are of an earlier try. Says
 * whether there were any. */
static bool forget_contacts_of(struct view_entry *entry, struct str campaign)
{
    size_t kept = 0;
    for (size_t i = 0; i < entry->contact_count; i++) {
        if (!str_equal(entry->contact[i].campaign, campaign)) {
            entry->contact[kept++] = entry->contact[i];
        }
    }
    const bool had_any = kept < entry->contact_count;
    entry->contact_count = kept;
    return had_any;
}

/* What the person said or where they can be reached may have changed since the plan; who was
 * chosen for their score stays chosen. */
bool may_still_be_contacted(enum withhold withhold)
{
    switch (withhold) {
    case WITHHOLD_ERASED:
    case WITHHOLD_PERMIT:
    case WITHHOLD_NO_PROFILING:
    case WITHHOLD_UNREACHABLE:
    case WITHHOLD_CAP:
    case WITHHOLD_NOT_INTERESTED:
    case WITHHOLD_HUMAN:
    case WITHHOLD_SIGNAL:
    case WITHHOLD_REFERRED:
    case WITHHOLD_TOPIC:
    case WITHHOLD_OWN_LIMIT:
    case WITHHOLD_QUIET:
    case WITHHOLD_DOUBTED:
    case WITHHOLD_IMPLAUSIBLE:
        return false;
    case SEND:
    case WITHHOLD_NOT_IN_AUDIENCE:
    case WITHHOLD_NO_OFFER:
    case WITHHOLD_LOW_SCORE:
    case WITHHOLD_NOT_SELECTED:
    case WITHHOLD_FAIRNESS:
    case WITHHOLD_HOLDOUT:
    case WITHHOLD_CODES:
        break;
    }
    return true;
}

static enum candor_status record_contact(struct job *job, struct candor *candor, struct txn *txn,
                                         const struct handing *handing, const struct plan_row *row)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_CONTACT,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &row->subject,
                                    .policy = &handing->plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    const struct contact contact = {
        .time = job->now,
        .channel = handing->campaign->channel,
        .campaign = handing->campaign->name,
        .offer = handing->plan->offer_name[row->offer],
        .ledger_index = index,
    };
    return store_add_contact(job, txn, row->subject, &contact);
}

/* The headers of RFC 8058 for this message, when people can reach us. */
static enum candor_status write_unsubscribe(struct job *job, struct candor *candor,
                                            struct handing *handing, struct subject subject)
{
    struct str link;
    TRY(unsubscribe_link(job, candor, subject, handing->campaign->purpose,
                         handing->campaign->channel, &link));
    if (link.len > 0) {
        buf_u8(&handing->lines, ',');
        csv_put_text(&handing->lines, link);
        buf_u8(&handing->lines, ',');
        csv_put_text(&handing->lines, UNSUBSCRIBE_POST);
    }
    return CANDOR_OK;
}

/* The address, against the permit that was just given. */
static enum candor_status write_line(struct job *job, struct candor *candor, struct txn *txn,
                                     struct handing *handing, const struct plan_row *row,
                                     const struct permit *permit)
{
    const size_t field = handing->campaign->address_field;
    struct str identifier;
    struct profile profile = profile_begin(job->arena, candor->inventory);
    TRY(store_identifier(job, txn, permit, &identifier));
    TRY(store_profile(job, txn, permit, &profile));
    csv_put_text(&handing->lines, identifier);
    buf_u8(&handing->lines, ',');
    if (field != NONE) {
        csv_put_text(&handing->lines,
                     cell_text(job->arena, &candor->inventory->field[field], &profile.cell[field]));
    }
    buf_u8(&handing->lines, ',');
    csv_put_text(&handing->lines, handing->plan->offer_name[row->offer]);
    buf_u8(&handing->lines, ',');
    csv_put_text(&handing->lines, handing->plan->offer_title[row->offer]);
    buf_format(&handing->lines, ",%llu", (unsigned long long)row->ledger_index);
    TRY(write_unsubscribe(job, candor, handing, row->subject));
    buf_u8(&handing->lines, '\n');
    handing->handed++;
    return CANDOR_OK;
}

static enum candor_status drop(struct job *job, struct candor *candor, struct txn *txn,
                               struct handing *handing, const struct plan_row *row)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_CONTACT,
                                    .outcome = OUTCOME_DENY,
                                    .subject = &row->subject,
                                    .policy = &handing->plan->digest};
    handing->dropped++;
    return home_account(job, candor, txn, &account, &index, NULL);
}

static enum candor_status hand_one(struct job *job, struct candor *candor, struct txn *txn,
                                   struct handing *handing, const struct plan_row *row)
{
    struct view_entry entry = {.arena = job->arena};
    const struct permit *permit = NULL;
    struct weighed weighed;
    enum permit_code code;
    bool is_there = false;
    TRY(subject_is_there(job, candor, txn, row->subject, &entry, &is_there));
    if (!is_there) {
        handing->dropped++;
        return CANDOR_OK;
    }
    const bool was_contacted = forget_contacts_of(&entry, handing->campaign->name);
    TRY(weigh(job, candor, txn, &entry, handing->campaign, handing->campaign_index, &weighed));
    if (!may_still_be_contacted(weighed.withhold)) {
        return drop(job, candor, txn, handing, row);
    }
    const struct permit_question question = {row->subject, handing->campaign->purpose,
                                             handing->campaign->channel, OURSELVES};
    TRY(permit_issue(job, candor->inventory, entry.state, &question, &code, &permit));
    if (!was_contacted) {
        TRY(record_contact(job, candor, txn, handing, row));
    }
    return write_line(job, candor, txn, handing, row, permit);
}

static enum candor_status hand_everybody(struct job *job, struct candor *candor, struct txn *txn,
                                         struct handing *handing)
{
    const struct plan *plan = handing->plan;
    buf_lit(&handing->lines, LIT("identifier,address,offer,offer_title,ledger_index"));
    buf_lit(&handing->lines, candor->signals->public_url.len > 0
                                 ? LIT(",list_unsubscribe,list_unsubscribe_post\n")
                                 : LIT("\n"));
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].fate != FATE_SEND) {
            continue;
        }
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(hand_one(job, candor, txn, handing, &plan->row[i]));
        arena_rewind(job->arena, mark);
        if (handing->handed % 500 == 0) {
            job_say_progress(job, "asking every permit again", i, plan->row_count);
        }
    }
    job_say_progress(job, "asking every permit again", plan->row_count, plan->row_count);
    return CANDOR_OK;
}

/* The second half: the file is written, if it is to be one, and only then is the campaign called sent. */
static enum candor_status finish(struct job *job, struct candor *candor, struct handing *handing,
                                 const char *path, uint64_t *index)
{
    struct txn *txn = NULL;
    const struct digest file = digest_of_bytes(buf_all(&handing->lines));
    if (path != NULL) {
        TRY(file_replace(job, str_of(path), buf_all(&handing->lines), 0600));
    }
    handing->plan->state = PLAN_SENT;
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_SEND,
                                    .outcome = OUTCOME_DONE,
                                    .payload = {file.byte, sizeof file.byte},
                                    .policy = &handing->plan->digest};
    TRY(home_account(job, candor, txn, &account, index, NULL));
    TRY(plan_store(job, candor, txn, handing->plan));
    return home_commit(job, candor, txn);
}

/* The first half: whoever may still be contacted is on the ledger, with their line in handing->lines. */
static enum candor_status begin(struct job *job, struct candor *candor, const char *name,
                                struct handing *handing)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    TRY(home_campaign(job, candor, str_of(name), &handing->campaign, &handing->campaign_index));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_load(job, candor, txn, handing->campaign->name, handing->plan));
    TRY(plan_may_be_sent(job, candor, txn, handing->plan));
    TRY(board_require_campaign(job, candor, txn, handing->campaign, handing->campaign_index,
                               handing->plan->author));
    handing->plan->state = PLAN_HANDING_OVER;
    TRY(hand_everybody(job, candor, txn, handing));
    handing->plan->sent = job->now;
    handing->plan->handed_over = handing->handed;
    handing->plan->dropped_at_hand_over = handing->dropped;
    const struct account account = {
        .action = LEDGER_SEND, .outcome = OUTCOME_ALLOW, .policy = &handing->plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(plan_store(job, candor, txn, handing->plan));
    TRY(home_commit(job, candor, txn));
    view_drop_all(candor);
    return CANDOR_OK;
}

static void put_report(struct job *job, const struct handing *handing, const char *path,
                       uint64_t index, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, handing->plan->campaign);
    if (path != NULL) {
        json_key(&answer.json, LIT("file"));
        json_text(&answer.json, str_of(path));
    }
    json_key(&answer.json, LIT("handed_over"));
    json_u64(&answer.json, handing->handed);
    json_key(&answer.json, LIT("dropped_at_hand_over"));
    json_u64(&answer.json, handing->dropped);
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
    struct handing handing = {.plan = NEW(job->arena, struct plan)};
    uint64_t index = 0;
    handing.lines = buf_begin(arena_beside(job)); /* the job's is rewound after each line */
    TRY(caller_may(job, candor, ACT_SEND));
    TRY(path == NULL ? CANDOR_OK : path_may_be_written(job, path));
    TRY(begin(job, candor, name, &handing));
    TRY(during(job, finish(job, candor, &handing, path, &index),
               "handing over (do the same again to finish)"));
    if (file != NULL) {
        const struct str lines = buf_text(&handing.lines);
        *file = (struct candor_text){lines.ptr, lines.len};
    }
    put_report(job, &handing, path, index, report);
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
