/*
 * report.h - what the files about reports share, inside the flow room only.
 *
 *   report.c          one report: its period, its files, its entry on the ledger; verifying one
 *   report_gather.c   what ran: the ledger's entries, and one walk over everybody
 *   report_ropa.c     record of processing, GDPR Article 30
 *   report_dpia.c     draft of an impact assessment, Article 35
 *   report_consent.c  what people said
 *   report_dsar.c     rights requests; report_ccpa.c as 11 CCR 7102 wants them
 *   report_ai.c       technical file, AI Act Annex IV, and the marks of Article 50
 *   report_card.c     the card of one model
 *   report_board.c    key figures for those who answer for the company
 *   report_figures.c  the same as a series of periods, for a page: no document, no entry
 *
 * Each fills a document of the print room. Whatever no machine can say is put there as VERDICT_OPEN.
 */
#ifndef CANDOR_FLOW_REPORT_H
#define CANDOR_FLOW_REPORT_H

#include "candor_reports.h"
#include "figures.h"
#include "flow.h"
#include "plan.h"
#include "print.h"

struct model;

enum { ACTIONS_MAX = 256, PERIODS = 2 };
enum period { NOW, BEFORE }; /* the period asked for, and the one of the same length before it */

/* Something that ran again and again: how often, when last, and where that stands. */
struct runs {
    uint64_t count[PERIODS];
    uint64_t people; /* of the period; each once */
    int64_t last;    /* 0: never, in the period */
    struct entries entries;
};

/* What was found in one walk over everybody. */
struct walked {
    uint64_t subjects;
    uint64_t restricted;
    struct said_figures *said[PERIODS];
    struct runs *contacts;    /* by campaign */
    struct runs *disclosures; /* by recipient, then purpose: walked_disclosure */
    struct runs unlisted;     /* disclosures that candor.yaml does not list any more */
    struct runs looks;        /* at people, by our own */
    uint64_t looks_unreasoned[PERIODS];
};

struct reporting {
    struct job *job;
    struct candor *candor;
    struct txn *txn;
    struct document document;
    const struct candor_report_order *order;
    int64_t from[PERIODS];
    int64_t until[PERIODS];
    struct entries action[PERIODS][ACTIONS_MAX]; /* by enum ledger_action */
    int64_t action_last[ACTIONS_MAX];
    struct walked walked;
    struct request *request;
    size_t request_count;
};

/* ---- report_gather.c ----------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status gather_ledger(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status gather_people(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status gather_requests(struct reporting *reporting);
/* What went to a recipient under a purpose; gather_people counts it. */
const struct runs *walked_disclosure(const struct reporting *reporting, size_t recipient,
                                     size_t purpose);
/* The plan of a campaign as it stands; *is_there: one was made. */
CANDOR_MUST_USE enum candor_status gather_plan(struct reporting *reporting, struct str campaign,
                                               struct plan *plan, bool *is_there);
/* A model that was trained, published or not. */
CANDOR_MUST_USE enum candor_status gather_model(struct reporting *reporting, struct str name,
                                                const struct model **model, struct digest *digest,
                                                bool *is_published, bool *is_there);

/* report_board.c */
struct operators {
    uint64_t all; /* who may sign in */
    uint64_t lapsed;
};
enum verdict lift_verdict(const struct plan_results *results);
enum verdict fairness_verdict(const struct plan_fairness *fairness);
CANDOR_MUST_USE enum candor_status gather_operators(struct reporting *reporting,
                                                    struct operators *operators);

/* ---- pieces that reports share -------------------------------------------------------------- */

struct str names_of_fields(struct reporting *reporting, uint64_t purposes, enum sensitivity least);
struct str days_words(struct arena *arena, uint32_t days, struct lit none);
/* A fact with how often an action ran in the period, and its entries. */
void fact_action(struct reporting *reporting, struct lit label, enum ledger_action action);
void put_controller(struct reporting *reporting);
/* Of one right or all of them (RIGHTS), in one jurisdiction or all (empty). */
struct request_figures requests_of(struct reporting *reporting, enum period period,
                                   enum right right, struct str jurisdiction);
double requests_in_time(
    const struct request_figures *figures); /* of those answered; or NOT_KNOWN */

/* ---- one file each ------------------------------------------------------------------------- */

CANDOR_MUST_USE enum candor_status report_ropa(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_dpia(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_consent(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_dsar(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_ccpa(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_ai(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_card(struct reporting *reporting);
CANDOR_MUST_USE enum candor_status report_board(struct reporting *reporting);
/* What a card says of a model, into the open section. */
CANDOR_MUST_USE enum candor_status put_card(struct reporting *reporting, const struct model *model,
                                            const struct digest *digest);

#endif
