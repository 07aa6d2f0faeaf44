/*
 * chat_stream.c - an answer in events, as it comes.
 *
 *     piece ──lines──▶ "data: {...}" ──blank line──▶ event ──chat_put──▶ "data: {...}\n\n"
 *
 * A text that is held when its choice ends leaves in an event of its own, before the one that says so.
 */
#include <string.h>

#include "chatting.h"

struct chat_stream {
    struct buf line;
    struct buf data; /* of the event, its lines parted by LF */
    bool has_data;
    bool skips_lf;   /* the line ended in CR, and LF belongs to it */
    bool is_done;    /* "[DONE]" came */
    bool is_broken;  /* nothing more comes out */
    struct buf head; /* id, model ... of the last event, for one of our own */
    struct chat_parts parts;
};

struct chat_stream *chat_stream_begin(struct arena *arena, const struct vault *vault)
{
    struct chat_stream *stream = NEW(arena, struct chat_stream);
    stream->line = buf_begin(arena);
    stream->data = buf_begin(arena);
    stream->head = buf_begin(arena);
    stream->parts.arena = arena;
    stream->parts.vault = vault;
    return stream;
}

void chat_stream_hear(struct chat_stream *stream, const struct chat_ear *ear)
{
    stream->parts.ear = ear;
}

/* ---- what was held ------------------------------------------------------------------------- */

static void put_head(const struct chat_stream *stream, struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("object"));
    json_lit(json, LIT("chat.completion.chunk"));
    if (stream->head.len > 0) {
        json_key(json, LIT("id"));
        json_text(json, buf_text(&stream->head));
    }
    json_key(json, LIT("choices"));
    json_list_begin(json);
}

static void put_held_part(const struct chat_part *part, struct str text, struct json *json)
{
    json_map_begin(json);
    json_key(json, LIT("index"));
    json_i64(json, part->choice);
    json_key(json, LIT("delta"));
    json_map_begin(json);
    if (part->tool >= 0) {
        json_key(json, LIT("tool_calls"));
        json_list_begin(json);
        json_map_begin(json);
        json_key(json, LIT("index"));
        json_i64(json, part->tool);
        json_key(json, LIT("function"));
        json_map_begin(json);
    }
    json_key_str(json, part->name);
    json_text(json, text);
    if (part->tool >= 0) {
        json_map_end(json);
        json_map_end(json);
        json_list_end(json);
    }
    json_map_end(json);
    json_key(json, LIT("finish_reason"));
    json_null(json);
    json_map_end(json);
}

static bool ends_in(const struct value *event, int64_t choice)
{
    const struct value *choices = value_get(event, "choices");
    for (size_t c = 0; choices != NULL && choices->kind == VALUE_LIST && c < choices->count; c++) {
        if (chat_index(&choices->item[c], (int64_t)c) == choice) {
            return chat_choice_ends(&choices->item[c]);
        }
    }
    return false;
}

/* Of the choices that end in the event; NULL: of all. */
static enum candor_status put_held(struct job *job, struct chat_stream *stream,
                                   const struct value *event, struct buf *out)
{
    for (size_t i = 0; i < stream->parts.count; i++) {
        struct chat_part *part = stream->parts.item[i];
        struct json json;
        struct buf text = buf_begin(job->arena);
        const bool ends = event == NULL || ends_in(event, part->choice);
        if (!ends || (part->restorer.held_len == 0 && !window_waits(&part->window))) {
            continue;
        }
        TRY(chat_part_take(job, &stream->parts, part, STR(""), true, &text));
        buf_lit(out, LIT("data: "));
        json_begin(&json, out, false);
        put_head(stream, &json);
        put_held_part(part, buf_text(&text), &json);
        json_list_end(&json);
        json_map_end(&json);
        json_end(&json);
        buf_lit(out, LIT("\n\n"));
    }
    return CANDOR_OK;
}

/* The first part of a choice that is not over. */
static bool is_first_open(const struct chat_parts *parts, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (parts->item[i]->choice == parts->item[at]->choice) {
            return false;
        }
    }
    return !parts->item[at]->is_over;
}

void chat_stream_say(struct chat_stream *stream, const char *reason, struct buf *out)
{
    struct json json;
    buf_lit(out, LIT("data: "));
    json_begin(&json, out, false);
    put_head(stream, &json);
    for (size_t i = 0; reason != NULL && i < stream->parts.count; i++) {
        if (is_first_open(&stream->parts, i)) {
            json_map_begin(&json);
            json_key(&json, LIT("index"));
            json_i64(&json, stream->parts.item[i]->choice);
            json_key(&json, LIT("delta"));
            json_map_begin(&json);
            json_map_end(&json);
            json_key(&json, LIT("finish_reason"));
            json_text(&json, str_of(reason));
            json_map_end(&json);
        }
    }
    json_list_end(&json);
    json_key(&json, LIT("candor"));
    json_value(&json, stream->parts.ear->mark);
    json_map_end(&json);
    json_end(&json);
    buf_lit(out, LIT("\n\n"));
}

/* ---- events -------------------------------------------------------------------------------- */

static void note_head(struct chat_stream *stream, const struct value *event)
{
    const struct str id = value_text_at(event, "id");
    if (id.len > 0 && id.len <= 256) {
        stream->head.len = 0;
        buf_str(&stream->head, id);
    }
}

