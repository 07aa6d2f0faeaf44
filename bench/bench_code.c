/*
 * bench_code.c - how fast programs and pages are checked, beside tree-sitter alone on the same text in the same run.
 *
 *   bench_code [FOLDER...]    every program and page below, each record of a data.jsonl as a text of its own; without,
 *                             the labelled texts of the gate in ../shared/data/gate
 *
 * tree-sitter's own parse is the floor: nothing that reads its tree takes less. It gets the pieces that the code room
 * reads, from a parser that is made once. Pages, sheets and SQL have readers of our own, so there is no floor for them.
 * Times are of this thread (CPU), the best of several; the percentiles are of single texts of 40 to 64 KB.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <tree_sitter/api.h>

#include "code_texts.h"
#include "inside.h"

const TSLanguage *tree_sitter_javascript(void);
const TSLanguage *tree_sitter_typescript(void);
const TSLanguage *tree_sitter_tsx(void);
const TSLanguage *tree_sitter_python(void);
const TSLanguage *tree_sitter_php(void);

enum { RUNS = 3, PAGE_LEAST = 40000, PAGE_MOST = 64 << 10 };

static const char *const language_name[CODE_LANGUAGES] = {[CODE_JAVASCRIPT] = "JavaScript",
                                                          [CODE_TYPESCRIPT] = "TypeScript",
                                                          [CODE_TSX] = "TSX",
                                                          [CODE_PYTHON] = "Python",
                                                          [CODE_PHP] = "PHP",
                                                          [CODE_HTML] = "pages",
                                                          [CODE_CSS] = "sheets",
                                                          [CODE_SQL] = "SQL"};

static double cpu_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

/* ---- both readers ------------------------------------------------------------------------------ */

static size_t check_text(struct str text, enum code_language language)
{
    struct arena *arena = arena_begin();
    struct code_findings findings = {.arena = arena};
    code_scan(text, language, &findings);
    arena_end(arena);
    return findings.count;
}

static const TSLanguage *grammar_of(enum code_language language)
{
    return language == CODE_JAVASCRIPT   ? tree_sitter_javascript()
           : language == CODE_TYPESCRIPT ? tree_sitter_typescript()
           : language == CODE_TSX        ? tree_sitter_tsx()
           : language == CODE_PYTHON     ? tree_sitter_python()
           : language == CODE_PHP        ? tree_sitter_php()
                                         : NULL;
}

/* What the code room parses: piece by piece, PHP that does not begin with its mark with it. */
static double parse_seconds(TSParser *parser, struct arena *arena, const struct code_text *one)
{
    double seconds = 0;
    for (size_t at = 0; at < one->text.len;) {
        const size_t end = piece_end(one->text, at);
        struct str piece = str_slice(one->text, at, end);
        if (one->language == CODE_PHP && (at > 0 || !str_contains(piece, STR("<?")))) {
            piece = str_format(arena, "<?php %.*s", STR_ARG(piece));
        }
        const double begun = cpu_now();
        ts_tree_delete(ts_parser_parse_string(parser, NULL, piece.ptr, (uint32_t)piece.len));
        seconds += cpu_now() - begun;
        at = end;
    }
    return seconds;
}

static int by_time(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return *a < *b ? -1 : *a > *b;
}

static void tell_pages(double time[], size_t count)
{
    if (count == 0) {
        printf("\n");
        return;
    }
    qsort(time, count, sizeof *time, by_time);
    printf("   %4zu of about 50 KB: %6.2f ms half, %6.2f ms 99 of 100\n", count,
           time[count / 2] * 1e3, time[(count * 99 + 99) / 100 - 1] * 1e3);
}

struct sum {
    size_t count;
    size_t bytes;
    size_t found;
    double ours; /* seconds */
    double theirs;
    double page[TEXTS_MAX]; /* seconds of each text of about 50 KB */
    size_t pages;
};

static void measure(TSParser *parser, const struct code_text *one, struct sum *sum)
{
    double ours = 1e9;
    double theirs = parser == NULL ? 0 : 1e9;
    size_t found = 0;
    for (size_t run = 0; run < RUNS; run++) {
        struct arena *arena = arena_begin();
        const double begun = cpu_now();
        found = check_text(one->text, one->language);
        const double took = cpu_now() - begun;
        const double parsed = parser == NULL ? 0 : parse_seconds(parser, arena, one);
        ours = took < ours ? took : ours;
        theirs = parsed < theirs ? parsed : theirs;
        arena_end(arena);
    }
    sum->count++;
    sum->bytes += one->text.len;
    sum->found += found;
    sum->ours += ours;
    sum->theirs += theirs;
    if (one->text.len >= PAGE_LEAST && one->text.len <= PAGE_MOST) {
        sum->page[sum->pages++] = ours;
    }
}

static void tell(const struct texts *texts, enum code_language language, enum form form)
{
    static struct sum sum;
    const TSLanguage *grammar = grammar_of(language);
    TSParser *parser = grammar == NULL ? NULL : ts_parser_new();
    if (parser != NULL && !ts_parser_set_language(parser, grammar)) {
        (void)fprintf(stderr, "tree-sitter refuses the grammar of %s\n", language_name[language]);
        exit(2);
    }
    sum = (struct sum){0};
    for (size_t i = 0; i < texts->count; i++) {
        if (texts->one[i].language == language && texts->one[i].form == form) {
            measure(parser, &texts->one[i], &sum);
        }
    }
    ts_parser_delete(parser);
    if (sum.count == 0) {
        return;
    }
    printf("%-10s %-9s %5zu %6zu KB %5zu findings %7.2f MB/s", language_name[language],
           form == FILES ? "files" : "fragments", sum.count, sum.bytes >> 10, sum.found,
           (double)sum.bytes / sum.ours / 1e6);
    if (parser != NULL) {
        printf("   tree-sitter alone %6.2f MB/s, ratio %.2f", (double)sum.bytes / sum.theirs / 1e6,
               sum.ours / sum.theirs);
    }
    tell_pages(sum.page, sum.pages);
}

int main(int argc, char **argv)
{
    static char none[] = "../shared/data/gate";
    char *const without[] = {none};
    struct job job;
    job_begin(&job, host_real());
    struct texts *texts =
        argc > 1 ? texts_below(&job, argv + 1, (size_t)argc - 1) : texts_below(&job, without, 1);
    const double begun = cpu_now();
    (void)check_text(STR("f(1)"), CODE_JAVASCRIPT);
    printf("a first line checked in %.2f ms\n", (cpu_now() - begun) * 1e3);
    for (int language = CODE_NONE + 1; language < CODE_LANGUAGES; language++) {
        for (int form = 0; form < FORMS; form++) {
            tell(texts, (enum code_language)language, (enum form)form);
        }
    }
    job_end(&job);
    return 0;
}
