/*
 * standing.c - what stands for one subject: every purpose, channel and recipient with its state, the
 * record that decided, and when they may be asked again.
 *
 * States are called as in W3C DPV: unknown, requested, request_deferred, refused, given, renewed,
 * withdrawn, revoked, expired, invalidated; beside them objected and restricted, and in_force for what
 * rests on another basis than consent.
 */
#include "consenting.h"
#include "signals.h"

enum candor_status standing_of(struct job *job, struct candor *candor, struct txn *txn,
                               struct subject subject, struct standing *standing)
{
    const struct consent_age anybody = {0};
    TRY(store_consents(job, txn, subject, &standing->record, &standing->record_count));
    consent_fold_of(candor->inventory, &anybody, standing->record, standing->record_count, job->now,
                    &standing->state, &standing->why);
    TRY(children_age(job, candor, txn, subject, &standing->state, &standing->age));
    if (standing->age.is_asked) {
        consent_fold_of(candor->inventory, &standing->age, standing->record, standing->record_count,
                        job->now, &standing->state, &standing->why);
    }
    return CANDOR_OK;
}

enum candor_status home_consent_state(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, struct consent_state *state)
{
    struct consent_record *record = NULL;
    struct consent_age age = {0};
    size_t count = 0;
    TRY(store_consents(job, txn, subject, &record, &count));
    consent_fold(candor->inventory, record, count, job->now, state);
    TRY(children_age(job, candor, txn, subject, state, &age));
    if (age.is_asked) {
        consent_fold_of(candor->inventory, &age, record, count, job->now, state, NULL);
    }
    return CANDOR_OK;
}

const struct consent_record *standing_record(const struct candor *candor,
                                             const struct standing *standing,
                                             const struct permit_question *question)
{
    const size_t column = question->channel == NONE ? CHANNELS_MAX : question->channel;
    const size_t disclosure =
        question->recipient == OURSELVES
            ? NONE
            : inventory_disclosure(candor->inventory, question->purpose, question->recipient);
    const uint32_t number = disclosure == NONE ? standing->why.record[question->purpose][column]
                                               : standing->why.disclosed[disclosure][column];
    return number == 0 ? NULL : &standing->record[number - 1];
}

/* ---- one cell of the grid ------------------------------------------------------------------ */

/* A yes after an earlier yes to the same that still held is a renewal. */
static bool is_renewal(const struct candor *candor, const struct standing *standing,
                       const struct consent_record *record)
{
    const struct purpose *purpose = &candor->inventory->purpose[record->purpose];
    for (size_t i = 0; i < standing->record_count; i++) {
        const struct consent_record *before = &standing->record[i];
        if (before != record && before->decision == CONSENT_GIVEN && before->time > 0 &&
            before->time < record->time && before->purpose == record->purpose &&
            before->channel == record->channel && before->recipient == record->recipient &&
            consent_end(purpose, before) > record->time) {
            return true;
        }
    }
    return false;
}

static struct lit state_of(const struct candor *candor, const struct standing *standing,
                           enum permit_code code, const struct consent_record *record,
                           int64_t deferred)
{
    switch (code) {
    case PERMIT_OK_CONSENT:
        return record != NULL && is_renewal(candor, standing, record) ? LIT("renewed")
                                                                      : LIT("given");
    case PERMIT_OK_BASIS:
    case PERMIT_OK_DUTY:
    case PERMIT_OK_RIGHT:
        return LIT("in_force");
    case PERMIT_REFUSED:
        return LIT("refused");
    case PERMIT_WITHDRAWN:
        return LIT("withdrawn");
    case PERMIT_OBJECTED:
        return LIT("objected");
    case PERMIT_EXPIRED:
        return LIT("expired");
    case PERMIT_RESTRICTED:
        return LIT("restricted");
    case PERMIT_PENDING:
        return LIT("requested");
    case PERMIT_REVOKED:
        return LIT("revoked");
    case PERMIT_INVALIDATED:
    case PERMIT_CHILD:
    case PERMIT_AGE_UNKNOWN:
        return LIT("invalidated");
    case PERMIT_NO_CONSENT:
    case PERMIT_NOT_YET:
    case PERMIT_UNKNOWN_PURPOSE:
    case PERMIT_UNKNOWN_SUBJECT:
    case PERMIT_WRONG_CHANNEL:
    case PERMIT_WRONG_RECIPIENT:
    case PERMIT_SUPERSEDED:
    case PERMIT_CODES:
        break;
    }
    return deferred > 0 ? LIT("request_deferred") : LIT("unknown");
}

