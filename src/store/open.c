/*
 * open.c - making and opening the files of a home.
 *
 *     DIR/lock             held while a process has the home open
 *     DIR/data.db          ciphertext and the ledger
 *     DIR/keys/keys.db     wrapped keys and the blind index
 *     DIR/keys/root.key    the one erasable root
 *
 * Making a home goes on where a crash left it: each step looks whether it was done. Opening makes
 * nothing: a file that is missing is told, not replaced by an empty one.
 *
 * data.db holds a value sealed with the home's key. If it does not open, the keys are another
 * home's.
 */
#include <string.h>

#include "inside.h"

static_assert(SCHEMA_VERSION == STORE_SCHEMA_VERSION, "the door says what the files are");

enum { FILE_MODE = 0600, DIR_MODE = 0700, HOME_MARK_LEN = 16, HOME_KEY_NUMBER = 1 };

/* ---- its life ------------------------------------------------------------------------------ */

static void store_end(void *thing)
{
    struct store *store = thing;
    struct arena *drawers_arena = store->drawers_arena;
    struct arena *arena = store->arena;
    journal_close(&store->journal);
    seen_close(&store->seen);
    (void)pthread_mutex_destroy(&store->mutex); /* nobody is inside any more */
    (void)pthread_mutex_destroy(&store->beside_mutex);
    arena_end(drawers_arena);
    arena_end(arena);
}

static void mutex_init(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t checking;
    must(pthread_mutexattr_init(&checking) == 0);
    must(pthread_mutexattr_settype(&checking, PTHREAD_MUTEX_ERRORCHECK) == 0);
    must(pthread_mutex_init(mutex, &checking) == 0);
    must(pthread_mutexattr_destroy(&checking) == 0);
}

static struct store *store_new(struct str dir)
{
    struct arena *arena = arena_begin();
    struct store *store = NEW(arena, struct store);
    store->arena = arena;
    store->dir = str_copy(arena, dir);
    mutex_init(&store->mutex);
    mutex_init(&store->beside_mutex);
    vault_init(&store->vault, arena);
    journal_init(&store->journal, arena);
    seen_init(&store->seen);
    store->document_key = secret_begin(arena);
    store->name_key = secret_begin(arena);
    return store;
}

/* A store that did not open is gone at once, and with it the lock. */
static enum candor_status hand_over(struct arena *owner, struct store *opened,
                                    enum candor_status status, struct store **store)
{
    if (status != CANDOR_OK) {
        store_end(opened);
        return status;
    }
    arena_defer(owner, store_end, opened);
    *store = opened;
    return CANDOR_OK;
}

/* ---- files --------------------------------------------------------------------------------- */

static struct str in_home(struct job *job, const struct store *store, struct lit name)
{
    return path_join(job->arena, store->dir, str_from(name));
}

static enum candor_status lock_home(struct job *job, struct store *store)
{
    const enum candor_status status =
        file_lock(job, store->arena, in_home(job, store, LIT("lock")));
    return status == CANDOR_BUSY
               ? during(job, status, "another process has this home open; stop it first")
               : status;
}

static enum candor_status make_file(struct job *job, struct str path)
{
    return file_exists(job, path) ? CANDOR_OK
                                  : file_replace(job, path, (struct bytes){NULL, 0}, FILE_MODE);
}

static enum candor_status check_version(struct job *job, struct database *db, struct str path,
                                        int64_t expected)
{
    int64_t application = 0;
    int64_t version = 0;
    TRY(db_version(job, db, &application, &version));
    if (application == 0 && version == 0) {
        return fail(job, CANDOR_CORRUPT,
                    "'%.*s' is empty: put back a copy, or finish making the home", STR_ARG(path));
    }
    if (application != expected) {
        return fail(job, CANDOR_CORRUPT, "'%.*s' is another kind of file; put the right one back",
                    STR_ARG(path));
    }
    if (version > SCHEMA_VERSION) {
        return fail(job, CANDOR_CORRUPT,
                    "'%.*s' was written by a newer Candor (schema %lld, this one knows %d); "
                    "use the newer one",
                    STR_ARG(path), (long long)version, SCHEMA_VERSION);
    }
    if (version < 1) {
        return fail(job, CANDOR_CORRUPT, "'%.*s' has schema %lld, which never was", STR_ARG(path),
                    (long long)version);
    }
    return CANDOR_OK;
}

