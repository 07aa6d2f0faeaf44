/*
 * share_recall.c - what recipients must be told: corrections, erasures, withdrawals (GDPR Articles 17(2), 19).
 *
 * A recall is a document of the home, queued in the transaction of the change. It has the subject's pseudonym
 * towards that recipient, which is how they know whom it is about, and nothing else of the subject; once they
 * have acknowledged, the pseudonym is dropped too.
 *
 *     version u8 = 2 | kind u8 | state u8 | queued u64le | acknowledged u64le | pseudonym 16 bytes
 *     | recipient block | field block | reference block | delivered u64le
 *
 * Version 1 ends before delivered. To a recipient with a webhook a message is queued with it, which says no
 * more than the recall does (share_webhook.c); when it was taken it is delivered, and when the answer says
 * so, acknowledged.
 */
#include "share.h"

#include "deletion.h"

enum {
    RECALL_VERSION = 2,
    RECALL_VERSION_1 = 1,
    QUEUED = 0,
    ACKNOWLEDGED = 1,
    MESSAGE_MODE = 0600,
    REFERENCE_MAX = 200
};

#define RECALL_DUE (7 * MICROS_PER_DAY) /* "without undue delay": overdue from then on */
#define RECALL_KIND LIT("recall")

struct recall_note {
    enum recall kind;
    uint8_t state;
    int64_t queued;
    int64_t acknowledged;
    int64_t delivered; /* by post; 0: not, or by hand */
    uint8_t pseudonym[PSEUDONYM_LEN];
    struct str recipient;
    struct str field;
    struct str reference;
};

static const char *recall_name(enum recall recall)
{
    static const char *const name[] = {"correction", "erasure", "withdrawal"};
    must((unsigned)recall < sizeof name / sizeof name[0]);
    return name[recall];
}

static struct bytes note_write(struct job *job, const struct recall_note *note)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, RECALL_VERSION);
    buf_u8(&buf, (uint8_t)note->kind);
    buf_u8(&buf, note->state);
    buf_u64le(&buf, (uint64_t)note->queued);
    buf_u64le(&buf, (uint64_t)note->acknowledged);
    buf_bytes(&buf, note->pseudonym, sizeof note->pseudonym);
    buf_block(&buf, bytes_of(note->recipient));
    buf_block(&buf, bytes_of(note->field));
    buf_block(&buf, bytes_of(note->reference));
    buf_u64le(&buf, (uint64_t)note->delivered);
    return buf_all(&buf);
}

static enum candor_status note_read(struct job *job, struct bytes bytes, struct recall_note *note)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t kind = read_u8(&reader);
    *note = (struct recall_note){.kind = (enum recall)kind, .state = read_u8(&reader)};
    note->queued = (int64_t)read_u64le(&reader);
    note->acknowledged = (int64_t)read_u64le(&reader);
    const struct bytes pseudonym = read_bytes(&reader, PSEUDONYM_LEN);
    note->recipient = read_text(&reader);
    note->field = read_text(&reader);
    note->reference = read_text(&reader);
    note->delivered = version == RECALL_VERSION_1 ? 0 : (int64_t)read_u64le(&reader);
    if (version < RECALL_VERSION_1 || version > RECALL_VERSION || kind > RECALL_WITHDRAWAL ||
        note->state > ACKNOWLEDGED || !reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored recall has another layout");
    }
    bytes_copy(note->pseudonym, pseudonym.ptr, PSEUDONYM_LEN);
    return CANDOR_OK;
}

/* ---- queueing -------------------------------------------------------------------------------- */

static bool holds_field(struct str fields, struct str name)
{
    while (fields.ptr != NULL && fields.len > 0) {
        if (str_equal(str_cut(&fields, ','), name)) {
            return true;
        }
    }
    return false;
}

/* What stands in a message about one recall: the recipient's own pseudonym, and nothing else of anybody. */
static void put_told(struct job *job, struct json *json, struct str id,
                     const struct recall_note *note)
{
    json_key(json, LIT("id"));
    json_text(json, id);
    json_key(json, LIT("kind"));
    json_text(json, str_of(recall_name(note->kind)));
    json_key(json, LIT(PSEUDONYM_COLUMN));
    json_hex(json, (struct bytes){note->pseudonym, sizeof note->pseudonym});
    json_key(json, LIT("field"));
    json_text(json, note->field);
    json_key(json, LIT("since"));
    json_text(json, str_from_time(job->arena, note->queued));
}

