/*
 * medata.c - /me/data: what we know, what we concluded from it, and putting it right.
 */
#include "site_me.h"

/* ---- what we know ----------------------------------------------------------------------------- */

static struct str value_words(const struct me *me, const struct value *field)
{
    const struct value *value = value_get(field, "value");
    if (value == NULL || value->kind == VALUE_NULL) {
        return STR("");
    }
    switch (value->kind) {
    case VALUE_TEXT:
        return me_day(me, value->text);
    case VALUE_BOOL:
        return str_from(word(value->boolean ? W_ME_TRUE : W_ME_FALSE));
    case VALUE_NUMBER:
        return value->is_integer ? str_format(me->job->arena, "%lld", (long long)value->integer)
                                 : str_format(me->job->arena, "%g", value->number);
    default:
        return STR("");
    }
}

static enum word origin_word(const struct value *field)
{
    const struct str origin = site_text(field, "origin");
    return str_is(origin, "observed")   ? W_ME_OBSERVED
           : str_is(origin, "derived")  ? W_ME_DERIVED
           : str_is(origin, "inferred") ? W_ME_INFERRED
                                        : W_ME_PROVIDED;
}

static struct str titles_of(const struct me *me, const struct value *purposes)
{
    struct buf buf = buf_begin(me->job->arena);
    for (size_t i = 0; i < site_size(purposes); i++) {
        buf_str(&buf, i == 0 ? STR("") : STR(", "));
        buf_str(&buf, me_purpose_title(me, purposes->item[i].text));
    }
    return buf_text(&buf);
}

static void put_known(struct me *me, const struct value *field, struct str value)
{
    const struct str until = site_text(field, "kept_until");
    page_tag(&me->html, LIT("<article><h3>"), site_text(field, "label"), LIT("</h3>"));
    page_tag(&me->html, LIT("<p class=\"value\">"), value, LIT(" "));
    page_tag(&me->html, LIT(""), site_text(field, "unit"), LIT("</p><dl class=\"facts\">"));
    site_fact(&me->html, W_ME_WHERE_FROM, str_from(word(origin_word(field))));
    site_fact(&me->html, W_ME_SINCE, me_day(me, site_text(field, "since")));
    site_fact(&me->html, W_ME_USED_FOR, titles_of(me, value_get(field, "purposes")));
    site_fact(&me->html, W_ME_KEPT,
              until.len > 0 ? me_day(me, until) : str_from(word(W_ME_KEPT_OPEN)));
    if (str_is(site_text(field, "sensitivity"), "special") || site_flag(field, "protected")) {
        site_fact(&me->html, W_ME_SENSITIVE, str_from(word(W_ME_SENSITIVE_WHY)));
    }
    html_lit(&me->html, LIT("</dl>"));
    site_link_button(&me->html,
                     site_path(me->job->arena, "/me/data/", site_text(field, "name"), ""),
                     W_ME_CORRECT);
    html_lit(&me->html, LIT("</article>"));
}

static void put_unknown(struct me *me, const struct value *fields)
{
    size_t count = 0;
    for (size_t i = 0; i < site_size(fields); i++) {
        if (value_words(me, &fields->item[i]).len == 0) {
            html_lit(&me->html, count == 0 ? LIT("<p class=\"small\">") : LIT(", "));
            if (count++ == 0) {
                say_in(&me->html, LIT(""), W_ME_NOT_KNOWN, LIT(" "));
            }
            page_tag(&me->html, LIT("<a href=\"/me/data/"), site_text(&fields->item[i], "name"),
                     LIT("\">"));
            page_tag(&me->html, LIT(""), site_text(&fields->item[i], "label"), LIT("</a>"));
        }
    }
    html_lit(&me->html, count > 0 ? LIT("</p>") : LIT(""));
}

