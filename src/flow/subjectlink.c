/*
 * subjectlink.c - links by which a subject sees their own data, once.
 *
 * The company sends the link to an address that it knows to be theirs. The link names nobody. It is
 * exchanged for a session by a button, since mail scanners follow links; the session is bound to exactly
 * that subject (who.c) and dies with their key.
 */
#include "visits.h"

enum { LINK_HOURS_MAX = 720, PATH_LEN_MAX = 100 };

/* Within "/me/", of letters, digits and dashes: it is put into a header. */
static enum candor_status path_check(struct job *job, struct str path)
{
    bool is_fine = str_starts(path, STR("/me/")) && path.len <= PATH_LEN_MAX;
    for (size_t i = 0; i < path.len; i++) {
        const char c = path.ptr[i];
        is_fine = is_fine && ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
                              (c == '/' && (i == 0 || path.ptr[i - 1] != '/')));
    }
    return is_fine ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT,
                          "the path is '/me/' or below, of small letters, digits and dashes");
}

static enum candor_status make(struct job *job, struct candor *candor, const char *identifier,
                               struct str path, uint32_t hours, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct str token;
    struct answer answer;
    if (hours == 0 || hours > LINK_HOURS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a link holds for 1 to %d hours", LINK_HOURS_MAX);
    }
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(path_check(job, path));
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    struct ticket ticket = {.kind = TICKET_SUBJECT,
                            .expires = job->now + hours * MICROS_PER_HOUR,
                            .name = path,
                            .subject = subject};
    TRY(ticket_make(job, candor, txn, &ticket, &token));
    TRY(visit_account(job, candor, txn, LEDGER_SUBJECT_LINK, &subject));
    TRY(visits_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    ticket_members(job, &answer.json, candor, &ticket, STR("/me/enter/"), token);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_subject_link(struct job *job, struct candor *candor,
                                       const char *identifier, const char *path, uint32_t hours,
                                       struct candor_text *report)
{
    const struct str where = path == NULL ? STR("/me/") : str_of(path);
    home_enter(candor);
    const enum candor_status status = make(job, candor, identifier, where, hours, report);
    home_leave(candor);
    return status;
}

/* A subject who was erased has no key any more, and so no link. */
static enum candor_status look(struct job *job, struct candor *candor, const char *token,
                               struct ticket *ticket)
{
    struct txn *txn = NULL;
    struct secret *key = NULL;
    TRY(visits_open(job, candor));
    TRY(home_begin(job, candor, &txn));
    TRY(ticket_read(job, candor, txn, TICKET_SUBJECT, token, ticket));
    const enum candor_status status = store_tag_key(job, txn, ticket->subject, &key);
    if (status == CANDOR_NOT_FOUND || status == CANDOR_REFUSED) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND,
                    "this link does not hold: it was used, is too old, or is not whole");
    }
    return status;
}

enum candor_status candor_link_look(struct job *job, struct candor *candor, const char *token)
{
    struct ticket ticket;
    home_enter(candor);
    const enum candor_status status = look(job, candor, token, &ticket);
    home_leave(candor);
    return status;
}

static enum candor_status open_link(struct job *job, struct candor *candor, const char *token,
                                    const struct candor_visit *visit, struct candor_entry *entry)
{
    struct txn *txn = NULL;
    struct ticket ticket;
    struct session *session = NULL;
    TRY(look(job, candor, token, &ticket));
    TRY(home_begin(job, candor, &txn));
    TRY(ticket_use_up(job, txn, &ticket));
    const struct session wanted = {.kind = CANDOR_SUBJECT, .subject = ticket.subject};
    TRY(session_begin(job, candor, &wanted, visit->session, &session, &entry->session));
    entry->kind = CANDOR_SUBJECT;
    entry->path = str_z(job->arena, ticket.name);
    enum candor_status status =
        visit_account(job, candor, txn, LEDGER_SUBJECT_ENTER, &ticket.subject);
    if (status == CANDOR_OK) {
        status = visits_commit(job, candor, txn);
    }
    if (status != CANDOR_OK) {
        session_end(session);
    }
    return status;
}

enum candor_status candor_link_open(struct job *job, struct candor *candor, const char *token,
                                    const struct candor_visit *visit, struct candor_entry *entry)
{
    *entry = (struct candor_entry){0};
    home_enter(candor);
    const enum candor_status status = open_link(job, candor, token, visit, entry);
    home_leave(candor);
    return status;
}
