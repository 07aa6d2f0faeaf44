/*
 * test_consenting.c - choices through the public door: recipients, double opt-in, guardians, asking
 * again, and the fence at the hand-over.
 */
#include "company.h"
#include "consenting.h"

static const char policy[] =
    "candor: 1\n"
    "name: Test\n"
    "channels: [email, sms]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email, "
    "sms]}\n"
    "  - {name: letters, basis: consent, wording: Letters?, wording_version: '1', channels: "
    "[email],"
    " double_opt_in: true, confirm_days: 3}\n"
    "  - {name: profiling, basis: consent, wording: Look?, wording_version: '1'}\n"
    "  - {name: 'share:acme', basis: consent, wording: Share?, wording_version: '1'}\n"
    "  - {name: protection, basis: legal_obligation}\n"
    "recipients:\n"
    "  - {name: mailer, role: processor, contract: c, country: IE, purposes: [news]}\n"
    "  - {name: brand, contract: d, country: IE, purposes: [news, profiling]}\n"
    "  - {name: acme, contract: e, country: IE, purposes: ['share:acme']}\n"
    "children: {purpose: protection, birth: born, country: country, default_country: IE}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: email, pii: email, purposes: [news]}\n"
    "    - {name: born, type: date, purposes: [protection]}\n"
    "    - {name: country, type: category, purposes: [protection]}\n"
    "campaigns:\n"
    "  - {name: spring, purpose: news, channel: email, address: email,"
    " offers: [{name: gift, title: A gift}]}\n";

static struct company company;

