/*
 * weigh.c - one subject and one campaign: from permit to offer; decided.c says why.
 *
 *     permit -> profiling -> reachable -> cap -> not interested -> wishes -> audience -> offer -> score
 *
 * The first no ends it, and nothing about the subject is read before the permits that allow it.
 * Facts are read once and kept in the subject's entry; they are computed as of one instant, which
 * the decision's record names.
 */
#include <math.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "request.h"
#include "signals.h"
#include "weighing.h"

/* ---- facts --------------------------------------------------------------------------------- */

static void find_not_interested(const struct campaign *campaign, const struct event *event,
                                size_t event_count, struct facts *facts)
{
    facts->not_interested = 0;
    for (size_t i = 0; i < event_count; i++) {
        for (size_t n = 0; n < campaign->not_interested_count; n++) {
            if (event[i].kind == campaign->not_interested[n] &&
                event[i].time > facts->not_interested) {
                facts->not_interested = event[i].time;
            }
        }
    }
}

/* What the campaign's own purpose opens: the address, and the wish to be left alone. */
static enum candor_status facts_of_purpose(struct job *job, struct candor *candor, struct txn *txn,
                                           const struct view_entry *entry,
                                           const struct campaign *campaign, struct profile *profile,
                                           struct facts *facts)
{
    const struct permit_question question = {entry->subject, campaign->purpose, campaign->channel,
                                             OURSELVES};
    const struct permit *permit = NULL;
    enum permit_code code;
    TRY(permit_issue(job, candor->inventory, entry->state, &question, &code, &permit));
    TRY(store_profile(job, txn, permit, profile));
    facts->is_reachable = campaign->address_field == NONE ||
                          profile->cell[campaign->address_field].kind != CELL_MISSING;
    facts->not_interested = 0;
    TRY(feedback_stands(job, txn, entry->subject, campaign->name, &facts->has_declined));
    TRY(wishes_stand(job, txn, entry->subject, campaign, &facts->wishes));
    if (campaign->not_interested_count > 0) {
        struct event *event = NULL;
        size_t event_count = 0;
        TRY(store_events(job, txn, permit, &event, &event_count));
        find_not_interested(campaign, event, event_count, facts);
    }
    return CANDOR_OK;
}

struct raw_value raw_of_cell(const struct cell *cell)
{
    struct raw_value raw = {.number = NOT_KNOWN, .text = {NULL, 0}};
    switch (cell->kind) {
    case CELL_MISSING:
        break;
    case CELL_NUMBER:
        raw.number = cell->number;
        break;
    case CELL_TEXT:
        raw.text = cell->text;
        break;
    case CELL_TIME:
        raw.number = (double)cell->time / (double)MICROS_PER_DAY;
        break;
    }
    return raw;
}

/* Score with the model, and keep the features as they were. */
static void facts_score(struct job *job, const struct view_entry *entry,
                        const struct published *published, const struct cell *feature_cell,
                        struct facts *facts)
{
    const struct model *model = published->model;
    struct raw_value *raw = NEW_ARRAY(job->arena, published->feature_count, struct raw_value);
    uint8_t *bin = NEW_ARRAY(entry->arena, published->feature_count, uint8_t);
    double *contribution = NEW_ARRAY(entry->arena, model->term_count, double);
    facts->cell = NEW_ARRAY(entry->arena, published->feature_count, struct cell);
    for (size_t i = 0; i < published->feature_count; i++) {
        const struct cell missing = {0};
        const size_t f = published->feature[i];
        facts->cell[i] = f == NONE ? missing : feature_cell[f];
        facts->cell[i].text = str_copy(entry->arena, facts->cell[i].text);
        raw[i] = raw_of_cell(&facts->cell[i]);
    }
    model_bin_row(model, raw, bin);
    facts->link = model_contributions(model, 0, bin, contribution);
    facts->score = model_mean(model, facts->link);
    facts->contribution = contribution;
    facts->bin = bin;
}

/* Which features the campaign looks at: those of its rules and those of its model. */
static size_t needed_features(const struct campaign *campaign, const struct published *published,
                              size_t *feature)
{
    size_t count = 0;
    for (size_t i = 0; i < campaign->needs.feature_count; i++) {
        feature[count++] = campaign->needs.feature[i];
    }
    for (size_t i = 0; published != NULL && i < published->feature_count; i++) {
        if (published->feature[i] != NONE) {
            feature[count++] = published->feature[i];
        }
    }
    return count;
}

