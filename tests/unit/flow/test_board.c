/*
 * test_board.c - reviews through candor.h: what is refused without one, what time and forgery do to one,
 * and what reports are told.
 */
#include "candor_board.h"
#include "candor_ledger.h"
#include "candor_people.h"
#include "candor_reports.h"
#include "candor_rights.h"
#include "company.h"
#include "reviewed.h"

static const char section[] = "governance:\n"
                              "  data_protection_officer: {operator: dora}\n"
                              "  team: [{operator: bea, function: Lead}]\n"
                              "  ethics_board: {members: [bea, cem], quorum: 2}\n"
                              "  review: [campaigns, policies, notices]\n"
                              "  high_risk: ['notice:profiling']\n"
                              "  valid_days: 100\n";

enum { LIFE = 100 };

static void open_as(struct company *company, const char *name)
{
    company_close(company);
    DONE(candor_open(job, company->home, name, &company->candor));
}

static void write_policy(struct company *company, const char *more)
{
    char path[128];
    char *text = NULL;
    must(asprintf(&text, "%s%s%s", company_policy, section, more) > 0);
    company_write(company, "home/candor.yaml", text, path);
    free(text);
}

static int begin(void **state)
{
    struct company *company = calloc(1, sizeof *company);
    struct candor_text report;
    must(company != NULL);
    company_begin(company);
    DONE(candor_operator_add(job, company->candor, "bea", "approver", &report));
    DONE(candor_operator_add(job, company->candor, "cem", "approver", &report));
    DONE(candor_operator_add(job, company->candor, "dora", "privacy", &report));
    company_import(company, "subjects", STR("identifier,email,age\nanna,anna@example.org,40\n"));
    company_close(company);
    write_policy(company, "");
    company_open(company);
    *state = company;
    return 0;
}

static int end(void **state)
{
    company_end(*state);
    free(*state);
    return 0;
}

/* The number of the newest review. */
static void newest(struct company *company, char id[33], enum board_state *state, int64_t days)
{
    struct job *job = candor_job_begin();
    struct txn *txn = NULL;
    struct board_item *item = NULL;
    size_t count = 0;
    job->now += days * MICROS_PER_DAY;
    home_enter(company->candor);
    expect(home_begin(job, company->candor, &txn) == CANDOR_OK &&
               board_items(job, company->candor, txn, &item, &count) == CANDOR_OK && count > 0,
           "%s", job->message);
    (void)snprintf(id, 33, "%.*s", STR_ARG(item[0].id));
    *state = item[0].standing.state;
    home_leave(company->candor);
    candor_job_end(job);
}

static void propose(struct company *company, const char *kind, const char *name, char id[33])
{
    struct candor_text report;
    enum board_state state = BOARD_STATES;
    DONE(candor_board_propose(job, company->candor, kind, name, NULL, NULL, &report));
    newest(company, id, &state, 0);
    expect(state == BOARD_IN_REVIEW, "%s", board_state_name(state));
}

static enum candor_status act(struct company *company, const char *id, const char *what,
                              const char *note)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    const enum candor_status status =
        candor_board_act(job, company->candor, id, what, note, NULL, &report);
    candor_job_end(job);
    return status;
}

/* Ask for something `days` from now; the message when it is not done. */
static enum candor_status ask_later(struct company *company, int64_t days, bool plan,
                                    char message[512])
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    job->now += days * MICROS_PER_DAY;
    const enum candor_status status =
        plan ? candor_plan(job, company->candor, "spring", NULL, NULL, &report)
             : candor_consent(job, company->candor, "anna", "news", "email", "give", NULL, NULL,
                              &report);
    (void)snprintf(message, 512, "%s", candor_job_message(job));
    candor_job_end(job);
    return status;
}

