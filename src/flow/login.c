/*
 * login.c - an operator comes in: their password, then a code, then a session; and goes out.
 *
 * A password takes a hash of some ten megabytes and a hundred milliseconds. It is computed with the
 * home unlocked:
 *
 *     lock: has to wait? charge; read the record        (whoever asks for a name that nobody has gets
 *     hash                                               a salt of that name's own: the same work)
 *     lock: compare; a session; on the ledger
 *
 * An attempt is charged before it is made and forgiven after it succeeded, so that many at once count
 * as many. A device that once signed in shows a token for that name, and then only its own failures
 * make it wait: others can slow down strangers with somebody's name, not that somebody.
 */
#include <string.h>

#include "visits.h"

enum { NONCE_LEN = 16, DEVICE_LEN = 32, CODES_MAX = 5, NOTED_FIRST = 5 };

void act_as(struct candor *candor, const struct operator* operator)
{
    if (!candor->opener.is_set) { /* home_leave puts the opener back */
        candor->opener =
            (struct caller){.is_set = true, .who = candor->self, .because = candor->because};
        candor->opener_signer = candor->self_signer;
    }
    candor->self = *operator;
    candor->self_signer = NULL;
    candor->because = STR("");
}

enum candor_status visit_account(struct job *job, struct candor *candor, struct txn *txn,
                                 enum ledger_action action, const struct subject *subject)
{
    uint64_t index = 0;
    const struct account account = {.action = action, .outcome = OUTCOME_DONE, .subject = subject};
    return home_account(job, candor, txn, &account, &index, NULL);
}

/* ---- devices ------------------------------------------------------------------------------- */

/* nonce 16 | tag 16 over nonce and name: made by us, for that name. */
static enum candor_status device_tag(struct job *job, const struct candor *candor, struct str name,
                                     const uint8_t nonce[NONCE_LEN], uint8_t tag[NONCE_LEN])
{
    struct secret *key = NULL;
    const struct bytes part[] = {{nonce, NONCE_LEN}, bytes_of(name)};
    TRY(store_home_secret(job, candor->store, "device__", &key));
    tag_of(tag, NONCE_LEN, key, part, 2);
    return CANDOR_OK;
}

static enum candor_status device_holds(struct job *job, const struct candor *candor,
                                       struct str name, const char *token, bool *holds)
{
    uint8_t device[DEVICE_LEN];
    uint8_t tag[NONCE_LEN];
    *holds = false;
    if (token == NULL || !hex_read(str_of(token), device, sizeof device)) {
        return CANDOR_OK;
    }
    TRY(device_tag(job, candor, name, device, tag));
    *holds = bytes_equal_secret(tag, device + NONCE_LEN, sizeof tag);
    return CANDOR_OK;
}

static enum candor_status device_make(struct job *job, const struct candor *candor, struct str name,
                                      const char **token)
{
    uint8_t device[DEVICE_LEN];
    TRY(host_random(job, device, NONCE_LEN));
    TRY(device_tag(job, candor, name, device, device + NONCE_LEN));
    *token = str_z(job->arena, hex_of(job->arena, (struct bytes){device, sizeof device}));
    return CANDOR_OK;
}

/* ---- attempts ------------------------------------------------------------------------------ */

static uint64_t key_of(struct job *job, const char *what, struct str whom)
{
    const struct str text = str_format(job->arena, "%s %.*s", what, STR_ARG(whom));
    return hash_bytes(bytes_of(text)) | 1; /* 0 is a free row */
}

struct charged {
    enum throttled kind;
    uint64_t key;
    bool is_known_device;
};

static enum candor_status charged_of(struct job *job, const struct candor *candor, struct str name,
                                     const struct candor_visit *visit, struct charged *charged)
{
    TRY(device_holds(job, candor, name, visit->device, &charged->is_known_device));
    charged->kind = charged->is_known_device ? THROTTLE_DEVICE : THROTTLE_NAME;
    charged->key = charged->is_known_device ? key_of(job, "device", str_of(visit->device))
                                            : key_of(job, "name", name);
    return CANDOR_OK;
}

