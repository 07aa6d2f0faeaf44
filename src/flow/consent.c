/*
 * consent.c - consent changes and permits.
 *
 * A change is a new record, never an edit. The answer is given only when the record and its ledger
 * entry are durable and the view no longer holds the old state, so that whatever is decided after
 * the answer is decided under the new state: the withdrawal is a fence.
 */
#include "flow.h"

static bool decision_of(const char *word, enum consent_decision *decision)
{
    static const struct {
        const char *word;
        enum consent_decision decision;
    } row[] = {
        {"give", CONSENT_GIVEN},
        {"refuse", CONSENT_REFUSED},
        {"withdraw", CONSENT_WITHDRAWN},
        {"object", CONSENT_OBJECTED},
        {"restrict", CONSENT_RESTRICTED},
        {"unrestrict", CONSENT_UNRESTRICTED},
        {"want_human", CONSENT_HUMAN_WANTED},
        {"allow_machine", CONSENT_MACHINE_ALLOWED},
        {"limit_sensitive", CONSENT_SENSITIVE_LIMITED},
        {"allow_sensitive", CONSENT_SENSITIVE_ALLOWED},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(str_of(word), row[i].word)) {
            *decision = row[i].decision;
            return true;
        }
    }
    return consent_decision_read(str_of(word), decision);
}

static enum ledger_action action_of(enum consent_decision decision)
{
    switch (decision) {
    case CONSENT_GIVEN:
        return LEDGER_CONSENT_GIVEN;
    case CONSENT_REFUSED:
        return LEDGER_CONSENT_REFUSED;
    case CONSENT_WITHDRAWN:
        return LEDGER_CONSENT_WITHDRAWN;
    case CONSENT_OBJECTED:
        return LEDGER_OBJECT;
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
        return LEDGER_RESTRICT;
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
        return LEDGER_AUTOMATION;
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
        return LEDGER_LIMIT;
    }
    return LEDGER_CONSENT_REFUSED;
}

/* Restriction is about everything; an objection may be. Anything else names its purpose. */
static enum candor_status purpose_of(struct job *job, const struct candor *candor, const char *name,
                                     enum consent_decision decision, size_t *purpose)
{
    const bool is_empty = name == NULL || name[0] == '\0' || str_is(str_of(name), "*");
    switch (decision) {
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
        *purpose = EVERY;
        return CANDOR_OK;
    case CONSENT_OBJECTED:
        if (is_empty) {
            *purpose = EVERY;
            return CANDOR_OK;
        }
        return home_purpose(job, candor, str_of(name), purpose);
    case CONSENT_GIVEN:
    case CONSENT_REFUSED:
    case CONSENT_WITHDRAWN:
        if (is_empty) {
            return fail(job, CANDOR_BAD_INPUT,
                        "consent needs a purpose; see 'purposes' in "
                        "candor.yaml");
        }
        return home_purpose(job, candor, str_of(name), purpose);
    }
    return fail(job, CANDOR_BAD_INPUT, "unknown decision");
}

enum candor_status consent_record_add(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, const struct consent_record *record,
                                      uint64_t *index)
{
    struct buf payload = buf_begin(job->arena);
    uint8_t salt[32];
    consent_write(candor->inventory, record, &payload);
    const struct account account = {
        .action = action_of(record->decision),
        .outcome = OUTCOME_DONE,
        .subject = &subject,
        .payload = buf_all(&payload),
    };
    TRY(home_account(job, candor, txn, &account, index, salt));

    /* The proof that the record is the one on the ledger stays with the record. */
    struct consent_record kept = *record;
    kept.proof = str_format(job->arena, "%s%sledger:%llu:%.*s",
                            record->proof.len > 0 ? str_z(job->arena, record->proof) : "",
                            record->proof.len > 0 ? " " : "", (unsigned long long)*index,
                            STR_ARG(hex_of(job->arena, (struct bytes){salt, sizeof salt})));
    return store_add_consent(job, txn, subject, &kept);
}

