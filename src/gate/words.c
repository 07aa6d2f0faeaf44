/*
 * words.c - classes of words, patterns of classes, and linear models of words.
 *
 * All three look words up by their hash in tables of fixed size: a sentence costs some look-ups a word, and
 * nothing goes back over it. A prefix is looked up by the hash of the first letters, which FNV-1a yields on
 * the way.
 */
#include "prose.h"

#include <string.h>

enum { PREFIX_LEAST = 3, PREFIX_MOST = 16 };

struct entry {
    uint32_t hash; /* 0: free */
    classes class;
};

struct table {
    struct entry *entry;
    size_t mask;
};

struct lexicon {
    struct table whole;
    struct table prefix;
};

static struct table table_begin(struct arena *arena, size_t count)
{
    size_t size = 64;
    while (size < count * 4) {
        size *= 2;
    }
    return (struct table){NEW_ARRAY(arena, size, struct entry), size - 1};
}

static struct entry *table_place(const struct table *table, uint32_t hash)
{
    size_t at = hash * 2654435769U >> 7 & table->mask;
    hash = hash == 0 ? 1 : hash;
    while (table->entry[at].hash != 0 && table->entry[at].hash != hash) {
        at = (at + 1) & table->mask;
    }
    return &table->entry[at];
}

static void table_put(const struct table *table, uint32_t hash, classes class)
{
    struct entry *entry = table_place(table, hash);
    entry->hash = hash == 0 ? 1 : hash;
    entry->class |= class;
}

/* ---- classes -------------------------------------------------------------------------------- */

static size_t count_words(const struct class_words *words, size_t count)
{
    size_t all = 0;
    for (size_t i = 0; i < count; i++) {
        for (const char *c = words[i].words; *c != '\0'; c++) {
            all += *c == ' ';
        }
        all++;
    }
    return all;
}

struct lexicon *lexicon_begin(struct arena *arena, const struct class_words *words, size_t count)
{
    struct lexicon *lexicon = NEW(arena, struct lexicon);
    const size_t all = count_words(words, count);
    lexicon->whole = table_begin(arena, all);
    lexicon->prefix = table_begin(arena, all);
    for (size_t i = 0; i < count; i++) {
        struct str rest = str_of(words[i].words);
        while (rest.len > 0) {
            const struct str word = str_cut(&rest, ' ');
            if (word.len == 0) {
                continue;
            }
            if (str_ends(word, STR("*"))) {
                const struct str stem = str_slice(word, 0, word.len - 1);
                must(stem.len >= PREFIX_LEAST && stem.len <= PREFIX_MOST);
                table_put(&lexicon->prefix, word_hash(stem), words[i].class);
            } else {
                table_put(&lexicon->whole, word_hash(word), words[i].class);
            }
        }
    }
    return lexicon;
}

classes lexicon_of(const struct lexicon *lexicon, const struct sentence *sentence, size_t word)
{
    const struct word *one = &sentence->word[word];
    const struct str letters = {sentence->letters + one->from, one->len};
    classes class = table_place(&lexicon->whole, one->hash)->class;
    const size_t most = letters.len < PREFIX_MOST ? letters.len : PREFIX_MOST;
    uint32_t hash = word_hash(str_slice(letters, 0, PREFIX_LEAST));
    for (size_t len = PREFIX_LEAST; len <= most; len++) {
        class |= table_place(&lexicon->prefix, hash)->class;
        if (len < most) {
            hash = (hash ^ (unsigned char)letters.ptr[len]) * 16777619U;
        }
    }
    return class;
}

/* ---- patterns ------------------------------------------------------------------------------- */

/* From a word of the first class on: the others within, each the first that stands. */
static bool holds_from(const struct pattern *pattern, const classes *of, size_t from, size_t to,
                       size_t *last)
{
    size_t least = from;
    *last = from;
    for (size_t c = 1; c < PATTERN_CLASSES && pattern->class[c] != 0; c++) {
        size_t at = pattern->in_order ? least + 1 : from + 1;
        while (at < to && (of[at] & pattern->class[c]) == 0) {
            at++;
        }
        if (at >= to) {
            return false;
        }
        least = at;
        *last = at > *last ? at : *last;
    }
    return true;
}

