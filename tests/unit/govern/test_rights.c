/*
 * test_rights.c - the machine of a request's states, and its clocks through five simulated years.
 */
#include <string.h>

#include "rights.h"
#include "testing.h"

#define DAY MICROS_PER_DAY

static const uint8_t actor[16] = {7};

static int64_t time_of(const char *text)
{
    int64_t time = 0;
    must(str_to_time(str_of(text), &time));
    return time;
}

static const struct clause *clause_of(const char *place, enum right right)
{
    static struct jurisdictions table;
    table = jurisdictions_built_in();
    const struct clause *clause = jurisdictions_find(&table, str_of(place), right);
    must(clause != NULL);
    return clause;
}

static enum candor_status take(struct job *job, struct request *request, enum request_event event,
                               int64_t now)
{
    const struct request_move move = {.event = event,
                                      .now = now,
                                      .code = event == EVENT_REFUSED  ? REFUSAL_NO_MATCH
                                              : event == EVENT_PROVEN ? PROOF_STRONG
                                                                      : 0,
                                      .actor = actor,
                                      .note = STR("because")};
    return request_take(job, request, NULL, &move);
}

static struct request begin(struct job *job, const struct clause *clause, int64_t now)
{
    struct request request = {.clause = *clause};
    must(take(job, &request, EVENT_RECEIVED, now) == CANDOR_OK);
    return request;
}

static struct request_status look(const struct request *request, int64_t now)
{
    struct request_status status;
    request_status_at(request, NULL, now, &status);
    return status;
}

/* ---- states -------------------------------------------------------------------------------- */

static void a_request_goes_from_arrival_to_answer(void **state)
{
    static const struct {
        enum request_event event;
        enum request_state state;
    } row[] = {
        {EVENT_ACKNOWLEDGED, REQUEST_ACKNOWLEDGED}, {EVENT_PROOF_ASKED, REQUEST_VERIFYING},
        {EVENT_PROVEN, REQUEST_IN_PROGRESS},        {EVENT_PAUSED, REQUEST_PAUSED},
        {EVENT_RESUMED, REQUEST_IN_PROGRESS},       {EVENT_EXTENDED, REQUEST_EXTENDED},
        {EVENT_FULFILLED, REQUEST_FULFILLED},
    };
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    int64_t now = time_of("2026-03-02");
    struct request request = begin(&job, clause_of("eu", RIGHT_ACCESS), now);
    expect(look(&request, now).state == REQUEST_RECEIVED, "it begins as received");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        now += DAY;
        expect(take(&job, &request, row[i].event, now) == CANDOR_OK, "%s: %s",
               request_event_name(row[i].event), job.message);
        expect(look(&request, now).state == row[i].state, "after %s: %s",
               request_event_name(row[i].event), request_state_name(look(&request, now).state));
    }
    job_end(&job);
}

/* What may follow what, written down a second time. A: allowed. */
static void each_step_is_taken_only_where_it_can_be(void **state)
{
    static const enum request_event event[] = {
        EVENT_ACKNOWLEDGED, EVENT_PROOF_ASKED, EVENT_PROVEN,  EVENT_STARTED,   EVENT_PAUSED,
        EVENT_RESUMED,      EVENT_EXTENDED,    EVENT_REFUSED, EVENT_CANCELLED, EVENT_APPEALED};
    static const struct {
        enum request_event to; /* 0: as it came */
        const char *allowed;   /* one letter an event above */
    } row[] = {
        {0, "AAAAA-AAA-"},
        {EVENT_ACKNOWLEDGED, "AAAAA-AAA-"},
        {EVENT_PROVEN, "AAAAA-AAA-"},
        {EVENT_PAUSED, "A-A--AAAA-"},
        {EVENT_EXTENDED, "AAAAA--AA-"},
        {EVENT_REFUSED, "---------A"},
        {EVENT_CANCELLED, "----------"},
        {EVENT_APPEALED, "AAAAA--AA-"}, /* of a refused one */
    };
    (void)state;
    for (size_t r = 0; r < sizeof row / sizeof row[0]; r++) {
        for (size_t e = 0; e < sizeof event / sizeof event[0]; e++) {
            struct job job;
            const int64_t now = time_of("2026-03-02");
            job_begin(&job, host_real());
            struct request request = begin(&job, clause_of("us-va", RIGHT_ACCESS), now);
            if (row[r].to == EVENT_APPEALED) {
                must(take(&job, &request, EVENT_REFUSED, now + 1) == CANDOR_OK);
            }
            must(row[r].to == 0 || take(&job, &request, row[r].to, now + 2) == CANDOR_OK);
            const enum candor_status status = take(&job, &request, event[e], now + 3);
            expect((status == CANDOR_OK) == (row[r].allowed[e] == 'A'), "row %zu, %s: %s", r,
                   request_event_name(event[e]), job.message);
            expect(status == CANDOR_OK || status == CANDOR_REFUSED, "row %zu", r);
            job_end(&job);
        }
    }
}

