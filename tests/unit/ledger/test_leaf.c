/*
 * test_leaf.c - the bytes of an entry: one hand-made leaf, every combination of fields, and every
 * way to have them wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "ledger.h"
#include "testing.h"

static const enum ledger_action every_action[] = {
    LEDGER_HOME_CREATED,
    LEDGER_CONSENT_GIVEN,
    LEDGER_CONSENT_REFUSED,
    LEDGER_CONSENT_WITHDRAWN,
    LEDGER_OBJECT,
    LEDGER_RESTRICT,
    LEDGER_CONSENT_REQUESTED,
    LEDGER_CONSENT_DEFERRED,
    LEDGER_CONSENT_REVOKED,
    LEDGER_CONSENT_INVALIDATED,
    LEDGER_IMPORT,
    LEDGER_READ,
    LEDGER_EXPORT,
    LEDGER_CORRECT,
    LEDGER_ERASE,
    LEDGER_ERASED_KEY,
    LEDGER_DECIDE,
    LEDGER_PLAN,
    LEDGER_APPROVE,
    LEDGER_SEND,
    LEDGER_CONTACT,
    LEDGER_RESULTS,
    LEDGER_MODEL_TRAIN,
    LEDGER_MODEL_PUBLISH,
    LEDGER_MODEL_RETIRE,
    LEDGER_MODEL_EXPORT,
    LEDGER_POLICY_CHANGE,
    LEDGER_ROLE_CHANGE,
    LEDGER_KEY_ROTATE,
    LEDGER_AUDIT,
    LEDGER_ALARM,
    LEDGER_AUTOMATION,
    LEDGER_LIMIT,
    LEDGER_REQUEST,
    LEDGER_REQUEST_STEP,
    LEDGER_REQUEST_EXTENDED,
    LEDGER_REQUEST_FULFILLED,
    LEDGER_REQUEST_REFUSED,
    LEDGER_REQUEST_CANCELLED,
    LEDGER_REQUEST_ESCALATED,
    LEDGER_SUPPRESS,
    LEDGER_REVIEW,
    LEDGER_EXPLAIN,
    LEDGER_QUALITY,
    LEDGER_REPAIR,
    LEDGER_RETENTION,
    LEDGER_HOLD_PLACED,
    LEDGER_HOLD_LIFTED,
    LEDGER_BOARD_PROPOSED,
    LEDGER_BOARD_VOTE,
    LEDGER_BOARD_RECUSED,
    LEDGER_BOARD_OPINION,
    LEDGER_BOARD_CHAIR,
    LEDGER_BOARD_WITHDRAWN,
    LEDGER_BOARD_STATE,
    LEDGER_CONTENT_SUBMITTED,
    LEDGER_CONTENT_APPROVAL,
    LEDGER_CONTENT_DEPLOYED,
    LEDGER_CONTENT_RETIRED,
    LEDGER_CONTENT_GENERATED,
    LEDGER_CHAT_ASKED,
    LEDGER_CHAT_ANSWERED,
    LEDGER_REPORT,
    LEDGER_RESTORED,
    LEDGER_OPERATOR,
    LEDGER_SECOND_SIGNATURE,
    LEDGER_INCIDENT,
    LEDGER_INCIDENT_NOTIFIED,
    LEDGER_DISCLOSE,
    LEDGER_SHARE,
    LEDGER_RECALL,
    LEDGER_RECALL_ACKNOWLEDGED,
    LEDGER_TRACE,
    LEDGER_LOGIN,
    LEDGER_LOGIN_FAILED,
    LEDGER_SESSION_ENDED,
    LEDGER_SESSIONS_SEEN,
    LEDGER_CREDENTIAL,
    LEDGER_INVITE,
    LEDGER_FEEDBACK,
    LEDGER_WISHES,
    LEDGER_SUBJECT_LINK,
    LEDGER_SUBJECT_ENTER,
    LEDGER_MESSAGE,
};

enum { ACTIONS = sizeof every_action / sizeof every_action[0] };

#define HEX_16 "000102030405060708090a0b0c0d0e0f"

/* By hand from reference section 5.2: a consent given on 2026-11-25 07:30:00.123 UTC, writer 1. */
static const char hand_made_hex[] = "434e4c31"                /* CNL1 */
                                    "01"                      /* kind */
                                    "000001a2119c853b"        /* 1795591800123 ms */
                                    "0001"                    /* writer */
                                    "0008"                    /* fields */
                                    "010010" HEX_16           /* subject tag */
                                    "020020" HEX_16 HEX_16    /* commitment */
                                    "030010" HEX_16           /* actor */
                                    "040002000a"              /* action 10 */
                                    "050020" HEX_16 HEX_16    /* policy */
                                    "060010" HEX_16           /* object */
                                    "07000103"                /* outcome 3 */
                                    "0800080000000000000029"; /* prev 41 */

