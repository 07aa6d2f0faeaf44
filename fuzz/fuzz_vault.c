/*
 * fuzz_vault.c - any text is redacted and restored as it was, cut as the first byte says; and any bytes as a
 * reply come out the same however they are cut.
 */
#include <string.h>

#include "numeric.h"
#include "vault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str restored(struct arena *arena, const struct vault *vault, struct str reply,
                           size_t step)
{
    struct buf buf = buf_begin(arena);
    struct restorer restorer = restore_begin(vault, false);
    for (size_t at = 0; at < reply.len; at += step) {
        restore_next(&restorer, str_slice(reply, at, at + step), &buf);
    }
    restore_last(&restorer, &buf);
    return buf_text(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct arena *rules;
    static const struct gate *gate;
    if (gate == NULL) {
        rules = arena_begin();
        gate = gate_begin(rules);
    }
    if (size == 0) {
        return 0;
    }
    struct job job;
    job_begin(&job, host_real());
    const struct gate_asked asked = {.kinds = GATE_ALL, .least = UNLIKELY, .region = "FR"};
    const struct str text = {(const char *)data + 1, size - 1};
    const size_t step = 1 + data[0] % 32;
    struct vault *vault = vault_begin(gate, &asked);
    struct buf redacted = buf_begin(job.arena);
    if (vault_look(&job, vault, text) == CANDOR_OK) {
        must(vault_redact(&job, vault, text, &redacted) == CANDOR_OK);
        must(str_equal(restored(job.arena, vault, buf_text(&redacted), step), text));
    }
    must(str_equal(restored(job.arena, vault, text, step), restored(job.arena, vault, text, size)));
    vault_end(vault);
    job_end(&job);
    return 0;
}
