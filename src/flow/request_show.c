/*
 * request_show.c - a request and a row of the table as JSON.
 */
#include "request.h"

/* ---- the table ----------------------------------------------------------------------------- */

void clause_members(struct job *job, const struct clause *clause, struct json *json)
{
    put_text(json, LIT("jurisdiction"), clause->jurisdiction);
    put_text(json, LIT("right"), str_of(right_name(clause->right)));
    put_text(json, LIT("answer"), span_text(job->arena, clause->answer));
    put_text(json, LIT("acknowledge"), span_text(job->arena, clause->acknowledge));
    put_text(json, LIT("extension"), span_text(job->arena, clause->extension));
    put_text(json, LIT("appeal"), span_text(job->arena, clause->appeal));
    json_key(json, LIT("pause"));
    json_bool(json, clause->pause);
    put_text(json, LIT("proof"), str_of(proof_level_name(clause->proof)));
    put_text(json, LIT("mode"), str_of(choice_mode_name(clause->mode)));
    json_key(json, LIT("signals"));
    json_list_begin(json);
    for (unsigned bit = 0; bit < SIGNAL_KINDS; bit++) {
        if ((clause->signals >> bit & 1) == 1) {
            json_text(json, str_of(signal_kind_name(bit)));
        }
    }
    json_list_end(json);
    json_key(json, LIT("reask_days"));
    json_u64(json, clause->reask_days);
    put_text(json, LIT("source"), clause->source);
    put_text(json, LIT("date"), clause->date);
}

enum candor_status candor_request_jurisdictions(struct job *job, struct candor *candor,
                                                struct candor_text *report)
{
    const struct jurisdictions table =
        candor == NULL ? jurisdictions_built_in() : candor->jurisdictions;
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("jurisdictions"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < table.count; i++) {
        json_map_begin(&answer.json);
        clause_members(job, &table.clause[i], &answer.json);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* ---- a request ----------------------------------------------------------------------------- */

static void put_steps(struct job *job, const struct request *request, struct json *json)
{
    json_key(json, LIT("steps"));
    json_list_begin(json);
    for (size_t i = 0; i < request->step_count; i++) {
        const struct request_step *step = &request->step[i];
        json_map_begin(json);
        put_time_or_null(job, json, LIT("time"), step->time);
        put_text(json, LIT("step"), str_of(request_event_name(step->event)));
        if (step->event == EVENT_PROVEN) {
            put_text(json, LIT("proof"), str_of(proof_level_name((enum proof_level)step->code)));
        }
        put_text_or_null(json, LIT("note"), step->note);
        json_map_end(json);
    }
    json_list_end(json);
}

/* What the one who handles it does next, in a sentence. */
static struct str next_of(const struct request *request, const struct request_status *status)
{
    if (!status->is_open) {
        return STR("Nothing: it is closed.");
    }
    if (status->acknowledge_by != 0) {
        return STR("Tell them that it has arrived, then: candor request acknowledge ID.");
    }
    if (status->state == REQUEST_PAUSED) {
        return STR("It waits; when what is missing has come: candor request resume ID.");
    }
    if (request->has_subject && status->proven < request->clause.proof) {
        return STR("Make sure who asks, then: candor request prove ID --level LEVEL.");
    }
    return STR("Answer it: candor request answer ID, or refuse it with a named reason.");
}

static void put_clock(struct job *job, const struct request_status *status, struct json *json)
{
    put_time_or_null(job, json, LIT("received"), status->received);
    put_time_or_null(job, json, LIT("acknowledge_by"), status->acknowledge_by);
    put_time_or_null(job, json, LIT("deadline"), status->deadline);
    put_time_or_null(job, json, LIT("closed"), status->closed);
    json_key(json, LIT("used_percent"));
    json_u64(json, status->used_permille / 10);
    json_key(json, LIT("level"));
    json_u64(json, status->level);
    json_key(json, LIT("overdue"));
    json_bool(json, status->is_overdue);
    json_key(json, LIT("was_late"));
    json_bool(json, status->was_late);
    json_key(json, LIT("extended"));
    json_bool(json, status->is_extended);
    json_key(json, LIT("appeal"));
    json_bool(json, status->is_appeal);
    json_key(json, LIT("paused_days"));
    json_u64(json, (uint64_t)(status->paused / MICROS_PER_DAY));
}

static void put_refusal(const struct request_status *status, struct json *json)
{
    json_key(json, LIT("refusal"));
    if (status->refusal == REFUSAL_NONE) {
        json_null(json);
        return;
    }
    json_map_begin(json);
    put_text(json, LIT("reason"), str_of(refusal_name(status->refusal)));
    put_text(json, LIT("sentence"), str_of(refusal_sentence(status->refusal)));
    put_text(json, LIT("complaint"),
             STR("You may complain to the supervisory authority and go to court."));
    json_map_end(json);
}

void request_members(struct job *job, const struct candor *candor, const struct request *request,
                     struct json *json)
{
    struct request_status status;
    request_status_at(request, &candor->holidays, job->now, &status);
    put_text(json, LIT("id"), request_name(job, request));
    put_text(json, LIT("right"), str_of(right_name(request->clause.right)));
    put_text(json, LIT("jurisdiction"), request->clause.jurisdiction);
    put_text(json, LIT("state"), str_of(request_state_name(status.state)));
    json_key(json, LIT("known_subject"));
    json_bool(json, request->has_subject);
    put_clock(job, &status, json);
    put_text(json, LIT("proof_needed"), str_of(proof_level_name(request->clause.proof)));
    put_text(json, LIT("proof_shown"), str_of(proof_level_name(status.proven)));
    put_text(json, LIT("law"), request->clause.source);
    put_text(json, LIT("source"), request->source);
    put_text_or_null(json, LIT("reference"), request->reference);
    put_text_or_null(json, LIT("argument"), request->argument);
    json_key(json, LIT("suppress"));
    json_bool(json, request->wants_suppression);
    put_refusal(&status, json);
    put_text(json, LIT("next"), next_of(request, &status));
    put_steps(job, request, json);
}

enum candor_status request_report(struct job *job, const struct candor *candor,
                                  const struct request *request, const struct candor_text *result,
                                  struct candor_text *report)
{
    static const struct text_limits limits = {.size_max = (size_t)1 << 30,
                                              .count_max = (size_t)100 * 1000 * 1000,
                                              .text_max = (size_t)16 << 20};
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("request"));
    json_map_begin(&answer.json);
    request_members(job, candor, request, &answer.json);
    json_map_end(&answer.json);
    if (result != NULL && result->ptr != NULL) {
        const struct value *value = NULL;
        TRY(json_read(job, (struct bytes){(const uint8_t *)result->ptr, result->len}, &limits,
                      "the result", &value));
        json_key(&answer.json, LIT("result"));
        json_value(&answer.json, value);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
