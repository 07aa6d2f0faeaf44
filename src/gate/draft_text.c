/*
 * draft_text.c - one variant as the text that is reviewed.
 *
 *     Subject: ...
 *     Preheader: ...
 *
 *     greeting
 *     paragraphs, a small number behind what has a source
 *     call to action: link
 *     end, sender
 *
 *     the sources
 *     sender and address; the way out
 *
 * Every part but the paragraphs is ours, whoever wrote them: nothing that a mail must have is left to a model.
 */
#include "draft.h"

#include "inside.h"

struct sources {
    size_t fact[BRIEF_FACTS_MAX];
    size_t count;
};

static const char *const raised[BRIEF_FACTS_MAX] = {"¹",  "²",  "³",  "⁴",  "⁵",  "⁶",  "⁷",
                                                    "⁸",  "⁹",  "¹⁰", "¹¹", "¹²", "¹³", "¹⁴",
                                                    "¹⁵", "¹⁶", "¹⁷", "¹⁸", "¹⁹", "²⁰"};

/* The source's number in this text, which may be the first time that it is named. */
static size_t number_of(const struct brief *brief, struct sources *sources, struct str name)
{
    size_t fact = 0;
    while (fact < brief->fact_count && !str_equal(brief->fact[fact].name, name)) {
        fact++;
    }
    must(fact < brief->fact_count); /* draft_check has seen to it */
    for (size_t i = 0; i < sources->count; i++) {
        if (str_equal(brief->fact[sources->fact[i]].source, brief->fact[fact].source)) {
            return i;
        }
    }
    sources->fact[sources->count] = fact;
    return sources->count++;
}

/* [fact:NAME] becomes a small number, or nothing where sources are kept. */
static void put_cited(struct buf *buf, const struct brief *brief, struct sources *sources,
                      struct str text)
{
    static const char mark[] = "[fact:";
    size_t at = 0;
    size_t last = SIZE_MAX;
    while (at < text.len) {
        if (!str_starts(str_slice(text, at, text.len), str_of(mark))) {
            buf_u8(buf, (uint8_t)text.ptr[at++]);
            last = SIZE_MAX;
            continue;
        }
        const size_t close = at + str_find(str_slice(text, at, text.len), ']');
        const size_t number =
            number_of(brief, sources, str_slice(text, at + sizeof mark - 1, close));
        while (buf->len > 0 && buf->ptr[buf->len - 1] == ' ') {
            buf->len--;
        }
        if (!brief->hides_sources && number != last) {
            buf_str(buf, str_of(raised[number]));
        }
        last = number;
        at = close + 1;
    }
}

static void put_phrase(struct buf *buf, enum draft_language language, enum draft_part part,
                       size_t index, struct draft_place place)
{
    buf_str(buf, draft_fill(buf->arena, draft_phrase(language, part, index), &place, 1));
}

static void put_greeting(struct buf *buf, const struct brief *brief, enum draft_language language)
{
    const bool has_name = brief->greeting < brief->field_count;
    struct draft_place name = {"name", STR("")};
    if (has_name) {
        const struct brief_field *field = &brief->field[brief->greeting];
        name.text =
            str_format(buf->arena, "{{%.*s|%.*s}}", STR_ARG(field->name), STR_ARG(field->fallback));
    }
    put_phrase(buf, language, has_name ? PART_GREETING_NAME : PART_GREETING, brief->tone, name);
    buf_lit(buf, LIT("\n\n"));
}

static void put_sources(struct buf *buf, const struct brief *brief, const struct sources *sources)
{
    for (size_t i = 0; i < sources->count && !brief->hides_sources; i++) {
        buf_format(buf, "%s %.*s\n", raised[i], STR_ARG(brief->fact[sources->fact[i]].source));
    }
    buf_str(buf, str_of(sources->count > 0 && !brief->hides_sources ? "\n" : ""));
}

static void put_body(struct buf *buf, const struct brief *brief, const struct draft *draft,
                     struct sources *sources)
{
    for (size_t i = 0; i < draft->paragraph_count; i++) {
        buf_str(buf, str_of(i > 0 ? "\n\n" : ""));
        put_cited(buf, brief, sources, draft->paragraph[i]);
    }
}

size_t draft_body_letters(struct arena *arena, const struct brief *brief, const struct draft *draft)
{
    struct buf buf = buf_begin(arena);
    struct sources sources = {.count = 0};
    put_body(&buf, brief, draft, &sources);
    return letter_count(buf_text(&buf));
}

/* ": " as the language has it. */
static const char *colon(enum draft_language language)
{
    return language == DRAFT_FR ? "\xc2\xa0: " : ": ";
}

static void put_mail(struct buf *buf, const struct brief *brief, enum draft_language language,
                     const struct draft *draft)
{
    struct sources sources = {.count = 0};
    const struct draft_place leave = {"leave", STR("{{unsubscribe}}")};
    const struct draft_place sender[] = {{"sender", brief->sender}, {"address", brief->address}};
    buf_format(buf, "Subject: %.*s\n", STR_ARG(draft->subject));
    if (draft->preheader.len > 0) {
        buf_format(buf, "Preheader: %.*s\n", STR_ARG(draft->preheader));
    }
    buf_lit(buf, LIT("\n"));
    put_greeting(buf, brief, language);
    put_body(buf, brief, draft, &sources);
    buf_format(buf, "\n\n%.*s%s%.*s\n\n", STR_ARG(brief->action), colon(language),
               STR_ARG(brief->link));
    buf_format(buf, "%.*s\n%.*s\n\n", STR_ARG(draft_phrase(language, PART_CLOSE, brief->tone)),
               STR_ARG(brief->sender));
    put_sources(buf, brief, &sources);
    buf_str(buf, draft_fill(buf->arena, draft_phrase(language, PART_SENDER, 0), sender, 2));
    buf_lit(buf, LIT("\n"));
    put_phrase(buf, language, PART_LEAVE, 0, leave);
    buf_lit(buf, LIT("\n"));
}

/* A message has no room for sources: they stand in the record. */
static void put_message(struct buf *buf, const struct brief *brief, enum draft_language language,
                        const struct draft *draft)
{
    struct brief silent = *brief;
    struct sources sources = {.count = 0};
    silent.hides_sources = true;
    put_body(buf, &silent, draft, &sources);
    buf_format(buf, "\n%.*s · ", STR_ARG(brief->sender));
    put_phrase(buf, language, PART_LEAVE_SHORT, 0,
               (struct draft_place){"leave", STR("{{unsubscribe}}")});
    buf_lit(buf, LIT("\n"));
}

struct str draft_text(struct arena *arena, const struct brief *brief, enum draft_language language,
                      const struct draft *draft)
{
    struct buf buf = buf_begin(arena);
    if (brief->form == DRAFT_MAIL) {
        put_mail(&buf, brief, language, draft);
    } else {
        put_message(&buf, brief, language, draft);
    }
    return buf_text(&buf);
}