/* A part of the home in a file of its own. */
struct part {
    struct str path;
    enum schema_part schema;
    enum database_use use;
    int64_t application;
};

static enum candor_status make_tables_if_empty(struct job *job, struct database *db,
                                               enum schema_part schema)
{
    int64_t application = 0;
    int64_t version = 0;
    TRY(db_version(job, db, &application, &version));
    return application == 0 && version == 0 ? db_make(job, db, schema) : CANDOR_OK;
}

static enum candor_status make_and_open(struct job *job, struct store *store,
                                        const struct part *part, struct database **db)
{
    TRY(make_file(job, part->path));
    TRY(db_open(job, store->arena, part->path, part->use, db));
    return make_tables_if_empty(job, *db, part->schema);
}

/* A home made by an older Candor opens, and has the newer tables from then on. */
static enum candor_status upgrade_if_older(struct job *job, struct database *db,
                                           enum schema_part schema)
{
    int64_t application = 0;
    int64_t version = 0;
    TRY(db_version(job, db, &application, &version));
    return version < SCHEMA_VERSION ? db_upgrade(job, db, schema) : CANDOR_OK;
}

/* Made, if that is asked for and was not done, and opened. */
static enum candor_status open_file(struct job *job, struct store *store, const struct part *part,
                                    bool make, struct database **db)
{
    TRY(make ? make_and_open(job, store, part, db)
             : db_open(job, store->arena, part->path, part->use, db));
    TRY(check_version(job, *db, part->path, part->application));
    if (part->schema != SCHEMA_LEDGER) { /* whose tables have been there from the beginning */
        TRY(upgrade_if_older(job, *db, part->schema));
    }
    return db_prepare(job, *db, part->schema);
}

/* ---- keys ---------------------------------------------------------------------------------- */

static enum candor_status open_keys_file(struct job *job, struct store *store, bool make)
{
    const struct part part = {in_home(job, store, LIT("keys/keys.db")), SCHEMA_KEYS, DATABASE_ALONE,
                              SCHEMA_KEYS_FILE};
    TRY(make ? dir_make(job, in_home(job, store, LIT("keys")), DIR_MODE) : CANDOR_OK);
    return open_file(job, store, &part, make, &store->keys);
}

static enum candor_status open_keyring(struct job *job, struct store *store, bool make)
{
    const struct str path = in_home(job, store, LIT("keys/root.key"));
    const struct root_slot root = root_slot_file(store->arena, path);
    const struct key_shelf shelf = shelf_begin(store->arena, store->keys);
    if (make && !file_exists(job, path)) {
        return keyring_create(job, store->arena, &root, &shelf, &store->keyring);
    }
    return keyring_open(job, store->arena, &root, &shelf, &store->keyring);
}

static enum candor_status open_keys(struct job *job, struct store *store, bool make)
{
    TRY(open_keys_file(job, store, make));
    TRY(open_keyring(job, store, make));
    const struct secret *home = keyring_home_key(store->keyring);
    secret_derive(store->document_key, home, "document", HOME_KEY_NUMBER);
    secret_derive(store->name_key, home, "docnames", HOME_KEY_NUMBER);
    return CANDOR_OK;
}

/* ---- data ---------------------------------------------------------------------------------- */

static struct secret *home_mark_key(struct job *job, const struct store *store)
{
    struct secret *key = secret_begin(job->arena);
    secret_derive(key, keyring_home_key(store->keyring), "homemark", HOME_KEY_NUMBER);
    return key;
}

