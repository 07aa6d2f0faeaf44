/*
 * run_report.c - reports for those who answer for the company.
 */
#include "run.h"

enum candor_status run_report(struct invocation *invocation)
{
    const struct candor_report_order order = {
        .kind = invocation->argument[0],
        .model = invocation->argument_count > 1 ? invocation->argument[1] : NULL,
        .from = option(invocation, "from"),
        .until = option(invocation, "until"),
        .html_path = option(invocation, "html"),
        .pdf_path = option(invocation, "pdf"),
        .json_path = option(invocation, "out"),
        .format = invocation->json ? "json" : "text", /* printed as it is */
    };
    TRY(open_home(invocation));
    return candor_report(invocation->job, invocation->candor, &order, &invocation->report);
}

enum candor_status run_report_verify(struct invocation *invocation)
{
    bool same = false;
    TRY(open_home(invocation));
    invocation->show = show_generic;
    TRY(candor_report_verify(invocation->job, invocation->candor, invocation->argument[0], &same,
                             &invocation->report));
    invocation->has_findings = !same;
    return CANDOR_OK;
}
