/*
 * subject_change.c - rectification: a field is put right, what follows from it is computed again,
 * and the answer says what changed and who else must be told (GDPR Articles 16 and 19).
 */
#include "request.h"
#include "share.h"
#include "staff.h"

enum candor_status subject_drop_lookup(struct job *job, struct txn *txn, struct subject subject,
                                       const struct cell *before, const struct cell *after)
{
    if (before->kind != CELL_TEXT || cell_equal(before, after)) {
        return CANDOR_OK;
    }
    const enum candor_status status = store_remove_lookup(job, txn, subject, before->text);
    if (status == CANDOR_NOT_FOUND) { /* it was another subject's: they came with it first */
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

/* The old address no longer finds the person; the new one does, unless it is somebody else's. */
static enum candor_status move_lookup(struct job *job, struct txn *txn, struct subject subject,
                                      const struct cell *before, const struct cell *after)
{
    if (cell_equal(before, after)) {
        return CANDOR_OK;
    }
    if (after->kind == CELL_TEXT) {
        const enum candor_status status = store_add_lookups(job, txn, &subject, &after->text, 1);
        if (status == CANDOR_EXISTS) {
            job_forgive(job);
            return fail(job, CANDOR_EXISTS, "another subject is found by this value already");
        }
        TRY(status);
    }
    return subject_drop_lookup(job, txn, subject, before, after);
}

/* Every feature, for a comparison: derived values are not kept, so a correction is in force with the
 * next look, and this says what it changed. */
static enum candor_status all_features(struct job *job, struct candor *candor,
                                       const struct profile *profile, const struct event *event,
                                       size_t event_count, struct cell *cell)
{
    const size_t count = candor->inventory->feature_count;
    size_t *feature = NEW_ARRAY(job->arena, count + 1, size_t);
    for (size_t f = 0; f < count; f++) {
        feature[f] = f;
    }
    features_compute(job->arena, candor->inventory, profile, event, event_count, job->now, feature,
                     count, cell);
    return CANDOR_OK;
}

static void put_recomputed(struct job *job, struct json *json, const struct inventory *inventory,
                           const struct cell *before, const struct cell *after)
{
    json_key(json, LIT("recomputed"));
    json_list_begin(json);
    for (size_t f = 0; f < inventory->feature_count; f++) {
        if (cell_equal(&before[f], &after[f])) {
            continue;
        }
        json_map_begin(json);
        json_key(json, LIT("feature"));
        json_text(json, inventory->feature[f].name);
        json_key(json, LIT("before"));
        json_text(json, feature_value_words(job->arena, inventory, f, &before[f]));
        json_key(json, LIT("after"));
        json_text(json, feature_value_words(job->arena, inventory, f, &after[f]));
        json_map_end(json);
    }
    json_list_end(json);
}

static enum candor_status read_correction(struct job *job, const struct candor *candor,
                                          const char *field_name, const char *value, size_t *f,
                                          struct cell *cell)
{
    *f = inventory_field(candor->inventory, str_of(field_name));
    if (*f == NONE) {
        return fail(job, CANDOR_BAD_INPUT,
                    "no field of that name in the inventory; see "
                    "'subjects: fields' in candor.yaml");
    }
    const struct field *field = &candor->inventory->field[*f];
    const enum cell_fault fault = cell_read(field, str_of(value), job->now, cell);
    if (fault != CELL_FINE) {
        return fail(job, CANDOR_BAD_INPUT, "the value for '%.*s' %s", STR_ARG(field->name),
                    cell_fault_sentence(fault));
    }
    return CANDOR_OK;
}

enum candor_status subject_correct_within(struct job *job, struct candor *candor,
                                          const char *identifier, const char *field_name,
                                          const char *value, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct cell cell = {0};
    struct event *event = NULL;
    size_t event_count = 0;
    size_t f = NONE;
    uint64_t index = 0;
    TRY(caller_may_own(job, candor, ACT_SUBJECT_CHANGE));
    TRY(read_correction(job, candor, field_name, value, &f, &cell));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    const struct permit *permit = permit_for_right(job, subject, RIGHT_RECTIFICATION);
    struct profile profile = profile_begin(job->arena, candor->inventory);
    TRY(store_profile(job, txn, permit, &profile));
    TRY(store_events(job, txn, permit, &event, &event_count));
    struct cell *before = NEW_ARRAY(job->arena, candor->inventory->feature_count + 1, struct cell);
    struct cell *after = NEW_ARRAY(job->arena, candor->inventory->feature_count + 1, struct cell);
    TRY(all_features(job, candor, &profile, event, event_count, before));
    if (candor->inventory->field_is_lookup[f]) {
        TRY(move_lookup(job, txn, subject, &profile.cell[f], &cell));
    }
    struct cell *earlier = NEW_ARRAY(job->arena, candor->inventory->field_count + 1, struct cell);
    bytes_copy(earlier, profile.cell, candor->inventory->field_count * sizeof *earlier);
    profile.cell[f] = cell;
    profile.since[f] = job->now;
    TRY(pace_note(job, candor, txn, subject, earlier, profile.cell));
    TRY(all_features(job, candor, &profile, event, event_count, after));
    TRY(store_put_profile(job, txn, subject, &profile));
    const struct account account = {
        .action = LEDGER_CORRECT, .outcome = OUTCOME_DONE, .subject = &subject};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(recall_queue(job, candor, txn, subject, RECALL_CORRECTION, &candor->inventory->field[f],
                     EVERY));
    TRY(access_note(job, candor, txn, subject, LIT("subject.correct"), index));

    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("corrected"));
    json_text(&answer.json, candor->inventory->field[f].name);
    put_recomputed(job, &answer.json, candor->inventory, before, after);
    TRY(recipients_json(job, candor, txn, subject, &answer.json));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_subject_correct(struct job *job, struct candor *candor,
                                          const char *identifier, const char *field,
                                          const char *value, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        subject_correct_within(job, candor, identifier, field, value, report);
    home_leave(candor);
    return status;
}
