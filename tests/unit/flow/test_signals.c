/*
 * test_signals.c - signals in a home: the section of candor.yaml and each way to be wrong in it, what
 * decides when signals and records differ, what goes out, and links that unsubscribe.
 */
#include "company.h"
#include "signals.h"

static const char section[] =
    "signals:\n"
    "  public_url: https://shop.example/\n"
    "  jurisdiction: DE\n"
    "  vendor: 755\n"
    "  declared: {purposes: [1, 3, 4], legint: [7]}\n"
    "  purposes:\n"
    "    - {purpose: profiling, tcf: [3, 4], opt_out: [targeting], sensitive: [3],\n"
    "       consent_mode: [ad_personalization]}\n"
    "    - {purpose: news, opt_out: [sale, sharing], consent_mode: [ad_user_data], track: "
    "[Mail]}\n";

static const struct candor_choice anna_news = {
    .identifier = "anna", .purpose = "news", .channel = "email"};
static const struct candor_choice anna_service = {.identifier = "anna", .purpose = "service"};

static void begin(struct company *company)
{
    char path[128];
    char policy[8192];
    (void)snprintf(policy, sizeof policy, "%s%s", company_policy, section);
    company_found(company);
    company_write(company, "home/candor.yaml", policy, path);
    company_open(company);
    company_import(company, "subjects",
                   STR("identifier,email,sex,age\nanna,a@example.org,f,30\nben,b@example.org,m,40\n"
                       "cleo,c@example.org,f,50\n"));
    company_import(company, "consents",
                   STR("identifier,purpose,decision,time,surface\nanna,news,given,2026-01-01,form\n"
                       "anna,profiling,given,2026-01-01,form\nben,news,given,2026-01-01,\n"
                       "cleo,news,refused,2026-01-01,form\n"));
}

/* ---- permits ------------------------------------------------------------------------------- */

