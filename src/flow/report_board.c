/*
 * report_board.c - key figures for those who answer for the company: does it work, is it fair, is it
 * lawful, is it safe? Each with the figure of the period before, its limit, and where it stands.
 *
 * What is true at an instant (open, overdue, lapsed) has no earlier figure: nobody counted it then.
 */
#include "report.h"

#include "incident.h"
#include "people.h"
#include "shapes.h"
#include "staff.h"

struct key_figure {
    struct lit label;
    struct doc_cell now;
    struct doc_cell before;
    struct lit limit;
    enum verdict verdict;
    struct entries entries;
};

static void put_figure(struct reporting *reporting, const struct key_figure *figure)
{
    struct document *document = &reporting->document;
    const struct doc_cell cell[] = {cell_text_of(str_from(figure->label)), figure->now,
                                    figure->before, cell_text_of(str_from(figure->limit))};
    struct doc_row *row = document_row(document, cell, 4);
    row->verdict = figure->verdict;
    row->entries = figure->entries;
}

/* How often an action ran, now and before. */
static void put_action(struct reporting *reporting, struct lit label, enum ledger_action action)
{
    struct arena *arena = reporting->document.arena;
    const struct key_figure figure = {
        .label = label,
        .now = cell_count(arena, reporting->action[NOW][action].count),
        .before = cell_count(arena, reporting->action[BEFORE][action].count),
        .entries = reporting->action[NOW][action],
    };
    put_figure(reporting, &figure);
}

/* A count whose limit is none at all. */
static void put_none_allowed(struct reporting *reporting, struct lit label, uint64_t now,
                             const uint64_t *before)
{
    struct arena *arena = reporting->document.arena;
    const struct key_figure figure = {
        .label = label,
        .now = cell_count(arena, now),
        .before = before == NULL ? cell_text_of(STR("")) : cell_count(arena, *before),
        .limit = LIT("Limit: 0"),
        .verdict = now > 0 ? VERDICT_BAD : VERDICT_GOOD,
    };
    put_figure(reporting, &figure);
}

/* ---- does it work, is it fair? -------------------------------------------------------------- */

static struct doc_cell points(struct arena *arena, double share)
{
    return isnan(share)
               ? cell_text_of(STR("not measured"))
               : (struct doc_cell){str_format(arena, "%+.1f points", 100 * share), true, share};
}

static struct doc_cell rate(struct arena *arena, uint64_t part, uint64_t of)
{
    return cell_share(arena, of == 0 ? NOT_KNOWN : (double)part / (double)of);
}

enum verdict lift_verdict(const struct plan_results *results)
{
    if (!results->known || isnan(results->lift)) {
        return VERDICT_OPEN;
    }
    return results->lift_low > 0    ? VERDICT_GOOD
           : results->lift_high < 0 ? VERDICT_BAD
                                    : VERDICT_WATCH;
}

enum verdict fairness_verdict(const struct plan_fairness *fairness)
{
    return !fairness->checked  ? VERDICT_OPEN
           : !fairness->passed ? VERDICT_BAD
           : !fairness->enough ? VERDICT_WATCH
                               : VERDICT_GOOD;
}

static void put_effect(struct reporting *reporting, const struct plan *plan,
                       const struct campaign *campaign)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct plan_results *results = &plan->results;
    const struct doc_cell cell[] = {
        cell_text_of(campaign->title),
        cell_day(arena, plan->made),
        cell_count(arena, plan->row_count),
        cell_count(arena, plan->handed_over),
        rate(arena, results->contacted_responses, results->contacted),
        rate(arena, results->holdout_responses, results->holdout),
        points(arena, results->known ? results->lift : NOT_KNOWN),
        cell_text_of(results->known && !isnan(results->lift)
                         ? str_format(arena, "%+.1f to %+.1f", 100 * results->lift_low,
                                      100 * results->lift_high)
                         : STR(""))};
    struct doc_row *row = document_row(document, cell, 8);
    row->verdict = lift_verdict(results);
    row->entries = (struct entries){plan->row_count, plan->ledger_first, plan->ledger_last};
}

