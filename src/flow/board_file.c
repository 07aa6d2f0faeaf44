/*
 * board_file.c - a review as it is kept: a sealed document of its number, signed step by step.
 *
 *     version u8 = 1 | id 16 | kind u8 | risk u8 | noted state u8 | name block | digest 32
 *     | proposer block | proposed i64 | index u64 | signature 64 | note block | why block
 *     | exhibit block | authors u32, each a block
 *     | steps u32, each: act u8 | who block | time i64 | note block | conflict block | index u64
 *       | signature 64
 *
 * Whoever proposes or takes a step signs it with their own key; each signature covers the one before,
 * so steps cannot be exchanged between reviews or reordered, and nobody can vote in another's name by
 * writing into the database.
 */
#include "reviewed.h"

#include <stdlib.h>
#include <string.h>

enum { BOARD_VERSION = 1, NUMBER_DIGITS_LEAST = 4 };

struct str board_hex(struct arena *arena, const struct board_record *record)
{
    return hex_of(arena, (struct bytes){record->id, sizeof record->id});
}

/* ---- writing ------------------------------------------------------------------------------- */

enum candor_status board_put(struct job *job, struct txn *txn, const struct board_record *record)
{
    const struct board_review *review = &record->review;
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, BOARD_VERSION);
    buf_bytes(&buf, record->id, sizeof record->id);
    buf_u8(&buf, (uint8_t)review->kind);
    buf_u8(&buf, (uint8_t)review->risk);
    buf_u8(&buf, (uint8_t)record->noted);
    buf_block(&buf, bytes_of(review->name));
    buf_bytes(&buf, review->digest, sizeof review->digest);
    buf_block(&buf, bytes_of(review->proposer));
    buf_u64le(&buf, (uint64_t)review->proposed);
    buf_u64le(&buf, record->index);
    buf_bytes(&buf, record->signature, sizeof record->signature);
    buf_block(&buf, bytes_of(record->note));
    buf_block(&buf, bytes_of(record->why));
    buf_block(&buf, bytes_of(record->exhibit));
    buf_u32le(&buf, (uint32_t)review->author_count);
    for (size_t i = 0; i < review->author_count; i++) {
        buf_block(&buf, bytes_of(review->author[i]));
    }
    buf_u32le(&buf, (uint32_t)review->step_count);
    for (size_t i = 0; i < review->step_count; i++) {
        const struct board_step *step = &review->step[i];
        buf_u8(&buf, (uint8_t)step->act);
        buf_block(&buf, bytes_of(step->who));
        buf_u64le(&buf, (uint64_t)step->time);
        buf_block(&buf, bytes_of(step->note));
        buf_block(&buf, bytes_of(step->conflict));
        buf_u64le(&buf, record->mark[i].index);
        buf_bytes(&buf, record->mark[i].signature, sizeof record->mark[i].signature);
    }
    return store_put_document(job, txn, LIT("board"), board_hex(job->arena, record), buf_all(&buf));
}

/* ---- reading ------------------------------------------------------------------------------- */

static void take_bytes(struct reader *reader, void *target, size_t len)
{
    const struct bytes bytes = read_bytes(reader, len);
    if (!reader->bad) {
        bytes_copy(target, bytes.ptr, len);
    }
}

static void read_step(struct reader *reader, struct board_step *step, struct board_mark *mark)
{
    step->act = (enum board_act)read_u8(reader);
    step->who = read_text(reader);
    step->time = (int64_t)read_u64le(reader);
    step->note = read_text(reader);
    step->conflict = read_text(reader);
    mark->index = read_u64le(reader);
    take_bytes(reader, mark->signature, sizeof mark->signature);
    if ((unsigned)step->act >= BOARD_ACTS) {
        reader->bad = true;
    }
}

