/*
 * reimport.c - rows out of quarantine are imported again; and the history of quality.
 */
#include "candor_inventory.h"
#include "measured.h"

/* All rows, or one, of one kind, in the order of their numbers. */
struct batch {
    struct bad_row *row;
    size_t count;
};

static enum candor_status gather(struct job *job, struct txn *txn, unsigned kind, uint64_t only,
                                 struct batch *batch)
{
    struct buf list = buf_begin(job->arena);
    uint64_t cursor = 0;
    uint32_t slot = 0;
    enum candor_status status = store_next_quarantine(job, txn, &cursor, &slot);
    while (status == CANDOR_OK) {
        if (only == UINT64_MAX || only == slot) {
            struct bad_row row;
            TRY(quarantine_load(job, txn, slot, &row));
            if (row.kind == kind) {
                buf_bytes(&list, &row, sizeof row);
            }
        }
        status = store_next_quarantine(job, txn, &cursor, &slot);
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    batch->row = (void *)list.ptr; /* an arena's piece is aligned */
    batch->count = list.len / sizeof *batch->row;
    return CANDOR_OK;
}

static void put_reasons(struct json *json, const struct import_report *report)
{
    json_key(json, LIT("rows"));
    json_u64(json, report->rows);
    json_key(json, LIT("imported"));
    json_u64(json, report->imported);
    json_key(json, LIT("stay"));
    json_u64(json, report->rejected);
    json_key(json, LIT("reasons"));
    tally_write(json, &report->reasons);
}

/* Subjects first: events may be about them. */
static enum candor_status import_again(struct job *job, struct candor *candor, uint64_t only,
                                       struct import_report *report)
{
    for (unsigned kind = 0; kind < INGEST_KINDS; kind++) {
        struct txn *txn = NULL;
        struct batch batch;
        TRY(home_begin(job, candor, &txn));
        TRY(gather(job, txn, kind, only, &batch));
        if (batch.count > 0) {
            TRY(ingest_again(job, candor, kind, str_of(ingest_kind_name(kind)), batch.row,
                             batch.count, report));
        }
    }
    return CANDOR_OK;
}

static enum candor_status reimport(struct job *job, struct candor *candor, uint64_t only,
                                   struct candor_text *text)
{
    struct import_report *report = NEW(job->arena, struct import_report);
    struct key_erasure facts;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_IMPORT));
    TRY(import_again(job, candor, only, report));
    if (report->rows == 0 && only != UINT64_MAX) {
        return fail(job, CANDOR_NOT_FOUND, "no row of that number is in quarantine");
    }
    home_roll_back(candor); /* nothing is open while keys are destroyed */
    TRY(during(job, store_finish_erasures(job, candor->store, &facts), "destroying the keys"));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_reasons(&answer.json, report);
    json_map_end(&answer.json);
    answer_end(&answer, text);
    return CANDOR_OK;
}

enum candor_status candor_quality_reimport(struct job *job, struct candor *candor, uint64_t row,
                                           struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = reimport(job, candor, row, report);
    home_leave(candor);
    return status;
}

/* ---- history ------------------------------------------------------------------------------- */

static enum candor_status history(struct job *job, struct candor *candor, const char *source,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct str *name = NULL;
    size_t count = 0;
    bool is_known = source == NULL;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    TRY(measured_names(job, txn, &name, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("history"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        struct measured measured;
        TRY(measured_read(job, candor, txn, name[i], &measured));
        if (source == NULL || str_is(measured.source, source)) {
            measured_json(job, candor, &answer.json, &measured);
            is_known = true;
        }
    }
    if (!is_known) {
        return fail(job, CANDOR_NOT_FOUND, "nothing was measured under the source '%s'", source);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_quality_history(struct job *job, struct candor *candor,
                                          const char *source, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = history(job, candor, source, report);
    home_leave(candor);
    return status;
}