static void put_fairness(struct reporting *reporting, const struct plan *plan,
                         const struct campaign *campaign)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct plan_fairness *fairness = &plan->fairness;
    const struct doc_cell cell[] = {
        cell_text_of(campaign->title),
        cell_text_of(fairness->checked ? fairness->attribute : STR("")),
        cell_text_of(fairness->checked ? key_words(arena, fairness->measure) : STR("not compared")),
        fairness->checked ? cell_number(arena, fairness->value, 3) : cell_text_of(STR("")),
        fairness->checked ? cell_number(arena, fairness->limit, 3) : cell_text_of(STR("")),
        cell_text_of(plan->override_reason.len > 0 ? STR("overruled by the owner") : STR(""))};
    document_row(document, cell, 6)->verdict = fairness_verdict(fairness);
}

/* For each campaign with a plan of the period. */
static enum candor_status each_plan(struct reporting *reporting,
                                    void (*put)(struct reporting *reporting,
                                                const struct plan *plan,
                                                const struct campaign *campaign))
{
    const struct candor *candor = reporting->candor;
    for (size_t c = 0; c < candor->campaign_count; c++) {
        bool is_there = false;
        struct plan *plan = NEW(reporting->job->arena, struct plan);
        TRY(gather_plan(reporting, candor->campaign[c].name, plan, &is_there));
        if (is_there && plan->made >= reporting->from[NOW] && plan->made < reporting->until[NOW]) {
            put(reporting, plan, &candor->campaign[c]);
        }
    }
    return CANDOR_OK;
}

static enum candor_status put_performance(struct reporting *reporting)
{
    static const char *const effect[] = {"Campaign",  "Planned on", "#Audience", "#Contacted",
                                         "#Response", "#Hold-out",  "#Lift",     "#95 % interval"};
    static const char *const fair[] = {"Campaign", "Compared by", "Measure",
                                       "#Value",   "#Limit",      "Note"};
    struct document *document = &reporting->document;
    document_section(document, STR("Does it work?"));
    document_figures(document);
    put_action(reporting, LIT("People handed over"), LEDGER_CONTACT);
    put_action(reporting, LIT("Decisions"), LEDGER_DECIDE);
    put_action(reporting, LIT("Plans signed by a second operator"), LEDGER_APPROVE);
    document_table(document, STR("Campaigns, against those left alone at random"), effect, 8,
                   STR("No campaign was planned in this period."));
    TRY(each_plan(reporting, put_effect));
    document_section(document, STR("Is it fair?"));
    document_table(document, STR(""), fair, 6, STR("No campaign was planned in this period."));
    return each_plan(reporting, put_fairness);
}

/* ---- is it lawful? --------------------------------------------------------------------------- */

static void put_requests(struct reporting *reporting)
{
    struct arena *arena = reporting->document.arena;
    const struct request_figures now = requests_of(reporting, NOW, RIGHTS, STR(""));
    const struct request_figures before = requests_of(reporting, BEFORE, RIGHTS, STR(""));
    const struct key_figure received = {.label = LIT("Rights requests received"),
                                        .now = cell_count(arena, now.received),
                                        .before = cell_count(arena, before.received),
                                        .entries = reporting->action[NOW][LEDGER_REQUEST]};
    const struct key_figure answered = {.label = LIT("Answered in time"),
                                        .now = cell_share(arena, requests_in_time(&now)),
                                        .before = cell_share(arena, requests_in_time(&before)),
                                        .limit = LIT("Limit: 100 %"),
                                        .verdict = now.late > 0 ? VERDICT_BAD
                                                   : now.fulfilled + now.refused > 0
                                                       ? VERDICT_GOOD
                                                       : VERDICT_NONE};
    const struct key_figure open = {.label = LIT("Open requests"),
                                    .now = cell_count(arena, now.open)};
    put_figure(reporting, &received);
    put_figure(reporting, &answered);
    put_figure(reporting, &open);
    put_none_allowed(reporting, LIT("Overdue requests"), now.overdue, NULL);
}