static struct bytes from_hex(struct job *job, const char *hex)
{
    const struct str text = str_of(hex);
    uint8_t *target = arena_new(job->arena, text.len / 2 + 1);
    must(hex_read(text, target, text.len / 2));
    return (struct bytes){target, text.len / 2};
}

static void count_up(uint8_t *target, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        target[i] = (uint8_t)(i % 16);
    }
}

static struct ledger_leaf full_leaf(void)
{
    struct ledger_leaf leaf = {
        .kind = LEAF_KIND_ENTRY,
        .time = INT64_C(1795591800123000),
        .writer = 1,
        .action = LEDGER_CONSENT_GIVEN,
        .outcome = OUTCOME_DONE,
        .has_subject_tag = true,
        .has_commitment = true,
        .has_actor = true,
        .has_policy = true,
        .has_object = true,
        .has_prev = true,
        .prev = 41,
    };
    count_up(leaf.subject_tag, sizeof leaf.subject_tag);
    count_up(leaf.commitment, sizeof leaf.commitment);
    count_up(leaf.actor, sizeof leaf.actor);
    count_up(leaf.policy.byte, sizeof leaf.policy.byte);
    count_up(leaf.object, sizeof leaf.object);
    return leaf;
}

static bool same(const struct ledger_leaf *left, const struct ledger_leaf *right)
{
    return left->kind == right->kind && left->time == right->time &&
           left->writer == right->writer && left->action == right->action &&
           left->outcome == right->outcome && left->has_subject_tag == right->has_subject_tag &&
           left->has_commitment == right->has_commitment && left->has_actor == right->has_actor &&
           left->has_policy == right->has_policy && left->has_object == right->has_object &&
           left->has_prev == right->has_prev && left->prev == right->prev &&
           memcmp(left->subject_tag, right->subject_tag, 16) == 0 &&
           memcmp(left->commitment, right->commitment, 32) == 0 &&
           memcmp(left->actor, right->actor, 16) == 0 &&
           memcmp(left->policy.byte, right->policy.byte, 32) == 0 &&
           memcmp(left->object, right->object, 16) == 0;
}

static void a_leaf_has_the_bytes_of_the_format(void **state)
{
    (void)state;
    struct job job;
    uint8_t written[LEAF_LEN_MAX];
    struct ledger_leaf read;
    const struct ledger_leaf leaf = full_leaf();
    job_begin(&job, host_real());
    const struct bytes expected = from_hex(&job, hand_made_hex);

    expect(leaf_write(&leaf, written) == LEAF_LEN_MAX, "length");
    expect(expected.len == LEAF_LEN_MAX, "length by hand");
    expect(memcmp(written, expected.ptr, expected.len) == 0, "bytes");
    expect(leaf_read(&job, expected, &read) == CANDOR_OK, "%s", job.message);
    expect(same(&leaf, &read), "read back");
    job_end(&job);
}

/* A leaf with the fields whose bit is set, and the rest zero. */
static struct ledger_leaf leaf_with(unsigned fields, enum ledger_action action)
{
    struct ledger_leaf leaf = {.kind = LEAF_KIND_ENTRY, .action = action, .writer = 7};
    if ((leaf.has_subject_tag = (fields & 1) != 0)) {
        count_up(leaf.subject_tag, sizeof leaf.subject_tag);
    }
    if ((leaf.has_commitment = (fields & 2) != 0)) {
        count_up(leaf.commitment, sizeof leaf.commitment);
    }
    if ((leaf.has_actor = (fields & 4) != 0)) {
        count_up(leaf.actor, sizeof leaf.actor);
    }
    if ((leaf.has_policy = (fields & 8) != 0)) {
        count_up(leaf.policy.byte, sizeof leaf.policy.byte);
    }
    if ((leaf.has_object = (fields & 16) != 0)) {
        count_up(leaf.object, sizeof leaf.object);
    }
    if ((leaf.has_prev = (fields & 32) != 0)) {
        leaf.prev = UINT64_MAX;
    }
    leaf.outcome = (enum ledger_outcome)(fields >> 6);
    return leaf;
}

