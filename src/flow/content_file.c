/*
 * content_file.c - a piece of content as it is kept, and as the board reads it.
 *
 *     document "content", its name: version u8 = 1 | file block | media u8 | source u8 | flags u8
 *     | digest 32 | scan 32 | prompt 32 | findings u32 | blocking u32 | accepted u32 | model block
 *     | purpose block | market block | rules block | submitted i64 | index u64 | report block
 *     | shown block | authors u32, each a block
 *     version 2, what candor generate wrote: | generator block | brief 32
 *     document "content_bytes", the digest in hex: the bytes
 *
 * Both are sealed like every document. The exhibit says the digest of the bytes and shows the text with
 * stars where it found what must not leave, so that reviewers see what it says and no value is copied about.
 */
#include "contents.h"
#include "manifest.h"

enum { CONTENT_VERSION = 1, CONTENT_GENERATED = 2 };

/* ---- writing ------------------------------------------------------------------------------- */

static struct str hex(struct job *job, const struct digest *digest)
{
    return hex_of(job->arena, (struct bytes){digest->byte, sizeof digest->byte});
}

enum candor_status content_put(struct job *job, struct txn *txn, const struct content *content)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, content->generator.len > 0 ? CONTENT_GENERATED : CONTENT_VERSION);
    buf_block(&buf, bytes_of(content->file));
    buf_u8(&buf, (uint8_t)content->media);
    buf_u8(&buf, (uint8_t)content->source);
    buf_u8(&buf, (uint8_t)((content->is_personalised ? 1U : 0U) | (content->is_deployed ? 2U : 0U) |
                           (content->is_retired ? 4U : 0U) | (content->has_prompt ? 8U : 0U)));
    buf_bytes(&buf, content->digest.byte, sizeof content->digest.byte);
    buf_bytes(&buf, content->scan.byte, sizeof content->scan.byte);
    buf_bytes(&buf, content->prompt.byte, sizeof content->prompt.byte);
    buf_u32le(&buf, content->findings);
    buf_u32le(&buf, content->blocking);
    buf_u32le(&buf, content->accepted);
    buf_block(&buf, bytes_of(content->model));
    buf_block(&buf, bytes_of(content->purpose));
    buf_block(&buf, bytes_of(content->market));
    buf_block(&buf, bytes_of(content->rules));
    buf_u64le(&buf, (uint64_t)content->submitted);
    buf_u64le(&buf, content->index);
    buf_block(&buf, bytes_of(content->report));
    buf_block(&buf, bytes_of(content->shown));
    buf_u32le(&buf, (uint32_t)content->author_count);
    for (size_t i = 0; i < content->author_count; i++) {
        buf_block(&buf, bytes_of(content->author[i]));
    }
    if (content->generator.len > 0) {
        buf_block(&buf, bytes_of(content->generator));
        buf_bytes(&buf, content->brief.byte, sizeof content->brief.byte);
    }
    TRY(store_put_document(job, txn, LIT("content_bytes"), hex(job, &content->digest),
                           bytes_of(content->text)));
    return store_put_document(job, txn, LIT("content"), content->name, buf_all(&buf));
}

/* ---- reading ------------------------------------------------------------------------------- */

static void take_digest(struct reader *reader, struct digest *digest)
{
    const struct bytes bytes = read_bytes(reader, sizeof digest->byte);
    if (!reader->bad) {
        bytes_copy(digest->byte, bytes.ptr, sizeof digest->byte);
    }
}

static void read_head(struct reader *reader, struct content *content)
{
    content->file = read_text(reader);
    content->media = (enum mark_media)read_u8(reader);
    content->source = (enum mark_source)read_u8(reader);
    const uint8_t flags = read_u8(reader);
    content->is_personalised = (flags & 1) != 0;
    content->is_deployed = (flags & 2) != 0;
    content->is_retired = (flags & 4) != 0;
    content->has_prompt = (flags & 8) != 0;
    take_digest(reader, &content->digest);
    take_digest(reader, &content->scan);
    take_digest(reader, &content->prompt);
    content->findings = read_u32le(reader);
    content->blocking = read_u32le(reader);
    content->accepted = read_u32le(reader);
    content->model = read_text(reader);
    content->purpose = read_text(reader);
    content->market = read_text(reader);
    content->rules = read_text(reader);
    content->submitted = (int64_t)read_u64le(reader);
    content->index = read_u64le(reader);
    content->report = read_text(reader);
    content->shown = read_text(reader);
}

static bool read_authors(struct job *job, struct reader *reader, struct content *content)
{
    const uint32_t count = read_u32le(reader);
    if (reader->bad || count > BOARD_PEOPLE_MAX) {
        return false;
    }
    content->author = NEW_ARRAY(job->arena, count + 1, struct str); /* room for one more */
    content->author_count = count;
    for (size_t i = 0; i < count; i++) {
        content->author[i] = read_text(reader);
    }
    return !reader->bad;
}

static void read_generator(struct reader *reader, uint8_t version, struct content *content)
{
    if (version == CONTENT_GENERATED) {
        content->generator = read_text(reader);
        take_digest(reader, &content->brief);
    }
}

