/*
 * hold.c - legal holds: what a court or a dispute needs is not deleted, and whoever tries is told.
 *
 * A hold is a document "hold" under its random number; once lifted it is moved to "hold_lifted", without
 * the subject. Matter and reason are the operator's words, for the record: no personal data.
 */
#include "candor_inventory.h"
#include "retained.h"

#define KIND_HOLD LIT("hold")
#define KIND_LIFTED LIT("hold_lifted")

enum { ID_LEN = 16 };

static enum candor_status load(struct job *job, struct txn *txn, struct lit kind,
                               struct holds *holds)
{
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, txn, kind, &name, &count));
    holds->hold = NEW_ARRAY(job->arena, count + 1, struct hold);
    holds->count = count;
    for (size_t i = 0; i < count; i++) {
        struct bytes content;
        TRY(store_document(job, txn, kind, name[i], &content));
        TRY(hold_read(job, content, &holds->hold[i]));
    }
    return CANDOR_OK;
}

enum candor_status holds_load(struct job *job, struct txn *txn, struct holds *holds)
{
    return load(job, txn, KIND_HOLD, holds);
}

enum candor_status holds_allow_erasure(struct job *job, struct txn *txn, struct subject subject)
{
    struct holds holds;
    TRY(holds_load(job, txn, &holds));
    const struct hold *hold = hold_over(holds.hold, holds.count, subject, STR(""));
    if (hold == NULL) {
        return CANDOR_OK;
    }
    const struct str id = hex_of(job->arena, (struct bytes){hold->id, ID_LEN});
    return fail(
        job, CANDOR_REFUSED,
        "a legal hold of %.*s (matter '%.*s') stops the erasure: GDPR Article 17(3)(e); when "
        "it is over: candor hold lift %.*s",
        STR_ARG(str_from_date(job->arena, hold->placed)), STR_ARG(hold->matter), STR_ARG(id));
}

/* ---- answers ------------------------------------------------------------------------------- */

static void put_hold(struct job *job, struct json *json, const struct hold *hold)
{
    json_map_begin(json);
    json_key(json, LIT("hold"));
    json_hex(json, (struct bytes){hold->id, ID_LEN});
    json_key(json, LIT("over"));
    json_text(json, hold->is_of_all ? STR("everybody") : STR("one subject"));
    json_key(json, LIT("what"));
    json_text(json, hold->what.len == 0 ? STR("everything") : hold->what);
    json_key(json, LIT("matter"));
    json_text(json, hold->matter);
    json_key(json, LIT("reason"));
    json_text(json, hold->reason);
    json_key(json, LIT("placed"));
    json_text(json, str_from_time(job->arena, hold->placed));
    json_key(json, LIT("placed_by"));
    json_text(json, hold->placed_by);
    json_key(json, LIT("in_force"));
    json_bool(json, hold->lifted == 0);
    if (hold->lifted != 0) {
        json_key(json, LIT("lifted"));
        json_text(json, str_from_time(job->arena, hold->lifted));
        json_key(json, LIT("lifted_because"));
        json_text(json, hold->lifted_because);
    }
    json_map_end(json);
}

static void report_on(struct job *job, const struct hold *hold, uint64_t index,
                      struct candor_text *report)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("hold"));
    put_hold(job, &answer.json, hold);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
}

/* ---- placing ------------------------------------------------------------------------------- */

static enum candor_status check_text(struct job *job, const char *what, struct str text)
{
    return text.len > 0 && text.len <= HOLD_TEXT_MAX && str_is_utf8(text)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "the %s of a hold is UTF-8 text of 1 to %d bytes",
                      what, HOLD_TEXT_MAX);
}

static enum candor_status check_order(struct job *job, const struct candor *candor,
                                      const struct candor_hold_order *order)
{
    TRY(check_text(job, "matter", str_of(order->matter)));
    TRY(check_text(job, "reason", str_of(order->reason)));
    const struct str what = str_of(order->what);
    const bool is_known = what.len == 0 || inventory_field(candor->inventory, what) != NONE ||
                          inventory_event_kind(candor->inventory, what) != NONE;
    return is_known ? CANDOR_OK
                    : fail(job, CANDOR_BAD_INPUT,
                           "there is no field or event '%.*s' in candor.yaml to hold",
                           STR_ARG(str_slice(what, 0, NAME_LEN_MAX)));
}

