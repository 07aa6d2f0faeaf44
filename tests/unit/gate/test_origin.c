/*
 * test_origin.c - what was copied is found whatever it is called now; an index comes back as it was written, or
 * not at all.
 */
#include "numeric.h"
#include "originated.h"

#include "testing.h"

static struct job job;

static struct origin_index *index_of(const char *name, struct str text)
{
    struct origin_index *index = origin_begin(job.arena);
    assert_int_equal(origin_add(&job, index, str_of(name), text), CANDOR_OK);
    assert_int_equal(origin_end(&job, index), CANDOR_OK);
    return index;
}

static struct gate_findings look(const struct origin_index *index, struct str text,
                                 const char *path)
{
    const struct gate *gate = gate_begin(job.arena);
    struct gate_findings found = gate_findings_in(job.arena, 1000);
    const struct gate_asked asked = {
        .kinds = GATE_ORIGIN, .least = POSSIBLE, .path = str_of(path), .corpus = index};
    gate_scan(gate, text, &asked, &found);
    return found;
}

static void put_words(struct buf *buf, struct rng *rng, size_t count, const char *kind)
{
    for (size_t i = 0; i < count; i++) {
        buf_format(buf, "%s%llu ", kind, (unsigned long long)rng_below(rng, 5000));
    }
}

static void a_shared_run_of_35_words_is_always_found(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        struct rng rng = rng_of(seed);
        struct buf shared = buf_begin(job.arena);
        struct buf ours = buf_begin(job.arena);
        struct buf theirs = buf_begin(job.arena);
        put_words(&shared, &rng, ORIGIN_SHARED, "s");
        put_words(&ours, &rng, rng_below(&rng, 200), "o");
        put_words(&theirs, &rng, rng_below(&rng, 200), "t");
        const size_t from = ours.len;
        buf_str(&ours, buf_text(&shared));
        buf_str(&theirs, buf_text(&shared));
        const size_t to = ours.len;
        put_words(&ours, &rng, rng_below(&rng, 200), "p");
        put_words(&theirs, &rng, rng_below(&rng, 200), "u");
        const struct gate_findings found =
            look(index_of("theirs.txt", buf_text(&theirs)), buf_text(&ours), "ours.txt");
        assert_int_equal(found.count, 1);
        assert_int_equal(found.item[0].copied.run, ORIGIN_SHARED);
        assert_int_equal(found.item[0].start, from);
        assert_int_equal(found.item[0].end, to - 1);
        assert_true(str_is(found.item[0].source, "theirs.txt"));
    }
}

static const char theirs[] =
    "function total(cart, rate) {\n"
    "    let sum = 0;\n"
    "    for (const line of cart.lines) {\n"
    "        if (!line.free) sum += line.price * line.count; // what they pay\n"
    "    }\n"
    "    return { net: sum, gross: Math.round(sum * (1 + rate)) };\n"
    "}\n";

static const struct copy_row {
    const char *name;
    const char *text;
    bool is_found;
} copy_row[] = {
    {"renamed.js",
     "const a = 1;\nfunction f(b,r){ let s=7; /* other */ for(const l of b.items){ if(!l.gift) "
     "s+=l.cost*l.n; } return {n:s, g:Math.ceil(s*(2+r))}; }\nstart();",
     true},
    {"other.js",
     "export async function load(url) { const answer = await fetch(url); if (!answer.ok) throw new "
     "Error('no'); return (await answer.json()).map((x) => x.id).filter(Boolean); }",
     false},
    {"short.js", "let s=7; for(const l of b.items){ if(!l.gift) s+=l.cost }", false},
    {"prose.txt", "A function of the cart and the rate: for each line the sum grows.", false},
};

static void renaming_hides_nothing(void **state)
{
    (void)state;
    const struct origin_index *index = index_of("shop/cart.js", str_of(theirs));
    for (size_t i = 0; i < sizeof copy_row / sizeof copy_row[0]; i++) {
        const struct gate_findings found = look(index, str_of(copy_row[i].text), copy_row[i].name);
        if ((found.count > 0) != copy_row[i].is_found) {
            fail_msg("%s: %zu findings", copy_row[i].name, found.count);
        }
    }
    const struct gate_findings itself = look(index, str_of(theirs), "site/shop/cart.js");
    assert_int_equal(itself.count, 0);
}