/* What the campaign's `uses` opens: cells by inventory index. */
struct looked_at {
    const struct published *published; /* NULL: no model */
    struct profile profile;
    struct cell *feature; /* NULL: the campaign looks at nothing */
};

static bool needs_events(const struct inventory *inventory, const size_t *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (inventory->feature[wanted[i]].measure != MEASURE_FIELD) {
            return true;
        }
    }
    return false;
}

/* Only what the rules and the model ask for is opened: most of a walk's time goes into opening. */
static enum candor_status look(struct job *job, struct candor *candor, struct txn *txn,
                               const struct view_entry *entry, const struct campaign *campaign,
                               struct looked_at *looked_at)
{
    const struct inventory *inventory = candor->inventory;
    const struct permit_question question = {entry->subject, campaign->uses, NONE, OURSELVES};
    const struct permit *permit = NULL;
    enum permit_code code;
    struct event *event = NULL;
    size_t event_count = 0;
    size_t *wanted = NEW_ARRAY(job->arena, inventory->feature_count * 2 + 1, size_t);
    const size_t wanted_count = needed_features(campaign, looked_at->published, wanted);
    TRY(permit_issue(job, inventory, entry->state, &question, &code, &permit));
    if (wanted_count > 0 || campaign->needs.field_count > 0) {
        TRY(store_profile(job, txn, permit, &looked_at->profile));
    }
    if (needs_events(inventory, wanted, wanted_count)) {
        TRY(store_events(job, txn, permit, &event, &event_count));
    }
    struct cell *cell = NEW_ARRAY(job->arena, wanted_count + 1, struct cell);
    features_compute(job->arena, inventory, &looked_at->profile, event, event_count, job->now,
                     wanted, wanted_count, cell);
    looked_at->feature = NEW_ARRAY(job->arena, inventory->feature_count + 1, struct cell);
    for (size_t i = 0; i < wanted_count; i++) {
        looked_at->feature[wanted[i]] = cell[i];
    }
    return CANDOR_OK;
}

static enum candor_status facts_load(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct view_entry *entry,
                                     const struct campaign *campaign, struct facts *facts)
{
    struct profile reached = profile_begin(job->arena, candor->inventory);
    struct looked_at looked_at = {.profile = profile_begin(job->arena, candor->inventory)};
    const struct cell *field_cell = reached.cell;
    if (campaign->model.len > 0) {
        TRY(model_published(job, candor, txn, campaign->model, &looked_at.published));
    }
    TRY(facts_of_purpose(job, candor, txn, entry, campaign, &reached, facts));
    if (campaign->uses != NONE) {
        TRY(look(job, candor, txn, entry, campaign, &looked_at));
        field_cell = looked_at.profile.cell;
    }
    facts->in_audience = rule_holds(campaign->audience, field_cell, looked_at.feature);
    facts->offer = campaign_offer(campaign, field_cell, looked_at.feature);
    if (looked_at.published != NULL && facts->in_audience && facts->offer != NONE) {
        must(looked_at.feature != NULL); /* a campaign with a model has `uses` */
        struct doubt paced;
        facts_score(job, entry, looked_at.published, looked_at.feature, facts);
        TRY(pace_judge(job, txn, entry->subject, &looked_at.published->spec->doubt, &paced));
        doubt_judge(entry->arena, looked_at.published, &paced, facts);
    }
    facts->as_of = job->now;
    return CANDOR_OK;
}

static bool facts_are_fresh(const struct job *job, const struct facts *facts)
{
    return facts->as_of != 0 && job->now >= facts->as_of && job->now - facts->as_of < VIEW_FRESH;
}

/* ---- weighing ------------------------------------------------------------------------------ */

static size_t contacts_counted(const struct view_entry *entry, const struct campaign *campaign,
                               int64_t now)
{
    size_t count = 0;
    if (campaign->cap_contacts == 0) {
        return 0;
    }
    for (size_t i = 0; i < entry->contact_count; i++) {
        if (entry->contact[i].channel == campaign->channel) {
            count += contacts_within(&entry->contact[i].time, 1, now, campaign->cap_days);
        }
    }
    return count;
}

