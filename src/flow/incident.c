/*
 * incident.c - the register of incidents: opened, followed, closed.
 *
 * The clock of 72 hours begins when somebody here knew (GDPR Article 33(1)). Whenever a home is opened,
 * and in every list, a clock that passed 50, 80 or 100 % is put on the ledger once for each step, so
 * that none runs out unseen. Whom an incident concerns is computed each time, from the access log and
 * the hand-overs, because people may look, or be erased, after it was opened.
 */
#include "incident.h"

enum { NUMBER_LEN = 16 };

/* ---- small parts --------------------------------------------------------------------------- */

static enum candor_status text_check(struct job *job, const char *text, const char *what)
{
    const struct str view = str_of(text);
    if (view.len > INCIDENT_TEXT_MAX || !str_is_utf8(view)) {
        return fail(job, CANDOR_BAD_INPUT, "%s is UTF-8 of at most %d bytes", what,
                    INCIDENT_TEXT_MAX);
    }
    return CANDOR_OK;
}

static enum candor_status time_take(struct job *job, const char *text, const char *what,
                                    int64_t *time)
{
    if (text != NULL && (!str_to_time(str_of(text), time) || *time <= 0)) {
        return fail(job, CANDOR_BAD_INPUT, "--%s is a day such as 2026-11-25, or an instant", what);
    }
    return CANDOR_OK;
}

static enum candor_status exposed_take(struct job *job, const char *text, unsigned *exposed)
{
    struct str rest = str_of(text);
    *exposed = text == NULL ? *exposed : 0;
    while (rest.ptr != NULL && rest.len > 0) {
        enum exposed one;
        if (!exposed_read(str_trim(str_cut(&rest, ',')), &one)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "--exposed lists data, keys, root, export and operator");
        }
        *exposed |= (unsigned)one;
    }
    return CANDOR_OK;
}

static void text_take(const char *text, struct str *target)
{
    if (text != NULL) {
        *target = str_of(text);
    }
}

/* What is given replaces what stood there. */
static enum candor_status facts_take(struct job *job, const struct candor *candor,
                                     const struct candor_incident *facts, struct incident *incident)
{
    const struct campaign *campaign = NULL;
    size_t at = 0;
    TRY(text_check(job, facts->title, "the title"));
    TRY(text_check(job, facts->measures, "what was done"));
    TRY(time_take(job, facts->aware, "aware", &incident->aware));
    TRY(time_take(job, facts->from, "from", &incident->from));
    TRY(time_take(job, facts->until, "until", &incident->until));
    TRY(exposed_take(job, facts->exposed, &incident->exposed));
    if (incident->aware > job->now) {
        return fail(job, CANDOR_BAD_INPUT, "--aware lies in the future");
    }
    if (incident->until != 0 && incident->until < incident->from) {
        return fail(job, CANDOR_BAD_INPUT, "--until lies before --from");
    }
    if (facts->campaign != NULL) {
        TRY(home_campaign(job, candor, str_of(facts->campaign), &campaign, &at));
    }
    if (facts->operator_name != NULL) {
        TRY(operator_name_check(job, str_of(facts->operator_name)));
    }
    if (facts->risk != NULL && !risk_read(str_of(facts->risk), &incident->risk)) {
        return fail(job, CANDOR_BAD_INPUT, "--risk is none, some or high");
    }
    text_take(facts->title, &incident->title);
    text_take(facts->operator_name, &incident->operator_name);
    text_take(facts->campaign, &incident->campaign);
    text_take(facts->measures, &incident->measures);
    return CANDOR_OK;
}

/* ---- keeping ------------------------------------------------------------------------------- */

/* Written and on the ledger; not committed yet. */
static enum candor_status keep(struct job *job, struct candor *candor, struct txn *txn,
                               const struct incident *incident, enum ledger_action action,
                               enum ledger_outcome outcome, uint64_t *index)
{
    uint8_t object[NUMBER_LEN];
    must(hex_read(incident->number, object, sizeof object));
    const struct account account = {.action = action, .outcome = outcome, .object = object};
    TRY(incident_put(job, txn, incident));
    return home_account(job, candor, txn, &account, index, NULL);
}

