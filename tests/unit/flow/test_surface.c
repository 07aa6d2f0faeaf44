/*
 * test_surface.c - what visitors are asked and what they say: the section of candor.yaml and each way to be
 * wrong in it, the version, languages, records of a yes and of a no, and everything that is refused.
 */
#include "company.h"
#include "surface.h"
#include "track.h"

static const char base[] =
    "candor: 1\n"
    "name: Test\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email]}\n"
    "  - {name: twice, basis: consent, wording: Sure?, wording_version: '1', channels: [email],"
    " double_opt_in: true}\n"
    "  - {name: looks, title: Looking, basis: consent, wording: May we look?, wording_version: '1',"
    " valid_days: 90, translations: {de: Dürfen wir schauen?}}\n"
    "  - {name: 'share:north', basis: consent, wording: May North?, wording_version: '7',"
    " ask_again_days: 400, translations: {de: Darf Nord?}}\n"
    "  - {name: service, basis: contract}\n"
    "recipients: [{name: north, title: North Ads, country: SE, contract: of 2026-01-01, purposes: "
    "['share:north']}]\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields: [{name: age, type: number, min: 0, max: 120, purposes: [looks]},"
    " {name: born, type: date, purposes: [service]}]\n"
    "events: [{name: seen, purposes: [looks]}]\n"
    "tracking: {new_per_hour: 3, sources: [{source: web, public: true}]}\n";

static void begin_with(struct company *company, const char *more)
{
    char path[128];
    char policy[8192];
    (void)snprintf(policy, sizeof policy, "%s%s", base, more);
    company_found(company);
    company_write(company, "home/candor.yaml", policy, path);
    company_open(company);
}

static const struct value *surface_now(struct job *job, struct candor *candor, const char *language)
{
    struct candor_text report;
    expect(candor_surface(job, candor, language, &report) == CANDOR_OK, "%s", job->message);
    return tree_of(job, &report);
}

/* request has one %s, for the version. */
static enum candor_status say(struct job *job, struct candor *candor, const char *request, bool gpc,
                              struct candor_text *report)
{
    const struct value *surface = surface_now(job, candor, NULL);
    const char *version = str_z(job->arena, value_text_at(surface, "version"));
    char text[2048];
    (void)snprintf(text, sizeof text, "{\"version\":\"%s\",%s", version, request);
    return candor_surface_choose(job, candor, text, strlen(text), gpc, report);
}

#define VISITOR "0123456789abcdef0123456789abcdef"
#define NO_TO_ALL "\"choices\":{\"looks\":false,\"share:north\":false}}"
#define YES_TO_LOOKS "\"choices\":{\"looks\":true,\"share:north\":false}}"

/* The decisions on record of somebody, "looks:given share:north:refused ". */
static const char *records_of(struct job *job, struct candor *candor, const char *identifier)
{
    struct candor_text report;
    struct buf buf = buf_begin(job->arena);
    expect(candor_subject_consents(job, candor, identifier, &report) == CANDOR_OK, "%s",
           job->message);
    const struct value *list = value_get(tree_of(job, &report), "consents");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *one = &list->item[i];
        buf_format(&buf, "%.*s:%.*s ", STR_ARG(value_text_at(one, "purpose")),
                   STR_ARG(value_text_at(one, "decision")));
    }
    return str_z(job->arena, buf_text(&buf));
}

/* ---- candor.yaml --------------------------------------------------------------------------- */

