/*
 * planfile.c - the bytes of a plan.
 *
 *     "CNDPLAN1" | signed part (a block) | unsigned part (a block)
 *
 * The signed part is all that a second operator approves: who is contacted, who is not and why,
 * what is expected, how fair it is. Its SHA-256 is the plan's digest; author and approver sign the
 * digest. The unsigned part is what comes later: state, signatures, hand-over, results.
 *
 * Numbers are little-endian; texts and lists begin with their length.
 */
#include <string.h>

#include "flow.h"
#include "plan.h"

static const char magic[8] = {'C', 'N', 'D', 'P', 'L', 'A', 'N', '1'};

enum { ROWS_MAX = 1 << 24, LIST_MAX = 4096 };

/* ---- writing ------------------------------------------------------------------------------- */

static void write_text(struct buf *buf, struct str text)
{
    buf_block(buf, bytes_of(text));
}

static void put_stairs(struct buf *buf, const struct plan *plan)
{
    for (size_t i = 0; i < STAIR_COUNT; i++) {
        const struct plan_stair *stair = &plan->stair[i];
        write_text(buf, stair->name);
        write_text(buf, stair->label);
        buf_u64le(buf, stair->count);
        buf_u32le(buf, (uint32_t)stair->left_out_count);
        for (size_t r = 0; r < stair->left_out_count; r++) {
            write_text(buf, stair->left_out[r].code);
            write_text(buf, stair->left_out[r].sentence);
            buf_u64le(buf, stair->left_out[r].count);
        }
    }
}

static void put_fairness(struct buf *buf, const struct plan_fairness *fairness)
{
    buf_u8(buf, fairness->checked);
    buf_u8(buf, fairness->passed);
    buf_u8(buf, fairness->enough);
    write_text(buf, fairness->measure);
    write_text(buf, fairness->attribute);
    write_text(buf, fairness->sentence);
    buf_f64le(buf, fairness->value);
    buf_f64le(buf, fairness->low);
    buf_f64le(buf, fairness->high);
    buf_f64le(buf, fairness->limit);
    buf_u32le(buf, (uint32_t)fairness->group_count);
    for (size_t g = 0; g < fairness->group_count; g++) {
        const struct plan_group *group = &fairness->group[g];
        write_text(buf, group->attribute);
        write_text(buf, group->value);
        buf_u64le(buf, group->considered);
        buf_u64le(buf, group->chosen);
        buf_f64le(buf, group->rate);
        buf_f64le(buf, group->low);
        buf_f64le(buf, group->high);
    }
}

static void put_summary(struct buf *buf, const struct plan *plan)
{
    buf_u32le(buf, (uint32_t)plan->driver_count);
    for (size_t d = 0; d < plan->driver_count; d++) {
        write_text(buf, plan->driver[d].feature);
        buf_f64le(buf, plan->driver[d].strength);
        buf_f64le(buf, plan->driver[d].direction);
    }
    buf_u32le(buf, (uint32_t)plan->person_row_count);
    for (size_t p = 0; p < plan->person_row_count; p++) {
        buf_u32le(buf, plan->person_row[p]);
    }
    buf_u32le(buf, (uint32_t)plan->offer_count);
    for (size_t o = 0; o < plan->offer_count; o++) {
        write_text(buf, plan->offer_name[o]);
        write_text(buf, plan->offer_title[o]);
        buf_u64le(buf, plan->offer_count_of[o]);
    }
    for (size_t h = 0; h < 20; h++) {
        buf_u64le(buf, plan->score_histogram[h]);
    }
}

static void put_rows(struct buf *buf, const struct plan *plan)
{
    buf_u32le(buf, (uint32_t)plan->row_count);
    for (size_t i = 0; i < plan->row_count; i++) {
        const struct plan_row *row = &plan->row[i];
        buf_u32le(buf, row->subject.slot);
        buf_bytes(buf, row->subject.id, sizeof row->subject.id);
        buf_u8(buf, (uint8_t)row->fate);
        buf_u8(buf, row->withhold);
        buf_u8(buf, row->permit);
        buf_u16le(buf, row->offer);
        buf_u8(buf, row->has_score);
        buf_f64le(buf, row->score);
        buf_u64le(buf, row->ledger_index);
    }
}

