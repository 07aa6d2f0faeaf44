/*
 * board_index.c - the reviews of one thing, without a look at those of all others.
 *
 *     document "board_of", the thing's digest in hex   the numbers of its reviews, 16 bytes each, the newest last
 *     document "board_of", "whole"                     each review there is stands in one of them
 *
 * A home that is older than the index has no "whole": all its reviews are read then, until the next that is
 * proposed puts all of them in. A review that the index names and that is gone is damage. One that it does not
 * name was proposed by an older program, in a home that a newer one had opened before: it is put in when it is
 * met, at the next opening or step.
 */
#include "reviewed.h"

#define INDEX_KIND LIT("board_of")
#define WHOLE STR("whole")

static struct str place_of(struct job *job, enum board_kind kind, struct str name)
{
    const uint8_t number = (uint8_t)kind;
    struct digest_stream stream = digest_begin();
    digest_add(&stream, (struct bytes){&number, 1});
    digest_add(&stream, bytes_of(name));
    const struct digest digest = digest_end(&stream);
    return hex_of(job->arena, (struct bytes){digest.byte, sizeof digest.byte});
}

/* Empty: there is none. */
static enum candor_status read_index(struct job *job, struct txn *txn, struct str place,
                                     struct bytes *numbers)
{
    const enum candor_status status = store_document(job, txn, INDEX_KIND, place, numbers);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        *numbers = (struct bytes){NULL, 0};
        return CANDOR_OK;
    }
    return status;
}

static enum candor_status is_whole(struct job *job, struct txn *txn, bool *yes)
{
    struct bytes mark;
    TRY(read_index(job, txn, WHOLE, &mark));
    *yes = mark.len > 0;
    return CANDOR_OK;
}

static enum candor_status put_in(struct job *job, struct txn *txn,
                                 const struct board_record *record)
{
    const struct str place = place_of(job, record->review.kind, record->review.name);
    struct bytes before;
    TRY(read_index(job, txn, place, &before));
    struct buf buf = buf_begin(job->arena);
    buf_bytes(&buf, before.ptr, before.len);
    buf_bytes(&buf, record->id, sizeof record->id);
    return store_put_document(job, txn, INDEX_KIND, place, buf_all(&buf));
}

enum candor_status board_add(struct job *job, struct txn *txn, const struct board_record *record)
{
    bool is_there = false;
    struct board_record *all = NULL;
    size_t count = 0;
    TRY(is_whole(job, txn, &is_there));
    if (!is_there) {
        TRY(board_all(job, txn, &all, &count));
        TRY(store_put_document(job, txn, INDEX_KIND, WHOLE, bytes_of(STR("1"))));
    }
    for (size_t i = count; i > 0; i--) { /* the newest comes first there, and last here */
        TRY(put_in(job, txn, &all[i - 1]));
    }
    TRY(put_in(job, txn, record));
    return board_put(job, txn, record);
}

static bool has(struct bytes numbers, const struct board_record *record)
{
    for (size_t at = 0; at + BOARD_NUMBER_LEN <= numbers.len; at += BOARD_NUMBER_LEN) {
        if (bytes_same(numbers.ptr + at, record->id, BOARD_NUMBER_LEN)) {
            return true;
        }
    }
    return false;
}

enum candor_status board_lost(struct job *job, struct txn *txn, const struct board_record *record,
                              size_t count, bool **is_lost)
{
    struct map *known = map_begin(job->arena);
    bool is_there = false;
    TRY_ALLOC(job, *is_lost, count + 1, bool);
    TRY(is_whole(job, txn, &is_there));
    for (size_t i = 0; i < count && is_there; i++) {
        const struct str place = place_of(job, record[i].review.kind, record[i].review.name);
        struct bytes *numbers = map_get(known, bytes_of(place));
        if (numbers == NULL) {
            numbers = NEW(job->arena, struct bytes);
            TRY(read_index(job, txn, place, numbers));
            map_put(known, bytes_of(place), numbers);
        }
        (*is_lost)[i] = !has(*numbers, &record[i]);
    }
    return CANDOR_OK;
}

enum candor_status board_keep(struct job *job, struct txn *txn, const struct board_record *record)
{
    bool *is_lost = NULL;
    TRY(board_lost(job, txn, record, 1, &is_lost));
    if (is_lost[0]) {
        TRY(put_in(job, txn, record));
    }
    return board_put(job, txn, record);
}

static enum candor_status pick(struct job *job, struct txn *txn, enum board_kind kind,
                               struct str name, struct board_record **record, size_t *count)
{
    size_t kept = 0;
    TRY(board_all(job, txn, record, count));
    for (size_t i = 0; i < *count; i++) {
        const struct board_review *review = &(*record)[i].review;
        if (review->kind == kind && str_equal(review->name, name)) {
            (*record)[kept++] = (*record)[i];
        }
    }
    *count = kept;
    return CANDOR_OK;
}

enum candor_status board_of(struct job *job, struct txn *txn, enum board_kind kind, struct str name,
                            struct board_record **record, size_t *count)
{
    bool is_there = false;
    struct bytes numbers;
    TRY(is_whole(job, txn, &is_there));
    if (!is_there) {
        return pick(job, txn, kind, name, record, count);
    }
    TRY(read_index(job, txn, place_of(job, kind, name), &numbers));
    *count = numbers.len / BOARD_NUMBER_LEN;
    TRY_ALLOC(job, *record, *count + 1, struct board_record);
    for (size_t i = 0; i < *count; i++) {
        const struct bytes number = {numbers.ptr + i * BOARD_NUMBER_LEN, BOARD_NUMBER_LEN};
        TRY(board_load(job, txn, hex_of(job->arena, number), &(*record)[*count - 1 - i]));
    }
    board_sort(*record, *count); /* one that was lost is behind those that came after it */
    return CANDOR_OK;
}
