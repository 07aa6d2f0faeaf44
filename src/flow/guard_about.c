/*
 * guard_about.c - chats that are about one person, for them.
 *
 * Records of chats go by their number on the ledger. Which of them are about somebody stands in a document
 * "chats_about" of that person's random number:
 *
 *     version u8 = 1 | number u64le, ascending ...
 *
 * A chat is a request and, if it was sent, an answer that names it. What was said is shown as the provider saw it:
 * with pseudonyms.
 */
#include "guard.h"

enum { ABOUT_VERSION = 1, INDEX_LEN = 8 };

#define ABOUT_KIND LIT("chats_about")

static struct str name_of(struct arena *arena, struct subject subject)
{
    return hex_of(arena, (struct bytes){subject.id, sizeof subject.id});
}

/* ---- which they are -------------------------------------------------------------------------- */

enum candor_status chats_about_load(struct job *job, struct txn *txn, struct subject subject,
                                    struct chats_about *about)
{
    struct bytes bytes;
    const enum candor_status status =
        store_document(job, txn, ABOUT_KIND, name_of(job->arena, subject), &bytes);
    *about = (struct chats_about){NULL, 0};
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    if (read_u8(&reader) != ABOUT_VERSION || (bytes.len - 1) % INDEX_LEN != 0) {
        return fail(job, CANDOR_CORRUPT, "the list of chats about a person is damaged");
    }
    about->count = (bytes.len - 1) / INDEX_LEN;
    about->index = NEW_ARRAY(job->arena, about->count + 1, uint64_t); /* and one that comes */
    for (size_t i = 0; i < about->count; i++) {
        about->index[i] = read_u64le(&reader);
    }
    return CANDOR_OK;
}

enum candor_status chats_about_save(struct job *job, struct txn *txn, struct subject subject,
                                    const struct chats_about *about)
{
    struct buf buf = buf_begin(job->arena);
    const struct str name = name_of(job->arena, subject);
    if (about->count == 0) {
        return store_remove_document(job, txn, ABOUT_KIND, name);
    }
    buf_u8(&buf, ABOUT_VERSION);
    for (size_t i = 0; i < about->count; i++) {
        buf_u64le(&buf, about->index[i]);
    }
    return store_put_document(job, txn, ABOUT_KIND, name, buf_all(&buf));
}

enum candor_status chats_about_add(struct job *job, struct txn *txn, struct subject subject,
                                   uint64_t index)
{
    struct chats_about about;
    TRY(chats_about_load(job, txn, subject, &about));
    if (about.count == 0) {
        about.index = NEW_ARRAY(job->arena, 1, uint64_t);
    }
    about.index[about.count++] = index;
    return chats_about_save(job, txn, subject, &about);
}

enum candor_status chats_about_any(struct job *job, struct txn *txn, bool *is_any)
{
    struct str *name = NULL;
    size_t count = 0;
    TRY(store_documents(job, txn, ABOUT_KIND, &name, &count));
    *is_any = count > 0;
    return CANDOR_OK;
}

/* What was said is deleted, besides that nobody could read it; the facts name nobody. */
enum candor_status chats_about_end(struct job *job, struct txn *txn, struct subject subject,
                                   uint64_t *count)
{
    struct chats_about about;
    *count = 0;
    TRY(chats_about_load(job, txn, subject, &about));
    for (size_t i = 0; i < about.count; i++) {
        struct guard_record record;
        const struct str name = guard_record_name(job->arena, about.index[i]);
        TRY(guard_record_load(job, txn, name, &record));
        *count += record.sealed.len > 0;
        record.sealed = (struct bytes){NULL, 0};
        TRY(guard_record_put(job, txn, name, &record));
    }
    if (about.count == 0) {
        return CANDOR_OK;
    }
    about.count = 0;
    return chats_about_save(job, txn, subject, &about);
}

/* ---- one chat -------------------------------------------------------------------------------- */

struct one {
    uint64_t index;
    struct str name;
    struct guard_record record;
    const struct value *facts;
};

static enum candor_status load_one(struct job *job, struct txn *txn, uint64_t index,
                                   struct one *one)
{
    *one = (struct one){.index = index, .name = guard_record_name(job->arena, index)};
    TRY(guard_record_load(job, txn, one->name, &one->record));
    return json_read(job, bytes_of(one->record.facts), NULL, "a chat on record", &one->facts);
}

/* The answer to one of them; NULL: none came, or it is about nobody. */
static const struct one *answer_to(const struct one *list, size_t count, size_t at)
{
    for (size_t i = at + 1; i < count; i++) {
        const struct value *asked = value_get(list[i].facts, "asked");
        if (list[i].record.is_answer && asked != NULL && asked->kind == VALUE_NUMBER &&
            asked->integer == (int64_t)list[at].index) {
            return &list[i];
        }
    }
    return NULL;
}

static struct str cut(struct str text, size_t most)
{
    size_t len = text.len < most ? text.len : most;
    while (len > 0 && len < text.len && ((unsigned char)text.ptr[len] & 0xC0) == 0x80) {
        len--;
    }
    return str_slice(text, 0, len);
}

static void put_words(struct job *job, struct json *json, struct str who, struct str text,
                      size_t most)
{
    const struct str shown = cut(text, most);
    if (text.len > 0) {
        json_text(json,
                  str_format(job->arena, "%.*s%s%.*s%s", STR_ARG(who), who.len > 0 ? ": " : "",
                             STR_ARG(shown), shown.len < text.len ? " ..." : ""));
    }
}

