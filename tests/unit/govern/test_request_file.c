/*
 * test_request_file.c - a request's bytes read back as they were, and nothing else reads.
 */
#include <string.h>

#include "rights.h"
#include "testing.h"

static struct request made(struct job *job)
{
    const struct jurisdictions table = jurisdictions_built_in();
    struct request request = {
        .id = {1, 2, 3},
        .has_subject = true,
        .subject = {.id = {9}, .slot = 77},
        .clause = *jurisdictions_find(&table, STR("us-va"), RIGHT_ERASURE),
        .source = STR("operator"),
        .reference = STR("letter 7"),
        .argument = STR("age"),
        .wants_suppression = true,
    };
    static const enum request_event event[] = {EVENT_RECEIVED, EVENT_ACKNOWLEDGED, EVENT_EXTENDED,
                                               EVENT_REFUSED};
    for (size_t i = 0; i < sizeof event / sizeof event[0]; i++) {
        const uint8_t actor[16] = {5};
        const struct request_move move = {.event = event[i],
                                          .now = (int64_t)(i + 1) * MICROS_PER_DAY,
                                          .code = event[i] == EVENT_REFUSED ? REFUSAL_OTHER : 0,
                                          .actor = actor,
                                          .note = STR("why")};
        must(request_take(job, &request, NULL, &move) == CANDOR_OK);
    }
    return request;
}

static void a_request_reads_back_as_it_was(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct request request = made(&job);
    struct request again;
    struct buf first = buf_begin(job.arena);
    struct buf second = buf_begin(job.arena);
    request_write(&request, &first);
    expect(request_read(&job, buf_all(&first), &again) == CANDOR_OK, "%s", job.message);
    request_write(&again, &second);
    expect(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0, "bytes");
    expect(again.subject.slot == 77 && again.step_count == 4 && str_is(again.step[2].note, "why") &&
               again.wants_suppression,
           "fields");
    job_end(&job);
}

static void a_cut_or_longer_record_is_refused(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct request request = made(&job);
    struct buf buf = buf_begin(job.arena);
    struct request again;
    request_write(&request, &buf);
    for (size_t len = 0; len < buf.len; len++) {
        expect(request_read(&job, (struct bytes){buf.ptr, len}, &again) == CANDOR_CORRUPT,
               "%zu bytes", len);
        job_forgive(&job);
    }
    buf_u8(&buf, 0);
    expect(request_read(&job, buf_all(&buf), &again) == CANDOR_CORRUPT, "one more");
    job_end(&job);
}

/* Whatever reads can be looked at, at any time: no broken promise. */
static void a_changed_byte_is_refused_or_harmless(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct request request = made(&job);
    struct buf buf = buf_begin(job.arena);
    request_write(&request, &buf);
    for (size_t at = 0; at < buf.len; at++) {
        for (unsigned change = 1; change < 256; change += 23) {
            struct request again;
            struct request_status status;
            const struct arena_mark mark = arena_mark(job.arena);
            buf.ptr[at] = (uint8_t)(buf.ptr[at] ^ change);
            if (request_read(&job, buf_all(&buf), &again) == CANDOR_OK) {
                request_status_at(&again, NULL, INT64_C(2000000000) * MICROS_PER_SECOND, &status);
            }
            job_forgive(&job);
            buf.ptr[at] = (uint8_t)(buf.ptr[at] ^ change);
            arena_rewind(job.arena, mark);
        }
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_request_reads_back_as_it_was),
        cmocka_unit_test(a_cut_or_longer_record_is_refused),
        cmocka_unit_test(a_changed_byte_is_refused_or_harmless),
    };
    return cmocka_run_group_tests_name("request_file", test, NULL, NULL);
}
