/*
 * board_status.c - the rules in force, and where everything that needs a review stands.
 */
#include "reviewed.h"

static void put_names(struct json *json, struct lit key, const struct str *name, size_t count)
{
    json_key(json, key);
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        json_text(json, name[i]);
    }
    json_list_end(json);
}

static void put_kinds(struct json *json, struct lit key, unsigned kinds)
{
    json_key(json, key);
    json_list_begin(json);
    for (unsigned k = 0; k < BOARD_KINDS; k++) {
        if ((kinds >> k & 1) != 0) {
            json_text(json, str_of(board_kind_plural((enum board_kind)k)));
        }
    }
    json_list_end(json);
}

static void put_team(struct json *json, const struct board_rules *rules)
{
    json_key(json, LIT("team"));
    json_list_begin(json);
    for (size_t i = 0; i < rules->seat_count; i++) {
        json_map_begin(json);
        put_text(json, LIT("operator"), rules->seat[i].who);
        put_text_or_null(json, LIT("function"), rules->seat[i].function);
        put_kinds(json, LIT("reviews"), rules->seat[i].kinds);
        json_map_end(json);
    }
    json_list_end(json);
}

static void put_conflicts(struct json *json, const struct board_rules *rules)
{
    json_key(json, LIT("conflicts"));
    json_list_begin(json);
    for (size_t i = 0; i < rules->conflict_count; i++) {
        const struct board_conflict *conflict = &rules->conflict[i];
        json_map_begin(json);
        put_text(json, LIT("name"), conflict->name);
        put_names(json, LIT("people"), conflict->person, conflict->person_count);
        put_names(json, LIT("about"), conflict->about, conflict->about_count);
        json_map_end(json);
    }
    json_list_end(json);
}

void governance_members(struct json *json, const struct governance *governance)
{
    const struct board_rules *rules = &governance->rules;
    put_kinds(json, LIT("review"), rules->reviewed);
    put_text_or_null(json, LIT("data_protection_officer"), rules->officer);
    put_text_or_null(json, LIT("contact"), rules->contact);
    put_team(json, rules);
    put_names(json, LIT("ethics_board"), rules->member, rules->member_count);
    put_text_or_null(json, LIT("chair"),
                     rules->member_count == 0 ? STR("") : rules->member[rules->chair]);
    json_key(json, LIT("quorum"));
    json_u64(json, rules->quorum);
    json_key(json, LIT("approvals_ordinary"));
    json_u64(json, rules->approvals[BOARD_ORDINARY]);
    json_key(json, LIT("approvals_high"));
    json_u64(json, rules->approvals[BOARD_HIGH]);
    json_key(json, LIT("valid_days"));
    json_u64(json, rules->valid_days);
    put_conflicts(json, rules);
    put_names(json, LIT("high_risk"), governance->high, governance->high_count);
    put_names(json, LIT("proxies"), governance->proxy, governance->proxy_count);
}

/* ---- everything ---------------------------------------------------------------------------- */

struct walking {
    struct candor *candor;
    struct txn *txn;
    struct json *json;
    size_t findings;
};

static enum candor_status put_thing(struct job *job, struct walking *walking, enum board_kind kind,
                                    struct str name, bool is_forced)
{
    struct board_thing thing;
    struct board_passage passage;
    struct json *json = walking->json;
    const struct candor *candor = walking->candor;
    if (!is_forced && (candor->governance->rules.reviewed >> kind & 1) == 0) {
        return CANDOR_OK;
    }
    const enum candor_status status =
        board_thing_load(job, walking->candor, walking->txn, kind, name, &thing);
    if (status == CANDOR_NOT_FOUND) { /* a model that was never trained, a purpose without words */
        job_forgive(job);
        return CANDOR_OK;
    }
    json_map_begin(json);
    put_text(json, LIT("kind"), str_of(board_kind_name(kind)));
    put_text(json, LIT("name"), name);
    if (status == CANDOR_REFUSED) { /* a model whose trainer nobody knows */
        put_text(json, LIT("state"), STR("unknown"));
        put_text(json, LIT("why"), str_copy(job->arena, str_of(job->message)));
        job_forgive(job);
        json_map_end(json);
        walking->findings++;
        return CANDOR_OK;
    }
    TRY(status);
    TRY(board_passage_of(job, walking->candor, walking->txn, &thing, thing.digest, STR(""),
                         &passage));
    put_text(json, LIT("risk"), str_of(board_risk_name(thing.risk)));
    put_text_or_null(json, LIT("risk_because"), thing.why);
    put_text(json, LIT("state"),
             passage.latest == NULL ? STR("not_proposed")
                                    : str_of(board_state_name(passage.standing.state)));
    const struct board_record *record = passage.open != NULL ? passage.open : passage.latest;
    put_text_or_null(json, LIT("review"), record == NULL ? STR("") : board_hex(job->arena, record));
    put_time_or_null(job, json, LIT("valid_until"),
                     record == NULL ? 0 : passage.standing.valid_until);
    json_map_end(json);
    walking->findings += passage.open == NULL;
    return CANDOR_OK;
}

static enum candor_status put_things(struct job *job, struct walking *walking)
{
    const struct candor *candor = walking->candor;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        TRY(put_thing(job, walking, BOARD_MODEL, candor->model_spec[m].name, false));
    }
    for (size_t c = 0; c < candor->campaign_count; c++) {
        TRY(put_thing(job, walking, BOARD_CAMPAIGN, candor->campaign[c].name,
                      candor->campaign[c].regulated != REGULATED_NONE));
    }
    TRY(put_thing(job, walking, BOARD_POLICY, STR("candor.yaml"), false));
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        TRY(put_thing(job, walking, BOARD_NOTICE, candor->inventory->purpose[p].name, false));
    }
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, walking->txn, LIT("content"), &name, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(put_thing(job, walking, BOARD_CONTENT, name[i], candor->governance->is_there));
    }
    return CANDOR_OK;
}

static enum candor_status status_of_all(struct job *job, struct candor *candor, size_t *findings,
                                        struct candor_text *report)
{
    struct answer answer;
    struct walking walking = {.candor = candor};
    TRY(caller_may(job, candor, ACT_LEDGER_READ));
    TRY(home_begin(job, candor, &walking.txn));
    answer_begin(job, &answer);
    walking.json = &answer.json;
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("governance"));
    json_map_begin(&answer.json);
    governance_members(&answer.json, candor->governance);
    json_map_end(&answer.json);
    json_key(&answer.json, LIT("governed")); /* candor.yaml has the section */
    json_bool(&answer.json, candor->governance->is_there);
    json_key(&answer.json, LIT("things"));
    json_list_begin(&answer.json);
    TRY(put_things(job, &walking));
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("findings"));
    json_u64(&answer.json, walking.findings);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    *findings = walking.findings;
    return CANDOR_OK;
}

enum candor_status candor_board_status(struct job *job, struct candor *candor, size_t *findings,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = status_of_all(job, candor, findings, report);
    home_leave(candor);
    return status;
}
