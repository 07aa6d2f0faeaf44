/*
 * report_consent.c - what people were asked and what they said.
 *
 * Numbers of people from 1 to 9 are not told, and neither is a share of them, from which the number
 * could be worked out.
 */
#include "report.h"

/* A share of people, unless one of the two numbers is too small to be told. */
static struct doc_cell share_of(struct arena *arena, uint64_t part, uint64_t of)
{
    const bool is_small = (part > 0 && part < DOC_FEW) || (of > 0 && of < DOC_FEW);
    if (of == 0 || is_small) {
        return cell_text_of(STR(""));
    }
    return cell_share(arena, (double)part / (double)of);
}

/* How many entries there are says how many people: few of them are not told either. */
static struct entries entries_of(const struct said_cell *cell)
{
    if (cell->entries < DOC_FEW) {
        return (struct entries){0};
    }
    return (struct entries){.count = cell->entries, .first = cell->first, .last = cell->last};
}

static void put_overview(struct reporting *reporting)
{
    static const struct {
        enum said said;
        struct lit label;
    } row[] = {
        {SAID_ASKED, {"People asked", 12}},         {SAID_GIVEN, {"Said yes", 8}},
        {SAID_REFUSED, {"Said no when asked", 18}}, {SAID_WITHDRAWN, {"Took a yes back", 15}},
        {SAID_OBJECTED, {"Objected", 8}},           {SAID_EXPIRED, {"A yes came to its end", 21}},
        {SAID_DEFERRED, {"Put it off", 10}}};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct said_figures *now = reporting->walked.said[NOW];
    const struct said_figures *before = reporting->walked.said[BEFORE];
    document_section(document, STR("Overview"));
    document_figures(document);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct doc_cell cell[] = {
            cell_text_of(str_from(row[i].label)), cell_people(arena, now->all.people[row[i].said]),
            cell_people(arena, before->all.people[row[i].said]), cell_text_of(STR(""))};
        struct doc_row *put = document_row(document, cell, 4);
        if (row[i].said == SAID_ASKED) {
            put->entries = entries_of(&now->all);
        }
    }
    document_text(document, VERDICT_NONE,
                  str_format(arena,
                             "Of %.*s people who are known. A person counts once for each thing "
                             "they said. An import brings choices that were made elsewhere, at the "
                             "time at which they were made.",
                             STR_ARG(cell_count(arena, reporting->walked.subjects).text)));
}

static bool is_empty(const struct said_cell *cell)
{
    for (unsigned s = 0; s < SAIDS; s++) {
        if (cell->people[s] > 0) {
            return false;
        }
    }
    return true;
}

