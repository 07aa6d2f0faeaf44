/*
 * test_request.c - rights requests through candor.h: each right is executed, not only ticketed.
 */
#include "company.h"

/* Purposes of every kind, a recipient, a sensitive field, a derived one. */
static const char policy[] =
    "candor: 1\n"
    "name: Rights\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email],"
    " direct_marketing: true}\n"
    "  - {name: profiling, basis: consent, wording: May we look?, wording_version: '1',"
    " direct_marketing: false}\n"
    "  - {name: training, basis: consent, wording: May we learn?, wording_version: '1',"
    " direct_marketing: false}\n"
    "  - {name: research, basis: legitimate_interest, direct_marketing: false}\n"
    "  - {name: 'share:acme', basis: consent, wording: May Acme have it?, wording_version: '1',"
    " direct_marketing: false}\n"
    "  - {name: service, basis: contract}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: email, pii: email, purposes: [news, service, 'share:acme']}\n"
    "    - {name: age, type: number, min: 0, max: 120, purposes: [profiling, training]}\n"
    "    - {name: illness, type: category, sensitivity: special, protected: false,"
    " purposes: [profiling]}\n"
    "    - {name: wealth, type: number, origin: inferred, purposes: [profiling]}\n"
    "events:\n"
    "  - name: bought\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: amount, type: number, min: 0, max: 1000}]\n"
    "  - name: answer\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: yes, type: boolean}]\n"
    "features:\n"
    "  - {name: age, measure: field, field: age}\n"
    "  - {name: illness, measure: field, field: illness}\n"
    "  - {name: bought_days, measure: count, event: bought, days: 3650}\n"
    "models:\n"
    "  - name: lead\n"
    "    training: training\n"
    "    uses: profiling\n"
    "    target: {event: answer, property: yes}\n"
    "    features: [age, bought_days]\n"
    "    seed: 7\n"
    "campaigns:\n"
    "  - name: spring\n"
    "    purpose: news\n"
    "    channel: email\n"
    "    uses: profiling\n"
    "    model: lead\n"
    "    address: email\n"
    "    audience: {all: [{feature: age, at_least: 0}]}\n"
    "    offers: [{name: gift, title: A gift}]\n"
    "  - name: clinic\n"
    "    purpose: news\n"
    "    channel: email\n"
    "    uses: profiling\n"
    "    address: email\n"
    "    audience: {all: [{feature: illness, equals: flu}]}\n"
    "    offers: [{name: gift, title: A gift}]\n"
    "rights: {jurisdiction: eu, holidays: ['2026-12-25']}\n";

enum { CROWD = 300 };

/* ---- a company ----------------------------------------------------------------------------- */

static void import_crowd(struct company *company)
{
    struct job job;
    job_begin(&job, host_real());
    struct buf people = buf_begin(job.arena);
    struct buf said = buf_begin(job.arena);
    struct buf done = buf_begin(job.arena);
    buf_lit(&people, LIT("identifier,email,age,illness,wealth\n"));
    buf_lit(&said, LIT("identifier,purpose,decision,time\n"));
    buf_lit(&done, LIT("identifier,event,time,yes\n"));
    for (unsigned i = 0; i < CROWD; i++) {
        buf_format(&people, "C%u,c%u@example.org,%u,%s,%u\n", i, i, 20 + i % 60,
                   i % 2 == 0 ? "flu" : "none", i);
        static const char *const purpose[] = {"news", "profiling", "training", "share:acme"};
        for (size_t p = 0; p < 4; p++) {
            buf_format(&said, "C%u,%s,given,2026-01-02\n", i, purpose[p]);
        }
        buf_format(&done, "C%u,answer,2026-02-01,%s\n", i, i % 60 < 30 ? "true" : "false");
    }
    company_import(company, "subjects", buf_text(&people));
    company_import(company, "consents", buf_text(&said));
    company_import(company, "events", buf_text(&done));
    job_end(&job);
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
    struct company *company = *state;
    company_end(company);
    free(company);
    return 0;
}

