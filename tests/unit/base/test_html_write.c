/*
 * test_html_write.c - HTML out: text stays text, and turns nothing but itself.
 */
#include "base.h"
#include "text.h"

#include "support.h"

#define LRE "\xE2\x80\xAA"
#define RLE "\xE2\x80\xAB"
#define PDF "\xE2\x80\xAC"
#define LRO "\xE2\x80\xAD"
#define RLO "\xE2\x80\xAE"
#define RLI "\xE2\x81\xA7"
#define FSI "\xE2\x81\xA8"
#define PDI "\xE2\x81\xA9"
#define MARK "\xEF\xBF\xBD"

static void html_text_cannot_become_markup(void **state)
{
    struct job *job = *state;
    static const struct {
        struct str text;
        const char *html;
    } row[] = {
        {TEXT(""), "<p>"},
        {TEXT("a b\n\t\r"), "<p>a b\n\t\r"},
        {TEXT("<script>\"&'"), "<p>&lt;script&gt;&quot;&amp;&#39;"},
        {TEXT("\xC3\xA9"), "<p>\xC3\xA9"},
        {TEXT("a\0b\x1b\x7f"), "<p>a\xEF\xBF\xBD"
                               "b\xEF\xBF\xBD\xEF\xBF\xBD"},
        {TEXT("\xFF<"), "<p>\xEF\xBF\xBD&lt;"},
        {TEXT("\xC3<"), "<p>\xEF\xBF\xBD&lt;"},
        {TEXT("\xF0\x9F\x98"), "<p>\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf buf = buf_begin(job->arena);
        html_lit(&buf, LIT("<p>"));
        html_text(&buf, row[i].text);
        expect(str_is(buf_text(&buf), row[i].html), "row %zu: %.*s", i, STR_ARG(buf_text(&buf)));
    }
}

/* UAX 9: an override shows a text in another order than it has; what is opened must end with it. */
static void text_turns_nothing_but_itself(void **state)
{
    struct job *job = *state;
    static const struct {
        struct str text;
        const char *html;
    } row[] = {
        {TEXT("invoice_" RLO "fdp.exe"), "invoice_" MARK "fdp.exe"},
        {TEXT(LRO "a" PDF), MARK "a" MARK},
        {TEXT(LRE "+49 89 1234" PDF), LRE "+49 89 1234" PDF},
        {TEXT(RLE "a"), RLE "a" PDF},
        {TEXT(RLI "a" FSI "b"), RLI "a" FSI "b" PDI PDI},
        {TEXT(RLI "a" PDI), RLI "a" PDI},
        {TEXT("a" PDI "b" PDF), "a" MARK "b" MARK},
        {TEXT(RLI RLE PDI), RLI RLE MARK PDF PDI},
        {TEXT("\xD9\x85\xD8\xB1\xE2\x80\x8F!"), "\xD9\x85\xD8\xB1\xE2\x80\x8F!"},
        {TEXT("\xE2\x82\xAC \xE2\x81\xA4"), "\xE2\x82\xAC \xE2\x81\xA4"},
    };
    for (size_t i = 0; i < COUNT(row); i++) {
        struct buf buf = buf_begin(job->arena);
        html_text(&buf, row[i].text);
        expect(str_is(buf_text(&buf), row[i].html), "row %zu: %.*s", i, STR_ARG(buf_text(&buf)));
    }
    struct buf deep = buf_begin(job->arena);
    struct buf html = buf_begin(job->arena);
    for (size_t i = 0; i < 1000; i++) {
        buf_str(&deep, STR(RLI));
    }
    html_text(&html, buf_text(&deep));
    expect(str_ends(buf_text(&html), STR(PDI)), "%s",
           "what opens too often is marked, the rest ends");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        test_with_job(html_text_cannot_become_markup),
        test_with_job(text_turns_nothing_but_itself),
    };
    return cmocka_run_group_tests_name("html_write", test, NULL, NULL);
}
