/*
 * report_ccpa.c - the metrics of 11 CCR 7102(a): requests to delete, correct, know, opt out of sale and
 * sharing, and limit, received, complied with in whole or in part, denied, and how many days answers
 * took, as median and mean. (b) lets a business tell them for everybody instead of consumers only; here
 * they are of requests under California's law.
 */
#include "report.h"

#define CALIFORNIA STR("us-ca")

struct wanted {
    struct lit name;
    enum right right[2]; /* the second: RIGHTS where there is only one */
};

static const struct wanted wanted[] = {
    {{"to delete", 9}, {RIGHT_ERASURE, RIGHTS}},
    {{"to correct", 10}, {RIGHT_RECTIFICATION, RIGHTS}},
    {{"to know", 7}, {RIGHT_ACCESS, RIGHT_PORTABILITY}},
    {{"to opt out of sale or sharing", 29}, {RIGHT_OPT_OUT_SALE, RIGHT_MARKETING_OBJECTION}},
    {{"to limit", 8}, {RIGHT_LIMIT_SENSITIVE, RIGHTS}},
};

/* Requests of either right, in one list. */
static struct request_figures figures_of(struct reporting *reporting, const struct wanted *of)
{
    struct job *job = reporting->job;
    struct request *some = NEW_ARRAY(job->arena, reporting->request_count + 1, struct request);
    struct request_figures figures;
    size_t count = 0;
    for (size_t i = 0; i < reporting->request_count; i++) {
        const enum right right = reporting->request[i].clause.right;
        if (right == of->right[0] || (of->right[1] != RIGHTS && right == of->right[1])) {
            some[count++] = reporting->request[i];
        }
    }
    const struct request_filter filter = {.right = RIGHTS,
                                          .jurisdiction = CALIFORNIA,
                                          .from = reporting->from[NOW],
                                          .until = reporting->until[NOW]};
    request_figures_of(job->arena, some, count, &reporting->candor->holidays, job->now, &filter,
                       &figures);
    return figures;
}

static void put_table(struct reporting *reporting)
{
    static const char *const column[] = {"Requests",          "#Received", "#Complied in whole",
                                         "#Complied in part", "#Denied",   "#Open or taken back",
                                         "#Median days",      "#Mean days"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    document_table(document, STR(""), column, 8, STR(""));
    for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
        const struct request_figures of = figures_of(reporting, &wanted[w]);
        const struct doc_cell cell[] = {
            cell_text_of(str_from(wanted[w].name)), cell_count(arena, of.received),
            cell_count(arena, of.fulfilled),        cell_count(arena, 0),
            cell_count(arena, of.refused),          cell_count(arena, of.open + of.cancelled),
            cell_number(arena, of.median_days, 1),  cell_number(arena, of.mean_days, 1)};
        document_row(document, cell, 8)->verdict =
            of.overdue + of.late > 0 ? VERDICT_BAD : VERDICT_NONE;
    }
}

static void put_denials(struct reporting *reporting)
{
    static const char *const column[] = {"Requests", "Reason", "#Denied"};
    struct document *document = &reporting->document;
    document_section(document, STR("Why requests were denied"));
    document_table(document, STR(""), column, 3, STR("None was denied."));
    for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
        const struct request_figures of = figures_of(reporting, &wanted[w]);
        for (unsigned r = 0; r < REFUSALS; r++) {
            if (of.refusal[r] > 0) {
                const struct doc_cell cell[] = {
                    cell_text_of(str_from(wanted[w].name)),
                    cell_text_of(str_of(refusal_sentence((enum refusal)r))),
                    cell_count(document->arena, of.refusal[r])};
                document_row(document, cell, 3);
            }
        }
    }
}

enum candor_status report_ccpa(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    TRY(gather_requests(reporting));
    document_section(document, STR("Requests of the period"));
    put_table(reporting);
    document_text(
        document, VERDICT_NONE,
        STR("Days are calendar days from receipt to answer. A request here is carried out "
            "whole or denied with a reason, so that none is complied with in part. "
            "Opt-outs that came as a signal of a browser are choices, not requests, and "
            "stand in the consent statistics."));
    put_denials(reporting);
    document_section(document, STR("On the ledger"));
    document_facts(document, STR("Of every law, in the period"));
    fact_action(reporting, LIT("Requests opened"), LEDGER_REQUEST);
    fact_action(reporting, LIT("Granted"), LEDGER_REQUEST_FULFILLED);
    fact_action(reporting, LIT("Refused"), LEDGER_REQUEST_REFUSED);
    document_section(document, STR("What is still to be done"));
    document_text(document, VERDICT_OPEN,
                  STR("A business that handles the personal information of 10 million or more "
                      "consumers in a calendar year publishes these metrics in its privacy policy "
                      "by 1 July of the next (11 CCR 7102(a)). Choose a calendar year with --from "
                      "and --until, and say where they are published."));
    return CANDOR_OK;
}
