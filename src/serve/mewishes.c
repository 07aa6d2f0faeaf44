/*
 * mewishes.c - the part of /me/ where a subject says when, how often and about what they want to hear from
 * us. What they allow stands above it; this only takes away.
 */
#include <stdio.h>
#include <stdlib.h>

#include "candor_me.h"
#include "site_me.h"

enum { HOURS = 24, TOPICS_MAX = 32, HOUR_MINUTES = 60 };

/* How often, in words that can be chosen without a number to fill in. */
static const struct often {
    const char *name;
    enum word words;
    uint32_t contacts;
    uint32_t days;
} often_row[] = {{"any", W_ME_OFTEN_ANY, 0, 0},
                 {"week", W_ME_OFTEN_WEEK, 1, 7},
                 {"two", W_ME_OFTEN_TWO, 2, 30},
                 {"month", W_ME_OFTEN_MONTH, 1, 30},
                 {"quarter", W_ME_OFTEN_QUARTER, 1, 90}};

enum { OFTEN = sizeof often_row / sizeof often_row[0] };

/* Clocks people have, in minutes east of UTC. */
static const int32_t clock_row[] = {-720, -660, -600, -570, -540, -480, -420, -360, -300, -240,
                                    -210, -180, -120, -60,  0,    60,   120,  180,  210,  240,
                                    270,  300,  330,  345,  360,  390,  420,  480,  540,  570,
                                    600,  630,  660,  720,  765,  780,  840};

enum { CLOCKS = sizeof clock_row / sizeof clock_row[0] };

/* ---- the form ------------------------------------------------------------------------------ */

/* No choice is made for them: what stands comes first in each list, and nothing is marked. */
static void put_select(struct me *me, struct lit name, enum word label, struct lit hint,
                       struct page_option *option, size_t count, size_t standing)
{
    const struct page_option first = option[standing];
    for (size_t i = standing; i > 0; i--) {
        option[i] = option[i - 1];
    }
    option[0] = first;
    const struct page_field field = {
        .name = name, .label = word(label), .hint = hint, .value = STR("*")};
    page_select_of(&me->html, &field, option, count);
}

static void put_hour(struct me *me, struct lit name, enum word label, struct str value)
{
    struct page_option option[HOURS + 1];
    size_t standing = 0;
    option[0] = (struct page_option){STR("none"), str_from(word(W_ME_QUIET_NONE))};
    for (unsigned h = 0; h < HOURS; h++) {
        const struct str text = str_format(me->job->arena, "%02u:00", h);
        option[h + 1] = (struct page_option){text, text};
        standing = str_equal(text, value) ? h + 1 : standing;
    }
    put_select(me, name, label, LIT(""), option, HOURS + 1, standing);
}

/* What their clock shows at this moment tells the zone, without a list of countries. */
static void put_clocks(struct me *me, int64_t chosen)
{
    struct arena *arena = me->job->arena;
    struct page_option option[CLOCKS];
    size_t standing = 0;
    const int64_t minute = me->job->now / (60 * MICROS_PER_SECOND);
    for (size_t i = 0; i < CLOCKS; i++) {
        const int32_t offset = clock_row[i];
        const unsigned size = (unsigned)abs(offset);
        const int64_t theirs = ((minute + offset) % 1440 + 1440) % 1440;
        option[i].value = str_format(arena, "%d", offset);
        option[i].words = str_format(arena, "%02u:%02u (UTC%s%02u:%02u)", (unsigned)theirs / 60,
                                     (unsigned)theirs % 60, offset < 0 ? "\xe2\x88\x92" : "+",
                                     size / 60, size % 60);
        standing = offset == chosen ? i : standing;
    }
    put_select(me, LIT("clock"), W_ME_ZONE, word(W_ME_ZONE_HINT), option, CLOCKS, standing);
}

static void put_often(struct me *me, const struct value *wishes)
{
    struct page_option option[OFTEN];
    size_t standing = 0;
    for (size_t i = 0; i < OFTEN; i++) {
        const struct often *often = &often_row[i];
        option[i] = (struct page_option){str_of(often->name), str_from(word(often->words))};
        if (site_whole(wishes, "contacts") == often->contacts &&
            site_whole(wishes, "days") == often->days) {
            standing = i;
        }
    }
    put_select(me, LIT("often"), W_ME_OFTEN, LIT(""), option, OFTEN, standing);
}

static bool is_declined(const struct value *wishes, struct str topic)
{
    const struct value *list = value_get(wishes, "declined_topics");
    for (size_t i = 0; i < site_size(list); i++) {
        if (str_equal(list->item[i].text, topic)) {
            return true;
        }
    }
    return false;
}

/* "yes:TOPIC" or "no:TOPIC". */
static struct str answer_about(struct arena *arena, bool is_yes, struct str topic)
{
    return str_format(arena, "%s:%.*s", is_yes ? "yes" : "no", STR_ARG(topic));
}

static void put_topic(struct me *me, struct str topic, bool declined, size_t number)
{
    struct arena *arena = me->job->arena;
    html_lit(&me->html, LIT("<div class=\"field\">"));
    buf_format(&me->html, "<label for=\"topic%zu\">", number);
    say_with(&me->html, W_ME_TOPIC, topic, STR(""));
    buf_format(&me->html, "</label><select name=\"topic\" id=\"topic%zu\">", number);
    for (unsigned i = 0; i < 2; i++) {
        const bool is_yes = (i == 0) != declined;
        page_tag(&me->html, LIT("<option value=\""), answer_about(arena, is_yes, topic),
                 LIT("\">"));
        say_in(&me->html, LIT(""), is_yes ? W_ME_YES : W_ME_NO, LIT("</option>"));
    }
    html_lit(&me->html, LIT("</select></div>"));
}

