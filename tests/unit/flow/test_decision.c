/*
 * test_decision.c - the sealed record of a decision, built here byte by byte from the layout that
 * account.c documents, so that records of today can be read tomorrow.
 */
#include <string.h>

#include "company.h"

enum { SALT_LEN = 32, VERSION_AT = SALT_LEN, DIGEST_LEN = 32, TERMS = 4 };

/* What a record is made with; each test spoils something. */
struct made {
    uint8_t version;
    uint8_t cell_kind;
    uint16_t term_count; /* as it is said; TERMS are written */
    uint8_t reason_count;
    const char *campaign;
};

static const struct made sound = {1, CELL_TEXT, TERMS, 2, "spring"};

static void write_line(struct buf *buf, const char *text)
{
    buf_block(buf, bytes_of(str_of(text)));
}

static void put_terms(struct buf *buf, const struct made *made)
{
    buf_u16le(buf, made->term_count);
    write_line(buf, "age");
    buf_u8(buf, CELL_NUMBER);
    buf_f64le(buf, 40.5);
    buf_f64le(buf, 0.25);
    write_line(buf, "since");
    buf_u8(buf, CELL_TIME);
    buf_u64le(buf, (uint64_t)(1790000000 * MICROS_PER_SECOND));
    buf_f64le(buf, -0.5);
    write_line(buf, "colour");
    buf_u8(buf, made->cell_kind);
    write_line(buf, "red");
    buf_f64le(buf, 0);
    write_line(buf, "height");
    buf_u8(buf, CELL_MISSING);
    buf_f64le(buf, 0.125);
}

static struct bytes record_of(struct arena *arena, const struct made *made)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < SALT_LEN; i++) {
        buf_u8(&buf, (uint8_t)i);
    }
    buf_u8(&buf, made->version);
    buf_u64le(&buf, (uint64_t)(1795000000 * MICROS_PER_SECOND));
    buf_u64le(&buf, (uint64_t)(1794990000 * MICROS_PER_SECOND));
    if (made->version >= 2) {
        buf_u32le(&buf, 7);
    }
    write_line(&buf, made->campaign);
    write_line(&buf, "news");
    write_line(&buf, "email");
    write_line(&buf, "send");
    write_line(&buf, "gift");
    buf_u8(&buf, 1);
    buf_u8(&buf, 1);
    buf_f64le(&buf, 0.375);
    if (made->version >= 3) {
        buf_f64le(&buf, 0.4375);
    }
    buf_f64le(&buf, -2);
    for (size_t i = 0; i < DIGEST_LEN; i++) {
        buf_u8(&buf, (uint8_t)(0xff - i));
    }
    put_terms(&buf, made);
    buf_u8(&buf, made->reason_count);
    write_line(&buf, "Age: 40.5.");
    write_line(&buf, "Height is not known.");
    return buf_all(&buf);
}

static enum candor_status read_again(struct job *job, struct bytes record)
{
    struct decision decision;
    return decision_read(job, record, &decision);
}

static void a_record_reads_as_its_layout_says(void **state)
{
    (void)state;
    struct decision decision;
    struct job job;
    job_begin(&job, host_real());
    const enum candor_status status = decision_read(&job, record_of(job.arena, &sound), &decision);
    expect(status == CANDOR_OK, "%s", job.message);
    assert_int_equal(decision.salt[31], 31);
    assert_int_equal(decision.model.byte[31], 0xff - 31);
    expect(decision.time == 1795000000 * MICROS_PER_SECOND, "time");
    expect(decision.as_of == 1794990000 * MICROS_PER_SECOND, "as of");
    expect(str_is(decision.campaign, "spring") && str_is(decision.purpose, "news"), "texts");
    expect(str_is(decision.channel, "email") && str_is(decision.code, "send"), "texts");
    expect(str_is(decision.offer, "gift"), "offer");
    expect(decision.send && decision.has_score, "flags");
    expect(decision.score == 0.375 && decision.base == -2, "numbers");
    assert_int_equal(decision.term_count, TERMS);
    expect(str_is(decision.term[0], "age") && str_is(decision.value[0], "40.50"), "a number");
    expect(decision.contribution[0] == 0.25, "its weight");
    expect(str_is(decision.value[1], "2026-09-21"), "a time: %.*s", STR_ARG(decision.value[1]));
    expect(str_is(decision.value[2], "red"), "a text");
    expect(decision.value[3].len == 0, "a missing value");
    expect(decision.contribution[3] == 0.125, "what it weighs that it is missing");
    assert_int_equal(decision.reason_count, 2);
    expect(str_is(decision.reason[1], "Height is not known."), "reasons");
    job_end(&job);
}

static void records_of_every_version_are_read(void **state)
{
    (void)state;
    for (uint8_t version = 1; version <= 3; version++) {
        struct job job;
        struct decision decision;
        struct made made = sound;
        job_begin(&job, host_real());
        made.version = version;
        expect(decision_read(&job, record_of(job.arena, &made), &decision) == CANDOR_OK, "%s",
               job.message);
        expect(decision.has_epoch == (version >= 2) && decision.epoch == (version >= 2 ? 7U : 0U),
               "version %u: the epoch", version);
        expect(decision.threshold == (version >= 3 ? 0.4375 : 0), "version %u: the threshold",
               version);
        expect(decision.score == 0.375 && decision.base == -2 && decision.reason_count == 2,
               "version %u", version);
        job_end(&job);
    }
}

