/*
 * scan_manifest.c - a C2PA manifest in a text that is scanned: letters that nobody sees, or a long row of
 * base64, which is just what is looked for.
 *
 * One that verifies, and has nothing in it but words, numbers and keys, is no hidden text: what was found
 * within it is dropped, and its words are looked at in its place, as if they stood there. Anybody can sign
 * a manifest of their own; so that it verifies excuses how it is written, not what it says.
 *
 * Nothing is verified where nothing was found, so a clean file costs nothing.
 */
#include "manifest.h"
#include "scanned.h"

static bool lies_within(const struct gate_finding *finding, struct c2pa_range range)
{
    return finding->start >= range.start && finding->end <= range.start + range.len;
}

/* What its words have, at its place. */
static void look_at_words(const struct scanning *scanning, struct str words,
                          struct c2pa_range range, struct gate_findings *found)
{
    struct gate_asked look = scanning->look;
    struct gate_findings said = gate_findings_in(found->arena, GATE_FINDINGS_MAX);
    look.kinds &= GATE_ALL | GATE_INJECTION | GATE_RULE; /* they are no copy and no program */
    look.has_before = false;
    look.is_whole = false; /* nothing is said of them as a file */
    gate_scan(scanning->gate, words, &look, &said);
    if (found->room < found->count + said.count) {
        found->room = found->count + said.count;
        struct gate_finding *item = NEW_ARRAY(found->arena, found->room, struct gate_finding);
        bytes_copy(item, found->item, found->count * sizeof *item);
        found->item = item;
    }
    for (size_t i = 0; i < said.count; i++) {
        size_t at = found->count++; /* by place, as all of them stand */
        for (; at > 0 && found->item[at - 1].start > range.start; at--) {
            found->item[at] = found->item[at - 1];
        }
        found->item[at] = said.item[i];
        found->item[at].start = range.start;
        found->item[at].end = range.start + range.len;
    }
    found->is_cut = found->is_cut || said.is_cut;
}

void scan_manifest(const struct scanning *scanning, struct str text, struct gate_findings *found)
{
    struct job job;
    struct manifest_verdict *verdict = NEW(found->arena, struct manifest_verdict);
    size_t kept = 0;
    if (!scanning->look.is_whole || found->count == 0 || !str_is_utf8(text)) {
        return;
    }
    job_begin(&job, scanning->job->host);
    job.now = scanning->job->now;
    const bool is_quiet =
        manifest_check(&job, text, STR(""), verdict) == CANDOR_OK && verdict->is_quiet;
    for (size_t i = 0; is_quiet && i < found->count; i++) {
        if (!lies_within(&found->item[i], verdict->carried.range)) {
            found->item[kept++] = found->item[i];
        }
    }
    if (is_quiet) {
        found->count = kept;
        look_at_words(scanning, str_copy(found->arena, verdict->manifest.words),
                      verdict->carried.range, found);
    }
    job_end(&job);
}
