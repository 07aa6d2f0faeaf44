/*
 * names_said.c - names that a phrase leaves no doubt about, whatever they are: no model is asked.
 *
 *     SELF       my name is ~, ik heet ~, mi chiamo ~
 *     TITLE      la signora ~, mevrouw ~
 *     SIGNED     Kind regards, and two or three words with capitals that end their line
 *     MET        I spoke with ~ yesterday, and he ...: companies are no he
 *     OF_OFFICE  ask ~ from accounting
 *
 * A name is words with a capital that are in no list, with small particles (van der, dos) and initials between them.
 * Behind "my name is" a word of the lists may be one too, if a word that is in none stands beside it.
 */
#include <string.h>

#include "names.h"

enum { NAME_WORDS_MAX = 5, NAME_BYTES_MAX = 64 };

enum said { SAID_SELF, SAID_TITLE, SAID_SIGNED, SAID_MET, SAID_OF_OFFICE };

static const struct phrase {
    enum said how;
    const char *before;
    const char *word;
    const char *after;
    size_t word_len;
} phrase[] = {
#define SAID(how, before, word, after) {SAID_##how, before, word, after, sizeof(word) - 1},
#include "names_said.def"
#undef SAID
};

enum { PHRASES = sizeof phrase / sizeof phrase[0], LETTERS = 26, SET_BITS = 64 };

/* Of each letter the phrases whose word begins with it, as bits. */
struct name_phrases {
    uint64_t begins[LETTERS][(PHRASES + SET_BITS - 1) / SET_BITS];
};

struct name_phrases *name_phrases_begin(struct arena *arena)
{
    struct name_phrases *phrases = NEW(arena, struct name_phrases);
    for (size_t p = 0; p < PHRASES; p++) {
        const size_t letter = (size_t)(phrase[p].word[0] - 'a');
        must(letter < LETTERS);
        phrases->begins[letter][p / SET_BITS] |= UINT64_C(1) << p % SET_BITS;
    }
    return phrases;
}

const char *name_said_word(size_t index)
{
    return index < PHRASES ? phrase[index].word : NULL;
}

/* ---- names ----------------------------------------------------------------------------------- */

static bool is_of_word(char letter)
{
    return is_letter(letter) || (unsigned char)letter >= 0x80;
}

static bool is_sign_of_three(struct str text, size_t at)
{
    return (unsigned char)letter_at(text, at) == 0xe2 &&
           (unsigned char)letter_at(text, at + 1) == 0x80;
}

static size_t word_start(struct str text, size_t at)
{
    while (at > 0 && is_of_word(text.ptr[at - 1]) && !(at >= 3 && is_sign_of_three(text, at - 3)) &&
           (unsigned char)text.ptr[at - 1] != 0xa0) {
        at--;
    }
    return at;
}

/* Behind a word; a dash or an apostrophe is of it where letters go on. */
static size_t word_end(struct str text, size_t at)
{
    while (at < text.len) {
        const bool is_wide = is_sign_of_three(text, at);
        const bool joins = is_among(text.ptr[at], "-'") || is_wide;
        if (joins ? !is_of_word(letter_at(text, at + (is_wide ? 3 : 1))) ||
                        is_sign_of_three(text, at + (is_wide ? 3 : 1))
                  : !is_of_word(text.ptr[at])) {
            break;
        }
        at += is_wide ? 3 : 1;
    }
    return at;
}

static bool is_particle(struct str word)
{
    static const char *const one[] = {"van", "von", "der", "den", "de",  "del", "della", "di", "da",
                                      "dos", "das", "do",  "du",  "la",  "le",  "ten",   "y",  "af",
                                      "av",  "bin", "el",  "al",  "dei", "zu",  "ter"};
    for (size_t i = 0; i < sizeof one / sizeof one[0]; i++) {
        if (str_is(word, one[i])) {
            return true;
        }
    }
    return false;
}

/* Words of a name from a place on. */
struct named {
    size_t end;
    size_t words;
    size_t known; /* that stand in a list */
    bool first_is_known;
};

static struct named name_from(const struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    struct named named = {.end = at};
    size_t from = at;
    while (named.words < NAME_WORDS_MAX && from - at < NAME_BYTES_MAX) {
        const size_t end = word_end(text, from);
        const bool is_initial = end == from + 1 && letter_at(text, end) == '.';
        if (!name_is_capital(text, from) || (end <= from + 1 && !is_initial)) {
            if (named.words == 0 || !is_particle(str_slice(text, from, end)) ||
                letter_at(text, end) != ' ') {
                return named;
            }
            from = end + 1;
            continue;
        }
        const bool is_known = !is_initial && name_is_known(scan->gate->name_words, text, from);
        named.first_is_known = named.first_is_known || (named.words == 0 && is_known);
        named.known += is_known;
        named.words += !is_initial || named.words > 0;
        named.end = is_initial && letter_at(text, end + 1) != ' ' ? end : end + is_initial;
        from = named.end + 1;
        if (letter_at(text, named.end) != ' ') {
            return named;
        }
    }
    return named;
}

static void put_name(struct scan *scan, size_t start, size_t end)
{
    scan_add(scan, "cdr.pii.person", "the name of a person", GATE_PII, LIKELY, start, end);
}

/* ---- phrases --------------------------------------------------------------------------------- */

/* Whether the text before the place ends with these small letters, as words of their own; ' is also U+2019. */
static bool ends_small(struct str text, size_t at, const char *small)
{
    for (size_t i = strlen(small); i > 0; i--) {
        if (small[i - 1] == '\'' && at >= 3 && is_sign_of_three(text, at - 3)) {
            at -= 3;
        } else if (at == 0 || lower_of(text.ptr[at - 1]) != small[i - 1]) {
            return false;
        } else {
            at--;
        }
    }
    return small[0] == '\0' || at == 0 || !is_of_word(text.ptr[at - 1]);
}

