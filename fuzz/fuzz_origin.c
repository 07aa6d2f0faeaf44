/*
 * fuzz_origin.c - any bytes as an index, as a licence expression, and as a text whose origin is looked for.
 *
 * An index that is read is written again as it was, and used.
 */
#include "originated.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct gate *gate, struct str text, const struct origin_index *index,
                 const char *path)
{
    struct arena *arena = arena_begin();
    struct gate_findings found = gate_findings_in(arena, 1000);
    const struct str allowed = STR("MIT");
    const struct gate_policy policy = {
        .has_licences = true, .licence = &allowed, .licence_count = 1};
    const struct gate_asked asked = {.kinds = GATE_ORIGIN,
                                     .least = UNLIKELY,
                                     .path = str_of(path),
                                     .policy = &policy,
                                     .corpus = index,
                                     .licences = index};
    gate_scan(gate, text, &asked, &found);
    for (size_t i = 0; i < found.count; i++) {
        must(found.item[i].start <= found.item[i].end && found.item[i].end <= text.len);
    }
    arena_end(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *rules;
    static const struct gate *gate;
    if (gate == NULL) {
        rules = arena_begin();
        gate = gate_begin(rules);
    }
    struct job job;
    struct origin_index *read = NULL;
    const struct str text = {(const char *)data, size};
    job_begin(&job, host_real());
    struct origin_index *made = origin_begin(job.arena);
    must(origin_add(&job, made, STR("a.js"), str_slice(text, 0, size / 2)) == CANDOR_OK);
    must(origin_add_licence(&job, made, STR("A"), str_slice(text, size / 3, size)) == CANDOR_OK);
    must(origin_end(&job, made) == CANDOR_OK);
    look(gate, text, made, size % 2 == 0 ? "b.js" : "LICENSE");
    if (origin_read(&job, (struct bytes){data, size}, &read) == CANDOR_OK) {
        struct buf again = buf_begin(job.arena);
        origin_write(read, &again);
        must(again.len == size && bytes_same(again.ptr, data, size));
        look(gate, STR("for (const a of b) { c.d(a, b[0]); } permission is hereby granted to all"),
             read, "b.js");
    }
    must(!licence_is_allowed(text, NULL, 0));
    (void)licence_is_expression(text);
    job_end(&job);
    return 0;
}
