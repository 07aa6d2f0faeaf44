/*
 * replay.c - a past decision, computed again from its record.
 *
 * The record has every feature as it was, the contributions, and the digest of the model. The model
 * is found by that digest among those that the home keeps (publish keeps each), its terms are read
 * for those features, and every number must come out bit for bit: contributions, their sum with the
 * base, the score. The record itself is checked against the commitment on the ledger.
 */
#include <string.h>

#include "decided.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "request.h"
#include "staff.h"
#include "weighing.h"

enum candor_status decision_find(struct job *job, struct txn *txn, struct subject subject,
                                 uint64_t index, struct decision *decision)
{
    struct decision_record *record = NULL;
    size_t count = 0;
    TRY(store_decisions(job, txn, permit_for_right(job, subject, RIGHT_EXPLANATION), &record,
                        &count));
    for (size_t i = 0; i < count; i++) {
        if (record[i].ledger_index == index) {
            TRY(decision_read(job, record[i].payload, decision));
            bytes_copy(decision->id, record[i].id, sizeof decision->id);
            decision->ledger_index = index;
            decision->payload = record[i].payload;
            return CANDOR_OK;
        }
    }
    return fail(job, CANDOR_NOT_FOUND, "no decision about this subject has that index");
}

/* ---- the model ----------------------------------------------------------------------------- */

static enum candor_status find_model(struct job *job, struct txn *txn, struct digest wanted,
                                     struct model **model)
{
    struct bytes file;
    struct digest digest;
    bool is_signed = false;
    uint8_t public_key[PUBLIC_KEY_LEN];
    const struct str name = hex_of(job->arena, (struct bytes){wanted.byte, sizeof wanted.byte});
    *model = NULL;
    const enum candor_status status = store_document(job, txn, LIT("model_kept"), name, &file);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(modelfile_read(job, file, model, &digest, &is_signed, public_key));
    if (!is_signed || !digest_equal(digest, wanted)) {
        return fail(job, CANDOR_CORRUPT, "the model that made the decision was changed since");
    }
    return CANDOR_OK;
}

/* ---- the computation ----------------------------------------------------------------------- */

struct replayed {
    bool has_model;
    bool is_same;
    bool is_committed; /* the record is the one on the ledger */
    double link;
    double score;
    double *contribution;
    const struct model *model;
    uint8_t *bin;
};

static bool same_bits(double left, double right)
{
    uint64_t left_bits = 0;
    uint64_t right_bits = 0;
    memcpy(&left_bits, &left, sizeof left_bits);
    memcpy(&right_bits, &right, sizeof right_bits);
    return left_bits == right_bits;
}

static enum candor_status compute(struct job *job, const struct model *model,
                                  const struct decision *decision, struct replayed *replayed)
{
    if (model->term_count != decision->term_count || model->feature_count > model->term_count) {
        return CANDOR_OK; /* is_same stays false */
    }
    struct raw_value *raw = NEW_ARRAY(job->arena, model->feature_count + 1, struct raw_value);
    uint8_t *bin = NEW_ARRAY(job->arena, model->feature_count + 1, uint8_t);
    replayed->model = model;
    replayed->bin = bin;
    replayed->contribution = NEW_ARRAY(job->arena, model->term_count + 1, double);
    for (size_t f = 0; f < model->feature_count; f++) {
        raw[f] = raw_of_cell(&decision->cell[f]);
    }
    model_bin_row(model, raw, bin);
    replayed->link = model_contributions(model, 0, bin, replayed->contribution);
    if (decision->doubt.left_count > 0) {
        replayed->link = doubt_leave_out(model, decision->doubt.left, decision->doubt.left_count,
                                         replayed->contribution);
    }
    replayed->score = model_mean(model, replayed->link);
    replayed->is_same =
        same_bits(model->base, decision->base) && same_bits(replayed->score, decision->score);
    for (size_t t = 0; t < model->term_count; t++) {
        replayed->is_same = replayed->is_same &&
                            str_equal(model->term[t].name, decision->term[t]) &&
                            same_bits(replayed->contribution[t], decision->contribution[t]);
    }
    return CANDOR_OK;
}

/* The payload without its salt is what the ledger committed to. */
static enum candor_status check_commitment(struct job *job, struct candor *candor,
                                           const struct decision *decision, bool *holds)
{
    struct bytes bytes;
    struct ledger_leaf leaf;
    const size_t salt_len = sizeof decision->salt;
    TRY(store_leaf(job, candor->store, decision->ledger_index, &bytes));
    TRY(leaf_read(job, bytes, &leaf));
    const struct bytes payload = {decision->payload.ptr + salt_len,
                                  decision->payload.len - salt_len};
    const struct digest commitment = commitment_of(decision->salt, payload);
    *holds =
        leaf.has_commitment && bytes_same(commitment.byte, leaf.commitment, sizeof leaf.commitment);
    return CANDOR_OK;
}