static void share_and_longest_run_are_told(void **state)
{
    (void)state;
    struct rng rng = rng_of(9);
    struct buf both = buf_begin(job.arena);
    struct buf ours = buf_begin(job.arena);
    put_words(&both, &rng, 60, "s");
    buf_str(&ours, buf_text(&both));
    put_words(&ours, &rng, 40, "o");
    const struct gate_findings found =
        look(index_of("a.txt", buf_text(&both)), buf_text(&ours), "b.txt");
    assert_int_equal(found.count, 1);
    assert_int_equal(found.item[0].copied.share, 60);
    assert_int_equal(found.item[0].copied.longest, 60);
}

static void a_text_that_repeats_itself_ends_soon(void **state)
{
    (void)state;
    struct buf text = buf_begin(job.arena);
    for (size_t i = 0; i < 40000; i++) {
        buf_format(&text, "a%zu b c d e f%zu g h i j k l ", i % 7, i % 3);
    }
    const uint64_t begun = host_ticks();
    (void)look(index_of("x.txt", buf_text(&text)), buf_text(&text), "y.txt");
    assert_true(host_ticks() - begun < UINT64_C(20000000000));
}

static void an_index_comes_back_as_it_was(void **state)
{
    (void)state;
    struct origin_index *index = origin_begin(job.arena);
    struct origin_index *read = NULL;
    struct buf once = buf_begin(job.arena);
    struct buf again = buf_begin(job.arena);
    assert_int_equal(origin_add(&job, index, STR("cart.js"), str_of(theirs)), CANDOR_OK);
    assert_int_equal(origin_add(&job, index, STR("empty.txt"), STR("")), CANDOR_OK);
    assert_int_equal(origin_add_licence(&job, index, STR("A-1"), STR("Do what you want with it.")),
                     CANDOR_OK);
    assert_int_equal(origin_add_licence(&job, index, STR("A-2"), STR("do what you want with IT")),
                     CANDOR_OK);
    assert_int_equal(origin_end(&job, index), CANDOR_OK);
    origin_write(index, &once);
    assert_int_equal(origin_read(&job, buf_all(&once), &read), CANDOR_OK);
    origin_write(read, &again);
    assert_int_equal(once.len, again.len);
    assert_memory_equal(once.ptr, again.ptr, once.len);
    const struct origin_counts counts = origin_counts(read);
    assert_int_equal(counts.texts, 2);
    assert_int_equal(counts.licences, 2);
    assert_int_equal(counts.licence_texts, 1);
    for (size_t len = 0; len < once.len; len++) {
        assert_int_equal(origin_read(&job, (struct bytes){once.ptr, len}, &read), CANDOR_BAD_INPUT);
    }
    for (size_t at = 0; at < once.len; at++) {
        once.ptr[at] ^= 0x41;
        const enum candor_status status = origin_read(&job, buf_all(&once), &read);
        assert_true(status == CANDOR_OK || status == CANDOR_BAD_INPUT);
        once.ptr[at] ^= 0x41;
    }
}

static void an_empty_text_is_one_as_well(void **state)
{
    (void)state;
    const struct origin_index *index = index_of("empty.txt", STR(""));
    assert_int_equal(origin_counts(index).texts, 1);
    assert_int_equal(look(index, STR(""), "other.txt").count, 0);
}

static void tokens_are_read_from_anything(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t count;
    } row[] = {{"", 0},          {"a = 'b c' // d\n", 3},    {"/* open", 0},
               {"'open\nx", 2},  {"`a\nb` + \"\\\"\"", 3},   {"x = /[/]'/.test(y)", 8},
               {"a / b / c", 5}, {"\"\"\"a\n'b\"\"\" c", 2}, {"\\", 1},
               {"'\\", 1}};
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct token token[32];
        struct token_reader reader = token_reader_of(str_of(row[i].text), TONGUE_SLASH);
        const size_t count = token_next(&reader, token, 32);
        if (count != row[i].count) {
            fail_msg("row %zu: %zu tokens", i, count);
        }
    }
}

static int begin(void **state)
{
    (void)state;
    job_begin(&job, host_real());
    return 0;
}

static int end(void **state)
{
    (void)state;
    job_end(&job);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_shared_run_of_35_words_is_always_found, begin, end),
        cmocka_unit_test_setup_teardown(renaming_hides_nothing, begin, end),
        cmocka_unit_test_setup_teardown(share_and_longest_run_are_told, begin, end),
        cmocka_unit_test_setup_teardown(a_text_that_repeats_itself_ends_soon, begin, end),
        cmocka_unit_test_setup_teardown(an_index_comes_back_as_it_was, begin, end),
        cmocka_unit_test_setup_teardown(an_empty_text_is_one_as_well, begin, end),
        cmocka_unit_test_setup_teardown(tokens_are_read_from_anything, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
