/*
 * ingest.c - subjects, events and consents come in.
 *
 * A file is imported in steps of STEP_ROWS rows. A step is one transaction with its entry on the
 * ledger: after a crash it is there whole or not at all, and importing the file again does no harm
 * to subjects (they are updated). Rows that break a quality rule are left out and reported by line,
 * field and reason, never by value.
 */
#include <string.h>

#include "candor_inventory.h"
#include "ingest.h"
#include "measured.h"
#include "monitors.h"
#include "reviewed.h"

enum candor_status ingest_step(struct job *job, struct importing *importing, struct txn *txn)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_IMPORT, .outcome = OUTCOME_DONE};
    if (importing->quarantine != NULL) {
        TRY(quarantine_flush(job, txn, importing->quarantine, importing->report));
    }
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
    if (importing->may_yield) {
        view_forget_all(importing->candor);
    }
    importing->in_step = 0;
    ingest_let_in(job, importing);
    return CANDOR_OK;
}

bool ingest_step_is_full(const struct importing *importing)
{
    return importing->since >= importing->step_rows ||
           (importing->since >= STEP_LEAST && importing->may_yield &&
            home_is_awaited(importing->candor));
}

/* Steps become short at once when somebody waits, and long again bit by bit: who asks now and then does not
 * meet a long one each time. */
