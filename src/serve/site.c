/*
 * site.c - a page's way: whose session, what they may, their form, the answer.
 *
 *     cookie -> who -> may they? -> form and its token -> the page's function -> headers
 *
 * Whoever is not signed in is sent to the door; whoever may not is told so on a page, with the code
 * that machines understand.
 */
#include <assert.h>
#include <string.h>

#include "site.h"
#include "words.h"

/* ---- cookies ------------------------------------------------------------------------------- */

#define COOKIE_SESSION "candor"
#define COOKIE_DEVICE "candor-device"
enum { DEVICE_DAYS = 180 };

/* The browser itself sees to it that __Host- cookies are of this host only, and Secure. */
static struct str cookie_name(const struct site *site, const char *name)
{
    return str_format(site->job->arena, "%s%s", site->desk->is_secure ? "__Host-" : "", name);
}

static const char *cookie_of(const struct site *site, const char *name)
{
    const struct str wanted = cookie_name(site, name);
    struct str rest = net_header(site->ask->request, "cookie");
    while (rest.ptr != NULL) {
        struct str value = str_trim(str_cut(&rest, ';'));
        const struct str found = str_cut(&value, '=');
        if (str_equal(found, wanted) && value.ptr != NULL && value.len > 0 &&
            value.len <= TOKEN_LEN_MAX) {
            return str_z(site->job->arena, value);
        }
    }
    return NULL;
}

/* value NULL: the cookie goes. */
static struct net_pair cookie(const struct site *site, const char *name, const char *value,
                              unsigned days)
{
    struct buf buf = buf_begin(site->job->arena);
    buf_format(&buf, "%.*s=%s; Path=/; HttpOnly; SameSite=Lax", STR_ARG(cookie_name(site, name)),
               value == NULL ? "" : value);
    buf_lit(&buf, site->desk->is_secure ? LIT("; Secure") : LIT(""));
    if (value == NULL) {
        buf_lit(&buf, LIT("; Max-Age=0"));
    } else if (days > 0) {
        buf_format(&buf, "; Max-Age=%u", days * 86400);
    }
    return (struct net_pair){STR("Set-Cookie"), buf_text(&buf)};
}

/* ---- answers ------------------------------------------------------------------------------- */

static void add_header(struct outcome *outcome, struct net_pair pair)
{
    size_t at = 0;
    while (at < OUTCOME_HEADERS_MAX && outcome->header[at].name.len > 0) {
        at++;
    }
    must(at < OUTCOME_HEADERS_MAX);
    outcome->header[at] = pair;
}

static void add_safety_with(struct outcome *outcome, struct str policy)
{
    add_header(outcome, (struct net_pair){STR("Content-Security-Policy"), policy});
    add_header(outcome, (struct net_pair){STR("Referrer-Policy"), STR("same-origin")});
    add_header(outcome, (struct net_pair){STR("Cross-Origin-Opener-Policy"), STR("same-origin")});
}

