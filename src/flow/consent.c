/*
 * consent.c - consent changes.
 *
 * A change is a new record, never an edit. The answer is given only when the record and its ledger
 * entry are durable and the view no longer holds the old state, so that whatever is decided after
 * the answer is decided under the new state: the withdrawal is a fence. What was decided before is
 * refused at its hand-over, since each no raises the subject's epoch: govern/fence.c.
 */
#include "consenting.h"
#include "decision.h"
#include "reviewed.h"
#include "share.h"
#include "signals.h"

/* ---- the words of a choice ----------------------------------------------------------------- */

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
        {"defer", CONSENT_DEFERRED},
        {"revoke", CONSENT_REVOKED},
        {"invalidate", CONSENT_INVALIDATED},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(str_of(word), row[i].word)) {
            *decision = row[i].decision;
            return true;
        }
    }
    return consent_decision_read(str_of(word), decision) && *decision != CONSENT_REQUESTED;
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
    case CONSENT_REQUESTED:
        return LEDGER_CONSENT_REQUESTED;
    case CONSENT_DEFERRED:
        return LEDGER_CONSENT_DEFERRED;
    case CONSENT_REVOKED:
        return LEDGER_CONSENT_REVOKED;
    case CONSENT_INVALIDATED:
        return LEDGER_CONSENT_INVALIDATED;
    }
    return LEDGER_CONSENT_REFUSED;
}

/* Restriction is about everything; an objection may be. Anything else names its purpose. */
static enum candor_status purpose_of(struct job *job, const struct candor *candor, const char *name,
                                     enum consent_decision decision, size_t *purpose)
{
    const bool is_empty = name == NULL || name[0] == '\0' || str_is(str_of(name), "*");
    const bool is_all = consent_is_lever(decision);
    if (is_all || (is_empty && decision == CONSENT_OBJECTED)) {
        *purpose = EVERY;
        return CANDOR_OK;
    }
    return is_empty ? fail(job, CANDOR_BAD_INPUT,
                           "consent needs a purpose; see 'purposes' in candor.yaml")
                    : home_purpose(job, candor, str_of(name), purpose);
}

static bool goes_with(const struct inventory *inventory, size_t recipient, size_t purpose)
{
    return purpose == EVERY || inventory_disclosure(inventory, purpose, recipient) != NONE;
}

enum candor_status choice_recipient(struct job *job, const struct candor *candor, const char *name,
                                    size_t purpose, size_t *recipient)
{
    const struct inventory *inventory = candor->inventory;
    struct buf known = buf_begin(job->arena);
    *recipient = OURSELVES;
    if (name == NULL || name[0] == '\0' ||
        (purpose != EVERY && str_is(inventory->purpose[purpose].recipient, name))) {
        return CANDOR_OK;
    }
    const size_t found = inventory_recipient(inventory, str_of(name));
    if (found != NONE && goes_with(inventory, found, purpose)) {
        *recipient = found;
        return CANDOR_OK;
    }
    for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
        if (goes_with(inventory, r, purpose)) {
            buf_format(&known, "%s%.*s", known.len == 0 ? "" : ", ",
                       STR_ARG(inventory->recipient[r].name));
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "no recipient of that name for this purpose in candor.yaml; it has: %.*s",
                STR_ARG(known.len == 0 ? STR("none") : buf_text(&known)));
}

enum candor_status choice_question(struct job *job, const struct candor *candor,
                                   const struct candor_choice *choice,
                                   struct permit_question *question)
{
    *question = (struct permit_question){0};
    TRY(home_purpose(job, candor, str_of(choice->purpose), &question->purpose));
    TRY(home_channel(job, candor, choice->channel, &question->channel));
    return choice_recipient(job, candor, choice->recipient, question->purpose,
                            &question->recipient);
}

