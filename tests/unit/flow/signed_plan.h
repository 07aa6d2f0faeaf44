/*
 * signed_plan.h - campaign spring of a small company, planned by ana and signed by bea, and who says no
 * afterwards. People are P000, P001 ..., reached at p000@example.org.
 */
#ifndef SIGNED_PLAN_H
#define SIGNED_PLAN_H

#include "company.h"

static inline void company_as(struct company *company, const char *operator_name)
{
    company_close(company);
    DONE(candor_open(job, company->home, operator_name, &company->candor));
}

/* Planned, not signed; more is added to candor.yaml. */
static inline void signed_plan_begin(struct company *company, const char *more, int people_count)
{
    struct candor_text report;
    char path[128];
    char *policy = NULL;
    must(asprintf(&policy, "%s%s", company_policy, more) > 0);
    company_found(company);
    company_write(company, "home/candor.yaml", policy, path);
    free(policy);
    company_open(company);
    struct job job_here;
    job_begin(&job_here, host_real());
    struct buf people = buf_begin(job_here.arena);
    struct buf consents = buf_begin(job_here.arena);
    buf_lit(&people, LIT("identifier,email,sex,age\n"));
    buf_lit(&consents, LIT("identifier,purpose,decision,time\n"));
    for (int i = 0; i < people_count; i++) {
        buf_format(&people, "P%03d,p%03d@example.org,female,40\n", i, i);
        buf_format(&consents, "P%03d,news,given,2026-06-01\nP%03d,profiling,given,2026-06-01\n", i,
                   i);
    }
    company_import(company, "subjects", buf_text(&people));
    company_import(company, "consents", buf_text(&consents));
    job_end(&job_here);
    DONE(candor_operator_add(job, company->candor, "bea", "approver", &report));
    DONE(candor_plan(job, company->candor, "spring", NULL, NULL, &report));
}

static inline void signed_plan_sign(struct company *company)
{
    struct candor_text report;
    company_as(company, "bea");
    DONE(candor_approve(job, company->candor, "spring", NULL, &report));
    company_as(company, "ana");
}

static inline void signed_plan_withdraw(struct company *company, const char *identifier)
{
    struct candor_text report;
    DONE(candor_choose(job, company->candor,
                       &(struct candor_choice){
                           .identifier = identifier, .purpose = "news", .decision = "withdraw"},
                       &report));
}

#endif
