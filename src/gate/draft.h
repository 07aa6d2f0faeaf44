/*
 * draft.h - another door of the gate room: campaign copy from a brief.
 *
 *   brief.c        a brief out of YAML: what may be said, and the fact behind each claim
 *   draft.c        variants from phrases of our own (draft_phrases.def): no model is asked
 *   draft_text.c   one variant as the text that is reviewed: greeting, sources, sender, way out
 *   draft_check.c  what a variant that a model wrote must keep to
 *
 * A personal value is never in a draft: {{first_name|there}} is its place, with what stands there when the
 * value is missing. {{unsubscribe}} is the place of the reader's own link. Whoever sends fills both.
 */
#ifndef CANDOR_GATE_DRAFT_H
#define CANDOR_GATE_DRAFT_H

#include "base.h"

struct value;

enum {
    BRIEF_BENEFITS_MAX = 6,
    BRIEF_FACTS_MAX = 20,
    BRIEF_FIELDS_MAX = 8,
    DRAFTS_MAX = 10,
    DRAFT_PARAGRAPHS_MAX = 12,
};
#define BRIEF_LEN_MAX ((size_t)64 * 1024)

enum draft_language { DRAFT_EN, DRAFT_DE, DRAFT_FR, DRAFT_ES, DRAFT_IT, DRAFT_LANGUAGES };
enum draft_tone { DRAFT_PLAIN, DRAFT_WARM, DRAFT_FORMAL, DRAFT_TONES };
/* With a subject and a body; or a few lines, as on a telephone. */
enum draft_form { DRAFT_MAIL, DRAFT_MESSAGE, DRAFT_FORMS };

const char *draft_language_name(enum draft_language language); /* "de" */
bool draft_language_read(struct str text, enum draft_language *language);
const char *draft_tone_name(enum draft_tone tone);

/* ---- brief.c ------------------------------------------------------------------------------- */

struct brief_fact {
    struct str name;
    struct str says;
    struct str source;
};

struct brief_benefit {
    struct str text;     /* a sentence */
    struct str headline; /* the same in short, without a full stop */
    size_t fact;
};

/* A personal field whose place may stand in the copy. */
struct brief_field {
    struct str name;
    struct str fallback;
    uint32_t line; /* of the brief */
};

struct brief {
    struct str offer;    /* of the campaign; empty: not said */
    struct str product;  /* "the Lumen desk lamp", as the subject of a sentence */
    struct str audience; /* "people who read at night"; may be empty */
    struct str action;   /* "See the lamp" */
    struct str link;
    struct str sender; /* empty: not said */
    struct str address;
    enum draft_language language; /* of the brief's own words */
    enum draft_tone tone;
    bool has_form;
    enum draft_form form;
    bool hides_sources;   /* they stand in the record, not in the copy */
    uint32_t subject_max; /* letters */
    uint32_t preheader_max;
    uint32_t body_max; /* 0: as the form has it, see brief_body_max */
    struct brief_benefit benefit[BRIEF_BENEFITS_MAX];
    size_t benefit_count;
    struct brief_fact fact[BRIEF_FACTS_MAX];
    size_t fact_count;
    struct brief_field field[BRIEF_FIELDS_MAX];
    size_t field_count;
    size_t greeting; /* the field that stands in the greeting; field_count: none */
};

/* CANDOR_BAD_INPUT with the line and the field. */
CANDOR_MUST_USE enum candor_status brief_read(struct job *job, const struct value *root,
                                              struct brief *brief);
/*
 * Each {{name}} gets the fallback of the brief. *unknown: the first one that the brief does not have, or
 * that is no name; then false.
 */
bool brief_places(struct arena *arena, const struct brief *brief, struct str text,
                  struct str *placed, struct str *unknown);
uint32_t brief_body_max(const struct brief *brief);
size_t letter_count(struct str text); /* UTF-8 letters, not bytes */

/* ---- draft.c ------------------------------------------------------------------------------- */

struct draft {
    struct str subject;
    struct str preheader;                       /* may be empty */
    struct str paragraph[DRAFT_PARAGRAPHS_MAX]; /* [fact:NAME] behind what a fact bears out */
    size_t paragraph_count;
};

/* At most `wanted` drafts, each with a subject of its own, the same for the same brief and seed; fewer where
 * no more fit the limits. */
size_t draft_write(struct arena *arena, const struct brief *brief, uint64_t seed, size_t wanted,
                   struct draft draft[DRAFTS_MAX]);

/* ---- draft_text.c -------------------------------------------------------------------------- */

struct str draft_text(struct arena *arena, const struct brief *brief, enum draft_language language,
                      const struct draft *draft);
/* What stands in it between greeting and sender, without marks: what the limit of the body is about. */
size_t draft_body_letters(struct arena *arena, const struct brief *brief,
                          const struct draft *draft);

/* ---- draft_check.c ------------------------------------------------------------------------- */

/*
 * A draft from elsewhere with its places filled in; NULL, or the reason why it is not taken: too long, a
 * number, a link, a place or a fact that the brief does not have, a number without a fact beside it.
 */
const char *draft_check(struct arena *arena, const struct brief *brief, struct draft *draft);

/* ---- for these files ----------------------------------------------------------------------- */

enum draft_part {
    PART_SUBJECT,
    PART_PREHEADER,
    PART_OPENING,
    PART_LIST,
    PART_ALSO,
    PART_DETAILS,
    PART_GREETING,
    PART_GREETING_NAME,
    PART_CLOSE,
    PART_SENDER,
    PART_LEAVE,
    PART_LEAVE_SHORT,
    PART_MESSAGE,
    DRAFT_PARTS
};
/* The phrases of a part; of greetings and ends one for each tone. */
size_t draft_phrase_count(enum draft_part part);
struct str draft_phrase(enum draft_language language, enum draft_part part, size_t index);

struct draft_place {
    const char *name;
    struct str text;
};
/* {name} becomes the text, {Name} the text with a capital. A name that is not there breaks a promise. */
struct str draft_fill(struct arena *arena, struct str phrase, const struct draft_place *place,
                      size_t place_count);

#endif
