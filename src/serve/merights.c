/*
 * merights.c - /me/rights: limits that stand for everything, rights with their clocks, the copy to take
 * away, and whom to complain to.
 */
#include "site_me.h"

/* ---- limits --------------------------------------------------------------------------------------- */

static const struct {
    const char *flag; /* in the report */
    const char *on;   /* decisions of consent */
    const char *off;
    struct lit name;
    enum word title;
    enum word lead;
} limit[] = {
    {"restricted", "restrict", "unrestrict", WORDS("pause"), W_ME_PAUSE, W_ME_PAUSE_LEAD},
    {"wants_human", "want_human", "allow_machine", WORDS("human"), W_ME_HUMAN, W_ME_HUMAN_LEAD},
    {"limits_sensitive", "limit_sensitive", "allow_sensitive", WORDS("sensitive"),
     W_ME_SENSITIVE_LIMIT, W_ME_SENSITIVE_LIMIT_LEAD},
};

enum { LIMITS = sizeof limit / sizeof limit[0] };

static void put_limits(struct me *me)
{
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_LIMITS_TITLE);
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < LIMITS; i++) {
        say_in(&me->html, LIT("<article><h3>"), limit[i].title, LIT("</h3><p>"));
        say_in(&me->html, LIT(""), limit[i].lead, LIT("</p><p><strong>"));
        say_in(&me->html, LIT(""), site_flag(me->page, limit[i].flag) ? W_ME_ON : W_ME_OFF,
               LIT("</strong></p>"));
        page_tag(&me->html, LIT("<form method=\"post\" action=\"/me/limits\" aria-label=\""),
                 str_from(word(limit[i].title)), LIT("\">"));
        page_hidden(&me->html, LIT("form"), str_of(me->site->who.form_token));
        page_hidden(&me->html, LIT("limit"), str_from(limit[i].name));
        html_lit(&me->html, LIT("<div class=\"pair\">"));
        page_answer(&me->html, LIT("answer"), LIT("on"), word(W_ME_SWITCH_ON), PAGE_BUTTON_EQUAL);
        page_answer(&me->html, LIT("answer"), LIT("off"), word(W_ME_SWITCH_OFF), PAGE_BUTTON_EQUAL);
        html_lit(&me->html, LIT("</div></form></article>"));
    }
    html_lit(&me->html, LIT("</div></section>"));
}

struct outcome me_limit_post(struct site *site)
{
    struct candor_text report;
    const struct str answer = site_field(site, "answer");
    const bool is_on = str_is(answer, "on");
    size_t at = 0;
    while (at < LIMITS && !str_equal(site_field(site, "limit"), str_from(limit[at].name))) {
        at++;
    }
    if (at == LIMITS || (!is_on && !str_is(answer, "off"))) {
        return site_stale(site);
    }
    const struct candor_choice choice = {.identifier = site->who.identifier,
                                         .purpose = "*",
                                         .decision = is_on ? limit[at].on : limit[at].off,
                                         .surface = "dashboard"};
    return me_done(site, candor_choose(site->job, site->candor, &choice, &report), "/me/rights",
                   is_on ? "me-limit-on" : "me-limit-off");
}

/* ---- rights ---------------------------------------------------------------------------------------- */

static const struct {
    const char *right;
    enum word title;
    enum word lead;
    const char *path; /* where it is done at once; NULL: a request */
    enum word button;
} row[] = {
    {"access", W_ME_R_ACCESS, W_ME_R_ACCESS_LEAD, NULL, W_ME_R_ACCESS_DO},
    {"portability", W_ME_R_PORT, W_ME_R_PORT_LEAD, NULL, W_ME_R_PORT_DO},
    {"rectification", W_ME_R_CORRECT, W_ME_R_CORRECT_LEAD, "/me/data", W_ME_R_CORRECT_DO},
    {"erasure", W_ME_R_ERASE, W_ME_R_ERASE_LEAD, "/me/leave", W_ME_R_ERASE_DO},
    {"objection", W_ME_R_OBJECT, W_ME_R_OBJECT_LEAD, NULL, W_ME_R_OBJECT_DO},
    {"marketing_objection", W_ME_R_MARKETING, W_ME_R_MARKETING_LEAD, NULL, W_ME_R_MARKETING_DO},
    {"opt_out_sale", W_ME_R_SALE, W_ME_R_SALE_LEAD, NULL, W_ME_R_SALE_DO},
    {"explanation", W_ME_R_EXPLAIN, W_ME_R_EXPLAIN_LEAD, "/me/messages", W_ME_R_EXPLAIN_DO},
    {"human_review", W_ME_R_REVIEW, W_ME_R_REVIEW_LEAD, "/me/messages", W_ME_R_REVIEW_DO},
};