static bool clock_runs(const struct incident *incident)
{
    return incident->closed == 0 && incident->authority_told == 0 &&
           incident_tells_authority(incident);
}

/* One step of one clock, if there is a new one. */
static enum candor_status escalate_one(struct job *job, struct candor *candor, struct txn *txn,
                                       struct str number, size_t *count)
{
    struct incident incident;
    uint64_t index = 0;
    TRY(incident_get(job, txn, number, &incident));
    const unsigned level = breach_level(incident.aware, job->now);
    if (!clock_runs(&incident) || level <= incident.level) {
        return CANDOR_OK;
    }
    incident.level = level;
    *count += 1;
    return keep(job, candor, txn, &incident, LEDGER_INCIDENT, OUTCOME_FAILED, &index);
}

enum candor_status incidents_escalate(struct job *job, struct candor *candor, size_t *escalated)
{
    struct txn *txn = NULL;
    struct str *number = NULL;
    size_t count = 0;
    *escalated = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("incident"), &number, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(escalate_one(job, candor, txn, number[i], escalated));
    }
    return *escalated == 0 ? CANDOR_OK : home_commit(job, candor, txn);
}

/* ---- whom it concerns ---------------------------------------------------------------------- */

static bool is_within(const struct incident *incident, int64_t time)
{
    return time >= incident->from && (incident->until == 0 || time <= incident->until);
}

static enum candor_status count_one(struct job *job, struct txn *txn,
                                    const struct incident *incident, bool is_readable,
                                    struct subject subject, struct affected *affected, bool *is_one)
{
    struct access *access = NULL;
    struct contact *contact = NULL;
    size_t count = 0;
    uint64_t looks = 0;
    bool is_contacted = false;
    TRY(store_accesses(job, txn, subject, &access, &count));
    for (size_t i = 0; i < count && incident->operator_name.len > 0; i++) {
        looks += is_within(incident, access[i].time) &&
                 str_equal(access[i].who, incident->operator_name);
    }
    TRY(store_contacts(job, txn, subject, &contact, &count));
    for (size_t i = 0; i < count && incident->campaign.len > 0; i++) {
        is_contacted = is_contacted || (is_within(incident, contact[i].time) &&
                                        str_equal(contact[i].campaign, incident->campaign));
    }
    affected->looks += looks;
    affected->by_access += looks > 0;
    affected->by_campaign += is_contacted;
    affected->by_exposure += is_readable;
    *is_one = looks > 0 || is_contacted || is_readable;
    return CANDOR_OK;
}

/* All sealed values in readable form: everybody who is in there. */
static bool everybody_is_readable(const struct incident *incident)
{
    const unsigned all = EXPOSED_DATA | EXPOSED_KEYS | EXPOSED_ROOT;
    return (incident->exposed & all) == all;
}

