/*
 * injection.c - text that tries to steer a model: instructions where there should be data.
 *
 * Two judges read every sentence: patterns of word classes, which name what they found, and a linear model of
 * words, pairs and classes (injection_model.def, made by bench/gate_fit.py), which knows no more than that the
 * sentence sounds like an order to a model. In a program only the patterns judge. What people cannot see needs
 * less to be found.
 */
#include "prose.h"

#include <assert.h>

enum class_index {
#define CLASS(name, words) INDEX_##name,
#include "injection_words.def"
#undef CLASS
    INDEX_COUNT
};

/* Classes that say more at the beginning of a sentence: an order, a question. */
#define BEGINNINGS \
    BEGINS(OVERRIDE) \
    BEGINS(REVEAL) \
    BEGINS(TASK) \
    BEGINS(INSERT) \
    BEGINS(QUESTION) \
    BEGINS(ROLE) BEGINS(YOU) BEGINS(ANSWER) BEGINS(SAY) BEGINS(NOW) BEGINS(I) BEGINS(NOT)

enum begins_index {
    BEGINS_BEFORE = INDEX_COUNT - 1,
#define BEGINS(name) BEGINS_##name,
    BEGINNINGS
#undef BEGINS
        IS_LATER,
    IS_SHORT,
    IN_MAIL,
    IS_PLAIN, /* it begins like no order and no question */
    BITS
};
static_assert((int)BITS <= CLASSES_MAX, "classes are bits");

static const struct class_words class_words[] = {
#define CLASS(name, words) {UINT64_C(1) << INDEX_##name, words},
#include "injection_words.def"
#undef CLASS
};

const char *const injection_class_name[] = {
#define CLASS(name, words) #name,
#include "injection_words.def"
#undef CLASS
#define BEGINS(name) "BEGINS_" #name,
    BEGINNINGS
#undef BEGINS
    "LATER",
    "SHORT",
    "IN_MAIL",
    "PLAIN",
};
const size_t injection_class_count = BITS;

static const struct weight weight[] = {
#define INJECTION_BIAS(value)
#define INJECTION_LEAST(name, value)
#define INJECTION_WEIGHT(words, value) {words, value},
#include "injection_model.def"
#undef INJECTION_BIAS
#undef INJECTION_LEAST
#undef INJECTION_WEIGHT
};

enum model_limits {
#define INJECTION_BIAS(value) MODEL_BIAS = (value),
#define INJECTION_LEAST(name, value) MODEL_##name = (value),
#define INJECTION_WEIGHT(words, value)
#include "injection_model.def"
#undef INJECTION_BIAS
#undef INJECTION_LEAST
#undef INJECTION_WEIGHT
};

struct injection_rules {
    struct lexicon *lexicon;
    struct text_model *model;
};

struct injection_rules *injection_rules_begin(struct arena *arena)
{
    struct injection_rules *rules = NEW(arena, struct injection_rules);
    rules->lexicon = lexicon_begin(arena, class_words, INDEX_COUNT);
    rules->model = text_model_begin(arena, weight, sizeof weight / sizeof weight[0], MODEL_BIAS,
                                    injection_class_name, BITS);
    return rules;
}

classes injection_classes(const struct injection_rules *rules, const struct sentence *sentence,
                          classes of[WORDS_MAX])
{
    enum { SHORT = 8 };
    classes present = 0;
    size_t first = sentence->count;
    for (size_t i = 0; i < sentence->count; i++) {
        of[i] = lexicon_of(rules->lexicon, sentence, i);
        present |= of[i];
        const bool is_polite = (of[i] & UINT64_C(1) << INDEX_POLITE) != 0;
        first = first == sentence->count && !is_polite ? i : first;
    }
    if (first < sentence->count) {
#define BEGINS(name) present |= (of[first] >> INDEX_##name & 1) << (unsigned)BEGINS_##name;
        BEGINNINGS
#undef BEGINS
    }
    present |= (classes)(sentence->index > 0) << (unsigned)IS_LATER;
    present |= (classes)(sentence->count <= SHORT) << (unsigned)IS_SHORT;
    present |= (classes)sentence->in_mail << (unsigned)IN_MAIL;
    const classes begins = (UINT64_C(1) << (unsigned)IS_LATER) - (UINT64_C(1) << INDEX_COUNT);
    present |= (classes)((present & begins) == 0) << (unsigned)IS_PLAIN;
    return present;
}

