/*
 * draft_check.c - what a variant that a model wrote must keep to.
 *
 * A model adds what nobody can show: another number, another address, a name for a person. Each number and
 * each link of a variant must stand in the brief, each place must be one of its fields, each citation one of
 * its facts, and a paragraph with a number must cite one. Numbers that are written as words are left to the
 * reviewers. What is found otherwise is the scan's matter.
 */
#include "draft.h"

#include "inside.h"

enum { NUMBER_MAX = 32 };

/* ---- numbers ------------------------------------------------------------------------------- */

struct digits {
    char digit[NUMBER_MAX];
    size_t len;
};

static bool is_digit_at(struct str text, size_t at)
{
    return at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9';
}

/* The next number from *at on, without the signs that group it: 1,200 and 1.200 and 1200 are one. */
static bool next_number(struct str text, size_t *at, struct digits *number)
{
    number->len = 0;
    while (*at < text.len && !is_digit_at(text, *at)) {
        (*at)++;
    }
    while (is_digit_at(text, *at)) {
        if (number->len < NUMBER_MAX) {
            number->digit[number->len++] = text.ptr[*at];
        }
        (*at)++;
        if (*at < text.len && is_among(text.ptr[*at], ".,") && is_digit_at(text, *at + 1)) {
            (*at)++;
        }
    }
    return number->len > 0;
}

static bool holds_number(struct str text, const struct digits *wanted)
{
    struct digits number;
    size_t at = 0;
    while (next_number(text, &at, &number)) {
        if (number.len == wanted->len && bytes_same(number.digit, wanted->digit, number.len)) {
            return true;
        }
    }
    return false;
}

static bool brief_has_number(const struct brief *brief, const struct digits *number)
{
    for (size_t i = 0; i < brief->fact_count; i++) {
        if (holds_number(brief->fact[i].says, number) ||
            holds_number(brief->fact[i].source, number)) {
            return true;
        }
    }
    for (size_t i = 0; i < brief->benefit_count; i++) {
        if (holds_number(brief->benefit[i].text, number) ||
            holds_number(brief->benefit[i].headline, number)) {
            return true;
        }
    }
    return holds_number(brief->product, number) || holds_number(brief->audience, number) ||
           holds_number(brief->action, number);
}

/* ---- one text ------------------------------------------------------------------------------ */

struct seen {
    size_t facts;
    size_t numbers;
};

static bool is_fact(const struct brief *brief, struct str name)
{
    for (size_t i = 0; i < brief->fact_count; i++) {
        if (str_equal(brief->fact[i].name, name)) {
            return true;
        }
    }
    return false;
}

/* The text without links, places and citations, which are looked at on the way. */
static const char *take_apart(const struct brief *brief, struct str text, struct buf *words,
                              struct seen *seen)
{
    static const char fact[] = "[fact:";
    size_t at = 0;
    while (at < text.len) {
        const struct str from = str_slice(text, at, text.len);
        if (str_starts(from, brief->link)) {
            const size_t end = at + brief->link.len;
            if (end < text.len && !is_among(text.ptr[end], " \n.,;:!?)")) {
                return "it has a link that is not the brief's";
            }
            at = end;
        } else if (str_starts(from, STR("://")) || str_starts(from, STR("www."))) {
            return "it has a link that is not the brief's";
        } else if (str_starts(from, str_of(fact))) {
            const size_t close = str_find(from, ']');
            if (!is_fact(brief, str_slice(from, sizeof fact - 1, close)) || close == from.len) {
                return "it cites a fact that the brief does not have";
            }
            seen->facts++;
            at += close + 1;
        } else if (str_starts(from, STR("{{"))) {
            at += str_find(from, '}'); /* brief_places has seen to it */
        } else if ((unsigned char)text.ptr[at] < ' ' && text.ptr[at] != '\n') {
            return "it has a sign that nobody sees";
        } else {
            buf_u8(words, (uint8_t)text.ptr[at++]);
        }
    }
    return NULL;
}

static const char *look_at(struct arena *arena, const struct brief *brief, struct str text,
                           struct seen *seen)
{
    struct buf words = buf_begin(arena);
    struct digits number;
    size_t at = 0;
    const char *why = take_apart(brief, text, &words, seen);
    while (why == NULL && next_number(buf_text(&words), &at, &number)) {
        seen->numbers++;
        why = brief_has_number(brief, &number) ? NULL
                                               : "it has a number that the brief does not have";
    }
    return why;
}

/* ---- one draft ----------------------------------------------------------------------------- */

static const char *check_head(struct arena *arena, const struct brief *brief,
                              const struct draft *draft)
{
    struct seen seen = {0, 0};
    const struct str head[] = {draft->subject, draft->preheader};
    for (size_t i = 0; i < 2; i++) {
        if (str_contains(head[i], STR("{{")) || str_contains(head[i], STR("[fact:")) ||
            str_find(head[i], '\n') < head[i].len) {
            return "its subject or preheader holds a place, a citation or a second line";
        }
        const char *why = look_at(arena, brief, head[i], &seen);
        if (why != NULL) {
            return why;
        }
    }
    if (draft->subject.len == 0 || letter_count(draft->subject) > brief->subject_max) {
        return "its subject is missing or longer than the brief allows";
    }
    return letter_count(draft->preheader) > brief->preheader_max
               ? "its preheader is longer than the brief allows"
               : NULL;
}

const char *draft_check(struct arena *arena, const struct brief *brief, struct draft *draft)
{
    size_t facts = 0;
    const char *why = brief->form == DRAFT_MAIL ? check_head(arena, brief, draft) : NULL;
    for (size_t i = 0; why == NULL && i < draft->paragraph_count; i++) {
        struct str unknown;
        struct seen seen = {0, 0};
        if (!brief_places(arena, brief, draft->paragraph[i], &draft->paragraph[i], &unknown)) {
            return "it has a place for a value that the brief does not ask for";
        }
        why = look_at(arena, brief, draft->paragraph[i], &seen);
        if (why == NULL && seen.numbers > 0 && seen.facts == 0) {
            return "a paragraph has a number and cites no fact";
        }
        facts += seen.facts;
    }
    if (why != NULL) {
        return why;
    }
    if (facts == 0) {
        return "it cites no fact";
    }
    return draft_body_letters(arena, brief, draft) > brief_body_max(brief)
               ? "its body is longer than the brief allows"
               : NULL;
}
