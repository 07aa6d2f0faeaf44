/*
 * compare_audit.c - what `candor fairness` says beyond INTERFACES' rates and metrics: every number with
 * its formula, its denominators, its interval and the group it is compared with; what is undefined with
 * its reason; the largest gaps with null, simultaneous interval and verdict.
 */
#include <math.h>
#include <stdio.h>

#include "candor_study.h"
#include "flow.h"
#include "grouped.h"

enum { PERMUTATIONS = 999, REASON_LEN = 96 };

static const double z95 = 1.959963984540054;

static void put_named(struct json *json, const char *name, double value)
{
    json_key_str(json, str_of(name));
    json_f64(json, value);
}

/* ---- definitions --------------------------------------------------------------------------- */

static void put_definitions(struct json *json)
{
    json_key(json, LIT("definitions"));
    json_map_begin(json);
    for (size_t r = 0; r < PARITY_RATES; r++) {
        const struct parity_rule *rule = parity_rule((enum parity_rate)r);
        json_key_str(json, str_of(rule->name));
        json_text(json, str_of(rule->formula));
    }
    for (size_t m = 0; m < PARITY_SCORES; m++) {
        json_key_str(json, str_of(parity_score_name((enum parity_score_measure)m)));
        json_text(json, str_of(parity_score_formula((enum parity_score_measure)m)));
    }
    static const char *const more[][2] = {
        {"undefined", "a number without denominator is null with its reason, and never 0"},
        {"ci",
         "95 %: Wilson of a rate, Newcombe (method 10) of a difference, Katz of a ratio, Hanley "
         "and McNeil of an auc"},
        {"weights", "rates are sums of weights; intervals use Kish's effective number "
                    "(sum w)^2 / sum w^2"},
        {"gap", "the largest difference, or the smallest ratio, between any two groups"},
        {"simultaneous", "95 % for all pairs of groups at once, so for the largest true gap too"},
        {"p", "the share of 999 dealings of the groups anew whose gap is at least as large"},
        {"verdict", "pass: the whole simultaneous interval is within the limit; fail: the whole is "
                    "beyond; else not enough evidence"},
        {"entropy", "mean((b / mean b)^2 - 1) / 2 of the benefits b = 1 + decision - label; "
                    "Theil: mean(b / mean b ln(b / mean b)); weights do not count"},
        {"differential_fairness", "largest |ln ratio| of smoothed shares over pairs of groups"},
    };
    for (size_t i = 0; i < sizeof more / sizeof more[0]; i++) {
        json_key_str(json, str_of(more[i][0]));
        json_text(json, str_of(more[i][1]));
    }
    json_map_end(json);
}

/* ---- groups -------------------------------------------------------------------------------- */

static void put_share(struct json *json, const struct parity_cells *cells, size_t group,
                      enum parity_rate rate)
{
    const struct parity_rule *rule = parity_rule(rate);
    const struct parity_share share = parity_share(&cells->group[group], rate);
    const bool is_known = cells->has_label || rate == PARITY_SELECTION_RATE;
    json_key_str(json, str_of(rule->name));
    json_map_begin(json);
    put_named(json, "value", is_known ? parity_value(share) : (double)NAN);
    put_named(json, "numerator", share.hits);
    put_named(json, "denominator", share.trials);
    if (cells->is_weighted) {
        put_named(json, "effective", share.size);
    }
    json_key(json, LIT("ci"));
    confidence_json(json, is_known ? parity_wilson(share, z95)
                                   : (struct interval){(double)NAN, (double)NAN});
    if (!(share.trials > 0) || !is_known) {
        char reason[REASON_LEN];
        (void)snprintf(reason, sizeof reason, is_known ? "no %s" : "no labels: %s are not known",
                       rule->denominator);
        json_key(json, LIT("undefined"));
        json_text(json, str_of(reason));
    }
    json_map_end(json);
}

static const char *why_no_score(const struct parity_cells *cells, size_t group, size_t measure)
{
    const double ones = parity_share(&cells->group[group], PARITY_TPR).trials;
    const double zeros = parity_share(&cells->group[group], PARITY_FPR).trials;
    return !(ones + zeros > 0)         ? "no rows"
           : !(ones > 0)               ? "no rows of label 1"
           : !(zeros > 0)              ? "no rows of label 0"
           : measure == SCORE_ECE_MASS ? "not with weights, nor of more than two million rows"
           : measure == SCORE_SLOPE || measure == SCORE_INTERCEPT
               ? "the scores part the labels or do not differ: no line is best"
               : "only of up to two million rows";
}

