/*
 * test_planfile.c - the bytes of a plan: they read back as they were, cut short or changed in what a
 * plan cannot say they are refused, and the digest is of what is signed and nothing else.
 */
#include "made_plan.h"

#include "testing.h"

enum { MAGIC_LEN = 8, LEN_LEN = 4 };

static struct maker maker_in(struct arena *arena)
{
    return (struct maker){arena, ""};
}

static enum candor_status read_again(struct job *job, struct bytes bytes)
{
    struct plan again;
    const enum candor_status status = plan_read(job, bytes, &again);
    job_forgive(job);
    return status;
}

static void a_plan_reads_back_as_it_was(void **state)
{
    (void)state;
    struct plan *plan = NULL;
    struct plan *again = NULL;
    struct job job;
    job_begin(&job, host_real());
    const struct maker maker = maker_in(job.arena);
    plan = NEW(job.arena, struct plan);
    again = NEW(job.arena, struct plan);
    make_plan(&maker, plan);
    const struct bytes bytes = plan_write(&job, plan);
    expect(plan_read(&job, bytes, again) == CANDOR_OK, "%s", job.message);
    const struct bytes written = plan_write(&job, again);
    assert_int_equal(written.len, bytes.len);
    assert_memory_equal(written.ptr, bytes.ptr, bytes.len);
    const struct digest digest = plan_digest(&job, plan);
    assert_memory_equal(again->digest.byte, digest.byte, sizeof digest.byte);

    expect(str_equal(again->campaign, plan->campaign), "campaign");
    expect(str_equal(again->override_reason, plan->override_reason), "override");
    assert_int_equal(again->state, PLAN_SENT);
    assert_int_equal(again->row_count, MADE_ROWS);
    assert_memory_equal(again->row[4].subject.id, plan->row[4].subject.id, 16);
    assert_int_equal(again->row[1].permit, PERMIT_WITHDRAWN);
    assert_int_equal(again->stair[2].left_out_count, 2);
    assert_int_equal(again->fairness.group[1].considered, 2001);
    assert_int_equal(again->person_row[1], 1);
    expect(str_is(again->offer_title[1], "A voucher"), "offer");
    expect(again->results.known && again->results.lift == 0.03, "results");
    assert_int_equal(again->ledger_last, 104);
    job_end(&job);
}

/* Who a plan shows is read from their records each time: the bytes must not hold it. */
static void the_people_shown_are_not_in_the_bytes(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct maker maker = maker_in(job.arena);
    struct plan *plan = NEW(job.arena, struct plan);
    make_plan(&maker, plan);
    plan->person[0].headline = STR("A very private headline");
    plan->person[0].fact_value[0] = STR("A very private fact");
    plan->person[0].reason[0] = STR("A very private reason");
    const struct bytes bytes = plan_write(&job, plan);
    const struct str text = {(const char *)bytes.ptr, bytes.len};
    expect(!str_contains(text, STR("very private")), "the plan holds a person");
    job_end(&job);
}

static void a_plan_cut_anywhere_is_damaged(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct maker maker = maker_in(job.arena);
    struct plan *plan = NEW(job.arena, struct plan);
    make_plan(&maker, plan);
    const struct bytes bytes = plan_write(&job, plan);
    for (size_t len = 0; len < bytes.len; len++) {
        const struct arena_mark mark = arena_mark(job.arena);
        const enum candor_status status = read_again(&job, (struct bytes){bytes.ptr, len});
        expect(status == CANDOR_CORRUPT, "%zu of %zu bytes: %s", len, bytes.len,
               status_name(status));
        arena_rewind(job.arena, mark);
    }
    job_end(&job);
}

/* A file of two parts, each cut to a length, with the right lengths before them. */
static struct bytes file_of(struct job *job, struct bytes part, struct bytes rest)
{
    struct buf buf = buf_begin(job->arena);
    buf_lit(&buf, LIT("CNDPLAN1"));
    buf_block(&buf, part);
    buf_block(&buf, rest);
    return buf_all(&buf);
}

static void take_apart(struct bytes bytes, struct bytes *part, struct bytes *rest)
{
    struct reader reader = reader_of((struct bytes){bytes.ptr + MAGIC_LEN, bytes.len - MAGIC_LEN});
    *part = read_block(&reader);
    *rest = read_block(&reader);
    must(reader_is_done(&reader));
}

