/*
 * guard_record.c - what is kept of a chat, and shown.
 *
 * Two records, one of the request before it is sent, one of the answer: each commits to its bytes on the
 * ledger. A record is a document of the home, sealed with the home's key:
 *
 *     version u8 = 1 | is answer u8 | has subject u8 | subject 16 | slot u32 | salt 32 | facts block | said block
 *
 * Facts (JSON: key, model, counts, digests) name nobody. What was said holds pseudonyms in the place of
 * values; where a chat is about one person it is sealed with a key that is derived from theirs, and so ends
 * with their erasure.
 */
#include "guard.h"

#include <stdlib.h>

enum { RECORD_VERSION = 1, KEY_MAX = 1024, SALT_LEN = 32 };

#define KEY_KIND LIT("guard_key")

/* ---- facts ----------------------------------------------------------------------------------- */

static void put_counts(struct json *json, struct lit key, const struct guard_counts *counts)
{
    json_key(json, key);
    json_map_begin(json);
    for (size_t i = 0; i < counts->count; i++) {
        json_key_str(json, str_of(counts->item[i].rule));
        json_u64(json, counts->item[i].count);
    }
    json_map_end(json);
}

static void put_digest(struct json *json, struct lit key, struct digest digest)
{
    json_key(json, key);
    json_hex(json, (struct bytes){digest.byte, sizeof digest.byte});
}

static void put_head(struct job *job, struct json *json, const struct candor_chat *chat)
{
    json_map_begin(json);
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, job->now));
    json_key(json, LIT("chat"));
    json_hex(json, (struct bytes){chat->id, sizeof chat->id});
    json_key(json, LIT("key"));
    json_text(json, chat->key_name);
    put_text_or_null(json, LIT("purpose"), str_of(chat->purpose));
    json_key(json, LIT("provider"));
    json_text(json, chat->provider->name);
    json_key(json, LIT("model"));
    json_text(json, chat->model->name);
    put_text_or_null(json, LIT("refused"), str_of(chat->code == 0 ? NULL : chat->error_code));
}

static struct str facts_asked(struct job *job, const struct candor_chat *chat)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    put_head(job, &json, chat);
    put_counts(&json, LIT("replaced"), &chat->asked);
    put_counts(&json, LIT("found"), &chat->suspected);
    put_digest(&json, LIT("prompt"), digest_of_bytes(bytes_of(chat->sent)));
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

static struct str facts_answered(struct job *job, struct candor_chat *chat)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    put_head(job, &json, chat);
    json_key(&json, LIT("asked"));
    json_u64(&json, chat->asked_index);
    json_key(&json, LIT("provider_code"));
    json_u64(&json, chat->http);
    put_counts(&json, LIT("found"), &chat->heard);
    put_text_or_null(&json, LIT("withheld"), str_of(chat->withheld));
    put_digest(&json, LIT("answer"), chat->answer_digest);
    json_key(&json, LIT("prompt_tokens"));
    json_u64(&json, guard_tokens_in(chat));
    json_key(&json, LIT("completion_tokens"));
    json_u64(&json, guard_tokens_out(chat));
    json_key(&json, LIT("whole"));
    json_bool(&json, !chat->is_cut);
    json_map_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

/* ---- what was said ---------------------------------------------------------------------------- */

static struct str said_answer(struct job *job, const struct candor_chat *chat)
{
    struct buf buf = buf_begin(job->arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_list_begin(&json);
    for (size_t i = 0; i < chat->text_count; i++) {
        const struct guard_text *text = chat->text[i];
        json_map_begin(&json);
        json_key(&json, LIT("choice"));
        json_i64(&json, text->choice);
        json_key(&json, LIT("tool"));
        json_i64(&json, text->tool);
        json_key(&json, LIT("name"));
        json_text(&json, text->name);
        json_key(&json, LIT("text"));
        const struct str said = buf_text(&text->text);
        if (str_is_utf8(said)) {
            json_text(&json, said);
        } else { /* cut in a letter */
            json_base64(&json, bytes_of(said));
        }
        json_map_end(&json);
    }
    json_list_end(&json);
    json_end(&json);
    return buf_text(&buf);
}

static enum candor_status person_key(struct job *job, struct txn *txn, struct subject subject,
                                     struct secret **key)
{
    struct secret *tag = NULL;
    TRY(store_tag_key(job, txn, subject, &tag));
    *key = secret_begin(job->arena);
    secret_derive(*key, tag, "guardtxt", 1);
    return CANDOR_OK;
}

static struct bytes place_of(struct arena *arena, struct str name)
{
    return bytes_of(str_format(arena, "chat %.*s", STR_ARG(name)));
}

/* The person may have been erased while the model spoke: then nothing is kept. */
static enum candor_status seal_said(struct job *job, struct txn *txn,
                                    const struct candor_chat *chat, struct str name,
                                    struct str said, struct bytes *kept)
{
    struct secret *key = NULL;
    *kept = bytes_of(said);
    if (!chat->has_subject || said.len == 0) {
        return CANDOR_OK;
    }
    const enum candor_status status = person_key(job, txn, chat->who, &key);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        *kept = (struct bytes){NULL, 0};
        return CANDOR_OK;
    }
    TRY(status);
    return seal(job, key, 0, place_of(job->arena, name), bytes_of(said), kept);
}

