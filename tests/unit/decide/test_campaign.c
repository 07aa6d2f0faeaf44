/*
 * test_campaign.c - campaigns: a whole one, the defaults, every mistake with its line, the offer.
 */
#include <math.h>
#include <string.h>

#include "decide.h"
#include "testing.h"
#include "text.h"

/* 15 lines; what a test adds begins on line 16. */
static const char home[] =
    "candor: 1\n"
    "channels: [email, sms]\n"
    "purposes: [{name: news, channels: [email]}, {name: profiling}, {name: audit},\n"
    "           {name: service, basis: contract}]\n"
    "subjects:\n"
    "  fields:\n"
    "    - {name: email, pii: email, purposes: [news]}\n"
    "    - {name: age, type: number, purposes: [profiling]}\n"
    "    - {name: sex, type: category, protected: true, purposes: [audit]}\n"
    "    - {name: town, type: category, purposes: [news]}\n"
    "events: [{name: bought, purposes: [profiling], properties: [{name: amount, type: number},\n"
    "   {name: kind, type: category}]}, {name: complained, purposes: [news]}]\n"
    "features: [{name: age, field: age}, {name: bought, measure: count, event: bought},\n"
    "  {name: town, field: town}]\n\n";

static struct job job;
static const struct inventory *inventory;

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

static enum candor_status read_more(const char *text, struct campaign **campaign, size_t *count)
{
    const struct value *root = NULL;
    const struct str all = str_format(job.arena, "%s%s", home, text);
    expect(yaml_read(&job, bytes_of(all), NULL, "candor.yaml", &root) == CANDOR_OK, "%s",
           job.message);
    expect(inventory_read(&job, root, &inventory) == CANDOR_OK, "%s", job.message);
    return campaigns_read(&job, inventory, root, campaign, count);
}

static const struct campaign *must_read(const char *text)
{
    struct campaign *campaign = NULL;
    size_t count = 0;
    expect(read_more(text, &campaign, &count) == CANDOR_OK && count > 0, "%s", job.message);
    return campaign;
}

static const char whole[] =
    "campaigns:\n"
    "  - name: spring-sale\n"
    "    title: Spring collection\n"
    "    purpose: news\n"
    "    channel: email\n"
    "    uses: profiling\n"
    "    address: email\n"
    "    model: lead\n"
    "    audience: {all: [{field: age, at_least: 18}, {feature: bought, below: 9}]}\n"
    "    select: {min_score: 0.05, top: 2500, share: 0.5}\n"
    "    cap: {contacts: 3, days: 14}\n"
    "    holdout: 0.15\n"
    "    not_interested: {events: [complained], days: 60}\n"
    "    outcome: {event: bought, amount: amount, days: 21, value: 18, cost: 0.02}\n"
    "    fairness: {attributes: [sex], audit: audit, measure: equal_opportunity_difference,\n"
    "               limit: 0.05, on_fail: warn}\n"
    "    choose: highest_value\n"
    "    offers:\n"
    "      - {name: garden, title: A tree, when: {feature: age, above: 60}, value: 9}\n"
    "      - {name: free-delivery, value: 3}\n";

