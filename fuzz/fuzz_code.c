/*
 * fuzz_code.c - any bytes as a program in each language, and as a page: places within the text, in order.
 */
#include "code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum code_language language[] = {CODE_JAVASCRIPT, CODE_TYPESCRIPT, CODE_TSX,
                                                  CODE_PYTHON,     CODE_PHP,        CODE_HTML,
                                                  CODE_CSS,        CODE_SQL};
    if (size == 0 || !code_is_built()) {
        return 0;
    }
    struct arena *arena = arena_begin();
    struct code_findings found = {.arena = arena};
    const struct str text = {(const char *)data + 1, size - 1};
    code_scan(text, language[data[0] % (sizeof language / sizeof language[0])], &found);
    for (size_t i = 0; i < found.count; i++) {
        const struct code_finding *one = &found.item[i];
        must(one->start <= one->end && one->start <= text.len);
        must(i == 0 || one->start >= one[-1].start);
        must(one->step_count <= CODE_STEPS_MAX);
        for (size_t s = 0; s < one->step_count; s++) {
            must(one->step[s].start <= one->step[s].end && one->step[s].end <= text.len);
        }
    }
    arena_end(arena);
    return 0;
}
