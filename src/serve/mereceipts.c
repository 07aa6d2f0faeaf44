/*
 * mereceipts.c - /me/receipts: the record of each choice, and how anybody can check it without us.
 */
#include "site_me.h"

static enum word decision_word(struct str decision)
{
    static const struct {
        const char *name;
        enum word said;
    } row[] = {{"given", W_ME_SAID_YES},
               {"refused", W_ME_SAID_NO},
               {"withdrawn", W_ME_SAID_BACK},
               {"objected", W_ME_SAID_OBJECT},
               {"restricted", W_ME_SAID_PAUSE},
               {"unrestricted", W_ME_SAID_UNPAUSE},
               {"human_wanted", W_ME_SAID_HUMAN},
               {"machine_allowed", W_ME_SAID_MACHINE},
               {"sensitive_limited", W_ME_SAID_LIMIT},
               {"sensitive_allowed", W_ME_SAID_UNLIMIT},
               {"requested", W_ME_SAID_WAITS}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(decision, row[i].name)) {
            return row[i].said;
        }
    }
    return W_ME_SAID_OTHER;
}

/* "By e-mail." */
static struct str by_channel(const struct me *me, struct str channel)
{
    return channel.len == 0 ? channel
                            : word_with(me->job->arena, W_ME_BY_CHANNEL_SAID,
                                        me_channel_title(channel), STR(""));
}

/* The words as they were shown; those of an earlier version that came from elsewhere are not here. */
static void put_wording(struct me *me, struct str wording)
{
    if (wording.len > 0) {
        page_tag(&me->html, LIT("<blockquote>"), wording, LIT("</blockquote>"));
    } else {
        say_in(&me->html, LIT("<p class=\"small\">"), W_ME_NO_WORDING, LIT("</p>"));
    }
}

static void put_record(struct me *me, const struct value *record)
{
    const struct str number =
        str_format(me->job->arena, "%lld", (long long)site_whole(record, "number"));
    const struct str wording = site_text(record, "wording");
    page_tag(&me->html, LIT("<article><h3>"), me_purpose_title(me, site_text(record, "purpose")),
             LIT("</h3>"));
    say_with_in(&me->html, LIT("<p>"), decision_word(site_text(record, "decision")),
                me_when(me, site_text(record, "time")),
                by_channel(me, site_text(record, "channel")), LIT("</p>"));
    if (!str_is(site_text(record, "purpose"), "*")) {
        put_wording(me, wording);
        say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_VERSION,
                    site_text(record, "wording_version"), STR(""), LIT("</p>"));
    }
    const struct value *index = value_get(record, "ledger_index");
    if (index != NULL && index->kind == VALUE_NUMBER) {
        site_link_button(&me->html, site_path(me->job->arena, "/me/receipts/", number, ""),
                         W_ME_SEE_RECEIPT);
    } else {
        me_say(me, W_ME_NO_RECEIPT);
    }
    html_lit(&me->html, LIT("</article>"));
}

struct outcome me_receipts(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *list = value_get(me.page, "consents");
    me_begin(&me, W_ME_RECEIPTS_TITLE, W_ME_RECEIPTS_LEAD, "/me/receipts");
    html_lit(&me.html, LIT("<section>"));
    site_heading(&me.html, W_ME_RECEIPTS_LIST);
    if (site_size(list) == 0) {
        me_say(&me, W_ME_RECEIPTS_NONE);
    }
    html_lit(&me.html, LIT("<div class=\"cards\">"));
    for (size_t i = site_size(list); i > 0; i--) {
        put_record(&me, &list->item[i - 1]);
    }
    html_lit(&me.html, LIT("</div></section><section>"));
    site_heading(&me.html, W_ME_CHECK_TITLE);
    me_say(&me, W_ME_CHECK_LEAD);
    html_lit(&me.html, LIT("<p class=\"acts\">"));
    site_link_button(&me.html, STR("/v1/ledger/checkpoint"), W_ME_CHECKPOINT);
    html_lit(&me.html, LIT("</p></section>"));
    return me_end(&me);
}

/* ---- one ------------------------------------------------------------------------------------------- */

static enum candor_status read_receipt(struct site *site, struct candor_text *receipt)
{
    uint64_t number = 0;
    if (!me_index(site, &number) || number == 0) {
        return CANDOR_NOT_FOUND;
    }
    const enum candor_status status =
        candor_receipt(site->job, site->candor, site->who.identifier, NULL, number, receipt, NULL);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(site->job);
    }
    return status;
}