static void a_whole_campaign_reads_as_written(void **state)
{
    (void)state;
    const struct campaign *campaign = must_read(whole);
    expect(str_is(campaign->name, "spring-sale"), "name");
    expect(str_is(campaign->title, "Spring collection"), "title");
    expect(campaign->purpose == 0 && campaign->uses == 1 && campaign->channel == 0, "purposes");
    expect(campaign->address_field == 0 && str_is(campaign->model, "lead"), "address, model");
    expect(campaign->selection.has_min_score && campaign->selection.min_score == 0.05, "score");
    expect(campaign->selection.has_top && campaign->selection.top == 2500, "top");
    expect(campaign->selection.has_share && campaign->selection.share == 0.5, "share");
    expect(campaign->cap_contacts == 3 && campaign->cap_days == 14, "cap");
    expect(campaign->holdout == 0.15, "holdout");
    expect(campaign->not_interested_days == 60 && campaign->not_interested_count == 1, "not");
    expect(campaign->not_interested[0] == 1, "complained");
    expect(campaign->outcome.event_kind == 0 && campaign->outcome.amount_property == 0, "outcome");
    expect(campaign->outcome.days == 21 && campaign->outcome.value == 18, "outcome");
    expect(campaign->outcome.cost == 0.02, "cost");
    expect(campaign->fairness.attribute_count == 1 && campaign->fairness.attribute[0] == 2, "sex");
    expect(campaign->fairness.audit == 2 && campaign->fairness.limit == 0.05, "fairness");
    expect(campaign->fairness.measure == CAMPAIGN_OPPORTUNITY_DIFFERENCE, "measure");
    expect(campaign->fairness.on_fail == CAMPAIGN_WARN, "warn");
    expect(campaign->offer_count == 2 && str_is(campaign->offer[0].title, "A tree"), "offers");
    expect(str_is(campaign->offer[1].title, "free delivery"), "a title from the name");
    expect(campaign->offer[0].when != NULL && campaign->offer[1].when == NULL, "when");
}

static void a_campaign_needs_what_its_rules_need(void **state)
{
    (void)state;
    const struct rule_needs needs = must_read(whole)->needs;
    expect(needs.field_count == 1 && needs.field[0] == 1, "age");
    expect(needs.feature_count == 2 && needs.feature[0] == 0 && needs.feature[1] == 1, "both");
}

static void the_smallest_campaign_has_the_defaults(void **state)
{
    (void)state;
    const struct campaign *campaign =
        must_read("campaigns: [{name: hello_all, purpose: service, offers: [{name: hi}]}]\n");
    expect(str_is(campaign->title, "hello all"), "title");
    expect(campaign->uses == NONE && campaign->channel == NONE, "none");
    expect(campaign->address_field == NONE && campaign->model.len == 0, "none");
    expect(campaign->audience == NULL && campaign->needs.field_count == 0, "everyone");
    expect(!campaign->selection.has_top && !campaign->selection.has_min_score, "all");
    expect(campaign->cap_contacts == 0 && campaign->holdout == 0, "no cap, no hold-out");
    expect(campaign->not_interested_days == 0 && campaign->outcome.days == 30, "thirty days");
    expect(isnan(campaign->outcome.value) && isnan(campaign->outcome.cost), "unknown");
    expect(campaign->fairness.attribute_count == 0 && campaign->fairness.audit == NONE, "none");
    expect(campaign->choose == OFFER_FIRST, "first");
}

static void fairness_has_the_defaults_of_the_door(void **state)
{
    (void)state;
    const struct campaign *campaign =
        must_read("campaigns:\n"
                  "  - {name: a, purpose: service, offers: [{name: o}],\n"
                  "     fairness: {attributes: [sex], audit: audit}}\n"
                  "  - {name: b, purpose: service, offers: [{name: o}],\n"
                  "     fairness: {attributes: [sex], audit: audit, measure: "
                  "demographic_parity_difference}}\n");
    expect(campaign[0].fairness.measure == CAMPAIGN_PARITY_RATIO, "ratio");
    expect(campaign[0].fairness.limit == 0.8 && campaign[0].fairness.on_fail == CAMPAIGN_STOP,
           "four fifths");
    expect(campaign[1].fairness.limit == 0.1, "a difference");
    for (unsigned i = 0; i <= CAMPAIGN_OPPORTUNITY_DIFFERENCE; i++) {
        expect(strlen(campaign_measure_name((enum campaign_measure)i)) > 0, "measure %u", i);
    }
}

static void without_the_section_there_are_none(void **state)
{
    (void)state;
    struct campaign *campaign = NULL;
    size_t count = 7;
    expect(read_more("", &campaign, &count) == CANDOR_OK && count == 0, "%s", job.message);
    expect(read_more("campaigns:\n", &campaign, &count) == CANDOR_OK && count == 0, "%s",
           job.message);
}