static void put_signed(struct buf *buf, const struct plan *plan)
{
    write_text(buf, plan->campaign);
    write_text(buf, plan->title);
    write_text(buf, plan->purpose);
    write_text(buf, plan->channel);
    write_text(buf, plan->model);
    write_text(buf, plan->author);
    buf_u64le(buf, (uint64_t)plan->made);
    buf_bytes(buf, plan->policy.byte, sizeof plan->policy.byte);
    buf_bytes(buf, plan->model_digest.byte, sizeof plan->model_digest.byte);
    put_stairs(buf, plan);
    buf_u64le(buf, plan->holdout);
    buf_f64le(buf, plan->cutoff);
    buf_f64le(buf, plan->expected);
    buf_f64le(buf, plan->expected_low);
    buf_f64le(buf, plan->expected_high);
    buf_f64le(buf, plan->expected_without);
    buf_f64le(buf, plan->cost);
    put_fairness(buf, &plan->fairness);
    put_summary(buf, plan);
    put_rows(buf, plan);
    buf_u64le(buf, plan->ledger_first);
    buf_u64le(buf, plan->ledger_last);
}

static void put_results(struct buf *buf, const struct plan_results *results)
{
    buf_u8(buf, results->known);
    buf_u64le(buf, (uint64_t)results->imported);
    buf_u64le(buf, results->contacted);
    buf_u64le(buf, results->contacted_responses);
    buf_u64le(buf, results->holdout);
    buf_u64le(buf, results->holdout_responses);
    buf_f64le(buf, results->lift);
    buf_f64le(buf, results->lift_low);
    buf_f64le(buf, results->lift_high);
    buf_f64le(buf, results->extra_responses);
    buf_u64le(buf, results->complaints);
    buf_u64le(buf, results->unsubscribes);
    buf_u64le(buf, results->refusals);
    buf_u8(buf, results->has_amount);
    buf_f64le(buf, results->contacted_amount);
    buf_f64le(buf, results->holdout_amount);
}

static void put_unsigned(struct buf *buf, const struct plan *plan)
{
    buf_u8(buf, (uint8_t)plan->state);
    buf_bytes(buf, plan->author_signature, sizeof plan->author_signature);
    write_text(buf, plan->approver);
    buf_u64le(buf, (uint64_t)plan->approved);
    write_text(buf, plan->override_reason);
    buf_bytes(buf, plan->approver_signature, sizeof plan->approver_signature);
    buf_u64le(buf, (uint64_t)plan->sent);
    buf_u64le(buf, plan->handed_over);
    buf_u64le(buf, plan->dropped_at_hand_over);
    put_results(buf, &plan->results);
}

struct digest plan_digest(struct job *job, const struct plan *plan)
{
    struct buf part = buf_begin(job->arena);
    put_signed(&part, plan);
    return digest_of_bytes(buf_all(&part));
}

struct bytes plan_write(struct job *job, const struct plan *plan)
{
    struct buf part = buf_begin(job->arena);
    struct buf rest = buf_begin(job->arena);
    struct buf file = buf_begin(job->arena);
    put_signed(&part, plan);
    put_unsigned(&rest, plan);
    buf_bytes(&file, magic, sizeof magic);
    buf_block(&file, buf_all(&part));
    buf_block(&file, buf_all(&rest));
    return buf_all(&file);
}

enum candor_status plan_store(struct job *job, struct candor *candor, struct txn *txn,
                              const struct plan *plan)
{
    (void)candor;
    return store_put_document(job, txn, LIT("plan"), plan->campaign, plan_write(job, plan));
}

/* ---- reading ------------------------------------------------------------------------------- */

static void get_exactly(struct reader *reader, void *target, size_t len)
{
    const struct bytes bytes = read_bytes(reader, len);
    if (!reader->bad) {
        bytes_copy(target, bytes.ptr, len);
    }
}

/* A list's length: one that is too long makes the record bad, and each item takes a byte at least. */
static size_t get_count(struct reader *reader, size_t max)
{
    const size_t count = read_u32le(reader);
    if (count > max || count > reader->len - reader->at) {
        reader->bad = true;
        return 0;
    }
    return reader->bad ? 0 : count;
}

