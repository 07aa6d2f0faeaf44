/*
 * fold.c - the state that consent records fold to at an instant.
 *
 * Every purpose has a slot for each channel, and one for having no channel. A record falls into the
 * slots that it can mean, and each slot keeps the one that counts: the latest by the subject's own
 * time, and of two at the same instant the more restrictive. Keeping a maximum does not depend on
 * the order of arrival, so neither does the state.
 *
 *               email   sms    (none)
 *     news    | given |  no  |   -    |      a slot that the purpose does not serve answers
 *     profile |   -   |  -   | given  |      wrong_channel
 *
 * Doubt falls to the side of no. A yes without a date, dated ahead, or for everything at once is
 * no yes; a no without a date is the latest no it can have been.
 *
 * A disclosure, which is a purpose with a recipient, has slots of its own. There only a yes that
 * names the recipient counts, and every no does. A processor is no third party: what the purpose is
 * allowed, its processors are, unless the subject said no to one of them.
 */
#include "fold.h"

/* ---- folding: what a record can mean ------------------------------------------------------- */

static enum rank rank_of(enum consent_decision decision)
{
    switch (decision) {
    case CONSENT_GIVEN:
        return RANK_GIVEN;
    case CONSENT_REFUSED:
        return RANK_REFUSED;
    case CONSENT_OBJECTED:
        return RANK_OBJECTED;
    case CONSENT_WITHDRAWN:
        return RANK_WITHDRAWN;
    case CONSENT_REVOKED:
        return RANK_REVOKED;
    case CONSENT_INVALIDATED:
        return RANK_INVALIDATED;
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
    case CONSENT_REQUESTED:
    case CONSENT_DEFERRED:
        break;
    }
    base_broken("this decision says yes or no to one purpose", __FILE__, __LINE__);
}

/* Consent can be taken back, and Article 21 speaks of public tasks, legitimate interests and all
 * direct marketing. A contract, a legal duty or a life at stake does not end by saying no. */
bool consent_has_a_say(const struct purpose *purpose)
{
    switch (purpose->basis) {
    case BASIS_CONSENT:
    case BASIS_PUBLIC_TASK:
    case BASIS_LEGITIMATE_INTEREST:
        return true;
    case BASIS_CONTRACT:
    case BASIS_LEGAL_OBLIGATION:
    case BASIS_VITAL_INTEREST:
        return purpose->direct_marketing;
    }
    base_broken("a basis is one of the six", __FILE__, __LINE__);
}

/* Can the record mean this purpose? Consent is specific: a yes names its purpose. An objection to
 * everything is one to direct marketing, Article 21(2). */
static bool means_purpose(const struct consent_record *record, const struct purpose *purpose)
{
    if (!consent_has_a_say(purpose)) {
        return false;
    }
    return record->purpose != EVERY ||
           (record->decision == CONSENT_OBJECTED ? purpose->direct_marketing
                                                 : consent_is_no(record->decision));
}

/* A no on some channel is a no to a purpose that has none; a yes on a channel is not a yes there. */
static bool means_column(const struct consent_record *record, size_t column)
{
    return record->channel == EVERY || record->channel == column ||
           (column == CHANNELS_MAX && consent_is_no(record->decision));
}

/* The instant from which a no counts. Without a date it is the latest it can have been: when it
 * reached us, or for ever. */
static int64_t time_of_no(const struct consent_record *record)
{
    if (record->time > 0) {
        return record->time;
    }
    return record->recorded > 0 ? record->recorded : INT64_MAX;
}

/* ---- folding: one record into its slots ---------------------------------------------------- */

static void change_at(struct fold *fold, int64_t time)
{
    if (time > fold->now && time < fold->state->valid_until) {
        fold->state->valid_until = time;
    }
}

int64_t consent_end(const struct purpose *purpose, const struct consent_record *record)
{
    must(purpose->valid_days <= DAYS_MAX);
    int64_t end = 0;
    if (purpose->valid_days == 0 ||
        __builtin_add_overflow(record->time, (int64_t)purpose->valid_days * MICROS_PER_DAY, &end)) {
        end = INT64_MAX;
    }
    return record->until > 0 && record->until < end ? record->until : end;
}

/* The later; at the same instant the more restrictive; of two yeses the one that ends first. */
static bool counts_more(const struct slot *candidate, const struct slot *kept)
{
    if (kept->rank == RANK_NONE || candidate->time != kept->time) {
        return kept->rank == RANK_NONE || candidate->time > kept->time;
    }
    return candidate->rank != kept->rank ? candidate->rank > kept->rank
                                         : candidate->end < kept->end;
}

