/*
 * mark.c - marks of text and pages that a machine wrote.
 *
 *     page    <head><meta name="digitalSourceType" content="IRI"> and, next to it, JSON-LD
 *     text    a sentence, and the line "digitalSourceType: IRI", at the end
 *
 * What counts as marked is exactly what is written here: a mark that is merely similar may be read by
 * nobody, and a check that guesses would let it pass.
 */
#include "mark.h"

#include <string.h>

#include "text.h"

#define IPTC "http://cv.iptc.org/newscodes/digitalsourcetype/"

static const char *const media_text[MARK_MEDIA] = {"text", "html", "code"};
static const char *const source_text[MARK_SOURCES] = {"human", "ai", "mixed"};
static const char *const iri[MARK_SOURCES] = {"", IPTC "trainedAlgorithmicMedia",
                                              IPTC "compositeWithTrainedAlgorithmicMedia"};

const char *mark_media_name(enum mark_media media)
{
    must((unsigned)media < MARK_MEDIA);
    return media_text[media];
}

const char *mark_source_name(enum mark_source source)
{
    must((unsigned)source < MARK_SOURCES);
    return source_text[source];
}

const char *mark_source_iri(enum mark_source source)
{
    must((unsigned)source < MARK_SOURCES);
    return iri[source];
}