static const struct {
    double age;
    const char *choose;
    size_t offer;
} offer_row[] = {
    {70, "first", 0},    {70, "highest_value", 1},    {50, "first", 1},
    {30, "first", 2},    {50, "highest_value", 1},    {30, "highest_value", 2},
    {10, "first", NONE}, {10, "highest_value", NONE}, {(double)NAN, "first", NONE},
};

static void the_offer_is_the_first_or_the_best_that_fits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof offer_row / sizeof offer_row[0]; i++) {
        const struct str text = str_format(
            job.arena,
            "campaigns:\n  - name: a\n    purpose: service\n    uses: profiling\n    choose: %s\n"
            "    offers:\n"
            "      - {name: o1, value: 1, when: {feature: age, above: 60}}\n"
            "      - {name: o2, value: 5, when: {feature: age, above: 40}}\n"
            "      - {name: o3, value: 5, when: {feature: age, above: 20}}\n",
            offer_row[i].choose);
        const struct campaign *campaign = must_read(str_z(job.arena, text));
        const struct cell cell[3] = {{.kind = isnan(offer_row[i].age) ? CELL_MISSING : CELL_NUMBER,
                                      .number = offer_row[i].age}};
        const size_t offer = campaign_offer(campaign, NULL, cell);
        expect(offer == offer_row[i].offer, "row %zu: %zu", i, offer);
    }
}

#define BASE "campaigns:\n  - name: c\n    purpose: news\n    channel: email\n" /* 16 .. 19 */
#define OFFER "    offers: [{name: o}]\n"                                       /* 20 */
#define WITH(text) BASE OFFER text                                              /* 21 */

