/*
 * site.c - a page's way: whose session, what they may, their form, the answer.
 *
 *     cookie -> who -> may they? -> form and its token -> the page's function -> headers
 *
 * Whoever is not signed in is sent to the door; whoever may not is told so on a page, with the code
 * that machines understand.
 */
#include "site.h"
#include "chats.h"

/* ---- before the queue ---------------------------------------------------------------------- */

static struct outcome refuse_early(struct arena *arena, unsigned code, enum word title,
                                   enum word text, bool has_way)
{
    struct buf html = buf_begin(arena);
    const struct page_shell shell = {.title = str_from(word(title)), .is_narrow = true};
    page_shell_begin(&html, &shell);
    page_notice(&html, PAGE_NOTICE_BAD, str_from(word(text)));
    if (has_way) {
        html_lit(&html, LIT("<p>"));
        page_link(&html, LIT("/"), word(W_GO_FIRST));
        html_lit(&html, LIT("</p>"));
    }
    return site_end_with(&html, code);
}

/* Browsers name text/html; programs take what comes. The API answers programs, whoever asks. */
static bool has_no_page(const struct net_request *request, struct outcome *outcome)
{
    struct str rest = net_header(request, "accept");
    if ((request->method != NET_GET && request->method != NET_HEAD) ||
        str_starts(request->path, STR("/v1/"))) {
        return false;
    }
    while (rest.ptr != NULL) {
        struct str kind = str_cut(&rest, ',');
        if (str_is(str_trim(str_cut(&kind, ';')), "text/html")) {
            *outcome = refuse_early(request->arena, 404, W_NOT_FOUND, W_NO_SUCH_PAGE, true);
            return true;
        }
    }
    return false;
}

/* "http://host:port" against the header Host. "null" and other hosts are elsewhere. */
static bool is_our_origin(struct str origin, struct str host)
{
    struct str rest = origin;
    const struct str scheme = str_cut(&rest, ':');
    const bool has_scheme = str_is(scheme, "http") || str_is(scheme, "https");
    return has_scheme && rest.ptr != NULL && str_starts(rest, STR("//")) &&
           str_equal(str_slice(rest, 2, rest.len), host);
}

/* Browsers say where a form comes from; a program that says nothing has no session to be misused. */
static bool comes_from_us(const struct net_request *request)
{
    const struct str site = net_header(request, "sec-fetch-site");
    const struct str origin = net_header(request, "origin");
    const struct str host = net_header(request, "host");
    if (site.ptr != NULL && !str_is(site, "same-origin") && !str_is(site, "none")) {
        return false;
    }
    return origin.ptr == NULL || is_our_origin(origin, host);
}

static bool admit(struct ask *ask, struct outcome *outcome)
{
    struct arena *arena = ask->request->arena;
    if (ask->request->method != NET_POST) {
        return true;
    }
    if (!comes_from_us(ask->request)) {
        *outcome = refuse_early(arena, 403, W_NOT_DONE, W_FOREIGN_FORM, false);
        return false;
    }
    struct str type = net_header(ask->request, "content-type");
    const struct str kind =
        type.ptr == NULL ? STR("") : str_lower(arena, str_trim(str_cut(&type, ';')));
    const bool is_file = ask->route->is_upload && str_is(kind, "multipart/form-data");
    if (!is_file && !str_is(kind, "application/x-www-form-urlencoded")) {
        *outcome = refuse_early(arena, 415, W_NOT_DONE, W_NOT_A_FORM, false);
        return false;
    }
    return true;
}

/* ---- on the queue's thread ----------------------------------------------------------------- */

/* The path of this request, for afterwards. */
static const char *door_for(const struct site *site)
{
    const struct net_request *request = site->ask->request;
    struct buf buf = buf_begin(site->job->arena);
    if (request->method == NET_POST || str_is(request->path, "/")) {
        return "/login";
    }
    buf_lit(&buf, LIT("/login?next="));
    for (size_t i = 0; i < request->path.len; i++) {
        const char byte = request->path.ptr[i];
        if (byte == '&' || byte == '+' || byte == '#' || byte == '%') {
            buf_format(&buf, "%%%02X", (unsigned)(unsigned char)byte);
        } else {
            buf_u8(&buf, (uint8_t)byte);
        }
    }
    return str_z(site->job->arena, buf_text(&buf));
}

