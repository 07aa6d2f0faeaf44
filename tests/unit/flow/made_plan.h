/*
 * made_plan.h - a plan with something in every field, for tests of its bytes and its page. All texts
 * begin with `mark`, so that a test can see where they come out.
 */
#ifndef MADE_PLAN_H
#define MADE_PLAN_H

#include <string.h>

#include "flow.h"
#include "plan.h"

/* Of rows and groups, people and offers. */
enum { MADE_ROWS = 5, MADE_OFFERS = 2 };

struct maker {
    struct arena *arena;
    const char *mark;
};

static inline struct str made_text(const struct maker *maker, const char *text)
{
    return str_format(maker->arena, "%s%s", maker->mark, text);
}

static inline void make_stairs(const struct maker *maker, struct plan *plan)
{
    for (size_t s = 0; s < STAIR_COUNT; s++) {
        struct plan_stair *stair = &plan->stair[s];
        stair->name = made_text(maker, stair_name((enum stair)s));
        stair->label = made_text(maker, stair_label((enum stair)s));
        stair->count = 12345 / (s + 1);
        stair->left_out_count = s % 3;
        stair->left_out = NEW_ARRAY(maker->arena, 2, struct plan_reason);
        for (size_t r = 0; r < stair->left_out_count; r++) {
            stair->left_out[r] = (struct plan_reason){.code = made_text(maker, "a_code"),
                                                      .sentence = made_text(maker, "A sentence."),
                                                      .count = 1000 + r};
        }
    }
}

static inline void make_fairness(const struct maker *maker, struct plan *plan)
{
    plan->fairness = (struct plan_fairness){
        .checked = true,
        .passed = true,
        .enough = true,
        .measure = made_text(maker, "parity_ratio"),
        .attribute = made_text(maker, "Sex"),
        .sentence = made_text(maker, "It is fair."),
        .value = 0.91,
        .low = 0.85,
        .high = 0.97,
        .limit = 0.8,
        .group = NEW_ARRAY(maker->arena, 2, struct plan_group),
        .group_count = 2,
    };
    for (size_t g = 0; g < 2; g++) {
        plan->fairness.group[g] = (struct plan_group){
            .attribute = made_text(maker, "Sex"),
            .value = made_text(maker, g == 0 ? "female" : "male"),
            .considered = 2000 + g,
            .chosen = 500 - 40 * g,
            .rate = 0.25 - 0.02 * (double)g,
            .low = 0.20,
            .high = 0.30,
        };
    }
}

static inline void make_person(const struct maker *maker, struct plan_person *person)
{
    *person = (struct plan_person){
        .mark = made_text(maker, "A"),
        .send = true,
        .headline = made_text(maker, "Contacted"),
        .has_score = true,
        .score = 0.321,
        .fact_count = 2,
        .reason_count = 2,
        .ledger_index = 77,
    };
    for (size_t f = 0; f < 2; f++) {
        person->fact_name[f] = made_text(maker, "Age");
        person->fact_value[f] = made_text(maker, "40");
        person->fact_weight[f] = f == 0 ? 0.5 : -0.25;
        person->reason[f] = made_text(maker, "A reason.");
    }
}

static inline void make_rows(const struct maker *maker, struct plan *plan)
{
    static const uint8_t withhold[MADE_ROWS] = {SEND, WITHHOLD_PERMIT, WITHHOLD_LOW_SCORE,
                                                WITHHOLD_HOLDOUT, SEND};
    plan->row_count = MADE_ROWS;
    plan->row = NEW_ARRAY(maker->arena, MADE_ROWS, struct plan_row);
    for (size_t i = 0; i < MADE_ROWS; i++) {
        struct plan_row *row = &plan->row[i];
        *row = (struct plan_row){
            .subject = {.slot = (uint32_t)i + 3},
            .fate = withhold[i] == SEND               ? FATE_SEND
                    : withhold[i] == WITHHOLD_HOLDOUT ? FATE_HOLDOUT
                                                      : FATE_WITHHOLD,
            .withhold = withhold[i],
            .permit = withhold[i] == WITHHOLD_PERMIT ? PERMIT_WITHDRAWN : PERMIT_OK_CONSENT,
            .offer = withhold[i] == SEND ? (uint16_t)(i % MADE_OFFERS) : UINT16_MAX,
            .has_score = i != 1,
            .score = 0.125 * (double)i,
            .ledger_index = 100 + i,
        };
        for (size_t b = 0; b < sizeof row->subject.id; b++) {
            row->subject.id[b] = (uint8_t)(16 * i + b);
        }
    }
}

static inline void make_lists(const struct maker *maker, struct plan *plan)
{
    plan->driver_count = 2;
    plan->person_count = 1;
    plan->person_row_count = 2;
    plan->offer_count = MADE_OFFERS;
    for (size_t i = 0; i < 2; i++) {
        plan->driver[i] = (struct plan_driver){.feature = made_text(maker, "Purchases"),
                                               .strength = 0.75 - 0.5 * (double)i,
                                               .direction = 0.5};
        plan->person_row[i] = (uint32_t)i;
        plan->offer_name[i] = made_text(maker, i == 0 ? "gift" : "voucher");
        plan->offer_title[i] = made_text(maker, i == 0 ? "A gift" : "A voucher");
        plan->offer_count_of[i] = 900 - 800 * i;
    }
    for (size_t h = 0; h < sizeof plan->score_histogram / sizeof plan->score_histogram[0]; h++) {
        plan->score_histogram[h] = h * h;
    }
    make_person(maker, &plan->person[0]);
}

static inline void make_results(struct plan *plan)
{
    plan->results = (struct plan_results){
        .known = true,
        .imported = 1794000000 * MICROS_PER_SECOND,
        .contacted = 1000,
        .contacted_responses = 80,
        .holdout = 100,
        .holdout_responses = 5,
        .lift = 0.03,
        .lift_low = 0.01,
        .lift_high = 0.05,
        .extra_responses = 30,
        .complaints = 2,
        .unsubscribes = 3,
        .refusals = 4,
        .has_amount = true,
        .contacted_amount = 12.5,
        .holdout_amount = 11.25,
    };
}

static inline void make_plan(const struct maker *maker, struct plan *plan)
{
    *plan = (struct plan){
        .campaign = made_text(maker, "spring"),
        .title = made_text(maker, "Spring"),
        .purpose = made_text(maker, "News"),
        .channel = made_text(maker, "email"),
        .model = made_text(maker, "lead"),
        .author = made_text(maker, "ana"),
        .approver = made_text(maker, "bea"),
        .override_reason = made_text(maker, "It is right."),
        .made = 1793000000 * MICROS_PER_SECOND,
        .approved = 1793100000 * MICROS_PER_SECOND,
        .sent = 1793200000 * MICROS_PER_SECOND,
        .state = PLAN_SENT,
        .holdout = 123,
        .cutoff = 0.05,
        .expected = 81,
        .expected_low = 63,
        .expected_high = 99,
        .expected_without = 50,
        .cost = 450,
        .handed_over = 998,
        .dropped_at_hand_over = 2,
        .ledger_first = 100,
        .ledger_last = 104,
    };
    memset(plan->policy.byte, 0x11, sizeof plan->policy.byte);
    memset(plan->model_digest.byte, 0x22, sizeof plan->model_digest.byte);
    memset(plan->author_signature, 0x33, sizeof plan->author_signature);
    memset(plan->approver_signature, 0x44, sizeof plan->approver_signature);
    make_stairs(maker, plan);
    make_fairness(maker, plan);
    make_lists(maker, plan);
    make_rows(maker, plan);
    make_results(plan);
}

#endif
