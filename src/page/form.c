/*
 * form.c - the parts of pages that ask something: forms, fields, buttons, notices, tables, and the
 * shell around them with its navigation.
 *
 * Every form works without a script. A field has its label before it, its hint and its error between
 * the two, and says to assistive technology that they belong together. Names and ids are our own
 * words; texts are escaped.
 */
#include "page.h"

void page_shell_begin(struct buf *html, const struct page_shell *shell)
{
    html_lit(html, LIT("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                       "<meta name=\"color-scheme\" content=\"light dark\"><title>"));
    html_text(html, shell->title);
    html_lit(
        html,
        LIT(" \xc2\xb7 Candor</title><link rel=\"stylesheet\" "
            "href=\"/style.css\"><link rel=\"icon\" type=\"image/svg+xml\" href=\"/icon.svg\">"));
    if (shell->script.len > 0) {
        html_lit(html, LIT("<script defer src=\""));
        html_lit(html, shell->script);
        html_lit(html, LIT("\"></script>"));
    }
    html_lit(html, LIT("</head><body><a class=\"skip\" href=\"#content\">"
                       "Skip to the content</a><header class=\"top\"><a class=\"brand\" href=\""));
    html_lit(html, shell->home.len == 0 ? LIT("/") : shell->home);
    html_lit(html, LIT("\">Candor</a>"));
    if (shell->item_count > 0) {
        html_lit(html, LIT("<nav aria-label=\"Main\"><ul>"));
    }
    for (size_t i = 0; i < shell->item_count; i++) {
        html_lit(html, LIT("<li><a href=\""));
        html_lit(html, shell->item[i].path);
        html_lit(html, shell->item[i].is_here ? LIT("\" aria-current=\"page\">") : LIT("\">"));
        html_lit(html, shell->item[i].name);
        html_lit(html, LIT("</a></li>"));
    }
    html_lit(html, shell->item_count > 0 ? LIT("</ul></nav>") : LIT(""));
    if (shell->who.len > 0) {
        html_lit(html, LIT("<div class=\"who\"><span>"));
        html_text(html, shell->who);
        html_lit(html, LIT("</span>"));
        page_form_begin(html, LIT("/logout"), shell->form_token);
        page_button(html, LIT("Sign out"), PAGE_BUTTON_QUIET);
        page_form_end(html);
        html_lit(html, LIT("</div>"));
    }
    html_lit(html, LIT("</header><main id=\"content\" class=\""));
    html_lit(html, shell->is_narrow ? LIT("narrow\">") : LIT("wide\">"));
    page_tag(html, LIT("<h1>"), shell->title, LIT("</h1>"));
}

void page_shell_end(struct buf *html)
{
    html_lit(html, LIT("</main></body></html>\n"));
}

void page_form_begin(struct buf *html, struct lit action, struct str form_token)
{
    html_lit(html, LIT("<form method=\"post\""));
    if (action.len > 0) {
        html_lit(html, LIT(" action=\""));
        html_lit(html, action);
        html_lit(html, LIT("\""));
    }
    html_lit(html, LIT(">"));
    if (form_token.len > 0) {
        page_hidden(html, LIT("form"), form_token);
    }
}

void page_form_end(struct buf *html)
{
    html_lit(html, LIT("</form>"));
}

void page_hidden(struct buf *html, struct lit name, struct str value)
{
    html_lit(html, LIT("<input type=\"hidden\" name=\""));
    html_lit(html, name);
    page_tag(html, LIT("\" value=\""), value, LIT("\">"));
}

static struct lit kind_of(enum page_field_kind kind)
{
    switch (kind) {
    case PAGE_FIELD_TEXT:
        return LIT("text\" ");
    case PAGE_FIELD_PASSWORD:
        return LIT("password\" ");
    case PAGE_FIELD_CODE:
        return LIT("text\" inputmode=\"numeric\" ");
    case PAGE_FIELD_EMAIL:
        return LIT("email\" ");
    case PAGE_FIELD_NUMBER:
        return LIT("number\" ");
    case PAGE_FIELD_DATE:
        return LIT("date\" ");
    }
    base_broken("a field is of one of these kinds", __FILE__, __LINE__);
}

