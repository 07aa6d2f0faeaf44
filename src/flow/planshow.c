/*
 * planshow.c - a plan as JSON. Its page is page.c.
 */
#include <math.h>

#include "flow.h"
#include "plan.h"

static void put_stair(struct json *json, const struct plan_stair *stair)
{
    json_map_begin(json);
    json_key(json, LIT("step"));
    json_text(json, stair->name);
    json_key(json, LIT("label"));
    json_text(json, stair->label);
    json_key(json, LIT("count"));
    json_u64(json, stair->count);
    json_key(json, LIT("left_out"));
    json_map_begin(json);
    for (size_t r = 0; r < stair->left_out_count; r++) {
        json_key_str(json, stair->left_out[r].code);
        json_u64(json, stair->left_out[r].count);
    }
    json_map_end(json);
    json_map_end(json);
}

static void put_expected(struct json *json, const struct plan *plan)
{
    json_key(json, LIT("expected"));
    json_map_begin(json);
    json_key(json, LIT("responses"));
    json_f64(json, plan->expected);
    json_key(json, LIT("ci"));
    json_list_begin(json);
    json_f64(json, plan->expected_low);
    json_f64(json, plan->expected_high);
    json_list_end(json);
    json_key(json, LIT("cost"));
    json_f64(json, plan->cost);
    json_key(json, LIT("lowest_score"));
    json_f64(json, plan->cutoff);
    json_map_end(json);
}

