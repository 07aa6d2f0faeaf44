/*
 * test_share.c - what a subject is called towards recipients: the same each time, another to each, and
 * nothing that could be computed from what they know.
 */
#include "company.h"
#include "share.h"

enum { PEOPLE = 500, RECIPIENTS = 4 };

static const char *const recipient[RECIPIENTS] = {"acme", "acme-ads", "nile", "a"};

static struct subject subject_number(uint32_t number)
{
    struct subject subject = {.slot = number};
    subject.id[0] = (uint8_t)number;
    subject.id[1] = (uint8_t)(number >> 8);
    subject.id[15] = 1;
    return subject;
}

static void call(struct job *job, struct company *company, size_t r, uint32_t number,
                 uint8_t pseudonym[PSEUDONYM_LEN])
{
    assert_int_equal(
        pseudonym_of(job, company->candor, str_of(recipient[r]), subject_number(number), pseudonym),
        CANDOR_OK);
}

static void pseudonyms_are_stable_and_differ_between_subjects_and_recipients(void **state)
{
    struct company company;
    struct job job;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    struct map *seen = map_begin(job.arena);
    for (size_t r = 0; r < RECIPIENTS; r++) {
        for (uint32_t i = 0; i < PEOPLE; i++) {
            uint8_t first[PSEUDONYM_LEN];
            uint8_t again[PSEUDONYM_LEN];
            call(&job, &company, r, i, first);
            call(&job, &company, r, i, again);
            assert_memory_equal(first, again, PSEUDONYM_LEN);
            const struct bytes key = {first, PSEUDONYM_LEN};
            expect(map_get(seen, key) == NULL, "%s, subject %u", recipient[r], (unsigned)i);
            map_put(seen, key, seen);
        }
    }
    job_end(&job);
    company_end(&company);
}

/* Bits of two recipients' pseudonyms of one subject agree as often as those of two strangers: half the time. */
static void pseudonyms_of_two_recipients_have_nothing_in_common(void **state)
{
    struct company company;
    struct job job;
    uint64_t same_person = 0;
    uint64_t strangers = 0;
    const double bits = (double)PEOPLE * PSEUDONYM_LEN * 8;
    (void)state;
    company_begin(&company);
    job_begin(&job, host_real());
    for (uint32_t i = 0; i < PEOPLE; i++) {
        uint8_t left[PSEUDONYM_LEN];
        uint8_t right[PSEUDONYM_LEN];
        uint8_t other[PSEUDONYM_LEN];
        call(&job, &company, 0, i, left);
        call(&job, &company, 2, i, right);
        call(&job, &company, 2, (i + 1) % PEOPLE, other);
        for (size_t b = 0; b < PSEUDONYM_LEN; b++) {
            same_person += (uint64_t)(8 - __builtin_popcount((unsigned)(left[b] ^ right[b])));
            strangers += (uint64_t)(8 - __builtin_popcount((unsigned)(left[b] ^ other[b])));
        }
    }
    /* 64,000 bits: six standard deviations are 1.2 %; the key is drawn anew by each run. */
    assert_true(fabs((double)same_person / bits - 0.5) < 0.012);
    assert_true(fabs((double)strangers / bits - 0.5) < 0.012);
    job_end(&job);
    company_end(&company);
}

static void another_home_calls_them_otherwise(void **state)
{
    struct company left;
    struct company right;
    struct job job;
    uint8_t one[PSEUDONYM_LEN];
    uint8_t other[PSEUDONYM_LEN];
    (void)state;
    company_begin(&left);
    job_begin(&job, host_real());
    call(&job, &left, 0, 7, one);
    company_end(&left);
    company_begin(&right);
    call(&job, &right, 0, 7, other);
    assert_memory_not_equal(one, other, PSEUDONYM_LEN);
    job_end(&job);
    company_end(&right);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pseudonyms_are_stable_and_differ_between_subjects_and_recipients),
        cmocka_unit_test(pseudonyms_of_two_recipients_have_nothing_in_common),
        cmocka_unit_test(another_home_calls_them_otherwise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
