/*
 * test_pages.c - pairs of pages and of queries: one with a flaw, and one that does the same rightly (tests/pages).
 *
 * The pairs were written before the rules for them, and are cut in two by a hash of their names: rules are mended by what
 * the first half shows, so only its failures are named; of the other half only how many there are is said. A page that is
 * right is a false alarm when the rule of its pair finds something in it, or any rule that is not low.
 */
#include "code.h"

#include "testing.h"

struct pair {
    struct str name;
    struct str rule; /* without its "cdr.code."; "-": any */
    struct str wrong;
    struct str right;
    enum code_language language;
};

struct half {
    size_t pairs;
    size_t wrong;
    size_t found;
    size_t alarms;
};

static char **pages;
static int page_count;

static bool is_held(struct str name)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < name.len; i++) {
        hash = (hash ^ (unsigned char)name.ptr[i]) * 16777619u;
    }
    return (hash >> 16 & 1) != 0;
}

static bool is_rule(const struct code_finding *one, struct str rule)
{
    const struct str name = str_of(one->rule);
    return str_starts(name, STR("cdr.code.")) && str_equal(str_slice(name, 9, name.len), rule);
}

static const char *alarm_of(struct str text, enum code_language language, struct str rule,
                            bool is_rule_only)
{
    struct arena *arena = arena_begin();
    struct code_findings found = {.arena = arena};
    const char *alarm = NULL;
    code_scan(text, language, &found);
    for (size_t i = 0; i < found.count && alarm == NULL; i++) {
        const struct code_finding *one = &found.item[i];
        if (is_rule(one, rule) || (!is_rule_only && one->rank > CODE_LOW)) {
            alarm = one->rule;
        }
    }
    arena_end(arena);
    return alarm;
}

static void look_at(const struct pair *pair, struct half *half)
{
    const bool is_held_out = is_held(pair->name);
    struct half *own = &half[is_held_out];
    own->pairs++;
    if (!str_is(pair->rule, "-")) {
        own->wrong++;
        if (alarm_of(pair->wrong, pair->language, pair->rule, true) != NULL) {
            own->found++;
        } else if (!is_held_out) {
            print_message("missed: %.*s (%.*s)\n", STR_ARG(pair->name), STR_ARG(pair->rule));
        }
    }
    const char *alarm = alarm_of(pair->right, pair->language, pair->rule, false);
    if (alarm != NULL) {
        own->alarms++;
        if (!is_held_out) {
            print_message("false: %.*s (%s)\n", STR_ARG(pair->name), alarm);
        }
    }
}

static size_t line_end(struct str text, size_t at)
{
    at += str_find(str_slice(text, at, text.len), '\n');
    return at < text.len ? at + 1 : at;
}

/* The text up to the next line that begins so. */
static struct str block(struct str text, size_t *at, struct str stop)
{
    const size_t from = *at;
    while (*at < text.len && !str_starts(str_slice(text, *at, text.len), stop)) {
        *at = line_end(text, *at);
    }
    return str_slice(text, from, *at);
}

static void look_at_file(struct str text, enum code_language language, struct half *half)
{
    size_t at = 0;
    (void)block(text, &at, STR("==== "));
    while (at < text.len) {
        const size_t end = line_end(text, at);
        const struct str head = str_trim(str_slice(text, at + 5, end));
        const size_t space = str_find(head, ' ');
        struct pair pair = {.name = str_slice(head, 0, space),
                            .rule = str_trim(str_slice(head, space, head.len)),
                            .language = language};
        at = end;
        pair.wrong = block(text, &at, STR("---- ok"));
        at = line_end(text, at);
        pair.right = block(text, &at, STR("==== "));
        look_at(&pair, half);
    }
}

static void must_hold(const struct half *half, const char *what, size_t pairs)
{
    for (size_t h = 0; h < 2; h++) {
        print_message("%s, %s half: %zu of %zu found, %zu false alarms in %zu right ones\n", what,
                      h == 0 ? "first" : "held", half[h].found, half[h].wrong, half[h].alarms,
                      half[h].pairs);
    }
    expect(half[0].pairs + half[1].pairs >= pairs, "%zu pairs", half[0].pairs + half[1].pairs);
    for (size_t h = 0; h < 2; h++) {
        expect(half[h].found * 100 >= half[h].wrong * 95, "recall of half %zu of %s", h, what);
        expect(half[h].alarms * 100 <= half[h].pairs * 2, "false alarms of half %zu of %s", h,
               what);
    }
}

static void pages_with_flaws_are_found_and_right_ones_let_be(void **state)
{
    (void)state;
    struct half half[2][2] = {{{0}}}; /* of pages, of queries */
    struct arena *arena = arena_begin();
    struct job job = {.arena = arena};
    for (int i = 0; i < page_count; i++) {
        struct bytes bytes;
        expect(file_read(&job, str_of(pages[i]), 4 << 20, &bytes) == CANDOR_OK, "%s", pages[i]);
        const bool is_sql = code_language_of(str_of(pages[i])) == CODE_SQL;
        look_at_file((struct str){(const char *)bytes.ptr, bytes.len},
                     is_sql ? CODE_SQL : CODE_HTML, half[is_sql]);
    }
    arena_end(arena);
    must_hold(half[0], "pages", 200);
    must_hold(half[1], "queries", 80);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_with_flaws_are_found_and_right_ones_let_be),
    };
    pages = argv + 1;
    page_count = argc - 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
