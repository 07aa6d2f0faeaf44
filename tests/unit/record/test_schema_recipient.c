/*
 * test_schema_recipient.c - recipients out of candor.yaml, the newer members of purposes, and terms.
 */
#include <stdio.h>
#include <string.h>

#include "recipient.h"
#include "testing.h"
#include "text.h"

static struct job job;

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

static enum candor_status read_yaml(const char *text, const struct inventory **inventory)
{
    const struct value *root = NULL;
    TRY(yaml_read(&job, bytes_of(str_of(text)), NULL, "candor.yaml", &root));
    return inventory_read(&job, root, inventory);
}

static const char example[] =
    "candor: 1\n"
    "channels: [email]\n"
    "purposes:\n"
    "  - {name: news, channels: [email], language: fr, wording: Puis-je?, wording_version: '1',\n"
    "     translations: {de: Darf ich?, en-GB: May I?}, ask_again_days: 365, double_opt_in: true,\n"
    "     terms: [DirectMarketing, MeasureOpens]}\n"
    "  - {name: 'share:acme'}\n"
    "  - {name: tax, basis: public_interest}\n"
    "recipients:\n"
    "  - {name: mailer, title: The mailer, role: processor, contract: of 2026, country: DE,\n"
    "     purposes: [news, tax], contact: a@b.example}\n"
    "  - {name: acme, contract: other, country: US, transfer: standard_clauses,\n"
    "     purposes: [news, 'share:acme']}\n";

static void the_example_reads_as_written(void **state)
{
    const struct inventory *inventory = NULL;
    (void)state;
    expect(read_yaml(example, &inventory) == CANDOR_OK, "%s", job.message);
    expect(inventory->recipient_count == 3, "with ourselves");
    const struct recipient *mailer = &inventory->recipient[1];
    const struct recipient *acme = &inventory->recipient[2];
    expect(str_is(mailer->title, "The mailer") && mailer->role == RECIPIENT_PROCESSOR &&
               str_is(mailer->country, "DE") && str_is(mailer->contract, "of 2026") &&
               mailer->purposes == 5,
           "mailer");
    expect(str_is(acme->title, "acme") && acme->role == RECIPIENT_CONTROLLER &&
               acme->transfer == TRANSFER_CLAUSES,
           "acme");
    expect(inventory->disclosure_count == 3, "share:acme is none by itself");
    expect(inventory_recipient(inventory, STR("acme")) == 2, "by name");
    expect(inventory_recipient(inventory, STR("")) == NONE, "ourselves have no name");
    expect(inventory_disclosure(inventory, 0, 2) != NONE, "news goes to acme");
    expect(inventory_disclosure(inventory, 2, 2) == NONE, "tax does not");
    expect(strcmp(recipient_role_name(mailer->role), "processor") == 0, "role");
    expect(strcmp(transfer_name(acme->transfer), "standard_clauses") == 0, "transfer");

    const struct purpose *news = &inventory->purpose[0];
    expect(str_is(news->language, "fr") && news->translation_count == 2 &&
               str_is(news->translation[1].language, "en-GB") &&
               str_is(news->translation[1].wording, "May I?"),
           "languages");
    expect(news->ask_again_days == 365 && news->confirm_days == 7, "rules");
    expect(purpose_kinds(news) == (1U << KIND_RECEIVING | 1U << KIND_MEASURING_OPENS), "kinds");
    expect(purpose_kinds(&inventory->purpose[1]) == 1U << KIND_SHARING, "share: is sharing");
    expect(inventory->purpose[1].ask_again_days == 183 && inventory->purpose[1].confirm_days == 0,
           "defaults");
    expect(inventory->purpose[2].basis == BASIS_PUBLIC_TASK, "public interest");
}

#define HEAD "candor: 1\npurposes:\n"
#define ONE HEAD "  - {name: news}\nrecipients:\n"

