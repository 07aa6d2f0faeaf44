/*
 * test_tcf.c - TC strings: every published and generated vector, back again, and what no reader may
 * accept.
 */
#include "vectors.h"

/* ---- vectors ------------------------------------------------------------------------------- */

static void check_good(struct job *job, const struct value *vector, const struct tcf *tcf)
{
    const struct value *tree = NULL;
    const struct value *expected = value_get(vector, "expect");
    DESCRIBED(job, tree, json_key(&described, LIT("ok")); json_bool(&described, true);
              tcf_json(&described, job->arena, tcf));
    expect(value_same(tree, expected), "%s", text_of(vector, "id").ptr);

    /* Written and read again it says the same; only the allowed vendors are no longer written. */
    struct tcf again;
    const struct str text = tcf_encode(job->arena, tcf);
    const enum signal_fault fault = tcf_decode(job->arena, text, &again);
    expect(fault == SIGNAL_FINE, "%s: %s", text_of(vector, "id").ptr, signal_fault_code(fault));
    again.has_allowed = tcf->has_allowed;
    again.allowed = tcf->allowed;
    DESCRIBED(job, tree, json_key(&described, LIT("ok")); json_bool(&described, true);
              tcf_json(&described, job->arena, &again));
    expect(value_same(tree, expected), "%s, written again", text_of(vector, "id").ptr);
}

static void check_file(const char *name)
{
    struct job job;
    job_begin(&job, host_real());
    const struct value *list = vectors(&job, name);
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        const struct value *vector = &list->item[i];
        const struct value *expected = value_get(vector, "expect");
        struct tcf tcf;
        const enum signal_fault fault = tcf_decode(job.arena, text_of(vector, "string"), &tcf);
        expect((fault == SIGNAL_FINE) == is_true(expected, "ok"), "%s: %s",
               text_of(vector, "id").ptr, signal_fault_code(fault));
        if (fault == SIGNAL_FINE) {
            check_good(&job, vector, &tcf);
            continue;
        }
        /* "truncated" where the vector does not say in which part. */
        expect(str_starts(str_of(signal_fault_code(fault)), text_of(expected, "reason")), "%s: %s",
               text_of(vector, "id").ptr, signal_fault_code(fault));
    }
    if (list != NULL) {
        print_message("%zu vectors of %s\n", list->count, name);
    }
    const bool is_absent = list == NULL;
    job_end(&job);
    if (is_absent) {
        skip();
    }
}

static void every_string_of_the_reference_libraries_is_read_as_they_read_it(void **state)
{
    (void)state;
    check_file("tcf/official.json");
}

static void every_generated_string_is_read(void **state)
{
    (void)state;
    check_file("tcf/generated.json");
}

static void every_malformed_string_is_refused_for_its_reason(void **state)
{
    (void)state;
    check_file("tcf/malformed.json");
}

/* ---- what is refused beyond the reference library ------------------------------------------ */

static struct tcf plain(void)
{
    return (struct tcf){.version = 2,
                        .policy_version = 5,
                        .is_service_specific = true,
                        .cmp_id = 7,
                        .language = "EN",
                        .country = "DE",
                        .created = INT64_C(17672256000),
                        .updated = INT64_C(17672256000),
                        .purposes_consent = 0x7FF,
                        .vendor_consent = {.kind = IDSET_LIST},
                        .vendor_interest = {.kind = IDSET_LIST}};
}

static enum signal_fault fault_of(struct job *job, struct str text)
{
    struct tcf tcf;
    return tcf_decode(job->arena, text, &tcf);
}

static void restrictions_that_contradict_each_other_are_refused(void **state)
{
    static const struct id_range low[] = {{1, 10}, {20, 30}};
    static const struct id_range high[] = {{11, 19}, {31, 40}};
    static const struct id_range touching[] = {{30, 40}};
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    struct tcf_restriction restriction[2] = {{.purpose = 3, .kind = TCF_NOT_ALLOWED},
                                             {.purpose = 3, .kind = TCF_REQUIRE_CONSENT}};
    struct tcf tcf = plain();
    tcf.restriction = restriction;
    tcf.restriction_count = 2;
    restriction[0].vendors = idset_of(low, 2);
    restriction[1].vendors = idset_of(high, 2);
    assert_int_equal(fault_of(&job, tcf_encode(job.arena, &tcf)), SIGNAL_FINE);

    restriction[1].vendors = idset_of(touching, 1);
    assert_int_equal(fault_of(&job, tcf_encode(job.arena, &tcf)), SIGNAL_RESTRICTIONS_COLLIDE);
    restriction[1].purpose = 4; /* another purpose is another matter */
    assert_int_equal(fault_of(&job, tcf_encode(job.arena, &tcf)), SIGNAL_FINE);
    restriction[1].purpose = 3;
    restriction[1].kind = TCF_NOT_ALLOWED; /* and the same kind twice is no contradiction */
    assert_int_equal(fault_of(&job, tcf_encode(job.arena, &tcf)), SIGNAL_FINE);
    job_end(&job);
}

