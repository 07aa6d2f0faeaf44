/*
 * boardpart.c - pieces that the board's pages share, and the page of one entry of the ledger.
 */
#include "boardpages.h"

#include "candor_ledger.h"

/* ---- what was not taken -------------------------------------------------------------------- */

struct boardpage_slip boardpage_slip(struct site *site, struct str act, enum candor_status status)
{
    const char *message = candor_job_message(site->job);
    const bool is_said = message != NULL && message[0] != '\0';
    const struct boardpage_slip slip = {
        .act = act,
        .error = str_copy(site->job->arena, str_of(is_said ? message : status_sentence(status))),
        .code = (unsigned)status_http_code(status)};
    job_forgive(site->job);
    return slip;
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
    struct outcome outcome = site_end(html);
    outcome.code = slip->code == 0 ? 200 : slip->code;
    return outcome;
}

/* ---- small parts --------------------------------------------------------------------------- */

void boardpage_heading(struct buf *html, enum word which)
{
    say_in(html, LIT("<h2>"), which, LIT("</h2>"));
}

void boardpage_section(struct buf *html, enum word which)
{
    html_lit(html, LIT("<section>"));
    boardpage_heading(html, which);
}

void boardpage_section_end(struct buf *html)
{
    html_lit(html, LIT("</section>"));
}

struct str boardpage_path(struct arena *arena, const char *part, struct str number)
{
    return str_format(arena, "/board/%s/%.*s", part, STR_ARG(number));
}

void boardpage_link(struct buf *html, struct str path, struct str text)
{
    page_tag(html, LIT("<a href=\""), path, LIT("\">"));
    page_tag(html, LIT(""), text, LIT("</a>"));
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

void boardpage_fact(struct buf *html, enum word label, struct str text)
{
    if (text.len > 0) {
        say_in(html, LIT("<dt>"), label, LIT("</dt>"));
        page_tag(html, LIT("<dd>"), text, LIT("</dd>"));
    }
}

void boardpage_area(struct buf *html, const struct page_field *field)
{
    html_lit(html, field->error.len > 0 ? LIT("<div class=\"field wrong\"><label for=\"")
                                        : LIT("<div class=\"field\"><label for=\""));
    html_lit(html, field->name);
    page_tag(html, LIT("\">"), str_from(field->label), LIT("</label>"));
    html_lit(html, LIT("<p class=\"hint\" id=\""));
    html_lit(html, field->name);
    page_tag(html, LIT("-hint\">"), str_from(field->hint), LIT("</p>"));
    if (field->error.len > 0) {
        html_lit(html, LIT("<p class=\"error\" role=\"alert\" id=\""));
        html_lit(html, field->name);
        page_tag(html, LIT("-error\">"), field->error, LIT("</p>"));
    }
    html_lit(html, LIT("<textarea rows=\"3\" maxlength=\"2000\" name=\""));
    html_lit(html, field->name);
    html_lit(html, LIT("\" id=\""));
    html_lit(html, field->name);
    html_lit(html, LIT("\" aria-describedby=\""));
    html_lit(html, field->name);
    html_lit(html, LIT("-hint"));
    if (field->error.len > 0) {
        html_lit(html, LIT(" "));
        html_lit(html, field->name);
        html_lit(html, LIT("-error\" aria-invalid=\"true"));
    }
    page_tag(html, field->is_optional ? LIT("\">\n") : LIT("\" required>\n"), field->value,
             LIT("</textarea></div>"));
}

void boardpage_act(struct buf *html, struct lit act, enum word words, enum page_button kind)
{
    html_lit(html,
             kind == PAGE_BUTTON_MAIN     ? LIT("<button class=\"main\" name=\"act\" value=\"")
             : kind == PAGE_BUTTON_QUIET  ? LIT("<button class=\"quiet\" name=\"act\" value=\"")
             : kind == PAGE_BUTTON_DANGER ? LIT("<button class=\"danger\" name=\"act\" value=\"")
                                          : LIT("<button name=\"act\" value=\""));
    html_lit(html, act);
    say_in(html, LIT("\">"), words, LIT("</button>"));
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
    const struct str known = boardpage_word(key);
    char *text = NEW_ARRAY(arena, known.len + 1, char);
    for (size_t i = 0; i < known.len; i++) {
        text[i] = known.ptr[i];
        if (text[i] == '_') {
            text[i] = ' ';
        }
    }
    return (struct str){text, known.len};
}

/* ---- the ledger ---------------------------------------------------------------------------- */

void boardpage_trail(struct site *site, struct buf *html, struct str number, struct str since)
{
    struct arena *arena = site->job->arena;
    struct candor_text report;
    const struct lit column[] = {word(W_BOARD_TRAIL_ENTRY), word(W_BOARD_TRAIL_WHAT),
                                 word(W_BOARD_TRAIL_OUTCOME), word(W_BOARD_TRAIL_WHEN)};
    if (candor_ledger_about(site->job, site->candor, str_z(arena, number), str_z(arena, since),
                            &report) != CANDOR_OK) {
        job_forgive(site->job); /* the page is whole without it */
        return;
    }
    const struct value *tree = site_read(site, &report);
    const struct value *list = value_get(tree, "entries");
    boardpage_section(html, W_BOARD_TRAIL);
    page_table_begin(html, word(W_BOARD_TRAIL), column, 4);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *entry = &list->item[i];
        html_lit(html, LIT("<tr><th scope=\"row\">"));
        boardpage_entry_link(html, site_whole(entry, "index"));
        page_tag(html, LIT("</th><td>"), site_text(entry, "action"), LIT("</td>"));
        page_tag(html, LIT("<td>"), site_text(entry, "outcome"), LIT("</td><td>"));
        boardpage_time(html, site_text(entry, "time"));
        html_lit(html, LIT("</td></tr>"));
    }
    page_table_end(html);
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
    boardpage_fact(&html, W_BOARD_TRAIL_WHAT, site_text(entry, "action"));
    boardpage_fact(&html, W_BOARD_TRAIL_WHEN, site_text(entry, "time"));
    boardpage_fact(&html, W_BOARD_ENTRY_ACTOR, site_text(entry, "actor"));
    boardpage_fact(&html, W_BOARD_ENTRY_COMMITMENT, site_text(entry, "commitment"));
    boardpage_fact(&html, W_BOARD_ENTRY_HASH, site_text(entry, "hash"));
    html_lit(&html, LIT("</dl>"));
    boardpage_section(&html, W_BOARD_ENTRY_CHECKPOINT);
    page_tag(&html, LIT("<pre class=\"sheet\">"), (struct str){checkpoint.ptr, checkpoint.len},
             LIT("</pre>"));
    say_in(&html, LIT("<p class=\"note\">"), W_BOARD_ENTRY_VERIFY, LIT("</p>"));
    boardpage_section_end(&html);
    return site_end(&html);
}
