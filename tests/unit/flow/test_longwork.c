/*
 * test_longwork.c - a plan and a training let others in, and hand over nothing of those who said no
 * meanwhile.
 *
 * Whoever listens to a job's progress is called between two stays, outside of the home: what others would
 * do then is done here, at a known place, by the same thread. At the end threads do it at once.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "candor_reports.h"
#include "company.h"
#include "longwork.h"
#include "plan.h"

enum { PEOPLE = 450 }; /* five steps */

static void found(struct company *company, size_t people)
{
    struct arena *arena = arena_begin();
    struct buf subjects = buf_begin(arena);
    struct buf consents = buf_begin(arena);
    struct buf events = buf_begin(arena);
    company_begin(company);
    buf_lit(&subjects, LIT("identifier,email,sex,age\n"));
    buf_lit(&consents, LIT("identifier,purpose,channel,decision,time,wording_version\n"));
    buf_lit(&events, LIT("identifier,event,time,amount,yes\n"));
    for (size_t i = 0; i < people; i++) {
        buf_format(&subjects, "p%zu,p%zu@x.example,%s,%zu\n", i, i, i % 2 == 0 ? "f" : "m",
                   20 + i % 50);
        buf_format(&consents,
                   "p%zu,news,,given,2026-10-01,1\np%zu,profiling,,given,2026-10-01,1\n"
                   "p%zu,training,,given,2026-10-01,1\n",
                   i, i, i);
        buf_format(&events, "p%zu,bought,2026-08-01,%zu,\np%zu,answer,2026-09-01,,%s\n", i,
                   1 + i % 9, i, (i * 7 + i / 50) % 3 == 0 ? "true" : "false");
    }
    company_import(company, "subjects", buf_text(&subjects));
    company_import(company, "consents", buf_text(&consents));
    company_import(company, "events", buf_text(&events));
    arena_end(arena);
}

/* ---- somebody else, between two stays ------------------------------------------------------ */

/* What happens when the work is so far: once. */
struct meanwhile {
    struct company *company;
    const char *during; /* progress of this */
    uint64_t from;
    size_t skip; /* times that it is so far */
    void (*act)(struct company *company);
    size_t heard;
    size_t done;
};

static void listen(void *self, const char *what, uint64_t done, uint64_t total)
{
    struct meanwhile *meanwhile = self;
    (void)total;
    meanwhile->heard++;
    if (meanwhile->done == 0 && done >= meanwhile->from &&
        (meanwhile->during == NULL || strcmp(what, meanwhile->during) == 0)) {
        if (meanwhile->skip > 0) {
            meanwhile->skip--;
            return;
        }
        meanwhile->done++;
        meanwhile->act(meanwhile->company);
    }
}

static void say(struct company *company, const char *name, const char *purpose, const char *what)
{
    struct candor_text report;
    DONE(candor_consent(job, company->candor, name, purpose, NULL, what, NULL, NULL, &report));
}

static enum candor_status plan(struct job *job, struct meanwhile *meanwhile)
{
    struct candor_text report;
    candor_job_listen(job, listen, meanwhile);
    return candor_plan(job, meanwhile->company->candor, "spring", NULL, NULL, &report);
}

/* The plan as it is kept. */
static const struct plan *kept_plan(struct job *job, struct company *company)
{
    struct plan *plan = NEW(job->arena, struct plan);
    struct txn *txn = NULL;
    home_enter(company->candor);
    must(home_begin(job, company->candor, &txn) == CANDOR_OK);
    must(plan_load(job, company->candor, txn, STR("spring"), plan) == CANDOR_OK);
    home_leave(company->candor);
    return plan;
}

static struct subject subject_of(struct job *job, struct company *company, const char *name)
{
    struct subject subject;
    struct txn *txn = NULL;
    home_enter(company->candor);
    must(home_begin(job, company->candor, &txn) == CANDOR_OK);
    must(home_subject(job, company->candor, txn, name, &subject) == CANDOR_OK);
    home_leave(company->candor);
    return subject;
}

