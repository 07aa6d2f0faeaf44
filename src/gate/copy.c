/*
 * copy.c - wording that promises what must be shown, presses, shames, excludes, or speaks to what is nobody's
 * business.
 *
 * Patterns of word classes say which rule; a linear model of words and classes (copy_model.def, made by
 * bench/gate_fit.py) says whether a sentence of a shop sounds like a dark pattern. A number that comes from a
 * place for data - "only {{stock}} left" - is bound to what is true, and no finding.
 */
#include "prose.h"

#include <assert.h>

enum class_index {
#define CLASS(name, words) INDEX_##name,
#include "copy_words.def"
#undef CLASS
    INDEX_COUNT,
    HAS_NUMBER = INDEX_COUNT,
    HAS_QUESTION,
    IS_SHORT,
    IS_LOUD,
    BITS
};
static_assert((int)BITS <= CLASSES_MAX, "classes are bits");

static const struct class_words class_words[] = {
#define CLASS(name, words) {UINT64_C(1) << INDEX_##name, words},
#include "copy_words.def"
#undef CLASS
};

const char *const copy_class_name[] = {
#define CLASS(name, words) #name,
#include "copy_words.def"
#undef CLASS
    "NUMBER",
    "QUESTION",
    "SHORT",
    "LOUD",
};
const size_t copy_class_count = BITS;

static const struct weight weight[] = {
#define COPY_BIAS(value)
#define COPY_LEAST(name, value)
#define COPY_WEIGHT(words, value) {words, value},
#include "copy_model.def"
#undef COPY_BIAS
#undef COPY_LEAST
#undef COPY_WEIGHT
};

enum model_limits {
#define COPY_BIAS(value) MODEL_BIAS = (value),
#define COPY_LEAST(name, value) MODEL_##name = (value),
#define COPY_WEIGHT(words, value)
#include "copy_model.def"
#undef COPY_BIAS
#undef COPY_LEAST
#undef COPY_WEIGHT
};

struct copy_rules {
    struct lexicon *lexicon;
    struct text_model *model;
};

struct copy_rules *copy_rules_begin(struct arena *arena)
{
    struct copy_rules *rules = NEW(arena, struct copy_rules);
    rules->lexicon = lexicon_begin(arena, class_words, INDEX_COUNT);
    rules->model = text_model_begin(arena, weight, sizeof weight / sizeof weight[0], MODEL_BIAS,
                                    copy_class_name, BITS);
    return rules;
}

classes copy_classes(const struct copy_rules *rules, const struct sentence *sentence,
                     classes of[WORDS_MAX])
{
    enum { SHORT = 6 };
    classes present = 0;
    for (size_t i = 0; i < sentence->count; i++) {
        const char first = sentence->letters[sentence->word[i].from];
        of[i] = lexicon_of(rules->lexicon, sentence, i);
        present |= of[i];
        present |= (classes)(first == '#') << HAS_NUMBER;
        present |= (classes)(first == '?') << HAS_QUESTION;
        present |= (classes)(first == '!') << IS_LOUD;
    }
    return present | (classes)(sentence->count <= SHORT) << IS_SHORT;
}

/* ---- patterns ------------------------------------------------------------------------------- */

#define C(name) (UINT64_C(1) << INDEX_##name)

struct copy_pattern {
    struct pattern pattern;
    const char *fix;
};

static const char *const show =
    "name the study, the test or the terms it rests on, or leave it out";
static const char *const leave = "leave it out: a person has not told you that to be sold to";
static const char *const other = "say it with a word that leaves nobody out";

