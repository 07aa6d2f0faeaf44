/*
 * gate_words.c - texts as the gate reads them, for the fitting of its models: the same letters, the same
 * sentences.
 *
 *   gate_words [copy] <TEXTS >LINES    texts end with a zero byte; one line a sentence, its classes behind it,
 *                               an empty line ends a text
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prose.h"

enum { ALL_MAX = 64 << 20 };

struct rules {
    const struct injection_rules *injection;
    const struct copy_rules *copy; /* NULL: injection is asked for */
};

static void put_sentence(void *context, const struct sentence *sentence)
{
    const struct rules *rules = context;
    classes of[WORDS_MAX];
    for (size_t i = 0; i < sentence->count; i++) {
        const struct word *word = &sentence->word[i];
        printf("%s%.*s", i == 0 ? "" : " ", (int)word->len, sentence->letters + word->from);
    }
    const bool is_copy = rules->copy != NULL;
    const classes present = is_copy ? copy_classes(rules->copy, sentence, of)
                                    : injection_classes(rules->injection, sentence, of);
    const size_t count = is_copy ? copy_class_count : injection_class_count;
    for (size_t i = 0; i < count; i++) {
        if ((present >> i & 1) != 0) {
            printf(" @%s", is_copy ? copy_class_name[i] : injection_class_name[i]);
        }
    }
    printf("\n");
}

int main(int count, char **argument)
{
    char *all = malloc(ALL_MAX);
    const size_t len = all == NULL ? 0 : fread(all, 1, ALL_MAX, stdin);
    struct arena *arena = arena_begin();
    const bool is_copy = count == 2 && strcmp(argument[1], "copy") == 0;
    struct rules rules = {injection_rules_begin(arena), is_copy ? copy_rules_begin(arena) : NULL};
    struct str rest = {all, len};
    while (rest.len > 0) {
        prose_sentences(str_cut(&rest, '\0'), put_sentence, &rules);
        printf("\n");
    }
    arena_end(arena);
    free(all);
    return 0;
}
