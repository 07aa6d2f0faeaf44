/*
 * wishes.c - when, how often and about what a subject wants to hear from us: their own limits on what they
 * allowed.
 *
 * One document for each subject, and one entry on the ledger for each change: its payload is what was chosen,
 * by whom and when, and the salt of its commitment stays with the document, so that the choice can be shown as
 * it was made. weigh.c asks them before every decision, every plan and at hand-over.
 *
 *     version u8 = 1 | subject id 16 | contacts u32 | days u32 | quiet from u16 | until u16
 *     | minutes east of UTC u16 (two's complement) | topics u16 | each: block | said i64 | entry u64
 *     | evidence block | salt 32
 */
#include "candor_me.h"
#include "request.h"

enum {
    WISHES_VERSION = 1,
    TOPICS_MAX = 32,
    DAY_MINUTES = 24 * 60,
    OFFSET_MAX = 14 * 60,
    OFFSET_LEAST = -12 * 60,
};

struct kept_wishes {
    struct wishes wishes;
    struct str topic[TOPICS_MAX]; /* of which they want nothing */
    size_t topic_count;
    int64_t said;
    uint64_t entry;
    struct str evidence;
    uint8_t salt[32];
};

/* ---- keeping ------------------------------------------------------------------------------- */

static struct str document_of(struct job *job, struct subject subject)
{
    return sayings_name(job, subject, STR("wishes"));
}

static enum candor_status put(struct job *job, struct txn *txn, struct subject subject,
                              const struct kept_wishes *kept)
{
    struct buf buf = buf_begin(job->arena);
    buf_u8(&buf, WISHES_VERSION);
    buf_bytes(&buf, subject.id, sizeof subject.id);
    buf_u32le(&buf, kept->wishes.contacts);
    buf_u32le(&buf, kept->wishes.days);
    buf_u16le(&buf, kept->wishes.quiet_from);
    buf_u16le(&buf, kept->wishes.quiet_until);
    buf_u16le(&buf, (uint16_t)kept->wishes.utc_offset);
    buf_u16le(&buf, (uint16_t)kept->topic_count);
    for (size_t i = 0; i < kept->topic_count; i++) {
        buf_block(&buf, bytes_of(kept->topic[i]));
    }
    buf_u64le(&buf, (uint64_t)kept->said);
    buf_u64le(&buf, kept->entry);
    buf_block(&buf, bytes_of(kept->evidence));
    buf_bytes(&buf, kept->salt, sizeof kept->salt);
    return store_put_document(job, txn, LIT("wishes"), document_of(job, subject), buf_all(&buf));
}

static bool read(struct bytes bytes, struct kept_wishes *kept)
{
    struct reader reader = reader_of(bytes);
    const unsigned version = read_u8(&reader);
    (void)read_bytes(&reader, sizeof((struct subject *)NULL)->id); /* its name says it too */
    kept->wishes.contacts = read_u32le(&reader);
    kept->wishes.days = read_u32le(&reader);
    kept->wishes.quiet_from = read_u16le(&reader);
    kept->wishes.quiet_until = read_u16le(&reader);
    kept->wishes.utc_offset = (int16_t)read_u16le(&reader);
    kept->topic_count = read_u16le(&reader);
    if (version != WISHES_VERSION || kept->topic_count > TOPICS_MAX ||
        kept->wishes.days > CAMPAIGN_DAYS_MAX) {
        return false;
    }
    for (size_t i = 0; i < kept->topic_count; i++) {
        kept->topic[i] = read_text(&reader);
    }
    kept->said = (int64_t)read_u64le(&reader);
    kept->entry = read_u64le(&reader);
    kept->evidence = read_text(&reader);
    const struct bytes salt = read_bytes(&reader, sizeof kept->salt);
    if (!reader_is_done(&reader)) {
        return false;
    }
    bytes_copy(kept->salt, salt.ptr, salt.len);
    return true;
}

/* *found false: they chose nothing, and all of *kept is 0. */
static enum candor_status get(struct job *job, struct txn *txn, struct subject subject, bool *found,
                              struct kept_wishes *kept)
{
    struct bytes bytes;
    *found = false;
    *kept = (struct kept_wishes){.said = 0};
    const enum candor_status status =
        store_document(job, txn, LIT("wishes"), document_of(job, subject), &bytes);
    if (status == CANDOR_NOT_FOUND) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    *found = true;
    return read(bytes, kept)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "the record of somebody's wishes is damaged");
}

static bool declines(const struct kept_wishes *kept, struct str topic)
{
    for (size_t i = 0; i < kept->topic_count; i++) {
        if (str_equal(kept->topic[i], topic)) {
            return true;
        }
    }
    return false;
}

