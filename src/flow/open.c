/*
 * open.c - opening a home.
 *
 *     HOME/candor.yaml            the policy: what may be held, why, and what is done with it
 *     HOME/campaigns.yaml         campaigns that were made on a page
 *     HOME/data.db                ciphertext and the ledger
 *     HOME/ledger.pub             the verifier key: all that a stranger needs
 *     HOME/keys/root.key          the erasable root of all subjects' keys
 *     HOME/keys/keys.db           wrapped keys and the blind index
 *     HOME/keys/ledger.key        signs checkpoints and models
 *     HOME/keys/operator-NAME.key signs plans and approvals
 */
#include "consenting.h"
#include "guard.h"
#include "home.h"
#include "hooks.h"
#include "manifest.h"
#include "request.h"
#include "reviewed.h"
#include "scanned.h"
#include "share.h"
#include "signals.h"
#include "surface.h"
#include "track.h"
#include "visits.h"

struct str home_key_path(struct arena *arena, struct str dir, const char *file)
{
    return path_join(arena, path_join(arena, dir, STR("keys")), str_of(file));
}

static enum candor_status read_sections(struct job *job, struct candor *candor,
                                        const struct value *root)
{
    const struct guard_config *guard = NULL;
    TRY(inventory_read(job, root, &candor->inventory));
    candor->children = NEW(candor->arena, struct children);
    candor->controller = NEW(candor->arena, struct controller);
    TRY(children_read(job, candor->inventory, root, candor->children));
    TRY(controller_read(job, candor->inventory->name, root, candor->controller));
    TRY(campaigns_read(job, candor->inventory, root, &candor->campaign, &candor->campaign_count));
    TRY(quality_read(job, candor->inventory, root, &candor->quality));
    TRY(retention_read(job, root, &candor->retention));
    TRY(config_witnesses(job, root, candor));
    TRY(config_people(job, root, candor));
    TRY(config_webhooks(job, root, candor->inventory));
    TRY(config_hooks(job, root, candor->inventory, &candor->hooks));
    TRY(config_guard(job, root, candor->inventory, &guard));
    atomic_store(&candor->guard, guard);
    TRY(config_rights(job, root, candor));
    TRY(config_server(job, root, candor));
    TRY(config_signals(job, candor->inventory, root, &candor->signals));
    TRY(config_tracking(job, candor->inventory, root, &candor->tracking));
    TRY(config_surface(job, candor->inventory, root, &candor->surface));
    TRY(config_model_specs(job, candor->inventory, root, &candor->model_spec,
                           &candor->model_spec_count));
    TRY(config_scan(job, root, candor));
    TRY(config_c2pa(job, root, candor));
    return config_governance(job, root, candor);
}

/* Everything is read into the home's own arena, so that the inventory lives as long as the home. */
enum candor_status home_read_policy(struct job *job, struct candor *candor)
{
    const struct value *root = NULL;
    /* The readers make their results in the job's arena: lend them the home's. */
    struct arena *lent = job->arena;
    job->arena = candor->arena;
    enum candor_status status = policy_read(job, candor, &root);
    if (status == CANDOR_OK) { /* the above names the file itself */
        status = during(job, read_sections(job, candor, root), "candor.yaml");
    }
    job->arena = lent;
    return status;
}

static void destroy_lock(void *thing)
{
    struct candor *candor = thing;
    (void)pthread_mutex_destroy(&candor->lock); /* nobody is inside any more */
    (void)pthread_mutex_destroy(&candor->keys_lock);
}

struct candor *home_new(const char *dir)
{
    struct arena *arena = arena_begin();
    struct candor *candor = NEW(arena, struct candor);
    candor->arena = arena;
    candor->dir = str_copy(arena, str_of(dir));
    candor->visits = NEW(arena, struct visits);
    must(pthread_mutex_init(&candor->lock, NULL) == 0);
    must(pthread_mutex_init(&candor->keys_lock, NULL) == 0);
    arena_defer(arena, destroy_lock, candor);
    return candor;
}

