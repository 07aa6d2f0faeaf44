/*
 * keyuse.c - whose a key is, and when it was used last.
 *
 * The instant is kept in memory: an entry on the ledger for every use would be worth less than it costs.
 * It is written when the server stops (session.c).
 *
 * A server asks before it reads what somebody sends, and must not wait for whoever is in the home meanwhile:
 * so the keys as they were read last have a lock of their own (candor_key_look). What counts is what the
 * call itself asks, in the home (key_holder).
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

/* Under the keys' lock. */
static int64_t last_used(const struct candor *candor, const struct api_key *key)
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

int64_t key_last_used(struct candor *candor, const struct api_key *key)
{
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    const int64_t used = last_used(candor, key);
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
    return used;
}

/* In the place of those before, which stay in memory. */
static void show_keys(struct candor *candor, struct api_key *key, size_t count)
{
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    for (size_t i = 0; i < count; i++) {
        const int64_t used = last_used(candor, &key[i]);
        key[i].is_changed = used != key[i].used;
        key[i].used = used;
    }
    candor->api_key = key;
    candor->api_key_count = count;
    candor->api_keys_are_read = true;
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
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
    }
    show_keys(candor, key, count);
    return CANDOR_OK;
}

void keys_forget(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    candor->api_keys_are_read = false; /* the array stays: it knows when they were used */
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
}

bool keys_were_used(struct candor *candor)
{
    bool was_one = false;
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    for (size_t i = 0; i < candor->api_key_count; i++) {
        was_one = was_one || candor->api_key[i].is_changed;
    }
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
    return was_one;
}

static bool was_used(struct candor *candor, size_t at, int64_t *used)
{
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    const struct api_key *key = &candor->api_key[at];
    const bool is_changed = key->is_changed;
    *used = key->used;
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
    return is_changed;
}

enum candor_status keys_put_down(struct job *job, struct candor *candor, struct txn *txn)
{
    for (size_t i = 0; i < candor->api_key_count; i++) {
        struct api_key kept;
        int64_t used = 0;
        if (was_used(candor, i, &used)) {
            TRY(api_key_read(job, txn, candor->api_key[i].name, &kept));
            kept.used = used;
            TRY(api_key_write(job, txn, &kept));
        }
    }
    return CANDOR_OK;
}

void keys_are_down(struct candor *candor)
{
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    for (size_t i = 0; i < candor->api_key_count; i++) {
        candor->api_key[i].is_changed = false;
    }
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
}

/* A key, or the one before it for a while. */
static bool key_fits(const struct api_key *key, struct digest digest, int64_t now)
{
    const bool is_it = digest_equal_secret(digest, key->digest);
    const bool was_it = digest_equal_secret(digest, key->former);
    return (is_it && key->expires > now) || (was_it && key->former_ends > now);
}

/* Whose key has this digest? Under the keys' lock. */
static enum candor_status judge(struct job *job, struct candor *candor, struct digest digest,
                                enum act act, struct operator* holder, struct str *name)
{
    struct api_key *found = NULL;
    for (size_t i = 0; i < candor->api_key_count; i++) { /* all of them, whichever fits */
        found = key_fits(&candor->api_key[i], digest, job->now) ? &candor->api_key[i] : found;
    }
    if (found == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "unknown, expired or revoked API key");
    }
    found->is_changed = true;
    found->used = job->now;
    TRY(role_require(job, found->roles, act));
    *name = found->name;
    if (found->holder.len == 0) {
        return CANDOR_OK; /* the opener's, who is for the caller to know */
    }
    *holder = found->who;
    TRY(during(job, role_require(job, holder->roles, act), "operator '%.*s'",
               STR_ARG(holder->name)));
    return operator_must_not_be_over(job, holder);
}

/* Among the keys as they were read last. */
static enum candor_status look(struct job *job, struct candor *candor, const char *text,
                               const char *act_text, struct operator* holder, struct str *name)
{
    enum act act;
    must(act_read(act_text, &act));
    const struct digest digest = token_digest(bytes_of(str_of(text)));
    must(pthread_mutex_lock(&candor->keys_lock) == 0);
    const enum candor_status status =
        candor->api_keys_are_read
            ? judge(job, candor, digest, act, holder, name)
            : fail(job, CANDOR_BUSY, "API keys have changed and are not read again yet");
    must(pthread_mutex_unlock(&candor->keys_lock) == 0);
    return status;
}

enum candor_status key_holder(struct job *job, struct candor *candor, const char *text,
                              const char *act_text, struct operator* holder, struct str *name)
{
    TRY(keys_read(job, candor));
    *holder = candor->self;
    return look(job, candor, text, act_text, holder, name);
}

enum candor_status candor_key_look(struct job *job, struct candor *candor, const char *key,
                                   const char *act_text)
{
    struct operator holder;
    struct str name;
    return look(job, candor, key, act_text, &holder, &name);
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