/* The words as they were shown, in the language in which they were. */
static enum candor_status take_wording(struct job *job, const struct candor *candor,
                                       const char *language, struct consent_record *record)
{
    if (record->purpose == EVERY) {
        return CANDOR_OK;
    }
    const struct purpose *purpose = &candor->inventory->purpose[record->purpose];
    record->wording_version = purpose->wording_version;
    record->wording = purpose->wording;
    record->language = purpose->language;
    if (language == NULL || language[0] == '\0' || str_is(purpose->language, language)) {
        return CANDOR_OK;
    }
    for (size_t t = 0; t < purpose->translation_count; t++) {
        if (str_is(purpose->translation[t].language, language)) {
            record->language = purpose->translation[t].language;
            record->wording = purpose->translation[t].wording;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT,
                "purpose '%.*s' has no wording in that language; add it to 'translations' in "
                "candor.yaml",
                STR_ARG(purpose->name));
}

/* ---- one record ---------------------------------------------------------------------------- */

/* What those who got the data under it must be told of. */
static bool takes_back(enum consent_decision decision)
{
    return decision == CONSENT_REFUSED || decision == CONSENT_WITHDRAWN ||
           decision == CONSENT_OBJECTED || decision == CONSENT_RESTRICTED;
}

/*
 * What counts is what was said last, by its time. After a clock was set back, a no of now would be
 * older than the yes that it takes back, and lose: a no of now comes after each yes that it is about.
 */
static enum candor_status no_comes_last(struct job *job, struct txn *txn, struct subject subject,
                                        struct consent_record *record)
{
    struct consent_record *before = NULL;
    size_t count = 0;
    if (!consent_is_no(record->decision) || record->time != record->recorded) {
        return CANDOR_OK; /* an imported one has its own time */
    }
    TRY(store_consents(job, txn, subject, &before, &count));
    for (size_t i = 0; i < count; i++) {
        const bool is_about = record->purpose == EVERY || before[i].purpose == EVERY ||
                              before[i].purpose == record->purpose;
        if (is_about && !consent_is_no(before[i].decision) && before[i].time > record->time) {
            record->time = before[i].time;
        }
    }
    return CANDOR_OK;
}

enum candor_status consent_record_add(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, struct consent_record *record,
                                      uint64_t *index)
{
    struct bytes before;
    struct buf payload = buf_begin(job->arena);
    TRY(no_comes_last(job, txn, subject, record));
    struct consent_record kept = *record;
    TRY(store_last_consent(job, txn, subject, &before));
    const struct digest prev = digest_of_bytes(before);
    if (before.len > 0) {
        kept.prev = bytes_copy_of(job->arena, (struct bytes){prev.byte, sizeof prev.byte});
    }
    consent_write(candor->inventory, &kept, &payload);
    const struct account account = {
        .action = action_of(record->decision),
        .outcome = OUTCOME_DONE,
        .subject = &subject,
        .payload = buf_all(&payload),
    };
    TRY(home_account(job, candor, txn, &account, index, kept.salt));

    /* What opens the ledger's commitment stays with the record, sealed. */
    kept.payload = buf_all(&payload);
    kept.ledger_index = *index;
    kept.has_entry = true;
    TRY(store_add_consent(job, txn, subject, &kept));
    return takes_back(record->decision)
               ? recall_queue(job, candor, txn, subject, RECALL_WITHDRAWAL, NULL, record->purpose)
               : CANDOR_OK;
}

enum candor_status consent_commit(struct job *job, struct candor *candor, struct txn *txn,
                                  struct subject subject, struct consent_record *record)
{
    TRY(consent_record_add(job, candor, txn, subject, record, &record->ledger_index));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);
    record->has_entry = true;
    return CANDOR_OK;
}

static void put_name(struct json *json, struct lit key, bool is_there, struct str name)
{
    json_key(json, key);
    if (is_there) {
        json_text(json, name);
    } else {
        json_null(json);
    }
}

static void put_when(struct job *job, struct json *json, struct lit key, int64_t time)
{
    put_name(json, key, time > 0, str_from_time(job->arena, time > 0 ? time : 0));
}

