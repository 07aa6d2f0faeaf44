/*
 * results.c - outcomes and lift.
 *
 * An outcomes file has one row per subject of the plan: identifier, responded and, if known,
 * complained, unsubscribed, amount. What contacting changed is the difference between the contacted
 * and those set aside at random, with its interval; opens and tracking pixels play no part.
 *
 * Whoever unsubscribed has withdrawn: that becomes a consent record at once.
 */
#include <math.h>

#include "flow.h"
#include "plan.h"
#include "staff.h"

enum { OUTCOME_COLUMNS = 5 };

struct outcomes {
    const struct campaign *campaign;
    struct plan *plan;
    struct map *row_of_slot;
    size_t column[OUTCOME_COLUMNS]; /* identifier responded complained unsubscribed amount; NONE */
    uint64_t rows, unknown, not_in_plan, bad;
    double contacted_amount, holdout_amount;
    bool *seen; /* one per row of the plan */
};

static enum candor_status find_columns(struct job *job, const struct csv_row *header,
                                       struct outcomes *outcomes)
{
    static const char *const name[OUTCOME_COLUMNS] = {"identifier", "responded", "complained",
                                                      "unsubscribed", "amount"};
    for (size_t c = 0; c < OUTCOME_COLUMNS; c++) {
        outcomes->column[c] = NONE;
        for (size_t f = 0; f < header->field_count; f++) {
            if (str_is(str_trim(header->field[f]), name[c])) {
                outcomes->column[c] = f;
            }
        }
    }
    if (outcomes->column[0] == NONE || outcomes->column[1] == NONE) {
        return fail(job, CANDOR_BAD_INPUT,
                    "an outcomes file needs the columns 'identifier' and 'responded'");
    }
    return CANDOR_OK;
}

static bool read_flag(struct job *job, const struct csv_row *row, size_t column, bool *flag)
{
    *flag = false;
    if (column == NONE) {
        return true;
    }
    const struct str text = str_lower(job->arena, str_trim(row->field[column]));
    *flag = str_is(text, "1") || str_is(text, "true") || str_is(text, "yes");
    return *flag || text.len == 0 || str_is(text, "0") || str_is(text, "false") ||
           str_is(text, "no");
}

/* The same file may come twice, and the person may have agreed again in between. */
static enum candor_status was_recorded(struct job *job, struct txn *txn,
                                       const struct outcomes *outcomes, struct subject subject,
                                       struct str surface, bool *is_known)
{
    struct consent_record *record = NULL;
    size_t count = 0;
    *is_known = false;
    TRY(store_consents(job, txn, subject, &record, &count));
    for (size_t i = 0; i < count; i++) {
        *is_known = *is_known || (record[i].decision == CONSENT_WITHDRAWN &&
                                  record[i].time >= outcomes->plan->sent &&
                                  str_equal(record[i].surface, surface));
    }
    return CANDOR_OK;
}

static enum candor_status unsubscribe(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct outcomes *outcomes, struct subject subject)
{
    uint64_t index = 0;
    bool is_known = false;
    const struct purpose *purpose = &candor->inventory->purpose[outcomes->campaign->purpose];
    struct consent_record record = {
        .purpose = outcomes->campaign->purpose,
        .channel = EVERY,
        .decision = CONSENT_WITHDRAWN,
        .time = job->now,
        .recorded = job->now,
        .surface = str_format(job->arena, "unsubscribed from campaign %.*s",
                              STR_ARG(outcomes->campaign->name)),
        .wording = purpose->wording,
        .wording_version = purpose->wording_version,
    };
    TRY(was_recorded(job, txn, outcomes, subject, record.surface, &is_known));
    return is_known ? CANDOR_OK : consent_record_add(job, candor, txn, subject, &record, &index);
}

/* The held out and the contacted do; not one who was dropped at hand-over, the permit being gone. */
static enum candor_status takes_part(struct job *job, struct txn *txn,
                                     const struct outcomes *outcomes,
                                     const struct plan_row *planned, bool *does)
{
    struct contact *contact = NULL;
    size_t count = 0;
    *does = planned != NULL && planned->fate == FATE_HOLDOUT;
    if (planned == NULL || planned->fate != FATE_SEND) {
        return CANDOR_OK;
    }
    TRY(store_contacts(job, txn, planned->subject, &contact, &count));
    for (size_t i = 0; i < count; i++) {
        *does = *does || str_equal(contact[i].campaign, outcomes->campaign->name);
    }
    return CANDOR_OK;
}

