/*
 * guard_answer.c - what comes out of a chat at its end: an answer in one piece, or an error in the four
 * members that OpenAI's errors have.
 *
 * What a provider says of a failure is passed on with its code, its text cut to a length, and nothing of
 * what it says of our key: 401 and 403 are about that.
 */
#include "guard.h"

#include <string.h>

enum { UPSTREAM_MESSAGE_MAX = 1000 };

static void put_or_null(struct json *json, struct lit key, struct str text)
{
    json_key(json, key);
    if (text.len > 0) {
        json_text(json, text);
    } else {
        json_null(json);
    }
}

static struct str error_of(struct arena *arena, struct str type, struct str code, struct str param,
                           struct str message)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_map_begin(&json);
    json_key(&json, LIT("error"));
    json_map_begin(&json);
    json_key(&json, LIT("message"));
    json_text(&json, message);
    put_or_null(&json, LIT("type"), type);
    put_or_null(&json, LIT("param"), param);
    put_or_null(&json, LIT("code"), code);
    json_map_end(&json);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

struct str guard_error(struct arena *arena, const char *type, const char *code, struct str message)
{
    return error_of(arena, str_of(type), str_of(code), STR(""), message);
}

struct candor_text candor_chat_error(struct job *job, const char *type, const char *code,
                                     const char *message)
{
    return text_of(job, guard_error(job->arena, type, code, str_of(message)));
}

/* ---- the provider's own error ----------------------------------------------------------------- */

static struct str scalar_at(struct arena *arena, const struct value *map, const char *key)
{
    const struct value *value = value_get(map, key);
    return value == NULL || value->kind == VALUE_NULL ? STR("") : section_scalar(arena, value);
}

static struct str cut(struct str text)
{
    size_t len = text.len < UPSTREAM_MESSAGE_MAX ? text.len : UPSTREAM_MESSAGE_MAX;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return str_slice(text, 0, len);
}

void guard_take_error(struct candor_chat *chat)
{
    struct job work;
    const struct value *read = NULL;
    struct str message = STR("the provider refused the request");
    struct str type = STR("api_error");
    struct str code = STR("");
    struct str param = STR("");
    job_begin(&work, chat->job.host);
    const bool is_about_key = chat->http == 401 || chat->http == 403;
    if (is_about_key) {
        message = STR("the provider refuses the key that it is asked with");
        code = STR("provider_key_refused");
    } else if (json_read(&work, buf_all(&chat->collected), NULL, "the error", &read) == CANDOR_OK) {
        const struct value *error = value_get(read, "error");
        const struct value *map = error != NULL && error->kind == VALUE_MAP ? error : read;
        const struct str said = error != NULL && error->kind == VALUE_TEXT
                                    ? error->text
                                    : scalar_at(work.arena, map, "message");
        message = said.len > 0 ? cut(said) : message;
        type =
            scalar_at(work.arena, map, "type").len > 0 ? scalar_at(work.arena, map, "type") : type;
        code = scalar_at(work.arena, map, "code");
        param = scalar_at(work.arena, map, "param");
    }
    chat->upstream_error = bytes_of(error_of(chat->job.arena, type, code, param, message));
    job_end(&work);
    const bool is_error = chat->http >= 400 && chat->http <= 599;
    guard_refuse(chat, is_error ? chat->http : 502, "provider_error", "%s",
                 "the provider refused the request");
}

/* ---- an answer in one piece ------------------------------------------------------------------- */

static void hear_nothing(void *self, int64_t choice, int64_t tool, struct str name,
                         struct str piece)
{
    (void)self;
    (void)choice;
    (void)tool;
    (void)name;
    (void)piece;
}

/* The same answer whose choices say nothing but that they were withheld. */
static enum candor_status without_choices(struct job *job, const struct value *answer,
                                          const struct value **without)
{
    struct buf buf = buf_begin(job->arena);
    const struct value *list = NULL;
    struct value *item = NEW_ARRAY(job->arena, answer->count, struct value);
    struct value *copy = NEW(job->arena, struct value);
    const struct value *choices = value_get(answer, "choices");
    const size_t count = choices != NULL && choices->kind == VALUE_LIST ? choices->count : 0;
    for (size_t i = 0; i < count; i++) {
        buf_format(&buf,
                   "%s{\"index\":%zu,\"message\":{\"role\":\"assistant\",\"content\":\"\"},"
                   "\"finish_reason\":\"content_filter\"}",
                   i == 0 ? "[" : ",", i);
    }
    buf_str(&buf, count == 0 ? STR("[]") : STR("]"));
    TRY(json_read(job, buf_all(&buf), NULL, "the choices", &list));
    for (size_t i = 0; i < answer->count; i++) {
        item[i] = str_is(answer->key[i], "choices") ? *list : answer->item[i];
    }
    *copy = *answer;
    copy->item = item;
    *without = copy;
    return CANDOR_OK;
}

static enum candor_status put_answer(struct candor_chat *chat, struct job *work,
                                     const struct value *answer, const struct chat_ear *ear)
{
    struct json json;
    struct buf restored = buf_begin(work->arena);
    json_begin(&json, &restored, false);
    TRY(chat_restore_heard(work, chat->vault, answer, ear, &json));
    json_end(&json);
    chat->answer = bytes_of(str_copy(chat->job.arena, buf_text(&restored)));
    return CANDOR_OK;
}

