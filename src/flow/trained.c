/*
 * trained.c - from whom a model was learnt, and how much of that is gone.
 *
 * A model holds sums over many and nothing of one, so an erasure does not touch it. But what it learnt
 * from people who are gone should not steer others for ever: each model keeps the places (slots) of its
 * training subjects in the key tree, which are never given twice, and is to be learnt again when more
 * of them are gone than candor.yaml allows. A slot says nothing about anybody.
 */
#include "retained.h"

#include <stdlib.h>

enum { TRAINED_VERSION = 1 };

enum candor_status trained_put(struct job *job, struct txn *txn, struct lit kind, struct str model,
                               const struct trained *trained)
{
    struct buf content = buf_begin(job->arena);
    buf_u8(&content, TRAINED_VERSION);
    buf_u64le(&content, (uint64_t)trained->time);
    buf_u64le(&content, (uint64_t)trained->oldest);
    buf_u32le(&content, (uint32_t)trained->count);
    for (size_t i = 0; i < trained->count; i++) {
        buf_u32le(&content, trained->slot[i]);
    }
    buf_bytes(&content, trained->has_lost, trained->count);
    return store_put_document(job, txn, kind, model, buf_all(&content));
}

static enum candor_status read(struct job *job, struct bytes bytes, struct trained *trained)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    trained->time = (int64_t)read_u64le(&reader);
    trained->oldest = (int64_t)read_u64le(&reader);
    trained->count = read_u32le(&reader);
    if (reader.bad || version != TRAINED_VERSION || trained->count > (reader.len - reader.at) / 5) {
        return fail(job, CANDOR_CORRUPT, "the list of a model's training subjects is damaged");
    }
    TRY_ALLOC(job, trained->slot, trained->count + 1, uint32_t);
    TRY_ALLOC(job, trained->has_lost, trained->count + 1, uint8_t);
    for (size_t i = 0; i < trained->count; i++) {
        trained->slot[i] = read_u32le(&reader);
    }
    const struct bytes lost = read_bytes(&reader, trained->count);
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "the list of a model's training subjects is damaged");
    }
    bytes_copy(trained->has_lost, lost.ptr, lost.len);
    return CANDOR_OK;
}

enum candor_status trained_load(struct job *job, struct txn *txn, struct lit kind, struct str model,
                                struct trained *trained)
{
    struct bytes content;
    *trained = (struct trained){0};
    const enum candor_status status = store_document(job, txn, kind, model, &content);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    return read(job, content, trained);
}

static int compare_slots(const void *left, const void *right)
{
    const uint32_t first = *(const uint32_t *)left;
    const uint32_t second = *(const uint32_t *)right;
    return (first > second) - (first < second);
}

void trained_lose(struct trained *trained, uint32_t slot)
{
    if (trained->count == 0) {
        return;
    }
    const uint32_t *found =
        bsearch(&slot, trained->slot, trained->count, sizeof slot, compare_slots);
    if (found != NULL && trained->has_lost[found - trained->slot] == 0) {
        trained->has_lost[found - trained->slot] = 1;
        trained->is_changed = true;
    }
}

static enum candor_status is_there(struct job *job, struct txn *txn, uint32_t slot, bool *there)
{
    struct subject subject;
    uint64_t cursor = slot;
    const enum candor_status status = store_next_subject(job, txn, &cursor, &subject);
    *there = status == CANDOR_OK && subject.slot == slot;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

enum candor_status trained_state(struct job *job, const struct candor *candor, struct txn *txn,
                                 struct lit kind, struct str model, struct trained_state *state)
{
    struct trained trained;
    *state = (struct trained_state){0};
    TRY(trained_load(job, txn, kind, model, &trained));
    state->subjects = trained.count;
    for (size_t i = 0; i < trained.count; i++) {
        bool there = false;
        TRY(is_there(job, txn, trained.slot[i], &there));
        state->erased += !there;
        state->lost_data += there && trained.has_lost[i] != 0;
    }
    if (trained.count > 0) {
        state->share = (double)(state->erased + state->lost_data) / (double)trained.count;
        state->retrain = state->share > candor->retention.retrain_share;
    }
    return CANDOR_OK;
}

static void put_state(const struct candor *candor, struct json *json,
                      const struct trained_state *state)
{
    json_map_begin(json);
    json_key(json, LIT("subjects"));
    json_u64(json, state->subjects);
    json_key(json, LIT("erased_since"));
    json_u64(json, state->erased);
    json_key(json, LIT("data_deleted_since"));
    json_u64(json, state->lost_data);
    json_key(json, LIT("share_gone"));
    json_f64(json, state->share);
    json_key(json, LIT("threshold"));
    json_f64(json, candor->retention.retrain_share);
    json_key(json, LIT("retrain"));
    json_bool(json, state->retrain);
    json_map_end(json);
}

enum candor_status trained_json(struct job *job, const struct candor *candor, struct txn *txn,
                                struct str model, struct json *json)
{
    struct trained_state state;
    TRY(trained_state(job, candor, txn, LIT("trained"), model, &state));
    json_key(json, LIT("training"));
    put_state(candor, json, &state);
    TRY(trained_state(job, candor, txn, LIT("trained_published"), model, &state));
    if (state.subjects > 0) {
        json_key(json, LIT("training_of_published"));
        put_state(candor, json, &state);
    }
    return CANDOR_OK;
}

enum candor_status trained_publish(struct job *job, struct txn *txn, struct str model)
{
    struct trained trained;
    TRY(trained_load(job, txn, LIT("trained"), model, &trained));
    return trained.count == 0 ? CANDOR_OK
                              : trained_put(job, txn, LIT("trained_published"), model, &trained);
}