void consent_members(struct job *job, struct json *json, const struct candor *candor,
                     const struct consent_record *record)
{
    const struct inventory *inventory = candor->inventory;
    const struct str none = STR("");
    if (record->number > 0) {
        json_key(json, LIT("number"));
        json_u64(json, record->number);
    }
    put_name(json, LIT("purpose"), true,
             record->purpose == EVERY ? STR("*") : inventory->purpose[record->purpose].name);
    put_name(json, LIT("channel"), record->channel != EVERY,
             record->channel == EVERY ? none : inventory->channel[record->channel]);
    put_name(json, LIT("recipient"), record->recipient != OURSELVES,
             record->recipient == OURSELVES ? none : inventory->recipient[record->recipient].name);
    put_name(json, LIT("decision"), true, str_of(consent_decision_name(record->decision)));
    put_name(json, LIT("actor"), true, str_of(consent_actor_name(record->actor)));
    put_when(job, json, LIT("time"), record->time);
    put_when(job, json, LIT("recorded"), record->recorded);
    put_when(job, json, LIT("until"), record->until);
    put_name(json, LIT("surface"), true, record->surface);
    put_name(json, LIT("language"), record->language.len > 0, record->language);
    put_name(json, LIT("wording"), true, record->wording);
    put_name(json, LIT("wording_version"), true, record->wording_version);
    put_name(json, LIT("proof"), true, record->proof);
    put_name(json, LIT("ui_evidence"), record->ui_evidence.len > 0, record->ui_evidence);
    json_key(json, LIT("ledger_index"));
    if (record->has_entry) {
        json_u64(json, record->ledger_index);
    } else {
        json_null(json);
    }
}

/* ---- a change ------------------------------------------------------------------------------ */

/* A child's own yes is none: it is refused before it is written. GDPR Article 8. */
static enum candor_status must_be_of_age(struct job *job, struct candor *candor, struct txn *txn,
                                         struct subject subject,
                                         const struct consent_record *record)
{
    const struct consent_age anybody = {0};
    struct consent_age age;
    struct consent_record *before = NULL;
    struct consent_state state;
    size_t count = 0;
    if (!candor->children->is_asked || record->decision != CONSENT_GIVEN ||
        record->actor == ACTOR_GUARDIAN) {
        return CANDOR_OK;
    }
    TRY(store_consents(job, txn, subject, &before, &count));
    consent_fold_of(candor->inventory, &anybody, before, count, job->now, &state, NULL);
    TRY(children_age(job, candor, txn, subject, &state, &age));
    if (!age.is_asked || (age.is_known && record->time >= age.of_age)) {
        return CANDOR_OK;
    }
    return fail(job, CANDOR_REFUSED, "%s Let a guardian agree, with proof of who they are.",
                permit_code_sentence(age.is_known ? PERMIT_CHILD : PERMIT_AGE_UNKNOWN));
}

static enum candor_status actor_of(struct job *job, const struct candor_choice *choice,
                                   struct consent_record *record)
{
    record->actor = ACTOR_PERSON;
    if (choice->actor == NULL || choice->actor[0] == '\0') {
        return CANDOR_OK;
    }
    if (!consent_actor_read(str_of(choice->actor), &record->actor) ||
        record->actor == ACTOR_IMPORT) {
        return fail(job, CANDOR_BAD_INPUT,
                    "unknown actor; use person, guardian, agent or operator");
    }
    const bool speaks_for = record->actor == ACTOR_GUARDIAN || record->actor == ACTOR_AGENT;
    return speaks_for && record->decision == CONSENT_GIVEN && record->proof.len == 0
               ? fail(job, CANDOR_BAD_INPUT,
                      "a guardian's or an agent's yes needs proof that they may speak for the "
                      "subject")
               : CANDOR_OK;
}

/* Text that could not be read back would make the whole record unreadable. */
static enum candor_status check_text(struct job *job, const char *text, const char *what)
{
    const struct str view = str_of(text);
    return str_is_utf8(view) && view.len <= CELL_TEXT_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "the %s is UTF-8 text of at most %d bytes", what,
                      CELL_TEXT_MAX);
}

static enum candor_status record_of(struct job *job, const struct candor *candor,
                                    const struct candor_choice *choice,
                                    struct consent_record *record)
{
    *record = (struct consent_record){
        .surface = choice->surface == NULL ? STR("operator") : str_of(choice->surface),
        .proof = str_of(choice->proof),
        .time = job->now,
        .recorded = job->now,
    };
    TRY(check_text(job, choice->surface, "surface"));
    TRY(check_text(job, choice->proof, "proof"));
    if (!decision_of(choice->decision, &record->decision)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "unknown consent decision; use give, refuse, withdraw, object, restrict, "
                    "unrestrict, defer, revoke, invalidate, want_human, allow_machine, "
                    "limit_sensitive or allow_sensitive");
    }
    TRY(purpose_of(job, candor, choice->purpose, record->decision, &record->purpose));
    TRY(home_channel(job, candor, choice->channel, &record->channel));
    record->channel = record->channel == NONE ? EVERY : record->channel;
    TRY(choice_recipient(job, candor, choice->recipient, record->purpose, &record->recipient));
    TRY(take_wording(job, candor, choice->language, record));
    TRY(choice_evidence(job, choice->ui_evidence, record->decision, &record->ui_evidence));
    return actor_of(job, choice, record);
}