static bool word_read(struct str text, const char *const *word, unsigned count, unsigned *index)
{
    for (unsigned i = 0; i < count; i++) {
        if (str_is(text, word[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

bool mark_media_read(struct str text, enum mark_media *media)
{
    unsigned index = 0;
    const bool is_one = word_read(text, media_text, MARK_MEDIA, &index);
    *media = is_one ? (enum mark_media)index : *media;
    return is_one;
}

bool mark_source_read(struct str text, enum mark_source *source)
{
    unsigned index = 0;
    const bool is_one = word_read(text, source_text, MARK_SOURCES, &index);
    *source = is_one ? (enum mark_source)index : *source;
    return is_one;
}

/* ASCII letters alike; word is in small ones. */
static bool starts_alike(struct str text, size_t at, const char *word)
{
    const size_t len = strlen(word);
    if (at > text.len || text.len - at < len) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        const char c = text.ptr[at + i];
        if ((c >= 'A' && c <= 'Z' ? (char)(c + 32) : c) != word[i]) {
            return false;
        }
    }
    return true;
}

static bool ends_alike(struct str text, const char *end)
{
    const size_t len = strlen(end);
    return text.len >= len && starts_alike(text, text.len - len, end);
}

enum mark_media mark_media_of(struct str file)
{
    static const char *const page[] = {".html", ".htm", ".xhtml"};
    static const char *const code[] = {".js",  ".mjs", ".ts",  ".tsx", ".jsx",
                                       ".css", ".py",  ".php", ".sql", ".json"};
    for (size_t i = 0; i < sizeof page / sizeof page[0]; i++) {
        if (ends_alike(file, page[i])) {
            return MARK_HTML;
        }
    }
    for (size_t i = 0; i < sizeof code / sizeof code[0]; i++) {
        if (ends_alike(file, code[i])) {
            return MARK_CODE;
        }
    }
    return MARK_TEXT;
}

bool mark_is_needed(enum mark_media media, enum mark_source source)
{
    return source != MARK_HUMAN && media != MARK_CODE;
}

/* ---- pages ---------------------------------------------------------------------------------- */

enum { BLOCK_MAX = 512 };

struct block {
    char text[BLOCK_MAX];
    size_t len;
};

static void put(struct block *block, const char *text)
{
    const size_t len = strlen(text);
    must(len <= BLOCK_MAX - block->len);
    memcpy(block->text + block->len, text, len);
    block->len += len;
}

static struct str page_block(struct block *block, enum mark_source source)
{
    block->len = 0;
    put(block, "<meta name=\"digitalSourceType\" content=\"");
    put(block, iri[source]);
    put(block, "\">\n<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\","
               "\"@type\":\"WebPage\",\"digitalSourceType\":\"");
    put(block, iri[source]);
    put(block, "\"}</script>\n");
    return (struct str){block->text, block->len};
}

static size_t find_alike(struct str text, size_t from, const char *word)
{
    while (from < text.len && !starts_alike(text, from, word)) {
        from++;
    }
    return from;
}

/* Past the comment, or the element whose text is no markup, that begins here; `at`: none does. */
static size_t skip_raw(struct str text, size_t at)
{
    static const char *const raw[][2] = {{"<script", "</script"},     {"<style", "</style"},
                                         {"<textarea", "</textarea"}, {"<title", "</title"},
                                         {"<template", "</template"}, {"<noscript", "</noscript"},
                                         {"<iframe", "</iframe"},     {"<xmp", "</xmp"},
                                         {"<noembed", "</noembed"},   {"<noframes", "</noframes"}};
    if (starts_alike(text, at, "<!--")) {
        const size_t end = find_alike(text, at + 4, "-->");
        return end < text.len ? end + 3 : text.len;
    }
    if (starts_alike(text, at, "<plaintext")) {
        return text.len; /* nothing ends it */
    }
    for (size_t i = 0; i < sizeof raw / sizeof raw[0]; i++) {
        if (starts_alike(text, at, raw[i][0])) {
            return find_alike(text, at + 1, raw[i][1]);
        }
    }
    return at;
}

/* Past a tag, whose quoted values may hold anything. */
static size_t skip_tag(struct str text, size_t at)
{
    char quote = 0;
    for (; at < text.len; at++) {
        const char c = text.ptr[at];
        if (quote == 0 && c == '>') {
            return at + 1;
        }
        quote = quote == 0 && (c == '"' || c == '\'') ? c : (quote == c ? (char)0 : quote);
    }
    return at;
}

/* The first place in markup at which the word stands; text.len: nowhere. */
static size_t find_in_markup(struct str text, struct str block, const char *word)
{
    size_t at = 0;
    while (at < text.len) {
        const bool is_it = word != NULL ? starts_alike(text, at, word)
                                        : str_starts(str_slice(text, at, text.len), block);
        if (is_it) {
            return at;
        }
        const size_t past = skip_raw(text, at);
        if (past > at) {
            at = past;
        } else {
            at = text.ptr[at] == '<' ? skip_tag(text, at) : at + 1;
        }
    }
    return text.len;
}

/* After <head ...>, else after the doctype, else at the beginning. */
size_t mark_page_head(struct str text)
{
    static const char *const head[] = {"<head>", "<head ", "<head\n"};
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        const size_t at = find_in_markup(text, STR(""), head[i]);
        if (at < text.len) {
            return skip_tag(text, at);
        }
    }
    return starts_alike(text, 0, "<!doctype") ? skip_tag(text, 0) : 0;
}

/* ---- text ----------------------------------------------------------------------------------- */

static const char *sentence(enum mark_source source, struct str language)
{
    static const char *const said[][3] = {
        {"en", "This text was written by an AI system and checked by people.",
         "Parts of this text were written by an AI system; people checked it."},
        {"de", "Dieser Text wurde von einem KI-System geschrieben und von Menschen geprüft.",
         "Teile dieses Textes hat ein KI-System geschrieben; Menschen haben ihn geprüft."},
        {"fr", "Ce texte a été rédigé par un système d'IA et vérifié par des personnes.",
         "Des parties de ce texte ont été rédigées par un système d'IA ; des personnes l'ont "
         "vérifié."},
        {"es", "Este texto fue escrito por un sistema de IA y revisado por personas.",
         "Partes de este texto fueron escritas por un sistema de IA; lo revisaron personas."},
        {"it", "Questo testo è stato scritto da un sistema di IA e controllato da persone.",
         "Parti di questo testo sono state scritte da un sistema di IA; persone lo hanno "
         "controllato."},
    };
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
        if (str_is(language, said[i][0])) {
            return said[i][source == MARK_AI ? 1 : 2];
        }
    }
    return said[0][source == MARK_AI ? 1 : 2];
}

static bool text_holds(struct str text, enum mark_source source)
{
    struct str rest = text;
    while (rest.ptr != NULL && rest.len > 0) {
        const struct str line = str_trim(str_cut(&rest, '\n'));
        const struct str key = STR("digitalSourceType: ");
        if (str_starts(line, key) && str_is(str_slice(line, key.len, line.len), iri[source])) {
            return true;
        }
    }
    return false;
}

bool mark_holds(struct str text, enum mark_media media, enum mark_source source)
{
    struct block block;
    if (!mark_is_needed(media, source)) {
        return true;
    }
    return media == MARK_HTML ? find_in_markup(text, page_block(&block, source), NULL) < text.len
                              : text_holds(text, source);
}

struct str mark_add(struct arena *arena, struct str text, enum mark_media media,
                    enum mark_source source, struct str language)
{
    struct block block;
    struct buf buf = buf_begin(arena);
    if (mark_holds(text, media, source)) {
        return text;
    }
    if (media == MARK_HTML) {
        const size_t at = mark_page_head(text);
        buf_str(&buf, str_slice(text, 0, at));
        buf_str(&buf, page_block(&block, source));
        buf_str(&buf, str_slice(text, at, text.len));
        return buf_text(&buf);
    }
    buf_str(&buf, text);
    buf_str(&buf, text.len > 0 && text.ptr[text.len - 1] == '\n' ? STR("\n") : STR("\n\n"));
    buf_str(&buf, str_of(sentence(source, language)));
    buf_str(&buf, STR("\ndigitalSourceType: "));
    buf_str(&buf, str_of(iri[source]));
    buf_str(&buf, STR("\n"));
    return buf_text(&buf);
}
