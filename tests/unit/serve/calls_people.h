/*
 * calls_people.h - the home's calls about people, recipients and what is kept: each writes down its name and
 * the arguments it got, for test_desk.c.
 */

#include "candor_gate.h"
#include "candor_people.h"

static enum candor_status say_with(struct candor *candor, struct candor_text *report,
                                   const char *what, const char *one, const char *two)
{
    /* The desk's one worker calls, and has answered long before a text is written over. */
    static char kept[64][128];
    static size_t next;
    char *text = kept[next++ % 64];
    (void)snprintf(text, sizeof kept[0], "%s(%s,%s)", what, one == NULL ? "-" : one,
                   two == NULL ? "-" : two);
    return say(candor, text, report);
}

#define IGNORE_JOB (void)job

enum candor_status candor_operator_list(struct job *job, struct candor *candor,
                                        struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "operators", report);
}

enum candor_status candor_key_list(struct job *job, struct candor *candor,
                                   struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "keys", report);
}

enum candor_status candor_key_revoke(struct job *job, struct candor *candor, const char *name,
                                     struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "revoke", name, "");
}

enum candor_status candor_operator_add(struct job *job, struct candor *candor, const char *name,
                                       const char *roles, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "add", name, roles);
}

enum candor_status candor_operator_roles(struct job *job, struct candor *candor, const char *name,
                                         const char *roles, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "roles", name, roles);
}

enum candor_status candor_operator_expire(struct job *job, struct candor *candor, const char *name,
                                          const char *on, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "end", name, on);
}

enum candor_status candor_operator_training(struct job *job, struct candor *candor,
                                            const char *name, const char *course, const char *until,
                                            struct candor_text *report)
{
    IGNORE_JOB;
    expect(strcmp(until, "2027-01-01") == 0, "arguments in order");
    return say_with(candor, report, "training", name, course);
}

enum candor_status candor_second_list(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "second", report);
}

enum candor_status candor_second_sign(struct job *job, struct candor *candor, const char *number,
                                      bool grant, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "sign", grant ? "yes" : "no", number + 30);
}

enum candor_status candor_access_log(struct job *job, struct candor *candor,
                                     const char *operator_name, const char *since, size_t *findings,
                                     struct candor_text *report)
{
    IGNORE_JOB;
    *findings = 0;
    return say_with(candor, report, "looks", operator_name, since);
}

enum candor_status candor_incident_open(struct job *job, struct candor *candor,
                                        const struct candor_incident *facts,
                                        struct candor_text *report)
{
    IGNORE_JOB;
    expect(facts->aware == NULL && strcmp(facts->risk, "some") == 0, "arguments in order");
    return say_with(candor, report, "open", facts->title, facts->recipient);
}

enum candor_status candor_incident_update(struct job *job, struct candor *candor,
                                          const char *number, const struct candor_incident *facts,
                                          const char *note, const char *notified,
                                          struct candor_text *report)
{
    IGNORE_JOB;
    expect(number[0] == '0' && facts->title == NULL, "arguments in order");
    return say_with(candor, report, "update", note, notified);
}

enum candor_status candor_incident_list(struct job *job, struct candor *candor, size_t *overdue,
                                        struct candor_text *report)
{
    IGNORE_JOB;
    *overdue = 0;
    return say(candor, "incidents", report);
}

enum candor_status candor_incident_show(struct job *job, struct candor *candor, const char *number,
                                        const char *people_path, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "incident", number + 30, people_path);
}

enum candor_status candor_incident_draft(struct job *job, struct candor *candor, const char *number,
                                         const char *whom, struct candor_text *draft)
{
    IGNORE_JOB;
    return say_with(candor, draft, "draft", number + 30, whom);
}

enum candor_status candor_incident_close(struct job *job, struct candor *candor, const char *number,
                                         const char *reason, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "close", number + 30, reason);
}

/* ---- recipients ---------------------------------------------------------------------------- */

enum candor_status candor_share_export(struct job *job, struct candor *candor,
                                       const struct candor_share *share, struct candor_text *report)
{
    IGNORE_JOB;
    expect(share->out_path == NULL && share->min_group == 7, "arguments in order");
    return say_with(candor, report, "export", share->recipient, share->fields);
}

enum candor_status candor_share_recalls(struct job *job, struct candor *candor,
                                        const char *recipient, const char *out_path,
                                        size_t *overdue, struct candor_text *report)
{
    IGNORE_JOB;
    *overdue = 0;
    return say_with(candor, report, "recalls", recipient, out_path);
}

enum candor_status candor_share_acknowledge(struct job *job, struct candor *candor, const char *id,
                                            const char *reference, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "done", id + 30, reference);
}

enum candor_status candor_share_trace_text(struct job *job, struct candor *candor,
                                           struct candor_text csv, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "trace", csv.ptr, NULL);
}

/* Of a text only; no home is asked, so that it writes nothing down. */
enum candor_status candor_scan_at_home(struct job *job, struct candor *candor,
                                       const struct candor_scan *asked, struct candor_text text,
                                       bool *blocks, struct candor_text *report)
{
    IGNORE_JOB;
    (void)candor;
    *blocks = asked->only != NULL;
    *report = text;
    return CANDOR_OK;
}

/* ---- what is kept -------------------------------------------------------------------------- */

static const char *row_text(uint64_t row)
{
    static char text[24];
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)row);
    return row == UINT64_MAX ? "all" : text;
}

enum candor_status candor_quality_list(struct job *job, struct candor *candor,
                                       struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "rows", report);
}

enum candor_status candor_quality_show(struct job *job, struct candor *candor, uint64_t row,
                                       bool values, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "row", row_text(row), values ? "values" : NULL);
}

enum candor_status candor_quality_repair(struct job *job, struct candor *candor, uint64_t row,
                                         const char *column, const char *value,
                                         struct candor_text *report)
{
    IGNORE_JOB;
    expect(row == 3, "arguments in order");
    return say_with(candor, report, "repair", column, value);
}

enum candor_status candor_quality_drop(struct job *job, struct candor *candor, uint64_t row,
                                       struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "drop", row_text(row), NULL);
}

enum candor_status candor_quality_reimport(struct job *job, struct candor *candor, uint64_t row,
                                           struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "again", row_text(row), NULL);
}

enum candor_status candor_quality_history(struct job *job, struct candor *candor,
                                          const char *source, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "history", source, NULL);
}

enum candor_status candor_retention_run(struct job *job, struct candor *candor, bool dry,
                                        struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, dry ? "due" : "run", report);
}

enum candor_status candor_retention_list(struct job *job, struct candor *candor,
                                         struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "runs", report);
}

enum candor_status candor_hold_place(struct job *job, struct candor *candor,
                                     const struct candor_hold_order *order,
                                     struct candor_text *report)
{
    IGNORE_JOB;
    expect(strcmp(order->matter, "m") == 0 && strcmp(order->reason, "r") == 0,
           "arguments in order");
    return say_with(candor, report, "hold", order->identifier, order->what);
}

enum candor_status candor_hold_lift(struct job *job, struct candor *candor, const char *id,
                                    const char *because, struct candor_text *report)
{
    IGNORE_JOB;
    return say_with(candor, report, "lift", id, because);
}

enum candor_status candor_hold_list(struct job *job, struct candor *candor,
                                    struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "holds", report);
}

enum candor_status candor_audit(struct job *job, struct candor *candor, const char *what,
                                size_t *findings, struct candor_text *report)
{
    IGNORE_JOB;
    *findings = 0;
    return say_with(candor, report, "audit", what, NULL);
}
