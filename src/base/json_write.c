/*
 * json_write.c - JSON that cannot be built wrong: the writer knows where it is, and all text passes
 * through one escape.
 */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "inside_text.h"

/* ---- where we are -------------------------------------------------------------------------- */

void json_begin(struct json *json, struct buf *buf, bool pretty)
{
    *json = (struct json){.buf = buf, .pretty = pretty};
}

void json_end(const struct json *json)
{
    must(json->depth == 0);
    must(json->filled);
}

static void new_line(const struct json *json)
{
    if (!json->pretty) {
        return;
    }
    buf_u8(json->buf, '\n');
    for (size_t i = 0; i < json->depth; i++) {
        buf_lit(json->buf, LIT("  "));
    }
}

static bool in_map(const struct json *json)
{
    return json->depth > 0 && json->is_map[json->depth - 1];
}

/* Before an item of a list, a key of a map, or the document's one value. */
static void next_item(struct json *json)
{
    must(json->depth > 0 || !json->filled); /* a document is one value */
    if (json->depth == 0) {
        json->filled = true;
        return;
    }
    if (json->filled) {
        buf_u8(json->buf, ',');
    }
    new_line(json);
    json->filled = true;
}

static void next_value(struct json *json)
{
    if (in_map(json)) {
        must(json->keyed); /* every value of a map has its key */
        json->keyed = false;
    } else {
        next_item(json);
    }
}

static void open_level(struct json *json, bool is_map)
{
    next_value(json);
    must(json->depth < TEXT_DEPTH_MAX);
    json->is_map[json->depth++] = is_map;
    json->filled = false;
    buf_u8(json->buf, is_map ? '{' : '[');
}

static void close_level(struct json *json, bool is_map)
{
    must(json->depth > 0);
    must(json->is_map[json->depth - 1] == is_map);
    must(!json->keyed); /* no key without its value */
    json->depth--;
    if (json->filled) {
        new_line(json);
    }
    buf_u8(json->buf, is_map ? '}' : ']');
    json->filled = true;
}

void json_map_begin(struct json *json)
{
    open_level(json, true);
}

void json_map_end(struct json *json)
{
    close_level(json, true);
}

void json_list_begin(struct json *json)
{
    open_level(json, false);
}

void json_list_end(struct json *json)
{
    close_level(json, false);
}

/* ---- text ---------------------------------------------------------------------------------- */

static void put_escaped(struct buf *buf, unsigned char byte)
{
    switch (byte) {
    case '"':
        buf_lit(buf, LIT("\\\""));
        break;
    case '\\':
        buf_lit(buf, LIT("\\\\"));
        break;
    case '\n':
        buf_lit(buf, LIT("\\n"));
        break;
    case '\r':
        buf_lit(buf, LIT("\\r"));
        break;
    case '\t':
        buf_lit(buf, LIT("\\t"));
        break;
    default:
        buf_format(buf, "\\u%04x", byte);
        break;
    }
}

static bool is_plain_json(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\';
}

static unsigned code_of(const char *text, size_t len)
{
    unsigned code = (unsigned char)text[0] & (0xFFU >> (len + 1));
    for (size_t i = 1; i < len; i++) {
        code = code << 6 | ((unsigned char)text[i] & 0x3FU);
    }
    return code;
}

/* JSON allows these as they are. But YAML does not, and our JSON shall be YAML too; terminals obey
 * the first, JavaScript once took the second for line ends. */
static bool is_better_escaped(unsigned code)
{
    return (code >= 0x80 && code <= 0x9F) || code == 0x2028 || code == 0x2029 || code == 0xFEFF ||
           code == 0xFFFE || code == 0xFFFF;
}

/* One character that is not plain; its length. */
static size_t put_special(struct buf *buf, const char *text, size_t left)
{
    const size_t len = utf8_len(text, left);
    if (len <= 1) {
        if ((unsigned char)text[0] < 0x80) {
            put_escaped(buf, (unsigned char)text[0]);
        } else {
            buf_str(buf, REPLACEMENT);
        }
        return 1;
    }
    const unsigned code = code_of(text, len);
    if (is_better_escaped(code)) {
        buf_format(buf, "\\u%04x", code);
    } else {
        buf_bytes(buf, text, len);
    }
    return len;
}

static void put_string(struct buf *buf, struct str text)
{
    buf_u8(buf, '"');
    size_t at = 0;
    while (at < text.len) {
        size_t to = at;
        while (to < text.len && is_plain_json((unsigned char)text.ptr[to])) {
            to++;
        }
        buf_str(buf, str_slice(text, at, to));
        at = to < text.len ? to + put_special(buf, text.ptr + to, text.len - to) : to;
    }
    buf_u8(buf, '"');
}

void json_key_str(struct json *json, struct str key)
{
    must(in_map(json));
    must(!json->keyed);
    next_item(json);
    put_string(json->buf, key);
    buf_u8(json->buf, ':');
    if (json->pretty) {
        buf_u8(json->buf, ' ');
    }
    json->keyed = true;
}

void json_key(struct json *json, struct lit key)
{
    json_key_str(json, str_from(key));
}

void json_text(struct json *json, struct str text)
{
    next_value(json);
    put_string(json->buf, text);
}

void json_lit(struct json *json, struct lit text)
{
    json_text(json, str_from(text));
}

/* ---- numbers and the rest ------------------------------------------------------------------ */

void json_f64(struct json *json, double value)
{
    char text[NUMBER_TEXT_MAX];
    next_value(json);
    if (value == 0 && signbit(value) != 0) {
        buf_lit(json->buf, LIT("-0.0")); /* readers take "-0" for a whole number without a sign */
    } else if (isfinite(value)) {
        buf_bytes(json->buf, text, number_write(text, value));
    } else {
        buf_lit(json->buf, LIT("null"));
    }
}

void json_i64(struct json *json, int64_t value)
{
    next_value(json);
    buf_format(json->buf, "%" PRId64, value);
}

void json_u64(struct json *json, uint64_t value)
{
    next_value(json);
    buf_format(json->buf, "%" PRIu64, value);
}

void json_bool(struct json *json, bool value)
{
    next_value(json);
    buf_lit(json->buf, value ? LIT("true") : LIT("false"));
}

void json_put_null(struct json *json)
{
    next_value(json);
    buf_lit(json->buf, LIT("null"));
}

void json_hex(struct json *json, struct bytes bytes)
{
    json_text(json, hex_of(json->buf->arena, bytes));
}

void json_base64(struct json *json, struct bytes bytes)
{
    json_text(json, base64_of(json->buf->arena, bytes));
}

static void put_number(struct json *json, const struct value *value)
{
    if (value->is_integer) {
        json_i64(json, value->integer);
    } else {
        json_f64(json, value->number);
    }
}

static void put_list(struct json *json, const struct value *value)
{
    json_list_begin(json);
    for (size_t i = 0; i < value->count; i++) {
        json_value(json, &value->item[i]);
    }
    json_list_end(json);
}

static void put_map(struct json *json, const struct value *value)
{
    json_map_begin(json);
    for (size_t i = 0; i < value->count; i++) {
        json_key_str(json, value->key[i]);
        json_value(json, &value->item[i]);
    }
    json_map_end(json);
}

void json_value(struct json *json, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        json_put_null(json);
        break;
    case VALUE_BOOL:
        json_bool(json, value->boolean);
        break;
    case VALUE_NUMBER:
        put_number(json, value);
        break;
    case VALUE_TEXT:
        json_text(json, value->text);
        break;
    case VALUE_LIST:
        put_list(json, value);
        break;
    case VALUE_MAP:
        put_map(json, value);
        break;
    }
}
