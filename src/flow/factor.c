/*
 * factor.c - an operator's second factor, and their own list of sessions.
 *
 *     none ──begin──▶ begun: a key is shown ──a code of it──▶ counts ──a code, or an owner──▶ none
 *
 * The key is in the credential, sealed; recovery codes are shown once and kept as tags.
 */
#include <string.h>

#include "visits.h"

enum { RECOVERY_LEN = 20, RECOVERY_BYTES = 13, NUMBER_BYTES = 6 };

/* ---- beginning ----------------------------------------------------------------------------- */

/* Name and home in the address are for the telephone's list; Key Uri Format. */
static void report_key(struct job *job, const struct candor *candor, struct str name,
                       const struct credential *credential, struct candor_text *report)
{
    struct answer answer;
    const struct bytes key = {credential->key, sizeof credential->key};
    const struct str text = base32_of(job->arena, key);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_text(&answer.json, LIT("secret"), text);
    json_key(&answer.json, LIT("uri"));
    json_text(&answer.json,
              str_format(job->arena,
                         "otpauth://totp/%.*s:%.*s?secret=%.*s&issuer=%.*s&algorithm=SHA1&"
                         "digits=6&period=30",
                         STR_ARG(str_slice(candor->origin, 7, candor->origin.len)), STR_ARG(name),
                         STR_ARG(text), STR_ARG(str_slice(candor->origin, 7, candor->origin.len))));
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

/* A key that was shown and not confirmed is shown again: a page may be opened twice. */
static enum candor_status begin(struct job *job, struct candor *candor, const char *token,
                                struct candor_text *report)
{
    struct txn *txn = NULL;
    struct session *session = NULL;
    struct person person;
    TRY(session_operator(job, candor, token, &session, &person));
    struct credential *credential = &person.credential;
    if (credential->factor == FACTOR_COUNTS) {
        return fail(job, CANDOR_EXISTS, "you have a second factor; end it first");
    }
    if (credential->factor == FACTOR_NONE) {
        TRY(home_begin(job, candor, &txn));
        TRY(host_random(job, credential->key, sizeof credential->key));
        credential->factor = FACTOR_BEGUN;
        credential->last_step = 0;
        credential->recovery_count = 0;
        act_as(candor, &person.operator);
        TRY(credential_write(job, txn, person.operator.name, credential));
        TRY(visit_account(job, candor, txn, LEDGER_CREDENTIAL, NULL));
        TRY(visits_commit(job, candor, txn));
    }
    report_key(job, candor, person.operator.name, credential, report);
    return CANDOR_OK;
}

enum candor_status candor_second_factor_begin(struct job *job, struct candor *candor,
                                              const char *session, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = begin(job, candor, session, report);
    home_leave(candor);
    return status;
}

/* ---- confirming ---------------------------------------------------------------------------- */

/* Twenty letters, 100 random bits, in groups of five. */
static enum candor_status make_recovery(struct job *job, const struct candor *candor,
                                        struct credential *credential, struct json *json)
{
    credential->recovery_count = RECOVERY_CODES;
    for (size_t i = 0; i < RECOVERY_CODES; i++) {
        uint8_t random[RECOVERY_BYTES];
        struct buf code = buf_begin(job->arena);
        TRY(host_random(job, random, sizeof random));
        const struct str letters =
            str_lower(job->arena, base32_of(job->arena, (struct bytes){random, sizeof random}));
        for (size_t at = 0; at < RECOVERY_LEN; at++) {
            buf_lit(&code, at > 0 && at % 5 == 0 ? LIT("-") : LIT(""));
            buf_u8(&code, (uint8_t)letters.ptr[at]);
        }
        TRY(recovery_digest(job, candor, buf_text(&code), &credential->recovery[i]));
        json_text(json, buf_text(&code));
    }
    return CANDOR_OK;
}

static enum candor_status confirm(struct job *job, struct candor *candor, const char *token,
                                  struct str code, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct session *session = NULL;
    struct person person;
    struct answer answer;
    bool takes = false;
    TRY(session_operator(job, candor, token, &session, &person));
    struct credential *credential = &person.credential;
    if (credential->factor != FACTOR_BEGUN) {
        return fail(job, CANDOR_EXISTS, "no second factor waits to be confirmed");
    }
    TRY(credential_takes(job, candor, credential, code, &takes));
    if (!takes) {
        return fail(job, CANDOR_FORBIDDEN,
                    "this is not the code: is the time of your telephone right?");
    }
    credential->factor = FACTOR_COUNTS;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("recovery_codes"));
    json_list_begin(&answer.json);
    TRY(make_recovery(job, candor, credential, &answer.json));
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    TRY(home_begin(job, candor, &txn));
    act_as(candor, &person.operator);
    TRY(credential_write(job, txn, person.operator.name, credential));
    sessions_end_of(candor, person.operator.name, session); /* they came in without it */
    TRY(visit_account(job, candor, txn, LEDGER_CREDENTIAL, NULL));
    TRY(visits_commit(job, candor, txn));
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_second_factor_confirm(struct job *job, struct candor *candor,
                                                const char *session, const char *code,
                                                struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = confirm(job, candor, session, str_of(code), report);
    home_leave(candor);
    return status;
}

/* ---- ending -------------------------------------------------------------------------------- */

/* Whoever found an open session cannot try codes for long. */
static enum candor_status end(struct job *job, struct candor *candor, const char *token,
                              struct str code)
{
    struct txn *txn = NULL;
    struct session *session = NULL;
    struct person person;
    struct candor_entry entry = {0};
    const struct candor_visit visit = {.session = token};
    bool takes = false;
    TRY(session_operator(job, candor, token, &session, &person));
    struct credential *credential = &person.credential;
    TRY(attempt_charge(job, candor, person.operator.name, &visit, &entry));
    TRY(credential_takes(job, candor, credential, code, &takes));
    if (!takes) {
        TRY(attempt_failed(job, candor, person.operator.name, &visit));
        return fail(job, CANDOR_FORBIDDEN, "this is not the code, or it was used before");
    }
    credential->factor = FACTOR_NONE;
    credential->recovery_count = 0;
    TRY(home_begin(job, candor, &txn));
    act_as(candor, &person.operator);
    TRY(credential_write(job, txn, person.operator.name, credential));
    TRY(visit_account(job, candor, txn, LEDGER_CREDENTIAL, NULL));
    return visits_commit(job, candor, txn);
}

enum candor_status candor_second_factor_end(struct job *job, struct candor *candor,
                                            const char *session, const char *code)
{
    home_enter(candor);
    const enum candor_status status = end(job, candor, session, str_of(code));
    home_leave(candor);
    return status;
}

/* ---- sessions of one's own ----------------------------------------------------------------- */

static struct str number_of(struct arena *arena, const struct session *session)
{
    return hex_of(arena, (struct bytes){session->digest.byte, NUMBER_BYTES});
}

static bool is_of(const struct session *session, const struct session *own)
{
    return session->kind == CANDOR_OPERATOR && strcmp(session->name, own->name) == 0;
}

static void put_session(struct job *job, struct json *json, const struct session *session,
                        bool is_current)
{
    json_map_begin(json);
    put_text(json, LIT("number"), number_of(job->arena, session));
    put_text(json, LIT("begun"), str_from_time(job->arena, session->begun));
    put_text(json, LIT("seen"), str_from_time(job->arena, session->seen));
    put_text(json, LIT("ends"), str_from_time(job->arena, session->ends));
    json_key(json, LIT("current"));
    json_bool(json, is_current);
    json_map_end(json);
}

static enum candor_status list(struct job *job, struct candor *candor, const char *token,
                               struct candor_text *report)
{
    struct session *own = NULL;
    struct person person;
    struct answer answer;
    const struct visits *visits = candor->visits;
    TRY(session_operator(job, candor, token, &own, &person));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("sessions"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < visits->session_count; i++) {
        if (is_of(&visits->session[i], own)) {
            put_session(job, &answer.json, &visits->session[i], &visits->session[i] == own);
        }
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_session_list(struct job *job, struct candor *candor, const char *session,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, session, report);
    home_leave(candor);
    return status;
}

static enum candor_status revoke(struct job *job, struct candor *candor, const char *token,
                                 const char *number)
{
    struct txn *txn = NULL;
    struct session *own = NULL;
    struct person person;
    struct visits *visits = candor->visits;
    size_t ended = 0;
    TRY(session_operator(job, candor, token, &own, &person));
    for (size_t i = 0; i < visits->session_count; i++) {
        struct session *session = &visits->session[i];
        if (is_of(session, own) &&
            (number == NULL ? session != own : str_is(number_of(job->arena, session), number))) {
            session_end(session);
            ended++;
        }
    }
    if (ended == 0 && number != NULL) {
        return fail(job, CANDOR_NOT_FOUND, "you have no such session");
    }
    if (ended == 0) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    act_as(candor, &person.operator);
    TRY(visit_account(job, candor, txn, LEDGER_SESSION_ENDED, NULL));
    return visits_commit(job, candor, txn);
}

enum candor_status candor_session_revoke(struct job *job, struct candor *candor,
                                         const char *session, const char *number)
{
    home_enter(candor);
    const enum candor_status status = revoke(job, candor, session, number);
    home_leave(candor);
    return status;
}