/* Null also where nothing ends or begins. */
static void put_time(struct job *job, struct json *json, struct lit key, int64_t time)
{
    put_time_or_null(job, json, key, time < 0 || time == INT64_MAX ? 0 : time);
}

static void put_ask(struct job *job, struct json *json, struct ask_answer answer)
{
    json_key(json, LIT("may_ask"));
    json_bool(json, answer.may);
    json_key(json, LIT("ask_reason"));
    json_text(json, str_of(ask_reason_name(answer.reason)));
    put_time(job, json, LIT("ask_again_from"), answer.from);
}

static void put_names(struct json *json, const struct candor *candor,
                      const struct permit_question *question)
{
    const struct inventory *inventory = candor->inventory;
    const struct purpose *purpose = &inventory->purpose[question->purpose];
    json_key(json, LIT("purpose"));
    json_text(json, purpose->name);
    json_key(json, LIT("title"));
    json_text(json, purpose->title);
    json_key(json, LIT("channel"));
    if (question->channel == NONE) {
        json_null(json);
    } else {
        json_text(json, inventory->channel[question->channel]);
    }
    json_key(json, LIT("recipient"));
    if (question->recipient != OURSELVES) {
        json_text(json, inventory->recipient[question->recipient].name);
    } else if (purpose->recipient.len > 0) {
        json_text(json, purpose->recipient);
    } else {
        json_null(json);
    }
    json_key(json, LIT("basis"));
    json_text(json, str_of(basis_name(purpose->basis)));
}

static struct ask_answer ask_of(const struct candor *candor, const struct standing *standing,
                                const struct permit_question *question, enum permit_code code,
                                int64_t now)
{
    return ask_may(&candor->inventory->purpose[question->purpose], code,
                   standing_record(candor, standing, question),
                   ask_deferred(standing->record, standing->record_count, question), now);
}

static void put_cell(struct job *job, struct json *json, const struct candor *candor,
                     const struct standing *standing, const struct permit_question *question)
{
    const enum permit_code code =
        permit_ask(candor->inventory, &standing->state, question, job->now);
    const struct consent_record *record = standing_record(candor, standing, question);
    const int64_t deferred = ask_deferred(standing->record, standing->record_count, question);
    const bool is_yes = code == PERMIT_OK_CONSENT || code == PERMIT_EXPIRED;
    const struct purpose *purpose = &candor->inventory->purpose[question->purpose];
    json_map_begin(json);
    put_names(json, candor, question);
    json_key(json, LIT("state"));
    json_lit(json, state_of(candor, standing, code, record, deferred));
    json_key(json, LIT("allowed"));
    json_bool(json, permit_code_allows(code));
    json_key(json, LIT("code"));
    json_text(json, str_of(permit_code_name(code)));
    json_key(json, LIT("sentence"));
    json_text(json, str_of(permit_code_sentence(code)));
    put_time(job, json, LIT("since"), record == NULL ? 0 : record->time);
    json_key(json, LIT("wording_version"));
    if (record == NULL) {
        json_null(json);
    } else {
        json_text(json, record->wording_version);
    }
    put_time(job, json, LIT("expires"),
             record != NULL && is_yes ? consent_end(purpose, record) : 0);
    json_key(json, LIT("record"));
    if (record == NULL) {
        json_null(json);
    } else {
        json_u64(json, record->number);
    }
    put_ask(job, json, ask_of(candor, standing, question, code, job->now));
    json_map_end(json);
}

/* ---- the grid ------------------------------------------------------------------------------ */

static bool is_served(const struct purpose *purpose, size_t channel)
{
    return channel == NONE ? purpose->channels == 0 : (purpose->channels >> channel & 1) == 1;
}

