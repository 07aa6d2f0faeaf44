/*
 * siteoperators.c - who works here, for owners: how each comes in, who is new, who lost a telephone, who ends.
 *
 * What is done here is done to others. One's own password and second factor are changed on the account page,
 * which asks for them: a session left open on a desk gives nobody a link for its owner, and takes no factor
 * away. Where candor.yaml wants two people behind changes of operators, the library wants them here too.
 */
#include "candor_people.h"
#include "site.h"

enum { LINK_HOURS = 48 };

/* What a form of the page was about, when it comes back with a fault. */
struct operators_page {
    unsigned code;    /* 0: 200 */
    struct str error; /* of an act upon somebody */
    struct str new_error;
};

/* The roles of people; machines and trackers have keys. */
static const struct {
    const char *name;
    enum word words;
} role_row[] = {
    {"owner", W_ROLE_OWNER},     {"marketer", W_ROLE_MARKETER}, {"approver", W_ROLE_APPROVER},
    {"analyst", W_ROLE_ANALYST}, {"privacy", W_ROLE_PRIVACY},
};

/* ---- one of them --------------------------------------------------------------------------- */

static struct str roles_of(struct arena *arena, const struct value *operator)
{
    const struct value *roles = value_get(operator, "roles");
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < site_size(roles); i++) {
        buf_format(&buf, "%s%.*s", i == 0 ? "" : ", ", STR_ARG(roles->item[i].text));
    }
    return buf_text(&buf);
}

static enum word factor_of(const struct value *operator)
{
    if (site_flag(operator, "second_factor")) {
        return W_OPERATORS_FACTOR_ON;
    }
    return site_flag(operator, "second_factor_wanted") ? W_OPERATORS_FACTOR_WANTED
                                                       : W_OPERATORS_FACTOR_OFF;
}

static struct str last_of(struct site *site, const struct value *operator)
{
    struct arena *arena = site->job->arena;
    const struct str time = site_text(operator, "came_in");
    const int64_t sessions = site_whole(operator, "sessions");
    if (time.len == 0) {
        return str_from(
            word(site_flag(operator, "password") ? W_OPERATORS_NEVER : W_OPERATORS_NO_PASSWORD));
    }
    return sessions == 0 ? site_time(arena, time)
                         : word_with(arena, W_OPERATORS_NOW, site_time(arena, time),
                                     site_count(arena, sessions));
}

/* What is missing first, then what ends next; "" when nothing is asked of them. */
static struct str training_of(struct site *site, const struct value *operator)
{
    struct arena *arena = site->job->arena;
    const struct value *missing = value_get(operator, "missing_training");
    const struct value *taken = value_get(operator, "training");
    const struct value *next = NULL;
    if (site_size(missing) > 0) {
        return word_with(arena, W_OPERATORS_TRAINING_MISSING, missing->item[0].text, STR(""));
    }
    for (size_t i = 0; i < site_size(taken); i++) {
        const struct value *course = &taken->item[i];
        if (next == NULL || str_compare(site_text(course, "until"), site_text(next, "until")) < 0) {
            next = course;
        }
    }
    return next == NULL ? STR("")
                        : word_with(arena, W_OPERATORS_TRAINING_UNTIL, site_text(next, "course"),
                                    site_day(site_text(next, "until")));
}

static void put_act(struct site *site, struct buf *html, struct str name, struct lit act,
                    enum word words, enum page_button kind)
{
    site_form(site, html, LIT("/operators"));
    page_hidden(html, LIT("name"), name);
    page_answer(html, LIT("act"), act, word(words), kind);
    page_form_end(html);
}

static void put_acts(struct site *site, struct buf *html, const struct value *operator)
{
    const struct str name = site_text(operator, "name");
    if (str_is(name, site->who.name)) {
        html_lit(html, LIT("<p><a href=\"/account\">"));
        say_in(html, LIT(""), W_OPERATORS_OWN, LIT("</a></p>"));
        return;
    }
    if (site_flag(operator, "expired")) {
        return;
    }
    html_lit(html, LIT("<details><summary>"));
    say_in(html, LIT(""), W_OPERATORS_CHANGE, LIT("</summary><div class=\"acts\">"));
    put_act(site, html, name, LIT("invite"),
            site_flag(operator, "password") ? W_OPERATORS_REINVITE : W_OPERATORS_INVITE_AGAIN,
            PAGE_BUTTON_EQUAL);
    if (site_flag(operator, "second_factor")) {
        put_act(site, html, name, LIT("reset"), W_OPERATORS_RESET, PAGE_BUTTON_EQUAL);
    }
    put_act(site, html, name, LIT("end"), W_OPERATORS_END, PAGE_BUTTON_DANGER);
    html_lit(html, LIT("</div></details>"));
}

