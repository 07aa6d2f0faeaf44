/*
 * feedback.c - what subjects say about single messages: "not interested", "this felt wrong".
 *
 * The word is one document for each subject and campaign, and stands until it is taken back: weigh.c
 * leaves the subject alone in that campaign, in decisions, in plans and at hand-over. A message that
 * felt wrong waits for a person beside that. Nobody's own words are kept, so there is nothing in it to
 * read about a person but that they said it.
 *
 *     version u8 = 1 | word u8 | subject id 16, slot u32 | campaign block | decision 16 | index u64
 *     | said i64 | handled i64 (0: not yet) | by block | salt 32 (of the commitment on the ledger)
 */
#include <stdlib.h>

#include "candor_me.h"
#include "decision.h"
#include "request.h"

enum { FEEDBACK_VERSION = 1 };

enum word_said {
    WORD_NOT_INTERESTED,
    WORD_FELT_WRONG,
    WORD_KEPT,
    WORD_TAKE_BACK = WORD_KEPT,
    WORD_COUNT
};

static const char *const word_text[WORD_COUNT] = {"not_interested", "felt_wrong", "take_back"};

struct feedback {
    enum word_said word;
    struct subject subject;
    struct str campaign;
    uint8_t decision[16];
    uint64_t index;
    int64_t said;
    int64_t handled;
    struct str by;
    uint8_t salt[32];
};

/* ---- keeping ------------------------------------------------------------------------------- */

static enum candor_status put(struct job *job, struct txn *txn, const struct feedback *feedback)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, FEEDBACK_VERSION);
    buf_u8(&buf, (uint8_t)feedback->word);
    buf_bytes(&buf, feedback->subject.id, sizeof feedback->subject.id);
    buf_u32le(&buf, feedback->subject.slot);
    buf_block(&buf, bytes_of(feedback->campaign));
    buf_bytes(&buf, feedback->decision, sizeof feedback->decision);
    buf_u64le(&buf, feedback->index);
    buf_u64le(&buf, (uint64_t)feedback->said);
    buf_u64le(&buf, (uint64_t)feedback->handled);
    buf_block(&buf, bytes_of(feedback->by));
    buf_bytes(&buf, feedback->salt, sizeof feedback->salt);
    return store_put_document(job, txn, LIT("feedback"),
                              sayings_name(job, feedback->subject, feedback->campaign),
                              buf_all(&buf));
}

static enum candor_status get(struct job *job, struct txn *txn, struct str name,
                              struct feedback *feedback)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("feedback"), name, &bytes));
    struct reader reader = reader_of(bytes);
    const unsigned version = read_u8(&reader);
    const unsigned word = read_u8(&reader);
    const struct bytes id = read_bytes(&reader, sizeof feedback->subject.id);
    feedback->subject.slot = read_u32le(&reader);
    feedback->campaign = read_text(&reader);
    const struct bytes decision = read_bytes(&reader, sizeof feedback->decision);
    feedback->index = read_u64le(&reader);
    feedback->said = (int64_t)read_u64le(&reader);
    feedback->handled = (int64_t)read_u64le(&reader);
    feedback->by = read_text(&reader);
    const struct bytes salt = read_bytes(&reader, sizeof feedback->salt);
    if (!reader_is_done(&reader) || version != FEEDBACK_VERSION || word >= WORD_KEPT) {
        return fail(job, CANDOR_CORRUPT, "the record of somebody's feedback is damaged");
    }
    feedback->word = (enum word_said)word;
    bytes_copy(feedback->subject.id, id.ptr, id.len);
    bytes_copy(feedback->decision, decision.ptr, decision.len);
    bytes_copy(feedback->salt, salt.ptr, salt.len);
    return CANDOR_OK;
}

