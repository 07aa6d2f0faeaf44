/*
 * guard.c - one chat: its request, without values.
 *
 *     body ──read──▶ model listed? ──▶ no canary, nothing unseen ──▶ vault ──▶ what is sent
 *
 * Nothing here touches the home. What fails refuses the chat, and a chat that is refused sends nothing.
 */
#include "guard.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
    REQUEST_DEPTH_MAX = 64,
    REQUEST_COUNT_MAX = 200000,
    MESSAGE_MAX = 600,
    CHAT_BYTES_FIRST = 4096
};

/* ---- refusals ------------------------------------------------------------------------------ */

static const char *type_of(unsigned code)
{
    switch (code) {
    case 401:
        return "authentication_error";
    case 403:
        return "permission_error";
    case 404:
        return "not_found_error";
    case 429:
        return "insufficient_quota";
    case 503:
        return "gate_unavailable";
    default:
        return code < 500 ? "invalid_request_error" : "api_error";
    }
}

void guard_refuse(struct candor_chat *chat, unsigned code, const char *error_code,
                  const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list values;
    if (chat->code != 0) {
        return; /* the first reason is the one that is told */
    }
    va_start(values, format);
    (void)vsnprintf(message, sizeof message, format, values);
    va_end(values);
    chat->code = code;
    chat->error_type = type_of(code);
    chat->error_code = error_code;
    chat->message = str_copy(chat->job.arena, str_of(message));
}

void candor_chat_refuse(struct candor_chat *chat, unsigned code, const char *message)
{
    guard_refuse(chat, code, code == 503 ? "gate_unavailable" : "refused", "%s", message);
}

int candor_chat_is_refused(const struct candor_chat *chat)
{
    return chat->code != 0;
}

int candor_chat_is_unknown(const struct candor_chat *chat)
{
    return chat->is_unknown;
}

int candor_chat_streams(const struct candor_chat *chat)
{
    return chat->streams;
}

/* What a step within says of itself. It names limits and members, never a value. */
static void refuse_failed(struct candor_chat *chat, enum candor_status status, const char *message)
{
    if (status == CANDOR_BAD_INPUT || status == CANDOR_TOO_LARGE) {
        guard_refuse(chat, status == CANDOR_BAD_INPUT ? 400 : 413, "bad_request", "%s", message);
    } else {
        guard_refuse(chat, 503, "gate_unavailable", "the request could not be examined");
    }
}

/* ---- what a request may not hold ------------------------------------------------------------- */

void guard_count(struct arena *arena, struct guard_counts *counts, const char *rule, uint32_t more)
{
    for (size_t i = 0; i < counts->count; i++) {
        if (strcmp(counts->item[i].rule, rule) == 0) {
            counts->item[i].count += more;
            return;
        }
    }
    if (counts->item == NULL) {
        counts->item = NEW_ARRAY(arena, GUARD_RULES_MAX, struct guard_count);
    }
    if (counts->count < GUARD_RULES_MAX) {
        counts->item[counts->count++] = (struct guard_count){rule, more};
    }
}

static bool has_canary(struct job *job, const struct guard_config *config, struct str text)
{
    const struct str lower = str_lower(job->arena, text);
    for (size_t i = 0; i < config->canary_count; i++) {
        if (str_contains(lower, config->canary[i])) {
            return true;
        }
    }
    return false;
}

/* In any text or key of it, whatever escapes stand in its JSON. */
static bool holds_canary(struct job *job, const struct guard_config *config,
                         const struct value *value)
{
    if (value->kind == VALUE_TEXT) {
        return has_canary(job, config, value->text);
    }
    for (size_t i = 0; (value->kind == VALUE_MAP || value->kind == VALUE_LIST) && i < value->count;
         i++) {
        if ((value->kind == VALUE_MAP && has_canary(job, config, value->key[i])) ||
            holds_canary(job, config, &value->item[i])) {
            return true;
        }
    }
    return false;
}

