/*
 * auditpage.c - what an audit found, as a document to be read: its sections are those of the answer, and every
 * sentence and number is taken from there, so that the page and the JSON cannot say different things.
 */
#include "audited.h"
#include "flow.h"
#include "print.h"

static const struct value *list_of(const struct value *tree, const char *key)
{
    const struct value *list = value_get(tree, key);
    return list != NULL && list->kind == VALUE_LIST ? list : NULL;
}

static bool is_true(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}

static double number_in(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER ? value->number : NOT_KNOWN;
}

static struct str text_in(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_TEXT ? value->text : STR("");
}

static struct doc_cell said(const struct value *map, const char *key)
{
    return cell_text_of(text_in(map, key));
}

static struct doc_cell count_in(struct arena *arena, const struct value *map, const char *key)
{
    const double count = number_in(map, key);
    return count >= 0 ? cell_count(arena, (uint64_t)count) : cell_text_of(STR(""));
}

/* ---- consent, security ------------------------------------------------------------------------ */

static void put_consent(struct document *document, const struct value *tree)
{
    static const char *const column[] = {"About", "What"};
    const struct value *list = list_of(tree, "consent");
    if (list == NULL) {
        return;
    }
    document_section(document, STR("Consent"));
    document_table(document, STR(""), column, 2,
                   STR("No purpose is glued to another, and no receipt lacks anything."));
    for (size_t i = 0; i < list->count; i++) {
        const struct value *item = &list->item[i];
        const struct doc_cell cell[] = {said(item, "about"), said(item, "sentence")};
        document_row(document, cell, 2)->verdict =
            is_true(item, "finding") ? VERDICT_BAD : VERDICT_WATCH;
    }
}

static enum verdict severity_of(struct str severity)
{
    return str_is(severity, "none")   ? VERDICT_GOOD
           : str_is(severity, "high") ? VERDICT_BAD
                                      : VERDICT_WATCH;
}

/* What weighs most comes first. */
static void put_security(struct document *document, const struct value *tree)
{
    static const char *const column[] = {"Severity", "Where", "What", "What to do"};
    static const char *const severity[] = {"high", "medium", "low", "none"};
    const struct value *list = list_of(tree, "security");
    if (list == NULL) {
        return;
    }
    document_section(document, STR("Security"));
    document_text(document, VERDICT_NONE,
                  STR("The home as somebody would look at it who wants to break in. Not seen from "
                      "inside: whether a backup exists and can be restored, and what listens in "
                      "front of the server."));
    document_table(document, STR(""), column, 4, STR(""));
    for (size_t s = 0; s < sizeof severity / sizeof severity[0]; s++) {
        for (size_t i = 0; i < list->count; i++) {
            const struct value *item = &list->item[i];
            if (!str_is(text_in(item, "severity"), severity[s])) {
                continue;
            }
            const struct doc_cell cell[] = {said(item, "severity"), said(item, "file"),
                                            said(item, "sentence"), said(item, "fix")};
            document_row(document, cell, 4)->verdict = severity_of(text_in(item, "severity"));
        }
    }
}

/* ---- fairness --------------------------------------------------------------------------------- */

static void put_groups(struct document *document, const struct value *model)
{
    static const char *const column[] = {"Group", "People", "Chosen", "Right"};
    struct arena *arena = document->arena;
    const struct value *groups = list_of(model, "groups");
    document_table(document,
                   str_format(arena, "Model %.*s by %.*s, whoever would be %.*s",
                              STR_ARG(text_in(model, "model")),
                              STR_ARG(text_in(model, "attribute")),
                              STR_ARG(text_in(model, "decision"))),
                   column, 4, STR("No group is known."));
    for (size_t g = 0; groups != NULL && g < groups->count; g++) {
        const struct value *group = &groups->item[g];
        const struct doc_cell cell[] = {said(group, "value"), count_in(arena, group, "count"),
                                        cell_share(arena, number_in(group, "selection_rate")),
                                        cell_share(arena, number_in(group, "accuracy"))};
        document_row(document, cell, 4);
    }
}

static void put_live(struct document *document, const struct value *tree)
{
    static const char *const column[] = {"Campaign", "Attribute", "Decisions", "What"};
    const struct value *live = list_of(tree, "fairness_live");
    document_table(document, STR("Decisions as they are made"), column, 4,
                   STR("No campaign states a fairness rule."));
    for (size_t i = 0; live != NULL && i < live->count; i++) {
        const struct value *item = &live->item[i];
        const struct doc_cell cell[] = {said(item, "campaign"), said(item, "attribute"),
                                        count_in(document->arena, item, "counted"),
                                        said(item, "sentence")};
        document_row(document, cell, 4)->verdict = is_true(item, "finding") ? VERDICT_BAD
                                                   : is_true(item, "enough_evidence")
                                                       ? VERDICT_GOOD
                                                       : VERDICT_WATCH;
    }
}