enum candor_status attempt_charge(struct job *job, struct candor *candor, struct str name,
                                  const struct candor_visit *visit, struct candor_entry *entry)
{
    struct charged charged;
    struct throttle *throttle = candor->visits->throttle;
    TRY(charged_of(job, candor, name, visit, &charged));
    uint32_t wait = throttle_wait(throttle, charged.kind, charged.key, job->now);
    if (!charged.is_known_device && visit->address != 0) {
        const uint32_t there = throttle_wait(throttle, THROTTLE_ADDRESS, visit->address, job->now);
        wait = there > wait ? there : wait;
    }
    if (wait > 0) {
        entry->wait_s = wait;
        return fail(job, CANDOR_BUSY, "too many attempts failed: try again in %u seconds",
                    (unsigned)wait);
    }
    throttle_charge(throttle, charged.kind, charged.key, job->now);
    if (!charged.is_known_device && visit->address != 0) {
        throttle_charge(throttle, THROTTLE_ADDRESS, visit->address, job->now);
    }
    return CANDOR_OK;
}

/* At 5, 10, 20, 40 ... failures: an attacker must not fill the ledger. */
static bool is_noted(uint32_t failures)
{
    uint32_t at = NOTED_FIRST;
    while (at < failures && at < UINT32_MAX / 2) {
        at *= 2;
    }
    return at == failures;
}

enum candor_status attempt_failed(struct job *job, struct candor *candor, struct str name,
                                  const struct candor_visit *visit)
{
    struct charged charged;
    struct txn *txn = NULL;
    uint8_t tag[16];
    uint64_t index = 0;
    TRY(charged_of(job, candor, name, visit, &charged));
    const uint32_t failures =
        throttle_failures(candor->visits->throttle, charged.kind, charged.key);
    if (!is_noted(failures)) {
        return CANDOR_OK;
    }
    TRY(operator_tag(job, candor, name, tag));
    TRY(home_begin(job, candor, &txn));
    const struct account account = {
        .action = LEDGER_LOGIN_FAILED, .outcome = OUTCOME_DENY, .object = tag};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    return visits_commit(job, candor, txn);
}

static enum candor_status attempt_forgive(struct job *job, struct candor *candor, struct str name,
                                          const struct candor_visit *visit)
{
    struct charged charged;
    TRY(charged_of(job, candor, name, visit, &charged));
    throttle_forgive(candor->visits->throttle, charged.kind, charged.key);
    return CANDOR_OK;
}

/* The attempt was right. Others may have failed from the same address: that stays. */
static enum candor_status address_forgive(struct job *job, struct candor *candor, struct str name,
                                          const struct candor_visit *visit)
{
    struct charged charged;
    TRY(charged_of(job, candor, name, visit, &charged));
    if (!charged.is_known_device && visit->address != 0) {
        throttle_give_back(candor->visits->throttle, THROTTLE_ADDRESS, visit->address);
    }
    return CANDOR_OK;
}

/* ---- passwords ----------------------------------------------------------------------------- */

/* Whoever has a password and still works here; else a record of nobody, which costs the same. */
static enum candor_status credential_or_like_it(struct job *job, struct candor *candor,
                                                struct txn *txn, struct str name,
                                                struct credential *credential)
{
    struct operator operator;
    struct secret *key = NULL;
    const struct bytes part = bytes_of(name);
    const enum candor_status status = operator_read(job, candor, txn, name, &operator);
    if (status == CANDOR_OK && !operator_is_over(job, &operator)) {
        TRY(credential_read(job, txn, name, credential));
    } else {
        *credential = (struct credential){0};
    }
    if (status != CANDOR_OK && status != CANDOR_FORBIDDEN) {
        return status;
    }
    job_forgive(job);
    TRY(store_home_secret(job, candor->store, "nobodys_", &key));
    if (!credential->has_password) {
        credential->cost = candor->server->cost;
        tag_of(credential->salt, sizeof credential->salt, key, &part, 1);
    }
    return CANDOR_OK;
}

