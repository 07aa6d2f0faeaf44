/*
 * report_dsar.c - rights requests: how many, how soon, how they ended.
 *
 * A request counts where it came in, whenever it was answered. The register holds no personal data, and
 * the numbers are what the law wants to see, so they are told as they are.
 */
#include "report.h"
#include "shapes.h"

/* Late: bad, whatever else. */
static enum verdict clock_verdict(const struct request_figures *figures)
{
    if (figures->overdue > 0 || figures->late > 0) {
        return VERDICT_BAD;
    }
    return figures->received == 0 ? VERDICT_NONE : VERDICT_GOOD;
}

static void put_figure(struct document *document, struct str label, struct doc_cell now,
                       struct doc_cell before, struct str limit, enum verdict verdict)
{
    const struct doc_cell cell[] = {cell_text_of(label), now, before, cell_text_of(limit)};
    document_row(document, cell, 4)->verdict = verdict;
}

static void put_overview(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct request_figures now = requests_of(reporting, NOW, RIGHTS, STR(""));
    const struct request_figures before = requests_of(reporting, BEFORE, RIGHTS, STR(""));
    document_section(document, STR("Overview"));
    document_figures(document);
    put_figure(document, STR("Received"), cell_count(arena, now.received),
               cell_count(arena, before.received), STR(""), VERDICT_NONE);
    put_figure(document, STR("Open"), cell_count(arena, now.open), cell_count(arena, before.open),
               STR(""), VERDICT_NONE);
    put_figure(document, STR("Overdue"), cell_count(arena, now.overdue),
               cell_count(arena, before.overdue), STR("Limit: none"),
               now.overdue > 0 ? VERDICT_BAD : VERDICT_GOOD);
    put_figure(document, STR("Answered in time"), cell_share(arena, requests_in_time(&now)),
               cell_share(arena, requests_in_time(&before)), STR("Limit: 100 %"),
               clock_verdict(&now));
    put_figure(document, STR("Median until answered"), cell_days(arena, now.median_days),
               cell_days(arena, before.median_days), STR(""), VERDICT_NONE);
    put_figure(document, STR("Longest until answered"), cell_days(arena, now.most_days),
               cell_days(arena, before.most_days), STR(""), VERDICT_NONE);
}

static void put_row(struct reporting *reporting, enum right right, struct str jurisdiction)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct request_figures of = requests_of(reporting, NOW, right, jurisdiction);
    if (of.received == 0) {
        return;
    }
    const struct doc_cell none = cell_text_of(STR(""));
    const bool has_answers = of.fulfilled + of.refused > 0;
    const struct doc_cell cell[] = {cell_text_of(key_words(arena, str_of(right_name(right)))),
                                    cell_text_of(jurisdiction),
                                    cell_count(arena, of.received),
                                    cell_count(arena, of.open),
                                    cell_count(arena, of.fulfilled),
                                    cell_count(arena, of.refused),
                                    cell_count(arena, of.cancelled),
                                    has_answers ? cell_share(arena, requests_in_time(&of)) : none,
                                    has_answers ? cell_number(arena, of.median_days, 1) : none,
                                    has_answers ? cell_number(arena, of.most_days, 1) : none};
    document_row(document, cell, 10)->verdict = clock_verdict(&of);
}

/* Names of laws under which requests are there, each once. */
static size_t laws_of(const struct reporting *reporting, struct str *law)
{
    size_t count = 0;
    for (size_t i = 0; i < reporting->request_count; i++) {
        const struct str name = reporting->request[i].clause.jurisdiction;
        size_t at = 0;
        while (at < count && str_compare(law[at], name) < 0) {
            at++;
        }
        if (at < count && str_equal(law[at], name)) {
            continue;
        }
        for (size_t k = count; k > at; k--) {
            law[k] = law[k - 1];
        }
        law[at] = name;
        count++;
    }
    return count;
}

static void put_by_right(struct reporting *reporting)
{
    static const char *const column[] = {"Right",        "Law",       "#Received",   "#Open",
                                         "#Granted",     "#Refused",  "#Taken back", "#In time",
                                         "#Median days", "#Most days"};
    struct document *document = &reporting->document;
    struct str *law = NEW_ARRAY(reporting->job->arena, reporting->request_count + 1, struct str);
    const size_t laws = laws_of(reporting, law);
    document_section(document, STR("By right and law"));
    document_table(document, STR(""), column, 10, STR("No request came in this period."));
    for (unsigned r = 0; r < RIGHTS; r++) {
        for (size_t l = 0; l < laws; l++) {
            put_row(reporting, (enum right)r, law[l]);
        }
    }
}

static void put_refusals(struct reporting *reporting)
{
    static const char *const column[] = {"Reason", "What the person is told", "#Refusals"};
    struct document *document = &reporting->document;
    const struct request_figures of = requests_of(reporting, NOW, RIGHTS, STR(""));
    document_section(document, STR("Refusals"));
    document_table(document, STR(""), column, 3, STR("No request was refused."));
    for (unsigned r = 0; r < REFUSALS; r++) {
        if (of.refusal[r] > 0) {
            const struct doc_cell cell[] = {cell_text_of(str_of(refusal_name((enum refusal)r))),
                                            cell_text_of(str_of(refusal_sentence((enum refusal)r))),
                                            cell_count(document->arena, of.refusal[r])};
            document_row(document, cell, 3);
        }
    }
}

static void put_clocks(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct request_figures of = requests_of(reporting, NOW, RIGHTS, STR(""));
    document_section(document, STR("Clocks"));
    document_facts(document, STR(""));
    document_fact(document, STR("Extended, with reasons"), cell_count(arena, of.extended));
    document_fact(document, STR("Reached half of their time"), cell_count(arena, of.escalated[0]));
    document_fact(document, STR("Reached four fifths"), cell_count(arena, of.escalated[1]));
    document_fact(document, STR("Reached all of it"), cell_count(arena, of.escalated[2]));
    document_fact(document, STR("Answered late"), cell_count(arena, of.late));
    document_facts(document, STR("On the ledger in the period"));
    fact_action(reporting, LIT("Requests opened"), LEDGER_REQUEST);
    fact_action(reporting, LIT("Granted"), LEDGER_REQUEST_FULFILLED);
    fact_action(reporting, LIT("Refused"), LEDGER_REQUEST_REFUSED);
    fact_action(reporting, LIT("Extended"), LEDGER_REQUEST_EXTENDED);
    fact_action(reporting, LIT("Escalated"), LEDGER_REQUEST_ESCALATED);
    fact_action(reporting, LIT("Taken back"), LEDGER_REQUEST_CANCELLED);
    fact_action(reporting, LIT("People erased"), LEDGER_ERASE);
    document_text(
        document, VERDICT_NONE,
        STR("Records of closed requests are kept for 24 months and are counted as long as "
            "they are kept; the entries on the ledger stay."));
}

enum candor_status report_dsar(struct reporting *reporting)
{
    TRY(gather_requests(reporting));
    put_overview(reporting);
    put_by_right(reporting);
    put_refusals(reporting);
    put_clocks(reporting);
    return CANDOR_OK;
}
