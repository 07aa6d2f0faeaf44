/*
 * plan.h - a campaign's plan, from the walk to the page.
 *
 *   plan.c        from the walk over everybody to the signature
 *   plansettle.c  who said no while it was made
 *   planning.c    what it adds up to
 *   planpeople.c  whom it shows
 *   planfile.c    its bytes
 *   planshow.c    it as JSON
 *   planpage.c    its page
 *   campaigns.c   all of them as they stand, and the people of a step
 */
#ifndef CANDOR_FLOW_PLAN_H
#define CANDOR_FLOW_PLAN_H

#include "longwork.h"

/* ---- a plan that is made ----------------------------------------------------------------- */

enum plan_fate { FATE_WITHHOLD, FATE_SEND, FATE_HOLDOUT };

struct plan_row {
    struct subject subject;
    enum plan_fate fate;
    uint8_t withhold; /* enum withhold */
    uint8_t permit;   /* enum permit_code, when withhold is WITHHOLD_PERMIT */
    uint16_t offer;   /* UINT16_MAX: none */
    bool has_score;
    double score;
    uint64_t ledger_index;
};

struct plan_reason {
    struct str code;
    struct str sentence;
    uint64_t count;
};

struct plan_stair {
    struct str name;
    struct str label;
    uint64_t count; /* how many are still on the staircase at this step */
    struct plan_reason *left_out;
    size_t left_out_count;
};

struct plan_group {
    struct str attribute; /* label of the field */
    struct str value;
    uint64_t considered; /* subjects who could have been chosen */
    uint64_t chosen;
    double rate;
    double low; /* Wilson 95 % */
    double high;
};

struct plan_fairness {
    bool checked;
    bool passed;
    bool enough; /* evidence: the interval does not straddle the limit */
    struct str measure;
    struct str attribute;
    double value;
    double low;
    double high;
    double limit;
    struct plan_group *group;
    size_t group_count;
    struct str sentence;
};

/* Mean contributions over the chosen: what drives this campaign. */
struct plan_driver {
    struct str feature; /* label */
    double strength;    /* mean of |contribution| */
    double direction;   /* correlation-like sign: above 0 raises the score as the value grows */
};

/* One of three real people, shown complete but without name or address. */
struct plan_person {
    struct str mark; /* "A", "B", "C" */
    bool send;
    struct str headline; /* "Contacted with 'Free delivery'", "Left alone: said no" */
    bool has_score;
    double score;
    struct str fact_name[16];
    struct str fact_value[16];
    double fact_weight[16]; /* contribution in log-odds; 0: none */
    size_t fact_count;
    struct str reason[WEIGH_REASONS_MAX];
    size_t reason_count;
    uint64_t ledger_index;
};

struct plan_results {
    bool known;
    int64_t imported;
    uint64_t contacted, contacted_responses;
    uint64_t holdout, holdout_responses;
    double lift, lift_low, lift_high; /* difference of response rates, Newcombe 95 % */
    double extra_responses;           /* lift times contacted */
    uint64_t complaints, unsubscribes, refusals;
    bool has_amount;
    double contacted_amount, holdout_amount; /* mean per subject */
};

enum plan_state { PLAN_PLANNED, PLAN_APPROVED, PLAN_HANDING_OVER, PLAN_SENT };

struct plan {
    struct str campaign;
    struct str title;
    struct str purpose;
    struct str channel;
    struct str model; /* name, or empty */
    struct str author;
    int64_t made; /* the instant at which it is true: everybody's last word is asked for then */
    enum plan_state state;
    struct digest digest; /* of the signed part: everything above the rows' end */
    struct digest policy;
    struct digest model_digest;
    struct plan_stair stair[STAIR_COUNT];
    uint64_t holdout;
    double cutoff;                                /* the lowest score that was chosen */
    double expected, expected_low, expected_high; /* responses among the contacted */
    double expected_without;                      /* had they not been contacted; NaN: unknown */
    double cost;                                  /* of contacting; NaN: unknown */
    struct plan_fairness fairness;
    struct plan_driver driver[8];
    size_t driver_count;
    uint32_t person_row[3]; /* whom to show: rows of the plan */
    size_t person_row_count;
    struct plan_person
        person[3]; /* filled by plan_people, never stored: it ends with the subject */
    size_t person_count;
    struct str offer_name[64];
    struct str offer_title[64];
    uint64_t offer_count_of[64];
    size_t offer_count;
    size_t score_histogram[20]; /* of all scored, by tenths and halves of the probability */
    struct plan_row *row;
    size_t row_count;
    uint8_t author_signature[64];
    struct str approver;
    int64_t approved;
    struct str override_reason;
    uint8_t approver_signature[64];
    int64_t sent;
    uint64_t handed_over;
    uint64_t dropped_at_hand_over; /* permits that had gone by then */
    struct plan_results results;
    uint64_t ledger_first, ledger_last;
};