enum candor_status home_read_signer(struct job *job, struct candor *candor)
{
    struct secret *seed = NULL;
    TRY(secret_file_read(job, candor->arena, home_key_path(job->arena, candor->dir, "ledger.key"),
                         &seed));
    candor->signer = signer_make(candor->arena, seed);
    return CANDOR_OK;
}

/* The origin stands in the verifier key: it is chosen once, when the home is made. */
static enum candor_status read_origin(struct job *job, struct candor *candor)
{
    struct bytes content;
    struct str name;
    uint8_t on_file[PUBLIC_KEY_LEN];
    uint8_t of_signer[PUBLIC_KEY_LEN];
    TRY(file_read(job, path_join(job->arena, candor->dir, STR("ledger.pub")), 4096, &content));
    TRY(during(job,
               verifier_key_read(job,
                                 str_trim((struct str){(const char *)content.ptr, content.len}),
                                 &name, on_file),
               "ledger.pub"));
    signer_public(candor->signer, of_signer);
    if (!bytes_same(on_file, of_signer, sizeof on_file)) {
        return fail(job, CANDOR_CORRUPT,
                    "ledger.pub is not the public part of keys/ledger.key: one of them was "
                    "replaced");
    }
    candor->origin = str_copy(candor->arena, name);
    return CANDOR_OK;
}

/* The purpose's own words stand under its name and version; a translation under its language too. */
static enum candor_status keep_wording(struct job *job, struct txn *txn,
                                       const struct purpose *purpose, struct str language,
                                       struct str wording, bool is_free)
{
    struct bytes kept;
    const struct str name = str_format(job->arena, "%.*s %.*s%s%.*s", STR_ARG(purpose->name),
                                       STR_ARG(purpose->wording_version),
                                       language.len > 0 ? " " : "", STR_ARG(language));
    if (wording.len == 0) {
        return CANDOR_OK;
    }
    const enum candor_status status = store_document(job, txn, LIT("wording"), name, &kept);
    if (status == CANDOR_NOT_FOUND || (status == CANDOR_OK && is_free)) {
        job_forgive(job);
        return store_put_document(job, txn, LIT("wording"), name, bytes_of(wording));
    }
    TRY(status);
    if (!str_equal((struct str){(const char *)kept.ptr, kept.len}, wording)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "candor.yaml: the wording of purpose '%.*s' changed under the version '%.*s', to "
            "which people agreed; give the new words a new wording_version",
            STR_ARG(purpose->name), STR_ARG(purpose->wording_version));
    }
    return CANDOR_OK;
}

/*
 * A version names its words for ever: consents were given to them. The words of each version are
 * kept from the first candor.yaml on, and other words under the same version are refused, but
 * while the home knows nobody: then nobody can have agreed.
 */
enum candor_status home_keep_wordings(struct job *job, struct candor *candor, struct txn *txn)
{
    uint64_t subject_count = 0;
    TRY(store_subject_count(job, txn, &subject_count));
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        const struct purpose *purpose = &candor->inventory->purpose[p];
        TRY(keep_wording(job, txn, purpose, STR(""), purpose->wording, subject_count == 0));
        for (size_t t = 0; t < purpose->translation_count; t++) {
            TRY(keep_wording(job, txn, purpose, purpose->translation[t].language,
                             purpose->translation[t].wording, subject_count == 0));
        }
    }
    return CANDOR_OK;
}

