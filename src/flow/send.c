/*
 * send.c - approval and hand-over.
 *
 *     planned --approve--> approved --send--> handing over --file is durable--> sent
 *
 * approve  another operator signs the plan's digest; a plan that fails its fairness rule needs the
 *          owner's written reason, which goes on the ledger
 * send     the plan's bytes, both signatures and the policy are checked again; every permit is asked
 *          again at this instant; contacts are on the ledger and durable before the file exists
 *
 * A crash while handing over leaves the state `handing over`: the next send asks every permit again,
 * leaves out whoever has said no since, and writes the file anew. Nobody is recorded twice. The home
 * is locked all the while, so no withdrawal can be acknowledged between the last question and the
 * file.
 */
#include <string.h>

#include "plan.h"
#include "reviewed.h"
#include "signals.h"

/* ---- signatures ---------------------------------------------------------------------------- */

static struct bytes bytes_of_digest(const struct digest *digest)
{
    return (struct bytes){digest->byte, sizeof digest->byte};
}

/* What an approver signs: the digest, and the reason when a failed check is overruled. */
static struct digest approval_digest(const struct digest *plan, struct str override_reason)
{
    const struct bytes part[] = {bytes_of(STR("candor-approval-v1\n")), bytes_of_digest(plan),
                                 bytes_of(override_reason)};
    return digest_of(part, 3);
}

static enum candor_status must_be_signed_by(struct job *job, struct candor *candor, struct txn *txn,
                                            struct str name, const struct digest *digest,
                                            const uint8_t signature[SIGNATURE_LEN])
{
    struct operator operator;
    TRY(operator_read(job, candor, txn, name, &operator));
    if (!signature_holds(operator.public_key, bytes_of_digest(digest), signature)) {
        return fail(job, CANDOR_CORRUPT,
                    "the signature of operator '%.*s' does not hold: the plan was changed",
                    STR_ARG(name));
    }
    return CANDOR_OK;
}

static enum candor_status must_be_unchanged(struct job *job, struct candor *candor, struct txn *txn,
                                            const struct plan *plan)
{
    TRY(must_be_signed_by(job, candor, txn, plan->author, &plan->digest, plan->author_signature));
    if (!digest_equal(plan->policy, candor->policy)) {
        return fail(job, CANDOR_REFUSED,
                    "candor.yaml has changed since the plan was made; plan again: candor plan %.*s",
                    STR_ARG(plan->campaign));
    }
    return CANDOR_OK;
}

/* ---- approve ------------------------------------------------------------------------------- */

static enum candor_status may_approve(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct campaign *campaign, const struct plan *plan,
                                      struct str override_reason)
{
    if (plan->state == PLAN_HANDING_OVER || plan->state == PLAN_SENT) {
        return fail(job, CANDOR_REFUSED, "the campaign was sent already");
    }
    if (str_equal(plan->author, candor->self.name)) {
        return fail(job, CANDOR_REFUSED,
                    "operator '%.*s' made this plan; another operator must approve it (candor "
                    "operator add NAME --roles approver, then --operator NAME)",
                    STR_ARG(plan->author));
    }
    const bool may_pass = plan->fairness.passed || campaign->fairness.on_fail == CAMPAIGN_WARN;
    TRY(strict_approve(job, candor, txn, campaign, plan->fairness.checked, may_pass));
    if (may_pass) {
        return CANDOR_OK;
    }
    if (override_reason.len == 0) {
        return fail(job, CANDOR_REFUSED,
                    "the plan fails its fairness rule (%.*s is %.2f, the limit is %.2f); mend the "
                    "model, or an owner overrides it with --override REASON",
                    STR_ARG(plan->fairness.measure), plan->fairness.value, plan->fairness.limit);
    }
    if ((candor->self.roles & ROLE_OWNER) == 0) {
        return fail(job, CANDOR_FORBIDDEN, "only an owner may override a failed fairness check");
    }
    return CANDOR_OK;
}

static enum candor_status approve(struct job *job, struct candor *candor, const char *name,
                                  struct str override_reason, struct candor_text *report)
{
    struct txn *txn = NULL;
    const struct campaign *campaign = NULL;
    size_t campaign_index = 0;
    struct plan *plan = NEW(job->arena, struct plan);
    const struct signer *signer = NULL;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_APPROVE));
    TRY(caller_signer(job, candor, &signer));
    TRY(home_campaign(job, candor, str_of(name), &campaign, &campaign_index));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_load(job, candor, txn, campaign->name, plan));
    TRY(must_be_unchanged(job, candor, txn, plan));
    TRY(may_approve(job, candor, txn, campaign, plan, override_reason));

    const struct digest digest = approval_digest(&plan->digest, override_reason);
    plan->approver = candor->self.name;
    plan->approved = job->now;
    plan->override_reason = override_reason;
    plan->state = PLAN_APPROVED;
    signer_sign(signer, bytes_of_digest(&digest), plan->approver_signature);
    const struct account account = {.action = LEDGER_APPROVE,
                                    .outcome = OUTCOME_ALLOW,
                                    .payload = bytes_of(override_reason),
                                    .policy = &plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(plan_store(job, candor, txn, plan));
    TRY(home_commit(job, candor, txn));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, plan->campaign);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, bytes_of_digest(&plan->digest));
    json_key(&answer.json, LIT("author"));
    json_text(&answer.json, plan->author);
    json_key(&answer.json, LIT("approver"));
    json_text(&answer.json, plan->approver);
    json_key(&answer.json, LIT("contacts"));
    json_u64(&answer.json, plan->stair[STAIR_CONTACTED].count);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_approve(struct job *job, struct candor *candor, const char *campaign,
                                  const char *override_reason, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        approve(job, candor, campaign, str_of(override_reason), report);
    home_leave(candor);
    return status;
}

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