/* Empty is nothing spent; anything else is a number, not below 0. */
static bool read_amount(const struct csv_row *row, size_t column, double *amount)
{
    *amount = 0;
    if (column == NONE) {
        return true;
    }
    const struct str text = str_trim(row->field[column]);
    return text.len == 0 || (str_to_double(text, amount) && *amount >= 0);
}

static enum candor_status count_row(struct job *job, struct candor *candor, struct txn *txn,
                                    struct outcomes *outcomes, struct subject subject,
                                    const struct csv_row *row)
{
    struct plan_results *results = &outcomes->plan->results;
    bool responded = false;
    bool complained = false;
    bool unsubscribed = false;
    bool does_count = false;
    double amount = 0;
    const struct plan_row *planned = map_get(
        outcomes->row_of_slot, (struct bytes){(const uint8_t *)&subject.slot, sizeof subject.slot});
    /* All of them are read, whichever of them is wrong. */
    const bool has_response = read_flag(job, row, outcomes->column[1], &responded);
    const bool has_complaint = read_flag(job, row, outcomes->column[2], &complained);
    const bool has_unsubscribed = read_flag(job, row, outcomes->column[3], &unsubscribed);
    const bool has_amount = read_amount(row, outcomes->column[4], &amount);
    const bool is_readable = has_response && has_complaint && has_unsubscribed && has_amount;
    /* A no is a no, whatever else is wrong with the row or whoever it is about. */
    if (unsubscribed) {
        TRY(unsubscribe(job, candor, txn, outcomes, subject));
    }
    TRY(takes_part(job, txn, outcomes, planned, &does_count));
    if (!does_count) {
        outcomes->not_in_plan++;
        return CANDOR_OK;
    }
    bool *seen = &outcomes->seen[planned - outcomes->plan->row];
    if (!is_readable || *seen) {
        outcomes->bad++;
        return CANDOR_OK;
    }
    *seen = true;
    results->has_amount = outcomes->column[4] != NONE;
    if (planned->fate == FATE_SEND) {
        results->contacted++;
        results->contacted_responses += responded;
        outcomes->contacted_amount += amount;
    } else {
        results->holdout++;
        results->holdout_responses += responded;
        outcomes->holdout_amount += amount;
    }
    results->complaints += complained;
    results->unsubscribes += unsubscribed;
    return CANDOR_OK;
}

static enum candor_status read_row(struct job *job, struct candor *candor, struct txn *txn,
                                   struct outcomes *outcomes, const struct csv_row *row,
                                   size_t column_count)
{
    struct subject subject;
    outcomes->rows++;
    if (row->field_count != column_count) {
        outcomes->bad++;
        return CANDOR_OK;
    }
    const char *identifier = str_z(job->arena, str_trim(row->field[outcomes->column[0]]));
    const enum candor_status status = home_subject(job, candor, txn, identifier, &subject);
    if (status == CANDOR_NOT_FOUND || status == CANDOR_BAD_INPUT) {
        job_forgive(job);
        outcomes->unknown++;
        return CANDOR_OK;
    }
    TRY(status);
    return count_row(job, candor, txn, outcomes, subject, row);
}

static enum candor_status read_outcomes(struct job *job, struct candor *candor, struct txn *txn,
                                        const char *path, struct outcomes *outcomes)
{
    struct csv *csv = NULL;
    struct csv_row row;
    TRY(csv_open(job, str_of(path), NULL, &csv));
    const struct csv_row *header = csv_header(csv);
    const size_t column_count = header->field_count;
    TRY(find_columns(job, header, outcomes));
    for (;;) {
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status = csv_next(job, csv, &row);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            return CANDOR_OK;
        }
        TRY(status);
        TRY(read_row(job, candor, txn, outcomes, &row, column_count));
        arena_rewind(job->arena, mark);
    }
}

/* Those who said no to this purpose after they were contacted, whichever way they told us. */
static enum candor_status count_refusals(struct job *job, struct txn *txn,
                                         struct outcomes *outcomes)
{
    struct plan *plan = outcomes->plan;
    plan->results.refusals = 0;
    for (size_t i = 0; i < plan->row_count; i++) {
        struct consent_record *record = NULL;
        size_t count = 0;
        bool has_refused = false;
        if (plan->row[i].fate != FATE_SEND) {
            continue;
        }
        const struct arena_mark mark = arena_mark(job->arena);
        const enum candor_status status =
            store_consents(job, txn, plan->row[i].subject, &record, &count);
        if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
            return status;
        }
        job_forgive(job);
        for (size_t r = 0; status == CANDOR_OK && r < count; r++) {
            has_refused = has_refused ||
                          (record[r].purpose == outcomes->campaign->purpose &&
                           record[r].time >= plan->sent && record[r].decision != CONSENT_GIVEN);
        }
        plan->results.refusals += has_refused;
        arena_rewind(job->arena, mark);
    }
    return CANDOR_OK;
}