static void each_way_to_be_wrong_is_named(void **state)
{
    static const struct {
        const char *section;
        const char *message; /* NULL: it is right */
    } row[] = {
        {"surface: {origins: ['https://shop.example', 'https://shop.example:8443']}\n", NULL},
        {"surface: {origins: ['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:1']}\n",
         NULL},
        {"surface: {origins: ['http://shop.example']}\n", "http only for this machine"},
        {"surface: {origins: ['http://localhost.evil.example']}\n", "http only for this machine"},
        {"surface: {origins: ['http://127.0.0.1.evil.example:80']}\n", "http only for this"},
        {"surface: {origins: ['https://shop.example/']}\n", "without a path"},
        {"surface: {origins: ['https://Shop.example']}\n", "small letters"},
        {"surface: {origins: ['https://']}\n", "https://HOST"},
        {"surface: {origins: ['*']}\n", "https://HOST"},
        {"surface: {origins: ['null']}\n", "https://HOST"},
        {"surface: {purposes: [news]}\n", NULL},
        {"surface: {purposes: [service]}\n", "'service' cannot be asked for here"},
        {"surface: {purposes: [twice]}\n", "double opt-in"},
        {"surface: {purposes: [nothing]}\n", "nothing"},
        {"surface: {ask_again_days: 183}\n", "184"},
        {"surface: {ask_again_days: 184}\n", NULL},
        {"surface: {valid_days: 397}\n", "396"},
        {"surface: {notice_url: 'javascript:alert(1)'}\n", "https://"},
        {"surface: {notice_url: '//elsewhere.example'}\n", "https://"},
        {"surface: {notice_url: /privacy}\n", NULL},
        {"surface: {demo_shop: 'a\"b'}\n", "write key"},
        {"surface: {colour: red}\n", "colour"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct company company;
        char path[128];
        char policy[8192];
        (void)snprintf(policy, sizeof policy, "%s%s", base, row[i].section);
        company_found(&company);
        company_write(&company, "home/candor.yaml", policy, path);
        struct job *job = candor_job_begin();
        const enum candor_status status = candor_open(job, company.home, "ana", &company.candor);
        const char *message = candor_job_message(job);
        if (row[i].message == NULL) {
            expect(status == CANDOR_OK, "%s: %s", row[i].section, message);
        } else {
            expect(status == CANDOR_BAD_INPUT && strstr(message, row[i].message) != NULL, "%s: %s",
                   row[i].section, message);
        }
        candor_job_end(job);
        company_end(&company);
    }
}

/* ---- what is asked ------------------------------------------------------------------------- */

static void what_needs_consent_and_has_no_channel_is_asked(void **state)
{
    struct company company;
    struct job job;
    (void)state;
    begin_with(&company, "");
    job_begin(&job, host_real());
    const struct value *surface = surface_now(&job, company.candor, NULL);
    const struct value *purpose = value_get(surface, "purposes");
    assert_int_equal(purpose->count, 2);
    assert_true(str_is(value_text_at(&purpose->item[0], "name"), "looks"));
    assert_true(str_is(value_text_at(&purpose->item[0], "wording"), "May we look?"));
    assert_true(str_is(value_text_at(&purpose->item[0], "title"), "Looking"));
    assert_false(value_get(&purpose->item[0], "gpc")->boolean);
    assert_true(value_get(&purpose->item[1], "gpc")->boolean); /* sharing is what GPC is about */
    const struct value *recipient = value_get(&purpose->item[1], "recipients");
    assert_int_equal(recipient->count, 1);
    assert_true(str_is(value_text_at(&recipient->item[0], "title"), "North Ads"));
    assert_true(str_is(value_text_at(&recipient->item[0], "country"), "SE"));
    assert_int_equal(value_get(surface, "valid_days")->integer, 90); /* of looks */
    assert_int_equal(value_get(surface, "ask_again_days")->integer, 400);
    job_end(&job);
    company_end(&company);
}

static void a_language_is_spoken_whole_or_not_at_all(void **state)
{
    static const struct {
        const char *wanted;
        const char *found;
    } row[] = {{NULL, "en"},    {"", "en"},   {"en-GB", "en"}, {"de", "de"},
               {"de-AT", "de"}, {"fr", "en"}, {"tlh", "en"},   {"../../etc", "en"}};
    struct company company;
    (void)state;
    begin_with(&company, "");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct value *surface = surface_now(&job, company.candor, row[i].wanted);
        expect(str_is(value_text_at(surface, "language"), row[i].found), "%s", row[i].wanted);
        const bool is_german = strcmp(row[i].found, "de") == 0;
        const struct value *first = &value_get(surface, "purposes")->item[0];
        assert_true(str_is(value_text_at(first, "wording"),
                           is_german ? "Dürfen wir schauen?" : "May we look?"));
        assert_int_equal(value_text_at(first, "title").len > 0, !is_german);
        const struct str refuse = value_text_at(value_get(surface, "words"), "refuse");
        assert_true(str_is(refuse, is_german ? "Alle ablehnen" : "Refuse all"));
        job_end(&job);
    }
    company_end(&company);
}

