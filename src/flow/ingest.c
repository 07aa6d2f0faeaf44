/*
 * ingest.c - subjects, events and consents come in.
 *
 * A file is imported in steps of STEP_ROWS rows. A step is one transaction with its entry on the
 * ledger: after a crash it is there whole or not at all, and importing the file again does no harm
 * to subjects (they are updated). Rows that break a quality rule are left out and reported by line,
 * field and reason, never by value.
 */
#include <string.h>

#include "ingest.h"

enum candor_status ingest_step(struct job *job, struct importing *importing, struct txn *txn)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_IMPORT, .outcome = OUTCOME_DONE};
    TRY(home_account(job, importing->candor, txn, &account, &index, NULL));
    if (importing->key.len > 0) {
        struct buf progress = buf_begin(job->arena);
        buf_u64le(&progress, importing->report->rows);
        buf_u8(&progress, importing->is_finished);
        buf_u64le(&progress, (uint64_t)job->now);
        TRY(store_put_document(job, txn, LIT("import"), importing->key, buf_all(&progress)));
    }
    TRY(home_commit(job, importing->candor, txn));
    import_accounted(importing->report, index);
    return CANDOR_OK;
}

const char *ingest_fault_sentence(const char *fault)
{
    static const char *const sentence[][2] = {
        {"ragged", "has more or fewer columns than the header"},
        {"not_json", "is not a JSON object"},
        {"unknown_field", "has a field that the inventory does not know"},
        {"filled_twice", "says the same field twice, under two names"},
        {"nested", "has a list or an object where a value must be"},
    };
    for (size_t i = 0; i < sizeof sentence / sizeof sentence[0]; i++) {
        if (strcmp(fault, sentence[i][0]) == 0) {
            return sentence[i][1];
        }
    }
    return "is not well formed";
}

bool ingest_identifier_is_fine(struct str identifier)
{
    return identifier.len > 0 && identifier.len <= IDENTIFIER_LEN_MAX && str_is_utf8(identifier);
}
/* ---- the call ------------------------------------------------------------------------------ */

static void put_report(struct json *json, const struct import_report *report, const char *kind,
                       bool dry_run, double seconds)
{
    json_map_begin(json);
    json_key(json, LIT("kind"));
    json_text(json, str_of(kind));
    json_key(json, LIT("dry_run"));
    json_bool(json, dry_run);
    json_key(json, LIT("rows"));
    json_u64(json, report->rows);
    json_key(json, LIT("imported"));
    json_u64(json, report->imported);
    json_key(json, LIT("created"));
    json_u64(json, report->created);
    json_key(json, LIT("updated"));
    json_u64(json, report->updated);
    json_key(json, LIT("rejected"));
    json_u64(json, report->rejected);
    json_key(json, LIT("resumed_after"));
    json_u64(json, report->resumed_after);
    json_key(json, LIT("shared_addresses"));
    json_u64(json, report->shared_addresses);
    json_key(json, LIT("reasons"));
    json_map_begin(json);
    for (size_t r = 0; r < report->reasons; r++) {
        json_key_str(json, str_of(report->reason[r]));
        json_u64(json, report->reason_count[r]);
    }
    json_map_end(json);
    json_key(json, LIT("first_rejected"));
    json_list_begin(json);
    for (size_t s = 0; s < report->shown_count; s++) {
        json_map_begin(json);
        json_key(json, LIT("line"));
        json_u64(json, report->shown[s].line);
        json_key(json, LIT("field"));
        json_text(json, report->shown[s].field);
        json_key(json, LIT("code"));
        json_text(json, str_of(report->shown[s].code));
        json_key(json, LIT("sentence"));
        json_text(json, str_of(report->shown[s].sentence));
        json_map_end(json);
    }
    json_list_end(json);
    json_key(json, LIT("ledger"));
    if (report->has_ledger) {
        json_list_begin(json);
        json_u64(json, report->ledger_first);
        json_u64(json, report->ledger_last);
        json_list_end(json);
    } else {
        json_null(json);
    }
    json_key(json, LIT("seconds"));
    json_f64(json, seconds);
    json_map_end(json);
}

/* Read the file to its end once, so that a file that cannot be read changes nothing. */
static enum candor_status scan(struct job *job, struct source *source, size_t target_count,
                               uint64_t *rows, struct digest *digest)
{
    struct digest_stream stream = digest_begin();
    for (*rows = 0;; (*rows)++) {
        struct source_row row;
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = source_next(job, source, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            *digest = digest_end(&stream);
            return CANDOR_OK;
        }
        TRY(status);
        for (size_t t = 0; t < target_count; t++) {
            digest_add(&stream, bytes_of(row.value[t]));
            digest_add(&stream, bytes_of(STR("\x1f"))); /* no text of a cell can be taken for two */
        }
        arena_rewind(job->arena, mark);
    }
}

