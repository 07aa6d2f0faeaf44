/*
 * names_trigger.c - places where a name, an address or a hint may be likely, and nowhere else.
 *
 * Those are: two words with capitals that are in no list; a title or "name" before a capital; a word for streets, or an
 * ending of one, near a number; a word of a special category. A word is looked up by its first eight letters in small,
 * which are one number: a set of bits says of nearly all words that they are none.
 */
#include "names.h"
#include "special.h"

enum { REACH_OF_TITLE = 28, KEY_BITS = 16, KEY_SLOTS = 1 << 11 };

/* ---- triggers -------------------------------------------------------------------------------- */

enum trigger {
    TRIGGER_TITLE = 1,
    TRIGGER_NAMED = 2,
    TRIGGER_STREET = 4,
    TRIGGER_SPECIAL = 8,
    TRIGGER_LICENCE = 16,
    TRIGGER_NONE = 32, /* a special word that mostly means something else */
    TRIGGER_SAID = 64, /* of a phrase: names_said.c */
};

static const uint8_t kind_of_class[NAME_CLASSES] = {
    [CLASS_HONORIFIC] = TRIGGER_TITLE,
    [CLASS_NAMED] = TRIGGER_NAMED,
    [CLASS_STREET] = TRIGGER_STREET,
};

struct name_triggers {
    uint64_t seen[(1 << KEY_BITS) / 64];
    uint64_t key[KEY_SLOTS]; /* 0: empty */
    uint8_t kinds[KEY_SLOTS];
};

static const char *const word_of_class[NAME_CLASSES] = {
#define CLASS(name, words) words,
#include "names_words.def"
#undef CLASS
};

static const struct {
    const char *words;
    unsigned kind;
} special_words[] = {
#define SPECIAL(name, rule, words) {words, TRIGGER_SPECIAL},
#define CLASS_OF(name, words) {words, SPECIAL_##name == SPECIAL_OTHERWISE ? TRIGGER_NONE : 0},
#include "special_words.def"
#undef CLASS_OF
#undef SPECIAL
};

static const char licence_words[] =
    "passport reisepass passeport pasaporte passaporto paspoort paszportu passnummer "
    "driver drivers driving conduire conducir dl f\xc3\xbchrerschein f\xc3\xbchrerscheinnummer";

#define SIXES 0x4040404040404040U /* set in letters, and not in blanks, digits, points */
#define SMALL 0x2020202020202020U

/* Up to eight letters from here on, small; a letter of two bytes ends them. */
static uint64_t key_of(const unsigned char eight[8])
{
    const uint64_t bytes = (uint64_t)eight[0] | (uint64_t)eight[1] << 8 | (uint64_t)eight[2] << 16 |
                           (uint64_t)eight[3] << 24 | (uint64_t)eight[4] << 32 |
                           (uint64_t)eight[5] << 40 | (uint64_t)eight[6] << 48 |
                           (uint64_t)eight[7] << 56;
    const uint64_t other = ~bytes & SIXES;
    const uint64_t kept = ((other & (~other + 1)) >> 6) - 1;
    return (bytes | SMALL) & kept;
}

static uint64_t key_at(struct str text, size_t at)
{
    unsigned char eight[8] = {0};
    if (text.len - at >= 8) {
        return key_of((const unsigned char *)text.ptr + at);
    }
    bytes_copy(eight, text.ptr + at, text.len - at);
    return key_of(eight);
}

static uint64_t mixed_key(uint64_t key)
{
    return key * 0x9e3779b97f4a7c15U;
}

static size_t slot_of(const struct name_triggers *triggers, uint64_t key)
{
    size_t at = mixed_key(key) >> 32 & (KEY_SLOTS - 1);
    while (triggers->key[at] != 0 && triggers->key[at] != key) {
        at = (at + 1) & (KEY_SLOTS - 1);
    }
    return at;
}

