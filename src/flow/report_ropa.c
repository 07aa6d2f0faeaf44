/*
 * report_ropa.c - the record of processing activities, GDPR Article 30(1).
 *
 * One section for each purpose: what is declared, (a) to (g) of the article, and beside it what ran
 * under it in the period, with the entries that show it. A purpose under which nothing ran says so; data
 * that no purpose names is a finding.
 */
#include "report.h"

#include "consenting.h"
#include "recipient.h"

/* ---- what ran under a purpose --------------------------------------------------------------- */

struct ran {
    int64_t last;
    struct entries entries;
    uint64_t contacts;
    uint64_t plans;
    uint64_t decisions;
    uint64_t disclosures;
    uint64_t choices;
};

static void join_runs(struct ran *ran, const struct runs *runs)
{
    ran->last = runs->last > ran->last ? runs->last : ran->last;
    entries_join(&ran->entries, &runs->entries);
}

static enum candor_status add_campaigns(struct reporting *reporting, size_t purpose,
                                        struct ran *ran)
{
    const struct candor *candor = reporting->candor;
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign *campaign = &candor->campaign[c];
        bool is_there = false;
        if (campaign->purpose != purpose && campaign->uses != purpose) {
            continue;
        }
        if (campaign->purpose == purpose) {
            ran->contacts += reporting->walked.contacts[c].count[NOW];
            join_runs(ran, &reporting->walked.contacts[c]);
        }
        struct plan *plan = NEW(reporting->job->arena, struct plan);
        TRY(gather_plan(reporting, campaign->name, plan, &is_there));
        if (is_there && plan->made >= reporting->from[NOW] && plan->made < reporting->until[NOW]) {
            const struct entries entries = {
                .count = plan->row_count, .first = plan->ledger_first, .last = plan->ledger_last};
            ran->plans++;
            ran->decisions += plan->row_count;
            ran->last = plan->made > ran->last ? plan->made : ran->last;
            entries_join(&ran->entries, &entries);
        }
    }
    return CANDOR_OK;
}

/* Data may go to a recipient for what candor.yaml lists, a purpose share:RECIPIENT among it. */
static bool is_given_to(const struct inventory *inventory, size_t recipient, size_t purpose)
{
    return (inventory->recipient[recipient].purposes >> purpose & 1) != 0;
}

static void add_disclosures(struct reporting *reporting, size_t purpose, struct ran *ran)
{
    const struct inventory *inventory = reporting->candor->inventory;
    for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
        if (is_given_to(inventory, r, purpose)) {
            ran->disclosures += walked_disclosure(reporting, r, purpose)->count[NOW];
            join_runs(ran, walked_disclosure(reporting, r, purpose));
        }
    }
}

static void add_choices(struct reporting *reporting, size_t purpose, struct ran *ran)
{
    const struct said_figures *said = reporting->walked.said[NOW];
    for (size_t c = 0; c <= CHANNELS_MAX; c++) {
        ran->choices += said->cell[purpose][c].entries;
    }
}

/* Learning is of the purpose that models train under. */
static void add_training(struct reporting *reporting, size_t purpose, struct ran *ran)
{
    const struct candor *candor = reporting->candor;
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        if (candor->model_spec[m].training == purpose) {
            const int64_t last = reporting->action_last[LEDGER_MODEL_TRAIN];
            entries_join(&ran->entries, &reporting->action[NOW][LEDGER_MODEL_TRAIN]);
            ran->last = last > ran->last ? last : ran->last;
            return;
        }
    }
}

static void put_ran(struct reporting *reporting, const struct ran *ran)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    document_facts(document, STR("What ran in the period"));
    document_fact(document, STR("Last ran on"),
                  ran->last == 0 ? cell_text_of(STR("not in this period"))
                                 : cell_day(arena, ran->last))
        ->entries = ran->entries;
    document_fact(document, STR("Choices recorded"), cell_count(arena, ran->choices));
    document_fact(document, STR("Plans made"), cell_count(arena, ran->plans));
    document_fact(document, STR("Decisions in these plans"), cell_count(arena, ran->decisions));
    document_fact(document, STR("Contacts handed over"), cell_count(arena, ran->contacts));
    document_fact(document, STR("Disclosures to recipients"), cell_count(arena, ran->disclosures));
}

/* ---- what is declared ----------------------------------------------------------------------- */

static struct str basis_words(enum basis basis)
{
    switch (basis) {
    case BASIS_CONSENT:
        return STR("Consent, Article 6(1)(a)");
    case BASIS_CONTRACT:
        return STR("Contract, Article 6(1)(b)");
    case BASIS_LEGAL_OBLIGATION:
        return STR("Legal obligation, Article 6(1)(c)");
    case BASIS_VITAL_INTEREST:
        return STR("Vital interests, Article 6(1)(d)");
    case BASIS_PUBLIC_TASK:
        return STR("Public task, Article 6(1)(e)");
    case BASIS_LEGITIMATE_INTEREST:
        return STR("Legitimate interests, Article 6(1)(f), until the person objects");
    }
    return STR("");
}

