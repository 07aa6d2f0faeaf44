/*
 * memessages.c - /me/messages: every decision, sent or not, and exactly why; what they think of it; and a
 * person who looks at it.
 *
 * The explanation of one decision is read from its own record: the order is result, permission, the facts
 * that counted, what was not looked at, what one can do, proof.
 */
#include <math.h>
#include <stdlib.h>

#include "site_me.h"

/* ---- the list --------------------------------------------------------------------------------- */

static bool is_sent(const struct value *decision)
{
    return str_is(site_text(decision, "decision"), "send");
}

static struct str index_of(const struct me *me, const struct value *decision)
{
    return str_format(me->job->arena, "%lld", (long long)site_whole(decision, "ledger_index"));
}

static const struct value *feedback_of(const struct me *me, const struct value *decision)
{
    return site_find(value_get(me->page, "feedback"), "campaign", site_text(decision, "campaign"));
}

/* In words to them; the record's own stand on the decision's page. */
static struct str why_of(const struct value *decision)
{
    static const struct {
        const char *code;
        enum word why;
    } row[] = {
        {"send", W_ME_C_SEND},
        {"no_consent", W_ME_C_NO_CONSENT},
        {"refused", W_ME_C_REFUSED},
        {"withdrawn", W_ME_C_WITHDRAWN},
        {"objected", W_ME_C_OBJECTED},
        {"restricted", W_ME_C_RESTRICTED},
        {"expired", W_ME_C_EXPIRED},
        {"pending", W_ME_C_PENDING},
        {"no_profiling", W_ME_C_NO_PROFILING},
        {"unreachable", W_ME_C_UNREACHABLE},
        {"cap", W_ME_C_CAP},
        {"not_interested", W_ME_C_NOT_INTERESTED},
        {"topic_declined", W_ME_C_TOPIC},
        {"own_limit", W_ME_C_OWN_LIMIT},
        {"quiet_hours", W_ME_C_QUIET},
        {"not_in_audience", W_ME_C_NOT_IN_AUDIENCE},
        {"no_offer", W_ME_C_NO_OFFER},
        {"low_score", W_ME_C_LOW_SCORE},
        {"not_selected", W_ME_C_NOT_SELECTED},
        {"fairness", W_ME_C_FAIRNESS},
        {"holdout", W_ME_C_HOLDOUT},
        {"wants_human", W_ME_C_HUMAN},
        {"signal", W_ME_C_SIGNAL},
        {"referred", W_ME_C_REFERRED},
    };
    const struct str code = site_text(decision, "code");
    const struct value *reasons = value_get(decision, "reasons");
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        if (str_is(code, row[i].code)) {
            return str_from(word(row[i].why));
        }
    }
    return site_size(reasons) > 0 ? reasons->item[0].text : code;
}

static void put_result(struct me *me, const struct value *decision)
{
    const struct str offer =
        me_offer_title(me, site_text(decision, "campaign"), site_text(decision, "offer"));
    html_lit(&me->html, LIT("<p class=\"headline\">"));
    if (is_sent(decision)) {
        say_with(&me->html, W_ME_SENT, me_channel_title(site_text(decision, "channel")), offer);
    } else {
        say(&me->html, W_ME_NOT_SENT);
    }
    html_lit(&me->html, LIT("</p>"));
    page_tag(&me->html, LIT("<p>"), why_of(decision), LIT("</p>"));
}

static void put_message(struct me *me, const struct value *decision)
{
    html_lit(&me->html, LIT("<article>"));
    page_tag(&me->html, LIT("<h3>"), me_campaign_title(me, site_text(decision, "campaign")),
             LIT("</h3>"));
    page_tag(&me->html, LIT("<p class=\"small\">"), me_when(me, site_text(decision, "time")),
             LIT("</p>"));
    put_result(me, decision);
    if (feedback_of(me, decision) != NULL) {
        say_with_in(&me->html, LIT("<p class=\"small\">"), W_ME_LEFT_ALONE, STR(""), STR(""),
                    LIT("</p>"));
    }
    site_link_button(&me->html,
                     site_path(me->job->arena, "/me/messages/", index_of(me, decision), ""),
                     W_ME_WHY);
    html_lit(&me->html, LIT("</article>"));
}