static void rules_and_signals_are_named(void **state)
{
    static const struct {
        const char *identifier;
        const char *purpose;
        const char *json; /* NULL: none */
        bool gpc;
        bool allowed;
        unsigned rule;
        const char *signal; /* NULL: none */
    } row[] = {
        {"anna", "news", NULL, false, true, 4, NULL},
        {"anna", "news", NULL, true, false, 3, "gpc"},
        {"anna", "research", NULL, true, true, 6, NULL}, /* nothing maps to it */
        {"anna", "news", "{\"gpc\":1}", false, false, 3, "gpc"},
        {"anna", "news", "{\"gpc\":false}", true, false, 3, "gpc"},
        {"anna", "news", "{\"gpc\":true,\"gpc_since\":\"2025-12-31\"}", false, true, 4, NULL},
        {"anna", "news", "{\"gpc\":true,\"gpc_since\":\"2026-01-01\"}", false, false, 3, "gpc"},
        {"cleo", "news", "{\"consent_mode\":{\"ad_user_data\":\"granted\"}}", false, false, 4,
         NULL},
        {"anna", "news", "{\"consent_mode\":{\"ad_user_data\":\"denied\"}}", false, false, 5,
         "consent_mode"},
        {"anna", "news", "{\"consent_mode\":{}}", false, false, 5, "consent_mode"},
        {"anna", "news", "{\"usp\":\"1YYN\"}", false, false, 5, "usp"},
        {"anna", "news", "{\"usp\":\"1Y-N\"}", false, false, 5, "usp"},
        {"anna", "news", "{\"usp\":\"1YNN\"}", false, true, 4, NULL},
        {"anna", "news", "{\"usp\":\"what\"}", false, false, 5, "usp"},
        {"anna", "news", "{\"tcf\":\"what\"}", false, true, 4, NULL}, /* speaks of profiling only */
        {"anna", "profiling", "{\"tcf\":\"what\"}", false, false, 5, "tcf"},
        {"anna", "profiling", "{\"gpp\":\"what\"}", false, false, 5, "gpp"},
        {"anna", "profiling", "{\"gpp\":\"DBABLA~BAAAAAAAAQA.YA\"}", false, false, 3, "gpp"},
        {"anna", "profiling", "{\"gpp\":\"DBABLA~BAAAAAAAAQA.YA\",\"gpp_sid\":[-1]}", false, true,
         4, NULL},
        {"anna", "profiling", "{\"gpp\":\"DBABLA~BAAAAAAAAQA.YA\",\"gpp_sid\":[7]}", false, false,
         3, "gpp"},
        {"anna", "profiling", "{\"gpp\":\"DBABLA~BAAAAAAAAQA.YA\",\"gpp_sid\":[8]}", false, false,
         5, "gpp"},
        {"anna", "news", "{\"track\":{\"consent\":{\"categoryPreferences\":{\"Mail\":false}}}}",
         false, false, 5, "track"},
        {"anna", "news", "{\"track\":{}}", false, false, 5, "track"},
        {"ben", "profiling", "{\"consent_mode\":{\"ad_personalization\":\"granted\"}}", false, true,
         5, "consent_mode"},
        {"ben", "profiling", "{}", false, false, 6, NULL},
        {"ben", "profiling", "{\"jurisdiction\":\"BR\"}", false, false, 7, NULL},
        {"ben", "profiling", "{\"jurisdiction\":\"US-NY\"}", false, true, 6, NULL},
        {"nobody", "news", "{\"gpc\":1}", false, false, 1, NULL},
    };
    struct company company;
    (void)state;
    begin(&company);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        const struct candor_signals signals = {row[i].json, row[i].gpc};
        struct candor_text report;
        const struct candor_choice question = {
            .identifier = row[i].identifier,
            .purpose = row[i].purpose,
            .channel = strcmp(row[i].purpose, "news") == 0 ? "email" : NULL};
        expect(candor_permit_signals(job, company.candor, &question, &signals, &report) ==
                   CANDOR_OK,
               "row %zu: %s", i, candor_job_message(job));
        const struct value *tree = tree_of(job, &report);
        expect(value_get(tree, "allowed")->boolean == row[i].allowed, "row %zu: %s", i, report.ptr);
        expect(value_get(tree, "rule")->integer == row[i].rule, "row %zu: %s", i, report.ptr);
        const struct value *signal = value_get(tree, "signal");
        expect(row[i].signal == NULL ? signal->kind == VALUE_NULL
                                     : str_is(signal->text, row[i].signal),
               "row %zu: %s", i, report.ptr);
        candor_job_end(job);
    }
    company_end(&company);
}

static void signals_of_another_shape_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "[]",
        "{",
        "{\"foo\":1}",
        "{\"gpc\":2}",
        "{\"gpc\":\"1\"}",
        "{\"gpc_since\":\"then\"}",
        "{\"tcf\":1}",
        "{\"gpp\":\"DBAA\",\"gpp_sid\":7}",
        "{\"consent_mode\":{\"x\":\"granted\"}}",
        "{\"track\":{\"consent\":{\"categoryPreferences\":{\"Mail\":1}}}}",
        "{\"jurisdiction\":\"Germany\"}"};
    struct company company;
    (void)state;
    begin(&company);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct job *job = candor_job_begin();
        const struct candor_signals signals = {bad[i], false};
        struct candor_text report;
        expect(candor_permit_signals(job, company.candor, &anna_news, &signals, &report) ==
                   CANDOR_BAD_INPUT,
               "%s", bad[i]);
        expect(candor_job_message(job)[0] != '\0', "%s", bad[i]);
        candor_job_end(job);
    }
    company_end(&company);
}

static void without_the_section_signals_are_refused_and_gpc_forbids_sharing_alone(void **state)
{
    const struct candor_signals strings = {"{\"usp\":\"1YNN\"}", false};
    const struct candor_signals gpc = {NULL, true};
    struct company company;
    struct candor_text report;
    (void)state;
    company_begin(&company);
    company_import(&company, "subjects", STR("identifier,email\nanna,a@example.org\n"));
    struct job *refused = candor_job_begin();
    assert_int_equal(candor_permit_signals(refused, company.candor, &anna_news, &strings, &report),
                     CANDOR_BAD_INPUT);
    assert_non_null(strstr(candor_job_message(refused), "signals"));
    candor_job_end(refused);
    DONE(candor_permit_signals(job, company.candor, &anna_service, &gpc, &report));
    company_end(&company);
}