static void put_operator(struct site *site, struct buf *html, const struct value *operator)
{
    struct arena *arena = site->job->arena;
    html_lit(html, LIT("<li>"));
    page_tag(html, LIT("<h2>"), site_text(operator, "name"), LIT("</h2><dl class=\"facts\">"));
    site_fact(html, W_OPERATORS_ROLES, roles_of(arena, operator));
    if (site_flag(operator, "expired")) {
        site_fact(html, W_OPERATORS_ENDED, site_day(site_text(operator, "expires")));
    } else {
        site_fact(html, W_OPERATORS_ENDS, site_day(site_text(operator, "expires")));
        site_fact(html, W_OPERATORS_LAST, last_of(site, operator));
        site_fact(html, W_OPERATORS_FACTOR, str_from(word(factor_of(operator))));
        site_fact(html, W_OPERATORS_TRAINING, training_of(site, operator));
    }
    html_lit(html, LIT("</dl>"));
    put_acts(site, html, operator);
    html_lit(html, LIT("</li>"));
}

/* ---- a new one ----------------------------------------------------------------------------- */

static bool has_role(const struct site *site, const char *role)
{
    for (size_t i = 0; i < site->field_count; i++) {
        if (str_is(site->field[i].name, "role") && str_is(site->field[i].value, role)) {
            return true;
        }
    }
    return false;
}

static void put_roles(const struct site *site, struct buf *html)
{
    html_lit(html, LIT("<fieldset>"));
    say_in(html, LIT("<legend>"), W_OPERATORS_ROLES, LIT("</legend>"));
    for (size_t i = 0; i < sizeof role_row / sizeof role_row[0]; i++) {
        page_tag(html,
                 LIT("<label class=\"choice\"><input type=\"checkbox\" name=\"role\" value=\""),
                 str_of(role_row[i].name), LIT("\""));
        html_lit(html, has_role(site, role_row[i].name) ? LIT(" checked> ") : LIT("> "));
        say_in(html, LIT(""), role_row[i].words, LIT("</label>"));
    }
    html_lit(html, LIT("</fieldset>"));
}

static void put_new(struct site *site, struct buf *html, struct str error)
{
    const struct page_field name = {.name = LIT("name"),
                                    .label = word(W_LOGIN_NAME),
                                    .hint = word(W_OPERATORS_NAME_HINT),
                                    .error = error,
                                    .value = error.len > 0 ? site_field(site, "name") : STR("")};
    site_heading(html, W_OPERATORS_NEW);
    site_form(site, html, LIT("/operators"));
    page_field(html, &name);
    put_roles(site, html);
    html_lit(html, LIT("<div class=\"acts\">"));
    page_answer(html, LIT("act"), LIT("add"), word(W_OPERATORS_ADD), PAGE_BUTTON_MAIN);
    html_lit(html, LIT("</div>"));
    page_form_end(html);
}

/* ---- the page ------------------------------------------------------------------------------ */

