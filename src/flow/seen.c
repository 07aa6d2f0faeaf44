/*
 * seen.c - messages that came are remembered until they expire by themselves, so that none acts twice.
 */
#include "deletion.h"

static enum candor_status forget_expired(struct job *job, struct txn *txn, struct lit kind)
{
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, txn, kind, &name, &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes bytes;
        TRY(store_document(job, txn, kind, name[i], &bytes));
        struct reader reader = reader_of(bytes);
        if ((int64_t)read_u64le(&reader) < job->now) {
            TRY(store_remove_document(job, txn, kind, name[i]));
        }
    }
    return CANDOR_OK;
}

enum candor_status seen_once(struct job *job, struct txn *txn, struct lit kind, struct str name,
                             int64_t until)
{
    struct bytes bytes;
    struct buf buf = buf_begin(job->arena);
    TRY(forget_expired(job, txn, kind));
    const enum candor_status status = store_document(job, txn, kind, name, &bytes);
    if (status == CANDOR_OK) {
        return fail(job, CANDOR_REFUSED, "this message was taken before; sign a new one");
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    buf_u64le(&buf, (uint64_t)until);
    return store_put_document(job, txn, kind, name, buf_all(&buf));
}