/* Disclosures may be asked about with signals; a home's own law adds places where GPC binds. */
static const char sharing_section[] =
    "recipients:\n"
    "  - {name: acme, title: Acme, contract: DPA 1, country: DE, purposes: [research]}\n"
    "jurisdictions:\n"
    "  - {jurisdiction: us-ny, right: opt_out_sale, answer: at once, acknowledge: none,\n"
    "     extension: none, appeal: none, pause: false, proof: none, mode: opt_out,\n"
    "     signals: [gpc], reask_days: 365, source: our lawyers, date: '2026-12-01'}\n"
    "  - {jurisdiction: us-ca, right: opt_out_sale, answer: at once, acknowledge: none,\n"
    "     extension: none, appeal: none, pause: false, proof: none, mode: opt_out,\n"
    "     signals: [], reask_days: 365, source: our lawyers, date: '2026-12-01'}\n"
    "signals:\n"
    "  gpc: law\n"
    "  jurisdiction: DE\n"
    "  purposes:\n"
    "    - {purpose: news, opt_out: [sale, sharing]}\n";

static void begin_sharing(struct company *company)
{
    char path[128];
    char policy[8192];
    (void)snprintf(policy, sizeof policy, "%s%s", company_policy, sharing_section);
    company_found(company);
    company_write(company, "home/candor.yaml", policy, path);
    company_open(company);
    company_import(company, "subjects", STR("identifier,email\nanna,a@example.org\n"));
}

static bool allows(struct company *company, const struct candor_choice *question, const char *json,
                   const char *part)
{
    const struct candor_signals signals = {json, false};
    struct candor_text report;
    struct job *job = candor_job_begin();
    expect(candor_permit_signals(job, company->candor, question, &signals, &report) == CANDOR_OK,
           "%s", candor_job_message(job));
    expect(strstr(report.ptr, part) != NULL, "%s: %s", json, report.ptr);
    const bool is_allowed = strstr(report.ptr, "\"allowed\": true") != NULL;
    candor_job_end(job);
    return is_allowed;
}

static void signals_are_weighed_with_a_recipient(void **state)
{
    const struct candor_choice ours = {.identifier = "anna", .purpose = "research"};
    const struct candor_choice theirs = {
        .identifier = "anna", .purpose = "research", .recipient = "acme"};
    struct company company;
    struct candor_text report;
    (void)state;
    begin_sharing(&company);
    DONE(candor_choose(job, company.candor,
                       &(struct candor_choice){.identifier = "anna",
                                               .purpose = "research",
                                               .recipient = "acme",
                                               .decision = "give",
                                               .surface = "form"},
                       &report));
    expect(allows(&company, &ours, "{\"gpc\":1}", "\"signal\": null"), "not shared: no opt-out");
    expect(!allows(&company, &theirs, "{\"gpc\":1}", "\"signal\": \"gpc\""), "GPC: not to others");
    expect(!allows(&company, &theirs, "{\"usp\":\"1YYN\"}", "\"signal\": \"usp\""), "nor a sale");
    expect(allows(&company, &theirs, "{\"gpc\":0}", "\"allowed\": true"), "else they may");
    company_end(&company);
}

static void the_homes_own_law_says_where_gpc_binds(void **state)
{
    const struct candor_choice theirs = {
        .identifier = "anna", .purpose = "research", .recipient = "acme"};
    struct company company;
    (void)state;
    begin_sharing(&company);
    expect(!allows(&company, &theirs, "{\"gpc\":1,\"jurisdiction\":\"US-NY\"}", "\"gpc\""),
           "its own row");
    expect(!allows(&company, &theirs, "{\"gpc\":1,\"jurisdiction\":\"US-CA\"}", "\"gpc\""),
           "no row switches a law off");
    expect(allows(&company, &theirs, "{\"gpc\":1,\"jurisdiction\":\"US-FL\"}", "null"),
           "where no law asks for it");
    company_end(&company);
}