/* Messages that left by a campaign's file, with no decision of their own kept here. */
static void put_contacts(struct me *me)
{
    const struct lit column[] = {word(W_ME_COLUMN_WHEN), word(W_ME_COLUMN_WHAT),
                                 word(W_ME_COLUMN_HOW)};
    const struct value *list = value_get(me->page, "contacts");
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_CONTACTS_TITLE);
    if (site_size(list) == 0) {
        me_say(me, W_ME_CONTACTS_NONE);
        html_lit(&me->html, LIT("</section>"));
        return;
    }
    page_table_begin(&me->html, word(W_ME_CONTACTS_TITLE), column, 3);
    for (size_t i = list->count; i > 0; i--) {
        const struct value *contact = &list->item[i - 1];
        const struct str campaign = site_text(contact, "campaign");
        const struct str cell[] = {
            me_when(me, site_text(contact, "time")),
            str_format(me->job->arena, "%.*s: %.*s", STR_ARG(me_campaign_title(me, campaign)),
                       STR_ARG(me_offer_title(me, campaign, site_text(contact, "offer")))),
            me_channel_title(site_text(contact, "channel"))};
        page_table_row(&me->html, cell, 3);
    }
    page_table_end(&me->html);
    html_lit(&me->html, LIT("</section>"));
}

struct outcome me_messages(struct site *site)
{
    struct me me;
    struct outcome failed;
    if (!me_open(site, &me, &failed)) {
        return failed;
    }
    const struct value *list = value_get(me.page, "decisions");
    me_begin(&me, W_ME_MESSAGES_TITLE, W_ME_MESSAGES_LEAD, "/me/messages");
    html_lit(&me.html, LIT("<section>"));
    site_heading(&me.html, W_ME_DECISIONS_TITLE);
    if (site_size(list) == 0) {
        me_say(&me, W_ME_DECISIONS_NONE);
    } else {
        say_with_in(&me.html, LIT("<p>"), W_ME_DECISIONS_COUNT, me_number(&me, list->count),
                    me_number(&me, (uint64_t)site_whole(me.page, "decision_count")), LIT("</p>"));
    }
    html_lit(&me.html, LIT("<div class=\"cards\">"));
    for (size_t i = site_size(list); i > 0; i--) {
        put_message(&me, &list->item[i - 1]);
    }
    html_lit(&me.html, LIT("</div></section>"));
    put_contacts(&me);
    return me_end(&me);
}

/* ---- one of them ------------------------------------------------------------------------------- */

static void put_permission(struct me *me, const struct value *decision)
{
    const struct str purpose = site_text(decision, "purpose");
    const struct value *notice = site_find(value_get(me->page, "notices"), "purpose", purpose);
    const struct value *cell = site_find(value_get(me->page, "purposes"), "purpose", purpose);
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_PERMISSION_TITLE);
    say_with_in(&me->html, LIT("<p>"), W_ME_PERMISSION, me_purpose_title(me, purpose),
                me_basis(site_text(notice, "basis")), LIT("</p>"));
    if (site_text(notice, "wording").len > 0) {
        page_tag(&me->html, LIT("<blockquote>"), site_text(notice, "wording"),
                 LIT("</blockquote>"));
    }
    if (site_text(cell, "since").len > 0) {
        say_with_in(&me->html, LIT("<p class=\"small\">"),
                    site_flag(cell, "allowed") ? W_ME_PERMISSION_NOW_ON : W_ME_PERMISSION_NOW_OFF,
                    me_when(me, site_text(cell, "since")), site_text(cell, "wording_version"),
                    LIT("</p>"));
    }
    html_lit(&me->html, LIT("<p>"));
    site_link_button(&me->html, site_path(me->job->arena, "/me/#", purpose, ""),
                     W_ME_PERMISSION_SWITCH);
    html_lit(&me->html, LIT("</p></section>"));
}

static void put_recorded(struct me *me, const struct value *decision)
{
    const struct value *reasons = value_get(decision, "reasons");
    html_lit(&me->html, LIT("<ol class=\"reasons\">"));
    for (size_t i = 0; i < site_size(reasons); i++) {
        page_tag(&me->html, LIT("<li>"), reasons->item[i].text, LIT("</li>"));
    }
    html_lit(&me->html, LIT("</ol>"));
}

