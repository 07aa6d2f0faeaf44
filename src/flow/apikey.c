/*
 * apikey.c - API keys. A key is shown once; a digest of it is kept, with its roles, its end and its
 * holder, who is the operator who made it: nobody else has ever seen the key, so what is done with it
 * is theirs (caller.c).
 *
 *     version u8 = 2 | digest 32 | roles u32 | expires i64 | holder block
 *
 * Version 1 ends before the holder.
 */
#include <string.h>

#include "staff.h"

enum { KEY_VERSION = 2, KEY_VERSION_1 = 1, KEY_DAYS_MAX = 3660 };

struct api_key {
    struct str name;
    struct digest digest;
    unsigned roles;
    int64_t expires;
    struct str holder;   /* empty: of an earlier version */
    struct operator who; /* the holder; read by keys_read alone */
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
    key->holder = version == KEY_VERSION_1 ? STR("") : read_text(&reader);
    if (!reader_is_done(&reader) || version < KEY_VERSION_1 || version > KEY_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of an API key is damaged");
    }
    bytes_copy(key->digest.byte, digest.ptr, digest.len);
    return CANDOR_OK;
}

/* Nobody gives away what they may not do. */
static enum candor_status may_have_key(struct job *job, const struct candor *candor, unsigned roles)
{
    if ((candor->self.roles & ROLE_OWNER) == 0 && (roles & ~candor->self.roles) != 0) {
        return fail(
            job, CANDOR_FORBIDDEN, "operator '%.*s' may make keys with these roles only: %.*s",
            STR_ARG(candor->self.name), STR_ARG(roles_text(job->arena, candor->self.roles)));
    }
    return operator_must_not_be_over(job, &candor->self);
}

static struct bytes key_bytes(struct job *job, const struct api_key *key)
{
    struct buf record = buf_begin(job->arena);
    buf_u8(&record, KEY_VERSION);
    buf_bytes(&record, key->digest.byte, sizeof key->digest.byte);
    buf_u32le(&record, key->roles);
    buf_u64le(&record, (uint64_t)key->expires);
    buf_block(&record, bytes_of(key->holder));
    return buf_all(&record);
}

static void key_members(struct job *job, struct json *json, const struct api_key *key)
{
    roles_json(json, key->roles);
    json_key(json, LIT("expires"));
    json_text(json, str_from_time(job->arena, key->expires));
    put_text_or_null(json, LIT("holder"), key->holder);
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
    TRY(operator_name_check(job, name));
    TRY(roles_read(job, role_text, &roles));
    TRY(may_have_key(job, candor, roles));
    if (valid_days == 0 || valid_days > KEY_DAYS_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "an API key is valid for 1 to %d days", KEY_DAYS_MAX);
    }
    const struct str part[] = {STR("add"), name, str_of(role_text)};
    TRY(second_require(job, candor, GUARD_API_KEYS, part, 3));
    TRY(home_begin(job, candor, &txn));
    if (store_document(job, txn, LIT("api_key"), name, &present) == CANDOR_OK) {
        return fail(job, CANDOR_EXISTS, "there is an API key '%.*s' already; revoke it first",
                    STR_ARG(name));
    }
    job_forgive(job);
    TRY(host_random(job, random, sizeof random));
    const struct str text = str_format(
        job->arena, "cnd_%.*s", STR_ARG(hex_of(job->arena, (struct bytes){random, sizeof random})));
    const struct api_key key = {
        .digest = token_digest(bytes_of(text)),
        .roles = roles,
        .expires = job->now + (int64_t)valid_days * MICROS_PER_DAY,
        .holder = candor->self.name,
    };
    TRY(store_put_document(job, txn, LIT("api_key"), name, key_bytes(job, &key)));
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
    key_members(job, &answer.json, &key);
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
        key_members(job, &answer.json, &key);
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
    struct api_key key;
    uint64_t index = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(key_read(job, txn, name, &key));
    if (!str_equal(key.holder, candor->self.name)) { /* anybody may end their own */
        TRY(caller_may(job, candor, ACT_ADMINISTER));
    }
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

bool act_read(const char *text, enum act *act)
{
    for (size_t a = 0; a <= ACT_ADMINISTER; a++) {
        if (strcmp(act_name((enum act)a), text) == 0) {
            *act = (enum act)a;
            return true;
        }
    }
    return false;
}

/* Who holds a key, as they are now. Whose operator is gone belongs to nobody. */
static enum candor_status holder_read(struct job *job, struct candor *candor, struct txn *txn,
                                      struct api_key *key)
{
    if (key->holder.len == 0) {
        return CANDOR_OK;
    }
    TRY(operator_read(job, candor, txn, key->holder, &key->who));
    key->who.roles = (key->who.roles & ROLE_OWNER) != 0 ? key->roles : key->roles & key->who.roles;
    operator_keep(candor, &key->who);
    key->holder = key->who.name;
    return CANDOR_OK;
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
        key[i].name = str_copy(candor->arena, name[i]);
        TRY(holder_read(job, candor, txn, &key[i]));
    }
    candor->api_key = key;
    candor->api_key_count = count;
    return CANDOR_OK;
}

void keys_forget(struct candor *candor)
{
    candor->api_key = NULL;
}

enum candor_status key_holder(struct job *job, struct candor *candor, const char *text,
                              const char *act_text, struct operator* holder, struct str *name)
{
    enum act act;
    const struct api_key *found = NULL;
    must(act_read(act_text, &act));
    if (candor->api_key == NULL) {
        TRY(keys_read(job, candor));
    }
    const struct digest digest = token_digest(bytes_of(str_of(text)));
    for (size_t i = 0; i < candor->api_key_count; i++) { /* all of them, whichever fits */
        const bool fits = digest_equal_secret(digest, candor->api_key[i].digest);
        if (fits && candor->api_key[i].expires > job->now) {
            found = &candor->api_key[i];
        }
    }
    if (found == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "unknown, expired or revoked API key");
    }
    TRY(role_require(job, found->roles, act));
    *holder = found->holder.len == 0 ? candor->self : found->who;
    *name = found->name;
    if (found->holder.len == 0) {
        return CANDOR_OK;
    }
    TRY(during(job, role_require(job, holder->roles, act), "operator '%.*s'",
               STR_ARG(holder->name)));
    return operator_must_not_be_over(job, holder);
}

enum candor_status candor_key_use(struct job *job, struct candor *candor, const char *key,
                                  const char *act)
{
    struct operator holder;
    struct str name;
    home_enter(candor);
    const enum candor_status status = key_holder(job, candor, key, act, &holder, &name);
    home_leave(candor);
    return status;
}