static void a_yes_waits_for_the_notice_and_lapses_with_it(void **state)
{
    struct company *company = *state;
    char message[512];
    char id[33];
    enum board_state where = BOARD_STATES;
    expect(ask_later(company, 0, false, message) == CANDOR_REFUSED &&
               strstr(message, "candor board propose notice news") != NULL,
           "%s", message);
    propose(company, "notice", "news", id);
    expect(act(company, id, "approve", NULL) == CANDOR_FORBIDDEN, "who proposed it");
    expect(ask_later(company, 0, false, message) == CANDOR_REFUSED, "%s", message);
    open_as(company, "bea");
    expect(act(company, "12", "approve", NULL) == CANDOR_BAD_INPUT, "too short");
    expect(act(company, "ffffffffff", "approve", NULL) == CANDOR_NOT_FOUND, "nobody's");
    expect(act(company, id, "vote", NULL) == CANDOR_BAD_INPUT, "no such step");
    expect(act(company, id, "approve", NULL) == CANDOR_OK, "another");
    expect(act(company, id, "reject", NULL) == CANDOR_REFUSED, "it is decided");
    open_as(company, "ana");
    expect(ask_later(company, 0, false, message) == CANDOR_OK, "%s", message);
    expect(ask_later(company, LIFE - 1, false, message) == CANDOR_OK, "%s", message);
    expect(ask_later(company, LIFE + 1, false, message) == CANDOR_REFUSED &&
               strstr(message, "lapsed") != NULL,
           "%s", message);
    newest(company, id, &where, LIFE + 1);
    expect(where == BOARD_LAPSED, "%s", board_state_name(where));
}

static void high_risk_is_the_boards(void **state)
{
    struct company *company = *state;
    char id[33];
    enum board_state where = BOARD_STATES;
    propose(company, "notice", "profiling", id);
    open_as(company, "bea");
    expect(act(company, id, "approve", "") == CANDOR_BAD_INPUT, "without a reason");
    expect(act(company, id, "close", "") == CANDOR_REFUSED, "nobody voted");
    expect(act(company, id, "approve", "plain words") == CANDOR_OK, "the chair");
    open_as(company, "cem");
    expect(act(company, id, "approve", "agreed") == CANDOR_OK, "the other");
    newest(company, id, &where, 0);
    expect(where == BOARD_IN_REVIEW, "the officer was not heard");
    expect(act(company, id, "advise_for", "x") == CANDOR_FORBIDDEN, "only the officer");
    open_as(company, "dora");
    expect(act(company, id, "advise_for", "needed, and explained") == CANDOR_OK, "the officer");
    newest(company, id, &where, 0);
    expect(where == BOARD_APPROVED, "%s", board_state_name(where));
}

static void a_policy_that_changed_stops_all_that_stands_on_it(void **state)
{
    struct company *company = *state;
    char message[512];
    char id[33];
    enum board_state where = BOARD_STATES;
    propose(company, "policy", NULL, id);
    open_as(company, "bea");
    expect(act(company, id, "approve", NULL) == CANDOR_OK, "the policy");
    open_as(company, "ana");
    propose(company, "campaign", "spring", id);
    open_as(company, "cem");
    expect(act(company, id, "approve", NULL) == CANDOR_OK, "a member of the board");
    open_as(company, "ana");
    expect(ask_later(company, 0, true, message) == CANDOR_OK, "%s", message);
    company_close(company);
    write_policy(company, "retention: {every_days: 7}\n");
    company_open(company);
    expect(ask_later(company, 0, true, message) == CANDOR_REFUSED &&
               strstr(message, "void") != NULL,
           "%s", message);
    company_close(company);
    write_policy(company, "# no value has changed\n");
    company_open(company);
    expect(ask_later(company, 0, true, message) == CANDOR_OK, "%s", message);
    newest(company, id, &where, 0);
    expect(where == BOARD_APPROVED, "the campaign's own review");
}

/* The reviews of a thing, their numbers one after the other, the newest first. */
static void reviews_of(struct company *company, enum board_kind kind, const char *name,
                       char numbers[256])
{
    struct job *job = candor_job_begin();
    struct txn *txn = NULL;
    struct board_record *record = NULL;
    size_t count = 0;
    home_enter(company->candor);
    expect(home_begin(job, company->candor, &txn) == CANDOR_OK &&
               board_of(job, txn, kind, str_of(name), &record, &count) == CANDOR_OK,
           "%s", job->message);
    numbers[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        expect(record[i].review.kind == kind && str_is(record[i].review.name, name), "another's");
        (void)snprintf(numbers + strlen(numbers), 256 - strlen(numbers), "%.*s ",
                       STR_ARG(board_hex(job->arena, &record[i])));
    }
    home_leave(company->candor);
    candor_job_end(job);
}

