/*
 * audit.c - is it fair, is it safe?
 *
 * fairness   every published model is measured again on the rows held out from its training, by
 *            protected attribute; a ratio of selection rates surely under four fifths (its whole
 *            95 % interval) is a finding, one that only may be is told apart; beside it all that `candor
 *            fairness` says: intervals, verdicts, what is undefined and why
 * consent    purposes that glue together what is asked separately; what receipts lack: auditconsent.c
 * drift      do people still look like those whom a model learnt from, and what monitors raised: audit_drift.c
 * inventory  what looks personal and does not say so, what nobody uses, what stands in for what
 * quality    what is held, and what each source sent last, against the standards of candor.yaml
 * retention  what is past its time though no run deleted it; models learnt from too many who are gone
 * security   the home as whoever wants to break in would look at it: audit_security.c
 */
#include <math.h>

#include "audited.h"
#include "consenting.h"
#include "constraint.h"
#include "dataset.h"
#include "flow.h"
#include "frame.h"
#include "grouped.h"
#include "inventoried.h"
#include "learn.h"
#include "measured.h"
#include "model.h"
#include "print.h"
#include "retained.h"
#include "trust.h"

static const double difference_limit = 0.1;
static const double four_fifths = 0.8; /* EEOC Uniform Guidelines, 29 CFR 1607.4 D */

static enum candor_status score_test(struct job *job, const struct dataset *data,
                                     const struct model *model, double **score)
{
    struct frame *test = NULL;
    struct binding *binding = NULL;
    TRY(frame_take(job, data->frame, data->is_test, &test));
    TRY_ALLOC(job, *score, test->row_count + 1, double);
    TRY(model_bind(job, model, test, &binding));
    binding_score(binding, 0, NULL, *score);
    return CANDOR_OK;
}

static enum candor_status audit_model(struct job *job, struct candor *candor, struct txn *txn,
                                      const struct model_spec *spec, struct json *json,
                                      size_t *findings)
{
    const struct published *published = NULL;
    struct dataset data;
    struct fairness fairness;
    struct audit_rows rows;
    double *score = NULL;
    const enum candor_status status = model_published(job, candor, txn, spec->name, &published);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    TRY(dataset_gather(job, candor, txn, spec, &data));
    TRY(score_test(job, &data, published->model, &score));
    TRY(audit_scores(job, &data, score, &fairness, &rows));
    const struct rows_audited audited = {
        .attribute =
            spec->protect_count == 0 ? STR("") : candor->inventory->field[spec->protect[0]].name,
        .rows = &rows,
        .group_name = data.group_name,
        .limit = difference_limit,
        .ratio_limit = four_fifths};
    const struct fairness_value *ratio = &fairness.value[DEMOGRAPHIC_PARITY_RATIO];
    const bool is_low = !isnan(ratio->value) && ratio->value < four_fifths;
    bool fails = false;
    json_map_begin(json);
    constraint_json(job, json, candor, spec, published->model, &fairness, &fails);
    const bool is_finding = fails || (is_low && ratio->interval.high < four_fifths);
    *findings += is_finding;
    json_key(json, LIT("model"));
    json_text(json, spec->name);
    json_key(json, LIT("attribute"));
    json_text(json, audited.attribute);
    json_key(json, LIT("decision"));
    json_text(json, STR("among the best fifth of those held out"));
    json_key(json, LIT("finding"));
    json_bool(json, is_finding);
    json_key(json, LIT("enough_evidence"));
    json_bool(json, is_finding || (!is_low && ratio->interval.low >= four_fifths));
    fairness_json(json, &fairness, data.group_name);
    TRY(rows_audit_json(job, json, &audited));
    json_map_end(json);
    return CANDOR_OK;
}

static enum candor_status audit_fairness(struct job *job, struct candor *candor, struct txn *txn,
                                         struct json *json, size_t *findings)
{
    json_key(json, LIT("fairness"));
    json_list_begin(json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        TRY(audit_model(job, candor, txn, &candor->model_spec[m], json, findings));
    }
    json_list_end(json);
    TRY(livefair_json(job, candor, txn, json, findings));
    return CANDOR_OK;
}

