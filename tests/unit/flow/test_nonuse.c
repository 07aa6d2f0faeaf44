/*
 * test_nonuse.c - what is switched off changes nothing: values permuted at random among people leave
 * every decision as it was, bit for bit.
 *
 * Switched off is a field that the campaign's purposes may not use, and anything about a person who
 * does not allow profiling. So that the test could fail, it is shown that the same permutation of a
 * field that is in use does change decisions.
 */
#include "company.h"
#include "numeric.h"

enum { PEOPLE = 120, PERMUTATIONS = 4 };

static const char policy[] =
    "candor: 1\n"
    "name: Test\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, basis: consent, wording: May we?, wording_version: '1', channels: [email]}\n"
    "  - {name: profiling, basis: consent, wording: Look?, wording_version: '1'}\n"
    "  - {name: audit, basis: legal_obligation}\n"
    "subjects:\n"
    "  identifier: identifier\n"
    "  fields:\n"
    "    - {name: email, pii: email, purposes: [news]}\n"
    "    - {name: age, type: number, min: 0, max: 120, purposes: [profiling]}\n"
    "    - {name: health, type: category, sensitivity: special, purposes: [audit]}\n"
    "    - {name: loose, type: number, purposes: []}\n"
    "features:\n"
    "  - {name: age, measure: field, field: age}\n"
    "campaigns:\n"
    "  - name: spring\n"
    "    purpose: news\n"
    "    channel: email\n"
    "    uses: profiling\n"
    "    address: email\n"
    "    audience: {all: [{feature: age, at_least: 40}]}\n"
    "    offers: [{name: gift, title: A gift}]\n";

static struct company company;

static void name_of(size_t person, char name[16])
{
    (void)snprintf(name, 16, "p%zu", person);
}

/* Every second person allows profiling; all allow news. */
static int begin(void **state)
{
    char path[128];
    struct job job;
    (void)state;
    company_found(&company);
    company_write(&company, "home/candor.yaml", policy, path);
    company_open(&company);
    job_begin(&job, host_real());
    struct buf people = buf_begin(job.arena);
    struct buf consents = buf_begin(job.arena);
    buf_lit(&people, LIT("identifier,email,age,health,loose\n"));
    buf_lit(&consents, LIT("identifier,purpose,decision,time,channel\n"));
    for (size_t i = 0; i < PEOPLE; i++) {
        buf_format(&people, "p%zu,p%zu@x.example,%zu,%s,%zu\n", i, i, 20 + i % 50,
                   i % 3 == 0 ? "ill" : "well", i);
        buf_format(&consents, "p%zu,news,given,2026-01-01,email\n", i);
        buf_format(&consents, "p%zu,profiling,%s,2026-01-01,\n", i,
                   i % 2 == 0 ? "given" : "refused");
    }
    company_import(&company, "subjects", buf_text(&people));
    company_import(&company, "consents", buf_text(&consents));
    job_end(&job);
    return 0;
}

static int end(void **state)
{
    (void)state;
    company_end(&company);
    return 0;
}

struct made {
    bool send;
    bool has_score;
    double score;
    char code[32];
    char offer[32];
    char reasons[512];
};

static void decide_all(struct made *made)
{
    static char name[PEOPLE][16];
    struct candor_question question[PEOPLE];
    struct candor_answer answer[PEOPLE];
    struct job *job = candor_job_begin();
    memset(made, 0, PEOPLE * sizeof *made);
    for (size_t i = 0; i < PEOPLE; i++) {
        name_of(i, name[i]);
        question[i] = (struct candor_question){.identifier = name[i], .campaign = "spring"};
    }
    must(candor_decide_many(job, company.candor, question, PEOPLE, answer) == CANDOR_OK);
    for (size_t i = 0; i < PEOPLE; i++) {
        made[i].send = answer[i].send;
        made[i].has_score = answer[i].has_score;
        made[i].score = answer[i].score;
        (void)snprintf(made[i].code, sizeof made[i].code, "%s", answer[i].code);
        (void)snprintf(made[i].offer, sizeof made[i].offer, "%s", answer[i].offer);
        for (size_t r = 0; r < answer[i].reason_count; r++) {
            const size_t len = strlen(made[i].reasons);
            (void)snprintf(made[i].reasons + len, sizeof made[i].reasons - len, "%s|",
                           answer[i].reason[r]);
        }
    }
    candor_job_end(job);
}

/* Values of the people of one parity (2: of all), given out anew. */
static void permute(const char *field, size_t parity, uint64_t *seed)
{
    uint32_t order[PEOPLE];
    struct rng rng = rng_of(*seed);
    *seed += 1;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        order[i] = i;
    }
    rng_shuffle(&rng, order, PEOPLE);
    for (size_t i = 0; i < PEOPLE; i++) {
        char name[16];
        char value[16];
        struct candor_text report;
        if (parity < 2 && i % 2 != parity) {
            continue;
        }
        name_of(i, name);
        if (strcmp(field, "health") == 0) {
            (void)snprintf(value, sizeof value, "%s", order[i] % 3 == 0 ? "ill" : "well");
        } else {
            (void)snprintf(value, sizeof value, "%u", 20 + order[i] % 50);
        }
        DONE(candor_subject_correct(job, company.candor, name, field, value, &report));
    }
}

static size_t changed_by(const char *field, size_t parity, uint64_t seed)
{
    static struct made before[PEOPLE];
    static struct made after[PEOPLE];
    size_t changed = 0;
    decide_all(before);
    for (size_t round = 0; round < PERMUTATIONS; round++) {
        permute(field, parity, &seed);
        decide_all(after);
        for (size_t i = 0; i < PEOPLE; i++) {
            changed += memcmp(&before[i], &after[i], sizeof before[i]) != 0;
        }
    }
    return changed;
}

static void a_field_outside_the_campaigns_purposes_changes_no_decision(void **state)
{
    (void)state;
    expect(changed_by("health", 2, 1) == 0, "sensitive, for audits only");
    expect(changed_by("loose", 2, 2) == 0, "of no purpose");
}

static void who_refused_profiling_is_decided_without_their_data(void **state)
{
    (void)state;
    expect(changed_by("age", 1, 3) == 0, "the odd ones refused");
}

static void the_same_permutation_of_what_is_in_use_does_change_decisions(void **state)
{
    (void)state;
    expect(changed_by("age", 0, 4) > 0, "or this file shows nothing");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_field_outside_the_campaigns_purposes_changes_no_decision),
        cmocka_unit_test(who_refused_profiling_is_decided_without_their_data),
        cmocka_unit_test(the_same_permutation_of_what_is_in_use_does_change_decisions),
    };
    return cmocka_run_group_tests_name("nonuse", test, begin, end);
}