static struct str channels_words(struct reporting *reporting, const struct purpose *purpose)
{
    const struct inventory *inventory = reporting->candor->inventory;
    struct buf names = buf_begin(reporting->document.arena);
    for (size_t c = 0; c < inventory->channel_count; c++) {
        if ((purpose->channels >> c & 1) != 0) {
            buf_str(&names, names.len == 0 ? STR("") : STR(", "));
            buf_str(&names, inventory->channel[c]);
        }
    }
    return names.len == 0 ? STR("none: nobody is contacted under it") : buf_text(&names);
}

static void put_declared(struct reporting *reporting, size_t p)
{
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct purpose *purpose = &reporting->candor->inventory->purpose[p];
    document_facts(document, STR(""));
    document_fact(document, STR("Name in candor.yaml"), cell_text_of(purpose->name));
    document_fact(document, STR("Legal basis"), cell_text_of(basis_words(purpose->basis)));
    document_fact(document, STR("Channels"), cell_text_of(channels_words(reporting, purpose)));
    if (purpose->basis == BASIS_CONSENT) {
        document_fact(document, STR("Words shown"), cell_text_of(purpose->wording));
        document_fact(document, STR("Version of the words"),
                      cell_text_of(purpose->wording_version));
        document_fact(
            document, STR("A yes lasts"),
            cell_text_of(days_words(arena, purpose->valid_days, LIT("until it is taken back"))));
    }
    document_fact(
        document, STR("Direct marketing"),
        cell_text_of(purpose->direct_marketing ? STR("yes: an objection is absolute") : STR("no")));
    document_fact(document, STR("Categories of people"), cell_text_of(STR("customers")));
}

static void put_fields(struct reporting *reporting, size_t p)
{
    static const char *const column[] = {"Category of data", "Sensitivity", "Origin", "Kept"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    document_table(document, STR("Data"), column, 4, STR("No data is listed for it."));
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct field *field = &inventory->field[f];
        if ((field->purposes >> p & 1) == 0) {
            continue;
        }
        const struct doc_cell cell[] = {
            cell_text_of(field->label),
            cell_text_of(field->sensitivity == SENSITIVITY_SPECIAL
                             ? STR("special category, Article 9")
                             : str_of(sensitivity_name(field->sensitivity))),
            cell_text_of(str_of(origin_name(field->origin))),
            cell_text_of(days_words(arena, field->retention_days, LIT("while they are known")))};
        document_row(document, cell, 4);
    }
    for (size_t k = 0; k < inventory->event_kind_count; k++) {
        const struct event_kind *kind = &inventory->event_kind[k];
        if ((kind->purposes >> p & 1) != 0) {
            const struct doc_cell cell[] = {
                cell_text_of(str_format(arena, "Event: %.*s", STR_ARG(kind->label))),
                cell_text_of(STR("ordinary")), cell_text_of(STR("observed")),
                cell_text_of(days_words(arena, kind->retention_days, LIT("while they are known")))};
            document_row(document, cell, 4);
        }
    }
}

/* Outside of the EEA a transfer rests on something, Articles 44 to 49. */
static struct str transfer_words(struct arena *arena, const struct recipient *recipient)
{
    if (recipient->country.len == 0) {
        return STR("country not said");
    }
    if (country_is_in_eea(recipient->country)) {
        return str_format(arena, "%.*s, inside the EEA", STR_ARG(recipient->country));
    }
    return str_format(arena, "%.*s, third country: %s", STR_ARG(recipient->country),
                      transfer_name(recipient->transfer));
}

static void put_recipients(struct reporting *reporting, size_t p)
{
    static const char *const column[] = {"Recipient", "Role", "Country and transfer", "Contract",
                                         "#Disclosures"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    document_table(document, STR("Recipients"), column, 5, STR("It goes to nobody else."));
    for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
        if (!is_given_to(inventory, r, p)) {
            continue;
        }
        const struct recipient *recipient = &inventory->recipient[r];
        const struct runs *runs = walked_disclosure(reporting, r, p);
        const bool is_bare =
            !country_is_in_eea(recipient->country) && recipient->transfer == TRANSFER_NONE;
        const struct doc_cell cell[] = {cell_text_of(recipient->title),
                                        cell_text_of(str_of(recipient_role_name(recipient->role))),
                                        cell_text_of(transfer_words(arena, recipient)),
                                        cell_text_of(recipient->contract),
                                        cell_count(arena, runs->count[NOW])};
        struct doc_row *row = document_row(document, cell, 5);
        row->entries = runs->entries;
        row->verdict = is_bare || recipient->contract.len == 0 ? VERDICT_WATCH : VERDICT_NONE;
    }
}

/* ---- all of it ------------------------------------------------------------------------------ */