static const struct copy_pattern pattern[] = {
    {{.rule = "cdr.copy.forbidden-claim",
      .what = "promises a cure",
      .likelihood = VERY_LIKELY,
      .within = 5,
      .in_order = true,
      .class = {C(CURE), C(DISEASE)},
      .without = C(NO)},
     "only what a medicine's licence or an approved health claim says may be said"},
    {{.rule = "cdr.copy.forbidden-claim",
      .what = "promises a cure",
      .likelihood = VERY_LIKELY,
      .within = 4,
      .in_order = true,
      .class = {C(HEALS), C(ILLNESS)},
      .without = C(NO)},
     "only what a medicine's licence or an approved health claim says may be said"},
    {{.rule = "cdr.copy.forbidden-claim",
      .what = "promises a cure",
      .likelihood = VERY_LIKELY,
      .within = 2,
      .class = {C(HEALS), C(SURELY)},
      .without = C(NO)},
     "only what a medicine's licence or an approved health claim says may be said"},
    {{.rule = "cdr.copy.forbidden-claim",
      .what = "promises money without risk",
      .likelihood = VERY_LIKELY,
      .within = 6,
      .class = {C(RISKLESS), C(MONEY)},
      .any = C(GUARANTEE) | C(RISK),
      .without = C(NO)},
     "say what can be lost, with the warning that the market asks for"},
    {{.rule = "cdr.copy.unproven-claim",
      .what = "a claim of proof without a source",
      .likelihood = LIKELY,
      .within = 2,
      .class = {C(PROVEN), C(PROVEN)},
      .without = C(SOURCE)},
     NULL},
    {{.rule = "cdr.copy.unproven-claim",
      .what = "a claim to be the best without a source",
      .likelihood = LIKELY,
      .within = 5,
      .class = {C(BEST), C(WORLD)},
      .without = C(SOURCE)},
     NULL},
    {{.rule = "cdr.copy.unproven-claim",
      .what = "a comparison in numbers without a source",
      .likelihood = LIKELY,
      .within = 3,
      .in_order = true,
      .class = {C(SHARE), C(MORE)},
      .without = C(SOURCE) | C(PAYFULL)},
     NULL},
    {{.rule = "cdr.copy.green-claim",
      .what = "a claim about the environment without a source",
      .likelihood = LIKELY,
      .within = 2,
      .class = {C(GREEN), C(NEUTRAL)},
      .without = C(SOURCE)},
     "say what was measured, by whom, and how the rest was made good (Directive (EU) 2024/825)"},
    {{.rule = "cdr.copy.guarantee",
      .what = "a guarantee without its terms",
      .likelihood = POSSIBLE,
      .within = 1,
      .class = {C(GUARANTEE)},
      .without = C(SOURCE)},
     NULL},
    {{.rule = "cdr.copy.sensitive-targeting",
      .what = "speaks to a person as one of a protected group or with an illness",
      .likelihood = VERY_LIKELY,
      .within = 4,
      .in_order = true,
      .class = {C(YOU), C(ARE), C(TRAIT)}},
     NULL},
    {{.rule = "cdr.copy.sensitive-targeting",
      .what = "speaks of an illness or a group as the reader's own",
      .likelihood = LIKELY,
      .within = 1,
      .in_order = true,
      .class = {C(YOU), C(TRAIT)}},
     NULL},
    {{.rule = "cdr.copy.sensitive-targeting",
      .what = "speaks to a person as one of a protected group or with an illness",
      .likelihood = LIKELY,
      .within = 4,
      .in_order = true,
      .class = {C(ARE), C(TRAIT), C(YOU)}},
     NULL},
    {{.rule = "cdr.copy.sensitive-targeting",
      .what = "speaks of an illness as the reader's own",
      .likelihood = LIKELY,
      .within = 2,
      .in_order = true,
      .class = {C(YOU), C(ILLNESS)}},
     NULL},
    {{.rule = "cdr.copy.sensitive-targeting",
      .what = "speaks to a person as one with an illness",
      .likelihood = LIKELY,
      .within = 5,
      .in_order = true,
      .class = {C(ASONE), C(ILLPERSON), C(YOU)}},
     NULL},
    {{.rule = "cdr.copy.wording",
      .what = "a word that leaves people out or hurts",
      .likelihood = LIKELY,
      .within = 1,
      .class = {C(MANWORD) | C(ABLEWORD) | C(RACEWORD) | C(SEXWORD) | C(AGEWORD) | C(GENDERDE)}},
     NULL},
    {{.rule = "cdr.copy.wording", /* of settings and values they say nothing else */
      .what = "a word that leaves people out or hurts",
      .likelihood = LIKELY,
      .within = 3,
      .class = {C(THINGWORD), C(PEOPLE) | C(PRONOUN) | C(AGEWORD)}},
     NULL},
    {{.rule = "cdr.copy.gendered",
      .what = "a word for one gender where any may be meant",
      .likelihood = POSSIBLE,
      .within = 1,
      .class = {C(PRONOUN)}},
     NULL},
};

static const char *fix_of(const struct copy_pattern *one)
{
    if (one->fix != NULL) {
        return one->fix;
    }
    const struct str rule = str_of(one->pattern.rule);
    if (str_is(rule, "cdr.copy.sensitive-targeting")) {
        return leave;
    }
    return str_is(rule, "cdr.copy.wording") || str_is(rule, "cdr.copy.gendered") ? other : show;
}

