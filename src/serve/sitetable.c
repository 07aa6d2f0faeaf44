/*
 * sitetable.c - tables whose rows become cards on a telephone, where each cell says what it is.
 */
#include "site.h"

static bool is_number(const struct site_table *table, size_t column)
{
    return (table->numbers >> column & 1U) != 0;
}

void site_table_begin(struct buf *html, enum word caption, const struct site_table *table)
{
    html_lit(html, LIT("<table class=\"list stack\">"));
    say_in(html, LIT("<caption>"), caption, LIT("</caption><thead><tr>"));
    for (size_t i = 0; i < table->column_count; i++) {
        say_in(html,
               is_number(table, i) ? LIT("<th scope=\"col\" class=\"number\">")
                                   : LIT("<th scope=\"col\">"),
               table->column[i], LIT("</th>"));
    }
    html_lit(html, LIT("</tr></thead><tbody>"));
}

void site_cell_begin(struct buf *html, const struct site_table *table, size_t column)
{
    if (column == 0) {
        html_lit(html, LIT("<tr><th scope=\"row\">"));
        return;
    }
    say_in(html,
           is_number(table, column) ? LIT("<td class=\"number\" data-label=\"")
                                    : LIT("<td data-label=\""),
           table->column[column], LIT("\"><span>"));
}

void site_cell_end(struct buf *html, size_t column)
{
    html_lit(html, column == 0 ? LIT("</th>") : LIT("</span></td>"));
}

void site_cell(struct buf *html, const struct site_table *table, size_t column, struct str text)
{
    site_cell_begin(html, table, column);
    html_text(html, text);
    site_cell_end(html, column);
}

void site_table_row(struct buf *html, const struct site_table *table, const struct str *cell)
{
    for (size_t i = 0; i < table->column_count; i++) {
        site_cell(html, table, i, cell[i]);
    }
    html_lit(html, LIT("</tr>"));
}

void site_table_end(struct buf *html)
{
    html_lit(html, LIT("</tbody></table>"));
}
