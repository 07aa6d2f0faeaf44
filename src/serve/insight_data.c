/*
 * insight_data.c - what is held: every field with where it comes from, what it is for, how long it stays
 * and who answers for it; its quality; what waits in quarantine; what is to be deleted.
 */
#include "insight.h"

/* ---- the inventory --------------------------------------------------------------------------- */

static struct str sensitivity_words(struct arena *arena, const struct value *field)
{
    const struct str plain = site_flag(field, "special_category") ? str_from(word(W_DATA_SPECIAL))
                             : str_is(site_text(field, "sensitivity"), "personal")
                                 ? str_from(word(W_DATA_PERSONAL))
                                 : str_from(word(W_DATA_ORDINARY));
    return site_flag(field, "protected") ? str_format(arena, "%.*s, %.*s", STR_ARG(plain),
                                                      STR_ARG(str_from(word(W_DATA_PROTECTED))))
                                         : plain;
}

static struct str owner_words(const struct value *field)
{
    const struct str owner = site_text(field, "owner");
    return owner.len > 0 ? owner : str_from(word(W_DATA_NOBODY));
}

static struct str title_of(const struct value *inventory, struct str purpose)
{
    const struct value *found = site_find(value_get(inventory, "purposes"), "name", purpose);
    return found == NULL ? purpose : site_text(found, "title");
}

static struct str purpose_words(struct arena *arena, const struct value *inventory,
                                const struct value *field)
{
    const struct value *list = value_get(field, "purposes");
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < site_size(list); i++) {
        if (i > 0) {
            buf_lit(&buf, LIT("; "));
        }
        buf_str(&buf, title_of(inventory, list->item[i].text));
    }
    return buf.len > 0 ? buf_text(&buf) : str_from(word(W_DATA_NO_PURPOSE));
}

static struct str origin_words(const struct value *field)
{
    static const struct {
        const char *name;
        enum word word;
    } row[] = {{"provided", W_DATA_PROVIDED},
               {"observed", W_DATA_OBSERVED},
               {"derived", W_DATA_DERIVED},
               {"inferred", W_DATA_INFERRED}};
    const struct str origin = site_text(field, "origin");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(origin, row[i].name)) {
            return str_from(word(row[i].word));
        }
    }
    return origin;
}

/* Fields of subjects, or the properties of events. */
static size_t put_fields(struct site *site, struct buf *html, const struct value *inventory,
                         bool of_events)
{
    static const enum word column[] = {W_AUD_FIELD,  W_DATA_ORIGIN, W_DATA_PURPOSES,
                                       W_DATA_SENSE, W_DATA_KEPT,   W_DATA_OWNER};
    const struct site_table table = {column, 6, 0};
    struct arena *arena = site->job->arena;
    const struct value *list = value_get(inventory, "fields");
    size_t shown = 0;
    site_table_begin(html, of_events ? W_DATA_EVENTS : W_DATA_FIELDS, &table);
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *field = &list->item[i];
        const struct str event = site_text(field, "event");
        if ((event.len > 0) != of_events) {
            continue;
        }
        const struct str label = site_text(field, "label");
        const struct str cell[] = {
            of_events ? str_format(arena, "%.*s: %.*s", STR_ARG(event), STR_ARG(label)) : label,
            origin_words(field),
            purpose_words(arena, inventory, field),
            sensitivity_words(arena, field),
            insight_days(arena, of_events ? site_whole(site_find(value_get(inventory, "events"),
                                                                 "name", event),
                                                       "retention_days")
                                          : site_whole(field, "retention_days")),
            owner_words(field)};
        site_table_row(html, &table, cell);
        shown++;
    }
    site_table_end(html);
    return shown;
}

static void put_inventory(struct site *site, struct buf *html, const struct value *inventory)
{
    html_lit(html, LIT("<section>"));
    insight_heading(html, W_DATA_INVENTORY, W_DATA_INVENTORY_LEAD);
    if (put_fields(site, html, inventory, false) == 0) {
        page_notice(html, PAGE_NOTICE_PLAIN, str_from(word(W_DATA_EMPTY)));
    }
    say_in(html, LIT("<details><summary>"), W_DATA_EVENTS, LIT("</summary>"));
    (void)put_fields(site, html, inventory, true);
    html_lit(html, LIT("</details></section>"));
}

/* ---- retention ------------------------------------------------------------------------------- */

static void put_last_run(struct site *site, struct buf *html)
{
    struct candor_text report;
    if (candor_retention_list(site->job, site->candor, &report) != CANDOR_OK) {
        insight_withheld(site, html);
        return;
    }
    const struct value *runs = value_get(site_read(site, &report), "runs");
    if (site_size(runs) == 0) {
        say_in(html, LIT("<p class=\"note\">"), W_DATA_NEVER_RAN, LIT("</p>"));
        return;
    }
    const struct value *last = value_get(&runs->item[runs->count - 1], "report");
    say_with_in(html, LIT("<p>"), W_DATA_LAST_RUN,
                site_time(site->job->arena, site_text(last, "time")),
                site_count(site->job->arena, site_whole(last, "deleted")), LIT("</p>"));
}

