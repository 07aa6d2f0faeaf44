/*
 * review.c - decisions that wait for a person.
 *
 * Somebody who does not accept a machine's word is withheld from campaigns until a person decided;
 * so is a decision that somebody contests. The verdict is one document for each subject and
 * campaign, on the ledger with its reason, and holds for REVIEW_VALID_DAYS. It stands in for the
 * machine alone: permits, caps and the rest are still asked.
 *
 *     version u8 = 1 | id 16 | subject id 16, slot u32 | campaign block | decision 16 | index u64
 *     | request 16 | asked u64 | verdict u8 | decided u64 | reviewer block | reason block | salt 32
 */
#include "request.h"

enum { REVIEW_VERSION = 1, REASON_MAX = 2000 };

enum verdict { VERDICT_NONE, VERDICT_SEND, VERDICT_WITHHOLD, VERDICTS };

static const char *const verdict_text[VERDICTS] = {"open", "send", "withhold"};

struct review {
    uint8_t id[16];
    struct subject subject;
    struct str campaign;
    uint8_t decision[16];
    uint64_t index;
    uint8_t request[16]; /* zeros: nobody contested, the machine asked */
    int64_t asked;
    enum verdict verdict;
    int64_t decided;
    struct str reviewer;
    struct str reason;
    uint8_t salt[32]; /* of the reason's commitment on the ledger */
};

/* ---- keeping ------------------------------------------------------------------------------- */

static enum candor_status put(struct job *job, struct txn *txn, const struct review *review)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, REVIEW_VERSION);
    buf_bytes(&buf, review->id, sizeof review->id);
    buf_bytes(&buf, review->subject.id, sizeof review->subject.id);
    buf_u32le(&buf, review->subject.slot);
    buf_block(&buf, bytes_of(review->campaign));
    buf_bytes(&buf, review->decision, sizeof review->decision);
    buf_u64le(&buf, review->index);
    buf_bytes(&buf, review->request, sizeof review->request);
    buf_u64le(&buf, (uint64_t)review->asked);
    buf_u8(&buf, (uint8_t)review->verdict);
    buf_u64le(&buf, (uint64_t)review->decided);
    buf_block(&buf, bytes_of(review->reviewer));
    buf_block(&buf, bytes_of(review->reason));
    buf_bytes(&buf, review->salt, sizeof review->salt);
    return store_put_document(job, txn, LIT("review"),
                              sayings_name(job, review->subject, review->campaign), buf_all(&buf));
}

static void get_id(struct reader *reader, uint8_t id[16])
{
    const struct bytes bytes = read_bytes(reader, 16);
    bytes_copy(id, bytes.ptr, reader->bad ? 0 : 16);
}

static enum candor_status read_review(struct job *job, struct bytes bytes, struct review *review)
{
    struct reader reader = reader_of(bytes);
    *review = (struct review){0};
    const unsigned version = read_u8(&reader);
    get_id(&reader, review->id);
    get_id(&reader, review->subject.id);
    review->subject.slot = read_u32le(&reader);
    review->campaign = read_text(&reader);
    get_id(&reader, review->decision);
    review->index = read_u64le(&reader);
    get_id(&reader, review->request);
    review->asked = (int64_t)read_u64le(&reader);
    const unsigned verdict = read_u8(&reader);
    review->decided = (int64_t)read_u64le(&reader);
    review->reviewer = read_text(&reader);
    review->reason = read_text(&reader);
    const struct bytes salt = read_bytes(&reader, sizeof review->salt);
    if (!reader_is_done(&reader) || version != REVIEW_VERSION || verdict >= VERDICTS) {
        return fail(job, CANDOR_CORRUPT, "the record of a review is damaged");
    }
    review->verdict = (enum verdict)verdict;
    bytes_copy(review->salt, salt.ptr, salt.len);
    return CANDOR_OK;
}

static enum candor_status find(struct job *job, struct txn *txn, struct subject subject,
                               struct str campaign, bool *found, struct review *review)
{
    struct bytes bytes;
    const enum candor_status status =
        store_document(job, txn, LIT("review"), sayings_name(job, subject, campaign), &bytes);
    *found = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    return read_review(job, bytes, review);
}

static bool holds(const struct job *job, const struct review *review)
{
    return review->verdict != VERDICT_NONE && job->now >= review->decided &&
           job->now - review->decided < REVIEW_VALID_DAYS * MICROS_PER_DAY;
}