/* Every word of every language is there, and a no has no more letters of shame than a yes. */
static void every_word_is_in_every_language(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    for (size_t i = 0; surface_words_language(i).len > 0; i++) {
        assert_int_equal(surface_words_in(surface_words_language(i)), i);
        for (unsigned w = 0; w < SURFACE_WORDS; w++) {
            const struct str text =
                surface_word(job.arena, i, (enum surface_word)w, STR("A & B <Co>"));
            expect(text.len > 0 && str_is_utf8(text) && str_find(text, '{') == text.len, "%zu %u",
                   i, w);
        }
        const struct str lead = surface_word(job.arena, i, WORD_LEAD, STR("A & B <Co>"));
        assert_true(str_contains(lead, STR("A & B <Co>")));
    }
    job_end(&job);
}

static void the_version_is_of_all_that_is_shown(void **state)
{
    static const char *const more[] = {"", "surface: {notice_url: /privacy}\n",
                                       "controller: {contact: dpo@example.org}\n",
                                       "surface: {purposes: [looks]}\n"};
    char version[4][SURFACE_VERSION_LEN + 1];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct company company;
        struct job job;
        begin_with(&company, more[i]);
        job_begin(&job, host_real());
        const struct str now = value_text_at(surface_now(&job, company.candor, NULL), "version");
        const struct str again = value_text_at(surface_now(&job, company.candor, "en"), "version");
        const struct str german = value_text_at(surface_now(&job, company.candor, "de"), "version");
        assert_int_equal(now.len, SURFACE_VERSION_LEN);
        assert_true(str_equal(now, again));
        assert_false(str_equal(now, german));
        (void)snprintf(version[i], sizeof version[i], "%.*s", STR_ARG(now));
        for (size_t other = 0; other < i; other++) {
            assert_string_not_equal(version[i], version[other]);
        }
        job_end(&job);
        company_end(&company);
    }
}

/* ---- what is said -------------------------------------------------------------------------- */

static void a_no_is_on_record_as_a_yes_is(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    begin_with(&company, "");
    job_begin(&job, host_real());
    struct candor *candor = company.candor;
    const char *name = VISITOR_PREFIX VISITOR;
    assert_int_equal(
        say(&job, candor, "\"anonymousId\":\"" VISITOR "\"," NO_TO_ALL, false, &report), CANDOR_OK);
    const struct value *receipts = value_get(tree_of(&job, &report), "receipts");
    assert_int_equal(receipts->count, 2);
    assert_true(str_is(value_text_at(&receipts->item[1], "wording_version"), "7"));
    assert_string_equal(records_of(&job, candor, name), "looks:refused share:north:refused ");
    assert_int_equal(
        say(&job, candor, "\"anonymousId\":\"" VISITOR "\"," YES_TO_LOOKS, false, &report),
        CANDOR_OK);
    assert_int_equal(
        say(&job, candor, "\"anonymousId\":\"" VISITOR "\"," NO_TO_ALL, false, &report), CANDOR_OK);
    assert_string_equal(records_of(&job, candor, name),
                        "looks:refused share:north:refused looks:given share:north:refused "
                        "looks:withdrawn share:north:refused ");
    struct candor_figures figures;
    candor_figures(candor, &figures);
    assert_int_equal(figures.subjects, 1);
    job_end(&job);
    company_end(&company);
}

