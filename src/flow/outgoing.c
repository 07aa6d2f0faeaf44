/*
 * outgoing.c - the queue of messages to other systems.
 *
 * A message is a document of the home, sealed like all of them, since a body may name a person. Its name
 * is a hash of kind, object and address, so that newer news takes the place of older. It is removed
 * when somebody has taken it.
 *
 *     version u8 = 1 | kind u8 | is aside u8 | queued u64le | due u64le | tries u32le | code u32le
 *     | key 16 | object 16 | to, url, content type, body (blocks) | headers u8 | headers * (name, value)
 */
#include "outgoing.h"

enum { OUTGOING_VERSION = 1, URL_MAX = 1024 };

#define OUTGOING_KIND LIT("outgoing")
#define MICROS_PER_MINUTE (60 * MICROS_PER_SECOND)

const char *outgoing_kind_name(enum outgoing_kind kind)
{
    static const char *const name[OUTGOING_KINDS] = {"drp_status", "opendsr_status", "deletion",
                                                     "recall",     "events",         "contacts"};
    must((unsigned)kind < OUTGOING_KINDS);
    return name[kind];
}

/* ---- addresses ----------------------------------------------------------------------------- */

static bool is_plain(struct str url)
{
    if (url.len == 0 || url.len > URL_MAX) {
        return false;
    }
    for (size_t i = 0; i < url.len; i++) {
        if (url.ptr[i] <= ' ' || url.ptr[i] >= 0x7F || url.ptr[i] == '\\') {
            return false;
        }
    }
    return true;
}

/* What stands between the scheme and the path. */
static struct str authority_of(struct str url, struct str scheme)
{
    const struct str rest = str_slice(url, scheme.len, url.len);
    return str_slice(rest, 0, str_find(rest, '/'));
}

/* An address of this machine, as it is written; a name that a server elsewhere answers is none. */
static bool is_here(struct str authority)
{
    struct str rest = authority;
    return str_equal(authority, STR("[::1]")) || str_starts(authority, STR("[::1]:")) ||
           str_equal(str_cut(&rest, ':'), STR("127.0.0.1"));
}

bool url_is_base(struct str base)
{
    const bool is_secure = str_starts(base, STR("https://"));
    const struct str scheme = is_secure ? STR("https://") : STR("http://");
    if (!is_plain(base) || !str_starts(base, scheme)) {
        return false;
    }
    const struct str authority = authority_of(base, scheme);
    return authority.len > 0 && !str_contains(base, STR("@")) && !str_contains(base, STR("?")) &&
           !str_contains(base, STR("#")) && !str_contains(base, STR("/.")) &&
           (is_secure || is_here(authority));
}

bool url_is_at(struct str url, struct str base)
{
    if (!is_plain(url) || base.len == 0 || !str_starts(url, base) || str_contains(url, STR("/.")) ||
        str_contains(url, STR("#"))) {
        return false;
    }
    const struct str rest = str_slice(url, base.len, url.len);
    return rest.len == 0 || str_ends(base, STR("/")) || rest.ptr[0] == '/' || rest.ptr[0] == '?';
}

/* ---- layout -------------------------------------------------------------------------------- */

static struct bytes write_message(struct job *job, const struct outgoing *message)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, OUTGOING_VERSION);
    buf_u8(&buf, (uint8_t)message->kind);
    buf_u8(&buf, message->is_aside);
    buf_u64le(&buf, (uint64_t)message->queued);
    buf_u64le(&buf, (uint64_t)message->due);
    buf_u32le(&buf, message->tries);
    buf_u32le(&buf, message->code);
    buf_bytes(&buf, message->key, sizeof message->key);
    buf_bytes(&buf, message->object, sizeof message->object);
    buf_block(&buf, bytes_of(message->to));
    buf_block(&buf, bytes_of(message->url));
    buf_block(&buf, bytes_of(message->content_type));
    buf_block(&buf, message->body);
    buf_u8(&buf, (uint8_t)message->header_count);
    for (size_t i = 0; i < message->header_count; i++) {
        buf_block(&buf, bytes_of(message->header[i].name));
        buf_block(&buf, bytes_of(message->header[i].value));
    }
    return buf_all(&buf);
}

