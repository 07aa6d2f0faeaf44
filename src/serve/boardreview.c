/*
 * boardreview.c - one review: where it stands, who decides, what its reader may do and why not, every step
 * with its entry on the ledger; and putting something before the board.
 */
#include "boardpages.h"

#include "candor_board.h"

/* ---- where it stands ------------------------------------------------------------------------ */

static enum boardpage_badge badge_of(struct str state)
{
    return str_is(state, "approved")                               ? BADGE_GOOD
           : str_is(state, "rejected") || str_is(state, "void")    ? BADGE_BAD
           : str_is(state, "in_review") || str_is(state, "lapsed") ? BADGE_WATCH
                                                                   : BADGE_PLAIN;
}

static void put_state(struct site *site, struct buf *html, const struct value *review)
{
    struct arena *arena = site->job->arena;
    const struct str state = site_text(review, "state");
    html_lit(html, LIT("<p class=\"marks\">"));
    boardpage_badge(html, badge_of(state), boardpage_spaced(arena, state));
    html_lit(html, LIT(" "));
    if (str_is(site_text(review, "risk"), "high")) {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_BOARD_RISK_HIGH)));
    } else {
        boardpage_badge(html, BADGE_PLAIN, str_from(word(W_BOARD_RISK_ORDINARY)));
    }
    say_with_in(html, LIT("</p><p class=\"lead\">"), W_BOARD_PROPOSED_BY,
                site_text(review, "proposed_by"), site_day(site_text(review, "proposed")),
                LIT(" "));
    boardpage_entry_link(html, site_whole(review, "ledger_index"));
    html_lit(html, LIT("</p>"));
    if (site_text(review, "note").len > 0) {
        page_tag(html, LIT("<blockquote class=\"words\"><p>"), site_text(review, "note"),
                 LIT("</p></blockquote>"));
    }
    if (site_text(review, "risk_because").len > 0) {
        say_with_in(html, LIT("<p class=\"small\">"), W_BOARD_RISK_BECAUSE,
                    site_text(review, "risk_because"), STR(""), LIT("</p>"));
    }
}

/* One bar of the way to a decision, said in words too. */
static void put_progress(struct buf *html, enum word label, int64_t have, int64_t need)
{
    struct arena *arena = html->arena;
    say_in(html, LIT("<li><div class=\"row\"><span class=\"name\">"), label, LIT("</span>"));
    page_bar(html, need <= 0 ? 1.0 : have >= need ? 1.0 : (double)have / (double)need);
    say_with_in(html, LIT("<b class=\"count\">"), W_BOARD_OF, site_count(arena, have),
                site_count(arena, need), LIT("</b></div></li>"));
}

static void put_names(struct buf *html, enum word label, const struct value *names)
{
    struct buf text = buf_begin(html->arena);
    for (size_t i = 0; i < site_size(names); i++) {
        buf_str(&text, i == 0 ? STR("") : STR(", "));
        buf_str(&text, names->item[i].text);
    }
    site_fact(html, label, buf_text(&text));
}

static void put_officer(struct buf *html, const struct value *votes)
{
    const struct value *officer = value_get(votes, "officer_advises");
    if (officer != NULL) {
        site_fact(html, W_BOARD_OFFICER,
                  officer->kind == VALUE_TEXT ? boardpage_word(officer->text)
                                              : str_from(word(W_BOARD_OFFICER_SILENT)));
    }
}

static void put_quorum(struct buf *html, const struct value *review)
{
    const struct value *votes = value_get(review, "votes");
    const bool is_high = value_get(votes, "quorum") != NULL;
    const int64_t approve = site_whole(votes, "approve");
    const int64_t against = site_whole(votes, "reject") + site_whole(votes, "request_changes");
    site_heading(html, W_BOARD_QUORUM);
    if (site_text(review, "waits").len > 0) {
        page_tag(html, LIT("<p>"), site_text(review, "waits"), LIT("</p>"));
    }
    html_lit(html, LIT("<ol class=\"stairs tight\">"));
    put_progress(html, W_BOARD_APPROVALS, approve, site_whole(votes, "needed"));
    if (is_high) {
        put_progress(html, W_BOARD_VOTED, approve + against, site_whole(votes, "quorum"));
    }
    html_lit(html, LIT("</ol><dl class=\"pairs\">"));
    site_fact(html, W_BOARD_AGAINST_COUNT, site_count(html->arena, against));
    put_names(html, W_BOARD_MAY_VOTE, value_get(review, "may_vote"));
    put_names(html, W_BOARD_AUTHORS, value_get(review, "authors"));
    put_names(html, W_BOARD_CONFLICTS, value_get(review, "conflicts"));
    site_fact(html, W_BOARD_CHAIR, site_text(votes, "chair"));
    put_officer(html, votes);
    if (site_text(review, "valid_until").len > 0) {
        site_fact(html, W_BOARD_VALID_UNTIL, site_day(site_text(review, "valid_until")));
    }
    html_lit(html, LIT("</dl>"));
}

