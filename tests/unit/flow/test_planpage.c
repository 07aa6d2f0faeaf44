/*
 * test_page.c - a plan's page: what it says is in tests/golden/plan.html, to be read and reviewed;
 * nothing that stands in a plan can become markup; every state of a plan gives a sound page.
 *
 *     tests/test_flow_page --update    write the golden page anew (in the build folder)
 */
#include "made_plan.h"
#include "markup.h"

static const char evil[] = "<script>\"'&x</style></title><!--";
static const char evil_escaped[] = "&lt;script&gt;&quot;";

static struct str page_of(struct job *job, const char *mark, void (*change)(struct plan *plan))
{
    const struct maker maker = {job->arena, mark};
    struct plan *plan = NEW(job->arena, struct plan);
    make_plan(&maker, plan);
    if (change != NULL) {
        change(plan);
    }
    return plan_page(job, plan);
}

/* ---- states of a plan ---------------------------------------------------------------------- */

static void as_planned(struct plan *plan)
{
    plan->state = PLAN_PLANNED;
    plan->approver = STR("");
    plan->override_reason = STR("");
    plan->results.known = false;
}

static void as_approved(struct plan *plan)
{
    plan->state = PLAN_APPROVED;
    plan->results.known = false;
}

static void as_being_handed_over(struct plan *plan)
{
    plan->state = PLAN_HANDING_OVER;
    plan->results.known = false;
}

static void without_a_model(struct plan *plan)
{
    as_planned(plan);
    plan->model = STR("");
    plan->driver_count = 0;
    plan->expected = NOT_KNOWN;
    plan->expected_low = NOT_KNOWN;
    plan->expected_high = NOT_KNOWN;
    plan->person[0].has_score = false;
    plan->person[0].fact_count = 0;
}

static void about_nobody(struct plan *plan)
{
    without_a_model(plan);
    plan->fairness = (struct plan_fairness){
        .passed = true, .value = NOT_KNOWN, .low = NOT_KNOWN, .high = NOT_KNOWN};
    plan->person_count = 0;
    plan->offer_count = 0;
    plan->ledger_first = 0;
    plan->ledger_last = 0;
    for (size_t s = 0; s < STAIR_COUNT; s++) {
        plan->stair[s].count = 0;
        plan->stair[s].left_out_count = 0;
    }
}

static void unfair(struct plan *plan)
{
    plan->fairness.passed = false;
}

static void with_results_of_nobody(struct plan *plan)
{
    plan->results = (struct plan_results){.known = true,
                                          .lift = NOT_KNOWN,
                                          .lift_low = NOT_KNOWN,
                                          .lift_high = NOT_KNOWN,
                                          .extra_responses = NOT_KNOWN};
}

static void with_an_empty_group(struct plan *plan)
{
    plan->fairness.group[1].considered = 0;
    plan->fairness.group[1].chosen = 0;
    plan->fairness.group[1].rate = NOT_KNOWN;
    plan->fairness.group[1].low = 0;
    plan->fairness.group[1].high = 1;
}

static const struct {
    const char *name;
    void (*change)(struct plan *plan);
} kind[] = {
    {"sent, with results", NULL},
    {"planned", as_planned},
    {"approved", as_approved},
    {"being handed over", as_being_handed_over},
    {"without a model", without_a_model},
    {"about nobody", about_nobody},
    {"unfair", unfair},
    {"results of nobody", with_results_of_nobody},
    {"an empty group", with_an_empty_group},
};

/* ---- markup -------------------------------------------------------------------------------- */

static void every_state_of_a_plan_gives_a_sound_page(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str page = page_of(&job, "", kind[i].change);
        must_be_balanced(page, kind[i].name);
        expect(str_is_utf8(page), "%s", kind[i].name);
        expect(times(page, "nan") + times(page, "inf") == 0, "%s", kind[i].name);
        expect(times(page, "<h1>") == 1 && times(page, "<title>") == 1, "%s", kind[i].name);
        job_end(&job);
    }
}

static void nothing_that_stands_in_a_plan_becomes_markup(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str page = page_of(&job, evil, kind[i].change);
        must_be_balanced(page, kind[i].name);
        expect(times(page, "<script") == 0, "%s", kind[i].name);
        expect(times(page, "<!--") == 0, "%s", kind[i].name);
        expect(times(page, "</style>") == 1 && times(page, "</title>") == 1, "%s", kind[i].name);
        expect(times(page, evil_escaped) > 5, "%s", kind[i].name);
        job_end(&job);
    }
}

/* Every text of a plan that people shall see is seen: each as often as a plain plan shows it. */
static void what_is_escaped_is_still_said(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const size_t plain = times(page_of(&job, "QQ", NULL), "QQ");
    const size_t escaped = times(page_of(&job, evil, NULL), evil_escaped);
    expect(plain == escaped && plain > 20, "%zu, escaped %zu", plain, escaped);
    job_end(&job);
}

static void a_page_asks_nothing_of_the_network_and_runs_nothing(void **state)
{
    (void)state;
    static const char *const foreign[] = {
        "http:", "https:",  "//",   "src=",   "href=",   "url(", "@import",
        "<link", "<script", "<img", "onload", "<iframe", "<form"};
    struct job job;
    job_begin(&job, host_real());
    const struct str page = page_of(&job, "", NULL);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        expect(times(page, foreign[i]) == 0, "%s", foreign[i]);
    }
    expect(times(page, "default-src 'none'") == 1, "the page's policy");
    job_end(&job);
}

/* ---- what it says -------------------------------------------------------------------------- */

static const struct {
    void (*change)(struct plan *plan);
    const char *says;
    const char * not ;
} words[] = {
    {as_planned, "nothing is sent", "approved by"},
    {as_planned, "Would be contacted", "Did it work?"},
    {as_approved, "not sent yet", "Did it work?"},
    {as_approved, "approved by bea", "Responses gained"},
    {as_being_handed_over, "Being handed over", "Did it work?"},
    {NULL, "Did it work?", "Would be contacted"},
    {NULL, "It helped.", "It did harm."},
    {NULL, "12,345", "12345"},
    {NULL, "Overridden by the owner: It is right.", "Does not pass"},
    {unfair, "Does not pass.", "Passes."},
    {without_a_model, "not known", "Why them?"},
    {about_nobody, "there is nobody to compare", "Three people"},
    {about_nobody, "the ledger has no decision", "numbers 0 to 0"},
    {NULL, "One person", "Three people"},
    {with_results_of_nobody, "nobody to compare with", "It helped."},
    {with_an_empty_group, "unknown", "nan"},
};

static void a_page_says_what_the_plan_is_and_no_more(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str page = page_of(&job, "", words[i].change);
        expect(str_contains(page, str_of(words[i].says)), "row %zu does not say '%s'", i,
               words[i].says);
        expect(!str_contains(page, str_of(words[i].not )), "row %zu says '%s'", i, words[i].not );
        job_end(&job);
    }
}

static void the_page_is_the_golden_one(void **state)
{
    const bool *update = *state;
    struct job job;
    job_begin(&job, host_real());
    must_be_golden(&job, page_of(&job, "", NULL), "plan.html", *update);
    job_end(&job);
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_of_a_plan_gives_a_sound_page),
        cmocka_unit_test(nothing_that_stands_in_a_plan_becomes_markup),
        cmocka_unit_test(what_is_escaped_is_still_said),
        cmocka_unit_test(a_page_asks_nothing_of_the_network_and_runs_nothing),
        cmocka_unit_test(a_page_says_what_the_plan_is_and_no_more),
        cmocka_unit_test_prestate(the_page_is_the_golden_one, &update),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
