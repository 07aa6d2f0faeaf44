/*
 * console_outgoing.c - messages to other systems: what nobody takes, what is on its way; for those whose roles
 * let them settle it.
 *
 * What lies aside stands first, since it waits for a person. A message is shown by what it is about, to whom,
 * and what came back; its body, which may name somebody, is not.
 */
#include "console.h"

enum { SHOWN_MAX = 200 };

static struct str kind_of(const struct value *message)
{
    static const struct {
        const char *name;
        enum word words;
    } row[] = {{"drp_status", W_OUTGOING_DRP},
               {"opendsr_status", W_OUTGOING_OPENDSR},
               {"deletion", W_OUTGOING_DELETION},
               {"recall", W_OUTGOING_RECALL},
               {"events", W_OUTGOING_EVENTS}};
    const struct str kind = site_text(message, "kind");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(kind, row[i].name)) {
            return str_from(word(row[i].words));
        }
    }
    return kind;
}

static struct str answer_to(struct arena *arena, const struct value *message)
{
    const int64_t code = site_whole(message, "code");
    if (site_whole(message, "tries") == 0) {
        return str_from(word(W_OUTGOING_NEVER));
    }
    return code == 0
               ? str_from(word(W_OUTGOING_SILENT))
               : word_with(arena, W_OUTGOING_CODE, str_format(arena, "%d", (int)code), STR(""));
}

static bool is_dead(const struct value *message)
{
    return str_is(site_text(message, "state"), "given_up");
}

/* ---- what nobody takes --------------------------------------------------------------------- */

static void put_act(struct site *site, struct buf *html, const struct value *message,
                    struct lit act, enum word words, enum page_button kind)
{
    site_form(site, html, LIT("/outgoing"));
    page_hidden(html, LIT("id"), site_text(message, "id"));
    page_answer(html, LIT("act"), act, word(words), kind);
    page_form_end(html);
}

static void put_dead_one(struct site *site, struct buf *html, const struct value *message)
{
    struct arena *arena = site->job->arena;
    html_lit(html, LIT("<li>"));
    page_tag(html, LIT("<h3>"), site_text(message, "to"), LIT("</h3><dl class=\"facts\">"));
    site_fact(html, W_OUTGOING_WHAT, kind_of(message));
    site_fact(html, W_OUTGOING_QUEUED, site_time(arena, site_text(message, "queued")));
    site_fact(html, W_OUTGOING_TRIES, site_count(arena, site_whole(message, "tries")));
    site_fact(html, W_OUTGOING_ANSWER, answer_to(arena, message));
    html_lit(html, LIT("</dl><div class=\"acts\">"));
    put_act(site, html, message, LIT("retry"), W_OUTGOING_RETRY, PAGE_BUTTON_EQUAL);
    html_lit(html, LIT("</div><details>"));
    say_in(html, LIT("<summary>"), W_OUTGOING_FORGET, LIT("</summary>"));
    say_in(html, LIT("<p>"), W_OUTGOING_FORGET_TEXT, LIT("</p><div class=\"acts\">"));
    put_act(site, html, message, LIT("drop"), W_OUTGOING_FORGET_BUTTON, PAGE_BUTTON_DANGER);
    html_lit(html, LIT("</div></details></li>"));
}

static void put_dead(struct site *site, struct buf *html, const struct value *list, size_t count)
{
    size_t shown = 0;
    if (count == 0) {
        return;
    }
    say_in(html, LIT("<section><h2>"), W_OUTGOING_DEAD, LIT("</h2>"));
    say_in(html, LIT("<p>"), W_OUTGOING_DEAD_LEAD, LIT("</p><ul class=\"parted\">"));
    for (size_t i = 0; i < list->count && shown < SHOWN_MAX; i++) {
        if (is_dead(&list->item[i])) {
            put_dead_one(site, html, &list->item[i]);
            shown++;
        }
    }
    html_lit(html, LIT("</ul></section>"));
}

/* ---- what is on its way --------------------------------------------------------------------- */

static const enum word column[] = {W_OUTGOING_TO, W_OUTGOING_WHAT, W_OUTGOING_TRIES,
                                   W_OUTGOING_ANSWER, W_OUTGOING_DUE};
static const struct site_table table = {column, 5, 4U};

static void put_waiting_row(struct site *site, struct buf *html, const struct value *message)
{
    struct arena *arena = site->job->arena;
    const struct str cell[] = {
        site_text(message, "to"), kind_of(message), site_count(arena, site_whole(message, "tries")),
        answer_to(arena, message), site_time(arena, site_text(message, "due"))};
    site_table_row(html, &table, cell);
}

static void put_waiting(struct site *site, struct buf *html, const struct value *list, size_t count)
{
    size_t shown = 0;
    if (count == 0) {
        return;
    }
    say_in(html, LIT("<section><h2>"), W_OUTGOING_WAITING, LIT("</h2>"));
    say_in(html, LIT("<p>"), W_OUTGOING_WAITING_LEAD, LIT("</p>"));
    site_table_begin(html, W_OUTGOING_TABLE, &table);
    for (size_t i = 0; i < list->count && shown < SHOWN_MAX; i++) {
        if (!is_dead(&list->item[i])) {
            put_waiting_row(site, html, &list->item[i]);
            shown++;
        }
    }
    site_table_end(html);
    html_lit(html, LIT("</section>"));
}

/* ---- the page ------------------------------------------------------------------------------ */

static struct outcome outgoing_page(struct site *site, unsigned code, struct str error)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    size_t dead = 0;
    const enum candor_status status = candor_outgoing_list(site->job, site->candor, &dead, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *list = value_get(site_read(site, &report), "messages");
    const size_t waiting = site_size(list) - dead;
    site_begin(site, &html, str_from(word(W_OUTGOING_TITLE)), "/data");
    say_in(&html, LIT("<p class=\"lead\">"), W_OUTGOING_LEAD, LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, error);
    if (dead + waiting == 0) {
        page_notice(&html, PAGE_NOTICE_PLAIN, str_from(word(W_OUTGOING_NONE)));
    }
    put_dead(site, &html, list, dead);
    put_waiting(site, &html, list, waiting);
    if (dead > SHOWN_MAX || waiting > SHOWN_MAX) {
        say_with_in(&html, LIT("<p class=\"note\">"), W_OUTGOING_MORE,
                    site_count(arena, (int64_t)dead), site_count(arena, (int64_t)waiting),
                    LIT("</p>"));
    }
    return site_end_with(&html, code);
}

struct outcome console_outgoing(struct site *site)
{
    return outgoing_page(site, 200, STR(""));
}

struct outcome console_outgoing_post(struct site *site)
{
    struct candor_text report;
    const struct str act = site_field(site, "act");
    const char *id = str_z(site->job->arena, site_field(site, "id"));
    const bool is_again = str_is(act, "retry");
    if (!is_again && !str_is(act, "drop")) {
        return site_stale(site);
    }
    const enum candor_status status =
        is_again ? candor_outgoing_retry(site->job, site->candor, id, &report)
                 : candor_outgoing_drop(site->job, site->candor, id, &report);
    if (status == CANDOR_OK) {
        return site_go_saying(site, "/outgoing", is_again ? "outgoing-again" : "outgoing-gone");
    }
    if (status == CANDOR_NOT_FOUND) { /* taken meanwhile, or settled by somebody else */
        job_forgive(site->job);
        return outgoing_page(site, 404, str_from(word(W_OUTGOING_NOT_THERE)));
    }
    return outgoing_page(site, (unsigned)status_http_code(status), site_said(site, status));
}
