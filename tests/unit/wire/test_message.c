/*
 * test_message.c - what tracking SDKs send: each kind, each limit and one past it, each fault, and the
 * time by our clock.
 */
#include <string.h>

#include "message.h"
#include "text.h"

#include "testing.h"

#define RECEIVED (INT64_C(1764288000) * MICROS_PER_SECOND) /* 2025-11-28T00:00:00Z */

static const struct value *tree(struct job *job, struct str text)
{
    const struct value *value = NULL;
    expect(json_read(job, bytes_of(text), NULL, "the test", &value) == CANDOR_OK, "%s",
           job->message);
    return value;
}

static struct messages read_body(struct job *job, enum message_kind kind, struct str text)
{
    struct messages messages;
    expect(messages_read(job, tree(job, text), kind, RECEIVED, &messages) == CANDOR_OK, "%s",
           job->message);
    return messages;
}

static struct message read_one(struct job *job, enum message_kind kind, const char *text)
{
    const struct messages messages = read_body(job, kind, str_of(text));
    must(messages.count == 1);
    return messages.message[0];
}

/* ---- kinds ------------------------------------------------------------------------------------ */

static const struct {
    enum message_kind kind;
    const char *text;
    const char *user;
    const char *anonymous;
    const char *name;
    const char *member; /* the first; NULL: none */
    const char *value;
} kind_row[] = {
    {MESSAGE_TRACK, "{\"userId\":\"u\",\"event\":\"Bought\",\"properties\":{\"total\":12.5}}", "u",
     "", "Bought", "total", "12.5"},
    {MESSAGE_TRACK, "{\"type\":\"track\",\"anonymousId\":\" a \",\"event\":\"x\"}", "", "a", "x",
     NULL, NULL},
    {MESSAGE_IDENTIFY, "{\"userId\":7,\"traits\":{\"vip\":true}}", "7", "", "", "vip", "true"},
    {MESSAGE_IDENTIFY, "{\"userId\":\"u\",\"context\":{\"traits\":{\"plan\":\"gold\"}}}", "u", "",
     "", "plan", "gold"},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"name\":\"Home\",\"properties\":{\"url\":null}}", "u", "",
     "Home", "url", NULL},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"name\":null}", "u", "", "", NULL, NULL},
    {MESSAGE_SCREEN, "{\"anonymousId\":\"a\",\"name\":\"Cart\",\"integrations\":{}}", "", "a",
     "Cart", NULL, NULL},
    {MESSAGE_GROUP, "{\"userId\":\"u\",\"groupId\":\"g\",\"traits\":{\"seats\":3}}", "u", "", "g",
     "seats", "3"},
    {MESSAGE_ALIAS, "{\"userId\":\"u\",\"previousId\":\"p\"}", "u", "", "p", NULL, NULL},
};

static void each_kind_says_what_can_be_kept(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof kind_row / sizeof kind_row[0]; row++) {
        struct job job;
        job_begin(&job, host_real());
        const struct message message = read_one(&job, kind_row[row].kind, kind_row[row].text);
        expect(message.fault == MESSAGE_FINE && message.kind == kind_row[row].kind, "row %zu: %s",
               row, message_fault_code(message.fault));
        expect(str_is(message.user, kind_row[row].user), "row %zu: user", row);
        expect(str_is(message.anonymous, kind_row[row].anonymous), "row %zu: anonymous", row);
        expect(str_is(message.name, kind_row[row].name), "row %zu: name", row);
        expect(message.member_count == (kind_row[row].member != NULL), "row %zu: members", row);
        if (kind_row[row].member != NULL) {
            expect(str_is(message.member[0].name, kind_row[row].member), "row %zu: member", row);
            expect(kind_row[row].value == NULL
                       ? message.member[0].text.ptr == NULL
                       : str_is(message.member[0].text, kind_row[row].value),
                   "row %zu: value", row);
        }
        job_end(&job);
    }
}

/* ---- faults ----------------------------------------------------------------------------------- */

static const struct {
    enum message_kind kind;
    const char *text;
    enum message_fault fault;
} fault_row[] = {
    {MESSAGE_TRACK, "{\"userId\":\"u\",\"event\":\"x\",\"type\":\"page\"}", MESSAGE_UNKNOWN_TYPE},
    {MESSAGE_TRACK, "{\"event\":\"x\"}", MESSAGE_NO_PERSON},
    {MESSAGE_TRACK, "{\"userId\":\"  \",\"event\":\"x\"}", MESSAGE_NO_PERSON},
    {MESSAGE_TRACK, "{\"userId\":[],\"event\":\"x\"}", MESSAGE_BAD_ID},
    {MESSAGE_TRACK, "{\"userId\":1.5,\"event\":\"x\"}", MESSAGE_BAD_ID},
    {MESSAGE_TRACK, "{\"userId\":\"u\",\"event\":\"x\",\"messageId\":{}}", MESSAGE_BAD_ID},
    {MESSAGE_TRACK, "{\"userId\":\"u\"}", MESSAGE_NO_NAME},
    {MESSAGE_GROUP, "{\"userId\":\"u\"}", MESSAGE_NO_NAME},
    {MESSAGE_ALIAS, "{\"userId\":\"u\"}", MESSAGE_NO_NAME},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"timestamp\":\"yesterday\"}", MESSAGE_BAD_TIME},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"timestamp\":5}", MESSAGE_BAD_TIME},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"sentAt\":\"now\"}", MESSAGE_BAD_TIME},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"timestamp\":\"1969-12-31\"}", MESSAGE_BAD_TIME},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"context\":[]}", MESSAGE_BAD_CONSENT},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"context\":{\"consent\":\"yes\"}}", MESSAGE_BAD_CONSENT},
    {MESSAGE_PAGE, "{\"userId\":\"u\",\"properties\":[]}", MESSAGE_BAD_MEMBERS},
};

