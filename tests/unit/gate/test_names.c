/*
 * test_names.c - names, addresses and special categories: what is told, and what is not.
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#include "numeric.h"
#include "testing.h"

static const struct row {
    const char *text;
    const char *rule; /* NULL: nothing */
    const char *found;
    enum likelihood least;
} row[] = {
    {"My name is Kelvana Drostein and this is my order.", "cdr.pii.person", "Kelvana Drostein",
     LIKELY},
    {"please tell Mrs. Orlinde Vaskamp that we are late", "cdr.pii.person", "Mrs. Orlinde Vaskamp",
     LIKELY},
    {"hi, my name is kelvana drostein", "cdr.pii.person", "kelvana drostein", POSSIBLE},
    {"The shop is at 12 Marlow Street, Drosten 20095.", "cdr.pii.address",
     "12 Marlow Street, Drosten 20095", LIKELY},
    {"Bitte an die Goldrainstra\xc3\x9f"
     "e 7, 10115 Berlin senden.",
     "cdr.pii.address",
     "Goldrainstra\xc3\x9f"
     "e 7, 10115 Berlin",
     LIKELY},
    {"Abito in Via Droldena 10, 20121 Milano.", "cdr.pii.address", "Via Droldena 10, 20121 Milano",
     LIKELY},
    {"Er wohnt in der Droldenstr. 10, 80331 M\xc3\xbcnchen. Bitte dorthin.", "cdr.pii.address",
     "Droldenstr. 10, 80331 M\xc3\xbcnchen", LIKELY},
    {"We fly to Norway in the spring.", "cdr.pii.place", "Norway", POSSIBLE},
    {"my driver's license number is LH329609T", "cdr.pii.driver-licence", "LH329609T", LIKELY},
    {"Free Shipping on All Orders and Money Back within 30 Days", NULL, NULL, LIKELY},
    {"The server listens on port 8080 and writes its log to a file.", NULL, NULL, POSSIBLE},
    {"        String userName = Session.getUser(); // see Table 4", NULL, NULL, POSSIBLE},
    {"I was told that my diabetes is getting worse.", "cdr.pii.special-health", "diabetes", LIKELY},
    {"She is a member of the union.", "cdr.pii.special-union", "union", LIKELY},
    {"Meine Tochter leidet an Depressionen.", "cdr.pii.special-health", "Depressionen", LIKELY},
    {"Elle est musulmane.", "cdr.pii.special-belief", "musulmane", LIKELY},
    {"Mi hijo es gay.", "cdr.pii.special-sexual-life", "gay", LIKELY},
    {"He was convicted last year.", "cdr.pii.special-offence", "convicted", LIKELY},
    {"My employer may not process categories such as religion or union membership.", NULL, NULL,
     POSSIBLE},
    {"The European union has new rules.", NULL, NULL, LIKELY},
    {"I have it in black and wore it to a party.", NULL, NULL, LIKELY},
    {"I don't know the name of the street. Please ask.", NULL, NULL, LIKELY},
    {"I'm Kelvana, a friend sent me.", "cdr.pii.person", "Kelvana", POSSIBLE},
    {"It was written by Ana K. \xc5\xa0vedrin last year.", "cdr.pii.person",
     "Ana K. \xc5\xa0vedrin", LIKELY},
    {"The office is at Droldenstr. 15 in the yard.", "cdr.pii.address", "Droldenstr. 15", LIKELY},
};

static void each_row_has_what_it_has(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        const struct gate_asked asked = {.kinds = GATE_PII, .least = row[i].least};
        const struct str text = str_of(row[i].text);
        struct gate_findings found = gate_findings_in(arena, 100);
        gate_scan(gate, text, &asked, &found);
        expect(found.count == (row[i].rule == NULL ? 0U : 1U), "%s: %zu found, first %s",
               row[i].text, found.count, found.count == 0 ? "-" : found.item[0].rule);
        if (row[i].rule != NULL) {
            const struct str value = str_slice(text, found.item[0].start, found.item[0].end);
            expect(str_is(str_of(found.item[0].rule), row[i].rule), "%s: %s", row[i].text,
                   found.item[0].rule);
            expect(str_is(value, row[i].found), "%s: '%.*s'", row[i].text, STR_ARG(value));
        }
    }
    arena_end(arena);
}

