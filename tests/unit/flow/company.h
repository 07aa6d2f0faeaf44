/*
 * company.h - a small company in a folder of its own: a home through candor.h, with every kind of
 * purpose, and its files made here.
 */
#ifndef COMPANY_H
#define COMPANY_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"
#include "testing.h"

static const char company_policy[] =
    "candor: 1\n"
    "name: Test\n"
    "channels: [email, sms]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email, "
    "sms],"
    " valid_days: 365, direct_marketing: true}\n"
    "  - {name: profiling, basis: consent, wording: May we look?, wording_version: '1',"
    " direct_marketing: false}\n"
    "  - {name: training, basis: consent, wording: May we learn?, wording_version: '1',"
    " direct_marketing: false}\n"
    "  - {name: research, basis: legitimate_interest, direct_marketing: false}\n"
    "  - {name: letters, basis: legitimate_interest, channels: [sms], direct_marketing: true}\n"
    "  - {name: audit, basis: legal_obligation}\n"
    "  - {name: service, basis: contract}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: email, pii: email, purposes: [news, service]}\n"
    "    - {name: sex, type: category, protected: true, purposes: [audit]}\n"
    "    - {name: age, type: number, min: 0, max: 120, purposes: [profiling, training]}\n"
    "events:\n"
    "  - name: bought\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: amount, type: number, min: 0, max: 1000}]\n"
    "  - {name: complained, purposes: [news]}\n"
    "  - name: answer\n"
    "    purposes: [profiling, training]\n"
    "    properties: [{name: yes, type: boolean}]\n"
    "features:\n"
    "  - {name: age, measure: field, field: age}\n"
    "  - {name: bought_days, measure: count, event: bought, days: 365}\n"
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
    "    address: email\n"
    "    audience: {all: [{feature: age, at_least: 0}]}\n"
    "    not_interested: {events: [complained], days: 60}\n"
    "    select: {top: 100000}\n"
    "    offers: [{name: gift, title: A gift}]\n";

struct company {
    char dir[64]; /* holds the home and the files */
    char home[80];
    struct candor *candor;
};

/* A call's job ends with the call, as it does in a program; these fail the test, not the call. */
#define DONE(call) \
    do { \
        struct job *job = candor_job_begin(); \
        const enum candor_status status_of_call = (call); \
        expect(status_of_call == CANDOR_OK, "%s", candor_job_message(job)); \
        candor_job_end(job); \
    } while (0)

static inline void company_write(const struct company *company, const char *name, const char *text,
                                 char path[128])
{
    (void)snprintf(path, 128, "%s/%s", company->dir, name);
    FILE *file = fopen(path, "we");
    must(file != NULL);
    must(fputs(text, file) >= 0);
    must(fclose(file) == 0);
}

static inline void company_open(struct company *company)
{
    DONE(candor_open(job, company->home, "ana", &company->candor));
}

static inline void company_close(struct company *company)
{
    candor_close(company->candor);
    company->candor = NULL;
}

/* A home as candor init leaves it, with the example of a candor.yaml; not yet open. */
static inline void company_found(struct company *company)
{
    const char *folder = getenv("TMPDIR");
    struct candor_text report;
    company->candor = NULL;
    (void)snprintf(company->dir, sizeof company->dir, "%.40s/candor-XXXXXX",
                   folder != NULL ? folder : "/tmp");
    must(mkdtemp(company->dir) != NULL);
    (void)snprintf(company->home, sizeof company->home, "%s/home", company->dir);
    DONE(candor_init(job, company->home, "Test", "ana", &report));
}

static inline void company_begin(struct company *company)
{
    char path[128];
    company_found(company);
    company_write(company, "home/candor.yaml", company_policy, path);
    company_open(company);
}

static inline int company_remove_one(const char *path, const struct stat *about, int kind,
                                     struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static inline void company_end(struct company *company)
{
    company_close(company);
    must(nftw(company->dir, company_remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0);
}

static inline void company_import(struct company *company, const char *kind, struct str csv)
{
    struct candor_text report;
    char path[128];
    char *text = strndup(csv.ptr, csv.len);
    must(text != NULL);
    company_write(company, "import.csv", text, path);
    free(text);
    DONE(candor_import(job, company->candor, kind, path, NULL, false, &report));
}

/* A report as a tree; the job holds it. */
static inline const struct value *tree_of(struct job *job, const struct candor_text *report)
{
    const struct value *tree = NULL;
    const struct bytes bytes = {(const uint8_t *)report->ptr, report->len};
    expect(json_read(job, bytes, NULL, "report", &tree) == CANDOR_OK, "%s", job->message);
    return tree;
}

#endif
