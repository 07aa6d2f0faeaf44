/*
 * test_send.c - the hand-over to a file and to the caller is one: the same fences, the same entries, the
 * same list.
 */
#include "company.h"
#include "plan.h"

enum { PEOPLE = 20 };

static struct company company;

static void reopen(const char *operator_name)
{
    company_close(&company);
    DONE(candor_open(job, company.home, operator_name, &company.candor));
}

static void begin_spring(void)
{
    struct candor_text report;
    company_begin(&company);
    struct job job_here;
    job_begin(&job_here, host_real());
    struct buf people = buf_begin(job_here.arena);
    struct buf consents = buf_begin(job_here.arena);
    buf_lit(&people, LIT("identifier,email,sex,age\n"));
    buf_lit(&consents, LIT("identifier,purpose,decision,time\n"));
    for (int i = 0; i < PEOPLE; i++) {
        buf_format(&people, "P%02d,p%02d@example.org,female,40\n", i, i);
        buf_format(&consents, "P%02d,news,given,2026-06-01\nP%02d,profiling,given,2026-06-01\n", i,
                   i);
    }
    company_import(&company, "subjects", buf_text(&people));
    company_import(&company, "consents", buf_text(&consents));
    job_end(&job_here);
    DONE(candor_operator_add(job, company.candor, "bea", "approver", &report));
    DONE(candor_plan(job, company.candor, "spring", NULL, NULL, &report));
}

static void sign_plan(void)
{
    struct candor_text report;
    reopen("bea");
    DONE(candor_approve(job, company.candor, "spring", NULL, &report));
    reopen("ana");
}

static void withdraw(const char *identifier)
{
    struct candor_text report;
    DONE(candor_choose(job, company.candor,
                       &(struct candor_choice){
                           .identifier = identifier, .purpose = "news", .decision = "withdraw"},
                       &report));
}

/* What is handed over, or how it is refused; freed by the caller. */
static enum candor_status send_here(char **file, char **said)
{
    struct candor_text bytes;
    struct candor_text report;
    struct job *job = candor_job_begin();
    const enum candor_status status =
        candor_send_here(job, company.candor, "spring", &bytes, &report);
    *file = status == CANDOR_OK ? strndup(bytes.ptr, bytes.len) : NULL;
    *said = strdup(status == CANDOR_OK ? report.ptr : candor_job_message(job));
    candor_job_end(job);
    return status;
}

static enum candor_status send_file(char **file, char **said)
{
    struct candor_text report;
    char path[128];
    (void)snprintf(path, sizeof path, "%s/contacts.csv", company.dir);
    struct job *job = candor_job_begin();
    const enum candor_status status = candor_send(job, company.candor, "spring", path, &report);
    *file = NULL;
    if (status == CANDOR_OK) {
        struct bytes bytes;
        must(file_read(job, str_of(path), 1 << 20, &bytes) == CANDOR_OK);
        *file = strndup((const char *)bytes.ptr, bytes.len);
    }
    *said = strdup(status == CANDOR_OK ? report.ptr : candor_job_message(job));
    candor_job_end(job);
    return status;
}

typedef enum candor_status send_way(char **file, char **said);

static void refused(send_way *way, enum candor_status wanted, const char *sentence)
{
    char *file = NULL;
    char *said = NULL;
    const uint64_t before = ledger_size(company.candor->ledger);
    const enum candor_status status = way(&file, &said);
    expect(status == wanted && file == NULL, "%s", candor_status_name(status));
    expect(strstr(said, sentence) != NULL, "%s", said);
    expect(ledger_size(company.candor->ledger) == before, "nothing came to stand on the ledger");
    free(said);
}

static size_t lines_of(const char *text)
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        count += *text == '\n';
    }
    return count;
}

/* All of it, by one way; says how many entries it made. */
static uint64_t one_life(send_way *way)
{
    char *file = NULL;
    char *said = NULL;
    begin_spring();
    refused(way, CANDOR_REFUSED, "the plan is not approved");
    sign_plan();
    withdraw("P07");
    reopen("bea");
    refused(way, CANDOR_FORBIDDEN, "'send' needs one of the roles");
    reopen("ana");
    const uint64_t before = ledger_size(company.candor->ledger);
    expect(way(&file, &said) == CANDOR_OK, "%s", said);
    const uint64_t entries = ledger_size(company.candor->ledger) - before;
    expect(strncmp(file, "identifier,address,offer,offer_title,ledger_index", 49) == 0, "%s", file);
    expect(lines_of(file) == 1 + PEOPLE - 1, "everybody but one: %s", file);
    expect(strstr(file, "P06,p06@example.org,gift,A gift,") != NULL, "%s", file);
    expect(strstr(file, "P07") == NULL && strstr(file, "p07@") == NULL,
           "who said no after the signature is not on the list");
    expect(strstr(said, "\"handed_over\": 19") != NULL, "%s", said);
    expect(strstr(said, "\"dropped_at_hand_over\": 1") != NULL, "%s", said);
    free(file);
    free(said);
    refused(way, CANDOR_REFUSED, "the campaign was sent already");
    company_end(&company);
    return entries;
}

static void a_list_for_the_caller_is_fenced_as_a_file_is(void **state)
{
    (void)state;
    const uint64_t of_file = one_life(send_file);
    const uint64_t of_bytes = one_life(send_here);
    expect(of_file == of_bytes && of_file == PEOPLE + 2, "%llu and %llu entries",
           (unsigned long long)of_file, (unsigned long long)of_bytes);
}

static void a_changed_candor_yaml_hands_nothing_over(void **state)
{
    char path[128];
    char *policy = NULL;
    (void)state;
    begin_spring();
    sign_plan();
    must(asprintf(&policy, "%s# changed\n", company_policy) > 0);
    company_write(&company, "home/candor.yaml", policy, path);
    free(policy);
    reopen("ana");
    refused(send_here, CANDOR_REFUSED, "candor.yaml has changed since the plan was made");
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_list_for_the_caller_is_fenced_as_a_file_is),
        cmocka_unit_test(a_changed_candor_yaml_hands_nothing_over),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
