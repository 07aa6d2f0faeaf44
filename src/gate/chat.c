/*
 * chat.c - a request without personal data and secrets; an answer, or an event of one, restored.
 *
 *     request ──every text: announce, look──▶ vault ──▶ every text redacted ──▶ provider
 *     choices[].message or .delta ──content, reasoning..., tool_calls[].function.arguments──▶ restored
 */
#include <string.h>

#include "chatting.h"

enum {
    NUMBER_LOOK_MIN = 10000000, /* shorter numbers identify nobody by themselves */
    PARTS_FIRST = 2
};

/* ---- the request --------------------------------------------------------------------------- */

enum pass { PASS_ANNOUNCE, PASS_LOOK, PASS_WRITE };

struct passing {
    struct vault *vault;
    enum pass pass;
    struct json *json;
};

static enum candor_status redacted_of(struct job *job, struct passing *passing, struct str text,
                                      struct str *redacted)
{
    struct buf buf = buf_begin(job->arena);
    if (passing->pass == PASS_ANNOUNCE) {
        vault_announce(passing->vault, text);
    } else if (passing->pass == PASS_LOOK) {
        TRY(vault_look(job, passing->vault, text));
    } else {
        TRY(vault_redact(job, passing->vault, text, &buf));
    }
    *redacted = buf_text(&buf);
    return CANDOR_OK;
}

static enum candor_status pass_text(struct job *job, struct passing *passing, struct str text)
{
    struct str redacted;
    TRY(redacted_of(job, passing, text, &redacted));
    if (passing->pass == PASS_WRITE) {
        json_text(passing->json, redacted);
    }
    return CANDOR_OK;
}

/* A card number is one with quotes or without. */
static enum candor_status pass_number(struct job *job, struct passing *passing,
                                      const struct value *value)
{
    struct str redacted;
    struct str text = str_from_double(job->arena, value->number);
    if (value->is_integer) {
        text = str_format(job->arena, "%lld", (long long)value->integer);
    }
    if (value->number > -NUMBER_LOOK_MIN && value->number < NUMBER_LOOK_MIN && value->is_integer) {
        redacted = text;
    } else {
        TRY(redacted_of(job, passing, text, &redacted));
    }
    if (passing->pass != PASS_WRITE) {
        return CANDOR_OK;
    }
    if (str_equal(redacted, text)) {
        json_value(passing->json, value);
    } else {
        json_text(passing->json, redacted);
    }
    return CANDOR_OK;
}

static enum candor_status pass_value(struct job *job, struct passing *passing,
                                     const struct value *value);

/* Arguments of a tool are JSON in a text: their texts are looked at as what they mean, without escapes. */
static enum candor_status pass_arguments(struct job *job, struct passing *passing, struct str text)
{
    const struct value *tree = NULL;
    if (json_read(job, bytes_of(text), NULL, "the arguments", &tree) != CANDOR_OK) {
        job_forgive(job);
        return pass_text(job, passing, text);
    }
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    struct passing within = {passing->vault, passing->pass, &json};
    TRY(pass_value(job, &within, tree));
    if (passing->pass == PASS_WRITE) {
        json_end(&json);
        json_text(passing->json, buf_text(&buf));
    }
    return CANDOR_OK;
}

static enum candor_status pass_member(struct job *job, struct passing *passing, struct str key,
                                      const struct value *value)
{
    struct str redacted;
    TRY(redacted_of(job, passing, key, &redacted));
    if (passing->pass == PASS_WRITE) {
        json_key_str(passing->json, redacted);
    }
    return str_is(key, "arguments") && value->kind == VALUE_TEXT
               ? pass_arguments(job, passing, value->text)
               : pass_value(job, passing, value);
}

