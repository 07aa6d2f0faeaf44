/*
 * monitors_keep.c - the state of a monitor across restarts: one document each, of bounded size.
 *
 *     watch   NAME   version u8 = 2 | digest of the model 32 | column_count u32
 *                    | reference_rows u64 | learn_rows u64 | rows u64 | limit f64
 *                    | each column: cell_count u32 | weight f64 ... | learnt u32 ...
 *                    | watches u8 | monitor (a block, monitor_file.c)
 *                    | alarm_count u8 | each: time u64 | row u64 | ledger index u64 | evidence f64
 *                      | column text | way text
 *                    | part_count u8 | each: text | verdicts: period i64 | counts u64 ...
 *
 * Version 1 ended before the parts.
 */
#include <math.h>
#include <string.h>

#include "bins.h"
#include "monitors.h"

enum { WATCH_V1 = 1, WATCH_VERSION };

static void put_columns(struct buf *buf, const struct watch *watch)
{
    for (size_t c = 0; c < watch->column_count; c++) {
        buf_u32le(buf, (uint32_t)watch->column[c].cell_count);
        for (size_t b = 0; b < watch->column[c].cell_count; b++) {
            buf_f64le(buf, watch->column[c].weight[b]);
        }
        for (size_t b = 0; b < watch->column[c].cell_count; b++) {
            buf_u32le(buf, watch->learnt[c * BINS_MAX + b]);
        }
    }
}

static void put_parts(struct buf *buf, const struct watch *watch)
{
    const uint64_t *count = &watch->verdicts.count[0][0][0];
    buf_u8(buf, (uint8_t)watch->part_count);
    for (size_t p = 0; p < watch->part_count; p++) {
        buf_block(buf, bytes_of(watch->part[p]));
    }
    buf_u64le(buf, (uint64_t)watch->verdicts.period);
    for (size_t i = 0; i < sizeof watch->verdicts.count / sizeof *count; i++) {
        buf_u64le(buf, count[i]);
    }
}

enum candor_status watch_keep(struct job *job, struct txn *txn, const struct watch *watch)
{
    struct buf buf = buf_begin(job->arena);
    struct buf state = buf_begin(job->arena);
    buf_u8(&buf, WATCH_VERSION);
    buf_bytes(&buf, watch->digest.byte, sizeof watch->digest.byte);
    buf_u32le(&buf, (uint32_t)watch->column_count);
    buf_u64le(&buf, watch->reference_rows);
    buf_u64le(&buf, watch->learn_rows);
    buf_u64le(&buf, watch->rows);
    buf_f64le(&buf, watch->limit);
    put_columns(&buf, watch);
    buf_u8(&buf, watch->monitor != NULL);
    if (watch->monitor != NULL) {
        monitor_write(watch->monitor, &state);
    }
    buf_block(&buf, buf_all(&state));
    buf_u8(&buf, (uint8_t)watch->alarm_count);
    for (size_t a = 0; a < watch->alarm_count; a++) {
        const struct watch_alarm *alarm = &watch->alarm[a];
        buf_u64le(&buf, (uint64_t)alarm->time);
        buf_u64le(&buf, alarm->row);
        buf_u64le(&buf, alarm->ledger_index);
        buf_f64le(&buf, alarm->evidence);
        buf_block(&buf, bytes_of(alarm->column));
        buf_block(&buf, bytes_of(alarm->way));
    }
    put_parts(&buf, watch);
    return store_put_document(job, txn, LIT("watch"), watch->name, buf_all(&buf));
}