/* ---- asking -------------------------------------------------------------------------------- */

/* A report kept with the job that owns it, and read. */
struct told {
    struct job *job;
    enum candor_status status;
    const struct value *root;
    struct candor_text text;
};

static struct told told_by(struct job *job, enum candor_status status, struct candor_text text)
{
    struct told told = {.job = job, .status = status, .text = text};
    if (status == CANDOR_OK && text.ptr != NULL) {
        static const struct text_limits limits = {.size_max = 1 << 28};
        must(json_read(job, (struct bytes){(const uint8_t *)text.ptr, text.len}, &limits, "report",
                       &told.root) == CANDOR_OK);
    }
    return told;
}

static void done_with(struct told *told)
{
    candor_job_end(told->job);
}

static struct told ask(struct company *company, const char *who, const char *right,
                       const char *argument)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const struct candor_request_ask asked = {
        .identifier = who, .right = right, .argument = argument, .suppress = true};
    const enum candor_status status = candor_request_open(job, company->candor, &asked, &text);
    return told_by(job, status, text);
}

static struct told step(struct company *company, const char *id, const char *name, const char *code,
                        const char *note)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const enum candor_status status =
        candor_request_step(job, company->candor, id, name, code, note, &text);
    return told_by(job, status, text);
}

static struct told answer(struct company *company, const char *id,
                          const struct candor_request_answer *with)
{
    static const struct candor_request_answer nothing = {0};
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const enum candor_status status =
        candor_request_answer(job, company->candor, id, with == NULL ? &nothing : with, &text);
    return told_by(job, status, text);
}

static const struct value *request_of(const struct told *told)
{
    expect(told->status == CANDOR_OK, "%s", candor_job_message(told->job));
    return value_get(told->root, "request");
}

static void id_of(const struct told *told, char id[33])
{
    const struct value *value = value_get(request_of(told), "id");
    must(value != NULL && value->text.len == 32);
    (void)snprintf(id, 33, "%.*s", STR_ARG(value->text));
}

static bool says(const struct value *map, const char *key, const char *text)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_TEXT && str_is(value->text, text);
}

/* Open a request, prove it, and give its id. */
static void open_proven(struct company *company, const char *who, const char *right,
                        const char *argument, char id[33])
{
    struct told opened = ask(company, who, right, argument);
    id_of(&opened, id);
    done_with(&opened);
    struct told proven = step(company, id, "prove", "strong", NULL);
    expect(proven.status == CANDOR_OK, "%s", candor_job_message(proven.job));
    done_with(&proven);
}

static bool may(struct company *company, const char *who, const char *purpose, const char *channel)
{
    bool allowed = false;
    const char *code = NULL;
    DONE(candor_permit(job, company->candor, who, purpose, channel, &allowed, &code));
    return allowed;
}

static struct told decide(struct company *company, const char *who, const char *campaign)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const enum candor_status status =
        candor_decide(job, company->candor,
                      &(struct candor_question){.identifier = who, .campaign = campaign}, &text);
    return told_by(job, status, text);
}

static void expect_decision(struct company *company, const char *who, const char *campaign,
                            const char *code)
{
    struct told told = decide(company, who, campaign);
    expect(told.status == CANDOR_OK, "%s", candor_job_message(told.job));
    expect(says(told.root, "code", code), "%s of %s: %s, not %s", campaign, who,
           value_get(told.root, "code")->text.ptr, code);
    done_with(&told);
}

static void publish(struct company *company)
{
    struct candor_text report;
    DONE(candor_train(job, company->candor, "lead", NULL, &report));
    DONE(candor_model_publish(job, company->candor, "lead", &report));
}

/* ---- access and portability ---------------------------------------------------------------- */

