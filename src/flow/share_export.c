/*
 * share_export.c - data that goes to a recipient: only of those who allow it, only what is declared.
 *
 *     recipient and contract ─▶ every subject's permit ─▶ rows in the recipient's order ─▶ checks
 *         ─▶ disclosures and ledger, durable ─▶ file
 *
 * The file comes last, as in send: what is on record without having left is a question to be asked, what left
 * without being on record would be a breach. One transaction holds all, so no withdrawal comes between.
 */
#include <stdlib.h>

#include "share.h"

enum { MIN_GROUP = 5, FILE_MODE = 0600, ROWS_PER_WORD = 1000 };

struct exporting {
    const struct candor_share *asked;
    struct candor *candor;
    struct txn *txn;
    struct arena *kept; /* cells; what else a subject's turn makes is given back */
    struct shared shared;
    uint8_t id[16];
    struct str fields; /* their names, with commas */
    struct bytes file;
    struct digest digest;
    uint64_t index;
};

/* ---- may this go there at all ---------------------------------------------------------------- */

static enum candor_status find_recipient(struct job *job, struct exporting *exporting)
{
    const struct inventory *inventory = exporting->candor->inventory;
    const size_t found = inventory_recipient(inventory, str_of(exporting->asked->recipient));
    if (found == NONE) {
        return fail(job, CANDOR_NOT_FOUND,
                    "no recipient of that name; see 'recipients' in candor.yaml");
    }
    const struct recipient *recipient = &inventory->recipient[found];
    exporting->shared.recipient = recipient;
    if (recipient->contract_until != 0 && job->now >= recipient->contract_until) {
        return fail(job, CANDOR_REFUSED, "the contract with '%.*s' ended on %.*s",
                    STR_ARG(recipient->name),
                    STR_ARG(str_from_date(job->arena, recipient->contract_until)));
    }
    if (!country_is_in_eea(recipient->country) && recipient->transfer == TRANSFER_NONE) {
        return fail(job, CANDOR_REFUSED, "a transfer to '%.*s' (%.*s) has no basis",
                    STR_ARG(recipient->name), STR_ARG(recipient->country));
    }
    return CANDOR_OK;
}

static enum candor_status find_purpose(struct job *job, struct exporting *exporting)
{
    const struct inventory *inventory = exporting->candor->inventory;
    const uint64_t purposes = exporting->shared.recipient->purposes;
    size_t *purpose = &exporting->shared.purpose;
    *purpose = NONE;
    if (exporting->asked->purpose != NULL) {
        TRY(home_purpose(job, exporting->candor, str_of(exporting->asked->purpose), purpose));
        return (purposes >> *purpose & 1) != 0
                   ? CANDOR_OK
                   : fail(job, CANDOR_REFUSED, "'%s' is no purpose of this recipient",
                          exporting->asked->purpose);
    }
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if ((purposes >> p & 1) != 0) {
            if (*purpose != NONE) {
                return fail(job, CANDOR_BAD_INPUT,
                            "this recipient has several purposes: name one with --purpose");
            }
            *purpose = p;
        }
    }
    return *purpose != NONE ? CANDOR_OK
                            : fail(job, CANDOR_REFUSED, "this recipient has no purpose");
}

static enum candor_status find_fields(struct job *job, struct exporting *exporting)
{
    struct shared *shared = &exporting->shared;
    const struct inventory *inventory = exporting->candor->inventory;
    struct str rest = str_of(exporting->asked->fields);
    struct buf names = buf_begin(job->arena);
    while (rest.ptr != NULL && rest.len > 0) {
        const struct str name = str_trim(str_cut(&rest, ','));
        const size_t f = inventory_field(inventory, name);
        if (f == NONE) {
            return fail(job, CANDOR_BAD_INPUT, "--fields: there is no field '%.*s'", STR_ARG(name));
        }
        if ((inventory->field[f].purposes >> shared->purpose & 1) == 0) {
            return fail(job, CANDOR_REFUSED, "field '%.*s' may not be used for '%.*s'",
                        STR_ARG(name), STR_ARG(inventory->purpose[shared->purpose].name));
        }
        for (size_t i = 0; i < shared->field_count; i++) {
            if (shared->field[i] == f) {
                return fail(job, CANDOR_BAD_INPUT, "--fields: '%.*s' stands twice", STR_ARG(name));
            }
        }
        if (shared->field_count == SHARED_FIELDS_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "--fields: more than %d", SHARED_FIELDS_MAX);
        }
        buf_str(&names, names.len > 0 ? STR(",") : STR(""));
        buf_str(&names, name);
        shared->field[shared->field_count++] = f;
    }
    exporting->fields = buf_text(&names);
    return shared->field_count > 0 ? CANDOR_OK
                                   : fail(job, CANDOR_BAD_INPUT, "--fields: name what is to go");
}