/* What was changed is durable with an entry, as every commit is; the home is left. */
static void keep_and_leave(struct job *job, struct company *company, struct txn *txn)
{
    const struct account account = {.action = LEDGER_BOARD_STATE, .outcome = OUTCOME_DONE};
    uint64_t index = 0;
    expect(home_account(job, company->candor, txn, &account, &index, NULL) == CANDOR_OK &&
               home_commit(job, company->candor, txn) == CANDOR_OK,
           "%s", job->message);
    home_leave(company->candor);
    candor_job_end(job);
}

/* As a home is that was made before there was an index. */
static void forget_index(struct company *company)
{
    struct job *job = candor_job_begin();
    struct txn *txn = NULL;
    struct str *place = NULL;
    size_t count = 0;
    home_enter(company->candor);
    expect(home_begin(job, company->candor, &txn) == CANDOR_OK &&
               store_documents(job, txn, LIT("board_of"), &place, &count) == CANDOR_OK && count > 1,
           "%s", job->message);
    for (size_t i = 0; i < count; i++) {
        expect(store_remove_document(job, txn, LIT("board_of"), place[i]) == CANDOR_OK, "%s",
               job->message);
    }
    keep_and_leave(job, company, txn);
}

/* As an older program leaves it that proposes in a home that has one: this one is not in it. */
static void forget_in_index(struct company *company, const char *id)
{
    struct job *job = candor_job_begin();
    struct txn *txn = NULL;
    struct str *place = NULL;
    size_t count = 0;
    size_t found = 0;
    home_enter(company->candor);
    expect(home_begin(job, company->candor, &txn) == CANDOR_OK &&
               store_documents(job, txn, LIT("board_of"), &place, &count) == CANDOR_OK,
           "%s", job->message);
    for (size_t i = 0; i < count; i++) {
        struct bytes numbers;
        struct buf buf = buf_begin(job->arena);
        expect(store_document(job, txn, LIT("board_of"), place[i], &numbers) == CANDOR_OK, "%s",
               job->message);
        for (size_t at = 0; at + BOARD_NUMBER_LEN <= numbers.len; at += BOARD_NUMBER_LEN) {
            const struct bytes number = {numbers.ptr + at, BOARD_NUMBER_LEN};
            if (str_is(hex_of(job->arena, number), id)) {
                found++;
            } else {
                buf_bytes(&buf, number.ptr, number.len);
            }
        }
        if (numbers.len >= BOARD_NUMBER_LEN) {
            expect(store_put_document(job, txn, LIT("board_of"), place[i], buf_all(&buf)) ==
                       CANDOR_OK,
                   "%s", job->message);
        }
    }
    expect(found == 1, "it was there: %zu", found);
    keep_and_leave(job, company, txn);
}

static void what_an_older_program_proposed_is_found_after_the_next_opening_or_step(void **state)
{
    struct company *company = *state;
    char id[2][33];
    char wanted[256];
    char found[256];
    propose(company, "notice", "news", id[0]);
    expect(act(company, id[0], "withdraw", "not yet") == CANDOR_OK, "who proposed it");
    propose(company, "notice", "news", id[1]);
    (void)snprintf(wanted, sizeof wanted, "%s %s ", id[1], id[0]);
    for (size_t i = 0; i < 2; i++) {
        forget_in_index(company, id[i]);
        reviews_of(company, BOARD_NOTICE, "news", found);
        expect(strcmp(found, wanted) != 0, "not found: %s", found);
        open_as(company, "bea");
        reviews_of(company, BOARD_NOTICE, "news", found);
        expect(strcmp(found, wanted) == 0, "the newest first, after it was opened: %s", found);
    }
    forget_in_index(company, id[1]);
    expect(act(company, id[1], "approve", NULL) == CANDOR_OK, "another");
    reviews_of(company, BOARD_NOTICE, "news", found);
    expect(strcmp(found, wanted) == 0, "after a step: %s", found);
}