static void a_part_cut_anywhere_is_damaged_too(void **state)
{
    (void)state;
    struct bytes part;
    struct bytes rest;
    struct job job;
    job_begin(&job, host_real());
    const struct maker maker = maker_in(job.arena);
    struct plan *plan = NEW(job.arena, struct plan);
    make_plan(&maker, plan);
    take_apart(plan_write(&job, plan), &part, &rest);
    expect(read_again(&job, file_of(&job, part, rest)) == CANDOR_OK, "the whole");
    for (size_t len = 0; len < part.len; len++) {
        const struct arena_mark mark = arena_mark(job.arena);
        const struct bytes file = file_of(&job, (struct bytes){part.ptr, len}, rest);
        expect(read_again(&job, file) == CANDOR_CORRUPT, "%zu bytes of the signed part", len);
        arena_rewind(job.arena, mark);
    }
    for (size_t len = 0; len < rest.len; len++) {
        const struct bytes file = file_of(&job, part, (struct bytes){rest.ptr, len});
        expect(read_again(&job, file) == CANDOR_CORRUPT, "%zu bytes of the unsigned part", len);
    }
    job_end(&job);
}

static void more_bytes_than_a_plan_has_are_damage(void **state)
{
    (void)state;
    struct bytes part;
    struct bytes rest;
    struct job job;
    job_begin(&job, host_real());
    const struct maker maker = maker_in(job.arena);
    struct plan *plan = NEW(job.arena, struct plan);
    make_plan(&maker, plan);
    struct buf longer = buf_begin(job.arena);
    const struct bytes bytes = plan_write(&job, plan);
    take_apart(bytes, &part, &rest);
    buf_bytes(&longer, bytes.ptr, bytes.len);
    buf_u8(&longer, 0);
    expect(read_again(&job, buf_all(&longer)) == CANDOR_CORRUPT, "after the end");
    longer = buf_begin(job.arena);
    buf_bytes(&longer, part.ptr, part.len);
    buf_u8(&longer, 0);
    expect(read_again(&job, file_of(&job, buf_all(&longer), rest)) == CANDOR_CORRUPT, "signed");
    expect(read_again(&job, file_of(&job, part, part)) == CANDOR_CORRUPT, "unsigned");
    job_end(&job);
}

/* Whatever one byte becomes: sound, or damaged; never something else, never a crash. */
static void a_changed_byte_is_read_or_refused(void **state)
{
    (void)state;
    static const uint8_t flip[] = {0x01, 0x80, 0xff};
    size_t read = 0;
    size_t refused = 0;
    struct job job;
    job_begin(&job, host_real());
    const struct maker maker = maker_in(job.arena);
    struct plan *plan = NEW(job.arena, struct plan);
    make_plan(&maker, plan);
    const struct bytes bytes = plan_write(&job, plan);
    struct buf changed = buf_begin(job.arena);
    buf_bytes(&changed, bytes.ptr, bytes.len);
    for (size_t at = 0; at < bytes.len; at++) {
        for (size_t f = 0; f < sizeof flip; f++) {
            const struct arena_mark mark = arena_mark(job.arena);
            changed.ptr[at] ^= flip[f];
            const enum candor_status status = read_again(&job, buf_all(&changed));
            changed.ptr[at] ^= flip[f];
            read += status == CANDOR_OK;
            refused += status == CANDOR_CORRUPT;
            expect(status == CANDOR_OK || status == CANDOR_CORRUPT, "byte %zu: %s", at,
                   status_name(status));
            expect(at >= MAGIC_LEN + LEN_LEN || status == CANDOR_CORRUPT, "byte %zu", at);
            arena_rewind(job.arena, mark);
        }
    }
    expect(read > 0 && refused > 0, "%zu read, %zu refused", read, refused);
    job_end(&job);
}

/* ---- what a plan cannot say ---------------------------------------------------------------- */

#define CHANGE(name, does) \
    static void change_##name(struct plan *plan) \
    { \
        does; \
    }

CHANGE(nothing, (void)plan)
CHANGE(an_offer, plan->row[0].offer = MADE_OFFERS)
CHANGE(no_offer, plan->row[0].offer = UINT16_MAX)
CHANGE(a_reason, plan->row[2].withhold = WITHHOLD_CODES)
CHANGE(a_permit, plan->row[1].permit = PERMIT_CODES)
CHANGE(a_fate, plan->row[2].fate = (enum plan_fate)(FATE_HOLDOUT + 1))
CHANGE(a_state, plan->state = (enum plan_state)(PLAN_SENT + 1))
CHANGE(a_text, plan->title = STR("\xff\xfe"))

