/*
 * report_dpia.c - a draft of the assessment that GDPR Article 35(7) asks for.
 *
 * Nine criteria say whether one is needed (Article 29 Working Party, WP 248 rev.01, section III.B); of
 * two and more it is as a rule. What the configuration and the record show is worked out; whether it is
 * necessary, proportionate and worth its risk is for people, and stands as a question to them.
 */
#include "report.h"

#include "consenting.h"
#include "recipient.h"
#include "shapes.h"

/* Where we say that scale is large. WP 243 gives no number; this one is ours and is printed. */
enum { LARGE_SCALE = 10000 };

/* ---- (a) what is done ------------------------------------------------------------------------ */

static enum candor_status put_campaign(struct reporting *reporting, size_t c)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    const struct campaign *campaign = &reporting->candor->campaign[c];
    struct plan *plan = NEW(reporting->job->arena, struct plan);
    bool is_there = false;
    TRY(gather_plan(reporting, campaign->name, plan, &is_there));
    document_facts(document, str_format(arena, "Campaign: %.*s", STR_ARG(campaign->title)));
    document_fact(document, STR("Purpose"),
                  cell_text_of(inventory->purpose[campaign->purpose].title));
    document_fact(document, STR("Profiles under"),
                  cell_text_of(campaign->uses == NONE ? STR("nothing: nobody is profiled")
                                                      : inventory->purpose[campaign->uses].title));
    document_fact(document, STR("Audience"),
                  cell_text_of(rule_text(arena, inventory, campaign->audience)));
    document_fact(document, STR("Scored by"),
                  cell_text_of(campaign->model.len == 0 ? STR("no model") : campaign->model));
    document_fact(document, STR("Contacts handed over"),
                  cell_count(arena, reporting->walked.contacts[c].count[NOW]))
        ->entries = reporting->walked.contacts[c].entries;
    if (is_there) {
        const struct entries entries = {
            .count = plan->row_count, .first = plan->ledger_first, .last = plan->ledger_last};
        document_fact(document, STR("People decided about, last plan"),
                      cell_count(arena, plan->row_count))
            ->entries = entries;
        document_fact(
            document, STR("Fairness, last plan"),
            cell_text_of(plan->fairness.checked ? plan->fairness.sentence : STR("not compared")));
    }
    return CANDOR_OK;
}

static enum candor_status put_description(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct candor *candor = reporting->candor;
    document_section(document, STR("Description of the processing"));
    document_text(
        document, VERDICT_NONE,
        str_format(
            arena,
            "Data of %.*s people is used for %zu purposes. %zu campaigns are configured. A "
            "campaign walks everybody down a staircase of checks (permit, reach, likelihood, "
            "fairness, cap), leaves a random group alone to measure its effect, and is handed "
            "over only after another operator has signed it.",
            STR_ARG(cell_count(arena, reporting->walked.subjects).text),
            candor->inventory->purpose_count, candor->campaign_count));
    for (size_t c = 0; c < candor->campaign_count; c++) {
        TRY(put_campaign(reporting, c));
    }
    document_text(document, VERDICT_OPEN,
                  STR("Say what the company wants to reach with this, who asked for it, and which "
                      "systems outside of this home take part."));
    return CANDOR_OK;
}

/* ---- (b) necessity and proportionality ------------------------------------------------------- */

