/*
 * mark.h - another door of the gate room: marks that say what a machine wrote.
 *
 * The source is a term of IPTC's digitalSourceType vocabulary. A page carries it twice, as a meta element
 * and as JSON-LD of schema.org, so that two independent readers find it; plain text carries a sentence and
 * the term's address as its last lines. C2PA's signed manifests are another layer, of wire/c2pa.h.
 */
#ifndef CANDOR_GATE_MARK_H
#define CANDOR_GATE_MARK_H

#include "base.h"

enum mark_media { MARK_TEXT, MARK_HTML, MARK_CODE, MARK_MEDIA };
enum mark_source { MARK_HUMAN, MARK_AI, MARK_MIXED, MARK_SOURCES };

const char *mark_media_name(enum mark_media media);    /* "html" */
const char *mark_source_name(enum mark_source source); /* "ai" */
const char *mark_source_iri(enum mark_source source);  /* of IPTC; "": written by people */
bool mark_media_read(struct str text, enum mark_media *media);
bool mark_source_read(struct str text, enum mark_source *source);
/* By the end of a file's name; text without a known one. */
enum mark_media mark_media_of(struct str file);

/* Article 50(2) of the AI Act: text and pages that a machine wrote or mixed in; code is no such text. */
bool mark_is_needed(enum mark_media media, enum mark_source source);
/* The mark is there, where readers of marks look: in a page, in no comment and in no other element's
 * text. */
bool mark_holds(struct str text, enum mark_media media, enum mark_source source);
/* Where the head of a page begins: after <head ...>, else after the doctype, else at 0. */
size_t mark_page_head(struct str text);
/* The text with the mark; the same text when none is needed or it is there. language: "en", "de", "fr",
 * "es" or "it", else English. */
struct str mark_add(struct arena *arena, struct str text, enum mark_media media,
                    enum mark_source source, struct str language);

#endif
