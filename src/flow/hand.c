/*
 * hand.c - one person of a signed plan is handed over, or left out: every permit is asked again at this
 * instant, and the contact is on the ledger in the transaction of which the caller makes it durable before
 * anything leaves.
 */
#include "handing.h"
#include "signals.h"

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
                                         const struct handing *handing, const struct hand_row *row)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_CONTACT,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &row->subject,
                                    .policy = handing->plan};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    const struct contact contact = {
        .time = job->now,
        .channel = handing->campaign->channel,
        .campaign = handing->campaign->name,
        .offer = row->offer,
        .ledger_index = index,
    };
    return store_add_contact(job, txn, row->subject, &contact);
}

/* Who they are and where they are reached, against the permit that was just given. */
static enum candor_status hand_line(struct job *job, struct candor *candor, struct txn *txn,
                                    struct handing *handing, const struct hand_row *row,
                                    const struct permit *permit)
{
    const size_t field = handing->campaign->address_field;
    struct hand_line line = {.row = row, .address = STR("")};
    struct profile profile = profile_begin(job->arena, candor->inventory);
    TRY(store_identifier(job, txn, permit, &line.identifier));
    TRY(store_profile(job, txn, permit, &profile));
    if (field != NONE) {
        line.address =
            cell_text(job->arena, &candor->inventory->field[field], &profile.cell[field]);
    }
    TRY(unsubscribe_link(job, candor, row->subject, handing->campaign->purpose,
                         handing->campaign->channel, &line.unsubscribe));
    handing->put(handing, &line);
    handing->handed++;
    return CANDOR_OK;
}

static enum candor_status drop(struct job *job, struct candor *candor, struct txn *txn,
                               struct handing *handing, const struct hand_row *row)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_CONTACT,
                                    .outcome = OUTCOME_DENY,
                                    .subject = &row->subject,
                                    .policy = handing->plan};
    handing->dropped++;
    return home_account(job, candor, txn, &account, &index, NULL);
}

enum candor_status hand_one(struct job *job, struct candor *candor, struct txn *txn,
                            struct handing *handing, const struct hand_row *row)
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
    return hand_line(job, candor, txn, handing, row, permit);
}