static void access_needs_proof_and_gives_everything(void **state)
{
    struct company *company = *state;
    char id[33];
    struct told opened = ask(company, "C1", "access", NULL);
    id_of(&opened, id);
    expect(says(request_of(&opened), "state", "acknowledged"), "the receipt is given");
    done_with(&opened);
    struct told early = answer(company, id, NULL);
    expect(early.status == CANDOR_REFUSED, "not before it is proven who asks");
    done_with(&early);
    struct told weak = step(company, id, "prove", "contact", NULL);
    done_with(&weak);
    early = answer(company, id, NULL);
    expect(early.status == CANDOR_REFUSED, "a reply to a mail is not enough for everything");
    done_with(&early);
    struct told strong = step(company, id, "prove", "match", NULL);
    done_with(&strong);
    struct told given = answer(company, id, NULL);
    expect(says(request_of(&given), "state", "fulfilled"), "done");
    const struct value *result = value_get(given.root, "result");
    expect(value_get(result, "fields")->count == 4, "every field, also what was inferred");
    expect(value_get(result, "decisions") != NULL && value_get(result, "consents")->count == 4,
           "and the rest");
    expect(value_get(result, "recipients")->count == 1 &&
               says(&value_get(result, "recipients")->item[0], "recipient", "acme"),
           "actual recipients are named");
    expect(value_get(result, "requests")->count == 1 &&
               says(&value_get(result, "requests")->item[0], "state", "fulfilled"),
           "and this request");
    done_with(&given);
}

static void a_copy_to_take_along_holds_no_conclusions(void **state)
{
    struct company *company = *state;
    char id[33];
    open_proven(company, "C2", "portability", NULL, id);
    struct told given = answer(company, id, NULL);
    const struct value *result = value_get(given.root, "result");
    expect(given.status == CANDOR_OK && value_get(result, "fields")->count == 3,
           "not the inferred one");
    expect(value_get(result, "decisions") == NULL, "no decisions");
    done_with(&given);
}

/* The bytes of a ZIP's files are found by their local headers: stored or deflated, names in plain. */
static void the_zip_has_every_file_and_a_signature(void **state)
{
    struct company *company = *state;
    struct job *job = candor_job_begin();
    struct candor_text zip = {0};
    expect(candor_subject_package(job, company->candor, "C3", false, &zip) == CANDOR_OK, "%s",
           candor_job_message(job));
    static const char *const name[] = {"data.json",  "fields.csv",   "consents.csv",
                                       "index.html", "manifest.txt", "purposes.csv"};
    expect(zip.len > 4 && memcmp(zip.ptr, "PK\3\4", 4) == 0, "it is a ZIP");
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        expect(memmem(zip.ptr, zip.len, name[i], strlen(name[i])) != NULL, "%s", name[i]);
    }
    candor_job_end(job);
}

/* ---- rectification ------------------------------------------------------------------------- */

static void a_correction_says_what_follows_from_it(void **state)
{
    struct company *company = *state;
    char id[33];
    open_proven(company, "C4", "rectification", NULL, id);
    struct told bare = answer(company, id, NULL);
    expect(bare.status == CANDOR_BAD_INPUT, "it needs a field");
    done_with(&bare);
    const struct candor_request_answer wrong = {.field = "age", .value = "999"};
    struct told refused = answer(company, id, &wrong);
    expect(refused.status == CANDOR_BAD_INPUT, "and a value that can be");
    done_with(&refused);
    const struct candor_request_answer right = {.field = "age", .value = "77"};
    struct told given = answer(company, id, &right);
    const struct value *result = value_get(given.root, "result");
    expect(given.status == CANDOR_OK, "%s", candor_job_message(given.job));
    const struct value *changed = value_get(result, "recomputed");
    expect(changed->count == 1 && says(&changed->item[0], "feature", "age") &&
               says(&changed->item[0], "after", "77"),
           "the feature is computed again");
    expect(value_get(result, "recipients")->count == 1, "and acme is to be told");
    done_with(&given);
}

