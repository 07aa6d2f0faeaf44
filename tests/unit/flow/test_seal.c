/*
 * test_seal.c - a plan is sent as it was signed or not at all. Here somebody with all keys of the
 * home changes the stored plan, one byte at a time: seals hold, signatures do not.
 */
#include <sys/stat.h>

#include "company.h"
#include "plan.h"

enum { PEOPLE = 60, BYTES_TRIED = 150 };

static void import_people(struct company *company)
{
    struct job job;
    job_begin(&job, host_real());
    struct buf people = buf_begin(job.arena);
    struct buf consents = buf_begin(job.arena);
    buf_lit(&people, LIT("identifier,email,sex,age\n"));
    buf_lit(&consents, LIT("identifier,purpose,decision,time\n"));
    for (int i = 0; i < PEOPLE; i++) {
        buf_format(&people, "P%d,p%d@example.org,female,40\n", i, i);
        buf_format(&consents, "P%d,news,%s,2026-06-01\nP%d,profiling,given,2026-06-01\n", i,
                   i % 4 == 0 ? "refused" : "given", i);
    }
    company_import(company, "subjects", buf_text(&people));
    company_import(company, "consents", buf_text(&consents));
    job_end(&job);
}

static void begin_campaign(struct company *company)
{
    struct candor_text report;
    company_begin(company);
    import_people(company);
    DONE(candor_operator_add(job, company->candor, "bea", "approver", &report));
    DONE(candor_plan(job, company->candor, "spring", NULL, NULL, &report));
}

static void reopen(struct company *company, const char *operator_name)
{
    company_close(company);
    DONE(candor_open(job, company->home, operator_name, &company->candor));
}

/* The stored bytes, to be changed and freed by the caller. */
struct copy {
    uint8_t *ptr;
    size_t len;
};

static struct bytes view_of(const struct copy *copy)
{
    return (struct bytes){copy->ptr, copy->len};
}

static void read_plan(struct company *company, struct copy *content)
{
    struct txn *txn = NULL;
    struct job *job = candor_job_begin();
    struct bytes found;
    must(store_begin(job, company->candor->store, &txn) == CANDOR_OK);
    expect(store_document(job, txn, LIT("plan"), STR("spring"), &found) == CANDOR_OK, "%s",
           candor_job_message(job));
    *content = (struct copy){malloc(found.len), found.len};
    must(content->ptr != NULL);
    bytes_copy(content->ptr, found.ptr, found.len);
    candor_job_end(job);
}

static enum candor_status write_plan(struct job *job, struct company *company, struct bytes content)
{
    struct candor *candor = company->candor;
    struct txn *txn = NULL;
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_PLAN, .outcome = OUTCOME_DONE};
    home_enter(candor);
    enum candor_status status = home_begin(job, candor, &txn);
    if (status == CANDOR_OK) {
        status = home_account(job, candor, txn, &account, &index, NULL);
    }
    if (status == CANDOR_OK) {
        status = store_put_document(job, txn, LIT("plan"), STR("spring"), content);
    }
    if (status == CANDOR_OK) {
        status = home_commit(job, candor, txn);
    }
    home_leave(candor);
    return status;
}

/* Where the signed part ends: magic, length, part. */
static size_t signed_end(struct bytes content)
{
    struct reader reader = reader_of((struct bytes){content.ptr + 8, content.len - 8});
    const struct bytes part = read_block(&reader);
    must(part.len > 0);
    return (size_t)(part.ptr - content.ptr) + part.len;
}

static bool file_is_there(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0;
}

/* Change a byte at many places of the signed part; whatever it means, `act` must say no. */
static void try_bytes(struct company *company,
                      enum candor_status (*act)(struct job *job, struct company *company))
{
    struct copy content;
    read_plan(company, &content);
    const size_t end = signed_end(view_of(&content));
    for (size_t i = 0; i < BYTES_TRIED; i++) {
        const size_t at = end * i / BYTES_TRIED;
        content.ptr[at] ^= 1;
        DONE(write_plan(job, company, view_of(&content)));
        content.ptr[at] ^= 1;
        struct job *job = candor_job_begin();
        const enum candor_status status = act(job, company);
        expect(status == CANDOR_CORRUPT || status == CANDOR_REFUSED, "byte %zu of %zu: %s", at, end,
               candor_status_name(status));
        candor_job_end(job);
    }
    DONE(write_plan(job, company, view_of(&content)));
    free(content.ptr);
}

static const char *contacts_path(const struct company *company, char path[128])
{
    (void)snprintf(path, 128, "%s/contacts.csv", company->dir);
    return path;
}

static enum candor_status send_spring(struct job *job, struct company *company)
{
    struct candor_text report;
    char path[128];
    return candor_send(job, company->candor, "spring", contacts_path(company, path), &report);
}

static enum candor_status approve_spring(struct job *job, struct company *company)
{
    struct candor_text report;
    return candor_approve(job, company->candor, "spring", NULL, &report);
}

static void a_plan_changed_by_a_byte_is_not_sent(void **state)
{
    (void)state;
    struct company company;
    char path[128];
    begin_campaign(&company);
    reopen(&company, "bea");
    DONE(approve_spring(job, &company));
    reopen(&company, "ana");
    try_bytes(&company, send_spring);
    expect(!file_is_there(contacts_path(&company, path)), "nothing was handed over");
    DONE(send_spring(job, &company));
    expect(file_is_there(path), "the plan as it was signed is sent");
    company_end(&company);
}

static void a_plan_changed_by_a_byte_is_not_approved(void **state)
{
    (void)state;
    struct company company;
    begin_campaign(&company);
    reopen(&company, "bea");
    try_bytes(&company, approve_spring);
    DONE(approve_spring(job, &company));
    company_end(&company);
}

/* The approval of an author of their own plan, written past `candor approve`. */
static enum candor_status sign_own_plan(struct job *job, struct candor *candor)
{
    struct plan plan;
    struct txn *txn = NULL;
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_APPROVE, .outcome = OUTCOME_ALLOW};
    TRY(home_begin(job, candor, &txn));
    TRY(plan_load(job, candor, txn, STR("spring"), &plan));
    const struct bytes part[] = {bytes_of(STR("candor-approval-v1\n")),
                                 {plan.digest.byte, sizeof plan.digest.byte}};
    const struct digest digest = digest_of(part, 2);
    plan.approver = plan.author;
    plan.state = PLAN_APPROVED;
    signer_sign(candor->self_signer, (struct bytes){digest.byte, sizeof digest.byte},
                plan.approver_signature);
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(plan_store(job, candor, txn, &plan));
    return home_commit(job, candor, txn);
}

static void a_plan_that_its_author_signed_as_approver_is_not_sent(void **state)
{
    (void)state;
    struct company company;
    char path[128];
    begin_campaign(&company);
    home_enter(company.candor);
    DONE(sign_own_plan(job, company.candor));
    home_leave(company.candor);
    struct job *job = candor_job_begin();
    const enum candor_status status = send_spring(job, &company);
    expect(status == CANDOR_CORRUPT, "%s", candor_status_name(status));
    expect(!file_is_there(contacts_path(&company, path)), "nothing was handed over");
    candor_job_end(job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_changed_by_a_byte_is_not_sent),
        cmocka_unit_test(a_plan_changed_by_a_byte_is_not_approved),
        cmocka_unit_test(a_plan_that_its_author_signed_as_approver_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
