/*
 * names_where.c - where names may stand: where the model looks, and where it need not.
 *
 * Looked at is prose: blocks of 64 bytes with blanks between words and hardly a sign of programs. If what is less than
 * likely is asked for, the model reads all of it. Otherwise it reads only about the triggers of names_trigger.c, and of
 * that only the words that may become likely, since it is slow.
 */
#include "names.h"
#include "special.h"

#include <string.h>

enum {
    PART_BACK = 200, /* bytes before a block that are read too */
    PART_LEN = 320,  /* and from it on */
    NEAR_BACK = 140, /* the same about a trigger */
    NEAR_LEN = 300,
    NEAR_END = 40, /* of what was cut is looked at once more */
    SIGN_OF = 30,  /* a sign in so many bytes, and two more, are still prose */
};

/* ---- lines ----------------------------------------------------------------------------------- */

/* Three bits or more. */
static bool has_three(uint64_t bits)
{
    bits &= bits - 1;
    return (bits & (bits - 1)) != 0;
}

static bool may_stand(const struct masks *masks)
{
    /* A capital that begins a word: no joint of one. Blanks between words: no indent, none beside a sign. */
    const uint64_t small = masks->word & ~masks->upper & ~masks->digit;
    const uint64_t between = masks->blank & masks->word << 1 & masks->word >> 1;
    const bool has_capital = (masks->upper & ~(masks->word << 1) & small >> 1) != 0;
    if (has_capital && masks->sign == 0) {
        return between != 0;
    }
    return has_three(between) && !has_three(masks->blank & ~between) &&
           (masks->sign == 0 || (has_capital && !has_three(masks->sign)));
}

/* As prose, or behind prose if it has not many signs itself. */
static bool may_go_on(struct scan *scan, const struct block *window)
{
    if (may_stand(window->here)) {
        scan->prose_done = window->start + MASK_BITS;
        return true;
    }
    return scan->prose_done == window->start && window->start > 0 && !has_three(window->here->sign);
}

/* Signs of programs in a line of so many bytes. An indented line with a sign is of a program. */
static bool is_prose(struct str text, size_t from, size_t len, size_t signs)
{
    const bool is_indented =
        is_among(letter_at(text, from), " \t") && is_among(letter_at(text, from + 1), " \t");
    return signs * SIGN_OF <= len + (is_indented ? 0U : 2U * SIGN_OF);
}

/* The end of the line that begins here: long lines by their first part. */
static size_t line_end(struct str text, size_t from, bool *line_is_prose)
{
    size_t signs = 0;
    size_t end = from;
    for (; end < text.len && end - from < PART_LEN && text.ptr[end] != '\n'; end++) {
        signs += is_program_sign(text.ptr[end]);
    }
    *line_is_prose = is_prose(text, from, end - from, signs);
    return end < text.len && text.ptr[end] == '\n' ? end + 1 : end;
}

/* From the line of the block, or the one before it, over lines of prose. */
static void look_at_all(struct scan *scan, size_t at)
{
    const struct str text = scan->text;
    const size_t least = at > PART_BACK ? at - PART_BACK : 0;
    const size_t first = least > scan->names_done ? least : scan->names_done;
    size_t start = at > scan->names_done ? at : scan->names_done;
    while (start > first && text.ptr[start - 1] != '\n') {
        start--;
    }
    while (start == first && start > scan->names_done && start < at && text.ptr[start] != ' ') {
        start++;
    }
    bool line_is_prose = false;
    size_t to = line_end(text, start, &line_is_prose);
    if (!line_is_prose) {
        scan->names_done = to;
        return;
    }
    while (to < text.len && to - start < PART_LEN) {
        const size_t next = line_end(text, to, &line_is_prose);
        if (!line_is_prose) {
            break;
        }
        to = next;
    }
    scan->names_done = names_look(scan, start, to, true);
}

/* ---- about a trigger ------------------------------------------------------------------------- */

void names_look_near(struct scan *scan, size_t at, bool has_licences)
{
    const struct str text = scan->text;
    const size_t least = at > NEAR_BACK ? at - NEAR_BACK : 0;
    const size_t most = text.len - least > NEAR_LEN ? least + NEAR_LEN : text.len;
    size_t start = at;
    while (start > least && text.ptr[start - 1] != '\n') {
        start--;
    }
    while (start == least && start > 0 && start < at && !is_among(text.ptr[start - 1], " \n")) {
        start++;
    }
    size_t to = most;
    while (to < text.len && to > at && !is_among(text.ptr[to], " \n")) {
        to--;
    }
    to = to == at ? most : to;
    size_t end = names_look(scan, start, to, has_licences);
    end -= end < text.len && end > at + NEAR_END ? NEAR_END : 0;
    scan->names_done = end > scan->names_done ? end : scan->names_done;
    scan->licences_done = has_licences ? end : scan->licences_done;
}

