/*
 * fuzz_c2pa.c - any bytes as a text with a C2PA manifest in it, as a manifest store, and as CBOR: read within
 * bounds and never sound, for nobody signed them; and a store put into a text is found as it was.
 */
#include "manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Each form in turn: 1 byte chooses. */
static void put_and_find(struct job *job, struct bytes bytes)
{
    static const char *const file[] = {"a.txt", "a.js", "a.css", "a.py", "a.md", "a.html"};
    const unsigned kind = bytes.len > 0 ? bytes.ptr[0] % 6U : 0;
    const struct str text = {(const char *)bytes.ptr, bytes.len};
    struct c2pa_place place;
    struct c2pa_carried before;
    struct c2pa_carried after;
    if (!str_is_utf8(text) || bytes.len == 0 || bytes.len > 4096 ||
        c2pa_find(job->arena, text, &before) != C2PA_NONE) {
        return;
    }
    const bool is_page = kind == 5;
    must(c2pa_place_of(str_of(file[kind]), text, is_page, is_page ? mark_page_head(text) : 0,
                       &place));
    const struct c2pa_range range = c2pa_range_of(&place, text, bytes.len);
    const struct str marked = c2pa_embed(job->arena, &place, text, bytes);
    /* A text may be such that no manifest can be told in it: half a tag, half a comment before it. */
    if (c2pa_find(job->arena, marked, &after) == C2PA_ONE && after.form == place.form &&
        after.range.start == range.start) {
        must(after.store.len == bytes.len && bytes_same(after.store.ptr, bytes.ptr, bytes.len));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct cbor value;
    const struct bytes bytes = {data, size};
    job_begin(&job, host_real());
    must(crypto_start(&job) == CANDOR_OK);
    struct manifest_verdict *verdict = NEW(job.arena, struct manifest_verdict);
    struct c2pa_manifest *manifest = NEW(job.arena, struct c2pa_manifest);
    must(manifest_check(&job, (struct str){(const char *)data, size}, STR(""), verdict) ==
         CANDOR_OK);
    must(!verdict->is_quiet || verdict->is_sound);
    (void)c2pa_store_read(job.arena, bytes, manifest); /* a sentence, or none */
    (void)cbor_read(job.arena, bytes, &value);
    put_and_find(&job, bytes);
    job_end(&job);
    return 0;
}
