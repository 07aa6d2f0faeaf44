/*
 * test_closed.c - whatever is missing, expired, malformed, contradictory or unknown means no.
 *
 * Each case is one in which a product in use today was seen to let data through (the reference's
 * section 2.3); the name says what must be true here. Through the public door, but where a stored
 * byte has to be spoilt. Two more need a server: a browser's signal is read before anything is
 * stored (e2e/track.sh), and a mail scanner's GET does nothing (flow/test_signals.c).
 */
#include <sqlite3.h>

#include "candor_board.h"
#include "candor_rights.h"
#include "company.h"

static struct company company;

static int begin(void **state)
{
    (void)state;
    company_begin(&company);
    company_import(&company, "subjects",
                   STR("identifier,email,sex,age\nanna,a@x.example,f,30\nben,b@x.example,m,40\n"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

static struct candor_figures figures(void)
{
    struct candor_figures now;
    candor_figures(company.candor, &now);
    return now;
}

/* The code, or the name of the status. */
static const char *permit(const char *identifier, const char *purpose, const char *channel)
{
    static char code[64];
    struct job *job = candor_job_begin();
    bool allowed = false;
    const char *found = NULL;
    const enum candor_status status =
        candor_permit(job, company.candor, identifier, purpose, channel, &allowed, &found);
    (void)snprintf(code, sizeof code, "%s%s", allowed ? "ALLOWED " : "",
                   status == CANDOR_OK ? found : candor_status_name(status));
    candor_job_end(job);
    return code;
}

static bool permit_is(const char *identifier, const char *purpose, const char *channel,
                      const char *wanted)
{
    const char *found = permit(identifier, purpose, channel);
    if (strcmp(found, wanted) != 0) {
        print_error("%s %s: %s, not %s\n", identifier, purpose, found, wanted);
    }
    return strcmp(found, wanted) == 0;
}

static enum candor_status import(const char *kind, const char *csv, char text[2048])
{
    char path[128];
    struct candor_text report = {"", 0};
    struct job *job = candor_job_begin();
    company_write(&company, "in.csv", csv, path);
    const enum candor_status status =
        candor_import(job, company.candor, kind, path, NULL, 0, &report);
    (void)snprintf(text, 2048, "%s", status == CANDOR_OK ? report.ptr : candor_job_message(job));
    candor_job_end(job);
    return status;
}

/* ---- RudderStack: consent missing or not parseable ------------------------------------------ */

static void a_missing_consent_denies_and_is_counted(void **state)
{
    (void)state;
    const uint64_t before = figures().permits_denied;
    expect(permit_is("anna", "news", "email", "no_consent"), "never asked");
    expect(permit_is("nobody", "news", "email", "unknown_subject"), "never seen");
    expect(permit_is("anna", "nws", "email", "bad_input"), "no such purpose");
    expect(permit_is("anna", "news", NULL, "wrong_channel"), "on no channel");
    expect(figures().permits_denied == before + 3, "the three answers are counted");
}

static void a_consent_that_cannot_be_read_is_left_out_and_told(void **state)
{
    char text[2048];
    (void)state;
    const enum candor_status status = import("consents",
                                             "identifier,purpose,decision,time,channel\n"
                                             "ben,profiling,refused,2026-01-01,\n"
                                             "anna,news,yes please,2026-01-01,email\n"
                                             "anna,news,given,soon,email\n"
                                             "anna,nws,given,2026-01-01,email\n"
                                             "anna,news,given,2026-01-01,fax\n"
                                             "anna,*,given,2026-01-01,email\n",
                                             text);
    expect(status == CANDOR_OK, "%s", text);
    expect(strstr(text, "\"rejected\": 5") != NULL, "%s", text);
    expect(strstr(text, "\"imported\": 1") != NULL, "%s", text);
    expect(permit_is("anna", "news", "email", "no_consent"), "still nothing");
}

/* A record that was damaged where it lies: no answer at all, and never yes. */
static void a_damaged_record_allows_nothing(void **state)
{
    char path[160];
    char text[2048];
    sqlite3 *database = NULL;
    (void)state;
    must(import("consents",
                "identifier,purpose,decision,time,channel\n"
                "ben,news,given,2026-01-01,email\n",
                text) == CANDOR_OK);
    expect(permit_is("ben", "news", "email", "ALLOWED ok_consent"), "before");
    company_close(&company);
    (void)snprintf(path, sizeof path, "%s/data.db", company.home);
    must(sqlite3_open(path, &database) == SQLITE_OK);
    must(sqlite3_exec(database, "UPDATE consent SET sealed = zeroblob(length(sealed))", NULL, NULL,
                      NULL) == SQLITE_OK);
    must(sqlite3_close(database) == SQLITE_OK);
    company_open(&company);
    expect(permit_is("ben", "news", "email", "corrupt"), "damaged");
    const struct candor_question question = {.identifier = "ben", .campaign = "spring"};
    struct candor_answer answer = {0};
    struct job *job = candor_job_begin();
    expect(candor_decide_many(job, company.candor, &question, 1, &answer) == CANDOR_CORRUPT,
           "no decision");
    expect(!answer.send, "nothing to send");
    candor_job_end(job);
}

/* ---- RudderStack: accepted and ignored ------------------------------------------------------ */

static void an_input_that_is_accepted_is_used_else_it_is_refused(void **state)
{
    char text[2048];
    const uint64_t before = figures().ledger_entries;
    (void)state;
    expect(import("consents",
                  "identifier,purpose,decision,time,channel,allowedConsentIds\n"
                  "anna,news,given,2026-01-01,email,news\n",
                  text) == CANDOR_BAD_INPUT,
           "%s", text);
    expect(strstr(text, "allowedConsentIds") != NULL, "it is named: %s", text);
    expect(figures().ledger_entries == before, "nothing was written");
    expect(permit_is("anna", "news", "email", "no_consent"), "nothing was allowed");
}

/* ---- Tracardi: an event without a profile; a date that is missing ---------------------------- */

static void without_a_person_nothing_personal_is_stored(void **state)
{
    char text[2048];
    const struct candor_figures before = figures();
    (void)state;
    expect(import("events", "identifier,event,time,amount\nstranger,bought,2026-01-01,12\n",
                  text) == CANDOR_BAD_INPUT,
           "%s", text);
    expect(
        import("consents",
               "identifier,purpose,decision,time,channel\nstranger,news,given,2026-01-01,email\n",
               text) == CANDOR_BAD_INPUT,
        "%s", text);
    expect(figures().subjects == before.subjects, "and nobody was made");
    expect(figures().ledger_entries == before.ledger_entries, "nothing was written");
    expect(permit_is("stranger", "news", "email", "unknown_subject"), "nobody");
}

/* Refused at the door; what the fold makes of one that is there already: govern/test_consent.c. */
static void a_yes_without_a_date_is_no_yes(void **state)
{
    char text[2048];
    (void)state;
    expect(import("consents", "identifier,purpose,decision,time,channel\nanna,news,given,,email\n",
                  text) == CANDOR_BAD_INPUT,
           "%s", text);
    expect(permit_is("anna", "news", "email", "no_consent"), "nothing was allowed");
}

/* Left out, the yes before it would go on. */
static void a_no_without_a_date_is_a_no(void **state)
{
    static const char *const time[] = {"", "soon", "2999-01-01", "2026-13-01"};
    char csv[256];
    char text[2048];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct candor_text report;
        DONE(candor_consent(job, company.candor, "anna", "training", NULL, "give", "form", NULL,
                            &report));
        expect(permit_is("anna", "training", NULL, "ALLOWED ok_consent"), "before");
        (void)snprintf(csv, sizeof csv,
                       "identifier,purpose,decision,time,surface\n"
                       "anna,training,withdrawn,%s,letter %zu\n",
                       time[i], i);
        expect(import("consents", csv, text) == CANDOR_OK, "'%s': %s", time[i], text);
        expect(permit_is("anna", "training", NULL, "withdrawn"), "'%s'", time[i]);
    }
}

/* ---- Unomi: consent as one attribute among others -------------------------------------------- */

static void only_a_consent_record_makes_consent_and_none_is_ever_changed(void **state)
{
    char text[2048];
    struct candor_text report;
    (void)state;
    expect(import("subjects", "identifier,email,consents\nanna,a@x.example,news\n", text) ==
               CANDOR_BAD_INPUT,
           "a column that is no field: %s", text);
    struct job *one = candor_job_begin();
    expect(candor_subject_correct(one, company.candor, "anna", "consent", "given", &report) ==
               CANDOR_BAD_INPUT,
           "nor is it corrected");
    candor_job_end(one);

    /* What was said before stays: a no is one more record, and so is a yes. */
    static const char *const said[] = {"give", "withdraw", "give"};
    for (size_t i = 0; i < 3; i++) {
        DONE(candor_consent(job, company.candor, "anna", "profiling", NULL, said[i], "form", NULL,
                            &report));
    }
    one = candor_job_begin();
    must(candor_subject_consents(one, company.candor, "anna", &report) == CANDOR_OK);
    size_t count = 0;
    const char *records = strstr(report.ptr, "\"consents\"");
    for (const char *at = records;
         at != NULL && (at = strstr(at, "\"purpose\": \"profiling\"")) != NULL; at++) {
        count++;
    }
    expect(count == 3, "%zu records", count);
    candor_job_end(one);

    /* An older yes that is imported later does not undo the newer no. */
    DONE(candor_consent(job, company.candor, "anna", "profiling", NULL, "withdraw", "form", NULL,
                        &report));
    must(import("consents",
                "identifier,purpose,decision,time\nanna,profiling,given,2026-01-01T00:00:00Z\n",
                text) == CANDOR_OK);
    expect(permit_is("anna", "profiling", NULL, "withdrawn"), "the no stays");
}

/* ---- Unomi: who is asking is left to a proxy ------------------------------------------------- */

static void a_call_needs_a_key_and_a_key_allows_what_its_roles_allow(void **state)
{
    struct candor_text report;
    char key[128] = "";
    (void)state;
    struct job *job = candor_job_begin();
    must(candor_key_add(job, company.candor, "kiosk", "machine", 1, &report) == CANDOR_OK);
    must(sscanf(strstr(report.ptr, "\"key\": \"") + 8, "%100[a-z0-9_]", key) == 1);
    expect(candor_key_use(job, company.candor, "cnd_0", "decide") == CANDOR_NOT_FOUND, "no key");
    job_forgive(job);
    expect(candor_key_use(job, company.candor, "", "decide") == CANDOR_NOT_FOUND, "empty");
    job_forgive(job);
    expect(candor_key_use(job, company.candor, key, "subject.read") == CANDOR_FORBIDDEN,
           "not its role");
    job_forgive(job);
    expect(candor_key_use(job, company.candor, key, "decide") == CANDOR_OK, "its role");
    must(candor_key_revoke(job, company.candor, "kiosk", &report) == CANDOR_OK);
    expect(candor_key_use(job, company.candor, key, "decide") == CANDOR_NOT_FOUND, "revoked");
    candor_job_end(job);
}

/* ---- Fides: a purpose that is missing --------------------------------------------------------- */

static void a_field_without_a_purpose_is_of_no_use(void **state)
{
    static const char loose[] =
        "candor: 1\nchannels: [email]\npurposes:\n"
        "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: "
        "[email]}\n"
        "subjects:\n  fields: [{name: email, pii: email}]\n"
        "campaigns:\n"
        "  - {name: spring, purpose: news, channel: email, address: email, offers: [{name: gift,"
        " title: A gift}]}\n";
    struct company other;
    struct candor *candor = NULL;
    char path[128];
    (void)state;
    company_found(&other);
    company_write(&other, "home/candor.yaml", loose, path);
    struct job *job = candor_job_begin();
    expect(candor_open(job, other.home, "ana", &candor) == CANDOR_BAD_INPUT,
           "a campaign cannot use it");
    expect(strstr(candor_job_message(job), "line 8") != NULL, "%s", candor_job_message(job));
    candor_job_end(job);
    company_end(&other);
}

/* ---- Fides: proof of who asks, switched off in a file ----------------------------------------- */

static const char no_proof[] =
    "governance:\n"
    "  team: [{operator: bea, function: Lead}]\n"
    "  review: [policies]\n"
    "jurisdictions:\n"
    "  - {jurisdiction: eu, right: access, answer: 1 month, acknowledge: none, extension: none,\n"
    "     appeal: none, pause: true, proof: none, mode: opt_in, source: ours, date: '2026-11-28'}\n"
    "  - {jurisdiction: mars, right: access, answer: 1 month, acknowledge: none, extension: none,\n"
    "     appeal: none, pause: true, proof: none, mode: opt_in, source: ours, date: "
    "'2026-11-28'}\n";

static void id_of(const struct candor_text *report, char id[33])
{
    const char *at = strstr(report->ptr, "\"id\": \"");
    must(at != NULL && sscanf(at + 7, "%32[0-9a-f]", id) == 1);
}

/* A request for everything about anna, answered with nothing known of who asks. */
static enum candor_status read_unproven(const struct company *of, const char *jurisdiction)
{
    const struct candor_request_ask ask = {
        .identifier = "anna", .right = "access", .jurisdiction = jurisdiction};
    const struct candor_request_answer nothing = {0};
    struct candor_text report = {"", 0};
    char id[33] = "";
    struct job *job = candor_job_begin();
    expect(candor_request_open(job, of->candor, &ask, &report) == CANDOR_OK, "%s",
           candor_job_message(job));
    id_of(&report, id);
    const enum candor_status status = candor_request_answer(job, of->candor, id, &nothing, &report);
    expect(status == CANDOR_OK || strstr(candor_job_message(job), "'match'") != NULL, "%s",
           candor_job_message(job));
    candor_job_end(job);
    return status;
}

static enum candor_status approve(const struct company *of, const char *id)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    const enum candor_status status =
        candor_board_act(job, of->candor, id, "approve", "we know them all", NULL, &report);
    candor_job_end(job);
    return status;
}

static void proof_of_who_asks_is_switched_off_by_two_or_not_at_all(void **state)
{
    struct company other;
    struct candor_text report = {"", 0};
    char policy[8192];
    char path[128];
    char id[33] = "";
    (void)state;
    company_begin(&other);
    company_import(&other, "subjects", STR("identifier,email\nanna,a@x.example\n"));
    DONE(candor_operator_add(job, other.candor, "bea", "approver,privacy", &report));
    company_close(&other);
    (void)snprintf(policy, sizeof policy, "%s%s", company_policy, no_proof);
    company_write(&other, "home/candor.yaml", policy, path);
    company_open(&other);
    expect(read_unproven(&other, "eu") == CANDOR_REFUSED, "a file alone switches nothing off");
    expect(read_unproven(&other, "mars") == CANDOR_REFUSED, "nor for a place of its own");

    struct job *one = candor_job_begin();
    must(candor_board_propose(one, other.candor, "policy", NULL, NULL, NULL, &report) == CANDOR_OK);
    id_of(&report, id);
    candor_job_end(one);
    expect(approve(&other, id) == CANDOR_FORBIDDEN, "nor does one person");
    expect(read_unproven(&other, "eu") == CANDOR_REFUSED, "who proposed it");
    company_close(&other);
    DONE(candor_open(job, other.home, "bea", &other.candor));
    expect(approve(&other, id) == CANDOR_OK, "the second one");
    expect(read_unproven(&other, "eu") == CANDOR_OK, "two people did");
    expect(read_unproven(&other, "mars") == CANDOR_OK, "there too");

    company_close(&other);
    char *days = strstr(policy, "valid_days: 365");
    must(days != NULL);
    days[strlen("valid_days: ")] = '2';
    company_write(&other, "home/candor.yaml", policy, path);
    company_open(&other);
    expect(read_unproven(&other, "eu") == CANDOR_REFUSED, "what they signed is no more");
    company_end(&other);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_missing_consent_denies_and_is_counted),
        cmocka_unit_test(a_consent_that_cannot_be_read_is_left_out_and_told),
        cmocka_unit_test(a_damaged_record_allows_nothing),
        cmocka_unit_test(an_input_that_is_accepted_is_used_else_it_is_refused),
        cmocka_unit_test(without_a_person_nothing_personal_is_stored),
        cmocka_unit_test(a_yes_without_a_date_is_no_yes),
        cmocka_unit_test(a_no_without_a_date_is_a_no),
        cmocka_unit_test(only_a_consent_record_makes_consent_and_none_is_ever_changed),
        cmocka_unit_test(a_call_needs_a_key_and_a_key_allows_what_its_roles_allow),
        cmocka_unit_test(a_field_without_a_purpose_is_of_no_use),
        cmocka_unit_test(proof_of_who_asks_is_switched_off_by_two_or_not_at_all),
    };
    return cmocka_run_group_tests_name("closed", test, begin, end);
}
