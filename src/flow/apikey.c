/*
 * apikey.c - API keys. A key is shown once; a digest of it is kept, with its roles, its end and its
 * holder, who is the operator who made it: nobody else has ever seen the key, so what is done with it
 * is theirs (caller.c). So only they rotate it: a new key under the same name, while the one before
 * holds a little longer, so that no machine is without one.
 *
 *     version u8 = 4 | digest 32 | roles u32 | expires i64 | holder block
 *     | used i64 | former digest 32 | former ends i64 | scores u8
 *
 * Version 1 ends before the holder, version 2 behind it, version 3 before the scores. keyuse.c has what is done with keys.
 */
#include "staff.h"

enum {
    KEY_VERSION = 4,
    KEY_VERSION_3 = 3,
    KEY_VERSION_2 = 2,
    KEY_VERSION_1 = 1,
    KEY_DAYS_MAX = 3660,
    OVERLAP_MAX = 720
};

static void read_later_parts(struct reader *reader, uint8_t version, struct api_key *key)
{
    key->holder = version == KEY_VERSION_1 ? STR("") : read_text(reader);
    key->used = version < KEY_VERSION_3 ? 0 : (int64_t)read_u64le(reader);
    key->former_ends = 0;
    if (version >= KEY_VERSION_3) {
        const struct bytes former = read_bytes(reader, sizeof key->former.byte);
        key->former_ends = (int64_t)read_u64le(reader);
        if (!reader->bad) {
            bytes_copy(key->former.byte, former.ptr, former.len);
        }
    }
    if (version == KEY_VERSION) {
        const uint8_t scores = read_u8(reader);
        reader->bad = reader->bad || scores >= SCORE_DETAILS;
        key->scores = reader->bad ? SCORES_DECIMALS : (enum score_detail)scores;
    }
}

enum candor_status api_key_read(struct job *job, struct txn *txn, struct str name,
                                struct api_key *key)
{
    struct bytes bytes;
    *key = (struct api_key){.name = name};
    TRY(store_document(job, txn, LIT("api_key"), name, &bytes));
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const struct bytes digest = read_bytes(&reader, sizeof key->digest.byte);
    key->roles = read_u32le(&reader);
    key->expires = (int64_t)read_u64le(&reader);
    read_later_parts(&reader, version, key);
    if (!reader_is_done(&reader) || version < KEY_VERSION_1 || version > KEY_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of an API key is damaged");
    }
    bytes_copy(key->digest.byte, digest.ptr, digest.len);
    return CANDOR_OK;
}

enum candor_status api_key_write(struct job *job, struct txn *txn, const struct api_key *key)
{
    struct buf record = buf_begin(job->arena);
    buf_u8(&record, KEY_VERSION);
    buf_bytes(&record, key->digest.byte, sizeof key->digest.byte);
    buf_u32le(&record, key->roles);
    buf_u64le(&record, (uint64_t)key->expires);
    buf_block(&record, bytes_of(key->holder));
    buf_u64le(&record, (uint64_t)key->used);
    buf_bytes(&record, key->former.byte, sizeof key->former.byte);
    buf_u64le(&record, (uint64_t)key->former_ends);
    buf_u8(&record, (uint8_t)key->scores);
    return store_put_document(job, txn, LIT("api_key"), key->name, buf_all(&record));
}

static enum candor_status key_find(struct job *job, struct txn *txn, struct str name,
                                   struct api_key *key)
{
    const enum candor_status status = api_key_read(job, txn, name, key);
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    return fail(job, CANDOR_NOT_FOUND, "there is no API key '%.*s'; see: candor key list",
                STR_ARG(name));
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

static void key_members(struct job *job, struct json *json, const struct api_key *key)
{
    roles_json(json, key->roles);
    json_key(json, LIT("expires"));
    json_text(json, str_from_time(job->arena, key->expires));
    put_text_or_null(json, LIT("holder"), key->holder);
    json_key(json, LIT("scores"));
    json_text(json, str_of(score_detail_name(key->scores)));
}

static enum candor_status days_check(struct job *job, uint32_t valid_days)
{
    return valid_days > 0 && valid_days <= KEY_DAYS_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "an API key is valid for 1 to %d days", KEY_DAYS_MAX);
}

/* 192 random bits: nobody guesses them, so a plain digest is all that has to be kept. */
static enum candor_status make_secret(struct job *job, struct str *text, struct digest *digest)
{
    uint8_t random[24];
    TRY(host_random(job, random, sizeof random));
    *text = str_format(job->arena, "cnd_%.*s",
                       STR_ARG(hex_of(job->arena, (struct bytes){random, sizeof random})));
    *digest = token_digest(bytes_of(*text));
    return CANDOR_OK;
}

static enum candor_status key_account(struct job *job, struct candor *candor, struct txn *txn,
                                      uint64_t *index)
{
    const struct account account = {.action = LEDGER_ROLE_CHANGE, .outcome = OUTCOME_DONE};
    return home_account(job, candor, txn, &account, index, NULL);
}

