/*
 * fuzz_chat.c - any bytes as a provider's stream: whole and cut, the same comes out, whole events only; and as
 * a request: what leaves is JSON, and holds no address that the gate finds.
 */
#include <string.h>

#include "chat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vault *vault_of_one(struct job *job, const struct gate *gate)
{
    const struct gate_asked asked = {.kinds = GATE_ALL, .least = LIKELY};
    struct vault *vault = vault_begin(gate, &asked);
    must(vault_put(job, vault, STR("EMAIL_1"), STR("ada@shop.de\"\\")) == CANDOR_OK);
    return vault;
}

static struct str streamed(const struct gate *gate, struct arena *keep, struct str text,
                           size_t step)
{
    struct job job;
    job_begin(&job, host_real());
    struct buf out = buf_begin(keep);
    struct vault *vault = vault_of_one(&job, gate);
    struct chat_stream *stream = chat_stream_begin(job.arena, vault);
    enum candor_status status = CANDOR_OK;
    bool is_whole = false;
    for (size_t at = 0; at < text.len && status == CANDOR_OK; at += step) {
        status = chat_stream_next(&job, stream, str_slice(text, at, at + step), &out);
    }
    if (status == CANDOR_OK) {
        status = chat_stream_end(&job, stream, &out, &is_whole);
    }
    must(out.len == 0 || (out.len > 2 && memcmp(out.ptr + out.len - 2, "\n\n", 2) == 0));
    vault_end(vault);
    job_end(&job);
    return buf_text(&out);
}

static void ask(const struct gate *gate, struct str text)
{
    struct job job;
    struct json json;
    const struct value *request = NULL;
    const struct value *again = NULL;
    job_begin(&job, host_real());
    struct buf sent = buf_begin(job.arena);
    const struct gate_asked asked = {.kinds = GATE_ALL, .least = LIKELY};
    struct vault *vault = vault_begin(gate, &asked);
    json_begin(&json, &sent, false);
    if (json_read(&job, bytes_of(text), NULL, "it", &request) == CANDOR_OK &&
        chat_redact(&job, vault, request, &json) == CANDOR_OK) {
        json_end(&json);
        for (size_t i = 0; i < vault_count(vault); i++) {
            const struct str value = vault_at(vault, i)->value;
            must(!str_ends(value, STR("@shop.de")) || value.len < 11 ||
                 !str_contains(buf_text(&sent), value));
        }
        (void)json_read(&job, buf_all(&sent), NULL, "it",
                        &again); /* deeper by nothing; read, not judged */
    }
    vault_end(vault);
    job_end(&job);
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
    struct arena *keep = arena_begin();
    const struct str text = {(const char *)data + 1, size - 1};
    must(str_equal(streamed(gate, keep, text, 1 + data[0] % 32), streamed(gate, keep, text, size)));
    ask(gate, text);
    arena_end(keep);
    return 0;
}
