/*
 * permitted.c - how many people each purpose may be served to, now: the state of a company's permits.
 *
 * The walk folds everybody's consents, some hundred people at a stay in the home. What it counted is kept:
 * as long as nothing was written since, and in a large home for some minutes, so that a page may show it
 * each time.
 */
#include "audience.h"

enum { STEP = 500, QUICK_MAX = 20000 };

#define KEPT_FOR (INT64_C(600) * MICROS_PER_SECOND)

struct permitted {
    int64_t as_of;        /* when the walk ended; 0: none did */
    uint64_t entries;     /* of the ledger, when it began */
    struct digest policy; /* under which it was counted */
    uint64_t subjects;
    uint64_t count[PURPOSES_MAX][CHANNELS_MAX + 1]; /* the last column: no channel */
};

struct walk {
    uint64_t cursor;
    bool is_over;
    struct permitted counted;
};

static void count_one(const struct inventory *inventory, const struct consent_state *state,
                      struct subject subject, int64_t now, struct permitted *counted)
{
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        for (size_t c = 0; c <= CHANNELS_MAX; c++) {
            const struct permit_question question = {subject, p, c == CHANNELS_MAX ? NONE : c,
                                                     OURSELVES};
            if (purpose_serves(&inventory->purpose[p], c) &&
                permit_code_allows(permit_ask(inventory, state, &question, now))) {
                counted->count[p][c]++;
            }
        }
    }
    counted->subjects++;
}

static enum candor_status step(struct job *job, struct candor *candor, struct walk *walk)
{
    struct txn *txn = NULL;
    if (!digest_equal(walk->counted.policy, candor->policy)) { /* it changed on the way */
        *walk = (struct walk){
            .counted = {.policy = candor->policy, .entries = ledger_size(candor->ledger)}};
    }
    TRY(home_begin(job, candor, &txn));
    for (size_t i = 0; i < STEP; i++) {
        struct subject subject;
        struct consent_state state;
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = store_next_subject(job, txn, &walk->cursor, &subject);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            walk->is_over = true;
            return CANDOR_OK;
        }
        TRY(status);
        TRY(home_consent_state(job, candor, txn, subject, &state));
        count_one(candor->inventory, &state, subject, job->now, &walk->counted);
        arena_rewind(job->arena, mark);
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped; there is no result") : CANDOR_OK;
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
    struct walk *walk = NEW(job->arena, struct walk);
    home_enter(candor);
    enum candor_status status = caller_may(job, candor, ACT_PLAN);
    walk->is_over = status == CANDOR_OK && is_fresh(job, candor);
    const bool is_kept = walk->is_over;
    while (status == CANDOR_OK && !walk->is_over) {
        status = step(job, candor, walk);
        if (status == CANDOR_OK && !walk->is_over) {
            home_yield(candor);
        }
    }
    if (status == CANDOR_OK && !is_kept) {
        keep(job, candor, &walk->counted);
    }
    if (status == CANDOR_OK) {
        answer_of(job, candor, report);
    }
    home_leave(candor);
    return status;
}
