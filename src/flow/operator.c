/*
 * operator.c - who works here: operators, who sign, and API keys, for machines.
 *
 * An operator's record is a sealed document; their signing key is a file of their own,
 * keys/operator-NAME.key, which may be moved to wherever they work. An API key is shown once; a
 * digest of it is kept, with its roles and its end.
 */
#include <string.h>

#include "flow.h"

enum { OPERATOR_VERSION = 1, OPERATOR_NAME_MAX = 40, KEY_VERSION = 1, KEY_DAYS_MAX = 3660 };

/* ---- operators ----------------------------------------------------------------------------- */

static enum candor_status check_name(struct job *job, struct str name)
{
    bool is_fine = name.len > 0 && name.len <= OPERATOR_NAME_MAX;
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];
        is_fine = is_fine && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || ((c == '-' || c == '_') && i > 0));
    }
    if (!is_fine) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "a name has 1 to %d letters, digits, - and _, and begins with a letter or digit",
            OPERATOR_NAME_MAX);
    }
    return CANDOR_OK;
}

static struct str operator_key_path(struct job *job, const struct candor *candor, struct str name)
{
    const struct str file = str_format(job->arena, "operator-%.*s.key", STR_ARG(name));
    return path_join(job->arena, path_join(job->arena, candor->dir, STR("keys")), file);
}

static enum candor_status operator_tag(struct job *job, struct candor *candor, struct str name,
                                       uint8_t tag[16])
{
    struct secret *key = NULL;
    TRY(store_home_secret(job, candor->store, "actor___", &key));
    const struct bytes part[] = {bytes_of(name)};
    tag_of(tag, 16, key, part, 1);
    return CANDOR_OK;
}

enum candor_status operator_create(struct job *job, struct candor *candor, struct txn *txn,
                                   struct str name, unsigned roles)
{
    struct secret *seed = NULL;
    uint8_t public_key[PUBLIC_KEY_LEN];
    struct buf record = buf_begin(job->arena);
    const struct str path = operator_key_path(job, candor, name);
    TRY(check_name(job, name));
    TRY(secret_file_create(job, path));
    TRY(secret_file_read(job, job->arena, path, &seed));
    signer_public(signer_make(job->arena, seed), public_key);
    buf_u8(&record, OPERATOR_VERSION);
    buf_u32le(&record, roles);
    buf_bytes(&record, public_key, sizeof public_key);
    return store_put_document(job, txn, LIT("operator"), name, buf_all(&record));
}

enum candor_status operator_read(struct job *job, struct candor *candor, struct txn *txn,
                                 struct str name, struct operator* operator)
{
    struct bytes bytes;
    const enum candor_status status = store_document(job, txn, LIT("operator"), name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_FORBIDDEN, "no operator '%.*s' in this home", STR_ARG(name));
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    operator->roles = read_u32le(&reader);
    const struct bytes public_key = read_bytes(&reader, PUBLIC_KEY_LEN);
    if (!reader_is_done(&reader) || version != OPERATOR_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of operator '%.*s' is damaged", STR_ARG(name));
    }
    bytes_copy(operator->public_key, public_key.ptr, PUBLIC_KEY_LEN);
    operator->name = name;
    return operator_tag(job, candor, name, operator->tag);
}

static enum candor_status first_operator(struct job *job, struct txn *txn, struct str *name)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("policy"), STR("first_operator"), &bytes));
    *name = (struct str){(const char *)bytes.ptr, bytes.len};
    return CANDOR_OK;
}

enum candor_status operator_enter(struct job *job, struct candor *candor, const char *name)
{
    struct txn *txn = NULL;
    struct str chosen = str_of(name);
    struct secret *seed = NULL;
    uint8_t public_key[PUBLIC_KEY_LEN];
    TRY(home_begin(job, candor, &txn));
    if (chosen.len == 0) {
        TRY(first_operator(job, txn, &chosen));
    }
    TRY(check_name(job, chosen));
    chosen = str_copy(candor->arena, chosen);
    TRY(operator_read(job, candor, txn, chosen, &candor->self));
    TRY(secret_file_read(job, candor->arena, operator_key_path(job, candor, chosen), &seed));
    candor->self_signer = signer_make(candor->arena, seed);
    signer_public(candor->self_signer, public_key);
    if (!bytes_same(public_key, candor->self.public_key, sizeof public_key)) {
        return fail(job, CANDOR_FORBIDDEN,
                    "the key file of operator '%.*s' is not the one on record", STR_ARG(chosen));
    }
    return CANDOR_OK;
}

