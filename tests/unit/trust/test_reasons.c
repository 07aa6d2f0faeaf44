/*
 * test_reasons.c - which contributions become a sentence, in what order, and what the sentence says.
 */
#include <stdlib.h>
#include <string.h>

#include "trust.h"

#include "testing.h"

#define MORE ", which makes interest more likely than average."
#define LESS ", which makes interest less likely than average."

static struct reason_part part_of(const char *label, double contribution)
{
    return (struct reason_part){
        .label = str_of(label), .value = STR("1"), .contribution = contribution};
}

/* The sentences for parts labelled a, b, c ... as their first letters in order. */
static void said(const double *contribution, size_t count, bool raising, size_t reason_max,
                 char letters[32])
{
    static const char name[][2] = {"a", "b", "c", "d", "e", "f"};
    struct arena *arena = arena_begin();
    struct reason_part part[6];
    struct str reason[32];
    must(count <= sizeof part / sizeof part[0]);
    for (size_t p = 0; p < count; p++) {
        part[p] = part_of(name[p], contribution[p]);
    }
    const size_t written = reasons_of(arena, part, count, raising, reason, reason_max);
    assert_in_range(written, 0, reason_max);
    for (size_t r = 0; r < written; r++) {
        letters[r] = reason[r].ptr[0];
    }
    letters[written] = '\0';
    arena_end(arena);
}

static const struct {
    const char *name;
    double contribution[6];
    size_t count;
    bool raising;
    size_t max;
    const char *said;
} order[] = {
    {"nothing known", {0}, 0, true, 4, ""},
    {"the strongest first", {0.1, 0.5, 0.3}, 3, true, 4, "bca"},
    {"only what raises", {0.1, -0.5, 0.3}, 3, true, 4, "ca"},
    {"only what lowers, the lowest first", {0.1, -0.5, -0.7}, 3, false, 4, "cb"},
    {"zero has no direction", {0, 0}, 2, true, 4, ""},
    {"zero has no direction down either", {0, 0}, 2, false, 4, ""},
    {"of equals the first", {0.2, 0.2, 0.2}, 3, true, 2, "ab"},
    {"no more than asked", {0.1, 0.2, 0.3}, 3, true, 1, "c"},
    {"none when none is asked", {0.1}, 1, true, 0, ""},
    {"a twentieth of the strongest is said", {1, 0.05}, 2, true, 4, "ab"},
    {"less than a twentieth is not", {1, 0.0499}, 2, true, 4, "a"},
    {"a twentieth of the strongest of this direction", {-100, 1, 0.05}, 3, true, 4, "bc"},
    {"less than a twentieth downwards", {-1, -0.0499, 3}, 3, false, 4, "a"},
    {"one weak reason alone is the strongest", {0.001, -5}, 2, true, 4, "a"},
};

static void the_strongest_of_one_direction_come_first(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        char letters[32];
        said(order[i].contribution, order[i].count, order[i].raising, order[i].max, letters);
        expect(strcmp(letters, order[i].said) == 0, "%s: said '%s'", order[i].name, letters);
    }
}

static void there_are_never_more_than_sixteen_reasons(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    struct reason_part part[40];
    struct str reason[40];
    for (size_t p = 0; p < 40; p++) {
        part[p] = part_of("x", 1);
    }
    assert_int_equal(reasons_of(arena, part, 40, true, reason, 40), 16);
    arena_end(arena);
}

static const struct {
    const char *label;
    const char *value;
    const char *unit;
    const char *raises;
    const char *lowers;
    double contribution;
    const char *said;
} sentence[] = {
    {"Age", "40", "", "", "", 1, "Age: 40" MORE},
    {"Age", "40", "", "", "", -1, "Age: 40" LESS},
    {"Spent", "12.5", "EUR", "", "", 1, "Spent: 12.5 EUR" MORE},
    {"Age", "", "", "", "", 1, "Age is not known" MORE},
    {"Spent", "", "EUR", "", "", -1, "Spent is not known" LESS},
    {"Age", "40", "years", "{label} {value} {unit}!", "no", 1, "Age 40 years!"},
    {"Age", "40", "years", "no", "{unit} {unit}", -1, "years years"},
    {"Age", "40", "", "", "only lowers", 1, "Age: 40" MORE},
    {"Age", "40", "", "only raises", "", -1, "Age: 40" LESS},
    {"Age", "", "", "[{value}]", "", 1, "Age is not known" MORE},
    {"Age", "40", "", "{name} {label", "", 1, "{name} {label"},
    {"Age", "40", "", "{{label}}", "", 1, "{Age}"},
    {"Age", "40", "", "{", "", 1, "{"},
    {"{value}", "{unit}", "x", "{label} {value}", "", 1, "{value} {unit}"},
};

static void a_sentence_says_what_was_seen_and_which_way_it_weighs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sentence / sizeof sentence[0]; i++) {
        struct arena *arena = arena_begin();
        const struct reason_part part = {
            .label = str_of(sentence[i].label),
            .value = str_of(sentence[i].value),
            .unit = str_of(sentence[i].unit),
            .raises = str_of(sentence[i].raises),
            .lowers = str_of(sentence[i].lowers),
            .contribution = sentence[i].contribution,
        };
        struct str reason;
        assert_int_equal(reasons_of(arena, &part, 1, part.contribution > 0, &reason, 1), 1);
        expect(str_is(reason, sentence[i].said), "row %zu: %.*s", i, STR_ARG(reason));
        arena_end(arena);
    }
}

static void a_sentence_adds_no_word_and_no_number_of_its_own(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct reason_part part = {
        .label = STR("L"), .value = STR("V"), .unit = STR("U"), .contribution = 0.123456};
    struct str reason;
    assert_int_equal(reasons_of(arena, &part, 1, true, &reason, 1), 1);
    expect(str_is(reason, "L: V U" MORE), "%.*s", STR_ARG(reason));
    for (size_t i = 0; i < reason.len; i++) {
        expect(reason.ptr[i] < '0' || reason.ptr[i] > '9', "%.*s", STR_ARG(reason));
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_strongest_of_one_direction_come_first),
        cmocka_unit_test(there_are_never_more_than_sixteen_reasons),
        cmocka_unit_test(a_sentence_says_what_was_seen_and_which_way_it_weighs),
        cmocka_unit_test(a_sentence_adds_no_word_and_no_number_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
