/*
 * draft.c - variants of copy from phrases of our own, in five languages, without a model.
 *
 *     subject x leading benefit, shuffled by the seed ──fits the limits──▶ opening, layout, list, details
 *
 * Each variant has a subject of its own, and takes opening and layout in turn, so that neighbours differ in
 * more than their first line. What is said of the product is the brief's own words, whole: a benefit with
 * its fact behind it. Phrases only lead from one to the next.
 */
#include "draft.h"

#include "inside.h"
#include "numeric.h"

#include <string.h>

enum { PLACE_NAME_MAX = 16, CHOICES_MAX = 64 };

/* ---- phrases ------------------------------------------------------------------------------- */

struct phrase {
    enum draft_part part;
    struct str text[DRAFT_LANGUAGES];
};

static const struct phrase phrase[] = {
#define TEXT(text) \
    { \
        text, sizeof(text) - 1 \
    }
#define PHRASE(part, en, de, fr, es, it) \
    {PART_##part, {TEXT(en), TEXT(de), TEXT(fr), TEXT(es), TEXT(it)}},
#include "draft_phrases.def"
#undef PHRASE
#undef TEXT
};

enum { PHRASES = sizeof phrase / sizeof phrase[0] };

size_t draft_phrase_count(enum draft_part part)
{
    size_t count = 0;
    for (size_t i = 0; i < PHRASES; i++) {
        count += phrase[i].part == part;
    }
    return count;
}

struct str draft_phrase(enum draft_language language, enum draft_part part, size_t index)
{
    size_t seen = 0;
    for (size_t i = 0; i < PHRASES; i++) {
        if (phrase[i].part == part && seen++ == index) {
            return phrase[i].text[language];
        }
    }
    base_broken("there is such a phrase", __FILE__, __LINE__);
}

/* ---- filling in ---------------------------------------------------------------------------- */

/* With a capital: ASCII, and the letters of Latin-1 that have one. */
static void put_capital(struct buf *buf, struct str text)
{
    const unsigned char first = text.len > 0 ? (unsigned char)text.ptr[0] : 0;
    const unsigned char second = text.len > 1 ? (unsigned char)text.ptr[1] : 0;
    if (first >= 'a' && first <= 'z') {
        buf_u8(buf, (uint8_t)(first - 32));
        buf_str(buf, str_slice(text, 1, text.len));
    } else if (first == 0xC3 && second >= 0xA0 && second <= 0xBE && second != 0xB7) {
        buf_u8(buf, first);
        buf_u8(buf, (uint8_t)(second - 32));
        buf_str(buf, str_slice(text, 2, text.len));
    } else {
        buf_str(buf, text);
    }
}

static struct str place_text(const struct draft_place *place, size_t place_count, struct str name)
{
    for (size_t i = 0; i < place_count; i++) {
        if (str_is(name, place[i].name)) {
            return place[i].text;
        }
    }
    base_broken("a phrase names what the brief has", __FILE__, __LINE__);
}

struct str draft_fill(struct arena *arena, struct str text, const struct draft_place *place,
                      size_t place_count)
{
    struct buf buf = buf_begin(arena);
    size_t at = 0;
    while (at < text.len) {
        const size_t open = at + str_find(str_slice(text, at, text.len), '{');
        buf_str(&buf, str_slice(text, at, open));
        if (open == text.len) {
            break;
        }
        const size_t close = open + str_find(str_slice(text, open, text.len), '}');
        const struct str name = str_slice(text, open + 1, close);
        const struct str small = str_lower(arena, name);
        const struct str value = place_text(place, place_count, small);
        if (str_equal(name, small)) {
            buf_str(&buf, value);
        } else {
            put_capital(&buf, value);
        }
        at = close + 1;
    }
    return buf_text(&buf);
}

/* ---- one variant --------------------------------------------------------------------------- */

struct writing {
    struct arena *arena;
    const struct brief *brief;
    struct rng rng;
    size_t turn[DRAFT_PARTS]; /* where each part's phrases begin */
    size_t layout;
    bool named_audience; /* this variant speaks of it already: once is enough */
};

/* A subject, or a message, with the benefit that leads. */
struct choice {
    size_t phrase;
    size_t lead;
};

static struct str filled(struct writing *writing, enum draft_part part, size_t index, size_t lead)
{
    const struct brief *brief = writing->brief;
    const size_t next = (lead + 1) % brief->benefit_count;
    const struct draft_place place[] = {
        {"product", brief->product},
        {"audience", brief->audience},
        {"headline", brief->benefit[lead].headline},
        {"other", brief->benefit[next].headline},
        {"action", brief->action},
        {"link", brief->link},
    };
    return draft_fill(writing->arena, draft_phrase(brief->language, part, index), place,
                      sizeof place / sizeof place[0]);
}

static bool speaks_of(enum draft_part part, size_t index, const char *place)
{
    return str_contains(draft_phrase(DRAFT_EN, part, index), str_of(place));
}

/* Does the brief have what the phrase speaks of? */
static bool is_possible(const struct brief *brief, enum draft_part part, size_t index)
{
    return (brief->audience.len > 0 || !speaks_of(part, index, "{audience}")) &&
           (brief->benefit_count > 1 || !speaks_of(part, index, "{Other}")) &&
           (!brief->hides_sources || !speaks_of(part, index, "source"));
}

/* Also beside what the variant says so far? */
static bool fits(const struct writing *writing, enum draft_part part, size_t index)
{
    return is_possible(writing->brief, part, index) &&
           !(writing->named_audience && speaks_of(part, index, "{audience}"));
}

/* The next of a part's phrases in turn; each part has one that always fits. */
static size_t take(struct writing *writing, enum draft_part part)
{
    const size_t count = draft_phrase_count(part);
    size_t index = writing->turn[part]++ % count;
    while (!fits(writing, part, index)) {
        index = writing->turn[part]++ % count;
    }
    return index;
}

static struct str claim(struct writing *writing, size_t index)
{
    const struct brief_benefit *benefit = &writing->brief->benefit[index];
    return str_format(writing->arena, "%.*s[fact:%.*s]", STR_ARG(benefit->text),
                      STR_ARG(writing->brief->fact[benefit->fact].name));
}

static void put_paragraph(struct draft *draft, struct str text)
{
    must(draft->paragraph_count < DRAFT_PARAGRAPHS_MAX);
    if (text.len > 0) {
        draft->paragraph[draft->paragraph_count++] = text;
    }
}

/* The benefits behind the first `skip` ones, as sentences in a row or as a list. */
static struct str rest(struct writing *writing, size_t lead, size_t skip, bool is_list)
{
    const size_t count = writing->brief->benefit_count;
    struct buf buf = buf_begin(writing->arena);
    for (size_t i = skip; i < count; i++) {
        buf_str(&buf, str_of(is_list ? "\n– " : i > skip ? " " : ""));
        buf_str(&buf, claim(writing, (lead + i) % count));
    }
    return buf_text(&buf);
}

static struct str joined(struct arena *arena, struct str first, struct str second)
{
    return str_format(arena, "%.*s%s%.*s", STR_ARG(first),
                      second.len == 0 || second.ptr[0] == '\n' ? "" : " ", STR_ARG(second));
}

/* In a row, two of them in one paragraph; as a list; the leading one alone and the others as a list. */
static void put_benefits(struct writing *writing, size_t lead, struct draft *draft)
{
    struct arena *arena = writing->arena;
    const size_t count = writing->brief->benefit_count;
    const struct str opening = filled(writing, PART_OPENING, take(writing, PART_OPENING), lead);
    const size_t layout = count == 1 ? 0 : writing->layout++ % 3;
    if (layout == 1) {
        const struct str intro = filled(writing, PART_LIST, take(writing, PART_LIST), lead);
        put_paragraph(draft, joined(arena, opening, intro));
        draft->paragraph[draft->paragraph_count - 1] = joined(
            arena, draft->paragraph[draft->paragraph_count - 1], rest(writing, lead, 0, true));
        return;
    }
    const bool is_listed = layout == 2 && count > 2;
    const struct str first = joined(arena, opening, claim(writing, lead));
    const struct str others = rest(writing, lead, 1, is_listed);
    if (count == 2) {
        put_paragraph(draft, joined(arena, first, others));
    } else {
        put_paragraph(draft, first);
        put_paragraph(
            draft,
            is_listed
                ? joined(arena, filled(writing, PART_ALSO, take(writing, PART_ALSO), lead), others)
                : others);
    }
}

static struct str preheader(struct writing *writing, const struct choice *choice)
{
    const struct brief *brief = writing->brief;
    writing->named_audience = speaks_of(PART_SUBJECT, choice->phrase, "{audience}");
    const size_t count = draft_phrase_count(PART_PREHEADER);
    for (size_t i = 0; i < count; i++) {
        const size_t index = writing->turn[PART_PREHEADER]++ % count;
        if (!fits(writing, PART_PREHEADER, index)) {
            continue;
        }
        const struct str text = filled(writing, PART_PREHEADER, index, choice->lead);
        if (letter_count(text) <= brief->preheader_max) {
            writing->named_audience =
                writing->named_audience || speaks_of(PART_PREHEADER, index, "{audience}");
            return text;
        }
    }
    return STR("");
}

static void write_mail(struct writing *writing, const struct choice *choice, struct draft *draft)
{
    draft->preheader = preheader(writing, choice);
    put_benefits(writing, choice->lead, draft);
    const struct str details =
        filled(writing, PART_DETAILS, take(writing, PART_DETAILS), choice->lead);
    put_paragraph(draft, details);
}

/* ---- several ------------------------------------------------------------------------------- */

static bool is_taken(const struct draft *draft, size_t count, struct str subject)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(draft[i].subject, subject)) {
            return true;
        }
    }
    return false;
}