enum candor_status caller_may(struct job *job, const struct candor *candor, enum act act)
{
    return during(job, role_require(job, candor->self.roles, act), "operator '%.*s'",
                  STR_ARG(candor->self.name));
}

/* "marketer,approver" */
static enum candor_status read_roles(struct job *job, const char *text, unsigned *roles)
{
    struct str rest = str_of(text);
    *roles = 0;
    while (rest.ptr != NULL && rest.len > 0) {
        enum role role;
        const struct str part = str_trim(str_cut(&rest, ','));
        if (!role_read(part, &role)) {
            return fail(job, CANDOR_BAD_INPUT,
                        "unknown role; use owner, marketer, approver, analyst, privacy or machine");
        }
        *roles |= (unsigned)role;
    }
    if (*roles == 0) {
        return fail(job, CANDOR_BAD_INPUT,
                    "name at least one role: owner, marketer, approver, analyst, privacy, machine");
    }
    return CANDOR_OK;
}

static void put_roles(struct json *json, unsigned roles)
{
    json_key(json, LIT("roles"));
    json_list_begin(json);
    for (unsigned bit = ROLE_OWNER; bit <= ROLE_MACHINE; bit <<= 1) {
        if ((roles & bit) != 0) {
            json_text(json, str_of(role_name((enum role)bit)));
        }
    }
    json_list_end(json);
}

static enum candor_status operator_add(struct job *job, struct candor *candor, struct str name,
                                       const char *role_text, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct bytes present;
    unsigned roles = 0;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(check_name(job, name));
    TRY(read_roles(job, role_text, &roles));
    TRY(home_begin(job, candor, &txn));
    if (store_document(job, txn, LIT("operator"), name, &present) == CANDOR_OK) {
        return fail(job, CANDOR_EXISTS, "there is an operator '%.*s' already", STR_ARG(name));
    }
    job_forgive(job);
    TRY(operator_create(job, candor, txn, name, roles));
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("operator"));
    json_text(&answer.json, name);
    put_roles(&answer.json, roles);
    json_key(&answer.json, LIT("key_file"));
    json_text(&answer.json, operator_key_path(job, candor, name));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_add(struct job *job, struct candor *candor, const char *name,
                                       const char *roles, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = operator_add(job, candor, str_of(name), roles, report);
    home_leave(candor);
    return status;
}

static enum candor_status operator_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("operator"), &name, &count));
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("operators"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct operator operator= {0};
        TRY(operator_read(job, candor, txn, name[i], &operator));
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("name"));
        json_text(&answer.json, operator.name);
        put_roles(&answer.json, operator.roles);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_operator_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = operator_list(job, candor, report);
    home_leave(candor);
    return status;
}

/* ---- API keys ------------------------------------------------------------------------------ */

struct api_key {
    struct digest digest;
    unsigned roles;
    int64_t expires;
};

static enum candor_status key_read(struct job *job, struct txn *txn, struct str name,
                                   struct api_key *key)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("api_key"), name, &bytes));
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const struct bytes digest = read_bytes(&reader, sizeof key->digest.byte);
    key->roles = read_u32le(&reader);
    key->expires = (int64_t)read_u64le(&reader);
    if (!reader_is_done(&reader) || version != KEY_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of an API key is damaged");
    }
    bytes_copy(key->digest.byte, digest.ptr, digest.len);
    return CANDOR_OK;
}

