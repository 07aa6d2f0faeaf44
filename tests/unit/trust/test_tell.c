/*
 * test_tell.c - every sentence in every language: complete, with the same places, without causes; numbers and
 * dates; all of them with values in tests/golden/telling.txt, to be read and reviewed.
 *
 *     tests/test_trust_tell --update    write the golden file anew (in the build folder)
 */
#include "tell.h"

#include <stdio.h>
#include <string.h>

#include "golden.h"
#include "testing.h"

static const char *const place_name[] = {"label", "value", "outcome", "first", "second",
                                         "count", "sum",   "base",    "score", "threshold",
                                         "from",  "to",    "changes", "unit"};
enum { PLACES = sizeof place_name / sizeof place_name[0] };

/* ---- the sentences ------------------------------------------------------------------------- */

static size_t times_in(struct str text, const char *words)
{
    const size_t len = strlen(words);
    size_t times = 0;
    for (size_t i = 0; i + len <= text.len; i++) {
        times += memcmp(text.ptr + i, words, len) == 0;
    }
    return times;
}

static bool is_text(struct str text)
{
    return text.len > 0 && text.ptr[0] != ' ' && text.ptr[text.len - 1] != ' ' &&
           times_in(text, "  ") == 0 && str_is_utf8(text);
}

static void every_sentence_is_there_in_every_language_with_the_same_places(void **state)
{
    (void)state;
    for (unsigned t = 0; t < TELLS; t++) {
        const struct str english = tell_words(TONGUE_EN, (enum tell)t);
        for (unsigned l = 0; l < TONGUES; l++) {
            const struct str words = tell_words((enum tongue)l, (enum tell)t);
            size_t known = 0;
            expect(is_text(words), "%s in %s: '%.*s'", tell_name((enum tell)t),
                   tongue_name((enum tongue)l), STR_ARG(words));
            for (size_t p = 0; p < PLACES; p++) {
                char place[32];
                (void)snprintf(place, sizeof place, "{%s}", place_name[p]);
                known += times_in(words, place);
                expect(times_in(words, place) == times_in(english, place), "%s in %s: %s",
                       tell_name((enum tell)t), tongue_name((enum tongue)l), place);
            }
            expect(times_in(words, "{") == known && times_in(words, "}") == known,
                   "%s in %s has another place", tell_name((enum tell)t),
                   tongue_name((enum tongue)l));
        }
    }
}

/* What is told of a model says what was seen and where it points, and nothing about why. */
static void no_sentence_about_a_model_names_a_cause(void **state)
{
    static const char *const cause[TONGUES][8] = {
        {"because", "ecause of", "due to", "cause", "makes", "leads to", "therefore"},
        {"weil", "wegen", "verursacht", "führt zu", "daher", "deshalb", "Ursache"},
        {"parce qu", "à cause", "entraîne", "provoque", "grâce à", "donc ", "car "},
        {"porque", "debido", "causa", "provoca", "gracias a", "por eso", "por tanto"},
        {"poiché", "a causa", "causato", "provoca", "grazie a", "quindi", "perciò"}};
    (void)state;
    for (unsigned t = 0; t < TELLS; t++) {
        const bool is_of_model = strncmp(tell_name((enum tell)t), "CODE_", 5) != 0;
        for (unsigned l = 0; l < TONGUES && is_of_model; l++) {
            for (size_t c = 0; c < 8 && cause[l][c] != NULL; c++) {
                expect(times_in(tell_words((enum tongue)l, (enum tell)t), cause[l][c]) == 0,
                       "%s in %s says '%s'", tell_name((enum tell)t), tongue_name((enum tongue)l),
                       cause[l][c]);
            }
        }
    }
}

static void french_signs_stand_behind_spaces_that_do_not_break(void **state)
{
    static const char *const broken[] = {" :", " ;", " ?", " !", " %", "\xc2\xab ", " \xc2\xbb"};
    (void)state;
    for (unsigned t = 0; t < TELLS; t++) {
        for (size_t b = 0; b < sizeof broken / sizeof broken[0]; b++) {
            expect(times_in(tell_words(TONGUE_FR, (enum tell)t), broken[b]) == 0, "%s: '%s'",
                   tell_name((enum tell)t), broken[b]);
        }
    }
}