/* ---- keeping --------------------------------------------------------------------------------- */

struct str guard_record_name(struct arena *arena, uint64_t index)
{
    return str_format(arena, "%020llu", (unsigned long long)index); /* sorted as numbers are */
}

enum candor_status guard_is_there(struct job *job, struct txn *txn, struct subject subject,
                                  bool *is_there)
{
    struct secret *key = NULL;
    const enum candor_status status = store_tag_key(job, txn, subject, &key);
    *is_there = status == CANDOR_OK;
    if (status == CANDOR_NOT_FOUND || status == CANDOR_REFUSED) {
        job_forgive(job);
        return CANDOR_OK;
    }
    return status;
}

enum candor_status guard_record_put(struct job *job, struct txn *txn, struct str name,
                                    const struct guard_record *record)
{
    struct buf buf = buf_begin(job->arena);
    must(record->salt.len == SALT_LEN);
    buf_u8(&buf, RECORD_VERSION);
    buf_u8(&buf, record->is_answer);
    buf_u8(&buf, record->has_subject);
    buf_bytes(&buf, record->who.id, sizeof record->who.id);
    buf_u32le(&buf, record->who.slot);
    buf_bytes(&buf, record->salt.ptr, record->salt.len);
    buf_block(&buf, bytes_of(record->facts));
    buf_block(&buf, record->sealed);
    return store_put_document(job, txn, CHAT_KIND, name, buf_all(&buf));
}

static enum ledger_outcome outcome_of(const struct candor_chat *chat, bool is_answer)
{
    if (!is_answer) {
        return chat->code == 0 ? OUTCOME_ALLOW : OUTCOME_DENY;
    }
    if (chat->code != 0) {
        return OUTCOME_FAILED;
    }
    return chat->withheld == NULL ? OUTCOME_DONE : OUTCOME_DENY;
}

static enum candor_status keep(struct job *job, struct candor *candor, struct txn *txn,
                               struct candor_chat *chat, bool is_answer, uint64_t *index)
{
    uint8_t salt[SALT_LEN];
    bool is_there = false;
    const bool keeps = chat->config->keeps && chat->code != 403 && chat->withheld == NULL;
    const struct str facts = is_answer ? facts_answered(job, chat) : facts_asked(job, chat);
    const struct str said = !keeps ? STR("") : is_answer ? said_answer(job, chat) : chat->sent;
    const struct bytes part[] = {bytes_of(facts), bytes_of(STR("\n")), bytes_of(said)};
    const struct digest digest = digest_of(part, 3);
    struct guard_record record = {.is_answer = is_answer,
                                  .has_subject = chat->has_subject,
                                  .who = chat->who,
                                  .salt = {salt, sizeof salt},
                                  .facts = facts};
    TRY(chat->has_subject ? guard_is_there(job, txn, chat->who, &is_there) : CANDOR_OK);
    const struct account account = {
        .action = is_answer ? LEDGER_CHAT_ANSWERED : LEDGER_CHAT_ASKED,
        .outcome = outcome_of(chat, is_answer),
        .subject = is_there ? &chat->who : NULL, /* of somebody erased it is about nobody */
        .payload = {digest.byte, sizeof digest.byte},
        .object = chat->id,
    };
    TRY(home_account(job, candor, txn, &account, index, salt));
    const struct str name = guard_record_name(job->arena, *index);
    TRY(seal_said(job, txn, chat, name, said, &record.sealed));
    TRY(is_there ? chats_about_add(job, txn, chat->who, *index) : CANDOR_OK);
    return guard_record_put(job, txn, name, &record);
}

/* A provider that is a recipient got data of the person: they see it, and a recall goes there. */
static enum candor_status disclose(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct candor_chat *chat)
{
    struct disclosed disclosed = {.time = job->now,
                                  .purpose = str_of(chat->purpose),
                                  .fields = STR("prompt"),
                                  .ledger_index = chat->asked_index};
    if (!chat->has_subject || chat->code != 0 || chat->provider->recipient == OURSELVES) {
        return CANDOR_OK;
    }
    disclosed.recipient = candor->inventory->recipient[chat->provider->recipient].name;
    bytes_copy(disclosed.export_id, chat->id, sizeof disclosed.export_id);
    return store_add_disclosure(job, txn, chat->who, &disclosed);
}

enum candor_status guard_keep_asked(struct job *job, struct candor *candor, struct txn *txn,
                                    struct candor_chat *chat)
{
    TRY(keep(job, candor, txn, chat, false, &chat->asked_index));
    TRY(disclose(job, candor, txn, chat));
    chat->state = CHAT_ADMITTED;
    return CANDOR_OK;
}