/* A line that is none of prose has no names. */
static void drop_programs(struct str text, struct name_token token[], size_t count)
{
    for (size_t from = 0; from < count;) {
        size_t to = from;
        size_t signs = 0;
        while (to < count && token[to].shape != SHAPE_LINE) {
            signs += token[to].shape == SHAPE_SIGN && token[to].word < 0x80 &&
                     is_program_sign((char)token[to].word);
            to++;
        }
        const size_t len = to == from ? 0 : token[to - 1].end - token[from].start;
        const bool keeps = to == from || is_prose(text, token[from].start, len, signs);
        for (size_t i = from; i < to && !keeps; i++) {
            token[i].may_be = false;
            token[i].classes = 0;
        }
        from = to + 1;
    }
}

static bool has_any(const struct name_token token[], size_t from, size_t to, uint64_t classes)
{
    for (size_t i = from; i < to; i++) {
        if ((token[i].classes & classes) != 0) {
            return true;
        }
    }
    return false;
}

static bool is_written_as_name(const struct name_token *token)
{
    return token->may_be && (token->shape == SHAPE_CAPITAL || token->shape == SHAPE_INITIAL ||
                             token->shape == SHAPE_MIXED);
}

/* With the word before it, or the one before a sign. */
static bool is_pair(const struct name_token token[], size_t at)
{
    const bool has_sign =
        at > 1 && token[at - 1].shape == SHAPE_SIGN &&
        (token[at - 1].word == '.' || token[at - 1].word == '-' || token[at - 1].word == '\'');
    const struct name_token *before = at == 0 ? NULL : &token[at - (has_sign ? 2 : 1)];
    return before != NULL && !token[at].is_known && !before->is_known &&
           token[at].casing == CASING_USUAL && is_written_as_name(before);
}

static bool may_be_person(const struct name_token token[], size_t at)
{
    static const uint64_t titles = UINT64_C(1) << CLASS_HONORIFIC | UINT64_C(1) << CLASS_NAMED;
    return is_written_as_name(&token[at]) &&
           (is_pair(token, at) || has_any(token, at > 3 ? at - 3 : 0, at, titles));
}

static bool may_be_hint(const struct name_token token[], size_t at)
{
    static const uint64_t hints =
        ((UINT64_C(1) << (SPECIAL_OFFENCE + 1)) - 1) & ~((UINT64_C(1) << SPECIAL_HEALTH) - 1);
    static const uint64_t stated = UINT64_C(1) << SPECIAL_STATES | UINT64_C(1) << SPECIAL_ABOUT;
    const bool is_otherwise = (token[at].classes >> SPECIAL_OTHERWISE & 1) != 0;
    return (token[at].classes & hints) != 0 && !is_otherwise &&
           has_any(token, at > 8 ? at - 8 : 0, at, stated);
}

/* What may stand between the words of an address. */
static bool may_join(const struct name_token *token)
{
    return token->shape == SHAPE_LINE || (token->shape == SHAPE_SIGN && token->word < 0x80 &&
                                          is_among((char)token->word, ",.-/>'"));
}

/* Whether these words have a number, a capital and a street. */
static bool may_be_address(struct str text, const struct name_token token[], size_t from, size_t to)
{
    bool has_number = false;
    bool has_capital = false;
    bool has_street = false;
    for (size_t i = from; i < to; i++) {
        has_number |= token[i].shape >= SHAPE_NUMBER && token[i].shape <= SHAPE_PART;
        has_capital |= token[i].shape == SHAPE_CAPITAL || token[i].shape == SHAPE_UPPER;
        has_street |= (token[i].classes >> CLASS_STREET & 1) != 0;
    }
    for (size_t i = from; i < to && has_number && has_capital && !has_street; i++) {
        has_street = token[i].may_be && name_ends_like_street(text, &token[i]);
    }
    return has_number && has_capital && has_street;
}

/* Words that go on without one that is of no name: no label reaches over that one, so they are weighed alone. */
static bool may_be_name(struct str text, const struct name_token token[], size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (may_be_person(token, i)) {
            return true;
        }
    }
    return may_be_address(text, token, from, to);
}

bool names_may_be_likely(struct str text, struct name_token token[], size_t count)
{
    bool is_any = false;
    drop_programs(text, token, count);
    for (size_t i = 0; i < count; i++) {
        if (may_be_hint(token, i)) {
            return true; /* who is near it matters */
        }
    }
    for (size_t from = 0; from < count;) {
        size_t to = from;
        while (to < count && (may_join(&token[to]) || token[to].may_be)) {
            to++;
        }
        const bool keeps = to > from && may_be_name(text, token, from, to);
        for (size_t i = from; i < to && !keeps; i++) {
            token[i].may_be = false;
        }
        is_any = is_any || keeps;
        from = to + 1;
    }
    return is_any;
}

/* ---- a block --------------------------------------------------------------------------------- */

void names_in_block(struct scan *scan, const struct block *window)
{
    if (may_go_on(scan, window)) {
        names_triggers_at(scan, window);
    }
    if (scan->has_doubtful && window->start + MASK_BITS > scan->names_done &&
        may_stand(window->here)) {
        look_at_all(scan, window->start);
    }
}
