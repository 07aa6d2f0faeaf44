/*
 * keyuse.c - whose a key is, and when it was used last.
 *
 * The instant is kept in memory: an entry on the ledger for every use would be worth less than it costs.
 * It is written when the server stops (session.c).
 */
#include <string.h>

#include "staff.h"

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

int64_t key_last_used(const struct candor *candor, const struct api_key *key)
{
    for (size_t i = 0; i < candor->api_key_count; i++) {
        const struct api_key *before = &candor->api_key[i];
        const bool is_same = digest_equal_secret(before->digest, key->digest) ||
                             digest_equal_secret(before->digest, key->former);
        if (is_same && str_equal(before->name, key->name) && before->used > key->used) {
            return before->used;
        }
    }
    return key->used;
}

/* The keys are few and change seldom: they are read once and kept. */
enum candor_status keys_read(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct str *name = NULL;
    size_t count = 0;
    if (candor->api_keys_are_read) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    TRY(store_documents(job, txn, LIT("api_key"), &name, &count));
    struct api_key *key = NEW_ARRAY(candor->arena, count + 1, struct api_key);
    for (size_t i = 0; i < count; i++) {
        TRY(api_key_read(job, txn, name[i], &key[i]));
        key[i].name = str_copy(candor->arena, name[i]);
        TRY(holder_read(job, candor, txn, &key[i]));
        const int64_t used = key_last_used(candor, &key[i]);
        key[i].is_changed = used != key[i].used;
        key[i].used = used;
    }
    candor->api_key = key;
    candor->api_key_count = count;
    candor->api_keys_are_read = true;
    return CANDOR_OK;
}

void keys_forget(struct candor *candor)
{
    candor->api_keys_are_read = false; /* the array stays: it knows when they were used */
}

bool keys_were_used(const struct candor *candor)
{
    for (size_t i = 0; i < candor->api_key_count; i++) {
        if (candor->api_key[i].is_changed) {
            return true;
        }
    }
    return false;
}

enum candor_status keys_put_down(struct job *job, struct candor *candor, struct txn *txn)
{
    for (size_t i = 0; i < candor->api_key_count; i++) {
        struct api_key kept;
        if (candor->api_key[i].is_changed) {
            TRY(api_key_read(job, txn, candor->api_key[i].name, &kept));
            kept.used = candor->api_key[i].used;
            TRY(api_key_write(job, txn, &kept));
        }
    }
    return CANDOR_OK;
}

void keys_are_down(struct candor *candor)
{
    for (size_t i = 0; i < candor->api_key_count; i++) {
        candor->api_key[i].is_changed = false;
    }
}

/* A key, or the one before it for a while. */
static bool key_fits(const struct api_key *key, struct digest digest, int64_t now)
{
    const bool is_it = digest_equal_secret(digest, key->digest);
    const bool was_it = digest_equal_secret(digest, key->former);
    return (is_it && key->expires > now) || (was_it && key->former_ends > now);
}

enum candor_status key_holder(struct job *job, struct candor *candor, const char *text,
                              const char *act_text, struct operator* holder, struct str *name)
{
    enum act act;
    struct api_key *found = NULL;
    must(act_read(act_text, &act));
    TRY(keys_read(job, candor));
    const struct digest digest = token_digest(bytes_of(str_of(text)));
    for (size_t i = 0; i < candor->api_key_count; i++) { /* all of them, whichever fits */
        found = key_fits(&candor->api_key[i], digest, job->now) ? &candor->api_key[i] : found;
    }
    if (found == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "unknown, expired or revoked API key");
    }
    found->is_changed = true;
    found->used = job->now;
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
