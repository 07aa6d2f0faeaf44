/*
 * test_web.c - what comes with a request: Global Privacy Control, Google Consent Mode, one-click
 * unsubscribe, the consent of tracking events.
 */
#include <string.h>

#include "text.h"
#include "web.h"

#include "testing.h"

static const struct value *tree(struct job *job, const char *text)
{
    const struct value *value = NULL;
    must(json_read(job, bytes_of(str_of(text)), NULL, "the test", &value) == CANDOR_OK);
    return value;
}

/* ---- Global Privacy Control ---------------------------------------------------------------- */

static void only_a_one_is_the_signal(void **state)
{
    static const char *const other[] = {"", "0", "1 ", " 1", "11", "true", "1,1", "01"};
    (void)state;
    assert_true(gpc_is_set(STR("1")));
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        expect(!gpc_is_set(str_of(other[i])), "'%s'", other[i]);
    }
}

static void the_statement_is_what_the_specification_asks_for(void **state)
{
    struct arena *arena = arena_begin();
    (void)state;
    assert_true(str_is(gpc_statement(arena, INT64_C(1764288000) * MICROS_PER_SECOND),
                       "{\"gpc\":true,\"lastUpdate\":\"2025-11-28\"}"));
    arena_end(arena);
}

/* ---- Google Consent Mode ------------------------------------------------------------------- */

static void consent_mode_is_read_and_written(void **state)
{
    static const char text[] = "{\"ad_user_data\":\"denied\",\"analytics_storage\":\"granted\"}";
    struct job job;
    struct consent_mode mode;
    struct json json;
    (void)state;
    job_begin(&job, host_real());
    assert_int_equal(consent_mode_read(&job, tree(&job, text), &mode), CANDOR_OK);
    assert_int_equal(mode.value[MODE_AD_USER_DATA], MODE_DENIED);
    assert_int_equal(mode.value[MODE_ANALYTICS_STORAGE], MODE_GRANTED);
    assert_int_equal(mode.value[MODE_AD_STORAGE], MODE_UNSET);
    struct buf buf = buf_begin(job.arena);
    json_begin(&json, &buf, false);
    consent_mode_json(&json, &mode);
    json_end(&json);
    assert_true(str_is(buf_text(&buf), text));
    job_end(&job);
}

static void consent_mode_of_another_shape_is_refused(void **state)
{
    static const char *const text[] = {"[]",
                                       "\"granted\"",
                                       "{\"ad_storage\":true}",
                                       "{\"ad_storage\":\"GRANTED\"}",
                                       "{\"ad_storage\":null}",
                                       "{\"ads\":\"granted\"}"};
    struct job job;
    struct consent_mode mode;
    (void)state;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        expect(consent_mode_read(&job, tree(&job, text[i]), &mode) == CANDOR_BAD_INPUT, "%s",
               text[i]);
    }
    job_end(&job);
}

/* ---- one-click unsubscribe ----------------------------------------------------------------- */

static void a_token_says_what_was_written(void **state)
{
    struct arena *arena = arena_begin();
    const struct unsubscribe made = {.subject = {1, 2, 3, [19] = 255},
                                     .purpose = STR("email_marketing"),
                                     .channel = STR("email"),
                                     .made = 1764288000000001};
    struct unsubscribe read;
    struct buf buf = buf_begin(arena);
    (void)state;
    unsubscribe_write(&made, &buf);
    const struct str token = token_of(arena, buf_all(&buf));
    struct bytes bytes;
    assert_true(token_read(arena, token, &bytes));
    assert_int_equal(bytes.len, buf.len);
    assert_true(unsubscribe_read(bytes, &read));
    assert_memory_equal(read.subject, made.subject, sizeof made.subject);
    assert_true(str_equal(read.purpose, made.purpose) && str_equal(read.channel, made.channel));
    assert_int_equal(read.made, made.made);
    for (size_t len = 0; len < bytes.len; len++) {
        expect(!unsubscribe_read((struct bytes){bytes.ptr, len}, &read), "%zu bytes", len);
    }
    arena_end(arena);
}

static void a_token_has_one_text(void **state)
{
    static const char *const bad[] = {"", "A", "AAAAA", "AB", "AAB", "A=", "AA==", "A A", "AA/+"};
    struct arena *arena = arena_begin();
    struct bytes bytes;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect(!token_read(arena, str_of(bad[i]), &bytes), "'%s'", bad[i]);
    }
    assert_true(token_read(arena, STR("AA"), &bytes) && bytes.len == 1);
    assert_true(token_read(arena, STR("AAA"), &bytes) && bytes.len == 2);
    assert_true(token_read(arena, STR("AAAA"), &bytes) && bytes.len == 3);
    arena_end(arena);
}

static void the_header_is_an_address_in_angle_brackets(void **state)
{
    struct arena *arena = arena_begin();
    (void)state;
    assert_true(str_is(unsubscribe_header(arena, STR("https://a.example/"), STR("T")),
                       "<https://a.example/unsubscribe/T>"));
    assert_true(str_is(unsubscribe_header(arena, STR("https://a.example/x"), STR("T")),
                       "<https://a.example/x/unsubscribe/T>"));
    arena_end(arena);
}