static enum candor_status prepare(struct job *job, struct candor *candor, struct str name,
                                  const struct candor_visit *visit, struct candor_entry *entry,
                                  struct credential *credential)
{
    struct txn *txn = NULL;
    TRY(visits_open(job, candor));
    TRY(attempt_charge(job, candor, name, visit, entry));
    TRY(home_begin(job, candor, &txn));
    return credential_or_like_it(job, candor, txn, name, credential);
}

/* Names that cannot be are not looked for, and cost what the others cost. */
static struct str name_or_none(struct job *job, struct str name)
{
    const bool can_be = operator_name_check(job, name) == CANDOR_OK;
    job_forgive(job);
    return can_be ? name : STR("-");
}

enum candor_status password_try(struct job *job, struct candor *candor, struct str name,
                                struct str password, const struct candor_visit *visit,
                                struct candor_entry *entry, struct credential *tried, bool *right)
{
    uint8_t hash[PASSWORD_HASH_LEN];
    *right = false;
    if (password.len > PASSWORD_LEN_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "a password has at most %d bytes", PASSWORD_LEN_MAX);
    }
    home_enter(candor);
    const enum candor_status status =
        prepare(job, candor, name_or_none(job, name), visit, entry, tried);
    home_leave(candor);
    TRY(status);
    TRY(password_hash(job, password, tried->salt, tried->cost, hash));
    const bool is_equal = bytes_equal_secret(hash, tried->hash, sizeof hash);
    *right = is_equal && tried->has_password;
    bytes_wipe(hash, sizeof hash);
    return CANDOR_OK;
}

/* ---- coming in ----------------------------------------------------------------------------- */

enum candor_status operator_comes_in(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct operator* operator,
                                     const struct credential * credential, bool with_code,
                                     const struct candor_visit *visit, struct candor_entry *entry)
{
    struct session *session = NULL;
    const bool is_half = credential->factor == FACTOR_COUNTS && !with_code;
    struct session wanted = {.kind = is_half ? CANDOR_HALF : CANDOR_OPERATOR,
                             .roles = operator->roles };
    must(operator->name.len <= SESSION_NAME_MAX);
    bytes_copy(wanted.name, operator->name.ptr, operator->name.len);
    entry->kind = wanted.kind;
    entry->path = is_half ? "/login/code" : "/";
    act_as(candor, operator);
    if (!is_half) {
        struct credential stamped = *credential;
        stamped.came_in = job->now;
        TRY(credential_write(job, txn, operator->name, &stamped));
        bytes_wipe(&stamped, sizeof stamped);
        TRY(attempt_forgive(job, candor, operator->name, visit));
        TRY(device_make(job, candor, operator->name, &entry->device));
        TRY(visit_account(job, candor, txn, LEDGER_LOGIN, NULL));
    }
    TRY(session_begin(job, candor, &wanted, visit->session, &session, &entry->session));
    if (is_half) {
        return CANDOR_OK; /* what changed in the transaction, if anything, the caller commits */
    }
    const enum candor_status status = visits_commit(job, candor, txn);
    if (status != CANDOR_OK) {
        session_end(session);
    }
    return status;
}

static enum candor_status wrong(struct job *job, struct candor *candor, struct str name,
                                const struct candor_visit *visit)
{
    TRY(attempt_failed(job, candor, name_or_none(job, name), visit));
    return fail(job, CANDOR_FORBIDDEN, "this name and this password do not fit together");
}

