/*
 * track_join.c - a visitor turns out to be somebody known.
 *
 * An identify call with both ids, or an alias call, ties an anonymousId to a person, if one of the
 * purposes of `join` is allowed for them: from then on what the visitor does is theirs. What a
 * visitor did before passes to the person, for no purpose that they do not allow, and the visitor is
 * erased. Two people are never made one: an anonymousId that a second person comes with belongs to
 * neither from then on, since it is a device that they share.
 *
 * The name of a visitor is free for the person only once the visitor's erasure is committed, so each
 * join is a transaction or two of its own, after that of the messages. A crash in between leaves a
 * visitor, or an anonymousId, that is tied to nobody: the next call ties it.
 */
#include "request.h"
#include "retained.h"
#include "track.h"

enum { JOINS_OF_GROUP_MAX = 256, EVENTS_GIVEN_MAX = 10000 };

enum candor_status track_note_join(struct tracking *tracking, const struct view_entry *entry,
                                   struct str anonymous, bool *is_noted)
{
    struct track_standing standing;
    struct subject holder = {0};
    struct track_join join = {.subject = entry->subject,
                              .person = str_copy(tracking->group, tracking->message->user)};
    *is_noted = false;
    join.visitor = str_format(tracking->group, "%s%.*s", VISITOR_PREFIX, STR_ARG(anonymous));
    if (tracking->is_public || tracking->config->join == 0 ||
        join.visitor.len > IDENTIFIER_LEN_MAX ||
        tracking->joins.len / sizeof join >= JOINS_OF_GROUP_MAX) {
        return CANDOR_OK;
    }
    TRY(track_stands(tracking, entry, PURPOSES_ALL, &standing));
    if ((standing.allowed & tracking->config->join) == 0) {
        return CANDOR_OK;
    }
    join.purposes = standing.allowed;
    const enum candor_status status =
        store_find(tracking->job, tracking->txn, join.visitor, &holder);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(tracking->job);
    } else {
        TRY(status);
    }
    *is_noted = true;
    if (status == CANDOR_NOT_FOUND || holder.slot != entry->subject.slot) {
        buf_bytes(&tracking->joins, &join, sizeof join);
    }
    return CANDOR_OK;
}

struct str track_joined(const struct tracking *tracking, struct str visitor)
{
    const struct track_join *join = (const void *)tracking->joins.ptr;
    for (size_t i = 0; i < tracking->joins.len / sizeof *join; i++) {
        if (str_equal(join[i].visitor, visitor)) {
            return join[i].person;
        }
    }
    return STR("");
}

enum candor_status track_alias(struct tracking *tracking, const struct view_entry *entry)
{
    struct subject other;
    bool is_noted = false;
    const struct str previous = tracking->message->name;
    if (tracking->is_public) {
        track_withhold(tracking, "public_source");
        return CANDOR_OK;
    }
    const enum candor_status status = store_find(tracking->job, tracking->txn, previous, &other);
    if (status == CANDOR_OK) {
        track_withhold(tracking,
                       other.slot == entry->subject.slot ? "nothing_to_keep" : "two_people");
        return CANDOR_OK;
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(tracking->job);
    TRY(track_note_join(tracking, entry, previous, &is_noted));
    if (is_noted) {
        tracking->report->kept++;
    } else {
        track_withhold(tracking, "no_permit");
    }
    return CANDOR_OK;
}

/* ---- after the commit ---------------------------------------------------------------------- */

static enum candor_status commit(struct tracking *tracking, struct txn *txn, struct subject subject)
{
    uint64_t index = 0;
    const struct account account = {
        .action = LEDGER_IMPORT, .outcome = OUTCOME_DONE, .subject = &subject};
    TRY(home_account(tracking->job, tracking->candor, txn, &account, &index, NULL));
    TRY(home_commit(tracking->job, tracking->candor, txn));
    view_drop(tracking->candor, subject);
    return CANDOR_OK;
}

static enum candor_status tie(struct tracking *tracking, const struct track_join *join)
{
    struct txn *txn = NULL;
    TRY(home_begin(tracking->job, tracking->candor, &txn));
    TRY(store_add_lookups(tracking->job, txn, &join->subject, &join->visitor, 1));
    return commit(tracking, txn, join->subject);
}

static enum candor_status erase_visitor(struct tracking *tracking, struct txn *txn,
                                        struct subject visitor)
{
    struct sayings said;
    struct erasing erasing = {.said = &said};
    TRY(sayings_load(tracking->job, txn, &said));
    return subject_erase_one(tracking->job, tracking->candor, txn, visitor, &erasing);
}

static enum candor_status give_and_erase(struct tracking *tracking, struct txn *txn,
                                         const struct track_join *join, struct subject visitor)
{
    struct job *job = tracking->job;
    struct key_erasure facts;
    size_t given = 0;
    TRY(store_give_events(job, txn, permit_for_right(job, visitor, RIGHT_RECTIFICATION),
                          join->subject, join->purposes, EVENTS_GIVEN_MAX, &given));
    TRY(erase_visitor(tracking, txn, visitor));
    TRY(commit(tracking, txn, join->subject));
    view_drop(tracking->candor, visitor);
    TRY(store_finish_erasures(job, tracking->candor->store, &facts));
    return tie(tracking, join);
}

/* Somebody else has the name: a visitor, or a second person with the same device. */
static enum candor_status part(struct tracking *tracking, struct txn *txn,
                               const struct track_join *join, struct subject holder)
{
    struct job *job = tracking->job;
    struct str name;
    TRY(store_identifier(job, txn, permit_for_right(job, holder, RIGHT_RECTIFICATION), &name));
    if (!str_starts(name, STR(VISITOR_PREFIX))) {
        TRY(store_remove_lookup(job, txn, holder, join->visitor));
        return commit(tracking, txn, holder);
    }
    const enum candor_status status = holds_allow_erasure(job, txn, holder);
    if (status == CANDOR_REFUSED) { /* a legal hold keeps the visitor as they are */
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    return give_and_erase(tracking, txn, join, holder);
}

static enum candor_status join_one(struct tracking *tracking, const struct track_join *join)
{
    struct txn *txn = NULL;
    struct subject holder;
    TRY(home_begin(tracking->job, tracking->candor, &txn));
    const enum candor_status status = store_find(tracking->job, txn, join->visitor, &holder);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(tracking->job);
        return tie(tracking, join);
    }
    TRY(status);
    return holder.slot == join->subject.slot ? CANDOR_OK : part(tracking, txn, join, holder);
}

enum candor_status track_join_all(struct tracking *tracking)
{
    const struct track_join *join = (const void *)tracking->joins.ptr;
    for (size_t i = 0; i < tracking->joins.len / sizeof *join; i++) {
        TRY(join_one(tracking, &join[i]));
    }
    return CANDOR_OK;
}
