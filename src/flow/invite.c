/*
 * invite.c - links by which operators choose a password; passwords that are set without one.
 *
 * A new password ends every session of before. It does not end a second factor: whoever has a link
 * still needs the telephone.
 */
#include "visits.h"

enum { INVITE_HOURS_MAX = 168 };

/* An operator who still works here, and whom the caller may give a way in. */
static enum candor_status may_let_in(struct job *job, struct candor *candor, struct txn *txn,
                                     struct str name, struct operator* operator)
{
    TRY(operator_name_check(job, name));
    if (!str_equal(name, candor->self.name)) {
        TRY(caller_may(job, candor, ACT_ADMINISTER));
    }
    TRY(operator_must_be_known(job, txn, name));
    TRY(operator_read(job, candor, txn, name, operator));
    return operator_must_not_be_over(job, operator);
}

/*
 * Whoever gives somebody else a new way in could walk through it in their name. Where two people are wanted
 * behind changes of operators, they are wanted behind this too; but a first way in, for somebody whom two
 * people just added, opens nobody's door.
 */
static enum candor_status second_behind(struct job *job, struct candor *candor, struct txn **txn,
                                        struct str name, struct str what)
{
    struct credential credential;
    TRY(credential_read(job, *txn, name, &credential));
    const bool has_way_in = credential.has_password;
    bytes_wipe(&credential, sizeof credential);
    if (str_equal(name, candor->self.name) || !has_way_in) {
        return CANDOR_OK;
    }
    const struct str part[] = {what, name};
    TRY(second_require(job, candor, GUARD_OPERATORS, part, 2));
    return home_begin(job, candor, txn);
}