/* ---- erasure ------------------------------------------------------------------------------- */

static void who_was_erased_does_not_come_back_with_a_list(void **state)
{
    struct company *company = *state;
    char id[33];
    char other[33];
    open_proven(company, "C5", "erasure", NULL, id);
    open_proven(company, "C5", "access", NULL, other);
    struct told given = answer(company, id, NULL);
    const struct value *result = value_get(given.root, "result");
    expect(given.status == CANDOR_OK, "%s", candor_job_message(given.job));
    expect(says(request_of(&given), "state", "fulfilled"), "done");
    expect(value_get(result, "certificate") != NULL && value_get(result, "receipt") != NULL,
           "the certificate");
    expect(value_get(result, "recipients_to_tell")->count == 1, "whom to tell");
    expect(value_get(result, "kept")->count == 1, "the mark that they wished for");
    done_with(&given);

    company_import(company, "subjects",
                   STR("identifier,email,age,illness,wealth\nC5,x@example.org,30,flu,1\n"
                       "NEW5,C5@EXAMPLE.ORG,30,flu,1\nNEW6,n6@example.org,30,flu,1\n"));
    struct job *job = candor_job_begin();
    struct candor_text text;
    expect(candor_subject_show(job, company->candor, "C5", &text) == CANDOR_NOT_FOUND, "by name");
    expect(candor_subject_show(job, company->candor, "NEW5", &text) == CANDOR_NOT_FOUND,
           "by address, however it is written");
    expect(candor_subject_show(job, company->candor, "NEW6", &text) == CANDOR_OK, "others come");
    candor_job_end(job);
    struct told late = answer(company, other, NULL);
    expect(says(value_get(request_of(&late), "refusal"), "reason", "no_match"),
           "what was still open is answered: nothing is held");
    done_with(&late);
}

static void a_batch_is_erased_with_one_root_change(void **state)
{
    struct company *company = *state;
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    char path[128];
    company_write(company, "gone.txt", "C10\nC11\nnobody\nC12\nC10\n", path);
    expect(candor_request_erase_batch(job, company->candor, path, false, &text) == CANDOR_OK, "%s",
           candor_job_message(job));
    struct told told = told_by(job, CANDOR_OK, text);
    expect(value_get(told.root, "erased")->integer == 3 &&
               value_get(told.root, "unknown")->integer == 2,
           "three, and two that are not there");
    expect(value_get(told.root, "certificates")->count == 3, "a certificate each");
    done_with(&told);
    job = candor_job_begin();
    expect(candor_subject_show(job, company->candor, "C11", &text) == CANDOR_NOT_FOUND, "gone");
    expect(candor_subject_show(job, company->candor, "C13", &text) == CANDOR_OK, "others stay");
    expect(candor_request_erase_batch(job, company->candor, path, false, &text) == CANDOR_NOT_FOUND,
           "nobody is left");
    candor_job_end(job);
    char bad_line[IDENTIFIER_LEN_MAX + 20];
    memset(bad_line, 'x', sizeof bad_line);
    memcpy(bad_line, "C13\n", 4);
    bad_line[sizeof bad_line - 1] = '\0';
    company_write(company, "bad.txt", bad_line, path);
    job = candor_job_begin();
    expect(candor_request_erase_batch(job, company->candor, path, false, &text) != CANDOR_OK,
           "a line that is no identifier");
    expect(candor_subject_show(job, company->candor, "C13", &text) == CANDOR_OK,
           "and then nobody is erased");
    candor_job_end(job);
}

/* ---- choices ------------------------------------------------------------------------------- */

