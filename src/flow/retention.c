/*
 * retention.c - what is past its time is deleted: field by field, event by event.
 *
 * One walk over all subjects, in steps of STEP_SUBJECTS. A step is a transaction: an entry for each
 * subject of whom something went, and one for the step, all with the run's random number as object.
 * After a crash whole steps are done, and the next run does the rest.
 *
 *     fields      so many days after the value came in; where that is not known, the clock begins now
 *     events      so many days after they happened
 *     decisions   the strictest retention of what went into them, counted from when it was computed
 *     contacts, chats, quarantine, subjects with nothing new    as candor.yaml says
 *
 * A legal hold, and a subject's own restriction (GDPR Article 18), keep what they cover. What is
 * deleted is no longer in the present files; older copies of data.db, which the subject's key still
 * opens, must have a time of their own.
 */
#include "decision.h"
#include "guard.h"
#include "measured.h"
#include "request.h"
#include "retained.h"

enum { STEP_SUBJECTS = 1000 };

/* Which of the inventory's things a model looks at. */
struct model_sources {
    struct trained latest;
    struct trained published;
    bool *field;
    int64_t *event_days; /* of each kind of event, how far back: 0 all time, less: not at all */
};

struct keeper {
    struct candor *candor;
    struct txn *txn;
    struct retained *retained;
    struct holds holds;
    int64_t *field_limit; /* what came in before is past its time */
    int64_t *event_limit;
    int64_t *limit;     /* of events, for one subject */
    uint64_t *of_event; /* deleted of one subject */
    bool *of_field;
    bool looks_at_decisions;
    bool looks_at_chats;
    struct model_sources *model;
    struct sayings said;
    size_t in_step;
};

/* What happens to one subject. */
struct keeping {
    struct subject subject;
    const struct permit *permit;
    bool is_held;    /* something that is past its time stays */
    bool is_changed; /* something went */
    bool is_written; /* or a clock began */
};

/* ---- what is asked ------------------------------------------------------------------------- */

static int64_t later(int64_t left, int64_t right)
{
    return left > right ? left : right;
}

static struct model_sources sources_of(struct job *job, const struct inventory *inventory,
                                       const struct model_spec *spec)
{
    struct model_sources sources = {
        .field = NEW_ARRAY(job->arena, inventory->field_count + 1, bool),
        .event_days = NEW_ARRAY(job->arena, inventory->event_kind_count + 1, int64_t)};
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        sources.event_days[k] = k == spec->target_event ? 0 : -1;
    }
    for (size_t i = 0; i < spec->feature_count; i++) {
        const struct feature *feature = &inventory->feature[spec->feature[i]];
        if (feature->measure == MEASURE_FIELD) {
            sources.field[feature->field] = true;
            continue;
        }
        int64_t *days = &sources.event_days[feature->event_kind];
        const bool is_for_ever = feature->days == 0 || *days == 0;
        *days = is_for_ever ? 0 : later(*days, (int64_t)feature->days);
    }
    return sources;
}

static enum candor_status load_models(struct job *job, struct keeper *keeper)
{
    const struct candor *candor = keeper->candor;
    keeper->model = NEW_ARRAY(job->arena, candor->model_spec_count + 1, struct model_sources);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct model_spec *spec = &candor->model_spec[m];
        struct model_sources *model = &keeper->model[m];
        *model = sources_of(job, candor->inventory, spec);
        TRY(trained_load(job, keeper->txn, LIT("trained"), spec->name, &model->latest));
        TRY(trained_load(job, keeper->txn, LIT("trained_published"), spec->name,
                         &model->published));
    }
    return CANDOR_OK;
}