/* NULL: they are not in it. */
static const struct plan_row *row_of(const struct plan *plan, struct subject subject)
{
    for (size_t i = 0; i < plan->row_count; i++) {
        if (plan->row[i].subject.slot == subject.slot) {
            return &plan->row[i];
        }
    }
    return NULL;
}

/* ---- a plan -------------------------------------------------------------------------------- */

static void withdraw(struct company *company)
{
    say(company, "p3", "news", "withdraw");
    say(company, "p440", "profiling", "withdraw");
}

/* At every place at which others come in: while they are weighed, set aside, recorded. */
static void who_says_no_while_a_plan_is_made_is_not_in_it_as_reached(void **state)
{
    struct company company;
    (void)state;
    for (size_t place = 0; place < 40; place++) {
        found(&company, PEOPLE);
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .skip = place, .act = withdraw};
        expect(plan(job, &meanwhile) == CANDOR_OK, "%s", job->message);
        if (meanwhile.done == 0) {
            expect(place > 10, "%zu places", place); /* no such place: all were tried */
            candor_job_end(job);
            company_end(&company);
            return;
        }
        const struct plan *plan = kept_plan(job, &company);
        const struct plan_row *first = row_of(plan, subject_of(job, &company, "p3"));
        const struct plan_row *second = row_of(plan, subject_of(job, &company, "p440"));
        expect(first != NULL && first->fate == FATE_WITHHOLD &&
                   first->withhold == WITHHOLD_PERMIT && first->permit == PERMIT_WITHDRAWN,
               "place %zu: %d %d", place, (int)first->fate, (int)first->withhold);
        expect(second->fate == FATE_WITHHOLD && second->withhold == WITHHOLD_NO_PROFILING,
               "place %zu: %d", place, (int)second->withhold);
        expect(plan->row_count == PEOPLE && plan->stair[STAIR_CONTACTED].count == PEOPLE - 2,
               "place %zu: %llu", place, (unsigned long long)plan->stair[STAIR_CONTACTED].count);
        candor_job_end(job);
        company_end(&company);
    }
    fail_msg("more places than expected");
}

static void erase(struct company *company)
{
    struct candor_text report;
    DONE(candor_subject_erase(job, company->candor, "p1", &report));
    DONE(candor_subject_erase(job, company->candor, "p449", &report));
}

static void who_is_erased_while_a_plan_is_made_is_not_in_it(void **state)
{
    struct company company;
    (void)state;
    for (size_t place = 0; place < 13; place += 3) {
        found(&company, PEOPLE);
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .skip = place, .act = erase};
        const struct subject first = subject_of(job, &company, "p1");
        const struct subject last = subject_of(job, &company, "p449");
        expect(plan(job, &meanwhile) == CANDOR_OK, "place %zu: %s", place, job->message);
        expect(meanwhile.done == 1, "place %zu", place);
        const struct plan *plan = kept_plan(job, &company);
        expect(plan->row_count == PEOPLE - 2, "place %zu: %zu rows", place, plan->row_count);
        expect(row_of(plan, first) == NULL && row_of(plan, last) == NULL, "place %zu", place);
        candor_job_end(job);
        company_end(&company);
    }
}

static void join(struct company *company)
{
    company_import(company, "subjects", STR("identifier,email,age\nnew,new@x.example,30\n"));
    company_import(company, "consents",
                   STR("identifier,purpose,channel,decision,time,wording_version\n"
                       "new,news,,given,2026-10-02,1\nnew,profiling,,given,2026-10-02,1\n"));
}

static void who_comes_while_a_plan_is_made_waits_for_the_next(void **state)
{
    struct company company;
    (void)state;
    found(&company, PEOPLE);
    struct job *job = candor_job_begin();
    struct meanwhile meanwhile = {.company = &company, .act = join};
    expect(plan(job, &meanwhile) == CANDOR_OK, "%s", job->message);
    expect(kept_plan(job, &company)->row_count == PEOPLE, "rows");
    candor_job_end(job);
    company_end(&company);
}