static int begin(void **state)
{
    char path[128];
    (void)state;
    company_found(&company);
    company_write(&company, "home/candor.yaml", policy, path);
    company_open(&company);
    company_import(&company, "subjects",
                   STR("identifier,email,born,country\n"
                       "adult,a@x.example,1980-01-01,\n"
                       "child,b@x.example,2015-01-01,\n"
                       "teen,c@x.example,2011-06-01,ES\n"
                       "unknown,d@x.example,,\n"));
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

/* ---- small words --------------------------------------------------------------------------- */

static char said_text[4096]; /* the report, or the message, of the last call */

static enum candor_status keep(struct job *job, enum candor_status status,
                               struct candor_text report)
{
    (void)snprintf(said_text, sizeof said_text, "%s",
                   status == CANDOR_OK ? report.ptr : candor_job_message(job));
    candor_job_end(job);
    return status;
}

static enum candor_status choose(struct candor_choice choice)
{
    struct job *job = candor_job_begin();
    struct candor_text report = {"", 0};
    const enum candor_status status = candor_choose(job, company.candor, &choice, &report);
    char token[64] = "";
    const char *found = status == CANDOR_OK ? strstr(report.ptr, "\"confirm_token\": \"") : NULL;
    if (found != NULL) {
        (void)sscanf(found, "\"confirm_token\": \"%63[0-9a-f]", token);
        report.ptr = token;
    }
    return keep(job, status, report);
}

static enum candor_status say(const char *identifier, const char *purpose, const char *channel,
                              const char *recipient, const char *decision)
{
    return choose((struct candor_choice){.identifier = identifier,
                                         .purpose = purpose,
                                         .channel = channel,
                                         .recipient = recipient,
                                         .decision = decision});
}

static const char *permit(const char *identifier, const char *purpose, const char *channel,
                          const char *recipient)
{
    static char code[64];
    const struct candor_choice question = {
        .identifier = identifier, .purpose = purpose, .channel = channel, .recipient = recipient};
    struct job *job = candor_job_begin();
    bool allowed = false;
    const char *found = NULL;
    const enum candor_status status =
        candor_permit_for(job, company.candor, &question, &allowed, &found);
    (void)snprintf(code, sizeof code, "%s",
                   status == CANDOR_OK ? found : candor_status_name(status));
    candor_job_end(job);
    return code;
}

static bool permit_is(const char *identifier, const char *purpose, const char *channel,
                      const char *recipient, const char *code)
{
    const char *found = permit(identifier, purpose, channel, recipient);
    if (strcmp(found, code) != 0) {
        print_error("%s %s %s %s: %s, not %s\n", identifier, purpose, channel,
                    recipient == NULL ? "-" : recipient, found, code);
        return false;
    }
    return true;
}

static enum candor_status confirm(const char *token)
{
    struct job *job = candor_job_begin();
    struct candor_text report = {"", 0};
    const enum candor_status status = candor_consent_confirm(job, company.candor, token, &report);
    return keep(job, status, report);
}

/* ---- recipients ---------------------------------------------------------------------------- */

static void a_yes_that_names_nobody_allows_a_processor_and_no_third_party(void **state)
{
    (void)state;
    must(say("adult", "news", "email", NULL, "give") == CANDOR_OK);
    expect(permit_is("adult", "news", "email", NULL, "ok_consent"), "ourselves");
    expect(permit_is("adult", "news", "email", "mailer", "ok_consent"), "the processor");
    expect(permit_is("adult", "news", "email", "brand", "no_consent"), "the third party");
    expect(permit_is("adult", "news", "sms", "mailer", "no_consent"), "another channel");
    expect(permit_is("adult", "profiling", NULL, "mailer", "bad_input"), "not its purpose");
    must(say("adult", "news", "email", "brand", "give") == CANDOR_OK);
    expect(permit_is("adult", "news", "email", "brand", "ok_consent"), "named");
    expect(permit_is("adult", "profiling", NULL, "brand", "no_consent"), "for this purpose only");
}

static void a_no_to_one_recipient_leaves_the_others_and_a_no_to_all_takes_all(void **state)
{
    (void)state;
    must(say("adult", "news", NULL, "mailer", "object") == CANDOR_OK);
    expect(permit_is("adult", "news", "email", "mailer", "objected"), "the one");
    expect(permit_is("adult", "news", "email", NULL, "ok_consent"), "ourselves still");
    expect(permit_is("adult", "news", "email", "brand", "ok_consent"), "the other still");
    must(say("adult", "news", NULL, NULL, "withdraw") == CANDOR_OK);
    expect(permit_is("adult", "news", "email", "brand", "withdrawn"), "the other too");
    must(say("adult", "news", "email", NULL, "give") == CANDOR_OK);
    expect(permit_is("adult", "news", "email", "brand", "withdrawn"), "a new yes names nobody");
    expect(permit_is("adult", "news", "email", "mailer", "objected"), "nor lifts an objection");
}

static void sharing_with_a_named_recipient_is_its_own_purpose(void **state)
{
    (void)state;
    must(say("adult", "share:acme", NULL, "acme", "give") == CANDOR_OK);
    expect(permit_is("adult", "share:acme", NULL, NULL, "ok_consent"), "one and the same");
    expect(permit_is("adult", "share:acme", NULL, "acme", "ok_consent"), "by name");
    expect(say("adult", "share:acme", NULL, "brand", "give") == CANDOR_BAD_INPUT, "another");
    expect(strstr(said_text, "it has: ") != NULL, "%s", said_text);
}

/* ---- double opt-in ------------------------------------------------------------------------- */

static void a_yes_counts_once_its_token_comes_back(void **state)
{
    char token[64];
    (void)state;
    must(say("adult", "letters", "email", NULL, "give") == CANDOR_OK);
    (void)snprintf(token, sizeof token, "%.63s", said_text);
    expect(strlen(token) == 2 * TOKEN_LEN, "a token: %s", token);
    expect(permit_is("adult", "letters", "email", NULL, "pending"), "waiting");
    token[0] = token[0] == 'a' ? 'b' : 'a';
    expect(confirm(token) == CANDOR_NOT_FOUND, "another token");
    expect(permit_is("adult", "letters", "email", NULL, "pending"), "still waiting");
    must(say("adult", "letters", "email", NULL, "give") == CANDOR_OK);
    (void)snprintf(token, sizeof token, "%.63s", said_text);
    expect(confirm(token) == CANDOR_OK, "%s", said_text);
    expect(permit_is("adult", "letters", "email", NULL, "ok_consent"), "confirmed");
    expect(confirm(token) == CANDOR_OK && strstr(said_text, "\"confirmed_before\": true") != NULL,
           "twice is once");
    expect(confirm("") == CANDOR_NOT_FOUND && confirm("zz") == CANDOR_NOT_FOUND, "no token");
}

static void a_no_in_between_ends_the_wait(void **state)
{
    char token[64];
    (void)state;
    must(say("adult", "letters", "email", NULL, "give") == CANDOR_OK);
    (void)snprintf(token, sizeof token, "%.63s", said_text);
    must(say("adult", "letters", NULL, NULL, "withdraw") == CANDOR_OK);
    expect(confirm(token) == CANDOR_REFUSED, "%s", said_text);
    expect(permit_is("adult", "letters", "email", NULL, "withdrawn"), "withdrawn");
}

static int64_t days_ahead;

static int64_t now_ahead(struct host *host)
{
    (void)host;
    return host_real()->now(host_real()) + days_ahead * MICROS_PER_DAY;
}

static bool real_entropy(struct host *host, void *target, size_t len)
{
    (void)host;
    return host_real()->entropy(host_real(), target, len);
}

static void a_token_dies(void **state)
{
    struct host host = {.now = now_ahead, .entropy = real_entropy};
    struct job job;
    struct candor_text report;
    char token[64];
    (void)state;
    must(say("adult", "letters", "email", NULL, "give") == CANDOR_OK);
    (void)snprintf(token, sizeof token, "%.63s", said_text);
    days_ahead = 3;
    job_begin(&job, &host);
    expect(candor_consent_confirm(&job, company.candor, token, &report) == CANDOR_REFUSED, "%s",
           job.message);
    job_end(&job);
    days_ahead = 2;
    job_begin(&job, &host);
    expect(candor_consent_confirm(&job, company.candor, token, &report) == CANDOR_OK, "%s",
           job.message);
    job_end(&job);
}

static void an_imported_yes_without_proof_of_its_confirmation_waits(void **state)
{
    (void)state;
    company_import(&company, "consents",
                   STR("identifier,purpose,decision,time,channel,proof\n"
                       "teen,letters,given,2026-11-27T10:00:00Z,email,\n"));
    expect(permit_is("teen", "letters", "email", NULL, "pending"), "no yes");
}

/* ---- how the notice looked --------------------------------------------------------------------- */

#define NOTICE "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const char *evidence_text(struct job *job, const char *defaults)
{
    const char *text = NULL;
    const struct candor_ui_evidence evidence = {.notice = NOTICE,
                                                .buttons = "refuse/accept",
                                                .sizes = "equal",
                                                .defaults = defaults,
                                                .locale = "de-AT",
                                                .screen = "phone"};
    must(candor_ui_evidence_text(job, &evidence, &text) == CANDOR_OK);
    return text;
}

static enum candor_status say_on(const char *defaults, const char *purpose, const char *decision)
{
    struct job job;
    job_begin(&job, host_real());
    const enum candor_status status =
        choose((struct candor_choice){.identifier = "adult",
                                      .purpose = purpose,
                                      .decision = decision,
                                      .ui_evidence = evidence_text(&job, defaults)});
    job_end(&job);
    return status;
}

static void evidence_is_kept_with_the_choice(void **state)
{
    static const char kept[] = "\"ui_evidence\": \"notice=" NOTICE " buttons=refuse/accept "
                               "sizes=equal defaults=off locale=de-AT screen=phone\"";
    char token[64];
    (void)state;
    expect(say_on("off", "news", "give") == CANDOR_OK && strstr(said_text, kept) != NULL, "%s",
           said_text);
    expect(say_on("off", "letters", "give") == CANDOR_OK, "%s", said_text);
    (void)snprintf(token, sizeof token, "%.63s", said_text);
    expect(confirm(token) == CANDOR_OK && strstr(said_text, kept) != NULL, "confirmed: %s",
           said_text);
    expect(say("adult", "news", NULL, NULL, "give") == CANDOR_OK &&
               strstr(said_text, "\"ui_evidence\": null") != NULL,
           "without: %s", said_text);
}

static void boxes_ticked_beforehand_are_no_yes(void **state)
{
    (void)state;
    must(say("adult", "profiling", NULL, NULL, "withdraw") == CANDOR_OK);
    expect(say_on("on", "profiling", "give") == CANDOR_REFUSED, "%s", said_text);
    expect(permit_is("adult", "profiling", NULL, NULL, "withdrawn"), "nothing changed");
    expect(say_on("on", "letters", "give") == CANDOR_REFUSED, "nor asked to confirm");
    expect(say_on("on", "profiling", "refuse") == CANDOR_OK, "a no counts: %s", said_text);
}

static void other_words_are_no_evidence(void **state)
{
    struct job job;
    const char *text = NULL;
    struct candor_ui_evidence evidence = {.notice = NOTICE, .buttons = "accept"};
    (void)state;
    expect(choose((struct candor_choice){.identifier = "adult",
                                         .purpose = "news",
                                         .decision = "give",
                                         .ui_evidence = "adult@example.org"}) == CANDOR_BAD_INPUT &&
               strstr(said_text, "ui_evidence needs 'notice='") != NULL &&
               strstr(said_text, "adult@") == NULL,
           "%s", said_text);
    job_begin(&job, host_real());
    expect(candor_ui_evidence_text(&job, &evidence, &text) == CANDOR_BAD_INPUT && text == NULL,
           "parts are missing");
    expect(strstr(job.message, "'sizes='") != NULL, "%s", job.message);
    job_end(&job);
}

static void an_imported_no_is_kept_without_what_cannot_be_read(void **state)
{
    (void)state;
    must(say("adult", "news", NULL, NULL, "give") == CANDOR_OK);
    must(say("adult", "profiling", NULL, NULL, "withdraw") == CANDOR_OK);
    company_import(&company, "consents",
                   STR("identifier,purpose,decision,time,ui_evidence\n"
                       "adult,profiling,given,,not evidence\n"
                       "adult,profiling,given,,notice=" NOTICE
                       " buttons=accept sizes=equal defaults=on locale=de screen=phone\n"
                       "adult,news,withdrawn,,not evidence\n"));
    expect(permit_is("adult", "profiling", NULL, NULL, "withdrawn"), "no yes");
    expect(permit_is("adult", "news", "email", NULL, "withdrawn"), "the no");
}

/* ---- children ------------------------------------------------------------------------------ */

static void a_child_says_yes_through_a_guardian_with_proof(void **state)
{
    (void)state;
    expect(say("child", "profiling", NULL, NULL, "give") == CANDOR_REFUSED, "alone");
    expect(say("unknown", "profiling", NULL, NULL, "give") == CANDOR_REFUSED, "of no known age");
    expect(choose((struct candor_choice){.identifier = "child",
                                         .purpose = "profiling",
                                         .decision = "give",
                                         .actor = "guardian"}) == CANDOR_BAD_INPUT,
           "no proof");
    expect(permit_is("child", "profiling", NULL, NULL, "no_consent"), "nothing was written");
    expect(choose((struct candor_choice){.identifier = "child",
                                         .purpose = "profiling",
                                         .decision = "give",
                                         .actor = "guardian",
                                         .proof = "form 7"}) == CANDOR_OK,
           "%s", said_text);
    expect(permit_is("child", "profiling", NULL, NULL, "ok_consent"), "the guardian's");
    expect(say("child", "profiling", NULL, NULL, "withdraw") == CANDOR_OK,
           "a child may always say no");
    expect(say("teen", "profiling", NULL, NULL, "give") == CANDOR_OK, "15 in Spain, of 14");
}

static void an_imported_yes_of_a_child_allows_nothing(void **state)
{
    (void)state;
    company_import(&company, "consents",
                   STR("identifier,purpose,decision,time,channel,actor,proof\n"
                       "child,news,given,2026-01-01T00:00:00Z,email,,x\n"
                       "unknown,news,given,2026-01-01T00:00:00Z,email,,x\n"));
    expect(permit_is("child", "news", "email", NULL, "child"), "the child");
    expect(permit_is("unknown", "news", "email", NULL, "age_unknown"), "nobody knows");
}

static void a_corrected_date_of_birth_takes_effect(void **state)
{
    struct candor_text report;
    (void)state;
    DONE(candor_subject_correct(job, company.candor, "teen", "born", "2015-06-01", &report));
    expect(permit_is("teen", "profiling", NULL, NULL, "child"), "eleven after all");
    DONE(candor_subject_correct(job, company.candor, "teen", "born", "2001-06-01", &report));
    expect(permit_is("teen", "profiling", NULL, NULL, "ok_consent"), "grown up");
}

/* ---- asking again -------------------------------------------------------------------------- */

static bool may_ask(const char *identifier, const char *purpose, const char *reason)
{
    const struct candor_choice question = {.identifier = identifier, .purpose = purpose};
    struct job *job = candor_job_begin();
    struct candor_text report = {"", 0};
    char wanted[64];
    bool may = false;
    const enum candor_status status = candor_may_ask(job, company.candor, &question, &may, &report);
    (void)keep(job, status, report);
    (void)snprintf(wanted, sizeof wanted, "\"ask_reason\": \"%s\"", reason);
    expect(status == CANDOR_OK && strstr(said_text, wanted) != NULL, "%s", said_text);
    return may;
}

static void who_said_no_is_not_asked_again_soon(void **state)
{
    (void)state;
    company_import(&company, "subjects",
                   STR("identifier,email,born\nfresh,f@x.example,1990-01-01\n"));
    expect(may_ask("fresh", "profiling", "never_asked"), "never asked");
    must(say("fresh", "profiling", NULL, NULL, "defer") == CANDOR_OK);
    expect(!may_ask("fresh", "profiling", "deferred"), "put off");
    must(say("fresh", "profiling", NULL, NULL, "refuse") == CANDOR_OK);
    expect(!may_ask("fresh", "profiling", "said_no"), "said no");
    must(say("fresh", "news", "sms", NULL, "refuse") == CANDOR_OK);
    expect(!may_ask("fresh", "news", "said_no"), "on one of its channels");
    must(say("fresh", "news", NULL, NULL, "object") == CANDOR_OK);
    expect(!may_ask("fresh", "news", "objected"), "for ever");
}

/* ---- the fence ----------------------------------------------------------------------------- */

static bool decide(char id[33])
{
    const struct candor_question question = {.identifier = "adult", .campaign = "spring"};
    struct job *job = candor_job_begin();
    struct candor_answer answer;
    const enum candor_status status =
        candor_decide_many(job, company.candor, &question, 1, &answer);
    expect(status == CANDOR_OK && answer.status == CANDOR_OK, "%s", candor_job_message(job));
    for (size_t i = 0; i < 16; i++) {
        (void)snprintf(id + 2 * i, 3, "%02x", answer.id[i]);
    }
    const bool send = answer.send;
    candor_job_end(job);
    return send;
}

static enum candor_status handoff(const char *identifier, const char *id)
{
    struct job *job = candor_job_begin();
    struct candor_text report = {"", 0};
    const enum candor_status status = candor_handoff(job, company.candor, identifier, id, &report);
    return keep(job, status, report);
}

static void what_was_decided_is_handed_over_once(void **state)
{
    char id[33];
    (void)state;
    must(say("adult", "news", "email", NULL, "give") == CANDOR_OK);
    expect(decide(id), "send");
    expect(handoff("adult", "12") == CANDOR_BAD_INPUT, "no id");
    expect(handoff("adult", "00000000000000000000000000000000") == CANDOR_NOT_FOUND, "no decision");
    expect(handoff("teen", id) == CANDOR_NOT_FOUND, "somebody else's");
    expect(handoff("adult", id) == CANDOR_OK, "%s", said_text);
    expect(strstr(said_text, "a@x.example") != NULL, "with the address: %s", said_text);
    expect(handoff("adult", id) == CANDOR_EXISTS, "twice");
}

static void what_was_decided_before_a_no_is_refused_for_ever(void **state)
{
    char id[33];
    char later[33];
    (void)state;
    expect(decide(id), "send");
    must(say("adult", "news", "email", NULL, "withdraw") == CANDOR_OK);
    expect(handoff("adult", id) == CANDOR_REFUSED && strstr(said_text, "withdrawn:") == said_text,
           "%s", said_text);
    must(say("adult", "news", "email", NULL, "give") == CANDOR_OK);
    expect(handoff("adult", id) == CANDOR_REFUSED && strstr(said_text, "superseded:") == said_text,
           "%s", said_text);
    expect(decide(later), "send again");
    expect(handoff("adult", later) == CANDOR_OK, "%s", said_text);
}

static void a_decision_is_good_for_a_day(void **state)
{
    struct host host = {.now = now_ahead, .entropy = real_entropy};
    struct job job;
    struct candor_text report;
    char id[33];
    (void)state;
    expect(decide(id), "send");
    days_ahead = 1;
    job_begin(&job, &host);
    expect(candor_handoff(&job, company.candor, "adult", id, &report) == CANDOR_REFUSED, "%s",
           job.message);
    expect(strncmp(job.message, "expired:", 8) == 0, "%s", job.message);
    job_end(&job);
}

/* ---- what is refused ----------------------------------------------------------------------- */

static void what_is_given_is_used_or_refused(void **state)
{
    char long_text[CELL_TEXT_MAX + 2];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    const struct {
        const char *what;
        struct candor_choice choice;
    } row[] = {
        {"purpose", {.identifier = "adult", .purpose = "nws", .decision = "give"}},
        {"no purpose", {.identifier = "adult", .decision = "give"}},
        {"channel",
         {.identifier = "adult", .purpose = "news", .channel = "fax", .decision = "give"}},
        {"recipient",
         {.identifier = "adult", .purpose = "news", .recipient = "nobody", .decision = "give"}},
        {"decision", {.identifier = "adult", .purpose = "news", .decision = "maybe"}},
        {"requested by hand", {.identifier = "adult", .purpose = "news", .decision = "requested"}},
        {"actor", {.identifier = "adult", .purpose = "news", .decision = "give", .actor = "dog"}},
        {"import by hand",
         {.identifier = "adult", .purpose = "news", .decision = "give", .actor = "import"}},
        {"language",
         {.identifier = "adult", .purpose = "news", .decision = "give", .language = "xx"}},
        {"surface",
         {.identifier = "adult", .purpose = "news", .decision = "give", .surface = "\xff"}},
        {"proof",
         {.identifier = "adult", .purpose = "news", .decision = "give", .proof = long_text}},
    };
    struct candor_figures before;
    struct candor_figures after;
    (void)state;
    candor_figures(company.candor, &before);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(choose(row[i].choice) == CANDOR_BAD_INPUT, "%s: %s", row[i].what, said_text);
    }
    candor_figures(company.candor, &after);
    expect(before.ledger_entries == after.ledger_entries, "nothing was written");
}

