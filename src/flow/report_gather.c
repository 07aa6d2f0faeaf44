/*
 * report_gather.c - what ran. The ledger says how often each action was done and where it stands; one
 * walk over everybody reads what needs no permit, because it is kept to protect them: consents,
 * contacts, disclosures, looks.
 */
#include "report.h"

#include "consenting.h"
#include "request.h"

enum { PROGRESS_STEP = 5000 };

static bool is_in(const struct reporting *reporting, enum period period, int64_t time)
{
    return time >= reporting->from[period] && time < reporting->until[period];
}

/* ---- the ledger ---------------------------------------------------------------------------- */

static enum candor_status visit(struct job *job, void *self, uint64_t index, struct bytes bytes)
{
    struct reporting *reporting = self;
    struct ledger_leaf leaf;
    TRY(leaf_read(job, bytes, &leaf));
    const unsigned action = (unsigned)leaf.action;
    if (action >= ACTIONS_MAX) {
        return CANDOR_OK;
    }
    for (enum period p = NOW; p <= BEFORE; p++) {
        if (is_in(reporting, p, leaf.time)) {
            entries_add(&reporting->action[p][action], index);
        }
    }
    if (is_in(reporting, NOW, leaf.time) && leaf.time > reporting->action_last[action]) {
        reporting->action_last[action] = leaf.time;
    }
    return CANDOR_OK;
}

enum candor_status gather_ledger(struct reporting *reporting)
{
    return store_each_leaf(reporting->job, reporting->candor->store, visit, reporting);
}

/* ---- everybody ----------------------------------------------------------------------------- */

static void note_run(const struct reporting *reporting, struct runs *runs, int64_t time,
                     uint64_t index, bool *is_counted)
{
    for (enum period p = NOW; p <= BEFORE; p++) {
        runs->count[p] += is_in(reporting, p, time);
    }
    if (!is_in(reporting, NOW, time)) {
        return;
    }
    runs->people += !*is_counted;
    *is_counted = true;
    runs->last = time > runs->last ? time : runs->last;
    entries_add(&runs->entries, index);
}

static enum candor_status walk_contacts(struct job *job, struct reporting *reporting,
                                        struct subject subject)
{
    const struct candor *candor = reporting->candor;
    struct contact *contact = NULL;
    size_t count = 0;
    TRY(store_contacts(job, reporting->txn, subject, &contact, &count));
    bool *seen = NEW_ARRAY(job->arena, candor->campaign_count + 1, bool);
    for (size_t i = 0; i < count; i++) {
        for (size_t c = 0; c < candor->campaign_count; c++) {
            if (str_equal(candor->campaign[c].name, contact[i].campaign)) {
                note_run(reporting, &reporting->walked.contacts[c], contact[i].time,
                         contact[i].ledger_index, &seen[c]);
            }
        }
    }
    return CANDOR_OK;
}

/* Pairs of a recipient and a purpose: a purpose share:RECIPIENT is one too, which is none of the
 * inventory's disclosures. */
static size_t pair_count(const struct inventory *inventory)
{
    return inventory->recipient_count * inventory->purpose_count;
}

static size_t pair_of(const struct inventory *inventory, size_t recipient, size_t purpose)
{
    return recipient * inventory->purpose_count + purpose;
}

const struct runs *walked_disclosure(const struct reporting *reporting, size_t recipient,
                                     size_t purpose)
{
    return &reporting->walked
                .disclosures[pair_of(reporting->candor->inventory, recipient, purpose)];
}

