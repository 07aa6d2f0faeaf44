/*
 * injection_said.c - orders to a model by their parts, whatever words stand between: who is spoken to, what shall be done, and to
 * what.
 *
 * injection.c's patterns and its model are fitted on labelled texts and know their words. These patterns are not fitted on
 * anything: each is a way to steer a model that the literature names, as classes of words in many languages.
 */
#include "prose.h"

#include <assert.h>

enum said_index {
#define SAID(name, words) INDEX_##name,
#include "injection_said.def"
#undef SAID
    SAID_COUNT
};
static_assert((int)SAID_COUNT <= CLASSES_MAX, "classes are bits");

static const struct class_words said_words[] = {
#define SAID(name, words) {UINT64_C(1) << INDEX_##name, words},
#include "injection_said.def"
#undef SAID
};

struct lexicon *injection_said_begin(struct arena *arena)
{
    return lexicon_begin(arena, said_words, SAID_COUNT);
}

#define C(name) (UINT64_C(1) << INDEX_##name)

static const struct said said[] = {
    {{.rule = "cdr.injection.override",
      .what = "tells a model to drop its instructions",
      .likelihood = LIKELY,
      .within = 8,
      .class = {C(DROP), C(EARLIER), C(RULES) | C(TOLD)},
      .without = C(FROM_MAIL)},
     0},
    {{.rule = "cdr.injection.override",
      .what = "tells a model to drop its instructions",
      .likelihood = LIKELY,
      .within = 6,
      .in_order = true,
      .class = {C(DROP), C(YOU), C(MEMORY) | C(RULES)},
      .without = C(FROM_MAIL)},
     0},
    {{.rule = "cdr.injection.override",
      .what = "tells a model to drop its instructions",
      .likelihood = LIKELY,
      .within = 8,
      .class = {C(YOU), C(MEMORY), C(DROP)},
      .without = C(FROM_MAIL)},
     0},
    {{.rule = "cdr.injection.override",
      .what = "tells a model to act against whom it works for",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(CONTRARY) | C(DROP), C(YOU), C(OPERATOR)}},
     0},
    {{.rule = "cdr.injection.override",
      .what = "gives a model new instructions",
      .likelihood = LIKELY,
      .within = 5,
      .in_order = true,
      .class = {C(NEW), C(RULES), C(FOR), C(AI)},
      .without = C(FROM_MAIL)},
     0},
    {{.rule = "cdr.injection.override",
      .what = "gives a model new instructions",
      .likelihood = LIKELY,
      .within = 1,
      .in_order = true,
      .class = {C(ADMIN), C(OVERRIDE)},
      .any = C(AI) | C(MUST)},
     0},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for its instructions",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(SHOW), C(YOU), C(HIDDEN), C(SETUP)},
      .without = C(FROM_MAIL)},
     0},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for its instructions",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(SHOW), C(YOU), C(SETUP), C(HIDDEN)},
      .without = C(FROM_MAIL)},
     0},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for its instructions",
      .likelihood = LIKELY,
      .within = 5,
      .in_order = true,
      .class = {C(SHOW), C(HIDDEN), C(PROMPT)},
      .without = C(FROM_MAIL)},
     C(SHOW)},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for its instructions",
      .likelihood = LIKELY,
      .within = 6,
      .in_order = true,
      .class = {C(SHOW), C(PROMPT), C(YOU)},
      .without = C(FROM_MAIL)},
     C(SHOW)},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for what it was told before",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(TEXT), C(POSITION), C(FIRST), C(MESSAGE)},
      .any = C(SHOW) | C(REPEAT)},
     0},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for what it was told before",
      .likelihood = LIKELY,
      .within = 6,
      .in_order = true,
      .class = {C(REPEAT), C(EVERYTHING), C(THREAD)}},
     C(REPEAT)},
    {{.rule = "cdr.injection.extraction",
      .what = "asks a model for a secret, piece by piece",
      .likelihood = LIKELY,
      .within = 7,
      .class = {C(LETTERS), C(SECRET)},
      .any = C(ASKS),
      .without = C(YOU) | C(FROM_MAIL)},
     C(ASKS)},
    {{.rule = "cdr.injection.jailbreak",
      .what = "tells a model to act without its limits",
      .likelihood = LIKELY,
      .within = 9,
      .class = {C(AI), C(WITHOUT), C(LIMIT)},
      .any = C(YOU) | C(BE) | C(NOW)},
     C(NOW) | C(YOU) | C(ROLE) | C(BE)},
    {{.rule = "cdr.injection.jailbreak",
      .what = "tells a model to act without its limits",
      .likelihood = LIKELY,
      .within = 9,
      .in_order = true,
      .class = {C(NOW), C(YOU) | C(BE), C(WITHOUT), C(LIMIT) | C(RULES)}},
     0},
    {{.rule = "cdr.injection.jailbreak",
      .what = "tells a model to act without its limits",
      .likelihood = LIKELY,
      .within = 8,
      .class = {C(ROLE), C(SAFETY), C(OFF)}},
     0},
    {{.rule = "cdr.injection.jailbreak",
      .what = "tells a model to act without its limits",
      .likelihood = LIKELY,
      .within = 12,
      .class = {C(ROLE), C(HARM)},
      .any = C(YOU) | C(SHOW) | C(REFUSE) | C(BE) | C(ROLE)},
     C(ROLE) | C(YOU)},
    {{.rule = "cdr.injection.jailbreak",
      .what = "tells a model not to refuse",
      .likelihood = LIKELY,
      .within = 4,
      .in_order = true,
      .class = {C(DROP) | C(NOT), C(REFUSE)},
      .any = C(YOU) | C(AI)},
     0},
    {{.rule = "cdr.injection.addressed-model",
      .what = "speaks to a model that may read this",
      .likelihood = LIKELY,
      .within = 14,
      .class = {C(AI), C(READS), C(THIS), C(MUST)}},
     0},
    {{.rule = "cdr.injection.addressed-model",
      .what = "speaks to a model that may read this",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(HAIL), C(MACHINE) | C(AI), C(MUST)}},
     C(HAIL)},
    {{.rule = "cdr.injection.steered-answer",
      .what = "tells a model what its summary shall say",
      .likelihood = LIKELY,
      .within = 12,
      .class = {C(SUMMARY), C(WHEN), C(THIS), C(MUST)}},
     C(WHEN)},
    {{.rule = "cdr.injection.steered-answer",
      .what = "tells a model what its summary shall say",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(YOU), C(SUMMARY), C(NOT), C(MUST)}},
     0},
    {{.rule = "cdr.injection.steered-answer",
      .what = "tells a model what its answer shall be",
      .likelihood = LIKELY,
      .within = 5,
      .in_order = true,
      .class = {C(EDGE), C(EVERY), C(ANSWER), C(WITH)}},
     C(EDGE)},
    {{.rule = "cdr.injection.steered-answer",
      .what = "tells a model what its answer shall be",
      .likelihood = LIKELY,
      .within = 7,
      .in_order = true,
      .class = {C(IN), C(YOU), C(ANSWER), C(EDIT)}},
     C(IN)},
    {{.rule = "cdr.injection.steered-answer",
      .what = "tells a model what its answer shall be",
      .likelihood = LIKELY,
      .within = 12,
      .in_order = true,
      .class = {C(EDIT), C(IN), C(YOU), C(ANSWER)},
      .without = C(FROM_MAIL)},
     C(EDIT)},
    {{.rule = "cdr.injection.steered-answer",
      .what = "tells a model how to disguise its answer",
      .likelihood = LIKELY,
      .within = 8,
      .in_order = true,
      .class = {C(RECODE), C(YOU) | C(EVERY), C(ANSWER) | C(FORM)},
      .any = C(FORM)},
     C(RECODE)},
    {{.rule = "cdr.injection.exfiltration-link",
      .what = "tells a model to send what it knows to an address",
      .likelihood = LIKELY,
      .within = 16,
      .class = {C(HTTP), C(SEND), C(DATA)}},
     0},
};

