/*
 * packagepage.c - the readable page of a person's copy: what is known, where from, why, and until
 * when; what was decided; whom it was told; what they can do.
 */
#include "request.h"

static const char style[] =
    "body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:64rem;padding:2rem 1.2rem;"
    "color:#1d2433;background:#fff}h1,h2{font-family:Georgia,serif;line-height:1.2}"
    "h2{margin-top:2.4rem;border-top:1px solid #ddd;padding-top:1.2rem}"
    "table{border-collapse:collapse;width:100%;font-size:.88rem}"
    "th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;"
    "border-bottom:1px solid #e6e3dc;overflow-wrap:anywhere}"
    "th{color:#5c6473;font-weight:500}.soft{color:#5c6473}"
    "@media(prefers-color-scheme:dark){body{color:#eceae4;background:#14181f}"
    "th,.soft{color:#a3a9b5}th,td,h2{border-color:#2c323d}}"
    "@media print{body{padding:0;max-width:none;font-size:11px}h2{break-after:avoid}"
    "tr{break-inside:avoid}}";

/* One list of data.json as a table: which keys, under which words. */
struct column {
    const char *key;
    struct lit title;
};

#define WORDS(text) \
    { \
        "" text "", sizeof(text) - 1 \
    }

struct chapter {
    const char *list;
    struct lit title;
    struct lit sentence;
    struct column column[8]; /* ends with a NULL key; none: whatever the rows have */
};

static const struct chapter chapter[] = {
    {"fields",
     WORDS("What we know"),
     WORDS("Each fact, how it came to us, what it may be used for, and how long it is kept."),
     {{"label", WORDS("Fact")},
      {"value", WORDS("Value")},
      {"origin", WORDS("How it came")},
      {"sensitivity", WORDS("Sensitivity")},
      {"purposes", WORDS("May be used for")},
      {"retention_days", WORDS("Kept, days (0: while you are a customer)")}}},
    {"events",
     WORDS("What happened"),
     WORDS("In the order in which it happened."),
     {{NULL, {NULL, 0}}}},
    {"purposes",
     WORDS("What is allowed now"),
     WORDS("Every use, its legal basis, and whether it may happen today."),
     {{"title", WORDS("Use")},
      {"channel", WORDS("Channel")},
      {"basis", WORDS("Basis")},
      {"allowed", WORDS("Allowed")},
      {"sentence", WORDS("Why")}}},
    {"consents",
     WORDS("What you told us"),
     WORDS("Your choices, with the words that were shown."),
     {{"time", WORDS("When")},
      {"decision", WORDS("Choice")},
      {"purpose", WORDS("About")},
      {"channel", WORDS("Channel")},
      {"wording", WORDS("Words shown")},
      {"surface", WORDS("Where")}}},
    {"contacts",
     WORDS("Messages handed over"),
     WORDS("What was sent to you."),
     {{"time", WORDS("When")},
      {"campaign", WORDS("Campaign")},
      {"channel", WORDS("Channel")},
      {"offer", WORDS("Offer")},
      {"ledger_index", WORDS("Ledger entry")}}},
    {"decisions",
     WORDS("What was decided"),
     WORDS("Every decision, whether something was sent or not, with its reasons."),
     {{"time", WORDS("When")},
      {"campaign", WORDS("Campaign")},
      {"decision", WORDS("Decision")},
      {"offer", WORDS("Offer")},
      {"score", WORDS("Score")},
      {"reasons", WORDS("Reasons")},
      {"ledger_index", WORDS("Ledger entry")}}},
    {"chats",
     WORDS("Chats about you"),
     WORDS("What was sent to language models of others, and what they answered; [[NAME_1]] stands "
           "for what they "
           "were not told."),
     {{"time", WORDS("When")},
      {"purpose", WORDS("For what")},
      {"provider", WORDS("Provider")},
      {"outcome", WORDS("Outcome")},
      {"sent", WORDS("Sent")},
      {"said", WORDS("Answered")},
      {"kept_until", WORDS("Kept until")},
      {"ledger_index", WORDS("Ledger entry")}}},
    {"requests",
     WORDS("What you asked"),
     WORDS("Your requests, with their clocks."),
     {{"received", WORDS("When")},
      {"right", WORDS("Right")},
      {"state", WORDS("State")},
      {"deadline", WORDS("To be answered by")},
      {"closed", WORDS("Answered")},
      {"law", WORDS("Law")}}},
    {"reviews",
     WORDS("What a person decided"),
     WORDS("Decisions that a person looked at, with their reason."),
     {{"asked", WORDS("Asked")},
      {"campaign", WORDS("Campaign")},
      {"verdict", WORDS("Verdict")},
      {"reason", WORDS("Reason")}}},
    {"recipients",
     WORDS("Who else may have it"),
     WORDS("Recipients you once agreed to."),
     {{"recipient", WORDS("Recipient")},
      {"purpose", WORDS("Under")},
      {"allowed_now", WORDS("Allowed now")}}},
};

/* ---- cells --------------------------------------------------------------------------------- */

static void put_number(struct buf *buf, const struct value *value)
{
    html_text(buf, value->is_integer ? str_format(buf->arena, "%lld", (long long)value->integer)
                                     : str_from_double(buf->arena, value->number));
}