/* {"type", "timestamp", "data"}, as Standard Webhooks has it; the same bytes in every try. */
static struct bytes letter_of(struct job *job, const struct candor *candor, struct str id,
                              const struct recall_note *note)
{
    struct buf body = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &body, false);
    json_map_begin(&json);
    json_key(&json, LIT("type"));
    json_lit(&json, LIT("candor.recall.v1"));
    json_key(&json, LIT("timestamp"));
    json_text(&json, str_from_time(job->arena, note->queued));
    json_key(&json, LIT("data"));
    json_map_begin(&json);
    json_key(&json, LIT("from"));
    json_text(&json, candor->origin);
    json_key(&json, LIT("to"));
    json_text(&json, note->recipient);
    put_told(job, &json, id, note);
    json_map_end(&json);
    json_map_end(&json);
    json_end(&json);
    return buf_all(&body);
}

static enum candor_status queue_one(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, struct recall_note *note)
{
    uint8_t id[16];
    uint64_t index = 0;
    TRY(entropy_draw(job, id, sizeof id));
    TRY(pseudonym_of(job, candor, note->recipient, subject, note->pseudonym));
    const struct account account = {
        .action = LEDGER_RECALL, .outcome = OUTCOME_DONE, .subject = &subject, .object = id};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    const struct str name = hex_of(job->arena, (struct bytes){id, sizeof id});
    TRY(store_put_document(job, txn, RECALL_KIND, name, note_write(job, note)));
    TRY(webhook_queue(job, candor, txn, note->recipient, id, letter_of(job, candor, name, note)));
    return note->kind == RECALL_ERASURE
               ? deletion_pass_on(job, candor, txn, subject, note->recipient,
                                  (struct bytes){note->pseudonym, sizeof note->pseudonym}, id)
               : CANDOR_OK;
}

enum candor_status recall_queue(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, enum recall recall,
                                const struct field *field, size_t purpose)
{
    struct disclosed *disclosed = NULL;
    size_t count = 0;
    struct map *told = map_begin(job->arena);
    TRY(store_disclosures(job, txn, subject, &disclosed, &count));
    for (size_t i = 0; i < count; i++) {
        const bool is_about =
            (field == NULL || holds_field(disclosed[i].fields, field->name)) &&
            (purpose == EVERY ||
             str_equal(disclosed[i].purpose, candor->inventory->purpose[purpose].name));
        if (!is_about || map_get(told, KEY(disclosed[i].recipient)) != NULL) {
            continue;
        }
        map_put(told, KEY(disclosed[i].recipient), told);
        struct recall_note note = {.kind = recall,
                                   .queued = job->now,
                                   .recipient = disclosed[i].recipient,
                                   .field = field == NULL ? STR("") : field->name};
        TRY(queue_one(job, candor, txn, subject, &note));
    }
    return recall == RECALL_ERASURE ? deletion_forget(job, txn, subject) : CANDOR_OK;
}

/* ---- what is queued -------------------------------------------------------------------------- */

static bool is_overdue(const struct job *job, const struct recall_note *note)
{
    return note->state == QUEUED && job->now >= note->queued + RECALL_DUE;
}

static void put_note(struct job *job, struct json *json, struct str id,
                     const struct recall_note *note)
{
    json_map_begin(json);
    json_key(json, LIT("id"));
    json_text(json, id);
    json_key(json, LIT("recipient"));
    json_text(json, note->recipient);
    json_key(json, LIT("kind"));
    json_text(json, str_of(recall_name(note->kind)));
    json_key(json, LIT("field"));
    json_text(json, note->field);
    json_key(json, LIT("queued"));
    json_text(json, str_from_time(job->arena, note->queued));
    json_key(json, LIT("due"));
    json_text(json, str_from_time(job->arena, note->queued + RECALL_DUE));
    json_key(json, LIT("state"));
    json_lit(json, note->state == ACKNOWLEDGED ? LIT("acknowledged")
                   : is_overdue(job, note)     ? LIT("overdue")
                                               : LIT("queued"));
    put_time_or_null(job, json, LIT("delivered"), note->delivered);
    if (note->state == ACKNOWLEDGED) {
        json_key(json, LIT("acknowledged"));
        json_text(json, str_from_time(job->arena, note->acknowledged));
        json_key(json, LIT("reference"));
        json_text(json, note->reference);
    }
    json_map_end(json);
}

struct recalls {
    struct str *id;
    struct recall_note *note;
    size_t count;
};