/* ---- rows ------------------------------------------------------------------------------------ */

static enum candor_status gather_row(struct job *job, struct exporting *exporting,
                                     struct subject subject)
{
    struct shared *shared = &exporting->shared;
    struct candor *candor = exporting->candor;
    const struct inventory *inventory = candor->inventory;
    const struct purpose *purpose = &inventory->purpose[shared->purpose];
    struct consent_state state;
    const struct permit *permit = NULL;
    enum permit_code code;
    size_t channel = NONE;
    for (size_t c = 0; c < inventory->channel_count && channel == NONE; c++) {
        channel = (purpose->channels >> c & 1) != 0 ? c : NONE;
    }
    const struct permit_question question = {
        subject, shared->purpose, channel,
        share_recipient(inventory, shared->purpose, shared->recipient)};
    shared->subjects++;
    TRY(home_consent_state(job, candor, exporting->txn, subject, &state));
    const enum candor_status status =
        permit_issue(job, inventory, &state, &question, &code, &permit);
    if (status == CANDOR_REFUSED) {
        job_forgive(job);
        shared->refused[code]++;
        return CANDOR_OK;
    }
    TRY(status);
    struct profile profile = profile_begin(job->arena, inventory);
    TRY(store_profile(job, exporting->txn, permit, &profile));
    struct shared_row *row = &shared->row[shared->row_count++];
    row->subject = subject;
    row->cell = NEW_ARRAY(exporting->kept, shared->field_count, struct str);
    for (size_t f = 0; f < shared->field_count; f++) {
        const struct cell *cell = &profile.cell[shared->field[f]];
        row->cell[f] = cell->kind == CELL_MISSING
                           ? STR("")
                           : cell_text(exporting->kept, &inventory->field[shared->field[f]], cell);
        row->cell[f] =
            str_copy(exporting->kept, row->cell[f]); /* a text is a view of the profile */
    }
    TRY(pseudonym_of(job, candor, shared->recipient->name, subject, row->pseudonym));
    return order_mark(job, candor, shared->recipient->name, subject, &row->mark);
}

static int by_mark(const void *left, const void *right)
{
    const struct shared_row *a = left;
    const struct shared_row *b = right;
    return (a->mark > b->mark) - (a->mark < b->mark);
}

static enum candor_status gather_rows(struct job *job, struct exporting *exporting)
{
    uint64_t cursor = 0;
    uint64_t count = 0;
    struct subject subject;
    enum candor_status status;
    TRY(store_subject_count(job, exporting->txn, &count));
    TRY_ALLOC(job, exporting->shared.row, count + 1, struct shared_row);
    exporting->kept = arena_beside(job);
    while ((status = store_next_subject(job, exporting->txn, &cursor, &subject)) == CANDOR_OK) {
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(gather_row(job, exporting, subject));
        arena_rewind(job->arena, mark);
        if (exporting->shared.subjects % ROWS_PER_WORD == 0) {
            job_say_progress(job, "asking permits", exporting->shared.subjects, count);
        }
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    if (exporting->shared.row_count == 0) {
        return fail(job, CANDOR_REFUSED, "none of %llu subjects allows this: nothing was written",
                    (unsigned long long)exporting->shared.subjects);
    }
    qsort(exporting->shared.row, exporting->shared.row_count, sizeof *exporting->shared.row,
          by_mark);
    return CANDOR_OK;
}

static struct bytes file_of(struct job *job, const struct exporting *exporting)
{
    const struct shared *shared = &exporting->shared;
    struct buf buf = buf_begin(job->arena);
    buf_str(&buf, STR(PSEUDONYM_COLUMN));
    for (size_t f = 0; f < shared->field_count; f++) {
        buf_str(&buf, STR(","));
        csv_put_text(&buf, exporting->candor->inventory->field[shared->field[f]].name);
    }
    buf_str(&buf, STR("\n"));
    for (size_t r = 0; r < shared->row_count; r++) {
        const struct shared_row *row = &shared->row[r];
        buf_str(&buf, hex_of(job->arena, (struct bytes){row->pseudonym, PSEUDONYM_LEN}));
        for (size_t f = 0; f < shared->field_count; f++) {
            buf_str(&buf, STR(","));
            csv_put_text(&buf, row->cell[f]);
        }
        buf_str(&buf, STR("\n"));
    }
    return buf_all(&buf);
}

/* ---- on record ------------------------------------------------------------------------------- */

static void put_facts(struct job *job, struct json *json, const struct exporting *exporting)
{
    const struct shared *shared = &exporting->shared;
    const struct inventory *inventory = exporting->candor->inventory;
    json_key(json, LIT("export"));
    json_hex(json, (struct bytes){exporting->id, sizeof exporting->id});
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("recipient"));
    json_text(json, shared->recipient->name);
    json_key(json, LIT("purpose"));
    json_text(json, inventory->purpose[shared->purpose].name);
    json_key(json, LIT("contract"));
    json_text(json, shared->recipient->contract);
    json_key(json, LIT("country"));
    json_text(json, shared->recipient->country);
    json_key(json, LIT("transfer"));
    json_text(json, str_of(transfer_name(shared->recipient->transfer)));
    json_key(json, LIT("fields"));
    json_text(json, exporting->fields);
    json_key(json, LIT("subjects"));
    json_u64(json, shared->subjects);
    json_key(json, LIT("rows"));
    json_u64(json, shared->row_count);
    json_key(json, LIT("left_out"));
    json_map_begin(json);
    for (size_t code = 0; code < PERMIT_CODES; code++) {
        if (shared->refused[code] > 0) {
            json_key_str(json, str_of(permit_code_name((enum permit_code)code)));
            json_u64(json, shared->refused[code]);
        }
    }
    json_map_end(json);
    json_key(json, LIT("sha256"));
    json_hex(json, (struct bytes){exporting->digest.byte, sizeof exporting->digest.byte});
}