/* With double opt-in a yes is a request until it is confirmed; else it ends when it was said to. */
static enum candor_status yes_begins(struct job *job, struct candor *candor, struct subject subject,
                                     struct consent_record *record, struct str *token)
{
    *token = STR("");
    if (record->decision != CONSENT_GIVEN) {
        return CANDOR_OK;
    }
    const struct purpose *purpose = &candor->inventory->purpose[record->purpose];
    if (purpose->confirm_days > 0) {
        record->decision = CONSENT_REQUESTED;
        record->until = job->now + (int64_t)purpose->confirm_days * MICROS_PER_DAY;
        return token_make(job, candor, subject, token, &record->token);
    }
    const int64_t end = consent_end(purpose, record);
    record->until = end == INT64_MAX ? 0 : end;
    return CANDOR_OK;
}

/* A browser that asks not to sell or share, and a yes to just that: somebody has to have asked whether
 * they mean it (CCPA regulations, section 7025(c)(4)). */
static enum candor_status must_not_conflict(struct job *job, const struct candor *candor,
                                            const struct candor_choice *choice,
                                            const struct consent_record *record)
{
    if (!choice->gpc || choice->despite_gpc || record->decision != CONSENT_GIVEN ||
        record->purpose == EVERY) {
        return CANDOR_OK;
    }
    const struct permit_question question = {.purpose = record->purpose,
                                             .recipient = record->recipient};
    return signals_gpc_forbids(candor, &question)
               ? fail(
                     job, CANDOR_REFUSED,
                     "their browser asks not to sell or share their data (Sec-GPC): tell them, and "
                     "when they mean it all the same, say so with 'despite_gpc'")
               : CANDOR_OK;
}

enum candor_status choice_read(struct job *job, const struct candor *candor,
                               const struct candor_choice *choice, struct consent_record *record)
{
    TRY(record_of(job, candor, choice, record));
    return must_not_conflict(job, candor, choice, record);
}

enum candor_status choice_allow(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, struct consent_record *record,
                                struct str *token)
{
    TRY(must_be_of_age(job, candor, txn, subject, record));
    if (record->decision == CONSENT_GIVEN) { /* not to words that nobody reviewed */
        TRY(board_require_notice(job, candor, txn, record->purpose));
    }
    return yes_begins(job, candor, subject, record, token);
}

static enum candor_status choose(struct job *job, struct candor *candor,
                                 const struct candor_choice *choice, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct consent_record record;
    struct str token;
    TRY(caller_may_own(job, candor, ACT_CONSENT));
    TRY(choice_read(job, candor, choice, &record));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, choice->identifier, &subject));
    TRY(choice_allow(job, candor, txn, subject, &record, &token));
    TRY(consent_commit(job, candor, txn, subject, &record));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    consent_members(job, &answer.json, candor, &record);
    json_key(&answer.json, LIT("effective"));
    json_bool(&answer.json, record.decision != CONSENT_REQUESTED);
    if (token.len > 0) {
        json_key(&answer.json, LIT("confirm_token"));
        json_text(&answer.json, token);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_choose(struct job *job, struct candor *candor,
                                 const struct candor_choice *choice, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = choose(job, candor, choice, report);
    home_leave(candor);
    return status;
}

/* Callers in other languages have texts and no structs. NOLINTNEXTLINE(readability-function-size) */
enum candor_status candor_consent(struct job *job, struct candor *candor, const char *identifier,
                                  const char *purpose, const char *channel, const char *decision,
                                  const char *surface, const char *proof,
                                  struct candor_text *report)
{
    const struct candor_choice choice = {
        .identifier = identifier,
        .purpose = purpose,
        .channel = channel,
        .decision = decision,
        .surface = surface,
        .proof = proof,
    };
    return candor_choose(job, candor, &choice, report);
}
