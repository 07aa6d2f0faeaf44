/*
 * boardrequest.c - a rights request: its clock, what the law wants, what comes next, and how it is
 * answered, put off or refused, each with the reason that the person is told.
 *
 * What was refused says why in words for the person. A copy of their data is made when it is saved, not
 * before, and saving it is a look at them.
 */
#include "boardpages.h"

/* ---- where it stands ------------------------------------------------------------------------- */

static void put_clock(struct site *site, struct buf *html, const struct value *request)
{
    struct arena *arena = site->job->arena;
    const struct str deadline = site_text(request, "deadline");
    const int64_t days = boardpage_days_until(site, deadline);
    const bool is_closed = site_text(request, "closed").len > 0;
    html_lit(html, LIT("<p class=\"marks\">"));
    boardpage_badge(html, BADGE_PLAIN, boardpage_spaced(arena, site_text(request, "state")));
    html_lit(html, LIT(" "));
    if (site_flag(request, "overdue")) {
        boardpage_badge(html, BADGE_BAD, str_from(word(W_BOARD_OVERDUE)));
    } else if (!is_closed && site_whole(request, "level") > 0) {
        boardpage_badge(html, BADGE_WATCH, str_from(word(W_BOARD_HALF)));
    } else if (is_closed && site_flag(request, "was_late")) {
        boardpage_badge(html, BADGE_BAD, str_from(word(W_BOARD_WAS_LATE)));
    }
    html_lit(html, LIT("</p>"));
    if (is_closed) {
        return;
    }
    say_with_in(html, LIT("<p class=\"lead\">"), days < 0 ? W_BOARD_DUE_WAS : W_BOARD_DUE_IN,
                site_day(deadline), site_count(arena, days < 0 ? -days : days), LIT("</p>"));
    page_bar(html, (double)site_whole(request, "used_percent") / 100.0);
}

static void put_facts(struct site *site, struct buf *html, const struct value *request)
{
    struct arena *arena = site->job->arena;
    const struct value *refusal = value_get(request, "refusal");
    html_lit(html, LIT("<dl class=\"pairs\">"));
    site_fact(html, W_BOARD_LAW, site_text(request, "law"));
    site_fact(html, W_BOARD_PLACE, site_text(request, "jurisdiction"));
    site_fact(html, W_BOARD_RECEIVED, site_day(site_text(request, "received")));
    site_fact(html, W_BOARD_ACKNOWLEDGE_BY, site_text(request, "acknowledge_by"));
    site_fact(html, W_BOARD_HOW, boardpage_spaced(arena, site_text(request, "source")));
    site_fact(html, W_BOARD_REFERENCE, site_text(request, "reference"));
    site_fact(html, W_BOARD_ABOUT, site_text(request, "argument"));
    site_fact(html, W_BOARD_KNOWN,
              str_from(word(site_flag(request, "known_subject") ? W_BOARD_YES : W_BOARD_NO)));
    site_fact(html, W_BOARD_PROOF_NEEDED, site_text(request, "proof_needed"));
    site_fact(html, W_BOARD_PROOF_SHOWN, site_text(request, "proof_shown"));
    if (refusal != NULL && refusal->kind == VALUE_MAP) {
        site_fact(html, W_BOARD_REFUSED_BECAUSE, site_text(refusal, "sentence"));
    }
    html_lit(html, LIT("</dl>"));
}

static void put_steps(struct site *site, struct buf *html, const struct value *request)
{
    const struct value *steps = value_get(request, "steps");
    boardpage_section(html, W_BOARD_STEPS);
    html_lit(html, LIT("<ol class=\"timeline\">"));
    for (size_t i = 0; i < site_size(steps); i++) {
        const struct value *step = &steps->item[i];
        page_tag(html, LIT("<li><p><b>"),
                 boardpage_spaced(site->job->arena, site_text(step, "step")), LIT("</b> "));
        page_tag(html, LIT(""), site_text(step, "proof"), LIT(" \xc2\xb7 "));
        boardpage_time(html, site_text(step, "time"));
        page_tag(html, LIT("</p><p class=\"small\">"), site_text(step, "note"), LIT("</p></li>"));
    }
    html_lit(html, LIT("</ol>"));
    boardpage_section_end(html);
}

/* ---- what may be done ------------------------------------------------------------------------ */

struct forms {
    struct site *site;
    struct buf *html;
    const struct value *request;
    const struct boardpage_slip *slip;
};

