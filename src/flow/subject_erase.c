/*
 * subject_erase.c - erasure: of one subject, with the certificate; of many, with one root change.
 */
#include "candor_me.h"
#include "consenting.h"
#include "decision.h"
#include "guard.h"
#include "request.h"
#include "retained.h"
#include "share.h"
#include "staff.h"

static void put_rows(struct json *json, const struct erasing *erasing)
{
    const struct erasure_rows *rows = &erasing->rows;
    json_key(json, LIT("rows_deleted"));
    json_map_begin(json);
    json_key(json, LIT("profile"));
    json_u64(json, rows->profile_rows);
    json_key(json, LIT("events"));
    json_u64(json, rows->event_rows);
    json_key(json, LIT("consents"));
    json_u64(json, rows->consent_rows);
    json_key(json, LIT("contacts"));
    json_u64(json, rows->contact_rows);
    json_key(json, LIT("decisions"));
    json_u64(json, rows->decision_rows);
    json_key(json, LIT("disclosures"));
    json_u64(json, rows->disclosure_rows);
    json_key(json, LIT("quarantine"));
    json_u64(json, rows->quarantine_rows);
    json_key(json, LIT("accesses"));
    json_u64(json, rows->access_rows);
    json_key(json, LIT("chats"));
    json_u64(json, erasing->chats);
    json_map_end(json);
}

void key_change_json(struct job *job, struct json *json, const struct key_erasure *facts)
{
    json_key(json, LIT("key_destroyed"));
    json_map_begin(json);
    json_key(json, LIT("generation"));
    json_u64(json, facts->generation);
    json_key(json, LIT("root_before"));
    json_text(json, hex_of(job->arena, (struct bytes){facts->old_root, sizeof facts->old_root}));
    json_key(json, LIT("root_after"));
    json_text(json, hex_of(job->arena, (struct bytes){facts->new_root, sizeof facts->new_root}));
    json_key(json, LIT("root_grade"));
    const char grade[2] = {(char)facts->grade, '\0'};
    json_text(json, str_of(grade));
    json_key(json, LIT("blocks_rewritten"));
    json_u64(json, facts->blocks_rewritten);
    json_map_end(json);
}

#define CERTIFICATE_FORMAT "candor-erasure-certificate-v1"

/*
 * The certificate has no identity in it. Its random number is on the ledger as the entry's object,
 * so that the one who holds the certificate can show later that it is theirs. What it says of rows
 * and times is no part of the entry, because it is known only afterwards: it is signed.
 */