static void put_retention(struct site *site, struct buf *html, const struct value *inventory,
                          const struct value *due)
{
    static const enum word column[] = {W_DATA_WHAT, W_DATA_KEPT};
    const struct site_table table = {column, 2, 0};
    struct arena *arena = site->job->arena;
    const struct value *rules = value_get(inventory, "retention");
    const struct str row[][2] = {
        {str_from(word(W_DATA_DECISIONS)),
         insight_days(arena, site_whole(rules, "decisions_days"))},
        {str_from(word(W_DATA_CHATS)), insight_days(arena, site_whole(rules, "chats_days"))},
        {str_from(word(W_DATA_CONTACTS)), insight_days(arena, site_whole(rules, "contacts_days"))},
        {str_from(word(W_DATA_QUARANTINED)),
         insight_days(arena, site_whole(value_get(inventory, "quality"), "quarantine_days"))},
    };
    html_lit(html, LIT("<section id=\"retention\">"));
    insight_heading(html, W_DATA_RETENTION, W_DATA_RETENTION_LEAD);
    site_table_begin(html, W_DATA_RETENTION, &table);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        site_table_row(html, &table, row[i]);
    }
    site_table_end(html);
    put_last_run(site, html);
    if (due != NULL) {
        insight_put_due(site, html, due);
    }
    if (due != NULL && site_whole(due, "deleted") > 0 && site_may(site, "subject.erase")) {
        say_in(html, LIT("<p class=\"note\">"), W_DATA_RUN_NOTE, LIT("</p>"));
        site_form(site, html, LIT("/data"));
        page_hidden(html, LIT("act"), STR("run"));
        page_button(html, word(W_DATA_RUN), PAGE_BUTTON_DANGER);
        page_form_end(html);
    }
    if (site_may(site, "audit")) {
        insight_act(site, html, STR("/data#retention"), LIT("due"), W_DATA_LOOK_DUE);
    }
    html_lit(html, LIT("</section>"));
}

/* ---- the page -------------------------------------------------------------------------------- */

static struct outcome data_page(struct site *site, const struct value *due,
                                const struct value *audit)
{
    struct buf html = buf_begin(site->job->arena);
    struct candor_text report;
    const enum candor_status status = candor_inventory(site->job, site->candor, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *inventory = site_read(site, &report);
    site_begin(site, &html, str_from(word(W_DATA_TITLE)), "/data");
    say_in(&html, LIT("<p class=\"lead\">"), W_DATA_LEAD, LIT("</p>"));
    if (site_may(site, "import")) {
        html_lit(&html, LIT("<p class=\"acts\">"));
        site_link_button(&html, STR("/import"), W_DATA_IMPORT);
        html_lit(&html, LIT("</p>"));
    }
    put_inventory(site, &html, inventory);
    insight_put_quality(site, &html, inventory);
    insight_put_quarantine(site, &html);
    put_retention(site, &html, inventory, due);
    html_lit(&html, LIT("<section id=\"audit\">"));
    insight_heading(&html, W_DATA_AUDIT, W_DATA_AUDIT_LEAD);
    if (audit != NULL) {
        insight_put_audit(site, &html, audit);
    }
    if (site_may(site, "audit")) {
        insight_act(site, &html, STR("/data#audit"), LIT("audit"), W_DATA_AUDIT_NOW);
    }
    html_lit(&html, LIT("</section>"));
    if (site_may(site, "consent")) {
        html_lit(&html, LIT("<section>"));
        insight_heading(&html, W_OUTGOING_TITLE, W_OUTGOING_LEAD);
        site_link_button(&html, STR("/outgoing"), W_OUTGOING_LINK);
        html_lit(&html, LIT("</section>"));
    }
    return site_end(&html);
}

struct outcome insight_data(struct site *site)
{
    return data_page(site, NULL, NULL);
}

struct outcome insight_data_post(struct site *site)
{
    struct candor_text report;
    size_t findings = 0;
    const struct str act = site_field(site, "act");
    const bool is_due = str_is(act, "due");
    if (str_is(act, "run")) {
        const enum candor_status ran =
            candor_retention_run(site->job, site->candor, false, &report);
        return ran == CANDOR_OK ? site_go_saying(site, "/data", "retention-ran")
                                : site_failure(site, ran);
    }
    if (!is_due && !str_is(act, "audit")) {
        return site_stale(site);
    }
    const enum candor_status status =
        is_due ? candor_retention_run(site->job, site->candor, true, &report)
               : candor_audit(site->job, site->candor, "inventory", &findings, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *tree = site_read(site, &report);
    return data_page(site, is_due ? tree : NULL, is_due ? NULL : tree);
}
