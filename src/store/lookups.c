/*
 * lookups.c - from a name to a subject, without keeping the name.
 *
 * A name (an identifier, an e-mail address) is looked up by a keyed hash of its normal form. The
 * index lies in keys.db, which is in no backup: who has the data only cannot ask who is in it, and
 * what was erased cannot be found again in a copy.
 *
 * keys.db and data.db do not commit together, so an entry alone means nothing. It counts when
 * data.db confirms it: with the subject's row (alias 0, the identifier) or with the alias' row. The
 * index is durable first, so a crash leaves at most entries that are not confirmed; they are "not
 * found", and replaced when the same name comes again.
 */
#include <string.h>

#include "inside.h"

struct lookup_tag {
    uint8_t byte[LOOKUP_TAG_LEN];
};

struct lookup {
    bool is_there;     /* in the index */
    bool is_confirmed; /* and in data.db */
    int64_t alias;
    struct subject subject;
};

/* ---- tags ---------------------------------------------------------------------------------- */

/* Addresses are compared without case; what else identifies people may tell cases apart. */
static struct str normal_form(struct arena *arena, struct str name)
{
    const struct str trimmed = str_trim(name);
    return str_find(trimmed, '@') < trimmed.len ? str_lower(arena, trimmed) : trimmed;
}

static bool is_a_name(struct str name)
{
    const struct str trimmed = str_trim(name);
    return trimmed.len > 0 && trimmed.len <= IDENTIFIER_LEN_MAX && str_is_utf8(trimmed);
}

static enum candor_status tag_name(struct job *job, struct txn *txn, struct str name, size_t index,
                                   struct lookup_tag *tag)
{
    if (!is_a_name(name)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "identifier %zu is not UTF-8 text of 1 to %d bytes; correct it and try again",
                    index, IDENTIFIER_LEN_MAX);
    }
    const struct arena_mark mark = arena_mark(job->arena);
    const struct bytes part = bytes_of(normal_form(job->arena, name));
    tag_of(tag->byte, sizeof tag->byte, keyring_index_key(txn->store->keyring), &part, 1);
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

enum candor_status lookups_tag(struct job *job, struct txn *txn, struct str name,
                               uint8_t tag[LOOKUP_TAG_LEN])
{
    struct lookup_tag made;
    TRY(tag_name(job, txn, name, 0, &made));
    memcpy(tag, made.byte, sizeof made.byte);
    return CANDOR_OK;
}

static struct bytes tag_bytes(const struct lookup_tag *tag)
{
    return (struct bytes){tag->byte, sizeof tag->byte};
}

/* ---- looking up ---------------------------------------------------------------------------- */

static enum candor_status row_is_there(struct job *job, struct query *query, bool *is_there)
{
    TRY(query_row(job, query, is_there));
    if (*is_there) {
        query_end(query);
    }
    return CANDOR_OK;
}

static enum candor_status confirm(struct job *job, struct txn *txn, struct lookup *lookup)
{
    struct query *query = db_query(txn->store->data, SQL_SUBJECT_ID);
    bool found = false;
    query_number(query, 1, lookup->subject.slot);
    TRY(query_row(job, query, &found));
    if (!found) {
        return CANDOR_OK;
    }
    const struct bytes id = query_get_bytes(query, 0);
    lookup->is_confirmed =
        id.len == sizeof lookup->subject.id && memcmp(id.ptr, lookup->subject.id, id.len) == 0;
    query_end(query);
    if (!lookup->is_confirmed || lookup->alias == 0) {
        return CANDOR_OK;
    }
    query = db_query(txn->store->data, SQL_ALIAS_IS);
    query_number(query, 1, place_of(lookup->subject.slot, lookup->alias));
    return row_is_there(job, query, &lookup->is_confirmed);
}

static enum candor_status look_up(struct job *job, struct txn *txn, const struct lookup_tag *tag,
                                  struct lookup *lookup)
{
    struct query *query = db_query(txn->store->keys, SQL_LOOKUP_GET);
    *lookup = (struct lookup){0};
    query_bytes(query, 1, tag_bytes(tag));
    TRY(query_row(job, query, &lookup->is_there));
    if (!lookup->is_there) {
        return CANDOR_OK;
    }
    const int64_t slot = query_get_number(query, 0);
    const int64_t alias = query_get_number(query, 1);
    const struct bytes id = query_get_bytes(query, 2);
    const bool is_sound = slot >= 0 && slot < KEYRING_SLOTS_MAX && alias >= 0 &&
                          alias <= PLACE_ROWS_MAX && id.len == sizeof lookup->subject.id;
    if (is_sound) {
        lookup->alias = alias;
        lookup->subject.slot = (uint32_t)slot;
        memcpy(lookup->subject.id, id.ptr, id.len);
    }
    query_end(query);
    return is_sound ? confirm(job, txn, lookup)
                    : fail(job, CANDOR_CORRUPT, "keys.db has an entry that we did not write");
}

