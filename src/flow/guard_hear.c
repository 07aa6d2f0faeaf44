/*
 * guard_hear.c - the answer of a chat, as it goes by.
 *
 *     head, pieces ──▶ restored ──▶ out
 *                  └─▶ heard: texts with pseudonyms, tokens, errors ──over──▶ weighed (guard_weigh.c)
 *
 * An answer in events comes out as it goes in; one in one piece when it is whole. Of what is heard a
 * bounded part is kept.
 */
#include "guard.h"

enum { COLLECTED_MAX = 4 << 20 };

/* ---- the answer, as it goes by --------------------------------------------------------------- */

static struct guard_text *text_of_answer(struct candor_chat *chat, int64_t choice, int64_t tool,
                                         struct str name)
{
    for (size_t i = 0; i < chat->text_count; i++) {
        struct guard_text *text = chat->text[i];
        if (text->choice == choice && text->tool == tool && str_equal(text->name, name)) {
            return text;
        }
    }
    if (chat->text_count == GUARD_TEXTS_MAX) {
        return NULL;
    }
    struct guard_text *text = NEW(chat->job.arena, struct guard_text);
    *text = (struct guard_text){choice, tool, str_copy(chat->job.arena, name),
                                buf_begin(chat->job.arena)};
    chat->text[chat->text_count++] = text;
    return text;
}

static void hear_text(void *self, int64_t choice, int64_t tool, struct str name, struct str piece)
{
    struct candor_chat *chat = self;
    struct guard_text *text = text_of_answer(chat, choice, tool, name);
    const size_t left = GUARD_KEPT_MAX - chat->kept;
    const size_t len = piece.len < left ? piece.len : left;
    chat->is_cut = chat->is_cut || text == NULL || len < piece.len;
    if (text != NULL) {
        buf_str(&text->text, str_slice(piece, 0, len));
        chat->kept += len;
    }
}

static void hear_usage(void *self, int64_t prompt, int64_t completion)
{
    struct candor_chat *chat = self;
    chat->prompt_tokens = prompt > chat->prompt_tokens ? prompt : chat->prompt_tokens;
    chat->completion_tokens =
        completion > chat->completion_tokens ? completion : chat->completion_tokens;
}

static void hear_error(void *self)
{
    struct candor_chat *chat = self;
    chat->broke = true;
}

/* From here on nothing leaves but the end, which says why. */
static void hear_withheld(void *self, const char *rule)
{
    struct candor_chat *chat = self;
    chat->withheld = rule;
    chat->ear.mark = guard_mark(chat);
}

int candor_chat_head(struct candor_chat *chat, const struct candor_chat_came *came)
{
    const struct str type = str_lower(chat->job.arena, str_of(came->content_type));
    chat->http = came->code;
    chat->retry_after_s = came->code >= 400 ? came->retry_after_s : 0;
    chat->state = CHAT_ANSWERING;
    chat->ear = (struct chat_ear){.text = hear_text,
                                  .usage = hear_usage,
                                  .broke = hear_error,
                                  .self = chat,
                                  .mark = guard_mark(chat),
                                  .holds_done = true,
                                  .rules = chat->config->has_window ? &chat->config->window : NULL,
                                  .withheld = hear_withheld};
    const bool is_good = came->code >= 200 && came->code < 300;
    const bool in_events = str_starts(type, STR("text/event-stream"));
    if (!is_good) {
        return 0;
    }
    if (in_events != chat->streams || (!in_events && !str_starts(type, STR("application/json")))) {
        guard_refuse(chat, 503, "gate_unavailable",
                     "the provider answered in a form that was not asked for");
        return 0;
    }
    chat->in_events = in_events;
    if (in_events) {
        chat->stream = chat_stream_begin(chat->job.arena, chat->vault);
        chat_stream_hear(chat->stream, &chat->ear);
    }
    return in_events;
}

static void stream_failed(struct candor_chat *chat)
{
    job_forgive(&chat->job);
    if (chat->withheld != NULL) {
        chat_stream_say(chat->stream, "content_filter", &chat->out);
    } else {
        guard_refuse(chat, 503, "gate_unavailable", "the provider's answer could not be examined");
    }
}

enum candor_status candor_chat_piece(struct candor_chat *chat, const char *piece, size_t len,
                                     struct candor_text *out)
{
    chat->out.len = 0;
    *out = (struct candor_text){"", 0};
    if (chat->code != 0 || chat->withheld != NULL) {
        return CANDOR_CANCELLED;
    }
    digest_add(&chat->digest, (struct bytes){(const uint8_t *)piece, len});
    if (chat->stream == NULL) {
        if (len > COLLECTED_MAX - chat->collected.len) {
            guard_refuse(chat, 503, "gate_unavailable", "the answer is larger than is examined");
            return CANDOR_TOO_LARGE;
        }
        buf_bytes(&chat->collected, piece, len);
        return CANDOR_OK;
    }
    const enum candor_status status =
        chat_stream_next(&chat->job, chat->stream, (struct str){piece, len}, &chat->out);
    if (status != CANDOR_OK) {
        stream_failed(chat);
    }
    chat->has_left = chat->has_left || chat->out.len > 0;
    *out = (struct candor_text){(const char *)chat->out.ptr, chat->out.len};
    return status;
}

/* ---- the answer is over --------------------------------------------------------------------- */

/* Half of an answer is there. */
static void refuse_broken(struct candor_chat *chat, enum candor_status status)
{
    if (status == CANDOR_BUSY) {
        guard_refuse(chat, 503, "server_stopping",
                     "the server stops and could not wait for the end of the answer: ask again");
    } else if (status == CANDOR_CANCELLED) {
        guard_refuse(chat, 503, "client_left", "nobody takes the answer any more");
    } else if (chat->http == 0) {
        guard_refuse(chat, 502, "provider_unreachable", "the provider did not answer in time");
    } else {
        guard_refuse(chat, 502,
                     chat->stream == NULL ? "provider_unreachable" : "provider_broke_off",
                     "the provider's answer broke off");
    }
}

static void end_stream(struct candor_chat *chat, enum candor_status why)
{
    bool is_whole = false;
    const enum candor_status status =
        chat_stream_end(&chat->job, chat->stream, &chat->out, &is_whole);
    if (status != CANDOR_OK) {
        stream_failed(chat);
    } else if (!is_whole && !chat->broke) {
        refuse_broken(chat, why);
    }
}

void candor_chat_over(struct candor_chat *chat, enum candor_status status)
{
    chat->state = CHAT_OVER;
    chat->out.len = 0;
    if (chat->code != 0 || chat->withheld != NULL) {
        return;
    }
    if (status == CANDOR_TOO_LARGE) {
        guard_refuse(chat, 503, "gate_unavailable", "the answer is larger than is examined");
    } else if (status != CANDOR_OK && chat->stream == NULL) {
        refuse_broken(chat, status);
    } else if (chat->stream != NULL) {
        end_stream(chat, status);
    } else if (chat->http >= 200 && chat->http < 300) {
        guard_take_answer(chat);
    } else {
        guard_take_error(chat);
    }
}