static void the_reviews_of_a_thing_are_found_with_and_without_an_index(void **state)
{
    struct company *company = *state;
    char id[4][33];
    char wanted[256];
    char found[256];
    char message[512];
    reviews_of(company, BOARD_NOTICE, "news", found);
    expect(found[0] == '\0', "none so far: %s", found);
    propose(company, "notice", "news", id[0]);
    propose(company, "campaign", "spring", id[1]);
    expect(act(company, id[0], "withdraw", "not yet") == CANDOR_OK, "who proposed it");
    propose(company, "notice", "news", id[2]);
    (void)snprintf(wanted, sizeof wanted, "%s %s ", id[2], id[0]);
    reviews_of(company, BOARD_NOTICE, "news", found);
    expect(strcmp(found, wanted) == 0, "%s", found);
    forget_index(company);
    reviews_of(company, BOARD_NOTICE, "news", found);
    expect(strcmp(found, wanted) == 0, "without an index: %s", found);
    reviews_of(company, BOARD_NOTICE, "profiling", found);
    expect(found[0] == '\0', "%s", found);
    expect(ask_later(company, 0, false, message) == CANDOR_REFUSED, "it waits: %s", message);
    propose(company, "policy", NULL, id[3]); /* puts all in again */
    reviews_of(company, BOARD_NOTICE, "news", found);
    expect(strcmp(found, wanted) == 0, "with it again: %s", found);
    (void)snprintf(wanted, sizeof wanted, "%s ", id[1]);
    reviews_of(company, BOARD_CAMPAIGN, "spring", found);
    expect(strcmp(found, wanted) == 0, "%s", found);
    forget_index(company); /* and there was one */
    open_as(company, "bea");
    expect(act(company, id[2], "approve", NULL) == CANDOR_OK, "another");
    open_as(company, "ana");
    expect(ask_later(company, 0, false, message) == CANDOR_OK, "%s", message);
}

/* Whoever can write into the database can still not vote for others. */
static void a_forged_vote_is_found(void **state)
{
    struct company *company = *state;
    struct candor_text report;
    char message[512];
    char id[33];
    propose(company, "notice", "news", id);
    struct job *job = candor_job_begin();
    struct txn *txn = NULL;
    struct board_record record;
    uint64_t index = 0;
    home_enter(company->candor);
    expect(home_begin(job, company->candor, &txn) == CANDOR_OK, "%s", job->message);
    expect(board_find(job, txn, str_of(id), &record) == CANDOR_OK, "%s", job->message);
    record.step[record.review.step_count++] = (struct board_step){.act = BOARD_APPROVE,
                                                                  .who = STR("bea"),
                                                                  .time = job->now,
                                                                  .note = STR(""),
                                                                  .conflict = STR("")};
    /* with ana's key */
    expect(board_sign(job, company->candor, &record) == CANDOR_OK, "%s", job->message);
    const struct account account = {.action = LEDGER_BOARD_VOTE, .outcome = OUTCOME_ALLOW};
    expect(board_put(job, txn, &record) == CANDOR_OK, "%s", job->message);
    expect(home_account(job, company->candor, txn, &account, &index, NULL) == CANDOR_OK &&
               home_commit(job, company->candor, txn) == CANDOR_OK,
           "%s", job->message);
    home_leave(company->candor);
    candor_job_end(job);
    expect(ask_later(company, 0, false, message) == CANDOR_CORRUPT &&
               strstr(message, "'bea'") != NULL,
           "%s", message);
    job = candor_job_begin();
    expect(candor_board_show(job, company->candor, id, &report) == CANDOR_CORRUPT, "%s",
           candor_job_message(job));
    candor_job_end(job);
}

static void what_cannot_be_proposed_says_why(void **state)
{
    static const struct {
        const char *kind;
        const char *name;
        const char *authors;
        enum candor_status status;
    } row[] = {
        {"offer", "x", NULL, CANDOR_BAD_INPUT},
        {"campaign", NULL, NULL, CANDOR_BAD_INPUT}, /* which? */
        {"campaign", "autumn", NULL, CANDOR_NOT_FOUND},
        {"model", "lead", NULL, CANDOR_NOT_FOUND},   /* it was not trained */
        {"notice", "audit", NULL, CANDOR_NOT_FOUND}, /* it has no words */
        {"notice", "nothing", NULL, CANDOR_BAD_INPUT},
        {"policy", "other.yaml", NULL, CANDOR_NOT_FOUND},
        {"campaign", "spring", "nobody", CANDOR_NOT_FOUND},
        {"campaign", "spring", "no body", CANDOR_BAD_INPUT},
        {"campaign", "spring", "bea,ana", CANDOR_OK},
        {"campaign", "spring", NULL, CANDOR_EXISTS},
    };
    struct company *company = *state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct candor_text report;
        struct job *job = candor_job_begin();
        const enum candor_status status = candor_board_propose(
            job, company->candor, row[i].kind, row[i].name, row[i].authors, NULL, &report);
        expect(status == row[i].status, "row %zu: %d, %s", i, (int)status, candor_job_message(job));
        candor_job_end(job);
    }
}

