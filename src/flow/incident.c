/*
 * incident.c - the register of incidents: opened, followed, closed.
 *
 * The clock of 72 hours begins when somebody here knew (GDPR Article 33(1)). Whenever a home is opened,
 * and in every list, a clock that passed 50, 80 or 100 % is put on the ledger once for each step, so
 * that none runs out unseen.
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

/* A name that nobody has concerns nobody: a slip of the pen would say that there is nobody to tell. */
static enum candor_status names_check(struct job *job, const struct candor *candor, struct txn *txn,
                                      const struct candor_incident *facts)
{
    const struct campaign *campaign = NULL;
    size_t at = 0;
    if (str_of(facts->campaign).len > 0) {
        TRY(home_campaign(job, candor, str_of(facts->campaign), &campaign, &at));
    }
    if (str_of(facts->recipient).len > 0 &&
        inventory_recipient(candor->inventory, str_of(facts->recipient)) == NONE) {
        return fail(job, CANDOR_NOT_FOUND,
                    "no recipient of that name; see 'recipients' in candor.yaml");
    }
    return str_of(facts->operator_name).len > 0
               ? operator_must_be_known(job, txn, str_of(facts->operator_name))
               : CANDOR_OK;
}

/* What is given replaces what stood there. */
static enum candor_status facts_take(struct job *job, const struct candor *candor, struct txn *txn,
                                     const struct candor_incident *facts, struct incident *incident)
{
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
    TRY(names_check(job, candor, txn, facts));
    if (facts->risk != NULL && !risk_read(str_of(facts->risk), &incident->risk)) {
        return fail(job, CANDOR_BAD_INPUT, "--risk is none, some or high");
    }
    text_take(facts->title, &incident->title);
    text_take(facts->operator_name, &incident->operator_name);
    text_take(facts->campaign, &incident->campaign);
    text_take(facts->recipient, &incident->recipient);
    text_take(facts->measures, &incident->measures);
    return CANDOR_OK;
}

/* ---- keeping ------------------------------------------------------------------------------- */

/* Written and on the ledger; not committed yet. */
enum candor_status incident_keep(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct incident *incident, enum ledger_action action,
                                 enum ledger_outcome outcome, uint64_t *index)
{
    uint8_t object[NUMBER_LEN];
    must(hex_read(incident->number, object, sizeof object));
    const struct account account = {.action = action, .outcome = outcome, .object = object};
    TRY(incident_put(job, txn, incident));
    return home_account(job, candor, txn, &account, index, NULL);
}

bool incident_clock_runs(const struct incident *incident)
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
    if (!incident_clock_runs(&incident) || level <= incident.level) {
        return CANDOR_OK;
    }
    incident.level = level;
    *count += 1;
    return incident_keep(job, candor, txn, &incident, LEDGER_INCIDENT, OUTCOME_FAILED, &index);
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
                                .recipient = STR(""),
                                .measures = STR(""),
                                .close_reason = STR("")};
    TRY(caller_may(job, candor, ACT_AUDIT)); /* whoever sees one may raise the alarm */
    if (str_of(facts->title).len == 0) {
        return fail(job, CANDOR_BAD_INPUT, "say what happened, without personal data");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(facts_take(job, candor, txn, facts, &incident));
    TRY(host_random(job, id, sizeof id));
    incident.number = hex_of(job->arena, (struct bytes){id, sizeof id});
    incident.level = breach_level(incident.aware, job->now);
    TRY(incident_keep(job, candor, txn, &incident, LEDGER_INCIDENT, OUTCOME_DONE, &index));
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
    const bool is_authority = str_is(str_of(notified), "authority");
    int64_t *told = is_authority ? &incident->authority_told : &incident->people_told;
    if (!is_authority && !str_is(str_of(notified), "people")) {
        return fail(job, CANDOR_BAD_INPUT, "--notified is authority or people");
    }
    if (*told != 0) { /* the first time is what the law counts; Article 33(4) allows phases */
        return fail(
            job, CANDOR_EXISTS,
            "they were told before, and the first time counts; put what was told since down "
            "with --note");
    }
    *told = job->now;
    return CANDOR_OK;
}

static bool says_something(const struct candor_incident *facts)
{
    return facts->title != NULL || facts->aware != NULL || facts->from != NULL ||
           facts->until != NULL || facts->operator_name != NULL || facts->campaign != NULL ||
           facts->recipient != NULL || facts->exposed != NULL || facts->measures != NULL ||
           facts->risk != NULL;
}

/* The clock may begin earlier than was thought; later only with a reason that stays on record. */
static enum candor_status aware_check(struct job *job, int64_t before, int64_t after,
                                      const char *note)
{
    return after > before && str_of(note).len == 0
               ? fail(job, CANDOR_BAD_INPUT,
                      "a later --aware gives the clock more time: say why with --note")
               : CANDOR_OK;
}

static enum candor_status update(struct job *job, struct candor *candor, struct str number,
                                 const struct candor_incident *facts, const char *note,
                                 const char *notified, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct incident incident;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    if (!says_something(facts) && note == NULL && notified == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "say what changed: a fact, a note or who was notified");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(incident_get(job, txn, number, &incident));
    const int64_t aware = incident.aware;
    if (incident.closed != 0) {
        return fail(job, CANDOR_REFUSED, "the incident is closed; open another that names it");
    }
    TRY(facts_take(job, candor, txn, facts, &incident));
    TRY(aware_check(job, aware, incident.aware, note));
    TRY(note == NULL ? CANDOR_OK : add_note(job, candor, note, &incident));
    TRY(notified == NULL ? CANDOR_OK : notified_take(job, notified, &incident));
    TRY(incident_keep(job, candor, txn, &incident,
                      notified == NULL ? LEDGER_INCIDENT : LEDGER_INCIDENT_NOTIFIED, OUTCOME_DONE,
                      &index));
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
    TRY(incident_keep(job, candor, txn, &incident, LEDGER_INCIDENT, OUTCOME_DONE, &index));
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
