/*
 * quarantine.c - rows that broke a rule: kept sealed, repaired, imported again.
 *
 * A row lies in the store as
 *
 *     version u8 = 1 | kind u8 | time u64le | line u64le | source | code | field   (blocks)
 *     | count u16le | count times: target block, has value u8, value block
 *
 * by the names of the inventory, not by the columns of the file it came in. Reports say which field of
 * which line broke what rule; values are shown only to whoever may read subjects, on the ledger.
 */
#include "candor_inventory.h"
#include "measured.h"
#include "staff.h"

enum { ROW_VERSION = 1, ROWS_OF_IMPORT_MAX = 10000, NAMES_MAX = 64 };

struct quarantine {
    const struct candor *candor;
    struct arena *arena;
    unsigned kind;
    struct str source;
    const char *const *target;
    size_t target_count;
    struct quarantine_row *row;
    size_t count;
    size_t room;
    size_t total; /* of this import */
};

struct quarantine *quarantine_begin(struct job *job, const struct candor *candor, unsigned kind,
                                    struct str source, const char *const *target,
                                    size_t target_count)
{
    struct quarantine *quarantine = NEW(job->arena, struct quarantine);
    *quarantine = (struct quarantine){.candor = candor,
                                      .arena = arena_beside(job),
                                      .kind = kind,
                                      .source = source,
                                      .target = target,
                                      .target_count = target_count};
    return quarantine;
}

/* ---- bytes --------------------------------------------------------------------------------- */

static void write_row(const struct bad_row *row, struct buf *buf)
{
    buf_u8(buf, ROW_VERSION);
    buf_u8(buf, (uint8_t)row->kind);
    buf_u64le(buf, (uint64_t)row->time);
    buf_u64le(buf, row->line);
    buf_block(buf, bytes_of(row->source));
    buf_block(buf, bytes_of(row->code));
    buf_block(buf, bytes_of(row->field));
    buf_u16le(buf, (uint16_t)row->target_count);
    for (size_t t = 0; t < row->target_count; t++) {
        buf_block(buf, bytes_of(row->target[t]));
        buf_u8(buf, row->value[t].ptr != NULL);
        buf_block(buf, bytes_of(row->value[t]));
    }
}

static enum candor_status read_row(struct job *job, struct bytes bytes, struct bad_row *row)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    row->kind = read_u8(&reader);
    row->time = (int64_t)read_u64le(&reader);
    row->line = read_u64le(&reader);
    row->source = read_text(&reader);
    row->code = read_text(&reader);
    row->field = read_text(&reader);
    row->target_count = read_u16le(&reader);
    if (reader.bad || version != ROW_VERSION || row->kind >= INGEST_KINDS ||
        row->target_count > SOURCE_TARGETS_MAX) {
        return fail(job, CANDOR_CORRUPT, "a row in quarantine has another layout");
    }
    row->target = NEW_ARRAY(job->arena, row->target_count + 1, struct str);
    row->value = NEW_ARRAY(job->arena, row->target_count + 1, struct str);
    for (size_t t = 0; t < row->target_count; t++) {
        row->target[t] = read_text(&reader);
        const bool has_value = read_u8(&reader) != 0;
        const struct str value = read_text(&reader);
        row->value[t] = has_value ? value : (struct str){NULL, 0};
    }
    return reader_is_done(&reader)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "a row in quarantine has another layout");
}

enum candor_status quarantine_load(struct job *job, struct txn *txn, uint32_t slot,
                                   struct bad_row *row)
{
    struct bytes content;
    TRY(store_quarantine(job, txn, slot, &content));
    row->slot = slot;
    return read_row(job, content, row);
}

/* What the row goes by: its identifier and whatever subjects are found by. */
static size_t names_of(const struct inventory *inventory, const struct bad_row *row,
                       struct str name[NAMES_MAX])
{
    size_t count = 0;
    for (size_t t = 0; t < row->target_count && count < NAMES_MAX; t++) {
        const size_t field = inventory_field(inventory, row->target[t]);
        const bool is_name = str_equal(row->target[t], inventory->identifier) ||
                             (field != NONE && (inventory->field_is_lookup[field] ||
                                                inventory->field[field].pii.len > 0));
        if (is_name && str_trim(row->value[t]).len > 0) {
            name[count++] = row->value[t];
        }
    }
    return count;
}

