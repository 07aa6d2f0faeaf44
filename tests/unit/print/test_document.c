/*
 * test_document.c - a document, and what its writers say of it: the same, and nothing unescaped.
 */
#include <math.h>

#include "print.h"
#include "testing.h"

static const char *const column[] = {"Legal basis", "#People"};

/* One of everything. */
static struct document sample(struct job *job)
{
    struct document document =
        document_begin(job->arena, LIT("ropa"), LIT("Record"), STR("<Marlow> & Finch"));
    document.law = STR("Article 30");
    document.summary = STR("What ran.");
    document.author = STR("an operator");
    document.made = INT64_C(1764288000000000); /* 2025-11-28 */
    document.from = document.made - 365 * MICROS_PER_DAY;
    document.until = document.made;
    document_section(&document, STR("First \"one\""));
    document_text(&document, VERDICT_NONE, STR("A paragraph <b>."));
    document_text(&document, VERDICT_OPEN, STR("Write this."));
    document_facts(&document, STR("Facts"));
    document_fact(&document, STR("Kept"), cell_count(job->arena, 12345))->entries =
        (struct entries){2, 7, 8};
    document_table(&document, STR("Table"), column, 2, STR("Nothing."));
    const struct doc_cell cell[] = {cell_text_of(STR("consent")), cell_people(job->arena, 9)};
    struct doc_row *row = document_row(&document, cell, 2);
    row->verdict = VERDICT_BAD;
    row->entries = (struct entries){3, 10, 20};
    document_figures(&document);
    const struct doc_cell figure[] = {cell_text_of(STR("In time")), cell_share(job->arena, 0.975),
                                      cell_share(job->arena, (double)NAN),
                                      cell_text_of(STR("Limit: 100 %"))};
    document_row(&document, figure, 4)->verdict = VERDICT_WATCH;
    document_bars(&document, STR("By month"), STR("None."));
    const struct doc_cell bar[] = {cell_text_of(STR("2025-11")), cell_count(job->arena, 4)};
    document_row(&document, bar, 2)->share = 0.5;
    document_table(&document, STR("Empty"), column, 2, STR("There is nothing."));
    return document;
}

static void begin(struct job *job)
{
    job_begin(job, host_real());
}

static bool has(struct str text, const char *part)
{
    return str_contains(text, str_of(part));
}

static void entries_are_the_least_and_the_greatest_and_how_many(void **state)
{
    uint64_t seed = 11;
    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        struct entries fast = {0};
        uint64_t least = UINT64_MAX;
        uint64_t most = 0;
        const uint64_t count = draw(&seed) % 20;
        for (uint64_t i = 0; i < count; i++) {
            const uint64_t index = draw(&seed) % 1000;
            entries_add(&fast, index);
            least = index < least ? index : least;
            most = index > most ? index : most;
        }
        expect(fast.count == count, "round %u", round);
        expect(count == 0 || (fast.first == least && fast.last == most), "round %u", round);
    }
}

static void entries_read_as_people_say_them(void **state)
{
    static const struct {
        struct entries entries;
        const char *text;
    } row[] = {
        {{0, 0, 0}, ""},
        {{1, 7, 7}, "7"},
        {{2, 7, 8}, "7 to 8"},
        {{3, 10, 20}, "3 of 10 to 20"},
    };
    struct job job;
    (void)state;
    begin(&job);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(str_is(entries_text(job.arena, &row[i].entries), row[i].text), "row %zu", i);
    }
    job_end(&job);
}

static void few_people_are_not_counted_out(void **state)
{
    struct job job;
    (void)state;
    begin(&job);
    for (uint64_t count = 0; count < 40; count++) {
        const struct doc_cell cell = cell_people(job.arena, count);
        const bool is_told = count == 0 || count >= DOC_FEW;
        expect(cell.is_number == is_told, "%llu", (unsigned long long)count);
        expect(is_told || str_is(cell.text, "fewer than 10"), "%llu", (unsigned long long)count);
    }
    job_end(&job);
}

static void a_title_is_a_key(void **state)
{
    static const struct {
        const char *title;
        const char *key;
    } row[] = {{"Legal basis", "legal_basis"},
               {"  In time, %  ", "in_time"},
               {"95 % from", "95_from"},
               {"", ""}};
    struct job job;
    (void)state;
    begin(&job);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        expect(str_is(document_key(job.arena, str_of(row[i].title)), row[i].key), "%s",
               row[i].title);
    }
    job_end(&job);
}