static struct outcome operators_page(struct site *site, const struct operators_page *page)
{
    struct candor_text report;
    struct buf html = buf_begin(site->job->arena);
    const enum candor_status status = candor_operator_credentials(site->job, site->candor, &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *list = value_get(site_read(site, &report), "operators");
    site_begin(site, &html, str_from(word(W_OPERATORS_TITLE)), "/operators");
    say_in(&html, LIT("<p class=\"lead\">"), W_OPERATORS_LEAD, LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, page->error);
    html_lit(&html, LIT("<div class=\"beside\"><div><ul class=\"parted\">"));
    for (size_t i = 0; i < site_size(list); i++) {
        put_operator(site, &html, &list->item[i]);
    }
    html_lit(&html, LIT("</ul></div><aside>"));
    put_new(site, &html, page->new_error);
    html_lit(&html, LIT("</aside></div>"));
    return site_end_with(&html, page->code == 0 ? 200 : page->code);
}

struct outcome site_operators(struct site *site)
{
    const struct operators_page page = {0};
    return operators_page(site, &page);
}

/* ---- what its forms do --------------------------------------------------------------------- */

static struct outcome not_done(struct site *site, enum candor_status status, bool is_new)
{
    struct operators_page page = {.code = (unsigned)status_http_code(status)};
    const struct str said = site_said(site, status);
    *(is_new ? &page.new_error : &page.error) = said;
    return operators_page(site, &page);
}

/* Where candor.yaml says no address of ours, it is the one that the form came to: the browser says so in
 * Origin, which was held against Host before the page ran. */
static struct str link_of(const struct site *site, const struct value *tree)
{
    const struct str link = site_text(tree, "link");
    const struct str origin = net_header(site->ask->request, "origin");
    return str_starts(link, STR("/")) && str_starts(origin, STR("http"))
               ? str_format(site->job->arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(link))
               : link;
}

/* The link is shown here and nowhere else: the library keeps only its digest. */
static struct outcome link_page(struct site *site, const char *name, bool is_new)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    const enum candor_status status =
        candor_operator_invite(site->job, site->candor, name, LINK_HOURS, &report);
    if (status != CANDOR_OK) {
        return not_done(site, status, false);
    }
    const struct value *tree = site_read(site, &report);
    site_begin_narrow(site, &html, word_with(arena, W_OPERATORS_LINK_TITLE, str_of(name), STR("")));
    if (is_new) {
        page_notice(&html, PAGE_NOTICE_GOOD,
                    word_with(arena, W_OPERATORS_ADDED, str_of(name), STR("")));
    }
    say_with_in(&html, LIT("<p class=\"lead\">"), W_OPERATORS_LINK_LEAD, str_of(name),
                site_time(arena, site_text(tree, "expires")), LIT("</p>"));
    page_tag(&html, LIT("<p class=\"secret\">"), link_of(site, tree), LIT("</p>"));
    say_in(&html, LIT("<p>"), W_OPERATORS_LINK_HOW, LIT("</p>"));
    html_lit(&html, LIT("<p><a class=\"button\" href=\"/operators\">"));
    say_in(&html, LIT(""), W_OPERATORS_LINK_DONE, LIT("</a></p>"));
    return site_end(&html);
}

static struct outcome add(struct site *site, const char *name)
{
    struct candor_text report;
    struct buf roles = buf_begin(site->job->arena);
    for (size_t i = 0; i < sizeof role_row / sizeof role_row[0]; i++) {
        if (has_role(site, role_row[i].name)) {
            buf_format(&roles, "%s%s", roles.len == 0 ? "" : ",", role_row[i].name);
        }
    }
    const enum candor_status status = candor_operator_add(
        site->job, site->candor, name, str_z(site->job->arena, buf_text(&roles)), &report);
    return status == CANDOR_OK ? link_page(site, name, true) : not_done(site, status, true);
}

static struct outcome invite(struct site *site, const char *name)
{
    return link_page(site, name, false);
}

static struct outcome reset(struct site *site, const char *name)
{
    struct candor_text report;
    const enum candor_status status = candor_operator_reset(site->job, site->candor, name, &report);
    return status == CANDOR_OK ? site_go_saying(site, "/operators", "operator-reset")
                               : not_done(site, status, false);
}

static struct outcome end(struct site *site, const char *name)
{
    struct candor_text report;
    const enum candor_status status =
        candor_operator_expire(site->job, site->candor, name, NULL, &report);
    return status == CANDOR_OK ? site_go_saying(site, "/operators", "operator-ended")
                               : not_done(site, status, false);
}

struct outcome site_operators_post(struct site *site)
{
    static const struct {
        const char *act;
        struct outcome (*run)(struct site *site, const char *name);
    } row[] = {{"add", add}, {"invite", invite}, {"reset", reset}, {"end", end}};
    const struct str act = site_field(site, "act");
    const char *name = site_field_z(site, "name");
    if (name != NULL && str_is(str_of(name), site->who.name)) {
        return site_refusal(site, 403, str_from(word(W_NOT_DONE)),
                            str_from(word(W_OPERATORS_NOT_OWN)));
    }
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(act, row[i].act)) {
            return row[i].run(site, name == NULL ? "" : name);
        }
    }
    return site_stale(site);
}