static bool is_known(struct str what)
{
    static const char *const known[] = {"consent", "drift",     "fairness", "inventory",
                                        "quality", "retention", "security"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (str_is(what, known[i])) {
            return true;
        }
    }
    return false;
}

static enum candor_status audit(struct job *job, struct candor *candor, struct str what,
                                const struct drift_audit *drift, size_t *findings,
                                struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t index = 0;
    const bool all = str_is(what, "all");
    *findings = 0;
    TRY(caller_may(job, candor, ACT_AUDIT));
    if (!all && !is_known(what)) {
        return fail(
            job, CANDOR_BAD_INPUT,
            "audit what? consent, drift, fairness, inventory, quality, retention, security or all");
    }
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    if (all || str_is(what, "consent")) {
        audit_consent(job, candor, &answer.json, findings);
    }
    TRY(home_begin(job, candor, &txn));
    if (all || str_is(what, "security")) {
        TRY(security_audit(job, candor, txn, &answer.json, findings));
    }
    if (all || str_is(what, "fairness")) {
        TRY(audit_fairness(job, candor, txn, &answer.json, findings));
    }
    if (all || str_is(what, "drift")) {
        TRY(drift_audit_json(job, candor, txn, drift, &answer.json, findings));
    }
    if (all || str_is(what, "retention")) {
        TRY(retention_audit(job, candor, &answer.json, findings));
    }
    if (all || str_is(what, "inventory")) {
        TRY(inventory_audit(job, candor, txn, &answer.json, findings));
    }
    if (all || str_is(what, "quality")) {
        TRY(quality_audit(job, candor, txn, &answer.json, findings));
    }
    const struct account account = {.action = LEDGER_AUDIT,
                                    .outcome = *findings == 0 ? OUTCOME_DONE : OUTCOME_FAILED};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    json_key(&answer.json, LIT("findings"));
    json_u64(&answer.json, *findings);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

static enum candor_status write_pages(struct job *job, const struct candor *candor, struct str what,
                                      const struct candor_audit_files *files,
                                      const struct candor_text *report)
{
    struct document document;
    struct bytes pdf;
    if (files->html_path == NULL && files->pdf_path == NULL) {
        return CANDOR_OK;
    }
    TRY(audit_document(job, candor, what, report, &document));
    if (files->html_path != NULL) {
        TRY(file_replace(job, str_of(files->html_path), bytes_of(document_as_html(&document)),
                         0600));
    }
    if (files->pdf_path != NULL) {
        TRY(document_as_pdf(job, &document, &pdf));
        TRY(file_replace(job, str_of(files->pdf_path), pdf, 0600));
    }
    return CANDOR_OK;
}

static enum candor_status audit_to(struct job *job, struct candor *candor, struct str what,
                                   const struct candor_audit_files *files, size_t *findings,
                                   struct candor_text *report)
{
    struct drift_audit drift = {NULL, 0};
    TRY(path_may_be_written(job, files->html_path));
    TRY(path_may_be_written(job, files->pdf_path));
    TRY(paths_differ(job, files->html_path, files->pdf_path));
    if (str_is(what, "drift") || str_is(what, "all")) {
        TRY(drift_audit_measure(job, candor, &drift)); /* takes the lock by and by */
    }
    home_enter(candor);
    const enum candor_status status = audit(job, candor, what, &drift, findings, report);
    home_leave(candor);
    TRY(status);
    return write_pages(job, candor, what, files, report);
}

enum candor_status candor_audit(struct job *job, struct candor *candor, const char *what,
                                size_t *findings, struct candor_text *report)
{
    const struct candor_audit_files none = {NULL, NULL};
    return candor_audit_to(job, candor, what, &none, findings, report);
}

enum candor_status candor_audit_to(struct job *job, struct candor *candor, const char *what,
                                   const struct candor_audit_files *files, size_t *findings,
                                   struct candor_text *report)
{
    return audit_to(job, candor, str_of(what), files, findings, report);
}
