/*
 * home.c - a home in use: calls, transactions, look-ups. open.c opens a home, make.c makes one.
 *
 * One call is in the house at a time: home_enter takes the home's mutex, home_leave gives it back
 * and rolls back what was not committed, so that a failure on the way changes nothing.
 */
#include <stdatomic.h>
#include <time.h>

#include "flow.h"
#include "monitors.h"
#include "staff.h"

enum { PATIENCE = 100 }; /* moments that who gives way waits for somebody else to come in */

/* ---- in and out ---------------------------------------------------------------------------- */

void home_enter(struct candor *candor)
{
    (void)atomic_fetch_add(&candor->waiting, 1);
    must(pthread_mutex_lock(&candor->lock) == 0);
    (void)atomic_fetch_sub(&candor->waiting, 1);
    (void)atomic_fetch_add(&candor->turns, 1);
    caller_step_in(candor);
}

void home_roll_back(struct candor *candor)
{
    if (candor->txn != NULL) {
        store_roll_back(candor->txn);
        candor->txn = NULL;
    }
}

void home_leave(struct candor *candor)
{
    home_roll_back(candor);
    caller_step_out(candor);
    must(pthread_mutex_unlock(&candor->lock) == 0);
}

void home_give_way(struct candor *candor)
{
    const struct timespec moment = {0, 200 * 1000};
    const unsigned turns = atomic_load(&candor->turns);
    /* Else the mutex would come straight back to us, before who was woken is awake. */
    for (size_t i = 0; i < PATIENCE && home_is_awaited(candor); i++) {
        if (atomic_load(&candor->turns) != turns) {
            return;
        }
        (void)nanosleep(&moment, NULL);
    }
}

bool home_is_awaited(const struct candor *candor)
{
    return atomic_load(&candor->waiting) > 0;
}

void home_yield(struct candor *candor)
{
    home_leave(candor);
    home_give_way(candor);
    home_enter(candor);
}

enum candor_status home_begin(struct job *job, struct candor *candor, struct txn **txn)
{
    if (candor->txn == NULL) {
        TRY(store_begin(job, candor->store, &candor->txn));
    }
    *txn = candor->txn;
    return CANDOR_OK;
}

enum candor_status home_commit(struct job *job, struct candor *candor, struct txn *txn)
{
    must(txn == candor->txn);
    TRY(watch_look(job, candor, txn));
    TRY(ledger_commit(job, candor->ledger, txn));
    candor->txn = NULL;
    return CANDOR_OK;
}

enum candor_status home_account(struct job *job, struct candor *candor, struct txn *txn,
                                const struct account *account, uint64_t *index, uint8_t salt[32])
{
    struct secret *key = NULL;
    struct ledger_entry entry = {
        .action = account->action,
        .outcome = account->outcome,
        .has_payload = account->payload.len > 0,
        .payload = account->payload,
        .has_actor = true,
        .has_policy = true,
        .policy = account->policy == NULL ? candor->policy : *account->policy,
        .has_object = account->object != NULL,
    };
    bytes_copy(entry.actor, candor->self.tag, sizeof entry.actor);
    bytes_copy(entry.object, account->object, entry.has_object ? sizeof entry.object : 0);
    if (account->subject != NULL) {
        TRY(store_tag_key(job, txn, *account->subject, &key));
        entry.subject_key = key;
    }
    TRY(ledger_append(job, candor->ledger, txn, &entry, index));
    watch_account(job, candor, account);
    if (salt != NULL) {
        bytes_copy(salt, entry.salt, sizeof entry.salt);
    }
    return CANDOR_OK;
}

enum candor_status home_account_kept(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct account *account, struct lit kind,
                                     uint64_t *index)
{
    uint8_t salt[32];
    struct buf kept = buf_begin(job->arena);
    TRY(home_account(job, candor, txn, account, index, salt));
    buf_bytes(&kept, salt, sizeof salt);
    buf_bytes(&kept, account->payload.ptr, account->payload.len);
    const struct str name = str_format(job->arena, "%llu", (unsigned long long)*index);
    return store_put_document(job, txn, kind, name, buf_all(&kept));
}

/* ---- look-ups ------------------------------------------------------------------------------ */

enum candor_status home_campaign(struct job *job, const struct candor *candor, struct str name,
                                 const struct campaign **campaign, size_t *index)
{
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->campaign_count; i++) {
        if (str_equal(candor->campaign[i].name, name)) {
            *campaign = &candor->campaign[i];
            *index = i;
            return CANDOR_OK;
        }
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(candor->campaign[i].name));
    }
    return fail(job, CANDOR_NOT_FOUND, "no campaign of that name in candor.yaml; it has: %.*s",
                STR_ARG(candor->campaign_count == 0 ? STR("none") : buf_text(&known)));
}

