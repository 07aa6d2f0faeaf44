/*
 * report_ai.c - the technical file of Regulation (EU) 2024/1689 (AI Act), Annex IV, for the models of
 * the home, and what Article 50 asks to be told.
 *
 * Annex IV is owed for high-risk systems only. It is filled in for all, so that it is there when a
 * campaign turns out to be one: what Annex III counts as high risk is looked for in the words of the
 * campaigns, and a person confirms.
 */
#include "report.h"

#include "model.h"

/* ---- the risk class -------------------------------------------------------------------------- */

struct area {
    struct lit point;
    const char *word[10]; /* of campaigns and offers, in small letters */
};

static const struct area area[] = {
    {{"Annex III 3, education", 22}, {"university", "school", "admission", "course place", NULL}},
    {{"Annex III 4(a), job advertising", 31},
     {"job", "vacancy", "recruit", "career", "hiring", NULL}},
    {{"Annex III 5(b), creditworthiness", 32}, {"credit", "loan", "mortgage", "instalment", NULL}},
    {{"Annex III 5(c), life and health insurance", 41},
     {"insurance", "insure", "premium cover", NULL}},
};

static bool speaks_of(struct arena *arena, struct str text, const struct area *of)
{
    const struct str small = str_lower(arena, text);
    for (size_t w = 0; of->word[w] != NULL; w++) {
        if (str_contains(small, str_of(of->word[w]))) {
            return true;
        }
    }
    return false;
}

/* The area that a campaign's words speak of; NULL: none. */
static const struct area *area_of(struct arena *arena, const struct campaign *campaign)
{
    for (size_t a = 0; a < sizeof area / sizeof area[0]; a++) {
        bool found = speaks_of(arena, campaign->title, &area[a]) ||
                     speaks_of(arena, campaign->name, &area[a]);
        for (size_t o = 0; o < campaign->offer_count && !found; o++) {
            found = speaks_of(arena, campaign->offer[o].title, &area[a]);
        }
        if (found) {
            return &area[a];
        }
    }
    return NULL;
}

struct classed {
    struct lit name;
    struct str reason;
    enum verdict verdict;
};

/* What candor.yaml declares as regulated comes first; then what the words say. */
static struct classed class_of(struct arena *arena, const struct campaign *campaign,
                               const struct area *found)
{
    if (campaign->model.len == 0) {
        return (struct classed){LIT("no AI system"),
                                STR("rules written by people choose; nothing is learnt"),
                                VERDICT_GOOD};
    }
    if (campaign->regulated != REGULATED_NONE) {
        return (struct classed){LIT("may be high-risk"),
                                str_format(arena,
                                           "declared as a regulated offer, in strict mode: %s",
                                           regulated_law(campaign->regulated)),
                                VERDICT_WATCH};
    }
    if (found != NULL) {
        return (struct classed){LIT("may be high-risk"),
                                str_format(arena,
                                           "its words speak of %.*s, and it is not declared as "
                                           "regulated",
                                           (int)found->point.len, found->point.ptr),
                                VERDICT_BAD};
    }
    return (struct classed){LIT("not high-risk"),
                            STR("not declared as regulated, and its words speak of no area of "
                                "Annex III"),
                            VERDICT_OPEN};
}

static void put_class(struct reporting *reporting)
{
    static const char *const column[] = {"Campaign", "Model", "Risk class", "Reason"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct candor *candor = reporting->candor;
    document_section(document, STR("Risk class"));
    document_table(document, STR(""), column, 4, STR("No campaign is configured."));
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign *campaign = &candor->campaign[c];
        const struct area *found = area_of(arena, campaign);
        const struct classed classed = class_of(arena, campaign, found);
        const struct doc_cell cell[] = {
            cell_text_of(campaign->title), cell_text_of(campaign->model),
            cell_text_of(str_from(classed.name)), cell_text_of(classed.reason)};
        document_row(document, cell, 4)->verdict = classed.verdict;
    }
    document_text(
        document, VERDICT_OPEN,
        STR("Confirm each class. High-risk would need: risk management (Article 9), data "
            "governance (10), this file (11), logs (12), instructions (13), human oversight "
            "(14), accuracy and robustness (15), a quality system (17), a conformity "
            "assessment (43) and registration (49); deployers keep logs for six months and "
            "tell the people (26)."));
    document_text(document, VERDICT_NONE,
                  STR("Article 5(1)(b) forbids to exploit age, disability or a social or economic "
                      "situation. Protected attributes are refused in audiences and never reach a "
                      "model; candor audit inventory looks for features that stand in for them."));
}

/* ---- Annex IV -------------------------------------------------------------------------------- */