static void put_necessity(struct reporting *reporting)
{
    static const char *const column[] = {"Purpose", "Legal basis", "Data", "Ends"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    document_section(document, STR("Necessity and proportionality"));
    document_table(document, STR(""), column, 4, STR("No purpose is listed."));
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        const struct purpose *purpose = &inventory->purpose[p];
        const struct str data = names_of_fields(reporting, UINT64_C(1) << p, SENSITIVITY_ORDINARY);
        const struct str basis = key_words(arena, str_of(basis_name(purpose->basis)));
        const struct doc_cell cell[] = {
            cell_text_of(purpose->title), cell_text_of(basis), cell_text_of(data),
            cell_text_of(
                purpose->basis == BASIS_CONSENT
                    ? days_words(arena, purpose->valid_days, LIT("when the person takes it back"))
                    : STR("with its basis"))};
        document_row(document, cell, 4);
    }
    document_text(document, VERDICT_OPEN,
                  STR("For each purpose, say why this data is needed for it and why less would not "
                      "do (Article 5(1)(c)). candor audit inventory tells which fields nobody uses "
                      "and what accuracy it would cost to do without one."));
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        if (inventory->purpose[p].basis == BASIS_LEGITIMATE_INTEREST) {
            document_text(document, VERDICT_OPEN,
                          str_format(arena,
                                     "\xe2\x80\x9c%.*s\xe2\x80\x9d rests on legitimate interests: "
                                     "write down the interest, why it needs this, and how it was "
                                     "weighed against the people (Article 6(1)(f)).",
                                     STR_ARG(inventory->purpose[p].title)));
        }
    }
}

/* ---- the nine criteria ----------------------------------------------------------------------- */

struct criterion {
    struct lit name;
    enum verdict verdict; /* WATCH: it is met; GOOD: it is not; OPEN: a person says */
    struct str why;
};

static struct str join(struct arena *arena, struct str start, struct str rest, struct lit without)
{
    return rest.len == 0 ? str_from(without)
                         : str_format(arena, "%.*s%.*s", STR_ARG(start), STR_ARG(rest));
}

static bool has_kind(const struct candor *candor, enum purpose_kind kind)
{
    for (size_t p = 0; p < candor->inventory->purpose_count; p++) {
        if ((purpose_kinds(&candor->inventory->purpose[p]) >> kind & 1) != 0) {
            return true;
        }
    }
    return false;
}

static struct criterion scoring(const struct reporting *reporting)
{
    const struct candor *candor = reporting->candor;
    const bool is_met = candor->model_spec_count > 0 || has_kind(candor, KIND_PROFILING);
    return (struct criterion){LIT("Evaluation or scoring"), is_met ? VERDICT_WATCH : VERDICT_GOOD,
                              is_met
                                  ? str_format(reporting->document.arena,
                                               "%zu models score people.", candor->model_spec_count)
                                  : STR("No model scores anybody and no purpose is profiling.")};
}

static struct criterion automation(const struct reporting *reporting)
{
    const bool is_met = has_kind(reporting->candor, KIND_AUTOMATED_DECISION);
    return (struct criterion){
        LIT("Automated decision with legal or similar effect"),
        is_met ? VERDICT_WATCH : VERDICT_OPEN,
        is_met
            ? STR("A purpose is an automated decision.")
            : STR("Who gets which offer is decided by a machine, and a plan is signed by a person. "
                  "Say whether an offer has legal or similarly significant effects.")};
}

static struct criterion monitoring(const struct reporting *reporting)
{
    const struct inventory *inventory = reporting->candor->inventory;
    struct buf names = buf_begin(reporting->document.arena);
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        buf_str(&names, k == 0 ? STR("") : STR(", "));
        buf_str(&names, inventory->event_kind[k].label);
    }
    return (struct criterion){LIT("Systematic monitoring"),
                              inventory->event_kind_count > 0 ? VERDICT_WATCH : VERDICT_GOOD,
                              join(reporting->document.arena, STR("What people do is recorded: "),
                                   buf_text(&names), LIT("No events are recorded."))};
}

static struct criterion sensitive(struct reporting *reporting)
{
    const struct str names = names_of_fields(reporting, PURPOSES_ALL, SENSITIVITY_PERSONAL);
    const struct str special = names_of_fields(reporting, PURPOSES_ALL, SENSITIVITY_SPECIAL);
    struct arena *arena = reporting->document.arena;
    if (special.len > 0) {
        return (struct criterion){LIT("Sensitive data"), VERDICT_WATCH,
                                  join(arena, STR("Special categories: "), special, LIT(""))};
    }
    return (struct criterion){LIT("Sensitive data"), names.len > 0 ? VERDICT_OPEN : VERDICT_GOOD,
                              join(arena, STR("No special category; highly personal: "), names,
                                   LIT("No field is declared sensitive."))};
}

