/*
 * strict.c - regulated offers: what decide/regulated.c asks of a campaign alone, asked of all around it.
 *
 *     when candor.yaml is read   its model looks at nothing protected, no age, sex or postal code, and
 *                                nothing that candor.yaml calls a stand-in for them
 *     before it is planned       nothing its model looks at was measured to stand in for a protected
 *                                attribute, unless the ethics board wrote down why it must (the effects
 *                                test: 12 CFR 1002.6(a)-2, 24 CFR 100.500)
 *     when it decides            a no that comes from a score goes to a person first (GDPR Article
 *                                22(3)), with the specific reasons (12 CFR 1002.9(b)(2))
 *     before it is approved      the fairness rule was checked and holds; nobody's reason stands in for it
 */
#include "inventoried.h"
#include "request.h"
#include "reviewed.h"

/* ---- when candor.yaml is read -------------------------------------------------------------- */

static bool is_proxy(const struct governance *governance, struct str name)
{
    for (size_t i = 0; i < governance->proxy_count; i++) {
        if (str_equal(governance->proxy[i], name)) {
            return true;
        }
    }
    return false;
}

static bool feature_is_proxy(const struct candor *candor, size_t f)
{
    const struct feature *feature = &candor->inventory->feature[f];
    return is_proxy(candor->governance, feature->name) ||
           (feature->measure == MEASURE_FIELD &&
            is_proxy(candor->governance, candor->inventory->field[feature->field].name));
}

static const struct value *campaign_value(const struct value *root, struct str name)
{
    const struct value *list = value_get(root, "campaigns");
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (str_equal(value_text_at(&list->item[i], "name"), name)) {
            return &list->item[i];
        }
    }
    return NULL;
}

static enum candor_status bar(struct job *job, const struct value *root,
                              const struct campaign *campaign, struct str what, const char *why)
{
    const struct value *value = campaign_value(root, campaign->name);
    return fail(job, CANDOR_BAD_INPUT,
                "campaign '%.*s'%s is an offer of %s, for which nobody is chosen by '%.*s': it is "
                "%s",
                STR_ARG(campaign->name), value_where(job->arena, value_get(value, "regulated")),
                regulated_name(campaign->regulated), STR_ARG(what), why);
}

static const char *const stand_in = "listed under governance: proxies";

static enum candor_status check_rules(struct job *job, const struct value *root,
                                      const struct candor *candor, const struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->needs.field_count; i++) {
        const struct str name = candor->inventory->field[campaign->needs.field[i]].name;
        if (is_proxy(candor->governance, name)) {
            return bar(job, root, campaign, name, stand_in);
        }
    }
    for (size_t i = 0; i < campaign->needs.feature_count; i++) {
        if (feature_is_proxy(candor, campaign->needs.feature[i])) {
            return bar(job, root, campaign,
                       candor->inventory->feature[campaign->needs.feature[i]].name, stand_in);
        }
    }
    return CANDOR_OK;
}

static enum candor_status check_model(struct job *job, const struct value *root,
                                      const struct candor *candor, const struct campaign *campaign,
                                      const struct model_spec *spec)
{
    for (size_t i = 0; i < spec->feature_count; i++) {
        const size_t f = spec->feature[i];
        const char *why =
            feature_is_proxy(candor, f) ? stand_in : regulated_bars_feature(candor->inventory, f);
        if (why != NULL) {
            return bar(job, root, campaign, candor->inventory->feature[f].name, why);
        }
    }
    return CANDOR_OK;
}

enum candor_status strict_models(struct job *job, const struct value *root,
                                 const struct candor *candor)
{
    for (size_t c = 0; c < candor->campaign_count; c++) {
        const struct campaign *campaign = &candor->campaign[c];
        if (campaign->regulated == REGULATED_NONE) {
            continue;
        }
        TRY(check_rules(job, root, candor, campaign));
        for (size_t m = 0; m < candor->model_spec_count; m++) {
            if (str_equal(candor->model_spec[m].name, campaign->model)) {
                TRY(check_model(job, root, candor, campaign, &candor->model_spec[m]));
            }
        }
    }
    return CANDOR_OK;
}