enum candor_status wishes_stand(struct job *job, struct txn *txn, struct subject subject,
                                const struct campaign *campaign, struct wishes *wishes)
{
    struct kept_wishes kept;
    bool found = false;
    TRY(get(job, txn, subject, &found, &kept));
    *wishes = kept.wishes;
    wishes->declines_topic = campaign->topic.len > 0 && declines(&kept, campaign->topic);
    return CANDOR_OK;
}

/* ---- showing ------------------------------------------------------------------------------- */

static void put_clock(struct job *job, struct json *json, struct lit key, bool is_set,
                      unsigned minute)
{
    put_text_or_null(json, key,
                     is_set ? str_format(job->arena, "%02u:%02u", minute / 60, minute % 60)
                            : STR(""));
}

/* The members that were chosen; what is on the ledger has the same. */
static void put_chosen(struct job *job, struct json *json, const struct kept_wishes *kept)
{
    const struct wishes *wishes = &kept->wishes;
    const bool is_quiet = wishes->quiet_from != wishes->quiet_until;
    json_key(json, LIT("contacts"));
    json_u64(json, wishes->contacts);
    json_key(json, LIT("days"));
    json_u64(json, wishes->days);
    put_clock(job, json, LIT("quiet_from"), is_quiet, wishes->quiet_from);
    put_clock(job, json, LIT("quiet_until"), is_quiet, wishes->quiet_until);
    json_key(json, LIT("utc_offset_minutes"));
    json_i64(json, wishes->utc_offset);
    json_key(json, LIT("declined_topics"));
    json_list_begin(json);
    for (size_t i = 0; i < kept->topic_count; i++) {
        json_text(json, kept->topic[i]);
    }
    json_list_end(json);
}

static void put_wishes(struct job *job, struct json *json, const struct kept_wishes *kept)
{
    json_map_begin(json);
    put_chosen(job, json, kept);
    put_time_or_null(job, json, LIT("said"), kept->said);
    json_key(json, LIT("ledger_index"));
    json_u64(json, kept->entry);
    put_text(json, LIT("evidence"), kept->evidence);
    json_key(json, LIT("salt"));
    json_hex(json, (struct bytes){kept->salt, sizeof kept->salt});
    json_map_end(json);
}

enum candor_status wishes_json(struct job *job, struct txn *txn, struct subject subject,
                               struct json *json)
{
    struct kept_wishes kept;
    bool found = false;
    TRY(get(job, txn, subject, &found, &kept));
    json_key(json, LIT("wishes"));
    if (found) {
        put_wishes(job, json, &kept);
    } else {
        json_null(json);
    }
    return CANDOR_OK;
}

static bool is_first_of_topic(const struct candor *candor, size_t campaign)
{
    for (size_t c = 0; c < campaign; c++) {
        if (str_equal(candor->campaign[c].topic, candor->campaign[campaign].topic)) {
            return false;
        }
    }
    return candor->campaign[campaign].topic.len > 0;
}

void topics_json(const struct candor *candor, struct json *json)
{
    json_key(json, LIT("topics"));
    json_list_begin(json);
    for (size_t c = 0; c < candor->campaign_count; c++) {
        if (is_first_of_topic(candor, c)) {
            json_text(json, candor->campaign[c].topic);
        }
    }
    json_list_end(json);
}

/* ---- choosing ------------------------------------------------------------------------------ */

static bool is_topic(const struct candor *candor, struct str topic)
{
    for (size_t c = 0; c < candor->campaign_count; c++) {
        if (topic.len > 0 && str_equal(candor->campaign[c].topic, topic)) {
            return true;
        }
    }
    return false;
}

static enum candor_status check(struct job *job, const struct candor_wishes *asked)
{
    if ((asked->contacts == 0) != (asked->days == 0) || asked->contacts > 1000 ||
        asked->days > 366) {
        return fail(job, CANDOR_BAD_INPUT,
                    "so many messages (1 to 1000) in so many days (1 to 366), or 0 and 0");
    }
    if (asked->quiet_from >= DAY_MINUTES || asked->quiet_until >= DAY_MINUTES ||
        asked->utc_offset < OFFSET_LEAST || asked->utc_offset > OFFSET_MAX) {
        return fail(job, CANDOR_BAD_INPUT,
                    "quiet hours are minutes of a day, on a clock of 12 hours west to 14 hours "
                    "east of UTC");
    }
    return asked->topic_count <= TOPICS_MAX
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "at most %d topics", TOPICS_MAX);
}

static enum candor_status take_topics(struct job *job, const struct candor *candor,
                                      const struct candor_wishes *asked, struct kept_wishes *kept)
{
    for (size_t i = 0; i < asked->topic_count; i++) {
        const struct str topic = str_of(asked->declined_topic[i]);
        if (!is_topic(candor, topic)) {
            return fail(job, CANDOR_BAD_INPUT, "no campaign has this topic");
        }
        if (!declines(kept, topic)) {
            kept->topic[kept->topic_count++] = topic;
        }
    }
    return CANDOR_OK;
}