static void put_value(struct buf *buf, const struct value *value)
{
    if (value == NULL) {
        return;
    }
    switch (value->kind) {
    case VALUE_NULL:
        html_lit(buf, LIT("<span class=\"soft\">&ndash;</span>"));
        break;
    case VALUE_BOOL:
        html_lit(buf, value->boolean ? LIT("yes") : LIT("no"));
        break;
    case VALUE_NUMBER:
        put_number(buf, value);
        break;
    case VALUE_TEXT:
        html_text(buf, value->text);
        break;
    case VALUE_LIST:
        for (size_t i = 0; i < value->count; i++) {
            html_lit(buf, i == 0 ? LIT("") : LIT("<br>"));
            put_value(buf, &value->item[i]);
        }
        break;
    case VALUE_MAP: /* too deep for a table: it is in data.json */
        html_lit(buf, LIT("&hellip;"));
        break;
    }
}

/* ---- tables -------------------------------------------------------------------------------- */

static void put_row(struct buf *buf, const struct value *row, const struct column *column)
{
    html_lit(buf, LIT("<tr>"));
    for (size_t c = 0; column[c].key != NULL; c++) {
        html_lit(buf, LIT("<td>"));
        put_value(buf, value_get(row, column[c].key));
        html_lit(buf, LIT("</td>"));
    }
    html_lit(buf, LIT("</tr>\n"));
}

static void put_table(struct buf *buf, const struct value *list, const struct column *column)
{
    html_lit(buf, LIT("<table><thead><tr>"));
    for (size_t c = 0; column[c].key != NULL; c++) {
        html_lit(buf, LIT("<th>"));
        html_lit(buf, column[c].title);
        html_lit(buf, LIT("</th>"));
    }
    html_lit(buf, LIT("</tr></thead><tbody>\n"));
    for (size_t i = 0; i < list->count; i++) {
        put_row(buf, &list->item[i], column);
    }
    html_lit(buf, LIT("</tbody></table>\n"));
}

/* Events differ in what they have: a line each, with everything it has. */
static void put_lines(struct buf *buf, const struct value *list)
{
    html_lit(buf, LIT("<table><thead><tr><th>When</th><th>What</th><th>Details</th></tr></thead>"
                      "<tbody>\n"));
    for (size_t i = 0; i < list->count; i++) {
        const struct value *row = &list->item[i];
        html_lit(buf, LIT("<tr><td>"));
        put_value(buf, value_get(row, "time"));
        html_lit(buf, LIT("</td><td>"));
        put_value(buf, value_get(row, "event"));
        html_lit(buf, LIT("</td><td>"));
        for (size_t k = 2, put = 0; k < row->count; k++, put++) {
            html_lit(buf, put == 0 ? LIT("") : LIT(", "));
            html_text(buf, row->key[k]);
            html_lit(buf, LIT(" "));
            put_value(buf, &row->item[k]);
        }
        html_lit(buf, LIT("</td></tr>\n"));
    }
    html_lit(buf, LIT("</tbody></table>\n"));
}

static void put_chapter(struct buf *buf, const struct chapter *one, const struct value *data)
{
    const struct value *list = value_get(data, one->list);
    if (list == NULL || list->kind != VALUE_LIST) {
        return;
    }
    html_lit(buf, LIT("<h2>"));
    html_lit(buf, one->title);
    html_lit(buf, LIT("</h2><p class=\"soft\">"));
    html_lit(buf, list->count == 0 ? LIT("Nothing.") : one->sentence);
    html_lit(buf, LIT("</p>\n"));
    if (list->count > 0 && one->column[0].key == NULL) {
        put_lines(buf, list);
    } else if (list->count > 0) {
        put_table(buf, list, one->column);
    }
}

/* ---- the page ------------------------------------------------------------------------------ */

static void put_head(struct buf *buf, struct job *job, const struct candor *candor,
                     const struct value *data, bool portable)
{
    html_lit(buf, LIT("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
                      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
                      "<title>Your data</title><style>"));
    html_lit(buf, (struct lit){style, sizeof style - 1});
    html_lit(buf, LIT("</style></head><body><h1>Your data</h1><p>At "));
    html_text(buf, candor->inventory->name);
    html_lit(buf, LIT(", as of "));
    html_text(buf, str_from_time(job->arena, job->now));
    html_lit(buf, LIT(". You are known as "));
    put_value(buf, value_get(data, "identifier"));
    html_lit(buf, LIT(".</p>"));
    html_lit(buf, portable
                      ? LIT("<p class=\"soft\">This copy holds what you gave and what was observed "
                            "of you, to take along (GDPR Article 20). What was concluded from it "
                            "is in the copy for access.</p>\n")
                      : LIT("<p class=\"soft\">This copy holds everything (GDPR Article 15): also "
                            "what was concluded and decided.</p>\n"));
}

static void put_rights(struct buf *buf)
{
    html_lit(buf,
             LIT("<h2>What you can do</h2><p>You can have data corrected or erased, have their use "
                 "restricted, object, take them along, refuse decisions by a machine alone, have a "
                 "person look at a decision, and take back any consent as easily as it was given. "
                 "You can complain to the data-protection authority.</p>"
                 "<p class=\"soft\">data.json has the same for machines, each CSV file one table. "
                 "manifest.txt lists every file with its SHA-256, signed.</p>"
                 "</body></html>\n"));
}

struct str package_page(struct job *job, const struct candor *candor, const struct value *data,
                        bool portable)
{
    struct buf buf = buf_begin(job->arena);
    put_head(&buf, job, candor, data, portable);
    for (size_t i = 0; i < sizeof chapter / sizeof chapter[0]; i++) {
        put_chapter(&buf, &chapter[i], data);
    }
    put_rights(&buf);
    return buf_text(&buf);
}