enum candor_status home_model_spec(struct job *job, const struct candor *candor, struct str name,
                                   const struct model_spec **spec)
{
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->model_spec_count; i++) {
        if (str_equal(candor->model_spec[i].name, name)) {
            *spec = &candor->model_spec[i];
            return CANDOR_OK;
        }
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(candor->model_spec[i].name));
    }
    return fail(job, CANDOR_NOT_FOUND, "no model of that name in candor.yaml; it has: %.*s",
                STR_ARG(candor->model_spec_count == 0 ? STR("none") : buf_text(&known)));
}

enum candor_status home_purpose(struct job *job, const struct candor *candor, struct str name,
                                size_t *purpose)
{
    struct buf known = buf_begin(job->arena);
    *purpose = inventory_purpose(candor->inventory, name);
    if (*purpose != NONE) {
        return CANDOR_OK;
    }
    for (size_t i = 0; i < candor->inventory->purpose_count; i++) {
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ",
                   STR_ARG(candor->inventory->purpose[i].name));
    }
    return fail(job, CANDOR_BAD_INPUT, "no purpose of that name in candor.yaml; it has: %.*s",
                STR_ARG(buf_text(&known)));
}

enum candor_status home_channel(struct job *job, const struct candor *candor, const char *name,
                                size_t *channel)
{
    *channel = NONE;
    if (name == NULL || name[0] == '\0') {
        return CANDOR_OK;
    }
    *channel = inventory_channel(candor->inventory, str_of(name));
    if (*channel != NONE) {
        return CANDOR_OK;
    }
    struct buf known = buf_begin(job->arena);
    for (size_t i = 0; i < candor->inventory->channel_count; i++) {
        buf_format(&known, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(candor->inventory->channel[i]));
    }
    return fail(job, CANDOR_BAD_INPUT, "no channel of that name in candor.yaml; it has: %.*s",
                STR_ARG(buf_text(&known)));
}

enum candor_status home_purpose_on(struct job *job, const struct candor *candor,
                                   const char *purpose_name, const char *channel_name,
                                   size_t *purpose, size_t *channel)
{
    TRY(home_purpose(job, candor, str_of(purpose_name == NULL ? "" : purpose_name), purpose));
    TRY(home_channel(job, candor, channel_name, channel));
    const struct purpose *found = &candor->inventory->purpose[*purpose];
    if (purpose_serves(found, *channel == NONE ? CHANNELS_MAX : *channel)) {
        return CANDOR_OK;
    }
    return fail(job, CANDOR_BAD_INPUT, "purpose '%.*s' %s", STR_ARG(found->name),
                found->channels == 0 ? "has no channel: name none"
                : *channel == NONE   ? "has channels: name one"
                                     : "is not served on this channel");
}

enum candor_status home_subject(struct job *job, struct candor *candor, struct txn *txn,
                                const char *identifier, struct subject *subject)
{
    const struct str name = str_of(identifier);
    if (name.len == 0 || name.len > IDENTIFIER_LEN_MAX || !str_is_utf8(name)) {
        return fail(job, CANDOR_BAD_INPUT, "an identifier is UTF-8 text of 1 to %d bytes",
                    IDENTIFIER_LEN_MAX);
    }
    const enum candor_status status = store_find(job, txn, name, subject);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no such subject");
    }
    TRY(status);
    return caller_is_about(job, candor, subject);
}

/* ---- figures and keys ----------------------------------------------------------------------- */

void candor_figures(struct candor *candor, struct candor_figures *figures)
{
    home_enter(candor);
    *figures = (struct candor_figures){
        .subjects = candor->subjects,
        .ledger_entries = ledger_size(candor->ledger),
        .decisions = candor->decisions,
        .sends = candor->sends,
        .withheld = candor->withheld,
        .permits_denied = candor->permits_denied,
        .keys_probing = candor->keys_probing,
        .alarms = watch_alarms(candor),
        .alarm_level = watch_level(candor),
        .view_entries = view_count(candor->view),
    };
    watch_verdicts(candor, &figures->judged[0][0]);
    home_leave(candor);
}

static enum candor_status rotate(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct key_erasure facts;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(second_require(job, candor, GUARD_ROTATE, NULL, 0));
    if (candor->txn != NULL) { /* the signature is used up before the keys change */
        TRY(home_commit(job, candor, candor->txn));
    }
    TRY(store_rotate_keys(job, candor->store, &facts));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {.action = LEDGER_KEY_ROTATE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("rotated"));
    json_bool(&answer.json, true);
    key_change_json(job, &answer.json, &facts);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_keys_rotate(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = rotate(job, candor, report);
    home_leave(candor);
    return status;
}