/* What was chosen, by whom, when and where: the words that the ledger's entry commits to. */
static struct str evidence_of(struct job *job, const struct candor *candor,
                              const struct kept_wishes *kept)
{
    struct answer answer;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    put_chosen(job, &answer.json, kept);
    put_text(&answer.json, LIT("said"), str_from_time(job->arena, job->now));
    put_text(&answer.json, LIT("by"),
             caller_subject(candor) != NULL ? STR("themselves") : candor->self.name);
    json_map_end(&answer.json);
    return buf_text(&answer.buf);
}

static enum candor_status choose(struct job *job, struct candor *candor, const char *identifier,
                                 const struct candor_wishes *asked, struct candor_text *report)
{
    struct txn *txn = NULL;
    struct subject subject;
    struct answer answer;
    struct kept_wishes kept = {.wishes = {.contacts = asked->contacts,
                                          .days = asked->days,
                                          .quiet_from = (uint16_t)asked->quiet_from,
                                          .quiet_until = (uint16_t)asked->quiet_until,
                                          .utc_offset = (int16_t)asked->utc_offset},
                               .said = job->now};
    TRY(caller_may_own(job, candor, ACT_CONSENT));
    TRY(home_begin(job, candor, &txn));
    TRY(home_subject(job, candor, txn, identifier, &subject));
    TRY(take_topics(job, candor, asked, &kept));
    kept.evidence = evidence_of(job, candor, &kept);
    const struct account account = {.action = LEDGER_WISHES,
                                    .outcome = OUTCOME_DONE,
                                    .subject = &subject,
                                    .payload = bytes_of(kept.evidence)};
    TRY(home_account(job, candor, txn, &account, &kept.entry, kept.salt));
    TRY(put(job, txn, subject, &kept));
    TRY(home_commit(job, candor, txn));
    view_drop(candor, subject);
    answer_begin(job, &answer);
    put_wishes(job, &answer.json, &kept);
    answer_end(&answer, report);
    return CANDOR_OK;
}

enum candor_status candor_wishes_choose(struct job *job, struct candor *candor,
                                        const char *identifier, const struct candor_wishes *asked,
                                        struct candor_text *report)
{
    TRY(check(job, asked));
    home_enter(candor);
    const enum candor_status status = choose(job, candor, identifier, asked, report);
    home_leave(candor);
    return status;
}

/* ---- as people write them -------------------------------------------------------------------- */

/* "22:00" at the beginning of a text: minutes of the day. */
static bool take_clock(struct str *text, uint32_t *minutes)
{
    uint64_t hour = 0;
    uint64_t minute = 0;
    const bool is_read = text->len >= 5 && text->ptr[2] == ':' &&
                         str_to_uint64(str_slice(*text, 0, 2), &hour) &&
                         str_to_uint64(str_slice(*text, 3, 5), &minute) && hour < 24 && minute < 60;
    *minutes = (uint32_t)(hour * 60 + minute);
    *text = str_slice(*text, is_read ? 5 : 0, text->len);
    return is_read;
}

static bool read_offset(struct str text, int32_t *offset)
{
    uint32_t minutes = 0;
    const bool is_west = str_starts(text, STR("-"));
    const bool is_signed = is_west || str_starts(text, STR("+"));
    struct str rest = str_slice(text, is_signed ? 1 : 0, text.len);
    const bool is_read = is_signed && take_clock(&rest, &minutes) && rest.len == 0;
    *offset = is_west ? -(int32_t)minutes : (int32_t)minutes;
    return is_read;
}

enum candor_status candor_wishes_read(struct job *job, const char *quiet, const char *clock,
                                      struct candor_wishes *wishes)
{
    struct str text = quiet == NULL ? STR("00:00-00:00") : str_of(quiet);
    bool is_read = take_clock(&text, &wishes->quiet_from) && str_starts(text, STR("-"));
    text = str_slice(text, is_read ? 1 : 0, text.len);
    is_read = is_read && take_clock(&text, &wishes->quiet_until) && text.len == 0;
    if (!is_read || (quiet != NULL && wishes->quiet_from == wishes->quiet_until)) {
        return fail(job, CANDOR_BAD_INPUT, "quiet hours are written 22:00-08:00");
    }
    return read_offset(clock == NULL ? STR("+00:00") : str_of(clock), &wishes->utc_offset)
               ? CANDOR_OK
               : fail(job, CANDOR_BAD_INPUT, "a clock is written +01:00, so far east of UTC");
}
