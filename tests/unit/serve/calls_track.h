/*
 * calls_track.h - the home's calls of the tracking API, for test_desk.c. A body is its own message.
 */

struct candor_messages {
    char text[16];
};

enum candor_status candor_track_read(struct job *job, const char *call, const void *body,
                                     size_t body_len, bool is_gzip,
                                     struct candor_messages **messages)
{
    (void)is_gzip;
    if (body_len == 0 || body_len >= sizeof(*messages)->text) {
        return (fail)(job, CANDOR_BAD_INPUT, "%s needs a body", call);
    }
    *messages = NEW(job->arena, struct candor_messages);
    memcpy((*messages)->text, body, body_len);
    return CANDOR_OK;
}

size_t candor_messages_count(const struct candor_messages *messages)
{
    return messages->text[0] == 'm' ? TRACK_MESSAGES_MAX : 1;
}

const char *candor_messages_key(const struct candor_messages *messages)
{
    return messages->text[0] == 'k' ? "good" : messages->text[0] == 'u' ? "unknown" : "";
}

enum candor_status candor_track(struct job *job, struct candor *candor,
                                struct candor_tracked *request, size_t count)
{
    note(candor, "T", count);
    for (size_t i = 0; i < count; i++) {
        if (request[i].messages->text[0] == 'd') {
            return (fail)(job, CANDOR_CORRUPT, "damaged");
        }
        const bool is_bad = request[i].messages->text[0] == 'b';
        request[i].status = is_bad ? CANDOR_BAD_INPUT : CANDOR_OK;
        request[i].message = "bad";
        request[i].report = (struct candor_text){"{}", 2};
    }
    return candor->status == CANDOR_OK ? CANDOR_OK : (fail)(job, candor->status, "as told");
}