static struct outcome not_theirs(struct site *site)
{
    const enum candor_who_kind wanted = site->ask->route->who;
    if (wanted == CANDOR_SUBJECT) {
        return site_refusal(site, 403, str_from(word(W_LINK_NEEDED)),
                            str_from(word(W_LINK_NEEDED_WHY)));
    }
    if (site->who.kind == CANDOR_SUBJECT) {
        return site_refusal(site, 403, str_from(word(W_FORBIDDEN)), str_from(word(W_STAFF_ONLY)));
    }
    return site_go(site, site->who.kind == CANDOR_HALF ? "/login/code" : door_for(site));
}

static struct outcome write_page(struct site *site)
{
    const struct outcome outcome = site->ask->route->page(site);
    return site->unread == CANDOR_OK ? outcome : site_failure(site, site->unread);
}

bool site_may(const struct site *site, const char *act)
{
    if (!site->is_entered) {
        return false;
    }
    const bool may = candor_caller_may(site->job, site->candor, act) == CANDOR_OK;
    if (!may) {
        job_forgive(site->job); /* a question, and no refusal */
    }
    return may;
}

/* The calls are in their name: a page that is not for their roles still has the way that they have. */
static struct outcome enter_page(struct site *site)
{
    const char *act = site->ask->route->act;
    site->is_entered = true;
    if (act != NULL) {
        const enum candor_status status = candor_caller_may(site->job, site->candor, act);
        if (status != CANDOR_OK) {
            return site_failure(site, status);
        }
    }
    return write_page(site);
}

static struct outcome run_as(struct site *site)
{
    const struct route *route = site->ask->route;
    if (route->is_unlocked || route->who == CANDOR_NOBODY || route->who == CANDOR_HALF) {
        return write_page(site);
    }
    const enum candor_status status = candor_session_enter(
        site->job, site->candor, site->visit.session, NULL, site_query_z(site, "because"));
    if (status != CANDOR_OK) {
        return site->who.must_enrol ? site_go(site, "/account") : site_failure(site, status);
    }
    const struct outcome outcome = enter_page(site);
    site->is_entered = false;
    candor_key_leave(site->candor);
    return outcome;
}

static struct outcome run(struct site *site)
{
    const struct route *route = site->ask->route;
    if (route->who != CANDOR_NOBODY && site->who.kind != route->who) {
        return not_theirs(site);
    }
    if (site->ask->request->method == NET_POST) {
        const enum candor_status status = site_read_form(site);
        if (status != CANDOR_OK) {
            return site_failure(site, status);
        }
        const char *token = site_field_z(site, "form");
        if (route->who != CANDOR_NOBODY && !candor_who_sent(&site->who, token)) {
            return site_refusal(site, 403, str_from(word(W_NOT_DONE)),
                                str_from(word(W_STALE_FORM)));
        }
    }
    return run_as(site);
}

static struct outcome run_page(struct job *job, struct desk *desk, const struct ask *ask)
{
    struct site site = {.job = job, .desk = desk, .candor = desk->candor, .ask = ask};
    site_forget(&site);
    site_take_cookies(&site);
    site.visit.address = net_address(ask->request, desk_served(desk)->rules.is_behind_proxy);
    if (site.visit.session != NULL) {
        const enum candor_status status =
            candor_who(job, desk->candor, site.visit.session, &site.who);
        if (status != CANDOR_OK) {
            return site_failure(&site, status);
        }
        if (site.who.kind == CANDOR_OPERATOR) {
            works_sign(&desk->works, job, site.who.name);
        }
    }
    return run(&site);
}

/* Only an operator with a session may send a file, and whoever has a key a batch of events or content. */
static size_t body_max(const struct desk *desk, const struct net_request *request)
{
    if (request->method == NET_POST && str_is(request->path, "/v1/batch") &&
        net_header(request, "authorization").ptr != NULL) {
        return SITE_BATCH_MAX;
    }
    if (chats_body_max(request) > 0) {
        return chats_body_max(request);
    }
    if (request->method == NET_POST && str_is(request->path, "/v1/content") &&
        net_header(request, "authorization").ptr != NULL) {
        return ASK_LARGE_MAX;
    }
    const bool takes_file =
        request->method == NET_POST &&
        (str_is(request->path, "/import") || (str_starts(request->path, STR("/campaigns/")) &&
                                              str_ends(request->path, STR("/results"))));
    const char *session = takes_file ? site_session_of(desk, request) : NULL;
    return session != NULL && candor_session_look(desk->candor, session) ? SITE_UPLOAD_MAX : 0;
}

static const struct site_pages site_pages = {
    .admit = admit, .run = run_page, .has_none = has_no_page, .body_max = body_max};

static const struct route *const chapter[] = {routes_site, routes_console, routes_insight,
                                              routes_me,   routes_board,   NULL};

void site_join(struct desk *desk)
{
    routes_join(chapter);
    desk->site = &site_pages;
}