static enum candor_status choose(struct company *company, const char *purpose, const char *decision,
                                 bool despite)
{
    const struct candor_choice choice = {.identifier = "anna",
                                         .purpose = purpose,
                                         .decision = decision,
                                         .surface = "form",
                                         .gpc = true,
                                         .despite_gpc = despite};
    struct candor_text report;
    struct job *job = candor_job_begin();
    const enum candor_status status = candor_choose(job, company->candor, &choice, &report);
    candor_job_end(job);
    return status;
}

static void a_yes_from_a_browser_that_says_no_needs_a_second_word(void **state)
{
    struct candor_choice question = {.identifier = "anna", .purpose = "news", .gpc = true};
    struct company company;
    struct candor_text report;
    bool may = true;
    (void)state;
    begin_sharing(&company);
    DONE(candor_may_ask(job, company.candor, &question, &may, &report));
    expect(!may, "nobody asks them");
    question.purpose = "profiling";
    DONE(candor_may_ask(job, company.candor, &question, &may, &report));
    expect(may, "about what is no sale");
    assert_int_equal(choose(&company, "news", "give", false), CANDOR_REFUSED);
    assert_int_equal(choose(&company, "profiling", "give", false), CANDOR_OK);
    assert_int_equal(choose(&company, "news", "refuse", false), CANDOR_OK);
    assert_int_equal(choose(&company, "news", "give", true), CANDOR_OK);
    company_end(&company);
}

/* ---- decisions ----------------------------------------------------------------------------- */

static void a_decision_names_the_signal_that_forbids_it(void **state)
{
    struct company company;
    (void)state;
    begin(&company);
    struct job *job = candor_job_begin();
    const struct candor_signals gpc = {NULL, true};
    const struct candor_signals tcf = {"{\"tcf\":\"what\"}",
                                       false}; /* of profiling, which it uses */
    const struct candor_signals bad = {"{\"foo\":1}", false};
    const struct candor_question question[] = {
        {.identifier = "anna", .campaign = "spring"},
        {.identifier = "anna", .campaign = "spring", .signals = &gpc},
        {.identifier = "anna", .campaign = "spring", .signals = &tcf},
        {.identifier = "anna", .campaign = "spring", .signals = &bad}};
    struct candor_answer answer[4];
    expect(candor_decide_many(job, company.candor, question, 4, answer) == CANDOR_OK, "%s",
           candor_job_message(job));
    assert_true(answer[0].send && answer[0].rule == 0 && answer[0].signal == NULL);
    assert_false(answer[1].send);
    assert_string_equal(answer[1].code, "signal_gpc");
    assert_int_equal(answer[1].rule, 3);
    assert_string_equal(answer[1].signal, "gpc");
    assert_int_equal(answer[1].reason_count, 1);
    assert_string_equal(answer[2].code, "signal_tcf");
    assert_int_equal(answer[2].rule, 5);
    assert_int_equal(answer[3].status, CANDOR_BAD_INPUT);
    candor_job_end(job);
    company_end(&company);
}

/* ---- signals out --------------------------------------------------------------------------- */

static const struct value *out_of(struct job *job, struct company *company, const char *who)
{
    struct candor_text report;
    expect(candor_subject_signals(job, company->candor, who, &report) == CANDOR_OK, "%s",
           candor_job_message(job));
    return tree_of(job, &report);
}