static void the_record_has_the_words_and_how_they_looked(void **state)
{
    static const char evidence[] =
        "notice=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef "
        "buttons=refuse/accept/settings sizes=equal defaults=none locale=en screen=phone";
    struct company company;
    struct job job;
    struct candor_text report;
    char request[512];
    (void)state;
    begin_with(&company, "");
    job_begin(&job, host_real());
    (void)snprintf(request, sizeof request,
                   "\"anonymousId\":\"" VISITOR "\",\"ui_evidence\":\"%s\"," YES_TO_LOOKS,
                   evidence);
    assert_int_equal(say(&job, company.candor, request, true, &report), CANDOR_OK);
    assert_int_equal(candor_subject_consents(&job, company.candor, VISITOR_PREFIX VISITOR, &report),
                     CANDOR_OK);
    const struct value *one = &value_get(tree_of(&job, &report), "consents")->item[0];
    assert_true(str_is(value_text_at(one, "wording"), "May we look?"));
    assert_true(str_is(value_text_at(one, "wording_version"), "1"));
    assert_true(str_is(value_text_at(one, "language"), "en"));
    assert_true(str_is(value_text_at(one, "surface"), "candor.js"));
    assert_true(str_is(value_text_at(one, "ui_evidence"), evidence));
    assert_true(str_starts(value_text_at(one, "proof"), STR("surface ")));
    assert_true(str_contains(value_text_at(one, "proof"), STR("Sec-GPC: 1")));
    job_end(&job);
    company_end(&company);
}

static void what_cannot_be_said_is_refused_and_changes_nothing(void **state)
{
    static const struct {
        const char *request;
        bool gpc;
        enum candor_status status;
        const char *message;
    } row[] = {
        {"\"choices\":{\"looks\":true,\"share:north\":false}}", false, CANDOR_BAD_INPUT,
         "'anonymousId' or 'userId'"},
        {"\"anonymousId\":\"" VISITOR "\",\"userId\":\"anna\"," NO_TO_ALL, false, CANDOR_BAD_INPUT,
         "not both"},
        {"\"anonymousId\":\"" VISITOR "\",\"choices\":{\"looks\":true}}", false, CANDOR_BAD_INPUT,
         "1 purposes of the 2"},
        {"\"anonymousId\":\"" VISITOR "\",\"choices\":{\"looks\":true,\"news\":true}}", false,
         CANDOR_BAD_INPUT, "not asked for"},
        {"\"anonymousId\":\"" VISITOR "\",\"choices\":{\"looks\":1,\"share:north\":false}}", false,
         CANDOR_BAD_INPUT, "choices"},
        {"\"anonymousId\":\"" VISITOR "\",\"choices\":[]}", false, CANDOR_BAD_INPUT, "choices"},
        {"\"anonymousId\":\"" VISITOR "\",\"colour\":1," NO_TO_ALL, false, CANDOR_BAD_INPUT,
         "colour"},
        {"\"anonymousId\":\"" VISITOR "\",\"choices\":{\"looks\":true,\"share:north\":true}}", true,
         CANDOR_REFUSED, "Sec-GPC"},
        {"\"anonymousId\":\"" VISITOR
         "\",\"gpc\":true,\"choices\":{\"looks\":true,\"share:north\":true}}",
         false, CANDOR_REFUSED, "Sec-GPC"},
        {"\"anonymousId\":\"" VISITOR "\",\"ui_evidence\":\"none\"," NO_TO_ALL, false,
         CANDOR_BAD_INPUT, "ui_evidence"},
        {"\"userId\":\"nobody\"," NO_TO_ALL, false, CANDOR_NOT_FOUND, "no such subject"},
        {"\"userId\":\"anonymous:" VISITOR "\"," NO_TO_ALL, false, CANDOR_BAD_INPUT, "anybody's"},
    };
    struct company company;
    (void)state;
    begin_with(&company, "");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct candor_text report;
        struct candor_figures figures;
        job_begin(&job, host_real());
        const enum candor_status status =
            say(&job, company.candor, row[i].request, row[i].gpc, &report);
        expect(status == row[i].status && strstr(job.message, row[i].message) != NULL, "%s: %d %s",
               row[i].request, (int)status, job.message);
        candor_figures(company.candor, &figures);
        expect(figures.subjects == 0, "%s made somebody", row[i].request);
        job_end(&job);
    }
    company_end(&company);
}

