/*
 * test_retention.c - retention through candor.h: what is past its time goes with proof, legal holds and
 * restrictions keep theirs, and models know how many of their subjects are gone.
 */
#include "candor_inventory.h"
#include "company.h"

static const char policy[] =
    "candor: 1\n"
    "name: Keep\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, channels: [email]}\n"
    "  - {name: profiling, basis: consent, direct_marketing: false}\n"
    "  - {name: training, basis: consent, direct_marketing: false}\n"
    "subjects:\n"
    "  fields:\n"
    "    - {name: email, pii: email, lookup: true, purposes: [news], retention_days: 3000}\n"
    "    - {name: age, type: number, purposes: [profiling, training]}\n"
    "events:\n"
    "  - name: viewed\n"
    "    purposes: [profiling, training]\n"
    "    retention_days: 30\n"
    "  - name: answer\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: yes, type: boolean}]\n"
    "features:\n"
    "  - {name: age, measure: field, field: age}\n"
    "  - {name: views, measure: count, event: viewed}\n"
    "models:\n"
    "  - {name: lead, training: training, uses: profiling, target: {event: answer, property: yes},"
    " features: [age, views]}\n"
    "campaigns:\n"
    "  - {name: spring, purpose: news, channel: email, uses: profiling, address: email, model: "
    "lead,"
    " offers: [{name: gift, title: A gift}]}\n"
    "retention: {retrain_share: 0.1}\n";

enum { CROWD = 120 };

static void import_crowd(struct company *company)
{
    struct job apart;
    job_begin(&apart, host_real());
    struct buf people = buf_begin(apart.arena);
    struct buf said = buf_begin(apart.arena);
    struct buf done = buf_begin(apart.arena);
    buf_lit(&people, LIT("identifier,email,age\n"));
    buf_lit(&said, LIT("identifier,purpose,decision,time\n"));
    buf_lit(&done, LIT("identifier,event,time,yes\n"));
    for (unsigned i = 0; i < CROWD; i++) {
        buf_format(&people, "C%u,c%u@example.org,%u\n", i, i, 20 + i % 60);
        buf_format(&said, "C%u,news,given,2026-01-02\nC%u,profiling,given,2026-01-02\n", i, i);
        buf_format(&said, "C%u,training,given,2026-01-02\n", i);
        buf_format(&done, "C%u,answer,2026-02-01,%s\n", i, i % 60 < 30 ? "true" : "false");
        buf_format(&done, "C%u,viewed,2026-01-15,\n", i); /* long past its 30 days */
    }
    company_import(company, "subjects", buf_text(&people));
    company_import(company, "consents", buf_text(&said));
    company_import(company, "events", buf_text(&done));
    job_end(&apart);
}

static int begin(void **state)
{
    struct company *company = calloc(1, sizeof *company);
    char path[128];
    must(company != NULL);
    company_found(company);
    company_write(company, "home/candor.yaml", policy, path);
    company_open(company);
    import_crowd(company);
    *state = company;
    return 0;
}

static int end(void **state)
{
    company_end(*state);
    free(*state);
    return 0;
}

struct told {
    struct job *of;
    const struct value *root;
};

static struct told told_of(struct job *of, enum candor_status status, struct candor_text text)
{
    static const struct text_limits limits = {.size_max = 1 << 28};
    struct told told = {.of = of};
    expect(status == CANDOR_OK, "%s", candor_job_message(of));
    must(json_read(of, (struct bytes){(const uint8_t *)text.ptr, text.len}, &limits, "report",
                   &told.root) == CANDOR_OK);
    return told;
}

static int64_t number(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->is_integer ? value->integer : -1;
}

static struct told run(struct company *company, bool dry)
{
    struct candor_text text;
    struct job *of = candor_job_begin();
    return told_of(of, candor_retention_run(of, company->candor, dry, &text), text);
}

static int64_t events_of(struct company *company, const char *identifier)
{
    struct candor_text text;
    struct job *of = candor_job_begin();
    struct told told =
        told_of(of, candor_subject_export(of, company->candor, identifier, &text), text);
    const int64_t count = number(told.root, "event_count");
    candor_job_end(of);
    return count;
}

