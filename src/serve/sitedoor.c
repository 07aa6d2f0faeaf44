/*
 * sitedoor.c - the door: login, second factor, invitations, links of subjects, logout.
 *
 * A link in a mail is looked at by scanners before people: opening it changes nothing, its button does.
 * What is wrong with a name and a password is said in one sentence, whichever of them it is.
 */
#include "site.h"

struct outcome site_style(struct site *site)
{
    return site_file(site, "text/css; charset=utf-8", bytes_of(page_sheet(site->job->arena)), NULL);
}

/* In the browser's tab. Without it each visit asks for /favicon.ico in vain. */
struct outcome site_icon(struct site *site)
{
    static const struct lit icon =
        WORDS("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" "
              "height=\"32\" rx=\"7\" fill=\"#2d5c5f\"/><path d=\"M8 17l6 6 11-13\" fill=\"none\" "
              "stroke=\"#fbfaf6\" stroke-width=\"4\"/></svg>");
    return site_file(site, "image/svg+xml", bytes_of(str_from(icon)), NULL);
}

/* ---- login --------------------------------------------------------------------------------- */

static struct outcome login_page(struct site *site, unsigned code, struct str error)
{
    struct buf html = buf_begin(site->job->arena);
    const struct page_field name = {.kind = PAGE_FIELD_TEXT,
                                    .name = LIT("name"),
                                    .label = word(W_LOGIN_NAME),
                                    .autocomplete = LIT("username"),
                                    .value = site_field(site, "name")};
    const struct page_field password = {.kind = PAGE_FIELD_PASSWORD,
                                        .name = LIT("password"),
                                        .label = word(W_LOGIN_PASSWORD),
                                        .autocomplete = LIT("current-password")};
    site_begin_narrow(site, &html, str_from(word(W_LOGIN_TITLE)));
    say_in(&html, LIT("<p class=\"lead\">"), W_LOGIN_LEAD, LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, error);
    page_form_begin(&html, LIT("/login"), STR(""));
    const struct str next = site->ask->request->method == NET_POST ? site_field(site, "next")
                                                                   : site_query(site, "next");
    if (next.len > 0) {
        page_hidden(&html, LIT("next"), next);
    }
    page_field(&html, &name);
    page_field(&html, &password);
    page_button(&html, word(W_LOGIN_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    say_in(&html, LIT("<p class=\"hint\">"), W_LOGIN_FIRST, LIT("</p>"));
    return site_end_with(&html, code);
}

struct outcome site_login(struct site *site)
{
    return site->who.kind == CANDOR_OPERATOR ? site_go(site, "/") : login_page(site, 200, STR(""));
}

/* Says how long, for people and for programs. */
static struct outcome with_wait(const struct site *site, struct outcome outcome, uint32_t wait_s)
{
    site_add_header(&outcome, STR("Retry-After"), str_format(site->job->arena, "%u", wait_s));
    return outcome;
}

static struct str wait_text(const struct site *site, uint32_t wait_s)
{
    return word_with(site->job->arena, W_LOGIN_WAIT, str_format(site->job->arena, "%u", wait_s),
                     STR(""));
}

struct outcome site_login_post(struct site *site)
{
    struct candor_entry entry;
    const char *name = site_field_z(site, "name");
    const char *password = site_field_z(site, "password");
    const struct str next = site_field(site, "next");
    if (name == NULL || password == NULL) {
        return login_page(site, 400, str_from(word(W_LOGIN_WRONG)));
    }
    const enum candor_status status =
        candor_login(site->job, site->candor, name, password, &site->visit, &entry);
    if (status == CANDOR_FORBIDDEN) {
        return login_page(site, 403, str_from(word(W_LOGIN_WRONG)));
    }
    if (status == CANDOR_BUSY && entry.wait_s > 0) {
        return with_wait(site, login_page(site, 429, wait_text(site, entry.wait_s)), entry.wait_s);
    }
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    return site_entered(site, &entry,
                        site_path_is_ours(next) ? str_z(site->job->arena, next) : NULL);
}

/* ---- the code ------------------------------------------------------------------------------ */

static struct outcome code_page(struct site *site, unsigned code, struct str error)
{
    struct buf html = buf_begin(site->job->arena);
    const struct page_field field = {.kind = PAGE_FIELD_CODE,
                                     .name = LIT("code"),
                                     .label = word(W_CODE_LABEL),
                                     .autocomplete = LIT("one-time-code"),
                                     .error = error};
    site_begin_narrow(site, &html, str_from(word(W_CODE_TITLE)));
    say_in(&html, LIT("<p class=\"lead\">"), W_CODE_LEAD, LIT("</p>"));
    site_form(site, &html, LIT("/login/code"));
    page_field(&html, &field);
    page_button(&html, word(W_CODE_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    return site_end_with(&html, code);
}

struct outcome site_code(struct site *site)
{
    return code_page(site, 200, STR(""));
}

struct outcome site_code_post(struct site *site)
{
    struct candor_entry entry;
    const char *code = site_field_z(site, "code");
    if (code == NULL) {
        return code_page(site, 400, str_from(word(W_CODE_WRONG)));
    }
    const enum candor_status status =
        candor_login_code(site->job, site->candor, code, &site->visit, &entry);
    if (status == CANDOR_FORBIDDEN) {
        return code_page(site, 403, str_from(word(W_CODE_WRONG)));
    }
    if (status == CANDOR_BUSY && entry.wait_s > 0) {
        return with_wait(site, code_page(site, 429, wait_text(site, entry.wait_s)), entry.wait_s);
    }
    if (status == CANDOR_NOT_FOUND) {
        return site_go(site, "/login");
    }
    return status == CANDOR_OK ? site_entered(site, &entry, NULL) : site_failure(site, status);
}

struct outcome site_logout_post(struct site *site)
{
    if (site->visit.session != NULL) {
        const enum candor_status status =
            candor_logout(site->job, site->candor, site->visit.session);
        if (status != CANDOR_OK && status != CANDOR_NOT_FOUND) {
            return site_failure(site, status);
        }
    }
    return site_left(site, site->who.kind == CANDOR_SUBJECT ? "/goodbye" : "/login?done=left");
}

struct outcome site_goodbye(struct site *site)
{
    struct buf html = buf_begin(site->job->arena);
    site_forget(site);
    site_begin_narrow(site, &html, str_from(word(W_GOODBYE_TITLE)));
    say_in(&html, LIT("<p>"), W_GOODBYE, LIT("</p>"));
    return site_end(&html);
}

/* ---- links ---------------------------------------------------------------------------------- */

static const char *token_of(const struct site *site)
{
    const struct str token = site->ask->parameter[0];
    return token.len > 0 && token.len <= TOKEN_LEN_MAX ? str_z(site->job->arena, token) : "";
}

/* A form to the page's own path. */
static struct outcome invite_page(struct site *site, unsigned code, const char *name,
                                  struct str error)
{
    struct buf html = buf_begin(site->job->arena);
    const struct page_field password = {.kind = PAGE_FIELD_PASSWORD,
                                        .name = LIT("password"),
                                        .label = word(W_PASSWORD_NEW),
                                        .hint = word(W_INVITE_HINT),
                                        .error = error,
                                        .autocomplete = LIT("new-password")};
    site_begin_narrow(site, &html, str_from(word(W_INVITE_TITLE)));
    say_with_in(&html, LIT("<p class=\"lead\">"), W_INVITE_LEAD, str_of(name), STR(""),
                LIT("</p>"));
    page_form_begin(&html, LIT(""), STR(""));
    page_field(&html, &password);
    page_button(&html, word(W_INVITE_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    return site_end_with(&html, code);
}

static struct outcome link_is_over(struct site *site, enum candor_status status, enum word title,
                                   enum word text)
{
    return status == CANDOR_NOT_FOUND
               ? site_refusal(site, 404, str_from(word(title)), str_from(word(text)))
               : site_failure(site, status);
}

struct outcome site_invite(struct site *site)
{
    const char *name = NULL;
    const enum candor_status status =
        candor_invite_look(site->job, site->candor, token_of(site), &name);
    return status == CANDOR_OK ? invite_page(site, 200, name, STR(""))
                               : link_is_over(site, status, W_INVITE_TITLE, W_INVITE_OVER);
}

struct outcome site_invite_post(struct site *site)
{
    struct candor_entry entry;
    const char *name = NULL;
    const char *password = site_field_z(site, "password");
    const char *token = token_of(site);
    enum candor_status status = candor_invite_look(site->job, site->candor, token, &name);
    if (status == CANDOR_OK) {
        status = candor_invite_accept(site->job, site->candor, token,
                                      password == NULL ? "" : password, &site->visit, &entry);
    }
    if (status == CANDOR_BAD_INPUT) {
        return invite_page(site, 400, name,
                           str_copy(site->job->arena, str_of(candor_job_message(site->job))));
    }
    return status == CANDOR_OK ? site_entered(site, &entry, NULL)
                               : link_is_over(site, status, W_INVITE_TITLE, W_INVITE_OVER);
}

struct outcome site_enter(struct site *site)
{
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status = candor_link_look(site->job, site->candor, token_of(site));
    if (status != CANDOR_OK) {
        return link_is_over(site, status, W_ENTER_TITLE, W_ENTER_OVER);
    }
    site_begin_narrow(site, &html, str_from(word(W_ENTER_TITLE)));
    say_in(&html, LIT("<p class=\"lead\">"), W_ENTER_LEAD, LIT("</p>"));
    page_form_begin(&html, LIT(""), STR(""));
    page_button(&html, word(W_ENTER_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    return site_end(&html);
}

struct outcome site_enter_post(struct site *site)
{
    struct candor_entry entry;
    const enum candor_status status =
        candor_link_open(site->job, site->candor, token_of(site), &site->visit, &entry);
    return status == CANDOR_OK ? site_entered(site, &entry, NULL)
                               : link_is_over(site, status, W_ENTER_TITLE, W_ENTER_OVER);
}