static void only_the_body_of_the_rfc_acts(void **state)
{
    static const struct {
        bool acts;
        const char *type;
        const char *body;
    } row[] = {
        {true, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"},
        {true, "application/x-www-form-urlencoded; charset=utf-8",
         "List-Unsubscribe=One-Click\r\n"},
        {true, "Application/X-WWW-Form-Urlencoded", "List-Unsubscribe=One-Click"},
        {true, "multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; "
         "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--"
         "\r\n"},
        {true, "multipart/form-data; charset=a; boundary=\"x y\"",
         "--x y\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; "
         "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x y--"},
        {false, "application/x-www-form-urlencoded", ""},
        {false, "application/x-www-form-urlencoded", "List-Unsubscribe=one-click"},
        {false, "application/x-www-form-urlencoded", "List-Unsubscribe=One-Click&a=b"},
        {false, "application/x-www-form-urlencoded", "a=b&List-Unsubscribe=One-Click"},
        {false, "application/json", "List-Unsubscribe=One-Click"},
        {false, "", "List-Unsubscribe=One-Click"},
        {false, "multipart/form-data", "List-Unsubscribe=One-Click"},
        {false, "multipart/form-data; boundary=",
         "--\r\nContent-Disposition: form-data; "
         "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n----"},
        {false, "multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=\"Other\"\r\n\r\nOne-Click\r\n--x--"},
        {false, "multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; "
         "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x"},
        {false, "multipart/form-data; boundary=x",
         "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x"
         "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--x--"},
        {false, "multipart/form-data; boundary=x", "--x"},
    };
    struct arena *arena = arena_begin();
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(unsubscribe_is_one_click(arena, str_of(row[i].type),
                                        bytes_of(str_of(row[i].body))) == row[i].acts,
               "row %zu", i);
    }
    arena_end(arena);
}

/* ---- the consent of tracking events -------------------------------------------------------- */

static void both_spellings_are_read_and_denied_wins(void **state)
{
    struct job job;
    struct track_consent consent;
    (void)state;
    job_begin(&job, host_real());
    const struct value *context = tree(
        &job, "{\"consent\":{\"categoryPreferences\":{\"ads\":true,\"stats\":false,\"x\":true}},"
              "\"consentManagement\":{\"provider\":\"p\",\"allowedConsentIds\":[\"b\",\"stats\"],"
              "\"deniedConsentIds\":[\"x\"]},\"ip\":\"192.0.2.1\"}");
    assert_int_equal(track_consent_read(&job, context, &consent), CANDOR_OK);
    assert_true(consent.is_there);
    assert_int_equal(track_consent_find(&consent, STR("ads")), TRACK_GRANTED);
    assert_int_equal(track_consent_find(&consent, STR("b")), TRACK_GRANTED);
    assert_int_equal(track_consent_find(&consent, STR("stats")), TRACK_DENIED);
    assert_int_equal(track_consent_find(&consent, STR("x")), TRACK_DENIED);
    assert_int_equal(track_consent_find(&consent, STR("y")), TRACK_UNSET);
    job_end(&job);
}

static void an_event_without_consent_has_none(void **state)
{
    static const char *const text[] = {"null",
                                       "{}",
                                       "{\"consent\":null}",
                                       "{\"consent\":{}}",
                                       "{\"consent\":{\"categoryPreferences\":{}}}",
                                       "{\"consentManagement\":{\"allowedConsentIds\":[]}}"};
    struct job job;
    struct track_consent consent;
    (void)state;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        assert_int_equal(track_consent_read(&job, tree(&job, text[i]), &consent), CANDOR_OK);
        expect(!consent.is_there, "%s", text[i]);
    }
    job_end(&job);
}

static void consent_that_cannot_be_read_refuses_the_event(void **state)
{
    static const char *const text[] = {
        "[]",
        "{\"consent\":true}",
        "{\"consent\":{\"categoryPreferences\":[]}}",
        "{\"consent\":{\"categoryPreferences\":{\"ads\":\"true\"}}}",
        "{\"consent\":{\"categoryPreferences\":{\"\":true}}}",
        "{\"consent\":{\"preferences\":{}}}",
        "{\"consentManagement\":{\"allowedConsentIds\":\"a\"}}",
        "{\"consentManagement\":{\"deniedConsentIds\":[1]}}",
    };
    struct job job;
    struct track_consent consent;
    (void)state;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        expect(track_consent_read(&job, tree(&job, text[i]), &consent) == CANDOR_BAD_INPUT, "%s",
               text[i]);
    }
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_one_is_the_signal),
        cmocka_unit_test(the_statement_is_what_the_specification_asks_for),
        cmocka_unit_test(consent_mode_is_read_and_written),
        cmocka_unit_test(consent_mode_of_another_shape_is_refused),
        cmocka_unit_test(a_token_says_what_was_written),
        cmocka_unit_test(a_token_has_one_text),
        cmocka_unit_test(the_header_is_an_address_in_angle_brackets),
        cmocka_unit_test(only_the_body_of_the_rfc_acts),
        cmocka_unit_test(both_spellings_are_read_and_denied_wins),
        cmocka_unit_test(an_event_without_consent_has_none),
        cmocka_unit_test(consent_that_cannot_be_read_refuses_the_event),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
