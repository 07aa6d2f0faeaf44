/*
 * token.h - text as tokens, for what compares texts and looks at programs. Inside the gate room only.
 *
 * One light reader for all languages that are written with names, numbers, quotes and signs. It is never at a
 * loss: a quote that does not end ends with its line, and whatever is no token is a sign.
 */
#ifndef CANDOR_GATE_TOKEN_H
#define CANDOR_GATE_TOKEN_H

#include "inside.h"

enum tongue {
    TONGUE_WORDS,  /* prose and pages: words are tokens, signs are none */
    TONGUE_SLASH,  /* comments as in C, JavaScript, PHP, CSS */
    TONGUE_NUMBER, /* comments after a number sign: Python, Ruby, shells, YAML */
};

enum token_kind {
    TOKEN_NAME,
    TOKEN_KEYWORD, /* a name that most languages keep for themselves */
    TOKEN_NUMBER,
    TOKEN_TEXT, /* between quotes, which are part of it */
    TOKEN_SIGN, /* one byte */
};

struct token {
    uint32_t start; /* in the text */
    uint32_t end;
    uint32_t hash; /* of names, words and signs as they stand; of words in small letters */
    enum token_kind kind;
};

/* Texts are read in pieces of at most this, so that places fit. */
#define TOKEN_TEXT_MAX ((size_t)1 << 30)

enum { TOKEN_SLOTS = 512 };

struct token_reader {
    uint32_t keyword[TOKEN_SLOTS]; /* by their hash; 0: empty */
    struct str text;
    size_t at;
    enum tongue tongue;
    uint32_t last; /* the hash of the token before: whether a slash begins a pattern */
    enum token_kind last_kind;
};

struct token_reader token_reader_of(struct str text, enum tongue tongue);
/* The next tokens, at most count_max; 0: the end. Comments are left out. */
size_t token_next(struct token_reader *reader, struct token token[], size_t count_max);

enum tongue tongue_of(struct str path); /* by its ending; a page is words */
bool tongue_is_program(struct str path);

/* The hash of a token that stands in our own source. */
uint32_t token_hash(const char *letters);

#endif