static void words_of_yesterday_are_refused(void **state)
{
    static const char *const version[] = {"", "0123456789abcdef0123456789abcdef"};
    struct company company;
    (void)state;
    begin_with(&company, "");
    for (size_t i = 0; i < 2; i++) {
        struct job job;
        struct candor_text report;
        char text[512];
        job_begin(&job, host_real());
        (void)snprintf(text, sizeof text,
                       "{\"version\":\"%s\",\"anonymousId\":\"" VISITOR "\"," YES_TO_LOOKS,
                       version[i]);
        const enum candor_status status =
            candor_surface_choose(&job, company.candor, text, strlen(text), false, &report);
        assert_int_equal(status, i == 0 ? CANDOR_BAD_INPUT : CANDOR_REFUSED);
        assert_non_null(strstr(job.message, i == 0 ? "'version'" : "words have changed"));
        job_end(&job);
    }
    company_end(&company);
}

/* Whoever reads the page has its key. */
static void a_public_key_speaks_for_visitors_only(void **state)
{
    static const struct {
        const char *key;
        const char *request;
        enum candor_status status;
    } row[] = {
        {"web", "\"anonymousId\":\"" VISITOR "\"," YES_TO_LOOKS, CANDOR_OK},
        {"web", "\"anonymousId\":\"guess\"," YES_TO_LOOKS, CANDOR_BAD_INPUT},
        {"web", "\"userId\":\"anna\"," YES_TO_LOOKS, CANDOR_FORBIDDEN},
        {"web", "\"userId\":\"nobody\"," YES_TO_LOOKS, CANDOR_FORBIDDEN}, /* and so tells nothing */
        {"tracker", "\"userId\":\"anna\"," YES_TO_LOOKS, CANDOR_FORBIDDEN},
        {"machine", "\"userId\":\"anna\"," YES_TO_LOOKS, CANDOR_OK},
        {"machine", "\"anonymousId\":\"short\"," YES_TO_LOOKS, CANDOR_OK},
    };
    static const char *const role[][2] = {
        {"web", "tracker"}, {"tracker", "tracker"}, {"machine", "machine"}};
    struct company company;
    struct job job;
    const char *secret[3];
    (void)state;
    begin_with(&company, "");
    company_import(&company, "subjects", STR("identifier,age\nanna,30\n"));
    job_begin(&job, host_real());
    for (size_t i = 0; i < 3; i++) {
        struct candor_text report;
        expect(candor_key_add(&job, company.candor, role[i][0], role[i][1], 30, &report) ==
                   CANDOR_OK,
               "%s", job.message);
        secret[i] = str_z(job.arena, value_text_at(tree_of(&job, &report), "key"));
    }
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct candor_text report;
        const size_t k = row[i].key[0] == 'w' ? 0 : row[i].key[0] == 't' ? 1 : 2;
        assert_int_equal(candor_key_enter(&job, company.candor, secret[k], "track", NULL),
                         CANDOR_OK);
        const enum candor_status status = say(&job, company.candor, row[i].request, false, &report);
        candor_key_leave(company.candor);
        expect(status == row[i].status, "%s %s: %d %s", row[i].key, row[i].request, (int)status,
               job.message);
        job_forgive(&job);
    }
    job_end(&job);
    company_end(&company);
}