/* ---- what its reader may do ------------------------------------------------------------------ */

static const struct value *yours(const struct value *review, const char *act)
{
    const struct value *list = value_get(review, "yours");
    for (size_t i = 0; i < site_size(list); i++) {
        if (str_is(site_text(&list->item[i], "act"), act)) {
            return &list->item[i];
        }
    }
    return NULL;
}

static bool may(const struct value *review, const char *act)
{
    return site_flag(yours(review, act), "may");
}

/* The acts of one form, all with one reason. */
struct offer {
    struct lit act;
    enum word words;
    enum page_button kind;
};

static const struct offer vote_offer[] = {
    {WORDS("approve"), W_BOARD_APPROVE, PAGE_BUTTON_EQUAL},
    {WORDS("request_changes"), W_BOARD_REQUEST_CHANGES, PAGE_BUTTON_EQUAL},
    {WORDS("reject"), W_BOARD_REJECT, PAGE_BUTTON_EQUAL},
};
static const struct offer advice_offer[] = {
    {WORDS("advise_for"), W_BOARD_ADVISE_FOR, PAGE_BUTTON_EQUAL},
    {WORDS("advise_against"), W_BOARD_ADVISE_AGAINST, PAGE_BUTTON_EQUAL},
};
static const struct offer chair_offer[] = {
    {WORDS("overrule"), W_BOARD_OVERRULE, PAGE_BUTTON_EQUAL},
    {WORDS("close"), W_BOARD_CLOSE, PAGE_BUTTON_EQUAL},
};
static const struct offer recuse_offer[] = {
    {WORDS("recuse"), W_BOARD_RECUSE, PAGE_BUTTON_EQUAL},
};
static const struct offer withdraw_offer[] = {
    {WORDS("withdraw"), W_BOARD_WITHDRAW, PAGE_BUTTON_DANGER},
};

static const struct group {
    enum word title;
    enum word hint;
    struct lit field;
    const struct offer *offer;
    size_t count;
    bool is_folded;
} group_row[] = {
    {W_BOARD_VOTE, W_BOARD_VOTE_HINT, WORDS("reason"), vote_offer, 3, false},
    {W_BOARD_ADVICE, W_BOARD_ADVICE_HINT, WORDS("advice"), advice_offer, 2, false},
    {W_BOARD_CHAIRS, W_BOARD_CHAIRS_HINT, WORDS("chairs"), chair_offer, 2, true},
    {W_BOARD_RECUSAL, W_BOARD_RECUSAL_HINT, WORDS("recusal"), recuse_offer, 1, true},
    {W_BOARD_TAKING_BACK, W_BOARD_TAKING_BACK_HINT, WORDS("withdrawal"), withdraw_offer, 1, true},
};
enum { GROUPS = sizeof group_row / sizeof group_row[0] };

static const struct group *group_of(struct str act)
{
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t i = 0; i < group_row[g].count; i++) {
            if (str_equal(act, str_from(group_row[g].offer[i].act))) {
                return &group_row[g];
            }
        }
    }
    return NULL;
}

static void put_conflict_choice(struct site *site, struct buf *html)
{
    struct candor_text report;
    size_t findings = 0;
    struct str choice[64] = {STR("")};
    size_t count = 1;
    if (candor_board_status(site->job, site->candor, &findings, &report) != CANDOR_OK) {
        job_forgive(site->job);
        return;
    }
    const struct value *conflicts =
        value_get(value_get(site_read(site, &report), "governance"), "conflicts");
    for (size_t i = 0; i < site_size(conflicts) && count < 64; i++) {
        choice[count++] = site_text(&conflicts->item[i], "name");
    }
    if (count > 1) {
        const struct page_field field = {.name = LIT("conflict"),
                                         .label = word(W_BOARD_CONFLICT_NAME),
                                         .hint = word(W_BOARD_CONFLICT_HINT),
                                         .value = site_field(site, "conflict"),
                                         .is_optional = true};
        page_select(html, &field, choice, count);
    }
}