static void slot_keep(struct slot *slot, struct slot candidate)
{
    if (counts_more(&candidate, slot)) {
        slot->time = candidate.time;
        slot->end = candidate.end;
        slot->rank = candidate.rank;
        slot->record = candidate.record;
    }
}

/* Under the age of consent only a guardian's yes is one, GDPR Article 8. */
static bool counts_for_age(const struct consent_age *age, const struct consent_record *record)
{
    return !age->is_asked || record->actor == ACTOR_GUARDIAN ||
           (age->is_known && record->time >= age->of_age);
}

static void slot_yes(struct fold *fold, const struct purpose *purpose, struct slot *slot,
                     const struct consent_record *record, uint32_t number)
{
    if (record->time <= 0) {
        slot->has_undated = true;
        return;
    }
    change_at(fold, record->time);
    if (record->time > fold->now) {
        slot->has_future = true;
        return;
    }
    if (!counts_for_age(fold->age, record)) {
        slot->has_child = true;
        return;
    }

    const int64_t end = consent_end(purpose, record);
    change_at(fold, end);
    /* Where consent is not the basis, a yes only lifts an earlier objection, while it lasts. */
    if (purpose->basis == BASIS_CONSENT || fold->now < end) {
        slot_keep(
            slot,
            (struct slot){.time = record->time, .end = end, .rank = RANK_GIVEN, .record = number});
    }
}

/* It waits until its purpose's confirm_days are over. */
static void slot_pending(struct fold *fold, struct slot *slot, const struct consent_record *record,
                         uint32_t number)
{
    if (record->time <= 0 || record->until <= fold->now) {
        return;
    }
    change_at(fold, record->time);
    change_at(fold, record->until);
    if (record->time <= fold->now && record->time >= slot->pending) {
        slot->pending = record->time;
        slot->waiting = number;
    }
}

static void slot_take(struct fold *fold, const struct purpose *purpose, struct slot *slot,
                      const struct consent_record *record, uint32_t number)
{
    if (record->decision == CONSENT_GIVEN) {
        slot_yes(fold, purpose, slot, record, number);
    } else if (record->decision == CONSENT_REQUESTED) {
        slot_pending(fold, slot, record, number);
    } else if (consent_is_no(record->decision)) {
        slot_keep(slot, (struct slot){.time = time_of_no(record),
                                      .rank = (uint8_t)rank_of(record->decision),
                                      .record = number});
    }
}

static void fold_columns(struct fold *fold, const struct purpose *purpose, struct slot *slot,
                         const struct consent_record *record, uint32_t number)
{
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        if (purpose_serves(purpose, column) && means_column(record, column)) {
            slot_take(fold, purpose, &slot[column], record, number);
        }
    }
}

/* A no that names nobody is one to every recipient but a processor, who goes with the purpose. */
static bool means_disclosure(const struct fold *fold, const struct consent_record *record,
                             const struct disclosure *disclosure)
{
    const struct recipient *recipient = &fold->inventory->recipient[disclosure->recipient];
    if (record->recipient != OURSELVES) {
        return record->recipient == disclosure->recipient;
    }
    return consent_is_no(record->decision) && recipient->role != RECIPIENT_PROCESSOR;
}

/* share:RECIPIENT names its recipient already. */
static bool is_of_purpose(const struct fold *fold, const struct consent_record *record,
                          const struct purpose *purpose)
{
    return record->recipient == OURSELVES ||
           str_equal(purpose->recipient, fold->inventory->recipient[record->recipient].name);
}

static void fold_purpose(struct fold *fold, const struct consent_record *record, size_t at,
                         uint32_t number)
{
    const struct purpose *purpose = &fold->inventory->purpose[at];
    if (is_of_purpose(fold, record, purpose)) {
        fold_columns(fold, purpose, fold->slot[at], record, number);
    }
    for (size_t d = 0; d < fold->inventory->disclosure_count; d++) {
        if (fold->inventory->disclosure[d].purpose == at &&
            means_disclosure(fold, record, &fold->inventory->disclosure[d])) {
            fold_columns(fold, purpose, fold->disclosed[d], record, number);
        }
    }
}

/* NONE: the decision is about purposes. */
static size_t lever_of(enum consent_decision decision)
{
    switch (decision) {
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
        return LEVER_RESTRICTION;
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
        return LEVER_HUMAN;
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
        return LEVER_SENSITIVE;
    case CONSENT_GIVEN:
    case CONSENT_REFUSED:
    case CONSENT_WITHDRAWN:
    case CONSENT_OBJECTED:
    case CONSENT_REQUESTED:
    case CONSENT_DEFERRED:
    case CONSENT_REVOKED:
    case CONSENT_INVALIDATED:
        break;
    }
    return NONE;
}

