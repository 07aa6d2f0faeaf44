/*
 * run_inventory.c - what is held: its quality, its time, its inventory.
 */
#include "run.h"

/* The row that the first argument numbers. */
static enum candor_status row_argument(struct invocation *invocation, uint64_t *row)
{
    return str_to_uint64(str_of(invocation->argument[0]), row)
               ? CANDOR_OK
               : fail(invocation->job, CANDOR_BAD_INPUT,
                      "ROW is a row's number, as quality list has it");
}

enum candor_status run_quality_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_quarantine;
    return candor_quality_list(invocation->job, invocation->candor, &invocation->report);
}

enum candor_status run_quality_show(struct invocation *invocation)
{
    uint64_t row = 0;
    TRY(row_argument(invocation, &row));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_quality_show(invocation->job, invocation->candor, row,
                               is_set(invocation, "values"), &invocation->report);
}

enum candor_status run_quality_repair(struct invocation *invocation)
{
    uint64_t row = 0;
    TRY(row_argument(invocation, &row));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_quality_repair(invocation->job, invocation->candor, row,
                                 option(invocation, "column"), option(invocation, "value"),
                                 &invocation->report);
}

enum candor_status run_quality_drop(struct invocation *invocation)
{
    uint64_t row = 0;
    TRY(row_argument(invocation, &row));
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_quality_drop(invocation->job, invocation->candor, row, &invocation->report);
}

enum candor_status run_quality_reimport(struct invocation *invocation)
{
    uint64_t row = UINT64_MAX;
    if (invocation->argument_count > 0) {
        TRY(row_argument(invocation, &row));
    }
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_quality_reimport(invocation->job, invocation->candor, row, &invocation->report);
}

enum candor_status run_quality_history(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_quality_history;
    return candor_quality_history(invocation->job, invocation->candor,
                                  invocation->argument_count > 0 ? invocation->argument[0] : NULL,
                                  &invocation->report);
}

enum candor_status run_retention_run(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_retention;
    return candor_retention_run(invocation->job, invocation->candor, is_set(invocation, "dry-run"),
                                &invocation->report);
}

enum candor_status run_retention_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_retention_list(invocation->job, invocation->candor, &invocation->report);
}

/* Everybody is never meant by leaving something out. */
enum candor_status run_hold_place(struct invocation *invocation)
{
    const bool is_of_all = is_set(invocation, "everybody");
    if (is_of_all == (invocation->argument_count > 0)) {
        return fail(invocation->job, CANDOR_BAD_INPUT,
                    "name one subject, or say --everybody: one of the two");
    }
    const struct candor_hold_order order = {
        .identifier = is_of_all ? NULL : invocation->argument[0],
        .what = option(invocation, "what"),
        .matter = option(invocation, "matter"),
        .reason = option(invocation, "reason"),
    };
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_hold_place(invocation->job, invocation->candor, &order, &invocation->report);
}

enum candor_status run_hold_lift(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_generic;
    return candor_hold_lift(invocation->job, invocation->candor, invocation->argument[0],
                            option(invocation, "reason"), &invocation->report);
}

enum candor_status run_hold_list(struct invocation *invocation)
{
    TRY(open_home(invocation));
    invocation->show = show_holds;
    return candor_hold_list(invocation->job, invocation->candor, &invocation->report);
}
