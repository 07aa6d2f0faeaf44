/*
 * boardalarms.c - what the monitors raised, for those who answer for the company: what changed, when, and
 * where to look further. The newest first; each stands on the ledger.
 */
#include "boardpages.h"

#include "candor_insight.h"

enum { ALARMS_SHOWN = 10 };

struct raised {
    struct str monitor;
    const struct value *alarm;
};

/* The newest ones, by their entries, which are numbered in the order of time. */
static size_t newest(const struct value *monitors, struct raised raised[ALARMS_SHOWN])
{
    size_t count = 0;
    for (size_t m = 0; m < site_size(monitors); m++) {
        const struct value *alarms = value_get(&monitors->item[m], "alarms");
        for (size_t a = 0; a < site_size(alarms); a++) {
            const int64_t index = site_whole(&alarms->item[a], "ledger_index");
            size_t at = count;
            while (at > 0 && site_whole(raised[at - 1].alarm, "ledger_index") < index) {
                if (at < ALARMS_SHOWN) {
                    raised[at] = raised[at - 1];
                }
                at--;
            }
            if (at < ALARMS_SHOWN) {
                raised[at] =
                    (struct raised){site_text(&monitors->item[m], "monitor"), &alarms->item[a]};
                count += count < ALARMS_SHOWN ? 1 : 0;
            }
        }
    }
    return count;
}

/* The model's page has more; of others the entry is all there is. */
static void put_monitor_name(struct site *site, struct buf *html, struct str monitor)
{
    static const char *const of_model[] = {"model ", "outcomes of "};
    for (size_t i = 0; i < sizeof of_model / sizeof of_model[0]; i++) {
        const struct str start = str_of(of_model[i]);
        if (monitor.len > start.len && site_may(site, "results") &&
            str_equal((struct str){monitor.ptr, start.len}, start)) {
            const struct str model = {monitor.ptr + start.len, monitor.len - start.len};
            page_tag(html, LIT("<a href=\"/models/"), model, LIT("\">"));
            page_tag(html, LIT(""), monitor, LIT("</a>"));
            return;
        }
    }
    page_tag(html, LIT(""), monitor, LIT(""));
}

void boardpage_alarms(struct site *site, struct buf *html)
{
    static const enum word column[] = {W_KPI_ALARM_MONITOR, W_KPI_ALARM_WHAT, W_KPI_ALARM_WHEN,
                                       W_COLUMN_ENTRY};
    static const struct site_table table = {column, 4, 0};
    struct raised raised[ALARMS_SHOWN];
    struct candor_text report;
    size_t alarms = 0;
    if (candor_monitors(site->job, site->candor, &alarms, &report) != CANDOR_OK) {
        return; /* the figures stand without it */
    }
    const size_t count = newest(value_get(site_read(site, &report), "monitors"), raised);
    boardpage_section(html, W_KPI_ALARM_TITLE);
    if (count == 0) {
        say_in(html, LIT("<p>"), W_KPI_ALARM_NONE, LIT("</p>"));
        boardpage_section_end(html);
        return;
    }
    site_table_begin(html, W_KPI_ALARM_TITLE, &table);
    for (size_t i = 0; i < count; i++) {
        site_cell_begin(html, &table, 0);
        put_monitor_name(site, html, raised[i].monitor);
        site_cell_end(html, 0);
        site_cell_begin(html, &table, 1);
        page_tag(html, LIT("<b>"), site_text(raised[i].alarm, "column"), LIT("</b>: "));
        page_tag(html, LIT(""), site_text(raised[i].alarm, "way"), LIT(""));
        site_cell_end(html, 1);
        site_cell_begin(html, &table, 2);
        boardpage_time(html, site_text(raised[i].alarm, "time"));
        site_cell_end(html, 2);
        site_cell_begin(html, &table, 3);
        boardpage_entry_link(html, site_whole(raised[i].alarm, "ledger_index"));
        site_cell_end(html, 3);
        html_lit(html, LIT("</tr>"));
    }
    site_table_end(html);
    say_in(html, LIT("<p class=\"small\">"), W_KPI_ALARM_NOTE, LIT("</p>"));
    boardpage_section_end(html);
}