static enum candor_status invite(struct job *job, struct candor *candor, struct str name,
                                 uint32_t hours, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct operator operator;
    struct str token;
    struct answer answer;
    if (hours == 0 || hours > INVITE_HOURS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "an invitation holds for 1 to %d hours",
                    INVITE_HOURS_MAX);
    }
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(may_let_in(job, candor, txn, name, &operator));
    TRY(second_behind(job, candor, &txn, name, STR("invite")));
    TRY(tickets_drop(job, txn, name));
    struct ticket ticket = {.kind = TICKET_INVITE,
                            .expires = job->now + hours * MICROS_PER_HOUR,
                            .name = operator.name };
    TRY(ticket_make(job, candor, txn, &ticket, &token));
    TRY(visit_account(job, candor, txn, LEDGER_INVITE, NULL));
    TRY(visits_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_text(&answer.json, LIT("name"), name);
    ticket_members(job, &answer.json, candor, &ticket, STR("/invite/"), token);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_invite(struct job *job, struct candor *candor, const char *name,
                                          uint32_t hours, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = invite(job, candor, str_of(name), hours, report);
    home_leave(candor);
    return status;
}

/* ---- from the link ------------------------------------------------------------------------- */

static enum candor_status look(struct job *job, struct candor *candor, const char *token,
                               struct ticket *ticket)
{
    struct txn *txn = NULL;
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    return ticket_read(job, candor, txn, TICKET_INVITE, token, ticket);
}

enum candor_status candor_invite_look(struct job *job, struct candor *candor, const char *token,
                                      const char **name)
{
    struct ticket ticket;
    home_enter(candor);
    const enum candor_status status = look(job, candor, token, &ticket);
    home_leave(candor);
    TRY(status);
    *name = str_z(job->arena, ticket.name);
    return CANDOR_OK;
}

/* The new password in place of the old one; all that came before it is over. */
static enum candor_status replace_password(struct job *job, struct candor *candor, struct txn *txn,
                                           const struct operator* operator,
                                           const struct credential * made,
                                           struct credential *credential)
{
    TRY(credential_read(job, txn, operator->name, credential));
    credential->has_password = true;
    credential->cost = made->cost;
    bytes_copy(credential->salt, made->salt, sizeof made->salt);
    bytes_copy(credential->hash, made->hash, sizeof made->hash);
    TRY(credential_write(job, txn, operator->name, credential));
    TRY(tickets_drop(job, txn, operator->name));
    sessions_end_of(candor, operator->name, NULL);
    return visit_account(job, candor, txn, LEDGER_CREDENTIAL, NULL);
}

/* The ticket is read again: somebody else may have been faster. */
static enum candor_status accept(struct job *job, struct candor *candor, const char *token,
                                 const struct credential *made, const struct candor_visit *visit,
                                 struct candor_entry *entry)
{
    struct txn *txn = NULL;
    struct ticket ticket;
    struct operator operator;
    struct credential credential;
    TRY(look(job, candor, token, &ticket));
    TRY(home_begin(job, candor, &txn));
    TRY(operator_read(job, candor, txn, str_copy(job->arena, ticket.name), &operator));
    TRY(operator_must_not_be_over(job, &operator));
    act_as(candor, &operator);
    TRY(replace_password(job, candor, txn, &operator, made, &credential));
    TRY(operator_comes_in(job, candor, txn, &operator, & credential, false, visit, entry));
    return entry->kind == CANDOR_HALF ? visits_commit(job, candor, txn) : CANDOR_OK;
}

enum candor_status candor_invite_accept(struct job *job, struct candor *candor, const char *token,
                                        const char *password, const struct candor_visit *visit,
                                        struct candor_entry *entry)
{
    const char *name = NULL;
    struct credential made = {0};
    *entry = (struct candor_entry){0};
    TRY(candor_invite_look(job, candor, token, &name));
    TRY(password_check(job, str_of(name), str_of(password)));
    TRY(password_set(job, candor, str_of(password), &made)); /* the home is not locked meanwhile */
    home_enter(candor);
    const enum candor_status status = accept(job, candor, token, &made, visit, entry);
    home_leave(candor);
    bytes_wipe(&made, sizeof made);
    return status;
}

/* ---- without one --------------------------------------------------------------------------- */

static void report_done(struct job *job, struct str name, struct lit what,
                        struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_text(&answer.json, LIT("name"), name);
    json_key(&answer.json, LIT("changed"));
    json_lit(&answer.json, what);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

static enum candor_status set_password(struct job *job, struct candor *candor, struct str name,
                                       const struct credential *made)
{
    struct txn *txn = NULL;
    struct operator operator;
    struct credential credential;
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(may_let_in(job, candor, txn, name, &operator));
    TRY(second_behind(job, candor, &txn, name, STR("password")));
    TRY(replace_password(job, candor, txn, &operator, made, &credential));
    return visits_commit(job, candor, txn);
}

enum candor_status candor_operator_password(struct job *job, struct candor *candor,
                                            const char *name, const char *password,
                                            struct candor_text *report)
{
    struct credential made = {0};
    TRY(password_check(job, str_of(name), str_of(password)));
    TRY(password_set(job, candor, str_of(password), &made));
    home_enter(candor);
    const enum candor_status status = set_password(job, candor, str_of(name), &made);
    home_leave(candor);
    bytes_wipe(&made, sizeof made);
    TRY(status);
    report_done(job, str_of(name), LIT("password"), report);
    return CANDOR_OK;
}

/* ---- their own, from a page ---------------------------------------------------------------- */

static enum candor_status own_name(struct job *job, struct candor *candor, const char *token,
                                   struct str *name)
{
    struct session *session = NULL;
    struct person person;
    TRY(session_operator(job, candor, token, &session, &person));
    *name = str_copy(job->arena, person.operator.name);
    return CANDOR_OK;
}

static enum candor_status change(struct job *job, struct candor *candor,
                                 const struct credential *made, const struct candor_visit *visit,
                                 struct candor_entry *entry)
{
    struct txn *txn = NULL;
    struct session *session = NULL;
    struct person person;
    struct credential credential;
    TRY(session_operator(job, candor, visit->session, &session, &person));
    TRY(home_begin(job, candor, &txn));
    act_as(candor, &person.operator);
    TRY(replace_password(job, candor, txn, &person.operator, made, &credential));
    return operator_comes_in(job, candor, txn, &person.operator, & credential, true, visit, entry);
}

static enum candor_status not_the_present(struct job *job, struct candor *candor, struct str name,
                                          const struct candor_visit *visit)
{
    TRY(attempt_failed(job, candor, name, visit));
    return fail(job, CANDOR_FORBIDDEN, "this is not your present password");
}

enum candor_status candor_password_change(struct job *job, struct candor *candor,
                                          const char *old_password, const char *new_password,
                                          const struct candor_visit *visit,
                                          struct candor_entry *entry)
{
    struct str name;
    struct credential made = {0};
    struct credential tried;
    bool right = false;
    *entry = (struct candor_entry){0};
    home_enter(candor);
    enum candor_status status = own_name(job, candor, visit->session, &name);
    home_leave(candor);
    TRY(status);
    TRY(password_check(job, name, str_of(new_password)));
    TRY(password_try(job, candor, name, str_of(old_password), visit, entry, &tried, &right));
    bytes_wipe(&tried, sizeof tried);
    if (!right) {
        home_enter(candor);
        status = not_the_present(job, candor, name, visit);
        home_leave(candor);
        return status;
    }
    TRY(password_set(job, candor, str_of(new_password), &made));
    home_enter(candor);
    status = change(job, candor, &made, visit, entry);
    home_leave(candor);
    bytes_wipe(&made, sizeof made);
    return status;
}

/* ---- the second factor of somebody who lost it --------------------------------------------- */

static enum candor_status reset(struct job *job, struct candor *candor, struct str name)
{
    struct txn *txn = NULL;
    struct operator operator;
    struct credential credential;
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(may_let_in(job, candor, txn, name, &operator));
    TRY(second_behind(job, candor, &txn, name, STR("reset")));
    TRY(credential_read(job, txn, name, &credential));
    credential.factor = FACTOR_NONE;
    credential.recovery_count = 0;
    TRY(credential_write(job, txn, name, &credential));
    sessions_end_of(candor, name, NULL);
    TRY(visit_account(job, candor, txn, LEDGER_CREDENTIAL, NULL));
    return visits_commit(job, candor, txn);
}

enum candor_status candor_operator_reset(struct job *job, struct candor *candor, const char *name,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = reset(job, candor, str_of(name));
    home_leave(candor);
    TRY(status);
    report_done(job, str_of(name), LIT("second factor"), report);
    return CANDOR_OK;
}