/* "She said so" within the sentence: a person was met. */
static bool is_he_or_she(struct str text, size_t at)
{
    enum { REACH = 60 };
    size_t to = at;
    while (to < text.len && to - at < REACH && !is_among(text.ptr[to], "\n.!?:")) {
        to++;
    }
    return has_word(text, at, to, "he she him her his");
}

/* Ich heiße Sie willkommen. */
static bool is_welcome(struct str text, size_t at)
{
    return has_word(text, at, at + 40, "willkommen");
}

static void self_at(struct scan *scan, size_t at)
{
    const size_t start = skip_signs(scan->text, skip_signs(scan->text, at, ":,", 1), " \"", 2);
    const struct named named = name_from(scan, start);
    if (start > at && named.words > named.known && !is_welcome(scan->text, start)) {
        put_name(scan, start, named.end);
    }
}

static void titled_at(struct scan *scan, size_t at)
{
    const struct named named = name_from(scan, at + 1);
    if (letter_at(scan->text, at) == ' ' && named.words > 0 && !named.first_is_known) {
        put_name(scan, at + 1, named.end);
    }
}

static void signed_at(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const size_t line = skip_signs(text, skip_signs(text, at, ",!", 1), " \r\n", 6);
    const struct named named = name_from(scan, line);
    const bool has_line =
        line > at && (letter_at(text, at) == ',' || memchr(text.ptr + at, '\n', line - at) != NULL);
    const bool is_whole =
        named.end == text.len || is_among(letter_at(text, named.end), "\r\n,") ||
        (letter_at(text, named.end) == ' ' && is_among(letter_at(text, named.end + 1), "\r\n"));
    if (has_line && is_whole && named.known == 0 && (named.words == 2 || named.words == 3)) {
        put_name(scan, line, named.end);
    }
}

static void met_at(struct scan *scan, size_t at)
{
    const struct named named = name_from(scan, at + 1);
    if (letter_at(scan->text, at) == ' ' && named.words > 0 && named.known == 0 &&
        is_he_or_she(scan->text, named.end)) {
        put_name(scan, at + 1, named.end);
    }
}

/* "from ", "aus der ", "dell'" back before the place; the place itself: none stands there. */
static size_t back_over_of(struct str text, size_t at)
{
    static const char *const of[] = {"from ",    "in ",     "at ",  "of ",          "aus der ",
                                     "von der ", "in der ", "vom ", "im ",          "aus dem ",
                                     "de la ",   "des ",    "de ",  "dell'",        "della ",
                                     "van de ",  "van ",    "bij ", "fr\xc3\xa5n ", "p\xc3\xa5 ",
                                     "da ",      "z "};
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        if (ends_small(text, at, of[i])) {
            const size_t len = strlen(of[i]);
            const bool is_wide = of[i][len - 1] == '\'' && text.ptr[at - 1] != '\'';
            return at - len - (is_wide ? 2 : 0);
        }
    }
    return at;
}

/* The name before "from accounting"; who is asked is no department. */
static void of_office_at(struct scan *scan, size_t word)
{
    enum { REACH = 24, NAME_MIN = 3 };
    const struct str text = scan->text;
    const size_t of = back_over_of(text, word);
    if (of == word || letter_before(text, of) != ' ') {
        return;
    }
    size_t start = of - 1;
    size_t first = SIZE_MAX;
    for (size_t words = 0; words < 3; words++) {
        const size_t begin = word_start(text, start);
        if (begin == start || !name_is_capital(text, begin) ||
            name_is_known(scan->gate->name_words, text, begin)) {
            break;
        }
        first = begin;
        if (letter_before(text, begin) != ' ') {
            break;
        }
        start = begin - 1;
    }
    if (first != SIZE_MAX && of - 1 - first >= NAME_MIN &&
        has_word_before(
            text, first, REACH,
            "ask asked tell told email call ping contact message forward with cc send give "
            "frag frage fragt fragen ruf demande demandez demander pregunta pregunte preguntar "
            "chiedi chieda chiedere vraag vraagt fr\xc3\xa5ga pergunte zapytaj")) {
        put_name(scan, first, of - 1);
    }
}

static void phrase_at(struct scan *scan, const struct phrase *one, size_t start)
{
    const struct str text = scan->text;
    const size_t behind = start + one->word_len;
    if (!begins_small(text, start, one->word) ||
        (is_of_word(letter_at(text, behind)) && !is_sign_of_three(text, behind)) ||
        !ends_small(text, start, one->before) || !begins_small(text, behind, one->after)) {
        return;
    }
    const size_t to = behind + strlen(one->after);
    switch (one->how) {
    case SAID_SELF:
        self_at(scan, to);
        break;
    case SAID_TITLE:
        titled_at(scan, to);
        break;
    case SAID_SIGNED:
        signed_at(scan, to);
        break;
    case SAID_MET:
        met_at(scan, to);
        break;
    case SAID_OF_OFFICE:
        of_office_at(scan, start);
        break;
    }
}

void name_said_at(struct scan *scan, size_t at)
{
    const size_t start = word_start(scan->text, at);
    const size_t letter = (size_t)(lower_of(letter_at(scan->text, start)) - 'a');
    if (letter >= LETTERS) {
        return;
    }
    const uint64_t *begins = scan->gate->name_phrases->begins[letter];
    for (size_t set = 0; set < (PHRASES + SET_BITS - 1) / SET_BITS; set++) {
        for (uint64_t left = begins[set]; left != 0; left &= left - 1) {
            phrase_at(scan, &phrase[set * SET_BITS + lowest(left)], start);
        }
    }
}