/* Somebody's contacts were many: nobody said who, so everybody is asked again. */
static void drop_all(struct company *company)
{
    home_enter(company->candor);
    view_drop_all(company->candor);
    home_leave(company->candor);
    say(company, "p7", "news", "withdraw");
}

static void everybody_is_asked_again_when_it_is_not_known_who_changed(void **state)
{
    struct company company;
    (void)state;
    found(&company, PEOPLE);
    for (size_t place = 0; place < 12; place += 2) {
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .skip = place, .act = drop_all};
        say(&company, "p7", "news", "give");
        expect(plan(job, &meanwhile) == CANDOR_OK, "%s", job->message);
        const struct plan *plan = kept_plan(job, &company);
        expect(row_of(plan, subject_of(job, &company, "p7"))->fate == FATE_WITHHOLD, "p7");
        expect(plan->stair[STAIR_CONTACTED].count == PEOPLE - 1, "the others");
        candor_job_end(job);
    }
    company_end(&company);
}

static void plan_again(struct company *company)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    expect(candor_plan(job, company->candor, "spring", NULL, NULL, &report) == CANDOR_BUSY, "%s",
           job->message);
    candor_job_end(job);
}

static void a_campaign_is_planned_once_at_a_time(void **state)
{
    struct company company;
    (void)state;
    found(&company, PEOPLE);
    for (int again = 0; again < 2; again++) { /* and nothing of it stays */
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .act = plan_again};
        expect(plan(job, &meanwhile) == CANDOR_OK, "%s", job->message);
        expect(company.candor->long_work == NULL, "nothing is under way");
        candor_job_end(job);
    }
    company_end(&company);
}

static void change_policy(struct company *company)
{
    static const char gift[] = "title: A gift";
    struct job *job = candor_job_begin();
    bool is_changed = false;
    const char *at = strstr(company_policy, gift);
    const struct str text =
        str_format(job->arena, "%.*stitle: A book%s", (int)(at - company_policy), company_policy,
                   at + strlen(gift));
    const struct str path = path_join(job->arena, str_of(company->home), STR("candor.yaml"));
    must(file_replace(job, path, bytes_of(text), 0600) == CANDOR_OK);
    expect(candor_reload(job, company->candor, &is_changed) == CANDOR_OK && is_changed, "%s",
           job->message);
    candor_job_end(job);
}

static void another_policy_ends_what_was_begun_under_the_old_one(void **state)
{
    struct company company;
    struct candor_text report;
    (void)state;
    for (int train = 0; train < 2; train++) {
        found(&company, PEOPLE);
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .from = 200, .act = change_policy};
        candor_job_listen(job, listen, &meanwhile);
        const enum candor_status status =
            train ? candor_train(job, company.candor, "lead", NULL, &report)
                  : candor_plan(job, company.candor, "spring", NULL, NULL, &report);
        expect(status == CANDOR_BUSY, "%d %s", (int)status, job->message);
        expect(strstr(job->message, "candor.yaml") != NULL, "%s", job->message);
        expect(company.candor->long_work == NULL, "nothing is under way");
        candor_job_end(job);
        company_end(&company);
    }
}

static struct job *to_stop;

static void stop(struct company *company)
{
    (void)company;
    candor_job_cancel(to_stop);
}

static void what_is_stopped_leaves_the_plan_before_it(void **state)
{
    struct company company;
    (void)state;
    found(&company, PEOPLE);
    struct digest digest = {{0}};
    for (size_t place = 0; place < 12; place++) {
        struct job *job = candor_job_begin();
        struct meanwhile meanwhile = {.company = &company, .skip = place, .act = stop};
        to_stop = place == 0 ? candor_job_begin() : job; /* the first is made */
        const enum candor_status status = plan(job, &meanwhile);
        job->cancelled = false;
        expect(status == (place == 0 ? CANDOR_OK : CANDOR_CANCELLED), "%s", job->message);
        job_forgive(job);
        const struct plan *plan = kept_plan(job, &company);
        expect(place == 0 || digest_equal(digest, plan->digest), "another plan");
        digest = plan->digest;
        if (place == 0) {
            candor_job_end(to_stop);
        }
        candor_job_end(job);
    }
    company_end(&company);
}