/* ---- patterns ------------------------------------------------------------------------------- */

#define C(name) (UINT64_C(1) << INDEX_##name)
#define AT_START(name) (UINT64_C(1) << (unsigned)BEGINS_##name)

static const struct pattern pattern[] = {
    {.rule = "cdr.injection.override",
     .what = "tells a model to drop its instructions",
     .likelihood = VERY_LIKELY,
     .within = 8,
     .in_order = true,
     .class = {C(OVERRIDE), C(RULES) | C(PROMPT)},
     .any = C(PRIOR) | C(ALL) | C(FIRST) | C(SYSTEM) | C(NOW),
     .without = C(MAIL)},
    {.rule = "cdr.injection.override",
     .what = "tells a model to drop what it was told",
     .likelihood = LIKELY,
     .within = 8,
     .class = {C(OVERRIDE), C(ALL) | C(SAY), C(PRIOR) | C(CONTEXT)},
     .any = AT_START(OVERRIDE) | C(SAY) | C(NOW) | C(CONTEXT),
     .without = C(MAIL)},
    {.rule = "cdr.injection.override",
     .what = "tells a model to drop its instructions",
     .likelihood = LIKELY,
     .within = 4,
     .in_order = true,
     .class = {C(NOT), C(OVERRIDE) | C(ANSWER), C(PRIOR) | C(FIRST), C(RULES)},
     .without = C(MAIL)},
    {.rule = "cdr.injection.extraction",
     .what = "asks a model for its instructions",
     .likelihood = VERY_LIKELY,
     .within = 8,
     .class = {C(PROMPT), C(REVEAL) | C(ENCODE) | AT_START(QUESTION),
               C(SYSTEM) | C(FIRST) | C(PRIOR) | C(ALL)},
     .without = C(MAIL)},
    {.rule = "cdr.injection.extraction",
     .what = "asks a model for its instructions",
     .likelihood = VERY_LIKELY,
     .within = 8,
     .in_order = true,
     .class = {C(REVEAL) | C(QUESTION) | C(ENCODE) | C(TASK), C(YOU),
               C(FIRST) | C(SYSTEM) | C(PRIOR), C(RULES) | C(PROMPT)},
     .without = C(MAIL)},
    {.rule = "cdr.injection.extraction",
     .what = "asks a model for a secret",
     .likelihood = LIKELY,
     .within = 6,
     .in_order = true,
     .class = {C(REVEAL) | C(QUESTION), C(I) | C(ARE) | C(YOU) | C(USERS), C(SECRET)},
     .any = AT_START(REVEAL) | AT_START(QUESTION) | AT_START(YOU) | AT_START(I) | C(AUTHORITY),
     .without = C(MAIL) | C(NOT) | AT_START(TASK)},
    {.rule = "cdr.injection.jailbreak",
     .what = "tells a model to act without its limits",
     .likelihood = VERY_LIKELY,
     .within = 10,
     .class = {C(MODE), C(ROLE) | C(NOW), C(YOU) | C(AI), C(NOT) | C(MODE)},
     .any = C(ROLE) | AT_START(YOU) | AT_START(NOW),
     .without = C(MAIL)},
    {.rule = "cdr.injection.jailbreak",
     .what = "gives a model another role",
     .likelihood = LIKELY,
     .within = 4,
     .in_order = true,
     .class = {C(NOW), C(YOU), C(ARE)},
     .any = C(ANIMAL) | C(MODE) | C(NOT) | C(AI) | C(HARM)},
    {.rule = "cdr.injection.steered-answer",
     .what = "tells a model what its answer shall be",
     .likelihood = LIKELY,
     .within = 12,
     .in_order = true,
     .class = {C(INSERT) | C(TASK) | C(REVEAL) | C(ENCODE), C(YOU), C(ANSWER)},
     .any = AT_START(INSERT) | AT_START(TASK) | AT_START(REVEAL),
     .without = C(MAIL) | C(I)},
    {.rule = "cdr.injection.steered-answer",
     .what = "tells a model what its answer shall be",
     .likelihood = LIKELY,
     .within = 8,
     .in_order = true,
     .class = {C(YOU), C(ANSWER), C(INSERT) | C(TASK) | C(ENCODE)},
     .any = AT_START(YOU) | C(ENCODE),
     .without = C(MAIL) | C(I)},
    {.rule = "cdr.injection.addressed-model",
     .what = "speaks to a model that may read this",
     .likelihood = LIKELY,
     .within = 12,
     .class = {C(AI), C(OVERRIDE) | C(SAY) | C(INSERT) | C(ANSWER) | C(REVEAL),
               C(YOU) | C(USERS) | C(CONTEXT), C(NOT) | C(SAY) | C(RULES)},
     .any = C(OVERRIDE) | C(RULES) | C(SAY),
     .without = C(MAIL) | C(I)},
};

