/*
 * me.c - what the pages of a subject's dashboard share.
 */
#include "site_me.h"

/* ---- the report ----------------------------------------------------------------------------- */

enum candor_status me_read(struct site *site, struct me *me)
{
    struct candor_text report;
    *me = (struct me){.site = site,
                      .job = site->job,
                      .identifier = site->who.identifier,
                      .html = buf_begin(site->job->arena)};
    TRY(candor_subject_dashboard(site->job, site->candor, me->identifier, &report));
    me->page = site_read(site, &report);
    return CANDOR_OK;
}

bool me_open(struct site *site, struct me *me, struct outcome *outcome)
{
    const enum candor_status status = me_read(site, me);
    if (status != CANDOR_OK) {
        *outcome = site_failure(site, status);
    }
    return status == CANDOR_OK;
}

void me_begin(struct me *me, enum word title, enum word lead, const char *here)
{
    const struct str company = site_text(value_get(me->page, "controller"), "name");
    site_begin(me->site, &me->html, str_from(word(title)), here);
    say_with_in(&me->html, LIT("<p class=\"lead\">"), lead, company, STR(""), LIT("</p>"));
}

struct outcome me_end(struct me *me)
{
    return site_end(&me->html);
}

/* ---- words ---------------------------------------------------------------------------------- */

enum { DAY_LEN = sizeof "2026-05-03" - 1, MINUTE_LEN = sizeof "2026-05-03T14:02" - 1 };

static bool is_day(struct str time)
{
    int64_t micros = 0;
    return time.len >= DAY_LEN && time.ptr[4] == '-' && time.ptr[7] == '-' &&
           str_to_time(time, &micros);
}

static bool is_time(struct str time)
{
    return is_day(time) && time.len >= MINUTE_LEN && time.ptr[DAY_LEN] == 'T';
}

struct str me_day(const struct me *me, struct str time)
{
    static const char *const month[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    uint64_t which = 0;
    uint64_t day = 0;
    if (!is_day(time) || !str_to_uint64(str_slice(time, 5, 7), &which) || which < 1 || which > 12 ||
        !str_to_uint64(str_slice(time, 8, 10), &day)) {
        return time;
    }
    return str_format(me->job->arena, "%u %s %.*s", (unsigned)day, month[which - 1],
                      STR_ARG(str_slice(time, 0, 4)));
}

struct str me_when(const struct me *me, struct str time)
{
    return is_time(time) ? str_format(me->job->arena, "%.*s, %.*s", STR_ARG(me_day(me, time)),
                                      STR_ARG(str_slice(time, 11, 16)))
                         : time;
}

struct str me_number(const struct me *me, uint64_t number)
{
    return site_count(me->job->arena, (int64_t)number);
}

struct str me_purpose_title(const struct me *me, struct str purpose)
{
    const struct value *notice = site_find(value_get(me->page, "notices"), "purpose", purpose);
    return notice != NULL         ? site_text(notice, "title")
           : str_is(purpose, "*") ? str_from(word(W_ME_EVERYTHING))
                                  : purpose;
}

static const struct value *campaign_of(const struct me *me, struct str campaign)
{
    return site_find(value_get(me->page, "campaigns"), "name", campaign);
}

struct str me_campaign_title(const struct me *me, struct str campaign)
{
    const struct value *found = campaign_of(me, campaign);
    return found == NULL ? campaign : site_text(found, "title");
}

struct str me_offer_title(const struct me *me, struct str campaign, struct str offer)
{
    const struct value *found = campaign_of(me, campaign);
    const struct value *one =
        found == NULL ? NULL : site_find(value_get(found, "offers"), "name", offer);
    return one == NULL ? offer : site_text(one, "title");
}

struct str me_channel_title(struct str channel)
{
    static const struct {
        const char *name;
        enum word title;
    } row[] = {
        {"email", W_ME_EMAIL}, {"sms", W_ME_SMS}, {"post", W_ME_POST}, {"phone", W_ME_PHONE}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(channel, row[i].name)) {
            return str_from(word(row[i].title));
        }
    }
    return channel;
}

struct str me_names(const struct me *me, const struct value *list, const char *key)
{
    struct buf buf = buf_begin(me->job->arena);
    const size_t count = site_size(list);
    for (size_t i = 0; i < count; i++) {
        const struct str name = key == NULL ? list->item[i].text : site_text(&list->item[i], key);
        if (i > 0) {
            buf_str(&buf, i + 1 == count ? str_from(word(W_ME_AND)) : STR(", "));
        }
        buf_str(&buf, name);
    }
    return buf_text(&buf);
}

struct str me_basis(struct str basis)
{
    static const struct {
        const char *name;
        enum word title;
    } row[] = {{"consent", W_ME_BASIS_CONSENT},       {"contract", W_ME_BASIS_CONTRACT},
               {"legal_obligation", W_ME_BASIS_DUTY}, {"legitimate_interest", W_ME_BASIS_INTEREST},
               {"vital_interest", W_ME_BASIS_VITAL},  {"public_task", W_ME_BASIS_PUBLIC}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(basis, row[i].name)) {
            return str_from(word(row[i].title));
        }
    }
    return basis;
}

/* ---- parts of pages -------------------------------------------------------------------------- */

void me_say(struct me *me, enum word which)
{
    say_in(&me->html, LIT("<p>"), which, LIT("</p>"));
}

void me_one_button(struct me *me, struct str action, struct lit name, struct str value,
                   enum word words)
{
    site_form_to(me->site, &me->html, action);
    page_hidden(&me->html, name, value);
    page_button(&me->html, word(words), PAGE_BUTTON_EQUAL);
    page_form_end(&me->html);
}

bool me_index(const struct site *site, uint64_t *index)
{
    return str_to_uint64(site->ask->parameter[0], index);
}

struct outcome me_nothing(struct site *site)
{
    return site_refusal(site, 404, str_from(word(W_NOT_FOUND)), str_from(word(W_ME_NOTHING_HERE)));
}

struct outcome me_done(struct site *site, enum candor_status status, const char *path,
                       const char *key)
{
    if (status == CANDOR_OK) {
        return site_go_saying(site, path, key);
    }
    return status == CANDOR_NOT_FOUND ? me_nothing(site) : site_failure(site, status);
}
