/*
 * message.c - what the tracking SDKs of Segment and RudderStack send, taken apart.
 *
 *     {"type": "track", "messageId": "...", "userId": "anna", "anonymousId": "...",
 *      "event": "Order Completed", "properties": {"total": 12.5},
 *      "timestamp": "...", "context": {"consent": {...}, ...}, ...}
 *
 *     {"batch": [message, ...], "sentAt": "...", "context": {...}}
 *
 * The time of a message is put right by the difference between the clock that sent it and ours:
 *
 *     time = received - (sentAt - originalTimestamp)
 *
 * as both systems do; RudderStack's SDKs say originalTimestamp, Segment's call the same timestamp.
 */
#include "message.h"

#include "text.h"

static const char *const kind_name[MESSAGE_KINDS] = {
    [MESSAGE_TRACK] = "track",   [MESSAGE_IDENTIFY] = "identify", [MESSAGE_PAGE] = "page",
    [MESSAGE_SCREEN] = "screen", [MESSAGE_GROUP] = "group",       [MESSAGE_ALIAS] = "alias",
};

static const struct {
    const char *code;
    const char *sentence;
} fault_row[MESSAGE_FAULTS] = {
    [MESSAGE_FINE] = {"fine", "is well formed"},
    [MESSAGE_NOT_AN_OBJECT] = {"not_an_object", "is no JSON object"},
    [MESSAGE_TOO_LARGE] = {"too_large", "is larger than 32 KB"},
    [MESSAGE_UNKNOWN_TYPE] = {"unknown_type",
                              "has a type that is not track, identify, page, screen, group or "
                              "alias"},
    [MESSAGE_NO_PERSON] = {"no_person", "has neither userId nor anonymousId"},
    [MESSAGE_BAD_ID] = {"bad_id", "has an id that is no text of 1 to 256 bytes"},
    [MESSAGE_NO_NAME] = {"no_name", "lacks event, groupId or previousId"},
    [MESSAGE_BAD_TIME] = {"bad_time", "has a time that is not as in RFC 3339"},
    [MESSAGE_BAD_CONSENT] = {"bad_consent", "has a context.consent that cannot be read"},
    [MESSAGE_BAD_MEMBERS] = {"bad_members",
                             "has properties or traits that are no object of at most 256 members"},
};

const char *message_kind_name(enum message_kind kind)
{
    must(kind < MESSAGE_KINDS);
    return kind_name[kind];
}

bool message_kind_read(struct str name, enum message_kind *kind)
{
    for (size_t k = 0; k < MESSAGE_KINDS; k++) {
        if (str_is(name, kind_name[k])) {
            *kind = (enum message_kind)k;
            return true;
        }
    }
    return false;
}

const char *message_fault_code(enum message_fault fault)
{
    must(fault < MESSAGE_FAULTS);
    return fault_row[fault].code;
}

const char *message_fault_sentence(enum message_fault fault)
{
    must(fault < MESSAGE_FAULTS);
    return fault_row[fault].sentence;
}

/* What all messages of a request share. */
struct request {
    struct job *job;
    int64_t received;
    bool has_sent;
    int64_t sent;
    const struct value *context; /* of a batch: for messages that have none of their own */
};

static bool is_there(const struct value *value)
{
    return value != NULL && value->kind != VALUE_NULL;
}

/* ---- size ---------------------------------------------------------------------------------- */

static size_t text_size(struct str text)
{
    return text.len + 2;
}

/* How long it is at least when written without spaces; stops counting above the limit. */
static size_t value_size(const struct value *value, size_t limit)
{
    size_t size = value->count; /* commas */
    if (value->kind == VALUE_TEXT) {
        return text_size(value->text);
    }
    if (value->kind != VALUE_LIST && value->kind != VALUE_MAP) {
        return 4;
    }
    for (size_t i = 0; i < value->count && size <= limit; i++) {
        size += value->kind == VALUE_MAP ? text_size(value->key[i]) + 1 : 0;
        size += value_size(&value->item[i], limit);
    }
    return size + 1;
}

/* ---- parts --------------------------------------------------------------------------------- */

