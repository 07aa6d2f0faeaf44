/*
 * words.c - the words of words.def, all of them looked for in one pass (Aho and Corasick, "Efficient string matching: an
 * aid to bibliographic search", 1975).
 *
 * A state is what was read of words so far; from each there is one way for each letter, so a text costs a step a byte,
 * however many words there are. Letters that stand in no word are all one.
 */
#include <pthread.h>
#include <string.h>

#include "inside.h"

static const struct {
    unsigned tells;
    const char *word;
} row[] = {
#define WORD(tells, word) {TELLS_##tells, word},
#define TRAIT(sign, weight) {TELLS_TRAIT, sign},
#include "words.def"
#undef WORD
#undef TRAIT
};

enum {
    ROWS = sizeof row / sizeof row[0],
    STATES_MAX = 1
#define WORD(tells, word) +sizeof(word) - 1
#define TRAIT(sign, weight) +sizeof(sign) - 1
#include "words.def"
#undef WORD
#undef TRAIT
    ,
    LETTERS_MAX = 40
};

static struct {
    uint8_t letter[256]; /* 0: it stands in no word */
    uint16_t next[STATES_MAX][LETTERS_MAX];
    uint8_t tells[STATES_MAX];
} machine;

static unsigned char small(char letter)
{
    return (unsigned char)(letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter);
}

static void make_letters(void)
{
    uint8_t count = 1;
    for (size_t r = 0; r < ROWS; r++) {
        for (const char *at = row[r].word; *at != '\0'; at++) {
            uint8_t *letter = &machine.letter[small(*at)];
            if (*letter == 0) {
                must(count < LETTERS_MAX);
                *letter = count++;
            }
        }
    }
    for (size_t large = 'A'; large <= 'Z'; large++) {
        machine.letter[large] = machine.letter[large + ('a' - 'A')];
    }
}

/* The words as ways from the first state, and how many states that takes. */
static uint16_t make_ways(void)
{
    uint16_t count = 1;
    for (size_t r = 0; r < ROWS; r++) {
        uint16_t state = 0;
        for (const char *at = row[r].word; *at != '\0'; at++) {
            uint16_t *next = &machine.next[state][machine.letter[small(*at)]];
            *next = *next == 0 ? count++ : *next;
            state = *next;
        }
        machine.tells[state] |= (uint8_t)row[r].tells;
    }
    return count;
}

/* Where a word breaks off, what was read of it may be the beginning of another: breadth first, the shorter before. */
static void make_ways_back(uint16_t count)
{
    static uint16_t back[STATES_MAX];
    static uint16_t queue[STATES_MAX];
    size_t first = 0;
    size_t last = 0;
    for (queue[last++] = 0; first < last; first++) {
        const uint16_t state = queue[first];
        for (size_t letter = 0; letter < LETTERS_MAX; letter++) {
            uint16_t *next = &machine.next[state][letter];
            const uint16_t instead = state == 0 ? 0 : machine.next[back[state]][letter];
            if (*next == 0) {
                *next = instead;
                continue;
            }
            back[*next] = instead;
            machine.tells[*next] |= machine.tells[instead];
            queue[last++] = *next;
        }
    }
    must(last == count);
}

static void make_machine(void)
{
    make_letters();
    make_ways_back(make_ways());
}

unsigned words_in(struct str text)
{
    static pthread_once_t made = PTHREAD_ONCE_INIT;
    must(pthread_once(&made, make_machine) == 0);
    unsigned tells = 0;
    uint16_t state = 0;
    for (size_t i = 0; i < text.len; i++) {
        state = machine.next[state][machine.letter[(unsigned char)text.ptr[i]]];
        tells |= machine.tells[state];
    }
    return tells;
}

static bool is_secret(struct str name, unsigned tells)
{
    return (tells & TELLS_SECRET) != 0 || same_small(name, "pwd") || same_small(name, "pass") ||
           same_small(name, "token");
}

static bool is_personal(struct str name, unsigned tells)
{
    if ((tells & TELLS_PERSONAL) != 0) {
        return (tells & TELLS_ABOUT) == 0;
    }
    return same_small(name, "phone") || same_small(name, "ssn") || same_small(name, "dob") ||
           same_small(name, "iban");
}

bool word_is_secret(struct str name)
{
    return is_secret(name, words_in(name));
}

bool word_is_personal(struct str name)
{
    return is_personal(name, words_in(name));
}

unsigned label_of_word(struct str name)
{
    const unsigned tells = words_in(name);
    return is_personal(name, tells) ? FROM_PERSON : is_secret(name, tells) ? FROM_SECRET : 0;
}