static void opting_out_is_in_force_when_it_is_opened(void **state)
{
    struct company *company = *state;
    static const struct {
        const char *right;
        const char *purpose;
        const char *channel;
        const char *stays;
    } row[] = {
        {"marketing_objection", "news", "email", "profiling"},
        {"opt_out_sale", "share:acme", NULL, "profiling"},
        {"restriction", "profiling", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        char who[16];
        (void)snprintf(who, sizeof who, "C%zu", 20 + i);
        expect(may(company, who, row[i].purpose, row[i].channel), "before");
        struct told opened = ask(company, who, row[i].right, NULL);
        expect(says(request_of(&opened), "state", "fulfilled"), "%s", row[i].right);
        done_with(&opened);
        expect(!may(company, who, row[i].purpose, row[i].channel), "%s", row[i].right);
        expect(row[i].stays == NULL || may(company, who, row[i].stays, NULL), "no more than that");
    }
}

static void an_objection_holds_everything_until_it_is_weighed(void **state)
{
    struct company *company = *state;
    char id[33];
    for (unsigned upheld = 0; upheld < 2; upheld++) {
        const char *who = upheld == 0 ? "C30" : "C31";
        struct told opened = ask(company, who, "objection", "research");
        id_of(&opened, id);
        done_with(&opened);
        expect(!may(company, who, "research", NULL) && !may(company, who, "profiling", NULL),
               "held: Article 18(1)(d)");
        struct told weighed = upheld == 1 ? answer(company, id, NULL)
                                          : step(company, id, "refuse", "compelling_grounds", NULL);
        expect(weighed.status == CANDOR_OK, "%s", candor_job_message(weighed.job));
        done_with(&weighed);
        expect(may(company, who, "research", NULL) == (upheld == 0), "as it was weighed");
        expect(may(company, who, "profiling", NULL), "the rest goes on");
    }
    struct told wrong = ask(company, "C32", "objection", "profiling");
    expect(wrong.status == CANDOR_BAD_INPUT, "consent is withdrawn, not objected to");
    done_with(&wrong);
}

static void a_hold_does_not_lift_their_own_restriction(void **state)
{
    struct company *company = *state;
    char id[33];
    struct told restricted = ask(company, "C33", "restriction", NULL);
    done_with(&restricted);
    struct told opened = ask(company, "C33", "objection", NULL);
    id_of(&opened, id);
    done_with(&opened);
    struct told weighed = step(company, id, "refuse", "compelling_grounds", NULL);
    done_with(&weighed);
    expect(!may(company, "C33", "profiling", NULL), "it is still restricted");
}

static void limiting_sensitive_data_hides_it_from_decisions(void **state)
{
    struct company *company = *state;
    expect_decision(company, "C40", "clinic", "send");
    struct told opened = ask(company, "C40", "limit_sensitive", NULL);
    expect(says(request_of(&opened), "state", "fulfilled"), "at once");
    done_with(&opened);
    expect_decision(company, "C40", "clinic", "not_in_audience");
    struct job *job = candor_job_begin();
    struct candor_text text;
    must(candor_subject_show(job, company->candor, "C40", &text) == CANDOR_OK);
    expect(memmem(text.ptr, text.len, "flu", 3) != NULL, "they themselves still see it");
    candor_job_end(job);
}

/* ---- machines and people ------------------------------------------------------------------- */

static void review_id(struct company *company, char id[33], size_t *count)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    must(candor_review_list(job, company->candor, &text) == CANDOR_OK);
    struct told told = told_by(job, CANDOR_OK, text);
    const struct value *list = value_get(told.root, "reviews");
    *count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (says(&list->item[i], "verdict", "open")) {
            (void)snprintf(id, 33, "%.*s", STR_ARG(value_get(&list->item[i], "id")->text));
            *count += 1;
        }
    }
    done_with(&told);
}

static enum candor_status judge(struct company *company, const char *id, const char *verdict,
                                const char *reason)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    const enum candor_status status =
        candor_review_decide(job, company->candor, id, verdict, reason, &text);
    candor_job_end(job);
    return status;
}

