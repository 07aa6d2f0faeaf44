/*
 * fuzz_rules.c - any pattern over any text: it ends, and findings lie within. The first line is the pattern.
 */
#include "rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *made;
    static const struct gate *gate;
    if (gate == NULL) {
        made = arena_begin();
        gate = gate_begin(made);
    }
    struct job job;
    struct str text = {(const char *)data, size};
    job_begin(&job, host_real());
    const struct str pattern = str_cut(&text, '\n');
    struct user_rule rule = {.id = STR("a.b"),
                             .message = STR("m"),
                             .pattern = pattern,
                             .checks = size % 8,
                             .near = size % 4,
                             .near_words = " a b ",
                             .near_window = 40,
                             .severity = 2};
    struct user_rules rules = {.rule = &rule, .count = 1, .ticks = host_ticks};
    if (pattern.len > 0 && user_rule_prepare(&job, &rule) == CANDOR_OK && text.ptr != NULL) {
        const struct gate_asked asked = {.kinds = GATE_RULE, .least = UNLIKELY, .rules = &rules};
        struct gate_findings found = gate_findings_in(job.arena, 1000);
        gate_scan(gate, text, &asked, &found);
        for (size_t i = 0; i < found.count; i++) {
            must(found.item[i].start <= found.item[i].end && found.item[i].end <= text.len);
        }
    }
    job_end(&job);
    return 0;
}
