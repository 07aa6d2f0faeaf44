/*
 * test_regulated.c - offers that decide about lives: what may not choose, and what a campaign must say.
 */
#include <string.h>

#include "decide.h"
#include "testing.h"
#include "text.h"

static const char home[] =
    "candor: 1\n"
    "channels: [email]\n"
    "purposes: [{name: news, channels: [email]}, {name: profiling}, {name: audit},\n"
    "           {name: interest, basis: legitimate_interest}]\n"
    "subjects:\n"
    "  fields:\n"
    "    - {name: email, pii: email, purposes: [news]}\n"
    "    - {name: age_band, type: category, purposes: [profiling, interest]}\n"
    "    - {name: home_zip, type: category, purposes: [profiling]}\n"
    "    - {name: joined, type: date, purposes: [profiling]}\n"
    "    - {name: sex, type: category, protected: true, purposes: [audit]}\n"
    "    - {name: illness, type: category, sensitivity: special, purposes: [profiling]}\n"
    "events: [{name: bought, purposes: [profiling], properties: [{name: amount, type: number},\n"
    "   {name: postcode, type: category}]}]\n"
    "features: [{name: band, field: age_band}, {name: bought, measure: count, event: bought},\n"
    "  {name: spent, measure: sum, event: bought, property: amount},\n"
    "  {name: where, measure: top, event: bought, property: postcode}, {name: tenure, field: "
    "joined}]\n"
    "campaigns:\n"
    "  - name: loan\n"
    "    purpose: news\n"
    "    channel: email\n"
    "    offers: [{name: a}]\n";

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

static enum candor_status read_more(const char *text, struct campaign **campaign)
{
    const struct value *root = NULL;
    size_t count = 0;
    const struct str all = str_format(job.arena, "%s%s", home, text);
    job_forgive(&job);
    expect(yaml_read(&job, bytes_of(all), NULL, "candor.yaml", &root) == CANDOR_OK, "%s",
           job.message);
    expect(inventory_read(&job, root, &inventory) == CANDOR_OK, "%s", job.message);
    return campaigns_read(&job, inventory, root, campaign, &count);
}

#define FAIR "    fairness: {attributes: [sex], audit: audit}\n"

static void a_campaign_says_what_the_law_asks(void **state)
{
    static const struct {
        const char *text;
        const char *message; /* NULL: it is fine */
    } row[] = {
        {"    regulated: credit\n    uses: profiling\n" FAIR, NULL},
        {"    regulated: health\n" FAIR, NULL},
        {"    regulated: lottery\n" FAIR, "line 23"},
        {"    regulated: credit\n", "'fairness' is missing"},
        {"    regulated: credit\n    fairness: {attributes: [sex], audit: audit, on_fail: warn}\n",
         "on_fail: stop"},
        {"    regulated: housing\n    uses: interest\n" FAIR, "Article 22(2)"},
        {"    regulated: housing\n    uses: profiling\n    audience: {feature: band, equals: "
         "a}\n" FAIR,
         "'band': it is age"},
        {"    regulated: housing\n    uses: profiling\n    audience: {field: home_zip, equals: "
         "a}\n" FAIR,
         "where somebody lives"},
        {"    regulated: housing\n    uses: profiling\n    audience: {feature: where, equals: "
         "a}\n" FAIR,
         "where somebody lives"},
        {"    regulated: insurance\n    uses: profiling\n    audience: {field: illness, equals: "
         "a}\n" FAIR,
         "protected attribute"},
        {"    regulated: employment\n    uses: profiling\n    audience: {feature: tenure, above: "
         "3}\n" FAIR,
         NULL},
        {"    uses: profiling\n    audience: {feature: band, equals: a}\n",
         NULL}, /* not regulated */
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct campaign *campaign = NULL;
        const enum candor_status status = read_more(row[i].text, &campaign);
        if (row[i].message == NULL) {
            expect(status == CANDOR_OK, "row %zu: %s", i, job.message);
        } else {
            expect(status == CANDOR_BAD_INPUT && strstr(job.message, row[i].message) != NULL,
                   "row %zu: %s", i, job.message);
        }
    }
}

static void words_of_names_count_and_not_letters(void **state)
{
    static const struct {
        const char *name;
        const char *pii;
        bool is_barred;
    } row[] = {
        {"age", "", true},
        {"age_band", "", true},
        {"average_basket", "", false},
        {"language", "", false},
        {"date-of-birth", "", true},
        {"gender", "", true},
        {"sussex_store", "", false},
        {"zip", "", true},
        {"shipping.postcode", "", true},
        {"delivery", "address", true},
        {"pages_seen", "", false},
        {"income", "", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct field field = {.name = str_of(row[i].name), .pii = str_of(row[i].pii)};
        expect((regulated_bars(&field) != NULL) == row[i].is_barred, "%s", row[i].name);
    }
}

static void every_kind_has_a_name_and_a_law(void **state)
{
    (void)state;
    for (unsigned i = 1; i < REGULATED_KINDS; i++) {
        struct campaign *campaign = NULL;
        const char *name = regulated_name((enum regulated)i);
        const struct str text = str_format(job.arena, "    regulated: %s\n" FAIR, name);
        expect(read_more(text.ptr, &campaign) == CANDOR_OK && campaign->regulated == i, "%s: %s",
               name, job.message);
        expect(strstr(regulated_law((enum regulated)i), "GDPR") != NULL, "%s", name);
    }
    expect(strlen(regulated_name(REGULATED_NONE)) == 0, "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_campaign_says_what_the_law_asks),
        cmocka_unit_test(words_of_names_count_and_not_letters),
        cmocka_unit_test(every_kind_has_a_name_and_a_law),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
