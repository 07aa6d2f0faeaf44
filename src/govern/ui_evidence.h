/*
 * ui_evidence.h - another door of the govern room: how the notice looked on which somebody chose.
 *
 * It is one text of six parts in one order, so that equal evidence is equal bytes:
 *
 *     notice=HEX buttons=refuse/accept/settings sizes=equal defaults=off locale=de-AT screen=phone
 *
 * Each part has its own few words, so that nothing about a person fits in.
 */
#ifndef CANDOR_UI_EVIDENCE_H
#define CANDOR_UI_EVIDENCE_H

#include "base.h"

enum ui_part {
    UI_NOTICE,   /* SHA-256 of the notice as it was rendered, 64 hexadecimal digits */
    UI_BUTTONS,  /* in their order, '/' between them */
    UI_SIZES,    /* equal, different */
    UI_DEFAULTS, /* off, on (at least one), none (no boxes) */
    UI_LOCALE,   /* language[-Script][-REGION] */
    UI_SCREEN,   /* phone, tablet, desktop */
    UI_PARTS,
};

struct ui_evidence {
    struct str part[UI_PARTS];
};

const char *ui_part_name(enum ui_part part); /* "notice" */

/* NULL: it is one, and its parts are views of the text. Else what is wrong with it, as the end of a
 * sentence: "needs 'sizes=' third: equal or different". */
const char *ui_evidence_read(struct str text, struct ui_evidence *evidence);
/* Boxes that were ticked beforehand: a yes to them is none (GDPR recital 32; CJEU C-673/17). */
bool ui_evidence_is_preticked(const struct ui_evidence *evidence);

#endif