/* *found false: nothing was said. */
static enum candor_status find(struct job *job, struct txn *txn, struct subject subject,
                               struct str campaign, bool *found, struct feedback *feedback)
{
    const enum candor_status status = get(job, txn, sayings_name(job, subject, campaign), feedback);
    *found = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

enum candor_status feedback_stands(struct job *job, struct txn *txn, struct subject subject,
                                   struct str campaign, bool *stands)
{
    struct feedback feedback;
    return find(job, txn, subject, campaign, stands, &feedback);
}

/* ---- showing ------------------------------------------------------------------------------- */

static bool waits(const struct feedback *feedback)
{
    return feedback->word == WORD_FELT_WRONG && feedback->handled == 0;
}

static void put_feedback(struct job *job, struct json *json, const struct feedback *feedback)
{
    json_map_begin(json);
    json_key(json, LIT("id"));
    json_hex(json, (struct bytes){feedback->decision, sizeof feedback->decision});
    put_text(json, LIT("campaign"), feedback->campaign);
    json_key(json, LIT("ledger_index"));
    json_u64(json, feedback->index);
    put_text(json, LIT("word"), str_of(word_text[feedback->word]));
    put_text(json, LIT("said"), str_from_time(job->arena, feedback->said));
    json_key(json, LIT("waits_days"));
    json_i64(json, waits(feedback) ? (job->now - feedback->said) / MICROS_PER_DAY : 0);
    put_time_or_null(job, json, LIT("handled"), feedback->handled);
    put_text_or_null(json, LIT("by"), feedback->by);
    json_map_end(json);
}

static enum candor_status all(struct job *job, struct txn *txn, struct feedback **feedback,
                              size_t *count)
{
    struct str *name = NULL;
    TRY(store_documents(job, txn, LIT("feedback"), &name, count));
    TRY_ALLOC(job, *feedback, *count + 1, struct feedback);
    for (size_t i = 0; i < *count; i++) {
        TRY(get(job, txn, name[i], &(*feedback)[i]));
    }
    return CANDOR_OK;
}

enum candor_status feedback_json(struct job *job, struct txn *txn, struct subject subject,
                                 struct json *json)
{
    struct str *name = NULL;
    size_t count = 0;
    const struct str id = hex_of(job->arena, (struct bytes){subject.id, sizeof subject.id});
    TRY(store_documents(job, txn, LIT("feedback"), &name, &count));
    json_key(json, LIT("feedback"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        struct feedback feedback;
        if (str_starts(name[i], id)) {
            TRY(get(job, txn, name[i], &feedback));
            put_feedback(job, json, &feedback);
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* The oldest that waits first; handled ones after them. */
static int compare(const void *left, const void *right)
{
    const struct feedback *first = left;
    const struct feedback *second = right;
    if (waits(first) != waits(second)) {
        return waits(first) ? -1 : 1;
    }
    return (first->said > second->said) - (first->said < second->said);
}

static enum candor_status list(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct feedback *feedback = NULL;
    struct answer answer;
    size_t count = 0;
    uint64_t waiting = 0;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    TRY(all(job, txn, &feedback, &count));
    qsort(feedback, count, sizeof *feedback, compare);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("feedback"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        put_feedback(job, &answer.json, &feedback[i]);
        waiting += waits(&feedback[i]) ? 1 : 0;
    }
    json_list_end(&answer.json);
    json_key(&answer.json, LIT("waiting"));
    json_u64(&answer.json, waiting);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_feedback_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, report);
    home_leave(candor);
    return status;
}

/* ---- saying -------------------------------------------------------------------------------- */

static enum candor_status read_word(struct job *job, const char *text, enum word_said *word)
{
    for (unsigned i = 0; i < WORD_COUNT; i++) {
        if (str_is(str_of(text), word_text[i])) {
            *word = (enum word_said)i;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_BAD_INPUT, "one says 'not_interested', 'felt_wrong' or 'take_back'");
}

static enum candor_status keep(struct job *job, struct txn *txn, const struct feedback *feedback,
                               bool stands)
{
    if (feedback->word != WORD_TAKE_BACK) {
        return put(job, txn, feedback);
    }
    return stands ? store_remove_document(job, txn, LIT("feedback"),
                                          sayings_name(job, feedback->subject, feedback->campaign))
                  : fail(job, CANDOR_NOT_FOUND,
                         "nothing was said about this, so there is nothing "
                         "to take back");
}

static enum candor_status say(struct job *job, struct candor *candor, const char *identifier,
                              uint64_t ledger_index, enum word_said word,
                              struct candor_text *report)
{
    struct txn *txn = NULL;
    struct decision decision;
    struct feedback before;
    struct feedback feedback = {.word = word, .index = ledger_index, .said = job->now};
    struct answer answer;
    bool stands = false;
    uint64_t entry = 0;
    TRY(caller_may_own(job, candor, ACT_CONSENT));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &feedback.subject));
    TRY(decision_find(job, txn, feedback.subject, ledger_index, &decision));
    TRY(find(job, txn, feedback.subject, decision.campaign, &stands, &before));
    feedback.campaign = decision.campaign;
    bytes_copy(feedback.decision, decision.id, sizeof feedback.decision);
    const struct account account = {.action = LEDGER_FEEDBACK,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &feedback.subject,
                                    .payload = bytes_of(str_of(word_text[word])),
                                    .object = feedback.decision};
    TRY(home_account(job, candor, txn, &account, &entry, feedback.salt));
    TRY(keep(job, txn, &feedback, stands));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, feedback.subject);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_text(&answer.json, LIT("campaign"), feedback.campaign);
    put_text(&answer.json, LIT("word"), str_of(word_text[word]));
    json_key(&answer.json, LIT("left_alone"));
    json_bool(&answer.json, word != WORD_TAKE_BACK);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, entry);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_feedback(struct job *job, struct candor *candor, const char *identifier,
                                   uint64_t index, const char *word, struct candor_text *report)
{
    enum word_said read = WORD_NOT_INTERESTED;
    TRY(read_word(job, word, &read));
    home_enter(candor);
    const enum candor_status status = say(job, candor, identifier, index, read, report);
    home_leave(candor);
    return status;
}

/* ---- handling ------------------------------------------------------------------------------ */

static enum candor_status by_id(struct job *job, struct txn *txn, const char *id,
                                struct feedback *feedback)
{
    uint8_t number[16];
    struct feedback *every = NULL;
    size_t count = 0;
    if (!hex_read(str_of(id), number, sizeof number)) {
        return fail(job, CANDOR_BAD_INPUT, "feedback is named by 32 hexadecimal digits");
    }
    TRY(all(job, txn, &every, &count));
    for (size_t i = 0; i < count; i++) {
        if (bytes_same(every[i].decision, number, sizeof number)) {
            *feedback = every[i];
            return waits(feedback) ? CANDOR_OK
                                   : fail(job, CANDOR_REFUSED, "this does not wait for anybody");
        }
    }
    return fail(job, CANDOR_NOT_FOUND, "no such feedback");
}

static enum candor_status handle(struct job *job, struct candor *candor, const char *id,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct feedback feedback;
    struct answer answer;
    uint64_t entry = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    TRY(home_begin(job, candor, &txn));
    TRY(by_id(job, txn, id, &feedback));
    feedback.handled = job->now;
    feedback.by = candor->self.name;
    const struct account account = {.action = LEDGER_FEEDBACK,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &feedback.subject,
                                    .object = feedback.decision};
    TRY(home_account(job, candor, txn, &account, &entry, NULL));
    TRY(put(job, txn, &feedback));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    put_feedback(job, &answer.json, &feedback);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_feedback_handle(struct job *job, struct candor *candor, const char *id,
                                          struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = handle(job, candor, id, report);
    home_leave(candor);
    return status;
}
