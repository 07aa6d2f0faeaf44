/*
 * plan.c - a campaign's plan: everybody walked down the staircase, nothing sent.
 *
 *     customers -> allowed -> reachable -> likely -> fair -> contacted
 *
 *  1. weigh    every subject, from permit to score (weigh.c)
 *  2. choose   the best scores within the campaign's limits
 *  3. compare  the chosen by protected attribute, against permits for the audit's own purpose
 *  4. set aside the random hold-out
 *  5. record   one entry on the ledger for each subject, whatever was decided
 *  6. sign     the author signs the plan's digest; another operator must approve it
 *
 * All but the last goes in steps, so that decisions come in between (longwork.h); plansettle.c says what
 * becomes of those who say no meanwhile. A plan that is stopped leaves decisions on the ledger that no
 * plan names, and the plan before it stands.
 *
 * Facts of a subject are made in an arena that is rewound after each, so a plan over millions takes
 * no more memory than its rows.
 */
#include <math.h>
#include <string.h>

#include "flow.h"
#include "frame.h"
#include "learn.h"
#include "model.h"
#include "plan.h"
#include "request.h"
#include "reviewed.h"
#include "staff.h"

enum { TIE_LEN = 16 };

/* ---- 1. weigh ------------------------------------------------------------------------------ */

static enum candor_status weigh_next(struct job *job, struct candor *candor, struct txn *txn,
                                     struct planning *planning, uint64_t *cursor)
{
    struct view_entry entry = {.arena = job->arena, .is_for_later = true};
    const struct arena_mark mark = arena_mark(job->arena);
    struct plan_row *row = &planning->row[planning->row_count];
    struct weighed *weighed = &planning->weighed[planning->row_count];
    TRY(store_next_subject(job, txn, cursor, &row->subject));
    TRY(view_load(job, candor, txn, row->subject, &entry));
    TRY(weigh(job, candor, txn, &entry, planning->campaign, planning->campaign_index, weighed));
    weighed->facts = NULL; /* they end with the mark */
    arena_rewind(job->arena, mark);
    planning->row_count++;
    return CANDOR_OK;
}

/* Whoever comes after the count was taken is not of this plan; somebody may be erased before we come. */
static enum candor_status weigh_everybody(struct job *job, struct candor *candor,
                                          struct planning *planning)
{
    struct txn *txn = NULL;
    uint64_t count = 0;
    uint64_t cursor = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(store_subject_count(job, txn, &count));
    TRY_ALLOC(job, planning->row, (size_t)count, struct plan_row);
    TRY_ALLOC(job, planning->weighed, (size_t)count, struct weighed);
    while (planning->row_count < count) {
        const enum candor_status status = weigh_next(job, candor, txn, planning, &cursor);
        if (status == CANDOR_NOT_FOUND) {
            job_forgive(job);
            break;
        }
        TRY(status);
        if (planning->row_count % LONG_STEP == 0) {
            TRY(long_yield(job, &planning->work, planning->row_count, count));
            TRY(planning_step(job, candor, planning, &txn));
        }
    }
    return CANDOR_OK;
}

/* ---- 2. choose ----------------------------------------------------------------------------- */

static enum candor_status choose(struct job *job, struct planning *planning)
{
    size_t count = 0;
    size_t *at = NULL;
    double *score = NULL;
    uint8_t *tie = NULL; /* 16 bytes each */
    bool *chosen = NULL;
    TRY_ALLOC(job, at, planning->row_count, size_t);
    TRY_ALLOC(job, score, planning->row_count, double);
    TRY_ALLOC(job, tie, size_mul(planning->row_count, TIE_LEN), uint8_t);
    TRY_ALLOC(job, chosen, planning->row_count, bool);
    for (size_t i = 0; i < planning->row_count; i++) {
        if (planning->weighed[i].withhold == SEND) {
            at[count] = i;
            score[count] = planning->weighed[i].has_score ? planning->weighed[i].score : 0;
            bytes_copy(tie + count * TIE_LEN, planning->row[i].subject.id, TIE_LEN);
            count++;
        }
    }
    TRY(select_top(job, score, (const uint8_t(*)[TIE_LEN])tie, count,
                   &planning->campaign->selection, chosen));
    planning->cutoff = 0;
    for (size_t c = 0; c < count; c++) {
        if (!chosen[c]) {
            planning->weighed[at[c]].withhold = WITHHOLD_NOT_SELECTED;
        } else if (planning->cutoff == 0 || score[c] < planning->cutoff) {
            planning->cutoff = score[c];
        }
    }
    for (size_t c = 0; c < count; c++) {
        planning->weighed[at[c]].threshold = chosen[c] ? 0 : planning->cutoff;
    }
    return CANDOR_OK;
}