static void add_safety(struct outcome *outcome)
{
    add_safety_with(outcome,
                    STR("default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' "
                        "data:; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                        "frame-ancestors 'none'"));
}

struct outcome site_end(struct buf *html)
{
    page_shell_end(html);
    struct outcome outcome = {
        .code = 200, .content_type = STR("text/html; charset=utf-8"), .body = buf_all(html)};
    add_safety(&outcome);
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
        add_header(&outcome, (struct net_pair){STR("Content-Disposition"),
                                               str_format(site->job->arena,
                                                          "attachment; filename=\"%s\"", name)});
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
    add_header(&outcome, (struct net_pair){STR("Location"), site_path_is_ours(wanted)
                                                                ? str_copy(site->job->arena, wanted)
                                                                : STR("/")});
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
    add_header(&outcome, cookie(site, COOKIE_SESSION, entry->session, 0));
    if (entry->device != NULL) {
        add_header(&outcome, cookie(site, COOKIE_DEVICE, entry->device, DEVICE_DAYS));
    }
    return outcome;
}

void site_forget(struct site *site)
{
    site->who = (struct candor_who){.name = "", .roles = "", .identifier = "", .form_token = ""};
}

void site_end_cookie(const struct site *site, struct outcome *outcome)
{
    add_header(outcome, cookie(site, COOKIE_SESSION, NULL, 0));
    add_header(outcome, (struct net_pair){STR("Clear-Site-Data"), STR("\"cache\"")});
}

struct outcome site_left(const struct site *site, const char *path)
{
    struct outcome outcome = site_go(site, path);
    site_end_cookie(site, &outcome);
    return outcome;
}

struct outcome site_refusal(struct site *site, unsigned code, struct str title, struct str text)
{
    struct buf html = buf_begin(site->job->arena);
    site_begin_narrow(site, &html, title);
    page_notice(&html, PAGE_NOTICE_BAD, text);
    struct outcome outcome = site_end(&html);
    outcome.code = code;
    return outcome;
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
    const char *message = candor_job_message(site->job);
    const bool is_said = message != NULL && message[0] != '\0';
    return site_refusal(
        site, (unsigned)status_http_code(status), str_from(word(title_of(status))),
        str_copy(site->job->arena, str_of(is_said ? message : status_sentence(status))));
}

/* ---- the page's head ----------------------------------------------------------------------- */

static const struct {
    struct lit path;
    enum word name;
} staff_item[] = {
    {WORDS("/"), W_NAV_TODAY},
    {WORDS("/audience"), W_NAV_AUDIENCE},
    {WORDS("/campaigns"), W_NAV_CAMPAIGNS},
    {WORDS("/models"), W_NAV_MODELS},
    {WORDS("/data"), W_NAV_DATA},
    {WORDS("/board/"), W_NAV_BOARD},
    {WORDS("/account"), W_NAV_ACCOUNT},
};

/* On each page of a subject: their choices are one click away. */
static const struct {
    struct lit path;
    enum word name;
} subject_item[] = {
    {WORDS("/me/"), W_NAV_ME_CHOICES},          {WORDS("/me/data"), W_NAV_ME_DATA},
    {WORDS("/me/messages"), W_NAV_ME_MESSAGES}, {WORDS("/me/people"), W_NAV_ME_PEOPLE},
    {WORDS("/me/rights"), W_NAV_ME_RIGHTS},     {WORDS("/me/receipts"), W_NAV_ME_RECEIPTS},
};

enum {
    ITEMS = sizeof staff_item / sizeof staff_item[0],
    SUBJECT_ITEMS = sizeof subject_item / sizeof subject_item[0],
};
static_assert(SUBJECT_ITEMS <= ITEMS, "the shell has room for either");

/* Sentences that a redirect may ask for: "done=KEY". */
static const struct {
    const char *key;
    enum word sentence;
} done_row[] = {
#define DONE(key, which) {key, W_##which},
#include "words_done.def"
#undef DONE
};

static void put_done(const struct site *site, struct buf *html)
{
    const struct str key = site_query(site, "done");
    for (size_t i = 0; key.len > 0 && i < sizeof done_row / sizeof done_row[0]; i++) {
        if (str_is(key, done_row[i].key)) {
            page_notice(html, PAGE_NOTICE_GOOD, str_from(word(done_row[i].sentence)));
        }
    }
}

static void begin(struct site *site, struct buf *html, struct str title, const char *here,
                  bool is_narrow)
{
    struct page_item item[ITEMS];
    size_t count = 0;
    const bool is_staff = site->who.kind == CANDOR_OPERATOR && !site->who.must_enrol;
    for (size_t i = 0; is_staff && i < ITEMS; i++) {
        item[count++] =
            (struct page_item){staff_item[i].path, word(staff_item[i].name),
                               here != NULL && str_is(str_from(staff_item[i].path), here)};
    }
    const bool is_subject = site->who.kind == CANDOR_SUBJECT;
    for (size_t i = 0; is_subject && i < SUBJECT_ITEMS; i++) {
        item[count++] =
            (struct page_item){subject_item[i].path, word(subject_item[i].name),
                               here != NULL && str_is(str_from(subject_item[i].path), here)};
    }
    const struct page_shell shell = {
        .title = title,
        .home = is_subject ? LIT("/me/") : LIT("/"),
        .item = item,
        .item_count = count,
        .who = is_subject ? str_from(word(W_YOU)) : str_of(site->who.name),
        .form_token = str_of(site->who.form_token),
        .is_narrow = is_narrow,
    };
    page_shell_begin(html, &shell);
    put_done(site, html);
}

void site_begin(struct site *site, struct buf *html, struct str title, const char *here)
{
    begin(site, html, title, here, false);
}

void site_begin_narrow(struct site *site, struct buf *html, struct str title)
{
    begin(site, html, title, NULL, true);
}

void site_form(const struct site *site, struct buf *html, struct lit action)
{
    page_form_begin(html, action, str_of(site->who.form_token));
}

void site_form_to(const struct site *site, struct buf *html, struct str action)
{
    page_tag(html, LIT("<form method=\"post\" action=\""), action, LIT("\">"));
    page_hidden(html, LIT("form"), str_of(site->who.form_token));
}

/* ---- the form ------------------------------------------------------------------------------ */

/* A form with files: texts become fields, and the file is site->file. */
static enum candor_status read_parts(struct site *site)
{
    struct net_parts parts;
    struct net_part part;
    enum net_part_found found = NET_PART_BAD;
    if (net_parts_begin(site->ask->request, &parts)) {
        found = net_part_next(&parts, &part);
    }
    site->field = NEW_ARRAY(site->job->arena, SITE_FIELDS_MAX, struct net_pair);
    while (found == NET_PART_FOUND && site->field_count < SITE_FIELDS_MAX) {
        const struct str text = {(const char *)part.content.ptr, part.content.len};
        if (part.file_name.ptr != NULL) {
            site->file = part.content;
            site->file_name = part.file_name;
        } else if (str_is_utf8(text)) {
            site->field[site->field_count++] = (struct net_pair){part.name, text};
        }
        found = net_part_next(&parts, &part);
    }
    return found == NET_PART_END
               ? CANDOR_OK
               : fail(site->job, CANDOR_BAD_INPUT, "the form with the file is not whole");
}

static enum candor_status read_form(struct site *site)
{
    const struct bytes body = site->ask->request->body;
    struct str rest = {(const char *)body.ptr, body.len};
    if (body.len == 0) {
        return CANDOR_OK;
    }
    if (site->ask->route->is_upload) {
        return read_parts(site);
    }
    site->field = NEW_ARRAY(site->job->arena, SITE_FIELDS_MAX, struct net_pair);
    while (rest.ptr != NULL) {
        if (site->field_count == SITE_FIELDS_MAX) {
            return fail(site->job, CANDOR_TOO_LARGE, "a form has at most %d fields",
                        SITE_FIELDS_MAX);
        }
        if (!net_form_next(site->job->arena, &rest, &site->field[site->field_count++])) {
            return fail(site->job, CANDOR_BAD_INPUT, "the form is badly encoded, or not UTF-8");
        }
    }
    return CANDOR_OK;
}

bool site_has_field(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->field_count; i++) {
        if (str_is(site->field[i].name, name)) {
            return true;
        }
    }
    return false;
}

struct str site_field(const struct site *site, const char *name)
{
    for (size_t i = 0; i < site->field_count; i++) {
        if (str_is(site->field[i].name, name)) {
            return site->field[i].value;
        }
    }
    return STR("");
}

const char *site_field_z(const struct site *site, const char *name)
{
    const struct str value = site_field(site, name);
    return value.len == 0 ? NULL : str_z(site->job->arena, value);
}

struct str site_query(const struct site *site, const char *name)
{
    struct str value = STR("");
    return net_query(site->ask->request, name, &value) ? value : STR("");
}

const char *site_query_z(const struct site *site, const char *name)
{
    const struct str value = site_query(site, name);
    return value.len == 0 ? NULL : str_z(site->job->arena, value);
}

/* ---- reports ------------------------------------------------------------------------------- */

const struct value *site_read(struct site *site, const struct candor_text *report)
{
    const struct value *tree = NULL;
    const struct bytes bytes = {(const uint8_t *)report->ptr, report->len};
    must(json_read(site->job, bytes, NULL, "a report", &tree) == CANDOR_OK);
    return tree;
}

struct str site_text(const struct value *map, const char *key)
{
    return value_text_at(map, key);
}

int64_t site_whole(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER && value->is_integer ? value->integer : 0;
}

double site_number(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_NUMBER ? value->number : 0.0;
}

bool site_flag(const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value != NULL && value->kind == VALUE_BOOL && value->boolean;
}

struct str site_time(struct arena *arena, struct str time)
{
    return time.len < 16 ? time : str_format(arena, "%.*s %.*s", 10, time.ptr, 5, time.ptr + 11);
}

/* ---- before the queue ---------------------------------------------------------------------- */

static struct outcome refuse_early(struct arena *arena, unsigned code, enum word text)
{
    struct buf html = buf_begin(arena);
    const struct page_shell shell = {.title = str_from(word(W_NOT_DONE)), .is_narrow = true};
    page_shell_begin(&html, &shell);
    page_notice(&html, PAGE_NOTICE_BAD, str_from(word(text)));
    struct outcome outcome = site_end(&html);
    outcome.code = code;
    return outcome;
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
        *outcome = refuse_early(arena, 403, W_FOREIGN_FORM);
        return false;
    }
    struct str type = net_header(ask->request, "content-type");
    struct net_parts parts;
    if (ask->route->is_upload && net_parts_begin(ask->request, &parts)) {
        return true;
    }
    if (type.ptr == NULL || !str_is(str_lower(arena, str_trim(str_cut(&type, ';'))),
                                    "application/x-www-form-urlencoded")) {
        *outcome = refuse_early(arena, 415, W_NOT_A_FORM);
        return false;
    }
    return true;
}

