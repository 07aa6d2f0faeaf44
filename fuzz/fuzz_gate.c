/*
 * fuzz_gate.c - any bytes through the gate: places within the text, in order, the same without vectors.
 */
#include "gate.h"
#include "numeric.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *rules;
    static const struct gate *gate;
    if (gate == NULL) {
        rules = arena_begin();
        gate = gate_begin(rules);
    }
    struct arena *arena = arena_begin();
    const struct str text = {(const char *)data, size};
    const struct gate_asked asked = {.kinds = GATE_ALL | GATE_INJECTION | GATE_COPY,
                                     .least = UNLIKELY,
                                     .region = "FR",
                                     .path = size % 3 == 0 ? STR("a.tf") : STR("a.html")};
    struct gate_findings one = gate_findings_in(arena, 1000);
    struct gate_findings other = gate_findings_in(arena, 1000);
    gate_scan(gate, text, &asked, &one);
    const enum simd most = simd_limit(SIMD_PLAIN);
    gate_scan(gate, text, &asked, &other);
    (void)simd_limit(most);
    must(one.count == other.count);
    for (size_t i = 0; i < one.count; i++) {
        must(one.item[i].start <= one.item[i].end && one.item[i].end <= size);
        must(i == 0 || one.item[i].start >= one.item[i - 1].start);
        must(one.item[i].rule == other.item[i].rule && one.item[i].start == other.item[i].start);
    }
    arena_end(arena);
    return 0;
}