static void put_group(struct site *site, struct buf *html, const struct value *review,
                      const struct group *group, const struct boardpage_slip *slip)
{
    size_t offered = 0;
    bool is_needed = true;
    for (size_t i = 0; i < group->count; i++) {
        const struct value *mine = yours(review, group->offer[i].act.ptr);
        offered += site_flag(mine, "may");
        is_needed = is_needed && site_flag(mine, "reason_needed");
    }
    if (offered == 0) {
        return;
    }
    const bool is_sent = group_of(slip->act) == group;
    const struct page_field field = {.name = group->field,
                                     .label = word(W_BOARD_REASON),
                                     .hint = word(group->hint),
                                     .error = is_sent ? slip->error : STR(""),
                                     .value = site_field(site, group->field.ptr),
                                     .is_optional = !is_needed};
    html_lit(html, !group->is_folded ? LIT("<div>")
                   : is_sent         ? LIT("<details open><summary>")
                                     : LIT("<details><summary>"));
    say_in(html, group->is_folded ? LIT("") : LIT("<h2>"), group->title,
           group->is_folded ? LIT("</summary>") : LIT("</h2>"));
    site_form_to(site, html,
                 site_path(site->job->arena, "/board/reviews/", site_text(review, "id"), ""));
    page_area(html, &field);
    if (group->offer == recuse_offer) {
        put_conflict_choice(site, html);
    }
    html_lit(html, LIT("<div class=\"acts\">"));
    for (size_t i = 0; i < group->count; i++) {
        if (may(review, group->offer[i].act.ptr)) {
            page_answer(html, LIT("act"), group->offer[i].act, word(group->offer[i].words),
                        group->offer[i].kind);
        }
    }
    html_lit(html, LIT("</div>"));
    page_form_end(html);
    html_lit(html, group->is_folded ? LIT("</details>") : LIT("</div>"));
}

/* Whoever cannot vote is told why, and not left to guess. */
static void put_why_not(struct buf *html, const struct value *review)
{
    const struct str why = site_text(yours(review, "approve"), "why");
    if (!str_is(site_text(review, "state"), "in_review") || may(review, "approve") ||
        may(review, "advise_for")) {
        return;
    }
    site_heading(html, W_BOARD_VOTE);
    html_lit(html, LIT("<p class=\"notice\"><b>"));
    say_in(html, LIT(""), W_BOARD_NO_VOTE, LIT("</b> "));
    say_with(html, W_BOARD_BECAUSE, why, STR(""));
    html_lit(html, LIT("</p>"));
}

static void put_decision(struct site *site, struct buf *html, const struct value *review,
                         const struct boardpage_slip *slip)
{
    if (slip->error.len > 0 &&
        (group_of(slip->act) == NULL || !may(review, str_z(site->job->arena, slip->act)))) {
        page_notice(html, PAGE_NOTICE_BAD, slip->error);
    }
    put_why_not(html, review);
    for (size_t g = 0; g < GROUPS; g++) {
        put_group(site, html, review, &group_row[g], slip);
    }
}

/* ---- what was done --------------------------------------------------------------------------- */

static void put_steps(struct site *site, struct buf *html, const struct value *review)
{
    const struct value *steps = value_get(review, "steps");
    boardpage_section(html, W_BOARD_STEPS);
    if (site_size(steps) == 0) {
        say_in(html, LIT("<p>"), W_BOARD_NO_STEPS, LIT("</p>"));
        boardpage_section_end(html);
        return;
    }
    html_lit(html, LIT("<ol class=\"timeline\">"));
    for (size_t i = 0; i < steps->count; i++) {
        const struct value *step = &steps->item[i];
        page_tag(html, LIT("<li><p><b>"), site_text(step, "by"), LIT("</b> "));
        page_tag(html, LIT(""), boardpage_spaced(site->job->arena, site_text(step, "act")),
                 LIT(" \xc2\xb7 "));
        boardpage_time(html, site_text(step, "time"));
        html_lit(html, LIT(" \xc2\xb7 "));
        boardpage_entry_link(html, site_whole(step, "ledger_index"));
        page_tag(html, LIT("</p><p class=\"small\">"), site_text(step, "reason"), LIT("</p>"));
        if (site_text(step, "conflict").len > 0) {
            say_with_in(html, LIT("<p class=\"small\">"), W_BOARD_CONFLICT_IS,
                        site_text(step, "conflict"), STR(""), LIT("</p>"));
        }
        html_lit(html, LIT("</li>"));
    }
    html_lit(html, LIT("</ol>"));
    boardpage_section_end(html);
}