static void a_record_cut_anywhere_is_damaged(void **state)
{
    (void)state;
    struct job job;
    job_begin(&job, host_real());
    const struct bytes record = record_of(job.arena, &sound);
    for (size_t len = 0; len < record.len; len++) {
        const enum candor_status status = read_again(&job, (struct bytes){record.ptr, len});
        expect(status == CANDOR_CORRUPT, "%zu of %zu bytes: %s", len, record.len,
               status_name(status));
    }
    struct buf longer = buf_begin(job.arena);
    buf_bytes(&longer, record.ptr, record.len);
    buf_u8(&longer, 0);
    assert_int_equal(read_again(&job, buf_all(&longer)), CANDOR_CORRUPT);
    job_end(&job);
}

static const struct {
    const char *name;
    struct made made;
} spoiled[] = {
    {"version 0", {0, CELL_TEXT, TERMS, 2, "spring"}},
    {"a version of later", {4, CELL_TEXT, TERMS, 2, "spring"}},
    {"a kind of value that does not exist", {1, 200, TERMS, 2, "spring"}},
    {"a term more than there is", {1, CELL_TEXT, TERMS + 1, 2, "spring"}},
    {"a term less than there is", {1, CELL_TEXT, TERMS - 1, 2, "spring"}},
    {"more terms than a model has", {1, CELL_TEXT, UINT16_MAX, 2, "spring"}},
    {"a reason less than there is", {1, CELL_TEXT, TERMS, 1, "spring"}},
    {"more reasons than a decision has", {1, CELL_TEXT, TERMS, 255, "spring"}},
    {"a text that is no text", {1, CELL_TEXT, TERMS, 2, "\xc0\x80"}},
};

static void what_a_record_cannot_say_is_damage_and_says_nothing_of_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof spoiled / sizeof spoiled[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const enum candor_status status = read_again(&job, record_of(job.arena, &spoiled[i].made));
        expect(status == CANDOR_CORRUPT, "%s: %s", spoiled[i].name, status_name(status));
        expect(strcmp(job.message, "the record of a decision is damaged") == 0, "%s: %s",
               spoiled[i].name, job.message);
        job_end(&job);
    }
}

/* ---- values for people --------------------------------------------------------------------- */

static const struct {
    double number;
    const char *text;
} shown[] = {
    {0, "0"},           {-0.0, "0"},
    {40, "40"},         {-7, "-7"},
    {40.5, "40.50"},    {1234.567, "1234.57"},
    {0.01, "0.01"},     {0.00423, "0.00423"},
    {-0.001, "-0.001"}, {999999999999999, "999999999999999"},
    {1e300, "1e+300"},
};

static void a_number_is_shown_short_and_never_as_nothing(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const struct cell cell = {.kind = CELL_NUMBER, .number = shown[i].number};
        const struct str text = feature_value_text(arena, &cell);
        expect(str_is(text, shown[i].text), "%g: %.*s", shown[i].number, STR_ARG(text));
    }
    arena_end(arena);
}

/* ---- as it is written ---------------------------------------------------------------------- */

/* The member of that name in the report's first decision, or in the report itself. */
static const struct value *member(struct job *job, const struct candor_text *report,
                                  const char *name)
{
    const struct value *root = tree_of(job, report);
    const struct value *list = value_get(root, "decisions");
    return value_get(list == NULL ? root : &list->item[0], name);
}

static void same_member(struct job *job, const struct candor_text *one,
                        const struct candor_text *other, const char *name)
{
    const struct value *left = member(job, one, name);
    const struct value *right = member(job, other, name);
    expect(left != NULL && right != NULL && left->kind == right->kind, "%s", name);
    expect(str_equal(left->text, right->text), "%s: %.*s, then %.*s", name, STR_ARG(left->text),
           STR_ARG(right->text));
    assert_int_equal(left->count, right->count);
}

static void a_decision_is_explained_from_its_record_as_when_it_was_made(void **state)
{
    (void)state;
    static const char *const name[] = {"id",   "time",     "features_as_of", "campaign", "purpose",
                                       "code", "decision", "channel",        "reasons",  "offer"};
    struct company company;
    struct candor_text made;
    struct candor_text kept;
    company_begin(&company);
    company_import(&company, "subjects", STR("identifier,email,age\nP1,p1@example.org,40\n"));
    company_import(&company, "consents",
                   STR("identifier,purpose,decision,time\nP1,news,given,2026-06-01\n"
                       "P1,profiling,given,2026-06-01\n"));
    struct job *job = candor_job_begin();
    expect(candor_decide(job, company.candor,
                         &(struct candor_question){.identifier = "P1", .campaign = "spring"},
                         &made) == CANDOR_OK,
           "%s", candor_job_message(job));
    expect(candor_subject_decisions(job, company.candor, "P1", &kept) == CANDOR_OK, "%s",
           candor_job_message(job));
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        same_member(job, &made, &kept, name[i]);
    }
    candor_job_end(job);
    company_end(&company);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_reads_as_its_layout_says),
        cmocka_unit_test(records_of_every_version_are_read),
        cmocka_unit_test(a_record_cut_anywhere_is_damaged),
        cmocka_unit_test(what_a_record_cannot_say_is_damage_and_says_nothing_of_it),
        cmocka_unit_test(a_number_is_shown_short_and_never_as_nothing),
        cmocka_unit_test(a_decision_is_explained_from_its_record_as_when_it_was_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