static void no_machine_decides_alone_for_who_does_not_want_it(void **state)
{
    struct company *company = *state;
    char id[33];
    size_t waiting = 0;
    publish(company);
    expect_decision(company, "C1", "spring", "send");
    struct told opened = ask(company, "C1", "no_automation", NULL);
    expect(says(request_of(&opened), "state", "fulfilled"), "at once");
    done_with(&opened);
    expect_decision(company, "C1", "spring", "wants_human");
    expect_decision(company, "C1", "spring", "wants_human");
    review_id(company, id, &waiting);
    expect(waiting == 1, "one waits, however often the machine asks");
    expect(judge(company, id, "send", "") == CANDOR_BAD_INPUT, "a person has a reason");
    expect(judge(company, id, "perhaps", "so") == CANDOR_BAD_INPUT, "and a verdict");
    expect(judge(company, id, "send", "They asked for this offer.") == CANDOR_OK, "decided");
    expect(judge(company, id, "send", "again") == CANDOR_REFUSED, "once");
    expect_decision(company, "C1", "spring", "send");
    DONE(candor_consent(job, company->candor, "C1", "news", NULL, "withdraw", NULL, NULL,
                        &(struct candor_text){0}));
    expect_decision(company, "C1", "spring", "withdrawn"); /* the person's word is no permit */
}

static void a_contested_decision_is_looked_at_by_a_person(void **state)
{
    struct company *company = *state;
    char id[33];
    char review[33];
    char index[24];
    size_t waiting = 0;
    publish(company);
    struct told made = decide(company, "C6", "spring");
    (void)snprintf(index, sizeof index, "%lld",
                   (long long)value_get(made.root, "ledger_index")->integer);
    done_with(&made);
    open_proven(company, "C6", "human_review", index, id);
    struct told early = answer(company, id, NULL);
    expect(early.status == CANDOR_REFUSED, "not before a person decided");
    done_with(&early);
    review_id(company, review, &waiting);
    expect(waiting == 1 && judge(company, review, "withhold", "It was too much.") == CANDOR_OK,
           "decided");
    struct told given = answer(company, id, NULL);
    expect(says(request_of(&given), "state", "fulfilled"), "answered");
    done_with(&given);
    struct told wrong = ask(company, "C6", "human_review", "999999");
    expect(wrong.status == CANDOR_NOT_FOUND, "there is no such decision");
    done_with(&wrong);
    open_proven(company, "C6", "human_review", NULL, id);
    struct told unnamed = answer(company, id, NULL);
    expect(unnamed.status == CANDOR_REFUSED &&
               strstr(candor_job_message(unnamed.job), "--about INDEX") != NULL,
           "a request that names none says how: %s", candor_job_message(unnamed.job));
    done_with(&unnamed);
}

static void expect_replayed(struct company *company, const char *who, uint64_t index)
{
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    bool same = false;
    expect(candor_subject_decision(job, company->candor, who, index, NULL, &same, &text) ==
               CANDOR_OK,
           "%s", candor_job_message(job));
    struct told told = told_by(job, CANDOR_OK, text);
    const struct value *replay = value_get(told.root, "replay");
    expect(same && value_get(replay, "computed")->boolean, "the same, bit for bit");
    done_with(&told);
}

/* A year on, with other data and another model, the record still stands by itself. */
static void a_decision_is_computed_again_bit_for_bit(void **state)
{
    struct company *company = *state;
    struct candor_text report;
    publish(company);
    struct told made = decide(company, "C7", "spring");
    const uint64_t index = (uint64_t)value_get(made.root, "ledger_index")->integer;
    done_with(&made);
    expect_replayed(company, "C7", index);
    DONE(candor_subject_correct(job, company->candor, "C7", "age", "99", &report));
    company_import(company, "events",
                   STR("identifier,event,time,yes\nC8,answer,2026-03-01,true\n"));
    publish(company);
    expect_replayed(company, "C7", index);

    struct job *job = candor_job_begin();
    bool same = false;
    expect(candor_subject_decision(job, company->candor, "C8", index, NULL, &same, &report) ==
               CANDOR_NOT_FOUND,
           "another's decision is not theirs");
    candor_job_end(job);
}