static void set_limits(struct job *job, struct keeper *keeper)
{
    const struct inventory *inventory = keeper->candor->inventory;
    keeper->field_limit = NEW_ARRAY(job->arena, inventory->field_count + 1, int64_t);
    keeper->event_limit = NEW_ARRAY(job->arena, inventory->event_kind_count + 1, int64_t);
    keeper->limit = NEW_ARRAY(job->arena, inventory->event_kind_count + 1, int64_t);
    keeper->of_event = NEW_ARRAY(job->arena, inventory->event_kind_count + 1, uint64_t);
    keeper->of_field = NEW_ARRAY(job->arena, inventory->field_count + 1, bool);
    keeper->looks_at_decisions = keeper->candor->retention.decisions_days > 0;
    for (size_t f = 0; f < inventory->field_count; f++) {
        keeper->field_limit[f] = retention_limit(job->now, inventory->field[f].retention_days);
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        keeper->event_limit[k] = retention_limit(job->now, inventory->event_kind[k].retention_days);
    }
    for (size_t f = 0; f < inventory->feature_count; f++) {
        keeper->looks_at_decisions =
            keeper->looks_at_decisions || retention_of_feature(inventory, f) > 0;
    }
}

static bool is_held(const struct keeper *keeper, const struct keeping *keeping, struct str what)
{
    return hold_over(keeper->holds.hold, keeper->holds.count, keeping->subject, what) != NULL;
}

/* ---- fields -------------------------------------------------------------------------------- */

static enum candor_status expire_field(struct job *job, struct keeper *keeper,
                                       struct keeping *keeping, struct profile *profile, size_t f)
{
    const struct inventory *inventory = keeper->candor->inventory;
    const struct field *field = &inventory->field[f];
    const struct cell before = profile->cell[f];
    if (field->retention_days == 0 || before.kind == CELL_MISSING) {
        return CANDOR_OK;
    }
    if (profile->since[f] == 0) { /* a home from before times were kept */
        profile->since[f] = job->now;
        keeper->retained->clocks++;
        keeping->is_written = true;
        return CANDOR_OK;
    }
    if (profile->since[f] >= keeper->field_limit[f]) {
        return CANDOR_OK;
    }
    if (is_held(keeper, keeping, field->name)) {
        keeping->is_held = true;
        return CANDOR_OK;
    }
    profile->cell[f] = (struct cell){.kind = CELL_MISSING};
    keeper->retained->field[f]++;
    keeper->of_field[f] = true;
    keeping->is_changed = true;
    return inventory->field_is_lookup[f] && !keeper->retained->dry
               ? subject_drop_lookup(job, keeper->txn, keeping->subject, &before, &profile->cell[f])
               : CANDOR_OK;
}

static enum candor_status expire_fields(struct job *job, struct keeper *keeper,
                                        struct keeping *keeping)
{
    const struct inventory *inventory = keeper->candor->inventory;
    struct profile profile = profile_begin(job->arena, inventory);
    TRY(store_profile(job, keeper->txn, keeping->permit, &profile));
    for (size_t f = 0; f < inventory->field_count; f++) {
        keeper->of_field[f] = false;
        TRY(expire_field(job, keeper, keeping, &profile, f));
    }
    return (keeping->is_changed || keeping->is_written) && !keeper->retained->dry
               ? store_put_profile(job, keeper->txn, keeping->subject, &profile)
               : CANDOR_OK;
}

/* ---- events -------------------------------------------------------------------------------- */

/* Could what went have been learnt from? Events before the window of the oldest outcome were not. */
static bool has_learnt_from(const struct keeper *keeper, const struct model_sources *model,
                            const struct trained *trained)
{
    const struct inventory *inventory = keeper->candor->inventory;
    for (size_t f = 0; f < inventory->field_count; f++) {
        if (keeper->of_field[f] && model->field[f]) {
            return true;
        }
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const int64_t days = model->event_days[k];
        if (keeper->of_event[k] > 0 &&
            (days == 0 ||
             (days > 0 && keeper->event_limit[k] > trained->oldest - days * MICROS_PER_DAY))) {
            return true;
        }
    }
    return false;
}