/* The key itself, this once. */
static void report_secret(struct job *job, const struct api_key *key, struct str text,
                          uint64_t index, struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("name"));
    json_text(&answer.json, key->name);
    json_key(&answer.json, LIT("key"));
    json_text(&answer.json, text);
    key_members(job, &answer.json, key);
    if (key->former_ends != 0) {
        put_time_or_null(job, &answer.json, LIT("former_ends"), key->former_ends);
    }
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

static enum candor_status key_add(struct job *job, struct candor *candor, struct str name,
                                  const char *role_text, uint32_t valid_days,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct bytes present;
    struct str text;
    unsigned roles = 0;
    uint64_t index = 0;
    TRY(operator_name_check(job, name));
    TRY(roles_read(job, role_text, &roles));
    TRY(may_have_key(job, candor, roles));
    TRY(days_check(job, valid_days));
    const struct str part[] = {STR("add"), name, str_of(role_text)};
    TRY(second_require(job, candor, GUARD_API_KEYS, part, 3));
    TRY(home_begin(job, candor, &txn));
    if (store_document(job, txn, LIT("api_key"), name, &present) == CANDOR_OK) {
        return fail(job, CANDOR_EXISTS,
                    "there is an API key '%.*s' already; rotate it, or revoke it first",
                    STR_ARG(name));
    }
    job_forgive(job);
    struct api_key key = {.name = name,
                          .roles = roles,
                          .expires = job->now + (int64_t)valid_days * MICROS_PER_DAY,
                          .holder = candor->self.name};
    TRY(make_secret(job, &text, &key.digest));
    TRY(api_key_write(job, txn, &key));
    TRY(key_account(job, candor, txn, &index));
    TRY(home_commit(job, candor, txn));
    keys_forget(candor);
    report_secret(job, &key, text, index, report);
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

/* ---- a new one in its place ----------------------------------------------------------------- */

/* Whoever rotates a key sees it: so nobody else does, who could then act in the holder's name. */
static enum candor_status may_rotate(struct job *job, struct candor *candor, struct api_key *key)
{
    if (key->holder.len == 0) { /* of an earlier version: from now on it has one */
        TRY(caller_may(job, candor, ACT_ADMINISTER));
        key->holder = candor->self.name;
    }
    if (!str_equal(key->holder, candor->self.name)) {
        return fail(
            job, CANDOR_FORBIDDEN,
            "only '%.*s', who holds this key, may rotate it; an administrator may revoke it",
            STR_ARG(key->holder));
    }
    return may_have_key(job, candor, key->roles);
}

static enum candor_status key_rotate(struct job *job, struct candor *candor, struct str name,
                                     uint32_t valid_days, uint32_t overlap_hours,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    struct api_key key;
    struct str text;
    uint64_t index = 0;
    TRY(days_check(job, valid_days));
    if (overlap_hours > OVERLAP_MAX) {
        return fail(job, CANDOR_BAD_INPUT, "the key before holds for 0 to %d hours more",
                    OVERLAP_MAX);
    }
    const struct str part[] = {STR("rotate"), name};
    TRY(second_require(job, candor, GUARD_API_KEYS, part, 2));
    TRY(home_begin(job, candor, &txn));
    TRY(key_find(job, txn, name, &key));
    TRY(may_rotate(job, candor, &key));
    const int64_t ends = job->now + overlap_hours * MICROS_PER_HOUR;
    key.former = key.digest;
    key.former_ends =
        ends < key.expires ? ends : key.expires; /* it never holds longer than before */
    key.expires = job->now + (int64_t)valid_days * MICROS_PER_DAY;
    TRY(make_secret(job, &text, &key.digest));
    TRY(api_key_write(job, txn, &key));
    TRY(key_account(job, candor, txn, &index));
    TRY(home_commit(job, candor, txn));
    keys_forget(candor);
    report_secret(job, &key, text, index, report);
    return CANDOR_OK;
}

enum candor_status candor_key_rotate(struct job *job, struct candor *candor, const char *name,
                                     uint32_t valid_days, uint32_t overlap_hours,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        key_rotate(job, candor, str_of(name), valid_days, overlap_hours, report);
    home_leave(candor);
    return status;
}

/* ---- all of them, and the end of one --------------------------------------------------------- */

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
        TRY(api_key_read(job, txn, name[i], &key));
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("name"));
        json_text(&answer.json, name[i]);
        key_members(job, &answer.json, &key);
        json_key(&answer.json, LIT("expired"));
        json_bool(&answer.json, key.expires <= job->now);
        put_time_or_null(job, &answer.json, LIT("last_used"), key_last_used(candor, &key));
        put_time_or_null(job, &answer.json, LIT("former_ends"),
                         key.former_ends > job->now ? key.former_ends : 0);
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
    TRY(key_find(job, txn, name, &key));
    if (!str_equal(key.holder, candor->self.name)) { /* anybody may end their own */
        TRY(caller_may(job, candor, ACT_ADMINISTER));
    }
    TRY(store_remove_document(job, txn, LIT("api_key"), name));
    TRY(key_account(job, candor, txn, &index));
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
