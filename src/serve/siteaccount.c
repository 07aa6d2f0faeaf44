/*
 * siteaccount.c - an operator's own password, second factor and sessions.
 */
#include "site.h"

/* What a page shows beside its usual parts: the key of a new factor, an error of one of its forms. */
struct account {
    const struct value *factor; /* {"secret","uri"}; NULL: none has begun */
    struct str password_error;
    struct str factor_error;
    unsigned code;
};

static void put_act(struct buf *html, struct lit act)
{
    page_hidden(html, LIT("act"), str_from(act));
}

static void put_code_field(struct buf *html, enum word hint, struct str error)
{
    const struct page_field field = {.kind = PAGE_FIELD_CODE,
                                     .name = LIT("code"),
                                     .label = word(W_CODE_LABEL),
                                     .hint = word(hint),
                                     .error = error,
                                     .autocomplete = LIT("one-time-code")};
    page_field(html, &field);
}

static void put_new_factor(const struct site *site, struct buf *html, const struct account *account)
{
    say_in(html, LIT("<p>"), W_FACTOR_KEY, LIT("</p>"));
    page_tag(html, LIT("<p class=\"secret\">"), site_text(account->factor, "secret"), LIT("</p>"));
    page_tag(html, LIT("<p><a href=\""), site_text(account->factor, "uri"), LIT("\">"));
    say_in(html, LIT(""), W_FACTOR_LINK, LIT("</a></p>"));
    site_form(site, html, LIT("/account"));
    put_act(html, LIT("confirm"));
    put_code_field(html, W_FACTOR_CODE_HINT, account->factor_error);
    page_button(html, word(W_FACTOR_CONFIRM), PAGE_BUTTON_MAIN);
    page_form_end(html);
}

static void put_factor(const struct site *site, struct buf *html, const struct account *account)
{
    site_heading(html, W_FACTOR_TITLE);
    if (account->factor != NULL) {
        put_new_factor(site, html, account);
        return;
    }
    say_in(html, LIT("<p>"), site->who.has_code ? W_FACTOR_ON : W_FACTOR_OFF, LIT("</p>"));
    site_form(site, html, LIT("/account"));
    if (site->who.has_code) {
        put_act(html, LIT("end"));
        put_code_field(html, W_FACTOR_END_HINT, account->factor_error);
        page_button(html, word(W_FACTOR_END), PAGE_BUTTON_EQUAL);
    } else {
        put_act(html, LIT("begin"));
        page_notice(html, PAGE_NOTICE_BAD, account->factor_error);
        page_button(html, word(W_FACTOR_BEGIN), PAGE_BUTTON_MAIN);
    }
    page_form_end(html);
}

static void put_password(const struct site *site, struct buf *html, const struct account *account)
{
    const struct page_field old = {.kind = PAGE_FIELD_PASSWORD,
                                   .name = LIT("old"),
                                   .label = word(W_PASSWORD_OLD),
                                   .autocomplete = LIT("current-password")};
    const struct page_field fresh = {.kind = PAGE_FIELD_PASSWORD,
                                     .name = LIT("new"),
                                     .label = word(W_PASSWORD_NEW),
                                     .hint = word(W_INVITE_HINT),
                                     .error = account->password_error,
                                     .autocomplete = LIT("new-password")};
    site_heading(html, W_PASSWORD_TITLE);
    site_form(site, html, LIT("/account/password"));
    put_act(html, LIT("password"));
    page_field(html, &old);
    page_field(html, &fresh);
    page_button(html, word(W_PASSWORD_BUTTON), PAGE_BUTTON_EQUAL);
    page_form_end(html);
}

static void put_sessions(struct site *site, struct buf *html)
{
    struct candor_text report;
    const struct lit column[] = {word(W_SESSIONS_WHICH), word(W_SESSIONS_BEGUN),
                                 word(W_SESSIONS_SEEN), word(W_SESSIONS_ENDS)};
    if (candor_session_list(site->job, site->candor, site->visit.session, &report) != CANDOR_OK) {
        return; /* it ended while the page was written */
    }
    const struct value *list = value_get(site_read(site, &report), "sessions");
    site_heading(html, W_SESSIONS_TITLE);
    page_table_begin(html, word(W_SESSIONS_TITLE), column, 4);
    for (size_t i = 0; i < site_size(list); i++) {
        const struct value *row = &list->item[i];
        const struct str cell[] = {
            str_from(word(site_flag(row, "current") ? W_SESSIONS_HERE : W_SESSIONS_OTHER)),
            site_time(site->job->arena, site_text(row, "begun")),
            site_time(site->job->arena, site_text(row, "seen")),
            site_time(site->job->arena, site_text(row, "ends"))};
        page_table_row(html, cell, 4);
    }
    page_table_end(html);
    if (list != NULL && list->count > 1) {
        site_form(site, html, LIT("/account"));
        put_act(html, LIT("others"));
        page_button(html, word(W_SESSIONS_END_OTHERS), PAGE_BUTTON_EQUAL);
        page_form_end(html);
    }
}