static enum candor_status replay(struct job *job, struct candor *candor, struct txn *txn,
                                 const struct decision *decision, struct replayed *replayed)
{
    struct model *model = NULL;
    *replayed = (struct replayed){.is_same = !decision->has_score};
    TRY(check_commitment(job, candor, decision, &replayed->is_committed));
    if (!decision->has_score) { /* nothing was computed: the reasons are the whole of it */
        return CANDOR_OK;
    }
    TRY(find_model(job, txn, decision->model, &model));
    replayed->has_model = model != NULL;
    return model == NULL ? CANDOR_OK : compute(job, model, decision, replayed);
}

/* ---- the answer ---------------------------------------------------------------------------- */

static void put_replay(struct json *json, const struct decision *decision,
                       const struct replayed *replayed)
{
    json_key(json, LIT("replay"));
    json_map_begin(json);
    json_key(json, LIT("computed"));
    json_bool(json, decision->has_score && replayed->has_model);
    json_key(json, LIT("same"));
    json_bool(json, replayed->is_same && replayed->is_committed);
    json_key(json, LIT("record_is_on_ledger"));
    json_bool(json, replayed->is_committed);
    json_key(json, LIT("sentence"));
    if (!replayed->is_committed) {
        json_lit(json, LIT("The record is not the one that the ledger committed to."));
    } else if (!decision->has_score) {
        json_lit(json, LIT("No score was computed; the reasons are all there was."));
    } else if (!replayed->has_model) {
        json_lit(json, LIT("The model that decided is no longer kept here."));
    } else if (replayed->is_same) {
        json_lit(json, LIT("Computed again from its record: the same, bit for bit."));
    } else {
        json_lit(json, LIT("Computed again, it came out differently."));
    }
    if (replayed->contribution != NULL) {
        json_key(json, LIT("link"));
        json_f64(json, replayed->link);
        json_key(json, LIT("score"));
        json_f64(json, replayed->score);
    }
    json_map_end(json);
}

enum candor_status decision_explain(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, uint64_t index,
                                    const struct candor_languages *languages, bool *same,
                                    struct json *json)
{
    enum tongue tongue;
    struct decision decision;
    struct replayed replayed;
    uint64_t entry = 0;
    TRY(decision_find(job, txn, subject, index, &decision));
    TRY(replay(job, candor, txn, &decision, &replayed));
    TRY(decided_tongue(job, candor, txn, subject, languages, &tongue));
    const struct account account = {.action = LEDGER_EXPLAIN,
                                    .outcome = replayed.is_same ? OUTCOME_DONE : OUTCOME_FAILED,
                                    .subject = &subject,
                                    .object = decision.id};
    TRY(home_account(job, candor, txn, &account, &entry, NULL));
    TRY(access_note(job, candor, txn, subject, LIT("subject.decision"), entry));
    TRY(home_commit(job, candor, txn));
    *same = replayed.is_same && replayed.is_committed;
    json_key(json, LIT("decision"));
    decision_json(json, job->arena, &decision);
    put_replay(json, &decision, &replayed);
    const struct decided decided = {&decision, replayed.is_same ? replayed.model : NULL,
                                    replayed.bin, replayed.contribution};
    TRY(decided_json(job, candor, tongue, &decided, json));
    return receipt_json(job, candor, json, index);
}

static enum candor_status explain(struct job *job, struct candor *candor, const char *identifier,
                                  uint64_t index, const struct candor_languages *languages,
                                  bool *same, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct answer answer;
    TRY(caller_may_own(job, candor, ACT_SUBJECT_READ));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    TRY(decision_explain(job, candor, txn, subject, index, languages, same, &answer.json));
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status subject_decision_within(struct job *job, struct candor *candor,
                                           const char *identifier, uint64_t index, bool *same,
                                           struct candor_text *report)
{
    const struct candor_languages theirs = {NULL, NULL};
    return explain(job, candor, identifier, index, &theirs, same, report);
}

enum candor_status candor_subject_decision(struct job *job, struct candor *candor,
                                           const char *identifier, uint64_t index,
                                           const struct candor_languages *languages, bool *same,
                                           struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        explain(job, candor, identifier, index, languages, same, report);
    home_leave(candor);
    return status;
}