static void nothing_is_answered_before_it_is_proven_who_asks(void **state)
{
    (void)state;
    for (unsigned needed = 0; needed < PROOF_LEVELS; needed++) {
        for (unsigned shown = 0; shown < PROOF_LEVELS; shown++) {
            struct job job;
            job_begin(&job, host_real());
            struct clause clause = *clause_of("eu", RIGHT_ACCESS);
            clause.proof = (enum proof_level)needed;
            struct request request = begin(&job, &clause, DAY);
            const struct request_move proven = {
                .event = EVENT_PROVEN, .now = DAY, .code = (uint8_t)shown, .actor = actor};
            must(request_take(&job, &request, NULL, &proven) == CANDOR_OK);
            const enum candor_status status = take(&job, &request, EVENT_FULFILLED, DAY);
            expect(status == (shown >= needed ? CANDOR_OK : CANDOR_REFUSED), "%u of %u", shown,
                   needed);
            job_end(&job);
        }
    }
}

static void an_extension_needs_reasons_and_the_first_period(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const int64_t now = time_of("2026-01-31");
    struct request request = begin(&job, clause_of("eu", RIGHT_ACCESS), now);
    struct request_move move = {.event = EVENT_EXTENDED, .now = now, .actor = actor};
    expect(request_take(&job, &request, NULL, &move) == CANDOR_BAD_INPUT, "no reason");
    move.note = STR("  ");
    expect(request_take(&job, &request, NULL, &move) == CANDOR_BAD_INPUT, "an empty reason");
    move.note = STR("many requests");
    move.now = time_of("2026-02-28"); /* the month has ended */
    expect(request_take(&job, &request, NULL, &move) == CANDOR_REFUSED, "too late");
    move.now = time_of("2026-02-28") - 1;
    expect(request_take(&job, &request, NULL, &move) == CANDOR_OK, "%s", job.message);
    expect(look(&request, move.now).deadline == time_of("2026-04-28"), "two months more");
    expect(request_take(&job, &request, NULL, &move) == CANDOR_REFUSED, "once is all");
    request = begin(&job, clause_of("us-ca", RIGHT_OPT_OUT_SALE), now);
    expect(take(&job, &request, EVENT_EXTENDED, now) == CANDOR_REFUSED, "this one has none");
    job_end(&job);
}

static void a_refusal_has_a_named_reason(void **state)
{
    (void)state;
    for (unsigned code = 0; code <= REFUSALS; code++) {
        struct job job;
        job_begin(&job, host_real());
        struct request request = begin(&job, clause_of("eu", RIGHT_ERASURE), DAY);
        struct request_move move = {
            .event = EVENT_REFUSED, .now = DAY, .code = (uint8_t)code, .actor = actor};
        const bool is_named = code > REFUSAL_NONE && code < REFUSALS;
        const bool needs_words = code == REFUSAL_OTHER;
        expect((request_take(&job, &request, NULL, &move) == CANDOR_OK) ==
                   (is_named && !needs_words),
               "reason %u", code);
        if (is_named) {
            enum refusal again = REFUSAL_NONE;
            expect(refusal_read(str_of(refusal_name((enum refusal)code)), &again) && again == code,
                   "reason %u reads back", code);
            expect(strlen(refusal_sentence((enum refusal)code)) > 0, "reason %u", code);
        }
        job_end(&job);
    }
}

