/*
 * test_shape.c - shapes against what they mean, and against another way to match.
 */
#include <string.h>

#include "inside.h"

#include "testing.h"

static const struct row {
    const char *pattern;
    const char *text;
    int end; /* -1: does not fit */
} row[] = {
    {"abc", "abcd", 3},
    {"abc", "abd", -1},
    {"[a-c]{2,3}", "abcabc", 3},
    {"[^a]", "a", -1},
    {"a|bc|d", "bcx", 2},
    {"(a|ab)c", "abc", 3},
    {"a*ab", "aaab", 4},
    {"(ab){2}", "ababab", 4},
    {"(ab){1,3}c", "abababc", 7},
    {"(ab)?c", "c", 1},
    {"\\d+\\b", "123 ", 3},
    {"\\d+\\b", "123a", -1},
    {"a\\z", "a", 1},
    {"a\\z", "ab", -1},
    {"a\\e", "a\"", 1},
    {"a\\e", "a\\n", 1},
    {"a\\e", "ab", -1},
    {"\\x41.", "A\n", -1},
    {"(a|b|c){3}d", "abcd", 4},
    {"(1|6\\d)\\d{2}\\z", "612", -1},
    {"(1|6\\d)\\d{2}\\z", "6123", 4},
    {"[\\-a]+", "-a-b", 3},
    {"a{3,}", "aaaa", 4},
    {"a{3,}", "aa", -1},
};

static void a_shape_fits_what_it_says(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        size_t end = 0;
        const struct shape *shape = shape_begin(arena, row[i].pattern);
        expect(shape != NULL, "%s", row[i].pattern);
        const bool fits = shape_fits(shape, str_of(row[i].text), 0, &end);
        expect((fits ? (int)end : -1) == row[i].end, "%s on %s: %d", row[i].pattern, row[i].text,
               fits ? (int)end : -1);
    }
    arena_end(arena);
}

static void what_is_no_pattern_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"(a", "a)", "[a", "a{3", "a{4,2}", "\\", "a{99999}"};
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect(shape_begin(arena, bad[i]) == NULL, "%s", bad[i]);
    }
    arena_end(arena);
}

/* Patterns of a, b, groups and counts, matched by trying every way to split the text. */
static bool slow_row(const char *pattern, size_t len, const char *text);

static size_t close_of(const char *pattern, size_t at)
{
    size_t depth = 0;
    for (;; at++) {
        depth += pattern[at] == '(';
        depth -= pattern[at] == ')';
        if (depth == 0) {
            return at;
        }
    }
}

static bool slow_choices(const char *pattern, size_t len, const char *text)
{
    size_t depth = 0;
    size_t from = 0;
    for (size_t i = 0; i <= len; i++) {
        if (i < len) {
            depth += pattern[i] == '(';
            depth -= pattern[i] == ')';
        }
        if (i == len || (pattern[i] == '|' && depth == 0)) {
            if (slow_row(pattern + from, i - from, text)) {
                return true;
            }
            from = i + 1;
        }
    }
    return false;
}

static bool slow_row(const char *pattern, size_t len, const char *text)
{
    if (len == 0) {
        return text[0] == '\0';
    }
    const size_t one = pattern[0] == '(' ? close_of(pattern, 0) + 1 : 1;
    const bool is_maybe = one < len && pattern[one] == '?';
    const char *rest = pattern + one + is_maybe;
    const size_t rest_len = len - one - is_maybe;
    if (is_maybe && slow_row(rest, rest_len, text)) {
        return true;
    }
    for (size_t cut = 0; cut <= strlen(text); cut++) {
        char left[16] = {0};
        memcpy(left, text, cut);
        const bool fits = pattern[0] == '(' ? slow_choices(pattern + 1, one - 2, left)
                                            : cut == 1 && left[0] == pattern[0];
        if (fits && slow_row(rest, rest_len, text + cut)) {
            return true;
        }
    }
    return false;
}

static void make_row(uint64_t *seed, char *pattern, unsigned depth)
{
    for (size_t parts = 1 + draw(seed) % 3; parts > 0; parts--) {
        const uint64_t kind = draw(seed) % (depth < 2 ? 4 : 3);
        if (kind == 3) {
            strcat(pattern, "(");
            make_row(seed, pattern, depth + 1);
            if (draw(seed) % 2 == 0) {
                strcat(pattern, "|");
                make_row(seed, pattern, depth + 1);
            }
            strcat(pattern, draw(seed) % 3 == 0 ? ")?" : ")");
        } else {
            strcat(pattern, kind == 0 ? "a" : kind == 1 ? "b" : "b?");
        }
    }
}

static void it_is_as_trying_everything(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (unsigned round = 0; round < 3000; round++) {
        char pattern[400] = "";
        char whole[420];
        char text[10] = "";
        struct arena *arena = arena_begin();
        make_row(&seed, pattern, 0);
        for (size_t i = draw(&seed) % 7; i > 0; i--) {
            strcat(text, draw(&seed) % 2 == 0 ? "a" : "b");
        }
        strcat(strcat(strcpy(whole, "("), pattern), ")\\z");
        size_t end = 0;
        const struct shape *shape = shape_begin(arena, whole);
        expect(shape != NULL, "%s", whole);
        expect(shape_fits(shape, str_of(text), 0, &end) == slow_row(pattern, strlen(pattern), text),
               "round %u: %s on '%s'", round, whole, text);
        expect(!shape_fits(shape, str_of(text), 0, &end) || strlen(text) <= shape_longest(shape),
               "round %u: %s on '%s': %zu", round, whole, text, shape_longest(shape));
        arena_end(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shape_fits_what_it_says),
        cmocka_unit_test(what_is_no_pattern_is_refused),
        cmocka_unit_test(it_is_as_trying_everything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
