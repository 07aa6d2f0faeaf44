/*
 * board_show.c - reviews as answers: lists, one with its evidence, and where everything stands.
 */
#include "plan.h"
#include "reviewed.h"

static void put_u64(struct json *json, struct lit key, uint64_t number)
{
    json_key(json, key);
    json_u64(json, number);
}

/* ---- items --------------------------------------------------------------------------------- */

enum candor_status board_items(struct job *job, struct candor *candor, struct txn *txn,
                               struct board_item **item, size_t *count)
{
    struct board_record *record = NULL;
    struct board_shelf shelf;
    TRY(board_all(job, txn, &record, count));
    TRY(board_shelf_begin(job, *count, &shelf));
    TRY_ALLOC(job, *item, *count + 1, struct board_item);
    for (size_t i = 0; i < *count; i++) {
        struct board_item *one = &(*item)[i];
        *one = (struct board_item){.id = board_hex(job->arena, &record[i]),
                                   .kind = record[i].review.kind,
                                   .name = record[i].review.name,
                                   .proposer = record[i].review.proposer,
                                   .proposed = record[i].review.proposed,
                                   .index = record[i].index};
        TRY(board_standing_of(job, candor, txn, &shelf, &record[i], &one->standing));
        one->age = job->now - (one->standing.decided > 0 ? one->standing.decided : one->proposed);
    }
    return CANDOR_OK;
}

static void put_votes(struct json *json, const struct board_standing *standing)
{
    json_key(json, LIT("votes"));
    json_map_begin(json);
    put_u64(json, LIT("approve"), standing->approve);
    put_u64(json, LIT("request_changes"), standing->changes);
    put_u64(json, LIT("reject"), standing->reject);
    put_u64(json, LIT("needed"), standing->needed);
    if (standing->risk == BOARD_HIGH) {
        put_u64(json, LIT("quorum"), standing->quorum);
        put_u64(json, LIT("without_conflict"), standing->eligible);
        put_text_or_null(json, LIT("chair"), standing->chair);
        json_key(json, LIT("officer_advises"));
        if (standing->has_opinion) {
            json_lit(json, standing->opinion_for ? LIT("for") : LIT("against"));
        } else {
            json_null(json);
        }
    }
    json_map_end(json);
}

void board_item_members(struct job *job, struct json *json, const struct board_item *item)
{
    const struct board_standing *standing = &item->standing;
    put_text(json, LIT("id"), item->id);
    put_text(json, LIT("kind"), str_of(board_kind_name(item->kind)));
    put_text(json, LIT("name"), item->name);
    put_text(json, LIT("risk"), str_of(board_risk_name(standing->risk)));
    put_text(json, LIT("state"), str_of(board_state_name(standing->state)));
    put_text_or_null(json, LIT("waits"), str_of(board_wait_sentence(standing->wait)));
    put_text(json, LIT("proposed_by"), item->proposer);
    put_text(json, LIT("proposed"), str_from_time(job->arena, item->proposed));
    put_time_or_null(job, json, LIT("decided"), standing->decided);
    put_time_or_null(job, json, LIT("valid_until"), standing->valid_until);
    json_key(json, LIT("age_days"));
    json_i64(json, item->age / MICROS_PER_DAY);
    put_votes(json, standing);
    put_u64(json, LIT("ledger_index"), item->index);
}

/* ---- the list ------------------------------------------------------------------------------ */

static bool state_is_known(struct str text)
{
    for (unsigned s = 0; s < BOARD_STATES; s++) {
        if (str_is(text, board_state_name((enum board_state)s))) {
            return true;
        }
    }
    return false;
}