static enum candor_status walk_disclosures(struct job *job, struct reporting *reporting,
                                           struct subject subject)
{
    const struct inventory *inventory = reporting->candor->inventory;
    struct walked *walked = &reporting->walked;
    struct disclosed *disclosed = NULL;
    size_t count = 0;
    const size_t unlisted = pair_count(inventory);
    TRY(store_disclosures(job, reporting->txn, subject, &disclosed, &count));
    if (count == 0) {
        return CANDOR_OK;
    }
    bool *seen = NEW_ARRAY(job->arena, unlisted + 1, bool);
    for (size_t i = 0; i < count; i++) {
        const size_t purpose = inventory_purpose(inventory, disclosed[i].purpose);
        const size_t recipient = inventory_recipient(inventory, disclosed[i].recipient);
        const bool is_listed = purpose != NONE && recipient != NONE &&
                               (inventory->recipient[recipient].purposes >> purpose & 1) != 0;
        const size_t pair = is_listed ? pair_of(inventory, recipient, purpose) : unlisted;
        note_run(reporting, is_listed ? &walked->disclosures[pair] : &walked->unlisted,
                 disclosed[i].time, disclosed[i].ledger_index, &seen[pair]);
    }
    return CANDOR_OK;
}

static enum candor_status walk_looks(struct job *job, struct reporting *reporting,
                                     struct subject subject)
{
    struct access *access = NULL;
    size_t count = 0;
    bool seen = false;
    TRY(store_accesses(job, reporting->txn, subject, &access, &count));
    for (size_t i = 0; i < count; i++) {
        note_run(reporting, &reporting->walked.looks, access[i].time, access[i].ledger_index,
                 &seen);
        for (enum period p = NOW; p <= BEFORE; p++) {
            reporting->walked.looks_unreasoned[p] +=
                access[i].why.len == 0 && is_in(reporting, p, access[i].time);
        }
    }
    return CANDOR_OK;
}

static enum candor_status walk_one(struct job *job, struct reporting *reporting,
                                   struct subject subject)
{
    struct consent_record *record = NULL;
    struct consent_state *state = NEW(job->arena, struct consent_state);
    size_t count = 0;
    TRY(store_consents(job, reporting->txn, subject, &record, &count));
    for (enum period p = NOW; p <= BEFORE; p++) {
        said_add(reporting->walked.said[p], record, count);
    }
    consent_fold(reporting->candor->inventory, record, count, job->now, state);
    reporting->walked.restricted += state->is_restricted;
    TRY(walk_contacts(job, reporting, subject));
    TRY(walk_disclosures(job, reporting, subject));
    return walk_looks(job, reporting, subject);
}

enum candor_status gather_people(struct reporting *reporting)
{
    struct job *job = reporting->job;
    struct candor *candor = reporting->candor;
    struct walked *walked = &reporting->walked;
    struct arena *beside = arena_beside(job);
    uint64_t cursor = 0;
    TRY(store_subject_count(job, reporting->txn, &walked->subjects));
    walked->contacts = NEW_ARRAY(job->arena, candor->campaign_count + 1, struct runs);
    walked->disclosures = NEW_ARRAY(job->arena, pair_count(candor->inventory) + 1, struct runs);
    for (enum period p = NOW; p <= BEFORE; p++) {
        walked->said[p] = NEW(job->arena, struct said_figures);
        said_begin(walked->said[p], beside, candor->inventory, reporting->from[p],
                   reporting->until[p]);
    }
    for (uint64_t i = 0; i < walked->subjects; i++) {
        struct subject subject;
        const struct arena_mark mark = arena_mark(job->arena);
        TRY(store_next_subject(job, reporting->txn, &cursor, &subject));
        TRY(walk_one(job, reporting, subject));
        arena_rewind(job->arena, mark);
        if (i % PROGRESS_STEP == 0) {
            job_say_progress(job, "counting", i, walked->subjects);
        }
        if (job->cancelled) {
            return fail(job, CANDOR_CANCELLED, "stopped; nothing was changed");
        }
    }
    job_say_progress(job, "counting", walked->subjects, walked->subjects);
    return CANDOR_OK;
}

/* ---- documents ----------------------------------------------------------------------------- */

enum candor_status gather_plan(struct reporting *reporting, struct str campaign, struct plan *plan,
                               bool *is_there)
{
    return plan_find(reporting->job, reporting->candor, reporting->txn, campaign, plan, is_there);
}