enum { ROWS = sizeof row / sizeof row[0] };

static void put_right(struct me *me, const struct value *clause, size_t at)
{
    page_tag(&me->html, LIT("<article id=\"right-"), str_of(row[at].right), LIT("\"><h3>"));
    say_in(&me->html, LIT(""), row[at].title, LIT("</h3><p>"));
    say_in(&me->html, LIT(""), row[at].lead, LIT("</p>"));
    say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_R_CLOCK, site_text(clause, "answer"),
                site_text(clause, "source"), LIT("</p>"));
    if (row[at].path != NULL) {
        site_link_button(&me->html, str_of(row[at].path), row[at].button);
    } else {
        me_one_button(me, STR("/me/rights"), LIT("right"), str_of(row[at].right), row[at].button);
    }
    html_lit(&me->html, LIT("</article>"));
}

static void put_rights(struct me *me)
{
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_RIGHTS_LIST);
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < ROWS; i++) {
        const struct value *clause =
            site_find(value_get(me->page, "rights"), "right", str_of(row[i].right));
        if (clause != NULL) {
            put_right(me, clause, i);
        }
    }
    html_lit(&me->html, LIT("</div></section>"));
}

struct outcome me_right_post(struct site *site)
{
    struct candor_text report;
    const struct str right = site_field(site, "right");
    for (size_t i = 0; i < ROWS; i++) {
        if (str_is(right, row[i].right) && row[i].path == NULL) {
            const struct candor_request_ask ask = {
                .identifier = site->who.identifier, .right = row[i].right, .source = "dashboard"};
            return me_done(site, candor_request_open(site->job, site->candor, &ask, &report),
                           "/me/rights", "me-asked");
        }
    }
    return site_stale(site);
}

/* ---- requests and their clocks --------------------------------------------------------------------- */

static enum word right_title(struct str right)
{
    for (size_t i = 0; i < ROWS; i++) {
        if (str_is(right, row[i].right)) {
            return row[i].title;
        }
    }
    return str_is(right, "restriction")     ? W_ME_PAUSE
           : str_is(right, "no_automation") ? W_ME_HUMAN
                                            : W_ME_SENSITIVE_LIMIT;
}

static enum word step_word(struct str step)
{
    static const struct {
        const char *name;
        enum word said;
    } step_row[] = {{"received", W_ME_STEP_RECEIVED},   {"acknowledged", W_ME_STEP_ACKNOWLEDGED},
                    {"proven", W_ME_STEP_PROVEN},       {"proof_asked", W_ME_STEP_PROOF},
                    {"started", W_ME_STEP_STARTED},     {"paused", W_ME_STEP_PAUSED},
                    {"resumed", W_ME_STEP_RESUMED},     {"extended", W_ME_STEP_EXTENDED},
                    {"fulfilled", W_ME_STEP_FULFILLED}, {"refused", W_ME_STEP_REFUSED},
                    {"cancelled", W_ME_STEP_CANCELLED}, {"appealed", W_ME_STEP_APPEALED}};
    for (size_t i = 0; i < sizeof step_row / sizeof step_row[0]; i++) {
        if (str_is(step, step_row[i].name)) {
            return step_row[i].said;
        }
    }
    return W_ME_STEP_LATE;
}

static void put_clock(struct me *me, const struct value *request)
{
    const bool is_late = site_flag(request, "overdue");
    say_with_in(&me->html, LIT("<p>"), is_late ? W_ME_CLOCK_LATE : W_ME_CLOCK,
                me_day(me, site_text(request, "deadline")), STR(""), LIT("</p>"));
    const struct str used =
        str_format(me->job->arena, "%lld", (long long)site_whole(request, "used_percent"));
    page_tag(&me->html, LIT("<progress max=\"100\" value=\""), used, LIT("\">"));
    say_with(&me->html, W_ME_CLOCK_USED, used, STR(""));
    html_lit(&me->html, LIT("</progress>"));
}

static void put_steps(struct me *me, const struct value *steps)
{
    html_lit(&me->html, LIT("<ol class=\"reasons\">"));
    for (size_t i = 0; i < site_size(steps); i++) {
        page_tag(&me->html, LIT("<li>"), me_when(me, site_text(&steps->item[i], "time")),
                 LIT(": "));
        say_in(&me->html, LIT(""), step_word(site_text(&steps->item[i], "step")), LIT("</li>"));
    }
    html_lit(&me->html, LIT("</ol>"));
}

