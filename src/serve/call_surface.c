/*
 * call_surface.c - what visitors are asked, and what they said.
 */
#include "candor_surface.h"
#include "serving.h"

enum candor_status call_surface(struct job *job, struct candor *candor, const struct ask *ask,
                                struct candor_text *report)
{
    if (ask->route->call == CALL_SURFACE) {
        return candor_surface(job, candor, ask->text[0], report);
    }
    if (ask->raw == NULL) {
        return fail(job, CANDOR_BAD_INPUT, "the request needs a body: a JSON object");
    }
    return candor_surface_choose(job, candor, ask->raw, str_of(ask->raw).len, ask->signals.gpc,
                                 report);
}