/* ---- a person's word, for a regulated offer; 4. set aside ----------------------------------- */

/* After the groups were compared: whom a person chooses, the model did not. */
static enum candor_status refer_or_set_aside(struct job *job, struct candor *candor,
                                             struct txn *txn, struct planning *planning, size_t i)
{
    struct weighed *weighed = &planning->weighed[i];
    const struct subject subject = planning->row[i].subject;
    bool held_out = false;
    TRY(strict_refer(job, candor, txn, subject, planning->campaign, weighed->offer, weighed));
    if (weighed->withhold == SEND) {
        TRY(weigh_holdout(job, candor, planning->campaign, subject, &held_out));
    }
    if (held_out) {
        weighed->withhold = WITHHOLD_HOLDOUT;
    }
    return CANDOR_OK;
}

static enum candor_status set_aside(struct job *job, struct candor *candor,
                                    struct planning *planning)
{
    struct txn *txn = NULL;
    TRY(planning_step(job, candor, planning, &txn));
    for (size_t i = 0; i < planning->row_count; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(refer_or_set_aside(job, candor, txn, planning, i));
        arena_rewind(job->arena, mark);
        if ((i + 1) % LONG_STEP == 0) {
            TRY(long_yield(job, &planning->work, i, planning->row_count));
            TRY(planning_step(job, candor, planning, &txn));
        }
    }
    return CANDOR_OK;
}

/* ---- 5. record ----------------------------------------------------------------------------- */

static void fill_row(const struct weighed *weighed, struct plan_row *row)
{
    row->fate = weighed->withhold == SEND               ? FATE_SEND
                : weighed->withhold == WITHHOLD_HOLDOUT ? FATE_HOLDOUT
                                                        : FATE_WITHHOLD;
    row->withhold = (uint8_t)weighed->withhold;
    row->permit = (uint8_t)weighed->permit;
    row->offer = weighed->offer == NONE ? UINT16_MAX : (uint16_t)weighed->offer;
    row->has_score = weighed->has_score;
    row->score = weighed->score;
}

/* Their data may have been put right since they were weighed: what is explained is what was looked at last. */
static void take_again(struct weighed *weighed, const struct weighed *again)
{
    if (!again->has_score) {
        *weighed = *again;
    }
    weighed->score = again->score;
    weighed->facts = again->facts;
}

/* The facts are computed again so that the record has them; what was decided stands. */
enum candor_status planning_record(struct job *job, struct candor *candor, struct txn *txn,
                                   struct planning *planning, size_t i)
{
    struct view_entry entry = {.arena = job->arena, .is_for_later = true};
    struct weighed again;
    struct decision decision;
    struct weighed *weighed = &planning->weighed[i];
    const struct arena_mark mark = arena_mark(job->arena);
    if (weighed->has_score) {
        TRY(view_load(job, candor, txn, planning->row[i].subject, &entry));
        TRY(weigh(job, candor, txn, &entry, planning->campaign, planning->campaign_index, &again));
        take_again(weighed, &again);
    }
    fill_row(weighed, &planning->row[i]);
    TRY(decision_record_new(job, candor, txn, planning->row[i].subject, planning->campaign, weighed,
                            &decision));
    if (weighed->withhold == WITHHOLD_REFERRED || weighed->withhold == WITHHOLD_DOUBTED) {
        TRY(review_queue(job, candor, txn, planning->row[i].subject, &decision, NULL));
    }
    planning_look(planning, i);
    weighed->facts = NULL;
    planning->row[i].ledger_index = decision.ledger_index;
    arena_rewind(job->arena, mark);
    return CANDOR_OK;
}