/* ---- training ------------------------------------------------------------------------------ */

static struct digest learnt_from(struct job *job, struct company *company)
{
    struct model *model = NULL;
    struct digest digest = {{0}};
    struct txn *txn = NULL;
    struct bytes file;
    (void)model;
    home_enter(company->candor);
    must(home_begin(job, company->candor, &txn) == CANDOR_OK);
    must(store_document(job, txn, LIT("model"), STR("lead"), &file) == CANDOR_OK);
    digest = digest_of_bytes(file);
    home_leave(company->candor);
    return digest;
}

static void stop_learning(struct company *company)
{
    struct candor_text report;
    say(company, "p2", "training", "withdraw");
    say(company, "p402", "training", "withdraw");
    DONE(candor_subject_erase(job, company->candor, "p5", &report));
}

static size_t train(struct company *company, struct meanwhile *meanwhile, struct digest *digest)
{
    struct candor_text report;
    struct job *job = candor_job_begin();
    if (meanwhile != NULL) {
        candor_job_listen(job, listen, meanwhile);
    }
    expect(candor_train(job, company->candor, "lead", NULL, &report) == CANDOR_OK, "%s",
           job->message);
    const struct value *tree = tree_of(job, &report);
    double rows = 0;
    double test = 0;
    must(value_number(job, value_get(tree, "rows_train"), "rows", &rows) == CANDOR_OK);
    must(value_number(job, value_get(tree, "rows_test"), "rows", &test) == CANDOR_OK);
    *digest = learnt_from(job, company);
    candor_job_end(job);
    return (size_t)(rows + test);
}

/* At each place, also while it fits: the model is, bit by bit, the one that is learnt afterwards. */
static void a_model_is_learnt_from_nobody_who_said_no_meanwhile(void **state)
{
    struct company company;
    struct digest meanwhile_learnt;
    struct digest afterwards;
    size_t places = 0;
    (void)state;
    for (size_t place = 0; place < 200; place += place < 6 ? 1 : 5) {
        found(&company, PEOPLE);
        struct meanwhile meanwhile = {.company = &company, .skip = place, .act = stop_learning};
        const size_t rows = train(&company, &meanwhile, &meanwhile_learnt);
        if (meanwhile.done > 0) {
            places++;
            expect(rows == PEOPLE - 3, "place %zu: %zu rows", place, rows);
            expect(train(&company, NULL, &afterwards) == PEOPLE - 3, "afterwards");
            expect(digest_equal(meanwhile_learnt, afterwards), "place %zu: not the same model",
                   place);
        }
        company_end(&company);
        if (meanwhile.done == 0) {
            break;
        }
    }
    expect(places > 6, "%zu places", places); /* the fit itself is among them */
}

static size_t gone;

/* One more with each word of the fit: it never comes to an end. */
static void withdraw_on_and_on(void *self, const char *what, uint64_t done, uint64_t total)
{
    char name[16];
    (void)total;
    (void)done;
    if (strncmp(what, "training", 8) != 0 && gone < PEOPLE) {
        (void)snprintf(name, sizeof name, "p%zu", gone++);
        say(self, name, "training", "withdraw");
    }
}

static void a_training_whose_people_leave_and_leave_keeps_nothing(void **state)
{
    struct company company;
    struct candor_text report;
    (void)state;
    found(&company, PEOPLE);
    struct job *job = candor_job_begin();
    candor_job_listen(job, withdraw_on_and_on, &company);
    expect(candor_train(job, company.candor, "lead", NULL, &report) != CANDOR_OK, "%s",
           job->message);
    expect(company.candor->long_work == NULL, "nothing is under way");
    expect(gone > 4, "%zu", gone);
    candor_job_end(job);
    company_end(&company);
}