/* Part of a path, a query or a name, as in /tree/master/ and ERR_INVALID: nobody chose the word. */
static bool is_in_address(struct str text, const struct word *first, const struct word *last)
{
    return is_among(letter_before(text, first->start), "/=_@") ||
           is_among(letter_at(text, last->end), "/_@");
}

/* Each place where a pattern holds, but no rule twice at one place. */
static void by_patterns(struct scan *scan, const struct sentence *sentence, const classes *of,
                        classes present)
{
    for (size_t i = 0; i < sizeof pattern / sizeof pattern[0]; i++) {
        const struct pattern *one = &pattern[i].pattern;
        if ((present & one->without) != 0 || (one->any != 0 && (present & one->any) == 0)) {
            continue;
        }
        size_t first;
        size_t last;
        for (size_t from = 0; from < sentence->count &&
                              pattern_holds(one, of + from, sentence->count - from, &first, &last);
             from += last + 1) {
            if (is_in_address(scan->text, &sentence->word[from + first],
                              &sentence->word[from + last])) {
                continue;
            }
            prose_add(scan,
                      &(struct remark){one->rule, one->what, fix_of(&pattern[i]), GATE_COPY,
                                       one->likelihood},
                      sentence->word[from + first].start, sentence->word[from + last].end);
        }
    }
}

/* ---- dark patterns -------------------------------------------------------------------------- */

/* The kinds of Mathur et al. 2019; the last one is any other. */
static const struct remark dark[] = {
    {"cdr.copy.scarcity", "says that little is left",
     "take the number from live stock - a place such as {{stock}} - or leave it out", GATE_COPY,
     LIKELY},
    {"cdr.copy.social-proof", "says what others do",
     "take the number from real orders - a place such as {{orders}} - or leave it out", GATE_COPY,
     LIKELY},
    {"cdr.copy.shaming", "makes refusing a shame", "let \"no\" be said in one plain word",
     GATE_COPY, LIKELY},
    {"cdr.copy.urgency", "says that time runs out",
     "bind the end to the real one - a place such as {{ends}} - or leave it out", GATE_COPY,
     LIKELY},
    {"cdr.copy.forced-action", "makes leaving hard or joining a duty",
     "leaving must be as easy as joining was", GATE_COPY, LIKELY},
    {"cdr.copy.dark-pattern", "presses the reader", "let the reader decide without pressure",
     GATE_COPY, LIKELY},
};

static const struct remark *dark_by(const char *rule)
{
    size_t i = 0;
    while (i + 1 < sizeof dark / sizeof dark[0] && !str_is(str_of(dark[i].rule), rule)) {
        i++;
    }
    return &dark[i];
}

/* Which of them the words speak of. */
static const char *dark_of(classes present)
{
    if ((present & (C(LEFT) | C(STOCK))) != 0 && (present & (C(PEOPLE) | C(LOOK))) == 0) {
        return "cdr.copy.scarcity";
    }
    if ((present & (C(PEOPLE) | C(LOOK) | C(BOUGHT) | C(RECENT))) != 0) {
        return "cdr.copy.social-proof";
    }
    if ((present & (C(NO) | C(NOTHANKS))) != 0 && (present & C(I)) != 0) {
        return "cdr.copy.shaming";
    }
    if ((present & (C(HURRY) | C(END) | C(TIME))) != 0) {
        return "cdr.copy.urgency";
    }
    return (present & (C(CANCEL) | C(AGREE))) != 0 ? "cdr.copy.forced-action"
                                                   : "cdr.copy.dark-pattern";
}

/* A place for data beside it, as in "only {{stock}} left": the number will be true. Not far off: a text of
 * nothing but $ is gone through once, not for each of its sentences. */
static bool is_bound(struct str text, const struct sentence *sentence)
{
    enum { BESIDE = 64 };
    const size_t least = sentence->start > BESIDE ? sentence->start - BESIDE : 0;
    const size_t most = text.len - sentence->end > BESIDE ? sentence->end + BESIDE : text.len;
    size_t before = sentence->start;
    size_t after = sentence->end;
    while (before > least && is_among(text.ptr[before - 1], " \t")) {
        before--;
    }
    while (after < most && is_among(text.ptr[after], " \t$")) {
        after++;
    }
    return letter_before(text, before) == '}' || letter_at(text, after) == '{';
}

/* Figures, one of them as long as a year: a point in time or a number, and no clock that runs down. One word, or words and figures, that
 * no class of the rules knows: a name, a month, a key, and no wording. */
