/*
 * call_gate.c - the routes of the gate.
 */
#include "candor_gate.h"
#include "candor_guard.h"
#include "serving.h"

enum candor_status call_gate(struct job *job, struct candor *candor, const struct ask *ask,
                             struct candor_text *report)
{
    if (ask->route->call == CALL_MODELS) {
        return candor_chat_models(job, candor, report);
    }
    bool blocks = false; /* each finding says so too */
    const struct candor_scan asked = {.only = ask->text[1],
                                      .region = ask->text[2],
                                      .least = ask->text[3],
                                      .fail_on = ask->text[4],
                                      .as = ask->text[5],
                                      .market = ask->text[6],
                                      .hosts = ask->text[7],
                                      .packages = ask->text[8]};
    const struct str text = str_of(ask->text[0]);
    must(ask->route->call == CALL_SCAN);
    return candor_scan_at_home(job, candor, &asked, (struct candor_text){text.ptr, text.len},
                               &blocks, report);
}
