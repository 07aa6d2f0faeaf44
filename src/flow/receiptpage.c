/*
 * receiptpage.c - a receipt to print: one page that asks for nothing from outside.
 *
 * It is written from the receipt itself, so that paper and file say the same.
 */
#include "chart.h"
#include "consenting.h"
#include "ui_evidence.h"

static void put_row(struct buf *html, struct lit label, struct str text)
{
    if (text.len == 0) {
        return;
    }
    buf_lit(html, LIT("<tr><th scope=\"row\">"));
    buf_lit(html, label);
    page_tag(html, LIT("</th><td>"), text, LIT("</td></tr>"));
}

static void put_names(struct buf *html, struct lit label, const struct value *list, const char *key)
{
    struct buf names = buf_begin(html->arena);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct str name =
            key == NULL ? list->item[i].text : value_text_at(&list->item[i], key);
        buf_format(&names, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(name));
    }
    put_row(html, label, buf_text(&names));
}

static void put_said(struct buf *html, const struct value *document)
{
    const struct value *notice = value_get(document, "notice");
    const struct value *event = value_get(document, "event");
    page_tag(html, LIT("<h2>What was said</h2><blockquote><p>"), value_text_at(notice, "text"),
             LIT("</p></blockquote><table>"));
    put_row(html, LIT("Answer"), value_text_at(event, "state"));
    put_row(html, LIT("By"), value_text_at(event, "entity"));
    put_row(html, LIT("When"), value_text_at(event, "time"));
    put_row(html, LIT("Recorded"), value_text_at(event, "recorded"));
    put_row(html, LIT("Valid until"), value_text_at(event, "valid_until"));
    put_row(html, LIT("Version of the words"), value_text_at(notice, "version"));
    put_row(html, LIT("Language"), value_text_at(notice, "language"));
    buf_lit(html, LIT("</table>"));
}

/* "refuse, accept, settings": what stands for order in the file reads as a list on paper. */
static struct str listed(struct arena *arena, struct str buttons)
{
    struct buf list = buf_begin(arena);
    while (buttons.ptr != NULL) {
        buf_lit(&list, list.len == 0 ? LIT("") : LIT(", "));
        buf_str(&list, str_cut(&buttons, '/'));
    }
    return buf_text(&list);
}

static void put_looks(struct buf *html, const struct value *document)
{
    struct ui_evidence evidence;
    const struct str text = value_text_at(value_get(document, "notice"), "ui_evidence");
    if (text.len == 0 || ui_evidence_read(text, &evidence) != NULL) {
        return;
    }
    buf_lit(html, LIT("<h2>How it looked</h2><table>"));
    put_row(html, LIT("Buttons, in their order"), listed(html->arena, evidence.part[UI_BUTTONS]));
    put_row(html, LIT("Their sizes"), evidence.part[UI_SIZES]);
    put_row(html, LIT("Boxes beforehand"), evidence.part[UI_DEFAULTS]);
    put_row(html, LIT("Language and region"), evidence.part[UI_LOCALE]);
    put_row(html, LIT("Screen"), evidence.part[UI_SCREEN]);
    put_row(html, LIT("SHA-256 of the notice"), evidence.part[UI_NOTICE]);
    buf_lit(html, LIT("</table>"));
}

static void put_use(struct buf *html, const struct value *document)
{
    const struct value *processing = value_get(document, "processing");
    buf_lit(html, LIT("<h2>What it is about</h2><table>"));
    put_row(html, LIT("Purpose"), value_text_at(processing, "purpose_title"));
    put_row(html, LIT("Legal basis"), value_text_at(processing, "lawful_basis"));
    put_row(html, LIT("Channel"), value_text_at(processing, "channel"));
    put_names(html, LIT("Data"), value_get(processing, "pii_information"), "pii_type");
    put_names(html, LIT("Recipients"), value_get(processing, "recipients"), "title");
    put_row(html, LIT("Said on"), value_text_at(processing, "collection_method"));
    put_row(html, LIT("Stored in"), value_text_at(processing, "storage_locations"));
    put_row(html, LIT("Law"), value_text_at(processing, "jurisdiction"));
    put_row(html, LIT("How to take it back"), value_text_at(processing, "withdrawal_method"));
    put_names(html, LIT("Your rights"), value_get(processing, "pii_principal_rights"), NULL);
    put_row(html, LIT("Where to complain"), value_text_at(processing, "supervisory_authority"));
    buf_lit(html, LIT("</table>"));
}

static void put_party(struct buf *html, const struct value *document)
{
    const struct value *parties = value_get(document, "pii_controllers");
    const struct value *party = parties != NULL && parties->count > 0 ? &parties->item[0] : NULL;
    buf_lit(html, LIT("<h2>Who answers for it</h2><table>"));
    put_row(html, LIT("Name"), value_text_at(party, "party_name"));
    put_row(html, LIT("Address"), value_text_at(party, "party_address"));
    put_row(html, LIT("Contact"), value_text_at(party, "party_contact"));
    put_row(html, LIT("More"), value_text_at(party, "party_url"));
    put_row(html, LIT("Data protection officer"), value_text_at(party, "data_protection_officer"));
    buf_lit(html, LIT("</table>"));
}

static void put_evidence(struct buf *html, const struct value *document)
{
    const struct value *evidence = value_get(document, "evidence");
    buf_lit(html, LIT("<h2>How to check it</h2><p>The file that belongs to this page proves it "
                      "without us: <code>candor consent verify-receipt FILE --key "
                      "ledger.pub</code></p><table>"));
    put_row(html, LIT("Receipt"), value_text_at(document, "receipt_id"));
    put_row(html, LIT("Record"), value_text_at(document, "record_id"));
    put_row(html, LIT("Issued"), value_text_at(document, "issued"));
    put_row(html, LIT("Verifier key"), value_text_at(evidence, "verifier_key"));
    page_tag(html, LIT("</table><pre>"), value_text_at(evidence, "proof"), LIT("</pre>"));
}

struct str receipt_page(struct job *job, const struct value *document)
{
    struct buf html = buf_begin(job->arena);
    const struct str title = value_text_at(value_get(document, "processing"), "purpose_title");
    page_begin(&html, LIT("Consent receipt"), title.len > 0 ? title : STR("All purposes"));
    buf_lit(&html, LIT("</header>"));
    put_said(&html, document);
    put_looks(&html, document);
    put_use(&html, document);
    put_party(&html, document);
    put_evidence(&html, document);
    page_end(&html);
    return buf_text(&html);
}