/* A word is looked for where its first three letters of one byte begin: words begin there in the masks. */
static void put_trigger(struct name_triggers *triggers, struct str word, unsigned kind)
{
    size_t at = 0;
    size_t run = 0;
    for (size_t i = 0; i < word.len && run < 3; i++) {
        const bool is_ascii = ((unsigned char)word.ptr[i] & 0x80) == 0;
        at = run == 0 ? i : at;
        run = is_ascii ? run + 1 : 0;
    }
    if (run < 2) {
        return;
    }
    const uint64_t key = key_at(word, at);
    const size_t slot = slot_of(triggers, key);
    const uint64_t bit = mixed_key(key) >> (64 - KEY_BITS);
    triggers->key[slot] = key;
    triggers->kinds[slot] |= (uint8_t)kind;
    triggers->seen[bit / 64] |= UINT64_C(1) << bit % 64;
}

static size_t put_triggers(struct name_triggers *triggers, const char *words, unsigned kind)
{
    struct str rest = str_of(words);
    size_t count = 0;
    for (; rest.len > 0; count++) {
        put_trigger(triggers, str_cut(&rest, ' '), kind);
    }
    return count;
}

struct name_triggers *name_triggers_begin(struct arena *arena)
{
    struct name_triggers *triggers = NEW(arena, struct name_triggers);
    size_t count = put_triggers(triggers, licence_words, TRIGGER_LICENCE);
    for (size_t c = 0; c < NAME_CLASSES; c++) {
        if (kind_of_class[c] != 0) {
            count += put_triggers(triggers, word_of_class[c], kind_of_class[c]);
        }
    }
    for (size_t c = 0; c < sizeof special_words / sizeof special_words[0]; c++) {
        if (special_words[c].kind != 0) {
            count += put_triggers(triggers, special_words[c].words, special_words[c].kind);
        }
    }
    const char *said = NULL;
    for (size_t p = 0; (said = name_said_word(p)) != NULL; p++) {
        count += put_triggers(triggers, said, TRIGGER_SAID);
    }
    must(count < KEY_SLOTS * 3 / 5);
    return triggers;
}

static uint64_t is_seen(const struct name_triggers *triggers, uint64_t key)
{
    const uint64_t bit = mixed_key(key) >> (64 - KEY_BITS);
    return triggers->seen[bit / 64] >> bit % 64 & 1;
}

/* Of these words those that may be triggers. */
static uint64_t seen_words(const struct name_triggers *triggers, struct str text, size_t start,
                           uint64_t word)
{
    uint64_t seen = 0;
    if (text.len - start < 2 * MASK_BITS) {
        for (; word != 0; word &= word - 1) {
            seen |= is_seen(triggers, key_at(text, start + lowest(word))) << lowest(word);
        }
        return seen;
    }
    for (; word != 0; word &= word - 1) {
        const unsigned bit = lowest(word);
        seen |= is_seen(triggers, key_of((const unsigned char *)text.ptr + start + bit)) << bit;
    }
    return seen;
}

static unsigned kinds_at(const struct name_triggers *triggers, struct str text, size_t at)
{
    const unsigned kinds = triggers->kinds[slot_of(triggers, key_at(text, at))];
    return (kinds & TRIGGER_NONE) != 0 ? kinds & ~(unsigned)(TRIGGER_NONE | TRIGGER_SPECIAL)
                                       : kinds;
}

/* ---- what stands beside ---------------------------------------------------------------------- */

/* Of the 32 bytes before and behind. */
static bool is_near(uint64_t before, uint64_t here, uint64_t next, unsigned bit)
{
    const uint64_t behind = from_bit(here, next, bit);
    const uint64_t ahead =
        bit >= 32 ? here >> (bit - 32) : here << (32 - bit) | before >> (32 + bit);
    return ((behind | ahead) & 0xffffffffU) != 0;
}

static bool is_of_name(char letter)
{
    return is_letter(letter) || ((unsigned char)letter & 0x80) != 0;
}