enum candor_status store_find(struct job *job, struct txn *txn, struct str identifier,
                              struct subject *subject)
{
    struct lookup_tag tag;
    struct lookup lookup;
    must(txn->is_open);
    if (!is_a_name(identifier)) {
        return fail(job, CANDOR_NOT_FOUND, "no such subject");
    }
    TRY(tag_name(job, txn, identifier, 0, &tag));
    TRY(look_up(job, txn, &tag, &lookup));
    if (!lookup.is_confirmed) {
        return fail(job, CANDOR_NOT_FOUND, "no such subject");
    }
    *subject = lookup.subject;
    return CANDOR_OK;
}

/* ---- adding -------------------------------------------------------------------------------- */

/* A name may be taken when nobody has it. An entry that is not confirmed is a left-over, unless
 * this transaction made it one: then it is needed if the transaction is rolled back. */
static enum candor_status must_be_free(struct job *job, const struct txn *txn,
                                       const struct lookup *lookup, size_t index)
{
    if (lookup->is_confirmed) {
        return fail(job, CANDOR_EXISTS, "identifier %zu is known already", index);
    }
    if (lookup->is_there && txn->has_freed) {
        return fail(job, CANDOR_EXISTS,
                    "identifier %zu may have been freed in this very transaction; commit it first",
                    index);
    }
    return CANDOR_OK;
}

static enum candor_status put_lookup(struct job *job, struct txn *txn, const struct lookup_tag *tag,
                                     struct subject subject, int64_t alias)
{
    struct query *query = db_query(txn->store->keys, SQL_LOOKUP_PUT);
    query_bytes(query, 1, tag_bytes(tag));
    query_number(query, 2, subject.slot);
    query_number(query, 3, alias);
    query_bytes(query, 4, (struct bytes){subject.id, sizeof subject.id});
    buf_bytes(&txn->tags_added, tag->byte, sizeof tag->byte);
    return query_run(job, query);
}

/* The tag of an identifier that nobody has, in the store or before it in the batch. */
static enum candor_status tag_free(struct job *job, struct txn *txn, struct map *seen,
                                   struct str identifier, size_t index, struct lookup_tag *tag)
{
    struct lookup lookup;
    TRY(tag_name(job, txn, identifier, index, tag));
    if (map_get(seen, tag_bytes(tag)) != NULL) {
        return fail(job, CANDOR_EXISTS, "identifier %zu is there twice", index);
    }
    map_put(seen, tag_bytes(tag), tag);
    TRY(look_up(job, txn, tag, &lookup));
    return must_be_free(job, txn, &lookup, index);
}

static enum candor_status index_subjects(struct job *job, struct txn *txn,
                                         const struct lookup_tag *tag, size_t count,
                                         const struct subject *subject)
{
    struct database *keys = txn->store->keys;
    TRY(db_begin(job, keys));
    for (size_t i = 0; i < count; i++) {
        const enum candor_status status = put_lookup(job, txn, &tag[i], subject[i], 0);
        if (status != CANDOR_OK) {
            db_rollback(keys);
            return status;
        }
    }
    return db_commit(job, keys);
}