static void put_choices(struct reporting *reporting)
{
    static const struct {
        enum said said;
        struct lit label;
    } row[] = {{SAID_GIVEN, {"People who said yes", 19}},
               {SAID_WITHDRAWN, {"People who took a yes back", 26}},
               {SAID_OBJECTED, {"People who objected", 19}}};
    struct arena *arena = reporting->document.arena;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct key_figure figure = {
            .label = row[i].label,
            .now = cell_people(arena, reporting->walked.said[NOW]->all.people[row[i].said]),
            .before = cell_people(arena, reporting->walked.said[BEFORE]->all.people[row[i].said])};
        put_figure(reporting, &figure);
    }
}

struct incidents {
    uint64_t opened[PERIODS];
    uint64_t open;
    uint64_t late; /* the authority was to be told within 72 hours, and was not */
};

static void add_incident(const struct reporting *reporting, const struct incident *incident,
                         struct incidents *incidents)
{
    for (enum period p = NOW; p <= BEFORE; p++) {
        incidents->opened[p] +=
            incident->aware >= reporting->from[p] && incident->aware < reporting->until[p];
    }
    incidents->open += incident->closed == 0;
    incidents->late += incident->aware >= reporting->from[NOW] &&
                       incident_is_told_late(incident, reporting->job->now);
}

static enum candor_status gather_incidents(struct reporting *reporting, struct incidents *incidents)
{
    struct str *number = NULL;
    size_t count = 0;
    *incidents = (struct incidents){0};
    TRY(store_documents(reporting->job, reporting->txn, LIT("incident"), &number, &count));
    for (size_t i = 0; i < count; i++) {
        struct incident incident;
        TRY(incident_get(reporting->job, reporting->txn, number[i], &incident));
        add_incident(reporting, &incident, incidents);
    }
    return CANDOR_OK;
}

static enum candor_status put_privacy(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    struct incidents incidents;
    TRY(gather_incidents(reporting, &incidents));
    document_section(document, STR("Is it lawful?"));
    document_figures(document);
    put_requests(reporting);
    put_choices(reporting);
    put_action(reporting, LIT("People erased"), LEDGER_ERASE);
    const struct key_figure opened = {.label = LIT("Incidents"),
                                      .now = cell_count(arena, incidents.opened[NOW]),
                                      .before = cell_count(arena, incidents.opened[BEFORE]),
                                      .verdict =
                                          incidents.opened[NOW] > 0 ? VERDICT_WATCH : VERDICT_GOOD,
                                      .entries = reporting->action[NOW][LEDGER_INCIDENT]};
    const struct key_figure open = {.label = LIT("Incidents still open"),
                                    .now = cell_count(arena, incidents.open),
                                    .verdict = incidents.open > 0 ? VERDICT_WATCH : VERDICT_GOOD};
    put_figure(reporting, &opened);
    put_figure(reporting, &open);
    put_none_allowed(reporting, LIT("Authority told after 72 hours"), incidents.late, NULL);
    return CANDOR_OK;
}

/* ---- is it safe? ----------------------------------------------------------------------------- */

enum candor_status gather_operators(struct reporting *reporting, struct operators *operators)
{
    struct job *job = reporting->job;
    const struct candor *candor = reporting->candor;
    struct str *name = NULL;
    size_t count = 0;
    *operators = (struct operators){0};
    TRY(store_documents(job, reporting->txn, LIT("operator"), &name, &count));
    for (size_t i = 0; i < count; i++) {
        struct operator who;
        struct str lapsed;
        int64_t until = 0;
        TRY(operator_read(job, reporting->candor, reporting->txn, name[i], &who));
        if (who.expires != 0 && who.expires <= job->now) {
            continue;
        }
        operators->all++;
        operators->lapsed += !training_is_current(who.roles, candor->required_training,
                                                  candor->required_training_count, who.taken,
                                                  who.taken_count, job->now, &lapsed, &until);
    }
    return CANDOR_OK;
}

static enum candor_status put_ledger(struct reporting *reporting)
{
    struct candor *candor = reporting->candor;
    struct ledger_report found;
    uint8_t public_key[PUBLIC_KEY_LEN];
    signer_public(candor->signer, public_key);
    TRY(ledger_verify(reporting->job, candor->store, candor->origin, public_key, STR(""), &found));
    const struct key_figure figure = {
        .label = LIT("Ledger, every entry checked"),
        .now = cell_text_of(found.finding.len == 0 ? STR("as signed") : STR("does not hold")),
        .limit = LIT("Limit: as signed"),
        .verdict = found.finding.len == 0 ? VERDICT_GOOD : VERDICT_BAD,
        .entries = {found.entries, 0, found.entries == 0 ? 0 : found.entries - 1}};
    put_figure(reporting, &figure);
    return CANDOR_OK;
}

