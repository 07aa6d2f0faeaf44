/*
 * fuzz_exchange.c - any bytes as a message of the Data Rights Protocol ('d' its body, 'm' its content),
 * an OpenDSR request ('o'), or the stored record of a request ('r').
 */
#include "base.h"
#include "exchange.h"
#include "rights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_message(struct job *job, struct bytes content)
{
    struct drp_request request;
    for (unsigned with = 0; with < 2; with++) {
        if (drp_read(job, content, with == 1, &request) == CANDOR_OK) {
            must(request.agent_id.len > 0 && request.has_exercise == (with == 1));
            must(with == 0 || request.email.len + request.phone.len > 0);
            (void)drp_check(job, &request, request.agent_id, request.business_id, job->now);
        }
        job_forgive(job);
    }
}

/* Whatever reads can be looked at, at any time, and writes back as the same bytes. */
static void try_record(struct job *job, struct bytes bytes)
{
    struct request request;
    struct request_status status;
    if (request_read(job, bytes, &request) != CANDOR_OK) {
        return;
    }
    struct buf buf = buf_begin(job->arena);
    request_write(&request, &buf);
    must(buf.len == bytes.len && bytes_same(buf.ptr, bytes.ptr, bytes.len));
    for (int64_t now = 0; now < INT64_C(4000000000); now += INT64_C(1333333333)) {
        request_status_at(&request, NULL, now * MICROS_PER_SECOND, &status);
        must(status.is_open == (status.closed == 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    job_begin(&job, host_real());
    if (size > 0) {
        const struct bytes rest = {data + 1, size - 1};
        const struct str text = {(const char *)rest.ptr, rest.len};
        struct drp_message message;
        struct opendsr_request opendsr;
        if (data[0] == 'd' && drp_open(job.arena, text, &message)) {
            try_message(&job, message.content);
        } else if (data[0] == 'm') {
            try_message(&job, rest);
        } else if (data[0] == 'o' && opendsr_read(&job, rest, &opendsr) == CANDOR_OK) {
            must(opendsr.identity_count > 0);
        } else if (data[0] == 'r') {
            try_record(&job, rest);
        }
    }
    job_end(&job);
    return 0;
}