static const struct {
    const char *text;
    unsigned line;
    const char *part;
} broken[] = {
    {ONE "  - {name: a, country: DE, purposes: [news]}\n", 5, "contract"},
    {ONE "  - {name: a, contract: c, purposes: [news]}\n", 5, "country"},
    {ONE "  - {name: a, contract: c, country: DE}\n", 5, "purposes"},
    {ONE "  - {contract: c, country: DE, purposes: [news]}\n", 5, "name"},
    {ONE "  - {name: a, contract: c, country: de, purposes: [news]}\n", 5, "capital"},
    {ONE "  - {name: a, contract: c, country: DEU, purposes: [news]}\n", 5, "capital"},
    {ONE "  - {name: a, contract: c, country: US, purposes: [news]}\n", 5, "EEA"},
    {ONE "  - {name: a, contract: c, country: US, transfer: none, purposes: [news]}\n", 5, "EEA"},
    {ONE "  - {name: a, contract: c, country: DE, purposes: [nwes]}\n", 5, "did you mean 'news'"},
    {ONE "  - {name: a, contract: c, country: DE, purposes: [news], roll: x}\n", 5, "roll"},
    {ONE "  - {name: a, contract: c, country: DE, purposes: [news], role: owner}\n", 5, "role"},
    {ONE "  - {name: a, contract: c, country: DE, purposes: [news]}\n"
         "  - {name: a, contract: c, country: DE, purposes: [news]}\n",
     6, "already"},
    {HEAD "  - {name: 'share:b'}\nrecipients:\n"
          "  - {name: a, contract: c, country: DE, purposes: ['share:b']}\n",
     5, "another recipient"},
    {ONE "  a: b\n", 5, "recipients"},
    {HEAD "  - {name: n, language: x}\n", 3, "language"},
    {HEAD "  - {name: n, language: 'a b'}\n", 3, "language"},
    {HEAD "  - {name: n, translations: {de: Darf ich?}}\n", 3, "translations"},
    {HEAD "  - {name: n, wording: W, wording_version: '1', translations: {en: May I?}}\n", 3,
     "translations"},
    {HEAD "  - {name: n, confirm_days: 3}\n", 3, "double_opt_in"},
    {HEAD "  - {name: n, double_opt_in: true, confirm_days: 61}\n", 3, "confirm_days"},
    {HEAD "  - {name: n, double_opt_in: true, confirm_days: 0}\n", 3, "confirm_days"},
    {HEAD "  - {name: n, ask_again_days: -1}\n", 3, "ask_again_days"},
    {HEAD "  - {name: n, terms: [DirectMarketting]}\n", 3, "did you mean 'DirectMarketing'"},
};

static void each_mistake_is_refused_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        const struct inventory *inventory = NULL;
        char line[32];
        (void)snprintf(line, sizeof line, "(line %u)", broken[i].line);
        expect(read_yaml(broken[i].text, &inventory) == CANDOR_BAD_INPUT, "row %zu: %s", i,
               broken[i].part);
        expect(strstr(job.message, broken[i].part) != NULL && strstr(job.message, line) != NULL,
               "row %zu says: %s", i, job.message);
        job_forgive(&job);
    }
}

static void the_limits_hold_and_one_past_them_does_not(void **state)
{
    (void)state;
    for (unsigned more = 0; more <= 1; more++) {
        const struct inventory *inventory = NULL;
        struct buf buf = buf_begin(job.arena);
        buf_lit(&buf, LIT(HEAD "  - {name: p}\nrecipients:\n"));
        for (unsigned i = 0; i < DISCLOSURES_MAX + more; i++) {
            buf_format(&buf, "  - {name: r%u, contract: c, country: IE, purposes: [p]}\n", i);
        }
        const enum candor_status status = read_yaml(str_z(job.arena, buf_text(&buf)), &inventory);
        expect(status == (more == 0 ? CANDOR_OK : CANDOR_BAD_INPUT), "%u more: %s", more,
               job.message);
        job_forgive(&job);
    }
}

static void every_term_has_a_kind_and_every_kind_a_name(void **state)
{
    size_t count = 0;
    const struct dpv_term *term = dpv_terms(&count);
    (void)state;
    expect(count <= 64, "a mask holds them");
    for (size_t t = 0; t < count; t++) {
        expect(term[t].name.len > 0 && purpose_kind_name(term[t].kind)[0] != '\0', "%zu", t);
    }
    expect(country_is_in_eea(STR("NO")) && !country_is_in_eea(STR("CH")) &&
               !country_is_in_eea(STR("T B")) && !country_is_in_eea(STR("T ")),
           "countries");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test_setup_teardown(the_example_reads_as_written, begin, end),
        cmocka_unit_test_setup_teardown(each_mistake_is_refused_with_its_line, begin, end),
        cmocka_unit_test_setup_teardown(the_limits_hold_and_one_past_them_does_not, begin, end),
        cmocka_unit_test_setup_teardown(every_term_has_a_kind_and_every_kind_a_name, begin, end),
    };
    return cmocka_run_group_tests_name("schema_recipient", test, NULL, NULL);
}
