/*
 * fuzz_model_json.c - any text as the JSON of a model: refused with words, or a sound model, whose bytes
 * and whose JSON are read back as the same.
 */
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct model *model;
    job_begin(&job, host_real());
    if (model_of_json(&job, (struct bytes){data, size}, "it", &model) == CANDOR_OK) {
        struct buf bytes = buf_begin(job.arena);
        struct buf json = buf_begin(job.arena);
        struct buf again = buf_begin(job.arena);
        struct model *read;
        model_write(model, &bytes);
        must(model_read(&job, buf_all(&bytes), &read) == CANDOR_OK);
        model_to_json(read, &json);
        must(model_of_json(&job, buf_all(&json), "it", &read) == CANDOR_OK);
        model_write(read, &again);
        must(again.len == bytes.len && bytes_same(again.ptr, bytes.ptr, bytes.len));
    } else {
        must(job.message[0] != '\0');
    }
    job_end(&job);
    return 0;
}