enum candor_status incident_affected(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct incident *incident, struct affected *affected)
{
    struct subject subject;
    struct buf list = buf_begin(arena_beside(job));
    uint64_t cursor = 0;
    enum candor_status status = CANDOR_OK;
    (void)candor;
    *affected = (struct affected){0};
    while ((status = store_next_subject(job, txn, &cursor, &subject)) == CANDOR_OK) {
        const struct arena_mark mark = arena_mark(job->arena);
        bool is_one = false;
        TRY(count_one(job, txn, incident, everybody_is_readable(incident), subject, affected,
                      &is_one));
        arena_rewind(job->arena, mark);
        if (is_one) {
            buf_bytes(&list, &subject, sizeof subject);
            affected->people++;
        }
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    affected->subject = (void *)list.ptr; /* pieces of an arena are aligned for any type */
    return CANDOR_OK;
}

/* ---- as JSON ------------------------------------------------------------------------------- */

static void put_clock(struct job *job, struct json *json, const struct incident *incident)
{
    put_time_or_null(job, json, LIT("aware"), incident->aware);
    put_time_or_null(job, json, LIT("tell_authority_by"),
                     clock_runs(incident) ? incident->aware + BREACH_CLOCK : 0);
    json_key(json, LIT("overdue"));
    json_bool(json, clock_runs(incident) && breach_level(incident->aware, job->now) == 3);
    json_key(json, LIT("level"));
    json_u64(json, clock_runs(incident) ? breach_level(incident->aware, job->now) : 0);
    put_time_or_null(job, json, LIT("authority_told"), incident->authority_told);
    put_time_or_null(job, json, LIT("people_told"), incident->people_told);
    put_time_or_null(job, json, LIT("closed"), incident->closed);
}

static void incident_members(struct job *job, struct json *json, const struct incident *incident)
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

static void report_one(struct job *job, const struct incident *incident, uint64_t index,
                       struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    incident_members(job, &answer.json, incident);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

/* ---- opening ------------------------------------------------------------------------------- */

static enum candor_status open_one(struct job *job, struct candor *candor,
                                   const struct candor_incident *facts, struct candor_text *report)
{
    uint8_t id[NUMBER_LEN];
    struct txn *txn = NULL;
    uint64_t index = 0;
    struct incident incident = {.title = STR(""),
                                .opened_by = candor->self.name,
                                .aware = job->now,
                                .operator_name = STR(""),
                                .campaign = STR(""),
                                .measures = STR(""),
                                .close_reason = STR("")};
    TRY(caller_may(job, candor, ACT_AUDIT)); /* whoever sees one may raise the alarm */
    if (str_of(facts->title).len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "say what happened, without personal data");
    }
    TRY(facts_take(job, candor, facts, &incident));
    TRY(host_random(job, id, sizeof id));
    incident.number = hex_of(job->arena, (struct bytes){id, sizeof id});
    incident.level = breach_level(incident.aware, job->now);
    TRY(home_begin(job, candor, &txn));
    TRY(keep(job, candor, txn, &incident, LEDGER_INCIDENT, OUTCOME_DONE, &index));
    TRY(home_commit(job, candor, txn));
    report_one(job, &incident, index, report);
    return CANDOR_OK;
}

enum candor_status candor_incident_open(struct job *job, struct candor *candor,
                                        const struct candor_incident *facts,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = open_one(job, candor, facts, report);
    home_leave(candor);
    return status;
}

/* ---- following ----------------------------------------------------------------------------- */

static enum candor_status add_note(struct job *job, const struct candor *candor, const char *text,
                                   struct incident *incident)
{
    TRY(text_check(job, text, "a note"));
    if (incident->note_count >= INCIDENT_NOTES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "an incident has at most %d notes", INCIDENT_NOTES_MAX);
    }
    incident->note[incident->note_count++] = /* room for one more is there */
        (struct incident_note){job->now, candor->self.name, str_of(text)};
    return CANDOR_OK;
}

static enum candor_status notified_take(struct job *job, const char *notified,
                                        struct incident *incident)
{
    if (str_is(str_of(notified), "authority")) {
        incident->authority_told = job->now;
        return CANDOR_OK;
    }
    if (str_is(str_of(notified), "people")) {
        incident->people_told = job->now;
        return CANDOR_OK;
    }
    return fail(job, CANDOR_BAD_INPUT, "--notified is authority or people");
}

static enum candor_status update(struct job *job, struct candor *candor, struct str number,
                                 const struct candor_incident *facts, const char *note,
                                 const char *notified, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct incident incident;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    TRY(home_begin(job, candor, &txn));
    TRY(incident_get(job, txn, number, &incident));
    if (incident.closed != 0) {
        return fail(job, CANDOR_REFUSED, "the incident is closed; open another that names it");
    }
    TRY(facts_take(job, candor, facts, &incident));
    TRY(note == NULL ? CANDOR_OK : add_note(job, candor, note, &incident));
    TRY(notified == NULL ? CANDOR_OK : notified_take(job, notified, &incident));
    TRY(keep(job, candor, txn, &incident,
             notified == NULL ? LEDGER_INCIDENT : LEDGER_INCIDENT_NOTIFIED, OUTCOME_DONE, &index));
    TRY(home_commit(job, candor, txn));
    report_one(job, &incident, index, report);
    return CANDOR_OK;
}

