/*
 * handoff.c - the fence at the door: what was decided is handed over, or refused.
 *
 *     decide --> (a queue, somebody else's program, minutes) --> handoff --> the message leaves
 *
 * Between the two the subject may have said no. So the last question is asked here, at the instant of
 * handing over: the permit as it is now, and whether a no came in between. A withdrawal is answered
 * after it is durable, and this asks what is durable; so no hand-over that begins after the answer
 * can succeed. A contact is on the ledger and durable before the caller hears yes.
 *
 * A plan's hand-over is send.c, which asks the same for everybody.
 */
#include "asked.h"
#include "consenting.h"
#include "reviewed.h"

struct passing {
    struct subject subject;
    uint8_t id[16];
    struct decision decision;
    const struct campaign *campaign;
    size_t campaign_index;
    struct view_entry entry;
    enum permit_code code;
};

static enum candor_status find_decision(struct job *job, struct txn *txn, struct passing *passing)
{
    struct decision_record *record = NULL;
    size_t count = 0;
    /* Asking whether a no holds is executing the right behind that no. */
    TRY(store_decisions(job, txn, permit_for_right(job, passing->subject, RIGHT_OBJECTION), &record,
                        &count));
    for (size_t i = count; i > 0; i--) {
        if (bytes_same(record[i - 1].id, passing->id, sizeof passing->id)) {
            return decision_read(job, record[i - 1].payload, &passing->decision);
        }
    }
    return fail(job, CANDOR_NOT_FOUND, "no such decision about this subject");
}

/* Once: a contact of the same campaign since the decision is this one's. */
static bool was_handed_over(const struct passing *passing)
{
    for (size_t i = 0; i < passing->entry.contact_count; i++) {
        const struct contact *contact = &passing->entry.contact[i];
        if (contact->time >= passing->decision.time &&
            str_equal(contact->campaign, passing->decision.campaign)) {
            return true;
        }
    }
    return false;
}

static enum permit_code ask_fence(const struct job *job, const struct candor *candor,
                                  const struct passing *passing)
{
    const struct campaign *campaign = passing->campaign;
    struct fence_ticket ticket = {
        .question = {passing->subject, campaign->purpose, campaign->channel, OURSELVES},
        .epoch = passing->decision.epoch,
        .decided = passing->decision.time,
    };
    const enum permit_code code =
        fence_ask(candor->inventory, passing->entry.state, &ticket, job->now);
    if (!permit_code_allows(code) || campaign->uses == NONE) {
        return passing->decision.has_epoch || !permit_code_allows(code) ? code : PERMIT_SUPERSEDED;
    }
    ticket.question.purpose = campaign->uses;
    ticket.question.channel = NONE;
    const enum permit_code uses =
        fence_ask(candor->inventory, passing->entry.state, &ticket, job->now);
    return permit_code_allows(uses) && passing->decision.has_epoch ? code
           : permit_code_allows(uses)                              ? PERMIT_SUPERSEDED
                                                                   : uses;
}

/* The refusal is on the ledger too: somebody wanted to, and was not let. */
static enum candor_status refuse(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct passing *passing, const char *code,
                                 const char *sentence)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_CONTACT,
                                    .outcome = OUTCOME_DENY,
                                    .subject = &passing->subject,
                                    .object = passing->id};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    candor->permits_denied++;
    return fail(job, CANDOR_REFUSED, "%s: %s", code, sentence);
}

static enum candor_status let_pass(struct job *job, struct candor *candor, struct txn *txn,
                                   struct passing *passing, struct candor_text *report)
{
    const struct campaign *campaign = passing->campaign;
    const struct permit_question question = {passing->subject, campaign->purpose, campaign->channel,
                                             OURSELVES};
    const struct permit *permit = NULL;
    enum permit_code code;
    struct profile profile = profile_begin(job->arena, candor->inventory);
    struct str address = STR("");
    uint64_t index = 0;
    TRY(permit_issue(job, candor->inventory, passing->entry.state, &question, &code, &permit));
    TRY(store_profile(job, txn, permit, &profile));
    if (campaign->address_field != NONE) {
        address = cell_text(job->arena, &candor->inventory->field[campaign->address_field],
                            &profile.cell[campaign->address_field]);
    }
    const struct account account = {.action = LEDGER_CONTACT,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &passing->subject,
                                    .object = passing->id};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    const struct contact contact = {
        .time = job->now,
        .channel = campaign->channel,
        .campaign = passing->decision.campaign,
        .offer = passing->decision.offer,
        .ledger_index = index,
    };
    TRY(store_add_contact(job, txn, passing->subject, &contact));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, passing->subject);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("handed_over"));
    json_bool(&answer.json, true);
    json_key(&answer.json, LIT("campaign"));
    json_text(&answer.json, passing->decision.campaign);
    json_key(&answer.json, LIT("offer"));
    json_text(&answer.json, passing->decision.offer);
    json_key(&answer.json, LIT("address"));
    json_text(&answer.json, address);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* The campaign it was about, or the purpose: as it is today. */
static enum candor_status find_campaign(struct job *job, struct candor *candor, struct txn *txn,
                                        struct passing *passing)
{
    const struct decision *decision = &passing->decision;
    if (asked_is_purpose(decision->campaign)) {
        struct campaign *campaign = NULL;
        passing->campaign_index = candor->campaign_count;
        TRY(asked_purpose(job, candor, str_z(job->arena, decision->purpose),
                          decision->channel.len == 0 ? NULL : str_z(job->arena, decision->channel),
                          &campaign));
        passing->campaign = campaign;
        return CANDOR_OK;
    }
    TRY(home_campaign(job, candor, decision->campaign, &passing->campaign,
                      &passing->campaign_index));
    return board_require_campaign(job, candor, txn, passing->campaign, passing->campaign_index,
                                  STR(""));
}

static enum candor_status handoff(struct job *job, struct candor *candor, const char *identifier,
                                  const char *decision, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct passing *passing = NEW(job->arena, struct passing);
    struct weighed weighed;
    TRY(caller_may(job, candor, ACT_DECIDE));
    if (!hex_read(str_of(decision), passing->id, sizeof passing->id)) {
        return fail(job, CANDOR_BAD_INPUT, "a decision's id has 32 hexadecimal digits");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &passing->subject));
    TRY(find_decision(job, txn, passing));
    TRY(find_campaign(job, candor, txn, passing));
    if (!passing->decision.send) {
        return fail(job, CANDOR_REFUSED, "it was decided to leave them alone");
    }
    passing->entry.arena = job->arena;
    TRY(view_load(job, candor, txn, passing->subject, &passing->entry));
    passing->entry = asked_entry(job, candor, &passing->entry);
    if (was_handed_over(passing)) {
        return fail(job, CANDOR_EXISTS, "this was handed over already");
    }
    const enum permit_code code = ask_fence(job, candor, passing);
    if (!permit_code_allows(code)) {
        return refuse(job, candor, txn, passing, permit_code_name(code),
                      permit_code_sentence(code));
    }
    TRY(weigh(job, candor, txn, &passing->entry, passing->campaign, passing->campaign_index,
              &weighed));
    if (!may_still_be_contacted(weighed.withhold)) {
        return refuse(job, candor, txn, passing, withhold_name(weighed.withhold),
                      withhold_sentence(weighed.withhold));
    }
    return let_pass(job, candor, txn, passing, report);
}

enum candor_status candor_handoff(struct job *job, struct candor *candor, const char *identifier,
                                  const char *decision, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = handoff(job, candor, identifier, decision, report);
    home_leave(candor);
    return status;
}
