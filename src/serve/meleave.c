/*
 * meleave.c - /me/leave: erasure, and the certificate.
 *
 * The page says first what goes and what stays. Its buttons erase at once: the session ends with the
 * data, and the answer is the certificate, with a copy to keep in the page itself, since afterwards there is
 * nobody here whom it could be given to. Where the company's rules want somebody to look first, a request
 * with a clock is opened instead.
 */
#include "site_me.h"

static void put_goes(struct me *me)
{
    const struct {
        enum word name;
        uint64_t count;
    } row[] = {
        {W_ME_GOES_FIELDS, site_size(value_get(me->page, "fields"))},
        {W_ME_GOES_EVENTS, (uint64_t)site_whole(me->page, "event_count")},
        {W_ME_GOES_DECISIONS, (uint64_t)site_whole(me->page, "decision_count")},
        {W_ME_GOES_CONSENTS, site_size(value_get(me->page, "consents"))},
    };
    html_lit(&me->html, LIT("<ul>"));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        say_with_in(&me->html, LIT("<li>"), row[i].name, me_number(me, row[i].count), STR(""),
                    LIT("</li>"));
    }
    html_lit(&me->html, LIT("</ul>"));
}

static void put_told(struct me *me)
{
    const struct value *list = value_get(me->page, "disclosures");
    if (site_size(list) > 0) {
        say_with_in(&me->html, LIT("<p>"), W_ME_LEAVE_TOLD, site_text(&list->item[0], "title"),
                    STR(""), LIT("</p>"));
    }
}

struct outcome me_leave(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    me_begin(&me, W_ME_LEAVE_TITLE, W_ME_LEAVE_LEAD, "/me/rights");
    site_heading(&me.html, W_ME_GOES_TITLE);
    put_goes(&me);
    put_told(&me);
    site_heading(&me.html, W_ME_STAYS_TITLE);
    me_say(&me, W_ME_STAYS);
    me_say(&me, W_ME_BACKUPS);
    site_heading(&me.html, W_ME_MARK_TITLE);
    me_say(&me, W_ME_MARK_LEAD);
    site_form(site, &me.html, LIT("/me/leave"));
    html_lit(&me.html, LIT("<div class=\"pair\">"));
    page_answer(&me.html, LIT("mark"), LIT("yes"), word(W_ME_LEAVE_MARK), PAGE_BUTTON_EQUAL);
    page_answer(&me.html, LIT("mark"), LIT("no"), word(W_ME_LEAVE_NO_MARK), PAGE_BUTTON_EQUAL);
    html_lit(&me.html, LIT("</div></form><p>"));
    page_link(&me.html, LIT("/me/rights#copy"), word(W_ME_LEAVE_COPY));
    html_lit(&me.html, LIT("</p>"));
    return me_end(&me);
}

static struct outcome certificate_page(struct site *site, const struct candor_text *report)
{
    const struct value *certificate = site_read(site, report);
    struct buf html = buf_begin(site->job->arena);
    const struct bytes bytes = {(const uint8_t *)report->ptr, report->len};
    site_forget(site);
    site_begin_narrow(site, &html, str_from(word(W_ME_ERASED_TITLE)));
    say_in(&html, LIT("<p class=\"lead\">"), W_ME_ERASED_LEAD, LIT("</p><p>"));
    say_with(
        &html, W_ME_ERASED_NUMBER, site_text(certificate, "completed"),
        str_format(site->job->arena, "%lld", (long long)site_whole(certificate, "ledger_index")));
    page_tag(&html, LIT("</p><p class=\"secret\">"), site_text(certificate, "certificate"),
             LIT("</p>"));
    page_tag(&html,
             LIT("<p><a class=\"button\" download=\"erasure-certificate.json\" "
                 "href=\"data:application/json;base64,"),
             base64_of(site->job->arena, bytes), LIT("\">"));
    say_in(&html, LIT(""), W_ME_ERASED_DOWNLOAD, LIT("</a></p><details><summary>"));
    say_in(&html, LIT(""), W_ME_ERASED_SHOW, LIT("</summary>"));
    page_tag(&html, LIT("<pre tabindex=\"0\">"), (struct str){report->ptr, report->len},
             LIT("</pre></details>"));
    say_in(&html, LIT("<p class=\"small\">"), W_ME_ERASED_CHECK, LIT("</p>"));
    struct outcome outcome = site_end(&html);
    site_end_cookie(site, &outcome);
    return outcome;
}

/* Somebody has to look first: they get a request and its clock instead of an answer that ends here. */
static struct outcome ask_instead(struct site *site, bool keep_mark)
{
    struct candor_text report;
    const struct candor_request_ask ask = {.identifier = site->who.identifier,
                                           .right = "erasure",
                                           .source = "dashboard",
                                           .suppress = keep_mark};
    job_forgive(site->job);
    return me_done(site, candor_request_open(site->job, site->candor, &ask, &report), "/me/rights",
                   "me-leave-asked");
}

struct outcome me_leave_post(struct site *site)
{
    struct candor_text certificate;
    const struct str mark = site_field(site, "mark");
    const bool keep_mark = str_is(mark, "yes");
    if (!keep_mark && !str_is(mark, "no")) {
        return site_stale(site);
    }
    const enum candor_status status = candor_subject_leave(
        site->job, site->candor, site->who.identifier, keep_mark, &certificate);
    if (status == CANDOR_REFUSED) {
        return ask_instead(site, keep_mark);
    }
    return status == CANDOR_OK ? certificate_page(site, &certificate) : site_failure(site, status);
}