static size_t choices_of(struct writing *writing, enum draft_part part,
                         uint32_t choice[CHOICES_MAX])
{
    const struct brief *brief = writing->brief;
    size_t count = 0;
    for (size_t p = 0; p < draft_phrase_count(part); p++) {
        for (size_t lead = 0; lead < brief->benefit_count; lead++) {
            if (is_possible(brief, part, p) && count < CHOICES_MAX) {
                choice[count++] = (uint32_t)(p * BRIEF_BENEFITS_MAX + lead);
            }
        }
    }
    rng_shuffle(&writing->rng, choice, count);
    return count;
}

static bool write_one(struct writing *writing, enum draft_part part, const struct choice *choice,
                      struct draft *draft)
{
    const struct brief *brief = writing->brief;
    if (brief->form == DRAFT_MAIL) {
        if (letter_count(draft->subject) > brief->subject_max) {
            return false;
        }
        write_mail(writing, choice, draft);
    } else {
        const struct str text = filled(writing, part, choice->phrase, choice->lead);
        const struct str fact = brief->fact[brief->benefit[choice->lead].fact].name;
        put_paragraph(draft,
                      str_format(writing->arena, "%.*s[fact:%.*s]", STR_ARG(text), STR_ARG(fact)));
    }
    return draft_body_letters(writing->arena, brief, draft) <= brief_body_max(brief);
}