static const struct {
    enum tongue tongue;
    double number;
    bool is_one;
} form[] = {{TONGUE_EN, 0, false},   {TONGUE_EN, 1, true},  {TONGUE_EN, 2, false},
            {TONGUE_EN, 1.5, false}, {TONGUE_DE, 0, false}, {TONGUE_DE, 1, true},
            {TONGUE_DE, 21, false},  {TONGUE_FR, 0, true},  {TONGUE_FR, 1, true},
            {TONGUE_FR, 1.5, true},  {TONGUE_FR, 2, false}, {TONGUE_FR, -1, true},
            {TONGUE_ES, 0, false},   {TONGUE_ES, 1, true},  {TONGUE_ES, 101, false},
            {TONGUE_IT, 1, true},    {TONGUE_IT, 0, false}, {TONGUE_IT, 11, false}};

static void one_and_other_are_those_of_each_language(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
        expect((tell_plural(form[i].tongue, form[i].number, TELL_DAYS_ONE) == TELL_DAYS_ONE) ==
                   form[i].is_one,
               "%s, %g", tongue_name(form[i].tongue), form[i].number);
    }
    for (unsigned t = 0; t + 1 < TELLS; t++) { /* each _ONE stands before its _OTHER */
        const struct str name = str_of(tell_name((enum tell)t));
        if (str_ends(name, STR("_ONE"))) {
            const struct str next = str_of(tell_name((enum tell)(t + 1)));
            expect(str_ends(next, STR("_OTHER")) && str_equal(str_slice(name, 0, name.len - 4),
                                                              str_slice(next, 0, next.len - 6)),
                   "%.*s", STR_ARG(name));
        }
    }
}

static void a_place_is_filled_once_and_what_is_put_there_stays_text(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct tell_place place[] = {{"label", STR("{value}")}, {"value", STR("{label} {")}};
    const struct str told = tell(arena, TONGUE_EN, TELL_FACT, place, 2);
    expect(str_is(told, "{value}: {label} {."), "%.*s", STR_ARG(told));
    const struct str open = tell(arena, TONGUE_EN, TELL_FACT, place, 1);
    expect(str_is(open, "{value}: {value}."), "%.*s", STR_ARG(open));
    arena_end(arena);
}

/* ---- languages ----------------------------------------------------------------------------- */

static const struct {
    const char *header;
    const char *found; /* NULL: none */
} accepted[] = {
    {"de", "de"},
    {"DE-at", "de"},
    {"fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"},
    {"pt-BR,pt;q=0.9,es;q=0.4,en;q=0.3", "es"},
    {"en;q=0.1, it;q=0.2", "it"},
    {"de;q=0, en", "en"},
    {"de;q=0", NULL},
    {"es;q=0.5,de;q=0.5", "es"},
    {" it ;  q=0.7 , en; q=0.6", "it"},
    {"pt, nl", NULL},
    {"", NULL},
    {"*", NULL},
    {",,;q=1,", NULL},
    {"deu", NULL},
    {"d", NULL},
    {"en;q=2", NULL},
    {"en;q=x, fr;q=0.001", "fr"},
};

static void the_best_language_that_is_spoken_is_chosen(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        enum tongue tongue = TONGUE_EN;
        const bool found = tongue_accepted(str_of(accepted[i].header), &tongue);
        expect(found == (accepted[i].found != NULL), "'%s'", accepted[i].header);
        expect(!found || strcmp(tongue_name(tongue), accepted[i].found) == 0, "'%s': %s",
               accepted[i].header, tongue_name(tongue));
    }
}

/* ---- numbers ------------------------------------------------------------------------------- */

#define NARROW "\xe2\x80\xaf"