/* ---- asked by decisions -------------------------------------------------------------------- */

enum candor_status review_queue(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, const struct decision *decision,
                                const uint8_t request[16])
{
    struct review review;
    bool found = false;
    (void)candor;
    TRY(find(job, txn, subject, decision->campaign, &found, &review));
    if (found && request == NULL && (review.verdict == VERDICT_NONE || holds(job, &review))) {
        return CANDOR_OK; /* it waits already, or was decided: the person's word stands */
    }
    review = (struct review){.subject = subject,
                             .campaign = decision->campaign,
                             .index = decision->ledger_index,
                             .asked = job->now};
    bytes_copy(review.decision, decision->id, sizeof review.decision);
    bytes_copy(review.request, request, request == NULL ? 0 : sizeof review.request);
    TRY(entropy_draw(job, review.id, sizeof review.id));
    return put(job, txn, &review);
}

enum candor_status review_word(struct job *job, struct txn *txn, struct subject subject,
                               struct str campaign, enum review_word *word)
{
    struct review review;
    bool found = false;
    *word = REVIEW_NO_WORD;
    TRY(find(job, txn, subject, campaign, &found, &review));
    if (found && holds(job, &review)) {
        *word = review.verdict == VERDICT_SEND ? REVIEW_SAYS_SEND : REVIEW_SAYS_WITHHOLD;
    }
    return CANDOR_OK;
}

enum candor_status review_allows(struct job *job, struct candor *candor, struct txn *txn,
                                 struct subject subject, struct str campaign, bool *allows)
{
    enum review_word word = REVIEW_NO_WORD;
    (void)candor;
    TRY(review_word(job, txn, subject, campaign, &word));
    *allows = word == REVIEW_SAYS_SEND;
    return CANDOR_OK;
}

/* ---- all of them --------------------------------------------------------------------------- */

static enum candor_status all_reviews(struct job *job, struct txn *txn, struct review **review,
                                      size_t *count)
{
    struct str *name = NULL;
    TRY(store_documents(job, txn, LIT("review"), &name, count));
    TRY_ALLOC(job, *review, *count + 1, struct review);
    for (size_t i = 0; i < *count; i++) {
        struct bytes bytes;
        TRY(store_document(job, txn, LIT("review"), name[i], &bytes));
        TRY(read_review(job, bytes, &(*review)[i]));
    }
    return CANDOR_OK;
}

enum candor_status review_is_decided(struct job *job, struct candor *candor, struct txn *txn,
                                     const uint8_t request[16], bool *is_decided)
{
    struct review *review = NULL;
    size_t count = 0;
    (void)candor;
    *is_decided = false;
    TRY(all_reviews(job, txn, &review, &count));
    for (size_t i = 0; i < count; i++) {
        *is_decided |= bytes_same(review[i].request, request, sizeof review[i].request) &&
                       review[i].verdict != VERDICT_NONE;
    }
    return CANDOR_OK;
}

static void put_review(struct job *job, const struct review *review, struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("id"));
    json_hex(json, (struct bytes){review->id, sizeof review->id});
    json_key(json, LIT("campaign"));
    json_text(json, review->campaign);
    json_key(json, LIT("decision"));
    json_hex(json, (struct bytes){review->decision, sizeof review->decision});
    json_key(json, LIT("ledger_index"));
    json_u64(json, review->index);
    json_key(json, LIT("asked"));
    json_text(json, str_from_time(job->arena, review->asked));
    json_key(json, LIT("waits_days"));
    json_i64(json,
             review->verdict == VERDICT_NONE ? (job->now - review->asked) / MICROS_PER_DAY : 0);
    json_key(json, LIT("verdict"));
    json_text(json, str_of(verdict_text[review->verdict]));
    if (review->verdict != VERDICT_NONE) {
        json_key(json, LIT("decided"));
        json_text(json, str_from_time(job->arena, review->decided));
        json_key(json, LIT("reviewer"));
        json_text(json, review->reviewer);
        json_key(json, LIT("reason"));
        json_text(json, review->reason);
    }
    json_map_end(json);
}