static struct criterion scale(const struct reporting *reporting)
{
    const uint64_t people = reporting->walked.subjects;
    struct arena *arena = reporting->document.arena;
    return (struct criterion){
        LIT("Large scale"), people >= LARGE_SCALE ? VERDICT_WATCH : VERDICT_GOOD,
        str_format(arena, "%.*s people; from %.*s on we call it large (the law gives no number).",
                   STR_ARG(cell_count(arena, people).text),
                   STR_ARG(cell_count(arena, LARGE_SCALE).text))};
}

static struct criterion matching(const struct reporting *reporting)
{
    const struct inventory *inventory = reporting->candor->inventory;
    const bool is_met = inventory->event_kind_count > 0 && inventory->feature_count > 0;
    return (struct criterion){
        LIT("Matching or combining data"), is_met ? VERDICT_WATCH : VERDICT_GOOD,
        is_met ? str_format(reporting->document.arena,
                            "%zu features are computed from profiles and events together; %.*s "
                            "imports ran.",
                            inventory->feature_count,
                            STR_ARG(cell_count(reporting->document.arena,
                                               reporting->action[NOW][LEDGER_IMPORT].count)
                                        .text))
               : STR("Profiles and events are not combined.")};
}

static struct criterion vulnerable(const struct reporting *reporting)
{
    const struct candor *candor = reporting->candor;
    if (candor->children->is_asked) {
        return (struct criterion){LIT("Vulnerable people"), VERDICT_WATCH,
                                  STR("Children may be among them: ages are asked, and a child's "
                                      "guardian consents.")};
    }
    return (struct criterion){LIT("Vulnerable people"), VERDICT_OPEN,
                              STR("Ages are not asked for consent (section children of "
                                  "candor.yaml). Say whether children, patients, employees or "
                                  "others who can hardly object are among them.")};
}

static struct criterion innovative(const struct reporting *reporting)
{
    const size_t models = reporting->candor->model_spec_count;
    return (struct criterion){LIT("Innovative technology"),
                              models > 0 ? VERDICT_WATCH : VERDICT_GOOD,
                              models > 0 ? STR("Machine learning is used: additive models whose "
                                               "every contribution can be read.")
                                         : STR("No machine learning is used.")};
}

static struct criterion barring(void)
{
    return (struct criterion){LIT("Keeps people from a right, service or contract"), VERDICT_OPEN,
                              STR("Not to be seen from here. Say whether anybody is denied a "
                                  "service or contract because of a score.")};
}

static void put_criteria(struct reporting *reporting)
{
    static const char *const column[] = {"Criterion", "What was found"};
    struct document *document = &reporting->document;
    const struct criterion all[] = {
        scoring(reporting),    automation(reporting), monitoring(reporting),
        sensitive(reporting),  scale(reporting),      matching(reporting),
        vulnerable(reporting), innovative(reporting), barring(),
    };
    size_t met = 0;
    size_t open = 0;
    document_section(document, STR("Is an assessment needed?"));
    document_table(document, STR("The nine criteria of WP 248"), column, 2, STR(""));
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const struct doc_cell cell[] = {cell_text_of(str_from(all[i].name)),
                                        cell_text_of(all[i].why)};
        document_row(document, cell, 2)->verdict = all[i].verdict;
        met += all[i].verdict == VERDICT_WATCH;
        open += all[i].verdict == VERDICT_OPEN;
    }
    document_text(
        document, met >= 2 ? VERDICT_WATCH : VERDICT_NONE,
        str_format(document->arena, "%zu of the nine are met (watch) and %zu wait for a person. %s",
                   met, open,
                   met >= 2 ? "From two on an assessment is needed as a rule."
                            : "From two on one is needed as a rule; fewer may be enough."));
}