static void fold_lever(struct fold *fold, struct lever *lever, const struct consent_record *record)
{
    if (consent_is_no(record->decision)) {
        const int64_t time = time_of_no(record);
        lever->set = time > lever->set ? time : lever->set;
        return;
    }
    /* Lifting needs a date, and must be about all that was restricted. */
    if (record->purpose != EVERY || record->channel != EVERY || record->time <= 0) {
        return;
    }
    change_at(fold, record->time);
    if (record->time <= fold->now && record->time > lever->lifted) {
        lever->lifted = record->time;
    }
}

/* At the same instant the more restrictive wins. */
static bool lever_is_set(const struct lever *lever)
{
    return lever->set != INT64_MIN && lever->set >= lever->lifted;
}

static void fold_record(struct fold *fold, const struct consent_record *record, uint32_t number)
{
    must(record->recipient == OURSELVES || record->recipient < fold->inventory->recipient_count);
    must(record->channel == EVERY || record->channel < CHANNELS_MAX);
    must(record->purpose == EVERY || record->purpose < fold->inventory->purpose_count);
    const size_t lever = lever_of(record->decision);
    if (lever != NONE) {
        fold_lever(fold, &fold->lever[lever], record);
        return;
    }
    const size_t first = record->purpose == EVERY ? 0 : record->purpose;
    const size_t end = record->purpose == EVERY ? fold->inventory->purpose_count : first + 1;
    for (size_t at = first; at < end; at++) {
        if (means_purpose(record, &fold->inventory->purpose[at])) {
            fold_purpose(fold, record, at, number);
        }
    }
}

/* ---- folding: all of it --------------------------------------------------------------------- */

static void fold_begin(struct fold *fold, const struct inventory *inventory,
                       const struct consent_age *age, int64_t now, struct consent_state *state)
{
    const struct slot empty = {0};
    fold->inventory = inventory;
    fold->state = state;
    fold->age = age;
    fold->now = now;
    for (size_t i = 0; i < LEVERS; i++) {
        fold->lever[i] = (struct lever){INT64_MIN, INT64_MIN};
    }
    for (size_t at = 0; at < inventory->purpose_count; at++) {
        for (size_t column = 0; column <= CHANNELS_MAX; column++) {
            fold->slot[at][column] = empty;
        }
    }
    for (size_t d = 0; d < inventory->disclosure_count; d++) {
        for (size_t column = 0; column <= CHANNELS_MAX; column++) {
            fold->disclosed[d][column] = empty;
        }
    }
}

void consent_fold_of(const struct inventory *inventory, const struct consent_age *age,
                     const struct consent_record *record, size_t record_count, int64_t now,
                     struct consent_state *state, struct consent_why *why)
{
    must(inventory->purpose_count <= PURPOSES_MAX);
    must(inventory->disclosure_count <= DISCLOSURES_MAX);
    *state = (struct consent_state){.as_of = now, .valid_until = INT64_MAX};
    struct fold fold; /* not cleared whole: it has room for far more than most homes have */
    fold_begin(&fold, inventory, age, now, state);
    if (age->is_asked && age->is_known) {
        change_at(&fold, age->of_age);
    }
    for (size_t i = 0; i < record_count; i++) {
        state->epoch += consent_is_no(record[i].decision);
        fold_record(&fold, &record[i], (uint32_t)i + 1);
    }

    state->is_restricted = lever_is_set(&fold.lever[LEVER_RESTRICTION]);
    state->wants_human = lever_is_set(&fold.lever[LEVER_HUMAN]);
    state->limits_sensitive = lever_is_set(&fold.lever[LEVER_SENSITIVE]);
    for (size_t at = 0; at < inventory->purpose_count; at++) {
        fold_answer_purpose(&fold, at, why);
    }
    for (size_t at = inventory->purpose_count; at < PURPOSES_MAX; at++) {
        for (size_t column = 0; column <= CHANNELS_MAX; column++) {
            state->code[at][column] = PERMIT_UNKNOWN_PURPOSE;
        }
    }
    for (size_t d = 0; d < inventory->disclosure_count; d++) {
        fold_answer_disclosure(&fold, d, why);
    }
}

void consent_fold(const struct inventory *inventory, const struct consent_record *record,
                  size_t record_count, int64_t now, struct consent_state *state)
{
    const struct consent_age anybody = {0};
    consent_fold_of(inventory, &anybody, record, record_count, now, state, NULL);
}