static enum candor_status key_add(struct job *job, struct candor *candor, struct str name,
                                  const char *role_text, uint32_t valid_days,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct bytes present;
    uint8_t random[24];
    unsigned roles = 0;
    uint64_t index = 0;
    struct buf record = buf_begin(job->arena);
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(check_name(job, name));
    TRY(read_roles(job, role_text, &roles));
    if (valid_days == 0 || valid_days > KEY_DAYS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "an API key is valid for 1 to %d days", KEY_DAYS_MAX);
    }
    TRY(home_begin(job, candor, &txn));
    if (store_document(job, txn, LIT("api_key"), name, &present) == CANDOR_OK) {
        return fail(job, CANDOR_EXISTS, "there is an API key '%.*s' already; revoke it first",
                    STR_ARG(name));
    }
    job_forgive(job);
    TRY(host_random(job, random, sizeof random));
    const struct str text = str_format(
        job->arena, "cnd_%.*s", STR_ARG(hex_of(job->arena, (struct bytes){random, sizeof random})));
    const struct digest digest = token_digest(bytes_of(text));
    const int64_t expires = job->now + (int64_t)valid_days * MICROS_PER_DAY;
    buf_u8(&record, KEY_VERSION);
    buf_bytes(&record, digest.byte, sizeof digest.byte);
    buf_u32le(&record, roles);
    buf_u64le(&record, (uint64_t)expires);
    TRY(store_put_document(job, txn, LIT("api_key"), name, buf_all(&record)));
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    keys_forget(candor);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("name"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("key"));
    json_text(&answer.json, text);
    put_roles(&answer.json, roles);
    json_key(&answer.json, LIT("expires"));
    json_text(&answer.json, str_from_time(job->arena, expires));
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_key_add(struct job *job, struct candor *candor, const char *name,
                                  const char *roles, uint32_t valid_days,
                                  struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = key_add(job, candor, str_of(name), roles, valid_days, report);
    home_leave(candor);
    return status;
}

static enum candor_status key_list(struct job *job, struct candor *candor,
                                   struct candor_text *report)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("api_key"), &name, &count));
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("keys"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct api_key key;
        TRY(key_read(job, txn, name[i], &key));
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("name"));
        json_text(&answer.json, name[i]);
        put_roles(&answer.json, key.roles);
        json_key(&answer.json, LIT("expires"));
        json_text(&answer.json, str_from_time(job->arena, key.expires));
        json_key(&answer.json, LIT("expired"));
        json_bool(&answer.json, key.expires <= job->now);
        json_map_end(&answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_key_list(struct job *job, struct candor *candor,
                                   struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = key_list(job, candor, report);
    home_leave(candor);
    return status;
}

static enum candor_status key_revoke(struct job *job, struct candor *candor, struct str name,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    TRY(home_begin(job, candor, &txn));
    TRY(store_remove_document(job, txn, LIT("api_key"), name));
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    keys_forget(candor);

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("revoked"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_key_revoke(struct job *job, struct candor *candor, const char *name,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = key_revoke(job, candor, str_of(name), report);
    home_leave(candor);
    return status;
}

/* ---- using a key --------------------------------------------------------------------------- */

static bool act_read(const char *text, enum act *act)
{
    for (size_t a = 0; a <= ACT_ADMINISTER; a++) {
        if (strcmp(act_name((enum act)a), text) == 0) {
            *act = (enum act)a;
            return true;
        }
    }
    return false;
}

/* The keys are few and change seldom: they are read once and kept. */
static enum candor_status keys_read(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("api_key"), &name, &count));
    struct api_key *key = NEW_ARRAY(candor->arena, count + 1, struct api_key);
    for (size_t i = 0; i < count; i++) {
        TRY(key_read(job, txn, name[i], &key[i]));
    }
    candor->api_key = key;
    candor->api_key_count = count;
    return CANDOR_OK;
}

void keys_forget(struct candor *candor)
{
    candor->api_key = NULL;
}

static enum candor_status key_use(struct job *job, struct candor *candor, const char *text,
                                  const char *act_text)
{
    enum act act;
    unsigned roles = 0;
    must(act_read(act_text, &act));
    if (candor->api_key == NULL) {
        TRY(keys_read(job, candor));
    }
    const struct digest digest = token_digest(bytes_of(str_of(text)));
    for (size_t i = 0; i < candor->api_key_count; i++) { /* all of them, whichever fits */
        const bool fits = digest_equal_secret(digest, candor->api_key[i].digest);
        if (fits && candor->api_key[i].expires > job->now) {
            roles = candor->api_key[i].roles;
        }
    }
    if (roles == 0) {
        return fail(job, CANDOR_NOT_FOUND, "unknown, expired or revoked API key");
    }
    return role_require(job, roles, act);
}

enum candor_status candor_key_use(struct job *job, struct candor *candor, const char *key,
                                  const char *act)
{
    home_enter(candor);
    const enum candor_status status = key_use(job, candor, key, act);
    home_leave(candor);
    return status;
}
