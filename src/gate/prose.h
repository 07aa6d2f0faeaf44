/*
 * prose.h - text as sentences of words, for the rules and models that read it. Inside the gate room only.
 *
 *     bytes ──letters.c──▶ letters ──prose.c──▶ sentences ──words.c──▶ classes, patterns, model
 */
#ifndef CANDOR_GATE_PROSE_H
#define CANDOR_GATE_PROSE_H

#include "inside.h"

/* ---- letters.c ----------------------------------------------------------------------------- */

enum letter_kind {
    LETTER_WORD, /* part of a word, folded: small, without accents, look-alikes as what they look like */
    LETTER_DIGIT,
    LETTER_GAP,    /* blanks and signs */
    LETTER_STOP,   /* . ! ? and their kin */
    LETTER_LINE,   /* the end of a line */
    LETTER_UNSEEN, /* zero-width, bidirectional, variation selectors, tags: nobody sees it */
    LETTER_MARK,   /* a combining mark */
    LETTER_ALONE,  /* a word by itself: Chinese, Japanese */
};

struct letter {
    uint32_t point; /* as written; a stray byte is U+FFFD */
    uint32_t folded;
    enum letter_kind kind;
    unsigned script; /* of enum script; 0: none */
    size_t len;      /* bytes, at least 1 */
};

enum script { SCRIPT_NONE, SCRIPT_LATIN, SCRIPT_CYRILLIC, SCRIPT_GREEK, SCRIPT_OTHER };

/* The letter that begins at a place within the text. */
struct letter letter_of(struct str text, size_t at);
bool letter_is_bidi(uint32_t point); /* it changes the order in which text is shown */
bool letter_is_tag(uint32_t point);  /* U+E0020 to U+E007E: invisible twins of ASCII */
bool letter_is_selector(uint32_t point);

/* ---- form.c -------------------------------------------------------------------------------- */

enum form {
    FORM_NONE, /* styles, pictures, archives: nothing that speaks */
    FORM_CODE, /* programs: only what no program says */
    FORM_TEXT, /* prose, pages, mails, data */
};
enum form form_of(struct str path);
/* The same of a file of which the text is known: a script is a program, and what has signs of bytes speaks to nobody. */
enum form text_form(struct str path, struct str text);
/* It has a subject, a greeting, or a way to leave the list. */
bool text_is_mail(struct str text);

/* ---- prose.c ------------------------------------------------------------------------------- */

/* Where a sentence stands; what people do not see is read by models all the same. */
enum source { IN_TEXT, IN_HIDDEN, IN_COMMENT, IN_ATTRIBUTE };

enum { WORDS_MAX = 64, LETTERS_MAX = 1024 };

struct word {
    uint32_t hash; /* of its letters */
    uint16_t from; /* its letters */
    uint16_t len;
    size_t start; /* in the text */
    size_t end;
};

struct sentence {
    struct word word[WORDS_MAX];
    size_t count;
    char letters[LETTERS_MAX];
    size_t len;
    size_t start; /* in the text */
    size_t end;
    size_t index; /* sentences before it */
    enum source source;
    size_t disguised;        /* words of letters of two scripts */
    bool is_spaced;          /* s p a c e d */
    bool in_mail;            /* the text is a letter: no place for tasks */
    bool in_fence;           /* between ``` and ```, or <pre> and </pre>: a program */
    bool is_for_programmers; /* this, or it stands among such */
    bool is_technical;       /* it speaks of programs: `name`, a_name, call() */
};

/* Each sentence in turn. Longer ones than WORDS_MAX words come in pieces. One pass; no text makes it slow. */
typedef void sentence_fn(void *context, const struct sentence *sentence);
void prose_sentences(struct str text, sentence_fn *each, void *context);

/* Whether a small Cyrillic or Greek letter looks like a Latin one. */
bool letter_looks_latin(uint32_t folded);

uint32_t word_hash(struct str letters);

/* ---- words.c ------------------------------------------------------------------------------- */

/* One class of words, or several: bits. */
typedef uint64_t classes;
enum { CLASSES_MAX = 64 };

struct class_words {
    classes class;
    const char *words; /* between blanks; a star at the end: any that begin so */
};

struct lexicon;
struct lexicon *lexicon_begin(struct arena *arena, const struct class_words *words, size_t count);
classes lexicon_of(const struct lexicon *lexicon, const struct sentence *sentence, size_t word);