size_t draft_write(struct arena *arena, const struct brief *brief, uint64_t seed, size_t wanted,
                   struct draft draft[DRAFTS_MAX])
{
    uint32_t order[CHOICES_MAX];
    struct writing writing = {.arena = arena, .brief = brief, .rng = rng_of(seed)};
    const enum draft_part part = brief->form == DRAFT_MAIL ? PART_SUBJECT : PART_MESSAGE;
    const size_t choices = choices_of(&writing, part, order);
    size_t count = 0;
    must(wanted <= DRAFTS_MAX);
    for (size_t p = 0; p < DRAFT_PARTS; p++) {
        writing.turn[p] = (size_t)rng_below(&writing.rng, draft_phrase_count((enum draft_part)p));
    }
    writing.layout = (size_t)rng_below(&writing.rng, 3);
    for (size_t i = 0; i < choices && count < wanted; i++) {
        const struct choice choice = {order[i] / BRIEF_BENEFITS_MAX, order[i] % BRIEF_BENEFITS_MAX};
        struct draft *one = &draft[count];
        *one = (struct draft){.subject = filled(&writing, part, choice.phrase, choice.lead)};
        if (!is_taken(draft, count, one->subject) && write_one(&writing, part, &choice, one)) {
            count++;
        }
    }
    return count;
}