static const struct {
    const char *text;
    unsigned line;
    const char *part;
} broken[] = {
    {"campaigns: {}\n", 16, "a list"},
    {"campaigns:\n  - spring\n", 17, "a map"},
    {"campaigns:\n  - purpose: news\n", 17, "'name' is missing"},
    {"campaigns:\n  - name: A b\n", 17, "a-z"},
    {"campaigns:\n  - name: c\n", 17, "'purpose' is missing"},
    {"campaigns:\n  - name: c\n    purpose: newz\n", 18, "did you mean 'news'"},
    {"campaigns:\n  - name: c\n    purpose: news\n", 17, "say on which"},
    {"campaigns:\n  - name: c\n    purpose: news\n    channel: sms\n", 19, "not served"},
    {"campaigns:\n  - name: c\n    purpose: service\n    channel: email\n", 19, "not served"},
    {BASE, 17, "'offers' is missing"},
    {BASE "    offers: []\n", 20, "at least one offer"},
    {BASE "    offers: [{title: x}]\n", 20, "'name' is missing"},
    {BASE "    offers: [{name: o}, {name: o}]\n", 20, "already"},
    {BASE "    offers: [{name: o, worth: 3}]\n", 20, "campaign 'c'"},
    {BASE "    offers: [{name: o, value: -3}]\n", 20, "between 0"},
    {BASE "    offers: [{name: o, when: {feature: town, equals: Ulm}}]\n", 20, "uses"},
    {BASE "    offers: [{name: o, when: {field: age, above: 1}}]\n", 20, "purpose 'news'"},
    {WITH("    oferr: 1\n"), 21, "did you mean 'offers'"},
    {WITH("    choose: best\n"), 21, "known are first, highest_value"},
    {WITH("    uses: news\n"), 21, "without channels"},
    {WITH("    uses: nothing\n"), 21, "no purpose 'nothing'"},
    {WITH("    address: age\n"), 21, "may not be used"},
    {WITH("    address: phone\n"), 21, "no field 'phone'"},
    {WITH("    model: lead\n"), 21, "uses"},
    {WITH("    model: \"\"\n"), 21, "name of a model"},
    {WITH("    audience:\n"), 21, "found nothing"},
    {WITH("    audience: {field: sex, equals: f}\n"), 21, "protected"},
    {WITH("    audience: {field: town, equals: Ulm}\n    uses: profiling\n"), 21,
     "purpose 'profiling'"},
    {WITH("    audience: {field: age, above: 3}\n"), 21, "audience of campaign 'c'"},
    {WITH("    select: {min_score: 0.5}\n"), 21, "nobody has a score"},
    {WITH("    select: {top: 0}\n"), 21, "between 1"},
    {WITH("    select: {share: 0}\n"), 21, "above 0"},
    {WITH("    select: {share: 1.5}\n"), 21, "between 0 and 1"},
    {WITH("    select: {topp: 1}\n"), 21, "select of campaign 'c'"},
    {WITH("    cap: {contacts: 3}\n"), 21, "'days' is missing"},
    {WITH("    cap: {days: 3}\n"), 21, "'contacts' is missing"},
    {WITH("    cap: {contacts: 0, days: 3}\n"), 21, "between 1"},
    {WITH("    cap: 3\n"), 21, "a map"},
    {WITH("    holdout: 0.6\n"), 21, "between 0 and 0.5"},
    {WITH("    holdout: 10%\n"), 21, "a number"},
    {WITH("    not_interested: {events: [complained]}\n"), 21, "'days' is missing"},
    {WITH("    not_interested: {days: 3}\n"), 21, "'events' is missing"},
    {WITH("    not_interested: {days: 3, events: []}\n"), 21, "at least one event"},
    {WITH("    not_interested: {days: 3, events: [bought]}\n"), 21, "may not be used"},
    {WITH("    not_interested: {days: 3, events: [complaind]}\n"), 21, "did you mean"},
    {WITH("    outcome: {amount: amount}\n"), 21, "name the event"},
    {WITH("    outcome: {event: bought, amount: kind}\n"), 21, "must be a number"},
    {WITH("    outcome: {event: bought, days: 0}\n"), 21, "between 1"},
    {WITH("    outcome: {value: -1}\n"), 21, "between 0"},
    {WITH("    fairness: {audit: audit}\n"), 21, "'attributes' is missing"},
    {WITH("    fairness: {attributes: [sex]}\n"), 21, "'audit' is missing"},
    {WITH("    fairness: {attributes: [], audit: audit}\n"), 21, "at least one field"},
    {WITH("    fairness: {attributes: [age], audit: audit}\n"), 21, "not protected"},
    {WITH("    fairness: {attributes: [sex], audit: news}\n"), 21, "may not be used"},
    {WITH("    fairness: {attributes: [sex], audit: audit, measure: parity}\n"), 21, "known are"},
    {WITH("    fairness: {attributes: [sex], audit: audit, limit: 2}\n"), 21, "between 0 and 1"},
    {WITH("    fairness: {attributes: [sex], audit: audit, on_fail: stopp}\n"), 21,
     "did you mean 'stop'"},
    {WITH("  - {name: c, purpose: service, offers: [{name: o}]}\n"), 21, "already"},
};

static void each_mistake_is_refused_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        struct campaign *campaign = NULL;
        size_t count = 0;
        expect(read_more(broken[i].text, &campaign, &count) == CANDOR_BAD_INPUT, "row %zu: %s", i,
               broken[i].text);
        expect(strstr(job.message, broken[i].part) != NULL, "row %zu says: %s", i, job.message);
        const struct str line = str_format(job.arena, "(line %u)", broken[i].line);
        expect(str_contains(str_of(job.message), line), "row %zu, line %u: %s", i, broken[i].line,
               job.message);
        job_forgive(&job);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest test[] = {
        TEST(a_whole_campaign_reads_as_written),
        TEST(a_campaign_needs_what_its_rules_need),
        TEST(the_smallest_campaign_has_the_defaults),
        TEST(fairness_has_the_defaults_of_the_door),
        TEST(without_the_section_there_are_none),
        TEST(the_offer_is_the_first_or_the_best_that_fits),
        TEST(each_mistake_is_refused_with_its_line),
    };
    return cmocka_run_group_tests_name("campaign", test, NULL, NULL);
}
