/*
 * consent.c - consent records, and the state they fold to at an instant.
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
 * The bytes of a record:
 *
 *     u8 version, u8 decision, u8 len, purpose, u8 len, channel (len 0: every), u64 time,
 *     u64 recorded, blocks: surface, wording version, wording, proof
 */
#include "govern.h"

enum { RECORD_VERSION = 1, DECISION_COUNT = CONSENT_SENSITIVE_ALLOWED + 1 };

static const char *const decision_text[DECISION_COUNT] = {
    [CONSENT_GIVEN] = "given",
    [CONSENT_REFUSED] = "refused",
    [CONSENT_WITHDRAWN] = "withdrawn",
    [CONSENT_OBJECTED] = "objected",
    [CONSENT_RESTRICTED] = "restricted",
    [CONSENT_UNRESTRICTED] = "unrestricted",
    [CONSENT_HUMAN_WANTED] = "human_wanted",
    [CONSENT_MACHINE_ALLOWED] = "machine_allowed",
    [CONSENT_SENSITIVE_LIMITED] = "sensitive_limited",
    [CONSENT_SENSITIVE_ALLOWED] = "sensitive_allowed",
};

const char *consent_decision_name(enum consent_decision decision)
{
    must((unsigned)decision < DECISION_COUNT);
    return decision_text[decision];
}

bool consent_decision_read(struct str text, enum consent_decision *decision)
{
    for (unsigned i = 0; i < DECISION_COUNT; i++) {
        if (str_is(text, decision_text[i])) {
            *decision = (enum consent_decision)i;
            return true;
        }
    }
    return false;
}

/* ---- bytes --------------------------------------------------------------------------------- */

static void name_write(struct str name, struct buf *buf)
{
    must(name.len <= NAME_LEN_MAX);
    buf_u8(buf, (uint8_t)name.len);
    buf_str(buf, name);
}

static struct str name_read(struct reader *reader)
{
    const struct bytes bytes = read_bytes(reader, read_u8(reader));
    reader->bad = reader->bad || bytes.len > NAME_LEN_MAX;
    return (struct str){(const char *)bytes.ptr, bytes.len};
}

void consent_write(const struct inventory *inventory, const struct consent_record *record,
                   struct buf *buf)
{
    must(record->purpose == EVERY || record->purpose < inventory->purpose_count);
    must(record->channel == EVERY || record->channel < inventory->channel_count);
    must((unsigned)record->decision < DECISION_COUNT);

    buf_u8(buf, RECORD_VERSION);
    buf_u8(buf, (uint8_t)record->decision);
    name_write(record->purpose == EVERY ? STR("") : inventory->purpose[record->purpose].name, buf);
    name_write(record->channel == EVERY ? STR("") : inventory->channel[record->channel], buf);
    buf_u64le(buf, (uint64_t)record->time);
    buf_u64le(buf, (uint64_t)record->recorded);
    buf_block(buf, bytes_of(record->surface));
    buf_block(buf, bytes_of(record->wording_version));
    buf_block(buf, bytes_of(record->wording));
    buf_block(buf, bytes_of(record->proof));
}

enum candor_status consent_read(struct job *job, const struct inventory *inventory,
                                struct bytes bytes, struct consent_record *record)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t decision = read_u8(&reader);
    const struct str purpose = name_read(&reader);
    const struct str channel = name_read(&reader);
    struct consent_record found = {
        .purpose = purpose.len == 0 ? EVERY : inventory_purpose(inventory, purpose),
        .channel = channel.len == 0 ? EVERY : inventory_channel(inventory, channel),
    };
    found.time = (int64_t)read_u64le(&reader);
    found.recorded = (int64_t)read_u64le(&reader);
    found.surface = read_text(&reader);
    found.wording_version = read_text(&reader);
    found.wording = read_text(&reader);
    found.proof = read_text(&reader);
    if (!reader_is_done(&reader) || version != RECORD_VERSION || decision >= DECISION_COUNT) {
        return fail(job, CANDOR_CORRUPT, "a stored consent record is damaged or was changed");
    }
    /* EVERY and NONE are one number: a name that is gone must not come to mean everything. */
    if ((purpose.len != 0 && found.purpose == NONE) ||
        (channel.len != 0 && found.channel == NONE)) {
        return fail(job, CANDOR_NOT_FOUND,
                    "a consent record names a purpose or channel that the inventory no longer has");
    }
    found.decision = (enum consent_decision)decision;
    *record = found;
    return CANDOR_OK;
}