/* A changed candor.yaml is a change of policy: it goes on record before it is used. */
enum candor_status home_account_for_policy(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct bytes before;
    uint64_t index = 0;
    TRY(home_begin(job, candor, &txn));
    const enum candor_status status =
        store_document(job, txn, LIT("policy"), STR("digest"), &before);
    if (status == CANDOR_OK &&
        bytes_same(before.ptr, candor->policy.byte, sizeof candor->policy.byte)) {
        home_roll_back(candor);
        return CANDOR_OK;
    }
    if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    TRY(home_keep_wordings(job, candor, txn));
    const struct account account = {.action = LEDGER_POLICY_CHANGE, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(store_put_document(job, txn, LIT("policy"), STR("digest"),
                           (struct bytes){candor->policy.byte, sizeof candor->policy.byte}));
    return home_commit(job, candor, txn);
}

/* What witnesses signed must be here still. */
static enum candor_status check_evidence(struct job *job, struct candor *candor)
{
    uint8_t public_key[PUBLIC_KEY_LEN];
    size_t count = 0;
    signer_public(candor->signer, public_key);
    const enum candor_status status =
        evidence_check(job, candor->store, candor->dir, candor->origin, public_key, &count);
    if (status == CANDOR_CORRUPT) {
        char found[JOB_MESSAGE_MAX];
        bytes_copy(found, job->message, sizeof found);
        job_forgive(job);
        return fail(job, CANDOR_CORRUPT,
                    "%s; if the data were put back from a copy, say so on the ledger with: candor "
                    "ledger restored --reason TEXT",
                    found);
    }
    return status;
}

/* A folder that may not be looked into is no missing home. */
static enum candor_status home_is_not_seen(struct job *job, const struct candor *candor)
{
    struct bytes content;
    const struct str path = path_join(job->arena, candor->dir, STR("candor.yaml"));
    const enum candor_status status = file_read(job, path, 1, &content);
    if (status != CANDOR_NOT_FOUND && status != CANDOR_OK) {
        return status;
    }
    job_forgive(job);
    return fail(job, CANDOR_NOT_FOUND,
                "there is no Candor home here: '%.*s' has no candor.yaml; make one with: candor "
                "init DIR",
                STR_ARG(candor->dir));
}

static enum candor_status open_house(struct job *job, struct candor *candor,
                                     const char *operator_name, bool is_restored)
{
    struct txn *txn = NULL;
    TRY(crypto_start(job));
    if (!file_exists(job, path_join(job->arena, candor->dir, STR("candor.yaml")))) {
        return home_is_not_seen(job, candor);
    }
    TRY(home_read_policy(job, candor));
    candor->view = view_begin(candor->arena);
    candor->published = NEW_ARRAY(candor->arena, candor->model_spec_count + 1, struct published *);
    TRY(store_open(job, candor->arena, candor->dir, candor->inventory, &candor->store));
    TRY(home_read_signer(job, candor));
    TRY(read_origin(job, candor));
    TRY(ledger_open(job, candor->arena, candor->store, candor->signer, candor->origin,
                    &candor->ledger));
    TRY(is_restored ? CANDOR_OK : check_evidence(job, candor));
    TRY(operator_enter(job, candor, operator_name));
    TRY(home_policy_begins(job, candor));
    TRY(home_begin(job, candor, &txn));
    return store_subject_count(job, txn, &candor->subjects);
}

static enum candor_status open_home(struct job *job, const char *dir, const char *operator_name,
                                    bool is_restored, struct candor **candor)
{
    struct candor *opened = home_new(dir);
    home_enter(opened);
    const enum candor_status status = open_house(job, opened, operator_name, is_restored);
    home_leave(opened);
    if (status != CANDOR_OK) {
        arena_end(opened->arena);
        return status;
    }
    *candor = opened;
    return CANDOR_OK;
}

enum candor_status candor_open(struct job *job, const char *dir, const char *operator_name,
                               struct candor **candor)
{
    return open_home(job, dir, operator_name, false, candor);
}

enum candor_status home_open_restored(struct job *job, const char *dir, const char *operator_name,
                                      struct candor **candor)
{
    return open_home(job, dir, operator_name, true, candor);
}

void candor_close(struct candor *candor)
{
    if (candor != NULL) {
        arena_end(candor->arena);
    }
}