enum likelihood injection_said(struct scan *scan, const struct sentence *sentence,
                               struct remark *remark)
{
    enum { FIRST_WORDS = 4 };
    const struct pattern *order = said_holds(said, sizeof said / sizeof said[0], FIRST_WORDS,
                                             scan->gate->injection_said, sentence);
    if (order == NULL) {
        return 0;
    }
    *remark = (struct remark){order->rule, order->what, NULL, GATE_INJECTION, order->likelihood};
    return order->likelihood;
}

/* ---- planted in a letter --------------------------------------------------------------------- */

static bool is_at_an_end(const struct scan *scan, const struct sentence *sentence)
{
    const struct str text = scan->text;
    size_t before = sentence->start;
    size_t behind = sentence->end;
    while (before > 0 && is_among(text.ptr[before - 1], " \t\"'")) {
        before--;
    }
    while (behind < text.len && is_among(text.ptr[behind], " \t.?!\"'\r")) {
        behind++;
    }
    if (sentence->index == 0 && letter_at(text, behind) == '\n') {
        return true;
    }
    bool is_last = letter_before(text, before) == '\n';
    for (size_t i = behind; i < text.len && is_last; i++) {
        is_last = is_among(text.ptr[i], " \t\r\n");
    }
    return is_last;
}

/* Whether half of its longer words stand in the letter beside it too: then it speaks of the same. */
static bool is_of_the_letter(const struct scan *scan, const struct sentence *sentence)
{
    enum { LONG_WORD = 6, LOOK_MAX = 1 << 14 };
    const struct str text = scan->text;
    const size_t from = sentence->start > LOOK_MAX ? sentence->start - LOOK_MAX : 0;
    const size_t to = text.len - sentence->end > LOOK_MAX ? sentence->end + LOOK_MAX : text.len;
    size_t words = 0;
    size_t shared = 0;
    for (size_t w = 0; w < sentence->count; w++) {
        const struct word *word = &sentence->word[w];
        char small[32] = {0};
        if (word->len < LONG_WORD || word->len >= sizeof small) {
            continue;
        }
        words++;
        bytes_copy(small, sentence->letters + word->from, word->len);
        for (size_t at = from; at + word->len <= to; at++) {
            at = at == sentence->start ? sentence->end : at;
            if (lower_of(letter_at(text, at)) == small[0] && begins_small(text, at, small)) {
                shared++;
                break;
            }
        }
    }
    return shared > 0 && 2 * shared >= words;
}

/*
 * The first or the last line of a letter, about the answer, or about what schools and encyclopedias treat and nothing else in the
 * letter does: "Who wrote Hamlet?" below a receipt is for whatever answers. "When does it start?" is for people.
 */
bool injection_is_planted(const struct scan *scan, const struct sentence *sentence)
{
    classes present = 0;
    for (size_t i = 0; i < sentence->count; i++) {
        present |= lexicon_of(scan->gate->injection_said, sentence, i);
    }
    return (present & (C(MATTER) | C(ANSWER))) != 0 &&
           (present & (C(THIS) | C(FROM_MAIL) | C(THREAD))) == 0 && is_at_an_end(scan, sentence) &&
           !is_of_the_letter(scan, sentence);
}
