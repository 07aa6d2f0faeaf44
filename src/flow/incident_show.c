/*
 * incident_show.c - the register of incidents as JSON: one, and all of them.
 */
#include "incident.h"

/* ---- as JSON ------------------------------------------------------------------------------- */

static void put_clock(struct job *job, struct json *json, const struct incident *incident)
{
    put_time_or_null(job, json, LIT("aware"), incident->aware);
    put_time_or_null(job, json, LIT("tell_authority_by"),
                     incident_clock_runs(incident) ? incident->aware + BREACH_CLOCK : 0);
    json_key(json, LIT("overdue"));
    json_bool(json, incident_clock_runs(incident) && breach_level(incident->aware, job->now) == 3);
    json_key(json, LIT("level"));
    json_u64(json, incident_clock_runs(incident) ? breach_level(incident->aware, job->now) : 0);
    put_time_or_null(job, json, LIT("authority_told"), incident->authority_told);
    put_time_or_null(job, json, LIT("people_told"), incident->people_told);
    put_time_or_null(job, json, LIT("closed"), incident->closed);
}

void incident_members(struct job *job, struct json *json, const struct incident *incident)
{
    const char *why = NULL;
    const bool is_sealed = exposed_is_unintelligible(incident->exposed, &why);
    json_key(json, LIT("number"));
    json_text(json, incident->number);
    json_key(json, LIT("title"));
    json_text(json, incident->title);
    json_key(json, LIT("opened_by"));
    json_text(json, incident->opened_by);
    put_clock(job, json, incident);
    json_key(json, LIT("exposed"));
    json_list_begin(json);
    for (unsigned bit = 0; bit < EXPOSED_KINDS; bit++) {
        if ((incident->exposed >> bit & 1) == 1) {
            json_text(json, str_of(exposed_name((enum exposed)(1U << bit))));
        }
    }
    json_list_end(json);
    json_key(json, LIT("unintelligible"));
    json_bool(json, is_sealed);
    json_key(json, LIT("why"));
    json_text(json, str_of(why));
    json_key(json, LIT("risk"));
    json_text(json, str_of(risk_name(incident->risk)));
    json_key(json, LIT("must_tell_authority"));
    json_bool(json, incident_tells_authority(incident));
    json_key(json, LIT("must_tell_people"));
    json_bool(json, incident_tells_people(incident));
}

static void put_details(struct job *job, struct json *json, const struct incident *incident,
                        const struct affected *affected)
{
    put_time_or_null(job, json, LIT("from"), incident->from);
    put_time_or_null(job, json, LIT("until"), incident->until);
    json_key(json, LIT("operator"));
    json_text(json, incident->operator_name);
    json_key(json, LIT("campaign"));
    json_text(json, incident->campaign);
    json_key(json, LIT("recipient"));
    json_text(json, incident->recipient);
    json_key(json, LIT("measures"));
    json_text(json, incident->measures);
    json_key(json, LIT("close_reason"));
    json_text(json, incident->close_reason);
    json_key(json, LIT("affected"));
    json_map_begin(json);
    json_key(json, LIT("people"));
    json_u64(json, affected->people);
    json_key(json, LIT("looked_at"));
    json_u64(json, affected->by_access);
    json_key(json, LIT("looks"));
    json_u64(json, affected->looks);
    json_key(json, LIT("handed_over"));
    json_u64(json, affected->by_campaign);
    json_key(json, LIT("disclosed"));
    json_u64(json, affected->by_disclosure);
    json_key(json, LIT("readable"));
    json_u64(json, affected->by_exposure);
    json_map_end(json);
    json_key(json, LIT("notes"));
    json_list_begin(json);
    for (size_t i = 0; i < incident->note_count; i++) {
        json_map_begin(json);
        put_time_or_null(job, json, LIT("time"), incident->note[i].time);
        json_key(json, LIT("author"));
        json_text(json, incident->note[i].author);
        json_key(json, LIT("note"));
        json_text(json, incident->note[i].text);
        json_map_end(json);
    }
    json_list_end(json);
}

/* ---- the register -------------------------------------------------------------------------- */

static enum candor_status list(struct job *job, struct candor *candor, size_t *overdue,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *number = NULL;
    size_t count = 0;
    size_t escalated = 0;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(incidents_escalate(job, candor, &escalated));
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("incident"), &number, &count));
    *overdue = 0;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("incidents"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct incident incident;
        TRY(incident_get(job, txn, number[i], &incident));
        *overdue += incident_clock_runs(&incident) && breach_level(incident.aware, job->now) == 3;
        json_map_begin(&answer.json);
        incident_members(job, &answer.json, &incident);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("overdue"));
    json_u64(&answer.json, *overdue);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_incident_list(struct job *job, struct candor *candor, size_t *overdue,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, overdue, report);
    home_leave(candor);
    return status;
}

/* ---- showing ------------------------------------------------------------------------------- */

static enum candor_status show(struct job *job, struct candor *candor, struct str number,
                               const char *people_path, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct incident incident;
    struct affected affected;
    struct answer answer;
    TRY(caller_may(job, candor, people_path == NULL ? ACT_AUDIT : ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(incident_get(job, txn, number, &incident));
    TRY(incident_affected(job, candor, txn, &incident, &affected));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    incident_members(job, &answer.json, &incident);
    put_details(job, &answer.json, &incident, &affected);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return people_path == NULL
               ? CANDOR_OK
               : incident_write_people(job, candor, txn, &incident, &affected, people_path);
}

enum candor_status candor_incident_show(struct job *job, struct candor *candor, const char *number,
                                        const char *people_path, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, str_of(number), people_path, report);
    home_leave(candor);
    return status;
}