static void form_begin(const struct forms *forms, enum word title, const char *act, bool is_folded)
{
    const bool is_sent = str_is(forms->slip->act, act);
    html_lit(forms->html, !is_folded ? LIT("<div>")
                          : is_sent  ? LIT("<details open>")
                                     : LIT("<details>"));
    say_in(forms->html, is_folded ? LIT("<summary>") : LIT("<h2>"), title,
           is_folded ? LIT("</summary>") : LIT("</h2>"));
    site_form_to(forms->site, forms->html,
                 site_path(forms->site->job->arena, "/board/requests/",
                           site_text(forms->request, "id"), ""));
}

static void form_end(const struct forms *forms, bool is_folded)
{
    page_form_end(forms->html);
    html_lit(forms->html, is_folded ? LIT("</details>") : LIT("</div>"));
}

static void put_note(const struct forms *forms, struct lit name, const char *act, enum word hint,
                     bool is_optional)
{
    const struct page_field field = {.name = name,
                                     .label = word(W_BOARD_REASON),
                                     .hint = word(hint),
                                     .error = boardpage_error(forms->slip, act),
                                     .value = site_field(forms->site, name.ptr),
                                     .is_optional = is_optional};
    page_area(forms->html, &field);
}

static void put_plain_steps(const struct forms *forms)
{
    const struct value *request = forms->request;
    const struct str state = site_text(request, "state");
    const bool is_paused = str_is(state, "paused");
    site_heading(forms->html, W_BOARD_NEXT);
    page_notice(forms->html, PAGE_NOTICE_BAD, boardpage_error(forms->slip, "acknowledge"));
    page_notice(forms->html, PAGE_NOTICE_BAD, boardpage_error(forms->slip, "start"));
    page_notice(forms->html, PAGE_NOTICE_BAD, boardpage_error(forms->slip, "resume"));
    page_notice(forms->html, PAGE_NOTICE_BAD, boardpage_error(forms->slip, "ask_proof"));
    site_form_to(
        forms->site, forms->html,
        site_path(forms->site->job->arena, "/board/requests/", site_text(request, "id"), ""));
    html_lit(forms->html, LIT("<div class=\"acts\">"));
    if (site_text(request, "acknowledge_by").len > 0) {
        page_answer(forms->html, LIT("act"), LIT("acknowledge"), word(W_BOARD_ACKNOWLEDGE),
                    PAGE_BUTTON_MAIN);
    }
    if (is_paused) {
        page_answer(forms->html, LIT("act"), LIT("resume"), word(W_BOARD_RESUME), PAGE_BUTTON_MAIN);
    } else {
        page_answer(forms->html, LIT("act"), LIT("start"), word(W_BOARD_START), PAGE_BUTTON_EQUAL);
        page_answer(forms->html, LIT("act"), LIT("ask_proof"), word(W_BOARD_ASK_PROOF),
                    PAGE_BUTTON_EQUAL);
    }
    html_lit(forms->html, LIT("</div>"));
    page_form_end(forms->html);
}

static void put_proof(const struct forms *forms)
{
    static const char *const level[] = {"none", "contact", "match", "strong"};
    struct str choice[4];
    for (size_t i = 0; i < 4; i++) {
        choice[i] = str_of(level[i]);
    }
    const struct page_field field = {.name = LIT("level"),
                                     .label = word(W_BOARD_PROOF_LEVEL),
                                     .hint = word(W_BOARD_PROOF_HINT),
                                     .error = boardpage_error(forms->slip, "prove"),
                                     .value = site_text(forms->request, "proof_needed")};
    form_begin(forms, W_BOARD_PROVE, "prove", true);
    page_select(forms->html, &field, choice, 4);
    page_answer(forms->html, LIT("act"), LIT("prove"), word(W_BOARD_PROVE), PAGE_BUTTON_EQUAL);
    form_end(forms, true);
}

