/*
 * campaigns.c - campaigns as they stand: what candor.yaml says, and the plan that was made of it.
 */
#include "candor_campaign.h"
#include "flow.h"
#include "plan.h"
#include "staff.h"

/* Whoever plans, and whoever signs plans. */
static enum candor_status may_look(struct job *job, const struct candor *candor)
{
    if (caller_may(job, candor, ACT_APPROVE) == CANDOR_OK) {
        return CANDOR_OK;
    }
    job_forgive(job);
    return caller_may(job, candor, ACT_PLAN);
}

/* ---- what candor.yaml says ----------------------------------------------------------------- */

static void put_campaign(struct json *json, const struct candor *candor,
                         const struct campaign *campaign)
{
    const struct inventory *inventory = candor->inventory;
    const struct purpose *purpose = &inventory->purpose[campaign->purpose];
    put_text(json, LIT("name"), campaign->name);
    put_text(json, LIT("title"), campaign->title);
    put_text(json, LIT("purpose"), purpose->title);
    put_text_or_null(json, LIT("channel"),
                     campaign->channel == NONE ? STR("") : inventory->channel[campaign->channel]);
    put_text_or_null(json, LIT("uses"),
                     campaign->uses == NONE ? STR("") : inventory->purpose[campaign->uses].title);
    put_text_or_null(json, LIT("model"), campaign->model);
    put_text_or_null(json, LIT("regulated"), str_of(regulated_name(campaign->regulated)));
    json_key(json, LIT("cap_contacts"));
    json_u64(json, campaign->cap_contacts);
    json_key(json, LIT("cap_days"));
    json_u64(json, campaign->cap_days);
    json_key(json, LIT("holdout_share"));
    json_f64(json, campaign->holdout);
}

/* ---- the list ------------------------------------------------------------------------------ */

static void put_count_or_null(struct json *json, struct lit key, bool is_known, uint64_t count)
{
    json_key(json, key);
    if (is_known) {
        json_u64(json, count);
    } else {
        json_null(json);
    }
}

static void put_state(struct job *job, struct json *json, const struct plan *plan)
{
    const bool is_sent = plan != NULL && plan->state == PLAN_SENT;
    put_text(json, LIT("state"), plan == NULL ? STR("draft") : plan_state_name(plan->state));
    put_time_or_null(job, json, LIT("made"), plan == NULL ? 0 : plan->made);
    put_text_or_null(json, LIT("author"), plan == NULL ? STR("") : plan->author);
    put_text_or_null(json, LIT("approver"), plan == NULL ? STR("") : plan->approver);
    put_time_or_null(job, json, LIT("sent"), is_sent ? plan->sent : 0);
    put_count_or_null(json, LIT("customers"), plan != NULL,
                      plan == NULL ? 0 : plan->stair[STAIR_CUSTOMERS].count);
    put_count_or_null(json, LIT("allowed"), plan != NULL,
                      plan == NULL ? 0 : plan->stair[STAIR_ALLOWED].count);
    put_count_or_null(json, LIT("chosen"), plan != NULL,
                      plan == NULL ? 0 : plan->stair[STAIR_CONTACTED].count);
    put_count_or_null(json, LIT("holdout"), plan != NULL, plan == NULL ? 0 : plan->holdout);
    put_count_or_null(json, LIT("handed_over"), is_sent, is_sent ? plan->handed_over : 0);
    json_key(json, LIT("fair"));
    if (plan != NULL && plan->fairness.checked) {
        json_bool(json, plan->fairness.passed);
    } else {
        json_null(json);
    }
}

static enum candor_status put_row(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct campaign *campaign, struct json *json)
{
    bool is_there = false;
    struct plan *plan = NEW(job->arena, struct plan);
    TRY(plan_find(job, candor, txn, campaign->name, plan, &is_there));
    json_map_begin(json);
    put_campaign(json, candor, campaign);
    put_state(job, json, is_there ? plan : NULL);
    if (is_there && plan->results.known) {
        plan_results_json(job, json, &plan->results);
    } else {
        json_key(json, LIT("results"));
        json_null(json);
    }
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status list(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    TRY(may_look(job, candor));
    TRY(home_begin(job, candor, &txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("campaigns"));
    json_list_begin(&answer.json);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        TRY(put_row(job, candor, txn, &candor->campaign[c], &answer.json));
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_campaign_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, report);
    home_leave(candor);
    return status;
}

/* ---- one ----------------------------------------------------------------------------------- */

static void put_offers(struct json *json, const struct campaign *campaign)
{
    json_key(json, LIT("offers_of"));
    json_list_begin(json);
    for (size_t i = 0; i < campaign->offer_count; i++) {
        json_text(json, campaign->offer[i].title);
    }
    json_list_end(json);
}

/* The campaign and its plan; no transaction is open after it. */
static enum candor_status open_plan(struct job *job, struct candor *candor, const char *name,
                                    const struct campaign **campaign, struct plan *plan,
                                    bool *is_there)
{
    struct txn *txn = NULL;
    size_t index = 0;
    TRY(may_look(job, candor));
    TRY(home_campaign(job, candor, str_of(name), campaign, &index));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_find(job, candor, txn, (*campaign)->name, plan, is_there));
    home_roll_back(candor);
    return CANDOR_OK;
}

/* Who may not see people sees the plan without its three. */
static enum candor_status look_at_people(struct job *job, struct candor *candor, struct plan *plan)
{
    enum candor_status status = caller_may(job, candor, ACT_SUBJECT_READ);
    if (status == CANDOR_OK) {
        status = access_may(job, candor);
    }
    if (status == CANDOR_FORBIDDEN || status == CANDOR_REFUSED) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    return plan_people(job, candor, plan);
}