/* By Intl.NumberFormat of ICU 72, useGrouping "min2". */
static const struct {
    double number;
    int decimals;
    const char *told[TONGUES];
} number[] = {
    {0, 2, {"0", "0", "0", "0", "0"}},
    {-0.0, 2, {"0", "0", "0", "0", "0"}},
    {1234, 0, {"1234", "1234", "1234", "1234", "1234"}},
    {12345, 0, {"12,345", "12.345", "12" NARROW "345", "12.345", "12.345"}},
    {-1234567.891,
     2,
     {"-1,234,567.89", "-1.234.567,89", "-1" NARROW "234" NARROW "567,89", "-1.234.567,89",
      "-1.234.567,89"}},
    {12.5, 2, {"12.5", "12,5", "12,5", "12,5", "12,5"}},
    {12.999, 2, {"13", "13", "13", "13", "13"}},
    {0.1, TELL_EXACT, {"0.1", "0,1", "0,1", "0,1", "0,1"}},
    {1.0 / 3,
     TELL_EXACT,
     {"0.3333333333333333", "0,3333333333333333", "0,3333333333333333", "0,3333333333333333",
      "0,3333333333333333"}},
    {0.0012, 2, {"0.0012", "0,0012", "0,0012", "0,0012", "0,0012"}},
};

static void numbers_are_written_as_each_language_writes_them(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof number / sizeof number[0]; i++) {
        for (unsigned l = 0; l < TONGUES; l++) {
            const struct str told =
                tell_number(arena, (enum tongue)l, number[i].number, number[i].decimals);
            expect(str_is(told, number[i].told[l]), "%g in %s: %.*s", number[i].number,
                   tongue_name((enum tongue)l), STR_ARG(told));
        }
    }
    expect(str_is(tell_signed(arena, TONGUE_DE, 0.256), "+0,26"), "signed");
    expect(str_is(tell_signed(arena, TONGUE_EN, -0.256), "-0.26"), "signed");
    expect(str_is(tell_signed(arena, TONGUE_EN, -0.001), "\xc2\xb1"
                                                         "0.00"),
           "signed nothing");
    expect(str_is(tell_percent(arena, TONGUE_EN, 0.125), "12.5%"), "percent");
    expect(str_is(tell_percent(arena, TONGUE_FR, 0.125), "12,5" NARROW "%"), "percent");
    arena_end(arena);
}

static const struct {
    const char *day;
    const char *told[TONGUES];
} date[] = {
    {"2026-05-03",
     {"3 May 2026", "3. Mai 2026", "3 mai 2026", "3 de mayo de 2026", "3 maggio 2026"}},
    {"2026-03-01",
     {"1 March 2026", "1. März 2026", "1er mars 2026", "1 de marzo de 2026", "1 marzo 2026"}},
    {"1999-12-31",
     {"31 December 1999", "31. Dezember 1999", "31 décembre 1999", "31 de diciembre de 1999",
      "31 dicembre 1999"}},
};

static void dates_are_written_as_each_language_writes_them(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    for (size_t i = 0; i < sizeof date / sizeof date[0]; i++) {
        int64_t micros = 0;
        assert_true(str_to_time(str_of(date[i].day), &micros));
        for (unsigned l = 0; l < TONGUES; l++) {
            const struct str told = tell_date(arena, (enum tongue)l, micros);
            expect(str_is(told, date[i].told[l]), "%s in %s: %.*s", date[i].day,
                   tongue_name((enum tongue)l), STR_ARG(told));
        }
    }
    arena_end(arena);
}

static void a_fact_has_its_unit_and_what_is_not_known_says_so(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct fact days = {.unit = STR("days"), .kind = FACT_NUMBER, .number = 1};
    const struct fact many = {.unit = STR("days"), .kind = FACT_NUMBER, .number = 14};
    const struct fact money = {.unit = STR("EUR"), .kind = FACT_NUMBER, .number = 12.345};
    const struct fact truth = {.kind = FACT_TRUTH, .number = 1};
    const struct fact text = {.unit = STR("EUR"), .kind = FACT_TEXT, .text = STR("home")};
    const struct fact unknown = {.unit = STR("EUR"), .kind = FACT_UNKNOWN};
    expect(str_is(fact_value(arena, TONGUE_ES, &days), "1 día"), "one day");
    expect(str_is(fact_value(arena, TONGUE_FR, &many), "14 jours"), "days");
    expect(str_is(fact_value(arena, TONGUE_DE, &money), "12,35 EUR") ||
               str_is(fact_value(arena, TONGUE_DE, &money), "12,34 EUR"),
           "money");
    expect(str_is(fact_value(arena, TONGUE_IT, &truth), "sì"), "truth");
    expect(str_is(fact_value(arena, TONGUE_IT, &text), "home"), "text");
    expect(str_is(fact_value(arena, TONGUE_DE, &unknown), "nicht bekannt"), "unknown");
    arena_end(arena);
}