static void put_answer(const struct forms *forms)
{
    const struct str right = site_text(forms->request, "right");
    const struct page_field which = {.name = LIT("field"),
                                     .label = word(W_BOARD_FIELD),
                                     .hint = word(W_BOARD_FIELD_HINT),
                                     .value = site_field(forms->site, "field")};
    const struct page_field value = {.name = LIT("value"),
                                     .label = word(W_BOARD_VALUE),
                                     .value = site_field(forms->site, "value")};
    form_begin(forms, W_BOARD_ANSWER, "answer", false);
    say_with_in(forms->html, LIT("<p>"), W_BOARD_ANSWER_LEAD,
                boardpage_spaced(forms->html->arena, right), STR(""), LIT("</p>"));
    if (str_is(right, "rectification")) {
        page_field(forms->html, &which);
        page_field(forms->html, &value);
    }
    put_note(forms, LIT("answer_note"), "answer", W_BOARD_ANSWER_HINT, true);
    page_answer(forms->html, LIT("act"), LIT("answer"), word(W_BOARD_ANSWER_BUTTON),
                str_is(right, "erasure") ? PAGE_BUTTON_DANGER : PAGE_BUTTON_MAIN);
    form_end(forms, false);
}

static void put_refusal(const struct forms *forms)
{
    static const char *const reason[] = {"not_verified",
                                         "no_match",
                                         "not_covered",
                                         "outside_jurisdiction",
                                         "suspected_fraud",
                                         "too_many_requests",
                                         "legal_obligation",
                                         "legal_claims",
                                         "free_expression",
                                         "rights_of_others",
                                         "compelling_grounds",
                                         "data_correct",
                                         "other"};
    enum { REASONS = sizeof reason / sizeof reason[0] };
    struct str choice[REASONS];
    for (size_t i = 0; i < REASONS; i++) {
        choice[i] = str_of(reason[i]);
    }
    const struct page_field field = {.name = LIT("code"),
                                     .label = word(W_BOARD_REFUSAL_REASON),
                                     .hint = word(W_BOARD_REFUSAL_HINT),
                                     .value = site_field(forms->site, "code")};
    form_begin(forms, W_BOARD_REFUSE, "refuse", true);
    page_select(forms->html, &field, choice, REASONS);
    put_note(forms, LIT("refusal_note"), "refuse", W_BOARD_REFUSAL_NOTE, true);
    page_answer(forms->html, LIT("act"), LIT("refuse"), word(W_BOARD_REFUSE), PAGE_BUTTON_DANGER);
    form_end(forms, true);
}

static void put_noted(const struct forms *forms, struct lit act, struct lit field, enum word title,
                      enum word hint, bool is_optional)
{
    form_begin(forms, title, act.ptr, true);
    put_note(forms, field, act.ptr, hint, is_optional);
    page_answer(forms->html, LIT("act"), act, word(title), PAGE_BUTTON_EQUAL);
    form_end(forms, true);
}

static void put_copy(const struct forms *forms)
{
    const struct str right = site_text(forms->request, "right");
    struct arena *arena = forms->site->job->arena;
    const struct str id = site_text(forms->request, "id");
    if (!str_is(right, "access") && !str_is(right, "portability")) {
        return;
    }
    site_heading(forms->html, W_BOARD_COPY);
    say_in(forms->html, LIT("<p>"), W_BOARD_COPY_LEAD, LIT("</p>"));
    site_form_to(forms->site, forms->html,
                 str_format(arena, "/board/requests/%.*s/copy", STR_ARG(id)));
    page_button(forms->html, word(W_BOARD_COPY_BUTTON), PAGE_BUTTON_MAIN);
    page_form_end(forms->html);
}

static void put_forms(const struct forms *forms)
{
    const struct str state = site_text(forms->request, "state");
    const struct str act = forms->slip->act;
    if (forms->slip->error.len > 0 &&
        (site_text(forms->request, "closed").len > 0 || str_is(act, ""))) {
        page_notice(forms->html, PAGE_NOTICE_BAD, forms->slip->error);
    }
    if (site_text(forms->request, "closed").len > 0) {
        site_heading(forms->html, W_BOARD_CLOSED);
        say_in(forms->html, LIT("<p>"), W_BOARD_CLOSED_LEAD, LIT("</p>"));
        if (str_is(state, "fulfilled")) {
            put_copy(forms);
        } else if (str_is(state, "refused")) {
            put_noted(forms, LIT("appeal"), LIT("appeal_note"), W_BOARD_APPEAL, W_BOARD_APPEAL_HINT,
                      true);
        }
        return;
    }
    put_plain_steps(forms);
    put_answer(forms);
    put_proof(forms);
    put_noted(forms, LIT("extend"), LIT("extend_note"), W_BOARD_EXTEND, W_BOARD_EXTEND_HINT, false);
    put_noted(forms, LIT("pause"), LIT("pause_note"), W_BOARD_PAUSE, W_BOARD_PAUSE_HINT, false);
    put_refusal(forms);
    put_noted(forms, LIT("cancel"), LIT("cancel_note"), W_BOARD_CANCEL, W_BOARD_CANCEL_HINT, true);
}

