/*
 * store.c - the store and its transactions; the two locks.
 *
 * A transaction is data.db's. What goes to keys.db is durable before and means nothing until the
 * transaction commits (lookups.c), so a crash anywhere leaves the transaction whole or absent:
 *
 *     begin    mutex, BEGIN
 *     ...      keys.db: keys and look-ups, each call durable by itself; data.db: rows
 *     commit   an account? COMMIT, synced. Only now does anything exist.
 *
 * The second lock is in store_commit. The first is in people.c, where things are read.
 */
#include <string.h>

#include "inside.h"

/* ---- the mutex ----------------------------------------------------------------------------- */

void store_enter(struct store *store)
{
    must(!store->is_public);
    /* It checks for errors: a thread that has a transaction already is stopped here. */
    must(pthread_mutex_lock(&store->mutex) == 0);
}

void store_leave(struct store *store)
{
    must(pthread_mutex_unlock(&store->mutex) == 0);
}

/* ---- transactions -------------------------------------------------------------------------- */

static void txn_end(struct txn *txn)
{
    struct store *store = txn->store;
    txn->is_open = false;
    arena_end(txn->arena);
    vault_close(&store->vault);
    atomic_store(&store->owner, NULL);
    store_leave(store);
}

void store_roll_back(struct txn *txn)
{
    if (txn == NULL || !txn->is_open) {
        return;
    }
    db_rollback(txn->store->data);
    if (txn->has_drawer) {
        txn->store->drawers.inventory = NULL; /* the table has less than we know: read it again */
    }
    lookups_forget(txn, &txn->tags_added);
    seen_rolled_back(txn);
    txn_end(txn);
}

static void roll_back_if_open(void *thing)
{
    store_roll_back(thing);
}

enum candor_status store_settle_drawers(struct job *job, struct store *store)
{
    const struct inventory *inventory = atomic_load(&store->inventory);
    if (inventory == store->drawers.inventory) {
        return CANDOR_OK;
    }
    struct arena *arena = arena_begin();
    const enum candor_status status =
        drawers_load(job, arena, store->data, inventory, &store->drawers);
    if (status != CANDOR_OK) {
        arena_end(arena);
        return status;
    }
    arena_end(store->drawers_arena);
    store->drawers_arena = arena;
    return CANDOR_OK;
}

static enum candor_status begin(struct job *job, struct store *store)
{
    TRY(store_settle_drawers(job, store));
    return db_begin(job, store->data);
}

enum candor_status store_begin(struct job *job, struct store *store, struct txn **txn)
{
    struct txn *begun = NEW(job->arena, struct txn);
    store_enter(store);
    const enum candor_status status = begin(job, store);
    if (status != CANDOR_OK) {
        store_leave(store);
        return status;
    }
    *begun = (struct txn){.store = store, .job = job, .is_open = true, .arena = arena_begin()};
    store->has_leaf_count = false;
    begun->tags_added = buf_begin(begun->arena);
    begun->tags_removed = buf_begin(begun->arena);
    journal_begin(begun);
    seen_begin(begun);
    atomic_store(&store->owner, job);
    arena_defer(job->arena, roll_back_if_open, begun);
    *txn = begun;
    return CANDOR_OK;
}

void txn_changes(struct txn *txn)
{
    must(txn->is_open);
    txn->is_changed = true;
}

const struct inventory *txn_inventory(const struct txn *txn)
{
    must(txn->is_open);
    return txn->store->drawers.inventory;
}

enum candor_status txn_refuse(struct job *job, struct txn *txn, const char *why)
{
    atomic_fetch_add(&txn->store->permits_refused, 1);
    return fail(job, CANDOR_REFUSED, "%s", why);
}

enum candor_status store_commit(struct job *job, struct txn *txn)
{
    must(txn->is_open);
    if (txn->is_changed && !txn->has_account) {
        return fail(job, CANDOR_REFUSED, "no ledger entry: nothing is changed without an account");
    }
    enum candor_status status = journal_finish(job, txn);
    status = status == CANDOR_OK ? seen_finish(job, txn) : status;
    if (status == CANDOR_OK) {
        status = db_commit(job, txn->store->data);
    } else {
        db_rollback(txn->store->data);
    }
    /* After a failure the index stays as it is: a failed commit may yet turn out to be on the
     * disk. What is not confirmed finds nobody. */
    if (status == CANDOR_OK) {
        lookups_forget(txn, &txn->tags_removed);
        journal_committed(txn);
        seen_committed(txn);
    } else {
        seen_rolled_back(txn);
        if (txn->has_drawer) {
            txn->store->drawers.inventory = NULL;
        }
    }
    txn_end(txn);
    return status;
}

/* ---- the rest ------------------------------------------------------------------------------ */

void store_use_inventory(struct store *store, const struct inventory *inventory)
{
    atomic_store(&store->inventory, inventory);
}

struct store_counts store_counts(const struct store *store)
{
    return (struct store_counts){
        .profile_reads = atomic_load(&store->profile_reads),
        .event_reads = atomic_load(&store->event_reads),
        .permits_refused = atomic_load(&store->permits_refused),
    };
}

enum candor_status store_home_secret(struct job *job, struct store *store, const char context[8],
                                     struct secret **secret)
{
    must(!store->is_public);
    *secret = secret_begin(job->arena);
    secret_derive(*secret, keyring_home_key(store->keyring), context, 0);
    return CANDOR_OK;
}
