/*
 * piece.c - long programs in pieces.
 *
 * tree-sitter 0.20, which Debian 12 has, keeps how many children a node has in 16 bits, and frees memory that is not its
 * own when a node has more (a program that opens 65,536 brackets). A node cannot have more children than there are
 * signs in the text, so a piece has at most SIGNS_MAX of them: half of the limit, since the reader puts in signs
 * of no width. A piece ends before a line that is not indented, if it can.
 */
#include "inside.h"

enum { SIGNS_MAX = 30000 };

static bool goes_on(unsigned char letter, unsigned char before)
{
    const bool is_word = letter == '_' || ((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
    const bool was_word = before == '_' || ((before | 0x20) >= 'a' && (before | 0x20) <= 'z');
    const bool is_digit = letter >= '0' && letter <= '9';
    const bool was_digit = before >= '0' && before <= '9';
    return (is_word && was_word) || (is_digit && (was_digit || was_word)) || letter == ' ' ||
           letter == '\t';
}

size_t piece_end(struct str text, size_t from)
{
    size_t line = 0; /* a line begins here that is not indented */
    size_t any = 0;  /* something ends before here */
    size_t signs = 0;
    unsigned char before = ' ';
    size_t at = from;
    for (; at < text.len && signs < SIGNS_MAX; at++) {
        const unsigned char letter = (unsigned char)text.ptr[at];
        signs += letter == '\n' ? 3 : !goes_on(letter, before);
        if (before == '\n' && letter != ' ' && letter != '\t' && letter != '\n' && letter != '\r' &&
            letter != '}' && letter != ')' && letter != ']') {
            line = at;
        }
        if (before == '\n' || before == ';') {
            any = at;
        }
        before = letter;
    }
    if (at >= text.len) {
        return text.len;
    }
    const size_t half = from + (at - from) / 2;
    return line > half ? line : any > half ? any : at;
}
