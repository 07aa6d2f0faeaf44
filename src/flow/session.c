/*
 * session.c - sessions: begun, found, ended, kept.
 *
 * The cookie has 256 random bits; memory and store have their digest. All sessions are in memory, in an
 * array of fixed size; the store has those of signed-in people too, so that a restart asks nobody to
 * sign in again. A change of the store needs an entry on the ledger, and being seen is none worth one:
 * so when somebody was last seen is written with the next change that is, or when the server stops.
 * After a crash whoever was idle as far as we know signs in again.
 *
 *     in memory, changed ──visits_commit──▶ written        ended ──visits_commit──▶ removed, free
 *
 * A server asks whether somebody may send a large file before it reads it, and must not wait for whoever is
 * in the home: so the beginnings of digests stand beside the sessions, to be looked at from any thread.
 * Those of sessions that have ended stay until their place is needed.
 *
 *     version u8 = 1 | kind u8 | name block | roles u32 | subject 16 + u32 | begun i64 | seen i64
 *     | ends i64 | form token 32
 */
#include <string.h>

#include "visits.h"

enum { SESSION_VERSION = 1, SUBJECT_ID_LEN = 16 };

static const int64_t half_for = INT64_C(5) * 60 * MICROS_PER_SECOND;

/* ---- as bytes ------------------------------------------------------------------------------ */

static struct str name_of(struct arena *arena, const struct session *session)
{
    return hex_of(arena, (struct bytes){session->digest.byte, sizeof session->digest.byte});
}

static struct bytes write_session(struct job *job, const struct session *session)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, SESSION_VERSION);
    buf_u8(&buf, (uint8_t)session->kind);
    buf_block(&buf, bytes_of(str_of(session->name)));
    buf_u32le(&buf, session->roles);
    buf_bytes(&buf, session->subject.id, SUBJECT_ID_LEN);
    buf_u32le(&buf, session->subject.slot);
    buf_u64le(&buf, (uint64_t)session->begun);
    buf_u64le(&buf, (uint64_t)session->seen);
    buf_u64le(&buf, (uint64_t)session->ends);
    buf_bytes(&buf, session->form_token, sizeof session->form_token);
    return buf_all(&buf);
}

static bool read_session(struct bytes bytes, struct session *session)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t kind = read_u8(&reader);
    const struct str name = read_text(&reader);
    session->roles = read_u32le(&reader);
    const struct bytes id = read_bytes(&reader, SUBJECT_ID_LEN);
    session->subject.slot = read_u32le(&reader);
    session->begun = (int64_t)read_u64le(&reader);
    session->seen = (int64_t)read_u64le(&reader);
    session->ends = (int64_t)read_u64le(&reader);
    const struct bytes token = read_bytes(&reader, SESSION_TOKEN_LEN);
    if (!reader_is_done(&reader) || version != SESSION_VERSION || name.len > SESSION_NAME_MAX ||
        (kind != CANDOR_OPERATOR && kind != CANDOR_SUBJECT)) {
        return false;
    }
    session->kind = (enum candor_who_kind)kind;
    bytes_copy(session->name, name.ptr, name.len);
    bytes_copy(session->subject.id, id.ptr, id.len);
    bytes_copy(session->form_token, token.ptr, token.len);
    return true;
}

/* ---- looked at from outside ------------------------------------------------------------------ */

static uint64_t mark_of(struct digest digest)
{
    struct reader reader = reader_of((struct bytes){digest.byte, sizeof digest.byte});
    return read_u64le(&reader);
}

static void show(const struct visits *visits, const struct session *session)
{
    const uint64_t mark = session->kind == CANDOR_OPERATOR ? mark_of(session->digest) : 0;
    atomic_store(&visits->shown[session - visits->session], mark);
}

/* ---- all of them --------------------------------------------------------------------------- */

static enum candor_status read_all(struct job *job, struct candor *candor, struct txn *txn)
{
    struct visits *visits = candor->visits;
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, txn, LIT("session"), &name, &count));
    for (size_t i = 0; i < count && i < SESSIONS_MAX; i++) {
        struct bytes bytes;
        struct session *session = &visits->session[i];
        TRY(store_document(job, txn, LIT("session"), name[i], &bytes));
        if (!hex_read(name[i], session->digest.byte, sizeof session->digest.byte) ||
            !read_session(bytes, session)) {
            return fail(job, CANDOR_CORRUPT, "the record of a session is damaged");
        }
        session->is_stored = true;
        show(visits, session);
        visits->session_count = i + 1;
    }
    return CANDOR_OK;
}

