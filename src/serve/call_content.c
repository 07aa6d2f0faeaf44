/*
 * call_content.c - the routes about copy, pages and code on their way out.
 *
 * Whoever holds the key is the author of what they submit, so that no vote of theirs counts for it. Nothing is
 * written outside of the home: approved bytes are the answer, and whoever asked puts them where they belong.
 */
#include "candor_content.h"
#include "serving.h"

static enum candor_status submit(struct job *job, struct candor *candor, const struct ask *ask,
                                 struct candor_text *report)
{
    const struct str text = str_of(ask->text[2]);
    const struct str prompt = str_of(ask->text[7]);
    const struct candor_content content = {.name = ask->text[0],
                                           .file = ask->text[1],
                                           .bytes = text.ptr,
                                           .len = text.len,
                                           .purpose = ask->text[3],
                                           .media = ask->text[4],
                                           .source = ask->text[5],
                                           .model = ask->text[6],
                                           .prompt = ask->text[7],
                                           .prompt_len = prompt.len,
                                           .market = ask->text[8],
                                           .personalised = ask->text[9] != NULL,
                                           .mark = ask->text[10] != NULL,
                                           .manifest = ask->text[11] != NULL};
    return candor_content_submit(job, candor, &content, report);
}

static enum candor_status list(struct job *job, struct candor *candor, const struct ask *ask,
                               struct candor_text *report)
{
    enum { LIST_MOST = 1000 };
    uint64_t most = LIST_MOST;
    const struct str limit = str_of(ask->text[1]);
    if (limit.len > 0 && (!str_to_uint64(limit, &most) || most == 0 || most > LIST_MOST)) {
        return fail(job, CANDOR_BAD_INPUT, "'limit' is a number from 1 to %d", LIST_MOST);
    }
    return candor_content_list(job, candor, ask->text[0], (size_t)most, report);
}

enum candor_status call_content(struct job *job, struct candor *candor, const struct ask *ask,
                                struct candor_text *report)
{
    const enum call call = ask->route->call;
    if (call == CALL_CONTENT_LIST) {
        return list(job, candor, ask, report);
    }
    if (call == CALL_CONTENT_SUBMIT) {
        return submit(job, candor, ask, report);
    }
    if (call == CALL_CONTENT_SHOW) {
        return candor_content_show(job, candor, ask->name, report);
    }
    if (call == CALL_CONTENT_APPROVAL) {
        return candor_content_approval(job, candor, ask->name, report);
    }
    if (call == CALL_CONTENT_DEPLOY) {
        return candor_content_hand(job, candor, ask->name, report);
    }
    must(call == CALL_CONTENT_RETIRE);
    return candor_content_retire(job, candor, ask->name, report);
}