static void put_fields(struct me *me)
{
    const struct value *fields = value_get(me->page, "fields");
    size_t count = 0;
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_KNOWN_TITLE);
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < site_size(fields); i++) {
        const struct str value = value_words(me, &fields->item[i]);
        if (value.len > 0) {
            put_known(me, &fields->item[i], value);
            count++;
        }
    }
    html_lit(&me->html, LIT("</div>"));
    if (count == 0) {
        me_say(me, W_ME_KNOWN_NOTHING);
    }
    put_unknown(me, fields);
    html_lit(&me->html, LIT("</section>"));
}

/* ---- what you did ------------------------------------------------------------------------------ */

static struct str details_of(const struct me *me, const struct value *kind,
                             const struct value *event)
{
    struct buf buf = buf_begin(me->job->arena);
    for (size_t i = 0; i < event->count; i++) {
        const struct str key = event->key[i];
        const struct value *value = &event->item[i];
        if (str_is(key, "event") || str_is(key, "time")) {
            continue;
        }
        const struct value *property = site_find(value_get(kind, "properties"), "name", key);
        const struct str label = property == NULL ? key : site_text(property, "label");
        buf_format(&buf, "%s%.*s: ", buf.len == 0 ? "" : ", ", STR_ARG(label));
        if (value->kind == VALUE_TEXT) {
            buf_str(&buf, value->text);
        } else if (value->kind == VALUE_NUMBER) {
            buf_format(&buf, "%g", value->is_integer ? (double)value->integer : value->number);
        } else if (value->kind == VALUE_BOOL) {
            say(&buf, value->boolean ? W_ME_TRUE : W_ME_FALSE);
        }
    }
    return buf_text(&buf);
}

static void put_events(struct me *me)
{
    const struct lit column[] = {word(W_ME_COLUMN_WHEN), word(W_ME_COLUMN_WHAT),
                                 word(W_ME_COLUMN_DETAILS)};
    const struct value *list = value_get(me->page, "events");
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_EVENTS_TITLE);
    if (site_size(list) == 0) {
        me_say(me, W_ME_EVENTS_NONE);
        html_lit(&me->html, LIT("</section>"));
        return;
    }
    say_with_in(&me->html, LIT("<p>"), W_ME_EVENTS_LEAD, me_number(me, site_size(list)),
                me_number(me, (uint64_t)site_whole(me->page, "event_count")), LIT("</p>"));
    page_table_begin(&me->html, word(W_ME_EVENTS_TITLE), column, 3);
    for (size_t i = list->count; i > 0; i--) {
        const struct value *event = &list->item[i - 1];
        const struct str name = site_text(event, "event");
        const struct value *kind = site_find(value_get(me->page, "event_kinds"), "name", name);
        const struct str cell[] = {me_when(me, site_text(event, "time")),
                                   kind == NULL ? name : site_text(kind, "label"),
                                   details_of(me, kind, event)};
        page_table_row(&me->html, cell, 3);
    }
    page_table_end(&me->html);
    html_lit(&me->html, LIT("</section>"));
}

/* ---- what we concluded -------------------------------------------------------------------------- */

static enum word measure_word(struct str measure)
{
    static const struct {
        const char *name;
        enum word how;
    } row[] = {{"count", W_ME_HOW_COUNT},
               {"sum", W_ME_HOW_SUM},
               {"mean", W_ME_HOW_MEAN},
               {"max", W_ME_HOW_MAX},
               {"days_since", W_ME_HOW_DAYS_SINCE},
               {"distinct", W_ME_HOW_DISTINCT},
               {"top", W_ME_HOW_TOP}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(measure, row[i].name)) {
            return row[i].how;
        }
    }
    return W_ME_HOW_FIELD;
}

static void put_how(struct me *me, const struct value *conclusion)
{
    const struct str measure = site_text(conclusion, "measure");
    const struct str event = site_text(conclusion, "event");
    const struct str field = site_text(conclusion, "field");
    say_with_in(&me->html, LIT("<p class=\"small\">"), measure_word(measure),
                event.len > 0 ? event : field, site_text(conclusion, "property"), LIT(" "));
    if (site_whole(conclusion, "days") > 0) {
        say_with(&me->html, W_ME_HOW_DAYS, me_number(me, (uint64_t)site_whole(conclusion, "days")),
                 STR(""));
    }
    html_lit(&me->html, LIT("</p>"));
    const struct str used = me_names(me, value_get(conclusion, "purposes"), NULL);
    say_with_in(&me->html, LIT("<p class=\"small\">"),
                used.len > 0 ? W_ME_CONCLUSION_USED : W_ME_CONCLUSION_UNUSED, used, STR(""),
                LIT("</p>"));
}