static void an_appeal_has_a_clock_of_its_own(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct request request = begin(&job, clause_of("us-va", RIGHT_ERASURE), 0 + DAY);
    must(take(&job, &request, EVENT_REFUSED, 40 * DAY) == CANDOR_OK);
    must(take(&job, &request, EVENT_APPEALED, 50 * DAY) == CANDOR_OK);
    const struct request_status status = look(&request, 50 * DAY);
    expect(status.is_appeal && status.is_open && status.deadline == 110 * DAY, "60 days more");
    must(take(&job, &request, EVENT_REFUSED, 60 * DAY) == CANDOR_OK);
    expect(take(&job, &request, EVENT_APPEALED, 61 * DAY) == CANDOR_REFUSED, "once");
    request = begin(&job, clause_of("eu", RIGHT_ERASURE), DAY);
    must(take(&job, &request, EVENT_REFUSED, 2 * DAY) == CANDOR_OK);
    expect(take(&job, &request, EVENT_APPEALED, 3 * DAY) == CANDOR_REFUSED,
           "there one complains to the authority");
    job_end(&job);
}

/* ---- pauses -------------------------------------------------------------------------------- */

static void a_pause_moves_the_deadline_where_the_law_lets_it(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const int64_t now = time_of("2026-03-01");
    struct request eu = begin(&job, clause_of("eu", RIGHT_ACCESS), now);
    struct request ca = begin(&job, clause_of("us-ca", RIGHT_ACCESS), now);
    must(take(&job, &eu, EVENT_PAUSED, now + 2 * DAY) == CANDOR_OK);
    must(take(&job, &ca, EVENT_PAUSED, now + 2 * DAY) == CANDOR_OK);
    expect(look(&eu, now + 12 * DAY).deadline == time_of("2026-04-01") + 10 * DAY, "stands still");
    expect(look(&eu, now + 12 * DAY).used_permille == look(&eu, now + 2 * DAY).used_permille,
           "no time is used");
    must(take(&job, &eu, EVENT_RESUMED, now + 12 * DAY) == CANDOR_OK);
    must(take(&job, &ca, EVENT_RESUMED, now + 12 * DAY) == CANDOR_OK);
    expect(look(&eu, now + 12 * DAY).deadline == time_of("2026-04-01") + 10 * DAY, "ten days on");
    expect(look(&ca, now + 12 * DAY).deadline == now + 45 * DAY, "California's runs on");
    job_end(&job);
}

static void a_pause_ends_by_itself(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const int64_t now = time_of("2026-03-01");
    struct request request = begin(&job, clause_of("eu", RIGHT_ACCESS), now);
    must(take(&job, &request, EVENT_PAUSED, now + DAY) == CANDOR_OK);
    const struct request_status status = look(&request, now + 400 * DAY);
    expect(status.is_overdue && status.level == 100, "a parked request is late all the same");
    expect(status.deadline == time_of("2026-04-01") + REQUEST_PAUSE_DAYS_MAX * DAY, "60 days");
    job_end(&job);
}

/* ---- escalation ---------------------------------------------------------------------------- */