static enum candor_status certificate(struct job *job, struct candor *candor,
                                      const struct erasing *erasing,
                                      const struct key_erasure *facts,
                                      const struct candor_text *recipients,
                                      struct candor_text *report)
{
    const struct value *told = NULL;
    const struct value *document = NULL;
    struct answer answer;
    answer_begin(job, &answer);
    struct json *json = &answer.json;
    json_map_begin(json);
    json_key(json, LIT("format"));
    json_lit(json, LIT(CERTIFICATE_FORMAT));
    json_key(json, LIT("erased"));
    json_bool(json, true);
    json_key(json, LIT("certificate"));
    json_text(json, hex_of(job->arena, (struct bytes){erasing->number, sizeof erasing->number}));
    json_key(json, LIT("requested"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("completed"));
    json_text(json, str_from_time(job->arena, job->host->now(job->host)));
    put_rows(json, erasing);
    key_change_json(job, json, facts);
    json_key(json, LIT("kept"));
    json_list_begin(json);
    if (erasing->suppress) {
        json_lit(json, LIT("a keyed mark, so that no import brings them back: at their own wish"));
    }
    json_list_end(json);
    TRY(json_read(job, (struct bytes){(const uint8_t *)recipients->ptr, recipients->len}, NULL,
                  "the recipients", &told));
    json_key(json, LIT("recipients_to_tell"));
    json_value(json, value_get(told, "recipients"));
    json_key(json, LIT("backups"));
    json_text(json, STR("Older copies of the data hold only what the destroyed key could open."));
    json_key(json, LIT("ledger_index"));
    json_u64(json, erasing->index);
    TRY(receipt_json(job, candor, json, erasing->index));
    json_map_end(json);
    return sign_document(job, candor, LIT(CERTIFICATE_FORMAT), buf_all(&answer.buf), report,
                         &document);
}

/* Whom to tell, as long as that can be read. */
static enum candor_status recipients_text(struct job *job, struct candor *candor, struct txn *txn,
                                          struct subject subject, struct candor_text *text)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    TRY(recipients_json(job, candor, txn, subject, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, text);
    return CANDOR_OK;
}

/* Whatever they are called, so that no import brings them back. */
static enum candor_status leave_marks(struct job *job, struct candor *candor, struct txn *txn,
                                      struct subject subject)
{
    const struct permit *permit = permit_for_right(job, subject, RIGHT_ERASURE);
    struct profile profile = profile_begin(job->arena, candor->inventory);
    struct str name;
    uint64_t index = 0;
    TRY(store_identifier(job, txn, permit, &name));
    TRY(store_profile(job, txn, permit, &profile));
    TRY(suppress_add(job, candor, txn, name));
    for (size_t f = 0; f < candor->inventory->field_count; f++) {
        const struct str pii = candor->inventory->field[f].pii;
        const bool is_address =
            candor->inventory->field_is_lookup[f] || str_is(pii, "email") || str_is(pii, "phone");
        if (is_address && profile.cell[f].kind == CELL_TEXT) {
            TRY(suppress_add(job, candor, txn, profile.cell[f].text));
        }
    }
    const struct account account = {.action = LEDGER_SUPPRESS, .outcome = OUTCOME_DONE};
    return home_account(job, candor, txn, &account, &index, NULL);
}

enum candor_status subject_erase_one(struct job *job, struct candor *candor, struct txn *txn,
                                     struct subject subject, struct erasing *erasing)
{
    const struct permit *permit = permit_for_right(job, subject, RIGHT_ERASURE);
    TRY(entropy_draw(job, erasing->number, sizeof erasing->number));
    if (erasing->suppress) {
        TRY(leave_marks(job, candor, txn, subject));
    }
    TRY(sayings_drop(job, txn, subject, erasing->said));
    TRY(chats_about_end(job, txn, subject, &erasing->chats));
    const struct account account = {.action = LEDGER_ERASE,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &subject,
                                    .object = erasing->number};
    TRY(home_account(job, candor, txn, &account, &erasing->index, NULL));
    TRY(recall_queue(job, candor, txn, subject, RECALL_ERASURE, NULL, EVERY));
    return store_erase(job, txn, permit, &erasing->rows);
}

enum candor_status subject_erase_within(struct job *job, struct candor *candor,
                                        const char *identifier, bool suppress,
                                        struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct key_erasure facts;
    struct sayings said;
    struct erasing erasing = {.suppress = suppress, .said = &said};
    struct candor_text recipients;
    const struct str part[] = {STR("one"), str_of(identifier)};
    TRY(caller_may_own(job, candor, ACT_SUBJECT_ERASE));
    TRY(second_require(job, candor, GUARD_ERASE, part, 2));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    TRY(sayings_load(job, txn, &said));
    TRY(holds_allow_erasure(job, txn, subject));
    TRY(recipients_text(job, candor, txn, subject, &recipients));
    TRY(subject_erase_one(job, candor, txn, subject, &erasing));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);

    /* From here on a crash is finished by the next open: the deletion is durable and marked. */
    TRY(during(job, store_finish_erasures(job, candor->store, &facts), "destroying the key"));
    return certificate(job, candor, &erasing, &facts, &recipients, report);
}

enum candor_status candor_subject_erase(struct job *job, struct candor *candor,
                                        const char *identifier, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = subject_erase_within(job, candor, identifier, false, report);
    home_leave(candor);
    return status;
}

enum candor_status candor_subject_leave(struct job *job, struct candor *candor,
                                        const char *identifier, bool keep_mark,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        subject_erase_within(job, candor, identifier, keep_mark, report);
    home_leave(candor);
    return status;
}

/* ---- many ---------------------------------------------------------------------------------- */

#define BATCH_MAX 100000

struct batch {
    bool suppress;
    struct str *name; /* the lines of the file */
    size_t count;
    struct sayings said;
    uint64_t erased;
    uint64_t unknown;
    uint64_t held; /* by a legal hold: not erased */
    struct holds holds;
    uint64_t rows;
};

static enum candor_status read_batch(struct job *job, const char *path, struct batch *batch)
{
    static const struct text_limits limits = {.text_max = IDENTIFIER_LEN_MAX + 2};
    struct lines *lines = NULL;
    struct buf list = buf_begin(job->arena);
    struct str line;
    uint64_t number = 0;
    TRY(lines_open(job, str_of(path), &limits, &lines));
    enum candor_status status = lines_next(job, lines, &line, &number);
    while (status == CANDOR_OK) {
        const struct str name = str_copy(job->arena, str_trim(line));
        if (name.len > IDENTIFIER_LEN_MAX) {
            return fail(job, CANDOR_BAD_INPUT,
                        "line %llu is no identifier: it has more than %d bytes; nobody was erased",
                        (unsigned long long)number, IDENTIFIER_LEN_MAX);
        }
        buf_bytes(&list, &name, sizeof name);
        if (list.len / sizeof name > BATCH_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "at most %d at once; nobody was erased", BATCH_MAX);
        }
        status = lines_next(job, lines, &line, &number);
    }
    if (status != CANDOR_NOT_FOUND) {
        return status;
    }
    job_forgive(job);
    batch->name = (void *)list.ptr; /* a piece of an arena is aligned for any type */
    batch->count = list.len / sizeof line;
    return CANDOR_OK;
}

