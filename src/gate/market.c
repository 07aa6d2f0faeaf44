/*
 * market.c - what a market asks for in a text: statements that must be there, and what must not be said.
 *
 * Sayings are runs of words, in classes, such as all ways to speak of consumer credit. Each sentence tells which of
 * them it has; a rule holds for a market where one sentence has its topic, and, of a required statement, where no
 * sentence of the whole text says it.
 */
#include "prose.h"

#include <assert.h>
#include <string.h>

enum saying_index {
#define SAYING(name, phrases) INDEX_##name,
#define REQUIRED(name, markets, topic, also, unless, what, fix)
#define FORBIDDEN(name, markets, topic, also, unless, what, fix)
#include "market_rules.def"
#undef SAYING
    SAYINGS,
    INDEX_NONE = 63
};
static_assert((int)SAYINGS <= (int)INDEX_NONE, "sayings are bits");

static const char *const saying[] = {
#define SAYING(name, phrases) phrases,
#include "market_rules.def"
#undef SAYING
#undef REQUIRED
#undef FORBIDDEN
};

#define BIT(name) (INDEX_##name == INDEX_NONE ? 0 : UINT64_C(1) << INDEX_##name)

static const struct market_rule {
    const char *markets; /* between blanks */
    uint64_t topic;
    uint64_t also;   /* in the same sentence; 0: no matter */
    uint64_t unless; /* anywhere in the text */
    bool is_required;
    const char *what;
    const char *fix;
} rule[] = {
#define SAYING(name, phrases)
#define REQUIRED(name, markets, topic, also, unless, what, fix) \
    {markets, BIT(topic), BIT(also), BIT(unless), true, what, fix},
#define FORBIDDEN(name, markets, topic, also, unless, what, fix) \
    {markets, BIT(topic), BIT(also), BIT(unless), false, what, fix},
#include "market_rules.def"
#undef SAYING
#undef REQUIRED
#undef FORBIDDEN
};
enum { RULES = sizeof rule / sizeof rule[0] };
static_assert((int)RULES <= (int)MARKET_RULES_MAX, "the letter has a place for each rule");

const size_t market_rule_count = RULES;

/* ---- phrases -------------------------------------------------------------------------------- */

static bool is_word(const struct sentence *sentence, size_t at, struct str wanted)
{
    const struct word *word = &sentence->word[at];
    const struct str letters = {sentence->letters + word->from, word->len};
    return str_ends(wanted, STR("*")) ? str_starts(letters, str_slice(wanted, 0, wanted.len - 1))
                                      : str_equal(letters, wanted);
}

/* A phrase that begins at a word; how many words it has, 0: it does not. */
static size_t phrase_at(const struct sentence *sentence, size_t at, struct str phrase)
{
    size_t count = 0;
    while (phrase.len > 0) {
        const struct str wanted = str_cut(&phrase, ' ');
        if (at + count >= sentence->count || !is_word(sentence, at + count, wanted)) {
            return 0;
        }
        count++;
    }
    return count;
}

/* The first place of one of the phrases; last: its last word. */
static bool has_saying(const struct sentence *sentence, const char *phrases, size_t *first,
                       size_t *last)
{
    for (size_t at = 0; at < sentence->count; at++) {
        const char begins = sentence->letters[sentence->word[at].from];
        struct str rest = str_of(phrases);
        while (rest.len > 0) {
            const struct str phrase = str_cut(&rest, '|');
            const size_t count = phrase.ptr[0] == begins ? phrase_at(sentence, at, phrase) : 0;
            if (count > 0) {
                *first = at;
                *last = at + count - 1;
                return true;
            }
        }
    }
    return false;
}

/* ---- the text ------------------------------------------------------------------------------- */

/* The first of those asked for that has the rule; empty: none. */
static struct str market_of(const struct market_rule *one, struct str asked)
{
    while (asked.len > 0) {
        struct str rest = str_of(one->markets);
        const struct str market = str_cut(&asked, ' ');
        while (rest.len > 0 && market.len > 0) {
            if (str_equal(str_cut(&rest, ' '), market)) {
                return market;
            }
        }
    }
    return STR("");
}

void market_note(struct market_letter *letter, const struct scan *scan,
                 const struct sentence *sentence)
{
    size_t first[SAYINGS];
    size_t last[SAYINGS];
    uint64_t present = 0;
    if (scan->asked->markets.len == 0) {
        return;
    }
    for (size_t i = 0; i < SAYINGS; i++) {
        const bool has = has_saying(sentence, saying[i], &first[i], &last[i]);
        present |= (uint64_t)has << i;
    }
    letter->said |= present;
    for (size_t i = 0; i < RULES && present != 0; i++) {
        if ((present & rule[i].topic) == 0 || letter->end[i] > 0 ||
            (rule[i].also != 0 && (present & rule[i].also) == 0) ||
            market_of(&rule[i], scan->asked->markets).len == 0) {
            continue;
        }
        size_t topic = 0;
        while (rule[i].topic >> topic != 1) {
            topic++;
        }
        letter->start[i] = sentence->word[first[topic]].start;
        letter->end[i] = sentence->word[last[topic]].end;
    }
}

void market_whole(struct scan *scan, const struct market_letter *letter, bool is_whole)
{
    for (size_t i = 0; i < RULES; i++) {
        if (letter->end[i] == 0 || (letter->said & rule[i].unless) != 0 ||
            (rule[i].is_required && !is_whole)) {
            continue;
        }
        const struct remark remark = {rule[i].is_required ? "cdr.copy.market-required"
                                                          : "cdr.copy.market-forbidden",
                                      rule[i].what, rule[i].fix, GATE_COPY, LIKELY};
        const size_t before = scan->findings->count;
        prose_add(scan, &remark, letter->start[i], letter->end[i]);
        if (scan->findings->count > before) {
            scan->findings->item[before].about = market_of(&rule[i], scan->asked->markets);
        }
    }
}