static enum candor_status put_models(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    const struct candor *candor = reporting->candor;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        const struct model_spec *spec = &candor->model_spec[m];
        const struct model *model = NULL;
        struct digest digest;
        bool is_published = false;
        bool is_there = false;
        TRY(gather_model(reporting, spec->name, &model, &digest, &is_published, &is_there));
        document_section(document,
                         str_format(document->arena, "Model: %.*s",
                                    STR_ARG(spec->title.len > 0 ? spec->title : spec->name)));
        if (!is_there) {
            document_text(document, VERDICT_NONE, STR("It was never trained."));
            continue;
        }
        document_text(document, VERDICT_NONE,
                      is_published ? STR("Published: decisions may use it.")
                                   : STR("Not published: no decision uses it."));
        TRY(put_card(reporting, model, &digest));
    }
    if (candor->model_spec_count == 0) {
        document_section(document, STR("Models"));
        document_text(document, VERDICT_NONE, STR("candor.yaml lists no model."));
    }
    return CANDOR_OK;
}

static void put_oversight(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    document_section(document, STR("Human oversight, logs and changes"));
    document_text(
        document, VERDICT_NONE,
        STR("Training proposes; a person publishes. A plan is signed by an operator who did "
            "not make it. Anybody can ask for a person, and then no machine decides about "
            "them alone. A person can change a shape by hand; the model keeps the reason."));
    document_facts(document, STR("Oversight in the period (Annex IV 2(e), 3; Article 14)"));
    fact_action(reporting, LIT("Models published by a person"), LEDGER_MODEL_PUBLISH);
    fact_action(reporting, LIT("Models taken out of use"), LEDGER_MODEL_RETIRE);
    fact_action(reporting, LIT("Plans signed by a second operator"), LEDGER_APPROVE);
    fact_action(reporting, LIT("Decisions reviewed by a person"), LEDGER_REVIEW);
    fact_action(reporting, LIT("Choices for or against a machine alone"), LEDGER_AUTOMATION);
    fact_action(reporting, LIT("Decisions explained again"), LEDGER_EXPLAIN);
    document_facts(document, STR("Logs (Articles 12, 19, 26(6))"));
    fact_action(reporting, LIT("Decisions on the ledger"), LEDGER_DECIDE);
    fact_action(reporting, LIT("Contacts on the ledger"), LEDGER_CONTACT);
    document_fact(
        document, STR("Records of decisions kept"),
        cell_text_of(days_words(document->arena, reporting->candor->retention.decisions_days,
                                LIT("while the person is known"))))
        ->verdict = reporting->candor->retention.decisions_days > 0 &&
                            reporting->candor->retention.decisions_days < 183
                        ? VERDICT_BAD
                        : VERDICT_GOOD;
    document_facts(document, STR("Risk management and changes (Annex IV 5, 6)"));
    fact_action(reporting, LIT("Models trained"), LEDGER_MODEL_TRAIN);
    fact_action(reporting, LIT("Audits"), LEDGER_AUDIT);
    fact_action(reporting, LIT("Outcomes measured against a hold-out"), LEDGER_RESULTS);
    fact_action(reporting, LIT("Configurations put in force"), LEDGER_POLICY_CHANGE);
    fact_action(reporting, LIT("Incidents put down"), LEDGER_INCIDENT);
}

static void put_marks(struct reporting *reporting)
{
    static const char *const column[] = {"Duty", "Applies here", "Why"};
    static const struct {
        struct lit duty;
        struct lit applies;
        struct lit why;
        enum verdict verdict;
    } row[] = {
        {{"50(1) people know that they talk to an AI", 41},
         {"no", 2},
         {"this program talks to nobody", 28},
         VERDICT_GOOD},
        {{"50(2) synthetic content is marked", 33},
         {"no", 2},
         {"it makes no text, picture, sound or video; offers are written by people", 71},
         VERDICT_GOOD},
        {{"50(3) people know of emotion recognition", 40},
         {"no", 2},
         {"it recognises no emotions and sorts nobody by their body", 56},
         VERDICT_GOOD},
        {{"50(4) deep fakes and texts for the public are labelled", 54},
         {"no", 2},
         {"it makes none", 13},
         VERDICT_GOOD},
        {{"The same, of what else sends in the company's name", 50},
         {"not known", 9},
         {"a chat robot or a writer of texts outside of this home has these duties itself", 78},
         VERDICT_OPEN},
    };
    struct document *document = &reporting->document;
    document_section(document, STR("Marks of Article 50"));
    document_table(document, STR(""), column, 3, STR(""));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct doc_cell cell[] = {cell_text_of(str_from(row[i].duty)),
                                        cell_text_of(str_from(row[i].applies)),
                                        cell_text_of(str_from(row[i].why))};
        document_row(document, cell, 3)->verdict = row[i].verdict;
    }
}

static void put_gaps(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    document_section(document, STR("What people add to the file"));
    document_text(
        document, VERDICT_OPEN,
        STR("Intended purpose and foreseeable misuse in the company's own words (Annex IV "
            "1(a), 3)."));
    document_text(
        document, VERDICT_OPEN,
        STR("Harmonised standards that were applied, the declaration of conformity, and the "
            "plan for watching the system in use (Annex IV 7, 8, 9): for high-risk systems."));
}

enum candor_status report_ai(struct reporting *reporting)
{
    put_controller(reporting);
    put_class(reporting);
    TRY(put_models(reporting));
    put_oversight(reporting);
    put_marks(reporting);
    put_gaps(reporting);
    return CANDOR_OK;
}