static bool holds_around(const struct pattern *pattern, const classes *of, size_t at, size_t count,
                         size_t *first, size_t *last)
{
    const size_t side = pattern->within;
    const size_t from = at > side ? at - side : 0;
    const size_t to = at + side + 1 < count ? at + side + 1 : count;
    *first = at;
    *last = at;
    for (size_t c = 1; c < PATTERN_CLASSES && pattern->class[c] != 0; c++) {
        size_t found = from;
        while (found < to && (found == at || (of[found] & pattern->class[c]) == 0)) {
            found++;
        }
        if (found == to) {
            return false;
        }
        *first = found < *first ? found : *first;
        *last = found > *last ? found : *last;
    }
    return true;
}

bool pattern_holds(const struct pattern *pattern, const classes *of, size_t count, size_t *first,
                   size_t *last)
{
    for (size_t at = 0; at < count; at++) {
        if ((of[at] & pattern->class[0]) == 0) {
            continue;
        }
        const size_t to = at + pattern->within + 1 < count ? at + pattern->within + 1 : count;
        *first = at;
        if (pattern->in_order ? holds_from(pattern, of, at, to, last)
                              : holds_around(pattern, of, at, count, first, last)) {
            return true;
        }
    }
    return false;
}

const struct pattern *said_holds(const struct said *said, size_t count, size_t first_words,
                                 const struct lexicon *lexicon, const struct sentence *sentence)
{
    classes of[WORDS_MAX];
    classes present = 0;
    classes first = 0;
    size_t from;
    size_t to;
    for (size_t i = 0; i < sentence->count; i++) {
        of[i] = lexicon_of(lexicon, sentence, i);
        present |= of[i];
        first |= i < first_words ? of[i] : 0;
    }
    for (size_t i = 0; i < count; i++) {
        const struct pattern *pattern = &said[i].pattern;
        if ((present & pattern->without) == 0 &&
            (pattern->any == 0 || (present & pattern->any) != 0) &&
            (said[i].first == 0 || (first & said[i].first) != 0) &&
            pattern_holds(pattern, of, sentence->count, &from, &to)) {
            return pattern;
        }
    }
    return NULL;
}

/* ---- models --------------------------------------------------------------------------------- */

struct text_model {
    struct table weights; /* the class is the weight, as bits */
    int32_t bias;
    uint32_t class_hash[CLASSES_MAX];
};

static uint32_t pair_hash(uint32_t left, uint32_t right)
{
    return (left * 31U ^ right) * 2246822519U;
}

enum { MODEL_BEGINS = 0x5e };

static uint32_t words_hash(struct str words)
{
    const struct str first = str_cut(&words, ' ');
    const uint32_t left = str_is(first, "^") ? MODEL_BEGINS : word_hash(first);
    return words.len == 0 ? left : pair_hash(left, word_hash(words));
}

struct text_model *text_model_begin(struct arena *arena, const struct weight *weight, size_t count,
                                    int32_t bias, const char *const *class_name, size_t class_count)
{
    struct text_model *model = NEW(arena, struct text_model);
    must(class_count <= CLASSES_MAX);
    model->bias = bias;
    model->weights = table_begin(arena, count);
    for (size_t i = 0; i < count; i++) {
        const uint32_t hash = words_hash(str_of(weight[i].words));
        struct entry *entry = table_place(&model->weights, hash);
        entry->hash = hash == 0 ? 1 : hash;
        entry->class = (classes)(int64_t)weight[i].weight;
    }
    for (size_t i = 0; i < class_count; i++) {
        model->class_hash[i] = word_hash(str_format(arena, "@%s", class_name[i]));
    }
    return model;
}

static int32_t weight_of(const struct text_model *model, uint32_t hash)
{
    return (int32_t)(int64_t)table_place(&model->weights, hash)->class;
}

/* Every class that the sentence has counts once, and every two of them. */
static int32_t class_score(const struct text_model *model, classes present)
{
    int32_t score = 0;
    for (classes left = present; left != 0; left &= left - 1) {
        const unsigned one = (unsigned)__builtin_ctzll(left);
        score += weight_of(model, model->class_hash[one]);
        for (classes right = left & (left - 1); right != 0; right &= right - 1) {
            const unsigned other = (unsigned)__builtin_ctzll(right);
            score += weight_of(model, pair_hash(model->class_hash[one], model->class_hash[other]));
        }
    }
    return score;
}

int32_t text_model_score(const struct text_model *model, const struct sentence *sentence,
                         classes present)
{
    int32_t score = model->bias + class_score(model, present);
    uint32_t left = MODEL_BEGINS;
    for (size_t i = 0; i < sentence->count; i++) {
        const uint32_t hash = sentence->word[i].hash;
        score += weight_of(model, hash) + weight_of(model, pair_hash(left, hash));
        left = hash;
    }
    return score;
}