static void what_goes_out_says_what_was_chosen(void **state)
{
    struct company company;
    (void)state;
    begin(&company);
    struct job *job = candor_job_begin();
    const struct value *anna = out_of(job, &company, "anna");
    const struct value *cleo = out_of(job, &company, "cleo");
    struct tcf tcf;
    struct gpp gpp;
    assert_int_equal(tcf_decode(job->arena, value_get(anna, "tcf")->text, &tcf), SIGNAL_FINE);
    assert_int_equal(tcf_in_force(&tcf, job->now), TCF_OK_CONSENT);
    assert_int_equal(tcf.purposes_consent, 0xC); /* 3 and 4 */
    assert_true(idset_has(&tcf.vendor_consent, 755) && idset_has(&tcf.disclosed, 755));
    assert_int_equal(tcf_decode(job->arena, value_get(cleo, "tcf")->text, &tcf), SIGNAL_FINE);
    assert_int_equal(tcf.purposes_consent, 0);
    assert_false(idset_has(&tcf.vendor_consent, 755));

    assert_int_equal(gpp_decode(job->arena, value_get(anna, "gpp")->text, &gpp), SIGNAL_FINE);
    assert_int_equal(gpp_value(&gpp.section[0], GPP_SALE_OPT_OUT), 2);
    assert_int_equal(gpp_value(&gpp.section[0], GPP_TARGETED_OPT_OUT), 2);
    assert_int_equal(gpp_decode(job->arena, value_get(cleo, "gpp")->text, &gpp), SIGNAL_FINE);
    assert_true(gpp_read(&gpp.section[0]).no_sale);
    assert_true(str_is(value_get(anna, "usp")->text, "1YNN"));
    assert_true(str_is(value_get(cleo, "usp")->text, "1YYN"));
    const struct value *mode = value_get(cleo, "consent_mode");
    assert_true(str_is(value_get(mode, "ad_user_data")->text, "denied"));
    assert_null(value_get(mode, "security_storage"));
    candor_job_end(job);
    company_end(&company);
}

/* ---- unsubscribe --------------------------------------------------------------------------- */

/* The token of a link for a subject, as a hand-over writes it. */
static const char *token_for(struct job *job, struct company *company, const char *who)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct str link;
    home_enter(company->candor);
    must(home_begin(job, company->candor, &txn) == CANDOR_OK);
    must(home_subject(job, company->candor, txn, who, &subject) == CANDOR_OK);
    must(unsubscribe_link(job, company->candor, subject, 0, 0, &link) == CANDOR_OK);
    home_leave(company->candor);
    const struct str start = STR("<https://shop.example/unsubscribe/");
    must(str_starts(link, start) && str_ends(link, STR(">")));
    return str_z(job->arena, str_slice(link, start.len, link.len - 1));
}

static bool may_be_mailed(struct company *company, const char *who)
{
    bool allowed = false;
    const char *code = NULL;
    DONE(candor_permit(job, company->candor, who, "news", "email", &allowed, &code));
    return allowed;
}

static enum candor_status post(struct job *job, struct company *company, const char *token)
{
    struct candor_text report;
    const char *body = "List-Unsubscribe=One-Click";
    return candor_unsubscribe(job, company->candor, token, "application/x-www-form-urlencoded",
                              body, strlen(body), &report);
}

static void a_link_unsubscribes_by_post_alone(void **state)
{
    struct company company;
    struct candor_text report;
    (void)state;
    begin(&company);
    struct job *job = candor_job_begin();
    const char *token = token_for(job, &company, "anna");
    assert_string_not_equal(token, token_for(job, &company, "anna")); /* nothing in common */
    assert_int_equal(candor_unsubscribe_look(job, company.candor, token, &report), CANDOR_OK);
    assert_int_equal(candor_unsubscribe(job, company.candor, token, "text/plain", "x", 1, &report),
                     CANDOR_BAD_INPUT);
    job_forgive(job);
    assert_true(may_be_mailed(&company, "anna"));
    assert_int_equal(post(job, &company, token), CANDOR_OK);
    assert_false(may_be_mailed(&company, "anna"));
    assert_true(may_be_mailed(&company, "ben"));
    assert_int_equal(post(job, &company, token), CANDOR_OK); /* again changes nothing */
    candor_job_end(job);
    company_end(&company);
}

