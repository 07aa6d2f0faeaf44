/*
 * test_page.c - a plan's page: what it says is in tests/golden/plan.html, to be read and reviewed;
 * nothing that stands in a plan can become markup; every state of a plan gives a sound page.
 *
 *     tests/test_flow_page --update    write the golden page anew (in the build folder)
 */
#include "made_plan.h"

#include "testing.h"

enum { GOLDEN_LEN_MAX = 1 << 20, DEPTH_MAX = 32 };

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

static size_t times(struct str text, const char *part)
{
    const struct str wanted = str_of(part);
    size_t count = 0;
    for (size_t at = 0; at + wanted.len <= text.len; at++) {
        count += str_equal(str_slice(text, at, at + wanted.len), wanted);
    }
    return count;
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

static bool is_void(struct str name)
{
    return str_is(name, "meta") || str_is(name, "!doctype");
}

/* Every element that begins also ends, within the one it began in. */
static void must_be_balanced(struct str page, const char *name)
{
    struct str open[DEPTH_MAX];
    size_t depth = 0;
    page = str_slice(page, str_find(page, '<'), page.len);
    while (page.len > 0) {
        const struct str tag = str_slice(page, 1, str_find(page, '>'));
        const bool ends = str_starts(tag, STR("/"));
        const struct str word = str_slice(tag, ends ? 1 : 0, str_find(tag, ' '));
        if (ends) {
            expect(depth > 0 && str_equal(open[depth - 1], word), "%s: </%.*s> ends nothing", name,
                   STR_ARG(word));
            depth--;
        } else if (!is_void(word)) {
            expect(depth < DEPTH_MAX, "%s: too deep", name);
            open[depth++] = word;
        }
        page = str_slice(page, 1, page.len);
        page = str_slice(page, str_find(page, '<'), page.len);
    }
    expect(depth == 0, "%s: <%.*s> does not end", name, STR_ARG(open[depth == 0 ? 0 : depth - 1]));
}

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

/* This file is tests/unit/flow/test_page.c of the tree. */
static struct str golden_path(struct arena *arena)
{
    const struct str here = str_of(__FILE__);
    const struct str inside = STR("tests/unit/flow/test_page.c");
    must(str_ends(here, inside));
    return path_join(arena, str_slice(here, 0, here.len - inside.len),
                     STR("tests/golden/plan.html"));
}

static void the_page_is_the_golden_one(void **state)
{
    const bool *update = *state;
    struct bytes golden;
    struct job job;
    job_begin(&job, host_real());
    const struct str page = page_of(&job, "", NULL);
    const struct str path = golden_path(job.arena);
    if (*update) {
        expect(file_replace(&job, path, bytes_of(page), 0644) == CANDOR_OK, "%s", job.message);
    }
    expect(file_read(&job, path, GOLDEN_LEN_MAX, &golden) == CANDOR_OK, "%s", job.message);
    size_t same = 0;
    while (same < page.len && same < golden.len &&
           page.ptr[same] == ((const char *)golden.ptr)[same]) {
        same++;
    }
    expect(same == page.len && same == golden.len,
           "the page differs from byte %zu on: \"%.*s\"; when that is right, run this test with "
           "--update and review the difference",
           same, (int)(page.len - same < 60 ? page.len - same : 60), page.ptr + same);
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