/* A message's content is a text, or a list of parts. */
static void put_messages(struct job *job, struct json *json, const struct value *said, size_t most)
{
    const struct value *messages = value_get(said, "messages");
    for (size_t m = 0; messages != NULL && messages->kind == VALUE_LIST && m < messages->count;
         m++) {
        const struct str role = value_text_at(&messages->item[m], "role");
        const struct value *content = value_get(&messages->item[m], "content");
        if (content != NULL && content->kind == VALUE_TEXT) {
            put_words(job, json, role, content->text, most);
        }
        for (size_t p = 0; content != NULL && content->kind == VALUE_LIST && p < content->count;
             p++) {
            put_words(job, json, role, value_text_at(&content->item[p], "text"), most);
        }
    }
}

static void put_answers(struct job *job, struct json *json, const struct value *said, size_t most)
{
    for (size_t i = 0; said->kind == VALUE_LIST && i < said->count; i++) {
        put_words(job, json, STR(""), value_text_at(&said->item[i], "text"), most);
    }
}

static enum candor_status put_said(struct job *job, struct txn *txn, struct json *json,
                                   struct lit key, const struct one *one, size_t most)
{
    const struct value *said = NULL;
    struct str text = STR("");
    bool is_gone = false;
    if (one != NULL) {
        TRY(guard_record_open(job, txn, one->name, &one->record, &text, &is_gone));
    }
    json_key(json, key);
    json_list_begin(json);
    if (text.len > 0) {
        TRY(json_read(job, bytes_of(text), NULL, "what was said", &said));
        if (one->record.is_answer) {
            put_answers(job, json, said, most);
        } else {
            put_messages(job, json, said, most);
        }
    }
    json_list_end(json);
    return CANDOR_OK;
}

static struct lit outcome_of(const struct one *asked, const struct one *answer)
{
    if (value_text_at(asked->facts, "refused").len > 0) {
        return LIT("refused");
    }
    if (answer == NULL) {
        return LIT("unanswered");
    }
    if (value_text_at(answer->facts, "withheld").len > 0) {
        return LIT("withheld");
    }
    return value_text_at(answer->facts, "refused").len > 0 ? LIT("failed") : LIT("answered");
}

static void put_facts(struct job *job, struct candor *candor, struct json *json,
                      const struct one *asked, const struct one *answer)
{
    const struct value *facts = asked->facts;
    const struct value *replaced = value_get(facts, "replaced");
    const uint32_t days = candor->retention.chats_days;
    const struct str refused = value_text_at(facts, "refused");
    int64_t time = 0;
    (void)str_to_time(value_text_at(facts, "time"), &time); /* we wrote it */
    put_text(json, LIT("time"), value_text_at(facts, "time"));
    put_text(json, LIT("asked_by"), value_text_at(facts, "key"));
    put_text_or_null(json, LIT("purpose"), value_text_at(facts, "purpose"));
    put_text(json, LIT("provider"), value_text_at(facts, "provider"));
    put_text(json, LIT("model"), value_text_at(facts, "model"));
    json_key(json, LIT("outcome"));
    json_lit(json, outcome_of(asked, answer));
    put_text_or_null(json, LIT("code"),
                     refused.len > 0 || answer == NULL ? refused
                                                       : value_text_at(answer->facts, "refused"));
    json_key(json, LIT("replaced"));
    if (replaced != NULL) {
        json_value(json, replaced);
    } else {
        json_map_begin(json);
        json_map_end(json);
    }
    put_time_or_null(job, json, LIT("kept_until"),
                     days == 0 ? 0 : time + (int64_t)days * MICROS_PER_DAY);
    json_key(json, LIT("ledger_index"));
    json_u64(json, asked->index);
    json_key(json, LIT("answer_index"));
    if (answer != NULL) {
        json_u64(json, answer->index);
    } else {
        json_null(json);
    }
}

/* ---- all of them ------------------------------------------------------------------------------ */

enum candor_status chats_about_json(struct job *job, struct candor *candor, struct txn *txn,
                                    struct subject subject, size_t most, size_t words_max,
                                    struct json *json)
{
    struct chats_about about;
    size_t chats = 0;
    TRY(chats_about_load(job, txn, subject, &about));
    struct one *list = NEW_ARRAY(job->arena, about.count + 1, struct one);
    for (size_t i = 0; i < about.count; i++) {
        TRY(load_one(job, txn, about.index[i], &list[i]));
        chats += !list[i].record.is_answer;
    }
    json_key(json, LIT("chat_count"));
    json_u64(json, chats);
    json_key(json, LIT("chats"));
    json_list_begin(json);
    for (size_t i = 0; i < about.count; i++) {
        if (list[i].record.is_answer || chats-- > most) {
            continue;
        }
        const struct one *answer = answer_to(list, about.count, i);
        json_map_begin(json);
        put_facts(job, candor, json, &list[i], answer);
        if (words_max > 0) {
            TRY(put_said(job, txn, json, LIT("sent"), &list[i], words_max));
            TRY(put_said(job, txn, json, LIT("said"), answer, words_max));
        }
        json_map_end(json);
    }
    json_list_end(json);
    return CANDOR_OK;
}