/* Their own limit counts what came on any channel. */
static enum withhold weigh_wishes(const struct view_entry *entry, const struct wishes *wishes,
                                  int64_t now)
{
    size_t count = 0;
    for (size_t i = 0; wishes->contacts > 0 && i < entry->contact_count; i++) {
        count += contacts_within(&entry->contact[i].time, 1, now, wishes->days);
    }
    return wishes_check(wishes, count, entry->is_for_later, now);
}

/* A score is said only of those who came as far as it. */
static enum withhold weigh_facts(const struct campaign *campaign, const struct facts *facts,
                                 struct weighed *weighed)
{
    if (!facts->in_audience) {
        return WITHHOLD_NOT_IN_AUDIENCE;
    }
    if (facts->offer == NONE) {
        return WITHHOLD_NO_OFFER;
    }
    weighed->has_score = campaign->model.len > 0;
    weighed->score = weighed->has_score ? facts->score : 0;
    if (campaign->selection.has_min_score && !(facts->score >= campaign->selection.min_score)) {
        weighed->threshold = campaign->selection.min_score;
        return WITHHOLD_LOW_SCORE;
    }
    return SEND;
}

/* What looks like nobody's is for a person, whose word then counts. */
static enum candor_status weigh_doubt(struct job *job, struct txn *txn, struct subject subject,
                                      const struct campaign *campaign, struct weighed *weighed)
{
    const struct doubt *doubt = weighed->has_score ? weighed->facts->doubt : NULL;
    enum review_word word = REVIEW_NO_WORD;
    if (doubt == NULL || doubt->verdict < DOUBT_REVIEW) {
        return CANDOR_OK;
    }
    TRY(review_word(job, txn, subject, campaign->name, &word));
    if (word != REVIEW_SAYS_SEND) {
        weighed->withhold = doubt->verdict == DOUBT_REFUSE || word == REVIEW_SAYS_WITHHOLD
                                ? WITHHOLD_IMPLAUSIBLE
                                : WITHHOLD_DOUBTED;
    }
    return CANDOR_OK;
}

enum candor_status weigh(struct job *job, struct candor *candor, struct txn *txn,
                         struct view_entry *entry, const struct campaign *campaign,
                         size_t campaign_index, struct weighed *weighed)
{
    const struct inventory *inventory = candor->inventory;
    const struct permit_question contact = {entry->subject, campaign->purpose, campaign->channel,
                                            OURSELVES};
    const struct permit_question look = {entry->subject, campaign->uses, NONE, OURSELVES};
    struct facts *facts = view_facts(candor, entry, campaign_index);
    struct eligibility eligibility = {
        .permit = permit_ask(inventory, entry->state, &contact, job->now),
        .profiling = PERMIT_CODES,
        .wants_human = entry->state->wants_human,
        .now = job->now,
    };
    if (eligibility.wants_human) { /* unless a person has decided it already */
        bool allows = false;
        TRY(review_allows(job, candor, txn, entry->subject, campaign->name, &allows));
        eligibility.wants_human = !allows;
    }
    if (campaign->uses != NONE) {
        eligibility.profiling = permit_ask(inventory, entry->state, &look, job->now);
    }
    *weighed = (struct weighed){.permit = eligibility.permit,
                                .profiling = eligibility.profiling,
                                .offer = NONE,
                                .epoch = entry->state->epoch};

    const bool may_look = permit_code_allows(eligibility.permit) && !eligibility.wants_human &&
                          (campaign->uses == NONE || permit_code_allows(eligibility.profiling));
    if (may_look) {
        if (!facts_are_fresh(job, facts)) {
            TRY(facts_load(job, candor, txn, entry, campaign, facts));
        }
        weighed->facts = facts;
        eligibility.has_address = facts->is_reachable;
        eligibility.not_interested = facts->not_interested;
        eligibility.has_declined = facts->has_declined;
        eligibility.contacts_in_window = contacts_counted(entry, campaign, job->now);
    }
    weighed->withhold = eligible_check(campaign, &eligibility);
    if (weighed->withhold == SEND) {
        must(may_look);
        weighed->withhold = weigh_wishes(entry, &facts->wishes, job->now);
    }
    if (weighed->withhold == SEND) {
        weighed->withhold = weigh_facts(campaign, facts, weighed);
    }
    if (weighed->withhold == SEND) {
        TRY(weigh_doubt(job, txn, entry->subject, campaign, weighed));
    }
    /* Of a regulated offer a person may still say yes: to this one. */
    if (weighed->withhold == SEND ||
        (weighed->withhold == WITHHOLD_LOW_SCORE && campaign->regulated != REGULATED_NONE)) {
        weighed->offer = facts->offer;
    }
    return CANDOR_OK;
}

