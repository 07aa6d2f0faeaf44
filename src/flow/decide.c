/*
 * decide.c - single decisions, many in one group commit.
 *
 * A group of questions is weighed one after the other in one transaction, each with its entry on
 * the ledger and its sealed account; one signature and one sync then make all of them durable.
 * Only then is any of them answered.
 */
#include <string.h>

#include "asked.h"
#include "constraint.h"
#include "monitors.h"
#include "request.h"
#include "reviewed.h"
#include "signals.h"
#include "staff.h"

/* The score below which the present plan contacts nobody; 0 without a plan that fits. */
static enum candor_status cutoff_of(struct job *job, struct txn *txn,
                                    const struct campaign *campaign, double *cutoff)
{
    struct bytes bytes;
    *cutoff = 0;
    if (!campaign->selection.has_top && !campaign->selection.has_share) {
        return CANDOR_OK;
    }
    const enum candor_status status =
        store_document(job, txn, LIT("cutoff"), campaign->name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    *cutoff = read_f64le(&reader);
    if (!reader_is_done(&reader) || isnan(*cutoff)) {
        return fail(job, CANDOR_CORRUPT, "the cut-off of '%.*s' is damaged; plan it again",
                    STR_ARG(campaign->name));
    }
    return CANDOR_OK;
}

/* A campaign is looked up once for a run of questions about it. */
struct asked {
    const char *name;
    const struct campaign *campaign;
    size_t index;
    bool is_own; /* it is none of candor.yaml's, or has other offers: facts are not kept */
    double cutoff;
    struct livefair *live; /* what was counted by group; NULL: nothing */
};

/* A signal that says no to the contact, or to choosing by their data. Before anything is read. */
static enum candor_status ask_signals(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct view_entry *entry, const struct asked *asked,
                                      const struct candor_signals *given, struct ruling *ruling)
{
    const struct campaign *campaign = asked->campaign;
    const struct permit_question contact = {entry->subject, campaign->purpose, campaign->channel,
                                            OURSELVES};
    const struct permit_question look = {entry->subject, campaign->uses, NONE, OURSELVES};
    struct request_signals *signals = NULL;
    TRY(signals_read(job, candor, given, &signals));
    TRY(signals_ruling(job, candor, txn, entry, signals, &contact, ruling));
    if (campaign->uses == NONE || !ruling->allowed) {
        return CANDOR_OK;
    }
    struct ruling profiling;
    TRY(signals_ruling(job, candor, txn, entry, signals, &look, &profiling));
    if (!profiling.allowed || profiling.against != NULL) {
        *ruling = profiling;
    }
    return CANDOR_OK;
}

/* What a plan does with everybody at once, for one subject: the cut-off and the hold-out. */
static enum candor_status weigh_alone(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct candor_question *question,
                                      const struct asked *asked, struct subject *subject,
                                      struct weighed *weighed)
{
    struct view_entry *entry = NULL;
    struct ruling ruling = {0};
    bool held_out = false;
    TRY(view_find(job, candor, question->identifier, &entry));
    *subject = entry->subject;
    if (question->signals != NULL) {
        TRY(ask_signals(job, candor, txn, entry, asked, question->signals, &ruling));
    }
    if (ruling.rule != 0 && !ruling.allowed && ruling.by == BY_SIGNAL) {
        *weighed = (struct weighed){.withhold = WITHHOLD_SIGNAL,
                                    .permit = PERMIT_CODES,
                                    .profiling = PERMIT_CODES,
                                    .offer = NONE,
                                    .ruling = ruling};
        return CANDOR_OK;
    }
    struct view_entry own;
    if (asked->is_own) {
        own = asked_entry(job, candor, entry);
        entry = &own;
    }
    TRY(weigh(job, candor, txn, entry, asked->campaign, asked->index, weighed));
    weighed->ruling = ruling;
    if (weighed->withhold == SEND && weighed->has_score && weighed->score < asked->cutoff) {
        weighed->withhold = WITHHOLD_NOT_SELECTED;
        weighed->threshold = asked->cutoff;
    }
    TRY(strict_refer(job, candor, txn, *subject, asked->campaign, weighed->offer, weighed));
    if (weighed->withhold != SEND) {
        weighed->offer = NONE;
    }
    if (weighed->withhold == SEND) {
        TRY(weigh_holdout(job, candor, asked->campaign, *subject, &held_out));
    }
    if (held_out) {
        weighed->withhold = WITHHOLD_HOLDOUT;
        weighed->offer = NONE;
    }
    return CANDOR_OK;
}

static void put_answer(struct job *job, const struct decision *decision,
                       const struct ruling *ruling, struct candor_answer *answer)
{
    answer->rule = ruling->rule;
    answer->signal = ruling->evidence == NULL ? NULL : signal_source_name(ruling->evidence->source);
    answer->status = CANDOR_OK;
    answer->send = decision->send;
    answer->offer = str_z(job->arena, decision->offer);
    answer->code = str_z(job->arena, decision->code);
    answer->has_score = decision->has_score;
    answer->score = decision->score;
    answer->score_withheld = decision->score_withheld;
    answer->plausibility = doubt_verdict_name(decision->doubt.verdict);
    answer->reason_count = decision->reason_count;
    for (size_t r = 0; r < decision->reason_count; r++) {
        answer->reason[r] = str_z(job->arena, decision->reason[r]);
    }
    answer->ledger_index = decision->ledger_index;
    memcpy(answer->id, decision->id, sizeof answer->id);
}

static enum candor_status ask_campaign(struct job *job, struct candor *candor, struct txn *txn,
                                       const char *name, struct asked *asked)
{
    if (asked->name != NULL && strcmp(asked->name, name) == 0) {
        return CANDOR_OK;
    }
    asked->name = NULL;
    TRY(home_campaign(job, candor, str_of(name), &asked->campaign, &asked->index));
    TRY(board_require_campaign(job, candor, txn, asked->campaign, asked->index, STR("")));
    TRY(cutoff_of(job, txn, asked->campaign, &asked->cutoff));
    asked->is_own = false;
    asked->name = name;
    return CANDOR_OK;
}

/* About a purpose, or a campaign with some of its offers. */
static enum candor_status ask_own(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct candor_question *question, struct asked *asked)
{
    struct campaign *own = NULL;
    if (question->purpose != NULL) {
        TRY(asked_purpose(job, candor, question->purpose, question->channel, &own));
        asked->cutoff = 0;
    } else {
        TRY(ask_campaign(job, candor, txn, question->campaign, asked));
        own = NEW(job->arena, struct campaign);
        *own = *asked->campaign;
    }
    if (question->offer_count > 0) {
        TRY(asked_offers(job, question->offer, question->offer_count, own));
    }
    asked->name = NULL;
    asked->campaign = own;
    asked->index = candor->campaign_count;
    asked->is_own = true;
    return CANDOR_OK;
}

static enum candor_status ask(struct job *job, struct candor *candor, struct txn *txn,
                              const struct candor_question *question, struct asked *asked)
{
    const bool is_own = question->purpose != NULL || question->offer_count > 0;
    if ((question->campaign == NULL) == (question->purpose == NULL)) {
        return fail(job, CANDOR_BAD_INPUT, "ask about a campaign or about a purpose");
    }
    if (question->offer_count > CANDOR_OFFERS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "at most %d offers in one question", CANDOR_OFFERS_MAX);
    }
    TRY(is_own ? ask_own(job, candor, txn, question, asked)
               : ask_campaign(job, candor, txn, question->campaign, asked));
    return question->campaign == NULL || question->channel == NULL
               ? CANDOR_OK
               : asked_channel(job, candor, asked->campaign, question->channel);
}