static enum candor_status put(struct job *job, struct txn *txn, struct lit kind,
                              const struct hold *hold)
{
    struct buf content = buf_begin(job->arena);
    hold_write(hold, &content);
    return store_put_document(job, txn, kind, hex_of(job->arena, (struct bytes){hold->id, ID_LEN}),
                              buf_all(&content));
}

static enum candor_status place(struct job *job, struct candor *candor,
                                const struct candor_hold_order *order, struct candor_text *report)
{
    struct txn *txn = NULL;
    uint64_t index = 0;
    struct hold hold = {.is_of_all = order->identifier == NULL,
                        .what = str_of(order->what),
                        .matter = str_of(order->matter),
                        .reason = str_of(order->reason),
                        .placed_by = candor->self.name,
                        .placed = job->now};
    TRY(caller_may(job, candor, ACT_SUBJECT_ERASE));
    TRY(check_order(job, candor, order));
    TRY(home_begin(job, candor, &txn));
    if (!hold.is_of_all) {
        TRY(home_subject(job, candor, txn, order->identifier, &hold.subject));
    }
    TRY(entropy_draw(job, hold.id, sizeof hold.id));
    TRY(put(job, txn, KIND_HOLD, &hold));
    const struct account account = {.action = LEDGER_HOLD_PLACED,
                                    .outcome = OUTCOME_DONE,
                                    .subject = hold.is_of_all ? NULL : &hold.subject,
                                    .object = hold.id};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    report_on(job, &hold, index, report);
    return CANDOR_OK;
}

enum candor_status candor_hold_place(struct job *job, struct candor *candor,
                                     const struct candor_hold_order *order,
                                     struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = place(job, candor, order, report);
    home_leave(candor);
    return status;
}

/* ---- lifting ------------------------------------------------------------------------------- */

/* By its number or the beginning of it, if that is of one only. */
static enum candor_status find(struct job *job, struct txn *txn, struct str id, struct hold *hold)
{
    struct holds holds;
    size_t matches = 0;
    TRY(holds_load(job, txn, &holds));
    for (size_t i = 0; i < holds.count && id.len > 0; i++) {
        if (str_starts(hex_of(job->arena, (struct bytes){holds.hold[i].id, ID_LEN}), id)) {
            *hold = holds.hold[i];
            matches++;
        }
    }
    return matches == 1
               ? CANDOR_OK
               : fail(job, CANDOR_NOT_FOUND,
                      matches == 0 ? "no hold in force has that number"
                                   : "several holds begin like that; give the whole number");
}

static enum candor_status lift(struct job *job, struct candor *candor, struct str id,
                               struct str because, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct hold hold;
    uint64_t index = 0;
    TRY(caller_may(job, candor, ACT_SUBJECT_ERASE));
    TRY(check_text(job, "reason", because));
    TRY(home_begin(job, candor, &txn));
    TRY(find(job, txn, id, &hold));
    TRY(store_remove_document(job, txn, KIND_HOLD,
                              hex_of(job->arena, (struct bytes){hold.id, ID_LEN})));
    const struct account account = {.action = LEDGER_HOLD_LIFTED,
                                    .outcome = OUTCOME_DONE,
                                    .subject = hold.is_of_all ? NULL : &hold.subject,
                                    .object = hold.id};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    hold.lifted = job->now;
    hold.lifted_because = because;
    TRY(put(job, txn, KIND_LIFTED, &hold));
    TRY(home_commit(job, candor, txn));
    report_on(job, &hold, index, report);
    return CANDOR_OK;
}

enum candor_status candor_hold_lift(struct job *job, struct candor *candor, const char *id,
                                    const char *because, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = lift(job, candor, str_of(id), str_of(because), report);
    home_leave(candor);
    return status;
}

/* ---- listing ------------------------------------------------------------------------------- */

static enum candor_status list(struct job *job, struct candor *candor, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    TRY(caller_may(job, candor, ACT_AUDIT));
    TRY(home_begin(job, candor, &txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("holds"));
    json_list_begin(&answer.json);
    for (unsigned which = 0; which < 2; which++) {
        struct holds holds;
        TRY(load(job, txn, which == 0 ? KIND_HOLD : KIND_LIFTED, &holds));
        for (size_t i = 0; i < holds.count; i++) {
            put_hold(job, &answer.json, &holds.hold[i]);
        }
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_hold_list(struct job *job, struct candor *candor,
                                    struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status = list(job, candor, report);
    home_leave(candor);
    return status;
}
