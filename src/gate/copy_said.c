/*
 * copy_said.c - pressure by its parts, in languages and words that the model of copy.c was not fitted on: little is left, time runs
 * out, others buy, no is a shame, leaving is hard. The kinds are those of Mathur et al. 2019.
 */
#include "prose.h"

#include <assert.h>

enum said_index {
#define SAID(name, words) INDEX_##name,
#include "copy_said.def"
#undef SAID
    SAID_COUNT
};
static_assert((int)SAID_COUNT <= CLASSES_MAX, "classes are bits");

static const struct class_words said_words[] = {
#define SAID(name, words) {UINT64_C(1) << INDEX_##name, words},
#include "copy_said.def"
#undef SAID
};

struct lexicon *copy_said_begin(struct arena *arena)
{
    return lexicon_begin(arena, said_words, SAID_COUNT);
}

#define C(name) (UINT64_C(1) << INDEX_##name)

static const struct said said[] = {
#define SCARCE .rule = "cdr.copy.scarcity"
#define URGENT .rule = "cdr.copy.urgency"
#define SOCIAL .rule = "cdr.copy.social-proof"
#define SHAMING .rule = "cdr.copy.shaming"
#define FORCED .rule = "cdr.copy.forced-action"
#define SNEAKS .rule = "cdr.copy.dark-pattern"
    {{SCARCE, .within = 5, .in_order = true, .class = {C(FEW), C(NUMBER), C(PIECES)}}, C(FEW)},
    {{SCARCE, .within = 1, .in_order = true, .class = {C(LASTLY), C(PIECES)}}, C(LASTLY)},
    {{SCARCE, .within = 1, .in_order = true, .class = {C(ALMOST), C(SOLD)}}, 0},
    {{SCARCE, .within = 3, .in_order = true, .class = {C(PLACES), C(FILLING)}}, 0},
    {{SCARCE, .within = 4, .in_order = true, .class = {C(BEFORE), C(GONE)}}, 0},
    {{URGENT, .within = 6, .class = {C(ENDS), C(OFFER), C(SOON)}}, 0},
    {{URGENT, .within = 1, .in_order = true, .class = {C(LASTLY), C(CHANCE)}}, C(LASTLY)},
    {{URGENT, .within = 6, .class = {C(PRICES), C(RISE), C(SOON)}}, 0},
    {{URGENT, .within = 3, .in_order = true, .class = {C(NOT), C(MISS), C(OUT)}}, 0},
    {{SOCIAL, .within = 6, .in_order = true, .class = {C(NUMBER), C(FOLK), C(LOOKING)}}, 0},
    {{SOCIAL, .within = 7, .class = {C(BOUGHT), C(LATELY), C(FROM)}, .without = C(DEMAND)},
     C(LATELY) | C(BOUGHT) | C(FROM)},
    {{SOCIAL, .within = 6, .in_order = true, .class = {C(NUMBER), C(BOUGHT) | C(SOLD), C(SPAN)}},
     0},
    {{SHAMING, .within = 6, .in_order = true, .class = {C(NO), C(THANKS) | C(RATHER), C(RATHER)}},
     C(NO)},
    {{SHAMING, .within = 5, .in_order = true, .class = {C(DECLINE), C(LOSE)}}, C(DECLINE)},
    {{FORCED, .within = 6, .in_order = true, .class = {C(LOSE), C(GAIN)}, .without = C(NOT)}, 0},
    {{FORCED, .within = 8, .class = {C(CANCEL), C(DEMAND), C(CHANNEL)}, .without = C(ONLINE)}, 0},
    {{FORCED, .within = 8, .in_order = true,
      .class = {C(JOIN), C(ACCOUNT), C(UNLOCK), C(MATTER) | C(UNLOCK)}},
     C(JOIN)},
    {{FORCED, .within = 6, .in_order = true, .class = {C(SIGN), C(UP), C(UNLOCK), C(MATTER)}},
     C(SIGN)},
    {{FORCED, .within = 6, .in_order = true, .class = {C(MUST), C(ACCEPT), C(PARTNERS)}}, 0},
    {{FORCED, .within = 10, .in_order = true, .class = {C(BY), C(ACCEPT), C(PARTNERS)}}, C(BY)},
    {{SNEAKS, .within = 6, .class = {C(ADDED), C(EXTRA)}, .any = C(BASKET)}, 0},
};

const char *copy_said(const struct scan *scan, const struct sentence *sentence)
{
    enum { FIRST_WORDS = 3, LONGEST = 20 }; /* a long sentence explains */
    const struct pattern *pressure = sentence->count > LONGEST
                                         ? NULL
                                         : said_holds(said, sizeof said / sizeof said[0],
                                                      FIRST_WORDS, scan->gate->copy_said, sentence);
    return pressure == NULL ? NULL : pressure->rule;
}