static enum candor_status load(struct job *job, struct txn *txn, struct recalls *recalls)
{
    TRY(store_documents(job, txn, RECALL_KIND, &recalls->id, &recalls->count));
    TRY_ALLOC(job, recalls->note, recalls->count + 1, struct recall_note);
    for (size_t i = 0; i < recalls->count; i++) {
        struct bytes content;
        TRY(store_document(job, txn, RECALL_KIND, recalls->id[i], &content));
        TRY(note_read(job, content, &recalls->note[i]));
    }
    return CANDOR_OK;
}

/* {"message": TEXT, "key": verifier key, "signature": of the bytes of TEXT}: whoever posts it need not be us. */
static enum candor_status write_message(struct job *job, const struct candor *candor,
                                        const struct recalls *recalls, struct str recipient,
                                        const char *path)
{
    struct buf message = buf_begin(job->arena);
    struct buf file = buf_begin(job->arena);
    struct json json;
    uint8_t signature[SIGNATURE_LEN];
    uint8_t key[PUBLIC_KEY_LEN];
    json_begin(&json, &message, false);
    json_map_begin(&json);
    json_key(&json, LIT("type"));
    json_lit(&json, LIT("candor-recall-v1"));
    json_key(&json, LIT("from"));
    json_text(&json, candor->origin);
    json_key(&json, LIT("to"));
    json_text(&json, recipient);
    json_key(&json, LIT("time"));
    json_text(&json, str_from_time(job->arena, job->now));
    json_key(&json, LIT("recalls"));
    json_list_begin(&json);
    for (size_t i = 0; i < recalls->count; i++) {
        const struct recall_note *note = &recalls->note[i];
        if (note->state == QUEUED && str_equal(note->recipient, recipient)) {
            json_map_begin(&json);
            put_told(job, &json, recalls->id[i], note);
            json_map_end(&json);
        }
    }
    json_list_end(&json);
    json_map_end(&json);
    json_end(&json);
    signer_sign(candor->signer, buf_all(&message), signature);
    signer_public(candor->signer, key);
    json_begin(&json, &file, true);
    json_map_begin(&json);
    json_key(&json, LIT("message"));
    json_text(&json, buf_text(&message));
    json_key(&json, LIT("key"));
    json_text(&json, verifier_key_text(job->arena, candor->origin, key));
    json_key(&json, LIT("signature"));
    json_base64(&json, (struct bytes){signature, sizeof signature});
    json_map_end(&json);
    json_end(&json);
    return file_replace(job, str_of(path), buf_all(&file), MESSAGE_MODE);
}

/* Listed in candor.yaml, or taken out of it since with recalls that are still to be told. */
static enum candor_status recipient_is_known(struct job *job, const struct candor *candor,
                                             const struct recalls *recalls, const char *recipient)
{
    bool is_known =
        recipient == NULL || inventory_recipient(candor->inventory, str_of(recipient)) != NONE;
    for (size_t i = 0; i < recalls->count && !is_known; i++) {
        is_known = str_is(recalls->note[i].recipient, recipient);
    }
    return is_known ? CANDOR_OK
                    : fail(job, CANDOR_NOT_FOUND,
                           "no recipient '%s' in candor.yaml, and none of that name has a recall",
                           recipient);
}

static enum candor_status list_recalls(struct job *job, struct candor *candor,
                                       const char *recipient, const char *out_path, size_t *overdue,
                                       struct candor_text *report)
{
    struct txn *txn = NULL;
    struct recalls recalls = {0};
    struct answer answer;
    size_t waiting = 0;
    *overdue = 0;
    TRY(caller_may(job, candor, ACT_SHARE));
    if (out_path != NULL && recipient == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "--out writes a message to one: name --recipient");
    }
    TRY(path_may_be_written(job, out_path));
    TRY(home_begin(job, candor, &txn));
    TRY(load(job, txn, &recalls));
    TRY(recipient_is_known(job, candor, &recalls, recipient));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("recalls"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < recalls.count; i++) {
        if (recipient == NULL || str_is(recalls.note[i].recipient, recipient)) {
            put_note(job, &answer.json, recalls.id[i], &recalls.note[i]);
            waiting += recalls.note[i].state == QUEUED;
            *overdue += is_overdue(job, &recalls.note[i]);
        }
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("waiting"));
    json_u64(&answer.json, waiting);
    json_key(&answer.json, LIT("overdue"));
    json_u64(&answer.json, *overdue);
    json_map_end(&answer.json);
    if (out_path != NULL) {
        TRY(write_message(job, candor, &recalls, str_of(recipient), out_path));
    }
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_share_recalls(struct job *job, struct candor *candor,
                                        const char *recipient, const char *out_path,
                                        size_t *overdue, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        list_recalls(job, candor, recipient, out_path, overdue, report);
    home_leave(candor);
    return status;
}