static enum candor_status decide_one(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct candor_question *question, struct asked *asked,
                                     struct decision *decision, struct ruling *ruling)
{
    struct subject subject = {0};
    struct weighed weighed;
    TRY(ask(job, candor, txn, question, asked));
    TRY(weigh_alone(job, candor, txn, question, asked, &subject, &weighed));
    *ruling = weighed.ruling;
    TRY(decision_record_new(job, candor, txn, subject, asked->campaign, &weighed, decision));
    TRY(livefair_count(job, candor, txn, subject, asked->campaign, &weighed, &asked->live));
    watch_decision(job, candor, txn, asked->campaign, &weighed);
    TRY(key_scores_tell(job, candor, txn, asked->campaign, weighed.facts, decision));
    if (caller_is_human(candor)) { /* who sees why looks at them */
        TRY(access_note(job, candor, txn, subject, LIT("decide"), decision->ledger_index));
    }
    return weighed.withhold == WITHHOLD_HUMAN || weighed.withhold == WITHHOLD_REFERRED ||
                   weighed.withhold == WITHHOLD_DOUBTED
               ? review_queue(job, candor, txn, subject, decision, NULL)
               : CANDOR_OK;
}

/* A failure of one question is its own; a failure of the house is everybody's. */
static bool is_of_the_question(enum candor_status status)
{
    return status == CANDOR_NOT_FOUND || status == CANDOR_BAD_INPUT || status == CANDOR_REFUSED;
}