static void put_scores(struct json *json, const struct compared *compared, size_t group)
{
    json_key(json, LIT("scores"));
    json_map_begin(json);
    for (size_t m = 0; m < PARITY_SCORES; m++) {
        const struct parity_score *score = &compared->score[group];
        json_key_str(json, str_of(parity_score_name((enum parity_score_measure)m)));
        json_map_begin(json);
        put_named(json, "value", score->value[m]);
        if (m == SCORE_AUC) {
            put_named(json, "error", score->auc_error);
            json_key(json, LIT("ci"));
            confidence_json(json, score->auc);
        }
        if (isnan(score->value[m])) {
            json_key(json, LIT("undefined"));
            json_text(json, str_of(why_no_score(&compared->cells, group, m)));
        }
        json_map_end(json);
    }
    json_map_end(json);
}

static void put_against(struct json *json, const struct compared *compared, size_t group,
                        enum parity_rate rate)
{
    const struct parity_group *all = compared->cells.group;
    const struct parity_share one = parity_share(&all[group], rate);
    const struct parity_share other = parity_share(&all[compared->reference], rate);
    const double p = parity_value(one);
    const double q = parity_value(other);
    json_key_str(json, str_of(parity_rule(rate)->name));
    json_map_begin(json);
    put_named(json, "difference", p - q);
    json_key(json, LIT("difference_ci"));
    confidence_json(json, parity_newcombe(one, other, z95));
    put_named(json, "ratio", q > 0 ? p / q : (double)NAN);
    json_key(json, LIT("ratio_ci"));
    confidence_json(json, parity_katz(one, other, z95));
    if (isnan(p) || isnan(q) || q <= 0) {
        json_key(json, LIT("undefined"));
        json_text(json, isnan(p)   ? STR("this group has no denominator")
                        : isnan(q) ? STR("the reference group has no denominator")
                                   : STR("the rate of the reference group is 0: no ratio"));
    }
    json_map_end(json);
}

static void put_group(struct json *json, const struct compared *compared, size_t group)
{
    json_map_begin(json);
    json_key(json, LIT("count"));
    json_u64(json, compared->cells.group[group].count);
    json_key(json, LIT("rates"));
    json_map_begin(json);
    for (size_t r = 0; r < PARITY_RATES; r++) {
        put_share(json, &compared->cells, group, (enum parity_rate)r);
    }
    json_map_end(json);
    if (compared->score != NULL) {
        put_scores(json, compared, group);
    }
    put_named(json, "theil", parity_entropy(compared->plain.group[group].mass, 1));
    put_named(json, "entropy", parity_entropy(compared->plain.group[group].mass, 2));
    if (group != compared->reference && group < compared->cells.group_count) {
        static const enum parity_rate told[] = {PARITY_BASE_RATE, PARITY_SELECTION_RATE,
                                                PARITY_TPR,       PARITY_FPR,
                                                PARITY_PPV,       PARITY_ACCURACY};
        json_key(json, LIT("against_reference"));
        json_map_begin(json);
        for (size_t r = 0; r < sizeof told / sizeof told[0]; r++) {
            put_against(json, compared, group, told[r]);
        }
        json_map_end(json);
    }
    json_map_end(json);
}