static const char *const fix =
    "keep text from outside apart from instructions, and take the sentence out";

static enum likelihood by_patterns(struct scan *scan, const struct sentence *sentence,
                                   const classes *of, classes present, enum form form)
{
    for (size_t i = 0; i < sizeof pattern / sizeof pattern[0]; i++) {
        size_t first;
        size_t last;
        if ((present & pattern[i].without) == 0 &&
            (pattern[i].any == 0 || (present & pattern[i].any) != 0) &&
            pattern_holds(&pattern[i], of, sentence->count, &first, &last)) {
            /* What is hidden is told as that, whatever it says. */
            if (sentence->source == IN_TEXT || form == FORM_CODE) {
                prose_add(scan,
                          &(struct remark){pattern[i].rule, pattern[i].what, fix, GATE_INJECTION,
                                           pattern[i].likelihood},
                          sentence->word[first].start, sentence->word[last].end);
            }
            return pattern[i].likelihood;
        }
    }
    return 0;
}

/* ---- sentences ------------------------------------------------------------------------------ */

static void add(struct scan *scan, const struct sentence *sentence, const char *rule,
                const char *what, enum likelihood likelihood)
{
    prose_add(scan, &(struct remark){rule, what, fix, GATE_INJECTION, likelihood}, sentence->start,
              sentence->end);
}

static const char *where(enum source source)
{
    switch (source) {
    case IN_HIDDEN:
        return "an instruction for a model in text that a style hides";
    case IN_COMMENT:
        return "an instruction for a model in a comment";
    case IN_ATTRIBUTE:
        return "an instruction for a model in an attribute that people hardly see";
    case IN_TEXT:
        break;
    }
    return "sounds like an instruction for a model";
}

/* "mot de passe : ...": a secret with its name is told, and nothing is asked. */
static bool is_entry(const struct sentence *sentence, classes present)
{
    enum { ENTRY_WORDS_MAX = 8 };
    const classes asks = C(REVEAL) | C(SAY) | C(INSERT) | C(OVERRIDE) | C(ANSWER) | C(RULES) |
                         C(AI) | C(YOU) | C(QUESTION) | C(TASK) | C(ENCODE) | C(USERS) | C(SYSTEM);
    bool has_colon = false;
    for (size_t i = 0; i < sentence->count; i++) {
        has_colon = has_colon || sentence->letters[sentence->word[i].from] == ':';
    }
    return has_colon && sentence->count <= ENTRY_WORDS_MAX && (present & C(SECRET)) != 0 &&
           (present & asks) == 0;
}