static enum candor_status decide_all(struct job *job, struct candor *candor,
                                     const struct candor_question *question, size_t count,
                                     struct candor_answer *answer)
{
    struct txn *txn = NULL;
    struct asked asked = {0};
    size_t decided = 0;
    TRY(caller_may(job, candor, ACT_DECIDE));
    if (count > CANDOR_DECISIONS_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "%zu questions in one call, at most %d", count,
                    CANDOR_DECISIONS_MAX);
    }
    TRY(home_begin(job, candor, &txn));
    for (size_t i = 0; i < count; i++) {
        struct decision decision;
        struct ruling ruling;
        answer[i] = (struct candor_answer){0};
        const enum candor_status status =
            decide_one(job, candor, txn, &question[i], &asked, &decision, &ruling);
        if (status == CANDOR_OK) {
            put_answer(job, &decision, &ruling, &answer[i]);
            decided++;
        } else if (is_of_the_question(status)) {
            answer[i].status = status;
            answer[i].message = str_z(job->arena, str_of(job->message));
            job_forgive(job);
        } else {
            return status;
        }
    }
    if (decided == 0) {
        return CANDOR_OK;
    }
    TRY(livefair_keep(job, candor, txn, asked.live));
    TRY(home_commit(job, candor, txn));
    candor->decisions += decided;
    for (size_t i = 0; i < count; i++) {
        if (answer[i].status == CANDOR_OK) {
            *(answer[i].send ? &candor->sends : &candor->withheld) += 1;
        }
    }
    return CANDOR_OK;
}

enum candor_status candor_decide_many(struct job *job, struct candor *candor,
                                      const struct candor_question *question, size_t count,
                                      struct candor_answer *answer)
{
    home_enter(candor);
    const enum candor_status status = decide_all(job, candor, question, count, answer);
    home_leave(candor);
    return status;
}

static enum candor_status decide_with_receipt(struct job *job, struct candor *candor,
                                              const struct candor_question *question,
                                              struct candor_text *report)
{
    struct txn *txn = NULL;
    struct asked asked = {0};
    struct decision decision;
    struct ruling ruling;
    TRY(caller_may(job, candor, ACT_DECIDE));
    TRY(home_begin(job, candor, &txn));
    TRY(decide_one(job, candor, txn, question, &asked, &decision, &ruling));
    TRY(livefair_keep(job, candor, txn, asked.live));
    TRY(home_commit(job, candor, txn));
    candor->decisions++;
    *(decision.send ? &candor->sends : &candor->withheld) += 1;

    /* Show it from its record, as the subject would see it. */
    struct subject subject;
    struct decision_record *record = NULL;
    size_t record_count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, question->identifier, &subject));
    TRY(store_decisions(job, txn, permit_for_right(job, subject, RIGHT_EXPLANATION), &record,
                        &record_count));
    for (size_t i = record_count; i > 0; i--) {
        if (record[i - 1].ledger_index == decision.ledger_index) {
            struct decision kept;
            TRY(decision_read(job, record[i - 1].payload, &kept));
            bytes_copy(kept.id, decision.id, sizeof kept.id);
            kept.ledger_index = decision.ledger_index;
            decision = kept;
            break;
        }
    }
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    decision_members(&answer.json, job->arena, &decision);
    TRY(receipt_json(job, candor, &answer.json, decision.ledger_index));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_decide(struct job *job, struct candor *candor,
                                 const struct candor_question *question, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = decide_with_receipt(job, candor, question, report);
    home_leave(candor);
    return status;
}