/* What an earlier import of the same rows came to. */
static enum candor_status recall(struct job *job, struct importing *importing, const char *kind,
                                 const struct digest *digest, bool again)
{
    struct txn *txn = NULL;
    struct bytes bytes;
    const struct str hex = hex_of(job->arena, (struct bytes){digest->byte, sizeof digest->byte});
    importing->key = str_format(job->arena, "%s %.*s", kind, STR_ARG(hex));
    TRY(home_begin(job, importing->candor, &txn));
    const enum candor_status status =
        store_document(job, txn, LIT("import"), importing->key, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint64_t rows = read_u64le(&reader);
    const bool is_finished = read_u8(&reader) != 0;
    const int64_t time = (int64_t)read_u64le(&reader);
    if (!reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "the record of an earlier import is damaged");
    }
    if (is_finished && !again) {
        return fail(
            job, CANDOR_EXISTS,
            "these rows were imported already, on %.*s; nothing was changed (--again imports "
            "them once more)",
            STR_ARG(str_from_date(job->arena, time)));
    }
    importing->rows_before = is_finished ? 0 : rows;
    importing->report->resumed_after = importing->rows_before;
    return CANDOR_OK;
}

enum kind { KIND_SUBJECTS, KIND_EVENTS, KIND_CONSENTS, KINDS };

static enum candor_status kind_named(struct job *job, const char *name, enum kind *kind)
{
    static const char *const kind_name[KINDS] = {"subjects", "events", "consents"};
    for (size_t k = 0; k < KINDS; k++) {
        if (strcmp(kind_name[k], name) == 0) {
            *kind = (enum kind)k;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "import what? subjects, events or consents");
}

static size_t targets_of(struct job *job, const struct inventory *inventory, enum kind kind,
                         const char **target)
{
    switch (kind) {
    case KIND_SUBJECTS:
        return ingest_subject_targets(job, inventory, target);
    case KIND_EVENTS:
        return ingest_event_targets(job, inventory, target);
    case KIND_CONSENTS:
        return ingest_consent_targets(job, inventory, target);
    case KINDS:
        break;
    }
    must(kind < KINDS);
    return 0;
}

/* What was asked for, in the words of the public call. */
struct order {
    const char *kind;
    const char *path;
    const char *map_path;
    unsigned flags;
};

/* Read the file to its end first; then, from its beginning, row by row. */
static enum candor_status import_rows(struct job *job, struct importing *importing,
                                      const struct order *order)
{
    const char **target = NEW_ARRAY(job->arena, SOURCE_TARGETS_MAX, const char *);
    struct candor *candor = importing->candor;
    struct digest digest;
    enum kind kind = KINDS;
    TRY(kind_named(job, order->kind, &kind));
    const size_t count = targets_of(job, candor->inventory, kind, target);
    TRY(source_open(job, order->path, order->map_path, target, count, &importing->source));
    TRY(scan(job, importing->source, count, &importing->rows_expected, &digest));
    if (kind != KIND_SUBJECTS && !importing->dry_run) {
        TRY(recall(job, importing, order->kind, &digest,
                   (order->flags & CANDOR_IMPORT_AGAIN) != 0));
    }
    TRY(source_open(job, order->path, order->map_path, target, count, &importing->source));
    const enum candor_status status =
        kind == KIND_SUBJECTS ? ingest_subjects(job, importing)
                              : ingest_known(job, importing, kind == KIND_EVENTS, target, count);
    if (kind == KIND_SUBJECTS && !importing->dry_run) {
        view_drop_all(candor);
    }
    /* Rows of a step that failed were taken but not committed. */
    return during(job, status, "after %llu rows, of which %llu are imported",
                  (unsigned long long)importing->report->rows,
                  (unsigned long long)(importing->report->imported - importing->in_step));
}

/* A file of which no row fits is a mistake, not an import of nothing. */
static enum candor_status must_have_fitted(struct job *job, const struct importing *importing)
{
    const struct import_report *report = importing->report;
    if (report->rows == 0 || report->imported > 0 || importing->rows_before > 0) {
        return CANDOR_OK;
    }
    const struct rejected *first = &report->shown[0];
    return fail(job, CANDOR_BAD_INPUT,
                "none of the %llu rows could be imported; the first, in line %llu: %s%.*s%s%s",
                (unsigned long long)report->rows, (unsigned long long)first->line,
                first->field.len > 0 ? "'" : "", STR_ARG(first->field),
                first->field.len > 0 ? "' " : "", first->sentence);
}

static enum candor_status import(struct job *job, struct candor *candor, const struct order *order,
                                 struct candor_text *text)
{
    struct import_report *report = NEW(job->arena, struct import_report);
    struct importing importing = {
        .candor = candor,
        .report = report,
        .step = arena_beside(job),
        .dry_run = (order->flags & CANDOR_IMPORT_DRY_RUN) != 0,
    };
    const uint64_t began = host_ticks();
    TRY(caller_may(job, candor, ACT_IMPORT));
    TRY(import_rows(job, &importing, order));
    TRY(must_have_fitted(job, &importing));
    struct answer answer;
    answer_begin(job, &answer);
    put_report(&answer.json, report, order->kind, importing.dry_run,
               (double)(host_ticks() - began) / 1e9);
    answer_end(&answer, text);
    return CANDOR_OK;
}

enum candor_status candor_import(struct job *job, struct candor *candor, const char *kind,
                                 const char *path, const char *map_path, unsigned flags,
                                 struct candor_text *report)
{
    const struct order order = {kind, path, map_path, flags};
    home_enter(candor);
    const enum candor_status status = import(job, candor, &order, report);
    home_leave(candor);
    return status;
}
