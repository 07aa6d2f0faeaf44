/*
 * insight_audit.c - what an audit of the data found just now: what is past its time, what looks personal
 * and does not say so, what nobody uses, what stands in for a protected attribute.
 */
#include "insight.h"

#include <math.h>

/* ---- retention ------------------------------------------------------------------------------- */

static void put_due_of(struct site *site, struct buf *html, const struct site_table *table,
                       const struct value *counts)
{
    for (size_t i = 0; i < site_size(counts); i++) {
        const struct str cell[] = {counts->key[i],
                                   site_count(site->job->arena, counts->item[i].integer)};
        site_table_row(html, table, cell);
    }
}

void insight_put_due(struct site *site, struct buf *html, const struct value *report)
{
    static const enum word column[] = {W_DATA_WHAT, W_DATA_ROWS};
    const struct site_table table = {column, 2, 0};
    struct arena *arena = site->job->arena;
    const struct str row[][2] = {
        {str_from(word(W_DATA_DECISIONS)), site_count(arena, site_whole(report, "decisions"))},
        {str_from(word(W_DATA_CONTACTS)), site_count(arena, site_whole(report, "contacts"))},
        {str_from(word(W_DATA_QUARANTINED)), site_count(arena, site_whole(report, "quarantine"))},
        {str_from(word(W_DATA_HELD_BACK)),
         site_count(arena, site_whole(report, "held_by_legal_hold"))},
    };
    const int64_t total = site_whole(report, "deleted");
    say_with_in(html, total == 0 ? LIT("<p class=\"verdict good\">") : LIT("<p class=\"verdict\">"),
                total == 0 ? W_DATA_NOTHING_DUE : W_DATA_DUE, site_count(arena, total),
                site_count(arena, site_whole(report, "subjects_changed")), LIT("</p>"));
    if (total == 0) {
        return;
    }
    site_table_begin(html, W_DATA_RETENTION, &table);
    put_due_of(site, html, &table, value_get(report, "fields"));
    put_due_of(site, html, &table, value_get(report, "events"));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        site_table_row(html, &table, row[i]);
    }
    site_table_end(html);
}

/* ---- the inventory --------------------------------------------------------------------------- */

static void put_list(struct buf *html, const struct value *list, enum word title, enum word none,
                     void (*put)(struct buf *html, const struct value *one))
{
    say_in(html, LIT("<h3 class=\"apart\">"), title, LIT("</h3>"));
    if (site_size(list) == 0) {
        say_in(html, LIT("<p>"), none, LIT("</p>"));
        return;
    }
    html_lit(html, LIT("<ul class=\"reasons\">"));
    for (size_t i = 0; i < list->count; i++) {
        html_lit(html, LIT("<li>"));
        put(html, &list->item[i]);
        html_lit(html, LIT("</li>"));
    }
    html_lit(html, LIT("</ul>"));
}

static void put_undeclared(struct buf *html, const struct value *one)
{
    say_with(html, W_DATA_LOOKS_LIKE, site_text(one, "name"), site_text(one, "looks_like"));
}

static void put_unused(struct buf *html, const struct value *one)
{
    page_tag(html, LIT("<b>"), site_text(one, "name"), LIT("</b>: "));
    html_text(html, site_text(one, "sentence"));
}

/* The strongest first. */
static const struct value *strongest(const struct value *list, bool *taken)
{
    size_t best = list->count;
    for (size_t i = 0; i < list->count; i++) {
        if (!taken[i] &&
            (best == list->count || fabs(site_number(&list->item[i], "auc") - 0.5) >
                                        fabs(site_number(&list->item[best], "auc") - 0.5))) {
            best = i;
        }
    }
    taken[best] = true;
    return &list->item[best];
}

static void put_proxies(struct site *site, struct buf *html, const struct value *list)
{
    static const enum word column[] = {W_AUD_FIELD, W_DATA_STANDS_FOR, W_MOD_VERDICT, W_MOD_AUC};
    const struct site_table table = {column, 4, 0};
    say_in(html, LIT("<h3 class=\"apart\">"), W_DATA_PROXIES, LIT("</h3>"));
    if (site_size(list) == 0) {
        say_in(html, LIT("<p>"), W_DATA_NO_PROXIES, LIT("</p>"));
        return;
    }
    bool *taken = NEW_ARRAY(site->job->arena, list->count, bool);
    site_table_begin(html, W_DATA_PROXIES, &table);
    for (size_t i = 0; i < list->count; i++) {
        const struct value *one = strongest(list, taken);
        const struct str cell[] = {site_text(one, "feature"), site_text(one, "attribute"),
                                   site_text(one, "verdict"),
                                   str_format(site->job->arena, "%.3f", site_number(one, "auc"))};
        site_table_row(html, &table, cell);
    }
    site_table_end(html);
}

void insight_put_audit(struct site *site, struct buf *html, const struct value *report)
{
    const struct value *inventory = value_get(report, "inventory");
    struct arena *arena = site->job->arena;
    const int64_t findings = site_whole(report, "findings");
    say_with_in(
        html, findings == 0 ? LIT("<p class=\"verdict good\">") : LIT("<p class=\"verdict bad\">"),
        findings == 0 ? W_DATA_NO_FINDINGS : W_DATA_FINDINGS, site_count(arena, findings), STR(""),
        LIT("</p>"));
    put_list(html, value_get(inventory, "undeclared"), W_DATA_UNDECLARED, W_DATA_NO_UNDECLARED,
             put_undeclared);
    put_list(html, value_get(inventory, "unused"), W_DATA_UNUSED, W_DATA_NO_UNUSED, put_unused);
    put_proxies(site, html, value_get(inventory, "proxies"));
}