static void a_fault_has_its_reason(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof fault_row / sizeof fault_row[0]; row++) {
        struct job job;
        job_begin(&job, host_real());
        const struct message message = read_one(&job, fault_row[row].kind, fault_row[row].text);
        expect(message.fault == fault_row[row].fault, "row %zu: %s", row,
               message_fault_code(message.fault));
        job_end(&job);
    }
}

static void every_kind_and_fault_has_its_words(void **state)
{
    (void)state;
    for (size_t kind = 0; kind < MESSAGE_KINDS; kind++) {
        enum message_kind found = MESSAGE_KINDS;
        expect(message_kind_read(str_of(message_kind_name((enum message_kind)kind)), &found) &&
                   found == (enum message_kind)kind,
               "kind %zu", kind);
    }
    for (size_t fault = 0; fault < MESSAGE_FAULTS; fault++) {
        expect(message_fault_code((enum message_fault)fault)[0] != '\0' &&
                   message_fault_sentence((enum message_fault)fault)[0] != '\0',
               "fault %zu", fault);
    }
}

/* ---- limits ----------------------------------------------------------------------------------- */

static void put_many(struct buf *buf, const char *text, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_str(buf, str_of(text));
    }
}

/* A message whose name, members and size are of this length. */
static struct str sized(struct arena *arena, size_t name_len, size_t members, size_t value_len)
{
    struct buf buf = buf_begin(arena);
    buf_str(&buf, STR("{\"userId\":\"u\",\"event\":\""));
    put_many(&buf, "n", name_len);
    buf_str(&buf, STR("\",\"properties\":{"));
    for (size_t i = 0; i < members; i++) {
        buf_format(&buf, "%s\"m%zu\":\"", i == 0 ? "" : ",", i);
        put_many(&buf, "v", value_len);
        buf_str(&buf, STR("\""));
    }
    buf_str(&buf, STR("}}"));
    return buf_text(&buf);
}

static void limits_hold_and_one_past_them_does_not(void **state)
{
    static const struct {
        size_t name_len;
        size_t members;
        size_t value_len;
        enum message_fault fault;
    } row[] = {
        {MESSAGE_ID_LEN_MAX, 1, 1, MESSAGE_FINE},
        {MESSAGE_ID_LEN_MAX + 1, 1, 1, MESSAGE_BAD_ID},
        {1, MESSAGE_MEMBERS_MAX, 1, MESSAGE_FINE},
        {1, MESSAGE_MEMBERS_MAX + 1, 1, MESSAGE_BAD_MEMBERS},
        {1, 1, MESSAGE_BYTES_MAX - 100, MESSAGE_FINE},
        {1, 1, MESSAGE_BYTES_MAX, MESSAGE_TOO_LARGE},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str text = sized(job.arena, row[i].name_len, row[i].members, row[i].value_len);
        const struct messages messages = read_body(&job, MESSAGE_TRACK, text);
        expect(messages.message[0].fault == row[i].fault, "row %zu: %s", i,
               message_fault_code(messages.message[0].fault));
        job_end(&job);
    }
}

static void a_batch_has_its_limit(void **state)
{
    (void)state;
    for (size_t count = MESSAGES_MAX; count <= MESSAGES_MAX + 1; count++) {
        struct job job;
        struct messages messages;
        job_begin(&job, host_real());
        struct buf buf = buf_begin(job.arena);
        buf_str(&buf, STR("{\"batch\":[0"));
        put_many(&buf, ",0", count - 1);
        buf_str(&buf, STR("]}"));
        const enum candor_status status =
            messages_read(&job, tree(&job, buf_text(&buf)), MESSAGE_KINDS, RECEIVED, &messages);
        expect(status == (count <= MESSAGES_MAX ? CANDOR_OK : CANDOR_TOO_LARGE), "%zu: %s", count,
               job.message);
        job_end(&job);
    }
}

/* ---- batches ---------------------------------------------------------------------------------- */