/* A text that is not there is empty; whole numbers were ids once, and still are to some. */
static bool read_id(struct arena *arena, const struct value *map, const char *key, struct str *id)
{
    const struct value *value = value_get(map, key);
    *id = STR("");
    if (!is_there(value)) {
        return true;
    }
    if (value->kind == VALUE_NUMBER && value->is_integer) {
        *id = str_format(arena, "%lld", (long long)value->integer);
        return true;
    }
    if (value->kind != VALUE_TEXT) {
        return false;
    }
    *id = str_trim(value->text);
    return id->len <= MESSAGE_ID_LEN_MAX;
}

static bool read_time(const struct value *map, const char *key, bool *found, int64_t *time)
{
    const struct value *value = value_get(map, key);
    if (!is_there(value)) {
        return true;
    }
    *found = value->kind == VALUE_TEXT && str_to_time(str_trim(value->text), time);
    return *found;
}

/* By our clock. A message that was sent before it happened, by its own clock, is of now. */
static bool read_when(const struct request *request, const struct value *map, int64_t *time)
{
    struct request own = *request;
    bool has_time = false;
    int64_t happened = 0;
    *time = request->received;
    if (!read_time(map, "sentAt", &own.has_sent, &own.sent) ||
        !read_time(map, "originalTimestamp", &has_time, &happened) ||
        (!has_time && !read_time(map, "timestamp", &has_time, &happened))) {
        return false;
    }
    if (has_time) {
        *time = own.has_sent ? request->received - (own.sent - happened) : happened;
    }
    *time = *time > request->received ? request->received : *time;
    return *time >= 0; /* nobody tracked anything before 1970 */
}

static bool read_consent(const struct request *request, const struct value *map,
                         const struct track_consent **consent)
{
    const struct value *own = value_get(map, "context");
    const struct value *context = is_there(own) ? own : request->context;
    *consent = NULL;
    if (!is_there(context)) {
        return true;
    }
    if (context->kind != VALUE_MAP) {
        return false;
    }
    if (!is_there(value_get(context, "consent")) &&
        !is_there(value_get(context, "consentManagement"))) {
        return true;
    }
    struct track_consent *read = NEW(request->job->arena, struct track_consent);
    *consent = read;
    if (track_consent_read(request->job, context, read) != CANDOR_OK) {
        job_forgive(request->job);
        return false;
    }
    return true;
}

static void read_member(struct arena *arena, struct str name, const struct value *value,
                        struct message_member *member)
{
    *member = (struct message_member){.name = name};
    switch (value->kind) {
    case VALUE_TEXT:
        member->text = value->text;
        break;
    case VALUE_BOOL:
        member->text = value->boolean ? STR("true") : STR("false");
        break;
    case VALUE_NUMBER:
        member->text = value->is_integer ? str_format(arena, "%lld", (long long)value->integer)
                                         : str_from_double(arena, value->number);
        break;
    case VALUE_LIST:
    case VALUE_MAP:
        member->is_nested = true;
        break;
    case VALUE_NULL:
        break;
    }
}

/* Segment's SDKs have traits beside context, RudderStack's also within. */
static const struct value *members_of(const struct value *map, enum message_kind kind)
{
    const bool has_traits = kind == MESSAGE_IDENTIFY || kind == MESSAGE_GROUP;
    const struct value *members = value_get(map, has_traits ? "traits" : "properties");
    if (kind == MESSAGE_IDENTIFY && !is_there(members)) {
        members = value_get(value_get(map, "context"), "traits");
    }
    return is_there(members) ? members : NULL;
}

static bool read_members(struct arena *arena, const struct value *map, struct message *message)
{
    const struct value *members = members_of(map, message->kind);
    if (members == NULL) {
        return true;
    }
    if (members->kind != VALUE_MAP || members->count > MESSAGE_MEMBERS_MAX) {
        return false;
    }
    struct message_member *member = NEW_ARRAY(arena, members->count + 1, struct message_member);
    for (size_t i = 0; i < members->count; i++) {
        read_member(arena, members->key[i], &members->item[i], &member[i]);
    }
    message->member = member;
    message->member_count = members->count;
    return true;
}

/* ---- one message --------------------------------------------------------------------------- */