/* ---- threads ------------------------------------------------------------------------------- */

enum { MANY = 1200 };

struct deciding {
    struct company *company;
    atomic_bool is_over;
    atomic_size_t answered;
};

static void *decide_on(void *self)
{
    struct deciding *deciding = self;
    while (!atomic_load(&deciding->is_over)) {
        struct candor_text report;
        char name[16];
        struct job *job = candor_job_begin();
        (void)snprintf(name, sizeof name, "p%zu", atomic_load(&deciding->answered) % MANY);
        const struct candor_question question = {.identifier = name, .campaign = "spring"};
        expect(candor_decide(job, deciding->company->candor, &question, &report) == CANDOR_OK, "%s",
               job->message);
        candor_job_end(job);
        (void)atomic_fetch_add(&deciding->answered, 1);
    }
    return NULL;
}

static void *figures_on(void *self)
{
    struct deciding *deciding = self;
    while (!atomic_load(&deciding->is_over)) {
        struct candor_text report;
        DONE(candor_report_figures(job, deciding->company->candor, 4, 7, &report));
    }
    return NULL;
}

/* Not a word of time: of each stay's end it is known how many were answered by then. */
struct watching {
    struct deciding *deciding;
    size_t first;
    size_t last;
    size_t stays;
};

static void watch(void *self, const char *what, uint64_t done, uint64_t total)
{
    struct watching *watching = self;
    (void)what;
    (void)done;
    (void)total;
    watching->last = atomic_load(&watching->deciding->answered);
    watching->first = watching->stays == 0 ? watching->last : watching->first;
    watching->stays++;
}

static void decisions_are_answered_while_a_plan_and_a_training_go_on(void **state)
{
    struct company company;
    struct candor_text report;
    pthread_t thread[3];
    (void)state;
    found(&company, MANY);
    struct deciding deciding = {.company = &company};
    must(pthread_create(&thread[0], NULL, decide_on, &deciding) == 0);
    must(pthread_create(&thread[1], NULL, decide_on, &deciding) == 0);
    must(pthread_create(&thread[2], NULL, figures_on, &deciding) == 0);
    for (int train = 0; train < 2; train++) {
        struct watching watching = {.deciding = &deciding};
        struct job *job = candor_job_begin();
        candor_job_listen(job, watch, &watching);
        const enum candor_status status =
            train ? candor_train(job, company.candor, "lead", NULL, &report)
                  : candor_plan(job, company.candor, "spring", NULL, NULL, &report);
        expect(status == CANDOR_OK, "%s", job->message);
        expect(watching.last > watching.first + 10, "%zu decisions during %zu stays",
               watching.last - watching.first, watching.stays);
        candor_job_end(job);
    }
    atomic_store(&deciding.is_over, true);
    for (size_t i = 0; i < 3; i++) {
        must(pthread_join(thread[i], NULL) == 0);
    }
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_says_no_while_a_plan_is_made_is_not_in_it_as_reached),
        cmocka_unit_test(who_is_erased_while_a_plan_is_made_is_not_in_it),
        cmocka_unit_test(who_comes_while_a_plan_is_made_waits_for_the_next),
        cmocka_unit_test(everybody_is_asked_again_when_it_is_not_known_who_changed),
        cmocka_unit_test(a_campaign_is_planned_once_at_a_time),
        cmocka_unit_test(another_policy_ends_what_was_begun_under_the_old_one),
        cmocka_unit_test(what_is_stopped_leaves_the_plan_before_it),
        cmocka_unit_test(a_model_is_learnt_from_nobody_who_said_no_meanwhile),
        cmocka_unit_test(a_training_whose_people_leave_and_leave_keeps_nothing),
        cmocka_unit_test(decisions_are_answered_while_a_plan_and_a_training_go_on),
    };
    return cmocka_run_group_tests_name("longwork", tests, NULL, NULL);
}