/* Nobody here can look into a picture, a sound or a file. */
static bool holds_unseen(const struct value *request)
{
    const struct value *messages = value_get(request, "messages");
    for (size_t m = 0; messages != NULL && messages->kind == VALUE_LIST && m < messages->count;
         m++) {
        const struct value *parts = value_get(&messages->item[m], "content");
        for (size_t p = 0; parts != NULL && parts->kind == VALUE_LIST && p < parts->count; p++) {
            const struct str type = value_text_at(&parts->item[p], "type");
            if (!str_is(type, "text") && !str_is(type, "refusal")) {
                return true;
            }
        }
    }
    return value_get(request, "audio") != NULL;
}

/* ---- the request --------------------------------------------------------------------------- */

static enum candor_status read_request(struct candor_chat *chat, struct job *work,
                                       const struct candor_chat_asked *asked,
                                       const struct value **request)
{
    const struct text_limits limits = {.size_max = CANDOR_CHAT_BODY_MAX,
                                       .depth_max = REQUEST_DEPTH_MAX,
                                       .count_max = REQUEST_COUNT_MAX,
                                       .text_max = CANDOR_CHAT_BODY_MAX};
    struct str name;
    const struct bytes body = {(const uint8_t *)asked->body, asked->len};
    TRY(json_read(work, body, &limits, "the request", request));
    TRY(value_is(work, *request, VALUE_MAP, "the request"));
    TRY(value_text(work, value_get(*request, "model"), "'model'", &name));
    const struct value *streams = value_get(*request, "stream");
    chat->streams = streams != NULL && streams->kind == VALUE_BOOL && streams->boolean;
    chat->model = guard_model_find(chat->config, name, &chat->provider);
    if (chat->model == NULL) {
        guard_refuse(chat, 404, "model_not_found",
                     "candor.yaml lists no such model; see GET /v1/models");
    } else if (holds_unseen(*request)) {
        guard_refuse(chat, 400, "content_not_examined",
                     "only text passes: pictures, sounds and files cannot be examined");
    } else if (holds_canary(work, chat->config, *request)) {
        guard_refuse(chat, 403, "canary_in_prompt",
                     "the request holds a text that must never leave (guard.canaries)");
    }
    if (chat->code == 0) {
        guard_weigh_request(chat, work, *request);
    }
    return CANDOR_OK;
}

/* The same request under the provider's own name for the model. */
static struct value renamed(struct arena *arena, const struct value *request, struct str model)
{
    struct value *item = NEW_ARRAY(arena, request->count, struct value);
    struct value copy = *request;
    for (size_t i = 0; i < request->count; i++) {
        item[i] = request->item[i];
        if (str_is(request->key[i], "model")) {
            item[i].text = model;
        }
    }
    copy.item = item;
    return copy;
}

static const char *kind_of(struct arena *arena, struct str pseudonym)
{
    size_t end = pseudonym.len;
    while (end > 0 && pseudonym.ptr[end - 1] != '_') {
        end--;
    }
    return str_z(arena, str_lower(arena, str_slice(pseudonym, 0, end == 0 ? 0 : end - 1)));
}

static void count_asked(struct candor_chat *chat)
{
    for (size_t i = 0; i < vault_count(chat->vault); i++) {
        guard_count(chat->job.arena, &chat->asked,
                    kind_of(chat->job.arena, vault_at(chat->vault, i)->name), 1);
    }
    for (size_t i = 0; i < chat->asked.count; i++) {
        if (strcmp(chat->asked.item[i].rule, "secret") == 0 && !chat->config->lets_secrets) {
            guard_refuse(chat, 403, "secret_in_prompt",
                         "the request holds %u secrets: take them out, and renew them if they "
                         "are in use",
                         (unsigned)chat->asked.item[i].count);
        }
    }
}