/* ---- the page --------------------------------------------------------------------------------- */

static struct outcome request_page(struct site *site, const struct boardpage_slip *slip)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    struct buf html = buf_begin(arena);
    const enum candor_status status = candor_request_show(
        site->job, site->candor, str_z(arena, site->ask->parameter[0]), &report);
    if (status != CANDOR_OK) {
        return site_failure(site, status);
    }
    const struct value *request = value_get(site_read(site, &report), "request");
    const struct forms forms = {site, &html, request, slip};
    site_begin(site, &html,
               word_with(arena, W_BOARD_REQUEST_TITLE,
                         boardpage_spaced(arena, site_text(request, "right")), STR("")),
               "/board/");
    put_clock(site, &html, request);
    html_lit(&html, LIT("<div class=\"beside\"><div>"));
    put_facts(site, &html, request);
    put_steps(site, &html, request);
    boardpage_trail(site, &html, site_text(request, "id"), site_text(request, "received"));
    html_lit(&html, LIT("</div><aside>"));
    put_forms(&forms);
    html_lit(&html, LIT("</aside></div>"));
    return boardpage_end(&html, slip);
}

struct outcome boardpage_request(struct site *site)
{
    const struct boardpage_slip slip = {.act = STR(""), .error = STR("")};
    return request_page(site, &slip);
}

/* Where each step's reason stands in its form, and what stands for its code. */
static const struct {
    const char *act;
    const char *note;
    const char *code;
} step_row[] = {
    {"acknowledge", NULL, NULL},
    {"start", NULL, NULL},
    {"resume", NULL, NULL},
    {"ask_proof", NULL, NULL},
    {"prove", NULL, "level"},
    {"extend", "extend_note", NULL},
    {"pause", "pause_note", NULL},
    {"cancel", "cancel_note", NULL},
    {"refuse", "refusal_note", "code"},
    {"appeal", "appeal_note", NULL},
};

static enum candor_status take(struct site *site, struct str act, bool *is_known)
{
    struct candor_text report;
    struct arena *arena = site->job->arena;
    const char *id = str_z(arena, site->ask->parameter[0]);
    *is_known = true;
    if (str_is(act, "answer")) {
        const struct candor_request_answer answer = {.field = site_field_z(site, "field"),
                                                     .value = site_field_z(site, "value"),
                                                     .note = site_field_z(site, "answer_note")};
        return candor_request_answer(site->job, site->candor, id, &answer, &report);
    }
    for (size_t i = 0; i < sizeof step_row / sizeof step_row[0]; i++) {
        if (str_is(act, step_row[i].act)) {
            return candor_request_step(
                site->job, site->candor, id, step_row[i].act,
                step_row[i].code == NULL ? NULL : site_field_z(site, step_row[i].code),
                step_row[i].note == NULL ? NULL : site_field_z(site, step_row[i].note), &report);
        }
    }
    *is_known = false;
    return CANDOR_OK;
}

struct outcome boardpage_request_post(struct site *site)
{
    struct arena *arena = site->job->arena;
    const struct str act = site_field(site, "act");
    bool is_known = false;
    const enum candor_status status = take(site, act, &is_known);
    if (!is_known) {
        return site_stale(site);
    }
    if (status != CANDOR_OK) {
        const struct boardpage_slip slip = boardpage_slip(site, act, status);
        return request_page(site, &slip);
    }
    return site_go_saying(
        site, str_z(arena, site_path(arena, "/board/requests/", site->ask->parameter[0], "")),
        str_is(act, "answer") ? "request-answered" : "request-step");
}

struct outcome boardpage_request_copy(struct site *site)
{
    struct candor_text zip;
    struct arena *arena = site->job->arena;
    const char *id = str_z(arena, site->ask->parameter[0]);
    const enum candor_status status = candor_request_copy(site->job, site->candor, id, &zip);
    return status == CANDOR_OK
               ? site_file(site, "application/zip",
                           (struct bytes){(const uint8_t *)zip.ptr, zip.len}, "answer.zip")
               : site_failure(site, status);
}
