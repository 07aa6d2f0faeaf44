/*
 * test_letin.c - an import lets others in between its steps, a try as well, and what they say meanwhile holds.
 *
 * Whoever listens to the job is called while the home is open to others, and does here what they would do.
 */
#include <stdatomic.h>

#include "candor_me.h"
#include "company.h"
#include "ingest.h"

enum { ROWS = 2 * STEP_ROWS + 10 };

struct meanwhile {
    struct company *company;
    void (*act)(struct company *company);
    size_t heard;
    uint64_t last;
    uint64_t most; /* rows between two stays of others */
};

static void listen(void *self, const char *what, uint64_t done, uint64_t total)
{
    struct meanwhile *meanwhile = self;
    (void)what;
    (void)total;
    meanwhile->most =
        done - meanwhile->last > meanwhile->most ? done - meanwhile->last : meanwhile->most;
    meanwhile->last = done;
    if (meanwhile->heard++ == 0 && meanwhile->act != NULL) {
        meanwhile->act(meanwhile->company);
    }
}

static enum candor_status import(struct job *job, struct meanwhile *meanwhile, const char *kind,
                                 struct str csv, unsigned flags)
{
    struct candor_text report;
    char path[128];
    company_write(meanwhile->company, "import.csv", str_z(job->arena, csv), path);
    candor_job_listen(job, listen, meanwhile);
    return candor_import(job, meanwhile->company->candor, kind, path, NULL, flags, &report);
}

static struct str people(struct arena *arena, size_t count, const char *last)
{
    struct buf buf = buf_begin(arena);
    buf_lit(&buf, LIT("identifier,email\n"));
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf, "q%zu,q%zu@x.example\n", i, i);
    }
    buf_format(&buf, "%s,%s@x.example\n", last, last);
    return buf_text(&buf);
}

static bool is_known(struct company *company, const char *name)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    const enum candor_status status = candor_subject_show(job, company->candor, name, &report);
    must(status == CANDOR_OK || status == CANDOR_NOT_FOUND);
    candor_job_end(job);
    return status == CANDOR_OK;
}

/* ---- what they say holds ------------------------------------------------------------------- */

static void leave(struct company *company)
{
    struct candor_text report;
    DONE(candor_subject_leave(job, company->candor, "anna", true, &report));
}

/* The marks of those who left are read again when there is a new one. */
static void who_leaves_meanwhile_is_not_made_again_by_a_later_row(void **state)
{
    struct company company;
    (void)state;
    for (int is_first_mark = 0; is_first_mark < 2; is_first_mark++) {
        company_begin(&company);
        company_import(&company, "subjects",
                       STR("identifier,email\nanna,anna@x.example\nben,ben@x.example\n"));
        if (is_first_mark == 0) { /* marks were read before */
            struct candor_text report;
            DONE(candor_subject_leave(job, company.candor, "ben", true, &report));
        }
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .act = leave};
        const enum candor_status status =
            import(job, &meanwhile, "subjects", people(job->arena, ROWS, "anna"), 0);
        expect(status == CANDOR_OK, "%s", job->message);
        assert_true(meanwhile.heard > 1);
        assert_false(is_known(&company, "anna"));
        assert_true(is_known(&company, "q0"));
        candor_job_end(job);
        company_end(&company);
    }
}

/* ---- others come in ------------------------------------------------------------------------ */

static struct str consents(struct arena *arena, const char *purpose)
{
    struct buf buf = buf_begin(arena);
    buf_lit(&buf, LIT("identifier,purpose,decision,time\n"));
    for (size_t i = 0; i < ROWS; i++) {
        buf_format(&buf, "anna,%s,refused,2026-01-01\n", purpose);
    }
    buf_lit(&buf, LIT("anna,news,refused,2026-01-01\n"));
    return buf_text(&buf);
}

static void refuse(struct company *company)
{
    struct candor_text report;
    DONE(candor_consent(job, company->candor, "anna", "profiling", NULL, "withdraw", NULL, NULL,
                        &report));
}

/* Nothing of a try, and nothing of rows that are all bad, is kept: no step ends, and yet others come in. */
static void others_come_in_during_a_try_and_among_bad_rows(void **state)
{
    struct company company;
    (void)state;
    company_begin(&company);
    company_import(&company, "subjects", STR("identifier,email\nanna,anna@x.example\n"));
    for (int place = 0; place < 3; place++) {
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .act = refuse};
        const enum candor_status status =
            place == 0 ? import(job, &meanwhile, "subjects", people(job->arena, ROWS, "cleo"),
                                CANDOR_IMPORT_DRY_RUN)
                       : import(job, &meanwhile, "consents",
                                consents(job->arena, place == 1 ? "news" : "nothing"),
                                place == 1 ? CANDOR_IMPORT_DRY_RUN : 0);
        expect(status == CANDOR_OK, "%d: %s", place, job->message);
        expect(meanwhile.heard >= 3 && meanwhile.most <= STEP_ROWS, "%d: %zu times, %llu rows",
               place, meanwhile.heard, (unsigned long long)meanwhile.most);
        candor_job_end(job);
    }
    assert_false(is_known(&company, "q0"));
    company_end(&company);
}

/* Somebody who waits makes the steps short. */
static void steps_are_short_while_somebody_waits(void **state)
{
    struct company company;
    (void)state;
    for (int is_event = 0; is_event < 2; is_event++) {
        company_begin(&company);
        company_import(&company, "subjects", STR("identifier,email\nanna,anna@x.example\n"));
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company};
        (void)atomic_fetch_add(&company.candor->waiting, 1);
        const enum candor_status status =
            is_event ? import(job, &meanwhile, "consents", consents(job->arena, "news"), 0)
                     : import(job, &meanwhile, "subjects", people(job->arena, ROWS, "cleo"), 0);
        (void)atomic_fetch_sub(&company.candor->waiting, 1);
        expect(status == CANDOR_OK, "%s", job->message);
        expect(meanwhile.most == STEP_LEAST, "%llu rows", (unsigned long long)meanwhile.most);
        candor_job_end(job);
        company_end(&company);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_leaves_meanwhile_is_not_made_again_by_a_later_row),
        cmocka_unit_test(others_come_in_during_a_try_and_among_bad_rows),
        cmocka_unit_test(steps_are_short_while_somebody_waits),
    };
    return cmocka_run_group_tests_name("letin", tests, NULL, NULL);
}
