/*
 * ticket.c - one-time links: the token in the link, and what stands behind it.
 *
 * A token is sealed with a key of the home under a text that says what it is for, so that nobody can
 * make or change one, and one for an operator is none for a subject; a token of another home does not
 * open. Inside is a number and an end, and nobody's name. What it is good for stands in the store, and
 * goes when it is used: without that it opens nothing any more.
 *
 *     token    version u8 = 1 | number 16 | expires i64
 *     record   version u8 = 1 | kind u8 | expires i64 | name block | subject 16 + u32
 */
#include "signals.h"
#include "visits.h"
#include "web.h"

enum { TICKET_VERSION = 1, NUMBER_LEN = 16, SUBJECT_ID_LEN = 16, TOKEN_LEN_MAX = 200 };

static struct bytes purpose_of(enum ticket_kind kind)
{
    switch (kind) {
    case TICKET_INVITE:
        return bytes_of(STR("candor-operator-invite-v1"));
    case TICKET_SUBJECT:
        return bytes_of(STR("candor-subject-link-v1"));
    }
    base_broken("a ticket is of one of these kinds", __FILE__, __LINE__);
}

static struct str document_name(struct arena *arena, const struct ticket *ticket)
{
    return hex_of(arena, (struct bytes){ticket->number, sizeof ticket->number});
}

static enum candor_status record_read(struct job *job, struct txn *txn, struct str document,
                                      struct ticket *ticket)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("ticket"), document, &bytes));
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t kind = read_u8(&reader);
    ticket->kind = (enum ticket_kind)kind;
    ticket->expires = (int64_t)read_u64le(&reader);
    ticket->name = read_text(&reader);
    const struct bytes id = read_bytes(&reader, SUBJECT_ID_LEN);
    ticket->subject.slot = read_u32le(&reader);
    if (!reader_is_done(&reader) || version != TICKET_VERSION ||
        (kind != TICKET_INVITE && kind != TICKET_SUBJECT) ||
        !hex_read(document, ticket->number, sizeof ticket->number)) {
        return fail(job, CANDOR_CORRUPT, "the record of a link is damaged");
    }
    bytes_copy(ticket->subject.id, id.ptr, id.len);
    return CANDOR_OK;
}

/* Those that are over, and (or) an operator's. */
static enum candor_status drop(struct job *job, struct txn *txn, struct str operator_name)
{
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, txn, LIT("ticket"), &name, &count));
    for (size_t i = 0; i < count; i++) {
        struct ticket ticket = {0};
        TRY(record_read(job, txn, name[i], &ticket));
        const bool is_theirs = ticket.kind == TICKET_INVITE && operator_name.len > 0 &&
                               str_equal(ticket.name, operator_name);
        if (is_theirs || ticket.expires <= job->now) {
            TRY(store_remove_document(job, txn, LIT("ticket"), name[i]));
        }
    }
    return CANDOR_OK;
}

enum candor_status tickets_drop(struct job *job, struct txn *txn, struct str name)
{
    return drop(job, txn, name);
}

/* A company may send a link to each of its people: not for every one of them is every other looked at. */
static enum candor_status drop_at_times(struct job *job, struct candor *candor, struct txn *txn)
{
    struct visits *visits = candor->visits;
    if (visits->tickets_seen != 0 && job->now - visits->tickets_seen < MICROS_PER_HOUR) {
        return CANDOR_OK;
    }
    TRY(drop(job, txn, STR("")));
    visits->tickets_seen = job->now;
    return CANDOR_OK;
}

enum candor_status ticket_make(struct job *job, struct candor *candor, struct txn *txn,
                               struct ticket *ticket, struct str *token)
{
    struct secret *key = NULL;
    struct bytes sealed;
    struct buf record = buf_begin(job->arena);
    struct buf inside = buf_begin(job->arena);
    TRY(drop_at_times(job, candor, txn));
    TRY(host_random(job, ticket->number, sizeof ticket->number));
    buf_u8(&record, TICKET_VERSION);
    buf_u8(&record, (uint8_t)ticket->kind);
    buf_u64le(&record, (uint64_t)ticket->expires);
    buf_block(&record, bytes_of(ticket->name));
    buf_bytes(&record, ticket->subject.id, SUBJECT_ID_LEN);
    buf_u32le(&record, ticket->subject.slot);
    TRY(store_put_document(job, txn, LIT("ticket"), document_name(job->arena, ticket),
                           buf_all(&record)));
    buf_u8(&inside, TICKET_VERSION);
    buf_bytes(&inside, ticket->number, sizeof ticket->number);
    buf_u64le(&inside, (uint64_t)ticket->expires);
    TRY(store_home_secret(job, candor->store, "tickets_", &key));
    TRY(seal(job, key, 1, purpose_of(ticket->kind), buf_all(&inside), &sealed));
    *token = token_of(job->arena, sealed);
    return CANDOR_OK;
}

static enum candor_status does_not_hold(struct job *job)
{
    job_forgive(job);
    return fail(job, CANDOR_NOT_FOUND,
                "this link does not hold: it was used, is too old, or is not whole");
}

/* Cheap checks first: whoever guesses never reaches the store. */
static enum candor_status open_token(struct job *job, struct candor *candor, enum ticket_kind kind,
                                     const char *token, struct ticket *ticket)
{
    struct secret *key = NULL;
    struct bytes sealed;
    struct bytes plain;
    if (str_of(token).len > TOKEN_LEN_MAX || !token_read(job->arena, str_of(token), &sealed)) {
        return does_not_hold(job);
    }
    TRY(store_home_secret(job, candor->store, "tickets_", &key));
    const enum candor_status status = seal_open(job, key, purpose_of(kind), sealed, &plain);
    if (status == CANDOR_CORRUPT) {
        return does_not_hold(job);
    }
    TRY(status);
    struct reader reader = reader_of(plain);
    const uint8_t version = read_u8(&reader);
    const struct bytes number = read_bytes(&reader, NUMBER_LEN);
    ticket->expires = (int64_t)read_u64le(&reader);
    if (!reader_is_done(&reader) || version != TICKET_VERSION || ticket->expires <= job->now) {
        return does_not_hold(job);
    }
    bytes_copy(ticket->number, number.ptr, number.len);
    return CANDOR_OK;
}

enum candor_status ticket_read(struct job *job, struct candor *candor, struct txn *txn,
                               enum ticket_kind kind, const char *token, struct ticket *ticket)
{
    *ticket = (struct ticket){0};
    TRY(open_token(job, candor, kind, token, ticket));
    const enum candor_status status =
        record_read(job, txn, document_name(job->arena, ticket), ticket);
    if (status == CANDOR_NOT_FOUND) {
        return does_not_hold(job);
    }
    TRY(status);
    return ticket->kind == kind ? CANDOR_OK : does_not_hold(job);
}

enum candor_status ticket_use_up(struct job *job, struct txn *txn, const struct ticket *ticket)
{
    return store_remove_document(job, txn, LIT("ticket"), document_name(job->arena, ticket));
}

void ticket_members(struct job *job, struct json *json, const struct candor *candor,
                    const struct ticket *ticket, struct str path, struct str token)
{
    const struct str whole = str_format(job->arena, "%.*s%.*s", STR_ARG(path), STR_ARG(token));
    json_key(json, LIT("link"));
    json_text(json, str_format(job->arena, "%.*s%.*s", STR_ARG(candor->signals->public_url),
                               STR_ARG(whole)));
    json_key(json, LIT("path"));
    json_text(json, whole);
    json_key(json, LIT("expires"));
    json_text(json, str_from_time(job->arena, ticket->expires));
}
