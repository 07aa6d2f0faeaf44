/*
 * show_consent.c - answers about consents for people.
 */
#include "cli.h"

/* "2026-11-27" of a time, or "-". */
static const char *day_at(const struct value *map, const char *key, char day[16])
{
    const struct str text = str_of(text_at(map, key));
    const struct str date = str_slice(text, 0, 10);
    if (date.len == 0) {
        return "-";
    }
    bytes_copy(day, date.ptr, date.len);
    day[date.len] = '\0';
    return day;
}

static const char *or_dash(const char *text)
{
    return text[0] == '\0' ? "-" : text;
}

static void put_again(const struct value *cell)
{
    char from[16];
    if (bool_at(cell, "may_ask")) {
        put("%snow%s\n", good(), plain());
    } else if (text_at(cell, "ask_again_from")[0] != '\0') {
        put("%s\n", day_at(cell, "ask_again_from", from));
    } else {
        put("%snever (%s)%s\n", faint(), text_at(cell, "ask_reason"), plain());
    }
}

static void put_cell(const struct value *cell)
{
    char since[16];
    char until[16];
    const bool allowed = bool_at(cell, "allowed");
    put("%s%s%s %-24s %-8s %-12s %-16s %-11s %-10s %-11s ", allowed ? good() : bad(),
        allowed ? "✓" : "✗", plain(), text_at(cell, "purpose"), or_dash(text_at(cell, "channel")),
        or_dash(text_at(cell, "recipient")), text_at(cell, "state"), day_at(cell, "since", since),
        or_dash(text_at(cell, "wording_version")), day_at(cell, "expires", until));
    put_again(cell);
}

void show_consents(struct invocation *invocation, const struct value *report)
{
    const struct value *grid = value_get(report, "purposes");
    const struct value *consents = value_get(report, "consents");
    (void)invocation;
    if (bool_at(report, "restricted")) {
        put("%sUse of their data is restricted at their request.%s\n\n", bold(), plain());
    }
    put("%s  %-24s %-8s %-12s %-16s %-11s %-10s %-11s %s%s\n", faint(), "purpose", "channel",
        "recipient", "state", "since", "wording", "until", "ask again", plain());
    for (size_t g = 0; grid != NULL && g < grid->count; g++) {
        put_cell(&grid->item[g]);
    }
    put("\nWhat was said\n");
    for (size_t c = 0; consents != NULL && c < consents->count; c++) {
        const struct value *record = &consents->item[c];
        char when[16];
        put("%3llu  %s  %-24s %-8s %-12s %-12s %s%s%s\n",
            (unsigned long long)count_at(record, "number"), day_at(record, "time", when),
            text_at(record, "purpose"), or_dash(text_at(record, "channel")),
            or_dash(text_at(record, "recipient")), text_at(record, "decision"), faint(),
            text_at(record, "surface"), plain());
    }
}

void show_may_ask(struct invocation *invocation, const struct value *report)
{
    char from[16];
    (void)invocation;
    if (bool_at(report, "may_ask")) {
        put("%sYes.%s %s\n", good(), plain(), text_at(report, "sentence"));
        return;
    }
    put("%sNo.%s %s\n", bad(), plain(), text_at(report, "sentence"));
    if (text_at(report, "ask_again_from")[0] != '\0') {
        put("They may be asked again from %s.\n", day_at(report, "ask_again_from", from));
    }
}

void show_receipt_check(struct invocation *invocation, const struct value *report)
{
    (void)invocation;
    if (bool_at(report, "sound")) {
        put("%sSound.%s '%s' was said about '%s'; the ledger of %s has it since %s.\n", good(),
            plain(), text_at(report, "decision"), text_at(report, "purpose"),
            text_at(report, "origin"), text_at(report, "ledger_time"));
    } else {
        put("%sNot sound:%s %s.\n", bad(), plain(), text_at(report, "finding"));
    }
}
