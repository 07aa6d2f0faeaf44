/*
 * show_poison.c - rows that look planted, for people on a terminal.
 */
#include <string.h>

#include "cli.h"

static void put_list(const char *title, const struct value *list, const char *mark)
{
    if (list == NULL || list->count == 0) {
        return;
    }
    put("\n%s%s%s\n", bold(), title, plain());
    for (size_t i = 0; i < list->count; i++) {
        put("  %s%s%s %s\n", bad(), mark, plain(), text_at(&list->item[i], "words"));
    }
}

static void put_verdict(const struct value *report)
{
    char rows[32];
    char suspects[32];
    const bool is_alarm = strcmp(text_at(report, "verdict"), "alarm") == 0;
    const bool is_doubtful = count_at(value_get(report, "labels"), "doubtful") > 0;
    put("%s%s%s  %s of %s rows look planted",
        is_alarm      ? bad()
        : is_doubtful ? bold()
                      : good(),
        is_alarm      ? "alarm"
        : is_doubtful ? "no alarm"
                      : "clean",
        plain(), count_text(count_at(report, "suspects"), suspects),
        count_text(count_at(report, "rows"), rows));
    put(" (%.2f %%)\n", 100 * number_at(report, "share"));
}

void show_poison(struct invocation *invocation, const struct value *report)
{
    char number[32];
    const struct value *promise = value_get(report, "false_alarm");
    const struct value *labels = value_get(report, "labels");
    const struct value *top = value_get(report, "top");
    const struct value *quarantine = value_get(report, "quarantine");
    (void)invocation;
    put_verdict(report);
    put_list("Groups that cannot be chance", value_get(report, "findings"), "•");
    put_list("Rows that come again and again", value_get(report, "floods"), "•");
    if (labels != NULL) {
        put("\n%s single labels are more likely wrong than right%s\n",
            count_text(count_at(labels, "doubtful"), number),
            count_at(labels, "doubtful") > 0 ? "; --out ranks them, --quarantine keeps them" : "");
    }
    put("\n%sMost suspect%s\n", bold(), plain());
    for (size_t i = 0; top != NULL && i < top->count; i++) {
        put("  row %-8llu %.3f  %s\n", (unsigned long long)count_at(&top->item[i], "row"),
            number_at(&top->item[i], "suspicion"), text_at(&top->item[i], "reason"));
    }
    if (quarantine != NULL) {
        put("\n%s rows were held back; learn from the others and see the effect with candor "
            "compare\n",
            count_text(count_at(quarantine, "rows_held_back"), number));
    }
    if (promise != NULL) {
        put("\n%s%s cells of one to three columns were looked at. Of false alarms: %s.%s\n",
            faint(), count_text(count_at(promise, "cells"), number), text_at(promise, "words"),
            plain());
    }
}