static void a_link_that_was_changed_or_outlived_its_person_does_nothing(void **state)
{
    struct company company;
    struct candor_text report;
    (void)state;
    begin(&company);
    struct job *job = candor_job_begin();
    const char *token = token_for(job, &company, "ben");
    const size_t len = strlen(token);
    for (size_t i = 0; i < len; i++) {
        char changed[UNSUBSCRIBE_TOKEN_MAX + 1];
        (void)snprintf(changed, sizeof changed, "%s", token);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        expect(post(job, &company, changed) == CANDOR_NOT_FOUND, "character %zu", i);
        job_forgive(job);
    }
    assert_int_equal(post(job, &company, ""), CANDOR_NOT_FOUND);
    job_forgive(job);
    assert_true(may_be_mailed(&company, "ben"));
    assert_int_equal(candor_subject_erase(job, company.candor, "ben", &report), CANDOR_OK);
    assert_int_equal(post(job, &company, token), CANDOR_NOT_FOUND);
    candor_job_end(job);
    company_end(&company);
}

/* ---- the section --------------------------------------------------------------------------- */

static void each_mistake_in_the_section_names_its_line(void **state)
{
    static const struct {
        const char *yaml;
        const char *message;
    } row[] = {
        {"signals: 1\n", "signals"},
        {"signals: {foo: 1}\n", "foo"},
        {"signals: {gpc: never}\n", "gpc"},
        {"signals: {vendor: 0}\n", "vendor"},
        {"signals: {cmp_id: 1}\n", "cmp_id"},
        {"signals: {cmp_id: 4096}\n", "cmp_id"},
        {"signals: {vendor: 70000}\n", "vendor"},
        {"signals: {jurisdiction: Germany}\n", "jurisdiction"},
        {"signals: {public_url: 'http://shop.example'}\n", "https://"},
        {"signals: {public_url: 'https://'}\n", "https://"},
        {"signals: {public_url: 'https://a.example/?x'}\n", "public_url"},
        {"signals: {public_url: \"https://a.example/\\n\"}\n", "public_url"},
        {"signals: {declared: {purposes: [12]}}\n", "1 to 11"},
        {"signals: {declared: {purposes: [0]}}\n", "1 to 11"},
        {"signals: {purposes: [{tcf: [1]}]}\n", "purpose"},
        {"signals: {purposes: [{purpose: nothing}]}\n", "purpose"},
        {"signals: {purposes: [{purpose: news, tcf: [1]}]}\n", "vendor"},
        {"signals: {purposes: [{purpose: news, opt_out: [selling]}]}\n", "sale"},
        {"signals: {purposes: [{purpose: news, consent_mode: [ads]}]}\n", "Consent Mode"},
        {"signals: {purposes: [{purpose: news, sensitive: [17]}]}\n", "1 to 16"},
        {"signals: {purposes: [{purpose: news, track: [1]}]}\n", "track"},
        {"signals: {purposes: [{purpose: news}, {purpose: news}]}\n", "twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        const struct inventory *inventory = NULL;
        const struct value *root = NULL;
        const struct signal_config *config = NULL;
        job_begin(&job, host_real());
        const struct str text = str_format(job.arena, "%s%s", company_policy, row[i].yaml);
        must(yaml_read(&job, bytes_of(text), NULL, "the file", &root) == CANDOR_OK);
        must(inventory_read(&job, root, &inventory) == CANDOR_OK);
        expect(config_signals(&job, inventory, root, &config) == CANDOR_BAD_INPUT, "%s",
               row[i].yaml);
        expect(strstr(job.message, row[i].message) != NULL && strstr(job.message, "line") != NULL,
               "%s: %s", row[i].yaml, job.message);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_and_signals_are_named),
        cmocka_unit_test(signals_of_another_shape_are_refused),
        cmocka_unit_test(without_the_section_signals_are_refused_and_gpc_forbids_sharing_alone),
        cmocka_unit_test(signals_are_weighed_with_a_recipient),
        cmocka_unit_test(the_homes_own_law_says_where_gpc_binds),
        cmocka_unit_test(a_yes_from_a_browser_that_says_no_needs_a_second_word),
        cmocka_unit_test(a_decision_names_the_signal_that_forbids_it),
        cmocka_unit_test(what_goes_out_says_what_was_chosen),
        cmocka_unit_test(a_link_unsubscribes_by_post_alone),
        cmocka_unit_test(a_link_that_was_changed_or_outlived_its_person_does_nothing),
        cmocka_unit_test(each_mistake_in_the_section_names_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
