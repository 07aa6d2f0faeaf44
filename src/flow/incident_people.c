/*
 * incident_people.c - whom an incident concerns.
 *
 * It is computed each time, from the access log, the hand-overs and the disclosures, because people may
 * look, or be erased, after the incident was opened.
 */
#include "incident.h"

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
    struct disclosed *disclosed = NULL;
    size_t count = 0;
    uint64_t looks = 0;
    bool is_contacted = false;
    bool is_disclosed = false;
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
    TRY(store_disclosures(job, txn, subject, &disclosed, &count));
    for (size_t i = 0; i < count && incident->recipient.len > 0; i++) {
        is_disclosed = is_disclosed || (is_within(incident, disclosed[i].time) &&
                                        str_equal(disclosed[i].recipient, incident->recipient));
    }
    affected->looks += looks;
    affected->by_access += looks > 0;
    affected->by_campaign += is_contacted;
    affected->by_disclosure += is_disclosed;
    affected->by_exposure += is_readable;
    *is_one = looks > 0 || is_contacted || is_disclosed || is_readable;
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

/* Whom to tell. Reading their names is a look at each of them. */
enum candor_status incident_write_people(struct job *job, struct candor *candor, struct txn *txn,
                                         const struct incident *incident,
                                         const struct affected *affected, const char *path)
{
    struct buf file = buf_begin(arena_beside(job));
    uint64_t index = 0;
    TRY(path_may_be_written(job, path));
    TRY(incident_keep(job, candor, txn, incident, LEDGER_INCIDENT, OUTCOME_DONE, &index));
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