static void put_receipt(struct me *me, const struct value *document)
{
    const struct value *notice = value_get(document, "notice");
    const struct value *event = value_get(document, "event");
    const struct value *use = value_get(document, "processing");
    page_tag(&me->html, LIT("<h2>"), site_text(use, "purpose_title"), LIT("</h2>"));
    say_with_in(&me->html, LIT("<p>"), decision_word(site_text(event, "state")),
                me_when(me, site_text(event, "time")), by_channel(me, site_text(use, "channel")),
                LIT("</p>"));
    if (!str_is(site_text(use, "purpose"), "*")) {
        put_wording(me, site_text(notice, "text"));
    }
    html_lit(&me->html, LIT("<dl class=\"facts\">"));
    site_fact(&me->html, W_ME_ROW_VERSION, site_text(notice, "version"));
    site_fact(&me->html, W_ME_ROW_WHERE, site_text(use, "collection_method"));
    site_fact(&me->html, W_ME_ROW_RECORDED, me_when(me, site_text(event, "recorded")));
    site_fact(&me->html, W_ME_ROW_UNTIL, me_day(me, site_text(event, "valid_until")));
    site_fact(&me->html, W_ME_ROW_DATA,
              me_names(me, value_get(use, "pii_information"), "pii_type"));
    site_fact(&me->html, W_ME_ROW_RECIPIENTS, me_names(me, value_get(use, "recipients"), "title"));
    site_fact(&me->html, W_ME_ROW_ENTRY,
              str_format(me->job->arena, "%lld",
                         (long long)site_whole(value_get(document, "evidence"), "ledger_index")));
    html_lit(&me->html, LIT("</dl>"));
}

/* Checked here as anybody would check it: with the key alone. */
static void put_check(struct me *me, const struct candor_text *receipt,
                      const struct value *document)
{
    struct candor_text report;
    bool is_sound = false;
    const struct str key = site_text(value_get(document, "evidence"), "verifier_key");
    const enum candor_status status = candor_receipt_verify(
        me->job, receipt->ptr, receipt->len, str_z(me->job->arena, key), &is_sound, &report);
    site_heading(&me->html, W_ME_CHECK_TITLE);
    page_notice(
        &me->html, is_sound ? PAGE_NOTICE_GOOD : PAGE_NOTICE_BAD,
        str_from(word(status == CANDOR_OK && is_sound ? W_ME_CHECK_HOLDS : W_ME_CHECK_BROKEN)));
    me_say(me, W_ME_CHECK_STEPS);
    html_lit(&me->html, LIT("<pre tabindex=\"0\">candor consent verify-receipt receipt.json --key "
                            "ledger.pub</pre>"));
    me_say(me, W_ME_CHECK_KEY);
    page_tag(&me->html, LIT("<p class=\"secret\">"), key, LIT("</p>"));
}

struct outcome me_receipt(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text receipt;
    const enum candor_status status = read_receipt(site, &receipt);
    if (status != CANDOR_OK) {
        return status == CANDOR_NOT_FOUND ? me_nothing(site) : site_failure(site, status);
    }
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *document = site_read(site, &receipt);
    me_begin(&me, W_ME_RECEIPT_TITLE, W_ME_RECEIPT_LEAD, "/me/receipts");
    html_lit(&me.html, LIT("<article>"));
    put_receipt(&me, document);
    html_lit(&me.html, LIT("</article><p class=\"acts\">"));
    site_link_button(&me.html,
                     site_path(me.job->arena, "/me/receipts/", site->ask->parameter[0], "/file"),
                     W_ME_RECEIPT_DOWNLOAD);
    html_lit(&me.html, LIT("</p>"));
    put_check(&me, &receipt, document);
    return me_end(&me);
}

struct outcome me_receipt_file(struct site *site)
{
    struct candor_text receipt;
    const enum candor_status status = read_receipt(site, &receipt);
    if (status != CANDOR_OK) {
        return status == CANDOR_NOT_FOUND ? me_nothing(site) : site_failure(site, status);
    }
    return site_file(site, "application/json",
                     (struct bytes){(const uint8_t *)receipt.ptr, receipt.len}, "receipt.json");
}