static enum candor_status pass_value(struct job *job, struct passing *passing,
                                     const struct value *value)
{
    const bool writes = passing->pass == PASS_WRITE;
    const bool is_map = value->kind == VALUE_MAP;
    if (value->kind == VALUE_TEXT) {
        return pass_text(job, passing, value->text);
    }
    if (value->kind == VALUE_NUMBER) {
        return pass_number(job, passing, value);
    }
    if (!is_map && value->kind != VALUE_LIST) {
        if (writes) {
            json_value(passing->json, value);
        }
        return CANDOR_OK;
    }
    if (writes) {
        (is_map ? json_map_begin : json_list_begin)(passing->json);
    }
    for (size_t i = 0; i < value->count; i++) {
        TRY(is_map ? pass_member(job, passing, value->key[i], &value->item[i])
                   : pass_value(job, passing, &value->item[i]));
    }
    if (writes) {
        (is_map ? json_map_end : json_list_end)(passing->json);
    }
    return CANDOR_OK;
}

/* Of no use to the model, and telling of who asks. */
static bool is_left_out(struct str key)
{
    static const char *const left_out[] = {"user", "metadata", "store", "safety_identifier",
                                           "prompt_cache_key"};
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++) {
        if (str_is(key, left_out[i])) {
            return true;
        }
    }
    return false;
}

static void put_request_to_keep(struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("role"));
    json_lit(json, LIT("system"));
    json_key(json, LIT("content"));
    json_lit(json, LIT("Tokens such as [[EMAIL_1]] stand for values that you do not need. Copy "
                       "them exactly where the value belongs."));
    json_map_end(json);
}

static enum candor_status pass_messages(struct job *job, struct passing *passing,
                                        const struct value *messages)
{
    if (passing->pass != PASS_WRITE) {
        return pass_value(job, passing, messages);
    }
    json_list_begin(passing->json);
    if (vault_count(passing->vault) > 0) {
        put_request_to_keep(passing->json);
    }
    for (size_t i = 0; i < messages->count; i++) {
        TRY(pass_value(job, passing, &messages->item[i]));
    }
    json_list_end(passing->json);
    return CANDOR_OK;
}

static enum candor_status pass_request(struct job *job, struct passing *passing,
                                       const struct value *request)
{
    for (size_t i = 0; i < request->count; i++) {
        if (is_left_out(request->key[i])) {
            continue;
        }
        if (!str_is(request->key[i], "messages")) {
            TRY(pass_member(job, passing, request->key[i], &request->item[i]));
            continue;
        }
        if (passing->pass == PASS_WRITE) {
            json_key(passing->json, LIT("messages"));
        }
        TRY(pass_messages(job, passing, &request->item[i]));
    }
    return CANDOR_OK;
}

enum candor_status chat_redact(struct job *job, struct vault *vault, const struct value *request,
                               struct json *sent)
{
    struct passing passing = {.vault = vault, .json = sent};
    TRY(value_is(job, request, VALUE_MAP, "the request"));
    TRY(value_is(job, value_get(request, "messages"), VALUE_LIST, "'messages'"));
    for (passing.pass = PASS_ANNOUNCE; passing.pass < PASS_WRITE; passing.pass++) {
        TRY(pass_request(job, &passing, request));
    }
    json_map_begin(sent);
    TRY(pass_request(job, &passing, request));
    json_map_end(sent);
    return CANDOR_OK;
}

/* ---- the answer ---------------------------------------------------------------------------- */

int64_t chat_index(const struct value *map, int64_t otherwise)
{
    const struct value *index = value_get(map, "index");
    return index != NULL && index->kind == VALUE_NUMBER && index->is_integer ? index->integer
                                                                             : otherwise;
}

bool chat_choice_ends(const struct value *choice)
{
    const struct value *reason = value_get(choice, "finish_reason");
    return reason != NULL && reason->kind == VALUE_TEXT;
}

/* Most answers have one or two: a thousand that wait hold no room for more. */
static void more_parts(struct chat_parts *parts)
{
    const size_t room = parts->room == 0 ? PARTS_FIRST : parts->room * 2;
    struct chat_part **item = NEW_ARRAY(parts->arena, room, struct chat_part *);
    for (size_t i = 0; i < parts->count; i++) {
        item[i] = parts->item[i];
    }
    parts->item = item;
    parts->room = room;
}