enum candor_status visits_open(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct visits *visits = candor->visits;
    if (visits->throttle != NULL) {
        return CANDOR_OK;
    }
    if (visits->session == NULL) { /* what was read in vain is read over */
        visits->session = TRY_ARRAY(candor->arena, SESSIONS_MAX, struct session);
        visits->shown = TRY_ARRAY(candor->arena, SESSIONS_MAX, _Atomic uint64_t);
    }
    struct throttle *throttle = TRY_ARRAY(candor->arena, 1, struct throttle);
    if (visits->session == NULL || visits->shown == NULL || throttle == NULL) {
        return fail(job, CANDOR_NO_MEMORY, "no memory for sessions");
    }
    TRY(home_begin(job, candor, &txn));
    TRY(read_all(job, candor, txn));
    visits->throttle = throttle;
    return CANDOR_OK;
}

static int64_t idle_of(const struct candor *candor, const struct session *session)
{
    switch (session->kind) {
    case CANDOR_OPERATOR:
        return candor->server->idle;
    case CANDOR_SUBJECT:
        return candor->server->subject_idle;
    case CANDOR_HALF:
    case CANDOR_NOBODY:
        break;
    }
    return half_for;
}

static bool is_over(const struct job *job, const struct candor *candor,
                    const struct session *session)
{
    return session->ends <= job->now || session->seen + idle_of(candor, session) <= job->now;
}

/* From now on it is nobody's; its record goes with the next commit. */
void session_end(struct session *session)
{
    if (session->is_stored) {
        session->kind = CANDOR_NOBODY;
    } else {
        *session = (struct session){0};
    }
}

static bool is_free(const struct session *session)
{
    return session->kind == CANDOR_NOBODY && !session->is_stored;
}

static struct session *free_place(const struct job *job, const struct candor *candor)
{
    struct visits *visits = candor->visits;
    for (size_t i = 0; i < visits->session_count; i++) {
        if (visits->session[i].kind != CANDOR_NOBODY && is_over(job, candor, &visits->session[i])) {
            session_end(&visits->session[i]);
        }
        if (is_free(&visits->session[i])) {
            return &visits->session[i];
        }
    }
    return visits->session_count < SESSIONS_MAX ? &visits->session[visits->session_count++] : NULL;
}

/* Half sessions are in memory alone: a password without its code is not worth a record. */
static bool is_kept(const struct session *session)
{
    return session->kind == CANDOR_OPERATOR || session->kind == CANDOR_SUBJECT;
}

enum candor_status visits_commit(struct job *job, struct candor *candor, struct txn *txn)
{
    struct visits *visits = candor->visits;
    for (size_t i = 0; i < visits->session_count; i++) {
        const struct session *session = &visits->session[i];
        if (session->is_stored && session->kind == CANDOR_NOBODY) {
            TRY(store_remove_document(job, txn, LIT("session"), name_of(job->arena, session)));
        } else if (is_kept(session) && session->is_changed) {
            TRY(store_put_document(job, txn, LIT("session"), name_of(job->arena, session),
                                   write_session(job, session)));
        }
    }
    TRY(home_commit(job, candor, txn));
    for (size_t i = 0; i < visits->session_count; i++) {
        struct session *session = &visits->session[i];
        session->is_stored = is_kept(session);
        session->is_changed = false;
        if (session->kind == CANDOR_NOBODY) {
            *session = (struct session){0};
        }
    }
    return CANDOR_OK;
}

/* ---- one ----------------------------------------------------------------------------------- */

static int64_t end_of(const struct job *job, const struct candor *candor, enum candor_who_kind kind)
{
    switch (kind) {
    case CANDOR_OPERATOR:
        return job->now + candor->server->absolute;
    case CANDOR_SUBJECT:
        return job->now + candor->server->subject_absolute;
    case CANDOR_HALF:
    case CANDOR_NOBODY:
        break;
    }
    return job->now + half_for;
}

static struct digest digest_of_token(const char *token)
{
    return token_digest(bytes_of(str_of(token)));
}