static struct outcome review_page(struct site *site, const struct boardpage_slip *slip)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    const enum candor_status status =
        candor_board_show(site->job, site->candor, str_z(arena, site->ask->parameter[0]), &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *review = site_read(site, &report);
    site_begin(site, &html,
               str_format(arena, "%.*s: %.*s", STR_ARG(boardpage_word(site_text(review, "kind"))),
                          STR_ARG(site_text(review, "name"))),
               "/board/");
    put_state(site, &html, review);
    html_lit(&html, LIT("<div class=\"beside\"><div>"));
    boardpage_evidence(site, &html, review);
    put_steps(site, &html, review);
    html_lit(&html, LIT("</div><aside>"));
    put_quorum(&html, review);
    put_decision(site, &html, review, slip);
    html_lit(&html, LIT("</aside></div>"));
    boardpage_trail(site, &html, site_text(review, "id"), site_text(review, "proposed"));
    return boardpage_end(&html, slip);
}

struct outcome boardpage_review(struct site *site)
{
    const struct boardpage_slip slip = {.act = STR(""), .error = STR("")};
    return review_page(site, &slip);
}

struct outcome boardpage_review_post(struct site *site)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    const struct str act = site_field(site, "act");
    const struct str id = site->ask->parameter[0];
    const struct group *group = group_of(act);
    if (group == NULL) {
        return site_stale(site);
    }
    const char *note = site_field_z(site, group->field.ptr);
    const char *conflict = group->offer == recuse_offer ? site_field_z(site, "conflict") : NULL;
    const enum candor_status status = candor_board_act(site->job, site->candor, str_z(arena, id),
                                                       str_z(arena, act), note, conflict, &report);
    if (status == CANDOR_OK) {
        return site_go_saying(site, str_z(arena, site_path(arena, "/board/reviews/", id, "")),
                              "board-step");
    }
    struct boardpage_slip slip = boardpage_slip(site, act, status);
    if (status == CANDOR_BAD_INPUT && note == NULL) {
        slip.error = str_from(word(W_BOARD_REASON_NEEDED));
    }
    return review_page(site, &slip);
}

/* ---- proposing -------------------------------------------------------------------------------- */

static struct outcome propose_page(struct site *site, struct str kind, struct str name,
                                   const struct boardpage_slip *slip)
{
    struct buf html = buf_begin(site->job->arena);
    const struct page_field authors = {.name = LIT("authors"),
                                       .label = word(W_BOARD_OTHER_AUTHORS),
                                       .hint = word(W_BOARD_OTHER_AUTHORS_HINT),
                                       .value = site_field(site, "authors"),
                                       .is_optional = true};
    const struct page_field note = {.name = LIT("note"),
                                    .label = word(W_BOARD_WHY),
                                    .hint = word(W_BOARD_WHY_HINT),
                                    .value = site_field(site, "note"),
                                    .is_optional = true};
    site_begin_narrow(site, &html, str_from(word(W_BOARD_PROPOSE_TITLE)));
    say_with_in(&html, LIT("<p class=\"lead\">"), W_BOARD_PROPOSE_LEAD, boardpage_word(kind), name,
                LIT("</p>"));
    page_notice(&html, PAGE_NOTICE_BAD, slip->error);
    site_form(site, &html, LIT("/board/propose"));
    page_hidden(&html, LIT("kind"), kind);
    page_hidden(&html, LIT("name"), name);
    page_field(&html, &authors);
    page_area(&html, &note);
    page_button(&html, word(W_BOARD_PROPOSE), PAGE_BUTTON_MAIN);
    page_form_end(&html);
    return boardpage_end(&html, slip);
}

struct outcome boardpage_propose(struct site *site)
{
    const struct boardpage_slip slip = {.act = STR(""), .error = STR("")};
    return propose_page(site, site_query(site, "kind"), site_query(site, "name"), &slip);
}

struct outcome boardpage_propose_post(struct site *site)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    const char *kind = site_field_z(site, "kind");
    const enum candor_status status = candor_board_propose(
        site->job, site->candor, kind == NULL ? "" : kind,
        kind != NULL && str_is(str_of(kind), "policy") ? NULL : site_field_z(site, "name"),
        site_field_z(site, "authors"), site_field_z(site, "note"), &report);
    if (status != CANDOR_OK) {
        const struct boardpage_slip slip = boardpage_slip(site, STR("propose"), status);
        return propose_page(site, site_field(site, "kind"), site_field(site, "name"), &slip);
    }
    const struct str id = site_text(site_read(site, &report), "id");
    return site_go_saying(site, str_z(arena, site_path(arena, "/board/reviews/", id, "")),
                          "board-proposed");
}