static void a_code_has_its_sentence_and_a_strange_one_has_none(void **state)
{
    (void)state;
    struct str sentence = STR("");
    assert_true(tell_code(TONGUE_DE, STR("withdrawn"), &sentence));
    expect(times_in(sentence, "zurückgenommen") == 1, "%.*s", STR_ARG(sentence));
    assert_true(tell_code(TONGUE_EN, STR("signal_gpc"), &sentence));
    assert_false(tell_code(TONGUE_EN, STR("no_such"), &sentence));
    assert_false(tell_code(TONGUE_EN, STR(""), &sentence));
}

/* ---- all of it ----------------------------------------------------------------------------- */

/* Two cases of what is put into each place: one thing, and many. */
static const char *const put_row[2][PLACES] = {
    {"Age", "40", "churn = yes", "Age", "Region", "1", "+0.10", "8%", "24%", "50%", "not known",
     "41", "Age: 41 instead of 40", "EUR"},
    {"Spent in a year", "1250.5", "revenue", "Views", "Clicks", "12", "-1.25", "3", "12.5", "20",
     "north", "south", "Views: 9 instead of 3; Clicks: 2 instead of 0", "days"}};

static void every_sentence_reads_as_in_the_golden_file(void **state)
{
    const bool *update = *state;
    struct job job;
    job_begin(&job, host_real());
    struct buf buf = buf_begin(job.arena);
    for (unsigned t = 0; t < TELLS; t++) {
        buf_str(&buf, str_format(job.arena, "%s\n", tell_name((enum tell)t)));
        const bool has_places = str_find(tell_words(TONGUE_EN, (enum tell)t), '{') <
                                tell_words(TONGUE_EN, (enum tell)t).len;
        for (unsigned l = 0; l < TONGUES; l++) {
            for (size_t c = 0; c < (has_places ? 2 : 1); c++) {
                struct tell_place place[PLACES];
                for (size_t p = 0; p < PLACES; p++) {
                    place[p] = (struct tell_place){place_name[p], str_of(put_row[c][p])};
                }
                const struct str told =
                    tell(job.arena, (enum tongue)l, (enum tell)t, place, PLACES);
                buf_str(&buf, str_format(job.arena, "    %s  %.*s\n", tongue_name((enum tongue)l),
                                         STR_ARG(told)));
            }
        }
    }
    must_be_golden(&job, buf_text(&buf), "telling.txt", *update);
    job_end(&job);
}

int main(int argc, char **argv)
{
    bool update = argc > 1 && strcmp(argv[1], "--update") == 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sentence_is_there_in_every_language_with_the_same_places),
        cmocka_unit_test(no_sentence_about_a_model_names_a_cause),
        cmocka_unit_test(french_signs_stand_behind_spaces_that_do_not_break),
        cmocka_unit_test(one_and_other_are_those_of_each_language),
        cmocka_unit_test(a_place_is_filled_once_and_what_is_put_there_stays_text),
        cmocka_unit_test(the_best_language_that_is_spoken_is_chosen),
        cmocka_unit_test(numbers_are_written_as_each_language_writes_them),
        cmocka_unit_test(dates_are_written_as_each_language_writes_them),
        cmocka_unit_test(a_fact_has_its_unit_and_what_is_not_known_says_so),
        cmocka_unit_test(a_code_has_its_sentence_and_a_strange_one_has_none),
        cmocka_unit_test_prestate(every_sentence_reads_as_in_the_golden_file, &update),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