/* Slow and obvious: a table of purposes and vendors. */
static void a_collision_is_found_exactly_when_a_table_shows_one(void **state)
{
    struct job job;
    uint64_t seed = 20261127;
    (void)state;
    job_begin(&job, host_real());
    for (unsigned round = 0; round < 400; round++) {
        const struct arena_mark mark = arena_mark(job.arena);
        static uint8_t table[5][64];
        struct tcf tcf = plain();
        bool collides = false;
        memset(table, 0, sizeof table);
        tcf.restriction = NEW_ARRAY(job.arena, 4, struct tcf_restriction);
        tcf.restriction_count = 4;
        for (size_t r = 0; r < 4; r++) {
            struct id_range *row = NEW(job.arena, struct id_range);
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            row->first = (uint16_t)(1 + (seed >> 33) % 40);
            row->last = (uint16_t)(row->first + (seed >> 45) % 12);
            tcf.restriction[r].purpose = (uint8_t)(1 + (seed >> 50) % 4);
            tcf.restriction[r].kind = (uint8_t)((seed >> 54) % 3);
            tcf.restriction[r].vendors = idset_of(row, 1);
            for (unsigned v = row->first; v <= row->last; v++) {
                uint8_t *cell = &table[tcf.restriction[r].purpose][v];
                const uint8_t mine = (uint8_t)(tcf.restriction[r].kind + 1);
                collides = collides || (*cell != 0 && *cell != mine);
                *cell = mine;
            }
        }
        const enum signal_fault fault = fault_of(&job, tcf_encode(job.arena, &tcf));
        expect((fault == SIGNAL_RESTRICTIONS_COLLIDE) == collides, "round %u: %s", round,
               signal_fault_code(fault));
        arena_rewind(job.arena, mark);
    }
    job_end(&job);
}

static void anything_after_the_end_is_refused_but_a_little_padding(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct tcf tcf = plain();
    const struct str good = tcf_encode(job.arena, &tcf);
    static const struct {
        const char *tail;
        enum signal_fault fault;
    } row[] = {
        {"", SIGNAL_FINE},
        {"A", SIGNAL_FINE},
        {"AA", SIGNAL_FINE},
        {"AAAAAAAAAAAA", SIGNAL_TRAILING_DATA},
        {"B", SIGNAL_TRAILING_DATA},
        {"_", SIGNAL_TRAILING_DATA},
        {"=", SIGNAL_ILLEGAL_CHARACTER},
        {" ", SIGNAL_ILLEGAL_CHARACTER},
        {"+", SIGNAL_ILLEGAL_CHARACTER},
        {".", SIGNAL_UNKNOWN_SEGMENT},
        {".A", SIGNAL_UNKNOWN_SEGMENT},
        {".IAAA.IAAA", SIGNAL_SEGMENT_TWICE},
        {".QAAA.QAAA", SIGNAL_SEGMENT_TWICE},
        {".gAAA", SIGNAL_UNKNOWN_SEGMENT},
        {".IAA", SIGNAL_TRUNCATED_DISCLOSED},
        {".IAAAAAAAAAAAAAA", SIGNAL_TRAILING_DATA},
        {".YAAAAAAA", SIGNAL_TRUNCATED_PUBLISHER},
    };
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct str text = str_format(job.arena, "%.*s%s", STR_ARG(good), row[i].tail);
        const enum signal_fault fault = fault_of(&job, text);
        expect(fault == row[i].fault, "'%s': %s", row[i].tail, signal_fault_code(fault));
    }
    job_end(&job);
}

/* A string without end must cost no more than its length. */
static void a_long_string_is_refused(void **state)
{
    struct job job;
    struct tcf tcf;
    (void)state;
    job_begin(&job, host_real());
    char *text = NEW_ARRAY(job.arena, SIGNAL_LEN_MAX + 1, char);
    memset(text, 'A', SIGNAL_LEN_MAX + 1);
    text[0] = 'C';
    assert_int_equal(tcf_decode(job.arena, (struct str){text, SIGNAL_LEN_MAX + 1}, &tcf),
                     SIGNAL_TOO_LONG);
    assert_int_equal(tcf_decode(job.arena, (struct str){text, SIGNAL_LEN_MAX}, &tcf),
                     SIGNAL_TRAILING_DATA);
    assert_int_equal(tcf_decode(job.arena, STR(""), &tcf), SIGNAL_EMPTY);
    job_end(&job);
}

/* Every prefix of a good string is refused, or says less in the same words: never a crash. */
static void every_prefix_is_refused_or_ends_at_a_segment(void **state)
{
    static const struct id_range row[] = {{2, 2}, {5, 9}, {700, 701}};
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    struct tcf tcf = plain();
    tcf.vendor_consent = tcf.disclosed = idset_of(row, 3);
    tcf.has_disclosed = tcf.has_publisher = true;
    const struct str text = tcf_encode(job.arena, &tcf);
    size_t accepted = 0;
    for (size_t len = 0; len < text.len; len++) {
        const enum signal_fault fault = fault_of(&job, str_slice(text, 0, len));
        accepted += fault == SIGNAL_FINE ? 1 : 0;
        const bool at_segment = text.ptr[len] == '.' || text.ptr[len + 1] == '.' ||
                                len + 2 >= text.len; /* the last character may be padding */
        expect(fault != SIGNAL_FINE || at_segment, "%zu characters", len);
    }
    assert_true(accepted >= 2);
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_of_the_reference_libraries_is_read_as_they_read_it),
        cmocka_unit_test(every_generated_string_is_read),
        cmocka_unit_test(every_malformed_string_is_refused_for_its_reason),
        cmocka_unit_test(restrictions_that_contradict_each_other_are_refused),
        cmocka_unit_test(a_collision_is_found_exactly_when_a_table_shows_one),
        cmocka_unit_test(anything_after_the_end_is_refused_but_a_little_padding),
        cmocka_unit_test(a_long_string_is_refused),
        cmocka_unit_test(every_prefix_is_refused_or_ends_at_a_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