static struct outcome account_page(struct site *site, const struct account *account)
{
    struct buf html = buf_begin(site->job->arena);
    site_begin(site, &html, str_from(word(W_ACCOUNT_TITLE)), "/account");
    say_with_in(&html, LIT("<p class=\"lead\">"), W_ACCOUNT_ROLES, str_of(site->who.roles), STR(""),
                LIT("</p>"));
    if (site->who.must_enrol) {
        page_notice(&html, PAGE_NOTICE_PLAIN, str_from(word(W_ACCOUNT_MUST)));
    }
    put_factor(site, &html, account);
    put_password(site, &html, account);
    put_sessions(site, &html);
    return site_end_with(&html, account->code == 0 ? 200 : account->code);
}

struct outcome site_account(struct site *site)
{
    const struct account account = {0};
    return account_page(site, &account);
}

/* ---- what its forms do ---------------------------------------------------------------------- */

static struct outcome begin_factor(struct site *site)
{
    struct account account = {0};
    struct candor_text report;
    const enum candor_status status =
        candor_second_factor_begin(site->job, site->candor, site->visit.session, &report);
    if (status != CANDOR_OK) {
        account.factor_error = site_said(site, status);
        account.code = (unsigned)status_http_code(status);
        return account_page(site, &account);
    }
    account.factor = site_read(site, &report);
    return account_page(site, &account);
}

static struct outcome recovery_page(struct site *site, const struct value *codes)
{
    struct buf html = buf_begin(site->job->arena);
    site_begin_narrow(site, &html, str_from(word(W_RECOVERY_TITLE)));
    say_in(&html, LIT("<p class=\"lead\">"), W_RECOVERY_LEAD, LIT("</p>"));
    html_lit(&html, LIT("<ul class=\"plain secret\">"));
    for (size_t i = 0; i < site_size(codes); i++) {
        page_tag(&html, LIT("<li>"), codes->item[i].text, LIT("</li>"));
    }
    html_lit(&html, LIT("</ul><p><a class=\"button\" href=\"/account\">"));
    say_in(&html, LIT(""), W_RECOVERY_DONE, LIT("</a></p>"));
    return site_end(&html);
}

static struct outcome confirm_factor(struct site *site)
{
    struct candor_text report;
    const char *code = site_field_z(site, "code");
    const enum candor_status status = candor_second_factor_confirm(
        site->job, site->candor, site->visit.session, code == NULL ? "" : code, &report);
    if (status == CANDOR_OK) {
        return recovery_page(site, value_get(site_read(site, &report), "recovery_codes"));
    }
    struct account account = {.factor_error = str_from(word(W_CODE_WRONG)),
                              .code = (unsigned)status_http_code(status)};
    job_forgive(site->job);
    if (status != CANDOR_FORBIDDEN ||
        candor_second_factor_begin(site->job, site->candor, site->visit.session, &report) !=
            CANDOR_OK) {
        return site_failure(site, status);
    }
    account.factor = site_read(site, &report); /* the same key while it has not been confirmed */
    return account_page(site, &account);
}

static struct outcome end_factor(struct site *site)
{
    const char *code = site_field_z(site, "code");
    const enum candor_status status = candor_second_factor_end(
        site->job, site->candor, site->visit.session, code == NULL ? "" : code);
    if (status == CANDOR_OK) {
        return site_go_saying(site, "/account", "factor-off");
    }
    const struct account account = {.factor_error = site_said(site, status),
                                    .code = (unsigned)status_http_code(status)};
    return account_page(site, &account);
}

static struct outcome change_password(struct site *site)
{
    struct candor_entry entry;
    const char *old = site_field_z(site, "old");
    const char *fresh = site_field_z(site, "new");
    const enum candor_status status =
        candor_password_change(site->job, site->candor, old == NULL ? "" : old,
                               fresh == NULL ? "" : fresh, &site->visit, &entry);
    if (status == CANDOR_OK) {
        return site_entered(site, &entry, "/account?done=password");
    }
    const struct account account = {.password_error = site_said(site, status),
                                    .code = (unsigned)status_http_code(status)};
    return account_page(site, &account);
}

static struct outcome end_others(struct site *site)
{
    const enum candor_status status =
        candor_session_revoke(site->job, site->candor, site->visit.session, NULL);
    return status == CANDOR_OK ? site_go_saying(site, "/account", "sessions")
                               : site_failure(site, status);
}

struct outcome site_account_post(struct site *site)
{
    static const struct {
        const char *act;
        struct outcome (*run)(struct site *site);
        bool is_slow;
    } row[] = {
        {"begin", begin_factor, false},      {"confirm", confirm_factor, false},
        {"end", end_factor, false},          {"others", end_others, false},
        {"password", change_password, true},
    };
    const struct str act = site_field(site, "act");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(act, row[i].act) && row[i].is_slow == site->ask->route->is_slow) {
            return row[i].run(site);
        }
    }
    return site_stale(site);
}