/* ---- on the way in ------------------------------------------------------------------------- */

static void grow(struct quarantine *quarantine)
{
    if (quarantine->count < quarantine->room) {
        return;
    }
    const size_t room = quarantine->room * 2 + 16;
    struct quarantine_row *row = NEW_ARRAY(quarantine->arena, room, struct quarantine_row);
    bytes_copy(row, quarantine->row, quarantine->count * sizeof *row);
    quarantine->row = row;
    quarantine->room = room;
}

static void keep_row(struct quarantine *quarantine, const struct bad_row *bad)
{
    struct arena *arena = quarantine->arena;
    struct str found[NAMES_MAX];
    struct buf content = buf_begin(arena);
    write_row(bad, &content);
    const size_t names = names_of(quarantine->candor->inventory, bad, found);
    struct str *name = NEW_ARRAY(arena, names + 1, struct str);
    for (size_t n = 0; n < names; n++) {
        name[n] = str_copy(arena, found[n]);
    }
    grow(quarantine);
    quarantine->row[quarantine->count++] =
        (struct quarantine_row){.name = name, .name_count = names, .content = buf_all(&content)};
    quarantine->total++;
}

void quarantine_take(struct job *job, struct quarantine *quarantine, const struct source_row *row,
                     const struct import_report *report)
{
    if (quarantine->total == ROWS_OF_IMPORT_MAX) {
        return;
    }
    struct arena *arena = quarantine->arena;
    struct bad_row bad = {.kind = quarantine->kind,
                          .time = job->now,
                          .line = row->line,
                          .source = quarantine->source,
                          .code = str_of(report->last_code),
                          .field = report->last_field,
                          .target = NEW_ARRAY(arena, quarantine->target_count + 1, struct str),
                          .value = NEW_ARRAY(arena, quarantine->target_count + 1, struct str)};
    for (size_t t = 0; t < quarantine->target_count; t++) {
        const struct str value = row->value[t];
        if (value.ptr != NULL && value.len <= CELL_TEXT_MAX) {
            bad.target[bad.target_count] = str_of(quarantine->target[t]);
            bad.value[bad.target_count++] = value;
        }
    }
    keep_row(quarantine, &bad);
}

bool quarantine_take_row(struct job *job, struct quarantine *quarantine, const struct bad_row *row)
{
    if (quarantine->total == ROWS_OF_IMPORT_MAX) {
        return false;
    }
    struct bad_row bad = *row;
    bad.time = job->now;
    keep_row(quarantine, &bad);
    return true;
}

size_t quarantine_count(const struct quarantine *quarantine)
{
    return quarantine->count;
}

/* When the quarantine is full, the import goes on: the report still names every bad row's reason. */
enum candor_status quarantine_flush(struct job *job, struct txn *txn, struct quarantine *quarantine,
                                    struct import_report *report)
{
    uint64_t there = 0;
    TRY(store_quarantine_count(job, txn, &there));
    const uint64_t room = there >= QUARANTINE_ROWS_MAX ? 0 : QUARANTINE_ROWS_MAX - there;
    const size_t count = quarantine->count < room ? quarantine->count : (size_t)room;
    TRY(store_add_quarantine(job, txn, quarantine->row, count));
    report->quarantined += count;
    quarantine->count = 0;
    return CANDOR_OK;
}

/* ---- past its time ------------------------------------------------------------------------- */