static enum candor_status write_subject(struct job *job, struct txn *txn, struct str identifier,
                                        struct subject subject)
{
    const struct vault_place place = {USE_IDENTIFIER, 0, NULL};
    const struct arena_mark mark = arena_mark(job->arena);
    struct bytes sealed;
    TRY(vault_open_new(job, txn, subject));
    TRY(vault_seal(job, txn, place, bytes_of(str_trim(identifier)), &sealed));
    struct query *query = db_query(txn->store->data, SQL_SUBJECT_ADD);
    query_number(query, 1, subject.slot);
    query_bytes(query, 2, (struct bytes){subject.id, sizeof subject.id});
    query_bytes(query, 3, sealed);
    TRY(query_run(job, query));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status draw_ids(struct job *job, size_t count, uint32_t first_slot,
                                   struct subject *fresh)
{
    for (size_t i = 0; i < count; i++) {
        fresh[i].slot = first_slot + (uint32_t)i;
        TRY(entropy_draw(job, fresh[i].id, sizeof fresh[i].id));
    }
    return CANDOR_OK;
}

/* Their keys and their entries in the index, durable. */
static enum candor_status make_subjects(struct job *job, struct txn *txn,
                                        const struct str *identifier, size_t count,
                                        struct subject *fresh)
{
    struct map *seen = map_begin(job->arena);
    struct lookup_tag *tag = NULL;
    uint32_t first_slot = 0;
    TRY_ALLOC(job, tag, count, struct lookup_tag);
    for (size_t i = 0; i < count; i++) {
        TRY(tag_free(job, txn, seen, identifier[i], i, &tag[i]));
    }
    TRY(keyring_add(job, txn->store->keyring, count, &first_slot));
    TRY(draw_ids(job, count, first_slot, fresh));
    return index_subjects(job, txn, tag, count, fresh);
}

static enum candor_status add_subjects(struct job *job, struct txn *txn,
                                       const struct str *identifier, size_t count,
                                       struct subject *subject)
{
    struct subject *fresh = NULL;
    TRY_ALLOC(job, fresh, count, struct subject);
    TRY(make_subjects(job, txn, identifier, count, fresh));
    txn_changes(txn);
    for (size_t i = 0; i < count; i++) {
        TRY(write_subject(job, txn, identifier[i], fresh[i]));
    }
    TRY(meta_add(job, txn->store->data, LIT("subjects"), (int64_t)count));
    bytes_copy(subject, fresh, size_mul(count, sizeof *fresh));
    return CANDOR_OK;
}

enum candor_status store_add_subjects(struct job *job, struct txn *txn,
                                      const struct str *identifier, size_t count,
                                      struct subject *subject)
{
    must(txn->is_open);
    if (count == 0) {
        return CANDOR_OK;
    }
    const struct arena_mark mark = arena_mark(job->arena);
    TRY(add_subjects(job, txn, identifier, count, subject));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

static enum candor_status put_alias(struct job *job, struct txn *txn, struct subject subject,
                                    const struct lookup_tag *tag)
{
    int64_t alias = 0;
    TRY(vault_open(job, txn, subject));
    TRY(rows_last(job, txn, SQL_ALIAS_LAST, &alias));
    alias++;
    struct query *query = db_query(txn->store->data, SQL_ALIAS_ADD);
    query_number(query, 1, place_of(subject.slot, alias));
    txn_changes(txn);
    TRY(query_run(job, query));
    return put_lookup(job, txn, tag, subject, alias);
}

/* One that the subject has already is fine. */
static enum candor_status add_lookup(struct job *job, struct txn *txn, struct subject subject,
                                     struct str name, size_t index)
{
    struct lookup_tag tag;
    struct lookup lookup;
    TRY(tag_name(job, txn, name, index, &tag));
    TRY(look_up(job, txn, &tag, &lookup));
    if (lookup.is_confirmed && lookup.subject.slot == subject.slot) {
        return CANDOR_OK;
    }
    TRY(must_be_free(job, txn, &lookup, index));
    return put_alias(job, txn, subject, &tag);
}

enum candor_status store_add_lookups(struct job *job, struct txn *txn,
                                     const struct subject *subject, const struct str *lookup,
                                     size_t count)
{
    struct database *keys = txn->store->keys;
    must(txn->is_open);
    TRY(db_begin(job, keys));
    for (size_t i = 0; i < count; i++) {
        const enum candor_status status = add_lookup(job, txn, subject[i], lookup[i], i);
        if (status != CANDOR_OK) {
            db_rollback(keys);
            return status;
        }
    }
    return db_commit(job, keys);
}

/* ---- removing ------------------------------------------------------------------------------ */

enum candor_status store_remove_lookup(struct job *job, struct txn *txn, struct subject subject,
                                       struct str lookup)
{
    struct lookup_tag tag;
    struct lookup found;
    must(txn->is_open);
    TRY(tag_name(job, txn, lookup, 0, &tag));
    TRY(look_up(job, txn, &tag, &found));
    if (!found.is_confirmed || found.subject.slot != subject.slot || found.alias == 0) {
        return fail(job, CANDOR_NOT_FOUND, "the subject has no such look-up");
    }
    struct query *query = db_query(txn->store->data, SQL_ALIAS_REMOVE);
    query_number(query, 1, place_of(subject.slot, found.alias));
    txn_changes(txn);
    txn->has_freed = true;
    buf_bytes(&txn->tags_removed, tag.byte, sizeof tag.byte);
    return query_run(job, query);
}

static enum candor_status forget_tags(struct job *job, struct database *keys,
                                      const struct buf *tags)
{
    TRY(db_begin_unsynced(job, keys));
    for (size_t at = 0; at < tags->len; at += LOOKUP_TAG_LEN) {
        struct query *query = db_query(keys, SQL_LOOKUP_REMOVE);
        query_bytes(query, 1, (struct bytes){tags->ptr + at, LOOKUP_TAG_LEN});
        const enum candor_status status = query_run(job, query);
        if (status != CANDOR_OK) {
            db_rollback(keys);
            return status;
        }
    }
    return db_commit(job, keys);
}

void lookups_forget(struct txn *txn, const struct buf *tags)
{
    if (tags->len == 0) {
        return;
    }
    /* A job of its own: this one's message may say why it is rolled back. */
    struct job job;
    job_begin(&job, txn->job->host);
    (void)forget_tags(&job, txn->store->keys, tags); /* what stays is not confirmed: finds nobody */
    job_end(&job);
}
