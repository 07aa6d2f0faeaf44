/*
 * letters.c - what a letter is and what it looks like.
 *
 * Whoever hides an instruction writes it with Cyrillic letters that look Latin, in mathematical or full-width
 * letters, with marks above, or with signs of no width between. All of that folds to plain small letters. A
 * look-alike is only folded to Latin in prose.c, within a word that has Latin letters too: Russian stays
 * Russian.
 */
#include "prose.h"

static struct letter decode(struct str text, size_t at)
{
    const unsigned char *byte = (const unsigned char *)text.ptr + at;
    const size_t left = text.len - at;
    const unsigned char first = byte[0];
    const size_t len = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    uint32_t point = len == 1 ? first : first & (0x7fU >> len);
    const struct letter stray = {.point = 0xfffd, .len = 1};
    if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || len > left) {
        return stray;
    }
    for (size_t i = 1; i < len; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            return stray;
        }
        point = point << 6 | (byte[i] & 0x3fU);
    }
    return (struct letter){.point = point, .len = len};
}

bool letter_is_bidi(uint32_t point)
{
    return (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
           point == 0x200e || point == 0x200f || point == 0x061c;
}

bool letter_is_tag(uint32_t point)
{
    return point >= 0xe0020 && point <= 0xe007e;
}

bool letter_is_selector(uint32_t point)
{
    return (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef);
}

static bool is_unseen(uint32_t point)
{
    return letter_is_bidi(point) || letter_is_selector(point) || point == 0xad ||
           (point >= 0x200b && point <= 0x200d) || (point >= 0x2060 && point <= 0x2064) ||
           point == 0xfeff || point == 0x180e || point == 0x115f || point == 0x3164 ||
           (point >= 0xe0000 && point <= 0xe007f);
}

static bool is_mark(uint32_t point)
{
    return (point >= 0x300 && point <= 0x36f) || (point >= 0x1ab0 && point <= 0x1aff) ||
           (point >= 0x20d0 && point <= 0x20ff) || (point >= 0xfe20 && point <= 0xfe2f);
}

/* Latin letters with accents, U+00C0 to U+017F: what is left without; a blank is none. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuypsaaaaaaaceeeeiiiidnooooo ouuuuypy"
                            "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkkllllllllll"
                            "nnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static uint32_t without_accent(uint32_t point)
{
    const size_t index = point - 0xc0;
    return index < sizeof latin - 1 && latin[index] != ' ' ? (uint32_t)latin[index] : 0;
}

/* Letters of mathematics, U+1D400 to U+1D6A3: thirteen alphabets of 52. */
static uint32_t of_mathematics(uint32_t point)
{
    return 'a' + (point - 0x1d400) % 52 % 26;
}

static struct letter of_ascii(struct letter letter)
{
    const char byte = (char)letter.point;
    letter.folded = (uint32_t)lower_of(byte);
    if (is_letter(byte)) {
        letter.kind = LETTER_WORD;
        letter.script = SCRIPT_LATIN;
    } else if (is_digit(byte)) {
        letter.kind = LETTER_DIGIT;
    } else if (byte == '\n') {
        letter.kind = LETTER_LINE;
    } else {
        letter.kind = byte == '.' || byte == '!' || byte == '?' ? LETTER_STOP : LETTER_GAP;
    }
    return letter;
}

static uint32_t small_of(uint32_t point)
{
    if (point >= 0x400 && point <= 0x40f) {
        return point + 0x50;
    }
    if ((point >= 0x410 && point <= 0x42f) || (point >= 0x391 && point <= 0x3a9)) {
        return point + 0x20;
    }
    return point;
}

static struct letter of_script(struct letter letter)
{
    const uint32_t point = letter.point;
    letter.folded = small_of(point);
    letter.script = point >= 0x400 && point <= 0x52f   ? SCRIPT_CYRILLIC
                    : point >= 0x370 && point <= 0x3ff ? SCRIPT_GREEK
                                                       : SCRIPT_OTHER;
    letter.kind = point >= 0x3040 && point < 0xac00 ? LETTER_ALONE : LETTER_WORD;
    return letter;
}

static struct letter of_sign(struct letter letter)
{
    const uint32_t point = letter.point;
    letter.folded = point;
    letter.kind = point == 0x3002 || point == 0x2026 || point == 0x203c ? LETTER_STOP
                  : point == 0x2028 || point == 0x2029                  ? LETTER_LINE
                                                                        : LETTER_GAP;
    return letter;
}

struct letter letter_of(struct str text, size_t at)
{
    struct letter letter = decode(text, at);
    const uint32_t point = letter.point;
    if (point < 0x80) {
        return of_ascii(letter);
    }
    if (is_unseen(point)) {
        letter.kind = LETTER_UNSEEN;
        return letter;
    }
    if (is_mark(point)) {
        letter.kind = LETTER_MARK;
        return letter;
    }
    uint32_t folded = without_accent(point);
    if (point >= 0x1d400 && point <= 0x1d6a3) {
        folded = of_mathematics(point);
    }
    if (point >= 0xff01 && point <= 0xff5e) {
        struct letter narrow = of_ascii((struct letter){.point = point - 0xfee0});
        narrow.point = point;
        narrow.len = letter.len;
        return narrow;
    }
    if (folded != 0) {
        letter.folded = folded;
        letter.kind = LETTER_WORD;
        letter.script = SCRIPT_LATIN;
        return letter;
    }
    const bool is_sign = point < 0xc0 || point == 0xd7 || point == 0xf7 || point == 0xfffd ||
                         (point >= 0x2000 && point <= 0x2bff) ||
                         (point >= 0x3000 && point < 0x3040) || point >= 0x1f000;
    return is_sign ? of_sign(letter) : of_script(letter);
}