enum candor_status quarantine_expire(struct job *job, struct candor *candor, struct txn *txn,
                                     bool dry, uint64_t *count)
{
    const int64_t before = job->now - (int64_t)candor->quality.quarantine_days * MICROS_PER_DAY;
    uint64_t cursor = 0;
    uint32_t slot = 0;
    enum candor_status status = store_next_quarantine(job, txn, &cursor, &slot);
    while (status == CANDOR_OK) {
        struct bad_row row;
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(quarantine_load(job, txn, slot, &row));
        const bool is_past = row.time < before;
        arena_rewind(job->arena, mark);
        *count += is_past;
        if (is_past && !dry) {
            TRY(store_drop_quarantine(job, txn, slot));
        }
        status = store_next_quarantine(job, txn, &cursor, &slot);
    }
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

/* ---- answers ------------------------------------------------------------------------------- */

static void row_members(struct job *job, const struct candor *candor, struct json *json,
                        const struct bad_row *row)
{
    const int64_t stays = (int64_t)candor->quality.quarantine_days * MICROS_PER_DAY;
    json_key(json, LIT("row"));
    json_u64(json, row->slot);
    json_key(json, LIT("kind"));
    json_text(json, str_of(ingest_kind_name(row->kind)));
    json_key(json, LIT("source"));
    json_text(json, row->source);
    json_key(json, LIT("line"));
    json_u64(json, row->line);
    json_key(json, LIT("field"));
    json_text(json, row->field);
    json_key(json, LIT("code"));
    json_text(json, row->code);
    json_key(json, LIT("came"));
    json_text(json, str_from_time(job->arena, row->time));
    json_key(json, LIT("stays_until"));
    json_text(json, str_from_date(job->arena, row->time + stays));
}

static void put_row(struct job *job, const struct candor *candor, struct json *json,
                    const struct bad_row *row, bool values)
{
    json_map_begin(json);
    row_members(job, candor, json, row);
    json_key(json, LIT("columns"));
    json_list_begin(json);
    for (size_t t = 0; t < row->target_count; t++) {
        json_map_begin(json);
        json_key(json, LIT("column"));
        json_text(json, row->target[t]);
        if (values) {
            json_key(json, LIT("value"));
            json_text(json, row->value[t]);
        }
        json_map_end(json);
    }
    json_list_end(json);
    json_map_end(json);
}

enum candor_status quarantine_of_json(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct permit *permit, struct json *json)
{
    uint32_t *slot = NULL;
    size_t count = 0;
    TRY(store_quarantine_of(job, txn, permit, &slot, &count));
    json_key(json, LIT("quarantine"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        struct bad_row row;
        TRY(quarantine_load(job, txn, slot[i], &row));
        put_row(job, candor, json, &row, true);
    }
    json_list_end(json);
    return CANDOR_OK;
}

static enum candor_status row_slot(struct job *job, uint64_t row, uint32_t *slot)
{
    *slot = (uint32_t)row;
    return row < KEYRING_SLOTS_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_NOT_FOUND, "no row of that number is in quarantine");
}

static enum candor_status list_rows(struct job *job, struct candor *candor,
                                    struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t cursor = 0;
    uint32_t slot = 0;
    uint64_t count = 0;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("quarantine"));
    json_list_begin(&answer.json);
    enum candor_status status = store_next_quarantine(job, txn, &cursor, &slot);
    for (; status == CANDOR_OK; count++) {
        struct bad_row row;
        TRY(quarantine_load(job, txn, slot, &row));
        json_map_begin(&answer.json);
        row_members(job, candor, &answer.json, &row);
        json_map_end(&answer.json);
        status = store_next_quarantine(job, txn, &cursor, &slot);
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("count"));
    json_u64(&answer.json, count);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_quality_list(struct job *job, struct candor *candor,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list_rows(job, candor, report);
    home_leave(candor);
    return status;
}

static enum candor_status account_for(struct job *job, struct candor *candor, struct txn *txn,
                                      enum ledger_action action, uint64_t *index)
{
    const struct account account = {.action = action, .outcome = OUTCOME_DONE};
    return home_account(job, candor, txn, &account, index, NULL);
}

/* With those it is about, if they are known: they may see who looked. */
static enum candor_status note_looks(struct job *job, struct candor *candor, struct txn *txn,
                                     const struct bad_row *row, uint64_t index)
{
    struct str name[NAMES_MAX];
    const size_t names = names_of(candor->inventory, row, name);
    for (size_t n = 0; n < names; n++) {
        struct subject subject;
        const enum candor_status status = store_find(job, txn, name[n], &subject);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            continue;
        }
        TRY(status);
        TRY(access_note(job, candor, txn, subject, LIT("quality.show"), index));
    }
    return CANDOR_OK;
}

