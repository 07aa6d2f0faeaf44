/*
 * fuzz_web.c - any bytes as the body of an unsubscribe POST ('p', after a line with its type), a
 * token ('t'), a US Privacy string ('u'), or the context of a tracking event ('c').
 */
#include "base.h"
#include "text.h"
#include "web.h"
#include "wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_token(struct arena *arena, struct str text)
{
    struct bytes bytes;
    struct unsubscribe unsubscribe;
    if (!token_read(arena, text, &bytes)) {
        return;
    }
    must(str_equal(token_of(arena, bytes), text));
    if (unsubscribe_read(bytes, &unsubscribe)) {
        struct buf buf = buf_begin(arena);
        unsubscribe_write(&unsubscribe, &buf);
        must(buf.len == bytes.len && bytes_same(buf.ptr, bytes.ptr, bytes.len));
    }
}

static void try_context(struct job *job, struct str text)
{
    const struct value *context = NULL;
    struct track_consent consent;
    if (json_read(job, bytes_of(text), NULL, "the input", &context) != CANDOR_OK) {
        return;
    }
    if (track_consent_read(job, context, &consent) == CANDOR_OK) {
        must(consent.is_there == (consent.count > 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    if (size == 0) {
        return 0;
    }
    job_begin(&job, host_real());
    struct str text = {(const char *)data + 1, size - 1};
    if (data[0] == 'p') {
        const struct str type = str_cut(&text, '\n');
        (void)unsubscribe_is_one_click(job.arena, type, bytes_of(text));
    } else if (data[0] == 't') {
        try_token(job.arena, text);
    } else if (data[0] == 'u') {
        struct usp usp;
        must(usp_decode(text, &usp) != SIGNAL_FINE || str_equal(usp_encode(job.arena, &usp), text));
    } else {
        try_context(&job, text);
    }
    job_end(&job);
    return 0;
}