static bool read_kind(const struct value *map, enum message_kind given, enum message_kind *kind)
{
    const struct value *type = value_get(map, "type");
    *kind = given;
    if (given != MESSAGE_KINDS) { /* the path says what it is; the type may only agree */
        return !is_there(type) ||
               (type->kind == VALUE_TEXT && str_is(type->text, message_kind_name(given)));
    }
    return is_there(type) && type->kind == VALUE_TEXT && message_kind_read(type->text, kind);
}

/* The name that each kind has, and whether it may be missing. */
static const struct {
    const char *key;
    bool is_needed;
} name_row[MESSAGE_KINDS] = {
    [MESSAGE_TRACK] = {"event", true},   [MESSAGE_IDENTIFY] = {NULL, false},
    [MESSAGE_PAGE] = {"name", false},    [MESSAGE_SCREEN] = {"name", false},
    [MESSAGE_GROUP] = {"groupId", true}, [MESSAGE_ALIAS] = {"previousId", true},
};

static enum message_fault read_names(struct arena *arena, const struct value *map,
                                     struct message *message)
{
    const char *key = name_row[message->kind].key;
    if (!read_id(arena, map, "messageId", &message->id) ||
        !read_id(arena, map, "userId", &message->user) ||
        !read_id(arena, map, "anonymousId", &message->anonymous) ||
        (key != NULL && !read_id(arena, map, key, &message->name))) {
        return MESSAGE_BAD_ID;
    }
    if (message->user.len == 0 && message->anonymous.len == 0) {
        return MESSAGE_NO_PERSON;
    }
    return name_row[message->kind].is_needed && message->name.len == 0 ? MESSAGE_NO_NAME
                                                                       : MESSAGE_FINE;
}

static enum message_fault read_message(const struct request *request, const struct value *map,
                                       enum message_kind kind, struct message *message)
{
    struct arena *arena = request->job->arena;
    if (map->kind != VALUE_MAP) {
        return MESSAGE_NOT_AN_OBJECT;
    }
    if (value_size(map, MESSAGE_BYTES_MAX) > MESSAGE_BYTES_MAX) {
        return MESSAGE_TOO_LARGE;
    }
    if (!read_kind(map, kind, &message->kind)) {
        return MESSAGE_UNKNOWN_TYPE;
    }
    const enum message_fault fault = read_names(arena, map, message);
    if (fault != MESSAGE_FINE) {
        return fault;
    }
    if (!read_when(request, map, &message->time)) {
        return MESSAGE_BAD_TIME;
    }
    if (!read_consent(request, map, &message->consent)) {
        return MESSAGE_BAD_CONSENT;
    }
    return read_members(arena, map, message) ? MESSAGE_FINE : MESSAGE_BAD_MEMBERS;
}

/* ---- the request --------------------------------------------------------------------------- */

static enum candor_status read_batch(struct request *request, const struct value *body,
                                     struct messages *messages)
{
    struct job *job = request->job;
    const struct value *batch = value_get(body, "batch");
    TRY(value_is(job, batch, VALUE_LIST, "'batch'"));
    if (batch->count > MESSAGES_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "a batch has at most %d messages", MESSAGES_MAX);
    }
    if (!read_time(body, "sentAt", &request->has_sent, &request->sent)) {
        return fail(job, CANDOR_BAD_INPUT, "'sentAt' is a time as in RFC 3339");
    }
    request->context = value_get(body, "context");
    TRY_ALLOC(job, messages->message, batch->count, struct message);
    messages->count = batch->count;
    messages->is_batch = true;
    for (size_t i = 0; i < batch->count; i++) {
        messages->message[i].fault =
            read_message(request, &batch->item[i], MESSAGE_KINDS, &messages->message[i]);
    }
    return CANDOR_OK;
}

enum candor_status messages_read(struct job *job, const struct value *body, enum message_kind kind,
                                 int64_t received, struct messages *messages)
{
    struct request request = {.job = job, .received = received};
    *messages = (struct messages){0};
    TRY(value_is(job, body, VALUE_MAP, "the request"));
    messages->write_key = value_text_at(body, "writeKey");
    if (kind == MESSAGE_KINDS) {
        return read_batch(&request, body, messages);
    }
    messages->message = NEW(job->arena, struct message);
    messages->count = 1;
    messages->message->fault = read_message(&request, body, kind, messages->message);
    return CANDOR_OK;
}