static bool is_no_wording(const struct sentence *sentence, const classes of[])
{
    size_t words = 0;
    size_t figures = 0;
    bool has_year = false;
    bool has_clock = false;
    for (size_t i = 0; i < sentence->count; i++) {
        const struct word *word = &sentence->word[i];
        const char first = sentence->letters[word->from];
        has_clock = has_clock || first == ':';
        figures += first == '#';
        has_year = has_year || (first == '#' && word->end - word->start == 4);
        if (!is_among(first, "#:") && word->len > 1) {
            if (of[i] != 0) {
                return false;
            }
            words++;
        }
    }
    return words == 0 ? has_year && sentence->count >= 3
                      : !has_clock && (words == 1 || figures > 0);
}

/* Long sentences are for people; what programs read is none. */
static bool is_data(struct str path)
{
    static const char *const ending[] = {".json", ".jsonl", ".csv", ".tsv",
                                         ".xml",  ".yaml",  ".yml"};
    for (size_t i = 0; i < sizeof ending / sizeof ending[0]; i++) {
        if (str_ends(path, str_of(ending[i]))) {
            return true;
        }
    }
    return false;
}

/* All classes of words; the bits above are of signs and of length. */
static const classes any_word = (UINT64_C(1) << INDEX_COUNT) - 1;

void copy_sentence(struct scan *scan, const struct sentence *sentence)
{
    enum { LONG = 45, CALL_WORDS_MAX = 3 };
    classes of[WORDS_MAX];
    const struct copy_rules *rules = scan->gate->copy;
    const classes present = copy_classes(rules, sentence, of);
    if (sentence->is_for_programmers) {
        return; /* nothing is sold there */
    }
    by_patterns(scan, sentence, of, present);
    const int32_t score = text_model_score(rules->model, sentence, present);
    /* "Acheter maintenant" stands on any button. */
    const bool is_call = sentence->count <= CALL_WORDS_MAX && (present & C(HURRY)) != 0 &&
                         (present & any_word & ~(C(HURRY) | C(SHOP) | C(BOUGHT))) == 0;
    const bool is_modelled = score >= MODEL_LIKELY && !is_call && !is_no_wording(sentence, of);
    const char *rule = is_modelled ? dark_of(present) : copy_said(scan, sentence);
    if (rule != NULL && !is_bound(scan->text, sentence)) {
        prose_add(scan, dark_by(rule), sentence->start, sentence->end);
    }
    if (sentence->count >= LONG && !is_data(scan->asked->path)) {
        prose_add(scan,
                  &(struct remark){"cdr.copy.hard-to-read", "a sentence of 45 words or more",
                                   "make it two sentences", GATE_COPY, LIKELY},
                  sentence->start, sentence->end);
    }
}

/* ---- the whole mail ------------------------------------------------------------------------- */

void copy_note(struct copy_letter *letter, const struct scan *scan, const struct sentence *sentence)
{
    classes of[WORDS_MAX];
    letter->present |= copy_classes(scan->gate->copy, sentence, of);
    letter->in_mail = letter->in_mail || sentence->in_mail;
    letter->says_made_by_ai =
        letter->says_made_by_ai ||
        (sentence->source == IN_TEXT &&
         pattern_holds(&(struct pattern){.within = 4, .class = {C(AIWORD), C(MADE)}}, of,
                       sentence->count, &(size_t){0}, &(size_t){0}));
}

static void lacks(struct scan *scan, const char *rule, const char *what, const char *fix)
{
    prose_add(scan, &(struct remark){rule, what, fix, GATE_COPY, LIKELY}, 0, 0);
}

/* What a mail that sells must say: ePrivacy Article 13, CAN-SPAM, national law on imprints; AI Act Article 50. */
void copy_whole(struct scan *scan, const struct copy_letter *letter)
{
    const bool sells = letter->in_mail && (letter->present & C(SHOP)) != 0;
    if (sells && (letter->present & C(LEAVE)) == 0) {
        lacks(scan, "cdr.copy.no-unsubscribe", "a mail that sells and has no way to leave the list",
              "add a link to unsubscribe");
    }
    if (sells && (letter->present & C(SENDER)) == 0) {
        lacks(scan, "cdr.copy.no-sender", "a mail that sells and does not say who sends it",
              "add the name and the postal address of the sender");
    }
    if ((letter->present & C(MADEBY)) != 0 && !letter->says_made_by_ai) {
        lacks(scan, "cdr.copy.no-ai-disclosure",
              "marked as made by a model, and the reader is not told",
              "say that it was written with AI, or record who reviewed it");
    }
}