/* ---- on the queue's thread ----------------------------------------------------------------- */

/* The path and query of this request, for afterwards. */
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

static struct outcome run_as(struct site *site)
{
    const struct route *route = site->ask->route;
    if (route->is_unlocked || route->who == CANDOR_NOBODY || route->who == CANDOR_HALF) {
        return route->page(site);
    }
    const enum candor_status status = candor_session_enter(
        site->job, site->candor, site->visit.session, route->act, site_query_z(site, "because"));
    if (status != CANDOR_OK) {
        return site->who.must_enrol ? site_go(site, "/account") : site_failure(site, status);
    }
    const struct outcome outcome = route->page(site);
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
        const enum candor_status status = read_form(site);
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
    site.visit.session = cookie_of(&site, COOKIE_SESSION);
    site.visit.device = cookie_of(&site, COOKIE_DEVICE);
    site.visit.address = net_address(ask->request, desk->rules.is_behind_proxy);
    if (site.visit.session != NULL) {
        const enum candor_status status =
            candor_who(job, desk->candor, site.visit.session, &site.who);
        if (status != CANDOR_OK) {
            return site_failure(&site, status);
        }
    }
    return run(&site);
}

/* Only a browser with a session may send much, and whoever has a key a batch of events; whose they are is
 * found out before anything is looked at. */
static size_t body_max(const struct net_request *request)
{
    if (request->method == NET_POST && str_is(request->path, "/v1/batch") &&
        net_header(request, "authorization").ptr != NULL) {
        return SITE_BATCH_MAX;
    }
    const bool may =
        request->method == NET_POST && net_header(request, "cookie").ptr != NULL &&
        (str_is(request->path, "/import") || (str_starts(request->path, STR("/campaigns/")) &&
                                              str_ends(request->path, STR("/results"))));
    return may ? SITE_UPLOAD_MAX : 0;
}

static const struct site_pages site_pages = {.admit = admit, .run = run_page, .body_max = body_max};

static const struct route *const chapter[] = {routes_site, routes_console, routes_insight,
                                              routes_me,   routes_board,   NULL};

void site_join(struct desk *desk)
{
    routes_join(chapter);
    desk->site = &site_pages;
}
