/*
 * planpeople.c - the people a plan shows, from the sealed records of their decisions.
 *
 * The plan keeps only which rows to show. What is shown is read again each time, against a permit
 * for that subject, so that it is gone when the subject is erased. Each time is a look at them.
 */
#include <math.h>

#include "decision.h"
#include "plan.h"
#include "staff.h"

enum { FACTS_SHOWN = 8, TERMS_SHOWN_MAX = 2048 };

static size_t strongest(const struct decision *decision, const bool *taken)
{
    size_t best = NONE;
    for (size_t t = 0; t < decision->term_count && t < TERMS_SHOWN_MAX; t++) {
        if (!taken[t] && (best == NONE ||
                          fabs(decision->contribution[t]) > fabs(decision->contribution[best]))) {
            best = t;
        }
    }
    return best;
}

/* The features that weighed most; a pair of features has no value of its own and is passed over. */
static void show_facts(struct job *job, const struct inventory *inventory,
                       const struct decision *decision, struct plan_person *person)
{
    bool taken[TERMS_SHOWN_MAX] = {false};
    for (size_t t = strongest(decision, taken); t != NONE && person->fact_count < FACTS_SHOWN;
         t = strongest(decision, taken)) {
        const size_t feature = inventory_feature(inventory, decision->term[t]);
        taken[t] = true;
        if (feature == NONE) {
            continue;
        }
        const struct str words =
            feature_value_words(job->arena, inventory, feature, &decision->cell[t]);
        const size_t at = person->fact_count++;
        person->fact_name[at] = inventory->feature[feature].label;
        person->fact_value[at] = words.len == 0 ? STR("not known") : words;
        person->fact_weight[at] = decision->contribution[t];
    }
}

static struct str headline(struct job *job, const struct plan *plan, const struct plan_row *row)
{
    if (row->fate == FATE_SEND) {
        return str_format(job->arena, "Contacted with “%.*s”",
                          STR_ARG(plan->offer_title[row->offer]));
    }
    return str_format(job->arena, "Left alone: %.*s", STR_ARG(plan_row_sentence(row)));
}

static void show(struct job *job, const struct candor *candor, struct plan *plan,
                 const struct plan_row *row, const struct decision *decision)
{
    static const char mark[3][2] = {"A", "B", "C"};
    struct plan_person *person = &plan->person[plan->person_count];
    *person = (struct plan_person){
        .mark = str_of(mark[plan->person_count]),
        .send = decision->send,
        .headline = headline(job, plan, row),
        .has_score = decision->has_score,
        .score = decision->score,
        .reason_count = decision->reason_count,
        .ledger_index = row->ledger_index,
    };
    for (size_t r = 0; r < decision->reason_count; r++) {
        person->reason[r] = decision->reason[r];
    }
    show_facts(job, candor->inventory, decision, person);
    plan->person_count++;
}

/* The record of the row's decision; *found is false when the subject was erased. */
static enum candor_status find_decision(struct job *job, struct txn *txn,
                                        const struct plan_row *row, struct decision *decision,
                                        bool *found)
{
    struct decision_record *record = NULL;
    size_t count = 0;
    *found = false;
    const struct permit *permit = permit_for_right(job, row->subject, RIGHT_EXPLANATION);
    const enum candor_status status = store_decisions(job, txn, permit, &record, &count);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    for (size_t i = 0; i < count && !*found; i++) {
        if (record[i].ledger_index == row->ledger_index) {
            TRY(decision_read(job, record[i].payload, decision));
            *found = true;
        }
    }
    return CANDOR_OK;
}

enum candor_status plan_people(struct job *job, struct candor *candor, struct plan *plan)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_READ, .outcome = OUTCOME_DONE};
    TRY(home_begin(job, candor, &txn));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    plan->person_count = 0;
    for (size_t p = 0; p < plan->person_row_count; p++) {
        struct decision decision;
        bool found = false;
        if (plan->person_row[p] >= plan->row_count) {
            return fail(job, CANDOR_CORRUPT, "the plan shows a row that it does not have");
        }
        const struct plan_row *row = &plan->row[plan->person_row[p]];
        TRY(find_decision(job, txn, row, &decision, &found));
        if (found) {
            TRY(access_note(job, candor, txn, row->subject, LIT("plan.page"), index));
            show(job, candor, plan, row, &decision);
        }
    }
    return plan->person_count == 0 ? CANDOR_OK : home_commit(job, candor, txn);
}
