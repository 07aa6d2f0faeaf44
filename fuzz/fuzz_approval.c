/*
 * fuzz_approval.c - any bytes as an approval: refused, or read and never sound, for nobody signed them; and
 * as a page: what is marked holds, once.
 */
#include "candor_content.h"
#include "flow.h"
#include "mark.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "candor.example/ledger+9c96b7cc+"
                          "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct candor_text report;
    bool sound = false;
    const struct str text = {(const char *)data, size};
    job_begin(&job, host_real());
    if (candor_approval_verify(&job, "text", 4, text.ptr, size, key, &sound, &report) ==
        CANDOR_OK) {
        must(!sound);
    }
    const struct str marked = mark_add(job.arena, text, MARK_HTML, MARK_AI, STR("en"));
    must(marked.len >= text.len);
    must(!mark_holds(text, MARK_HTML, MARK_AI) || marked.len == text.len);
    job_end(&job);
    return 0;
}