static void put_row(struct job *job, struct json *json, const struct candor *candor,
                    const struct standing *standing, struct permit_question question)
{
    const struct inventory *inventory = candor->inventory;
    question.recipient = OURSELVES;
    put_cell(job, json, candor, standing, &question);
    for (size_t d = 0; d < inventory->disclosure_count; d++) {
        if (inventory->disclosure[d].purpose == question.purpose) {
            question.recipient = inventory->disclosure[d].recipient;
            put_cell(job, json, candor, standing, &question);
        }
    }
}

void standing_json(struct job *job, struct json *json, const struct candor *candor,
                   const struct standing *standing, struct subject subject)
{
    const struct inventory *inventory = candor->inventory;
    json_key(json, LIT("restricted"));
    json_bool(json, standing->state.is_restricted);
    json_key(json, LIT("wants_human"));
    json_bool(json, standing->state.wants_human);
    json_key(json, LIT("limits_sensitive"));
    json_bool(json, standing->state.limits_sensitive);
    json_key(json, LIT("purposes"));
    json_list_begin(json);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        for (size_t c = 0; c <= inventory->channel_count; c++) {
            const struct permit_question question = {
                subject, p, c == inventory->channel_count ? NONE : c, OURSELVES};
            if (is_served(&inventory->purpose[p], question.channel)) {
                put_row(job, json, candor, standing, question);
            }
        }
    }
    json_list_end(json);
    json_key(json, LIT("consents"));
    json_list_begin(json);
    for (size_t i = 0; i < standing->record_count; i++) {
        json_map_begin(json);
        consent_members(job, json, candor, &standing->record[i]);
        json_map_end(json);
    }
    json_list_end(json);
}

/* ---- may they be asked --------------------------------------------------------------------- */

/* Without a channel the question is about all that the purpose is served on: the strictest answers. */
static struct ask_answer ask_everywhere(struct job *job, const struct candor *candor,
                                        const struct standing *standing,
                                        struct permit_question question, enum permit_code *code)
{
    const struct inventory *inventory = candor->inventory;
    const struct purpose *purpose = &inventory->purpose[question.purpose];
    struct ask_answer strictest = {.may = true, .from = INT64_MIN};
    const bool is_everywhere = question.channel == NONE && purpose->channels != 0;
    for (size_t c = 0; c <= inventory->channel_count; c++) {
        if (is_everywhere) {
            question.channel = c == inventory->channel_count ? NONE : c;
        }
        if (is_everywhere && !is_served(purpose, question.channel)) {
            continue;
        }
        const enum permit_code here = permit_ask(inventory, &standing->state, &question, job->now);
        const struct ask_answer answer = ask_of(candor, standing, &question, here, job->now);
        if ((strictest.may && !answer.may) ||
            (strictest.may == answer.may && answer.from > strictest.from)) {
            strictest = answer;
            *code = here;
        }
        if (!is_everywhere) {
            break;
        }
    }
    return strictest;
}

/* Nothing is written: whether somebody may be asked tells nobody what they said but yes or no, and it
 * is asked before each form is shown. */
static enum candor_status may_ask(struct job *job, struct candor *candor,
                                  const struct candor_choice *choice, bool *may,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct permit_question question;
    struct standing *standing = NEW(job->arena, struct standing);
    struct answer answer;
    TRY(caller_may_own(job, candor, ACT_CONSENT));
    TRY(choice_question(job, candor, choice, &question));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, choice->identifier, &question.subject));
    TRY(standing_of(job, candor, txn, question.subject, standing));
    enum permit_code code = PERMIT_CODES;
    struct ask_answer asked = ask_everywhere(job, candor, standing, question, &code);
    if (asked.may && choice->gpc && signals_gpc_forbids(candor, &question)) {
        asked = (struct ask_answer){.may = false, .reason = ASK_SIGNAL, .from = INT64_MAX};
    }
    *may = asked.may;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_names(&answer.json, candor, &question);
    json_key(&answer.json, LIT("code"));
    json_text(&answer.json, str_of(permit_code_name(code)));
    put_ask(job, &answer.json, asked);
    json_key(&answer.json, LIT("sentence"));
    json_text(&answer.json, str_of(ask_reason_sentence(asked.reason)));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_may_ask(struct job *job, struct candor *candor,
                                  const struct candor_choice *question, bool *may,
                                  struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = may_ask(job, candor, question, may, report);
    home_leave(candor);
    return status;
}