static enum candor_status change(struct job *job, struct candor *candor, const char *identifier,
                                 struct consent_record *record, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    uint64_t index = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    TRY(consent_record_add(job, candor, txn, subject, record, &index));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("decision"));
    json_text(&answer.json, str_of(consent_decision_name(record->decision)));
    json_key(&answer.json, LIT("purpose"));
    json_text(&answer.json, record->purpose == EVERY
                                ? STR("*")
                                : candor->inventory->purpose[record->purpose].name);
    json_key(&answer.json, LIT("channel"));
    if (record->channel == EVERY) {
        json_null(&answer.json);
    } else {
        json_text(&answer.json, candor->inventory->channel[record->channel]);
    }
    json_key(&answer.json, LIT("time"));
    json_text(&answer.json, str_from_time(job->arena, record->time));
    json_key(&answer.json, LIT("wording_version"));
    json_text(&answer.json, record->wording_version);
    json_key(&answer.json, LIT("effective"));
    json_bool(&answer.json, true);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* A change as it was asked for, in words. */
struct asked {
    const char *identifier;
    const char *purpose;
    const char *channel;
    const char *decision;
};

static enum candor_status consent_change(struct job *job, struct candor *candor,
                                         const struct asked *asked, struct consent_record *record,
                                         struct candor_text *report)
{
    TRY(caller_may(job, candor, ACT_CONSENT));
    if (!decision_of(asked->decision, &record->decision)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "unknown consent decision; use give, refuse, withdraw, object, restrict, "
                    "unrestrict, want_human, allow_machine, limit_sensitive or "
                    "allow_sensitive");
    }
    TRY(purpose_of(job, candor, asked->purpose, record->decision, &record->purpose));
    TRY(home_channel(job, candor, asked->channel, &record->channel));
    if (record->channel == NONE) {
        record->channel = EVERY;
    }
    record->time = job->now;
    record->recorded = job->now;
    if (record->purpose != EVERY) {
        record->wording = candor->inventory->purpose[record->purpose].wording;
        record->wording_version = candor->inventory->purpose[record->purpose].wording_version;
    }
    return change(job, candor, asked->identifier, record, report);
}

/* Callers in other languages have texts and no structs. NOLINTNEXTLINE(readability-function-size) */
enum candor_status candor_consent(struct job *job, struct candor *candor, const char *identifier,
                                  const char *purpose, const char *channel, const char *decision,
                                  const char *surface, const char *proof,
                                  struct candor_text *report)
{
    const struct asked asked = {identifier, purpose, channel, decision};
    struct consent_record record = {
        .surface = surface == NULL ? STR("operator") : str_of(surface),
        .proof = str_of(proof),
    };
    home_enter(candor);
    const enum candor_status status = consent_change(job, candor, &asked, &record, report);
    home_leave(candor);
    return status;
}

/* ---- permits ------------------------------------------------------------------------------- */

enum candor_status candor_purpose_find(struct job *job, struct candor *candor, const char *purpose,
                                       const char *channel, struct candor_purpose *found)
{
    home_enter(candor);
    enum candor_status status = home_purpose(job, candor, str_of(purpose), &found->purpose);
    if (status == CANDOR_OK) {
        status = home_channel(job, candor, channel, &found->channel);
    }
    home_leave(candor);
    return status;
}

static enum candor_status permit_check(struct job *job, struct candor *candor,
                                       const char *identifier, struct candor_purpose question,
                                       enum permit_code *code)
{
    struct view_entry *entry = NULL;
    const enum candor_status status = view_find(job, candor, identifier, &entry);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        *code = PERMIT_UNKNOWN_SUBJECT;
        return CANDOR_OK;
    }
    TRY(status);
    const struct permit_question asked = {
        .subject = entry->subject,
        .purpose = question.purpose,
        .channel = question.channel,
    };
    *code = permit_ask(candor->inventory, &entry->state, &asked, job->now);
    return CANDOR_OK;
}

enum candor_status candor_permit_quick(struct job *job, struct candor *candor,
                                       const char *identifier, struct candor_purpose question,
                                       bool *allowed, const char **code)
{
    enum permit_code answer = PERMIT_UNKNOWN_SUBJECT;
    home_enter(candor);
    const enum candor_status status = permit_check(job, candor, identifier, question, &answer);
    if (status == CANDOR_OK && !permit_code_allows(answer)) {
        candor->permits_denied++;
    }
    home_leave(candor);
    *allowed = permit_code_allows(answer);
    *code = permit_code_name(answer);
    return status;
}

enum candor_status candor_permit(struct job *job, struct candor *candor, const char *identifier,
                                 const char *purpose, const char *channel, bool *allowed,
                                 const char **code)
{
    struct candor_purpose question;
    TRY(candor_purpose_find(job, candor, purpose, channel, &question));
    return candor_permit_quick(job, candor, identifier, question, allowed, code);
}