static void visitors_are_made_so_many_in_an_hour(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    begin_with(&company, "");
    job_begin(&job, host_real());
    for (unsigned i = 0; i < 4; i++) {
        char request[256];
        (void)snprintf(request, sizeof request, "\"anonymousId\":\"%032u\"," NO_TO_ALL, i);
        assert_int_equal(say(&job, company.candor, request, false, &report),
                         i < 3 ? CANDOR_OK : CANDOR_SPENT);
    }
    job_forgive(&job);
    const char *known = "\"anonymousId\":\"00000000000000000000000000000000\"," YES_TO_LOOKS;
    assert_int_equal(say(&job, company.candor, known, false, &report), CANDOR_OK);
    job_end(&job);
    company_end(&company);
}

static void what_stands_in_the_strings_is_what_was_said(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    begin_with(&company, "signals:\n"
                         "  vendor: 755\n"
                         "  cmp_id: 300\n"
                         "  declared: {purposes: [1, 2]}\n"
                         "  purposes:\n"
                         "    - {purpose: looks, tcf: [1, 2]}\n"
                         "    - {purpose: 'share:north', opt_out: [sale]}\n");
    job_begin(&job, host_real());
    assert_int_equal(
        say(&job, company.candor, "\"anonymousId\":\"" VISITOR "\"," YES_TO_LOOKS, true, &report),
        CANDOR_OK);
    const struct value *strings = value_get(tree_of(&job, &report), "strings");
    struct tcf tcf;
    struct gpp gpp;
    assert_int_equal(tcf_decode(job.arena, value_text_at(strings, "tcf"), &tcf), SIGNAL_FINE);
    assert_int_equal(tcf.purposes_consent, 3);
    assert_int_equal(tcf.cmp_id, 300);
    assert_int_equal(value_get(surface_now(&job, company.candor, NULL), "cmp_id")->integer, 300);
    assert_int_equal(value_get(strings, "tcf_consents")->count, 2);
    assert_int_equal(gpp_decode(job.arena, value_text_at(strings, "gpp"), &gpp), SIGNAL_FINE);
    const struct gpp_section *section = gpp_find(&gpp, GPP_US_NATIONAL);
    assert_int_equal(gpp_value(section, GPP_SALE_OPT_OUT), 1);
    assert_true(section->is.us.has_gpc && section->is.us.gpc);
    job_end(&job);
    company_end(&company);
}

/* Where ages are asked for, a visitor's is not known, and a yes needs somebody who is old enough. */
static void a_visitor_of_unknown_age_may_say_no(void **state)
{
    struct company company;
    struct job job;
    struct candor_text report;
    (void)state;
    begin_with(&company, "children: {purpose: service, birth: born, default_country: IE}\n");
    job_begin(&job, host_real());
    assert_int_equal(
        say(&job, company.candor, "\"anonymousId\":\"" VISITOR "\"," YES_TO_LOOKS, false, &report),
        CANDOR_REFUSED);
    job_forgive(&job);
    assert_int_equal(
        say(&job, company.candor, "\"anonymousId\":\"" VISITOR "\"," NO_TO_ALL, false, &report),
        CANDOR_OK);
    job_end(&job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_way_to_be_wrong_is_named),
        cmocka_unit_test(what_needs_consent_and_has_no_channel_is_asked),
        cmocka_unit_test(a_language_is_spoken_whole_or_not_at_all),
        cmocka_unit_test(every_word_is_in_every_language),
        cmocka_unit_test(the_version_is_of_all_that_is_shown),
        cmocka_unit_test(a_no_is_on_record_as_a_yes_is),
        cmocka_unit_test(the_record_has_the_words_and_how_they_looked),
        cmocka_unit_test(what_cannot_be_said_is_refused_and_changes_nothing),
        cmocka_unit_test(words_of_yesterday_are_refused),
        cmocka_unit_test(a_public_key_speaks_for_visitors_only),
        cmocka_unit_test(visitors_are_made_so_many_in_an_hour),
        cmocka_unit_test(what_stands_in_the_strings_is_what_was_said),
        cmocka_unit_test(a_visitor_of_unknown_age_may_say_no),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