static enum candor_status put_purpose(struct reporting *reporting, size_t p)
{
    const struct purpose *purpose = &reporting->candor->inventory->purpose[p];
    struct ran ran = {0};
    TRY(add_campaigns(reporting, p, &ran));
    add_disclosures(reporting, p, &ran);
    add_choices(reporting, p, &ran);
    add_training(reporting, p, &ran);
    document_section(&reporting->document, purpose->title);
    put_declared(reporting, p);
    put_fields(reporting, p);
    put_recipients(reporting, p);
    put_ran(reporting, &ran);
    return CANDOR_OK;
}

/* Fields without a purpose can be used for nothing, and so should not be there: Article 5(1)(c). */
static void put_unused(struct reporting *reporting)
{
    const struct inventory *inventory = reporting->candor->inventory;
    struct buf names = buf_begin(reporting->document.arena);
    for (size_t f = 0; f < inventory->field_count; f++) {
        if (inventory->field[f].purposes == 0) {
            buf_str(&names, names.len == 0 ? STR("") : STR(", "));
            buf_str(&names, inventory->field[f].label);
        }
    }
    if (names.len > 0) {
        document_text(&reporting->document, VERDICT_WATCH,
                      str_format(reporting->document.arena, "Held and for no purpose: %.*s.",
                                 STR_ARG(buf_text(&names))));
    }
}

/* What went out under a recipient or a purpose that was since taken out of candor.yaml went out all
 * the same. */
static void put_unlisted(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    const struct runs *unlisted = &reporting->walked.unlisted;
    if (unlisted->count[NOW] > 0) {
        document_facts(document, STR("To recipients that candor.yaml does not list any more"));
        struct doc_row *row = document_fact(document, STR("Disclosures to recipients"),
                                            cell_count(document->arena, unlisted->count[NOW]));
        row->entries = unlisted->entries;
        row->verdict = VERDICT_WATCH;
    }
}

static void put_measures(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    document_section(document, STR("Security measures"));
    document_text(document, VERDICT_NONE,
                  STR("Values are sealed (XChaCha20-Poly1305) before the database sees them, each "
                      "person under a key of their own; keys lie apart from the data and erasing a "
                      "person destroys theirs. People are found by keyed hashes. Nothing is read "
                      "without a permit, and nothing is changed without an entry on a ledger that "
                      "anybody can verify with its public key (Article 32(1))."));
    document_facts(document, STR("What was done in the period"));
    fact_action(reporting, LIT("Root and node keys made new"), LEDGER_KEY_ROTATE);
    fact_action(reporting, LIT("Audits"), LEDGER_AUDIT);
    fact_action(reporting, LIT("Retention: runs and deletions"), LEDGER_RETENTION);
    fact_action(reporting, LIT("People erased"), LEDGER_ERASE);
    fact_action(reporting, LIT("Acts signed by a second operator"), LEDGER_SECOND_SIGNATURE);
    fact_action(reporting, LIT("Changes of operators and training"), LEDGER_OPERATOR);
    fact_action(reporting, LIT("Incidents put down"), LEDGER_INCIDENT);
    fact_action(reporting, LIT("Imports"), LEDGER_IMPORT);
    fact_action(reporting, LIT("Configurations put in force"), LEDGER_POLICY_CHANGE);
}

static void put_overview(struct reporting *reporting)
{
    static const char *const column[] = {"Purpose", "Legal basis", "#Fields", "#Recipients"};
    struct document *document = &reporting->document;
    struct arena *arena = document->arena;
    const struct inventory *inventory = reporting->candor->inventory;
    document_section(document, STR("Overview"));
    document_text(document, VERDICT_NONE,
                  str_format(arena, "Data of %.*s people is held, for %zu purposes.",
                             STR_ARG(cell_count(arena, reporting->walked.subjects).text),
                             inventory->purpose_count));
    document_table(document, STR(""), column, 4, STR("No purpose is listed."));
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        uint64_t fields = 0;
        uint64_t recipients = 0;
        for (size_t f = 0; f < inventory->field_count; f++) {
            fields += inventory->field[f].purposes >> p & 1;
        }
        for (size_t r = OURSELVES + 1; r < inventory->recipient_count; r++) {
            recipients += is_given_to(inventory, r, p);
        }
        const struct doc_cell cell[] = {cell_text_of(inventory->purpose[p].title),
                                        cell_text_of(basis_words(inventory->purpose[p].basis)),
                                        cell_count(arena, fields), cell_count(arena, recipients)};
        document_row(document, cell, 4);
    }
    put_unused(reporting);
    put_unlisted(reporting);
}

enum candor_status report_ropa(struct reporting *reporting)
{
    const struct inventory *inventory = reporting->candor->inventory;
    TRY(gather_people(reporting));
    put_controller(reporting);
    put_overview(reporting);
    for (size_t p = 0; p < inventory->purpose_count; p++) {
        TRY(put_purpose(reporting, p));
    }
    put_measures(reporting);
    return CANDOR_OK;
}
