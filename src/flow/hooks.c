/*
 * hooks.c - from the ledger to the queue of outgoing messages.
 *
 *     ledger ──from where this webhook stands──▶ up to a hundred events ──▶ a message, and it stands further on
 *
 * The ledger is the queue: an event is on it in the transaction of the change or did not happen, so that
 * nothing is told twice or forgotten by a crash. A webhook has one message waiting at most. So the
 * events come in order, and a receiver that is down for days costs one message, whatever happens
 * meanwhile. A message that nobody takes lies aside and the next begins; it can be tried again.
 *
 * A webhook that is new stands at the ledger's end: what was before it is not told.
 *
 *     place u64le: the first entry that was not looked at
 */
#include "hooks.h"

#include "outgoing.h"

enum { EVENTS_MAX = 100, ENTRIES_MAX = 20000 };

#define PLACE_KIND LIT("hook")

static enum candor_status read_place(struct job *job, struct txn *txn, const struct hook *hook,
                                     uint64_t *place, bool *is_new)
{
    struct bytes bytes;
    const enum candor_status status = store_document(job, txn, PLACE_KIND, hook->name, &bytes);
    *is_new = status == CANDOR_NOT_FOUND;
    if (*is_new) {
        job_forgive(job);
        return CANDOR_OK;
    }
    TRY(status);
    struct reader reader = reader_of(bytes);
    *place = read_u64le(&reader);
    return reader_is_done(&reader)
               ? CANDOR_OK
               : fail(job, CANDOR_CORRUPT, "the place of a webhook has another layout");
}

static enum candor_status write_place(struct job *job, struct txn *txn, const struct hook *hook,
                                      uint64_t place)
{
    struct buf buf = buf_begin(job->arena);
    buf_u64le(&buf, place);
    return store_put_document(job, txn, PLACE_KIND, hook->name, buf_all(&buf));
}

/* Of the entry's tag of a subject nothing is told: the index says to us, and to nobody else, who it is. */
static void put_event(struct job *job, struct json *json, uint64_t index,
                      const struct ledger_leaf *leaf)
{
    json_map_begin(json);
    json_key(json, LIT("type"));
    json_text(json, str_of(ledger_action_name(leaf->action)));
    json_key(json, LIT("time"));
    json_text(json, str_from_time(job->arena, leaf->time));
    json_key(json, LIT("ledger_index"));
    json_u64(json, index);
    if (leaf->has_object) {
        json_key(json, LIT("object"));
        json_hex(json, (struct bytes){leaf->object, sizeof leaf->object});
    }
    json_key(json, LIT("refused"));
    json_bool(json, leaf->outcome == OUTCOME_DENY || leaf->outcome == OUTCOME_FAILED);
    json_map_end(json);
}

/* What there is from *place on; moves it behind the last entry that was looked at. */
static enum candor_status gather(struct job *job, const struct candor *candor,
                                 const struct hook *hook, struct json *json, uint64_t *place,
                                 size_t *events)
{
    const uint64_t end = ledger_size(candor->ledger);
    const uint64_t stop = end - *place > ENTRIES_MAX ? *place + ENTRIES_MAX : end;
    for (; *place < stop && *events < EVENTS_MAX; ++*place) {
        struct bytes bytes;
        struct ledger_leaf leaf;
        TRY(store_leaf(job, candor->store, *place, &bytes));
        TRY(leaf_read(job, bytes, &leaf));
        if ((unsigned)leaf.action < HOOK_ACTIONS && hook->wants[leaf.action]) {
            put_event(job, json, *place, &leaf);
            ++*events;
        }
    }
    return CANDOR_OK;
}

/* The id comes from the place, so that the same events are the same message. */
static void name_message(const struct hook *hook, uint64_t place, struct outgoing *message)
{
    uint8_t number[8];
    for (size_t i = 0; i < sizeof number; i++) {
        number[i] = (uint8_t)(place >> (8 * i));
    }
    const struct bytes part[] = {
        bytes_of(STR("candor-hook-v1\n")), {number, sizeof number}, bytes_of(hook->name)};
    const struct digest digest = digest_of(part, 3);
    bytes_copy(message->object, digest.byte, sizeof message->object);
    bytes_copy(message->key, digest.byte, sizeof message->key);
}

static enum candor_status put_down(struct job *job, struct candor *candor, struct txn *txn,
                                   const struct hook *hook, uint64_t place)
{
    uint64_t index = 0;
    const struct account account = {.action = LEDGER_MESSAGE, .outcome = OUTCOME_ALLOW};
    TRY(write_place(job, txn, hook, place));
    TRY(home_account(job, candor, txn, &account, &index, NULL));
    return home_commit(job, candor, txn);
}

static enum candor_status queue_next(struct job *job, struct candor *candor,
                                     const struct hook *hook)
{
    struct txn *txn = NULL;
    struct answer answer;
    struct candor_text body;
    uint64_t first = 0;
    bool is_new = false;
    size_t events = 0;
    TRY(home_begin(job, candor, &txn));
    TRY(read_place(job, txn, hook, &first, &is_new));
    if (is_new) {
        return put_down(job, candor, txn, hook, ledger_size(candor->ledger));
    }
    uint64_t place = first;
    answer_begin(job, &answer);
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("type"));
    json_lit(&answer.json, LIT("candor.events"));
    json_key(&answer.json, LIT("timestamp"));
    json_text(&answer.json, str_from_time(job->arena, job->now));
    json_key(&answer.json, LIT("data"));
    json_map_begin(&answer.json);
    json_key(&answer.json, LIT("events"));
    json_list_begin(&answer.json);
    TRY(gather(job, candor, hook, &answer.json, &place, &events));
    json_list_end(&answer.json);
    json_map_end(&answer.json);
    json_map_end(&answer.json);
    answer_end(&answer, &body);
    if (events == 0) { /* a place that moved over nothing is put down now and then only */
        return place - first < ENTRIES_MAX ? CANDOR_OK : put_down(job, candor, txn, hook, place);
    }
    struct outgoing message = {.kind = OUTGOING_EVENTS,
                               .to = hook->name,
                               .url = hook->url,
                               .content_type = STR("application/json"),
                               .body = {(const uint8_t *)body.ptr, body.len}};
    name_message(hook, first, &message);
    TRY(outgoing_queue(job, txn, &message));
    return put_down(job, candor, txn, hook, place);
}

enum candor_status hooks_queue(struct job *job, struct candor *candor)
{
    struct txn *txn = NULL;
    struct outgoing *message = NULL;
    size_t count = 0;
    if (candor->hooks->count == 0) {
        return CANDOR_OK;
    }
    TRY(home_begin(job, candor, &txn));
    TRY(outgoing_all(job, txn, &message, &count));
    for (size_t h = 0; h < candor->hooks->count; h++) {
        bool is_waiting = false;
        for (size_t i = 0; i < count; i++) {
            is_waiting =
                is_waiting || (message[i].kind == OUTGOING_EVENTS && !message[i].is_aside &&
                               str_equal(message[i].to, candor->hooks->hook[h].name));
        }
        const bool is_told = candor->hooks->hook[h].is_told;
        TRY(is_waiting || !is_told ? CANDOR_OK : queue_next(job, candor, &candor->hooks->hook[h]));
    }
    return CANDOR_OK;
}
