/*
 * fuzz_anomaly.c - any bytes as a program, a page and a list of packages, against another as the version before.
 */
#include "gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *rules;
    static const struct gate *gate;
    static const char *const path[] = {
        "a.js", "a.html", "a.py", "package.json", "requirements.txt", "a.php", "text", "a.vue"};
    if (gate == NULL) {
        rules = arena_begin();
        gate = gate_begin(rules);
    }
    if (size == 0) {
        return 0;
    }
    struct arena *arena = arena_begin();
    const struct str text = {(const char *)data + 1, size - 1};
    const struct str known[] = {STR("react"), STR("@shop/ui")};
    const struct gate_policy policy = {.has_packages = true,
                                       .package = known,
                                       .package_count = 2,
                                       .has_hosts = true,
                                       .host = known,
                                       .host_count = 2};
    const struct gate_asked asked = {.kinds = GATE_ANOMALY,
                                     .least = UNLIKELY,
                                     .path = str_of(path[data[0] % 8]),
                                     .policy = data[0] < 128 ? &policy : NULL,
                                     .has_before = size % 2 == 0,
                                     .before = str_slice(text, 0, text.len / 2)};
    struct gate_findings found = gate_findings_in(arena, 1000);
    gate_scan(gate, text, &asked, &found);
    for (size_t i = 0; i < found.count; i++) {
        must(found.item[i].start <= found.item[i].end && found.item[i].end <= text.len);
    }
    arena_end(arena);
    return 0;
}