/* Fields come before events, so that both are known here. */
static void note_loss(struct keeper *keeper, struct subject subject)
{
    for (size_t m = 0; m < keeper->candor->model_spec_count && !keeper->retained->dry; m++) {
        struct model_sources *model = &keeper->model[m];
        if (has_learnt_from(keeper, model, &model->latest)) {
            trained_lose(&model->latest, subject.slot);
        }
        if (has_learnt_from(keeper, model, &model->published)) {
            trained_lose(&model->published, subject.slot);
        }
    }
}

/* Those that a hold keeps are only counted, to say so. */
static enum candor_status expire_events(struct job *job, struct keeper *keeper,
                                        struct keeping *keeping)
{
    const struct inventory *inventory = keeper->candor->inventory;
    const bool any_hold = is_held(keeper, keeping, STR(""));
    for (unsigned pass = 0; pass < 2; pass++) {
        const bool counts_held = pass == 1;
        if (counts_held && !any_hold) {
            break;
        }
        for (size_t k = 0; k < inventory->event_kind_count; k++) {
            const bool held = any_hold && is_held(keeper, keeping, inventory->event_kind[k].name);
            keeper->limit[k] = held == counts_held ? keeper->event_limit[k] : INT64_MIN;
            keeper->of_event[k] = 0;
        }
        TRY(store_expire_events(job, keeper->txn, keeping->permit, keeper->limit,
                                counts_held || keeper->retained->dry, keeper->of_event));
        for (size_t k = 0; k < inventory->event_kind_count; k++) {
            keeping->is_held = keeping->is_held || (counts_held && keeper->of_event[k] > 0);
            keeping->is_changed = keeping->is_changed || (!counts_held && keeper->of_event[k] > 0);
            keeper->retained->event[k] += counts_held ? 0 : keeper->of_event[k];
        }
        if (!counts_held) {
            note_loss(keeper, keeping->subject);
        }
    }
    return CANDOR_OK;
}

/* ---- decisions and contacts ---------------------------------------------------------------- */

static bool decision_is_past(struct job *job, void *self, const struct decision_record *record)
{
    const struct keeper *keeper = self;
    const struct inventory *inventory = keeper->candor->inventory;
    struct decision decision;
    uint32_t days = keeper->candor->retention.decisions_days;
    if (decision_read(job, record->payload, &decision) != CANDOR_OK) {
        job_forgive(job); /* what cannot be read is not known to be past its time */
        return false;
    }
    for (size_t t = 0; t < decision.term_count; t++) {
        const size_t feature = inventory_feature(inventory, decision.term[t]);
        if (feature != NONE) {
            days = retention_stricter(days, retention_of_feature(inventory, feature));
        }
    }
    const int64_t made = decision.as_of > 0 ? decision.as_of : decision.time;
    return made < retention_limit(job->now, days);
}

static enum candor_status expire_chats(struct job *job, struct keeper *keeper,
                                       const struct keeping *keeping, uint64_t *went)
{
    struct retained *retained = keeper->retained;
    uint64_t gone = 0;
    const bool held = is_held(keeper, keeping, STR("decisions"));
    if (!keeper->looks_at_chats) {
        return CANDOR_OK;
    }
    TRY(chats_about_expire(job, keeper->txn, keeping->subject,
                           retention_limit(job->now, keeper->candor->retention.chats_days),
                           held || retained->dry, &gone));
    retained->chats += held ? 0 : gone;
    *went += gone;
    return CANDOR_OK;
}

static enum candor_status expire_derived(struct job *job, struct keeper *keeper,
                                         struct keeping *keeping)
{
    struct retained *retained = keeper->retained;
    const uint32_t contacts = keeper->candor->retention.contacts_days;
    const bool held = is_held(keeper, keeping, STR("decisions"));
    uint64_t went = 0;
    if (keeper->looks_at_decisions) {
        TRY(store_expire_decisions(job, keeper->txn, keeping->permit, decision_is_past, keeper,
                                   held || retained->dry, &went));
        retained->decisions += held ? 0 : went;
    }
    if (contacts > 0) {
        uint64_t gone = 0;
        TRY(store_expire_contacts(job, keeper->txn, keeping->permit,
                                  retention_limit(job->now, contacts), held || retained->dry,
                                  &gone));
        retained->contacts += held ? 0 : gone;
        went += gone;
    }
    TRY(expire_chats(job, keeper, keeping, &went));
    keeping->is_held = keeping->is_held || (held && went > 0);
    keeping->is_changed = keeping->is_changed || (!held && went > 0);
    return CANDOR_OK;
}