/* A pattern holds where one word of each class stands within so many words; zeros are no class. */
enum { PATTERN_CLASSES = 4 };
struct pattern {
    const char *rule;
    const char *what;
    enum likelihood likelihood;
    size_t within;
    bool in_order;
    classes class[PATTERN_CLASSES];
    classes any;     /* one of these in the sentence; 0: no matter */
    classes without; /* none of these in the sentence */
};

/* The first place where it holds; of: classes of each word. */
bool pattern_holds(const struct pattern *pattern, const classes *of, size_t count, size_t *first,
                   size_t *last);

/* A pattern over a sentence, and a class that one of its first words must have. */
struct said {
    struct pattern pattern;
    classes first; /* 0: no matter */
};
/* The first of them that holds; NULL: none does. first_words: how many of the sentence's words are its first ones. */
const struct pattern *said_holds(const struct said *said, size_t count, size_t first_words,
                                 const struct lexicon *lexicon, const struct sentence *sentence);

/*
 * A linear model of words, pairs of words, classes and pairs of classes ("@TASK @SECRET"); weights in 1/256
 * of a logit. Class names in the order of their bits.
 */
struct weight {
    const char *words;
    int16_t weight;
};
struct text_model;
struct text_model *text_model_begin(struct arena *arena, const struct weight *weight, size_t count,
                                    int32_t bias, const char *const *class_name,
                                    size_t class_count);
int32_t text_model_score(const struct text_model *model, const struct sentence *sentence,
                         classes present);

struct remark {
    const char *rule;
    const char *what;
    const char *fix;
    enum gate_kind kind;
    enum likelihood likelihood;
};

/* ---- injection.c --------------------------------------------------------------------------- */

struct injection_rules;
struct injection_rules *injection_rules_begin(struct arena *arena);
classes injection_classes(const struct injection_rules *rules, const struct sentence *sentence,
                          classes of[WORDS_MAX]);
extern const char *const injection_class_name[];
extern const size_t injection_class_count;
void injection_sentence(struct scan *scan, const struct sentence *sentence, enum form form);
/* injection_said.c: whether it is an end of the letter that it stands in, and of nothing else there. */
bool injection_is_planted(const struct scan *scan, const struct sentence *sentence);
/* injection_said.c: an order by its parts; 0: none. */
struct lexicon *injection_said_begin(struct arena *arena);
enum likelihood injection_said(struct scan *scan, const struct sentence *sentence,
                               struct remark *remark);

/* ---- copy.c -------------------------------------------------------------------------------- */

struct copy_rules;
struct copy_rules *copy_rules_begin(struct arena *arena);
classes copy_classes(const struct copy_rules *rules, const struct sentence *sentence,
                     classes of[WORDS_MAX]);
extern const char *const copy_class_name[];
extern const size_t copy_class_count;
void copy_sentence(struct scan *scan, const struct sentence *sentence);
/* copy_said.c: the rule of the pressure that its parts make; NULL: they make none. */
struct lexicon *copy_said_begin(struct arena *arena);
const char *copy_said(const struct scan *scan, const struct sentence *sentence);

/* What was seen of a whole text, to tell what it lacks. */
struct copy_letter {
    classes present;
    bool in_mail;
    bool says_made_by_ai;
};
void copy_note(struct copy_letter *letter, const struct scan *scan,
               const struct sentence *sentence);
void copy_whole(struct scan *scan, const struct copy_letter *letter);

/* ---- market.c ------------------------------------------------------------------------------ */

enum { MARKET_RULES_MAX = 64 };
extern const size_t market_rule_count;

/* What was seen of a whole text, and where its topics are first spoken of; end 0: nowhere. */
struct market_letter {
    uint64_t said;
    size_t start[MARKET_RULES_MAX];
    size_t end[MARKET_RULES_MAX];
};
void market_note(struct market_letter *letter, const struct scan *scan,
                 const struct sentence *sentence);
/* Of a part of a file only what is said can be told, not what is missing. */
void market_whole(struct scan *scan, const struct market_letter *letter, bool is_whole);

/* ---- hidden.c ------------------------------------------------------------------------------ */

void hidden_scan(struct scan *scan, enum form form);
/* disguise.c: orders in other writing, read again as prose. */
void disguise_scan(struct scan *scan);

/* ---- read.c: all that is read as prose ------------------------------------------------------ */

void prose_add(struct scan *scan, const struct remark *remark, size_t start, size_t end);

#endif