/* They may have ended, or changed their password, while we computed: each password has its own salt. */
static enum candor_status come_in(struct job *job, struct candor *candor, struct str name,
                                  const struct credential *tried, const struct candor_visit *visit,
                                  struct candor_entry *entry)
{
    struct txn *txn = NULL;
    struct operator operator;
    struct credential credential;
    TRY(home_begin(job, candor, &txn));
    TRY(operator_read(job, candor, txn, name, &operator));
    TRY(operator_must_not_be_over(job, &operator));
    TRY(credential_read(job, txn, name, &credential));
    if (!bytes_equal_secret(credential.salt, tried->salt, sizeof tried->salt)) {
        return wrong(job, candor, name, visit);
    }
    TRY(address_forgive(job, candor, name, visit));
    return operator_comes_in(job, candor, txn, &operator, & credential, false, visit, entry);
}

enum candor_status candor_login(struct job *job, struct candor *candor, const char *name,
                                const char *password, const struct candor_visit *visit,
                                struct candor_entry *entry)
{
    struct credential tried;
    bool right = false;
    *entry = (struct candor_entry){0};
    TRY(password_try(job, candor, str_of(name), str_of(password), visit, entry, &tried, &right));
    home_enter(candor);
    const enum candor_status status = right
                                          ? come_in(job, candor, str_of(name), &tried, visit, entry)
                                          : wrong(job, candor, str_of(name), visit);
    home_leave(candor);
    bytes_wipe(&tried, sizeof tried);
    return status;
}

/* ---- the code ------------------------------------------------------------------------------ */

static enum candor_status code_taken(struct job *job, struct candor *candor, struct txn *txn,
                                     struct person *person, const struct candor_visit *visit,
                                     struct candor_entry *entry)
{
    TRY(credential_write(job, txn, person->operator.name, &person->credential));
    TRY(address_forgive(job, candor, person->operator.name, visit));
    return operator_comes_in(job, candor, txn, &person->operator, & person->credential, true, visit,
                             entry);
}

static enum candor_status code(struct job *job, struct candor *candor, struct str text,
                               const struct candor_visit *visit, struct candor_entry *entry)
{
    struct txn *txn = NULL;
    struct session *session = NULL;
    struct person person;
    bool takes = false;
    TRY(session_person(job, candor, visit->session, &session, &person));
    if (session == NULL || session->kind != CANDOR_HALF) {
        return fail(job, CANDOR_NOT_FOUND, "give your name and password first");
    }
    const struct str name = person.operator.name;
    TRY(attempt_charge(job, candor, name, visit, entry));
    TRY(home_begin(job, candor, &txn));
    TRY(credential_takes(job, candor, &person.credential, text, &takes));
    if (takes) {
        return code_taken(job, candor, txn, &person, visit, entry);
    }
    if (++session->codes_tried >= CODES_MAX) {
        session_end(session);
    }
    TRY(attempt_failed(job, candor, name, visit));
    return fail(job, CANDOR_FORBIDDEN, "this is not the code, or it was used before");
}

enum candor_status candor_login_code(struct job *job, struct candor *candor, const char *text,
                                     const struct candor_visit *visit, struct candor_entry *entry)
{
    *entry = (struct candor_entry){0};
    home_enter(candor);
    const enum candor_status status = code(job, candor, str_of(text), visit, entry);
    home_leave(candor);
    return status;
}

/* ---- going out ----------------------------------------------------------------------------- */

static enum candor_status logout(struct job *job, struct candor *candor, const char *token)
{
    struct txn *txn = NULL;
    struct session *session = NULL;
    struct person person;
    TRY(session_person(job, candor, token, &session, &person));
    if (session == NULL) {
        return CANDOR_OK;
    }
    const bool is_kept = session->kind != CANDOR_HALF;
    if (session->kind != CANDOR_SUBJECT) {
        act_as(candor, &person.operator);
    }
    session_end(session);
    if (!is_kept) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    TRY(visit_account(job, candor, txn, LEDGER_SESSION_ENDED, NULL));
    return visits_commit(job, candor, txn);
}

enum candor_status candor_logout(struct job *job, struct candor *candor, const char *session)
{
    home_enter(candor);
    const enum candor_status status = logout(job, candor, session);
    home_leave(candor);
    return status;
}