static void get_stairs(struct reader *reader, struct arena *arena, struct plan *plan)
{
    for (size_t i = 0; i < STAIR_COUNT; i++) {
        struct plan_stair *stair = &plan->stair[i];
        stair->name = read_text(reader);
        stair->label = read_text(reader);
        stair->count = read_u64le(reader);
        stair->left_out_count = get_count(reader, LIST_MAX);
        stair->left_out = NEW_ARRAY(arena, stair->left_out_count, struct plan_reason);
        for (size_t r = 0; r < stair->left_out_count; r++) {
            stair->left_out[r].code = read_text(reader);
            stair->left_out[r].sentence = read_text(reader);
            stair->left_out[r].count = read_u64le(reader);
        }
    }
}

static void get_fairness(struct reader *reader, struct arena *arena, struct plan_fairness *fairness)
{
    fairness->checked = read_u8(reader) != 0;
    fairness->passed = read_u8(reader) != 0;
    fairness->enough = read_u8(reader) != 0;
    fairness->measure = read_text(reader);
    fairness->attribute = read_text(reader);
    fairness->sentence = read_text(reader);
    fairness->value = read_f64le(reader);
    fairness->low = read_f64le(reader);
    fairness->high = read_f64le(reader);
    fairness->limit = read_f64le(reader);
    fairness->group_count = get_count(reader, LIST_MAX);
    fairness->group = NEW_ARRAY(arena, fairness->group_count, struct plan_group);
    for (size_t g = 0; g < fairness->group_count; g++) {
        struct plan_group *group = &fairness->group[g];
        group->attribute = read_text(reader);
        group->value = read_text(reader);
        group->considered = read_u64le(reader);
        group->chosen = read_u64le(reader);
        group->rate = read_f64le(reader);
        group->low = read_f64le(reader);
        group->high = read_f64le(reader);
    }
}

static void get_summary(struct reader *reader, struct plan *plan)
{
    plan->driver_count = get_count(reader, 8);
    for (size_t d = 0; d < plan->driver_count; d++) {
        plan->driver[d].feature = read_text(reader);
        plan->driver[d].strength = read_f64le(reader);
        plan->driver[d].direction = read_f64le(reader);
    }
    plan->person_row_count = get_count(reader, 3);
    for (size_t p = 0; p < plan->person_row_count; p++) {
        plan->person_row[p] = read_u32le(reader);
    }
    plan->offer_count = get_count(reader, 64);
    for (size_t o = 0; o < plan->offer_count; o++) {
        plan->offer_name[o] = read_text(reader);
        plan->offer_title[o] = read_text(reader);
        plan->offer_count_of[o] = read_u64le(reader);
    }
    for (size_t h = 0; h < 20; h++) {
        plan->score_histogram[h] = (size_t)read_u64le(reader);
    }
}

/* What a row says is what a plan can say: it is looked up in tables later. */
static bool is_sound(const struct plan *plan, const struct plan_row *row)
{
    const bool has_offer = row->offer < plan->offer_count;
    return row->fate <= FATE_HOLDOUT && row->withhold < WITHHOLD_CODES &&
           (row->withhold != WITHHOLD_PERMIT || row->permit < PERMIT_CODES) &&
           (has_offer || (row->offer == UINT16_MAX && row->fate != FATE_SEND));
}

static enum candor_status get_rows(struct job *job, struct reader *reader, struct plan *plan)
{
    plan->row_count = get_count(reader, ROWS_MAX);
    TRY_ALLOC(job, plan->row, plan->row_count, struct plan_row);
    for (size_t i = 0; i < plan->row_count && !reader->bad; i++) {
        struct plan_row *row = &plan->row[i];
        row->subject.slot = read_u32le(reader);
        get_exactly(reader, row->subject.id, sizeof row->subject.id);
        row->fate = (enum plan_fate)read_u8(reader);
        row->withhold = read_u8(reader);
        row->permit = read_u8(reader);
        row->offer = read_u16le(reader);
        row->has_score = read_u8(reader) != 0;
        row->score = read_f64le(reader);
        row->ledger_index = read_u64le(reader);
        reader->bad = reader->bad || !is_sound(plan, row);
    }
    return CANDOR_OK;
}

