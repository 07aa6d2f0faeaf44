/*
 * audience.c - how many people a purpose may reach, and why the others are left alone.
 *
 *     customers -> allowed -> reachable -> fitting
 *
 * The walk asks weigh() about everybody, as a plan does. It takes a slice at a time, so that decisions
 * come in between, and keeps nothing but counts. What leaves is rounded: see put_count.
 */
#include "audience.h"
#include "weighing.h"

enum { SLICE = 500 };

struct counts {
    uint64_t subjects;
    uint64_t withheld[WITHHOLD_CODES]; /* [SEND]: fitting */
    uint64_t denied[PERMIT_CODES];     /* those of WITHHOLD_PERMIT, by code */
};

struct walk {
    struct campaign campaign;
    uint64_t total; /* when the walk began; for progress */
    uint64_t cursor;
    bool is_over;
    struct counts counts;
};

/* ---- counting -------------------------------------------------------------------------------- */

static enum candor_status count_one(struct job *job, struct candor *candor, struct txn *txn,
                                    struct walk *walk, struct subject subject)
{
    struct weighed weighed;
    TRY(weigh_asked(job, candor, txn, subject, &walk->campaign, &weighed));
    walk->counts.subjects++;
    walk->counts.withheld[weighed.withhold]++;
    if (weighed.withhold == WITHHOLD_PERMIT) {
        walk->counts.denied[weighed.permit]++;
    }
    return CANDOR_OK;
}

static enum candor_status count_slice(struct job *job, struct candor *candor, struct walk *walk)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    for (size_t i = 0; i < SLICE; i++) {
        struct subject subject;
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = store_next_subject(job, txn, &walk->cursor, &subject);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            walk->is_over = true;
            return CANDOR_OK;
        }
        TRY(status);
        TRY(count_one(job, candor, txn, walk, subject));
        arena_rewind(job->arena, mark);
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped; nothing was counted") : CANDOR_OK;
}

/* ---- what leaves ----------------------------------------------------------------------------- */

/* To tens; fewer than ten, and none at all, are alike. */
static void put_count(struct json *json, struct lit key, uint64_t count)
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
    json_key(json, LIT("code"));
    json_text(json, str_of(code));
    json_key(json, LIT("sentence"));
    json_text(json, str_of(sentence));
    put_count(json, LIT("count"), count);
    json_map_end(json);
}

/* In the order of the codes: an order by size would say more than the counts do. Whether anybody fails
 * the conditions is said alike when nobody does. */
static void put_reasons(struct json *json, const struct walk *walk, enum stair stair)
{
    const bool has_conditions = walk->campaign.audience != NULL;
    json_key(json, LIT("left_out"));
    json_list_begin(json);
    for (unsigned w = SEND + 1; w < WITHHOLD_CODES; w++) {
        const enum withhold withhold = (enum withhold)w;
        const uint64_t count = walk->counts.withheld[w];
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
        if (walk->counts.denied[p] > 0) {
            put_reason(json, permit_code_name((enum permit_code)p),
                       permit_code_sentence((enum permit_code)p), walk->counts.denied[p]);
        }
    }
    json_list_end(json);
}

static void put_stairs(struct json *json, const struct walk *walk)
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
    uint64_t left = walk->counts.subjects;
    json_key(json, LIT("stairs"));
    json_list_begin(json);
    for (size_t s = 0; s < sizeof step / sizeof step[0]; s++) {
        for (unsigned w = SEND + 1; w < WITHHOLD_CODES; w++) {
            left -=
                withhold_stair((enum withhold)w) == step[s].stair ? walk->counts.withheld[w] : 0;
        }
        json_map_begin(json);
        json_key(json, LIT("name"));
        json_text(json, str_of(step[s].name));
        json_key(json, LIT("label"));
        json_text(json, str_of(step[s].label));
        put_count(json, LIT("count"), left);
        put_reasons(json, walk, step[s].stair);
        json_map_end(json);
    }
    json_list_end(json);
    must(left == walk->counts.withheld[SEND]);
}

static void put_answer(struct job *job, const struct candor *candor, const struct walk *walk,
                       struct json *json)
{
    const struct inventory *inventory = candor->inventory;
    const struct campaign *campaign = &walk->campaign;
    json_key(json, LIT("purpose"));
    json_text(json, inventory->purpose[campaign->purpose].name);
    put_text_or_null(json, LIT("channel"),
                     campaign->channel == NONE ? STR("") : inventory->channel[campaign->channel]);
    put_text_or_null(json, LIT("uses"),
                     campaign->uses == NONE ? STR("") : inventory->purpose[campaign->uses].name);
    json_key(json, LIT("conditions"));
    json_text(json, rule_text(job->arena, inventory, campaign->audience));
    json_key(json, LIT("least"));
    json_u64(json, CANDOR_AUDIENCE_LEAST);
    put_stairs(json, walk);
}

/* ---- the call -------------------------------------------------------------------------------- */

static enum candor_status begin(struct job *job, struct candor *candor,
                                const struct candor_audience *question, struct walk *walk)
{
    struct txn *txn = NULL;
    TRY(caller_may(job, candor, ACT_PLAN));
    TRY(audience_campaign(job, candor, question, &walk->campaign));
    TRY(home_begin(job, candor, &txn));
    return store_subject_count(job, txn, &walk->total);
}

/* Many were looked at, and nobody: one entry about nobody. */
static enum candor_status finish(struct job *job, struct candor *candor, const struct walk *walk,
                                 struct candor_text *report)
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
    put_answer(job, candor, walk, &answer.json);
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
    struct walk *walk = NEW(job->arena, struct walk);
    home_enter(candor);
    enum candor_status status = begin(job, candor, question, walk);
    home_leave(candor);
    while (status == CANDOR_OK && !walk->is_over) {
        job_say_progress(job, "counting", walk->counts.subjects, walk->total);
        home_enter(candor);
        status = count_slice(job, candor, walk);
        home_leave(candor);
    }
    if (status != CANDOR_OK) {
        return status;
    }
    home_enter(candor);
    status = finish(job, candor, walk, report);
    home_leave(candor);
    return status;
}