/* ---- gaps ---------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    enum parity_rate rate;
    bool is_ratio;
} gap_of[] = {
    {"demographic_parity_difference", PARITY_SELECTION_RATE, false},
    {"demographic_parity_ratio", PARITY_SELECTION_RATE, true},
    {"equal_opportunity_difference", PARITY_TPR, false},
    {"false_positive_rate_difference", PARITY_FPR, false},
    {"predictive_parity_difference", PARITY_PPV, false},
    {"accuracy_difference", PARITY_ACCURACY, false},
    {"base_rate_difference", PARITY_BASE_RATE, false},
};

static void put_side(struct json *json, const struct compared *compared, const char *key,
                     size_t group, enum parity_rate rate)
{
    const struct parity_share share = parity_share(&compared->cells.group[group], rate);
    json_key_str(json, str_of(key));
    json_map_begin(json);
    json_key(json, LIT("group"));
    json_text(json, compared->grouping.name[group]);
    put_named(json, "value", parity_value(share));
    put_named(json, "numerator", share.hits);
    put_named(json, "denominator", share.trials);
    json_map_end(json);
}

static void put_gap(struct json *json, const struct compared *compared, size_t which,
                    const struct parity_asked *asked, const struct parity_gap *gap)
{
    const enum parity_rate rate = gap_of[which].rate;
    json_map_begin(json);
    json_key(json, LIT("measure"));
    json_text(json, str_of(gap_of[which].name));
    json_key(json, LIT("formula"));
    json_text(json, str_of(parity_rule(rate)->formula));
    put_named(json, "value", gap->value);
    json_key(json, LIT("groups_compared"));
    json_u64(json, gap->compared);
    json_key(json, LIT("verdict"));
    json_text(json, str_of(parity_verdict_name(gap->verdict)));
    put_named(json, "limit", asked->limit);
    if (gap->low == SIZE_MAX) {
        json_key(json, LIT("undefined"));
        json_text(json, gap->compared < 2 ? STR("fewer than two groups have a denominator")
                                          : STR("the largest rate is 0: no ratio"));
    } else {
        put_side(json, compared, "low", gap->low, rate);
        put_side(json, compared, "high", gap->high, rate);
    }
    json_key(json, LIT("ci"));
    confidence_json(json, gap->pair);
    json_key(json, LIT("simultaneous"));
    confidence_json(json, gap->simultaneous);
    put_named(json, "z", gap->z);
    put_named(json, "p", gap->p);
    put_named(json, "null_mean", gap->null_mean);
    put_named(json, "null_95", gap->null_95);
    json_map_end(json);
}

static enum candor_status put_gaps(struct job *job, struct json *json,
                                   const struct candor_fairness *question,
                                   const struct compared *compared)
{
    struct parity_share *share = NULL;
    TRY_ALLOC(job, share, compared->cells.group_count + 1, struct parity_share);
    json_key(json, LIT("gaps"));
    json_list_begin(json);
    for (size_t w = 0; w < sizeof gap_of / sizeof gap_of[0]; w++) {
        struct parity_gap gap;
        const bool is_ratio = gap_of[w].is_ratio;
        for (size_t g = 0; g < compared->cells.group_count; g++) {
            share[g] = parity_share(&compared->cells.group[g], gap_of[w].rate);
        }
        const struct parity_asked asked = {
            .share = share,
            .group_count = compared->cells.group_count,
            .is_ratio = is_ratio,
            .limit = is_ratio ? question->ratio_limit : question->limit,
            .confidence = 0.95,
            .seed = question->seed,
            .permutations = PERMUTATIONS,
        };
        TRY(parity_gap(job, &asked, &gap));
        put_gap(json, compared, w, &asked, &gap);
    }
    json_list_end(json);
    return CANDOR_OK;
}

/* ---- rankings and numbers ------------------------------------------------------------------ */

static void put_ranking(struct json *json, const struct compared *compared)
{
    const struct parity_ranking *ranking = &compared->ranking;
    json_key(json, LIT("ranking"));
    json_map_begin(json);
    json_key(json, LIT("top"));
    json_u64(json, ranking->top);
    put_named(json, "ndkl", ranking->ndkl);
    put_named(json, "exposure_ratio", ranking->exposure_ratio);
    put_named(json, "skew", ranking->skew);
    json_key(json, LIT("groups"));
    json_map_begin(json);
    for (size_t g = 0; g < compared->grouping.count; g++) {
        json_key_str(json, compared->grouping.name[g]);
        json_map_begin(json);
        put_named(json, "exposure", ranking->exposure[g]);
        put_named(json, "share_all", ranking->share_all[g]);
        put_named(json, "share_top", ranking->share_top[g]);
        json_map_end(json);
    }
    json_map_end(json);
    json_map_end(json);
}

/* ---- compatibility ------------------------------------------------------------------------- */

static void put_values(struct json *json, const struct parity_named *value, size_t count)
{
    json_map_begin(json);
    for (size_t v = 0; v < count; v++) {
        put_named(json, value[v].name, value[v].value);
    }
    json_map_end(json);
}

static void put_fairlearn_rates(struct json *json, const struct parity_group *group)
{
    struct parity_named rate[FAIRLEARN_RATES];
    fairlearn_rates(group, rate);
    put_values(json, rate, FAIRLEARN_RATES);
}

static enum candor_status put_fairlearn(struct job *job, struct json *json,
                                        const struct compared *compared)
{
    struct parity_named value[FAIRLEARN_VALUES];
    TRY(during(job, fairlearn_values(job, &compared->cells, value), "%.*s",
               STR_ARG(compared->attribute)));
    json_map_begin(json);
    json_key(json, LIT("values"));
    put_values(json, value, FAIRLEARN_VALUES);
    json_key(json, LIT("overall"));
    put_fairlearn_rates(json, &compared->cells.group[compared->cells.group_count]);
    json_key(json, LIT("by_group"));
    json_map_begin(json);
    for (size_t g = 0; g < compared->grouping.count; g++) {
        json_key_str(json, compared->grouping.name[g]);
        put_fairlearn_rates(json, &compared->cells.group[g]);
    }
    json_map_end(json);
    json_map_end(json);
    return CANDOR_OK;
}