static void read_16(struct reader *reader, uint8_t target[16])
{
    const struct bytes bytes = read_bytes(reader, 16);
    if (bytes.len == 16) {
        bytes_copy(target, bytes.ptr, 16);
    }
}

static enum candor_status read_message(struct job *job, struct bytes bytes,
                                       struct outgoing *message)
{
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    const uint8_t kind = read_u8(&reader);
    const uint8_t aside = read_u8(&reader);
    *message = (struct outgoing){.kind = (enum outgoing_kind)kind, .is_aside = aside == 1};
    message->queued = (int64_t)read_u64le(&reader);
    message->due = (int64_t)read_u64le(&reader);
    message->tries = read_u32le(&reader);
    message->code = read_u32le(&reader);
    read_16(&reader, message->key);
    read_16(&reader, message->object);
    message->to = read_text(&reader);
    message->url = read_text(&reader);
    message->content_type = read_text(&reader);
    message->body = read_block(&reader);
    message->header_count = read_u8(&reader);
    const bool has_room = message->header_count <= OUTGOING_HEADERS_MAX;
    for (size_t i = 0; has_room && i < message->header_count; i++) {
        message->header[i].name = read_text(&reader);
        message->header[i].value = read_text(&reader);
    }
    if (version != OUTGOING_VERSION || kind >= OUTGOING_KINDS || aside > 1 || !has_room ||
        !reader_is_done(&reader)) {
        return fail(job, CANDOR_CORRUPT, "a stored message has another layout");
    }
    return CANDOR_OK;
}

/* ---- the queue ----------------------------------------------------------------------------- */

struct str outgoing_name(struct job *job, const struct outgoing *message)
{
    const uint8_t kind = (uint8_t)message->kind;
    const struct bytes part[] = {
        {&kind, 1}, {message->object, sizeof message->object}, bytes_of(message->url)};
    const struct digest digest = digest_of(part, 3);
    return hex_of(job->arena, (struct bytes){digest.byte, 16});
}

enum candor_status outgoing_queue(struct job *job, struct txn *txn, struct outgoing *message)
{
    must(message->header_count <= OUTGOING_HEADERS_MAX);
    message->name = outgoing_name(job, message);
    message->queued = job->now;
    message->due = job->now;
    message->tries = 0;
    message->code = 0;
    message->is_aside = false;
    static const uint8_t none[sizeof message->key] = {0};
    if (bytes_same(message->key, none, sizeof none)) {
        TRY(host_random(job, message->key, sizeof message->key));
    }
    return outgoing_store(job, txn, message);
}

enum candor_status outgoing_store(struct job *job, struct txn *txn, const struct outgoing *message)
{
    return store_put_document(job, txn, OUTGOING_KIND, message->name, write_message(job, message));
}

enum candor_status outgoing_load(struct job *job, struct txn *txn, struct str name,
                                 struct outgoing *message)
{
    struct bytes bytes;
    TRY(during(job, store_document(job, txn, OUTGOING_KIND, name, &bytes), "the message"));
    TRY(read_message(job, bytes, message));
    message->name = name;
    return CANDOR_OK;
}

enum candor_status outgoing_remove(struct job *job, struct txn *txn, struct str name)
{
    return store_remove_document(job, txn, OUTGOING_KIND, name);
}

enum candor_status outgoing_all(struct job *job, struct txn *txn, struct outgoing **message,
                                size_t *count)
{
    struct str *name = NULL;
    TRY(store_documents(job, txn, OUTGOING_KIND, &name, count));
    TRY_ALLOC(job, *message, *count + 1, struct outgoing);
    for (size_t i = 0; i < *count; i++) {
        TRY(outgoing_load(job, txn, name[i], &(*message)[i]));
    }
    return CANDOR_OK;
}

void outgoing_put_off(struct outgoing *message, unsigned code, int64_t now)
{
    /* After the first failure a minute, at last a day: together about four days. */
    static const int64_t minutes[OUTGOING_TRIES_MAX - 1] = {1,   5,    15,   60,  180,
                                                            720, 1440, 1440, 1440};
    message->code = code;
    message->tries++;
    if (message->tries >= OUTGOING_TRIES_MAX) {
        message->is_aside = true;
        return;
    }
    message->due = now + minutes[message->tries - 1] * MICROS_PER_MINUTE;
}