/* What the decision's code says, in the reader's language, unless the record says just that. */
static void put_code(struct me *me, const struct value *decision, const struct value *explanation)
{
    const struct value *reasons = value_get(decision, "reasons");
    const struct str told = site_text(explanation, "decision");
    if (told.len > 0 && site_size(reasons) > 0 && !str_starts(reasons->item[0].text, told)) {
        page_tag(&me->html, LIT("<p lang=\""), site_text(explanation, "language"), LIT("\">"));
        page_tag(&me->html, LIT(""), told, LIT("</p>"));
    }
}

static void put_languages(struct me *me, const struct value *decision)
{
    static const struct {
        const char *path;
        enum word name;
    } row[] = {{"?lang=en", W_ME_IN_ENGLISH},
               {"?lang=de", W_ME_IN_GERMAN},
               {"?lang=fr", W_ME_IN_FRENCH},
               {"?lang=es", W_ME_IN_SPANISH},
               {"?lang=it", W_ME_IN_ITALIAN}};
    say_in(&me->html, LIT("<p class=\"small\">"), W_ME_REASONS_IN, LIT(""));
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        html_lit(&me->html, i == 0 ? LIT(" ") : LIT(", "));
        site_link(&me->html,
                  site_path(me->job->arena, "/me/messages/", index_of(me, decision), row[i].path),
                  str_from(word(row[i].name)));
    }
    html_lit(&me->html, LIT("</p>"));
}

/* Of a score all that it is the sum of, and the record behind it; else what the record has. */
static void put_reasons(struct me *me, const struct value *decision,
                        const struct value *explanation)
{
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_REASONS_TITLE);
    if (site_has_reasons(explanation)) {
        me_say(me, W_ME_SUM_LEAD);
        put_code(me, decision, explanation);
        site_put_reasons(&me->html, explanation);
        put_languages(me, decision);
        say_in(&me->html, LIT("<details><summary>"), W_ME_REASONS_RECORD, LIT("</summary>"));
        me_say(me, W_ME_REASONS_LEAD);
        put_recorded(me, decision);
        html_lit(&me->html, LIT("</details>"));
    } else {
        me_say(me, W_ME_REASONS_LEAD);
        put_recorded(me, decision);
        put_code(me, decision, explanation);
        put_languages(me, decision);
    }
    html_lit(&me->html, LIT("</section>"));
}

static struct str feature_title(const struct me *me, struct str feature)
{
    const struct value *conclusion =
        site_find(value_get(me->page, "conclusions"), "feature", feature);
    return conclusion == NULL ? feature : site_text(conclusion, "label");
}

/* "Average basket", and of two that count together "Average basket, with: Days as a customer". */
struct str me_term_title(const struct me *me, struct str term)
{
    const size_t at = str_find(term, '&');
    return at == term.len
               ? feature_title(me, term)
               : word_with(me->job->arena, W_ME_FACT_PAIR,
                           feature_title(me, str_trim(str_slice(term, 0, at))),
                           feature_title(me, str_trim(str_slice(term, at + 1, term.len))));
}

static struct str value_then(const struct value *part)
{
    const struct str value = site_text(part, "value");
    return value.len > 0 ? value
           : str_find(site_text(part, "feature"), '&') < site_text(part, "feature").len
               ? STR("")
               : str_from(word(W_ME_FACT_UNKNOWN));
}

struct fact {
    const struct value *part;
    double size;
};

static int compare_facts(const void *left, const void *right)
{
    const double first = ((const struct fact *)left)->size;
    const double second = ((const struct fact *)right)->size;
    return (first < second) - (first > second);
}