static struct session *known(const struct candor *candor, const char *token)
{
    struct visits *visits = candor->visits;
    struct session *found = NULL;
    if (token == NULL || strlen(token) != 2 * (size_t)SESSION_TOKEN_LEN) {
        return NULL;
    }
    const struct digest digest = digest_of_token(token);
    for (size_t i = 0; i < visits->session_count; i++) {
        struct session *session = &visits->session[i];
        if (session->kind != CANDOR_NOBODY && digest_equal_secret(session->digest, digest)) {
            found = session;
        }
    }
    return found;
}

enum candor_status session_begin(struct job *job, struct candor *candor,
                                 const struct session *wanted, const char *old_token,
                                 struct session **session, const char **token)
{
    uint8_t random[SESSION_TOKEN_LEN];
    struct session *old = known(candor, old_token);
    if (old != NULL) { /* whoever signs in has a new session: none can be given to them before */
        session_end(old);
    }
    struct session *place = free_place(job, candor);
    if (place == NULL) {
        return fail(job, CANDOR_BUSY, "%d people are signed in: try again later", SESSIONS_MAX);
    }
    TRY(host_random(job, random, sizeof random));
    *token = str_z(job->arena, hex_of(job->arena, (struct bytes){random, sizeof random}));
    bytes_wipe(random, sizeof random);
    struct session begun = *wanted;
    begun.digest = digest_of_token(*token);
    begun.begun = job->now;
    begun.seen = job->now;
    begun.ends = end_of(job, candor, wanted->kind);
    begun.is_changed = true;
    TRY(host_random(job, begun.form_token, sizeof begun.form_token));
    *place = begun;
    show(candor->visits, place);
    *session = place;
    return CANDOR_OK;
}

void session_seen(const struct job *job, struct session *session)
{
    session->seen = job->now;
    session->is_changed = true;
}

struct session *session_find(const struct job *job, const struct candor *candor, const char *token)
{
    struct session *session = known(candor, token);
    if (session != NULL && is_over(job, candor, session)) {
        session_end(session);
        return NULL;
    }
    return session;
}

void sessions_end_of(struct candor *candor, struct str name, const struct session *but)
{
    struct visits *visits = candor->visits;
    for (size_t i = 0; i < visits->session_count; i++) {
        struct session *session = &visits->session[i];
        if (session != but && session->kind != CANDOR_NOBODY && session->kind != CANDOR_SUBJECT &&
            str_is(name, session->name)) {
            session_end(session);
        }
    }
}

static bool is_anything_changed(const struct visits *visits)
{
    for (size_t i = 0; i < visits->session_count; i++) {
        const struct session *session = &visits->session[i];
        if ((session->is_stored && session->kind == CANDOR_NOBODY) ||
            (is_kept(session) && session->is_changed)) {
            return true;
        }
    }
    return false;
}

static enum candor_status keep(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    TRY(visits_open(job, candor));
    if (keys_were_used(candor)) {
        TRY(keys_read(job, candor)); /* they may have changed since */
    } else if (!is_anything_changed(candor->visits)) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    TRY(keys_put_down(job, candor, txn));
    TRY(visit_account(job, candor, txn, LEDGER_SESSIONS_SEEN, NULL));
    TRY(visits_commit(job, candor, txn));
    keys_are_down(candor);
    return CANDOR_OK;
}

enum candor_status candor_visits_keep(struct job *job, struct candor *candor)
{
    home_enter(candor);
    const enum candor_status status = keep(job, candor);
    home_leave(candor);
    return status;
}

/* ---- at the door ----------------------------------------------------------------------------- */

static enum candor_status prepare(struct job *job, struct candor *candor)
{
    TRY(keys_read(job, candor));
    return visits_open(job, candor);
}

enum candor_status candor_door_prepare(struct job *job, struct candor *candor)
{
    home_enter(candor);
    const enum candor_status status = prepare(job, candor);
    home_leave(candor);
    return status;
}

bool candor_session_look(const struct candor *candor, const char *token)
{
    bool is_one = false;
    must(candor->visits->shown != NULL);
    if (strlen(token) != 2 * (size_t)SESSION_TOKEN_LEN) {
        return false;
    }
    const uint64_t mark = mark_of(digest_of_token(token));
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        is_one |= atomic_load_explicit(&candor->visits->shown[i], memory_order_relaxed) == mark;
    }
    return is_one;
}
