/*
 * words.h - all that the server's pages say, in one file of sentences: words.def.
 *
 * A translation is another such file. {1} and {2} in a sentence stand for what is put there, escaped.
 */
#ifndef CANDOR_WORDS_H
#define CANDOR_WORDS_H

#include "base.h"
#include "text.h"

enum word {
#define WORD(name, text) W_##name,
#include "words.def"
#undef WORD
    WORD_COUNT
};

struct lit word(enum word which);
/* The sentence, escaped. */
void say(struct buf *html, enum word which);
/* The sentence between tags of ours: "<p>", "</p>". */
void say_in(struct buf *html, struct lit open, enum word which, struct lit close);
/* With what stands for {1} and {2}; both are escaped. */
void say_with(struct buf *html, enum word which, struct str first, struct str second);
/* ... between tags of ours. */
void say_with_in(struct buf *html, struct lit open, enum word which, struct str first,
                 struct str second, struct lit close);
/* The same as plain text. */
struct str word_with(struct arena *arena, enum word which, struct str first, struct str second);

#endif
