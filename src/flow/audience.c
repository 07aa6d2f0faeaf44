/*
 * audience.c - how many people a purpose may reach, and why the others are left alone.
 *
 *     customers -> allowed -> reachable -> fitting
 *
 * The walk asks weigh() about everybody, as a plan does, and keeps nothing but counts. What leaves is
 * rounded: see audience_put_count.
 */
#include "audience.h"
#include "weighing.h"

struct counting {
    struct campaign campaign;
    uint64_t total; /* when the walk began; for progress */
    uint64_t subjects;
    uint64_t withheld[WITHHOLD_CODES]; /* [SEND]: fitting */
    uint64_t denied[PERMIT_CODES];     /* those of WITHHOLD_PERMIT, by code */
};

static void count_one(struct job *job, void *visitor, const struct weighed *weighed)
{
    struct counting *counting = visitor;
    (void)job;
    counting->subjects++;
    counting->withheld[weighed->withhold]++;
    if (weighed->withhold == WITHHOLD_PERMIT) {
        counting->denied[weighed->permit]++;
    }
}

/* ---- what leaves ----------------------------------------------------------------------------- */

void audience_put_count(struct json *json, struct lit key, uint64_t count)
{
    const uint64_t least = CANDOR_AUDIENCE_LEAST;
    json_key(json, key);
    if (count < least) {
        json_null(json);
    } else {
        json_u64(json, (count + least / 2) / least * least);
    }
}

static void put_reason(struct json *json, const char *code, const char *sentence, uint64_t count)
{
    json_map_begin(json);
    put_text(json, LIT("code"), str_of(code));
    put_text(json, LIT("sentence"), str_of(sentence));
    audience_put_count(json, LIT("count"), count);
    json_map_end(json);
}

/* In the order of the codes: an order by size would say more than the counts do. Whether anybody fails
 * the conditions is said alike when nobody does. */
static void put_reasons(struct json *json, const struct counting *counting, enum stair stair)
{
    const bool has_conditions = counting->campaign.audience != NULL;
    json_key(json, LIT("left_out"));
    json_list_begin(json);
    for (unsigned w = SEND + 1; w < WITHHOLD_CODES; w++) {
        const enum withhold withhold = (enum withhold)w;
        const uint64_t count = counting->withheld[w];
        const bool is_said = count > 0 || (withhold == WITHHOLD_NOT_IN_AUDIENCE && has_conditions);
        if (withhold_stair(withhold) != stair || withhold == WITHHOLD_PERMIT || !is_said) {
            continue;
        }
        put_reason(json, withhold_name(withhold),
                   withhold == WITHHOLD_NOT_IN_AUDIENCE ? "They do not meet the conditions."
                                                        : withhold_sentence(withhold),
                   count);
    }
    for (unsigned p = 0; stair == STAIR_ALLOWED && p < PERMIT_CODES; p++) {
        if (counting->denied[p] > 0) {
            put_reason(json, permit_code_name((enum permit_code)p),
                       permit_code_sentence((enum permit_code)p), counting->denied[p]);
        }
    }
    json_list_end(json);
}

static void put_stairs(struct json *json, const struct counting *counting)
{
    static const struct {
        enum stair stair;
        const char *name;
        const char *label;
    } step[] = {
        {STAIR_CUSTOMERS, "customers", "Customers"},
        {STAIR_ALLOWED, "allowed", "Allowed by their own choices"},
        {STAIR_REACHABLE, "reachable", "Reachable and not asked too often"},
        {STAIR_LIKELY, "fitting", "Meet the conditions"},
    };
    uint64_t left = counting->subjects;
    json_key(json, LIT("stairs"));
    json_list_begin(json);
    for (size_t s = 0; s < sizeof step / sizeof step[0]; s++) {
        for (unsigned w = SEND + 1; w < WITHHOLD_CODES; w++) {
            left -= withhold_stair((enum withhold)w) == step[s].stair ? counting->withheld[w] : 0;
        }
        json_map_begin(json);
        put_text(json, LIT("name"), str_of(step[s].name));
        put_text(json, LIT("label"), str_of(step[s].label));
        audience_put_count(json, LIT("count"), left);
        put_reasons(json, counting, step[s].stair);
        json_map_end(json);
    }
    json_list_end(json);
    must(left == counting->withheld[SEND]);
}

static void put_answer(struct job *job, const struct candor *candor,
                       const struct counting *counting, struct json *json)
{
    const struct inventory *inventory = candor->inventory;
    const struct campaign *campaign = &counting->campaign;
    put_text(json, LIT("purpose"), inventory->purpose[campaign->purpose].name);
    put_text_or_null(json, LIT("channel"),
                     campaign->channel == NONE ? STR("") : inventory->channel[campaign->channel]);
    put_text_or_null(json, LIT("uses"),
                     campaign->uses == NONE ? STR("") : inventory->purpose[campaign->uses].name);
    put_text(json, LIT("conditions"), rule_text(job->arena, inventory, campaign->audience));
    json_key(json, LIT("least"));
    json_u64(json, CANDOR_AUDIENCE_LEAST);
    put_stairs(json, counting);
}

/* ---- the call -------------------------------------------------------------------------------- */

static enum candor_status begin(struct job *job, struct candor *candor,
                                const struct candor_audience *question, struct counting *counting)
{
    struct txn *txn = NULL;
    TRY(caller_may(job, candor, ACT_PLAN));
    TRY(audience_campaign(job, candor, question, &counting->campaign));
    TRY(home_begin(job, candor, &txn));
    return store_subject_count(job, txn, &counting->total);
}

/* Many were looked at, and nobody: one entry about nobody. */
static enum candor_status finish(struct job *job, struct candor *candor,
                                 const struct counting *counting, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_READ, .outcome = OUTCOME_DONE};
    TRY(home_begin(job, candor, &txn));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_answer(job, candor, counting, &answer.json);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_audience(struct job *job, struct candor *candor,
                                   const struct candor_audience *question,
                                   struct candor_text *report)
{
    struct counting *counting = NEW(job->arena, struct counting);
    home_enter(candor);
    enum candor_status status = begin(job, candor, question, counting);
    home_leave(candor);
    TRY(status);
    struct weigh_walk walk = {.campaign = &counting->campaign,
                              .doing = "counting",
                              .total = counting->total,
                              .visitor = counting,
                              .visit = count_one};
    TRY(weigh_walk_run(job, candor, &walk));
    home_enter(candor);
    status = finish(job, candor, counting, report);
    home_leave(candor);
    return status;
}