static enum candor_status get_signed(struct job *job, struct reader *reader, struct plan *plan)
{
    plan->campaign = read_text(reader);
    plan->title = read_text(reader);
    plan->purpose = read_text(reader);
    plan->channel = read_text(reader);
    plan->model = read_text(reader);
    plan->author = read_text(reader);
    plan->made = (int64_t)read_u64le(reader);
    get_exactly(reader, plan->policy.byte, sizeof plan->policy.byte);
    get_exactly(reader, plan->model_digest.byte, sizeof plan->model_digest.byte);
    get_stairs(reader, job->arena, plan);
    plan->holdout = read_u64le(reader);
    plan->cutoff = read_f64le(reader);
    plan->expected = read_f64le(reader);
    plan->expected_low = read_f64le(reader);
    plan->expected_high = read_f64le(reader);
    plan->expected_without = read_f64le(reader);
    plan->cost = read_f64le(reader);
    get_fairness(reader, job->arena, &plan->fairness);
    get_summary(reader, plan);
    TRY(get_rows(job, reader, plan));
    plan->ledger_first = read_u64le(reader);
    plan->ledger_last = read_u64le(reader);
    return CANDOR_OK;
}

static void get_results(struct reader *reader, struct plan_results *results)
{
    results->known = read_u8(reader) != 0;
    results->imported = (int64_t)read_u64le(reader);
    results->contacted = read_u64le(reader);
    results->contacted_responses = read_u64le(reader);
    results->holdout = read_u64le(reader);
    results->holdout_responses = read_u64le(reader);
    results->lift = read_f64le(reader);
    results->lift_low = read_f64le(reader);
    results->lift_high = read_f64le(reader);
    results->extra_responses = read_f64le(reader);
    results->complaints = read_u64le(reader);
    results->unsubscribes = read_u64le(reader);
    results->refusals = read_u64le(reader);
    results->has_amount = read_u8(reader) != 0;
    results->contacted_amount = read_f64le(reader);
    results->holdout_amount = read_f64le(reader);
}

static void get_unsigned(struct reader *reader, struct plan *plan)
{
    const uint8_t state = read_u8(reader);
    reader->bad = reader->bad || state > PLAN_SENT;
    plan->state = (enum plan_state)state;
    get_exactly(reader, plan->author_signature, sizeof plan->author_signature);
    plan->approver = read_text(reader);
    plan->approved = (int64_t)read_u64le(reader);
    plan->override_reason = read_text(reader);
    get_exactly(reader, plan->approver_signature, sizeof plan->approver_signature);
    plan->sent = (int64_t)read_u64le(reader);
    plan->handed_over = read_u64le(reader);
    plan->dropped_at_hand_over = read_u64le(reader);
    get_results(reader, &plan->results);
}

enum candor_status plan_read(struct job *job, struct bytes file, struct plan *plan)
{
    struct reader reader = reader_of(file);
    const struct bytes mark = read_bytes(&reader, sizeof magic);
    const struct bytes part = read_block(&reader);
    const struct bytes rest = read_block(&reader);
    if (!reader_is_done(&reader) || memcmp(mark.ptr, magic, sizeof magic) != 0) {
        return fail(job, CANDOR_CORRUPT, "the plan is damaged");
    }
    *plan = (struct plan){0};
    struct reader signed_part = reader_of(part);
    struct reader unsigned_part = reader_of(rest);
    TRY(get_signed(job, &signed_part, plan));
    get_unsigned(&unsigned_part, plan);
    if (!reader_is_done(&signed_part) || !reader_is_done(&unsigned_part)) {
        return fail(job, CANDOR_CORRUPT, "the plan is damaged");
    }
    plan->digest = digest_of_bytes(part);
    return CANDOR_OK;
}

enum candor_status plan_load(struct job *job, struct candor *candor, struct txn *txn,
                             struct str campaign, struct plan *plan)
{
    struct bytes file;
    (void)candor;
    const enum candor_status status = store_document(job, txn, LIT("plan"), campaign, &file);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "campaign '%.*s' has no plan yet; run: candor plan %.*s",
                    STR_ARG(campaign), STR_ARG(campaign));
    }
    TRY(status);
    return during(job, plan_read(job, file, plan), "campaign '%.*s'", STR_ARG(campaign));
}

enum candor_status plan_find(struct job *job, struct candor *candor, struct txn *txn,
                             struct str campaign, struct plan *plan, bool *is_there)
{
    const enum candor_status status = plan_load(job, candor, txn, campaign, plan);
    *is_there = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}