CANDOR_MUST_USE enum candor_status plan_store(struct job *job, struct candor *candor,
                                              struct txn *txn, const struct plan *plan);
CANDOR_MUST_USE enum candor_status plan_load(struct job *job, struct candor *candor,
                                             struct txn *txn, struct str campaign,
                                             struct plan *plan);
/* The same; *is_there false: the campaign was never planned. */
CANDOR_MUST_USE enum candor_status plan_find(struct job *job, struct candor *candor,
                                             struct txn *txn, struct str campaign,
                                             struct plan *plan, bool *is_there);
/* The bytes that are stored, and back. CANDOR_CORRUPT: they are no plan. */
struct bytes plan_write(struct job *job, const struct plan *plan);
CANDOR_MUST_USE enum candor_status plan_read(struct job *job, struct bytes file, struct plan *plan);
struct digest plan_digest(struct job *job, const struct plan *plan);
/* CANDOR_REFUSED: not approved, sent already, or candor.yaml has changed since. CANDOR_CORRUPT: one of the
 * two signatures does not hold. */
CANDOR_MUST_USE enum candor_status plan_may_be_sent(struct job *job, struct candor *candor,
                                                    struct txn *txn, const struct plan *plan);
/* Show the plan's people from the records of their decisions, against a permit for each; whoever was
 * erased since is left out. */
CANDOR_MUST_USE enum candor_status plan_people(struct job *job, struct candor *candor,
                                               struct plan *plan);
/* The staircase, holdout, expected, fairness, digest ... as JSON members of the open map. */
void plan_json(struct job *job, struct json *json, const struct plan *plan);
/* The member "results". */
void plan_results_json(struct job *job, struct json *json, const struct plan_results *results);
struct str plan_state_name(enum plan_state state); /* "planned" */
/* One self-contained page: no script, no outside request, prints well. */
struct str plan_page(struct job *job, const struct plan *plan);

/* ---- a plan in the making: plan.c, planning.c ----------------------------------------------- */

#define PLANNING_PEOPLE 3

struct planning {
    struct long_work work;
    const struct campaign *campaign;
    size_t campaign_index;
    const struct published *published; /* NULL: no model */
    struct plan_row *row;
    struct weighed *weighed; /* facts are NULL but while a subject is being recorded */
    size_t row_count;
    size_t recorded;   /* rows before this one are on the ledger */
    bool is_to_commit; /* somebody was recorded anew */
    double cutoff;
    struct plan_fairness fairness;
    double *drive; /* sum of |contribution| per feature, over the chosen */
    double *lean;  /* sum of contribution, with its sign */
    uint64_t drive_count;
    size_t wanted[PLANNING_PEOPLE]; /* rows to show; NONE */
};

/* Could have been chosen: it came as far as the score. */
bool weighed_was_considered(const struct weighed *weighed);
/* Rates of groups, and the campaign's rule between them; checked is false when too few can be compared. */
struct campaign_fairness;
void plan_fairness_of(struct job *job, const struct candor *candor,
                      const struct campaign_fairness *asked, size_t field, struct plan_group *group,
                      size_t count, struct plan_fairness *fairness);

CANDOR_MUST_USE enum candor_status planning_begin(struct job *job, struct candor *candor,
                                                  struct txn *txn, struct planning *planning);
/* Compare the chosen by protected attribute; may change nothing but planning->fairness. */
CANDOR_MUST_USE enum candor_status planning_compare(struct job *job, struct candor *candor,
                                                    struct planning *planning);
/* While row i is being recorded its facts are there: add up what drives. */
void planning_look(struct planning *planning, size_t i);
CANDOR_MUST_USE enum candor_status planning_summarise(struct job *job, struct candor *candor,
                                                      struct planning *planning, struct plan *plan);
/* plan.c: put row i on the ledger as it was weighed; once more when that changed. */
CANDOR_MUST_USE enum candor_status planning_record(struct job *job, struct candor *candor,
                                                   struct txn *txn, struct planning *planning,
                                                   size_t i);
/* plansettle.c: begin a stay in the home: the model is the one that it was, and a transaction is open. */
CANDOR_MUST_USE enum candor_status planning_step(struct job *job, struct candor *candor,
                                                 struct planning *planning, struct txn **txn);
/*
 * Begin a stay, and ask again whoever was changed since they were weighed. Whom something now keeps from
 * being contacted is withheld for it, and recorded so if they were recorded before; whoever was erased is
 * WITHHOLD_ERASED. Until the stay ends this is so of everybody.
 */
CANDOR_MUST_USE enum candor_status planning_settle(struct job *job, struct planning *planning,
                                                   struct txn **txn);
/* Take out the rows of those who were erased. */
void planning_leave_out_erased(struct planning *planning);
struct str plan_row_sentence(const struct plan_row *row);
struct str plan_row_code(const struct plan_row *row); /* "send", "holdout", "no_consent" ... */

#endif
