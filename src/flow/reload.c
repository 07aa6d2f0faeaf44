/*
 * reload.c - the policy in force: put on record when a home is opened, and read again while it is open.
 *
 *     files ──read──▶ next ──models fit?──▶ record ──▶ in force
 *                      └─────────── any failure ───▶ the home is as it was
 *
 * The next policy is read into a home of its own that has nothing but an arena and the folder's name, so
 * that a file which cannot be read touches nothing. It is then looked at, recorded and taken while nobody
 * else is in the house: whoever came before has their answer under the old policy, whoever comes after
 * gets theirs under the new one.
 *
 * A policy that was in force stays in memory until the home is closed: a server still has its addresses
 * and names in hand.
 */
#include "home.h"
#include "request.h"
#include "reviewed.h"

enum candor_status home_policy_begins(struct job *job, struct candor *candor)
{
    size_t escalated = 0;
    TRY(home_account_for_policy(job, candor));
    TRY(requests_escalate(job, candor, &escalated)); /* no clock expires unseen */
    TRY(incidents_escalate(job, candor, &escalated));
    return boards_settle(job, candor);
}

/* All that read_sections and policy_read set, from one home to the other. */
static void policy_move(struct candor *to, const struct candor *from)
{
    to->inventory = from->inventory;
    to->yaml = from->yaml;
    to->policy = from->policy;
    to->campaign = from->campaign;
    to->campaign_count = from->campaign_count;
    to->model_spec = from->model_spec;
    to->model_spec_count = from->model_spec_count;
    to->published = from->published;
    to->jurisdictions = from->jurisdictions;
    to->jurisdiction = from->jurisdiction;
    to->holidays = from->holidays;
    to->business_id = from->business_id;
    to->agent = from->agent;
    to->agent_count = from->agent_count;
    to->deletion = from->deletion;
    to->opendsr = from->opendsr;
    to->hooks = from->hooks;
    atomic_store(&to->guard, atomic_load(&from->guard));
    to->signals = from->signals;
    to->tracking = from->tracking;
    to->surface = from->surface;
    to->children = from->children;
    to->controller = from->controller;
    to->witness = from->witness;
    to->witness_count = from->witness_count;
    to->witness_every_s = from->witness_every_s;
    to->required_training = from->required_training;
    to->required_training_count = from->required_training_count;
    to->guarded = from->guarded;
    to->second_valid = from->second_valid;
    to->reason_required = from->reason_required;
    to->contact = from->contact;
    to->governance = from->governance;
    to->quality = from->quality;
    to->retention = from->retention;
    to->server = from->server;
    to->scan = from->scan;
    to->c2pa = from->c2pa;
}

static void policy_use(struct candor *candor, const struct candor *policy)
{
    home_roll_back(candor); /* a transaction is of one inventory */
    policy_move(candor, policy);
    store_use_inventory(candor->store, candor->inventory);
    models_forget(candor);
}

/* A published model whose features are gone would fail at the next decision: it fails now. */
static enum candor_status models_must_fit(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct published *published = NULL;
        const enum candor_status status =
            model_published(job, candor, txn, candor->model_spec[m].name, &published);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job); /* nothing is published under that name */
            continue;
        }
        TRY(during(job, status, "candor.yaml"));
    }
    home_roll_back(candor);
    return CANDOR_OK;
}

/* What was put on record before it failed is taken back there too; if that fails as well, opening the
 * home does it. The first failure is the one that is told. */
static void go_back(struct job *job, struct candor *candor, const struct candor *before)
{
    struct job undoing;
    policy_use(candor, before);
    job_begin(&undoing, job->host);
    const enum candor_status undone = home_account_for_policy(&undoing, candor);
    (void)undone;
    home_roll_back(candor);
    job_end(&undoing);
}

static enum candor_status take(struct job *job, struct candor *candor, struct candor *next)
{
    struct candor *before = NEW(job->arena, struct candor);
    policy_move(before, candor);
    next->published = NEW_ARRAY(next->arena, next->model_spec_count + 1, struct published *);
    policy_use(candor, next);
    enum candor_status status = models_must_fit(job, candor);
    if (status == CANDOR_OK) {
        status = home_policy_begins(job, candor);
    }
    if (status != CANDOR_OK) {
        go_back(job, candor, before);
    }
    return status;
}

static void end_arena(void *arena)
{
    arena_end(arena);
}

static enum candor_status read_next(struct job *job, struct candor *candor, struct candor *next,
                                    bool *is_changed)
{
    TRY(home_read_policy(job, next));
    *is_changed = !digest_equal(next->policy, candor->policy);
    return *is_changed ? take(job, candor, next) : CANDOR_OK;
}

static enum candor_status reload(struct job *job, struct candor *candor, bool *is_changed)
{
    if (candor->is_importing) {
        return fail(job, CANDOR_BUSY,
                    "an import is under way: candor.yaml is read again when it is over");
    }
    struct arena *arena = arena_begin();
    struct candor *next = NEW(arena, struct candor);
    next->arena = arena;
    next->dir = candor->dir;
    *is_changed = false;
    const enum candor_status status = read_next(job, candor, next, is_changed);
    if (status != CANDOR_OK || !*is_changed) {
        home_roll_back(candor); /* nothing of it is looked at any more */
        arena_end(arena);
        return status;
    }
    arena_defer(candor->arena, end_arena, arena);
    return CANDOR_OK;
}

enum candor_status candor_reload(struct job *job, struct candor *candor, bool *is_changed)
{
    home_enter(candor);
    const enum candor_status status = reload(job, candor, is_changed);
    home_leave(candor);
    return status;
}