/* ---- the register -------------------------------------------------------------------------- */

static void who_is_not_known_gets_an_answer_too(void **state)
{
    struct company *company = *state;
    char id[33];
    struct told opened = ask(company, "stranger@example.org", "access", NULL);
    id_of(&opened, id);
    expect(!value_get(request_of(&opened), "known_subject")->boolean, "not known");
    expect(memmem(opened.text.ptr, opened.text.len, "stranger", 8) == NULL, "nor kept");
    done_with(&opened);
    struct told given = answer(company, id, NULL);
    expect(says(value_get(request_of(&given), "refusal"), "reason", "no_match"), "nothing is held");
    done_with(&given);
}

static void the_list_has_open_ones_and_the_history(void **state)
{
    struct company *company = *state;
    static const struct {
        const char *state;
        size_t count;
    } row[] = {{NULL, 2}, {"open", 2}, {"all", 3}, {"fulfilled", 1}, {"acknowledged", 2}};
    for (unsigned i = 0; i < 3; i++) {
        struct told opened = ask(company, "C50", i == 2 ? "opt_out_sale" : "access", NULL);
        done_with(&opened);
    }
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        expect(candor_request_list(job, company->candor, row[i].state, &text) == CANDOR_OK, "%s",
               candor_job_message(job));
        struct told told = told_by(job, CANDOR_OK, text);
        expect(value_get(told.root, "requests")->count == row[i].count, "row %zu: %zu", i,
               value_get(told.root, "requests")->count);
        done_with(&told);
    }
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    expect(candor_request_list(job, company->candor, "late", &text) == CANDOR_BAD_INPUT, "unknown");
    candor_job_end(job);
}

static void bad_requests_are_refused_and_change_nothing(void **state)
{
    struct company *company = *state;
    static const struct {
        const char *right;
        const char *jurisdiction;
        enum candor_status status;
    } row[] = {{"acess", NULL, CANDOR_BAD_INPUT},
               {"", NULL, CANDOR_BAD_INPUT},
               {"access", "atlantis", CANDOR_BAD_INPUT},
               {"rectification", "us-ia", CANDOR_BAD_INPUT}};
    struct candor_figures before;
    struct candor_figures after;
    candor_figures(company->candor, &before);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job *job = candor_job_begin();
        struct candor_text text = {0};
        const struct candor_request_ask asked = {
            .identifier = "C60", .right = row[i].right, .jurisdiction = row[i].jurisdiction};
        expect(candor_request_open(job, company->candor, &asked, &text) == row[i].status,
               "row %zu: %s", i, candor_job_message(job));
        candor_job_end(job);
    }
    struct told unknown = step(company, "00000000000000000000000000000000", "pause", NULL, "why");
    expect(unknown.status == CANDOR_NOT_FOUND, "no such request");
    done_with(&unknown);
    struct told short_id = step(company, "12", "pause", NULL, "why");
    expect(short_id.status == CANDOR_BAD_INPUT, "no id");
    done_with(&short_id);
    struct told nothing = step(company, "00000000000000000000000000000000", "jump", NULL, NULL);
    expect(nothing.status == CANDOR_BAD_INPUT, "no step");
    done_with(&nothing);
    candor_figures(company->candor, &after);
    expect(before.ledger_entries == after.ledger_entries, "nothing is on the ledger");
}