static const struct {
    const char *name;
    void (*change)(struct plan *plan);
    enum candor_status status;
} saying[] = {
    {"nothing is changed", change_nothing, CANDOR_OK},
    {"an offer that is not in the plan", change_an_offer, CANDOR_CORRUPT},
    {"somebody is contacted without an offer", change_no_offer, CANDOR_CORRUPT},
    {"a reason that does not exist", change_a_reason, CANDOR_CORRUPT},
    {"a permit's code that does not exist", change_a_permit, CANDOR_CORRUPT},
    {"a fate that does not exist", change_a_fate, CANDOR_CORRUPT},
    {"a state that does not exist", change_a_state, CANDOR_CORRUPT},
    {"a text that is no text", change_a_text, CANDOR_CORRUPT},
};

static void what_a_plan_cannot_say_is_damage(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof saying / sizeof saying[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct maker maker = maker_in(job.arena);
        struct plan *plan = NEW(job.arena, struct plan);
        make_plan(&maker, plan);
        saying[i].change(plan);
        const enum candor_status status = read_again(&job, plan_write(&job, plan));
        expect(status == saying[i].status, "%s: %s", saying[i].name, status_name(status));
        job_end(&job);
    }
}

/* ---- what is signed ------------------------------------------------------------------------ */

CHANGE(campaign, plan->campaign = STR("autumn"))
CHANGE(title, plan->title = STR("Autumn"))
CHANGE(purpose, plan->purpose = STR("Ads"))
CHANGE(channel, plan->channel = STR("sms"))
CHANGE(model, plan->model = STR("other"))
CHANGE(author, plan->author = STR("eva"))
CHANGE(made, plan->made++)
CHANGE(policy, plan->policy.byte[31] ^= 1)
CHANGE(model_digest, plan->model_digest.byte[0] ^= 1)
CHANGE(stair_label, plan->stair[3].label = STR("Else"))
CHANGE(stair_count, plan->stair[5].count++)
CHANGE(left_out_code, plan->stair[1].left_out[0].code = STR("x"))
CHANGE(left_out_sentence, plan->stair[1].left_out[0].sentence = STR("x"))
CHANGE(left_out_count, plan->stair[2].left_out[1].count++)
CHANGE(left_out_gone, plan->stair[2].left_out_count--)
CHANGE(holdout, plan->holdout++)
CHANGE(cutoff, plan->cutoff = 0.06)
CHANGE(expected, plan->expected++)
CHANGE(expected_low, plan->expected_low++)
CHANGE(expected_high, plan->expected_high++)
CHANGE(expected_without, plan->expected_without = NOT_KNOWN)
CHANGE(cost, plan->cost++)
CHANGE(fair_checked, plan->fairness.checked = false)
CHANGE(fair_passed, plan->fairness.passed = false)
CHANGE(fair_enough, plan->fairness.enough = false)
CHANGE(fair_measure, plan->fairness.measure = STR("x"))
CHANGE(fair_attribute, plan->fairness.attribute = STR("x"))
CHANGE(fair_sentence, plan->fairness.sentence = STR("x"))
CHANGE(fair_value, plan->fairness.value = 1)
CHANGE(fair_low, plan->fairness.low = 0)
CHANGE(fair_high, plan->fairness.high = 1)
CHANGE(fair_limit, plan->fairness.limit = 0)
CHANGE(group_value, plan->fairness.group[0].value = STR("x"))
CHANGE(group_considered, plan->fairness.group[0].considered++)
CHANGE(group_chosen, plan->fairness.group[1].chosen++)
CHANGE(group_rate, plan->fairness.group[1].rate = 0)
CHANGE(driver, plan->driver[0].strength = 2)
CHANGE(person_row, plan->person_row[0] = 2)
CHANGE(offer_name, plan->offer_name[0] = STR("x"))
CHANGE(offer_title, plan->offer_title[1] = STR("x"))
CHANGE(offer_count, plan->offer_count_of[0]++)
CHANGE(histogram, plan->score_histogram[19]++)
CHANGE(row_subject, plan->row[0].subject.id[15] ^= 1)
CHANGE(row_slot, plan->row[0].subject.slot++)
CHANGE(row_fate, plan->row[2].fate = FATE_HOLDOUT)
CHANGE(row_withhold, plan->row[2].withhold = WITHHOLD_CAP)
CHANGE(row_permit, plan->row[1].permit = PERMIT_REFUSED)
CHANGE(row_offer, plan->row[4].offer = 1)
CHANGE(row_score, plan->row[0].score = 1)
CHANGE(row_index, plan->row[0].ledger_index = 0)
CHANGE(row_gone, plan->row_count--)
CHANGE(ledger_first, plan->ledger_first++)
CHANGE(ledger_last, plan->ledger_last++)