/* Names beyond the lists are seen by their shape only: another name of the same shape is no other to the model. */
static void a_word_of_no_list_is_not_told_apart(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct name_words *words = name_words_begin(arena);
    static struct name_token one[NAME_TOKENS_MAX];
    static struct name_token other[NAME_TOKENS_MAX];
    size_t count = 0;
    (void)name_tokens(words, STR("ask Drovellan for it"), 0, 20, one, &count);
    (void)name_tokens(words, STR("ask Drxxxxllan for it"), 0, 21, other, &count);
    for (size_t i = 0; i < count; i++) {
        uint16_t left[NAME_FEATURES];
        uint16_t right[NAME_FEATURES];
        name_features(one, count, i, left);
        name_features(other, count, i, right);
        expect(memcmp(left, right, sizeof left) == 0, "token %zu", i);
    }
    arena_end(arena);
}

/* What is likely is found without reading all: the same as when all is read. */
static void likely_is_the_same_when_less_is_asked(void **state)
{
    (void)state;
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    for (size_t i = 0; i < 2 * (sizeof row / sizeof row[0]); i++) {
        static const char before[] =
            "It was a fine day, and all of it went as we had said before, so "
            "there was little to add. ";
        const struct str text =
            str_format(arena, "%s%s", i % 2 == 0 ? "" : before, row[i / 2].text);
        const struct gate_asked likely = {.kinds = GATE_PII, .least = LIKELY};
        const struct gate_asked all = {.kinds = GATE_PII, .least = UNLIKELY};
        struct gate_findings few = gate_findings_in(arena, 100);
        struct gate_findings many = gate_findings_in(arena, 100);
        size_t same = 0;
        gate_scan(gate, text, &likely, &few);
        gate_scan(gate, text, &all, &many);
        for (size_t m = 0; m < many.count; m++) {
            const struct gate_finding *item = &many.item[m];
            const struct gate_finding *of_few = &few.item[same];
            if (item->likelihood < LIKELY) {
                continue;
            }
            expect(same < few.count && of_few->start == item->start && of_few->end == item->end &&
                       str_is(str_of(of_few->rule), item->rule),
                   "%.*s: %s", STR_ARG(text), item->rule);
            same++;
        }
        expect(same == few.count, "%.*s: %zu more", STR_ARG(text), few.count - same);
    }
    arena_end(arena);
}

/* Any bytes and pieces of triggers: findings stay within the text, and a part that is cut anywhere breaks nothing. */
static void any_bytes_will_do(void **state)
{
    (void)state;
    static const char *const piece[] = {"A",         "b",
                                        " ",         " ",
                                        "C.",        ",",
                                        "\n",        "'",
                                        "-",         "12",
                                        "\xc3\xa9",  "\xe2\x80\x99",
                                        " xyz",      "\xff",
                                        " Mr. ",     "My name is ",
                                        " Kelv",     " Drost ",
                                        "Street ",   " 7",
                                        "union",     " driver's licence ",
                                        "strasse 5", " \xc5\xa0",
                                        " my ",      "(",
                                        "_"};
    struct rng rng = rng_of(5);
    struct arena *arena = arena_begin();
    const struct gate *gate = gate_begin(arena);
    for (unsigned round = 0; round < 120; round++) {
        const struct gate_asked asked = {.kinds = GATE_PII,
                                         .least = round % 2 == 0 ? UNLIKELY : LIKELY};
        const struct arena_mark mark = arena_mark(arena);
        struct buf text = buf_begin(arena);
        for (size_t left = rng_below(&rng, 700); left > 0; left--) {
            buf_str(&text, str_of(piece[rng_below(&rng, sizeof piece / sizeof piece[0])]));
        }
        const size_t len = text.len;
        char *exact = malloc(len == 0 ? 1 : len); /* so that a byte too far is noticed */
        bytes_copy(exact, text.ptr, len);
        struct gate_findings found = gate_findings_in(arena, 5000);
        gate_scan(gate, (struct str){exact, len}, &asked, &found);
        for (size_t i = 0; i < found.count; i++) {
            expect(found.item[i].start < found.item[i].end && found.item[i].end <= len, "round %u",
                   round);
        }
        arena_rewind(arena, mark);
        free(exact);
    }
    arena_end(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_row_has_what_it_has),
        cmocka_unit_test(a_word_of_no_list_is_not_told_apart),
        cmocka_unit_test(likely_is_the_same_when_less_is_asked),
        cmocka_unit_test(any_bytes_will_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