static enum candor_status show(struct job *job, struct candor *candor, const char *name,
                               struct candor_text *report)
{
    bool is_there = false;
    const struct campaign *campaign = NULL;
    struct plan *plan = NEW(job->arena, struct plan);
    struct answer answer;
    TRY(open_plan(job, candor, name, &campaign, plan, &is_there));
    TRY(is_there ? look_at_people(job, candor, plan) : CANDOR_OK);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_campaign(&answer.json, candor, campaign);
    put_offers(&answer.json, campaign);
    put_state(job, &answer.json, is_there ? plan : NULL);
    json_key(&answer.json, LIT("plan"));
    if (is_there) {
        json_map_begin(&answer.json);
        plan_json(job, &answer.json, plan);
        json_map_end(&answer.json);
    } else {
        json_null(&answer.json);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_campaign_show(struct job *job, struct candor *candor, const char *name,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, name, report);
    home_leave(candor);
    return status;
}

static enum candor_status must_be_planned(struct job *job, const struct campaign *campaign,
                                          bool is_there)
{
    return is_there ? CANDOR_OK
                    : fail(job, CANDOR_NOT_FOUND, "the campaign '%.*s' was never planned",
                           STR_ARG(campaign->name));
}

static enum candor_status page(struct job *job, struct candor *candor, const char *name,
                               struct candor_text *text)
{
    bool is_there = false;
    const struct campaign *campaign = NULL;
    struct plan *plan = NEW(job->arena, struct plan);
    TRY(open_plan(job, candor, name, &campaign, plan, &is_there));
    TRY(must_be_planned(job, campaign, is_there));
    TRY(look_at_people(job, candor, plan));
    const struct str html = plan_page(job, plan);
    *text = (struct candor_text){html.ptr, html.len};
    return CANDOR_OK;
}

enum candor_status candor_campaign_page(struct job *job, struct candor *candor, const char *name,
                                        struct candor_text *text)
{
    home_enter(candor);
    const enum candor_status status = page(job, candor, name, text);
    home_leave(candor);
    return status;
}

/* ---- the people of a step ------------------------------------------------------------------ */

static struct str code_of(const struct plan_row *row)
{
    return row->fate == FATE_SEND      ? STR("send")
           : row->fate == FATE_HOLDOUT ? STR("holdout")
                                       : plan_row_code(row);
}

/* Nothing about whoever was erased since. */
static enum candor_status put_person(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct plan *plan, const struct plan_row *row,
                                     uint64_t index, struct json *json)
{
    struct str identifier;
    const enum candor_status status = store_identifier(
        job, txn, permit_for_right(job, row->subject, RIGHT_EXPLANATION), &identifier);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(access_note(job, candor, txn, row->subject, LIT("plan.people"), index));
    json_map_begin(json);
    put_text(json, LIT("identifier"), identifier);
    json_key(json, LIT("score"));
    json_f64(json, row->has_score ? row->score : NOT_KNOWN);
    put_text(json, LIT("code"), code_of(row));
    put_text(json, LIT("sentence"), plan_row_sentence(row));
    put_text_or_null(json, LIT("offer"),
                     row->fate == FATE_SEND && row->offer != UINT16_MAX
                         ? plan->offer_title[row->offer]
                         : STR(""));
    json_key(json, LIT("ledger_index"));
    json_u64(json, row->ledger_index);
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status put_people(struct job *job, struct candor *candor,
                                     const struct plan *plan, struct str code, uint64_t from,
                                     struct json *json)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    uint64_t total = 0;
    const struct account account = {.action = LEDGER_READ, .outcome = OUTCOME_DONE};
    TRY(home_begin(job, candor, &txn));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    json_key(json, LIT("people"));
    json_list_begin(json);
    for (size_t i = 0; i < plan->row_count; i++) {
        if (!str_equal(code_of(&plan->row[i]), code)) {
            continue;
        }
        if (total >= from && total - from < CANDOR_CAMPAIGN_PEOPLE) {
            TRY(put_person(job, candor, txn, plan, &plan->row[i], index, json));
        }
        total++;
    }
    json_list_end(json);
    json_key(json, LIT("total"));
    json_u64(json, total);
    return home_commit(job, candor, txn);
}

static enum candor_status people(struct job *job, struct candor *candor, const char *name,
                                 const char *code, uint64_t from, struct candor_text *report)
{
    bool is_there = false;
    const struct campaign *campaign = NULL;
    struct plan *plan = NEW(job->arena, struct plan);
    struct answer answer;
    TRY(may_look(job, candor));
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(access_may(job, candor));
    TRY(open_plan(job, candor, name, &campaign, plan, &is_there));
    TRY(must_be_planned(job, campaign, is_there));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("from"));
    json_u64(&answer.json, from);
    TRY(put_people(job, candor, plan, str_of(code), from, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_campaign_people(struct job *job, struct candor *candor, const char *name,
                                          const char *code, uint64_t from,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = people(job, candor, name, code, from, report);
    home_leave(candor);
    return status;
}

const char *candor_code_sentence(const char *code)
{
    const struct str wanted = str_of(code);
    for (unsigned w = 0; w < WITHHOLD_CODES; w++) {
        if (w != WITHHOLD_PERMIT && str_is(wanted, withhold_name((enum withhold)w))) {
            return withhold_sentence((enum withhold)w);
        }
    }
    for (unsigned p = 0; p < PERMIT_CODES; p++) {
        if (str_is(wanted, permit_code_name((enum permit_code)p))) {
            return permit_code_sentence((enum permit_code)p);
        }
    }
    return NULL;
}