/* Settled before and in the same stay: nobody is recorded as reached who has said no. */
static enum candor_status record_step(struct job *job, struct candor *candor,
                                      struct planning *planning)
{
    struct txn *txn = NULL;
    TRY(planning_settle(job, planning, &txn));
    for (size_t n = 0; n < LONG_STEP && planning->recorded < planning->row_count; n++) {
        const size_t i = planning->recorded;
        TRY(planning->weighed[i].withhold == WITHHOLD_ERASED
                ? CANDOR_OK
                : planning_record(job, candor, txn, planning, i));
        planning->recorded++;
    }
    return home_commit(job, candor, txn);
}

static enum candor_status record_everybody(struct job *job, struct candor *candor,
                                           struct planning *planning)
{
    while (planning->recorded < planning->row_count) {
        TRY(record_step(job, candor, planning));
        TRY(long_yield(job, &planning->work, planning->recorded, planning->row_count));
    }
    return CANDOR_OK;
}

/* ---- 6. sign ------------------------------------------------------------------------------- */

static enum candor_status sign(struct job *job, struct candor *candor, struct txn *txn,
                               struct plan *plan)
{
    uint64_t index = 0;
    const struct signer *signer = NULL;
    struct buf cutoff = buf_begin(job->arena);
    TRY(caller_signer(job, candor, &signer));
    plan->digest = plan_digest(job, plan);
    signer_sign(signer, (struct bytes){plan->digest.byte, sizeof plan->digest.byte},
                plan->author_signature);
    const struct account account = {
        .action = LEDGER_PLAN, .outcome = OUTCOME_DONE, .policy = &plan->digest};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    buf_f64le(&cutoff, plan->cutoff);
    TRY(store_put_document(job, txn, LIT("cutoff"), plan->campaign, buf_all(&cutoff)));
    return plan_store(job, candor, txn, plan);
}

/* A plan whose hand-over has begun is history: a new one would lose who was contacted. */
static enum candor_status must_not_be_sent(struct job *job, struct candor *candor, struct txn *txn,
                                           struct str campaign)
{
    struct plan before;
    bool is_there = false;
    TRY(plan_find(job, candor, txn, campaign, &before, &is_there));
    if (is_there && (before.state == PLAN_HANDING_OVER || before.state == PLAN_SENT)) {
        return fail(job, CANDOR_REFUSED,
                    "campaign '%.*s' was sent already; give the next one a name of its own in "
                    "candor.yaml",
                    STR_ARG(campaign));
    }
    return CANDOR_OK;
}

/* What must hold of the campaign when its plan is begun, and still when it is signed. */
static enum candor_status may_be_planned(struct job *job, struct candor *candor, struct txn *txn,
                                         const struct planning *planning)
{
    TRY(caller_may(job, candor, ACT_PLAN));
    TRY(must_not_be_sent(job, candor, txn, planning->campaign->name));
    return board_require_campaign(job, candor, txn, planning->campaign, planning->campaign_index,
                                  candor->self.name);
}

/* In one stay: no word can come between the last question and the signature. */
static enum candor_status conclude(struct job *job, struct candor *candor,
                                   struct planning *planning, struct plan *plan)
{
    struct txn *txn = NULL;
    TRY(planning_settle(job, planning, &txn));
    TRY(may_be_planned(job, candor, txn, planning));
    planning_leave_out_erased(planning);
    job->now = job->host->now(job->host);
    TRY(planning_summarise(job, candor, planning, plan));
    TRY(sign(job, candor, txn, plan));
    return home_commit(job, candor, txn);
}

/* The sums of the choice are done outside: it looks at nothing but its rows. */
static enum candor_status choose_outside(struct job *job, struct planning *planning)
{
    home_roll_back(planning->work.candor);
    long_leave(&planning->work);
    const enum candor_status status = choose(job, planning);
    const enum candor_status returned = long_return(job, &planning->work);
    return status != CANDOR_OK ? status : returned;
}

