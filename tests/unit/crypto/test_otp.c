/*
 * test_otp.c - one-time codes against RFC 4226, appendix D, and RFC 6238, appendix B.
 */
#include "crypto.h"
#include "testing.h"

static const char key_text[] = "12345678901234567890123456789012";

static struct bytes key_of(size_t len)
{
    return (struct bytes){(const uint8_t *)key_text, len};
}

static void counted_codes_are_those_of_rfc_4226(void **state)
{
    static const uint32_t code[] = {755224, 287082, 359152, 969429, 338314,
                                    254676, 287922, 162583, 399871, 520489};
    (void)state;
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        expect(otp_code(OTP_SHA1, key_of(20), i, 6) == code[i], "counter %zu", i);
    }
}

static void timed_codes_are_those_of_rfc_6238(void **state)
{
    static const struct {
        int64_t time_s;
        enum otp_hash hash;
        uint32_t code;
    } row[] = {
        {59, OTP_SHA1, 94287082},          {59, OTP_SHA256, 46119246},
        {1111111109, OTP_SHA1, 7081804},   {1111111109, OTP_SHA256, 68084774},
        {1111111111, OTP_SHA1, 14050471},  {1111111111, OTP_SHA256, 67062674},
        {1234567890, OTP_SHA1, 89005924},  {1234567890, OTP_SHA256, 91819424},
        {2000000000, OTP_SHA1, 69279037},  {2000000000, OTP_SHA256, 90698825},
        {20000000000, OTP_SHA1, 65353130}, {20000000000, OTP_SHA256, 77737706},
    };
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const size_t len = row[i].hash == OTP_SHA1 ? 20 : 32;
        const uint64_t step = otp_step(row[i].time_s * MICROS_PER_SECOND);
        expect(otp_code(row[i].hash, key_of(len), step, 8) == row[i].code, "row %zu", i);
    }
}

static void a_code_is_taken_one_step_early_or_late_and_no_more(void **state)
{
    const int64_t now = 1111111109 * MICROS_PER_SECOND;
    const uint64_t step = otp_step(now);
    (void)state;
    for (int drift = -2; drift <= 2; drift++) {
        const uint64_t at = step + (uint64_t)(int64_t)drift;
        const uint32_t code = otp_code(OTP_SHA1, key_of(OTP_KEY_LEN), at, OTP_DIGITS);
        const uint64_t found = otp_accept(key_of(OTP_KEY_LEN), code, now, 0);
        expect(found == (drift < -1 || drift > 1 ? 0 : at), "drift %d", drift);
    }
}

static void no_code_is_taken_twice(void **state)
{
    const int64_t now = 1111111109 * MICROS_PER_SECOND;
    const uint64_t step = otp_step(now);
    const uint32_t code = otp_code(OTP_SHA1, key_of(OTP_KEY_LEN), step, OTP_DIGITS);
    const uint32_t before = otp_code(OTP_SHA1, key_of(OTP_KEY_LEN), step - 1, OTP_DIGITS);
    (void)state;
    const uint64_t last = otp_accept(key_of(OTP_KEY_LEN), code, now, 0);
    expect(last == step, "taken once");
    expect(otp_accept(key_of(OTP_KEY_LEN), code, now, last) == 0, "the same again");
    expect(otp_accept(key_of(OTP_KEY_LEN), before, now, last) == 0, "an older one after it");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counted_codes_are_those_of_rfc_4226),
        cmocka_unit_test(timed_codes_are_those_of_rfc_6238),
        cmocka_unit_test(a_code_is_taken_one_step_early_or_late_and_no_more),
        cmocka_unit_test(no_code_is_taken_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