static bool is_conclusion(const struct value *feature)
{
    return !str_is(site_text(feature, "measure"), "field") && site_text(feature, "value").len > 0;
}

static void put_conclusions(struct me *me)
{
    const struct value *list = value_get(me->page, "conclusions");
    size_t count = 0;
    html_lit(&me->html, LIT("<section id=\"concluded\">"));
    site_heading(&me->html, W_ME_CONCLUDED_TITLE);
    me_say(me, W_ME_CONCLUDED_LEAD);
    html_lit(&me->html, LIT("<div class=\"cards\">"));
    for (size_t i = 0; i < site_size(list); i++) {
        if (is_conclusion(&list->item[i])) {
            page_tag(&me->html, LIT("<article><h3>"), site_text(&list->item[i], "label"),
                     LIT("</h3>"));
            page_tag(&me->html, LIT("<p class=\"value\">"), site_text(&list->item[i], "value"),
                     LIT(" "));
            page_tag(&me->html, LIT(""), site_text(&list->item[i], "unit"), LIT("</p>"));
            put_how(me, &list->item[i]);
            html_lit(&me->html, LIT("</article>"));
            count++;
        }
    }
    html_lit(&me->html, LIT("</div>"));
    me_say(me, count == 0 ? W_ME_CONCLUDED_NOTHING : W_ME_CONCLUDED_ACT);
    html_lit(&me->html, LIT("<p class=\"acts\">"));
    site_link_button(&me->html, STR("/me/#choices"), W_ME_CONCLUDED_SWITCH);
    site_link_button(&me->html, STR("/me/rights#right-objection"), W_ME_CONCLUDED_OBJECT);
    html_lit(&me->html, LIT("</p></section>"));
}

/* The latest score of each campaign: a guess with its number. */
static void put_guesses(struct me *me)
{
    const struct value *list = value_get(me->page, "decisions");
    const struct value *campaign = value_get(me->page, "campaigns");
    html_lit(&me->html, LIT("<section id=\"guesses\">"));
    site_heading(&me->html, W_ME_GUESSES_TITLE);
    size_t count = 0;
    for (size_t c = 0; c < site_size(campaign); c++) {
        for (size_t i = site_size(list); i > 0; i--) {
            const struct value *decision = &list->item[i - 1];
            const struct value *score = value_get(decision, "score");
            if (!str_equal(site_text(decision, "campaign"),
                           site_text(&campaign->item[c], "name")) ||
                score == NULL || score->kind != VALUE_NUMBER) {
                continue;
            }
            say_with_in(&me->html, LIT("<p>"), W_ME_GUESS, site_text(&campaign->item[c], "title"),
                        str_format(me->job->arena, "%.0f", 100 * site_number(decision, "score")),
                        LIT(" "));
            page_tag(
                &me->html, LIT("<a href=\"/me/messages/"),
                str_format(me->job->arena, "%lld", (long long)site_whole(decision, "ledger_index")),
                LIT("\">"));
            say_in(&me->html, LIT(""), W_ME_GUESS_WHY, LIT("</a></p>"));
            count++;
            break;
        }
    }
    if (count == 0) {
        me_say(me, W_ME_GUESSES_NONE);
    }
    html_lit(&me->html, LIT("</section>"));
}

struct outcome me_data(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    me_begin(&me, W_ME_DATA_TITLE, W_ME_DATA_LEAD, "/me/data");
    put_fields(&me);
    put_conclusions(&me);
    put_guesses(&me);
    put_events(&me);
    me_put_chats(&me);
    return me_end(&me);
}

/* ---- putting it right ---------------------------------------------------------------------------- */