/* Once more, with what is to be said of it. */
static enum candor_status put_again(struct candor_chat *chat, struct job *work,
                                    const struct value *answer)
{
    struct chat_ear ear = chat->ear;
    ear.text = hear_nothing;
    ear.rules = NULL; /* it was looked at */
    ear.mark = guard_mark(chat);
    return put_answer(chat, work, answer, &ear);
}

void guard_take_answer(struct candor_chat *chat)
{
    struct job work;
    const struct value *answer = NULL;
    job_begin(&work, chat->job.host);
    enum candor_status status =
        json_read(&work, buf_all(&chat->collected), NULL, "the answer", &answer);
    if (status == CANDOR_OK) {
        status = put_answer(chat, &work, answer, &chat->ear);
    }
    if (status == CANDOR_REFUSED && chat->withheld != NULL) {
        job_forgive(&work);
        status = without_choices(&work, answer, &answer);
        status = status == CANDOR_OK ? put_again(chat, &work, answer) : status;
    } else if (status == CANDOR_OK) {
        guard_weigh_answer(chat);
        status = chat->marked.count > 0 ? put_again(chat, &work, answer) : CANDOR_OK;
    }
    if (status != CANDOR_OK) {
        chat->answer = (struct bytes){NULL, 0};
        guard_refuse(chat, 503, "gate_unavailable", "the provider's answer could not be examined");
    }
    job_end(&work);
}

/* ---- the end ------------------------------------------------------------------------------- */

static struct str error_text(const struct candor_chat *chat)
{
    return chat->upstream_error.len > 0
               ? (struct str){(const char *)chat->upstream_error.ptr, chat->upstream_error.len}
               : guard_error(chat->job.arena, chat->error_type, chat->error_code, chat->message);
}

void candor_chat_last(struct candor_chat *chat, struct candor_chat_last *last)
{
    const bool is_stream = chat->stream != NULL;
    struct str body = {(const char *)chat->answer.ptr, chat->answer.len};
    if (!is_stream) {
        body = chat->code != 0 ? error_text(chat) : body;
    } else {
        if (chat->code != 0) {
            const struct str error = error_text(chat);
            buf_lit(&chat->out, LIT("data: "));
            buf_str(&chat->out, error);
            buf_lit(&chat->out, LIT("\n\n"));
        }
        if (chat->code == 0 && chat->withheld == NULL && chat->marked.count > 0) {
            chat->ear.mark = guard_mark(chat);
            chat_stream_say(chat->stream, NULL, &chat->out);
        }
        buf_lit(&chat->out, LIT("data: [DONE]\n\n"));
        body = buf_text(&chat->out);
    }
    *last = (struct candor_chat_last){.code = chat->code == 0 || is_stream ? 200 : chat->code,
                                      .body = {body.ptr, body.len}};
}

size_t candor_chat_headers(const struct candor_chat *chat,
                           struct candor_header header[CANDOR_CHAT_HEADERS])
{
    struct arena *arena = chat->job.arena;
    size_t count = 0;
    if (chat->code != 0 && chat->retry_after_s > 0) {
        const struct str wait = str_format(arena, "%u", (unsigned)chat->retry_after_s);
        header[count++] = (struct candor_header){"Retry-After", str_z(arena, wait)};
    }
    if (chat->code != 0 && chat->is_in_vain) { /* OpenAI's clients would try at once */
        header[count++] = (struct candor_header){"X-Should-Retry", "false"};
    }
    if (chat->state < CHAT_ADMITTED) {
        return count;
    }
    if (chat->code == 0) {
        const struct str said =
            str_format(arena, "mode=ai-originated, model=\"%.*s\"", STR_ARG(chat->model->name));
        header[count++] = (struct candor_header){"AI-Disclosure", str_z(arena, said)};
    }
    const struct str index = str_format(arena, "%llu", (unsigned long long)chat->asked_index);
    header[count++] = (struct candor_header){"Candor-Ledger-Index", str_z(arena, index)};
    return count;
}

/* ---- the models ----------------------------------------------------------------------------- */

enum candor_status candor_chat_models(struct job *job, struct candor *candor,
                                      struct candor_text *report)
{
    const struct guard_config *config = atomic_load(&candor->guard);
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("object"));
    json_lit(&answer.json, LIT("list"));
    json_key(&answer.json, LIT("data"));
    json_list_begin(&answer.json);
    for (size_t p = 0; config != NULL && p < config->provider_count; p++) {
        for (size_t m = 0; m < config->provider[p].model_count; m++) {
            json_map_begin(&answer.json);
            json_key(&answer.json, LIT("id"));
            json_text(&answer.json, config->provider[p].model[m].name);
            json_key(&answer.json, LIT("object"));
            json_lit(&answer.json, LIT("model"));
            json_key(&answer.json, LIT("created"));
            json_u64(&answer.json, 0);
            json_key(&answer.json, LIT("owned_by"));
            json_text(&answer.json, config->provider[p].name);
            json_map_end(&answer.json);
        }
    }
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}