static struct chat_part *part_of(struct chat_parts *parts, const struct chat_part *wanted)
{
    for (size_t i = 0; i < parts->count; i++) {
        struct chat_part *part = parts->item[i];
        if (part->choice == wanted->choice && part->tool == wanted->tool &&
            str_equal(part->name, wanted->name)) {
            return part;
        }
    }
    if (parts->count == CHAT_PARTS_MAX) {
        return NULL;
    }
    if (parts->count == parts->room) {
        more_parts(parts);
    }
    struct chat_part *part = NEW(parts->arena, struct chat_part);
    parts->item[parts->count++] = part;
    *part = *wanted;
    part->name = str_copy(parts->arena, wanted->name);
    const bool is_json = str_is(wanted->name, "arguments");
    const struct window_rules *rules = parts->ear == NULL ? NULL : parts->ear->rules;
    part->window = window_begin(parts->arena, rules, is_json);
    part->restorer = restore_begin(parts->vault, is_json);
    return part;
}

enum candor_status chat_part_take(struct job *job, const struct chat_parts *parts,
                                  struct chat_part *part, struct str text, bool is_end,
                                  struct buf *out)
{
    const char *rule = NULL;
    struct str ready = text;
    if (part->window.rules != NULL) {
        rule = window_next(job, &part->window, text, &ready);
        restore_next(&part->restorer, ready, out);
        ready = STR("");
        if (rule == NULL && is_end) {
            rule = window_last(job, &part->window, &ready);
        }
    }
    if (rule != NULL) {
        parts->ear->withheld(parts->ear->self, rule);
        return fail(job, CANDOR_REFUSED, "the answer holds what must not leave: %s", rule);
    }
    restore_next(&part->restorer, ready, out);
    if (is_end) {
        restore_last(&part->restorer, out);
    }
    return CANDOR_OK;
}

/* What is being written, and of which choice and call. */
struct putting {
    struct chat_parts *parts;
    struct json *json;
    int64_t choice;
    int64_t tool;
    bool is_end;
};

static bool is_restored(const struct putting *putting, struct str key)
{
    return putting->tool >= 0 ? str_is(key, "arguments")
                              : str_is(key, "content") || str_is(key, "refusal") ||
                                    str_starts(key, STR("reasoning"));
}

static enum candor_status put_map(struct job *job, struct putting *putting,
                                  const struct value *map);

static enum candor_status put_part(struct job *job, const struct putting *putting, struct str key,
                                   struct str text)
{
    const struct chat_part wanted = {.choice = putting->choice, .tool = putting->tool, .name = key};
    struct chat_part *part = part_of(putting->parts, &wanted);
    if (part == NULL) {
        return fail(job, CANDOR_TOO_LARGE, "an answer has at most %d texts", CHAT_PARTS_MAX);
    }
    struct buf buf = buf_begin(job->arena);
    const struct chat_ear *ear = putting->parts->ear;
    if (ear != NULL) {
        ear->text(ear->self, putting->choice, putting->tool, key, text);
    }
    TRY(chat_part_take(job, putting->parts, part, text, putting->is_end, &buf));
    json_text(putting->json, buf_text(&buf));
    return CANDOR_OK;
}

static enum candor_status put_tools(struct job *job, struct putting *putting,
                                    const struct value *calls)
{
    json_list_begin(putting->json);
    for (size_t i = 0; i < calls->count; i++) {
        struct putting within = *putting;
        within.tool = chat_index(&calls->item[i], (int64_t)i);
        TRY(put_map(job, &within, &calls->item[i]));
    }
    json_list_end(putting->json);
    return CANDOR_OK;
}