static enum candor_status put_event(struct job *job, struct chat_stream *stream, struct buf *out)
{
    const struct value *event = NULL;
    struct buf restored = buf_begin(job->arena);
    struct json json;
    TRY(json_read(job, buf_all(&stream->data), NULL, "an event", &event));
    json_begin(&json, &restored, false);
    TRY(chat_put(job, &stream->parts, event, false, &json));
    json_end(&json);
    note_head(stream, event);
    TRY(put_held(job, stream, event, out));
    buf_lit(out, LIT("data: "));
    buf_str(out, buf_text(&restored));
    buf_lit(out, LIT("\n\n"));
    for (size_t i = 0; i < stream->parts.count; i++) {
        struct chat_part *part = stream->parts.item[i];
        part->is_over = part->is_over || ends_in(event, part->choice);
    }
    return CANDOR_OK;
}

/* What is held of all. */
static enum candor_status put_ending(struct job *job, struct chat_stream *stream, struct buf *out)
{
    struct job event = *job;
    event.arena = arena_begin();
    event.message[0] = '\0';
    enum candor_status status = put_held(&event, stream, NULL, out);
    if (status != CANDOR_OK) {
        status = fail(job, status, "%s", event.message);
    }
    arena_end(event.arena);
    return status;
}

static enum candor_status dispatch(struct job *job, struct chat_stream *stream, struct buf *out)
{
    const struct str data = str_trim(buf_text(&stream->data));
    enum candor_status status = CANDOR_OK;
    if (stream->is_done || data.len == 0) {
        status = CANDOR_OK; /* what follows the end is nobody's; an empty event keeps a line open */
    } else if (str_is(data, "[DONE]")) {
        TRY(put_ending(job, stream, out));
        stream->is_done = true;
        if (stream->parts.ear == NULL || !stream->parts.ear->holds_done) {
            buf_lit(out, LIT("data: [DONE]\n\n"));
        }
    } else {
        struct job event = *job;
        event.arena =
            arena_begin(); /* of this event alone: what waits between two of them is little */
        event.message[0] = '\0';
        status = put_event(&event, stream, out);
        if (status != CANDOR_OK) {
            status = fail(job, status, "%s", event.message);
        }
        arena_end(event.arena);
    }
    stream->data.len = 0;
    stream->has_data = false;
    return status;
}

static enum candor_status take_line(struct job *job, struct chat_stream *stream, struct buf *out)
{
    struct str rest = buf_text(&stream->line);
    stream->line.len = 0;
    if (rest.len == 0) {
        return stream->has_data ? dispatch(job, stream, out) : CANDOR_OK;
    }
    const struct str field = str_cut(&rest, ':'); /* empty: a comment */
    if (str_is(field, "error")) {
        return fail(job, CANDOR_BAD_INPUT, "the provider broke off with an error");
    }
    if (!str_is(field, "data")) {
        return CANDOR_OK;
    }
    if (rest.ptr == NULL) {
        rest = STR("");
    }
    if (str_starts(rest, STR(" "))) {
        rest = str_slice(rest, 1, rest.len);
    }
    if (stream->data.len + rest.len > CHAT_EVENT_MAX) {
        return fail(job, CANDOR_TOO_LARGE, "an event has at most %d bytes", CHAT_EVENT_MAX);
    }
    if (stream->has_data) {
        buf_u8(&stream->data, '\n');
    }
    buf_str(&stream->data, rest);
    stream->has_data = true;
    return CANDOR_OK;
}

static enum candor_status take_piece(struct job *job, struct chat_stream *stream, struct str piece,
                                     struct buf *out)
{
    for (size_t i = 0; i < piece.len; i++) {
        const char letter = piece.ptr[i];
        const bool is_second = stream->skips_lf && letter == '\n';
        stream->skips_lf = letter == '\r';
        if (is_second) {
            continue;
        }
        if (letter == '\r' || letter == '\n') {
            TRY(take_line(job, stream, out));
            continue;
        }
        if (stream->line.len == CHAT_EVENT_MAX) {
            return fail(job, CANDOR_TOO_LARGE, "a line has at most %d bytes", CHAT_EVENT_MAX);
        }
        buf_u8(&stream->line, (uint8_t)letter);
    }
    return CANDOR_OK;
}

static enum candor_status broken(struct job *job)
{
    return fail(job, CANDOR_BAD_INPUT, "the answer broke off before");
}

enum candor_status chat_stream_next(struct job *job, struct chat_stream *stream, struct str piece,
                                    struct buf *out)
{
    if (stream->is_broken) {
        return broken(job);
    }
    const enum candor_status status = take_piece(job, stream, piece, out);
    stream->is_broken = status != CANDOR_OK;
    return status;
}

enum candor_status chat_stream_end(struct job *job, struct chat_stream *stream, struct buf *out,
                                   bool *is_whole)
{
    *is_whole = false;
    if (stream->is_broken) {
        return broken(job);
    }
    stream->is_broken = true; /* nothing comes after this */
    TRY(take_line(job, stream, out));
    if (stream->has_data) {
        TRY(dispatch(job, stream, out)); /* some providers leave out the last blank line */
    }
    TRY(put_ending(job, stream, out));
    *is_whole = stream->is_done;
    return CANDOR_OK;
}