static void json_has_the_numbers_behind_the_words(void **state)
{
    struct job job;
    struct json json;
    const struct value *root = NULL;
    (void)state;
    begin(&job);
    const struct document document = sample(&job);
    struct buf buf = buf_begin(job.arena);
    json_begin(&json, &buf, false);
    document_json(&json, &document);
    json_end(&json);
    assert_int_equal(json_read(&job, buf_all(&buf), NULL, "it", &root), CANDOR_OK);
    const struct value *block = value_get(&value_get(root, "sections")->item[0], "blocks");
    assert_int_equal(block->count, 7);
    const struct value *fact = &value_get(&block->item[2], "facts")->item[0];
    assert_int_equal(value_get(fact, "value")->integer, 12345);
    assert_true(str_is(value_text_at(fact, "key"), "kept"));
    assert_int_equal(value_get(value_get(fact, "ledger"), "last")->integer, 8);
    const struct value *row = &value_get(&block->item[3], "table")->item[0];
    assert_true(str_is(value_text_at(row, "people"), "fewer than 10"));
    assert_true(str_is(value_text_at(row, "verdict"), "bad"));
    const struct value *figure = &value_get(&block->item[4], "figures")->item[0];
    assert_true(value_get(figure, "value")->number == 0.975);
    assert_int_equal(value_get(&block->item[6], "table")->count, 0);
    job_end(&job);
}

static void a_page_escapes_and_shows_everything(void **state)
{
    struct job job;
    (void)state;
    begin(&job);
    struct document document = sample(&job);
    document.has_entry = true;
    document.entry = 99;
    document.digest = STR("abcdef");
    const struct str page = document_as_html(&document);
    assert_true(has(page, "&lt;Marlow&gt; &amp; Finch"));
    assert_false(has(page, "<Marlow>"));
    assert_false(has(page, "<script"));
    assert_true(has(page, "A paragraph &lt;b&gt;."));
    assert_true(has(page, "<a href=\"/v1/ledger/proof/10\">10</a>"));
    assert_true(has(page, "12,345"));
    assert_true(has(page, "There is nothing."));
    assert_true(has(page, "<a href=\"/v1/ledger/proof/99\">99</a>"));
    assert_true(has(page, "abcdef"));
    assert_true(has(page, "table-header-group"));
    job_end(&job);
}

static void a_text_is_within_its_width_and_steers_no_terminal(void **state)
{
    struct job job;
    (void)state;
    begin(&job);
    struct document document = sample(&job);
    document.title = STR("A\x1b[31m red \x7f name");
    struct str rest = document_as_text(&document);
    assert_false(has(rest, "\x1b"));
    assert_false(has(rest, "\x7f"));
    assert_true(has(rest, "97.5"));
    assert_true(has(rest, "[act] ledger 3 of 10 to 20"));
    while (rest.ptr != NULL) {
        const struct str line = str_cut(&rest, '\n');
        expect(line.len <= 160, "%.*s", STR_ARG(line));
    }
    job_end(&job);
}

/* A table that would be wider than the terminal is a list for each row; nothing of it is cut. */
static void a_wide_table_loses_nothing(void **state)
{
    static const char *const wide[] = {"One", "Two", "Three"};
    struct job job;
    (void)state;
    begin(&job);
    struct document document = document_begin(job.arena, LIT("x"), LIT("X"), STR("Y"));
    document_section(&document, STR("S"));
    document_table(&document, STR(""), wide, 3, STR(""));
    const struct str words = STR("many words that go on and on and on and on to the very last one");
    const struct doc_cell cell[] = {cell_text_of(words), cell_text_of(words), cell_text_of(words)};
    document_row(&document, cell, 3);
    const struct str text = document_as_text(&document);
    assert_true(has(text, "Three: many words"));
    assert_true(has(text, "very last one"));
    job_end(&job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_the_least_and_the_greatest_and_how_many),
        cmocka_unit_test(entries_read_as_people_say_them),
        cmocka_unit_test(few_people_are_not_counted_out),
        cmocka_unit_test(a_title_is_a_key),
        cmocka_unit_test(json_has_the_numbers_behind_the_words),
        cmocka_unit_test(a_page_escapes_and_shows_everything),
        cmocka_unit_test(a_text_is_within_its_width_and_steers_no_terminal),
        cmocka_unit_test(a_wide_table_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