/* ---- subjects with nothing new ------------------------------------------------------------- */

/* The last that is known to have happened; INT64_MAX: nothing is, so nothing can be said. */
static enum candor_status last_seen(struct job *job, struct keeper *keeper,
                                    const struct keeping *keeping, int64_t *seen)
{
    struct event *event = NULL;
    struct consent_record *record = NULL;
    struct contact *contact = NULL;
    size_t count = 0;
    *seen = INT64_MIN;
    TRY(store_events(job, keeper->txn, keeping->permit, &event, &count));
    for (size_t i = 0; i < count; i++) {
        *seen = later(*seen, event[i].time);
    }
    TRY(store_consents(job, keeper->txn, keeping->subject, &record, &count));
    for (size_t i = 0; i < count; i++) {
        *seen = later(*seen, later(record[i].time, record[i].recorded));
    }
    TRY(store_contacts(job, keeper->txn, keeping->subject, &contact, &count));
    for (size_t i = 0; i < count; i++) {
        *seen = later(*seen, contact[i].time);
    }
    *seen = *seen == INT64_MIN ? INT64_MAX : *seen;
    return CANDOR_OK;
}

static enum candor_status erase_if_inactive(struct job *job, struct keeper *keeper,
                                            struct keeping *keeping, bool *is_gone)
{
    const uint32_t days = keeper->candor->retention.inactive_days;
    struct erasing erasing = {.said = &keeper->said};
    int64_t seen = 0;
    *is_gone = false;
    if (days == 0) {
        return CANDOR_OK;
    }
    TRY(last_seen(job, keeper, keeping, &seen));
    if (seen >= retention_limit(job->now, days)) {
        return CANDOR_OK;
    }
    if (is_held(keeper, keeping, STR(""))) {
        keeping->is_held = true;
        return CANDOR_OK;
    }
    *is_gone = true;
    keeper->retained->erased++;
    if (keeper->retained->dry) {
        return CANDOR_OK;
    }
    keeper->in_step++;
    view_drop(keeper->candor, keeping->subject);
    return subject_erase_one(job, keeper->candor, keeper->txn, keeping->subject, &erasing);
}

/* ---- one subject --------------------------------------------------------------------------- */

void retained_take(struct retained *retained, uint64_t index)
{
    retained->first = retained->has_entries ? retained->first : index;
    retained->last = index;
    retained->has_entries = true;
}

static enum candor_status account_for(struct job *job, struct keeper *keeper,
                                      const struct subject *subject)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_RETENTION,
                                    .outcome = OUTCOME_DONE,
                                    .subject = subject,
                                    .object = keeper->retained->id};
    TRY(home_account(job, keeper->candor, keeper->txn, &account, &index, NULL));
    retained_take(keeper->retained, index);
    return CANDOR_OK;
}

static enum candor_status conclude_subject(struct job *job, struct keeper *keeper,
                                           const struct keeping *keeping)
{
    struct retained *retained = keeper->retained;
    retained->held += keeping->is_held;
    retained->changed += keeping->is_changed;
    if (retained->dry || !(keeping->is_changed || keeping->is_written)) {
        return CANDOR_OK;
    }
    keeper->in_step++;
    view_drop(keeper->candor, keeping->subject);
    return keeping->is_changed ? account_for(job, keeper, &keeping->subject) : CANDOR_OK;
}