static void a_difference_names_the_lines(void **state)
{
    static const struct {
        const char *before, *after, *diff;
    } row[] = {
        {"a\nb\nc\n", "a\nb\nc\n", ""},
        {"a\nb\nc\n", "a\nx\nc\n", "- b\n+ x\n"},
        {"a\nb\nc\n", "a\nc\n", "- b\n"},
        {"a\nc\n", "a\nb\nc\n", "+ b\n"},
        {"", "a\n", "+ a\n"},
        {"a\n", "", "- a\n"},
        {"a\nb\nc\nd\n", "b\nx\nd\na\n", "- a\n- c\n+ x\n+ a\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct str diff;
        expect(board_diff(job, str_of(row[i].before), str_of(row[i].after), &diff) == CANDOR_OK,
               "row %zu", i);
        if (i == 6) { /* several are right: each shows as many lines */
            expect(diff.len == strlen(row[i].diff), "row %zu: %.*s", i, STR_ARG(diff));
        } else {
            expect(str_is(diff, row[i].diff), "row %zu: %.*s", i, STR_ARG(diff));
        }
        candor_job_end(job);
    }
}

/* Calls whose answers are looked at: the job ends with the test. */
#define WELL(call) expect((call) == CANDOR_OK, "%s", candor_job_message(job))
#define FAILS(wanted, call) \
    do { \
        const enum candor_status found = (call); \
        expect(found == (wanted), "%d: %s", (int)found, candor_job_message(job)); \
        job_forgive(job); \
    } while (0)

/* What follows "act": "NAME" in the answer, up to its end. */
static bool says(const struct candor_text *report, const char *act, const char *what)
{
    char key[64];
    char *text = strndup(report->ptr, report->len);
    must(text != NULL);
    (void)snprintf(key, sizeof key, "\"act\": \"%s\"", act);
    const char *found = strstr(text, key);
    const char *end = found == NULL ? NULL : strchr(found, '}');
    const char *said = found == NULL ? NULL : strstr(found, what);
    const bool is_said = said != NULL && said < end;
    free(text);
    return is_said;
}

static void who_asks_is_told_what_they_may_do_and_why_not(void **state)
{
    struct company *company = *state;
    struct job *job = candor_job_begin();
    struct candor_text report;
    char id[33];
    propose(company, "notice", "profiling", id);
    WELL(candor_board_show(job, company->candor, id, &report));
    expect(says(&report, "approve", "\"may\": false"), "its author");
    expect(says(&report, "approve", "proposed"), "the reason why not");
    expect(says(&report, "withdraw", "\"may\": true"), "but may take it back");
    expect(says(&report, "withdraw", "\"reason_needed\": true"), "with a reason");
    open_as(company, "cem");
    WELL(candor_board_show(job, company->candor, id, &report));
    expect(says(&report, "approve", "\"may\": true"), "a member");
    expect(says(&report, "approve", "\"reason_needed\": true"), "at high risk");
    expect(says(&report, "advise_for", "\"may\": false"), "who is not the officer");
    open_as(company, "dora");
    WELL(candor_board_show(job, company->candor, id, &report));
    expect(says(&report, "advise_for", "\"may\": true"), "the officer");
    expect(says(&report, "approve", "advises and does not vote"), "the officer's vote");
    candor_job_end(job);
}

static bool holds(const struct candor_text *report, const char *what)
{
    return memmem(report->ptr, report->len, what, strlen(what)) != NULL;
}

static void the_ledger_knows_what_is_about_a_review(void **state)
{
    struct company *company = *state;
    struct job *job = candor_job_begin();
    struct candor_text report;
    char id[33];
    propose(company, "notice", "news", id);
    open_as(company, "bea");
    expect(act(company, id, "approve", NULL) == CANDOR_OK, "another");
    WELL(candor_ledger_about(job, company->candor, id, "2020-01-01", &report));
    expect(holds(&report, "board.proposed"), "the proposal");
    expect(holds(&report, "board.vote"), "the vote");
    expect(holds(&report, "board.state"), "the new state");
    expect(holds(&report, "\"whole\": true"), "all was looked at");
    WELL(candor_ledger_about(job, company->candor, id, "2999-01-01", &report));
    expect(!holds(&report, "board."), "before it all");
    FAILS(CANDOR_BAD_INPUT, candor_ledger_about(job, company->candor, "12", "2020-01-01", &report));
    FAILS(CANDOR_BAD_INPUT, candor_ledger_about(job, company->candor, id, "once", &report));
    candor_job_end(job);
}

static void figures_are_counted_by_period(void **state)
{
    struct company *company = *state;
    struct candor_text report;
    char id[33];
    propose(company, "notice", "news", id);
    open_as(company, "bea");
    expect(act(company, id, "approve", NULL) == CANDOR_OK, "another");
    struct job *job = candor_job_begin(); /* later than the vote: it counts what was before it */
    WELL(candor_report_figures(job, company->candor, 3, 30, &report));
    expect(holds(&report, "\"figure\": \"board_votes\""), "votes are a figure");
    const char *votes = memmem(report.ptr, report.len, "board_votes", 11);
    const char *first = votes == NULL ? NULL : strstr(votes, "\"now\": ");
    expect(first != NULL && strtol(first + 7, NULL, 10) == 1, "one vote in this period");
    expect(holds(&report, "\"limit\": \"none_allowed\""), "limits are named");
    FAILS(CANDOR_BAD_INPUT, candor_report_figures(job, company->candor, 0, 30, &report));
    FAILS(CANDOR_BAD_INPUT,
          candor_report_figures(job, company->candor, CANDOR_FIGURE_PERIODS + 1, 30, &report));
    FAILS(CANDOR_BAD_INPUT, candor_report_figures(job, company->candor, 12, 0, &report));
    FAILS(CANDOR_BAD_INPUT, candor_report_figures(job, company->candor, 12, 367, &report));
    candor_job_end(job);
}

static void a_human_review_that_is_not_there_is_not_shown(void **state)
{
    struct company *company = *state;
    struct job *job = candor_job_begin();
    struct candor_text report;
    FAILS(CANDOR_BAD_INPUT, candor_review_show(job, company->candor, "12", &report));
    FAILS(CANDOR_NOT_FOUND,
          candor_review_show(job, company->candor, "00000000000000000000000000000000", &report));
    FAILS(CANDOR_NOT_FOUND,
          candor_request_copy(job, company->candor, "00000000000000000000000000000000", &report));
    candor_job_end(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_yes_waits_for_the_notice_and_lapses_with_it, begin, end),
        cmocka_unit_test_setup_teardown(high_risk_is_the_boards, begin, end),
        cmocka_unit_test_setup_teardown(a_policy_that_changed_stops_all_that_stands_on_it, begin,
                                        end),
        cmocka_unit_test_setup_teardown(the_reviews_of_a_thing_are_found_with_and_without_an_index,
                                        begin, end),
        cmocka_unit_test_setup_teardown(
            what_an_older_program_proposed_is_found_after_the_next_opening_or_step, begin, end),
        cmocka_unit_test_setup_teardown(a_forged_vote_is_found, begin, end),
        cmocka_unit_test_setup_teardown(what_cannot_be_proposed_says_why, begin, end),
        cmocka_unit_test_setup_teardown(who_asks_is_told_what_they_may_do_and_why_not, begin, end),
        cmocka_unit_test_setup_teardown(the_ledger_knows_what_is_about_a_review, begin, end),
        cmocka_unit_test_setup_teardown(figures_are_counted_by_period, begin, end),
        cmocka_unit_test_setup_teardown(a_human_review_that_is_not_there_is_not_shown, begin, end),
        cmocka_unit_test(a_difference_names_the_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