static enum candor_status write_home_mark(struct job *job, struct store *store)
{
    uint8_t mark[HOME_MARK_LEN];
    struct bytes sealed;
    TRY(entropy_draw(job, mark, sizeof mark));
    TRY(seal(job, home_mark_key(job, store), 1, bytes_of(STR("meta.home")),
             (struct bytes){mark, sizeof mark}, &sealed));
    TRY(meta_put_bytes(job, store->data, LIT("home"), sealed));
    return meta_put_number(job, store->data, LIT("subjects"), 0);
}

static enum candor_status finish_data(struct job *job, struct store *store)
{
    struct bytes sealed;
    if (meta_bytes(job, store->data, LIT("home"), &sealed) == CANDOR_OK) {
        return CANDOR_OK;
    }
    job_forgive(job);
    if (keyring_slot_count(store->keyring) > 0) {
        return fail(job, CANDOR_CORRUPT,
                    "there are keys of %u subjects, but data.db is new: put data.db back",
                    keyring_slot_count(store->keyring));
    }
    TRY(db_begin(job, store->data));
    const enum candor_status status = write_home_mark(job, store);
    if (status != CANDOR_OK) {
        db_rollback(store->data);
        return status;
    }
    return db_commit(job, store->data);
}

static enum candor_status check_home_mark(struct job *job, struct store *store)
{
    struct bytes sealed;
    struct bytes mark;
    const enum candor_status status = meta_bytes(job, store->data, LIT("home"), &sealed);
    if (status == CANDOR_NOT_FOUND) {
        return fail(job, CANDOR_CORRUPT,
                    "data.db does not say which home it is of: put back a copy, or finish making "
                    "the home");
    }
    TRY(status);
    if (seal_open(job, home_mark_key(job, store), bytes_of(STR("meta.home")), sealed, &mark) !=
        CANDOR_OK) {
        return fail(job, CANDOR_CORRUPT,
                    "the keys in '%.*s/keys' are another home's; put back those of this one",
                    STR_ARG(store->dir));
    }
    return CANDOR_OK;
}

static enum candor_status open_data(struct job *job, struct store *store, bool make)
{
    const struct part part = {in_home(job, store, LIT("data.db")), SCHEMA_DATA, DATABASE_SHARED,
                              SCHEMA_DATA_FILE};
    TRY(open_file(job, store, &part, make, &store->data));
    TRY(make ? finish_data(job, store) : CANDOR_OK);
    return check_home_mark(job, store);
}

static enum candor_status open_beside(struct job *job, struct store *store, enum database_use use)
{
    const struct part part = {in_home(job, store, LIT("data.db")), SCHEMA_LEDGER, use,
                              SCHEMA_DATA_FILE};
    return open_file(job, store, &part, false, &store->beside);
}

/* ---- the door ------------------------------------------------------------------------------ */

static enum candor_status open_files(struct job *job, struct store *store, bool make)
{
    TRY(make ? dir_make(job, store->dir, DIR_MODE) : CANDOR_OK);
    TRY(lock_home(job, store));
    TRY(open_keys(job, store, make));
    TRY(open_data(job, store, make));
    return open_beside(job, store, DATABASE_BESIDE);
}

static enum candor_status open_all(struct job *job, struct store *store,
                                   const struct inventory *inventory, bool make)
{
    TRY(open_files(job, store, make));
    atomic_store(&store->inventory, inventory);
    TRY(store_settle_drawers(job, store));
    TRY(journal_open(job, store));
    return erase_catch_up(job, store);
}

enum candor_status store_create(struct job *job, struct arena *owner, struct str dir,
                                const struct inventory *inventory, struct store **store)
{
    struct store *made = store_new(dir);
    return hand_over(owner, made, open_all(job, made, inventory, true), store);
}

enum candor_status store_open(struct job *job, struct arena *owner, struct str dir,
                              const struct inventory *inventory, struct store **store)
{
    struct store *opened = store_new(dir);
    return hand_over(owner, opened, open_all(job, opened, inventory, false), store);
}

enum candor_status store_open_public(struct job *job, struct arena *owner, struct str dir,
                                     struct store **store)
{
    struct store *opened = store_new(dir);
    opened->is_public = true;
    return hand_over(owner, opened, open_beside(job, opened, DATABASE_READ_ONLY), store);
}