CHANGE(to_approved, plan->state = PLAN_APPROVED)
CHANGE(author_signature, plan->author_signature[0] ^= 1)
CHANGE(approver, plan->approver = STR("eva"))
CHANGE(approved, plan->approved++)
CHANGE(override, plan->override_reason = STR(""))
CHANGE(approver_signature, plan->approver_signature[63] ^= 1)
CHANGE(sent, plan->sent++)
CHANGE(handed_over, plan->handed_over++)
CHANGE(dropped, plan->dropped_at_hand_over++)
CHANGE(results, plan->results.lift = 0)

#define SIGNED(name) \
    { \
#name, change_##name, true \
    }
#define UNSIGNED(name) \
    { \
#name, change_##name, false \
    }

static const struct {
    const char *name;
    void (*change)(struct plan *plan);
    bool is_signed;
} field[] = {
    SIGNED(campaign),
    SIGNED(title),
    SIGNED(purpose),
    SIGNED(channel),
    SIGNED(model),
    SIGNED(author),
    SIGNED(made),
    SIGNED(policy),
    SIGNED(model_digest),
    SIGNED(stair_label),
    SIGNED(stair_count),
    SIGNED(left_out_code),
    SIGNED(left_out_sentence),
    SIGNED(left_out_count),
    SIGNED(left_out_gone),
    SIGNED(holdout),
    SIGNED(cutoff),
    SIGNED(expected),
    SIGNED(expected_low),
    SIGNED(expected_high),
    SIGNED(expected_without),
    SIGNED(cost),
    SIGNED(fair_checked),
    SIGNED(fair_passed),
    SIGNED(fair_enough),
    SIGNED(fair_measure),
    SIGNED(fair_attribute),
    SIGNED(fair_sentence),
    SIGNED(fair_value),
    SIGNED(fair_low),
    SIGNED(fair_high),
    SIGNED(fair_limit),
    SIGNED(group_value),
    SIGNED(group_considered),
    SIGNED(group_chosen),
    SIGNED(group_rate),
    SIGNED(driver),
    SIGNED(person_row),
    SIGNED(offer_name),
    SIGNED(offer_title),
    SIGNED(offer_count),
    SIGNED(histogram),
    SIGNED(row_subject),
    SIGNED(row_slot),
    SIGNED(row_fate),
    SIGNED(row_withhold),
    SIGNED(row_permit),
    SIGNED(row_offer),
    SIGNED(row_score),
    SIGNED(row_index),
    SIGNED(row_gone),
    SIGNED(ledger_first),
    SIGNED(ledger_last),
    UNSIGNED(to_approved),
    UNSIGNED(author_signature),
    UNSIGNED(approver),
    UNSIGNED(approved),
    UNSIGNED(override),
    UNSIGNED(approver_signature),
    UNSIGNED(sent),
    UNSIGNED(handed_over),
    UNSIGNED(dropped),
    UNSIGNED(results),
};

static void the_digest_changes_with_what_is_signed_and_with_nothing_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct maker maker = maker_in(job.arena);
        struct plan *plan = NEW(job.arena, struct plan);
        make_plan(&maker, plan);
        const struct digest before = plan_digest(&job, plan);
        const struct bytes bytes = plan_write(&job, plan);
        field[i].change(plan);
        const struct digest after = plan_digest(&job, plan);
        const struct bytes changed = plan_write(&job, plan);
        const bool differs = !bytes_same(before.byte, after.byte, sizeof before.byte);
        expect(differs == field[i].is_signed, "%s", field[i].name);
        expect(bytes.len != changed.len || !bytes_same(bytes.ptr, changed.ptr, bytes.len),
               "%s is not stored", field[i].name);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_reads_back_as_it_was),
        cmocka_unit_test(the_people_shown_are_not_in_the_bytes),
        cmocka_unit_test(a_plan_cut_anywhere_is_damaged),
        cmocka_unit_test(a_part_cut_anywhere_is_damaged_too),
        cmocka_unit_test(more_bytes_than_a_plan_has_are_damage),
        cmocka_unit_test(a_changed_byte_is_read_or_refused),
        cmocka_unit_test(what_a_plan_cannot_say_is_damage),
        cmocka_unit_test(the_digest_changes_with_what_is_signed_and_with_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
