/*
 * test_home.c - a home and its candor.yaml: which words may change, and when.
 */
#include "company.h"

/* candor.yaml with `after` in the place of `before`, which stands in it once. */
static void change_policy(const struct company *company, const char *before, const char *after)
{
    static char text[16384];
    char path[128];
    (void)snprintf(path, sizeof path, "%s/candor.yaml", company->home);
    FILE *file = fopen(path, "re");
    must(file != NULL);
    const size_t len = fread(text, 1, sizeof text - 1, file);
    must(fclose(file) == 0);
    text[len] = '\0';

    const char *place = strstr(text, before);
    must(place != NULL);
    file = fopen(path, "we");
    must(file != NULL);
    must(fprintf(file, "%.*s%s%s", (int)(place - text), text, after, place + strlen(before)) > 0);
    must(fclose(file) == 0);
}

static void reopen(struct company *company)
{
    company_close(company);
    company_open(company);
}

/* Opening again must say no, and begin with this. */
static void reopening_fails(struct company *company, const char *start)
{
    company_close(company);
    struct job *job = candor_job_begin();
    const enum candor_status status = candor_open(job, company->home, "ana", &company->candor);
    expect(status == CANDOR_BAD_INPUT, "%s", candor_job_message(job));
    expect(strncmp(candor_job_message(job), start, strlen(start)) == 0, "%s",
           candor_job_message(job));
    candor_job_end(job);
}

static void words_of_the_first_policy_stand_once_somebody_is_known(void **state)
{
    (void)state;
    struct company company;
    company_found(&company);
    company_open(&company);
    company_import(&company, "subjects", STR("identifier,email\nanna,anna@example.org\n"));
    change_policy(&company, "May we send", "Shall we send");
    reopening_fails(&company, "candor.yaml: the wording of purpose 'email_marketing' changed");

    change_policy(&company, "wording_version: \"1\"", "wording_version: \"2\"");
    company_open(&company);
    company_end(&company);
}

static void words_may_be_put_right_while_nobody_is_known(void **state)
{
    (void)state;
    struct company company;
    company_found(&company);
    company_open(&company);
    change_policy(&company, "May we send", "Shall we send");
    reopen(&company);
    company_import(&company, "subjects", STR("identifier,email\nanna,anna@example.org\n"));
    change_policy(&company, "Shall we send", "May we send");
    reopening_fails(&company, "candor.yaml: the wording of purpose 'email_marketing' changed");

    change_policy(&company, "May we send", "Shall we send");
    company_open(&company);
    company_end(&company);
}

/* What is wrong with candor.yaml, and the whole of the message. */
static const struct {
    const char *text;
    const char *message;
} wrong_row[] = {
    {"", "candor.yaml is empty"},
    {"colour: red\n", "candor.yaml: unknown key 'colour' (line 1)"},
    {"candor: 1\ncandor: 1\n", "candor.yaml: line 2: the key 'candor' stands twice"},
    {"candor: 2\nname: a\n", "candor.yaml: candor (line 1): this program reads version 1 of "
                             "candor.yaml"},
};

static void a_message_names_the_file_once(void **state)
{
    (void)state;
    struct company company;
    company_begin(&company);
    for (size_t i = 0; i < sizeof wrong_row / sizeof wrong_row[0]; i++) {
        char path[128];
        company_write(&company, "home/candor.yaml", wrong_row[i].text, path);
        reopening_fails(&company, wrong_row[i].message);
    }
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(words_of_the_first_policy_stand_once_somebody_is_known),
        cmocka_unit_test(words_may_be_put_right_while_nobody_is_known),
        cmocka_unit_test(a_message_names_the_file_once),
    };
    return cmocka_run_group_tests(test, NULL, NULL);
}