/* Whether the word before the blank before this place has a capital too, and neither is in a list; or is that of "I'm". */
static bool follows_capital(const struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const bool has_point = letter_before(text, at - 1) == '.';
    const size_t end = at - 1 - (has_point ? 1 : 0);
    if (end > 2 && text.ptr[end - 1] == 'm' && text.ptr[end - 2] == '\'') {
        return !name_is_known(scan->gate->name_words, text, at);
    }
    size_t start = end;
    while (start > 0 && is_of_name(text.ptr[start - 1])) {
        start--;
    }
    const unsigned char first = start == end ? 0 : (unsigned char)text.ptr[start];
    const bool is_capital = (first >= 'A' && first <= 'Z') || first >= 0xc3;
    const bool is_initial = end - start == 1 && (has_point || (first != 'A' && first != 'I'));
    return is_capital && (is_initial || end - start > 1) &&
           !name_is_known(scan->gate->name_words, text, at) &&
           (is_initial || !name_is_known(scan->gate->name_words, text, start));
}

/* Goethestrasse 7. */
static bool follows_street(struct str text, size_t at)
{
    const size_t end = at - (letter_before(text, at - 1) == '.' ? 2 : 1);
    size_t start = end;
    while (start > 0 && is_of_name(text.ptr[start - 1])) {
        start--;
    }
    const struct name_token word = {.start = start, .end = end};
    const char first = text.ptr[start];
    return at - start > 5 && (first < 'a' || first > 'z') && name_ends_like_street(text, &word);
}

/* A capital at most two words or signs behind a title or "name"; "name: Set" needs a word that is in no list. */
static bool tells_name(const struct scan *scan, size_t at, unsigned kinds)
{
    enum { BETWEEN_MAX = 2 };
    const struct str text = scan->text;
    const size_t most = text.len - at > REACH_OF_TITLE ? at + REACH_OF_TITLE : text.len;
    size_t words = 0;
    size_t signs = 0;
    size_t i = at;
    while (i < most && is_of_name(text.ptr[i])) {
        i++;
    }
    if (letter_at(text, i) == '\'') {
        return false; /* don't */
    }
    for (; i < most && text.ptr[i] != '\n' && words + signs <= BETWEEN_MAX; i++) {
        const unsigned char first = (unsigned char)text.ptr[i];
        const bool goes_on = is_of_name(letter_at(text, i + 1)) || letter_at(text, i + 1) == '.';
        if (((first >= 'A' && first <= 'Z') || first >= 0xc3) && goes_on) {
            return words > 0 || (kinds & TRIGGER_TITLE) != 0 ||
                   !name_is_known(scan->gate->name_words, text, i);
        }
        words += is_of_name((char)first);
        signs += first != ' ' && !is_of_name((char)first);
        while (is_of_name((char)first) && i + 1 < most && is_of_name(text.ptr[i + 1])) {
            i++;
        }
    }
    return false;
}

/* Where a word begins with a capital and goes on with another letter, a point, a letter beyond ASCII: "I" is none. */
static uint64_t capitals_of(const struct masks *here, const struct masks *before,
                            const struct masks *next)
{
    const uint64_t other = from_bit(here->upper | here->digit | here->blank,
                                    next->upper | next->digit | next->blank, 1);
    return run_starts(here->word, before->word) & here->upper & ~other;
}

/* Where a trigger may be in a block. */
struct clues {
    uint64_t word;    /* of three letters and more, or fewer with a capital or a point */
    uint64_t capital; /* any, and those behind a blank */
    uint64_t pair;
    uint64_t wide;   /* a blank before a letter beyond ASCII, or another sign */
    uint64_t number; /* behind a blank */
};

static const struct masks no_masks = {0};