static enum candor_status list(struct job *job, struct candor *candor, const char *kind_text,
                               const char *state, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct board_item *item = NULL;
    size_t count = 0;
    enum board_kind kind = BOARD_KINDS;
    struct answer answer;
    if (kind_text != NULL && !board_kind_read(str_of(kind_text), &kind)) {
        return fail(job, CANDOR_BAD_INPUT, "a kind is model, campaign, policy, notice or content");
    }
    if (state != NULL && !state_is_known(str_of(state))) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a state is in_review, approved, changes_requested, rejected, withdrawn, void "
                    "or lapsed");
    }
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(board_items(job, candor, txn, &item, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("reviews"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        const bool is_wanted =
            (kind == BOARD_KINDS || item[i].kind == kind) &&
            (state == NULL || str_is(str_of(state), board_state_name(item[i].standing.state)));
        if (is_wanted) {
            json_map_begin(&answer.json);
            board_item_members(job, &answer.json, &item[i]);
            json_map_end(&answer.json);
        }
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_board_list(struct job *job, struct candor *candor, const char *kind,
                                     const char *state, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, kind, state, report);
    home_leave(candor);
    return status;
}

/* ---- one ----------------------------------------------------------------------------------- */

static void put_authors(struct json *json, const struct board_review *review)
{
    json_key(json, LIT("authors"));
    json_list_begin(json);
    json_text(json, review->proposer);
    for (size_t i = 0; i < review->author_count; i++) {
        json_text(json, review->author[i]);
    }
    json_list_end(json);
}

static void put_steps(struct job *job, struct json *json, const struct board_record *record)
{
    json_key(json, LIT("steps"));
    json_list_begin(json);
    for (size_t i = 0; i < record->review.step_count; i++) {
        const struct board_step *step = &record->review.step[i];
        json_map_begin(json);
        put_text(json, LIT("time"), str_from_time(job->arena, step->time));
        put_text(json, LIT("by"), step->who);
        put_text(json, LIT("act"), str_of(board_act_name(step->act)));
        put_text_or_null(json, LIT("reason"), step->note);
        put_text_or_null(json, LIT("conflict"), step->conflict);
        put_u64(json, LIT("ledger_index"), record->mark[i].index);
        json_map_end(json);
    }
    json_list_end(json);
}

/* Who without a conflict has a vote and has not cast one. */
static void put_missing(struct json *json, const struct board_rules *rules,
                        const struct board_review *review, const struct board_standing *standing)
{
    json_key(json, LIT("conflicts"));
    json_list_begin(json);
    for (size_t m = 0; m < rules->member_count; m++) {
        if (board_is_conflicted(rules, review, STR(""), rules->member[m])) {
            json_text(json, rules->member[m]);
        }
    }
    json_list_end(json);
    json_key(json, LIT("may_vote"));
    json_list_begin(json);
    for (size_t m = 0; m < rules->member_count; m++) {
        if (!board_is_conflicted(rules, review, STR(""), rules->member[m])) {
            json_text(json, rules->member[m]);
        }
    }
    for (size_t s = 0; s < rules->seat_count; s++) {
        const struct str who = rules->seat[s].who;
        if (!board_is_member(rules, who) &&
            board_has_vote(rules, review->kind, standing->risk, who) &&
            !board_is_conflicted(rules, review, STR(""), who)) {
            json_text(json, who);
        }
    }
    json_list_end(json);
}

/* The version of it that was approved last before this one. */
static enum candor_status find_before(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct board_record *record,
                                      struct board_record **before)
{
    struct board_record *all = NULL;
    size_t count = 0;
    *before = NULL;
    TRY(board_of(job, txn, record->review.kind, record->review.name, &all, &count));
    for (size_t i = 0; i < count && *before == NULL; i++) {
        const struct board_now then = {.digest = all[i].review.digest,
                                       .risk = all[i].review.risk,
                                       .author = STR(""),
                                       .now = job->now};
        const bool is_earlier = all[i].index < record->index;
        const enum board_state state =
            is_earlier ? board_stand(&candor->governance->rules, &all[i].review, &then).state
                       : BOARD_IN_REVIEW;
        if (state == BOARD_APPROVED || state == BOARD_LAPSED) {
            *before = &all[i];
        }
    }
    return CANDOR_OK;
}

static enum candor_status put_difference(struct job *job, struct candor *candor, struct txn *txn,
                                         const struct board_record *record, struct json *json)
{
    struct board_record *before = NULL;
    struct str diff;
    TRY(find_before(job, candor, txn, record, &before));
    json_key(json, LIT("approved_before"));
    if (before == NULL) {
        json_null(json);
        return CANDOR_OK;
    }
    TRY(board_diff(job, before->exhibit, record->exhibit, &diff));
    json_map_begin(json);
    put_text(json, LIT("id"), board_hex(job->arena, before));
    json_key(json, LIT("digest"));
    json_hex(json, (struct bytes){before->review.digest, BOARD_DIGEST_LEN});
    json_key(json, LIT("difference"));
    json_list_begin(json);
    while (diff.ptr != NULL && diff.len > 0) {
        json_text(json, str_cut(&diff, '\n'));
    }
    json_list_end(json);
    json_map_end(json);
    return CANDOR_OK;
}

/* Of a campaign that was planned: how it treats groups, and whom it reaches. */
static enum candor_status put_plan(struct job *job, struct candor *candor, struct txn *txn,
                                   struct str name, struct json *json)
{
    struct plan *plan = NEW(job->arena, struct plan);
    bool is_there = false;
    json_key(json, LIT("plan"));
    TRY(plan_find(job, candor, txn, name, plan, &is_there));
    if (!is_there) {
        json_null(json);
        return CANDOR_OK;
    }
    json_map_begin(json);
    put_text(json, LIT("made"), str_from_time(job->arena, plan->made));
    put_text(json, LIT("author"), plan->author);
    put_u64(json, LIT("contacts"), plan->stair[STAIR_CONTACTED].count);
    json_key(json, LIT("fairness_checked"));
    json_bool(json, plan->fairness.checked);
    json_key(json, LIT("fairness_passed"));
    json_bool(json, plan->fairness.passed);
    put_text_or_null(json, LIT("fairness"), plan->fairness.sentence);
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status put_evidence(struct job *job, struct candor *candor, struct txn *txn,
                                       const struct board_record *record, struct json *json)
{
    const struct value *exhibit = NULL;
    const struct str name = record->review.name;
    json_key(json, LIT("evidence"));
    json_map_begin(json);
    TRY(json_read(job, bytes_of(record->exhibit), NULL, "the exhibit", &exhibit));
    json_key(json, LIT("exhibit"));
    json_value(json, exhibit);
    if (record->review.kind == BOARD_CAMPAIGN) {
        for (size_t c = 0; c < candor->campaign_count; c++) {
            if (str_equal(candor->campaign[c].name, name) &&
                candor->campaign[c].regulated != REGULATED_NONE) {
                put_text(json, LIT("law"), str_of(regulated_law(candor->campaign[c].regulated)));
            }
        }
        TRY(put_plan(job, candor, txn, name, json));
    }
    TRY(put_difference(job, candor, txn, record, json));
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status show(struct job *job, struct candor *candor, const char *id,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct board_record record;
    struct board_shelf shelf;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(board_find(job, txn, str_of(id), &record));
    TRY(board_check(job, candor, txn, &record));
    TRY(board_shelf_begin(job, 1, &shelf));
    struct board_item item = {.id = board_hex(job->arena, &record),
                              .kind = record.review.kind,
                              .name = record.review.name,
                              .proposer = record.review.proposer,
                              .proposed = record.review.proposed,
                              .age = job->now - record.review.proposed,
                              .index = record.index};
    TRY(board_standing_of(job, candor, txn, &shelf, &record, &item.standing));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    board_item_members(job, &answer.json, &item);
    put_text_or_null(&answer.json, LIT("risk_because"), record.why);
    json_key(&answer.json, LIT("digest"));
    json_hex(&answer.json, (struct bytes){record.review.digest, BOARD_DIGEST_LEN});
    put_text_or_null(&answer.json, LIT("note"), record.note);
    put_authors(&answer.json, &record.review);
    put_missing(&answer.json, &candor->governance->rules, &record.review, &item.standing);
    board_yours(job, candor, shelf.is_there[0] ? &shelf.thing[0] : NULL, &record, &answer.json);
    put_steps(job, &answer.json, &record);
    TRY(put_evidence(job, candor, txn, &record, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_board_show(struct job *job, struct candor *candor, const char *id,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, id, report);
    home_leave(candor);
    return status;
}
