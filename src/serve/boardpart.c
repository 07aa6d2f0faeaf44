/*
 * boardpart.c - pieces that the board's pages share, and the page of one entry of the ledger.
 */
#include "boardpages.h"

#include "candor_ledger.h"

/* ---- what was not taken -------------------------------------------------------------------- */

struct boardpage_slip boardpage_slip(struct site *site, struct str act, enum candor_status status)
{
    return (struct boardpage_slip){
        .act = act, .code = (unsigned)status_http_code(status), .error = site_said(site, status)};
}

struct boardpage_slip boardpage_slip_saying(struct str act, enum word sentence)
{
    return (struct boardpage_slip){.act = act, .error = str_from(word(sentence)), .code = 400};
}

struct str boardpage_error(const struct boardpage_slip *slip, const char *act)
{
    return str_is(slip->act, act) ? slip->error : STR("");
}

struct outcome boardpage_end(struct buf *html, const struct boardpage_slip *slip)
{
    return site_end_with(html, slip->code == 0 ? 200 : slip->code);
}

/* ---- small parts --------------------------------------------------------------------------- */

void boardpage_section(struct buf *html, enum word which)
{
    html_lit(html, LIT("<section>"));
    site_heading(html, which);
}

void boardpage_section_end(struct buf *html)
{
    html_lit(html, LIT("</section>"));
}

void boardpage_time(struct buf *html, struct str instant)
{
    if (instant.len < 16) {
        html_lit(html, LIT("\xe2\x80\x93"));
        return;
    }
    page_tag(html, LIT("<time datetime=\""), instant, LIT("\">"));
    html_text(html, str_slice(instant, 0, 10));
    html_lit(html, LIT(" "));
    page_tag(html, LIT(""), str_slice(instant, 11, 16), LIT("</time>"));
}

int64_t boardpage_days_until(const struct site *site, struct str instant)
{
    int64_t time = 0;
    if (!str_to_time(instant, &time)) {
        return 0;
    }
    const int64_t left = time - site->job->now;
    return left >= 0 ? left / MICROS_PER_DAY : -((-left) / MICROS_PER_DAY) - 1;
}

void boardpage_badge(struct buf *html, enum boardpage_badge kind, struct str text)
{
    switch (kind) {
    case BADGE_PLAIN:
        html_lit(html, LIT("<span class=\"badge\">"));
        break;
    case BADGE_GOOD:
        html_lit(html, LIT("<span class=\"badge good\">\xe2\x9c\x93 "));
        break;
    case BADGE_WATCH:
        html_lit(html, LIT("<span class=\"badge watch\">\xe2\x96\xb3 "));
        break;
    case BADGE_BAD:
        html_lit(html, LIT("<span class=\"badge bad\">\xe2\x96\xa0 "));
        break;
    }
    page_tag(html, LIT(""), text, LIT("</span>"));
}

void boardpage_entry_link(struct buf *html, int64_t index)
{
    const struct str number = str_format(html->arena, "%lld", (long long)index);
    html_lit(html, LIT("<a class=\"entry\" href=\"/board/ledger/"));
    page_tag(html, LIT(""), number, LIT("\">"));
    say_with(html, W_BOARD_ENTRY_LINK, number, STR(""));
    html_lit(html, LIT("</a>"));
}

/* Keys of the library in words of ours. */
static const struct {
    const char *key;
    enum word word;
} key_row[] = {
#define KEY_WORD(key, which) {key, W_##which},
#include "words_key.def"
#undef KEY_WORD
};

struct str boardpage_word(struct str key)
{
    for (size_t i = 0; i < sizeof key_row / sizeof key_row[0]; i++) {
        if (str_is(key, key_row[i].key)) {
            return str_from(word(key_row[i].word));
        }
    }
    return key;
}

struct str boardpage_spaced(struct arena *arena, struct str key)
{
    return site_spaced(arena, boardpage_word(key));
}

/* ---- the ledger ---------------------------------------------------------------------------- */

static const enum word trail_column[] = {W_BOARD_TRAIL_ENTRY, W_BOARD_TRAIL_WHAT,
                                         W_BOARD_TRAIL_OUTCOME, W_BOARD_TRAIL_WHEN};
static const struct site_table trail_table = {trail_column, 4, 0};

void boardpage_trail(struct site *site, struct buf *html, struct str number, struct str since)
{
    struct arena *arena = site->job->arena;
    struct candor_text report;
    if (candor_ledger_about(site->job, site->candor, str_z(arena, number), str_z(arena, since),
                            &report) != CANDOR_OK) {
        job_forgive(site->job); /* the page is whole without it */
        return;
    }
    const struct value *tree = site_read(site, &report);
    const struct value *list = value_get(tree, "entries");
    boardpage_section(html, W_BOARD_TRAIL);
    site_table_begin(html, W_BOARD_TRAIL, &trail_table);
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *entry = &list->item[i];
        site_cell_begin(html, &trail_table, 0);
        boardpage_entry_link(html, site_whole(entry, "index"));
        site_cell_end(html, 0);
        site_cell(html, &trail_table, 1, site_text(entry, "action"));
        site_cell(html, &trail_table, 2, site_text(entry, "outcome"));
        site_cell_begin(html, &trail_table, 3);
        boardpage_time(html, site_text(entry, "time"));
        site_cell_end(html, 3);
        html_lit(html, LIT("</tr>"));
    }
    site_table_end(html);
    if (!site_flag(tree, "whole")) {
        say_in(html, LIT("<p class=\"note\">"), W_BOARD_TRAIL_CUT, LIT("</p>"));
    }
    boardpage_section_end(html);
}

struct outcome boardpage_entry(struct site *site)
{
    struct candor_text report;
    struct candor_text checkpoint;
    uint64_t index = 0;
    struct buf html = buf_begin(site->job->arena);
    if (!str_to_uint64(site->ask->parameter[0], &index)) {
        return site_refusal(site, 404, str_from(word(W_NOT_FOUND)),
                            str_from(word(W_BOARD_NO_ENTRY)));
    }
    enum candor_status status = candor_ledger_entry(site->job, site->candor, index, &report);
    if (status == CANDOR_OK) {
        status = candor_ledger_checkpoint(site->job, site->candor, &checkpoint);
    }
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *entry = site_read(site, &report);
    site_begin(site, &html,
               word_with(site->job->arena, W_BOARD_ENTRY_TITLE, site->ask->parameter[0], STR("")),
               "/board/");
    say_in(&html, LIT("<p class=\"lead\">"), W_BOARD_ENTRY_LEAD, LIT("</p><dl class=\"pairs\">"));
    site_fact(&html, W_BOARD_TRAIL_WHAT, site_text(entry, "action"));
    site_fact(&html, W_BOARD_TRAIL_WHEN, site_text(entry, "time"));
    site_fact(&html, W_BOARD_ENTRY_ACTOR, site_text(entry, "actor"));
    site_fact(&html, W_BOARD_ENTRY_COMMITMENT, site_text(entry, "commitment"));
    site_fact(&html, W_BOARD_ENTRY_HASH, site_text(entry, "hash"));
    html_lit(&html, LIT("</dl>"));
    boardpage_section(&html, W_BOARD_ENTRY_CHECKPOINT);
    page_tag(&html, LIT("<pre class=\"sheet\">"), (struct str){checkpoint.ptr, checkpoint.len},
             LIT("</pre>"));
    say_in(&html, LIT("<p class=\"note\">"), W_BOARD_ENTRY_VERIFY, LIT("</p>"));
    boardpage_section_end(&html);
    return site_end(&html);
}