static void put_contrasts(struct json *json, const struct compared *compared, bool is_rest)
{
    struct parity_named value[AIF360_VALUES];
    json_map_begin(json);
    for (size_t g = 0; g < compared->grouping.count && compared->grouping.count > 1; g++) {
        if (is_rest || g != compared->reference) {
            json_key_str(json, compared->grouping.name[g]);
            aif360_values(&compared->cells, &compared->plain, g,
                          is_rest ? SIZE_MAX : compared->reference, value);
            put_values(json, value, AIF360_VALUES);
        }
    }
    json_map_end(json);
}

static enum candor_status put_compat(struct job *job, struct json *json, const char *library,
                                     const struct compared *compared, size_t count)
{
    const bool is_fairlearn = str_is(str_of(library), "fairlearn");
    json_key(json, LIT("compat"));
    json_map_begin(json);
    json_key(json, LIT("library"));
    json_text(json, is_fairlearn ? STR("fairlearn 0.13") : STR("aif360 0.6"));
    json_key(json, LIT("by"));
    json_map_begin(json);
    for (size_t c = 0; c < count; c++) {
        json_key_str(json, compared[c].attribute);
        if (is_fairlearn) {
            TRY(put_fairlearn(job, json, &compared[c]));
            continue;
        }
        json_map_begin(json);
        json_key(json, LIT("against_reference"));
        put_contrasts(json, &compared[c], false);
        json_key(json, LIT("against_rest"));
        put_contrasts(json, &compared[c], true);
        json_map_end(json);
    }
    json_map_end(json);
    json_map_end(json);
    return CANDOR_OK;
}

/* ---- together ------------------------------------------------------------------------------ */

static enum candor_status put_attribute(struct job *job, struct json *json,
                                        const struct candor_fairness *asked,
                                        const struct compared *compared)
{
    const size_t count = compared->grouping.count;
    json_map_begin(json);
    json_key(json, LIT("reference"));
    json_text(json, count == 0 ? STR("") : compared->grouping.name[compared->reference]);
    json_key(json, LIT("all"));
    put_group(json, compared, count);
    json_key(json, LIT("groups"));
    json_map_begin(json);
    for (size_t g = 0; g < count; g++) {
        json_key_str(json, compared->grouping.name[g]);
        put_group(json, compared, g);
    }
    json_map_end(json);
    TRY(put_gaps(job, json, asked, compared));
    json_key(json, LIT("differential_fairness"));
    json_map_begin(json);
    put_named(json, "decisions", parity_differential(&compared->cells, false));
    put_named(json, "labels", parity_differential(&compared->cells, true));
    json_map_end(json);
    if (compared->ranking.exposure != NULL) {
        put_ranking(json, compared);
    }
    json_map_end(json);
    return CANDOR_OK;
}

enum candor_status audit_json(struct job *job, struct json *json,
                              const struct candor_fairness *asked, const struct compared *compared,
                              size_t count)
{
    json_key(json, LIT("audit"));
    json_map_begin(json);
    json_key(json, LIT("weight"));
    json_text(json, asked->weight == NULL ? STR("") : str_of(asked->weight));
    json_key(json, LIT("seed"));
    json_u64(json, asked->seed);
    put_definitions(json);
    json_key(json, LIT("by"));
    json_map_begin(json);
    for (size_t c = 0; c < count; c++) {
        json_key_str(json, compared[c].attribute);
        TRY(put_attribute(job, json, asked, &compared[c]));
    }
    json_map_end(json);
    json_map_end(json);
    return asked->compat == NULL ? CANDOR_OK
                                 : put_compat(job, json, asked->compat, compared, count);
}

/* Scores of what is no chance have no calibration; what is left are the decisions. */
static bool are_chances(const struct audit_rows *rows)
{
    bool are = rows->score != NULL;
    for (size_t row = 0; are && row < rows->row_count; row++) {
        are = rows->score[row] >= 0 && rows->score[row] <= 1;
    }
    return are;
}

enum candor_status rows_audit_json(struct job *job, struct json *json,
                                   const struct rows_audited *audited)
{
    struct audit_rows rows = *audited->rows;
    struct compared compared = {
        .attribute = audited->attribute,
        .grouping = {.name = audited->group_name, .count = rows.group_count}};
    const struct candor_fairness asked = {
        .limit = audited->limit, .ratio_limit = audited->ratio_limit, .seed = 1};
    if (!are_chances(&rows)) {
        rows.score = NULL;
    }
    TRY(parity_count(job, &rows, NULL, &compared.cells));
    compared.plain = compared.cells;
    if (rows.score != NULL) {
        TRY_ALLOC(job, compared.score, rows.group_count + 1, struct parity_score);
        TRY(parity_score_exact(job, &rows, NULL, compared.score));
    }
    for (size_t g = 1; g < rows.group_count; g++) {
        const struct parity_group *group = compared.cells.group;
        compared.reference =
            group[g].count > group[compared.reference].count ? g : compared.reference;
    }
    return audit_json(job, json, &asked, &compared, 1);
}