/* id="name-part": what a label or aria-describedby points to. */
static void put_id(struct buf *html, struct lit name, struct lit part)
{
    html_lit(html, LIT(" id=\""));
    html_lit(html, name);
    html_lit(html, part);
    html_lit(html, LIT("\""));
}

static void put_described(struct buf *html, const struct page_field *field)
{
    if (field->hint.len == 0 && field->error.len == 0) {
        return;
    }
    html_lit(html, LIT(" aria-describedby=\""));
    if (field->hint.len > 0) {
        html_lit(html, field->name);
        html_lit(html, LIT("-hint"));
    }
    html_lit(html, field->hint.len > 0 && field->error.len > 0 ? LIT(" ") : LIT(""));
    if (field->error.len > 0) {
        html_lit(html, field->name);
        html_lit(html, LIT("-error"));
    }
    html_lit(html, field->error.len > 0 ? LIT("\" aria-invalid=\"true\"") : LIT("\""));
}

static void put_words(struct buf *html, const struct page_field *field)
{
    html_lit(html, LIT("<label for=\""));
    html_lit(html, field->name);
    page_tag(html, LIT("\">"), str_from(field->label),
             field->says_optional ? LIT(" <span class=\"optional\">optional</span></label>")
                                  : LIT("</label>"));
    if (field->hint.len > 0) {
        html_lit(html, LIT("<p class=\"hint\""));
        put_id(html, field->name, LIT("-hint"));
        page_tag(html, LIT(">"), str_from(field->hint), LIT("</p>"));
    }
    if (field->error.len > 0) {
        html_lit(html, LIT("<p class=\"error\" role=\"alert\""));
        put_id(html, field->name, LIT("-error"));
        page_tag(html, LIT(">"), field->error, LIT("</p>"));
    }
}

static void field_begin(struct buf *html, const struct page_field *field)
{
    html_lit(html, field->error.len > 0 ? LIT("<div class=\"field wrong\">")
                                        : LIT("<div class=\"field\">"));
    put_words(html, field);
}

void page_field(struct buf *html, const struct page_field *field)
{
    field_begin(html, field);
    html_lit(html, LIT("<input type=\""));
    html_lit(html, kind_of(field->kind));
    html_lit(html, LIT("name=\""));
    html_lit(html, field->name);
    html_lit(html, LIT("\""));
    put_id(html, field->name, LIT(""));
    if (field->autocomplete.len > 0) {
        html_lit(html, LIT(" autocomplete=\""));
        html_lit(html, field->autocomplete);
        html_lit(html, LIT("\""));
    }
    if (field->kind != PAGE_FIELD_PASSWORD && field->value.len > 0) {
        page_tag(html, LIT(" value=\""), field->value, LIT("\""));
    }
    put_described(html, field);
    html_lit(html, field->is_optional ? LIT("></div>") : LIT(" required></div>"));
}

static void select_begin(struct buf *html, const struct page_field *field)
{
    field_begin(html, field);
    html_lit(html, LIT("<select name=\""));
    html_lit(html, field->name);
    html_lit(html, LIT("\""));
    put_id(html, field->name, LIT(""));
    put_described(html, field);
    html_lit(html, field->is_optional ? LIT(">") : LIT(" required>"));
}

static void put_option(struct buf *html, struct str value, struct str words, struct str chosen)
{
    page_tag(html, LIT("<option value=\""), value,
             str_equal(value, chosen) ? LIT("\" selected>") : LIT("\">"));
    page_tag(html, LIT(""), words, LIT("</option>"));
}

static void select_end(struct buf *html)
{
    html_lit(html, LIT("</select></div>"));
}

void page_select(struct buf *html, const struct page_field *field, const struct str *choice,
                 size_t choice_count)
{
    select_begin(html, field);
    for (size_t i = 0; i < choice_count; i++) {
        put_option(html, choice[i], choice[i], field->value);
    }
    select_end(html);
}

void page_select_of(struct buf *html, const struct page_field *field,
                    const struct page_option *option, size_t option_count)
{
    select_begin(html, field);
    for (size_t i = 0; i < option_count; i++) {
        put_option(html, option[i].value, option[i].words, field->value);
    }
    select_end(html);
}