void ingest_let_in(struct job *job, struct importing *importing)
{
    const bool is_awaited = home_is_awaited(importing->candor);
    importing->step_rows = is_awaited ? STEP_LEAST
                           : importing->step_rows + STEP_LEAST < STEP_ROWS
                               ? importing->step_rows + STEP_LEAST
                               : STEP_ROWS;
    importing->since = 0;
    if (importing->may_yield) {
        home_leave(importing->candor);
        job_say_progress(job, importing->doing, importing->report->rows, importing->rows_expected);
        home_give_way(importing->candor);
        home_enter(importing->candor);
    }
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

void ingest_rejected(struct job *job, struct importing *importing, const struct source_row *row)
{
    /* What is not well formed has no fields that could be repaired. */
    if (importing->quarantine != NULL && row->fault == NULL) {
        quarantine_take(job, importing->quarantine, row, importing->report);
    }
}

enum candor_status ingest_accepted(struct job *job, struct txn *txn, bool is_held, uint32_t slot)
{
    return is_held ? store_drop_quarantine(job, txn, slot) : CANDOR_OK;
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
    json_key(json, LIT("quarantined"));
    json_u64(json, report->quarantined);
    json_key(json, LIT("resumed_after"));
    json_u64(json, report->resumed_after);
    json_key(json, LIT("shared_addresses"));
    json_u64(json, report->shared_addresses);
    json_key(json, LIT("reasons"));
    tally_write(json, &report->reasons);
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

static const char *const kind_name[INGEST_KINDS] = {"subjects", "events", "consents"};

const char *ingest_kind_name(unsigned kind)
{
    must(kind < INGEST_KINDS);
    return kind_name[kind];
}

static enum candor_status kind_named(struct job *job, const char *name, enum ingest_kind *kind)
{
    for (size_t k = 0; k < INGEST_KINDS; k++) {
        if (strcmp(kind_name[k], name) == 0) {
            *kind = (enum ingest_kind)k;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "import what? subjects, events or consents");
}

static size_t targets_of(struct job *job, const struct inventory *inventory, enum ingest_kind kind,
                         const char **target)
{
    switch (kind) {
    case KIND_SUBJECTS:
        return ingest_subject_targets(job, inventory, target);
    case KIND_EVENTS:
        return ingest_event_targets(job, inventory, target);
    case KIND_CONSENTS:
        return ingest_consent_targets(job, inventory, target);
    case INGEST_KINDS:
        break;
    }
    must(kind < INGEST_KINDS);
    return 0;
}

/* Read the file to its end first; then, from its beginning, row by row. */
static void measure_rows(struct job *job, struct importing *importing, enum ingest_kind kind,
                         struct str source, const char *const *target, size_t count)
{
    struct str *field = NEW_ARRAY(job->arena, count + 1, struct str);
    for (size_t t = 0; t < count; t++) {
        field[t] = str_of(target[t]);
    }
    const struct quality_source *asked = quality_source(&importing->candor->quality, source);
    importing->fresh_days = asked == NULL ? 0 : asked->fresh_days;
    importing->measured = NEW(job->arena, struct measured);
    measured_begin(job, importing->candor, source, str_of(kind_name[kind]), field, count,
                   importing->measured);
    if (!importing->dry_run) {
        importing->quarantine =
            quarantine_begin(job, importing->candor, kind, source, target, count);
    }
}

static enum candor_status import_rows(struct job *job, struct importing *importing,
                                      const struct candor_import_order *order)
{
    const char **target = NEW_ARRAY(job->arena, SOURCE_TARGETS_MAX, const char *);
    struct candor *candor = importing->candor;
    struct digest digest;
    enum ingest_kind kind = INGEST_KINDS;
    TRY(kind_named(job, order->kind, &kind));
    const size_t count = targets_of(job, candor->inventory, kind, target);
    TRY(source_open(job, order->path, order->map_path, target, count, &importing->source));
    TRY(scan(job, importing->source, count, &importing->rows_expected, &digest));
    if (kind != KIND_SUBJECTS && !importing->dry_run) {
        TRY(recall(job, importing, order->kind, &digest,
                   (order->flags & CANDOR_IMPORT_AGAIN) != 0));
    }
    TRY(source_open(job, order->path, order->map_path, target, count, &importing->source));
    measure_rows(job, importing, kind, str_of(order->source), target, count);
    const enum candor_status status =
        kind == KIND_SUBJECTS ? ingest_subjects(job, importing)
                              : ingest_known(job, importing, kind == KIND_EVENTS, target, count);
    if (kind == KIND_SUBJECTS && !importing->dry_run) {
        view_forget_all(candor);
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

/* The rows of the last step that were bad, and how good all were: on record. */
static enum candor_status conclude(struct job *job, struct importing *importing)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    struct measured *measured = importing->measured;
    if (importing->dry_run || importing->report->rows == importing->rows_before) {
        return CANDOR_OK;
    }
    measured->rows = importing->report->rows - importing->rows_before;
    measured->rejected = importing->report->rejected;
    measured_end(measured);
    TRY(home_begin(job, importing->candor, &txn));
    TRY(quarantine_flush(job, txn, importing->quarantine, importing->report));
    TRY(measured_keep(job, importing->candor, txn, measured, &index));
    watch_complete(importing->candor);
    return home_commit(job, importing->candor, txn);
}

static enum candor_status check_source(struct job *job, struct candor_import_order *order)
{
    if (order->source == NULL) {
        order->source = order->kind;
    }
    const struct str name = str_of(order->source);
    bool is_fine = name.len > 0 && name.len <= NAME_LEN_MAX && !str_is(name, SOURCE_HELD);
    for (size_t i = 0; i < name.len; i++) {
        const char letter = name.ptr[i];
        is_fine =
            is_fine && ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') ||
                        letter == '_' || letter == '-' || letter == '.' || letter == ':');
    }
    return is_fine ? CANDOR_OK
                   : fail(job, CANDOR_BAD_INPUT,
                          "the name of a source has 1 to %d of a-z 0-9 _ - : . and is not '%s'",
                          NAME_LEN_MAX, SOURCE_HELD);
}

/* Data come in under a policy that was reviewed; what people say of their own comes in always. */
static enum candor_status must_be_reviewed(struct job *job, struct candor *candor,
                                           const struct candor_import_order *order, bool dry_run)
{
    struct txn *txn = NULL;
    if (dry_run || str_is(str_of(order->kind), "consents")) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    return board_require(job, candor, txn, BOARD_POLICY, STR(""), STR(""));
}

static enum candor_status import(struct job *job, struct candor *candor,
                                 struct candor_import_order *order, struct candor_text *text)
{
    struct import_report *report = NEW(job->arena, struct import_report);
    struct importing importing = {
        .candor = candor,
        .report = report,
        .step = arena_beside(job),
        .dry_run = (order->flags & CANDOR_IMPORT_DRY_RUN) != 0,
        .may_yield = true,
        .step_rows = STEP_ROWS,
    };
    const uint64_t began = host_ticks();
    TRY(caller_may(job, candor, ACT_IMPORT));
    TRY(check_source(job, order));
    TRY(must_be_reviewed(job, candor, order, importing.dry_run));
    TRY(import_rows(job, &importing, order));
    TRY(must_have_fitted(job, &importing));
    TRY(conclude(job, &importing));
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
    const struct candor_import_order order = {
        .kind = kind, .path = path, .map_path = map_path, .flags = flags};
    return candor_import_from(job, candor, &order, report);
}

enum candor_status candor_import_from(struct job *job, struct candor *candor,
                                      const struct candor_import_order *order,
                                      struct candor_text *report)
{
    struct candor_import_order own = *order;
    home_enter(candor);
    enum candor_status status = CANDOR_OK;
    if (candor->is_importing) {
        status = fail(job, CANDOR_BUSY, "another import is under way; try again when it is done");
    } else {
        candor->is_importing = true;
        status = import(job, candor, &own, report);
        candor->is_importing = false;
    }
    home_leave(candor);
    return status;
}

/* ---- out of quarantine --------------------------------------------------------------------- */

static struct given_row *given_rows(struct job *job, const struct bad_row *row, size_t count,
                                    const char *const *target, size_t target_count)
{
    struct given_row *given = NEW_ARRAY(job->arena, count + 1, struct given_row);
    for (size_t i = 0; i < count; i++) {
        given[i] = (struct given_row){row[i].line, row[i].slot,
                                      NEW_ARRAY(job->arena, target_count, struct str)};
        for (size_t v = 0; v < row[i].target_count; v++) {
            for (size_t t = 0; t < target_count; t++) {
                if (str_is(row[i].target[v], target[t])) {
                    given[i].value[t] = row[i].value[v];
                }
            }
        }
    }
    return given;
}

enum candor_status ingest_again(struct job *job, struct candor *candor, unsigned kind,
                                struct str source, const struct bad_row *row, size_t count,
                                struct import_report *report)
{
    const char **target = NEW_ARRAY(job->arena, SOURCE_TARGETS_MAX, const char *);
    struct importing importing = {
        .candor = candor, .report = report, .step = arena_beside(job), .step_rows = STEP_ROWS};
    const size_t targets = targets_of(job, candor->inventory, (enum ingest_kind)kind, target);
    importing.source =
        source_of_rows(job, given_rows(job, row, count, target, targets), count, targets);
    importing.rows_expected = count;
    measure_rows(job, &importing, (enum ingest_kind)kind, source, target, targets);
    importing.quarantine = NULL; /* they are there */
    TRY(kind == KIND_SUBJECTS
            ? ingest_subjects(job, &importing)
            : ingest_known(job, &importing, kind == KIND_EVENTS, target, targets));
    if (kind == KIND_SUBJECTS) {
        view_forget_all(candor);
    }
    return CANDOR_OK;
}