static void put_fairness(struct json *json, const struct plan_fairness *fairness)
{
    json_key(json, LIT("fairness"));
    json_map_begin(json);
    json_key(json, LIT("checked"));
    json_bool(json, fairness->checked);
    json_key(json, LIT("passed"));
    json_bool(json, fairness->passed);
    json_key(json, LIT("enough_evidence"));
    json_bool(json, fairness->enough);
    json_key(json, LIT("attribute"));
    json_text(json, fairness->attribute);
    json_key(json, LIT("measure"));
    json_text(json, fairness->measure);
    json_key(json, LIT("value"));
    json_f64(json, fairness->value);
    json_key(json, LIT("ci"));
    json_list_begin(json);
    json_f64(json, fairness->low);
    json_f64(json, fairness->high);
    json_list_end(json);
    json_key(json, LIT("limit"));
    json_f64(json, fairness->limit);
    json_key(json, LIT("sentence"));
    json_text(json, fairness->sentence);
    json_key(json, LIT("groups"));
    json_list_begin(json);
    for (size_t g = 0; g < fairness->group_count; g++) {
        const struct plan_group *group = &fairness->group[g];
        json_map_begin(json);
        json_key(json, LIT("value"));
        json_text(json, group->value);
        json_key(json, LIT("considered"));
        json_u64(json, group->considered);
        json_key(json, LIT("chosen"));
        json_u64(json, group->chosen);
        json_key(json, LIT("rate"));
        json_f64(json, group->rate);
        json_key(json, LIT("ci"));
        json_list_begin(json);
        json_f64(json, group->low);
        json_f64(json, group->high);
        json_list_end(json);
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

static void put_person(struct json *json, const struct plan_person *person)
{
    json_map_begin(json);
    json_key(json, LIT("person"));
    json_text(json, person->mark);
    json_key(json, LIT("headline"));
    json_text(json, person->headline);
    json_key(json, LIT("score"));
    json_f64(json, person->has_score ? person->score : NOT_KNOWN);
    json_key(json, LIT("facts"));
    json_list_begin(json);
    for (size_t f = 0; f < person->fact_count; f++) {
        json_map_begin(json);
        json_key(json, LIT("name"));
        json_text(json, person->fact_name[f]);
        json_key(json, LIT("value"));
        json_text(json, person->fact_value[f]);
        json_key(json, LIT("contribution"));
        json_f64(json, person->fact_weight[f]);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("reasons"));
    json_list_begin(json);
    for (size_t r = 0; r < person->reason_count; r++) {
        json_text(json, person->reason[r]);
    }
    json_list_end(json);
    json_key(json, LIT("ledger_index"));
    json_u64(json, person->ledger_index);
    json_map_end(json);
}

static void put_lists(struct json *json, const struct plan *plan)
{
    json_key(json, LIT("offers"));
    json_list_begin(json);
    for (size_t o = 0; o < plan->offer_count; o++) {
        json_map_begin(json);
        json_key(json, LIT("name"));
        json_text(json, plan->offer_name[o]);
        json_key(json, LIT("title"));
        json_text(json, plan->offer_title[o]);
        json_key(json, LIT("count"));
        json_u64(json, plan->offer_count_of[o]);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("drivers"));
    json_list_begin(json);
    for (size_t d = 0; d < plan->driver_count; d++) {
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, plan->driver[d].feature);
        json_key(json, LIT("strength"));
        json_f64(json, plan->driver[d].strength);
        json_key(json, LIT("direction"));
        json_f64(json, plan->driver[d].direction);
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("people"));
    json_list_begin(json);
    for (size_t p = 0; p < plan->person_count; p++) {
        put_person(json, &plan->person[p]);
    }
    json_list_end(json);
}

void plan_results_json(struct job *job, struct json *json, const struct plan_results *results)
{
    json_key(json, LIT("results"));
    json_map_begin(json);
    json_key(json, LIT("imported"));
    json_text(json, str_from_time(job->arena, results->imported));
    json_key(json, LIT("contacted"));
    json_u64(json, results->contacted);
    json_key(json, LIT("contacted_responses"));
    json_u64(json, results->contacted_responses);
    json_key(json, LIT("holdout"));
    json_u64(json, results->holdout);
    json_key(json, LIT("holdout_responses"));
    json_u64(json, results->holdout_responses);
    json_key(json, LIT("lift"));
    json_f64(json, results->lift);
    json_key(json, LIT("ci"));
    json_list_begin(json);
    json_f64(json, results->lift_low);
    json_f64(json, results->lift_high);
    json_list_end(json);
    json_key(json, LIT("extra_responses"));
    json_f64(json, results->extra_responses);
    json_key(json, LIT("complaints"));
    json_u64(json, results->complaints);
    json_key(json, LIT("unsubscribes"));
    json_u64(json, results->unsubscribes);
    json_key(json, LIT("refusals"));
    json_u64(json, results->refusals);
    json_map_end(json);
}

struct str plan_state_name(enum plan_state state)
{
    switch (state) {
    case PLAN_PLANNED:
        return STR("planned");
    case PLAN_APPROVED:
        return STR("approved");
    case PLAN_HANDING_OVER:
        return STR("handing_over");
    case PLAN_SENT:
        return STR("sent");
    }
    return STR("");
}

void plan_json(struct job *job, struct json *json, const struct plan *plan)
{
    json_key(json, LIT("campaign"));
    json_text(json, plan->campaign);
    json_key(json, LIT("title"));
    json_text(json, plan->title);
    json_key(json, LIT("state"));
    json_text(json, plan_state_name(plan->state));
    json_key(json, LIT("made"));
    json_text(json, str_from_time(job->arena, plan->made));
    json_key(json, LIT("author"));
    json_text(json, plan->author);
    put_text_or_null(json, LIT("approver"), plan->approver);
    json_key(json, LIT("staircase"));
    json_list_begin(json);
    for (size_t s = 0; s < STAIR_COUNT; s++) {
        put_stair(json, &plan->stair[s]);
    }
    json_list_end(json);
    json_key(json, LIT("holdout"));
    json_u64(json, plan->holdout);
    put_expected(json, plan);
    put_fairness(json, &plan->fairness);
    put_lists(json, plan);
    if (plan->state == PLAN_SENT) {
        json_key(json, LIT("handed_over"));
        json_u64(json, plan->handed_over);
        json_key(json, LIT("dropped_at_hand_over"));
        json_u64(json, plan->dropped_at_hand_over);
    }
    if (plan->results.known) {
        plan_results_json(job, json, &plan->results);
    }
    json_key(json, LIT("ledger"));
    json_list_begin(json);
    json_u64(json, plan->ledger_first);
    json_u64(json, plan->ledger_last);
    json_list_end(json);
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){plan->digest.byte, sizeof plan->digest.byte});
}
