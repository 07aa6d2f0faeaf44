/*
 * fuzz_gpp.c - any bytes as a GPP string. What is accepted is shown, read for what it means, written
 * and read again as the same.
 */
#include "base.h"
#include "text.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void show(struct arena *arena, const struct gpp *gpp)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    gpp_json(&json, arena, gpp);
    json_map_end(&json);
    json_end(&json);
}

static void must_be_same(const struct gpp_section *left, const struct gpp_section *right)
{
    must(left->id == right->id);
    if (left->layout == NULL) {
        must(left->id == GPP_USP || str_equal(left->raw, right->raw));
        return;
    }
    for (unsigned field = 0; field < GPP_SCALARS; field++) {
        must(gpp_value(left, (enum gpp_field)field) == gpp_value(right, (enum gpp_field)field));
    }
    must(left->is.us.gpc == right->is.us.gpc);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_begin();
    const struct str text = {(const char *)data, size};
    struct gpp gpp;
    struct gpp again;
    if (gpp_decode(arena, text, &gpp) == SIGNAL_FINE) {
        show(arena, &gpp);
        must(gpp_decode(arena, gpp_encode(arena, gpp.section, gpp.count), &again) == SIGNAL_FINE);
        must(again.count == gpp.count);
        for (size_t i = 0; i < gpp.count; i++) {
            must_be_same(&gpp.section[i], &again.section[i]);
            (void)gpp_read(&gpp.section[i]);
        }
    }
    arena_end(arena);
    return 0;
}
