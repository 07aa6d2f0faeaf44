/*
 * run_privacy.c - tables in which nobody stands alone: candor anonymise, candor anonymise risk.
 */
#include <string.h>

#include "run.h"

/* For the library a zero is what was not asked for: whoever asks for it is told that it cannot be. */
static enum candor_status zero_is_refused(struct invocation *invocation, const char *name,
                                          double given, const char *must_be)
{
    return is_set(invocation, name) && given == 0
               ? fail(invocation->job, CANDOR_BAD_INPUT, "--%s is %s", name, must_be)
               : CANDOR_OK;
}

enum candor_status run_anonymise(struct invocation *invocation)
{
    struct candor_anonymise asked = {
        .data_path = invocation->argument[0],
        .quasi = option(invocation, "quasi"),
        .sensitive = option(invocation, "sensitive"),
        .drop = option(invocation, "drop"),
        .types_path = option(invocation, "types"),
        .hierarchies_path = option(invocation, "hierarchies"),
        .out_path = option(invocation, "out"),
        .is_local = is_set(invocation, "local"),
    };
    const char *diversity = option(invocation, "diversity");
    if (diversity != NULL && strcmp(diversity, "distinct") != 0 &&
        strcmp(diversity, "entropy") != 0) {
        return fail(invocation->job, CANDOR_BAD_INPUT, "--diversity is distinct or entropy");
    }
    asked.is_entropy = diversity != NULL && strcmp(diversity, "entropy") == 0;
    TRY(option_u64(invocation, "k", 0, &asked.k));
    TRY(option_f64(invocation, "l", 0, &asked.l));
    TRY(option_f64(invocation, "t", 0, &asked.t));
    TRY(option_f64(invocation, "risk-above", 0, &asked.risk_above));
    TRY(zero_is_refused(invocation, "t", asked.t, "above 0 and at most 1"));
    TRY(zero_is_refused(invocation, "l", asked.l, "1 or more"));
    TRY(zero_is_refused(invocation, "risk-above", asked.risk_above, "above 0 and at most 1"));
    invocation->show = show_generic;
    return candor_anonymise(invocation->job, &asked, &invocation->report);
}

enum candor_status run_anonymise_risk(struct invocation *invocation)
{
    struct candor_reidentify asked = {
        .data_path = invocation->argument[0],
        .quasi = option(invocation, "quasi"),
        .types_path = option(invocation, "types"),
        .population_path = option(invocation, "population"),
    };
    bool is_above = false;
    TRY(option_f64(invocation, "fraction", 0, &asked.fraction));
    TRY(option_f64(invocation, "risk-above", 0, &asked.risk_above));
    TRY(zero_is_refused(invocation, "fraction", asked.fraction, "above 0 and at most 1"));
    TRY(zero_is_refused(invocation, "risk-above", asked.risk_above, "above 0 and at most 1"));
    invocation->show = show_generic;
    TRY(candor_reidentify(invocation->job, &asked, &is_above, &invocation->report));
    invocation->has_findings = is_above && is_set(invocation, "risk-above");
    return CANDOR_OK;
}
