/*
 * show_request.c - rights requests, as those who handle them want to read them.
 */
#include "cli.h"

static const char *colour_of(const struct value *request)
{
    if (bool_at(request, "overdue") || count_at(request, "level") >= 80) {
        return bad();
    }
    return str_is(str_of(text_at(request, "state")), "fulfilled") ? good() : plain();
}

/* The day of a time, or a dash. */
static struct str day_at(const struct value *map, const char *key)
{
    const struct str text = str_of(text_at(map, key));
    return text.len == 0 ? STR("-") : str_slice(text, 0, 10);
}

void show_request(struct invocation *invocation, const struct value *report)
{
    const struct value *request = value_get(report, "request");
    const struct value *refusal = value_get(request, "refusal");
    (void)invocation;
    put("%s%s%s  %s, %s\n", bold(), text_at(request, "id"), plain(), text_at(request, "right"),
        text_at(request, "jurisdiction"));
    put("  state      %s%s%s\n", colour_of(request), text_at(request, "state"), plain());
    put("  received   %.*s\n", STR_ARG(day_at(request, "received")));
    put("  deadline   %.*s, %llu %% of the time is used%s\n", STR_ARG(day_at(request, "deadline")),
        (unsigned long long)count_at(request, "used_percent"),
        bool_at(request, "overdue") ? ": late" : "");
    put("  proof      needs %s, shown %s\n", text_at(request, "proof_needed"),
        text_at(request, "proof_shown"));
    put("  law        %s\n", text_at(request, "law"));
    if (refusal != NULL && refusal->kind == VALUE_MAP) {
        put("  refused    %s: %s\n", text_at(refusal, "reason"), text_at(refusal, "sentence"));
    }
    put("  next       %s\n", text_at(request, "next"));
    if (value_get(report, "result") != NULL) {
        put("\n");
        show_generic(invocation, value_get(report, "result"));
    }
}

void show_requests(struct invocation *invocation, const struct value *report)
{
    const struct value *list = value_get(report, "requests");
    (void)invocation;
    if (list == NULL || list->count == 0) {
        put("No requests.\n");
        return;
    }
    put("%s%-32s  %-20s %-8s %-12s %-10s  used%s\n", faint(), "id", "right", "law", "state",
        "deadline", plain());
    for (size_t i = 0; i < list->count; i++) {
        const struct value *request = &list->item[i];
        put("%-32s  %-20s %-8s %s%-12s%s %-10.*s  %3llu %%\n", text_at(request, "id"),
            text_at(request, "right"), text_at(request, "jurisdiction"), colour_of(request),
            text_at(request, "state"), plain(), STR_ARG(day_at(request, "deadline")),
            (unsigned long long)count_at(request, "used_percent"));
    }
}

void show_jurisdictions(struct invocation *invocation, const struct value *report)
{
    const struct value *list = value_get(report, "jurisdictions");
    (void)invocation;
    put("%s%-6s %-20s %-17s %-17s %-9s %-8s %-8s source%s\n", faint(), "where", "right", "answer",
        "receipt", "more", "appeal", "proof", plain());
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *row = &list->item[i];
        put("%-6s %-20s %-17s %-17s %-9s %-8s %-8s %s\n", text_at(row, "jurisdiction"),
            text_at(row, "right"), text_at(row, "answer"), text_at(row, "acknowledge"),
            text_at(row, "extension"), text_at(row, "appeal"), text_at(row, "proof"),
            text_at(row, "source"));
    }
}