static void put_input(struct me *me, const struct value *field, struct str value, struct str error)
{
    struct page_field input = {.kind = PAGE_FIELD_TEXT,
                               .name = LIT("value"),
                               .label = word(W_ME_RIGHT_VALUE),
                               .hint = word(W_ME_RIGHT_VALUE_HINT),
                               .error = error,
                               .value = value,
                               .is_optional = true};
    const struct value *allowed = value_get(field, "allowed");
    const struct str type = site_text(field, "type");
    if (site_size(allowed) > 0 || str_is(type, "boolean")) {
        const struct str yes_no[] = {STR(""), STR("true"), STR("false")};
        struct str *choice = NEW_ARRAY(me->job->arena, site_size(allowed) + 1, struct str);
        for (size_t i = 0; i < site_size(allowed); i++) {
            choice[i + 1] = allowed->item[i].text;
        }
        page_select(&me->html, &input, site_size(allowed) > 0 ? choice : yes_no,
                    site_size(allowed) > 0 ? site_size(allowed) + 1 : 3);
        return;
    }
    input.kind = str_is(type, "date") ? PAGE_FIELD_DATE : PAGE_FIELD_TEXT;
    page_field(&me->html, &input);
}

/* What the form shows at first: the value as it would be typed. */
static struct str typed(const struct me *me, const struct value *field)
{
    const struct value *value = value_get(field, "value");
    if (value != NULL && value->kind == VALUE_TEXT) {
        return str_is(site_text(field, "type"), "date") && value->text.len > 10
                   ? str_slice(value->text, 0, 10)
                   : value->text;
    }
    if (value != NULL && value->kind == VALUE_BOOL) {
        return value->boolean ? STR("true") : STR("false");
    }
    return value_words(me, field);
}

static struct outcome field_page(struct me *me, const struct value *field, struct str value,
                                 struct str error, unsigned code)
{
    me_begin(me, W_ME_FIELD_TITLE, W_ME_FIELD_LEAD, "/me/data");
    page_tag(&me->html, LIT("<h2>"), site_text(field, "label"), LIT("</h2>"));
    site_form_to(me->site, &me->html,
                 site_path(me->job->arena, "/me/data/", site_text(field, "name"), ""));
    put_input(me, field, value, error);
    html_lit(&me->html, LIT("<p class=\"acts\">"));
    page_answer(&me->html, LIT("act"), LIT("save"), word(W_ME_FIELD_SAVE), PAGE_BUTTON_EQUAL);
    page_answer(&me->html, LIT("act"), LIT("clear"), word(W_ME_FIELD_CLEAR), PAGE_BUTTON_EQUAL);
    html_lit(&me->html, LIT("</p></form><p>"));
    page_link(&me->html, LIT("/me/data"), word(W_ME_FIELD_BACK));
    html_lit(&me->html, LIT("</p>"));
    struct outcome outcome = me_end(me);
    outcome.code = code;
    return outcome;
}

static const struct value *field_here(const struct me *me)
{
    return site_find(value_get(me->page, "fields"), "name", me->site->ask->parameter[0]);
}

struct outcome me_field(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *field = field_here(&me);
    return field == NULL ? me_nothing(site)
                         : field_page(&me, field, typed(&me, field), STR(""), 200);
}

struct outcome me_field_post(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text report;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *field = field_here(&me);
    if (field == NULL) {
        return me_nothing(site);
    }
    const bool is_clear = str_is(site_field(site, "act"), "clear");
    const enum candor_status status = candor_subject_correct(
        site->job, site->candor, me.identifier, str_z(site->job->arena, site_text(field, "name")),
        is_clear ? NULL : site_field_z(site, "value"), &report);
    if (status == CANDOR_BAD_INPUT || status == CANDOR_EXISTS) {
        const struct str error = str_copy(site->job->arena, str_of(candor_job_message(site->job)));
        return field_page(&me, field, site_field(site, "value"), error,
                          (unsigned)status_http_code(status));
    }
    return me_done(site, status, "/me/data", is_clear ? "me-cleared" : "me-corrected");
}