static void each_level_is_put_on_record_once(void **state)
{
    (void)state;
    struct job job;
    size_t added = 0;
    job_begin(&job, host_real());
    struct request request = begin(&job, clause_of("us-va", RIGHT_ACCESS), 100 * DAY);
    static const struct {
        int64_t after_days;
        size_t added;
        unsigned level;
    } row[] = {{0, 0, 0},   {22, 0, 0},  {23, 1, 50},  {30, 0, 50},
               {36, 1, 80}, {44, 0, 80}, {45, 1, 100}, {200, 0, 100}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const int64_t now = (100 + row[i].after_days) * DAY;
        expect(look(&request, now).level == row[i].level, "level on day %lld",
               (long long)row[i].after_days);
        must(request_escalate(&job, &request, NULL, now, actor, &added) == CANDOR_OK);
        expect(added == row[i].added, "day %lld: %zu", (long long)row[i].after_days, added);
    }
    job_end(&job);
}

static void a_late_answer_does_not_hide_that_it_is_late(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    struct request request = begin(&job, clause_of("us-va", RIGHT_ACCESS), 100 * DAY);
    must(take(&job, &request, EVENT_PROVEN, 101 * DAY) == CANDOR_OK);
    must(take(&job, &request, EVENT_FULFILLED, 300 * DAY) == CANDOR_OK);
    unsigned seen = 0;
    for (size_t i = 0; i < request.step_count; i++) {
        seen += request.step[i].event >= EVENT_ESCALATED_50 &&
                request.step[i].event <= EVENT_ESCALATED_100;
    }
    expect(seen == 3, "%u escalations before the answer", seen);
    expect(look(&request, 400 * DAY).was_late, "and it is known as late");
    job_end(&job);
}

static void a_late_receipt_is_escalated(void **state)
{
    (void)state;
    struct job job;
    size_t added = 0;
    job_begin(&job, host_real());
    const int64_t now = time_of("2026-11-27");
    struct request request = begin(&job, clause_of("us-ca", RIGHT_ERASURE), now);
    expect(look(&request, now).acknowledge_by == time_of("2026-12-11"), "ten business days");
    must(request_escalate(&job, &request, NULL, now + 14 * DAY, actor, &added) == CANDOR_OK);
    expect(added == 1 && request.step[1].event == EVENT_ESCALATED_RECEIPT, "the receipt is late");
    must(take(&job, &request, EVENT_ACKNOWLEDGED, now + 14 * DAY) == CANDOR_OK);
    expect(look(&request, now + 14 * DAY).acknowledge_by == 0, "done");
    job_end(&job);
}

/* ---- five years ---------------------------------------------------------------------------- */

/* What must hold whenever the house was looked after, at the latest a day ago. */
static void check_promise(const struct request *request, int64_t now, size_t number)
{
    const struct request_status status = look(request, now);
    bool has_100 = false;
    bool has_receipt = false;
    for (size_t i = 0; i < request->step_count; i++) {
        has_100 |= request->step[i].event == EVENT_ESCALATED_100;
        has_receipt |= request->step[i].event == EVENT_ESCALATED_RECEIPT;
        has_100 &=
            request->step[i].event != EVENT_EXTENDED && request->step[i].event != EVENT_APPEALED;
    }
    expect(status.escalations_due == 0, "request %zu has %x due", number, status.escalations_due);
    expect(!status.is_overdue || has_100, "request %zu is late and nobody was told", number);
    expect(status.acknowledge_by == 0 || now < status.acknowledge_by || has_receipt,
           "request %zu: the receipt is late and nobody was told", number);
    expect(status.is_open || status.closed != 0, "request %zu", number);
    /* No clock is ever longer than the law's periods and the longest pause. */
    const struct clause *clause = &request->clause;
    int64_t longest =
        span_end(status.received, status.is_appeal ? clause->appeal : clause->answer, NULL);
    if (clause->extension.unit != SPAN_NONE && !status.is_appeal) {
        longest = span_end(longest, clause->extension, NULL);
    }
    expect(status.deadline <= longest + REQUEST_PAUSE_DAYS_MAX * DAY, "request %zu", number);
}