static void a_run_deletes_what_a_dry_run_said(void **state)
{
    struct company *company = *state;
    struct told told = run(company, true);
    expect(number(value_get(told.root, "events"), "viewed") == CROWD, "views would go");
    expect(number(told.root, "deleted") == CROWD, "and nothing else");
    candor_job_end(told.of);
    expect(events_of(company, "C1") == 2, "a dry run changes nothing");
    told = run(company, false);
    expect(number(told.root, "deleted") == CROWD, "they went");
    expect(number(told.root, "subjects_changed") == CROWD, "of everybody");
    const int64_t first = number(told.root, "ledger_first");
    const int64_t last = number(told.root, "ledger_index");
    expect(last - first >= CROWD, "an entry each, and one for the run: %lld to %lld",
           (long long)first, (long long)last);
    expect(value_get(told.root, "receipt") != NULL, "with a receipt");
    candor_job_end(told.of);
    expect(events_of(company, "C1") == 1, "the answer has no time limit");
    told = run(company, false);
    expect(number(told.root, "deleted") == 0, "there is nothing left");
    candor_job_end(told.of);
    struct candor_text text;
    struct job *of = candor_job_begin();
    told = told_of(of, candor_retention_list(of, company->candor, &text), text);
    expect(value_get(told.root, "runs")->count == 2, "both runs are kept");
    candor_job_end(of);
    bool sound = false;
    DONE(candor_ledger_verify(job, company->home, NULL, &sound, &text));
    expect(sound, "the ledger");
}

static void a_value_goes_so_long_after_it_came(void **state)
{
    struct company *company = *state;
    char path[128];
    char edited[4096];
    struct candor_text text;
    (void)snprintf(edited, sizeof edited, "%s", policy);
    company_close(company);
    /* The clock cannot be turned, so the retention is: from now on nothing older than 0 days. */
    char *days = strstr(edited, "retention_days: 3000");
    must(days != NULL);
    bytes_copy(days, "retention_days: 1   ", 20);
    company_write(company, "home/candor.yaml", edited, path);
    company_open(company);
    struct told told = run(company, true);
    expect(number(value_get(told.root, "fields"), "email") == -1, "it came today: it stays");
    candor_job_end(told.of);
    DONE(candor_subject_show(job, company->candor, "c1@example.org", &text));
}

static void a_hold_keeps_what_it_covers_and_says_so(void **state)
{
    struct company *company = *state;
    struct candor_text text;
    char id[33] = {0};
    const struct candor_hold_order one = {"C1", NULL, "2026-117", "a dispute"};
    const struct candor_hold_order all = {NULL, "viewed", "2026-118", "a court's order"};
    struct job *of = candor_job_begin();
    struct told told = told_of(of, candor_hold_place(of, company->candor, &one, &text), text);
    const struct value *hold = value_get(value_get(told.root, "hold"), "hold");
    (void)snprintf(id, sizeof id, "%.*s", STR_ARG(hold->text));
    candor_job_end(of);

    told = run(company, false);
    expect(number(told.root, "held_by_legal_hold") == 1, "one is held");
    expect(number(told.root, "deleted") == CROWD - 1, "the others are not");
    candor_job_end(told.of);
    expect(events_of(company, "C1") == 2 && events_of(company, "C2") == 1, "kept and gone");

    struct job apart;
    job_begin(&apart, host_real());
    expect(candor_subject_erase(&apart, company->candor, "C1", &text) == CANDOR_REFUSED, "erasure");
    expect(strstr(apart.message, "2026-117") != NULL, "%s", apart.message);
    job_end(&apart);
    DONE(candor_subject_erase(job, company->candor, "C2", &text));

    DONE(candor_hold_lift(job, company->candor, id, "settled", &text));
    DONE(candor_hold_place(job, company->candor, &all, &text));
    told = run(company, false);
    expect(number(told.root, "deleted") == 0 && number(told.root, "held_by_legal_hold") == 1,
           "a hold over everybody's views");
    candor_job_end(told.of);
    of = candor_job_begin();
    told = told_of(of, candor_hold_list(of, company->candor, &text), text);
    expect(value_get(told.root, "holds")->count == 2, "one in force, one lifted");
    candor_job_end(of);
}

