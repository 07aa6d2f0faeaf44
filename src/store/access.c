/*
 * access.c - who of the company's own people looked at a subject's data, and why.
 *
 *     version u8 = 1 | time u64le | who block | roles block | what block | why block | index u64le
 *
 * Sealed with the subject's key, so that it can be shown to them, ends with them, and tells nobody
 * else whom an operator looks at.
 */
#include "inside.h"

enum { ACCESS_VERSION = 1 };

enum candor_status store_add_access(struct job *job, struct txn *txn, struct subject subject,
                                    const struct access *access)
{
    const struct arena_mark mark = arena_mark(job->arena);
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    struct buf plain = buf_begin(job->arena);
    buf_u8(&plain, ACCESS_VERSION);
    buf_u64le(&plain, (uint64_t)access->time);
    buf_block(&plain, bytes_of(access->who));
    buf_block(&plain, bytes_of(access->roles));
    buf_block(&plain, bytes_of(access->what));
    buf_block(&plain, bytes_of(access->why));
    buf_u64le(&plain, access->ledger_index);
    TRY(rows_add(job, txn, ROW_ACCESS, NULL, buf_all(&plain)));
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

struct accesses {
    struct txn *txn;
    struct buf item;
};

static enum candor_status visit(struct job *job, void *visitor, const struct row *row)
{
    struct accesses *accesses = visitor;
    struct bytes plain;
    TRY(rows_open(job, accesses->txn, ROW_ACCESS, row, &plain));
    struct reader reader = reader_of(plain);
    const uint8_t version = read_u8(&reader);
    struct access access = {.time = (int64_t)read_u64le(&reader)};
    access.who = read_text(&reader);
    access.roles = read_text(&reader);
    access.what = read_text(&reader);
    access.why = read_text(&reader);
    access.ledger_index = read_u64le(&reader);
    if (!reader_is_done(&reader) || version != ACCESS_VERSION) {
        return fail(job, CANDOR_CORRUPT, "a stored access has another layout");
    }
    buf_bytes(&accesses->item, &access, sizeof access);
    return CANDOR_OK;
}

enum candor_status store_accesses(struct job *job, struct txn *txn, struct subject subject,
                                  struct access **access, size_t *access_count)
{
    struct accesses accesses = {txn, buf_begin(job->arena)};
    must(txn->is_open);
    TRY(vault_open(job, txn, subject));
    TRY(rows_each(job, txn, ROW_ACCESS, visit, &accesses));
    *access = (void *)accesses.item.ptr; /* a piece of an arena is aligned for any type */
    *access_count = accesses.item.len / sizeof **access;
    return CANDOR_OK;
}