/* ---- (c) risks, (d) measures ----------------------------------------------------------------- */

static void put_risk(struct document *document, struct lit risk, struct lit measure,
                     struct lit checked)
{
    const struct doc_cell cell[] = {cell_text_of(str_from(risk)), cell_text_of(str_from(measure)),
                                    cell_text_of(str_from(checked)),
                                    cell_text_of(STR("to be written"))};
    document_row(document, cell, 4)->verdict = VERDICT_OPEN;
}

static void put_risks(struct reporting *reporting)
{
    static const char *const column[] = {"Risk to people", "Measure in force", "How it is checked",
                                         "Likelihood, severity, what is left"};
    struct document *document = &reporting->document;
    document_section(document, STR("Risks and measures"));
    document_table(document, STR(""), column, 4, STR(""));
    put_risk(
        document, LIT("Contacted or profiled against their will"),
        LIT("A permit for each person, purpose and channel, asked again at hand-over; a no is a "
            "fence; missing or unclear means no"),
        LIT("candor audit consent; every permit's reason is in the decision"));
    put_risk(document, LIT("Somebody unauthorised reads their data"),
             LIT("Values sealed under a key for each person; roles, training that lapses, acts for "
                 "two; every look is on record and shown to the person"),
             LIT("candor audit access, candor audit security"));
    put_risk(
        document, LIT("Treated worse because of who they are"),
        LIT("Protected attributes never reach a model; plans that fail their fairness rule stop"),
        LIT("candor audit fairness; stand-ins: candor audit inventory"));
    put_risk(
        document, LIT("Decisions that nobody can explain"),
        LIT("Additive models; reasons and contributions kept with each decision; a person reviews "
            "on request"),
        LIT("candor subject decision computes a decision again"));
    put_risk(document, LIT("Data kept too long or wrong"),
             LIT("Retention by field and event with proof; quality standards; corrections told to "
                 "recipients"),
             LIT("candor audit retention, candor audit quality"));
    put_risk(document, LIT("Data leaves with a recipient"),
             LIT("Only listed recipients, with contract and transfer basis; pseudonyms for each; "
                 "recalls that fall due"),
             LIT("candor share recalls, candor share trace"));
    document_facts(document, STR("Measures that ran in the period"));
    fact_action(reporting, LIT("Audits"), LEDGER_AUDIT);
    fact_action(reporting, LIT("Plans signed by a second operator"), LEDGER_APPROVE);
    fact_action(reporting, LIT("Decisions reviewed by a person"), LEDGER_REVIEW);
    fact_action(reporting, LIT("Retention: runs and deletions"), LEDGER_RETENTION);
    fact_action(reporting, LIT("Quality measured"), LEDGER_QUALITY);
    fact_action(reporting, LIT("Recalls to recipients"), LEDGER_RECALL);
    fact_action(reporting, LIT("Incidents put down"), LEDGER_INCIDENT);
}

static void put_people_to_ask(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    document_section(document, STR("Who was asked, and what was decided"));
    document_text(
        document, VERDICT_OPEN,
        STR("Advice of the data protection officer (Article 35(2)), with name and date."));
    document_text(document, VERDICT_OPEN,
                  STR("Views of the people concerned or those who speak for them, or why they were "
                      "not asked (Article 35(9))."));
    document_text(
        document, VERDICT_OPEN,
        STR("The risk that is left. If it stays high, the supervisory authority is consulted "
            "before anything starts (Article 36(1))."));
    document_text(document, VERDICT_OPEN,
                  STR("Approved or rejected, by whom, and when it is looked at again (Article "
                      "35(11))."));
}

enum candor_status report_dpia(struct reporting *reporting)
{
    TRY(gather_people(reporting));
    put_controller(reporting);
    put_criteria(reporting);
    TRY(put_description(reporting));
    put_necessity(reporting);
    put_risks(reporting);
    put_people_to_ask(reporting);
    return CANDOR_OK;
}