/* A look without a reason is too many only where candor.yaml wants one. */
static void put_unreasoned(struct reporting *reporting)
{
    const uint64_t *count = reporting->walked.looks_unreasoned;
    if (reporting->candor->reason_required) {
        put_none_allowed(reporting, LIT("Looks without a reason"), count[NOW], &count[BEFORE]);
        return;
    }
    struct arena *arena = reporting->document.arena;
    const struct key_figure figure = {.label = LIT("Looks without a reason"),
                                      .now = cell_count(arena, count[NOW]),
                                      .before = cell_count(arena, count[BEFORE])};
    put_figure(reporting, &figure);
}

static enum candor_status put_security(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct candor *candor = reporting->candor;
    const struct walked *walked = &reporting->walked;
    struct operators operators;
    TRY(gather_operators(reporting, &operators));
    document_section(document, STR("Is it safe?"));
    document_figures(document);
    TRY(put_ledger(reporting));
    const struct key_figure looks = {.label = LIT("Looks at people"),
                                     .now = cell_count(arena, walked->looks.count[NOW]),
                                     .before = cell_count(arena, walked->looks.count[BEFORE]),
                                     .entries = walked->looks.entries};
    put_figure(reporting, &looks);
    put_unreasoned(reporting);
    put_none_allowed(reporting, LIT("Operators whose training lapsed"), operators.lapsed, NULL);
    const struct key_figure all = {.label = LIT("Operators who may sign in"),
                                   .now = cell_count(arena, operators.all)};
    put_figure(reporting, &all);
    const struct key_figure witnesses = {.label = LIT("Witnesses of the ledger"),
                                         .now = cell_count(arena, candor->witness_count),
                                         .limit = LIT("Limit: at least 1"),
                                         .verdict = candor->witness_count == 0 ? VERDICT_WATCH
                                                                               : VERDICT_GOOD};
    put_figure(reporting, &witnesses);
    put_action(reporting, LIT("Acts signed by a second operator"), LEDGER_SECOND_SIGNATURE);
    put_action(reporting, LIT("Root and node keys made new"), LEDGER_KEY_ROTATE);
    put_action(reporting, LIT("Audits"), LEDGER_AUDIT);
    put_action(reporting, LIT("Alarms of the monitors"), LEDGER_ALARM);
    return CANDOR_OK;
}

/* ---- all of it ------------------------------------------------------------------------------- */

/* What needs to be acted on stands first: counted over what was put. */
static void put_first(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct buf names = buf_begin(document->arena);
    size_t count = 0;
    for (const struct doc_section *section = document->section; section != NULL;
         section = section->next) {
        for (const struct doc_block *block = section->block; block != NULL; block = block->next) {
            for (const struct doc_row *row = block->row; row != NULL; row = row->next) {
                if (row->verdict == VERDICT_BAD) {
                    buf_str(&names, count++ == 0 ? STR("") : STR("; "));
                    buf_format(
                        &names, "%.*s (%.*s)", STR_ARG(row->cell[0].text),
                        STR_ARG(block->kind == BLOCK_FIGURES ? row->cell[1].text : section->title));
                }
            }
        }
    }
    must(document->section != NULL);
    struct doc_block *text = document->section->block;
    must(text != NULL);
    text->verdict = count == 0 ? VERDICT_GOOD : VERDICT_BAD;
    text->text = count == 0 ? STR("No figure is over its limit.")
                            : str_format(document->arena, "%zu over the limit: %.*s.", count,
                                         STR_ARG(buf_text(&names)));
}

enum candor_status report_board(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    TRY(gather_people(reporting));
    TRY(gather_requests(reporting));
    document_section(document, STR("At a glance"));
    document_text(document, VERDICT_NONE, STR(""));
    TRY(put_performance(reporting));
    TRY(put_privacy(reporting));
    TRY(put_security(reporting));
    put_first(reporting);
    return CANDOR_OK;
}