enum candor_status gather_requests(struct reporting *reporting)
{
    struct job *job = reporting->job;
    const struct lit kind[] = {KIND_OPEN, KIND_CLOSED};
    struct request *all = NULL;
    size_t count = 0;
    for (size_t k = 0; k < 2; k++) {
        struct request *some = NULL;
        struct request *joined = NULL;
        size_t more = 0;
        TRY(requests_of_kind(job, reporting->txn, kind[k], &some, &more));
        TRY_ALLOC(job, joined, count + more + 1, struct request);
        bytes_copy(joined, all, count * sizeof *joined);
        bytes_copy(joined + count, some, more * sizeof *joined);
        all = joined;
        count += more;
    }
    reporting->request = all;
    reporting->request_count = count;
    return CANDOR_OK;
}

enum candor_status gather_model(struct reporting *reporting, struct str name,
                                const struct model **model, struct digest *digest,
                                bool *is_published, bool *is_there)
{
    struct job *job = reporting->job;
    struct model *found = NULL;
    const enum candor_status status =
        model_trained(job, reporting->candor, reporting->txn, name, &found, digest);
    *is_there = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    *model = found;
    return model_is_published(job, reporting->txn, name, digest, is_published);
}

/* ---- pieces -------------------------------------------------------------------------------- */

struct str names_of_fields(struct reporting *reporting, uint64_t purposes, enum sensitivity least)
{
    const struct inventory *inventory = reporting->candor->inventory;
    struct buf names = buf_begin(reporting->document.arena);
    for (size_t f = 0; f < inventory->field_count; f++) {
        const struct field *field = &inventory->field[f];
        if ((field->purposes & purposes) != 0 && field->sensitivity >= least) {
            buf_str(&names, names.len == 0 ? STR("") : STR(", "));
            buf_str(&names, field->label);
        }
    }
    return buf_text(&names);
}

struct str days_words(struct arena *arena, uint32_t days, struct lit none)
{
    return days == 0 ? str_from(none) : str_format(arena, "%u days", days);
}

void fact_action(struct reporting *reporting, struct lit label, enum ledger_action action)
{
    struct document *document = &reporting->document;
    const struct entries *entries = &reporting->action[NOW][action];
    document_fact(document, str_from(label), cell_count(document->arena, entries->count))->entries =
        *entries;
}

static void fact_if(struct document *document, struct lit label, struct str value)
{
    if (value.len > 0) {
        document_fact(document, str_from(label), cell_text_of(value));
    }
}

struct request_figures requests_of(struct reporting *reporting, enum period period,
                                   enum right right, struct str jurisdiction)
{
    const struct request_filter filter = {.right = right,
                                          .jurisdiction = jurisdiction,
                                          .from = reporting->from[period],
                                          .until = reporting->until[period]};
    struct request_figures figures;
    request_figures_of(reporting->job->arena, reporting->request, reporting->request_count,
                       &reporting->candor->holidays, reporting->job->now, &filter, &figures);
    return figures;
}

double requests_in_time(const struct request_figures *figures)
{
    const uint64_t answered = figures->fulfilled + figures->refused;
    return answered == 0 ? NOT_KNOWN : (double)figures->in_time / (double)answered;
}

void put_controller(struct reporting *reporting)
{
    struct document *document = &reporting->document;
    const struct candor *candor = reporting->candor;
    const struct controller *controller = candor->controller;
    const struct str officer = controller_officer(candor);
    document_section(document, STR("Who answers for it"));
    document_facts(document, STR(""));
    fact_if(document, LIT("Controller"), controller->name);
    fact_if(document, LIT("Address"), controller->address);
    fact_if(document, LIT("Contact"), controller->contact);
    fact_if(document, LIT("Established in"), controller->jurisdiction);
    fact_if(document, LIT("Data protection officer"), officer);
    fact_if(document, LIT("Supervisory authority"), controller->authority);
    fact_if(document, LIT("Where data is stored"), controller->storage);
    if (controller->address.len == 0 || controller->contact.len == 0) {
        document_text(document, VERDICT_OPEN,
                      STR("The name, address and contact of the controller are missing in part: "
                          "section controller of candor.yaml."));
    }
    if (officer.len == 0) {
        document_text(
            document, VERDICT_OPEN,
            STR("No data protection officer is named (GDPR Article 37). Name one under "
                "governance: data_protection_officer in candor.yaml, or say why none is needed."));
    }
}