/* ---- a clock that was set back ----------------------------------------------------------------- */

static void say_later(int64_t hours, const char *purpose, const char *decision)
{
    const struct candor_choice choice = {
        .identifier = "adult", .purpose = purpose, .decision = decision};
    struct candor_text report;
    struct job *job = candor_job_begin();
    job->now += hours * 3600 * MICROS_PER_SECOND;
    expect(candor_choose(job, company.candor, &choice, &report) == CANDOR_OK, "%s: %s", decision,
           candor_job_message(job));
    candor_job_end(job);
}

static const char *permit_later(int64_t hours, const char *purpose)
{
    const struct candor_choice question = {.identifier = "adult", .purpose = purpose};
    struct job *job = candor_job_begin();
    bool allowed = false;
    const char *code = "";
    job->now += hours * 3600 * MICROS_PER_SECOND;
    expect(candor_permit_for(job, company.candor, &question, &allowed, &code) == CANDOR_OK, "%s",
           candor_job_message(job));
    candor_job_end(job);
    return code;
}

/* Whatever the clock does, what was said last is a no, now and when the clock is where it was. */
static void a_no_holds_though_the_clock_was_set_back(void **state)
{
    static const char *const no[][2] = {
        {"withdraw", "withdrawn"}, {"refuse", "refused"}, {"object", "objected"}};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        say_later(5 + 10 * (int64_t)i, "profiling", "give");
        expect(str_is(str_of(permit_later(6 + 10 * (int64_t)i, "profiling")), "ok_consent"),
               "allowed before");
        say_later(0, "profiling", no[i][0]);
        for (int64_t hours = 0; hours <= 50; hours += 5) {
            expect(str_is(str_of(permit_later(hours, "profiling")), no[i][1]), "%s, %d: %s",
                   no[i][0], (int)hours, permit_later(hours, "profiling"));
        }
    }
    say_later(60, "profiling", "give");
    say_later(60, NULL, "restrict");
    say_later(61, NULL, "unrestrict");
    say_later(0, NULL, "restrict");
    expect(str_is(str_of(permit_later(70, "profiling")), "restricted"), "%s",
           permit_later(70, "profiling"));
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_yes_that_names_nobody_allows_a_processor_and_no_third_party),
        cmocka_unit_test(a_no_to_one_recipient_leaves_the_others_and_a_no_to_all_takes_all),
        cmocka_unit_test(sharing_with_a_named_recipient_is_its_own_purpose),
        cmocka_unit_test(a_yes_counts_once_its_token_comes_back),
        cmocka_unit_test(a_no_in_between_ends_the_wait),
        cmocka_unit_test(a_token_dies),
        cmocka_unit_test(an_imported_yes_without_proof_of_its_confirmation_waits),
        cmocka_unit_test(evidence_is_kept_with_the_choice),
        cmocka_unit_test(boxes_ticked_beforehand_are_no_yes),
        cmocka_unit_test(other_words_are_no_evidence),
        cmocka_unit_test(an_imported_no_is_kept_without_what_cannot_be_read),
        cmocka_unit_test(a_child_says_yes_through_a_guardian_with_proof),
        cmocka_unit_test(an_imported_yes_of_a_child_allows_nothing),
        cmocka_unit_test(a_corrected_date_of_birth_takes_effect),
        cmocka_unit_test(who_said_no_is_not_asked_again_soon),
        cmocka_unit_test(what_was_decided_is_handed_over_once),
        cmocka_unit_test(what_was_decided_before_a_no_is_refused_for_ever),
        cmocka_unit_test(a_decision_is_good_for_a_day),
        cmocka_unit_test(what_is_given_is_used_or_refused),
        cmocka_unit_test(a_no_holds_though_the_clock_was_set_back),
    };
    return cmocka_run_group_tests_name("consenting", test, begin, end);
}