static bool read_lists(struct job *job, struct reader *reader, struct board_record *record)
{
    struct board_review *review = &record->review;
    const uint32_t authors = read_u32le(reader);
    if (reader->bad || authors > BOARD_PEOPLE_MAX) {
        return false;
    }
    record->author = NEW_ARRAY(job->arena, authors + 1, struct str);
    for (size_t i = 0; i < authors; i++) {
        record->author[i] = read_text(reader);
    }
    const uint32_t steps = read_u32le(reader);
    if (reader->bad || steps > BOARD_STEPS_MAX) {
        return false;
    }
    record->step = NEW_ARRAY(job->arena, steps + 1, struct board_step);
    record->mark = NEW_ARRAY(job->arena, steps + 1, struct board_mark);
    for (size_t i = 0; i < steps && !reader->bad; i++) {
        read_step(reader, &record->step[i], &record->mark[i]);
    }
    review->author = record->author;
    review->author_count = authors;
    review->step = record->step;
    review->step_count = steps;
    return reader_is_done(reader);
}

static enum candor_status read_record(struct job *job, struct bytes bytes,
                                      struct board_record *record)
{
    struct reader reader = reader_of(bytes);
    struct board_review *review = &record->review;
    *record = (struct board_record){0};
    const uint8_t version = read_u8(&reader);
    take_bytes(&reader, record->id, sizeof record->id);
    const uint8_t kind = read_u8(&reader);
    const uint8_t risk = read_u8(&reader);
    const uint8_t noted = read_u8(&reader);
    review->name = read_text(&reader);
    take_bytes(&reader, review->digest, sizeof review->digest);
    review->proposer = read_text(&reader);
    review->proposed = (int64_t)read_u64le(&reader);
    record->index = read_u64le(&reader);
    take_bytes(&reader, record->signature, sizeof record->signature);
    record->note = read_text(&reader);
    record->why = read_text(&reader);
    record->exhibit = read_text(&reader);
    review->kind = (enum board_kind)kind;
    review->risk = (enum board_risk)risk;
    record->noted = (enum board_state)noted;
    if (!read_lists(job, &reader, record) || version != BOARD_VERSION || kind >= BOARD_KINDS ||
        risk >= BOARD_RISKS || noted >= BOARD_STATES) {
        return fail(job, CANDOR_CORRUPT, "the record of a review is damaged");
    }
    return CANDOR_OK;
}

static int newer_first(const void *left, const void *right)
{
    const struct board_record *first = left;
    const struct board_record *second = right;
    return (first->index < second->index) - (first->index > second->index);
}

void board_sort(struct board_record *record, size_t count)
{
    if (count > 1) {
        qsort(record, count, sizeof *record, newer_first);
    }
}

enum candor_status board_load(struct job *job, struct txn *txn, struct str number,
                              struct board_record *record)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("board"), number, &bytes));
    return read_record(job, bytes, record);
}

static enum candor_status load_all(struct job *job, struct txn *txn, const struct str *number,
                                   size_t count, struct board_record **record)
{
    TRY_ALLOC(job, *record, count + 1, struct board_record);
    for (size_t i = 0; i < count; i++) {
        TRY(board_load(job, txn, number[i], &(*record)[i]));
    }
    board_sort(*record, count);
    return CANDOR_OK;
}

enum candor_status board_all(struct job *job, struct txn *txn, struct board_record **record,
                             size_t *count)
{
    struct str *number = NULL;
    TRY(store_documents(job, txn, LIT("board"), &number, count));
    return load_all(job, txn, number, *count, record);
}

enum candor_status board_some(struct job *job, struct txn *txn, size_t most,
                              struct board_record **record, size_t *count)
{
    struct str *number = NULL;
    TRY(store_some_documents(job, txn, LIT("board"), most, &number, count));
    return load_all(job, txn, number, *count, record);
}

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        const char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
            return false;
        }
    }
    return true;
}

/* The whole number of the one that begins like this. */
static enum candor_status find_number(struct job *job, struct txn *txn, struct str *number)
{
    struct str *name = NULL;
    size_t count = 0;
    size_t found = SIZE_MAX;
    TRY(store_documents(job, txn, LIT("board"), &name, &count));
    for (size_t i = 0; i < count; i++) {
        if (!str_starts(name[i], *number)) {
            continue;
        }
        if (found != SIZE_MAX) {
            return fail(job, CANDOR_BAD_INPUT, "several reviews begin like this; write more of it");
        }
        found = i;
    }
    if (found != SIZE_MAX) {
        *number = name[found];
    }
    return CANDOR_OK;
}