static void bad_holds_are_refused(void **state)
{
    struct company *company = *state;
    static const struct {
        struct candor_hold_order order;
        enum candor_status status;
    } row[] = {
        {{"C1", NULL, "", "why"}, CANDOR_BAD_INPUT},
        {{"C1", NULL, "m", NULL}, CANDOR_BAD_INPUT},
        {{"C1", "nothing", "m", "why"}, CANDOR_BAD_INPUT},
        {{"nobody", NULL, "m", "why"}, CANDOR_NOT_FOUND},
    };
    struct candor_text text;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job apart;
        job_begin(&apart, host_real());
        const enum candor_status status =
            candor_hold_place(&apart, company->candor, &row[i].order, &text);
        expect(status == row[i].status, "row %zu: %s", i, status_name(status));
        expect(candor_hold_lift(&apart, company->candor, "ff", "why", &text) == CANDOR_NOT_FOUND,
               "there is none");
        job_end(&apart);
    }
}

static void who_restricted_the_use_is_left_alone(void **state)
{
    struct company *company = *state;
    struct candor_text text;
    DONE(candor_consent(job, company->candor, "C3", NULL, NULL, "restrict", NULL, NULL, &text));
    struct told told = run(company, false);
    expect(number(told.root, "left_alone_restricted") == 1 &&
               number(told.root, "deleted") == CROWD - 1,
           "one");
    candor_job_end(told.of);
}

static const struct value *training_of(struct company *company, struct told *told)
{
    struct candor_text text;
    struct job *of = candor_job_begin();
    *told = told_of(of, candor_model_list(of, company->candor, &text), text);
    return value_get(&value_get(told->root, "models")->item[0], "training");
}

static void a_model_counts_who_is_gone_and_asks_to_be_learnt_again(void **state)
{
    struct company *company = *state;
    struct candor_text text;
    struct told told;
    DONE(candor_train(job, company->candor, "lead", NULL, &text));
    const struct value *training = training_of(company, &told);
    const int64_t subjects = number(training, "subjects");
    expect(subjects > CROWD / 2 && subjects < CROWD, "four of five: %lld", (long long)subjects);
    expect(number(training, "erased_since") == 0 && !value_get(training, "retrain")->boolean,
           "all are there");
    candor_job_end(told.of);
    for (unsigned i = 0; i < CROWD / 3; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "C%u", i);
        DONE(candor_subject_erase(job, company->candor, name, &text));
    }
    training = training_of(company, &told);
    const int64_t erased = number(training, "erased_since");
    expect(erased > 0 && erased <= CROWD / 3 && number(training, "subjects") == subjects,
           "%lld are gone", (long long)erased);
    expect(value_get(training, "retrain")->boolean == (erased * 10 > subjects),
           "more than a tenth");
    candor_job_end(told.of);
    told = run(company, false);
    expect(value_get(told.root, "models_to_retrain")->count == 1, "the run says so");
    candor_job_end(told.of);
    training = training_of(company, &told);
    expect(number(training, "data_deleted_since") == subjects - erased,
           "everybody's views were deleted, which it learnt from");
    candor_job_end(told.of);
}

static void an_audit_finds_what_no_run_deleted(void **state)
{
    struct company *company = *state;
    struct candor_text text;
    size_t findings = 0;
    DONE(candor_audit(job, company->candor, "retention", &findings, &text));
    expect(findings == 1, "there was no run and something is due: %zu", findings);
    struct told told = run(company, false);
    candor_job_end(told.of);
    DONE(candor_audit(job, company->candor, "retention", &findings, &text));
    expect(findings == 0, "%zu", findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_run_deletes_what_a_dry_run_said, begin, end),
        cmocka_unit_test_setup_teardown(a_value_goes_so_long_after_it_came, begin, end),
        cmocka_unit_test_setup_teardown(a_hold_keeps_what_it_covers_and_says_so, begin, end),
        cmocka_unit_test_setup_teardown(bad_holds_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(who_restricted_the_use_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_model_counts_who_is_gone_and_asks_to_be_learnt_again,
                                        begin, end),
        cmocka_unit_test_setup_teardown(an_audit_finds_what_no_run_deleted, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