/* ---- everybody ----------------------------------------------------------------------------- */

enum { WALK_STEP = 500 };

/* Facts are in the job's arena. */
static enum candor_status weigh_asked(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject, const struct campaign *campaign,
                                      struct weighed *weighed)
{
    struct view_entry entry = {.arena = job->arena, .is_for_later = true};
    TRY(view_load(job, candor, txn, subject, &entry));
    /* One place more than there are campaigns: that of this one. */
    entry.facts = NEW_ARRAY(job->arena, candor->campaign_count + 1, struct facts);
    return weigh(job, candor, txn, &entry, campaign, candor->campaign_count, weighed);
}

static enum candor_status walk_step(struct job *job, struct candor *candor, struct weigh_walk *walk)
{
    struct txn *txn = NULL;
    TRY(home_begin(job, candor, &txn));
    TRY(walk->step == NULL ? CANDOR_OK : walk->step(job, candor, txn, walk->visitor));
    for (size_t i = 0; i < WALK_STEP; i++) {
        struct subject subject;
        struct weighed weighed;
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = store_next_subject(job, txn, &walk->cursor, &subject);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            walk->is_over = true;
            return CANDOR_OK;
        }
        TRY(status);
        TRY(weigh_asked(job, candor, txn, subject, walk->campaign, &weighed));
        walk->visit(job, walk->visitor, &weighed);
        walk->seen++;
        arena_rewind(job->arena, mark);
    }
    return job->cancelled ? fail(job, CANDOR_CANCELLED, "stopped; there is no result") : CANDOR_OK;
}

enum candor_status weigh_walk_run(struct job *job, struct candor *candor, struct weigh_walk *walk)
{
    enum candor_status status = CANDOR_OK;
    while (status == CANDOR_OK && !walk->is_over) {
        job_say_progress(job, walk->doing, walk->seen, walk->total);
        home_enter(candor);
        status = walk_step(job, candor, walk);
        home_leave(candor);
    }
    return status;
}

enum candor_status weigh_holdout(struct job *job, struct candor *candor,
                                 const struct campaign *campaign, struct subject subject,
                                 bool *held_out)
{
    struct secret *key = NULL;
    uint8_t tag[TAG_LEN_MIN];
    *held_out = false;
    if (campaign->holdout <= 0) {
        return CANDOR_OK;
    }
    TRY(store_home_secret(job, candor->store, "holdout_", &key));
    const struct bytes part[] = {bytes_of(campaign->name), {subject.id, sizeof subject.id}};
    tag_of(tag, sizeof tag, key, part, 2);
    struct reader reader = reader_of((struct bytes){tag, 8});
    *held_out = holdout_takes(read_u64le(&reader), campaign->holdout);
    return CANDOR_OK;
}

/* ---- values in words ----------------------------------------------------------------------- */

struct str feature_value_text(struct arena *arena, const struct cell *cell)
{
    switch (cell->kind) {
    case CELL_MISSING:
        return STR("");
    case CELL_TEXT:
        return str_copy(arena, cell->text);
    case CELL_TIME:
        return str_from_date(arena, cell->time);
    case CELL_NUMBER:
        break;
    }
    /* Two decimals are enough for a reader, where they show something; a whole number needs none. */
    const double number = cell->number + 0.0; /* no -0 */
    const double size = fabs(number);
    if (size >= 1e15 || (size > 0 && size < 0.01)) {
        return str_format(arena, "%.3g", number);
    }
    return str_format(arena, number == floor(number) ? "%.0f" : "%.2f", number);
}

struct str feature_value_words(struct arena *arena, const struct inventory *inventory,
                               size_t feature, const struct cell *cell)
{
    const size_t field = feature == NONE ? NONE : inventory->feature[feature].field;
    if (field != NONE && inventory->field[field].type == FIELD_BOOLEAN &&
        cell->kind == CELL_NUMBER) {
        return cell->number != 0 ? STR("yes") : STR("no");
    }
    return feature_value_text(arena, cell);
}