static void put_fairness(struct document *document, const struct value *tree)
{
    const struct value *list = list_of(tree, "fairness");
    if (list == NULL) {
        return;
    }
    document_section(document, STR("Fairness"));
    if (list->count == 0) {
        document_text(document, VERDICT_NONE, STR("No model is published."));
    }
    for (size_t m = 0; m < list->count; m++) {
        const struct value *model = &list->item[m];
        const double ratio = number_in(value_get(model, "metrics"), "demographic_parity_ratio");
        const bool is_finding = is_true(model, "finding");
        const bool is_enough = is_true(model, "enough_evidence");
        put_groups(document, model);
        document_text(
            document,
            is_finding  ? VERDICT_BAD
            : is_enough ? VERDICT_GOOD
                        : VERDICT_WATCH,
            str_format(document->arena,
                       "Lowest rate to highest: %.2f; four fifths, 0.80, is the usual limit. %s",
                       ratio,
                       is_finding  ? "A finding."
                       : is_enough ? "No finding."
                                   : "No finding, but the groups are too small to be sure."));
    }
    put_live(document, tree);
}

/* ---- drift ------------------------------------------------------------------------------------ */

static enum verdict drift_of(const struct value *one)
{
    const struct str verdict = text_in(one, "verdict");
    return str_is(verdict, "stable")    ? VERDICT_GOOD
           : str_is(verdict, "drifted") ? VERDICT_BAD
                                        : VERDICT_WATCH;
}

static void put_feature(struct document *document, struct str name, const struct value *one)
{
    const struct doc_cell cell[] = {
        cell_text_of(name), said(one, "verdict"),
        cell_text_of(str_format(document->arena, "%.3f", number_in(one, "psi"))),
        said(one, "moved_most")};
    document_row(document, cell, 4)->verdict = drift_of(one);
}

static void put_drift_of(struct document *document, const struct value *model)
{
    static const char *const column[] = {"Feature", "Verdict", "PSI", "What moved most"};
    const struct value *features = list_of(model, "features");
    const struct value *score = value_get(model, "score");
    document_table(document,
                   str_format(document->arena,
                              "Model %.*s, %.0f people against %.0f of its training",
                              STR_ARG(text_in(model, "model")), number_in(model, "rows"),
                              number_in(model, "rows_train")),
                   column, 4, STR("Nobody allows the model to look at them."));
    for (size_t f = 0; features != NULL && f < features->count; f++) {
        put_feature(document, text_in(&features->item[f], "feature"), &features->item[f]);
    }
    if (score != NULL && score->kind == VALUE_MAP) {
        put_feature(document, STR("(the score)"), score);
    }
}

static void put_drift(struct document *document, const struct value *tree)
{
    static const char *const column[] = {"When", "Monitor", "What", "How", "Entry"};
    const struct value *list = list_of(tree, "drift");
    const struct value *alarms = list_of(tree, "drift_alarms");
    if (list == NULL) {
        return;
    }
    document_section(document, STR("Drift"));
    if (list->count == 0) {
        document_text(document, VERDICT_NONE, STR("No model is published."));
    }
    for (size_t m = 0; m < list->count; m++) {
        put_drift_of(document, &list->item[m]);
    }
    document_table(document, STR("Alarms of the last thirty days"), column, 5,
                   STR("No monitor raised one."));
    for (size_t a = 0; alarms != NULL && a < alarms->count; a++) {
        const struct value *alarm = &alarms->item[a];
        const struct doc_cell cell[] = {said(alarm, "time"), said(alarm, "monitor"),
                                        said(alarm, "column"), said(alarm, "way"),
                                        count_in(document->arena, alarm, "ledger_index")};
        document_row(document, cell, 5)->verdict = VERDICT_BAD;
    }
}

/* ---- data ------------------------------------------------------------------------------------- */