static void every_combination_of_fields_reads_back(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    for (unsigned fields = 0; fields < 5 << 6; fields++) {
        for (size_t i = 0; i < ACTIONS; i++) {
            uint8_t written[LEAF_LEN_MAX];
            struct ledger_leaf read;
            const struct ledger_leaf leaf = leaf_with(fields, every_action[i]);
            const size_t len = leaf_write(&leaf, written);
            expect(leaf_read(&job, (struct bytes){written, len}, &read) == CANDOR_OK,
                   "fields %x, action %d: %s", fields, (int)every_action[i], job.message);
            expect(same(&leaf, &read), "fields %x, action %d", fields, (int)every_action[i]);
        }
    }
    job_end(&job);
}

static void a_cut_or_lengthened_leaf_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct ledger_leaf read;
    uint8_t longer[LEAF_LEN_MAX + 1] = {0};
    job_begin(&job, host_real());
    const struct bytes whole = from_hex(&job, hand_made_hex);
    memcpy(longer, whole.ptr, whole.len);
    for (size_t len = 0; len <= sizeof longer; len++) {
        const enum candor_status status = leaf_read(&job, (struct bytes){longer, len}, &read);
        expect(status == (len == whole.len ? CANDOR_OK : CANDOR_CORRUPT), "%zu bytes", len);
    }
    job_end(&job);
}

/* Whatever is read was written by leaf_write: no two byte strings are one leaf. */
static void a_leaf_has_one_form_only(void **state)
{
    (void)state;
    struct job job;
    uint8_t changed[LEAF_LEN_MAX];
    size_t read_count = 0;
    job_begin(&job, host_real());
    const struct bytes whole = from_hex(&job, hand_made_hex);
    for (size_t at = 0; at < whole.len; at++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t again[LEAF_LEN_MAX];
            struct ledger_leaf leaf;
            memcpy(changed, whole.ptr, whole.len);
            changed[at] = (uint8_t)value;
            if (leaf_read(&job, (struct bytes){changed, whole.len}, &leaf) != CANDOR_OK) {
                job_forgive(&job);
                continue;
            }
            read_count++;
            expect(leaf_write(&leaf, again) == whole.len, "byte %zu = %u", at, value);
            expect(memcmp(again, changed, whole.len) == 0, "byte %zu = %u", at, value);
        }
    }
    expect(read_count > 1000, "most bytes are free to choose: %zu", read_count);
    job_end(&job);
}

#define HEAD \
    "434e4c31" \
    "01" \
    "000001a2119c853b" \
    "0001"

static const struct {
    const char *why;
    const char *hex;
    const char *says;
} malformed[] = {
    {"other magic",
     "434e4c32"
     "01"
     "000001a2119c853b"
     "0001"
     "0001"
     "040002000a",
     "CNL1"},
    {"kind 0",
     "434e4c31"
     "00"
     "000001a2119c853b"
     "0001"
     "0001"
     "040002000a",
     "kind 0"},
    {"kind 2",
     "434e4c31"
     "02"
     "000001a2119c853b"
     "0001"
     "0001"
     "040002000a",
     "kind 2"},
    {"a time past all clocks",
     "434e4c31"
     "01"
     "7fffffffffffffff"
     "0001"
     "0001"
     "040002000a",
     "time"},
    {"no fields, so no action", HEAD "0000", "no action"},
    {"an outcome but no action",
     HEAD "0001"
          "07000101",
     "no action"},
    {"more fields promised",
     HEAD "0002"
          "040002000a",
     "ends after field 4"},
    {"fewer fields promised",
     HEAD "0001"
          "040002000a"
          "07000101",
     "follow"},
    {"65535 fields promised",
     HEAD "ffff"
          "040002000a",
     "ends after field 4"},
    {"fields in falling order",
     HEAD "0002"
          "07000101"
          "040002000a",
     "cannot follow field 7"},
    {"one field twice",
     HEAD "0002"
          "040002000a"
          "040002000a",
     "cannot follow field 4"},
    {"field 0",
     HEAD "0002"
          "000000"
          "040002000a",
     "cannot follow field 0"},
    {"field 9",
     HEAD "0002"
          "040002000a"
          "09000101",
     "field 9"},
    {"field 255",
     HEAD "0002"
          "040002000a"
          "ff000101",
     "field 255"},
    {"an action too short",
     HEAD "0001"
          "0400010a",
     "1 bytes instead of 2"},
    {"an action too long",
     HEAD "0001"
          "04000300000a",
     "3 bytes instead of 2"},
    {"an empty tag",
     HEAD "0002"
          "010000"
          "040002000a",
     "0 bytes instead of 16"},
    {"a tag of 17 bytes",
     HEAD "0002"
          "010011" HEX_16 "10"
          "040002000a",
     "17 bytes"},
    {"action 0",
     HEAD "0001"
          "0400020000",
     "action has the unknown number 0"},
    {"action 2",
     HEAD "0001"
          "0400020002",
     "action has the unknown number 2"},
    {"action 65535",
     HEAD "0001"
          "040002ffff",
     "unknown number 65535"},
    {"outcome 0",
     HEAD "0002"
          "040002000a"
          "07000100",
     "outcome has the unknown number 0"},
    {"outcome 5",
     HEAD "0002"
          "040002000a"
          "07000105",
     "unknown number 5"},
    {"a field that is cut",
     HEAD "0002"
          "040002000a"
          "06001000",
     "ends within field 6"},
};

