/*
 * call_signals.c - the routes about signals: permits with them, a subject's own, Global Privacy
 * Control, one-click unsubscribe.
 */
#include "page.h"
#include "serving.h"

const struct candor_signals *ask_signals(const struct ask *ask)
{
    return ask->signals.json == NULL && !ask->signals.gpc ? NULL : &ask->signals;
}

/* ---- the page behind an unsubscribe link --------------------------------------------------- */

/* The button posts what a mail program would. */
static struct str page(struct arena *arena, struct str purpose, bool is_done)
{
    struct buf buf = buf_begin(arena);
    const struct page_shell shell = {.title = is_done ? STR("You are unsubscribed")
                                                      : STR("Stop these messages?"),
                                     .is_narrow = true};
    page_shell_begin(&buf, &shell);
    page_tag(&buf, LIT("<p class=\"lead\">"), purpose, LIT("</p>"));
    if (is_done) {
        html_lit(&buf, LIT("<p>We send no more of these from now on.</p>\n"));
    } else {
        page_form_begin(&buf, LIT(""), STR(""));
        page_hidden(&buf, LIT("List-Unsubscribe"), STR("One-Click"));
        page_button(&buf, LIT("Unsubscribe"), PAGE_BUTTON_MAIN);
        page_form_end(&buf);
        html_lit(&buf, LIT("<p>Nothing happens until you press the button.</p>\n"));
    }
    page_shell_end(&buf);
    return buf_text(&buf);
}

static enum candor_status answer_page(struct job *job, const struct candor_text *said, bool is_done,
                                      struct candor_text *report)
{
    const struct value *tree = NULL;
    struct str title;
    const struct bytes bytes = {(const uint8_t *)said->ptr, said->len};
    TRY(json_read(job, bytes, NULL, "the answer", &tree));
    TRY(value_text(job, value_get(tree, "title"), "the title", &title));
    const struct str text = page(job->arena, title, is_done);
    *report = (struct candor_text){text.ptr, text.len};
    return CANDOR_OK;
}

static enum candor_status look(struct job *job, struct candor *candor, const struct ask *ask,
                               struct candor_text *report)
{
    struct candor_text said;
    TRY(candor_unsubscribe_look(job, candor, ask->token, &said));
    return answer_page(job, &said, false, report);
}

static enum candor_status unsubscribe(struct job *job, struct candor *candor, const struct ask *ask,
                                      struct candor_text *report)
{
    struct candor_text said;
    const struct str type = net_header(ask->request, "content-type");
    const struct bytes body = ask->request->body;
    TRY(candor_unsubscribe(job, candor, ask->token, type.ptr == NULL ? "" : str_z(job->arena, type),
                           (const char *)body.ptr, body.len, &said));
    return answer_page(job, &said, true, report);
}

/* ---- the routes ---------------------------------------------------------------------------- */

enum candor_status call_signals(struct job *job, struct candor *candor, const struct ask *ask,
                                struct candor_text *report)
{
    const enum call call = ask->route->call;
    if (call == CALL_SUBJECT_SIGNALS) {
        return candor_subject_signals(job, candor, ask->identifier, report);
    }
    if (call == CALL_GPC) {
        return candor_gpc_statement(job, candor, report);
    }
    if (call == CALL_UNSUBSCRIBE_LOOK) {
        return look(job, candor, ask, report);
    }
    must(call == CALL_UNSUBSCRIBE);
    return unsubscribe(job, candor, ask, report);
}