static enum candor_status redact(struct candor_chat *chat, struct job *work,
                                 const struct value *request)
{
    struct buf buf = buf_begin(work->arena);
    struct json json;
    const struct gate_asked look = {.kinds = GATE_ALL,
                                    .least = LIKELY,
                                    .region = {chat->config->region[0], chat->config->region[1]}};
    const struct value named = renamed(work->arena, request, chat->model->upstream);
    chat->vault = vault_begin(chat->config->gate, &look);
    if (!chat->config->fills_links) {
        vault_spare_links(chat->vault);
    }
    json_begin(&json, &buf, false);
    TRY(chat_redact(work, chat->vault, &named, &json));
    json_end(&json);
    count_asked(chat);
    chat->sent = str_copy(chat->job.arena, buf_text(&buf));
    return CANDOR_OK;
}

static void take_request(struct candor_chat *chat, const struct candor_chat_asked *asked)
{
    struct job work;
    const struct value *request = NULL;
    if (asked->len > CANDOR_CHAT_BODY_MAX) {
        guard_refuse(chat, 413, "bad_request", "a request has at most %zu bytes",
                     CANDOR_CHAT_BODY_MAX);
        return;
    }
    job_begin(&work, host_real());
    enum candor_status status = read_request(chat, &work, asked, &request);
    if (status == CANDOR_OK && chat->code == 0) {
        status = redact(chat, &work, request);
    }
    if (status != CANDOR_OK) {
        refuse_failed(chat, status, work.message);
    }
    job_end(&work);
}

static const char *copied(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : str_z(arena, str_of(text));
}

/* ---- begin and end ------------------------------------------------------------------------- */

struct candor_chat *candor_chat_begin(struct candor *candor, const struct candor_chat_asked *asked)
{
    struct job job;
    job_begin(&job, host_real());
    arena_end(job.arena);
    job.arena = arena_begin_small(CHAT_BYTES_FIRST); /* there may be thousands at once */
    struct candor_chat *chat = NEW(job.arena, struct candor_chat);
    chat->job = job;
    chat->config = atomic_load(&candor->guard);
    chat->key = copied(job.arena, asked->key);
    chat->because = copied(job.arena, asked->because);
    chat->purpose = copied(job.arena, asked->purpose);
    chat->subject = copied(job.arena, asked->subject);
    chat->out = buf_begin(job.arena);
    chat->collected = buf_begin(job.arena);
    chat->digest = digest_begin();
    if (chat->config == NULL) {
        guard_refuse(chat, 404, "guard_off", "candor.yaml has no section 'guard'");
        return chat;
    }
    take_request(chat, asked);
    return chat;
}

struct candor_chat *guard_begin_own(struct candor *candor, const struct candor_chat_asked *asked)
{
    must(asked->key == NULL);
    struct candor_chat *chat = candor_chat_begin(candor, asked);
    chat->is_own = true;
    return chat;
}

void candor_chat_end(struct candor_chat *chat)
{
    if (chat != NULL) {
        struct job job = chat->job;
        vault_end(chat->vault);
        job_end(&job);
    }
}

/* ---- what is sent --------------------------------------------------------------------------- */

void candor_chat_letter(const struct candor_chat *chat, struct candor_chat_letter *letter)
{
    struct arena *arena = chat->job.arena;
    must(chat->state == CHAT_ADMITTED && chat->code == 0);
    struct candor_header *header = NEW(arena, struct candor_header);
    *header = (struct candor_header){"Authorization", str_z(arena, chat->bearer)};
    const struct str url = str_format(arena, "%.*s/chat/completions", STR_ARG(chat->provider->url));
    *letter = (struct candor_chat_letter){
        .letter = {.url = str_z(arena, url),
                   .content_type = "application/json",
                   .body = {chat->sent.ptr, chat->sent.len},
                   .header = header,
                   .header_count = chat->bearer.len > 0,
                   .only_public = !chat->provider->is_private &&
                                  str_starts(chat->provider->url, STR("https://"))},
        .first_byte_timeout_s = chat->provider->first_byte_s,
        .quiet_timeout_s = chat->provider->quiet_s,
    };
}