static void put_topics(struct me *me, const struct value *wishes)
{
    const struct value *topics = value_get(me->page, "topics");
    for (size_t i = 0; i < site_size(topics) && i < TOPICS_MAX; i++) {
        put_topic(me, topics->item[i].text, is_declined(wishes, topics->item[i].text), i);
    }
}

static void put_standing(struct me *me, const struct value *wishes)
{
    if (wishes == NULL || wishes->kind != VALUE_MAP) {
        me_say(me, W_ME_WISHES_NONE);
        return;
    }
    say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_WISHES_SINCE,
                me_when(me, site_text(wishes, "said")),
                me_number(me, (uint64_t)site_whole(wishes, "ledger_index")), LIT("</p>"));
}

void me_put_wishes(struct me *me)
{
    const struct value *wishes = value_get(me->page, "wishes");
    html_lit(&me->html, LIT("<section id=\"wishes\">"));
    site_heading(&me->html, W_ME_WISHES_TITLE);
    me_say(me, W_ME_WISHES_LEAD);
    put_standing(me, wishes);
    site_form(me->site, &me->html, LIT("/me/wishes"));
    put_often(me, wishes);
    html_lit(&me->html, LIT("<div class=\"pair\">"));
    put_hour(me, LIT("from"), W_ME_QUIET_FROM, site_text(wishes, "quiet_from"));
    put_hour(me, LIT("until"), W_ME_QUIET_UNTIL, site_text(wishes, "quiet_until"));
    html_lit(&me->html, LIT("</div>"));
    put_clocks(me, site_whole(wishes, "utc_offset_minutes"));
    put_topics(me, wishes);
    page_button(&me->html, word(W_ME_WISHES_SAVE), PAGE_BUTTON_EQUAL);
    page_form_end(&me->html);
    html_lit(&me->html, LIT("</section>"));
}

/* ---- what was chosen ----------------------------------------------------------------------- */

/* "22:00": the minutes of the day. */
static bool read_hour(struct str text, uint32_t *minutes)
{
    uint64_t hour = 0;
    if (text.len != 5 || !str_ends(text, STR(":00")) ||
        !str_to_uint64(str_slice(text, 0, 2), &hour) || hour >= HOURS) {
        return false;
    }
    *minutes = (uint32_t)hour * HOUR_MINUTES;
    return true;
}

static bool read_clock(struct str text, int32_t *offset)
{
    for (size_t i = 0; i < CLOCKS; i++) {
        char wanted[16];
        (void)snprintf(wanted, sizeof wanted, "%d", clock_row[i]);
        if (str_is(text, wanted)) {
            *offset = clock_row[i];
            return true;
        }
    }
    return false;
}

static bool read_often(struct str text, struct candor_wishes *wishes)
{
    for (size_t i = 0; i < OFTEN; i++) {
        if (str_is(text, often_row[i].name)) {
            wishes->contacts = often_row[i].contacts;
            wishes->days = often_row[i].days;
            return true;
        }
    }
    return false;
}

static bool was_sent(const struct site *site, struct str answer)
{
    for (size_t i = 0; i < site->field_count; i++) {
        if (str_is(site->field[i].name, "topic") && str_equal(site->field[i].value, answer)) {
            return true;
        }
    }
    return false;
}

/* A topic that the form did not have stays as it stands. */
static void read_topics(const struct me *me, const char **topic, struct candor_wishes *wishes)
{
    const struct value *topics = value_get(me->page, "topics");
    struct arena *arena = me->job->arena;
    wishes->declined_topic = topic;
    for (size_t i = 0; i < site_size(topics) && wishes->topic_count < TOPICS_MAX; i++) {
        const struct str name = topics->item[i].text;
        if (was_sent(me->site, answer_about(arena, false, name)) ||
            (is_declined(value_get(me->page, "wishes"), name) &&
             !was_sent(me->site, answer_about(arena, true, name)))) {
            topic[wishes->topic_count++] = str_z(arena, name);
        }
    }
}

/* Quiet hours have two ends, or none. */
static bool read_quiet(const struct site *site, struct candor_wishes *wishes)
{
    const struct str from = site_field(site, "from");
    const struct str until = site_field(site, "until");
    if (str_is(from, "none") && str_is(until, "none")) {
        return true;
    }
    return read_hour(from, &wishes->quiet_from) && read_hour(until, &wishes->quiet_until) &&
           wishes->quiet_from != wishes->quiet_until;
}

struct outcome me_wishes_post(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text report;
    const char *topic[TOPICS_MAX];
    struct candor_wishes wishes = {0};
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    if (!read_often(site_field(site, "often"), &wishes) ||
        !read_clock(site_field(site, "clock"), &wishes.utc_offset)) {
        return site_stale(site);
    }
    if (!read_quiet(site, &wishes)) {
        return site_refusal(site, 400, str_from(word(W_NOT_DONE)), str_from(word(W_ME_QUIET_BOTH)));
    }
    read_topics(&me, topic, &wishes);
    return me_done(
        site, candor_wishes_choose(site->job, site->candor, site->who.identifier, &wishes, &report),
        "/me/", "me-wishes");
}