static void put_facts(struct me *me, const struct value *decision)
{
    const struct lit column[] = {word(W_ME_COLUMN_FACT), word(W_ME_COLUMN_VALUE),
                                 word(W_ME_COLUMN_DIRECTION), word(W_ME_COLUMN_SHARE)};
    const struct value *list = value_get(decision, "contributions");
    struct fact *fact = NEW_ARRAY(me->job->arena, site_size(list) + 1, struct fact);
    double sum = 0;
    if (site_size(list) == 0) {
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        fact[i] = (struct fact){&list->item[i], fabs(site_number(&list->item[i], "contribution"))};
        sum += fact[i].size;
    }
    qsort(fact, list->count, sizeof *fact, compare_facts);
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_FACTS_TITLE);
    say_with_in(&me->html, LIT("<p>"), W_ME_FACTS_LEAD,
                str_format(me->job->arena, "%.0f", 100 * site_number(decision, "score")), STR(""),
                LIT("</p>"));
    page_table_begin(&me->html, word(W_ME_FACTS_TITLE), column, 4);
    for (size_t i = 0; i < list->count; i++) {
        const double contribution = site_number(fact[i].part, "contribution");
        const struct str cell[] = {
            me_term_title(me, site_text(fact[i].part, "feature")), value_then(fact[i].part),
            str_from(word(contribution > 0   ? W_ME_FACT_FOR
                          : contribution < 0 ? W_ME_FACT_AGAINST
                                             : W_ME_FACT_NEITHER)),
            site_percent(me->job->arena, sum > 0 ? fact[i].size / sum : 0.0)};
        page_table_row(&me->html, cell, 4);
    }
    page_table_end(&me->html);
    html_lit(&me->html, LIT("</section>"));
}

/* The store opens a field only for a purpose that lists it: the others were not looked at. */
static bool may_use(const struct value *field, struct str purpose)
{
    const struct value *list = value_get(field, "purposes");
    for (size_t i = 0; i < site_size(list); i++) {
        if (str_equal(list->item[i].text, purpose)) {
            return true;
        }
    }
    return false;
}

static void put_unused(struct me *me, const struct value *decision)
{
    const struct value *campaign =
        site_find(value_get(me->page, "campaigns"), "name", site_text(decision, "campaign"));
    const struct value *fields = value_get(me->page, "fields");
    struct buf names = buf_begin(me->job->arena);
    for (size_t i = 0; campaign != NULL && i < site_size(fields); i++) {
        if (!may_use(&fields->item[i], site_text(campaign, "uses")) &&
            !may_use(&fields->item[i], site_text(campaign, "purpose"))) {
            buf_str(&names, names.len == 0 ? STR("") : STR(", "));
            buf_str(&names, site_text(&fields->item[i], "label"));
        }
    }
    if (names.len > 0) {
        html_lit(&me->html, LIT("<section>"));
        site_heading(&me->html, W_ME_UNUSED_TITLE);
        say_with_in(&me->html, LIT("<p>"), W_ME_UNUSED, buf_text(&names), STR(""),
                    LIT("</p></section>"));
    }
}

static void put_acts(struct me *me, const struct value *decision)
{
    const struct str index = index_of(me, decision);
    const struct value *said = feedback_of(me, decision);
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_ACT_TITLE);
    me_say(me, said == NULL ? W_ME_ACT_LEAD : W_ME_LEFT_ALONE);
    site_form_to(me->site, &me->html,
                 site_path(me->job->arena, "/me/messages/", index, "/feedback"));
    html_lit(&me->html, LIT("<div class=\"pair\">"));
    if (said == NULL) {
        page_answer(&me->html, LIT("word"), LIT("not_interested"), word(W_ME_NOT_INTERESTED),
                    PAGE_BUTTON_EQUAL);
        page_answer(&me->html, LIT("word"), LIT("felt_wrong"), word(W_ME_FELT_WRONG),
                    PAGE_BUTTON_EQUAL);
    } else {
        page_answer(&me->html, LIT("word"), LIT("take_back"), word(W_ME_TAKE_BACK),
                    PAGE_BUTTON_EQUAL);
    }
    html_lit(&me->html, LIT("</div></form>"));
    me_say(me, W_ME_REVIEW_LEAD);
    const struct value *review =
        site_find(value_get(me->page, "reviews"), "campaign", site_text(decision, "campaign"));
    if (review != NULL) {
        const struct str verdict = site_text(review, "verdict");
        say_with_in(&me->html, LIT("<p class=\"notice\">"),
                    str_is(verdict, "open")   ? W_ME_REVIEW_OPEN
                    : str_is(verdict, "send") ? W_ME_REVIEW_SEND
                                              : W_ME_REVIEW_WITHHOLD,
                    me_day(me, site_text(review, "asked")), site_text(review, "reason"),
                    LIT("</p>"));
    }
    me_one_button(me, site_path(me->job->arena, "/me/messages/", index, "/review"), LIT("what"),
                  STR("review"), W_ME_REVIEW_BUTTON);
    html_lit(&me->html, LIT("</section>"));
}

