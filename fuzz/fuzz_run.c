/*
 * fuzz_run.c - any bytes as a run: refused, or a run whose rows can be written again and that can
 * be put together with itself.
 */
#include "model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct run run;
    struct run both;
    job_begin(&job, host_real());
    if (run_read(&job, (struct bytes){data, size}, &run) == CANDOR_OK) {
        struct buf buf = buf_begin(job.arena);
        run_write(&run, &buf);
        must(buf.len >= 8 && run_is_run(buf_all(&buf)));
        must(run_join(&job, &run, &run, &both) == CANDOR_OK);
        must(both.binned.row_count == 2 * run.binned.row_count);
    }
    job_end(&job);
    return 0;
}
