/*
 * fuzz_track.c - any bytes as the body of a tracking call ('t' track, 'i' identify ...), or of a batch
 * ('b'); or as a gzip body of one ('z').
 */
#include "base.h"
#include "message.h"
#include "text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t received = INT64_C(1764288000) * MICROS_PER_SECOND;

static void check_message(const struct message *message)
{
    if (message->fault != MESSAGE_FINE) {
        must(message_fault_code(message->fault)[0] != '\0');
        return;
    }
    must(message->kind < MESSAGE_KINDS);
    must(message->user.len > 0 || message->anonymous.len > 0);
    must(message->user.len <= MESSAGE_ID_LEN_MAX && message->anonymous.len <= MESSAGE_ID_LEN_MAX);
    must(message->time >= 0 && message->time <= received);
    must(message->member_count <= MESSAGE_MEMBERS_MAX);
    for (size_t m = 0; m < message->member_count; m++) {
        must(!message->member[m].is_nested || message->member[m].text.ptr == NULL);
    }
}

static void try_body(struct job *job, enum message_kind kind, struct bytes body)
{
    const struct value *value = NULL;
    struct messages messages;
    if (json_read(job, body, NULL, "the input", &value) != CANDOR_OK ||
        messages_read(job, value, kind, received, &messages) != CANDOR_OK) {
        return;
    }
    must(messages.count <= MESSAGES_MAX);
    for (size_t i = 0; i < messages.count; i++) {
        check_message(&messages.message[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct job job;
    enum message_kind kind = MESSAGE_KINDS;
    if (size == 0) {
        return 0;
    }
    job_begin(&job, host_real());
    struct bytes body = {data + 1, size - 1};
    for (size_t k = 0; k < MESSAGE_KINDS; k++) {
        kind = message_kind_name((enum message_kind)k)[0] == (char)data[0] ? (enum message_kind)k
                                                                           : kind;
    }
    if (data[0] != 'z' || gzip_read(&job, body, MESSAGES_BYTES_MAX, &body) == CANDOR_OK) {
        must(body.len <= size || body.len <= MESSAGES_BYTES_MAX);
        try_body(&job, kind, body);
    }
    job_end(&job);
    return 0;
}