static enum candor_status make(struct job *job, struct candor *candor, struct planning *planning,
                               struct plan *plan)
{
    struct txn *txn = NULL;
    TRY(weigh_everybody(job, candor, planning));
    TRY(planning_settle(job, planning, &txn));
    TRY(choose_outside(job, planning));
    TRY(planning_compare(job, candor, planning));
    TRY(set_aside(job, candor, planning));
    TRY(record_everybody(job, candor, planning));
    return conclude(job, candor, planning, plan);
}

static enum candor_status plan_campaign(struct job *job, struct candor *candor, const char *name,
                                        struct plan *plan)
{
    struct txn *txn = NULL;
    struct planning planning = {0};
    TRY(caller_may(job, candor, ACT_PLAN));
    TRY(home_campaign(job, candor, str_of(name), &planning.campaign, &planning.campaign_index));
    TRY(home_begin(job, candor, &txn));
    TRY(may_be_planned(job, candor, txn, &planning));
    TRY(strict_plan(job, candor, txn, planning.campaign));
    TRY(planning_begin(job, candor, txn, &planning));
    TRY(long_begin(job, candor, "planning", planning.campaign->name, &planning.work));
    const enum candor_status status = make(job, candor, &planning, plan);
    long_end(&planning.work);
    return status;
}

/* ---- the CSV and the call ------------------------------------------------------------------ */

/* Everybody in it was looked at. */
static enum candor_status write_csv(struct job *job, struct candor *candor, const struct plan *plan,
                                    const char *path)
{
    struct txn *txn = NULL;
    struct buf buf = buf_begin(arena_beside(job));
    const struct account account = {.action = LEDGER_READ, .outcome = OUTCOME_DONE};
    uint64_t index = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    buf_lit(&buf, LIT("identifier,decision,offer,score,reason,ledger_index\n"));
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct arena_mark mark = arena_mark(job->arena);
        const struct plan_row *row = &plan->row[i];
        struct str identifier;
        TRY(access_note(job, candor, txn, row->subject, LIT("plan.file"), index));
        TRY(store_identifier(job, txn, permit_for_right(job, row->subject, RIGHT_EXPLANATION),
                             &identifier));
        csv_put_text(&buf, identifier);
        buf_str(&buf, row->fate == FATE_SEND      ? STR(",send,")
                      : row->fate == FATE_HOLDOUT ? STR(",holdout,")
                                                  : STR(",withhold,"));
        if (row->offer != UINT16_MAX && row->fate == FATE_SEND) {
            csv_put_text(&buf, plan->offer_name[row->offer]);
        }
        buf_u8(&buf, ',');
        if (row->has_score) {
            buf_format(&buf, "%.6f", row->score);
        }
        buf_u8(&buf, ',');
        csv_put_text(&buf, plan_row_code(row));
        buf_format(&buf, ",%llu\n", (unsigned long long)row->ledger_index);
        arena_rewind(job->arena, mark);
    }
    TRY(home_commit(job, candor, txn));
    return file_replace(job, str_of(path), buf_all(&buf), 0600);
}

static enum candor_status plan_and_write(struct job *job, struct candor *candor, const char *name,
                                         const char *html_path, const char *csv_path,
                                         struct candor_text *report)
{
    struct plan *plan = NEW(job->arena, struct plan);
    TRY(path_may_be_written(job, html_path));
    TRY(path_may_be_written(job, csv_path));
    TRY(paths_differ(job, html_path, csv_path));
    TRY(access_may(job, candor)); /* its page shows three people, its file everybody */
    TRY(plan_campaign(job, candor, name, plan));
    if (csv_path != NULL) {
        TRY(during(job, write_csv(job, candor, plan, csv_path), "writing the plan's CSV"));
    }
    TRY(plan_people(job, candor, plan));
    if (html_path != NULL) {
        TRY(during(job, file_replace(job, str_of(html_path), bytes_of(plan_page(job, plan)), 0600),
                   "writing the plan's page"));
    }
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    plan_json(job, &answer.json, plan);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_plan(struct job *job, struct candor *candor, const char *campaign,
                               const char *html_path, const char *csv_path,
                               struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        plan_and_write(job, candor, campaign, html_path, csv_path, report);
    home_leave(candor);
    return status;
}