static struct clues clues_of(const struct block *window)
{
    const struct masks *here = window->here;
    const struct masks *next = window->next;
    const struct masks *before = window->before == NULL ? &no_masks : window->before;
    const uint64_t first = run_starts(here->word, before->word);
    const uint64_t behind_blank = here->blank << 1 | before->blank >> (MASK_BITS - 1);
    const uint64_t capital = capitals_of(here, before, next);
    return (struct clues){
        .word = first & ~here->digit & from_bit(here->word, next->word, 1) &
                (from_bit(here->word | here->dot, next->word | next->dot, 2) | here->upper),
        .capital = capital,
        .pair = capital & behind_blank,
        .wide = here->blank & here->word << 1 &
                ~from_bit(here->word | here->blank, next->word | next->blank, 1),
        .number = first & here->digit & behind_blank,
    };
}

/* Whether something likely may stand about this word, by its kinds of triggers. */
static bool tells(const struct scan *scan, const struct block *window, const struct clues *clues,
                  unsigned kinds, unsigned bit)
{
    const struct masks *here = window->here;
    const struct masks *next = window->next;
    const uint64_t digit_before = window->before == NULL ? 0 : window->before->digit;
    const uint64_t upper_before = window->before == NULL ? 0 : window->before->upper;
    const uint64_t capital_next = capitals_of(next, here, &no_masks);
    const uint64_t capital = from_bit(clues->capital | clues->wide, capital_next, bit);
    const bool has_capital = (capital >> 1 & ((1U << REACH_OF_TITLE) - 1)) != 0;
    return (kinds & TRIGGER_SPECIAL) != 0 ||
           ((kinds & (TRIGGER_TITLE | TRIGGER_NAMED)) != 0 && has_capital &&
            tells_name(scan, window->start + bit, kinds)) ||
           ((kinds & TRIGGER_STREET) != 0 && is_near(digit_before, here->digit, next->digit, bit) &&
            is_near(upper_before, here->upper, next->upper, bit)) ||
           ((kinds & TRIGGER_LICENCE) != 0 && is_near(0, here->digit, next->digit, bit));
}

/* Whether a capital is as near as a name behind "my name is" or before "from accounting" is. */
static bool has_capital_beside(const struct block *window, const struct clues *clues, unsigned bit)
{
    const uint64_t upper_before = window->before == NULL ? 0 : window->before->upper;
    return ((from_bit(clues->capital | clues->wide, window->next->upper, bit) >> 1 |
             before_bit(window->here->upper, upper_before, bit) >> 32) &
            0xffffffffU) != 0;
}

/* By what stands before: a word with a capital, the name of a street. */
static bool follows(const struct scan *scan, const struct clues *clues, unsigned bit, size_t at)
{
    if ((clues->number >> bit & 1) != 0) {
        return follows_street(scan->text, at);
    }
    if ((clues->wide >> bit & 1) != 0) {
        return (unsigned char)letter_at(scan->text, at + 1) >= 0xc3 &&
               follows_capital(scan, at + 1);
    }
    return (clues->pair >> bit & 1) != 0 && follows_capital(scan, at);
}

void names_triggers_at(struct scan *scan, const struct block *window)
{
    const struct name_triggers *triggers = scan->gate->name_triggers;
    const struct clues clues = clues_of(window);
    const uint64_t behind = clues.pair | clues.wide | clues.number;
    const uint64_t seen = seen_words(triggers, scan->text, window->start, clues.word);
    for (uint64_t left = seen | behind; left != 0; left &= left - 1) {
        const unsigned bit = lowest(left);
        const size_t at = window->start + bit;
        const unsigned kinds = (seen >> bit & 1) == 0 ? 0 : kinds_at(triggers, scan->text, at);
        const bool has_licences = (kinds & TRIGGER_LICENCE) != 0;
        if ((kinds & TRIGGER_SAID) != 0 && has_capital_beside(window, &clues, bit)) {
            name_said_at(scan, at);
        }
        if (scan->has_doubtful) {
            continue; /* the model reads all of it */
        }
        if (at < (has_licences ? scan->licences_done : scan->names_done)) {
            continue;
        }
        if ((kinds != 0 && tells(scan, window, &clues, kinds, bit)) ||
            follows(scan, &clues, bit, at)) {
            names_look_near(scan, at, has_licences);
        }
    }
}