/* ---- before it is planned ------------------------------------------------------------------ */

static enum candor_status count_proxies(struct job *job, struct candor *candor, struct txn *txn,
                                        struct str model, size_t *findings)
{
    struct answer scratch;
    answer_begin(job, &scratch);
    json_list_begin(&scratch.json);
    for (size_t m = 0; m < candor->model_spec_count; m++) {
        if (str_equal(candor->model_spec[m].name, model)) {
            TRY(model_proxies_json(job, candor, txn, &candor->model_spec[m], &scratch.json,
                                   findings));
        }
    }
    json_list_end(&scratch.json);
    return CANDOR_OK;
}

enum candor_status strict_plan(struct job *job, struct candor *candor, struct txn *txn,
                               const struct campaign *campaign)
{
    struct str reason;
    size_t findings = 0;
    if (campaign->regulated == REGULATED_NONE || campaign->model.len == 0) {
        return CANDOR_OK;
    }
    TRY(count_proxies(job, candor, txn, campaign->model, &findings));
    if (findings == 0) {
        return CANDOR_OK;
    }
    TRY(board_override(job, candor, txn, BOARD_CAMPAIGN, campaign->name, &reason));
    return reason.len > 0
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED,
                      "model '%.*s' looks at what stands in for a protected attribute (%zu "
                      "findings; see candor audit inventory): leave it out, or the ethics board's "
                      "chair writes down why it must stay: candor board overrule",
                      STR_ARG(campaign->model), findings);
}

/* ---- when it decides ----------------------------------------------------------------------- */

enum candor_status strict_refer(struct job *job, struct candor *candor, struct txn *txn,
                                struct subject subject, const struct campaign *campaign,
                                size_t offer, struct weighed *weighed)
{
    enum review_word word = REVIEW_NO_WORD;
    (void)candor;
    if (campaign->regulated == REGULATED_NONE ||
        (weighed->withhold != WITHHOLD_LOW_SCORE && weighed->withhold != WITHHOLD_NOT_SELECTED)) {
        return CANDOR_OK;
    }
    TRY(review_word(job, txn, subject, campaign->name, &word));
    if (word == REVIEW_SAYS_SEND && offer != NONE) {
        weighed->withhold = SEND;
        weighed->offer = offer;
        return CANDOR_OK;
    }
    if (word != REVIEW_SAYS_WITHHOLD) {
        weighed->withhold = WITHHOLD_REFERRED;
    }
    weighed->offer = NONE;
    return CANDOR_OK;
}

/* ---- before it is approved ----------------------------------------------------------------- */

enum candor_status strict_approve(struct job *job, struct candor *candor, struct txn *txn,
                                  const struct campaign *campaign, bool is_checked, bool has_passed)
{
    struct str reason;
    if (campaign->regulated != REGULATED_NONE && (!is_checked || !has_passed)) {
        return fail(job, CANDOR_REFUSED,
                    "campaign '%.*s' is an offer of %s: its fairness rule %s, and no reason stands "
                    "in for that",
                    STR_ARG(campaign->name), regulated_name(campaign->regulated),
                    is_checked ? "does not hold" : "could not be checked on so few people");
    }
    if (has_passed || (candor->governance->rules.reviewed >> BOARD_CAMPAIGN & 1) == 0) {
        return CANDOR_OK;
    }
    TRY(board_override(job, candor, txn, BOARD_CAMPAIGN, campaign->name, &reason));
    return reason.len > 0
               ? CANDOR_OK
               : fail(job, CANDOR_REFUSED,
                      "the plan fails its fairness rule; where campaigns are reviewed, only the "
                      "ethics board's written reason lets it pass: list campaign:%.*s under "
                      "governance: high_risk, and its chair runs candor board overrule",
                      STR_ARG(campaign->name));
}
