/*
 * calls_guard.h - chats that are all refused, so that none goes to the net: with the body they came with, for
 * test_desk.c. What becomes of those that are sent is shown from end to end, by tests/guard/.
 */

#include "candor_guard.h"

struct candor_chat {
    char said[128];
};

struct candor_chat *candor_chat_begin(struct candor *candor, const struct candor_chat_asked *asked)
{
    struct candor_chat *chat = calloc(1, sizeof *chat);
    (void)candor;
    must(chat != NULL);
    (void)snprintf(chat->said, sizeof chat->said, "{\"error\":{\"message\":\"%s for %s, %zu\"}}",
                   asked->subject == NULL ? "-" : asked->subject,
                   asked->purpose == NULL ? "-" : asked->purpose, asked->len);
    return chat;
}

void candor_chat_end(struct candor_chat *chat)
{
    free(chat);
}

enum candor_status candor_chats_admit(struct job *job, struct candor *candor,
                                      struct candor_chat *const *chat, size_t count)
{
    IGNORE_JOB;
    (void)candor;
    (void)chat;
    (void)count;
    return CANDOR_OK;
}

enum candor_status candor_chats_settle(struct job *job, struct candor *candor,
                                       struct candor_chat *const *chat, size_t count)
{
    return candor_chats_admit(job, candor, chat, count);
}

void candor_chat_refuse(struct candor_chat *chat, unsigned code, const char *message)
{
    (void)chat;
    (void)code;
    (void)message;
}

int candor_chat_is_refused(const struct candor_chat *chat)
{
    (void)chat;
    return 1;
}

int candor_chat_is_unknown(const struct candor_chat *chat)
{
    (void)chat;
    return 0;
}

void candor_chat_letter(const struct candor_chat *chat, struct candor_chat_letter *letter)
{
    (void)chat;
    *letter = (struct candor_chat_letter){0};
}

int candor_chat_head(struct candor_chat *chat, const struct candor_chat_came *came)
{
    (void)chat;
    return came->code == 0;
}

enum candor_status candor_chat_piece(struct candor_chat *chat, const char *piece, size_t len,
                                     struct candor_text *out)
{
    (void)chat;
    *out = (struct candor_text){piece, len};
    return CANDOR_OK;
}

void candor_chat_over(struct candor_chat *chat, enum candor_status status)
{
    (void)chat;
    (void)status;
}

void candor_chat_last(struct candor_chat *chat, struct candor_chat_last *last)
{
    *last = (struct candor_chat_last){403, {chat->said, strlen(chat->said)}};
}

size_t candor_chat_headers(const struct candor_chat *chat,
                           struct candor_header header[CANDOR_CHAT_HEADERS])
{
    (void)chat;
    header[0] = (struct candor_header){"Candor-Ledger-Index", "7"};
    return 1;
}

struct candor_text candor_chat_error(struct job *job, const char *type, const char *code,
                                     const char *message)
{
    const struct str error =
        str_format(job->arena, "{\"error\":{\"message\":\"%s\",\"type\":\"%s\",\"code\":\"%s\"}}",
                   message, type, code);
    return (struct candor_text){error.ptr, error.len};
}

enum candor_status candor_chat_models(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    IGNORE_JOB;
    return say(candor, "models", report);
}
