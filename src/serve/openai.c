/*
 * openai.c - refusals of calls that clients of OpenAI's interface make, wherever they come from: the chats, the
 * limits of a key, or the network's own checks.
 *
 * Such a client looks for one member, `error`, with four members of its own; without it people see a bare code.
 * It stands beside those of the problem document, which may have members of others (RFC 9457, section 3.2).
 */
#include "candor_guard.h"
#include "serving.h"

/* Calls that we have, and those that somebody may try since OpenAI has them. */
static const struct lit path_row[] = {
    WORDS("/v1/chat"),          WORDS("/v1/models"),     WORDS("/v1/completions"),
    WORDS("/v1/responses"),     WORDS("/v1/embeddings"), WORDS("/v1/moderations"),
    WORDS("/v1/images"),        WORDS("/v1/audio"),      WORDS("/v1/videos"),
    WORDS("/v1/files"),         WORDS("/v1/uploads"),    WORDS("/v1/fine_tuning"),
    WORDS("/v1/batches"),       WORDS("/v1/assistants"), WORDS("/v1/threads"),
    WORDS("/v1/vector_stores"), WORDS("/v1/realtime"),   WORDS("/v1/conversations"),
};

static const struct {
    unsigned code;
    const char *type;
    const char *name;
} error_row[] = {
    {400, "invalid_request_error", "bad_request"},
    {401, "authentication_error", "invalid_api_key"},
    {403, "permission_error", "forbidden"},
    {404, "not_found_error", "unknown_url"},
    {405, "invalid_request_error", "method_not_allowed"},
    {408, "invalid_request_error", "request_timeout"},
    {413, "invalid_request_error", "request_too_large"},
    {415, "invalid_request_error", "unsupported_media_type"},
    {429, "requests", "rate_limit_exceeded"},
    {503, "gate_unavailable", "overloaded"},
};

bool openai_speaks(struct str path)
{
    for (size_t i = 0; i < sizeof path_row / sizeof path_row[0]; i++) {
        const struct str known = str_from(path_row[i]);
        if (str_starts(path, known) && (path.len == known.len || path.ptr[known.len] == '/')) {
            return true;
        }
    }
    return false;
}

struct bytes openai_join(struct arena *arena, struct bytes problem, struct str error)
{
    struct buf buf = buf_begin(arena);
    must(problem.len > 2 && error.len > 2); /* both are objects with members */
    buf_bytes(&buf, problem.ptr, problem.len - 1);
    buf_lit(&buf, LIT(","));
    buf_str(&buf, str_slice(error, 1, error.len));
    return buf_all(&buf);
}

struct bytes openai_problem(struct arena *arena, struct bytes problem, unsigned code,
                            struct str name, struct str message)
{
    struct job job;
    const char *type = code < 500 ? "invalid_request_error" : "server_error";
    const char *known = type;
    job_within(&job, arena);
    for (size_t i = 0; i < sizeof error_row / sizeof error_row[0]; i++) {
        if (error_row[i].code == code) {
            type = error_row[i].type;
            known = error_row[i].name;
        }
    }
    const char *said = message.len > 0 ? str_z(arena, message) : known;
    const struct candor_text error =
        candor_chat_error(&job, type, name.len > 0 ? str_z(arena, name) : known, said);
    return openai_join(arena, problem, (struct str){error.ptr, error.len});
}