static void the_table_as_json_is_the_section_of_candor_yaml(void **state)
{
    (void)state;
    struct job *job = candor_job_begin();
    struct candor_text text = {0};
    struct jurisdictions table;
    const struct value *root = NULL;
    const struct jurisdictions built_in = jurisdictions_built_in();
    must(candor_request_jurisdictions(job, NULL, &text) == CANDOR_OK);
    must(yaml_read(job, (struct bytes){(const uint8_t *)text.ptr, text.len}, NULL, "candor.yaml",
                   &root) == CANDOR_OK);
    expect(jurisdictions_read(job, root, &table) == CANDOR_OK, "%s", candor_job_message(job));
    expect(table.count == built_in.count, "as many rows");
    for (size_t i = 0; i < table.count; i++) {
        struct buf left = buf_begin(job->arena);
        struct buf right = buf_begin(job->arena);
        struct request one = {.clause = table.clause[i]};
        struct request other = {.clause = built_in.clause[i]};
        request_write(&one, &left);
        request_write(&other, &right);
        expect(str_equal(buf_text(&left), buf_text(&right)), "row %zu reads back", i);
    }
    candor_job_end(job);
}

#define WITH_COMPANY(test) cmocka_unit_test_setup_teardown(test, begin, end)

/* ---- a clock that was set back ----------------------------------------------------------------- */

/* Nothing is lost or late because of it, and a level that was reached stays on record. */
static void a_request_goes_on_though_the_clock_was_set_back(void **state)
{
    struct company *company = *state;
    struct candor_text text = {0};
    size_t findings = 0;
    char id[33];
    struct told opened = ask(company, "C9", "access", NULL);
    id_of(&opened, id);
    done_with(&opened);
    struct job *later = candor_job_begin();
    later->now += 20 * MICROS_PER_DAY;
    must(candor_request_due(later, company->candor, &findings, &text) == CANDOR_OK);
    expect(findings > 0, "past the half of a month");
    candor_job_end(later);

    static const struct candor_request_answer nothing = {0};
    struct job *back = candor_job_begin();
    back->now -= 10 * MICROS_PER_DAY;
    expect(candor_request_due(back, company->candor, &findings, &text) == CANDOR_OK, "%s",
           candor_job_message(back));
    expect(candor_request_show(back, company->candor, id, &text) == CANDOR_OK, "%s",
           candor_job_message(back));
    expect(strstr(text.ptr, "escalated") != NULL, "%s", text.ptr);
    expect(candor_request_step(back, company->candor, id, "prove", "match", NULL, &text) ==
               CANDOR_OK,
           "%s", candor_job_message(back));
    expect(candor_request_answer(back, company->candor, id, &nothing, &text) == CANDOR_OK, "%s",
           candor_job_message(back));
    expect(strstr(text.ptr, "\"state\": \"fulfilled\"") != NULL, "answered");
    candor_job_end(back);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        WITH_COMPANY(access_needs_proof_and_gives_everything),
        WITH_COMPANY(a_copy_to_take_along_holds_no_conclusions),
        WITH_COMPANY(the_zip_has_every_file_and_a_signature),
        WITH_COMPANY(a_correction_says_what_follows_from_it),
        WITH_COMPANY(who_was_erased_does_not_come_back_with_a_list),
        WITH_COMPANY(a_batch_is_erased_with_one_root_change),
        WITH_COMPANY(opting_out_is_in_force_when_it_is_opened),
        WITH_COMPANY(an_objection_holds_everything_until_it_is_weighed),
        WITH_COMPANY(a_hold_does_not_lift_their_own_restriction),
        WITH_COMPANY(limiting_sensitive_data_hides_it_from_decisions),
        WITH_COMPANY(no_machine_decides_alone_for_who_does_not_want_it),
        WITH_COMPANY(a_contested_decision_is_looked_at_by_a_person),
        WITH_COMPANY(a_decision_is_computed_again_bit_for_bit),
        WITH_COMPANY(who_is_not_known_gets_an_answer_too),
        WITH_COMPANY(the_list_has_open_ones_and_the_history),
        WITH_COMPANY(bad_requests_are_refused_and_change_nothing),
        cmocka_unit_test(the_table_as_json_is_the_section_of_candor_yaml),
        WITH_COMPANY(a_request_goes_on_though_the_clock_was_set_back),
    };
    return cmocka_run_group_tests_name("request", test, NULL, NULL);
}