/* A message or a delta of one, a call of a tool, or the function of a call. */
static enum candor_status put_map(struct job *job, struct putting *putting, const struct value *map)
{
    if (map->kind != VALUE_MAP) {
        json_value(putting->json, map);
        return CANDOR_OK;
    }
    json_map_begin(putting->json);
    for (size_t i = 0; i < map->count; i++) {
        const struct str key = map->key[i];
        const struct value *value = &map->item[i];
        json_key_str(putting->json, key);
        if (value->kind == VALUE_TEXT && is_restored(putting, key)) {
            TRY(put_part(job, putting, key, value->text));
        } else if (str_is(key, "tool_calls") && value->kind == VALUE_LIST) {
            TRY(put_tools(job, putting, value));
        } else if (putting->tool >= 0 && str_is(key, "function")) {
            TRY(put_map(job, putting, value));
        } else {
            json_value(putting->json, value);
        }
    }
    json_map_end(putting->json);
    return CANDOR_OK;
}

static enum candor_status put_choice(struct job *job, struct putting *putting,
                                     const struct value *choice)
{
    if (choice->kind != VALUE_MAP) {
        json_value(putting->json, choice);
        return CANDOR_OK;
    }
    json_map_begin(putting->json);
    for (size_t i = 0; i < choice->count; i++) {
        const struct str key = choice->key[i];
        if (str_is(key, "logprobs")) {
            continue;
        }
        json_key_str(putting->json, key);
        if (str_is(key, "delta") || str_is(key, "message")) {
            TRY(put_map(job, putting, &choice->item[i]));
        } else {
            json_value(putting->json, &choice->item[i]);
        }
    }
    json_map_end(putting->json);
    return CANDOR_OK;
}

static int64_t count_at(const struct value *map, const char *key)
{
    const struct value *count = value_get(map, key);
    return count != NULL && count->kind == VALUE_NUMBER && count->is_integer && count->integer > 0
               ? count->integer
               : 0;
}

/* What stands beside the choices. */
static void hear(const struct chat_ear *ear, struct str key, const struct value *value)
{
    if (str_is(key, "usage") && value->kind == VALUE_MAP) {
        ear->usage(ear->self, count_at(value, "prompt_tokens"),
                   count_at(value, "completion_tokens"));
    } else if (str_is(key, "error") && value->kind != VALUE_NULL) {
        ear->broke(ear->self);
    }
}

static void put_mark(struct chat_parts *parts, struct json *json)
{
    if (parts->ear != NULL && !parts->is_marked && parts->ear->mark != NULL) {
        json_key(json, LIT("candor"));
        json_value(json, parts->ear->mark);
        parts->is_marked = true;
    }
}

enum candor_status chat_put(struct job *job, struct chat_parts *parts, const struct value *event,
                            bool is_end, struct json *json)
{
    TRY(value_is(job, event, VALUE_MAP, "the answer"));
    json_map_begin(json);
    for (size_t i = 0; i < event->count; i++) {
        const struct value *value = &event->item[i];
        if (parts->ear != NULL && str_is(event->key[i], "candor")) {
            continue; /* it is for us to say */
        }
        if (parts->ear != NULL) {
            hear(parts->ear, event->key[i], value);
        }
        json_key_str(json, event->key[i]);
        if (!str_is(event->key[i], "choices") || value->kind != VALUE_LIST) {
            json_value(json, value);
            continue;
        }
        json_list_begin(json);
        for (size_t c = 0; c < value->count; c++) {
            const struct value *choice = &value->item[c];
            struct putting putting = {.parts = parts,
                                      .json = json,
                                      .choice = chat_index(choice, (int64_t)c),
                                      .tool = -1,
                                      .is_end = is_end || chat_choice_ends(choice)};
            TRY(put_choice(job, &putting, choice));
        }
        json_list_end(json);
    }
    put_mark(parts, json);
    json_map_end(json);
    return CANDOR_OK;
}

enum candor_status chat_restore_heard(struct job *job, const struct vault *vault,
                                      const struct value *answer, const struct chat_ear *ear,
                                      struct json *restored)
{
    struct chat_parts *parts = NEW(job->arena, struct chat_parts);
    parts->arena = job->arena;
    parts->vault = vault;
    parts->ear = ear;
    return chat_put(job, parts, answer, true, restored);
}

enum candor_status chat_restore(struct job *job, const struct vault *vault,
                                const struct value *answer, struct json *restored)
{
    return chat_restore_heard(job, vault, answer, NULL, restored);
}