enum candor_status reviews_json(struct job *job, struct txn *txn, struct subject subject,
                                struct json *json)
{
    struct review *review = NULL;
    size_t count = 0;
    TRY(all_reviews(job, txn, &review, &count));
    json_key(json, LIT("reviews"));
    json_list_begin(json);
    for (size_t i = 0; i < count; i++) {
        if (bytes_same(review[i].subject.id, subject.id, sizeof subject.id)) {
            put_review(job, &review[i], json);
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- commands ------------------------------------------------------------------------------ */

static enum candor_status list(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct review *review = NULL;
    size_t count = 0;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(all_reviews(job, txn, &review, &count));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("reviews"));
    json_list_begin(&answer.json);
    for (size_t i = 0; i < count; i++) {
        put_review(job, &review[i], &answer.json);
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_review_list(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, report);
    home_leave(candor);
    return status;
}

static enum candor_status find_by_id(struct job *job, struct txn *txn, const char *id,
                                     struct review *review)
{
    uint8_t number[16];
    struct review *all = NULL;
    size_t count = 0;
    if (!hex_read(str_of(id), number, sizeof number)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a review is named by 32 hex digits; see: candor "
                    "request review");
    }
    TRY(all_reviews(job, txn, &all, &count));
    for (size_t i = 0; i < count; i++) {
        if (bytes_same(all[i].id, number, sizeof number)) {
            *review = all[i];
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_NOT_FOUND, "no such review");
}

/* A reviewer who saw only a score would be no human in the loop: what was decided, with its reasons and
 * what weighed how much, computed again from its record. Who it is about is not said. */
static enum candor_status show(struct job *job, struct candor *candor, const char *id,
                               struct candor_text *report)
{
    struct txn *txn = NULL;
    struct review review;
    struct answer answer;
    bool same = false;
    TRY(caller_may(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(find_by_id(job, txn, id, &review));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("review"));
    put_review(job, &review, &answer.json);
    TRY(decision_explain(job, candor, txn, review.subject, review.index, NULL, &same, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_review_show(struct job *job, struct candor *candor, const char *id,
                                      struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = show(job, candor, id, report);
    home_leave(candor);
    return status;
}

static enum candor_status check_words(struct job *job, const char *verdict, const char *reason,
                                      enum verdict *read)
{
    *read = str_is(str_of(verdict), "send")       ? VERDICT_SEND
            : str_is(str_of(verdict), "withhold") ? VERDICT_WITHHOLD
                                                  : VERDICT_NONE;
    if (*read == VERDICT_NONE) {
        return fail(job, CANDOR_BAD_INPUT, "a verdict is 'send' or 'withhold'");
    }
    const struct str text = str_trim(str_of(reason));
    if (text.len == 0 || text.len > REASON_MAX || !str_is_utf8(text)) {
        return fail(job, CANDOR_BAD_INPUT,
                    "a person gives a reason of their own: 1 to %d bytes, no personal data",
                    REASON_MAX);
    }
    return CANDOR_OK;
}

static enum candor_status decide(struct job *job, struct candor *candor, const char *id,
                                 enum verdict verdict, struct str reason,
                                 struct candor_text *report)
{
    struct txn *txn = NULL;
    struct review review;
    struct answer answer;
    struct buf payload = buf_begin(job->arena);
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_CHANGE));
    TRY(home_begin(job, candor, &txn));
    TRY(find_by_id(job, txn, id, &review));
    if (review.verdict != VERDICT_NONE) {
        return fail(job, CANDOR_REFUSED, "this review was decided before");
    }
    review.verdict = verdict;
    review.decided = job->now;
    review.reviewer = candor->self.name;
    review.reason = reason;
    buf_str(&payload, reason);
    const struct account account = {.action = LEDGER_REVIEW,
                                    .outcome =
                                        verdict == VERDICT_SEND ? OUTCOME_ALLOW : OUTCOME_DENY,
                                    .subject = &review.subject,
                                    .payload = buf_all(&payload),
                                    .object = review.decision};
    TRY(home_account(job, candor, txn, &account, &index, review.salt));
    TRY(put(job, txn, &review));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, review.subject);
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("review"));
    put_review(job, &review, &answer.json);
    json_key(&answer.json, LIT("entry"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_review_decide(struct job *job, struct candor *candor, const char *id,
                                        const char *verdict, const char *reason,
                                        struct candor_text *report)
{
    enum verdict read = VERDICT_NONE;
    TRY(check_words(job, verdict, reason, &read));
    home_enter(candor);
    const enum candor_status status =
        decide(job, candor, id, read, str_trim(str_of(reason)), report);
    home_leave(candor);
    return status;
}