static void anything_may_happen(struct job *job, struct request *request, int64_t now,
                                uint64_t *seed)
{
    static const enum request_event event[] = {
        EVENT_ACKNOWLEDGED, EVENT_PROOF_ASKED, EVENT_PROVEN,   EVENT_STARTED,
        EVENT_PAUSED,       EVENT_RESUMED,     EVENT_EXTENDED, EVENT_FULFILLED,
        EVENT_REFUSED,      EVENT_CANCELLED,   EVENT_APPEALED,
    };
    if (draw(seed) % 40 == 0) {
        (void)take(job, request, event[draw(seed) % (sizeof event / sizeof event[0])], now);
        job_forgive(job); /* most cannot happen here: that is what is tried */
    }
}

/* Every clock of the table, begun on days all over five years, and lived through day by day with
 * steps at random; the house is looked after once a day, at an hour that moves. */
static void no_clock_passes_its_deadline_unseen_in_five_years(void **state)
{
    (void)state;
    uint64_t seed = 20261127;
    const struct jurisdictions table = jurisdictions_built_in();
    const int64_t first = time_of("2026-01-01");
    size_t late = 0;
    size_t closed = 0;
    for (size_t c = 0; c < table.count; c++) {
        struct job job;
        job_begin(&job, host_real());
        const int64_t begun = first + (int64_t)(draw(&seed) % (4 * 365)) * DAY +
                              (int64_t)(draw(&seed) % (uint64_t)DAY);
        struct request request = begin(&job, &table.clause[c], begun);
        for (int64_t now = begun; now < first + 5 * 366 * DAY; now += DAY) {
            size_t added = 0;
            if (now < begun + 360 * DAY && request.step_count < REQUEST_STEPS_MAX - 10) {
                anything_may_happen(&job, &request, now, &seed);
            }
            must(request_escalate(&job, &request, NULL, now, actor, &added) == CANDOR_OK);
            check_promise(&request, now, c);
        }
        late += look(&request, first + 5 * 366 * DAY).is_overdue;
        closed += !look(&request, first + 5 * 366 * DAY).is_open;
        job_end(&job);
    }
    expect(late > 10 && closed > 10, "seed %d: %zu late, %zu closed: both must be met", 20261127,
           late, closed);
}

/* Levels never come later than the share of time that they name; slow, second by second of share. */
static void levels_are_the_shares_of_the_time(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const int64_t begun = time_of("2026-02-10");
    const struct request request = begin(&job, clause_of("us-ia", RIGHT_ACCESS), begun);
    const int64_t whole = 90 * DAY;
    for (int64_t used = 0; used < 95 * DAY; used += DAY / 7) {
        const unsigned level = used >= whole            ? 100
                               : used * 10 >= whole * 8 ? 80
                               : used * 2 >= whole      ? 50
                                                        : 0;
        expect(look(&request, begun + used).level == level, "after %lld s",
               (long long)(used / MICROS_PER_SECOND));
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_request_goes_from_arrival_to_answer),
        cmocka_unit_test(each_step_is_taken_only_where_it_can_be),
        cmocka_unit_test(nothing_is_answered_before_it_is_proven_who_asks),
        cmocka_unit_test(an_extension_needs_reasons_and_the_first_period),
        cmocka_unit_test(a_refusal_has_a_named_reason),
        cmocka_unit_test(an_appeal_has_a_clock_of_its_own),
        cmocka_unit_test(a_pause_moves_the_deadline_where_the_law_lets_it),
        cmocka_unit_test(a_pause_ends_by_itself),
        cmocka_unit_test(each_level_is_put_on_record_once),
        cmocka_unit_test(a_late_answer_does_not_hide_that_it_is_late),
        cmocka_unit_test(a_late_receipt_is_escalated),
        cmocka_unit_test(no_clock_passes_its_deadline_unseen_in_five_years),
        cmocka_unit_test(levels_are_the_shares_of_the_time),
    };
    return cmocka_run_group_tests_name("rights", test, NULL, NULL);
}
