/*
 * names.h - names of people, addresses, places and companies, as a small model sees them. Inside the gate room only.
 *
 *     masks ──names_where.c, names_trigger.c──▶ parts ──names_read.c──▶ tokens ──▶ what is seen of each
 *           ──names.c──▶ labels ──names_find.c──▶ findings
 */
#ifndef CANDOR_GATE_NAMES_H
#define CANDOR_GATE_NAMES_H

#include "inside.h"

enum name_label {
    LABEL_NONE,
    LABEL_PERSON,
    LABEL_STREET,
    LABEL_PLACE,
    LABEL_COMPANY,
    LABEL_TIME,
    LABEL_AGE,
    LABEL_NATION,
    LABELS
};

/* Classes of words: names_words.def. */
enum name_class {
#define CLASS(name, words) CLASS_##name,
#include "names_words.def"
#undef CLASS
    NAME_CLASSES
};

enum name_shape {
    SHAPE_LOWER,
    SHAPE_CAPITAL,
    SHAPE_INITIAL, /* one capital */
    SHAPE_UPPER,
    SHAPE_MIXED,
    SHAPE_NUMBER, /* by its length, up to six and more */
    SHAPE_NUMBER_LAST = SHAPE_NUMBER + 6,
    SHAPE_PART, /* digits and letters */
    SHAPE_SIGN,
    SHAPE_LINE, /* the end of one or more lines */
};

/* How a line is written tells what a capital means in it. */
enum name_casing { CASING_USUAL, CASING_SMALL, CASING_TITLE, CASING_UPPER };

struct name_token {
    size_t start;
    size_t end;
    uint32_t word;    /* the hash of its small letters, of a sign itself */
    uint32_t suffix3; /* hashes of its last and first letters */
    uint32_t suffix2;
    uint32_t prefix2;
    uint64_t classes; /* of names_words.def, and behind them of special_words.def */
    uint8_t class;    /* the first one of names_words.def; NAME_CLASSES: none */
    uint8_t shape;
    uint8_t casing; /* of its line */
    bool is_known;  /* an ordinary word, which may be told apart from others */
    bool begins_line;
    bool may_be; /* a name, or part of one: others are not weighed */
};

enum { NAME_TOKENS_MAX = 512, NAME_FEATURES = 30, NAME_BUCKETS = 1 << 14 };

struct name_words; /* names_read.c */
struct name_words *name_words_begin(struct arena *arena);

/* The tokens of a part of a text; behind the last one that fits. */
size_t name_tokens(const struct name_words *words, struct str text, size_t from, size_t to,
                   struct name_token token[NAME_TOKENS_MAX], size_t *count);
/* Whether the word that begins here is in a list. */
bool name_is_known(const struct name_words *words, struct str text, size_t at);
/* Whether a capital stands there: A to Z, or one of two bytes. */
bool name_is_capital(struct str text, size_t at);
/* What is seen of a token: buckets of the table of weights. */
void name_features(const struct name_token token[], size_t count, size_t at,
                   uint16_t feature[NAME_FEATURES]);

struct name_model; /* names.c */
struct name_model *name_model_begin(struct arena *arena);
/* Labels of all tokens, and how much each label is preferred to none there, before its neighbours are heard. */
void name_labels(const struct name_model *model, const struct name_token token[], size_t count,
                 uint8_t label[], int16_t sure[][LABELS]);

/* names_find.c: names in this part of the text, and numbers of licences; behind what was read of it. */
size_t names_look(struct scan *scan, size_t from, size_t to, bool has_licences);

/* names_street.c: addresses by their form alone. */
/* The form of a company stands in it or before it, "Lumen Ltd, 1 Mill Lane": where that sits is no secret of a person. */
bool is_of_company(struct str text, size_t start, size_t end);
bool name_ends_like_street(struct str text, const struct name_token *token);
void streets_look(struct scan *scan, const struct name_token token[], size_t count);

/* names_trigger.c: each place in a block where something likely may stand is looked at. */
struct name_triggers *name_triggers_begin(struct arena *arena);
void names_triggers_at(struct scan *scan, const struct block *window);

struct name_phrases; /* names_said.c */
struct name_phrases *name_phrases_begin(struct arena *arena);
/* names_said.c: at one of its words; NULL behind the last one. */
const char *name_said_word(size_t index);
void name_said_at(struct scan *scan, size_t at);

/* names_where.c: the model reads what stands about this place. */
void names_look_near(struct scan *scan, size_t at, bool has_licences);
/* Whether the model may find what is likely; only tokens that are of it may be names then. */
bool names_may_be_likely(struct str text, struct name_token token[], size_t count);

#endif
