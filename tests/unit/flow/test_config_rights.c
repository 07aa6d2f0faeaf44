/*
 * test_config_rights.c - candor.yaml's section `rights`: what is read, and each way to be wrong with
 * the line where it stands.
 */
#include <string.h>

#include "request.h"

#include "testing.h"

static enum candor_status read_rights(struct job *job, const char *yaml, struct candor *candor)
{
    const struct value *root = NULL;
    const struct str text = str_of(yaml);
    must(yaml_read(job, bytes_of(text), NULL, "candor.yaml", &root) == CANDOR_OK);
    *candor = (struct candor){0};
    return config_rights(job, root, candor);
}

#define KEY_32 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static void a_home_made_before_has_the_european_clocks(void **state)
{
    (void)state;
    struct job job;
    struct candor candor;
    job_begin(&job, host_real());
    expect(read_rights(&job, "name: x\n", &candor) == CANDOR_OK, "%s", job.message);
    expect(str_is(candor.jurisdiction, "eu") && candor.holidays.count == 0 &&
               candor.agent_count == 0 &&
               candor.jurisdictions.count == jurisdictions_built_in().count,
           "defaults");
    job_end(&job);
}

static void everything_is_read(void **state)
{
    (void)state;
    struct job job;
    struct candor candor;
    job_begin(&job, host_real());
    expect(read_rights(&job,
                       "rights:\n"
                       "  jurisdiction: us-ca\n"
                       "  holidays: ['2027-01-01', '2026-12-25']\n"
                       "  business_id: CB\n"
                       "  agents: [{id: AA, verify_key: " KEY_32 "}]\n",
                       &candor) == CANDOR_OK,
           "%s", job.message);
    expect(str_is(candor.jurisdiction, "us-ca") && str_is(candor.business_id, "CB"), "words");
    expect(candor.holidays.count == 2 && candor.holidays.day[0] < candor.holidays.day[1],
           "holidays rise");
    expect(candor.agent_count == 1 && str_is(candor.agent[0].id, "AA") &&
               candor.agent[0].public_key[31] == 31,
           "agents");
    job_end(&job);
}

static void each_mistake_is_named_with_its_line(void **state)
{
    static const struct {
        const char *yaml;
        const char *says;
    } row[] = {
        {"rights: eu\n", "rights"},
        {"rights:\n  law: eu\n", "law"},
        {"rights:\n  jurisdiction: atlantis\n", "jurisdiction"},
        {"rights:\n  holidays: [2026]\n", "holidays"},
        {"rights:\n  holidays: ['2026-13-01']\n", "holidays"},
        {"rights:\n  holidays: ['2026-12-01T10:00:00Z']\n", "holidays"},
        {"rights:\n  agents: [{id: AA, verify_key: " KEY_32 "}]\n", "business_id"},
        {"rights:\n  business_id: CB\n  agents: [{id: AA}]\n", "verify_key"},
        {"rights:\n  business_id: CB\n  agents: [{id: 'A A', verify_key: " KEY_32 "}]\n", "spaces"},
        {"rights:\n  business_id: CB\n  agents: [{id: AA, verify_key: AAEC}]\n", "32 bytes"},
        {"rights:\n  business_id: CB\n  agents:\n    - {id: AA, verify_key: " KEY_32 "}\n"
         "    - {id: AA, verify_key: " KEY_32 "}\n",
         "twice"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        struct candor candor;
        job_begin(&job, host_real());
        expect(read_rights(&job, row[i].yaml, &candor) == CANDOR_BAD_INPUT, "row %zu", i);
        expect(strstr(job.message, row[i].says) != NULL && strstr(job.message, "line ") != NULL,
               "row %zu: %s", i, job.message);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_home_made_before_has_the_european_clocks),
        cmocka_unit_test(everything_is_read),
        cmocka_unit_test(each_mistake_is_named_with_its_line),
    };
    return cmocka_run_group_tests_name("config_rights", test, NULL, NULL);
}