static void one_bad_message_does_not_harm_the_others(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct messages messages =
        read_body(&job, MESSAGE_KINDS,
                  STR("{\"batch\":[{\"type\":\"track\",\"userId\":\"u\",\"event\":\"x\"},7,"
                      "{\"type\":\"dance\",\"userId\":\"u\"},{\"type\":\"page\",\"userId\":\"v\"}],"
                      "\"context\":{\"consent\":{\"categoryPreferences\":{\"Ads\":false}}}}"));
    assert_true(messages.is_batch);
    assert_int_equal(messages.count, 4);
    assert_int_equal(messages.message[0].fault, MESSAGE_FINE);
    assert_int_equal(messages.message[1].fault, MESSAGE_NOT_AN_OBJECT);
    assert_int_equal(messages.message[2].fault, MESSAGE_UNKNOWN_TYPE);
    assert_int_equal(messages.message[3].fault, MESSAGE_FINE);
    assert_non_null(messages.message[3].consent); /* the batch's: it has no context of its own */
    assert_int_equal(track_consent_find(messages.message[3].consent, STR("Ads")), TRACK_DENIED);
    job_end(&job);
}

static void a_request_that_is_no_batch_is_refused(void **state)
{
    static const char *const text[] = {"[]", "{}", "{\"batch\":{}}",
                                       "{\"batch\":[],\"sentAt\":\"soon\"}"};
    (void)state;
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        struct job job;
        struct messages messages;
        job_begin(&job, host_real());
        expect(messages_read(&job, tree(&job, str_of(text[i])), MESSAGE_KINDS, RECEIVED,
                             &messages) == CANDOR_BAD_INPUT,
               "%s", text[i]);
        job_end(&job);
    }
}

/* ---- time ------------------------------------------------------------------------------------- */

#define AN_HOUR (3600 * MICROS_PER_SECOND)

static const struct {
    const char *times;
    int64_t expected;
} time_row[] = {
    {"\"a\":0", RECEIVED},
    {"\"timestamp\":\"2025-11-27T23:00:00.000Z\"", RECEIVED - AN_HOUR},
    {"\"timestamp\":\"2025-11-28T01:00:00Z\"", RECEIVED}, /* the future is now */
    /* A clock that is a day late, and an event an hour old when it was sent. */
    {"\"sentAt\":\"2025-11-27T00:00:00Z\",\"timestamp\":\"2025-11-26T23:00:00Z\"",
     RECEIVED - AN_HOUR},
    /* One that is a year ahead. */
    {"\"sentAt\":\"2026-11-28T00:00:00Z\",\"originalTimestamp\":\"2026-11-27T23:00:00Z\"",
     RECEIVED - AN_HOUR},
    {"\"sentAt\":\"2025-11-27T00:00:00Z\",\"timestamp\":\"2025-11-27T00:00:01Z\"", RECEIVED},
    /* originalTimestamp is what the sender's clock said, whatever timestamp says. */
    {"\"originalTimestamp\":\"2025-11-27T23:00:00Z\",\"timestamp\":\"2020-01-01\"",
     RECEIVED - AN_HOUR},
};

static void time_is_by_our_clock(void **state)
{
    (void)state;
    for (size_t row = 0; row < sizeof time_row / sizeof time_row[0]; row++) {
        struct job job;
        job_begin(&job, host_real());
        const struct str text = str_format(job.arena, "{\"userId\":\"u\",%s}", time_row[row].times);
        const struct messages messages = read_body(&job, MESSAGE_PAGE, text);
        expect(messages.message[0].fault == MESSAGE_FINE &&
                   messages.message[0].time == time_row[row].expected,
               "row %zu: %lld off", row,
               (long long)(messages.message[0].time - time_row[row].expected));
        job_end(&job);
    }
}

static void a_batch_says_when_it_was_sent(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct messages messages = read_body(
        &job, MESSAGE_KINDS,
        STR("{\"sentAt\":\"2025-11-27T00:00:00Z\",\"batch\":[{\"type\":\"page\",\"userId\":\"u\","
            "\"timestamp\":\"2025-11-26T23:00:00Z\"},{\"type\":\"page\",\"userId\":\"u\","
            "\"sentAt\":"
            "\"2025-11-28T00:00:00Z\",\"timestamp\":\"2025-11-27T22:00:00Z\"}]}"));
    assert_true(messages.message[0].time == RECEIVED - AN_HOUR);
    assert_true(messages.message[1].time == RECEIVED - 2 * AN_HOUR); /* its own says more */
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_says_what_can_be_kept),
        cmocka_unit_test(a_fault_has_its_reason),
        cmocka_unit_test(every_kind_and_fault_has_its_words),
        cmocka_unit_test(limits_hold_and_one_past_them_does_not),
        cmocka_unit_test(a_batch_has_its_limit),
        cmocka_unit_test(one_bad_message_does_not_harm_the_others),
        cmocka_unit_test(a_request_that_is_no_batch_is_refused),
        cmocka_unit_test(time_is_by_our_clock),
        cmocka_unit_test(a_batch_says_when_it_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
