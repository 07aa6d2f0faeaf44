/*
 * fuzz_profile.c - any bytes as a stored profile ('p'), event ('e') or consent record ('c'); the
 * first byte says which. What is accepted, is written and read again as the same.
 */
#include "base.h"
#include "govern.h"
#include "record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FIELDS = 5 };

static struct field field_row[FIELDS] = {
    {.name = {"age", 3}, .type = FIELD_NUMBER},     {.name = {"tier", 4}, .type = FIELD_CATEGORY},
    {.name = {"member", 6}, .type = FIELD_BOOLEAN}, {.name = {"joined", 6}, .type = FIELD_DATE},
    {.name = {"note", 4}, .type = FIELD_TEXT},
};
static struct drawer one_drawer = {0, {"", 0}};
static struct event_kind kind_row[] = {
    {.name = {"bought", 6}, .property = field_row, .property_count = FIELDS},
    {.name = {"seen", 4}},
};
static struct purpose purpose_row[] = {{.name = {"news", 4}, .channels = 1},
                                       {.name = {"profiling", 9}}};
static struct str channel_row[] = {{"email", 5}};

static const struct inventory inventory = {
    .purpose = purpose_row,
    .purpose_count = 2,
    .channel = channel_row,
    .channel_count = 1,
    .field = field_row,
    .field_count = FIELDS,
    .event_kind = kind_row,
    .event_kind_count = 2,
    .drawer = &one_drawer,
    .drawer_count = 1,
};

static void must_be_same(const struct cell *left, const struct cell *right, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        must(cell_equal(&left[i], &right[i]));
    }
}

static enum candor_status try_profile(struct job *job, struct bytes bytes)
{
    struct profile profile = profile_begin(job->arena, &inventory);
    struct profile again = profile_begin(job->arena, &inventory);
    struct buf buf = buf_begin(job->arena);
    TRY(profile_read(job, bytes, PURPOSES_ALL, &profile));
    profile_write(&profile, 0, &buf);
    must(profile_read(job, buf_all(&buf), PURPOSES_ALL, &again) == CANDOR_OK);
    must_be_same(profile.cell, again.cell, FIELDS);
    return CANDOR_OK;
}

static enum candor_status try_event(struct job *job, struct bytes bytes)
{
    struct event event;
    struct event again;
    struct buf buf = buf_begin(job->arena);
    TRY(event_read(job, &inventory, bytes, &event));
    event_write(&inventory, &event, &buf);
    must(event_read(job, &inventory, buf_all(&buf), &again) == CANDOR_OK);
    must(event.kind == again.kind && event.time == again.time);
    must_be_same(event.cell, again.cell, kind_row[event.kind].property_count);
    return CANDOR_OK;
}

/* A record has one spelling in its present form. And whatever it says, folding
 * it must not allow more than its own purpose. */
static enum candor_status try_consent(struct job *job, struct bytes bytes)
{
    struct consent_record record;
    struct consent_state state;
    struct buf buf = buf_begin(job->arena);
    TRY(consent_read(job, &inventory, bytes, &record));
    consent_write(&inventory, &record, &buf);
    /* An older form is written in the present one, which then stays as it is. */
    struct consent_record again;
    struct buf twice = buf_begin(job->arena);
    must(consent_read(job, &inventory, buf_all(&buf), &again) == CANDOR_OK);
    consent_write(&inventory, &again, &twice);
    must(buf.len == twice.len && bytes_same(buf.ptr, twice.ptr, twice.len));
    consent_fold(&inventory, &record, 1, job->now, &state);
    const bool may_allow = record.decision == CONSENT_GIVEN && record.purpose != EVERY;
    const uint64_t mask = may_allow ? UINT64_C(1) << record.purpose : 0;
    for (size_t column = 0; column <= CHANNELS_MAX; column++) {
        must((state.allowed[column] & ~mask) == 0);
    }
    return CANDOR_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    if (size == 0) {
        return 0;
    }
    job_begin(&job, host_real());
    const struct bytes bytes = {data + 1, size - 1};
    const enum candor_status status = data[0] == 'p'   ? try_profile(&job, bytes)
                                      : data[0] == 'e' ? try_event(&job, bytes)
                                                       : try_consent(&job, bytes);
    must(status == CANDOR_OK || status == CANDOR_CORRUPT || status == CANDOR_NOT_FOUND);
    must(status == CANDOR_OK || job.message[0] != '\0');
    job_end(&job);
    return 0;
}