/* false: other columns than those of the watch, or numbers that cannot be. */
static bool read_columns(struct reader *reader, struct watch *watch)
{
    for (size_t c = 0; c < watch->column_count; c++) {
        /* The watch owns what its columns show as constant. */
        double *weight = (double *)(uintptr_t)watch->column[c].weight;
        if (read_u32le(reader) != watch->column[c].cell_count) {
            return false;
        }
        for (size_t b = 0; b < watch->column[c].cell_count; b++) {
            weight[b] = read_f64le(reader);
            if (!(weight[b] >= 0 && weight[b] <= 1)) {
                return false;
            }
        }
        for (size_t b = 0; b < watch->column[c].cell_count; b++) {
            watch->learnt[c * BINS_MAX + b] = read_u32le(reader);
        }
    }
    return !reader->bad;
}

static bool read_alarms(struct reader *reader, struct watch *watch)
{
    watch->alarm_count = read_u8(reader);
    if (watch->alarm_count > WATCH_ALARMS) {
        watch->alarm_count = 0;
        return false;
    }
    for (size_t a = 0; a < watch->alarm_count; a++) {
        struct watch_alarm *alarm = &watch->alarm[a];
        alarm->time = (int64_t)read_u64le(reader);
        alarm->row = read_u64le(reader);
        alarm->ledger_index = read_u64le(reader);
        alarm->evidence = read_f64le(reader);
        alarm->column = str_copy(watch->arena, read_text(reader));
        alarm->way = str_copy(watch->arena, read_text(reader));
    }
    return !reader->bad;
}

static bool read_parts(struct reader *reader, uint8_t version, struct watch *watch)
{
    uint64_t *count = &watch->verdicts.count[0][0][0];
    if (version == WATCH_V1) {
        return reader_is_done(reader);
    }
    watch->part_count = read_u8(reader);
    if (watch->part_count >= WATCH_PARTS) { /* the last one has no name */
        watch->part_count = 0;
        return false;
    }
    for (size_t p = 0; p < watch->part_count; p++) {
        watch->part[p] = str_copy(watch->arena, read_text(reader));
    }
    watch->verdicts.period = (int64_t)read_u64le(reader);
    for (size_t i = 0; i < sizeof watch->verdicts.count / sizeof *count; i++) {
        count[i] = read_u64le(reader);
    }
    return reader_is_done(reader);
}

static enum candor_status read_state(struct job *job, struct reader *reader, struct watch *watch)
{
    const bool watches = read_u8(reader) != 0;
    const struct bytes state = read_block(reader);
    if (reader->bad || !watches || !(watch->limit > 0 && watch->limit < 1000)) {
        return CANDOR_OK;
    }
    TRY(watch_begin(job, watch));
    struct arena *lent = job->arena;
    job->arena = watch->arena;
    const enum candor_status status = monitor_read(job, watch->plan, state, &watch->monitor);
    job->arena = lent;
    return status;
}

enum candor_status watch_load(struct job *job, struct txn *txn, struct watch *watch, bool *was_kept)
{
    struct bytes bytes;
    *was_kept = false;
    const enum candor_status status = store_document(job, txn, LIT("watch"), watch->name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const struct bytes digest = read_bytes(&reader, sizeof watch->digest.byte);
    if (reader.bad || version < WATCH_V1 || version > WATCH_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the state of the monitor '%.*s' is damaged",
                    STR_ARG(watch->name));
    }
    if (memcmp(digest.ptr, watch->digest.byte, digest.len) != 0 ||
        read_u32le(&reader) != watch->column_count) {
        return CANDOR_OK; /* of another model */
    }
    watch->reference_rows = read_u64le(&reader);
    watch->learn_rows = read_u64le(&reader);
    watch->rows = read_u64le(&reader);
    watch->limit = read_f64le(&reader);
    bool is_sound = read_columns(&reader, watch);
    TRY(read_state(job, &reader, watch));
    is_sound = is_sound && read_alarms(&reader, watch) && read_parts(&reader, version, watch);
    if (!is_sound) {
        return fail(job, CANDOR_CORRUPT, "the state of the monitor '%.*s' is damaged",
                    STR_ARG(watch->name));
    }
    *was_kept = true;
    return CANDOR_OK;
}