static void put_request(struct me *me, const struct value *request)
{
    const struct str id = site_text(request, "id");
    const bool is_open = site_text(request, "closed").len == 0;
    const struct value *refusal = value_get(request, "refusal");
    say_in(&me->html, LIT("<article><h3>"), right_title(site_text(request, "right")), LIT("</h3>"));
    if (is_open) {
        put_clock(me, request);
    }
    put_steps(me, value_get(request, "steps"));
    if (site_text(refusal, "sentence").len > 0) {
        page_tag(&me->html, LIT("<p>"), site_text(refusal, "sentence"), LIT(" "));
        page_tag(&me->html, LIT(""), site_text(refusal, "complaint"), LIT("</p>"));
    }
    if (is_open) {
        me_one_button(me, site_path(me->job->arena, "/me/requests/", id, ""), LIT("step"),
                      STR("cancel"), W_ME_CANCEL);
    }
    html_lit(&me->html, LIT("</article>"));
}

static void put_requests(struct me *me)
{
    const struct value *list = value_get(me->page, "requests");
    html_lit(&me->html, LIT("<section id=\"requests\">"));
    site_heading(&me->html, W_ME_REQUESTS_TITLE);
    if (site_size(list) == 0) {
        me_say(me, W_ME_REQUESTS_NONE);
    }
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < site_size(list); i++) {
        put_request(me, &list->item[i]);
    }
    html_lit(&me->html, LIT("</div></section>"));
}

struct outcome me_request_post(struct site *site)
{
    struct candor_text report;
    const struct str step = site_field(site, "step");
    if (!str_is(step, "cancel") && !str_is(step, "appeal")) {
        return site_stale(site);
    }
    const enum candor_status status = candor_request_step(
        site->job, site->candor, str_z(site->job->arena, site->ask->parameter[0]),
        str_z(site->job->arena, step), NULL, NULL, &report);
    return me_done(site, status, "/me/rights", "me-cancelled");
}

/* ---- the copy --------------------------------------------------------------------------------------- */

static void put_copy(struct me *me)
{
    html_lit(&me->html, LIT("<section id=\"copy\">"));
    site_heading(&me->html, W_ME_COPY_TITLE);
    me_say(me, W_ME_COPY_LEAD);
    html_lit(&me->html, LIT("<p class=\"acts\">"));
    site_link_button(&me->html, STR("/me/download/all.zip"), W_ME_COPY_ZIP);
    site_link_button(&me->html, STR("/me/download/all.json"), W_ME_COPY_JSON);
    site_link_button(&me->html, STR("/me/download/portable.zip"), W_ME_COPY_PORTABLE);
    html_lit(&me->html, LIT("</p></section>"));
}

struct outcome me_download(struct site *site)
{
    struct candor_text copy = {NULL, 0};
    const struct str what = site->ask->parameter[0];
    const bool is_json = str_is(what, "all.json");
    const bool is_portable = str_is(what, "portable.zip");
    if (!is_json && !is_portable && !str_is(what, "all.zip")) {
        return me_nothing(site);
    }
    const enum candor_status status =
        is_json ? candor_subject_export(site->job, site->candor, site->who.identifier, &copy)
                : candor_subject_package(site->job, site->candor, site->who.identifier, is_portable,
                                         &copy);
    return status == CANDOR_OK ? site_file(site, is_json ? "application/json" : "application/zip",
                                           (struct bytes){(const uint8_t *)copy.ptr, copy.len},
                                           is_json       ? "your-data.json"
                                           : is_portable ? "your-data-portable.zip"
                                                         : "your-data.zip")
                               : site_failure(site, status);
}

/* ---- the page ---------------------------------------------------------------------------------------- */

static void put_complain(struct me *me)
{
    const struct value *controller = value_get(me->page, "controller");
    const struct str authority = site_text(controller, "authority");
    const struct str contact = site_text(controller, "contact");
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_COMPLAIN_TITLE);
    if (contact.len > 0) {
        say_with_in(&me->html, LIT("<p>"), W_ME_COMPLAIN_US, site_text(controller, "name"), contact,
                    LIT("</p>"));
    }
    say_with_in(&me->html, LIT("<p>"), authority.len > 0 ? W_ME_COMPLAIN : W_ME_COMPLAIN_ANY,
                authority, STR(""), LIT("</p></section>"));
}

struct outcome me_rights(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    me_begin(&me, W_ME_RIGHTS_TITLE, W_ME_RIGHTS_LEAD, "/me/rights");
    put_requests(&me);
    put_copy(&me);
    put_limits(&me);
    put_rights(&me);
    put_complain(&me);
    return me_end(&me);
}