/* ---- folding: what a record can mean ------------------------------------------------------- */

/* The record that counts in one slot. Larger rank is more restrictive; RANK_NONE: no record yet. */
enum rank { RANK_NONE, RANK_GIVEN, RANK_REFUSED, RANK_OBJECTED, RANK_WITHDRAWN };

struct slot {
    int64_t time;
    uint8_t rank;
    bool has_undated; /* a yes without a date, which is no yes */
    bool has_future;  /* a yes dated ahead, not a yes yet */
};

/* What is set as a whole and lifted as a whole. */
enum { LEVER_RESTRICTION, LEVER_HUMAN, LEVER_SENSITIVE, LEVERS };

struct lever {
    int64_t set;    /* the latest time; INT64_MIN: never */
    int64_t lifted; /* the latest lifting that counts */
};

struct fold {
    const struct inventory *inventory;
    struct consent_state *state;
    int64_t now;
    struct slot slot[PURPOSES_MAX][CHANNELS_MAX + 1];
    struct lever lever[LEVERS];
};

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
    case CONSENT_RESTRICTED:
    case CONSENT_UNRESTRICTED:
    case CONSENT_HUMAN_WANTED:
    case CONSENT_MACHINE_ALLOWED:
    case CONSENT_SENSITIVE_LIMITED:
    case CONSENT_SENSITIVE_ALLOWED:
        break;
    }
    base_broken("this decision is about one purpose", __FILE__, __LINE__);
}

static bool serves(const struct purpose *purpose, size_t column)
{
    return column == CHANNELS_MAX ? purpose->channels == 0 : (purpose->channels >> column & 1) != 0;
}

/* Consent can be taken back, and Article 21 speaks of public tasks, legitimate interests and all
 * direct marketing. A contract, a legal duty or a life at stake does not end by saying no. */
static bool has_a_say(const struct purpose *purpose)
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
    if (!has_a_say(purpose)) {
        return false;
    }
    return record->purpose != EVERY || record->decision == CONSENT_REFUSED ||
           record->decision == CONSENT_WITHDRAWN ||
           (record->decision == CONSENT_OBJECTED && purpose->direct_marketing);
}

/* A no on some channel is a no to a purpose that has none; a yes on a channel is not a yes there. */
static bool means_column(const struct consent_record *record, size_t column)
{
    return record->channel == EVERY || record->channel == column ||
           (column == CHANNELS_MAX && record->decision != CONSENT_GIVEN);
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

/* INT64_MAX: it does not end. */
static int64_t end_of_consent(const struct purpose *purpose, int64_t time)
{
    must(purpose->valid_days <= DAYS_MAX);
    int64_t end = 0;
    if (purpose->valid_days == 0 ||
        __builtin_add_overflow(time, (int64_t)purpose->valid_days * MICROS_PER_DAY, &end)) {
        return INT64_MAX;
    }
    return end;
}

static void slot_keep(struct slot *slot, int64_t time, enum rank rank)
{
    if (slot->rank == RANK_NONE || time > slot->time || (time == slot->time && rank > slot->rank)) {
        slot->time = time;
        slot->rank = (uint8_t)rank;
    }
}

static void slot_yes(struct fold *fold, const struct purpose *purpose, struct slot *slot,
                     int64_t time)
{
    if (time <= 0) {
        slot->has_undated = true;
        return;
    }
    change_at(fold, time);
    if (time > fold->now) {
        slot->has_future = true;
        return;
    }

    const int64_t end = end_of_consent(purpose, time);
    change_at(fold, end);
    /* Where consent is not the basis, a yes only lifts an earlier objection, while it lasts. */
    if (purpose->basis == BASIS_CONSENT || fold->now < end) {
        slot_keep(slot, time, RANK_GIVEN);
    }
}

static void fold_purpose(struct fold *fold, const struct consent_record *record, size_t at)
{
    const struct purpose *purpose = &fold->inventory->purpose[at];
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        if (!serves(purpose, column) || !means_column(record, column)) {
            continue;
        }
        struct slot *slot = &fold->slot[at][column];
        if (record->decision == CONSENT_GIVEN) {
            slot_yes(fold, purpose, slot, record->time);
        } else {
            slot_keep(slot, time_of_no(record), rank_of(record->decision));
        }
    }
}

