/*
 * siteanswer.c - what a page answers: its headers and cookies, a page, a file, another page to go to, or why
 * not.
 */
#include "site.h"

/* ---- headers ------------------------------------------------------------------------------- */

void site_add_header(struct outcome *outcome, struct str name, struct str value)
{
    size_t at = 0;
    while (at < OUTCOME_HEADERS_MAX && outcome->header[at].name.len > 0) {
        at++;
    }
    must(at < OUTCOME_HEADERS_MAX);
    outcome->header[at] = (struct net_pair){name, value};
}

static void add_safety_with(struct outcome *outcome, struct str policy)
{
    site_add_header(outcome, STR("Content-Security-Policy"), policy);
    site_add_header(outcome, STR("Referrer-Policy"), STR("same-origin"));
    site_add_header(outcome, STR("Cross-Origin-Opener-Policy"), STR("same-origin"));
}

static void add_safety(struct outcome *outcome)
{
    add_safety_with(outcome,
                    STR("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' "
                        "data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                        "frame-ancestors 'none'"));
}

/* ---- cookies ------------------------------------------------------------------------------- */

#define COOKIE_SESSION "candor"
#define COOKIE_DEVICE "candor-device"
enum { DEVICE_DAYS = 180 };

/* The browser itself sees to it that __Host- cookies are of this host only, and Secure. */
static struct str cookie_name(const struct desk *desk, struct arena *arena, const char *name)
{
    return str_format(arena, "%s%s", desk_served(desk)->is_secure ? "__Host-" : "", name);
}

static const char *cookie_of(const struct desk *desk, const struct net_request *request,
                             const char *name)
{
    const struct str wanted = cookie_name(desk, request->arena, name);
    struct str rest = net_header(request, "cookie");
    while (rest.ptr != NULL) {
        struct str value = str_trim(str_cut(&rest, ';'));
        const struct str found = str_cut(&value, '=');
        if (str_equal(found, wanted) && value.ptr != NULL && value.len > 0 &&
            value.len <= TOKEN_LEN_MAX) {
            return str_z(request->arena, value);
        }
    }
    return NULL;
}

const char *site_session_of(const struct desk *desk, const struct net_request *request)
{
    return cookie_of(desk, request, COOKIE_SESSION);
}

void site_take_cookies(struct site *site)
{
    site->visit.session = site_session_of(site->desk, site->ask->request);
    site->visit.device = cookie_of(site->desk, site->ask->request, COOKIE_DEVICE);
}

/* value NULL: the cookie goes. */
static void set_cookie(const struct site *site, struct outcome *outcome, const char *name,
                       const char *value, unsigned days)
{
    struct buf buf = buf_begin(site->job->arena);
    buf_format(&buf, "%.*s=%s; Path=/; HttpOnly; SameSite=Lax",
               STR_ARG(cookie_name(site->desk, site->job->arena, name)),
               value == NULL ? "" : value);
    buf_lit(&buf, desk_served(site->desk)->is_secure ? LIT("; Secure") : LIT(""));
    if (value == NULL) {
        buf_lit(&buf, LIT("; Max-Age=0"));
    } else if (days > 0) {
        buf_format(&buf, "; Max-Age=%u", days * 86400);
    }
    site_add_header(outcome, STR("Set-Cookie"), buf_text(&buf));
}

/* ---- answers ------------------------------------------------------------------------------- */

struct outcome site_end(struct buf *html)
{
    page_shell_end(html);
    struct outcome outcome = {
        .code = 200, .content_type = STR("text/html; charset=utf-8"), .body = buf_all(html)};
    add_safety(&outcome);
    return outcome;
}

struct outcome site_end_with(struct buf *html, unsigned code)
{
    struct outcome outcome = site_end(html);
    outcome.code = code;
    return outcome;
}

struct outcome site_document(struct site *site, struct str html)
{
    (void)site;
    struct outcome outcome = {
        .code = 200, .content_type = STR("text/html; charset=utf-8"), .body = bytes_of(html)};
    add_safety_with(&outcome, STR("default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
                                  "base-uri 'none'; frame-ancestors 'none'"));
    return outcome;
}

struct outcome site_file(struct site *site, const char *type, struct bytes body, const char *name)
{
    struct outcome outcome = {.code = 200, .content_type = str_of(type), .body = body};
    add_safety(&outcome);
    if (name != NULL) {
        site_add_header(&outcome, STR("Content-Disposition"),
                        str_format(site->job->arena, "attachment; filename=\"%s\"", name));
    }
    return outcome;
}

/* "//elsewhere" and "/\elsewhere" are other hosts to a browser. */
bool site_path_is_ours(struct str path)
{
    if (!str_starts(path, STR("/")) || str_starts(path, STR("//"))) {
        return false;
    }
    for (size_t i = 0; i < path.len; i++) {
        const unsigned char byte = (unsigned char)path.ptr[i];
        if (byte <= 0x20 || byte >= 0x7f || byte == '\\' || byte == '"' || byte == '<') {
            return false;
        }
    }
    return true;
}

struct outcome site_go(const struct site *site, const char *path)
{
    const struct str wanted = str_of(path);
    struct outcome outcome = {.code = 303};
    add_safety(&outcome);
    site_add_header(&outcome, STR("Location"),
                    site_path_is_ours(wanted) ? str_copy(site->job->arena, wanted) : STR("/"));
    return outcome;
}

struct outcome site_go_saying(const struct site *site, const char *path, const char *key)
{
    const struct str wanted = str_of(path);
    const bool has_query = str_find(wanted, '?') < wanted.len;
    return site_go(site, str_z(site->job->arena, str_format(site->job->arena, "%s%cdone=%s", path,
                                                            has_query ? '&' : '?', key)));
}

struct outcome site_entered(const struct site *site, const struct candor_entry *entry,
                            const char *path)
{
    const bool is_half = entry->kind == CANDOR_HALF;
    struct outcome outcome =
        site_go(site, is_half || path == NULL || path[0] == '\0' ? entry->path : path);
    set_cookie(site, &outcome, COOKIE_SESSION, entry->session, 0);
    if (entry->device != NULL) {
        set_cookie(site, &outcome, COOKIE_DEVICE, entry->device, DEVICE_DAYS);
    }
    return outcome;
}

void site_forget(struct site *site)
{
    site->who = (struct candor_who){.name = "", .roles = "", .identifier = "", .form_token = ""};
}

void site_end_cookie(const struct site *site, struct outcome *outcome)
{
    set_cookie(site, outcome, COOKIE_SESSION, NULL, 0);
    site_add_header(outcome, STR("Clear-Site-Data"), STR("\"cache\""));
}

struct outcome site_left(const struct site *site, const char *path)
{
    struct outcome outcome = site_go(site, path);
    site_end_cookie(site, &outcome);
    return outcome;
}

/* A page that says no is not a dead end. */
static void put_way_on(const struct site *site, struct buf *html)
{
    const bool is_subject = site->who.kind == CANDOR_SUBJECT;
    if (!is_subject && site->who.kind != CANDOR_OPERATOR) {
        return;
    }
    html_lit(html, LIT("<p>"));
    page_link(html, is_subject ? LIT("/me/") : LIT("/"), word(is_subject ? W_GO_ME : W_GO_TODAY));
    html_lit(html, LIT("</p>"));
}

struct outcome site_refusal(struct site *site, unsigned code, struct str title, struct str text)
{
    struct buf html = buf_begin(site->job->arena);
    site_begin_narrow(site, &html, title);
    page_notice(&html, PAGE_NOTICE_BAD, text);
    put_way_on(site, &html);
    return site_end_with(&html, code);
}

struct outcome site_stale(struct site *site)
{
    return site_refusal(site, 400, str_from(word(W_NOT_DONE)), str_from(word(W_STALE_FORM)));
}

/* Those who run the server may see its paths; nobody else. */
static struct str message_for(struct site *site, enum candor_status status)
{
    const char *message = candor_job_message(site->job);
    const bool is_said = message != NULL && message[0] != '\0';
    if (site->who.kind != CANDOR_OPERATOR || !is_said) {
        return str_copy(site->job->arena, told_outside(site->job->arena, status, message));
    }
    return str_copy(site->job->arena, str_of(message));
}

struct str site_said(struct site *site, enum candor_status status)
{
    const struct str said = message_for(site, status);
    job_forgive(site->job);
    return said;
}

static enum word title_of(enum candor_status status)
{
    switch (status) {
    case CANDOR_NOT_FOUND:
        return W_NOT_FOUND;
    case CANDOR_FORBIDDEN:
        return W_FORBIDDEN;
    case CANDOR_BUSY:
        return W_BUSY;
    case CANDOR_IO:
    case CANDOR_CORRUPT:
    case CANDOR_NO_MEMORY:
        return W_BROKEN;
    default:
        return W_NOT_DONE;
    }
}

struct outcome site_failure(struct site *site, enum candor_status status)
{
    must(status != CANDOR_OK);
    return site_refusal(site, (unsigned)status_http_code(status), str_from(word(title_of(status))),
                        message_for(site, status));
}