static enum candor_status settle(struct job *job, struct candor *candor, struct txn *txn,
                                 const uint8_t id[16], struct str reference,
                                 struct recall_note *note)
{
    const struct str name = hex_of(job->arena, (struct bytes){id, 16});
    struct bytes content;
    uint64_t index = 0;
    TRY(during(job, store_document(job, txn, RECALL_KIND, name, &content), "the recall"));
    TRY(note_read(job, content, note));
    if (note->state == ACKNOWLEDGED) {
        return fail(job, CANDOR_EXISTS, "this recall was acknowledged already");
    }
    note->state = ACKNOWLEDGED;
    note->acknowledged = job->now;
    note->reference = reference;
    for (size_t i = 0; i < sizeof note->pseudonym; i++) {
        note->pseudonym[i] = 0; /* it has served */
    }
    TRY(store_put_document(job, txn, RECALL_KIND, name, note_write(job, note)));
    const struct account account = {
        .action = LEDGER_RECALL_ACKNOWLEDGED, .outcome = OUTCOME_DONE, .object = id};
    return home_account(job, candor, txn, &account, &index, NULL);
}

enum candor_status recall_settle(struct job *job, struct candor *candor, struct txn *txn,
                                 const uint8_t id[16], struct str reference)
{
    struct recall_note note;
    return settle(job, candor, txn, id, reference, &note);
}

static bool is_reference(struct str text)
{
    return text.len <= REFERENCE_MAX && str_is_utf8(text);
}

static enum candor_status acknowledge(struct job *job, struct candor *candor, const char *id,
                                      const char *reference, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct recall_note note;
    struct answer answer;
    uint8_t object[16];
    TRY(caller_may(job, candor, ACT_SHARE));
    if (!hex_read(str_of(id), object, sizeof object)) {
        return fail(job, CANDOR_BAD_INPUT, "a recall's id has 32 hex digits");
    }
    if (!is_reference(str_of(reference))) {
        return fail(job, CANDOR_BAD_INPUT, "--reference has at most %d bytes", REFERENCE_MAX);
    }
    TRY(home_begin(job, candor, &txn));
    TRY(settle(job, candor, txn, object, str_of(reference), &note));
    TRY(webhook_forget(job, candor, txn, note.recipient, object));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    put_note(job, &answer.json, str_of(id), &note);
    answer_end(&answer, report);
    return CANDOR_OK;
}

/* {"acknowledged": true, "reference": TEXT}; anything else says nothing. */
static bool says_done(struct job *job, struct str answer, struct str *reference)
{
    static const struct text_limits limits = {.size_max = 4096, .depth_max = 4, .count_max = 64};
    const struct value *root = NULL;
    const struct bytes bytes = bytes_of(answer);
    *reference = STR("");
    if (answer.len == 0 || json_read(job, bytes, &limits, "the answer", &root) != CANDOR_OK) {
        job_forgive(job);
        return false;
    }
    const struct value *done = value_get(root, "acknowledged");
    const struct value *theirs = value_get(root, "reference");
    if (theirs != NULL && theirs->kind == VALUE_TEXT && is_reference(theirs->text)) {
        *reference = theirs->text;
    }
    return done != NULL && done->kind == VALUE_BOOL && done->boolean;
}

enum candor_status recall_taken(struct job *job, struct candor *candor, struct txn *txn,
                                const uint8_t recall[16], struct str answer)
{
    struct bytes content;
    struct recall_note note;
    struct str reference;
    const struct str id = hex_of(job->arena, (struct bytes){recall, 16});
    TRY(store_document(job, txn, RECALL_KIND, id, &content));
    TRY(note_read(job, content, &note));
    if (note.state == ACKNOWLEDGED) {
        return CANDOR_OK;
    }
    note.delivered = job->now;
    if (says_done(job, answer, &reference)) {
        return settle(job, candor, txn, recall, reference, &note);
    }
    return store_put_document(job, txn, RECALL_KIND, id, note_write(job, &note));
}

enum candor_status candor_share_acknowledge(struct job *job, struct candor *candor, const char *id,
                                            const char *reference, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = acknowledge(job, candor, id, reference, report);
    home_leave(candor);
    return status;
}