static enum candor_status keep_subject(struct job *job, struct keeper *keeper,
                                       struct subject subject)
{
    struct keeping keeping = {.subject = subject};
    struct consent_state state;
    bool is_gone = false;
    TRY(home_consent_state(job, keeper->candor, keeper->txn, subject, &state));
    if (state.is_restricted) {
        keeper->retained->restricted++;
        return CANDOR_OK;
    }
    keeping.permit = permit_for_duty(job, subject, DUTY_STORAGE_LIMIT);
    TRY(erase_if_inactive(job, keeper, &keeping, &is_gone));
    if (is_gone) {
        return CANDOR_OK;
    }
    TRY(expire_fields(job, keeper, &keeping));
    TRY(expire_events(job, keeper, &keeping));
    TRY(expire_derived(job, keeper, &keeping));
    return conclude_subject(job, keeper, &keeping);
}

/* ---- the walk ------------------------------------------------------------------------------ */

static enum candor_status save_models(struct job *job, struct keeper *keeper)
{
    for (size_t m = 0; m < keeper->candor->model_spec_count; m++) {
        const struct str name = keeper->candor->model_spec[m].name;
        struct model_sources *model = &keeper->model[m];
        if (model->latest.is_changed) {
            TRY(trained_put(job, keeper->txn, LIT("trained"), name, &model->latest));
        }
        if (model->published.is_changed) {
            TRY(trained_put(job, keeper->txn, LIT("trained_published"), name, &model->published));
        }
        model->latest.is_changed = false;
        model->published.is_changed = false;
    }
    return CANDOR_OK;
}

static enum candor_status end_step(struct job *job, struct keeper *keeper)
{
    if (keeper->in_step == 0) {
        return CANDOR_OK;
    }
    keeper->in_step = 0;
    TRY(save_models(job, keeper));
    TRY(account_for(job, keeper, NULL));
    return home_commit(job, keeper->candor, keeper->txn);
}

static enum candor_status begin_walk(struct job *job, struct keeper *keeper, uint64_t *count)
{
    TRY(home_begin(job, keeper->candor, &keeper->txn));
    TRY(holds_load(job, keeper->txn, &keeper->holds));
    TRY(sayings_load(job, keeper->txn, &keeper->said));
    TRY(load_models(job, keeper));
    TRY(chats_about_any(job, keeper->txn, &keeper->looks_at_chats));
    set_limits(job, keeper);
    return store_subject_count(job, keeper->txn, count);
}

static enum candor_status walk(struct job *job, struct keeper *keeper, uint64_t count)
{
    uint64_t cursor = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct subject subject;
        TRY(home_begin(job, keeper->candor,
                       &keeper->txn)); /* before the mark: it outlives the row */
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(store_next_subject(job, keeper->txn, &cursor, &subject));
        TRY(keep_subject(job, keeper, subject));
        keeper->retained->subjects++;
        if (keeper->in_step >= STEP_SUBJECTS) {
            TRY(end_step(job, keeper));
        }
        arena_rewind(job->arena, mark);
        if (i % STEP_SUBJECTS == 0) {
            job_say_progress(job, "looking for what is past its time", i, count);
        }
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped; whole steps stay, the next run goes on");
        }
    }
    job_say_progress(job, "looking for what is past its time", count, count);
    return CANDOR_OK;
}

enum candor_status retention_walk(struct job *job, struct candor *candor, struct retained *retained)
{
    struct keeper keeper = {.candor = candor, .retained = retained};
    uint64_t count = 0;
    retained->field = NEW_ARRAY(job->arena, candor->inventory->field_count + 1, uint64_t);
    retained->event = NEW_ARRAY(job->arena, candor->inventory->event_kind_count + 1, uint64_t);
    TRY(entropy_draw(job, retained->id, sizeof retained->id));
    TRY(begin_walk(job, &keeper, &count));
    TRY(walk(job, &keeper, count));
    TRY(home_begin(job, candor, &keeper.txn));
    TRY(end_step(job, &keeper));
    TRY(chats_expire(job, candor, &keeper.holds, retained));
    TRY(home_begin(job, candor, &keeper.txn));
    TRY(quarantine_expire(job, candor, keeper.txn, retained->dry, &retained->quarantine));
    return CANDOR_OK;
}
