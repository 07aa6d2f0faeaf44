/*
 * gate_words.c - texts as the gate reads them, for the fitting of its models: the same letters, the same
 * sentences.
 *
 *   gate_words <TEXTS >LINES    texts end with a zero byte; one line a sentence, its classes behind it,
 *                               an empty line ends a text
 */
#include <stdio.h>
#include <stdlib.h>

#include "prose.h"

enum { ALL_MAX = 64 << 20 };

static void put_sentence(void *context, const struct sentence *sentence)
{
    const struct injection_rules *rules = context;
    classes of[WORDS_MAX];
    for (size_t i = 0; i < sentence->count; i++) {
        const struct word *word = &sentence->word[i];
        printf("%s%.*s", i == 0 ? "" : " ", (int)word->len, sentence->letters + word->from);
    }
    const classes present = injection_classes(rules, sentence, of);
    for (size_t i = 0; i < injection_class_count; i++) {
        if ((present >> i & 1) != 0) {
            printf(" @%s", injection_class_name[i]);
        }
    }
    printf("\n");
}

int main(void)
{
    char *all = malloc(ALL_MAX);
    const size_t len = all == NULL ? 0 : fread(all, 1, ALL_MAX, stdin);
    struct arena *arena = arena_begin();
    struct injection_rules *rules = injection_rules_begin(arena);
    struct str rest = {all, len};
    while (rest.len > 0) {
        prose_sentences(str_cut(&rest, '\0'), put_sentence, rules);
        printf("\n");
    }
    arena_end(arena);
    free(all);
    return 0;
}
