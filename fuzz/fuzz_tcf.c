/*
 * fuzz_tcf.c - any bytes as a TC string, Europe's ('e') or Canada's ('c'); the first byte says which.
 * What is accepted is shown, and Europe's is written and read again as the same sets.
 */
#include "base.h"
#include "text.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str shown(struct arena *arena, const struct tcf *tcf)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    tcf_json(&json, arena, tcf);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

/* Allowed vendors are read and no longer written. */
static void must_come_back(struct arena *arena, struct tcf *tcf)
{
    struct tcf again;
    tcf->has_allowed = false;
    must(tcf_decode(arena, tcf_encode(arena, tcf), &again) == SIGNAL_FINE);
    must(str_equal(shown(arena, tcf), shown(arena, &again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tcf tcf;
    if (size == 0) {
        return 0;
    }
    struct arena *arena = arena_begin();
    const struct str text = {(const char *)data + 1, size - 1};
    const enum signal_fault fault =
        data[0] == 'c' ? tcf_ca_decode(arena, text, &tcf) : tcf_decode(arena, text, &tcf);
    must(fault < SIGNAL_FAULTS);
    if (fault == SIGNAL_FINE) {
        const struct tcf_declaration declared = {0xFFFFFF, 0, 0xFFFFFF, 7, 3};
        (void)shown(arena, &tcf);
        for (uint32_t vendor = 1; vendor < 4000; vendor += 97) {
            (void)tcf_may(&tcf, &declared, vendor, vendor % 26);
        }
        if (data[0] != 'c') {
            must_come_back(arena, &tcf);
        }
    }
    arena_end(arena);
    return 0;
}
