/*
 * test_pdf.c - paper: whole files, the same bytes for the same document, many pages.
 */
#include "print.h"
#include "testing.h"

/* Fontconfig keeps a few hundred bytes of its own until the process ends. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig";
}

static const char *const column[] = {"What", "#How many", "Why"};

static struct document sample(struct job *job, size_t rows, size_t words)
{
    struct document document =
        document_begin(job->arena, LIT("ropa"), LIT("Record"), STR("Marlow & Finch"));
    struct buf long_text = buf_begin(job->arena);
    for (size_t w = 0; w < words; w++) {
        buf_lit(&long_text, LIT("words and "));
    }
    document.law = STR("Article 30");
    document.summary = STR("What ran, in \xc3\xbcn\xc3\xacp \xe2\x80\x93 too.");
    document.author = STR("an operator");
    document.made = INT64_C(1764288000123456);
    document_section(&document, STR("First"));
    document_text(&document, VERDICT_NONE, buf_text(&long_text));
    document_text(&document, VERDICT_OPEN, STR("Write this."));
    document_table(&document, STR("Table"), column, 3, STR("Nothing."));
    for (size_t r = 0; r < rows; r++) {
        const struct doc_cell cell[] = {cell_text_of(STR("a row")), cell_count(job->arena, r),
                                        cell_text_of(r == 3 ? buf_text(&long_text) : STR("short"))};
        document_row(&document, cell, 3)->entries = (struct entries){1, r, r};
    }
    document_figures(&document);
    const struct doc_cell figure[] = {cell_text_of(STR("In time")), cell_share(job->arena, 0.5),
                                      cell_text_of(STR("")), cell_text_of(STR("Limit: 100 %"))};
    document_row(&document, figure, 4)->verdict = VERDICT_BAD;
    document_bars(&document, STR("Bars"), STR("None."));
    const struct doc_cell bar[] = {cell_text_of(STR("2025-11")), cell_count(job->arena, 4)};
    document_row(&document, bar, 2)->share = 1;
    return document;
}

static struct bytes made(struct job *job, size_t rows, size_t words)
{
    const struct document document = sample(job, rows, words);
    struct bytes pdf = {NULL, 0};
    const enum candor_status status = document_as_pdf(job, &document, &pdf);
    expect(status == CANDOR_OK, "%s", job->message);
    return pdf;
}

static bool holds(struct bytes pdf, const char *part)
{
    return str_contains((struct str){(const char *)pdf.ptr, pdf.len}, str_of(part));
}

static void a_file_is_whole(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct bytes pdf = made(&job, 5, 10);
    assert_memory_equal(pdf.ptr, "%PDF-1.", 7);
    assert_memory_equal(pdf.ptr + pdf.len - 6, "%%EOF\n", 6);
    assert_true(holds(pdf, "Record: Marlow & Finch"));
    assert_true(holds(pdf, "/FontFile"));
    assert_true(holds(pdf, "/Outlines"));
    job_end(&job);
}

static void the_same_document_gives_the_same_bytes(void **state)
{
    struct job job;
    (void)state;
    job_begin(&job, host_real());
    const struct bytes first = made(&job, 200, 300);
    const struct bytes second = made(&job, 200, 300);
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.ptr, second.ptr, first.len);
    assert_true(holds(first, "20251128000000"));
    job_end(&job);
}

/* Cells longer than a page, no rows, thousands of rows: the layout ends, and more is longer. */
static void any_length_is_laid_out(void **state)
{
    static const struct {
        size_t rows;
        size_t words;
    } row[] = {{0, 0}, {1, 1}, {4, 4000}, {2000, 5}};
    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        struct job job;
        job_begin(&job, host_real());
        const struct bytes pdf = made(&job, row[i].rows, row[i].words);
        expect(pdf.len > 1000, "row %zu", i);
        job_end(&job);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_whole),
        cmocka_unit_test(the_same_document_gives_the_same_bytes),
        cmocka_unit_test(any_length_is_laid_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
