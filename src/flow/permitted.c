/*
 * permitted.c - how many people each purpose may be served to, now: the state of a company's permits.
 *
 * The walk folds everybody's consents, some hundred people at a stay in the home. What it counted is kept:
 * as long as nothing was written since, and in a large home for some minutes, so that a page may show it
 * each time.
 */
#include "audience.h"
#include "weighing.h"

enum { QUICK_MAX = 20000 };

#define KEPT_FOR (INT64_C(600) * MICROS_PER_SECOND)

struct permitted {
    int64_t as_of;        /* when the walk ended; 0: none did */
    uint64_t entries;     /* of the ledger, when it began */
    struct digest policy; /* under which it was counted */
    uint64_t subjects;
    uint64_t count[PURPOSES_MAX][CHANNELS_MAX + 1]; /* the last column: no channel */
};

static enum candor_status count_one(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, void *visitor)
{
    struct permitted *counted = visitor;
    const struct inventory *inventory = candor->inventory;
    struct consent_state state;
    TRY(home_consent_state(job, candor, txn, subject, &state));
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        for (size_t c = 0; c <= CHANNELS_MAX; c++) {
            const struct permit_question question = {subject, p, c == CHANNELS_MAX ? NONE : c,
                                                     OURSELVES};
            if (purpose_serves(&inventory->purpose[p], c) &&
                permit_code_allows(permit_ask(inventory, &state, &question, job->now))) {
                counted->count[p][c]++;
            }
        }
    }
    counted->subjects++;
    return CANDOR_OK;
}

static enum candor_status step(struct job *job, struct candor *candor, struct people_walk *walk)
{
    struct txn *txn = NULL;
    struct permitted *counted = walk->visitor;
    if (!digest_equal(counted->policy,
                      candor->policy)) { /* the first step, or a policy read anew */
        *counted =
            (struct permitted){.policy = candor->policy, .entries = ledger_size(candor->ledger)};
        *walk = (struct people_walk){.visitor = counted, .visit = count_one};
    }
    TRY(home_begin(job, candor, &txn));
    return people_step(job, candor, txn, walk);
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static bool is_fresh(const struct job *job, const struct candor *candor)
{
    const struct permitted *kept = candor->permitted;
    if (kept == NULL || !digest_equal(kept->policy, candor->policy)) {
        return false;
    }
    return kept->entries == ledger_size(candor->ledger) ||
           (kept->subjects > QUICK_MAX && job->now >= kept->as_of &&
            job->now - kept->as_of < KEPT_FOR);
}

static void keep(struct job *job, struct candor *candor, const struct permitted *counted)
{
    if (candor->permitted == NULL) {
        candor->permitted = NEW(candor->arena, struct permitted);
    }
    *candor->permitted = *counted;
    candor->permitted->as_of = job->now;
}

static void put_purposes(struct json *json, const struct inventory *inventory,
                         const struct permitted *counted)
{
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        for (size_t c = 0; c <= CHANNELS_MAX; c++) {
            if (!purpose_serves(purpose, c)) {
                continue;
            }
            json_map_begin(json);
            put_text(json, LIT("purpose"), purpose->name);
            put_text(json, LIT("title"), purpose->title);
            put_text(json, LIT("basis"), str_of(basis_name(purpose->basis)));
            put_text_or_null(json, LIT("channel"),
                             c == CHANNELS_MAX ? STR("") : inventory->channel[c]);
            audience_put_count(json, LIT("count"), counted->count[p][c]);
            json_map_end(json);
        }
    }
    json_list_end(json);
}

static void answer_of(struct job *job, const struct candor *candor, struct candor_text *report)
{
    struct answer answer;
    const struct permitted *kept = candor->permitted;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_text(&answer.json, LIT("as_of"), str_from_time(job->arena, kept->as_of));
    json_key(&answer.json, LIT("subjects"));
    json_u64(&answer.json, kept->subjects);
    put_purposes(&answer.json, candor->inventory, kept);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

enum candor_status candor_permitted(struct job *job, struct candor *candor,
                                    struct candor_text *report)
{
    struct permitted *counted = NEW(job->arena, struct permitted);
    struct people_walk walk = {.visitor = counted};
    home_enter(candor);
    enum candor_status status = caller_may(job, candor, ACT_PLAN);
    const bool is_kept = status == CANDOR_OK && is_fresh(job, candor);
    while (status == CANDOR_OK && !is_kept && !walk.is_over) {
        status = step(job, candor, &walk);
        if (status == CANDOR_OK && !walk.is_over) {
            home_yield(candor);
        }
    }
    if (status == CANDOR_OK && !is_kept) {
        keep(job, candor, counted);
    }
    if (status == CANDOR_OK) {
        answer_of(job, candor, report);
    }
    home_leave(candor);
    return status;
}