static void put_by_purpose(struct reporting *reporting)
{
    static const char *const column[] = {"Purpose",       "Channel", "#Asked",      "#Yes",
                                         "#Yes of asked", "#No",     "#Taken back", "#Objected",
                                         "#Ended",        "#Later"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    const struct said_figures *said = reporting->walked.said[NOW];
    document_section(document, STR("By purpose and channel"));
    document_table(document, STR(""), column, 10, STR("Nothing was said in this period."));
    for (size_t p = 0; p <= PURPOSES_MAX; p++) {
        for (size_t c = 0; c <= CHANNELS_MAX; c++) {
            const struct said_cell *cell = &said->cell[p][c];
            if (is_empty(cell)) {
                continue;
            }
            const struct doc_cell put[] = {
                cell_text_of(p == PURPOSES_MAX ? STR("every purpose")
                                               : inventory->purpose[p].title),
                cell_text_of(c == CHANNELS_MAX ? STR("any") : inventory->channel[c]),
                cell_people(arena, cell->people[SAID_ASKED]),
                cell_people(arena, cell->people[SAID_GIVEN]),
                share_of(arena, cell->people[SAID_GIVEN], cell->people[SAID_ASKED]),
                cell_people(arena, cell->people[SAID_REFUSED]),
                cell_people(arena, cell->people[SAID_WITHDRAWN]),
                cell_people(arena, cell->people[SAID_OBJECTED]),
                cell_people(arena, cell->people[SAID_EXPIRED]),
                cell_people(arena, cell->people[SAID_DEFERRED])};
            document_row(document, put, 10)->entries = entries_of(cell);
        }
    }
}

/* Which bar is longest: of those that may be told. */
static double longest(const struct said_figures *said, bool of_yes)
{
    uint64_t most = 1;
    for (size_t m = 0; m < said->month_count; m++) {
        const uint64_t count = of_yes ? said->month[m].given : said->month[m].no;
        most = count > most ? count : most;
    }
    return (double)most;
}

static void put_months(struct reporting *reporting, bool of_yes)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct said_figures *said = reporting->walked.said[NOW];
    const double most = longest(said, of_yes);
    document_bars(document,
                  of_yes ? STR("People who said yes, by month")
                         : STR("People who said no, took a yes back or objected, by month"),
                  STR("The period has no month."));
    for (size_t m = 0; m < said->month_count; m++) {
        const uint64_t count = of_yes ? said->month[m].given : said->month[m].no;
        const struct doc_cell cell[] = {
            cell_text_of(str_slice(str_from_date(arena, said->month[m].begins), 0, 7)),
            cell_people(arena, count)};
        document_row(document, cell, 2)->share =
            count > 0 && count < DOC_FEW ? 0 : (double)count / most;
    }
}

static void put_wordings(struct reporting *reporting)
{
    static const char *const column[] = {"Purpose", "Version of the words", "#Shown to",
                                         "#Yes",    "#Yes of shown",        "#No"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    const struct said_figures *said = reporting->walked.said[NOW];
    document_section(document, STR("By the words that were shown"));
    document_table(document, STR(""), column, 6, STR("No record names the words that were shown."));
    for (size_t v = 0; v < said->version_count; v++) {
        const struct said_version *version = &said->version[v];
        const struct doc_cell cell[] = {cell_text_of(inventory->purpose[version->purpose].title),
                                        cell_text_of(str_copy(arena, version->version)),
                                        cell_people(arena, version->shown),
                                        cell_people(arena, version->given),
                                        share_of(arena, version->given, version->shown),
                                        cell_people(arena, version->no)};
        document_row(document, cell, 6);
    }
    if (said->version_count == SAID_VERSIONS_MAX) {
        document_text(
            document, VERDICT_WATCH,
            str_format(arena, "Only the first %d versions are shown.", SAID_VERSIONS_MAX));
    }
}

static void put_delay(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    struct said_figures *said = reporting->walked.said[NOW];
    const double median = median_of(said->delay, said->delay_count); /* sorts them */
    document_section(document, STR("How soon a no was in force"));
    if (said->delay_count < DOC_FEW) {
        document_text(
            document, VERDICT_NONE,
            STR("Fewer than ten people took something back or objected here (imports left "
                "out), which is too few to tell how soon."));
        return;
    }
    document_facts(document, STR(""));
    document_fact(document, STR("Times measured"), cell_count(arena, said->delay_count));
    document_fact(document, STR("Median, seconds"),
                  cell_number(arena, median / (double)MICROS_PER_SECOND, 1));
    document_fact(
        document, STR("Longest, seconds"),
        cell_number(arena, (double)said->delay[said->delay_count - 1] / (double)MICROS_PER_SECOND,
                    1));
    document_text(document, VERDICT_NONE,
                  STR("From when the person said it until it was recorded; it is in force when it "
                      "is recorded, and what was decided before is not handed over."));
}

enum candor_status report_consent(struct reporting *reporting)
{
    TRY(gather_people(reporting));
    put_overview(reporting);
    put_by_purpose(reporting);
    document_section(&reporting->document, STR("Month by month"));
    put_months(reporting, true);
    put_months(reporting, false);
    put_wordings(reporting);
    put_delay(reporting);
    return CANDOR_OK;
}