/* Whether it is an order or a question that speaks to nobody, or an order about the answer: what may be planted in a letter. */
static bool may_be_planted(const struct sentence *sentence, classes present)
{
    enum { WORDS_LEAST = 4 };
    const classes orders = AT_START(TASK) | AT_START(QUESTION) | AT_START(REVEAL);
    const classes answered =
        AT_START(INSERT) | AT_START(REVEAL) | AT_START(TASK) | AT_START(NOT) | AT_START(YOU);
    const bool is_of_answer = (present & C(ANSWER)) != 0 && (present & C(YOU)) != 0;
    return sentence->in_mail && sentence->source == IN_TEXT && sentence->count >= WORDS_LEAST &&
           (present & (C(I) | C(MAIL) | C(USERS))) == 0 &&
           ((present & C(YOU)) == 0 ? (present & orders) != 0
                                    : is_of_answer && (present & answered) != 0);
}

/* All classes of words but those that any sentence has. */
static const classes asks_something =
    ((UINT64_C(1) << INDEX_COUNT) - 1) & ~(C(NOW) | C(POLITE) | C(ARE));

void injection_sentence(struct scan *scan, const struct sentence *sentence, enum form form)
{
    enum { DISGUISED_LEAST = 2, DOUBT = 800, CALL_WORDS_MAX = 6 };
    classes of[WORDS_MAX];
    const struct injection_rules *rules = scan->gate->injection;
    const classes present = injection_classes(rules, sentence, of);
    enum likelihood by_pattern = by_patterns(scan, sentence, of, present, form);
    struct remark remark;
    if (by_pattern == 0 && form == FORM_TEXT &&
        (by_pattern = injection_said(scan, sentence, &remark)) != 0 &&
        sentence->source == IN_TEXT) {
        add(scan, sentence, remark.rule, remark.what, by_pattern);
    }
    if (sentence->disguised >= DISGUISED_LEAST || (sentence->disguised > 0 && by_pattern != 0)) {
        add(scan, sentence, "cdr.injection.look-alikes",
            "words with letters of another script that look the same", LIKELY);
    }
    if (form != FORM_TEXT) {
        return;
    }
    /* "Jetzt kaufen": short, and nothing in it that a model is asked for. */
    const bool is_call = sentence->count <= CALL_WORDS_MAX && (present & asks_something) == 0;
    const int32_t score = text_model_score(rules->model, sentence, present);
    /* They are told what to run, to use and to leave out, as models are. */
    const int32_t likely = MODEL_LIKELY + (sentence->is_for_programmers ? DOUBT : 0);
    const bool is_seen = sentence->source == IN_TEXT;
    /* Letters tell things; what is planted in one begins as an order or a question. */
    const bool is_news = sentence->in_mail && (present >> (unsigned)IS_PLAIN & 1) != 0;
    const bool speaks_to_model =
        (present & C(AI)) != 0 &&
        (present & (C(REVEAL) | C(SAY) | C(INSERT) | C(OVERRIDE) | C(ANSWER) | C(RULES))) != 0;
    if (!is_seen && (by_pattern != 0 || score >= likely || speaks_to_model ||
                     (sentence->source == IN_HIDDEN && score >= MODEL_POSSIBLE))) {
        add(scan, sentence, "cdr.injection.hidden-instruction", where(sentence->source),
            VERY_LIKELY);
    } else if (is_seen && by_pattern == 0 && score < likely && may_be_planted(sentence, present) &&
               injection_is_planted(scan, sentence)) {
        add(scan, sentence, "cdr.injection.instruction", "a task for a model, put into a letter",
            LIKELY);
    } else if (is_seen && by_pattern == 0 && score >= MODEL_POSSIBLE && !is_news &&
               !is_entry(sentence, present)) {
        add(scan, sentence, "cdr.injection.instruction", where(IN_TEXT),
            score >= likely && !is_call ? LIKELY : POSSIBLE);
    }
}