static void what_leaf_write_would_not_write_is_refused(void **state)
{
    (void)state;
    struct job job;
    struct ledger_leaf leaf;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        expect(leaf_read(&job, from_hex(&job, malformed[i].hex), &leaf) == CANDOR_CORRUPT, "%s",
               malformed[i].why);
        expect(strstr(job.message, malformed[i].says) != NULL, "%s: %s", malformed[i].why,
               job.message);
    }
    expect(leaf_read(&job, (struct bytes){NULL, 0}, &leaf) == CANDOR_CORRUPT, "nothing");
    expect(leaf_read(&job,
                     from_hex(&job, HEAD "0001"
                                         "040002000a"),
                     &leaf) == CANDOR_OK,
           "the smallest leaf: %s", job.message);
    job_end(&job);
}

static void the_time_is_kept_in_whole_milliseconds(void **state)
{
    (void)state;
    static const struct {
        int64_t time;
        int64_t kept;
    } row[] = {{0, 0}, {999, 0}, {1000, 1000}, {1999, 1000}, {INT64_MAX, INT64_MAX / 1000 * 1000}};
    struct job job;
    job_begin(&job, host_real());
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        uint8_t written[LEAF_LEN_MAX];
        struct ledger_leaf read;
        const struct ledger_leaf leaf = {
            .kind = LEAF_KIND_ENTRY, .time = row[i].time, .action = LEDGER_READ};
        const size_t len = leaf_write(&leaf, written);
        must(leaf_read(&job, (struct bytes){written, len}, &read) == CANDOR_OK);
        expect(read.time == row[i].kept, "row %zu", i);
    }
    job_end(&job);
}

static void every_action_has_a_name_of_its_own(void **state)
{
    (void)state;
    size_t named = 0;
    for (unsigned number = 0; number <= UINT16_MAX; number++) {
        named += ledger_action_name((enum ledger_action)number) != NULL ? 1 : 0;
    }
    expect(named == ACTIONS, "%zu numbers have a name", named);
    for (size_t i = 0; i < ACTIONS; i++) {
        for (size_t k = 0; k < i; k++) {
            expect(strcmp(ledger_action_name(every_action[i]),
                          ledger_action_name(every_action[k])) != 0,
                   "%zu and %zu", i, k);
        }
    }
    expect(strcmp(ledger_action_name(LEDGER_CONSENT_WITHDRAWN), "consent.withdrawn") == 0, "name");
}

int main(void)
{
    const struct CMUnitTest test[] = {
        cmocka_unit_test(a_leaf_has_the_bytes_of_the_format),
        cmocka_unit_test(every_combination_of_fields_reads_back),
        cmocka_unit_test(a_cut_or_lengthened_leaf_is_refused),
        cmocka_unit_test(a_leaf_has_one_form_only),
        cmocka_unit_test(what_leaf_write_would_not_write_is_refused),
        cmocka_unit_test(the_time_is_kept_in_whole_milliseconds),
        cmocka_unit_test(every_action_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests_name("leaf", test, NULL, NULL);
}