/* NONE: the decision is about purposes. */
static size_t lever_of(enum consent_decision decision, bool *sets)
{
    *sets = decision == CONSENT_RESTRICTED || decision == CONSENT_HUMAN_WANTED ||
            decision == CONSENT_SENSITIVE_LIMITED;
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
        break;
    }
    return NONE;
}

static void fold_lever(struct fold *fold, struct lever *lever, const struct consent_record *record,
                       bool sets)
{
    if (sets) {
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

static void fold_record(struct fold *fold, const struct consent_record *record)
{
    must(record->channel == EVERY || record->channel < CHANNELS_MAX);
    must(record->purpose == EVERY || record->purpose < fold->inventory->purpose_count);
    bool sets = false;
    const size_t lever = lever_of(record->decision, &sets);
    if (lever != NONE) {
        fold_lever(fold, &fold->lever[lever], record, sets);
        return;
    }
    const size_t first = record->purpose == EVERY ? 0 : record->purpose;
    const size_t end = record->purpose == EVERY ? fold->inventory->purpose_count : first + 1;
    for (size_t at = first; at < end; at++) {
        if (means_purpose(record, &fold->inventory->purpose[at])) {
            fold_purpose(fold, record, at);
        }
    }
}

/* ---- folding: the answer of a slot --------------------------------------------------------- */

static enum permit_code without_record(const struct purpose *purpose, const struct slot *slot)
{
    if (purpose->basis != BASIS_CONSENT) {
        return PERMIT_OK_BASIS;
    }
    if (slot->has_future) {
        return PERMIT_NOT_YET;
    }
    return slot->has_undated ? PERMIT_EXPIRED : PERMIT_NO_CONSENT;
}

static enum permit_code with_consent(const struct purpose *purpose, const struct slot *slot,
                                     int64_t now)
{
    if (purpose->basis != BASIS_CONSENT) {
        return PERMIT_OK_BASIS;
    }
    return now < end_of_consent(purpose, slot->time) ? PERMIT_OK_CONSENT : PERMIT_EXPIRED;
}

static enum permit_code slot_code(const struct fold *fold, const struct purpose *purpose,
                                  const struct slot *slot)
{
    if (fold->state->is_restricted) {
        return PERMIT_RESTRICTED;
    }
    switch ((enum rank)slot->rank) {
    case RANK_NONE:
        return without_record(purpose, slot);
    case RANK_GIVEN:
        return with_consent(purpose, slot, fold->now);
    case RANK_REFUSED:
        return PERMIT_REFUSED;
    case RANK_OBJECTED:
        return PERMIT_OBJECTED;
    case RANK_WITHDRAWN:
        return PERMIT_WITHDRAWN;
    }
    base_broken("a slot has one of the ranks", __FILE__, __LINE__);
}

static void answer_purpose(const struct fold *fold, size_t at)
{
    struct consent_state *state = fold->state;
    const struct purpose *purpose = &fold->inventory->purpose[at];
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        const enum permit_code code = serves(purpose, column)
                                          ? slot_code(fold, purpose, &fold->slot[at][column])
                                          : PERMIT_WRONG_CHANNEL;
        state->code[at][column] = (uint8_t)code;
        if (permit_code_allows(code)) {
            state->allowed[column] |= UINT64_C(1) << at;
        }
    }
}

void consent_fold(const struct inventory *inventory, const struct consent_record *record,
                  size_t record_count, int64_t now, struct consent_state *state)
{
    must(inventory->purpose_count <= PURPOSES_MAX);
    *state = (struct consent_state){.as_of = now, .valid_until = INT64_MAX};
    struct fold fold = {.inventory = inventory, .state = state, .now = now};
    for (size_t i = 0; i < LEVERS; i++) {
        fold.lever[i] = (struct lever){INT64_MIN, INT64_MIN};
    }
    for (size_t i = 0; i < record_count; i++) {
        fold_record(&fold, &record[i]);
    }

    state->is_restricted = lever_is_set(&fold.lever[LEVER_RESTRICTION]);
    state->wants_human = lever_is_set(&fold.lever[LEVER_HUMAN]);
    state->limits_sensitive = lever_is_set(&fold.lever[LEVER_SENSITIVE]);
    for (size_t at = 0; at < inventory->purpose_count; at++) {
        answer_purpose(&fold, at);
    }
    for (size_t at = inventory->purpose_count; at < PURPOSES_MAX; at++) {
        for (size_t column = 0; column <= CHANNELS_MAX; column++) {
            state->code[at][column] = PERMIT_UNKNOWN_PURPOSE;
        }
    }
}