static void put_retention(struct document *document, const struct value *tree)
{
    struct arena *arena = document->arena;
    const struct value *retention = value_get(tree, "retention");
    if (retention == NULL) {
        return;
    }
    document_section(document, STR("Retention"));
    document_facts(document, STR("What a run would do now"));
    document_fact(document, STR("Last run"), said(retention, "last_run"));
    document_fact(document, STR("To be deleted"), count_in(arena, retention, "deleted"));
    document_fact(document, STR("People concerned"),
                  count_in(arena, retention, "subjects_changed"));
    document_fact(document, STR("Kept under a legal hold"),
                  count_in(arena, retention, "held_by_legal_hold"));
    document_text(
        document, is_true(retention, "finding") ? VERDICT_BAD : VERDICT_GOOD,
        is_true(retention, "late")
            ? STR("What is past its time is still there: candor retention run deletes it.")
            : STR("Nothing waits longer than it should."));
}

static void put_inventory(struct document *document, const struct value *tree)
{
    static const char *const looks[] = {"Field", "Looks like", "Declared"};
    static const char *const unused[] = {"Field or property", "What"};
    static const char *const proxy[] = {"Model", "Feature", "Attribute", "What"};
    const struct value *inventory = value_get(tree, "inventory");
    const struct value *list = NULL;
    if (inventory == NULL) {
        return;
    }
    document_section(document, STR("Inventory"));
    list = list_of(inventory, "undeclared");
    document_table(document, STR("Looks personal and does not say so"), looks, 3,
                   STR("Nothing does."));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct doc_cell cell[] = {said(&list->item[i], "name"),
                                        said(&list->item[i], "looks_like"),
                                        said(&list->item[i], "declared")};
        document_row(document, cell, 3)->verdict = VERDICT_BAD;
    }
    list = list_of(inventory, "unused");
    document_table(document, STR("Held, and used by nothing"), unused, 2,
                   STR("Everything is used."));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct doc_cell cell[] = {said(&list->item[i], "name"),
                                        said(&list->item[i], "sentence")};
        document_row(document, cell, 2)->verdict = VERDICT_WATCH;
    }
    list = list_of(inventory, "proxies");
    document_table(document, STR("What stands in for what is protected"), proxy, 4,
                   STR("No model has a protected attribute to compare with."));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct doc_cell cell[] = {
            said(&list->item[i], "model"), said(&list->item[i], "feature"),
            said(&list->item[i], "attribute"), said(&list->item[i], "verdict")};
        document_row(document, cell, 4);
    }
}

static void put_quality(struct document *document, const struct value *tree)
{
    static const char *const short_of[] = {"Source", "Field", "Standard", "Score", "Least"};
    struct arena *arena = document->arena;
    const struct value *quality = value_get(tree, "quality");
    const struct value *list = list_of(quality, "short");
    if (quality == NULL) {
        return;
    }
    document_section(document, STR("Quality"));
    document_table(document, STR("Below the standards of candor.yaml"), short_of, 5,
                   STR("Nothing is below its standard."));
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *item = &list->item[i];
        const struct doc_cell cell[] = {said(item, "source"), said(item, "field"),
                                        said(item, "standard"),
                                        cell_share(arena, number_in(item, "score")),
                                        cell_share(arena, number_in(item, "least"))};
        document_row(document, cell, 5)->verdict = VERDICT_BAD;
    }
    document_facts(document, STR(""));
    document_fact(document, STR("Rows in quarantine"), count_in(arena, quality, "quarantined"));
}

/* ---- all of it -------------------------------------------------------------------------------- */

enum candor_status audit_document(struct job *job, const struct candor *candor, struct str what,
                                  const struct candor_text *report, struct document *document)
{
    const struct value *tree = NULL;
    TRY(json_read(job, (struct bytes){(const uint8_t *)report->ptr, report->len}, NULL, "audit",
                  &tree));
    const double findings = number_in(tree, "findings");
    *document = document_begin(job->arena, LIT("audit"), LIT("Audit"), candor->inventory->name);
    const struct str found = findings == 0
                                 ? STR("Nothing was found that needs care.")
                                 : str_format(job->arena, "%.0f %s care.", findings,
                                              findings == 1 ? "finding needs" : "findings need");
    document->summary =
        str_format(job->arena, "%.*s Looked at: %.*s. Entry %.0f of the ledger says that it was.",
                   STR_ARG(found), STR_ARG(what), number_in(tree, "ledger_index"));
    document->law = STR("GDPR Articles 5(2), 24 and 32");
    document->author = STR("an operator");
    document->made = job->now;
    put_consent(document, tree);
    put_security(document, tree);
    put_fairness(document, tree);
    put_drift(document, tree);
    put_retention(document, tree);
    put_inventory(document, tree);
    put_quality(document, tree);
    return CANDOR_OK;
}
