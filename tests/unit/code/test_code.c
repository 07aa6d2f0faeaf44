/*
 * test_code.c - every rule finds what it must and lets be what it must; hostile programs end.
 */
#include "code.h"

#include <string.h>

#include "testing.h"

static const struct row {
    enum code_language language;
    const char *text;
    const char *bad; /* a rule that finds something in it; NULL: it is there for `ok` */
    const char *ok;  /* a rule that finds nothing in it */
} row[] = {
#define BAD(language, rule, text) {CODE_##language, text, rule, NULL},
#define OK(language, rule, text) {CODE_##language, text, NULL, rule},
#include "cases.def"
#include "cases_programs.def"
#include "cases_sql.def"
#undef BAD
#undef OK
};
enum { ROWS = sizeof row / sizeof row[0] };

static const char *const rule_name[] = {
#define RULE(id, name, cwe, rank, what, fix) name,
#include "rules.def"
#undef RULE
};

static bool has(const struct code_findings *found, const char *rule)
{
    for (size_t i = 0; i < found->count; i++) {
        if (strcmp(found->item[i].rule, rule) == 0) {
            return true;
        }
    }
    return false;
}

static void each_case_is_what_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROWS; i++) {
        struct arena *arena = arena_begin();
        struct code_findings found = {.arena = arena};
        code_scan(str_of(row[i].text), row[i].language, &found);
        if (row[i].bad != NULL) {
            expect(has(&found, row[i].bad), "%s in %s: %zu found", row[i].bad, row[i].text,
                   found.count);
        } else {
            expect(!has(&found, row[i].ok), "%s in %s", row[i].ok, row[i].text);
        }
        arena_end(arena);
    }
}

static void each_rule_has_a_bad_and_an_ok_case(void **state)
{
    (void)state;
    for (size_t r = 1; r < sizeof rule_name / sizeof rule_name[0]; r++) {
        bool is_bad = false;
        bool is_ok = false;
        for (size_t i = 0; i < ROWS; i++) {
            is_bad = is_bad || (row[i].bad != NULL && strcmp(row[i].bad, rule_name[r]) == 0);
            is_ok = is_ok || (row[i].ok != NULL && strcmp(row[i].ok, rule_name[r]) == 0);
        }
        expect(is_bad, "%s has no bad case", rule_name[r]);
        expect(is_ok, "%s has no ok case", rule_name[r]);
    }
}

static void a_way_leads_from_the_source_to_the_sink(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct code_findings found = {.arena = arena};
    const struct str text =
        STR("const q = location.hash;\nconst r = q.slice(1);\ndocument.write(r);\n");
    code_scan(text, CODE_JAVASCRIPT, &found);
    expect(has(&found, "cdr.code.dom-xss") && found.item[0].step_count >= 3, "%zu",
           found.count == 0 ? 0 : found.item[0].step_count);
    const struct code_step *step = found.item[0].step;
    expect(str_equal(str_slice(text, step[0].start, step[0].end), STR("location")), "%zu",
           step[0].start);
    arena_end(arena);
}

/* A text made of one piece over and over. */
static struct str repeated(struct arena *arena, const char *piece, size_t count)
{
    struct buf buf = buf_begin(arena);
    for (size_t i = 0; i < count; i++) {
        buf_str(&buf, str_of(piece));
    }
    return buf_text(&buf);
}

static void deep_and_long_texts_end(void **state)
{
    (void)state;
    static const struct {
        enum code_language language;
        const char *piece;
        size_t count;
    } hostile[] = {
        {CODE_JAVASCRIPT, "[", 100000},
        {CODE_JAVASCRIPT, "f(", 100000},
        {CODE_JAVASCRIPT, "a.b().", 30000},
        {CODE_JAVASCRIPT, "x+", 100000},
        {CODE_JAVASCRIPT, "if(a)", 50000},
        {CODE_JAVASCRIPT, "a?b:", 30000},
        {CODE_JAVASCRIPT, "x=>", 30000},
        {CODE_JAVASCRIPT, "`${", 20000},
        {CODE_PYTHON, "(", 100000},
        {CODE_PYTHON, "if a:\n ", 2000},
        {CODE_PHP, "<?php [", 20000},
        {CODE_HTML, "<div>", 200000},
        {CODE_TYPESCRIPT, "<a>", 20000},
        {CODE_JAVASCRIPT, "function f(){", 20000},
        {CODE_JAVASCRIPT, "a&&", 30000},
        {CODE_HTML, "<script>", 20000},
        {CODE_JAVASCRIPT, "\xff\x00\xfe", 10000},
        {CODE_CSS, "a{", 200000},
        {CODE_CSS, "url(", 200000},
        {CODE_CSS, "/*\"", 200000},
        {CODE_SQL, "(", 300000},
        {CODE_SQL, "select ", 200000},
        {CODE_SQL, "'\\'", 300000},
        {CODE_SQL, "/*", 300000},
        {CODE_SQL, "$a$", 100000},
        {CODE_SQL, "grant ", 200000},
        {CODE_SQL, "delete from a ", 80000},
        {CODE_SQL, "select email from a where (b or ", 30000},
        {CODE_SQL, "execute('", 100000},
        {CODE_SQL, "insert into a(password) values (", 30000},
        {CODE_SQL, "set @a = @a + ", 80000},
        {CODE_SQL, "create table a(", 80000},
        {CODE_SQL, "select hashbytes('SHA1', a from b; ", 200},
        {CODE_SQL, "@'%' ", 200},
        {CODE_HTML, "<div class=cookie>", 20000},
        {CODE_HTML, "<p style='a:url(", 20000},
    };
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        struct arena *arena = arena_begin();
        struct code_findings found = {.arena = arena};
        const uint64_t before = host_ticks();
        code_scan(repeated(arena, hostile[i].piece, hostile[i].count), hostile[i].language, &found);
        expect(host_ticks() - before < UINT64_C(60000000000), "%s", hostile[i].piece);
        for (size_t f = 0; f < found.count; f++) {
            expect(found.item[f].start <= found.item[f].end, "%s", hostile[i].piece);
        }
        arena_end(arena);
    }
}

static void a_file_that_is_too_large_is_not_silently_clean(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct code_findings found = {.arena = arena};
    code_scan(repeated(arena, "a = 1;\n", 700000), CODE_JAVASCRIPT, &found);
    expect(found.count == 1 && found.item[0].is_open, "%zu", found.count);
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_case_is_what_it_is),
        cmocka_unit_test(each_rule_has_a_bad_and_an_ok_case),
        cmocka_unit_test(a_way_leads_from_the_source_to_the_sink),
        cmocka_unit_test(deep_and_long_texts_end),
        cmocka_unit_test(a_file_that_is_too_large_is_not_silently_clean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
