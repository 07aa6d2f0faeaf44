/*
 * fuzz_json.c - any bytes as JSON: a tree or a refusal, and what was read writes and reads the same.
 */
#include "base.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct str written(struct job *job, const struct value *value, bool pretty)
{
    struct json json;
    struct buf buf = buf_begin(job->arena);
    json_begin(&json, &buf, pretty);
    json_value(&json, value);
    json_end(&json);
    return buf_text(&buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text_limits limits = {
        .size_max = 1 << 16, .depth_max = 40, .count_max = 1000, .text_max = 4096};
    const struct value *first = NULL;
    const struct value *second = NULL;
    struct job job;
    job_begin(&job, host_real());
    if (json_read(&job, (struct bytes){data, size}, &limits, "it", &first) == CANDOR_OK) {
        const struct str text = written(&job, first, size % 2 == 0);
        must(json_read(&job, bytes_of(text), NULL, "it", &second) == CANDOR_OK);
        must(str_equal(written(&job, second, size % 2 == 0), text));
    } else {
        must(job.status != CANDOR_OK && job.message[0] != '\0');
        must(str_is_utf8(str_of(job.message)));
    }
    job_end(&job);
    return 0;
}
