/*
 * test_decided.c - a decision in words: every code has its sentence, and in which language it is told.
 */
#include "decided.h"

#include "company.h"

static void english_is_what_the_rooms_say(void **state)
{
    (void)state;
    for (unsigned w = 0; w < WITHHOLD_CODES; w++) {
        struct str told = STR("");
        const char *name = withhold_name((enum withhold)w);
        expect(tell_code(TONGUE_EN, str_of(name), &told), "%s has no sentence", name);
        expect(str_is(told, withhold_sentence((enum withhold)w)), "%s: %.*s", name, STR_ARG(told));
    }
    for (unsigned p = 0; p < PERMIT_CODES; p++) {
        struct str told = STR("");
        const char *name = permit_code_name((enum permit_code)p);
        expect(tell_code(TONGUE_EN, str_of(name), &told), "%s has no sentence", name);
        expect(str_is(told, permit_code_sentence((enum permit_code)p)), "%s: %.*s", name,
               STR_ARG(told));
    }
}

static const struct {
    const char *asked;
    const char *accepted;
    const char *own; /* the subject's field; NULL: not kept */
    const char *told;
} language[] = {
    {NULL, NULL, NULL, "en"},    {NULL, "fr-CA,en;q=0.5", NULL, "fr"},
    {NULL, "nl,pl", NULL, "en"}, {NULL, "fr", "de-AT", "de"},
    {"it", "fr", "de", "it"},    {NULL, "fr", "klingon", "fr"},
    {"", "es", NULL, "es"},      {NULL, NULL, "es", "es"},
};

/* What was asked for, else their own setting, else what the browser accepts, else the home's. */
static void the_nearest_wish_chooses_the_language(void **state)
{
    (void)state;
    struct company company;
    company_begin(&company);
    company_import(&company, "subjects", STR("identifier,email\nP1,p1@example.org\n"));
    struct candor *candor = company.candor;
    struct inventory inventory = *candor->inventory;
    const struct inventory *kept = candor->inventory;
    for (size_t i = 0; i < sizeof language / sizeof language[0]; i++) {
        struct job job;
        struct txn *txn = NULL;
        struct subject subject;
        struct candor_text report;
        enum tongue tongue;
        const struct candor_languages wished = {language[i].asked, language[i].accepted};
        job_begin(&job, host_real());
        /* any category can be the field that candor.yaml names */
        inventory.language_field =
            language[i].own == NULL ? NONE : inventory_field(&inventory, STR("sex"));
        must(language[i].own == NULL ||
             candor_subject_correct(&job, candor, "P1", "sex", language[i].own, &report) ==
                 CANDOR_OK);
        home_enter(candor);
        candor->inventory = &inventory;
        must(home_begin(&job, candor, &txn) == CANDOR_OK);
        must(home_subject(&job, candor, txn, "P1", &subject) == CANDOR_OK);
        expect(decided_tongue(&job, candor, txn, subject, &wished, &tongue) == CANDOR_OK, "%s",
               job.message);
        expect(strcmp(tongue_name(tongue), language[i].told) == 0, "row %zu: %s", i,
               tongue_name(tongue));
        candor->inventory = kept;
        job_end(&job);
        home_leave(candor);
    }
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(english_is_what_the_rooms_say),
        cmocka_unit_test(the_nearest_wish_chooses_the_language),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