enum candor_status candor_incident_update(struct job *job, struct candor *candor,
                                          const char *number, const struct candor_incident *facts,
                                          const char *note, const char *notified,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        update(job, candor, str_of(number), facts, note, notified, report);
    home_leave(candor);
    return status;
}

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
        *overdue += clock_runs(&incident) && breach_level(incident.aware, job->now) == 3;
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

/* Whom to tell. Reading their names is a look at each of them. */
static enum candor_status write_people(struct job *job, struct candor *candor, struct txn *txn,
                                       const struct incident *incident,
                                       const struct affected *affected, const char *path)
{
    struct buf file = buf_begin(arena_beside(job));
    uint64_t index = 0;
    TRY(path_may_be_written(job, candor, path));
    TRY(keep(job, candor, txn, incident, LEDGER_INCIDENT, OUTCOME_DONE, &index));
    buf_lit(&file, LIT("identifier\n"));
    for (uint64_t i = 0; i < affected->people; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const struct subject subject = affected->subject[i];
        struct str name;
        TRY(store_identifier(job, txn, permit_for_right(job, subject, RIGHT_ACCESS), &name));
        TRY(access_note(job, candor, txn, subject, LIT("incident.people"), index));
        csv_put_text(&file, name);
        buf_lit(&file, LIT("\n"));
        arena_rewind(job->arena, mark);
    }
    TRY(home_commit(job, candor, txn));
    return file_replace(job, str_of(path), buf_all(&file), 0600);
}

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
    return people_path == NULL ? CANDOR_OK
                               : write_people(job, candor, txn, &incident, &affected, people_path);
}

enum candor_status candor_incident_show(struct job *job, struct candor *candor, const char *number,
                                        const char *people_path, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, str_of(number), people_path, report);
    home_leave(candor);
    return status;
}

/* ---- closing ------------------------------------------------------------------------------- */

static enum candor_status may_close(struct job *job, const struct incident *incident,
                                    struct str reason)
{
    if (incident->closed != 0) {
        return fail(job, CANDOR_EXISTS, "the incident is closed already");
    }
    if (incident->risk == RISK_UNKNOWN) {
        return fail(job, CANDOR_REFUSED, "judge the risk first: incident update --risk");
    }
    if (reason.len > 0) {
        return CANDOR_OK;
    }
    if (incident_tells_authority(incident) && incident->authority_told == 0) {
        return fail(job, CANDOR_REFUSED,
                    "the authority must be told (GDPR Article 33), or --reason says why not");
    }
    if (incident_tells_people(incident) && incident->people_told == 0) {
        return fail(job, CANDOR_REFUSED,
                    "the people must be told (GDPR Article 34), or --reason says why not");
    }
    return CANDOR_OK;
}

static enum candor_status close_one(struct job *job, struct candor *candor, struct str number,
                                    const char *reason, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct incident incident;
    uint64_t index = 0;
    const struct str part[] = {number};
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    TRY(text_check(job, reason, "the reason"));
    TRY(home_begin(job, candor, &txn));
    TRY(incident_get(job, txn, number, &incident));
    TRY(may_close(job, &incident, str_of(reason)));
    TRY(second_require(job, candor, GUARD_INCIDENT_CLOSE, part, 1));
    TRY(home_begin(job, candor, &txn));
    incident.closed = job->now;
    incident.close_reason = str_of(reason);
    TRY(keep(job, candor, txn, &incident, LEDGER_INCIDENT, OUTCOME_DONE, &index));
    TRY(home_commit(job, candor, txn));
    report_one(job, &incident, index, report);
    return CANDOR_OK;
}

enum candor_status candor_incident_close(struct job *job, struct candor *candor, const char *number,
                                         const char *reason, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = close_one(job, candor, str_of(number), reason, report);
    home_leave(candor);
    return status;
}
