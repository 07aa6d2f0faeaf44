/*
 * document.c - the home's own named documents: models, plans, operators.
 *
 * They are sealed with keys of the home, not of a person, and survive every root change. Names may
 * tell of people (an operator's), so they are sealed too, and found by a keyed hash:
 *
 *     tag    BLAKE2b-128(name key, kind_len u8 | kind | name)
 *     bound  "document.sealed" or "document.name" | kind_len u8 | kind | tag
 */
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { KIND_LEN_MAX = 32, NAME_MAX_LEN = 256, TAG_LEN = 16, DOCUMENT_GENERATION = 1 };

/* What identifies a document in the table. */
struct label {
    struct lit kind;
    uint8_t tag[TAG_LEN];
};

static enum candor_status label_of(struct job *job, const struct txn *txn, struct lit kind,
                                   struct str name, struct label *label)
{
    must(txn->is_open);
    must(kind.len > 0 && kind.len <= KIND_LEN_MAX);
    if (name.len == 0 || name.len > NAME_MAX_LEN || !str_is_utf8(name)) {
        return fail(job, CANDOR_BAD_INPUT, "the name of a %.*s is UTF-8 text of 1 to %d bytes",
                    STR_ARG(kind), NAME_MAX_LEN);
    }
    const uint8_t kind_len = (uint8_t)kind.len;
    const struct bytes part[] = {{&kind_len, 1}, bytes_of(str_from(kind)), bytes_of(name)};
    label->kind = kind;
    tag_of(label->tag, sizeof label->tag, txn->store->name_key, part, 3);
    return CANDOR_OK;
}

static struct bytes bound_to(struct job *job, struct lit column, const struct label *label)
{
    struct buf bound = buf_begin(job->arena);
    buf_lit(&bound, column);
    buf_u8(&bound, (uint8_t)label->kind.len);
    buf_lit(&bound, label->kind);
    buf_bytes(&bound, label->tag, sizeof label->tag);
    return buf_all(&bound);
}

static struct query *query_label(struct txn *txn, enum sql sql, const struct label *label)
{
    struct query *query = db_query(txn->store->data, sql);
    query_text(query, 1, str_from(label->kind));
    query_bytes(query, 2, (struct bytes){label->tag, sizeof label->tag});
    return query;
}

/* ---- one ----------------------------------------------------------------------------------- */

enum candor_status store_put_document(struct job *job, struct txn *txn, struct lit kind,
                                      struct str name, struct bytes content)
{
    const struct secret *key = txn->store->document_key;
    struct label label = {0};
    struct bytes sealed_name = {0};
    struct bytes sealed = {0};
    if (content.len > DOCUMENT_LEN_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a %.*s of %zu bytes; at most %zu are kept",
                    STR_ARG(kind), content.len, DOCUMENT_LEN_MAX);
    }
    TRY(label_of(job, txn, kind, name, &label));
    TRY(seal(job, key, DOCUMENT_GENERATION, bound_to(job, LIT("document.name"), &label),
             bytes_of(name), &sealed_name));
    TRY(seal(job, key, DOCUMENT_GENERATION, bound_to(job, LIT("document.sealed"), &label), content,
             &sealed));
    txn_changes(txn);
    struct query *query = query_label(txn, SQL_DOCUMENT_PUT, &label);
    query_bytes(query, 3, sealed_name);
    query_bytes(query, 4, sealed);
    return query_run(job, query);
}

static enum candor_status fail_missing(struct job *job, struct lit kind)
{
    return fail(job, CANDOR_NOT_FOUND, "no %.*s of that name", STR_ARG(kind));
}

enum candor_status store_document(struct job *job, struct txn *txn, struct lit kind,
                                  struct str name, struct bytes *content)
{
    struct label label = {0};
    bool found = false;
    TRY(label_of(job, txn, kind, name, &label));
    struct query *query = query_label(txn, SQL_DOCUMENT_GET, &label);
    TRY(query_row(job, query, &found));
    if (!found) {
        return fail_missing(job, kind);
    }
    struct bytes plain;
    const enum candor_status status =
        seal_open(job, txn->store->document_key, bound_to(job, LIT("document.sealed"), &label),
                  query_get_bytes(query, 0), &plain);
    query_end(query);
    TRY(during(job, status, "a stored %.*s", STR_ARG(kind)));
    *content = plain;
    return CANDOR_OK;
}