static void put_proof(struct me *me, const struct value *report, struct str index)
{
    html_lit(&me->html, LIT("<section>"));
    site_heading(&me->html, W_ME_PROOF_TITLE);
    page_tag(&me->html, LIT("<p>"), site_text(value_get(report, "replay"), "sentence"), LIT(" "));
    say_with(&me->html, W_ME_PROOF_ENTRY, index, STR(""));
    html_lit(&me->html, LIT("</p><p>"));
    site_link_button(&me->html, site_path(me->job->arena, "/me/messages/", index, "/proof"),
                     W_ME_PROOF_DOWNLOAD);
    html_lit(&me->html, LIT("</p></section>"));
}

/* Their decision of the path, as the library explains it. */
static bool open_decision(struct site *site, struct me *me, struct candor_text *report,
                          struct outcome *failed)
{
    uint64_t index = 0;
    bool same = false;
    if (!me_index(site, &index)) {
        *failed = me_nothing(site);
        return false;
    }
    const struct candor_languages languages = {site_query_z(site, "lang"),
                                               ask_accepted_languages(site->ask)};
    const enum candor_status status = candor_subject_decision(
        site->job, site->candor, site->who.identifier, index, &languages, &same, report);
    if (status != CANDOR_OK) {
        job_forgive(site->job);
        *failed = status == CANDOR_NOT_FOUND ? me_nothing(site) : site_failure(site, status);
        return false;
    }
    return me_open(site, me, failed);
}

struct outcome me_message(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text report;
    if (!open_decision(site, &me, &report, &failed)) {
        return failed;
    }
    const struct value *tree = site_read(site, &report);
    const struct value *decision = value_get(tree, "decision");
    const struct value *explanation = value_get(tree, "explanation");
    me_begin(&me, W_ME_MESSAGE_TITLE, W_ME_MESSAGE_LEAD, "/me/messages");
    page_tag(&me.html, LIT("<article><h2>"),
             me_campaign_title(&me, site_text(decision, "campaign")), LIT("</h2>"));
    page_tag(&me.html, LIT("<p class=\"small\">"), me_when(&me, site_text(decision, "time")),
             LIT("</p>"));
    put_result(&me, decision);
    html_lit(&me.html, LIT("</article>"));
    put_reasons(&me, decision, explanation);
    put_permission(&me, decision);
    put_facts(&me, decision);
    me_put_change(&me, decision, explanation, is_sent(decision));
    put_unused(&me, decision);
    put_acts(&me, decision);
    put_proof(&me, tree, index_of(&me, decision));
    return me_end(&me);
}

struct outcome me_message_proof(struct site *site)
{
    struct me me;
    struct outcome failed;
    struct candor_text report;
    if (!open_decision(site, &me, &report, &failed)) {
        return failed;
    }
    return site_file(site, "application/json",
                     (struct bytes){(const uint8_t *)report.ptr, report.len}, "decision.json");
}

/* ---- what the buttons do -------------------------------------------------------------------------- */

static const char *back_to(const struct site *site, uint64_t index)
{
    return str_z(site->job->arena,
                 str_format(site->job->arena, "/me/messages/%llu", (unsigned long long)index));
}

struct outcome me_feedback_post(struct site *site)
{
    struct candor_text report;
    uint64_t index = 0;
    const char *said = site_field_z(site, "word");
    if (!me_index(site, &index)) {
        return me_nothing(site);
    }
    const enum candor_status status = candor_feedback(site->job, site->candor, site->who.identifier,
                                                      index, said == NULL ? "" : said, &report);
    const bool is_back = str_is(site_field(site, "word"), "take_back");
    return me_done(site, status, back_to(site, index), is_back ? "me-taken-back" : "me-feedback");
}

struct outcome me_review_post(struct site *site)
{
    struct candor_text report;
    uint64_t index = 0;
    if (!me_index(site, &index)) {
        return me_nothing(site);
    }
    const struct candor_request_ask ask = {.identifier = site->who.identifier,
                                           .right = "human_review",
                                           .argument =
                                               str_z(site->job->arena, site->ask->parameter[0]),
                                           .source = "dashboard"};
    return me_done(site, candor_request_open(site->job, site->candor, &ask, &report),
                   back_to(site, index), "me-review");
}