static void measure_lift(struct outcomes *outcomes)
{
    struct plan_results *results = &outcomes->plan->results;
    const struct lift lift = lift_of(results->contacted, results->contacted_responses,
                                     results->holdout, results->holdout_responses);
    results->lift = lift.difference;
    results->lift_low = lift.low;
    results->lift_high = lift.high;
    results->extra_responses = lift.extra;
    results->contacted_amount = results->contacted > 0
                                    ? outcomes->contacted_amount / (double)results->contacted
                                    : NOT_KNOWN;
    results->holdout_amount =
        results->holdout > 0 ? outcomes->holdout_amount / (double)results->holdout : NOT_KNOWN;
}

static enum candor_status import_outcomes(struct job *job, struct candor *candor, struct txn *txn,
                                          const char *path, struct outcomes *outcomes)
{
    struct plan *plan = outcomes->plan;
    uint64_t index = 0;
    plan->results = (struct plan_results){.known = true, .imported = job->now};
    outcomes->row_of_slot = map_begin(job->arena);
    TRY_ALLOC(job, outcomes->seen, plan->row_count + 1, bool);
    for (size_t i = 0; i < plan->row_count; i++) {
        map_put(outcomes->row_of_slot,
                (struct bytes){(const uint8_t *)&plan->row[i].subject.slot,
                               sizeof plan->row[i].subject.slot},
                &plan->row[i]);
    }
    TRY(read_outcomes(job, candor, txn, path, outcomes));
    TRY(count_refusals(job, txn, outcomes));
    measure_lift(outcomes);
    const struct account account = {
        .action = LEDGER_RESULTS, .outcome = OUTCOME_DONE, .policy = &plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(plan_store(job, candor, txn, plan));
    TRY(home_commit(job, candor, txn));
    view_drop_all(candor);
    return CANDOR_OK;
}

static enum candor_status results(struct job *job, struct candor *candor, const char *name,
                                  const char *outcomes_path, const char *html_path,
                                  struct candor_text *report)
{
    struct txn *txn = NULL;
    struct outcomes outcomes = {.plan = NEW(job->arena, struct plan)};
    size_t campaign_index = 0;
    TRY(caller_may(job, candor, ACT_RESULTS));
    TRY(path_may_be_written(job, html_path));
    TRY(paths_differ(job, html_path, outcomes_path));
    TRY(access_may(job, candor));
    TRY(home_campaign(job, candor, str_of(name), &outcomes.campaign, &campaign_index));
    TRY(home_begin(job, candor, &txn));
    TRY(plan_load(job, candor, txn, outcomes.campaign->name, outcomes.plan));
    if (outcomes.plan->state != PLAN_SENT) {
        return fail(job, CANDOR_REFUSED, "the campaign was not sent yet");
    }
    if (outcomes_path != NULL) {
        TRY(during(job, import_outcomes(job, candor, txn, outcomes_path, &outcomes),
                   "importing outcomes"));
    }
    TRY(plan_people(job, candor, outcomes.plan));
    if (html_path != NULL) {
        TRY(file_replace(job, str_of(html_path), bytes_of(plan_page(job, outcomes.plan)), 0600));
    }
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    plan_json(job, &answer.json, outcomes.plan);
    if (outcomes_path != NULL) {
        json_key(&answer.json, LIT("import"));
        json_map_begin(&answer.json);
        json_key(&answer.json, LIT("rows"));
        json_u64(&answer.json, outcomes.rows);
        json_key(&answer.json, LIT("unknown_subjects"));
        json_u64(&answer.json, outcomes.unknown);
        json_key(&answer.json, LIT("not_in_plan"));
        json_u64(&answer.json, outcomes.not_in_plan);
        json_key(&answer.json, LIT("bad_rows"));
        json_u64(&answer.json, outcomes.bad);
        json_map_end(&answer.json);
    }
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_results(struct job *job, struct candor *candor, const char *campaign,
                                  const char *outcomes_path, const char *html_path,
                                  struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        results(job, candor, campaign, outcomes_path, html_path, report);
    home_leave(candor);
    return status;
}