enum candor_status board_find(struct job *job, struct txn *txn, struct str number,
                              struct board_record *record)
{
    if (number.len < NUMBER_DIGITS_LEAST || number.len > 2 * BOARD_NUMBER_LEN || !is_hex(number)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a review is named by its number of %d hex digits, or the first %d or more; "
                    "see: candor review list",
                    2 * BOARD_NUMBER_LEN, NUMBER_DIGITS_LEAST);
    }
    if (number.len < 2 * BOARD_NUMBER_LEN) {
        TRY(find_number(job, txn, &number));
    }
    const enum candor_status status = board_load(job, txn, number, record);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "no such review; see: candor review list");
    }
    return status;
}

/* ---- signatures ---------------------------------------------------------------------------- */

static struct bytes proposal_bytes(struct job *job, const struct candor *candor,
                                   const struct board_record *record)
{
    const struct board_review *review = &record->review;
    const struct digest exhibit = digest_of_bytes(bytes_of(record->exhibit));
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("candor-board-proposal-v1\n"));
    buf_block(&buf, bytes_of(candor->origin));
    buf_bytes(&buf, record->id, sizeof record->id);
    buf_u8(&buf, (uint8_t)review->kind);
    buf_u8(&buf, (uint8_t)review->risk);
    buf_block(&buf, bytes_of(review->name));
    buf_bytes(&buf, review->digest, sizeof review->digest);
    buf_bytes(&buf, exhibit.byte, sizeof exhibit.byte);
    buf_block(&buf, bytes_of(review->proposer));
    buf_u64le(&buf, (uint64_t)review->proposed);
    buf_block(&buf, bytes_of(record->note));
    for (size_t i = 0; i < review->author_count; i++) {
        buf_block(&buf, bytes_of(review->author[i]));
    }
    return buf_all(&buf);
}

static struct bytes step_bytes(struct job *job, const struct candor *candor,
                               const struct board_record *record, size_t i)
{
    const struct board_step *step = &record->review.step[i];
    const uint8_t *before = i == 0 ? record->signature : record->mark[i - 1].signature;
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("candor-board-step-v1\n"));
    buf_block(&buf, bytes_of(candor->origin));
    buf_bytes(&buf, record->id, sizeof record->id);
    buf_bytes(&buf, before, SIGNATURE_LEN);
    buf_u8(&buf, (uint8_t)step->act);
    buf_block(&buf, bytes_of(step->who));
    buf_u64le(&buf, (uint64_t)step->time);
    buf_block(&buf, bytes_of(step->note));
    buf_block(&buf, bytes_of(step->conflict));
    return buf_all(&buf);
}

enum candor_status board_sign(struct job *job, const struct candor *candor,
                              struct board_record *record)
{
    const size_t count = record->review.step_count;
    const struct signer *signer = NULL;
    TRY(caller_signer(job, candor, &signer));
    if (count == 0) {
        signer_sign(signer, proposal_bytes(job, candor, record), record->signature);
    } else {
        signer_sign(signer, step_bytes(job, candor, record, count - 1),
                    record->mark[count - 1].signature);
    }
    return CANDOR_OK;
}

static enum candor_status check_one(struct job *job, struct candor *candor, struct txn *txn,
                                    struct str who, struct bytes bytes,
                                    const uint8_t signature[SIGNATURE_LEN])
{
    struct operator operator;
    TRY(operator_read(job, candor, txn, who, &operator));
    return signature_holds(operator.public_key, bytes, signature)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT,
                      "a signature of operator '%.*s' in a review does not hold: it was changed",
                      STR_ARG(who));
}

enum candor_status board_check(struct job *job, struct candor *candor, struct txn *txn,
                               const struct board_record *record)
{
    const struct board_review *review = &record->review;
    TRY(check_one(job, candor, txn, review->proposer, proposal_bytes(job, candor, record),
                  record->signature));
    for (size_t i = 0; i < review->step_count; i++) {
        TRY(check_one(job, candor, txn, review->step[i].who, step_bytes(job, candor, record, i),
                      record->mark[i].signature));
    }
    return CANDOR_OK;
}
