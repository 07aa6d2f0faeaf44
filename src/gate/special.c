/*
 * special.c - hints at special categories of personal data (GDPR, Articles 9 and 10).
 *
 * A word says little: "union" is in every contract. A hint needs a person in the same sentence (my, she, the patient,
 * a name) and what that person has or is. A sentence that speaks of categories, articles or processing, or that names
 * three categories and more, is about rules and not about somebody: it is only told with --least unlikely.
 */
#include "special.h"

enum { REACH = 8, CATEGORIES_OF_LIST = 3 };

static bool has(const struct name_token *token, unsigned class)
{
    return (token->classes >> class & 1) != 0;
}

/* Of any category. */
static bool is_special(const struct name_token *token)
{
    static const uint64_t all =
        ((UINT64_C(1) << (SPECIAL_OFFENCE + 1)) - 1) & ~((UINT64_C(1) << SPECIAL_HEALTH) - 1);
    return (token->classes & all) != 0;
}

static bool ends_sentence(const struct name_token token[], size_t count, size_t at)
{
    if (token[at].shape == SHAPE_LINE) {
        return token[at].word > 1;
    }
    return token[at].shape == SHAPE_SIGN &&
           (token[at].word == '!' || token[at].word == '?' || token[at].word == ';' ||
            (token[at].word == '.' && (at + 1 >= count || token[at + 1].shape != SHAPE_LOWER)));
}

struct part {
    size_t from;
    size_t to;
    bool is_list;
};

static bool is_list(const struct name_token token[], size_t from, size_t to)
{
    unsigned seen = 0;
    for (size_t i = from; i < to; i++) {
        if (has(&token[i], SPECIAL_LISTS)) {
            return true;
        }
        for (unsigned c = SPECIAL_HEALTH; c <= SPECIAL_OFFENCE; c++) {
            seen |= (unsigned)has(&token[i], c) << (c - SPECIAL_HEALTH);
        }
    }
    return __builtin_popcount(seen) >= CATEGORIES_OF_LIST;
}

/* Whether a person is near, and whether it is said to have it or be it. */
static enum likelihood likelihood_of(const struct name_token token[], const uint8_t label[],
                                     const struct part *part, size_t at, unsigned class)
{
    const size_t from = at - part->from > REACH ? at - REACH : part->from;
    const size_t to = part->to - at > REACH ? at + REACH : part->to;
    bool is_about = false;
    bool is_stated = false;
    bool is_mine = false;
    for (size_t i = from; i < to; i++) {
        is_about = is_about || has(&token[i], SPECIAL_ABOUT) || label[i] == LABEL_PERSON;
        is_stated = is_stated || (i < at && has(&token[i], SPECIAL_STATES));
        is_mine = is_mine || (i < at && i + 2 >= at && has(&token[i], SPECIAL_ABOUT));
    }
    if (!is_about || part->is_list) {
        return UNLIKELY;
    }
    /* "my party" may be a birthday. */
    const bool needs_more = class == SPECIAL_POLITICS || class == SPECIAL_UNION ||
                            class == SPECIAL_ORIGIN || class == SPECIAL_FAITH;
    const bool is_likely =
        (is_stated || (is_mine && !needs_more)) && !has(&token[at], SPECIAL_OTHERWISE);
    return is_likely ? LIKELY : POSSIBLE;
}

static void put_hint(struct scan *scan, const struct name_token *token, unsigned class,
                     enum likelihood likelihood)
{
    static const char *const rule[] = {
#define SPECIAL(name, rule, words) "cdr.pii.special-" rule,
#define CLASS_OF(name, words)
#include "special_words.def"
#undef CLASS_OF
#undef SPECIAL
    };
    scan_add(scan, rule[class - SPECIAL_HEALTH], "a hint at a special category of personal data",
             GATE_PII, likelihood, token->start, token->end);
}

void special_look(struct scan *scan, const struct name_token token[], size_t count,
                  const uint8_t label[])
{
    size_t first = 0;
    while (first < count && !is_special(&token[first])) {
        first++;
    }
    for (size_t from = 0; from < count && first < count;) {
        struct part part = {.from = from, .to = from};
        while (part.to < count && !ends_sentence(token, count, part.to)) {
            part.to++;
        }
        part.is_list = is_list(token, part.from, part.to);
        for (size_t i = part.from; i < part.to; i++) {
            for (unsigned c = SPECIAL_HEALTH; c <= SPECIAL_OFFENCE; c++) {
                if (has(&token[i], c)) {
                    put_hint(scan, &token[i], c, likelihood_of(token, label, &part, i, c));
                    break;
                }
            }
        }
        from = part.to + 1;
    }
}
