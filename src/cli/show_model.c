/*
 * show_model.c - answers about models as people want to read them on a terminal.
 */
#include <math.h>
#include <string.h>

#include "cli.h"

/* ---- shapes -------------------------------------------------------------------------------- */

static double largest(const struct value *list, const char *key)
{
    double most = 0;
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        most = fmax(most, number_at(&list->item[i], key));
    }
    return most;
}

/* As wide as the column, so that the bars stand in line; what is cut ends in an ellipsis. */
static void put_name(const char *name)
{
    enum { WIDTH = 34 };
    int shown = 0;
    size_t len = 0;
    while (name[len] != '\0' && shown < WIDTH) {
        do {
            len++;
        } while (((unsigned char)name[len] & 0xC0U) == 0x80U);
        shown++;
    }
    put("%.*s%s%*s", (int)len, name, name[len] == '\0' ? " " : "\xe2\x80\xa6", WIDTH - shown, "");
}

void show_shapes(struct invocation *invocation, const struct value *report)
{
    const struct value *term = value_get(report, "terms");
    const double most = largest(term, "importance");
    (void)invocation;
    for (size_t t = 0; term != NULL && t < term->count; t++) {
        const double importance = number_at(&term->item[t], "importance");
        put_name(text_at(&term->item[t], "term"));
        put(" ");
        put_bar(most > 0 ? importance / most : 0, 24);
        put(importance > 0 && importance < 0.001 ? " < 0.001\n" : " %.3f\n", importance);
    }
    if (value_get(report, "files") != NULL) {
        put("%llu pictures written.\n", (unsigned long long)count_at(report, "files"));
    }
    put("%sWith --html FILE: a picture of each. With --json: all numbers.%s\n", faint(), plain());
}
