/*
 * who.c - whose session it is, and calls in their name.
 *
 * What an operator may do is asked of their record each time: whoever ended, or has other roles than
 * when they signed in, is out at once. A subject's session is bound to one subject: home_subject refuses
 * every other, so no call, however it is written, reaches somebody else's data from it.
 */
#include <string.h>

#include "visits.h"

bool factor_is_wanted(const struct candor *candor, unsigned roles)
{
    return (candor->server->second_factor & roles) != 0;
}

/* False: they are not who they were when they signed in. */
static enum candor_status still_the_same(struct job *job, struct candor *candor, struct txn *txn,
                                         const struct session *session, struct operator* operator,
                                         bool * same)
{
    const struct str name = str_copy(job->arena, str_of(session->name));
    const enum candor_status status = operator_read(job, candor, txn, name, operator);
    *same = false;
    if (status == CANDOR_FORBIDDEN) { /* there is none of this name any more */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    *same = operator->roles == session->roles && !operator_is_over(job, operator);
    return CANDOR_OK;
}

static enum candor_status subject_name(struct job *job, struct txn *txn,
                                       const struct session *session, struct str *name)
{
    const struct permit *permit = permit_for_right(job, session->subject, RIGHT_ACCESS);
    const enum candor_status status = store_identifier(job, txn, permit, name);
    if (status == CANDOR_NOT_FOUND || status == CANDOR_REFUSED) { /* erased */
        job_forgive(job);
        *name = STR("");
        return CANDOR_OK;
    }
    return status;
}

enum candor_status session_person(struct job *job, struct candor *candor, const char *token,
                                  struct session **session, struct person *person)
{
    struct txn *txn = NULL;
    bool same = true;
    *person = (struct person){0};
    *session = NULL;
    TRY(visits_open(job, candor));
    struct session *found = session_find(job, candor, token);
    if (found == NULL) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    if (found->kind == CANDOR_SUBJECT) {
        TRY(subject_name(job, txn, found, &person->identifier));
        same = person->identifier.len > 0;
    } else {
        TRY(still_the_same(job, candor, txn, found, &person->operator, & same));
        TRY(credential_read(job, txn, str_of(found->name), &person->credential));
    }
    if (!same) {
        session_end(found);
        return CANDOR_OK;
    }
    session_seen(job, found);
    *session = found;
    return CANDOR_OK;
}

static bool must_enrol(const struct candor *candor, const struct person *person)
{
    return factor_is_wanted(candor, person->operator.roles) &&
           person->credential.factor != FACTOR_COUNTS;
}

enum candor_status session_operator(struct job *job, struct candor *candor, const char *token,
                                    struct session **session, struct person *person)
{
    TRY(session_person(job, candor, token, session, person));
    return *session != NULL && (*session)->kind == CANDOR_OPERATOR
               ? CANDOR_OK
               : fail(job, CANDOR_NOT_FOUND, "sign in first");
}

/* ---- who ----------------------------------------------------------------------------------- */

static enum candor_status who_is_it(struct job *job, struct candor *candor, const char *token,
                                    struct candor_who *who)
{
    struct session *session = NULL;
    struct person person;
    *who = (struct candor_who){
        .kind = CANDOR_NOBODY, .name = "", .roles = "", .identifier = "", .form_token = ""};
    TRY(session_person(job, candor, token, &session, &person));
    if (session == NULL) {
        return CANDOR_OK;
    }
    const struct bytes form_token = {session->form_token, sizeof session->form_token};
    who->kind = session->kind;
    who->form_token = str_z(job->arena, hex_of(job->arena, form_token));
    who->ends = session->ends;
    if (session->kind == CANDOR_SUBJECT) {
        who->identifier = str_z(job->arena, person.identifier);
        return CANDOR_OK;
    }
    who->name = str_z(job->arena, str_of(session->name));
    who->roles = str_z(job->arena, roles_text(job->arena, session->roles));
    who->has_code = person.credential.factor == FACTOR_COUNTS;
    who->must_enrol = must_enrol(candor, &person);
    return CANDOR_OK;
}

enum candor_status candor_who(struct job *job, struct candor *candor, const char *session,
                              struct candor_who *who)
{
    home_enter(candor);
    const enum candor_status status = who_is_it(job, candor, session, who);
    home_leave(candor);
    return status;
}

bool candor_who_sent(const struct candor_who *who, const char *form_token)
{
    const size_t len = strlen(who->form_token);
    return len > 0 && form_token != NULL && strlen(form_token) == len &&
           bytes_equal_secret((const uint8_t *)who->form_token, (const uint8_t *)form_token, len);
}

/* ---- calls in their name ------------------------------------------------------------------- */

static enum candor_status enter_operator(struct job *job, const struct candor *candor,
                                         const struct person *person, const char *act_text,
                                         struct caller *caller)
{
    enum act act;
    if (must_enrol(candor, person)) {
        return fail(job, CANDOR_FORBIDDEN,
                    "candor.yaml wants a second factor of you: set one up on the account page");
    }
    caller->who = person->operator;
    if (act_text == NULL) {
        return CANDOR_OK;
    }
    must(act_read(act_text, &act));
    return during(job, role_require(job, caller->who.roles, act), "operator '%.*s'",
                  STR_ARG(caller->who.name));
}

/* Nobody of the company's own has a name with a bracket. */
static enum candor_status enter_subject(struct job *job, struct candor *candor,
                                        const struct session *session, const char *act_text,
                                        struct caller *caller)
{
    enum act act = ACT_SUBJECT_READ;
    must(act_text == NULL || act_read(act_text, &act));
    caller->is_subject = true;
    caller->subject = session->subject;
    caller->who = (struct operator){.name = STR("(subject)")};
    TRY(operator_tag(job, candor, caller->who.name, caller->who.tag));
    return act_is_subjects_own(act)
               ? CANDOR_OK
               : fail(job, CANDOR_FORBIDDEN, "this is not for the people whose data it is");
}

static enum candor_status enter(struct job *job, struct candor *candor, const char *token,
                                const char *act, struct caller *caller)
{
    struct session *session = NULL;
    struct person person;
    TRY(session_person(job, candor, token, &session, &person));
    if (session == NULL || session->kind == CANDOR_HALF) {
        return fail(job, CANDOR_NOT_FOUND, "sign in first");
    }
    return session->kind == CANDOR_SUBJECT ? enter_subject(job, candor, session, act, caller)
                                           : enter_operator(job, candor, &person, act, caller);
}

enum candor_status candor_session_enter(struct job *job, struct candor *candor, const char *session,
                                        const char *act, const char *because)
{
    struct caller caller = {.because = str_of(because)};
    TRY(because_check(job, because));
    home_enter(candor);
    const enum candor_status status = enter(job, candor, session, act, &caller);
    if (status == CANDOR_OK) {
        caller_set(candor, &caller);
    }
    home_leave(candor);
    return status;
}