static uint64_t rows_of(const struct erasure_rows *rows)
{
    return rows->profile_rows + rows->event_rows + rows->consent_rows + rows->contact_rows +
           rows->decision_rows + rows->quarantine_rows + rows->access_rows + rows->disclosure_rows;
}

/* One line; who is not known, or stood in an earlier line, is counted. */
static enum candor_status erase_line(struct job *job, struct candor *candor, struct txn *txn,
                                     struct batch *batch, size_t at, struct json *json)
{
    struct subject subject;
    struct erasing erasing = {.suppress = batch->suppress, .said = &batch->said};
    const enum candor_status status =
        home_subject(job, candor, txn, str_z(job->arena, batch->name[at]), &subject);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        batch->unknown++;
        return CANDOR_OK;
    }
    TRY(status);
    if (hold_over(batch->holds.hold, batch->holds.count, subject, STR("")) != NULL) {
        batch->held++;
        return CANDOR_OK;
    }
    TRY(subject_erase_one(job, candor, txn, subject, &erasing));
    view_drop(candor, subject);
    batch->erased++;
    batch->rows += rows_of(&erasing.rows) + erasing.chats;
    json_map_begin(json);
    json_key(json, LIT("row"));
    json_u64(json, at + 1);
    json_key(json, LIT("certificate"));
    json_hex(json, (struct bytes){erasing.number, sizeof erasing.number});
    json_key(json, LIT("ledger_index"));
    json_u64(json, erasing.index);
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status erase_lines(struct job *job, struct candor *candor, struct txn *txn,
                                      struct batch *batch, struct json *json)
{
    /* What one line makes is given back; the answer grows in an arena of its own. */
    for (size_t i = 0; i < batch->count; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(erase_line(job, candor, txn, batch, i, json));
        arena_rewind(job->arena, mark);
        if (i % 1000 == 0) {
            job_say_progress(job, "erasing", i, batch->count);
        }
    }
    return CANDOR_OK;
}

static void put_batch(struct job *job, struct json *json, const struct batch *batch,
                      const struct key_erasure *facts)
{
    json_key(json, LIT("erased"));
    json_u64(json, batch->erased);
    json_key(json, LIT("unknown"));
    json_u64(json, batch->unknown);
    json_key(json, LIT("held_by_legal_hold"));
    json_u64(json, batch->held);
    json_key(json, LIT("rows_deleted"));
    json_u64(json, batch->rows);
    json_key(json, LIT("suppressed"));
    json_bool(json, batch->suppress);
    key_change_json(job, json, facts);
    json_key(json, LIT("requested"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("completed"));
    json_text(json, str_from_time(job->arena, job->host->now(job->host)));
}

static enum candor_status erase_batch(struct job *job, struct candor *candor, struct batch *batch,
                                      struct candor_text *report)
{
    struct txn *txn = NULL;
    struct key_erasure facts;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_SUBJECT_ERASE));
    TRY(second_require(job, candor, GUARD_ERASE, batch->name, batch->count));
    TRY(home_begin(job, candor, &txn));
    TRY(sayings_load(job, txn, &batch->said));
    TRY(holds_load(job, txn, &batch->holds));
    answer.buf = buf_begin(arena_beside(job));
    json_begin(&answer.json, &answer.buf, true);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("certificates"));
    json_list_begin(&answer.json);
    TRY(erase_lines(job, candor, txn, batch, &answer.json));
    json_list_end(&answer.json);
    if (batch->erased == 0) {
        return batch->held > 0 ? fail(job, CANDOR_REFUSED,
                                      "legal holds stop the erasure of all %llu that are known",
                                      (unsigned long long)batch->held)
                               : fail(job, CANDOR_NOT_FOUND,
                                      "none of the %zu in the file is known here", batch->count);
    }
    TRY(home_commit(job, candor, txn));
    TRY(during(job, store_finish_erasures(job, candor->store, &facts), "destroying the keys"));
    put_batch(job, &answer.json, batch, &facts);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_request_erase_batch(struct job *job, struct candor *candor,
                                              const char *path, bool suppress,
                                              struct candor_text *report)
{
    struct batch batch = {.suppress = suppress};
    TRY(read_batch(job, path, &batch));
    home_enter(candor);
    const enum candor_status status = erase_batch(job, candor, &batch, report);
    home_leave(candor);
    return status;
}