enum candor_status guard_keep_answered(struct job *job, struct candor *candor, struct txn *txn,
                                       struct candor_chat *chat)
{
    return keep(job, candor, txn, chat, true, &chat->answered_index);
}

/* ---- read again ------------------------------------------------------------------------------- */

enum candor_status guard_record_load(struct job *job, struct txn *txn, struct str name,
                                     struct guard_record *record)
{
    struct bytes bytes;
    TRY(store_document(job, txn, CHAT_KIND, name, &bytes));
    struct reader reader = reader_of(bytes);
    *record = (struct guard_record){0};
    const uint8_t version = read_u8(&reader);
    record->is_answer = read_u8(&reader) != 0;
    record->has_subject = read_u8(&reader) != 0;
    const struct bytes id = read_bytes(&reader, sizeof record->who.id);
    record->who.slot = read_u32le(&reader);
    record->salt = read_bytes(&reader, SALT_LEN);
    record->facts = read_text(&reader);
    record->sealed = read_block(&reader);
    if (!reader_is_done(&reader) || version != RECORD_VERSION) {
        return fail(job, CANDOR_CORRUPT, "the record of a chat is damaged");
    }
    bytes_copy(record->who.id, id.ptr, id.len);
    return CANDOR_OK;
}

enum candor_status guard_record_open(struct job *job, struct txn *txn, struct str name,
                                     const struct guard_record *record, struct str *said,
                                     bool *is_gone)
{
    struct secret *key = NULL;
    struct bytes plain = record->sealed;
    bool is_there = true;
    TRY(record->has_subject ? guard_is_there(job, txn, record->who, &is_there) : CANDOR_OK);
    *is_gone = !is_there;
    *said = STR("");
    if (!is_there) {
        return CANDOR_OK;
    }
    if (record->has_subject && plain.len > 0) {
        TRY(person_key(job, txn, record->who, &key));
        TRY(seal_open(job, key, place_of(job->arena, name), record->sealed, &plain));
    }
    *said = (struct str){(const char *)plain.ptr, plain.len};
    return CANDOR_OK;
}

/* ---- a provider's key --------------------------------------------------------------------------- */

enum candor_status guard_provider_key(struct job *job, struct txn *txn,
                                      const struct guard_provider *provider, struct str *key)
{
    struct bytes bytes;
    if (provider->key_env.len > 0) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): nobody sets it */
        const char *value = getenv(str_z(job->arena, provider->key_env));
        *key = str_trim(str_of(value));
        return key->len > 0 && key->len <= KEY_MAX
                   ? CANDOR_OK
                   : fail(job, CANDOR_NOT_FOUND, "the variable of provider '%.*s' is not set",
                          STR_ARG(provider->name));
    }
    const enum candor_status status = store_document(job, txn, KEY_KIND, provider->name, &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job); /* some of our own need none */
        *key = STR("");
        return CANDOR_OK;
    }
    TRY(status);
    *key = (struct str){(const char *)bytes.ptr, bytes.len};
    return CANDOR_OK;
}

static const struct guard_provider *provider_named(const struct candor *candor, struct str name)
{
    const struct guard_config *config = atomic_load(&candor->guard);
    for (size_t i = 0; config != NULL && i < config->provider_count; i++) {
        if (str_equal(config->provider[i].name, name)) {
            return &config->provider[i];
        }
    }
    return NULL;
}

static enum candor_status put_key(struct job *job, struct candor *candor, struct str name,
                                  struct str key, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct answer answer;
    uint64_t index = 0;
    bool is_plain = key.len > 0 && key.len <= KEY_MAX;
    TRY(caller_may(job, candor, ACT_ADMINISTER));
    for (size_t i = 0; i < key.len; i++) {
        is_plain = is_plain && key.ptr[i] > ' ' && key.ptr[i] <= '~';
    }
    if (!is_plain) {
        return fail(job, CANDOR_BAD_INPUT, "a key has 1 to %d letters and signs, without spaces",
                    KEY_MAX);
    }
    if (provider_named(candor, name) == NULL) {
        return fail(job, CANDOR_NOT_FOUND, "candor.yaml has no provider '%.*s' under 'guard'",
                    STR_ARG(name));
    }
    TRY(home_begin(job, candor, &txn));
    TRY(store_put_document(job, txn, KEY_KIND, name, bytes_of(key)));
    const struct account account = {.action = LEDGER_CREDENTIAL, .outcome = OUTCOME_DONE};
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    TRY(home_commit(job, candor, txn));
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("provider"));
    json_text(&answer.json, name);
    json_key(&answer.json, LIT("ledger_index"));
    json_u64(&answer.json, index);
    json_map_end(&answer.json);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_guard_key(struct job *job, struct candor *candor, const char *provider,
                                    const char *key, struct candor_text *report)
{
    home_enter(candor);
    const enum candor_status status =
        put_key(job, candor, str_of(provider), str_trim(str_of(key)), report);
    home_leave(candor);
    return status;
}