/* Somebody erased since the plan has no key any more. */
static enum candor_status still_there(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, struct view_entry *entry,
                                      bool *is_there)
{
    struct secret *key = NULL;
    enum candor_status status = store_tag_key(job, txn, subject, &key);
    if (status == CANDOR_OK) {
        status = view_load(job, candor, txn, subject, entry);
    }
    *is_there = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

static enum candor_status hand_one(struct job *job, struct candor *candor, struct txn *txn,
                                   struct handing *handing, const struct plan_row *row)
{
    struct view_entry entry = {.arena = job->arena};
    const struct permit *permit = NULL;
    struct weighed weighed;
    enum permit_code code;
    bool is_there = false;
    TRY(still_there(job, candor, txn, row->subject, &entry, &is_there));
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

static enum candor_status may_send(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct plan *plan)
{
    if (plan->state == PLAN_PLANNED) {
        return fail(job, CANDOR_REFUSED,
                    "the plan is not approved; another operator runs: candor approve %.*s",
                    STR_ARG(plan->campaign));
    }
    if (plan->state == PLAN_SENT) {
        return fail(job, CANDOR_REFUSED, "the campaign was sent already");
    }
    const struct digest digest = approval_digest(&plan->digest, plan->override_reason);
    TRY(must_be_unchanged(job, candor, txn, plan));
    if (str_equal(plan->author, plan->approver)) { /* approve refuses this, so it was not approve */
        return fail(job, CANDOR_CORRUPT,
                    "both signatures of the plan are of operator '%.*s': the approval was forged",
                    STR_ARG(plan->author));
    }
    return must_be_signed_by(job, candor, txn, plan->approver, &digest, plan->approver_signature);
}

/* The second half: the file is written, and only then is the campaign called sent. */
static enum candor_status finish(struct job *job, struct candor *candor, struct handing *handing,
                                 const char *path, uint64_t *index)
{
    struct txn *txn = NULL;
    const struct digest file = digest_of_bytes(buf_all(&handing->lines));
    TRY(file_replace(job, str_of(path), buf_all(&handing->lines), 0600));
    handing->plan->state = PLAN_SENT;
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_SEND,
                                    .outcome = OUTCOME_DONE,
                                    .payload = bytes_of_digest(&file),
                                    .policy = &handing->plan->digest};
    TRY(home_account(job, candor, txn, &account, index, NULL));
    TRY(plan_store(job, candor, txn, handing->plan));
    return home_commit(job, candor, txn);
}

static enum candor_status hand_over(struct job *job, struct candor *candor, const char *name,
                                    const char *path, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct handing handing = {.plan = NEW(job->arena, struct plan)};
    uint64_t index = 0;
    handing.lines = buf_begin(arena_beside(job)); /* the job's is rewound after each line */
    TRY(caller_may(job, candor, ACT_SEND));
    TRY(path_may_be_written(job, path));
    TRY(home_campaign(job, candor, str_of(name), &handing.campaign, &handing.campaign_index));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_load(job, candor, txn, handing.campaign->name, handing.plan));
    TRY(may_send(job, candor, txn, handing.plan));
    TRY(board_require_campaign(job, candor, txn, handing.campaign, handing.campaign_index,
                               handing.plan->author));
    handing.plan->state = PLAN_HANDING_OVER;
    TRY(hand_everybody(job, candor, txn, &handing));
    handing.plan->sent = job->now;
    handing.plan->handed_over = handing.handed;
    handing.plan->dropped_at_hand_over = handing.dropped;
    const struct account account = {
        .action = LEDGER_SEND, .outcome = OUTCOME_ALLOW, .policy = &handing.plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(plan_store(job, candor, txn, handing.plan));
    TRY(home_commit(job, candor, txn));
    view_drop_all(candor);
    TRY(during(job, finish(job, candor, &handing, path, &index),
               "handing over (run the same command again to finish)"));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, handing.plan->campaign);
    json_key(&answer.json, LIT("file"));
    json_text(&answer.json, str_of(path));
    json_key(&answer.json, LIT("handed_over"));
    json_u64(&answer.json, handing.handed);
    json_key(&answer.json, LIT("dropped_at_hand_over"));
    json_u64(&answer.json, handing.dropped);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_send(struct job *job, struct candor *candor, const char *campaign,
                               const char *path, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = hand_over(job, candor, campaign, path, report);
    home_leave(candor);
    return status;
}