static enum candor_status record_rows(struct job *job, struct exporting *exporting)
{
    const struct shared *shared = &exporting->shared;
    for (size_t r = 0; r < shared->row_count; r++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const struct account account = {.action = LEDGER_DISCLOSE,
                                        .outcome = OUTCOME_DONE,
                                        .subject = &shared->row[r].subject,
                                        .object = exporting->id};
        struct disclosed disclosed = {
            .time = job->now,
            .recipient = shared->recipient->name,
            .purpose = exporting->candor->inventory->purpose[shared->purpose].name,
            .fields = exporting->fields};
        bytes_copy(disclosed.export_id, exporting->id, sizeof exporting->id);
        TRY(home_account(job, exporting->candor, exporting->txn, &account, &disclosed.ledger_index,
                         NULL));
        TRY(store_add_disclosure(job, exporting->txn, shared->row[r].subject, &disclosed));
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

static enum candor_status record_export(struct job *job, struct exporting *exporting)
{
    struct buf facts = buf_begin(job->arena);
    struct json json;
    uint8_t salt[32];
    json_begin(&json, &facts, false);
    json_map_begin(&json);
    put_facts(job, &json, exporting);
    json_map_end(&json);
    json_end(&json);
    const struct account account = {.action = LEDGER_SHARE,
                                    .outcome = OUTCOME_DONE,
                                    .payload = buf_all(&facts),
                                    .object = exporting->id};
    TRY(home_account(job, exporting->candor, exporting->txn, &account, &exporting->index, salt));
    buf_bytes(&facts, salt, sizeof salt); /* behind the JSON: opens the commitment on the ledger */
    return store_put_document(
        job, exporting->txn, LIT("share"),
        hex_of(job->arena, (struct bytes){exporting->id, sizeof exporting->id}), buf_all(&facts));
}

static enum candor_status share_export(struct job *job, struct exporting *exporting,
                                       struct candor_text *report)
{
    struct answer answer;
    struct candor *candor = exporting->candor;
    TRY(caller_may(job, candor, ACT_SHARE));
    TRY(path_may_be_written(job, exporting->asked->out_path));
    TRY(find_recipient(job, exporting));
    TRY(find_purpose(job, exporting));
    TRY(find_fields(job, exporting));
    TRY(entropy_draw(job, exporting->id, sizeof exporting->id));
    TRY(home_begin(job, candor, &exporting->txn));
    TRY(gather_rows(job, exporting));
    TRY(share_check(job, candor, &exporting->shared));
    exporting->file = file_of(job, exporting);
    exporting->digest = digest_of_bytes(exporting->file);
    TRY(record_rows(job, exporting));
    TRY(record_export(job, exporting));
    TRY(home_commit(job, candor, exporting->txn));
    if (exporting->asked->out_path != NULL) {
        TRY(during(
            job, file_replace(job, str_of(exporting->asked->out_path), exporting->file, FILE_MODE),
            "the disclosure is on record, but the file was not written"));
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_facts(job, &answer.json, exporting);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, exporting->index);
    if (exporting->asked->out_path == NULL) {
        json_key(&answer.json, LIT("csv"));
        json_text(&answer.json,
                  (struct str){(const char *)exporting->file.ptr, exporting->file.len});
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_share_export(struct job *job, struct candor *candor,
                                       const struct candor_share *share, struct candor_text *report)
{
    struct exporting exporting = {
        .asked = share,
        .candor = candor,
        .shared = {.min_group = share->min_group > 0 ? share->min_group : MIN_GROUP}};
    home_enter(candor);
    const enum candor_status status = share_export(job, &exporting, report);
    home_leave(candor);
    return status;
}
