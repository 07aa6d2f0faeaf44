/*
 * incident_file.c - an incident as it is kept, and what the law makes of it.
 *
 *     version u8 = 2 | title, opened by, operator, campaign, measures, close reason: blocks
 *     | aware, from, until, authority told, people told, closed: i64 | exposed u32 | risk u8
 *     | level u8 | notes u32, each: time i64, author block, text block
 *     | recipient block
 *
 * Version 1 ends before the recipient.
 */
#include "incident.h"

enum { INCIDENT_VERSION = 2, INCIDENT_VERSION_1 = 1, NUMBER_LEN = 16 };

static const char *const risk_text[RISKS] = {"unknown", "none", "some", "high"};

const char *risk_name(enum risk risk)
{
    must((unsigned)risk < RISKS);
    return risk_text[risk];
}

bool risk_read(struct str text, enum risk *risk)
{
    for (unsigned i = 0; i < RISKS; i++) {
        if (str_is(text, risk_text[i])) {
            *risk = (enum risk)i;
            return true;
        }
    }
    return false;
}

bool incident_tells_authority(const struct incident *incident)
{
    return incident->risk != RISK_NONE;
}

bool incident_tells_people(const struct incident *incident)
{
    const char *why = NULL;
    return (incident->risk == RISK_HIGH || incident->risk == RISK_UNKNOWN) &&
           !exposed_is_unintelligible(incident->exposed, &why);
}

bool incident_is_told_late(const struct incident *incident, int64_t now)
{
    const int64_t told = incident->authority_told != 0 ? incident->authority_told : now;
    return incident_tells_authority(incident) && told > incident->aware + BREACH_CLOCK;
}

enum candor_status incident_put(struct job *job, struct txn *txn, const struct incident *incident)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, INCIDENT_VERSION);
    buf_block(&buf, bytes_of(incident->title));
    buf_block(&buf, bytes_of(incident->opened_by));
    buf_block(&buf, bytes_of(incident->operator_name));
    buf_block(&buf, bytes_of(incident->campaign));
    buf_block(&buf, bytes_of(incident->measures));
    buf_block(&buf, bytes_of(incident->close_reason));
    buf_u64le(&buf, (uint64_t)incident->aware);
    buf_u64le(&buf, (uint64_t)incident->from);
    buf_u64le(&buf, (uint64_t)incident->until);
    buf_u64le(&buf, (uint64_t)incident->authority_told);
    buf_u64le(&buf, (uint64_t)incident->people_told);
    buf_u64le(&buf, (uint64_t)incident->closed);
    buf_u32le(&buf, incident->exposed);
    buf_u8(&buf, (uint8_t)incident->risk);
    buf_u8(&buf, (uint8_t)incident->level);
    buf_u32le(&buf, (uint32_t)incident->note_count);
    for (size_t i = 0; i < incident->note_count; i++) {
        buf_u64le(&buf, (uint64_t)incident->note[i].time);
        buf_block(&buf, bytes_of(incident->note[i].author));
        buf_block(&buf, bytes_of(incident->note[i].text));
    }
    buf_block(&buf, bytes_of(incident->recipient));
    return store_put_document(job, txn, LIT("incident"), incident->number, buf_all(&buf));
}

static bool read_notes(struct job *job, struct reader *reader, struct incident *incident)
{
    incident->note_count = read_u32le(reader);
    if (reader->bad || incident->note_count > INCIDENT_NOTES_MAX) {
        return false;
    }
    incident->note = NEW_ARRAY(job->arena, incident->note_count + 1, struct incident_note);
    for (size_t i = 0; i < incident->note_count; i++) {
        incident->note[i].time = (int64_t)read_u64le(reader);
        incident->note[i].author = read_text(reader);
        incident->note[i].text = read_text(reader);
    }
    return !reader->bad;
}

static bool read_all(struct job *job, struct bytes bytes, struct incident *incident)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    incident->title = read_text(&reader);
    incident->opened_by = read_text(&reader);
    incident->operator_name = read_text(&reader);
    incident->campaign = read_text(&reader);
    incident->measures = read_text(&reader);
    incident->close_reason = read_text(&reader);
    incident->aware = (int64_t)read_u64le(&reader);
    incident->from = (int64_t)read_u64le(&reader);
    incident->until = (int64_t)read_u64le(&reader);
    incident->authority_told = (int64_t)read_u64le(&reader);
    incident->people_told = (int64_t)read_u64le(&reader);
    incident->closed = (int64_t)read_u64le(&reader);
    incident->exposed = read_u32le(&reader);
    const uint8_t risk = read_u8(&reader);
    incident->level = read_u8(&reader);
    incident->risk = (enum risk)risk;
    if (!read_notes(job, &reader, incident)) {
        return false;
    }
    incident->recipient = version == INCIDENT_VERSION_1 ? STR("") : read_text(&reader);
    return version >= INCIDENT_VERSION_1 && version <= INCIDENT_VERSION && risk < RISKS &&
           reader_is_done(&reader);
}

enum candor_status incident_get(struct job *job, struct txn *txn, struct str number,
                                struct incident *incident)
{
    struct bytes bytes;
    uint8_t id[NUMBER_LEN];
    if (!hex_read(number, id, sizeof id)) {
        return fail(job, CANDOR_BAD_INPUT, "an incident's number has %d hex digits",
                    2 * NUMBER_LEN);
    }
    const enum candor_status status = store_document(job, txn, LIT("incident"), number, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no incident of this number");
    }
    TRY(status);
    *incident = (struct incident){.number = number};
    return read_all(job, bytes, incident)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "the record of an incident is damaged");
}