void page_area(struct buf *html, const struct page_field *field)
{
    field_begin(html, field);
    html_lit(html, LIT("<textarea rows=\"3\" maxlength=\"2000\" name=\""));
    html_lit(html, field->name);
    html_lit(html, LIT("\""));
    put_id(html, field->name, LIT(""));
    put_described(html, field);
    page_tag(html, field->is_optional ? LIT(">\n") : LIT(" required>\n"), field->value,
             LIT("</textarea></div>"));
}

static struct lit class_of(enum page_button kind)
{
    switch (kind) {
    case PAGE_BUTTON_MAIN:
        return LIT(" class=\"main\"");
    case PAGE_BUTTON_EQUAL:
        return LIT("");
    case PAGE_BUTTON_QUIET:
        return LIT(" class=\"quiet\"");
    case PAGE_BUTTON_DANGER:
        return LIT(" class=\"danger\"");
    }
    base_broken("a button is of one of these kinds", __FILE__, __LINE__);
}

void page_button(struct buf *html, struct lit words, enum page_button kind)
{
    html_lit(html, LIT("<button"));
    html_lit(html, class_of(kind));
    html_lit(html, LIT(">"));
    html_lit(html, words);
    html_lit(html, LIT("</button>"));
}

void page_answer(struct buf *html, struct lit name, struct lit value, struct lit words,
                 enum page_button kind)
{
    html_lit(html, LIT("<button"));
    html_lit(html, class_of(kind));
    html_lit(html, LIT(" name=\""));
    html_lit(html, name);
    html_lit(html, LIT("\" value=\""));
    html_lit(html, value);
    html_lit(html, LIT("\">"));
    html_lit(html, words);
    html_lit(html, LIT("</button>"));
}

void page_link(struct buf *html, struct lit path, struct lit words)
{
    html_lit(html, LIT("<a href=\""));
    html_lit(html, path);
    html_lit(html, LIT("\">"));
    html_lit(html, words);
    html_lit(html, LIT("</a>"));
}

/* What went wrong is read out at once; the rest when there is time. */
void page_notice(struct buf *html, enum page_notice kind, struct str text)
{
    if (text.len == 0) {
        return;
    }
    switch (kind) {
    case PAGE_NOTICE_GOOD:
        html_lit(html, LIT("<p class=\"notice good\" role=\"status\">"));
        break;
    case PAGE_NOTICE_BAD:
        html_lit(html, LIT("<p class=\"notice bad\" role=\"alert\">"));
        break;
    case PAGE_NOTICE_PLAIN:
        html_lit(html, LIT("<p class=\"notice\" role=\"status\">"));
        break;
    }
    html_text(html, text);
    html_lit(html, LIT("</p>"));
}

void page_table_begin_with(struct buf *html, struct lit caption, const struct lit *column,
                           size_t column_count, unsigned numbers)
{
    html_lit(html, LIT("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\""));
    html_lit(html, caption);
    html_lit(html, LIT("\"><table class=\"list\"><caption>"));
    html_lit(html, caption);
    html_lit(html, LIT("</caption><thead><tr>"));
    for (size_t i = 0; i < column_count; i++) {
        html_lit(html, (numbers >> i & 1) == 1 ? LIT("<th scope=\"col\" class=\"number\">")
                                               : LIT("<th scope=\"col\">"));
        html_lit(html, column[i]);
        html_lit(html, LIT("</th>"));
    }
    html_lit(html, LIT("</tr></thead><tbody>"));
}

void page_table_begin(struct buf *html, struct lit caption, const struct lit *column,
                      size_t column_count)
{
    page_table_begin_with(html, caption, column, column_count, 0);
}

void page_table_row(struct buf *html, const struct str *cell, size_t cell_count)
{
    html_lit(html, LIT("<tr>"));
    for (size_t i = 0; i < cell_count; i++) {
        page_tag(html, i == 0 ? LIT("<th scope=\"row\">") : LIT("<td>"), cell[i],
                 i == 0 ? LIT("</th>") : LIT("</td>"));
    }
    html_lit(html, LIT("</tr>"));
}

void page_table_end(struct buf *html)
{
    html_lit(html, LIT("</tbody></table></div>"));
}