static enum candor_status read_text_of(struct job *job, struct txn *txn, struct content *content)
{
    struct bytes bytes;
    TRY(store_document(job, txn, LIT("content_bytes"), hex(job, &content->digest), &bytes));
    if (!digest_equal(digest_of_bytes(bytes), content->digest)) {
        return fail(job, CANDOR_CORRUPT, "the bytes of content '%.*s' are damaged",
                    STR_ARG(content->name));
    }
    content->text = (struct str){(const char *)bytes.ptr, bytes.len};
    return CANDOR_OK;
}

enum candor_status content_find(struct job *job, struct txn *txn, struct str name,
                                struct content *content)
{
    struct bytes bytes;
    *content = (struct content){.name = name};
    const enum candor_status status = store_document(job, txn, LIT("content"), name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return fail(job, CANDOR_NOT_FOUND, "there is no content '%.*s'; see: candor content list",
                    STR_ARG(name));
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    const uint8_t version = read_u8(&reader);
    read_head(&reader, content);
    const bool has_authors = read_authors(job, &reader, content);
    read_generator(&reader, version, content);
    if (!has_authors || !reader_is_done(&reader) ||
        (version != CONTENT_VERSION && version != CONTENT_GENERATED) ||
        (unsigned)content->media >= MARK_MEDIA || (unsigned)content->source >= MARK_SOURCES) {
        return fail(job, CANDOR_CORRUPT, "the record of content '%.*s' is damaged", STR_ARG(name));
    }
    return read_text_of(job, txn, content);
}

/* ---- what the board reads ------------------------------------------------------------------ */

/* What a reader is harmed by most, and what no reviewer could see in full. docs/gate.md has the rule. */
static const char *why_high(const struct content *content)
{
    if (content->blocking > 0) {
        return "its scan found what blocks";
    }
    if (content->accepted > 0) {
        return "a line in it accepts a finding of high severity";
    }
    if (content->source != MARK_HUMAN && content->is_personalised) {
        return "a machine wrote it, and each person gets another text";
    }
    if (content->source != MARK_HUMAN && content->media == MARK_CODE) {
        return "a machine wrote the code, and it runs on people's devices";
    }
    return NULL;
}

static void put_hex(struct json *json, struct lit key, const struct digest *digest)
{
    json_key(json, key);
    json_hex(json, (struct bytes){digest->byte, sizeof digest->byte});
}

static enum candor_status put_exhibit(struct job *job, const struct content *content,
                                      struct str *exhibit)
{
    const struct value *scan = NULL;
    struct buf buf = buf_begin(job->arena);
    struct json json;
    TRY(json_read(job, bytes_of(content->report), NULL, "the findings", &scan));
    json_begin(&json, &buf, true);
    json_map_begin(&json);
    put_text(&json, LIT("content"), content->name);
    put_text(&json, LIT("file"), content->file);
    put_hex(&json, LIT("sha256"), &content->digest);
    put_text(&json, LIT("media"), str_of(mark_media_name(content->media)));
    put_text(&json, LIT("source"), str_of(mark_source_name(content->source)));
    put_text_or_null(&json, LIT("model"), content->model);
    if (content->has_prompt) {
        put_hex(&json, LIT("prompt_sha256"), &content->prompt);
    }
    if (content->generator.len > 0) {
        put_text(&json, LIT("generator"), content->generator);
        put_hex(&json, LIT("brief_sha256"), &content->brief);
    }
    put_text_or_null(&json, LIT("purpose"), content->purpose);
    put_text_or_null(&json, LIT("market"), content->market);
    json_key(&json, LIT("personalised"));
    json_bool(&json, content->is_personalised);
    json_key(&json, LIT("mark_needed"));
    json_bool(&json, mark_is_needed(content->media, content->source));
    json_key(&json, LIT("mark_there"));
    json_bool(&json, mark_holds(content->text, content->media, content->source));
    const struct str form = manifest_form(job, content->text);
    if (form.len > 0) {
        put_text(&json, LIT("c2pa_manifest"), form);
    }
    /* Who has a hand in it is part of what is judged: once there is one more, they may be among those who
     * had approved it. */
    json_key(&json, LIT("authors"));
    json_list_begin(&json);
    for (size_t i = 0; i < content->author_count; i++) {
        json_text(&json, content->author[i]);
    }
    json_list_end(&json);
    put_text(&json, LIT("rules"), content->rules);
    put_hex(&json, LIT("scan_sha256"), &content->scan);
    json_key(&json, LIT("blocking"));
    json_u64(&json, content->blocking);
    json_key(&json, LIT("findings"));
    json_value(&json, value_get(scan, "findings"));
    put_text(&json, LIT("text"), content->shown);
    json_map_end(&json);
    json_end(&json);
    *exhibit = buf_text(&buf);
    return CANDOR_OK;
}

enum candor_status content_thing(struct job *job, struct txn *txn, struct board_thing *thing)
{
    struct content content;
    TRY(content_find(job, txn, thing->name, &content));
    if (content.is_retired) {
        return fail(job, CANDOR_NOT_FOUND, "content '%.*s' is retired", STR_ARG(thing->name));
    }
    TRY(put_exhibit(job, &content, &thing->exhibit));
    const char *why = why_high(&content);
    thing->risk = why != NULL ? BOARD_HIGH : BOARD_ORDINARY;
    thing->why = str_of(why != NULL ? why : "");
    thing->is_blocked = content.blocking > 0;
    thing->author = content.author;
    thing->author_count = content.author_count;
    return CANDOR_OK;
}