static enum candor_status show_row(struct job *job, struct candor *candor, uint64_t number,
                                   bool values, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct bad_row row;
    uint32_t slot = 0;
    uint64_t index = 0;
    TRY(caller_may(job, candor, values ? ACT_SUBJECT_READ : ACT_AUDIT));
    TRY(row_slot(job, number, &slot));
    TRY(home_begin(job, candor, &txn));
    TRY(quarantine_load(job, txn, slot, &row));
    if (values) { /* who looked is on record before they see it */
        TRY(account_for(job, candor, txn, LEDGER_READ, &index));
        TRY(note_looks(job, candor, txn, &row, index));
        TRY(home_commit(job, candor, txn));
    }
    answer_begin(job, &answer);
    put_row(job, candor, &answer.json, &row, values);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_quality_show(struct job *job, struct candor *candor, uint64_t row,
                                       bool values, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show_row(job, candor, row, values, report);
    home_leave(candor);
    return status;
}

/* ---- repair -------------------------------------------------------------------------------- */

static enum candor_status set_value(struct job *job, struct bad_row *row, struct str column,
                                    struct str value)
{
    for (size_t t = 0; t < row->target_count; t++) {
        if (str_equal(row->target[t], column)) {
            row->value[t] = value;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "the row has no column '%.*s'; see: candor quality show %u",
                STR_ARG(str_slice(column, 0, NAME_LEN_MAX)), row->slot);
}

static enum candor_status repair_row(struct job *job, struct candor *candor, uint64_t number,
                                     struct str column, struct str value,
                                     struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct bad_row row;
    struct str name[NAMES_MAX];
    struct buf content = buf_begin(job->arena);
    uint64_t index = 0;
    uint32_t slot = 0;
    TRY(caller_may(job, candor, ACT_IMPORT));
    if (value.len > CELL_TEXT_MAX || !str_is_utf8(value)) {
        return fail(job, CANDOR_BAD_INPUT, "a value is UTF-8 text of up to %d bytes",
                    CELL_TEXT_MAX);
    }
    TRY(row_slot(job, number, &slot));
    TRY(home_begin(job, candor, &txn));
    TRY(quarantine_load(job, txn, slot, &row));
    TRY(set_value(job, &row, column, value.ptr == NULL ? STR("") : value));
    write_row(&row, &content);
    const struct quarantine_row stored = {.slot = slot,
                                          .name = name,
                                          .name_count = names_of(candor->inventory, &row, name),
                                          .content = buf_all(&content)};
    TRY(store_put_quarantine(job, txn, &stored));
    TRY(account_for(job, candor, txn, LEDGER_REPAIR, &index));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("row"));
    json_u64(&answer.json, slot);
    json_key(&answer.json, LIT("column"));
    json_text(&answer.json, column);
    json_key(&answer.json, LIT("repaired"));
    json_bool(&answer.json, true);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_quality_repair(struct job *job, struct candor *candor, uint64_t row,
                                         const char *column, const char *value,
                                         struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        repair_row(job, candor, row, str_of(column), str_of(value), report);
    home_leave(candor);
    return status;
}

/* ---- dropping ------------------------------------------------------------------------------ */

static enum candor_status drop_row(struct job *job, struct candor *candor, uint64_t number,
                                   struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct key_erasure facts;
    uint64_t index = 0;
    uint32_t slot = 0;
    TRY(caller_may(job, candor, ACT_IMPORT));
    TRY(row_slot(job, number, &slot));
    TRY(home_begin(job, candor, &txn));
    TRY(store_drop_quarantine(job, txn, slot));
    TRY(account_for(job, candor, txn, LEDGER_REPAIR, &index));
    TRY(home_commit(job, candor, txn));
    TRY(during(job, store_finish_erasures(job, candor->store, &facts), "destroying the key"));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("row"));
    json_u64(&answer.json, slot);
    json_key(&answer.json, LIT("dropped"));
    json_bool(&answer.json, true);
    key_change_json(job, &answer.json, &facts);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_quality_drop(struct job *job, struct candor *candor, uint64_t row,
                                       struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = drop_row(job, candor, row, report);
    home_leave(candor);
    return status;
}
