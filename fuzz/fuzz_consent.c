/*
 * fuzz_consent.c - any bytes as a stored consent record and as a receipt: refused, or read as
 * something that is written the same again.
 */
#include "candor.h"
#include "govern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "candor.example/ledger+9c96b7cc+"
                          "AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";

static void as_record(struct job *job, struct bytes bytes)
{
    struct str channel = STR("email");
    struct purpose purpose = {.name = STR("news"), .channels = 1};
    const struct inventory inventory = {
        .purpose = &purpose, .purpose_count = 1, .channel = &channel, .channel_count = 1};
    struct consent_record record;
    struct consent_state state;
    if (consent_read(job, &inventory, bytes, &record) != CANDOR_OK) {
        job_forgive(job);
        return;
    }
    consent_fold(&inventory, &record, 1, job->now, &state);
    const struct bytes payload = record.payload;
    must(payload.len > 0);
    if (payload.ptr[0] != 1) { /* what we still write: 2, and 4 with evidence */
        struct buf again = buf_begin(job->arena);
        consent_write(&inventory, &record, &again);
        must(again.len == payload.len && bytes_same(again.ptr, payload.ptr, payload.len));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    struct candor_text report;
    bool sound = false;
    job_begin(&job, host_real());
    as_record(&job, (struct bytes){data, size});
    if (candor_receipt_verify(&job, (const char *)data, size, key, &sound, &report) == CANDOR_OK) {
        must(!sound); /* nobody signed it with that key */
    }
    job_end(&job);
    return 0;
}
