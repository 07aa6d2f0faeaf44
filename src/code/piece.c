/*
 * piece.c - long programs in pieces.
 *
 * tree-sitter 0.20, which Debian 12 has, keeps how many children a node has in 16 bits, and frees memory that is not its
 * own when a node has more (a program that opens 65,536 brackets). A node cannot have more children than there are
 * signs in the text, so a piece has at most SIGNS_MAX of them: half of the limit, since the reader puts in signs
 * of no width. A piece ends before a line that is not indented, if it can.
 */
#include "inside.h"

#include <string.h>

enum { SIGNS_MAX = 30000, MOST_ADDED = 3 };

enum class { OTHER, WORD, DIGIT, BLANK, LINE, CLASSES };

/* What a byte adds behind another: a word, a number and blanks go on, and a line break may bring a sign of no width. */
static const uint8_t added[CLASSES][CLASSES] = {
    [OTHER] = {[OTHER] = 1, [WORD] = 1, [DIGIT] = 1, [BLANK] = 0, [LINE] = 3},
    [WORD] = {[OTHER] = 1, [WORD] = 0, [DIGIT] = 0, [BLANK] = 0, [LINE] = 3},
    [DIGIT] = {[OTHER] = 1, [WORD] = 1, [DIGIT] = 0, [BLANK] = 0, [LINE] = 3},
    [BLANK] = {[OTHER] = 1, [WORD] = 1, [DIGIT] = 1, [BLANK] = 0, [LINE] = 3},
    [LINE] = {[OTHER] = 1, [WORD] = 1, [DIGIT] = 1, [BLANK] = 0, [LINE] = 3},
};

static const uint8_t class_of[256] = {
    ['A'] = WORD,  ['B'] = WORD,  ['C'] = WORD,  ['D'] = WORD,  ['E'] = WORD,   ['F'] = WORD,
    ['G'] = WORD,  ['H'] = WORD,  ['I'] = WORD,  ['J'] = WORD,  ['K'] = WORD,   ['L'] = WORD,
    ['M'] = WORD,  ['N'] = WORD,  ['O'] = WORD,  ['P'] = WORD,  ['Q'] = WORD,   ['R'] = WORD,
    ['S'] = WORD,  ['T'] = WORD,  ['U'] = WORD,  ['V'] = WORD,  ['W'] = WORD,   ['X'] = WORD,
    ['Y'] = WORD,  ['Z'] = WORD,  ['_'] = WORD,  ['a'] = WORD,  ['b'] = WORD,   ['c'] = WORD,
    ['d'] = WORD,  ['e'] = WORD,  ['f'] = WORD,  ['g'] = WORD,  ['h'] = WORD,   ['i'] = WORD,
    ['j'] = WORD,  ['k'] = WORD,  ['l'] = WORD,  ['m'] = WORD,  ['n'] = WORD,   ['o'] = WORD,
    ['p'] = WORD,  ['q'] = WORD,  ['r'] = WORD,  ['s'] = WORD,  ['t'] = WORD,   ['u'] = WORD,
    ['v'] = WORD,  ['w'] = WORD,  ['x'] = WORD,  ['y'] = WORD,  ['z'] = WORD,   ['0'] = DIGIT,
    ['1'] = DIGIT, ['2'] = DIGIT, ['3'] = DIGIT, ['4'] = DIGIT, ['5'] = DIGIT,  ['6'] = DIGIT,
    ['7'] = DIGIT, ['8'] = DIGIT, ['9'] = DIGIT, [' '] = BLANK, ['\t'] = BLANK, ['\n'] = LINE};

/* A line that is not indented, and does not close what was opened before it. */
static bool begins_line(struct str text, size_t at)
{
    return text.ptr[at - 1] == '\n' && memchr(" \t\n\r})]", text.ptr[at], 7) == NULL;
}

static bool begins_statement(struct str text, size_t at)
{
    return text.ptr[at - 1] == '\n' || text.ptr[at - 1] == ';';
}

/* The last place in the second half where something of the kind begins; `end`: there is none. */
static size_t last_place(struct str text, size_t from, size_t end,
                         bool (*begins)(struct str text, size_t at))
{
    const size_t half = from + (end - from) / 2;
    for (size_t at = end - 1; at > half; at--) {
        if (begins(text, at)) {
            return at;
        }
    }
    return end;
}

size_t piece_end(struct str text, size_t from)
{
    if (text.len - from <= SIGNS_MAX / MOST_ADDED) {
        return text.len;
    }
    size_t signs = 0;
    uint8_t before = BLANK;
    size_t end = from;
    for (; end < text.len && signs < SIGNS_MAX; end++) {
        const uint8_t class = class_of[(unsigned char)text.ptr[end]];
        signs += added[before][class];
        before = class;
    }
    if (end >= text.len) {
        return text.len;
    }
    const size_t line = last_place(text, from, end, begins_line);
    return line < end ? line : last_place(text, from, end, begins_statement);
}