enum candor_status store_remove_document(struct job *job, struct txn *txn, struct lit kind,
                                         struct str name)
{
    struct label label = {0};
    TRY(label_of(job, txn, kind, name, &label));
    TRY(query_run(job, query_label(txn, SQL_DOCUMENT_REMOVE, &label)));
    if (db_changes(txn->store->data) == 0) {
        return fail_missing(job, kind);
    }
    txn_changes(txn);
    return CANDOR_OK;
}

/* ---- all ----------------------------------------------------------------------------------- */

static enum candor_status read_name(struct job *job, const struct txn *txn, struct lit kind,
                                    struct query *query, struct str *name)
{
    struct label label = {.kind = kind};
    struct bytes plain;
    const struct bytes tag = query_get_bytes(query, 0);
    if (tag.len != sizeof label.tag) {
        return fail(job, CANDOR_CORRUPT, "data.db has a %.*s that we did not write", STR_ARG(kind));
    }
    memcpy(label.tag, tag.ptr, tag.len);
    TRY(seal_open(job, txn->store->document_key, bound_to(job, LIT("document.name"), &label),
                  query_get_bytes(query, 1), &plain));
    *name = (struct str){(const char *)plain.ptr, plain.len};
    return CANDOR_OK;
}

static int name_compare(const void *left, const void *right)
{
    const struct str *first = left;
    const struct str *second = right;
    return str_compare(*first, *second);
}

/* The names that the query finds, behind those in the list. */
static enum candor_status read_names(struct job *job, const struct txn *txn, struct lit kind,
                                     struct query *query, struct buf *list)
{
    bool found = true;
    TRY(query_row(job, query, &found));
    while (found) {
        struct str one;
        const enum candor_status status = read_name(job, txn, kind, query, &one);
        if (status != CANDOR_OK) {
            query_end(query);
            return during(job, status, "the name of a stored %.*s", STR_ARG(kind));
        }
        buf_bytes(list, &one, sizeof one);
        TRY(query_row(job, query, &found));
    }
    return CANDOR_OK;
}

static void give_names(const struct buf *list, struct str **name, size_t *name_count)
{
    *name = (void *)list->ptr; /* a piece of an arena is aligned for any type */
    *name_count = list->len / sizeof **name;
}

enum candor_status store_documents(struct job *job, struct txn *txn, struct lit kind,
                                   struct str **name, size_t *name_count)
{
    struct query *query = db_query(txn->store->data, SQL_DOCUMENT_NAMES);
    struct buf list = buf_begin(job->arena);
    must(txn->is_open);
    query_text(query, 1, str_from(kind));
    TRY(read_names(job, txn, kind, query, &list));
    give_names(&list, name, name_count);
    if (*name_count > 1) {
        qsort(*name, *name_count, sizeof **name, name_compare);
    }
    return CANDOR_OK;
}

/* Tags from one to before another, and how many of them at most. */
struct range {
    struct bytes from;
    struct bytes to;
    size_t most;
};

static enum candor_status read_range(struct job *job, const struct txn *txn, struct lit kind,
                                     const struct range *range, struct buf *list)
{
    struct query *query = db_query(txn->store->data, SQL_DOCUMENT_SOME);
    query_text(query, 1, str_from(kind));
    query_bytes(query, 2, range->from);
    query_bytes(query, 3, range->to);
    query_number(query, 4, (int64_t)range->most);
    return read_names(job, txn, kind, query, list);
}

enum candor_status store_some_documents(struct job *job, struct txn *txn, struct lit kind,
                                        size_t most, struct str **name, size_t *name_count)
{
    static const uint8_t least[TAG_LEN] = {0};
    uint8_t beyond[TAG_LEN + 1];
    uint8_t from[TAG_LEN];
    struct buf list = buf_begin(job->arena);
    must(txn->is_open);
    memset(beyond, 0xFF, sizeof beyond);
    TRY(entropy_draw(job, from, sizeof from));
    const struct bytes start = {from, sizeof from};
    const struct range on = {start, {beyond, sizeof beyond}, most};
    TRY(read_range(job, txn, kind, &on, &list));
    give_names(&list, name, name_count);
    if (*name_count < most) {
        const struct range around = {{least, sizeof least}, start, most - *name_count};
        TRY(read_range(job, txn, kind, &around, &list));
        give_names(&list, name, name_count);
    }
    return CANDOR_OK;
}
